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
#include "context/wake.h"
#include "resources/resources.h"
#include "resources/sandboxes.h"

enum { LONG_MS = 300 }; /* to wait for a write transaction; otherwise it takes a few */

static int64_t
lease_ms(cc_app *app)
{
    return cc_setting_int(app, CC_SETTING_leaseSeconds) * 1000;
}

static void
held(cc_app *app, cc_lease *lease)
{
    lease->renew_at = cc_app_monotonic(app) + lease_ms(app) / 3;
}

cc_context
cc_lease_context(cc_app *app, const cc_lease *lease)
{
    cc_context c = {.app = app, .now = cc_app_now(app), .who = {.name = "", .networks = ""}};

    cc_copy_id(c.who.project_id, lease->project_id);
    c.who.test = strcmp(lease->mode, "test") == 0;
    return c;
}

/* Inside a transaction: it is in that state now. */
static cc_err
moved_to(cc_app *app, const cc_lease *lease, int64_t seq, const char *status)
{
    cc_context c = cc_lease_context(app, lease);

    return cc_run_moved(&c, lease->id, seq, status);
}

/* ---- taking ----------------------------------------------------------------------------------- */

typedef struct count_row {
    int64_t count;
} count_row;

#define UNDER_WAY(where)                                                                                               \
    "(SELECT count(*) FROM runs WHERE " CC_RUN_IS_RUNNING " AND finished_at IS NULL" where ") + "                      \
    "(SELECT count(*) FROM runs WHERE " CC_RUN_IS_CANCELLING " AND finished_at IS NULL" where ")"
#define WAITING_FIRST(column, where)                                                                                   \
    "(SELECT " column " FROM runs WHERE " CC_RUN_IS_PENDING " AND finished_at IS NULL" where                           \
    " ORDER BY project_id, started_by LIMIT 1)"
#define WAITING_BEHIND " AND (project_id, started_by) > (waiting.project, waiting.starter)"

CC_STATEMENT_PLAIN(run_any_pending, "SELECT 1 FROM runs WHERE " CC_RUN_IS_PENDING " AND finished_at IS NULL LIMIT 1");
CC_ROW(count_row, count);
CC_QUERY_PLAIN(runs_under_way, count_row, "SELECT " UNDER_WAY("") " AS count");

typedef struct taken {
    cc_lease lease;
    int64_t  last_seq;
    bool     talks; /* it is a sandbox: taken for each thing that is said */
} taken;

/*
 * Each starter of each project has a line.  Next is the project with the fewest runs under way, and in it the starter
 * with the fewest; :last: this is the last free place, which a project that has none under way gets.
 */
CC_ROW(taken, lease.project_id, lease.mode, lease.id, last_seq, talks);
CC_QUERY(
    run_take, taken,
    "WITH RECURSIVE waiting (project, starter) AS ("
    "SELECT " WAITING_FIRST("project_id", "") ", " WAITING_FIRST(
        "started_by",
        "") " "
            "UNION ALL SELECT " WAITING_FIRST("project_id", WAITING_BEHIND) ", " WAITING_FIRST(
                "started_by",
                WAITING_BEHIND) " FROM waiting WHERE waiting.project IS NOT NULL), "
                                "line (project, first, active, own) AS (SELECT project, "
                                "(SELECT min(id) FROM runs WHERE " CC_RUN_IS_PENDING
                                " AND finished_at IS NULL AND project_id = waiting.project "
                                "AND started_by = waiting.starter), " UNDER_WAY(
                                    " AND project_id = waiting.project") ", "
                                                                         "(SELECT count(*) FROM runs WHERE " CC_RUN_IS_RUNNING
                                                                         " AND finished_at IS NULL AND project_id = waiting.project "
                                                                         "AND started_by = waiting.starter) FROM waiting WHERE project IS NOT NULL) "
                                                                         "UPDATE runs SET status = " CC_RUN_TAKE_TO
                                                                         ", worker = :worker, lease_until = :lease_until, started_at = :now, "
                                                                         "updated_at = :now, last_progress_at = :now, last_seq = last_seq + 1, version = version + 1 "
                                                                         "WHERE (project_id, id) = (SELECT project, first FROM line WHERE active < :per_project "
                                                                         "AND (active = 0 OR :last = 0) AND " UNDER_WAY(
                                                                             "") " < :at_once "
                                                                                 "ORDER BY active, own, first LIMIT 1) AND mode IN ('live', 'test') AND " CC_RUN_TAKE_FROM
                                                                                 " "
                                                                                 "RETURNING project_id, mode, id, last_seq, CASE WHEN source = '" CC_SANDBOX_SOURCE
                                                                                 "' THEN 1 ELSE 0 END AS talks",
    TEXT(worker), INT(lease_until), INT(now), INT(per_project), INT(last), INT(at_once));

