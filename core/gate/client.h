/*
 * Who is asking: the caller's address and protocol, where proxies stand in front.
 */
#ifndef CC_CLIENT_H
#define CC_CLIENT_H

#include "gate/request.h"

/* Fill r->address and r->client.secure, by what trusted proxies say.  UNAVAILABLE: no memory. */
cc_err cc_client_find(cc_req *r);

/* What one caller has at his disposal: an IPv4 address, a /64; NULL: no memory. */
const char *cc_client_place(cc_req *r);

#endif
