/*
 * What a token costs: the rates of a project and those that are shipped, for whoever has used some.
 */
#ifndef CC_RATES_H
#define CC_RATES_H

#include "context/context.h"

/* X(what is counted, its word, how much of that a price is for, in words) */
#define CC_METRICS(X)                                                                                                  \
    X(INPUT, "input-tokens", 1000000, "million tokens")                                                                \
    X(OUTPUT, "output-tokens", 1000000, "million tokens")                                                              \
    X(CACHE_READ, "cache-read-tokens", 1000000, "million tokens")                                                      \
    X(CACHE_WRITE, "cache-write-tokens", 1000000, "million tokens")                                                    \
    X(SANDBOX, "sandbox-seconds", 3600, "hour")

typedef enum cc_metric {
#define X(name, word, per, unit) CC_METRIC_##name,
    CC_METRICS(X)
#undef X
        CC_METRIC__MAX
} cc_metric;

typedef struct cc_used {
    const char *project_id;
    const char *service, *model; /* NULL: not known */
    int64_t     at;              /* ms */
    int64_t     count[CC_METRIC__MAX];
} cc_used;

/*
 * What its tokens cost, in billionths of a dollar, rounded once.  *known false: some of them have no rate.  What was
 * read from a cache or written to one costs as much as other input where it has no rate of its own.
 */
cc_err cc_rates_price(cc_app *app, const cc_used *used, int64_t *nano, bool *known);

/* What its time in a sandbox costs; 0: the project has no rate for that. */
cc_err cc_rates_price_sandbox(cc_app *app, const cc_used *used, int64_t *nano);

/*
 * The service that a model belongs to, and its name there: "openrouter/x/y-20250101" is "x/y" of "openrouter", which an
 * agent with one service of its own does not say.  They lie in the arena; NULL: not known.
 */
void cc_model_split(cc_arena *a, const char *own, const char *said, const char **service, const char **model);

#endif