cc_err
cc_lease_any_pending(cc_app *app, bool *any)
{
    return cc_db_exists(cc_app_db(app), run_any_pending, any, CC_NO_ARGS);
}

/*
 * Is this the last free place, of the worker or of all?  Where there are several projects it is kept for one that has
 * nothing under way: a run may take hours, and whoever comes next shall not wait for a neighbour's to end.
 */
static cc_err
is_last(cc_app *app, bool last_slot, bool *last)
{
    int64_t   most = cc_setting_int(app, CC_SETTING_runsAtOnce);
    count_row under_way;
    cc_err    err = cc_projects_several(app, last);

    if (err != CC_OK || !*last || last_slot)
        return err;
    if ((err = cc_db_get(cc_app_db(app), NULL, runs_under_way, &under_way, CC_NO_ARGS)) == CC_OK)
        *last = most > 1 && under_way.count + 1 >= most;
    return err;
}

/* What may be under way at once is counted, so workers that take a run do so one after the other. */
static cc_err
take(cc_app *app, const char *worker, bool last, cc_lease *out, bool *got)
{
    cc_db  *db = cc_app_db(app);
    int64_t now = cc_app_now(app);
    taken   run = {0};
    cc_err  err = cc_tx_lock(db, "queue");

    if (err == CC_OK)
        err = cc_db_find(db, NULL, run_take, &run, got, .worker = worker, .lease_until = now + lease_ms(app),
                         .now = now, .per_project = cc_setting_int(app, CC_SETTING_runsPerProject), .last = last,
                         .at_once = cc_setting_int(app, CC_SETTING_runsAtOnce));
    if (err != CC_OK || !*got)
        return err;
    *out = run.lease;
    snprintf(out->worker, sizeof(out->worker), "%s", worker);
    if ((err = moved_to(app, out, run.last_seq, CC_RUN_TAKE_TO_NAME)) != CC_OK || run.talks)
        return err;
    return cc_tell(app, out->project_id, out->mode, CC_MESSAGE_RUN_STARTED, .id = out->id,
                   .status = CC_RUN_TAKE_TO_NAME);
}

cc_err
cc_lease_take(cc_app *app, const char *worker, bool last_slot, cc_lease *out, bool *got)
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
        cc_wake(app, false, out->id);
    }
    return err;
}

/* ---- what nobody holds ------------------------------------------------------------------------- */

struct cc_watched {
    char    id[CC_ID_SIZE];
    int64_t lease_seen; /* as it stands in the row */
    int64_t since;      /* when it was first seen like that; monotonic */
    bool    moved;      /* it was another one before: somebody is there */
    bool    asked;      /* we moved it last, to see whether somebody is */
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
watch_look(cc_watch *w, const char *id, int64_t lease_seen, int64_t lasts_ms, int64_t now_ms, struct cc_watched **still)
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
    if (before && before->lease_seen == lease_seen) {
        *now = *before;
    } else {
        *now = (struct cc_watched){.lease_seen = lease_seen, .since = now_ms, .moved = before != NULL};
        cc_copy_id(now->id, id);
    }
    *still = now_ms - now->since >= lasts_ms / 2 ? before : NULL;
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
    cc_lease           lease;
    int64_t            attempts;
    int64_t            lease_seen; /* as it was found; a run whose lease has moved since is not touched */
    bool               lost;       /* its lease ran out; else nobody had one */
    struct cc_watched *unasked;    /* it stands still, but its holder was not asked yet; else NULL */
    bool               talks;      /* it is a sandbox, of which only what it was asked fails (turn.c) */
    bool               paused;     /* told to stop meanwhile: it runs again, for as long as ending takes */
} stray;

