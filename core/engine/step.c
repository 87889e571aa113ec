/*
 * One step: it begins, its agent works, what that made is kept, it ends.
 */
#include <unistd.h>

#include "engine/agent_keys.h"
#include "engine/assignee.h"
#include "engine/conversation.h"
#include "engine/handout.h"
#include "engine/leave.h"
#include "engine/lifetime.h"
#include "engine/output.h"
#include "engine/prompt.h"
#include "engine/reason.h"
#include "engine/spend.h"
#include "engine/step.h"
#include "engine/talk.h"
#include "engine/transcript.h"
#include "engine/turn.h"
#include "engine/workers.h"
#include "engine/write.h"

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

static void
say_again(cc_slot *s)
{
    cc_slot_say(s, cc_printf(s->arena,
                             "This is attempt %d at the step: the worker of the one before was lost or stopped.%s",
                             s->attempt, s->has_repository ? "  The tree is as it was when the step began." : ""));
}

/* What an agent cannot do as it was asked, or will hardly do, is told. */
static void
say_doubts(cc_slot *s, const cc_assignee *t)
{
    const bool        keyless = cc_agent_key(s->w->app, t->agent, s->project.environment) == CC_KEY_MISSING;
    const char *const doubts[] = {
        keyless ? cc_agent_keyless(s->step, t->agent) : NULL,
        cc_agent_effort_reason(t->agent, s->step, t->effort),
    };

    for (size_t i = 0; i < CC_COUNT(doubts); i++)
        cc_slot_say(s, doubts[i]);
}

static cc_err
agent_start(cc_slot *s, const cc_assignee *t, const char *prompt)
{
    char        why[512] = "";
    const char *program = cc_agent_program(t->agent, s->step, why, sizeof(why));
    bool        by_input = false;
    cc_launch   l = {0};
    cc_err      err;

    if (!program) {
        cc_slot_fail(s, cc_assign_not_installed(s->arena, t->agent));
        return CC_OK;
    }
    if ((err = cc_workspace_launch(s, &l, &program)) != CC_OK)
        return err;
    if (s->failure)
        return CC_OK;
    if (!cc_agent_takes(t->agent, prompt)) {
        cc_slot_fail(s, cc_assign_too_long(s->arena, t->agent, prompt));
        return CC_OK;
    }
    const char   *effort = cc_agent_effort(t->agent, s->step, t->effort);
    const cc_told told = {.prompt = prompt, .model = t->model, .effort = effort, .session = s->resumed};
    if (!(l.argv = cc_agent_argv(t->agent, s->step, program, &told, &by_input)))
        return CC_E_UNAVAILABLE;
    if (t->agent->talk) {
        if (!cc_talk_open(s, &l, t, prompt))
            return CC_E_UNAVAILABLE;
    } else if (by_input) {
        l.input = prompt;
        l.input_size = strlen(prompt);
    }
    err = cc_process_start(&s->process, &l, why, sizeof(why));
    if (l.input_fd > 0)
        close(l.input_fd);
    if (err != CC_OK)
        cc_talk_close(s);
    if (err == CC_E_INTERNAL) {
        cc_slot_fail(s, cc_reason_new(s->arena, SANDBOX_BROKEN, .detail = why));
        return CC_OK;
    }
    if (err != CC_OK) {
        cc_log(s->w->app, "run %s: %s", s->lease.id, why);
        return err;
    }
    cc_workspace_leader(s, s->process.pid);
    s->last_error[0] = '\0';
    cc_output_heard(s);
    cc_transcript_open(s);
    s->phase = CC_PHASE_AGENT;
    return CC_OK;
}

/* What does not fit of what a session's agent has said; NULL: nothing. */
static cc_err
misfit(cc_slot *s, const char *said, const char **why)
{
    cc_context c;
    cc_value  *answer;

    cc_context_init(&c, s->w->app, s->step);
    cc_err err = cc_session_read(&c, s->session, said ? said : "", s->subjects, &answer);
    *why = err == CC_E_VALIDATION ? c.message : NULL;
    return err == CC_E_VALIDATION ? CC_OK : err;
}

/* A session gives no verdict: its answer is looked at here.  In its second round it is told what was wrong. */
static cc_err
ask_again(cc_slot *s, cc_prompt_parts *parts)
{
    const char *why = NULL;
    cc_err      err = CC_OK;

    if (!s->session)
        return CC_OK;
    parts->checks = false;
    if (parts->iteration > 1)
        err = misfit(s, parts->input, &why);
    if (why)
        parts->instructions = cc_printf(
            s->step,
            "%s\n\n# Once more\nThat was asked before, and the answer does not fit: %s  Answer again, with the whole object.",
            parts->instructions, why);
    return err == CC_OK && !parts->instructions ? CC_E_UNAVAILABLE : err;
}

/* That it can go on with; NULL: none. */
static const char *
conversation(cc_slot *s, const cc_agent *agent)
{
    int position;

    if (!agent->talk && !strstr(agent->line, "{session}"))
        return NULL;
    if (s->turn.is_one)
        return cc_turn_conversation(s);
    return s->attempt > 1 ? cc_conversation_find(s, &position) : NULL;
}

