/*
 * The address `codecourier serve` listens on.
 *
 * Only literal addresses are taken: a host name can mean several, and which one a server chose shows too late.
 */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"

enum { ASK_MS = 2000 };

typedef union endpoint {
    struct sockaddr     any;
    struct sockaddr_in  v4;
    struct sockaddr_in6 v6;
} endpoint;

static bool
read_endpoint(const char *host, long port, endpoint *out, socklen_t *size)
{
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        *size = sizeof(out->v4);
        return true;
    }
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        *size = sizeof(out->v6);
        return true;
    }
    return false;
}

/* "Every address" is none to connect to. */
static const char *
host_of(const address *a)
{
    if (strcmp(a->bind, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(a->bind, "::") == 0 ? "::1" : a->bind;
}

static bool
is_loopback(const endpoint *p)
{
    if (p->any.sa_family == AF_INET)
        return (ntohl(p->v4.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&p->v6.sin6_addr);
}

static int
say_error(const address *a, int error)
{
    char *port = make_text("%ld", a->port);
    char *other = make_text("%ld", a->port < 65000 ? a->port + 1 : a->port - 1);

    if (error == EADDRINUSE)
        fail(T_SERVE_PORT_USED, WITH(port, other));
    else if (error == EADDRNOTAVAIL)
        fail(T_SERVE_BIND_NOT_OURS, WITH(a->bind));
    else if (error == EACCES && a->port < 1024)
        fail(T_SERVE_PORT_LOW, NULL);
    else
        fail(T_CANNOT, WITH(a->bind, strerror(error)));
    free(port);
    free(other);
    return EXIT_REFUSED;
}

/* Listen there for a moment.  0, or what was in the way. */
static int
try_endpoint(endpoint *where, socklen_t size)
{
    int yes = 1;
    int error = 0;
    int fd = socket(where->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)); /* as lighttpd does */
    if (bind(fd, &where->any, size) != 0 || listen(fd, 1) != 0 || getsockname(fd, &where->any, &size) != 0)
        error = errno;
    close(fd);
    return error;
}

int
address_check(address *a)
{
    endpoint  where;
    socklen_t size;

    if (!read_endpoint(a->bind, a->port, &where, &size)) {
        fail(T_SERVE_BAD_BIND, WITH(a->bind));
        return EXIT_USAGE;
    }
    int error = try_endpoint(&where, size);
    if (error != 0)
        return say_error(a, error);
    a->port = ntohs(where.any.sa_family == AF_INET ? where.v4.sin_port : where.v6.sin6_port);
    bool brackets = strchr(host_of(a), ':') != NULL;
    a->url = make_text("http://%s%s%s:%ld", brackets ? "[" : "", host_of(a), brackets ? "]" : "", a->port);
    if (!is_loopback(&where))
        hint(T_SERVE_OPEN_WORLD, WITH(a->bind));
    return EXIT_FINE;
}

int
address_ask(const address *a, const char *path)
{
    char          answer[16] = "";
    endpoint      where;
    socklen_t     size;
    struct pollfd input = {.events = POLLIN};

    if (!read_endpoint(host_of(a), a->port, &where, &size))
        return 0;
    input.fd = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (input.fd < 0)
        return 0;
    if (connect(input.fd, &where.any, size) != 0 ||
        dprintf(input.fd, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path) < 0 || poll(&input, 1, ASK_MS) <= 0 ||
        read(input.fd, answer, sizeof(answer) - 1) < 12)
        answer[0] = '\0';
    close(input.fd);
    return strncmp(answer, "HTTP/1.", 7) == 0 ? atoi(answer + 9) : 0;
}
