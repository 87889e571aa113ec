/*
 * One declaration, five routes: list, get, create, update and delete for everything that is plainly a row of a project.
 *
 * From a resource's fields come its statements (made.h) and its JSON.  The rows are written straight from the database
 * into the answer, because a list of fifty costs more in the writing than in the finding.
 *
 * It does not check input (fields.c) and does not know what a resource means: that is the three hooks of a declaration.
 */
#include "gate/resource.h"

#include <assert.h>
#include <stdlib.h>

#include "context/app.h"
#include "gate/audit.h"
#include "gate/envelope.h"
#include "gate/environment.h"
#include "gate/made.h"
#include "gate/outbox.h"
#include "gate/page.h"
#include "gate/trash.h"
#include "storage/db.h"

const cc_resource *
cc_resource_of(const cc_table *table, const char *prefix)
{
    for (const cc_resource *const *res = table->resources; *res; res++)
        if ((*res)->prefix && strcmp((*res)->prefix, prefix) == 0)
            return *res;
    return NULL;
}

/* ---- rows as JSON ---------------------------------------------------------------------------- */

/* "10.0.0.0/8 ::1/128" -> ["10.0.0.0/8","::1/128"] */
static void
put_words(cc_buf *b, const char *s)
{
    const char *comma = "[";

    for (; *s; s += strspn(s, " ")) {
        size_t n = strcspn(s, " ");
        cc_puts(b, comma);
        cc_put_json(b, s, n);
        comma = ",";
        s += n;
    }
    cc_puts(b, comma[0] == '[' ? "[]" : "]");
}

static void
put_choices(cc_buf *b, const char *const *choices, uint64_t mask)
{
    const char *comma = "";

    cc_putc(b, '[');
    for (size_t i = 0; choices[i]; i++)
        if (mask >> i & 1) {
            cc_puts(b, comma);
            cc_put_json(b, choices[i], strlen(choices[i]));
            comma = ",";
        }
    cc_putc(b, ']');
}

/* One column; `id` for overlays.  A missing list of networks or environment is an empty one, not null. */
static void
put_value(cc_req *r, const cc_resource *res, const cc_field *f, cc_stmt *row, int at, const char *id, cc_buf *out)
{
    size_t size;

    if (f->flags & CC_FIELD_LIVE) {
        int64_t live = res->live(r, f, id, cc_col_int(row, at));
        if (live)
            cc_put_time(out, live);
        else
            cc_puts(out, "null");
        return;
    }
    if (f->type == CC_TYPE_MAP) {
        const void *sealed = cc_col_blob(row, at, &size);
        cc_environment_write(r, sealed, size, out);
        return;
    }
    /* An id of nothing is none: what was NOT NULL once stays so. */
    if (f->flags & CC_FIELD_NULLABLE &&
        (cc_col_null(row, at) || (f->type == CC_TYPE_ID && !*cc_col_text(row, at, NULL)))) {
        cc_put(out, "null", 4);
        return;
    }
    switch (f->type) {
    case CC_TYPE_INT: cc_put_int(out, cc_col_int(row, at)); break;
    case CC_TYPE_MONEY: cc_put_nano(out, cc_col_int(row, at)); break;
    case CC_TYPE_NUMBER: cc_put_number(out, cc_col_real(row, at)); break;
    case CC_TYPE_BOOL: cc_puts(out, cc_col_int(row, at) ? "true" : "false"); break;
    case CC_TYPE_TIME: cc_put_time(out, cc_col_int(row, at)); break;
    case CC_TYPE_CHOICES: put_choices(out, f->choices, (uint64_t)cc_col_int(row, at)); break;
    case CC_TYPE_SCOPES: cc_scope_write(out, (uint64_t)cc_col_int(row, at)); break;
    case CC_TYPE_NETWORKS: put_words(out, cc_col_text(row, at, &size)); break;
    case CC_TYPE_IDS:
    case CC_TYPE_LIST:
    case CC_TYPE_ANY: {
        const char *json = cc_col_text(row, at, &size);
        cc_put(out, json, size);
        break;
    }
    default: {
        const char *text = cc_col_text(row, at, &size);
        cc_put_json(out, text, size);
    }
    }
}

