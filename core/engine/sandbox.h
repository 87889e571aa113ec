/*
 * What a program that the worker starts for a run can see, reach and use up.
 *
 * An allow-list: the system's programs read-only, a few files of /etc, and the mounts that are named; a process,
 * network, user and mount namespace of its own; no capabilities.  Everything lies at the same neutral places for every
 * run, so that nothing inside tells where the data is.
 *
 * In order: sandbox.c says what there is and makes bubblewrap's arguments (in the worker), cage.c makes the namespaces
 * around bubblewrap (in the child, between fork and exec).
 */
#ifndef CC_SANDBOX_H
#define CC_SANDBOX_H

#include <sys/types.h>

#include "engine/egress.h"

#define CC_INSIDE_WORK "/work"       /* the workspace */
#define CC_INSIDE_HOME "/home/agent" /* HOME */
#define CC_INSIDE_MIRROR "/mirror"   /* read-only; git's only */
#define CC_INSIDE_OUT "/out"         /* git's only */
#define CC_INSIDE_PROXY_PORT 3128    /* on 127.0.0.1: the way out, where there is one */
#define CC_INSIDE_PROXY "http://127.0.0.1:3128"

/* `from` outside, absolute, without a symlink in it that somebody else can change; `to` inside. */
typedef struct cc_mount {
    const char *from, *to;
    bool        writable;
    bool judged; /* others may change what is on the way: it is entered only if no symlink is, and by its owner */
    bool lent;   /* root's own: inside it is the account's, and what that writes is root's */
} cc_mount;

typedef struct cc_sandbox {
    const char             *project_id; /* whose account, when the worker is root */
    uid_t                   account;    /* not 0: instead of it, as for a repository of the operator's */
    const cc_mount         *mounts;     /* beside the system's; at most CC_MOUNTS_MAX, ends with .from == NULL */
    const cc_egress_policy *egress;     /* NULL: no network at all */
    int64_t                 tmp_mb;     /* /tmp and /dev/shm, each; 0: CC_TMP_MB */
} cc_sandbox;

enum { CC_MOUNTS_MAX = 24, CC_TMP_MB = 64, CC_TMP_FILES_PER_MB = 64, CC_TMP_FILES_LEAST = 4096 };

/* Of one process and what it starts, with or without a sandbox.  0: unlimited. */
typedef struct cc_limits {
    int64_t cpu_s, memory_mb, file_mb, processes;
} cc_limits;

/*
 * The account of a project: with a worker that is root, one of 65,536 unprivileged ones that no file of the system
 * belongs to; else the worker's own.
 */
uid_t cc_sandbox_uid(const char *project_id);

/* Give what was just made to the project's account.  A symlink is not followed.  Not root: nothing to do. */
bool cc_sandbox_own(const char *project_id, const char *path);
bool cc_sandbox_own_file(const char *project_id, int fd); /* project NULL: stays ours */

/*
 * Does it work, and would it hide `data` (absolute, without symlinks)?  Runs `true` inside.  false: `why` says in a
 * sentence what stands in the way.
 */
bool cc_sandbox_works(const char *data, char *why, size_t why_size);

/* ---- for process.c ------------------------------------------------------------------------------- */

#define CC_CAGE_BASE "/tmp" /* in the child's mount namespace: what bubblewrap binds */

enum { CC_CAGE_FILES = 24 };

/* What is made ready before the fork, so that the child need only make system calls. */
typedef struct cc_cage {
    const cc_sandbox  *sandbox;
    const char *const *argv;                 /* of bubblewrap */
    int                files[CC_CAGE_FILES]; /* the child's descriptors from CC_CAGE_FD on */
    int                file_count;
    int                handover; /* a Unix socket to pass the proxy's listening one through; -1: no network */
    uid_t              uid;
    bool               was_root; /* then it becomes `uid`, else it is */
} cc_cage;

enum { CC_CAGE_INFO_FD = 3, CC_CAGE_FD = 4 };

/* `scratch` must live until the fork.  directory, argv and environment are as seen from inside. */
cc_err cc_cage_make(cc_cage *cage, cc_arena *scratch, const cc_sandbox *sandbox, const char *directory,
                    const char *const *argv, const char *const *environment, char *why, size_t why_size);
void   cc_cage_close(cc_cage *cage);
int    cc_cage_listener(int handover); /* what the child passed; -1: it ended before */
/* In the child.  Returns on success only; else it has said why on standard error and exited. */
void cc_cage_enter(const cc_cage *cage, pid_t parent);

#endif
