/*
 * Tools, made from the table: one for each row that a key may call.
 *
 * The list is read by models, who pay for each word of it, and before they have asked for anything.  So it names
 * arguments, their types, their choices and which of them are required, and says of a tool what the row's summary says;
 * what all of them have in common stands once, in the instructions.  Meanings and limits of arguments, and the shape of
 * answers, are told by the tool `describe`, of one tool at a time.
 *
 * A call becomes the request that its row is there for, by the same caller, and passes the gate as that.
 */
#include <stdarg.h>

#include "base/secret.h"
#include "context/app.h"
#include "gate/envelope.h"
#include "gate/gate.h"
#include "gate/openapi.h"
#include "resources/mcp.h"
#include "resources/resources.h"

enum {
    FILE_MOST = 256 * 1024, /* bytes of a file that a tool answers with */
    NAME_MOST = 64,         /* what clients take for the name of a tool */
};

/* Rows that need no key are about nobody's project; and a person's are not for keys. */
static bool
is_tool(const cc_route *row)
{
    return row->scope != CC_SCOPE_NONE && !(row->flags & (CC_ROUTE_PERSON | CC_ROUTE_RELAYS));
}

static char
letter(char c)
{
    return c == '.' ? '_' : c;
}

/* "runs_start" is the row of the operation "runs.start". */
static bool
is_called(const cc_route *row, const char *name)
{
    const char *p = row->operation;

    while (*p && letter(*p) == *name)
        p++, name++;
    return *p == '\0' && *name == '\0';
}

static const cc_route *
row_called(const cc_table *table, const char *name)
{
    for (const cc_route *row = table->routes; row < table->routes + table->route_count; row++)
        if (is_tool(row) && is_called(row, name))
            return row;
    return NULL;
}

/* ---- the list -------------------------------------------------------------------------------- */

static void
put_name(cc_buf *b, const cc_route *row)
{
    for (const char *p = row->operation; *p; p++)
        cc_putc(b, letter(*p));
}

static void
put_type(cc_buf *b, const char *type, bool or_null)
{
    cc_putf(b, or_null ? "\"type\":[\"%s\",\"null\"]" : "\"type\":\"%s\"", type);
}

static void
put_choices(cc_buf *b, const cc_field *f, bool or_null)
{
    put_type(b, "string", or_null); /* JSON Schema does not need it beside the words; some models do */
    cc_puts(b, ",\"enum\":");
    for (const char *const *c = f->choices; *c; c++)
        cc_putf(b, "%s\"%s\"", c == f->choices ? "[" : ",", *c);
    cc_puts(b, or_null ? ",null]" : "]");
}

static bool
is_argument(const cc_route *row, const cc_field *f, bool partial)
{
    return !(f->flags & (CC_FIELD_READ_ONLY | CC_FIELD_HIDDEN)) && !(partial && f->flags & CC_FIELD_FIXED) &&
           !cc_route_gives(row, f);
}

static void put_members(cc_buf *b, const cc_route *row, const cc_field *fields);

static void
put_list(cc_buf *b, const cc_route *row, const cc_field *f, bool or_null)
{
    put_type(b, "array", or_null);
    cc_puts(b, ",\"items\":{");
    if (f->type == CC_TYPE_CHOICES) {
        put_choices(b, f, false);
    } else if (f->type == CC_TYPE_LIST && cc_route_partial(row)) { /* as where it is made */
        put_type(b, "object", false);
    } else if (f->type == CC_TYPE_LIST) {
        put_type(b, "object", false);
        cc_puts(b, ",\"properties\":{");
        put_members(b, row, f->members);
        cc_putc(b, '}');
    } else {
        put_type(b, "string", false);
    }
    cc_putc(b, '}');
}

static void
put_argument(cc_buf *b, const cc_route *row, const cc_field *f)
{
    const bool or_null = cc_route_partial(row) && cc_field_takes_null(f);

    cc_putf(b, "\"%s\":{", f->name);
    switch (f->type) {
    case CC_TYPE_INT: put_type(b, "integer", or_null); break;
    case CC_TYPE_MONEY:
    case CC_TYPE_NUMBER: put_type(b, "number", or_null); break;
    case CC_TYPE_BOOL: put_type(b, "boolean", or_null); break;
    case CC_TYPE_CHOICE: put_choices(b, f, or_null); break;
    case CC_TYPE_IDS:
    case CC_TYPE_SCOPES:
    case CC_TYPE_NETWORKS:
    case CC_TYPE_LIST:
    case CC_TYPE_TEXTS:
    case CC_TYPE_CHOICES: put_list(b, row, f, or_null); break;
    case CC_TYPE_OBJECT:
    case CC_TYPE_MAP:
    case CC_TYPE_ANY:
    case CC_TYPE_BLOB: put_type(b, "object", or_null); break;
    case CC_TYPE_TIME:
    case CC_TYPE_LINE:
    case CC_TYPE_TEXT:
    case CC_TYPE_ID:
    case CC_TYPE_URL: put_type(b, "string", or_null); break;
    }
    cc_putc(b, '}');
}

