/*
 * Storage: opening and migrating the database, prepared statements, transactions.  The only file that knows SQLite.
 *
 * It has no idea what the tables mean: statements come from sql.h or from a resource's declaration, the schema from
 * migrations/.  It takes no lock of its own either; an app serves one request at a time and holds its lock meanwhile.
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
#include "db.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/vfs.h>
#endif

/* The steps are longer than the 4,095 characters that C promises for a literal; our compilers take more. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "migrations/all.h"

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
    NAP_MIN_US = 1000,
    NAP_MAX_US = 10000,
};

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, CONTROL__MAX };

static const char *const control_text[CONTROL__MAX] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};

static const char *const sql_text[CC_SQL__MAX] = {
#define X(name, text) text,
    CC_SQL(X)
#undef X
};

struct cc_stmt {
    cc_db        *db;
    sqlite3_stmt *handle;
    uint8_t      *place;  /* [n - 1]: SQLite's number of the parameter $n, 0 if there is none; NULL: the same numbers */
    int           params; /* the highest n */
    uint32_t      key;    /* of a made one */
    cc_err        err;    /* the first thing that went wrong since it was taken */
    bool          taken, finished;
};

struct cc_db {
    cc_app       *app;
    sqlite3      *handle;
    sqlite3_stmt *control[CONTROL__MAX];
    cc_stmt       listed[CC_SQL__MAX];
    cc_stmt     **made; /* open addressing by key; `made_room` is a power of two */
    size_t        made_room, made_count;
    int64_t       busy_ms;
    int64_t       patience_ends; /* of the wait in progress, on the monotonic clock */
    int64_t       begin_ends;    /* 0, or what the wait for the turn has left for BEGIN */
    uint64_t      dice;
    int           log_pages;  /* after our last commit */
    int           log_copied; /* its length when we copied it back last; 0: it has begun anew since */
    int           readers;    /* depth of cc_read_begin */
    bool          writing;
    bool          ready_to_write; /* the settings that only writers need are made */
    bool          once, full_sync;
};

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

