/*
 * A sandbox's turns: what somebody has asked of it, one after the other (resources/sandboxes.h).
 */
#ifndef CC_TURN_H
#define CC_TURN_H

#include "engine/slot.h"

typedef enum cc_turn_due {
    CC_TURN_LATER, /* storage was busy: ask again when the slot goes on */
    CC_TURN_NONE,  /* all that was asked is answered */
    CC_TURN_MESSAGE,
    CC_TURN_COMMIT,
} cc_turn_due;

/* ---- turn.c ---- */

/* What its rows say.  s->failure says so if whoever made it has no right to it any more, and then s->turn.ended. */
cc_err cc_turn_load(cc_slot *s);
/* What comes next; it is the slot's step from now on.  s->failure may say why it will not be done. */
cc_turn_due cc_turn_look(cc_slot *s);
/* Into the journal: it begins, it has ended. */
void cc_turn_say_begin(cc_slot *s);
void cc_turn_say_end(cc_slot *s);

/*
 * Inside a transaction.  A commit begins.  And: what is due has ended, as s->failure or the push says; then the sandbox
 * rests, or goes back to the queue if more was asked meanwhile.  *moved: it did either.
 */
cc_err cc_turn_begin(cc_slot *s);
cc_err cc_turn_end(cc_slot *s, bool *moved);
cc_err cc_turn_opened(cc_slot *s);

/* ---- turn_tell.c ---- */

/* By which name the agent can be told to go on with the conversation, if it is here; NULL: not. */
const char *cc_turn_conversation(cc_slot *s);
/* What the agent is told; NULL: out of memory, or storage was busy. */
const char *cc_turn_prompt(cc_slot *s, cc_prompt_parts *parts);

/* ---- turn_place.c ---- */

/* Before its directory is opened, whose path is known: is what is there what its last turn has left?  If not, it is
 * made anew. */
void cc_turn_place_settle(cc_slot *s);
bool cc_turn_place_make(cc_slot *s);  /* it is there: note whose it is */
void cc_turn_place_dirty(cc_slot *s); /* its agent begins */
void cc_turn_place_clean(cc_slot *s); /* its tree is what s->head says */
/* Is it the directory of a sandbox that has no files any more, or was restarted?  When that cannot be told, not. */
bool cc_turn_place_unwanted(cc_worker *w, cc_arena *a, const char *path);

#endif
