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

/* Who sent it, and how: client.c, gate.c. */
typedef struct cc_caller {
    bool address_sure; /* false: what was said of the address does not fit together; it is in no network list */
    bool secure;       /* it came by https */
    bool cross_origin; /* a page of another origin asked */
    bool legacy;       /* X-API-Version: 1 */
    bool problem;      /* errors as application/problem+json */
} cc_caller;

/* The target taken apart: gate.c. */
typedef struct cc_path {
    const char *text;      /* below /api/v1, as sent: not decoded */
    const char *base;      /* what stood before /api/v1 */
    size_t      base_sent; /* the size of that in in->uri, where "~" may be "%7E" */
} cc_path;

/* What the route takes from the query, and what was sent of it: gate.c. */
typedef struct cc_query_values {
    const char     *text;
    size_t          count;
    const cc_field *fields[CC_QUERY_MAX];
    cc_value        values[CC_QUERY_MAX]; /* parallel */
} cc_query_values;

/* The body as received: gate.c. */
typedef struct cc_received {
    const char *text;
    size_t      size;
    bool        read;
} cc_received;

/* How a list goes on: resource.c. */
typedef struct cc_list_end {
    char next[CC_ID_SIZE]; /* the last id if there is more; "" at the end */
    bool more;             /* a list without cursor goes on */
} cc_list_end;

/* What a refusal's headers say: envelope.c. */
typedef struct cc_refusal {
    cc_scope lacking;      /* of a SCOPE_DENIED */
    int64_t  come_again_s; /* of an UNAVAILABLE: when; 0: soon */
} cc_refusal;

/* The Idempotency-Key: idempotency.c. */
typedef struct cc_retry {
    bool    claimed;
    uint8_t tag[CC_HASH_SIZE], digest[CC_HASH_SIZE], key[CC_SECRET_SIZE];
} cc_retry;

/* What is waited for is the end of a request that was made in the course of this one. */
typedef struct cc_held {
    cc_req *inner;
    cc_err (*ended)(cc_req *r); /* write the answer of the outer one, now that the inner one has its own */
    const void *about;          /* for `ended` */
} cc_held;

/* The bucket that has least left: gate.c. */
typedef struct cc_rated {
    cc_rate     left;
    const char *name;
    int64_t     quota;   /* a minute */
    bool        counted; /* the request was taken from a bucket */
} cc_rated;

struct cc_req {
    union {
        cc_context context;
        struct {
            CC_CONTEXT_MEMBERS
        };
    };
    const cc_request *in;
    cc_caller         client;

    const cc_route *route;
    cc_path         path;
    const char     *id;       /* {id}, or NULL */
    const char     *part;     /* what stands for the path's second place, or NULL */
    const char     *method;   /* one that there is; NULL: what was sent is none */
    int64_t         began_us; /* access.c */
    bool            head;     /* HEAD: as GET, without a body */
    bool by_alias; /* the path has no place for the {id} that the route wants: it comes as a parameter or member */
    cc_query_values query;
    cc_received     sent;
    cc_value       *body;      /* parallel to cc_route_body(route) */
    void           *before_tx; /* what the route's `before_tx` has found out for its handler */

    cc_buf      out;     /* the answer's body */
    cc_buf      extra;   /* further header lines, each with its CRLF */
    int         status;  /* 0: the route's */
    int64_t     version; /* of the one resource answered; 0: no ETag */
    cc_list_end page;
    cc_stream  *stream;       /* the answer goes on (resources/events.c); NULL: it does not */
    bool        event_stream; /* as text/event-stream */
    const char *file_type;    /* what r->out is, which is no JSON then but a file to be saved; NULL: it is JSON */
    bool        unfinished;   /* all of it but what the envelope begins with is still to come: cc_gate_finish */
    cc_held    *held;         /* unfinished because of another request that it has made; NULL: by itself */
    const char *secret;       /* a key just made, to be shown this once */
    bool        no_store;     /* the answer holds a secret */
    cc_err      outcome;      /* of a replayed answer */
    cc_retry    retry;
    cc_rated    rate;
    cc_refusal  refusal;
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

/* One that has come in, and nothing is known of yet; NULL: out of memory. */
cc_req *cc_req_new(cc_app *app, cc_arena *a, const cc_request *in);

/* The values of a request's body by name; never NULL for a declared name. */
const cc_value *cc_body_value(cc_req *r, const char *name);
const cc_value *cc_query_value(cc_req *r, const char *name);

#endif
