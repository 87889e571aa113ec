/*
 * The OpenAPI 3.1 description, written from the table.
 *
 * Nothing here is known twice: paths, scopes, limits, meanings and examples are read off routes.c and the declarations,
 * errors off CC_ERRORS. It is a walk with a buffer, not a tree; so every function writes a complete JSON value and
 * leaves commas to its caller.
 */
#include "gate/openapi.h"

#include <stdio.h>

#include "gate/envelope.h"
#include "gate/signin.h"

/* A schema that was referred to, and is written when all that refers has been. */
typedef struct named {
    struct named   *next;
    const char     *name, *meaning;
    const char     *about; /* what the names of those within it begin with */
    const cc_field *fields;
    const cc_route *body_of; /* the body of this one */
    int             use;
} named;

/* The text that grows, and the table that it is about. */
typedef struct doc {
    cc_buf         *b;
    const cc_table *table;
    const cc_route *body_of; /* whose body is written; NULL: no body is */
    const char     *about;   /* what the names of the schemas within this one begin with */
    bool            inlined; /* every schema where it is used, and none by name */
    named          *first, **end;
    bool            plain;   /* for reading: without patterns that spell out what the type means, and extensions */
} doc;

static void
put_text(doc *d, const char *s)
{
    cc_put_json(d->b, s, strlen(s));
}

/* Between two members or elements; nothing before the first. */
static void
put_comma(doc *d)
{
    if (d->b->size && d->b->data[d->b->size - 1] != '{' && d->b->data[d->b->size - 1] != '[')
        cc_putc(d->b, ',');
}

/* Take the last character back. */
static void
cut(doc *d)
{
    if (d->b->size)
        d->b->size--;
}

/* ,"name":  or, for the first member, without the comma. */
static void
put_name(doc *d, const char *name)
{
    put_comma(d);
    put_text(d, name);
    cc_putc(d->b, ':');
}

static void
put_member(doc *d, const char *name, const char *text)
{
    put_name(d, name);
    put_text(d, text);
}

/* ---- schemas of fields ----------------------------------------------------------------------- */

enum { ANSWER, STORED, CREATE, CHANGE }; /* what a schema is for; STORED: members of a list in an answer */

static void put_object(doc *d, const cc_field *fields, int use);

/* "workflow" and "steps" give "workflowStep", as code that is generated reads well. */
static const char *
name_within(doc *d, const char *about, const char *member, bool one)
{
    size_t      size = strlen(member);
    const char *end = "";

    if (one && size > 3 && strcmp(member + size - 3, "ies") == 0) {
        size -= 3;
        end = "y";
    } else if (one && size > 1 && member[size - 1] == 's') {
        size--;
    }
    const char first = member[0] >= 'a' && member[0] <= 'z' ? (char)(member[0] - 'a' + 'A') : member[0];
    const char *name = cc_printf(d->b->arena, "%s%c%.*s%s", about, first, (int)size - 1, member + 1, end);
    if (!name)
        d->b->failed = true;
    return name ? name : about;
}

/* What many operations share is named after none of them. */
static const struct shared {
    const cc_field *fields;
    const char     *name, *meaning;
} shared[] = {
    {cc_no_fields, "nothing", "It takes no members."},
    {cc_deleted_fields, "deleted", "What was deleted."},
    {cc_bulk_ids, "bulkIds", "Which ones to delete."},
    {cc_bulk_answer, "bulkDeleted", "How each one fared."},
};

/* A reference to a schema, and a note to write it later; with the same name it is the same. */
static void
put_named(doc *d, named wanted)
{
    named *n = d->first;

    if (d->inlined) {
        put_object(d, wanted.fields, wanted.use);
        return;
    }
    for (const struct shared *s = shared; s < shared + CC_COUNT(shared); s++)
        if (s->fields == wanted.fields) {
            wanted.name = s->name;
            wanted.meaning = s->meaning;
        }
    while (n && strcmp(n->name, wanted.name) != 0)
        n = n->next;
    if (!n && (n = cc_alloc(d->b->arena, sizeof(*n)))) {
        *n = wanted;
        *d->end = n;
        d->end = &n->next;
    }
    if (!n)
        d->b->failed = true;
    cc_putf(d->b, "{\"$ref\":\"#/components/schemas/%s\"}", wanted.name);
}

static void
put_range(doc *d, const char *least, const char *most, const cc_field *f)
{
    put_name(d, least);
    cc_put_int(d->b, f->min);
    put_name(d, most);
    cc_put_int(d->b, f->max);
}

