/*
 * The OpenAPI 3.1 description, written from the table.
 *
 * Nothing here is known twice: paths, scopes, limits, meanings and examples are read off routes.c and the declarations,
 * errors off CC_ERRORS. It is a walk with a buffer, not a tree; so every function writes a complete JSON value and
 * leaves commas to its caller.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static void
put_text(cc_buf *b, const char *s)
{
    cc_put_json(b, s, strlen(s));
}

/* Between two members or elements; nothing before the first. */
static void
put_comma(cc_buf *b)
{
    if (b->size && b->data[b->size - 1] != '{' && b->data[b->size - 1] != '[')
        cc_putc(b, ',');
}

/* Take the last character back. */
static void
cut(cc_buf *b)
{
    if (b->size)
        b->size--;
}

/* ,"name":  or, for the first member, without the comma. */
static void
put_name(cc_buf *b, const char *name)
{
    put_comma(b);
    put_text(b, name);
    cc_putc(b, ':');
}

static void
put_member(cc_buf *b, const char *name, const char *text)
{
    put_name(b, name);
    put_text(b, text);
}

/* ---- schemas of fields ----------------------------------------------------------------------- */

enum { ANSWER, STORED, CREATE, CHANGE }; /* what a schema is for; STORED: members of a list in an answer */

static void put_object(cc_buf *b, const cc_field *fields, int use);

static void
put_range(cc_buf *b, const char *least, const char *most, const cc_field *f)
{
    put_name(b, least);
    cc_put_int(b, f->min);
    put_name(b, most);
    cc_put_int(b, f->max);
}

static void
put_choices(cc_buf *b, const cc_field *f)
{
    put_name(b, "enum");
    for (const char *const *c = f->choices; *c; c++) {
        cc_putc(b, c == f->choices ? '[' : ',');
        put_text(b, *c);
    }
    cc_puts(b, f->flags & CC_FIELD_NULLABLE ? ",null]" : "]");
}

/*
 * Patterns are read by ECMA-262's rules, with and without its flag "u", and by many other engines: so they have no look-ahead,
 * no \\p{} and nothing beyond U+FFFF.  Where our rules go further, in unicode.c or repository.c, a pattern says what is
 * necessary and the answer 400 says the rest.
 *
 * What no line may hold: controls, embeddings and overrides of direction, fillers, private characters, a BOM ...
 */
#define NEVER_SEEN                                                                                                     \
    "\\x00-\\x1f\\x7f-\\x9f\\xad\\u115f\\u1160\\u17b4\\u17b5\\u2028-\\u202e\\u2060-\\u206f\\u3164"                             \
    "\\ue000-\\uf8ff\\ufdd0-\\ufdef\\ufeff\\uffa0\\ufff0-\\ufffc\\ufffe\\uffff"
/* ... and what it may not hold alone: blanks, and what joins, selects or directs the characters around it. */
#define SEEN_WITH_OTHERS                                                                                               \
    " \\xa0\\u034f\\u061c\\u1680\\u180b-\\u180f\\u2000-\\u200f\\u202f\\u205f\\u2800\\u3000\\ufe00-\\ufe0f"

static const char LINE_PATTERN[] = "^[^" NEVER_SEEN "]*[^" NEVER_SEEN SEEN_WITH_OTHERS "][^" NEVER_SEEN "]*$";
static const char TEXT_PATTERN[] = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$";
static const char URL_PATTERN[] =
    "^(?:[a-z]+://[^\\s/?#]+/|(?:file://)?/|[0-9A-Za-z._+~-]{1,64}@[^\\s/:@]+:)[^\\s\"'`<>\\\\^{|}]+$";
static const char NETWORK_PATTERN[] = "^(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:/[0-9]{1,3})?$";
static const char VARIABLE_PATTERN[] = "^[A-Za-z_][0-9A-Za-z_]{0,63}$";
static const char CURSOR_PATTERN[] = "^[0-9A-Za-z_-]+$"; /* base64url without padding (page.c) */
static const char RETRY_PATTERN[] = "^(?:[!#-~](?:[ !#-~]*[!#-~])?|\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])+\")$";
static const char ETAG_PATTERN[] = "^(?:\\*|(?:W/)?\"[!#-~]*\"(?:, *(?:W/)?\"[!#-~]*\")*)$";

