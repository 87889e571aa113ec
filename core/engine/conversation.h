/*
 * By which name an agent goes on with a conversation that was interrupted.
 */
#ifndef CC_CONVERSATION_H
#define CC_CONVERSATION_H

#include "engine/slot.h"

void cc_conversation_note(cc_slot *s); /* after every line: does it tell a name? */
/* Of an attempt at this step before, or of a sandbox's turn before; NULL: none.  Lives as long as the step. */
const char *cc_conversation_find(cc_slot *s, int *position);
void        cc_conversation_forget(cc_slot *s);

#endif
