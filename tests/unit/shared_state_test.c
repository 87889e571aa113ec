/*
 * Hot state: rates to the millisecond, several processes on one file, and what a killed process leaves behind.
 *
 * Times are given, not waited for, except where the turn to write is tested: there waiting is the thing itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "storage/shared_state.h"

static const int64_t NOW = INT64_C(1736935440000);

typedef struct place {
    char       dir[64];
    char       path[80];
    cc_shared *h;
} place;

static int
setup(void **state)
{
    place *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return -1;
    strcpy(p->dir, "/tmp/hot-test-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof(p->path), "%s/x.db-hot", p->dir);
    p->h = cc_shared_open(p->path, &cc_clock_system);
    *state = p;
    return p->h == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    place *p = *state;

    cc_shared_close(p->h);
    unlink(p->path);
    rmdir(p->path);
    rmdir(p->dir);
    free(p);
    return 0;
}

static int64_t
ms_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
ms_sleep(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

/* Run `work` in `n` processes that start together, each with its own opening of the file; the sum of what they answer.
 */
static int
in_processes(int n, const char *path, int (*work)(cc_shared *h, int which))
{
    int   gate[2], answers[2], sum = 0, got = 0;
    pid_t child[16];

    assert_int_equal(pipe(gate), 0);
    assert_int_equal(pipe(answers), 0);
    for (int i = 0; i < n; i++) {
        if ((child[i] = fork()) == 0) {
            char       c;
            cc_shared *h;
            int        answer;

            close(gate[1]);
            if (read(gate[0], &c, 1) != 0)
                _exit(1);
            h = cc_shared_open(path, &cc_clock_system);
            answer = h == NULL ? -1000000 : work(h, i);
            _exit(write(answers[1], &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
        }
        assert_true(child[i] > 0);
    }
    close(gate[0]);
    close(gate[1]); /* go */
    for (int i = 0; i < n; i++) {
        int status = 0;

        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    close(answers[1]);
    while (read(answers[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
        sum += got;
    close(answers[0]);
    return sum;
}

/* ---- rates ------------------------------------------------------------------------------------------------ */

static void
a_fresh_bucket_allows_exactly_its_burst(void **state)
{
    place  *p = *state;
    cc_rate r;

    for (int i = 9; i >= 0; i--) {
        r = cc_rate_take(p->h, 7, NOW, 60, 10);
        assert_true(r.allowed);
        assert_int_equal(r.remaining, i);
        assert_int_equal(r.reset_ms, (10 - i) * 1000);
        assert_int_equal(r.wait_ms, 0);
    }
    r = cc_rate_take(p->h, 7, NOW, 60, 10);
    assert_false(r.allowed);
    assert_int_equal(r.remaining, 0);
    assert_int_equal(r.reset_ms, 10000);
    assert_int_equal(r.wait_ms, 1000);
}

typedef struct said {
    uint64_t key[4];
    int64_t  us[4];
    size_t   count;
} said;

static bool
note_taken(void *ctx, uint64_t key, int64_t us)
{
    said *s = ctx;

    s->key[s->count] = key;
    s->us[s->count++] = us;
    return s->count < 4;
}

static void
what_another_machine_gave_away_is_paid_off_here(void **state)
{
    place     *p = *state;
    cc_shared *other = cc_shared_open(NULL, &cc_clock_system);
    said       heard = {.count = 0};
    int        allowed = 0;

    assert_non_null(other);
    assert_int_not_equal(cc_shared_machine(p->h), cc_shared_machine(other));
    cc_rate_exchange(p->h);
    cc_rate_exchange(other);
    for (int i = 0; i < 10; i++) { /* each gives all that it has, before they hear of each other */
        assert_true(cc_rate_take(p->h, 7, NOW, 60, 10).allowed);
        assert_true(cc_rate_take(other, 7, NOW, 60, 10).allowed);
    }
    assert_true(cc_rate_take(other, 8, NOW, 60, 10).allowed);
    cc_rate_give_back(other, 8, 60); /* it was free: nothing to tell of */
    cc_rate_each_taken(other, note_taken, &heard);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.key[0], 7);
    assert_int_equal(heard.us[0], 10 * 1000000);
    cc_rate_each_taken(other, note_taken, &heard);
    assert_int_equal(heard.count, 1); /* each taking is handed out once */
    cc_rate_charge(p->h, heard.key[0], NOW, heard.us[0]);
    assert_int_equal(cc_rate_take(p->h, 7, NOW, 60, 10).wait_ms, 11000);
    for (int64_t ms = 0; ms < 60000; ms += 100)
        allowed += cc_rate_take(p->h, 7, NOW + ms, 60, 10).allowed;
    assert_int_equal(allowed + 20, 60 + 10 - 1); /* as one machine gives in that minute */
    cc_shared_close(other);
}

static void
the_oldest_of_many_machines_makes_room(void **state)
{
    place *p = *state;

    for (uint64_t machine = 1; machine <= CC_MACHINES + 1; machine++) {
        assert_int_equal(cc_shared_heard(p->h, machine), 0);
        cc_shared_heard_set(p->h, machine, NOW + (int64_t)machine);
    }
    assert_int_equal(cc_shared_heard(p->h, 1), 0);
    assert_int_equal(cc_shared_heard(p->h, 2), NOW + 2);
    assert_true(cc_shared_exchange_due(p->h, NOW));
    assert_false(cc_shared_exchange_due(p->h, NOW + 999));
    assert_true(cc_shared_exchange_due(p->h, NOW + 1000));
}

static void
who_waits_as_long_as_told_gets_in_and_a_millisecond_less_does_not(void **state)
{
    place *p = *state;

    for (int64_t per_minute = 1; per_minute <= 1000; per_minute = per_minute * 3 + 1) {
        uint64_t key = (uint64_t)per_minute;
        int64_t  wait;

        assert_true(cc_rate_take(p->h, key, NOW, per_minute, 1).allowed);
        wait = cc_rate_take(p->h, key, NOW, per_minute, 1).wait_ms;
        assert_in_range(wait, 60000 / per_minute, 60000 / per_minute + 1);
        assert_false(cc_rate_take(p->h, key, NOW + wait - 1, per_minute, 1).allowed);
        assert_true(cc_rate_take(p->h, key, NOW + wait, per_minute, 1).allowed);
    }
}

static void
a_bucket_refills_at_its_rate_and_never_beyond_its_burst(void **state)
{
    place *p = *state;

    for (int i = 0; i < 5; i++)
        assert_true(cc_rate_take(p->h, 1, NOW, 60, 5).allowed);
    assert_int_equal(cc_rate_take(p->h, 1, NOW + 3000, 60, 5).remaining, 2);
    assert_int_equal(cc_rate_take(p->h, 1, NOW + 86400000, 60, 5).remaining, 4);
}

static void
over_an_hour_the_steady_rate_is_kept(void **state)
{
    place *p = *state;
    int    allowed = 0;

    for (int64_t ms = 0; ms < 3600000; ms += 50)
        allowed += cc_rate_take(p->h, 1, NOW + ms, 120, 10).allowed;
    assert_in_range(allowed, 120 * 60, 120 * 60 + 10);
}

static void
a_clock_set_back_empties_the_bucket_and_refills_it_from_there(void **state)
{
    place  *p = *state;
    cc_rate r;

    assert_true(cc_rate_take(p->h, 1, NOW + 3600000, 60, 5).allowed);
    r = cc_rate_take(p->h, 1, NOW, 60, 5);
    assert_false(r.allowed);
    assert_int_equal(r.wait_ms, 1000);
    assert_int_equal(r.reset_ms, 5000);
    assert_false(cc_rate_take(p->h, 1, NOW + 999, 60, 5).allowed);
    assert_true(cc_rate_take(p->h, 1, NOW + 1000, 60, 5).allowed);
}

static void
processes_whose_clocks_differ_a_little_do_not_empty_it(void **state)
{
    place *p = *state;

    assert_true(cc_rate_take(p->h, 1, NOW + 900, 6000, 1).allowed);
    assert_false(cc_rate_take(p->h, 1, NOW, 6000, 1).allowed);
    assert_true(cc_rate_take(p->h, 1, NOW + 910, 6000, 1).allowed);
}

static void
a_smaller_limit_holds_at_once(void **state)
{
    place  *p = *state;
    cc_rate r;

    for (int i = 0; i < 100; i++)
        assert_true(cc_rate_take(p->h, 1, NOW, 60, 100).allowed);
    r = cc_rate_take(p->h, 1, NOW, 60, 2);
    assert_false(r.allowed);
    assert_int_equal(r.wait_ms, 1000);
}

static void
a_request_given_back_can_be_taken_again(void **state)
{
    place *p = *state;

    assert_true(cc_rate_take(p->h, 1, NOW, 60, 1).allowed);
    cc_rate_give_back(p->h, 1, 60);
    assert_true(cc_rate_take(p->h, 1, NOW, 60, 1).allowed);
    assert_false(cc_rate_take(p->h, 1, NOW, 60, 1).allowed);
    cc_rate_give_back(p->h, 2, 60); /* never seen: nothing happens */
}

static void
a_request_given_back_to_a_full_bucket_does_not_overfill_it(void **state)
{
    place *p = *state;

    assert_true(cc_rate_take(p->h, 1, NOW, 60, 3).allowed);
    for (int i = 0; i < 10; i++)
        cc_rate_give_back(p->h, 1, 60);
    assert_int_equal(cc_rate_take(p->h, 1, NOW, 60, 3).remaining, 2);
}

static void
senseless_limits_are_read_as_the_nearest_sensible_ones(void **state)
{
    place *p = *state;

    assert_true(cc_rate_take(p->h, 1, NOW, 0, 0).allowed);
    assert_int_equal(cc_rate_take(p->h, 1, NOW, 0, 0).wait_ms, 60000);
    assert_true(cc_rate_take(p->h, 2, NOW, INT64_MAX, INT64_MAX).allowed);
}

static void
the_smallest_and_the_largest_key_are_keys_like_any_other(void **state)
{
    place         *p = *state;
    const uint64_t keys[] = {0, 1, UINT64_MAX - 1, UINT64_MAX};

    for (size_t i = 0; i < CC_COUNT(keys); i++)
        assert_int_equal(cc_shared_used(p->h, keys[i]), 0);
    for (size_t i = 0; i < CC_COUNT(keys); i++) {
        assert_true(cc_rate_take(p->h, keys[i], NOW, 60, 1).allowed);
        assert_false(cc_rate_take(p->h, keys[i], NOW, 60, 1).allowed);
        cc_shared_mark(p->h, keys[i], NOW + (int64_t)i);
    }
    for (size_t i = 0; i < CC_COUNT(keys); i++)
        assert_int_equal(cc_shared_used(p->h, keys[i]), NOW + (int64_t)i);
}

static void
two_openings_of_one_file_share_their_buckets(void **state)
{
    place     *p = *state;
    cc_shared *other = cc_shared_open(p->path, &cc_clock_system);

    assert_non_null(other);
    assert_true(cc_rate_take(p->h, 1, NOW, 60, 1).allowed);
    assert_false(cc_rate_take(other, 1, NOW, 60, 1).allowed);
    cc_shared_close(other);
}

static int
hammer(cc_shared *h, int which)
{
    int allowed = 0;

    (void)which;
    for (uint64_t key = 1; key <= 50; key++)
        for (int i = 0; i < 300; i++)
            allowed += cc_rate_take(h, key, NOW, 60, 500).allowed;
    return allowed;
}

static void
four_processes_on_new_buckets_are_given_exactly_what_these_hold(void **state)
{
    place *p = *state;

    assert_int_equal(in_processes(4, p->path, hammer), 50 * 500);
}

static void
with_more_keys_than_places_the_longest_unused_goes(void **state)
{
    place        *p = *state;
    const int64_t keys = 400000;

    cc_shared_mark(p->h, UINT64_MAX / 3, NOW);
    cc_shared_mark(p->h, UINT64_MAX / 5, NOW);
    for (int64_t i = 1; i <= keys; i++) {
        assert_true(cc_rate_take(p->h, (uint64_t)i, NOW + i, 60, 1).allowed);
        if (i % 1000 == 0)
            cc_rate_take(p->h, UINT64_MAX / 3, NOW + i, 60, 1);
    }
    assert_int_equal(cc_shared_used(p->h, UINT64_MAX / 3), NOW);
    assert_int_equal(cc_shared_used(p->h, UINT64_MAX / 5), 0);
    assert_false(cc_rate_take(p->h, (uint64_t)keys, NOW + keys, 60, 1).allowed);
}

/* ---- marks ------------------------------------------------------------------------------------------------ */

static void
a_mark_moves_at_most_once_a_minute(void **state)
{
    place *p = *state;

    assert_int_equal(cc_shared_used(p->h, 5), 0);
    cc_shared_mark(p->h, 5, NOW);
    cc_shared_mark(p->h, 5, NOW + 59999);
    assert_int_equal(cc_shared_used(p->h, 5), NOW);
    cc_shared_mark(p->h, 5, NOW + 60000);
    assert_int_equal(cc_shared_used(p->h, 5), NOW + 60000);
}

static void
a_mark_from_a_wrong_clock_is_corrected(void **state)
{
    place *p = *state;

    cc_shared_mark(p->h, 5, NOW + 86400000);
    cc_shared_mark(p->h, 5, NOW);
    assert_int_equal(cc_shared_used(p->h, 5), NOW);
}

typedef struct heard {
    int      count;
    uint64_t keys;
    int64_t  last;
} heard;

static void
hear(void *ctx, uint64_t key, int64_t used_ms)
{
    heard *h = ctx;

    h->count++;
    h->keys += key;
    h->last = used_ms > h->last ? used_ms : h->last;
}

static void
each_moved_mark_is_handed_out_once(void **state)
{
    place *p = *state;
    heard  h = {0};

    cc_shared_mark(p->h, 0, NOW);
    cc_shared_mark(p->h, 100, NOW + 1);
    cc_shared_mark(p->h, 2000, NOW + 2);
    cc_rate_take(p->h, 30000, NOW, 60, 1);
    cc_shared_each_dirty(p->h, hear, &h);
    assert_int_equal(h.count, 3);
    assert_int_equal(h.keys, 2100);
    assert_int_equal(h.last, NOW + 2);

    cc_shared_mark(p->h, 100, NOW + 60001);
    cc_shared_each_dirty(p->h, hear, &h);
    assert_int_equal(h.count, 4);
    assert_int_equal(h.last, NOW + 60001);
    cc_shared_each_dirty(p->h, hear, &h);
    assert_int_equal(h.count, 4);
    assert_int_equal(cc_shared_used(p->h, 100), NOW + 60001);
}

static int
flush_once(cc_shared *h, int which)
{
    int due = 0;

    (void)which;
    for (int i = 0; i < 1000; i++)
        due += cc_shared_flush_due(h, NOW);
    return due;
}

static void
of_all_processes_one_a_minute_writes_the_marks_down(void **state)
{
    place *p = *state;

    assert_int_equal(in_processes(4, p->path, flush_once), 1);
    assert_false(cc_shared_flush_due(p->h, NOW + 59999));
    assert_true(cc_shared_flush_due(p->h, NOW + 60000));
    assert_false(cc_shared_flush_due(p->h, NOW + 60000));
    assert_true(cc_shared_flush_due(p->h, NOW - 86400000)); /* the clock was set back */
}

/* ---- claims ----------------------------------------------------------------------------------------------- */

static void
a_claim_holds_until_it_is_left(void **state)
{
    place     *p = *state;
    cc_shared *other = cc_shared_open(p->path, &cc_clock_system);

    assert_true(cc_claim_take(p->h, 5, NOW));
    assert_false(cc_claim_take(p->h, 5, NOW));
    assert_false(cc_claim_take(other, 5, NOW + 59000));
    assert_true(cc_claim_take(other, 6, NOW));
    cc_claim_release(p->h, 5);
    assert_true(cc_claim_take(other, 5, NOW));
    assert_false(cc_claim_take(p->h, 6, NOW));
    cc_claim_release(p->h, 77); /* never entered: nothing happens */
    cc_shared_close(other);
}

static void
a_claim_that_nobody_leaves_ends_after_a_minute(void **state)
{
    place *p = *state;

    assert_true(cc_claim_take(p->h, 0, NOW));
    assert_false(cc_claim_take(p->h, 0, NOW + 60000));
    assert_true(cc_claim_take(p->h, 0, NOW + 61000));
    assert_false(cc_claim_take(p->h, 0, NOW + 61000));
}

static void
a_clock_set_back_a_little_ends_no_claim(void **state)
{
    place *p = *state;

    assert_true(cc_claim_take(p->h, 9, NOW));
    assert_false(cc_claim_take(p->h, 9, NOW - 5000));
}

static int
enter_each(cc_shared *h, int which)
{
    int entered = 0;

    (void)which;
    for (uint64_t tag = 0; tag < 300; tag++)
        entered += cc_claim_take(h, tag, NOW);
    return entered;
}

static void
of_four_processes_with_the_same_tag_one_enters(void **state)
{
    place *p = *state;

    for (int round = 0; round < 10; round++) {
        assert_int_equal(in_processes(4, p->path, enter_each), 300);
        for (uint64_t tag = 0; tag < 300; tag++)
            cc_claim_release(p->h, tag);
    }
}

static void
a_table_full_of_claims_lets_nobody_in_and_is_free_again_a_minute_later(void **state)
{
    place   *p = *state;
    uint64_t entered = 0;

    for (uint64_t tag = 0; tag < 100000; tag++)
        entered += cc_claim_take(p->h, tag, NOW);
    assert_int_equal(entered, 1024);
    assert_true(cc_claim_take(p->h, 100001, NOW + 61000));
}

/* ---- the turn to write ------------------------------------------------------------------------------------ */

/* A process that has the turn for `ms`, then gives it back; comes back when it has it. */
static pid_t
owner_for(place *p, long ms)
{
    int   ready[2];
    char  c = 0;
    pid_t pid;

    assert_int_equal(pipe(ready), 0);
    if ((pid = fork()) == 0) {
        cc_shared *h = cc_shared_open(p->path, &cc_clock_system);

        cc_write_queue_enter(h, 5000);
        if (write(ready[1], &c, 1) != 1)
            _exit(1);
        ms_sleep(ms);
        cc_write_queue_leave(h);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static int64_t
time_to_take(cc_shared *h, int64_t ms)
{
    int64_t start = ms_now();

    cc_write_queue_enter(h, ms);
    return ms_now() - start;
}

static void
a_free_turn_costs_nothing(void **state)
{
    place  *p = *state;
    int64_t start = ms_now();

    for (int i = 0; i < 100000; i++) {
        cc_write_queue_enter(p->h, 5000);
        cc_write_queue_leave(p->h);
    }
    assert_true(ms_now() - start < 1000);
}

static void
a_waiter_is_woken_when_the_turn_is_given(void **state)
{
    place  *p = *state;
    int64_t best = INT64_MAX;

    for (int i = 0; i < 5; i++) { /* a busy machine may be late once */
        pid_t   owner = owner_for(p, 50);
        int64_t waited = time_to_take(p->h, 5000);

        best = waited < best ? waited : best;
        cc_write_queue_leave(p->h);
        waitpid(owner, NULL, 0);
    }
    assert_in_range(best, 20, 95); /* less than a slice: it was woken, it did not wake by itself */
}

static void
the_turn_of_a_killed_owner_costs_the_next_one_a_moment_and_the_one_after_nothing(void **state)
{
    place  *p = *state;
    pid_t   owner = owner_for(p, 60000);
    int64_t waited;

    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    waited = time_to_take(p->h, 5000);
    assert_in_range(waited, 1, 200);
    cc_write_queue_leave(p->h);
    assert_in_range(time_to_take(p->h, 5000), 0, 60);
    cc_write_queue_leave(p->h);
}

/* Whoever has less patience than a waiter sleeps would leave it to the next one, and so would that one. */
static void
a_killed_owner_does_not_outlive_a_short_patience(void **state)
{
    place *p = *state;
    pid_t  owner = owner_for(p, 60000);

    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    cc_write_queue_enter(p->h, 100);
    cc_write_queue_leave(p->h);
    assert_in_range(time_to_take(p->h, 5000), 0, 60);
    cc_write_queue_leave(p->h);
}

/* The marks of the four: together they must have waited for one another, not run at once. */
static int
take_and_count(cc_shared *h, int which)
{
    int most;

    (void)which;
    cc_write_queue_enter(h, 10000);
    most = (int)cc_rate_take(h, 1, NOW, 60, 100).remaining;
    ms_sleep(30);
    most -= (int)cc_rate_take(h, 1, NOW, 60, 100).remaining;
    cc_write_queue_leave(h);
    return most;
}

static void
waiters_go_one_after_the_other_even_after_a_killed_owner(void **state)
{
    place *p = *state;
    pid_t  owner = owner_for(p, 60000);

    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    /* Had another process been in between, someone's two takes would lie further than one apart. */
    assert_int_equal(in_processes(4, p->path, take_and_count), 4);
}

static void
a_slow_owner_is_waited_for(void **state)
{
    place *p = *state;
    pid_t  owner = owner_for(p, 300);

    assert_in_range(time_to_take(p->h, 5000), 200, 490);
    cc_write_queue_leave(p->h);
    waitpid(owner, NULL, 0);
}

static void
who_waited_in_vain_does_not_give_away_the_turn_of_the_owner(void **state)
{
    place *p = *state;
    pid_t  owner = owner_for(p, 300);

    assert_in_range(time_to_take(p->h, 50), 45, 140);
    cc_write_queue_leave(p->h);
    assert_in_range(time_to_take(p->h, 5000), 100, 400);
    cc_write_queue_leave(p->h);
    waitpid(owner, NULL, 0);
}

static void
an_owner_that_hangs_blocks_nobody_for_good(void **state)
{
    place *p = *state;
    pid_t  owner = owner_for(p, 60000);

    assert_in_range(time_to_take(p->h, 5000), 400, 900);
    cc_write_queue_leave(p->h);
    assert_in_range(time_to_take(p->h, 5000), 0, 60);
    cc_write_queue_leave(p->h);
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
}

/* ---- the file --------------------------------------------------------------------------------------------- */

static void
the_file_is_private_to_its_owner_and_complete(void **state)
{
    place      *p = *state;
    struct stat st;

    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(st.st_size > 65536 * 32);
    assert_true(st.st_blocks * 512 >= st.st_size); /* no holes: a full disk must not become a SIGBUS */
}

static void
spoil(const char *path, off_t size, off_t at, const char *bytes)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(pwrite(fd, bytes, strlen(bytes), at), (ssize_t)strlen(bytes));
    close(fd);
}

static void
a_file_of_another_kind_size_or_version_is_replaced(void **state)
{
    place      *p = *state;
    struct stat st;

    assert_int_equal(stat(p->path, &st), 0);
    for (int i = 0; i < 3; i++) {
        cc_shared *a, *b;

        if (i == 0)
            spoil(p->path, 5, 0, "hello");
        else
            spoil(p->path, st.st_size, i == 1 ? 0 : 8, "WRONG");
        a = cc_shared_open(p->path, &cc_clock_system);
        b = cc_shared_open(p->path, &cc_clock_system);
        assert_true(cc_rate_take(a, 1, NOW, 60, 1).allowed);
        assert_false(cc_rate_take(b, 1, NOW, 60, 1).allowed);
        cc_shared_close(a);
        cc_shared_close(b);
    }
}

static int
take_one(cc_shared *h, int which)
{
    (void)which;
    return cc_rate_take(h, 1, NOW, 60, 5).allowed;
}

static void
processes_that_find_no_file_or_a_wrong_one_agree_on_one_new_file(void **state)
{
    place *p = *state;

    for (int i = 0; i < 20; i++) {
        unlink(p->path);
        if (i % 2 == 0)
            spoil(p->path, 100, 0, "no such thing");
        assert_int_equal(in_processes(8, p->path, take_one), 5);
    }
    unlink(p->path);
    assert_int_equal(rmdir(p->dir), 0); /* nothing half-made was left */
    assert_int_equal(mkdir(p->dir, 0700), 0);
}

static void
where_no_file_can_be_made_the_state_is_this_processs_own(void **state)
{
    place     *p = *state;
    cc_shared *nowhere = cc_shared_open("/nonexistent/x-hot", &cc_clock_system);
    cc_shared *nameless = cc_shared_open(NULL, &cc_clock_system);
    cc_shared *directory;

    unlink(p->path);
    assert_int_equal(mkdir(p->path, 0700), 0);
    directory = cc_shared_open(p->path, &cc_clock_system);
    assert_true(cc_rate_take(nowhere, 1, NOW, 60, 1).allowed);
    assert_false(cc_rate_take(nowhere, 1, NOW, 60, 1).allowed);
    assert_true(cc_rate_take(nameless, 1, NOW, 60, 1).allowed);
    assert_true(cc_rate_take(directory, 1, NOW, 60, 1).allowed);
    cc_write_queue_enter(nowhere, 1000);
    cc_write_queue_leave(nowhere);
    cc_shared_close(nowhere);
    cc_shared_close(nameless);
    cc_shared_close(directory);
}

static void
a_link_in_the_files_place_is_not_followed(void **state)
{
    place     *p = *state;
    char       target[96];
    cc_shared *h;

    snprintf(target, sizeof(target), "%s/victim", p->dir);
    unlink(p->path);
    assert_int_equal(symlink(target, p->path), 0);
    h = cc_shared_open(p->path, &cc_clock_system);
    assert_non_null(h);
    assert_int_equal(access(target, F_OK), -1);
    cc_shared_close(h);
}

/* ---- events ------------------------------------------------------------------------------------- */

static void
a_bell_that_is_rung_counts_on(void **state)
{
    place   *p = *state;
    uint32_t before = cc_event_count(p->h, CC_EVENT_WORK);

    cc_event_notify(p->h, CC_EVENT_WORK);
    cc_event_notify(p->h, CC_EVENT_WORK);
    assert_int_equal(cc_event_count(p->h, CC_EVENT_WORK), before + 2);
}

static void
the_workers_bell_is_no_runs(void **state)
{
    place   *p = *state;
    uint32_t before = cc_event_count(p->h, CC_EVENT_WORK);

    for (uint64_t run = 1; run < 1000; run++)
        cc_event_notify(p->h, run);
    assert_int_equal(cc_event_count(p->h, CC_EVENT_WORK), before);
}

static void
who_heard_less_than_was_rung_does_not_wait(void **state)
{
    place   *p = *state;
    uint32_t before = cc_event_count(p->h, 5);
    int64_t  began = ms_now();

    cc_event_notify(p->h, 5); /* between looking and waiting: the ring that must not be missed */
    cc_event_wait(p->h, 5, before, 60000);
    assert_true(ms_now() - began < 30000);
}

static void
a_bell_that_nobody_rings_is_waited_for_as_long_as_said(void **state)
{
    place  *p = *state;
    int64_t began = ms_now();

    cc_event_wait(p->h, 5, cc_event_count(p->h, 5), 50);
    assert_true(ms_now() - began >= 49);
    cc_event_wait(p->h, 5, cc_event_count(p->h, 5), 0);
    cc_event_wait(p->h, 5, cc_event_count(p->h, 5), -1);
}

static void
a_ring_wakes_all_who_wait_in_other_processes(void **state)
{
    enum { WAITING = 4 };
    place  *p = *state;
    pid_t   pid[WAITING];
    int     ready[2], status;
    char    c;
    int64_t began = ms_now();

    assert_int_equal(pipe(ready), 0);
    for (int i = 0; i < WAITING; i++) {
        if ((pid[i] = fork()) == 0) {
            cc_shared *h = cc_shared_open(p->path, &cc_clock_system); /* a mapping of its own, as every process has */
            uint32_t   before = h ? cc_event_count(h, 5) : 0;
            if (!h || write(ready[1], "r", 1) != 1)
                _exit(2);
            for (int64_t until = ms_now() + 30000; cc_event_count(h, 5) == before && ms_now() < until;)
                cc_event_wait(h, 5, before, 30000);
            _exit(cc_event_count(h, 5) == before);
        }
        assert_true(pid[i] > 0);
    }
    for (int i = 0; i < WAITING; i++)
        assert_int_equal(read(ready[0], &c, 1), 1);
    ms_sleep(20); /* most of them sleep by now; those that do not, see the number */
    cc_event_notify(p->h, 5);
    for (int i = 0; i < WAITING; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_true(ms_now() - began < 25000);
    close(ready[0]);
    close(ready[1]);
}

/* ---- turns at heavy work ------------------------------------------------------------------------ */

static void
turns_at_heavy_work_are_as_many_as_said(void **state)
{
    place   *p = *state;
    uint32_t before = cc_event_count(p->h, CC_EVENT_HEAVY);

    assert_int_equal(cc_heavy_slot_take(p->h, 1, 2, NOW), 1);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 2, NOW), 2);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 2, NOW), -1);
    assert_int_equal(cc_heavy_slot_take(p->h, 0, 1, NOW), 0);
    cc_heavy_slot_give(p->h, -1);
    cc_heavy_slot_give(p->h, 1);
    assert_int_not_equal(cc_event_count(p->h, CC_EVENT_HEAVY), before);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 2, NOW), 1);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 1000000, NOW), 3);
}

