/*
 * One slot: a run from the moment it is taken to the moment it ends, or is somebody else's.
 *
 * A state machine that the worker moves on.  Whatever it wants to change goes through write_out: one transaction with
 * the events so far, the step's row and perhaps the run's end, which begins with the statement that asks whether the
 * run is still ours.  When storage is busy nothing has happened and the same is tried again a little later; when the
 * run is not ours any more, the slot kills what runs in it and forgets the run without another word.
 *
 * A pause takes effect between steps: the slot gives the run back, and any worker takes it up when it is resumed.
 * Freezing an agent in the middle would break its connections.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/settings.h"
#include "engine/conversation.h"
#include "engine/git.h"
#include "engine/prompt.h"
#include "engine/push.h"
#include "engine/reason.h"
#include "engine/transcript.h"
#include "gate/environment.h"

enum {
    EVENTS_MAX = 4 * 1024 * 1024, /* of what a run's agents say, as events; transcript.c has all of it */
    TALK_MS = 10,                 /* until a pipe that is full is tried again */
    FLUSH_MS = 50,
    FLUSH_COUNT = 500,
    JOURNAL_MOST = 16 * 1024 * 1024, /* with storage away: then output waits in the pipe */
    READ_SIZE = 64 * 1024,
    READS = 8, /* before it is another slot's turn */
    TEXT_LINE_MAX = 64 * 1024,
    JSON_LINE_MAX = 32 * 1024 * 1024,
    BEFORE_JSON = 256, /* so much text may stand before an object that is long */
    RETRY_MS = 200,
    HAND_BACK_MS = 5000,
    SILENCE_MS = 120000,    /* of an agent, until it is told; then after as long again, and so on */
    RESULT_GRACE_MS = 5000, /* for an agent that has said its result to end by itself */
};

/* What write_out does beside events. */
enum { STEP_FINISH = 1, STEP_BEGIN = 2, RUN_COMPLETE = 4, RUN_FAIL = 8, RUN_CANCEL = 16, STEP_INTERRUPT = 32 };

/* ---- coming and going ----------------------------------------------------------------------------- */

cc_slot *
cc_slot_new(cc_worker *w)
{
    cc_slot *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->w = w;
    s->lock = s->talk_fd = -1;
    cc_process_clear(&s->process);
    cc_process_clear(&s->gauge);
    cc_checkpoint_forget(s);
    s->arena = cc_arena_new();
    s->step = cc_arena_new();
    s->scratch = cc_arena_new();
    if (cc_journal_open(&s->journal, cc_app_clock(w->app)) != CC_OK || !s->arena || !s->step || !s->scratch) {
        cc_slot_free(s);
        return NULL;
    }
    return s;
}

static void
talk_close(cc_slot *s)
{
    if (s->talk_fd >= 0)
        close(s->talk_fd);
    s->talk_fd = -1;
}

/* As much as its pipe takes.  When all is said it hears the end. */
static void
talk_on(cc_slot *s)
{
    cc_talk *t = &s->talk;

    while (s->talk_fd >= 0 && t->written < t->out.size) {
        ssize_t n = write(s->talk_fd, t->out.data + t->written, t->out.size - t->written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) /* it no longer listens: how it ends tells more */
            talk_close(s);
        else
            t->written += (size_t)n;
    }
    t->out.size = t->written = 0;
    if (t->over || t->out.failed)
        talk_close(s);
}

static void
process_forget(cc_slot *s)
{
    cc_process_close(&s->process);
    talk_close(s);
    cc_transcript_close(s);
    cc_slot_cgroup_remove(s);
    cc_process_close(&s->gauge);
    s->out.size = s->err.size = 0;
}

void
cc_slot_free(cc_slot *s)
{
    if (!s)
        return;
    cc_process_kill(&s->process);
    process_forget(s);
    cc_mirror_unlock(s);
    cc_checkpoint_forget(s);
    free(s->out.data);
    free(s->err.data);
    if (s->journal.arena)
        cc_journal_close(&s->journal);
    cc_arena_free(s->arena);
    cc_arena_free(s->step);
    cc_arena_free(s->scratch);
    free(s);
}

bool
cc_slot_idle(const cc_slot *s)
{
    return s->phase == CC_PHASE_IDLE;
}

cc_lease *
cc_slot_lease(cc_slot *s)
{
    return &s->lease;
}

static void
become_idle(cc_slot *s)
{
    cc_mirror_unlock(s);
    cc_checkpoint_forget(s);
    cc_workspace_leader(s, 0);
    s->phase = CC_PHASE_IDLE;
    s->leave = CC_LEAVE_NO;
    cc_journal_clear(&s->journal);
    cc_arena_reset(s->step);
    cc_arena_reset(s->scratch);
    cc_arena_reset(s->arena);
    s->root = NULL;
}

/* ---- loading -------------------------------------------------------------------------------------- */

#define RUN_PARAMS TEXT(project_id), TEXT(mode), TEXT(id)
#define THE_RUN(hold) .project_id = (hold).project_id, .mode = (hold).mode, .id = (hold).id

typedef struct step_row {
    int         position, iteration, attempt;
    char        status[16], verdict[16];
    const char *output;
} step_row;

typedef struct project_row {
    const char *repository, *system, *agent, *model, *git_name, *git_email;
    cc_bytes    env_vars;
} project_row;

typedef struct run_row {
    int64_t     number, rounds, worked_ms;
    const char *name, *task, *steps, *issue_id, *repository, *branch, *workflow, *source, *head, *checkpoint;
} run_row;

/* "" is as good as none, everywhere here. */
CC_ROW(step_row, position, iteration, attempt, status, verdict, output);
CC_QUERY(steps_load, step_row,
         "SELECT position, iteration, attempt, status, verdict, nullif(output, '') AS output FROM run_steps "
         "WHERE project_id = :project_id AND run_id = :run_id ORDER BY iteration, position",
         TEXT(project_id), TEXT(run_id));
CC_ROW(project_row, repository, system, agent, model, git_name, git_email, env_vars);
CC_QUERY(project_load, project_row,
         "SELECT nullif(p.github_repo_url, '') AS repository, nullif(s.system_prompt, '') AS system, "
         "nullif(s.default_agent, '') AS agent, nullif(s.default_model, '') AS model, "
         "nullif(s.git_commit_name, '') AS git_name, nullif(s.git_commit_email, '') AS git_email, s.env_vars "
         "FROM projects p LEFT JOIN project_settings s ON s.project_id = p.project_id "
         "WHERE p.project_id = :project_id",
         TEXT(project_id));
CC_ROW(run_row, number, name, task, steps, issue_id, repository, branch, rounds, worked_ms, workflow, source, head,
       checkpoint);
CC_QUERY(run_load, run_row,
         "SELECT run_number AS number, name, nullif(prompt, '') AS task, steps, issue_id, "
         "nullif(github_repo_url, '') AS repository, nullif(branch_name, '') AS branch, max_iterations AS rounds, "
         "worked_ms, workflow_name AS workflow, source, head_commit AS head, checkpoint_id AS checkpoint FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         RUN_PARAMS);

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
        s->begun |= strcmp(row.status, CC_STEP_RUNNING) == 0;
        if (row.output && !r.output)
            rows.err = CC_E_UNAVAILABLE;
        else
            rows.err = cc_plan_note(&s->plan, &r);
    }
    return cc_rows_end(&rows);
}

