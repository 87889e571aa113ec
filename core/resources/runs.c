/*
 * Runs: start one, follow it, steer it (contract section 9).
 *
 * Every transition is one conditional UPDATE in sql.h; the database decides, and a worker that writes at the same
 * moment cannot bring a finished run back to life.  Each one also takes the run's next event number in the same
 * statement, so events have no holes and no order but the true one.  What executes a run is the engine's affair;
 * nothing here waits for it.
 */
#include <stdio.h>

#include "base/repository.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/authority.h"
#include "resources/resources.h"
#include "storage/db.h"

static const char *const statuses[] = {"pending",   "running", "paused",    "cancelling",
                                       "completed", "failed",  "cancelled", NULL};
static const char *const modes[] = {"live", "test", NULL};
static const char *const sources[] = {"workflow", "scheduled", "sprint", "issue", NULL};

static const cc_field workflow_members[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Which workflow.", .ref = "wfl_",
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
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands.", .choices = statuses,
         .example = "\"pending\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "live, or test: a rehearsal that calls nothing and costs nothing.", .choices = modes, .example = "\"live\""),
    CC_F("source", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "What started it.", .choices = sources,
         .example = "\"workflow\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_FIXED | CC_FIELD_DETAIL, 0, 50000,
         "What the first step is asked.", .example = "\"Review the sign-in code.\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_REQUIRED | CC_FIELD_FIXED | CC_FIELD_FILTER, 0, 0, "The workflow to run.",
         .ref = "wfl_", .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("workflow", CC_TYPE_OBJECT, CC_FIELD_READ_ONLY, 0, 0, "The workflow, as it was when the run began.",
         .members = workflow_members),
    CC_F("issueId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 0, "The issue it works on.", .ref = "iss_",
         .example = "null"),
    CC_F("chainId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "The chain it is part of.", .ref = "chn_", .example = "null"),
    CC_F("restartedFrom", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "The run it repeats.",
         .ref = "run_", .example = "null"),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 500,
         "The repository; null: the workflow's or the project's.", .example = "null"),
    CC_F("branchName", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch to work on; null: one of its own, cc/run-N with a piece of its id.", .example = "null"),
    CC_F("currentStepLabel", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 100, "The step it is in.",
         .example = "\"Review\""),
    CC_F("currentStepProgress", CC_TYPE_NUMBER, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1, "How far that step is.",
         .example = "0.25"),
    CC_F("currentIteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 1000, "Which round of a loop it is in.", .preset = "0",
         .example = "1"),
    CC_F("maxIterations", CC_TYPE_INT, CC_FIELD_FIXED, 1, 100,
         "How many rounds a loop may take that names no limit of its own.", .preset = "3", .example = "3"),
    CC_F("costUsd", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What it has cost so far, in US dollars.",
         .preset = "0", .example = "0.042"),
    CC_F("prStatus", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 40, "State of its pull request.",
         .example = "null"),
    CC_F("prUrl", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 500, "Its pull request.", .example = "null"),
    CC_F("prNumber", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, INT32_MAX, "The pull request's number.",
         .example = "null"),
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
    CC_F("queuePosition", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL | CC_FIELD_DETAIL, 1,
         100, "While it is pending: its place among the project's runs that wait, from 1; 100: there or later.",
         .example = "1"),
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
    .one = "run",
    .table = "runs",
    .stored = (const char *const[]){"run_events", "run_steps", "runs", NULL},
    .prefix = "run_",
    .fields = fields,
    .by_mode = true,
    .by_time = true,
    .meaning = "One execution of a workflow.",
};

static const char *
mode_of(const cc_req *r)
{
    return r->who.test ? "test" : "live";
}

/* ---- events and steps that come with a change of state --------------------------------------- */

static cc_err
event_status(cc_req *r, const char *id, int64_t seq, const char *status)
{
    const char *data = cc_printf(r->arena, "{\"status\":\"%s\"}", status);
    cc_stmt    *s = NULL;
    cc_err      err = cc_stmt_get(cc_app_db(r->app), CC_SQL_EVENT_INSERT, &s);

    if (err != CC_OK)
        return err;
    if (!data)
        return CC_E_UNAVAILABLE;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, id);
    cc_bind_int(s, 3, seq);
    cc_bind_text(s, 4, "status");
    cc_bind_int(s, 5, r->now);
    cc_bind_text(s, 6, data);
    return cc_run(s);
}