static void
a_turn_at_heavy_work_that_is_not_given_back_ends(void **state)
{
    place *p = *state;

    assert_int_equal(cc_heavy_slot_take(p->h, 1, 1, NOW), 1);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 1, NOW + CC_HEAVY_SLOT_MS - 1), -1);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 1, NOW + CC_HEAVY_SLOT_MS), 1);
    assert_int_equal(cc_heavy_slot_take(p->h, 1, 1, NOW - 60 * 60 * 1000), 1); /* a clock that was set back */
}

/* ---- seats ------------------------------------------------------------------------------------- */

enum { PROJECT = 1, OTHER_PROJECT = 2, THIRD_PROJECT = 3 };

static int
take_waiter(place *p, int64_t seats, bool several, uint64_t project, uint64_t key)
{
    return cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, seats, several, project, key, NOW, 1000);
}

static void
there_are_as_many_seats_as_said_and_one_given_back_is_free(void **state)
{
    place *p = *state;

    assert_int_equal(take_waiter(p, 2, false, PROJECT, 1), 0);
    assert_int_equal(take_waiter(p, 2, false, PROJECT, 2), 1);
    assert_int_equal(take_waiter(p, 2, false, PROJECT, 3), -1);
    assert_int_equal(take_waiter(p, 0, false, PROJECT, 3), -1);
    cc_waiter_slot_give(p->h, 0);
    assert_int_equal(take_waiter(p, 2, false, PROJECT, 3), 0);
    cc_waiter_slot_give(p->h, -1);
    cc_waiter_slot_keep(p->h, -1, NOW, 1000);
}

