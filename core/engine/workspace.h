/*
 * A run's directory.
 */
#ifndef CC_WORKSPACE_H
#define CC_WORKSPACE_H

#include "engine/worker.h"

/* Remove directories of runs that are finished for longer than they are kept, in w->sweeper: it takes its time. */
void  cc_workspace_sweep(cc_worker *w);
char *cc_workspace_path(cc_worker *w, cc_arena *a, const char *run_id, const char *below);

#endif
