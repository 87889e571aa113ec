/*
 * Who takes a step, on this machine.
 */
#ifndef CC_ASSIGNEE_H
#define CC_ASSIGNEE_H

#include "engine/slot.h"

/* s->failure says so if there is nobody. */
cc_err cc_assignee_resolve(cc_slot *s, cc_arena *a, const cc_plan_step *step, cc_assignee *t);
cc_err cc_assignee_check_all(cc_slot *s); /* before the first step: everybody who will be needed must be there */

#endif
