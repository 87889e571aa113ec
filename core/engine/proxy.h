/*
 * A request to the proxy, as far as a proxy reads it (RFC 9112): its head.
 *
 * Strict, because two readers that differ are a hole: lines end with CR LF, nothing is folded, a target has no user's
 * name in it.  Bodies are not looked at: one connection serves one request, and what follows its head is passed on as
 * it is.
 */
#ifndef CC_PROXY_H
#define CC_PROXY_H

#include "base/address.h"

typedef struct cc_text {
    const char *s;
    size_t      size;
} cc_text;

/* All texts lie in the head that was read. */
typedef struct cc_proxy_request {
    bool        connect;     /* else a plain request to pass on */
    cc_endpoint to;          /* always with a port */
    cc_text     method;      /* of a plain request, as are path and fields */
    cc_text     path;        /* begins with '/' or '?', or is empty */
    cc_text     fields;      /* whole lines */
    cc_text     credentials; /* of Proxy-Authorization, behind "Basic"; .s NULL: none */
} cc_proxy_request;

/* `head` goes to the empty line, which is included.  0, or the status to refuse it with. */
int cc_proxy_read(const char *head, size_t size, cc_proxy_request *out);

/* The head that a plain request goes on with: for its host, for one request, and without what was meant for the proxy.
 */
void cc_proxy_write(cc_buf *b, const cc_proxy_request *r);

#endif
