/*
 * Roles: what a person may do in a project, in the same scopes that keys have.
 *
 * One table, so that "may an admin do this?" has one answer.  Two columns, because some scopes are worth more in a key
 * than in a hand: who has projects:write in a key can delete the project with it, and deleting is the owners' alone
 * (CC_ROUTE_OWNER in routes.c).  So an admin changes the project but puts projects:write into no key.
 */
#include "gate/role.h"

#include "gate/scope.h"

#define PAIR_READ(number, NAME, word) | CC_BIT(NAME##_READ)
#define PAIR_WRITE(number, NAME, word) | CC_BIT(NAME##_WRITE)

#define READS                                                                                                          \
    (CC_BIT(PROJECTS_READ) | CC_BIT(KEYS_READ) | CC_BIT(MEMBERS_READ) | CC_BIT(WORKFLOWS_READ) | CC_BIT(RUNS_READ) |   \
     CC_BIT(PERSONAS_READ) | CC_BIT(CONTEXTS_READ) | CC_BIT(ASSETS_READ) | CC_BIT(ISSUES_READ) |                       \
     CC_BIT(SCHEDULES_READ) | CC_BIT(LEARNINGS_READ) | CC_BIT(WEBHOOKS_READ) |                                         \
     CC_BIT(ANALYTICS_READ) CC_SCOPE_PAIRS(PAIR_READ))
#define WORK                                                                                                           \
    (CC_BIT(WORKFLOWS_WRITE) | CC_BIT(RUNS_WRITE) | CC_BIT(RUNS_CANCEL) | CC_BIT(PERSONAS_WRITE) |                     \
     CC_BIT(CONTEXTS_WRITE) | CC_BIT(ASSETS_WRITE) | CC_BIT(ISSUES_WRITE) | CC_BIT(SCHEDULES_WRITE) |                  \
     CC_BIT(LEARNINGS_WRITE) CC_SCOPE_PAIRS(PAIR_WRITE))

/* Members do the project's work.  They do not see the audit log: it says from where their colleagues sign in. */
static const struct {
    const char *text;
    uint64_t    may;   /* complete: with everything the scopes include */
    uint64_t    grant; /* what may go into a key */
} roles[CC_ROLE__MAX] = {
    [CC_ROLE_NONE] = {"", 0, 0},
    [CC_ROLE_MEMBER] = {"member", READS | WORK, 0},
    [CC_ROLE_ADMIN] = {"admin", CC_ALL_SCOPES, CC_ALL_SCOPES & ~CC_BIT(PROJECTS_WRITE)},
    [CC_ROLE_OWNER] = {"owner", CC_ALL_SCOPES, CC_ALL_SCOPES},
};

const char *const cc_role_names[] = {
#define X(name, text) text,
    CC_ROLES(X)
#undef X
        NULL,
};

const char *
cc_role_text(cc_role role)
{
    return role < CC_ROLE__MAX ? roles[role].text : "";
}

uint64_t
cc_role_may(cc_role role)
{
    return role < CC_ROLE__MAX ? roles[role].may : 0;
}

uint64_t
cc_role_grant(cc_role role)
{
    return role < CC_ROLE__MAX ? roles[role].grant : 0;
}

cc_role
cc_role_find(const char *text)
{
    for (cc_role role = CC_ROLE_NONE + 1; role < CC_ROLE__MAX; role++)
        if (strcmp(roles[role].text, text) == 0)
            return role;
    return CC_ROLE_NONE;
}
