/*
 * What an app makes up: randomness, ids, keys, passwords, sealed texts (base/secret.h), and its own key.
 */
#ifndef CC_IDS_H
#define CC_IDS_H

#include "base/secret.h"

void cc_random(cc_app *app, void *into, size_t size); /* the app's source; for secrets */
void cc_uuid4(cc_app *app, char out[37]);             /* RFC 9562; for request ids */
void cc_id_new(cc_app *app, const char *prefix,
               char out[CC_ID_SIZE]); /* later ids of one app sort after earlier ones */
void cc_key_new(cc_app *app, bool test, char out[CC_KEY_SIZE]);
void cc_seal(cc_app *app, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size,
             uint8_t *out); /* out: size + CC_SEAL_EXTRA */
void cc_password_new(cc_app *app, char out[CC_PASSWORD_SIZE]);

/*
 * The instance's own secret, from the key file beside the database: read when first needed and kept; made (0600) by a
 * process that may create it.  `purpose` (8 characters) gives independent keys for independent jobs.
 */
cc_err cc_instance_key(cc_app *app, const char purpose[8], uint8_t out[CC_SECRET_SIZE]);

#endif
