/*
 * The instance's files are taken away, replaced, cut or opened to others under an open app: no write is acknowledged
 * into a file that has no name any more, what was acknowledged stays where that is possible, and whatever protection is
 * lost is said by the log, by cc_app_check and by GET /health.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>
#include <cmocka.h>

#include "storage/shared_state.h"
#include "place.h"

/* ---- requests ---------------------------------------------------------------------------------- */

typedef struct text {
    const char *at;
    size_t      left;
} text;

static int64_t
text_read(void *ctx, void *into, size_t size)
{
    text *t = ctx;

    size = size < t->left ? size : t->left;
    memcpy(into, t->at, size);
    t->at += size;
    t->left -= size;
    return (int64_t)size;
}

static int
ask(place *p, const char *method, const char *uri, const char *body, char *answer, size_t size)
{
    text         source = {body, strlen(body)};
    cc_request   in = {.method = method, .uri = uri, .local_project = p->project.id};
    cc_response *out;

    in.header[CC_H_CONTENT_TYPE] = "application/json";
    in.content_length = (int64_t)source.left;
    in.read = source.left ? text_read : NULL;
    in.read_ctx = &source;
    cc_app_handle(p->app, &in, &out);
    int status = out->status;
    snprintf(answer, size, "%.*s", (int)out->body_size, out->body);
    cc_response_free(p->app, out);
    return status;
}

static int
write_issue(place *p)
{
    char answer[4096];

    return ask(p, "POST", "/api/v1/issues", "{\"title\":\"one more\"}", answer, sizeof(answer));
}

static int
issues(place *p)
{
    static char answer[65536];
    int         count = 0;

    if (ask(p, "GET", "/api/v1/issues?limit=100", "", answer, sizeof(answer)) != 200)
        return -1;
    for (const char *s = answer; (s = strstr(s, "one more")); s++)
        count++;
    return count;
}

/* What /health says, and whether its status is the one expected. */
static char heard[4096];

static bool
health_is(place *p, const char *status)
{
    char wanted[64];

    snprintf(wanted, sizeof(wanted), "\"status\":\"%s\"", status);
    return ask(p, "GET", "/api/v1/health", "", heard, sizeof(heard)) == 200 && strstr(heard, wanted) &&
           !strstr(heard, p->folder);
}

static bool
health_names(const char *code)
{
    return strstr(heard, code) != NULL;
}

typedef struct checks {
    int  troubles;
    char words[4096];
} checks;

static void
each_check(void *ctx, bool ok, const char *what, const char *words)
{
    checks *c = ctx;
    size_t  n = strlen(c->words);

    c->troubles += !ok;
    if (!ok)
        snprintf(c->words + n, sizeof(c->words) - n, "%s: %s\n", what, words);
}

/* doctor's part of it: how many troubles, and their words. */
static checks
doctor(place *p)
{
    checks c = {0};

    cc_app_check(p->app, each_check, &c);
    return c;
}

static void
a_second(void)
{
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 50000000}, NULL);
}

/* Until a write goes well again; false: it never did. */
static bool
comes_back(place *p)
{
    for (int i = 0; i < 5; i++) {
        if (write_issue(p) == 201)
            return true;
        a_second();
    }
    return false;
}

static const char *
file(place *p, const char *end)
{
    static char path[2][96];
    static int  other;

    other = !other;
    snprintf(path[other], sizeof(path[other]), "%s/codecourier.db%s", p->folder, end);
    return path[other];
}

static int
settled_setup(void **state)
{
    if (place_setup(state) != 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (write_issue(*state) != 201)
            return -1;
    return 0;
}

/* ---- files that are taken away ------------------------------------------------------------------ */

static void
a_deleted_log_is_noticed_and_nothing_that_was_acknowledged_is_lost(void **state)
{
    place *p = *state;

    assert_int_equal(unlink(file(p, "-wal")), 0);
    assert_int_equal(write_issue(p), 503);
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4);
    assert_true(health_is(p, "ok"));
    cc_app_close(p->app);
    assert_int_equal(place_open(p, 0), CC_OK);
    assert_int_equal(issues(p), 4);
}

