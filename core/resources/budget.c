/*
 * A project's budget: what it may spend in a day, in a month, and in one run.
 *
 * It stands in the row of the project's settings.  What was spent is the sum of the entries that engine/spend.c writes,
 * so nothing is counted twice and deleting a run gives nothing back.  A budget of which nothing is left is spent: 0
 * lets nothing begin.  Nobody can know beforehand what a run will cost, so those that are under way may go beyond it by
 * what they spend until they tell it; then they are stopped.
 *
 * Days and months are those of UTC.
 */
#include "resources/budget.h"

#include "base/clock.h"
#include "context/app.h"
#include "resources/range.h"
#include "resources/resources.h"
#include "storage/db.h"

static const cc_field fields[] = {
    CC_F("perDayUsd", CC_TYPE_MONEY, CC_FIELD_NULLABLE, 0, 1000000,
         "What all runs of a day (UTC) may cost, in US dollars; 0: nothing may be started; null: no limit.",
         .example = "20"),
    CC_F("perMonthUsd", CC_TYPE_MONEY, CC_FIELD_NULLABLE, 0, 1000000, "The same of a month (UTC).", .example = "250.5"),
    CC_F("perRunUsd", CC_TYPE_MONEY, CC_FIELD_NULLABLE, 0, 1000000, "What one run may cost.", .example = "null"),
    CC_F("warnAtPercent", CC_TYPE_INT, 0, 1, 100, "From how much of it on it is told that it runs out.", .preset = "80",
         .example = "80"),
    CC_F("isHard", CC_TYPE_BOOL, 0, 0, 0,
         "When it is spent, no run is started, and those that are under way are stopped; false: it is only told.",
         .preset = "true", .example = "true"),
    CC_F("spentTodayUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, 0, INT32_MAX,
         "What is known that was spent today (UTC).", .example = "3.1"),
    CC_F("spentThisMonthUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, 0, INT32_MAX,
         "What is known that was spent this month (UTC).", .example = "42.7"),
    CC_F("isWarning", CC_TYPE_BOOL, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, 0, 0,
         "The day's or the month's is spent as far as `warnAtPercent` says.", .example = "false"),
    CC_F("updatedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it, or another setting of the project, changed.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_END,
};

static bool virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out);

const cc_resource cc_budget = {
    .virtual_ = virtual_,
    .singular = "budget",
    .table = "project_settings",
    .fields = fields,
    .meaning = "What a project may spend in a day, in a month, and in one run.",
};

typedef struct limits_row {
    int64_t per_day, per_month, per_run; /* -1: none */
    int64_t warn_at;
    bool    hard;
} limits_row;

typedef struct spent_row {
    int64_t spent;
} spent_row;

CC_ROW(limits_row, per_day, per_month, per_run, warn_at, hard);
CC_QUERY(budget_limits, limits_row,
         "SELECT coalesce(per_day_nano, -1) AS per_day, coalesce(per_month_nano, -1) AS per_month, "
         "coalesce(per_run_nano, -1) AS per_run, warn_at_percent AS warn_at, is_hard AS hard "
         "FROM project_settings WHERE project_id = :project_id",
         TEXT(project_id));
CC_ROW(spent_row, spent);
CC_QUERY(budget_spent, spent_row,
         "SELECT coalesce(sum(cost_nano), 0) AS spent FROM usage_entries "
         "WHERE project_id = :project_id AND mode = 'live' AND at >= :since",
         TEXT(project_id), INT(since));
CC_QUERY(budget_spent_by_run, spent_row,
         "SELECT coalesce(sum(cost_nano), 0) AS spent FROM usage_entries "
         "WHERE project_id = :project_id AND mode = 'live' AND run_id = :run_id",
         TEXT(project_id), TEXT(run_id));

static int64_t
day_of(int64_t now)
{
    return now - now % CC_DAY_MS;
}

static int64_t
month_of(int64_t now)
{
    int year, month, mday, hour, minute, second;

    cc_civil(now / 1000, &year, &month, &mday, &hour, &minute, &second);
    return day_of(now) - (int64_t)(mday - 1) * CC_DAY_MS;
}