static void
put_comma(cc_buf *b)
{
    if (b->data && b->data[b->size - 1] != '{' && b->data[b->size - 1] != '[')
        cc_putc(b, ',');
}

static void
put_members(cc_buf *b, const cc_route *row, const cc_field *fields)
{
    for (const cc_field *f = fields; f && f->name; f++) {
        if (!is_argument(row, f, cc_route_partial(row)))
            continue;
        put_comma(b);
        put_argument(b, row, f);
    }
}

static void
put_required(cc_buf *b, const cc_route *row)
{
    const cc_field *body = cc_route_body(row);
    const char     *sep = ",\"required\":[";

    if (strstr(row->path, "{id}")) {
        cc_putf(b, "%s\"id\"", sep);
        sep = ",";
    }
    if (row->part) {
        cc_putf(b, "%s\"%s\"", sep, row->part->name);
        sep = ",";
    }
    for (const cc_field *f = body; f && f->name && !cc_route_partial(row); f++) {
        if (f->flags & CC_FIELD_REQUIRED && is_argument(row, f, false)) {
            cc_putf(b, "%s\"%s\"", sep, f->name);
            sep = ",";
        }
    }
    if (sep[1] == '\0')
        cc_putc(b, ']');
}

static void
put_schema(cc_buf *b, const cc_route *row)
{
    const cc_field *query[CC_QUERY_MAX];
    const size_t    n = cc_route_query(row, query);

    cc_puts(b, "{\"type\":\"object\",\"properties\":{");
    const size_t empty = b->size;
    if (strstr(row->path, "{id}"))
        cc_puts(b, "\"id\":{\"type\":\"string\"}");
    if (row->part) {
        put_comma(b);
        put_argument(b, row, row->part);
    }
    for (size_t i = 0; i < n; i++) {
        if (cc_route_gives(row, query[i]))
            continue;
        put_comma(b);
        put_argument(b, row, query[i]);
    }
    put_members(b, row, cc_route_body(row));
    if (b->size > empty)
        cc_putc(b, '}');
    else if (!b->failed)
        b->size -= sizeof(",\"properties\":{") - 1;
    put_required(b, row);
    cc_putc(b, '}');
}

/* What clients ask people about before it is called.  What is not said is the worst, by the protocol. */
static const char *
annotations(const cc_route *row)
{
    if (row->method == CC_GET)
        return "{\"readOnlyHint\":true}";
    if (row->method == CC_DELETE)
        return "{\"destructiveHint\":true,\"idempotentHint\":true}";
    if (row->flags & CC_ROUTE_ENDS || row->answer == cc_bulk_answer)
        return "{\"destructiveHint\":true}";
    if (row->method == CC_PATCH || row->method == CC_PUT)
        return "{\"destructiveHint\":false,\"idempotentHint\":true}";
    return "{\"destructiveHint\":false}";
}

/* What stands behind a semicolon is a detail: `describe` tells it. */
static void
put_description(cc_buf *b, const cc_route *row)
{
    const size_t size = strcspn(row->summary, ";");
    cc_buf       text;

    cc_buf_init(&text, b->arena);
    cc_put(&text, row->summary, size);
    if (row->summary[size])
        cc_putc(&text, '.');
    if (row->hint)
        cc_putf(&text, "  %s", row->hint);
    b->failed |= text.failed;
    cc_put_json(b, text.data, text.size);
}

static void
put_tool(cc_buf *b, const cc_route *row)
{
    cc_puts(b, ",{\"name\":\"");
    put_name(b, row);
    cc_puts(b, "\",\"description\":");
    put_description(b, row);
    cc_puts(b, ",\"inputSchema\":");
    put_schema(b, row);
    cc_putf(b, ",\"annotations\":%s}", annotations(row));
}

/* The word that the group of an operation is, in a list with commas between. */
static bool
in_groups(const char *groups, const cc_route *row)
{
    const size_t size = strcspn(row->operation, ".");

    for (const char *p = groups; *(p += strspn(p, ", ")); p += strcspn(p, ", "))
        if (strcspn(p, ", ") == size && strncmp(p, row->operation, size) == 0)
            return true;
    return false;
}

