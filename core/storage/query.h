/*
 * Statements, declared beside the code that uses them, and the calls that run them.
 *
 *     typedef struct membership {
 *         char project_id[CC_ID_SIZE], role[16];
 *     } membership;
 *
 *     CC_ROW(membership, project_id, role);
 *     CC_QUERY(membership_in, membership,
 *              "SELECT project_id, role FROM members WHERE user_id = :user_id AND project_id = :project_id",
 *              TEXT(user_id), TEXT(project_id));
 *
 *     err = cc_db_get(db, NULL, membership_in, &m, .user_id = user, .project_id = project);
 *
 * CC_QUERY reads rows into a struct; CC_STATEMENT has none, or a resource writes them (cc_row_write).  A row's columns
 * bear the names of the struct's members, in their order; a member's type says how its column is read:
 *
 *     char[n]                  the text, "" for null; one that does not fit is an error
 *     const char *             the text, NULL for null: in the arena of cc_db_get, or until the next row of a loop
 *     cc_bytes                 the same with its size; data NULL for null
 *     int64_t, uint64_t, int, bool, double     0 for null
 *
 * Parameters are given by name, and those left out are 0 or null.  They are declared in the order in which the
 * statement first names them:
 *
 *     TEXT    const char *     NULL is null
 *     SPAN    cc_span          a text that does not end with a NUL; data NULL is null
 *     BLOB    cc_bytes         data NULL is null
 *     FOLDED  cc_foldable      what the search looks in beside the text (cc_bind_folded)
 *     INT     int64_t
 *     REAL    double           NAN is null
 *
 * tests/unit/db_test.c prepares every statement that is declared anywhere, compares the names of its parameters and
 * columns with the declaration, and looks at its plan; tests/web/test_portable.py lets PostgreSQL prepare it too.
 */
#ifndef CC_QUERY_H
#define CC_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct cc_db   cc_db;
typedef struct cc_stmt cc_stmt;

typedef struct cc_bytes {
    const void *data;
    size_t      size;
} cc_bytes;

typedef struct cc_span {
    const char *data;
    size_t      size;
} cc_span;

static inline cc_span
cc_span_of(const char *text) /* NULL: null */
{
    return (cc_span){text, text ? strlen(text) : 0};
}

typedef struct cc_foldable {
    const char *text;
} cc_foldable;

typedef enum cc_kind {
    CC_KIND_CHARS,
    CC_KIND_TEXT,
    CC_KIND_SPAN,
    CC_KIND_BLOB,
    CC_KIND_FOLDED,
    CC_KIND_INT,
    CC_KIND_INT32,
    CC_KIND_BOOL,
    CC_KIND_REAL,
} cc_kind;

/*
 * A column or a parameter, and where its value stands in the struct.  Names are in place: a program that serves one
 * request (plain CGI) would pay for each pointer when it is loaded.
 */
typedef struct cc_binding {
    char     name[27]; /* of a member of a member ("timing.hour") the last part counts */
    uint8_t  kind;     /* cc_kind */
    uint16_t offset, size;
} cc_binding;

typedef struct cc_statement {
    char              name[32];
    const char       *sql;
    const cc_binding *params, *columns; /* columns NULL: none are read by declaration */
    uint16_t          param_count, column_count;
} cc_statement;

/* ---- declaring ------------------------------------------------------------------------------- */

/* For each of at most 16 arguments `a`: M(c, a). */
#define CC_EACH(M, c, ...)                                                                                             \
    CC_EACH_PICK(__VA_ARGS__, CC_EACH_16, CC_EACH_15, CC_EACH_14, CC_EACH_13, CC_EACH_12, CC_EACH_11, CC_EACH_10,      \
                 CC_EACH_9, CC_EACH_8, CC_EACH_7, CC_EACH_6, CC_EACH_5, CC_EACH_4, CC_EACH_3, CC_EACH_2, CC_EACH_1, 0) \
    (M, c, __VA_ARGS__)
