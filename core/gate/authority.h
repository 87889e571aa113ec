/*
 * Who may hand out what, and who still may what he set up.
 */
#ifndef CC_AUTHORITY_H
#define CC_AUTHORITY_H

#include "gate/request.h"

/* What somebody can do at most. */
typedef struct cc_power {
    uint64_t    scopes; /* expanded */
    bool        test;
    const char *networks;   /* canonical; "": from anywhere */
    int64_t     expires_at; /* ms; 0: never */
    int64_t     rate_limit; /* a minute; 0: the instance's default */
} cc_power;

/*
 * May the caller hand out, change or end what has that power?  Only if he has all of it himself.  Whoever changes
 * something asks twice: for what it can do before, and for what it will be able to do.  FORBIDDEN: c->message says what
 * he lacks.
 */
cc_err cc_authority_over(cc_context *c, const cc_power *power);
cc_err cc_authority_over_role(cc_context *c, cc_role role); /* the same for a person's role */
cc_err cc_authority_over_live(cc_context *c);               /* the same for what is live: a test key has none of it */

const char *cc_actor(const cc_principal *who);  /* the id that is stored for later; NULL: the local owner */
const char *cc_person(const cc_principal *who); /* the person behind it; NULL: none */

/*
 * For what acts later than it was set up.  `actor` is what cc_actor gave; c->who becomes that key or person as they are
 * now, in the mode that was stored.  A key that was rotated has handed over to its successor.  FORBIDDEN, and
 * c->message a whole sentence: the right it had then has ended.
 */
cc_err cc_acting_as(cc_context *c, const char *project_id, const char *actor, bool test, cc_scope needs);

/* As the operator, who is at the machine itself: the command, and what setting up an instance does. */
void cc_acting_operator(cc_context *c, const char *project_id);

/*
 * For who waits: FORBIDDEN once the right with which the request came has ended; of CC_SCOPE_ANY, that of being asked
 * at all.  c->who.may is then what is left of it.
 */
cc_err cc_acting_still(cc_context *c, cc_scope needs);

#endif
