/*
 * The description of the API, as OpenAPI 3.1.
 */
#ifndef CC_OPENAPI_H
#define CC_OPENAPI_H

#include "gate/route.h"

/* base: what stands before /api/v1. */
void cc_openapi_write(cc_buf *b, const cc_table *table, const char *base);

#endif
