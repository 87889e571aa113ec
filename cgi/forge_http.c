/*
 * One request to a forge after another.
 *
 * The token goes out in one header, to the host that the operator's settings name and to no other: redirects are
 * refused rather than followed, proxies of the environment are not used, certificates are verified, and without TLS
 * only this machine itself is spoken to.  A log, which forges keep elsewhere, is fetched from there without the token,
 * and only from a public address.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "forge.h"
#include "http.h"

enum { CONNECT_S = 10, ANSWER_S = 30, ANSWER_MOST = 8 * 1024 * 1024, URL_MOST = 2048 };

/* ---- addresses ------------------------------------------------------------------------------------ */

/* Without TLS the token could be read on the way: only to this machine itself. */
static bool
is_here(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
        if (strncmp(url, here[i], strlen(here[i])) == 0 && strchr(":/", url[strlen(here[i])]) != NULL)
            return true;
    return false;
}

/* Names that may stand in a URL as they are, and no "..". */
static bool
name_fits(const char *name, size_t size)
{
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

    return size > 0 && size < 128 && strspn(name, fine) >= size && name[0] != '.';
}

/* https://HOST/OWNER/REPOSITORY, ssh://git@HOST/OWNER/REPOSITORY or git@HOST:OWNER/REPOSITORY; .git may follow. */
char *
forge_path(forge *f, bool nested)
{
    const char *url = f->call->repository, *scheme = strstr(url, "://");
    const char *path = scheme != NULL ? strchr(scheme + 3, '/') : strchr(url, ':');
    size_t      size = path != NULL ? strlen(++path) : 0, parts = 0;

    if (size > 0 && path[size - 1] == '/')
        size--;
    if (size > 4 && strncmp(path + size - 4, ".git", 4) == 0)
        size -= 4;
    for (size_t at = 0, n; at < size; at += n + 1, parts++) {
        const char *slash = memchr(path + at, '/', size - at);
        n = slash != NULL ? (size_t)(slash - path) - at : size - at;
        if (!name_fits(path + at, n)) {
            parts = 0;
            break;
        }
    }
    if (parts == 2 || (nested && parts > 2))
        return make_text("%.*s", (int)size, path);
    forge_fail(f, "the repository's address does not end with an owner and a name");
    return NULL;
}

char *
forge_escape(forge *f, const char *text)
{
    char *escaped = need(curl_easy_escape(f->curl, text, 0)), *copy = make_text("%s", escaped);

    curl_free(escaped);
    return copy;
}

char *
forge_escape_path(forge *f, const char *text)
{
    char *escaped = forge_escape(f, text), *to = escaped;

    for (const char *c = escaped; *c != '\0'; to++)
        if (strncmp(c, "%2F", 3) == 0) {
            *to = '/';
            c += 3;
        } else {
            *to = *c++;
        }
    *to = '\0';
    return escaped;
}

bool
forge_at(forge *f, const char *what, char *path)
{
    const char *api = f->call->api;
    size_t      n = strlen(api);

    while (n > 0 && api[n - 1] == '/')
        n--;
    f->at = make_text("%.*s/%s/%s", (int)n, api, what, path);
    free(path);
    return true;
}

/* ---- the connection ------------------------------------------------------------------------------- */

static size_t
hear(char *data, size_t one, size_t size, void *ctx)
{
    forge *f = ctx;
    char  *more = f->text_size + size < ANSWER_MOST ? realloc(f->text, f->text_size + size + 1) : NULL;

    if (more == NULL)
        return 0;
    f->text = more;
    memcpy(f->text + f->text_size, data, size * one);
    f->text_size += size;
    f->text[f->text_size] = '\0';
    return size;
}

/* The value of a header's line, if it is this one: without spaces around it. */
static const char *
header_is(const char *line, size_t size, const char *name, size_t *value_size)
{
    size_t n = strlen(name);

    if (size <= n || strncasecmp(line, name, n) != 0)
        return NULL;
    while (n < size && line[n] == ' ')
        n++;
    while (size > n && strchr(" \r\n", line[size - 1]) != NULL)
        size--;
    *value_size = size - n;
    return line + n;
}

