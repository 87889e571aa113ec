/*
 * Why a step ended as it did, in words.
 */
#ifndef CC_REASON_H
#define CC_REASON_H

#include "engine/slot.h"

/* A line on standard error: s->last_error becomes what a reason will quote, the last line that tells something. */
void cc_reason_hear(cc_slot *s, bool of_git, const char *line, size_t size);
/* " (perhaps the limit that is the setting …)" if s->last_error sounds like one; "" if not. */
const char *cc_reason_hint(cc_slot *s, bool of_git);
/* Of a step that failed; lives as long as the run. */
const char *cc_step_reason(cc_slot *s);
const char *cc_reason_of_long_prompt(cc_arena *a, const cc_agent *agent, const char *prompt);
/* What an agent calls the way it ended, and what makes it ask its model again. */
const char *cc_reason_of_subtype(const char *subtype);
const char *cc_reason_of_retry(const char *why);

#endif