typedef struct found_row {
    char    project_id[CC_ID_SIZE], mode[8], id[CC_ID_SIZE];
    int64_t attempts, lease_seen; /* lease_seen 0: nobody's */
    bool    late, talks;
} found_row;

/* Whoever writes to a run it holds says so in the same statement; no row: it is lost, or it ended. */
CC_ROW(found_row, project_id, mode, id, attempts, lease_seen, late, talks);
CC_QUERY(run_stray, found_row,
         "SELECT project_id, mode, id, attempts, lease_until AS lease_seen, "
         "CASE WHEN cancel_by <= :now OR cancel_by > :latest THEN 1 ELSE 0 END AS late, "
         "CASE WHEN source = '" CC_SANDBOX_SOURCE "' THEN 1 ELSE 0 END AS talks FROM runs "
         "WHERE status = :status AND finished_at IS NULL AND (status <> " CC_RUN_STOP_PAUSED_FROM_LIST
         " OR stop_requested = 1)",
         INT(now), INT(latest), TEXT(status));

/* The first run in that state that nobody holds.  may_deal false: only look at the leases. */
static cc_err
stray_find(cc_app *app, cc_watch *watch, const char *status, bool may_deal, stray *out, bool *found)
{
    int64_t   now = cc_app_now(app);
    found_row row;
    cc_rows   rows = cc_db_select(cc_app_db(app), run_stray, &row, .now = now, .latest = cc_cancel_latest(app, now),
                                  .status = status);

    *found = false;
    while (!*found && cc_rows_next(&rows)) {
        struct cc_watched *still = NULL;
        if (row.lease_seen && (rows.err = watch_look(watch, row.id, row.lease_seen, lease_ms(app),
                                                     cc_app_monotonic(app), &still)) != CC_OK)
            break;
        *found = may_deal && (!row.lease_seen || still || row.late);
        if (!*found)
            continue;
        *out = (stray){.attempts = row.attempts,
                       .lease_seen = row.lease_seen,
                       .lost = row.lease_seen != 0,
                       .talks = row.talks,
                       .unasked = still && !still->asked && !row.late ? still : NULL,
                       .paused = strcmp(status, CC_RUN_PAUSED) == 0};
        cc_copy_id(out->lease.project_id, row.project_id);
        snprintf(out->lease.mode, sizeof(out->lease.mode), "%s", row.mode);
        cc_copy_id(out->lease.id, row.id);
    }
    return cc_rows_end(&rows);
}

typedef struct seq_row {
    int64_t last_seq;
} seq_row;

CC_ROW(seq_row, last_seq);
CC_QUERY(run_abandon, seq_row,
         "UPDATE runs SET status = :to, " CC_REASON_SET(
             "error") ", finished_at = :now, updated_at = :now, worker = NULL, "
                      "lease_until = NULL, cancel_by = NULL, last_seq = last_seq + 1, version = version + 1 "
                      "WHERE project_id = :project_id AND mode = :mode AND id = :id AND status = :from "
                      "AND coalesce(lease_until, 0) = :lease_seen RETURNING last_seq",
         TEXT(to), CC_REASON_PARAMS, INT(now), CC_RUN_PARAMS, TEXT(from), INT(lease_seen));
CC_QUERY(run_retake, seq_row,
         "UPDATE runs SET status = " CC_RUN_RETAKE_TO
         ", worker = :worker, lease_until = :lease_until, attempts = :attempts, "
         "updated_at = :now, last_progress_at = :now, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND (" CC_RUN_RETAKE_FROM " OR (" CC_RUN_STOP_PAUSED_FROM " AND stop_requested = 1)) "
         "AND coalesce(lease_until, 0) = :lease_seen RETURNING last_seq",
         TEXT(worker), INT(lease_until), INT(attempts), INT(now), CC_RUN_PARAMS, INT(lease_seen));
