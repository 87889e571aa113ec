/*
 * What a slot changes, it changes here: one transaction with the events so far, the step's row and perhaps the run's
 * end, which begins with the statement that asks whether the run is still ours.
 */
#include <math.h>

#include "context/settings.h"
#include "context/wake.h"
#include "engine/push.h"
#include "engine/spend.h"
#include "engine/turn.h"
#include "engine/write.h"
#include "gate/change.h"
#include "resources/forge_issues.h"
#include "resources/proposals.h"

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
         INT(iteration), TEXT(branch), INT(worked_ms), CC_RUN_PARAMS, TEXT(worker));
CC_STATEMENT(step_begin,
             "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, "
             "started_at, attempt, isolation, persona_id) VALUES (:project_id, :run_id, :position, :iteration, :label, "
             ":role, " CC_STEP_BEGIN_TO
             ", :agent, :model, :now, :attempt, :isolation, (SELECT f.persona_id FROM run_steps f "
             "WHERE f.project_id = :project_id AND f.run_id = :run_id AND f.iteration = 1 AND f.position = :position)) "
             "ON CONFLICT (project_id, run_id, iteration, position) DO UPDATE SET status = " CC_STEP_BEGIN_TO ", "
             "agent = excluded.agent, model = excluded.model, started_at = excluded.started_at, "
             "attempt = excluded.attempt, "
             "isolation = excluded.isolation, finished_at = NULL, exit_code = NULL, verdict = NULL, output = NULL, "
             "error_code = NULL, error_params = NULL",
             TEXT(project_id), TEXT(run_id), INT(position), INT(iteration), TEXT(label), TEXT(role), TEXT(agent),
             TEXT(model), INT(now), INT(attempt), TEXT(isolation));
/* tokens -1: they were not counted */
CC_STATEMENT(step_paid,
             "UPDATE run_steps SET input_tokens = nullif(:input_tokens, -1), "
             "output_tokens = nullif(:output_tokens, -1), cache_read_tokens = nullif(:cache_read, -1), "
             "cache_write_tokens = nullif(:cache_write, -1), "
             "cost_nano = CASE WHEN :priced = 1 THEN coalesce(cost_nano, 0) + :cost ELSE cost_nano END, "
             "cost_source = coalesce(:source, cost_source), model = coalesce(:model, model), "
             "session = coalesce(:session, session) "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             INT(input_tokens), INT(output_tokens), INT(cache_read), INT(cache_write), INT(priced), INT(cost),
             TEXT(source), TEXT(model), TEXT(session), TEXT(project_id), TEXT(run_id), INT(iteration), INT(position));
CC_STATEMENT(step_finish,
             "UPDATE run_steps SET status = :status, finished_at = :now, exit_code = :code, "
             "verdict = :verdict, output = :output "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             TEXT(status), INT(now), INT(code), TEXT(verdict), TEXT(output), TEXT(project_id), TEXT(run_id),
             INT(iteration), INT(position));
CC_STATEMENT(step_reason,
             "UPDATE run_steps SET error_code = :code, error_params = :params "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             TEXT(code), TEXT(params), TEXT(project_id), TEXT(run_id), INT(iteration), INT(position));
