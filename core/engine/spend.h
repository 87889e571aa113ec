/*
 * What a step has cost, and that it was paid.
 */
#ifndef CC_SPEND_H
#define CC_SPEND_H

#include "engine/slot.h"

/*
 * Its agent has ended, or is left: what it named no price for costs what the rates say.  Once.  Not CC_OK: ask again.
 */
cc_err cc_spend_price(cc_slot *s);
/* Has the run spent its project's budget?  Then s->failure says so, and its agent, if one is at work, is to end. */
void cc_spend_watch(cc_slot *s);
/* Inside cc_slot_write's transaction: the entry of this attempt. */
cc_err cc_spend_note(cc_slot *s);
/* Inside it as well: people are notified that the budget runs out, if it does, or has ended this run, which `failed`.
 */
cc_err cc_spend_tell(cc_slot *s, bool failed);

#endif
