/*
 * What is due by itself, with no request that asks for it: found by a query, and done in a transaction.
 */
#ifndef CC_DUE_H
#define CC_DUE_H

#include "context/context.h"

typedef struct cc_due {
    size_t row_size; /* of what is found; all zeros before */
    cc_err (*find)(cc_context *c, void *row, bool *found);
    /* Inside a transaction, in which it was found once more.  CONFLICT: somebody else has done it, and that is well. */
    cc_err (*act)(cc_context *c, const void *row);
} cc_due;

/* One after the other, up to a hundred at a time; whether there was any. */
bool cc_due_each(cc_app *app, const cc_due *due);

#endif
