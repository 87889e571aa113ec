/*
 * Runs: start one, follow it, steer it (contract section 9).
 *
 * Every transition is one conditional UPDATE; the database decides, and a worker that writes at the same
 * moment cannot bring a finished run back to life.  Each one also takes the run's next event number in the same
 * statement, so events have no holes and no order but the true one.  What executes a run is the engine's affair;
 * nothing here waits for it.
 */
#include <stdio.h>

#include "base/repository.h"
#include "context/app.h"
#include "context/metrics.h"
#include "context/settings.h"
#include "context/state.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "resources/artifacts.h"
#include "resources/budget.h"
#include "resources/checkpoints.h"
#include "resources/documents.h"
#include "resources/resources.h"
#include "resources/sandboxes.h"
#include "resources/sessions.h"
#include "storage/db.h"

static const char *const verdicts[] = {"pass", "fail", NULL};
static const char *const pushes[] = {"pushed", "none", "failed", NULL};
static const char *const modes[] = {"live", "test", NULL};
static const char *const sources[] = {"workflow", "scheduled",       "sprint",          "issue",
                                      "fix",      CC_SESSION_SOURCE, CC_SANDBOX_SOURCE, NULL};

static const cc_field workflow_members[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "Which workflow; null: of a session or a sandbox, none.", .ref = "wfl_",
         .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "Its name when the run began.",
         .example = "\"Plan, build, review\""),
    CC_END,
};