static cc_err
load_project(cc_slot *s)
{
    project_row p;
    cc_err      err = cc_db_get(cc_app_db(s->w->app), s->arena, project_load, &p, .project_id = s->lease.project_id);

    if (err != CC_OK)
        return err;
    if (!s->repository)
        s->repository = p.repository;
    s->system = p.system;
    s->project_agent = p.agent;
    s->project_model = p.model;
    s->git_name = p.git_name;
    s->git_email = p.git_email;
    err = cc_environment_open(s->w->app, s->arena, s->lease.project_id, p.env_vars.data, p.env_vars.size,
                              &s->environment);
    if (err == CC_OK)
        err = cc_mask_make(s->arena, s->environment, &s->mask);
    return err == CC_OK ? cc_git_mask(s) : err;
}

typedef struct issue_row {
    const char *title, *url, *text;
} issue_row;

CC_ROW(issue_row, title, url, text);
CC_QUERY(issue_load, issue_row,
         "SELECT title, nullif(source_url, '') AS url, nullif(description, '') AS text FROM issues "
         "WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* One that was deleted leaves the run to its own words. */
static cc_err
load_issue(cc_slot *s)
{
    issue_row issue;
    bool      found = false;
    cc_err    err = CC_OK;

    if (s->issue_id)
        err = cc_db_find(cc_app_db(s->w->app), s->arena, issue_load, &issue, &found, .project_id = s->lease.project_id,
                         .id = s->issue_id);
    if (err == CC_OK && found)
        s->task = (cc_task){.title = issue.title, .url = issue.url, .text = issue.text, .asked = s->task.asked};
    return err;
}

static cc_err
load(cc_slot *s)
{
    run_row run;
    cc_err  err = cc_db_get(cc_app_db(s->w->app), s->arena, run_load, &run, THE_RUN(s->lease));

    if (err != CC_OK)
        return err;
    s->number = run.number;
    s->name = run.name;
    s->task = (cc_task){.asked = run.task};
    s->issue_id = run.issue_id;
    s->repository = run.repository;
    s->branch = run.branch;
    s->workflow = run.workflow;
    s->source = run.source;
    s->head = run.head;
    s->checkpoint = run.checkpoint;
    s->test = strcmp(s->lease.mode, "test") == 0;
    if ((err = cc_plan_read(s->arena, run.steps, strlen(run.steps), run.rounds, &s->plan)) == CC_OK &&
        (err = load_rows(s)) == CC_OK && (err = load_issue(s)) == CC_OK)
        err = load_project(s);
    s->noted_at = cc_app_monotonic(s->w->app);
    s->run_by = s->noted_at + cc_setting_int(s->w->app, CC_SETTING_runTimeoutSeconds) * 1000 - run.worked_ms;
    return err;
}

/* ---- who takes a step ----------------------------------------------------------------------------- */

typedef struct assignee {
    const cc_agent *agent;
    const char     *model, *effort, *persona, *instructions;
} assignee;

typedef struct persona_row {
    const char *name, *agent, *model, *effort, *instructions;
} persona_row;

CC_ROW(persona_row, name, agent, model, effort, instructions);
CC_QUERY(persona_load, persona_row,
         "SELECT name, nullif(agent, '') AS agent, nullif(model, '') AS model, thinking_effort AS effort, "
         "nullif(instructions, '') AS instructions FROM personas WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* One that was deleted leaves the step to the project's agent. */
static cc_err
persona_take(cc_slot *s, cc_arena *a, const char *id, assignee *t, const char **agent)
{
    persona_row p;
    bool        found;
    cc_err      err =
        cc_db_find(cc_app_db(s->w->app), a, persona_load, &p, &found, .project_id = s->lease.project_id, .id = id);

    if (err == CC_OK && found) {
        *t = (assignee){.model = p.model, .effort = p.effort, .persona = p.name, .instructions = p.instructions};
        *agent = p.agent;
    }
    return err;
}

/* The step's own word, else the persona's, else the project's, else the first agent that is installed. */
static cc_err
resolve(cc_slot *s, cc_arena *a, const cc_plan_step *step, assignee *t)
{
    const char *name = NULL, *why;
    cc_err      err = CC_OK;

    *t = (assignee){0};
    if (step->persona_id && (err = persona_take(s, a, step->persona_id, t, &name)) != CC_OK)
        return err;
    if (step->agent)
        name = step->agent;
    if (step->model)
        t->model = step->model;
    if (s->test)
        name = "rehearsal";
    if (!name)
        name = s->project_agent;
    if (!t->model)
        t->model = s->project_model;
    t->agent = name ? cc_agent_find(s->w->app, a, name) : cc_agent_any(s->w->app, a);
    if (t->agent)
        return CC_OK;
    why = name ? cc_printf(a, "There is no agent '%s' (step \"%s\").", name, step->label)
               : "No agent is installed on the worker's machine, and neither step, persona nor project names one.  "
                 "Install one with: npm install -g @anthropic-ai/claude-code";
    cc_slot_fail(s, why ? why : "There is not enough memory.");
    return CC_OK;
}

/* Before the first step: everybody who will be needed must be there. */
static cc_err
agents_check(cc_slot *s)
{
    char     why[512];
    assignee t;
    cc_err   err = CC_OK;

    for (int i = 0; i < s->plan.count && err == CC_OK && !s->failure; i++)
        if ((err = resolve(s, s->scratch, &s->plan.steps[i], &t)) == CC_OK && t.agent && !t.agent->rehearsal &&
            !cc_agent_program(t.agent, s->scratch, why, sizeof(why)))
            cc_slot_fail(s, why);
    cc_arena_reset(s->scratch);
    return err;
}

/* ---- writing -------------------------------------------------------------------------------------- */

typedef struct noted {
    int64_t    last_seq;
    cc_control control;
} noted;

/* A step that names no price makes what the run has cost unknown, unless another named one. */
#define RUN_COST                                                                                                       \
    "cost_nano = CASE WHEN :priced = 1 THEN coalesce(cost_nano, 0) + :cost "                                           \
    "WHEN :unpriced = 1 AND cost_nano = 0 THEN NULL ELSE cost_nano END"

CC_ROW(noted, last_seq, control.mine, control.cancelling, control.paused, control.stop, control.cancel_by);
CC_QUERY(run_note, noted,
         "UPDATE runs SET lease_until = :lease_until, last_progress_at = :now, updated_at = :now, "
         "last_seq = last_seq + :events, " RUN_COST ", current_step_label = :label, "
         "current_step_progress = :progress, current_iteration = :iteration, "
         "branch_name = coalesce(:branch, branch_name), worked_ms = worked_ms + :worked_ms, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker "
         "AND " CC_RUN_HELD " RETURNING last_seq, " CC_CONTROL_COLUMNS,
         INT(lease_until), INT(now), INT(events), INT(priced), INT(cost), INT(unpriced), TEXT(label), REAL(progress),
         INT(iteration), TEXT(branch), INT(worked_ms), RUN_PARAMS, TEXT(worker));
CC_STATEMENT(step_begin,
             "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, "
             "started_at, attempt, isolation, persona_id) VALUES (:project_id, :run_id, :position, :iteration, :label, "
             ":role, " CC_STEP_BEGIN_TO
             ", :agent, :model, :now, :attempt, :isolation, (SELECT f.persona_id FROM run_steps f "
             "WHERE f.project_id = :project_id AND f.run_id = :run_id AND f.iteration = 1 AND f.position = :position)) "
             "ON CONFLICT (project_id, run_id, iteration, position) DO UPDATE SET status = " CC_STEP_BEGIN_TO ", "
             "agent = excluded.agent, model = excluded.model, started_at = excluded.started_at, "
             "attempt = excluded.attempt, "
             "isolation = excluded.isolation, finished_at = NULL, exit_code = NULL, verdict = NULL, output = NULL",
             TEXT(project_id), TEXT(run_id), INT(position), INT(iteration), TEXT(label), TEXT(role), TEXT(agent),
             TEXT(model), INT(now), INT(attempt), TEXT(isolation));
/* tokens -1: they were not counted */
#define STEP_PAID                                                                                                      \
    "input_tokens = nullif(:input_tokens, -1), output_tokens = nullif(:output_tokens, -1), "                           \
    "cost_nano = CASE WHEN :priced = 1 THEN coalesce(cost_nano, 0) + :cost ELSE cost_nano END, "                       \
    "model = coalesce(:model, model), session = coalesce(:session, session)"
CC_STATEMENT(step_paid,
             "UPDATE run_steps SET " STEP_PAID " "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             INT(input_tokens), INT(output_tokens), INT(priced), INT(cost), TEXT(model), TEXT(session),
             TEXT(project_id), TEXT(run_id), INT(iteration), INT(position));
CC_STATEMENT(step_finish,
             "UPDATE run_steps SET status = :status, finished_at = :now, exit_code = :code, " STEP_PAID
             ", verdict = :verdict, output = :output "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             TEXT(status), INT(now), INT(code), INT(input_tokens), INT(output_tokens), INT(priced), INT(cost),
             TEXT(model), TEXT(session), TEXT(verdict), TEXT(output), TEXT(project_id), TEXT(run_id), INT(iteration),
             INT(position));
CC_STATEMENT(issue_move,
             "UPDATE issues SET status = :status, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id",
             TEXT(status), INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(run_verdict,
             "UPDATE runs SET verdict = :verdict "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(verdict), RUN_PARAMS, TEXT(worker));
CC_STATEMENT(run_pull,
             "UPDATE runs SET pr_status = :status, pr_url = :url, pr_number = nullif(:number, 0), "
             "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(status), TEXT(url), INT(number), RUN_PARAMS, TEXT(worker));

/* How much of its step is done, 0 to 1; NAN: nobody can tell. */
static double
progress(const cc_slot *s, int deeds)
{
    if (deeds & STEP_BEGIN)
        return 0;
    if (deeds & STEP_FINISH)
        return 1;
    if (s->phase == CC_PHASE_REHEARSAL && s->rehearsal.lines)
        return (double)s->rehearsal.emitted / (double)s->rehearsal.lines;
    return NAN;
}

static cc_err
note(cc_slot *s, int deeds, int64_t *seq)
{
    const cc_plan_step *step = s->position < s->plan.count ? &s->plan.steps[s->position] : NULL;
    int64_t             now = cc_app_now(s->w->app);
    noted               row = {0};
    bool                mine;
    cc_err              err = cc_db_find(cc_app_db(s->w->app), NULL, run_note, &row, &mine,
                                         .lease_until = now + cc_setting_int(s->w->app, CC_SETTING_leaseSeconds) * 1000, .now = now,
                                         .events = (int64_t)s->journal.count, .cost = s->cost, .priced = s->priced,
                                         .unpriced = s->unpriced, .label = step ? step->label : NULL,
                                         .progress = step ? progress(s, deeds) : NAN, .iteration = step ? s->iteration : 0,
                                         .branch = s->new_branch, .worked_ms = cc_app_monotonic(s->w->app) - s->noted_at,
                                         THE_RUN(s->lease), .worker = s->lease.worker);

    if (err == CC_OK) {
        *seq = row.last_seq;
        s->control = row.control;
    }
    return err;
}

static cc_err
step_begin(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];

    return cc_db_run(cc_app_db(s->w->app), step_begin, .project_id = s->lease.project_id, .run_id = s->lease.id,
                     .position = s->position, .iteration = s->iteration, .label = step->label, .role = step->role,
                     .agent = s->agent ? s->agent->name : NULL, .model = s->model, .now = cc_app_now(s->w->app),
                     .attempt = s->attempt,
                     .isolation = s->agent->rehearsal ? NULL
                                  : s->w->sandbox     ? "sandbox"
                                                      : "off");
}

static const char *
said_or_null(const char *text)
{
    return *text ? text : NULL;
}

/* What a step that is interrupted has cost so far. */
static cc_err
step_paid(cc_slot *s)
{
    const cc_step_result *result = &s->result;

    return cc_db_run(cc_app_db(s->w->app), step_paid, .input_tokens = result->counted ? result->input_tokens : -1,
                     .output_tokens = result->counted ? result->output_tokens : -1, .cost = result->cost_nano,
                     .priced = result->priced, .model = said_or_null(result->model),
                     .session = said_or_null(result->session), .project_id = s->lease.project_id, .run_id = s->lease.id,
                     .iteration = s->iteration, .position = s->position);
}

static cc_err
step_finish(cc_slot *s)
{
    const cc_plan_row    *row = cc_slot_row(s);
    const cc_step_result *result = &s->result;
    cc_err                err = cc_checkpoint_note(s);

    if (err != CC_OK)
        return err;
    return cc_db_run(
        cc_app_db(s->w->app), step_finish, .status = row->failed ? CC_STEP_FAILED : CC_STEP_COMPLETED,
        .now = cc_app_now(s->w->app), .code = s->code, .input_tokens = result->counted ? result->input_tokens : -1,
        .output_tokens = result->counted ? result->output_tokens : -1, .cost = result->cost_nano,
        .priced = result->priced, .model = said_or_null(result->model), .session = said_or_null(result->session),
        .verdict = row->verdict > 0   ? "pass"
                   : row->verdict < 0 ? "fail"
                                      : NULL,
        .output = row->output, .project_id = s->lease.project_id, .run_id = s->lease.id, .iteration = s->iteration,
        .position = s->position);
}

static cc_err
issue_move(cc_slot *s, const char *status)
{
    if (!s->issue_id || s->test)
        return CC_OK;
    return cc_db_run(cc_app_db(s->w->app), issue_move, .status = status, .now = cc_app_now(s->w->app),
                     .project_id = s->lease.project_id, .id = s->issue_id);
}

static const char *
verdict_word(int verdict)
{
    return verdict > 0 ? "pass" : verdict < 0 ? "fail" : NULL;
}

static cc_err
verdict_write(cc_slot *s)
{
    return cc_db_run(cc_app_db(s->w->app), run_verdict, .verdict = verdict_word(cc_plan_verdict(&s->plan)),
                     THE_RUN(s->lease), .worker = s->lease.worker);
}

static cc_err
pull_write(cc_slot *s)
{
    if (!s->pull_url)
        return CC_OK;
    return cc_db_run(cc_app_db(s->w->app), run_pull, .status = s->pull_status, .url = s->pull_url,
                     .number = s->pull_number, THE_RUN(s->lease), .worker = s->lease.worker);
}

static cc_err
changes_apply(cc_slot *s, int deeds, bool *moved)
{
    cc_app *app = s->w->app;
    cc_err  err = CC_OK;

    *moved = false;
    if (err == CC_OK && (deeds & STEP_FINISH))
        err = step_finish(s);
    if (err == CC_OK && (deeds & STEP_INTERRUPT))
        err = step_paid(s);
    if (err == CC_OK && (deeds & STEP_BEGIN))
        err = step_begin(s);
    if (err == CC_OK && (deeds & STEP_BEGIN) && s->position == 0 && s->iteration == 1)
        err = issue_move(s, CC_ISSUE_BEGIN_TO_NAME);
    if (err == CC_OK && (deeds & (RUN_COMPLETE | RUN_FAIL)))
        err = pull_write(s);
    if (err == CC_OK && (deeds & (RUN_COMPLETE | RUN_FAIL)))
        err = cc_push_write(s);
    if (err == CC_OK && (deeds & RUN_COMPLETE))
        err = verdict_write(s);
    if (err == CC_OK && (deeds & RUN_COMPLETE))
        err = cc_lease_end(app, &s->lease, CC_RUN_RUNNING, CC_RUN_COMPLETED, NULL, moved);
    if (err == CC_OK && (deeds & RUN_FAIL))
        err = cc_lease_end(app, &s->lease, CC_RUN_RUNNING, CC_RUN_FAILED, s->failure, moved);
    if (err == CC_OK && (deeds & RUN_CANCEL))
        err = cc_lease_end(app, &s->lease, CC_RUN_CANCELLING, CC_RUN_CANCELLED, NULL, moved);
    if (err == CC_OK && *moved)
        err = issue_move(s, deeds & RUN_CANCEL                                  ? CC_ISSUE_NEW
                            : deeds & RUN_FAIL || cc_plan_verdict(&s->plan) < 0 ? CC_ISSUE_FAILED
                                                                                : CC_ISSUE_COMPLETED);
    return err;
}

/*
 * All in one transaction.  CC_E_UNAVAILABLE: nothing was written, try again; CC_OK with standing.mine false: the run is
 * lost, nothing was written either.  *moved: the run has ended.
 */
static cc_err
write_out(cc_slot *s, int deeds, bool *moved)
{
    cc_db  *db = cc_app_db(s->w->app);
    int64_t seq = 0;
    cc_err  err;

    *moved = false;
    if (s->journal.failed)
        cc_log(s->w->app, "run %s: events were lost, there is not enough memory", s->lease.id);
    if ((err = cc_tx_begin(db)) == CC_OK && (err = note(s, deeds, &seq)) == CC_OK && s->control.mine &&
        (err = cc_journal_insert(&s->journal, s->w->app, &s->lease, seq)) == CC_OK)
        err = changes_apply(s, deeds, moved);
    err = cc_tx_end(db, err);
    *moved = *moved && err == CC_OK;
    if (err != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + RETRY_MS;
        return err;
    }
    cc_journal_clear(&s->journal);
    s->cost = 0;
    s->priced = s->unpriced = false;
    s->new_branch = NULL;
    s->noted_at = cc_app_monotonic(s->w->app);
    s->lease.renew_at = s->noted_at + cc_setting_int(s->w->app, CC_SETTING_leaseSeconds) * 1000 / 3;
    cc_event_notify(cc_app_shared(s->w->app), cc_shared_key(s->lease.id));
    return CC_OK;
}

/* ---- leaving -------------------------------------------------------------------------------------- */

static void
leave(cc_slot *s, cc_leave why)
{
    if (s->leave == CC_LEAVE_LOST || (s->leave == CC_LEAVE_CANCEL && why == CC_LEAVE_HAND_BACK))
        return;
    s->interrupted |= s->phase == CC_PHASE_AGENT;
    s->leave = why;
    s->phase = CC_PHASE_LEAVING;
    if (why == CC_LEAVE_LOST) {
        cc_log(s->w->app, "run %s is held by another worker or has ended; letting go", s->lease.id);
        cc_process_kill(&s->process);
        return;
    }
    int64_t grace = cc_setting_int(s->w->app, CC_SETTING_killGraceSeconds) * 1000;
    if (why == CC_LEAVE_HAND_BACK && grace > HAND_BACK_MS) /* whoever stops the worker will not wait for ever either */
        grace = HAND_BACK_MS;
    if (why == CC_LEAVE_CANCEL) { /* it counts as cancelled from then on, so nothing may live longer */
        int64_t left = s->control.cancel_by - cc_app_now(s->w->app);
        grace = left < grace ? (left > 0 ? left : 0) : grace;
    }
    cc_process_end(&s->process, cc_app_monotonic(s->w->app), grace);
}

/* After every look at the run's row. */
static void
stand(cc_slot *s)
{
    if (s->phase == CC_PHASE_IDLE)
        return;
    if (!s->control.mine)
        leave(s, CC_LEAVE_LOST);
    else if (s->control.cancelling)
        leave(s, CC_LEAVE_CANCEL);
}

/* What a step has cost, to the run's. */
static void
pay(cc_slot *s)
{
    s->cost += s->result.cost_nano;
    s->priced |= s->result.priced;
    s->unpriced |= !s->result.priced;
}

/* What its last call had cost is paid, whether or not its step counts. */
static int
interrupt(cc_slot *s)
{
    return (s->interrupted || s->judged) && (s->result.priced || s->result.counted) ? STEP_INTERRUPT : 0;
}

static void
leaving(cc_slot *s)
{
    bool moved;

    if (s->process.pid &&
        !(s->interrupted ? cc_process_gone(&s->process, cc_app_monotonic(s->w->app)) : s->process.exited))
        return;
    if (s->interrupted && !s->paid)
        pay(s);
    if (s->interrupted)
        cc_journal_rest(&s->journal, cc_app_now(s->w->app));
    s->paid = s->interrupted;
    process_forget(s);
    if (s->leave == CC_LEAVE_CANCEL) {
        if (write_out(s, RUN_CANCEL | interrupt(s), &moved) != CC_OK)
            return;
    } else if (s->leave == CC_LEAVE_HAND_BACK) {
        if (write_out(s, interrupt(s), &moved) != CC_OK)
            return;
        s->interrupted = false;
        if (s->control.cancelling) {
            s->leave = CC_LEAVE_CANCEL;
            return;
        }
        if (s->control.mine && cc_lease_release(s->w->app, &s->lease) != CC_OK) {
            s->retry_at = cc_app_monotonic(s->w->app) + RETRY_MS;
            return;
        }
        cc_event_notify(cc_app_shared(s->w->app), CC_EVENT_WORK);
    }
    if (s->leave == CC_LEAVE_CANCEL)
        cc_workspace_finished(s);
    become_idle(s);
}

/* ---- between steps -------------------------------------------------------------------------------- */

static void
say_begin(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    cc_buf             *b = cc_journal_begin(&s->journal, "step.started", cc_app_now(s->w->app));

    cc_putf(b, "{\"position\":%d,\"iteration\":%d,\"attempt\":%d,\"label\":", s->position, s->iteration, s->attempt);
    cc_put_json(b, step->label, strlen(step->label));
    cc_putf(b, ",\"role\":\"%s\",\"agent\":", step->role);
    cc_put_json(b, s->agent->name, strlen(s->agent->name));
    cc_puts(b, ",\"model\":");
    if (s->model)
        cc_put_json(b, s->model, strlen(s->model));
    else
        cc_puts(b, "null");
    cc_putc(b, '}');
    cc_journal_end(&s->journal);
}

/* Whoever reads what an agent did shall know what it could have done. */
static void
say_exposed(cc_slot *s)
{
    static const char text[] =
        "Without a sandbox (sandbox = off in codecourier.conf): the agent has the worker's rights "
        "and sees all that it sees.";
    cc_listener l;

    cc_slot_listener(s, &l);
    cc_say_log(&l, "worker", text, sizeof(text) - 1);
}

static void
say_again(cc_slot *s)
{
    const char *text =
        cc_printf(s->arena, "This is attempt %d at the step: the worker of the one before was lost or stopped.%s",
                  s->attempt, s->has_repository ? "  The tree is as it was when the step began." : "");
    cc_listener l;

    cc_slot_listener(s, &l);
    if (text)
        cc_say_log(&l, "worker", text, strlen(text));
}

static void
heard(cc_slot *s)
{
    s->heard_at = cc_app_monotonic(s->w->app);
    s->silent_at = s->heard_at + SILENCE_MS;
}

/* What an agent cannot do as it was asked is told, not left out. */
static void
say_effort(cc_slot *s, const assignee *t)
{
    const char *effort = cc_agent_effort(t->agent, s->step, t->effort);
    cc_listener l;
    cc_buf      b;

    if (effort && strcmp(effort, t->effort) == 0)
        return;
    cc_slot_listener(s, &l);
    cc_buf_init(&b, s->step);
    cc_putf(&b, "The agent '%s' ", t->agent->name);
    if (effort)
        cc_putf(&b, "knows no thinking effort '%s'; it works with '%s'.", t->effort, effort);
    else
        cc_putf(&b, "cannot be told how hard to think ('%s').", t->effort);
    cc_say_log(&l, "worker", b.data ? b.data : "", b.size);
}

/* An agent that answers before it is told its prompt gets a pipe instead of a file. */
static bool
talk_open(cc_slot *s, cc_launch *l, const assignee *t, const char *prompt)
{
    int ends[2];

    talk_close(s);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    (void)fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024); /* fewer turns for a long prompt */
    if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    l->input_fd = ends[0];
    s->talk_fd = ends[1];
    s->talk = (cc_talk){.prompt = prompt, .model = t->model, .directory = l->directory, .session = s->resumed};
    cc_buf_init(&s->talk.out, s->step);
    t->agent->talk(&s->talk);
    return true;
}

static cc_err
agent_start(cc_slot *s, const assignee *t, const char *prompt)
{
    char        why[512] = "";
    const char *program = cc_agent_program(t->agent, s->step, why, sizeof(why));
    bool        by_input = false;
    cc_launch   l = {0};
    cc_err      err;

    if (!program) {
        cc_slot_fail(s, why);
        return CC_OK;
    }
    if ((err = cc_workspace_launch(s, &l, &program)) != CC_OK)
        return err;
    if (s->failure)
        return CC_OK;
    if (!cc_agent_takes(t->agent, prompt)) {
        const char *long_ = cc_reason_of_long_prompt(s->arena, t->agent, prompt);
        cc_slot_fail(s, long_ ? long_ : "The prompt is too long.");
        return CC_OK;
    }
    const char   *effort = cc_agent_effort(t->agent, s->step, t->effort);
    const cc_told told = {.prompt = prompt, .model = t->model, .effort = effort, .session = s->resumed};
    if (!(l.argv = cc_agent_argv(t->agent, s->step, program, &told, &by_input)))
        return CC_E_UNAVAILABLE;
    if (t->agent->talk) {
        if (!talk_open(s, &l, t, prompt))
            return CC_E_UNAVAILABLE;
    } else if (by_input) {
        l.input = prompt;
        l.input_size = strlen(prompt);
    }
    err = cc_process_start(&s->process, &l, why, sizeof(why));
    if (l.input_fd > 0)
        close(l.input_fd);
    if (err != CC_OK)
        talk_close(s);
    if (err == CC_E_INTERNAL) {
        cc_slot_fail(s, why);
        return CC_OK;
    }
    if (err != CC_OK) {
        cc_log(s->w->app, "run %s: %s", s->lease.id, why);
        return err;
    }
    cc_workspace_leader(s, s->process.pid);
    s->last_error[0] = '\0';
    heard(s);
    cc_transcript_open(s);
    s->phase = CC_PHASE_AGENT;
    return CC_OK;
}

/* Write that the step begins, then let it begin: in this order, so that no agent runs for a run that is lost. */
static void
begin(cc_slot *s, const cc_plan_row *input)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    assignee            t;
    bool                moved;

    cc_arena_reset(s->step);
    if (resolve(s, s->step, step, &t) != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + RETRY_MS;
        return;
    }
    if (s->failure)
        return;
    s->agent = t.agent;
    s->model = t.agent->rehearsal ? NULL : t.model;
    s->result = (cc_step_result){.priced = t.agent->rehearsal}; /* that one costs nothing */
    cc_buf_init(&s->result.output, s->step);
    cc_buf_init(&s->result.speech, s->step);
    s->timed_out = s->lingered = s->conversed = false;
    s->attempt = cc_slot_row(s) ? cc_slot_row(s)->attempt + 1 : 1;
    if (!s->emitted && !s->w->sandbox && !t.agent->rehearsal)
        say_exposed(s);
    if (!s->emitted)
        say_begin(s);
    if (!s->emitted && s->attempt > 1)
        say_again(s);
    if (!s->emitted && t.effort && !t.agent->rehearsal)
        say_effort(s, &t);
    s->emitted = true; /* once, however often storage is busy */
    if (write_out(s, STEP_BEGIN, &moved) != CC_OK)
        return;
    s->emitted = false;
    stand(s);
    if (s->phase != CC_PHASE_BETWEEN)
        return;
    int64_t now = cc_app_monotonic(s->w->app);
    s->step_by = now + (step->timeout_s ? step->timeout_s : 1800) * 1000;
    cc_gauge_begin(s, NULL, now);
    if (t.agent->rehearsal) {
        cc_rehearsal_begin(&s->rehearsal, step->instructions, s->task.asked, step->role, s->iteration, now);
        s->phase = CC_PHASE_REHEARSAL;
        return;
    }
    s->resumed =
        s->attempt > 1 && (t.agent->talk || strstr(t.agent->line, "{session}")) ? cc_conversation_find(s) : NULL;
    const cc_prompt_parts parts = {
        .resumed = s->resumed != NULL,
        .system = s->system,
        .role = step->role,
        .persona = t.persona,
        .persona_instructions = t.instructions,
        .task = s->task,
        .instructions = step->instructions,
        .input = input ? input->output : NULL,
        .input_label = input ? s->plan.steps[input->position].label : NULL,
        .iteration = s->iteration,
        .checks = cc_role_checks(step->role),
    };
    const char *prompt = cc_prompt_make(s->step, &parts);
    if (!prompt || agent_start(s, &t, prompt) != CC_OK)
        s->retry_at = now + RETRY_MS;
}

/* The run goes back to where any worker can take it up again. */
static void
give_back(cc_slot *s)
{
    if (cc_lease_release(s->w->app, &s->lease) == CC_OK)
        become_idle(s);
    else
        s->retry_at = cc_app_monotonic(s->w->app) + RETRY_MS;
}

static void
end(cc_slot *s)
{
    bool moved;

    if (write_out(s, s->failure ? RUN_FAIL : RUN_COMPLETE, &moved) != CC_OK)
        return;
    if (!moved && s->control.mine && s->control.paused) {
        give_back(s);
        return;
    }
    stand(s);
    if (moved)
        cc_workspace_finished(s);
    if (moved || s->phase != CC_PHASE_LEAVING)
        become_idle(s);
    if (moved)
        cc_event_notify(cc_app_shared(s->w->app), CC_EVENT_WORK); /* a place is free */
}

static void
between(cc_slot *s)
{
    const cc_plan_row *input;

    if (s->w->stopping) { /* while a step's changes were kept */
        leave(s, CC_LEAVE_HAND_BACK);
        return;
    }
    if (s->failure) {
        end(s);
        return;
    }
    if (cc_app_monotonic(s->w->app) >= s->run_by) {
        cc_slot_fail(s, "The run took longer than it may.");
        return;
    }
    cc_next next = cc_plan_next(&s->plan, &s->position, &s->iteration, &input);
    if (next == CC_NEXT_STEP && !s->control.stop) {
        if (s->control.paused) {
            give_back(s);
            return;
        }
        begin(s, input);
        return;
    }
    if (next == CC_NEXT_FAILED) {
        const cc_plan_step *step = &s->plan.steps[s->position];
        const char         *why = cc_printf(s->arena, "Step %d (%s) failed%s%s", s->position + 1, step->label,
                                    input->output && *input->output ? ": " : ".", input->output ? input->output : "");
        if (why && cc_utf8_length(why, strlen(why)) > 900) {
            size_t n = 900;
            while (((unsigned char)why[n] & 0xc0) == 0x80)
                n--;
            why = cc_printf(s->arena, "%.*s…", (int)n, why);
        }
        cc_slot_fail(s, why ? why : "A step failed.");
        return;
    }
    if (s->control.paused) {
        give_back(s);
        return;
    }
    s->phase = CC_PHASE_CLOSING;
    s->stage = 0;
}

/* ---- the end of a step ---------------------------------------------------------------------------- */

static void
say_finish(cc_slot *s, const cc_plan_row *row)
{
    cc_buf *b = cc_journal_begin(&s->journal, "step.finished", cc_app_now(s->w->app));

    cc_putf(b,
            "{\"position\":%d,\"iteration\":%d,\"status\":\"%s\",\"exitCode\":%d,\"verdict\":%s,\"inputTokens\":%lld,"
            "\"outputTokens\":%lld,\"costUsd\":",
            s->position, s->iteration, row->failed ? CC_STEP_FAILED : CC_STEP_COMPLETED, s->code,
            row->verdict > 0   ? "\"pass\""
            : row->verdict < 0 ? "\"fail\""
                               : "null",
            (long long)s->result.input_tokens, (long long)s->result.output_tokens);
    if (s->result.priced)
        cc_put_nano(b, s->result.cost_nano);
    else
        cc_puts(b, "null");
    cc_putc(b, '}');
    cc_journal_end(&s->journal);
}

/* Who speaks a protocol must have said so; of others only the exit code speaks. */
static bool
completed(const cc_slot *s)
{
    if (s->timed_out || s->over)
        return false;
    if (!s->agent->hear && !s->agent->heed)
        return s->process.code == 0;
    return s->result.ending == CC_ENDING_COMPLETED && (s->process.code == 0 || s->lingered);
}

/* How the step ended; false: not enough memory to say so. */
static bool
judge(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    const cc_buf       *output = &s->result.output;
    cc_plan_row         row = {.position = s->position, .iteration = s->iteration, .attempt = s->attempt};

    row.completed = completed(s);
    row.failed = !row.completed;
    if (row.failed)
        row.output = cc_step_reason(s);
    else
        row.output = cc_strndup(s->arena, output->data ? output->data : "", output->size);
    if (cc_role_checks(step->role) && row.completed)
        row.verdict = cc_verdict_read(output->data ? output->data : "", output->size);
    if (cc_plan_note(&s->plan, &row) != CC_OK)
        return false;
    pay(s);
    cc_journal_rest(&s->journal, cc_app_now(s->w->app));
    s->judged = true;
    s->code = s->process.code;
    return true;
}

/* All of a step is there: write that it has ended. */
static void
finish(cc_slot *s)
{
    bool moved;

    if (!s->emitted)
        say_finish(s, cc_slot_row(s));
    s->emitted = true; /* once, however often storage is busy */
    if (write_out(s, STEP_FINISH, &moved) != CC_OK)
        return;
    s->emitted = s->judged = false;
    if (s->control.mine && s->keep.head) {
        s->head = s->keep.head;
        s->checkpoint = s->keep.kept ? cc_strndup(s->arena, s->keep.id, strlen(s->keep.id)) : NULL;
    }
    cc_checkpoint_forget(s);
    s->phase = CC_PHASE_BETWEEN;
    stand(s);
}

/* It no longer has the conversation that it was to go on with, or could not read it: nothing was said, nothing paid.
 * The step begins anew, with a new one. */
static bool
cannot_go_on(const cc_slot *s)
{
    return s->resumed && !completed(s) && !s->timed_out && !s->over && !s->result.output.size &&
           !s->result.output_tokens && !s->result.cost_nano;
}

/* Its agent has ended: what it made is kept before the step counts as ended, for it is paid for. */
static void
keep(cc_slot *s)
{
    if (cannot_go_on(s)) {
        cc_conversation_forget(s);
        process_forget(s);
        cc_workspace_leader(s, 0);
        s->phase = CC_PHASE_BETWEEN;
        return;
    }
    if (!judge(s)) {
        s->retry_at = cc_app_monotonic(s->w->app) + RETRY_MS;
        return;
    }
    process_forget(s);
    cc_workspace_leader(s, 0);
    cc_checkpoint_begin(s);
    s->phase = CC_PHASE_KEEPING;
}

static void
kept(cc_slot *s)
{
    if (cc_checkpoint_done(s))
        finish(s);
}

/* ---- output --------------------------------------------------------------------------------------- */

/* Also while it is left: what it says then may be what it has cost. */
static bool
agent_speaks(const cc_slot *s)
{
    return s->phase == CC_PHASE_AGENT || (s->phase == CC_PHASE_LEAVING && s->interrupted);
}

static void
line_heard(cc_slot *s, cc_listener *l, bool is_error, const char *line, size_t size)
{
    if (s->phase == CC_PHASE_LEAVING && !s->interrupted) {
        cc_say_log(l, is_error ? "stderr" : "stdout", line, size);
        return;
    }
    if (is_error)
        cc_reason_hear(s, !agent_speaks(s), line, size);
    if (agent_speaks(s))
        cc_transcript_line(s, is_error, line, size);
    if (agent_speaks(s)) {
        cc_agent_line(s->agent, l, is_error, line, size);
        cc_conversation_note(s);
    } else if (!cc_workspace_heard(s, line, size))
        cc_say_log(l, "git", line, size);
}

/* Cut what has come into lines.  A line without an end is cut when it gets too long, but not within a secret. */
static void
lines_cut(cc_slot *s, cc_lines *in, bool is_error, bool at_end)
{
    cc_listener l;
    size_t      from = 0, most = TEXT_LINE_MAX;

    cc_slot_listener(s, &l);
    if (agent_speaks(s) && s->agent->hear && !is_error && in->size &&
        memchr(in->data, '{', in->size < BEFORE_JSON ? in->size : BEFORE_JSON))
        most = JSON_LINE_MAX;
    for (char *end; from < in->size && (end = memchr(in->data + from, '\n', in->size - from));) {
        line_heard(s, &l, is_error, in->data + from, (size_t)(end - in->data) - from);
        from = (size_t)(end - in->data) + 1;
    }
    size_t left = in->size - from;
    if (left && (at_end || left > most)) {
        size_t hold = at_end ? 0 : cc_mask_hold(&s->mask, in->data + from, left);
        line_heard(s, &l, is_error, in->data + from, left - hold);
        from += left - hold;
    }
    memmove(in->data, in->data + from, in->size - from);
    in->size -= from;
    cc_arena_reset(s->scratch);
}

static bool
lines_room(cc_lines *in)
{
    if (in->room - in->size >= READ_SIZE)
        return true;
    size_t room = in->room ? in->room * 2 : 2 * READ_SIZE;
    char  *more = realloc(in->data, room);
    if (!more)
        return false;
    in->data = more;
    in->room = room;
    return true;
}

static void
pipe_read(cc_slot *s, int *fd, cc_lines *in, bool is_error)
{
    for (int i = 0; i < READS && *fd >= 0 && s->journal.text.size < JOURNAL_MOST; i++) {
        if (!lines_room(in))
            return;
        ssize_t n = read(*fd, in->data + in->size, READ_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n > 0) {
            in->size += (size_t)n;
            s->said += n;
            heard(s);
        }
        lines_cut(s, in, is_error, n <= 0);
        if (n <= 0) {
            close(*fd);
            *fd = -1;
        }
        if (s->journal.count >= 4 * FLUSH_COUNT)
            return;
    }
}

/* The proxy's {"host": …, "port": …, "setting": …}, as a sentence. */
static void
refusal_say(cc_slot *s, cc_listener *l, const char *line, size_t size)
{
    const cc_json *j;
    const char    *why;

    if (cc_json_parse(s->scratch, line, size, &j, &why) != CC_OK || cc_json_what(j) != CC_J_OBJECT)
        return;
    const cc_json *host = cc_json_member(j, "host"), *port = cc_json_member(j, "port");
    const cc_json *setting = cc_json_member(j, "setting");
    if (!host || !port || !setting)
        return;
    const bool  is_private = strcmp(cc_json_text(setting), "privateHosts") == 0;
    const char *text =
        cc_printf(s->scratch, "No connection to %s:%d: %s.  The setting %s of codecourier.conf allows it.",
                  cc_json_text(host), (int)cc_json_number(port),
                  is_private ? "its address is a private one" : "it is none of the hosts that runs may reach",
                  is_private ? "privateHosts" : "egressHosts");
    if (text)
        cc_say_log(l, "network", text, strlen(text));
}

/* A line comes in one piece: it is shorter than what a pipe takes at once. */
static void
refusals_read(cc_slot *s)
{
    char        text[8192];
    cc_listener l;
    ssize_t     n = read(s->process.refusals, text, sizeof(text));

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close(s->process.refusals);
        s->process.refusals = -1;
    }
    cc_slot_listener(s, &l);
    for (char *at = text, *end; n > 0 && (end = memchr(at, '\n', (size_t)(text + n - at))); at = end + 1)
        refusal_say(s, &l, at, (size_t)(end - at));
    cc_arena_reset(s->scratch);
}

