/*
 * The way out of a sandbox: where a run may connect to, and the proxy that is the only road there.
 *
 * A run's network namespace holds nothing but a loopback interface; on it listens a socket whose connections are
 * accepted out here.  Each one asks by HTTP (CONNECT, or a plain http:// request) for a host.  The proxy looks the host
 * up in the policy's list, resolves it once, judges every address that it has, and connects to one of exactly those: a
 * name that means another address a moment later (DNS rebinding) gains nothing.
 */
#ifndef CC_EGRESS_H
#define CC_EGRESS_H

#include <sys/types.h>

#include "base/address.h"
#include "context/app.h"

#define CC_EGRESS_USER "codecourier" /* who asks with policy.secret as the password */

typedef enum { CC_EGRESS_LIST, CC_EGRESS_OPEN } cc_egress_mode; /* "none" is a NULL policy */

typedef struct cc_egress_policy {
    cc_egress_mode     mode;
    const char *const *hosts; /* LIST: "host", "host:port", "*.host"; a NULL at the end */
    const char *const
        *permitted;         /* private and allowed all the same: "10.1.0.0/16", "127.0.0.1:11434"; a NULL at the end */
    const cc_clock *clock;  /* by which it waits */
    const char     *secret; /* asked for as proxy password; NULL: whoever reaches the socket may use it */
} cc_egress_policy;

/*
 * What the operator's settings egress, egressHosts and privateHosts say, with `hosts` (NULL at the end, or NULL) on the
 * list besides, and the hosts of the models' services.  *out: NULL for "none"; else it lives in the arena, without a
 * secret. cc_app_open has refused settings that cannot be read.  CC_E_UNAVAILABLE: out of memory.
 */
cc_err cc_egress_policy_make(cc_arena *a, cc_app *app, const char *const *hosts, const cc_egress_policy **out);

/* Is the host on the list?  Its addresses are judged when it is connected to. */
bool cc_egress_listed(const cc_egress_policy *policy, const cc_endpoint *to);

/*
 * Serve connections of listen_fd until stop_fd is closed by the other side; -1: it could not.  It starts threads and
 * takes its time to end (at most as long as a name server's silence), so it belongs into a process of its own:
 * cc_egress_start.
 *
 * Says each host that it refuses once, as a line of JSON to say_fd: {"host": …, "port": …, "setting": "egressHosts" or
 * "privateHosts"}, 64 of them at most, so that a pipe that nobody reads blocks nothing.  Nothing else of a request is
 * written anywhere.
 */
int cc_egress_serve(const cc_egress_policy *policy, int listen_fd, int say_fd, int stop_fd);

/*
 * The same in a new process: *pid, which is the caller's to reap.  It dies with the caller's thread; end it sooner by
 * closing the other side of stop_fd, or by a signal.  It keeps no other descriptor, and as root it becomes the account
 * CC_EGRESS_UID, which owns nothing.  The three descriptors stay open here: close them.
 */
cc_err cc_egress_start(const cc_egress_policy *policy, int listen_fd, int say_fd, int stop_fd, pid_t *pid);

enum { CC_EGRESS_UID = 2000065536 }; /* behind the projects' own */

#endif
