/* What the engine decides without a database: the next step, verdicts, masks, and when a schedule is due. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/rhythm.h"
#include "context/settings.h"
#include "engine/agent.h"
#include "engine/mask.h"
#include "engine/plan.h"

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

/* ---- the plan -------------------------------------------------------------------------------- */

/* Go through a plan; `verdicts` says what each checker in turn says; the places come out as "0.1 1.1 0.2". */
static const char *
walk(cc_arena *a, const char *steps, const char *verdicts)
{
    static char        text[512];
    cc_plan            plan;
    const cc_plan_row *input;
    int                position, iteration;

    text[0] = '\0';
    assert_int_equal(cc_plan_read(a, steps, strlen(steps), 3, &plan), CC_OK);
    for (int i = 0; i < 60 && cc_plan_next(&plan, &position, &iteration, &input) == CC_NEXT_STEP; i++) {
        cc_plan_row row = {.position = position, .iteration = iteration, .completed = true};
        if (cc_role_checks(plan.steps[position].role) && *verdicts)
            row.verdict = *verdicts++ == 'p' ? 1 : -1;
        assert_int_equal(cc_plan_note(&plan, &row), CC_OK);
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d.%d", i ? " " : "", position, iteration);
    }
    return text;
}

static void
steps_come_in_order(void **state)
{
    assert_string_equal(walk(*state, "[{\"role\":\"designer\"},{\"role\":\"checker\"},{\"role\":\"custom\"}]", "f"),
                        "0.1 1.1 2.1");
}

static void
a_loop_repeats_its_own_steps_until_a_pass(void **state)
{
    const char *steps = "[{\"role\":\"designer\"},{\"role\":\"optimizer\",\"loopId\":\"a\"},{\"role\":\"planner\"},"
                        "{\"role\":\"checker\",\"loopId\":\"a\"},{\"role\":\"answerer\"}]";

    assert_string_equal(walk(*state, steps, "p"), "0.1 1.1 2.1 3.1 4.1");
    assert_string_equal(walk(*state, steps, "fp"), "0.1 1.1 2.1 3.1 1.2 3.2 4.1");
    assert_string_equal(walk(*state, steps, "ffff"), "0.1 1.1 2.1 3.1 1.2 3.2 1.3 3.3 4.1");
}

static void
a_loop_keeps_to_its_own_maximum(void **state)
{
    assert_string_equal(walk(*state, "[{\"role\":\"checker\",\"loopId\":\"a\",\"loopMaxIterations\":2}]", "fff"),
                        "0.1 0.2");
    assert_string_equal(walk(*state, "[{\"role\":\"designer\",\"loopId\":\"a\",\"loopMaxIterations\":1}]", ""), "0.1");
}

static void
a_loop_without_a_checker_goes_round_to_the_end(void **state)
{
    assert_string_equal(walk(*state, "[{\"role\":\"designer\",\"loopId\":\"a\"}]", ""), "0.1 0.2 0.3");
}

static void
loops_that_overlap_end(void **state)
{
    const char *steps = "[{\"role\":\"designer\",\"loopId\":\"a\"},{\"role\":\"designer\",\"loopId\":\"b\"},"
                        "{\"role\":\"checker\",\"loopId\":\"a\"},{\"role\":\"checker\",\"loopId\":\"b\"}]";

    assert_string_equal(walk(*state, steps, "fpfp"), "0.1 1.1 2.1 0.2 2.2 3.1 1.2 3.2");
}

static void
a_failed_step_ends_the_plan(void **state)
{
    const char        *steps = "[{\"role\":\"designer\"},{\"role\":\"checker\"}]";
    const cc_plan_row *input;
    cc_plan            plan;
    cc_plan_row        row = {.iteration = 1, .failed = true, .output = "why"};
    int                position, iteration;

    assert_int_equal(cc_plan_read(*state, steps, strlen(steps), 1, &plan), CC_OK);
    assert_int_equal(cc_plan_note(&plan, &row), CC_OK);
    assert_int_equal(cc_plan_next(&plan, &position, &iteration, &input), CC_NEXT_FAILED);
    assert_string_equal(input->output, "why");
}