static void
read_output(cc_slot *s)
{
    int64_t now = cc_app_monotonic(s->w->app);

    if (!s->process.pid)
        return;
    cc_process_look(&s->process, now);
    if (s->process.out >= 0)
        pipe_read(s, &s->process.out, &s->out, false);
    if (s->process.err >= 0)
        pipe_read(s, &s->process.err, &s->err, true);
    if (s->process.refusals >= 0)
        refusals_read(s);
    if (s->process.exited && s->journal.text.size >= JOURNAL_MOST)
        cc_process_drain(&s->process, now);
    if (s->process.exited && now >= s->process.drain_until) {
        lines_cut(s, &s->out, false, true);
        lines_cut(s, &s->err, true, true);
    }
}

static void
flush(cc_slot *s, int64_t now)
{
    bool moved;

    if (s->phase == CC_PHASE_LEAVING && s->leave == CC_LEAVE_LOST)
        return;
    if (s->journal.count && (s->journal.count >= FLUSH_COUNT || now - s->journal.since >= FLUSH_MS)) {
        if (write_out(s, 0, &moved) == CC_OK)
            stand(s);
    } else if (now >= s->lease.renew_at) {
        if (cc_lease_renew(s->w->app, &s->lease, &s->control) == CC_OK)
            stand(s);
        else
            s->retry_at = now + RETRY_MS;
    }
}

