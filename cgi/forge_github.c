/*
 * GitHub's REST API, version 2022-11-28.
 */
#include <stdlib.h>
#include <string.h>

#include "forge.h"

static bool
begin(forge *f)
{
    char *path = forge_path(f, false);

    return path != NULL && forge_at(f, "repos", path) && forge_header(f, "Authorization: Bearer %s", f->call->token) &&
           forge_header(f, "Accept: application/vnd.github+json") &&
           forge_header(f, "X-GitHub-Api-Version: 2022-11-28");
}

/* ---- open ----------------------------------------------------------------------------------------- */

/* The one that is open for this branch already, from an earlier run or a worker that was lost a moment ago. */
static const cJSON *
known(forge *f, const char *base)
{
    const char *owner = strstr(f->at, "/repos/") + strlen("/repos/");
    char       *head = forge_escape(f, f->call->branch), *onto = forge_escape(f, base);
    bool fine = forge_ask(f, "GET", NULL, "/pulls?state=open&head=%.*s:%s&base=%s", (int)strcspn(owner, "/"), owner,
                          head, onto);

    free(onto);
    free(head);
    return fine && f->status == 200 ? cJSON_GetArrayItem(f->json, 0) : NULL;
}

static bool
ask_for_it(forge *f, const char *base, bool draft)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "title", f->call->title));
    need(cJSON_AddStringToObject(body, "head", f->call->branch));
    need(cJSON_AddStringToObject(body, "base", base));
    need(cJSON_AddStringToObject(body, "body", f->call->text));
    if (draft)
        need(cJSON_AddTrueToObject(body, "draft"));
    return forge_ask(f, "POST", body, "/pulls");
}

/* Not every repository has drafts; its text says what it is either way. */
static bool
open_onto(forge *f, const char *base)
{
    char why[FORGE_ERROR];

    if (!ask_for_it(f, base, f->call->draft) ||
        (f->status == 422 && f->call->draft && strstr(forge_text(f->json, "message"), "Draft") != NULL &&
         !ask_for_it(f, base, false)))
        return false;
    if (f->status == 201)
        return forge_say_pull(f, f->json);
    forge_refused(f);
    if (f->status != 422)
        return false;
    memcpy(why, f->error, sizeof(why));
    const cJSON *pull = known(f, base);
    if (pull != NULL)
        return forge_say_pull(f, pull);
    memcpy(f->error, why, sizeof(why));
    return false;
}

static bool
open_it(forge *f)
{
    char *base;
    bool  fine = forge_base(f, &base) && open_onto(f, base);

    free(base);
    return fine;
}

/* ---- look ----------------------------------------------------------------------------------------- */

static const char *
status_of_run(const cJSON *run)
{
    static const char *const words[][2] = {{"success", "success"}, {"neutral", "neutral"}, {"skipped", "neutral"}};
    const char              *conclusion = forge_text(run, "conclusion");

    if (strcmp(forge_text(run, "status"), "completed") != 0)
        return "pending";
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], conclusion) == 0)
            return words[i][1];
    return "failure";
}

/* What a failed check says of itself, and the end of its log where GitHub itself ran it. */
static char *
words_of_run(forge *f, const cJSON *run, int *logs)
{
    const cJSON *output = forge_member(run, "output");
    char        *log = NULL;

    if (strcmp(forge_text(forge_member(run, "app"), "slug"), "github-actions") == 0 && (*logs)++ < FORGE_LOGS)
        (void)forge_log(f, &log, "/actions/jobs/%lld/logs", forge_number(run, "id"));
    if (log != NULL)
        return log;
    return make_text("%s\n%s\n%.*s", forge_text(output, "title"), forge_text(output, "summary"), FORGE_LOG_TEXT,
                     forge_text(output, "text"));
}

static bool
check_runs(forge *f, const char *head)
{
    const cJSON *run;
    int          logs = 0;

    if (!forge_ask(f, "GET", NULL, "/commits/%s/check-runs?per_page=100", head))
        return false;
    if (f->status != 200)
        return forge_unreached(f);
    cJSON *all = forge_take(f);
    cJSON_ArrayForEach(run, forge_member(all, "check_runs"))
    {
        const char *status = status_of_run(run);
        char       *text = strcmp(status, "failure") == 0 ? words_of_run(f, run, &logs) : NULL;
        forge_say_check(f, forge_text(run, "name"), status, forge_text(run, "html_url"), text);
        free(text);
    }
    cJSON_Delete(all);
    return true;
}

static bool
statuses(forge *f, const char *head)
{
    const cJSON *one;

    if (!forge_ask(f, "GET", NULL, "/commits/%s/status", head))
        return false;
    if (f->status != 200)
        return forge_unreached(f);
    cJSON_ArrayForEach(one, forge_member(f->json, "statuses"))
    {
        const char *state = forge_text(one, "state");
        forge_say_check(f, forge_text(one, "context"), strcmp(state, "error") == 0 ? "failure" : state,
                        forge_text(one, "target_url"), forge_text(one, "description"));
    }
    return true;
}

