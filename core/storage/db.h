/*
 * The door to storage.  Behind it is SQLite or PostgreSQL (engine.h); nothing on this side knows which.
 *
 * Statements are prepared when first used and kept as long as the connection.  Values are always bound.  Binding errors
 * are sticky and surface in cc_step, so a handler binds line by line and checks once.
 *
 * Errors: CC_E_UNAVAILABLE (busy for longer than busyMs, full, read-only, I/O, memory), CC_E_CONFLICT (a unique rule),
 * CC_E_INTERNAL (not a database, damaged, or a mistake of ours).  The log gets the engine's own words; the client does
 * not.
 */
#ifndef CC_DB_H
#define CC_DB_H

#include "base/text.h"
#include "storage/shared_state.h"
#include "storage/query.h"

/*
 * What may be between us and a server.  Of a session each connection is ours alone; a pooler in transaction mode gives
 * each transaction another one, and keeps nothing of what was said before.
 */
typedef enum cc_pooler { CC_POOLER_AUTO, CC_POOLER_SESSION, CC_POOLER_TRANSACTION } cc_pooler;

/* What storage needs of the instance it belongs to, so that it knows nothing else of it. */
typedef struct cc_db_options {
    const char     *path;   /* kept, not copied; of SQLite's file, and what lies beside it has names of it */
    const char     *server; /* a PostgreSQL server as libpq takes it (postgresql://…); NULL or "": SQLite; kept */
    cc_pooler       pooler;
    const char     *listen_server; /* behind a pooler, where to listen; NULL or "": nowhere; kept */
    bool            create;        /* make the file if it is not there */
    bool            keyed;         /* what lies beside the file belongs to what will be in it */
    bool            once;          /* one request and no more: plain CGI */
    bool            full_sync;
    int64_t         busy_ms;
    const cc_clock *clock;
    void           *ctx; /* handed to: */
    void (*log)(void *ctx, const char *line);
    void (*trouble)(void *ctx, cc_trouble_id which, const char *words); /* for the operator; NULL: not so any more */
    cc_shared *(*shared)(void *ctx);                                    /* may be NULL while the instance is opened */
    /* Optional, of each write transaction: inside, before it is committed; and once it has ended. */
    cc_err (*ending)(void *ctx);
    void (*ended)(void *ctx, bool committed);
    /* What was notified elsewhere (cc_db_notify); NULL: something may have been missed.  From inside any call here. */
    void (*heard)(void *ctx, const char *what);
} cc_db_options;

/* why: for the operator, on failure. */
cc_err cc_db_open(const cc_db_options *o, cc_db **out, char *why, size_t why_size);
void   cc_db_close(cc_db *db); /* NULL is fine */

/* A declared statement, ready to bind; cc_db_get and its like (query.h) do all of what follows. */
cc_err cc_stmt_of(cc_db *db, const cc_statement *of, cc_stmt **out);

/*
 * A statement made from a declaration: `make` writes its text when `key` is first asked for.  Equal keys must mean
 * equal texts; a key names a resource, what is done with it and the filters in use.
 */
typedef void (*cc_sql_make)(cc_buf *text, const void *ctx, uint32_t key);
cc_err cc_stmt_made(cc_db *db, uint32_t key, cc_sql_make make, const void *ctx, cc_stmt **out);

/* "x LIKE pattern", whatever the case of ASCII letters; PostgreSQL calls it ILIKE. */
#define CC_SQL_LIKE "LIKE"

/* Parameters count from 1 ($1).  Texts and blobs are not copied: they must live until cc_stmt_done. */
void cc_bind_int(cc_stmt *s, int at, int64_t i);
void cc_bind_real(cc_stmt *s, int at, double d);
void cc_bind_text(cc_stmt *s, int at, const char *text); /* NULL binds null */
void cc_bind_text_n(cc_stmt *s, int at, const char *text, size_t size);
/*
 * What the search looks in beside `text`: its folded form, which is kept, or null for ASCII, in which CC_SQL_LIKE finds
 * upper and lower case alike.
 */
void cc_bind_folded(cc_stmt *s, int at, const char *text, size_t size);
void cc_bind_blob(cc_stmt *s, int at, const void *blob, size_t size);
void cc_bind_null(cc_stmt *s, int at);

cc_err cc_step(cc_stmt *s, bool *row); /* *row: there is a row to read */
cc_err cc_run(cc_stmt *s);             /* step to the end, then cc_stmt_done: for statements that answer no rows */
cc_err cc_run_change(cc_stmt *s, int64_t *changed);    /* the same; how many rows it changed, NULL is fine */
cc_err cc_finish(cc_stmt *s);                          /* of one that writes, all is done only at its end */
void   cc_stmt_done(cc_stmt *s);                       /* ready for the next use; NULL is fine */
cc_err cc_stmt_misfit(cc_stmt *s, const char *column); /* INTERNAL, and the log says what does not fit its room */