/* ---- phases --------------------------------------------------------------------------------------- */

static void
rehearse(cc_slot *s, int64_t now)
{
    cc_listener         l;
    const cc_plan_step *step = &s->plan.steps[s->position];

    if (!s->rehearsal.done) {
        cc_slot_listener(s, &l);
        cc_rehearsal_go(&s->rehearsal, &l, step->role, s->task.asked, now);
        cc_arena_reset(s->scratch);
        if (s->rehearsal.done)
            s->process.code = s->rehearsal.code;
        else if (now >= s->step_by || now >= s->run_by)
            s->timed_out = s->rehearsal.done = true;
    }
    if (s->rehearsal.done)
        keep(s);
}

/* When an agent that has said its result is ended, and the result counts. */
static int64_t
linger_until(const cc_slot *s)
{
    return s->result.ended_at && !s->process.exited ? s->result.ended_at + RESULT_GRACE_MS : INT64_MAX;
}

static void
silence_say(cc_slot *s, int64_t now)
{
    const int64_t silent = now - s->heard_at;
    cc_listener   l;
    cc_buf        b;

    cc_slot_listener(s, &l);
    cc_buf_init(&b, s->scratch);
    cc_putf(&b, "No output for %lld min: ", (long long)(silent / 60000));
    cc_gauge_tell(s, &b);
    cc_putc(&b, '.');
    cc_say_log(&l, "worker", b.data ? b.data : "", b.size);
    s->silent_at = now + silent;
    cc_arena_reset(s->scratch);
}

