/*
 * What is kept of a run's changes after each step: files, in parts, in the database, where any worker finds them.
 *
 * A checkpoint is written part by part, each in a transaction of its own, under an id that nobody knows yet; it counts
 * from the moment that a row of run_steps names it.  What was begun and never named goes with its run.
 */
#ifndef CC_CHECKPOINTS_H
#define CC_CHECKPOINTS_H

#include "context/app.h"
#include "storage/query.h"

enum { CC_CHECKPOINT_PART = 512 * 1024 };

typedef enum cc_kept { CC_KEPT_BUNDLE, CC_KEPT_PATCH, CC_KEPT_NUMBERS, CC_KEPT__MAX } cc_kept;

/* Which checkpoint. */
typedef struct cc_checkpoint_name {
    const char *project_id, *run_id, *id;
} cc_checkpoint_name;

/* Inside a transaction. */
cc_err cc_checkpoint_write(cc_app *app, const cc_checkpoint_name *of, cc_kept kind, int64_t part, cc_bytes data);
/* Hand all parts of a file on, in order; each lives for the call.  `each` may end it with an error. */
cc_err cc_checkpoint_read(cc_app *app, const cc_checkpoint_name *of, cc_kept kind,
                          cc_err (*each)(void *ctx, cc_bytes data), void *ctx);
/* Inside a transaction: give another run of the project what one run has, under the same id. */
cc_err cc_checkpoint_copy(cc_app *app, const cc_checkpoint_name *of, const char *run_id);
/* Inside a transaction: all of a run's. */
cc_err cc_checkpoints_delete(cc_app *app, const char *project_id, const char *run_id);

#endif
