/*
 * What all our requests over libcurl have in common, whoever is asked.
 */
#ifndef CC_HTTP_H
#define CC_HTTP_H

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/address.h"
#include "codecourier.h"

/*
 * By these protocols and no others; certificates are verified, redirects not followed, and proxies of the environment
 * not used: they would be told what is said.  Seconds: for connecting, and for all of it.
 */
static inline void
http_prepare(CURL *c, bool http, bool https, int connect_s, int all_s)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, http && https ? "http,https" : http ? "http" : "https");
#else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, (http ? (long)CURLPROTO_HTTP : 0L) | (https ? (long)CURLPROTO_HTTPS : 0L));
#endif
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)connect_s);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)all_s);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "codecourier/" CC_VERSION);
}

/* For requests to strangers: which private addresses may be spoken to (cc_address_permitted). */
typedef struct http_guard {
    const char *const *permitted;
    bool               refused; /* one of its addresses may not */
} http_guard;

/* Asked of each address before it is connected to: what is judged is what is spoken to. */
static inline curl_socket_t
http_socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    http_guard            *g = ctx;
    const struct sockaddr *at = &to->addr;
    cc_address             a;
    uint16_t port = ntohs(at->sa_family == AF_INET6 ? ((const struct sockaddr_in6 *)(const void *)at)->sin6_port
                                                    : ((const struct sockaddr_in *)(const void *)at)->sin_port);

    if (purpose != CURLSOCKTYPE_IPCXN || !cc_address_of(at, &a) ||
        !cc_address_permitted(&a, port, cc_address_is_own(&a), g->permitted)) {
        g->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static inline void
http_guarded(CURL *c, http_guard *g)
{
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, http_socket_open);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, g);
}

#endif
