/*
 * The days that figures are about; in UTC, everywhere the same.
 */
#ifndef CC_RANGE_H
#define CC_RANGE_H

#include "gate/request.h"

enum { CC_DAY_MS = 86400000 };

typedef struct cc_range {
    int64_t from, to; /* ms */
} cc_range;

/* By the query's `from` and `to`, or its `days`; VALIDATION: they say nothing. */
cc_err cc_range_read(cc_req *r, cc_range *out);
void   cc_put_day(cc_buf *b, int64_t day); /* since 1970; 2025-01-15 */

#endif
