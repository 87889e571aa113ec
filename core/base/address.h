/*
 * What hosts and addresses are spelled like, and what they reach.
 */
#ifndef CC_BASE_ADDRESS_H
#define CC_BASE_ADDRESS_H

#include <sys/socket.h>

#include "base/text.h"

typedef struct cc_address {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
} cc_address;

typedef struct cc_network {
    cc_address address;
    unsigned   bits; /* 0..128, of an IPv4 network too */
} cc_network;

typedef enum cc_reach {
    CC_REACH_PUBLIC,
    CC_REACH_PRIVATE, /* a network of somebody's own, or one that leads nowhere: documentation, retired protocols */
    CC_REACH_HOST,    /* the machine itself or its cable: loopback, link-local */
    CC_REACH_NEVER,   /* no single machine: unspecified, multicast, broadcast */
} cc_reach;

typedef enum cc_host_kind { CC_HOST_BAD, CC_HOST_NAME, CC_HOST_ADDRESS } cc_host_kind;

/* "host", "host:port", "[::1]:port": where they stand in the text. */
typedef struct cc_endpoint {
    const char *host; /* without brackets; not ended by a NUL */
    size_t      size;
    uint16_t    port; /* 0: not given */
} cc_endpoint;

enum { CC_ADDRESS_SIZE = 48 };

bool     cc_address_read(const char *text, cc_address *out); /* in its usual spelling */
void     cc_address_write(const cc_address *a, char out[CC_ADDRESS_SIZE]);
bool     cc_address_is_v4(const cc_address *a);
cc_reach cc_address_reach(const cc_address *a);
bool     cc_address_public(const cc_address *a);
bool     cc_address_of(const struct sockaddr *from, cc_address *out); /* false: of another kind of network */
bool     cc_address_is_own(const cc_address *a); /* is it one of this machine's?  When that cannot be told, it is. */

bool cc_network_read(const char *text, size_t size, cc_network *out); /* "10.0.0.0/8", or one address */
void cc_network_write(cc_buf *b, const cc_network *n);
bool cc_network_has(const cc_network *n, const cc_address *a);

/*
 * Read a host text (of a URL, without brackets) as the programs do that will be given it: an IPv4 address in any
 * spelling that inet_aton takes (decimal, octal, hexadecimal, short), an IPv6 address, or a name in ASCII, with or
 * without the dot at its end.  CC_HOST_BAD: neither, or a number that is no address.  `out` is filled for an address.
 */
cc_host_kind cc_host_read(const char *text, size_t size, cc_address *out);
/* false: no host at all, an address that is not public, or a name that always means this machine.  Asks no name server,
 * so true is only half the judgement for a name: whoever connects judges the addresses that come of it. */
bool cc_host_public(const char *text, size_t size);
bool cc_endpoint_read(const char *text, size_t size, cc_endpoint *out);

#define CC_LIST_SPACES " \t," /* between the entries of these settings */

/* egressHosts: "host" (its ports 443 and 80), "host:port", "*.host" (what is below it). */
bool cc_host_entry_ok(const char *text, size_t size);
bool cc_host_entry_has(const char *entry, const cc_endpoint *to);
/* privateHosts: a network or an address (all ports), or "address:port", which alone lets loopback and link-local
 * through. */
bool cc_permit_ok(const char *text, size_t size);
/* trustedProxies: a network, an address, or "unix". */
bool cc_proxy_ok(const char *text, size_t size);
bool cc_proxy_is_unix(const char *text, size_t size); /* a web server that came by a Unix socket has no address */
/* May one connect there?  own: it is an address of this machine's, so it counts as loopback.  `permitted` ends with
 * NULL. */
bool cc_address_permitted(const cc_address *a, uint16_t port, bool own, const char *const *permitted);

#endif
