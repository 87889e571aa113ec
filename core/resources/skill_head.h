/*
 * The head of a skill's SKILL.md: what agents know of the skill before they read it.
 */
#ifndef CC_SKILL_HEAD_H
#define CC_SKILL_HEAD_H

#include "base/arena.h"

enum { CC_SKILL_NAME_MOST = 64, CC_SKILL_ABOUT_MOST = 1024 }; /* characters */

/*
 * Why agents would not see a skill whose SKILL.md says that, as the end of a sentence about it; NULL: they would, or
 * there is no memory to say why not (*err then is UNAVAILABLE).
 */
const char *cc_skill_head_misfit(cc_arena *a, const char *text, cc_err *err);

#endif