static cc_err
steps_end(cc_req *r, const char *id)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_STEPS_END, &s);

    if (err != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now);
    cc_bind_text(s, 2, r->who.project_id);
    cc_bind_text(s, 3, id);
    return cc_run(s);
}

/* Run a transition whose first parameters are bound already; project, mode and id follow from `at`.  *moved: it took
 * place. */
static cc_err
transition(cc_req *r, cc_stmt *s, int at, const char *id, bool *moved)
{
    char    status[16] = "";
    int64_t seq = 0;
    bool    row;
    cc_err  err;

    cc_bind_text(s, at, r->who.project_id);
    cc_bind_text(s, at + 1, mode_of(r));
    cc_bind_text(s, at + 2, id);
    err = cc_step(s, &row);
    *moved = err == CC_OK && row;
    if (*moved) {
        snprintf(status, sizeof(status), "%s", cc_col_text(s, 0, NULL));
        seq = cc_col_int(s, 1);
        err = cc_step(s, &row);
    }
    cc_stmt_done(s);
    if (err == CC_OK && *moved)
        err = event_status(r, id, seq, status);
    if (err == CC_OK && *moved && strcmp(status, "cancelled") == 0)
        err = steps_end(r, id);
    return err;
}

static cc_err
status_read(cc_req *r, const char *id, char out[16])
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_STATUS, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, mode_of(r));
    cc_bind_text(s, 3, id);
    if ((err = cc_step(s, &row)) == CC_OK && row)
        snprintf(out, 16, "%s", cc_col_text(s, 0, NULL));
    cc_stmt_done(s);
    return err == CC_OK && !row ? CC_E_NOT_FOUND : err;
}

/* ---- a cancel whose worker never answered ---------------------------------------------------- */

int64_t
cc_cancel_grace_ms(cc_app *app)
{
    return cc_setting_int(app, CC_SETTING_cancelGraceSeconds) * 1000;
}

static cc_err
overdue_find(cc_req *r, char id[CC_ID_SIZE])
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_OVERDUE, &s);

    id[0] = '\0';
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, mode_of(r));
    cc_bind_int(s, 3, r->now);
    cc_bind_int(s, 4, r->now + cc_cancel_grace_ms(r->app));
    if ((err = cc_step(s, &row)) == CC_OK && row)
        cc_copy_id(id, cc_col_text(s, 0, NULL));
    cc_stmt_done(s);
    return err;
}

/*
 * Turn what has been cancelling for too long into cancelled.  Whoever looks settles it, because the worker that should
 * have done so may be gone for good.  The price on every other look is one probe of an index.
 */
static cc_err
settle(cc_req *r)
{
    cc_db *db = cc_app_db(r->app);
    bool   reading = r->route->method == CC_GET, moved = true;
    char   id[CC_ID_SIZE];
    cc_err err;

    if ((err = overdue_find(r, id)) != CC_OK || !id[0])
        return err;
    if (reading) {
        cc_read_end(db);
        if ((err = cc_tx_begin(db)) != CC_OK) {
            cc_read_begin(db);
            return CC_OK; /* storage is busy: the next look will do it */
        }
    }
    while (err == CC_OK && moved && (err = overdue_find(r, id)) == CC_OK && id[0]) {
        cc_stmt *s = NULL;
        if ((err = cc_stmt_get(db, CC_SQL_RUN_SETTLE, &s)) == CC_OK) {
            cc_bind_int(s, 1, r->now);
            cc_bind_int(s, 5, r->now + cc_cancel_grace_ms(r->app));
            err = transition(r, s, 2, id, &moved);
        }
    }
    if (reading) {
        err = cc_tx_end(db, err);
        if (err == CC_OK)
            err = cc_read_begin(db);
    }
    return err;
}

/* ---- start ----------------------------------------------------------------------------------- */

static cc_err
number_next(cc_req *r, int64_t *number)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_NUMBER, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    if ((err = cc_step(s, &row)) == CC_OK && !row)
        err = CC_E_NOT_FOUND; /* the project was deleted a moment ago */
    if (err == CC_OK) {
        *number = cc_col_int(s, 0);
        err = cc_step(s, &row);
    }
    cc_stmt_done(s);
    return err;
}

static const char *
text_or_null(const cc_json *object, const char *name)
{
    const cc_json *j = cc_json_member(object, name);

    return j && cc_json_what(j) == CC_J_TEXT ? cc_json_text(j) : NULL;
}

