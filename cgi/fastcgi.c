/*
 * FastCGI: one process, one request at a time, many in a row.  Several processes share the listening socket.
 *
 * Reading is left to fcgi2, the taking of connections and the answer are not, and that is where a third of the time
 * went:
 *
 *   - Its accept polls every new Unix connection for its first byte, up to two seconds.  Ours hands the descriptor
 * over.
 *   - It cuts answers into 8 KiB pieces and ends each connection with shutdown, poll, read and close, so that unread
 * input cannot make the kernel take the answer back.  When the input has been read to its end there is nothing to fear:
 * the whole answer leaves in one writev, and then one plain close.  Where input was left unread (a body that was
 * refused), or the web server keeps its connections, the long way or none is taken instead.
 *
 * fcgi2 also installs signal handlers that cut system calls short, even while a body is read.  Ours replace them: to
 * stop is to put /dev/null where the listening socket was.  A waiting accept is restarted by the kernel and fails with
 * ENOTSOCK; a request in hand notices nothing.
 *
 * Who waits for events does not keep a worker, where the web server opens further connections to one that has not ended
 * its first: web_held.c looks after them between the requests.  Not every web server does (mod_fcgid does not), so it
 * has to be said: CODECOURIER_HOLD=1.
 *
 * The warm process behind plain CGI (web_warm.c) is one of these, alone on its socket.  It welcomes each caller, tells
 * him what is said to standard error during his request, and ends when nobody has come for a while.
 */
#include <errno.h>
#include <fcgiapp.h>
#include <fastcgi.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "web_held.h"
#include "web_record.h"
#include "web.h"

enum {
    LISTENER = STDIN_FILENO,
    BODY_TIMEOUT_S = 30,    /* between two pieces of a body */
    SEND_TIMEOUT_S = 30,    /* for a long answer, when the web server takes none of it */
    LONG_ANSWER = 64 << 10, /* fits into no socket's buffer for certain */
    KEPT_IDLE_S = 60,       /* a kept connection may hold this worker for so long without a request */
    TICK_S = 1,
    IDLE_S = 2,   /* how often an idle worker looks whether its files are still there */
    RECORDS = 16, /* that leave in one writev */
};

static volatile sig_atomic_t stopping;
static int                   nowhere = -1; /* /dev/null */

static void
stop(int signal_number)
{
    int saved = errno;

    (void)signal_number;
    stopping = 1;
    dup2(nowhere, LISTENER);
    errno = saved;
}

/* The signals that ask a worker to stop. */
static sigset_t
stop_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    return set;
}

/* After FCGX_Init, whose own handlers these replace. */
static void
install_signals(void)
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

    action.sa_mask = stop_signals();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- the instance ----------------------------------------------------------------------------------------------- */

typedef struct worker {
    cc_app *app;      /* NULL: could not be opened */
    time_t  tried_at; /* when that was last tried */
    time_t  ticked_at;
    bool    warm;  /* plain CGI's */
    bool    holds; /* takes requests while others wait for events */
    held    held;
    int     interrupt_ms; /* how often accept is broken off to serve them; 0: not at all */
    time_t  used_at;      /* when a warm one took its last caller */
} worker;

static time_t
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

/*
 * A worker without an instance stays, answers 503, and looks again when it is asked, at most once a second.  That an
 * open one's files are still there is the core's to see.
 */
static void
open_if_needed(worker *w)
{
    time_t now = seconds();

    if (w->app != NULL || (w->tried_at != 0 && now == w->tried_at))
        return;
    w->tried_at = now;
    if (web_open(&w->app, 0) != CC_OK)
        w->app = NULL;
}

static void
tick(worker *w)
{
    w->ticked_at = seconds();
    if (w->app != NULL)
        (void)cc_app_tick(w->app); /* says in the log what went wrong; tried again in a minute */
}

static void
tick_after(worker *w, time_t pause_s)
{
    if (seconds() - w->ticked_at >= pause_s)
        tick(w);
}

/* ---- the request's body ------------------------------------------------------------------------------------------ */

static void
set_timeout(int fd, int option, int timeout_s)
{
    struct timeval time = {.tv_sec = timeout_s};

    (void)setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time));
}

static int64_t
read_body(void *ctx, void *into, size_t size)
{
    FCGX_Request *request = ctx;
    int           got = FCGX_GetStr(into, size > INT_MAX ? INT_MAX : (int)size, request->in);

    if (got == 0 && FCGX_GetError(request->in) != 0)
        return -1;
    return got;
}

