/*
 * SQLite behind the door: opening and migrating the database, statements, transactions.  Only this file knows it, and
 * sqlite_files.c, which looks after the files that are open.
 *
 * Plain CGI pays for opening on every request, so opening does little: what SQLite offers as a call is not said as a
 * PRAGMA, what only writers need is set before the first write, and nothing is written while the schema is current.
 *
 * How the write-ahead log is kept (WAL; measured on two cores, ext4, a fast disk):
 *
 *   A process that stays (FastCGI, worker) does as SQLite does by itself: it copies the log back into the database
 *   every 1,000 pages, and the last one to close deletes the log.  (4,000 pages were no faster and made the longest
 *   waits longer.)
 *
 *   For plain CGI every close is a last close.  SQLite would copy, sync, delete and next time make the log anew: a
 *   request that writes takes 1.1 ms in place of 0.3.  So a connection that serves one request leaves the log where it
 *   is (NO_CKPT_ON_CLOSE).  The price is paid by the next process: it is alone, cannot trust the shared index of the
 *   dead, and reads the log again, 1.3 us a page.  It also cannot know how much of the log was copied already, so with
 *   ordinary checkpoints the log would never start over and grow with every request.  Therefore a writer that leaves
 *   ONCE_PAGES or more behind empties the log when it closes (TRUNCATE, two syncs, 1.2 ms).  So a request that only
 *   reads never syncs or deletes anything and reads 80 us of log at most, and about every tenth writer pays for all.
 *   A FastCGI process killed with a long log leaves it to the readers until the next writer has passed.
 */
#include "base/clock.h"
#include "base/unicode.h"
#include "storage/engine.h"
#include "storage/files.h"
#include "storage/sqlite_files.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The steps are longer than the 4,095 characters that C promises for a literal; our compilers take more. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "storage/migrations/all.h"

static const struct {
    int         number;
    const char *what, *sql;
} steps[] = {
#define X(number, what, sql) {number, what, sql},
    CC_MIGRATIONS(X)
#undef X
};
#pragma GCC diagnostic pop

enum {
    LOG_PAGES = 1000, /* the log's growth (4 MB) after which it is copied back */
    ONCE_PAGES = 64,  /* the same for a connection that serves one request, when it closes */
    TRIAL_MS = 500,   /* how long a trial waits for the lock before somebody else has it for too long */
    NAP_MIN_US = 1000,
    NAP_MAX_US = 10000,
};

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, CONTROL__MAX };

static const char *const control_text[CONTROL__MAX] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};

typedef struct statement {
    cc_stmt       base;
    sqlite3_stmt *handle;
    uint8_t      *param; /* [n - 1]: SQLite's number of the parameter $n, 0 if there is none; NULL: the same numbers */
    bool          finished, writes;
} statement;

typedef struct database {
    cc_db         base;
    sqlite3      *handle; /* NULL: the files were lost, and what is there now cannot be opened */
    cc_open_files files;
    sqlite3_stmt *control[CONTROL__MAX];
    int64_t       patience_ends; /* of the wait in progress, on the monotonic clock */
    int64_t       begin_ends;    /* 0, or what the wait for the turn has left for BEGIN */
    uint64_t      rng;
    int           log_pages;      /* after our last commit */
    int           log_copied;     /* its length when we copied it back last; 0: it has begun anew since */
    bool          logs;           /* a write-ahead log is in use */
    bool          ready_to_write; /* the settings that only writers need are made */
} database;

static database *
of_base(cc_db *base)
{
    return (database *)(void *)base;
}

static statement *
of_stmt(cc_stmt *base)
{
    return (statement *)(void *)base;
}

/* ---- errors ---------------------------------------------------------------------------------- */

static cc_err
err_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return CC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT: return CC_E_UNAVAILABLE;
    case SQLITE_CONSTRAINT:
        return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ? CC_E_CONFLICT : CC_E_INTERNAL;
    default: return CC_E_INTERNAL;
    }
}

/* What the medium has refused: every process that reports on storage shall know. */
static void
failure_note(database *db, int rc)
{
    cc_shared *shared = db->base.o.shared(db->base.o.ctx);
    int        kind = rc & 0xff;

    if (shared != NULL && (kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_READONLY))
        cc_shared_failure_set(shared, (uint32_t)kind);
}

