/*
 * Keys that have leaked: whoever finds one may end it, without signing in (contract-2, section 17).
 *
 * To have a key is all the right that it takes, and it is more than enough: its holder could do worse with it.  So no
 * scope is asked for, no network list, and not whether it has expired.  The answer is the same whatever the texts were:
 * it tells nobody which of them is a key.  Each key's project finds the end of it in its audit log, with the address it
 * came from, and is told as of any key that is revoked.
 */
#include <stdlib.h>

#include "base/secret.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/audit.h"
#include "gate/signin.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { AT_ONCE = 100 };

const cc_field cc_credentials_body[] = {
    CC_F("credentials", CC_TYPE_TEXTS, CC_FIELD_REQUIRED | CC_FIELD_WRITE_ONLY | CC_FIELD_SECRET, 1, AT_ONCE,
         "The keys, whole.  What is none is passed over.",
         .example = "[\"cc_live_7Qm2XvB9tLr4Zc8NwK1sYd6HgJ3fPaEu0T5wXy\"]"),
    CC_END,
};

const cc_field cc_credentials_answer[] = {
    CC_F("received", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, AT_ONCE,
         "How many texts have come; not how many of them were keys.", .example = "1"),
    CC_END,
};

typedef struct held_row {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], mode[8];
    const char *name;
} held_row;

CC_ROW(held_row, project_id, id, name, mode);
CC_QUERY(key_held, held_row,
         "SELECT project_id, id, name, mode FROM api_keys WHERE hash = :hash AND revoked_at IS NULL", BLOB(hash));

/* By the key itself, for that is all that is known of who asks. */
static void
act_as(cc_req *r, const held_row *key)
{
    r->who = (cc_principal){.name = key->name, .networks = "", .test = key->mode[0] == 't'};
    cc_copy_id(r->who.project_id, key->project_id);
    cc_copy_id(r->who.key_id, key->id);
}

static cc_err
end_one(cc_req *r, const char *text)
{
    uint8_t  hash[CC_HASH_SIZE];
    held_row key = {0};
    bool     found = false;
    cc_err   err;

    if (!cc_key_well_formed(text))
        return CC_OK;
    cc_hash(text, strlen(text), hash);
    err = cc_db_find(cc_app_db(r->app), r->arena, key_held, &key, &found, .hash = {hash, sizeof(hash)});
    cc_wipe(hash, sizeof(hash));
    if (err != CC_OK || !found)
        return err;
    act_as(r, &key);
    if ((err = cc_key_revoke(r, key.id)) == CC_OK)
        err = cc_audit_also(&r->context, r->route->operation, key.id);
    return err;
}

static int
compare(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

cc_err
cc_credentials_before_tx(cc_req *r)
{
    return cc_throttle_strangers(r, "revoke", cc_setting_int(r->app, CC_SETTING_revokeRate));
}

/* In the order of the texts, so that two who send the same keys do not wait for each other's. */
cc_err
cc_credentials_revoke(cc_req *r)
{
    const cc_principal nobody = r->who;
    const char        *texts[AT_ONCE];
    size_t             count = 0;
    cc_err             err = CC_OK;

    for (const cc_json *j = cc_json_first(cc_body_value(r, "credentials")->json); j; j = cc_json_next(j))
        texts[count++] = cc_json_text(j);
    qsort(texts, count, sizeof(texts[0]), compare);
    for (size_t i = 0; i < count && err == CC_OK; i++)
        err = end_one(r, texts[i]);
    r->who = nobody;
    cc_putf(&r->out, "{\"received\":%zu}", count);
    return err;
}