/* Write that the step begins, then let it begin: in this order, so that no agent runs for a run that is lost. */
void
cc_step_begin(cc_slot *s, const cc_plan_row *input)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    cc_assignee         t;
    bool                moved;

    cc_arena_reset(s->step);
    s->agent = NULL; /* the step's before was in there */
    if (cc_assignee_resolve(s, s->step, step, &t) != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
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
        cc_slot_say(s, CC_EXPOSED); /* who reads what an agent did shall know what it could have done */
    if (!s->emitted)
        say_begin(s);
    if (!s->emitted && s->attempt > 1)
        say_again(s);
    if (!s->emitted)
        say_doubts(s, &t);
    s->emitted = true; /* once, however often storage is busy */
    if (cc_slot_write(s, CC_WRITE_STEP_BEGIN, &moved) != CC_OK)
        return;
    s->emitted = false;
    cc_slot_stand(s);
    if (s->phase != CC_PHASE_BETWEEN)
        return;
    int64_t now = cc_app_monotonic(s->w->app);
    s->step_since = now;
    s->ms = 0;
    s->step_by = now + (step->timeout_s ? step->timeout_s : CC_STEP_SECONDS) * 1000;
    cc_gauge_begin(s, NULL, now);
    if (t.agent->rehearsal) {
        cc_rehearsal_begin(&s->rehearsal, step->instructions, s->task.asked, step->role, s->iteration, now);
        s->rehearsal.answer = s->session ? cc_session_example(s->step, s->session) : NULL;
        s->phase = CC_PHASE_REHEARSAL;
        return;
    }
    s->resumed = conversation(s, t.agent);
    cc_turn_place_dirty(s);
    cc_prompt_parts parts = cc_assign_prompt(&s->project, &s->task, step, &t);
    parts.resumed = s->resumed != NULL;
    parts.iteration = s->iteration;
    parts.input = input ? input->output : NULL;
    parts.input_label = input ? s->plan.steps[input->position].label : NULL;
    const char *prompt = NULL;
    if (ask_again(s, &parts) == CC_OK && cc_handout_give(s, &t, &parts.contexts) == CC_OK)
        prompt = s->turn.is_one ? cc_turn_prompt(s, &parts) : cc_prompt_make(s->step, &parts);
    if (!prompt || agent_start(s, &t, prompt) != CC_OK)
        s->retry_at = now + CC_SLOT_RETRY_MS;
}

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

enum { SAID_SHOWN = 300 /* bytes, of an answer that does not fit */ };

/* Its beginning, as a line. */
static const char *
piece_of(cc_arena *a, const char *said)
{
    char *piece = cc_strndup(a, said, cc_utf8_cut(said, strlen(said), SAID_SHOWN));

    for (char *p = piece; p && *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    return piece;
}

/* Does the answer fit?  The first that does not is asked for once more; with the second the step has failed. */
static cc_err
answer_judge(cc_slot *s, cc_plan_row *row)
{
    const char *said = row->output ? row->output : "", *why;
    cc_err      err = misfit(s, said, &why);

    row->verdict = why ? -1 : 1;
    if (err != CC_OK || !why || s->iteration == 1)
        return err;
    said = piece_of(s->step, said);
    row->completed = false;
    row->failed = true;
    row->reason = cc_reason_new(s->arena, ANSWER_UNFIT, .detail = why, .value = said);
    row->output = row->reason->text;
    return CC_OK;
}

/* How the step ended; false: not enough memory to say so, or the rates cannot be read now. */
static bool
judge(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    const cc_buf       *output = &s->result.output;
    cc_plan_row         row = {.position = s->position, .iteration = s->iteration, .attempt = s->attempt};

    row.completed = completed(s);
    row.failed = !row.completed;
    if (row.failed)
        row.reason = cc_step_reason(s);
    if (row.failed)
        row.output = row.reason->text;
    else
        row.output = cc_strndup(s->arena, output->data ? output->data : "", output->size);
    if (s->session && row.completed && answer_judge(s, &row) != CC_OK)
        return false;
    if (!s->session && step->checks && row.completed)
        row.verdict = cc_verdict_read(output->data ? output->data : "", output->size);
    if (cc_spend_price(s) != CC_OK || cc_plan_note(&s->plan, &row) != CC_OK)
        return false;
    cc_slot_pay(s);
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
    if (cc_slot_write(s, CC_WRITE_STEP_FINISH, &moved) != CC_OK)
        return;
    s->emitted = s->judged = false;
    if (s->control.mine && s->keep.head) {
        s->head = s->keep.head;
        s->checkpoint = s->keep.kept ? cc_strndup(s->arena, s->keep.id, strlen(s->keep.id)) : NULL;
    }
    if (s->control.mine)
        cc_turn_place_clean(s);
    cc_checkpoint_forget(s);
    cc_artifacts_forget(s);
    s->phase = CC_PHASE_BETWEEN;
    cc_slot_stand(s);
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
void
cc_step_keep(cc_slot *s)
{
    if (cannot_go_on(s)) {
        cc_conversation_forget(s);
        cc_slot_process_forget(s);
        cc_workspace_leader(s, 0);
        s->phase = CC_PHASE_BETWEEN;
        return;
    }
    if (!judge(s)) {
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
        return;
    }
    cc_slot_process_forget(s);
    cc_workspace_leader(s, 0);
    cc_checkpoint_begin(s);
    cc_artifacts_begin(s);
    s->phase = CC_PHASE_KEEPING;
}

/* First what it has changed, then what it has put aside. */
cc_err
cc_step_keep_on(cc_slot *s, bool *started)
{
    if (!cc_checkpoint_done(s))
        return cc_checkpoint_go(s, started);
    *started = false;
    return cc_artifacts_done(s) ? CC_OK : cc_artifacts_go(s);
}

void
cc_step_kept(cc_slot *s)
{
    if (cc_checkpoint_done(s) && cc_artifacts_done(s))
        finish(s);
}
