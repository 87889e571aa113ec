/*
 * One slot: a run from the moment it is taken to the moment it ends, or is somebody else's.
 *
 * A state machine that the worker moves on.  Whatever it wants to change goes through cc_slot_write: one transaction
 * with the events so far, the step's row and perhaps the run's end, which begins with the statement that asks whether
 * the run is still ours.  When storage is busy nothing has happened and the same is tried again a little later; when
 * the run is not ours any more, the slot kills what runs in it and forgets the run without another word.
 *
 * A pause takes effect between steps: the slot gives the run back, and any worker takes it up when it is resumed.
 * Freezing an agent in the middle would break its connections.
 */
#include <string.h>

#include "context/settings.h"
#include "engine/assignee.h"
#include "engine/git.h"
#include "engine/leave.h"
#include "engine/lifetime.h"
#include "engine/load.h"
#include "engine/output.h"
#include "engine/reason.h"
#include "engine/spend.h"
#include "engine/step.h"
#include "engine/talk.h"
#include "engine/turn.h"
#include "engine/workers.h"
#include "engine/write.h"

enum {
    EVENTS_MAX = 4 * 1024 * 1024, /* of what a run's agents say, as events; transcript.c has all of it */
    TALK_MS = 10,                 /* until a pipe that is full is tried again */
    FLUSH_MS = 50,
    RESULT_GRACE_MS = 5000, /* for an agent that has said its result to end by itself */
};

/* ---- between steps -------------------------------------------------------------------------------- */

/* The run goes back to where any worker can take it up again. */
static void
give_back(cc_slot *s)
{
    if (cc_lease_release(s->w->app, &s->lease) == CC_OK)
        cc_slot_become_idle(s);
    else
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
}

static void
end(cc_slot *s)
{
    bool moved;

    if (cc_slot_write(s, s->failure ? CC_WRITE_RUN_FAIL : CC_WRITE_RUN_COMPLETE, &moved) != CC_OK)
        return;
    if (!moved && s->control.mine && s->control.paused) {
        give_back(s);
        return;
    }
    cc_slot_stand(s);
    if (moved)
        cc_workspace_finished(s);
    if (moved || s->phase != CC_PHASE_LEAVING)
        cc_slot_become_idle(s);
}

/* What was asked of a sandbox has ended, or nothing was: it rests, if nothing else was asked meanwhile. */
static void
turn_end(cc_slot *s)
{
    bool moved;

    s->phase = CC_PHASE_BETWEEN;
    if (s->turn.due && !s->emitted)
        cc_turn_say_end(s);
    s->emitted = s->turn.due; /* once, however often storage is busy */
    if (cc_slot_write(s, CC_WRITE_TURN_END, &moved) != CC_OK)
        return;
    s->emitted = false;
    if (!moved && s->control.mine && s->control.paused) {
        give_back(s);
        return;
    }
    cc_slot_stand(s);
    if (moved)
        cc_slot_become_idle(s);
}

static void
commit_begin(cc_slot *s)
{
    bool moved;

    if (!s->emitted)
        cc_turn_say_begin(s);
    s->emitted = true;
    if (cc_slot_write(s, CC_WRITE_TURN_BEGIN, &moved) != CC_OK)
        return;
    s->emitted = false;
    cc_slot_stand(s);
    if (s->phase != CC_PHASE_BETWEEN)
        return;
    s->phase = CC_PHASE_CLOSING;
    s->stage = 0;
}

/* A turn that fails is only that, once the sandbox is open. */
static void
between_turns(cc_slot *s)
{
    const cc_turn_due due = cc_turn_look(s);

    if (due == CC_TURN_LATER)
        return;
    if (due != CC_TURN_NONE && !s->failure && s->control.paused) {
        give_back(s);
        return;
    }
    if (due == CC_TURN_MESSAGE && !s->failure)
        cc_spend_watch(s);
    if (s->failure && (s->turn.ended || !s->turn.opened))
        end(s);
    else if (s->failure || due == CC_TURN_NONE)
        turn_end(s);
    else if (due == CC_TURN_COMMIT)
        commit_begin(s);
    else
        cc_step_begin(s, NULL);
}

static void
between(cc_slot *s)
{
    const cc_plan_row *input;

    if (s->w->stopping) { /* while a step's changes were kept */
        cc_slot_leave(s, CC_LEAVE_HAND_BACK);
        return;
    }
    if (s->turn.is_one) {
        between_turns(s);
        return;
    }
    if (s->failure) {
        end(s);
        return;
    }
    if (cc_app_monotonic(s->w->app) >= s->run_by) {
        cc_slot_fail(s, cc_reason_new(s->arena, RUN_TOO_LONG,
                                      .seconds = cc_setting_text(s->w->app, CC_SETTING_runTimeoutSeconds)));
        return;
    }
    cc_next next = cc_plan_next(&s->plan, &s->position, &s->iteration, &input);
    if (next == CC_NEXT_STEP && !s->control.stop) {
        if (s->control.paused) {
            give_back(s);
            return;
        }
        cc_spend_watch(s);
        if (!s->failure)
            cc_step_begin(s, input);
        return;
    }
    if (next == CC_NEXT_FAILED) {
        const cc_plan_step *step = &s->plan.steps[s->position];
        cc_slot_fail(s, cc_reason_new(s->arena, STEP_FAILED, .step = cc_printf(s->arena, "%d", s->position + 1),
                                      .label = step->label, .reason = input->reason));
        return;
    }
    if (s->control.paused) {
        give_back(s);
        return;
    }
    s->phase = CC_PHASE_CLOSING;
    s->stage = 0;
}

