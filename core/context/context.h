/*
 * Who acts, on what, and when: all that code needs to know which does something in a project.
 *
 * A request has one (gate/request.h).  What acts without one has a context alone: a schedule or a chain that starts a
 * run, an invitation whose maker is asked for.  A function that takes a context works for both.
 */
#ifndef CC_CONTEXT_H
#define CC_CONTEXT_H

#include "base/arena.h"
#include "context/ids.h"
#include "context/reasons.h"

typedef enum cc_role {
    CC_ROLE_NONE, /* no member */
#define X(name, text) CC_ROLE_##name,
    CC_ROLES(X)
#undef X
        CC_ROLE__MAX
} cc_role;

/* On whose behalf. */
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

/*
 * The members are also those of a request, by the same names.
 *
 *   field, message  of a refusal; field: of a VALIDATION; message NULL: the error's own
 *   reason          of a refusal that a chain can end with; else NULL
 *   notify_run_id   a run that changed: once that is stored, workers and followers are woken
 */
#define CC_CONTEXT_MEMBERS                                                                                             \
    cc_app          *app;                                                                                              \
    cc_arena        *arena;                                                                                            \
    cc_principal     who;                                                                                              \
    int64_t          now;            /* ms */                                                                          \
    char             request_id[37]; /* what stands in the audit log */                                                \
    const char      *address;        /* the caller's; NULL: unknown, or there is no caller */                          \
    const char      *traceparent;    /* the caller's trace (W3C Trace Context); NULL: none */                          \
    const char      *field;                                                                                            \
    const char      *message;                                                                                          \
    const cc_reason *reason;                                                                                           \
    const char      *notify_run_id;

typedef struct cc_context {
    CC_CONTEXT_MEMBERS
} cc_context;

/* Nobody acts yet, now.  What is allocated for it lies in the arena. */
void cc_context_init(cc_context *c, cc_app *app, cc_arena *a);

/* "live" or "test": the mode in which it acts. */
static inline const char *
cc_context_mode(const cc_context *c)
{
    return c->who.test ? "test" : "live";
}

/* Note what is wrong and return `err`; request.h has cc_fail, which takes a request too. */
cc_err cc_context_fail(cc_context *c, cc_err err, const char *field, const char *format, ...) CC_PRINTF(4, 5);

/* The same with one of the reasons of the list. */
cc_err cc_context_refuse(cc_context *c, cc_err err, const cc_reason *reason);

/* After its transaction: wake whoever waits for what was done. */
void cc_context_notify(cc_context *c);

#endif