static void
a_verdict_is_read_in_the_ways_it_is_written(void **state)
{
    static const struct {
        const char *text;
        int         verdict;
    } cases[] = {
        {"VERDICT: PASS", 1},
        {"Good.\n\nVerdict: fail\n", -1},
        {"**Verdict:** **Pass**", 1},
        {"{\"verdict\": \"fail\"}", -1},
        {"End with VERDICT: PASS or so.\nVERDICT: FAIL", -1},
        {"no word of it", 0},
        {"verdict", 0},
        {"verdict: ", 0},
        {"verdict: pas", 0},
        {"The verdict is passable", 0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(cases); i++)
        if (cc_verdict_read(cases[i].text, strlen(cases[i].text)) != cases[i].verdict)
            fail_msg("'%s'", cases[i].text);
}

/* ---- command lines ---------------------------------------------------------------------------- */

static const cc_agent *
ours(const char *name)
{
    for (size_t i = 0; cc_agent_at(i); i++)
        if (strcmp(cc_agent_at(i)->name, name) == 0)
            return cc_agent_at(i);
    fail_msg("no agent %s", name);
    return NULL;
}

/* The words of its command line, from the second on. */
static const char *
words_of(cc_arena *a, const cc_agent *agent, const char *model, const char *effort, const char *session)
{
    const cc_told      told = {.prompt = "--what -is \"asked", .model = model, .effort = effort, .session = session};
    bool               by_input;
    const char *const *argv = cc_agent_argv(agent, a, "/bin/it", &told, &by_input);
    cc_buf             b;

    assert_non_null(argv);
    assert_string_equal(argv[0], "/bin/it");
    assert_true(by_input);
    cc_buf_init(&b, a);
    for (size_t i = 1; argv[i]; i++)
        cc_putf(&b, "%s%s", i > 1 ? " " : "", argv[i]);
    return cc_buf_text(&b);
}

static void
a_command_line_says_what_is_known_and_never_the_prompt(void **state)
{
    assert_string_equal(words_of(*state, ours("claude"), NULL, NULL, NULL),
                        "-p --output-format stream-json --verbose --dangerously-skip-permissions");
    assert_string_equal(words_of(*state, ours("claude"), "opus", "max", "s-1"),
                        "-p --output-format stream-json --verbose --dangerously-skip-permissions --model opus "
                        "--effort max --resume s-1");
    assert_string_equal(words_of(*state, ours("codex"), "", "high", "s-1"),
                        "exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox "
                        "-c model_reasoning_effort=high resume s-1 -");
    assert_string_equal(words_of(*state, ours("opencode"), NULL, NULL, "s-1"),
                        "run --format json --auto --session s-1");
    assert_string_equal(words_of(*state, ours("pi"), NULL, "low", NULL), "-p --mode json --thinking low");
    assert_string_equal(words_of(*state, ours("gemini"), "m", NULL, NULL),
                        "--output-format stream-json --approval-mode yolo --skip-trust --model m");
    assert_non_null(strstr(words_of(*state, ours("aider"), "m", "high", NULL),
                           "--message-file /dev/stdin --model m --reasoning-effort high"));
}

static void
an_effort_becomes_the_greatest_that_an_agent_knows(void **state)
{
    assert_string_equal(cc_agent_effort(ours("claude"), *state, "max"), "max");
    assert_string_equal(cc_agent_effort(ours("codex"), *state, "max"), "xhigh");
    assert_string_equal(cc_agent_effort(ours("aider"), *state, "max"), "high");
    assert_string_equal(cc_agent_effort(ours("opencode"), *state, "max"), "max");
    assert_null(cc_agent_effort(ours("gemini"), *state, "max"));
    assert_null(cc_agent_effort(ours("claude"), *state, NULL));
}

static void
a_prompt_that_is_a_word_has_a_limit(void **state)
{
    const cc_agent by_word = {.line = "it {prompt}"}, by_input = {.line = "it"};
    char          *prompt = cc_alloc(*state, 200001);

    assert_non_null(prompt);
    memset(prompt, 'x', 200000);
    prompt[200000] = '\0';
    assert_true(cc_agent_takes(&by_input, prompt));
    assert_false(cc_agent_takes(&by_word, prompt));
    prompt[100000] = '\0';
    assert_true(cc_agent_takes(&by_word, prompt));
}

/* ---- masks ----------------------------------------------------------------------------------- */

static cc_mask
mask_of(cc_arena *a, const char *environment)
{
    const cc_json *json;
    const char    *why;
    cc_mask        mask;

    assert_int_equal(cc_json_parse(a, environment, strlen(environment), &json, &why), CC_OK);
    assert_int_equal(cc_mask_make(a, json, &mask), CC_OK);
    return mask;
}

static void
assert_masked(cc_arena *a, const cc_mask *mask, const char *text, const char *expected)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_mask_put(mask, &b, text, strlen(text));
    assert_string_equal(cc_buf_text(&b), expected);
}

