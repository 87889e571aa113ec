/*
 * Limits that the kernel enforces on a step as a whole, where a part of the cgroup tree (version 2) is the worker's
 * own: given by codecourier-work.service (Delegate=) or by `systemd-run --user --scope -p Delegate=yes`.
 */
#ifndef CC_CGROUP_H
#define CC_CGROUP_H

#include "context/app.h"

enum { CC_CGROUPS_LEFT = 64 };

typedef struct cc_cgroups {
    char     path[512]; /* of the worker's own; "": there is none */
    bool     memory, processes;
    unsigned made;
    struct cc_cgroup_left {
        long     pid;
        unsigned number;
    } left[CC_CGROUPS_LEFT]; /* steps' that could not be removed yet: more than these, and the next worker does it */
    int left_count;
} cc_cgroups;

/*
 * Find the worker's cgroup and, unless `only_look`, make it one that steps can have theirs in: the worker itself moves
 * into a leaf.  false: `why` says what is missing, and limits are rlimits and gauge.c alone.
 */
bool cc_cgroups_open(cc_cgroups *g, bool only_look, char *why, size_t why_size);

/* The same with the cgroup that g->path names.  true and a `why`: not all limits can be had. */
bool cc_cgroups_take(cc_cgroups *g, bool only_look, char *why, size_t why_size);

/* One for a step, in the arena.  0: unlimited.  NULL: there are none, or it could not be made and errno says why. */
const char *cc_cgroup_make(cc_cgroups *g, cc_arena *a, int64_t memory_mb, int64_t processes);

/* In the child: enter it.  System calls only. */
bool cc_cgroup_enter(const char *path);

/* Did the kernel end it for its memory; did it refuse it a process? */
void cc_cgroup_events(const char *path, bool *killed, bool *crowded);

/* Kill what is left in it and remove it, now or later: to give back much memory takes the kernel a while. */
void cc_cgroup_remove(cc_cgroups *g, const char *path);

/* Is it time now?  For now and then; costs nothing if there is nothing to do. */
void cc_cgroups_tidy(cc_cgroups *g);

#endif
