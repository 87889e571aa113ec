/*
 * Who holds a run.
 */
#ifndef CC_LEASE_H
#define CC_LEASE_H

#include "base/secret.h"
#include "context/app.h"
#include "context/context.h"
#include "context/state.h"
#include "resources/resources.h"
#include "storage/db.h"

typedef struct cc_lease {
    char    worker[64]; /* of this hold alone: never used twice */
    char    project_id[CC_ID_SIZE], id[CC_ID_SIZE], mode[8];
    int64_t renew_at;
} cc_lease;

/* The run that is held, for statements with CC_RUN_PARAMS. */
#define CC_THE_RUN(lease) .project_id = (lease).project_id, .mode = (lease).mode, .id = (lease).id

/* For what is done to the run by nobody in particular, now; it has no arena. */
cc_context cc_lease_context(cc_app *app, const cc_lease *lease);

/* What the run's row said when it was last asked. */
typedef struct cc_control {
    bool    mine; /* false: the run is somebody else's or ended: hands off, at once */
    bool    cancelling, paused, stop;
    int64_t cancel_by;
} cc_control;

/* Of the row of a run that the worker holds, for statements that answer it. */
#define CC_CONTROL_COLUMNS                                                                                             \
    "1 AS mine, CASE WHEN " CC_RUN_IS_CANCELLING " THEN 1 ELSE 0 END AS cancelling, "                                  \
    "CASE WHEN " CC_RUN_IS_PAUSED " THEN 1 ELSE 0 END AS paused, stop_requested AS stop, cancel_by"
#define CC_CONTROL_MEMBERS mine, cancelling, paused, stop, cancel_by

/*
 * Take the next pending run, fairly between projects and, in one, between those who started its runs.  last_slot: the
 * worker has more than one and this is the last that is free.  *got: there was one and it is ours.
 */
cc_err cc_lease_take(cc_app *app, const char *worker, bool last_slot, cc_lease *out, bool *got);

/* What a worker has seen of the leases of running runs, its own included. */
typedef struct cc_watch {
    struct cc_watched *was, *is; /* at the last look, and at this one */
    size_t             was_count, is_count, room, next;
    bool               cut_short; /* the last look did not come to its end */
} cc_watch;

void cc_watch_free(cc_watch *w);
bool cc_watch_doubtful(const cc_watch *w); /* is there one that may have been lost, which only time will tell? */

/*
 * Deal with what nobody holds: settle what has been cancelled, take over or give up what a lost worker left, as the
 * operator's policy says, and take up again what was resumed.  *got: out is a run to go on with; ask again until *any
 * is false.  may_take false: only settle.
 */
cc_err cc_lease_sweep(cc_app *app, cc_watch *watch, const char *worker, bool may_take, cc_lease *out, bool *got,
                      bool *any);

cc_err cc_lease_renew(cc_app *app, cc_lease *lease, cc_control *control);
cc_err cc_lease_watch(cc_app *app, const cc_lease *lease, cc_control *control); /* reads only */
cc_err cc_lease_release(cc_app *app, const cc_lease *lease);
cc_err cc_lease_any_pending(cc_app *app, bool *any);

/* Inside a transaction: end the run as `status`, if it is ours and in state `from`.  *moved: it did. */
cc_err cc_lease_end(cc_app *app, const cc_lease *lease, const char *from, const char *status, const cc_reason *why,
                    bool *moved);

#endif
