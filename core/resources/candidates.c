/*
 * Candidates: several runs of one task, each on a branch of its own.  When all of them are over, a judge compares those
 * that have completed, and the one that it names gets the pull request.
 *
 * A group knows its runs by a column of theirs, and where it stands by its state.  A worker that finds that the last of
 * its runs ended moves it on, in one transaction with the judge that it starts.  What the judge says is the choice in
 * the transaction that completes its session (choice.c), so there is no moment in which it could be lost.
 *
 * A group acts for whoever started it, with the rights that one has when the judge is to start, when it has judged and
 * when the pull request is opened.  Where a right has ended or no judge has chosen, no pull request is opened, and a
 * person can choose.
 */
#include "resources/candidates.h"

#include "context/app.h"
#include "context/due.h"
#include "context/state.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "resources/proposals.h"
#include "resources/resources.h"
#include "resources/sessions.h"
#include "storage/db.h"

static const char *const modes[] = {"live", "test", NULL};
static const char *const choosers[] = {CC_CHOSEN_BY_JUDGE, CC_CHOSEN_AS_ONLY, CC_CHOSEN_BY_PERSON, NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("cnd_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "What its runs are called.",
         .example = "\"Fix the sign-in\""),
    CC_F(
        "status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
        "running: its runs are under way; judging: a judge compares them; decided: one is chosen; undecided: a person is "
        "to choose; failed: none of them has completed.",
        .choices = cc_candidates_statuses, .states = &cc_candidates_states, .example = "\"" CC_CANDIDATES_RUNNING "\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "live, or test: its runs and its judge are rehearsals.",
         .choices = modes, .example = "\"live\""),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,
         "The key or person who started it or has chosen, with whose rights it goes on; null: the operator.",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("runIds", CC_TYPE_IDS, CC_FIELD_READ_ONLY, 1, CC_SESSION_RUNS,
         "The runs that were started, deleted ones among them.", .ref = "run_",
         .example = "[\"run_0NqT3yKc8ZVbW5aXeRm1Lp\",\"run_0NqT3yKc8ZVbW5aXeRm1Lq\"]"),
    CC_F("judgeSessionId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "The session that judges them; null: none was needed, or it is not time.", .ref = "run_", .example = "null"),
    CC_F("chosenRunId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "The run that gets the pull request.",
         .ref = "run_", .example = "null"),
    CC_F("chosenBy", CC_TYPE_CHOICE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "The judge, a person, or nobody: it is the only one that has completed.", .choices = choosers,
         .example = "null"),
    CC_F("reason", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, INT32_MAX, "Why, in the judge's words.",
         .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000,
         "Why none was chosen, or the chosen one has no pull request so far.", .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_candidates = {
    .singular = "candidateGroup",
    .table = "candidate_groups",
    .prefix = "cnd_",
    .fields = fields,
    .by_mode = true,
    .by_time = true,
    .meaning = "Several runs of one task, of which one gets the pull request.",
};

#define GROUP_PARAMS TEXT(project_id), TEXT(mode), TEXT(group_id)
#define GROUP_OF(c, group)                                                                                             \
    .project_id = (c)->who.project_id, .mode = cc_context_mode(CC_CONTEXT_OF(c)), .group_id = (group)

static cc_err
changed(cc_context *c, const char *group_id)
{
    return cc_changed(c->app, c->who.project_id, cc_context_mode(c), "candidates.move", cc_span_of(group_id));
}

/* ---- started ---------------------------------------------------------------------------------------- */

CC_STATEMENT(candidates_runs,
             "UPDATE candidate_groups SET run_ids = :runs "
             "WHERE project_id = :project_id AND mode = :mode AND id = :group_id",
             TEXT(runs), GROUP_PARAMS);

static cc_err
group_insert(cc_req *r, const char *id)
{
    cc_value *values = cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(*values));

    if (!values)
        return CC_E_UNAVAILABLE;
    cc_value_set_text(fields, values, "name", cc_body_value(r, "name")->s);
    cc_value_set_text(fields, values, "status", CC_CANDIDATES_START_TO_NAME);
    cc_value_set_text(fields, values, "mode", cc_context_mode(&r->context));
    cc_value_set_text(fields, values, "actsFor", cc_actor(&r->who));
    cc_value_set_text(fields, values, "runIds", "[]");
    return cc_resource_insert(&r->context, &cc_candidates, id, values, NULL);
}

/* The first one is the answer, as of a plain start; the others stand in the audit log, too. */
static cc_err
group_start(cc_req *r, const char *source, int64_t count)
{
    const char *first = NULL;
    char        id[CC_ID_SIZE];
    cc_buf      runs;
    cc_err      err;

    cc_id_new(r->app, cc_candidates.prefix, id);
    cc_buf_init(&runs, r->arena);
    err = group_insert(r, id);
    cc_value_set_text(cc_runs.fields, r->body, "candidateGroupId", id);
    for (int64_t i = 0; i < count && err == CC_OK; i++) {
        err = cc_run_insert(&r->context, source, r->body, first ? NULL : r);
        if (err == CC_OK && first)
            err = cc_audit_also(&r->context, "runs.start", r->notify_run_id);
        if (err == CC_OK)
            cc_putf(&runs, "%s\"%s\"", i ? "," : "[", r->notify_run_id);
        first = first ? first : r->notify_run_id;
    }
    cc_putc(&runs, ']');
    const char *list = cc_buf_text(&runs);
    if (err != CC_OK || !list)
        return err == CC_OK ? CC_E_UNAVAILABLE : err;
    if ((err = changed(&r->context, id)) != CC_OK)
        return err;
    return cc_db_run(cc_app_db(r->app), candidates_runs, .runs = list, GROUP_OF(r, id));
}

cc_err
cc_runs_start(cc_req *r)
{
    const cc_value *issue = cc_body_value(r, "issueId"), *candidates = cc_body_value(r, "candidates");
    const char     *source = cc_value_given(issue) ? "issue" : "workflow";
    cc_err          err = cc_run_prepare(&r->context, r->body);

    if (err != CC_OK)
        return err;
    return cc_value_given(candidates) ? group_start(r, source, candidates->i)
                                      : cc_run_insert(&r->context, source, r->body, r);
}

/* ---- chosen by a person ------------------------------------------------------------------------------- */

typedef struct candidate {
    char status[16], group_id[CC_ID_SIZE], group_status[16], chosen[CC_ID_SIZE], judge[CC_ID_SIZE]; /* "": none */
    char pr_status[16];
} candidate;

CC_ROW(candidate, status, group_id, group_status, chosen, judge, pr_status);
CC_QUERY(candidate_get, candidate,
         "SELECT r.status, coalesce(g.id, '') AS group_id, coalesce(g.status, '') AS group_status, "
         "coalesce(g.chosen_run_id, '') AS chosen, coalesce(g.judge_session_id, '') AS judge, "
         "coalesce(r.pr_status, '') AS pr_status FROM runs r LEFT JOIN candidate_groups g "
         "ON g.project_id = r.project_id AND g.mode = r.mode AND g.id = r.candidate_group_id "
         "WHERE r.project_id = :project_id AND r.mode = :mode AND r.id = :id",
         CC_RUN_PARAMS);
CC_STATEMENT(candidates_again,
             "UPDATE candidate_groups SET acts_for = :actor, error = NULL, error_code = NULL, error_params = NULL, "
             "updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :group_id",
             TEXT(actor), INT(now), GROUP_PARAMS);

static cc_err
may_choose(cc_req *r, const candidate *of)
{
    if (!*of->group_id)
        return cc_fail(r, CC_E_CONFLICT, NULL, "This run is no candidate.");
    if (strcmp(of->status, CC_RUN_COMPLETED) != 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be chosen; only a completed one can.", of->status);
    if (*of->chosen && strcmp(of->chosen, r->id) != 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "Another candidate was chosen, and a choice stands.");
    if (strcmp(of->group_status, CC_CANDIDATES_RUNNING) == 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "Other candidates are under way: wait for them, or cancel them.");
    return CC_OK;
}

/* It was chosen before: what its forge did not open is asked for once more. */
static cc_err
choose_again(cc_req *r, const candidate *of)
{
    bool   due;
    cc_err err;

    if (strcmp(of->pr_status, CC_PROPOSAL_NOT_OPENED) != 0)
        return CC_OK;
    err = cc_db_run(cc_app_db(r->app), candidates_again, .actor = cc_actor(&r->who), .now = r->now,
                    GROUP_OF(r, of->group_id));
    if (err == CC_OK)
        err = changed(&r->context, of->group_id);
    return err == CC_OK ? cc_proposal_choose(&r->context, of->group_id, r->id, &due) : err;
}

cc_err
cc_runs_choose(cc_req *r)
{
    candidate of;
    bool      made = false;
    char      status[16];
    cc_err    err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK ||
        (err = cc_db_get(cc_app_db(r->app), NULL, candidate_get, &of, CC_RUN_OF(r, r->id))) != CC_OK ||
        (err = may_choose(r, &of)) != CC_OK)
        return err;
    const cc_choice choice = {of.group_id, r->id, CC_CHOSEN_BY_PERSON, NULL};
    err = *of.chosen ? choose_again(r, &of) : cc_choice_make(&r->context, &choice, &made);
    if (err == CC_OK && !*of.chosen && !made)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "A %s group of candidates cannot be %s", of.group_status,
                      cc_state_refusal(&cc_candidates_states, "choose"));
    if (err == CC_OK && made && *of.judge)
        err = cc_run_cancel(&r->context, cc_strndup(r->arena, of.judge, strlen(of.judge)));
    if (err != CC_OK)
        return err;
    r->notify_run_id = r->id; /* wakes a worker */
    return cc_resource_show(r, &cc_runs, r->id);
}

/* ---- cancelled ---------------------------------------------------------------------------------------- */

typedef struct under_way {
    char id[CC_ID_SIZE];
} under_way;

typedef struct group_row {
    char        status[16], judge[CC_ID_SIZE];
    const char *run_ids;
} group_row;

CC_ROW(under_way, id);
CC_QUERY(candidates_under_way, under_way,
         "SELECT id FROM runs WHERE project_id = :project_id AND mode = :mode AND candidate_group_id = :group_id "
         "AND finished_at IS NULL",
         GROUP_PARAMS);
CC_ROW(group_row, status, judge, run_ids);
CC_QUERY(candidates_get, group_row,
         "SELECT status, coalesce(judge_session_id, '') AS judge, run_ids FROM candidate_groups "
         "WHERE project_id = :project_id AND mode = :mode AND id = :group_id",
         GROUP_PARAMS);
CC_STATEMENT(candidates_cancel,
             "UPDATE candidate_groups SET status = " CC_CANDIDATES_CANCEL_TO
             ", updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :group_id AND " CC_CANDIDATES_CANCEL_FROM,
             INT(now), GROUP_PARAMS);
CC_QUERY(candidates_issue, under_way,
         "UPDATE issues SET status = :status, updated_at = :now, version = version + 1 "
         "WHERE project_id = :project_id AND id = (SELECT issue_id FROM runs WHERE project_id = :project_id "
         "AND mode = :mode AND candidate_group_id = :group_id ORDER BY id LIMIT 1) RETURNING id",
         TEXT(status), INT(now), GROUP_PARAMS);

/* Of an issue nobody works on any more. */
static cc_err
issue_leave(cc_context *c, const char *group_id, const char *status)
{
    under_way issue;
    bool      found = false;
    cc_err    err = c->who.test ? CC_OK
                                : cc_db_find(cc_app_db(c->app), NULL, candidates_issue, &issue, &found, .status = status,
                                             .now = c->now, GROUP_OF(c, group_id));

    return err == CC_OK && found ? cc_changed(c->app, c->who.project_id, "", "issues.move", cc_span_of(issue.id)) : err;
}

/* All that is under way, the judge too. */
static cc_err
runs_cancel(cc_req *r, const group_row *group)
{
    const char *ids[CC_SESSION_RUNS + 1];
    int         count = 0;
    under_way   run;
    cc_rows     rows = cc_db_select(cc_app_db(r->app), candidates_under_way, &run, GROUP_OF(r, r->id));

    while (cc_rows_next(&rows) && count < CC_SESSION_RUNS)
        if (!(ids[count++] = cc_strndup(r->arena, run.id, strlen(run.id))))
            rows.err = CC_E_UNAVAILABLE;
    cc_err err = cc_rows_end(&rows);
    if (err == CC_OK && *group->judge && !(ids[count++] = cc_strndup(r->arena, group->judge, strlen(group->judge))))
        err = CC_E_UNAVAILABLE;
    for (int i = 0; i < count && err == CC_OK; i++)
        err = cc_run_cancel(&r->context, ids[i]);
    return err;
}

cc_err
cc_candidates_cancel(cc_req *r)
{
    cc_db    *db = cc_app_db(r->app);
    group_row was;
    int64_t   moved = 0;
    cc_err    err;

    if ((err = cc_db_get(db, r->arena, candidates_get, &was, GROUP_OF(r, r->id))) != CC_OK ||
        (err = cc_db_change(db, candidates_cancel, &moved, .now = r->now, GROUP_OF(r, r->id))) != CC_OK)
        return err;
    if (!moved && !cc_state_done(&cc_candidates_states, "cancel", was.status))
        return cc_fail(r, CC_E_CONFLICT, NULL, "A %s group of candidates cannot be %s", was.status,
                       cc_state_refusal(&cc_candidates_states, "cancel"));
    if (moved && ((err = runs_cancel(r, &was)) != CC_OK || (err = cc_proposal_drop(&r->context, r->id)) != CC_OK ||
                  (err = issue_leave(&r->context, r->id, CC_ISSUE_NEW)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_candidates, r->id);
}

/* ---- moved on ----------------------------------------------------------------------------------------- */

typedef struct group {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], acts_for[CC_ID_SIZE]; /* acts_for "": the operator */
    bool        test;
    const char *error; /* of a judge's session that is over; NULL: none */
} group;

#define GROUP_COLUMNS "g.project_id, CASE WHEN g.mode = 'test' THEN 1 ELSE 0 END AS test, g.id, g.acts_for"

CC_ROW(group, project_id, test, id, acts_for, error);
CC_QUERY_PLAIN(candidates_over, group,
               "SELECT " GROUP_COLUMNS ", NULL AS error FROM candidate_groups g WHERE g." CC_CANDIDATES_JUDGE_FROM
               " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.project_id = g.project_id AND r.mode = g.mode "
               "AND r.candidate_group_id = g.id AND r.finished_at IS NULL) LIMIT 1");
/* A judge that has chosen has moved its group on itself. */
CC_QUERY_PLAIN(candidates_unjudged, group,
               "SELECT " GROUP_COLUMNS ", r.error FROM candidate_groups g LEFT JOIN runs r "
               "ON r.project_id = g.project_id AND r.mode = g.mode AND r.id = g.judge_session_id "
               "WHERE g.status = '" CC_CANDIDATES_JUDGING "' AND (r.id IS NULL OR r.finished_at IS NOT NULL) LIMIT 1");
CC_QUERY(candidates_completed, under_way,
         "SELECT id FROM runs WHERE project_id = :project_id AND mode = :mode AND candidate_group_id = :group_id "
         "AND status = '" CC_RUN_COMPLETED "' ORDER BY id LIMIT :most",
         GROUP_PARAMS, INT(most));
CC_STATEMENT(candidates_judge,
             "UPDATE candidate_groups SET status = " CC_CANDIDATES_JUDGE_TO
             ", judge_session_id = :judge, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :group_id AND " CC_CANDIDATES_JUDGE_FROM,
             TEXT(judge), INT(now), GROUP_PARAMS);
CC_STATEMENT(candidates_fail,
             "UPDATE candidate_groups SET status = :status, " CC_REASON_SET(
                 "error") ", updated_at = :now, version = version + 1 "
                          "WHERE project_id = :project_id AND mode = :mode AND id = :group_id "
                          "AND " CC_CANDIDATES_JUDGE_FROM,
             TEXT(status), CC_REASON_PARAMS, INT(now), GROUP_PARAMS);

/* In its project and mode, on nobody's behalf so far. */
static void
look_at(cc_context *c, const group *g)
{
    cc_copy_id(c->who.project_id, g->project_id);
    c->who.test = g->test;
}

/* CONFLICT: another worker has moved it; nothing of what this one did shall stay. */
static cc_err
moved_or_conflict(cc_err err, bool moved)
{
    return err == CC_OK && !moved ? CC_E_CONFLICT : err;
}

static cc_err
doubt(cc_context *c, const group *g, const cc_reason *why)
{
    bool   moved = false;
    cc_err err = cc_choice_doubt(c, g->id, why, &moved);

    return moved_or_conflict(err, moved);
}

static cc_err
fail(cc_context *c, const group *g)
{
    const cc_reason *why = cc_reason_plain(c->arena, CC_REASON_CANDIDATES_NONE);
    int64_t          moved = 0;
    cc_err err = cc_db_change(cc_app_db(c->app), candidates_fail, &moved, .status = CC_CANDIDATES_FAIL_TO_NAME,
                              CC_THE_REASON(why), .now = c->now, GROUP_OF(c, g->id));

    if ((err = moved_or_conflict(err, moved > 0)) == CC_OK)
        err = changed(c, g->id);
    return err == CC_OK ? issue_leave(c, g->id, CC_ISSUE_FAILED) : err;
}

/* The runs that have completed, as a list; *only: one of them. */
static cc_err
completed_find(cc_context *c, const group *g, const cc_json **runs, int64_t *count, char only[CC_ID_SIZE])
{
    const char *why;
    under_way   run;
    cc_buf      b;
    cc_rows     rows =
        cc_db_select(cc_app_db(c->app), candidates_completed, &run, GROUP_OF(c, g->id), .most = CC_SESSION_RUNS);

    *count = 0;
    cc_buf_init(&b, c->arena);
    while (cc_rows_next(&rows)) {
        cc_putf(&b, "%s\"%s\"", (*count)++ ? "," : "[", run.id);
        cc_copy_id(only, run.id);
    }
    cc_puts(&b, *count ? "]" : "[]");
    cc_err err = cc_rows_end(&rows);
    if (err != CC_OK)
        return err;
    const char *list = cc_buf_text(&b);
    return list ? cc_json_parse(c->arena, list, b.size, runs, &why) : CC_E_UNAVAILABLE;
}

static cc_err
judge(cc_context *c, const group *g, const cc_json *runs)
{
    const char *session = NULL;
    int64_t     moved = 0;
    cc_err      err = cc_session_judge(c, runs, &session);

    if (c->reason) /* a budget is spent */
        return doubt(c, g, c->reason);
    if (err != CC_OK && err != CC_E_UNAVAILABLE) /* it will not start the next time either; nothing is written so far */
        return doubt(c, g, cc_reason_new(c->arena, JUDGE_NAMED_NONE, .detail = c->message));
    if (err != CC_OK)
        return err;
    err =
        cc_db_change(cc_app_db(c->app), candidates_judge, &moved, .judge = session, .now = c->now, GROUP_OF(c, g->id));
    err = moved_or_conflict(err, moved > 0);
    return err == CC_OK ? changed(c, g->id) : err;
}

/* All its runs are over. */
static cc_err
decide(cc_context *c, const void *row)
{
    const group   *g = row;
    const cc_json *runs;
    char           only[CC_ID_SIZE] = "";
    int64_t        count;
    bool           made = false;
    cc_err         err;

    look_at(c, g);
    if ((err = completed_find(c, g, &runs, &count, only)) != CC_OK)
        return err;
    if (!count)
        return fail(c, g);
    err = cc_acting_as(c, g->project_id, g->acts_for, g->test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_E_FORBIDDEN && c->reason)
        return doubt(c, g, c->reason);
    if (err != CC_OK || count > 1)
        return err == CC_OK ? judge(c, g, runs) : err;
    const cc_choice choice = {g->id, only, CC_CHOSEN_AS_ONLY, NULL};
    err = cc_choice_make(c, &choice, &made);
    return moved_or_conflict(err, made);
}

/* Its judge has ended without a choice. */
static cc_err
give_up(cc_context *c, const void *row)
{
    const group *g = row;

    look_at(c, g);
    return doubt(c, g, cc_reason_new(c->arena, JUDGE_NAMED_NONE, .detail = g->error));
}

static cc_err
over_find(cc_context *c, void *g, bool *found)
{
    return cc_db_find(cc_app_db(c->app), c->arena, candidates_over, (group *)g, found, CC_NO_ARGS);
}

static cc_err
unjudged_find(cc_context *c, void *g, bool *found)
{
    return cc_db_find(cc_app_db(c->app), c->arena, candidates_unjudged, (group *)g, found, CC_NO_ARGS);
}

bool
cc_candidates_continue(cc_app *app)
{
    const cc_due over = {sizeof(group), over_find, decide}, unjudged = {sizeof(group), unjudged_find, give_up};
    const bool   any = cc_due_each(app, &over);

    return cc_due_each(app, &unjudged) || any;
}
