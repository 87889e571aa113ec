/*
 * What happened, written down for webhooks and for people in the transaction in which it happened; a worker delivers
 * it later, and people read it under /notifications.
 */
#ifndef CC_OUTBOX_H
#define CC_OUTBOX_H

#include "context/app.h"
#include "gate/scope.h"

enum { CC_URGENT = 2 };

/*
 * Everything that webhooks are told of, and whether people are notified of it, too.  The order is also the bit in an
 * endpoint's `events`: only ever append.
 *
 *   X(name, type, member that names what it is about, scope that reads it, notified?, meaning)      X must be called X
 *
 * notified: false; true; or CC_URGENT, for what somebody should see soon, as all notices are.
 */
#define CC_MESSAGES(X)                                                                                                 \
    X(RUN_STARTED, "run.started", "runId", RUNS_READ, false, "A worker has begun with a run.")                         \
    X(RUN_COMPLETED, "run.completed", "runId", RUNS_READ, true, "A run has completed.")                                \
    X(RUN_FAILED, "run.failed", "runId", RUNS_READ, CC_URGENT, "A run has failed.")                                    \
    X(RUN_CANCELLED, "run.cancelled", "runId", RUNS_READ, false, "A run was cancelled.")                               \
    X(STEP_COMPLETED, "step.completed", "runId", RUNS_READ, false, "A step of a run has completed.")                   \
    X(PR_CREATED, "pr.created", "pullRequestId", RUNS_READ, true, "A run has opened a pull request.")                  \
    X(PR_MERGED, "pr.merged", "pullRequestId", RUNS_READ, true, "A pull request was merged, as its forge says.")       \
    X(ISSUE_CREATED, "issue.created", "issueId", ISSUES_READ, false, "An issue was made or taken over from a forge.")  \
    X(CHAIN_COMPLETED, "chain.completed", "chainId", RUNS_READ, true, "All runs of a chain have completed.")           \
    X(CHAIN_FAILED, "chain.failed", "chainId", RUNS_READ, CC_URGENT, "A chain has failed.")                            \
    X(MEMBER_JOINED, "member.joined", "memberId", MEMBERS_READ, true, "Somebody has become a member.")                 \
    X(KEY_CREATED, "key.created", "keyId", KEYS_READ, false, "An API key was made, or took another one's place.")      \
    X(KEY_REVOKED, "key.revoked", "keyId", KEYS_READ, true, "An API key was revoked.")                                 \
    X(LEARNING_PROPOSED, "learning.proposed", "learningId", LEARNINGS_READ, CC_URGENT, "A learning was proposed.")

/* What people alone are notified of.  X(name, type, scope that reads it, meaning) */
#define CC_NOTICES(X)                                                                                                  \
    X(BUDGET_WARNING, "budget.warning", RUNS_READ, "A budget is spent as far as it warns at.")                         \
    X(BUDGET_STOPPED, "budget.stopped", RUNS_READ, "A run was stopped because a budget is spent.")                     \
    X(WEBHOOK_DISABLED, "webhook.disabled", WEBHOOKS_READ, "The service has switched an endpoint off.")                \
    X(SCHEDULE_STOPPED, "schedule.stopped", SCHEDULES_READ, "The service has switched a schedule off.")                \
    X(CANDIDATES_UNDECIDED, "candidates.undecided", RUNS_READ, "Nobody has chosen among candidates: a person is to.")

/* Sent to one endpoint because somebody asked for it. */
#define CC_MESSAGE_TEST_TYPE "webhook.test"

typedef enum cc_message {
    CC_MESSAGE_NONE,
#define X(name, type, member, scope, notified, meaning) CC_MESSAGE_##name,
    CC_MESSAGES(X)
#undef X
        CC_MESSAGE__MAX,
    CC_NOTICE__BEFORE = CC_MESSAGE__MAX - 1, /* so that the first of them follows the last of those */
#define X(name, type, scope, meaning) CC_NOTICE_##name,
    CC_NOTICES(X)
#undef X
        CC_NOTICE__MAX
} cc_message;

extern const char *const cc_message_types[]; /* of CC_MESSAGES; NULL past the last */

/* What who is told of that type must be able to read. */
cc_scope cc_message_scope(const char *type);
/* The same of all that an endpoint is told of; `events` as it is stored. */
uint64_t cc_message_scopes(int64_t events);

/* The types that people are notified of and that those scopes may read, as ",run.failed,pr.created,". */
const char *cc_notified_types(cc_arena *a, uint64_t may);

/* What has happened, in a sentence, of such a type; "": there is none. */
const char *cc_notice_meaning(const char *type);

/* What else a message says; left out where NULL or 0.  Ids and states: nothing that a receiver might not see. */
typedef struct cc_about {
    const char *id; /* of what it is about */
    const char *run_id, *status, *role, *url, *endpoint_id;
    int64_t     position; /* of a step, from 1 so that 0 is none; said from 0 */
    int64_t     iteration, number;
} cc_about;

#define CC_MESSAGE_PREFIX "msg_"
#define CC_NOTIFICATION_PREFIX "ntf_"

/* What of it a person wants by e-mail; nothing where there is none of these. */
#define CC_MAIL_IMPORTANT "important"
#define CC_MAIL_ALL "all"

/* What has become of it at an endpoint. */
#define CC_DELIVERY_PENDING "pending"
#define CC_DELIVERY_DELIVERED "delivered"
#define CC_DELIVERY_FAILED "failed"

/*
 * Inside a transaction: have all endpoints of the project told that want to be, and note it for its people.  Where no
 * endpoint wants to it costs one look at an index.
 *
 *   cc_tell(app, project_id, mode, CC_MESSAGE_RUN_FAILED, .id = run_id, .status = status)
 */
#define cc_tell(app, project_id, mode, what, ...)                                                                      \
    cc_outbox_put(app, project_id, mode, what, &(const cc_about){__VA_ARGS__})
cc_err cc_outbox_put(cc_app *app, const char *project_id, const char *mode, cc_message what, const cc_about *about);

/* The text of a message: {"type":…,"timestamp":…,"data":{…}}.  `member`: what about->id is called. */
void cc_message_write(cc_buf *b, const char *type, const char *member, const char *project_id, const char *mode,
                      int64_t now, const cc_about *about);

#endif