static const cc_field fields[] = {
    CC_ROW_HEAD("run_"),
    CC_F("runNumber", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Counts the project's runs.", .example = "12"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_SEARCH, 1, 200, "What people call it; left out: the workflow's name.",
         .example = "\"Nightly review\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands.",
         .choices = cc_run_statuses, .states = &cc_run_states, .example = "\"" CC_RUN_PENDING "\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "live, or test: a rehearsal that calls nothing and costs nothing.", .choices = modes, .example = "\"live\""),
    CC_F("source", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "What started it.", .choices = sources,
         .example = "\"workflow\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_FIXED | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX,
         "What the first step is asked.", .example = "\"Review the sign-in code.\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_REQUIRED | CC_FIELD_NULLABLE | CC_FIELD_FIXED | CC_FIELD_FILTER, 0, 0,
         "The workflow to run; null: sessions and sandboxes have none.", .ref = "wfl_",
         .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("workflow", CC_TYPE_OBJECT, CC_FIELD_READ_ONLY, 0, 0, "The workflow, as it was when the run began.",
         .members = workflow_members),
    CC_F("issueId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 0, "The issue it works on.", .ref = "iss_",
         .example = "null"),
    CC_F("chainId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "The chain it is part of.", .ref = "chn_", .example = "null"),
    CC_F("candidates", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_WRITE_ONLY | CC_FIELD_FIXED, CC_CANDIDATES_LEAST,
         CC_SESSION_RUNS,
         "How many runs to start of this, each on its own branch; a judge names the one that gets the pull request.",
         .example = "3"),
    CC_F("candidateGroupId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "The group of candidates that it is one of.", .ref = "cnd_", .example = "null"),
    CC_F("restartedFrom", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "The run it repeats.",
         .ref = "run_", .example = "null"),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 500,
         "The repository; null: the workflow's or the project's.", .example = "null"),
    CC_F("branchName", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch to work on; null: one of its own, cc/run-N with a piece of its id.", .example = "null"),
    CC_F("baseBranch", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch that a new one begins at, and that its pull request would be merged into; null: the repository's "
         "main branch.",
         .example = "null"),
    CC_F("draft", CC_TYPE_BOOL, CC_FIELD_FIXED, 0, 0, "Its pull request is opened as a draft.", .preset = "false",
         .example = "false"),
    CC_F("currentStepLabel", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 100, "The step it is in.",
         .example = "\"Review\""),
    CC_F("currentStepProgress", CC_TYPE_NUMBER, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1, "How far that step is.",
         .example = "0.25"),
    CC_F("currentIteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 1000, "Which round of a loop it is in.", .preset = "0",
         .example = "1"),
    CC_F("maxIterations", CC_TYPE_INT, CC_FIELD_FIXED, 1, 100,
         "How many rounds a loop may take that names no limit of its own.", .preset = "3", .example = "3"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it has cost so far, in US dollars; null: not known, for no agent named a price and no rate fits.",
         .preset = "0", .example = "0.042"),
    CC_F(
        "prStatus", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 40,
        "State of its pull request: open, merged, closed.  Of a candidate without one: waiting for the choice; opening, "
        "for it was chosen; notOpened, for its forge did not, and its group says why; notChosen.",
        .example = "null"),
    CC_F("prUrl", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 500, "Its pull request.", .example = "null"),
    CC_F("prNumber", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, INT32_MAX, "The pull request's number.",
         .example = "null"),
    CC_F(
        "verdict", CC_TYPE_CHOICE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
        "What its checkers said in their last round, once it has completed: fail if one did; null: none said anything.",
        .choices = verdicts, .example = "null"),
    CC_F(
        "quality", CC_TYPE_ANY, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
        "What the last session that evaluated it says: correctness, completeness, maintainability, security, tests and "
        "their composite, each 0 to 100, and whether that passed its threshold; null: none has.",
        .example = "null"),
    CC_F("pushStatus", CC_TYPE_CHOICE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "What became of its branch: pushed; none, for nothing was changed; failed; null: it has not come so far.",
         .choices = pushes, .example = "null"),
    CC_F("pushError", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000,
         "Why its branch could not be pushed; what it changed is kept all the same.", .example = "null"),
    CC_REASON_FIELDS("pushError"),
    CC_F("stopRequested", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "It will end after its current step.",
         .preset = "false", .example = "false"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was asked for.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("updatedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it last changed.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("startedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When a worker took it up.",
         .example = "null"),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When it ended.", .example = "null"),
    CC_F("lastProgressAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When it last did something.",
         .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000, "Why it failed.", .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_F("eventsThinnedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 0, 0,
         "When what its agents wrote was taken out of its events, long after its end; null: all of them are there.",
         .example = "null"),
    CC_F("queuePosition", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL | CC_FIELD_DETAIL, 1,
         100, "While it is pending: its place among the project's runs that wait, from 1; 100: there or later.",
         .example = "1"),
    CC_F(
        "documents", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 0, INT32_MAX,
        "The versions of contexts, skills, commands, scripts and learnings that were active when it was asked for: its "
        "agents are given these, whatever is published or approved meanwhile.",
        .members = cc_document_version_fields, .preset = "[]", .example = "[]"),
    CC_F("workflowName", CC_TYPE_LINE, CC_FIELD_HIDDEN, 0, 0, "workflow.name."),
    CC_F("lastSeq", CC_TYPE_INT, CC_FIELD_HIDDEN, 0, 0, "Number of its last event.", .preset = "0"),
    CC_F("steps", CC_TYPE_LIST, CC_FIELD_HIDDEN, 0, 0, "The workflow's steps when the run began."),
    CC_F("startedBy", CC_TYPE_LINE, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0,
         "The key or person in whose line it waits; empty: the operator."),
    CC_END,
};

static bool virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out);

const cc_resource cc_runs = {
    .virtual_ = virtual_,
    .singular = "run",
    .table = "runs",
    .stored = (const char *const[]){"pull_proposals", "run_events", "checkpoint_parts", "artifact_parts", "artifacts",
                                    "run_steps", "usage_entries", "sandbox_messages", "sandbox_runs", "runs", NULL},
    .prefix = "run_",
    .fields = fields,
    .by_mode = true,
    .by_time = true,
    .meaning = "One execution of a workflow.",
};

/* ---- transitions ------------------------------------------------------------------------------- */

typedef struct run_state {
    char    status[16];
    int64_t last_seq;
} run_state;

typedef struct status_row {
    char status[16];
} status_row;

/* What people and keys do to runs with steps of their own; sandboxes have ways of theirs (sandboxes.c). */
#define STEERED "source <> '" CC_SANDBOX_SOURCE "'"

/* Every transition is one conditional UPDATE; no row: the state did not allow it. */
CC_ROW(run_state, status, last_seq);
CC_QUERY(run_cancel, run_state,
         "UPDATE runs SET cancel_by = CASE WHEN " CC_RUN_CANCEL_EARLY_FROM " THEN NULL ELSE :cancel_by END, "
         "finished_at = CASE WHEN " CC_RUN_CANCEL_EARLY_FROM " THEN :now ELSE NULL END, "
         "status = CASE WHEN " CC_RUN_CANCEL_EARLY_FROM " THEN " CC_RUN_CANCEL_EARLY_TO " ELSE " CC_RUN_CANCEL_TO
         " END, "
         "updated_at = :now, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND status IN (" CC_RUN_CANCEL_EARLY_FROM_LIST
         ", " CC_RUN_CANCEL_FROM_LIST ") "
         "RETURNING status, last_seq",
         INT(cancel_by), INT(now), CC_RUN_PARAMS);
CC_QUERY(run_pause, run_state,
         "UPDATE runs SET status = " CC_RUN_PAUSE_TO
         ", updated_at = :now, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_PAUSE_FROM
         " AND stop_requested = 0 AND " STEERED " "
         "RETURNING status, last_seq",
         INT(now), CC_RUN_PARAMS);
CC_QUERY(run_resume, run_state,
         "UPDATE runs SET status = " CC_RUN_RESUME_TO
         ", updated_at = :now, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_RESUME_FROM " AND " STEERED " "
         "RETURNING status, last_seq",
         INT(now), CC_RUN_PARAMS);
CC_QUERY(run_stop, run_state,
         "UPDATE runs SET stop_requested = 1, "
         "finished_at = CASE WHEN " CC_RUN_STOP_EARLY_FROM " THEN :now ELSE finished_at END, "
         "status = CASE WHEN " CC_RUN_STOP_EARLY_FROM " THEN " CC_RUN_STOP_EARLY_TO " ELSE status END, "
         "updated_at = :now, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND status IN (" CC_RUN_STOP_EARLY_FROM_LIST
         ", " CC_RUN_STOP_FROM_LIST ") AND " STEERED " "
         "RETURNING status, last_seq",
         INT(now), CC_RUN_PARAMS);
CC_QUERY(run_settle, run_state,
         "UPDATE runs SET status = " CC_RUN_SETTLE_TO ", finished_at = :now, cancel_by = NULL, updated_at = :now, "
         "last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_SETTLE_FROM " "
         "AND (cancel_by <= :now OR cancel_by > :latest) RETURNING status, last_seq",
         INT(now), CC_RUN_PARAMS, INT(latest));
CC_ROW(status_row, status);
CC_QUERY(run_status, status_row, "SELECT status FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);
CC_STATEMENT(steps_cancel,
             "UPDATE run_steps SET status = " CC_STEP_CANCEL_TO ", finished_at = :now "
             "WHERE project_id = :project_id AND run_id = :run_id AND " CC_STEP_CANCEL_FROM,
             INT(now), TEXT(project_id), TEXT(run_id));

CC_STATEMENT(steps_skip,
             "UPDATE run_steps SET status = CASE WHEN " CC_STEP_SKIP_FROM " THEN " CC_STEP_SKIP_TO
             " ELSE " CC_STEP_BREAK_TO " END, "
             "finished_at = :now WHERE project_id = :project_id AND run_id = :run_id "
             "AND status IN (" CC_STEP_SKIP_FROM_LIST ", " CC_STEP_BREAK_FROM_LIST ")",
             INT(now), TEXT(project_id), TEXT(run_id));

/* Try one of them; *moved: it took place, and the run is now as `after` says. */
typedef cc_err (*transition)(cc_context *c, const char *id, run_state *after, bool *moved);

static cc_err
to_cancelled(cc_context *c, const char *id, run_state *after, bool *moved)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_cancel, after, moved,
                      .cancel_by = c->now + cc_cancel_grace_ms(c->app), .now = c->now, CC_RUN_OF(c, id));
}

static cc_err
to_paused(cc_context *c, const char *id, run_state *after, bool *moved)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_pause, after, moved, .now = c->now, CC_RUN_OF(c, id));
}

static cc_err
to_resumed(cc_context *c, const char *id, run_state *after, bool *moved)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_resume, after, moved, .now = c->now, CC_RUN_OF(c, id));
}

