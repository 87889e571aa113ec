/*
 * Cost rates: what a service asks for a million tokens, or for an hour of a sandbox.  A project's own, and a few that
 * are shipped, which a project's own of the same service and metric go before.
 *
 * Prices are whole billionths of a dollar and counts are whole, so a step's cost is rounded once and sums are exact.
 */
#include "resources/rates.h"

#include "context/app.h"
#include "gate/page.h"
#include "resources/resources.h"
#include "storage/db.h"

static const char *const metrics[] = {
#define X(name, word, per, unit) word,
    CC_METRICS(X)
#undef X
        NULL};
static const char *const units[] = {
#define X(name, word, per, unit) unit,
    CC_METRICS(X)
#undef X
};
static const int64_t pers[] = {
#define X(name, word, per, unit) per,
    CC_METRICS(X)
#undef X
};

/* ---- those that are shipped ------------------------------------------------------------------- */

/* As the services' own lists of prices had them on this day; what has changed since, a project says itself. */
#define PRESETS_DAY "2025-11-25T00:00:00Z"
#define USD(dollars) ((int64_t)((dollars)*1e9 + 0.5))

enum { NONE = -1 };

/* The ids of presets count through this list, so a new one comes last. */
static const struct preset {
    const char *service, *model;
    int64_t     nano[CC_METRIC_SANDBOX]; /* input, output, cache read, cache write */
} presets[] = {
    {"google", "gemini-2.5-flash", {USD(0.30), USD(2.50), USD(0.03), NONE}},
    {"google", "gemini-2.5-pro", {USD(1.25), USD(10.00), USD(0.125), NONE}},
    {"openai", "gpt-5-mini", {USD(0.25), USD(2.00), USD(0.025), NONE}},
    {"openai", "gpt-5-codex", {USD(1.25), USD(10.00), USD(0.125), NONE}},
    {"openai", "gpt-5", {USD(1.25), USD(10.00), USD(0.125), NONE}},
    {"anthropic", "claude-haiku-4-5", {USD(1.00), USD(5.00), USD(0.10), USD(1.25)}},
    {"anthropic", "claude-sonnet-4-5", {USD(3.00), USD(15.00), USD(0.30), USD(3.75)}},
    {"anthropic", "claude-opus-4-5", {USD(5.00), USD(25.00), USD(0.50), USD(6.25)}},
};
enum { PRESETS = CC_COUNT(presets) * CC_METRIC_SANDBOX };

static int64_t
presets_day(void)
{
    int64_t ms = 0;

    (void)cc_time_parse(PRESETS_DAY, &ms);
    return ms;
}

static int64_t
preset_nano(int at)
{
    return presets[at / CC_METRIC_SANDBOX].nano[at % CC_METRIC_SANDBOX];
}

/* Of the first milliseconds of 1970: behind all that a project has made. */
static void
preset_id(int at, char out[CC_ID_SIZE])
{
    cc_id_at("rat_", at, out);
}

/* -1: it is none. */
static int
preset_find(const char *id)
{
    char one[CC_ID_SIZE];

    for (int at = 0; at < PRESETS; at++) {
        preset_id(at, one);
        if (preset_nano(at) != NONE && strcmp(one, id) == 0)
            return at;
    }
    return -1;
}

/* ---- the resource ------------------------------------------------------------------------------ */

static const cc_field fields[] = {
    CC_ROW_HEAD("rat_"),
    CC_F("service", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_FILTER, 1, 40,
         "Who asks for it: anthropic, openai, google, what stands before the first / of a model's name, or sandbox.",
         .example = "\"openai\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FILTER, 1, 100,
         "For which model, without a date at the end of its name; null: for any that has none of its own.",
         .example = "\"gpt-5-codex\""),
    CC_F("metric", CC_TYPE_CHOICE, CC_FIELD_REQUIRED | CC_FIELD_FILTER, 0, 0, "For what.", .choices = metrics,
         .example = "\"input-tokens\""),
    CC_F("usdPerUnit", CC_TYPE_MONEY, CC_FIELD_REQUIRED, 0, 1000, "US dollars for one `unit`.", .example = "1.25"),
    CC_F("effectiveFrom", CC_TYPE_TIME, 0, 0, 0, "From when on it holds, until a later one does; left out: now.",
         .example = "\"2025-01-15T00:00:00Z\""),
    CC_F("unit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, 1, 20,
         "How much that is for: a million tokens, or an hour of sandbox-seconds.", .example = "\"million tokens\""),
    CC_F("isPreset", CC_TYPE_BOOL, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, 0, 0,
         "It is shipped with the service: as of `effectiveFrom`, not to be changed, and behind the project's own.",
         .example = "false"),
    CC_ROW_TAIL,
    CC_END,
};

