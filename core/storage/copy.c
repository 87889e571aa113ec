/*
 * No statement here is declared: the tables and their columns are asked for, so that none can be forgotten.
 */
#include "storage/copy.h"

#include <stdio.h>

#include "storage/engine.h"

enum { TABLES = 128, COLUMNS = 64, NAME = 64, FETCH = 500 };

typedef struct column {
    char name[NAME], kind; /* 't', 'i', 'b', 'r' */
} column;

typedef struct table {
    char     name[NAME];
    column   columns[COLUMNS];
    int      count;
    int64_t  rows;
    uint64_t sum; /* of all rows, whatever their order */
} table;

typedef struct work {
    const cc_copy *c;
    cc_arena      *arena;
    table         *tables;
    int            count;
    uint32_t       statements; /* made so far; each has its own text */
    char          *why;
    size_t         why_size;
} work;

static void
put_text(cc_buf *text, const void *ctx, uint32_t key)
{
    (void)key;
    cc_puts(text, ctx);
}

/* No key of a resource's statement (gate/made.h). */
static uint32_t
made_key(work *w)
{
    return UINT32_C(0xf0000000) + w->statements++;
}

static cc_err
stmt(work *w, cc_db *db, const char *sql, cc_stmt **out)
{
    return sql != NULL ? cc_stmt_made(db, made_key(w), put_text, sql, out) : CC_E_UNAVAILABLE;
}

static cc_err
run(work *w, cc_db *db, const char *sql)
{
    cc_stmt *s = NULL;
    cc_err   err = stmt(w, db, sql, &s);

    return err == CC_OK ? cc_run(s) : err;
}

/* ---- what there is ------------------------------------------------------------------------------ */

static bool
name_read(cc_stmt *s, int at, char out[NAME])
{
    size_t      size;
    const char *text = cc_col_text(s, at, &size);

    return snprintf(out, NAME, "%s", text) < NAME;
}

static cc_err
tables_find(work *w)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err;

    if ((w->tables = cc_alloc(w->arena, TABLES * sizeof(*w->tables))) == NULL)
        return CC_E_UNAVAILABLE;
    if ((err = stmt(w, w->c->from, w->c->from->engine->tables_sql, &s)) != CC_OK)
        return err;
    while (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row)
        if (w->count == TABLES || !name_read(s, 0, w->tables[w->count++].name))
            err = CC_E_INTERNAL;
    cc_stmt_done(s);
    return err;
}

static cc_err
columns_find(work *w, table *t)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = stmt(w, w->c->from, w->c->from->engine->columns_sql, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, t->name);
    while (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row) {
        if (t->count == COLUMNS || !name_read(s, 0, t->columns[t->count].name))
            err = CC_E_INTERNAL;
        else
            t->columns[t->count++].kind = cc_col_text(s, 1, NULL)[0];
    }
    cc_stmt_done(s);
    return err;
}

/* ---- one row ------------------------------------------------------------------------------------- */

static uint64_t
mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211); /* FNV-1a */
    return hash;
}

/* The row's number, and its values into `into`, unless that is NULL. */
static uint64_t
row_take(const table *t, cc_stmt *s, cc_stmt *into)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (int i = 0; i < t->count; i++) {
        const char  kind = cc_col_null(s, i) ? '0' : t->columns[i].kind;
        const void *data = "";
        size_t      size = 0;
        int64_t     number = kind == 'i' ? cc_col_int(s, i) : 0;
        double      real = kind == 'r' ? cc_col_real(s, i) : 0;

        if (kind == 't')
            data = cc_col_text(s, i, &size);
        else if (kind == 'b')
            data = cc_col_blob(s, i, &size);
        hash = mix(hash, &kind, 1);
        hash = mix(hash,
                   kind == 'i'   ? (const void *)&number
                   : kind == 'r' ? (const void *)&real
                                 : data,
                   kind == 'i' || kind == 'r' ? 8 : size);
        hash = mix(hash, &size, sizeof(size));
        if (into == NULL)
            continue;
        switch (kind) {
        case 'i': cc_bind_int(into, i + 1, number); break;
        case 'r': cc_bind_real(into, i + 1, real); break;
        case 't': cc_bind_text_n(into, i + 1, data, size); break;
        case 'b': cc_bind_blob(into, i + 1, size > 0 ? data : "", size); break;
        default: cc_bind_null(into, i + 1); break;
        }
    }
    return hash;
}

/* ---- one table ----------------------------------------------------------------------------------- */

static const char *
columns_text(work *w, const table *t, const char *before, const char *behind)
{
    cc_buf b;

    cc_buf_init(&b, w->arena);
    cc_puts(&b, before);
    for (int i = 0; i < t->count; i++) {
        cc_puts(&b, i > 0 ? ", " : "");
        cc_puts(&b, t->columns[i].name);
    }
    cc_puts(&b, behind);
    return cc_buf_text(&b);
}

static const char *
insert_text(work *w, const table *t)
{
    const char *head = cc_printf(w->arena, "INSERT INTO %s (", t->name);
    const char *text = head != NULL ? columns_text(w, t, head, ") VALUES (") : NULL;
    cc_buf      b;

    if (text == NULL)
        return NULL;
    cc_buf_init(&b, w->arena);
    cc_puts(&b, text);
    for (int i = 0; i < t->count; i++)
        cc_putf(&b, "%s$%d", i > 0 ? ", " : "", i + 1);
    cc_puts(&b, ")");
    return cc_buf_text(&b);
}

