/*
 * Counters, and the text that Prometheus reads (its text format 0.0.4).
 *
 * A request costs a short hash of its operation's name and three atomic additions.  Names come from the table of routes
 * and statuses from the list below, so there are never more lines than those two have together, whatever is sent.
 */
#include "context/metrics.h"

#include <time.h>

#include "context/instance.h"

#define NO_OPERATION "none"

/* The last stands for all others. */
static const int statuses[] = {200, 201, 204, 304, 400, 401, 403, 404, 405, 409,
                               412, 413, 414, 415, 429, 431, 500, 503, 0};

/* Microseconds; the last has no bound. */
static const struct span {
    int64_t     us;
    const char *s;
} spans[] = {
    {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"}, {INT64_MAX, "+Inf"},
};

_Static_assert(CC_COUNT(statuses) <= CC_OUTCOMES && CC_COUNT(spans) <= CC_SPANS, "the shared state has room for them");

static const struct line {
    const char *family, *label;
    int64_t     unit;
    const char *meaning;
} lines[] = {
#define X(name, family, label, unit, meaning) {family, label, unit, meaning},
    CC_TALLIES(X)
#undef X
};

bool
cc_metrics_on(cc_app *app)
{
    return cc_setting_text(app, CC_SETTING_metricsToken)[0] != '\0';
}

int64_t
cc_metrics_clock_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- counted --------------------------------------------------------------------------------------------- */

void
cc_tally_note(cc_app *app, cc_tally which, int64_t more)
{
    if (more > 0)
        app->noted[which] += more;
    app->any_noted |= more > 0;
}

void
cc_metrics_ended(cc_app *app, bool committed)
{
    if (!app->any_noted)
        return;
    for (int i = 0; i < CC_TALLY__MAX; i++) {
        if (committed && app->noted[i] && cc_metrics_on(app))
            cc_shared_count(cc_app_shared(app), i, app->noted[i]);
        app->noted[i] = 0;
    }
    app->any_noted = false;
}

void
cc_tally_count(cc_app *app, cc_tally which)
{
    if (cc_app_shared(app) && cc_metrics_on(app)) /* there is none while the instance is opened */
        cc_shared_count(cc_app_shared(app), (int)which, 1);
}

static uint64_t
key_of(const char *operation)
{
    return cc_shared_key(operation ? operation : NO_OPERATION);
}

void
cc_metrics_request(cc_app *app, const char *operation, int status, int64_t us)
{
    int outcome = 0, span = 0;

    while (statuses[outcome] && statuses[outcome] != status)
        outcome++;
    while (us > spans[span].us)
        span++;
    cc_shared_measure(cc_app_shared(app), key_of(operation), outcome, span, us);
}

/* ---- written --------------------------------------------------------------------------------------------- */

void
cc_metrics_family(cc_buf *out, const char *family, const char *type, const char *meaning)
{
    cc_putf(out, "# HELP codecourier_%s %s\n# TYPE codecourier_%s %s\n", family, meaning, family, type);
}

static void
put_value(cc_buf *out, int64_t value, int64_t unit)
{
    if (unit == 1)
        cc_putf(out, " %lld\n", (long long)value);
    else
        cc_putf(out, " %lld.%09lld\n", (long long)(value / unit), (long long)(value % unit));
}

void
cc_metrics_write(cc_app *app, cc_buf *out)
{
    for (int i = 0; i < CC_TALLY__MAX; i++) {
        const struct line *l = &lines[i];
        if (*l->meaning)
            cc_metrics_family(out, l->family, "counter", l->meaning);
        cc_putf(out, *l->label ? "codecourier_%s{%s}" : "codecourier_%s%s", l->family, l->label);
        put_value(out, cc_shared_counted(cc_app_shared(app), i), l->unit);
    }
}

void
cc_metrics_requests_write(cc_app *app, const char *operation, cc_buf *out)
{
    cc_measured m;

    if (!cc_shared_measured(cc_app_shared(app), key_of(operation), &m))
        return;
    for (size_t i = 0; i < CC_COUNT(statuses); i++) {
        if (!m.outcome[i])
            continue;
        cc_putf(out, "codecourier_requests_total{operation=\"%s\",code=\"", operation ? operation : NO_OPERATION);
        if (statuses[i])
            cc_put_int(out, statuses[i]);
        else
            cc_puts(out, "other");
        cc_putf(out, "\"} %llu\n", (unsigned long long)m.outcome[i]);
    }
}

void
cc_metrics_durations_write(cc_app *app, const char *operation, cc_buf *out)
{
    const char        *name = operation ? operation : NO_OPERATION;
    cc_measured        m;
    unsigned long long sum = 0;

    if (!cc_shared_measured(cc_app_shared(app), key_of(operation), &m))
        return;
    for (size_t i = 0; i < CC_COUNT(spans); i++) {
        sum += m.within[i];
        cc_putf(out, "codecourier_request_duration_seconds_bucket{operation=\"%s\",le=\"%s\"} %llu\n", name, spans[i].s,
                sum);
    }
    cc_putf(out, "codecourier_request_duration_seconds_sum{operation=\"%s\"} %llu.%06llu\n", name,
            (unsigned long long)(m.us / 1000000), (unsigned long long)(m.us % 1000000));
    cc_putf(out, "codecourier_request_duration_seconds_count{operation=\"%s\"} %llu\n", name, sum);
}
