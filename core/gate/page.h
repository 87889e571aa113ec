/*
 * Pages of a list, and the cursors between them.
 */
#ifndef CC_PAGE_H
#define CC_PAGE_H

#include "gate/request.h"

cc_err cc_page_read(cc_req *r, int64_t *limit, char after[CC_ID_SIZE]); /* after "" = from the start */
cc_err cc_page_cursor(cc_req *r, const char *last_id, char *out, size_t out_size);

#endif
