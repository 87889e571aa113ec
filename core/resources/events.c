/*
 * What happens in a run: its events, as pages, a long poll or a stream (follow.c).
 */
#include "context/state.h"
#include "resources/follow.h"
#include "resources/resources.h"
#include "storage/db.h"

const cc_field cc_event_fields[] = {
    CC_F("seq", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX,
         "1, 2, 3 … without holes, until the run's events are thinned.", .example = "1"),
    CC_F("type", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "What kind of event: status, worker, step.started, step.finished, log, message, tool, cost or pullRequest.",
         .example = "\"status\""),
    CC_F("at", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it happened.", .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("data", CC_TYPE_ANY, CC_FIELD_READ_ONLY, 0, 0, "What happened; its members depend on the type.",
         .example = "{\"status\":\"" CC_RUN_PENDING "\"}"),
    CC_END,
};

const cc_field cc_event_query[] = {
    CC_F("after", CC_TYPE_INT, 0, 0, INT32_MAX, "Only events behind this number.", .preset = "0", .example = "0"),
    CC_F("limit", CC_TYPE_INT, 0, 1, 1000, "How many to answer at most.", .preset = "100", .example = "100"),
    CC_F("wait", CC_TYPE_INT, 0, 0, 20, "How many seconds to wait for an event when there is none.", .preset = "0",
         .example = "0"),
    CC_END,
};

/* The columns are those of cc_event_fields. */
CC_STATEMENT(events_of,
             "SELECT seq, type, at, data FROM run_events "
             "WHERE project_id = :project_id AND run_id = :run_id AND seq > :after ORDER BY seq LIMIT :most",
             TEXT(project_id), TEXT(run_id), INT(after), INT(most));

static cc_err
open_events(cc_req *r, int64_t after, int64_t most, cc_stmt **s)
{
    return cc_db_bind(cc_app_db(r->app), events_of, s, .project_id = r->who.project_id, .run_id = r->id, .after = after,
                      .most = most);
}

/* Whoever may see a run sees all of its events. */
static cc_err
look(cc_req *r, int64_t *upto, bool *over)
{
    char   status[16];
    cc_err err = cc_run_look(r, r->id, status);

    *upto = 0;
    *over = err == CC_OK && cc_run_is_over(status);
    return err;
}

static const cc_followed of_run = {.shape = cc_event_fields, .look = look, .open = open_events};

cc_err
cc_runs_events(cc_req *r)
{
    const char *field;
    int64_t     after;
    cc_err      err = cc_followed_begin(r, &after, &field);

    return err == CC_OK ? cc_followed_answer(r, &of_run, after) : err;
}
