/*
 * Figures about runs: how many, how they ended, how long they took, what they cost.
 *
 * Run ids begin with their time, so a range of days is a range of the primary key: what is read is the runs of that
 * range, in this project and mode, and nothing else.  No counters are kept beside them: counters would have to be right
 * under every transition, deletion and restore, and a year of a busy project is read in well under a second.
 *
 * Days are days in UTC, everywhere the same; a page that wants other days has the runs to count.
 */
#include "base/clock.h"
#include "context/app.h"
#include "context/state.h"
#include "resources/range.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { DAYS_PRESET = 30, DAYS_MAX = 366 };

static const char *const groups[] = {"day", "workflow", "persona", NULL};

const cc_field cc_analytics_query[] = {
    CC_F("from", CC_TYPE_TIME, 0, 0, 0, "From this time on; left out: 30 days before `to`.",
         .example = "\"2025-01-01T00:00:00Z\""),
    CC_F("to", CC_TYPE_TIME, 0, 0, 0, "Before this time; left out: now.", .example = "\"2025-02-01T00:00:00Z\""),
    CC_END,
};

const cc_field cc_analytics_runs_query[] = {
    CC_F("groupBy", CC_TYPE_CHOICE, 0, 0, 0, "What a line stands for.", .choices = groups, .preset = "\"day\"",
         .example = "\"workflow\""),
    CC_F("from", CC_TYPE_TIME, 0, 0, 0, "From this time on; left out: 30 days before `to`.",
         .example = "\"2025-01-01T00:00:00Z\""),
    CC_F("to", CC_TYPE_TIME, 0, 0, 0, "Before this time; left out: now.", .example = "\"2025-02-01T00:00:00Z\""),
    CC_END,
};

const cc_field cc_analytics_days_query[] = {
    CC_F("days", CC_TYPE_INT, 0, 1, DAYS_MAX, "How many days to count, back from now.", .preset = "30", .example = "7"),
    CC_END,
};

#define FIGURES                                                                                                        \
    CC_F("runs", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "All of them.", .example = "12"),                      \
        CC_F("completed", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Those that ended well.", .example = "10"),   \
        CC_F("failed", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Those that failed.", .example = "1"),           \
        CC_F("cancelled", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Those that were cancelled.",                 \
             .example = "0"),                                                                                          \
        CC_F("active", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Those that have not ended.", .example = "1"),   \
        CC_F("successRate", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 1,                              \
             "Completed over completed and failed; null: neither.", .example = "0.909"),                               \
        CC_F("averageDurationSeconds", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,           \
             "From start to end, over those that have both; null: none.", .example = "83.5"),                          \
        CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What they cost, in US dollars.",             \
             .example = "1.23")

const cc_field cc_analytics_fields[] = {
    CC_F("from", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "Counted from this time on.",
         .example = "\"2025-01-01T00:00:00Z\""),
    CC_F("to", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "Counted before this time.",
         .example = "\"2025-02-01T00:00:00Z\""),
    FIGURES,
    CC_END,
};

const cc_field cc_analytics_runs_fields[] = {
    CC_F("key", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "The day, or the workflow's or persona's id; session: all sessions, which have no workflow.",
         .example = "\"2025-01-15\""),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "For people: the day again, or the name.",
         .example = "\"2025-01-15\""),
    FIGURES,
    CC_END,
};

typedef struct range {
    cc_range time;
    char     lower[CC_ID_SIZE], upper[CC_ID_SIZE];
} range;

cc_err
cc_range_read(cc_req *r, cc_range *out)
{
    const cc_value *from = cc_query_value(r, "from"), *to = cc_query_value(r, "to"), *days = cc_query_value(r, "days");

    out->to = to->present ? to->i : r->now + 1;
    out->from = from->present ? from->i : out->to - (days->present ? days->i : DAYS_PRESET) * CC_DAY_MS;
    if (out->from < 0)
        out->from = 0;
    if (out->from > out->to)
        return cc_fail(r, CC_E_VALIDATION, "to", "'to' must not lie before 'from'.");
    if (out->to - out->from > (int64_t)DAYS_MAX * CC_DAY_MS)
        return cc_fail(r, CC_E_VALIDATION, "from", "'from' must lie at most %d days before 'to'.", DAYS_MAX);
    return CC_OK;
}

static cc_err
range_read(cc_req *r, range *out)
{
    cc_err err = cc_range_read(r, &out->time);

    if (err != CC_OK)
        return err;
    cc_id_at("run_", out->time.from, out->lower);
    cc_id_at("run_", out->time.to, out->upper);
    return CC_OK;
}