/* Sixteen bytes in base62, the time first: until the year 9,000 the first digit is at most 6.  "": an id of any kind. */
static void
put_id_pattern(cc_buf *b, const char *prefix)
{
    put_name(b, "pattern");
    cc_putf(b, "\"^%s[0-6][0-9A-Za-z]{21}$\"", prefix[0] ? prefix : "[a-z]{3}_");
}

static void
put_type(cc_buf *b, const cc_field *f, const char *type)
{
    put_name(b, "type");
    cc_putf(b, f->flags & CC_FIELD_NULLABLE ? "[\"%s\",\"null\"]" : "\"%s\"", type);
}

static void
put_items(cc_buf *b, const cc_field *f, int use)
{
    put_type(b, f, "array");
    if (use >= CREATE)
        put_range(b, "minItems", "maxItems", f);
    put_name(b, "items");
    if (f->type == CC_TYPE_LIST) {
        put_object(b, f->members, use == ANSWER ? STORED : CREATE);
        return;
    }
    cc_puts(b, "{\"type\":\"string\"");
    if (f->type == CC_TYPE_IDS)
        put_id_pattern(b, f->ref);
    if (f->type == CC_TYPE_NETWORKS)
        put_member(b, "pattern", NETWORK_PATTERN);
    if (f->type == CC_TYPE_SCOPES) {
        put_name(b, "enum");
        for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
            cc_putf(b, "%s\"%s\"", s ? "," : "[", cc_scope_text(s));
        cc_putc(b, ']');
    }
    cc_putc(b, '}');
}

static void
put_flag(cc_buf *b, const cc_field *f, unsigned flag, const char *name)
{
    if (f->flags & flag) {
        put_name(b, name);
        cc_puts(b, "true");
    }
}

/*
 * What the declaration knows and JSON Schema has no word for: forms, lists and pages are made of it (www/, pyext/).
 * What a member is to lists and changes stands with the resource alone, not again in each body.
 */
static void
put_extensions(cc_buf *b, const cc_field *f, int use)
{
    static const char *const types[] = {
        [CC_TYPE_LINE] = "line", [CC_TYPE_TEXT] = "text",       [CC_TYPE_INT] = "integer",      [CC_TYPE_NUMBER] = "number", [CC_TYPE_BOOL] = "boolean",
        [CC_TYPE_TIME] = "time", [CC_TYPE_CHOICE] = "choice",   [CC_TYPE_ID] = "id",            [CC_TYPE_IDS] = "ids",       [CC_TYPE_URL] = "url",
        [CC_TYPE_SCOPES] = "scopes", [CC_TYPE_NETWORKS] = "networks", [CC_TYPE_LIST] = "list", [CC_TYPE_OBJECT] = "object", [CC_TYPE_MAP] = "map",
        [CC_TYPE_ANY] = "any",   [CC_TYPE_BLOB] = "any",
    };
    const cc_resource *refers = f->ref ? cc_resource_of(f->ref) : NULL;

    put_member(b, "x-type", types[f->type]);
    if (refers && strcmp(f->name, "id") != 0)
        put_member(b, "x-refers", refers->one);
    if (use != ANSWER)
        return;
    put_flag(b, f, CC_FIELD_READ_ONLY, "readOnly");
    put_flag(b, f, CC_FIELD_FIXED, "x-fixed");
    put_flag(b, f, CC_FIELD_FILTER, "x-filter");
    put_flag(b, f, CC_FIELD_SEARCH, "x-search");
    put_flag(b, f, CC_FIELD_DETAIL, "x-detail");
}

