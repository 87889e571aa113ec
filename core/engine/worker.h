/*
 * One worker, and the slots in which it executes runs.
 */
#ifndef CC_WORKER_H
#define CC_WORKER_H

#include "engine/cgroup.h"
#include "engine/lease.h"
#include "engine/process.h"

typedef struct cc_slot cc_slot;

typedef struct cc_worker {
    cc_app                  *app;
    const cc_work_options   *options;
    char                     name[48];
    uint64_t                 holds; /* counts, for names */
    cc_watch                 watch;
    int64_t                  clock;     /* how far the time of day was ahead of the monotonic one */
    const char              *directory; /* of the instance; absolute */
    bool                     sandbox;   /* agents and git run in one */
    cc_cgroups               cgroups;
    char                     no_sandbox[320]; /* why live runs are refused; "": they are not */
    char                     limits[512];     /* how agents are held to theirs, in words */
    char                     told[1024];      /* which programs it has told that it has (workers.c) */
    int64_t                  tell_at;         /* when it says so again; monotonic; 0: it has not said anything */
    struct cc_forge_work    *forges;          /* NULL: it cannot speak with forges */
    struct cc_forge_work    *mails;           /* as if they were forges: mail servers; NULL: the same */
    struct cc_delivery_work *deliveries;      /* NULL: it cannot post anything */
    cc_process               sweeper;         /* removes what is no longer wanted */
    bool                     stopping;
    int64_t                  drain_until; /* for so long, when stopping, steps in hand may go on; monotonic */
    int64_t                  stop_by;     /* at the latest; the same */
    int64_t   rest_ms, rest_until;        /* takes no run before then, monotonic; rest_ms 0: the last went well */
    cc_slot **slots;
    int       slot_count;
} cc_worker;

/* slot.c.  A run that was taken could not be begun, for reasons that are not its own: take none for a while, longer
 * each time.
 */
void cc_worker_rest(cc_worker *w);

cc_slot  *cc_slot_new(cc_worker *w);
void      cc_slot_free(cc_slot *s); /* kills what runs in it */
bool      cc_slot_idle(const cc_slot *s);
cc_lease *cc_slot_lease(cc_slot *s);
void      cc_slot_begin(cc_slot *s);           /* its lease has just been filled */
void      cc_slot_go(cc_slot *s, int64_t now); /* do what can be done now; monotonic ms */
int64_t   cc_slot_due(const cc_slot *s);       /* when to go again though nothing happened; monotonic ms */
void      cc_slot_news(cc_slot *s);            /* a notify came: look whether it was cancelled */
enum { CC_SLOT_FDS = 5 };
/* The descriptors to watch; their number. */
int cc_slot_fds(const cc_slot *s, int fds[CC_SLOT_FDS]);

#endif