CC_STATEMENT(issue_move,
             "UPDATE issues SET status = :status, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id",
             TEXT(status), INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(run_verdict,
             "UPDATE runs SET verdict = :verdict "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(verdict), CC_RUN_PARAMS, TEXT(worker));
CC_STATEMENT(run_pull,
             "UPDATE runs SET pr_status = :status, pr_url = :url, pr_number = nullif(:number, 0), "
             "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(status), TEXT(url), INT(number), CC_RUN_PARAMS, TEXT(worker));

/* How much of its step is done, 0 to 1; NAN: nobody can tell. */
static double
progress(const cc_slot *s, int changes)
{
    if (changes & CC_WRITE_STEP_BEGIN)
        return 0;
    if (changes & CC_WRITE_STEP_FINISH)
        return 1;
    if (s->phase == CC_PHASE_REHEARSAL && s->rehearsal.lines)
        return (double)s->rehearsal.emitted / (double)s->rehearsal.lines;
    return NAN;
}

static cc_err
note(cc_slot *s, int changes, int64_t *seq)
{
    const cc_plan_step *step = s->position < s->plan.count ? &s->plan.steps[s->position] : NULL;
    int64_t             now = cc_app_now(s->w->app);
    noted               row = {0};
    bool                mine;
    cc_err              err = cc_db_find(cc_app_db(s->w->app), NULL, run_note, &row, &mine,
                                         .lease_until = now + cc_setting_int(s->w->app, CC_SETTING_leaseSeconds) * 1000, .now = now,
                                         .events = (int64_t)s->journal.count, .cost = s->cost, .priced = s->priced,
                                         .unpriced = s->unpriced, .label = step ? step->label : NULL,
                                         .progress = step ? progress(s, changes) : NAN, .iteration = step ? s->iteration : 0,
                                         .branch = s->new_branch, .worked_ms = cc_app_monotonic(s->w->app) - s->noted_at,
                                         CC_THE_RUN(s->lease), .worker = s->lease.worker);

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

/* What it has cost, whether it has ended or is interrupted. */
static cc_err
step_paid(cc_slot *s)
{
    const cc_step_result *r = &s->result;
    cc_err                err = cc_db_run(
                       cc_app_db(s->w->app), step_paid, .input_tokens = r->counted ? r->input_tokens : -1,
                       .output_tokens = r->counted ? r->output_tokens : -1, .cache_read = r->counted ? r->cache_read_tokens : -1,
                       .cache_write = r->counted ? r->cache_write_tokens : -1, .cost = r->cost_nano, .priced = r->priced,
                       .source = !r->priced   ? NULL
                                 : r->by_rate ? "rate"
                                              : "agent",
                       .model = said_or_null(r->model), .session = said_or_null(r->session), .project_id = s->lease.project_id,
                       .run_id = s->lease.id, .iteration = s->iteration, .position = s->position);

    return err == CC_OK ? cc_spend_note(s) : err;
}

static cc_err
step_finish(cc_slot *s)
{
    const cc_plan_row *row = cc_slot_row(s);
    cc_err             err = cc_checkpoint_note(s);

    if (err != CC_OK)
        return err;
    return cc_db_run(cc_app_db(s->w->app), step_finish, .status = row->failed ? CC_STEP_FAILED : CC_STEP_COMPLETED,
                     .now = cc_app_now(s->w->app), .code = s->code,
                     .verdict = row->verdict > 0   ? "pass"
                                : row->verdict < 0 ? "fail"
                                                   : NULL,
                     .output = row->output, .project_id = s->lease.project_id, .run_id = s->lease.id,
                     .iteration = s->iteration, .position = s->position);
}

/* Why it failed, if it has. */
static cc_err
step_reason(cc_slot *s)
{
    const cc_reason *why = cc_slot_row(s)->reason;

    if (!why)
        return CC_OK;
    return cc_db_run(cc_app_db(s->w->app), step_reason, .code = cc_reason_name(why->code), .params = why->params,
                     .project_id = s->lease.project_id, .run_id = s->lease.id, .iteration = s->iteration,
                     .position = s->position);
}

static cc_err
issue_move(cc_slot *s, const char *status)
{
    if (!s->issue_id || s->test)
        return CC_OK;
    cc_err err = cc_db_run(cc_app_db(s->w->app), issue_move, .status = status, .now = cc_app_now(s->w->app),
                           .project_id = s->lease.project_id, .id = s->issue_id);

    return err == CC_OK ? cc_changed(s->w->app, s->lease.project_id, "", "issues.move", cc_span_of(s->issue_id)) : err;
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
                     CC_THE_RUN(s->lease), .worker = s->lease.worker);
}

/* The rights of whoever made the session may have ended: then it fails, and nothing of its answer is kept. */
static cc_err
answer_keep(cc_slot *s)
{
    cc_arena  *a = cc_arena_new();
    cc_context c;

    if (!a)
        return CC_E_UNAVAILABLE;
    cc_context_init(&c, s->w->app, a);
    cc_err err = cc_session_keep(&c, s->lease.project_id, s->test, s->lease.id, cc_plan_output(&s->plan));
    if (err == CC_E_FORBIDDEN && c.reason)
        cc_slot_fail(s, cc_reason_copy(s->arena, c.reason));
    cc_arena_free(a);
    return err;
}

static cc_err
pull_write(cc_slot *s)
{
    const cc_pull_opened of = {.project_id = s->lease.project_id,
                               .mode = s->lease.mode,
                               .run_id = s->lease.id,
                               .forge = s->forge.kind,
                               .repository = s->repository};
    const cc_pull_seen  *seen = &s->pulled;

    if (!seen->url)
        return CC_OK;
    cc_err err = cc_db_run(cc_app_db(s->w->app), run_pull, .status = seen->state ? seen->state : CC_PULL_OPEN,
                           .url = seen->url, .number = seen->number, CC_THE_RUN(s->lease), .worker = s->lease.worker);
    return err == CC_OK ? cc_pull_note(s->w->app, &of, seen) : err;
}

/* Of a candidate. */
static cc_err
proposal_keep(cc_slot *s)
{
    const cc_proposed of = {.project_id = s->lease.project_id,
                            .mode = s->lease.mode,
                            .run_id = s->lease.id,
                            .group_id = s->group,
                            .repository = s->repository,
                            .branch = s->git_branch,
                            .base = s->pull.base,
                            .title = s->pull.title,
                            .text = s->pull.text,
                            .draft = s->pull.draft};

    return s->proposed ? cc_proposal_keep(s->w->app, &of) : CC_OK;
}

/* Its issue, and whoever reads it at its forge; of candidates only the chosen one has something to say (choice.c). */
static cc_err
issue_settle(cc_slot *s, int changes)
{
    cc_err err;

    if (s->group)
        return CC_OK;
    err = issue_move(s, changes & CC_WRITE_RUN_CANCEL                                  ? CC_ISSUE_NEW
                        : changes & CC_WRITE_RUN_FAIL || cc_plan_verdict(&s->plan) < 0 ? CC_ISSUE_FAILED
                                                                                       : CC_ISSUE_COMPLETED);
    if (err == CC_OK && s->issue_id && !s->test && !(changes & CC_WRITE_RUN_CANCEL))
        err = cc_issue_tell(s->w->app, s->lease.project_id, s->lease.mode, s->lease.id, s->issue_id);
    return err;
}

static cc_err
step_tell(cc_slot *s)
{
    if (cc_slot_row(s)->failed)
        return CC_OK;
    return cc_tell(s->w->app, s->lease.project_id, s->lease.mode, CC_MESSAGE_STEP_COMPLETED, .id = s->lease.id,
                   .position = s->position + 1, .iteration = s->iteration, .status = CC_STEP_COMPLETED);
}

static cc_err
changes_apply(cc_slot *s, int changes, bool *moved)
{
    cc_app *app = s->w->app;
    cc_err  err = CC_OK;

    *moved = false;
    if (err == CC_OK && (changes & (CC_WRITE_STEP_FINISH | CC_WRITE_STEP_INTERRUPT)))
        err = step_paid(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_FINISH))
        err = step_finish(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_FINISH))
        err = step_reason(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_FINISH))
        err = step_tell(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_BEGIN))
        err = step_begin(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_BEGIN))
        err = cc_turn_opened(s);
    if (err == CC_OK && (changes & CC_WRITE_TURN_BEGIN))
        err = cc_turn_begin(s);
    if (err == CC_OK && (changes & CC_WRITE_STEP_BEGIN) && s->position == 0 && s->iteration == 1)
        err = issue_move(s, CC_ISSUE_BEGIN_TO_NAME);
    if (err == CC_OK && (changes & (CC_WRITE_RUN_COMPLETE | CC_WRITE_RUN_FAIL | CC_WRITE_TURN_END)))
        err = pull_write(s);
    if (err == CC_OK && (changes & (CC_WRITE_RUN_COMPLETE | CC_WRITE_RUN_FAIL | CC_WRITE_TURN_END)))
        err = cc_push_write(s);
    if (err == CC_OK && (changes & CC_WRITE_TURN_END))
        err = cc_turn_end(s, moved);
    if (err == CC_OK && (changes & CC_WRITE_RUN_COMPLETE) && !s->session)
        err = verdict_write(s);
    if (err == CC_OK && (changes & CC_WRITE_RUN_COMPLETE))
        err = cc_lease_end(app, &s->lease, CC_RUN_RUNNING, CC_RUN_COMPLETED, NULL, moved);
    if (err == CC_OK && (changes & CC_WRITE_RUN_COMPLETE) && s->session && *moved) /* not if it is being cancelled */
        err = answer_keep(s);
    if (err == CC_OK && (changes & CC_WRITE_RUN_COMPLETE) && *moved)
        err = proposal_keep(s);
    if (err == CC_OK && (changes & CC_WRITE_RUN_FAIL))
        err = cc_lease_end(app, &s->lease, CC_RUN_RUNNING, CC_RUN_FAILED, s->failure, moved);
    if (err == CC_OK && (changes & CC_WRITE_RUN_CANCEL))
        err = cc_lease_end(app, &s->lease, CC_RUN_CANCELLING, CC_RUN_CANCELLED, NULL, moved);
    if (err == CC_OK && *moved)
        err = issue_settle(s, changes);
    return err;
}

