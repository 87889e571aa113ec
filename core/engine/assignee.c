/*
 * Who takes a step, on this machine.
 */
#include "engine/assignee.h"

/* The first agent that is installed, if nobody names one. */
cc_err
cc_assignee_resolve(cc_slot *s, cc_arena *a, const cc_plan_step *step, cc_assignee *t)
{
    cc_err err = cc_assign(s->w->app, a, s->lease.project_id, &s->project, s->test, step, t);

    if (err == CC_OK && !t->name)
        t->agent = cc_agent_any(s->w->app, a);
    if (err == CC_OK && !t->agent)
        cc_slot_fail(s, cc_assign_nobody(s->arena, step, t));
    return err;
}

/* Before the first step: everybody who will be needed must be there. */
cc_err
cc_assignee_check_all(cc_slot *s)
{
    char        why[512];
    cc_assignee t;
    cc_err      err = CC_OK;

    for (int i = 0; i < s->plan.count && err == CC_OK && !s->failure; i++)
        if ((err = cc_assignee_resolve(s, s->scratch, &s->plan.steps[i], &t)) == CC_OK && t.agent &&
            !t.agent->rehearsal && !cc_agent_program(t.agent, s->scratch, why, sizeof(why)))
            cc_slot_fail(s, cc_assign_not_installed(s->arena, t.agent));
    cc_arena_reset(s->scratch);
    return err;
}
