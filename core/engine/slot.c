/*
 * What every part of a slot may do to it.
 */
#include "engine/slot.h"

enum { REST_MIN_MS = 100, REST_MAX_MS = 10000 };

void
cc_slot_cgroup_remove(cc_slot *s)
{
    if (s->cgroup)
        cc_cgroup_remove(&s->w->cgroups, s->cgroup);
    s->cgroup = NULL;
}

void
cc_slot_fail(cc_slot *s, const cc_reason *why)
{
    if (!s->failure)
        s->failure = why;
}

void
cc_slot_listener(cc_slot *s, cc_listener *l)
{
    *l = (cc_listener){
        .app = s->w->app,
        .scratch = s->scratch,
        .journal = &s->journal,
        .mask = &s->mask,
        .result = &s->result,
        .talk = s->agent && s->agent->talk ? &s->talk : NULL,
        .now = cc_app_now(s->w->app),
    };
}

void
cc_slot_say(cc_slot *s, const char *text)
{
    cc_listener l;

    cc_slot_listener(s, &l);
    if (text)
        cc_say_own(&l, text, strlen(text));
}

const cc_plan_row *
cc_slot_row(const cc_slot *s)
{
    for (size_t i = 0; i < s->plan.row_count; i++)
        if (s->plan.rows[i].position == s->position && s->plan.rows[i].iteration == s->iteration)
            return &s->plan.rows[i];
    return NULL;
}

void
cc_worker_rest(cc_worker *w)
{
    w->rest_ms = !w->rest_ms ? REST_MIN_MS : 2 * w->rest_ms < REST_MAX_MS ? 2 * w->rest_ms : REST_MAX_MS;
    w->rest_until = cc_app_monotonic(w->app) + w->rest_ms;
}
