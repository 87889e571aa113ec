/*
 * Randomness, ids, keys, hashes, sealing and passwords: the one door to libsodium.
 *
 * It does not know who may do what (auth.c) and stores nothing.
 *
 * Why ids are drawn from a pool and secrets are not: a request needs an id, a system call costs as much as the rest of
 * making it, and an id gives nothing away.  A key, nonce or password is worth its own draw, and leaves no copy in a
 * pool.
 */
#include "base/secret.h"

#include <assert.h>
#include <sodium.h>

#include "base/base62.h"

_Static_assert(CC_HASH_SIZE == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(CC_SECRET_SIZE == crypto_secretbox_KEYBYTES, "the size of a key");
_Static_assert(CC_SEAL_EXTRA == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES, "nonce and tag");
_Static_assert(crypto_pwhash_STRBYTES == 128, "the room for a password's hash");

cc_err
cc_secret_start(void)
{
    return sodium_init() >= 0 ? CC_OK : CC_E_INTERNAL;
}

void
cc_secrets_init(struct cc_secrets *s, cc_random_fn random, void *random_ctx, const char *key_path)
{
    *s = (struct cc_secrets){.random = random, .random_ctx = random_ctx, .key_path = key_path};
}

/* ---- randomness ------------------------------------------------------------------------------ */

void
cc_secrets_random(struct cc_secrets *s, void *into, size_t size)
{
    if (s->random != NULL)
        s->random(s->random_ctx, into, size);
    else
        randombytes_buf(into, size);
}

/* For what is no secret. */
static void
draw(struct cc_secrets *s, void *into, size_t size)
{
    assert(size <= sizeof(s->pool));
    if (s->pool_left < size) {
        cc_secrets_random(s, s->pool, sizeof(s->pool));
        s->pool_left = sizeof(s->pool);
    }
    s->pool_left -= size;
    memcpy(into, s->pool + s->pool_left, size);
}

/*
 * `length` characters of an alphabet, each as likely as any other: bytes past the last multiple of the alphabet's size
 * are thrown away.  A secret: drawn directly, and no byte of it stays on the stack.
 */
static void
random_text(struct cc_secrets *s, const char *alphabet, char *out, size_t length)
{
    size_t  letters = strlen(alphabet);
    size_t  limit = 256 - 256 % letters;
    uint8_t bytes[48];

    for (size_t done = 0; done < length;) {
        cc_secrets_random(s, bytes, sizeof(bytes));
        for (size_t i = 0; i < sizeof(bytes) && done < length; i++) {
            if (bytes[i] < limit)
                out[done++] = alphabet[bytes[i] % letters];
        }
    }
    sodium_memzero(bytes, sizeof(bytes));
}

/* ---- ids ------------------------------------------------------------------------------------- */

void
cc_secrets_uuid4(struct cc_secrets *s, char out[37])
{
    static const char hex[] = "0123456789abcdef";
    uint8_t           bytes[16];

    draw(s, bytes, sizeof(bytes));
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* the variant of RFC 9562 */
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[bytes[i] >> 4];
        *out++ = hex[bytes[i] & 15];
    }
    *out = '\0';
}

static void
put_milliseconds(int64_t ms, uint8_t bytes[16])
{
    static const int64_t most = (INT64_C(1) << 48) - 1;

    ms = ms < 0 ? 0 : ms > most ? most : ms;
    for (int i = 5; i >= 0; i--, ms >>= 8)
        bytes[i] = (uint8_t)ms;
}

/* Add to a big-endian number.  What runs over the random part counts on in the milliseconds, and the order still holds.
 */
static void
add(uint8_t bytes[16], uint64_t n)
{
    for (int i = 15; i >= 0 && n != 0; i--, n >>= 8) {
        n += bytes[i];
        bytes[i] = (uint8_t)n;
    }
}

static void
id_text(const char *prefix, const uint8_t bytes[16], char out[CC_ID_SIZE])
{
    size_t size = strlen(prefix);

    assert(size + CC_ID_RANDOM < CC_ID_SIZE);
    memcpy(out, prefix, size);
    cc_base62_128(bytes, out + size);
    out[size + CC_ID_RANDOM] = '\0';
}