/* A line of the answer; of a day `day`, of others `key` and `label`. */
typedef struct line {
    int64_t     day; /* since 1970 */
    const char *key, *label;
    int64_t     runs, completed, failed, cancelled;
    int64_t     ms, timed; /* of those with a duration */
    int64_t     cost_nano;
} line;

/* A range of ids is a range of time: the primary key serves all of them. */
#define COUNT_OF(table, word) "sum(CASE WHEN " table "status = '" word "' THEN 1 ELSE 0 END) AS " word ", "
#define FIGURES_OF_RUNS                                                                                                                 \
    "count(*) AS runs, " COUNT_OF("", CC_RUN_COMPLETED) COUNT_OF("", CC_RUN_FAILED) COUNT_OF(                                           \
        "",                                                                                                                             \
        CC_RUN_CANCELLED) "sum(finished_at - started_at) AS ms, count(finished_at - started_at) AS timed, sum(cost_nano) AS cost_nano " \
                          "FROM runs WHERE project_id = :project_id AND mode = :mode AND id >= :lower AND id < :upper "
#define RANGE_PARAMS TEXT(project_id), TEXT(mode), TEXT(lower), TEXT(upper)
#define RANGE(r, of)                                                                                                   \
    .project_id = (r)->who.project_id, .mode = cc_context_mode(&(r)->context), .lower = (of)->lower,                   \
    .upper = (of)->upper
#define FIGURE_MEMBERS runs, completed, failed, cancelled, ms, timed, cost_nano

typedef line summary_line, day_line, id_line;

CC_ROW(summary_line, FIGURE_MEMBERS);
CC_ROW(day_line, day, FIGURE_MEMBERS);
CC_ROW(id_line, key, label, FIGURE_MEMBERS);
CC_QUERY(runs_summary, summary_line, "SELECT " FIGURES_OF_RUNS, RANGE_PARAMS);
CC_QUERY(workflow_summary, summary_line, "SELECT " FIGURES_OF_RUNS "AND workflow_id = :id", RANGE_PARAMS, TEXT(id));
CC_QUERY(runs_by_day, day_line,
         "SELECT created_at / 86400000 AS day, " FIGURES_OF_RUNS "GROUP BY created_at / 86400000 ORDER BY day",
         RANGE_PARAMS);
CC_QUERY(runs_by_workflow, id_line,
         "SELECT coalesce(nullif(workflow_id, ''), 'session') AS key, "
         "CASE WHEN workflow_id = '' THEN 'Sessions' ELSE max(workflow_name) END AS label, " FIGURES_OF_RUNS
         "GROUP BY workflow_id ORDER BY runs DESC, key LIMIT 100",
         RANGE_PARAMS);
/* What each persona did in each run; the cost is that of its own steps. */
#define PERSONAS_IN_RUNS(which)                                                                                        \
    "(SELECT s.persona_id, r.status, sum(s.finished_at - s.started_at) AS ms, sum(s.cost_nano) AS cost_nano "          \
    "FROM runs r JOIN run_steps s ON s.project_id = r.project_id AND s.run_id = r.id "                                 \
    "WHERE r.project_id = :project_id AND r.mode = :mode AND r.id >= :lower AND r.id < :upper "                        \
    "AND s.persona_id " which " GROUP BY s.persona_id, r.id, r.status) d "
#define FIGURES_OF_PERSONAS                                                                                            \
    "count(*) AS runs, " COUNT_OF("d.", CC_RUN_COMPLETED) COUNT_OF("d.", CC_RUN_FAILED)                                \
        COUNT_OF("d.", CC_RUN_CANCELLED) "sum(d.ms) AS ms, count(d.ms) AS timed, sum(d.cost_nano) AS cost_nano "
CC_QUERY(runs_by_persona, id_line,
         "SELECT d.persona_id AS key, coalesce(max(p.name), d.persona_id) AS label, " FIGURES_OF_PERSONAS
         "FROM " PERSONAS_IN_RUNS(
             "IS NOT NULL") "LEFT JOIN personas p ON p.project_id = :project_id AND p.id = d.persona_id "
                            "GROUP BY d.persona_id ORDER BY runs DESC, key LIMIT 100",
         RANGE_PARAMS);
CC_QUERY(persona_summary, summary_line, "SELECT " FIGURES_OF_PERSONAS "FROM " PERSONAS_IN_RUNS("= :id"), RANGE_PARAMS,
         TEXT(id));

