/*
 * What a key may do.
 */
#ifndef CC_SCOPE_H
#define CC_SCOPE_H

#include "base/text.h"
#include "resources/scopes.h"

/*
 * The catalogue (contract section 3).  The order is also the bit in stored masks: only ever append.  A resource may
 * bring two of its own, in its file, with the next number that is free and stays theirs; members may then read and
 * write it (core/gather.sh):
 *
 *   CC_SCOPE_PAIR(27, NOTES, "notes");
 *
 *   X(name, text, includes, meaning)       X must be called X
 */
#define CC_SCOPE_PAIR(number, NAME, word)                                                                              \
    _Static_assert(CC_SCOPE_##NAME##_READ == (number), "scopes are stored by number")
#define CC_SCOPE_PAIR_ROWS(number, NAME, word)                                                                         \
    X(NAME##_READ, word ":read", 0, "Read " word ".")                                                                  \
    X(NAME##_WRITE, word ":write", CC_BIT(NAME##_READ), "Make, change and delete " word ".")
#define CC_SCOPES(X)                                                                                                   \
    X(PROJECTS_READ, "projects:read", 0, "Read the project and its settings.")                                         \
    X(PROJECTS_WRITE, "projects:write", CC_BIT(PROJECTS_READ), "Change or delete the project and its settings.")       \
    X(KEYS_READ, "keys:read", 0, "List API keys (never their secrets).")                                               \
    X(KEYS_WRITE, "keys:write", CC_BIT(KEYS_READ), "Make, change, rotate and revoke API keys.")                        \
    X(MEMBERS_READ, "members:read", 0, "List the project's members.")                                                  \
    X(MEMBERS_WRITE, "members:write", CC_BIT(MEMBERS_READ), "Invite, change and remove members.")                      \
    X(WORKFLOWS_READ, "workflows:read", 0, "Read workflows.")                                                          \
    X(WORKFLOWS_WRITE, "workflows:write", CC_BIT(WORKFLOWS_READ), "Make, change and delete workflows.")                \
    X(RUNS_READ, "runs:read", 0, "Read runs, their steps and events.")                                                 \
    X(RUNS_WRITE, "runs:write", CC_BIT(RUNS_READ) | CC_BIT(RUNS_CANCEL), "Start, steer and delete runs.")              \
    X(RUNS_CANCEL, "runs:cancel", 0, "Cancel runs.")                                                                   \
    X(PERSONAS_READ, "personas:read", 0, "Read personas.")                                                             \
    X(PERSONAS_WRITE, "personas:write", CC_BIT(PERSONAS_READ), "Make, change and delete personas.")                    \
    X(CONTEXTS_READ, "contexts:read", 0, "Read contexts.")                                                             \
    X(CONTEXTS_WRITE, "contexts:write", CC_BIT(CONTEXTS_READ), "Make, change and delete contexts.")                    \
    X(ASSETS_READ, "assets:read", 0, "Read assets.")                                                                   \
    X(ASSETS_WRITE, "assets:write", CC_BIT(ASSETS_READ), "Make, change and delete assets.")                            \
    X(ISSUES_READ, "issues:read", 0, "Read issues.")                                                                   \
    X(ISSUES_WRITE, "issues:write", CC_BIT(ISSUES_READ), "Make, change and delete issues.")                            \
    X(SCHEDULES_READ, "schedules:read", 0, "Read schedules.")                                                          \
    X(SCHEDULES_WRITE, "schedules:write", CC_BIT(SCHEDULES_READ), "Make, change and delete schedules.")                \
    X(LEARNINGS_READ, "learnings:read", 0, "Read learnings.")                                                          \
    X(LEARNINGS_WRITE, "learnings:write", CC_BIT(LEARNINGS_READ), "Make, change and delete learnings.")                \
    X(WEBHOOKS_READ, "webhooks:read", 0, "Read webhooks.")                                                             \
    X(WEBHOOKS_WRITE, "webhooks:write", CC_BIT(WEBHOOKS_READ), "Make, change and delete webhooks.")                    \
    X(ANALYTICS_READ, "analytics:read", 0, "Read figures about runs and costs.")                                       \
    X(AUDIT_READ, "audit:read", 0, "Read the audit log.")                                                              \
    CC_SCOPE_PAIRS(CC_SCOPE_PAIR_ROWS)

typedef enum cc_scope {
#define X(name, text, includes, meaning) CC_SCOPE_##name,
    CC_SCOPES(X)
#undef X
        CC_SCOPE__MAX,
    CC_SCOPE_ANY,  /* any key will do */
    CC_SCOPE_NONE, /* no key is needed */
} cc_scope;

#define CC_BIT(name) (UINT64_C(1) << CC_SCOPE_##name)
#define CC_ALL_SCOPES ((UINT64_C(1) << CC_SCOPE__MAX) - 1)

const char *cc_scope_text(cc_scope s);
const char *cc_scope_meaning(cc_scope s);
bool        cc_scope_find(const char *text, cc_scope *s);
uint64_t    cc_scope_expand(uint64_t mask);           /* with everything the scopes include */
void        cc_scope_write(cc_buf *b, uint64_t mask); /* a JSON array, as granted, in catalogue order */

#endif
