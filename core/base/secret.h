/*
 * Randomness, ids, keys, sealing: the one door to libsodium.
 */
#ifndef CC_SECRET_H
#define CC_SECRET_H

#include "base/base.h"

enum {
    CC_ID_RANDOM = 22,  /* base62 characters after an id's prefix */
    CC_ID_SIZE = 32,    /* room for any id with its NUL */
    CC_KEY_LENGTH = 46, /* "cc_live_" + 32 + 6 */
    CC_KEY_SIZE = 47,
    CC_HASH_SIZE = 32,
    CC_SECRET_SIZE = 32,
    CC_SEAL_EXTRA = 24 + 16, /* nonce and tag */
};

cc_err cc_secret_start(void); /* libsodium ready? once per process, cheap */
bool   cc_id_parse(const char *prefix, const char *id, uint8_t bytes[16]); /* false: not such an id */
void   cc_copy_id(char out[CC_ID_SIZE], const char *id);                   /* "" if it does not fit */
void   cc_id_at(const char *prefix, int64_t ms, char out[CC_ID_SIZE]);     /* the smallest id of that millisecond */
void   cc_hash(const void *data, size_t size, uint8_t out[CC_HASH_SIZE]);  /* SHA-256 */

/* The same, piece by piece. */
typedef struct cc_hashing {
    _Alignas(8) uint8_t state[128];
} cc_hashing;

void cc_hash_begin(cc_hashing *h);
void cc_hash_add(cc_hashing *h, const void *data, size_t size);
void cc_hash_end(cc_hashing *h, uint8_t out[CC_HASH_SIZE]);
void cc_mac(const uint8_t key[CC_SECRET_SIZE], const void *data, size_t size,
            uint8_t out[CC_HASH_SIZE]); /* keyed BLAKE2b */
/* HMAC-SHA-256 (RFC 2104), as others sign what they send us, and we what we send them. */
void     cc_hmac(const void *key, size_t key_size, const void *data, size_t size, uint8_t out[CC_HASH_SIZE]);
uint64_t cc_short_hash(const uint8_t key[16], const void *data, size_t size); /* SipHash-2-4 */
bool     cc_same(const void *a, const void *b, size_t size);                  /* constant time */
void     cc_wipe(void *p, size_t size);
bool     cc_unseal(const uint8_t key[CC_SECRET_SIZE], const uint8_t *in, size_t size,
                   uint8_t *out); /* out: size - CC_SEAL_EXTRA; false: not ours */
size_t   cc_base64(const void *in, size_t size, char *out, size_t out_size);    /* with padding (RFC 7617) */
size_t   cc_base64url(const void *in, size_t size, char *out, size_t out_size); /* no padding; the length */
bool     cc_base64url_parse(const char *in, size_t size, void *out, size_t out_size, size_t *got);
cc_err   cc_password_hash(const char *password, char out[128]); /* Argon2id */
bool     cc_password_check(const char *stored, const char *password);

/* ---- what needs a source of randomness, and who was given the last id ---- */

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

/* random NULL: libsodium's.  key_path is not copied. */
void cc_secrets_init(struct cc_secrets *s, cc_random_fn random, void *random_ctx, const char *key_path);

void cc_secrets_random(struct cc_secrets *s, void *into, size_t size);
void cc_secrets_uuid4(struct cc_secrets *s, char out[37]);
void cc_secrets_id(struct cc_secrets *s, int64_t now_ms, const char *prefix, char out[CC_ID_SIZE]);
void cc_secrets_key(struct cc_secrets *s, bool test, char out[CC_KEY_SIZE]);
void cc_secrets_password(struct cc_secrets *s, char out[CC_PASSWORD_SIZE]);
void cc_secrets_seal(struct cc_secrets *s, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size,
                     uint8_t *out);

#endif
