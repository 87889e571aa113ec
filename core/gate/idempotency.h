/*
 * A request that is sent again is carried out once.
 */
#ifndef CC_IDEMPOTENCY_H
#define CC_IDEMPOTENCY_H

#include "gate/request.h"

cc_err cc_idempotency_claim(cc_req *r);                 /* before the transaction */
cc_err cc_idempotency_find(cc_req *r, bool *replayed);  /* inside it: fills the stored answer in */
cc_err cc_idempotency_store(cc_req *r, cc_err outcome); /* inside it */
void   cc_idempotency_release(cc_req *r);               /* after it */
cc_err cc_idempotency_purge(cc_app *app);

#endif
