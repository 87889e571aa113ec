/*
 * The state behind secret.c, one per app: where randomness comes from, the last id given out and the instance key.
 *
 * Not a second interface: rooms of the core call cc_random, cc_id_new and so on with their app.  The calls below do the
 * same for the bare state, so that tests can choose its randomness and its time without opening an app.
 */
#ifndef CC_SECRET_H
#define CC_SECRET_H

#include "internal.h"

/*
 * Nothing in it is allocated: cc_wipe it when the app closes.  It belongs to one process (a copy in a forked child
 * would give out the same ids again) and to one thread at a time.
 */
struct cc_secrets {
    cc_random_fn random; /* NULL: libsodium's */
    void        *random_ctx;
    const char  *key_path; /* the instance's key file */

    uint8_t pool[512]; /* randomness that is no secret: for ids, so that most of them cost no system call */
    size_t  pool_left; /* bytes at its end not yet given out */
    uint8_t last_id[16];
    uint8_t instance_key[CC_SECRET_SIZE];
    bool    instance_loaded;
    bool    instance_made; /* by us, because there was none */
};

struct cc_secrets *cc_app_secrets(cc_app *app); /* app.c */

/* random NULL: libsodium's.  key_path is not copied. */
void cc_secrets_init(struct cc_secrets *s, cc_random_fn random, void *random_ctx, const char *key_path);

void cc_secrets_random(struct cc_secrets *s, void *into, size_t size);
void cc_secrets_uuid4(struct cc_secrets *s, char out[37]);
void cc_secrets_id(struct cc_secrets *s, int64_t now_ms, const char *prefix, char out[CC_ID_SIZE]);
void cc_secrets_key(struct cc_secrets *s, bool test, char out[CC_KEY_SIZE]);
void cc_secrets_password(struct cc_secrets *s, char out[CC_PASSWORD_SIZE]);
void cc_secrets_seal(struct cc_secrets *s, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size,
                     uint8_t *out);

/* CC_E_INTERNAL: `why` says what is wrong with the key file and what to do, for the operator's log. */
cc_err cc_secrets_instance(struct cc_secrets *s, const char purpose[8], uint8_t out[CC_SECRET_SIZE], char *why,
                           size_t why_size);

#endif
