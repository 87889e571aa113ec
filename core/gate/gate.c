/*
 * The one way through: route, key, scope, rate, fields, idempotency, handler, envelope.
 *
 * Every request passes here in this order, whichever skin brought it.  Checks made once cannot be forgotten; a handler
 * only ever sees an authenticated caller and checked values.  The body is not even read before the caller is known.
 *
 * Reads run in one read transaction from the key look-up on (one lock instead of two).  Writes look the key up first,
 * then begin IMMEDIATE for idempotency, handler and stored answer together: all of it happens or none of it.
 */
#include "gate/gate.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "base/accept.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/audit.h"
#include "gate/auth.h"
#include "gate/client.h"
#include "gate/envelope.h"
#include "gate/idempotency.h"
#include "storage/db.h"

enum { URI_MOST = 8000 }; /* bytes that everybody should take (RFC 9110, 4.1) */

/* ---- route ----------------------------------------------------------------------------------- */

/* The most places of a path that anything may stand for: "{id}", and one more. */
enum { PLACES = 2 };

/* Does `path` fit `pattern`, where "{…}" is one segment?  Sets at[] to where those segments begin. */
static bool
path_fits(const char *pattern, const char *path, const char *at[PLACES])
{
    size_t n = 0;

    at[0] = at[1] = NULL;
    while (*pattern) {
        if (*pattern == '{') {
            at[n++] = path;
            path += strcspn(path, "/");
            if (path == at[n - 1])
                return false;
            pattern += strcspn(pattern, "}") + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

/*
 * Do both begin alike?  The letter behind the slash tells most rows from what was asked for, and every request asks
 * every row.  A row's aliases begin as its path does (tests/unit/table_test.c).
 */
static bool
begins_alike(const char *a, const char *b)
{
    return a[0] == b[0] && a[1] == b[1];
}

/* "POST /workflows/create".  The path first: that is where nearly all of them differ. */
static bool
alias_fits(const char *alias, const char *path, cc_method *method)
{
    const char *space = alias;

    while (*space != ' ')
        space++;
    if (strcmp(space + 1, path) != 0)
        return false;
    for (cc_method m = 0; m < CC_METHOD__MAX; m++) {
        size_t n = (size_t)(space - alias);
        if (strncmp(alias, cc_method_text(m), n) == 0 && cc_method_text(m)[n] == '\0') {
            *method = m;
            return true;
        }
    }
    return false;
}

static void
allow(cc_req *r, cc_method m, unsigned *seen)
{
    if (*seen >> m & 1)
        return;
    cc_puts(&r->extra, *seen ? ", " : "Allow: ");
    cc_puts(&r->extra, m == CC_GET ? "GET, HEAD" : cc_method_text(m));
    *seen |= 1u << m;
}

static cc_err
places_keep(cc_req *r, const char *const found[PLACES])
{
    if ((found[0] && !(r->id = cc_strndup(r->arena, found[0], strcspn(found[0], "/")))) ||
        (found[1] && !(r->part = cc_strndup(r->arena, found[1], strcspn(found[1], "/")))))
        return CC_E_UNAVAILABLE;
    return CC_OK;
}

/*
 * Find the row for path and method.  Literal paths come before patterns, so that the alias /workflows/get is not taken
 * for an id.  On a path that exists with other methods: 405, and Allow lists them.
 */
static cc_err
path_find(cc_req *r, const cc_table *table, const char *path, cc_method method)
{
    const char *at[PLACES], *found[PLACES] = {NULL};
    unsigned    seen = 0;
    cc_method   m;
    bool        literal = false;

    for (size_t i = 0; i < table->route_count; i++) {
        const cc_route *route = &table->routes[i];
        if (!begins_alike(route->path, path)) /* and so does no alias of it */
            continue;
        for (size_t a = 0; a < CC_COUNT(route->alias) && route->alias[a]; a++) {
            if (!alias_fits(route->alias[a], path, &m))
                continue;
            literal = true;
            if (m == method) {
                r->extra.size = 0; /* an Allow that was begun for a pattern */
                r->route = route;
                r->by_alias = strstr(route->path, "{id}") != NULL;
                return CC_OK;
            }
            allow(r, m, &seen);
        }
        if (!path_fits(route->path, path, at))
            continue;
        if (route->method == method && !r->route) {
            r->route = route;
            memcpy(found, at, sizeof(found));
        }
        if (!at[0])
            literal = true;
        if (!at[0] || !literal)
            allow(r, route->method, &seen);
    }
    if (r->route && (!literal || !found[0])) {
        r->extra.size = 0;
        return places_keep(r, found);
    }
    r->route = NULL;
    if (!seen)
        return CC_E_NOT_FOUND;
    cc_puts(&r->extra, ", OPTIONS\r\n");
    return CC_E_METHOD_NOT_ALLOWED;
}

/* Only what fits nothing may have been asked for by an older name: the others do not pay for that. */
static cc_err
route_find(cc_req *r, const cc_table *table, cc_method method)
{
    const char *now, *rest;
    cc_err      err = path_find(r, table, r->path.text, method);

    if (err != CC_E_NOT_FOUND || !(rest = cc_route_renamed(table, r->path.text, &now)))
        return err;
    const char *path = cc_printf(r->arena, "%s%s", now, rest);
    return path ? path_find(r, table, path, method) : CC_E_UNAVAILABLE;
}

/* How much of the uri became `base`?  Only "%XX" of one character changed its size. */
static size_t
size_sent(const char *uri, const char *base)
{
    const char *from = uri;

    for (; *base; base++)
        uri += *uri == '%' && *base != '%' ? 3 : 1;
    return (size_t)(uri - from);
}

/*
 * Take the uri apart: what stands before /api/v1, the path below it, the query.  In the path "%5F" is "_" (RFC 3986,
 * 6.2.2.2); escapes of characters that have a meaning stay as they are, and fit no route.
 */
static cc_err
uri_split(cc_req *r)
{
    const char *uri = r->in->uri ? r->in->uri : "";
    size_t      size = strcspn(uri, "?#");

    if (strlen(uri) > URI_MOST)
        return CC_E_URI_TOO_LONG;
    for (const char *p = uri; *p; p++) /* whatever is reflected later is safe in a header and in a Link */
        if (*p <= 0x20 || *p >= 0x7f || strchr("\"<>\\^`{|}", *p))
            return cc_fail(r, CC_E_VALIDATION, "path",
                           "The path or query holds characters that must be percent-encoded.");
    char *path = cc_strndup(r->arena, uri, size);
    if (!path)
        return CC_E_UNAVAILABLE;
    r->query.text = uri[size] == '?' ? uri + size + 1 : "";
    cc_url_normalize(path);
    char *api = strstr(path, "/api/v1");
    while (api && api[7] != '/' && api[7] != '\0')
        api = strstr(api + 1, "/api/v1");
    if (!api)
        return CC_E_NOT_FOUND;
    r->path.text = api + 7;
    if (!(r->path.base = cc_strndup(r->arena, path, (size_t)(api - path))))
        return CC_E_UNAVAILABLE;
    r->path.base_sent = size_sent(uri, r->path.base);
    size_t n = strlen(r->path.text);
    if (n > 1 && r->path.text[n - 1] == '/') /* /runs/ is /runs */
        api[7 + n - 1] = '\0';
    return CC_OK;
}

/* ---- query ----------------------------------------------------------------------------------- */

/* An id that came as a parameter or member because an alias has no place for it in its path. */
static cc_err
alias_id(cc_req *r, const char *text, size_t size)
{
    if (r->id)
        return cc_fail(r, CC_E_VALIDATION, "id", "'id' was given twice.");
    r->id = cc_strndup(r->arena, text, size);
    return r->id ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
query_param(cc_req *r, const char *name, const char *value, size_t size)
{
    if (r->by_alias && strcmp(name, "id") == 0)
        return alias_id(r, value, size);
    for (size_t i = 0; i < r->query.count; i++) {
        if (strcmp(r->query.fields[i]->name, name) == 0 && !cc_route_gives(r->route, r->query.fields[i])) {
            if (r->query.values[i].present)
                return cc_fail(r, CC_E_VALIDATION, name, "'%s' was given twice.", name);
            return cc_field_check_text(&r->context, r->query.fields[i], value, size, &r->query.values[i]);
        }
    }
    return cc_fail(r, CC_E_VALIDATION, cc_utf8_valid(name, strlen(name)) ? name : "query",
                   "This route has no such parameter.");
}

static cc_err
query_check(cc_req *r)
{
    char  *text = cc_strndup(r->arena, r->query.text, strlen(r->query.text)), *next;
    cc_err err = CC_OK;

    if (!text)
        return CC_E_UNAVAILABLE;
    for (char *part = text; err == CC_OK && part && *part; part = next) {
        if ((next = strchr(part, '&')))
            *next++ = '\0';
        if (!*part)
            continue;
        char *value = strchr(part, '=');
        if (value)
            *value++ = '\0';
        else
            value = part + strlen(part);
        int64_t name_size = cc_url_decode(part, strlen(part), true);
        int64_t size = cc_url_decode(value, strlen(value), true);
        if (name_size < 0)
            return cc_fail(r, CC_E_VALIDATION, "query", "The query is not properly percent-encoded.");
        part[name_size] = '\0';
        if (size < 0)
            return cc_fail(r, CC_E_VALIDATION, cc_utf8_valid(part, (size_t)name_size) ? part : "query",
                           "This parameter's value is not properly percent-encoded.");
        value[size] = '\0';
        err = query_param(r, part, value, (size_t)size);
    }
    return err;
}

/* ---- body ------------------------------------------------------------------------------------ */

static cc_err
too_large(cc_req *r, int64_t cap)
{
    return cc_fail(r, CC_E_PAYLOAD_TOO_LARGE, NULL, "The request body is larger than %lld bytes.", (long long)cap);
}

/* Read all of it: as many bytes as were announced, or to the end when that is unknown. */
static cc_err
body_read(cc_req *r)
{
    int64_t announced = r->in->content_length, cap = cc_setting_int(r->app, CC_SETTING_maxBodyBytes), n = 0;

    if (r->sent.text) /* by the attempt before */
        return CC_OK;
    if (!r->in->read || announced == 0) {
        r->sent.text = "";
        return CC_OK;
    }
    if (announced > cap)
        return too_large(r, cap);
    size_t room = announced > 0 ? (size_t)announced : 16384;
    char  *text = cc_alloc(r->arena, room + 1);
    while (text) {
        int64_t got = r->in->read(r->in->read_ctx, text + n, room - (size_t)n);
        if (got < 0 || (got == 0 && announced > 0 && n < announced))
            return cc_fail(r, CC_E_VALIDATION, "body", "The body ended before its announced length.");
        if (got == 0)
            break;
        n += got;
        if (n == announced)
            break;
        if (n > cap)
            return too_large(r, cap);
        if ((size_t)n == room) {
            text = cc_realloc(r->arena, text, room + 1, 2 * room + 1);
            room *= 2;
        }
    }
    if (!text)
        return CC_E_UNAVAILABLE;
    text[n] = '\0';
    r->sent.text = text;
    r->sent.size = (size_t)n;
    r->sent.read = true;
    return CC_OK;
}

/* application/json, with or without parameters, or any …+json. */
static bool
is_json(const char *type)
{
    size_t n = type ? strcspn(type, "; \t") : 0;

    return n && (strncasecmp(type, "application/json", n > 16 ? n : 16) == 0 ||
                 (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0));
}

/* Is the body sent as it is?  "identity" is the one coding that means so.  (strchr finds the end of the text, too.) */
static bool
is_plain(const char *coding)
{
    static const char identity[] = "identity";

    for (coding = coding ? coding : ""; *(coding += strspn(coding, ", \t")); coding += sizeof(identity) - 1)
        if (strncasecmp(coding, identity, sizeof(identity) - 1) != 0 || !strchr(", \t", coding[sizeof(identity) - 1]))
            return false;
    return true;
}

/* RFC 9110, 15.5.16: which of the two it was, the answer's Accept-Encoding tells. */
static cc_err
body_form(cc_req *r)
{
    const char *coding = r->in->header[CC_H_CONTENT_ENCODING];

    if (!is_plain(coding)) {
        cc_puts(&r->extra, "Accept-Encoding: identity\r\n");
        return cc_fail(r, CC_E_UNSUPPORTED_MEDIA_TYPE, NULL,
                       "The request body must not be compressed: send it without 'Content-Encoding'.");
    }
    return is_json(r->in->header[CC_H_CONTENT_TYPE]) ? CC_OK : CC_E_UNSUPPORTED_MEDIA_TYPE;
}

/* The member that the path gives is not asked for, and not taken.  Null until the handler says what it is: the id in a
 * path is looked for by the handler, which answers NOT_FOUND. */
static cc_err
body_given(cc_req *r, const cc_field *fields, const cc_json *json)
{
    for (const cc_field *f = fields; f && f->name; f++) {
        if (!cc_route_gives(r->route, f))
            continue;
        if (json && cc_json_member(json, f->name))
            return cc_fail(r, CC_E_VALIDATION, f->name, "There is no member of this name here.");
        r->body[f - fields] = (cc_value){.present = true, .null = true};
    }
    return CC_OK;
}

static cc_err
body_check(cc_req *r)
{
    const cc_field *fields = cc_route_body(r->route);
    const cc_json  *json = NULL;
    const char     *why;
    cc_err          err;

    for (const cc_field *f = fields; f && f->name; f++)
        if (f->flags & CC_FIELD_SECRET || f->type == CC_TYPE_MAP)
            cc_arena_secret(r->arena);
    if ((err = body_read(r)) != CC_OK)
        return err;
    if (r->sent.size) {
        if ((err = body_form(r)) != CC_OK)
            return err;
    }
    if (r->route->flags & CC_ROUTE_ANY_BODY)
        return CC_OK;
    if (r->sent.size) {
        err = cc_json_parse(r->arena, r->sent.text, r->sent.size, &json, &why);
        if (err == CC_E_VALIDATION)
            return cc_fail(r, err, "body", "%s", why);
        if (err != CC_OK)
            return err;
        if (cc_json_what(json) != CC_J_OBJECT)
            return cc_fail(r, CC_E_VALIDATION, "body", "The body must be a JSON object.");
    }
    if (r->by_alias && json && cc_json_member(json, "id")) {
        const cc_json *id = cc_json_member(json, "id");
        if (cc_json_what(id) != CC_J_TEXT)
            return cc_fail(r, CC_E_VALIDATION, "id", "'id' must be text.");
        if ((err = alias_id(r, cc_json_text(id), strlen(cc_json_text(id)))) != CC_OK)
            return err;
    }
    size_t count = cc_fields_count(fields);
    if (!(r->body = cc_alloc(r->arena, (count + 1) * sizeof(*r->body))))
        return CC_E_UNAVAILABLE;
    if ((err = body_given(r, fields, json)) != CC_OK)
        return err;
    return cc_fields_check(
        &r->context, fields, json,
        (cc_route_partial(r->route) ? CC_FIELDS_PARTIAL : 0) | (r->by_alias ? CC_FIELDS_ID_TAKEN : 0), r->body);
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* What a request is taken from.  The first one has the caller's own limit. */
typedef struct bucket {
    const char *name;
    uint64_t    shared;
    int64_t     quota, burst; /* a minute; at once */
} bucket;

enum { BUCKETS_MOST = 3 };

/*
 * A project's bucket holds time, not requests: one that is made with a limit of L takes the L-th part of a minute, but
 * never less than projectRateLimit says.  So a key that was given more than that for itself has it, and the keys of a
 * project still have it once, and not each of them.  Its depth in time is that of a key's bucket.
 */
static bucket
project_bucket(cc_req *r, int64_t own)
{
    int64_t quota = cc_setting_int(r->app, CC_SETTING_projectRateLimit),
            of = cc_setting_int(r->app, CC_SETTING_rateLimit);
    int64_t burst = cc_setting_int(r->app, CC_SETTING_rateBurst);

    if (quota < own)
        quota = own;
    burst = of && burst < of ? quota * burst / of : of ? quota : quota / 5;
    return (bucket){"project", cc_shared_key(r->who.project_id), quota, burst ? burst : 1};
}

/* How many there are; 0: the caller is unlimited. */
static size_t
buckets(cc_req *r, bucket out[BUCKETS_MOST])
{
    const cc_principal *who = &r->who;
    int64_t             burst = cc_setting_int(r->app, CC_SETTING_rateBurst);
    int64_t             own = who->rate_limit ? who->rate_limit : cc_setting_int(r->app, CC_SETTING_rateLimit);
    size_t              n = 0;

    if (own <= 0 || who->local)
        return 0;
    out[n++] = (bucket){"default", who->shared_key, own, burst < own ? burst : own};
    if (who->rate_root[0] && who->root_limit)
        out[n++] = (bucket){"shared", cc_shared_key(who->rate_root), who->root_limit,
                            burst < who->root_limit ? burst : who->root_limit};
    /* What the operator himself has handed out on the machine, he has counted himself. */
    if (who->project_id[0] && !who->by_operator && cc_setting_int(r->app, CC_SETTING_projectRateLimit))
        out[n++] = project_bucket(r, own);
    return n;
}

static cc_err
rate_exceeded(cc_req *r, const bucket *b)
{
    if (strcmp(b->name, "project") == 0)
        return cc_fail(r, CC_E_RATE_LIMITED, NULL,
                       "Too many requests by the keys and people of this project together.");
    if (strcmp(b->name, "shared") == 0)
        return cc_fail(r, CC_E_RATE_LIMITED, NULL, "Too many requests by the keys that share this one's limit.");
    return CC_E_RATE_LIMITED;
}

/* Take the request from each bucket, or from none.  r->rate is that of the one that has least left. */
static cc_err
rate_take(cc_req *r)
{
    cc_shared *shared = cc_app_shared(r->app);
    bucket     all[BUCKETS_MOST];
    size_t     n = r->rate.counted ? 0 : buckets(r, all); /* by the attempt before */

    for (size_t i = 0; i < n; i++) {
        cc_rate rate = cc_rate_take(shared, all[i].shared, r->now, all[i].quota, all[i].burst);
        if (!r->rate.counted || !rate.allowed || rate.remaining < r->rate.left.remaining) {
            r->rate.left = rate;
            r->rate.name = all[i].name;
            r->rate.quota = all[i].quota;
        }
        r->rate.counted = true;
        if (rate.allowed)
            continue;
        for (size_t k = 0; k < i; k++)
            cc_rate_give_back(shared, all[k].shared, all[k].quota);
        return rate_exceeded(r, &all[i]);
    }
    return CC_OK;
}

static void
rate_give_back(cc_req *r)
{
    bucket all[BUCKETS_MOST];
    size_t n = buckets(r, all);

    for (size_t i = 0; i < n; i++)
        cc_rate_give_back(cc_app_shared(r->app), all[i].shared, all[i].quota);
}

cc_err
cc_scopes_check(cc_req *r, uint64_t needs)
{
    const uint64_t lacks = needs & ~r->who.may;

    for (cc_scope s = 0; lacks && s < CC_SCOPE__MAX; s++) {
        if (!(lacks >> s & 1))
            continue;
        r->refusal.lacking = s;
        return cc_fail(r, CC_E_SCOPE_DENIED, NULL, "This %s does not have the required '%s' scope.",
                       r->who.user_id[0] ? "role" : "key", cc_scope_text(s));
    }
    return CC_OK;
}

static cc_err
check_scope(cc_req *r)
{
    const cc_route *route = r->route;
    cc_err          err = cc_scopes_check(r, cc_route_needs(route));

    if (err != CC_OK)
        return err;
    if (route->flags & CC_ROUTE_PERSON && !r->who.user_id[0])
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This is for people who are signed in, not for keys.");
    if (route->flags & CC_ROUTE_OWNER && r->who.user_id[0] && r->who.role != CC_ROLE_OWNER)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "Only an owner of the project may do this.");
    return CC_OK;
}

/* A scope that is lacking still costs a request: guessing is not free. */
static cc_err
scope_and_rate(cc_req *r)
{
    cc_err scope = check_scope(r);
    cc_err rate = rate_take(r);

    return scope != CC_OK ? scope : rate;
}

/* Web servers have limits of their own, but not all of them, and not the same. */
static cc_err
head_fits(cc_req *r)
{
    int64_t most = cc_setting_int(r->app, CC_SETTING_maxHeaderBytes);

    if (r->in->header_bytes <= (size_t)most)
        return CC_OK;
    return cc_fail(r, CC_E_HEADERS_TOO_LARGE, NULL, "The request's headers are larger than %lld bytes.",
                   (long long)most);
}

#define ALL_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/* TRACE, CONNECT and whatever else is known nowhere is 405 wherever it is tried. */
static cc_err
target_find(cc_req *r, const cc_table *table, cc_method method)
{
    cc_err err = uri_split(r);

    if (err == CC_OK)
        err = route_find(r, table, method);
    if (err != CC_E_NOT_FOUND || method < CC_METHOD__MAX)
        return err;
    cc_puts(&r->extra, "Allow: " ALL_METHODS "\r\n");
    return CC_E_METHOD_NOT_ALLOWED;
}

static cc_err
api_version(cc_req *r)
{
    const char *v = r->in->header[CC_H_API_VERSION];

    if (!v || strcmp(v, "2") == 0)
        return CC_OK;
    r->client.legacy = strcmp(v, "1") == 0;
    if (r->client.legacy)
        return CC_OK;
    return cc_fail(r, CC_E_VALIDATION, "X-API-Version", "'X-API-Version' must be 1 or 2.");
}

/* ---- through the gate ------------------------------------------------------------------------ */

/* The handler inside its envelope; r->out is then the finished body. */
static cc_err
handle(cc_req *r)
{
    cc_err err;

    if (r->by_alias && !r->id)
        return cc_fail(r, CC_E_VALIDATION, "id", "'id' is required.");
    if (r->body && (err = cc_references_check(&r->context, cc_route_body(r->route), r->body)) != CC_OK)
        return err;
    r->status = cc_route_status(r->route);
    cc_envelope_open(r);
    if ((err = r->route->handler(r)) == CC_OK && !r->unfinished)
        err = cc_envelope_close(r);
    if (err == CC_OK && (r->out.failed || r->extra.failed))
        err = CC_E_UNAVAILABLE;
    return err;
}

/* An error as the whole answer. */
static void
refuse(cc_req *r, cc_err err)
{
    r->status = cc_err_status(err);
    cc_envelope_error(r, err);
}

static cc_err
read_route(cc_req *r)
{
    cc_err err;

    if ((err = query_check(r)) != CC_OK || (err = handle(r)) != CC_OK)
        return err;
    const char *known = r->in->header[CC_H_IF_NONE_MATCH];
    if (known && r->version && cc_etag_matches(known, r->version)) {
        r->status = 304;
        r->out.size = 0;
        if (r->rate.counted)
            rate_give_back(r);
    }
    return CC_OK;
}

/*
 * Whoever writes in a project shares its end with all others who do, and whoever ends it waits for them and keeps them
 * away.  So nothing is written behind the back of the deletion: who comes later finds the project gone.
 */
static cc_err
end_lock(cc_req *r)
{
    char name[CC_ID_SIZE + 8];

    if (!r->who.project_id[0])
        return CC_OK;
    snprintf(name, sizeof(name), "end of %s", r->who.project_id);
    return r->route->flags & CC_ROUTE_LAST ? cc_tx_lock(cc_app_db(r->app), name) : cc_tx_share(cc_app_db(r->app), name);
}

/*
 * Idempotency, effect, its trace in the audit log and the stored answer in one transaction.  A refusal by the handler
 * is an answer as well: its effects are rolled back, and then it is stored on its own.  5xx are not: a repeat shall try
 * again.
 */
static cc_err
write_in_transaction(cc_req *r)
{
    cc_db *db = cc_app_db(r->app);
    bool   replayed = false;
    cc_err err, stored;

    if ((err = cc_tx_begin(db)) != CC_OK)
        return err;
    /* Of one object one change at a time: its version is looked at before it is written. */
    if ((err = end_lock(r)) != CC_OK || (r->id && (err = cc_tx_lock(db, r->id)) != CC_OK) ||
        (err = cc_auth_again(r)) != CC_OK || (err = check_scope(r)) != CC_OK ||
        (err = cc_idempotency_find(r, &replayed)) != CC_OK || replayed)
        return cc_tx_end(db, err);
    if ((err = handle(r)) == CC_OK) {
        if ((err = cc_audit(r)) == CC_OK)
            err = cc_idempotency_store(r, CC_OK);
        return cc_tx_end(db, err);
    }
    cc_tx_end(db, err);
    r->extra.size = 0;
    if (r->retry.claimed && cc_err_status(err) < 500) {
        refuse(r, err);
        if ((stored = cc_tx_begin(db)) == CC_OK)
            stored = cc_tx_end(db, cc_idempotency_store(r, err));
        if (stored != CC_OK)
            return stored;
    }
    return err;
}

static cc_err
write_route(cc_req *r)
{
    cc_err err;

    if ((err = query_check(r)) != CC_OK)
        return err;
    /* By the request's own method: an older name deletes by POST, with the id in its body. */
    if (strcmp(r->in->method, cc_method_text(CC_DELETE)) != 0 && (err = body_check(r)) != CC_OK)
        return err;
    if ((err = cc_idempotency_claim(r)) == CC_OK && (!r->route->before_tx || (err = r->route->before_tx(r)) == CC_OK))
        err = write_in_transaction(r);
    cc_idempotency_release(r);
    if (err == CC_OK) /* not before it is stored: who wakes too early finds nothing */
        cc_context_notify(&r->context);
    return err;
}

/* What it asks for in turn has transactions, and traces in the audit log, of its own. */
static cc_err
relay_route(cc_req *r)
{
    cc_err err = query_check(r);

    cc_arena_secret(r->arena); /* nobody knows yet what it is about to ask for */
    if (err == CC_OK)
        err = body_check(r);
    return err == CC_OK ? handle(r) : err;
}

static cc_err
pass_row(cc_req *r)
{
    cc_db *db = cc_app_db(r->app);
    bool   reading = false, known = r->who.project_id[0]; /* to the request that this one is made by */
    cc_err err;

    r->query.count = cc_route_query(r->route, r->query.fields);
    if (r->route->method == CC_GET && !(r->route->flags & CC_ROUTE_NO_DB)) {
        if ((err = r->route->scope == CC_SCOPE_NONE ? cc_read_begin(db) : cc_read_begin_late(db)) != CC_OK)
            return err;
        reading = true;
    }
    if (r->route->scope == CC_SCOPE_NONE ||
        ((err = known ? CC_OK : cc_auth(r)) == CC_OK && (err = scope_and_rate(r)) == CC_OK))
        err = r->route->flags & CC_ROUTE_RELAYS ? relay_route(r)
              : r->route->method == CC_GET      ? read_route(r)
                                                : write_route(r);
    if (reading)
        cc_read_end(db);
    return err;
}

static cc_err
pass(cc_req *r, cc_method method)
{
    cc_err err;

    if ((err = head_fits(r)) != CC_OK || (err = api_version(r)) != CC_OK ||
        (err = target_find(r, cc_app_table(r->app), method)) != CC_OK)
        return err;
    return pass_row(r);
}

/*
 * CORS preflight: answered before anybody is asked for a key, on every path (contract section 1).  Who asks without an
 * Origin is no browser: he is told what the path takes, or that there is none.
 */
static cc_err
options(cc_req *r)
{
    cc_err err = r->client.cross_origin ? CC_OK : uri_split(r);

    if (err == CC_OK && !r->client.cross_origin)
        err = route_find(r, cc_app_table(r->app), CC_METHOD__MAX);
    if (err != CC_OK && err != CC_E_METHOD_NOT_ALLOWED) /* of a path that is there no route has that method */
        return err;
    r->status = 204;
    cc_puts(&r->extra, "Access-Control-Allow-Methods: " ALL_METHODS "\r\n"
                       "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-Match, "
                       "If-None-Match, X-API-Version, MCP-Protocol-Version, Mcp-Method, Mcp-Name\r\n"
                       "Access-Control-Max-Age: 86400\r\n");
    return CC_OK;
}

/* HEAD is GET without its body.  CC_METHOD__MAX: a method that no route knows. */
static cc_method
method_find(cc_req *r, const char *text)
{
    cc_method m = 0;

    r->head = strcmp(text, "HEAD") == 0;
    if (r->head)
        return CC_GET;
    while (m < CC_METHOD__MAX && strcmp(text, cc_method_text(m)) != 0)
        m++;
    return m;
}

bool
cc_gate_slow(const cc_table *table, const cc_request *in)
{
    cc_arena *a = cc_arena_new();
    cc_req   *r = a ? cc_alloc(a, sizeof(*r)) : NULL;
    bool      slow = true; /* what cannot be told is handled with care */

    if (r) {
        r->in = in;
        r->arena = a;
        cc_buf_init(&r->out, a);
        cc_buf_init(&r->extra, a);
        cc_err err = target_find(r, table, method_find(r, in->method ? in->method : ""));
        slow = err == CC_OK ? r->route->before_tx || r->route->flags & CC_ROUTE_WAITS : err == CC_E_UNAVAILABLE;
    }
    cc_arena_free(a);
    return slow;
}

cc_err
cc_gate_finish(cc_req *r, cc_err err)
{
    r->unfinished = false;
    if (err == CC_OK)
        err = cc_envelope_close(r);
    if (err == CC_OK && (r->out.failed || r->extra.failed))
        err = CC_E_UNAVAILABLE;
    if (err != CC_OK)
        refuse(r, err);
    return err;
}

cc_err
cc_gate(cc_req *r)
{
    static const char *const errors_as[] = {"application/json", CC_PROBLEM_TYPE, NULL};
    const char              *method = r->in->method ? r->in->method : "";

    r->client.cross_origin = r->in->header[CC_H_ORIGIN] != NULL;
    r->client.problem = cc_accept_best(r->in->header[CC_H_ACCEPT], errors_as) == 1;

    cc_err err;
    if (strcmp(method, "OPTIONS") == 0)
        err = options(r);
    else if ((err = cc_client_find(r)) == CC_OK)
        err = pass(r, method_find(r, method));
    if (err != CC_OK)
        refuse(r, err);
    return err == CC_OK ? r->outcome : err; /* a replayed refusal: its body is there already */
}

cc_err
cc_gate_row(cc_req *r, const cc_route *row)
{
    r->route = row;
    cc_err err = pass_row(r);
    if (err != CC_OK)
        refuse(r, err);
    return err == CC_OK ? r->outcome : err;
}

/* What `before_tx` does is more than the transaction that is tried again: a sign-in has been counted by then. */
bool
cc_gate_again(const cc_req *r, cc_err err)
{
    return err == CC_E_UNAVAILABLE && r->route && r->route->method != CC_GET && !r->route->before_tx &&
           cc_db_collided(cc_app_db(r->app));
}

void
cc_gate_carry(const cc_req *from, cc_req *to)
{
    memcpy(to->request_id, from->request_id, sizeof(to->request_id));
    to->sent = from->sent;
    to->rate = from->rate;
    to->method = from->method;
    to->began_us = from->began_us;
    to->traceparent = from->traceparent;
}
