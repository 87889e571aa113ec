/*
 * Plain CGI: one process, one request.
 *
 * Everything is about starting and ending quickly.  Where a warm process waits (web_warm.c), the request is handed over
 * and nothing is opened at all.  Else the instance is opened for one request, the answer leaves in one write, and
 * standard output is closed before anything else is cleared away, so that the web server need not wait for it.
 *
 * A request is carried out once.  As long as it has not been handed over whole, it is answered here.  If the process it
 * went to is lost, one that only reads is answered here after all; of any other the client is told that nobody knows.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "web.h"

extern char **environ;

enum {
    DRAIN_MOST = 64 << 20,
    HAND_OVER_MOST = 64 << 10, /* of a body: fits into a socket's buffer */
};

/* The body so far.  A CGI program must not read past CONTENT_LENGTH: some servers never close the pipe. */
typedef struct cgi_body {
    int64_t left; /* bytes still to come; -1: until the end */
    char   *held; /* what was read before it was known who answers; NULL: nothing */
    size_t  held_size, held_done;
    bool    ended; /* all of it is held */
} cgi_body;

static int64_t
read_body(void *ctx, void *into, size_t size)
{
    cgi_body *body = ctx;
    ssize_t   got;

    if (body->held_done < body->held_size) {
        size_t part = body->held_size - body->held_done < size ? body->held_size - body->held_done : size;
        memcpy(into, body->held + body->held_done, part);
        body->held_done += part;
        return (int64_t)part;
    }
    if (body->ended)
        return 0;
    if (body->left >= 0 && size > (uint64_t)body->left)
        size = (size_t)body->left;
    if (size == 0)
        return 0;
    do {
        got = read(STDIN_FILENO, into, size);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && body->left > 0)
        body->left -= got;
    return got;
}

/* Take the whole body into memory; false: it is too long for that, or broken off. */
static bool
hold_body(cgi_body *body)
{
    size_t  size = 0;
    int64_t got = 1;

    if (body->left > HAND_OVER_MOST || (body->left != 0 && (body->held = malloc(HAND_OVER_MOST)) == NULL))
        return false;
    while (body->held != NULL && got > 0 && size < HAND_OVER_MOST)
        if ((got = read_body(body, body->held + size, HAND_OVER_MOST - size)) > 0)
            size += (size_t)got;
    body->held_size = size;
    body->ended = got == 0 || body->left == 0;
    return body->ended;
}

/*
 * Take what is left of a body nobody wanted.  Apache writes it all before it reads a byte of the answer, and its
 * mod_cgid loses the answer when the program ends with input unread.
 */
static void
drain(cgi_body *body)
{
    char scrap[65536];

    for (int64_t room = DRAIN_MOST; room > 0;) {
        int64_t got = read_body(body, scrap, sizeof(scrap));
        if (got <= 0)
            return;
        room -= got;
    }
}