static void
a_deleted_index_is_noticed_and_nothing_that_was_acknowledged_is_lost(void **state)
{
    place *p = *state;

    assert_int_equal(unlink(file(p, "-shm")), 0);
    assert_int_equal(write_issue(p), 503);
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4);
}

static void
copy(const char *from, const char *to)
{
    char command[256];

    snprintf(command, sizeof(command), "cp %s %s", from, to);
    assert_int_equal(system(command), 0);
}

static void
a_replaced_log_is_noticed_and_not_copied_back(void **state)
{
    place *p = *state;

    copy(file(p, "-wal"), file(p, "-other"));
    assert_int_equal(write_issue(p), 201);
    assert_int_equal(rename(file(p, "-other"), file(p, "-wal")), 0);
    assert_int_equal(write_issue(p), 503);
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4); /* the three of the copy, and the one since */
}

static void
a_log_that_was_cut_is_noticed(void **state)
{
    place *p = *state;

    cc_app_close(p->app); /* copies the log back: what is cut off later is only what was written since */
    assert_int_equal(place_open(p, 0), CC_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(write_issue(p), 201);
        assert_int_equal(truncate(file(p, "-wal"), i == 0 ? 0 : 5000), 0);
        assert_int_equal(write_issue(p), 503);
        assert_true(comes_back(p));
        assert_true(health_is(p, "ok"));
        assert_true(issues(p) >= 4);
    }
}

/* The same while the log has everything: to go on would be to begin a new instance. */
static void
a_log_that_was_cut_with_all_in_it_leaves_nothing_to_go_on_with(void **state)
{
    place *p = *state;

    assert_int_equal(truncate(file(p, "-wal"), 0), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write_issue(p), 503);
        a_second();
    }
}

static void
a_replaced_database_is_noticed_and_the_new_one_counts(void **state)
{
    place *p = *state;

    cc_app_close(p->app);
    assert_int_equal(place_open(p, 0), CC_OK); /* closing has copied the log back */
    copy(file(p, ""), file(p, "-copy"));
    assert_int_equal(write_issue(p), 201);
    unlink(file(p, "-wal"));
    unlink(file(p, "-shm"));
    assert_int_equal(rename(file(p, "-copy"), file(p, "")), 0);
    assert_int_equal(write_issue(p), 503);
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4);
}

static void
a_moved_directory_is_noticed_and_its_return_too(void **state)
{
    place *p = *state;
    char   away[64];

    snprintf(away, sizeof(away), "%s-away", p->folder);
    assert_int_equal(rename(p->folder, away), 0);
    assert_int_equal(write_issue(p), 503);
    a_second();
    assert_int_equal(write_issue(p), 503);
    assert_int_equal(issues(p), -1); /* nor is anything read that nobody can find again */
    assert_int_equal(rename(away, p->folder), 0);
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4);
}

static void
a_reader_notices_within_a_second(void **state)
{
    place *p = *state;

    assert_int_equal(unlink(file(p, "-wal")), 0);
    a_second();
    assert_int_equal(issues(p), 3);
    assert_int_equal(write_issue(p), 201); /* it was opened anew by the reader */
}

static void
while_another_has_the_deleted_log_open_nobody_begins_a_new_one(void **state)
{
    place *p = *state, other = *p;
    char   why[512];

    assert_int_equal(place_open(&other, 0), CC_OK);
    assert_int_equal(unlink(file(p, "-wal")), 0);
    a_second();
    assert_int_equal(write_issue(p), 503); /* p has given it up, but `other` still holds it */
    assert_int_equal(access(file(p, "-wal"), F_OK), -1);
    cc_options options = {.data = p->folder};
    cc_app    *third;
    assert_int_equal(cc_app_open(&options, &third, why, sizeof(why)), CC_E_UNAVAILABLE);
    assert_non_null(strstr(why, "was deleted"));
    assert_int_equal(cc_app_tick(other.app), CC_OK); /* looks, and gives it up */
    assert_true(comes_back(p));
    assert_int_equal(issues(p), 4);
    cc_app_close(other.app);
}

