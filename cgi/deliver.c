/*
 * Webhooks, posted: many at once, for a worker that only reads what became of each.
 *
 * Receivers are strangers.  Each address is judged as it is connected to, so a name may resolve to whatever it likes;
 * redirects are not followed, proxies of the environment are not used, certificates are verified, and of an answer
 * nothing counts but its status and Retry-After.  Connections are kept for the next message to the same host.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "http.h"

enum { CONNECT_S = 10, ANSWER_S = 15, ANSWER_MOST = 65536, KEPT = 64, WAIT_MS = 1000, HEADER_MOST = 1024 };

typedef struct posting {
    CURL              *curl;
    cJSON             *said; /* holds what is posted */
    struct curl_slist *headers;
    size_t             heard;
    http_guard         guard;
    struct sender     *of;
} posting;

typedef struct sender {
    CURLM             *multi;
    const char *const *permitted;
    int                in, out;
    bool               more; /* there may be more to read */
    char              *text; /* what was read and is no whole line yet */
    size_t             size, room;
} sender;

/* ---- one message ---------------------------------------------------------------------------------- */

/* Nothing is kept of it; too much of it ends the call, and its status counts all the same. */
static size_t
hear(char *data, size_t one, size_t size, void *ctx)
{
    posting *p = ctx;

    (void)data;
    p->heard += one * size;
    return p->heard <= ANSWER_MOST ? one * size : 0;
}

static void
header(posting *p, const char *name, const char *value)
{
    char line[HEADER_MOST];

    snprintf(line, sizeof(line), "%s: %s", name, value);
    p->headers = need(curl_slist_append(p->headers, line));
}

static const char *
text_in(const cJSON *said, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(said, name));

    return text != NULL ? text : "";
}

static void
options_set(posting *p)
{
    CURL *c = p->curl;

    http_prepare(c, true, true, CONNECT_S, ANSWER_S);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    http_guarded(c, &p->guard);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(c, CURLOPT_PRIVATE, p);
}

static void
begin(sender *s, cJSON *said)
{
    posting *p = need(calloc(1, sizeof(*p)));

    p->of = s;
    p->guard.permitted = s->permitted;
    p->said = said;
    p->curl = need(curl_easy_init());
    options_set(p);
    header(p, "Content-Type", "application/json");
    header(p, "Expect", "");
    header(p, "webhook-id", text_in(said, "id"));
    header(p, "webhook-timestamp", text_in(said, "timestamp"));
    header(p, "webhook-signature", text_in(said, "signature"));
    curl_easy_setopt(p->curl, CURLOPT_URL, text_in(said, "url"));
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text_in(said, "body")));
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, text_in(said, "body"));
    curl_multi_add_handle(s->multi, p->curl);
}

enum {
#define X(code, sentence) WHY_##code,
    CC_UNDELIVERED(X)
#undef X
};

static const char *const codes[] = {
#define X(code, sentence) #code,
    CC_UNDELIVERED(X)
#undef X
};

/* Why there was no answer. */
static int
reason(const posting *p, CURLcode code)
{
    if (p->guard.refused)
        return WHY_ADDRESS_REFUSED;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return WHY_HOST_NOT_FOUND;
    case CURLE_COULDNT_CONNECT: return WHY_NOT_CONNECTED;
    case CURLE_OPERATION_TIMEDOUT: return WHY_TOO_SLOW;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR: return WHY_NOT_SAFE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return WHY_URL_UNREADABLE;
    default: return WHY_NOT_HTTP;
    }
}

static bool
tell(const sender *s, const char *line, size_t size)
{
    while (size > 0) {
        ssize_t n = write(s->out, line, size);
        if (n < 0 && errno != EINTR)
            return false;
        line += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* false: nobody listens any more. */
static bool
conclude(sender *s, CURL *curl, CURLcode code)
{
    posting   *p = NULL;
    long       status = 0;
    curl_off_t retry_after = 0;
    char       line[512];

    curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&p);
    if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(p->said, "n");
    int          size = snprintf(line, sizeof(line), "{\"n\":%d,\"status\":%ld,\"retryAfter\":%lld,\"error\":\"%s\"}\n",
                        n != NULL ? n->valueint : -1, status, (long long)retry_after,
                        status != 0 ? "" : codes[reason(p, code)]);
    curl_multi_remove_handle(s->multi, curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(p->headers);
    cJSON_Delete(p->said);
    free(p);
    return tell(s, line, (size_t)size);
}

/* ---- all of them ---------------------------------------------------------------------------------- */

static void
lines_begin(sender *s)
{
    char *at = s->text, *end;

    while ((end = memchr(at, '\n', s->size - (size_t)(at - s->text))) != NULL) {
        *end = '\0';
        cJSON *said = cJSON_Parse(at);
        if (said != NULL)
            begin(s, said);
        at = end + 1;
    }
    s->size -= (size_t)(at - s->text);
    memmove(s->text, at, s->size);
}

/* What is there to read, without waiting. */
static void
read_in(sender *s)
{
    ssize_t n;

    do {
        if (s->room - s->size < 65536)
            s->text = need(realloc(s->text, s->room += 262144));
        n = read(s->in, s->text + s->size, s->room - s->size);
        if (n > 0)
            s->size += (size_t)n;
    } while (n > 0);
    s->more = n < 0 && (errno == EAGAIN || errno == EINTR);
    lines_begin(s);
}

static bool
done_tell(sender *s)
{
    CURLMsg *m;
    bool     fine = true;
    int      left;

    while (fine && (m = curl_multi_info_read(s->multi, &left)) != NULL)
        if (m->msg == CURLMSG_DONE)
            fine = conclude(s, m->easy_handle, m->data.result);
    return fine;
}

int
deliver_run(const char *const *permitted, int in, int out)
{
    sender s = {.permitted = permitted, .in = in, .out = out, .more = true};
    int    running = 0;
    bool   fine = true;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (s.multi = curl_multi_init()) == NULL)
        return EXIT_TROUBLE;
    fcntl(in, F_SETFL, O_NONBLOCK);
    curl_multi_setopt(s.multi, CURLMOPT_MAXCONNECTS, (long)KEPT);
    while (fine && (s.more || running > 0)) {
        struct curl_waitfd fd = {.fd = in, .events = CURL_WAIT_POLLIN};
        if (s.more)
            read_in(&s);
        curl_multi_perform(s.multi, &running);
        fine = done_tell(&s);
        if (fine && (s.more || running > 0))
            curl_multi_poll(s.multi, &fd, s.more ? 1 : 0, WAIT_MS, NULL);
    }
    curl_multi_cleanup(s.multi);
    free(s.text);
    return EXIT_FINE;
}
