/*
 * `codecourier tunnel HOST PORT`: ssh's way through the proxy that a run's git is given (ProxyCommand).
 *
 * Not for people, so it is in no list of commands.  It is our own because nothing that does this is on every machine,
 * and a run's ssh must not go any other way: the proxy alone decides where runs may connect to.
 *
 * The proxy is http://[USER:PASSWORD@]ADDRESS:PORT in the variable CC_PROXY.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"

enum { HEAD_MOST = 4096 };

static void
base64(const char *text, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t            n = strlen(text);

    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)(unsigned char)text[i] << 16;
        v |= i + 1 < n ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
        v |= i + 2 < n ? (unsigned char)text[i + 2] : 0;
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = '\0';
}

/* A connection to the proxy, and the line of its password, if it asks for one.  -1: there is none. */
static int
proxy_connect(char credentials[256])
{
    const char        *text = getenv("CC_PROXY"), *at;
    char               copy[160], address[64];
    unsigned           port;
    struct sockaddr_in to = {.sin_family = AF_INET};

    credentials[0] = '\0';
    if (text == NULL || strncmp(text, "http://", 7) != 0 || strlen(text) >= sizeof(copy))
        return -1;
    snprintf(copy, sizeof(copy), "%s", text + 7);
    if ((at = strrchr(copy, '@')) != NULL) {
        char code[224];
        copy[at - copy] = '\0';
        base64(copy, code);
        snprintf(credentials, 256, "Proxy-Authorization: Basic %s\r\n", code);
    }
    if (sscanf(at != NULL ? at + 1 : copy, "%63[0-9.]:%u", address, &port) != 2 || port > 65535 ||
        inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    to.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool
write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

/* Byte by byte, for what comes behind the head is the other side's already. */
static bool
answer_is_fine(int fd)
{
    char   head[HEAD_MOST];
    size_t size = 0;

    while (size < sizeof(head) - 1 && read(fd, head + size, 1) == 1) {
        head[++size] = '\0';
        if (size >= 4 && strcmp(head + size - 4, "\r\n\r\n") == 0)
            return strncmp(head, "HTTP/1.", 7) == 0 && strncmp(head + 8, " 200", 4) == 0;
    }
    return false;
}

/* One piece from one to the other; false at the end. */
static bool
pass_on(int from, int to)
{
    char    data[16384];
    ssize_t n = read(from, data, sizeof(data));

    return (n < 0 && errno == EINTR) || (n > 0 && write_all(to, data, (size_t)n));
}

static void
relay(int fd)
{
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[0].revents != 0 && !pass_on(STDIN_FILENO, fd)) {
            shutdown(fd, SHUT_WR);
            fds[0].fd = -1;
        }
        if (fds[1].revents != 0 && !pass_on(fd, STDOUT_FILENO))
            return;
    }
}

int
tunnel_run(const char *host, const char *port)
{
    char credentials[256], head[1024];
    bool v6 = strchr(host, ':') != NULL;
    int  fd = proxy_connect(credentials);
    int n = snprintf(head, sizeof(head), "CONNECT %s%s%s:%s HTTP/1.1\r\nHost: %s%s%s:%s\r\n%s\r\n", v6 ? "[" : "", host,
                     v6 ? "]" : "", port, v6 ? "[" : "", host, v6 ? "]" : "", port, credentials);

    if (fd < 0 || n < 0 || (size_t)n >= sizeof(head) || !write_all(fd, head, (size_t)n) || !answer_is_fine(fd)) {
        fputs("The proxy does not let this run reach the host.\n", stderr);
        return EXIT_REFUSED;
    }
    relay(fd);
    return EXIT_FINE;
}
