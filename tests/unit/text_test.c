/* Text: the growing buffer, JSON strings, numbers, times, UTF-8, base62 and percent-encoding; and the clock's calendar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/accept.h"
#include "base/base62.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/unicode.h"
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

/* A repeatable stream of numbers; the quality hardly matters. */
static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* ---- the buffer ----------------------------------------------------------------------------------------------- */

static void
an_empty_buffer_reads_as_an_empty_text(void **state)
{
    cc_buf b;

    cc_buf_init(&b, *state);
    assert_null(b.data);
    assert_string_equal(cc_buf_text(&b), "");
    cc_put(&b, NULL, 0);
    assert_string_equal(cc_buf_text(&b), "");
}

static void
what_is_put_stands_in_order(void **state)
{
    cc_buf b;

    cc_buf_init(&b, *state);
    cc_puts(&b, "a");
    cc_putc(&b, '-');
    cc_putf(&b, "%s%d", "b", 7);
    cc_put(&b, "c\0d", 3);
    assert_int_equal(b.size, 7);
    assert_memory_equal(cc_buf_text(&b), "a-b7c\0d", 8);
}

static void
a_long_text_survives_growing(void **state)
{
    cc_buf b;

    cc_buf_init(&b, *state);
    for (int i = 0; i < 100000; i++) {
        cc_putf(&b, "%05d", i);
        if (i % 1000 == 0)
            assert_non_null(cc_alloc(*state, 10));
    }
    cc_putf(&b, "%0500d", 1);
    const char *text = cc_buf_text(&b);
    assert_int_equal(b.size, 500500);
    for (int i = 0; i < 100000; i += 99) {
        char five[16];
        snprintf(five, sizeof(five), "%05d", i);
        assert_memory_equal(text + 5 * i, five, 5);
    }
}

static void
billionths_are_written_as_the_decimal_they_are(void **state)
{
    static const struct {
        int64_t     nano;
        const char *text;
    } cases[] = {{0, "0"},
                 {139500000, "0.1395"},
                 {1, "0.000000001"},
                 {1000000000, "1"},
                 {-250000000, "-0.25"},
                 {INT64_MAX, "9223372036.854775807"},
                 {INT64_MIN, "-9223372036.854775808"}};

    for (size_t i = 0; i < CC_COUNT(cases); i++) {
        cc_buf b;
        cc_buf_init(&b, *state);
        cc_put_nano(&b, cases[i].nano);
        assert_string_equal(cc_buf_text(&b), cases[i].text);
    }
}

static void
after_a_failed_append_nothing_more_is_appended(void **state)
{
    cc_buf b;

    cc_buf_init(&b, *state);
    cc_puts(&b, "kept");
    assert_false(cc_buf_reserve(&b, SIZE_MAX - 2));
    assert_true(b.failed);
    cc_puts(&b, "x");
    cc_putc(&b, 'x');
    cc_putf(&b, "x");
    cc_put_int(&b, 1);
    cc_put_number(&b, 1.5);
    cc_put_json(&b, "x", 1);
    cc_put_time(&b, 0);
    cc_put_url(&b, "x%", 2);
    assert_int_equal(b.size, 4);
    assert_null(cc_buf_text(&b));
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

static const char *
int_text(cc_arena *a, int64_t i)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_put_int(&b, i);
    return cc_buf_text(&b);
}

static void
whole_numbers_are_written_and_read_back_to_their_limits(void **state)
{
    static const struct {
        int64_t     i;
        const char *text;
    } known[] = {
        {0, "0"},
        {-1, "-1"},
        {1234567890, "1234567890"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };

    for (size_t k = 0; k < CC_COUNT(known); k++) {
        int64_t i = 42;
        assert_string_equal(int_text(*state, known[k].i), known[k].text);
        assert_true(cc_int_parse(known[k].text, &i));
        assert_true(i == known[k].i);
    }
}

static void
what_is_no_whole_number_or_does_not_fit_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x10",
        "--1",
        "-9223372036854775809",
        "9223372036854775808",
        "99999999999999999999999",
    };

    (void)state;
    for (size_t k = 0; k < CC_COUNT(refused); k++) {
        int64_t i = 42;
        assert_false(cc_int_parse(refused[k], &i));
        assert_true(i == 42);
    }
}

