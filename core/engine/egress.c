/*
 * The proxy that is a run's only way out, and the policy that it asks.
 *
 * One thread per connection, because a thread may simply wait: for a slow name server, for a silent peer.  There are
 * CONNECTIONS_MAX at most, each with two buffers; whoever opens more waits in the socket's queue.
 */
#include "engine/egress.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "context/settings.h"
#include "engine/proxy.h"

enum {
    CONNECTIONS_MAX = 128,
    STACK_SIZE = 512 * 1024,
    HEAD_MAX = 16 * 1024,
    HEAD_MS = 30 * 1000,
    RESOLVE_S = 3, /* of one question to one name server; each is asked twice */
    CONNECT_MS = 20 * 1000,
    IDLE_MS = 20 * 60 * 1000, /* a model may think for long */
    LINGER_MS = 1000,
    LOGGED_MAX = 64,
    HOST_SIZE = 256,
};

/* ---- the policy ------------------------------------------------------------------------------ */

/* What the agents we know need to talk to their models and to sign in there. */
static const char *const models[] = {
    "api.anthropic.com",
    "console.anthropic.com",
    "platform.claude.com",
    "claude.ai",
    "api.openai.com",
    "auth.openai.com",
    "chatgpt.com",
    "opencode.ai",
    "models.dev",
    "openrouter.ai",
    "api.mistral.ai",
    "api.deepseek.com",
    "api.groq.com",
    "api.x.ai",
    "generativelanguage.googleapis.com",
};

/* The words of a setting behind those that `out` has; NULL: out of memory. */
static const char **
words_add(cc_arena *a, const char **out, size_t *count, const char *text)
{
    for (text += strspn(text, CC_LIST_SPACES); *text; text += strspn(text, CC_LIST_SPACES)) {
        size_t n = strcspn(text, CC_LIST_SPACES);
        out = cc_realloc(a, out, (*count + 1) * sizeof(*out), (*count + 2) * sizeof(*out));
        if (!out || !(out[(*count)++] = cc_strndup(a, text, n)))
            return NULL;
        out[*count] = NULL;
        text += n;
    }
    return out;
}

cc_err
cc_egress_policy_make(cc_arena *a, cc_app *app, const char *const *hosts, const cc_egress_policy **out)
{
    const char       *mode = cc_setting_text(app, CC_SETTING_egress);
    size_t            n = 0, m = 0;
    const char      **listed = cc_alloc(a, sizeof(*listed)), **permitted = cc_alloc(a, sizeof(*permitted));
    cc_egress_policy *policy = cc_alloc(a, sizeof(*policy));

    *out = NULL;
    if (strcmp(mode, "none") == 0)
        return CC_OK;
    for (size_t i = 0; listed && i < CC_COUNT(models); i++)
        listed = words_add(a, listed, &n, models[i]);
    for (; listed && hosts && *hosts; hosts++)
        listed = words_add(a, listed, &n, *hosts);
    if (listed)
        listed = words_add(a, listed, &n, cc_setting_text(app, CC_SETTING_egressHosts));
    if (permitted)
        permitted = words_add(a, permitted, &m, cc_setting_text(app, CC_SETTING_privateHosts));
    if (!policy || !listed || !permitted)
        return CC_E_UNAVAILABLE;
    policy->mode = strcmp(mode, "open") == 0 ? CC_EGRESS_OPEN : CC_EGRESS_LIST;
    policy->hosts = listed;
    policy->permitted = permitted;
    policy->clock = cc_app_clock(app);
    *out = policy;
    return CC_OK;
}

bool
cc_egress_listed(const cc_egress_policy *policy, const cc_endpoint *to)
{
    if (policy->mode == CC_EGRESS_OPEN)
        return true;
    for (const char *const *host = policy->hosts; host && *host; host++)
        if (cc_host_entry_has(*host, to))
            return true;
    return false;
}

/* ---- what a connection needs ----------------------------------------------------------------- */

typedef struct server {
    const cc_egress_policy *policy;
    int                     listen, say, stop;
    pthread_mutex_t         lock;
    pthread_cond_t          fewer; /* connections than before */
    int                     connections;
    char                    logged[LOGGED_MAX][HOST_SIZE + 8]; /* "host port" */
    int                     logged_count;
} server;

typedef struct half {
    int    from, to;
    char   data[16 * 1024];
    size_t at, size;
    bool   ended, done; /* read to its end; and that passed on */
} half;

