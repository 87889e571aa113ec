/*
 * The proxy alone, for tests/engine/test_egress.py:
 *
 *     proxy [open] [host=ENTRY]... [permit=ENTRY]... [secret=TEXT] [name=NAME=ADDRESS[,ADDRESS]...]...
 *
 * Prints the port it listens on, then what the proxy says, until standard input ends.  The names given are all that can
 * be looked up; instead of addresses: "again" (no name server answers), "slow" (after a second, nothing), and
 * ADDRESS;ADDRESS for the first question and the later ones.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/egress.h"

enum { MOST = 64 };

static const char *hosts[MOST], *permitted[MOST], *names[MOST];
static int         asked[MOST];

int __real_getaddrinfo(const char *, const char *, const struct addrinfo *, struct addrinfo **);
int __wrap_getaddrinfo(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int
addresses_read(const char *text, const char *port, struct addrinfo **out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};

    while (*text && *text != ';') {
        char one[64];
        snprintf(one, sizeof(one), "%.*s", (int)strcspn(text, ",;"), text);
        if (__real_getaddrinfo(one, port, &hints, out) != 0)
            return EAI_FAIL;
        while (*out)
            out = &(*out)->ai_next;
        text += strcspn(text, ",;");
        text += *text == ',';
    }
    return 0;
}

int
__wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **out)
{
    size_t n = strlen(host);

    if (hints->ai_flags & AI_NUMERICHOST)
        return __real_getaddrinfo(host, port, hints, out);
    for (int i = 0; names[i]; i++) {
        if (strncmp(names[i], host, n) != 0 || names[i][n] != '=')
            continue;
        const char *text = names[i] + n + 1, *later = strchr(text, ';');
        if (strcmp(text, "again") == 0)
            return EAI_AGAIN;
        if (strncmp(text, "slow", 4) == 0) { /* slow6: after six seconds */
            sleep((unsigned)atoi(text + 4));
            return EAI_NONAME;
        }
        return addresses_read(asked[i]++ && later ? later + 1 : text, port, out);
    }
    return EAI_NONAME;
}

static int
listen_somewhere(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t          size = sizeof(at);
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        exit(1);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int
main(int argc, char **argv)
{
    cc_egress_policy policy = {.mode = CC_EGRESS_LIST, .clock = &cc_clock_system, .hosts = hosts, .permitted = permitted};
    int              h = 0, p = 0, n = 0, stop[2], status;
    char             byte;
    pid_t            pid;

    for (int i = 1; i < argc && i < MOST; i++) {
        if (strcmp(argv[i], "open") == 0)
            policy.mode = CC_EGRESS_OPEN;
        else if (strncmp(argv[i], "host=", 5) == 0)
            hosts[h++] = argv[i] + 5;
        else if (strncmp(argv[i], "permit=", 7) == 0)
            permitted[p++] = argv[i] + 7;
        else if (strncmp(argv[i], "secret=", 7) == 0)
            policy.secret = argv[i] + 7;
        else if (strncmp(argv[i], "name=", 5) == 0)
            names[n++] = argv[i] + 5;
    }
    if (pipe(stop) != 0 || cc_egress_start(&policy, listen_somewhere(), STDOUT_FILENO, stop[0], &pid) != CC_OK)
        return 1;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    close(stop[1]);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