static bool
comments(forge *f)
{
    const cJSON *one;

    if (!forge_ask(f, "GET", NULL, "/pulls/%lld/reviews?per_page=100", (long long)f->call->number))
        return false;
    cJSON_ArrayForEach(one, forge_list(f))
    {
        if (strcmp(forge_text(one, "state"), "CHANGES_REQUESTED") == 0)
            forge_say_comment(f, forge_text(forge_member(one, "user"), "login"), "", 0, forge_text(one, "body"),
                              forge_text(one, "html_url"));
    }
    if (!forge_ask(f, "GET", NULL, "/pulls/%lld/comments?per_page=100", (long long)f->call->number))
        return false;
    cJSON_ArrayForEach(one, forge_list(f))
    {
        forge_say_comment(f, forge_text(forge_member(one, "user"), "login"), forge_text(one, "path"),
                          forge_number(one, "line"), forge_text(one, "body"), forge_text(one, "html_url"));
    }
    return true;
}

static bool
look(forge *f)
{
    char *head;
    bool  fine =
        forge_look(f, "pulls", forge_say_pull, &head) && check_runs(f, head) && statuses(f, head) && comments(f);

    free(head);
    return fine;
}

/* ---- act ------------------------------------------------------------------------------------------ */

static bool
merge(forge *f)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "merge_method", f->call->method));
    need(cJSON_AddStringToObject(body, "sha", f->call->head)); /* what was looked at, and nothing pushed meanwhile */
    return forge_ask(f, "PUT", body, "/pulls/%lld/merge", (long long)f->call->number) && forge_merged(f);
}

static bool
close_it(forge *f)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "state", "closed"));
    if (!forge_ask(f, "PATCH", body, "/pulls/%lld", (long long)f->call->number))
        return false;
    return f->status == 200 ? forge_say_pull(f, f->json) : forge_refused(f);
}

/* ---- branches ------------------------------------------------------------------------------------- */

static bool
compare(forge *f, const char *from, const char *to)
{
    if (!forge_ask(f, "GET", NULL, "/compare/%s...%s?per_page=1", from, to))
        return false;
    if (f->status == 200) {
        forge_say_number(f, "ahead", forge_number(f->json, "ahead_by"));
        forge_say_number(f, "behind", forge_number(f->json, "behind_by"));
    }
    return true;
}

static bool
branch(forge *f, const char *base)
{
    return forge_branch(f, &(forge_branches){"/branches", "sha", forge_escape, compare}, base);
}

/* One that is not there is a 422 to it. */
static bool
remove_it(forge *f)
{
    char *name = forge_escape_path(f, f->call->branch);
    bool  fine = forge_branch_remove(f, "/git/refs/heads", name) ||
                (f->status == 422 && strstr(forge_text(f->json, "message"), "does not exist") != NULL);

    free(name);
    return fine;
}

/* May whoever has the token go past the rules of that set? */
static bool
passes(forge *f, long long set)
{
    if (!forge_ask(f, "GET", NULL, "/rulesets/%lld?includes_parents=true", set) || f->status != 200)
        return true; /* it does not say: the push will */
    const char *bypass = forge_text(f->json, "current_user_can_bypass");
    return strcmp(bypass, "never") != 0 && strcmp(bypass, "pull_requests_only") != 0;
}

/* What a rule asks for that a push cannot give; NULL: nothing. */
static const char *
rule_says(const cJSON *rule, bool is_there)
{
    static const struct {
        const char *type, *says;
        bool        of_new;
    } rules[] = {
        {"creation", "lets nobody make a branch of that name,", true},
        {"update", "lets nobody push,", false},
        {"pull_request", "asks for a pull request", false},
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (strcmp(rules[i].type, forge_text(rule, "type")) == 0 && rules[i].of_new != is_there)
            return rules[i].says;
    return NULL;
}

static bool
rules_allow(forge *f, const char *name, const char **no)
{
    const cJSON *rule;

    *no = NULL;
    if (!forge_ask(f, "GET", NULL, "/rules/branches/%s?per_page=100", name))
        return false;
    cJSON *all = f->status == 200 ? forge_take(f) : NULL;
    cJSON_ArrayForEach(rule, all)
    {
        const char *says = rule_says(rule, f->call->head != NULL);
        if (*no == NULL && says != NULL && !passes(f, forge_number(rule, "ruleset_id")))
            *no = says;
    }
    cJSON_Delete(all);
    return true;
}

/* The older protection tells its rules to administrators alone, and holds for them only if it says so. */
static bool
protection_allows(forge *f, const char *name, const char **no)
{
    if (!forge_ask(f, "GET", NULL, "/branches/%s/protection", name))
        return false;
    if (f->status != 200)
        return true;
    const bool all = forge_true(forge_member(f->json, "enforce_admins"), "enabled");
    const bool locked = forge_true(forge_member(f->json, "lock_branch"), "enabled");
    if (all && (locked || cJSON_IsObject(forge_member(f->json, "required_pull_request_reviews"))))
        *no = locked ? "lets nobody push," : "asks for a pull request";
    return true;
}

static bool
may_push(forge *f)
{
    char       *name = forge_escape(f, f->call->branch);
    const char *no;
    bool        fine = rules_allow(f, name, &no);

    if (fine && no == NULL && f->call->head != NULL)
        fine = protection_allows(f, name, &no);
    free(name);
    return fine && (no == NULL || forge_say_no_push(f, no));
}

const forge_kind forge_github = {
    .name = "github",
    .people = "GitHub",
    .begin = begin,
    .open = open_it,
    .look = look,
    .merge = merge,
    .close = close_it,
    .issue = forge_common_issue,
    .comment = forge_common_comment,
    .branch = branch,
    .remove = remove_it,
    .may_push = may_push,
};
