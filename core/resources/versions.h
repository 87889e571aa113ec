/*
 * Versions, as they are read, whatever they are of.
 */
#ifndef CC_VERSIONS_H
#define CC_VERSIONS_H

#include "gate/request.h"

/* Which the query asks for: at most so many below that number.  NOT_FOUND: what the path names is not there. */
cc_err cc_versions_page(cc_req *r, int64_t *limit, int64_t *before);
/*
 * The rows of a bound statement, whose columns are the route's answer and the first of them the number, as a list of at
 * most `limit`, and end it.
 */
cc_err cc_versions_write(cc_req *r, cc_stmt *s, int64_t limit);

/* The number in the path, if what has versions is there.  NOT_FOUND. */
cc_err cc_version_asked(cc_req *r, int64_t *version);
/* The one row of such a statement, which the number follows once more, for the ETag, and end it.  NOT_FOUND. */
cc_err cc_version_write(cc_req *r, cc_stmt *s);
cc_err cc_version_none(cc_req *r); /* NOT_FOUND, in words */

#endif
