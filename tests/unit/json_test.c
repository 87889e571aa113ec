/* The strict door to cJSON: what passes, what is refused and how it is said, and that hostile bodies take no time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mend.h"
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

/* Parse from a block of exactly that size, so that a sanitizer sees one byte too many. */
static cc_err
parse(cc_arena *a, const char *text, size_t size, const cc_json **out, const char **why)
{
    char *exact = malloc(size != 0 ? size : 1);

    assert_non_null(exact);
    memcpy(exact, text, size);
    cc_err err = cc_json_parse(a, exact, size, out, why);
    free(exact);
    return err;
}

static const cc_json *
parsed(cc_arena *a, const char *text)
{
    const cc_json *j;
    const char    *why;

    if (parse(a, text, strlen(text), &j, &why) != CC_OK)
        fail_msg("%s was refused: %s", text, why);
    return j;
}

static void
assert_refused(cc_arena *a, const char *text, size_t size, const char *about)
{
    const cc_json *j;
    const char    *why;

    if (parse(a, text, size, &j, &why) != CC_E_VALIDATION)
        fail_msg("%s was not refused", text);
    assert_null(j);
    if (strstr(why, about) == NULL)
        fail_msg("%s was refused with: %s", text, why);
}

static void
a_tree_can_be_walked(void **state)
{
    const cc_json *j = parsed(*state, " {\"name\":\"Nightly\",\"Name\":null,\"steps\":[1,-2.5,true,false],\"o\":{}} ");

    assert_int_equal(cc_json_what(j), CC_J_OBJECT);
    const cc_json *name = cc_json_member(j, "name");
    assert_ptr_equal(cc_json_first(j), name);
    assert_string_equal(cc_json_name(name), "name");
    assert_int_equal(cc_json_what(name), CC_J_TEXT);
    assert_string_equal(cc_json_text(name), "Nightly");
    assert_int_equal(cc_json_what(cc_json_member(j, "Name")), CC_J_NULL);
    assert_null(cc_json_member(j, "NAME"));

    const cc_json *step = cc_json_first(cc_json_member(j, "steps"));
    assert_true(cc_json_number(step) == 1);
    step = cc_json_next(step);
    assert_int_equal(cc_json_what(step), CC_J_NUMBER);
    assert_true(cc_json_number(step) == -2.5);
    step = cc_json_next(step);
    assert_int_equal(cc_json_what(step), CC_J_BOOL);
    assert_true(cc_json_true(step));
    step = cc_json_next(step);
    assert_int_equal(cc_json_what(step), CC_J_BOOL);
    assert_false(cc_json_true(step));
    assert_null(cc_json_next(step));
    assert_null(cc_json_first(cc_json_member(j, "o")));
}

static void
what_is_written_is_compact_and_in_the_order_it_came(void **state)
{
    static const char *const known[][2] = {
        {" [ ] ", "[]"},
        {"{\n}", "{}"},
        {"[1, 2.50, -0, 1e3, 9007199254740992, 1E-7]", "[1,2.5,-0.0,1000,9007199254740992,1e-07]"},
        {"{\"b\": [true, null], \"a\": {\"\": \"\\u00fc\\/\\n\\ud83d\\ude00\"}}",
         "{\"b\":[true,null],\"a\":{\"\":\"ü/\\n😀\"}}"},
        {"\"alone\"", "\"alone\""},
        {"0", "0"},
        {"-0.5e+1", "-5"},
        {"null", "null"},
    };

    for (size_t k = 0; k < CC_COUNT(known); k++) {
        cc_buf b;
        cc_buf_init(&b, *state);
        cc_json_write(&b, parsed(*state, known[k][0]));
        assert_string_equal(cc_buf_text(&b), known[k][1]);
    }
}

static void
what_is_no_json_is_refused(void **state)
{
    static const char *const refused[] = {
        "{a:1}",       "{'a':1}",     "[1,]",        "[,1]",    "{\"a\":1,}", "{,}",
        "[1 2]",       "{\"a\" 1}",   "{\"a\":}",    "{1:2}",   "[}",         "{]",
        "tru ",        "True",        "nul]",        "NaN",     "Infinity",   "-Infinity",
        "01",          "-01",         "00",          "+1",      "1. ",        ".5",
        "-",           "- 1",         "1.e5",        "1e",      "1e+",        "0x10",
        "\"\\x41\"",   "\"\\u12g4\"", "\"\\u 123\"", "[1]/**/", "//\n1",      "\xef\xbb\xbf{}",
        "[1]]",        "{}{}",        "1 2",         "\v1",     "\"a\\",      "[\"a\\u12",
        "\"\\U0041\"",
    };

    for (size_t k = 0; k < CC_COUNT(refused); k++)
        assert_refused(*state, refused[k], strlen(refused[k]), "The body ");
}

