/*
 * What stands around an answer: its envelope and its headers.
 */
#ifndef CC_ENVELOPE_H
#define CC_ENVELOPE_H

#include "gate/request.h"

#define CC_PROBLEM_TYPE "application/problem+json" /* RFC 9457 */

void   cc_envelope_open(cc_req *r);
cc_err cc_envelope_close(cc_req *r);
void   cc_envelope_error(cc_req *r, cc_err err);
void   cc_headers_write(cc_req *r, cc_err err, cc_buf *out);
bool   cc_etag_matches(const char *header, int64_t version); /* If-Match, If-None-Match; knows "*" and "-gzip" */

#endif
