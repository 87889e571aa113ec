/*
 * API keys (contract section 2).
 *
 * Two decisions a reader may question.  Rotating makes a second key with its own id instead of swapping the secret of
 * the first: during the overlap both are in the list with their own "last used", which is the one thing people want to
 * know before the old one goes.  And a key that is revoked stays in the list: who revoked what when is worth more than
 * a short list.
 *
 * A key can never hand out more than it has: scopes, mode, lifetime, networks or rate.  Every route here asks
 * authority.c about the key as it is and as it would become; there is no other rule.
 *
 * Two things follow a key through all that comes from it.  Its person: whoever has read a secret should not have it
 * any more when his membership ends, so a key belongs to whom made or rotated it, even if by means of another key.
 * Its limit: a key with a rate limit of its own and all that it makes share that one limit, or forty keys made by
 * one would be forty times as fast as it.
 */
#include "context/app.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "resources/resources.h"
#include "storage/db.h"

static int64_t live_use(cc_req *r, const cc_field *field, const char *id, int64_t stored);

static const char *const modes[] = {"live", "test", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("kak_"),
    CC_F("key", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, CC_KEY_LENGTH, CC_KEY_LENGTH,
         "The secret.  Answered once, by the call that makes the key, and never again.",
         .example = "\"cc_live_7Qm2XvB9tLr4Zc8NwK1sYd6HgJ3fPaEu0T5wXy\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 80, "What people call it.",
         .example = "\"quickstart\""),
    CC_F("prefix", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 16, 16, "The secret's beginning, to tell keys apart.",
         .example = "\"cc_live_7Qm2XvB9\""),
    CC_F("scopes", CC_TYPE_SCOPES, CC_FIELD_REQUIRED, 1, CC_SCOPE__MAX, "What it may do.",
         .example = "[\"projects:read\",\"workflows:read\",\"runs:read\"]"),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_FIXED | CC_FIELD_FILTER, 0, 0, "live, or test: its runs are rehearsals.",
         .choices = modes, .preset = "\"live\"", .example = "\"live\""),
    CC_F("allowedNetworks", CC_TYPE_NETWORKS, CC_FIELD_NULLABLE, 1, 50,
         "From where it may be used; null: from anywhere, which answers say as an empty list.",
         .example = "[\"192.0.2.0/24\",\"2001:db8::/32\"]"),
    CC_F("rateLimit", CC_TYPE_INT, CC_FIELD_NULLABLE, 1, 1000000, "Requests a minute; null: the instance's default.",
         .example = "600"),
    CC_F("createdBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "The key or person who made it; null: the operator.", .example = "\"usr_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("ownerId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE | CC_FIELD_FILTER, 0, 0,
         "The person who made it, if by another key: it ends with their membership.  null: nobody's.", .ref = "usr_",
         .example = "\"usr_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("rotatedFrom", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "The key it replaces.", .ref = "kak_",
         .example = "null"),
    CC_F("lastUsedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE | CC_FIELD_LIVE, 0, 0,
         "When it was last used, to the minute.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_NULLABLE, 0, 0, "When it stops working; null: never.",
         .example = "\"2030-01-01T00:00:00Z\""),
    CC_F("revokedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it was revoked.",
         .example = "null"),
    CC_ROW_TAIL,
    CC_F("hash", CC_TYPE_BLOB, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0, "SHA-256 of the secret."),
    CC_F("rateRoot", CC_TYPE_ID, CC_FIELD_HIDDEN, 0, 0, "The key whose own limit it shares.", .ref = "kak_"),
    CC_END,
};

const cc_resource cc_keys = {
    .singular = "apiKey",
    .table = "api_keys",
    .prefix = "kak_",
    .fields = fields,
    .meaning = "What a program shows to be let in.",
    .made = CC_MESSAGE_KEY_CREATED,
    .live = live_use,
    .virtual_ = cc_reveal_once,
};

const cc_field cc_rotate_fields[] = {
    CC_F("overlapSeconds", CC_TYPE_INT, 0, 0, 30 * 86400, "How long the old key still works; 0: it stops at once.",
         .preset = "86400", .example = "3600"),
    CC_END,
};

static int64_t
live_use(cc_req *r, const cc_field *field, const char *id, int64_t stored)
{
    int64_t used = cc_shared_used(cc_app_shared(r->app), cc_shared_key(id));

    (void)field;
    return used > stored ? used : stored;
}

