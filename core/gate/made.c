/*
 * A plain resource's statements, made from its declaration.
 *
 * The texts are made once per process and statement (db.h, cc_stmt_made).  One walk goes over a statement twice, to
 * write its text and to bind its values, so that the two cannot differ.
 */
#include "gate/made.h"

#include <math.h>

#include <assert.h>
#include <stdlib.h>

#include "base/unicode.h"
#include "context/app.h"
#include "gate/envelope.h"
#include "gate/page.h"
#include "storage/db.h"

/* What a made statement does; with the resource's or route's index and the filters in use it is the statement's key. */
enum { OP_LIST = 1, OP_GET, OP_INSERT, OP_UPDATE, OP_DELETE, OP_VERSION, OP_KEEP, OP_RESTORE };

static uint32_t
key_of(unsigned op, size_t index, uint32_t filters)
{
    assert(index < 4096 && filters < 65536);
    return op << 28 | (uint32_t)index << 16 | filters;
}

static size_t
index_of(cc_context *c, const cc_resource *res)
{
    const cc_resource *const *all = cc_app_table(c->app)->resources;
    size_t                    i = 0;

    while (all[i] != res)
        i++;
    return i;
}

/* ---- columns --------------------------------------------------------------------------------- */

bool
cc_field_stored(const cc_field *f)
{
    return !(f->flags & (CC_FIELD_WRITE_ONLY | CC_FIELD_VIRTUAL)) && f->type != CC_TYPE_OBJECT;
}

bool
cc_field_shown(const cc_field *f, bool detail)
{
    return !(f->flags & (CC_FIELD_WRITE_ONLY | CC_FIELD_HIDDEN)) && (detail || !(f->flags & CC_FIELD_DETAIL));
}

/* costUsd: cost_nano; usdPerUnit: nano_per_unit. */
static void
column_name(const cc_field *f, char out[64])
{
    cc_snake_case(f->name, out);
    size_t size = strlen(out);
    if (f->type == CC_TYPE_MONEY && size > 4 && strcmp(out + size - 4, "_usd") == 0) {
        memcpy(out + size - 3, "nano", 5);
    } else if (f->type == CC_TYPE_MONEY && strncmp(out, "usd_", 4) == 0) {
        memmove(out + 4, out + 3, size - 2);
        memcpy(out, "nano", 4);
    }
}

static void
put_column(cc_buf *b, const cc_resource *res, const cc_field *f)
{
    char snake[64];

    column_name(f, snake);
    cc_puts(b, !res->prefix && strcmp(snake, "id") == 0 ? "project_id" : snake);
}

/* Has it a column beside its own, for the search?  db.h: cc_bind_folded. */
static bool
has_folded(const cc_field *f)
{
    return cc_field_stored(f) && f->flags & CC_FIELD_SEARCH;
}

static void
put_folded(cc_buf *b, const cc_resource *res, const cc_field *f)
{
    put_column(b, res, f);
    cc_puts(b, "_folded");
}

static void
put_columns(cc_buf *b, const cc_resource *res, bool detail)
{
    const char *comma = "";

    for (const cc_field *f = res->fields; f->name; f++) {
        if (!cc_field_shown(f, detail) || f->flags & CC_FIELD_VIRTUAL)
            continue;
        if (f->type == CC_TYPE_OBJECT) {
            char outer[64], inner[64];
            cc_snake_case(f->name, outer);
            for (const cc_field *m = f->members; m->name; m++) {
                cc_snake_case(m->name, inner);
                cc_putf(b, "%s%s_%s", comma, outer, inner);
                comma = ", ";
            }
            continue;
        }
        cc_puts(b, comma);
        put_column(b, res, f);
        comma = ", ";
    }
}

/* ---- statements ------------------------------------------------------------------------------ */

typedef struct statement statement;

/*
 * What a statement is made of.  Its text depends on the resource, the route and the filters alone; all else is bound.
 * One walk goes over it twice, to write the text and to bind the values, so that the two cannot differ.
 */
struct statement {
    void (*walk)(statement *st);
    const cc_resource *res;
    const cc_route    *route; /* of a list */
    uint32_t           filters;
    const char        *project_id, *mode, *id;
    const cc_value    *values; /* parallel to res->fields; of a list, to its query */
    const char        *upper, *lower, *pattern;
    int64_t            limit, version; /* version: of a row that comes back; 0: of none */