void
cc_row_write(cc_req *r, const cc_resource *res, cc_stmt *row, bool detail, cc_buf *out)
{
    const char *id = res->prefix ? cc_col_text(row, 0, NULL) : "";
    size_t      skip = 1; /* the first member's comma */
    int         at = 0;

    cc_putc(out, '{');
    for (const cc_field *f = res->fields; f->name; f++) {
        if (!cc_field_shown(f, detail))
            continue;
        size_t mark = out->size;
        cc_put(out, f->member + skip, f->member_size - skip);
        if (f->flags & CC_FIELD_VIRTUAL) {
            if (!res->virtual_(r, f, row, out)) {
                out->size = mark;
                continue;
            }
        } else if (f->type == CC_TYPE_OBJECT) {
            cc_putc(out, '{');
            for (const cc_field *m = f->members; m->name; m++) {
                size_t first = m == f->members;
                cc_put(out, m->member + first, m->member_size - first);
                put_value(r, res, m, row, at++, id, out);
            }
            cc_putc(out, '}');
        } else {
            put_value(r, res, f, row, at++, id, out);
        }
        skip = 0;
    }
    cc_putc(out, '}');
    if (detail && out == &r->out)
        r->version = cc_col_int(row, at); /* selected behind the fields */
}

/* at: the column of the id that the page ends with, into `last`; -1: none is wanted. */
static cc_err
rows_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t most, int64_t *count, int at, char last[CC_ID_SIZE])
{
    const cc_resource rows = {.singular = "", .table = "", .fields = shape};
    bool              row;
    cc_err            err;

    *count = 0;
    cc_putc(&r->out, '[');
    while ((err = cc_step(s, &row)) == CC_OK && row && *count < most) {
        if ((*count)++)
            cc_putc(&r->out, ',');
        cc_row_write(r, &rows, s, false, &r->out);
        if (at >= 0)
            cc_copy_id(last, cc_col_text(s, at, NULL));
    }
    cc_putc(&r->out, ']');
    cc_stmt_done(s);
    r->page.more = err == CC_OK && row;
    return err;
}

cc_err
cc_rows_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t most, int64_t *count)
{
    return rows_write(r, s, shape, most, count, -1, NULL);
}

cc_err
cc_page_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t limit, int at)
{
    char    last[CC_ID_SIZE] = "";
    int64_t count;
    cc_err  err = rows_write(r, s, shape, limit, &count, at, last);

    if (r->page.more)
        strcpy(r->page.next, last);
    r->page.more = false; /* the cursor says it */
    return err;
}

cc_err
cc_one_write(cc_req *r, cc_stmt *s, const cc_field *shape, bool detail)
{
    const cc_resource rows = {.singular = "", .table = "", .fields = shape};
    bool              row = false;
    cc_err            err = cc_step(s, &row);

    if (err == CC_OK && row)
        cc_row_write(r, &rows, s, detail, &r->out);
    cc_stmt_done(s);
    return err == CC_OK && !row ? CC_E_NOT_FOUND : err;
}

/* ---- list ------------------------------------------------------------------------------------ */

/*
 * The ids a page may show: below `upper`, from `lower` on.  Ids begin with their time, so `from` and `to` are bounds of
 * ids and need no index.
 * '~' comes after every base62 digit.
 */
static cc_err
id_bounds(cc_req *r, const cc_resource *res, const char *after, char lower[CC_ID_SIZE], char upper[CC_ID_SIZE])
{
    strcpy(lower, res->prefix);
    if (after[0])
        strcpy(upper, after);
    else
        strcat(strcpy(upper, res->prefix), "~");
    if (!res->by_time)
        return CC_OK;
    const cc_value *from = cc_query_value(r, "from"), *to = cc_query_value(r, "to");
    if (from->present && to->present && from->i > to->i)
        return cc_fail(r, CC_E_VALIDATION, "to", "'to' must not lie before 'from'.");
    if (from->present)
        cc_id_at(res->prefix, from->i, lower);
    if (to->present) {
        char limit[CC_ID_SIZE];
        cc_id_at(res->prefix, to->i, limit);
        if (strcmp(limit, upper) < 0)
            strcpy(upper, limit);
    }
    return CC_OK;
}

