/*
 * What all our requests over libcurl have in common, whoever is asked.
 */
#ifndef CC_HTTP_H
#define CC_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>

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

#endif
