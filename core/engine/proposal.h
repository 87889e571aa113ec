/*
 * What a run says of itself in its commit and its pull request.
 */
#ifndef CC_PROPOSAL_H
#define CC_PROPOSAL_H

#include "engine/slot.h"

/* A chain calls its runs by its own name and a number: what is done has a better one. */
const char *cc_proposal_title(const cc_slot *s, const char *none);
/* The text of its pull request, by the project's template if it has one, as far as a forge takes it.  NULL: not now. */
const char *cc_proposal_text(cc_slot *s);

#endif