/* Turn a failure into ours and tell the operator.  A unique rule is the client's affair: nothing for the log. */
static cc_err
failed(cc_db *db, int rc, const char *doing)
{
    cc_err err = err_of(rc);

    if (err != CC_OK && err != CC_E_CONFLICT)
        cc_log(db->app, "storage: %s: %s (code %d)", doing, sqlite3_errmsg(db->handle), rc);
    return err;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void
nap(cc_db *db)
{
    struct timespec t = {0};

    /* xorshift64: waiters must not wake in step, and that needs no better dice. */
    db->dice ^= db->dice << 13;
    db->dice ^= db->dice >> 7;
    db->dice ^= db->dice << 17;
    t.tv_nsec = (long)(NAP_MIN_US + db->dice % (NAP_MAX_US - NAP_MIN_US + 1)) * 1000;
    nanosleep(&t, NULL);
}

/* SQLite asks: try once more?  `count` starts at 0 for each lock that is waited for. */
static int
on_busy(void *ctx, int count)
{
    cc_db  *db = ctx;
    int64_t now = cc_clock_monotonic();

    if (count == 0)
        db->patience_ends = db->begin_ends != 0 ? db->begin_ends : now + db->busy_ms;
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
    ((cc_db *)ctx)->log_pages = pages;
    return SQLITE_OK;
}

/* ---- small statements, used while opening ---------------------------------------------------- */

static int
ask_int(cc_db *db, const char *sql, int *answer)
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
ask_journal(cc_db *db, const char *sql, const char *wanted, bool *is)
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
tell(cc_db *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
}

/* What only writers need.  Not inside a transaction: SQLite would refuse, or worse, put it off. */
static int
write_settings(cc_db *db)
{
    int rc;

    if (db->ready_to_write)
        return SQLITE_OK;
    sqlite3_wal_hook(db->handle, on_commit, db);
    rc = tell(db, db->full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    if (rc == SQLITE_OK)
        rc = tell(db, "PRAGMA journal_size_limit=16777216"); /* a log that long readers made longer shrinks to 16 MiB */
    db->ready_to_write = rc == SQLITE_OK;
    return rc;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Where the operator reads what to do. */
typedef struct reason {
    const char *path;
    char       *why;
    size_t      size;
} reason;

static cc_err because(const reason *r, cc_err err, const char *format, ...) CC_PRINTF(3, 4);

static cc_err
because(const reason *r, cc_err err, const char *format, ...)
{
    va_list args;

    if (r->size > 0) {
        va_start(args, format);
        vsnprintf(r->why, r->size, format, args);
        va_end(args);
    }
    return err;
}

/* Say why SQLite could not open or read the file. */
static cc_err
refused(cc_db *db, const reason *r, int rc)
{
    int         system = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;
    int         kind = rc & 0xff;
    const char *words = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
    struct stat st;

    if (kind == SQLITE_NOTADB)
        return because(r, CC_E_INTERNAL,
                       "%s is not a CodeCourier database. Name another path, or move that file away and start again.",
                       r->path);
    if (kind == SQLITE_CORRUPT)
        return because(r, CC_E_INTERNAL, "The database %s is damaged (%s). Restore it from a backup.", r->path, words);
    if (kind == SQLITE_CANTOPEN && stat(r->path, &st) != 0 && errno == ENOENT)
        return because(r, CC_E_NOT_FOUND,
                       "There is no database at %s. Create it with 'codecourier init', or correct the path.", r->path);
    if (kind == SQLITE_PERM || kind == SQLITE_READONLY || system == EACCES || system == EPERM || system == EROFS)
        return because(r, CC_E_FORBIDDEN,
                       "User %ld may not write the database %s. Give that user the right to write the file and the "
                       "directory around it.",
                       (long)geteuid(), r->path);
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
        return because(r, CC_E_UNAVAILABLE,
                       "The database %s is locked by another program. Try again; if that does not help, find the "
                       "program that keeps it open.",
                       r->path);
    return because(r, err_of(rc) == CC_E_INTERNAL ? CC_E_INTERNAL : CC_E_UNAVAILABLE,
                   "The database %s cannot be used: %s (code %d). Check free space, memory and the disk.", r->path,
                   words, rc);
}

/*
 * The write-ahead log keeps its index in shared memory, which other machines do not share.  Then the old rollback
 * journal is slower, but right.
 */
static bool
on_network(const char *path)
{
#if defined(__linux__)
    static const unsigned long far_away[] = {
        0x6969,     /* NFS */
        0x517b,     /* SMB */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB 2 */
        0x47504653, /* GPFS */
        0x0bd00bd0, /* Lustre */
        0x65735546, /* FUSE: sshfs and many others; we cannot tell which */
        0x5346414f, /* AFS */
        0x73757245, /* Coda */
        0x00c36400, /* Ceph */
        0x19830326, /* BeeGFS */
        0x01021997, /* 9p */
        0x786f4256, /* VirtualBox shared folder */
    };
    struct statfs fs;

    if (statfs(path, &fs) != 0)
        return false;
    for (size_t i = 0; i < CC_COUNT(far_away); i++)
        if (((unsigned long)fs.f_type & 0xffffffff) == far_away[i])
            return true;
#else
    (void)path;
#endif
    return false;
}

/*
 * WAL is a property of the file, so usually there is nothing to do.  Changing it needs the file for oneself, and SQLite
 * asks no busy handler then: two processes that make the database at once meet here.
 */
static int
settle_journal(cc_db *db, const char *path)
{
    const bool  network = on_network(path);
    const char *wanted = network ? "truncate" : "wal";
    int64_t     until = cc_clock_monotonic() + db->busy_ms;
    bool        is = false;
    int         rc;

    if ((rc = ask_journal(db, "PRAGMA journal_mode", wanted, &is)) != SQLITE_OK || is)
        return rc;
    if ((rc = write_settings(db)) != SQLITE_OK)
        return rc;
    if (network && !db->once)
        cc_log(db->app, "storage: %s lies on a network file system: using a rollback journal, writes will be slow",
               path);
    for (;;) {
        rc = ask_journal(db, network ? "PRAGMA journal_mode=TRUNCATE" : "PRAGMA journal_mode=WAL", wanted, &is);
        if ((rc & 0xff) != SQLITE_BUSY || cc_clock_monotonic() >= until)
            break;
        nap(db);
    }
    if (rc == SQLITE_OK && !is)
        cc_log(db->app, "storage: %s cannot use journal mode %s here; continuing without", path, wanted);
    return rc;
}

/* One step, in its own transaction: whoever comes second finds it done. */
static cc_err
migrate_step(cc_db *db, const reason *r, size_t i, bool upgrade)
{
    char   version[48];
    int    rc, now = 0, tables = 0;
    cc_err err = CC_OK;

    if ((rc = tell(db, "BEGIN IMMEDIATE")) != SQLITE_OK)
        return refused(db, r, rc);
    if ((rc = ask_int(db, "PRAGMA user_version", &now)) != SQLITE_OK)
        goto done;
    if (now >= steps[i].number)
        goto done;
    if (now == 0) {
        if ((rc = ask_int(db, "SELECT count(*) FROM sqlite_schema", &tables)) != SQLITE_OK)
            goto done;
        if (tables > 0) {
            err = because(r, CC_E_INTERNAL,
                          "%s is the database of another program. Name another path, or move that file away.", r->path);
            goto done;
        }
    }
    snprintf(version, sizeof(version), "PRAGMA user_version=%d", steps[i].number);
    if ((rc = tell(db, steps[i].sql)) != SQLITE_OK || (rc = tell(db, version)) != SQLITE_OK ||
        (rc = tell(db, "COMMIT")) != SQLITE_OK)
        goto done;
    if (upgrade) /* of what people have: worth a line, unlike the making of something new */
        cc_log(db->app, "storage: schema step %d: %s", steps[i].number, steps[i].what);

done:
    if (rc != SQLITE_OK) {
        failed(db, rc, "schema step");
        err = because(r, err_of(rc),
                      "Schema step %d (%s) of %s failed and was undone: %s. Check free space; if there is enough, "
                      "report it as a bug.",
                      steps[i].number, steps[i].what, r->path, sqlite3_errmsg(db->handle));
    }
    if (!sqlite3_get_autocommit(db->handle))
        tell(db, "ROLLBACK");
    return err;
}

static cc_err
migrate(cc_db *db, const reason *r)
{
    const int ours = steps[CC_COUNT(steps) - 1].number;
    int       rc, theirs = 0;
    cc_err    err = CC_OK;

    if ((rc = ask_int(db, "PRAGMA user_version", &theirs)) != SQLITE_OK)
        return refused(db, r, rc);
    if (theirs < ours && (rc = write_settings(db)) != SQLITE_OK)
        return refused(db, r, rc);
    for (size_t i = 0; err == CC_OK && theirs < ours && i < CC_COUNT(steps); i++)
        if (steps[i].number > theirs)
            err = migrate_step(db, r, i, theirs != 0);
    /* Look again: meanwhile a newer program may have taken it further than we know. */
    if (err == CC_OK && theirs < ours && (rc = ask_int(db, "PRAGMA user_version", &theirs)) != SQLITE_OK)
        return refused(db, r, rc);
    if (err == CC_OK && theirs > ours)
        err = because(r, CC_E_CONFLICT,
                      "%s was made by a newer CodeCourier (schema %d; this program knows %d). Install that version or "
                      "a later one, or go back to a backup.",
                      r->path, theirs, ours);
    return err;
}

/* Everything that needs no look at the file. */
static int
configure(cc_db *db)
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
    if (rc == SQLITE_OK && db->once)
        rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_handler(db->handle, on_busy, db);
    if (rc == SQLITE_OK)
        rc = tell(db, "PRAGMA temp_store=MEMORY");
    return rc;
}

cc_err
cc_db_open(cc_app *app, const char *path, bool create, bool once, cc_db **out, char *why, size_t why_size)
{
    const reason r = {path, why, why_size};
    const char  *synchronous = cc_app_setting(app, "synchronous");
    struct stat  st;
    bool         fresh = create && stat(path, &st) != 0 && errno == ENOENT;
    cc_db       *db;
    int          rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    cc_err       err = CC_OK;

    *out = NULL;
    if ((db = calloc(1, sizeof(*db))) == NULL)
        return because(&r, CC_E_UNAVAILABLE, "There is not enough memory to open %s.", path);
    db->app = app;
    db->once = once;
    db->full_sync = synchronous != NULL && strcmp(synchronous, "FULL") == 0;
    db->busy_ms = cc_setting_int(app, "busyMs");
    db->dice = ((uint64_t)getpid() << 32 ^ (uint64_t)cc_clock_monotonic() ^ (uint64_t)(uintptr_t)db) | 1;

    if ((rc = sqlite3_open_v2(path, &db->handle, flags, NULL)) != SQLITE_OK || (rc = configure(db)) != SQLITE_OK) {
        err = refused(db, &r, rc);
        goto done;
    }
    /* The log and its index get the same mode from SQLite.  By name: a descriptor of ours would drop SQLite's locks. */
    if (fresh)
        chmod(path, S_IRUSR | S_IWUSR);
    if (sqlite3_db_readonly(db->handle, "main") == 1) {
        err = refused(db, &r, SQLITE_READONLY);
        goto done;
    }
    if ((rc = settle_journal(db, path)) != SQLITE_OK) {
        err = refused(db, &r, rc);
        goto done;
    }
    err = migrate(db, &r);

done:
    if (err != CC_OK) {
        cc_db_close(db);
        db = NULL;
    }
    *out = db;
    return err;
}

static void
stmt_drop(cc_stmt *s)
{
    sqlite3_finalize(s->handle);
    free(s->place);
}

void
cc_db_close(cc_db *db)
{
    int rc;

    if (db == NULL)
        return;
    cc_tx_end(db, CC_E_INTERNAL);
    for (size_t i = 0; i < CONTROL__MAX; i++)
        sqlite3_finalize(db->control[i]);
    for (size_t i = 0; i < CC_SQL__MAX; i++)
        stmt_drop(&db->listed[i]);
    for (size_t i = 0; i < db->made_room; i++) {
        if (db->made[i] != NULL)
            stmt_drop(db->made[i]);
        free(db->made[i]);
    }
    free(db->made);
    if (db->once && db->log_pages >= ONCE_PAGES) {
        /* Waits for nobody: who reads now may go on, and the next writer tries again. */
        sqlite3_busy_handler(db->handle, NULL, NULL);
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK);
    (void)rc;
    free(db);
}

/* ---- statements ------------------------------------------------------------------------------ */

const char *
cc_sql_text(cc_sql which)
{
    assert(which < CC_SQL__MAX);
    return sql_text[which];
}

/*
 * To SQLite "$2" is a name like any other, numbered by where it first stands; to us and to PostgreSQL it is a number.
 * Where the two differ, keep a table.
 */
static cc_err
stmt_number(cc_stmt *s)
{
    const int count = sqlite3_bind_parameter_count(s->handle);
    bool      same = true;

    s->params = 0;
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i);
        int64_t     n = 0;

        if (name == NULL || name[0] != '$' || !cc_int_parse(name + 1, &n) || n < 1 || n > UINT8_MAX)
            return CC_E_INTERNAL;
        same = same && n == i;
        s->params = n > s->params ? (int)n : s->params;
    }
    if (same)
        return CC_OK;
    if ((s->place = calloc((size_t)s->params, sizeof(*s->place))) == NULL)
        return CC_E_UNAVAILABLE;
    for (int i = 1; i <= count; i++) {
        int64_t n = 0;

        cc_int_parse(sqlite3_bind_parameter_name(s->handle, i) + 1, &n);
        s->place[n - 1] = (uint8_t)i;
    }
    return CC_OK;
}