CC_STATEMENT(run_ask,
             "UPDATE runs SET lease_until = lease_until + 1 WHERE project_id = :project_id AND mode = :mode "
             "AND id = :id AND finished_at IS NULL AND lease_until = :lease_seen",
             CC_RUN_PARAMS, INT(lease_seen));

static cc_err
abandon(cc_app *app, const stray *lost, const char *from, const char *to, const cc_reason *why)
{
    seq_row row;
    bool    moved;
    cc_err  err =
        cc_db_find(cc_app_db(app), NULL, run_abandon, &row, &moved, .to = to, CC_THE_REASON(why),
                   .now = cc_app_now(app), CC_THE_RUN(lost->lease), .from = from, .lease_seen = lost->lease_seen);

    return err == CC_OK && moved ? moved_to(app, &lost->lease, row.last_seq, to) : err;
}

static cc_err
retake(cc_app *app, const stray *found, const char *worker, bool *got)
{
    int64_t now = cc_app_now(app);
    seq_row row;
    cc_err  err = cc_db_find(cc_app_db(app), NULL, run_retake, &row, got, .worker = worker,
                             .lease_until = now + lease_ms(app), .attempts = found->attempts + (found->lost ? 1 : 0),
                             .now = now, CC_THE_RUN(found->lease), .lease_seen = found->lease_seen);

    if (err != CC_OK || !*got)
        return err;
    if (found->paused)
        return moved_to(app, &found->lease, row.last_seq, CC_RUN_STOP_PAUSED_TO_NAME);
    const char *data = found->lost ? "{\"taken\":true,\"reason\":\"lost\"}" : "{\"taken\":true,\"reason\":\"resumed\"}";
    cc_context  c = cc_lease_context(app, &found->lease);
    return cc_event_insert(&c, found->lease.id, row.last_seq, "worker", now, cc_span_of(data));
}

/* Inside a transaction: move the lease by a little, for its holder to move it on. */
static cc_err
ask_holder(cc_app *app, const stray *found)
{
    return cc_db_run(cc_app_db(app), run_ask, CC_THE_RUN(found->lease), .lease_seen = found->lease_seen);
}

/* Its worker is lost, and no other shall take it. */
static cc_err
lose(cc_app *app, const char *status, const stray *found)
{
    cc_arena *a = cc_arena_new();
    cc_err    err = CC_E_UNAVAILABLE;

    if (a) {
        const char *times = found->attempts ? cc_printf(a, "%lld", (long long)found->attempts + 1) : NULL;
        err = abandon(app, found, status, CC_RUN_LOSE_TO_NAME, cc_reason_new(a, WORKER_LOST, .times = times));
    }
    cc_arena_free(a);
    return err;
}

/* Inside a transaction: what becomes of a run that stands there as `status` without anybody. */
static cc_err
deal_with(cc_app *app, const char *status, const char *worker, stray *found, bool *got)
{
    if (strcmp(status, CC_RUN_CANCELLING) == 0)
        return abandon(app, found, status, CC_RUN_SETTLE_TO_NAME, NULL);
    if (found->lost && !found->talks &&
        (strcmp(cc_setting_text(app, CC_SETTING_lostRunPolicy), "fail") == 0 ||
         found->attempts >= cc_setting_int(app, CC_SETTING_lostRunRetries)))
        return lose(app, status, found);
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
    int64_t began = cc_app_monotonic(app);
    cc_err  err = cc_tx_begin(db);

    if (err == CC_OK && found->unasked)
        err = cc_tx_end(db, ask_holder(app, found));
    else if (err == CC_OK)
        err = cc_tx_end(db, found->lost && cc_app_monotonic(app) - began > LONG_MS
                                ? CC_E_UNAVAILABLE
                                : deal_with(app, status, worker, found, got));
    if (err == CC_OK && found->unasked) {
        found->unasked->lease_seen = found->lease_seen + 1;
        found->unasked->since = cc_app_monotonic(app);
        found->unasked->asked = true;
    }
    if (err != CC_OK)
        watch->was_count = 0;
    return err;
}

