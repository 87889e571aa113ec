/*
 * All of one database into another, of whichever engines.
 */
#ifndef CC_COPY_H
#define CC_COPY_H

#include "storage/db.h"

typedef struct cc_copy {
    cc_db *from, *to; /* `to` has the schema of this program and no rows */
    void  *ctx;
    void (*each)(void *ctx, const char *table, int64_t rows); /* a table is there, and is what it was */
    cc_err (*ready)(
        void *ctx); /* all are, and nobody can write to `from` before this returns: say where the data are */
} cc_copy;

/*
 * Copies in one transaction of each side: who writes to `from` meanwhile waits, and after busyMs is told to come again.
 * Each table is counted and summed on both sides.  On failure `to` is as empty as before, and `why` says what is the
 * case: CONFLICT (`to` has rows already), UNAVAILABLE, INTERNAL (a table is not what it was).
 */
cc_err cc_copy_run(const cc_copy *c, char *why, size_t why_size);

#endif
