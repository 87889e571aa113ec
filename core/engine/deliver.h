/*
 * A worker's part in webhooks: what is due is signed and handed to a process that posts it.
 */
#ifndef CC_DELIVER_H
#define CC_DELIVER_H

#include "engine/worker.h"

typedef struct cc_delivery_work cc_delivery_work;

/* NULL: out of memory, or the worker cannot post anything; all that follows takes NULL. */
cc_delivery_work *cc_delivery_work_new(cc_worker *w);
void              cc_delivery_work_free(cc_delivery_work *d); /* what is under way is due again later */
void              cc_delivery_work_go(cc_delivery_work *d, bool look, int64_t now); /* look: something may be due */
bool              cc_delivery_work_waiting(cc_delivery_work *d); /* something is under way, or due and could be taken */
/* When stopping: is it worth while to wait for what is under way? */
bool cc_delivery_work_ending(cc_delivery_work *d, int64_t now);
enum { CC_DELIVERY_WORK_FDS = 2 };
int cc_delivery_work_fds(const cc_delivery_work *d, int fds[CC_DELIVERY_WORK_FDS]);

#endif
