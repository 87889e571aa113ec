/*
 * Issues that stand at a forge: what the API, a run's end and the worker decide of them.
 *
 * Whoever wants something done writes it into the database and wakes a worker, which is the only one that speaks with
 * forges.
 */
#ifndef CC_FORGE_ISSUES_H
#define CC_FORGE_ISSUES_H

#include "base/json.h"
#include "context/context.h"

#define CC_ISSUE_IMPORT "import"

/* Where an issue stands. */
typedef struct cc_issue_place {
    const char *url;        /* the one that each way to write it comes to */
    const char *repository; /* its address */
    int64_t     number;
} cc_issue_place;

/* Read an address as people copy it: REPOSITORY/issues/NUMBER, GitLab's /-/issues/ and what follows '?' or '#' too.
 * false: it is none. */
bool cc_issue_place_read(cc_arena *a, const char *text, cc_issue_place *out);

/* What a worker is to deal with: take an issue over, or tell it of a run that has ended.  Texts live in the arena. */
typedef struct cc_issue_due {
    char        project_id[CC_ID_SIZE], mode[8], issue_id[CC_ID_SIZE];
    char        run_id[CC_ID_SIZE]; /* "": take it over */
    const char *url;                /* NULL: the issue is gone, or stands nowhere */
    int64_t     due_at, tries;
} cc_issue_due;

/* Take the next one that is due; nobody else does for so long.  *found: there was one. */
cc_err cc_issue_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_issue_due *out, bool *found);
cc_err cc_issue_waiting(cc_app *app, bool *waiting);
/* What is said of the run, as Markdown; NULL: the run is gone. */
cc_err cc_issue_comment(cc_app *app, cc_arena *a, const cc_issue_due *of, const char **text);
/* Each in a transaction of its own.  The issue is as its forge says: a stranger's words, made to fit. */
cc_err cc_issue_saw(cc_app *app, cc_arena *a, const cc_issue_due *of, const cc_json *said);
/* It is done; error NULL, or why not.  Tried again in `again_ms`; 0: not by itself. */
cc_err cc_issue_done(cc_app *app, const cc_issue_due *of, const cc_reason *error, int64_t again_ms);

/* Inside the transaction that ends a run: tell its issue, if that is wished. */
cc_err cc_issue_tell(cc_app *app, const char *project_id, const char *mode, const char *run_id, const char *issue_id);

#endif