cc_err
cc_resource_list_begin(cc_req *r, char after[CC_ID_SIZE], int64_t *room)
{
    const cc_resource *res = r->route->resource;
    char               lower[CC_ID_SIZE], upper[CC_ID_SIZE];
    int64_t            limit, n = 0;
    cc_stmt           *s = NULL;
    bool               row;
    cc_err             err;

    if ((err = cc_page_read(r, &limit, after)) != CC_OK || (err = id_bounds(r, res, after, lower, upper)) != CC_OK)
        return err;
    /* One more tells whether there is more. */
    if ((err = cc_made_list(r, lower, upper, limit + 1, &s)) != CC_OK)
        goto done;

    cc_putc(&r->out, '[');
    while ((err = cc_step(s, &row)) == CC_OK && row && n < limit) {
        if (n++)
            cc_putc(&r->out, ',');
        cc_row_write(r, res, s, false, &r->out);
        if (n == limit)
            strncat(strcpy(r->page.next, ""), cc_col_text(s, 0, NULL), CC_ID_SIZE - 1);
    }
    *room = err == CC_OK && row ? -1 : limit - n;

done:
    cc_stmt_done(s);
    return err;
}

cc_err
cc_resource_list(cc_req *r)
{
    char    after[CC_ID_SIZE];
    int64_t room;
    cc_err  err = cc_resource_list_begin(r, after, &room);

    if (err == CC_OK && room >= 0)
        r->page.next[0] = '\0';
    cc_putc(&r->out, ']');
    return err;
}

/* ---- one row --------------------------------------------------------------------------------- */

/* Step a statement that answers one row, and write it. */
static cc_err
answer_row(cc_req *r, const cc_resource *res, cc_stmt *s, cc_buf *out)
{
    bool   row;
    cc_err err = cc_step(s, &row);

    if (err == CC_E_CONFLICT && res->taken)
        return cc_fail(r, err, NULL, "%s", res->taken);
    if (err != CC_OK)
        return err;
    if (!row)
        return CC_E_NOT_FOUND;
    cc_row_write(r, res, s, true, out);
    return cc_finish(s);
}

void
cc_reveal_secret(cc_req *r, const char *secret)
{
    r->secret = secret;
    r->no_store = true;
}

bool
cc_reveal_once(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out)
{
    (void)field;
    (void)row;
    if (!r->secret)
        return false;
    cc_put_json(out, r->secret, strlen(r->secret));
    return true;
}

cc_err
cc_resource_show(cc_req *r, const cc_resource *res, const char *id)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_made_get(&r->context, res, id, &s);

    if (err == CC_OK)
        err = answer_row(r, res, s, &r->out);
    cc_stmt_done(s);
    return err;
}

cc_err
cc_resource_get(cc_req *r)
{
    return cc_resource_show(r, r->route->resource, r->id);
}

/* ---- references ------------------------------------------------------------------------------ */

/* The version of a row; 0: there is none. */
static cc_err
version_of(cc_context *c, const cc_resource *res, const char *id, int64_t *version)
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = cc_made_version(c, res, id, &s);

    if (err == CC_OK)
        err = cc_step(s, &row);
    *version = err == CC_OK && row ? cc_col_int(s, 0) : 0;
    cc_stmt_done(s);
    return err;
}

cc_err
cc_resource_must_exist(cc_context *c, const cc_resource *res, const char *id)
{
    int64_t version;
    cc_err  err = version_of(c, res, id, &version);

    return err == CC_OK && !version ? CC_E_NOT_FOUND : err;
}

