/*
 * Sandboxes: runs that one talks with.
 */
#ifndef CC_SANDBOXES_H
#define CC_SANDBOXES_H

#include "gate/request.h"

#define CC_SANDBOX_SOURCE "sandbox" /* of such a run */

/* What may be asked of one: an answer, or that what it has changed is pushed. */
#define CC_SANDBOX_MESSAGE "message"
#define CC_SANDBOX_COMMIT "commit"

enum {
    CC_SANDBOX_TEXT_MAX = 64 * 1024, /* characters of a message */
    CC_SANDBOX_ASKED_MAX = 1000,     /* messages and commits of one sandbox */
    CC_SANDBOX_WAITING_MAX = 20,     /* those of them that wait at once */
};

/* sandboxes.c */
extern const cc_resource cc_sandboxes, cc_sandbox_messages;
extern const cc_field    cc_sandbox_commit_fields[];
cc_err                   cc_sandboxes_create(cc_req *r);
cc_err                   cc_sandboxes_update(cc_req *r);
cc_err                   cc_sandboxes_messages(cc_req *r);
cc_err                   cc_sandboxes_say(cc_req *r);
cc_err                   cc_sandboxes_commit(cc_req *r);
cc_err                   cc_sandboxes_events(cc_req *r);
cc_err                   cc_sandboxes_pause(cc_req *r);
cc_err                   cc_sandboxes_resume(cc_req *r);
cc_err                   cc_sandboxes_restart(cc_req *r);
cc_err                   cc_sandboxes_kill(cc_req *r);
/* For a worker, whose lock is held: those that nobody has used for sandboxDays go.  true: there are more of them. */
bool cc_sandboxes_thin(cc_app *app);

/* sandbox_files.c.  Inside a transaction: of a run that is none, nothing comes of either. */
cc_err cc_sandbox_files_remove(cc_context *c, const char *id);
cc_err cc_sandbox_delete(cc_context *c, const char *id); /* its run is gone */
/* Inside a transaction: its files, but it may go on without. */
cc_err cc_sandbox_files_forget(cc_context *c, const char *id);

#endif
