/*
 * Authority: who may hand out what, and who still may what he set up.
 *
 * No key reaches past itself, by whatever road.  That is one comparison, made here for keys, roles and invitations: the
 * caller must have all the power of what he makes, changes or ends, before and after.  "Before" is what is easily
 * forgotten: whoever may change the limits of a stronger key holds that key in effect, and could bring an expired one
 * back to life.
 *
 * The other half is time.  What acts later (schedules, chains, invitations, and whatever else ever will) stores who set
 * it up, and acts as that one is when the time has come.  So nothing needs to remember to end: a right that is gone is
 * missed at the moment it would be used.  Schedules are stopped as soon as that is known all the same, because whoever
 * looks at one shall not have to wait for its next day to read that it will not run.
 */
#include "gate/authority.h"

#include "context/app.h"
#include "context/settings.h"
#include "gate/auth.h"
#include "storage/query.h"

/* ---- power ----------------------------------------------------------------------------------- */

/* Requests a minute, the instance's default where there is no limit of its own. */
static int64_t
rate_of(cc_context *c, int64_t limit)
{
    int64_t rate = limit ? limit : cc_setting_int(c->app, CC_SETTING_rateLimit);

    return rate ? rate : INT64_MAX;
}

static cc_err
check_scopes(cc_context *c, uint64_t scopes)
{
    uint64_t beyond = scopes & ~c->who.grant;

    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
        if (beyond >> s & 1)
            return cc_fail(c, CC_E_FORBIDDEN, NULL,
                           c->who.user_id[0] ? "This role cannot hand out '%s' in a key."
                                             : "This key cannot hand out '%s', which it does not have.",
                           cc_scope_text(s));
    return CC_OK;
}

cc_err
cc_authority_over_live(cc_context *c)
{
    return c->who.test ? cc_fail(c, CC_E_FORBIDDEN, NULL, "A test key has no say over what is live.") : CC_OK;
}

cc_err
cc_authority_over(cc_context *c, const cc_power *power)
{
    const cc_principal *who = &c->who;
    cc_err              err;

    if ((err = check_scopes(c, power->scopes)) != CC_OK || !who->key_id[0]) /* only keys have limits */
        return err;
    if (!power->test && (err = cc_authority_over_live(c)) != CC_OK)
        return err;
    if (who->expires_at && (!power->expires_at || power->expires_at > who->expires_at))
        return cc_fail(c, CC_E_FORBIDDEN, NULL, "This key has no say over what outlives it.");
    if (!cc_networks_within(power->networks, who->networks))
        return cc_fail(c, CC_E_FORBIDDEN, NULL, "This key has no say over networks that are closed to itself.");
    if (rate_of(c, power->rate_limit) > rate_of(c, who->rate_limit))
        return cc_fail(c, CC_E_FORBIDDEN, NULL, "This key has no say over a higher rate limit than its own.");
    return CC_OK;
}

/* A person signs in live, from anywhere, for as long as the membership lasts. */
cc_err
cc_authority_over_role(cc_context *c, cc_role role)
{
    const cc_power power = {.scopes = cc_role_may(role), .networks = ""};
    bool           above = c->who.user_id[0] ? role > c->who.role : (power.scopes & ~c->who.may) != 0;

    if (above)
        return cc_fail(c, CC_E_FORBIDDEN, NULL, "The role '%s' is above what this %s may give or take.",
                       cc_role_text(role), c->who.user_id[0] ? "person" : "key");
    return c->who.user_id[0] ? CC_OK : cc_authority_over(c, &power);
}

/* ---- actors ---------------------------------------------------------------------------------- */

const char *
cc_actor(const cc_principal *who)
{
    return who->user_id[0] ? who->user_id : who->key_id[0] ? who->key_id : NULL;
}

const char *
cc_person(const cc_principal *who)
{
    return who->user_id[0] ? who->user_id : who->owner_id[0] ? who->owner_id : NULL;
}

typedef struct member_row {
    char        role[16];
    const char *email;
} member_row;

CC_ROW(member_row, role, email);
CC_QUERY(member_acting, member_row,
         "SELECT m.role, u.email FROM members m JOIN users u ON u.id = m.user_id "
         "WHERE m.project_id = :project_id AND m.user_id = :user_id",
         TEXT(project_id), TEXT(user_id));

static cc_err
as_member(cc_context *c, const char *user_id)
{
    cc_principal *who = &c->who;
    member_row    m;
    cc_err        err =
        cc_db_get(cc_app_db(c->app), c->arena, member_acting, &m, .project_id = who->project_id, .user_id = user_id);

    cc_copy_id(who->user_id, user_id);
    if (err == CC_E_NOT_FOUND) {
        who->name = user_id;
        return cc_context_refuse(c, CC_E_FORBIDDEN, cc_reason_plain(c->arena, CC_REASON_MEMBER_GONE));
    }
    if (err != CC_OK)
        return err;
    who->role = cc_role_find(m.role);
    who->scopes = who->may = cc_role_may(who->role);
    who->grant = cc_role_grant(who->role);
    who->name = m.email;
    return CC_OK;
}