static cc_err
to_stopped(cc_context *c, const char *id, run_state *after, bool *moved)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_stop, after, moved, .now = c->now, CC_RUN_OF(c, id));
}

/* By so much one may be behind another one's clock: it has waited for its turn since it looked at its own. */
enum { BEHIND_MS = 120000 };

int64_t
cc_cancel_latest(cc_app *app, int64_t now)
{
    return now + cc_cancel_grace_ms(app) + BEHIND_MS;
}

static cc_err
to_settled(cc_context *c, const char *id, run_state *after, bool *moved)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_settle, after, moved, .now = c->now, CC_RUN_OF(c, id),
                      .latest = cc_cancel_latest(c->app, c->now));
}

CC_STATEMENT(event_insert,
             "INSERT INTO run_events (project_id, run_id, seq, type, at, data) "
             "VALUES (:project_id, :run_id, :seq, :type, :at, :data)",
             TEXT(project_id), TEXT(run_id), INT(seq), TEXT(type), INT(at), SPAN(data));

/* Those that a project's followers are told of: not what agents say meanwhile. */
static const char *
told_as(const char *type)
{
    return strcmp(type, "status") == 0          ? "runs.move"
           : strcmp(type, "step.started") == 0  ? "runs.beginStep"
           : strcmp(type, "step.finished") == 0 ? "runs.endStep"
           : strcmp(type, "pullRequest") == 0   ? "runs.openPull"
                                                : NULL;
}

cc_err
cc_event_insert(cc_context *c, const char *run_id, int64_t seq, const char *type, int64_t at, cc_span data)
{
    const char *told = told_as(type);
    cc_err      err = cc_db_run(cc_app_db(c->app), event_insert, .project_id = c->who.project_id, .run_id = run_id,
                                .seq = seq, .type = type, .at = at, .data = data);

    return err == CC_OK && told ? cc_changed(c->app, c->who.project_id, cc_context_mode(c), told, cc_span_of(run_id))
                                : err;
}

/* A run that is over, as webhooks are told of it. */
static cc_err
tell_over(cc_context *c, const char *id, const char *status)
{
    const cc_message what = strcmp(status, CC_RUN_CANCELLED) == 0 ? CC_MESSAGE_RUN_CANCELLED
                            : cc_run_went_well(status)            ? CC_MESSAGE_RUN_COMPLETED
                                                                  : CC_MESSAGE_RUN_FAILED;

    return cc_tell(c->app, c->who.project_id, cc_context_mode(c), what, .id = id, .status = status);
}

