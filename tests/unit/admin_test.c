/*
 * What the operator's side of the core does without a request: the minute's work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/secret.h"
#include "body.h"
#include "place.h"

/* Ask as the operator (key: NULL) or with a key; from the answer take what stands between `behind` and the next '"'. */
static void
ask(place *p, const char *key, const char *method, const char *uri, const char *json, const char *behind, char *out, size_t room)
{
    char         authorization[80];
    body         b = {json, json != NULL ? strlen(json) : 0};
    cc_response *r = NULL;
    cc_request   in = {.method = method, .uri = uri, .remote_addr = "127.0.0.1"};

    if (key != NULL) {
        snprintf(authorization, sizeof(authorization), "Bearer %s", key);
        in.header[CC_H_AUTHORIZATION] = authorization;
    } else {
        in.local_project = p->project.id;
    }
    if (json != NULL) {
        in.content_length = (int64_t)b.left;
        in.header[CC_H_CONTENT_TYPE] = "application/json";
        in.read = read_body;
        in.read_ctx = &b;
    }
    cc_app_handle(p->app, &in, &r);
    assert_int_equal(r->status / 100, 2);
    const char *at = strstr(r->body, behind);
    assert_non_null(at);
    at += strlen(behind);
    snprintf(out, room, "%.*s", (int)strcspn(at, "\""), at);
    cc_response_free(p->app, r);
}

/* ---- tests ------------------------------------------------------------------------------------- */

/* The hot file may be lost; what it knew longer ago than a minute must not be. */
static void
once_a_minute_the_database_learns_which_keys_were_used(void **state)
{
    static const char make[] = "{\"name\":\"k\",\"scopes\":[\"runs:read\"]}";
    place            *p = *state;
    char              used[CC_KEY_SIZE], id[2][CC_ID_SIZE], uri[80], at[2][40], found[40];

    ask(p, NULL, "POST", "/api/v1/project/api-keys", make, "\"key\":\"", used, sizeof(used));
    ask(p, used, "GET", "/api/v1/whoami", NULL, "\"keyId\":\"", id[0], sizeof(id[0]));
    ask(p, NULL, "POST", "/api/v1/project/api-keys", make, "\"id\":\"", id[1], sizeof(id[1]));
    assert_int_equal(cc_app_tick(p->app), CC_OK);
    for (int round = 0; round < 2; round++) {
        p->now += 61000;
        ask(p, used, "GET", "/api/v1/whoami", NULL, "\"lastUsedAt\":\"", at[round], sizeof(at[round]));
        assert_int_equal(cc_app_tick(p->app), CC_OK);
    }
    assert_string_not_equal(at[0], at[1]);

    cc_app_close(p->app);
    place_delete(p, "-hot");
    assert_int_equal(place_open(p, 0), CC_OK);
    snprintf(uri, sizeof(uri), "/api/v1/project/api-keys/%s", id[0]);
    ask(p, NULL, "GET", uri, NULL, "\"lastUsedAt\":\"", found, sizeof(found));
    assert_string_equal(found, at[1]);
    snprintf(uri, sizeof(uri), "/api/v1/project/api-keys/%s", id[1]);
    ask(p, NULL, "GET", uri, NULL, "\"lastUsedAt\":", found, sizeof(found));
    assert_memory_equal(found, "null", 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(once_a_minute_the_database_learns_which_keys_were_used, place_setup, place_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