/* The first round of every step, waiting. */
static cc_err
steps_insert(cc_req *r, const char *id, const char *steps, size_t size)
{
    const cc_json *list;
    const char    *why;
    int64_t        position = 0;
    cc_err         err = cc_json_parse(r->arena, steps, size, &list, &why);

    if (err != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err; /* it was valid when it was stored */
    for (const cc_json *j = cc_json_first(list); j && err == CC_OK; j = cc_json_next(j), position++) {
        const char *role = text_or_null(j, "role"), *label = text_or_null(j, "label");
        cc_stmt    *s = NULL;
        if ((err = cc_stmt_get(cc_app_db(r->app), CC_SQL_STEP_INSERT, &s)) != CC_OK)
            break;
        cc_bind_text(s, 1, r->who.project_id);
        cc_bind_text(s, 2, id);
        cc_bind_int(s, 3, position);
        cc_bind_text(s, 4, label ? label : role);
        cc_bind_text(s, 5, role);
        cc_bind_text(s, 6, text_or_null(j, "agent"));
        cc_bind_text(s, 7, text_or_null(j, "model"));
        cc_bind_text(s, 8, text_or_null(j, "personaId"));
        err = cc_run(s);
    }
    return err;
}

/* Number, row, first event and steps of a run whose other values are there. */
static cc_err
insert(cc_req *r, const char *source, cc_value *values)
{
    const cc_value *steps = cc_value_of(fields, values, "steps");
    char           *id = cc_alloc(r->arena, CC_ID_SIZE);
    int64_t         number;
    cc_err          err;

    if (!id)
        return CC_E_UNAVAILABLE;
    if ((err = number_next(r, &number)) != CC_OK)
        return err;
    cc_id_new(r->app, cc_runs.prefix, id);
    cc_let_int(fields, values, "runNumber", number);
    cc_let_int(fields, values, "lastSeq", 1);
    cc_let_text(fields, values, "status", "pending");
    cc_let_text(fields, values, "mode", mode_of(r));
    cc_let_text(fields, values, "source", source);
    cc_let_text(fields, values, "startedBy", cc_actor(&r->who) ? cc_actor(&r->who) : "");
    if ((err = cc_resource_insert(r, &cc_runs, id, values, &r->out)) != CC_OK ||
        (err = event_status(r, id, 1, "pending")) != CC_OK)
        return err;
    r->rung = id;
    return steps_insert(r, id, steps->s, steps->size);
}

/* Copy column `at` to the value `name`, unless the caller has said something else or the column is null. */
static bool
take(cc_req *r, cc_stmt *s, int at, cc_value *values, const char *name)
{
    size_t      size;
    const char *text = cc_col_text(s, at, &size);

    if (cc_value_of(fields, values, name)->present || cc_col_null(s, at))
        return true;
    if (!(text = cc_strndup(r->arena, text, size)))
        return false;
    cc_let_bytes(fields, values, name, text, size);
    return true;
}

static cc_err
workflow_load(cc_req *r, cc_value *values)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_WORKFLOW_FOR_RUN, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, cc_value_of(fields, values, "workflowId")->s);
    if ((err = cc_step(s, &row)) != CC_OK)
        goto done;
    if (!row)
        err = cc_fail(r, CC_E_NOT_FOUND, NULL, "There is no workflow of this id.");
    else if (strcmp(cc_col_text(s, 1, NULL), "archived") == 0)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "An archived workflow cannot be started.");
    else if (!take(r, s, 0, values, "workflowName") || !take(r, s, 0, values, "name") ||
             !take(r, s, 2, values, "githubRepoUrl") || !take(r, s, 3, values, "steps"))
        err = CC_E_UNAVAILABLE;

done:
    cc_stmt_done(s);
    return err;
}

