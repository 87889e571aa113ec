/*
 * A request on its way through the gate.
 */
#ifndef CC_REQUEST_H
#define CC_REQUEST_H

#include "base/secret.h"
#include "context/ids.h"
#include "gate/role.h"
#include "gate/route.h"
#include "storage/shared_state.h"

typedef struct cc_principal {
    char        key_id[CC_ID_SIZE]; /* "" for the local owner and for people */
    char        project_id[CC_ID_SIZE];
    const char *name;
    uint64_t    scopes; /* as granted */
    uint64_t    may;    /* expanded */
    uint64_t    grant;  /* what may be handed out in a new key */
    bool        test;   /* a cc_test_ key */
    bool        local;  /* the owner of the data directory, through the command or in-process */
    int64_t     created_at, expires_at, last_used_at; /* ms; 0: none */
    const char *networks;                             /* canonical; "" none */
    int64_t     rate_limit;                           /* per minute; 0: the default */
    uint64_t    shared_key;                           /* in the shared state */
    const char *key;                                  /* the key itself, as sent; NULL for the local owner and people */
    char        owner_id[CC_ID_SIZE];                 /* the person with whose membership the key ends; "": nobody's */
    char        rate_root[CC_ID_SIZE]; /* the key whose limit it shares with all that came from that; "": none */
    int64_t     root_limit;            /* per minute */
    bool        by_operator;           /* the key was made on the machine itself */

    /* Of somebody signed in; empty for keys. */
    char        user_id[CC_ID_SIZE];
    char        session_id[CC_ID_SIZE];
    cc_role     role; /* in that project; CC_ROLE_NONE: of none */
    bool        must_change;
    const char *token;                       /* the cookie */
    int64_t     session_began, session_ends; /* ms */
} cc_principal;

typedef struct cc_stream cc_stream;

struct cc_req {
    cc_app           *app;
    cc_arena         *arena;
    const cc_request *in;
    int64_t           now; /* ms */
    char              request_id[37];
    const char       *address;      /* the caller's; NULL: unknown */
    bool              address_sure; /* false: what was said of it does not fit together; it is in no network list */
    bool              secure;       /* the caller came by https */

    const cc_route *route;
    const char     *path;      /* below /api/v1, decoded not: as sent */
    const char     *base;      /* what stood before /api/v1 */
    size_t          base_sent; /* the size of that in in->uri, where "~" may be "%7E" */
    const char     *id;        /* {id}, or NULL */
    const char     *query_text;
    bool            head; /* HEAD: as GET, without a body */
    bool by_alias; /* the path has no place for the {id} that the route wants: it comes as a parameter or member */
    cc_principal    who;
    cc_value        query[CC_QUERY_MAX];
    const cc_field *query_fields[CC_QUERY_MAX];
    size_t          query_count;
    const char     *body_text; /* as received */
    size_t          body_size;
    cc_value       *body;      /* parallel to cc_route_body(route) */
    void           *before_tx; /* what the route's `before_tx` has found out for its handler */

    cc_buf      out;              /* the answer's body */
    cc_buf      extra;            /* further header lines, each with its CRLF */
    int         status;           /* 0: the route's */
    const char *field;            /* of a VALIDATION */
    const char *message;          /* NULL: the error's own */
    int64_t     version;          /* of the one resource answered; 0: no ETag */
    char        next[CC_ID_SIZE]; /* a list's last id if there is more; "" at the end */
    bool        more;             /* a list without cursor goes on */
    const char *notify_run_id;    /* a run that changed: once that is stored, workers and followers are woken */
    cc_stream  *stream;       /* the answer goes on (resources/events.c); NULL: it does not */
    bool        event_stream; /* as text/event-stream */
    const char *file_type;    /* what r->out is, which is no JSON then but a file to be saved; NULL: it is JSON */
    bool        unfinished;   /* all of it but what the envelope begins with is still to come: cc_gate_finish */
    bool        cross_origin; /* asked by a page of another origin */
    int         heavy_slot;   /* among those who compute Argon2id */
    int64_t     come_again_s; /* of an UNAVAILABLE: when; 0: soon */
    const char *secret;       /* a key just made, to be shown this once */
    bool        no_store;     /* the answer holds a secret */
    cc_err      outcome;      /* of a replayed answer */
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

/* Note what is wrong and return `err`: return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be paused.", status); */
cc_err cc_fail(cc_req *r, cc_err err, const char *field, const char *format, ...) CC_PRINTF(4, 5);

/* The values of a request's body by name; never NULL for a declared name. */
const cc_value *cc_body_value(cc_req *r, const char *name);
const cc_value *cc_query_value(cc_req *r, const char *name);

#endif
