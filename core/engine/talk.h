/*
 * The pipe by which an agent is talked to.
 */
#ifndef CC_TALK_H
#define CC_TALK_H

#include "engine/assignee.h"
#include "engine/slot.h"

bool cc_talk_open(cc_slot *s, cc_launch *l, const cc_assignee *t, const char *prompt);
void cc_talk_on(cc_slot *s); /* as much as its pipe takes; when all is said it hears the end */
void cc_talk_close(cc_slot *s);

#endif
