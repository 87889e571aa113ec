/*
 * The one way through.
 */
#ifndef CC_GATE_H
#define CC_GATE_H

#include "gate/request.h"

/*
 * Take a request through all stations, from its route to its finished answer in r->out: route, caller, key or session,
 * limits, fields, transaction, handler, envelope.  Gives the error that was answered.
 */
cc_err cc_gate(cc_req *r);

/*
 * May the request that came to nothing with `err` be taken through once more, because only another one was in its way
 * and all that it does is in its transaction?  Its successor is a new one that carries what cannot be had twice: the
 * body, its number, and that it has been counted.
 */
bool cc_gate_again(const cc_req *r, cc_err err);
void cc_gate_carry(const cc_req *from, cc_req *to);

/*
 * Of one whose handler left it `unfinished` and has now come to an end, with `err`: the rest of its way, the envelope.
 * Gives the error that is answered.
 */
cc_err cc_gate_finish(cc_req *r, cc_err err);

/*
 * The same for a request that is made here, in the course of another one, for a row that is known: `r` has its caller,
 * its id and part, its query's text and its body from that.  All behind the key is as for any other.
 */
cc_err cc_gate_row(cc_req *r, const cc_route *row);

/* Has the caller all these scopes?  SCOPE_DENIED, which says the first that is lacking.  For what a route's row does
 * not know. */
cc_err cc_scopes_check(cc_req *r, uint64_t needs);

/* Of a request that no instance has been opened for yet: may it keep its caller waiting?  true also where it cannot be
 * told. */
bool cc_gate_slow(const cc_table *table, const cc_request *in);

#endif