static void
put_choices(doc *d, const cc_field *f)
{
    put_name(d, "enum");
    for (const char *const *c = f->choices; *c; c++) {
        cc_putc(d->b, c == f->choices ? '[' : ',');
        put_text(d, *c);
    }
    cc_puts(d->b, f->flags & CC_FIELD_NULLABLE ? ",null]" : "]");
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
put_id_pattern(doc *d, const char *prefix)
{
    put_name(d, "pattern");
    cc_putf(d->b, "\"^%s[0-6][0-9A-Za-z]{21}$\"", prefix[0] ? prefix : "[a-z]{3}_");
}

static void
put_type(doc *d, const cc_field *f, const char *type)
{
    put_name(d, "type");
    cc_putf(d->b, f->flags & CC_FIELD_NULLABLE ? "[\"%s\",\"null\"]" : "\"%s\"", type);
}

static void
put_items(doc *d, const cc_field *f, int use)
{
    put_type(d, f, "array");
    if (use >= CREATE)
        put_range(d, "minItems", "maxItems", f);
    put_name(d, "items");
    if (f->type == CC_TYPE_LIST) {
        const char *name = name_within(d, d->about, f->name, true);
        put_named(d, (named){.name = use < CREATE ? name : name_within(d, name, "input", false),
                             .meaning = f->meaning,
                             .about = name,
                             .fields = f->members,
                             .use = use < CREATE ? STORED : CREATE});
        return;
    }
    cc_puts(d->b, "{\"type\":\"string\"");
    if (f->type == CC_TYPE_IDS)
        put_id_pattern(d, f->ref);
    if (f->type == CC_TYPE_NETWORKS && !d->plain)
        put_member(d, "pattern", NETWORK_PATTERN);
    if (f->type == CC_TYPE_SCOPES) {
        put_name(d, "enum");
        for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
            cc_putf(d->b, "%s\"%s\"", s ? "," : "[", cc_scope_text(s));
        cc_putc(d->b, ']');
    }
    if (f->type == CC_TYPE_CHOICES)
        put_choices(d, f);
    if (f->type == CC_TYPE_TEXTS && use >= CREATE)
        cc_putf(d->b, ",\"maxLength\":%d", CC_TEXTS_EACH);
    cc_putc(d->b, '}');
}

static void
put_flag(doc *d, const cc_field *f, unsigned flag, const char *name)
{
    if (f->flags & flag) {
        put_name(d, name);
        cc_puts(d->b, "true");
    }
}

/* The ways from one state, as far as it can be left. */
static void
put_moves(doc *d, const cc_states *states, const char *from)
{
    const char *comma = "";

    cc_puts(d->b, ",\"moves\":[");
    for (const cc_way *w = states->ways; w < states->ways + states->way_count; w++)
        if (cc_state_in(w->from, from)) {
            cc_putf(d->b, "%s{\"action\":\"%s\",\"by\":\"%s\",\"to\":\"%s\"}", comma, w->action, w->by, w->to[0] ? w->to : from);
            comma = ",";
        }
    cc_puts(d->b, "]}");
}

/* Badges, buttons and diagrams are made of it. */
static void
put_states(doc *d, const cc_states *states)
{
    put_name(d, "x-states");
    cc_putf(d->b, "{\"of\":\"%s\",\"states\":[", states->singular);
    for (size_t i = 0; i < states->state_count; i++) {
        const cc_state *s = &states->states[i];
        cc_putf(d->b, "%s{\"name\":\"%s\",\"tone\":\"%s\",\"over\":%s", i ? "," : "", s->name, s->tone, s->over ? "true" : "false");
        put_moves(d, states, s->name);
    }
    cc_puts(d->b, "]}");
}

/*
 * What the declaration knows and JSON Schema has no word for: forms, lists and pages are made of it (www/, pyext/).
 * What a member is to lists and changes stands with the resource alone, not again in each body.
 */
static void
put_extensions(doc *d, const cc_field *f, int use)
{
    static const char *const types[] = {
        [CC_TYPE_LINE] = "line", [CC_TYPE_TEXT] = "text",       [CC_TYPE_INT] = "integer",      [CC_TYPE_NUMBER] = "number", [CC_TYPE_BOOL] = "boolean",
        [CC_TYPE_TIME] = "time", [CC_TYPE_CHOICE] = "choice",   [CC_TYPE_ID] = "id",            [CC_TYPE_IDS] = "ids",       [CC_TYPE_URL] = "url",
        [CC_TYPE_SCOPES] = "scopes", [CC_TYPE_NETWORKS] = "networks", [CC_TYPE_LIST] = "list", [CC_TYPE_OBJECT] = "object", [CC_TYPE_MAP] = "map",
        [CC_TYPE_ANY] = "any",   [CC_TYPE_BLOB] = "any",         [CC_TYPE_MONEY] = "number",     [CC_TYPE_TEXTS] = "texts",
        [CC_TYPE_CHOICES] = "choices",
    };
    const cc_resource *refers = f->ref ? cc_resource_of(d->table, f->ref) : NULL;

    put_member(d, "x-type", types[f->type]);
    if (refers && strcmp(f->name, "id") != 0)
        put_member(d, "x-refers", refers->singular);
    if (use != ANSWER)
        return;
    put_flag(d, f, CC_FIELD_READ_ONLY, "readOnly");
    put_flag(d, f, CC_FIELD_FIXED, "x-fixed");
    put_flag(d, f, CC_FIELD_FILTER, "x-filter");
    put_flag(d, f, CC_FIELD_SEARCH, "x-search");
    put_flag(d, f, CC_FIELD_DETAIL, "x-detail");
    if (f->states)
        put_states(d, f->states);
}

static void
put_schema(doc *d, const cc_field *declared, int use)
{
    cc_field        asked = *declared;
    const cc_field *f = &asked;

    if (use >= CREATE && !cc_field_takes_null(f))
        asked.flags &= ~(unsigned)CC_FIELD_NULLABLE;
    cc_putc(d->b, '{');
    switch (f->type) {
    case CC_TYPE_LINE:
    case CC_TYPE_TEXT:
        put_type(d, f, "string");
        put_range(d, "minLength", "maxLength", f);
        if (use >= CREATE && !d->plain) /* answers may hold rows from before such texts were refused */
            put_member(d, "pattern", declared == &cc_page_fields[1] ? CURSOR_PATTERN : f->type == CC_TYPE_LINE ? LINE_PATTERN : TEXT_PATTERN);
        break;
    case CC_TYPE_URL:
        put_type(d, f, "string");
        cc_puts(d->b, ",\"minLength\":1,\"maxLength\":");
        cc_put_int(d->b, f->max);
        if (!d->plain)
            put_member(d, "pattern", URL_PATTERN);
        break;
    case CC_TYPE_INT:
        put_type(d, f, "integer");
        put_range(d, "minimum", "maximum", f);
        break;
    case CC_TYPE_MONEY:
    case CC_TYPE_NUMBER:
        put_type(d, f, "number");
        put_range(d, "minimum", "maximum", f);
        break;
    case CC_TYPE_BOOL: put_type(d, f, "boolean"); break;
    case CC_TYPE_TIME:
        put_type(d, f, "string");
        put_member(d, "format", "date-time");
        break;
    case CC_TYPE_CHOICE:
        put_type(d, f, "string");
        put_choices(d, f);
        break;
    case CC_TYPE_ID:
        put_type(d, f, "string");
        put_id_pattern(d, f->ref);
        break;
    case CC_TYPE_IDS:
    case CC_TYPE_SCOPES:
    case CC_TYPE_CHOICES:
    case CC_TYPE_NETWORKS:
    case CC_TYPE_TEXTS:
    case CC_TYPE_LIST: put_items(d, f, use); break;
    case CC_TYPE_OBJECT:
        cut(d); /* its own brace in place of ours, left open for the description */
        put_object(d, f->members, use);
        cut(d);
        break;
    case CC_TYPE_MAP:
        put_type(d, f, "object");
        put_name(d, "propertyNames");
        cc_puts(d->b, "{\"pattern\":");
        put_text(d, VARIABLE_PATTERN);
        cc_puts(d->b, use < CREATE ? "},\"additionalProperties\":{\"type\":\"string\"}"
                                : "},\"additionalProperties\":{\"type\":[\"string\",\"null\"],\"maxLength\":8192}");
        if (use >= CREATE) {
            put_name(d, "maxProperties");
            cc_put_int(d->b, f->max);
        }
        break;
    case CC_TYPE_ANY:
    case CC_TYPE_BLOB: put_type(d, f, "object"); break;
    }
    put_member(d, "description", f->meaning);
    if (f->preset && use == CREATE) {
        put_name(d, "default");
        cc_puts(d->b, f->preset);
    }
    if (f->example && use < CREATE) {
        put_name(d, "examples");
        cc_putf(d->b, "[%s]", f->example);
    }
    if (!d->plain)
        put_extensions(d, f, use);
    cc_putc(d->b, '}');
}

static bool
belongs(const doc *d, const cc_field *f, int use)
{
    if (f->flags & CC_FIELD_HIDDEN || (d->body_of && cc_route_gives(d->body_of, f)))
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
put_object(doc *d, const cc_field *fields, int use)
{
    bool any = false;

    cc_puts(d->b, "{\"type\":\"object\",\"properties\":{");
    for (const cc_field *f = fields; f && f->name; f++) {
        if (belongs(d, f, use)) {
            put_name(d, f->name);
            put_schema(d, f, use);
            any |= is_required(f, use);
        }
    }
    cc_putc(d->b, '}');
    if (any) {
        const char *comma = ",\"required\":[";
        for (const cc_field *f = fields; f->name; f++) {
            if (belongs(d, f, use) && is_required(f, use)) {
                cc_puts(d->b, comma);
                put_text(d, f->name);
                comma = ",";
            }
        }
        cc_putc(d->b, ']');
    }
    if (use >= CREATE)
        cc_puts(d->b, ",\"additionalProperties\":false");
    cc_putc(d->b, '}');
}

/* An object made of the fields' own examples. */
static void
put_example(doc *d, const cc_field *fields, int use, bool once)
{
    cc_putc(d->b, '{');
    for (const cc_field *f = fields; f && f->name; f++) {
        if (!belongs(d, f, use) || (use == ANSWER && f->flags & CC_FIELD_VIRTUAL && !once))
            continue;
        if (f->type == CC_TYPE_OBJECT) {
            put_name(d, f->name);
            put_example(d, f->members, use, once);
        } else if (f->example && !(use != ANSWER && strcmp(f->example, "null") == 0)) {
            put_name(d, f->name);
            cc_puts(d->b, f->example);
        }
    }
    cc_putc(d->b, '}');
}

/* ---- operations ------------------------------------------------------------------------------ */

static size_t
group_size(const cc_route *route)
{
    const char *dot = strrchr(route->operation, '.');

    return dot ? (size_t)(dot - route->operation) : 0;
}

/* Is it the row that lists these, wherever they belong? */
static bool
lists_resource(const cc_route *route)
{
    return route->resource && route->flags & CC_ROUTE_CURSOR && !route->path_gives && !route->pages_by;
}

static void
put_parameter(doc *d, const cc_field *f)
{
    put_comma(d);
    cc_puts(d->b, "{\"in\":\"query\"");
    put_member(d, "name", f->name);
    put_member(d, "description", f->meaning);
    put_name(d, "required");
    cc_puts(d->b, "false");
    put_name(d, "schema");
    /* What a create fills in where nothing is said, a filter leaves alone. */
    put_schema(d, f, f->flags & CC_FIELD_FILTER ? CHANGE : CREATE);
    cc_putc(d->b, '}');
}

/* Of which kind the path's {id} is: those of the collection before it. */
static const char *
path_prefix(const doc *d, const cc_route *route)
{
    size_t n = (size_t)(strstr(route->path, "/{id}") - route->path);

    for (const cc_route *r = d->table->routes; r < d->table->routes + d->table->route_count; r++)
        if (r->flags & CC_ROUTE_CURSOR && strlen(r->path) == n && strncmp(r->path, route->path, n) == 0)
            return r->resource ? r->resource->prefix : ""; /* of any kind */
    return "";
}

/* The second place of the path. */
static void
put_part(doc *d, const cc_field *f)
{
    put_comma(d);
    cc_puts(d->b, "{\"in\":\"path\",\"name\":");
    put_text(d, f->name);
    cc_puts(d->b, ",\"required\":true,\"description\":");
    put_text(d, f->meaning);
    put_name(d, "example");
    cc_puts(d->b, f->example);
    put_name(d, "schema");
    put_schema(d, f, CREATE);
    cc_putc(d->b, '}');
}

static void
put_parameters(doc *d, const cc_route *route)
{
    const cc_field *query[CC_QUERY_MAX];
    size_t          n = cc_route_query(route, query);

    put_name(d, "parameters");
    cc_putc(d->b, '[');
    if (strstr(route->path, "{id}")) {
        cc_puts(d->b, "{\"in\":\"path\",\"name\":\"id\",\"required\":true,\"description\":\"Which one.\","
                   "\"schema\":{\"type\":\"string\"");
        put_id_pattern(d, path_prefix(d, route));
        cc_puts(d->b, "}}");
    }
    if (route->part)
        put_part(d, route->part);
    for (size_t i = 0; i < n; i++)
        if (!cc_route_gives(route, query[i]))
            put_parameter(d, query[i]);
    if (cc_route_retried(route)) {
        put_comma(d);
        cc_puts(d->b, "{\"$ref\":\"#/components/parameters/IdempotencyKey\"}");
    }
    if (route->method == CC_PATCH && route->resource)
        cc_puts(d->b, ",{\"$ref\":\"#/components/parameters/IfMatch\"}");
    cc_putc(d->b, ']');
}

/* The last part of "workflows.list". */
static const char *
operation_name(const cc_route *route)
{
    const char *dot = strrchr(route->operation, '.');

    return dot ? dot + 1 : route->operation;
}

/* "projectProviderKeys" for a group that is called "project.providerKeys". */
static const char *
group_stem(doc *d, const cc_route *route)
{
    const char *name = "", *end = route->operation + group_size(route);

    for (const char *part = route->operation; part < end; part += strcspn(part, ".") + 1) {
        const char *text = cc_strndup(d->b->arena, part, strcspn(part, "."));
        d->b->failed |= !text;
        if (text)
            name = *name ? name_within(d, name, text, false) : text;
    }
    return name;
}

/* One of what the operations of its group list, or what they are about: "workflow" for "workflows.duplicate". */
static const char *
about(doc *d, const cc_route *route)
{
    const size_t size = group_size(route);

    for (const cc_route *r = d->table->routes; r < d->table->routes + d->table->route_count; r++)
        if (size > 0 && lists_resource(r) && group_size(r) == size && strncmp(r->operation, route->operation, size) == 0)
            return r->resource->singular;
    return route->resource ? route->resource->singular : group_stem(d, route);
}

/* "workflowDuplicate", or the whole of "whoami". */
static const char *
operation_stem(doc *d, const cc_route *route)
{
    return group_size(route) > 0 ? name_within(d, about(d, route), operation_name(route), false) : route->operation;
}

/* A message of JSON-RPC. */
static void
put_message(doc *d)
{
    put_name(d, "requestBody");
    cc_puts(d->b, "{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{"
               "\"jsonrpc\":{\"type\":\"string\",\"enum\":[\"2.0\"]},\"id\":{\"type\":[\"string\",\"integer\"]},\"method\":{\"type\":\"string\"},"
               "\"params\":{\"type\":\"object\"}},\"required\":[\"jsonrpc\",\"method\"]},"
               "\"example\":{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}}}}");
}

/* What it is answered with beside what every route answers; a 400 may be in either form. */
static void
put_message_answers(doc *d)
{
    static const struct {
        int         status;
        const char *meaning;
    } answers[] = {{400, "A message that is none, or says of itself what does not fit."},
                   {404, "There is no such method."},
                   {406, "Accept admits no JSON."}};

    cc_puts(d->b, ",\"202\":{\"description\":\"A notification was taken.\"}");
    for (size_t i = 0; i < CC_COUNT(answers); i++)
        cc_putf(d->b, ",\"%d\":{\"description\":\"%s\",\"headers\":{\"X-Request-ID\":{\"$ref\":\"#/components/headers/RequestId\"}},"
                   "\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"error\"]}}}}",
                answers[i].status, answers[i].meaning);
}

static void
put_body(doc *d, const cc_route *route)
{
    const cc_field *fields = cc_route_body(route);
    const char     *name = operation_stem(d, route);
    int             use = cc_route_partial(route) ? CHANGE : CREATE;
    bool            required = false;

    d->body_of = route;
    for (const cc_field *f = fields; f && f->name; f++)
        required |= belongs(d, f, use) && is_required(f, use);
    put_name(d, "requestBody");
    cc_putf(d->b, "{\"required\":%s,\"content\":{\"application/json\":{\"schema\":", required ? "true" : "false");
    if (route->flags & CC_ROUTE_ANY_BODY)
        cc_puts(d->b, "{\"type\":\"object\"}");
    else
        put_named(d, (named){.name = name,
                             .meaning = route->summary,
                             .about = route->body ? name : about(d, route),
                             .fields = fields,
                             .body_of = route,
                             .use = use});
    put_name(d, "example");
    put_example(d, fields, use, false);
    d->body_of = NULL;
    cc_puts(d->b, "}}}");
}

static void
put_answer_schema(doc *d, const cc_route *route)
{
    const char *stem = operation_stem(d, route);

    if (route->resource && !route->answer)
        cc_putf(d->b, "{\"$ref\":\"#/components/schemas/%s\"}", route->resource->singular);
    else
        put_named(d, (named){.name = name_within(d, stem, "answer", false),
                             .meaning = route->summary,
                             .about = stem,
                             .fields = cc_route_answer(route),
                             .use = ANSWER});
}

/* What no key opens, and no client asks for: metrics. */
static bool
is_of_monitors(const cc_route *route)
{
    return route->scope == CC_SCOPE_NONE && route->flags & CC_ROUTE_FILE;
}

static void
put_success(doc *d, const cc_route *route)
{
    const cc_field *fields = cc_route_answer(route);
    bool            list = route->flags & CC_ROUTE_LISTED, created = route->flags & CC_ROUTE_CREATED;

    put_comma(d);
    cc_putf(d->b, "\"%d\":", cc_route_status(route));
    cc_puts(d->b, "{\"description\":");
    put_text(d, route->summary);
    cc_puts(d->b, ",\"headers\":{\"X-Request-ID\":{\"$ref\":\"#/components/headers/RequestId\"}},"
               "\"content\":{");
    if (is_of_monitors(route)) {
        cc_puts(d->b, "\"text/plain\":{\"schema\":{\"type\":\"string\"}}}}");
        return;
    }
    if (route->flags & CC_ROUTE_FILE) {
        cc_puts(d->b, "\"application/octet-stream\":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}}}");
        return;
    }
    cc_puts(d->b, "\"application/json\":{\"schema\":");
    if (route->flags & CC_ROUTE_OWN_BODY) {
        cc_puts(d->b, "{\"type\":\"object\"}}}}");
        return;
    }
    cc_puts(d->b, "{\"type\":\"object\",\"properties\":{\"data\":");
    if (list)
        cc_puts(d->b, "{\"type\":\"array\",\"items\":");
    put_answer_schema(d, route);
    if (list)
        cc_puts(d->b, "},\"nextCursor\":{\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9A-Za-z_-]+$\"},\"hasMore\":{\"type\":\"boolean\"}");
    cc_puts(d->b, list ? "},\"required\":[\"data\",\"nextCursor\",\"hasMore\"]}" : "},\"required\":[\"data\"]}");
    put_name(d, "example");
    cc_puts(d->b, list ? "{\"data\":[" : "{\"data\":");
    put_example(d, fields, ANSWER, created);
    cc_puts(d->b, list ? "],\"nextCursor\":null,\"hasMore\":false}}}}" : "}}}}");
}

/* One response per status, and by name which of its errors this route answers. */
static void
put_failures(doc *d, const cc_route *route)
{
    const uint32_t errors = cc_route_errors(route);
    int            last = 0;

    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        if (!(errors >> e & 1) || cc_err_status(e) == last || (e == CC_E_VALIDATION && route->flags & CC_ROUTE_RELAYS))
            continue; /* the list keeps errors of one status together */
        last = cc_err_status(e);
        cc_putf(d->b, ",\"%d\":{\"$ref\":\"#/components/responses/Error%d\"}", last, last);
    }
}

static void
put_error_codes(doc *d, const cc_route *route)
{
    const uint32_t errors = cc_route_errors(route);

    put_name(d, "x-errors");
    cc_putc(d->b, '[');
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        if (errors >> e & 1) {
            put_comma(d);
            put_text(d, cc_err_code(e));
        }
    }
    cc_putc(d->b, ']');
}

