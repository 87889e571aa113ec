/*
 * The envelope around every answer, and the headers in front of it (contract sections 1 and 4).
 *
 * The success envelope is opened before the handler runs, so that rows are written once, straight to where they are
 * sent from.  An error throws away what was written and starts again.
 */
#include "gate/envelope.h"

#include "gate/page.h"

void
cc_envelope_open(cc_req *r)
{
    r->out.size = 0;
    if (!(r->route->flags & CC_ROUTE_OWN_BODY))
        cc_puts(&r->out, "{\"data\":");
}

/*
 * Link: <?limit=5&cursor=…>; rel="next" (RFC 8288): the same question, from where this page ends.  A query alone keeps
 * the path that was asked (RFC 3986, 5.2.2), whatever a proxy in front has put before it.
 */
static void
link_next(cc_req *r, const char *cursor)
{
    char sep = '?';

    cc_puts(&r->extra, "Link: <");
    if (r->by_alias) {
        cc_puts(&r->extra, "?id=");
        cc_put_url(&r->extra, r->id, strlen(r->id));
        sep = '&';
    }
    for (size_t i = 0; i < r->query.count; i++) {
        if (!r->query.values[i].present || strcmp(r->query.fields[i]->name, "cursor") == 0 ||
            cc_route_gives(r->route, r->query.fields[i]))
            continue;
        cc_putf(&r->extra, "%c%s=", sep, r->query.fields[i]->name);
        cc_put_url(&r->extra, r->query.values[i].s, r->query.values[i].size);
        sep = '&';
    }
    cc_putf(&r->extra, "%ccursor=%s>; rel=\"next\"\r\n", sep, cursor);
}

cc_err
cc_envelope_close(cc_req *r)
{
    char   cursor[64];
    cc_err err;

    if ((r->route->flags & CC_ROUTE_OWN_BODY) || r->event_stream || r->file_type)
        return CC_OK;
    if (r->route->flags & CC_ROUTE_LISTED) {
        if (r->page.next[0]) {
            if ((err = cc_page_cursor(r, r->page.next, cursor, sizeof(cursor))) != CC_OK)
                return err;
            cc_putf(&r->out, ",\"nextCursor\":\"%s\",\"hasMore\":true", cursor);
            link_next(r, cursor);
        } else {
            cc_puts(&r->out,
                    r->page.more ? ",\"nextCursor\":null,\"hasMore\":true" : ",\"nextCursor\":null,\"hasMore\":false");
        }
    }
    cc_putc(&r->out, '}');
    return CC_OK;
}

/* The members of RFC 9457.  The type is the page that explains the code, which is what programs compare. */
static void
problem_begin(cc_req *r, cc_err err, const char *message)
{
    const char *base = r->path.base ? r->path.base : "";

    cc_puts(&r->out, "{\"type\":\"");
    cc_puts(&r->out, base); /* of a path that was checked: nothing in it would have to be escaped */
    cc_puts(&r->out, "/docs/en/errors.html#error-");
    for (const char *p = cc_err_code(err); *p; p++)
        cc_putc(&r->out, *p == '_' ? '-' : (char)(*p - 'A' + 'a'));
    cc_puts(&r->out, "\",\"title\":");
    cc_put_json(&r->out, cc_err_message(err), strlen(cc_err_message(err)));
    cc_putf(&r->out, ",\"status\":%d,\"detail\":", r->status);
    cc_put_json(&r->out, message, strlen(message));
    cc_putf(&r->out, ",\"instance\":\"urn:uuid:%s\",\"code\":\"%s\"", r->request_id, cc_err_code(err));
}

static void
error_begin(cc_req *r, cc_err err, const char *message)
{
    cc_putf(&r->out, "{\"error\":{\"code\":\"%s\",\"message\":", cc_err_code(err));
    cc_put_json(&r->out, message, strlen(message));
}