static void
every_beginning_of_a_text_is_refused(void **state)
{
    static const char text[] = "{\"a\":[1.5e+3,{\"b\":\"\\u00e4\\ud83d\\ude00\\n\"},true,false,null],\"c\":{}}";

    for (size_t size = 0; size < sizeof(text) - 1; size++)
        assert_refused(*state, text, size, "The body ");
    parsed(*state, text);
}

static void
the_client_is_told_what_is_wrong(void **state)
{
    static const char *const known[][2] = {
        {"", "is empty"},
        {" \n", "is empty"},
        {"{\"a\":", "ends too soon"},
        {"{} x", "after its JSON value"},
        {"{nope}", "not valid JSON"},
        {"\"\xff\"", "UTF-8"},
        {"\"\xed\xa0\x80\"", "UTF-8"},
        {"\"a\\u0000b\"", "u0000"},
        {"{\"\\u0000\":1}", "u0000"},
        {"\"\\ud800\"", "surrogate"},
        {"\"\\udc00\\ud800\"", "surrogate"},
        {"\"\\ud800\\u0041\"", "surrogate"},
        {"\"\\ud800x\"", "surrogate"},
        {"\"a\nb\"", "control character"},
        {"9007199254740993", "2^53"},
        {"[-9007199254740993]", "2^53"},
        {"12345678901234567890123", "2^53"},
        {"[1e400]", "too large"},
        {"{\"a\":-1e309}", "too large"},
        {"0.1000000000000000000000000000000000000000000000000000000000000000", "too many digits"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "twice"},
        {"{\"a\":1,\"\\u0061\":2}", "twice"},
        {"[{\"x\":[{\"\":1,\"\":2}]}]", "twice"},
    };

    for (size_t k = 0; k < CC_COUNT(known); k++)
        assert_refused(*state, known[k][0], strlen(known[k][0]), known[k][1]);
    assert_refused(*state, "[1]\0", 4, "after");
    assert_refused(*state, "\"a\0b\"", 5, "control character");
}

static void
names_may_repeat_in_different_objects_and_differ_by_case(void **state)
{
    parsed(*state, "{\"a\":{\"a\":1},\"A\":[{\"a\":1},{\"a\":2}]}");
}

static void
nesting_ends_at_the_limit(void **state)
{
    char text[2 * CC_JSON_DEPTH + 2];

    memset(text, '[', CC_JSON_DEPTH);
    memset(text + CC_JSON_DEPTH, ']', CC_JSON_DEPTH);
    text[2 * CC_JSON_DEPTH] = '\0';
    parsed(*state, text);

    memset(text, '[', CC_JSON_DEPTH + 1);
    memset(text + CC_JSON_DEPTH + 1, ']', CC_JSON_DEPTH + 1);
    assert_refused(*state, text, sizeof(text), "nested too deeply");

    size_t size = 1 << 20;
    char  *deep = malloc(size);
    assert_non_null(deep);
    memset(deep, '[', size);
    assert_refused(*state, deep, size, "nested too deeply");
    free(deep);
}

/* An object of about a MiB, its names counted up; the last may repeat the first. */
static const char *
wide_object(cc_arena *a, bool repeat, size_t *size)
{
    enum { COUNT = 100000 };
    cc_buf b;

    cc_buf_init(&b, a);
    cc_putc(&b, '{');
    for (int i = 0; i < COUNT; i++)
        cc_putf(&b, "\"%06x\":1,", (unsigned)i * 2654435761U % 16777216U);
    cc_puts(&b, repeat ? "\"000000\":1}" : "\"\":1}");
    *size = b.size;
    return cc_buf_text(&b);
}

static void
a_hostile_object_is_judged_without_delay(void **state)
{
    const cc_json *j;
    const char    *why;
    size_t         size;

    const char *text = wide_object(*state, false, &size);
    int64_t     start = cc_clock_monotonic(&cc_clock_system);
    assert_int_equal(parse(*state, text, size, &j, &why), CC_OK);
    text = wide_object(*state, true, &size);
    assert_refused(*state, text, size, "twice");
    assert_true(cc_clock_monotonic(&cc_clock_system) - start < 5000); /* comparing all pairs takes minutes */
}

/* ---- what is nearly JSON --------------------------------------------------------------------- */