/* Turn a failure into ours and tell the operator.  A unique rule is the client's affair: nothing for the log. */
static cc_err
failed(database *db, int rc, const char *doing)
{
    cc_err err = err_of(rc);

    if (err != CC_OK && err != CC_E_CONFLICT)
        cc_db_note(&db->base, "storage: %s: %s (code %d)", doing, sqlite3_errmsg(db->handle), rc);
    failure_note(db, rc);
    return err;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void
nap(database *db)
{
    struct timespec t = {0};

    /* xorshift64: waiters must not wake in step, and that needs no better randomness. */
    db->rng ^= db->rng << 13;
    db->rng ^= db->rng >> 7;
    db->rng ^= db->rng << 17;
    t.tv_nsec = (long)(NAP_MIN_US + db->rng % (NAP_MAX_US - NAP_MIN_US + 1)) * 1000;
    nanosleep(&t, NULL);
}

/* SQLite asks: try once more?  `count` starts at 0 for each lock that is waited for. */
static int
on_busy(void *ctx, int count)
{
    database *db = ctx;
    int64_t   now = cc_clock_monotonic(db->base.o.clock);

    if (count == 0)
        db->patience_ends = db->begin_ends != 0 ? db->begin_ends : now + db->base.busy_ms;
    if (now >= db->patience_ends)
        return 0;
    nap(db);
    return 1;
}

/*
 * Within each commit: only note how long the log is.  A checkpoint in here that ran out of memory would make the
 * commit, which is done by then, look as if it had failed; cc_tx_end makes it afterwards.
 */
static int
on_commit(void *ctx, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((database *)ctx)->log_pages = pages;
    return SQLITE_OK;
}

/* ---- small statements, used while opening ---------------------------------------------------- */

static int
query_int(database *db, const char *sql, int *answer)
{
    sqlite3_stmt *s = NULL;
    int           rc;

    if ((rc = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL)) == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        *answer = sqlite3_column_int(s, 0);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return rc;
}

/* Set or ask the journal mode; *is: the answer was `wanted`. */
static int
ask_journal(database *db, const char *sql, const char *wanted, bool *is)
{
    sqlite3_stmt *s = NULL;
    int           rc;

    if ((rc = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL)) == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const unsigned char *mode = sqlite3_column_text(s, 0);

        *is = mode != NULL && sqlite3_stricmp((const char *)mode, wanted) == 0;
        rc = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return rc;
}

static int
exec(database *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
}

/* What only writers need.  Not inside a transaction: SQLite would refuse, or worse, put it off. */
static int
write_settings(database *db)
{
    int rc;

    if (db->ready_to_write)
        return SQLITE_OK;
    sqlite3_wal_hook(db->handle, on_commit, db);
    rc = exec(db, db->base.o.full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    if (rc == SQLITE_OK)
        rc = exec(db, "PRAGMA journal_size_limit=16777216"); /* a log that long readers made longer shrinks to 16 MiB */
    db->ready_to_write = rc == SQLITE_OK;
    return rc;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Say why SQLite could not open or read the file. */
static cc_err
refused(database *db, const cc_reason *r, int rc)
{
    int         system = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;
    int         kind = rc & 0xff;
    const char *words = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
    char        path[PATH_MAX];
    struct stat st;

    if (kind == SQLITE_NOTADB)
        return cc_reason_set(
            r, CC_E_INTERNAL,
            "%s is not a CodeCourier database. Name another path, or move that file away and start again.", r->path);
    if (kind == SQLITE_CORRUPT)
        return cc_reason_set(r, CC_E_INTERNAL, "The database %s is damaged (%s). Restore it from a backup.", r->path,
                             words);
    if (kind == SQLITE_CANTOPEN && stat(r->path, &st) != 0 && errno == ENOENT)
        return cc_reason_set(r, CC_E_NOT_FOUND,
                             "There is no database at %s. Create it with 'codecourier init', or correct the path.",
                             r->path);
    if (kind == SQLITE_PERM || kind == SQLITE_READONLY || system == EACCES || system == EPERM || system == EROFS) {
        cc_files_refusal(cc_sqlite_file_refused(r->path, path), system == EROFS ? EROFS : EACCES, r->why, r->size);
        return CC_E_FORBIDDEN;
    }
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
        return cc_reason_set(r, CC_E_UNAVAILABLE,
                             "The database %s is locked by another program. Try again; if that does not help, find the "
                             "program that keeps it open.",
                             r->path);
    return cc_reason_set(r, err_of(rc) == CC_E_INTERNAL ? CC_E_INTERNAL : CC_E_UNAVAILABLE,
                         "The database %s cannot be used: %s (code %d). Check free space, memory and the disk.",
                         r->path, words, rc);
}

/*
 * WAL is a property of the file, so usually there is nothing to do.  Changing it needs the file for oneself, and SQLite
 * asks no busy handler then: two processes that make the database at once meet here.
 */
static int
settle_journal(database *db, const char *path)
{
    const bool  network = cc_sqlite_on_network(path);
    const char *wanted = network ? "truncate" : "wal";
    int64_t     until = cc_clock_monotonic(db->base.o.clock) + db->base.busy_ms;
    bool        is = false;
    int         rc;

    if (network)
        cc_db_trouble(
            &db->base, CC_TROUBLE_STORAGE_SLOW,
            CC_WORDS(
                "%s lies on a network file system: with a rollback journal writes are slow. Put it on a disk of this "
                "machine"),
            path);
    rc = ask_journal(db, "PRAGMA journal_mode", wanted, &is);
    db->logs = is && !network;
    if (rc != SQLITE_OK || is)
        return rc;
    if ((rc = write_settings(db)) != SQLITE_OK)
        return rc;
    for (;;) {
        rc = ask_journal(db, network ? "PRAGMA journal_mode=TRUNCATE" : "PRAGMA journal_mode=WAL", wanted, &is);
        if ((rc & 0xff) != SQLITE_BUSY || cc_clock_monotonic(db->base.o.clock) >= until)
            break;
        nap(db);
    }
    db->logs = is && !network;
    if (rc == SQLITE_OK && !is)
        cc_db_trouble(&db->base, CC_TROUBLE_STORAGE_SLOW,
                      CC_WORDS("%s cannot use journal mode %s here; it goes on without"), path, wanted);
    return rc;
}

/* One step, in its own transaction: whoever comes second finds it done. */
static cc_err
migrate_step(database *db, const cc_reason *r, size_t i, bool upgrade)
{
    char   version[48];
    int    rc, now = 0, tables = 0;
    cc_err err = CC_OK;

    if ((rc = exec(db, "BEGIN IMMEDIATE")) != SQLITE_OK)
        return refused(db, r, rc);
    if ((rc = query_int(db, "PRAGMA user_version", &now)) != SQLITE_OK)
        goto done;
    if (now >= steps[i].number)
        goto done;
    if (now == 0) {
        if ((rc = query_int(db, "SELECT count(*) FROM sqlite_schema", &tables)) != SQLITE_OK)
            goto done;
        if (tables > 0) {
            err = cc_reason_set(r, CC_E_INTERNAL,
                                "%s is the database of another program. Name another path, or move that file away.",
                                r->path);
            goto done;
        }
        if (!db->base.o.keyed && cc_sqlite_key_is_left(r->path)) { /* a new one gets its key when it is finished */
            err = cc_reason_set(
                r, CC_E_CONFLICT,
                "The database %s is empty, and its key lies beside it. Restore the database from a backup; to "
                "begin anew, move %s-* away.",
                r->path, r->path);
            goto done;
        }
    }
    snprintf(version, sizeof(version), "PRAGMA user_version=%d", steps[i].number);
    if ((rc = exec(db, steps[i].sql)) != SQLITE_OK || (rc = exec(db, version)) != SQLITE_OK ||
        (rc = exec(db, "COMMIT")) != SQLITE_OK)
        goto done;
    if (upgrade) /* of what people have: worth a line, unlike the making of something new */
        cc_db_note(&db->base, "storage: schema step %d: %s", steps[i].number, steps[i].what);

done:
    if (rc != SQLITE_OK) {
        failed(db, rc, "schema step");
        err =
            cc_reason_set(r, err_of(rc),
                          "Schema step %d (%s) of %s failed and was undone: %s. Check free space; if there is enough, "
                          "report it as a bug.",
                          steps[i].number, steps[i].what, r->path, sqlite3_errmsg(db->handle));
    }
    if (!sqlite3_get_autocommit(db->handle))
        exec(db, "ROLLBACK");
    return err;
}

/* cc_folded(text) as cc_bind_folded stores it, for steps that fill such a column. */
static void
folded(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]);
    size_t      size = text != NULL ? (size_t)sqlite3_value_bytes(values[0]) : 0;
    char       *made;

    (void)count;
    if (text == NULL || cc_is_ascii(text, size))
        return;
    if ((made = cc_folded(text, size)) == NULL)
        sqlite3_result_error_nomem(ctx);
    else
        sqlite3_result_text64(ctx, made, strlen(made), free, SQLITE_UTF8);
}

/* What the steps need beside plain SQL.  Not at every start: statements of requests do without. */
static int
add_functions(database *db)
{
    return sqlite3_create_function(db->handle, "cc_folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, folded, NULL,
                                   NULL);
}

static cc_err
migrate(database *db, const cc_reason *r)
{
    const int ours = steps[CC_COUNT(steps) - 1].number;
    int       rc, theirs = 0;
    cc_err    err = CC_OK;

    if ((rc = query_int(db, "PRAGMA user_version", &theirs)) != SQLITE_OK)
        return refused(db, r, rc);
    if (theirs < ours && ((rc = write_settings(db)) != SQLITE_OK || (rc = add_functions(db)) != SQLITE_OK))
        return refused(db, r, rc);
    for (size_t i = 0; err == CC_OK && theirs < ours && i < CC_COUNT(steps); i++)
        if (steps[i].number > theirs)
            err = migrate_step(db, r, i, theirs != 0);
    /* Look again: meanwhile a newer program may have taken it further than we know. */
    if (err == CC_OK && theirs < ours && (rc = query_int(db, "PRAGMA user_version", &theirs)) != SQLITE_OK)
        return refused(db, r, rc);
    if (err == CC_OK && theirs > ours)
        err = cc_reason_set(
            r, CC_E_CONFLICT,
            "%s was made by a newer CodeCourier (schema %d; this program knows %d). Install that version or "
            "a later one, or go back to a backup.",
            r->path, theirs, ours);
    return err;
}

/* Everything that needs no look at the file. */
static int
configure(database *db)
{
    /* {what, on} */
    static const int switches[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0}, /* "name" is never a text: a misspelt column is an error */
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    int rc = sqlite3_extended_result_codes(db->handle, 1);

    for (size_t i = 0; rc == SQLITE_OK && i < CC_COUNT(switches); i++)
        rc = sqlite3_db_config(db->handle, switches[i][0], switches[i][1], (int *)NULL);
    if (rc == SQLITE_OK && db->base.o.once)
        rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_handler(db->handle, on_busy, db);
    if (rc == SQLITE_OK)
        rc = exec(db, "PRAGMA temp_store=MEMORY");
    return rc;
}

static bool
moved(cc_db *base)
{
    database *db = of_base(base);

    if (db->files.lost == NULL && cc_open_files_lost(&db->files, db->handle))
        cc_db_trouble(base, CC_TROUBLE_STORAGE_LOST, CC_WORDS("%s: %s while it was open; nothing is written to it"),
                      base->o.path, db->files.lost);
    return db->files.lost != NULL;
}

/* ---- open and close --------------------------------------------------------------------------- */

static cc_err
handle_open(database *db, const cc_reason *r, bool create)
{
    int    rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int    number = 0;
    cc_err err;

    if (create && (number = cc_files_make(db->base.o.path)) != 0 && number != EEXIST) {
        cc_files_refusal(db->base.o.path, number, r->why, r->size);
        return cc_files_err(number) == CC_E_FORBIDDEN ? CC_E_FORBIDDEN : CC_E_UNAVAILABLE;
    }
    if (cc_sqlite_log_was_deleted(db->base.o.path))
        return cc_reason_set(
            r, CC_E_UNAVAILABLE,
            "The write-ahead log %s-wal was deleted, and its index is still there: a program still has the "
            "database open and can save what was in it when it is ended. If none has, restore a backup, or "
            "delete %s-shm to go on without what was written last.",
            db->base.o.path, db->base.o.path);
    if ((rc = sqlite3_open_v2(db->base.o.path, &db->handle, flags, NULL)) != SQLITE_OK ||
        (rc = configure(db)) != SQLITE_OK)
        return refused(db, r, rc);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return refused(db, r, SQLITE_READONLY);
    if ((rc = settle_journal(db, db->base.o.path)) != SQLITE_OK)
        return refused(db, r, rc);
    if ((err = migrate(db, r)) != CC_OK)
        return err;
    if (!cc_open_files_remember(&db->files, db->handle, db->logs))
        return cc_reason_set(r, CC_E_UNAVAILABLE,
                             "The files of %s were moved away while it was being opened. Try again.", db->base.o.path);
    db->base.open = true;
    return CC_OK;
}

static void close_all(cc_db *base);

static cc_err
open_all(const cc_db_options *o, cc_db **out, char *why, size_t why_size)
{
    const cc_reason r = {o->path, why, why_size};
    database       *db;
    cc_err          err;

    if ((db = calloc(1, sizeof(*db))) == NULL)
        return cc_reason_set(&r, CC_E_UNAVAILABLE, "There is not enough memory to open %s.", o->path);
    db->base.engine = &cc_engine_sqlite;
    db->base.o = *o;
    db->base.busy_ms = o->busy_ms;
    db->rng = ((uint64_t)getpid() << 32 ^ (uint64_t)cc_clock_monotonic(o->clock) ^ (uint64_t)(uintptr_t)db) | 1;
    if ((err = handle_open(db, &r, o->create)) == CC_OK)
        *out = &db->base;
    else
        close_all(&db->base);
    return err;
}

/* Its statistics alone are a tenth of what reading the schema costs: a lock around each allocation. */
void
cc_process_own(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void
stmt_drop(cc_stmt *base)
{
    statement *s = of_stmt(base);

    sqlite3_finalize(s->handle);
    free(s->param);
    free(s);
}

static void
statements_drop(database *db)
{
    for (size_t i = 0; i < CONTROL__MAX; i++) {
        sqlite3_finalize(db->control[i]);
        db->control[i] = NULL;
    }
    cc_db_drop_statements(&db->base);
}

/* Give up files that were lost. */
static void
lost_prepare(database *db)
{
    const int rc = cc_open_files_give_up(&db->files, db->handle);

    if (!db->files.rescue)
        return;
    cc_db_note(&db->base,
               rc == SQLITE_OK ? "storage: what was in the deleted log of %s is copied back into it"
                               : "storage: what was in the deleted log of %s could not be copied back",
               db->base.o.path);
}

static void
handle_close(database *db)
{
    int rc;

    statements_drop(db);
    if (db->handle != NULL && db->files.lost != NULL) {
        lost_prepare(db);
    } else if (db->base.o.once && db->log_pages >= ONCE_PAGES) {
        /* Waits for nobody: who reads now may go on, and the next writer tries again. */
        sqlite3_busy_handler(db->handle, NULL, NULL);
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK);
    (void)rc;
    db->handle = NULL;
    db->base.open = false;
    db->log_pages = db->log_copied = db->base.readers = 0;
    db->ready_to_write = false;
}

static void
close_all(cc_db *base)
{
    database *db = of_base(base);

    handle_close(db);
    free(db);
}

static cc_err
renew(cc_db *base, char *why, size_t why_size)
{
    database       *db = of_base(base);
    const cc_reason r = {base->o.path, why, why_size};
    cc_err          err;

    handle_close(db);
    if ((err = handle_open(db, &r, false)) == CC_OK) {
        base->o.trouble(base->o.ctx, CC_TROUBLE_STORAGE_LOST, NULL);
        return CC_OK;
    }
    if (db->files.lost == NULL)
        db->files.lost = "it could not be opened again";
    db->files.rescue = false;
    handle_close(db);
    return err;
}

/* ---- statements ------------------------------------------------------------------------------ */

/*
 * To SQLite "$2" is a name like any other, numbered by where it first stands; to us and to PostgreSQL it is a number.
 * Where the two differ, keep a table.
 */
static cc_err
stmt_number(statement *s)
{
    const int count = sqlite3_bind_parameter_count(s->handle);
    bool      same = true;

    s->base.params = 0;
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i);
        int64_t     n = 0;

        if (name == NULL || name[0] != '$' || !cc_int_parse(name + 1, &n) || n < 1 || n > UINT8_MAX)
            return CC_E_INTERNAL;
        same = same && n == i;
        s->base.params = n > s->base.params ? (int)n : s->base.params;
    }
    if (same)
        return CC_OK;
    if ((s->param = calloc((size_t)s->base.params, sizeof(*s->param))) == NULL)
        return CC_E_UNAVAILABLE;
    for (int i = 1; i <= count; i++) {
        int64_t n = 0;

        cc_int_parse(sqlite3_bind_parameter_name(s->handle, i) + 1, &n);
        s->param[n - 1] = (uint8_t)i;
    }
    return CC_OK;
}