void
cc_envelope_error(cc_req *r, cc_err err)
{
    const char *message = r->message ? r->message : cc_err_message(err);

    r->out.size = 0;
    r->file_type = NULL;
    if (r->client.legacy) {
        cc_puts(&r->out, "{\"error\":");
        cc_put_json(&r->out, message, strlen(message));
        cc_putc(&r->out, '}');
        return;
    }
    if (r->client.problem)
        problem_begin(r, err, message);
    else
        error_begin(r, err, message);
    cc_putf(&r->out, ",\"requestId\":\"%s\"", r->request_id);
    if ((err == CC_E_VALIDATION || err == CC_E_CONFLICT) && r->field) {
        cc_puts(&r->out, ",\"field\":");
        cc_put_json(&r->out, r->field, strlen(r->field));
    }
    if (cc_err_retryable(err))
        cc_puts(&r->out, ",\"retryable\":true");
    cc_puts(&r->out, r->client.problem ? "}" : "}}");
}

/* ---- headers --------------------------------------------------------------------------------- */

static const char *
reason(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Answer";
    }
}

/* How the caller should have shown who he is: RFC 6750 section 3. */
static void
put_challenge(cc_req *r, cc_err err, cc_buf *b)
{
    if (err == CC_E_AUTH_MISSING)
        cc_puts(b, "WWW-Authenticate: Bearer realm=\"codecourier\"\r\n");
    else if (err == CC_E_AUTH_INVALID)
        cc_puts(b, "WWW-Authenticate: Bearer realm=\"codecourier\", error=\"invalid_token\"\r\n");
    else if (err == CC_E_SCOPE_DENIED)
        cc_putf(b, "WWW-Authenticate: Bearer realm=\"codecourier\", error=\"insufficient_scope\", scope=\"%s\"\r\n",
                cc_scope_text(r->refusal.lacking));
    else if (err == CC_E_FORBIDDEN)
        cc_puts(b, "WWW-Authenticate: Bearer realm=\"codecourier\"\r\n");
}

/* The bucket, in the words of draft-ietf-httpapi-ratelimit-headers and in the older ones (contract section 7). */
static void
put_rate(cc_req *r, cc_buf *b)
{
    int64_t quota = r->rate.quota, reset = (r->rate.left.reset_ms + 999) / 1000;

    cc_puts(b, "RateLimit-Policy: \"");
    cc_puts(b, r->rate.name);
    cc_puts(b, "\";q=");
    cc_put_int(b, quota);
    cc_puts(b, ";w=60\r\nRateLimit: \"");
    cc_puts(b, r->rate.name);
    cc_puts(b, "\";r=");
    cc_put_int(b, r->rate.left.remaining);
    cc_puts(b, ";t=");
    cc_put_int(b, reset);
    cc_puts(b, "\r\nX-RateLimit-Limit: ");
    cc_put_int(b, quota);
    cc_puts(b, "\r\nX-RateLimit-Remaining: ");
    cc_put_int(b, r->rate.left.remaining);
    cc_puts(b, "\r\nX-RateLimit-Reset: ");
    cc_put_int(b, r->now / 1000 + reset);
    cc_puts(b, "\r\n");
}

/* Seconds after which a repeat makes sense; 0: none is promised. */
static int64_t
retry_after(const cc_req *r, cc_err err)
{
    if (err == CC_E_RATE_LIMITED)
        return (r->rate.left.wait_ms + 999) / 1000;
    if (err == CC_E_UNAVAILABLE && r->refusal.come_again_s)
        return r->refusal.come_again_s;
    return err == CC_E_UNAVAILABLE || err == CC_E_IDEMPOTENCY_IN_PROGRESS ? 1 : 0;
}

static const char *
body_type(const cc_req *r, cc_err err)
{
    if (err != CC_OK && r->client.problem && !r->client.legacy)
        return CC_PROBLEM_TYPE;
    return r->file_type ? r->file_type : "application/json";
}

