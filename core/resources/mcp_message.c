/*
 * Messages of the Model Context Protocol as far as all that is asked for needs them: how answers are written, and how a
 * message becomes a request of the API.
 */
#include <stdarg.h>
#include <stdio.h>

#include "resources/mcp.h"

/* ---- answers --------------------------------------------------------------------------------- */

/* An id that could not be read is left out: MCP knows no null here. */
static void
put_id(cc_req *r, const cc_rpc *m)
{
    cc_puts(&r->out, "{\"jsonrpc\":\"2.0\"");
    if (m && m->id) {
        cc_puts(&r->out, ",\"id\":");
        cc_json_write(&r->out, m->id);
    }
}

cc_err
cc_rpc_fault(cc_req *r, const cc_rpc *m, int status, int code, const char *format, ...)
{
    char    text[1000];
    va_list args;

    va_start(args, format);
    const int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    r->status = status;
    r->out.size = 0;
    put_id(r, m);
    cc_putf(&r->out, ",\"error\":{\"code\":%d,\"message\":", code);
    cc_put_json(&r->out, text, cc_utf8_cut(text, size < 0 ? 0 : (size_t)size, sizeof(text) - 1));
    cc_puts(&r->out, "}}");
    return CC_OK;
}

void
cc_rpc_begin(cc_req *r, const cc_rpc *m)
{
    put_id(r, m);
    cc_puts(&r->out, ",\"result\":{\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"codecourier\","
                     "\"version\":\"" CC_VERSION "\"}}");
    if (m->modern)
        cc_puts(&r->out, ",\"resultType\":\"complete\"");
}

void
cc_rpc_end(cc_req *r)
{
    cc_puts(&r->out, "}}");
}

void
cc_rpc_kept(cc_req *r, const cc_rpc *m, int seconds)
{
    if (m->modern)
        cc_putf(&r->out, ",\"ttlMs\":%d,\"cacheScope\":\"private\"", seconds * 1000);
}

const char *
cc_rpc_text(const cc_rpc *m, const char *name)
{
    const cc_json *j = m->params ? cc_json_member(m->params, name) : NULL;

    return j && cc_json_what(j) == CC_J_TEXT ? cc_json_text(j) : NULL;
}

/* ---- a request within the request ------------------------------------------------------------ */

/* What the message's own headers say of its body and of the answer's form is not about that of the row. */
static cc_request *
inner_input(cc_req *r, const cc_route *row, const char *retry_key)
{
    static const cc_header not_handed_on[] = {CC_H_ACCEPT,        CC_H_CONTENT_ENCODING, CC_H_IF_MATCH,
                                              CC_H_IF_NONE_MATCH, CC_H_LAST_EVENT_ID,    CC_H_API_VERSION};
    cc_request            *in = cc_alloc(r->arena, sizeof(*in));

    if (!in)
        return NULL;
    *in = *r->in;
    in->method = cc_method_text(row->method);
    for (size_t i = 0; i < CC_COUNT(not_handed_on); i++)
        in->header[not_handed_on[i]] = NULL;
    in->header[CC_H_CONTENT_TYPE] = "application/json";
    if (retry_key)
        in->header[CC_H_IDEMPOTENCY_KEY] = retry_key;
    in->read = NULL;
    in->content_length = 0;
    return in;
}

cc_req *
cc_inner_request(cc_req *r, const cc_route *row, const char *retry_key)
{
    cc_request *in = inner_input(r, row, retry_key);
    cc_req     *inner = in ? cc_req_new(r->app, r->arena, in) : NULL;

    if (!inner)
        return NULL;
    memcpy(inner->request_id, r->request_id, sizeof(inner->request_id));
    inner->now = r->now;
    inner->who = r->who;
    inner->address = r->address;
    inner->client = r->client;
    inner->client.legacy = inner->client.problem = false; /* forms of errors, which are written into results */
    inner->path = r->path;
    inner->rate = r->rate;
    inner->query.text = inner->sent.text = "";
    return inner;
}