static void
work(cc_slot *s, int64_t now)
{
    cc_gauge_go(s, now);
    talk_on(s);
    if (now >= s->silent_at && !s->process.exited && !s->process.signalled)
        silence_say(s, now);
    if (s->over)
        cc_process_end(&s->process, now, 0);
    if (!s->lingered && !s->over && now >= linger_until(s)) {
        s->lingered = true;
        cc_process_end(&s->process, now, cc_setting_int(s->w->app, CC_SETTING_killGraceSeconds) * 1000);
    }
    if (!s->timed_out && !s->lingered && !s->over && (now >= s->step_by || now >= s->run_by)) {
        s->timed_out = true;
        cc_process_end(&s->process, now, cc_setting_int(s->w->app, CC_SETTING_killGraceSeconds) * 1000);
    }
    if (cc_process_gone(&s->process, now) && cc_gauge_last(s, now))
        keep(s);
}

/* One git command after the other, then on to `then`. */
static void
commands(cc_slot *s, cc_err (*next)(cc_slot *s, bool *started), void (*then)(cc_slot *s), int64_t now)
{
    bool started = false;

    if (s->process.pid) {
        cc_gauge_go(s, now);
        if (s->over || (now >= s->run_by && s->phase != CC_PHASE_KEEPING) || now >= s->command_by)
            cc_process_kill(&s->process);
        if (!cc_process_gone(&s->process, now) || !cc_gauge_last(s, now))
            return;
        int code = s->over ? -1 : s->process.code;
        process_forget(s);
        cc_workspace_leader(s, 0);
        if (!cc_workspace_ended(s, code)) {
            cc_mirror_unlock(s);
            s->phase = CC_PHASE_BETWEEN;
            return;
        }
    }
    cc_err err = next(s, &started);
    if (err == CC_E_UNAVAILABLE)
        s->retry_at = now + RETRY_MS;
    else if (err != CC_OK)
        s->phase = CC_PHASE_BETWEEN; /* s->failure says why */
    else if (started)
        cc_workspace_leader(s, s->process.pid);
    else
        then(s);
}

