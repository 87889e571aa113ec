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
#include "resources/branches.h"

bool
cc_push_may(const cc_slot *s)
{
    const cc_credential c = cc_git_credential(s);

    return !s->session && cc_credential_may_push(&c); /* what a session has changed is nobody's */
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
    s->push_reason = NULL;
}

void
cc_push_failed(cc_slot *s, const cc_reason *why)
{
    s->push_status = "failed";
    s->push_reason = why;
}

static void
say(cc_slot *s, const char *why)
{
    cc_slot_say(s, cc_printf(s->arena, "The branch %s was not pushed: %s", s->git_branch, why));
}

void
cc_push_none(cc_slot *s)
{
    s->push_status = "none";
    s->push_reason = NULL;
    say(s, "nothing was changed.");
}

void
cc_push_not(cc_slot *s, const cc_reason *why)
{
    cc_push_failed(s, why);
    say(s, why->text);
}

CC_STATEMENT(run_push,
             "UPDATE runs SET push_status = :status, " CC_REASON_SET(
                 "push_error") " WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(status), CC_REASON_PARAMS, CC_RUN_PARAMS, TEXT(worker));

static cc_err
branch_note(cc_slot *s)
{
    const cc_branch_pushed of = {
        .project_id = s->lease.project_id,
        .mode = s->lease.mode,
        .run_id = s->lease.id,
        .repository = s->repository,
        .name = s->git_branch,
        .base = s->base,
        .head = s->git_tip,
        .is_new = !s->git_start[0],
    };

    return cc_branch_note(s->w->app, &of);
}

cc_err
cc_push_write(cc_slot *s)
{
    if (!s->push_status)
        return CC_OK;
    cc_err err = strcmp(s->push_status, "pushed") == 0 ? branch_note(s) : CC_OK;
    if (err != CC_OK)
        return err;
    return cc_db_run(cc_app_db(s->w->app), run_push, .status = s->push_status, CC_THE_REASON(s->push_reason),
                     CC_THE_RUN(s->lease), .worker = s->lease.worker);
}

/* ---- which credential it was --------------------------------------------------------------------- */

static const char *
status_of(const char *output)
{
    if (strstr(output, "could not read Username") || strstr(output, "Authentication failed") ||
        strstr(output, "error: 401"))
        return "401";
    return strstr(output, "error: 403")                                    ? "403"
           : strstr(output, "error: 404") || strstr(output, "' not found") ? "404"
                                                                           : NULL;
}

const cc_reason *
cc_push_credential(cc_slot *s)
{
    const cc_credential c = cc_git_credential(s);
    const char         *status = cc_git_over_http(s) ? status_of(s->last_error) : NULL;

    return status ? cc_reason_new(s->arena, CREDENTIAL_REFUSED, .host = s->origin.host, .status = status,
                                  .reason = cc_credential_source(s->arena, &c))
                  : NULL;
}
