/*
 * A worker's part in issues of forges: take them over, and tell them of the runs that have worked on them.
 *
 * What passes (a forge that is asked too often, is broken or silent) is tried again, later and later; what a forge
 * refuses is not.
 */
#include "resources/forge_issues.h"

#include "engine/forge_work.h"

static void
done(cc_forge_work *f, const cc_reason *error, int64_t again_ms)
{
    const cc_issue_due *due = f->of;

    if (cc_issue_done(f->w->app, due, error, again_ms) != CC_OK)
        cc_log(f->w->app, "worker: issue %s: what became of it could not be written", due->issue_id);
    cc_forge_rest(f);
}

static void
not_asked(cc_forge_work *f, const char *what)
{
    const cc_issue_due *due = f->of;

    cc_log(f->w->app, "worker: issue %s: %s", due->issue_id, what);
    done(f, cc_reason_plain(f->arena, CC_REASON_FORGE_NOT_ASKED), 0);
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    cc_issue_due  *due = cc_alloc(f->arena, sizeof(*due));
    cc_issue_place place;
    cc_err         err = due ? cc_issue_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, due, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    f->of = due;
    f->project_id = due->project_id;
    f->repository = "";
    if (due->url && cc_issue_place_read(f->arena, due->url, &place)) {
        f->repository = place.repository;
        f->call.number = place.number;
    }
    return CC_OK;
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    done(f, *f->repository ? why : cc_reason_plain(f->arena, CC_REASON_ISSUE_ADDRESS), 0);
}

/* false: there is nothing to tell, or it cannot be read.  It may have been told by a worker that was lost before it
 * could say so. */
static bool
comment_prepare(cc_forge_work *f)
{
    const cc_issue_due *due = f->of;
    const cc_err        err = cc_issue_comment(f->w->app, f->arena, due, &f->call.text);

    if (due->tries > 0)
        f->call.marker = due->run_id;
    if (err != CC_OK)
        not_asked(f, "its run cannot be read");
    else if (!f->call.text)
        done(f, NULL, 0);
    return err == CC_OK && f->call.text;
}

static void
begin(cc_forge_work *f, int64_t now)
{
    const cc_issue_due *due = f->of;
    const char         *what = *due->run_id ? CC_FORGE_COMMENT : CC_FORGE_ISSUE;

    if (*due->run_id && !comment_prepare(f))
        return;
    cc_forge_ask(f, what, now);
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    const cc_issue_due    *due = f->of;
    const cc_forge_trouble trouble = cc_forge_trouble_of(answer);

    (void)now;
    if (trouble.error)
        done(f, cc_reason_new(f->arena, FORGE_REFUSED, .detail = trouble.error),
             cc_forge_again_ms(&trouble, due->tries));
    else if (!*due->run_id && cc_issue_saw(f->w->app, f->arena, due, answer) != CC_OK)
        not_asked(f, "what was seen of it could not be written");
    else
        done(f, NULL, 0);
}

const cc_forge_job cc_issue_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = not_asked,
    .answered = answered,
    .waiting = cc_issue_waiting,
};
