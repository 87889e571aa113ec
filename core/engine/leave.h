/*
 * How a slot lets go of its run before that has ended.
 */
#ifndef CC_LEAVE_H
#define CC_LEAVE_H

#include "engine/slot.h"

void cc_slot_leave(cc_slot *s, cc_leave why);
void cc_slot_leaving(cc_slot *s); /* until its process is gone */
void cc_slot_stand(cc_slot *s);   /* after every look at the run's row */
void cc_slot_pay(cc_slot *s);     /* what a step has cost, to the run's */

#endif
