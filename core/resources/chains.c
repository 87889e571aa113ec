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
#include "context/settings.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { RUNS_MOST = 100, AT_ONCE = 100 };

static cc_err prepare(cc_req *r, const char *id);
static cc_err may_delete(cc_req *r, const char *id);

static const char *const sources[] = {"sprint", "issue", NULL};
static const char *const statuses[] = {"running", "completed", "failed", "cancelled", NULL};
static const char *const modes[] = {"live", "test", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("chn_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH | CC_FIELD_FIXED, 1, 180,
         "What people call it; its runs bear it too.", .example = "\"Sprint 12\""),
    CC_F("source", CC_TYPE_CHOICE, CC_FIELD_REQUIRED | CC_FIELD_FILTER | CC_FIELD_FIXED, 0, 0,
         "sprint: the workflow several times; issue: once for each issue.", .choices = sources,
         .example = "\"sprint\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands.", .choices = statuses,
         .example = "\"running\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "live, or test: its runs are rehearsals.", .choices = modes,
         .example = "\"live\""),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,
         "The key or person who made or last resumed it, with whose rights it starts runs; null: the operator.",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_REQUIRED | CC_FIELD_FILTER | CC_FIELD_FIXED, 0, 0, "The workflow to run.",
         .ref = "wfl_", .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL | CC_FIELD_FIXED, 0, 50000,
         "What its runs are asked; null: what the issue suggests.", .example = "\"Take the next item of the plan.\""),
    CC_F("issueIds", CC_TYPE_IDS, CC_FIELD_NULLABLE | CC_FIELD_DETAIL | CC_FIELD_FIXED, 1, RUNS_MOST,
         "The issues, in their order.", .ref = "iss_", .example = "null"),
    CC_F("runCount", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, RUNS_MOST,
         "How many runs in all; needed for a sprint, told by issueIds for issues.", .example = "5"),
    CC_F("completedCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, RUNS_MOST, "How many of them have completed.",
         .example = "2"),
    CC_F("currentRunId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "The run it is at, or was last at; null: the next one is about to start.", .ref = "run_", .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 300, "Why it failed.", .example = "null"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_chains = {
    .one = "chain",
    .table = "chains",
    .prefix = "chn_",
    .fields = fields,
    .by_mode = true,
    .meaning = "Runs that follow one another.",
    .prepare = prepare,
    .may_delete = may_delete,
};

static const char *
mode_of(const cc_req *r)
{
    return r->who.test ? "test" : "live";
}

/* ---- made ------------------------------------------------------------------------------------------ */

static cc_err
prepare(cc_req *r, const char *id)
{
    const cc_value *issues = cc_in(r, "issueIds"), *count = cc_in(r, "runCount");
    bool            by_issue = strcmp(cc_in(r, "source")->s, "issue") == 0;
    bool            has_issues = issues->present && !issues->null, has_count = count->present && !count->null;
    int64_t         runs = has_count ? count->i : 0;

    if (by_issue != has_issues)
        return cc_fail(r, CC_E_VALIDATION, "issueIds",
                       by_issue ? "'issueIds' is required for this source." : "Only the source 'issue' has issues.");
    if (by_issue == has_count)
        return cc_fail(r, CC_E_VALIDATION, "runCount",
                       by_issue ? "The number of runs is that of the issues." : "'runCount' is required for a sprint.");
    for (const cc_json *j = by_issue ? cc_json_first(issues->json) : NULL; j; j = cc_json_next(j))
        runs++;
    cc_let_int(fields, r->body, "runCount", runs);
    cc_let_int(fields, r->body, "completedCount", 0);
    cc_let_text(fields, r->body, "status", "running");
    cc_let_text(fields, r->body, "actsFor", cc_actor(&r->who));
    r->rung = id ? id : ""; /* wake a worker */
    return CC_OK;
}

/* ---- steered --------------------------------------------------------------------------------------- */

