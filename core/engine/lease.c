/*
 * Who holds a run, and until when.
 *
 * A hold is a name in the run's row and a time that its holder moves on again and again.  Every write to a run that is
 * being executed names the hold in its WHERE: when somebody else has taken the run over, or a cancel has been settled,
 * the write finds no row, and the worker knows before it has done any harm.  The name is new for each hold, so that a
 * worker that slept through its own lease does not mistake its successor's hold for its own.
 *
 * That time is compared with no clock.  Clocks of machines differ and are set, and a clock set forward would end every
 * lease at once: each run would be taken from a worker in good health and executed twice.  So a lease has run out when
 * somebody has watched it stand still for as long as a lease lasts, by a clock that only measures (which also makes
 * a laptop that slept a case like any other).  The price is that a worker which has just been started takes that long
 * to find out about what was lost before.
 *
 * A lease also stands still while nobody can write: the disk is full, or somebody keeps the database locked.  Behind
 * such a time the first to write must not be the one who takes.  So half-way through, whoever watches moves the lease
 * on by one millisecond: that asks "are you there?", shows that writing is possible, and leaves a living holder the
 * other half to answer by moving it, too.
 */
#include "engine/lease.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "context/settings.h"
#include "resources/resources.h"

enum { LONG_MS = 300 }; /* to wait for a write transaction; otherwise it takes a few */

static int64_t
lease_ms(cc_app *app)
{
    return cc_setting_int(app, CC_SETTING_leaseSeconds) * 1000;
}

static void
held(cc_app *app, cc_hold *hold)
{
    hold->renew_at = cc_clock_monotonic() + lease_ms(app) / 3;
}

static cc_err
event(cc_app *app, const cc_hold *hold, int64_t seq, const char *type, const char *data)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_EVENT_INSERT, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, hold->project_id);
    cc_bind_text(s, 2, hold->id);
    cc_bind_int(s, 3, seq);
    cc_bind_text(s, 4, type);
    cc_bind_int(s, 5, cc_app_now(app));
    cc_bind_text(s, 6, data);
    return cc_run(s);
}

static cc_err
event_status(cc_app *app, const cc_hold *hold, int64_t seq, const char *status)
{
    char data[64];

    snprintf(data, sizeof(data), "{\"status\":\"%s\"}", status);
    return event(app, hold, seq, "status", data);
}

/* ---- taking ----------------------------------------------------------------------------------- */

cc_err
cc_lease_any_pending(cc_app *app, bool *any)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_ANY_PENDING, &s);

    *any = false;
    if (err == CC_OK)
        err = cc_step(s, any);
    cc_stmt_done(s);
    return err;
}

/*
 * Is this the last free place, of the worker or of all?  Where there are several projects it is kept for one that has
 * nothing under way: a run may take hours, and whoever comes next shall not wait for a neighbour's to end.
 */
static cc_err
is_last(cc_app *app, bool last_slot, bool *last)
{
    int64_t  most = cc_setting_int(app, CC_SETTING_runsAtOnce);
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_projects_several(app, last);

    if (err != CC_OK || !*last || last_slot)
        return err;
    if ((err = cc_stmt_get(cc_app_db(app), CC_SQL_RUNS_UNDER_WAY, &s)) != CC_OK)
        return err;
    if ((err = cc_step(s, &row)) == CC_OK)
        *last = row && most > 1 && cc_col_int(s, 0) + 1 >= most;
    cc_stmt_done(s);
    return err;
}

