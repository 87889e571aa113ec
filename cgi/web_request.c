/*
 * From a web server's names and values to a cc_request.
 *
 * Nothing here judges a request: what is missing or strange goes on to the core, which answers for it.  HTTP_PROXY and
 * every other variable not in the tables below is never looked at; what a client sends as "Proxy:" must not steer us.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "web.h"

enum { MOST_DIGITS = 18 }; /* of a length; any such number fits */

typedef struct variable {
    const char *name;
    size_t      name_size;
    size_t      offset; /* of the const char * in web_request */
} variable;

#define VARIABLE(name, member)                                                                                         \
    {                                                                                                                  \
        name, sizeof(name) - 1, offsetof(web_request, member)                                                          \
    }

static const variable variables[] = {
#define X(name, http, cgi) VARIABLE(cgi, core.header[CC_H_##name]),
    CC_HEADERS(X)
#undef X
        VARIABLE("REQUEST_METHOD", core.method),
    VARIABLE("REQUEST_URI", core.uri),
    VARIABLE("REMOTE_ADDR", core.remote_addr),
    VARIABLE("CONTENT_LENGTH", content_length),
    VARIABLE("HTTP_TRANSFER_ENCODING", transfer_encoding),
    VARIABLE("REDIRECT_HTTP_AUTHORIZATION", redirected_authorization),
    VARIABLE("SCRIPT_NAME", script_name),
    VARIABLE("PATH_INFO", path_info),
    VARIABLE("QUERY_STRING", query),
    VARIABLE("REDIRECT_STATUS", redirect_status),
    VARIABLE("HTTPS", https),
    VARIABLE("REQUEST_SCHEME", scheme),
};

enum {
    VARIABLES = sizeof(variables) / sizeof(variables[0]),
    SIZES = 32, /* of names, that are told apart */
};

/* Most are none, and need no call to show it. */
static bool
is_header(const char *pair)
{
    return pair[0] == 'H' && strncmp(pair, "HTTP_", 5) == 0;
}

/*
 * Two headers that CGI has one name for, as X-Forwarded-For, which a proxy set, and X_Forwarded_For, which its client
 * did: lighttpd hands over both, and nobody can tell whose word is whose.  What is sent twice comes joined in one.
 */
static bool
is_another(const char *pair, const char *was, const char *value)
{
    return is_header(pair) && was != NULL && was[0] != '\0' && value[0] != '\0' && strcmp(was, value) != 0;
}

/*
 * The variables by the size of their names, so that a name is compared with the two or three of its own size: a web
 * server sets thirty variables, and comparing each with all of ours was an eighth of what a request costs here.
 */
typedef struct name_index {
    unsigned char first[SIZES + 1]; /* where in `at` the names of that size begin; the next one is their end */
    unsigned char at[VARIABLES];    /* in variables[] */
} name_index;

/* Made by a process's first request; plain CGI does not notice. */
static const name_index *
names(void)
{
    static name_index index;
    size_t            n = 0;

    if (index.first[SIZES] == VARIABLES)
        return &index;
    for (size_t size = 0; size < SIZES; size++) {
        index.first[size] = (unsigned char)n;
        for (size_t i = 0; i < VARIABLES; i++)
            if (variables[i].name_size % SIZES == size)
                index.at[n++] = (unsigned char)i;
    }
    index.first[SIZES] = VARIABLES;
    return &index;
}

static const variable *
variable_find(const char *name, size_t size)
{
    const name_index *index = names();

    for (size_t i = index->first[size % SIZES]; i < index->first[size % SIZES + 1]; i++) {
        const variable *v = &variables[index->at[i]];
        if (v->name_size == size && v->name[size - 1] == name[size - 1] && memcmp(v->name, name, size) == 0)
            return v;
    }
    return NULL;
}

/* One walk over the list; asking for each name in turn would walk it twenty times. */
static void
take(web_request *w, const char *pair)
{
    const char     *equals = strchr(pair, '='), *was;
    const variable *v = equals != NULL ? variable_find(pair, (size_t)(equals - pair)) : NULL;

    if (v == NULL)
        return;
    const char *value = equals + 1;
    memcpy(&was, (const char *)w + v->offset, sizeof(was));
    if (is_another(pair, was, value))
        w->refused = CC_E_VALIDATION;
    memcpy((char *)w + v->offset, &value, sizeof(value));
}

/* "HTTP_ACCEPT=text/html" was "Accept: text/html" and the end of a line. */
static size_t
header_size(const char *pair)
{
    return is_header(pair) ? strlen(pair) - strlen("HTTP_") + strlen(": \r\n") - strlen("=") : 0;
}

/*
 * Apache's mod_rewrite sets HTTP_AUTHORIZATION even when the client sent nothing, and most servers set CONTENT_TYPE to
 * nothing: an empty one was not sent.
 */
