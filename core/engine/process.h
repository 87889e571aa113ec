/*
 * Agents and git as processes.
 */
#ifndef CC_PROCESS_H
#define CC_PROCESS_H

#include "engine/sandbox.h"

typedef struct cc_launch {
    const char *const      *argv; /* argv[0] is a path */
    const char *const      *environment;
    const char             *directory; /* to start in */
    const char             *input;     /* on its standard input; NULL: nothing */
    size_t                  input_size;
    int                     input_fd; /* > 0: it reads from there instead; stays the caller's */
    const cc_sandbox       *sandbox;  /* NULL: none; else all of the above is as seen from inside */
    const cc_egress_policy *egress;   /* without a sandbox: what a proxy that lives as long as it allows, */
    int                     listener; /* on this socket, which stays the caller's; in a sandbox: sandbox->egress */
    cc_limits               limits;
    const char             *cgroup;    /* to be in; NULL: none */
    int (*inside)(void *ctx, int out); /* instead of argv: run this in the child, then exit */
    void *inside_ctx;
} cc_launch;

typedef struct cc_process {
    pid_t   pid; /* 0: none */
    int     pidfd, out, err, info;
    pid_t   proxy;           /* its way out; 0: none */
    int     refusals, until; /* what the proxy refused, and the end that keeps it alive */
    pid_t   inner;           /* the first process inside bubblewrap, as seen from here */
    bool    exited, signalled;
    int     code;                 /* exit code, or -signal */
    int64_t kill_at, drain_until; /* monotonic ms; 0: not yet */
} cc_process;

void   cc_process_clear(cc_process *p);
cc_err cc_process_start(cc_process *p, const cc_launch *l, char *why, size_t why_size);
/* `now`: on the clock of whoever watches it, monotonic. */
void  cc_process_end(cc_process *p, int64_t now, int64_t grace_ms); /* SIGTERM to its group, SIGKILL after `grace_ms` */
void  cc_process_kill(cc_process *p);                               /* SIGKILL now */
void  cc_process_look(cc_process *p, int64_t now);                  /* has it exited?  is it time to kill? */
void  cc_process_drain(cc_process *p, int64_t now);                 /* the time for its last output begins anew */
bool  cc_process_gone(const cc_process *p, int64_t now);            /* exited, and its output read to the end */
void  cc_process_close(cc_process *p); /* kill what is left of it, close its descriptors, forget it */
pid_t cc_process_root(cc_process *p);  /* the first one of all that it started, as seen from here */

#endif
