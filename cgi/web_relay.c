/*
 * The smallest FastCGI client: one request, all of it in memory, over to the warm process, and its answer back.
 *
 * Both are taken whole.  So a slow client never holds the process that answers all others, and an answer that breaks
 * off in the middle has not begun for the client: the caller is free to say something else.
 */
#include <errno.h>
#include <fastcgi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "web.h"

enum {
    REQUEST_ID = 1,
    ANSWER_S = 60,      /* between two pieces of the answer; whoever took the request works on nothing else */
    RECORD_MAX = 65528, /* a multiple of 8 */
};

/* ---- texts that grow --------------------------------------------------------------------------------------------- */

typedef struct text {
    char  *data;
    size_t size, room;
    bool   failed; /* out of memory */
} text;

static char *
grow(text *t, size_t size)
{
    if (t->size + size > t->room) {
        size_t room = 2 * t->room + size + 4096;
        char  *data = realloc(t->data, room);
        if (data == NULL) {
            t->failed = true;
            return NULL;
        }
        t->data = data;
        t->room = room;
    }
    t->size += size;
    return t->data + t->size - size;
}

static void
put(text *t, const void *data, size_t size)
{
    char *to = size > 0 ? grow(t, size) : NULL;

    if (to != NULL)
        memcpy(to, data, size);
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

static void
put_header(text *t, int type, size_t size)
{
    const FCGI_Header header = {
        .version = FCGI_VERSION_1,
        .type = (unsigned char)type,
        .requestIdB0 = REQUEST_ID,
        .contentLengthB1 = (unsigned char)(size >> 8),
        .contentLengthB0 = (unsigned char)size,
    };

    put(t, &header, sizeof(header));
}

/* A whole stream: as many records as it needs, and the empty one that ends it. */
static void
put_stream(text *t, int type, const char *data, size_t size)
{
    while (size > 0) {
        size_t part = size < RECORD_MAX ? size : RECORD_MAX;
        put_header(t, type, part);
        put(t, data, part);
        data += part;
        size -= part;
    }
    put_header(t, type, 0);
}

/* FastCGI 1.0, 3.4: one byte up to 127, else four with the highest bit set. */
static void
put_length(text *t, size_t n)
{
    const unsigned char b[4] = {(unsigned char)(n >> 24 | 0x80), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                (unsigned char)n};

    if (n < 128)
        put(t, &b[3], 1);
    else
        put(t, b, sizeof(b));
}

static void
put_parameters(text *t, char *const *list)
{
    text all = {0};

    for (; *list != NULL; list++) {
        const char *equals = strchr(*list, '=');
        if (equals == NULL)
            continue;
        size_t name = (size_t)(equals - *list), value = strlen(equals + 1);
        put_length(&all, name);
        put_length(&all, value);
        put(&all, *list, name);
        put(&all, equals + 1, value);
    }
    put_stream(t, FCGI_PARAMS, all.data, all.size);
    t->failed |= all.failed;
    free(all.data);
}

/* How much of it has left. */
static size_t
send_all(int fd, const text *t)
{
    size_t done = 0;

    while (done < t->size) {
        ssize_t sent = send(fd, t->data + done, t->size - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            break;
        if (sent > 0)
            done += (size_t)sent;
    }
    return done;
}

/*
 * How far did the request get?  UNTOUCHED: a part of parameters or body has not left, and a request that is not whole
 * is refused.  LOST: nothing is known yet.
 */
static web_relayed
send_request(int fd, char *const *list, const char *body, size_t size)
{
    const FCGI_BeginRequestBody begin = {.roleB0 = FCGI_RESPONDER};
    text                        t = {0};

    put_header(&t, FCGI_BEGIN_REQUEST, sizeof(begin));
    put(&t, &begin, sizeof(begin));
    put_parameters(&t, list);
    put_stream(&t, FCGI_STDIN, body, size);
    bool whole = !t.failed && send_all(fd, &t) >= t.size - sizeof(FCGI_Header);
    free(t.data);
    return whole ? WEB_RELAY_LOST : WEB_RELAY_UNTOUCHED;
}

/* ---- and back ---------------------------------------------------------------------------------------------------- */

static bool
receive(int fd, void *into, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = recv(fd, (char *)into + done, size - done, 0);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0)
            done += (size_t)got;
    }
    return true;
}

/* The next record, its content at the end of `out`, or among the log's lines.  false: the connection is at its end. */
static bool
receive_record(int fd, text *out, text *log, int *type)
{
    FCGI_Header header;

    if (!receive(fd, &header, sizeof(header)))
        return false;
    size_t size = (size_t)header.contentLengthB1 << 8 | header.contentLengthB0;
    text  *to = header.type == FCGI_STDERR ? log : out;
    char  *content = grow(to, size + header.paddingLength);
    if (content == NULL || !receive(fd, content, size + header.paddingLength))
        return false;
    to->size -= header.paddingLength;
    *type = header.type;
    return true;
}

static bool
receive_answer(int fd, text *out)
{
    FCGI_EndRequestBody end;
    text                log = {0};
    int                 type = 0;

    while (receive_record(fd, out, &log, &type) && type != FCGI_END_REQUEST)
        ;
    if (log.size > 0 && write(STDERR_FILENO, log.data, log.size) < 0)
        web_log("the warm process said something that could not be written here");
    free(log.data);
    if (type != FCGI_END_REQUEST || out->size <= sizeof(end))
        return false;
    out->size -= sizeof(end);
    memcpy(&end, out->data + out->size, sizeof(end));
    return end.protocolStatus == FCGI_REQUEST_COMPLETE;
}

web_relayed
web_relay(int fd, char *const *list, const char *body, size_t size, web_answer *answer)
{
    const struct timeval patience = {.tv_sec = ANSWER_S};
    text                 out = {0};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    web_relayed became = send_request(fd, list, body, size);
    if (became == WEB_RELAY_LOST && receive_answer(fd, &out))
        became = WEB_RELAY_ANSWERED;
    close(fd);
    if (became != WEB_RELAY_ANSWERED) {
        free(out.data);
        out = (text){0};
    }
    *answer = (web_answer){out.data, out.size};
    return became;
}