/* ---- a database that is missing beside what is left of it ---------------------------------------- */

static void
nothing_new_is_begun_beside_what_is_left_of_an_instance(void **state)
{
    static const char *const left[] = {"-key", "-wal", "-shm", "-hot", "-journal"};
    place                   *p = *state;

    for (size_t i = 0; i < CC_COUNT(left); i++) {
        cc_options options = {.data = p->folder, .flags = CC_OPEN_CREATE};
        char       why[512];
        int        fd;

        cc_app_close(p->app);
        p->app = NULL;
        place_delete(p, "");
        assert_true((fd = open(file(p, left[i]), O_CREAT | O_WRONLY, 0600)) >= 0);
        close(fd);
        assert_int_equal(cc_app_open(&options, &p->app, why, sizeof(why)), CC_E_CONFLICT);
        assert_non_null(strstr(why, left[i]));
        options.flags = 0;
        assert_int_equal(cc_app_open(&options, &p->app, why, sizeof(why)), CC_E_CONFLICT);
        assert_int_equal(access(file(p, ""), F_OK), -1);
    }
}

static void
an_emptied_database_is_not_taken_for_a_new_one(void **state)
{
    place     *p = *state;
    cc_options options = {.data = p->folder, .flags = CC_OPEN_CREATE};
    char       why[512];

    cc_app_close(p->app);
    p->app = NULL;
    assert_int_equal(truncate(file(p, ""), 0), 0);
    assert_int_equal(cc_app_open(&options, &p->app, why, sizeof(why)), CC_E_CONFLICT);
    assert_non_null(strstr(why, "is empty"));
}

static void
settings_laid_out_beforehand_are_no_remains(void **state)
{
    place *p = *state;
    char   path[96];
    int    fd;

    cc_app_close(p->app);
    p->app = NULL;
    place_delete(p, "");
    snprintf(path, sizeof(path), "%s/codecourier.conf", p->folder);
    assert_true((fd = open(path, O_CREAT | O_WRONLY, 0600)) >= 0);
    close(fd);
    assert_int_equal(place_open(p, CC_OPEN_CREATE), CC_OK);
}

/* ---- who else may read ---------------------------------------------------------------------------- */

static void
a_key_that_others_may_read_is_said_everywhere(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0602, 0666, 0777};
    place              *p = *state;

    assert_true(health_is(p, "ok"));
    assert_int_equal(doctor(p).troubles, 0);
    for (size_t i = 0; i < CC_COUNT(modes); i++) {
        assert_int_equal(chmod(file(p, "-key"), modes[i]), 0);
        assert_true(health_is(p, "degraded"));
        assert_true(health_names("KEY_EXPOSED"));
        checks c = doctor(p);
        assert_int_equal(c.troubles, 1);
        assert_non_null(strstr(c.words, "-key"));
    }
    assert_int_equal(chmod(file(p, "-key"), 0600), 0);
    assert_true(health_is(p, "ok"));
    assert_int_equal(rename(file(p, "-key"), file(p, "-real")), 0);
    assert_int_equal(symlink(file(p, "-real"), file(p, "-key")), 0);
    assert_true(health_is(p, "degraded"));
}

/* Whoever runs the web program by a group gives it the database and the key alike. */
static void
a_key_for_the_group_of_the_database_is_in_order(void **state)
{
    place *p = *state;

    assert_int_equal(chmod(file(p, ""), 0660), 0);
    assert_int_equal(chmod(file(p, "-key"), 0640), 0);
    assert_true(health_is(p, "ok"));
}

static void
data_that_others_may_read_or_change_are_said(void **state)
{
    place *p = *state;
    char   conf[96];
    int    fd;

    assert_int_equal(chmod(file(p, ""), 0644), 0);
    assert_true(health_is(p, "degraded") && health_names("DATA_EXPOSED"));
    assert_int_equal(chmod(file(p, ""), 0600), 0);
    assert_int_equal(chmod(p->folder, 0757), 0);
    assert_true(health_is(p, "degraded") && health_names("DATA_EXPOSED"));
    assert_int_equal(chmod(p->folder, 0755), 0); /* its files are closed; that is enough */
    assert_true(health_is(p, "ok"));
    snprintf(conf, sizeof(conf), "%s/codecourier.conf", p->folder);
    assert_true((fd = open(conf, O_CREAT | O_WRONLY, 0600)) >= 0);
    assert_int_equal(fchmod(fd, 0666), 0);
    close(fd);
    assert_true(health_is(p, "degraded") && health_names("DATA_EXPOSED"));
}