/*
 * Lists are paged by id alone, so a later row must have a larger one, even within a millisecond and after the clock was
 * set back.  Then the last id goes on by one and a little: by one alone would tell how many rows others made.
 */
void
cc_secrets_id(struct cc_secrets *s, int64_t now_ms, const char *prefix, char out[CC_ID_SIZE])
{
    uint8_t bytes[16];

    put_milliseconds(now_ms, bytes);
    if (memcmp(bytes, s->last_id, 6) > 0) {
        draw(s, bytes + 6, 10);
    } else {
        uint32_t little;
        draw(s, &little, sizeof(little));
        memcpy(bytes, s->last_id, sizeof(bytes));
        add(bytes, (uint64_t)little + 1);
    }
    memcpy(s->last_id, bytes, sizeof(bytes));
    id_text(prefix, bytes, out);
}

void
cc_copy_id(char out[CC_ID_SIZE], const char *id)
{
    size_t n = strlen(id);

    if (n >= CC_ID_SIZE)
        n = 0;
    memcpy(out, id, n);
    out[n] = '\0';
}

bool
cc_id_parse(const char *prefix, const char *id, uint8_t bytes[16])
{
    size_t size = strlen(prefix);

    if (id == NULL || strncmp(id, prefix, size) != 0 || strlen(id + size) != CC_ID_RANDOM)
        return false;
    return cc_base62_128_parse(id + size, bytes);
}

void
cc_id_at(const char *prefix, int64_t ms, char out[CC_ID_SIZE])
{
    uint8_t bytes[16] = {0};

    put_milliseconds(ms, bytes);
    id_text(prefix, bytes, out);
}

/* ---- API keys -------------------------------------------------------------------------------- */

enum { KEY_PREFIX = 8, KEY_RANDOM = 32, KEY_CHECK = 6 };

static const char key_live[] = "cc_live_", key_test[] = "cc_test_";

/* The CRC-32 of zip and PNG, four bits at a time: a key is 40 bytes, a larger table would cost more than it saves. */
static uint32_t
crc32_of(const char *s, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint8_t)s[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

static void
key_check(const char *key, char check[KEY_CHECK])
{
    uint32_t crc = crc32_of(key, KEY_PREFIX + KEY_RANDOM);

    for (int i = KEY_CHECK - 1; i >= 0; i--, crc /= 62)
        check[i] = cc_base62_digits[crc % 62];
}

void
cc_secrets_key(struct cc_secrets *s, bool test, char out[CC_KEY_SIZE])
{
    memcpy(out, test ? key_test : key_live, KEY_PREFIX);
    random_text(s, cc_base62_digits, out + KEY_PREFIX, KEY_RANDOM);
    key_check(out, out + KEY_PREFIX + KEY_RANDOM);
    out[CC_KEY_LENGTH] = '\0';
}

bool
cc_key_well_formed(const char *key)
{
    char check[KEY_CHECK];

    if (key == NULL || strlen(key) != CC_KEY_LENGTH)
        return false;
    if (memcmp(key, key_live, KEY_PREFIX) != 0 && memcmp(key, key_test, KEY_PREFIX) != 0)
        return false;
    if (strspn(key + KEY_PREFIX, cc_base62_digits) != KEY_RANDOM + KEY_CHECK)
        return false;
    key_check(key, check);
    return memcmp(key + KEY_PREFIX + KEY_RANDOM, check, KEY_CHECK) == 0;
}

/* ---- hashes ---------------------------------------------------------------------------------- */

void
cc_hash(const void *data, size_t size, uint8_t out[CC_HASH_SIZE])
{
    crypto_hash_sha256(out, data, size);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(cc_hashing), "room for SHA-256");

static crypto_hash_sha256_state *
hashing(cc_hashing *h)
{
    return (crypto_hash_sha256_state *)(void *)h->state;
}

void
cc_hash_begin(cc_hashing *h)
{
    crypto_hash_sha256_init(hashing(h));
}

void
cc_hash_add(cc_hashing *h, const void *data, size_t size)
{
    crypto_hash_sha256_update(hashing(h), data, size);
}

void
cc_hash_end(cc_hashing *h, uint8_t out[CC_HASH_SIZE])
{
    crypto_hash_sha256_final(hashing(h), out);
}

void
cc_mac(const uint8_t key[CC_SECRET_SIZE], const void *data, size_t size, uint8_t out[CC_HASH_SIZE])
{
    crypto_generichash(out, CC_HASH_SIZE, data, size, key, CC_SECRET_SIZE);
}

void
cc_hmac(const void *key, size_t key_size, const void *data, size_t size, uint8_t out[CC_HASH_SIZE])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, key_size);
    crypto_auth_hmacsha256_update(&state, data, size);
    crypto_auth_hmacsha256_final(&state, out);
    cc_wipe(&state, sizeof(state));
}