static void
opened(cc_slot *s)
{
    s->phase = CC_PHASE_BETWEEN;
}

static void
refuse(cc_slot *s)
{
    const char *why =
        cc_printf(s->arena,
                  "The worker's sandbox does not work: %s%s  Mend that and start the worker again; or, if agents "
                  "may have the worker's own rights, write sandbox = off into codecourier.conf.",
                  s->w->no_sandbox, s->w->no_sandbox[strlen(s->w->no_sandbox) - 1] == '.' ? "" : ".");

    cc_slot_fail(s, why ? why : s->w->no_sandbox);
}

void
cc_slot_begin(cc_slot *s)
{
    s->leave = CC_LEAVE_NO;
    s->control = (cc_control){.mine = true};
    s->retry_at = 0;
    s->cost = 0;
    s->priced = s->unpriced = s->interrupted = s->paid = s->judged = false;
    s->said = 0;
    cc_journal_limit(&s->journal, EVENTS_MAX);
    s->home = s->over = NULL;
    s->failure = s->new_branch = s->pull_url = s->push_status = NULL;
    s->repository = s->branch = NULL;
    s->position = s->iteration = s->stage = 0;
    s->has_repository = s->emitted = s->pull_said = s->begun = false;
    s->head = s->checkpoint = NULL;
    s->git_branch = s->git_start = s->git_tip = s->mirror = s->origin_path = NULL;
    s->command_by = INT64_MAX;
    cc_journal_clear(&s->journal);
    cc_err err = load(s);
    if (err == CC_OK)
        err = cc_lease_watch(s->w->app, &s->lease, &s->control); /* resumed runs may have been told to stop before */
    if (err == CC_OK)
        err = agents_check(s);
    if (err == CC_OK && !s->failure && !s->test && s->w->no_sandbox[0])
        refuse(s);
    if (err == CC_E_UNAVAILABLE) { /* not now: hand it back */
        cc_lease_release(s->w->app, &s->lease);
        become_idle(s);
        cc_worker_rest(s->w);
        return;
    }
    s->w->rest_ms = 0;
    if (err != CC_OK)
        cc_slot_fail(s, "The run or its project's settings cannot be read; the worker's log says more.");
    s->phase = s->failure ? CC_PHASE_BETWEEN : CC_PHASE_OPENING;
    stand(s);
}