static void
values_are_masked_and_short_ones_left(void **state)
{
    cc_mask mask =
        mask_of(*state, "{\"A\":\"secret-1234\",\"B\":\"secret\",\"C\":\"yes\",\"D\":\"first-line\\nsecond-line\"}");

    assert_masked(*state, &mask, "yes, secret-1234 and secret!", "yes, ••••1234 and ••••!");
    assert_masked(*state, &mask, "second-line", "••••line");
    assert_masked(*state, &mask, "secresecret-1234secret-123", "secre••••1234••••-123");
    assert_masked(*state, &mask, "broken \xff utf-8 secret", "broken \xef\xbf\xbd utf-8 ••••");
}

static void
what_may_be_the_beginning_of_a_value_is_held_back(void **state)
{
    cc_mask mask = mask_of(*state, "{\"A\":\"secret-1234\"}");

    assert_int_equal(cc_mask_hold(&mask, "see secr", 8), 4);
    assert_int_equal(cc_mask_hold(&mask, "see secret-1234", 15), 0);
    assert_int_equal(cc_mask_hold(&mask, "nothing", 7), 0);
}

/* ---- zones ----------------------------------------------------------------------------------- */

static void
assert_utc(const cc_zone *z, int year, int month, int day, int hour, int minute, const char *utc)
{
    int64_t ms;

    assert_true(cc_time_parse(utc, &ms));
    int64_t at = cc_zone_time(z, cc_days_of(year, month, day), hour, minute);
    if (at != ms / 1000)
        fail_msg("%d-%d-%d %d:%d is off by %lld s from %s", year, month, day, hour, minute, (long long)(at - ms / 1000),
                 utc);
}

