/*
 * A request on its way through the gate.
 */
#ifndef CC_REQUEST_H
#define CC_REQUEST_H

#include "base/secret.h"
#include "context/context.h"
#include "gate/role.h"
#include "gate/route.h"
#include "storage/shared_state.h"

typedef struct cc_stream cc_stream;

struct cc_req {
    union {
        cc_context context;
        struct {
            CC_CONTEXT_MEMBERS
        };
    };
    const cc_request *in;
    bool              address_sure; /* false: what was said of it does not fit together; it is in no network list */
    bool              secure;       /* the caller came by https */

    const cc_route *route;
    const char     *path;      /* below /api/v1, decoded not: as sent */
    const char     *base;      /* what stood before /api/v1 */
    size_t          base_sent; /* the size of that in in->uri, where "~" may be "%7E" */
    const char     *id;        /* {id}, or NULL */
    const char     *query_text;
    bool            head; /* HEAD: as GET, without a body */
    bool     by_alias; /* the path has no place for the {id} that the route wants: it comes as a parameter or member */
    cc_value query[CC_QUERY_MAX];
    const cc_field *query_fields[CC_QUERY_MAX];
    size_t          query_count;
    const char     *body_text; /* as received */
    size_t          body_size;
    cc_value       *body;      /* parallel to cc_route_body(route) */
    void           *before_tx; /* what the route's `before_tx` has found out for its handler */

    cc_buf      out;              /* the answer's body */
    cc_buf      extra;            /* further header lines, each with its CRLF */
    int         status;           /* 0: the route's */
    int64_t     version;          /* of the one resource answered; 0: no ETag */
    char        next[CC_ID_SIZE]; /* a list's last id if there is more; "" at the end */
    bool        more;             /* a list without cursor goes on */
    cc_stream  *stream;           /* the answer goes on (resources/events.c); NULL: it does not */
    bool        event_stream;     /* as text/event-stream */
    const char *file_type;        /* what r->out is, which is no JSON then but a file to be saved; NULL: it is JSON */
    bool        unfinished;       /* all of it but what the envelope begins with is still to come: cc_gate_finish */
    bool        cross_origin;     /* asked by a page of another origin */
    int         heavy_slot;       /* among those who compute Argon2id */
    int64_t     come_again_s;     /* of an UNAVAILABLE: when; 0: soon */
    const char *secret;           /* a key just made, to be shown this once */
    bool        no_store;         /* the answer holds a secret */
    cc_err      outcome;          /* of a replayed answer */
    struct {
        bool    claimed;
        uint8_t tag[CC_HASH_SIZE], digest[CC_HASH_SIZE], key[CC_SECRET_SIZE];
    } retry;          /* Idempotency-Key */
    cc_rate     rate; /* of the bucket that has least left */
    const char *rate_name;
    int64_t     rate_quota; /* a minute */
    bool        rated;
    cc_scope    lacking; /* of a SCOPE_DENIED */
    bool        legacy;  /* X-API-Version: 1 */
    bool        body_read;
};

/*
 * Note what is wrong, in a request or a context, and return `err`:
 * return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be paused.", status);
 */
#define cc_fail(r, ...) cc_context_fail(CC_CONTEXT_OF(r), __VA_ARGS__)
#define CC_CONTEXT_OF(r) _Generic((r), cc_context * : cc_context_itself, cc_req * : cc_context_of)(r)

static inline cc_context *
cc_context_itself(cc_context *c)
{
    return c;
}

static inline cc_context *
cc_context_of(cc_req *r)
{
    return &r->context;
}

/* The values of a request's body by name; never NULL for a declared name. */
const cc_value *cc_body_value(cc_req *r, const char *name);
const cc_value *cc_query_value(cc_req *r, const char *name);

#endif
