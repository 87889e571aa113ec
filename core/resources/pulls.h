/*
 * Pull requests: what the engine writes of them, and what both it and the API decide.
 *
 * A row says what the forge said the last time.  Whoever wants something done writes it into the row and wakes a
 * worker, which is the only one that speaks with forges.
 */
#ifndef CC_PULLS_H
#define CC_PULLS_H

#include "base/json.h"
#include "context/app.h"
#include "context/context.h"
#include "context/reasons.h"

/* What a worker is to do; beside them it looks at each now and then. */
#define CC_PULL_REFRESH "refresh"

/* As a forge says it is (codecourier.h, cc_work_options.forge).  NULL, 0 and -1: it did not say. */
typedef struct cc_pull_seen {
    const char *url, *title, *state, *branch, *base, *head, *etag;
    int64_t     number;
    int         is_draft, mergeable;
    const char *checks_status, *checks, *failures, *comments; /* JSON but for the first; NULL: not looked at */
    const char *error;                                        /* why it said nothing */
    int64_t     status, retry_after_s;                        /* of an error: the answer's code; 0: there was none */
} cc_pull_seen;

/* Read what the hook printed.  It is a forge's word: texts are taken for texts, and what does not fit is left out. */
cc_err cc_pull_read(cc_arena *a, const char *line, size_t size, cc_pull_seen *out);
void   cc_pull_take_in(cc_arena *a, const cc_json *said, cc_pull_seen *out); /* the same, read; NULL: it was no JSON */

/* What a project's template of its text can name: {{title}}. */
#define CC_PULL_SAYS(X) X(title) X(issue) X(prompt) X(steps) X(verdict) X(cost) X(run)
enum {
#define X(name) CC_PULL_SAYS_##name,
    CC_PULL_SAYS(X)
#undef X
};
extern const char *const cc_pull_says[]; /* NULL at the end */

/* Which one. */
typedef struct cc_pull_name {
    char project_id[CC_ID_SIZE], mode[8], id[CC_ID_SIZE];
} cc_pull_name;

/* What opened it. */
typedef struct cc_pull_opened {
    const char *project_id, *mode, *run_id, *forge, *repository;
} cc_pull_opened;

/* Inside a transaction: there is such a pull request now, or it is the one that was there. */
cc_err cc_pull_note(cc_app *app, const cc_pull_opened *of, const cc_pull_seen *seen);

/* One that a worker is to look at.  The texts live in the arena. */
typedef struct cc_pull_due {
    cc_pull_name name;
    const char  *forge, *repository, *branch, *head, *etag, *action, *method; /* action NULL: only to look */
    int64_t      number, due_at, looks;
    bool         force;
} cc_pull_due;

/* Take the next one that is due; nobody else does for so long.  *found: there was one. */
cc_err cc_pull_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_pull_due *out, bool *found);
/* Is there one that waits to be done now?  For a worker that ends when nothing is left. */
cc_err cc_pull_waiting(cc_app *app, bool *waiting);
/* Each in a transaction of its own.  What was seen of it; *changed: checks or comments are others than before.  The
 * action, if there was one, is still to come. */
cc_err cc_pull_saw(cc_app *app, const cc_pull_due *of, const cc_pull_seen *seen, bool *changed);
/* It is done; error NULL, or why not.  Looked at again in `next_ms`; 0: not by itself. */
cc_err cc_pull_done(cc_app *app, const cc_pull_due *of, const cc_reason *error, const cc_reason *refresh_error,
                    int64_t next_ms);

/*
 * What stands in the way of a merge, as far as is known; NULL: nothing.  *why NULL is no answer where the call itself
 * failed.
 */
cc_err cc_pull_hindrance(cc_context *c, const cc_pull_name *of, bool force, const cc_reason **why);

#endif