static void
the_clock_of_a_zone_knows_summer(void **state)
{
    const cc_zone *berlin = cc_zone_load(*state, "Europe/Berlin"), *york = cc_zone_load(*state, "America/New_York");
    const cc_zone *sydney = cc_zone_load(*state, "Australia/Sydney"), *utc = cc_zone_load(*state, "UTC");
    const cc_zone *kolkata = cc_zone_load(*state, "Asia/Kolkata"), *howe = cc_zone_load(*state, "Australia/Lord_Howe");

    if (!berlin) {
        print_message("no zone files here\n");
        skip();
    }
    assert_utc(utc, 2025, 7, 1, 6, 30, "2025-07-01T06:30:00Z");
    assert_utc(berlin, 2025, 1, 15, 6, 30, "2025-01-15T05:30:00Z");
    assert_utc(berlin, 2025, 7, 15, 6, 30, "2025-07-15T04:30:00Z");
    assert_utc(berlin, 2025, 3, 30, 1, 59, "2025-03-30T00:59:00Z");
    assert_utc(berlin, 2025, 3, 30, 2, 30, "2025-03-30T01:30:00Z"); /* jumped over: 3:30 */
    assert_utc(berlin, 2025, 3, 30, 3, 0, "2025-03-30T01:00:00Z");
    assert_utc(berlin, 2025, 10, 26, 2, 30, "2025-10-26T00:30:00Z"); /* twice: the first */
    assert_utc(berlin, 2025, 10, 26, 3, 0, "2025-10-26T02:00:00Z");
    assert_utc(berlin, 2060, 7, 1, 12, 0, "2060-07-01T10:00:00Z"); /* behind the list: the rule */
    assert_utc(berlin, 2060, 12, 1, 12, 0, "2060-12-01T11:00:00Z");
    assert_utc(york, 2045, 11, 5, 1, 30, "2045-11-05T05:30:00Z");
    assert_utc(sydney, 2050, 1, 1, 0, 0, "2049-12-31T13:00:00Z");
    assert_utc(sydney, 2050, 7, 1, 0, 0, "2050-06-30T14:00:00Z");
    assert_utc(kolkata, 2050, 7, 1, 0, 0, "2050-06-30T18:30:00Z");
    assert_utc(howe, 2025, 1, 1, 0, 0, "2024-12-31T13:00:00Z");
}

/* The next times of a rhythm that is made at `now`, as the clock in UTC shows them. */
static void
assert_next(cc_arena *a, const char *zone, cc_rhythm r, const char *now, const char *times)
{
    const cc_zone *z = cc_zone_load(a, zone);
    cc_buf         b;
    int64_t        ms;

    assert_non_null(z);
    assert_true(cc_time_parse(now, &ms));
    cc_buf_init(&b, a);
    r.anchor = cc_rhythm_first_day(&r, z, ms / 1000);
    for (int64_t i = 0, at = ms / 1000; i < 5; i++) {
        int year, month, day, hour, minute, second;
        at = cc_rhythm_after(&r, z, at);
        cc_civil(at, &year, &month, &day, &hour, &minute, &second);
        cc_putf(&b, "%s%d-%02d-%02d %02d:%02d", i ? ", " : "", year, month, day, hour, minute);
    }
    cc_putc(&b, '\0');
    assert_string_equal(b.data, times);
}

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64 };

static void
days_of_the_week_can_be_chosen(void **state)
{
    /* 2026-11-25 is a Wednesday. */
    assert_next(*state, "UTC", (cc_rhythm){"weekly", .weekdays = MON | FRI, .hour = 6}, "2026-11-25T12:00:00Z",
                "2026-11-27 06:00, 2026-11-30 06:00, 2026-12-04 06:00, 2026-12-07 06:00, 2026-12-11 06:00");
    assert_next(*state, "UTC", (cc_rhythm){"weekly", .weekdays = WED, .hour = 13}, "2026-11-25T12:00:00Z",
                "2026-11-25 13:00, 2026-12-02 13:00, 2026-12-09 13:00, 2026-12-16 13:00, 2026-12-23 13:00");
    assert_next(*state, "UTC", (cc_rhythm){"weekly", .weekdays = WED, .hour = 12}, "2026-11-25T12:00:00Z",
                "2026-12-02 12:00, 2026-12-09 12:00, 2026-12-16 12:00, 2026-12-23 12:00, 2026-12-30 12:00");
    assert_next(*state, "UTC", (cc_rhythm){"weekly", .weekdays = 127}, "2024-02-27T00:00:00Z",
                "2024-02-28 00:00, 2024-02-29 00:00, 2024-03-01 00:00, 2024-03-02 00:00, 2024-03-03 00:00");
    /* Every other week: that of the first run, and the one after the next; a week ends with its Sunday. */
    assert_next(*state, "UTC", (cc_rhythm){"biweekly", .weekdays = MON | SUN}, "2026-11-25T12:00:00Z",
                "2026-11-29 00:00, 2026-12-07 00:00, 2026-12-13 00:00, 2026-12-21 00:00, 2026-12-27 00:00");
    /* None chosen: that of the first run. */
    assert_next(*state, "UTC", (cc_rhythm){.frequency = "biweekly"}, "2026-11-25T12:00:00Z",
                "2026-11-26 00:00, 2026-12-10 00:00, 2026-12-24 00:00, 2027-01-07 00:00, 2027-01-21 00:00");
}

