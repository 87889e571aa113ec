/*
 * Storage: opening and migrating the database, prepared statements, transactions.  The only file that knows SQLite.
 *
 * It has no idea what the tables mean: statements come from declarations (query.h) and from resources, the schema from
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
#include "storage/db.h"

#include "base/clock.h"
#include "base/unicode.h"
#include "storage/files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/vfs.h>
#endif

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
    LOG_PAGES = 1000,         /* the log's growth (4 MB) after which it is copied back */
    ONCE_PAGES = 64,          /* the same for a connection that serves one request, when it closes */
    SPARE_BYTES = 256 * 1024, /* less than that is a full disk: a write may need it */
    TRIAL_MS = 500,           /* how long a trial waits for the lock before somebody else has it for too long */
    NAP_MIN_US = 1000,
    NAP_MAX_US = 10000,
};

enum file { DATABASE, LOG, INDEX, FILES };

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, CONTROL__MAX };

static const char *const control_text[CONTROL__MAX] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};

struct cc_stmt {
    cc_db        *db;
    sqlite3_stmt *handle;
    uint8_t      *param;  /* [n - 1]: SQLite's number of the parameter $n, 0 if there is none; NULL: the same numbers */
    int           params; /* the highest n */
    uint64_t      key;    /* of one in `kept` */
    cc_err        err;    /* the first thing that went wrong since it was taken */
    bool          taken, finished, writes;
};

/* Which file a name stood for. */
typedef struct identity {
    char  path[PATH_MAX]; /* absolute, as SQLite has opened it; "": there is none */
    dev_t dev;
    ino_t ino;
} identity;

struct cc_db {
    cc_db_options   o;
    sqlite3        *handle; /* NULL: the files were lost, and what is there now cannot be opened */
    identity        files[FILES];
    const char     *lost;   /* what has become of them; NULL: nothing */
    const char     *path;   /* the options' */
    bool            rescue; /* the log alone has no name any more: what is in it can still be copied back */
    sqlite3_stmt   *control[CONTROL__MAX];
    cc_stmt       **kept; /* open addressing by key; `kept_room` is a power of two */
    size_t          kept_room, kept_count;
    int64_t         busy_ms;
    const cc_clock *clock;
    int64_t         patience_ends; /* of the wait in progress, on the monotonic clock */
    int64_t         begin_ends;    /* 0, or what the wait for the turn has left for BEGIN */
    uint64_t        rng;
    int             log_pages;  /* after our last commit */
    int             log_copied; /* its length when we copied it back last; 0: it has begun anew since */
    int             readers;    /* depth of cc_read_begin */
    bool            writing;
    bool            logs;           /* a write-ahead log is in use */
    bool            ready_to_write; /* the settings that only writers need are made */
    bool            once, full_sync;
};

/* ---- what is said ----------------------------------------------------------------------------- */

static void note(cc_db *db, const char *format, ...) CC_PRINTF(2, 3);
static void trouble(cc_db *db, cc_trouble_id which, const char *format, ...) CC_PRINTF(3, 4);

static void
note(cc_db *db, const char *format, ...)
{
    char    line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    db->o.log(db->o.ctx, line);
}