/* The parameters of a declared one are named in the order of the declaration: SQLite gives them the same numbers. */
static cc_err
prepare(cc_db *base, const char *sql, const cc_statement *declared, cc_stmt **out)
{
    database  *db = of_base(base);
    statement *s = calloc(1, sizeof(*s));
    cc_err     err = CC_OK;
    int        rc;

    if (s == NULL)
        return CC_E_UNAVAILABLE;
    s->base.db = base;
    if ((rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL)) != SQLITE_OK) {
        err = failed(db, rc, sql);
    } else {
        s->writes = !sqlite3_stmt_readonly(s->handle);
        if (declared != NULL)
            s->base.params = sqlite3_bind_parameter_count(s->handle);
        else if ((err = stmt_number(s)) != CC_OK)
            cc_db_note(base, "storage: parameters are $1 to $255: %s", sql);
    }
    if (err != CC_OK)
        stmt_drop(&s->base);
    else
        *out = &s->base;
    return err;
}

static const char *
text_of(const cc_stmt *base)
{
    return sqlite3_sql(((const statement *)(const void *)base)->handle);
}

/* SQLite's number for our `at`; 0 makes its bind calls fail. */
static int
place_of(const statement *s, int at)
{
    assert(s->base.taken);
    if (at < 1 || at > s->base.params)
        return 0;
    return s->param == NULL ? at : s->param[at - 1];
}

