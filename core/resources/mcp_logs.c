/*
 * Runs' logs as MCP's resources: codecourier://runs/{id}/log, a text of one line an event.
 *
 * What is listed and read is asked of the routes that list runs and tell their events, by the same caller.
 */
#include "context/app.h"
#include "gate/gate.h"
#include "resources/mcp.h"

#define SCHEME "codecourier://runs/"
#define LOG_AT "/log"

enum { PAGE = 1000, LOG_MOST = 256 * 1024 };

static const cc_route *
row_of(cc_req *r, const char *operation)
{
    const cc_table *table = cc_app_table(r->app);
    const cc_route *row = table->routes;

    while (strcmp(row->operation, operation) != 0)
        row++;
    return row;
}

static bool
may_read(cc_req *r)
{
    return r->who.may & CC_BIT(RUNS_READ);
}

/* Ask, and read the answer.  CC_OK with *out NULL: it was refused, and that is answered. */
static cc_err
ask(cc_req *r, const cc_rpc *m, cc_req *inner, const cc_route *row, const cc_json **out)
{
    const char *why;
    cc_err      err = cc_gate_row(inner, row);

    *out = NULL;
    if (err == CC_OK && !inner->out.failed)
        return cc_json_parse(r->arena, inner->out.data, inner->out.size, out, &why);
    if (err == CC_OK || cc_err_status(err) >= 500)
        return err == CC_OK ? CC_E_UNAVAILABLE : err;
    const int code = err == CC_E_NOT_FOUND    ? m->modern ? CC_RPC_PARAMS : CC_RPC_NO_RESOURCE
                     : err == CC_E_VALIDATION ? CC_RPC_PARAMS
                                              : cc_err_status(err);
    return cc_rpc_fault(r, m, 200, code, "%s: %s  %s", cc_err_code(err),
                        inner->message ? inner->message : cc_err_message(err), cc_err_advice(err));
}

/* ---- the list -------------------------------------------------------------------------------- */

static const char *
text_of(const cc_json *object, const char *name)
{
    const cc_json *j = cc_json_member(object, name);

    return j && cc_json_what(j) == CC_J_TEXT ? cc_json_text(j) : "";
}

static void
put_log(cc_req *r, const cc_json *run)
{
    const cc_json *number = cc_json_member(run, "runNumber");
    cc_buf         title;

    cc_buf_init(&title, r->arena);
    cc_puts(&title, "Run ");
    cc_json_write(&title, number);
    cc_putf(&title, ": %s", text_of(run, "name"));
    cc_putf(&r->out, "{\"uri\":\"" SCHEME "%s" LOG_AT "\",\"name\":\"run-", text_of(run, "id"));
    cc_json_write(&r->out, number);
    cc_puts(&r->out, "-log\",\"title\":");
    cc_put_json(&r->out, title.data, title.size);
    cc_putf(&r->out, ",\"description\":\"The log of a run that is %s.\",\"mimeType\":\"text/plain\"}",
            text_of(run, "status"));
    r->out.failed |= title.failed;
}

/* Of the runs that runs.list has, the newest first. */
static cc_err
runs_write(cc_req *r, const cc_rpc *m)
{
    const cc_route *row = row_of(r, "runs.list");
    cc_req         *inner = cc_inner_request(r, row, NULL);
    const char     *cursor = m->params ? cc_rpc_text(m, "cursor") : NULL, *comma = "";
    const cc_json  *answer;
    cc_buf          query;
    cc_err          err;

    if (!inner)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&query, r->arena);
    cc_puts(&query, "limit=25");
    if (cursor) {
        cc_puts(&query, "&cursor=");
        cc_put_url(&query, cursor, strlen(cursor));
    }
    if (!(inner->query.text = cc_buf_text(&query)))
        return CC_E_UNAVAILABLE;
    if ((err = ask(r, m, inner, row, &answer)) != CC_OK || !answer)
        return err;
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"resources\":[");
    for (const cc_json *run = cc_json_first(cc_json_member(answer, "data")); run; run = cc_json_next(run)) {
        cc_puts(&r->out, comma);
        put_log(r, run);
        comma = ",";
    }
    cc_putc(&r->out, ']');
    if (text_of(answer, "nextCursor")[0])
        cc_putf(&r->out, ",\"nextCursor\":\"%s\"", text_of(answer, "nextCursor"));
    cc_rpc_kept(r, m, 0);
    cc_rpc_end(r);
    return CC_OK;
}

cc_err
cc_mcp_logs_list(cc_req *r, const cc_rpc *m)
{
    if (may_read(r))
        return runs_write(r, m);
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"resources\":[]");
    cc_rpc_kept(r, m, 0);
    cc_rpc_end(r);
    return CC_OK;
}

