/*
 * How a reason becomes a sentence, and those reasons that only something beside the worker brings about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "context/reasons.h"
#include "engine/git.h"
#include "body.h"
#include "place.h"

static int
make_arena(void **state)
{
    *state = cc_arena_new();
    return *state != NULL ? 0 : -1;
}

static int
free_arena(void **state)
{
    cc_arena_free(*state);
    return 0;
}

/* ---- sentences ------------------------------------------------------------------------------- */

static void
a_sentence_says_what_is_known(void **state)
{
    cc_arena *a = *state;

    assert_string_equal(cc_reason_new(a, STEP_TOO_LONG, .seconds = "30")->text, "it took longer than 30 s.");
    assert_string_equal(cc_reason_new(a, WORKER_LOST, .times = NULL)->text, "The worker that executed the run was lost.");
    assert_string_equal(cc_reason_new(a, WORKER_LOST, .times = "3")->text, "The worker that executed the run was lost, 3 times in all.");
    assert_string_equal(cc_reason_new(a, FETCH_FAILED, .detail = "")->text, "The repository could not be fetched.");
    assert_string_equal(cc_reason_new(a, FETCH_FAILED, .detail = "no [such] {thing}")->text, "The repository could not be fetched: no [such] {thing}");
    assert_string_equal(cc_reason_new(a, FETCH_FAILED, .seconds = "5", .detail = "not told")->text,
                        "The repository could not be fetched within 5 s (setting gitTimeoutSeconds).");
    assert_string_equal(cc_reason_new(a, SCOPE_LOST, .key = "ci", .scope = "runs:write")->text,
                        "The key 'ci' set this up and does not have 'runs:write' any more.");
    assert_string_equal(cc_reason_new(a, SCOPE_LOST, .person = "ada@example.com", .scope = "runs:write")->text,
                        "ada@example.com set this up and does not have 'runs:write' any more.");
}

static void
a_reason_stands_within_another(void **state)
{
    cc_arena        *a = *state;
    const cc_reason *limit = cc_reason_new(a, LIMIT_PERHAPS, .setting = "agentTmpMb", .value = "64");
    const cc_reason *step = cc_reason_new(a, AGENT_EXITED, .exit = "1", .detail = "No space left", .hint = limit);
    const cc_reason *run = cc_reason_new(a, STEP_FAILED, .step = "2", .label = "\"Build\"", .reason = step);
    const cc_json   *j;
    const char      *why;

    assert_string_equal(run->text, "Step 2 (\"Build\") failed: the agent ended with code 1: No space left "
                                   "(perhaps the limit that is the setting agentTmpMb: 64)");
    assert_int_equal(cc_json_parse(a, run->params, strlen(run->params), &j, &why), CC_OK);
    assert_string_equal(cc_json_text(cc_json_member(j, "label")), "\"Build\"");
    const cc_json *inner = cc_json_member(cc_json_member(j, "reason"), "hint");
    assert_string_equal(cc_json_text(cc_json_member(inner, "code")), "LIMIT_PERHAPS");
    assert_string_equal(cc_json_text(cc_json_member(inner, "setting")), "agentTmpMb");
    assert_null(cc_json_member(j, "detail"));
}

/* A row's error holds a thousand characters. */
static void
a_long_sentence_is_cut_between_characters(void **state)
{
    cc_arena *a = *state;
    char      detail[3001];

    for (size_t shift = 0; shift < 2; shift++) {
        memset(detail, 'x', shift);
        for (size_t i = 0; i < 1000; i++)
            memcpy(detail + shift + 2 * i, "ä", 3);
        const char *text = cc_reason_new(a, AGENT_SAYS, .detail = detail)->text;
        assert_true(cc_utf8_valid(text, strlen(text)));
        assert_int_equal(cc_utf8_length(text, strlen(text)), 901);
        assert_string_equal(text + strlen(text) - 3, "…");
    }
}

/* A value that a sentence names and nothing gives would be a hole in it. */
static void
every_sentence_is_whole(void **state)
{
    for (int i = CC_REASON_NONE + 1; i < CC_REASON__MAX; i++) {
        const cc_reason_code   code = (cc_reason_code)i;
        const cc_reason       *part = cc_reason_plain(*state, CC_REASON_HOME_TOO_LARGE);
        const cc_reason_values all = {
#define X(name) .name = "value",
            CC_REASON_TEXTS(X)
#undef X
#define X(name) .name = part,
            CC_REASON_PARTS(X)
#undef X
        };
        const char *sentence = cc_reason_sentence(code), *text = cc_reason_make(*state, code, &all)->text;
        assert_int_equal(cc_reason_find(cc_reason_name(code)), code);
        assert_true(strlen(cc_reason_name(code)) <= 40);
        assert_null(strpbrk(text, "{[|]}"));
        assert_int_equal(*cc_reason_advice(code) == '\0', strcmp(cc_reason_of(code), "part") == 0);
        /* Each name in it is one of the list. */
        for (const char *at = sentence; (at = strchr(at, '{')) != NULL; at++) {
            bool known = false;
            const size_t size = strcspn(at + 1, "}");
#define X(name) known |= size == sizeof(#name) - 1 && memcmp(at + 1, #name, size) == 0;
            CC_REASON_TEXTS(X)
            CC_REASON_PARTS(X)
#undef X
            assert_true(known);
        }
    }
    assert_int_equal(cc_reason_find(""), CC_REASON_NONE);
    assert_int_equal(cc_reason_find("WINGS"), CC_REASON_NONE);
}

/* The names stand for themselves, but for "none". */
static const char *
named(void *ctx, const char *name, size_t size)
{
    char *room = ctx;

    snprintf(room, 16, "%.*s", (int)size, name);
    return strcmp(room, "none") == 0 ? NULL : room;
}