static cc_tally
metric_of(const char *status)
{
    return strcmp(status, CC_RUN_CANCELLED) == 0 ? CC_TALLY_RUNS_CANCELLED
           : cc_run_went_well(status)            ? CC_TALLY_RUNS_COMPLETED
                                                 : CC_TALLY_RUNS_FAILED;
}

cc_err
cc_run_moved(cc_context *c, const char *id, int64_t seq, const char *status)
{
    cc_db *db = cc_app_db(c->app);
    char   data[64];
    cc_err err;

    snprintf(data, sizeof(data), "{\"status\":\"%s\"}", status);
    if ((err = cc_event_insert(c, id, seq, "status", c->now, cc_span_of(data))) != CC_OK || !cc_run_is_over(status) ||
        (err = tell_over(c, id, status)) != CC_OK)
        return err;
    cc_tally_note(c->app, metric_of(status), 1);
    if (strcmp(status, CC_RUN_CANCELLED) == 0) {
        err = cc_db_run(db, steps_cancel, .now = c->now, .project_id = c->who.project_id, .run_id = id);
        return err == CC_OK ? cc_sandbox_files_remove(c, id) : err; /* of one that was killed */
    }
    return cc_db_run(db, steps_skip, .now = c->now, .project_id = c->who.project_id, .run_id = id);
}

/* The same, with what comes with it. */
static cc_err
move(cc_context *c, transition to, const char *id, bool *moved)
{
    run_state after;
    cc_err    err = to(c, id, &after, moved);

    return err == CC_OK && *moved ? cc_run_moved(c, id, after.last_seq, after.status) : err;
}

static cc_err
status_read(cc_context *c, const char *id, char out[16])
{
    status_row row;
    cc_err     err = cc_db_get(cc_app_db(c->app), NULL, run_status, &row, CC_RUN_OF(c, id));

    if (err == CC_OK)
        memcpy(out, row.status, sizeof(row.status));
    return err;
}

/* ---- a cancel whose worker never answered ---------------------------------------------------- */

int64_t
cc_cancel_grace_ms(cc_app *app)
{
    return cc_setting_int(app, CC_SETTING_cancelGraceSeconds) * 1000;
}

typedef struct overdue {
    char id[CC_ID_SIZE];
} overdue;

CC_ROW(overdue, id);
CC_QUERY(run_overdue, overdue,
         "SELECT id FROM runs WHERE project_id = :project_id AND mode = :mode AND " CC_RUN_IS_CANCELLING " "
         "AND (cancel_by <= :now OR cancel_by > :latest) LIMIT 1",
         TEXT(project_id), TEXT(mode), INT(now), INT(latest));

static cc_err
overdue_find(cc_context *c, overdue *run, bool *found)
{
    return cc_db_find(cc_app_db(c->app), NULL, run_overdue, run, found, .project_id = c->who.project_id,
                      .mode = cc_context_mode(c), .now = c->now, .latest = cc_cancel_latest(c->app, c->now));
}

/*
 * Turn what has been cancelling for too long into cancelled.  Whoever looks settles it, because the worker that should
 * have done so may be gone for good.  The price on every other look is one probe of an index.
 */
static cc_err
settle(cc_req *r)
{
    cc_db  *db = cc_app_db(r->app);
    bool    reading = r->route->method == CC_GET, found, moved = true;
    overdue run;
    cc_err  err;

    if ((err = overdue_find(&r->context, &run, &found)) != CC_OK || !found)
        return err;
    if (reading) {
        cc_read_end(db);
        if ((err = cc_tx_begin(db)) != CC_OK) {
            cc_read_begin(db);
            return CC_OK; /* storage is busy: the next look will do it */
        }
    }
    while (err == CC_OK && moved && (err = overdue_find(&r->context, &run, &found)) == CC_OK && found)
        err = move(&r->context, to_settled, run.id, &moved);
    if (reading) {
        err = cc_tx_end(db, err);
        if (err == CC_OK)
            err = cc_read_begin(db);
    }
    return err;
}

/* ---- start ----------------------------------------------------------------------------------- */

typedef struct number_row {
    int64_t run_count;
} number_row;

/* Whoever starts a run waits here for whoever is about to start one in the same project. */
CC_ROW(number_row, run_count);
CC_QUERY(run_number, number_row,
         "UPDATE projects SET run_count = run_count + 1 WHERE project_id = :project_id RETURNING run_count",
         TEXT(project_id));
CC_STATEMENT(step_insert,
             "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, "
             "persona_id) VALUES (:project_id, :run_id, :position, 1, :label, :role, " CC_STEP_PLAN_TO
             ", :agent, :model, "
             ":persona_id)",
             TEXT(project_id), TEXT(run_id), INT(position), TEXT(label), TEXT(role), TEXT(agent), TEXT(model),
             TEXT(persona_id));