/* What a newcomer asks next: what the caller must have, how it goes on, what may refuse it. */
static void
put_details(doc *d, const cc_route *route)
{
    cc_buf text;

    cc_buf_init(&text, d->b->arena);
    if (route->scope == CC_SCOPE_NONE)
        cc_puts(&text, "Needs no key.");
    else if (route->flags & CC_ROUTE_PERSON)
        cc_puts(&text, "For somebody signed in; keys are refused.");
    else if (route->scope == CC_SCOPE_ANY)
        cc_puts(&text, "Any key will do.");
    else
        cc_putf(&text, "Needs the scope `%s`.", cc_scope_text(route->scope));
    for (cc_scope scope = 0; scope < CC_SCOPE__MAX; scope++)
        if (route->also >> scope & 1)
            cc_putf(&text, " Needs the scope `%s`, too.", cc_scope_text(scope));
    if (route->flags & CC_ROUTE_CURSOR)
        cc_puts(&text, " Answers page by page: send `nextCursor` as `cursor` for the next one.");
    if (cc_route_errors(route) & CC_ERROR_BIT(CONFLICT))
        cc_puts(&text, " Answers 409 where the state of things does not allow it.");
    if (cc_route_retried(route))
        cc_puts(&text, " With an `Idempotency-Key` it can be repeated safely.");
    put_name(d, "description");
    cc_put_json(d->b, text.data, text.size);
    d->b->failed |= text.failed;
}

