/*
 * Which key is this, and what may it do?
 */
#ifndef CC_AUTH_H
#define CC_AUTH_H

#include "gate/request.h"

#define CC_LOCAL_OWNER "local owner" /* what the log calls whoever runs the programs on the machine itself */

cc_err cc_auth(cc_req *r); /* fills r->who */

/* Inside a write's transaction: as it is now, however long the wait for it was. */
cc_err cc_auth_again(cc_req *r);

#endif