static cc_err
take(cc_app *app, const char *worker, bool last, cc_hold *out, bool *got)
{
    int64_t  now = cc_app_now(app), seq = 0;
    cc_stmt *s = NULL;
    bool     row, more;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_TAKE, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, worker);
    cc_bind_int(s, 2, now + lease_ms(app));
    cc_bind_int(s, 3, now);
    cc_bind_int(s, 4, cc_setting_int(app, CC_SETTING_runsPerProject));
    cc_bind_int(s, 5, cc_setting_int(app, CC_SETTING_runsAtOnce));
    cc_bind_int(s, 6, last);
    if ((err = cc_step(s, &row)) == CC_OK && row) {
        *out = (cc_hold){0};
        snprintf(out->worker, sizeof(out->worker), "%s", worker);
        cc_copy_id(out->project_id, cc_col_text(s, 0, NULL));
        snprintf(out->mode, sizeof(out->mode), "%s", cc_col_text(s, 1, NULL));
        cc_copy_id(out->id, cc_col_text(s, 2, NULL));
        seq = cc_col_int(s, 3);
        err = cc_step(s, &more);
    }
    cc_stmt_done(s);
    if (err == CC_OK && row) {
        err = event_status(app, out, seq, "running");
        *got = true;
    }
    return err;
}

cc_err
cc_lease_take(cc_app *app, const char *worker, bool last_slot, cc_hold *out, bool *got)
{
    bool   last;
    cc_err err = cc_lease_any_pending(app, got);

    if (err != CC_OK || !*got)
        return err;
    *got = false;
    if ((err = cc_tx_begin(cc_app_db(app))) != CC_OK)
        return err;
    if ((err = is_last(app, last_slot, &last)) == CC_OK)
        err = take(app, worker, last, out, got);
    err = cc_tx_end(cc_app_db(app), err);
    *got = *got && err == CC_OK;
    if (*got) {
        held(app, out);
        cc_hot_ring(cc_app_hot(app), cc_hot_of(out->id));
    }
    return err;
}

/* ---- what nobody holds ------------------------------------------------------------------------- */

struct cc_watched {
    char    id[CC_ID_SIZE];
    int64_t lease; /* as it stands in the row */
    int64_t since; /* when it was first seen like that; monotonic */
    bool    moved; /* it was another one before: somebody is there */
    bool    asked; /* we moved it last, to see whether somebody is */
};

void
cc_watch_free(cc_watch *w)
{
    free(w->was);
    free(w->is);
    *w = (cc_watch){0};
}

bool
cc_watch_doubtful(const cc_watch *w)
{
    for (size_t i = 0; i < w->was_count; i++)
        if (!w->was[i].moved)
            return true;
    return w->cut_short;
}

static bool
watch_room(cc_watch *w)
{
    struct cc_watched **const both[] = {&w->was, &w->is};
    size_t                    room = w->room ? 2 * w->room : 16;

    if (w->is_count < w->room)
        return true;
    for (size_t i = 0; i < CC_COUNT(both); i++) {
        struct cc_watched *more = realloc(*both[i], room * sizeof(*more));
        if (!more)
            return false;
        *both[i] = more;
    }
    w->room = room;
    return true;
}

/*
 * Look at a lease.  *still: what was seen of it before, when it has not moved for half as long as one lasts; else NULL.
 * The runs come in the same order at each look, so the one behind the last found is tried first.
 */
static cc_err
watch_look(cc_watch *w, const char *id, int64_t lease, int64_t lasts_ms, struct cc_watched **still)
{
    struct cc_watched *now, *before = NULL;

    if (!watch_room(w))
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < w->was_count && !before; i++) {
        size_t at = (w->next + i) % w->was_count;
        if (strcmp(w->was[at].id, id) == 0) {
            before = &w->was[at];
            w->next = at + 1;
        }
    }
    now = &w->is[w->is_count++];
    if (before && before->lease == lease) {
        *now = *before;
    } else {
        *now = (struct cc_watched){.lease = lease, .since = cc_clock_monotonic(), .moved = before != NULL};
        cc_copy_id(now->id, id);
    }
    *still = cc_clock_monotonic() - now->since >= lasts_ms / 2 ? before : NULL;
    return CC_OK;
}

static void
watch_begin(cc_watch *w)
{
    w->is_count = w->next = 0;
    w->cut_short = true;
}

/* All were looked at: forget those that are not there any more. */
static void
watch_end(cc_watch *w)
{
    struct cc_watched *was = w->was;

    w->was = w->is;
    w->was_count = w->is_count;
    w->is = was;
    w->cut_short = false;
}

