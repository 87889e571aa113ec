/*
 * A line for each request, if the operator wants one (setting accessLog), and its trace context.
 *
 * A line never holds what a caller may have put a secret into: no query, no body, no header but a traceparent that is
 * one.  A path is said as the table says it, so an unknown one is not said at all.
 */
#include "gate/access.h"

#include <stdio.h>

#include "base/clock.h"
#include "context/instance.h"
#include "context/metrics.h"
#include "context/settings.h"

enum { TRACEPARENT_SIZE = 55 };

/* "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" (W3C Trace Context, level 1): parts of lower case hex. */
static bool
is_traceparent(const char *text)
{
    static const char form[] = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

    for (size_t i = 0; i < TRACEPARENT_SIZE; i++)
        if (form[i] == '-' ? text[i] != '-'
                           : !(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
            return false;
    const char *more = text + TRACEPARENT_SIZE;
    const bool  first = strncmp(text, "00", 2) == 0;
    return strncmp(text, "ff", 2) != 0 && (*more == '\0' || (!first && *more == '-')) && strspn(text + 3, "0") != 32 &&
           strspn(text + 36, "0") != 16;
}

void
cc_access_begin(cc_req *r)
{
    const char *trace = r->in->header[CC_H_TRACEPARENT], *method = r->in->method;

    r->began_us = cc_metrics_clock_us();
    if (trace && is_traceparent(trace))
        r->traceparent = cc_strndup(r->arena, trace, TRACEPARENT_SIZE);
    for (cc_method m = 0; method && m < CC_METHOD__MAX; m++)
        if (strcmp(method, cc_method_text(m)) == 0)
            r->method = cc_method_text(m);
    if (method && !r->method)
        r->method = strcmp(method, "HEAD") == 0 ? "HEAD" : strcmp(method, "OPTIONS") == 0 ? "OPTIONS" : NULL;
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

/* "12.345": milliseconds. */
static void
put_ms(cc_buf *b, int64_t us)
{
    cc_putf(b, "%lld.%03lld", (long long)(us / 1000), (long long)(us % 1000));
}

static void
put_text(cc_buf *b, const char *name, const char *text)
{
    cc_putf(b, ",\"%s\":", name);
    if (text && *text)
        cc_put_json(b, text, strlen(text));
    else
        cc_puts(b, "null");
}

static void
line_json(const cc_req *r, size_t size, int64_t us, cc_buf *b)
{
    cc_puts(b, "{\"time\":");
    cc_put_time(b, r->now);
    put_text(b, "requestId", r->request_id);
    put_text(b, "method", r->method);
    put_text(b, "operation", r->route ? r->route->operation : NULL);
    put_text(b, "route", r->route ? r->route->path : NULL);
    cc_putf(b, ",\"status\":%d,\"bytes\":%zu,\"durationMs\":", r->status, size);
    put_ms(b, us);
    put_text(b, "keyId", r->who.key_id);
    put_text(b, "userId", r->who.user_id);
    put_text(b, "projectId", r->who.project_id);
    put_text(b, "address", r->address);
    if (r->traceparent)
        put_text(b, "traceparent", r->traceparent);
    cc_putc(b, '}');
}

/* The combined format, whose fields we do not have are "-"; behind it request id, milliseconds and trace. */
static void
line_combined(const cc_req *r, size_t size, int64_t us, cc_buf *b)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int                      year, month, day, hour, minute, second;

    cc_civil(r->now / 1000, &year, &month, &day, &hour, &minute, &second);
    cc_putf(b, "%s - %s [%02d/%s/%04d:%02d:%02d:%02d +0000] ", r->address ? r->address : "-",
            r->who.key_id[0]    ? r->who.key_id
            : r->who.user_id[0] ? r->who.user_id
                                : "-",
            day, months[month - 1], year, hour, minute, second);
    cc_putf(b, "\"%s %s%s HTTP/1.1\" %d %zu \"-\" \"-\" %s ", r->method ? r->method : "-", r->route ? "/api/v1" : "-",
            r->route ? r->route->path : "", r->status, size, r->request_id);
    put_ms(b, us);
    cc_putf(b, " %s", r->traceparent ? r->traceparent : "-");
}

void
cc_access_end(cc_req *r, size_t size)
{
    const char   *log = cc_setting_text(r->app, CC_SETTING_accessLog);
    const int64_t us = cc_metrics_clock_us() - r->began_us;
    cc_buf        b;

    if (cc_metrics_on(r->app))
        cc_metrics_request(r->app, r->route ? r->route->operation : NULL, r->status, us);
    if (strcmp(log, "off") == 0)
        return;
    cc_buf_init(&b, r->arena);
    if (strcmp(log, "json") == 0)
        line_json(r, size, us, &b);
    else
        line_combined(r, size, us, &b);
    const char *line = cc_buf_text(&b);
    if (line)
        r->app->access(r->app->ctx, line);
}
