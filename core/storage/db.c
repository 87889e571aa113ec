/*
 * The door to storage: which engine it is, what connections and statements of every engine have in common, and from
 * there a call of the engine's.
 *
 * It has no idea what the tables mean: statements come from declarations (query.h) and from resources, the schema from
 * migrations/.  It takes no lock of its own either; an app serves one request at a time and holds its lock meanwhile.
 */
#include "storage/db.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/unicode.h"
#include "storage/engine.h"

/* ---- open and close --------------------------------------------------------------------------- */

bool
cc_database_is_server(const char *text)
{
    return (strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0) &&
           strpbrk(text, " \t") == NULL;
}

cc_err
cc_db_open(const cc_db_options *o, cc_db **out, char *why, size_t why_size)
{
    const cc_engine *engine = o->server != NULL && o->server[0] != '\0' ? &cc_engine_postgres : &cc_engine_sqlite;

    *out = NULL;
    return engine->open(o, out, why, why_size);
}

bool
cc_db_is_shared(const cc_db *db)
{
    return db->engine->server;
}

void
cc_db_close(cc_db *db)
{
    if (db == NULL)
        return;
    cc_tx_end(db, CC_E_INTERNAL);
    db->engine->close(db);
}

bool
cc_db_moved(cc_db *db)
{
    return db->engine->moved(db);
}

cc_err
cc_db_renew(cc_db *db, char *why, size_t why_size)
{
    assert(!db->writing);
    return db->engine->renew(db, why, why_size);
}

/* An open view is given up first, as for a transaction. */
static void
view_give_up(cc_db *db)
{
    if (db->readers == 0)
        return;
    db->readers = 1;
    cc_read_end(db);
}

void
cc_db_trial(cc_db *db)
{
    view_give_up(db);
    if (!db->writing)
        db->engine->trial(db);
}

void
cc_db_patience(cc_db *db, int64_t ms)
{
    if (ms < db->busy_ms)
        db->busy_ms = ms;
}

/* ---- statements ------------------------------------------------------------------------------ */

static cc_err
stmt_take(cc_stmt *s, cc_stmt **out)
{
    assert(!s->taken); /* someone forgot cc_stmt_done, or steps through the same statement further up */
    if (s->taken) {
        cc_db_note(s->db, "storage: asked for again while in use: %s", s->db->engine->text(s));
        return CC_E_INTERNAL;
    }
    s->taken = true;
    *out = s;
    return CC_OK;
}

/* Declared statements are known by their address, made ones by the key they were given; an address is even. */
static uint64_t
key_declared(const cc_statement *of)
{
    return (uint64_t)(uintptr_t)of;
}

static uint64_t
key_made(uint32_t key)
{
    return (uint64_t)key << 1 | 1;
}

/* Where `key` is, or where it would go. */
static cc_stmt **
kept_place(cc_stmt **table, size_t room, uint64_t key)
{
    size_t i = (key * UINT64_C(11400714819323198485) >> 40) & (room - 1); /* Fibonacci hashing */

    while (table[i] != NULL && table[i]->key != key)
        i = (i + 1) & (room - 1);
    return &table[i];
}

/* Room for one more, at most three quarters full. */
static cc_err
kept_grow(cc_db *db)
{
    size_t    room = db->kept_room == 0 ? 64 : db->kept_room * 2;
    cc_stmt **table;

    if ((db->kept_count + 1) * 4 <= db->kept_room * 3)
        return CC_OK;
    if ((table = calloc(room, sizeof(*table))) == NULL)
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < db->kept_room; i++)
        if (db->kept[i] != NULL)
            *kept_place(table, room, db->kept[i]->key) = db->kept[i];
    free(db->kept);
    db->kept = table;
    db->kept_room = room;
    return CC_OK;
}

static cc_err
kept_add(cc_db *db, uint64_t key, const char *sql, const cc_statement *declared, cc_stmt **out)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if (kept_grow(db) != CC_OK)
        return CC_E_UNAVAILABLE;
    if ((err = db->engine->prepare(db, sql, declared, &s)) != CC_OK)
        return err;
    s->db = db;
    s->key = key;
    *kept_place(db->kept, db->kept_room, key) = s;
    db->kept_count++;
    *out = s;
    return CC_OK;
}

static cc_stmt *
kept_find(cc_db *db, uint64_t key)
{
    return db->kept_room == 0 ? NULL : *kept_place(db->kept, db->kept_room, key);
}

