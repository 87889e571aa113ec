/*
 * The key that an agent's model service asks for: which variables can hold it, and whether one of them is set.
 *
 * It is an agent's own affair in the end: it may find a key in the repository, or need none.  So what is missing here
 * is said before the step begins, and the step begins all the same.
 */
#include "engine/agent_keys.h"

#include <string.h>

#include "context/settings.h"

static bool
is_set(const cc_json *environment, const char *name)
{
    const cc_json *j = environment ? cc_json_member(environment, name) : NULL;

    return j && cc_json_what(j) == CC_J_TEXT && cc_json_text(j)[0];
}

/* One of the names in a list with spaces between. */
static bool
any_set(const cc_json *environment, const char *names)
{
    char name[64];

    for (size_t n; names && *names; names += n, names += strspn(names, " ")) {
        n = strcspn(names, " ");
        if (n >= sizeof(name))
            continue;
        memcpy(name, names, n);
        name[n] = '\0';
        if (is_set(environment, name))
            return true;
    }
    return false;
}

static bool
listed(const char *names, const char *name)
{
    const size_t size = strlen(name);

    for (const char *at = names; at && (at = strstr(at, name)); at += size)
        if ((at == names || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

bool
cc_agent_wants(const cc_agent *agent, const char *variable)
{
    if (agent->rehearsal)
        return false;
    return agent->any_provider || (agent->by_operator && !agent->keys) || listed(agent->keys, variable) ||
           listed(agent->spare_keys, variable);
}

/* There are more providers than anybody lists, and their keys are called alike. */
static bool
any_provider_set(const cc_json *environment)
{
    static const char ending[] = "_API_KEY";

    for (const cc_json *j = environment ? cc_json_first(environment) : NULL; j; j = cc_json_next(j)) {
        size_t n = strlen(cc_json_name(j)), size = sizeof(ending) - 1;
        if (n > size && strcmp(cc_json_name(j) + n - size, ending) == 0 && cc_json_text(j)[0])
            return true;
    }
    return false;
}

cc_key_state
cc_agent_key(cc_app *app, const cc_agent *agent, const cc_json *environment)
{
    if (agent->rehearsal || !agent->keys || any_set(environment, agent->keys) ||
        any_set(environment, agent->spare_keys))
        return CC_KEY_FINE;
    if (cc_setting_text(app, CC_SETTING_agentHome)[0]) /* its sign-in may lie there */
        return CC_KEY_FINE;
    if (agent->any_provider && any_provider_set(environment))
        return CC_KEY_FINE;
    return agent->any_provider || agent->by_operator ? CC_KEY_DOUBTFUL : CC_KEY_MISSING;
}

/* "A or B", "the key of its model's provider, such as A or B," */
const char *
cc_agent_key_names(cc_arena *a, const cc_agent *agent)
{
    const char *names = agent->keys ? agent->keys : "";
    cc_buf      b;

    cc_buf_init(&b, a);
    if (agent->any_provider)
        cc_puts(&b, *names ? "the key of its model's provider, such as " : "the key of its model's provider");
    for (const char *at = names; *at; at += strcspn(at, " "), at += strspn(at, " "))
        cc_putf(&b, "%s%.*s", at == names ? "" : " or ", (int)strcspn(at, " "), at);
    if (agent->any_provider && *names)
        cc_putc(&b, ',');
    return cc_buf_text(&b);
}

/* The same words as those of KEY_INVALID, which follows if the agent was right. */
const char *
cc_agent_keyless(cc_arena *a, const cc_agent *agent)
{
    const char *names = cc_agent_key_names(a, agent);

    return names ? cc_printf(a,
                             "The agent '%s' gets no key for its model service: set %s in the Project Settings, among "
                             "the environment variables.",
                             agent->name, names)
                 : NULL;
}