typedef struct key_row {
    char        key_id[CC_ID_SIZE], owner_id[CC_ID_SIZE], mode[8];
    const char *name;
    uint64_t    scopes;
    int64_t     expires_at, revoked_at;
} key_row;

CC_ROW(key_row, key_id, name, scopes, mode, expires_at, revoked_at, owner_id);
CC_QUERY(key_acting, key_row,
         "SELECT id AS key_id, name, scopes, mode, expires_at, revoked_at, owner_id FROM api_keys "
         "WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* Fill c->who from the key's row.  *works: it is neither revoked nor expired. */
static cc_err
key_read(cc_context *c, const char *id, bool *works)
{
    cc_principal *who = &c->who;
    key_row       key;
    cc_err err = cc_db_get(cc_app_db(c->app), c->arena, key_acting, &key, .project_id = who->project_id, .id = id);

    *works = false;
    if (err != CC_OK)
        return err;
    cc_copy_id(who->key_id, key.key_id);
    cc_copy_id(who->owner_id, key.owner_id);
    who->name = key.name;
    who->scopes = key.scopes;
    who->may = who->grant = cc_scope_expand(who->scopes);
    who->test = key.mode[0] == 't';
    who->expires_at = key.expires_at;
    *works = !key.revoked_at && (!key.expires_at || key.expires_at > c->now);
    return CC_OK;
}

typedef struct successor {
    char id[CC_ID_SIZE];
} successor;

/* What replaced a key; of several the one that still works. */
CC_ROW(successor, id);
CC_QUERY(key_successor, successor,
         "SELECT id FROM api_keys WHERE project_id = :project_id AND rotated_from = :id "
         "ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1",
         TEXT(project_id), TEXT(id));

/* Or as the key that replaced it.  A successor is always younger, so the line has an end. */
static cc_err
as_key(cc_context *c, const char *key_id)
{
    cc_db    *db = cc_app_db(c->app);
    char      id[CC_ID_SIZE];
    successor next;
    bool      works = false, found = true;
    cc_err    err;

    cc_copy_id(next.id, key_id);
    do {
        cc_copy_id(id, next.id);
        if ((err = key_read(c, id, &works)) == CC_OK && !works)
            err = cc_db_find(db, NULL, key_successor, &next, &found, .project_id = c->who.project_id, .id = id);
    } while (err == CC_OK && !works && found);
    if (err == CC_OK && !works && (err = key_read(c, key_id, &works)) == CC_OK)
        err = cc_context_refuse(c, CC_E_FORBIDDEN, cc_reason_new(c->arena, KEY_ENDED, .key = c->who.name));
    return err;
}

void
cc_acting_operator(cc_context *c, const char *project_id)
{
    c->who = (cc_principal){.networks = "",
                            .name = CC_LOCAL_OWNER,
                            .local = true,
                            .scopes = CC_ALL_SCOPES,
                            .may = CC_ALL_SCOPES,
                            .grant = CC_ALL_SCOPES};
    cc_copy_id(c->who.project_id, project_id);
}

cc_err
cc_acting_as(cc_context *c, const char *project_id, const char *actor, bool test, cc_scope needs)
{
    cc_err err = CC_OK;

    c->who = (cc_principal){.networks = "", .name = ""};
    cc_copy_id(c->who.project_id, project_id);
    if (!actor || !actor[0]) {
        cc_acting_operator(c, project_id);
    } else if (strncmp(actor, "usr_", 4) == 0) {
        err = as_member(c, actor);
    } else {
        err = as_key(c, actor);
    }
    if (err == CC_OK && c->who.test && !test)
        err = cc_context_refuse(c, CC_E_FORBIDDEN, cc_reason_new(c->arena, KEY_OF_TESTS, .key = c->who.name));
    if (err == CC_OK && !(c->who.may >> needs & 1))
        err = cc_context_refuse(c, CC_E_FORBIDDEN,
                                cc_reason_new(c->arena, SCOPE_LOST, .key = c->who.key_id[0] ? c->who.name : NULL,
                                              .person = c->who.key_id[0] ? NULL : c->who.name,
                                              .scope = cc_scope_text(needs)));
    c->who.test = test;
    return err;
}

cc_err
cc_acting_still(cc_context *c, cc_scope needs)
{
    const cc_principal was = c->who;
    bool               works = true;
    cc_err             err = CC_OK;

    if (was.local)
        return CC_OK;
    err = was.user_id[0] ? as_member(c, was.user_id) : key_read(c, was.key_id, &works);
    if (err == CC_OK && (!works || (needs < CC_SCOPE__MAX && !(c->who.may >> needs & 1))))
        err = cc_fail(c, CC_E_FORBIDDEN, NULL, "The right to this has ended.");
    const uint64_t left = err == CC_OK ? was.may & c->who.may : was.may;
    c->who = was;
    c->who.may = left;
    return err;
}
