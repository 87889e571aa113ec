/*
 * Pull requests that are opened later than their run ends: what candidates would propose, until one of them is chosen.
 *
 * The engine keeps what a pull request is to say, for it alone knows that (engine/proposal.c).  The choice makes it due
 * in its own transaction, and a worker opens it.  One that was lost before it could say so has perhaps opened it: asked
 * again, a forge says that it is there already, and which one it is.
 */
#ifndef CC_PROPOSALS_H
#define CC_PROPOSALS_H

#include "context/context.h"
#include "resources/pulls.h"

/* What stands in the run's prStatus while it has no pull request. */
#define CC_PROPOSAL_WAITING "waiting"      /* for the choice */
#define CC_PROPOSAL_OPENING "opening"      /* chosen: a worker is to open it */
#define CC_PROPOSAL_NOT_CHOSEN "notChosen" /* another candidate was, or none */
#define CC_PROPOSAL_NOT_OPENED "notOpened" /* chosen, but its forge did not open it */

typedef struct cc_proposed {
    const char *project_id, *mode, *run_id, *group_id;
    const char *repository, *branch, *base, *title, *text; /* base NULL: the main branch */
    bool        draft;
} cc_proposed;

/* Inside the transaction that completes the run: keep it for the choice. */
cc_err cc_proposal_keep(cc_app *app, const cc_proposed *of);
/* Inside the transaction of a choice: that run's is to be opened, those of the group's others are not.  *due: there is
 * one. */
cc_err cc_proposal_choose(cc_context *c, const char *group_id, const char *run_id, bool *due);
/* The same where no run of the group is chosen any more. */
cc_err cc_proposal_drop(cc_context *c, const char *group_id);

/* One that a worker is to open.  The texts live in the arena. */
typedef struct cc_proposal_due {
    char        project_id[CC_ID_SIZE], mode[8], run_id[CC_ID_SIZE], group_id[CC_ID_SIZE], acts_for[CC_ID_SIZE];
    const char *repository, *branch, *base, *title, *text;
    int64_t     due_at, tries;
    bool        draft;
} cc_proposal_due;

/* Take the next one that is due; nobody else does for so long.  *found: there was one. */
cc_err cc_proposal_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_proposal_due *out, bool *found);
cc_err cc_proposal_waiting(cc_app *app, bool *waiting);
/* May whoever has chosen it still do so?  FORBIDDEN: c->reason says why not. */
cc_err cc_proposal_may_open(cc_context *c, const cc_proposal_due *of);
/* Each in a transaction of its own.  It is open. */
cc_err cc_proposal_opened(cc_app *app, const cc_proposal_due *of, const char *forge, const cc_pull_seen *seen);
/* It is not.  Tried again in `again_ms`; 0: not before it is chosen once more. */
cc_err cc_proposal_failed(cc_app *app, const cc_proposal_due *of, const cc_reason *why, int64_t again_ms);

#endif