cc_err
cc_lease_sweep(cc_app *app, cc_watch *watch, const char *worker, bool may_take, cc_lease *out, bool *got, bool *any)
{
    static const char *const kinds[] = {CC_RUN_CANCELLING, CC_RUN_RUNNING, CC_RUN_PAUSED};
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
        *out = found.lease;
        snprintf(out->worker, sizeof(out->worker), "%s", worker);
        held(app, out);
    }
    if (*any && err == CC_OK)
        cc_wake(app, false, found.lease.id);
    return err;
}

/* ---- holding on ------------------------------------------------------------------------------- */

CC_ROW(cc_control, CC_CONTROL_MEMBERS);
CC_QUERY(run_renew, cc_control,
         "UPDATE runs SET lease_until = :lease_until WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND worker = :worker AND " CC_RUN_HELD " RETURNING " CC_CONTROL_COLUMNS,
         INT(lease_until), CC_RUN_PARAMS, TEXT(worker));
CC_QUERY(run_watch, cc_control,
         "SELECT " CC_CONTROL_COLUMNS " FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND worker = :worker AND " CC_RUN_HELD,
         CC_RUN_PARAMS, TEXT(worker));
CC_STATEMENT(run_release,
             "UPDATE runs SET worker = NULL, lease_until = NULL WHERE project_id = :project_id AND mode = :mode "
             "AND id = :id AND worker = :worker AND " CC_RUN_RELEASE_FROM,
             CC_RUN_PARAMS, TEXT(worker));
CC_QUERY(
    run_end, seq_row,
    "UPDATE runs SET status = :to, " CC_REASON_SET(
        "error") ", finished_at = :now, updated_at = :now, "
                 "last_progress_at = :now, worker = NULL, lease_until = NULL, cancel_by = NULL, last_seq = last_seq + 1, "
                 "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker "
                 "AND status = :from RETURNING last_seq",
    TEXT(to), CC_REASON_PARAMS, INT(now), CC_RUN_PARAMS, TEXT(worker), TEXT(from));

cc_err
cc_lease_renew(cc_app *app, cc_lease *lease, cc_control *control)
{
    cc_db     *db = cc_app_db(app);
    cc_control is = {0};
    bool       mine;
    cc_err     err;

    if ((err = cc_tx_begin(db)) != CC_OK)
        return err;
    err = cc_db_find(db, NULL, run_renew, &is, &mine, .lease_until = cc_app_now(app) + lease_ms(app),
                     CC_THE_RUN(*lease), .worker = lease->worker);
    if ((err = cc_tx_end(db, err)) != CC_OK)
        return err;
    *control = is;
    held(app, lease);
    return CC_OK;
}

cc_err
cc_lease_watch(cc_app *app, const cc_lease *lease, cc_control *control)
{
    cc_control is = {0};
    bool       mine;
    cc_err err = cc_db_find(cc_app_db(app), NULL, run_watch, &is, &mine, CC_THE_RUN(*lease), .worker = lease->worker);

    if (err == CC_OK)
        *control = is;
    return err;
}

cc_err
cc_lease_release(cc_app *app, const cc_lease *lease)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_tx_begin(db);

    return err != CC_OK ? err : cc_tx_end(db, cc_db_run(db, run_release, CC_THE_RUN(*lease), .worker = lease->worker));
}

cc_err
cc_lease_end(cc_app *app, const cc_lease *lease, const char *from, const char *status, const cc_reason *why,
             bool *moved)
{
    seq_row row;
    cc_err  err = cc_db_find(cc_app_db(app), NULL, run_end, &row, moved, .to = status, CC_THE_REASON(why),
                             .now = cc_app_now(app), CC_THE_RUN(*lease), .worker = lease->worker, .from = from);

    return err == CC_OK && *moved ? moved_to(app, lease, row.last_seq, status) : err;
}
