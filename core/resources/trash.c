/*
 * The routes of the trash (contract-2 section 15): what is in it, back or gone, and gone by age.
 *
 * It has no scope of its own.  What a caller sees in it, and may do with it, the routes of the kind itself say: who may
 * read one sees it, who may delete one deletes it for good, and who may delete and make one brings it back.
 */
#include "gate/trash.h"

#include <stdio.h>

#include "context/app.h"
#include "context/settings.h"
#include "gate/audit.h"
#include "gate/change.h"
#include "gate/gate.h"
#include "gate/made.h"
#include "gate/page.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { DAY_MS = 86400000, PORTION = 200 };

const cc_field cc_trash_fields[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "The id that it had, and has again when it is brought back.",
         .ref = "", .example = "\"per_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("kind", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40, "What it is: workflow, persona, issue ….",
         .example = "\"persona\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, 200, "What people call it: its name or title.",
         .example = "\"Careful reviewer\""),
    CC_F("deletedBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, 254, "Who deleted it: the name of the person or key.",
         .example = "\"Ada\""),
    CC_F("deletedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was deleted.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it goes for good; null: only when somebody says so.", .example = "\"2025-02-14T10:05:12Z\""),
    CC_END,
};

const cc_field cc_trash_query[] = {
    CC_F("kind", CC_TYPE_LINE, 0, 1, 40, "Only those.", .example = "\"persona\""),
    CC_END,
};

const cc_field cc_trash_empty_fields[] = {
    CC_F("kind", CC_TYPE_LINE, 0, 1, 40, "Only what is of that kind; left out: of all.", .example = "\"persona\""),
    CC_END,
};

