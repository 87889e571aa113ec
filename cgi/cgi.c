/*
 * Plain CGI: one process, one request.
 *
 * Everything is about starting and ending quickly: the instance is opened for one request, the answer leaves in one
 * write, and standard output is closed before anything else is cleared away, so that the web server need not wait for
 * it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "web.h"

extern char **environ;

enum { DRAIN_MOST = 64 << 20 };

/* The body so far.  A CGI program must not read past CONTENT_LENGTH: some servers never close the pipe. */
typedef struct cgi_body {
    int64_t left; /* bytes still to come; -1: until the end */
} cgi_body;

static int64_t
read_body(void *ctx, void *into, size_t size)
{
    cgi_body *body = ctx;
    ssize_t   got;

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
answer_error(web_request *request, cgi_body *body, cc_err err)
{
    char   text[WEB_ERROR_SIZE];
    size_t size = web_error(text, err, strcmp(request->core.method, "HEAD") == 0);

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

int
cgi_serve(void)
{
    web_request  request;
    cc_app      *app = NULL;
    cc_response *response = NULL;

    /* Servers send SIGTERM when a client goes away or they stop: the request in hand is finished first. */
    signal(SIGTERM, SIG_IGN);

    web_request_read(&request, environ);
    cgi_body body = {.left = request.core.content_length};

    if (request.refused != CC_OK)
        return answer_error(&request, &body, request.refused);
    if (web_open(&app, CC_OPEN_ONCE) != CC_OK)
        return answer_error(&request, &body, CC_E_UNAVAILABLE);

    if (request.core.content_length != 0) {
        request.core.read = read_body;
        request.core.read_ctx = &body;
    }
    cc_app_handle(app, &request.core, &response);
    if (!response->body_read)
        drain(&body);
    bool sent = write_all(STDOUT_FILENO, response->head, response->head_size, response->body, response->body_size);
    if (sent && response->more)
        sent = write_stream(app, response);
    close(STDOUT_FILENO);

    /*
     * Memory, files and locks go with the process, faster than we could give them back; but whoever writes has to see
     * to the database's log (core/db.c says how).
     */
    const char *method = request.core.method != NULL ? request.core.method : "";
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        cc_app_close(app);
    _exit(sent ? 0 : 1);
}
