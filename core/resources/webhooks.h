/*
 * Webhooks, as the worker that delivers them sees them.
 */
#ifndef CC_WEBHOOKS_H
#define CC_WEBHOOKS_H

#include "base/secret.h"
#include "storage/query.h"

enum { CC_WEBHOOK_SECRET_SIZE = 32, CC_WEBHOOK_SEALED_SIZE = CC_WEBHOOK_SECRET_SIZE + CC_SEAL_EXTRA };

/* Why an endpoint was switched off by the service. */
#define CC_WEBHOOK_GONE "gone"           /* it answered 410 */
#define CC_WEBHOOK_FORBIDDEN "forbidden" /* whoever it acts for may no longer know */

/* Beside CC_UNDELIVERED: it answered, but not that it has taken the message. */
#define CC_WEBHOOK_ANSWERED "ANSWERED"
#define CC_WEBHOOK_REDIRECTED "REDIRECTED"

/* false: it was sealed with another key file. */
bool cc_webhook_unseal(cc_app *app, cc_bytes sealed, uint8_t secret[CC_WEBHOOK_SECRET_SIZE]);

#endif
