/*
 * The arena: what it hands out, what grows in place, and in which order it gives back.
 *
 * Run it built with -DCC_ARENA_MALLOC too: every test but the one about growing in place holds for both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "context/settings.h"

static int
make_arena(void **state)
{
    *state = cc_arena_new();
    return *state != NULL ? 0 : -1;
}

static int
free_arena(void **state)
{
    cc_arena_free(*state);
    return 0;
}

static void
memory_is_zeroed_and_aligned_even_when_it_was_used_before(void **state)
{
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size += 7) {
            unsigned char *p = cc_alloc(*state, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(p[i], 0);
                p[i] = 0xff;
            }
        }
        cc_arena_reset(*state);
    }
}

static void
objects_do_not_overlap_across_many_chunks(void **state)
{
    enum { COUNT = 3000 };
    unsigned char *p[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        size_t size = 1 + i * 37 % 900;
        p[i] = cc_alloc(*state, size);
        assert_non_null(p[i]);
        memset(p[i], (int)(i & 255), size);
    }
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = 1 + i * 37 % 900;
        assert_int_equal(p[i][0], i & 255);
        assert_int_equal(p[i][size - 1], i & 255);
    }
}

static void
impossible_sizes_are_refused(void **state)
{
    char *p = cc_alloc(*state, 8);

    assert_null(cc_alloc(*state, SIZE_MAX));
    assert_null(cc_alloc(*state, SIZE_MAX - 64));
    assert_null(cc_strndup(*state, "x", SIZE_MAX));
    assert_null(cc_realloc(*state, p, 8, SIZE_MAX - 8));
    memset(p, 'x', 8); /* still valid */
}

static void
growing_keeps_the_contents_whatever_came_after(void **state)
{
    size_t size = 1;
    char  *p = cc_realloc(*state, NULL, 0, size);

    *p = 'a';
    while (size < 1000000) {
        size_t more = size * 3 / 2 + 1;
        if (size % 2 == 0)
            assert_non_null(cc_alloc(*state, 5)); /* so that p is no longer the last */
        p = cc_realloc(*state, p, size, more);
        assert_non_null(p);
        memset(p + size, 'a' + (int)(size % 26), more - size);
        size = more;
    }
    for (size_t from = 1; from < size; from = from * 3 / 2 + 1)
        assert_int_equal(p[from], 'a' + (int)(from % 26));
    assert_int_equal(p[0], 'a');
}

static void
the_neighbour_of_a_grown_text_stays_as_it_was(void **state)
{
    char *before = cc_strndup(*state, "before", 6);
    char *p = cc_alloc(*state, 10);

    p = cc_realloc(*state, p, 10, 200000);
    char *after = cc_strndup(*state, "after", 5);
    p = cc_realloc(*state, p, 200000, 400000);
    memset(p, 'x', 400000);
    assert_string_equal(before, "before");
    assert_string_equal(after, "after");
}

#ifndef CC_ARENA_MALLOC
static void
the_last_object_grows_in_place(void **state)
{
    char *first = cc_alloc(*state, 10);
    char *last = cc_alloc(*state, 10);

    assert_ptr_equal(cc_realloc(*state, last, 10, 1000), last);
    assert_ptr_not_equal(cc_realloc(*state, first, 10, 1000), first);
}

static void
a_reset_keeps_a_block_for_the_next_request(void **state)
{
    assert_non_null(cc_alloc(*state, 10000));
    assert_non_null(cc_alloc(*state, 30000));
    cc_arena_reset(*state);
    char *first = cc_alloc(*state, 100);
    cc_arena_reset(*state);
    assert_ptr_equal(cc_alloc(*state, 100), first);
}
#endif

static void
printing_makes_short_and_long_texts(void **state)
{
    char *shorter = cc_printf(*state, "%s-%d", "run", 7);
    char *longer = cc_printf(*state, "%01000d", 7);

    assert_string_equal(shorter, "run-7");
    assert_int_equal(strlen(longer), 1000);
    assert_string_equal(longer + 998, "07");
    assert_string_equal(cc_strndup(*state, "abcdef", 3), "abc");
    assert_string_equal(cc_strndup(*state, NULL, 0), "");
}

static char   order[8];
static size_t released;

static void
note(void *p)
{
    order[released++] = *(char *)p;
}

static void
what_is_owned_is_released_last_first_and_once(void **state)
{
    released = 0;
    for (char c = 'a'; c <= 'c'; c++) {
        char *p = cc_alloc(*state, 1); /* in the arena itself: must still be there when it is released */
        *p = c;
        assert_int_equal(cc_arena_own(*state, p, note), CC_OK);
    }
    cc_arena_reset(*state);
    assert_int_equal(released, 3);
    assert_memory_equal(order, "cba", 3);
    cc_arena_reset(*state);
    assert_int_equal(released, 3);
}

static void
freeing_an_arena_frees_what_it_owns(void **state)
{
    cc_arena *a = cc_arena_new();

    (void)state;
    assert_int_equal(cc_arena_own(a, malloc(100), free), CC_OK); /* the leak checker is the judge */
    cc_arena_free(a);
    cc_arena_free(NULL);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(memory_is_zeroed_and_aligned_even_when_it_was_used_before),
        TEST(objects_do_not_overlap_across_many_chunks),
        TEST(impossible_sizes_are_refused),
        TEST(growing_keeps_the_contents_whatever_came_after),
        TEST(the_neighbour_of_a_grown_text_stays_as_it_was),
#ifndef CC_ARENA_MALLOC
        TEST(the_last_object_grows_in_place),
        TEST(a_reset_keeps_a_block_for_the_next_request),
#endif
        TEST(printing_makes_short_and_long_texts),
        TEST(what_is_owned_is_released_last_first_and_once),
        TEST(freeing_an_arena_frees_what_it_owns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
