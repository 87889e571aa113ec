/*
 * A run, as its rows say it is.
 */
#ifndef CC_LOAD_H
#define CC_LOAD_H

#include "engine/slot.h"

cc_err cc_slot_load(cc_slot *s);

#endif
