/*
 * A sandbox's turns: its rows say what comes next, and are told what came of it.
 *
 * The plan of such a run is not known beforehand: each turn is asked for when the one before has ended.  The run ends
 * when it is killed, when nobody uses it any more, or with the right of whoever made it; a turn that fails is only
 * that. With nothing left to do the run rests, paused and without a worker, and a message puts it into the queue again.
 */
#include "engine/turn.h"

#include "context/settings.h"
#include "engine/lease.h"
#include "engine/reason.h"
#include "gate/authority.h"
#include "resources/sandboxes.h"

typedef struct sandbox_row {
    int64_t     life, since, lost;
    bool        opened;
    const char *made_by, *agent, *model, *persona_id;
} sandbox_row;

typedef struct due_row {
    int         position, attempt;
    bool        draft;
    char        kind[12], asked_by[CC_ID_SIZE];
    const char *label, *text, *title, *description;
} due_row;

typedef struct seq_row {
    int64_t last_seq;
} seq_row;

#define STEP_IS_OPEN "t.status IN (" CC_STEP_SKIP_FROM_LIST ", " CC_STEP_BREAK_FROM_LIST ")"
#define THE_STEP(s) .project_id = (s)->lease.project_id, .run_id = (s)->lease.id, .position = (s)->position
#define STEP_PARAMS TEXT(project_id), TEXT(run_id), INT(position)

CC_ROW(sandbox_row, life, since, opened, lost, made_by, agent, model, persona_id);
CC_QUERY(turn_sandbox, sandbox_row,
         "SELECT s.life, s.since, s.opened, r.attempts AS lost, s.made_by, s.agent, s.model, s.persona_id "
         "FROM sandbox_runs s JOIN runs r ON r.project_id = s.project_id AND r.mode = s.mode AND r.id = s.run_id "
         "WHERE s.project_id = :project_id AND s.mode = :mode AND s.run_id = :id",
         CC_RUN_PARAMS);
CC_ROW(due_row, position, attempt, kind, label, text, title, description, draft, asked_by);
CC_QUERY(turn_due, due_row,
         "SELECT t.position, t.attempt, m.kind, t.label, m.text, m.title, m.description, m.draft, m.asked_by "
         "FROM run_steps t JOIN sandbox_messages m "
         "ON m.project_id = t.project_id AND m.run_id = t.run_id AND m.position = t.position "
         "WHERE t.project_id = :project_id AND t.run_id = :run_id AND t.iteration = 1 AND t.position >= :since "
         "AND " STEP_IS_OPEN " ORDER BY t.position LIMIT 1",
         TEXT(project_id), TEXT(run_id), INT(since));
CC_STATEMENT(turn_any_due,
             "SELECT 1 FROM run_steps t WHERE t.project_id = :project_id AND t.run_id = :run_id AND t.iteration = 1 "
             "AND t.position >= :since AND " STEP_IS_OPEN " LIMIT 1",
             TEXT(project_id), TEXT(run_id), INT(since));

/* ---- what its rows say ---------------------------------------------------------------------------- */

/* May whoever that was still do so?  CC_OK and *why: not. */
static cc_err
still_may(cc_slot *s, const char *actor, const cc_reason **why)
{
    cc_context c;

    *why = NULL;
    cc_context_init(&c, s->w->app, s->arena);
    cc_err err = cc_acting_as(&c, s->lease.project_id, actor, s->test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_E_FORBIDDEN)
        *why = c.reason ? c.reason : cc_reason_plain(s->arena, CC_REASON_MEMBER_GONE);
    return err == CC_E_FORBIDDEN ? CC_OK : err;
}

/* Each turn is taken by the sandbox's agent; its words come with it. */
static cc_err
plan_make(cc_slot *s, const sandbox_row *row)
{
    const size_t  most = CC_SANDBOX_ASKED_MAX;
    cc_plan_step *steps = cc_alloc(s->arena, most * sizeof(*steps));

    if (!steps)
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < most; i++)
        steps[i] = (cc_plan_step){.label = "Message",
                                  .role = "custom",
                                  .agent = row->agent,
                                  .model = row->model,
                                  .persona_id = row->persona_id};
    s->plan.steps = steps;
    s->plan.count = 1; /* for who looks whether its agent is there */
    return CC_OK;
}

