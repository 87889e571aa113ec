/*
 * FastCGI's records, for what fastcgi.c sends at once and what web_held.c sends later.
 */
#ifndef CODECOURIER_WEB_RECORD_H
#define CODECOURIER_WEB_RECORD_H

#include <fastcgi.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { WEB_RECORD_MAX = 65528 }; /* of the 65,535 bytes a record can hold: a multiple of 8 */

static inline FCGI_Header
web_record_header(int type, int id, size_t size)
{
    return (FCGI_Header){
        .version = FCGI_VERSION_1,
        .type = (unsigned char)type,
        .requestIdB1 = (unsigned char)(id >> 8),
        .requestIdB0 = (unsigned char)id,
        .contentLengthB1 = (unsigned char)(size >> 8),
        .contentLengthB0 = (unsigned char)size,
    };
}

/* Has the web server closed the connection, because its client is gone? */
static inline bool
web_hung_up(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

#endif
