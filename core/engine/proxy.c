/*
 * Reading and rewriting the head of a request to the proxy.  Pure: no descriptor, no address, no policy.
 */
#include "engine/proxy.h"

#include <ctype.h>
#include <strings.h>

/* ---- small steps ----------------------------------------------------------------------------- */

static bool
is_token(const char *s, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)s[i]) && (!s[i] || !strchr("!#$%&'*+-.^_`|~", s[i])))
            return false;
    return size > 0;
}

static bool
is(cc_text t, const char *word)
{
    return t.size == strlen(word) && strncasecmp(t.s, word, t.size) == 0;
}

static cc_text
trimmed(const char *s, size_t size)
{
    while (size > 0 && (*s == ' ' || *s == '\t'))
        s++, size--;
    while (size > 0 && (s[size - 1] == ' ' || s[size - 1] == '\t'))
        size--;
    return (cc_text){s, size};
}

/* The next line, without its end; false: there is none, or it is not one. */
static bool
line_next(const char **p, const char *end, cc_text *line)
{
    const char *stop = memchr(*p, '\r', (size_t)(end - *p));

    if (!stop || stop + 1 >= end || stop[1] != '\n')
        return false;
    *line = (cc_text){*p, (size_t)(stop - *p)};
    *p = stop + 2;
    for (size_t i = 0; i < line->size; i++)
        if (((unsigned char)line->s[i] < 0x20 && line->s[i] != '\t') || line->s[i] == 0x7f)
            return false;
    return true;
}

static bool
field_split(cc_text line, cc_text *name, cc_text *value)
{
    const char *colon = memchr(line.s, ':', line.size);

    if (!colon || !is_token(line.s, (size_t)(colon - line.s)))
        return false;
    *name = (cc_text){line.s, (size_t)(colon - line.s)};
    *value = trimmed(colon + 1, line.size - name->size - 1);
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* "http://host[:port][/path]" */
static bool
target_read(cc_text target, cc_proxy_request *out)
{
    static const char scheme[] = "http://";
    const size_t      skip = sizeof(scheme) - 1;

    if (target.size < skip || strncasecmp(target.s, scheme, skip) != 0)
        return false;
    const char *from = target.s + skip, *end = target.s + target.size, *slash = from;
    while (slash < end && *slash != '/' && *slash != '?')
        slash++;
    if (memchr(from, '@', (size_t)(slash - from)) || memchr(slash, '#', (size_t)(end - slash)) ||
        !cc_endpoint_read(from, (size_t)(slash - from), &out->to))
        return false;
    out->path = (cc_text){slash, (size_t)(end - slash)};
    if (!out->to.port)
        out->to.port = 80;
    return true;
}

static bool
request_line_read(cc_text line, cc_proxy_request *out)
{
    const char *end = line.s + line.size, *first = memchr(line.s, ' ', line.size);
    const char *second = first ? memchr(first + 1, ' ', (size_t)(end - first) - 1) : NULL;

    if (!second)
        return false;
    cc_text target = {first + 1, (size_t)(second - first) - 1}, version = {second + 1, (size_t)(end - second) - 1};
    out->method = (cc_text){line.s, (size_t)(first - line.s)};
    out->connect = is(out->method, "CONNECT");
    if (!is_token(out->method.s, out->method.size) || (!is(version, "HTTP/1.1") && !is(version, "HTTP/1.0")))
        return false;
    for (size_t i = 0; i < target.size; i++)
        if ((unsigned char)target.s[i] <= ' ' || (unsigned char)target.s[i] >= 0x7f)
            return false;
    if (out->connect)
        return cc_endpoint_read(target.s, target.size, &out->to) && out->to.port != 0;
    return target_read(target, out);
}

static void
credentials_read(cc_text value, cc_proxy_request *out)
{
    static const char scheme[] = "Basic ";
    const size_t      skip = sizeof(scheme) - 1;

    if (value.size > skip && strncasecmp(value.s, scheme, skip) == 0)
        out->credentials = trimmed(value.s + skip, value.size - skip);
}

int
cc_proxy_read(const char *head, size_t size, cc_proxy_request *out)
{
    const char *p = head, *end = head + size;
    cc_text     line, name, value;
    cc_address  a;

    *out = (cc_proxy_request){0};
    if (!line_next(&p, end, &line) || !request_line_read(line, out) ||
        cc_host_read(out->to.host, out->to.size, &a) == CC_HOST_BAD)
        return 400;
    out->fields.s = p;
    while (line_next(&p, end, &line)) {
        if (line.size == 0)
            return p == end ? 0 : 400;
        out->fields.size = (size_t)(p - out->fields.s);
        if (!field_split(line, &name, &value))
            return 400;
        if (is(name, "Proxy-Authorization"))
            credentials_read(value, out);
    }
    return 400;
}

/* ---- writing --------------------------------------------------------------------------------- */

/*
 * Fields that end here (RFC 9110, 7.6.1), with whatever else is addressed to a proxy.  Transfer-Encoding is one by that
 * book, but the body goes on as it came.
 */
static bool
ends_here(cc_text name)
{
    static const char *const names[] = {"Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Host"};

    if (name.size >= 6 && strncasecmp(name.s, "Proxy-", 6) == 0)
        return true;
    for (size_t i = 0; i < CC_COUNT(names); i++)
        if (is(name, names[i]))
            return true;
    return false;
}

/* Does a Connection field name it?  What says where the body ends stays in any case. */
static bool
named_by_connection(const cc_proxy_request *r, cc_text wanted)
{
    const char *p = r->fields.s, *end = p + r->fields.size;
    cc_text     line, name, value;

    if (is(wanted, "Content-Length") || is(wanted, "Transfer-Encoding"))
        return false;
    while (line_next(&p, end, &line)) {
        if (!field_split(line, &name, &value) || !is(name, "Connection"))
            continue;
        for (const char *q = value.s, *stop = value.s + value.size; q < stop;) {
            const char *comma = memchr(q, ',', (size_t)(stop - q));
            cc_text     word = trimmed(q, (size_t)((comma ? comma : stop) - q));
            if (word.size == wanted.size && strncasecmp(word.s, wanted.s, word.size) == 0)
                return true;
            q = comma ? comma + 1 : stop;
        }
    }
    return false;
}

void
cc_proxy_write(cc_buf *b, const cc_proxy_request *r)
{
    const char *p = r->fields.s, *end = p + r->fields.size;
    bool        brackets = memchr(r->to.host, ':', r->to.size) != NULL;
    cc_text     line, name, value;

    cc_put(b, r->method.s, r->method.size);
    cc_puts(b, r->path.size && r->path.s[0] == '/' ? " " : " /");
    cc_put(b, r->path.s, r->path.size);
    cc_putf(b, " HTTP/1.1\r\nHost: %s%.*s%s", brackets ? "[" : "", (int)r->to.size, r->to.host, brackets ? "]" : "");
    if (r->to.port != 80)
        cc_putf(b, ":%u", r->to.port);
    cc_puts(b, "\r\nConnection: close\r\n");
    while (line_next(&p, end, &line)) {
        if (field_split(line, &name, &value) && !ends_here(name) && !named_by_connection(r, name)) {
            cc_put(b, line.s, line.size);
            cc_puts(b, "\r\n");
        }
    }
    cc_puts(b, "\r\n");
}
