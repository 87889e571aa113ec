/*
 * Who is calling: a bearer token, or the owner of the data directory himself (contract section 2).  Without either it
 * may still be somebody signed in: signin.c.
 *
 * A key is 190 bits of randomness, so one SHA-256 is all the hashing it needs, and the look-up by that hash leaks
 * nothing that comparing could: what an attacker can steer is the text before the hash.
 */
#include "gate/auth.h"

#include <strings.h>

#include "context/app.h"
#include "gate/signin.h"
#include "storage/query.h"

typedef cc_principal owner;

CC_ROW(owner, project_id, created_at);
CC_QUERY(project_of_owner, owner,
         "SELECT project_id, created_at FROM projects WHERE project_id = :name OR slug = :name", TEXT(name));

/* The owner, through the command or in-process: all scopes on the project he names. */
static cc_err
local_owner(cc_req *r)
{
    cc_err err = cc_db_get(cc_app_db(r->app), NULL, project_of_owner, &r->who, .name = r->in->local_project);

    if (err == CC_E_NOT_FOUND)
        return cc_fail(r, err, NULL, "There is no project of this id or slug here.");
    if (err != CC_OK)
        return err;
    r->who.local = true;
    r->who.name = CC_LOCAL_OWNER;
    r->who.networks = "";
    r->who.scopes = r->who.may = r->who.grant = CC_ALL_SCOPES;
    r->who.shared_key = cc_shared_key(r->who.project_id);
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

typedef struct key_row {
    cc_principal who;
    int64_t      revoked_at;
    char         mode[8], created_by[CC_ID_SIZE]; /* created_by "": the operator */
} key_row;

CC_ROW(key_row, who.project_id, who.key_id, who.name, who.scopes, mode, who.networks, who.rate_limit, who.created_at,
       who.expires_at, revoked_at, who.last_used_at, who.owner_id, who.rate_root, who.root_limit, created_by);
CC_QUERY(key_by_hash, key_row,
         "SELECT k.project_id, k.id AS key_id, k.name, k.scopes, k.mode, k.allowed_networks AS networks, k.rate_limit, "
         "k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.owner_id, root.id AS rate_root, "
         "root.rate_limit AS root_limit, k.created_by FROM api_keys k "
         "LEFT JOIN api_keys root ON root.project_id = k.project_id AND root.id = k.rate_root WHERE k.hash = :hash",
         BLOB(hash));

/* The key of that secret, if it works. */
static cc_err
key_find(cc_req *r, const char *token)
{
    cc_principal *who = &r->who;
    key_row       key = {0};
    uint8_t       hash[CC_HASH_SIZE];
    cc_err        err;

    cc_hash(token, strlen(token), hash);
    err = cc_db_get(cc_app_db(r->app), r->arena, key_by_hash, &key, .hash = {hash, sizeof(hash)});
    cc_wipe(hash, sizeof(hash));
    if (err != CC_OK)
        return err == CC_E_NOT_FOUND ? CC_E_AUTH_INVALID : err;
    if (key.revoked_at || (key.who.expires_at && key.who.expires_at <= r->now))
        return CC_E_AUTH_INVALID;
    key.who.key = who->key;
    *who = key.who;
    who->may = who->grant = cc_scope_expand(who->scopes);
    who->test = key.mode[0] == 't';
    if (!who->networks)
        who->networks = "";
    who->by_operator = !key.created_by[0];
    who->shared_key = cc_shared_key(who->key_id);
    return CC_OK;
}

/* The key of that secret, if it may be used from where it is used. */
static cc_err
key_enter(cc_req *r, const char *token)
{
    cc_err err = key_find(r, token);

    if (err == CC_OK && !cc_network_allows(r->who.networks, r->client.address_sure ? r->address : NULL))
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
    cc_shared_mark(cc_app_shared(r->app), r->who.shared_key, r->now);
    int64_t used = cc_shared_used(cc_app_shared(r->app), r->who.shared_key);
    if (used > r->who.last_used_at)
        r->who.last_used_at = used;
    return CC_OK;
}

/*
 * A write waits in the queue, and the caller's rights may have ended while it did: what was revoked writes nothing
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
