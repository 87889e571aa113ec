/*
 * A slot comes and goes, and forgets what it had: a process, a run.
 */
#include <stdlib.h>

#include "engine/git.h"
#include "engine/lifetime.h"
#include "engine/talk.h"
#include "engine/transcript.h"

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
    cc_artifacts_forget(s);
    s->arena = cc_arena_new();
    s->step = cc_arena_new();
    s->scratch = cc_arena_new();
    if (cc_journal_open(&s->journal, cc_app_clock(w->app)) != CC_OK || !s->arena || !s->step || !s->scratch) {
        cc_slot_free(s);
        return NULL;
    }
    return s;
}

void
cc_slot_process_forget(cc_slot *s)
{
    cc_process_close(&s->process);
    cc_talk_close(s);
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
    cc_slot_process_forget(s);
    cc_mirror_unlock(s);
    cc_checkpoint_forget(s);
    cc_artifacts_forget(s);
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

void
cc_slot_become_idle(cc_slot *s)
{
    cc_mirror_unlock(s);
    cc_checkpoint_forget(s);
    cc_artifacts_forget(s);
    cc_workspace_leader(s, 0);
    s->phase = CC_PHASE_IDLE;
    s->leave = CC_LEAVE_NO;
    cc_journal_clear(&s->journal);
    cc_arena_reset(s->step);
    s->agent = NULL; /* it was in there */
    cc_arena_reset(s->scratch);
    cc_arena_reset(s->arena);
    s->root = NULL;
}
