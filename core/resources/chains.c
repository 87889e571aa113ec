/*
 * Chains: runs that follow one another.  A sprint runs one workflow several times; an issue chain runs it for one issue
 * after the other.
 *
 * A chain knows how many of its runs have completed and which one it is at.  A worker that finds that one ended moves
 * the chain on and starts the next run in one transaction, so two workers cannot both start it and a crash loses none.
 * A run that does not complete fails the chain there; resumed, the chain runs that one again and goes on.
 *
 * A chain acts for whoever made or last resumed it, with the rights that one has when the next run is to start
 * (authority.c): without them it fails there.
 */
#include <stdio.h>

#include "context/app.h"
#include "context/due.h"
#include "context/settings.h"
#include "context/state.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { RUNS_MOST = 100 };

static cc_err prepare(cc_context *c, const char *id, cc_value *body);
static cc_err may_delete(cc_context *c, const char *id);

static const char *const sources[] = {"sprint", "issue", NULL};
static const char *const modes[] = {"live", "test", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("chn_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH | CC_FIELD_FIXED, 1, 180,
         "What people call it; its runs bear it too.", .example = "\"Sprint 12\""),
    CC_F("source", CC_TYPE_CHOICE, CC_FIELD_REQUIRED | CC_FIELD_FILTER | CC_FIELD_FIXED, 0, 0,
         "sprint: the workflow several times; issue: once for each issue.", .choices = sources,
         .example = "\"sprint\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands.",
         .choices = cc_chain_statuses, .states = &cc_chain_states, .example = "\"" CC_CHAIN_RUNNING "\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "live, or test: its runs are rehearsals.", .choices = modes,
         .example = "\"live\""),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,
         "The key or person who made or last resumed it, with whose rights it starts runs; null: the operator.",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_REQUIRED | CC_FIELD_FILTER | CC_FIELD_FIXED, 0, 0, "The workflow to run.",
         .ref = "wfl_", .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL | CC_FIELD_FIXED, 0, CC_PROMPT_MAX,
         "What its runs are asked; null: what the issue suggests.", .example = "\"Take the next item of the plan.\""),
    CC_F("issueIds", CC_TYPE_IDS, CC_FIELD_NULLABLE | CC_FIELD_DETAIL | CC_FIELD_FIXED, 1, RUNS_MOST,
         "The issues, in their order.", .ref = "iss_", .example = "null"),
    CC_F("runCount", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, RUNS_MOST,
         "How many runs in all; needed for a sprint, told by issueIds for issues.", .example = "5"),
    CC_F("completedCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, RUNS_MOST, "How many of them have completed.",
         .example = "2"),
    CC_F("currentRunId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "The run it is at, or was last at; null: the next one is about to start.", .ref = "run_", .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000, "Why it failed.", .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_chains = {
    .singular = "chain",
    .table = "chains",
    .prefix = "chn_",
    .fields = fields,
    .by_mode = true,
    .meaning = "Runs that follow one another.",
    .prepare = prepare,
    .may_delete = may_delete,
};

/* ---- made ------------------------------------------------------------------------------------------ */

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *issues = cc_value_of(fields, body, "issueIds"), *count = cc_value_of(fields, body, "runCount");
    bool            by_issue = strcmp(cc_value_of(fields, body, "source")->s, "issue") == 0;
    bool            has_issues = cc_value_given(issues), has_count = cc_value_given(count);
    int64_t         runs = has_count ? count->i : 0;

    if (by_issue != has_issues)
        return cc_fail(c, CC_E_VALIDATION, "issueIds",
                       by_issue ? "'issueIds' is required for this source." : "Only the source 'issue' has issues.");
    if (by_issue == has_count)
        return cc_fail(c, CC_E_VALIDATION, "runCount",
                       by_issue ? "The number of runs is that of the issues." : "'runCount' is required for a sprint.");
    for (const cc_json *j = by_issue ? cc_json_first(issues->json) : NULL; j; j = cc_json_next(j))
        runs++;
    cc_value_set_int(fields, body, "runCount", runs);
    cc_value_set_int(fields, body, "completedCount", 0);
    cc_value_set_text(fields, body, "status", CC_CHAIN_START_TO_NAME);
    cc_value_set_text(fields, body, "actsFor", cc_actor(&c->who));
    c->notify_run_id = id ? id : ""; /* wake a worker */
    return CC_OK;
}

/* ---- steered --------------------------------------------------------------------------------------- */

typedef struct chain_state {
    char status[16], run_id[CC_ID_SIZE]; /* run_id "": none */
} chain_state;

CC_ROW(chain_state, status, run_id);
CC_QUERY(chain_status, chain_state,
         "SELECT status, current_run_id AS run_id FROM chains "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         TEXT(project_id), TEXT(mode), TEXT(id));
CC_STATEMENT(chain_cancel,
             "UPDATE chains SET status = " CC_CHAIN_CANCEL_TO ", updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_CHAIN_CANCEL_FROM,
             INT(now), TEXT(project_id), TEXT(mode), TEXT(id));
