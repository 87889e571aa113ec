/*
 * What follows from a row of the table of routes: its query, its body, its answer, the errors it may give, its older
 * names.
 */
#include "gate/route.h"

#include <stdio.h>

const cc_field cc_page_fields[] = {
    CC_F("limit", CC_TYPE_INT, 0, 1, 100, "How many to answer at most.", .preset = "25", .example = "5"),
    CC_F("cursor", CC_TYPE_LINE, 0, 1, 200, "The nextCursor of the page before; leave it out for the first page."),
    CC_END,
};

const cc_field cc_search_field = CC_F(
    "q", CC_TYPE_LINE, 0, 1, 200, "Only what has this text in its name, whatever its case.", .example = "\"review\"");

const cc_field cc_range_fields[] = {
    CC_F("from", CC_TYPE_TIME, 0, 0, 0, "Only what was made at this time or later.",
         .example = "\"2025-01-01T00:00:00Z\""),
    CC_F("to", CC_TYPE_TIME, 0, 0, 0, "Only what was made before this time.", .example = "\"2025-02-01T00:00:00Z\""),
    CC_END,
};

const char *
cc_method_text(cc_method m)
{
    static const char *const names[] = {"GET", "POST", "PATCH", "DELETE", "PUT"};

    return m < CC_METHOD__MAX ? names[m] : "";
}

size_t
cc_route_query(const cc_route *route, const cc_field *out[CC_QUERY_MAX])
{
    size_t n = 0;

    if (route->flags & CC_ROUTE_CURSOR) {
        const cc_resource *res = route->pages_by ? NULL : route->resource;
        bool               search = false;
        out[n++] = &cc_page_fields[0];
        out[n++] = &cc_page_fields[1];
        for (const cc_field *f = res ? res->fields : NULL; f && f->name && n < CC_QUERY_MAX - 3; f++) {
            if (f->flags & CC_FIELD_FILTER)
                out[n++] = f;
            search |= (f->flags & CC_FIELD_SEARCH) != 0;
        }
        if (search)
            out[n++] = &cc_search_field;
        if (res && res->by_time) {
            out[n++] = &cc_range_fields[0];
            out[n++] = &cc_range_fields[1];
        }
    }
    for (const cc_field *f = route->query; f && f->name && n < CC_QUERY_MAX; f++)
        out[n++] = f;
    return n;
}

int
cc_route_status(const cc_route *route)
{
    return route->flags & CC_ROUTE_CREATED ? 201 : route->flags & CC_ROUTE_TAKEN ? 202 : 200;
}

bool
cc_route_takes_body(const cc_route *route)
{
    return route->method == CC_POST || route->method == CC_PATCH || route->method == CC_PUT;
}

const cc_field *
cc_route_body(const cc_route *route)
{
    if (!cc_route_takes_body(route))
        return NULL;
    return route->body ? route->body : route->resource ? route->resource->fields : NULL;
}

const cc_field *
cc_route_answer(const cc_route *route)
{
    return route->answer ? route->answer : route->resource ? route->resource->fields : NULL;
}

bool
cc_route_partial(const cc_route *route)
{
    return route->method == CC_PATCH;
}

/* Not by routes that answer with a cookie, or that ask others, each of which is retried by itself. */
bool
cc_route_retried(const cc_route *route)
{
    return (route->method == CC_POST || route->method == CC_PATCH) && route->scope != CC_SCOPE_NONE &&
           !(route->flags & (CC_ROUTE_PERSON | CC_ROUTE_RELAYS));
}

/* The gate's own follow from what the row says of keys, bodies and retries. */
uint32_t
cc_route_errors(const cc_route *route)
{
    uint32_t all = route->errors | CC_ERROR_BIT(VALIDATION) | CC_ERROR_BIT(URI_TOO_LONG) |
                   CC_ERROR_BIT(HEADERS_TOO_LARGE) | CC_ERROR_BIT(INTERNAL) | CC_ERROR_BIT(UNAVAILABLE);

    if (route->scope != CC_SCOPE_NONE)
        all |= CC_ERROR_BIT(AUTH_MISSING) | CC_ERROR_BIT(AUTH_INVALID) | CC_ERROR_BIT(FORBIDDEN) |
               CC_ERROR_BIT(RATE_LIMITED);
    if (route->scope < CC_SCOPE__MAX)
        all |= CC_ERROR_BIT(SCOPE_DENIED);
    if (cc_route_body(route))
        all |= CC_ERROR_BIT(PAYLOAD_TOO_LARGE) | CC_ERROR_BIT(UNSUPPORTED_MEDIA_TYPE);
    if (cc_route_retried(route))
        all |= CC_ERROR_BIT(IDEMPOTENCY_MISMATCH) | CC_ERROR_BIT(IDEMPOTENCY_IN_PROGRESS);
    return all;
}

/* What follows `prefix` in the path, if that is made of whole segments; else NULL. */
static const char *
below(const char *path, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(path, prefix, n) == 0 && (path[n] == '/' || path[n] == '\0') ? path + n : NULL;
}

const char *
cc_route_renamed(const cc_table *table, const char *path, const char **now)
{
    const char *rest = NULL;

    for (const cc_renamed *p = table->renamed; p->was && !rest; p++)
        if ((rest = below(path, p->was)))
            *now = p->is;
    return rest;
}

size_t
cc_route_older(const cc_table *table, const cc_route *route, char out[CC_OLDER_MAX][CC_OLDER_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < CC_COUNT(route->alias) && route->alias[i]; i++)
        snprintf(out[n++], CC_OLDER_SIZE, "%s", route->alias[i]);
    for (const cc_renamed *p = table->renamed; p->was; p++) {
        const char *rest = below(route->path, p->is);
        if (rest)
            snprintf(out[n++], CC_OLDER_SIZE, "%s %s%s", cc_method_text(route->method), p->was, rest);
        for (size_t i = 0; i < CC_COUNT(route->alias) && route->alias[i]; i++) {
            const char *path = strchr(route->alias[i], ' ') + 1;
            if ((rest = below(path, p->is)))
                snprintf(out[n++], CC_OLDER_SIZE, "%.*s%s%s", (int)(path - route->alias[i]), route->alias[i], p->was,
                         rest);
        }
    }
    return n;
}
