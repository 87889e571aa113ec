/*
 * An app must not cross a fork, and every call notices: also when a thread of the parent was inside at that moment and
 * so holds the lock for ever in the child.
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "codecourier.h"
#include "place.h"

typedef struct inside {
    place        *p;
    sem_t         there, go;
    cc_response  *out;
    pthread_t     thread;
} inside;

/* The body of a request never comes until it is let go: so long its thread has the app's lock. */
static int64_t
slow_body(void *ctx, void *into, size_t size)
{
    inside *i = ctx;

    (void)into;
    (void)size;
    sem_post(&i->there);
    sem_wait(&i->go);
    return -1;
}

static void *
stay_inside(void *ctx)
{
    inside    *i = ctx;
    cc_request in = {.method = "POST",
                     .uri = "/api/v1/workflows",
                     .local_project = i->p->project.id,
                     .content_length = 10,
                     .read = slow_body,
                     .read_ctx = i};

    cc_app_handle(i->p->app, &in, &i->out);
    return NULL;
}

static bool
see_project(void *ctx, const cc_project_info *project)
{
    (void)ctx;
    (void)project;
    return true;
}

/* In the child: the number of the first call that did not notice, or 0. */
static int
calls_that_notice(place *p)
{
    cc_request      in = {.method = "GET", .uri = "/api/v1/health"};
    cc_response    *out = NULL;
    cc_project_info project;
    cc_work_options work = {.drain = true, .stop_fd = -1};
    const char     *piece;
    size_t          size;
    bool            fresh;
    char            password[CC_PASSWORD_SIZE];

    cc_app_handle(p->app, &in, &out);
    if (out->status != 500 || out->err != CC_E_INTERNAL || strstr(out->body, "fork()") == NULL)
        return 1;
    if (cc_response_more(p->app, out, &piece, &size))
        return 2;
    cc_response_free(p->app, out);
    if (cc_project_each(p->app, see_project, NULL) != CC_E_INTERNAL)
        return 3;
    if (cc_project_create(p->app, "Child", NULL, false, &project) != CC_E_INTERNAL)
        return 4;
    if (cc_user_add(p->app, "child@example.com", "owner", NULL, password) != CC_E_INTERNAL)
        return 5;
    if (cc_user_password(p->app, "owner@example.com", password) != CC_E_INTERNAL)
        return 6;
    if (cc_first_start(p->app, "child@example.com", &fresh, &project, password) != CC_E_INTERNAL)
        return 7;
    if (cc_app_tick(p->app) != CC_E_INTERNAL)
        return 8;
    if (cc_work(p->app, &work) != CC_E_INTERNAL)
        return 9;
    cc_app_close(p->app);
    return 0;
}

static int
ends_with(place *p)
{
    int   status = -1;
    pid_t child = fork();

    if (child == 0) {
        alarm(10); /* whoever waits for a lock ends by it, and the test with 14 */
        _exit(calls_that_notice(p));
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void
every_call_in_a_child_notices(void **state)
{
    assert_int_equal(ends_with(*state), 0);
}

static void
every_call_in_a_child_notices_while_a_thread_of_the_parent_is_inside(void **state)
{
    place *p = *state;
    inside i = {.p = p};

    sem_init(&i.there, 0, 0);
    sem_init(&i.go, 0, 0);
    assert_int_equal(pthread_create(&i.thread, NULL, stay_inside, &i), 0);
    sem_wait(&i.there);
    int ended = ends_with(p);
    sem_post(&i.go);
    pthread_join(i.thread, NULL);
    assert_int_equal(ended, 0);
    assert_int_equal(i.out->status, 400); /* the parent goes on as if nothing had been */
    cc_response_free(p->app, i.out);
    assert_int_equal(cc_project_each(p->app, see_project, NULL), CC_OK);
}

/* What was answered before the fork is the child's to give back: memory only. */
static void
an_answer_of_the_parents_can_be_given_back_in_the_child(void **state)
{
    place       *p = *state;
    cc_request   in = {.method = "GET", .uri = "/api/v1/health"};
    cc_response *out;
    int          status = -1;
    pid_t        child;

    cc_app_handle(p->app, &in, &out);
    if ((child = fork()) == 0) {
        alarm(10);
        cc_response_free(p->app, out);
        cc_app_close(p->app);
        _exit(0);
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cc_response_free(p->app, out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_call_in_a_child_notices, place_setup, place_teardown),
        cmocka_unit_test_setup_teardown(every_call_in_a_child_notices_while_a_thread_of_the_parent_is_inside, place_setup,
                                        place_teardown),
        cmocka_unit_test_setup_teardown(an_answer_of_the_parents_can_be_given_back_in_the_child, place_setup,
                                        place_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