typedef struct stray {
    cc_hold            hold;
    int64_t            attempts;
    int64_t            lease;   /* as it was found; a run whose lease has moved since is not touched */
    bool               lost;    /* its lease ran out; else nobody had one */
    struct cc_watched *unasked; /* it stands still, but its holder was not asked yet; else NULL */
    bool               paused;  /* told to stop meanwhile: it runs again, for as long as ending takes */
} stray;

/* The first run in that state that nobody holds.  may_deal false: only look at the leases. */
static cc_err
stray_find(cc_app *app, cc_watch *watch, const char *status, bool may_deal, stray *out, bool *found)
{
    int64_t  now = cc_app_now(app);
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_STRAY, &s);

    *found = false;
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, status);
    cc_bind_int(s, 2, now);
    cc_bind_int(s, 3, now + cc_cancel_grace_ms(app));
    while (!*found && (err = cc_step(s, &row)) == CC_OK && row) {
        const char        *id = cc_col_text(s, 2, NULL);
        bool               held = !cc_col_null(s, 4), late = cc_col_int(s, 5) != 0;
        struct cc_watched *still = NULL;
        if (held && (err = watch_look(watch, id, cc_col_int(s, 4), lease_ms(app), &still)) != CC_OK)
            break;
        *found = may_deal && (!held || still || late);
        if (!*found)
            continue;
        *out = (stray){.attempts = cc_col_int(s, 3),
                       .lease = cc_col_int(s, 4),
                       .lost = held,
                       .unasked = still && !still->asked && !late ? still : NULL,
                       .paused = strcmp(status, "paused") == 0};
        cc_copy_id(out->hold.project_id, cc_col_text(s, 0, NULL));
        snprintf(out->hold.mode, sizeof(out->hold.mode), "%s", cc_col_text(s, 1, NULL));
        cc_copy_id(out->hold.id, id);
    }
    cc_stmt_done(s);
    return err;
}

static cc_err
steps_end(cc_app *app, const cc_hold *hold, const char *status)
{
    cc_stmt *s = NULL;
    cc_err   err =
        cc_stmt_get(cc_app_db(app), strcmp(status, "cancelled") == 0 ? CC_SQL_STEPS_END : CC_SQL_STEPS_SKIP, &s);

    if (err != CC_OK)
        return err;
    cc_bind_int(s, 1, cc_app_now(app));
    cc_bind_text(s, 2, hold->project_id);
    cc_bind_text(s, 3, hold->id);
    return cc_run(s);
}

/* Run a statement that answers the run's new last_seq when it moved; write the event and end the steps. */
static cc_err
ended(cc_app *app, cc_stmt *s, const cc_hold *hold, const char *status, bool *moved)
{
    int64_t seq = 0;
    bool    more;
    cc_err  err = cc_step(s, moved);

    if (err == CC_OK && *moved) {
        seq = cc_col_int(s, 0);
        err = cc_step(s, &more);
    }
    cc_stmt_done(s);
    if (err == CC_OK && *moved && (err = event_status(app, hold, seq, status)) == CC_OK)
        err = steps_end(app, hold, status);
    return err;
}

static cc_err
abandon(cc_app *app, const stray *lost, const char *from, const char *to, const char *why)
{
    cc_stmt *s = NULL;
    bool     moved;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_ABANDON, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, to);
    cc_bind_text(s, 2, why);
    cc_bind_int(s, 3, cc_app_now(app));
    cc_bind_text(s, 4, lost->hold.project_id);
    cc_bind_text(s, 5, lost->hold.mode);
    cc_bind_text(s, 6, lost->hold.id);
    cc_bind_text(s, 7, from);
    cc_bind_int(s, 8, lost->lease);
    return ended(app, s, &lost->hold, to, &moved);
}