cc_err
cc_slot_write(cc_slot *s, int changes, bool *moved)
{
    cc_db  *db = cc_app_db(s->w->app);
    int64_t seq = 0;
    cc_err  err;

    *moved = false;
    if (s->journal.failed)
        cc_log(s->w->app, "run %s: events were lost, there is not enough memory", s->lease.id);
    if ((err = cc_tx_begin(db)) == CC_OK && (err = note(s, changes, &seq)) == CC_OK && s->control.mine &&
        (err = cc_journal_insert(&s->journal, s->w->app, &s->lease, seq)) == CC_OK)
        err = changes_apply(s, changes, moved);
    if (err == CC_OK && s->control.mine)
        err = cc_spend_tell(s, *moved && changes & CC_WRITE_RUN_FAIL);
    err = cc_tx_end(db, err);
    *moved = *moved && err == CC_OK;
    if (err != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
        return err;
    }
    cc_journal_clear(&s->journal);
    s->cost = 0;
    s->warned_of = s->warned;
    s->priced = s->unpriced = false;
    s->new_branch = NULL;
    s->noted_at = cc_app_monotonic(s->w->app);
    s->lease.renew_at = s->noted_at + cc_setting_int(s->w->app, CC_SETTING_leaseSeconds) * 1000 / 3;
    cc_wake(s->w->app, *moved, s->lease.id); /* of one that has ended the place is free */
    return CC_OK;
}