/* GitHub says how many questions are left and when there will be more; GitLab does it without the "X-". */
static void
hear_limit(forge *f, const char *line, size_t size)
{
    static const char *const left[] = {"x-ratelimit-remaining:", "ratelimit-remaining:"};
    static const char *const when[] = {"x-ratelimit-reset:", "ratelimit-reset:"};
    const char              *value;
    size_t                   n;

    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        if ((value = header_is(line, size, left[i], &n)) != NULL)
            f->spent = n == 1 && *value == '0';
        if ((value = header_is(line, size, when[i], &n)) != NULL && n > 0 && n < 12 && *value >= '0' && *value <= '9')
            f->again_at = strtoll(value, NULL, 10);
    }
}

static size_t
hear_header(char *line, size_t one, size_t size, void *ctx)
{
    forge      *f = ctx;
    const char *value;
    size_t      n;

    size *= one;
    if ((value = header_is(line, size, "etag:", &n)) != NULL && n < sizeof(f->etag))
        snprintf(f->etag, sizeof(f->etag), "%.*s", (int)n, value);
    if ((value = header_is(line, size, "retry-after:", &n)) != NULL && n > 0 && n < 7 && *value >= '0' && *value <= '9')
        f->retry_after = strtol(value, NULL, 10);
    hear_limit(f, line, size);
    return size;
}

bool
forge_header(forge *f, const char *format, ...)
{
    char    line[1024];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    struct curl_slist *more = n > 0 && n < (int)sizeof(line) ? curl_slist_append(f->headers, line) : NULL;
    f->headers = more != NULL ? more : f->headers;
    return more != NULL || forge_fail(f, "the token is too long");
}

bool
forge_http_open(forge *f)
{
    const char *token = f->call->token, *api = f->call->api;
    bool        here = is_here(api);

    for (const char *c = token; *c != '\0'; c++)
        if (*c <= 0x20 || *c >= 0x7f)
            return forge_fail(f, "the token holds characters that no token has");
    if (strncmp(api, "https://", 8) != 0 && !here)
        return forge_fail(f, "the address of its API must begin with https://");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (f->curl = curl_easy_init()) == NULL)
        return forge_fail(f, "there is not enough memory");
    CURL *c = f->curl;
    http_prepare(c, here, !here, CONNECT_S, ANSWER_S);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
    return forge_header(f, "Content-Type: application/json") && forge_header(f, "Expect:");
}

void
forge_http_close(forge *f)
{
    cJSON_Delete(f->json);
    free(f->text);
    free(f->at);
    curl_slist_free_all(f->headers);
    curl_easy_cleanup(f->curl);
}

/* ---- one request ---------------------------------------------------------------------------------- */

static void
forget_answer(forge *f)
{
    cJSON_Delete(f->json);
    f->json = NULL;
    f->status = 0;
    f->text_size = 0;
    f->etag[0] = '\0';
    f->retry_after = 0;
    f->spent = false;
    f->again_at = 0;
    if (f->text != NULL)
        f->text[0] = '\0';
}

/* With the headers of every request, and the condition in front of them. */
static CURLcode
perform_with(forge *f, struct curl_slist *headers)
{
    char              *line = f->condition != NULL ? make_text("If-None-Match: %s", f->condition) : NULL;
    struct curl_slist *first = line != NULL ? need(curl_slist_append(NULL, line)) : NULL;

    if (first != NULL)
        first->next = headers;
    curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, first != NULL ? first : headers);
    CURLcode code = curl_easy_perform(f->curl);
    curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, NULL);
    if (first != NULL)
        first->next = NULL;
    curl_slist_free_all(first);
    free(line);
    return code;
}

static bool
perform(forge *f, const char *url, struct curl_slist *headers)
{
    curl_easy_setopt(f->curl, CURLOPT_URL, url);
    CURLcode code = perform_with(f, headers);
    if (code != CURLE_OK)
        return forge_fail(f, "%s did not answer: %s", f->call->api, curl_easy_strerror(code));
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->status);
    if ((f->status == 403 || f->status == 429) && f->retry_after == 0 && f->spent &&
        f->again_at > (long long)time(NULL))
        f->retry_after = (long)(f->again_at - (long long)time(NULL));
    return true;
}

