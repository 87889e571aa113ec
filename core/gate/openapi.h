/*
 * The description of the API, as OpenAPI 3.1.
 */
#ifndef CC_OPENAPI_H
#define CC_OPENAPI_H

#include "gate/route.h"

/*
 * base: what stands before /api/v1.  inlined: every schema stands where it is used, for readers that follow no $ref; or
 * it has a name of its own, from which generators of clients make their types.
 */
void cc_openapi_write(cc_buf *b, const cc_table *table, const char *base, bool inlined);
/* One row as a tool: its arguments with all that is known of them, wherever they stand, and what it answers. */
void cc_openapi_tool_write(cc_buf *b, const cc_table *table, const cc_route *route);

#endif