static const char *
text_or_null(const cc_json *object, const char *name)
{
    const cc_json *j = cc_json_member(object, name);

    return j && cc_json_what(j) == CC_J_TEXT ? cc_json_text(j) : NULL;
}

/* The first round of every step, waiting. */
static cc_err
steps_insert(cc_context *c, const char *id, const char *steps, size_t size)
{
    const cc_json *list;
    const char    *why;
    int64_t        position = 0;
    cc_err         err = cc_json_parse(c->arena, steps, size, &list, &why);

    if (err != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err; /* it was valid when it was stored */
    for (const cc_json *j = cc_json_first(list); j && err == CC_OK; j = cc_json_next(j), position++) {
        const char *role = text_or_null(j, "role"), *label = text_or_null(j, "label");
        err = cc_db_run(cc_app_db(c->app), step_insert, .project_id = c->who.project_id, .run_id = id,
                        .position = position, .label = label ? label : role, .role = role,
                        .agent = text_or_null(j, "agent"), .model = text_or_null(j, "model"),
                        .persona_id = text_or_null(j, "personaId"));
    }
    return err;
}

CC_STATEMENT(run_traced,
             "UPDATE runs SET traceparent = :traceparent WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(traceparent), CC_RUN_PARAMS);

/* Number, row, first event and steps of a run whose other values are there; answer: whose answer it is, or NULL. */
cc_err
cc_run_insert(cc_context *c, const char *source, cc_value *values, cc_req *answer)
{
    const cc_value *steps = cc_value_of(fields, values, "steps");
    char           *id = cc_alloc(c->arena, CC_ID_SIZE);
    const cc_value *given = cc_value_of(fields, values, "documents"); /* by the candidate before, which has the same */
    const char     *documents = given->present ? given->s : NULL;
    number_row      number;
    cc_err          err;

    if (!id)
        return CC_E_UNAVAILABLE;
    if ((err = cc_budget_allows(c)) != CC_OK)
        return err;
    /* NOT_FOUND: the project was deleted a moment ago */
    if ((err = cc_db_get(cc_app_db(c->app), NULL, run_number, &number, .project_id = c->who.project_id)) != CC_OK ||
        (!documents && (err = cc_documents_active(c, &documents)) != CC_OK))
        return err;
    cc_id_new(c->app, cc_runs.prefix, id);
    cc_value_set_int(fields, values, "runNumber", number.run_count);
    cc_value_set_int(fields, values, "lastSeq", 1);
    cc_value_set_text(fields, values, "status", CC_RUN_START_TO_NAME);
    cc_value_set_text(fields, values, "mode", cc_context_mode(c));
    cc_value_set_text(fields, values, "source", source);
    cc_value_set_text(fields, values, "documents", documents);
    cc_value_set_text(fields, values, "startedBy", cc_actor(&c->who) ? cc_actor(&c->who) : "");
    if ((err = cc_resource_insert(c, &cc_runs, id, values, answer)) != CC_OK ||
        (err = cc_run_moved(c, id, 1, CC_RUN_START_TO_NAME)) != CC_OK)
        return err;
    if (c->traceparent &&
        (err = cc_db_run(cc_app_db(c->app), run_traced, .traceparent = c->traceparent, CC_RUN_OF(c, id))) != CC_OK)
        return err;
    c->notify_run_id = id;
    return steps_insert(c, id, steps->s, steps->size);
}

/* The value `name` is `text`, unless the caller has said something else or it is null. */
static void
take(cc_value *values, const char *name, const char *text)
{
    if (text && !cc_value_of(fields, values, name)->present)
        cc_value_set_text(fields, values, name, text);
}

typedef struct workflow {
    const char *name, *status, *github_repo_url, *steps;
} workflow;

CC_ROW(workflow, name, status, github_repo_url, steps);
CC_QUERY(workflow_get, workflow,
         "SELECT name, status, github_repo_url, steps FROM workflows WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

static cc_err
workflow_load(cc_context *c, cc_value *values)
{
    workflow of;
    cc_err   err = cc_db_get(cc_app_db(c->app), c->arena, workflow_get, &of, .project_id = c->who.project_id,
                             .id = cc_value_of(fields, values, "workflowId")->s);

    if (err == CC_E_NOT_FOUND)
        return cc_context_refuse(c, err, cc_reason_plain(c->arena, CC_REASON_WORKFLOW_GONE));
    if (err != CC_OK)
        return err;
    take(values, "workflowName", of.name);
    take(values, "name", of.name);
    take(values, "githubRepoUrl", of.github_repo_url);
    take(values, "steps", of.steps);
    if (strcmp(of.status, "archived") == 0)
        return cc_context_refuse(c, CC_E_CONFLICT, cc_reason_plain(c->arena, CC_REASON_WORKFLOW_ARCHIVED));
    return CC_OK;
}

typedef struct issue_row {
    const char *title, *suggested_prompt, *description, *pending;
} issue_row;

CC_ROW(issue_row, title, suggested_prompt, description, pending);
CC_QUERY(
    issue_get, issue_row,
    "SELECT title, suggested_prompt, description, pending_action AS pending FROM issues WHERE project_id = :project_id AND id = :id",
    TEXT(project_id), TEXT(id));

/* A run of an issue is asked what the issue suggests, if nothing else was said. */
static cc_err
issue_load(cc_context *c, cc_value *values)
{
    const cc_value *asked = cc_value_of(fields, values, "issueId");
    issue_row       issue;
    cc_err          err;

    if (!cc_value_given(asked))
        return CC_OK;
    err = cc_db_get(cc_app_db(c->app), c->arena, issue_get, &issue, .project_id = c->who.project_id, .id = asked->s);
    if (err == CC_E_NOT_FOUND)
        return cc_context_refuse(c, err, cc_reason_plain(c->arena, CC_REASON_ISSUE_GONE));
    if (err != CC_OK)
        return err;
    if (issue.pending)
        return cc_context_refuse(c, CC_E_CONFLICT, cc_reason_plain(c->arena, CC_REASON_ISSUE_NOT_TAKEN_OVER));
    take(values, "name", issue.title);
    take(values, "prompt", issue.suggested_prompt);
    take(values, "prompt", issue.description);
    take(values, "prompt", issue.title);
    return CC_OK;
}

/* They cannot all push to one branch. */
static cc_err
candidates_check(cc_context *c, cc_value *values)
{
    if (!cc_value_given(cc_value_of(fields, values, "candidates")) ||
        !cc_value_given(cc_value_of(fields, values, "branchName")))
        return CC_OK;
    return cc_fail(c, CC_E_VALIDATION, "branchName",
                   "'branchName' must be left out for several candidates: each works on a branch of its own.");
}

cc_err
cc_run_prepare(cc_context *c, cc_value *values)
{
    cc_err err;

    if ((err = issue_load(c, values)) != CC_OK || (err = workflow_load(c, values)) != CC_OK ||
        (err = candidates_check(c, values)) != CC_OK)
        return err;
    return cc_run_branches_check(c, values);
}

cc_err
cc_run_branches_check(cc_context *c, cc_value *values)
{
    static const char *const branches[] = {"branchName", "baseBranch"};

    for (size_t i = 0; i < CC_COUNT(branches); i++) {
        const cc_value *branch = cc_value_of(fields, values, branches[i]);
        if (cc_value_given(branch) && !cc_branch_valid(branch->s))
            return cc_fail(c, CC_E_VALIDATION, branches[i],
                           "'%s' must be a name that git accepts for a branch, without refs/heads/ in front.",
                           branches[i]);
    }
    return CC_OK;
}

static void
wish_set(cc_value *values, const char *name, const char *text)
{
    if (text)
        cc_value_set_text(fields, values, name, text);
}

cc_err
cc_run_start(cc_context *c, const cc_run_wish *wish, const char **id)
{
    cc_value *values = cc_alloc(c->arena, (cc_fields_count(fields) + 1) * sizeof(*values));
    cc_err    err;

    if (!values)
        return CC_E_UNAVAILABLE;
    wish_set(values, "workflowId", wish->workflow_id);
    wish_set(values, "issueId", wish->issue_id);
    wish_set(values, "chainId", wish->chain_id);
    wish_set(values, "name", wish->name);
    wish_set(values, "prompt", wish->prompt);
    if ((err = cc_run_prepare(c, values)) == CC_OK)
        err = cc_run_insert(c, wish->source, values, NULL);
    *id = err == CC_OK ? c->notify_run_id : NULL;
    return err;
}

/* ---- steer ----------------------------------------------------------------------------------- */

/* A transition that may be refused by the state. */
static cc_err
steer(cc_req *r, transition to, const char *action)
{
    char   status[16];
    bool   moved;
    cc_err err;

    if ((err = settle(r)) != CC_OK || (err = move(&r->context, to, r->id, &moved)) != CC_OK)
        return err;
    if (moved)
        r->notify_run_id = r->id;
    if (!moved) {
        if ((err = status_read(&r->context, r->id, status)) != CC_OK)
            return err;
        if (!cc_state_done(&cc_run_states, action, status))
            return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be %s", status,
                           cc_state_refusal(&cc_run_states, action));
    }
    return cc_resource_show(r, r->route->resource, r->id);
}

cc_err
cc_run_cancel(cc_context *c, const char *id)
{
    bool   moved;
    cc_err err = move(c, to_cancelled, id, &moved);

    if (err == CC_OK && moved)
        c->notify_run_id = id;
    return err;
}

cc_err
cc_runs_cancel(cc_req *r)
{
    return steer(r, to_cancelled, "cancel"); /* of sessions, too */
}

cc_err
cc_runs_pause(cc_req *r)
{
    return steer(r, to_paused, "pause");
}

cc_err
cc_runs_resume(cc_req *r)
{
    return steer(r, to_resumed, "resume");
}

cc_err
cc_runs_stop(cc_req *r)
{
    return steer(r, to_stopped, "stop");
}

/* ---- read ------------------------------------------------------------------------------------ */

cc_err
cc_runs_list(cc_req *r)
{
    cc_err err = settle(r);

    return err == CC_OK ? cc_resource_list(r) : err;
}

cc_err
cc_runs_get(cc_req *r)
{
    char   status[16];
    cc_err err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK || (err = cc_resource_get(r)) != CC_OK)
        return err;
    if (strcmp(status, CC_RUN_PENDING) == 0) /* its place in the queue changes without the row */
        r->version = 0;
    return CC_OK;
}

typedef struct count_row {
    int64_t count;
} count_row;

/* Counted no further than anybody cares. */
CC_ROW(count_row, count);
CC_QUERY(runs_ahead, count_row,
         "SELECT count(*) AS count FROM (SELECT 1 FROM runs WHERE " CC_RUN_IS_PENDING " AND project_id = :project_id "
         "AND id <= :id AND finished_at IS NULL LIMIT 100) ahead",
         TEXT(project_id), TEXT(id));

/* How many runs of its project a worker would take before it, and itself. */
static bool
virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out)
{
    char      id[CC_ID_SIZE];
    count_row ahead;

    (void)field;
    cc_copy_id(id, cc_col_text(row, 0, NULL));
    if (strcmp(cc_col_text(row, 3, NULL), CC_RUN_PENDING) == 0 &&
        cc_db_get(cc_app_db(r->app), NULL, runs_ahead, &ahead, .project_id = r->who.project_id, .id = id) == CC_OK)
        cc_put_int(out, ahead.count);
    else
        cc_puts(out, "null");
    return true;
}