static void
trouble(cc_db *db, cc_trouble_id which, const char *format, ...)
{
    char    words[400];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    db->o.trouble(db->o.ctx, which, words);
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
failure_note(cc_db *db, int rc)
{
    cc_shared *shared = db->o.shared(db->o.ctx);
    int        kind = rc & 0xff;

    if (shared != NULL && (kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_READONLY))
        cc_shared_failure_set(shared, (uint32_t)kind);
}

/* Turn a failure into ours and tell the operator.  A unique rule is the client's affair: nothing for the log. */
static cc_err
failed(cc_db *db, int rc, const char *doing)
{
    cc_err err = err_of(rc);

    if (err != CC_OK && err != CC_E_CONFLICT)
        note(db, "storage: %s: %s (code %d)", doing, sqlite3_errmsg(db->handle), rc);
    failure_note(db, rc);
    return err;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void
nap(cc_db *db)
{
    struct timespec t = {0};

    /* xorshift64: waiters must not wake in step, and that needs no better dice. */
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
    cc_db  *db = ctx;
    int64_t now = cc_clock_monotonic(db->clock);

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
query_int(cc_db *db, const char *sql, int *answer)
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
exec(cc_db *db, const char *sql)
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
    rc = exec(db, db->full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    if (rc == SQLITE_OK)
        rc = exec(db, "PRAGMA journal_size_limit=16777216"); /* a log that long readers made longer shrinks to 16 MiB */
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

static cc_err reason_set(const reason *r, cc_err err, const char *format, ...) CC_PRINTF(3, 4);

static cc_err
reason_set(const reason *r, cc_err err, const char *format, ...)
{
    va_list args;

    if (r->size > 0) {
        va_start(args, format);
        vsnprintf(r->why, r->size, format, args);
        va_end(args);
    }
    return err;
}

/* Which of the database's files this account may not write; if it may all, the database: then it is the directory. */
static const char *
refused_file(const char *database, char path[PATH_MAX])
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; i < CC_COUNT(ends); i++) {
        snprintf(path, PATH_MAX, "%s%s", database, ends[i]);
        if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0 && errno != ENOENT)
            return path;
    }
    return database;
}

/* Say why SQLite could not open or read the file. */
static cc_err
refused(cc_db *db, const reason *r, int rc)
{
    int         system = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;
    int         kind = rc & 0xff;
    const char *words = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
    char        path[PATH_MAX];
    struct stat st;

    if (kind == SQLITE_NOTADB)
        return reason_set(
            r, CC_E_INTERNAL,
            "%s is not a CodeCourier database. Name another path, or move that file away and start again.", r->path);
    if (kind == SQLITE_CORRUPT)
        return reason_set(r, CC_E_INTERNAL, "The database %s is damaged (%s). Restore it from a backup.", r->path,
                          words);
    if (kind == SQLITE_CANTOPEN && stat(r->path, &st) != 0 && errno == ENOENT)
        return reason_set(r, CC_E_NOT_FOUND,
                          "There is no database at %s. Create it with 'codecourier init', or correct the path.",
                          r->path);
    if (kind == SQLITE_PERM || kind == SQLITE_READONLY || system == EACCES || system == EPERM || system == EROFS) {
        cc_files_refusal(refused_file(r->path, path), system == EROFS ? EROFS : EACCES, r->why, r->size);
        return CC_E_FORBIDDEN;
    }
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
        return reason_set(r, CC_E_UNAVAILABLE,
                          "The database %s is locked by another program. Try again; if that does not help, find the "
                          "program that keeps it open.",
                          r->path);
    return reason_set(r, err_of(rc) == CC_E_INTERNAL ? CC_E_INTERNAL : CC_E_UNAVAILABLE,
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
    int64_t     until = cc_clock_monotonic(db->clock) + db->busy_ms;
    bool        is = false;
    int         rc;

    if (network)
        trouble(
            db, CC_TROUBLE_STORAGE_SLOW,
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
        if ((rc & 0xff) != SQLITE_BUSY || cc_clock_monotonic(db->clock) >= until)
            break;
        nap(db);
    }
    db->logs = is && !network;
    if (rc == SQLITE_OK && !is)
        trouble(db, CC_TROUBLE_STORAGE_SLOW, CC_WORDS("%s cannot use journal mode %s here; it goes on without"), path,
                wanted);
    return rc;
}

static bool
is_what_is_left(const char *path)
{
    char key[PATH_MAX];

    return snprintf(key, sizeof(key), "%s-key", path) < (int)sizeof(key) && access(key, F_OK) == 0;
}

/* One step, in its own transaction: whoever comes second finds it done. */
static cc_err
migrate_step(cc_db *db, const reason *r, size_t i, bool upgrade)
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
            err = reason_set(r, CC_E_INTERNAL,
                             "%s is the database of another program. Name another path, or move that file away.",
                             r->path);
            goto done;
        }
        if (is_what_is_left(r->path)) { /* a new one gets its key when it is finished */
            err = reason_set(
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
        note(db, "storage: schema step %d: %s", steps[i].number, steps[i].what);

done:
    if (rc != SQLITE_OK) {
        failed(db, rc, "schema step");
        err = reason_set(r, err_of(rc),
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
add_functions(cc_db *db)
{
    return sqlite3_create_function(db->handle, "cc_folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, folded, NULL,
                                   NULL);
}

static cc_err
migrate(cc_db *db, const reason *r)
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
        err =
            reason_set(r, CC_E_CONFLICT,
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
        rc = exec(db, "PRAGMA temp_store=MEMORY");
    return rc;
}

/* ---- the files that are open ------------------------------------------------------------------ */

/*
 * The log and its index belong together: SQLite makes the log first and takes the index away first.  So an index that
 * was there before and after a look that found no log means that somebody has deleted the log.  To go on with an empty
 * one would lose what was in it; and whoever has the old one open could not be told apart from us.
 */
static bool
log_was_deleted(const char *path)
{
    char        log[PATH_MAX], index[PATH_MAX];
    struct stat before, after, none;

    snprintf(log, sizeof(log), "%s-wal", path);
    snprintf(index, sizeof(index), "%s-shm", path);
    return stat(index, &before) == 0 && stat(log, &none) != 0 && errno == ENOENT && stat(index, &after) == 0 &&
           before.st_dev == after.st_dev && before.st_ino == after.st_ino;
}

static bool
identity_of(identity *f, const char *path)
{
    struct stat st;

    if (path == NULL || snprintf(f->path, sizeof(f->path), "%s", path) >= (int)sizeof(f->path) || stat(path, &st) != 0)
        return false;
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    return true;
}

/*
 * Remember what is open.  SQLite tells nothing of the log's descriptor, so it is looked at by name, at once; nobody may
 * take it away while we have the database open, and if somebody has, that shows here.
 */
static bool
remember(cc_db *db)
{
    char        index[PATH_MAX];
    const char *path = sqlite3_db_filename(db->handle, "main");

    memset(db->files, 0, sizeof(db->files));
    db->lost = NULL;
    db->rescue = false;
    if (!identity_of(&db->files[DATABASE], path))
        return false;
    if (!db->logs)
        return true;
    snprintf(index, sizeof(index), "%s-shm", path);
    return identity_of(&db->files[LOG], sqlite3_filename_wal(path)) && identity_of(&db->files[INDEX], index);
}

/*
 * How long the log must at least be: what its index says (mxFrame and the page size, "WAL-mode File Format", section
 * 2.1). Asked of SQLite, which has it mapped: opening that file here and closing it would drop SQLite's locks.
 */
static int64_t
log_least(cc_db *db)
{
    struct {
        uint32_t version, unused, change;
        uint8_t  ready, big_endian;
        uint16_t page_size;
        uint32_t frames;
    } head;
    sqlite3_file  *file = NULL;
    volatile void *page = NULL;

    if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL ||
        file->pMethods == NULL || file->pMethods->iVersion < 2 ||
        file->pMethods->xShmMap(file, 0, 32768, 0, &page) != SQLITE_OK || page == NULL)
        return 0;
    memcpy(&head, (const void *)(uintptr_t)page, sizeof(head));
    return head.frames == 0 ? 0 : 32 + (int64_t)head.frames * ((head.page_size <= 1 ? 65536 : head.page_size) + 24);
}

/* Nobody else writes meanwhile, or asks twice: the log may be emptied between the look at it and at its index. */
static bool
log_is_cut(cc_db *db)
{
    int64_t     least = log_least(db);
    struct stat st;

    return least > 0 && stat(db->files[LOG].path, &st) == 0 && st.st_size < least && log_least(db) == least;
}

/* What has become of the files that are open; NULL: they are what their names stand for.  Three stats at most. */
static const char *
files_lost(cc_db *db)
{
    static const char *const gone[] = {CC_WORDS("the database was moved away or replaced"),
                                       CC_WORDS("its write-ahead log was deleted"),
                                       CC_WORDS("the index of its log (-shm) was deleted or replaced")};
    struct stat              st;

    for (int i = 0; i < FILES; i++) {
        const identity *f = &db->files[i];
        if (f->path[0] == '\0')
            continue;
        bool there = stat(f->path, &st) == 0;
        if (there && st.st_dev == f->dev && st.st_ino == f->ino)
            continue;
        if (i == LOG) {
            db->rescue = !there && errno == ENOENT;
            return db->rescue ? gone[LOG] : CC_WORDS("its write-ahead log was replaced");
        }
        return gone[i];
    }
    return db->files[LOG].path[0] != '\0' && log_is_cut(db) ? CC_WORDS("its write-ahead log was cut short") : NULL;
}

bool
cc_db_moved(cc_db *db)
{
    if (db->lost == NULL && (db->lost = files_lost(db)) != NULL) {
        bool rescued = db->rescue;

        /* The index alone may be newer than we have seen: look that it is still everybody's. */
        for (int i = DATABASE; rescued && i <= INDEX; i += INDEX - DATABASE) {
            struct stat st;
            rescued = stat(db->files[i].path, &st) == 0 && st.st_ino == db->files[i].ino;
        }
        db->rescue = rescued;
        trouble(db, CC_TROUBLE_STORAGE_LOST, CC_WORDS("%s: %s while it was open; nothing is written to it"), db->path,
                db->lost);
    }
    return db->lost != NULL;
}

/* ---- open and close --------------------------------------------------------------------------- */

static cc_err
handle_open(cc_db *db, const reason *r, bool create)
{
    int    rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int    number = 0;
    cc_err err;

    if (create && (number = cc_files_make(db->path)) != 0 && number != EEXIST) {
        cc_files_refusal(db->path, number, r->why, r->size);
        return cc_files_err(number) == CC_E_FORBIDDEN ? CC_E_FORBIDDEN : CC_E_UNAVAILABLE;
    }
    if (log_was_deleted(db->path))
        return reason_set(
            r, CC_E_UNAVAILABLE,
            "The write-ahead log %s-wal was deleted, and its index is still there: a program still has the "
            "database open and can save what was in it when it is ended. If none has, restore a backup, or "
            "delete %s-shm to go on without what was written last.",
            db->path, db->path);
    if ((rc = sqlite3_open_v2(db->path, &db->handle, flags, NULL)) != SQLITE_OK || (rc = configure(db)) != SQLITE_OK)
        return refused(db, r, rc);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return refused(db, r, SQLITE_READONLY);
    if ((rc = settle_journal(db, db->path)) != SQLITE_OK)
        return refused(db, r, rc);
    if ((err = migrate(db, r)) != CC_OK)
        return err;
    if (!remember(db))
        return reason_set(r, CC_E_UNAVAILABLE, "The files of %s were moved away while it was being opened. Try again.",
                          db->path);
    return CC_OK;
}

cc_err
cc_db_open(const cc_db_options *o, cc_db **out, char *why, size_t why_size)
{
    const reason r = {o->path, why, why_size};
    cc_db       *db;
    cc_err       err = CC_OK;

    *out = NULL;
    if ((db = calloc(1, sizeof(*db))) == NULL)
        return reason_set(&r, CC_E_UNAVAILABLE, "There is not enough memory to open %s.", o->path);
    db->o = *o;
    db->path = o->path;
    db->once = o->once;
    db->full_sync = o->full_sync;
    db->busy_ms = o->busy_ms;
    db->clock = o->clock;
    db->rng = ((uint64_t)getpid() << 32 ^ (uint64_t)cc_clock_monotonic(db->clock) ^ (uint64_t)(uintptr_t)db) | 1;
    if ((err = handle_open(db, &r, o->create)) != CC_OK) {
        cc_db_close(db);
        db = NULL;
    }
    *out = db;
    return err;
}

/* Its statistics alone are a tenth of what reading the schema costs: a lock around each allocation. */
void
cc_process_own(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void
stmt_drop(cc_stmt *s)
{
    sqlite3_finalize(s->handle);
    free(s->param);
}

static void
statements_drop(cc_db *db)
{
    for (size_t i = 0; i < CONTROL__MAX; i++) {
        sqlite3_finalize(db->control[i]);
        db->control[i] = NULL;
    }
    for (size_t i = 0; i < db->kept_room; i++) {
        if (db->kept[i] != NULL)
            stmt_drop(db->kept[i]);
        free(db->kept[i]);
    }
    free(db->kept);
    db->kept = NULL;
    db->kept_room = db->kept_count = 0;
}

/*
 * Give up files that were lost.  A log that has merely no name any more is copied back, and the last one to close takes
 * the index away, so that the next can begin anew: nothing that was acknowledged is lost.  Otherwise our view of the
 * files is not everybody's, and a checkpoint would write old pages over newer ones.
 */
static void
lost_prepare(cc_db *db)
{
    int rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, db->rescue ? 0 : 1, (int *)NULL);

    if (!db->rescue || rc != SQLITE_OK)
        return;
    rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    note(db,
         rc == SQLITE_OK ? "storage: what was in the deleted log of %s is copied back into it"
                         : "storage: what was in the deleted log of %s could not be copied back",
         db->path);
}

static void
handle_close(cc_db *db)
{
    int rc;

    statements_drop(db);
    if (db->handle != NULL && db->lost != NULL) {
        lost_prepare(db);
    } else if (db->once && db->log_pages >= ONCE_PAGES) {
        /* Waits for nobody: who reads now may go on, and the next writer tries again. */
        sqlite3_busy_handler(db->handle, NULL, NULL);
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK);
    (void)rc;
    db->handle = NULL;
    db->log_pages = db->log_copied = db->readers = 0;
    db->ready_to_write = false;
}

void
cc_db_close(cc_db *db)
{
    if (db == NULL)
        return;
    cc_tx_end(db, CC_E_INTERNAL);
    handle_close(db);
    free(db);
}

cc_err
cc_db_renew(cc_db *db, char *why, size_t why_size)
{
    const reason r = {db->path, why, why_size};
    cc_err       err;

    assert(!db->writing);
    handle_close(db);
    if ((err = handle_open(db, &r, false)) == CC_OK) {
        db->o.trouble(db->o.ctx, CC_TROUBLE_STORAGE_LOST, NULL);
        return CC_OK;
    }
    if (db->lost == NULL)
        db->lost = "it could not be opened again";
    db->rescue = false;
    handle_close(db);
    return err;
}

/* ---- statements ------------------------------------------------------------------------------ */

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
    if ((s->param = calloc((size_t)s->params, sizeof(*s->param))) == NULL)
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
stmt_prepare(cc_db *db, cc_stmt *s, const char *sql, bool declared)
{
    cc_err err = CC_OK;
    int    rc;

    s->db = db;
    if ((rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL)) != SQLITE_OK)
        return failed(db, rc, sql);
    s->writes = !sqlite3_stmt_readonly(s->handle);
    if (declared)
        s->params = sqlite3_bind_parameter_count(s->handle);
    else if ((err = stmt_number(s)) != CC_OK) {
        note(db, "storage: parameters are $1 to $255: %s", sql);
        stmt_drop(s);
        s->handle = NULL;
        s->param = NULL;
    }
    return err;
}

static cc_err
stmt_take(cc_stmt *s, cc_stmt **out)
{
    assert(!s->taken); /* someone forgot cc_stmt_done, or steps through the same statement further up */
    if (s->taken) {
        note(s->db, "storage: asked for again while in use: %s", sqlite3_sql(s->handle));
        return CC_E_INTERNAL;
    }
    s->taken = true;
    *out = s;
    return CC_OK;
}

/*
 * Declared statements are known by their address, made ones by the key they were given; an address is even.
 */
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
kept_add(cc_db *db, uint64_t key, const char *sql, bool declared, cc_stmt **out)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if (kept_grow(db) != CC_OK || (s = calloc(1, sizeof(*s))) == NULL)
        return CC_E_UNAVAILABLE;
    if ((err = stmt_prepare(db, s, sql, declared)) != CC_OK) {
        free(s);
        return err;
    }
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
    if (db->handle == NULL)
        return CC_E_UNAVAILABLE;
    if (s == NULL && (err = kept_add(db, key, of->sql, true, &s)) != CC_OK)
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
        err = kept_add(db, key_made(key), sql, false, out);
    cc_arena_free(arena);
    return err;
}

cc_err
cc_stmt_made(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out)
{
    cc_stmt *s = kept_find(db, key_made(key));
    cc_err   err;

    *out = NULL;
    if (db->handle == NULL)
        return CC_E_UNAVAILABLE;
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
    return s->param == NULL ? at : s->param[at - 1];
}

static void
bound(cc_stmt *s, int rc)
{
    if (rc == SQLITE_OK || s->err != CC_OK)
        return;
    s->err = rc == SQLITE_NOMEM ? CC_E_UNAVAILABLE : CC_E_INTERNAL;
    note(s->db, "storage: cannot bind (code %d): %s", rc, sqlite3_sql(s->handle));
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
cc_bind_folded(cc_stmt *s, int at, const char *text, size_t size)
{
    char *folded = NULL;

    if (text == NULL || cc_is_ascii(text, size))
        cc_bind_null(s, at);
    else if ((folded = cc_folded(text, size)) == NULL)
        bound(s, SQLITE_NOMEM);
    else
        bound(s, sqlite3_bind_text64(s->handle, place_of(s, at), folded, strlen(folded), free, SQLITE_UTF8));
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

cc_err
cc_run_change(cc_stmt *s, int64_t *changed)
{
    cc_err err = cc_run(s);

    if (changed != NULL)
        *changed = err == CC_OK ? sqlite3_changes(s->db->handle) : 0;
    return err;
}

cc_err
cc_finish(cc_stmt *s)
{
    bool   row = s->writes;
    cc_err err = CC_OK;

    while (err == CC_OK && row)
        err = cc_step(s, &row);
    return err;
}

cc_err
cc_stmt_misfit(cc_stmt *s, const char *column)
{
    note(s->db, "storage: '%s' does not fit: %s", column, sqlite3_sql(s->handle));
    return CC_E_INTERNAL;
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

    if (db->handle == NULL)
        return CC_E_UNAVAILABLE;
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

cc_err
cc_tx_begin_at(cc_db *db, const char *file, int line)
{
    cc_shared  *shared = db->o.shared(db->o.ctx);
    const char *name = strrchr(file, '/');
    int64_t     start = cc_clock_monotonic(db->clock);
    int         rc;

    assert(!db->writing);
    if (db->writing) {
        note(db, "storage: a second transaction at %s:%d", file, line);
        return CC_E_INTERNAL;
    }
    if (db->handle == NULL)
        return CC_E_UNAVAILABLE;
    if (db->readers > 0) {
        db->readers = 1;
        cc_read_end(db);
    }
    if ((rc = write_settings(db)) != SQLITE_OK)
        return failed(db, rc, "settings");

    if (shared != NULL)
        cc_write_queue_enter(shared, db->busy_ms);
    db->begin_ends = start + db->busy_ms;
    rc = control(db, BEGIN_WRITE);
    db->begin_ends = 0;
    db->writing = rc == SQLITE_OK;
    if (!db->writing) {
        if (shared != NULL)
            cc_write_queue_leave(shared);
        note(db, "storage: no write transaction at %s:%d after %lld ms: %s (code %d)", name == NULL ? file : name + 1,
             line, (long long)(cc_clock_monotonic(db->clock) - start), sqlite3_errmsg(db->handle), rc);
        failure_note(db, rc);
    }
    /* What was written to a file without its name would be acknowledged and never found again. */
    return db->writing && cc_db_moved(db) ? cc_tx_end(db, CC_E_UNAVAILABLE) : err_of(rc);
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
checkpoint_when_long(cc_db *db)
{
    cc_shared *shared = db->o.shared(db->o.ctx);

    if (db->log_pages < db->log_copied)
        db->log_copied = 0;
    if (db->log_pages - db->log_copied < LOG_PAGES)
        return;
    db->log_copied = db->log_pages;
    int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc != SQLITE_OK) /* another process is at it */
        return;
    if (shared != NULL)
        cc_write_queue_enter(shared, db->busy_ms);
    sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (shared != NULL)
        cc_write_queue_leave(shared);
}

cc_err
cc_tx_lock(cc_db *db, const char *name)
{
    if (db->handle != NULL && !sqlite3_get_autocommit(db->handle))
        return CC_OK;
    note(db, "storage: the lock '%s' is asked for outside a transaction", name);
    return CC_E_INTERNAL;
}

/*
 * SQLite rolls back by itself after some errors (disk full, I/O, memory); then there is nothing left to commit, and
 * saying so must not look like a success.
 */
cc_err
cc_tx_end(cc_db *db, cc_err err)
{
    cc_shared *shared;
    int        rc;

    if (!db->writing)
        return err;
    if (err == CC_OK && sqlite3_get_autocommit(db->handle)) {
        note(db, "storage: the transaction was rolled back before its end");
        err = CC_E_UNAVAILABLE;
    }
    if (err == CC_OK && (rc = control(db, COMMIT)) != SQLITE_OK) {
        failed(db, rc, "commit");
        err = CC_E_UNAVAILABLE;
    }
    if (!sqlite3_get_autocommit(db->handle) && (rc = control(db, ROLLBACK)) != SQLITE_OK)
        failed(db, rc, "roll back");
    db->writing = false;
    if ((shared = db->o.shared(db->o.ctx)) != NULL)
        cc_write_queue_leave(shared);
    if (err != CC_OK)
        return err;
    if (cc_db_moved(db)) /* between the look at the beginning and the commit: it is not acknowledged */
        return CC_E_UNAVAILABLE;
    if (shared != NULL)
        cc_shared_failure_set(shared, 0);
    checkpoint_when_long(db);
    return CC_OK;
}

/* ---- can it be written? ------------------------------------------------------------------------ */

/* Is there room?  A file without a name is filled only after a write has failed: a quota shows in no other way. */
static int
room_check(const char *directory, bool failed_before)
{
    struct statvfs fs;
    int            fd, number;

    if (statvfs(directory, &fs) != 0)
        return errno;
    if (fs.f_flag & ST_RDONLY)
        return EROFS;
    if ((geteuid() == 0 ? fs.f_bfree : fs.f_bavail) * fs.f_frsize < SPARE_BYTES || (fs.f_files > 0 && fs.f_ffree == 0))
        return ENOSPC;
    if (!failed_before || (fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0)
        return 0; /* or the file system has no such files */
    number = posix_fallocate(fd, 0, SPARE_BYTES);
    close(fd);
    return number;
}

/* Which trouble there is in writing, if any, and words for it. */
static cc_trouble_id
trial(cc_db *db, char *why, size_t size)
{
    cc_shared    *shared = db->o.shared(db->o.ctx);
    const bool    failed_before = shared != NULL && cc_shared_failure(shared) != 0;
    const int64_t busy_ms = db->busy_ms;
    char          path[PATH_MAX];
    const char   *slash = strrchr(db->path, '/');
    int           number;

    snprintf(path, sizeof(path), "%.*s", slash ? (int)(slash - db->path) + 1 : 1, slash ? db->path : ".");
    number = room_check(path, failed_before);
    if (number == 0 && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
        number = errno;
    if (number == 0 && faccessat(AT_FDCWD, refused_file(db->path, path), R_OK | W_OK, AT_EACCESS) != 0)
        number = errno;
    if (number != 0) {
        cc_files_refusal(db->path, number, why, size);
        return number == ENOSPC || number == EDQUOT                     ? CC_TROUBLE_STORAGE_FULL
               : number == EROFS || number == EACCES || number == EPERM ? CC_TROUBLE_STORAGE_READ_ONLY
                                                                        : CC_TROUBLE_STORAGE_FAILING;
    }
    db->busy_ms = busy_ms < TRIAL_MS ? busy_ms : TRIAL_MS;
    cc_err err = cc_tx_begin(db);
    db->busy_ms = busy_ms;
    cc_tx_end(db, CC_E_UNAVAILABLE); /* nothing is written */
    if (err != CC_OK) {
        snprintf(why, size, CC_WORDS("%s cannot be written: %s. Find the program that keeps it"), db->path,
                 db->handle != NULL ? sqlite3_errmsg(db->handle) : CC_WORDS("it is not open"));
        return CC_TROUBLE_STORAGE_LOCKED;
    }
    if (shared != NULL && failed_before) /* what failed does not fail any more */
        cc_shared_failure_set(shared, 0);
    return CC_TROUBLE__MAX;
}

void
cc_db_trial(cc_db *db)
{
    static const cc_trouble_id all[] = {CC_TROUBLE_STORAGE_FULL, CC_TROUBLE_STORAGE_READ_ONLY,
                                        CC_TROUBLE_STORAGE_LOCKED, CC_TROUBLE_STORAGE_FAILING};
    char                       why[384];
    cc_trouble_id              found = cc_db_moved(db) ? CC_TROUBLE_STORAGE_LOST : trial(db, why, sizeof(why));

    for (size_t i = 0; i < CC_COUNT(all); i++) {
        if (found == all[i])
            db->o.trouble(db->o.ctx, found, why);
        else
            db->o.trouble(db->o.ctx, all[i], NULL);
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

cc_err
cc_db_check(cc_db *db, const cc_statement *of, char *why, size_t why_size)
{
    cc_stmt *s = NULL;
    cc_err   err;

    snprintf(why, why_size, "%s: cannot be prepared", of->name);
    if ((err = cc_stmt_of(db, of, &s)) != CC_OK)
        return err;
    int params = sqlite3_bind_parameter_count(s->handle), columns = sqlite3_column_count(s->handle);
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
    cc_stmt_done(s);
    return err;
}

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