static bool
write_all(int fd, const char *head, size_t head_size, const char *body, size_t body_size)
{
    size_t done = 0;

    while (done < head_size + body_size) {
        struct iovec part[2];
        int          parts = 0;
        size_t       in_body = done > head_size ? done - head_size : 0;

        if (done < head_size) {
            part[parts].iov_base = (void *)(uintptr_t)(head + done);
            part[parts++].iov_len = head_size - done;
        }
        if (body_size > in_body) {
            part[parts].iov_base = (void *)(uintptr_t)(body + in_body);
            part[parts++].iov_len = body_size - in_body;
        }
        ssize_t wrote = writev(fd, part, parts);
        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return true;
}

/* The last that is done with the request. */
static int
answer_error(web_request *request, cgi_body *body, cc_err err, const char *message)
{
    char   text[WEB_ERROR_SIZE];
    size_t size = web_error(text, err, message, strcmp(request->core.method, "HEAD") == 0);

    web_request_done(request);
    drain(body);
    return write_all(STDOUT_FILENO, text, size, "", 0) ? 0 : 1;
}

static volatile sig_atomic_t stopping;

static void
stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

/* An answer that goes on: piece by piece, until it ends or nobody listens any more. */
static bool
write_stream(cc_app *app, cc_response *response)
{
    struct sigaction action = {.sa_handler = stop};
    struct pollfd    reader = {.fd = STDOUT_FILENO};
    const char      *piece;
    size_t           size;
    bool             more = true;

    sigaction(SIGTERM, &action, NULL);
    while (more && !stopping && (poll(&reader, 1, 0) == 0 || (reader.revents & (POLLERR | POLLHUP)) == 0)) {
        more = cc_response_more(app, response, &piece, &size);
        if (size > 0 && !write_all(STDOUT_FILENO, piece, size, "", 0))
            return false;
    }
    return true;
}

/* ---- the warm process -------------------------------------------------------------------------------------------- */

/* Whoever changes something has to see to the database's log at the end, and must not be carried out twice. */
static bool
only_reads(const cc_request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/*
 * Let the warm process answer.  true: the answer, or that there is none, has been sent, and *code is what to exit with.
 * *start: there is no such process yet.
 */
static bool
answer_warm(web_warm *warm, web_request *request, cgi_body *body, bool *start, int *code)
{
    char       path[PATH_MAX];
    web_answer answer;
    int        fd;

    *start = false;
    warm->directory = -1;
    if (cc_request_slow(&request->core) || !web_warm_find(warm, web_data(path)) || !hold_body(body) ||
        (fd = web_warm_connect(warm, start)) < 0)
        return false;
    switch (web_relay(fd, environ, body->held, body->held_size, &answer)) {
    case WEB_RELAY_ANSWERED: *code = write_all(STDOUT_FILENO, answer.data, answer.size, "", 0) ? 0 : 1; return true;
    case WEB_RELAY_UNTOUCHED: return false;
    case WEB_RELAY_LOST: break;
    }
    web_log("the warm process was lost in the middle of a request");
    if (only_reads(&request->core))
        return false;
    *code = answer_error(request, body, CC_E_INTERNAL,
                         "The process that worked on this request was ended. Whether it was carried out is not known: "
                         "look before you send it again, or send it with the same Idempotency-Key.");
    return true;
}

/* ---- one request ------------------------------------------------------------------------------------------------- */

/* Answer by ourselves.  0: there are an app and an answer that has been sent. */
static int
answer_here(web_request *request, cgi_body *body, cc_app **app)
{
    cc_response *response = NULL;

    if (web_open(app, CC_OPEN_ONCE) != CC_OK)
        return answer_error(request, body, CC_E_UNAVAILABLE, NULL);
    if (request->core.content_length != 0) {
        request->core.read = read_body;
        request->core.read_ctx = body;
    }
    cc_app_handle(*app, &request->core, &response);
    if (!response->body_read)
        drain(body);
    bool sent = write_all(STDOUT_FILENO, response->head, response->head_size, response->body, response->body_size);
    if (sent && response->more)
        sent = write_stream(*app, response);
    if (response->more) /* its place among those who wait is not this process's alone */
        cc_response_free(*app, response);
    return sent ? 0 : 1;
}

static bool
keeps_warm(cc_app *app)
{
    const char *seconds = cc_app_setting(app, "cgiKeepWarm");

    return seconds != NULL && strcmp(seconds, "0") != 0;
}

int
cgi_serve(void)
{
    web_request request;
    web_warm    warm;
    cc_app     *app = NULL;
    bool        start = false;
    int         code;

    /* Servers send SIGTERM when a client goes away or they stop: the request in hand is finished first. */
    signal(SIGTERM, SIG_IGN);

    web_request_read(&request, environ);
    cgi_body body = {.left = request.core.content_length};

    if (request.refused != CC_OK)
        return answer_error(&request, &body, request.refused, NULL);
    if (answer_warm(&warm, &request, &body, &start, &code))
        _exit(code);
    code = answer_here(&request, &body, &app);
    close(STDOUT_FILENO);

    /*
     * Memory, files and locks go with the process, faster than we could give them back; but whoever writes has to see
     * to the database's log (core/storage/sqlite.c says how).
     */
    start = start && app != NULL && keeps_warm(app);
    if (app != NULL && !only_reads(&request.core))
        cc_app_close(app);
    if (start)
        web_warm_start(&warm);
    _exit(code);
}
