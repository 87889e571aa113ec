/*
 * A worker's part in the pull requests of candidates: open the one that was chosen.
 *
 * Its run is over, so this is no slot's affair.  What passes (a forge that is asked too often, is broken or silent) is
 * tried again, later and later; what a forge refuses is not.
 */
#include "resources/proposals.h"

#include "engine/forge_work.h"

static void
failed(cc_forge_work *f, const cc_reason *why, int64_t again_ms)
{
    const cc_proposal_due *due = f->of;

    if (cc_proposal_failed(f->w->app, due, why, again_ms) != CC_OK)
        cc_log(f->w->app, "worker: run %s: what became of its pull request could not be written", due->run_id);
    cc_forge_rest(f);
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    failed(f, why, 0);
}

/* It was our own fault, which passes. */
static void
not_asked(cc_forge_work *f, const char *what)
{
    const cc_proposal_due *due = f->of;
    const cc_forge_trouble ours = {.error = ""};

    cc_log(f->w->app, "worker: the pull request of run %s: %s", due->run_id, what);
    failed(f, cc_reason_plain(f->arena, CC_REASON_FORGE_NOT_ASKED), cc_forge_again_ms(&ours, due->tries));
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    cc_proposal_due *due = cc_alloc(f->arena, sizeof(*due));
    cc_err err = due ? cc_proposal_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, due, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    f->of = due;
    f->project_id = due->project_id;
    f->repository = due->repository;
    f->call.branch = due->branch;
    f->call.base = due->base;
    f->call.title = due->title;
    f->call.text = due->text;
    f->call.draft = due->draft;
    return CC_OK;
}

/* The choice was made by somebody, whose right to it may have ended. */
static void
begin(cc_forge_work *f, int64_t now)
{
    cc_context c;
    cc_err     err;

    cc_context_init(&c, f->w->app, f->arena);
    if ((err = cc_proposal_may_open(&c, f->of)) == CC_OK)
        cc_forge_ask(f, CC_FORGE_OPEN, now);
    else if (err == CC_E_FORBIDDEN && c.reason)
        fail(f, c.reason);
    else
        not_asked(f, "who has chosen it cannot be read");
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    const cc_proposal_due *due = f->of;
    const cc_forge_trouble trouble = cc_forge_trouble_of(answer);
    cc_pull_seen           seen;

    (void)now;
    cc_pull_take_in(f->arena, answer, &seen);
    if (trouble.error || !seen.url)
        failed(f, cc_reason_new(f->arena, FORGE_REFUSED, .detail = trouble.error),
               cc_forge_again_ms(&trouble, due->tries));
    else if (cc_proposal_opened(f->w->app, due, f->call.forge, &seen) != CC_OK)
        not_asked(f, "it is open, but that could not be written");
    else
        cc_forge_rest(f);
}

const cc_forge_job cc_proposal_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = not_asked,
    .answered = answered,
    .waiting = cc_proposal_waiting,
};
