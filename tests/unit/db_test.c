/*
 * Storage on real files: every statement against the real schema, and what happens when the database is locked,
 * foreign, newer, full, or when a process is killed in the middle of its work.
 *
 * Statements of its own go through cc_stmt_made and a table of its own, so that the schema may change freely.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "context/app.h"
#include "gate/made.h"
#include "storage/db.h"

typedef struct place {
    char    dir[64];
    cc_app *app;
    cc_db  *db;
    char    log[8192]; /* every line of this process since the test began */
} place;

static void
remember(void *ctx, const char *line)
{
    place *p = ctx;
    size_t used = strlen(p->log);

    snprintf(p->log + used, sizeof(p->log) - used, "%s\n", line);
}

static cc_err
open_app(place *p, unsigned flags, cc_app **app, char why[512])
{
    cc_options o = {.data = p->dir, .flags = flags, .log = remember, .ctx = p};

    return cc_app_open(&o, app, why, 512);
}

static void
configure(place *p, const char *text)
{
    char  path[96];
    FILE *f;

    snprintf(path, sizeof(path), "%s/codecourier.conf", p->dir);
    assert_non_null(f = fopen(path, "w"));
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
reopen(place *p, unsigned flags)
{
    char why[512];

    cc_app_close(p->app);
    p->app = NULL;
    if (open_app(p, flags, &p->app, why) != CC_OK)
        fail_msg("%s", why);
    p->db = cc_app_db(p->app);
}

static int
setup(void **state)
{
    place *p = calloc(1, sizeof(*p));
    char   why[512];

    if (p == NULL)
        return -1;
    strcpy(p->dir, "/tmp/db-test-XXXXXX");
    if (mkdtemp(p->dir) == NULL || open_app(p, CC_OPEN_CREATE, &p->app, why) != CC_OK)
        return -1;
    p->db = cc_app_db(p->app);
    *state = p;
    return 0;
}

static int
teardown(void **state)
{
    static const char *const names[] = {"codecourier.db",     "codecourier.db-wal", "codecourier.db-shm",
                                        "codecourier.db-hot", "codecourier.db-key", "codecourier.conf"};
    place                   *p = *state;
    char                     path[128];

    cc_app_close(p->app);
    for (size_t i = 0; i < CC_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", p->dir, names[i]);
        unlink(path);
    }
    rmdir(p->dir);
    free(p);
    return 0;
}

/* The size of a file beside the database, -1 if there is none. */
static int64_t
size_of(place *p, const char *name)
{
    char        path[128];
    struct stat st;

    snprintf(path, sizeof(path), "%s/%s", p->dir, name);
    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* ---- statements of our own -------------------------------------------------------------------------------- */

enum own { TABLE, INSERT, COUNT, HAS, FOREIGN, NEWER, MIXED, GAP, ROLL, SMALL, COLUMNS, OWN__MAX };

static const char *const own_text[OWN__MAX] = {
    [TABLE] = "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL, b BLOB) WITHOUT ROWID",
    [INSERT] = "INSERT INTO t (id, n, b) VALUES ($1, $2, $3)",
    [COUNT] = "SELECT count(*), sum(n) FROM t",
    [HAS] = "SELECT 1 FROM t WHERE id = $1",
    [FOREIGN] = "PRAGMA user_version=0",
    [NEWER] = "PRAGMA user_version=9999",
    [MIXED] = "SELECT $3, $1, $2, $1",
    [GAP] = "SELECT $1, $4",
    [ROLL] = "ROLLBACK",
    [SMALL] = "PRAGMA max_page_count=1",
    [COLUMNS] = "SELECT name FROM pragma_table_info($1)",
};

static void
make_own(cc_buf *text, const void *ctx, uint32_t key)
{
    (void)ctx;
    cc_puts(text, own_text[key]);
}

static cc_stmt *
own(cc_db *db, enum own which)
{
    cc_stmt *s = NULL;

    if (cc_stmt_made(db, (uint32_t)which, make_own, NULL, &s) != CC_OK) {
        print_error("cannot prepare: %s\n", own_text[which]);
        abort();
    }
    return s;
}

static cc_err
insert(cc_db *db, const char *id, int64_t n)
{
    cc_stmt *s = own(db, INSERT);

    cc_bind_text(s, 1, id);
    cc_bind_int(s, 2, n);
    return cc_run(s);
}

static cc_err
insert_alone(cc_db *db, const char *id, int64_t n)
{
    cc_err err = cc_tx_begin(db);

    if (err == CC_OK)
        err = insert(db, id, n);
    return cc_tx_end(db, err);
}

static int64_t
count(cc_db *db)
{
    cc_stmt *s = own(db, COUNT);
    bool     row;
    int64_t  n;

    assert_int_equal(cc_step(s, &row), CC_OK);
    assert_true(row);
    n = cc_col_int(s, 0);
    cc_stmt_done(s);
    return n;
}

static bool
has(cc_db *db, const char *id)
{
    cc_stmt *s = own(db, HAS);
    bool     row;

    cc_bind_text(s, 1, id);
    assert_int_equal(cc_step(s, &row), CC_OK);
    cc_stmt_done(s);
    return row;
}

static void
make_table(place *p)
{
    assert_int_equal(cc_run(own(p->db, TABLE)), CC_OK);
}

/* ---- the list --------------------------------------------------------------------------------------------- */

/* Statements that may look at a whole table, and why that is right. */
static const struct {
    const char *name, *reason;
} may_scan[] = {
    {"ping", "stops at the first row"},
    {"project_any", "stops at the first row"},
    {"project_each", "the operator's list of all projects"},
    {"project_first", "stops at the first row"},
    {"endpoints_ready", "the endpoints that wait for something, each found by one step in an index"},
    {"deliveries_ready", "the same, up to the first that may have it now"},
    {"runs_ahead", "what its own inner select has found, in an index, at most 100"},
    {"key_marks", "when the marks are written down, at most once a minute, each key is looked at"},
    {"run_take", "the projects that have a run waiting, each found by one step in an index"},
    {"session_marks", "the same for sessions"},
    {"persona_summary", "what its own inner select has found, in an index, for one project and time"},
    {"runs_by_persona", "what its own inner select has found, in an index, for one project and time"},
};

/* Every statement that is declared in a file of the core; the linker gathers them (query.h). */
extern const cc_statement *const __start_cc_statements[], *const __stop_cc_statements[];

static void
declarations_are_what_their_statements_say(void **state)
{
    place *p = *state;
    char   why[256];
    int    wrong = 0;

    assert_true(__stop_cc_statements - __start_cc_statements > 0);
    for (const cc_statement *const *of = __start_cc_statements; of < __stop_cc_statements; of++) {
        if (cc_db_check(p->db, *of, why, sizeof(why)) != CC_OK) {
            print_error("%s\n", why);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
wrong_declarations_are_noticed(void **state)
{
    static const cc_binding   ab[] = {{"a", CC_KIND_INT, 0, 8}, {"x.b", CC_KIND_INT, 8, 8}};
    static const cc_statement right = {"right", "SELECT :a AS a, :b AS b", ab, ab, 2, 2};
    static const cc_statement wrong[] = {
        {"turned", "SELECT :b AS a, :a AS b", ab, ab, 2, 2},   {"unused", "SELECT :a AS a, 1 AS b", ab, ab, 2, 2},
        {"missing", "SELECT :a AS a, :b AS b", ab, ab, 1, 2},  {"column", "SELECT :a AS a, :b AS c", ab, ab, 2, 2},
        {"columns", "SELECT :a AS a, :b AS b", ab, ab, 2, 1},  {"short", "SELECT :a + :b AS a", ab, ab, 2, 2},
        {"numbered", "SELECT $1 AS a, $2 AS b", ab, ab, 2, 2},
    };
    place *p = *state;
    char   why[256];

    assert_int_equal(cc_db_check(p->db, &right, why, sizeof(why)), CC_OK);
    for (size_t i = 0; i < CC_COUNT(wrong); i++) {
        assert_int_equal(cc_db_check(p->db, &wrong[i], why, sizeof(why)), CC_E_INTERNAL);
        assert_non_null(strstr(why, wrong[i].name));
    }
}

typedef struct plan {
    const char *name;
    cc_db      *db;
    int         scans, statements;
} plan;

static void
look_at(void *ctx, const char *detail)
{
    plan *seen = ctx;

    /* A subquery is scanned as far as it answers; its own plan is a line of its own. */
    if (strstr(detail, "SCAN") != NULL && strstr(detail, "USING") == NULL && strstr(detail, "CONSTANT ROW") == NULL &&
        strstr(detail, "SCAN (subquery") == NULL) {
        print_error("%s: %s\n", seen->name, detail);
        seen->scans++;
    }
}

static int
accidents(place *p, const char *name, const char *sql)
{
    plan found = {.name = name};

    for (size_t k = 0; k < CC_COUNT(may_scan); k++)
        if (strcmp(may_scan[k].name, name) == 0)
            return 0;
    assert_int_equal(cc_db_explain(p->db, sql, look_at, &found), CC_OK);
    return found.scans;
}

static void
no_statement_scans_a_table_by_accident(void **state)
{
    place *p = *state;
    int    n = 0;

    for (const cc_statement *const *of = __start_cc_statements; of < __stop_cc_statements; of++)
        n += accidents(p, (*of)->name, (*of)->sql);
    assert_int_equal(n, 0);
}

static void
look_at_made(void *ctx, const char *name, const char *sql)
{
    plan *all = ctx;
    plan  found = {.name = name};

    assert_int_equal(cc_db_explain(all->db, sql, look_at, &found), CC_OK);
    all->scans += found.scans;
    all->statements++;
}

static void
nor_does_one_that_is_made_from_a_declaration(void **state)
{
    place *p = *state;
    plan   all = {.db = p->db};

    cc_made_each(cc_app_table(p->app), cc_resource_list, look_at_made, &all);
    assert_int_equal(all.scans, 0);
    assert_true(all.statements > 60);
}

/* ---- binding and reading ---------------------------------------------------------------------------------- */

/* Has a field that column, or has every row it anyway? */
static bool
is_kept(const cc_resource *res, const char *column)
{
    char   name[64];
    size_t folded = strlen(column) > 7 && strcmp(column + strlen(column) - 7, "_folded") == 0 ? 7 : 0;

    if (strcmp(column, "project_id") == 0 || strcmp(column, "version") == 0)
        return true;
    for (const cc_field *f = res->fields; f->name; f++) {
        cc_snake_case(f->name, name);
        if (cc_field_stored(f) && strlen(name) == strlen(column) - folded &&
            strncmp(name, column, strlen(name)) == 0)
            return f->type != CC_TYPE_MAP && f->type != CC_TYPE_BLOB && f->type != CC_TYPE_MONEY; /* gate/trash.c */
    }
    return false;
}

static void
what_goes_to_the_trash_loses_no_column(void **state)
{
    place   *p = *state;
    cc_stmt *s;
    bool     row;
    int      lost = 0, columns = 0;

    for (const cc_resource *const *res = cc_app_table(p->app)->resources; *res; res++) {
        if (!(*res)->trash)
            continue;
        s = own(p->db, COLUMNS);
        cc_bind_text(s, 1, (*res)->table);
        while (cc_step(s, &row) == CC_OK && row) {
            const char *column = cc_col_text(s, 0, NULL);
            columns++;
            if (!is_kept(*res, column)) {
                print_error("%s.%s\n", (*res)->table, column);
                lost++;
            }
        }
        cc_stmt_done(s);
    }
    assert_int_equal(lost, 0);
    assert_true(columns > 60);
}

static void
parameters_go_by_their_number_not_by_their_place(void **state)
{
    place   *p = *state;
    cc_stmt *s = own(p->db, MIXED);
    bool     row;

    cc_bind_int(s, 1, 11);
    cc_bind_int(s, 2, 22);
    cc_bind_int(s, 3, 33);
    assert_int_equal(cc_step(s, &row), CC_OK);
    assert_true(row);
    assert_int_equal(cc_col_int(s, 0), 33);
    assert_int_equal(cc_col_int(s, 1), 11);
    assert_int_equal(cc_col_int(s, 2), 22);
    assert_int_equal(cc_col_int(s, 3), 11);
    cc_stmt_done(s);
}

static void
values_come_back_as_they_went_in(void **state)
{
    place      *p = *state;
    const char  blob[] = {0, 1, 0, (char)255};
    cc_stmt    *s = own(p->db, MIXED);
    size_t      size = 9;
    bool        row;
    const char *text;

    cc_bind_text_n(s, 1, "a\0b", 3);
    cc_bind_blob(s, 2, blob, sizeof(blob));
    cc_bind_real(s, 3, 0.1);
    assert_int_equal(cc_step(s, &row), CC_OK);
    text = cc_col_text(s, 1, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(text, "a\0b", 3);
    assert_memory_equal(cc_col_blob(s, 2, &size), blob, sizeof(blob));
    assert_int_equal(size, sizeof(blob));
    assert_true(cc_col_real(s, 0) == 0.1);
    cc_stmt_done(s);

    s = own(p->db, MIXED); /* nothing is left of what was bound before */
    cc_bind_text(s, 1, NULL);
    cc_bind_null(s, 2);
    assert_int_equal(cc_step(s, &row), CC_OK);
    for (int i = 0; i < 4; i++) {
        assert_true(cc_col_null(s, i));
        assert_string_equal(cc_col_text(s, i, &size), "");
        assert_int_equal(size, 0);
    }
    cc_stmt_done(s);
}

static void
a_parameter_that_is_not_there_makes_the_statement_fail_and_only_this_time(void **state)
{
    place   *p = *state;
    cc_stmt *s;
    bool     row;

    for (int at = -1; at <= 5; at++) {
        bool there = at == 1 || at == 4;

        s = own(p->db, GAP);
        cc_bind_int(s, at, 1);
        cc_bind_int(s, 1, 1);
        assert_int_equal(cc_step(s, &row), there ? CC_OK : CC_E_INTERNAL);
        assert_int_equal(row, there);
        cc_stmt_done(s);
    }
}

static void
a_change_says_how_many_rows_it_changed(void **state)
{
    place   *p = *state;
    cc_stmt *s;
    int64_t  changed = -1;

    make_table(p);
    for (int i = 0; i < 2; i++) {
        s = own(p->db, INSERT);
        cc_bind_text(s, 1, "a");
        cc_bind_int(s, 2, 1);
        assert_int_equal(cc_run_change(s, &changed), i == 0 ? CC_OK : CC_E_CONFLICT);
        assert_int_equal(changed, i == 0);
    }
}

static void
a_lock_is_for_a_transaction(void **state)
{
    place *p = *state;

    assert_int_equal(cc_tx_lock(p->db, "queue"), CC_E_INTERNAL);
    assert_non_null(strstr(p->log, "the lock 'queue' is asked for outside a transaction"));
    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(cc_tx_end(p->db, cc_tx_lock(p->db, "queue")), CC_OK);
    assert_int_equal(cc_tx_lock(p->db, "queue"), CC_E_INTERNAL);
}

static void
a_finished_statement_is_not_run_again(void **state)
{
    place   *p = *state;
    cc_stmt *s;
    bool     row;

    make_table(p);
    s = own(p->db, INSERT);
    cc_bind_text(s, 1, "a");
    cc_bind_int(s, 2, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cc_step(s, &row), CC_OK);
        assert_false(row);
    }
    cc_stmt_done(s);
    cc_stmt_done(s);
    cc_stmt_done(NULL);
    assert_int_equal(count(p->db), 1);
}

static int made_count;

static void
make_number(cc_buf *text, const void *ctx, uint32_t key)
{
    made_count += *(const int *)ctx;
    cc_putf(text, "SELECT %u", (unsigned)key);
}

static void
a_made_statement_is_made_once_and_found_among_many(void **state)
{
    place    *p = *state;
    const int one = 1;

    made_count = 0;
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 500; i++) {
            uint32_t key = i % 2 == 0 ? i << 20 : UINT32_MAX - i;
            cc_stmt *s;
            bool     row;

            assert_int_equal(cc_stmt_made(p->db, key, make_number, &one, &s), CC_OK);
            assert_int_equal(cc_step(s, &row), CC_OK);
            assert_int_equal(cc_col_int(s, 0), key);
            cc_stmt_done(s);
        }
    }
    assert_int_equal(made_count, 500);
}

static void
make_nonsense(cc_buf *text, const void *ctx, uint32_t key)
{
    (void)ctx;
    (void)key;
    cc_puts(text, "SELECT nonsense FROM nowhere");
}

static void
a_statement_that_makes_no_sense_is_our_mistake_and_the_log_says_so(void **state)
{
    place   *p = *state;
    cc_stmt *s = (cc_stmt *)p;

    assert_int_equal(cc_stmt_made(p->db, 77, make_nonsense, NULL, &s), CC_E_INTERNAL);
    assert_null(s);
    assert_non_null(strstr(p->log, "nowhere"));
}

static void
a_statement_asked_for_while_in_use_stops_the_program(void **state)
{
#ifndef NDEBUG
    place *p = *state;
    pid_t  child;
    int    status = 0;

    cc_app_close(p->app);
    p->app = NULL;
    if ((child = fork()) == 0) {
        char why[512];

        if (freopen("/dev/null", "w", stderr) == NULL) /* the program's last words are no news */
            _exit(1);
        signal(SIGABRT, SIG_DFL);
        if (open_app(p, 0, &p->app, why) != CC_OK)
            _exit(1);
        own(cc_app_db(p->app), MIXED);
        own(cc_app_db(p->app), MIXED);
        _exit(0);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#else
    (void)state;
    skip();
#endif
}

static void
a_broken_unique_rule_is_a_conflict_and_no_news_for_the_log(void **state)
{
    place *p = *state;

    make_table(p);
    p->log[0] = '\0';
    assert_int_equal(insert_alone(p->db, "a", 1), CC_OK);
    assert_int_equal(insert_alone(p->db, "a", 2), CC_E_CONFLICT);
    assert_string_equal(p->log, "");
    assert_int_equal(count(p->db), 1);
}

static void
any_other_broken_rule_is_our_mistake(void **state)
{
    place   *p = *state;
    cc_stmt *s;

    make_table(p);
    s = own(p->db, INSERT);
    cc_bind_text(s, 1, "secret-value");
    assert_int_equal(cc_run(s), CC_E_INTERNAL);
    assert_non_null(strstr(p->log, "NOT NULL"));
    assert_null(strstr(p->log, "secret-value"));
}

/* ---- transactions ----------------------------------------------------------------------------------------- */

static void
a_transaction_ends_as_its_error_says(void **state)
{
    place *p = *state;

    make_table(p);
    assert_int_equal(cc_tx_end(p->db, CC_E_NOT_FOUND), CC_E_NOT_FOUND); /* none is open */
    assert_int_equal(cc_tx_end(p->db, CC_OK), CC_OK);

    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(insert(p->db, "a", 1), CC_OK);
    assert_int_equal(cc_tx_end(p->db, CC_E_VALIDATION), CC_E_VALIDATION);
    assert_int_equal(count(p->db), 0);

    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(insert(p->db, "a", 1), CC_OK);
    assert_int_equal(cc_tx_end(p->db, CC_OK), CC_OK);
    assert_int_equal(count(p->db), 1);
}

static void
a_transaction_lost_before_its_end_is_no_success(void **state)
{
    place *p = *state;

    make_table(p);
    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(insert(p->db, "a", 1), CC_OK);
    assert_int_equal(cc_run(own(p->db, ROLL)), CC_OK);
    assert_int_equal(cc_tx_end(p->db, CC_OK), CC_E_UNAVAILABLE);
    assert_int_equal(count(p->db), 0);
    assert_int_equal(insert_alone(p->db, "a", 1), CC_OK);
}

static void
a_full_disk_is_unavailable_and_leaves_nothing_half_written(void **state)
{
    static const char big[200000];
    place            *p = *state;
    cc_stmt          *s;
    bool              row;

    make_table(p);
    s = own(p->db, SMALL); /* no more pages than there are now */
    assert_int_equal(cc_step(s, &row), CC_OK);
    cc_stmt_done(s);

    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(insert(p->db, "a", 1), CC_OK);
    s = own(p->db, INSERT);
    cc_bind_text(s, 1, "b");
    cc_bind_int(s, 2, 1);
    cc_bind_blob(s, 3, big, sizeof(big));
    assert_int_equal(cc_run(s), CC_E_UNAVAILABLE);
    assert_int_equal(cc_tx_end(p->db, CC_OK), CC_E_UNAVAILABLE); /* even if the error was overlooked */
    assert_int_equal(count(p->db), 0);
}

static void
a_view_stays_as_it_was_while_others_write(void **state)
{
    place  *p = *state;
    cc_app *other;
    char    why[512];

    make_table(p);
    assert_int_equal(open_app(p, 0, &other, why), CC_OK);
    assert_int_equal(cc_read_begin(p->db), CC_OK);
    assert_int_equal(count(p->db), 0);
    assert_int_equal(insert_alone(cc_app_db(other), "a", 1), CC_OK);
    assert_int_equal(count(p->db), 0);
    cc_read_end(p->db);
    assert_int_equal(count(p->db), 1);
    cc_read_end(p->db); /* none is open: nothing happens */
    cc_app_close(other);
}

static void
views_may_nest_and_may_lie_inside_and_around_a_transaction(void **state)
{
    place  *p = *state;
    cc_app *other;
    char    why[512];

    make_table(p);
    assert_int_equal(open_app(p, 0, &other, why), CC_OK);
    assert_int_equal(cc_read_begin(p->db), CC_OK);
    assert_int_equal(cc_read_begin(p->db), CC_OK);
    cc_read_end(p->db);
    assert_int_equal(count(p->db), 0);
    assert_int_equal(insert_alone(cc_app_db(other), "a", 1), CC_OK);
    assert_int_equal(count(p->db), 0);

    /* Another one has written since the view began: a write must work all the same, and see it. */
    assert_int_equal(cc_tx_begin(p->db), CC_OK);
    assert_int_equal(cc_read_begin(p->db), CC_OK);
    assert_int_equal(count(p->db), 1);
    cc_read_end(p->db);
    assert_int_equal(insert(p->db, "b", 1), CC_OK);
    assert_int_equal(cc_tx_end(p->db, CC_OK), CC_OK);
    cc_read_end(p->db);
    assert_int_equal(count(cc_app_db(other)), 2);
    cc_app_close(other);
}

static void
a_locked_database_is_unavailable_after_busy_ms_and_the_log_says_where(void **state)
{
    place  *p = *state;
    cc_app *other;
    char    why[512];
    int64_t start, waited;

    configure(p, "busyMs = 300\n");
    reopen(p, 0);
    make_table(p);
    assert_int_equal(open_app(p, 0, &other, why), CC_OK);
    assert_int_equal(cc_tx_begin(cc_app_db(other)), CC_OK);
    start = cc_clock_monotonic(&cc_clock_system);
    assert_int_equal(cc_tx_begin(p->db), CC_E_UNAVAILABLE);
    waited = cc_clock_monotonic(&cc_clock_system) - start;
    assert_in_range(waited, 290, 600);
    assert_non_null(strstr(p->log, "db_test.c:"));
    assert_int_equal(cc_tx_end(p->db, CC_E_UNAVAILABLE), CC_E_UNAVAILABLE);
    assert_int_equal(count(p->db), 0); /* who only reads does not wait */

    assert_int_equal(cc_tx_end(cc_app_db(other), CC_OK), CC_OK);
    start = cc_clock_monotonic(&cc_clock_system);
    assert_int_equal(insert_alone(p->db, "a", 1), CC_OK);
    assert_true(cc_clock_monotonic(&cc_clock_system) - start < 150);
    cc_app_close(other);
}

static void
closing_with_an_open_transaction_undoes_it_and_gives_the_turn_back(void **state)
{
    place  *p = *state;
    cc_app *other;
    char    why[512];
    int64_t start;

    make_table(p);
    assert_int_equal(open_app(p, 0, &other, why), CC_OK);
    assert_int_equal(cc_tx_begin(cc_app_db(other)), CC_OK);
    assert_int_equal(insert(cc_app_db(other), "a", 1), CC_OK);
    cc_app_close(other);
    start = cc_clock_monotonic(&cc_clock_system);
    assert_int_equal(insert_alone(p->db, "b", 1), CC_OK);
    assert_true(cc_clock_monotonic(&cc_clock_system) - start < 90);
    assert_int_equal(count(p->db), 1);
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

static void
a_database_is_private_to_its_owner(void **state)
{
    place      *p = *state;
    char        path[128];
    struct stat st;

    make_table(p);
    snprintf(path, sizeof(path), "%s/codecourier.db", p->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    snprintf(path, sizeof(path), "%s/codecourier.db-wal", p->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

/* Close it and delete it with all that lies beside it. */
static void
delete_instance(place *p)
{
    static const char *const ends[] = {"", "-key", "-hot", "-wal", "-shm"};
    char                     path[128];

    cc_app_close(p->app);
    p->app = NULL;
    for (size_t i = 0; i < CC_COUNT(ends); i++) {
        snprintf(path, sizeof(path), "%s/codecourier.db%s", p->dir, ends[i]);
        unlink(path);
    }
}

static void
no_database_is_not_found_unless_it_may_be_made(void **state)
{
    place  *p = *state;
    char    path[128], why[512] = "";
    cc_app *app;

    delete_instance(p);
    snprintf(path, sizeof(path), "%s/codecourier.db", p->dir);
    assert_int_equal(open_app(p, 0, &app, why), CC_E_NOT_FOUND);
    assert_non_null(strstr(why, path));
    assert_int_equal(size_of(p, "codecourier.db"), -1);
}

static void
a_newer_schema_is_a_conflict(void **state)
{
    place  *p = *state;
    char    why[512] = "";
    cc_app *app;

    assert_int_equal(cc_run(own(p->db, NEWER)), CC_OK);
    assert_int_equal(open_app(p, CC_OPEN_CREATE, &app, why), CC_E_CONFLICT);
    assert_non_null(strstr(why, "newer CodeCourier"));
}

static void
a_text_file_is_not_a_database_and_stays_as_it_is(void **state)
{
    place  *p = *state;
    char    path[128], why[512] = "";
    char    text[2000];
    cc_app *app;
    int     fd;

    cc_app_close(p->app);
    p->app = NULL;
    memset(text, 'x', sizeof(text));
    snprintf(path, sizeof(path), "%s/codecourier.db", p->dir);
    assert_true((fd = open(path, O_WRONLY | O_TRUNC)) >= 0);
    assert_int_equal(write(fd, text, sizeof(text)), (ssize_t)sizeof(text));
    close(fd);
    assert_int_equal(open_app(p, CC_OPEN_CREATE, &app, why), CC_E_INTERNAL);
    assert_non_null(strstr(why, "not a CodeCourier database"));
    assert_int_equal(size_of(p, "codecourier.db"), (int64_t)sizeof(text));
}

static void
the_database_of_another_program_is_left_alone(void **state)
{
    place  *p = *state;
    char    why[512] = "";
    cc_app *app;

    assert_int_equal(cc_run(own(p->db, FOREIGN)), CC_OK); /* tables, but no schema number: not ours */
    assert_int_equal(open_app(p, CC_OPEN_CREATE, &app, why), CC_E_INTERNAL);
    assert_non_null(strstr(why, "another program"));
}

/* Start `n` processes that run `work` and answer with its exit status; they report what they like through `report`. */
static void
start(place *p, int n, int (*work)(place *p, int which, int report), pid_t *child, int report)
{
    for (int i = 0; i < n; i++) {
        if ((child[i] = fork()) == 0)
            _exit(work(p, i, report));
        assert_true(child[i] > 0);
    }
}

static void
all_succeed(int n, const pid_t *child)
{
    int bad = 0;

    for (int i = 0; i < n; i++) {
        int status = 0;

        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    assert_int_equal(bad, 0);
}

static int
create_it(place *p, int which, int report)
{
    char    why[512];
    cc_app *app;

    (void)report;
    if (open_app(p, CC_OPEN_CREATE | (which % 2 == 0 ? CC_OPEN_ONCE : 0), &app, why) != CC_OK) {
        print_error("%s\n%s", why, p->log);
        return 1;
    }
    cc_app_close(app);
    return 0;
}

static void
processes_that_make_the_database_at_once_all_succeed(void **state)
{
    place *p = *state;
    pid_t  child[8];

    for (int round = 0; round < 5; round++) {
        delete_instance(p);
        start(p, 8, create_it, child, -1);
        all_succeed(8, child);
        reopen(p, 0);
    }
}

/* ---- many processes --------------------------------------------------------------------------------------- */

enum { WRITES = 200, LONGEST = 1000000 };

/* Insert rows, each in a transaction of its own, and report each one when it is acknowledged. */
static int
insert_many(place *p, int which, int report)
{
    char    why[512], id[32];
    cc_app *app;
    int     rows = which == 4 ? LONGEST : WRITES;

    if (open_app(p, 0, &app, why) != CC_OK)
        return 1;
    for (int i = 0; i < rows; i++) {
        snprintf(id, sizeof(id), "%d-%06d", which, i);
        if (insert_alone(cc_app_db(app), id, 1) != CC_OK)
            return 2;
        if (write(report, id, sizeof(id)) != (ssize_t)sizeof(id))
            return 3;
    }
    cc_app_close(app);
    return 0;
}

static void
all_writes_of_four_processes_land_and_a_killed_fifth_loses_none_that_it_was_told_of(void **state)
{
    place *p = *state;
    int    report[2], heard = 0, of_the_killed = 0;
    pid_t  child[5];
    char   id[32];

    make_table(p);
    cc_app_close(p->app); /* an app must not cross a fork */
    p->app = NULL;
    assert_int_equal(pipe(report), 0);
    start(p, 5, insert_many, child, report[1]);
    close(report[1]);
    reopen(p, 0);
    while (read(report[0], id, sizeof(id)) == (ssize_t)sizeof(id)) {
        heard++;
        of_the_killed += id[0] == '4';
        if (of_the_killed == 100 && id[0] == '4')
            kill(child[4], SIGKILL);
        if (!has(p->db, id))
            fail_msg("%s was acknowledged and is not there", id);
    }
    close(report[0]);
    waitpid(child[4], NULL, 0);
    all_succeed(4, child);
    assert_true(of_the_killed >= 100);
    /* At most one more: committed, but killed before it could say so. */
    assert_in_range(count(p->db), 4 * WRITES + of_the_killed, 4 * WRITES + of_the_killed + 1);
    assert_int_equal(heard, 4 * WRITES + of_the_killed);
    assert_string_equal(strstr(p->log, "storage: no") ? p->log : "", "");
}

/* ---- one request per process (plain CGI) ------------------------------------------------------------------ */

static void
a_request_that_only_reads_changes_no_file(void **state)
{
    place  *p = *state;
    int64_t log, database;

    make_table(p);
    reopen(p, CC_OPEN_ONCE);
    assert_int_equal(insert_alone(p->db, "a", 1), CC_OK);
    reopen(p, CC_OPEN_ONCE);
    log = size_of(p, "codecourier.db-wal");
    database = size_of(p, "codecourier.db");
    assert_true(log > 0);
    for (int i = 0; i < 20; i++) {
        reopen(p, CC_OPEN_ONCE);
        assert_int_equal(count(p->db), 1);
    }
    cc_app_close(p->app);
    p->app = NULL;
    assert_int_equal(size_of(p, "codecourier.db-wal"), log);
    assert_int_equal(size_of(p, "codecourier.db"), database);
    reopen(p, 0);
    assert_int_equal(count(p->db), 1);
}

static void
requests_that_write_keep_the_log_short(void **state)
{
    place  *p = *state;
    char    id[32];
    int64_t longest = 0, emptied = 0;

    make_table(p);
    for (int i = 0; i < 300; i++) {
        int64_t size;

        reopen(p, CC_OPEN_ONCE);
        snprintf(id, sizeof(id), "%d", i);
        assert_int_equal(insert_alone(p->db, id, 1), CC_OK);
        cc_app_close(p->app);
        p->app = NULL;
        size = size_of(p, "codecourier.db-wal");
        longest = size > longest ? size : longest;
        emptied += size == 0;
    }
    reopen(p, 0);
    assert_int_equal(count(p->db), 300);
    assert_in_range(longest, 1, 80 * 4200);
    assert_in_range(emptied, 2, 60);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void
a_name_tells_a_file_from_a_directory_and_an_address_from_both(void **state)
{
    (void)state;
    assert_true(cc_data_is_file("a.db") && cc_data_is_file("/srv/a.db") && cc_data_is_file("/srv/.db"));
    assert_false(cc_data_is_file(".db") || cc_data_is_file("db") || cc_data_is_file("") || cc_data_is_file("/srv/a.db/"));
    assert_true(cc_database_is_server("postgresql://h/n") && cc_database_is_server("postgres://"));
    assert_false(cc_database_is_server("") || cc_database_is_server("postgresql:/h") ||
                 cc_database_is_server("postgresql://h /n") || cc_database_is_server("/srv/a.db"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_name_tells_a_file_from_a_directory_and_an_address_from_both),
        T(declarations_are_what_their_statements_say),
        T(wrong_declarations_are_noticed),
        T(no_statement_scans_a_table_by_accident),
        T(nor_does_one_that_is_made_from_a_declaration),
        T(what_goes_to_the_trash_loses_no_column),
        T(parameters_go_by_their_number_not_by_their_place),
        T(values_come_back_as_they_went_in),
        T(a_parameter_that_is_not_there_makes_the_statement_fail_and_only_this_time),
        T(a_change_says_how_many_rows_it_changed),
        T(a_lock_is_for_a_transaction),
        T(a_finished_statement_is_not_run_again),
        T(a_made_statement_is_made_once_and_found_among_many),
        T(a_statement_that_makes_no_sense_is_our_mistake_and_the_log_says_so),
        T(a_statement_asked_for_while_in_use_stops_the_program),
        T(a_broken_unique_rule_is_a_conflict_and_no_news_for_the_log),
        T(any_other_broken_rule_is_our_mistake),
        T(a_transaction_ends_as_its_error_says),
        T(a_transaction_lost_before_its_end_is_no_success),
        T(a_full_disk_is_unavailable_and_leaves_nothing_half_written),
        T(a_view_stays_as_it_was_while_others_write),
        T(views_may_nest_and_may_lie_inside_and_around_a_transaction),
        T(a_locked_database_is_unavailable_after_busy_ms_and_the_log_says_where),
        T(closing_with_an_open_transaction_undoes_it_and_gives_the_turn_back),
        T(a_database_is_private_to_its_owner),
        T(no_database_is_not_found_unless_it_may_be_made),
        T(a_newer_schema_is_a_conflict),
        T(a_text_file_is_not_a_database_and_stays_as_it_is),
        T(the_database_of_another_program_is_left_alone),
        T(processes_that_make_the_database_at_once_all_succeed),
        T(all_writes_of_four_processes_land_and_a_killed_fifth_loses_none_that_it_was_told_of),
        T(a_request_that_only_reads_changes_no_file),
        T(requests_that_write_keep_the_log_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