const cc_field cc_trash_emptied_fields[] = {
    CC_F("deleted", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many are gone for good.", .example = "3"),
    CC_END,
};

/* ---- who may ----------------------------------------------------------------------------------------- */

/* What the route of that kind with that handler needs. */
static uint64_t
needs(const cc_context *c, const cc_resource *res, cc_handler handler)
{
    const cc_table *table = cc_app_table(c->app);
    uint64_t        all = 0;

    for (size_t i = 0; i < table->route_count; i++)
        if (table->routes[i].resource == res && table->routes[i].handler == handler)
            all |= cc_route_needs(&table->routes[i]);
    return all;
}

/*
 * The kinds for which the caller has what that handler needs, as ",persona,issue,"; `asked`: of that one alone, NULL:
 * of all.  VALIDATION: there is no such kind.
 */
static cc_err
kinds(cc_req *r, const cc_value *asked, cc_handler handler, const char **out)
{
    bool   known = !asked->present;
    cc_buf b;

    cc_buf_init(&b, r->arena);
    cc_putc(&b, ',');
    for (const cc_resource *const *res = cc_app_table(r->app)->resources; *res; res++) {
        if (!(*res)->trash || (asked->present && strcmp(asked->s, (*res)->singular) != 0))
            continue;
        known = true;
        if (!(needs(&r->context, *res, handler) & ~r->who.may))
            cc_putf(&b, "%s,", (*res)->singular);
    }
    if (!known)
        return cc_fail(r, CC_E_VALIDATION, "kind", "'kind' is nothing that goes to the trash.");
    return (*out = cc_buf_text(&b)) ? CC_OK : CC_E_UNAVAILABLE;
}

/* ---- one of them ------------------------------------------------------------------------------------- */

CC_STATEMENT(trash_remove, "DELETE FROM trash WHERE project_id = :project_id AND id = :id", TEXT(project_id), TEXT(id));

typedef struct trash_row {
    const char *content;
} trash_row;

CC_ROW(trash_row, content);
CC_QUERY(trash_content, trash_row, "SELECT content FROM trash WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* Ids begin with what they are of. */
static const cc_resource *
resource_of(const cc_context *c, const char *id)
{
    char prefix[5];

    snprintf(prefix, sizeof(prefix), "%.4s", id);
    return cc_resource_of(cc_app_table(c->app), prefix);
}

/* What is in the trash under that id, or NOT_FOUND. */
static cc_err
find(cc_context *c, const char *id, cc_trashed *out)
{
    trash_row row;
    cc_err err = cc_db_get(cc_app_db(c->app), c->arena, trash_content, &row, .project_id = c->who.project_id, .id = id);

    if (err != CC_OK)
        return err;
    out->res = resource_of(c, id);
    return out->res ? cc_trash_read(c, row.content, out) : CC_E_INTERNAL;
}

/*
 * What the path names, for a caller who may delete one and do what that other handler does (NULL: nothing else).  Who
 * may not even read it finds nothing.  back: it shall come back.
 */
static cc_err
look(cc_req *r, cc_handler also, bool back, cc_trashed *out)
{
    cc_err err = find(&r->context, r->id, out);

    if (err == CC_OK && needs(&r->context, out->res, cc_resource_get) & ~r->who.may)
        err = CC_E_NOT_FOUND;
    if (err == CC_OK)
        err = cc_scopes_check(r, needs(&r->context, out->res, cc_resource_delete) |
                                     (also ? needs(&r->context, out->res, also) : 0));
    return err == CC_OK && out->res->from_trash ? out->res->from_trash(&r->context, out->values, back) : err;
}

/* ---- what is there ----------------------------------------------------------------------------------- */

#define KIND_IN " AND :kinds LIKE '%,' || kind || ',%' "

/* The columns are those of cc_trash_fields; then its place in the list. */
#define TRASH_COLUMNS                                                                                                  \
    "SELECT id, kind, name, deleted_by, deleted_at, CASE WHEN CAST(:keep AS BIGINT) > 0 "                              \
    "THEN deleted_at + CAST(:keep AS BIGINT) END, place FROM trash WHERE project_id = :project_id "

CC_STATEMENT(trash_list, TRASH_COLUMNS "AND place < :before" KIND_IN "ORDER BY place DESC LIMIT :most", INT(keep),
             TEXT(project_id), TEXT(before), TEXT(kinds), INT(most));
CC_STATEMENT(trash_one, TRASH_COLUMNS "AND id = :id", INT(keep), TEXT(project_id), TEXT(id));

static int64_t
keep_ms(cc_app *app)
{
    return cc_setting_int(app, CC_SETTING_trashDays) * DAY_MS;
}

cc_err
cc_trash_list(cc_req *r)
{
    const char *which;
    char        after[CC_ID_SIZE];
    int64_t     limit;
    cc_stmt    *s = NULL;
    cc_err      err;

    if ((err = kinds(r, cc_query_value(r, "kind"), cc_resource_get, &which)) != CC_OK ||
        (err = cc_page_read(r, &limit, after)) != CC_OK ||
        (err = cc_db_bind(cc_app_db(r->app), trash_list, &s, .keep = keep_ms(r->app), .project_id = r->who.project_id,
                          .before = after[0] ? after : "~", .kinds = which, .most = limit + 1)) != CC_OK)
        return err;
    return cc_page_write(r, s, cc_trash_fields, limit, 6);
}

/* ---- back, or gone ----------------------------------------------------------------------------------- */

/* What it cannot be without must be there; what it can be without and is gone, it comes back without. */
static cc_err
reference_mend(cc_context *c, const cc_field *f, cc_value *v)
{
    const cc_resource *res = cc_resource_of(cc_app_table(c->app), f->ref);
    cc_err err = res->by_mode ? CC_OK : cc_resource_must_exist(c, res, v->s); /* of the other mode, perhaps */

    if (err != CC_E_NOT_FOUND)
        return err;
    if (f->flags & CC_FIELD_REQUIRED)
        return cc_fail(c, CC_E_CONFLICT, f->name, "The %s that it needs is not there any more.", res->singular);
    *v = (cc_value){.present = true, .null = true};
    return CC_OK;
}

/* The same of several. */
static cc_err
list_mend(cc_context *c, const cc_field *f, cc_value *v)
{
    const cc_resource *res = cc_resource_of(cc_app_table(c->app), f->ref);
    const cc_json     *ids;
    const char        *why, *comma = "";
    cc_buf             left;
    cc_err             err = cc_json_parse(c->arena, v->s, v->size, &ids, &why);

    cc_buf_init(&left, c->arena);
    cc_putc(&left, '[');
    for (const cc_json *j = err == CC_OK ? cc_json_first(ids) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        if ((err = cc_resource_must_exist(c, res, cc_json_text(j))) == CC_OK) {
            cc_putf(&left, "%s\"%s\"", comma, cc_json_text(j));
            comma = ",";
        }
        err = err == CC_E_NOT_FOUND ? CC_OK : err;
    }
    cc_putc(&left, ']');
    *v = (cc_value){.present = true, .s = cc_buf_text(&left), .size = left.size};
    return err == CC_OK && !v->s ? CC_E_UNAVAILABLE : err;
}

static cc_err
references_mend(cc_context *c, const cc_trashed *trashed)
{
    cc_err err = CC_OK;

    for (const cc_field *f = trashed->res->fields; f->name && err == CC_OK; f++) {
        cc_value *v = &trashed->values[f - trashed->res->fields];
        if (f->flags & (CC_FIELD_READ_ONLY | CC_FIELD_HIDDEN) || !cc_value_given(v))
            continue;
        if (f->type == CC_TYPE_ID)
            err = reference_mend(c, f, v);
        else if (f->type == CC_TYPE_IDS)
            err = list_mend(c, f, v);
    }
    return err;
}

/* Its version goes on: an ETag that was read before it was deleted fits no more. */
static cc_err
row_restore(cc_context *c, const cc_trashed *trashed)
{
    const cc_resource *res = trashed->res;
    cc_stmt           *s = NULL;
    bool               row;
    cc_err             err;

    cc_value_set_int(res->fields, trashed->values, "updatedAt", c->now);
    if ((err = cc_made_restore(c, res, trashed->values, trashed->version + 1, &s)) == CC_OK &&
        (err = cc_step(s, &row)) == CC_OK)
        err = cc_finish(s);
    cc_stmt_done(s);
    const char *id = trashed->values[0].s;
    if (err == CC_OK && res->saved)
        err = res->saved(c, id);
    if (err == CC_OK)
        return cc_changed_row(c, res, "restore", id);
    if (err != CC_E_CONFLICT)
        return err;
    return cc_fail(c, err, cc_trash_title(res)->name, "%s",
                   res->taken ? res->taken : "Another one has its name by now.");
}

/* For good, with what belongs to it. */
static cc_err
purge(cc_context *c, const char *id)
{
    const cc_resource *res = resource_of(c, id);
    cc_err             err = cc_db_run(cc_app_db(c->app), trash_remove, .project_id = c->who.project_id, .id = id);

    return err == CC_OK && res && res->purged ? res->purged(c, id) : err;
}

cc_err
cc_trash_restore(cc_req *r)
{
    cc_trashed trashed;
    cc_stmt   *s = NULL;
    cc_err     err = look(r, cc_resource_create, true, &trashed);

    if (err == CC_OK && (err = cc_db_bind(cc_app_db(r->app), trash_one, &s, .keep = keep_ms(r->app),
                                          .project_id = r->who.project_id, .id = r->id)) == CC_OK)
        err = cc_one_write(r, s, cc_trash_fields, false);
    if (err == CC_OK && (err = references_mend(&r->context, &trashed)) == CC_OK)
        err = row_restore(&r->context, &trashed);
    return err == CC_OK ? cc_db_run(cc_app_db(r->app), trash_remove, .project_id = r->who.project_id, .id = r->id)
                        : err;
}

cc_err
cc_trash_delete(cc_req *r)
{
    cc_trashed trashed;
    cc_err     err = look(r, NULL, false, &trashed);

    if (err == CC_OK && (err = purge(&r->context, r->id)) == CC_OK)
        cc_deleted_write(&r->out, r->id);
    return err;
}

typedef struct trash_key {
    char project_id[CC_ID_SIZE], id[CC_ID_SIZE];
} trash_key;

CC_ROW(trash_key, project_id, id);
CC_QUERY(trash_next, trash_key,
         "SELECT project_id, id FROM trash WHERE project_id = :project_id AND id > :after" KIND_IN
         "ORDER BY id LIMIT 1",
         TEXT(project_id), TEXT(after), TEXT(kinds));

/* FORBIDDEN: the caller has no say over that one, and it stays. */
static cc_err
empty_one(cc_req *r, const char *id, int64_t *gone)
{
    cc_trashed trashed;
    cc_err     err = find(&r->context, id, &trashed);

    if (err == CC_OK && trashed.res->from_trash)
        err = trashed.res->from_trash(&r->context, trashed.values, false);
    if (err == CC_OK && (err = purge(&r->context, id)) == CC_OK) {
        ++*gone;
        err = cc_audit_also(&r->context, "trash.delete", id);
    }
    return err == CC_E_FORBIDDEN ? CC_OK : err;
}

cc_err
cc_trash_empty(cc_req *r)
{
    trash_key   at = {.id = ""};
    const char *which;
    int64_t     gone = 0;
    bool        found = true;
    cc_err      err = kinds(r, cc_body_value(r, "kind"), cc_resource_delete, &which);

    while (err == CC_OK &&
           (err = cc_db_find(cc_app_db(r->app), NULL, trash_next, &at, &found, .project_id = r->who.project_id,
                             .after = at.id, .kinds = which)) == CC_OK &&
           found)
        err = empty_one(r, at.id, &gone);
    if (err == CC_OK)
        cc_putf(&r->out, "{\"deleted\":%lld}", (long long)gone);
    return err;
}

/* ---- by age ------------------------------------------------------------------------------------------ */

CC_QUERY(trash_oldest, trash_key,
         "SELECT project_id, id FROM trash WHERE deleted_at < :before ORDER BY deleted_at LIMIT 1", INT(before));

/* Inside a transaction; *more: another portion may be left. */
static cc_err
thin(cc_app *app, cc_arena *a, int64_t before, bool *more)
{
    trash_key  old;
    cc_context c;
    cc_err     err = CC_OK;

    cc_context_init(&c, app, a);
    *more = true;
    for (int i = 0; i < PORTION && err == CC_OK && *more; i++) {
        err = cc_db_find(cc_app_db(app), NULL, trash_oldest, &old, more, .before = before);
        if (err != CC_OK || !*more)
            break;
        cc_copy_id(c.who.project_id, old.project_id);
        err = purge(&c, old.id);
    }
    return err;
}

bool
cc_trash_thin(cc_app *app)
{
    const int64_t keep = keep_ms(app), before = cc_app_now(app) - keep;
    cc_db        *db = cc_app_db(app);
    cc_arena     *a = NULL;
    trash_key     old;
    bool          more = false;
    cc_err        err = keep ? cc_db_find(db, NULL, trash_oldest, &old, &more, .before = before) : CC_OK;

    if (err != CC_OK || !more || !(a = cc_arena_new()))
        return false;
    if ((err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, thin(app, a, before, &more));
    cc_arena_free(a);
    return err == CC_OK && more; /* storage says itself what went wrong, and the next look tries again */
}