/* Was the input read to its end?  Takes the empty record that ends it, which has mostly arrived with the rest. */
static bool
drained(FCGX_Request *request)
{
    return FCGX_GetChar(request->in) == EOF && FCGX_GetError(request->in) == 0;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

/* Texts to be sent one after the other, and how far that has come. */
typedef struct source {
    struct iovec part[2];
    int          at;
} source;

/* Records ready to leave. */
typedef struct batch {
    struct iovec  part[3 * RECORDS + 1];
    int           parts;
    FCGI_Header   header[RECORDS];
    int           records;
    unsigned char end[2 * sizeof(FCGI_Header) + sizeof(FCGI_EndRequestBody)];
} batch;

static void
add_part(batch *b, void *data, size_t size)
{
    b->part[b->parts].iov_base = data;
    b->part[b->parts++].iov_len = size;
}

/* One STDOUT record with as much of the source as it can hold. */
static void
add_record(batch *b, int id, source *s)
{
    FCGI_Header *header = &b->header[b->records++];
    size_t       size = 0;

    add_part(b, header, sizeof(*header));
    while (s->at < 2 && (size < WEB_RECORD_MAX || s->part[s->at].iov_len == 0)) {
        struct iovec *from = &s->part[s->at];
        size_t        take = from->iov_len < WEB_RECORD_MAX - size ? from->iov_len : WEB_RECORD_MAX - size;

        if (take > 0)
            add_part(b, from->iov_base, take);
        size += take;
        from->iov_base = (char *)from->iov_base + take;
        from->iov_len -= take;
        if (from->iov_len == 0)
            s->at++;
    }
    *header = web_record_header(FCGI_STDOUT, id, size);
}

/* What was said to standard error.  It fits into the socket's buffer, and is lost with a caller who is gone. */
static void
send_log(int fd, int id)
{
    char        text[4096];
    size_t      size = web_warm_log(text, sizeof(text));
    FCGI_Header header = web_record_header(FCGI_STDERR, id, size);

    if (size > 0 && send(fd, &header, sizeof(header), MSG_NOSIGNAL | MSG_MORE) == (ssize_t)sizeof(header))
        (void)!send(fd, text, size, MSG_NOSIGNAL);
}

/* The empty STDOUT record and END_REQUEST with status 0, REQUEST_COMPLETE. */
static void
add_end(batch *b, int id)
{
    FCGI_Header empty = web_record_header(FCGI_STDOUT, id, 0);
    FCGI_Header end = web_record_header(FCGI_END_REQUEST, id, sizeof(FCGI_EndRequestBody));

    memset(b->end, 0, sizeof(b->end));
    memcpy(b->end, &empty, sizeof(empty));
    memcpy(b->end + sizeof(empty), &end, sizeof(end));
    add_part(b, b->end, sizeof(b->end));
}

static bool
send_batch(int fd, batch *b)
{
    struct iovec *part = b->part;
    int           parts = b->parts;

    while (parts > 0) {
        ssize_t wrote = writev(fd, part, parts);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        size_t done = (size_t)wrote;
        for (; parts > 0 && done >= part->iov_len; part++, parts--)
            done -= part->iov_len;
        if (parts > 0) {
            part->iov_base = (char *)part->iov_base + done;
            part->iov_len -= done;
        }
    }
    return true;
}

/* `last`: the answer ends with it. */
static bool
send_part(int fd, int id, const char *head, size_t head_size, const char *body, size_t body_size, bool last)
{
    source s = {.part = {{(void *)(uintptr_t)head, head_size}, {(void *)(uintptr_t)body, body_size}}};
    batch  b;
    bool   more = true;

    if (head_size + body_size > LONG_ANSWER)
        set_timeout(fd, SO_SNDTIMEO, SEND_TIMEOUT_S);
    while (more) {
        b.parts = b.records = 0;
        while (b.records < RECORDS && s.at < 2)
            add_record(&b, id, &s);
        more = s.at < 2;
        if (!more && last)
            add_end(&b, id);
        if (!send_batch(fd, &b))
            return false;
    }
    return true;
}

static bool
send_answer(int fd, int id, const char *head, size_t head_size, const char *body, size_t body_size)
{
    return send_part(fd, id, head, head_size, body, body_size, true);
}

static bool
send_end(int fd, int id)
{
    batch b = {.parts = 0};

    add_end(&b, id);
    return send_batch(fd, &b);
}

/* An answer that goes on: piece by piece, until it ends, nobody listens any more, or this process is to stop. */
static bool
send_stream(cc_app *app, FCGX_Request *request, cc_response *response)
{
    const int   fd = request->ipcFd;
    const char *piece;
    size_t      size;
    bool        more = true;

    set_timeout(fd, SO_SNDTIMEO, SEND_TIMEOUT_S);
    if (!send_part(fd, request->requestId, response->head, response->head_size, response->body, response->body_size,
                   false))
        return false;
    while (more && !stopping && !web_hung_up(fd)) {
        more = cc_response_more(app, response, &piece, &size);
        if (size > 0 && !send_part(fd, request->requestId, piece, size, "", 0, false))
            return false;
    }
    return send_end(fd, request->requestId);
}

static bool
send_error(FCGX_Request *request, cc_err err, bool head_only)
{
    char   text[WEB_ERROR_SIZE];
    size_t size = web_error(text, err, NULL, head_only);

    return send_answer(request->ipcFd, request->requestId, text, size, "", 0);
}

/* ---- one request ------------------------------------------------------------------------------------------------- */

/* Let the answer and its connection wait elsewhere; the request is done with, and its connection gone from here. */
static void
hold(worker *w, FCGX_Request *request, cc_response *response)
{
    const int fd = request->ipcFd;

    request->ipcFd = -1;
    request->keepConnection = 0; /* web servers open a new one */
    w->held.app = w->app;
    held_add(&w->held, fd, request->requestId, response);
}

/* Ask the core and send what it says; true: the input was read to its end and the answer sent. */
static bool
answer_from(worker *w, FCGX_Request *request, const cc_request *core)
{
    cc_app      *app = w->app;
    cc_response *response = NULL;

    cc_app_handle(app, core, &response);
    if (w->warm)
        send_log(request->ipcFd, request->requestId);
    bool clean = response->body_read && drained(request);
    if (response->more && core->holds) {
        hold(w, request, response);
        return true;
    }
    if (response->more)
        clean &= send_stream(app, request, response);
    else
        clean &= send_answer(request->ipcFd, request->requestId, response->head, response->head_size, response->body,
                             response->body_size);
    cc_response_free(app, response);
    return clean;
}

/* Answer the request that was read; true: its input was read to its end and the answer sent. */
static bool
answer(worker *w, FCGX_Request *request)
{
    web_request web;
    sigset_t    stops = stop_signals();
    bool        clean;

    open_if_needed(w);
    web_request_read(&web, request->envp);
    bool with_body = web.core.content_length != 0 || web.refused != CC_OK;
    if (with_body) {
        /* A timeout makes signals break off reads, restart or not (signal(7)): they wait until the body is here. */
        sigprocmask(SIG_BLOCK, &stops, NULL);
        set_timeout(request->ipcFd, SO_RCVTIMEO, BODY_TIMEOUT_S);
        web.core.read = read_body;
        web.core.read_ctx = request;
    }
    web.core.holds = w->holds && !stopping;
    if (web.refused == CC_OK && w->app == NULL)
        web.refused = CC_E_UNAVAILABLE;
    if (web.refused == CC_OK)
        clean = answer_from(w, request, &web.core);
    else
        clean =
            send_error(request, web.refused, strcmp(web.core.method, "HEAD") == 0) && !with_body && drained(request);
    if (with_body) {
        set_timeout(request->ipcFd, SO_RCVTIMEO, 0); /* the connection may be kept; of one that is held there is none */
        sigprocmask(SIG_UNBLOCK, &stops, NULL);
    }
    web_request_done(&web);
    return clean;
}

/* Give the request's memory back and end the connection as far as that is ours to do; whether it lives on. */
static bool
finish(FCGX_Request *request, bool clean)
{
    if (!clean) {
        FCGX_Free(request, 1); /* shutdown, read what still comes, close */
        return false;
    }
    FCGX_Free(request, 0);
    if (request->keepConnection)
        return true;
    if (request->ipcFd >= 0)
        close(request->ipcFd);
    request->ipcFd = -1;
    return false;
}

/* In poll, unlike in fcgi2's read, a signal can end the wait.  0: nothing came in a while. */
static int
wait_a_little(const worker *w, int fd)
{
    const int       ms = w->held.count > 0 ? held_pause_ms(&w->held) : IDLE_S * 1000;
    struct pollfd   input = {.fd = fd, .events = POLLIN};
    struct timespec idle = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    sigset_t        stops = stop_signals();
    sigset_t        before;
    int             ready = -1;

    sigprocmask(SIG_BLOCK, &stops, &before);
    if (!stopping)
        ready = ppoll(&input, 1, &idle, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ready;
}

/*
 * Wait for the next request on a connection the web server keeps.  An idle one, which holds a whole worker, is given up
 * after a while (web servers open a new one).
 */
static bool
wait_kept(worker *w, int fd)
{
    const time_t until = seconds() + KEPT_IDLE_S;
    int          ready = 0;

    while (ready == 0 && seconds() < until)
        if ((ready = wait_a_little(w, fd)) == 0) {
            tick_after(w, IDLE_S);
            held_serve(&w->held);
        }
    return ready > 0 && !stopping;
}

static void
interrupt(int signal_number)
{
    (void)signal_number;
}

/* Every so many ms a signal, which is blocked but while a connection is waited for; 0: none any more. */
static void
interrupt_each(worker *w, int ms)
{
    const struct timeval pause = {.tv_usec = ms * 1000};

    if (ms != w->interrupt_ms)
        (void)setitimer(ITIMER_REAL, &(struct itimerval){pause, pause}, NULL);
    w->interrupt_ms = ms;
}

/* accept, which those who are held may break off; a poll before it would wake all workers for each connection. */
static int
accept_or_serve(worker *w)
{
    sigset_t alarm_only;
    int      fd, saved;

    interrupt_each(w, w->held.count > 0 ? held_pause_ms(&w->held) : 0);
    if (w->held.count == 0)
        return accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC);
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
    fd = accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC);
    saved = errno;
    sigprocmask(SIG_BLOCK, &alarm_only, NULL);
    errno = saved;
    return fd;
}

