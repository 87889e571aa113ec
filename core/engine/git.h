/*
 * Git, as the engine runs it: each stage of script.c as a process of a slot, in a sandbox that sees what the stage
 * needs and nothing else.
 *
 *     DATA/repos/PROJECT/HASH/mirror   a bare mirror for each project, repository and credential, fetched under a lock
 *     DATA/runs/RUN/work               where the agents work: a clone of the mirror, or empty
 *     DATA/runs/RUN/home tmp           what else they may write to
 *     DATA/runs/RUN/kept               our own git directory for the same files; no agent sees it
 *     DATA/runs/RUN/out                the bundle that leaves the sandbox
 *     DATA/runs/RUN/clean              the repository that it was checked into, and that is pushed from
 *
 * What an agent wrote is read by git in `keep` and `reset` alone: without network, without any credential.  What leaves
 * that sandbox is a bundle, which is data: its header is read here (record.c), its pack goes through index-pack
 * --strict in `take`.  Only `fetch`, `try` and `push` hold a credential, and neither sees the tree.  The settings that
 * switch off what git could run (git.c) are the second guard, not the first: filters and merge drivers take their names
 * from tracked files, so no list of settings is complete.
 */
#ifndef CC_GIT_H
#define CC_GIT_H

#include "engine/credential.h"
#include "engine/slot.h"

extern const char *const cc_git_script[9]; /* script.c: one text, in parts */

#define CC_GIT_TUNNEL "/run/codecourier" /* our own command inside, as ssh's ProxyCommand */
#define CC_GIT_CHECKPOINT_EMAIL                                                                                        \
    "checkpoint@codecourier.invalid" /* commits what steps leave, and nothing that is pushed */
#define CC_GIT_KNOWN_HOSTS "/run/known_hosts"

typedef enum cc_git_place {
    CC_GIT_TREE,
    CC_GIT_KEPT,
    CC_GIT_OUT,
    CC_GIT_CLEAN,
    CC_GIT_MIRROR,
    CC_GIT_REPOSITORY, /* the operator's own, where the run works on one */
    CC_GIT_PLACE__MAX
} cc_git_place;

typedef struct cc_git_task {
    const char        *stage;
    unsigned           reads, writes; /* bits: 1 << place */
    bool               remote;        /* it speaks with the repository: its host, and the credential for it */
    const char *const *variables;     /* "NAME=VALUE", NULL at the end; out of memory if an earlier one is NULL */
    size_t             variable_count;
    int                input; /* a descriptor to read from, which stays the caller's; -1: nothing */
} cc_git_task;

/* Start it in s->process.  CC_E_INTERNAL: s->failure says why. */
cc_err cc_git_start(cc_slot *s, const cc_git_task *task);

/* What did not come about (a reason with CC_REASON_OF_GIT), and why: from s->over, the time, or the command's last line
 * on standard error. */
const cc_reason *cc_git_reason(cc_slot *s, cc_reason_code what);
cc_reason_values cc_git_values(cc_slot *s); /* only why */

/* Read the run's repository into s->origin and judge it by the operator's settings as they are now. */
cc_err cc_git_origin(cc_slot *s);
/* What it is reached with: of s->origin, so after cc_git_origin. */
cc_credential cc_git_credential(const cc_slot *s);
bool          cc_git_over_http(const cc_slot *s);
/* Every credential that a host could be shown, and so could show: s->mask covers them from here on. */
cc_err      cc_git_mask(cc_slot *s);
const char *cc_git_token(const cc_slot *s);                /* for HTTP and the API; NULL or "": none */
const char *cc_git_key(const cc_slot *s);                  /* for ssh; the same */
const char *cc_git_place_path(cc_slot *s, cc_git_place p); /* outside; NULL: out of memory */
/* Make a directory and give it to whoever works on it inside.  It may be entered by all who come so far: nobody but us.
 */
bool cc_git_place_make(cc_slot *s, cc_git_place p);

/* ---- mirror.c ---------------------------------------------------------------------------------- */

/* Find or make s->mirror and take its lock (s->lock), which cc_mirror_unlock gives up.  CC_E_UNAVAILABLE: somebody else
 * has it. */
cc_err cc_mirror_hold(cc_slot *s);
/* Fetch, under that lock. */
cc_err cc_mirror_start(cc_slot *s);
void   cc_mirror_unlock(cc_slot *s);
/* Remove mirrors that nobody has fetched for long. */
void cc_mirror_sweep(const char *directory);

/* ---- secrets.c --------------------------------------------------------------------------------- */

/* What must not be in a commit, line by line, to read from; -1: not enough memory. */
int cc_secrets_open(cc_slot *s);

/* ---- record.c ---------------------------------------------------------------------------------- */

/* What leaves a sandbox: the new commits of one branch. */
typedef struct cc_bundle {
    int         fd;    /* behind the header; -1: nothing was changed */
    int64_t     size;  /* of all of it */
    const char *tip;   /* hexadecimal, as are: */
    const char *bases; /* what it builds upon, with spaces between */
} cc_bundle;

/* Commit what the last checkpoint holds with this message, and make a bundle of what the origin does not have. */
cc_err cc_record_start(cc_slot *s, const char *message);
/* Look at what has come out.  false: s->failure says what is wrong with it. */
bool cc_record_read(cc_slot *s, cc_bundle *bundle);
/*
 * The same of any bundle that holds this one ref ("refs/heads/main"), of at most so many bytes.  CC_REASON_NONE, or
 * what is wrong with it; bundle->fd is -1 then, and where there is no such file.
 */
cc_reason_code cc_bundle_open(cc_arena *a, const char *path, const char *ref, int64_t most, cc_bundle *bundle);
/* Take it into the clean repository, as s->git_branch.  The descriptor is closed. */
cc_err cc_record_take(cc_slot *s, cc_bundle *bundle);
cc_err cc_record_push(cc_slot *s, const char *tip);

#endif
