/*
 * What is counted for whoever watches the instance, in the shared state: so for all processes of this machine, without
 * a write to the database.  Only where somebody may ask for it (setting metricsToken).
 */
#ifndef CC_METRICS_H
#define CC_METRICS_H

#include "context/app.h"
#include "context/state.h"

/*
 * One line each of GET /metrics, under codecourier_ and the family's name.  Lines of one family stand together.
 *
 *   X(name, family, label and value or "", how many of them are 1, meaning of the family)
 */
#define CC_TALLIES(X)                                                                                                  \
    X(RUNS_COMPLETED, "runs_finished_total", "status=\"" CC_RUN_COMPLETED "\"", 1, "Runs that have ended, by how.")    \
    X(RUNS_FAILED, "runs_finished_total", "status=\"" CC_RUN_FAILED "\"", 1, "")                                       \
    X(RUNS_CANCELLED, "runs_finished_total", "status=\"" CC_RUN_CANCELLED "\"", 1, "")                                 \
    X(TOKENS_INPUT, "tokens_total", "metric=\"input\"", 1, "Tokens that agents have used.")                            \
    X(TOKENS_OUTPUT, "tokens_total", "metric=\"output\"", 1, "")                                                       \
    X(TOKENS_CACHE_READ, "tokens_total", "metric=\"cache_read\"", 1, "")                                               \
    X(TOKENS_CACHE_WRITE, "tokens_total", "metric=\"cache_write\"", 1, "")                                             \
    X(COST, "cost_dollars_total", "", 1000000000, "What agents have cost, as far as it is known.")                     \
    X(DELIVERED, "webhook_attempts_total", "outcome=\"delivered\"", 1, "Attempts to deliver a webhook, by outcome.")   \
    X(DELIVERY_LATER, "webhook_attempts_total", "outcome=\"retried\"", 1, "")                                          \
    X(DELIVERY_FAILED, "webhook_attempts_total", "outcome=\"failed\"", 1, "")                                          \
    X(STORAGE_ERRORS, "storage_errors_total", "", 1, "How often storage could not do what it was asked.")

typedef enum cc_tally {
#define X(name, family, label, unit, meaning) CC_TALLY_##name,
    CC_TALLIES(X)
#undef X
        CC_TALLY__MAX
} cc_tally;

_Static_assert((int)CC_TALLY__MAX <= CC_COUNTERS_MOST, "the shared state has room for so many");

bool cc_metrics_on(cc_app *app);

/* Inside a transaction: count it if that is committed. */
void cc_tally_note(cc_app *app, cc_tally which, int64_t more);
/* For whoever ends transactions. */
void cc_metrics_ended(cc_app *app, bool committed);
/* At once. */
void cc_tally_count(cc_app *app, cc_tally which);

/* The text of GET /metrics, as far as it is counted. */
void cc_metrics_write(cc_app *app, cc_buf *out);

/*
 * A request is over: under the name of its operation, NULL if it had none.  us: microseconds that it took.
 */
void cc_metrics_request(cc_app *app, const char *operation, int status, int64_t us);
/* Of all requests of that operation, as lines of the families requests_total or request_duration_seconds. */
void cc_metrics_requests_write(cc_app *app, const char *operation, cc_buf *out);
void cc_metrics_durations_write(cc_app *app, const char *operation, cc_buf *out);

/* "# HELP" and "# TYPE"; `family` without codecourier_. */
void cc_metrics_family(cc_buf *out, const char *family, const char *type, const char *meaning);

int64_t cc_metrics_clock_us(void); /* from an arbitrary start: for durations alone, which no test decides about */

#endif
