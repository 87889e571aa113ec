/*
 * What an app makes up.  The work is base/secret.c's; here it is given the app's source of randomness and its time.
 */
#include "context/ids.h"

#include "context/trouble.h"
#include "storage/db.h"
#include "storage/key_file.h"

void
cc_random(cc_app *app, void *into, size_t size)
{
    cc_secrets_random(cc_app_secrets(app), into, size);
}

void
cc_uuid4(cc_app *app, char out[37])
{
    cc_secrets_uuid4(cc_app_secrets(app), out);
}

void
cc_id_new(cc_app *app, const char *prefix, char out[CC_ID_SIZE])
{
    cc_secrets_id(cc_app_secrets(app), cc_app_now(app), prefix, out);
}

void
cc_key_new(cc_app *app, bool test, char out[CC_KEY_SIZE])
{
    cc_secrets_key(cc_app_secrets(app), test, out);
}

void
cc_password_new(cc_app *app, char out[CC_PASSWORD_SIZE])
{
    cc_secrets_password(cc_app_secrets(app), out);
}

void
cc_seal(cc_app *app, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size, uint8_t *out)
{
    cc_secrets_seal(cc_app_secrets(app), key, in, size, out);
}

CC_STATEMENT_PLAIN(project_any, "SELECT 1 FROM projects LIMIT 1");

/* A new key beside data that were sealed with another one: a fall-back that must be said. */
static void
renewal_tell(cc_app *app)
{
    bool old;

    if (cc_db_exists(cc_app_db(app), project_any, &old, CC_NO_ARGS) == CC_OK && old)
        cc_trouble(
            app, CC_TROUBLE_KEY_RENEWED,
            CC_WORDS("the key file %s was missing and was made anew: what was sealed with the old one (environments, "
                     "tokens) cannot be read. Restore the old one from a backup, or enter those again"),
            cc_app_secrets(app)->key_path);
}

cc_err
cc_instance_key(cc_app *app, const char purpose[8], uint8_t out[CC_SECRET_SIZE])
{
    struct cc_secrets *secrets = cc_app_secrets(app);
    const bool         made = secrets->instance_made;
    char               why[512];
    cc_err             err = cc_secrets_instance(secrets, purpose, out, why, sizeof(why));

    if (err != CC_OK)
        cc_log(app, "%s", why);
    else if (secrets->instance_made && !made)
        renewal_tell(app);
    return err;
}
