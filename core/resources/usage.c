/*
 * What was used, and what it cost: the entries of all attempts that were paid (engine/spend.c), summed up.
 *
 * Unlike analytics.c this counts what was spent, when it was: runs that are deleted count, and a run that goes on past
 * midnight counts on both days.  Sums are of whole numbers, and so exact.  A range of time is a range of the index.
 */
#include "context/app.h"
#include "resources/range.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { LINES_MAX = 100 };
#define COUNT_MAX INT64_C(9007199254740991)

static const char *const groups[] = {"day", "service", "model", "workflow", "persona", "member", "run", NULL};

const cc_field cc_usage_query[] = {
    CC_F("groupBy", CC_TYPE_CHOICE, 0, 0, 0,
         "What a line stands for; a member is whoever has started the run: a person, or a key.", .choices = groups,
         .preset = "\"day\"", .example = "\"model\""),
    CC_F("from", CC_TYPE_TIME, 0, 0, 0, "Paid from this time on; left out: 30 days before `to`.",
         .example = "\"2025-01-01T00:00:00Z\""),
    CC_F("to", CC_TYPE_TIME, 0, 0, 0, "Paid before this time; left out: now.", .example = "\"2025-02-01T00:00:00Z\""),
    CC_END,
};

const cc_field cc_usage_fields[] = {
    CC_F("key", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 120,
         "The day (UTC), service or model, or the id of the workflow, persona, person, key or run; null: none, or not "
         "known.",
         .example = "\"gpt-5-codex\""),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 200,
         "For people: the key again, or the name of what has that id.", .example = "\"gpt-5-codex\""),
    CC_F("runs", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "In how many runs.", .example = "12"),
    CC_F("steps", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "How many steps, each attempt at one.",
         .example = "30"),
    CC_F("inputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "Tokens read, without those of a cache.",
         .example = "120000"),
    CC_F("outputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "Tokens written.", .example = "9000"),
    CC_F("cacheReadTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "Tokens read from a cache.",
         .example = "400000"),
    CC_F("cacheWriteTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "Tokens that went into a cache.",
         .example = "20000"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What is known that it cost, in US dollars.",
         .example = "1.23"),
    CC_F("unpricedSteps", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, COUNT_MAX,
         "How many of the steps have no known cost, and are not in `costUsd`.", .example = "0"),
    CC_F("seconds", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY, 0, COUNT_MAX, "How long agents worked.", .example = "83.5"),
    CC_END,
};

/* A line of the answer; of a day `day`, of others `key` and `label`. */
typedef struct line {
    int64_t     day; /* since 1970 */
    const char *key, *label;
    int64_t     runs, steps, input, output, cache_read, cache_write, cost_nano, unpriced, ms;
} line;

#define FIGURES                                                                                                        \
    "count(DISTINCT e.run_id) AS runs, count(*) AS steps, sum(e.input_tokens) AS input, "                              \
    "sum(e.output_tokens) AS output, sum(e.cache_read_tokens) AS cache_read, "                                         \
    "sum(e.cache_write_tokens) AS cache_write, coalesce(sum(e.cost_nano), 0) AS cost_nano, "                           \
    "count(*) - count(e.cost_nano) AS unpriced, sum(e.ms) AS ms FROM usage_entries e "                                 \
    "WHERE e.project_id = :project_id AND e.mode = :mode AND e.at >= :since AND e.at < :until "
#define LINES(label, key)                                                                                              \
    "SELECT e." key " AS key, coalesce(" label ", e." key ") AS label, " FIGURES "GROUP BY e." key                     \
    " ORDER BY cost_nano DESC, steps DESC, key LIMIT 101"
#define NAME(name, table, key)                                                                                         \
    "(SELECT " name " FROM " table " n WHERE n.project_id = :project_id AND n.id = e." key ")"
#define PARAMS TEXT(project_id), TEXT(mode), INT(since), INT(until)
#define MEMBERS runs, steps, input, output, cache_read, cache_write, cost_nano, unpriced, ms

typedef line usage_day, usage_line;

CC_ROW(usage_day, day, MEMBERS);
CC_ROW(usage_line, key, label, MEMBERS);
CC_QUERY(usage_by_day, usage_day, "SELECT e.at / 86400000 AS day, " FIGURES "GROUP BY e.at / 86400000 ORDER BY day",
         PARAMS);
