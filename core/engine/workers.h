/*
 * What the workers have told of themselves: what a run finds where it is executed.
 */
#ifndef CC_WORKERS_H
#define CC_WORKERS_H

#include "engine/worker.h"

/* What an agent without a sandbox has, in a sentence. */
#define CC_EXPOSED                                                                                                     \
    "Without a sandbox (sandbox = off in codecourier.conf): the agent has the worker's rights and sees all that it "   \
    "sees."

/* Why live runs are refused. */
const cc_reason *cc_sandbox_refusal(cc_arena *a, const char *why);

/* ---- a worker's own side ------------------------------------------------------------------------- */

void cc_workers_tell(cc_worker *w, int64_t now); /* if there is news, or it was long ago; monotonic */
void cc_workers_leave(cc_worker *w);             /* it ends */

/* ---- for who asks ----------------------------------------------------------------------------------- */

typedef struct cc_workers {
    cc_arena *arena;
    int       count; /* of those that were there lately */
    struct cc_worker_seen {
        const char *sandbox;  /* why its sandbox does not work, "off": there is none; NULL: it works */
        const char *limits;   /* how agents are held to theirs, in words; NULL: it has not told */
        const char *programs; /* git, and the agents that are installed; with spaces around each */
    } * workers;
} cc_workers;

cc_err cc_workers_load(cc_app *app, cc_arena *a, cc_workers *out);
/* How many of them have it: "git", or an agent by its name. */
int cc_workers_with(const cc_workers *workers, const char *program);

#endif