static void
one_key_has_half_of_the_seats_but_at_least_one(void **state)
{
    place *p = *state;

    assert_int_equal(take_waiter(p, 2, false, PROJECT, 1), 0);
    assert_int_equal(take_waiter(p, 2, false, PROJECT, 1), -1);
    assert_int_equal(take_waiter(p, 2, false, PROJECT, 2), 1);
    assert_int_equal(take_waiter(p, 8, false, PROJECT, 1), 2); /* of eight it may have four */
    assert_int_equal(take_waiter(p, 8, false, PROJECT, 1), 3);
    assert_int_equal(take_waiter(p, 8, false, PROJECT, 1), 4);
    assert_int_equal(take_waiter(p, 8, false, PROJECT, 1), -1);
}

static void
one_project_leaves_seats_for_the_next_and_that_one_for_a_third(void **state)
{
    place *p = *state;
    int    taken[4] = {0};

    for (uint64_t project = PROJECT; project <= THIRD_PROJECT; project++)
        for (uint64_t key = 1; key <= 8; key++)
            taken[project] += take_waiter(p, 8, true, project, key) >= 0;
    assert_int_equal(taken[PROJECT], 4);
    assert_int_equal(taken[OTHER_PROJECT], 2);
    assert_int_equal(taken[THIRD_PROJECT], 1);
    assert_true(take_waiter(p, 8, true, 4, 1) >= 0);
    assert_int_equal(take_waiter(p, 8, true, 5, 1), -1);
}