static void
put_operation(doc *d, const cc_route *route)
{
    static const char *const verbs[] = {"get", "post", "patch", "delete", "put"};
    const char              *dot = strchr(route->operation, '.');
    cc_buf                   tag;

    cc_buf_init(&tag, d->b->arena);
    cc_put(&tag, dot ? route->operation : "service", dot ? (size_t)(dot - route->operation) : 7);
    put_name(d, verbs[route->method]);
    cc_putc(d->b, '{');
    put_member(d, "operationId", route->operation);
    put_member(d, "summary", route->summary);
    put_details(d, route);
    put_name(d, "tags");
    cc_putc(d->b, '[');
    cc_put_json(d->b, tag.data, tag.size);
    cc_putc(d->b, ']');
    if (route->flags & CC_ROUTE_ANY_BODY)
        put_member(d, "x-sent-by", route->flags & CC_ROUTE_RELAYS ? "agent" : "forge");
    else if (is_of_monitors(route))
        put_member(d, "x-sent-by", "monitor");
    if (route->scope == CC_SCOPE_NONE)
        cc_puts(d->b, ",\"security\":[]");
    else if (route->flags & CC_ROUTE_PERSON)
        cc_puts(d->b, ",\"security\":[{\"session\":[]}]");
    else if (route->scope != CC_SCOPE_ANY)
        put_member(d, "x-required-scope", cc_scope_text(route->scope));
    for (cc_scope scope = 0; scope < CC_SCOPE__MAX; scope++)
        if (route->also >> scope & 1)
            put_member(d, "x-also-required-scope", cc_scope_text(scope));
    char         older[CC_OLDER_MAX][CC_OLDER_SIZE];
    const size_t older_count = cc_route_older(d->table, route, older);
    for (size_t i = 0; i < older_count; i++) {
        cc_puts(d->b, i ? "," : ",\"x-aliases\":[");
        put_text(d, older[i]);
    }
    if (older_count)
        cc_putc(d->b, ']');
    put_parameters(d, route);
    if (route->flags & CC_ROUTE_RELAYS)
        put_message(d);
    else if (cc_route_takes_body(route))
        put_body(d, route);
    put_name(d, "responses");
    cc_putc(d->b, '{');
    put_success(d, route);
    if (route->flags & CC_ROUTE_RELAYS)
        put_message_answers(d);
    put_failures(d, route);
    cc_putc(d->b, '}');
    put_error_codes(d, route);
    cc_putc(d->b, '}');
}

