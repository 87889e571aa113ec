/*
 * The trash: what becomes of a row that is deleted, and what comes of that again.
 *
 * A row that goes to the trash leaves its table: its columns become one JSON text in the table `trash`.  So no list, no
 * look-up, no reference, no unique rule and no statement written anywhere has to know that there is a trash: what a
 * column `deleted_at` would have asked of each of them, and of every one to come.  Which columns there are, the
 * declaration says (tests/unit/db_test.c holds the schema to it), and a column that came while the row was away gets
 * its preset.  What belongs to a row in tables of their own stays there, where nobody finds it without the row.
 */
#include "gate/trash.h"

#include "context/app.h"
#include "gate/made.h"
#include "storage/db.h"

CC_STATEMENT(trash_insert,
             "INSERT INTO trash (project_id, id, place, kind, name, deleted_by, deleted_at, content) "
             "VALUES (:project_id, :id, :place, :kind, :name, :who, :now, :content)",
             TEXT(project_id), TEXT(id), TEXT(place), TEXT(kind), TEXT(name), TEXT(who), INT(now), TEXT(content));

/* ---- away -------------------------------------------------------------------------------------------- */

static void
put_column(cc_buf *b, const cc_field *f, cc_stmt *row, int at)
{
    size_t      size;
    const char *text;

    cc_put(b, f->member, f->member_size);
    if (cc_col_null(row, at)) {
        cc_puts(b, "null");
    } else if (cc_field_is_number(f)) {
        cc_put_int(b, cc_col_int(row, at));
    } else if (f->type == CC_TYPE_NUMBER) {
        cc_put_number(b, cc_col_real(row, at));
    } else {
        text = cc_col_text(row, at, &size);
        cc_put_json(b, text, size);
    }
}

const cc_field *
cc_trash_title(const cc_resource *res)
{
    const cc_field *f = res->fields;

    while (f->name && !(f->type == CC_TYPE_LINE && f->flags & CC_FIELD_REQUIRED))
        f++;
    return f->name ? f : res->fields;
}

/* The row as JSON, and what it is called. */
static void
row_keep(cc_context *c, const cc_resource *res, cc_stmt *row, cc_buf *content, const char **name)
{
    int at = 1;

    cc_putf(content, "{\"version\":%lld", (long long)cc_col_int(row, 0));
    for (const cc_field *f = res->fields; f->name; f++) {
        if (!cc_field_stored(f))
            continue;
        if (f == cc_trash_title(res))
            *name = cc_printf(c->arena, "%s", cc_col_text(row, at, NULL));
        put_column(content, f, row, at++);
    }
    cc_putc(content, '}');
}

cc_err
cc_trash_put(cc_context *c, const cc_resource *res, const char *id)
{
    cc_stmt    *s = NULL;
    const char *name = NULL;
    bool        row = false;
    char        place[CC_ID_SIZE];
    cc_buf      content;
    cc_err      err = cc_made_keep(c, res, id, &s);

    cc_buf_init(&content, c->arena);
    if (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row)
        row_keep(c, res, s, &content, &name);
    cc_stmt_done(s);
    if (err != CC_OK || !row)
        return err == CC_OK ? CC_E_NOT_FOUND : err;
    const char *text = cc_buf_text(&content);
    if (!text || !name)
        return CC_E_UNAVAILABLE;
    cc_id_new(c->app, "trs_", place);
    return cc_db_run(cc_app_db(c->app), trash_insert, .project_id = c->who.project_id, .id = id, .place = place,
                     .kind = res->singular, .name = name, .who = c->who.name, .now = c->now, .content = text);
}

/* ---- back -------------------------------------------------------------------------------------------- */

/* As it was stored; not there: the column is newer than that, and gets its preset. */
static void
value_take(const cc_json *kept, cc_value *v)
{
    if (!kept)
        return;
    v->present = true;
    switch (cc_json_what(kept)) {
    case CC_J_NUMBER:
        v->d = cc_json_number(kept);
        v->i = (int64_t)v->d;
        break;
    case CC_J_TEXT:
        v->s = cc_json_text(kept);
        v->size = strlen(v->s);
        break;
    default: v->null = true;
    }
}

cc_err
cc_trash_read(cc_context *c, const char *text, cc_trashed *out)
{
    const cc_json *kept;
    const char    *why;
    cc_err         err = cc_json_parse(c->arena, text, strlen(text), &kept, &why);

    if (err != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    if (!(out->values = cc_alloc(c->arena, cc_fields_count(out->res->fields) * sizeof(*out->values))))
        return CC_E_UNAVAILABLE;
    for (const cc_field *f = out->res->fields; f->name; f++)
        if (cc_field_stored(f))
            value_take(cc_json_member(kept, f->name), &out->values[f - out->res->fields]);
    out->version = (int64_t)cc_json_number(cc_json_member(kept, "version"));
    return CC_OK;
}