/* ---- phases --------------------------------------------------------------------------------------- */

static void
flush(cc_slot *s, int64_t now)
{
    bool moved;

    if (s->phase == CC_PHASE_LEAVING && s->leave == CC_LEAVE_LOST)
        return;
    if (s->journal.count && (s->journal.count >= CC_OUTPUT_FLUSH_COUNT || now - s->journal.since >= FLUSH_MS)) {
        if (cc_slot_write(s, 0, &moved) == CC_OK)
            cc_slot_stand(s);
    } else if (now >= s->lease.renew_at) {
        if (cc_lease_renew(s->w->app, &s->lease, &s->control) == CC_OK)
            cc_slot_stand(s);
        else
            s->retry_at = now + CC_SLOT_RETRY_MS;
    }
}

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
        cc_step_keep(s);
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
    cc_buf        b;

    cc_buf_init(&b, s->scratch);
    cc_putf(&b, "No output for %lld min: ", (long long)(silent / 60000));
    cc_gauge_tell(s, &b);
    cc_putc(&b, '.');
    cc_slot_say(s, cc_buf_text(&b));
    s->silent_at = now + silent;
    cc_arena_reset(s->scratch);
}

static void
work(cc_slot *s, int64_t now)
{
    cc_gauge_go(s, now);
    cc_talk_on(s);
    cc_spend_watch(s);
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
        cc_step_keep(s);
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
        cc_slot_process_forget(s);
        cc_workspace_leader(s, 0);
        if (!cc_workspace_ended(s, code)) {
            cc_mirror_unlock(s);
            s->phase = CC_PHASE_BETWEEN;
            return;
        }
    }
    cc_err err = next(s, &started);
    if (err == CC_E_UNAVAILABLE)
        s->retry_at = now + CC_SLOT_RETRY_MS;
    else if (err != CC_OK) {
        cc_slot_fail(
            s, cc_reason_plain(s->arena, CC_REASON_RUN_UNREADABLE)); /* s->failure says more, where more is known */
        s->phase = CC_PHASE_BETWEEN;
    } else if (started)
        cc_workspace_leader(s, s->process.pid);
    else
        then(s);
}

static void
opened(cc_slot *s)
{
    if (!cc_workspace_opened(s))
        return; /* in parts */
    s->turn.opened = true;
    cc_turn_place_clean(s);
    s->phase = CC_PHASE_BETWEEN;
}

static void
refuse(cc_slot *s)
{
    cc_slot_fail(s, cc_sandbox_refusal(s->arena, s->w->no_sandbox));
}

void
cc_slot_begin(cc_slot *s)
{
    s->leave = CC_LEAVE_NO;
    s->control = (cc_control){.mine = true};
    s->retry_at = 0;
    s->cost = 0;
    s->priced = s->unpriced = s->interrupted = s->paid = s->judged = false;
    s->output_bytes = s->watched = 0;
    s->warned = s->warned_of = false;
    cc_journal_limit(&s->journal, EVENTS_MAX);
    s->home = NULL;
    s->over = NULL;
    s->failure = s->push_reason = NULL;
    s->new_branch = s->push_status = NULL;
    s->pulled = (cc_pull_seen){0};
    s->fallback = 0;
    s->forbidden = false;
    s->repository = s->branch = s->base = NULL;
    s->position = s->iteration = s->stage = 0;
    s->proposed = false;
    s->has_repository = s->emitted = s->pull_said = s->begun = false;
    s->turn = (cc_turn){0};
    s->head = s->checkpoint = NULL;
    s->git_branch = s->git_start = s->git_tip = s->mirror = s->origin_path = NULL;
    s->command_by = INT64_MAX;
    cc_journal_clear(&s->journal);
    cc_err err = cc_slot_load(s);
    if (err == CC_OK)
        err = cc_lease_watch(s->w->app, &s->lease, &s->control); /* resumed runs may have been told to stop before */
    if (err == CC_OK)
        err = cc_assignee_check_all(s);
    if (err == CC_OK && !s->failure && !s->test && s->w->no_sandbox[0])
        refuse(s);
    if (err == CC_E_UNAVAILABLE) { /* not now: hand it back */
        cc_lease_release(s->w->app, &s->lease);
        cc_slot_become_idle(s);
        cc_worker_rest(s->w);
        return;
    }
    s->w->rest_ms = 0;
    if (err != CC_OK)
        cc_slot_fail(s, cc_reason_plain(s->arena, CC_REASON_RUN_UNREADABLE));
    s->phase = s->failure ? CC_PHASE_BETWEEN : CC_PHASE_OPENING;
    cc_slot_stand(s);
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
    case CC_PHASE_KEEPING: commands(s, cc_step_keep_on, cc_step_kept, now); break;
    case CC_PHASE_CLOSING: commands(s, cc_workspace_close, s->turn.is_one ? turn_end : end, now); break;
    case CC_PHASE_LEAVING: cc_slot_leaving(s); break;
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
    cc_output_read(s);
    if (now < s->retry_at)
        return;
    if (s->w->stopping && !may_go_on(s, now))
        cc_slot_leave(s, CC_LEAVE_HAND_BACK);
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
        cc_slot_stand(s);
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
    if (s->process.out >= 0 && s->journal.text.size < CC_OUTPUT_JOURNAL_MOST)
        fds[n++] = s->process.out;
    if (s->process.err >= 0 && s->journal.text.size < CC_OUTPUT_JOURNAL_MOST)
        fds[n++] = s->process.err;
    if (s->process.refusals >= 0)
        fds[n++] = s->process.refusals;
    if (s->gauge.pid)
        fds[n++] = s->gauge.out;
    return n;
}