/* The arguments of a row in one object, and which of them must be there. */
static void
put_arguments(doc *d, const cc_route *route)
{
    const cc_field *query[CC_QUERY_MAX], *body = cc_route_body(route);
    const size_t    n = cc_route_query(route, query);
    const int       use = cc_route_partial(route) ? CHANGE : CREATE;

    cc_puts(d->b, "{\"type\":\"object\",\"properties\":{");
    if (strstr(route->path, "{id}")) {
        cc_puts(d->b, "\"id\":{\"type\":\"string\"");
        put_id_pattern(d, path_prefix(d, route));
        cc_putc(d->b, '}');
    }
    for (size_t i = 0; i <= n; i++) {
        const cc_field *f = i < n ? query[i] : route->part;
        if (!f || cc_route_gives(route, f))
            continue;
        put_name(d, f->name);
        put_schema(d, f, f->flags & CC_FIELD_FILTER ? CHANGE : CREATE);
    }
    d->body_of = route;
    for (const cc_field *f = body; f && f->name; f++) {
        if (!belongs(d, f, use))
            continue;
        put_name(d, f->name);
        put_schema(d, f, use);
    }
    cc_puts(d->b, "},\"required\":[");
    if (strstr(route->path, "{id}"))
        put_text(d, "id");
    if (route->part) {
        put_comma(d);
        put_text(d, route->part->name);
    }
    for (const cc_field *f = body; f && f->name; f++) {
        if (!belongs(d, f, use) || !is_required(f, use))
            continue;
        put_comma(d);
        put_text(d, f->name);
    }
    d->body_of = NULL;
    cc_puts(d->b, "]}");
}