static cc_err
spent_since(cc_app *app, const char *project_id, int64_t since, int64_t *spent)
{
    spent_row row = {0};
    cc_err    err = cc_db_get(cc_app_db(app), NULL, budget_spent, &row, .project_id = project_id, .since = since);

    *spent = row.spent;
    return err;
}

static cc_err
spent_by(cc_app *app, const char *project_id, const char *run_id, int64_t *spent)
{
    spent_row row = {0};
    cc_err    err =
        run_id ? cc_db_get(cc_app_db(app), NULL, budget_spent_by_run, &row, .project_id = project_id, .run_id = run_id)
                  : CC_OK;

    *spent = row.spent;
    return err;
}

static bool
warns(const limits_row *of, int64_t limit, int64_t spent)
{
    return limit >= 0 && spent >= limit / 100 * of->warn_at + limit % 100 * of->warn_at / 100;
}

/* One of its parts against what was spent of it. */
static void
judge(cc_arena *a, const limits_row *of, int64_t limit, int64_t spent, cc_reason_code code, cc_budget_state *out)
{
    cc_buf value;

    out->warns |= warns(of, limit, spent);
    if (limit < 0 || spent < limit || !of->hard || out->spent)
        return;
    cc_buf_init(&value, a);
    cc_put_nano(&value, limit);
    out->spent = cc_reason_make(a, code, &(cc_reason_values){.value = cc_buf_text(&value)});
}

cc_err
cc_budget_look(cc_app *app, cc_arena *a, const char *project_id, const char *run_id, int64_t more, cc_budget_state *out)
{
    const int64_t now = cc_app_now(app);
    limits_row    of;
    int64_t       spent;
    bool          found;
    cc_err        err = cc_db_find(cc_app_db(app), NULL, budget_limits, &of, &found, .project_id = project_id);

    *out = (cc_budget_state){0};
    if (err != CC_OK || !found)
        return err;
    if (of.per_run >= 0 && (err = spent_by(app, project_id, run_id, &spent)) == CC_OK)
        judge(a, &of, of.per_run, spent + more, CC_REASON_BUDGET_RUN, out);
    if (err == CC_OK && of.per_day >= 0 && (err = spent_since(app, project_id, day_of(now), &spent)) == CC_OK)
        judge(a, &of, of.per_day, spent + more, CC_REASON_BUDGET_DAY, out);
    if (err == CC_OK && of.per_month >= 0 && (err = spent_since(app, project_id, month_of(now), &spent)) == CC_OK)
        judge(a, &of, of.per_month, spent + more, CC_REASON_BUDGET_MONTH, out);
    return err;
}

cc_err
cc_budget_allows(cc_context *c)
{
    cc_budget_state state = {0};
    cc_err          err = c->who.test ? CC_OK : cc_budget_look(c->app, c->arena, c->who.project_id, NULL, 0, &state);

    return err == CC_OK && state.spent ? cc_context_refuse(c, CC_E_CONFLICT, state.spent) : err;
}

/* ---- in answers ----------------------------------------------------------------------------------- */

/* The sums, or null while they cannot be read: the limits are still worth answering. */
static bool
virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out)
{
    const int64_t now = cc_app_now(r->app);
    int64_t       today = 0, month = 0;

    if (spent_since(r->app, r->who.project_id, day_of(now), &today) != CC_OK ||
        spent_since(r->app, r->who.project_id, month_of(now), &month) != CC_OK)
        return false;
    if (strcmp(field->name, "spentTodayUsd") == 0)
        cc_put_nano(out, today);
    else if (strcmp(field->name, "spentThisMonthUsd") == 0)
        cc_put_nano(out, month);
    else {
        const limits_row of = {.per_day = cc_col_null(row, 0) ? -1 : cc_col_int(row, 0),
                               .per_month = cc_col_null(row, 1) ? -1 : cc_col_int(row, 1),
                               .warn_at = cc_col_int(row, 3)};
        cc_puts(out, warns(&of, of.per_day, today) || warns(&of, of.per_month, month) ? "true" : "false");
    }
    return true;
}

/* What was spent changes without the row. */
cc_err
cc_budget_get(cc_req *r)
{
    cc_err err = cc_resource_get(r);

    r->version = 0;
    return err;
}