/* `name` says where the id stands: "workflowId", "steps[2].personaId". */
static cc_err
reference_check(cc_context *c, const cc_field *f, const char *id, const char *name)
{
    const cc_resource *res = cc_resource_of(cc_app_table(c->app), f->ref);
    int64_t            version;
    cc_err             err;

    if (!name)
        return CC_E_UNAVAILABLE;
    assert(res); /* tests/unit/table_test.c */
    /* Whoever deletes it has its lock alone: it stays until what refers to it is there. */
    if ((err = cc_tx_share(cc_app_db(c->app), id)) != CC_OK || (err = version_of(c, res, id, &version)) != CC_OK)
        return err;
    return version ? CC_OK : cc_fail(c, CC_E_VALIDATION, name, "There is no %s of this id.", res->singular);
}

/* The ids in the objects of a list. */
static cc_err
references_in(cc_context *c, const cc_field *f, const cc_json *list)
{
    int64_t n = 0;
    cc_err  err = CC_OK;

    for (const cc_json *j = cc_json_first(list); j && err == CC_OK; j = cc_json_next(j), n++)
        for (const cc_field *m = f->members; m->name && err == CC_OK; m++) {
            const cc_json *id = m->type == CC_TYPE_ID ? cc_json_member(j, m->name) : NULL;
            if (id && cc_json_what(id) == CC_J_TEXT)
                err = reference_check(c, m, cc_json_text(id),
                                      cc_printf(c->arena, "%s[%lld].%s", f->name, (long long)n, m->name));
        }
    return err;
}

cc_err
cc_references_check(cc_context *c, const cc_field *fields, const cc_value *values)
{
    cc_err err = CC_OK;

    for (const cc_field *f = fields; f && f->name && err == CC_OK; f++) {
        const cc_value *v = &values[f - fields];
        if (!cc_value_given(v) || f->flags & CC_FIELD_EACH)
            continue;
        if (f->type == CC_TYPE_ID)
            err = reference_check(c, f, v->s, f->name);
        else if (f->type == CC_TYPE_LIST)
            err = references_in(c, f, v->json);
        else if (f->type == CC_TYPE_IDS)
            for (const cc_json *j = cc_json_first(v->json); j && err == CC_OK; j = cc_json_next(j))
                err = reference_check(c, f, cc_json_text(j), f->name);
    }
    return err;
}

/* ---- create ---------------------------------------------------------------------------------- */

cc_err
cc_resource_insert(cc_context *c, const cc_resource *res, const char *id, cc_value *values, cc_req *answer)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err;

    cc_value_set_text(res->fields, values, "id", id);
    cc_value_set_int(res->fields, values, "createdAt", c->now);
    cc_value_set_int(res->fields, values, "updatedAt", c->now);
    if ((err = cc_made_insert(c, res, values, &s)) != CC_OK)
        goto done;
    if (answer)
        err = answer_row(answer, res, s, &answer->out);
    else if ((err = cc_step(s, &row)) == CC_OK)
        err = cc_finish(s);

done:
    cc_stmt_done(s);
    if (err == CC_OK && res->saved)
        err = res->saved(c, id);
    if (err == CC_OK && res->made)
        err = cc_tell(c->app, c->who.project_id, cc_context_mode(c), res->made, .id = id);
    return err;
}

cc_err
cc_resource_create(cc_req *r)
{
    const cc_resource *res = r->route->resource;
    char              *id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_err             err;

    if (!id)
        return CC_E_UNAVAILABLE;
    if (res->by_mode)
        cc_value_set_text(res->fields, r->body, "mode", cc_context_mode(&r->context));
    if (res->prepare && (err = res->prepare(&r->context, NULL, r->body)) != CC_OK)
        return err;
    cc_id_new(r->app, res->prefix, id);
    return cc_resource_insert(&r->context, res, id, r->body, r);
}

/* ---- copy ------------------------------------------------------------------------------------ */

const cc_field cc_duplicate_fields[] = {
    CC_F("name", CC_TYPE_LINE, 0, 1, 200, "The copy's name; left out: the original's, with \"(copy)\".",
         .example = "\"Plan, build, review (mine)\""),
    CC_END,
};