static const char *
number_text(cc_arena *a, double d)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_put_number(&b, d);
    return cc_buf_text(&b);
}

static void
numbers_are_as_short_as_they_can_be(void **state)
{
    assert_string_equal(number_text(*state, 0), "0");
    assert_string_equal(number_text(*state, -0.0), "-0.0");
    assert_string_equal(number_text(*state, 0.1), "0.1");
    assert_string_equal(number_text(*state, -1.5), "-1.5");
    assert_string_equal(number_text(*state, 0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(number_text(*state, 100000000000000000000.0), "1e+20");
    assert_string_equal(number_text(*state, 9007199254740992.0), "9007199254740992");
    assert_string_equal(number_text(*state, 9007199254740994.0), "9007199254740994.0");
    assert_string_equal(number_text(*state, -1e16), "-1e+16");
    assert_string_equal(number_text(*state, NAN), "null");
    assert_string_equal(number_text(*state, -INFINITY), "null");
}

static void
every_number_reads_back_the_same(void **state)
{
    static const double known[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, 1.0 / 3, 2e19, 123456.789, 1e15, 1e16, 1e17};
    uint64_t            seed = 88172645463325252;

    for (size_t k = 0; k < CC_COUNT(known); k++)
        assert_true(strtod(number_text(*state, known[k]), NULL) == known[k]);
    for (int k = 0; k < 20000; k++) {
        uint64_t bits = next_random(&seed);
        double   d;
        memcpy(&d, &bits, sizeof(d));
        if (isfinite(d))
            assert_true(strtod(number_text(*state, d), NULL) == d);
        if (k % 100 == 0)
            cc_arena_reset(*state);
    }
}

/* Through our own door, which refuses whole numbers beyond 2^53. */
static bool
door_gives_back(cc_arena *a, double d)
{
    const char    *text = number_text(a, d), *why;
    const cc_json *j;
    double         back;

    if (cc_json_parse(a, text, strlen(text), &j, &why) != CC_OK)
        return false;
    back = cc_json_number(j);
    return memcmp(&back, &d, sizeof(d)) == 0; /* the sign of a zero, too */
}

static void
our_own_reader_takes_every_number_that_is_written(void **state)
{
    static const double around[] = {0, 1, 9007199254740992, 9999999999999994, 1e16, 1e17, 123456789012345680,
                                    1e21, DBL_MIN, DBL_MAX, 5e-324};
    uint64_t            seed = 2463534242;

    for (size_t k = 0; k < CC_COUNT(around); k++) {
        double up = around[k], down = around[k];
        for (int i = 0; i < 200 && isfinite(up); i++, up = nextafter(up, INFINITY), down = nextafter(down, -INFINITY))
            assert_true(door_gives_back(*state, up) && door_gives_back(*state, -up) && door_gives_back(*state, down));
        cc_arena_reset(*state);
    }
    for (int k = 0; k < 20000; k++) {
        assert_true(door_gives_back(*state, ldexp((double)(next_random(&seed) >> 11), (int)(seed % 24) - 12)));
        if (k % 100 == 0)
            cc_arena_reset(*state);
    }
}

static void
the_decimal_point_is_a_point_in_every_locale(void **state)
{
    bool other = setlocale(LC_NUMERIC, "de_DE.UTF-8") != NULL || setlocale(LC_NUMERIC, "fr_FR.UTF-8") != NULL;

    const char *fraction = number_text(*state, 1234.5), *small = number_text(*state, 1.25e-30);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(fraction, "1234.5");
    assert_string_equal(small, "1.25e-30");
    if (!other)
        print_message("no locale with a decimal comma is installed here\n");
}

/* ---- times ---------------------------------------------------------------------------------------------------- */

static const char *
time_text(cc_arena *a, int64_t ms)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_put_time(&b, ms);
    return cc_buf_text(&b);
}

static void
times_are_written_in_whole_seconds_rounded_down(void **state)
{
    assert_string_equal(time_text(*state, 0), "\"1970-01-01T00:00:00Z\"");
    assert_string_equal(time_text(*state, 1736935440999), "\"2025-01-15T10:04:00Z\"");
    assert_string_equal(time_text(*state, -1), "\"1969-12-31T23:59:59Z\"");
    assert_string_equal(time_text(*state, INT64_C(253402300799999)), "\"9999-12-31T23:59:59Z\"");
    assert_string_equal(time_text(*state, INT64_MAX), "\"9999-12-31T23:59:59Z\"");
    assert_string_equal(time_text(*state, INT64_MIN), "\"0000-01-01T00:00:00Z\"");
}

static void
times_are_read_with_fractions_and_offsets(void **state)
{
    static const struct {
        const char *text;
        int64_t     ms;
    } known[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2025-01-15T10:04:00Z", 1736935440000},
        {"2025-01-15T10:04:00.5Z", 1736935440500},
        {"2025-01-15T10:04:00.1239999Z", 1736935440123},
        {"2025-01-15T11:04:00+01:00", 1736935440000},
        {"2025-01-15T04:34:00-05:30", 1736935440000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2016-12-31T23:59:60Z", 1483228799000},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
        {"1970-01-01T01:00:00+01:00", 0},
    };

    (void)state;
    for (size_t k = 0; k < CC_COUNT(known); k++) {
        int64_t ms = -1;
        assert_true(cc_time_parse(known[k].text, &ms));
        assert_true(ms == known[k].ms);
    }
}

static void
what_is_no_time_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "2025",
        "2025-01-15",
        "2025-01-15T10:04:00",
        "2025-01-15T10:04Z",
        "2025-01-15 10:04:00Z",
        "2025-01-15t10:04:00z",
        "2025-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "2025-00-10T00:00:00Z",
        "2025-13-10T00:00:00Z",
        "2025-01-00T00:00:00Z",
        "2025-01-15T24:00:00Z",
        "2025-01-15T10:60:00Z",
        "2025-01-15T10:04:61Z",
        "2025-01-15T10:04:00.Z",
        "2025-01-15T10:04:00,5Z",
        "2025-01-15T10:04:00+1:00",
        "2025-01-15T10:04:00+0100",
        "2025-01-15T10:04:00+24:00",
        "2025-01-15T10:04:00Z ",
        " 2025-01-15T10:04:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "12025-01-15T10:04:00Z",
        "2025-1-15T10:04:00Z",
        "2025-01-15T10:04:00ZZ",
    };

    (void)state;
    for (size_t k = 0; k < CC_COUNT(refused); k++) {
        int64_t ms = 42;
        if (cc_time_parse(refused[k], &ms))
            fail_msg("%s was taken for a time", refused[k]);
        assert_true(ms == 42);
    }
}