CC_STATEMENT(chain_resume,
             "UPDATE chains SET status = " CC_CHAIN_RESUME_TO
             ", error = NULL, error_code = NULL, error_params = NULL, current_run_id = NULL, acts_for = :actor, "
             "updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_CHAIN_RESUME_FROM,
             TEXT(actor), INT(now), TEXT(project_id), TEXT(mode), TEXT(id));

#define THE_CHAIN(r) .project_id = (r)->who.project_id, .mode = cc_context_mode(CC_CONTEXT_OF(r))

static cc_err
may_delete(cc_context *c, const char *id)
{
    chain_state is;
    cc_err      err = cc_db_get(cc_app_db(c->app), NULL, chain_status, &is, THE_CHAIN(c), .id = id);

    if (err == CC_OK && strcmp(is.status, CC_CHAIN_RUNNING) == 0)
        err = cc_fail(c, CC_E_CONFLICT, NULL, "A %s chain cannot be %s", is.status,
                      cc_state_refusal(&cc_chain_states, "delete"));
    return err;
}

/* What a transition comes to. */
static cc_err
steered(cc_req *r, bool moved, const chain_state *was, const char *action)
{
    if (!moved && !cc_state_done(&cc_chain_states, action, was->status))
        return cc_fail(r, CC_E_CONFLICT, NULL, "A %s chain cannot be %s", was->status,
                       cc_state_refusal(&cc_chain_states, action));
    if (moved)
        r->notify_run_id = r->id;
    return CC_OK;
}