static int
metric_of(const char *word)
{
    int at = 0;

    while (metrics[at] && strcmp(metrics[at], word) != 0)
        at++;
    return at;
}

/* The columns are those above it in the list: the fourth is its metric. */
static bool
virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out)
{
    const int at = metric_of(cc_col_text(row, 3, NULL));

    (void)r;
    if (strcmp(field->name, "unit") == 0)
        cc_putf(out, "\"%s\"", units[at]);
    else
        cc_puts(out, "false");
    return true;
}

const cc_resource cc_rates = {
    .virtual_ = virtual_,
    .singular = "costRate",
    .table = "cost_rates",
    .prefix = "rat_",
    .fields = fields,
    .meaning = "What a service asks for a million tokens, or for an hour of a sandbox.",
    .taken = "There is a rate of this service, model, metric and time.",
};

static void
preset_write(cc_buf *out, int at)
{
    const struct preset *p = &presets[at / CC_METRIC_SANDBOX];
    char                 id[CC_ID_SIZE];

    preset_id(at, id);
    cc_putf(out, "{\"id\":\"%s\",\"service\":\"%s\",\"model\":\"%s\",\"metric\":\"%s\",\"usdPerUnit\":", id, p->service,
            p->model, metrics[at % CC_METRIC_SANDBOX]);
    cc_put_nano(out, preset_nano(at));
    cc_putf(out,
            ",\"effectiveFrom\":\"" PRESETS_DAY "\",\"unit\":\"%s\",\"isPreset\":true,\"createdAt\":\"" PRESETS_DAY
            "\",\"updatedAt\":\"" PRESETS_DAY "\"}",
            units[at % CC_METRIC_SANDBOX]);
}

/* Is it one that the list is asked for? */
static bool
is_asked(cc_req *r, int at)
{
    const struct preset *p = &presets[at / CC_METRIC_SANDBOX];
    const struct {
        const char *name, *text;
    } all[] = {{"service", p->service}, {"model", p->model}, {"metric", metrics[at % CC_METRIC_SANDBOX]}};

    for (size_t i = 0; i < CC_COUNT(all); i++) {
        const cc_value *asked = cc_query_value(r, all[i].name);
        if (asked->present && strcmp(asked->s, all[i].text) != 0)
            return false;
    }
    return preset_nano(at) != NONE;
}

/* The project's own, newest first, and behind them those that are shipped. */
cc_err
cc_rates_list(cc_req *r)
{
    char    after[CC_ID_SIZE], id[CC_ID_SIZE];
    int64_t room = 0;
    cc_err  err = cc_resource_list_begin(r, after, &room);
    bool    more = room < 0;

    for (int at = PRESETS - 1; err == CC_OK && at >= 0 && !more; at--) {
        preset_id(at, id);
        if ((after[0] && strcmp(id, after) >= 0) || !is_asked(r, at))
            continue;
        if ((more = room-- == 0))
            break;
        cc_puts(&r->out, r->out.data[r->out.size - 1] == '}' ? "," : "");
        preset_write(&r->out, at);
        strcpy(r->page.next, id);
    }
    if (!more)
        r->page.next[0] = '\0';
    cc_putc(&r->out, ']');
    return err;
}

cc_err
cc_rates_get(cc_req *r)
{
    const int at = preset_find(r->id);

    if (at < 0)
        return cc_resource_get(r);
    preset_write(&r->out, at);
    r->version = 1;
    return CC_OK;
}

