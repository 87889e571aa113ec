/*
 * An open instance from inside.  For what opens, looks after and closes it; everybody else asks by context/app.h.
 */
#ifndef CC_INSTANCE_H
#define CC_INSTANCE_H

#include <pthread.h>
#include <sys/types.h>

#include "base/secret.h"
#include "context/app.h"
#include "context/metrics.h"
#include "context/settings.h"
#include "context/trouble.h"

/* One "agent.NAME = …" of codecourier.conf. */
struct agent_line {
    const char        *name, *line;
    struct agent_line *next;
};

struct cc_app {
    pthread_mutex_t        lock;
    pid_t                  pid; /* who opened it: an app must not cross a fork */
    const cc_clock        *clock;
    cc_log_fn              log, access; /* the service's, and the line of each request */
    void                  *ctx;
    cc_arena              *arena; /* lives as long as the app */
    cc_db                 *db;
    cc_shared                *shared;
    const struct cc_table *table;
    struct cc_secrets      secrets;
    const char            *text[CC_SETTING__MAX];
    int64_t                number[CC_SETTING__MAX];
    struct agent_line     *agents;
    const char            *directory;
    const char            *path, *conf; /* the database and the settings beside it */
    struct cc_troubles     troubles;
    int64_t                looked_ms;       /* on the monotonic clock */
    int64_t                noted[CC_TALLY__MAX]; /* counted in the transaction that is open (metrics.h) */
    bool                   any_noted;
    struct cc_change      *changes;         /* noted in the transaction that is open (gate/change.c) */
    char                   last_words[400]; /* why the database could not be opened again, as it was said last */
    struct cc_answer      *idle;            /* answers given back (app.c), their arenas ready for the next request */
};

/* Whether the app was opened by another process: nothing of it may be touched then but memory. */
bool cc_app_forked(const cc_app *app);

/* look.c: say (trouble.c) which files others may read or change that they should not. */
void cc_files_look(cc_app *app);

/* Read codecourier.conf; the presets where there is none.  Errors: VALIDATION, FORBIDDEN, UNAVAILABLE; `why` says which
 * line. */
cc_err cc_settings_read(cc_app *app, const char *path, char *why, size_t why_size);

#endif
