/*
 * Who is calling: a bearer token, or the owner of the data directory himself (contract section 2).  Without either it
 * may still be somebody signed in: signin.c.
 *
 * A key is 190 bits of randomness, so one SHA-256 is all the hashing it needs, and the look-up by that hash leaks
 * nothing that comparing could: what an attacker can steer is the text before the hash.
 */
#include <strings.h>

#include "storage/db.h"

/* Its place in the hot-state file; stable, and not secret. */
uint64_t
cc_key_hot(const char *key_id)
{
    static const uint8_t key[16] = "codecourier-hot";

    return cc_short_hash(key, key_id, strlen(key_id));
}

/* The owner, through the command or in-process: all scopes on the project he names. */
static cc_err
local_owner(cc_req *r)
{
    cc_db   *db = cc_app_db(r->app);
    cc_stmt *s = NULL;
    bool     row = false;
    cc_err   err = CC_OK;

    for (int by = 0; by < 2 && err == CC_OK && !row; by++) {
        if ((err = cc_stmt_get(db, by ? CC_SQL_PROJECT_BY_SLUG : CC_SQL_PROJECT_BY_ID, &s)) != CC_OK)
            break;
        cc_bind_text(s, 1, r->in->local_project);
        if ((err = cc_step(s, &row)) == CC_OK && row) {
            cc_copy_id(r->who.project_id, cc_col_text(s, 0, NULL));
            r->who.created_at = cc_col_int(s, 3);
        }
        cc_stmt_done(s);
    }
    if (err != CC_OK)
        return err;
    if (!row)
        return cc_fail(r, CC_E_NOT_FOUND, NULL, "There is no project of this id or slug here.");
    r->who.local = true;
    r->who.name = CC_LOCAL_OWNER;
    r->who.networks = "";
    r->who.scopes = r->who.may = r->who.grant = CC_ALL_SCOPES;
    r->who.hot = cc_key_hot(r->who.project_id);
    return CC_OK;
}

/* What stands after "Bearer "; the scheme's case does not matter (RFC 9110 section 11.1).  NULL: something else. */
static const char *
bearer(const char *header)
{
    if (strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    return header + strspn(header, " ");
}

static cc_err
key_find(cc_req *r, const char *token)
{
    cc_principal *who = &r->who;
    cc_stmt      *s = NULL;
    uint8_t       hash[CC_HASH_SIZE];
    size_t        size;
    bool          row;
    cc_err        err = cc_stmt_get(cc_app_db(r->app), CC_SQL_KEY_BY_HASH, &s);

    if (err != CC_OK)
        goto done;
    cc_hash(token, strlen(token), hash);
    cc_bind_blob(s, 1, hash, sizeof(hash));
    if ((err = cc_step(s, &row)) != CC_OK)
        goto done;
    err = CC_E_AUTH_INVALID;
    if (!row || !cc_col_null(s, 9)) /* revoked */
        goto done;
    who->expires_at = cc_col_int(s, 8);
    if (who->expires_at && who->expires_at <= r->now)
        goto done;
    err = CC_E_UNAVAILABLE;
    cc_copy_id(who->project_id, cc_col_text(s, 0, NULL));
    cc_copy_id(who->key_id, cc_col_text(s, 1, NULL));
    const char *name = cc_col_text(s, 2, &size);
    if (!(who->name = cc_strndup(r->arena, name, size)))
        goto done;
    who->scopes = (uint64_t)cc_col_int(s, 3);
    who->may = who->grant = cc_scope_expand(who->scopes);
    who->test = cc_col_text(s, 4, NULL)[0] == 't';
    const char *networks = cc_col_text(s, 5, &size);
    if (!(who->networks = size ? cc_strndup(r->arena, networks, size) : ""))
        goto done;
    who->rate_limit = cc_col_int(s, 6);
    who->created_at = cc_col_int(s, 7);
    who->last_used_at = cc_col_int(s, 10);
    cc_copy_id(who->owner_id, cc_col_text(s, 11, NULL));
    cc_copy_id(who->rate_root, cc_col_text(s, 12, NULL));
    who->root_limit = cc_col_int(s, 13);
    who->by_operator = cc_col_int(s, 14) != 0;
    who->hot = cc_key_hot(who->key_id);
    err = CC_OK;

done:
    cc_stmt_done(s);
    cc_wipe(hash, sizeof(hash));
    return err;
}

/* The key of that secret, if it may be used from where it is used. */
static cc_err
key_enter(cc_req *r, const char *token)
{
    cc_err err = key_find(r, token);

    if (err == CC_OK && !cc_network_allows(r->who.networks, r->address_sure ? r->address : NULL))
        err = cc_fail(r, CC_E_FORBIDDEN, NULL, "This key may not be used from this address.");
    return err;
}

cc_err
cc_auth(cc_req *r)
{
    const char *header = r->in->header[CC_H_AUTHORIZATION];
    cc_err      err;

    if (r->in->local_project && !header)
        return local_owner(r);
    if (!header || !header[0])
        return cc_session_auth(r);
    const char *token = bearer(header);
    if (!token || !cc_key_well_formed(token))
        return CC_E_AUTH_INVALID;
    if ((err = key_enter(r, token)) != CC_OK)
        return err;
    r->who.key = token;

    /* Marked before the handler runs, so that the first whoami already shows it. */
    cc_hot_mark(cc_app_hot(r->app), r->who.hot, r->now);
    int64_t used = cc_hot_used(cc_app_hot(r->app), r->who.hot);
    if (used > r->who.last_used_at)
        r->who.last_used_at = used;
    return CC_OK;
}

/*
 * A write waits for its turn, and the caller's rights may have ended while it did: what was revoked writes nothing
 * more.
 */
cc_err
cc_auth_again(cc_req *r)
{
    if (r->who.local || r->route->scope == CC_SCOPE_NONE)
        return CC_OK;
    if (r->who.user_id[0])
        return cc_session_again(r);
    return key_enter(r, r->who.key);
}
