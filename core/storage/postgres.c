/*
 * PostgreSQL behind the door: connections, statements, transactions.  libpq is loaded when it is first wanted.
 *
 * The connection is always in pipeline mode, so that what needs no answer of its own travels with what does: BEGIN and
 * locks go with the first statement behind them, a statement is prepared and run in one journey, and the end of a view
 * is sent without waiting (its answer is taken up by whoever comes next).  A request with one query is one journey.
 *
 * READ COMMITTED is enough for writes: what is read before it is written is guarded by the condition of the write
 * itself, by a unique rule, or by cc_tx_lock, which is an advisory lock here.  A view is REPEATABLE READ, READ ONLY.
 *
 * Notifications between machines travel on the same connection: NOTIFY behind the commit and never in it, because
 * commits with one queue behind a single lock of the server.  Who listens holds a shared lock as well, by which the
 * sender sees in the same journey whether there is anybody, and else sends nothing.
 *
 * Behind a pooler that gives each transaction another connection of the server (PgBouncer's transaction mode) nothing
 * of a connection lasts: statements are not prepared, what was set goes with each BEGIN, and who listens does so on a
 * connection of its own that leads to the server, if it was told of one.  That there is a pooler shows: the number of
 * the server's process is not the one that the connection began with.
 *
 * A connection that breaks is made anew when something is next asked for.  What was under way in a transaction answers
 * UNAVAILABLE; a query that stands alone, or begins a view, is asked once more.  A server that stands still, or that
 * begins to refuse writes, is left in the same way: its place may have been taken by another one.  Whether a COMMIT
 * whose answer got lost has happened nobody can say: it is UNAVAILABLE too, and who repeats the request with its
 * Idempotency-Key gets the first answer if it did.
 */
#include <assert.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "storage/engine.h"
#include "storage/libpq.h"

/* The steps are longer than the 4,095 characters that C promises for a literal; our compilers take more. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "storage/migrations/postgres.h"

static const struct {
    int         number;
    const char *what, *sql;
} steps[] = {
#define X(number, what, sql) {number, what, sql},
    CC_MIGRATIONS(X)
#undef X
};
#pragma GCC diagnostic pop

#define MIGRATION_LOCK "6369837112468" /* any number that nobody else takes in our database */
#define CHANNEL "codecourier"
#define LISTEN_LOCK "6369837112469"                                   /* and the next */
#define TIME "(extract(epoch FROM clock_timestamp()) * 1000)::bigint" /* ms since 1970 */
#define LISTEN "LISTEN " CHANNEL "; SELECT pg_advisory_lock_shared(" LISTEN_LOCK ")"
#define CONNECT_S "5" /* for one of the servers that the address names */
#define VIEW_BEGIN "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

enum {
    SERVER_LEAST = 140000,
    CONNECT_AGAIN_MS = 1000, /* between two attempts at a server that is away */
    LISTEN_AGAIN_MS = 16000, /* the same at most, of who only listens: the pause doubles up to that */
    SILENCE_MS = 5000,       /* without an answer: is the server still there? */
    TIME_AGAIN_MS = 60000,   /* between two looks at the server's clock */
    TIME_GRAIN_MS = 2,       /* what two looks may differ without a reason */
    TIME_STEP_MS = 1000,     /* a clock of ours that has moved by more was set, or this machine slept */
    TIME_APART_MS = 5000,    /* of which the operator hears */
    QUEUED = 8,
    QUEUED_SIZE = 256,
    NUMBER_SIZE = 32,
    IDLE_TX_MS = 60000, /* a process that is stopped in a transaction holds its locks no longer */
};

typedef struct database {
    cc_db    base;
    cc_libpq pq;
    pq_conn *conn;                       /* NULL or broken: made anew when something is next asked for */
    pq_conn *ear;                        /* of a pooled one: the connection that listens; NULL: none so far */
    uint64_t made;                       /* how often conn was; what was prepared before is forgotten */
    unsigned names;                      /* of prepared statements, so far */
    int64_t  tried_at;                   /* monotonic; 0: never */
    int64_t  ear_tried_at;               /* the same */
    int64_t  timed_at;                   /* monotonic: when its clock was last asked for */
    int64_t  wall_base;                  /* what our own clock was ahead of the monotonic one then */
    int64_t  pause_ms;                   /* before it is tried again to listen; 0: it is tried at once */
    int64_t  lock_ms;                    /* what the server was told of busy_ms */
    char     queue[QUEUED][QUEUED_SIZE]; /* to be sent before the next statement */
    int      queued, unread;             /* unread: ends of views that were sent without waiting */
    bool     pooled;                     /* the next transaction may be another connection's of the server */
    bool     begun;                      /* the server is in a transaction */
    bool     late;                       /* the view begins behind the next query */
    bool     failed;                     /* and it can only be rolled back */
    bool     stale;                      /* the server only reads, as it did not when it was chosen */
    char     last_words[256];
} database;

typedef struct statement {
    cc_stmt      base;
    char        *sql;
    bool         reads;
    char         name[16];
    uint64_t     prepared; /* on which of the connections; 0: on none */
    pq_oid      *types;
    const char **values;
    int         *lengths, *formats;
    char (*numbers)[NUMBER_SIZE];
    char     **owned;
    pq_result *result;
    int        row, rows; /* the row to be read is row - 1 */
    bool       ran;
    int64_t    changed;
    char       text[NUMBER_SIZE]; /* of a number that is read as text */
} statement;

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

