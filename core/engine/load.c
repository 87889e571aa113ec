/*
 * What a slot knows of its run before the first step: the rows of run, steps, issue, project.
 */
#include "context/settings.h"
#include "engine/git.h"
#include "engine/load.h"
#include "engine/turn.h"

typedef struct step_row {
    int         position, iteration, attempt;
    char        status[16], verdict[16];
    const char *output, *error_code, *error_params;
} step_row;

typedef struct run_row {
    int64_t     number, rounds, worked_ms, draft;
    const char *name, *task, *steps, *issue_id, *repository, *branch, *base, *workflow, *source, *head, *checkpoint,
        *documents;
} run_row;

typedef struct start_row {
    const char *candidates;  /* NULL: it is no candidate */
    const char *traceparent; /* NULL: there was none */
} start_row;

typedef struct session_row {
    const char *kind, *subjects;
} session_row;

/* "" is as good as none, everywhere here. */
CC_ROW(step_row, position, iteration, attempt, status, verdict, output, error_code, error_params);
CC_QUERY(steps_load, step_row,
         "SELECT position, iteration, attempt, status, verdict, nullif(output, '') AS output, "
         "error_code, error_params FROM run_steps "
         "WHERE project_id = :project_id AND run_id = :run_id ORDER BY iteration, position",
         TEXT(project_id), TEXT(run_id));
CC_ROW(run_row, number, name, task, steps, issue_id, repository, branch, base, draft, rounds, worked_ms, workflow,
       source, head, checkpoint, documents);
CC_QUERY(
    run_load, run_row,
    "SELECT run_number AS number, name, nullif(prompt, '') AS task, steps, issue_id, "
    "nullif(github_repo_url, '') AS repository, nullif(branch_name, '') AS branch, base_branch AS base, draft, max_iterations AS rounds, "
    "worked_ms, workflow_name AS workflow, source, head_commit AS head, checkpoint_id AS checkpoint, documents FROM runs "
    "WHERE project_id = :project_id AND mode = :mode AND id = :id",
    CC_RUN_PARAMS);
CC_ROW(start_row, candidates, traceparent);
CC_QUERY(start_load, start_row,
         "SELECT candidate_group_id AS candidates, traceparent FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);
CC_ROW(session_row, kind, subjects);
CC_QUERY(session_load, session_row,
         "SELECT session_kind AS kind, coalesce(session_runs, session_questions, '[]') AS subjects FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);

/* Why a step failed, as its row says it. */
static const cc_reason *
reason_of(cc_slot *s, const step_row *row, const char *output)
{
    const cc_reason_code code = row->error_code ? cc_reason_find(row->error_code) : CC_REASON_NONE;
    cc_reason           *why = cc_alloc(s->arena, sizeof(*why));

    if (why && code != CC_REASON_NONE && row->error_params)
        *why = (cc_reason){code, output, cc_strndup(s->arena, row->error_params, strlen(row->error_params))};
    return why && why->text && why->params ? why : cc_reason_new(s->arena, AGENT_SAYS, .detail = output);
}

static cc_err
load_rows(cc_slot *s)
{
    step_row row;
    cc_rows  rows =
        cc_db_select(cc_app_db(s->w->app), steps_load, &row, .project_id = s->lease.project_id, .run_id = s->lease.id);

    while (cc_rows_next(&rows)) {
        cc_plan_row r = {
            .position = row.position,
            .iteration = row.iteration,
            .attempt = row.attempt,
            .completed = strcmp(row.status, CC_STEP_COMPLETED) == 0,
            .failed = strcmp(row.status, CC_STEP_FAILED) == 0,
            .verdict = strcmp(row.verdict, "pass") == 0   ? 1
                       : strcmp(row.verdict, "fail") == 0 ? -1
                                                          : 0,
            .output = row.output ? cc_strndup(s->arena, row.output, strlen(row.output)) : NULL,
        };
        if (r.failed)
            r.reason = reason_of(s, &row, r.output);
        s->begun |= strcmp(row.status, CC_STEP_RUNNING) == 0;
        if (row.output && !r.output)
            rows.err = CC_E_UNAVAILABLE;
        else
            rows.err = cc_plan_note(&s->plan, &r);
    }
    return cc_rows_end(&rows);
}

/* Of a session each step checks: its answer fits or not. */
static cc_err
load_session(cc_slot *s)
{
    const cc_json *subjects;
    const char    *why;
    session_row    row;
    cc_err         err;

    s->session = NULL;
    s->subjects = 0;
    if (strcmp(s->source, CC_SESSION_SOURCE) != 0)
        return CC_OK;
    if ((err = cc_db_get(cc_app_db(s->w->app), s->arena, session_load, &row, CC_THE_RUN(s->lease))) != CC_OK)
        return err;
    if (!row.kind || !(s->session = cc_session_kind_find(row.kind)))
        return CC_E_INTERNAL;
    if ((err = cc_json_parse(s->arena, row.subjects, strlen(row.subjects), &subjects, &why)) != CC_OK)
        return err;
    for (const cc_json *j = cc_json_first(subjects); j; j = cc_json_next(j))
        s->subjects++;
    for (int i = 0; i < s->plan.count; i++)
        s->plan.steps[i].checks = true;
    return CC_OK;
}

static cc_err
load_start(cc_slot *s)
{
    start_row row;
    cc_err    err = cc_db_get(cc_app_db(s->w->app), s->arena, start_load, &row, CC_THE_RUN(s->lease));

    s->group = err == CC_OK ? row.candidates : NULL;
    s->traceparent = err == CC_OK ? row.traceparent : NULL;
    return err;
}

static cc_err
load_project(cc_slot *s)
{
    cc_err err = cc_run_project_load(s->w->app, s->arena, s->lease.project_id, &s->project);

    if (err != CC_OK)
        return err;
    if (!s->repository)
        s->repository = s->project.repository;
    err = cc_mask_make(s->arena, s->project.environment, &s->mask);
    return err == CC_OK ? cc_git_mask(s) : err;
}

cc_err
cc_slot_load(cc_slot *s)
{
    run_row     run;
    const char *why;
    cc_err      err = cc_db_get(cc_app_db(s->w->app), s->arena, run_load, &run, CC_THE_RUN(s->lease));

    if (err != CC_OK)
        return err;
    s->number = run.number;
    s->name = run.name;
    s->task = (cc_task){.asked = run.task};
    s->issue_id = run.issue_id;
    s->repository = run.repository;
    s->branch = run.branch;
    s->base = run.base;
    s->draft = run.draft != 0;
    s->workflow = run.workflow;
    s->source = run.source;
    s->head = run.head;
    s->checkpoint = run.checkpoint;
    s->test = strcmp(s->lease.mode, "test") == 0;
    if ((err = cc_json_parse(s->arena, run.documents, strlen(run.documents), &s->documents, &why)) == CC_OK &&
        (err = cc_plan_read(s->arena, run.steps, strlen(run.steps), run.rounds, &s->plan)) == CC_OK &&
        (err = cc_turn_load(s)) == CC_OK && (err = load_session(s)) == CC_OK && (err = load_start(s)) == CC_OK &&
        (s->turn.is_one || (err = load_rows(s)) == CC_OK) &&
        (err = cc_task_load(s->w->app, s->arena, s->lease.project_id, s->issue_id, &s->task)) == CC_OK)
        err = load_project(s);
    s->noted_at = cc_app_monotonic(s->w->app);
    s->run_by = s->noted_at + cc_setting_int(s->w->app, CC_SETTING_runTimeoutSeconds) * 1000 - run.worked_ms;
    return err;
}