typedef struct connection {
    server   *s;
    cc_arena *arena;
    int       client, upstream;
    char      head[HEAD_MAX];
    size_t    head_size, got; /* of the head; and of what was read, which may be more */
    char      host[HOST_SIZE];
    uint16_t  port;
    half      up, down;
} connection;

/* Wait for one event, or for the end of the proxy.  0: not in time, or all shall end. */
static int
wait_ready(connection *c, int fd, short events, int64_t until)
{
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = c->s->stop}};

    for (;;) {
        int64_t left = cc_clock_left(c->s->policy->clock, until);
        int     n = poll(fds, 2, (int)left);
        if ((n < 0 && errno == EINTR) || (n == 0 && left > 0))
            continue;
        return n > 0 && !fds[1].revents;
    }
}

static bool
send_all(connection *c, int fd, const char *data, size_t size)
{
    int64_t until = cc_clock_monotonic(c->s->policy->clock) + CONNECT_MS;

    while (size > 0) {
        ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR) && wait_ready(c, fd, POLLOUT, until))
            continue;
        if (n <= 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

/* Answer, and let the client read it: closing with its bytes unread would take the answer back. */
static void
answer(connection *c, int status, const char *words, const char *more)
{
    static const struct {
        int         status;
        const char *reason;
    } reasons[] = {{400, "Bad Request"},
                   {403, "Forbidden"},
                   {407, "Proxy Authentication Required"},
                   {408, "Request Timeout"},
                   {431, "Request Header Fields Too Large"},
                   {502, "Bad Gateway"},
                   {504, "Gateway Timeout"}};
    const char *reason = "";
    char        text[1024], rest[1024];

    for (size_t i = 0; i < CC_COUNT(reasons); i++)
        if (reasons[i].status == status)
            reason = reasons[i].reason;
    int n = snprintf(text, sizeof(text),
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n"
                     "%s\n",
                     status, reason, strlen(words) + 1, more, words);
    if (!send_all(c, c->client, text, (size_t)n))
        return;
    shutdown(c->client, SHUT_WR);
    for (int64_t until = cc_clock_monotonic(c->s->policy->clock) + LINGER_MS; wait_ready(c, c->client, POLLIN, until);)
        if (recv(c->client, rest, sizeof(rest), 0) <= 0)
            return;
}

/* A refused host, for the worker: once. */
static void
say(connection *c, const char *setting)
{
    server *s = c->s;
    char    key[sizeof(s->logged[0])], line[HOST_SIZE + 100];
    bool    known = false;

    snprintf(key, sizeof(key), "%s %u", c->host, c->port);
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->logged_count && !known; i++)
        known = strcmp(s->logged[i], key) == 0;
    if (!known && s->logged_count < LOGGED_MAX) {
        memcpy(s->logged[s->logged_count++], key, sizeof(key));
        /* No escaping: what cc_host_read lets through has nothing to escape but a zone, which was cut off. */
        int n = snprintf(line, sizeof(line), "{\"host\":\"%s\",\"port\":%u,\"setting\":\"%s\"}\n", c->host, c->port,
                         setting);
        (void)!write(s->say, line, (size_t)n);
    }
    pthread_mutex_unlock(&s->lock);
}

static void
refuse(connection *c, const char *setting)
{
    char words[512];

    say(c, setting);
    if (strcmp(setting, "egressHosts") == 0)
        snprintf(words, sizeof(words),
                 "%s:%u is not on the list of hosts that runs may reach; the operator can add it to egressHosts in "
                 "codecourier.conf.",
                 c->host, c->port);
    else
        snprintf(words, sizeof(words),
                 "%s:%u is this machine or in a private network, which runs do not reach; the operator can allow it "
                 "with privateHosts in codecourier.conf.",
                 c->host, c->port);
    answer(c, 403, words, "");
}

/* ---- the request ----------------------------------------------------------------------------- */