static cc_err
retake(cc_app *app, const stray *found, const char *worker, bool *got)
{
    int64_t  now = cc_app_now(app), seq = 0;
    cc_stmt *s = NULL;
    bool     more;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_RETAKE, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, worker);
    cc_bind_int(s, 2, now + lease_ms(app));
    cc_bind_int(s, 3, found->attempts + (found->lost ? 1 : 0));
    cc_bind_int(s, 4, now);
    cc_bind_text(s, 5, found->hold.project_id);
    cc_bind_text(s, 6, found->hold.mode);
    cc_bind_text(s, 7, found->hold.id);
    cc_bind_int(s, 8, found->lease);
    if ((err = cc_step(s, got)) == CC_OK && *got) {
        seq = cc_col_int(s, 0);
        err = cc_step(s, &more);
    }
    cc_stmt_done(s);
    if (err == CC_OK && *got && found->paused)
        return event_status(app, &found->hold, seq, "running");
    if (err == CC_OK && *got)
        err = event(app, &found->hold, seq, "worker",
                    found->lost ? "{\"taken\":true,\"reason\":\"lost\"}" : "{\"taken\":true,\"reason\":\"resumed\"}");
    return err;
}

/* Inside a transaction: move the lease by a little, for its holder to move it on. */
static cc_err
ask_holder(cc_app *app, const stray *found)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_ASK, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, found->hold.project_id);
    cc_bind_text(s, 2, found->hold.mode);
    cc_bind_text(s, 3, found->hold.id);
    cc_bind_int(s, 4, found->lease);
    return cc_run(s);
}

/* Inside a transaction: what becomes of a run that stands there as `status` without anybody. */
static cc_err
deal_with(cc_app *app, const char *status, const char *worker, stray *found, bool *got)
{
    char why[128];

    if (strcmp(status, "cancelling") == 0)
        return abandon(app, found, "cancelling", "cancelled", NULL);
    if (found->lost && strcmp(cc_setting_text(app, CC_SETTING_lostRunPolicy), "fail") == 0)
        return abandon(app, found, status, "failed", "The worker that executed the run was lost.");
    if (found->lost && found->attempts >= cc_setting_int(app, CC_SETTING_lostRunRetries)) {
        snprintf(why, sizeof(why), "The worker that executed the run was lost, %lld times in all.",
                 (long long)found->attempts + 1);
        return abandon(app, found, status, "failed", why);
    }
    return retake(app, found, worker, got);
}

/*
 * In a transaction of its own.  While storage was away nobody could have moved a lease, so what was seen does not
 * count: not after a failure, and not when the turn was long in coming either, because then we may be the first of all
 * who waited.  To ask takes nothing from anybody.
 */
static cc_err
deal(cc_app *app, cc_watch *watch, const char *status, const char *worker, stray *found, bool *got)
{
    cc_db  *db = cc_app_db(app);
    int64_t began = cc_clock_monotonic();
    cc_err  err = cc_tx_begin(db);

    if (err == CC_OK && found->unasked)
        err = cc_tx_end(db, ask_holder(app, found));
    else if (err == CC_OK)
        err = cc_tx_end(db, found->lost && cc_clock_monotonic() - began > LONG_MS
                                ? CC_E_UNAVAILABLE
                                : deal_with(app, status, worker, found, got));
    if (err == CC_OK && found->unasked) {
        found->unasked->lease = found->lease + 1;
        found->unasked->since = cc_clock_monotonic();
        found->unasked->asked = true;
    }
    if (err != CC_OK)
        watch->was_count = 0;
    return err;
}

cc_err
cc_lease_sweep(cc_app *app, cc_watch *watch, const char *worker, bool may_take, cc_hold *out, bool *got, bool *any)
{
    static const char *const kinds[] = {"cancelling", "running", "paused"};
    stray                    found;
    cc_err                   err = CC_OK;

    *got = *any = false;
    watch_begin(watch);
    for (size_t i = 0; i < CC_COUNT(kinds) && !*any; i++) {
        if ((err = stray_find(app, watch, kinds[i], may_take || i == 0, &found, any)) != CC_OK)
            return err;
        if (*any)
            err = deal(app, watch, kinds[i], worker, &found, got);
    }
    if (!*any)
        watch_end(watch);
    *got = *got && err == CC_OK;
    if (*got) {
        *out = found.hold;
        snprintf(out->worker, sizeof(out->worker), "%s", worker);
        held(app, out);
    }
    if (*any && err == CC_OK)
        cc_hot_ring(cc_app_hot(app), cc_hot_of(found.hold.id));
    return err;
}