cc_err
cc_chains_cancel(cc_req *r)
{
    cc_db       *db = cc_app_db(r->app);
    chain_state *was = cc_alloc(r->arena, sizeof(*was)); /* r->notify_run_id may come to point into it */
    int64_t      moved;
    cc_err       err;

    if (!was)
        return CC_E_UNAVAILABLE;
    if ((err = cc_db_get(db, NULL, chain_status, was, THE_CHAIN(r), .id = r->id)) != CC_OK ||
        (err = cc_db_change(db, chain_cancel, &moved, .now = r->now, THE_CHAIN(r), .id = r->id)) != CC_OK ||
        (err = steered(r, moved, was, "cancel")) != CC_OK ||
        (moved && was->run_id[0] && (err = cc_run_cancel(&r->context, was->run_id)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_chains, r->id);
}

cc_err
cc_chains_resume(cc_req *r)
{
    cc_db      *db = cc_app_db(r->app);
    chain_state was;
    int64_t     moved;
    cc_err      err;

    if ((err = cc_db_get(db, NULL, chain_status, &was, THE_CHAIN(r), .id = r->id)) != CC_OK ||
        (err = cc_db_change(db, chain_resume, &moved, .actor = cc_actor(&r->who), .now = r->now, THE_CHAIN(r),
                            .id = r->id)) != CC_OK ||
        (err = steered(r, moved, &was, "resume")) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_chains, r->id);
}

/* ---- moved on -------------------------------------------------------------------------------------- */

typedef struct link {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], source[16];
    char        run_id[CC_ID_SIZE], run_status[16], acts_for[CC_ID_SIZE]; /* "": none */
    bool        test;
    const char *name, *workflow_id, *prompt, *issues; /* NULL: none */
    int64_t     count, completed, run_number;
} link_;

/* A chain whose run has ended, was deleted, or is still to be started. */
CC_ROW(link_, project_id, test, id, name, source, workflow_id, prompt, issues, count, completed, run_id, run_status,
       run_number, acts_for);
CC_QUERY_PLAIN(chain_due, link_,
               "SELECT c.project_id, CASE WHEN c.mode = 'test' THEN 1 ELSE 0 END AS test, c.id, c.name, c.source, "
               "c.workflow_id, nullif(c.prompt, '') AS prompt, c.issue_ids AS issues, c.run_count AS count, "
               "c.completed_count AS completed, c.current_run_id AS run_id, r.status AS run_status, r.run_number, "
               "c.acts_for FROM chains c LEFT JOIN runs r "
               "ON r.project_id = c.project_id AND r.mode = c.mode AND r.id = c.current_run_id "
               "WHERE c." CC_CHAIN_GO_ON_FROM " AND (r.id IS NULL OR r.finished_at IS NOT NULL) LIMIT 1");
/* Says what it found, so that of two workers one moves it. */
CC_STATEMENT(
    chain_move,
    "UPDATE chains SET status = :status, completed_count = :completed, current_run_id = :run_id, " CC_REASON_SET(
        "error") ", updated_at = :now, "
                 "version = version + 1 "
                 "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_CHAIN_GO_ON_FROM " "
                 "AND completed_count = :was_completed AND coalesce(current_run_id, '') = :was_run_id",
    TEXT(status), INT(completed), TEXT(run_id), CC_REASON_PARAMS, INT(now), TEXT(project_id), TEXT(mode), TEXT(id),
    INT(was_completed), TEXT(was_run_id));

static cc_err
due_find(cc_context *c, void *l, bool *found)
{
    return cc_db_find(cc_app_db(c->app), c->arena, chain_due, (link_ *)l, found, CC_NO_ARGS);
}

static cc_err
tell_over(cc_context *c, const link_ *l, const char *status)
{
    return cc_tell(c->app, l->project_id, l->test ? "test" : "live",
                   strcmp(status, CC_CHAIN_COMPLETE_TO_NAME) == 0 ? CC_MESSAGE_CHAIN_COMPLETED
                                                                  : CC_MESSAGE_CHAIN_FAILED,
                   .id = l->id, .status = status);
}

/* CONFLICT: another worker has moved it; nothing of what this one did shall stay. */
static cc_err
move(cc_context *c, const link_ *l, const char *status, int64_t completed, const char *run_id, const cc_reason *why)
{
    int64_t moved;
    cc_err  err = cc_db_change(cc_app_db(c->app), chain_move, &moved, .status = status, .completed = completed,
                               .run_id = run_id && *run_id ? run_id : NULL, CC_THE_REASON(why), .now = c->now,
                               .project_id = l->project_id, .mode = l->test ? "test" : "live", .id = l->id,
                               .was_completed = l->completed, .was_run_id = l->run_id);

    if (err == CC_OK && !moved)
        err = CC_E_CONFLICT;
    if (err == CC_OK)
        err = cc_changed(c->app, l->project_id, l->test ? "test" : "live", "chains.move", cc_span_of(l->id));
    return err != CC_OK || strcmp(status, CC_CHAIN_GO_ON_TO_NAME) == 0 ? err : tell_over(c, l, status);
}

/* The issue at that place; NULL: a sprint has none. */
static cc_err
issue_at(cc_context *c, const link_ *l, int64_t at, const char **id)
{
    const cc_json *list, *j;
    const char    *why;
    cc_err         err;

    *id = NULL;
    if (strcmp(l->source, "issue") != 0)
        return CC_OK;
    if ((err = cc_json_parse(c->arena, l->issues, strlen(l->issues), &list, &why)) != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    for (j = cc_json_first(list); j && at > 0; at--)
        j = cc_json_next(j);
    *id = j ? cc_json_text(j) : NULL;
    return CC_OK;
}

/* Its maker may not start runs any more.  Somebody who may can resume it with the run that did not start. */
static cc_err
stop(cc_context *c, const link_ *l, int64_t completed)
{
    cc_err err = move(c, l, CC_CHAIN_FAIL_TO_NAME, completed, NULL, c->reason);

    return err == CC_OK ? cc_audit_also(c, "chains.stop", l->id) : err;
}

/* Inside a transaction, which has found it due; CONFLICT: another worker has moved it. */
static cc_err
go_on(cc_context *c, const void *row)
{
    const link_ *l = row;
    cc_run_wish  wish = {.source = l->source, .workflow_id = l->workflow_id, .chain_id = l->id, .prompt = l->prompt};
    int64_t      completed = l->completed;
    const char  *run_id = NULL;
    cc_err       err;

    if (*l->run_id && strcmp(l->run_status, CC_RUN_COMPLETED) == 0)
        completed++;
    else if (*l->run_id && !l->run_status[0])
        return move(c, l, CC_CHAIN_FAIL_TO_NAME, completed, l->run_id,
                    cc_reason_plain(c->arena, CC_REASON_CHAIN_RUN_DELETED));
    else if (*l->run_id) {
        const char *run = cc_printf(c->arena, "%lld", (long long)l->run_number);
        return move(c, l, CC_CHAIN_FAIL_TO_NAME, completed, l->run_id,
                    strcmp(l->run_status, CC_RUN_FAILED) == 0
                        ? cc_reason_new(c->arena, CHAIN_RUN_FAILED, .run = run)
                        : cc_reason_new(c->arena, CHAIN_RUN_CANCELLED, .run = run));
    }
    if (completed >= l->count)
        return move(c, l, CC_CHAIN_COMPLETE_TO_NAME, completed, l->run_id, NULL);
    err = cc_acting_as(c, l->project_id, l->acts_for, l->test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_E_FORBIDDEN)
        return stop(c, l, completed);
    if (err != CC_OK)
        return err;
    wish.name = cc_printf(c->arena, "%s (%lld/%lld)", l->name, (long long)completed + 1, (long long)l->count);
    if (!wish.name)
        return CC_E_UNAVAILABLE;
    if ((err = issue_at(c, l, completed, &wish.issue_id)) != CC_OK)
        return err;
    err = cc_run_start(c, &wish, &run_id);
    if (c->reason)
        return move(c, l, CC_CHAIN_FAIL_TO_NAME, completed, NULL, c->reason);
    return err == CC_OK ? move(c, l, CC_CHAIN_GO_ON_TO_NAME, completed, run_id, NULL) : err;
}

bool
cc_chains_continue(cc_app *app)
{
    return cc_due_each(app, &(cc_due){sizeof(link_), due_find, go_on});
}
