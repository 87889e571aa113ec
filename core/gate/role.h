/*
 * What a person may do in a project.
 */
#ifndef CC_ROLE_H
#define CC_ROLE_H

#include "context/context.h"

extern const char *const cc_role_names[]; /* ends with NULL */
const char              *cc_role_text(cc_role role);
cc_role                  cc_role_find(const char *text);
uint64_t                 cc_role_may(cc_role role);   /* a complete mask of scopes */
uint64_t                 cc_role_grant(cc_role role); /* what the person may put into a key */

#endif