cc_err
cc_turn_load(cc_slot *s)
{
    const cc_reason *why;
    sandbox_row      row;
    cc_err           err;

    s->turn.is_one = strcmp(s->source, CC_SANDBOX_SOURCE) == 0;
    if (!s->turn.is_one)
        return CC_OK;
    if ((err = cc_db_get(cc_app_db(s->w->app), s->arena, turn_sandbox, &row, CC_THE_RUN(s->lease))) != CC_OK ||
        (err = plan_make(s, &row)) != CC_OK || (err = still_may(s, row.made_by, &why)) != CC_OK)
        return err;
    s->turn.life = row.life;
    s->turn.since = row.since;
    s->turn.lost = row.lost;
    s->turn.opened = row.opened;
    s->turn.ended = why != NULL;
    if (why)
        cc_slot_fail(s, why);
    return CC_OK;
}

/* ---- what comes next ------------------------------------------------------------------------------ */

static const char *
first_line(cc_arena *a, const char *text)
{
    return cc_strndup(a, text, strcspn(text, "\r\n"));
}

static cc_err
take(cc_slot *s, const due_row *row)
{
    const cc_plan_row as_it_was = {.position = row->position, .iteration = 1, .attempt = row->attempt};
    cc_plan_step     *step = &s->plan.steps[row->position];
    const cc_reason  *why;
    cc_err            err;

    s->position = row->position;
    s->iteration = 1;
    s->plan.count = row->position + 1;
    s->turn.due = true;
    s->turn.commits = strcmp(row->kind, CC_SANDBOX_COMMIT) == 0;
    s->turn.text = step->instructions = row->text;
    step->label = row->label;
    s->task = (cc_task){.asked = s->turn.commits ? row->description : row->text};
    if (s->turn.commits)
        s->task.title = row->title ? row->title : first_line(s->arena, row->text);
    s->draft = row->draft;
    if (!cc_slot_row(s) && (err = cc_plan_note(&s->plan, &as_it_was)) != CC_OK)
        return err;
    if ((err = still_may(s, row->asked_by, &why)) == CC_OK && why)
        cc_slot_fail(s, why);
    return err;
}

/* Whose workers were lost as often as the operator bears with. */
static void
lost_look(cc_slot *s)
{
    const bool never = strcmp(cc_setting_text(s->w->app, CC_SETTING_lostRunPolicy), "fail") == 0;

    if (s->turn.lost > (never ? 0 : cc_setting_int(s->w->app, CC_SETTING_lostRunRetries)))
        cc_slot_fail(
            s, cc_reason_new(s->arena, WORKER_LOST, .times = cc_printf(s->arena, "%lld", (long long)s->turn.lost)));
}

cc_turn_due
cc_turn_look(cc_slot *s)
{
    due_row row;
    bool    found = false;
    cc_err  err = cc_db_find(cc_app_db(s->w->app), s->arena, turn_due, &row, &found, .project_id = s->lease.project_id,
                             .run_id = s->lease.id, .since = s->turn.since);

    s->turn.due = s->turn.commits = false;
    if (err == CC_OK && found)
        err = take(s, &row);
    if (err != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
        return CC_TURN_LATER;
    }
    lost_look(s);
    if (!found)
        return CC_TURN_NONE;
    s->run_by = cc_app_monotonic(s->w->app) + cc_setting_int(s->w->app, CC_SETTING_runTimeoutSeconds) * 1000;
    return s->turn.commits ? CC_TURN_COMMIT : CC_TURN_MESSAGE;
}

/* ---- how it ended --------------------------------------------------------------------------------- */

/* NULL: well. */
static const cc_reason *
reason_of(const cc_slot *s)
{
    return s->failure ? s->failure : s->push_reason;
}

/* What is said of a commit that went well. */
static const char *
commit_words(cc_slot *s)
{
    if (s->test)
        return "A rehearsal pushes nothing.";
    if (!s->push_status || strcmp(s->push_status, "none") == 0)
        return "Nothing was changed.";
    return cc_printf(s->arena, "Pushed as %s.%s%s", s->git_branch, s->pulled.url ? "  " : "",
                     s->pulled.url ? s->pulled.url : "");
}

void
cc_turn_say_begin(cc_slot *s)
{
    cc_buf *b = cc_journal_begin(&s->journal, "step.started", cc_app_now(s->w->app));

    cc_putf(b, "{\"position\":%d,\"iteration\":1,\"attempt\":%d,\"label\":", s->position, cc_slot_row(s)->attempt + 1);
    cc_put_json(b, s->plan.steps[s->position].label, strlen(s->plan.steps[s->position].label));
    cc_puts(b, ",\"role\":\"custom\",\"agent\":null,\"model\":null}");
    cc_journal_end(&s->journal);
}

void
cc_turn_say_end(cc_slot *s)
{
    cc_buf *b = cc_journal_begin(&s->journal, "step.finished", cc_app_now(s->w->app));

    cc_putf(b,
            "{\"position\":%d,\"iteration\":1,\"status\":\"%s\",\"exitCode\":null,\"verdict\":null,\"inputTokens\":0,"
            "\"outputTokens\":0,\"costUsd\":null}",
            s->position, reason_of(s) ? CC_STEP_FAILED : CC_STEP_COMPLETED);
    cc_journal_end(&s->journal);
}

