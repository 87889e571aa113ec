/*
 * The push: whether it may be, whether it could be, and what became of it.
 *
 * An agent is not paid for what cannot be handed over, so the push is tried dry before the first step.  That asks the
 * host for what it tells everybody who comes to push: it finds a credential that is missing, wrong or may only read.
 * What a host's own rules say of a branch, it says only to the push itself; then its words are the reason, and what was
 * done is kept (checkpoint.h).
 */
#include "engine/push.h"

#include "context/settings.h"
#include "engine/git.h"

bool
cc_push_may(const cc_slot *s)
{
    const char *token = cc_git_token(s);

    return !cc_git_over_http(s) || (token && *token);
}

cc_err
cc_push_try(cc_slot *s)
{
    const char *const variables[] = {cc_printf(s->arena, "BRANCH=%s", s->git_branch)};
    const cc_git_task task = {
        .stage = "try",
        .reads = 1u << CC_GIT_MIRROR,
        .remote = true,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = -1,
    };

    return cc_git_start(s, &task);
}

void
cc_push_done(cc_slot *s)
{
    s->push_status = "pushed";
    s->push_error = NULL;
}

void
cc_push_failed(cc_slot *s, const char *why)
{
    s->push_status = "failed";
    s->push_error = why;
}

static void
say(cc_slot *s, const char *why)
{
    const char *text = cc_printf(s->arena, "The branch %s was not pushed: %s", s->git_branch, why);
    cc_listener l;

    cc_slot_listener(s, &l);
    if (text)
        cc_say_log(&l, "worker", text, strlen(text));
}

void
cc_push_none(cc_slot *s)
{
    s->push_status = "none";
    s->push_error = NULL;
    say(s, "nothing was changed.");
}

void
cc_push_not(cc_slot *s, const char *why)
{
    cc_push_failed(s, why);
    say(s, why);
}

CC_STATEMENT(run_push,
             "UPDATE runs SET push_status = :status, push_error = :error "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(status), TEXT(error), TEXT(project_id), TEXT(mode), TEXT(id), TEXT(worker));

cc_err
cc_push_write(cc_slot *s)
{
    if (!s->push_status)
        return CC_OK;
    return cc_db_run(cc_app_db(s->w->app), run_push, .status = s->push_status, .error = s->push_error,
                     .project_id = s->lease.project_id, .mode = s->lease.mode, .id = s->lease.id,
                     .worker = s->lease.worker);
}

/* ---- which credential it was --------------------------------------------------------------------- */

static const char *
status_of(const char *said)
{
    if (strstr(said, "could not read Username") || strstr(said, "Authentication failed") || strstr(said, "error: 401"))
        return "401";
    return strstr(said, "error: 403")                                  ? "403"
           : strstr(said, "error: 404") || strstr(said, "' not found") ? "404"
                                                                       : NULL;
}

static bool
has(const cc_slot *s, const char *name)
{
    const cc_json *j = s->environment ? cc_json_member(s->environment, name) : NULL;

    return j && cc_json_text(j)[0];
}

static const char *
source_of(const cc_slot *s)
{
    const char *token = cc_git_token(s);

    if (!token || !*token)
        return "no credential: the project's environment has neither GITHUB_TOKEN nor GIT_TOKEN";
    return has(s, "GITHUB_TOKEN") ? "GITHUB_TOKEN of the project's environment"
           : has(s, "GIT_TOKEN")  ? "GIT_TOKEN of the project's environment"
                                  : "the setting githubToken of codecourier.conf";
}

const char *
cc_push_credential(cc_slot *s)
{
    const char *status = cc_git_over_http(s) ? status_of(s->last_error) : NULL;
    const char *text =
        status ? cc_printf(s->arena, " (%s answered %s to %s)", s->origin.host, status, source_of(s)) : "";

    return text ? text : "";
}