static void
put_schema(cc_buf *b, const cc_field *f, int use)
{
    cc_putc(b, '{');
    switch (f->type) {
    case CC_TYPE_LINE:
    case CC_TYPE_TEXT:
        put_type(b, f, "string");
        put_range(b, "minLength", "maxLength", f);
        if (use >= CREATE) /* answers may hold rows from before such texts were refused */
            put_member(b, "pattern", f == &cc_page_fields[1] ? CURSOR_PATTERN : f->type == CC_TYPE_LINE ? LINE_PATTERN : TEXT_PATTERN);
        break;
    case CC_TYPE_URL:
        put_type(b, f, "string");
        cc_puts(b, ",\"minLength\":1,\"maxLength\":");
        cc_put_int(b, f->max);
        put_member(b, "pattern", URL_PATTERN);
        break;
    case CC_TYPE_INT:
        put_type(b, f, "integer");
        put_range(b, "minimum", "maximum", f);
        break;
    case CC_TYPE_NUMBER:
        put_type(b, f, "number");
        put_range(b, "minimum", "maximum", f);
        break;
    case CC_TYPE_BOOL: put_type(b, f, "boolean"); break;
    case CC_TYPE_TIME:
        put_type(b, f, "string");
        put_member(b, "format", "date-time");
        break;
    case CC_TYPE_CHOICE:
        put_type(b, f, "string");
        put_choices(b, f);
        break;
    case CC_TYPE_ID:
        put_type(b, f, "string");
        put_id_pattern(b, f->ref);
        break;
    case CC_TYPE_IDS:
    case CC_TYPE_SCOPES:
    case CC_TYPE_NETWORKS:
    case CC_TYPE_LIST: put_items(b, f, use); break;
    case CC_TYPE_OBJECT:
        cut(b); /* its own brace in place of ours, left open for the description */
        put_object(b, f->members, use);
        cut(b);
        break;
    case CC_TYPE_MAP:
        put_type(b, f, "object");
        put_name(b, "propertyNames");
        cc_puts(b, "{\"pattern\":");
        put_text(b, VARIABLE_PATTERN);
        cc_puts(b, use < CREATE ? "},\"additionalProperties\":{\"type\":\"string\"}"
                                : "},\"additionalProperties\":{\"type\":[\"string\",\"null\"],\"maxLength\":8192}");
        if (use >= CREATE) {
            put_name(b, "maxProperties");
            cc_put_int(b, f->max);
        }
        break;
    case CC_TYPE_ANY:
    case CC_TYPE_BLOB: put_type(b, f, "object"); break;
    }
    put_member(b, "description", f->meaning);
    if (f->preset && use == CREATE) {
        put_name(b, "default");
        cc_puts(b, f->preset);
    }
    if (f->example && use < CREATE) {
        put_name(b, "examples");
        cc_putf(b, "[%s]", f->example);
    }
    put_extensions(b, f, use);
    cc_putc(b, '}');
}

static bool
belongs(const cc_field *f, int use)
{
    if (f->flags & CC_FIELD_HIDDEN)
        return false;
    if (use < CREATE)
        return !(f->flags & CC_FIELD_WRITE_ONLY);
    return !(f->flags & CC_FIELD_READ_ONLY) && !(use == CHANGE && f->flags & CC_FIELD_FIXED);
}

/*
 * Answers: only what every answer of the kind has is required.  Lists leave details out, the secret comes once, and a
 * member of a stored list is there if it was sent or has a preset.
 */
static bool
is_required(const cc_field *f, int use)
{
    if (use == ANSWER)
        return !(f->flags & (CC_FIELD_DETAIL | CC_FIELD_VIRTUAL));
    if (use == STORED)
        return f->flags & CC_FIELD_REQUIRED || f->preset;
    return use == CREATE && f->flags & CC_FIELD_REQUIRED;
}

static void
put_object(cc_buf *b, const cc_field *fields, int use)
{
    bool any = false;

    cc_puts(b, "{\"type\":\"object\",\"properties\":{");
    for (const cc_field *f = fields; f && f->name; f++) {
        if (belongs(f, use)) {
            put_name(b, f->name);
            put_schema(b, f, use);
            any |= is_required(f, use);
        }
    }
    cc_putc(b, '}');
    if (any) {
        const char *comma = ",\"required\":[";
        for (const cc_field *f = fields; f->name; f++) {
            if (belongs(f, use) && is_required(f, use)) {
                cc_puts(b, comma);
                put_text(b, f->name);
                comma = ",";
            }
        }
        cc_putc(b, ']');
    }
    if (use >= CREATE)
        cc_puts(b, ",\"additionalProperties\":false");
    cc_putc(b, '}');
}

