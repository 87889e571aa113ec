/*
 * A worker's part in the branches that runs have pushed: look at those that are due, and delete what was asked for.
 *
 * Before it deletes one it looks at it: what is protected, and what somebody else has pushed to, stays.
 */
#include "resources/branches.h"

#include <string.h>

#include "engine/forge_work.h"

static void
done(cc_forge_work *f, bool deleted, const cc_reason *error, const cc_reason *refresh_error)
{
    const cc_branch_due *due = f->of;

    if (cc_branch_done(f->w->app, due, deleted, due->action ? error : NULL, refresh_error) != CC_OK)
        cc_log(f->w->app, "worker: branch %s: what was seen of it could not be written", due->id);
    cc_forge_rest(f);
}

static void
not_asked(cc_forge_work *f, const char *what)
{
    const cc_branch_due *due = f->of;

    cc_log(f->w->app, "worker: branch %s: %s", due->id, what);
    done(f, false, cc_reason_plain(f->arena, CC_REASON_FORGE_NOT_ASKED), NULL);
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    cc_branch_due *due = cc_alloc(f->arena, sizeof(*due));
    cc_err         err = due ? cc_branch_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, due, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    f->of = due;
    f->project_id = due->project_id;
    f->repository = due->repository;
    f->call.branch = due->name;
    f->call.base = due->base;
    return CC_OK;
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    done(f, false, why, why);
}

static void
begin(cc_forge_work *f, int64_t now)
{
    cc_forge_ask(f, CC_FORGE_BRANCH, now);
}

static void
looked(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    const cc_branch_due *due = f->of;
    const bool           wanted = due->action && strcmp(due->action, CC_BRANCH_DELETE) == 0;
    const cc_reason     *why = NULL;
    cc_branch_seen       seen;

    cc_branch_take_in(answer, &seen);
    if (seen.gone)
        done(f, true, NULL, NULL);
    else if (cc_branch_saw(f->w->app, f->arena, due, &seen, &why) != CC_OK)
        not_asked(f, "what was seen of it could not be written");
    else if (!wanted || why)
        done(f, false, wanted ? why : NULL, NULL);
    else
        cc_forge_ask(f, CC_FORGE_DELETE_BRANCH, now);
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    const bool             look = strcmp(f->call.what, CC_FORGE_BRANCH) == 0;
    const cc_forge_trouble trouble = cc_forge_trouble_of(answer);
    const cc_reason       *why = trouble.error ? cc_reason_new(f->arena, FORGE_REFUSED, .detail = trouble.error) : NULL;

    if (why)
        done(f, false, why, look ? why : NULL);
    else if (look)
        looked(f, answer, now);
    else
        done(f, true, NULL, NULL);
}

const cc_forge_job cc_branch_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = not_asked,
    .answered = answered,
    .waiting = cc_branch_waiting,
};