void
cc_headers_write(cc_req *r, cc_err err, cc_buf *b)
{
    int64_t retry = retry_after(r, err);

    cc_puts(b, "Status: ");
    cc_put_int(b, r->status);
    cc_putc(b, ' ');
    cc_puts(b, reason(r->status));
    if (r->event_stream && r->status == 200) { /* of no known length; proxies shall pass on what is there */
        cc_puts(b, "\r\nContent-Type: text/event-stream; charset=utf-8\r\nX-Accel-Buffering: no");
    } else if (r->status == 202 && !r->out.size) {
        cc_puts(b, "\r\nContent-Length: 0");
    } else if (r->status != 204 && r->status != 304) {
        cc_puts(b, "\r\nContent-Type: ");
        cc_puts(b, body_type(r, err));
        cc_puts(b, "\r\nContent-Length: ");
        cc_put_int(b, (int64_t)r->out.size);
    }
    cc_puts(b, "\r\nX-Request-ID: ");
    cc_put(b, r->request_id, 36);
    cc_puts(b, "\r\nX-Content-Type-Options: nosniff\r\nAccess-Control-Allow-Origin: *\r\n");
    if (r->client.cross_origin)
        cc_puts(b, "Access-Control-Expose-Headers: X-Request-ID, Link, ETag, Retry-After, RateLimit, RateLimit-Policy, "
                   "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Accepted-Scopes, Deprecation, "
                   "Sunset\r\n");
    if (r->version && err == CC_OK && !r->no_store) {
        cc_puts(b, "Cache-Control: private, no-cache\r\nVary: Authorization, Cookie, X-Project\r\nETag: \"v");
        cc_put_int(b, r->version);
        cc_puts(b, "\"\r\n");
    } else if (r->status != 204) {
        cc_puts(b, "Cache-Control: no-store\r\n");
    }
    put_challenge(r, err, b);
    if (r->route && r->route->scope < CC_SCOPE__MAX) {
        cc_puts(b, "X-Accepted-Scopes: ");
        cc_puts(b, cc_scope_text(r->route->scope));
        for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
            if (r->route->also >> s & 1)
                cc_putf(b, ", %s", cc_scope_text(s));
        cc_puts(b, "\r\n");
    }
    if (r->rate.counted)
        put_rate(r, b);
    if (retry) {
        cc_puts(b, "Retry-After: ");
        cc_put_int(b, retry);
        cc_puts(b, "\r\n");
    }
    if (err == CC_E_CONFLICT || err == CC_E_IDEMPOTENCY_MISMATCH) /* widely used SDKs repeat a 409 otherwise */
        cc_puts(b, "x-should-retry: false\r\n");
    if (r->client.legacy) /* RFC 9745, RFC 8594 */
        cc_puts(b, "Deprecation: @1767225600\r\nSunset: Fri, 31 Dec 2027 23:59:59 GMT\r\n");
    cc_put(b, r->extra.data, r->extra.size);
    cc_puts(b, "\r\n");
}

/*
 * One of the tags in a list (RFC 9110 section 8.8.3), or "*".  Web servers that compress append "-gzip" or "-br" inside
 * the quotes; to us it is the same representation.  W/ is ignored: our tags change whenever the row does.
 */
bool
cc_etag_matches(const char *header, int64_t version)
{
    for (const char *p = header; *p;) {
        p += strspn(p, " \t,");
        if (*p == '*')
            return true;
        if (strncmp(p, "W/", 2) == 0)
            p += 2;
        if (*p != '"')
            return false;
        const char *end = strchr(++p, '"');
        if (!end)
            return false;
        int64_t seen = 0;
        char    digits[24] = "";
        size_t  n = strcspn(p, "-\"");
        if (p[0] == 'v' && n > 1 && n < sizeof(digits)) {
            memcpy(digits, p + 1, n - 1);
            if (cc_int_parse(digits, &seen) && seen == version)
                return true;
        }
        p = end + 1;
    }
    return false;
}