static void
the_calendar_agrees_with_the_system(void **state)
{
    int year, month, day, hour, minute, second;

    for (int64_t s = -INT64_C(62167219200); s <= INT64_C(253402300799); s += 86400 * 13 + 12345) {
        time_t    t = (time_t)s;
        struct tm tm;
        assert_non_null(gmtime_r(&t, &tm));
        cc_civil(s, &year, &month, &day, &hour, &minute, &second);
        assert_int_equal(year, tm.tm_year + 1900);
        assert_int_equal(month, tm.tm_mon + 1);
        assert_int_equal(day, tm.tm_mday);
        assert_int_equal(hour, tm.tm_hour);
        assert_int_equal(minute, tm.tm_min);
        assert_int_equal(second, tm.tm_sec);

        int64_t ms;
        char    text[32];
        if (s < 0)
            continue;
        snprintf(text, sizeof(text), "%.20s", time_text(*state, s * 1000) + 1);
        assert_true(cc_time_parse(text, &ms));
        assert_true(ms == s * 1000);
        if (s % 1000 == 0)
            cc_arena_reset(*state);
    }
}

static void
the_clocks_go_forward(void **state)
{
    (void)state;
    assert_true(cc_clock_wall(&cc_clock_system) > INT64_C(1600000000000));
    int64_t before = cc_clock_monotonic(&cc_clock_system);
    assert_true(cc_clock_monotonic(&cc_clock_system) >= before);
}