static bool
is_class(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

/*
 * By SQLSTATE (PostgreSQL's manual, appendix A).  What can pass is UNAVAILABLE: no connection, no resources, a
 * transaction that was ended for the others' sake, a lock not had in time, a server that stops or only reads.
 */
static cc_err
err_of(const char *state)
{
    static const char *const passing[] = {"08", "25006", "25P03", "40", "53", "55", "57", "58"};

    if (state == NULL || state[0] == '\0')
        return CC_E_UNAVAILABLE;
    if (is_class(state, "23505"))
        return CC_E_CONFLICT;
    for (size_t i = 0; i < CC_COUNT(passing); i++)
        if (is_class(state, passing[i]))
            return CC_E_UNAVAILABLE;
    return CC_E_INTERNAL;
}

/* libpq ends its messages with a line break, and may put a hint on a line of its own. */
static void
one_line(const char *message, char *out, size_t size)
{
    snprintf(out, size, "%s", message);
    for (size_t n = strlen(out); n > 0 && (out[n - 1] == '\n' || out[n - 1] == ' '); n--)
        out[n - 1] = '\0';
    for (char *p = out; *p; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
}

static cc_err
failed(database *db, const pq_result *result, const char *doing)
{
    const char *state = result != NULL ? db->pq.resultErrorField(result, PQ_FIELD_SQLSTATE) : NULL;
    const char *words = result != NULL ? db->pq.resultErrorField(result, PQ_FIELD_MESSAGE) : NULL;
    cc_err      err = err_of(state);
    char        line[256];

    one_line(words != NULL      ? words
             : db->conn != NULL ? db->pq.errorMessage(db->conn)
                                : "no connection",
             line, sizeof(line));
    snprintf(db->last_words, sizeof(db->last_words), "%s", line);
    if (state != NULL && (is_class(state, "40P01") || is_class(state, "40001")))
        db->base.collided = true;
    if (state != NULL && is_class(state, "25006") && db->base.writing)
        db->stale = true;
    if (err != CC_E_CONFLICT)
        cc_db_note(&db->base, "storage: %s (%s): %s", line, state != NULL ? state : "connection",
                   doing); /* which is long */
    return err;
}

static void
on_notice(void *ctx, const char *message)
{
    (void)ctx;
    (void)message; /* "relation exists, skipping": nothing for an operator */
}

/* ---- waiting ------------------------------------------------------------------------------------ */

/* Does the server on the other end still greet whoever comes?  What it answers does not matter. */
static bool
greets(database *db, const pq_conn *conn)
{
    const char *const keywords[] = {"host", "port", "connect_timeout", NULL};
    const char *const values[] = {db->pq.host(conn), db->pq.port(conn), CONNECT_S, NULL};

    return db->pq.pingParams(keywords, values, 0) != PQ_PING_NO_RESPONSE;
}

/*
 * The next result, waited for as long as the server lives.  Of one whose processes stand still (a machine that is out
 * of breath, a disk that hangs, somebody's SIGSTOP) the kernel keeps the connections alive, so that no keep-alive finds
 * it out; but it greets nobody either.  A statement that takes its time is not given up.
 */
static pq_result *
result_of(database *db, pq_conn *conn)
{
    while (db->pq.isBusy(conn)) {
        struct pollfd answer = {.fd = db->pq.socket(conn), .events = POLLIN};

        if (poll(&answer, 1, SILENCE_MS) == 0 && !greets(db, conn)) {
            cc_db_note(&db->base, "storage: the server stands still; its connection is given up");
            shutdown(answer.fd, SHUT_RDWR); /* libpq finds it broken then */
        }
        if (db->pq.consumeInput(conn) != 1)
            break;
    }
    return db->pq.getResult(conn);
}

/* ---- the schema, before the connection goes into pipeline mode ---------------------------------- */

/* One or several statements: the result of the last one, or of the first that failed. */
static pq_result *
exec(database *db, pq_conn *conn, const char *sql)
{
    pq_result *last = NULL, *next;

    if (db->pq.sendQuery(conn, sql) != 1)
        return NULL;
    while ((next = result_of(db, conn)) != NULL) {
        if (last != NULL)
            db->pq.clear(last);
        last = next;
    }
    return last;
}

static bool
is_good(database *db, const pq_result *result)
{
    int status = result != NULL ? db->pq.resultStatus(result) : PQ_FATAL_ERROR;

    return status == PQ_COMMAND_OK || status == PQ_TUPLES_OK;
}

static cc_err
run(database *db, const char *sql, const char *doing)
{
    pq_result *result = exec(db, db->conn, sql);
    cc_err     err = is_good(db, result) ? CC_OK : failed(db, result, doing);

    db->pq.clear(result);
    return err;
}

static cc_err
query_int(database *db, const char *sql, int *answer)
{
    pq_result *result = exec(db, db->conn, sql);
    cc_err     err = is_good(db, result) ? CC_OK : failed(db, result, sql);

    if (err == CC_OK)
        *answer = db->pq.ntuples(result) > 0 ? atoi(db->pq.getvalue(result, 0, 0)) : 0;
    db->pq.clear(result);
    return err;
}

/* The number of the last step this database has been through; 0: there is nothing of ours in it. */
static cc_err
schema_version(database *db, int *version)
{
    int    there = 0;
    cc_err err = query_int(db, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('codecourier_schema')", &there);

    *version = 0;
    return err == CC_OK && there ? query_int(db, "SELECT version FROM codecourier_schema", version) : err;
}

static cc_err
migrate_step(database *db, size_t i, bool first)
{
    char   version[160];
    cc_err err = CC_OK;

    if (first && (err = run(db,
                            "CREATE TABLE codecourier_schema (version BIGINT NOT NULL); "
                            "INSERT INTO codecourier_schema (version) VALUES (0)",
                            "schema")) != CC_OK)
        return err;
    snprintf(version, sizeof(version), "UPDATE codecourier_schema SET version = %d", steps[i].number);
    if ((err = run(db, steps[i].sql, "schema step")) == CC_OK)
        err = run(db, version, "schema step");
    return err;
}

/* All steps that are missing, in one transaction: whoever comes second waits, and finds them done. */
static cc_err
migrate_all(database *db, const cc_reason *r)
{
    int    theirs = 0, tables = 0;
    cc_err err = run(db, "BEGIN; SELECT pg_advisory_xact_lock(" MIGRATION_LOCK ")", "schema lock");

    if (err == CC_OK && (err = schema_version(db, &theirs)) == CC_OK && theirs == 0 &&
        (err = query_int(db, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()", &tables)) == CC_OK &&
        tables > 0)
        err = cc_reason_set(
            r, CC_E_CONFLICT,
            "The database of %s holds tables of another program. Give CodeCourier a database of its own.", r->path);
    else if (err == CC_OK && theirs == 0 && !db->base.o.create)
        err = cc_reason_set(r, CC_E_NOT_FOUND,
                            "The database of %s is empty. Make the instance with 'codecourier init', or correct the "
                            "setting 'database'.",
                            r->path);
    else if (err != CC_OK)
        cc_reason_set(r, err, "The schema of %s cannot be brought up to date: %s.", r->path, db->last_words);
    for (size_t i = 0; err == CC_OK && i < CC_COUNT(steps); i++)
        if (steps[i].number > theirs && (err = migrate_step(db, i, theirs == 0 && i == 0)) != CC_OK)
            cc_reason_set(r, err, "Schema step %d (%s) of %s failed and was undone: %s.", steps[i].number,
                          steps[i].what, r->path, db->last_words);
    cc_err end = run(db, err == CC_OK ? "COMMIT" : "ROLLBACK", "schema");
    return err == CC_OK ? end : err;
}

static cc_err
migrate(database *db, const cc_reason *r)
{
    const int ours = steps[CC_COUNT(steps) - 1].number;
    int       theirs = 0;
    cc_err    err = schema_version(db, &theirs);

    if (err != CC_OK)
        return cc_reason_set(r, err, "%s cannot be read: %s.", r->path, db->last_words);
    if (theirs < ours && ((err = migrate_all(db, r)) != CC_OK || (err = schema_version(db, &theirs)) != CC_OK))
        return err;
    if (theirs > ours)
        return cc_reason_set(r, CC_E_CONFLICT,
                             "The database of %s was made by a newer CodeCourier (schema %d; this program knows %d). "
                             "Install that version or a later one.",
                             r->path, theirs, ours);
    return CC_OK;
}

/* ---- connecting -------------------------------------------------------------------------------- */

static void
disconnect(database *db)
{
    if (db->conn != NULL)
        db->pq.finish(db->conn);
    db->conn = NULL;
    db->queued = db->unread = 0;
    db->begun = db->failed = db->stale = false;
    db->lock_ms = 0;
}

static void
ear_close(database *db)
{
    if (db->ear != NULL)
        db->pq.finish(db->ear);
    db->ear = NULL;
}

static cc_err
fitness(database *db, const cc_reason *r)
{
    const char *encoding = db->pq.parameterStatus(db->conn, "server_encoding");
    int         version = db->pq.serverVersion(db->conn);

    if (version < SERVER_LEAST)
        return cc_reason_set(r, CC_E_INTERNAL, "%s is PostgreSQL %d; CodeCourier needs 14 or later.", r->path,
                             version / 10000);
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
        return cc_reason_set(r, CC_E_INTERNAL, "The database of %s has the encoding %s. Make one with ENCODING 'UTF8'.",
                             r->path, encoding != NULL ? encoding : "?");
    return CC_OK;
}

/*
 * The later of two words for the same thing wins, so the operator's come last.  Without the kernel's help nobody would
 * notice for a quarter of an hour that a server is cut off, and whoever only listens never.
 */
static pq_conn *
dial(database *db, const char *server)
{
    const char *const keywords[] = {"connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout", /* ms */
                                    "fallback_application_name",
                                    "client_encoding",
                                    "dbname",
                                    NULL};
    const char *const values[] = {CONNECT_S, "10", "5", "3", "15000", "codecourier", "UTF8", server, NULL};
    pq_conn          *conn = db->pq.connectdbParams(keywords, values, 1);

    if (conn != NULL && db->pq.status(conn) == PQ_CONNECTION_OK) {
        db->pq.setNoticeProcessor(conn, on_notice, NULL);
        return conn;
    }
    one_line(conn != NULL ? db->pq.errorMessage(conn) : "no memory", db->last_words, sizeof(db->last_words));
    if (conn != NULL)
        db->pq.finish(conn);
    return NULL;
}

/* What stands in the log and in messages: where the server is, and never a password. */
static const char *
place_of(const char *server, char out[128])
{
    const char *host = strstr(server, "://"), *at;

    host = host != NULL ? host + 3 : NULL;
    if (host != NULL && (at = strchr(host, '@')) != NULL)
        host = at + 1;
    snprintf(out, 128, "the PostgreSQL server%s%.*s", host != NULL && host[0] != '\0' && host[0] != '?' ? " " : "",
             host != NULL ? (int)strcspn(host, "?") : 0, host != NULL ? host : "");
    return out;
}

/*
 * What the server's clock said at a moment between `before` and `after` of the monotonic one.  The middle is wrong by
 * half of what was between them at most; what is known already and may be right stays, so that time makes no steps.
 */
static void
time_set(database *db, int64_t theirs, int64_t before, int64_t after)
{
    const cc_clock *clock = db->base.o.clock;
    const int64_t   base = theirs - before - (after - before) / 2;
    char            place[128];
    int64_t         ahead;

    db->timed_at = after;
    db->wall_base = cc_clock_wall(clock) - cc_clock_monotonic(clock);
    if (clock->decides)
        return;
    if (!db->base.timed || llabs(base - db->base.time_base) > after - before + TIME_GRAIN_MS)
        db->base.time_base = base;
    db->base.timed = true;
    ahead = db->wall_base - db->base.time_base;
    place_of(db->base.o.server, place);
    if (ahead > TIME_APART_MS)
        cc_db_trouble(&db->base, CC_TROUBLE_CLOCK_DIFFERS,
                      CC_WORDS("it is %lld seconds ahead of the one of %s, which decides; set it by NTP"),
                      ((long long)ahead + 500) / 1000, place);
    else if (ahead < -TIME_APART_MS)
        cc_db_trouble(&db->base, CC_TROUBLE_CLOCK_DIFFERS,
                      CC_WORDS("it is %lld seconds behind the one of %s, which decides; set it by NTP"),
                      ((long long)-ahead + 500) / 1000, place);
    else
        db->base.o.trouble(db->base.o.ctx, CC_TROUBLE_CLOCK_DIFFERS, NULL);
}

/*
 * The first question: what time is it, and is somebody between us and the server who gives each transaction another of
 * his connections?
 */
static cc_err
greet(database *db)
{
    const cc_pooler pooler = db->base.o.pooler;
    const int64_t   before = cc_clock_monotonic(db->base.o.clock);
    pq_result      *result = exec(db, db->conn, "SELECT pg_backend_pid(), " TIME);
    cc_err          err = is_good(db, result) ? CC_OK : failed(db, result, "first question");

    if (err == CC_OK) {
        const int there = atoi(db->pq.getvalue(result, 0, 0));
        time_set(db, strtoll(db->pq.getvalue(result, 0, 1), NULL, 10), before, cc_clock_monotonic(db->base.o.clock));
        db->pooled =
            pooler == CC_POOLER_TRANSACTION || (pooler == CC_POOLER_AUTO && there != db->pq.backendPID(db->conn));
    }
    db->pq.clear(result);
    return err;
}

static cc_err
connect_to(database *db, const cc_reason *r)
{
    char   settings[200];
    cc_err err;

    disconnect(db);
    db->tried_at = cc_clock_monotonic(db->base.o.clock);
    if ((db->conn = dial(db, db->base.o.server)) == NULL)
        return cc_reason_set(r, CC_E_UNAVAILABLE, "%s cannot be reached: %s", r->path, db->last_words);
    if ((err = fitness(db, r)) != CC_OK)
        goto done;
    snprintf(settings, sizeof(settings), "SET idle_in_transaction_session_timeout = %d; SET synchronous_commit = on",
             IDLE_TX_MS);
    if ((err = greet(db)) == CC_OK && !db->pooled)
        err = run(db, settings, "settings");
    if (err != CC_OK) {
        cc_reason_set(r, err, "%s refuses what CodeCourier needs: %s.", r->path, db->last_words);
        goto done;
    }
    if ((err = migrate(db, r)) == CC_OK && db->base.listens && !db->pooled)
        err = run(db, LISTEN, "listen");
    if (err == CC_OK && !db->pq.enterPipelineMode(db->conn))
        err = CC_E_UNAVAILABLE;

done:
    if (err != CC_OK)
        disconnect(db);
    else
        db->made++;
    if (err == CC_OK && db->base.listens)
        db->base.o.heard(db->base.o.ctx, NULL);
    return err;
}

/*
 * A connection to work with; at a server that is away no more than one attempt a second.  One that has begun to refuse
 * writes is left at once: of the servers that the address names another may be the primary now.
 */
static cc_err
connected(database *db)
{
    char            place[128], why[384] = "";
    const cc_reason r = {place_of(db->base.o.server, place), why, sizeof(why)};
    cc_err          err;

    const int queued = db->queued; /* the BEGIN of what now asks */

    if (db->stale && !db->begun) {
        disconnect(db);
        db->tried_at = 0;
    }
    if (db->conn != NULL && db->pq.status(db->conn) == PQ_CONNECTION_OK)
        return CC_OK;
    if (db->base.writing && db->begun)
        return CC_E_UNAVAILABLE;
    if (db->conn == NULL && cc_clock_monotonic(db->base.o.clock) - db->tried_at < CONNECT_AGAIN_MS)
        return CC_E_UNAVAILABLE;
    if ((err = connect_to(db, &r)) != CC_OK) {
        cc_db_trouble(&db->base, CC_TROUBLE_STORAGE_LOST, "%s", why);
        return err;
    }
    db->queued = queued;
    db->base.o.trouble(db->base.o.ctx, CC_TROUBLE_STORAGE_LOST, NULL);
    return CC_OK;
}

/* ---- the pipeline ------------------------------------------------------------------------------ */

/* What is next to be read; NULL results part what was sent from each other. */
static pq_result *
next_result(database *db)
{
    pq_result *result = result_of(db, db->conn);

    if (result == NULL && db->pq.status(db->conn) == PQ_CONNECTION_OK)
        result = result_of(db, db->conn);
    return result;
}

/* Take up the ends of views that were sent without waiting. */
static void
catch_up(database *db)
{
    while (db->unread > 0) {
        pq_result *result = next_result(db);
        int        status = result != NULL ? db->pq.resultStatus(result) : PQ_FATAL_ERROR;

        db->pq.clear(result);
        if (status == PQ_PIPELINE_SYNC)
            db->unread--;
        else if (result == NULL || db->pq.status(db->conn) != PQ_CONNECTION_OK)
            return;
    }
}

/*
 * Hand out what was notified, but not what this connection has said itself: those it has woken.  Behind a pooler nobody
 * knows by which connection that was, and they are woken twice.
 */
static void
hand_out(database *db, pq_conn *from)
{
    pq_notify *n;

    while (db->base.listens && from != NULL && (n = db->pq.notifies(from)) != NULL) {
        if (n->from != db->pq.backendPID(from))
            db->base.o.heard(db->base.o.ctx, n->payload);
        db->pq.freemem(n);
    }
}

static bool
send_text(database *db, const char *sql)
{
    return db->pq.sendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

static bool
send_statement(database *db, statement *s)
{
    const int count = s->base.params;

    if (db->pooled)
        return db->pq.sendQueryParams(db->conn, s->sql, count, s->types, s->values, s->lengths, s->formats, 1) == 1;
    if (s->prepared != db->made) {
        snprintf(s->name, sizeof(s->name), "s%u", ++db->names);
        if (db->pq.sendPrepare(db->conn, s->name, s->sql, count, s->types) != 1)
            return false;
    }
    return db->pq.sendQueryPrepared(db->conn, s->name, count, s->values, s->lengths, s->formats, 1) == 1;
}

/*
 * The results of `count` commands and their end.  The last one's goes to *out; the first failure is what is said.
 * *good: how many did what they should.
 */
static cc_err
receive(database *db, int count, const char *doing, pq_result **out, int *good)
{
    cc_err err = CC_OK;

    *good = 0;

    for (int i = 0; i <= count; i++) {
        pq_result *result = next_result(db);
        int        status = result != NULL ? db->pq.resultStatus(result) : PQ_FATAL_ERROR;

        *good += status == PQ_COMMAND_OK || status == PQ_TUPLES_OK;
        if (status == PQ_PIPELINE_SYNC)
            count = i; /* that was all */
        else if (status == PQ_PIPELINE_ABORTED)
            err = err != CC_OK ? err : CC_E_UNAVAILABLE;
        else if (status != PQ_COMMAND_OK && status != PQ_TUPLES_OK && err == CC_OK)
            err = failed(db, result, doing);
        if (i == count - 1 && err == CC_OK && out != NULL)
            *out = result;
        else
            db->pq.clear(result);
        if (result == NULL)
            break;
    }
    return err;
}

/* Send what is queued and, if there is one, a statement, in one journey. */
static cc_err
exchange(database *db, statement *s, const char *last, pq_result **out)
{
    const char *doing = s != NULL ? s->sql : last != NULL ? last : "transaction";
    int         count = 0, good;
    bool        sent = true, begins = db->queued > 0 && !db->begun;
    cc_err      err;

    catch_up(db);
    for (int i = 0; sent && i < db->queued; i++, count++)
        sent = send_text(db, db->queue[i]);
    db->queued = 0;
    if (sent && s != NULL) {
        count += !db->pooled && s->prepared != db->made ? 2 : 1;
        sent = send_statement(db, s);
    }
    if (sent && last != NULL) {
        count++;
        sent = send_text(db, last);
    }
    if (!sent || db->pq.pipelineSync(db->conn) != 1)
        return failed(db, NULL, doing);
    db->begun = db->begun || begins;
    err = receive(db, count, doing, out, &good);
    hand_out(db, db->conn);
    if (s != NULL && good >= count - 1) /* it is prepared, even if it then was refused */
        s->prepared = db->made;
    db->failed = db->failed || (err != CC_OK && db->begun);
    return err;
}

/* Before the next statement; it has no answer of its own. */
static cc_err
enqueue(database *db, const char *sql)
{
    cc_err err = CC_OK;

    if (db->queued == QUEUED)
        err = exchange(db, NULL, NULL, NULL);
    if (err == CC_OK)
        snprintf(db->queue[db->queued++], sizeof(db->queue[0]), "%s", sql);
    return err;
}

static int64_t
lock_timeout(const database *db)
{
    return db->base.busy_ms > 0 ? db->base.busy_ms : 1;
}

/* A pooler's connection is told with each transaction what one of our own was told once. */
static cc_err
enqueue_begin(database *db, const char *begin)
{
    char   settings[QUEUED_SIZE];
    cc_err err = enqueue(db, begin);

    if (err != CC_OK || !db->pooled)
        return err;
    snprintf(settings, sizeof(settings),
             "SELECT set_config('idle_in_transaction_session_timeout', '%d', true), "
             "set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '%lld', true)",
             IDLE_TX_MS, (long long)lock_timeout(db));
    return enqueue(db, settings);
}

/* ---- open and close --------------------------------------------------------------------------- */

static void
close_all(cc_db *base)
{
    database *db = of_base(base);

    cc_db_drop_statements(base);
    if (db->pq.handle != NULL) {
        disconnect(db);
        ear_close(db);
        cc_libpq_unload(&db->pq);
    }
    free(db);
}

static cc_err
open_all(const cc_db_options *o, cc_db **out, char *why, size_t why_size)
{
    char            place[128];
    const cc_reason r = {place_of(o->server, place), why, why_size};
    database       *db = calloc(1, sizeof(*db));
    cc_err          err;

    if (db == NULL)
        return cc_reason_set(&r, CC_E_UNAVAILABLE, "There is not enough memory.");
    db->base.engine = &cc_engine_postgres;
    db->base.o = *o;
    db->base.busy_ms = o->busy_ms;
    db->base.open = true;
    if (!cc_libpq_load(&db->pq, why, why_size))
        err = CC_E_UNAVAILABLE;
    else
        err = connect_to(db, &r);
    if (err == CC_OK)
        *out = &db->base;
    else
        close_all(&db->base);
    return err;
}

static bool
moved(cc_db *base)
{
    (void)base; /* a connection that breaks is made anew by whoever needs one */
    return false;
}

static cc_err
renew(cc_db *base, char *why, size_t why_size)
{
    char            place[128];
    const cc_reason r = {place_of(base->o.server, place), why, why_size};

    return connect_to(of_base(base), &r);
}

/* ---- statements ------------------------------------------------------------------------------ */

/* Where the name behind ':' stands in the declaration, from 1. */
static int
number_of(const cc_statement *of, const char *name, size_t size)
{
    for (int i = 0; i < (int)of->param_count; i++) {
        const char *dot = strrchr(of->params[i].name, '.'), *own = dot == NULL ? of->params[i].name : dot + 1;
        if (strlen(own) == size && strncmp(own, name, size) == 0)
            return i + 1;
    }
    return 0;
}

static bool
in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/*
 * Our SQL in the words of PostgreSQL: ":name" is the parameter of that place, "$n" stays, and LIKE, which does not tell
 * upper case from lower in ASCII, is ILIKE.  Texts in quotes stay as they are.  Says the highest number.
 */
static char *
translate(const char *sql, const cc_statement *declared, int *params)
{
    char *text = malloc(2 * strlen(sql) + 16), *to = text;
    bool  quoted = false;

    *params = 0;
    for (const char *p = sql; text != NULL && *p;) {
        int    n = 0;
        size_t size = 1;

        quoted = quoted != (*p == '\'');
        while (!quoted && in_word(p[0]) && in_word(p[size]))
            size++;
        if (!quoted && declared != NULL && p[0] == ':' && in_word(p[1]) && (p == sql || p[-1] != ':')) {
            while (in_word(p[size]))
                size++;
            n = number_of(declared, p + 1, size - 1);
            to += sprintf(to, "$%d", n);
        } else if (!quoted && size == 4 && strncmp(p, "LIKE", 4) == 0) {
            to += sprintf(to, "ILIKE");
        } else {
            if (!quoted && p[0] == '$')
                n = atoi(p + 1);
            memcpy(to, p, size);
            to += size;
        }
        p += size;
        *params = n > *params ? n : *params;
    }
    if (text != NULL)
        *to = '\0';
    return text;
}

/* Of a declared one they are known; of a made one the server sees what they are compared with. */
static pq_oid
type_of(const cc_statement *declared, int i)
{
    if (declared == NULL)
        return 0;
    switch ((cc_kind)declared->params[i].kind) {
    case CC_KIND_INT: return PQ_INT8;
    case CC_KIND_REAL: return PQ_FLOAT8;
    case CC_KIND_BLOB: return PQ_BYTEA;
    default: return PQ_TEXT;
    }
}

static void
stmt_drop(cc_stmt *base)
{
    statement *s = of_stmt(base);

    free(s->sql);
    free(s->types);
    free(s->values);
    free(s->lengths);
    free(s->formats);
    free(s->numbers);
    free(s->owned);
    free(s);
}

/* On the server it is prepared when it is first run there. */
static cc_err
prepare(cc_db *base, const char *sql, const cc_statement *declared, cc_stmt **out)
{
    statement *s = calloc(1, sizeof(*s));
    size_t     room;

    if (s == NULL)
        return CC_E_UNAVAILABLE;
    s->base.db = base;
    if ((s->sql = translate(sql, declared, &s->base.params)) == NULL)
        goto no_memory;
    room = (size_t)s->base.params + 1;
    s->reads = strncmp(s->sql, "SELECT", 6) == 0;
    if ((s->types = calloc(room, sizeof(*s->types))) == NULL ||
        (s->values = calloc(room, sizeof(*s->values))) == NULL ||
        (s->lengths = calloc(room, sizeof(*s->lengths))) == NULL ||
        (s->formats = calloc(room, sizeof(*s->formats))) == NULL ||
        (s->numbers = calloc(room, sizeof(*s->numbers))) == NULL ||
        (s->owned = calloc(room, sizeof(*s->owned))) == NULL)
        goto no_memory;
    for (int i = 0; i < s->base.params; i++)
        s->types[i] = type_of(declared, i);
    *out = &s->base;
    return CC_OK;

no_memory:
    stmt_drop(&s->base);
    return CC_E_UNAVAILABLE;
}

static const char *
text_of(const cc_stmt *base)
{
    return ((const statement *)(const void *)base)->sql;
}

/* ---- binding ---------------------------------------------------------------------------------- */

static void
bind_any(cc_stmt *base, int at, const char *value, size_t size, bool binary)
{
    statement *s = of_stmt(base);

    assert(base->taken);
    if (at < 1 || at > base->params || size > INT32_MAX) {
        if (base->err == CC_OK)
            base->err = CC_E_INTERNAL;
        cc_db_note(base->db, "storage: cannot bind %d: %s", at, s->sql);
        return;
    }
    s->values[at - 1] = value;
    s->lengths[at - 1] = (int)size;
    s->formats[at - 1] = binary;
}

static void
bind_int(cc_stmt *base, int at, int64_t i)
{
    statement *s = of_stmt(base);

    bind_any(base, at, NULL, 0, false);
    if (base->err == CC_OK) {
        snprintf(s->numbers[at - 1], NUMBER_SIZE, "%lld", (long long)i);
        s->values[at - 1] = s->numbers[at - 1];
    }
}

static void
bind_real(cc_stmt *base, int at, double d)
{
    statement *s = of_stmt(base);

    bind_any(base, at, NULL, 0, false);
    if (base->err == CC_OK && !isnan(d)) {
        snprintf(s->numbers[at - 1], NUMBER_SIZE, "%.17g", d);
        s->values[at - 1] = s->numbers[at - 1];
    }
}

/* In its binary form a text is its bytes, and need not end with a NUL. */
static void
bind_text(cc_stmt *base, int at, const char *text, size_t size)
{
    bind_any(base, at, text, text != NULL ? size : 0, true);
}

static void
bind_owned(cc_stmt *base, int at, char *text)
{
    statement *s = of_stmt(base);

    bind_any(base, at, text, strlen(text), true);
    if (base->err != CC_OK) {
        free(text);
        return;
    }
    free(s->owned[at - 1]);
    s->owned[at - 1] = text;
}

static void
bind_blob(cc_stmt *base, int at, const void *blob, size_t size)
{
    bind_any(base, at, blob, size, true);
}

static void
bind_null(cc_stmt *base, int at)
{
    bind_any(base, at, NULL, 0, false);
}

/* ---- running ---------------------------------------------------------------------------------- */

/* Was the connection lost with nothing but a question on it, so that it can be asked anew? */
static bool
may_ask_again(database *db, const statement *s, bool began_before)
{
    return s->reads && !began_before && !db->base.writing && db->pq.status(db->conn) != PQ_CONNECTION_OK;
}

static cc_err
execute(database *db, statement *s)
{
    const bool in_view = db->base.readers > 0, began_before = db->begun;
    cc_err     err;

    for (int attempt = 0;; attempt++) {
        if ((err = connected(db)) != CC_OK)
            return err;
        err = exchange(db, s, NULL, &s->result);
        if (err == CC_OK && db->late)
            err = enqueue_begin(db, VIEW_BEGIN);
        db->late = db->late && err != CC_OK;
        if (err == CC_OK || attempt > 0 || !may_ask_again(db, s, began_before))
            return err;
        db->tried_at = 0;
        disconnect(db);
        if (in_view && !db->late && (err = enqueue_begin(db, VIEW_BEGIN)) != CC_OK)
            return err;
    }
}

static cc_err
step(cc_stmt *base, bool *row)
{
    statement *s = of_stmt(base);
    database  *db = of_base(base->db);
    cc_err     err;

    if (!s->ran) {
        if (db->base.writing && db->failed)
            return CC_E_UNAVAILABLE;
        s->ran = true;
        if ((err = execute(db, s)) != CC_OK)
            return err;
        s->rows = db->pq.ntuples(s->result);
        s->changed = strtoll(db->pq.cmdTuples(s->result), NULL, 10);
    }
    *row = s->row < s->rows;
    s->row += *row;
    return CC_OK;
}

/* The server has done all of it when the first row is here. */
static cc_err
finish(cc_stmt *base)
{
    (void)base;
    return CC_OK;
}

static int64_t
changed(const cc_stmt *base)
{
    return ((const statement *)(const void *)base)->changed;
}

static void
done(cc_stmt *base)
{
    statement *s = of_stmt(base);

    if (s->result != NULL)
        of_base(base->db)->pq.clear(s->result);
    s->result = NULL;
    s->ran = false;
    s->row = s->rows = 0;
    s->changed = 0;
    for (int i = 0; i < base->params; i++) {
        s->values[i] = NULL;
        free(s->owned[i]);
        s->owned[i] = NULL;
    }
}

/* ---- columns ----------------------------------------------------------------------------------- */

typedef struct cell {
    const unsigned char *data; /* NULL: null */
    int                  size;
    pq_oid               type;
} cell;

static cell
cell_at(statement *s, int at)
{
    const cc_libpq *pq = &of_base(s->base.db)->pq;
    cell            c = {0};

    if (s->row < 1 || at >= pq->nfields(s->result) || pq->getisnull(s->result, s->row - 1, at))
        return c;
    c.data = (const unsigned char *)pq->getvalue(s->result, s->row - 1, at);
    c.size = pq->getlength(s->result, s->row - 1, at);
    c.type = pq->ftype(s->result, at);
    return c;
}

/* Big-endian, as everything is on the wire. */
static uint64_t
number(const unsigned char *data, int size)
{
    uint64_t n = 0;

    for (int i = 0; i < size; i++)
        n = n << 8 | data[i];
    return n;
}

/* What a sum of whole numbers is: digits of base 10,000, the first of weight `weight` (numeric_send). */
static double
numeric(const cell *c)
{
    int    digits = (int16_t)number(c->data, 2), weight = (int16_t)number(c->data + 2, 2);
    double n = 0;

    for (int i = 0; i < digits && 8 + 2 * i + 2 <= c->size; i++)
        n += (double)number(c->data + 8 + 2 * (size_t)i, 2) * pow(10000, weight - i);
    return number(c->data + 4, 2) == 0x4000 ? -n : n;
}

static double
real(const cell *c)
{
    uint64_t bits = number(c->data, c->size);
    double   d;
    float    f;
    uint32_t half = (uint32_t)bits;

    if (c->type == PQ_FLOAT4) {
        memcpy(&f, &half, sizeof(f));
        return f;
    }
    memcpy(&d, &bits, sizeof(d));
    return d;
}

static int64_t
col_int(cc_stmt *base, int at)
{
    cell c = cell_at(of_stmt(base), at);

    if (c.data == NULL)
        return 0;
    switch (c.type) {
    case PQ_INT8: return (int64_t)number(c.data, 8);
    case PQ_INT4: return (int32_t)number(c.data, 4);
    case PQ_INT2: return (int16_t)number(c.data, 2);
    case PQ_BOOL: return c.data[0] != 0;
    case PQ_NUMERIC: return (int64_t)numeric(&c);
    case PQ_FLOAT4:
    case PQ_FLOAT8: return (int64_t)real(&c);
    default: return strtoll((const char *)c.data, NULL, 10);
    }
}

static double
col_real(cc_stmt *base, int at)
{
    cell c = cell_at(of_stmt(base), at);

    if (c.data == NULL)
        return 0;
    if (c.type == PQ_FLOAT4 || c.type == PQ_FLOAT8)
        return real(&c);
    return c.type == PQ_NUMERIC ? numeric(&c) : (double)col_int(base, at);
}

/* libpq puts a NUL behind every value. */
static const char *
col_text(cc_stmt *base, int at, size_t *size)
{
    statement  *s = of_stmt(base);
    cell        c = cell_at(s, at);
    const char *text = c.data != NULL ? (const char *)c.data : "";
    size_t      n = (size_t)c.size;

    if (c.type == PQ_INT8 || c.type == PQ_INT4 || c.type == PQ_INT2 || c.type == PQ_BOOL) {
        n = (size_t)snprintf(s->text, sizeof(s->text), "%lld", (long long)col_int(base, at));
        text = s->text;
    } else if (c.type == PQ_FLOAT4 || c.type == PQ_FLOAT8 || c.type == PQ_NUMERIC) {
        n = (size_t)snprintf(s->text, sizeof(s->text), "%.15g", col_real(base, at));
        text = s->text;
    }
    if (size != NULL)
        *size = n;
    return text;
}

static const void *
col_blob(cc_stmt *base, int at, size_t *size)
{
    cell c = cell_at(of_stmt(base), at);

    if (size != NULL)
        *size = (size_t)c.size;
    return c.size > 0 ? c.data : NULL;
}

static bool
col_null(cc_stmt *base, int at)
{
    return cell_at(of_stmt(base), at).data == NULL;
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* It costs a journey of its own, so it is done once a minute, or when our own clock has been moved. */
static void
time_look(database *db, bool now)
{
    const cc_clock *clock = db->base.o.clock;
    const int64_t   at = cc_clock_monotonic(clock);
    pq_result      *result = NULL;
    int64_t         before;

    if (clock->decides || db->begun || db->conn == NULL || db->pq.status(db->conn) != PQ_CONNECTION_OK)
        return;
    if (!now && at - db->timed_at < TIME_AGAIN_MS && llabs(cc_clock_wall(clock) - at - db->wall_base) < TIME_STEP_MS)
        return;
    db->timed_at = at;
    catch_up(db);
    before = cc_clock_monotonic(clock);
    if (exchange(db, NULL, "SELECT " TIME, &result) == CC_OK && db->pq.ntuples(result) == 1)
        time_set(db, (int64_t)number((const unsigned char *)db->pq.getvalue(result, 0, 0), 8), before,
                 cc_clock_monotonic(clock));
    if (result != NULL)
        db->pq.clear(result);
}

static cc_err
read_begin(cc_db *base, bool late)
{
    database *db = of_base(base);

    db->queued = 0;
    time_look(db, false);
    db->failed = false;
    db->late = late;
    return late ? CC_OK : enqueue_begin(db, VIEW_BEGIN);
}

/* Nobody waits for the end of a view; who comes next reads that it has ended. */
static void
read_end(cc_db *base)
{
    database *db = of_base(base);

    db->queued = 0;
    db->late = false;
    if (db->conn == NULL || !db->begun)
        return;
    db->begun = db->failed = false;
    if (send_text(db, "COMMIT") && db->pq.pipelineSync(db->conn) == 1)
        db->unread++;
    else
        disconnect(db);
}

/* How long a lock is waited for.  Sent when it has changed, and outside of a transaction, which could take it back. */
static cc_err
patience(database *db)
{
    char   sql[64];
    cc_err err;

    if (db->pooled || db->lock_ms == db->base.busy_ms + 1)
        return CC_OK;
    snprintf(sql, sizeof(sql), "SET lock_timeout = %lld", (long long)lock_timeout(db));
    if ((err = exchange(db, NULL, sql, NULL)) == CC_OK)
        db->lock_ms = db->base.busy_ms + 1;
    return err;
}

static cc_err
tx_begin(cc_db *base, const char *file, int line)
{
    database *db = of_base(base);
    cc_err    err;

    db->queued = 0;
    if ((err = connected(db)) != CC_OK || (err = patience(db)) != CC_OK) {
        cc_db_note(base, "storage: no write transaction at %s:%d: %s", file, line, db->last_words);
        return err;
    }
    time_look(db, false);
    db->failed = db->late = false;
    base->writing = true;
    return enqueue_begin(db, "BEGIN");
}

/* The name's number by FNV-1a; two names of one number would wait for each other, and do no harm. */
static cc_err
tx_lock(cc_db *base, const char *name, bool shared)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    char     sql[96];

    for (const char *p = name; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    snprintf(sql, sizeof(sql), "SELECT pg_advisory_xact_lock%s(%lld)", shared ? "_shared" : "", (long long)hash);
    return enqueue(of_base(base), sql);
}

static cc_err
commit(database *db)
{
    pq_result *result = NULL;
    cc_err     err;

    if ((err = exchange(db, NULL, "COMMIT", &result)) == CC_OK && strcmp(db->pq.cmdStatus(result), "COMMIT") != 0) {
        cc_db_note(&db->base, "storage: the transaction was rolled back before its end");
        err = CC_E_UNAVAILABLE;
    }
    if (result != NULL)
        db->pq.clear(result);
    return err == CC_E_CONFLICT ? err : err != CC_OK ? CC_E_UNAVAILABLE : CC_OK;
}

static cc_err
tx_end(cc_db *base, cc_err err)
{
    database *db = of_base(base);

    if (err == CC_OK && db->failed) {
        cc_db_note(base, "storage: a transaction that has failed was to be committed");
        err = CC_E_UNAVAILABLE;
    }
    if (db->begun && err == CC_OK)
        err = commit(db);
    else if (db->begun && db->pq.status(db->conn) == PQ_CONNECTION_OK && exchange(db, NULL, "ROLLBACK", NULL) != CC_OK)
        disconnect(db); /* the server rolls back what has lost its connection */
    db->queued = 0;
    db->begun = db->failed = false;
    base->writing = false;
    return err;
}

/* ---- between machines --------------------------------------------------------------------------- */

/*
 * In a transaction of its own, whose answer nobody waits for: it is taken up by whoever comes next.  A listener's lock
 * of this very connection is in nobody's way, so one who listens alone sends nothing.
 */
static void
notify(cc_db *base, const char *what)
{
    static const char sql[] =
        "SELECT pg_notify('" CHANNEL "', $1) WHERE NOT pg_try_advisory_xact_lock(" LISTEN_LOCK ")";
    const pq_oid type = PQ_TEXT;
    database    *db = of_base(base);

    if (db->conn == NULL || db->pq.status(db->conn) != PQ_CONNECTION_OK || db->begun)
        return;
    if (db->pq.sendQueryParams(db->conn, sql, 1, &type, &what, NULL, NULL, 1) == 1 &&
        db->pq.pipelineSync(db->conn) == 1)
        db->unread++;
    else
        disconnect(db);
}

/* Behind a pooler, on a connection that leads around it. */
static cc_err
ear_open(database *db)
{
    pq_result *result;
    cc_err     err;

    ear_close(db);
    if (db->base.o.listen_server == NULL || db->base.o.listen_server[0] == '\0')
        return CC_E_UNAVAILABLE;
    db->ear_tried_at = cc_clock_monotonic(db->base.o.clock);
    if ((db->ear = dial(db, db->base.o.listen_server)) == NULL) {
        cc_db_note(&db->base, "storage: listenDatabase cannot be reached: %s", db->last_words);
        return CC_E_UNAVAILABLE;
    }
    result = exec(db, db->ear, LISTEN);
    err = is_good(db, result) ? CC_OK : failed(db, result, "listen");
    db->pq.clear(result);
    if (err != CC_OK)
        ear_close(db);
    return err;
}

static cc_err
listen_all(cc_db *base)
{
    database *db = of_base(base);
    cc_err    err;

    db->queued = 0;
    if ((err = connected(db)) != CC_OK)
        return err;
    if (db->pooled)
        return ear_open(db);
    if ((err = exchange(db, NULL, "LISTEN " CHANNEL, NULL)) == CC_OK)
        err = exchange(db, NULL, "SELECT pg_advisory_lock_shared(" LISTEN_LOCK ")", NULL);
    return err;
}

/* Before it is tried again: at once, and then ever more rarely.  The pause counts from the end of an attempt. */
static bool
pause_over(database *db, int64_t tried_at)
{
    return db->pause_ms == 0 || cc_clock_monotonic(db->base.o.clock) - tried_at >= db->pause_ms;
}

static void
pause_after(database *db, bool failed_again, int64_t *tried_at)
{
    db->pause_ms = !failed_again                    ? 0
                   : db->pause_ms == 0              ? CONNECT_AGAIN_MS
                   : db->pause_ms < LISTEN_AGAIN_MS ? db->pause_ms * 2
                                                    : LISTEN_AGAIN_MS;
    *tried_at = cc_clock_monotonic(db->base.o.clock); /* an attempt may take as long as its pause */
}

/* Who only listens asks for nothing that would make a lost connection anew, so it is done here. */
static void
hear_again(database *db)
{
    if (!pause_over(db, db->tried_at))
        return;
    if (db->pause_ms == 0)
        db->tried_at = 0;
    if (connected(db) == CC_OK)
        db->pause_ms = 0;
    else
        pause_after(db, true, &db->tried_at);
}

static void
hear_apart(database *db)
{
    if (db->ear != NULL && db->pq.consumeInput(db->ear) == 1 && db->pq.status(db->ear) == PQ_CONNECTION_OK) {
        hand_out(db, db->ear);
        return;
    }
    ear_close(db);
    if (!pause_over(db, db->ear_tried_at))
        return;
    const bool heard = ear_open(db) == CC_OK;
    pause_after(db, !heard, &db->ear_tried_at);
    if (heard)
        db->base.o.heard(db->base.o.ctx, NULL);
}

static void
hear(cc_db *base)
{
    database *db = of_base(base);

    if (db->pooled) {
        hear_apart(db);
        return;
    }
    if (db->conn != NULL) {
        catch_up(db);
        if (db->pq.consumeInput(db->conn) == 1 && db->pq.status(db->conn) == PQ_CONNECTION_OK) {
            hand_out(db, db->conn);
            return;
        }
        disconnect(db);
    }
    hear_again(db);
}

static int
socket_of(cc_db *base)
{
    const database *db = of_base(base);
    pq_conn        *conn = db->pooled ? db->ear : db->conn;

    return conn != NULL && db->pq.status(conn) == PQ_CONNECTION_OK ? db->pq.socket(conn) : -1;
}

/* ---- can it be written? ------------------------------------------------------------------------ */

static void
trial(cc_db *base)
{
    static const cc_trouble_id all[] = {CC_TROUBLE_STORAGE_FULL, CC_TROUBLE_STORAGE_READ_ONLY,
                                        CC_TROUBLE_STORAGE_LOCKED, CC_TROUBLE_STORAGE_FAILING};
    database                  *db = of_base(base);
    pq_result                 *result = NULL;
    char                       place[128];
    cc_err                     err;

    if ((err = connected(db)) != CC_OK)
        return; /* it has said so */
    time_look(db, true);
    for (size_t i = 0; i < CC_COUNT(all); i++)
        base->o.trouble(base->o.ctx, all[i], NULL);
    err = exchange(db, NULL, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'", &result);
    if (err != CC_OK)
        cc_db_trouble(base, CC_TROUBLE_STORAGE_FAILING, CC_WORDS("%s does not answer as it should: %s"),
                      place_of(base->o.server, place), db->last_words);
    else if (db->pq.ntuples(result) == 1 && db->pq.getvalue(result, 0, 0)[0] != 0)
        cc_db_trouble(base, CC_TROUBLE_STORAGE_READ_ONLY,
                      CC_WORDS("%s can only be read: it is a standby, or set so. Name the primary"),
                      place_of(base->o.server, place));
    if (result != NULL)
        db->pq.clear(result);
}

const cc_engine cc_engine_postgres = {
    .tables_sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() AND "
                  "tablename <> 'codecourier_schema' ORDER BY tablename COLLATE \"C\"",
    .columns_sql = "SELECT column_name::text, CASE data_type WHEN 'text' THEN 't' WHEN 'bigint' THEN 'i' "
                   "WHEN 'bytea' THEN 'b' ELSE 'r' END FROM information_schema.columns "
                   "WHERE table_schema = current_schema() AND table_name = $1::text ORDER BY ordinal_position",
    .server = true,
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
    .notify = notify,
    .listen = listen_all,
    .hear = hear,
    .socket = socket_of,
};