static cc_err
stmt_prepare(cc_db *db, cc_stmt *s, const char *sql)
{
    cc_err err;
    int    rc;

    s->db = db;
    if ((rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL)) != SQLITE_OK) {
        err = failed(db, rc, sql);
    } else if ((err = stmt_number(s)) != CC_OK) {
        cc_log(db->app, "storage: parameters are $1 to $255: %s", sql);
        stmt_drop(s);
        s->handle = NULL;
        s->place = NULL;
    }
    return err;
}

static cc_err
stmt_take(cc_stmt *s, cc_stmt **out)
{
    assert(!s->taken); /* someone forgot cc_stmt_done, or steps through the same statement further up */
    if (s->taken) {
        cc_log(s->db->app, "storage: asked for again while in use: %s", sqlite3_sql(s->handle));
        return CC_E_INTERNAL;
    }
    s->taken = true;
    *out = s;
    return CC_OK;
}

cc_err
cc_stmt_get(cc_db *db, cc_sql which, cc_stmt **out)
{
    cc_stmt *s;
    cc_err   err;

    assert(which < CC_SQL__MAX);
    *out = NULL;
    s = &db->listed[which];
    if (s->handle == NULL && (err = stmt_prepare(db, s, sql_text[which])) != CC_OK)
        return err;
    return stmt_take(s, out);
}