static void
what_a_program_wrote_is_read_as_what_it_must_have_meant(void **state)
{
    static const struct {
        const char *text, *meant; /* NULL: there is no object */
        bool        cut;
    } cases[] = {
        {"{\"a\":1}", "{\"a\":1}", false},
        {"\xef\xbb\xbf{\"a\":1}\r", "{\"a\":1}", false},
        {"\x1b[32m12:00 {odd} { \"a\" : [ 1 , 2 ] } {\"b\":2}", "{\"a\":[1,2]}", false},
        {"{\"a\":\"\\ud83d\"}", "{\"a\":\"\xef\xbf\xbd\"}", false},
        {"{\"a\":\"\\ud83d\\ude00\"}", "{\"a\":\"\xf0\x9f\x98\x80\"}", false},
        {"{\"a\":\"\\u0000\\udc00x\\uZ\"}", "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbdx\xef\xbf\xbdZ\"}", false},
        {"{\"a\":\"\xff\xe2\x82\xc3\xa9\"}", "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\"}", false},
        {"{\"a\":\"\x01\\x\"}", "{\"a\":\"\\u0001\\\\x\"}", false},
        {"{\"a\":9007199254740993,\"b\":1e999,\"c\":NaN,\"d\":-Infinity}",
         "{\"a\":9007199254740992,\"b\":null,\"c\":null,\"d\":null}", false},
        {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", false},
        {"{\"a\":[1,],}", "{\"a\":[1]}", false},
        {"{\"a\":\"half of\\", "{\"a\":\"half of\"}", true},
        {"{\"a\":[{\"b\":tr", "{\"a\":[{\"b\":null}]}", true},
        {"{\"a\":12", "{\"a\":12}", true},
        {"{\"a\":{\"b\"", "{\"a\":{\"b\":null}}", true},
        {"{\"a\":1,\"b", "{\"a\":1,\"b\":null}", true},
        {"{", "{}", true},
        {"if (x) { y(); }", NULL, false},
        {"[1,2]", NULL, false},
        {"{\"a\" 1}", NULL, false},
        {"", NULL, false},
    };

    for (size_t i = 0; i < CC_COUNT(cases); i++) {
        cc_found found;
        cc_buf   b;
        cc_buf_init(&b, *state);
        assert_int_equal(cc_json_find(*state, cases[i].text, strlen(cases[i].text), &found), CC_OK);
        if ((found.json != NULL) != (cases[i].meant != NULL))
            fail_msg("'%s'", cases[i].text);
        if (!found.json)
            continue;
        cc_json_write(&b, found.json);
        assert_string_equal(cc_buf_text(&b), cases[i].meant);
        assert_true(found.cut == cases[i].cut);
    }
}

static void
what_lies_too_deep_is_passed_over(void **state)
{
    cc_buf   b;
    cc_found found;

    cc_buf_init(&b, *state);
    cc_puts(&b, "{\"deep\":");
    for (int i = 0; i < 500; i++)
        cc_puts(&b, "[\"]\",");
    cc_puts(&b, "1");
    for (int i = 0; i < 500; i++)
        cc_putc(&b, ']');
    cc_puts(&b, ",\"type\":\"result\"}");
    assert_int_equal(cc_json_find(*state, b.data, b.size, &found), CC_OK);
    assert_non_null(found.json);
    assert_string_equal(cc_json_text(cc_json_member(found.json, "type")), "result");
    assert_int_equal(found.to, b.size);
}

/* Whatever beginning came, and whatever byte is broken: an answer, and no other text is read. */
static void
every_beginning_of_an_object_is_one(void **state)
{
    static const char text[] = "{\"a\":[true,null,{\"b\":\"\\ud83d\\ude00\xc3\xa9\"}],\"c\":-1.5e+3,\"d\":{}}";
    cc_found          found;

    for (size_t size = 1; size < sizeof(text) - 1; size++) {
        char *exact = malloc(size); /* so that a sanitizer sees a byte too much */
        assert_non_null(exact);
        memcpy(exact, text, size);
        assert_int_equal(cc_json_find(*state, exact, size, &found), CC_OK);
        if (!found.json || !found.cut)
            fail_msg("%zu bytes", size);
        for (size_t at = 0; at < size; at++) {
            memcpy(exact, text, size);
            for (int byte = 0; byte < 256; byte += 5) {
                exact[at] = (char)byte;
                assert_int_equal(cc_json_find(*state, exact, size, &found), CC_OK);
            }
        }
        free(exact);
        cc_arena_reset(*state);
    }
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_tree_can_be_walked),
        TEST(what_is_written_is_compact_and_in_the_order_it_came),
        TEST(what_is_no_json_is_refused),
        TEST(every_beginning_of_a_text_is_refused),
        TEST(the_client_is_told_what_is_wrong),
        TEST(names_may_repeat_in_different_objects_and_differ_by_case),
        TEST(nesting_ends_at_the_limit),
        TEST(a_hostile_object_is_judged_without_delay),
        TEST(what_a_program_wrote_is_read_as_what_it_must_have_meant),
        TEST(what_lies_too_deep_is_passed_over),
        TEST(every_beginning_of_an_object_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
