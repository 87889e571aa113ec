/*
 * The push: whether it may be, whether it could be, and what became of it.
 */
#ifndef CC_PUSH_H
#define CC_PUSH_H

#include "context/reasons.h"
#include "engine/worker.h"

bool cc_push_may(const cc_slot *s); /* is there a credential, where one is needed? */
/* Ask the host, before anything is paid for, whether it would let us push.  As cc_git_start. */
cc_err cc_push_try(cc_slot *s);
/* What became of it. */
void   cc_push_done(cc_slot *s);
void   cc_push_none(cc_slot *s);                         /* there was nothing to push */
void   cc_push_failed(cc_slot *s, const cc_reason *why); /* which is the run's error as well, or: */
void   cc_push_not(cc_slot *s, const cc_reason *why);    /* as an event */
cc_err cc_push_write(cc_slot *s);                        /* inside the transaction that ends the run */
/* Behind a reason of git's: with which credential the host was asked, if it is that which was not enough; else NULL. */
const cc_reason *cc_push_credential(cc_slot *s);

#endif