/* A run of an issue is asked what the issue suggests, if nothing else was said. */
static cc_err
issue_load(cc_req *r, cc_value *values)
{
    const cc_value *issue = cc_value_of(fields, values, "issueId");
    cc_stmt        *s = NULL;
    bool            row;
    cc_err          err;

    if (!issue->present || issue->null)
        return CC_OK;
    if ((err = cc_stmt_get(cc_app_db(r->app), CC_SQL_ISSUE_FOR_RUN, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, issue->s);
    if ((err = cc_step(s, &row)) != CC_OK)
        goto done;
    if (!row)
        err = cc_fail(r, CC_E_NOT_FOUND, NULL, "There is no issue of this id.");
    else if (!take(r, s, 0, values, "name") || !take(r, s, 1, values, "prompt") || !take(r, s, 2, values, "prompt") ||
             !take(r, s, 0, values, "prompt"))
        err = CC_E_UNAVAILABLE;

done:
    cc_stmt_done(s);
    return err;
}

cc_err
cc_runs_start(cc_req *r)
{
    const cc_value *branch = cc_in(r, "branchName"), *issue = cc_in(r, "issueId");
    cc_err          err;

    if (branch->present && !branch->null && !cc_branch_valid(branch->s))
        return cc_fail(r, CC_E_VALIDATION, "branchName",
                       "'branchName' must be a name that git accepts for a branch, without refs/heads/ in front.");
    if ((err = issue_load(r, r->body)) != CC_OK || (err = workflow_load(r, r->body)) != CC_OK)
        return err;
    return insert(r, issue->present && !issue->null ? "issue" : "workflow", r->body);
}

cc_err
cc_run_scheduled(cc_req *r, const char *workflow_id, const char *prompt, const char *name, const char **id)
{
    return cc_run_chained(r, NULL, "scheduled", workflow_id, NULL, prompt, name, id);
}

cc_err
cc_run_chained(cc_req *r, const char *chain_id, const char *source, const char *workflow_id, const char *issue_id,
               const char *prompt, const char *name, const char **id)
{
    cc_value *values = cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(*values));
    cc_err    err;

    if (!values)
        return CC_E_UNAVAILABLE;
    cc_let_text(fields, values, "workflowId", workflow_id);
    if (prompt || !issue_id)
        cc_let_text(fields, values, "prompt", prompt);
    cc_let_text(fields, values, "issueId", issue_id);
    cc_let_text(fields, values, "chainId", chain_id);
    cc_let_text(fields, values, "name", name);
    cc_let_int(fields, values, "maxIterations", 3);
    if ((err = issue_load(r, values)) == CC_OK && (err = workflow_load(r, values)) == CC_OK)
        err = insert(r, source, values);
    *id = err == CC_OK ? r->rung : NULL;
    return err;
}

cc_err
cc_runs_restart(cc_req *r)
{
    static const char *const names[] = {NULL,      "name",   "workflowId",    "workflowName",
                                        "issueId", NULL,     "githubRepoUrl", "branchName",
                                        NULL,      "prompt", "steps"};
    cc_value                *values = cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(*values));
    cc_stmt                 *s = NULL;
    char                     source[16] = "";
    bool                     row, fits = true;
    cc_err                   err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = settle(r)) != CC_OK || (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_FOR_RESTART, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, mode_of(r));
    cc_bind_text(s, 3, r->id);
    if ((err = cc_step(s, &row)) != CC_OK)
        goto done;
    if (!row) {
        err = CC_E_NOT_FOUND;
        goto done;
    }
    const char *status = cc_col_text(s, 0, NULL);
    if (strcmp(status, "completed") != 0 && strcmp(status, "failed") != 0 && strcmp(status, "cancelled") != 0) {
        err = cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be restarted; only a finished one can.", status);
        goto done;
    }
    for (int i = 0; i < (int)CC_COUNT(names); i++)
        fits = fits && (!names[i] || take(r, s, i, values, names[i]));
    snprintf(source, sizeof(source), "%s", cc_col_text(s, 5, NULL));
    cc_let_int(fields, values, "maxIterations", cc_col_int(s, 8));
    cc_let_text(fields, values, "restartedFrom", r->id);
    err = fits ? CC_OK : CC_E_UNAVAILABLE;

done:
    cc_stmt_done(s);
    return err == CC_OK ? insert(r, source, values) : err;
}

/* ---- steer ----------------------------------------------------------------------------------- */

/* A transition that may be refused by the state; `done` lists the states in which there is nothing left to do. */
static cc_err
steer(cc_req *r, cc_stmt *s, int at, const char *done, const char *participle)
{
    char   status[16];
    bool   moved;
    cc_err err;

    if ((err = transition(r, s, at, r->id, &moved)) != CC_OK)
        return err;
    if (moved)
        r->rung = r->id;
    if (!moved) {
        if ((err = status_read(r, r->id, status)) != CC_OK)
            return err;
        if (!strstr(done, status))
            return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be %s.", status, participle);
    }
    return cc_resource_show(r, &cc_runs, r->id);
}