    cc_buf  *text;      /* to write into; NULL: bind */
    cc_stmt *stmt;      /* to bind to; NULL: write */
    int      parameter; /* the last one's number, from 1 */
};

static void
say(statement *st, const char *sql)
{
    if (st->text)
        cc_puts(st->text, sql);
}

static void
say_column(statement *st, const cc_field *f)
{
    if (st->text)
        put_column(st->text, st->res, f);
}

static void
say_folded(statement *st, const cc_field *f)
{
    if (st->text)
        put_folded(st->text, st->res, f);
}

static void
say_columns(statement *st, bool detail)
{
    if (st->text)
        put_columns(st->text, st->res, detail);
}

static void
say_table(statement *st, const char *sql)
{
    say(st, sql);
    say(st, st->res->table);
}

/* `sql`, then the parameter of that number. */
static void
put(statement *st, const char *sql, int parameter)
{
    if (st->text)
        cc_putf(st->text, "%s$%d", sql, parameter);
}

/* The next parameter, which the text has to name; its number. */
static int
next_text(statement *st, const char *value)
{
    st->parameter++;
    if (st->stmt)
        cc_bind_text(st->stmt, st->parameter, value);
    return st->parameter;
}

static int
next_int(statement *st, int64_t value)
{
    st->parameter++;
    if (st->stmt)
        cc_bind_int(st->stmt, st->parameter, value);
    return st->parameter;
}

/* "WHERE project_id = $1 AND mode = $2" */
static void
walk_rows(statement *st)
{
    put(st, " WHERE project_id = ", next_text(st, st->project_id));
    if (st->res->by_mode)
        put(st, " AND mode = ", next_text(st, st->mode));
}

/* "WHERE project_id = $1 AND mode = $2 AND id = $3" */
static void
walk_row(statement *st)
{
    walk_rows(st);
    if (st->res->prefix)
        put(st, " AND id = ", next_text(st, st->id));
}

static void
write_text(cc_buf *b, const void *ctx, uint32_t key)
{
    statement st = *(const statement *)ctx;

    (void)key;
    st.text = b;
    st.walk(&st);
}

static statement
statement_of(cc_context *c, const cc_resource *res, const char *id, void (*walk)(statement *st))
{
    return (statement){.walk = walk, .res = res, .project_id = c->who.project_id, .mode = cc_context_mode(c), .id = id};
}

