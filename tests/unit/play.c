/*
 * Plays requests straight into the core, without any web server: the transcripts' shortest way.
 *
 *     play DATA        then on standard input, any number of times:
 *         "<size of variables> <size of body>\n", variables as NAME\0value\0 under their CGI names, the body
 *     and on standard output for each:
 *         "<size of head> <size of body>\n", head, body
 *
 * The variable CLOCK_SHIFT_MS moves the app's clock from then on, so that a test need not wait a day.  With CC_TEST_STILL in
 * the environment the time of day stands but for that: what fills with time is as full on a slow machine.  Each password
 * that a request had checked is named on standard error by what its check costs, "password check
 * $argon2id$v=19$m=...,t=...,p=...".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "codecourier.h"

typedef struct hands {
    int64_t stopped_at; /* 0: it goes */
    int64_t shift;
} hands;

typedef struct body {
    const char *at;
    size_t      left;
} body;

static int64_t
milliseconds(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
wall_ms(void *ctx)
{
    const hands *h = ctx;

    return (h->stopped_at != 0 ? h->stopped_at : milliseconds(CLOCK_REALTIME)) + h->shift;
}

static int64_t
monotonic_ms(void *ctx)
{
    (void)ctx;
    return milliseconds(CLOCK_MONOTONIC);
}

/* The linker puts the one in place of the other; see the Makefile. */
int __real_crypto_pwhash_str_verify(const char *hash, const char *password, unsigned long long size);
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *password, unsigned long long size);

int
__wrap_crypto_pwhash_str_verify(const char *hash, const char *password, unsigned long long size)
{
    int cost = 0; /* of its characters: algorithm, version and parameters, each behind a '$' */

    for (int dollars = 0; hash[cost] != '\0' && (dollars += hash[cost] == '$') < 4; cost++)
        ;
    fprintf(stderr, "password check %.*s\n", cost, hash);
    return __real_crypto_pwhash_str_verify(hash, password, size);
}

/* In small pieces, as a network would. */
static int64_t
body_read(void *ctx, void *into, size_t size)
{
    body  *b = ctx;
    size_t n = size < b->left ? size : b->left;

    if (n > 4000)
        n = 4000;
    if (n > 0)
        memcpy(into, b->at, n);
    b->at += n;
    b->left -= n;
    return (int64_t)n;
}

static void
variable(cc_request *in, int64_t *shift, const char *name, const char *value)
{
    for (int h = 0; h < CC_H__MAX; h++)
        if (strcmp(name, cc_header_cgi_name((cc_header)h)) == 0)
            in->header[h] = value;
    if (strncmp(name, "HTTP_", 5) == 0)
        in->header_bytes += strlen(name) - 5 + strlen(value) + 4;
    if (strcmp(name, "REQUEST_METHOD") == 0)
        in->method = value;
    else if (strcmp(name, "REQUEST_URI") == 0)
        in->uri = value;
    else if (strcmp(name, "REMOTE_ADDR") == 0)
        in->remote_addr = value;
    else if (strcmp(name, "CONTENT_LENGTH") == 0)
        in->content_length = strtoll(value, NULL, 10);
    else if (strcmp(name, "CLOCK_SHIFT_MS") == 0)
        *shift = strtoll(value, NULL, 10);
}

int
main(int argc, char **argv)
{
    char       why[512] = "";
    hands      time_of_day = {.stopped_at = getenv("CC_TEST_STILL") ? milliseconds(CLOCK_REALTIME) : 0};
    cc_clock   clock = {.wall = wall_ms, .monotonic = monotonic_ms, .ctx = &time_of_day, .decides = true};
    cc_options options = {.data = argc > 1 ? argv[1] : "", .database = getenv("CC_DATABASE"), .clock = &clock};
    cc_app    *app = NULL;
    size_t     variables_size, size;

    if (cc_app_open(&options, &app, why, sizeof(why)) != CC_OK) {
        fprintf(stderr, "play: %s\n", why);
        return 1;
    }
    while (scanf("%zu %zu", &variables_size, &size) == 2 && getchar() == '\n') {
        char        *variables = malloc(variables_size + 1), *text = malloc(size + 1);
        cc_request   in = {0};
        cc_response *out = NULL;
        body         b = {text, size};

        if (variables == NULL || text == NULL || fread(variables, 1, variables_size, stdin) != variables_size ||
            fread(text, 1, size, stdin) != size)
            return 1;
        for (size_t i = 0; i < variables_size;) {
            const char *name = variables + i, *value = name + strlen(name) + 1;

            variable(&in, &time_of_day.shift, name, value);
            i = (size_t)(value - variables) + strlen(value) + 1;
        }
        if (in.content_length != 0 || size > 0) {
            in.read = body_read;
            in.read_ctx = &b;
        }
        cc_app_handle(app, &in, &out);
        printf("%zu %zu\n", out->head_size, out->body_size);
        fwrite(out->head, 1, out->head_size, stdout);
        if (out->body_size > 0)
            fwrite(out->body, 1, out->body_size, stdout);
        fflush(stdout);
        cc_response_free(app, out);
        free(variables);
        free(text);
    }
    cc_app_close(app);
    return 0;
}
