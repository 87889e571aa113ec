/*
 * Ids, keys, hashes, sealing, passwords and the key file.
 *
 * They run on a bare struct cc_secrets with a random source of their own, so that what depends on chance is the same
 * every time, and on libsodium's where it must not be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base62.h"
#include "storage/key_file.h"

/* A stream that counts how often it was asked. */
struct stream {
    uint64_t seed;
    int      calls;
};

static void
stream_random(void *ctx, void *into, size_t size)
{
    struct stream *stream = ctx;
    uint8_t       *bytes = into;

    stream->calls++;
    for (size_t i = 0; i < size; i++) {
        stream->seed = stream->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(stream->seed >> 56);
    }
}

static void
highest_random(void *ctx, void *into, size_t size)
{
    (void)ctx;
    memset(into, 0xff, size);
}

static int
start(void **state)
{
    (void)state;
    return cc_secret_start() == CC_OK && cc_secret_start() == CC_OK ? 0 : -1;
}

/* ---- ids ------------------------------------------------------------------------------------------------------ */

static void
ids_of_one_app_only_ever_rise(void **state)
{
    struct cc_secrets s;
    struct stream     stream = {.seed = 1};
    char              last[CC_ID_SIZE] = "run_", id[CC_ID_SIZE];
    int64_t           now = 1736935440000;

    (void)state;
    cc_secrets_init(&s, stream_random, &stream, NULL);
    for (int i = 0; i < 3000; i++) {
        cc_secrets_id(&s, now, "run_", id);
        assert_int_equal(strlen(id), 4 + CC_ID_RANDOM);
        assert_true(strcmp(id, last) > 0);
        memcpy(last, id, sizeof(id));
        if (i % 7 == 0)
            now += 5;
        if (i == 1000)
            now -= 3600000; /* the clock is set back */
    }
}

static void
ids_rise_even_when_the_random_part_is_used_up(void **state)
{
    struct cc_secrets s;
    char              last[CC_ID_SIZE], id[CC_ID_SIZE];
    uint8_t           bytes[16];

    (void)state;
    cc_secrets_init(&s, highest_random, NULL, NULL);
    cc_secrets_id(&s, 5, "x_", last);
    cc_secrets_id(&s, 5, "x_", id);
    assert_true(strcmp(id, last) > 0);
    assert_true(cc_id_parse("x_", id, bytes));
    assert_memory_equal(bytes, "\0\0\0\0\0\x06", 6);
}

static void
an_id_tells_its_millisecond(void **state)
{
    struct cc_secrets s;
    char              id[CC_ID_SIZE], low[CC_ID_SIZE], high[CC_ID_SIZE];
    uint8_t           bytes[16];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, NULL);
    cc_secrets_id(&s, 0x019468b0a1b2, "wfl_", id);
    assert_true(cc_id_parse("wfl_", id, bytes));
    assert_memory_equal(bytes, "\x01\x94\x68\xb0\xa1\xb2", 6);
    cc_id_at("wfl_", 0x019468b0a1b2, low);
    cc_id_at("wfl_", 0x019468b0a1b3, high);
    assert_true(strcmp(low, id) <= 0 && strcmp(id, high) < 0);
    cc_id_at("wfl_", -1, low);
    assert_string_equal(low, "wfl_0000000000000000000000");
}

static void
what_is_no_id_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "wfl_",
        "run_0000000000000000000000",
        "wfl_000000000000000000000",
        "wfl_00000000000000000000000",
        "wfl_000000000000000000000-",
        "wfl_zzzzzzzzzzzzzzzzzzzzzz",
        "WFL_0000000000000000000000",
    };
    uint8_t bytes[16];

    (void)state;
    for (size_t k = 0; k < CC_COUNT(refused); k++)
        assert_false(cc_id_parse("wfl_", refused[k], bytes));
    assert_false(cc_id_parse("wfl_", NULL, bytes));
    assert_true(cc_id_parse("wfl_", "wfl_0000000000000000000000", bytes));
}

