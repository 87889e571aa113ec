/*
 * The agent that calls nothing.
 */
#ifndef CC_REHEARSAL_H
#define CC_REHEARSAL_H

#include "engine/agent.h"

typedef struct cc_rehearsal {
    int64_t     lines, emitted, wait_ms, next_at; /* monotonic */
    int         code, verdict;
    bool        done;
    const char *answer; /* what it says in place of its own words, but in a round that fails; NULL: those */
} cc_rehearsal;

/* "rehearse: lines=5 wait=200 exit=1 verdict=fail,pass" in the instructions or the task says how it goes. */
void cc_rehearsal_begin(cc_rehearsal *r, const char *instructions, const char *task, const char *role, int iteration,
                        int64_t now);
/* Say what is due at `now` (monotonic ms). */
void cc_rehearsal_go(cc_rehearsal *r, cc_listener *l, const char *role, const char *task, int64_t now);

#endif