static cc_err
preset_refuse(cc_req *r)
{
    return preset_find(r->id) < 0 ? CC_OK
                                  : cc_fail(r, CC_E_CONFLICT, NULL,
                                            "This rate is shipped and stays: set one of your own of the same service, "
                                            "model and metric, which goes before it.");
}

/* Names are compared as they are, so that there is one way to write them. */
static cc_err
check(cc_req *r)
{
    const cc_value *service = cc_body_value(r, "service");

    if (service->present && strspn(service->s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != service->size)
        return cc_fail(r, CC_E_VALIDATION, "service",
                       "'service' must be of lower-case letters, digits, hyphens, underscores and dots.");
    return CC_OK;
}

typedef struct id_row {
    char id[CC_ID_SIZE];
} id_row;

CC_ROW(id_row, id);
CC_QUERY(rate_same, id_row,
         "SELECT id FROM cost_rates WHERE project_id = :project_id AND service = :service "
         "AND coalesce(model, '*') = :model AND metric = :metric AND effective_from = :effective_from",
         TEXT(project_id), TEXT(service), TEXT(model), TEXT(metric), INT(effective_from));

static cc_err
find_same(cc_req *r, id_row *same, bool *found)
{
    const cc_value *model = cc_body_value(r, "model");

    return cc_db_find(cc_app_db(r->app), NULL, rate_same, same, found, .project_id = r->who.project_id,
                      .service = cc_body_value(r, "service")->s, .model = cc_value_given(model) ? model->s : "*",
                      .metric = cc_body_value(r, "metric")->s, .effective_from = cc_body_value(r, "effectiveFrom")->i);
}

/* One of the same service, model, metric and time is replaced: who sends a list of prices twice has it once. */
cc_err
cc_rates_set(cc_req *r)
{
    char  *id = cc_alloc(r->arena, CC_ID_SIZE);
    id_row same;
    bool   found;
    cc_err err = id ? check(r) : CC_E_UNAVAILABLE;

    if (err != CC_OK)
        return err;
    if (!cc_body_value(r, "effectiveFrom")->present)
        cc_value_set_int(fields, r->body, "effectiveFrom", r->now);
    if ((err = cc_project_lock(&r->context)) != CC_OK || (err = find_same(r, &same, &found)) != CC_OK)
        return err;
    /* Whoever deletes it just now has its lock: with the lock it is looked for again. */
    if (found &&
        ((err = cc_tx_lock(cc_app_db(r->app), same.id)) != CC_OK || (err = find_same(r, &same, &found)) != CC_OK))
        return err;
    if (found)
        return cc_resource_change(r, &cc_rates, same.id, r->body);
    cc_id_new(r->app, "rat_", id);
    return cc_resource_insert(&r->context, &cc_rates, id, r->body, r);
}

cc_err
cc_rates_update(cc_req *r)
{
    cc_err err = preset_refuse(r);

    if (err == CC_OK && (err = check(r)) == CC_OK)
        err = cc_resource_update(r);
    return err;
}

cc_err
cc_rates_delete(cc_req *r)
{
    cc_err err = preset_refuse(r);

    return err == CC_OK ? cc_resource_delete(r) : err;
}

/* ---- what something costs ----------------------------------------------------------------------- */

/* "gpt-5-2025-08-07" is "gpt-5": how much of a model's name comes before the date at its end. */
static size_t
undated(const char *model)
{
    static const char *const shapes[] = {"-dddd-dd-dd", "-dddddddd", "-latest"};
    const size_t             size = strlen(model);

    for (size_t i = 0; i < CC_COUNT(shapes); i++) {
        const size_t n = strlen(shapes[i]);
        bool         fits = size > n;
        for (size_t k = 0; fits && k < n; k++) {
            const char c = model[size - n + k];
            fits = shapes[i][k] == 'd' && i < 2 ? c >= '0' && c <= '9' : c == shapes[i][k];
        }
        if (fits)
            return size - n;
    }
    return size;
}

void
cc_model_split(cc_arena *a, const char *own, const char *said, const char **service, const char **model)
{
    const char *slash = said ? strchr(said, '/') : NULL;

    *service = own ? own : slash ? cc_strndup(a, said, (size_t)(slash - said)) : NULL;
    if (slash)
        said = slash + 1;
    *model = said && *said ? cc_strndup(a, said, undated(said)) : NULL;
}

typedef struct rate_row {
    const char *model;
    char        metric[24];
    int64_t     nano;
} rate_row;

/* The latest first. */
CC_ROW(rate_row, model, metric, nano);
CC_QUERY(rates_of, rate_row,
         "SELECT model, metric, nano_per_unit AS nano FROM cost_rates WHERE project_id = :project_id "
         "AND service = :service AND (model IS NULL OR model = :model) AND effective_from <= :at "
         "ORDER BY effective_from DESC",
         TEXT(project_id), TEXT(service), TEXT(model), INT(at));

/* One that names the model goes before one for any, and both before one that is shipped. */
static cc_err
rates_find(cc_app *app, const cc_used *used, const char *service, int64_t nano[CC_METRIC__MAX])
{
    bool     exact[CC_METRIC__MAX] = {false};
    rate_row row;
    cc_rows  rows = cc_db_select(cc_app_db(app), rates_of, &row, .project_id = used->project_id, .service = service,
                                 .model = used->model, .at = used->at);

    while (cc_rows_next(&rows)) {
        const int m = metric_of(row.metric);
        if (nano[m] != NONE && (exact[m] || !row.model))
            continue;
        nano[m] = row.nano;
        exact[m] = row.model != NULL;
    }
    return cc_rows_end(&rows);
}

static void
presets_fill(const cc_used *used, int64_t nano[CC_METRIC__MAX])
{
    for (size_t i = 0; i < CC_COUNT(presets) && used->model && used->at >= presets_day(); i++)
        if (strcmp(presets[i].service, used->service) == 0 && strcmp(presets[i].model, used->model) == 0)
            for (int m = 0; m < CC_METRIC_SANDBOX; m++)
                if (nano[m] == NONE)
                    nano[m] = presets[i].nano[m];
}

/* Whole units and the rest apart, and no more than anybody counts honestly: neither goes beyond 2^63. */
static int64_t
product(int64_t count, int64_t nano, int64_t per, int64_t *rest)
{
    const int64_t most = INT64_C(1000000000000);

    count = count < 0 ? 0 : count > most ? most : count;
    *rest = count % per * nano;
    return count / per * nano;
}

cc_err
cc_rates_price(cc_app *app, const cc_used *used, int64_t *nano, bool *known)
{
    int64_t rates[CC_METRIC__MAX], rest, sum = 0, rests = 0;
    cc_err  err = CC_OK;

    for (int m = 0; m < CC_METRIC__MAX; m++)
        rates[m] = NONE;
    if (used->service && (err = rates_find(app, used, used->service, rates)) == CC_OK)
        presets_fill(used, rates);
    if (err != CC_OK)
        return err;
    *known = true;
    for (int m = 0; m < CC_METRIC_SANDBOX; m++) {
        const int64_t rate = m >= CC_METRIC_CACHE_READ && rates[m] == NONE ? rates[CC_METRIC_INPUT] : rates[m];
        *known &= !used->count[m] || rate != NONE;
        sum += product(used->count[m], rate, pers[m], &rest);
        rests += rest;
    }
    *nano = sum + (rests + pers[CC_METRIC_INPUT] / 2) / pers[CC_METRIC_INPUT];
    return CC_OK;
}

cc_err
cc_rates_price_sandbox(cc_app *app, const cc_used *used, int64_t *nano)
{
    int64_t rates[CC_METRIC__MAX], rest;

    for (int m = 0; m < CC_METRIC__MAX; m++)
        rates[m] = NONE;
    cc_err err = rates_find(app, used, "sandbox", rates);
    *nano = 0;
    if (err == CC_OK && rates[CC_METRIC_SANDBOX] != NONE) {
        *nano = product(used->count[CC_METRIC_SANDBOX], rates[CC_METRIC_SANDBOX], pers[CC_METRIC_SANDBOX], &rest);
        *nano += (rest + pers[CC_METRIC_SANDBOX] / 2) / pers[CC_METRIC_SANDBOX];
    }
    return err;
}
