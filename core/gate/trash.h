/*
 * The trash: rows that were deleted, and may come back as what they were (resources/trash.c).
 */
#ifndef CC_TRASH_H
#define CC_TRASH_H

#include "gate/request.h"

/* What is in the trash, taken apart. */
typedef struct cc_trashed {
    const cc_resource *res;
    cc_value          *values; /* parallel to res->fields */
    int64_t            version;
} cc_trashed;

cc_err cc_trash_put(cc_context *c, const cc_resource *res,
                    const char *id);                                    /* a row that is about to go; or NOT_FOUND */
cc_err cc_trash_read(cc_context *c, const char *text, cc_trashed *out); /* out->res is set; the rest is in the arena */

const cc_field *cc_trash_title(const cc_resource *res); /* what people call a row: the first line that it must have */

#endif
