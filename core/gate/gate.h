/*
 * The stations that a request passes.
 */
#ifndef CC_GATE_H
#define CC_GATE_H

#include "gate/request.h"

#define CC_LOCAL_OWNER "local owner" /* what the log calls whoever runs the programs on the machine itself */

cc_err cc_gate(cc_req *r); /* gate.c */
/* client.c: fills r->address and r->secure, by what trusted proxies say.  UNAVAILABLE: no memory. */
cc_err cc_client_find(cc_req *r);
const char        *
cc_client_place(cc_req *r); /* what one caller has at his disposal: an IPv4 address, a /64; NULL: no memory */
bool   cc_proxy_ok(const char *text, size_t size); /* an entry of trustedProxies */
cc_err cc_auth(cc_req *r);                         /* auth.c: fills r->who */
cc_err cc_auth_again(cc_req *r); /* inside a write's transaction: as it is now, however long the wait for it was */
cc_err cc_audit(cc_req *r);      /* audit.c: note a change that went well, in its transaction */
cc_err cc_audit_also(cc_req *r, const char *action,
                     const char *resource_id); /* what follows from it, by the same one */
cc_err cc_audit_operator(cc_app *app, const char *project_id, const char *action,
                         const char *resource_id); /* the same for one that no request made */
void   cc_envelope_open(cc_req *r);                /* envelope.c */
cc_err cc_envelope_close(cc_req *r);
void   cc_envelope_error(cc_req *r, cc_err err);
void   cc_headers_write(cc_req *r, cc_err err, cc_buf *out);
bool   cc_etag_matches(const char *header, int64_t version); /* If-Match, If-None-Match; knows "*" and "-gzip" */
void   cc_environment_write(cc_req *r, const void *sealed, size_t size, cc_buf *out); /* project.c: masked */
/* project.c: the sealed environment as a JSON object of texts in the arena; *json stays NULL when there is none. */
cc_err   cc_environment_open(cc_app *app, cc_arena *arena, const char *project_id, const void *sealed, size_t size,
                             const cc_json **json);
bool     cc_slug_valid(const char *slug);                                 /* project.c */
cc_err   cc_page_read(cc_req *r, int64_t *limit, char after[CC_ID_SIZE]); /* page.c: after "" = from the start */
cc_err   cc_page_cursor(cc_req *r, const char *last_id, char *out, size_t out_size);
uint64_t cc_key_hot(const char *key_id);
cc_err   cc_idempotency_claim(cc_req *r);                 /* idempotency.c: before the transaction */
cc_err   cc_idempotency_find(cc_req *r, bool *replayed);  /* inside it: fills the stored answer in */
cc_err   cc_idempotency_store(cc_req *r, cc_err outcome); /* inside it */
void     cc_idempotency_release(cc_req *r);               /* after it */
cc_err   cc_idempotency_purge(cc_app *app);

#endif
