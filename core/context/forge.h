/*
 * Which forge serves a repository: what its host runs, and where its API is.
 */
#ifndef CC_FORGE_H
#define CC_FORGE_H

#include "base/repository.h"
#include "codecourier.h"

typedef struct cc_forge {
    const char *kind;         /* "github", "gitlab" or "gitea"; NULL: none that we know */
    const char *api;          /* in the arena */
    bool        is_operators; /* the setting githubToken is for this one */
} cc_forge;

/* The variable of a project's environment that its webhooks are signed with; no agent gets it. */
#define CC_FORGE_SECRET "FORGE_WEBHOOK_SECRET"

/* By the settings githubApi and forges, and the hosts that everybody knows.  false: out of memory. */
bool cc_forge_of(cc_app *app, cc_arena *a, const cc_repository *origin, cc_forge *out);

#endif