void
cc_openapi_tool_write(cc_buf *b, const cc_table *table, const cc_route *route)
{
    doc d = {.b = b, .table = table, .about = "", .inlined = true, .plain = true};

    cc_putc(b, '{');
    put_member(&d, "operation", route->operation);
    put_member(&d, "method", cc_method_text(route->method));
    put_member(&d, "path", route->path);
    if (route->scope < CC_SCOPE__MAX)
        put_member(&d, "scope", cc_scope_text(route->scope));
    put_member(&d, "summary", route->summary);
    put_name(&d, "arguments");
    put_arguments(&d, route);
    put_error_codes(&d, route);
    if (!(route->flags & (CC_ROUTE_FILE | CC_ROUTE_OWN_BODY)) && cc_route_answer(route)) {
        put_name(&d, route->flags & CC_ROUTE_LISTED ? "dataIsListOf" : "data");
        put_object(&d, cc_route_answer(route), ANSWER);
    }
    cc_putc(b, '}');
}

/* What "workflows" in "workflows.list" is about. */
static const char *
group_meaning(const doc *d, const cc_route *route, size_t size)
{
    for (const cc_group *g = d->table->groups; g->name; g++)
        if (strlen(g->name) == size && strncmp(g->name, route->operation, size) == 0)
            return g->meaning;
    return route->resource ? route->resource->meaning : "";
}

