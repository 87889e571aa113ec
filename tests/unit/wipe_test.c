/*
 * After a request with a secret in it, or in its answer, this process's memory no longer has that secret anywhere.
 *
 * The test itself keeps secrets only masked, and reads its own memory as a debugger would.  The stack is left out: what
 * the C library and libsodium leave in frames below ours is overwritten by the next call, and not ours to wipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/secret.h"
#include "body.h"
#include "place.h"

enum { MASK = 0x5a, LONGEST = 64 };

static void
mask(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] ^= MASK;
}

/* ---- how often is it in memory? ---------------------------------------------------------------- */

/* Occurrences of the unmasked `needle` in `size` bytes; nothing of it is ever put together unmasked. */
static size_t
count(const char *bytes, size_t size, const char *needle, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i + n <= size; i++) {
        size_t k = 0;
        while (k < n && (char)(bytes[i + k] ^ MASK) == needle[k])
            k++;
        found += k == n;
    }
    return found;
}

static size_t
in_memory(const char *needle, size_t n)
{
    static char   piece[1 << 16]; /* itself part of what is read, so it is emptied after use */
    char          line[512], access[5], name[256];
    unsigned long from, to;
    size_t        found = 0;
    FILE         *maps = fopen("/proc/self/maps", "r");
    int           memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

    assert_true(maps != NULL && memory >= 0);
    while (fgets(line, sizeof(line), maps) != NULL) {
        name[0] = '\0';
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %255s", &from, &to, access, name) < 3 || access[1] != 'w' ||
            strcmp(name, "[stack]") == 0 || to - from > (1UL << 32)) /* so large is only a sanitizer's own book */
            continue;
        for (unsigned long at = from; at < to;) {
            /* In steps that overlap, so that what lies across two pieces is seen. */
            ssize_t got = pread(memory, piece, to - at < sizeof(piece) ? to - at : sizeof(piece), (off_t)at);
            if (got <= 0)
                break;
            bool own = (uintptr_t)piece < at + (size_t)got && at < (uintptr_t)piece + sizeof(piece);
            if (!own)
                found += count(piece, (size_t)got, needle, n);
            cc_wipe(piece, sizeof(piece));
            if (at + (size_t)got >= to)
                break;
            at += (size_t)got - LONGEST;
        }
    }
    fclose(maps);
    close(memory);
    return found;
}

/* ---- asking ------------------------------------------------------------------------------------ */

static int64_t
read_masked(void *ctx, void *into, size_t size)
{
    int64_t n = read_body(ctx, into, size);

    mask(into, (size_t)n);
    return n;
}

/* Send a masked body; from the answer take `n` characters that follow `behind`, masked. */
static void
ask(place *p, const char *method, const char *uri, const char *json, size_t size, int status, const char *behind, char *out, size_t n)
{
    body         masked = {json, size};
    cc_response *r = NULL;
    cc_request   in = {.method = method, .uri = uri, .remote_addr = "127.0.0.1", .local_project = p->project.id};

    in.content_length = (int64_t)size;
    in.header[CC_H_CONTENT_TYPE] = "application/json";
    in.read = read_masked;
    in.read_ctx = &masked;
    cc_app_handle(p->app, &in, &r);
    assert_int_equal(r->status, status);
    if (behind != NULL) {
        const char *at = strstr(r->body, behind);
        assert_non_null(at);
        for (size_t i = 0; i < n; i++)
            out[i] = (char)(at[strlen(behind) + i] ^ MASK);
    }
    cc_response_free(p->app, r);
}

/* ---- tests ------------------------------------------------------------------------------------- */

/* Otherwise none of the others could fail. */
static void
a_secret_in_memory_is_found(void **state)
{
    char  needle[24], *held = malloc(24);

    (void)state;
    cc_secret_start();
    for (size_t i = 0; i < sizeof(needle); i++)
        needle[i] = (char)('A' + rand() % 26) ^ MASK;
    assert_non_null(held);
    memcpy(held, needle, sizeof(needle));
    assert_int_equal(in_memory(needle, sizeof(needle)), 0);
    mask(held, sizeof(needle));
    assert_int_equal(in_memory(needle, sizeof(needle)), 1);
    free(held);
}

static void
a_password_is_gone_after_the_sign_in(void **state)
{
    place *p = *state;
    char   json[256];
    size_t size = (size_t)snprintf(json, sizeof(json), "{\"email\":\"owner@example.com\",\"password\":\"");
    size_t n = strlen(p->password);

    mask(p->password, n);
    mask(json, size);
    memcpy(json + size, p->password, n);
    size += n;
    json[size++] = '"' ^ MASK;
    json[size++] = '}' ^ MASK;
    ask(p, "POST", "/api/v1/session", json, size, 201, NULL, NULL, 0);
    assert_int_equal(in_memory(p->password, n), 0);
}

static void
a_new_key_is_gone_after_the_answer(void **state)
{
    place *p = *state;
    char   json[] = "{\"name\":\"k\",\"scopes\":[\"runs:read\"]}", key[CC_KEY_LENGTH];

    mask(json, sizeof(json) - 1);
    ask(p, "POST", "/api/v1/project/api-keys", json, sizeof(json) - 1, 201, "\"key\":\"", key, sizeof(key));
    assert_int_equal(in_memory(key, sizeof(key)), 0);
}

static void
a_value_of_the_environment_is_gone_after_the_change(void **state)
{
    place *p = *state;
    char   json[] = "{\"envVars\":{\"TOKEN\":\"correct-horse-battery-staple\"}}";
    size_t at = (size_t)(strstr(json, "correct") - json), n = strlen("correct-horse-battery-staple");

    mask(json, sizeof(json) - 1);
    ask(p, "PATCH", "/api/v1/project/settings", json, sizeof(json) - 1, 200, NULL, NULL, 0);
    assert_int_equal(in_memory(json + at, n), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_in_memory_is_found),
        cmocka_unit_test_setup_teardown(a_password_is_gone_after_the_sign_in, place_setup, place_teardown),
        cmocka_unit_test_setup_teardown(a_new_key_is_gone_after_the_answer, place_setup, place_teardown),
        cmocka_unit_test_setup_teardown(a_value_of_the_environment_is_gone_after_the_change, place_setup, place_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