static cc_err
read_status(cc_req *r, const char *id, char status[16], char run_id[CC_ID_SIZE])
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_CHAIN_STATUS, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, mode_of(r));
    cc_bind_text(s, 3, id);
    if ((err = cc_step(s, &row)) == CC_OK && !row)
        err = CC_E_NOT_FOUND;
    if (err == CC_OK) {
        snprintf(status, 16, "%s", cc_col_text(s, 0, NULL));
        cc_copy_id(run_id, cc_col_text(s, 1, NULL));
    }
    cc_stmt_done(s);
    return err;
}

static cc_err
may_delete(cc_req *r, const char *id)
{
    char   status[16], run_id[CC_ID_SIZE];
    cc_err err = read_status(r, id, status, run_id);

    if (err == CC_OK && strcmp(status, "running") == 0)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "A running chain cannot be deleted; cancel it first.");
    return err;
}

/* A transition; in the state it leads to already there is nothing to do. */
static cc_err
steer(cc_req *r, cc_sql which, const char *done, const char *participle)
{
    char     status[16], *run_id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_stmt *s = NULL;
    bool     moved = false;
    cc_err   err;

    if (!run_id)
        return CC_E_UNAVAILABLE;
    if ((err = read_status(r, r->id, status, run_id)) != CC_OK ||
        (err = cc_stmt_get(cc_app_db(r->app), which, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now);
    cc_bind_text(s, 2, r->who.project_id);
    cc_bind_text(s, 3, mode_of(r));
    cc_bind_text(s, 4, r->id);
    if (which == CC_SQL_CHAIN_RESUME)
        cc_bind_text(s, 5, cc_actor(&r->who));
    if ((err = cc_run(s)) != CC_OK)
        return err;
    moved = cc_changes(s) == 1;
    if (!moved && strcmp(status, done) != 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A %s chain cannot be %s.", status, participle);
    if (moved)
        r->rung = r->id;
    if (moved && which == CC_SQL_CHAIN_CANCEL && run_id[0] && (err = cc_run_cancel(r, run_id)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_chains, r->id);
}

cc_err
cc_chains_cancel(cc_req *r)
{
    return steer(r, CC_SQL_CHAIN_CANCEL, "cancelled", "cancelled");
}

cc_err
cc_chains_resume(cc_req *r)
{
    return steer(r, CC_SQL_CHAIN_RESUME, "running", "resumed");
}

/* ---- moved on -------------------------------------------------------------------------------------- */

typedef struct link {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], source[16], run_status[16];
    bool        test;
    const char *name, *workflow_id, *prompt, *issues, *run_id, *acts_for; /* "": none */
    int64_t     count, completed, run_number;
} link_;

static cc_err
due_find(cc_req *r, link_ *l, bool *found)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_CHAIN_DUE, &s);

    *found = false;
    if (err != CC_OK)
        return err;
    if ((err = cc_step(s, found)) == CC_OK && *found) {
        static const int   at[] = {3, 5, 6, 7, 10, 13};
        const char **const texts[] = {&l->name, &l->workflow_id, &l->prompt, &l->issues, &l->run_id, &l->acts_for};
        cc_copy_id(l->project_id, cc_col_text(s, 0, NULL));
        l->test = strcmp(cc_col_text(s, 1, NULL), "test") == 0;
        cc_copy_id(l->id, cc_col_text(s, 2, NULL));
        snprintf(l->source, sizeof(l->source), "%s", cc_col_text(s, 4, NULL));
        snprintf(l->run_status, sizeof(l->run_status), "%s", cc_col_text(s, 11, NULL));
        for (size_t i = 0; i < CC_COUNT(texts); i++) {
            size_t      size;
            const char *text = cc_col_text(s, at[i], &size);
            if (!(*texts[i] = cc_strndup(r->arena, text, size)))
                err = CC_E_UNAVAILABLE;
        }
        l->count = cc_col_int(s, 8);
        l->completed = cc_col_int(s, 9);
        l->run_number = cc_col_int(s, 12);
    }
    cc_stmt_done(s);
    return err;
}

static cc_err
move(cc_req *r, const link_ *l, const char *status, int64_t completed, const char *run_id, const char *error)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_CHAIN_MOVE, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, status);
    cc_bind_int(s, 2, completed);
    cc_bind_text(s, 3, run_id);
    cc_bind_text(s, 4, error);
    cc_bind_int(s, 5, r->now);
    cc_bind_text(s, 6, l->project_id);
    cc_bind_text(s, 7, l->test ? "test" : "live");
    cc_bind_text(s, 8, l->id);
    cc_bind_int(s, 9, l->completed);
    cc_bind_text(s, 10, l->run_id);
    return cc_run(s);
}

