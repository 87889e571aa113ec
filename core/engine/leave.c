/*
 * A slot lets go of its run: it was cancelled, is somebody else's, or the worker stops.
 */
#include "context/settings.h"
#include "context/wake.h"
#include "engine/leave.h"
#include "engine/lifetime.h"
#include "engine/spend.h"
#include "engine/write.h"

enum { HAND_BACK_MS = 5000 };

void
cc_slot_leave(cc_slot *s, cc_leave why)
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
void
cc_slot_stand(cc_slot *s)
{
    if (s->phase == CC_PHASE_IDLE)
        return;
    if (!s->control.mine)
        cc_slot_leave(s, CC_LEAVE_LOST);
    else if (s->control.cancelling)
        cc_slot_leave(s, CC_LEAVE_CANCEL);
}

/* What a step has cost, to the run's. */
void
cc_slot_pay(cc_slot *s)
{
    s->cost += s->result.cost_nano;
    s->priced |= s->result.priced;
    s->unpriced |= !s->result.priced;
}

/* What its last call had cost is paid, whether or not its step counts. */
static int
interrupt(cc_slot *s)
{
    return (s->interrupted || s->judged) && (s->result.priced || s->result.counted) ? CC_WRITE_STEP_INTERRUPT : 0;
}

void
cc_slot_leaving(cc_slot *s)
{
    bool moved;

    if (s->process.pid &&
        !(s->interrupted ? cc_process_gone(&s->process, cc_app_monotonic(s->w->app)) : s->process.exited))
        return;
    if (s->interrupted && cc_spend_price(s) != CC_OK) {
        s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
        return;
    }
    if (s->interrupted && !s->paid)
        cc_slot_pay(s);
    if (s->interrupted)
        cc_journal_rest(&s->journal, cc_app_now(s->w->app));
    s->paid = s->interrupted;
    cc_slot_process_forget(s);
    if (s->leave == CC_LEAVE_CANCEL) {
        if (cc_slot_write(s, CC_WRITE_RUN_CANCEL | interrupt(s), &moved) != CC_OK)
            return;
    } else if (s->leave == CC_LEAVE_HAND_BACK) {
        if (cc_slot_write(s, interrupt(s), &moved) != CC_OK)
            return;
        s->interrupted = false;
        if (s->control.cancelling) {
            s->leave = CC_LEAVE_CANCEL;
            return;
        }
        if (s->control.mine && cc_lease_release(s->w->app, &s->lease) != CC_OK) {
            s->retry_at = cc_app_monotonic(s->w->app) + CC_SLOT_RETRY_MS;
            return;
        }
        cc_wake(s->w->app, true, NULL);
    }
    if (s->leave == CC_LEAVE_CANCEL)
        cc_workspace_finished(s);
    cc_slot_become_idle(s);
}