/* ---- shared state ---------------------------------------------------------------------------------- */

static void
shared_state_that_cannot_be_had_is_said_and_tried_again(void **state)
{
    place *p = *state;

    unlink(file(p, "-hot"));
    assert_int_equal(mkdir(file(p, "-hot"), 0700), 0);
    a_second();
    assert_true(health_is(p, "degraded") && health_names("LIMITS_APART"));
    assert_int_equal(doctor(p).troubles, 1);
    assert_int_equal(rmdir(file(p, "-hot")), 0);
    a_second();
    assert_true(health_is(p, "ok"));
    assert_int_equal(access(file(p, "-hot"), F_OK), 0);
}

static void
shared_state_of_a_newer_version_is_left_to_it_and_said(void **state)
{
    place   *p = *state;
    uint64_t version = 1000;
    int      fd = open(file(p, "-hot"), O_RDWR);

    assert_int_equal(pwrite(fd, &version, sizeof(version), 8), (ssize_t)sizeof(version));
    cc_app_close(p->app);
    assert_int_equal(place_open(p, 0), CC_OK);
    assert_true(health_is(p, "degraded") && health_names("LIMITS_APART"));
    assert_int_equal(pread(fd, &version, sizeof(version), 8), (ssize_t)sizeof(version));
    assert_int_equal(version, 1000);
    close(fd);
    cc_shared *one = cc_shared_open(file(p, "-hot"), &cc_clock_system), *two = cc_shared_open(file(p, "-hot"), &cc_clock_system);
    assert_true(cc_rate_take(one, 1, p->now, 60, 1).allowed); /* those of one version count together */
    assert_false(cc_rate_take(two, 1, p->now, 60, 1).allowed);
    cc_shared_close(one);
    cc_shared_close(two);
}

static void
shared_state_of_an_older_version_is_made_anew(void **state)
{
    place   *p = *state;
    uint64_t version = 1;
    int      fd = open(file(p, "-hot"), O_RDWR);

    assert_int_equal(pwrite(fd, &version, sizeof(version), 8), (ssize_t)sizeof(version));
    close(fd);
    cc_app_close(p->app);
    assert_int_equal(place_open(p, 0), CC_OK);
    assert_true(health_is(p, "ok"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, settled_setup, place_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_deleted_log_is_noticed_and_nothing_that_was_acknowledged_is_lost),
        TEST(a_deleted_index_is_noticed_and_nothing_that_was_acknowledged_is_lost),
        TEST(a_replaced_log_is_noticed_and_not_copied_back),
        TEST(a_log_that_was_cut_is_noticed),
        TEST(a_log_that_was_cut_with_all_in_it_leaves_nothing_to_go_on_with),
        TEST(a_replaced_database_is_noticed_and_the_new_one_counts),
        TEST(a_moved_directory_is_noticed_and_its_return_too),
        TEST(a_reader_notices_within_a_second),
        TEST(while_another_has_the_deleted_log_open_nobody_begins_a_new_one),
        TEST(nothing_new_is_begun_beside_what_is_left_of_an_instance),
        TEST(an_emptied_database_is_not_taken_for_a_new_one),
        TEST(settings_laid_out_beforehand_are_no_remains),
        TEST(a_key_that_others_may_read_is_said_everywhere),
        TEST(a_key_for_the_group_of_the_database_is_in_order),
        TEST(data_that_others_may_read_or_change_are_said),
        TEST(shared_state_that_cannot_be_had_is_said_and_tried_again),
        TEST(shared_state_of_a_newer_version_is_left_to_it_and_said),
        TEST(shared_state_of_an_older_version_is_made_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
