/*
 * What machines that share a database tell each other of their rate limits.
 */
#ifndef CC_EXCHANGE_H
#define CC_EXCHANGE_H

#include "context/app.h"

/* At most once a second over all processes of this machine: say what was taken here, hear what was taken elsewhere. */
cc_err cc_exchange(cc_app *app);

#endif