static void
bound(statement *s, int rc)
{
    if (rc == SQLITE_OK || s->base.err != CC_OK)
        return;
    s->base.err = rc == SQLITE_NOMEM ? CC_E_UNAVAILABLE : CC_E_INTERNAL;
    cc_db_note(s->base.db, "storage: cannot bind (code %d): %s", rc, sqlite3_sql(s->handle));
}

static void
bind_int(cc_stmt *base, int at, int64_t i)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_int64(s->handle, place_of(s, at), i));
}

static void
bind_real(cc_stmt *base, int at, double d)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_double(s->handle, place_of(s, at), d));
}

static void
bind_text(cc_stmt *base, int at, const char *text, size_t size)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_text64(s->handle, place_of(s, at), text, size, SQLITE_STATIC, SQLITE_UTF8));
}

static void
bind_owned(cc_stmt *base, int at, char *text)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_text64(s->handle, place_of(s, at), text, strlen(text), free, SQLITE_UTF8));
}

static void
bind_blob(cc_stmt *base, int at, const void *blob, size_t size)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_blob64(s->handle, place_of(s, at), blob, size, SQLITE_STATIC));
}

static void
bind_null(cc_stmt *base, int at)
{
    statement *s = of_stmt(base);

    bound(s, sqlite3_bind_null(s->handle, place_of(s, at)));
}