static void
of_two_seats_each_of_two_projects_has_one(void **state)
{
    place *p = *state;

    assert_int_equal(take_waiter(p, 2, true, PROJECT, 1), 0);
    assert_int_equal(take_waiter(p, 2, true, PROJECT, 2), -1);
    assert_int_equal(take_waiter(p, 2, true, OTHER_PROJECT, 3), 1);
}

static void
those_who_sleep_and_those_who_are_held_have_seats_of_their_own(void **state)
{
    place *p = *state;
    int    held = 0;

    assert_int_equal(take_waiter(p, 1, false, PROJECT, 1), 0);
    while (cc_waiter_slot_take(p->h, CC_WAITERS_HELD, CC_WAITERS_HELD_MOST, true, PROJECT, (uint64_t)held + 1, NOW,
                               1000) >= CC_WAITERS_ASLEEP_MOST)
        held++;
    assert_int_equal(held, CC_WAITERS_HELD_MOST / 2);
    cc_waiter_slot_give(p->h, 0);
    assert_int_equal(take_waiter(p, 1, false, PROJECT, 1), 0);
}

static void
a_seat_is_free_again_when_its_time_is_over_unless_it_is_kept(void **state)
{
    place *p = *state;

    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW, 1000), 0);
    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW + 999, 1000), -1);
    cc_waiter_slot_keep(p->h, 0, NOW + 999, 1000);
    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW + 1999, 1000), -1);
    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW + 2000, 1000),
                     0); /* its holder was killed */
}

