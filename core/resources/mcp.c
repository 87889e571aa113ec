/*
 * The Model Context Protocol over Streamable HTTP (contract-2, section 17): one message a request, nothing kept between
 * them, no streams.
 *
 * Two kinds of clients are served.  Until revision 2025-11-25 they begin with `initialize`, of which nothing needs to
 * be remembered here; since 2026-07-28 each request says by itself which revision it is of, and headers say the same.
 *
 * The gate has let the caller in by then, so what is wrong with a key, a limit or a body's size is answered as
 * anywhere. What is wrong with a message is a fault of JSON-RPC; what the API refuses to a tool is that tool's result,
 * for the model reads results and not faults.
 */
#include "resources/mcp.h"

#include <math.h>
#include <strings.h>

#include "base/secret.h"
#include "context/settings.h"
#include "resources/resources.h"

/* The newest first; the second is the newest that begins with `initialize`. */
static const char *const versions[] = {"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

#define META "io.modelcontextprotocol/"

const cc_field cc_mcp_query[] = {
    CC_F("tools", CC_TYPE_LINE, 0, 1, 400,
         "List only the tools of these groups, which is what their names begin with, commas between; left out: all "
         "that the key may call.",
         .example = "\"runs,workflows\""),
    CC_END,
};

static const char instructions[] =
    "CodeCourier runs AI coding workflows on a project's repository. Usual way: workflows_list, then runs_start with a "
    "workflowId and a prompt, then runs_events with the id, `after` (the last seq seen) and `wait` up to 20, again until "
    "the run's status is completed, failed or cancelled; runs_changes shows what it changed. Results are the REST API's "
    "JSON: {\"data\": ...}; lists have nextCursor, to be passed as `cursor` for the next page. Arguments left out stay as "
    "they are in updates. Call describe with a tool's name for the meaning and limits of its arguments and for what it "
    "answers. A refusal says its code, the field that is wrong, and what to do. The resource codecourier://runs/{id}/log "
    "is a run's log as text.";

static bool
is_text(const cc_json *j)
{
    return j && cc_json_what(j) == CC_J_TEXT;
}

static bool
is_object(const cc_json *j)
{
    return j && cc_json_what(j) == CC_J_OBJECT;
}

static const char *
text_of(const cc_json *object, const char *name)
{
    const cc_json *j = object ? cc_json_member(object, name) : NULL;

    return is_text(j) ? cc_json_text(j) : NULL;
}

/* ---- what is said of the message outside of it ----------------------------------------------- */

static bool
version_known(const char *text)
{
    for (size_t i = 0; i < CC_COUNT(versions); i++)
        if (strcmp(text, versions[i]) == 0)
            return true;
    return false;
}

static void
put_versions(cc_req *r)
{
    for (size_t i = 0; i < CC_COUNT(versions); i++)
        cc_putf(&r->out, "%s\"%s\"", i ? "," : "[", versions[i]);
    cc_putc(&r->out, ']');
}

static cc_err
version_unknown(cc_req *r, const cc_rpc *m, const char *requested)
{
    cc_rpc_fault(r, m, 400, CC_RPC_VERSION, "Unsupported protocol version");
    r->out.size -= 2; /* the data before the braces */
    cc_puts(&r->out, ",\"data\":{\"supported\":");
    put_versions(r);
    cc_puts(&r->out, ",\"requested\":");
    cc_put_json(&r->out, requested, strlen(requested));
    cc_puts(&r->out, "}}}");
    return CC_OK;
}

/* Is it the scheme and host that the page of an address has: "http://localhost", with any port behind if `any_port`? */
static bool
origin_is(const char *origin, const char *address, bool any_port)
{
    const char  *host = strstr(address, "://");
    const size_t size = host ? (size_t)(host + 3 - address) + strcspn(host + 3, "/") : strlen(address);

    return strncasecmp(origin, address, size) == 0 && (origin[size] == '\0' || (any_port && origin[size] == ':'));
}

/*
 * A page that a browser shows from elsewhere may have its own name resolve to this machine (DNS rebinding), so that the
 * name in Host proves nothing: whose pages may ask is known here beforehand.
 */
static cc_err
origin_check(cc_req *r)
{
    static const char *const near[] = {"http://localhost",  "http://127.0.0.1",  "http://[::1]",
                                       "https://localhost", "https://127.0.0.1", "https://[::1]"};
    const char              *origin = r->in->header[CC_H_ORIGIN];
    const char              *own = cc_setting_text(r->app, CC_SETTING_publicUrl);
    const char *const       *others = cc_setting_words(r->app, r->arena, CC_SETTING_mcpOrigins);

    if (!others)
        return CC_E_UNAVAILABLE;
    if (!origin || (own[0] && origin_is(origin, own, false)))
        return CC_OK;
    for (size_t i = 0; i < CC_COUNT(near); i++)
        if (origin_is(origin, near[i], true))
            return CC_OK;
    for (; *others; others++)
        if (origin_is(origin, *others, false))
            return CC_OK;
    return cc_fail(r, CC_E_FORBIDDEN, NULL, "Pages of this origin may not speak MCP here: see the setting mcpOrigins.");
}

/* Does the header admit JSON?  A client says that it takes event streams, too; there are none here. */
static bool
accepts_json(const char *header)
{
    static const char *const types[] = {"application/json", "application/*", "*/*"};

    for (size_t i = 0; header && i < CC_COUNT(types); i++)
        if (strcasestr(header, types[i]))
            return true;
    return !header || !header[strspn(header, " \t")];
}

/* A header that repeats what the message says, as it is or as "=?base64?…?=". */
static bool
repeats(cc_req *r, cc_header which, const char *said)
{
    static const char begin[] = "=?base64?", end[] = "?=";
    const char       *header = r->in->header[which];
    const size_t      size = header ? strlen(header) : 0, around = sizeof(begin) + sizeof(end) - 2;

    if (!header)
        return false;
    if (size < around || strncmp(header, begin, sizeof(begin) - 1) != 0 || strcmp(header + size - 2, end) != 0)
        return strcmp(header, said) == 0;
    const size_t room = strlen(said) / 3 * 4 + 8;
    char        *text = cc_alloc(r->arena, room);
    return text && cc_base64(said, strlen(said), text, room) == size - around &&
           strncmp(text, header + sizeof(begin) - 1, size - around) == 0;
}

/* ---- the message ----------------------------------------------------------------------------- */

static bool
id_fits(const cc_json *id)
{
    return is_text(id) || (cc_json_what(id) == CC_J_NUMBER && floor(cc_json_number(id)) == cc_json_number(id));
}

/* false: it is no message, and that is answered. */
static bool
message_read(cc_req *r, cc_rpc *m)
{
    const cc_json *json = NULL, *id;
    const char    *why = "there is none";
    cc_err         err = cc_json_parse(r->arena, r->sent.text, r->sent.size, &json, &why);

    if (err == CC_E_UNAVAILABLE)
        r->out.failed = true;
    if (err != CC_OK)
        return cc_rpc_fault(r, NULL, 400, CC_RPC_PARSE, "The message cannot be read: %s", why), false;
    if (cc_json_what(json) == CC_J_ARRAY)
        return cc_rpc_fault(
                   r, NULL, 400, CC_RPC_INVALID,
                   "Batches are not taken (revision 2025-06-18 has removed them): send one message a request."),
               false;
    const char *version = is_object(json) ? text_of(json, "jsonrpc") : NULL;
    if (!version || strcmp(version, "2.0") != 0)
        return cc_rpc_fault(r, NULL, 400, CC_RPC_INVALID, "A message is a JSON object with \"jsonrpc\": \"2.0\"."),
               false;
    if ((id = cc_json_member(json, "id")) && !id_fits(id))
        return cc_rpc_fault(r, NULL, 400, CC_RPC_INVALID, "'id' must be text or a whole number."), false;
    m->id = id;
    m->method = text_of(json, "method");
    if (!m->method && !cc_json_member(json, "result") && !cc_json_member(json, "error"))
        return cc_rpc_fault(r, m, 400, CC_RPC_INVALID, "'method' must be text."), false;
    if ((m->params = cc_json_member(json, "params")) && !is_object(m->params))
        return cc_rpc_fault(r, m, 400, CC_RPC_PARAMS, "'params' must be an object."), false;
    return true;
}

/* What the headers of a modern request repeat. */
static bool
headers_fit(cc_req *r, const cc_rpc *m, const char *version)
{
    const char *name = strcmp(m->method, "tools/call") == 0       ? cc_rpc_text(m, "name")
                       : strcmp(m->method, "resources/read") == 0 ? cc_rpc_text(m, "uri")
                                                                  : NULL;
    const char *wrong = NULL;

    if (r->in->bare)
        return true;
    if (!repeats(r, CC_H_MCP_VERSION, version))
        wrong = cc_header_name(CC_H_MCP_VERSION);
    else if (!repeats(r, CC_H_MCP_METHOD, m->method))
        wrong = cc_header_name(CC_H_MCP_METHOD);
    else if (name && !repeats(r, CC_H_MCP_NAME, name))
        wrong = cc_header_name(CC_H_MCP_NAME);
    if (wrong)
        cc_rpc_fault(r, m, 400, CC_RPC_HEADERS, "Header mismatch: '%s' does not say what the message says.", wrong);
    return !wrong;
}

/* Of which revision is it, and does it say what that demands?  false: what is wrong is answered. */
static bool
revision_find(cc_req *r, cc_rpc *m)
{
    const cc_json *meta = m->params ? cc_json_member(m->params, "_meta") : NULL;
    const char    *header = r->in->header[CC_H_MCP_VERSION];
    const char    *version = is_object(meta) ? text_of(meta, META "protocolVersion") : NULL;

    if (header && !version_known(header))
        return version_unknown(r, m, header), false;
    if (version && !version_known(version))
        return version_unknown(r, m, version), false;
    if (!m->id || !m->method)
        return true;
    m->modern = version ? strcmp(version, versions[0]) == 0
                        : (header && strcmp(header, versions[0]) == 0) || strcmp(m->method, "server/discover") == 0;
    if (!m->modern)
        return true;
    if (!version || !is_object(cc_json_member(meta, META "clientCapabilities")))
        return cc_rpc_fault(r, m, 400, CC_RPC_PARAMS,
                            "params._meta must have '" META "protocolVersion' and '" META "clientCapabilities'."),
               false;
    return headers_fit(r, m, version);
}

/* ---- the methods ----------------------------------------------------------------------------- */

static void
put_service(cc_req *r)
{
    cc_puts(&r->out, ",\"capabilities\":{\"tools\":{},\"resources\":{}},\"instructions\":");
    cc_put_json(&r->out, instructions, sizeof(instructions) - 1);
}

static cc_err
initialize(cc_req *r, const cc_rpc *m)
{
    const char *asked = cc_rpc_text(m, "protocolVersion");

    if (!asked)
        return cc_rpc_fault(r, m, 200, CC_RPC_PARAMS, "'protocolVersion' must be text.");
    if (!version_known(asked) || strcmp(asked, versions[0]) == 0)
        asked = versions[1];
    cc_rpc_begin(r, m);
    cc_putf(&r->out, ",\"protocolVersion\":\"%s\"", asked);
    cc_puts(&r->out,
            ",\"serverInfo\":{\"name\":\"codecourier\",\"title\":\"CodeCourier\",\"version\":\"" CC_VERSION "\"}");
    put_service(r);
    cc_rpc_end(r);
    return CC_OK;
}

static cc_err
discover(cc_req *r, const cc_rpc *m)
{
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"supportedVersions\":");
    put_versions(r);
    put_service(r);
    cc_rpc_kept(r, m, 3600);
    cc_rpc_end(r);
    return CC_OK;
}

