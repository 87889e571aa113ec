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
#include "storage/db.h"
#include "context/settings.h"

/* ---- power ----------------------------------------------------------------------------------- */

/* Requests a minute, the instance's default where there is no limit of its own. */
static int64_t
rate_of(cc_req *r, int64_t limit)
{
    int64_t rate = limit ? limit : cc_setting_int(r->app, CC_SETTING_rateLimit);

    return rate ? rate : INT64_MAX;
}

static cc_err
check_scopes(cc_req *r, uint64_t scopes)
{
    uint64_t beyond = scopes & ~r->who.grant;

    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
        if (beyond >> s & 1)
            return cc_fail(r, CC_E_FORBIDDEN, NULL,
                           r->who.user_id[0] ? "This role cannot hand out '%s' in a key."
                                             : "This key cannot hand out '%s', which it does not have.",
                           cc_scope_text(s));
    return CC_OK;
}

cc_err
cc_authority_over(cc_req *r, const cc_power *power)
{
    const cc_principal *who = &r->who;
    cc_err              err;

    if ((err = check_scopes(r, power->scopes)) != CC_OK || !who->key_id[0]) /* only keys have limits */
        return err;
    if (who->test && !power->test)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "A test key has no say over what is live.");
    if (who->expires_at && (!power->expires_at || power->expires_at > who->expires_at))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key has no say over what outlives it.");
    if (!cc_networks_within(power->networks, who->networks))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key has no say over networks that are closed to itself.");
    if (rate_of(r, power->rate_limit) > rate_of(r, who->rate_limit))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key has no say over a higher rate limit than its own.");
    return CC_OK;
}

/* A person signs in live, from anywhere, for as long as the membership lasts. */
cc_err
cc_authority_over_role(cc_req *r, cc_role role)
{
    const cc_power power = {.scopes = cc_role_may(role), .networks = ""};
    bool           above = r->who.user_id[0] ? role > r->who.role : (power.scopes & ~r->who.may) != 0;

    if (above)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "The role '%s' is above what this %s may give or take.",
                       cc_role_text(role), r->who.user_id[0] ? "person" : "key");
    return r->who.user_id[0] ? CC_OK : cc_authority_over(r, &power);
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

cc_req *
cc_acting_new(cc_app *app, cc_arena *a)
{
    cc_req *r = cc_alloc(a, sizeof(*r));

    if (!r)
        return NULL;
    r->app = app;
    r->arena = a;
    r->now = cc_app_now(app);
    r->seat = -1;
    r->who.name = r->who.networks = "";
    cc_uuid4(app, r->request_id); /* what it does is noted like a request's */
    cc_buf_init(&r->out, a);
    cc_buf_init(&r->extra, a);
    return r;
}

static cc_err
ended(cc_req *r, const char *why)
{
    const char *quote = r->who.key_id[0] ? "'" : "";

    return cc_fail(r, CC_E_FORBIDDEN, NULL, "%s%s%s%s set this up and %s.", r->who.key_id[0] ? "The key " : "", quote,
                   r->who.name, quote, why);
}

static cc_err
as_member(cc_req *r, const char *user_id)
{
    cc_principal *who = &r->who;
    cc_stmt      *s = NULL;
    size_t        size;
    bool          row;
    cc_err        err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBER_ACTING, &s);

    if (err != CC_OK)
        return err;
    cc_copy_id(who->user_id, user_id);
    cc_bind_text(s, 1, who->project_id);
    cc_bind_text(s, 2, user_id);
    if ((err = cc_step(s, &row)) == CC_OK && !row) {
        who->name = user_id;
        err = cc_fail(r, CC_E_FORBIDDEN, NULL, "Whoever set this up is no member of the project any more.");
    } else if (err == CC_OK) {
        who->role = cc_role_find(cc_col_text(s, 0, NULL));
        who->scopes = who->may = cc_role_may(who->role);
        who->grant = cc_role_grant(who->role);
        const char *email = cc_col_text(s, 1, &size);
        who->name = cc_strndup(r->arena, email, size);
        err = who->name ? CC_OK : CC_E_UNAVAILABLE;
    }
    cc_stmt_done(s);
    return err;
}