/* The same list with one filter taken from the path. */
cc_err
cc_runs_of_workflow(cc_req *r)
{
    cc_err err = cc_resource_must_exist(&r->context, &cc_workflows, r->id);

    if (err != CC_OK)
        return err;
    for (size_t i = 0; i < r->query.count; i++)
        if (cc_route_gives(r->route, r->query.fields[i]))
            r->query.values[i] = (cc_value){.present = true, .s = r->id, .size = strlen(r->id)};
    return cc_runs_list(r);
}

const cc_field cc_step_fields[] = {
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 999,
         "Its place in the workflow, or in the conversation of a sandbox, from 0.", .example = "0"),
    CC_F("iteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 1000, "Which round of its loop; 1 outside loops.",
         .example = "1"),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "What people call it.", .example = "\"Review\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What it is there for.", .choices = cc_step_roles,
         .example = "\"reviewer\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Where it stands.", .choices = cc_step_statuses,
         .states = &cc_step_states, .example = "\"" CC_STEP_PENDING "\""),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40, "Who took it.", .example = "null"),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100,
         "The model that answered, where the agent tells it; else the one it was told to ask.", .example = "null"),
    CC_F("startedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it began.", .example = "null"),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it ended.", .example = "null"),
    CC_F("exitCode", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, -255, 255, "How the agent ended.",
         .example = "null"),
    CC_F("inputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "Tokens read, those of a cache among them.", .example = "null"),
    CC_F("outputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX, "Tokens written.",
         .example = "null"),
    CC_F("cacheReadTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "Of the tokens read, those that came from a cache; 0 where the agent does not tell them apart.",
         .example = "null"),
    CC_F("cacheWriteTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "Of the tokens read, those that went into a cache.", .example = "null"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it cost, in US dollars; null: not known, for it is not over, or its agent names no price and no rate "
         "fits.",
         .example = "0.042"),
    CC_F("costSource", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 20,
         "Whose word that is: agent, for it named the price; rate, for it was computed from its tokens by a cost rate; "
         "null: there is none.",
         .example = "\"agent\""),
    CC_F("verdict", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 20, "A checker's word: pass or fail.",
         .example = "null"),
    CC_F("output", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it handed to the next step.", .example = "null"),
    CC_F("attempt", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "How often it has begun; beyond 1 the worker of the one before was lost or stopped.", .example = "1"),
    CC_F("baseCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 40, 64,
         "The commit that the run's changes are made upon; null: nothing has changed, or there is no commit.",
         .example = "null"),
    CC_F("headCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 40, 64,
         "The commit that holds the tree as it was when the step ended; null: nothing has changed.", .example = "null"),
    CC_F(
        "isolation", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 20,
        "How its agent was kept apart: sandbox, or off (with the worker's own rights); null: it was a rehearsal, or has not "
        "begun.",
        .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_END,
};

/* The columns are those of cc_step_fields. */
CC_STATEMENT(steps_of,
             "SELECT position, iteration, label, role, status, agent, model, started_at, finished_at, exit_code, "
             "input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_nano, cost_source, verdict, "
             "output, attempt, base_commit, head_commit, isolation, "
             "error_code, error_params "
             "FROM run_steps "
             "WHERE project_id = :project_id AND run_id = :run_id ORDER BY iteration, position",
             TEXT(project_id), TEXT(run_id));

cc_err
cc_runs_steps(cc_req *r)
{
    cc_stmt *s = NULL;
    char     status[16];
    int64_t  count;
    cc_err   err;

    if ((err = settle(r)) == CC_OK && (err = status_read(&r->context, r->id, status)) == CC_OK &&
        (err = cc_db_bind(cc_app_db(r->app), steps_of, &s, .project_id = r->who.project_id, .run_id = r->id)) == CC_OK)
        err = cc_rows_write(r, s, cc_step_fields, INT64_MAX, &count);
    return err;
}

cc_err
cc_run_look(cc_req *r, const char *id, char status[16])
{
    cc_err err = settle(r);

    return err == CC_OK ? status_read(&r->context, id, status) : err;
}

/* ---- delete ---------------------------------------------------------------------------------- */

typedef struct gone_group {
    char id[CC_ID_SIZE];
} gone_group;

CC_STATEMENT(run_delete,
             "DELETE FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id "
             "AND " CC_RUN_OVER,
             CC_RUN_PARAMS);
CC_STATEMENT(run_proposal_delete,
             "DELETE FROM pull_proposals WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);
/* A group of candidates goes with the last of them. */
CC_ROW(gone_group, id);
CC_QUERY(run_group_delete, gone_group,
         "DELETE FROM candidate_groups WHERE project_id = :project_id AND mode = :mode AND id = "
         "(SELECT candidate_group_id FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND " CC_RUN_OVER ") AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.project_id = :project_id "
         "AND o.mode = :mode AND o.candidate_group_id = candidate_groups.id AND o.id <> :id) RETURNING id",
         CC_RUN_PARAMS);
CC_STATEMENT(run_steps_delete, "DELETE FROM run_steps WHERE project_id = :project_id AND run_id = :run_id",
             TEXT(project_id), TEXT(run_id));
CC_STATEMENT(run_events_delete, "DELETE FROM run_events WHERE project_id = :project_id AND run_id = :run_id",
             TEXT(project_id), TEXT(run_id));

static cc_err
group_delete(cc_req *r, const char *id)
{
    gone_group group;
    bool       gone;
    cc_err     err = cc_db_find(cc_app_db(r->app), NULL, run_group_delete, &group, &gone, CC_RUN_OF(r, id));

    return err == CC_OK && gone ? cc_changed(r->app, r->who.project_id, cc_context_mode(&r->context),
                                             "candidates.delete", cc_span_of(group.id))
                                : err;
}

/* NOT_FOUND and CONFLICT leave everything as it was. */
static cc_err
delete_one(cc_req *r, const char *id, char status[16])
{
    cc_db      *db = cc_app_db(r->app);
    const char *project_id = r->who.project_id;
    int64_t     deleted;
    cc_err      err;

    if ((err = status_read(&r->context, id, status)) != CC_OK || (err = group_delete(r, id)) != CC_OK ||
        (err = cc_db_change(db, run_delete, &deleted, CC_RUN_OF(r, id))) != CC_OK)
        return err;
    if (!deleted)
        return CC_E_CONFLICT;
    if ((err = cc_checkpoints_delete(r->app, project_id, id)) != CC_OK ||
        (err = cc_artifacts_delete(r->app, project_id, id)) != CC_OK ||
        (err = cc_sandbox_delete(&r->context, id)) != CC_OK ||
        (err = cc_db_run(db, run_proposal_delete, CC_RUN_OF(r, id))) != CC_OK ||
        (err = cc_db_run(db, run_steps_delete, .project_id = project_id, .run_id = id)) != CC_OK)
        return err;
    return cc_db_run(db, run_events_delete, .project_id = project_id, .run_id = id);
}

cc_err
cc_runs_delete(cc_req *r)
{
    char   status[16];
    cc_err err;

    if ((err = settle(r)) != CC_OK || (err = cc_resource_precondition(r, &cc_runs, r->id)) != CC_OK)
        return err;
    if ((err = delete_one(r, r->id, status)) == CC_E_CONFLICT)
        return cc_fail(r, err, NULL, "A %s run cannot be %s", status, cc_state_refusal(&cc_run_states, "delete"));
    if (err == CC_OK)
        cc_deleted_write(&r->out, r->id);
    return err;
}

const cc_field cc_bulk_fields[] = {
    CC_F("ids", CC_TYPE_IDS, CC_FIELD_REQUIRED | CC_FIELD_EACH, 1, 100, "The runs to delete.", .ref = "run_",
         .example = "[\"run_0NqT3yKc8ZVbW5aXeRm1Lp\"]"),
    CC_END,
};

static cc_err
bulk_one(cc_req *r, const char *id)
{
    char status[16];

    return delete_one(r, id, status);
}

cc_err
cc_runs_bulk_delete(cc_req *r)
{
    cc_err err = settle(r);

    return err == CC_OK ? cc_bulk_delete(r, bulk_one) : err;
}
