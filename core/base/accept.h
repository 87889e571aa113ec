/*
 * Which form of an answer a client likes best (RFC 9110 section 12.5.1).
 */
#ifndef CC_ACCEPT_H
#define CC_ACCEPT_H

#include "base/base.h"

/*
 * The index, in a list that ends with NULL, of the media type that an Accept header prefers.  Of those it likes equally
 * the first: name the usual one first.  It is also the answer where there is no header, or none of them is acceptable.
 */
size_t cc_accept_best(const char *header, const char *const types[]);

#endif