/* Fill r->who from the key's row.  *works: it is neither revoked nor expired. */
static cc_err
key_read(cc_req *r, const char *id, bool *works)
{
    cc_principal *who = &r->who;
    cc_stmt      *s = NULL;
    size_t        size;
    bool          row;
    cc_err        err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_ACTING, &s);

    *works = false;
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, who->project_id);
    cc_bind_text(s, 2, id);
    if ((err = cc_step(s, &row)) == CC_OK && !row)
        err = CC_E_NOT_FOUND;
    if (err == CC_OK) {
        cc_copy_id(who->key_id, cc_col_text(s, 0, NULL));
        const char *name = cc_col_text(s, 1, &size);
        if (!(who->name = cc_strndup(r->arena, name, size)))
            err = CC_E_UNAVAILABLE;
        who->scopes = (uint64_t)cc_col_int(s, 2);
        who->may = who->grant = cc_scope_expand(who->scopes);
        who->test = cc_col_text(s, 3, NULL)[0] == 't';
        who->expires_at = cc_col_int(s, 4);
        cc_copy_id(who->owner_id, cc_col_text(s, 6, NULL));
        *works = cc_col_null(s, 5) && (!who->expires_at || who->expires_at > r->now);
    }
    cc_stmt_done(s);
    return err;
}

static cc_err
successor_of(cc_req *r, const char *id, char out[CC_ID_SIZE])
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_SUCCESSOR, &s);

    out[0] = '\0';
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, id);
    if ((err = cc_step(s, &row)) == CC_OK && row)
        cc_copy_id(out, cc_col_text(s, 0, NULL));
    cc_stmt_done(s);
    return err;
}

/* Or as the key that replaced it.  A successor is always younger, so the line has an end. */
static cc_err
as_key(cc_req *r, const char *key_id)
{
    char   id[CC_ID_SIZE], next[CC_ID_SIZE];
    bool   works = false;
    cc_err err;

    cc_copy_id(next, key_id);
    do {
        cc_copy_id(id, next);
        if ((err = key_read(r, id, &works)) != CC_OK)
            return err;
    } while (!works && (err = successor_of(r, id, next)) == CC_OK && next[0]);
    if (err == CC_OK && !works && (err = key_read(r, key_id, &works)) == CC_OK)
        err = ended(r, "is revoked or has expired");
    return err;
}

cc_err
cc_acting_as(cc_req *r, const char *project_id, const char *actor, bool test, cc_scope needs)
{
    cc_err err = CC_OK;

    r->who = (cc_principal){.networks = "", .name = CC_LOCAL_OWNER};
    cc_copy_id(r->who.project_id, project_id);
    if (!actor || !actor[0]) {
        r->who.local = true;
        r->who.scopes = r->who.may = r->who.grant = CC_ALL_SCOPES;
    } else if (strncmp(actor, "usr_", 4) == 0) {
        err = as_member(r, actor);
    } else {
        err = as_key(r, actor);
    }
    if (err == CC_OK && r->who.test && !test)
        err = ended(r, "is a test key");
    if (err == CC_OK && !(r->who.may >> needs & 1)) {
        const char *why = cc_printf(r->arena, "does not have '%s' any more", cc_scope_text(needs));
        err = why ? ended(r, why) : CC_E_UNAVAILABLE;
    }
    r->who.test = test;
    return err;
}

cc_err
cc_acting_still(cc_req *r, cc_scope needs)
{
    const cc_principal was = r->who;
    bool               works = true;
    cc_err             err = CC_OK;

    if (was.local)
        return CC_OK;
    err = was.user_id[0] ? as_member(r, was.user_id) : key_read(r, was.key_id, &works);
    if (err == CC_OK && (!works || !(r->who.may >> needs & 1)))
        err = cc_fail(r, CC_E_FORBIDDEN, NULL, "The right to this has ended.");
    r->who = was;
    return err;
}
