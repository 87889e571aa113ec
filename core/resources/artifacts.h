/*
 * What is kept of the files that a run's agents put into $CC_ARTIFACTS: in the database, in parts, where every web
 * server finds them and no sweep of directories takes them away.
 *
 * A file is written part by part, each in a transaction of its own, under an id that nobody knows yet; it is an
 * artifact from the moment that its row names that id.
 */
#ifndef CC_ARTIFACTS_H
#define CC_ARTIFACTS_H

#include "context/app.h"
#include "base/secret.h"
#include "storage/query.h"

enum {
    CC_ARTIFACT_PART = 512 * 1024,
    CC_ARTIFACT_SHA256 = 2 * CC_HASH_SIZE + 1,
    CC_ARTIFACT_NAME_MAX = 100, /* characters: letters, digits, '.', '_', '-'; none begins with '.' or '-' */
};

typedef struct cc_artifact {
    const char *project_id, *run_id, *name;
    int64_t     bytes, changed_ns;
    int         position, iteration;
    bool        transcript;
    char        file_id[CC_ID_SIZE];
    char        sha256[CC_ARTIFACT_SHA256];
} cc_artifact;

/* One that is kept already. */
typedef struct cc_artifact_kept {
    const char *name, *file_id;
    int64_t     bytes, changed_ns;
    bool        transcript;
} cc_artifact_kept;

bool cc_artifact_name_fits(const char *name);

/* What is kept of a run, by name; in the arena. */
cc_err cc_artifacts_load(cc_app *app, cc_arena *a, const char *project_id, const char *run_id, cc_artifact_kept **kept,
                         size_t *count);
/* One part of a file that is kept; more empty: it ends before. */
cc_err cc_artifact_read(cc_app *app, const cc_artifact *of, int64_t part, cc_err (*take)(void *ctx, cc_bytes data),
                        void *ctx);
/* Of the steps that another run begins behind: those before `before`, and of later rounds before `loop` alone. */
cc_err cc_artifacts_copy(cc_app *app, const char *project_id, const char *run_id, const char *to_run_id, int64_t before,
                         int64_t loop);
/* Each inside a transaction. */
cc_err cc_artifact_write(cc_app *app, const cc_artifact *of, int64_t part, cc_bytes data);
cc_err cc_artifact_finish(cc_app *app, const cc_artifact *of); /* what had the name before goes */
cc_err cc_artifact_give_up(cc_app *app, const cc_artifact *of);
cc_err cc_artifacts_delete(cc_app *app, const char *project_id, const char *run_id); /* all of a run's */

#endif
