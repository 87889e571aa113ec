/*
 * One step, from its beginning to its end.
 */
#ifndef CC_STEP_H
#define CC_STEP_H

#include "engine/slot.h"

void   cc_step_begin(cc_slot *s, const cc_plan_row *input);
void   cc_step_keep(cc_slot *s); /* its agent has ended */
void   cc_step_kept(cc_slot *s);
cc_err cc_step_keep_on(cc_slot *s, bool *started);

#endif