static void
request_ids_are_uuids_and_cost_few_draws(void **state)
{
    struct cc_secrets s;
    struct stream     stream = {.seed = 2};
    char              last[37] = "", uuid[37];

    (void)state;
    cc_secrets_init(&s, stream_random, &stream, NULL);
    for (int i = 0; i < 320; i++) {
        cc_secrets_uuid4(&s, uuid);
        assert_int_equal(strlen(uuid), 36);
        assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
        assert_true(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
        assert_int_equal(uuid[14], '4');
        assert_non_null(strchr("89ab", uuid[19]));
        assert_string_not_equal(uuid, last);
        memcpy(last, uuid, sizeof(uuid));
    }
    assert_int_equal(stream.calls, 10); /* 32 from each 512 bytes */
}

/* ---- API keys ------------------------------------------------------------------------------------------------- */

static void
keys_are_well_formed_and_differ(void **state)
{
    struct cc_secrets s;
    char              live[CC_KEY_SIZE], test[CC_KEY_SIZE];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, NULL);
    for (int i = 0; i < 200; i++) {
        cc_secrets_key(&s, false, live);
        cc_secrets_key(&s, true, test);
        assert_int_equal(strlen(live), CC_KEY_LENGTH);
        assert_memory_equal(live, "cc_live_", 8);
        assert_memory_equal(test, "cc_test_", 8);
        assert_true(cc_key_well_formed(live));
        assert_true(cc_key_well_formed(test));
        assert_string_not_equal(live + 8, test + 8);
    }
}

static void
the_checksum_is_the_crc32_everybody_knows(void **state)
{
    (void)state;
    assert_true(cc_key_well_formed("cc_live_000000000000000000000000000000001qne3R"));
    assert_true(cc_key_well_formed("cc_test_abcdefghijklmnopqrstuvwxyzABCDEF0Nhb7K"));
}

static void
one_wrong_character_makes_a_key_malformed(void **state)
{
    struct cc_secrets s;
    char              key[CC_KEY_SIZE], other[CC_KEY_SIZE + 1];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, NULL);
    cc_secrets_key(&s, false, key);
    for (size_t i = 0; i < CC_KEY_LENGTH; i++) {
        for (const char *c = "0Az_- \x80"; *c != '\0'; c++) {
            memcpy(other, key, sizeof(key));
            other[i] = *c;
            assert_int_equal(cc_key_well_formed(other), key[i] == *c);
        }
        memcpy(other, key, sizeof(key));
        other[i] = '\0';
        assert_false(cc_key_well_formed(other));
    }
    snprintf(other, sizeof(other), "%s0", key);
    assert_false(cc_key_well_formed(other));
    assert_false(cc_key_well_formed(NULL));
}

static void
every_letter_of_a_key_is_as_likely_as_any_other(void **state)
{
    enum { KEYS = 4000 };
    struct cc_secrets s;
    struct stream     stream = {.seed = 3};
    char              key[CC_KEY_SIZE];
    int               count[128] = {0};

    (void)state;
    cc_secrets_init(&s, stream_random, &stream, NULL);
    for (int i = 0; i < KEYS; i++) {
        cc_secrets_key(&s, false, key);
        for (int at = 8; at < 40; at++)
            count[(unsigned char)key[at]]++;
    }
    for (const char *c = cc_base62_digits; *c != '\0'; c++) /* 2065 expected; a plain modulo gives eight of them 2500 */
        assert_in_range(count[(unsigned char)*c], 1850, 2280);
}

/* ---- hashes, sealing, base64url ------------------------------------------------------------------------------- */

static void
assert_hex(const uint8_t *bytes, size_t size, const char *expected)
{
    char hex[129];

    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(hex, expected);
}

static void
hashes_agree_with_published_values(void **state)
{
    uint8_t out[CC_HASH_SIZE], key[CC_SECRET_SIZE], data[15];

    (void)state;
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)i;
    cc_hash("abc", 3, out);
    assert_hex(out, sizeof(out), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cc_mac(key, "abc", 3, out);
    assert_hex(out, sizeof(out), "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
    /* The paper's own example: 000102…0f as key, 000102…0e as message. */
    assert_true(cc_short_hash(key, data, sizeof(data)) == UINT64_C(0xa129ca6149be45e5));
}

static void
equal_is_equal_and_wiped_is_zero(void **state)
{
    char secret[8] = "secret!";

    (void)state;
    assert_true(cc_same("abc", "abc", 3));
    assert_false(cc_same("abc", "abd", 3));
    assert_true(cc_same("", "", 0));
    cc_wipe(secret, sizeof(secret));
    assert_memory_equal(secret, "\0\0\0\0\0\0\0\0", 8);
}

static void
what_was_sealed_opens_unless_a_bit_changed(void **state)
{
    static const char text[] = "ghp_token";
    struct cc_secrets s;
    uint8_t           key[CC_SECRET_SIZE] = {7}, other[CC_SECRET_SIZE] = {8};
    uint8_t           sealed[sizeof(text) + CC_SEAL_EXTRA], again[sizeof(sealed)], opened[sizeof(text)];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, NULL);
    cc_secrets_seal(&s, key, text, sizeof(text), sealed);
    cc_secrets_seal(&s, key, text, sizeof(text), again);
    assert_memory_not_equal(sealed, again, sizeof(sealed));
    assert_true(cc_unseal(key, sealed, sizeof(sealed), opened));
    assert_string_equal((char *)opened, text);

    assert_false(cc_unseal(other, sealed, sizeof(sealed), opened));
    assert_false(cc_unseal(key, sealed, sizeof(sealed) - 1, opened));
    assert_false(cc_unseal(key, sealed, CC_SEAL_EXTRA - 1, opened));
    for (size_t i = 0; i < sizeof(sealed); i++) {
        sealed[i] ^= 1;
        assert_false(cc_unseal(key, sealed, sizeof(sealed), opened));
        sealed[i] ^= 1;
    }
    cc_secrets_seal(&s, key, "", 0, again);
    assert_true(cc_unseal(key, again, CC_SEAL_EXTRA, opened));
}

