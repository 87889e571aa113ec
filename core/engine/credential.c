/*
 * Which repository a run may work on, and with which credential: told from the address, the operator's settings and the
 * project's environment, without asking anybody.
 */
#include "engine/credential.h"

#include <string.h>

#include "context/permit.h"
#include "context/settings.h"

const char *const        cc_credential_tokens[] = {"GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN", "GIT_TOKEN", NULL};
static const char *const forge_of[] = {"github", "gitlab", "gitea", NULL}; /* parallel; NULL: any */

bool
cc_credential_is_variable(const char *name)
{
    for (const char *const *token = cc_credential_tokens; *token; token++)
        if (strcmp(*token, name) == 0)
            return true;
    return strcmp(name, "GIT_SSH_KEY") == 0 || strcmp(name, CC_FORGE_SECRET) == 0;
}

const cc_reason *
cc_credential_origin(cc_app *app, cc_arena *a, const char *address, cc_repository *origin, const char **path)
{
    const char      *unread = cc_repository_read(a, address, origin);
    const cc_reason *refused = NULL;

    *path = NULL;
    if (!unread)
        refused = cc_repository_allowed(app, a, origin, path);
    return unread || refused ? cc_reason_new(a, REPOSITORY_REFUSED, .reason = refused, .detail = unread) : NULL;
}

bool
cc_credential_over_http(const cc_repository *origin)
{
    return origin->over == CC_OVER_HTTPS || origin->over == CC_OVER_HTTP;
}

const char *
cc_credential_variable(const cc_json *environment, const char *name)
{
    const cc_json *j = environment ? cc_json_member(environment, name) : NULL;

    return j ? cc_json_text(j) : NULL;
}

/* Is that variable for the forge that serves it?  One that we do not know gets what people call GitHub's. */
static bool
is_for(const cc_credential *c, size_t i)
{
    const char *kind = c->forge.kind ? c->forge.kind : "github";

    return !forge_of[i] || strcmp(forge_of[i], kind) == 0;
}

/* The variable that holds the token; NULL: none does. */
static const char *
token_name(const cc_credential *c)
{
    for (size_t i = 0; cc_credential_tokens[i]; i++) {
        const char *token = is_for(c, i) ? cc_credential_variable(c->environment, cc_credential_tokens[i]) : NULL;
        if (token && *token)
            return cc_credential_tokens[i];
    }
    return NULL;
}

const char *
cc_credential_token(const cc_credential *c)
{
    const char *name = token_name(c);

    if (name)
        return cc_credential_variable(c->environment, name);
    return c->forge.is_operators ? cc_setting_text(c->app, CC_SETTING_githubToken) : NULL;
}

const char *
cc_credential_key(const cc_credential *c)
{
    return cc_credential_variable(c->environment, "GIT_SSH_KEY");
}

const cc_reason *
cc_credential_source(cc_arena *a, const cc_credential *c)
{
    const char *token = cc_credential_token(c), *name = token_name(c);

    if (!token || !*token)
        return cc_reason_plain(a, CC_REASON_CREDENTIAL_NONE);
    return name ? cc_reason_new(a, CREDENTIAL_OF_PROJECT, .variable = name)
                : cc_reason_plain(a, CC_REASON_CREDENTIAL_OF_OPERATOR);
}

const cc_reason *
cc_credential_refused(cc_arena *a, const cc_credential *c)
{
    const char *key = cc_credential_key(c);

    return c->origin->over != CC_OVER_SSH || (key && *key) ? NULL : cc_reason_plain(a, CC_REASON_SSH_KEY_MISSING);
}

bool
cc_credential_may_push(const cc_credential *c)
{
    const char *token = cc_credential_token(c);

    return !cc_credential_over_http(c->origin) || (token && *token);
}