cc_err
cc_mcp_logs_templates(cc_req *r, const cc_rpc *m)
{
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"resourceTemplates\":[");
    if (may_read(r))
        cc_puts(&r->out,
                "{\"uriTemplate\":\"" SCHEME "{id}" LOG_AT "{?after}\",\"name\":\"run-log\",\"title\":\"Log of a run\","
                "\"description\":\"What happened in a run, a line for each event: time, number, type, text. "
                "after: only events behind that number.\",\"mimeType\":\"text/plain\"}");
    cc_putc(&r->out, ']');
    cc_rpc_kept(r, m, 300);
    cc_rpc_end(r);
    return CC_OK;
}

/* ---- one of them ----------------------------------------------------------------------------- */

typedef struct log_uri {
    char    id[64];
    int64_t after;
} log_uri;

static bool
uri_read(const char *uri, log_uri *out)
{
    static const char after[] = LOG_AT "?after=";
    const size_t      at = sizeof(SCHEME) - 1;

    *out = (log_uri){0};
    if (!uri || strncmp(uri, SCHEME, at) != 0)
        return false;
    const size_t size = strspn(uri + at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    const char  *rest = uri + at + size;
    if (!size || size >= sizeof(out->id))
        return false;
    memcpy(out->id, uri + at, size);
    if (strcmp(rest, LOG_AT) == 0)
        return true;
    return strncmp(rest, after, sizeof(after) - 1) == 0 && cc_int_parse(rest + sizeof(after) - 1, &out->after) &&
           out->after >= 0;
}

/* "2025-01-15T10:04:00Z 7 log: the text", or all that it says as JSON. */
static void
put_event(cc_buf *b, const cc_json *event, int64_t *seq)
{
    const cc_json *data = cc_json_member(event, "data"), *number = cc_json_member(event, "seq");
    const char    *text = data && cc_json_what(data) == CC_J_OBJECT ? text_of(data, "text") : "";

    *seq = (int64_t)cc_json_number(number);
    cc_putf(b, "%s %lld %s: ", text_of(event, "at"), (long long)*seq, text_of(event, "type"));
    if (text[0])
        cc_puts(b, text);
    else if (data)
        cc_json_write(b, data);
    if (!b->size || b->data[b->size - 1] != '\n')
        cc_putc(b, '\n');
}

/* Page after page, to the end or until it is long enough.  *done false: it was refused, and that is answered. */
static cc_err
log_write(cc_req *r, const cc_rpc *m, log_uri *uri, cc_buf *b, bool *done)
{
    const cc_route *row = row_of(r, "runs.events");
    const cc_json  *answer;
    bool            more = true;
    cc_err          err;

    while (more && b->size < LOG_MOST) {
        cc_req *inner = cc_inner_request(r, row, NULL);
        if (!inner || !(inner->query.text = cc_printf(r->arena, "limit=%d&after=%lld", PAGE, (long long)uri->after)))
            return CC_E_UNAVAILABLE;
        inner->id = uri->id;
        if ((err = ask(r, m, inner, row, &answer)) != CC_OK || !answer)
            return err;
        more = inner->page.more;
        const cc_json *event = cc_json_first(cc_json_member(answer, "data"));
        for (; event && b->size < LOG_MOST; event = cc_json_next(event))
            put_event(b, event, &uri->after);
        more |= event != NULL;
    }
    if (more)
        cc_putf(b, "... it goes on: read " SCHEME "%s" LOG_AT "?after=%lld\n", uri->id, (long long)uri->after);
    *done = true;
    return b->failed ? CC_E_UNAVAILABLE : CC_OK;
}

cc_err
cc_mcp_logs_read(cc_req *r, const cc_rpc *m)
{
    const char *asked = m->params ? cc_rpc_text(m, "uri") : NULL;
    bool        done = false;
    log_uri     uri;
    cc_buf      text;
    cc_err      err;

    if (!asked)
        return cc_rpc_fault(r, m, 200, CC_RPC_PARAMS, "'uri' must be text.");
    if (!uri_read(asked, &uri))
        return cc_rpc_fault(r, m, 200, m->modern ? CC_RPC_PARAMS : CC_RPC_NO_RESOURCE,
                            "Resource not found: there are " SCHEME "{id}" LOG_AT " and no others.");
    cc_buf_init(&text, r->arena);
    if ((err = log_write(r, m, &uri, &text, &done)) != CC_OK || !done)
        return err;
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"contents\":[{\"uri\":");
    cc_put_json(&r->out, asked, strlen(asked));
    cc_puts(&r->out, ",\"mimeType\":\"text/plain\",\"text\":");
    cc_put_json(&r->out, text.size ? text.data : "", text.size);
    cc_puts(&r->out, "}]");
    cc_rpc_kept(r, m, 0);
    cc_rpc_end(r);
    return CC_OK;
}