/* Where rows go; NULL: they are only counted and summed. */
typedef struct goal {
    cc_db      *db;
    const char *insert;
    uint32_t    key;
} goal;

static cc_err
row_put(const table *t, cc_stmt *s, const goal *to, uint64_t *sum)
{
    cc_stmt *into = NULL;
    cc_err   err = to != NULL ? cc_stmt_made(to->db, to->key, put_text, to->insert, &into) : CC_OK;

    if (err != CC_OK)
        return err;
    *sum += row_take(t, s, into);
    return into != NULL ? cc_run(into) : CC_OK;
}

/* Every row that a statement gives; *any: there was one. */
static cc_err
rows_walk(table *t, cc_stmt *s, const goal *to, bool *any)
{
    bool   row = true;
    cc_err err = CC_OK;

    *any = false;
    while (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row) {
        *any = true;
        t->rows++;
        err = row_put(t, s, to, &t->sum);
    }
    cc_stmt_done(s);
    return err;
}

/* Of an engine that gives all rows at once, by a cursor, some hundred at a time. */
static cc_err
cursor_walk(work *w, cc_db *db, const char *select, table *t, const goal *to)
{
    const char    *fetch = cc_printf(w->arena, "FETCH %d FROM cc_copy", FETCH);
    const char    *declare = cc_printf(w->arena, "DECLARE cc_copy NO SCROLL CURSOR FOR %s", select);
    const uint32_t key = made_key(w);
    cc_stmt       *s = NULL;
    bool           any = true;
    cc_err         err = fetch != NULL ? run(w, db, declare) : CC_E_UNAVAILABLE;

    while (err == CC_OK && any && (err = cc_stmt_made(db, key, put_text, fetch, &s)) == CC_OK)
        err = rows_walk(t, s, to, &any);
    return err == CC_OK ? run(w, db, "CLOSE cc_copy") : err;
}

static cc_err
table_walk(work *w, cc_db *db, table *t, const goal *to)
{
    const char *from = cc_printf(w->arena, " FROM %s", t->name);
    const char *select = from != NULL ? columns_text(w, t, "SELECT ", from) : NULL;
    cc_stmt    *s = NULL;
    bool        any;
    cc_err      err;

    t->rows = 0;
    t->sum = 0;
    if (select == NULL)
        return CC_E_UNAVAILABLE;
    if (db->engine->server)
        return cursor_walk(w, db, select, t, to);
    err = stmt(w, db, select, &s);
    return err == CC_OK ? rows_walk(t, s, to, &any) : err;
}

static cc_err
is_empty(work *w, const table *t)
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = stmt(w, w->c->to, cc_printf(w->arena, "SELECT 1 FROM %s LIMIT 1", t->name), &s);

    if (err == CC_OK)
        err = cc_step(s, &row);
    cc_stmt_done(s);
    if (err == CC_OK && row) {
        snprintf(w->why, w->why_size,
                 CC_WORDS("There is an instance already: its table %s has rows.  Name a database without one."),
                 t->name);
        return CC_E_CONFLICT;
    }
    return err;
}

static cc_err
table_copy(work *w, table *t)
{
    const goal to = {w->c->to, insert_text(w, t), made_key(w)};
    table      there = *t;
    cc_err     err;

    if (to.insert == NULL)
        return CC_E_UNAVAILABLE;
    if ((err = table_walk(w, w->c->from, t, &to)) != CC_OK || (err = table_walk(w, w->c->to, &there, NULL)) != CC_OK) {
        snprintf(w->why, w->why_size, CC_WORDS("The table %s cannot be copied; the log says why."), t->name);
        return err;
    }
    if (t->rows != there.rows || t->sum != there.sum) {
        snprintf(w->why, w->why_size, CC_WORDS("The table %s is not there what it was; nothing was kept."), t->name);
        return CC_E_INTERNAL;
    }
    w->c->each(w->c->ctx, t->name, t->rows);
    return CC_OK;
}

/* ---- all ------------------------------------------------------------------------------------------ */

static cc_err
tables_copy(work *w)
{
    cc_err err = tables_find(w);

    for (int i = 0; err == CC_OK && i < w->count; i++)
        if ((err = columns_find(w, &w->tables[i])) == CC_OK && (err = is_empty(w, &w->tables[i])) == CC_OK &&
            w->c->from->engine->server)
            err =
                run(w, w->c->from, cc_printf(w->arena, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", w->tables[i].name));
    for (int i = 0; err == CC_OK && i < w->count; i++)
        err = table_copy(w, &w->tables[i]);
    return err;
}

cc_err
cc_copy_run(const cc_copy *c, char *why, size_t why_size)
{
    work   w = {.c = c, .arena = cc_arena_new(), .why = why, .why_size = why_size};
    cc_err err = CC_E_UNAVAILABLE;

    snprintf(why, why_size, CC_WORDS("The data cannot be copied; the log says why."));
    if (w.arena == NULL || (err = cc_tx_begin(c->from)) != CC_OK)
        goto done;
    if ((err = cc_tx_begin(c->to)) == CC_OK) {
        err = cc_tx_end(c->to, tables_copy(&w));
        if (err == CC_OK)
            err = c->ready(c->ctx);
    }
    /* Nothing was written there, but the lock goes only now. */
    cc_tx_end(c->from, CC_E_UNAVAILABLE);

done:
    cc_arena_free(w.arena);
    return err;
}