static void
base64url_has_no_padding_and_reads_back(void **state)
{
    static const char *const refused[] = {"A", "Zg=", "Zg==", "Z+9v", "Zm9v ", "Zh"};
    char                     text[16];
    uint8_t                  bytes[8];
    size_t                   got;

    (void)state;
    assert_int_equal(cc_base64url("foob", 4, text, sizeof(text)), 6);
    assert_string_equal(text, "Zm9vYg");
    assert_int_equal(cc_base64url("\xff\xef\xbe", 3, text, 5), 4);
    assert_string_equal(text, "_---");
    assert_int_equal(cc_base64url("", 0, text, 1), 0);
    assert_true(cc_base64url_parse("Zm9vYg", 6, bytes, sizeof(bytes), &got));
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "foob", 4);
    for (size_t k = 0; k < CC_COUNT(refused); k++)
        assert_false(cc_base64url_parse(refused[k], strlen(refused[k]), bytes, sizeof(bytes), &got));
    assert_false(cc_base64url_parse("Zm9vYg", 6, bytes, 3, &got)); /* does not fit */
}

/* ---- passwords ------------------------------------------------------------------------------------------------ */

static void
a_password_is_known_by_its_hash_alone(void **state)
{
    char stored[128], long_stored[200];

    (void)state;
    assert_int_equal(cc_password_hash("correct horse", stored), CC_OK);
    assert_memory_equal(stored, "$argon2id$", 10);
    assert_true(cc_password_check(stored, "correct horse"));
    assert_false(cc_password_check(stored, "correct horsf"));
    assert_false(cc_password_check(stored, ""));
    assert_false(cc_password_check("", "correct horse"));
    assert_false(cc_password_check("!", "correct horse"));
    memset(long_stored, '$', sizeof(long_stored) - 1);
    long_stored[sizeof(long_stored) - 1] = '\0';
    assert_false(cc_password_check(long_stored, "correct horse"));
}

static void
new_passwords_can_be_read_from_paper(void **state)
{
    struct cc_secrets s;
    char              first[CC_PASSWORD_SIZE], second[CC_PASSWORD_SIZE];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, NULL);
    cc_secrets_password(&s, first);
    cc_secrets_password(&s, second);
    assert_int_equal(strlen(first), 23);
    assert_true(first[5] == '-' && first[11] == '-' && first[17] == '-');
    assert_int_equal(strspn(first, "abcdefghjkmnpqrstuvwxyz23456789-"), 23);
    assert_string_not_equal(first, second);
}

/* ---- the instance's key --------------------------------------------------------------------------------------- */

struct place {
    char directory[32];
    char path[48];
};

static int
make_place(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return -1;
    *state = p;
    strcpy(p->directory, "/tmp/secret-test-XXXXXX");
    if (mkdtemp(p->directory) == NULL)
        return -1;
    snprintf(p->path, sizeof(p->path), "%s/cc.db-key", p->directory);
    return 0;
}

static int
remove_place(void **state)
{
    struct place *p = *state;

    chmod(p->directory, S_IRWXU);
    unlink(p->path);
    int err = rmdir(p->directory); /* fails if a temporary file was left behind */
    free(p);
    return err;
}

static void
the_key_file_is_made_once_and_is_private(void **state)
{
    struct place     *p = *state;
    struct cc_secrets first, second;
    uint8_t           a[CC_SECRET_SIZE], b[CC_SECRET_SIZE];
    struct stat       st;
    char              why[256];

    cc_secrets_init(&first, NULL, NULL, p->path);
    cc_secrets_init(&second, NULL, NULL, p->path);
    assert_int_equal(access(p->path, F_OK), -1);
    assert_int_equal(cc_secrets_instance(&first, "settings", a, why, sizeof(why)), CC_OK);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_size, 32);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(cc_secrets_instance(&second, "settings", b, why, sizeof(why)), CC_OK);
    assert_memory_equal(a, b, sizeof(a));
    assert_int_equal(cc_secrets_instance(&second, "cursors_", b, why, sizeof(why)), CC_OK);
    assert_memory_not_equal(a, b, sizeof(a));

    assert_int_equal(unlink(p->path), 0); /* read once, kept in memory */
    assert_int_equal(cc_secrets_instance(&first, "settings", b, why, sizeof(why)), CC_OK);
    assert_memory_equal(a, b, sizeof(a));
}