/* ---- no key makes a stronger one ------------------------------------------------------------- */

/* What a key with these values can do. */
static cc_err
authority(cc_req *r, cc_value *values)
{
    const cc_value *networks = cc_value_of(fields, values, "allowedNetworks");
    const cc_power  power = {
         .scopes = cc_scope_expand((uint64_t)cc_value_of(fields, values, "scopes")->i),
         .test = strcmp(cc_value_of(fields, values, "mode")->s, "test") == 0,
         .networks = cc_value_given(networks) ? networks->s : "",
         .expires_at = cc_value_of(fields, values, "expiresAt")->i, /* 0: null, or not there */
         .rate_limit = cc_value_of(fields, values, "rateLimit")->i,
    };

    return cc_authority_over(&r->context, &power);
}

static cc_err
check_expiry(cc_req *r)
{
    const cc_value *expires = cc_body_value(r, "expiresAt");

    if (cc_value_given(expires) && expires->i <= r->now)
        return cc_fail(r, CC_E_VALIDATION, "expiresAt", "'expiresAt' must lie in the future.");
    return CC_OK;
}

/* What was not said of a new key is taken over from the caller where the caller is limited. */
static void
inherit(cc_req *r, cc_value *values)
{
    const cc_principal *who = &r->who;

    if (who->expires_at && !cc_value_of(fields, values, "expiresAt")->present)
        cc_value_set_int(fields, values, "expiresAt", who->expires_at);
    if (who->networks[0] && !cc_value_of(fields, values, "allowedNetworks")->present)
        cc_value_set_text(fields, values, "allowedNetworks", who->networks);
    if (who->rate_limit && !cc_value_of(fields, values, "rateLimit")->present)
        cc_value_set_int(fields, values, "rateLimit", who->rate_limit);
}

/* Whose it is, and whose limit it shares: `root`, unless a person says otherwise by making it himself. */
static void
descend(cc_req *r, cc_value *values, const char *root)
{
    cc_value_set_text(fields, values, "createdBy", cc_actor(&r->who));
    cc_value_set_text(fields, values, "ownerId", cc_person(&r->who));
    if (r->who.key_id[0])
        cc_value_set_text(fields, values, "rateRoot", root && *root ? root : NULL);
}

/* ---- make ------------------------------------------------------------------------------------ */

/* Put a fresh secret's hash and prefix among the values, and the secret where the answer shows it. */
static cc_err
secret_new(cc_req *r, bool test, cc_value *values)
{
    char    *secret = cc_alloc(r->arena, CC_KEY_SIZE), *prefix;
    uint8_t *hash = cc_alloc(r->arena, CC_HASH_SIZE);

    if (!secret || !hash)
        return CC_E_UNAVAILABLE;
    cc_key_new(r->app, test, secret);
    if (!(prefix = cc_strndup(r->arena, secret, 16)))
        return CC_E_UNAVAILABLE;
    cc_hash(secret, CC_KEY_LENGTH, hash);
    cc_value_set_text(fields, values, "prefix", prefix);
    cc_value_set_bytes(fields, values, "hash", hash, CC_HASH_SIZE);
    cc_reveal_secret(r, secret);
    return CC_OK;
}

static cc_err
insert(cc_req *r, bool test, cc_value *values)
{
    char  *id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_err err;

    if (!id)
        return CC_E_UNAVAILABLE;
    if ((err = secret_new(r, test, values)) != CC_OK)
        return err;
    cc_id_new(r->app, cc_keys.prefix, id);
    return cc_resource_insert(&r->context, &cc_keys, id, values, r);
}

cc_err
cc_keys_create(cc_req *r)
{
    const cc_principal *who = &r->who;
    const cc_value     *mode = cc_body_value(r, "mode");
    bool                test = mode->present ? strcmp(mode->s, "test") == 0 : who->test;
    cc_err              err;

    cc_value_set_text(fields, r->body, "mode", test ? "test" : "live");
    inherit(r, r->body);
    if ((err = check_expiry(r)) != CC_OK || (err = authority(r, r->body)) != CC_OK)
        return err;
    descend(r, r->body, who->rate_root[0] ? who->rate_root : who->rate_limit ? who->key_id : NULL);
    return insert(r, test, r->body);
}

/* ---- change, revoke, rotate ------------------------------------------------------------------ */

static cc_value *
values_new(cc_req *r)
{
    return cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(cc_value));
}

