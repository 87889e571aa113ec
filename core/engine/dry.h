/*
 * What a run would do, and whether it could.
 */
#ifndef CC_DRY_H
#define CC_DRY_H

#include "gate/request.h"

extern const cc_field cc_dry_fields[];
cc_err                cc_workflows_run_dry(cc_req *r);

#endif