void
cc_tools_write(cc_buf *b, const cc_table *table, uint64_t may, const char *groups)
{
    cc_puts(
        b, "[{\"name\":\"describe\",\"description\":\"What a tool's arguments mean, their limits, and what it answers. "
           "Call it before a tool whose arguments are not plain.\",\"inputSchema\":{\"type\":\"object\","
           "\"properties\":{\"tool\":{\"type\":\"string\"}},\"required\":[\"tool\"]},"
           "\"annotations\":{\"readOnlyHint\":true}}");
    for (const cc_route *row = table->routes; row < table->routes + table->route_count; row++)
        if (is_tool(row) && !(cc_route_needs(row) & ~may) && (!groups || in_groups(groups, row)))
            put_tool(b, row);
    cc_putc(b, ']');
}

cc_err
cc_mcp_tools_list(cc_req *r, const cc_rpc *m)
{
    const cc_value *groups = cc_query_value(r, "tools");

    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"tools\":");
    cc_tools_write(&r->out, cc_app_table(r->app), r->who.may, groups->present ? groups->s : NULL);
    cc_rpc_kept(r, m, 300);
    cc_rpc_end(r);
    return CC_OK;
}

/* ---- a call ---------------------------------------------------------------------------------- */

/* The arguments on their way to where the row wants them. */
typedef struct taken {
    const cc_route *row;
    const cc_field *query_fields[CC_QUERY_MAX];
    size_t          query_count;
    cc_buf          query, body;
    char           *id, *part;
} taken;

/* As it stands in a path or query: a text as it is, all else as JSON writes it. */
static char *
url_text(cc_req *r, const cc_json *value)
{
    cc_buf plain, url;

    cc_buf_init(&plain, r->arena);
    cc_buf_init(&url, r->arena);
    if (cc_json_what(value) == CC_J_TEXT)
        cc_puts(&plain, cc_json_text(value));
    else
        cc_json_write(&plain, value);
    const char *text = cc_buf_text(&plain);
    if (!text)
        return NULL;
    cc_put_url(&url, text, plain.size);
    return cc_buf_text(&url) ? cc_strndup(r->arena, cc_buf_text(&url), url.size) : NULL;
}

static cc_err
take_place(cc_req *r, const cc_json *value, char **place)
{
    const cc_json_kind kind = cc_json_what(value);

    if ((kind != CC_J_TEXT && kind != CC_J_NUMBER) || (kind == CC_J_TEXT && !cc_json_text(value)[0]))
        return cc_fail(r, CC_E_VALIDATION, cc_json_name(value), "'%s' must be text that is not empty.",
                       cc_json_name(value));
    *place = url_text(r, value);
    return *place ? CC_OK : CC_E_UNAVAILABLE;
}

static bool
goes_to_query(const taken *t, const char *name)
{
    if (!cc_route_takes_body(t->row))
        return true;
    for (size_t i = 0; i < t->query_count; i++)
        if (strcmp(t->query_fields[i]->name, name) == 0)
            return true;
    return false;
}

static cc_err
take(cc_req *r, taken *t, const cc_json *value)
{
    const char *name = cc_json_name(value);

    if (strcmp(name, "id") == 0 && strstr(t->row->path, "{id}"))
        return take_place(r, value, &t->id);
    if (t->row->part && strcmp(name, t->row->part->name) == 0)
        return take_place(r, value, &t->part);
    if (!goes_to_query(t, name)) {
        cc_putc(&t->body, t->body.size ? ',' : '{');
        cc_put_json(&t->body, name, strlen(name));
        cc_putc(&t->body, ':');
        cc_json_write(&t->body, value);
        return CC_OK;
    }
    if (cc_json_what(value) == CC_J_NULL) /* as if it were left out */
        return CC_OK;
    const char *text = url_text(r, value);
    if (!text)
        return CC_E_UNAVAILABLE;
    if (t->query.size)
        cc_putc(&t->query, '&');
    cc_put_url(&t->query, name, strlen(name));
    cc_putf(&t->query, "=%s", text);
    return CC_OK;
}