/* The next connection, or -1: none this time (IDLE_S have passed).  Sets `stopping` when there will be no more. */
static int
take_connection(worker *w)
{
    int fd = accept_or_serve(w);

    if (fd >= 0 || stopping)
        return fd;
    switch (errno) {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    case EPROTO: break;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        web_log("accept: %s", strerror(errno));
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        break;
    default: web_log("accept: %s; ending", strerror(errno)); stopping = 1;
    }
    return -1;
}

/*
 * Who can connect can claim any client address and be the web server: a file's permissions guard a Unix socket, and
 * nothing guards a port.
 */
static bool
socket_is_local(void)
{
    int       domain = 0;
    socklen_t size = sizeof(domain);

    return getsockopt(LISTENER, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

/* Take a caller of plain CGI's, or tell him to answer by himself. */
static bool
welcome(const worker *w, int fd)
{
    if (w->app != NULL && web_warm_welcome(fd))
        return true;
    close(fd);
    return false;
}

/* Has a warm process nobody left to wait for? */
static bool
is_over(const worker *w)
{
    const char *keep = w->app != NULL ? cc_app_setting(w->app, "cgiKeepWarm") : NULL;

    return keep == NULL || seconds() - w->used_at >= atoi(keep) || !web_warm_is_current();
}

static bool
start(FCGX_Request *request)
{
    sigset_t stops = stop_signals();

    if (!socket_is_local()) {
        web_log("the FastCGI socket must be a Unix socket, not a TCP port");
        return false;
    }
    sigprocmask(SIG_BLOCK, &stops, NULL); /* one that came between the library's handlers and ours would be lost */
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nowhere < 0 || FCGX_Init() != 0) {
        web_log("cannot start: %s", strerror(errno));
        return false;
    }
    install_signals();
    sigprocmask(SIG_UNBLOCK, &stops, NULL);
    sigemptyset(&stops);
    sigaddset(&stops, SIGALRM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    set_timeout(LISTENER, SO_RCVTIMEO, IDLE_S); /* holds for accept, too */
    /* No listening socket for the library: it would accept for itself after a connection that broke. */
    FCGX_InitRequest(request, -1, 0);
    return true;
}

int
fastcgi_serve(void)
{
    FCGX_Request request;
    worker       w = {.ticked_at = seconds(), .used_at = seconds(), .warm = web_warm_is_role()};
    const char  *may_hold = getenv("CODECOURIER_HOLD");
    bool         kept = false;

    if (!start(&request))
        return 1;
    w.holds = !w.warm && may_hold != NULL && strcmp(may_hold, "1") == 0;
    open_if_needed(&w);
    if (w.warm && is_over(&w)) /* what it was started for has changed already */
        stopping = 1;
    while (!stopping || kept) {
        held_serve(&w.held);
        if (kept && !wait_kept(&w, request.ipcFd)) {
            close(request.ipcFd);
            kept = false;
            continue;
        }
        if (!kept && (request.ipcFd = take_connection(&w)) < 0) {
            tick_after(&w, IDLE_S);
            if (w.warm && is_over(&w))
                break;
            continue;
        }
        if (!kept && w.warm && !welcome(&w, request.ipcFd))
            continue;
        request.keepConnection = 1; /* or FCGX_Accept_r begins by closing it */
        if (FCGX_Accept_r(&request) != 0) {
            kept = false; /* nothing usable came; the library has closed it */
            continue;
        }
        w.used_at = seconds();
        kept = finish(&request, answer(&w, &request));
        tick_after(&w, TICK_S);
    }
    held_conclude(&w.held);
    if (w.warm)
        web_warm_leave(LISTENER);
    cc_app_close(w.app);
    return 0;
}
