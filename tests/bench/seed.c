/*
 * Fills a data directory for measuring: one project with many keys and workflows, always the same ones.
 *
 *     seed DATA KEYS WORKFLOWS >keys.txt       prints one key's secret a line
 *
 * Everything goes through the core, as the owner of the directory would, with a clock that moves on one millisecond a row and
 * with numbers that only look random: two runs make the same database.  The keys are worthless anywhere else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context/app.h"
#include "../unit/body.h"

/* What the instance takes for the time and for chance. */
typedef struct inputs {
    int64_t  now;
    uint64_t state;
} inputs;

static int64_t
clock_ms(void *ctx)
{
    return ((inputs *)ctx)->now;
}

/* splitmix64 */
static void
random_bytes(void *ctx, void *into, size_t size)
{
    inputs  *in = ctx;
    uint8_t *out = into;

    for (size_t i = 0; i < size; i++) {
        uint64_t z = in->state += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        out[i] = (uint8_t)(z ^ (z >> 31));
    }
}

/* POST as the owner; the answer is the caller's to free, NULL when it was refused. */
static cc_response *
post(cc_app *app, const char *project, const char *uri, const char *json)
{
    body         b = { json, strlen(json) };
    cc_response *out = NULL;
    cc_request   in = {
          .method = "POST",
          .uri = uri,
          .remote_addr = "127.0.0.1",
          .header[CC_H_CONTENT_TYPE] = "application/json",
          .content_length = (int64_t)b.left,
          .read = read_body,
          .read_ctx = &b,
          .local_project = project,
    };

    cc_app_handle(app, &in, &out);
    if (out->status == 201)
        return out;
    fprintf(stderr, "seed: %s answered %d: %.*s\n", uri, out->status, (int)out->body_size, out->body);
    cc_response_free(app, out);
    return NULL;
}

int
main(int argc, char **argv)
{
    inputs          given = { .now = INT64_C(1767225600000), .state = 42 }; /* 2026-01-01 */
    char            why[512] = "", json[1024];
    const cc_clock  clock = { .wall = clock_ms, .monotonic = clock_ms, .ctx = &given };
    cc_app         *app = NULL;
    cc_project_info project;

    if (argc != 4) {
        fprintf(stderr, "usage: seed DATA KEYS WORKFLOWS\n");
        return 2;
    }
    if (cc_app_open(&(cc_options){ .data = argv[1], .flags = CC_OPEN_CREATE, .clock = &clock, .random = random_bytes, .ctx = &given },
                    &app, why, sizeof(why)) != CC_OK) {
        fprintf(stderr, "seed: %s\n", why);
        return 1;
    }
    if (cc_project_create(app, "Bench", "bench", false, &project) != CC_OK)
        return 1;
    for (long i = 0, n = strtol(argv[2], NULL, 10); i < n; i++, given.now++) {
        cc_response *r;
        const char  *secret;

        snprintf(json, sizeof(json),
                 "{\"name\":\"key %ld\",\"scopes\":[\"projects:read\",\"workflows:read\",\"runs:read\",\"runs:write\"]}", i);
        if ((r = post(app, project.id, "/api/v1/project/api-keys", json)) == NULL)
            return 1;
        /* The body is not NUL-terminated, but a secret is never its last member. */
        secret = memmem(r->body, r->body_size, "\"key\":\"", 7);
        if (secret == NULL)
            return 1;
        printf("%.46s\n", secret + 7);
        cc_response_free(app, r);
    }
    for (long i = 0, n = strtol(argv[3], NULL, 10); i < n; i++, given.now++) {
        cc_response *r;

        snprintf(json, sizeof(json),
                 "{\"name\":\"Workflow %ld\",\"description\":\"One of many, to see how long a page takes.\","
                 "\"steps\":[{\"role\":\"designer\",\"instructions\":\"Design it.\"}]}",
                 i);
        if ((r = post(app, project.id, "/api/v1/workflows", json)) == NULL)
            return 1;
        cc_response_free(app, r);
    }
    cc_app_close(app);
    return 0;
}