/* Columns count from 0; pointers live until the next cc_step or cc_stmt_done. */
int64_t     cc_col_int(cc_stmt *s, int at);
double      cc_col_real(cc_stmt *s, int at);
const char *cc_col_text(cc_stmt *s, int at, size_t *size); /* never NULL; size may be NULL */
const void *cc_col_blob(cc_stmt *s, int at, size_t *size);
bool        cc_col_null(cc_stmt *s, int at);

/*
 * A write transaction: begins IMMEDIATE, so that "busy" is met here and nowhere else.  end commits on CC_OK, else rolls
 * back, and returns the error; it does nothing when none is open.  The place of the begin stands in the log when
 * storage is busy.
 */
#define cc_tx_begin(db) cc_tx_begin_at(db, __FILE__, __LINE__)
cc_err cc_tx_begin_at(cc_db *db, const char *file, int line);
cc_err cc_tx_end(cc_db *db, cc_err err);

/*
 * Did the last write transaction come to nothing because another one and it stood in each other's way (a deadlock, a
 * serialization failure)?  Nothing of it was done, and tried again it may well succeed.  Never so of SQLite.
 */
bool cc_db_collided(const cc_db *db);

/*
 * Inside a transaction: whoever else asks for the lock of that name waits until this transaction has ended.  For what
 * is read before it is written and no constraint or condition of the write decides.  Of SQLite every transaction has
 * the one lock there is; an engine with several writers takes one of its own.  INTERNAL: no transaction is open.
 */
cc_err cc_tx_lock(cc_db *db, const char *name);

/* The same, but with others who also ask for no more than to share it: it is kept from those who want it alone. */
cc_err cc_tx_share(cc_db *db, const char *name);

/*
 * What time it is, in ms since 1970.  On a server it is the server's: machines whose clocks differ have one time, and
 * one whose clock is set meanwhile goes on in it.  It is learned with the connection and then once a minute.
 */
int64_t cc_db_now(const cc_db *db);

/* May other machines work with the same data? */
bool cc_db_is_shared(const cc_db *db);

/*
 * What the processes of one machine tell each other through the shared state, between machines: only where the database
 * is a server, and at no cost elsewhere.  After a transaction has been committed, never in it, cc_db_notify tells all
 * who listen, in a word or two; it waits for nobody, and nothing is sent when nobody listens.
 *
 * A connection that listens calls `heard` from within whatever it is asked, and from cc_db_hear, which is to be called
 * when cc_db_socket can be read or a while has passed; it waits for nothing that is not on its way.  The socket is -1
 * while there is none: on a file, and while a lost connection is not to be had again.  Outside of transactions.
 */
void   cc_db_notify(cc_db *db, const char *what);
cc_err cc_db_listen(cc_db *db); /* an open view begins anew behind it; the error is that of its beginning */
void   cc_db_hear(cc_db *db);
int    cc_db_socket(cc_db *db);

/* From here on a write waits in the queue no longer than `ms`, nor than busyMs: who asks again anyway need not wait. */
void cc_db_patience(cc_db *db, int64_t ms);
/*
 * Are the files that are open (database, log, index) no longer those of their names, or is the log shorter than it must
 * be?  Costs three stats; each write transaction asks at its beginning and before it is acknowledged.  Once true, it
 * stays so until cc_db_renew.
 */
bool cc_db_moved(cc_db *db);
/* Give up files that were lost and open what is there now.  On failure everything answers UNAVAILABLE; try again. */
cc_err cc_db_renew(cc_db *db, char *why, size_t why_size);
/* Say (trouble.c) whether it could be written now.  Takes and gives back the write lock; writes nothing. */
void cc_db_trial(cc_db *db);

/* One consistent view for several reads, and fewer locks. */
cc_err cc_read_begin(cc_db *db);
/*
 * The same, but the first query may be answered from an earlier moment than the others: it is the one that says who
 * asks.  On a server it then needs no transaction of its own, and a request with one query is one journey.
 */
cc_err cc_read_begin_late(cc_db *db);
void   cc_read_end(cc_db *db);

/* For tests: prepare it and compare the names of its parameters and columns with the declaration.  INTERNAL: see `why`.
 */
cc_err cc_db_check(cc_db *db, const cc_statement *of, char *why, size_t why_size);

/* For tests: call `each` with every line of the plan the engine has for a statement. */
cc_err cc_db_explain(cc_db *db, const char *sql, void (*each)(void *ctx, const char *detail), void *ctx);

#endif
