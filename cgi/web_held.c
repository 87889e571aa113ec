/*
 * Nothing here waits: a client that is slow to take its events has them kept for it, up to a bound and for a while.
 */
#include "web_held.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "web_record.h"

enum {
    BUSY_PAUSE_MS = 10,
    IDLE_PAUSE_MS = 50,
    MOVING_MS = 10000, /* so long after something was sent, more is expected */
    LOOK_MS = 1000,    /* how often it is asked who has hung up */
    STUCK_MS = 30000,  /* who takes nothing for so long is given up */
};

struct held_answer {
    held_answer *next;
    cc_response *response;
    int          fd, id;
    char        *unsent; /* records that the connection has not taken yet; NULL: none */
    size_t       unsent_size, unsent_at;
    int64_t      stuck_ms; /* since when */
    bool         over;     /* what is unsent is the last of it */
};

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- records ------------------------------------------------------------------------------------------------------ */

static char *
put_header(char *at, int type, int id, size_t size)
{
    const FCGI_Header header = web_record_header(type, id, size);

    memcpy(at, &header, sizeof(header));
    return at + sizeof(header);
}

/* STDOUT records; an empty one would end the stream. */
static char *
put_output(char *at, int id, const char *data, size_t size)
{
    while (size > 0) {
        const size_t part = size < WEB_RECORD_MAX ? size : WEB_RECORD_MAX;

        at = put_header(at, FCGI_STDOUT, id, part);
        memcpy(at, data, part);
        at += part;
        data += part;
        size -= part;
    }
    return at;
}

static char *
put_end(char *at, int id)
{
    at = put_header(at, FCGI_STDOUT, id, 0);
    at = put_header(at, FCGI_END_REQUEST, id, sizeof(FCGI_EndRequestBody));
    memset(at, 0, sizeof(FCGI_EndRequestBody)); /* status 0, REQUEST_COMPLETE */
    return at + sizeof(FCGI_EndRequestBody);
}

/* ---- one answer --------------------------------------------------------------------------------------------------- */

/* As much of what is unsent as the connection takes now; false: it is broken. */
static bool
flush(held_answer *a, int64_t now)
{
    while (a->unsent != NULL) {
        ssize_t sent =
            send(a->fd, a->unsent + a->unsent_at, a->unsent_size - a->unsent_at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return (errno == EAGAIN || errno == EWOULDBLOCK) && now - a->stuck_ms < STUCK_MS;
        a->stuck_ms = now;
        a->unsent_at += (size_t)sent;
        if (a->unsent_at == a->unsent_size) {
            free(a->unsent);
            a->unsent = NULL;
        }
    }
    return true;
}

/* Two texts, either of which may be empty, and with `over` the answer's end.  Nothing may be unsent before. */
static bool
put(held_answer *a, const char *head, size_t head_size, const char *body, size_t body_size, int64_t now)
{
    const size_t headers = 4 + head_size / WEB_RECORD_MAX + body_size / WEB_RECORD_MAX;
    char        *at;

    if (head_size + body_size == 0 && !a->over)
        return true;
    a->unsent = malloc(head_size + body_size + headers * sizeof(FCGI_Header) + sizeof(FCGI_EndRequestBody));
    if (a->unsent == NULL)
        return false;
    at = put_output(a->unsent, a->id, head, head_size);
    at = put_output(at, a->id, body, body_size);
    if (a->over)
        at = put_end(at, a->id);
    a->unsent_size = (size_t)(at - a->unsent);
    a->unsent_at = 0;
    a->stuck_ms = now;
    return flush(a, now);
}

static void
release(held *h, held_answer *a)
{
    cc_response_free(h->app, a->response);
    close(a->fd);
    free(a->unsent);
    free(a);
}

/* false: there is nothing more to do for it. */
static bool
serve(held *h, held_answer *a, int64_t now)
{
    const char *piece;
    size_t      size;

    if (!flush(a, now))
        return false;
    if (a->unsent == NULL && !a->over && cc_response_due(h->app, a->response)) {
        a->over = !cc_response_more(h->app, a->response, &piece, &size);
        if (size > 0)
            h->moved_ms = now;
        if (!put(a, piece, size, "", 0, now))
            return false;
    }
    return a->unsent != NULL || !a->over;
}

/* ---- all of them -------------------------------------------------------------------------------------------------- */

void
held_add(held *h, int fd, int id, cc_response *response)
{
    held_answer *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        cc_response_free(h->app, response);
        close(fd);
        return;
    }
    *a = (held_answer){.response = response, .fd = fd, .id = id};
    h->moved_ms = now_ms();
    if (!put(a, response->head, response->head_size, response->body, response->body_size, h->moved_ms)) {
        release(h, a);
        return;
    }
    a->next = h->first;
    h->first = a;
    h->count++;
}

static void
serve_all(held *h, int64_t now)
{
    const bool look = now - h->looked_ms >= LOOK_MS;

    h->served_ms = now;
    if (h->first != NULL) /* before there was one, there is no instance to ask, either */
        cc_app_hear(h->app);
    if (look)
        h->looked_ms = now;
    for (held_answer **at = &h->first; *at != NULL;) {
        held_answer *a = *at;

        if ((!look || !web_hung_up(a->fd)) && serve(h, a, now)) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        h->count--;
        release(h, a);
    }
}

static int
pause_at(const held *h, int64_t now)
{
    return now - h->moved_ms < MOVING_MS ? BUSY_PAUSE_MS : IDLE_PAUSE_MS;
}

int
held_pause_ms(const held *h)
{
    return pause_at(h, now_ms());
}

void
held_serve(held *h)
{
    const int64_t now = h->count > 0 ? now_ms() : 0;

    if (h->count > 0 && now - h->served_ms >= pause_at(h, now))
        serve_all(h, now);
}

void
held_conclude(held *h)
{
    for (held_answer *a = h->first; a != NULL; a = a->next)
        cc_response_conclude(h->app, a->response);
    serve_all(h, now_ms());
    while (h->first != NULL) { /* a client that does not take its last words now gets none */
        held_answer *a = h->first;

        h->first = a->next;
        release(h, a);
    }
    h->count = 0;
}
