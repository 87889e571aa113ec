/*
 * Which repository a run works on: its address read once into its parts, and what of them the operator allows.
 *
 * Everybody who wants to know something about an address (is it GitHub?  whose token?  which mirror?  which host may be
 * reached?) asks the parts and never looks into the text again: two readers of one text are how
 * "ssh://a@-oProxyCommand=x" gets past the one and into the other.
 */
#ifndef CC_REPOSITORY_H
#define CC_REPOSITORY_H

#include "base/arena.h"

typedef enum cc_transport {
    CC_OVER_HTTPS,
    CC_OVER_SSH,
    CC_OVER_HTTP,
    CC_OVER_GIT,
    CC_OVER_NOTHING, /* a directory of this machine */
} cc_transport;

typedef struct cc_repository {
    cc_transport over;
    const char  *user; /* "": none */
    const char  *host; /* in lower case, an IPv6 address without brackets; "" for a directory */
    uint16_t     port; /* as given or the transport's own; 0 for a directory */
    const char
        *path; /* begins with '/', but in the form user@host:path, where it may be relative to the account's home */
    const char *url; /* what git is given */
} cc_repository;

/*
 * Read an address: https://HOST[:PORT]/PATH, ssh://[USER@]HOST[:PORT]/PATH, USER@HOST:PATH, and in the same manner http
 * and git; file:///PATH or /PATH.  The parts live in the arena.
 *
 * NULL, or what the address must be instead ("must name …"), in words for whoever wrote it.  That it can be read does
 * not mean that it is allowed.
 */
const char *cc_repository_read(cc_arena *a, const char *text, cc_repository *out);

/* An entry of gitProtocols: is there a transport of this name? */
const char *cc_transport_name(cc_transport over); /* "https"; "" for a directory */
bool        cc_transport_ok(const char *name, size_t size);

/* Does git, by its own rules (check-ref-format --branch), make a branch of this name?  "HEAD" and what begins with
 * "refs/" are none of ours besides, for people who write them mean something else. */
bool cc_branch_valid(const char *name);

/* Is there something left of an author's name or address after git has taken off what it calls crud? */
bool cc_author_valid(const char *text);

#endif
