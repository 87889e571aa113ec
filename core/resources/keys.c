/*
 * API keys (contract section 2).
 *
 * Two decisions a reader may question.  Rotating makes a second key with its own id instead of swapping the secret of
 * the first: during the overlap both are in the list with their own "last used", which is the one thing people want to
 * know before the old one goes.  And a key that is revoked stays in the list: who revoked what when is worth more than
 * a short list.
 *
 * A key can never hand out more than it has: scopes, mode, lifetime, networks or rate.
 */
#include "../db.h"
#include "resources.h"

static int64_t live_use(cc_req *r, const cc_field *field, const char *id, int64_t stored);

static const char *const modes[] = {"live", "test", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("kak_"),
    CC_F("key", CC_LINE, CC_READ_ONLY | CC_VIRTUAL, CC_KEY_LENGTH, CC_KEY_LENGTH,
         "The secret.  Answered once, by the call that makes the key, and never again.",
         .example = "\"cc_live_7Qm2XvB9tLr4Zc8NwK1sYd6HgJ3fPaEu0T5wXy\""),
    CC_F("name", CC_LINE, CC_REQUIRED | CC_SEARCH, 1, 80, "What people call it.", .example = "\"quickstart\""),
    CC_F("prefix", CC_LINE, CC_READ_ONLY, 16, 16, "The secret's beginning, to tell keys apart.",
         .example = "\"cc_live_7Qm2XvB9\""),
    CC_F("scopes", CC_SCOPES_T, CC_REQUIRED, 1, CC_SCOPE__MAX, "What it may do.",
         .example = "[\"projects:read\",\"workflows:read\",\"runs:read\"]"),
    CC_F("mode", CC_CHOICE, CC_FIXED | CC_FILTER, 0, 0, "live, or test: its runs are rehearsals.", .choices = modes,
         .preset = "\"live\"", .example = "\"live\""),
    CC_F("allowedNetworks", CC_NETWORKS, CC_NULLABLE, 0, 50, "From where it may be used; empty: from anywhere.",
         .example = "[\"192.0.2.0/24\",\"2001:db8::/32\"]"),
    CC_F("rateLimit", CC_INT, CC_NULLABLE, 1, 1000000, "Requests a minute; null: the instance's default.",
         .example = "600"),
    CC_F("rotatedFrom", CC_ID, CC_READ_ONLY | CC_NULLABLE, 0, 0, "The key it replaces.", .ref = "kak_",
         .example = "null"),
    CC_F("lastUsedAt", CC_TIME, CC_READ_ONLY | CC_NULLABLE | CC_LIVE, 0, 0, "When it was last used, to the minute.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("expiresAt", CC_TIME, CC_NULLABLE, 0, 0, "When it stops working; null: never.",
         .example = "\"2030-01-01T00:00:00Z\""),
    CC_F("revokedAt", CC_TIME, CC_READ_ONLY | CC_NULLABLE, 0, 0, "When it was revoked.", .example = "null"),
    CC_ROW_TAIL,
    CC_F("hash", CC_BLOB, CC_HIDDEN | CC_FIXED, 0, 0, "SHA-256 of the secret."),
    CC_END,
};

const cc_resource cc_keys = {
    .one = "apiKey",
    .table = "api_keys",
    .prefix = "kak_",
    .fields = fields,
    .meaning = "What a program shows to be let in.",
    .live = live_use,
    .virtual_ = cc_show_once,
};

const cc_field cc_rotate_fields[] = {
    CC_F("overlapSeconds", CC_INT, 0, 0, 30 * 86400, "How long the old key still works; 0: it stops at once.",
         .preset = "86400", .example = "3600"),
    CC_END,
};

static int64_t
live_use(cc_req *r, const cc_field *field, const char *id, int64_t stored)
{
    int64_t used = cc_hot_used(cc_app_hot(r->app), cc_key_hot(id));

    (void)field;
    return used > stored ? used : stored;
}

/* ---- no key makes a stronger one ------------------------------------------------------------- */

static cc_err
check_scopes(cc_req *r, uint64_t mask)
{
    uint64_t beyond = cc_scope_expand(mask) & ~r->who.grant;

    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
        if (beyond >> s & 1)
            return cc_fail(r, CC_E_FORBIDDEN, NULL,
                           r->who.user_id[0] ? "This role cannot hand out '%s' in a key."
                                             : "This key cannot hand out '%s', which it does not have.",
                           cc_scope_text(s));
    return CC_OK;
}

/* What was not said is taken over from the caller where the caller is limited; what was said must lie within. */
static cc_err
check_limits(cc_req *r, cc_value *values, bool create)
{
    const cc_principal *who = &r->who;
    cc_value           *expires = cc_value_of(fields, values, "expiresAt");
    cc_value           *networks = cc_value_of(fields, values, "allowedNetworks");
    cc_value           *rate = cc_value_of(fields, values, "rateLimit");

    if (expires->present && !expires->null && expires->i <= r->now)
        return cc_fail(r, CC_E_VALIDATION, "expiresAt", "'expiresAt' must lie in the future.");
    if (create && who->expires_at && !expires->present)
        cc_let_int(fields, values, "expiresAt", who->expires_at);
    if (create && who->networks[0] && !networks->present)
        cc_let_text(fields, values, "allowedNetworks", who->networks);
    if (create && who->rate_limit && !rate->present)
        cc_let_int(fields, values, "rateLimit", who->rate_limit);
    if (who->expires_at && expires->present && (expires->null || expires->i > who->expires_at))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key cannot make one that outlives it.");
    if (who->networks[0] && networks->present && !cc_networks_within(networks->null ? "" : networks->s, who->networks))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key cannot open networks that are closed to itself.");
    if (who->rate_limit && rate->present && (rate->null || rate->i > who->rate_limit))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "This key cannot give a higher rate limit than its own.");
    return CC_OK;
}