static void
method_set(forge *f, const char *method, const char *body)
{
    curl_easy_setopt(f->curl, CURLOPT_HTTPGET, 1L);
    if (body != NULL) {
        curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(f->curl, CURLOPT_COPYPOSTFIELDS, body);
    }
    curl_easy_setopt(f->curl, CURLOPT_CUSTOMREQUEST, strcmp(method, "GET") == 0 ? NULL : method);
}

static bool __attribute__((format(printf, 3, 0)))
url_make(const forge *f, char url[URL_MOST], const char *below, va_list args)
{
    int n = snprintf(url, URL_MOST, "%s", f->at), m = -1;

    if (n < URL_MOST)
        m = vsnprintf(url + n, (size_t)(URL_MOST - n), below, args);
    return m >= 0 && n + m < URL_MOST;
}

bool
forge_ask(forge *f, const char *method, cJSON *body, const char *below, ...)
{
    char    url[URL_MOST], *text = body != NULL ? need(cJSON_PrintUnformatted(body)) : NULL;
    va_list args;

    va_start(args, below);
    bool fine = url_make(f, url, below, args);
    va_end(args);
    if (fine) {
        forget_answer(f);
        method_set(f, method, text);
        fine = perform(f, url, f->headers);
        f->json = fine && f->text_size > 0 ? cJSON_Parse(f->text) : NULL;
    } else {
        forge_fail(f, "the address is too long");
    }
    free(text);
    cJSON_Delete(body);
    return fine;
}

/* ---- a text that may be elsewhere ----------------------------------------------------------------- */

static bool
is_public(const struct sockaddr *address)
{
    char        text[INET6_ADDRSTRLEN];
    const void *bytes = address->sa_family == AF_INET
                            ? (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr
                            : &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

    return inet_ntop(address->sa_family, bytes, text, sizeof(text)) != NULL && cc_host_public(text, strlen(text));
}

/* Asked of each address before it is spoken to: what a forge names may not be a way into this network. */
static curl_socket_t
socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)ctx;
    if (purpose != CURLSOCKTYPE_IPCXN || !is_public(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool
elsewhere(forge *f, const char *where)
{
    char *url = where != NULL ? make_text("%s", where) : NULL;
    bool  fine = url != NULL && (strncmp(url, "https://", 8) == 0 || (is_here(f->call->api) && is_here(url)));

    if (fine) {
        forget_answer(f);
        if (!is_here(url))
            curl_easy_setopt(f->curl, CURLOPT_OPENSOCKETFUNCTION, socket_open);
        fine = perform(f, url, NULL);
        curl_easy_setopt(f->curl, CURLOPT_OPENSOCKETFUNCTION, NULL);
    }
    free(url);
    return fine;
}

/* The last part, from the begin of a line on; what is no text is left out. */
static char *
tail(const char *text, size_t size)
{
    const char *from = size > FORGE_LOG_TEXT ? text + size - FORGE_LOG_TEXT : text, *line = strchr(from, '\n');
    char       *out = make_text("%s", from > text && line != NULL ? line + 1 : from), *to = out;

    for (const char *c = out; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t')
            *to++ = *c;
    *to = '\0';
    return out;
}

bool
forge_log(forge *f, char **text, const char *below, ...)
{
    char    url[URL_MOST];
    va_list args;

    *text = NULL;
    va_start(args, below);
    bool fine = url_make(f, url, below, args);
    va_end(args);
    if (!fine)
        return false;
    forget_answer(f);
    method_set(f, "GET", NULL);
    if (!perform(f, url, f->headers))
        return false;
    if (f->status >= 300 && f->status < 400) {
        char *where = NULL;
        curl_easy_getinfo(f->curl, CURLINFO_REDIRECT_URL, &where);
        if (!elsewhere(f, where))
            return false;
    }
    if (f->status == 200 && f->text_size > 0)
        *text = tail(f->text, f->text_size);
    return *text != NULL;
}
