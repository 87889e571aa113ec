/*
 * What a storage engine is to the door (db.c): a table of calls, and what every connection and statement has in common.
 * Private to storage/.  An engine's own structs begin with these, and its calls cast to them.
 *
 * Who writes an engine need not think of: statements asked for twice, nested reads, a second transaction, errors that
 * were met before (all are the door's); calls on a connection that is not `open`.
 */
#ifndef CC_ENGINE_H
#define CC_ENGINE_H

#include "storage/db.h"

typedef struct cc_engine cc_engine;

struct cc_stmt {
    cc_db   *db;
    uint64_t key; /* of one in `kept` */
    int      params;
    cc_err   err; /* the first thing that went wrong since it was taken */
    bool     taken;
};

struct cc_db {
    const cc_engine *engine;
    cc_db_options    o;
    cc_stmt        **kept; /* open addressing by key; `kept_room` is a power of two */
    size_t           kept_room, kept_count;
    int64_t          busy_ms;
    int64_t          time_base; /* of one that is timed: what the monotonic clock is behind the database's */
    int              readers;   /* depth of cc_read_begin */
    bool             open;      /* false: lost, and not to be had again so far */
    bool             writing;
    bool             listens;
    bool             collided;
    bool             timed; /* by its server's clock */
};

struct cc_engine {
    /* For copying: the names of all tables; of $1 its columns, each with 't', 'i', 'b' or 'r'. */
    const char *tables_sql, *columns_sql;
    bool        server; /* several write at once, and all rows of a query come at once */

    /* `*out` has its engine, options and busy_ms set and is open; the other members are zero. */
    cc_err (*open)(const cc_db_options *o, cc_db **out, char *why, size_t why_size);
    void (*close)(cc_db *db); /* its statements are dropped, and no transaction is open */
    bool (*moved)(cc_db *db);
    cc_err (*renew)(cc_db *db, char *why, size_t why_size);
    void (*trial)(cc_db *db);

    /* `declared`: its parameters bear names, in the order of the declaration; otherwise they are numbers, $1 … */
    cc_err (*prepare)(cc_db *db, const char *sql, const cc_statement *declared, cc_stmt **out);
    void (*drop)(cc_stmt *s);
    const char *(*text)(const cc_stmt *s); /* for the log */

    /* What cannot be bound goes into s->err, and is logged. */
    void (*bind_int)(cc_stmt *s, int at, int64_t i);
    void (*bind_real)(cc_stmt *s, int at, double d);
    void (*bind_text)(cc_stmt *s, int at, const char *text, size_t size); /* NULL binds null */
    void (*bind_owned)(cc_stmt *s, int at, char *text);                   /* malloc'ed; freed when it is done with */
    void (*bind_blob)(cc_stmt *s, int at, const void *blob, size_t size);
    void (*bind_null)(cc_stmt *s, int at);

    cc_err (*step)(cc_stmt *s, bool *row);
    cc_err (*finish)(cc_stmt *s);
    int64_t (*changed)(const cc_stmt *s); /* rows, by what has run to its end */
    void (*done)(cc_stmt *s);

    int64_t (*col_int)(cc_stmt *s, int at);
    double (*col_real)(cc_stmt *s, int at);
    const char *(*col_text)(cc_stmt *s, int at, size_t *size);
    const void *(*col_blob)(cc_stmt *s, int at, size_t *size);
    bool (*col_null)(cc_stmt *s, int at);

    cc_err (*read_begin)(cc_db *db, bool late); /* late: behind the first query, where that is cheaper */
    void (*read_end)(cc_db *db);
    cc_err (*tx_begin)(cc_db *db, const char *file, int line); /* sets db->writing */
    cc_err (*tx_lock)(cc_db *db, const char *name, bool shared);
    cc_err (*tx_end)(cc_db *db, cc_err err); /* clears it */

    /* All four NULL: nobody but the processes of this machine has the database. */
    void (*notify)(cc_db *db, const char *what);
    cc_err (*listen)(cc_db *db); /* no view and no transaction is open */
    void (*hear)(cc_db *db);     /* the same */
    int (*socket)(cc_db *db);

    /* For tests; NULL: not of this engine. */
    cc_err (*check)(cc_db *db, const cc_statement *of, char *why, size_t why_size);
    cc_err (*explain)(cc_db *db, const char *sql, void (*each)(void *ctx, const char *detail), void *ctx);
};

extern const cc_engine cc_engine_sqlite, cc_engine_postgres;

void cc_db_note(cc_db *db, const char *format, ...) CC_PRINTF(2, 3);
void cc_db_trouble(cc_db *db, cc_trouble_id which, const char *format, ...) CC_PRINTF(3, 4);
void cc_db_drop_statements(cc_db *db);

/* Where the operator reads what to do. */
typedef struct cc_reason {
    const char *path; /* or, of a server, where it is */
    char       *why;
    size_t      size;
} cc_reason;

cc_err cc_reason_set(const cc_reason *r, cc_err err, const char *format, ...) CC_PRINTF(3, 4);

#endif
