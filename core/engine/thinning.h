/*
 * Old runs' events, and old deliveries of webhooks.
 */
#ifndef CC_THINNING_H
#define CC_THINNING_H

#include "engine/worker.h"

/* Take some of what old runs' agents wrote out of their events, and some deliveries; true: there is more to do.  With
 * the app's lock held. */
bool cc_thin(cc_worker *w);

#endif
