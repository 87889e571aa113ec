/*
 * What is noted of a request that is over: in the counters, and in the access log.
 */
#ifndef CC_ACCESS_H
#define CC_ACCESS_H

#include "gate/request.h"

/* Before the gate: what the log says of the request beside what the gate finds out. */
void cc_access_begin(cc_req *r);
/* Its answer is known: size bytes of body.  Of a stream that is its beginning. */
void cc_access_end(cc_req *r, size_t size);

#endif
