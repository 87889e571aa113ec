/*
 * Old runs' events, old deliveries of webhooks, and what has been in the trash for long.
 */
#ifndef CC_THINNING_H
#define CC_THINNING_H

#include "engine/worker.h"

/* Take some of what old runs' agents wrote out of their events, some deliveries and some trash; true: there is more to
 * do.  With the app's lock held. */
bool cc_thin(cc_worker *w);

#endif