static void
a_month_that_is_too_short_has_its_last_day(void **state)
{
    assert_next(*state, "UTC", (cc_rhythm){"monthly", .day_of_month = 31, .hour = 6}, "2026-11-30T07:00:00Z",
                "2026-12-31 06:00, 2027-01-31 06:00, 2027-02-28 06:00, 2027-03-31 06:00, 2027-04-30 06:00");
    assert_next(*state, "UTC", (cc_rhythm){"monthly", .day_of_month = 30}, "2028-01-30T12:00:00Z",
                "2028-02-29 00:00, 2028-03-30 00:00, 2028-04-30 00:00, 2028-05-30 00:00, 2028-06-30 00:00");
    assert_next(*state, "UTC", (cc_rhythm){"monthly", .day_of_month = 29}, "2100-01-31T00:00:00Z", /* no leap year */
                "2100-02-28 00:00, 2100-03-29 00:00, 2100-04-29 00:00, 2100-05-29 00:00, 2100-06-29 00:00");
    assert_next(*state, "UTC", (cc_rhythm){"monthly", .day_of_month = 1}, "2026-12-01T00:00:00Z",
                "2027-01-01 00:00, 2027-02-01 00:00, 2027-03-01 00:00, 2027-04-01 00:00, 2027-05-01 00:00");
    assert_next(*state, "UTC", (cc_rhythm){.frequency = "monthly"},
                "2027-01-30T12:00:00Z", /* that of the first run: the 31st */
                "2027-01-31 00:00, 2027-02-28 00:00, 2027-03-31 00:00, 2027-04-30 00:00, 2027-05-31 00:00");
}

static void
chosen_days_follow_the_clock_of_their_zone(void **state)
{
    if (!cc_zone_load(*state, "Europe/Berlin")) {
        print_message("no zone files here\n");
        skip();
    }
    /* Spring in the north: 02:30 is jumped over on Sunday, 29 March 2026, and is 03:30 then. */
    assert_next(*state, "Europe/Berlin", (cc_rhythm){"weekly", .weekdays = SUN, .hour = 2, .minute = 30},
                "2026-03-16T00:00:00Z",
                "2026-03-22 01:30, 2026-03-29 01:30, 2026-04-05 00:30, 2026-04-12 00:30, 2026-04-19 00:30");
    /* Autumn: it comes twice on 25 October 2026, and counts once, the first time. */
    assert_next(*state, "Europe/Berlin", (cc_rhythm){"weekly", .weekdays = SAT | SUN, .hour = 2, .minute = 30},
                "2026-10-24T12:00:00Z",
                "2026-10-25 00:30, 2026-10-31 01:30, 2026-11-01 01:30, 2026-11-07 01:30, 2026-11-08 01:30");
    /* The south has it the other way round: 4 October begins summer in Sydney, 4 April 2027 ends it. */
    assert_next(*state, "Australia/Sydney", (cc_rhythm){"weekly", .weekdays = SUN, .hour = 2, .minute = 30},
                "2026-09-21T00:00:00Z",
                "2026-09-26 16:30, 2026-10-03 16:30, 2026-10-10 15:30, 2026-10-17 15:30, 2026-10-24 15:30");
    assert_next(*state, "Australia/Sydney", (cc_rhythm){"biweekly", .weekdays = SUN, .hour = 2, .minute = 30},
                "2027-03-16T00:00:00Z",
                "2027-03-20 15:30, 2027-04-03 15:30, 2027-04-17 16:30, 2027-05-01 16:30, 2027-05-15 16:30");
    /* The day of the month is that of the zone: the 1st there is the last one in UTC. */
    assert_next(*state, "Asia/Tokyo", (cc_rhythm){"monthly", .day_of_month = 1, .hour = 6}, "2028-02-29T22:00:00Z",
                "2028-03-31 21:00, 2028-04-30 21:00, 2028-05-31 21:00, 2028-06-30 21:00, 2028-07-31 21:00");
    assert_next(*state, "America/New_York", (cc_rhythm){"monthly", .day_of_month = 31, .hour = 23},
                "2026-01-15T00:00:00Z",
                "2026-02-01 04:00, 2026-03-01 04:00, 2026-04-01 03:00, 2026-05-01 03:00, 2026-06-01 03:00");
    /* Samoa left out 30 December 2011, a Friday: it had no such day, and what was due on it was due on the next. */
    assert_next(*state, "Pacific/Apia", (cc_rhythm){"weekly", .weekdays = THU | FRI | SAT, .hour = 12},
                "2011-12-28T00:00:00Z",
                "2011-12-29 22:00, 2011-12-30 22:00, 2012-01-04 22:00, 2012-01-05 22:00, 2012-01-06 22:00");
}