CC_QUERY(usage_by_service, usage_line, LINES("NULL", "service"), PARAMS);
CC_QUERY(usage_by_model, usage_line, LINES("NULL", "model"), PARAMS);
CC_QUERY(usage_by_workflow, usage_line, LINES(NAME("n.name", "workflows", "workflow_id"), "workflow_id"), PARAMS);
CC_QUERY(usage_by_persona, usage_line, LINES(NAME("n.name", "personas", "persona_id"), "persona_id"), PARAMS);
CC_QUERY(usage_by_member, usage_line,
         LINES(NAME("coalesce(n.name, n.email)", "member_list", "actor_id") ", " NAME("n.name", "api_keys", "actor_id"),
               "actor_id"),
         PARAMS);
CC_QUERY(usage_by_run, usage_line,
         LINES("(SELECT n.name FROM runs n WHERE n.project_id = :project_id AND n.mode = :mode AND n.id = e.run_id)",
               "run_id"),
         PARAMS);

#define RANGE(r, of)                                                                                                   \
    .project_id = (r)->who.project_id, .mode = cc_context_mode(&(r)->context), .since = (of)->from, .until = (of)->to

static void
put_figures(cc_buf *b, const line *l)
{
    cc_putf(b,
            ",\"runs\":%lld,\"steps\":%lld,\"inputTokens\":%lld,\"outputTokens\":%lld,\"cacheReadTokens\":%lld,"
            "\"cacheWriteTokens\":%lld,\"costUsd\":",
            (long long)l->runs, (long long)l->steps, (long long)l->input, (long long)l->output,
            (long long)l->cache_read, (long long)l->cache_write);
    cc_put_nano(b, l->cost_nano);
    cc_putf(b, ",\"unpricedSteps\":%lld,\"seconds\":", (long long)l->unpriced);
    cc_put_number(b, (double)l->ms / 1000);
    cc_putc(b, '}');
}

static void
put_begin(cc_buf *b)
{
    cc_puts(b, b->data[b->size - 1] == '[' ? "{\"key\":" : ",{\"key\":");
}

static void
put_day(cc_buf *b, const line *l)
{
    put_begin(b);
    cc_putc(b, '"');
    cc_put_day(b, l->day);
    cc_puts(b, "\",\"label\":\"");
    cc_put_day(b, l->day);
    cc_putc(b, '"');
    put_figures(b, l);
}

/* Every day of the range: those without are filled in between the rows. */
static cc_err
by_day(cc_req *r, const cc_range *of)
{
    int64_t end = (of->to + CC_DAY_MS - 1) / CC_DAY_MS;
    line    l, none = {.day = of->from / CC_DAY_MS};
    cc_rows rows = cc_db_select(cc_app_db(r->app), usage_by_day, &l, RANGE(r, of));

    cc_putc(&r->out, '[');
    while (cc_rows_next(&rows)) {
        for (; none.day < l.day; none.day++)
            put_day(&r->out, &none);
        put_day(&r->out, &l);
        none.day = l.day + 1;
    }
    for (; none.day < end; none.day++)
        put_day(&r->out, &none);
    cc_putc(&r->out, ']');
    return cc_rows_end(&rows);
}

static void
put_text(cc_buf *b, const char *text)
{
    if (text)
        cc_put_json(b, text, strlen(text));
    else
        cc_puts(b, "null");
}

/* The dearest first. */
static cc_err
by_key(cc_req *r, cc_rows rows, const line *l)
{
    int n = 0;

    cc_putc(&r->out, '[');
    while (cc_rows_next(&rows) && !(r->page.more = n++ == LINES_MAX)) {
        put_begin(&r->out);
        put_text(&r->out, l->key);
        cc_puts(&r->out, ",\"label\":");
        put_text(&r->out, l->label);
        put_figures(&r->out, l);
    }
    cc_putc(&r->out, ']');
    return cc_rows_end(&rows);
}

#define BY_KEY(query) by_key(r, cc_db_select(db, query, &l, RANGE(r, &of)), &l)

cc_err
cc_usage(cc_req *r)
{
    const cc_value *group = cc_query_value(r, "groupBy");
    const char     *by = group->present ? group->s : "day";
    cc_db          *db = cc_app_db(r->app);
    cc_range        of;
    line            l;
    cc_err          err = cc_range_read(r, &of);

    if (err != CC_OK)
        return err;
    if (strcmp(by, "service") == 0)
        return BY_KEY(usage_by_service);
    if (strcmp(by, "model") == 0)
        return BY_KEY(usage_by_model);
    if (strcmp(by, "workflow") == 0)
        return BY_KEY(usage_by_workflow);
    if (strcmp(by, "persona") == 0)
        return BY_KEY(usage_by_persona);
    if (strcmp(by, "member") == 0)
        return BY_KEY(usage_by_member);
    if (strcmp(by, "run") == 0)
        return BY_KEY(usage_by_run);
    return by_day(r, &of);
}