cc_err
cc_runs_cancel(cc_req *r)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = settle(r)) != CC_OK || (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_CANCEL, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now + cc_cancel_grace_ms(r->app));
    cc_bind_int(s, 2, r->now);
    return steer(r, s, 3, "cancelling cancelled", "cancelled");
}

cc_err
cc_run_cancel(cc_req *r, const char *id)
{
    cc_stmt *s = NULL;
    bool     moved;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_CANCEL, &s);

    if (err != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now + cc_cancel_grace_ms(r->app));
    cc_bind_int(s, 2, r->now);
    if ((err = transition(r, s, 3, id, &moved)) == CC_OK && moved)
        r->rung = id;
    return err;
}

static cc_err
steer_now(cc_req *r, cc_sql which, const char *done, const char *participle)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = settle(r)) != CC_OK || (err = cc_stmt_get(cc_app_db(r->app), which, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now);
    return steer(r, s, 2, done, participle);
}

cc_err
cc_runs_pause(cc_req *r)
{
    return steer_now(r, CC_SQL_RUN_PAUSE, "paused", "paused");
}

cc_err
cc_runs_resume(cc_req *r)
{
    return steer_now(r, CC_SQL_RUN_RESUME, "running", "resumed");
}

cc_err
cc_runs_stop(cc_req *r)
{
    return steer_now(r, CC_SQL_RUN_STOP, "", "stopped");
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
    if (strcmp(status, "pending") == 0) /* its place in the queue changes without the row */
        r->version = 0;
    return CC_OK;
}

/* How many runs of its project a worker would take before it, and itself; counted no further than anybody cares. */
static bool
virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out)
{
    char     id[CC_ID_SIZE];
    bool     pending = strcmp(cc_col_text(row, 3, NULL), "pending") == 0, any = false;
    int64_t  ahead = 0;
    cc_stmt *s = NULL;

    (void)field;
    cc_copy_id(id, cc_col_text(row, 0, NULL));
    if (pending && cc_stmt_get(cc_app_db(r->app), CC_SQL_RUN_AHEAD, &s) == CC_OK) {
        cc_bind_text(s, 1, r->who.project_id);
        cc_bind_text(s, 2, id);
        if (cc_step(s, &any) == CC_OK && any)
            ahead = cc_col_int(s, 0);
        cc_stmt_done(s);
    }
    if (any)
        cc_put_int(out, ahead);
    else
        cc_puts(out, "null");
    return true;
}

/* The same list with one filter taken from the path. */
cc_err
cc_runs_of_workflow(cc_req *r)
{
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_WORKFLOW_FOR_RUN, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, r->id);
    err = cc_step(s, &row);
    cc_stmt_done(s);
    if (err != CC_OK || !row)
        return err == CC_OK ? CC_E_NOT_FOUND : err;
    for (size_t i = 0; i < r->query_count; i++)
        if (cc_route_gives(r->route, r->query_fields[i]))
            r->query[i] = (cc_value){.present = true, .s = r->id, .size = strlen(r->id)};
    return cc_runs_list(r);
}

const cc_field cc_step_fields[] = {
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 49, "Its place in the workflow, from 0.", .example = "0"),
    CC_F("iteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 1000, "Which round of its loop; 1 outside loops.",
         .example = "1"),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "What people call it.", .example = "\"Review\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What it is there for.", .choices = cc_step_roles,
         .example = "\"reviewer\""),
    CC_F("status", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 20,
         "pending, running, completed, failed, skipped or cancelled.", .example = "\"pending\""),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40, "Who took it.", .example = "null"),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100, "With which model.", .example = "null"),
    CC_F("startedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it began.", .example = "null"),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it ended.", .example = "null"),
    CC_F("exitCode", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, -255, 255, "How the agent ended.",
         .example = "null"),
    CC_F("inputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX, "Tokens read.",
         .example = "null"),
    CC_F("outputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX, "Tokens written.",
         .example = "null"),
    CC_F("costUsd", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What it cost, in US dollars.", .example = "0"),
    CC_F("verdict", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 20, "A checker's word: pass or fail.",
         .example = "null"),
    CC_F("output", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it handed to the next step.", .example = "null"),
    CC_F(
        "isolation", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 20,
        "How its agent was kept apart: sandbox, or off (with the worker's own rights); null: it was a rehearsal, or has not "
        "begun.",
        .example = "null"),
    CC_END,
};

/* Write the rows of a statement whose columns are exactly `shape`'s; at most `limit`, then r->more. */
static cc_err
rows_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t limit)
{
    const cc_resource rows = {.one = "", .table = "", .fields = shape};
    int64_t           n = 0;
    bool              row;
    cc_err            err;

    cc_putc(&r->out, '[');
    while ((err = cc_step(s, &row)) == CC_OK && row && n < limit) {
        if (n++)
            cc_putc(&r->out, ',');
        cc_row_write(r, &rows, s, false, &r->out);
    }
    cc_putc(&r->out, ']');
    r->more = err == CC_OK && row;
    return err;
}

