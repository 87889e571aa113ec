/*
 * What a slot writes of its run.
 */
#ifndef CC_WRITE_H
#define CC_WRITE_H

#include "engine/slot.h"

/* Beside events. */
enum {
    CC_WRITE_STEP_FINISH = 1,
    CC_WRITE_STEP_BEGIN = 2,
    CC_WRITE_RUN_COMPLETE = 4,
    CC_WRITE_RUN_FAIL = 8,
    CC_WRITE_RUN_CANCEL = 16,
    CC_WRITE_STEP_INTERRUPT = 32,
    CC_WRITE_TURN_BEGIN = 64, /* of a sandbox: a commit begins */
    CC_WRITE_TURN_END = 128,  /* what is due has ended, if anything is; and it rests */
};

/*
 * All in one transaction.  CC_E_UNAVAILABLE: nothing was written, try again; CC_OK with standing.mine false: the run is
 * lost, nothing was written either.  *moved: the run has ended.
 */
cc_err cc_slot_write(cc_slot *s, int changes, bool *moved);

#endif