/* Made if need be, and bound. */
static cc_err
prepare(cc_context *c, unsigned op, size_t index, statement *st, cc_stmt **out)
{
    cc_err err = cc_stmt_made(cc_app_db(c->app), key_of(op, index, st->filters), write_text, st, out);

    if (err != CC_OK)
        return err;
    st->stmt = *out;
    st->walk(st);
    return CC_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static void
bind_preset(cc_stmt *s, int at, const cc_field *f)
{
    if (!f->preset)
        cc_bind_null(s, at);
    else if (f->preset[0] == '"')
        cc_bind_text_n(s, at, f->preset + 1, strlen(f->preset) - 2);
    else if (f->type == CC_TYPE_BOOL)
        cc_bind_int(s, at, strcmp(f->preset, "true") == 0);
    else if (f->type == CC_TYPE_IDS || f->type == CC_TYPE_LIST)
        cc_bind_text(s, at, f->preset);
    else if (f->type == CC_TYPE_CHOICES) /* "[]" */
        cc_bind_int(s, at, 0);
    else {
        int64_t i = 0;
        bool    whole = cc_int_parse(f->preset, &i);
        assert(whole);
        (void)whole;
        cc_bind_int(s, at, i);
    }
}

static void
bind_value(cc_stmt *s, int at, const cc_field *f, const cc_value *v)
{
    if (!v->present)
        bind_preset(s, at, f);
    else if (v->null)
        cc_bind_null(s, at);
    else if (cc_field_is_number(f))
        cc_bind_int(s, at, v->i);
    else if (f->type == CC_TYPE_MONEY)
        cc_bind_int(s, at, llround(v->d * 1e9));
    else if (f->type == CC_TYPE_NUMBER)
        cc_bind_real(s, at, v->d);
    else if (f->type == CC_TYPE_MAP || f->type == CC_TYPE_BLOB)
        cc_bind_blob(s, at, v->s, v->size);
    else
        cc_bind_text_n(s, at, v->s, v->size);
}

static int
next_value(statement *st, const cc_field *f, const cc_value *v)
{
    st->parameter++;
    if (st->stmt)
        bind_value(st->stmt, st->parameter, f, v);
    return st->parameter;
}

static int
next_folded(statement *st, const cc_value *v)
{
    st->parameter++;
    if (st->stmt)
        cc_bind_folded(st->stmt, st->parameter, v->s, v->size);
    return st->parameter;
}

/* ---- list ---------------------------------------------------------------------------------- */

/* Is this query field an equality filter of the resource (and not limit, q, from …)? */
static bool
is_filter(const cc_resource *res, const cc_field *f)
{
    size_t n = cc_fields_count(res->fields);

    return f >= res->fields && f < res->fields + n;
}

/* " AND (coalesce(name_folded, name) LIKE $5 OR ...)" */
static void
walk_search(statement *st)
{
    const char *sep = " AND (";
    int         pattern = next_text(st, st->pattern);

    for (const cc_field *f = st->res->fields; f->name; f++) {
        if (!has_folded(f))
            continue;
        say(st, sep);
        say(st, "coalesce(");
        say_folded(st, f);
        say(st, ", ");
        say_column(st, f);
        put(st, ") " CC_SQL_LIKE " ", pattern);
        say(st, " ESCAPE '\\'");
        sep = " OR ";
    }
    say(st, ")");
}

static void
walk_list(statement *st)
{
    const cc_field *query[CC_QUERY_MAX];
    size_t          n = st->filters ? cc_route_query(st->route, query) : 0;

    say(st, "SELECT ");
    say_columns(st, false);
    say_table(st, " FROM ");
    walk_rows(st);
    put(st, " AND id < ", next_text(st, st->upper));
    put(st, " AND id >= ", next_text(st, st->lower));
    for (size_t i = 0; i < n; i++) {
        if (!(st->filters >> i & 1))
            continue;
        if (is_filter(st->res, query[i])) {
            say(st, " AND ");
            say_column(st, query[i]);
            put(st, " = ", next_value(st, query[i], st->values ? &st->values[i] : NULL));
        } else {
            walk_search(st);
        }
    }
    put(st, " ORDER BY id DESC LIMIT ", next_int(st, st->limit));
}

/* The folded text to look for, with LIKE's own signs escaped, between '%'. */
static char *
like_pattern(cc_arena *a, const char *s, size_t size)
{
    char *folded = cc_folded(s, size), *pattern, *p;

    if (!folded || cc_arena_own(a, folded, free) != CC_OK || !(pattern = cc_alloc(a, 2 * strlen(folded) + 3)))
        return NULL;
    p = pattern;
    *p++ = '%';
    for (const char *c = folded; *c; c++) {
        if (*c == '%' || *c == '_' || *c == '\\')
            *p++ = '\\';
        *p++ = *c;
    }
    *p++ = '%';
    return pattern;
}

/* Which of the query's fields the statement must heed: bit by index.  The others are limit, cursor, from and to. */
static cc_err
heed_filters(cc_req *r, statement *st)
{
    st->values = r->query.values;
    for (size_t i = 0; i < r->query.count; i++) {
        bool search = r->query.fields[i] == &cc_search_field;
        if (!r->query.values[i].present || (!search && !is_filter(st->res, r->query.fields[i])))
            continue;
        st->filters |= UINT32_C(1) << i;
        if (search && !(st->pattern = like_pattern(r->arena, r->query.values[i].s, r->query.values[i].size)))
            return CC_E_UNAVAILABLE;
    }
    return CC_OK;
}

cc_err
cc_made_list(cc_req *r, const char *lower, const char *upper, int64_t limit, cc_stmt **out)
{
    statement st = statement_of(&r->context, r->route->resource, NULL, walk_list);
    cc_err    err;

    st.route = r->route;
    st.lower = lower;
    st.upper = upper;
    st.limit = limit;
    if ((err = heed_filters(r, &st)) != CC_OK)
        return err;
    return prepare(&r->context, OP_LIST, (size_t)(r->route - cc_app_table(r->app)->routes), &st, out);
}

/* ---- one row --------------------------------------------------------------------------------- */

static void
walk_get(statement *st)
{
    say(st, "SELECT ");
    say_columns(st, true);
    say_table(st, ", version FROM ");
    walk_row(st);
}

cc_err
cc_made_get(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out)
{
    statement st = statement_of(c, res, id, walk_get);

    return prepare(c, OP_GET, index_of(c, res), &st, out);
}

static void
walk_version(statement *st)
{
    say_table(st, "SELECT version FROM ");
    walk_row(st);
}

cc_err
cc_made_version(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out)
{
    statement st = statement_of(c, res, id, walk_version);

    return prepare(c, OP_VERSION, index_of(c, res), &st, out);
}

static void
walk_insert(statement *st)
{
    say_table(st, "INSERT INTO ");
    say(st, " (project_id");
    for (const cc_field *f = st->res->fields; f->name; f++) {
        if (cc_field_stored(f)) {
            say(st, ", ");
            say_column(st, f);
        }
        if (has_folded(f)) {
            say(st, ", ");
            say_folded(st, f);
        }
    }
    say(st, st->version ? ", version" : "");
    put(st, ") VALUES (", next_text(st, st->project_id));
    for (const cc_field *f = st->res->fields; f->name; f++) {
        const cc_value *v = st->values ? &st->values[f - st->res->fields] : NULL;
        if (cc_field_stored(f)) {
            put(st, ", ", next_value(st, f, v));
        }
        if (has_folded(f)) {
            put(st, ", ", next_folded(st, v));
        }
    }
    if (st->version)
        put(st, ", ", next_int(st, st->version));
    say(st, ") RETURNING ");
    say_columns(st, true);
    say(st, ", version");
}

cc_err
cc_made_insert(cc_context *c, const cc_resource *res, const cc_value *values, cc_stmt **out)
{
    statement st = statement_of(c, res, NULL, walk_insert);

    st.values = values;
    return prepare(c, OP_INSERT, index_of(c, res), &st, out);
}

/* Can this column change after the row was made? */
static bool
is_mutable(const cc_field *f)
{
    return cc_field_stored(f) && !(f->flags & CC_FIELD_FIXED) && strcmp(f->name, "id") != 0 &&
           strcmp(f->name, "createdAt") != 0;
}

/* "name = CASE WHEN $1 = 1 THEN $2 ELSE name END, " */
static void
walk_choice(statement *st, const cc_field *f, void (*say_it)(statement *st, const cc_field *f), int given, int value)
{
    say_it(st, f);
    put(st, " = CASE WHEN ", given);
    put(st, " = 1 THEN ", value);
    say(st, " ELSE ");
    say_it(st, f);
    say(st, " END, ");
}

/*
 * One statement for every subset of members: each column is either given or stays.  A statement per subset would be 2^n
 * texts to prepare and to test.
 */
static void
walk_update(statement *st)
{
    static const cc_value absent = {0};

    say_table(st, "UPDATE ");
    say(st, " SET ");
    for (const cc_field *f = st->res->fields; f->name; f++) {
        const cc_value *v = st->values ? &st->values[f - st->res->fields] : &absent;
        int             given;
        if (!is_mutable(f))
            continue;
        given = next_int(st, v->present);
        walk_choice(st, f, say_column, given, v->present ? next_value(st, f, v) : next_text(st, NULL));
        if (has_folded(f))
            walk_choice(st, f, say_folded, given, next_folded(st, v));
    }
    say(st, "version = version + 1");
    walk_row(st);
    say(st, " RETURNING ");
    say_columns(st, true);
    say(st, ", version");
}

cc_err
cc_made_update(cc_context *c, const cc_resource *res, const char *id, const cc_value *values, cc_stmt **out)
{
    statement st = statement_of(c, res, id, walk_update);

    st.values = values;
    return prepare(c, OP_UPDATE, index_of(c, res), &st, out);
}

static void
walk_delete(statement *st)
{
    say_table(st, "DELETE FROM ");
    walk_row(st);
}

cc_err
cc_made_delete(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out)
{
    statement st = statement_of(c, res, id, walk_delete);

    return prepare(c, OP_DELETE, index_of(c, res), &st, out);
}

static void
walk_keep(statement *st)
{
    say(st, "SELECT version");
    for (const cc_field *f = st->res->fields; f->name; f++)
        if (cc_field_stored(f)) {
            say(st, ", ");
            say_column(st, f);
        }
    say_table(st, " FROM ");
    walk_row(st);
}

cc_err
cc_made_keep(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out)
{
    statement st = statement_of(c, res, id, walk_keep);

    return prepare(c, OP_KEEP, index_of(c, res), &st, out);
}

cc_err
cc_made_restore(cc_context *c, const cc_resource *res, const cc_value *values, int64_t version, cc_stmt **out)
{
    statement st = statement_of(c, res, NULL, walk_insert);

    st.values = values;
    st.version = version;
    return prepare(c, OP_RESTORE, index_of(c, res), &st, out);
}

/* ---- for tests ------------------------------------------------------------------------------- */

typedef struct listener {
    cc_arena *arena;
    void (*each)(void *ctx, const char *name, const char *sql);
    void *ctx;
} listener;

static void
emit(const listener *to, const char *what, statement st)
{
    cc_buf text;

    cc_buf_init(&text, to->arena);
    write_text(&text, &st, 0);
    cc_putc(&text, '\0');
    to->each(to->ctx, cc_printf(to->arena, "%s.%s", st.res->singular, what), text.data);
}

static void
tell_lists(const listener *to, const cc_route *route)
{
    const cc_field *query[CC_QUERY_MAX];
    const size_t    n = cc_route_query(route, query);
    uint32_t        all = 0;

    for (size_t i = 0; i < n; i++)
        if (query[i] == &cc_search_field || is_filter(route->resource, query[i])) {
            all |= UINT32_C(1) << i;
            emit(to, "list",
                 (statement){.walk = walk_list, .res = route->resource, .route = route, .filters = UINT32_C(1) << i});
        }
    emit(to, "list", (statement){.walk = walk_list, .res = route->resource, .route = route});
    emit(to, "list", (statement){.walk = walk_list, .res = route->resource, .route = route, .filters = all});
}

/* Is it a table of its own, whose rows are made and changed by its declaration? */
static bool
is_table(const cc_resource *res)
{
    for (const char *const *stored = res->stored; stored && *stored; stored++)
        if (strcmp(*stored, res->table) == 0)
            return true;
    return !res->stored;
}

/* Can one alone be asked for?  Entries of the audit log cannot. */
static bool
has_single_rows(const cc_table *table, const cc_resource *res, cc_handler list)
{
    for (size_t i = 0; i < table->route_count; i++)
        if (table->routes[i].resource == res && table->routes[i].handler != list)
            return true;
    return false;
}

static void
tell_single(const listener *to, const cc_resource *res)
{
    emit(to, "get", (statement){.walk = walk_get, .res = res});
    emit(to, "version", (statement){.walk = walk_version, .res = res});
    if (!is_table(res))
        return;
    emit(to, "update", (statement){.walk = walk_update, .res = res});
    emit(to, "delete", (statement){.walk = walk_delete, .res = res});
    if (res->prefix)
        emit(to, "insert", (statement){.walk = walk_insert, .res = res});
    if (!res->trash)
        return;
    emit(to, "keep", (statement){.walk = walk_keep, .res = res});
    emit(to, "restore", (statement){.walk = walk_insert, .res = res, .version = 1});
}

void
cc_made_each(const cc_table *table, cc_handler list, void (*each)(void *ctx, const char *name, const char *sql),
             void *ctx)
{
    const listener to = {cc_arena_new(), each, ctx};

    for (size_t i = 0; i < table->route_count; i++)
        if (table->routes[i].handler == list)
            tell_lists(&to, &table->routes[i]);
    for (const cc_resource *const *res = table->resources; *res; res++)
        if (has_single_rows(table, *res, list))
            tell_single(&to, *res);
    cc_arena_free(to.arena);
}
