/*
 * Why a step ended as it did, in words.
 */
#ifndef CC_REASON_H
#define CC_REASON_H

#include "engine/slot.h"

/* A line on standard error: s->last_error becomes what a reason will quote, the last line that tells something. */
void cc_reason_hear(cc_slot *s, bool of_git, const char *line, size_t size);
/* The limit that s->last_error sounds like; NULL: none. */
const cc_reason *cc_reason_hint(cc_slot *s, bool of_git);
/* Of a step that failed; lives as long as the run. */
const cc_reason *cc_step_reason(cc_slot *s);
/* What an agent calls the way it ended (CC_REASON_NONE: nobody knows it), and what makes it ask its model again. */
cc_reason_code cc_reason_of_subtype(const char *subtype);
const char    *cc_reason_of_retry(const char *why);

#endif