static void
put_figures(cc_buf *b, const line *l)
{
    cc_putf(b, ",\"runs\":%lld,\"completed\":%lld,\"failed\":%lld,\"cancelled\":%lld,\"active\":%lld,\"successRate\":",
            (long long)l->runs, (long long)l->completed, (long long)l->failed, (long long)l->cancelled,
            (long long)(l->runs - l->completed - l->failed - l->cancelled));
    if (l->completed + l->failed > 0)
        cc_put_number(b, (double)l->completed / (double)(l->completed + l->failed));
    else
        cc_puts(b, "null");
    cc_puts(b, ",\"averageDurationSeconds\":");
    if (l->timed > 0)
        cc_put_number(b, (double)l->ms / (double)l->timed / 1000);
    else
        cc_puts(b, "null");
    cc_puts(b, ",\"costUsd\":");
    cc_put_nano(b, l->cost_nano);
    cc_putc(b, '}');
}

static void
put_summary(cc_req *r, const range *of, const line *l)
{
    cc_puts(&r->out, "{\"from\":");
    cc_put_time(&r->out, of->time.from);
    cc_puts(&r->out, ",\"to\":");
    cc_put_time(&r->out, of->time.to);
    put_figures(&r->out, l);
}

cc_err
cc_analytics_summary(cc_req *r)
{
    line   l = {0};
    range  of;
    cc_err err;

    if ((err = range_read(r, &of)) == CC_OK &&
        (err = cc_db_get(cc_app_db(r->app), NULL, runs_summary, &l, RANGE(r, &of))) == CC_OK)
        put_summary(r, &of, &l);
    return err;
}

/* Of what the path names, in the last days. */
static cc_err
of_one(cc_req *r, bool persona)
{
    cc_db *db = cc_app_db(r->app);
    line   l = {0};
    range  of;
    cc_err err = cc_resource_must_exist(&r->context, r->route->resource, r->id);

    if (err != CC_OK || (err = range_read(r, &of)) != CC_OK)
        return err;
    err = persona ? cc_db_get(db, NULL, persona_summary, &l, RANGE(r, &of), .id = r->id)
                  : cc_db_get(db, NULL, workflow_summary, &l, RANGE(r, &of), .id = r->id);
    if (err == CC_OK)
        put_summary(r, &of, &l);
    return err;
}

cc_err
cc_analytics_of_workflow(cc_req *r)
{
    return of_one(r, false);
}

cc_err
cc_analytics_of_persona(cc_req *r)
{
    return of_one(r, true);
}

void
cc_put_day(cc_buf *b, int64_t day)
{
    int year, month, mday, hour, minute, second;

    cc_civil(day * 86400, &year, &month, &mday, &hour, &minute, &second);
    cc_putf(b, "%04d-%02d-%02d", year, month, mday);
}

static void
put_day(cc_buf *b, const line *l)
{
    cc_puts(b, b->data[b->size - 1] == '[' ? "{\"key\":\"" : ",{\"key\":\"");
    cc_put_day(b, l->day);
    cc_puts(b, "\",\"label\":\"");
    cc_put_day(b, l->day);
    cc_putc(b, '"');
    put_figures(b, l);
}

/* Every day of the range, so that a chart needs no arithmetic: those without runs are filled in between the rows. */
static cc_err
by_day(cc_req *r, const range *of)
{
    int64_t end = (of->time.to + CC_DAY_MS - 1) / CC_DAY_MS;
    line    l, none = {.day = of->time.from / CC_DAY_MS};
    cc_rows rows = cc_db_select(cc_app_db(r->app), runs_by_day, &l, RANGE(r, of));

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

static cc_err
by_id(cc_req *r, bool personas, const range *of)
{
    const char *open = "[{\"key\":";
    cc_db      *db = cc_app_db(r->app);
    line        l;
    cc_rows     rows = personas ? cc_db_select(db, runs_by_persona, &l, RANGE(r, of))
                                : cc_db_select(db, runs_by_workflow, &l, RANGE(r, of));

    while (cc_rows_next(&rows)) {
        cc_puts(&r->out, open);
        cc_put_json(&r->out, l.key, strlen(l.key));
        cc_puts(&r->out, ",\"label\":");
        cc_put_json(&r->out, l.label, strlen(l.label));
        put_figures(&r->out, &l);
        open = ",{\"key\":";
    }
    cc_puts(&r->out, open[0] == '[' ? "[]" : "]");
    return cc_rows_end(&rows);
}

cc_err
cc_analytics_runs(cc_req *r)
{
    const cc_value *group = cc_query_value(r, "groupBy");
    range           of;
    cc_err          err = range_read(r, &of);

    if (err != CC_OK)
        return err;
    if (group->present && strcmp(group->s, "workflow") == 0)
        return by_id(r, false, &of);
    if (group->present && strcmp(group->s, "persona") == 0)
        return by_id(r, true, &of);
    return by_day(r, &of);
}