static cc_err
ping(cc_req *r, const cc_rpc *m)
{
    cc_rpc_begin(r, m);
    cc_rpc_end(r);
    return CC_OK;
}

static cc_err
method_call(cc_req *r, const cc_rpc *m)
{
    enum { LEGACY = 1, MODERN = 2 };
    static const struct {
        const char *name;
        unsigned    in;
        cc_err (*act)(cc_req *r, const cc_rpc *m);
    } methods[] = {
        {"tools/call", LEGACY | MODERN, cc_mcp_tools_call},
        {"tools/list", LEGACY | MODERN, cc_mcp_tools_list},
        {"initialize", LEGACY, initialize},
        {"server/discover", MODERN, discover},
        {"ping", LEGACY, ping},
        {"resources/list", LEGACY | MODERN, cc_mcp_logs_list},
        {"resources/templates/list", LEGACY | MODERN, cc_mcp_logs_templates},
        {"resources/read", LEGACY | MODERN, cc_mcp_logs_read},
    };

    for (size_t i = 0; i < CC_COUNT(methods); i++)
        if (methods[i].in & (m->modern ? MODERN : LEGACY) && strcmp(m->method, methods[i].name) == 0)
            return methods[i].act(r, m);
    return cc_rpc_fault(r, m, m->modern ? 404 : 200, CC_RPC_NO_METHOD, "There is no method '%s' here.", m->method);
}

cc_err
cc_mcp(cc_req *r)
{
    cc_rpc m = {0};
    cc_err err;

    if (!r->in->bare && (err = origin_check(r)) != CC_OK)
        return err;
    if (!accepts_json(r->in->header[CC_H_ACCEPT]))
        return cc_rpc_fault(r, NULL, 406, CC_RPC_INVALID,
                            "Answers are JSON: 'Accept' must list application/json and text/event-stream.");
    if (!message_read(r, &m) || !revision_find(r, &m))
        return CC_OK;
    if (!m.id || !m.method) { /* a notification, or an answer to what nobody has asked: taken, and nothing follows */
        r->status = 202;
        return CC_OK;
    }
    return method_call(r, &m);
}