/* Where `key` is, or where it would go. */
static cc_stmt **
made_place(cc_stmt **table, size_t room, uint32_t key)
{
    size_t i = (key * UINT32_C(2654435769) >> 16) & (room - 1); /* Fibonacci hashing: keys are packed fields */

    while (table[i] != NULL && table[i]->key != key)
        i = (i + 1) & (room - 1);
    return &table[i];
}

/* Room for one more, at most three quarters full. */
static cc_err
made_grow(cc_db *db)
{
    size_t    room = db->made_room == 0 ? 64 : db->made_room * 2;
    cc_stmt **table;

    if ((db->made_count + 1) * 4 <= db->made_room * 3)
        return CC_OK;
    if ((table = calloc(room, sizeof(*table))) == NULL)
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < db->made_room; i++)
        if (db->made[i] != NULL)
            *made_place(table, room, db->made[i]->key) = db->made[i];
    free(db->made);
    db->made = table;
    db->made_room = room;
    return CC_OK;
}

static cc_err
made_add(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out)
{
    cc_arena   *arena = NULL;
    cc_stmt    *s = NULL;
    cc_buf      text;
    const char *sql;
    cc_err      err = CC_E_UNAVAILABLE;

    if (made_grow(db) != CC_OK || (arena = cc_arena_new()) == NULL || (s = calloc(1, sizeof(*s))) == NULL)
        goto done;
    cc_buf_init(&text, arena);
    make(&text, ctx, key);
    if ((sql = cc_buf_text(&text)) == NULL || (err = stmt_prepare(db, s, sql)) != CC_OK)
        goto done;
    s->key = key;
    *made_place(db->made, db->made_room, key) = s;
    db->made_count++;
    *out = s;
    s = NULL;

done:
    free(s);
    cc_arena_free(arena);
    return err;
}