/* 0: the head is there; -1: the client went away; else the status to answer with. */
static int
head_read(connection *c)
{
    int64_t until = cc_clock_monotonic(c->s->policy->clock) + HEAD_MS;

    for (;;) {
        char *end = memmem(c->head, c->got, "\r\n\r\n", 4);
        if (end) {
            c->head_size = (size_t)(end - c->head) + 4;
            return 0;
        }
        if (c->got == sizeof(c->head))
            return 431;
        if (!wait_ready(c, c->client, POLLIN, until))
            return 408;
        ssize_t n = recv(c->client, c->head + c->got, sizeof(c->head) - c->got, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return -1;
        c->got += (size_t)n;
    }
}

/* Both sides in base64, so that nothing that a stranger sends need be decoded. */
static bool
may_use(const server *s, const cc_proxy_request *r)
{
    char plain[256], wanted[512];

    if (!s->policy->secret)
        return true;
    int n = snprintf(plain, sizeof(plain), "%s:%s", CC_EGRESS_USER, s->policy->secret);
    if (n < 0 || (size_t)n >= sizeof(plain))
        return false;
    size_t size = cc_base64(plain, (size_t)n, wanted, sizeof(wanted));
    bool   same = r->credentials.s && r->credentials.size == size && cc_same(r->credentials.s, wanted, size);
    cc_wipe(plain, sizeof(plain));
    cc_wipe(wanted, sizeof(wanted));
    return same;
}

/* ---- where to -------------------------------------------------------------------------------- */

/* 0 and the addresses (freeaddrinfo), or the status to answer with. */
static int
resolve(const connection *c, struct addrinfo **out)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char            port[8], text[CC_ADDRESS_SIZE];
    const char     *host = c->host;
    cc_address      a;

    snprintf(port, sizeof(port), "%u", c->port);
    if (cc_host_read(host, strlen(host), &a) == CC_HOST_ADDRESS) {
        cc_address_write(&a, text);
        host = text;
        hints.ai_flags = AI_NUMERICHOST;
    } else if (res_init() == 0) { /* of this thread alone */
        hints.ai_flags = AI_ADDRCONFIG;
        _res.retrans = RESOLVE_S;
        _res.retry = 2;
    }
    switch (getaddrinfo(host, port, &hints, out)) {
    case 0: return 0;
    case EAI_AGAIN: return 504;
    default: return 502;
    }
}

/* All of them: a name with one address that is refused is a trick or a mistake. */
static bool
all_permitted(const connection *c, const struct addrinfo *list)
{
    cc_address a;

    for (; list; list = list->ai_next)
        if (!cc_address_of(list->ai_addr, &a) ||
            !cc_address_permitted(&a, c->port, cc_address_is_own(&a), c->s->policy->permitted))
            return false;
    return true;
}