static cc_err
take_all(cc_req *r, taken *t, const cc_json *arguments)
{
    cc_err err = CC_OK;

    cc_buf_init(&t->query, r->arena);
    cc_buf_init(&t->body, r->arena);
    t->query_count = cc_route_query(t->row, t->query_fields);
    for (const cc_json *v = arguments ? cc_json_first(arguments) : NULL; v && err == CC_OK; v = cc_json_next(v))
        err = take(r, t, v);
    if (err == CC_OK && strstr(t->row->path, "{id}") && !t->id)
        err = cc_fail(r, CC_E_VALIDATION, "id", "'id' is required.");
    if (err == CC_OK && t->row->part && !t->part)
        err = cc_fail(r, CC_E_VALIDATION, t->row->part->name, "'%s' is required.", t->row->part->name);
    if (t->body.size)
        cc_putc(&t->body, '}');
    return err == CC_OK && (t->query.failed || t->body.failed) ? CC_E_UNAVAILABLE : err;
}

/* What cannot be asked for at all.  A scope that is lacking is said before what else is wrong, as by the gate. */
static cc_err
refuse(cc_req *inner, const cc_route *row, cc_err err)
{
    const char *message = inner->message, *field = inner->field;
    cc_err      scope = cc_scopes_check(inner, cc_route_needs(row));

    if (scope == CC_OK) {
        inner->message = message;
        inner->field = field;
        scope = err;
    }
    cc_envelope_error(inner, scope);
    return scope;
}

static cc_err
ask(cc_req *inner, const cc_route *row, const cc_json *arguments)
{
    taken  t = {.row = row};
    cc_err err = take_all(inner, &t, arguments);

    if (err != CC_OK)
        return refuse(inner, row, err);
    inner->id = t.id;
    inner->part = t.part;
    inner->query.text = cc_buf_text(&t.query);
    if (cc_route_takes_body(row)) {
        inner->sent.text = cc_buf_text(&t.body);
        inner->sent.size = t.body.size;
    }
    return cc_gate_row(inner, row);
}

/* ---- its result ------------------------------------------------------------------------------ */

static void
put_text(cc_req *r, const char *text, size_t size)
{
    cc_puts(&r->out, "{\"type\":\"text\",\"text\":");
    cc_put_json(&r->out, text, size);
    cc_putc(&r->out, '}');
}

/* The error as the API says it, and what to do about it. */
static void
put_refusal(cc_req *r, cc_req *inner, const char *hint)
{
    /* A replayed one is of the form that the first was asked for in. */
    const size_t braces = inner->client.problem ? 1 : 2;

    inner->out.size -= braces;
    cc_puts(&inner->out, ",\"hint\":");
    cc_put_json(&inner->out, hint, strlen(hint));
    cc_put(&inner->out, "}}", braces);
    put_text(r, inner->out.data, inner->out.size);
}

static bool
is_plain_text(const cc_buf *file)
{
    return !file->size || (cc_utf8_valid(file->data, file->size) && !memchr(file->data, '\0', file->size));
}

static cc_err
put_bytes(cc_req *r, const cc_req *inner)
{
    const size_t room = (inner->out.size + 2) / 3 * 4 + 1;
    char        *text = cc_alloc(r->arena, room);

    if (!text)
        return CC_E_UNAVAILABLE;
    cc_puts(&r->out, "{\"type\":\"resource\",\"resource\":{\"uri\":\"codecourier://");
    cc_putf(&r->out, "runs/%s/artifacts/%s\",\"mimeType\":\"%s\",\"blob\":\"", inner->id, inner->part,
            inner->file_type);
    cc_put(&r->out, text, cc_base64(inner->out.data, inner->out.size, text, room));
    cc_puts(&r->out, "\"}}");
    return CC_OK;
}

/* A file as text if it is one, else as bytes; what is too large for a model's eyes is to be fetched otherwise. */
static cc_err
put_file(cc_req *r, cc_req *inner, bool *is_error)
{
    if (inner->out.size <= FILE_MOST) {
        if (!is_plain_text(&inner->out))
            return put_bytes(r, inner);
        put_text(r, inner->out.data, inner->out.size);
        return CC_OK;
    }
    cc_fail(inner, CC_E_PAYLOAD_TOO_LARGE, NULL,
            "The file has %zu bytes, which is more than the %d that a tool answers with.", inner->out.size, FILE_MOST);
    cc_envelope_error(inner, CC_E_PAYLOAD_TOO_LARGE);
    put_refusal(r, inner, "Fetch it with GET /api/v1/runs/{id}/artifacts/{name} and the same key.");
    *is_error = true;
    return CC_OK;
}