cc_err
cc_stmt_made(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out)
{
    cc_stmt *s = db->made_room == 0 ? NULL : *made_place(db->made, db->made_room, key);
    cc_err   err;

    *out = NULL;
    if (s == NULL && (err = made_add(db, key, make, ctx, &s)) != CC_OK)
        return err;
    return stmt_take(s, out);
}

/* SQLite's number for our `at`; 0 makes its bind calls fail. */
static int
place_of(const cc_stmt *s, int at)
{
    assert(s->taken);
    if (at < 1 || at > s->params)
        return 0;
    return s->place == NULL ? at : s->place[at - 1];
}

static void
bound(cc_stmt *s, int rc)
{
    if (rc == SQLITE_OK || s->err != CC_OK)
        return;
    s->err = rc == SQLITE_NOMEM ? CC_E_UNAVAILABLE : CC_E_INTERNAL;
    cc_log(s->db->app, "storage: cannot bind (code %d): %s", rc, sqlite3_sql(s->handle));
}

void
cc_bind_int(cc_stmt *s, int at, int64_t i)
{
    bound(s, sqlite3_bind_int64(s->handle, place_of(s, at), i));
}

void
cc_bind_real(cc_stmt *s, int at, double d)
{
    bound(s, sqlite3_bind_double(s->handle, place_of(s, at), d));
}