static void
only_names_of_the_tz_database_are_zones(void **state)
{
    /* Not US/Eastern and its like: Debian 13 keeps such older names in a package of their own. */
    static const char *const names[] = {"Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "Etc/GMT+5"};
    static const char *const others[] = {"posix/UTC",
                                         "posix/Europe/Berlin",
                                         "right/UTC",
                                         "right/Europe/Berlin",
                                         "Factory",
                                         "localtime",
                                         "posixrules",
                                         "leapseconds",
                                         "tzdata.zi",
                                         "zone.tab",
                                         "zone1970.tab",
                                         "iso3166.tab",
                                         "europe/berlin",
                                         "utc",
                                         "Europe",
                                         "Europe/",
                                         "Europe//Berlin",
                                         "./UTC",
                                         "../zoneinfo/UTC",
                                         "Europe/../UTC",
                                         "/UTC",
                                         "/etc/localtime",
                                         "UTC/",
                                         " UTC",
                                         "UTC ",
                                         ".",
                                         "Europe/Atlantis",
                                         "Europe/Berlin\n",
                                         "+05:00",
                                         "",
                                         "Z"};

    for (size_t i = 0; i < CC_COUNT(others); i++)
        if (cc_zone_load(*state, others[i]))
            fail_msg("'%s' was taken for a time zone", others[i]);
    if (!cc_zone_load(*state, names[0])) {
        print_message("no zone files here\n");
        return;
    }
    for (size_t i = 0; i < CC_COUNT(names); i++)
        assert_non_null(cc_zone_load(*state, names[i]));
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(steps_come_in_order),
        T(a_loop_repeats_its_own_steps_until_a_pass),
        T(a_loop_keeps_to_its_own_maximum),
        T(a_loop_without_a_checker_goes_round_to_the_end),
        T(loops_that_overlap_end),
        T(a_failed_step_ends_the_plan),
        T(a_verdict_is_read_in_the_ways_it_is_written),
        T(a_command_line_says_what_is_known_and_never_the_prompt),
        T(an_effort_becomes_the_greatest_that_an_agent_knows),
        T(a_prompt_that_is_a_word_has_a_limit),
        T(values_are_masked_and_short_ones_left),
        T(what_may_be_the_beginning_of_a_value_is_held_back),
        T(the_clock_of_a_zone_knows_summer),
        T(days_of_the_week_can_be_chosen),
        T(a_month_that_is_too_short_has_its_last_day),
        T(chosen_days_follow_the_clock_of_their_zone),
        T(only_names_of_the_tz_database_are_zones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