static void
advance(cc_slot *s, int64_t now)
{
    switch (s->phase) {
    case CC_PHASE_IDLE: break;
    case CC_PHASE_OPENING: commands(s, cc_workspace_open, opened, now); break;
    case CC_PHASE_BETWEEN: between(s); break;
    case CC_PHASE_REHEARSAL: rehearse(s, now); break;
    case CC_PHASE_AGENT: work(s, now); break;
    case CC_PHASE_KEEPING: commands(s, cc_checkpoint_go, kept, now); break;
    case CC_PHASE_CLOSING: commands(s, cc_workspace_close, end, now); break;
    case CC_PHASE_LEAVING: leaving(s); break;
    }
}

/* When the worker is to stop: what an agent was paid for is kept, and it may end for a while. */
static bool
may_go_on(const cc_slot *s, int64_t now)
{
    if (s->phase == CC_PHASE_LEAVING || s->phase == CC_PHASE_KEEPING)
        return true;
    return now < s->w->drain_until &&
           (s->phase == CC_PHASE_AGENT || s->phase == CC_PHASE_REHEARSAL || s->phase == CC_PHASE_CLOSING);
}

void
cc_slot_go(cc_slot *s, int64_t now)
{
    cc_phase before;

    if (s->phase == CC_PHASE_IDLE)
        return;
    read_output(s);
    if (now < s->retry_at)
        return;
    if (s->w->stopping && !may_go_on(s, now))
        leave(s, CC_LEAVE_HAND_BACK);
    if (s->phase != CC_PHASE_IDLE)
        flush(s, now);
    do {
        before = s->phase;
        advance(s, now);
    } while (now >= s->retry_at && s->phase != CC_PHASE_IDLE &&
             (s->phase != before || (s->phase == CC_PHASE_BETWEEN && s->failure)));
}