cc_err
cc_stmt_of(cc_db *db, const cc_statement *of, cc_stmt **out)
{
    const uint64_t key = key_declared(of);
    cc_stmt       *s = kept_find(db, key);
    cc_err         err;

    *out = NULL;
    if (!db->open)
        return CC_E_UNAVAILABLE;
    if (s == NULL && (err = kept_add(db, key, of->sql, of, &s)) != CC_OK)
        return err;
    return stmt_take(s, out);
}

static cc_err
made_add(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out)
{
    cc_arena   *arena = cc_arena_new();
    cc_buf      text;
    const char *sql;
    cc_err      err = CC_E_UNAVAILABLE;

    if (arena == NULL)
        return err;
    cc_buf_init(&text, arena);
    make(&text, ctx, key);
    if ((sql = cc_buf_text(&text)) != NULL)
        err = kept_add(db, key_made(key), sql, NULL, out);
    cc_arena_free(arena);
    return err;
}

cc_err
cc_stmt_made(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out)
{
    cc_stmt *s = kept_find(db, key_made(key));
    cc_err   err;

    *out = NULL;
    if (!db->open)
        return CC_E_UNAVAILABLE;
    if (s == NULL && (err = made_add(db, key, make, ctx, &s)) != CC_OK)
        return err;
    return stmt_take(s, out);
}

/* ---- binding ---------------------------------------------------------------------------------- */

void
cc_bind_int(cc_stmt *s, int at, int64_t i)
{
    s->db->engine->bind_int(s, at, i);
}

void
cc_bind_real(cc_stmt *s, int at, double d)
{
    s->db->engine->bind_real(s, at, d);
}

void
cc_bind_text(cc_stmt *s, int at, const char *text)
{
    cc_bind_text_n(s, at, text, text == NULL ? 0 : strlen(text));
}

void
cc_bind_text_n(cc_stmt *s, int at, const char *text, size_t size)
{
    s->db->engine->bind_text(s, at, text, size);
}

void
cc_bind_folded(cc_stmt *s, int at, const char *text, size_t size)
{
    char *folded = NULL;

    if (text == NULL || cc_is_ascii(text, size))
        cc_bind_null(s, at);
    else if ((folded = cc_folded(text, size)) != NULL)
        s->db->engine->bind_owned(s, at, folded);
    else if (s->err == CC_OK)
        s->err = CC_E_UNAVAILABLE;
}

void
cc_bind_blob(cc_stmt *s, int at, const void *blob, size_t size)
{
    s->db->engine->bind_blob(s, at, blob, size);
}

void
cc_bind_null(cc_stmt *s, int at)
{
    s->db->engine->bind_null(s, at);
}

/* ---- running ---------------------------------------------------------------------------------- */

cc_err
cc_step(cc_stmt *s, bool *row)
{
    assert(s->taken);
    *row = false;
    if (s->err == CC_OK)
        s->err = s->db->engine->step(s, row);
    return s->err;
}

static cc_err
run_through(cc_stmt *s)
{
    bool   row = false;
    cc_err err;

    do {
        err = cc_step(s, &row);
    } while (err == CC_OK && row);
    return err;
}

cc_err
cc_run(cc_stmt *s)
{
    return cc_run_change(s, NULL);
}

cc_err
cc_run_change(cc_stmt *s, int64_t *changed)
{
    cc_err err = run_through(s);

    if (changed != NULL)
        *changed = err == CC_OK ? s->db->engine->changed(s) : 0;
    cc_stmt_done(s);
    return err;
}

cc_err
cc_finish(cc_stmt *s)
{
    return s->db->engine->finish(s);
}

cc_err
cc_stmt_misfit(cc_stmt *s, const char *column)
{
    cc_db_note(s->db, "storage: '%s' does not fit: %s", column, s->db->engine->text(s));
    return CC_E_INTERNAL;
}

void
cc_stmt_done(cc_stmt *s)
{
    if (s == NULL || !s->taken)
        return;
    s->db->engine->done(s);
    s->err = CC_OK;
    s->taken = false;
}

int64_t
cc_col_int(cc_stmt *s, int at)
{
    return s->db->engine->col_int(s, at);
}

double
cc_col_real(cc_stmt *s, int at)
{
    return s->db->engine->col_real(s, at);
}