/* ---- holding on ------------------------------------------------------------------------------- */

void
cc_standing_read(cc_stmt *row, cc_standing *standing)
{
    const char *status = cc_col_text(row, 1, NULL);

    standing->mine = true;
    standing->cancelling = strcmp(status, "cancelling") == 0;
    standing->paused = strcmp(status, "paused") == 0;
    standing->stop = cc_col_int(row, 2) != 0;
    standing->cancel_by = cc_col_int(row, 3);
}

cc_err
cc_lease_renew(cc_app *app, cc_hold *hold, cc_standing *standing)
{
    cc_db   *db = cc_app_db(app);
    cc_stmt *s = NULL;
    bool     row = false, more;
    cc_err   err;

    if ((err = cc_tx_begin(db)) != CC_OK)
        return err;
    if ((err = cc_stmt_get(db, CC_SQL_RUN_RENEW, &s)) == CC_OK) {
        cc_bind_int(s, 1, cc_app_now(app) + lease_ms(app));
        cc_bind_text(s, 2, hold->project_id);
        cc_bind_text(s, 3, hold->mode);
        cc_bind_text(s, 4, hold->id);
        cc_bind_text(s, 5, hold->worker);
        if ((err = cc_step(s, &row)) == CC_OK && row) {
            cc_standing_read(s, standing);
            err = cc_step(s, &more);
        }
        cc_stmt_done(s);
    }
    if ((err = cc_tx_end(db, err)) != CC_OK)
        return err;
    if (!row)
        *standing = (cc_standing){0};
    held(app, hold);
    return CC_OK;
}

cc_err
cc_lease_watch(cc_app *app, const cc_hold *hold, cc_standing *standing)
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_WATCH, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, hold->project_id);
    cc_bind_text(s, 2, hold->mode);
    cc_bind_text(s, 3, hold->id);
    if ((err = cc_step(s, &row)) == CC_OK) {
        *standing = (cc_standing){0};
        if (row && strcmp(cc_col_text(s, 2, NULL), hold->worker) == 0) {
            const char *status = cc_col_text(s, 0, NULL);
            standing->cancelling = strcmp(status, "cancelling") == 0;
            standing->paused = strcmp(status, "paused") == 0;
            standing->mine = standing->cancelling || standing->paused || strcmp(status, "running") == 0;
            standing->stop = cc_col_int(s, 1) != 0;
            standing->cancel_by = cc_col_int(s, 3);
        }
    }
    cc_stmt_done(s);
    return err;
}

cc_err
cc_lease_release(cc_app *app, const cc_hold *hold)
{
    cc_db   *db = cc_app_db(app);
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = cc_tx_begin(db)) != CC_OK)
        return err;
    if ((err = cc_stmt_get(db, CC_SQL_RUN_RELEASE, &s)) == CC_OK) {
        cc_bind_text(s, 1, hold->project_id);
        cc_bind_text(s, 2, hold->mode);
        cc_bind_text(s, 3, hold->id);
        cc_bind_text(s, 4, hold->worker);
        err = cc_run(s);
    }
    return cc_tx_end(db, err);
}

cc_err
cc_lease_end(cc_app *app, const cc_hold *hold, const char *from, const char *status, const char *error, bool *moved)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_RUN_END, &s);

    *moved = false;
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, status);
    cc_bind_text(s, 2, error);
    cc_bind_int(s, 3, cc_app_now(app));
    cc_bind_text(s, 4, hold->project_id);
    cc_bind_text(s, 5, hold->mode);
    cc_bind_text(s, 6, hold->id);
    cc_bind_text(s, 7, hold->worker);
    cc_bind_text(s, 8, from);
    return ended(app, s, hold, status, moved);
}