/* An object made of the fields' own examples. */
static void
put_example(cc_buf *b, const cc_field *fields, int use, bool once)
{
    cc_putc(b, '{');
    for (const cc_field *f = fields; f && f->name; f++) {
        if (!belongs(f, use) || (use == ANSWER && f->flags & CC_FIELD_VIRTUAL && !once))
            continue;
        if (f->type == CC_TYPE_OBJECT) {
            put_name(b, f->name);
            put_example(b, f->members, use, once);
        } else if (f->example && !(use != ANSWER && strcmp(f->example, "null") == 0)) {
            put_name(b, f->name);
            cc_puts(b, f->example);
        }
    }
    cc_putc(b, '}');
}

/* ---- operations ------------------------------------------------------------------------------ */

static void
put_parameter(cc_buf *b, const cc_field *f)
{
    put_comma(b);
    cc_puts(b, "{\"in\":\"query\"");
    put_member(b, "name", f->name);
    put_member(b, "description", f->meaning);
    put_name(b, "required");
    cc_puts(b, "false");
    put_name(b, "schema");
    put_schema(b, f, CREATE);
    cc_putc(b, '}');
}

/* Of which kind the path's {id} is: those of the collection before it. */
static const char *
path_prefix(const cc_route *route)
{
    size_t n = (size_t)(strstr(route->path, "/{id}") - route->path);

    for (const cc_route *r = cc_routes; r < cc_routes + cc_routes_count; r++)
        if (r->flags & CC_ROUTE_CURSOR && strlen(r->path) == n && strncmp(r->path, route->path, n) == 0)
            return r->resource->prefix;
    return "";
}

static void
put_parameters(cc_buf *b, const cc_route *route)
{
    const cc_field *query[CC_QUERY_MAX];
    size_t          n = cc_route_query(route, query);

    put_name(b, "parameters");
    cc_putc(b, '[');
    if (strstr(route->path, "{id}")) {
        cc_puts(b, "{\"in\":\"path\",\"name\":\"id\",\"required\":true,\"description\":\"Which one.\","
                   "\"schema\":{\"type\":\"string\"");
        put_id_pattern(b, path_prefix(route));
        cc_puts(b, "}}");
    }
    for (size_t i = 0; i < n; i++)
        if (!cc_route_gives(route, query[i]))
            put_parameter(b, query[i]);
    if (cc_route_retried(route)) {
        put_comma(b);
        cc_puts(b, "{\"$ref\":\"#/components/parameters/IdempotencyKey\"}");
    }
    if (route->method == CC_PATCH && route->resource)
        cc_puts(b, ",{\"$ref\":\"#/components/parameters/IfMatch\"}");
    cc_putc(b, ']');
}

static void
put_body(cc_buf *b, const cc_route *route)
{
    const cc_field *fields = cc_route_body(route);
    int             use = cc_route_partial(route) ? CHANGE : CREATE;
    bool            required = false;

    for (const cc_field *f = fields; f && f->name; f++)
        required |= belongs(f, use) && is_required(f, use);
    put_name(b, "requestBody");
    cc_putf(b, "{\"required\":%s,\"content\":{\"application/json\":{\"schema\":", required ? "true" : "false");
    put_object(b, fields, use);
    put_name(b, "example");
    put_example(b, fields, use, false);
    cc_puts(b, "}}}");
}

static void
put_answer_schema(cc_buf *b, const cc_route *route)
{
    if (route->resource && !route->answer)
        cc_putf(b, "{\"$ref\":\"#/components/schemas/%s\"}", route->resource->one);
    else
        put_object(b, cc_route_answer(route), ANSWER);
}