static cc_err
step(cc_stmt *base, bool *row)
{
    statement *s = of_stmt(base);
    int        rc;

    if (s->finished) /* past its end SQLite would run the statement once more */
        return CC_OK;
    rc = sqlite3_step(s->handle);
    *row = rc == SQLITE_ROW;
    s->finished = !*row;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? CC_OK : failed(of_base(base->db), rc, sqlite3_sql(s->handle));
}

/* A statement that writes has done all of it only at its end. */
static cc_err
finish(cc_stmt *base)
{
    bool   row = of_stmt(base)->writes;
    cc_err err = CC_OK;

    while (err == CC_OK && row)
        err = base->err = step(base, &row);
    return err;
}

static int64_t
changed(const cc_stmt *base)
{
    return sqlite3_changes(of_base(base->db)->handle);
}

static void
done(cc_stmt *base)
{
    statement *s = of_stmt(base);

    sqlite3_reset(s->handle);
    /* Texts were bound without a copy: forget them before their memory goes. */
    sqlite3_clear_bindings(s->handle);
    s->finished = false;
}

static int64_t
col_int(cc_stmt *base, int at)
{
    statement *s = of_stmt(base);

    return sqlite3_column_int64(s->handle, at);
}

static double
col_real(cc_stmt *base, int at)
{
    statement *s = of_stmt(base);

    return sqlite3_column_double(s->handle, at);
}

