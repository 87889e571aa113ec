/*
 * Running declared statements: what is given is bound, what is found is read, by the declarations of query.h.
 *
 * It goes through the calls of db.h alone, so it serves any engine behind them.
 */
#include "storage/query.h"

#include <assert.h>

#include "context/settings.h"
#include "gate/fields.h"
#include "storage/db.h"

static void
bind_one(cc_stmt *s, int index, cc_kind kind, const void *at)
{
    const cc_bytes    *bytes = at;
    const cc_span     *span = at;
    const cc_foldable *folded = at;

    switch (kind) {
    case CC_KIND_TEXT: cc_bind_text(s, index, *(const char *const *)at); break;
    case CC_KIND_SPAN: cc_bind_text_n(s, index, span->data, span->size); break;
    case CC_KIND_BLOB: cc_bind_blob(s, index, bytes->data, bytes->size); break;
    case CC_KIND_FOLDED: cc_bind_folded(s, index, folded->text, folded->text ? strlen(folded->text) : 0); break;
    case CC_KIND_REAL: cc_bind_real(s, index, *(const double *)at); break;
    case CC_KIND_INT: cc_bind_int(s, index, *(const int64_t *)at); break;
    case CC_KIND_CHARS:
    case CC_KIND_INT32:
    case CC_KIND_BOOL: break; /* of columns only */
    }
}

cc_err
cc__db_bind(cc_db *db, const cc_statement *of, const void *args, cc_stmt **out)
{
    cc_err err = cc_stmt_of(db, of, out);

    for (size_t i = 0; err == CC_OK && i < of->param_count; i++)
        bind_one(*out, (int)i + 1, (cc_kind)of->params[i].kind, (const char *)args + of->params[i].offset);
    return err;
}

/* ---- a row into a struct --------------------------------------------------------------------- */

static cc_err
chars_read(cc_stmt *s, int index, const cc_binding *column, char *into)
{
    size_t      size;
    const char *text = cc_col_text(s, index, &size);

    if (size >= column->size)
        return cc_stmt_misfit(s, column->name);
    memcpy(into, text, size);
    into[size] = '\0';
    return CC_OK;
}

static cc_err
text_read(cc_stmt *s, int index, cc_arena *a, const char **into)
{
    size_t      size;
    const char *text = cc_col_text(s, index, &size);

    if (!size && cc_col_null(s, index))
        text = NULL;
    *into = a && text ? cc_strndup(a, text, size) : text;
    return *into || !text ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
blob_read(cc_stmt *s, int index, cc_arena *a, cc_bytes *into)
{
    into->data = cc_col_blob(s, index, &into->size);
    if (a && into->data)
        into->data = cc_strndup(a, into->data, into->size);
    return !into->size || into->data ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
column_read(cc_stmt *s, int index, const cc_binding *column, cc_arena *a, void *into)
{
    switch ((cc_kind)column->kind) {
    case CC_KIND_CHARS: return chars_read(s, index, column, into);
    case CC_KIND_TEXT: return text_read(s, index, a, into);
    case CC_KIND_BLOB: return blob_read(s, index, a, into);
    case CC_KIND_INT: *(int64_t *)into = cc_col_int(s, index); break;
    case CC_KIND_INT32: *(int *)into = (int)cc_col_int(s, index); break;
    case CC_KIND_BOOL: *(bool *)into = cc_col_int(s, index) != 0; break;
    case CC_KIND_REAL: *(double *)into = cc_col_real(s, index); break;
    case CC_KIND_SPAN:
    case CC_KIND_FOLDED: break; /* of parameters only */
    }
    return CC_OK;
}

static cc_err
row_read(cc_stmt *s, const cc_statement *of, cc_arena *a, void *row)
{
    cc_err err = CC_OK;

    for (size_t i = 0; err == CC_OK && i < of->column_count; i++)
        err = column_read(s, (int)i, &of->columns[i], a, (char *)row + of->columns[i].offset);
    return err;
}

/* ---- the calls ------------------------------------------------------------------------------- */

/* Without an arena a text would be gone with the statement. */
static bool __attribute__((unused)) /* without assertions */
has_room(const cc_statement *of, const cc_arena *a)
{
    for (size_t i = 0; !a && i < of->column_count; i++)
        if (of->columns[i].kind == CC_KIND_TEXT || of->columns[i].kind == CC_KIND_BLOB)
            return false;
    return true;
}

cc_err
cc__db_find(cc_db *db, const cc_statement *of, const void *args, cc_arena *a, void *row, bool *found)
{
    cc_stmt *s = NULL;
    cc_err   err;

    assert(has_room(of, a));
    *found = false;
    if ((err = cc__db_bind(db, of, args, &s)) != CC_OK)
        return err;
    if ((err = cc_step(s, found)) == CC_OK && *found && (err = row_read(s, of, a, row)) == CC_OK)
        err = cc_finish(s);
    cc_stmt_done(s);
    return err;
}

cc_err
cc__db_get(cc_db *db, const cc_statement *of, const void *args, cc_arena *a, void *row)
{
    bool   found;
    cc_err err = cc__db_find(db, of, args, a, row, &found);

    return err == CC_OK && !found ? CC_E_NOT_FOUND : err;
}

cc_err
cc__db_exists(cc_db *db, const cc_statement *of, const void *args, bool *found)
{
    cc_stmt *s = NULL;
    cc_err   err;

    *found = false;
    if ((err = cc__db_bind(db, of, args, &s)) != CC_OK)
        return err;
    if ((err = cc_step(s, found)) == CC_OK)
        err = cc_finish(s);
    cc_stmt_done(s);
    return err;
}

cc_err
cc__db_change(cc_db *db, const cc_statement *of, const void *args, int64_t *changed)
{
    cc_stmt *s = NULL;
    cc_err   err = cc__db_bind(db, of, args, &s);

    return err == CC_OK ? cc_run_change(s, changed) : err;
}

cc_rows
cc__db_select(cc_db *db, const cc_statement *of, const void *args, void *row)
{
    cc_rows rows = {.of = of, .row = row};

    rows.err = cc__db_bind(db, of, args, &rows.stmt);
    return rows;
}

bool
cc_rows_next(cc_rows *rows)
{
    bool any = false;

    if (rows->err == CC_OK && (rows->err = cc_step(rows->stmt, &any)) == CC_OK && any)
        rows->err = row_read(rows->stmt, rows->of, NULL, rows->row);
    return any && rows->err == CC_OK;
}

cc_err
cc_rows_end(cc_rows *rows)
{
    cc_stmt_done(rows->stmt);
    rows->stmt = NULL;
    return rows->err;
}