void
cc_slot_news(cc_slot *s)
{
    if (s->phase == CC_PHASE_IDLE || s->phase == CC_PHASE_LEAVING)
        return;
    if (cc_lease_watch(s->w->app, &s->lease, &s->control) == CC_OK)
        stand(s);
}

static int64_t
earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool
runs_git(const cc_slot *s)
{
    return s->phase == CC_PHASE_OPENING || s->phase == CC_PHASE_KEEPING || s->phase == CC_PHASE_CLOSING;
}

int64_t
cc_slot_due(const cc_slot *s)
{
    int64_t due = earlier(s->lease.renew_at, s->run_by);

    if (s->phase == CC_PHASE_IDLE)
        return INT64_MAX;
    if (s->journal.count)
        due = earlier(due, s->journal.since + FLUSH_MS);
    if (s->process.pid && s->process.kill_at)
        due = earlier(due, s->process.kill_at);
    if (s->process.exited)
        due = earlier(due, cc_process_gone(&s->process, cc_app_monotonic(s->w->app)) ? (s->gauge.pid ? due : 0)
                                                                                     : s->process.drain_until);
    if (s->phase == CC_PHASE_REHEARSAL)
        due = earlier(earlier(due, s->step_by), s->rehearsal.next_at);
    if (s->talk_fd >= 0 && s->talk.written < s->talk.out.size)
        due = earlier(due, cc_app_monotonic(s->w->app) + TALK_MS);
    if (s->phase == CC_PHASE_AGENT && !s->lingered)
        due = earlier(earlier(earlier(due, s->step_by), s->silent_at), linger_until(s));
    if (s->process.pid && !s->process.exited)
        due = earlier(due, earlier(s->watch_at, s->gauge.pid ? due : s->measure_at));
    if (runs_git(s))
        due = earlier(due, s->command_by);
    if ((runs_git(s) || s->phase == CC_PHASE_LEAVING) && !s->process.pid)
        due = 0;
    if (s->phase == CC_PHASE_BETWEEN)
        due = 0;
    return due < s->retry_at ? s->retry_at : due;
}

int
cc_slot_fds(const cc_slot *s, int fds[CC_SLOT_FDS])
{
    int n = 0;

    if (!s->process.pid)
        return 0;
    if (!s->process.exited && s->process.pidfd >= 0)
        fds[n++] = s->process.pidfd;
    if (s->process.out >= 0 && s->journal.text.size < JOURNAL_MOST)
        fds[n++] = s->process.out;
    if (s->process.err >= 0 && s->journal.text.size < JOURNAL_MOST)
        fds[n++] = s->process.err;
    if (s->process.refusals >= 0)
        fds[n++] = s->process.refusals;
    if (s->gauge.pid)
        fds[n++] = s->gauge.out;
    return n;
}