uint64_t
cc_short_hash(const uint8_t key[16], const void *data, size_t size)
{
    uint8_t  bytes[crypto_shorthash_BYTES];
    uint64_t hash = 0;

    crypto_shorthash(bytes, data, size, key);
    for (size_t i = sizeof(bytes); i > 0; i--) /* SipHash is defined as little-endian */
        hash = hash << 8 | bytes[i - 1];
    return hash;
}

bool
cc_same(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void
cc_wipe(void *p, size_t size)
{
    sodium_memzero(p, size);
}

/* ---- sealing and base64url ------------------------------------------------------------------- */

/* nonce, tag, ciphertext */
void
cc_secrets_seal(struct cc_secrets *s, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size, uint8_t *out)
{
    cc_secrets_random(s, out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, in, size, out, key);
}

bool
cc_unseal(const uint8_t key[CC_SECRET_SIZE], const uint8_t *in, size_t size, uint8_t *out)
{
    if (size < CC_SEAL_EXTRA)
        return false;
    return crypto_secretbox_open_easy(out, in + crypto_secretbox_NONCEBYTES, size - crypto_secretbox_NONCEBYTES, in,
                                      key) == 0;
}

static size_t
base64(const void *in, size_t size, char *out, size_t out_size, int form)
{
    assert(out_size >= sodium_base64_encoded_len(size, form)); /* which counts the NUL */
    sodium_bin2base64(out, out_size, in, size, form);
    return strlen(out);
}

size_t
cc_base64(const void *in, size_t size, char *out, size_t out_size)
{
    return base64(in, size, out, out_size, sodium_base64_VARIANT_ORIGINAL);
}

size_t
cc_base64url(const void *in, size_t size, char *out, size_t out_size)
{
    return base64(in, size, out, out_size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
cc_base64url_parse(const char *in, size_t size, void *out, size_t out_size, size_t *got)
{
    return sodium_base642bin(out, out_size, in, size, NULL, got, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

/* ---- passwords ------------------------------------------------------------------------------- */

cc_err
cc_password_hash(const char *password, char out[128])
{
    /* It takes 64 MiB for a moment; having those is the only thing that can fail. */
    if (crypto_pwhash_str_alg(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return CC_E_UNAVAILABLE;
    return CC_OK;
}

bool
cc_password_check(const char *stored, const char *password)
{
    char   whole[crypto_pwhash_STRBYTES] = {0}; /* libsodium may look at all 128 bytes, a database hands out fewer */
    size_t size = strlen(stored);

    if (size >= sizeof(whole))
        return false;
    memcpy(whole, stored, size);
    return crypto_pwhash_str_verify(whole, password, strlen(password)) == 0;
}

/* "k7wqp-…", four groups of five: 99 bits, and nothing that looks like something else when read from paper. */
void
cc_secrets_password(struct cc_secrets *s, char out[CC_PASSWORD_SIZE])
{
    enum { GROUPS = 4, GROUP = 5 };
    _Static_assert(GROUPS * (GROUP + 1) == CC_PASSWORD_SIZE, "each group is followed by '-' or the NUL");

    for (int i = 0; i < GROUPS; i++) {
        random_text(s, "abcdefghjkmnpqrstuvwxyz23456789", out, GROUP);
        out[GROUP] = '-';
        out += GROUP + 1;
    }
    out[-1] = '\0';
}