/* One look at the column, then only at its value: a third of the cost of asking for text and size by column. */
static const char *
col_text(cc_stmt *base, int at, size_t *size)
{
    statement           *s = of_stmt(base);
    sqlite3_value       *value = sqlite3_column_value(s->handle, at);
    const unsigned char *text = sqlite3_value_text(value);

    if (size != NULL)
        *size = text == NULL ? 0 : (size_t)sqlite3_value_bytes(value);
    return text == NULL ? "" : (const char *)text;
}

static const void *
col_blob(cc_stmt *base, int at, size_t *size)
{
    statement  *s = of_stmt(base);
    const void *blob = sqlite3_column_blob(s->handle, at);

    if (size != NULL)
        *size = blob == NULL ? 0 : (size_t)sqlite3_column_bytes(s->handle, at);
    return blob;
}

static bool
col_null(cc_stmt *base, int at)
{
    statement *s = of_stmt(base);

    return sqlite3_column_type(s->handle, at) == SQLITE_NULL;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static int
control_ready(database *db, enum control which)
{
    if (db->control[which] != NULL)
        return SQLITE_OK;
    return sqlite3_prepare_v3(db->handle, control_text[which], -1, SQLITE_PREPARE_PERSISTENT, &db->control[which],
                              NULL);
}

/*
 * ROLLBACK is made ready before anything begins: it is needed when memory is out, and could not be made then.  Should
 * it fail all the same, the next begin catches up on it, or this connection would be of no use any more.
 */
static int
control(database *db, enum control which)
{
    int rc;

    if ((which == BEGIN_READ || which == BEGIN_WRITE) && (rc = control_ready(db, ROLLBACK)) != SQLITE_OK)
        return rc;
    if ((rc = control_ready(db, which)) != SQLITE_OK)
        return rc;
    if ((which == BEGIN_READ || which == BEGIN_WRITE) && !sqlite3_get_autocommit(db->handle)) {
        sqlite3_step(db->control[ROLLBACK]);
        sqlite3_reset(db->control[ROLLBACK]);
    }
    rc = sqlite3_step(db->control[which]);
    sqlite3_reset(db->control[which]);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static cc_err
read_begin(cc_db *base, bool late)
{
    (void)late;
    return failed(of_base(base), control(of_base(base), BEGIN_READ), "begin a read");
}

static void
read_end(cc_db *base)
{
    /* Nothing was changed, so nothing is lost if this fails; but the view must not stay open. */
    if (control(of_base(base), COMMIT) != SQLITE_OK)
        control(of_base(base), ROLLBACK);
}

static cc_err tx_end(cc_db *base, cc_err err);

/* SQLite cannot turn an open view that others have overtaken into a write; the door has ended it. */
static cc_err
tx_begin(cc_db *base, const char *file, int line)
{
    database  *db = of_base(base);
    cc_shared *shared = base->o.shared(base->o.ctx);
    int64_t    start = cc_clock_monotonic(base->o.clock);
    int        rc;

    if ((rc = write_settings(db)) != SQLITE_OK)
        return failed(db, rc, "settings");

    if (shared != NULL)
        cc_write_queue_enter(shared, base->busy_ms);
    db->begin_ends = start + base->busy_ms;
    rc = control(db, BEGIN_WRITE);
    db->begin_ends = 0;
    base->writing = rc == SQLITE_OK;
    if (!base->writing) {
        if (shared != NULL)
            cc_write_queue_leave(shared);
        cc_db_note(base, "storage: no write transaction at %s:%d after %lld ms: %s (code %d)", file, line,
                   (long long)(cc_clock_monotonic(base->o.clock) - start), sqlite3_errmsg(db->handle), rc);
        failure_note(db, rc);
    }
    /* What was written to a file without its name would be acknowledged and never found again. */
    return base->writing && moved(base) ? tx_end(base, CC_E_UNAVAILABLE) : err_of(rc);
}

/*
 * Copy a long log back, in two rounds: the first outside of the write queue, so that others go on writing while this
 * request alone waits for the disk; the second with it, for the little they have added, so that the log is copied whole
 * and the next writer can begin it anew.  In one round at its head, everybody waited (p99 went up tenfold); in one
 * round without it, a busy service would never see a log that is copied whole.
 *
 * It begins anew only when that writer meets no reader in it.  While one is there the log keeps growing, and copying
 * after every commit would cost two syncs each time; so we wait for as much growth again.
 */
static void
checkpoint_when_long(database *db)
{
    cc_shared *shared = db->base.o.shared(db->base.o.ctx);

    if (db->log_pages < db->log_copied)
        db->log_copied = 0;
    if (db->log_pages - db->log_copied < LOG_PAGES)
        return;
    db->log_copied = db->log_pages;
    int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc != SQLITE_OK) /* another process is at it */
        return;
    if (shared != NULL)
        cc_write_queue_enter(shared, db->base.busy_ms);
    sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (shared != NULL)
        cc_write_queue_leave(shared);
}

/* Every transaction has the one lock there is. */
static cc_err
tx_lock(cc_db *base, const char *name, bool shared)
{
    (void)base;
    (void)name;
    (void)shared;
    return CC_OK;
}

/*
 * SQLite rolls back by itself after some errors (disk full, I/O, memory); then there is nothing left to commit, and
 * saying so must not look like a success.
 */
static cc_err
tx_end(cc_db *base, cc_err err)
{
    database  *db = of_base(base);
    cc_shared *shared;
    int        rc;

    if (err == CC_OK && sqlite3_get_autocommit(db->handle)) {
        cc_db_note(&db->base, "storage: the transaction was rolled back before its end");
        err = CC_E_UNAVAILABLE;
    }
    if (err == CC_OK && (rc = control(db, COMMIT)) != SQLITE_OK) {
        failed(db, rc, "commit");
        err = CC_E_UNAVAILABLE;
    }
    if (!sqlite3_get_autocommit(db->handle) && (rc = control(db, ROLLBACK)) != SQLITE_OK)
        failed(db, rc, "roll back");
    db->base.writing = false;
    if ((shared = db->base.o.shared(db->base.o.ctx)) != NULL)
        cc_write_queue_leave(shared);
    if (err != CC_OK)
        return err;
    if (moved(base)) /* between the look at the beginning and the commit: it is not acknowledged */
        return CC_E_UNAVAILABLE;
    if (shared != NULL)
        cc_shared_failure_set(shared, 0);
    checkpoint_when_long(db);
    return CC_OK;
}

/* ---- can it be written? ------------------------------------------------------------------------ */

/* Which trouble there is in writing, if any, and words for it. */
static cc_trouble_id
trouble_in_writing(database *db, char *why, size_t size)
{
    cc_shared    *shared = db->base.o.shared(db->base.o.ctx);
    const bool    failed_before = shared != NULL && cc_shared_failure(shared) != 0;
    const int64_t busy_ms = db->base.busy_ms;
    const int     number = cc_sqlite_files_trial(db->base.o.path, failed_before);

    if (number != 0) {
        cc_files_refusal(db->base.o.path, number, why, size);
        return number == ENOSPC || number == EDQUOT                     ? CC_TROUBLE_STORAGE_FULL
               : number == EROFS || number == EACCES || number == EPERM ? CC_TROUBLE_STORAGE_READ_ONLY
                                                                        : CC_TROUBLE_STORAGE_FAILING;
    }
    db->base.busy_ms = busy_ms < TRIAL_MS ? busy_ms : TRIAL_MS;
    cc_err err = db->base.open ? tx_begin(&db->base, "trial", 0) : CC_E_UNAVAILABLE;
    db->base.busy_ms = busy_ms;
    if (db->base.writing)
        tx_end(&db->base, CC_E_UNAVAILABLE); /* nothing is written */
    if (err != CC_OK) {
        snprintf(why, size, CC_WORDS("%s cannot be written: %s. Find the program that keeps it"), db->base.o.path,
                 db->handle != NULL ? sqlite3_errmsg(db->handle) : CC_WORDS("it is not open"));
        return CC_TROUBLE_STORAGE_LOCKED;
    }
    if (shared != NULL && failed_before) /* what failed does not fail any more */
        cc_shared_failure_set(shared, 0);
    return CC_TROUBLE__MAX;
}

static void
trial(cc_db *base)
{
    database                  *db = of_base(base);
    static const cc_trouble_id all[] = {CC_TROUBLE_STORAGE_FULL, CC_TROUBLE_STORAGE_READ_ONLY,
                                        CC_TROUBLE_STORAGE_LOCKED, CC_TROUBLE_STORAGE_FAILING};
    char                       why[384];
    cc_trouble_id              found = moved(base) ? CC_TROUBLE_STORAGE_LOST : trouble_in_writing(db, why, sizeof(why));

    for (size_t i = 0; i < CC_COUNT(all); i++) {
        if (found == all[i])
            db->base.o.trouble(db->base.o.ctx, found, why);
        else
            db->base.o.trouble(db->base.o.ctx, all[i], NULL);
    }
}

/* ---- for tests ------------------------------------------------------------------------------- */

/* Is it the name's last part ("timing.hour")? */
static bool
is_named(const char *name, const cc_binding *binding)
{
    const char *dot = strrchr(binding->name, '.');

    return name != NULL && strcmp(name, dot == NULL ? binding->name : dot + 1) == 0;
}

static cc_err
differs(const cc_statement *of, const char *what, int at, const char *found, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s: %s %d is '%s' in the statement, not as it is declared", of->name, what, at + 1,
             found == NULL ? "" : found);
    return CC_E_INTERNAL;
}

