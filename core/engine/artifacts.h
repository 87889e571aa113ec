/*
 * Artifacts: what a step's agent has put into $CC_ARTIFACTS is kept when the step has ended (resources/artifacts.h),
 * and so is the transcript of what it said (transcript.h), unless that is long.
 *
 * A directory of the run's own, at the same place for every agent and outside of its work tree, so that nothing in it
 * is committed.  It stays for the steps that follow; a file that is as it was is not read again.  Where the run begins
 * behind steps of another one, or has come from another machine, what they left is put back first.
 */
#ifndef CC_ENGINE_ARTIFACTS_H
#define CC_ENGINE_ARTIFACTS_H

#include "resources/artifacts.h"

typedef struct cc_slot cc_slot;

#define CC_INSIDE_ARTIFACTS "/artifacts"
#define CC_ARTIFACTS_DIRECTORY "artifacts" /* below the run's root */

typedef enum cc_unkept {
    CC_UNKEPT_NAME,
    CC_UNKEPT_NO_FILE,
    CC_UNKEPT_READ,
    CC_UNKEPT_LARGE,
    CC_UNKEPT_SIZE,
    CC_UNKEPT_COUNT,
    CC_UNKEPT__MAX
} cc_unkept;

/* A step's, in the making. */
typedef struct cc_collection {
    bool        busy;
    int         place;         /* which of the directories that are looked through */
    int         directory, fd; /* fd: of the one being read; -1 */
    char      **names;
    size_t      count, at;
    int64_t     part;
    cc_artifact file;
    cc_hashing  hashing; /* of its parts so far */
    int64_t     kept, unkept[CC_UNKEPT__MAX];
    const char *such_as[CC_UNKEPT__MAX]; /* the first of those */

    bool              loaded;
    cc_artifact_kept *before; /* what was kept when this began, by name */
    size_t            before_count;
    int64_t           files, bytes; /* kept by now, without transcripts */
} cc_collection;

/* Of what steps left that this directory has not, in the making. */
typedef struct cc_restoring {
    bool              busy;
    int               directory, fd; /* -1 */
    cc_artifact_kept *kept;
    size_t            count, at;
    int64_t           part;
} cc_restoring;

void   cc_artifacts_begin(cc_slot *s);
cc_err cc_artifacts_go(cc_slot *s); /* one part; UNAVAILABLE: ask again */
bool   cc_artifacts_done(const cc_slot *s);
/* Before the first step: one part; UNAVAILABLE: ask again. */
void   cc_artifacts_restore_begin(cc_slot *s);
cc_err cc_artifacts_restore_go(cc_slot *s);
bool   cc_artifacts_restored(const cc_slot *s);
void   cc_artifacts_forget(cc_slot *s); /* whatever it has come to */

#endif