static void
a_sentence_in_other_words_takes_the_same_values(void **state)
{
    static const char *const cases[][2] = {
        {"{a} und {b}.", "a und b."}, {"x[: {none}|: {a}|.][ ({b})][{none}]", "x: a (b)"}, {"", ""}, {"{none}", ""},
        {"[", ""},                    {"[a|", "a"},                                        {"{", ""}, {"x{a", "xa"},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(cases); i++) {
        char  room[16];
        char *made = cc_reason_fill(cases[i][0], named, room);
        assert_string_equal(made, cases[i][1]);
        free(made);
    }
}

/* ---- bundles --------------------------------------------------------------------------------- */

static cc_reason_code
opened(cc_arena *a, const char *path, int64_t most)
{
    cc_bundle            bundle;
    const cc_reason_code why = cc_bundle_open(a, path, "refs/checkpoint", most, &bundle);

    if (bundle.fd >= 0)
        close(bundle.fd);
    return why;
}

/* Nobody but the worker and git in a sandbox writes there, so no run brings these about. */
static void
what_is_no_bundle_is_called_what_it_is(void **state)
{
    cc_arena   *a = *state;
    char        folder[] = "/tmp/cc-reason-XXXXXX";
    const char *file, *link, *names[] = {"empty", "file", "link", "folder"};

    assert_non_null(mkdtemp(folder));
    assert_int_equal(opened(a, cc_printf(a, "%s/none", folder), 100), CC_REASON_NONE);
    file = cc_printf(a, "%s/empty", folder);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(opened(a, file, 100), CC_REASON_CHANGES_GONE);
    file = cc_printf(a, "%s/file", folder);
    int fd = open(file, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "# v2 git bundle\nnonsense\n\n", 26), 26);
    close(fd);
    assert_int_equal(opened(a, file, 100), CC_REASON_CHANGES_INVALID);
    assert_int_equal(opened(a, file, 20), CC_REASON_CHANGES_TOO_LARGE);
    link = cc_printf(a, "%s/link", folder);
    assert_int_equal(symlink(file, link), 0);
    assert_int_equal(opened(a, link, 100), CC_REASON_CHANGES_UNREADABLE);
    file = cc_printf(a, "%s/folder", folder);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_int_equal(opened(a, file, 100), CC_REASON_CHANGES_NO_FILE);
    for (size_t i = 0; i < CC_COUNT(names); i++)
        (void)remove(cc_printf(a, "%s/%s", folder, names[i]));
    assert_int_equal(rmdir(folder), 0);
}

/* ---- a worker that is not the command -------------------------------------------------------- */

static cc_response *
ask(place *p, const char *method, const char *uri, const char *json)
{
    body         b = {json, json ? strlen(json) : 0};
    cc_response *out = NULL;
    cc_request   in = {.method = method, .uri = uri, .remote_addr = "127.0.0.1", .local_project = p->project.id, .content_length = (int64_t)b.left};

    if (json) {
        in.header[CC_H_CONTENT_TYPE] = "application/json";
        in.read = read_body;
        in.read_ctx = &b;
    }
    cc_app_handle(p->app, &in, &out);
    return out;
}

/* The text of a member of an answer's data. */
static void
member(place *p, cc_response *r, const char *name, char out[64])
{
    cc_arena      *a = cc_arena_new();
    const cc_json *j;
    const char    *why;

    assert_int_equal(cc_json_parse(a, r->body, r->body_size, &j, &why), CC_OK);
    snprintf(out, 64, "%s", cc_json_text(cc_json_member(cc_json_member(j, "data"), name)));
    cc_arena_free(a);
    cc_response_free(p->app, r);
}

/* The command itself is the tunnel, so a worker in another program has none. */
static void
a_repository_behind_a_tunnel_needs_the_command(void **state)
{
    static const char conf[] = "sandbox = off\nagent.any = /bin/true\ngitProtocols = git\nrateLimit = 0\n";
    place            *p = *state;
    cc_work_options   work = {.slots = 1, .drain = true, .stop_fd = -1};
    char              path[100], json[200], flow[64], run[64], code[64];

    cc_app_close(p->app);
    snprintf(path, sizeof(path), "%s/codecourier.conf", p->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(conf, file) >= 0 && fclose(file) == 0, true);
    assert_int_equal(place_open(p, 0), CC_OK);
    member(p, ask(p, "POST", "/api/v1/workflows", "{\"name\":\"flow\",\"steps\":[{\"role\":\"custom\",\"agent\":\"any\"}]}"), "id", flow);
    snprintf(json, sizeof(json), "{\"workflowId\":\"%s\",\"githubRepoUrl\":\"git://example.org/r\"}", flow);
    member(p, ask(p, "POST", "/api/v1/runs", json), "id", run);
    assert_int_equal(cc_work(p->app, &work), CC_OK);
    snprintf(path, sizeof(path), "/api/v1/runs/%s", run);
    member(p, ask(p, "GET", path, NULL), "errorCode", code);
    assert_string_equal(code, cc_reason_name(CC_REASON_TUNNEL_MISSING));
    snprintf(json, sizeof(json), "rm -rf %s/runs %s/repos", p->folder, p->folder);
    assert_int_equal(system(json), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_sentence_says_what_is_known),
        T(a_sentence_in_other_words_takes_the_same_values),
        T(a_reason_stands_within_another),
        T(a_long_sentence_is_cut_between_characters),
        T(every_sentence_is_whole),
        T(what_is_no_bundle_is_called_what_it_is),
        cmocka_unit_test_setup_teardown(a_repository_behind_a_tunnel_needs_the_command, place_setup, place_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
