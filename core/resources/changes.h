/*
 * What a run has changed, file by file.
 */
#ifndef CC_CHANGES_H
#define CC_CHANGES_H

#include "storage/query.h"
#include "gate/request.h"

/* What is kept of it; lives in the context's arena.  cc_changes_next takes from numbers and patch. */
typedef struct cc_changes {
    const char *base, *head, *checkpoint; /* NULL: none; a head without a checkpoint was too large to be kept */
    cc_span     numbers, patch;
    bool        cut; /* the patch ends before its end */
} cc_changes;

typedef struct cc_changed_file {
    const char *path; /* not ended by NUL */
    size_t      size;
    int64_t     additions, deletions;
    bool        is_binary;
    cc_span     patch; /* its part of it; empty where it was cut */
} cc_changed_file;

/* As they are now.  The run must be there: cc_run_look. */
cc_err cc_changes_load(cc_context *c, const char *run_id, cc_changes *out);
/* The next file, by path in the order of bytes; false: there are no more. */
bool cc_changes_next(cc_changes *c, cc_changed_file *out);
/* "added", "modified" or "deleted". */
const char *cc_changes_kind(cc_span patch);

#endif
