/*
 * Which repositories and hosts the operator's settings allow.
 */
#ifndef CC_PERMIT_H
#define CC_PERMIT_H

#include "base/repository.h"
#include "context/reasons.h"

/*
 * Do the operator's settings gitProtocols, localRepositories and privateHosts allow it?  NULL, or what it must be
 * instead, as a part of a reason.  Asked when an address is stored and again each time it is used.
 *
 *   real  of a directory: where it truly lies, all symlinks resolved, as far as it exists; in the arena.  May be NULL.
 *
 * Asks no name server: who connects judges the addresses that a name has.
 */
const cc_reason *cc_repository_allowed(cc_app *app, cc_arena *a, const cc_repository *repository, const char **real);

/*
 * May messages be posted to that URL, as far as it can be told without asking a name server (setting
 * webhookPrivateHosts)?  NULL, or the end of a sentence: what it must be instead.
 */
const char *cc_webhook_allowed(cc_app *app, cc_arena *a, const char *url);

#endif