/* Each group of operations once, where its first row stands. */
static void
put_tags(doc *d)
{
    cc_puts(d->b, "[{\"name\":\"service\",\"description\":\"The service itself.\"}");
    for (const cc_route *route = d->table->routes; route < d->table->routes + d->table->route_count; route++) {
        const size_t size = group_size(route);
        bool         again = size == 0;
        for (const cc_route *r = d->table->routes; r < route && !again; r++)
            again = group_size(r) == size && strncmp(r->operation, route->operation, size) == 0;
        if (again)
            continue;
        cc_puts(d->b, ",{\"name\":");
        cc_put_json(d->b, route->operation, size);
        put_member(d, "description", group_meaning(d, route, size));
        cc_putc(d->b, '}');
    }
    cc_putc(d->b, ']');
}

static void
put_paths(doc *d)
{
    const cc_route *const routes = d->table->routes;
    const size_t          count = d->table->route_count;

    cc_putc(d->b, '{');
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= strcmp(routes[j].path, routes[i].path) == 0;
        if (again)
            continue;
        put_name(d, routes[i].path);
        cc_putc(d->b, '{');
        for (size_t j = i; j < count; j++)
            if (strcmp(routes[j].path, routes[i].path) == 0)
                put_operation(d, &routes[j]);
        cc_putc(d->b, '}');
    }
    cc_putc(d->b, '}');
}

/* ---- components ------------------------------------------------------------------------------ */

static void
put_error_example(doc *d, cc_err e)
{
    put_name(d, cc_err_code(e));
    cc_puts(d->b, "{\"summary\":");
    put_text(d, cc_err_advice(e));
    cc_putf(d->b, ",\"value\":{\"error\":{\"code\":\"%s\",\"message\":", cc_err_code(e));
    put_text(d, cc_err_message(e));
    cc_puts(d->b, ",\"requestId\":\"5b2c1f0a-8e7d-4a4f-bb6d-f0a3c8a1e7e2\"");
    if (e == CC_E_VALIDATION)
        cc_puts(d->b, ",\"field\":\"name\"");
    if (cc_err_retryable(e))
        cc_puts(d->b, ",\"retryable\":true");
    cc_puts(d->b, "}}}");
}

/* The first error of that status; the list is in no order, for its numbers are stored. */
static cc_err
first_of(int status)
{
    cc_err e = CC_OK + 1;

    while (cc_err_status(e) != status)
        e++;
    return e;
}

/* Does any operation answer it?  None does 405, which only readers of the whole list want to see. */
static bool
is_answered(const doc *d, int status)
{
    uint32_t errors = 0;

    for (size_t i = 0; i < d->table->route_count; i++)
        errors |= cc_route_errors(&d->table->routes[i]);
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++)
        if (errors >> e & 1 && cc_err_status(e) == status)
            return true;
    return false;
}

static void
put_responses(doc *d)
{
    cc_putc(d->b, '{');
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        int  status = cc_err_status(e);
        char name[16];
        if (first_of(status) != e || !(d->inlined || is_answered(d, status)))
            continue;
        snprintf(name, sizeof(name), "Error%d", status);
        put_name(d, name);
        cc_puts(d->b, "{\"description\":");
        put_text(d, cc_err_message(e));
        cc_puts(d->b, ",\"headers\":{\"X-Request-ID\":{\"$ref\":\"#/components/headers/RequestId\"}}"
                   ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/error\"},"
                   "\"examples\":{");
        for (cc_err same = e; same < CC_E__MAX; same++)
            if (cc_err_status(same) == status)
                put_error_example(d, same);
        cc_puts(d->b, "}}}}");
    }
    cc_putc(d->b, '}');
}

/* The row that lists these; NULL: nothing does. */
static const cc_route *
route_listing(const doc *d, const cc_resource *res)
{
    for (const cc_route *route = d->table->routes; route < d->table->routes + d->table->route_count; route++)
        if (route->resource == res && lists_resource(route))
            return route;
    return NULL;
}

/* Has it the five routes of a plain resource, with nothing of its own? */
static bool
is_plain(const doc *d, const cc_resource *res)
{
    const cc_handler plain[] = {cc_resource_list, cc_resource_create, cc_resource_get, cc_resource_update,
                                cc_resource_delete};
    unsigned         found = 0;

    for (const cc_route *route = d->table->routes; route < d->table->routes + d->table->route_count; route++)
        for (size_t i = 0; route->resource == res && i < CC_COUNT(plain); i++)
            found |= (route->handler == plain[i]) ? 1u << i : 0;
    return found == (1u << CC_COUNT(plain)) - 1;
}

/* Where it is to be found, and what its ids look like. */
static void
put_resource(doc *d, const cc_resource *res)
{
    const cc_route *list = route_listing(d, res);

    put_name(d, "x-resource");
    cc_putc(d->b, '{');
    if (res->prefix)
        put_member(d, "idPrefix", res->prefix);
    if (list) {
        put_member(d, "path", list->path);
        put_name(d, "operations");
        cc_put_json(d->b, list->operation, strcspn(list->operation, "."));
    }
    put_name(d, "plain");
    cc_puts(d->b, is_plain(d, res) ? "true" : "false");
    cc_puts(d->b, res->trash ? ",\"trash\":true}" : "}"); /* what is deleted can come back */
}

static void
put_error_schema(doc *d)
{
    cc_puts(d->b, ",\"error\":{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
                  "\"required\":[\"code\",\"message\",\"requestId\"],\"properties\":{\"code\":{\"type\":\"string\",\"enum\":[");
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++)
        cc_putf(d->b, "%s\"%s\"", e > CC_OK + 1 ? "," : "", cc_err_code(e));
    cc_puts(d->b, "]},\"message\":{\"type\":\"string\"},\"requestId\":{\"type\":\"string\",\"format\":\"uuid\"},"
                  "\"field\":{\"type\":\"string\"},\"retryable\":{\"type\":\"boolean\"}}}}}");
}