static cc_err
check(cc_db *base, const cc_statement *of, char *why, size_t why_size)
{
    cc_stmt *taken = NULL;
    cc_err   err;

    snprintf(why, why_size, "%s: cannot be prepared", of->name);
    if ((err = prepare(base, of->sql, of, &taken)) != CC_OK)
        return err;
    const statement *s = of_stmt(taken);
    int              params = sqlite3_bind_parameter_count(s->handle), columns = sqlite3_column_count(s->handle);
    for (int i = 0; i < params || i < (int)of->param_count; i++) {
        const char *name = i < params ? sqlite3_bind_parameter_name(s->handle, i + 1) : NULL;
        if (i >= (int)of->param_count || name == NULL || name[0] != ':' || !is_named(name + 1, &of->params[i]))
            err = differs(of, "parameter", i, name, why, why_size);
    }
    for (int i = 0; of->columns != NULL && (i < columns || i < (int)of->column_count); i++) {
        const char *name = i < columns ? sqlite3_column_name(s->handle, i) : NULL;
        if (i >= (int)of->column_count || !is_named(name, &of->columns[i]))
            err = differs(of, "column", i, name, why, why_size);
    }
    stmt_drop(taken);
    return err;
}

static cc_err
explain(cc_db *base, const char *sql, void (*each)(void *ctx, const char *detail), void *ctx)
{
    database     *db = of_base(base);
    char         *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *s = NULL;
    int           rc = SQLITE_NOMEM;

    if (text != NULL && (rc = sqlite3_prepare_v2(db->handle, text, -1, &s, NULL)) == SQLITE_OK) {
        while ((rc = sqlite3_step(s)) == SQLITE_ROW)
            each(ctx, (const char *)sqlite3_column_text(s, 3));
    }
    if (rc != SQLITE_DONE)
        failed(db, rc, sql);
    sqlite3_finalize(s);
    sqlite3_free(text);
    return err_of(rc);
}

const cc_engine cc_engine_sqlite = {
    .tables_sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    .columns_sql =
        "SELECT name, CASE type WHEN 'TEXT' THEN 't' WHEN 'INTEGER' THEN 'i' WHEN 'BLOB' THEN 'b' ELSE 'r' END "
        "FROM pragma_table_info($1) ORDER BY cid",
    .open = open_all,
    .close = close_all,
    .moved = moved,
    .renew = renew,
    .trial = trial,
    .prepare = prepare,
    .drop = stmt_drop,
    .text = text_of,
    .bind_int = bind_int,
    .bind_real = bind_real,
    .bind_text = bind_text,
    .bind_owned = bind_owned,
    .bind_blob = bind_blob,
    .bind_null = bind_null,
    .step = step,
    .finish = finish,
    .changed = changed,
    .done = done,
    .col_int = col_int,
    .col_real = col_real,
    .col_text = col_text,
    .col_blob = col_blob,
    .col_null = col_null,
    .read_begin = read_begin,
    .read_end = read_end,
    .tx_begin = tx_begin,
    .tx_lock = tx_lock,
    .tx_end = tx_end,
    .check = check,
    .explain = explain,
};