/* A column as it would be bound again: made.c's bind_value turned round. */
static cc_err
value_read(cc_arena *a, const cc_field *f, cc_stmt *row, int at, cc_value *v)
{
    const char *text;

    v->present = true;
    v->null = cc_col_null(row, at);
    if (v->null)
        return CC_OK;
    if (cc_field_is_number(f)) {
        v->i = cc_col_int(row, at);
        return CC_OK;
    }
    assert(f->type != CC_TYPE_MAP && f->type != CC_TYPE_MONEY && f->type != CC_TYPE_NUMBER);
    text = cc_col_text(row, at, &v->size);
    return (v->s = cc_strndup(a, text, v->size)) ? CC_OK : CC_E_UNAVAILABLE;
}

cc_err
cc_resource_read(cc_req *r, const cc_resource *res, const char *id, cc_value *values)
{
    cc_stmt *s = NULL;
    bool     row = false;
    int      at = 0;
    cc_err   err = cc_made_get(&r->context, res, id, &s);

    if (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && !row)
        err = CC_E_NOT_FOUND;
    for (const cc_field *f = res->fields; err == CC_OK && f->name; f++)
        if (cc_field_shown(f, true) && !(f->flags & CC_FIELD_VIRTUAL))
            err = value_read(r->arena, f, s, at++, &values[f - res->fields]);
    cc_stmt_done(s);
    return err;
}

/* For rows with a name and nothing that only one row may have. */
cc_err
cc_resource_duplicate(cc_req *r)
{
    const cc_resource *res = r->route->resource;
    const cc_value    *asked = cc_body_value(r, "name");
    cc_value          *values = cc_alloc(r->arena, cc_fields_count(res->fields) * sizeof(*values));
    char              *id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_err             err;

    if (!values || !id)
        return CC_E_UNAVAILABLE;
    /* What an insert sets anew it sets over that. */
    if ((err = cc_resource_read(r, res, r->id, values)) != CC_OK)
        return err;
    const char *name = asked->present ? asked->s : cc_value_of(res->fields, values, "name")->s;
    if (!asked->present && cc_utf8_length(name, strlen(name)) + 7 <= (size_t)cc_duplicate_fields[0].max)
        name = cc_printf(r->arena, "%s (copy)", name);
    if (!name)
        return CC_E_UNAVAILABLE;
    cc_value_set_text(res->fields, values, "name", name);
    if (res->prepare && (err = res->prepare(&r->context, NULL, values)) != CC_OK)
        return err;
    cc_id_new(r->app, res->prefix, id);
    return cc_resource_insert(&r->context, res, id, values, r);
}

/* ---- change and delete ----------------------------------------------------------------------- */

cc_err
cc_resource_precondition(cc_req *r, const cc_resource *res, const char *id)
{
    const char *expected = r->in->header[CC_H_IF_MATCH];
    int64_t     version;
    cc_err      err;

    if (!expected || (err = version_of(&r->context, res, id, &version)) != CC_OK)
        return expected ? err : CC_OK;
    if (!version)
        return CC_E_NOT_FOUND;
    return cc_etag_matches(expected, version) ? CC_OK : CC_E_PRECONDITION_FAILED;
}

cc_err
cc_resource_change(cc_req *r, const cc_resource *res, const char *id, cc_value *values)
{
    cc_stmt *s = NULL;
    cc_err   err;

    cc_value_set_int(res->fields, values, "updatedAt", r->now);
    if ((err = cc_made_update(&r->context, res, id, values, &s)) == CC_OK)
        err = answer_row(r, res, s, &r->out);
    cc_stmt_done(s);
    return err == CC_OK && res->saved ? res->saved(&r->context, id) : err;
}

cc_err
cc_resource_update(cc_req *r)
{
    const cc_resource *res = r->route->resource;
    cc_err             err;

    if ((err = cc_resource_precondition(r, res, r->id)) != CC_OK)
        return err;
    if (res->prepare && (err = res->prepare(&r->context, r->id ? r->id : r->who.project_id, r->body)) != CC_OK)
        return err;
    return cc_resource_change(r, res, r->id, r->body);
}