cc_err
cc_runs_steps(cc_req *r)
{
    cc_stmt *s = NULL;
    char     status[16];
    cc_err   err;

    if ((err = settle(r)) != CC_OK || (err = status_read(r, r->id, status)) != CC_OK ||
        (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_STEPS_OF, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, r->id);
    err = rows_write(r, s, cc_step_fields, INT32_MAX);
    cc_stmt_done(s);
    return err;
}

cc_err
cc_run_look(cc_req *r, const char *id, char status[16])
{
    cc_err err = settle(r);

    return err == CC_OK ? status_read(r, id, status) : err;
}

/* ---- delete ---------------------------------------------------------------------------------- */

static cc_err
delete_by(cc_req *r, cc_sql which, const char *id, int64_t *changed)
{
    cc_stmt *s = NULL;
    int      at = 1;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), which, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, at++, r->who.project_id);
    if (which == CC_SQL_RUN_DELETE)
        cc_bind_text(s, at++, mode_of(r));
    cc_bind_text(s, at, id);
    if ((err = cc_run(s)) == CC_OK)
        *changed = cc_changes(s);
    return err;
}

/* NOT_FOUND and CONFLICT leave everything as it was. */
static cc_err
delete_one(cc_req *r, const char *id, char status[16])
{
    int64_t changed = 0;
    cc_err  err;

    if ((err = status_read(r, id, status)) != CC_OK || (err = delete_by(r, CC_SQL_RUN_DELETE, id, &changed)) != CC_OK)
        return err;
    if (!changed)
        return CC_E_CONFLICT;
    if ((err = delete_by(r, CC_SQL_RUN_STEPS_DELETE, id, &changed)) != CC_OK)
        return err;
    return delete_by(r, CC_SQL_RUN_EVENTS_DELETE, id, &changed);
}

cc_err
cc_runs_delete(cc_req *r)
{
    char   status[16];
    cc_err err;

    if ((err = settle(r)) != CC_OK || (err = cc_resource_precondition(r, &cc_runs, r->id)) != CC_OK)
        return err;
    if ((err = delete_one(r, r->id, status)) == CC_E_CONFLICT)
        return cc_fail(r, err, NULL, "A %s run cannot be deleted; cancel it first.", status);
    if (err == CC_OK)
        cc_deleted_write(&r->out, r->id);
    return err;
}

const cc_field cc_bulk_fields[] = {
    CC_F("ids", CC_TYPE_IDS, CC_FIELD_REQUIRED | CC_FIELD_EACH, 1, 100, "The runs to delete.", .ref = "run_",
         .example = "[\"run_0NqT3yKc8ZVbW5aXeRm1Lp\"]"),
    CC_END,
};

const cc_field cc_bulk_answer[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Which run.", .ref = "run_",
         .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("deleted", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Whether it is gone.", .example = "true"),
    CC_F("code", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "Why not: NOT_FOUND, or CONFLICT if it is not finished.", .example = "null"),
    CC_END,
};

cc_err
cc_runs_bulk_delete(cc_req *r)
{
    const char *comma = "[";
    char        status[16];
    cc_err      err;

    if ((err = settle(r)) != CC_OK)
        return err;
    for (const cc_json *j = cc_json_first(cc_in(r, "ids")->json); j; j = cc_json_next(j)) {
        const char *id = cc_json_text(j);
        err = delete_one(r, id, status);
        if (err != CC_OK && err != CC_E_NOT_FOUND && err != CC_E_CONFLICT)
            return err;
        cc_putf(&r->out, "%s{\"id\":\"%s\",\"deleted\":%s,\"code\":", comma, id, err == CC_OK ? "true" : "false");
        if (err == CC_OK)
            cc_puts(&r->out, "null}");
        else
            cc_putf(&r->out, "\"%s\"}", cc_err_code(err));
        comma = ",";
    }
    cc_putc(&r->out, ']');
    return CC_OK;
}