/* ---- JSON strings and UTF-8 ----------------------------------------------------------------------------------- */

static const char *
json_text(cc_arena *a, const char *s, size_t size)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_put_json(&b, s, size);
    return cc_buf_text(&b);
}

static void
only_what_must_be_is_escaped(void **state)
{
    assert_string_equal(json_text(*state, NULL, 0), "\"\"");
    assert_string_equal(json_text(*state, "a\"b\\c/d", 7), "\"a\\\"b\\\\c/d\"");
    assert_string_equal(json_text(*state, "\b\f\n\r\t\x01\x1f\x7f", 8), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    assert_string_equal(json_text(*state, "\0", 1), "\"\\u0000\"");
    assert_string_equal(json_text(*state, "Grüße, 世界 😀", strlen("Grüße, 世界 😀")), "\"Grüße, 世界 😀\"");
}

static void
an_escape_is_found_at_every_place(void **state)
{
    static const char specials[] = {'"', '\\', '\n', 0x1f, 0};

    for (size_t k = 0; k < sizeof(specials); k++) {
        for (size_t at = 0; at < 40; at++) {
            char text[40], expected[64];
            memset(text, 0x20 + (int)at % 2 * 0xdf, sizeof(text)); /* clean, but hardly */
            text[at] = specials[k];
            const char *one = json_text(*state, &specials[k], 1);
            size_t      escape = strlen(one) - 2;
            expected[0] = '"';
            memcpy(expected + 1, text, at);
            memcpy(expected + 1 + at, one + 1, escape);
            memcpy(expected + 1 + at + escape, text + at + 1, sizeof(text) - at - 1);
            memcpy(expected + sizeof(text) + escape, "\"", 2);
            assert_string_equal(json_text(*state, text, sizeof(text)), expected);
        }
    }
}

static void
valid_utf8_is_told_from_invalid(void **state)
{
    static const char *const valid[] = {
        "",
        "plain",
        "ü",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "12345678ü12345678世12345678😀",
    };
    static const char *const invalid[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xc3(",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xe2(\xa1",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x90\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "1234567\x80",
        "12345678\xc3",
        "\xe2\x82\xac\xac",
    };

    (void)state;
    for (size_t k = 0; k < CC_COUNT(valid); k++)
        assert_true(cc_utf8_valid(valid[k], strlen(valid[k])));
    for (size_t k = 0; k < CC_COUNT(invalid); k++)
        assert_false(cc_utf8_valid(invalid[k], strlen(invalid[k])));
    assert_true(cc_utf8_valid("a\0b", 3));
    assert_int_equal(cc_utf8_length("a世😀ü", strlen("a世😀ü")), 4);
    assert_int_equal(cc_utf8_length("", 0), 0);
    static const size_t cuts[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8, 10, 10};
    for (size_t most = 0; most < CC_COUNT(cuts); most++)
        assert_int_equal(cc_utf8_cut("a世😀ü", strlen("a世😀ü"), most), cuts[most]);
}

/* ---- lines and case ------------------------------------------------------------------------------------------- */

static void
what_is_invisible_or_steers_is_no_line(void **state)
{
    static const char *const bad[] = {
        " ", "   ", "\t", "a\nb", "a\rb", "\x7f", "a\x1b[31m",
        "\u00a0", "\u2003\u3000", "\u1680",            /* spaces alone */
        "a\xc2\x85" "b", "\xc2\x9b" "31m", "\xc2\x80",       /* C1 controls */
        "a\u2028b", "a\u2029b",                         /* separators */
        "\u200b", "a\u200b" "b", "Name\u200b", "\u2060", "a\ufeff" "b", "\ufeffname", "a\u2063" "b", /* of no width */
        "\u00ad", "ad\u00admin",                        /* the soft hyphen */
        "a\u202e" "b", "a\u202a" "b", "\u2066" "a\u2069", "\u2067" "a", "a\u2068", "a\u202c", /* steer direction */
        "\u05d0\u202e\u05d1", "\u05d0\u2067\u05d1",    /* in Hebrew, too */
        "admin\u200f", "\u200eadmin", "a\u061c",        /* marks of direction that have nothing to mark */
        "\u200d", "\u200c", "a\u200d", "\u200da", "a \u200d b", "a\u200d\u200d" "b", "1\u200d2",
        "\ufe0f", "\ufe0f\ufe0f", "a\ufe0f", "\u2764\ufe0f\ufe0f", " \ufe0f", "a\U000e0100", "\U000e0100",
        "\u115f", "\u1160", "\u3164", "\uffa0", "a\u3164" "b", "\uffa0\u3164", /* Hangul fillers */
        "\u2800", "\u2800\u2800 \u2800",               /* Braille without dots */
        "a\U000e0061\U000e0062", "\U0001f600\U000e0041\U000e007f", "\U000e0001", "\U000e007f", /* tags */
        "a\ue000", "\uf8ff", "\U000f0000", "\U0010fffd", /* private */
        "a\ufffe", "a\uffff", "\ufdd0", "\U0001ffff",   /* no characters */
        "\u0301", "\u034f", "a\u034f" "b", "\u180e", "a\u180e" "b", "\u206a" "a", "\ufff9" "a\ufffb", "\U0001d173", "\u17b4", "\u2065", "\ufff0",
        "\ufffc", "a\ufffc" "b", "\U0001d159", "\U00013441\U00013442",     /* an object's place; a note without a head; room */
    };

    for (size_t i = 0; i < CC_COUNT(bad); i++)
        if (cc_line_fine(bad[i], strlen(bad[i])))
            fail_msg("number %zu was taken: \"%s\"", i, bad[i]);
    (void)state;
}

static void
what_scripts_need_is_a_line(void **state)
{
    static const char *const good[] = {
        "", "a", " a ", "Übersetzer", "U\u0308bersetzer", "a\u00a0b", "日本語\u3000テスト", "Ελληνικά", "№ 5", "€", "\u00b7",
        "שלום עולם", "שלום (abc)\u200f", "\u200eabc שלום", "العربية", "الفصل ١\u061c", "\u06dd\u0661",
        "می\u200cخواهم", "نامه\u200cای", "ه\u200d.ش",                    /* Persian */
        "क्\u200dष", "क्\u200cष", "ശ്രീ\u200dല", "ക്\u200d", "ශ්\u200dරී", /* after a virama */
        "ภาษา\u200bไทย", "ភាសា\u200bខ្មែរ",                                 /* words without spaces */
        "\u1820\u180e\u1820", "\u182d\u180b\u1820",                      /* Mongolian */
        "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\U0001f3fd\u200d\U0001f4bb",
        "\U0001f3f3\ufe0f\u200d\U0001f308", "\u2764\ufe0f\u200d\U0001f525", "\U0001f3f4\u200d\u2620\ufe0f",
        "\U0001f642\u200d\u2194\ufe0f", "#\ufe0f\u20e3", "1\ufe0f\u20e3", "\u2139\ufe0f", "\u00a9\ufe0f", "\u263a\ufe0e",
        "\U0001f1e9\U0001f1ea", "\u845b\U000e0100", "\u8fbb\ufe00",        /* flags; ideographs with another look */
        "\u2801\u2800\u2803", "각", "\u1100\u1161\u11a8", "\U0001fae8", "e\u0301\u0323",
    };

    for (size_t i = 0; i < CC_COUNT(good); i++)
        if (!cc_line_fine(good[i], strlen(good[i])))
            fail_msg("number %zu was refused: \"%s\"", i, good[i]);
    (void)state;
}

/* U+E0061 for every 'a', U+E007F for a '.'. */
static void
put_tags(char *to, const char *text)
{
    for (; *text; text++) {
        unsigned char c = *text == '.' ? 0x7f : (unsigned char)*text;
        *to++ = (char)0xf3;
        *to++ = (char)0xa0;
        *to++ = (char)(0x80 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    *to = '\0';
}

static void
tags_stand_behind_a_black_flag_and_spell_whose_it_is(void **state)
{
    static const struct {
        const char *before, *tags;
        bool        good;
    } lines[] = {
        {"🏴", "gbsct.", true},   {"🏴", "gbwls.", true},   {"Cymru 🏴", "gbeng.", true}, {"🏴", "usca.", true},
        {"🏴", "fr2a.", true},    {"🏴", "it21.", true},    {"🏴🏴", "gbsct.", true},     {"🏴", "be1.", true},
        {"🏴", "gbsct", false},   {"🏴", ".", false},       {"🏴", "gb.", false},         {"🏴", "g.", false},
        {"🏴", "GBSCT.", false},  {"🏴", "gb-sct.", false}, {"🏴", "gb sct.", false},     {"🏴", "1gsct.", false},
        {"🏴", "gbscots.", false},{"🏴", "gbsct..", false}, {"🏴", "gbsct.a", false},     {"🏴", "gbsct.gbsct.", false},
        {"🏴 ", "gbsct.", false}, {"🏴\ufe0f", "gbsct.", false}, {"🏴\u200d", "gbsct.", false}, {"⚑", "gbsct.", false},
        {"🏳", "gbsct.", false},  {"🇬🇧", "gbsct.", false},  {"😀", "gbsct.", false},      {"a", "gbsct.", false},
        {"", "gbsct.", false},    {"", "ignore", false},
    };
    char line[200];

    for (size_t i = 0; i < CC_COUNT(lines); i++) {
        strcpy(line, lines[i].before);
        put_tags(line + strlen(line), lines[i].tags);
        if (cc_line_fine(line, strlen(line)) != lines[i].good)
            fail_msg("number %zu was %s: \"%s\" and the tags \"%s\"", i, lines[i].good ? "refused" : "taken",
                     lines[i].before, lines[i].tags);
        strcat(line, " fin\u200d");
        assert_false(cc_line_fine(line, strlen(line))); /* what comes behind is looked at as well */
    }
    (void)state;
}

static const char *
folded(cc_arena *a, const char *s)
{
    char *made = cc_folded(s, strlen(s));

    assert_non_null(made);
    assert_int_equal(cc_arena_own(a, made, free), CC_OK);
    return made;
}

static void
texts_that_differ_in_case_or_composition_fold_to_the_same(void **state)
{
    static const char *const same[][2] = {
        {"Übersetzer", "übersetzer"}, {"U\u0308BERSETZER", "Übersetzer"}, {"Straße", "STRASSE"}, {"STRAẞE", "strasse"},
        {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"ДОМ", "дом"}, {"Ångström", "A\u030angstro\u0308m"}, {"\u212b", "å"}, {"ﬁn", "FIN"},
        {"Über\u00adsetzer", "über\u200bsetzer"}, {"\u1e9b\u0323", "\u1e9b\u0323"}, {"Ա", "ա"}, {"ａ", "Ａ"},
        {"\u2764\ufe0f", "\u2764"}, {"ABC", "abc"}, {"", ""}, {"\uac01", "\u1100\u1161\u11a8"},
    };

    for (size_t i = 0; i < CC_COUNT(same); i++) {
        const char *one = folded(*state, same[i][0]), *two = folded(*state, same[i][1]);
        assert_string_equal(one, two);
        assert_string_equal(folded(*state, one), one);
        assert_true(cc_utf8_valid(one, strlen(one)));
    }
    assert_string_not_equal(folded(*state, "ü"), folded(*state, "u"));
    assert_string_not_equal(folded(*state, "ı"), folded(*state, "i"));
}

/* ---- base62, percent-encoding, names -------------------------------------------------------------------------- */

static void
base62_reads_back_and_sorts_like_the_bytes(void **state)
{
    uint64_t seed = 12345;
    uint8_t  last[16] = {0}, bytes[16], back[16];
    char     last_text[22], text[22];

    (void)state;
    cc_base62_128(last, last_text);
    assert_memory_equal(last_text, "0000000000000000000000", 22);
    for (int k = 0; k < 5000; k++) {
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(next_random(&seed) >> 24);
        if (k % 2 == 0)
            memcpy(bytes, last, 9); /* close neighbours, too */
        cc_base62_128(bytes, text);
        assert_true(cc_base62_128_parse(text, back));
        assert_memory_equal(back, bytes, 16);
        int by_bytes = memcmp(bytes, last, 16), by_text = memcmp(text, last_text, 22);
        assert_true((by_bytes < 0) == (by_text < 0) && (by_bytes > 0) == (by_text > 0));
        memcpy(last, bytes, 16);
        memcpy(last_text, text, 22);
    }
}

static void
base62_past_128_bits_is_refused(void **state)
{
    uint8_t bytes[16], most[16];
    char    text[22];

    (void)state;
    memset(most, 0xff, sizeof(most));
    cc_base62_128(most, text);
    assert_memory_equal(text, "7n42DGM5Tflk9n8mt7Fhc7", 22);
    assert_true(cc_base62_128_parse(text, bytes));
    assert_memory_equal(bytes, most, 16);
    assert_false(cc_base62_128_parse("7n42DGM5Tflk9n8mt7Fhc8", bytes));
    assert_false(cc_base62_128_parse("zzzzzzzzzzzzzzzzzzzzzz", bytes));
    assert_false(cc_base62_128_parse("000000000000000000000-", bytes));
    assert_false(cc_base62_128_parse("00000000000\0"
                                     "0000000000",
                                     bytes));
}

static void
percent_encoding_is_resolved_in_place(void **state)
{
    static const struct {
        const char *from, *to;
        bool        plus;
    } known[] = {
        {"", "", true},        {"abc", "abc", true},   {"a%20b", "a b", false}, {"a+b", "a b", true},
        {"a+b", "a+b", false}, {"%2B%2b", "++", true}, {"%C3%BC", "ü", false},  {"%25", "%", false},
    };
    static const char *const broken[] = {"%", "%2", "%zz", "%2x", "a%", "%00", "abc%0"};
    char                     text[32];

    (void)state;
    for (size_t k = 0; k < CC_COUNT(known); k++) {
        strcpy(text, known[k].from);
        int64_t size = cc_url_decode(text, strlen(text), known[k].plus);
        assert_int_equal(size, strlen(known[k].to));
        assert_memory_equal(text, known[k].to, (size_t)size);
    }
    for (size_t k = 0; k < CC_COUNT(broken); k++) {
        strcpy(text, broken[k]);
        assert_int_equal(cc_url_decode(text, strlen(text), false), -1);
    }
    strcpy(text, "a%41");
    assert_int_equal(cc_url_decode(text, 3, false), -1); /* the size decides, not what stands behind it */
}

static void
what_is_percent_encoded_decodes_to_itself(void **state)
{
    char   all[255];
    cc_buf b;

    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)(i + 1);
    cc_buf_init(&b, *state);
    cc_put_url(&b, all, sizeof(all));
    char *text = cc_strndup(*state, cc_buf_text(&b), b.size);
    assert_non_null(strstr(text, "%0A"));
    assert_non_null(strstr(text, "-.%2F0123456789%3A"));
    assert_int_equal(cc_url_decode(text, b.size, true), sizeof(all));
    assert_memory_equal(text, all, sizeof(all));
}

static void
names_become_snake_case(void **state)
{
    char out[64];

    (void)state;
    cc_snake_case("createdAt", out);
    assert_string_equal(out, "created_at");
    cc_snake_case("maxCostUsd", out);
    assert_string_equal(out, "max_cost_usd");
    cc_snake_case("id", out);
    assert_string_equal(out, "id");
}

/* ---- what a client accepts --------------------------------------------------------------------------------- */

static void
the_form_that_a_client_likes_best_is_chosen(void **state)
{
    static const char *const forms[] = {"application/json", "text/event-stream", "application/x-git-bundle", NULL};
    static const struct {
        const char *header;
        size_t      best;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"*/*", 0},
        {"text/html", 0}, /* none is acceptable: the usual one */
        {"text/event-stream", 1},
        {"TEXT/Event-Stream", 1},
        {"text/*", 1},
        {"text/event-stream;q=0", 0},
        {"text/event-stream; q=0.000, */*", 0},
        {"text/event-stream, */*", 0}, /* liked equally */
        {"text/event-stream, */*;q=0.5", 1},
        {"text/event-stream;q=0.5, application/json;q=0.4", 1},
        {"text/event-stream;q=0.45, application/json;q=0.5", 0},
        {"application/json;q=0, */*", 1},
        {"application/*;q=0.9, application/json;q=0.1", 2},
        {"text/event-stream;x=\"a,b;q=0\";Q=1 , application/json;q=0.9", 1},
        {"text/event-stream-x, application/json", 0},
        {"text/event-stream;q=zero", 1},
        {"text/event-stream;q=1.5,application/json;q=0.999", 1},
        {", ,text/event-stream;,;q=0", 1},
        {"text/event-stream;x=\"never ended, application/json", 1},
        {"*/json", 0},
        {"application/json;q=0.001,application/x-git-bundle;q=0.0015", 0},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(cases); i++)
        if (cc_accept_best(cases[i].header, forms) != cases[i].best)
            fail_msg("'%s' chose %zu", cases[i].header ? cases[i].header : "(none)", cc_accept_best(cases[i].header, forms));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_form_that_a_client_likes_best_is_chosen),
        TEST(an_empty_buffer_reads_as_an_empty_text),
        TEST(what_is_put_stands_in_order),
        TEST(a_long_text_survives_growing),
        TEST(after_a_failed_append_nothing_more_is_appended),
        TEST(billionths_are_written_as_the_decimal_they_are),
        TEST(whole_numbers_are_written_and_read_back_to_their_limits),
        TEST(what_is_no_whole_number_or_does_not_fit_is_refused),
        TEST(numbers_are_as_short_as_they_can_be),
        TEST(every_number_reads_back_the_same),
        TEST(our_own_reader_takes_every_number_that_is_written),
        TEST(the_decimal_point_is_a_point_in_every_locale),
        TEST(times_are_written_in_whole_seconds_rounded_down),
        TEST(times_are_read_with_fractions_and_offsets),
        TEST(what_is_no_time_is_refused),
        TEST(the_calendar_agrees_with_the_system),
        TEST(the_clocks_go_forward),
        TEST(only_what_must_be_is_escaped),
        TEST(an_escape_is_found_at_every_place),
        TEST(valid_utf8_is_told_from_invalid),
        TEST(what_is_invisible_or_steers_is_no_line),
        TEST(what_scripts_need_is_a_line),
        TEST(tags_stand_behind_a_black_flag_and_spell_whose_it_is),
        TEST(texts_that_differ_in_case_or_composition_fold_to_the_same),
        TEST(base62_reads_back_and_sorts_like_the_bytes),
        TEST(base62_past_128_bits_is_refused),
        TEST(percent_encoding_is_resolved_in_place),
        TEST(what_is_percent_encoded_decodes_to_itself),
        TEST(names_become_snake_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