static void
put_success(cc_buf *b, const cc_route *route)
{
    const cc_field *fields = cc_route_answer(route);
    bool            list = route->flags & CC_ROUTE_LISTED, created = route->flags & CC_ROUTE_CREATED;

    put_name(b, created ? "201" : "200");
    cc_puts(b, "{\"description\":");
    put_text(b, route->summary);
    cc_puts(b, ",\"headers\":{\"X-Request-ID\":{\"$ref\":\"#/components/headers/RequestId\"}},"
               "\"content\":{\"application/json\":{\"schema\":");
    if (route->flags & CC_ROUTE_OWN_BODY) {
        cc_puts(b, "{\"type\":\"object\"}}}}");
        return;
    }
    cc_puts(b, "{\"type\":\"object\",\"properties\":{\"data\":");
    if (list)
        cc_puts(b, "{\"type\":\"array\",\"items\":");
    put_answer_schema(b, route);
    if (list)
        cc_puts(b, "},\"nextCursor\":{\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9A-Za-z_-]+$\"},\"hasMore\":{\"type\":\"boolean\"}");
    cc_puts(b, list ? "},\"required\":[\"data\",\"nextCursor\",\"hasMore\"]}" : "},\"required\":[\"data\"]}");
    put_name(b, "example");
    cc_puts(b, list ? "{\"data\":[" : "{\"data\":");
    put_example(b, fields, ANSWER, created);
    cc_puts(b, list ? "],\"nextCursor\":null,\"hasMore\":false}}}}" : "}}}}");
}

/* One response per status, and by name which of its errors this route answers. */
static void
put_failures(cc_buf *b, const cc_route *route)
{
    const uint32_t errors = cc_route_errors(route);
    int            last = 0;

    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        if (!(errors >> e & 1) || cc_err_status(e) == last)
            continue; /* the list keeps errors of one status together */
        last = cc_err_status(e);
        cc_putf(b, ",\"%d\":{\"$ref\":\"#/components/responses/Error%d\"}", last, last);
    }
}

static void
put_error_codes(cc_buf *b, const cc_route *route)
{
    const uint32_t errors = cc_route_errors(route);

    put_name(b, "x-errors");
    cc_putc(b, '[');
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        if (errors >> e & 1) {
            put_comma(b);
            put_text(b, cc_err_code(e));
        }
    }
    cc_putc(b, ']');
}

static void
put_operation(cc_buf *b, const cc_route *route)
{
    static const char *const verbs[] = {"get", "post", "patch", "delete"};
    const char              *dot = strchr(route->operation, '.');
    cc_buf                   tag;

    cc_buf_init(&tag, b->arena);
    cc_put(&tag, dot ? route->operation : "service", dot ? (size_t)(dot - route->operation) : 7);
    put_name(b, verbs[route->method]);
    cc_putc(b, '{');
    put_member(b, "operationId", route->operation);
    put_member(b, "summary", route->summary);
    put_name(b, "tags");
    cc_putc(b, '[');
    cc_put_json(b, tag.data, tag.size);
    cc_putc(b, ']');
    if (route->scope == CC_SCOPE_NONE)
        cc_puts(b, ",\"security\":[]");
    else if (route->flags & CC_ROUTE_PERSON)
        cc_puts(b, ",\"security\":[{\"session\":[]}]");
    else if (route->scope != CC_SCOPE_ANY)
        put_member(b, "x-required-scope", cc_scope_text(route->scope));
    for (cc_scope scope = 0; scope < CC_SCOPE__MAX; scope++)
        if (route->also >> scope & 1)
            put_member(b, "x-also-required-scope", cc_scope_text(scope));
    char         older[CC_OLDER_MAX][CC_OLDER_SIZE];
    const size_t older_count = cc_route_older(route, older);
    for (size_t i = 0; i < older_count; i++) {
        cc_puts(b, i ? "," : ",\"x-aliases\":[");
        put_text(b, older[i]);
    }
    if (older_count)
        cc_putc(b, ']');
    put_parameters(b, route);
    if (route->method == CC_POST || route->method == CC_PATCH)
        put_body(b, route);
    put_name(b, "responses");
    cc_putc(b, '{');
    put_success(b, route);
    put_failures(b, route);
    cc_putc(b, '}');
    put_error_codes(b, route);
    cc_putc(b, '}');
}

/* What "workflows" in "workflows.list" is about. */
static const char *
group_meaning(const cc_route *route, size_t size)
{
    for (const cc_group *g = cc_groups; g->name; g++)
        if (strlen(g->name) == size && strncmp(g->name, route->operation, size) == 0)
            return g->meaning;
    return route->resource ? route->resource->meaning : "";
}

