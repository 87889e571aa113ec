/*
 * What a slot forgets when a process or a run is over.
 */
#ifndef CC_LIFETIME_H
#define CC_LIFETIME_H

#include "engine/slot.h"

void cc_slot_process_forget(cc_slot *s);
void cc_slot_become_idle(cc_slot *s);

#endif