void
cc_bind_text(cc_stmt *s, int at, const char *text)
{
    cc_bind_text_n(s, at, text, text == NULL ? 0 : strlen(text));
}

void
cc_bind_text_n(cc_stmt *s, int at, const char *text, size_t size)
{
    bound(s, sqlite3_bind_text64(s->handle, place_of(s, at), text, size, SQLITE_STATIC, SQLITE_UTF8));
}

void
cc_bind_blob(cc_stmt *s, int at, const void *blob, size_t size)
{
    bound(s, sqlite3_bind_blob64(s->handle, place_of(s, at), blob, size, SQLITE_STATIC));
}

void
cc_bind_null(cc_stmt *s, int at)
{
    bound(s, sqlite3_bind_null(s->handle, place_of(s, at)));
}

cc_err
cc_step(cc_stmt *s, bool *row)
{
    int rc;

    assert(s->taken);
    *row = false;
    /* Past its end SQLite would run the statement once more. */
    if (s->err != CC_OK || s->finished)
        return s->err;
    rc = sqlite3_step(s->handle);
    *row = rc == SQLITE_ROW;
    s->finished = !*row;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        s->err = failed(s->db, rc, sqlite3_sql(s->handle));
    return s->err;
}

cc_err
cc_run(cc_stmt *s)
{
    bool   row = false;
    cc_err err;

    do {
        err = cc_step(s, &row);
    } while (err == CC_OK && row);
    cc_stmt_done(s);
    return err;
}

void
cc_stmt_done(cc_stmt *s)
{
    if (s == NULL || !s->taken)
        return;
    sqlite3_reset(s->handle);
    /* Texts were bound without a copy: forget them before their memory goes. */
    sqlite3_clear_bindings(s->handle);
    s->err = CC_OK;
    s->taken = false;
    s->finished = false;
}

int64_t
cc_changes(cc_stmt *s)
{
    return sqlite3_changes(s->db->handle);
}

int64_t
cc_col_int(cc_stmt *s, int at)
{
    return sqlite3_column_int64(s->handle, at);
}

double
cc_col_real(cc_stmt *s, int at)
{
    return sqlite3_column_double(s->handle, at);
}

/* One look at the column, then only at its value: a third of the cost of asking for text and size by column. */
const char *
cc_col_text(cc_stmt *s, int at, size_t *size)
{
    sqlite3_value       *value = sqlite3_column_value(s->handle, at);
    const unsigned char *text = sqlite3_value_text(value);

    if (size != NULL)
        *size = text == NULL ? 0 : (size_t)sqlite3_value_bytes(value);
    return text == NULL ? "" : (const char *)text;
}

const void *
cc_col_blob(cc_stmt *s, int at, size_t *size)
{
    const void *blob = sqlite3_column_blob(s->handle, at);

    if (size != NULL)
        *size = blob == NULL ? 0 : (size_t)sqlite3_column_bytes(s->handle, at);
    return blob;
}