static cc_err
put_result(cc_req *r, const cc_rpc *m, cc_req *inner, cc_err outcome)
{
    bool   is_error = outcome != CC_OK;
    cc_err err = CC_OK;

    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"content\":[");
    if (inner->out.failed)
        err = CC_E_UNAVAILABLE;
    else if (is_error)
        put_refusal(r, inner, cc_err_advice(outcome));
    else if (inner->file_type)
        err = put_file(r, inner, &is_error);
    else
        put_text(r, inner->out.data, inner->out.size);
    cc_puts(&r->out, is_error ? "],\"isError\":true" : "],\"isError\":false");
    cc_rpc_end(r);
    return err;
}

/* What it has waited for is there. */
static cc_err
result_late(cc_req *r)
{
    return put_result(r, r->held->about, r->held->inner, r->held->inner->outcome);
}

/* Who waits for events leaves no process behind where the skin can hold his answer: so does a tool that waits. */
static cc_err
hold(cc_req *r, const cc_rpc *m, cc_req *inner)
{
    cc_held *held = cc_alloc(r->arena, sizeof(*held));
    cc_rpc  *about = cc_alloc(r->arena, sizeof(*about));

    if (!held || !about) {
        cc_events_end(inner);
        return CC_E_UNAVAILABLE;
    }
    *about = *m;
    *held = (cc_held){.inner = inner, .ended = result_late, .about = about};
    inner->in = NULL; /* it points to what is the skin's */
    r->held = held;
    r->stream = inner->stream;
    r->unfinished = true;
    return CC_OK;
}

static cc_err
unknown(cc_req *r, const cc_rpc *m, const char *name)
{
    return cc_rpc_fault(r, m, 200, CC_RPC_PARAMS, "There is no tool '%.*s': tools/list has their names.",
                        (int)cc_utf8_cut(name, strlen(name), NAME_MOST), name);
}

static cc_err
describe(cc_req *r, const cc_rpc *m, const cc_json *arguments)
{
    const cc_json  *tool = arguments ? cc_json_member(arguments, "tool") : NULL;
    const char     *name = tool && cc_json_what(tool) == CC_J_TEXT ? cc_json_text(tool) : "";
    const cc_route *row = row_called(cc_app_table(r->app), name);
    cc_buf          text;

    if (!row)
        return unknown(r, m, name);
    cc_buf_init(&text, r->arena);
    cc_openapi_tool_write(&text, cc_app_table(r->app), row);
    cc_rpc_begin(r, m);
    cc_puts(&r->out, ",\"content\":[");
    put_text(r, text.data, text.size);
    cc_puts(&r->out, "],\"isError\":false");
    cc_rpc_end(r);
    return text.failed ? CC_E_UNAVAILABLE : CC_OK;
}

/* The protocol has no place for it, and leaves `_meta` to whoever wants one. */
static const char *
retry_key(const cc_rpc *m)
{
    const cc_json *meta = cc_json_member(m->params, "_meta"), *key = NULL;

    if (meta && cc_json_what(meta) == CC_J_OBJECT)
        key = cc_json_member(meta, "codecourier/idempotencyKey");
    return key && cc_json_what(key) == CC_J_TEXT ? cc_json_text(key) : NULL;
}

cc_err
cc_mcp_tools_call(cc_req *r, const cc_rpc *m)
{
    const char    *name = m->params ? cc_rpc_text(m, "name") : NULL;
    const cc_json *arguments = m->params ? cc_json_member(m->params, "arguments") : NULL;

    if (!name)
        return cc_rpc_fault(r, m, 200, CC_RPC_PARAMS, "'name' must be the name of a tool.");
    if (arguments && cc_json_what(arguments) == CC_J_NULL)
        arguments = NULL;
    if (arguments && cc_json_what(arguments) != CC_J_OBJECT)
        return cc_rpc_fault(r, m, 200, CC_RPC_PARAMS, "'arguments' must be an object.");
    if (strcmp(name, "describe") == 0)
        return describe(r, m, arguments);
    const cc_route *row = row_called(cc_app_table(r->app), name);
    if (!row)
        return unknown(r, m, name);
    cc_req *inner = cc_inner_request(r, row, retry_key(m));
    if (!inner)
        return CC_E_UNAVAILABLE;
    cc_err err = ask(inner, row, arguments);
    if (cc_gate_again(inner, err)) /* the whole message is taken through once more */
        return err;
    if (err == CC_E_INTERNAL)
        cc_log(r->app, "request %s: the tool %s ended with INTERNAL", r->request_id, name);
    r->no_store |= inner->no_store;
    return inner->unfinished ? hold(r, m, inner) : put_result(r, m, inner, err);
}