static cc_err
delete_one(cc_req *r, const char *id)
{
    const cc_resource *res = r->route->resource;
    cc_stmt           *s = NULL;
    int64_t            deleted;
    cc_err             err = res->may_delete ? res->may_delete(&r->context, id) : CC_OK;

    if (err == CC_OK && res->trash)
        err = cc_trash_put(&r->context, res, id);
    if (err == CC_OK && (err = cc_made_delete(&r->context, res, id, &s)) == CC_OK &&
        (err = cc_run_change(s, &deleted)) == CC_OK && !deleted)
        err = CC_E_NOT_FOUND;
    return err == CC_OK && res->deleted ? res->deleted(&r->context, id) : err;
}

cc_err
cc_resource_delete(cc_req *r)
{
    cc_err err = cc_resource_precondition(r, r->route->resource, r->id);

    if (err == CC_OK && (err = delete_one(r, r->id)) == CC_OK)
        cc_deleted_write(&r->out, r->id);
    return err;
}

/* ---- several at once -------------------------------------------------------------------------- */

enum { BULK_MOST = 100 };

/* Of any kind: one of another than the route's is not there. */
const cc_field cc_bulk_ids[] = {
    CC_F("ids", CC_TYPE_IDS, CC_FIELD_REQUIRED | CC_FIELD_EACH, 1, BULK_MOST, "What to delete.", .ref = "",
         .example = "[\"per_1Hn4sXq0u2eYwR7bTzK9aM\"]"),
    CC_END,
};

const cc_field cc_bulk_answer[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Which one.", .ref = "",
         .example = "\"per_1Hn4sXq0u2eYwR7bTzK9aM\""),
    CC_F("deleted", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Whether it is gone.", .example = "true"),
    CC_F("code", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "Why not: NOT_FOUND, or CONFLICT if its state does not allow it.", .example = "null"),
    CC_END,
};

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As the gate takes the lock of an id in the path; in one order, so that no two such requests wait for each other. */
static cc_err
bulk_lock(cc_req *r, const cc_json *ids)
{
    const char *id[BULK_MOST];
    size_t      n = 0;
    cc_err      err = CC_OK;

    for (const cc_json *j = cc_json_first(ids); j && n < CC_COUNT(id); j = cc_json_next(j))
        id[n++] = cc_json_text(j);
    qsort(id, n, sizeof(id[0]), by_text);
    for (size_t i = 0; err == CC_OK && i < n; i++)
        err = cc_tx_lock(cc_app_db(r->app), id[i]);
    return err;
}

cc_err
cc_bulk_delete(cc_req *r, cc_err (*one)(cc_req *r, const char *id))
{
    const char  *comma = "[";
    const cc_err locked = bulk_lock(r, cc_body_value(r, "ids")->json);

    if (locked != CC_OK)
        return locked;
    for (const cc_json *j = cc_json_first(cc_body_value(r, "ids")->json); j; j = cc_json_next(j), comma = ",") {
        const char  *id = cc_json_text(j);
        const cc_err err = one(r, id);
        cc_err       noted = CC_OK;
        if (err != CC_OK && err != CC_E_NOT_FOUND && err != CC_E_CONFLICT)
            return err;
        if (err == CC_OK && (noted = cc_audit_also(&r->context, r->route->operation, id)) != CC_OK)
            return noted;
        cc_putf(&r->out, "%s{\"id\":\"%s\",\"deleted\":%s,\"code\":", comma, id, err == CC_OK ? "true" : "false");
        if (err == CC_OK)
            cc_puts(&r->out, "null}");
        else
            cc_putf(&r->out, "\"%s\"}", cc_err_code(err));
    }
    cc_putc(&r->out, ']');
    return CC_OK;
}

cc_err
cc_resource_bulk_delete(cc_req *r)
{
    return cc_bulk_delete(r, delete_one);
}

const cc_field cc_no_fields[] = {CC_END};

/* The answer to every delete; cc_deleted_fields declares it. */
const cc_field cc_deleted_fields[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "What was deleted.", .ref = "",
         .example = "\"per_1Hn4sXq0u2eYwR7bTzK9aM\""),
    CC_F("deleted", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Always true.", .example = "true"),
    CC_END,
};

void
cc_deleted_write(cc_buf *out, const char *id)
{
    cc_puts(out, "{\"id\":");
    cc_put_json(out, id, strlen(id));
    cc_puts(out, ",\"deleted\":true}");
}