typedef struct key_row {
    const char *name, *mode, *networks, *rate_root;
    int64_t     scopes, rate_limit, expires_at, revoked_at; /* 0: null */
} key_row;

CC_ROW(key_row, name, scopes, mode, networks, rate_limit, expires_at, revoked_at, rate_root);
CC_QUERY(key_get, key_row,
         "SELECT name, scopes, mode, allowed_networks AS networks, rate_limit, expires_at, revoked_at, rate_root "
         "FROM api_keys WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* The key as it is, as values without those that are null; and whether it was revoked. */
static cc_err
load(cc_req *r, const char *id, cc_value *values, bool *revoked)
{
    key_row key;
    cc_err  err = cc_db_get(cc_app_db(r->app), r->arena, key_get, &key, .project_id = r->who.project_id, .id = id);

    if (err != CC_OK)
        return err;
    cc_value_set_text(fields, values, "name", key.name);
    cc_value_set_text(fields, values, "mode", key.mode);
    cc_value_set_int(fields, values, "scopes", key.scopes);
    if (key.networks)
        cc_value_set_text(fields, values, "allowedNetworks", key.networks);
    if (key.rate_root)
        cc_value_set_text(fields, values, "rateRoot", key.rate_root);
    if (key.rate_limit)
        cc_value_set_int(fields, values, "rateLimit", key.rate_limit);
    if (key.expires_at)
        cc_value_set_int(fields, values, "expiresAt", key.expires_at);
    *revoked = key.revoked_at != 0;
    return CC_OK;
}

/*
 * The key as it is, if the caller has a say over it; nobody else changes a key of the project until this transaction
 * has ended.  CONFLICT: it does not work any more; an expired one can be given another end, so changing it asks for the
 * revoked ones only.
 */
static cc_err
load_ruled(cc_req *r, bool expired_too, cc_value **values)
{
    bool   revoked;
    cc_err err;

    if (!(*values = values_new(r)))
        return CC_E_UNAVAILABLE;
    if ((err = cc_project_lock(&r->context)) != CC_OK || (err = load(r, r->id, *values, &revoked)) != CC_OK ||
        (err = authority(r, *values)) != CC_OK)
        return err;
    if (revoked)
        return cc_fail(r, CC_E_CONFLICT, NULL, "This key is revoked.");
    const cc_value *expires = cc_value_of(fields, *values, "expiresAt");
    if (!expired_too && expires->present && expires->i <= r->now)
        return cc_fail(r, CC_E_CONFLICT, NULL, "This key has expired.");
    return CC_OK;
}

cc_err
cc_keys_update(cc_req *r)
{
    static const char *const limits[] = {"scopes", "expiresAt", "allowedNetworks", "rateLimit"};
    cc_value                *key;
    cc_err                   err;

    if ((err = load_ruled(r, true, &key)) != CC_OK || (err = cc_resource_precondition(r, &cc_keys, r->id)) != CC_OK ||
        (err = check_expiry(r)) != CC_OK)
        return err;
    for (size_t i = 0; i < CC_COUNT(limits); i++)
        if (cc_body_value(r, limits[i])->present)
            *cc_value_of(fields, key, limits[i]) = *cc_body_value(r, limits[i]);
    if ((err = authority(r, key)) != CC_OK)
        return err;
    if (cc_body_value(r, "rateLimit")->present &&
        !r->who.key_id[0]) /* a person's word: from now on it has a limit to itself */
        cc_value_set_text(fields, r->body, "rateRoot", NULL);
    if ((err = cc_resource_change(r, &cc_keys, r->id, r->body)) != CC_OK)
        return err;
    return cc_schedules_review(&r->context, r->id);
}

CC_STATEMENT(key_revoke,
             "UPDATE api_keys SET revoked_at = :now, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id AND revoked_at IS NULL",
             INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(key_expire,
             "UPDATE api_keys SET expires_at = CASE WHEN expires_at <= :end THEN expires_at ELSE :end END, "
             "updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id AND revoked_at IS NULL",
             INT(end), INT(now), TEXT(project_id), TEXT(id));

cc_err
cc_key_revoke(cc_req *r, const char *id)
{
    int64_t revoked;
    cc_err  err =
        cc_db_change(cc_app_db(r->app), key_revoke, &revoked, .now = r->now, .project_id = r->who.project_id, .id = id);

    if (err != CC_OK || !revoked)
        return err;
    err = cc_tell(r->app, r->who.project_id, cc_context_mode(&r->context), CC_MESSAGE_KEY_REVOKED, .id = id);
    return err == CC_OK ? cc_schedules_review(&r->context, id) : err;
}

/* Revoking twice answers the same. */
cc_err
cc_keys_revoke(cc_req *r)
{
    cc_value *key;
    cc_err    err = load_ruled(r, true, &key);

    if (err == CC_E_CONFLICT)
        err = CC_OK;
    if (err != CC_OK || (err = cc_resource_precondition(r, &cc_keys, r->id)) != CC_OK ||
        (err = cc_key_revoke(r, r->id)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_keys, r->id);
}

cc_err
cc_keys_rotate(cc_req *r)
{
    const cc_value *overlap = cc_body_value(r, "overlapSeconds");
    const int64_t   end = r->now + (overlap->present ? overlap->i : 86400) * 1000;
    cc_value       *values;
    cc_err          err;

    if ((err = load_ruled(r, false, &values)) != CC_OK ||
        (err = cc_resource_precondition(r, &cc_keys, r->id)) != CC_OK ||
        (err = cc_db_run(cc_app_db(r->app), key_expire, .end = end, .now = r->now, .project_id = r->who.project_id,
                         .id = r->id)) != CC_OK)
        return err;
    const cc_value *root = cc_value_of(fields, values, "rateRoot");
    const bool      limited = cc_value_of(fields, values, "rateLimit")->present;
    cc_value_set_text(fields, values, "rotatedFrom", r->id);
    descend(r, values, root->present ? root->s : limited ? r->id : NULL);
    return insert(r, strcmp(cc_value_of(fields, values, "mode")->s, "test") == 0, values);
}

/* ---- a person who goes ----------------------------------------------------------------------- */

typedef struct leaving {
    char        id[CC_ID_SIZE], mode[8];
    const char *networks;
    uint64_t    scopes;
    int64_t     rate_limit, expires_at;
} leaving;

CC_ROW(leaving, id, scopes, mode, networks, rate_limit, expires_at);
CC_QUERY(key_of_next, leaving,
         "SELECT id, scopes, mode, allowed_networks AS networks, rate_limit, expires_at FROM api_keys "
         "WHERE project_id = :project_id AND owner_id = :owner_id AND id > :after AND revoked_at IS NULL "
         "ORDER BY id LIMIT 1",
         TEXT(project_id), TEXT(owner_id), TEXT(after));
CC_STATEMENT(key_hand_over,
             "UPDATE api_keys SET owner_id = :owner_id, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id",
             TEXT(owner_id), INT(now), TEXT(project_id), TEXT(id));

/* The next of the person's keys behind `key` that a role like that cannot have made; *found: there is one. */
static cc_err
leaving_find(cc_req *r, const char *user_id, uint64_t may_keep, leaving *key, bool *found)
{
    char   after[CC_ID_SIZE];
    cc_err err;

    do {
        cc_copy_id(after, key->id);
        err = cc_db_find(cc_app_db(r->app), r->arena, key_of_next, key, found, .project_id = r->who.project_id,
                         .owner_id = user_id, .after = after);
    } while (err == CC_OK && *found && !(cc_scope_expand(key->scopes) & ~may_keep));
    return err;
}

/* Whoever takes a key over answers for it: he must have all that it has. */
static cc_err
take_over(cc_req *r, const leaving *key)
{
    const cc_power power = {
        .scopes = cc_scope_expand(key->scopes),
        .test = key->mode[0] == 't',
        .networks = key->networks ? key->networks : "",
        .rate_limit = key->rate_limit,
        .expires_at = key->expires_at,
    };
    cc_err err = cc_authority_over(&r->context, &power);

    if (err == CC_OK)
        err = cc_db_run(cc_app_db(r->app), key_hand_over, .owner_id = cc_person(&r->who), .now = r->now,
                        .project_id = r->who.project_id, .id = key->id);
    return err == CC_OK ? cc_audit_also(&r->context, "keys.handOver", key->id) : err;
}

cc_err
cc_keys_leave(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    leaving key = {0};
    bool    found = true;
    cc_err  err = CC_OK;

    while (err == CC_OK && (err = leaving_find(r, user_id, cc_role_grant(role), &key, &found)) == CC_OK && found) {
        if (keep)
            err = take_over(r, &key);
        else if ((err = cc_key_revoke(r, key.id)) == CC_OK)
            err = cc_audit_also(&r->context, "keys.revoke", key.id);
    }
    return err;
}