#define CC_EACH_PICK(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, picked, ...) picked
#define CC_EACH_1(M, c, a) M(c, a)
#define CC_EACH_2(M, c, a, ...) M(c, a) CC_EACH_1(M, c, __VA_ARGS__)
#define CC_EACH_3(M, c, a, ...) M(c, a) CC_EACH_2(M, c, __VA_ARGS__)
#define CC_EACH_4(M, c, a, ...) M(c, a) CC_EACH_3(M, c, __VA_ARGS__)
#define CC_EACH_5(M, c, a, ...) M(c, a) CC_EACH_4(M, c, __VA_ARGS__)
#define CC_EACH_6(M, c, a, ...) M(c, a) CC_EACH_5(M, c, __VA_ARGS__)
#define CC_EACH_7(M, c, a, ...) M(c, a) CC_EACH_6(M, c, __VA_ARGS__)
#define CC_EACH_8(M, c, a, ...) M(c, a) CC_EACH_7(M, c, __VA_ARGS__)
#define CC_EACH_9(M, c, a, ...) M(c, a) CC_EACH_8(M, c, __VA_ARGS__)
#define CC_EACH_10(M, c, a, ...) M(c, a) CC_EACH_9(M, c, __VA_ARGS__)
#define CC_EACH_11(M, c, a, ...) M(c, a) CC_EACH_10(M, c, __VA_ARGS__)
#define CC_EACH_12(M, c, a, ...) M(c, a) CC_EACH_11(M, c, __VA_ARGS__)
#define CC_EACH_13(M, c, a, ...) M(c, a) CC_EACH_12(M, c, __VA_ARGS__)
#define CC_EACH_14(M, c, a, ...) M(c, a) CC_EACH_13(M, c, __VA_ARGS__)
#define CC_EACH_15(M, c, a, ...) M(c, a) CC_EACH_14(M, c, __VA_ARGS__)
#define CC_EACH_16(M, c, a, ...) M(c, a) CC_EACH_15(M, c, __VA_ARGS__)

/* An array counts by its type, char *. */
#define CC_KIND_OF(type, member)                                                                                       \
    _Generic(((type *)0)->member,                                                                                      \
        char *: CC_KIND_CHARS,                                                                                         \
        const char *: CC_KIND_TEXT,                                                                                    \
        cc_span: CC_KIND_SPAN,                                                                                         \
        cc_bytes: CC_KIND_BLOB,                                                                                        \
        cc_foldable: CC_KIND_FOLDED,                                                                                   \
        int64_t: CC_KIND_INT,                                                                                          \
        uint64_t: CC_KIND_INT,                                                                                         \
        int: CC_KIND_INT32,                                                                                            \
        bool: CC_KIND_BOOL,                                                                                            \
        double: CC_KIND_REAL)
#define CC_BINDING(type, member) CC_BINDING_(type, member)
#define CC_BINDING_(type, member)                                                                                      \
    {#member, CC_KIND_OF(type, member), offsetof(type, member), sizeof(((type *)0)->member)},

#define CC_ROW(type, ...) static const cc_binding type##_columns[] = {CC_EACH(CC_BINDING, type, __VA_ARGS__)}

#define CC_PARAM_MEMBER(c, a) CC_PARAM_MEMBER_##a
#define CC_PARAM_MEMBER_TEXT(name) const char *name;
#define CC_PARAM_MEMBER_SPAN(name) cc_span name;
#define CC_PARAM_MEMBER_BLOB(name) cc_bytes name;
#define CC_PARAM_MEMBER_FOLDED(name) cc_foldable name;
#define CC_PARAM_MEMBER_INT(name) int64_t name;
#define CC_PARAM_MEMBER_REAL(name) double name;
#define CC_PARAM_NAME_TEXT(name) name
#define CC_PARAM_NAME_SPAN(name) name
#define CC_PARAM_NAME_BLOB(name) name
#define CC_PARAM_NAME_FOLDED(name) name
#define CC_PARAM_NAME_INT(name) name
#define CC_PARAM_NAME_REAL(name) name
#define CC_PARAM_BINDING(type, a) CC_BINDING(type, CC_PARAM_NAME_##a)

/* The list that the tests go through; nothing else does. */
#ifdef __ELF__
#define CC_STATEMENT_LISTED(statement)                                                                                 \
    static const cc_statement *const statement##_listed __attribute__((section("cc_statements"), used)) =              \
        &statement##_sql
#else
#define CC_STATEMENT_LISTED(statement) _Static_assert(sizeof(statement##_sql) > 0, "declared")
#endif

#define CC_STATEMENT_WITH(statement, rows, row_count, text, ...)                                                       \
    typedef struct statement##_args {                                                                                  \
        CC_EACH(CC_PARAM_MEMBER, , __VA_ARGS__)                                                                        \
    } statement##_args;                                                                                                \
    static const cc_binding   statement##_params[] = {CC_EACH(CC_PARAM_BINDING, statement##_args, __VA_ARGS__)};       \
    static const cc_statement statement##_sql = {.name = #statement,                                                   \
                                                 .sql = text,                                                          \
                                                 .params = statement##_params,                                         \
                                                 .param_count = CC_COUNT(statement##_params),                          \
                                                 .columns = rows,                                                      \
                                                 .column_count = row_count};                                           \
    CC_STATEMENT_LISTED(statement)

