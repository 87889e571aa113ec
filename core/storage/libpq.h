/*
 * libpq, as far as we use it, loaded when a server is first asked for: an instance on SQLite neither needs it nor pays
 * for it.  Its calls and their numbers are those of PostgreSQL 14 and later (libpq.so.5, whose ABI is kept), chapter 34
 * of its manual.
 */
#ifndef CC_LIBPQ_H
#define CC_LIBPQ_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pg_conn   pq_conn;
typedef struct pg_result pq_result;
typedef unsigned int     pq_oid;

/* One notification; what else is in it is libpq's. */
typedef struct pq_notify {
    char *channel;
    int   from; /* the process id of the connection that sent it */
    char *payload;
} pq_notify;

enum { PQ_CONNECTION_OK = 0 };

enum { PQ_PING_NO_RESPONSE = 2 };

enum {
    PQ_EMPTY_QUERY = 0,
    PQ_COMMAND_OK = 1,
    PQ_TUPLES_OK = 2,
    PQ_FATAL_ERROR = 7,
    PQ_PIPELINE_SYNC = 10,
    PQ_PIPELINE_ABORTED = 11,
};

enum { PQ_FIELD_SQLSTATE = 'C', PQ_FIELD_MESSAGE = 'M' };

/* Types of values (pg_type.dat); they never change. */
enum {
    PQ_BOOL = 16,
    PQ_BYTEA = 17,
    PQ_INT8 = 20,
    PQ_INT2 = 21,
    PQ_INT4 = 23,
    PQ_TEXT = 25,
    PQ_FLOAT4 = 700,
    PQ_FLOAT8 = 701,
    PQ_NUMERIC = 1700
};

#define CC_PQ_CALLS(X)                                                                                                 \
    X(pq_conn *, connectdbParams, (const char *const *keywords, const char *const *values, int expand_dbname))         \
    X(void, finish, (pq_conn *))                                                                                       \
    X(int, status, (const pq_conn *))                                                                                  \
    X(char *, errorMessage, (const pq_conn *))                                                                         \
    X(int, serverVersion, (const pq_conn *))                                                                           \
    X(const char *, parameterStatus, (const pq_conn *, const char *name))                                              \
    X(void *, setNoticeProcessor, (pq_conn *, void (*each)(void *ctx, const char *message), void *ctx))                \
    X(int, pingParams, (const char *const *keywords, const char *const *values, int expand_dbname))                    \
    X(char *, host, (const pq_conn *))                                                                                 \
    X(char *, port, (const pq_conn *))                                                                                 \
    X(int, sendQuery, (pq_conn *, const char *sql))                                                                    \
    X(int, enterPipelineMode, (pq_conn *))                                                                             \
    X(int, pipelineSync, (pq_conn *))                                                                                  \
    X(int, sendQueryParams,                                                                                            \
      (pq_conn *, const char *sql, int count, const pq_oid *types, const char *const *values, const int *lengths,      \
       const int *formats, int result_format))                                                                         \
    X(int, sendPrepare, (pq_conn *, const char *name, const char *sql, int count, const pq_oid *types))                \
    X(int, sendQueryPrepared,                                                                                          \
      (pq_conn *, const char *name, int count, const char *const *values, const int *lengths, const int *formats,      \
       int result_format))                                                                                             \
    X(int, isBusy, (pq_conn *))                                                                                        \
    X(pq_result *, getResult, (pq_conn *))                                                                             \
    X(int, resultStatus, (const pq_result *))                                                                          \
    X(char *, resultErrorField, (const pq_result *, int field))                                                        \
    X(void, clear, (pq_result *))                                                                                      \
    X(int, ntuples, (const pq_result *))                                                                               \
    X(int, nfields, (const pq_result *))                                                                               \
    X(pq_oid, ftype, (const pq_result *, int column))                                                                  \
    X(char *, getvalue, (const pq_result *, int row, int column))                                                      \
    X(int, getlength, (const pq_result *, int row, int column))                                                        \
    X(int, getisnull, (const pq_result *, int row, int column))                                                        \
    X(char *, cmdStatus, (pq_result *))                                                                                \
    X(char *, cmdTuples, (pq_result *))                                                                                \
    X(int, socket, (const pq_conn *))                                                                                  \
    X(int, backendPID, (const pq_conn *))                                                                              \
    X(int, consumeInput, (pq_conn *))                                                                                  \
    X(pq_notify *, notifies, (pq_conn *))                                                                              \
    X(void, freemem, (void *))

typedef struct cc_libpq {
    void *handle; /* of dlopen */
#define X(type, name, parameters) type(*name) parameters;
    CC_PQ_CALLS(X)
#undef X
} cc_libpq;

/* false: it is not installed, or older than 14; `why` says what to do. */
bool cc_libpq_load(cc_libpq *pq, char *why, size_t why_size);
void cc_libpq_unload(cc_libpq *pq);

#endif
