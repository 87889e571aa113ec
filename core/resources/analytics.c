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
#include "resources/resources.h"
#include "storage/db.h"

enum { DAY_MS = 86400000, DAYS_PRESET = 30, DAYS_MAX = 366 };

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
        CC_F("costUsd", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What they cost, in US dollars.",            \
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
    CC_F("key", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40, "The day, or the workflow's or persona's id.",
         .example = "\"2025-01-15\""),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "For people: the day again, or the name.",
         .example = "\"2025-01-15\""),
    FIGURES,
    CC_END,
};

typedef struct range {
    int64_t from, to; /* ms */
    char    lower[CC_ID_SIZE], upper[CC_ID_SIZE];
} range;

static cc_err
range_read(cc_req *r, range *out)
{
    const cc_value *from = cc_query(r, "from"), *to = cc_query(r, "to");

    out->to = to->present ? to->i : r->now + 1;
    out->from = from->present ? from->i : out->to - (int64_t)DAYS_PRESET * DAY_MS;
    if (out->from < 0)
        out->from = 0;
    if (out->from > out->to)
        return cc_fail(r, CC_E_VALIDATION, "to", "'to' must not lie before 'from'.");
    if (out->to - out->from > (int64_t)DAYS_MAX * DAY_MS)
        return cc_fail(r, CC_E_VALIDATION, "from", "'from' must lie at most %d days before 'to'.", DAYS_MAX);
    cc_id_at("run_", out->from, out->lower);
    cc_id_at("run_", out->to, out->upper);
    return CC_OK;
}

static cc_err
begin(cc_req *r, cc_sql which, const range *of, cc_stmt **out)
{
    cc_err err = cc_stmt_get(cc_app_db(r->app), which, out);

    if (err == CC_OK) {
        cc_bind_text(*out, 1, r->who.project_id);
        cc_bind_text(*out, 2, r->who.test ? "test" : "live");
        cc_bind_text(*out, 3, of->lower);
        cc_bind_text(*out, 4, of->upper);
    }
    return err;
}

/* The columns from `at` on: runs, completed, failed, cancelled, ms and number of those with a duration, cost.  NULL:
 * all 0. */
static void
put_figures(cc_buf *b, cc_stmt *row, int at)
{
    int64_t n[6] = {0};
    double  cost = row ? cc_col_real(row, at + 6) : 0;

    for (int i = 0; row && i < 6; i++)
        n[i] = cc_col_int(row, at + i);
    cc_putf(b, ",\"runs\":%lld,\"completed\":%lld,\"failed\":%lld,\"cancelled\":%lld,\"active\":%lld,\"successRate\":",
            (long long)n[0], (long long)n[1], (long long)n[2], (long long)n[3], (long long)(n[0] - n[1] - n[2] - n[3]));
    if (n[1] + n[2] > 0)
        cc_put_number(b, (double)n[1] / (double)(n[1] + n[2]));
    else
        cc_puts(b, "null");
    cc_puts(b, ",\"averageDurationSeconds\":");
    if (n[5] > 0)
        cc_put_number(b, (double)n[4] / (double)n[5] / 1000);
    else
        cc_puts(b, "null");
    cc_puts(b, ",\"costUsd\":");
    cc_put_number(b, cost);
    cc_putc(b, '}');
}

cc_err
cc_analytics_summary(cc_req *r)
{
    cc_stmt *s = NULL;
    range    of;
    bool     row;
    cc_err   err;

    if ((err = range_read(r, &of)) != CC_OK || (err = begin(r, CC_SQL_RUNS_SUMMARY, &of, &s)) != CC_OK)
        return err;
    if ((err = cc_step(s, &row)) == CC_OK) {
        cc_puts(&r->out, "{\"from\":");
        cc_put_time(&r->out, of.from);
        cc_puts(&r->out, ",\"to\":");
        cc_put_time(&r->out, of.to);
        put_figures(&r->out, row ? s : NULL, 0);
    }
    cc_stmt_done(s);
    return err;
}

static void
put_day(cc_buf *b, int64_t day, cc_stmt *row)
{
    int year, month, mday, hour, minute, second;

    cc_civil(day * 86400, &year, &month, &mday, &hour, &minute, &second);
    cc_putf(b, "%s{\"key\":\"%04d-%02d-%02d\",\"label\":\"%04d-%02d-%02d\"", b->data[b->size - 1] == '[' ? "" : ",",
            year, month, mday, year, month, mday);
    put_figures(b, row, 1);
}

/* Every day of the range, so that a chart needs no arithmetic: those without runs are filled in between the rows. */
static cc_err
by_day(cc_req *r, const range *of)
{
    int64_t  next = of->from / DAY_MS, end = (of->to + DAY_MS - 1) / DAY_MS;
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = begin(r, CC_SQL_RUNS_BY_DAY, of, &s);

    if (err != CC_OK)
        return err;
    cc_putc(&r->out, '[');
    while ((err = cc_step(s, &row)) == CC_OK && row) {
        int64_t day = cc_col_int(s, 0);
        for (; next < day; next++)
            put_day(&r->out, next, NULL);
        put_day(&r->out, day, s);
        next = day + 1;
    }
    for (; next < end; next++)
        put_day(&r->out, next, NULL);
    cc_putc(&r->out, ']');
    cc_stmt_done(s);
    return err;
}

static cc_err
by_id(cc_req *r, cc_sql which, const range *of)
{
    const char *open = "[{\"key\":";
    cc_stmt    *s = NULL;
    size_t      size;
    bool        row;
    cc_err      err = begin(r, which, of, &s);

    if (err != CC_OK)
        return err;
    while ((err = cc_step(s, &row)) == CC_OK && row) {
        const char *text = cc_col_text(s, 0, &size);
        cc_puts(&r->out, open);
        cc_put_json(&r->out, text, size);
        text = cc_col_text(s, 1, &size);
        cc_puts(&r->out, ",\"label\":");
        cc_put_json(&r->out, text, size);
        put_figures(&r->out, s, 2);
        open = ",{\"key\":";
    }
    cc_puts(&r->out, open[0] == '[' ? "[]" : "]");
    cc_stmt_done(s);
    return err;
}

cc_err
cc_analytics_runs(cc_req *r)
{
    const cc_value *group = cc_query(r, "groupBy");
    range           of;
    cc_err          err = range_read(r, &of);

    if (err != CC_OK)
        return err;
    if (group->present && strcmp(group->s, "workflow") == 0)
        return by_id(r, CC_SQL_RUNS_BY_WORKFLOW, &of);
    if (group->present && strcmp(group->s, "persona") == 0)
        return by_id(r, CC_SQL_RUNS_BY_PERSONA, &of);
    return by_day(r, &of);
}