static void
a_key_file_of_another_size_is_refused(void **state)
{
    static const size_t sizes[] = {0, 31, 33, 4096};
    struct place       *p = *state;
    uint8_t             out[CC_SECRET_SIZE], bytes[4096] = {0};
    char                why[256];

    for (size_t k = 0; k < CC_COUNT(sizes); k++) {
        struct cc_secrets s;
        struct stat       st;
        int               fd = open(p->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, sizes[k]), sizes[k]);
        close(fd);

        cc_secrets_init(&s, NULL, NULL, p->path);
        assert_int_equal(cc_secrets_instance(&s, "settings", out, why, sizeof(why)), CC_E_INTERNAL);
        assert_non_null(strstr(why, "damaged"));
        assert_int_equal(stat(p->path, &st), 0); /* and it is left alone */
        assert_int_equal(st.st_size, sizes[k]);
    }
}

static void
a_key_file_that_cannot_be_made_is_an_error_that_says_why(void **state)
{
    struct cc_secrets s;
    uint8_t           out[CC_SECRET_SIZE];
    char              why[256];

    (void)state;
    cc_secrets_init(&s, NULL, NULL, "/nowhere/at/all/cc.db-key");
    assert_int_equal(cc_secrets_instance(&s, "settings", out, why, sizeof(why)), CC_E_UNAVAILABLE);
    assert_non_null(strstr(why, "/nowhere/at/all/cc.db-key"));
    assert_non_null(strstr(why, "cannot be made"));
}

static void
processes_that_start_together_agree_on_the_key(void **state)
{
    enum { PROCESSES = 8 };
    struct place *p = *state;
    uint8_t       first[CC_SECRET_SIZE], key[CC_SECRET_SIZE];
    int           go[2], results[2];

    for (int round = 0; round < 20; round++) {
        assert_int_equal(pipe(go), 0);
        assert_int_equal(pipe(results), 0);
        for (int i = 0; i < PROCESSES; i++) {
            pid_t child = fork();
            assert_true(child >= 0);
            if (child > 0)
                continue;
            struct cc_secrets s;
            char              why[256], c;
            close(go[1]);
            if (read(go[0], &c, 1) < 0) /* returns when the parent closes its end */
                _exit(1);
            cc_secrets_init(&s, NULL, NULL, p->path);
            if (cc_secrets_instance(&s, "settings", key, why, sizeof(why)) != CC_OK)
                memset(key, i, sizeof(key));
            _exit(write(results[1], key, sizeof(key)) == sizeof(key) ? 0 : 1);
        }
        close(go[0]);
        close(go[1]);
        close(results[1]);
        assert_int_equal(read(results[0], first, sizeof(first)), sizeof(first));
        for (int i = 1; i < PROCESSES; i++) {
            assert_int_equal(read(results[0], key, sizeof(key)), sizeof(key));
            assert_memory_equal(key, first, sizeof(key));
        }
        close(results[0]);
        for (int i = 0; i < PROCESSES; i++)
            assert_true(wait(NULL) > 0);
        assert_int_equal(unlink(p->path), 0);
    }
}

int
main(void)
{
#define PLACED(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_one_app_only_ever_rise),
        cmocka_unit_test(ids_rise_even_when_the_random_part_is_used_up),
        cmocka_unit_test(an_id_tells_its_millisecond),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(request_ids_are_uuids_and_cost_few_draws),
        cmocka_unit_test(keys_are_well_formed_and_differ),
        cmocka_unit_test(the_checksum_is_the_crc32_everybody_knows),
        cmocka_unit_test(one_wrong_character_makes_a_key_malformed),
        cmocka_unit_test(every_letter_of_a_key_is_as_likely_as_any_other),
        cmocka_unit_test(hashes_agree_with_published_values),
        cmocka_unit_test(equal_is_equal_and_wiped_is_zero),
        cmocka_unit_test(what_was_sealed_opens_unless_a_bit_changed),
        cmocka_unit_test(base64url_has_no_padding_and_reads_back),
        cmocka_unit_test(a_password_is_known_by_its_hash_alone),
        cmocka_unit_test(new_passwords_can_be_read_from_paper),
        PLACED(the_key_file_is_made_once_and_is_private),
        PLACED(a_key_file_of_another_size_is_refused),
        PLACED(a_key_file_that_cannot_be_made_is_an_error_that_says_why),
        PLACED(processes_that_start_together_agree_on_the_key),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
