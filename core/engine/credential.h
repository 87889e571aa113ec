/*
 * Which repository a run may work on, and with which credential.
 */
#ifndef CC_CREDENTIAL_H
#define CC_CREDENTIAL_H

#include "base/json.h"
#include "base/repository.h"
#include "context/forge.h"
#include "context/reasons.h"
#include "codecourier.h"

/* The one that a repository is reached with. */
typedef struct cc_credential {
    cc_app              *app;
    const cc_json       *environment; /* of the project; NULL: none */
    const cc_repository *origin;
    cc_forge             forge; /* that serves it */
} cc_credential;

/*
 * Read a repository's address and judge it by the operator's settings as they are now.  NULL, or in a sentence why it
 * is refused.  *path: where it lies, if it is a directory of this machine; else NULL.
 */
const cc_reason *cc_credential_origin(cc_app *app, cc_arena *a, const char *address, cc_repository *origin,
                                      const char **path);

bool cc_credential_over_http(const cc_repository *origin);

extern const char *const cc_credential_tokens[];  /* the variables that can hold a token, NULL at the end */
bool cc_credential_is_variable(const char *name); /* one of these, or another that is for us and for no agent */
/* The value of a variable; NULL: there is none. */
const char *cc_credential_variable(const cc_json *environment, const char *name);
const char *cc_credential_token(const cc_credential *c); /* for HTTP and the API; NULL or "": none */
const char *cc_credential_key(const cc_credential *c);   /* for ssh; the same */
/* Where the token is from, or that there is none: a part of a reason. */
const cc_reason *cc_credential_source(cc_arena *a, const cc_credential *c);

/* NULL, or why the repository cannot be reached. */
const cc_reason *cc_credential_refused(cc_arena *a, const cc_credential *c);
/* Is there one to push with, where one is needed? */
bool cc_credential_may_push(const cc_credential *c);

#endif
