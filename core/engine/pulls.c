/*
 * A worker's part in pull requests.
 *
 * What was asked for begins with a look, so that a merge is judged by what is the case, and names the commit that was
 * judged.
 */
#include "resources/pulls.h"

#include <string.h>

#include "context/settings.h"
#include "engine/forge_work.h"

enum { POLL_MAX_MS = 3600000, SHIFT_MAX = 6 };

typedef struct pull_job {
    cc_pull_due due;
    bool        changed, pending;
} pull_job;

/* When to look again: soon while something may change, then more and more rarely; 0: not by itself. */
static int64_t
next_look(const cc_forge_work *f, const cc_pull_seen *seen)
{
    const pull_job *p = f->of;
    const int64_t   poll = cc_setting_int(f->w->app, CC_SETTING_forgePollSeconds) * 1000;
    const int64_t   shift = p->changed ? 0 : p->due.looks < SHIFT_MAX ? p->due.looks : SHIFT_MAX;
    int64_t         next = p->pending ? poll : poll << shift;

    if (!poll || (seen && seen->state && strcmp(seen->state, CC_PULL_OPEN) != 0))
        return 0;
    if (seen && seen->retry_after_s * 1000 > next)
        next = seen->retry_after_s * 1000;
    return next < POLL_MAX_MS ? next : POLL_MAX_MS;
}

/* An action that could not be done is not tried again by itself: whoever asked for it sees why. */
static void
done(cc_forge_work *f, const cc_pull_seen *seen, const cc_reason *error, const cc_reason *refresh_error)
{
    const pull_job *p = f->of;

    if (cc_pull_done(f->w->app, &p->due, error, refresh_error, next_look(f, seen)) != CC_OK)
        cc_log(f->w->app, "worker: pull request %s: what was seen of it could not be written", p->due.name.id);
    cc_forge_rest(f);
}

/* The forge could not be asked for what a worker is to do; only a look is tried again. */
static void
not_asked(cc_forge_work *f, const char *what)
{
    const pull_job *p = f->of;

    cc_log(f->w->app, "worker: pull request %s: %s", p->due.name.id, what);
    done(f, NULL, p->due.action ? cc_reason_plain(f->arena, CC_REASON_FORGE_NOT_ASKED) : NULL, NULL);
}

static bool
wants(const cc_forge_work *f, const char *action)
{
    const pull_job *p = f->of;

    return p->due.action && strcmp(p->due.action, action) == 0;
}

/* After a look: go on with what was asked for. */
static void
act(cc_forge_work *f, const cc_pull_seen *seen, int64_t now)
{
    const pull_job  *p = f->of;
    cc_context       c;
    const cc_reason *why = NULL;

    if (wants(f, CC_FORGE_MERGE)) {
        cc_context_init(&c, f->w->app, f->arena);
        if (cc_pull_hindrance(&c, &p->due.name, p->due.force, &why) != CC_OK) {
            not_asked(f, "it cannot be read");
            return;
        }
        if (seen->head)
            f->call.head = seen->head;
        if (!why && !f->call.head)
            why = cc_reason_plain(f->arena, CC_REASON_PULL_HEAD_UNKNOWN);
    }
    if (why || !(wants(f, CC_FORGE_MERGE) || wants(f, CC_FORGE_CLOSE)))
        done(f, seen, why, NULL);
    else
        cc_forge_ask(f, p->due.action, now);
}

static void
refused(cc_forge_work *f, const cc_pull_seen *seen, bool looked)
{
    const pull_job  *p = f->of;
    const cc_reason *why = cc_reason_new(f->arena, FORGE_REFUSED, .detail = seen->error);

    done(f, seen, p->due.action ? why : NULL, looked ? why : NULL);
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    pull_job    *p = f->of;
    const bool   looked = strcmp(f->call.what, CC_FORGE_LOOK) == 0;
    cc_pull_seen seen;
    bool         changed = false;
    cc_err       err = CC_OK;

    cc_pull_take_in(f->arena, answer, &seen);
    if (!seen.error)
        err = cc_pull_saw(f->w->app, &p->due, &seen, &changed);
    p->changed |= changed;
    if (seen.checks_status)
        p->pending = strcmp(seen.checks_status, "pending") == 0;
    if (err != CC_OK)
        not_asked(f, "what was seen of it could not be written");
    else if (seen.error)
        refused(f, &seen, looked);
    else if (looked && seen.state && strcmp(seen.state, CC_PULL_OPEN) != 0)
        done(f, &seen,
             wants(f, CC_FORGE_MERGE) && strcmp(seen.state, CC_PULL_MERGED) != 0
                 ? cc_reason_plain(f->arena, CC_REASON_PULL_CLOSED)
                 : NULL,
             NULL);
    else if (looked)
        act(f, &seen, now);
    else
        done(f, &seen, NULL, NULL);
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    pull_job *p = cc_alloc(f->arena, sizeof(*p));
    cc_err    err = p ? cc_pull_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, &p->due, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    p->changed = p->pending = false;
    f->of = p;
    f->project_id = p->due.name.project_id;
    f->repository = p->due.repository;
    f->call.branch = p->due.branch;
    f->call.number = p->due.number;
    f->call.method = p->due.method;
    f->call.head = p->due.head;
    f->call.etag = p->due.etag;
    return CC_OK;
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    const pull_job *p = f->of;

    done(f, NULL, p->due.action ? why : NULL, why);
}

static void
begin(cc_forge_work *f, int64_t now)
{
    cc_forge_ask(f, CC_FORGE_LOOK, now);
}

const cc_forge_job cc_pull_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = not_asked,
    .answered = answered,
    .waiting = cc_pull_waiting,
};