const char *
cc_col_text(cc_stmt *s, int at, size_t *size)
{
    return s->db->engine->col_text(s, at, size);
}

const void *
cc_col_blob(cc_stmt *s, int at, size_t *size)
{
    return s->db->engine->col_blob(s, at, size);
}

bool
cc_col_null(cc_stmt *s, int at)
{
    return s->db->engine->col_null(s, at);
}

/* ---- transactions ---------------------------------------------------------------------------- */

static cc_err
view_begin(cc_db *db, bool late)
{
    cc_err err;

    if (!db->open)
        return CC_E_UNAVAILABLE;
    if (db->writing || db->readers++ > 0)
        return CC_OK;
    if ((err = db->engine->read_begin(db, late)) != CC_OK)
        db->readers = 0;
    return err;
}

cc_err
cc_read_begin(cc_db *db)
{
    return view_begin(db, false);
}

cc_err
cc_read_begin_late(cc_db *db)
{
    return view_begin(db, true);
}

void
cc_read_end(cc_db *db)
{
    if (db->writing || db->readers == 0 || --db->readers > 0)
        return;
    db->engine->read_end(db);
}

/*
 * An open view is given up first: none that others have overtaken can be turned into a write, and waiting would not
 * help.  What was read before has to be read again inside, if it matters.
 */
cc_err
cc_tx_begin_at(cc_db *db, const char *file, int line)
{
    const char *name = strrchr(file, '/');

    assert(!db->writing);
    if (db->writing) {
        cc_db_note(db, "storage: a second transaction at %s:%d", file, line);
        return CC_E_INTERNAL;
    }
    if (!db->open)
        return CC_E_UNAVAILABLE;
    view_give_up(db);
    db->collided = false;
    return db->engine->tx_begin(db, name == NULL ? file : name + 1, line);
}

bool
cc_db_collided(const cc_db *db)
{
    return db->collided;
}

static cc_err
tx_lock(cc_db *db, const char *name, bool shared)
{
    if (db->open && db->writing)
        return db->engine->tx_lock(db, name, shared);
    cc_db_note(db, "storage: the lock '%s' is asked for outside a transaction", name);
    return CC_E_INTERNAL;
}

cc_err
cc_tx_lock(cc_db *db, const char *name)
{
    return tx_lock(db, name, false);
}

cc_err
cc_tx_share(cc_db *db, const char *name)
{
    return tx_lock(db, name, true);
}

cc_err
cc_tx_end(cc_db *db, cc_err err)
{
    const bool writing = db->writing;

    if (writing && err == CC_OK && db->o.ending != NULL)
        err = db->o.ending(db->o.ctx);
    if (writing)
        err = db->engine->tx_end(db, err);
    if (db->o.ended != NULL)
        db->o.ended(db->o.ctx, writing && err == CC_OK);
    return err;
}

int64_t
cc_db_now(const cc_db *db)
{
    const cc_clock *clock = db->o.clock;

    return db->timed ? cc_clock_monotonic(clock) + db->time_base : cc_clock_wall(clock);
}

/* ---- between machines ------------------------------------------------------------------------- */

void
cc_db_notify(cc_db *db, const char *what)
{
    assert(!db->writing);
    if (db->open && db->engine->notify != NULL)
        db->engine->notify(db, what);
}

cc_err
cc_db_listen(cc_db *db)
{
    const bool viewing = db->readers > 0;

    assert(!db->writing);
    if (!db->open || db->engine->listen == NULL || db->listens)
        return CC_OK;
    view_give_up(db);
    db->listens = db->engine->listen(db) == CC_OK; /* else whoever waits looks by himself, and it is tried again */
    return viewing ? cc_read_begin(db) : CC_OK;
}

void
cc_db_hear(cc_db *db)
{
    if (db->listens && db->readers == 0 && !db->writing)
        db->engine->hear(db);
}

int
cc_db_socket(cc_db *db)
{
    return db->listens ? db->engine->socket(db) : -1;
}

/* ---- for tests ------------------------------------------------------------------------------- */

cc_err
cc_db_check(cc_db *db, const cc_statement *of, char *why, size_t why_size)
{
    return db->engine->check(db, of, why, why_size);
}

cc_err
cc_db_explain(cc_db *db, const char *sql, void (*each)(void *ctx, const char *detail), void *ctx)
{
    return db->engine->explain(db, sql, each, ctx);
}
