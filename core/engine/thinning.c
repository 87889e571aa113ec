/*
 * Old runs' events: what agents wrote goes after `eventDays`, what became of the run stays.  As old a change is no
 * longer told.  And old deliveries of webhooks, which go after `deliveryDays` whatever has become of them, what has
 * been in the trash for `trashDays`, notifications older than `notificationDays`, and sandboxes that nobody has used
 * for `sandboxDays`.
 *
 * Nearly all of a database is lines that agents wrote once and nobody reads again.  They go in portions, each in a
 * transaction of its own, for whoever writes meanwhile waits for it.  Where the last portion ended is not noted: the
 * next one finds what is left.  Several workers may do it at once; each finds what the others have left.
 */
#include "engine/thinning.h"

#include "context/app.h"
#include "context/settings.h"
#include "gate/change.h"
#include "resources/mails.h"
#include "resources/resources.h"
#include "resources/sandboxes.h"

enum { DAY_MS = 86400000, PORTION = 2000 };

/* status, step.*, worker, cost and pullRequest say what became of the run. */
#define WRITTEN_BY_AGENTS "type IN ('log', 'message', 'tool')"
#define RUN_PARAMS TEXT(project_id), TEXT(run_id)

typedef struct old_run {
    char project_id[CC_ID_SIZE], mode[8], id[CC_ID_SIZE];
} old_run;

typedef struct portion {
    int64_t upto;
} portion;

CC_ROW(old_run, project_id, mode, id);
CC_QUERY(run_to_thin, old_run,
         "SELECT project_id, mode, id FROM runs WHERE finished_at < :before AND finished_at IS NOT NULL "
         "AND events_thinned_at IS NULL ORDER BY finished_at LIMIT 1",
         INT(before));
CC_ROW(portion, upto);
CC_QUERY(events_portion, portion,
         "SELECT seq AS upto FROM run_events WHERE project_id = :project_id AND run_id = :run_id "
         "AND " WRITTEN_BY_AGENTS " ORDER BY seq LIMIT 1 OFFSET :size",
         RUN_PARAMS, INT(size));
CC_STATEMENT(events_thin,
             "DELETE FROM run_events WHERE project_id = :project_id AND run_id = :run_id AND seq <= :upto "
             "AND " WRITTEN_BY_AGENTS,
             RUN_PARAMS, INT(upto));
CC_STATEMENT(run_thinned,
             "UPDATE runs SET events_thinned_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             INT(now), CC_RUN_PARAMS);

/* A portion of this run's, or the rest of them. */
static cc_err
thin(cc_worker *w, const old_run *run)
{
    cc_db  *db = cc_app_db(w->app);
    portion of = {.upto = INT64_MAX};
    bool    found = false;
    cc_err  err = cc_db_find(db, NULL, events_portion, &of, &found, .project_id = run->project_id, .run_id = run->id,
                             .size = PORTION);

    if (err == CC_OK)
        err = cc_db_run(db, events_thin, .project_id = run->project_id, .run_id = run->id,
                        .upto = found ? of.upto : INT64_MAX);
    if (err == CC_OK && !found)
        err = cc_db_run(db, run_thinned, .now = cc_app_now(w->app), .project_id = run->project_id, .mode = run->mode,
                        .id = run->id);
    return err;
}

static bool
events_thin(cc_worker *w)
{
    const int64_t days = cc_setting_int(w->app, CC_SETTING_eventDays);
    cc_db        *db = cc_app_db(w->app);
    old_run       run;
    bool          found = false;
    cc_err        err;

    if (!days)
        return false;
    err = cc_db_find(db, NULL, run_to_thin, &run, &found, .before = cc_app_now(w->app) - days * DAY_MS);
    if (err == CC_OK && found && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, thin(w, &run));
    return err == CC_OK && found; /* storage says itself what went wrong, and the next look tries again */
}

CC_STATEMENT(
    deliveries_forget,
    "DELETE FROM webhook_deliveries WHERE (project_id, endpoint_id, id) IN (SELECT project_id, endpoint_id, id "
    "FROM webhook_deliveries WHERE created_at < :before ORDER BY created_at LIMIT :size)",
    INT(before), INT(size));
CC_STATEMENT(deliveries_old, "SELECT 1 FROM webhook_deliveries WHERE created_at < :before LIMIT 1", INT(before));

static bool
deliveries_thin(cc_worker *w)
{
    const int64_t days = cc_setting_int(w->app, CC_SETTING_deliveryDays);
    const int64_t before = cc_app_now(w->app) - days * DAY_MS;
    cc_db        *db = cc_app_db(w->app);
    int64_t       gone = 0;
    bool          old = false;
    cc_err        err = days ? cc_db_exists(db, deliveries_old, &old, .before = before) : CC_OK;

    if (err == CC_OK && old && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, cc_db_change(db, deliveries_forget, &gone, .before = before, .size = PORTION));
    return err == CC_OK && gone == PORTION;
}

bool
cc_thin(cc_worker *w)
{
    const bool events = events_thin(w), trash = cc_trash_thin(w->app), notifications = cc_notifications_thin(w->app);
    const bool sandboxes = cc_sandboxes_thin(w->app), mails = cc_mails_thin(w->app);

    return deliveries_thin(w) || cc_changes_thin(w->app) || events || trash || notifications || sandboxes || mails;
}