static void
put_schemas(doc *d)
{
    cc_putc(d->b, '{');
    for (const cc_resource *const *res = d->table->resources; *res; res++) {
        put_name(d, (*res)->singular);
        d->about = (*res)->singular;
        put_object(d, (*res)->fields, ANSWER);
        cut(d);
        put_member(d, "description", (*res)->meaning);
        put_resource(d, *res);
        cc_putc(d->b, '}');
    }
    for (const named *n = d->first; n; n = n->next) { /* each may add some */
        put_name(d, n->name);
        d->about = n->about;
        d->body_of = n->body_of;
        put_object(d, n->fields, n->use);
        cut(d);
        put_member(d, "description", n->meaning);
        cc_putc(d->b, '}');
    }
    d->body_of = NULL;
    put_error_schema(d);
    cc_putc(d->b, '}');
}

/* Every reason a run, a step or a chain can end for: translations and a page are made of it. */
static void
put_reasons(doc *d)
{
    cc_putc(d->b, '[');
    for (int code = CC_REASON_NONE + 1; code < CC_REASON__MAX; code++) {
        const cc_reason_code c = (cc_reason_code)code;
        cc_putf(d->b, "%s{\"code\":\"%s\",\"of\":\"%s\"", code > CC_REASON_NONE + 1 ? "," : "", cc_reason_name(c),
                cc_reason_of(c));
        put_member(d, "sentence", cc_reason_sentence(c));
        if (*cc_reason_advice(c))
            put_member(d, "advice", cc_reason_advice(c));
        cc_putc(d->b, '}');
    }
    cc_putc(d->b, ']');
}

/* What stands before the paths: what the request itself said, so that it is true below any prefix. */
static void
put_base(doc *d, const char *base)
{
    char *url = cc_printf(d->b->arena, "%s/api/v1", base);

    if (url)
        put_text(d, url);
    else
        d->b->failed = true;
}

/* What webhooks send, in the words of OpenAPI 3.1. */
static void
put_messages(doc *d)
{
    const char *comma = "";

    put_name(d, "webhooks");
    cc_putc(d->b, '{');
#define X(name, type, member, scope, notified, meaning)                                                                                 \
    cc_puts(d->b, comma);                                                                                              \
    cc_puts(d->b, "\"" type "\":{\"post\":{\"operationId\":\"message." type "\",\"summary\":");                                                               \
    put_text(d, meaning);                                                                                              \
    put_name(d, "x-names");                                                                                            \
    put_text(d, member);                                                                                               \
    cc_puts(d->b, ",\"responses\":{\"2XX\":{\"description\":\"It was taken.\"}}}}");                                     \
    comma = ",";
    CC_MESSAGES(X)
#undef X
    cc_putc(d->b, '}');
}

static void
put_description(doc *d, const char *base)
{
    cc_puts(d->b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"CodeCourier\",\"version\":\"" CC_VERSION "\","
               /* Not as a second form of each error: every typed client would have to tell the two apart. */
               "\"description\":\"Run AI coding workflows on your own machine: the REST API.  Whoever accepts "
               CC_PROBLEM_TYPE " gets errors in the form of RFC 9457 instead of the one described here.\","
               "\"contact\":{\"name\":\"Whoever runs this instance\"},"
               "\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
               /* An absolute path: many programs take a relative one for relative to the host. */
               "\"servers\":[{\"url\":");
    put_base(d, base);
    cc_puts(d->b, "}],\"security\":[{\"bearer\":[]},{\"session\":[]}],\"tags\":");
    put_tags(d);
    cc_puts(d->b, ",\"paths\":");
    put_paths(d);
    cc_puts(d->b, ",\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
               "\"description\":\"An API key: cc_live_… or cc_test_….\"},"
               "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" CC_COOKIE "\",\"description\":"
               "\"Somebody signed in (POST /session).  Every request but GET and HEAD also needs the session's csrfToken as "
               "X-CSRF-Token; X-Project chooses among the person's projects.\"}},"
               "\"headers\":{\"RequestId\":{\"description\":\"Names this request in the log; equal to "
               "error.requestId.\",\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}},"
               "\"parameters\":{\"IdempotencyKey\":{\"in\":\"header\",\"name\":\"Idempotency-Key\",\"required\":false,"
               "\"description\":\"Makes a repeat of this request safe for 24 hours.\",\"schema\":{\"type\":\"string\","
               "\"minLength\":1,\"maxLength\":255,\"pattern\":");
    put_text(d, RETRY_PATTERN);
    cc_puts(d->b, "}},\"IfMatch\":{\"in\":\"header\",\"name\":\"If-Match\","
               "\"required\":false,\"description\":\"Change it only if it is still the version of this ETag.\","
               "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000,\"pattern\":");
    put_text(d, ETAG_PATTERN);
    cc_puts(d->b, "}}},\"responses\":");
    put_responses(d);
    cc_puts(d->b, ",\"schemas\":");
    put_schemas(d);
    cc_puts(d->b, "},\"x-reasons\":");
    put_reasons(d);
    put_messages(d);
    cc_putc(d->b, '}');
}

void
cc_openapi_write(cc_buf *b, const cc_table *table, const char *base, bool inlined)
{
    doc d = {.b = b, .table = table, .inlined = inlined};

    d.end = &d.first;
    put_description(&d, base);
}