CC_STATEMENT(turn_begin,
             "UPDATE run_steps SET status = " CC_STEP_BEGIN_TO ", started_at = :now, attempt = attempt + 1 "
             "WHERE project_id = :project_id AND run_id = :run_id AND position = :position AND iteration = 1",
             INT(now), STEP_PARAMS);
CC_STATEMENT(turn_finish,
             "UPDATE run_steps SET status = :status, finished_at = :now, output = :output, error_code = :code, "
             "error_params = :params "
             "WHERE project_id = :project_id AND run_id = :run_id AND position = :position AND iteration = 1",
             TEXT(status), INT(now), TEXT(output), TEXT(code), TEXT(params), STEP_PARAMS);
CC_STATEMENT(turn_pushed,
             "UPDATE runs SET head_commit = NULL, checkpoint_id = NULL "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             CC_RUN_PARAMS);
CC_STATEMENT(turn_branch_pushed,
             "UPDATE sandbox_runs SET pushed = 1 WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);
CC_STATEMENT(turn_opened,
             "UPDATE sandbox_runs SET opened = 1 WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);
CC_STATEMENT(turn_used,
             "UPDATE sandbox_runs SET opened = 1, used_at = :now "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(now), CC_RUN_PARAMS);
CC_ROW(seq_row, last_seq);
CC_QUERY(turn_rest, seq_row,
         "UPDATE runs SET status = :to, worker = NULL, lease_until = NULL, attempts = 0, worked_ms = 0, "
         "current_step_label = NULL, current_step_progress = NULL, last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker AND " CC_RUN_REST_FROM
         " RETURNING last_seq",
         TEXT(to), CC_RUN_PARAMS, TEXT(worker));

cc_err
cc_turn_begin(cc_slot *s)
{
    return cc_db_run(cc_app_db(s->w->app), turn_begin, .now = cc_app_now(s->w->app), THE_STEP(s));
}

cc_err
cc_turn_opened(cc_slot *s)
{
    return s->turn.is_one ? cc_db_run(cc_app_db(s->w->app), turn_opened, CC_THE_RUN(s->lease)) : CC_OK;
}

static cc_err
finish(cc_slot *s)
{
    const cc_reason *why = reason_of(s);

    return cc_db_run(cc_app_db(s->w->app), turn_finish, .status = why ? CC_STEP_FAILED : CC_STEP_COMPLETED,
                     .now = cc_app_now(s->w->app), .output = why ? why->text : commit_words(s),
                     .code = why ? cc_reason_name(why->code) : NULL, .params = why ? why->params : NULL, THE_STEP(s));
}

/* What was pushed is what the next turn begins with, as its host has it: the checkpoints led up to that. */
static cc_err
pushed(cc_slot *s)
{
    cc_db *db = cc_app_db(s->w->app);
    cc_err err = cc_db_run(db, turn_pushed, CC_THE_RUN(s->lease));

    return err == CC_OK ? cc_db_run(db, turn_branch_pushed, CC_THE_RUN(s->lease)) : err;
}

/* Its run's row is ours until the transaction ends, so nobody asks anything in between. */
static cc_err
rest(cc_slot *s, bool *moved)
{
    cc_db      *db = cc_app_db(s->w->app);
    cc_context  c = cc_lease_context(s->w->app, &s->lease);
    seq_row     row;
    bool        more;
    const char *to;
    cc_err      err = cc_db_exists(db, turn_any_due, &more, .project_id = s->lease.project_id, .run_id = s->lease.id,
                                   .since = s->turn.since);

    if (err != CC_OK || (more && !s->turn.due)) /* something came just now: go on */
        return err;
    to = more ? CC_RUN_REQUEUE_TO_NAME : CC_RUN_REST_TO_NAME;
    if ((err = cc_db_run(db, turn_used, .now = c.now, CC_THE_RUN(s->lease))) != CC_OK ||
        (err = cc_db_find(db, NULL, turn_rest, &row, moved, .to = to, CC_THE_RUN(s->lease),
                          .worker = s->lease.worker)) != CC_OK ||
        !*moved)
        return err;
    return cc_run_moved(&c, s->lease.id, row.last_seq, to);
}

cc_err
cc_turn_end(cc_slot *s, bool *moved)
{
    cc_err err = CC_OK;

    if (s->turn.due)
        err = finish(s);
    if (err == CC_OK && s->turn.due && s->push_status && strcmp(s->push_status, "pushed") == 0)
        err = pushed(s);
    return err == CC_OK ? rest(s, moved) : err;
}