/* The same without parameters; calls then say CC_NO_ARGS. */
#define CC_STATEMENT_WITHOUT(statement, rows, row_count, text)                                                         \
    typedef struct statement##_args {                                                                                  \
        bool none;                                                                                                     \
    } statement##_args;                                                                                                \
    static const cc_statement statement##_sql = {                                                                      \
        .name = #statement, .sql = text, .columns = rows, .column_count = row_count};                                  \
    CC_STATEMENT_LISTED(statement)

#define CC_NO_ARGS .none = true

#define CC_STATEMENT(statement, text, ...) CC_STATEMENT_WITH(statement, NULL, 0, text, __VA_ARGS__)
#define CC_STATEMENT_PLAIN(statement, text) CC_STATEMENT_WITHOUT(statement, NULL, 0, text)

#define CC_QUERY(statement, row_type, text, ...)                                                                       \
    typedef row_type statement##_row;                                                                                  \
    CC_STATEMENT_WITH(statement, row_type##_columns, CC_COUNT(row_type##_columns), text, __VA_ARGS__)
#define CC_QUERY_PLAIN(statement, row_type, text)                                                                      \
    typedef row_type statement##_row;                                                                                  \
    CC_STATEMENT_WITHOUT(statement, row_type##_columns, CC_COUNT(row_type##_columns), text)

/* ---- running --------------------------------------------------------------------------------- */

/*
 * All return CC_OK or an error of db.h; what is bound need only live for the call, in a loop until cc_rows_end.  A
 * statement is not run again while it is under way.
 *
 *   cc_db_get(db, arena, query, row, .param = …)         one row; NOT_FOUND: there is none, and `row` is untouched
 *   cc_db_find(db, arena, query, row, found, …)          the same, if it may be missing
 *   cc_db_exists(db, statement, found, …)                is there a row?
 *   cc_db_run(db, statement, …)                          a change
 *   cc_db_run_with(db, statement, args)                  the same, by a struct of the parameters (STATEMENT_args *)
 *   cc_db_change(db, statement, changed, …)              the same; how many rows it changed (int64_t *)
 *
 *   cc_rows rows = cc_db_select(db, query, &row, …);     any number; errors are sticky and surface at the end
 *   while (cc_rows_next(&rows))
 *       … row …                                          may be left with break
 *   err = cc_rows_end(&rows);
 *
 *   cc_db_bind(db, statement, &stmt, …)                  bound, for cc_step and cc_stmt_done
 *
 * arena: for the texts of the row; NULL if it has only arrays and numbers.
 */
#define CC_ARGS(statement, ...) (&(const statement##_args){__VA_ARGS__})

#define cc_db_get(db, arena, query, row, ...)                                                                          \
    cc__db_get(db, &query##_sql, CC_ARGS(query, __VA_ARGS__), arena, (query##_row *){row})
#define cc_db_find(db, arena, query, row, found, ...)                                                                  \
    cc__db_find(db, &query##_sql, CC_ARGS(query, __VA_ARGS__), arena, (query##_row *){row}, found)
#define cc_db_exists(db, statement, found, ...)                                                                        \
    cc__db_exists(db, &statement##_sql, CC_ARGS(statement, __VA_ARGS__), found)
#define cc_db_run(db, statement, ...) cc__db_change(db, &statement##_sql, CC_ARGS(statement, __VA_ARGS__), NULL)
#define cc_db_run_with(db, statement, args) cc__db_change(db, &statement##_sql, (const statement##_args *){args}, NULL)
#define cc_db_change(db, statement, changed, ...)                                                                      \
    cc__db_change(db, &statement##_sql, CC_ARGS(statement, __VA_ARGS__), changed)
#define cc_db_select(db, query, row, ...)                                                                              \
    cc__db_select(db, &query##_sql, CC_ARGS(query, __VA_ARGS__), (query##_row *){row})
#define cc_db_bind(db, statement, stmt, ...) cc__db_bind(db, &statement##_sql, CC_ARGS(statement, __VA_ARGS__), stmt)

typedef struct cc_rows {
    cc_stmt            *stmt;
    const cc_statement *of;
    void               *row;
    cc_err              err;
} cc_rows;

bool   cc_rows_next(cc_rows *rows);
cc_err cc_rows_end(cc_rows *rows);

cc_err  cc__db_bind(cc_db *db, const cc_statement *of, const void *args, cc_stmt **out);
cc_err  cc__db_get(cc_db *db, const cc_statement *of, const void *args, cc_arena *a, void *row);
cc_err  cc__db_find(cc_db *db, const cc_statement *of, const void *args, cc_arena *a, void *row, bool *found);
cc_err  cc__db_exists(cc_db *db, const cc_statement *of, const void *args, bool *found);
cc_err  cc__db_change(cc_db *db, const cc_statement *of, const void *args, int64_t *changed);
cc_rows cc__db_select(cc_db *db, const cc_statement *of, const void *args, void *row);

#endif
