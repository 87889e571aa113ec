/*
 * The audit log, as it is written.
 */
#ifndef CC_AUDIT_H
#define CC_AUDIT_H

#include "gate/request.h"

cc_err cc_audit(cc_req *r); /* note a change that went well, in its transaction */

/* What follows from it, by the same one. */
cc_err cc_audit_also(cc_context *c, const char *action, const char *resource_id);

#endif