/* 0: c->upstream is connected; else the status to answer with. */
static int
connect_to(connection *c, const struct addrinfo *to, int64_t until)
{
    int       error = 0, yes = 1;
    socklen_t size = sizeof(error);

    c->upstream = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->upstream < 0)
        return 502;
    if (connect(c->upstream, to->ai_addr, to->ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            return 502;
        if (!wait_ready(c, c->upstream, POLLOUT, until))
            return 504;
        if (getsockopt(c->upstream, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
            return error == ETIMEDOUT ? 504 : 502;
    }
    setsockopt(c->upstream, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    return 0;
}

/* One after the other, each with its share of the time. */
static int
connect_any(connection *c, const struct addrinfo *list)
{
    int64_t until = cc_clock_monotonic(c->s->policy->clock) + CONNECT_MS;
    int     left = 0, status = 502;

    for (const struct addrinfo *i = list; i; i = i->ai_next)
        left++;
    for (; list; list = list->ai_next, left--) {
        int64_t now = cc_clock_monotonic(c->s->policy->clock);
        if ((status = connect_to(c, list, now + (until - now) / left)) == 0)
            return 0;
        if (c->upstream >= 0)
            close(c->upstream);
        c->upstream = -1;
    }
    return status;
}

/* true: c->upstream is connected; else the client has its answer. */
static bool
reach(connection *c)
{
    struct addrinfo *list = NULL;
    char             words[512];
    int              status = resolve(c, &list);
    const char      *what =
        status == 504 ? "could not be looked up: no name server answered in time" : "is not known to the name servers";

    if (status == 0 && !all_permitted(c, list)) {
        freeaddrinfo(list);
        refuse(c, "privateHosts");
        return false;
    }
    if (status == 0 && (status = connect_any(c, list)) != 0)
        what = status == 504 ? "does not answer" : "cannot be connected to";
    if (list)
        freeaddrinfo(list);
    if (status == 0)
        return true;
    snprintf(words, sizeof(words), "%s:%u %s.", c->host, c->port, what);
    answer(c, status, words, "");
    return false;
}

/* ---- passing on ------------------------------------------------------------------------------ */

/* What can be moved now.  false: the connection is broken. */
static bool
half_move(half *h, bool readable, bool writable)
{
    if (readable && h->size == 0 && !h->ended) {
        ssize_t n = recv(h->from, h->data, sizeof(h->data), 0);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        h->ended = n == 0;
        h->at = 0;
        h->size = n > 0 ? (size_t)n : 0;
        writable = true; /* most likely */
    }
    if (writable && h->at < h->size) {
        ssize_t n = send(h->to, h->data + h->at, h->size - h->at, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        h->at += n > 0 ? (size_t)n : 0;
        if (h->at == h->size)
            h->at = h->size = 0;
    }
    if (h->ended && h->size == 0 && !h->done) {
        shutdown(h->to, SHUT_WR);
        h->done = true;
    }
    return true;
}

static short
wanted(const half *reads, const half *writes)
{
    return (short)((reads->size == 0 && !reads->ended ? POLLIN : 0) | (writes->size > 0 ? POLLOUT : 0));
}

/* Until both sides have said all, one of them breaks, or nothing moves for too long. */
static void
relay(connection *c)
{
    c->up.from = c->down.to = c->client;
    c->up.to = c->down.from = c->upstream;
    while (!c->up.done || !c->down.done) {
        short         client = wanted(&c->up, &c->down), upstream = wanted(&c->down, &c->up);
        struct pollfd fds[] = {/* without an event to wait for, a hang-up would be reported again and again */
                               {.fd = client ? c->client : -1, .events = client},
                               {.fd = upstream ? c->upstream : -1, .events = upstream},
                               {.fd = c->s->stop}};
        int           n = poll(fds, CC_COUNT(fds), IDLE_MS);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || fds[2].revents ||
            !half_move(&c->up, fds[0].revents & (POLLIN | POLLHUP | POLLERR), fds[1].revents & POLLOUT) ||
            !half_move(&c->down, fds[1].revents & (POLLIN | POLLHUP | POLLERR), fds[0].revents & POLLOUT))
            return;
    }
}

/* ---- one connection -------------------------------------------------------------------------- */

static bool
pass_head_on(connection *c, const cc_proxy_request *r)
{
    static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    cc_buf            b;

    if (r->connect) {
        if (!send_all(c, c->client, established, sizeof(established) - 1))
            return false;
    } else {
        cc_buf_init(&b, c->arena);
        cc_proxy_write(&b, r);
        if (b.failed || !send_all(c, c->upstream, b.data, b.size))
            return false;
    }
    return send_all(c, c->upstream, c->head + c->head_size, c->got - c->head_size); /* what came with it */
}

/* The host as it is judged, compared and said: without the zone of an IPv6 address. */
static void
host_keep(connection *c, const cc_endpoint *to)
{
    const char *zone = memchr(to->host, '%', to->size);
    size_t      n = zone ? (size_t)(zone - to->host) : to->size;

    memcpy(c->host, to->host, n); /* cc_host_read lets none pass that is longer */
    c->host[n] = '\0';
    c->port = to->port;
}

static void
connection_serve(connection *c)
{
    cc_proxy_request r;
    int              status = head_read(c);

    if (status < 0)
        return;
    if (status == 0)
        status = cc_proxy_read(c->head, c->head_size, &r);
    if (status != 0) {
        answer(c, status, "This is a proxy for CONNECT and for http:// requests, and that was neither.", "");
    } else if (!may_use(c->s, &r)) {
        answer(c, 407, "This proxy asks for a password.", "Proxy-Authenticate: Basic realm=\"codecourier\"\r\n");
    } else {
        host_keep(c, &r.to);
        if (!cc_egress_listed(c->s->policy, &r.to))
            refuse(c, "egressHosts");
        else if (reach(c) && pass_head_on(c, &r))
            relay(c);
    }
}

static void
connection_free(connection *c)
{
    server *s = c->s;

    close(c->client);
    if (c->upstream >= 0)
        close(c->upstream);
    cc_arena_free(c->arena);
    free(c);
    pthread_mutex_lock(&s->lock);
    s->connections--;
    pthread_cond_signal(&s->fewer);
    pthread_mutex_unlock(&s->lock);
}

static void *
connection_thread(void *ctx)
{
    connection *c = ctx;

    connection_serve(c);
    connection_free(c);
    return NULL;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool
thread_start(connection *c)
{
    pthread_attr_t attributes;
    pthread_t      thread;

    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    bool started = pthread_create(&thread, &attributes, connection_thread, c) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

static void
accept_one(server *s)
{
    int         fd = accept4(s->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), yes = 1;
    connection *c = fd >= 0 ? calloc(1, sizeof(*c)) : NULL;

    if (!c) {
        if (fd >= 0)
            close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    c->s = s;
    c->client = fd;
    c->upstream = -1;
    pthread_mutex_lock(&s->lock);
    s->connections++;
    pthread_mutex_unlock(&s->lock);
    if (!(c->arena = cc_arena_new()) || !thread_start(c))
        connection_free(c);
}

/* While there are as many as there may be: until one ends. */
static void
await_room(server *s)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++; /* then look whether all shall end */
    pthread_mutex_lock(&s->lock);
    if (s->connections >= CONNECTIONS_MAX)
        pthread_cond_timedwait(&s->fewer, &s->lock, &until);
    pthread_mutex_unlock(&s->lock);
}

static bool
full(server *s)
{
    pthread_mutex_lock(&s->lock);
    bool is_full = s->connections >= CONNECTIONS_MAX;
    pthread_mutex_unlock(&s->lock);
    return is_full;
}

int
cc_egress_serve(const cc_egress_policy *policy, int listen_fd, int say_fd, int stop_fd)
{
    server *s = calloc(1, sizeof(*s));

    if (!s)
        return -1;
    *s = (server){.policy = policy, .listen = listen_fd, .say = say_fd, .stop = stop_fd};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->fewer, NULL);
    fcntl(listen_fd, F_SETFL, fcntl(listen_fd, F_GETFL) | O_NONBLOCK);
    for (;;) {
        bool          no_room = full(s);
        struct pollfd fds[] = {{.fd = stop_fd}, {.fd = no_room ? -1 : listen_fd, .events = POLLIN}};
        int           n = poll(fds, CC_COUNT(fds), no_room ? 0 : -1);
        if (fds[0].revents || (n < 0 && errno != EINTR))
            break;
        if (no_room)
            await_room(s);
        else if (fds[1].revents)
            accept_one(s);
    }
    pthread_mutex_lock(&s->lock);
    while (s->connections > 0)
        pthread_cond_wait(&s->fewer, &s->lock);
    pthread_mutex_unlock(&s->lock);
    pthread_cond_destroy(&s->fewer);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return 0;
}

/* ---- in a process of its own ------------------------------------------------------------------ */

/* It reads what strangers send: as root it would be worth breaking into. */
static bool
become_nobody(void)
{
    const uid_t id = CC_EGRESS_UID;

    return geteuid() != 0 || (setgroups(0, NULL) == 0 && setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0);
}

static _Noreturn void
child(const cc_egress_policy *policy, pid_t parent, int listen_fd, int say_fd, int stop_fd)
{
    const struct rlimit no_core = {0, 0}, files = {2 * CONNECTIONS_MAX + 64, 2 * CONNECTIONS_MAX + 64};
    sigset_t            none;

    for (int n = 1; n < NSIG; n++)
        (void)signal(n, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* First out of the way of 3 to 5, where they are going; standard error stays for what goes wrong here. */
    listen_fd = fcntl(listen_fd, F_DUPFD, 10);
    say_fd = fcntl(say_fd, F_DUPFD, 10);
    stop_fd = fcntl(stop_fd, F_DUPFD, 10);
    if (dup2(listen_fd, 3) < 0 || dup2(say_fd, 4) < 0 || dup2(stop_fd, 5) < 0)
        _exit(127);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
        _exit(127);
    syscall(SYS_close_range, 6, ~0U, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_NOFILE, &files);
    if (!become_nobody()) {
        fprintf(stderr, "codecourier: the proxy for runs cannot become the account %d: %s.\n", CC_EGRESS_UID,
                strerror(errno));
        _exit(127);
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* behind setresuid, which takes it away */
    if (getppid() != parent)
        _exit(127);
    _exit(cc_egress_serve(policy, 3, 4, 5) == 0 ? 0 : 127);
}

cc_err
cc_egress_start(const cc_egress_policy *policy, int listen_fd, int say_fd, int stop_fd, pid_t *pid)
{
    pid_t parent = getpid();

    *pid = fork();
    if (*pid == 0)
        child(policy, parent, listen_fd, say_fd, stop_fd);
    return *pid > 0 ? CC_OK : CC_E_UNAVAILABLE;
}
