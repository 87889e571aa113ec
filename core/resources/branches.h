/*
 * Branches that runs have pushed: what the engine writes of them, and what both it and the API decide.
 */
#ifndef CC_BRANCHES_H
#define CC_BRANCHES_H

#include "base/json.h"
#include "context/context.h"

#define CC_BRANCH_REFRESH "refresh"
#define CC_BRANCH_DELETE "delete"

/* What has pushed it. */
typedef struct cc_branch_pushed {
    const char *project_id, *mode, *run_id, *repository, *name, *base, *head;
    bool        is_new; /* it was not there before */
} cc_branch_pushed;

/* Inside a transaction: there is such a branch now. */
cc_err cc_branch_note(cc_app *app, const cc_branch_pushed *of);
/* The same: something has become of its pull request, so a worker is to look at it. */
cc_err cc_branch_stir(cc_app *app, const char *project_id, const char *mode, const char *repository, const char *name);

/* One that a worker is to look at.  The texts live in the arena. */
typedef struct cc_branch_due {
    char        project_id[CC_ID_SIZE], mode[8], id[CC_ID_SIZE];
    const char *name, *repository, *base, *head, *action; /* base, head, action may be NULL */
    int64_t     due_at;
} cc_branch_due;

/* What its forge says of it.  -1, NULL: it did not say. */
typedef struct cc_branch_seen {
    bool        gone;
    const char *head;
    int64_t     ahead, behind;
    int         is_protected;
} cc_branch_seen;

void cc_branch_take_in(const cc_json *said, cc_branch_seen *out);

/* Take the next one that is due; nobody else does for so long.  *found: there was one. */
cc_err cc_branch_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_branch_due *out, bool *found);
cc_err cc_branch_waiting(cc_app *app, bool *waiting);
/* Each in a transaction of its own.  It is like that; *why: what forbids to delete it, or NULL. */
cc_err cc_branch_saw(cc_app *app, cc_arena *a, const cc_branch_due *of, const cc_branch_seen *seen,
                     const cc_reason **why);
/* It is done; the errors may be NULL.  deleted: it is not there any more. */
cc_err cc_branch_done(cc_app *app, const cc_branch_due *of, bool deleted, const cc_reason *error,
                      const cc_reason *refresh_error);

#endif