static size_t
group_size(const cc_route *route)
{
    const char *dot = strrchr(route->operation, '.');

    return dot ? (size_t)(dot - route->operation) : 0;
}

/* Each group of operations once, where its first row stands. */
static void
put_tags(cc_buf *b)
{
    cc_puts(b, "[{\"name\":\"service\",\"description\":\"The service itself.\"}");
    for (const cc_route *route = cc_routes; route < cc_routes + cc_routes_count; route++) {
        const size_t size = group_size(route);
        bool         again = size == 0;
        for (const cc_route *r = cc_routes; r < route && !again; r++)
            again = group_size(r) == size && strncmp(r->operation, route->operation, size) == 0;
        if (again)
            continue;
        cc_puts(b, ",{\"name\":");
        cc_put_json(b, route->operation, size);
        put_member(b, "description", group_meaning(route, size));
        cc_putc(b, '}');
    }
    cc_putc(b, ']');
}

static void
put_paths(cc_buf *b)
{
    cc_putc(b, '{');
    for (size_t i = 0; i < cc_routes_count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= strcmp(cc_routes[j].path, cc_routes[i].path) == 0;
        if (again)
            continue;
        put_name(b, cc_routes[i].path);
        cc_putc(b, '{');
        for (size_t j = i; j < cc_routes_count; j++)
            if (strcmp(cc_routes[j].path, cc_routes[i].path) == 0)
                put_operation(b, &cc_routes[j]);
        cc_putc(b, '}');
    }
    cc_putc(b, '}');
}

/* ---- components ------------------------------------------------------------------------------ */

static void
put_error_example(cc_buf *b, cc_err e)
{
    put_name(b, cc_err_code(e));
    cc_puts(b, "{\"summary\":");
    put_text(b, cc_err_advice(e));
    cc_putf(b, ",\"value\":{\"error\":{\"code\":\"%s\",\"message\":", cc_err_code(e));
    put_text(b, cc_err_message(e));
    cc_puts(b, ",\"requestId\":\"5b2c1f0a-8e7d-4a4f-bb6d-f0a3c8a1e7e2\"");
    if (e == CC_E_VALIDATION)
        cc_puts(b, ",\"field\":\"name\"");
    if (cc_err_retryable(e))
        cc_puts(b, ",\"retryable\":true");
    cc_puts(b, "}}}");
}

static void
put_responses(cc_buf *b)
{
    cc_putc(b, '{');
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        int status = cc_err_status(e);
        if (e > CC_OK + 1 && cc_err_status(e - 1) == status)
            continue; /* the list keeps errors of one status together */
        char name[16];
        snprintf(name, sizeof(name), "Error%d", status);
        put_name(b, name);
        cc_puts(b, "{\"description\":");
        put_text(b, cc_err_message(e));
        cc_puts(b, ",\"headers\":{\"X-Request-ID\":{\"$ref\":\"#/components/headers/RequestId\"}}"
                   ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/error\"},"
                   "\"examples\":{");
        for (cc_err same = e; same < CC_E__MAX && cc_err_status(same) == status; same++)
            put_error_example(b, same);
        cc_puts(b, "}}}}");
    }
    cc_putc(b, '}');
}

/* The row that lists these; NULL: nothing does. */
static const cc_route *
route_listing(const cc_resource *res)
{
    for (const cc_route *route = cc_routes; route < cc_routes + cc_routes_count; route++)
        if (route->resource == res && route->flags & CC_ROUTE_CURSOR && !route->within)
            return route;
    return NULL;
}

/* Has it the five routes of a plain resource, with nothing of its own? */
static bool
is_plain(const cc_resource *res)
{
    const cc_handler plain[] = {cc_resource_list, cc_resource_create, cc_resource_get, cc_resource_update,
                                cc_resource_delete};
    unsigned         found = 0;

    for (const cc_route *route = cc_routes; route < cc_routes + cc_routes_count; route++)
        for (size_t i = 0; route->resource == res && i < CC_COUNT(plain); i++)
            found |= (route->handler == plain[i]) ? 1u << i : 0;
    return found == (1u << CC_COUNT(plain)) - 1;
}