static const char *
not_empty(const char *value)
{
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/*
 * How long is the body?  Without a length there is none, except where HTTP can still bring one: chunked, or by HTTP/2,
 * whose requests need neither header.  Then it ends where the web server's stream ends.  No web server lets a length
 * through that is no number; should one do so, nothing is guessed.
 */
static void
read_length(web_request *w)
{
    static const char *const with_body[] = {"POST", "PATCH", "PUT"};
    const char              *text = not_empty(w->content_length);
    int64_t                 *size = &w->core.content_length;

    if (text != NULL) {
        size_t digits = strspn(text, "0123456789");
        if (text[digits] != '\0')
            w->refused = CC_E_VALIDATION;
        else if (digits > MOST_DIGITS)
            w->refused = CC_E_PAYLOAD_TOO_LARGE;
        else
            *size = strtoll(text, NULL, 10);
        return;
    }
    if (not_empty(w->transfer_encoding) != NULL)
        *size = -1;
    for (size_t i = 0; i < sizeof(with_body) / sizeof(with_body[0]); i++)
        if (strcmp(w->core.method, with_body[i]) == 0)
            *size = -1;
}

/* Did https end at this web server?  What a proxy in front of it says, the core judges. */
static bool
is_secure(const web_request *w)
{
    static const char *const yes[] = {"on", "1", "https"};

    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if ((w->https != NULL && strcasecmp(w->https, yes[i]) == 0) ||
            (w->scheme != NULL && strcasecmp(w->scheme, yes[i]) == 0))
            return true;
    return false;
}

static size_t
length(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

/* SCRIPT_NAME and PATH_INFO come decoded (RFC 3875, 4.1.5): write again as %XX what has a meaning of its own in a URI.
 */
static char *
put_path(char *to, const char *path)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; path != NULL && *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        if (c <= ' ' || c >= 0x7f || strchr("%?#\"<>\\^`{|}", c) != NULL) {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        } else {
            *to++ = (char)c;
        }
    }
    return to;
}

static char *
make_uri(const web_request *w)
{
    size_t query_size = length(w->query);
    char  *uri = malloc(3 * (length(w->script_name) + length(w->path_info)) + query_size + 2);

    if (uri == NULL)
        return NULL;
    char *end = put_path(put_path(uri, w->script_name), w->path_info);
    if (query_size > 0) {
        *end++ = '?';
        memcpy(end, w->query, query_size);
        end += query_size;
    }
    *end = '\0';
    return uri;
}

/* In our words what a web server refuses. */
static cc_err
refusal(int status)
{
    switch (status) {
    case 403: return CC_E_FORBIDDEN;
    case 404: return CC_E_NOT_FOUND;
    case 405:
    case 501: return CC_E_METHOD_NOT_ALLOWED; /* it knows no such method */
    case 413: return CC_E_PAYLOAD_TOO_LARGE;
    case 414: return CC_E_URI_TOO_LONG;
    case 431: return CC_E_HEADERS_TOO_LARGE;
    default: return status >= 500 ? CC_E_UNAVAILABLE : CC_E_VALIDATION;
    }
}

/*
 * lighttpd refuses some requests before it asks anybody: bodies over its own limit, headers too long, and every POST
 * without a Content-Length, which is what `curl -X POST` sends.  Its server.error-handler then asks us for words, by a
 * GET of the same URI with the status it would have sent in REDIRECT_STATUS (a plain 200 otherwise).  Apache's
 * ErrorDocument works alike.
 */
static void
read_redirect(web_request *w)
{
    int status = w->redirect_status != NULL ? atoi(w->redirect_status) : 0;

    if (status < 400)
        return;
    if (status == 411 && strcmp(w->core.method, "GET") == 0) {
        w->core.method = "POST"; /* the only method this happens to; there is no body, so it is whole */
        w->core.content_length = 0;
    } else {
        w->refused = refusal(status);
    }
}

void
web_request_read(web_request *w, char *const *list)
{
    cc_request *core = &w->core;

    memset(w, 0, sizeof(*w));
    for (; *list != NULL; list++) {
        take(w, *list);
        core->header_bytes += header_size(*list);
    }

    if (core->method == NULL)
        core->method = "";
    if (not_empty(core->uri) == NULL) {
        w->uri = make_uri(w);
        core->uri = w->uri != NULL ? w->uri : "";
    }
    core->header[CC_H_AUTHORIZATION] = not_empty(core->header[CC_H_AUTHORIZATION]);
    if (core->header[CC_H_AUTHORIZATION] == NULL)
        core->header[CC_H_AUTHORIZATION] = not_empty(w->redirected_authorization);
    core->header[CC_H_CONTENT_TYPE] = not_empty(core->header[CC_H_CONTENT_TYPE]);
    core->remote_addr = not_empty(core->remote_addr);
    read_length(w);
    core->secure = is_secure(w);
    read_redirect(w);
}

void
web_request_done(web_request *w)
{
    free(w->uri);
    w->uri = NULL;
}