/* The issue at that place; NULL: a sprint has none. */
static cc_err
issue_at(cc_req *r, const link_ *l, int64_t at, const char **id)
{
    const cc_json *list, *j;
    const char    *why;
    cc_err         err;

    *id = NULL;
    if (strcmp(l->source, "issue") != 0)
        return CC_OK;
    if ((err = cc_json_parse(r->arena, l->issues, strlen(l->issues), &list, &why)) != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    for (j = cc_json_first(list); j && at > 0; at--)
        j = cc_json_next(j);
    *id = j ? cc_json_text(j) : NULL;
    return CC_OK;
}

/* Its maker may not start runs any more.  Somebody who may can resume it with the run that did not start. */
static cc_err
stop(cc_req *r, const link_ *l, int64_t completed)
{
    cc_err err = move(r, l, "failed", completed, NULL, r->message);

    return err == CC_OK ? cc_audit_also(r, "chains.stop", l->id) : err;
}

/* Inside a transaction, which has found it due: nobody else can have moved it. */
static cc_err
go_on(cc_req *r, const link_ *l)
{
    int64_t     completed = l->completed;
    const char *run_id = NULL, *issue_id, *name;
    cc_err      err;

    if (*l->run_id && strcmp(l->run_status, "completed") == 0)
        completed++;
    else if (*l->run_id && !l->run_status[0])
        return move(r, l, "failed", completed, l->run_id, "Its run was deleted.");
    else if (*l->run_id) {
        const char *why = cc_printf(r->arena, "Run %lld %s.", (long long)l->run_number,
                                    strcmp(l->run_status, "failed") == 0 ? "failed" : "was cancelled");
        return why ? move(r, l, "failed", completed, l->run_id, why) : CC_E_UNAVAILABLE;
    }
    if (completed >= l->count)
        return move(r, l, "completed", completed, l->run_id, NULL);
    err = cc_acting_as(r, l->project_id, l->acts_for, l->test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_E_FORBIDDEN)
        return stop(r, l, completed);
    if (err != CC_OK)
        return err;
    name = cc_printf(r->arena, "%s (%lld/%lld)", l->name, (long long)completed + 1, (long long)l->count);
    if (!name)
        return CC_E_UNAVAILABLE;
    if ((err = issue_at(r, l, completed, &issue_id)) != CC_OK)
        return err;
    err = cc_run_chained(r, l->id, l->source, l->workflow_id, issue_id, *l->prompt ? l->prompt : NULL, name, &run_id);
    if (err == CC_E_NOT_FOUND || err == CC_E_CONFLICT)
        return move(r, l, "failed", completed, NULL, r->message ? r->message : cc_err_message(err));
    return err == CC_OK ? move(r, l, "running", completed, run_id, NULL) : err;
}

/* One chain.  *found: there was one. */
static cc_err
continue_one(cc_app *app, cc_arena *a, bool *found)
{
    cc_req *r = cc_acting_new(app, a);
    link_   l = {0};
    cc_err  err;

    if (!r)
        return CC_E_UNAVAILABLE;
    if ((err = due_find(r, &l, found)) != CC_OK || !*found) /* most of the time: so no transaction yet */
        return err;
    if ((err = cc_tx_begin(cc_app_db(app))) != CC_OK)
        return err;
    if ((err = due_find(r, &l, found)) == CC_OK && *found)
        err = go_on(r, &l);
    err = cc_tx_end(cc_app_db(app), err);
    if (err == CC_OK && r->rung)
        cc_hot_ring(cc_app_hot(app), CC_BELL_WORK);
    return err;
}

bool
cc_chains_continue(cc_app *app)
{
    cc_arena *a = cc_arena_new();
    bool      found = true, any = false;

    for (int i = 0; a && i < AT_ONCE && found && continue_one(app, a, &found) == CC_OK; i++) {
        any |= found;
        cc_arena_reset(a);
    }
    cc_arena_free(a);
    return any;
}