/* Where it is to be found, and what its ids look like. */
static void
put_resource(cc_buf *b, const cc_resource *res)
{
    const cc_route *list = route_listing(res);

    put_name(b, "x-resource");
    cc_putc(b, '{');
    if (res->prefix)
        put_member(b, "idPrefix", res->prefix);
    if (list) {
        put_member(b, "path", list->path);
        put_name(b, "operations");
        cc_put_json(b, list->operation, strcspn(list->operation, "."));
    }
    put_name(b, "plain");
    cc_puts(b, is_plain(res) ? "true}" : "false}");
}

static void
put_schemas(cc_buf *b)
{
    cc_putc(b, '{');
    for (size_t i = 0; cc_resources[i]; i++) {
        put_name(b, cc_resources[i]->one);
        put_object(b, cc_resources[i]->fields, ANSWER);
        cut(b);
        put_member(b, "description", cc_resources[i]->meaning);
        put_resource(b, cc_resources[i]);
        cc_putc(b, '}');
    }
    cc_puts(b,
            ",\"error\":{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
            "\"required\":[\"code\",\"message\",\"requestId\"],\"properties\":{\"code\":{\"type\":\"string\","
            "\"enum\":[");
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++)
        cc_putf(b, "%s\"%s\"", e > CC_OK + 1 ? "," : "", cc_err_code(e));
    cc_puts(b, "]},\"message\":{\"type\":\"string\"},\"requestId\":{\"type\":\"string\",\"format\":\"uuid\"},"
               "\"field\":{\"type\":\"string\"},\"retryable\":{\"type\":\"boolean\"}}}}}}");
}

/* What stands before the paths: what the request itself said, so that it is true below any prefix. */
static void
put_base(cc_buf *b, const char *base)
{
    char *url = cc_printf(b->arena, "%s/api/v1", base);

    if (url)
        put_text(b, url);
    else
        b->failed = true;
}

void
cc_openapi_write(cc_buf *b, const char *base)
{
    cc_puts(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"CodeCourier\",\"version\":\"" CC_VERSION "\","
               "\"description\":\"Run AI coding workflows on your own machine: the REST API.\","
               "\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
               /* An absolute path: many programs take a relative one for relative to the host. */
               "\"servers\":[{\"url\":");
    put_base(b, base);
    cc_puts(b, "}],\"security\":[{\"bearer\":[]},{\"session\":[]}],\"tags\":");
    put_tags(b);
    cc_puts(b, ",\"paths\":");
    put_paths(b);
    cc_puts(b, ",\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
               "\"description\":\"An API key: cc_live_… or cc_test_….\"},"
               "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" CC_COOKIE "\",\"description\":"
               "\"Somebody signed in (POST /session).  Every request but GET and HEAD also needs the session's csrfToken as "
               "X-CSRF-Token; X-Project chooses among the person's projects.\"}},"
               "\"headers\":{\"RequestId\":{\"description\":\"Names this request in the log; equal to "
               "error.requestId.\",\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}},"
               "\"parameters\":{\"IdempotencyKey\":{\"in\":\"header\",\"name\":\"Idempotency-Key\",\"required\":false,"
               "\"description\":\"Makes a repeat of this request safe for 24 hours.\",\"schema\":{\"type\":\"string\","
               "\"minLength\":1,\"maxLength\":255,\"pattern\":");
    put_text(b, RETRY_PATTERN);
    cc_puts(b, "}},\"IfMatch\":{\"in\":\"header\",\"name\":\"If-Match\","
               "\"required\":false,\"description\":\"Change it only if it is still the version of this ETag.\","
               "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000,\"pattern\":");
    put_text(b, ETAG_PATTERN);
    cc_puts(b, "}}},\"responses\":");
    put_responses(b);
    cc_puts(b, ",\"schemas\":");
    put_schemas(b);
    cc_puts(b, "}}");
}

char *
cc_openapi(void)
{
    cc_arena *a = cc_arena_new();
    char     *copy = NULL;
    cc_buf    b;

    if (!a)
        return NULL;
    cc_buf_init(&b, a);
    cc_openapi_write(&b, "");
    const char *text = cc_buf_text(&b);
    if (text && (copy = malloc(b.size + 1)))
        memcpy(copy, text, b.size + 1);
    cc_arena_free(a);
    return copy;
}