bool
cc_col_null(cc_stmt *s, int at)
{
    return sqlite3_column_type(s->handle, at) == SQLITE_NULL;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static int
control_ready(cc_db *db, enum control which)
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
control(cc_db *db, enum control which)
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

cc_err
cc_read_begin(cc_db *db)
{
    int rc;

    if (db->writing || db->readers++ > 0)
        return CC_OK;
    if ((rc = control(db, BEGIN_READ)) != SQLITE_OK)
        db->readers = 0;
    return failed(db, rc, "begin a read");
}

void
cc_read_end(cc_db *db)
{
    if (db->writing || db->readers == 0 || --db->readers > 0)
        return;
    /* Nothing was changed, so nothing is lost if this fails; but the view must not stay open. */
    if (control(db, COMMIT) != SQLITE_OK)
        control(db, ROLLBACK);
}

/*
 * An open view is given up first: SQLite cannot turn one that others have overtaken into a write, and waiting would not
 * help.  What was read before has to be read again inside, if it matters.
 */
void
cc_db_patience(cc_db *db, int64_t ms)
{
    if (ms < db->busy_ms)
        db->busy_ms = ms;
}

bool
cc_db_moved(cc_db *db)
{
    int moved = 0;

    return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved;
}

/* What was written to a file without its name would be acknowledged and never found again. */
static bool
still_there(cc_db *db)
{
    if (!cc_db_moved(db))
        return true;
    cc_log(db->app, "storage: the database was moved away or replaced while it was open; nothing is written to it");
    return false;
}

cc_err
cc_tx_begin_at(cc_db *db, const char *file, int line)
{
    cc_hot     *hot = cc_app_hot(db->app);
    const char *name = strrchr(file, '/');
    int64_t     start = cc_clock_monotonic();
    int         rc;

    assert(!db->writing);
    if (db->writing) {
        cc_log(db->app, "storage: a second transaction at %s:%d", file, line);
        return CC_E_INTERNAL;
    }
    if (db->readers > 0) {
        db->readers = 1;
        cc_read_end(db);
    }
    if ((rc = write_settings(db)) != SQLITE_OK)
        return failed(db, rc, "settings");

    if (hot != NULL)
        cc_hot_turn_take(hot, db->busy_ms);
    db->begin_ends = start + db->busy_ms;
    rc = control(db, BEGIN_WRITE);
    db->begin_ends = 0;
    db->writing = rc == SQLITE_OK;
    if (!db->writing) {
        if (hot != NULL)
            cc_hot_turn_give(hot);
        cc_log(db->app, "storage: no write transaction at %s:%d after %lld ms: %s (code %d)",
               name == NULL ? file : name + 1, line, (long long)(cc_clock_monotonic() - start),
               sqlite3_errmsg(db->handle), rc);
    }
    return db->writing && !still_there(db) ? cc_tx_end(db, CC_E_UNAVAILABLE) : err_of(rc);
}

/*
 * Copy a long log back, in two rounds: the first without the turn, so that others go on writing while this request
 * alone waits for the disk; the second with it, for the little they have added, so that the log is copied whole and the
 * next writer can begin it anew.  In one round under the turn, everybody waited (p99 went up tenfold); in one round
 * without it, a busy service would never see a log that is copied whole.
 *
 * It begins anew only when that writer meets no reader in it.  While one is there the log keeps growing, and copying
 * after every commit would cost two syncs each time; so we wait for as much growth again.
 */
static void
checkpoint_when_long(cc_db *db)
{
    cc_hot *hot = cc_app_hot(db->app);

    if (db->log_pages < db->log_copied)
        db->log_copied = 0;
    if (db->log_pages - db->log_copied < LOG_PAGES)
        return;
    db->log_copied = db->log_pages;
    int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc != SQLITE_OK) /* another process is at it */
        return;
    if (hot != NULL)
        cc_hot_turn_take(hot, db->busy_ms);
    sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (hot != NULL)
        cc_hot_turn_give(hot);
}

/*
 * SQLite rolls back by itself after some errors (disk full, I/O, memory); then there is nothing left to commit, and
 * saying so must not look like a success.
 */
cc_err
cc_tx_end(cc_db *db, cc_err err)
{
    cc_hot *hot;
    int     rc;

    if (!db->writing)
        return err;
    if (err == CC_OK && sqlite3_get_autocommit(db->handle)) {
        cc_log(db->app, "storage: the transaction was rolled back before its end");
        err = CC_E_UNAVAILABLE;
    }
    if (err == CC_OK && (rc = control(db, COMMIT)) != SQLITE_OK) {
        failed(db, rc, "commit");
        err = CC_E_UNAVAILABLE;
    }
    if (!sqlite3_get_autocommit(db->handle) && (rc = control(db, ROLLBACK)) != SQLITE_OK)
        failed(db, rc, "roll back");
    db->writing = false;
    if ((hot = cc_app_hot(db->app)) != NULL)
        cc_hot_turn_give(hot);
    if (err == CC_OK)
        checkpoint_when_long(db);
    return err;
}

/* ---- for tests ------------------------------------------------------------------------------- */

cc_err
cc_db_explain(cc_db *db, const char *sql, void (*each)(void *ctx, const char *detail), void *ctx)
{
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
