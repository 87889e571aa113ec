/*
 * THE table, as routes.c declares it.
 */
#ifndef CC_ROUTES_H
#define CC_ROUTES_H

#include "gate/route.h"

extern const cc_route           cc_routes[];
extern const size_t             cc_routes_count;
extern const cc_resource *const cc_resources[]; /* ends with NULL */

extern const cc_table cc_table_of_all;

#endif