static cc_err
check_mode(cc_req *r, bool test)
{
    if (r->who.test && !test)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "A test key cannot make a live one.");
    return CC_OK;
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
    cc_let_text(fields, values, "prefix", prefix);
    cc_let_bytes(fields, values, "hash", hash, CC_HASH_SIZE);
    cc_show_secret(r, secret);
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
    return cc_resource_insert(r, &cc_keys, id, values, &r->out);
}

cc_err
cc_keys_create(cc_req *r)
{
    const cc_value *mode = cc_in(r, "mode");
    bool            test = mode->present ? strcmp(mode->s, "test") == 0 : r->who.test;
    cc_err          err;

    if ((err = check_scopes(r, (uint64_t)cc_in(r, "scopes")->i)) != CC_OK || (err = check_mode(r, test)) != CC_OK ||
        (err = check_limits(r, r->body, true)) != CC_OK)
        return err;
    cc_let_text(fields, r->body, "mode", test ? "test" : "live");
    return insert(r, test, r->body);
}

/* ---- change, revoke, rotate ------------------------------------------------------------------ */

/* The key as it is, as values.  CONFLICT: it is revoked or has expired. */
static cc_err
load(cc_req *r, const char *id, bool expired_too, cc_value *values)
{
    cc_stmt *s = NULL;
    size_t   size;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_GET, &s);

    if (err != CC_OK)
        goto done;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, id);
    if ((err = cc_step(s, &row)) != CC_OK)
        goto done;
    err = CC_E_NOT_FOUND;
    if (!row)
        goto done;
    if (!cc_col_null(s, 6)) {
        err = cc_fail(r, CC_E_CONFLICT, NULL, "This key is revoked.");
        goto done;
    }
    if (!expired_too && !cc_col_null(s, 5) && cc_col_int(s, 5) <= r->now) {
        err = cc_fail(r, CC_E_CONFLICT, NULL, "This key has expired.");
        goto done;
    }
    err = CC_E_UNAVAILABLE;
    static const char *const texts[] = {"name", NULL, "mode", "allowedNetworks"};
    for (int i = 0; i < (int)CC_COUNT(texts); i++) {
        if (!texts[i] || cc_col_null(s, i))
            continue;
        const char *text = cc_col_text(s, i, &size);
        if (!(text = cc_strndup(r->arena, text, size)))
            goto done;
        cc_let_text(fields, values, texts[i], text);
    }
    cc_let_int(fields, values, "scopes", cc_col_int(s, 1));
    if (!cc_col_null(s, 4))
        cc_let_int(fields, values, "rateLimit", cc_col_int(s, 4));
    if (!cc_col_null(s, 5))
        cc_let_int(fields, values, "expiresAt", cc_col_int(s, 5));
    err = CC_OK;

done:
    cc_stmt_done(s);
    return err;
}

static cc_value *
values_new(cc_req *r)
{
    return cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(cc_value));
}

cc_err
cc_keys_update(cc_req *r)
{
    cc_value       *old = values_new(r);
    const cc_value *scopes = cc_in(r, "scopes");
    cc_err          err;

    if (!old)
        return CC_E_UNAVAILABLE;
    if ((err = load(r, r->id, true, old)) != CC_OK || (err = cc_resource_precondition(r, &cc_keys, r->id)) != CC_OK ||
        (scopes->present && (err = check_scopes(r, (uint64_t)scopes->i)) != CC_OK) ||
        (err = check_limits(r, r->body, false)) != CC_OK)
        return err;
    return cc_resource_change(r, &cc_keys, r->id, r->body);
}

cc_err
cc_keys_revoke(cc_req *r)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = cc_resource_precondition(r, &cc_keys, r->id)) != CC_OK ||
        (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_REVOKE, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, r->now);
    cc_bind_text(s, 2, r->who.project_id);
    cc_bind_text(s, 3, r->id);
    if ((err = cc_run(s)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_keys, r->id); /* revoking twice answers the same; a missing one is 404 */
}

cc_err
cc_keys_rotate(cc_req *r)
{
    const cc_value *overlap = cc_in(r, "overlapSeconds");
    int64_t         end = r->now + (overlap->present ? overlap->i : 86400) * 1000;
    cc_value       *values = values_new(r);
    cc_stmt        *s = NULL;
    cc_err          err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = load(r, r->id, false, values)) != CC_OK)
        return err;
    bool test = strcmp(cc_value_of(fields, values, "mode")->s, "test") == 0;
    if ((err = check_scopes(r, (uint64_t)cc_value_of(fields, values, "scopes")->i)) != CC_OK ||
        (err = check_mode(r, test)) != CC_OK || (err = check_limits(r, values, true)) != CC_OK)
        return err;
    if ((err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_EXPIRE, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, end);
    cc_bind_int(s, 2, r->now);
    cc_bind_text(s, 3, r->who.project_id);
    cc_bind_text(s, 4, r->id);
    if ((err = cc_run(s)) != CC_OK)
        return err;
    cc_let_text(fields, values, "rotatedFrom", r->id);
    return insert(r, test, values);
}