static void
a_clock_set_back_blocks_no_seat(void **state)
{
    place *p = *state;

    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW, 1000), 0);
    assert_int_equal(cc_waiter_slot_take(p->h, CC_WAITERS_ASLEEP, 1, false, 1, 1, NOW - 3600000, 1000), 0);
}

static int
take_all_seats(cc_shared *h, int which)
{
    int mine = 0;

    while (mine < 200 &&
           cc_waiter_slot_take(h, CC_WAITERS_ASLEEP, 50, false, PROJECT, (uint64_t)which + 1, NOW, 1000) >= 0)
        mine++;
    return mine;
}

static void
no_seat_is_given_to_two_processes(void **state)
{
    place *p = *state;

    assert_int_equal(in_processes(4, p->path, take_all_seats), 50);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_fresh_bucket_allows_exactly_its_burst),
        T(what_another_machine_gave_away_is_paid_off_here),
        T(the_oldest_of_many_machines_makes_room),
        T(who_waits_as_long_as_told_gets_in_and_a_millisecond_less_does_not),
        T(a_bucket_refills_at_its_rate_and_never_beyond_its_burst),
        T(over_an_hour_the_steady_rate_is_kept),
        T(a_clock_set_back_empties_the_bucket_and_refills_it_from_there),
        T(processes_whose_clocks_differ_a_little_do_not_empty_it),
        T(a_smaller_limit_holds_at_once),
        T(a_request_given_back_can_be_taken_again),
        T(a_request_given_back_to_a_full_bucket_does_not_overfill_it),
        T(senseless_limits_are_read_as_the_nearest_sensible_ones),
        T(the_smallest_and_the_largest_key_are_keys_like_any_other),
        T(two_openings_of_one_file_share_their_buckets),
        T(four_processes_on_new_buckets_are_given_exactly_what_these_hold),
        T(with_more_keys_than_places_the_longest_unused_goes),
        T(a_mark_moves_at_most_once_a_minute),
        T(a_mark_from_a_wrong_clock_is_corrected),
        T(each_moved_mark_is_handed_out_once),
        T(of_all_processes_one_a_minute_writes_the_marks_down),
        T(a_claim_holds_until_it_is_left),
        T(a_claim_that_nobody_leaves_ends_after_a_minute),
        T(a_clock_set_back_a_little_ends_no_claim),
        T(of_four_processes_with_the_same_tag_one_enters),
        T(a_table_full_of_claims_lets_nobody_in_and_is_free_again_a_minute_later),
        T(a_free_turn_costs_nothing),
        T(a_waiter_is_woken_when_the_turn_is_given),
        T(the_turn_of_a_killed_owner_costs_the_next_one_a_moment_and_the_one_after_nothing),
        T(a_killed_owner_does_not_outlive_a_short_patience),
        T(waiters_go_one_after_the_other_even_after_a_killed_owner),
        T(a_slow_owner_is_waited_for),
        T(who_waited_in_vain_does_not_give_away_the_turn_of_the_owner),
        T(an_owner_that_hangs_blocks_nobody_for_good),
        T(the_file_is_private_to_its_owner_and_complete),
        T(a_file_of_another_kind_size_or_version_is_replaced),
        T(processes_that_find_no_file_or_a_wrong_one_agree_on_one_new_file),
        T(where_no_file_can_be_made_the_state_is_this_processs_own),
        T(a_link_in_the_files_place_is_not_followed),
        T(a_bell_that_is_rung_counts_on),
        T(the_workers_bell_is_no_runs),
        T(who_heard_less_than_was_rung_does_not_wait),
        T(a_bell_that_nobody_rings_is_waited_for_as_long_as_said),
        T(a_ring_wakes_all_who_wait_in_other_processes),
        T(there_are_as_many_seats_as_said_and_one_given_back_is_free),
        T(one_key_has_half_of_the_seats_but_at_least_one),
        T(one_project_leaves_seats_for_the_next_and_that_one_for_a_third),
        T(of_two_seats_each_of_two_projects_has_one),
        T(those_who_sleep_and_those_who_are_held_have_seats_of_their_own),
        T(a_seat_is_free_again_when_its_time_is_over_unless_it_is_kept),
        T(a_clock_set_back_blocks_no_seat),
        T(no_seat_is_given_to_two_processes),
        T(turns_at_heavy_work_are_as_many_as_said),
        T(a_turn_at_heavy_work_that_is_not_given_back_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
