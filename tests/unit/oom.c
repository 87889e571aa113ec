/*
 * Out of memory, everywhere: fails the first, second, third ... allocation of each deed below until it passes without
 * one failing.  After each: no crash, an answer that is complete, 503 when it is not the good one, and nothing written
 * that was not acknowledged.  Leaks are the sanitizer's to find at the end.
 *
 * Each deed is done twice over: once with the one allocation failing, as when somebody else gave memory back meanwhile, and once
 * with all later ones failing too.  And with an app that was just opened (cold: statements are prepared) and one in use (warm).
 *
 * A deed is done once beforehand to see which calls lead to each of its allocations; what the same calls ask for again
 * and again is failed three times and no more (tells()).
 *
 * Our own calls are caught by the linker (--wrap), those of sqlite3 and cJSON by their hooks.  This program alone does
 * that.
 */
#include <execinfo.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cjson/cJSON.h>
#include <sqlite3.h>

#include "codecourier.h"
#include "body.h"
#include "context/reasons.h"

/* ---- the failing allocator ------------------------------------------------------------------------------------------ */

static long     fail_at;   /* count down to the allocation that fails; 0: none does */
static uint64_t fail_from; /* or the first that these calls led to; 0: none */
static bool     fail_on;   /* and all later ones */
static bool     failing;   /* which it is by now */
static bool     failed;

enum { MOST = 20000 };
typedef struct stacks {
    uint64_t of[MOST]; /* for each allocation, the calls that led to it */
    long     n;
} stacks;
static stacks usual, tried; /* of a deed when nothing fails; those that have failed */
static bool   recording;

__attribute__((noinline)) static uint64_t
stack(void)
{
    void    *frames[200];
    int      n = backtrace(frames, 200);
    uint64_t hash = 14695981039346656037U;

    for (int i = 0; i < n; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * 1099511628211U;
    return hash;
}

static void
note(stacks *s, uint64_t one)
{
    if (s->n == MOST) {
        printf("Bail out! more than %d allocations\n", MOST);
        exit(1);
    }
    s->of[s->n++] = one;
}

static bool
fails(void)
{
    if (failing)
        return true;
    if (!recording && fail_from == 0 && (fail_at == 0 || --fail_at > 0))
        return false;
    uint64_t from = stack(); /* here alone, as this line is part of it */
    if (recording)
        note(&usual, from);
    if (recording || (fail_from != 0 && from != fail_from))
        return false;
    if (fail_from == 0) /* else arm() has */
        note(&tried, from);
    fail_at = 0;
    fail_from = 0;
    failing = fail_on;
    failed = true;
    return true;
}

/* ---- which allocations to fail -------------------------------------------------------------------------------------- */

static long number;   /* the last that was to fail, by number */
static bool by_stack; /* those are through: what is left is looked for by its calls */

static void
begin(void)
{
    usual.n = tried.n = 0;
    number = -1;
    by_stack = failed = false;
}

static void
disarm(void)
{
    recording = failing = false;
    fail_at = 0;
    fail_from = 0;
}

/* Of those that the same calls led to, as in a loop, the first, the second and the last tell all. */
static bool
tells(long n)
{
    uint64_t one = usual.of[n - 1];
    long     earlier = 0;
    bool     later = false;

    for (long i = 0; i < n - 1; i++)
        earlier += usual.of[i] == one;
    for (long i = n; i < usual.n && !later; i++)
        later = usual.of[i] == one;
    return earlier < 2 || !later;
}

static bool
was_tried(uint64_t one)
{
    for (long i = 0; i < tried.n; i++)
        if (tried.of[i] == one)
            return true;
    return false;
}

/*
 * Lets the next allocation fail that is to; false when all have.  The first time none does, and where they are is
 * recorded; the caller's loop is the same, as its place is part of the calls.  Then they fail by number, on beyond
 * those that were recorded until one is not reached.  A deed may allocate once more or less than the last time, and its
 * numbers shift: so calls that none failed from get their attempt by themselves at the end.
 */
static bool
arm(bool on)
{
    by_stack = by_stack || (number > 0 && !failed);
    failed = false;
    recording = number < 0;
    if (recording) {
        number = 0;
        return true;
    }
    fail_on = on;
    if (!by_stack) {
        do
            number++;
        while (number <= usual.n && !tells(number));
        fail_at = number;
        return true;
    }
    for (long i = 0; i < usual.n; i++)
        if (!was_tried(usual.of[i])) {
            fail_from = usual.of[i];
            note(&tried, fail_from);
            return true;
        }
    return false;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
void *__real_aligned_alloc(size_t alignment, size_t size);
int   __real_posix_memalign(void **out, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int   __wrap_posix_memalign(void **out, size_t alignment, size_t size);

void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

char *
__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

int
__wrap_posix_memalign(void **out, size_t alignment, size_t size)
{
    return fails() ? 12 : __real_posix_memalign(out, alignment, size);
}

/* Ours come before the C library's: nothing is asked about the disk here, so nothing waits for it. */
int
fsync(int fd)
{
    (void)fd;
    return 0;
}

int
fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static void *
sq_malloc(int size)
{
    return fails() ? NULL : __real_malloc((size_t)size);
}

static void *
sq_realloc(void *p, int size)
{
    return fails() ? NULL : __real_realloc(p, (size_t)size);
}

static int
sq_size(void *p)
{
    return (int)malloc_usable_size(p);
}

static int
sq_roundup(int size)
{
    return (size + 7) & ~7;
}

static int
sq_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void
sq_shutdown(void *ctx)
{
    (void)ctx;
}

/* ---- the deeds ------------------------------------------------------------------------------------------------------ */

typedef struct deed {
    const char *name;
    const char *method, *uri, *body;
    int         status;  /* when all goes well */
    bool        by_key;  /* with a key; else as the owner */
    const char *retry;   /* Idempotency-Key */
    const char *counts;  /* table in which a good answer leaves one row more */
    bool        signed_in; /* by the owner's session */
} deed;

static const deed deeds[] = {
    {"health", "GET", "/api/v1/health", NULL, 200, false, NULL, NULL, false},
    {"whoami", "GET", "/api/v1/whoami", NULL, 200, true, NULL, NULL, false},
    {"a list", "GET", "/api/v1/workflows?limit=50&q=flow", NULL, 200, true, NULL, NULL, false},
    {"a cursor that is none", "GET", "/api/v1/workflows?cursor=AAAA", NULL, 400, true, NULL, NULL, false},
    {"no such route", "GET", "/api/v1/wings", NULL, 404, false, NULL, NULL, false},
    {"a wrong method", "DELETE", "/api/v1/whoami", NULL, 405, false, NULL, NULL, false},
    {"a broken body", "POST", "/api/v1/workflows", "{\"name\":", 400, true, NULL, NULL, false},
    {"an unknown member", "POST", "/api/v1/workflows", "{\"wings\":2}", 400, true, NULL, NULL, false},
    {"make a workflow", "POST", "/api/v1/workflows",
     "{\"name\":\"flow\",\"steps\":[{\"role\":\"designer\",\"instructions\":\"Design it.\"},{\"role\":\"checker\"}]}", 201, true,
     NULL, "workflows", false},
    {"make a workflow once", "POST", "/api/v1/workflows", "{\"name\":\"flow\",\"steps\":[{\"role\":\"designer\"}]}", 201, true,
     "again", "workflows", false},
    {"make a persona", "POST", "/api/v1/personas", "{\"name\":\"Ada\",\"type\":\"designer\"}", 201, true, NULL, "personas", false},
    {"make an issue that a webhook is told of", "POST", "/api/v1/issues", "{\"title\":\"t\"}", 201, true, NULL, "issues", false},
    {"make a key", "POST", "/api/v1/project/api-keys", "{\"name\":\"k\",\"scopes\":[\"audit:read\"],\"allowedNetworks\":[\"10.0.0.0/8\"]}",
     201, true, NULL, "api_keys", false},
    {"try a run dry", "POST", "/api/v1/workflows/%s/run-dry", "{\"prompt\":\"x\",\"githubRepoUrl\":\"https://git.example.com/a/b\"}", 200, true,
     NULL, NULL, false},
    {"start a run", "POST", "/api/v1/runs", "{\"workflowId\":\"%s\"}", 201, true, "run", "runs", false},
    {"change settings", "PATCH", "/api/v1/project/settings", "{\"systemPrompt\":\"x\",\"envVars\":{\"A\":\"secret-value\"}}", 200, true,
     NULL, NULL, false},
    {"read settings", "GET", "/api/v1/project/settings", NULL, 200, true, NULL, NULL, false},
    {"the description", "GET", "/api/v1/openapi.json", NULL, 200, false, NULL, NULL, false},
    {"who is signed in", "GET", "/api/v1/session", NULL, 200, false, NULL, NULL, true},
    {"make a persona, signed in", "POST", "/api/v1/personas", "{\"name\":\"Ada\",\"type\":\"designer\"}", 201, false, "by hand",
     "personas", true},
    {"invite", "POST", "/api/v1/members/invitations", "{\"email\":\"grace@example.com\"}", 201, false, NULL, NULL, true},
    {"what was done", "GET", "/api/v1/audit?action=personas.create&limit=5", NULL, 200, true, NULL, NULL, false},
    {"list tools", "POST", "/api/v1/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}", 200, true, NULL, NULL, false},
    {"call a tool", "POST", "/api/v1/mcp",
     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"issues_create\",\"arguments\":{\"title\":\"t\"}}}", 200,
     true, NULL, NULL, false},
    {"describe a tool", "POST", "/api/v1/mcp",
     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"describe\",\"arguments\":{\"tool\":\"runs_start\"}}}",
     200, true, NULL, NULL, false},
    {"list logs of runs", "POST", "/api/v1/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/list\"}", 200, true, NULL, NULL,
     false},
    {"sum up", "GET", "/api/v1/analytics/runs?groupBy=day", NULL, 200, false, NULL, NULL, true},
};

static char            folder[] = "/tmp/cc-oom-XXXXXX";
static char            key[64];
static char            workflow[40];
static char            cookie[80], csrf[64];
static cc_project_info project;
static int             wrong;

static void
quiet(void *ctx, const char *line)
{
    (void)ctx;
    if (getenv("OOM_LOG") != NULL) /* to find out what went wrong */
        fprintf(stderr, "# log: %s\n", line);
}

static const cc_options options = {.data = folder, .log = quiet};

static cc_app *
app_open(void)
{
    char    why[512] = "";
    cc_app *app = NULL;

    if (cc_app_open(&options, &app, why, sizeof(why)) != CC_OK) {
        printf("Bail out! %s\n", why);
        exit(1);
    }
    return app;
}

static cc_response *
ask(cc_app *app, const deed *d, long attempt)
{
    char         json[512], uri[160], retry[64], authorization[80];
    cc_response *out = NULL;
    cc_request   in = {.method = d->method, .uri = uri, .remote_addr = "127.0.0.1"};
    body         b = {json, 0};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(uri, sizeof(uri), d->uri, workflow);
    if (d->body != NULL) {
        b.left = (size_t)snprintf(json, sizeof(json), d->body, workflow);
        in.content_length = (int64_t)b.left;
        in.header[CC_H_CONTENT_TYPE] = "application/json";
        in.read = read_body;
        in.read_ctx = &b;
    }
#pragma GCC diagnostic pop
    if (d->retry != NULL) {
        snprintf(retry, sizeof(retry), "%s-%ld", d->retry, attempt);
        in.header[CC_H_IDEMPOTENCY_KEY] = retry;
    }
    if (d->by_key) {
        snprintf(authorization, sizeof(authorization), "Bearer %s", key);
        in.header[CC_H_AUTHORIZATION] = authorization;
    } else if (d->signed_in) {
        in.header[CC_H_COOKIE] = cookie;
        in.header[CC_H_CSRF_TOKEN] = csrf;
    } else
        in.local_project = project.id;
    cc_app_handle(app, &in, &out);
    return out;
}

static long
rows(const char *table)
{
    char          path[64], sql[64];
    sqlite3      *db = NULL;
    sqlite3_stmt *s = NULL;
    long          n = -1;

    snprintf(path, sizeof(path), "%s/codecourier.db", folder);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
    if (sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = (long)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

static void
complain(const char *name, long n, const char *what)
{
    printf("# %s, allocation %ld: %s\n", name, n, what);
    wrong++;
}

static void
judge(const deed *d, long n, const cc_response *r)
{
    char what[600];

    if (r == NULL) {
        complain(d->name, n, "no answer at all");
        return;
    }
    if (r->status != d->status && r->status != 503) {
        snprintf(what, sizeof(what), "answered %d: %.*s", r->status, (int)(r->body_size < 400 ? r->body_size : 400), r->body_size ? r->body : "");
        complain(d->name, n, what);
    }
    if (r->head_size < 4 || memcmp(r->head + r->head_size - 4, "\r\n\r\n", 4) != 0 || memcmp(r->head, "Status: ", 8) != 0)
        complain(d->name, n, "the head is not whole");
    if (r->body_size > 0 && r->body[0] != '{')
        complain(d->name, n, "the body is not JSON");
}

/* Fail each allocation, until none is left that has not. */
static void
fail_each(const deed *d, bool cold, bool on)
{
    static long attempt;
    long        before = d->counts ? rows(d->counts) : 0, good = 0;
    int         wrong_before = wrong;
    cc_app     *app = app_open();

    if (!cold) { /* in use */
        cc_response *r = ask(app, d, ++attempt);
        good += r->status == 201;
        cc_response_free(app, r);
    }
    for (begin(); wrong - wrong_before < 10 && arm(on);) {
        cc_response *r = ask(app, d, ++attempt);
        disarm();
        bool reached = failed;
        judge(d, number, r);
        if (!reached && r->status != d->status)
            complain(d->name, number, "not the good answer although nothing failed");
        good += r->status == 201;
        cc_response_free(app, r);
        /* And the app is as good as before. */
        r = ask(app, d, on && !reached ? ++attempt : attempt);
        if (r->status != d->status) {
            char what[600];
            snprintf(what, sizeof(what), "the next request fails too: %.*s",
                     (int)(r->body_size < 400 ? r->body_size : 400), r->body_size ? r->body : "");
            complain(d->name, number, what);
        }
        good += r->status == 201 && memmem(r->head, r->head_size, "Idempotency-Replayed", 20) == NULL;
        cc_response_free(app, r);
        if (cold) {
            cc_app_close(app);
            app = app_open();
        }
        if (d->counts != NULL && rows(d->counts) - before != good) {
            char what[100];
            snprintf(what, sizeof(what), "%ld rows were acknowledged, %ld written", good, rows(d->counts) - before);
            complain(d->name, number, what);
            good = rows(d->counts) - before;
        }
    }
    cc_app_close(app);
    printf("%s - %s, %s, %s: %ld of %ld allocations\n", wrong == wrong_before ? "ok" : "not ok", d->name,
           cold ? "cold" : "warm", on ? "and all later ones" : "one", tried.n, usual.n);
    fflush(stdout);
}

/* Opening is a deed of its own. */
static void
fail_open(bool on)
{
    int wrong_before = wrong;

    for (begin(); wrong - wrong_before < 10 && arm(on);) {
        char    why[512] = "";
        cc_app *app = NULL;

        cc_err err = cc_app_open(&options, &app, why, sizeof(why));
        disarm();
        if (err != CC_OK && err != CC_E_UNAVAILABLE)
            complain("open", number, why[0] ? why : cc_err_code(err));
        if (err != CC_OK && app != NULL)
            complain("open", number, "an app beside the error");
        if (err != CC_OK && !failed)
            complain("open", number, why);
        if (err == CC_OK)
            cc_app_close(app);
    }
    printf("%s - open, %s: %ld of %ld allocations\n", wrong == wrong_before ? "ok" : "not ok",
           on ? "and all later ones" : "one", tried.n, usual.n);
}

static void
fail_description(void)
{
    long n = 1;

    for (bool reached = true; reached; n++) {
        failed = false;
        fail_on = false;
        fail_at = n;
        char *description = cc_openapi(false);
        disarm();
        reached = failed;
        if (description == NULL && !reached)
            complain("cc_openapi", n, "nothing although nothing failed");
        free(description);
    }
    printf("ok - cc_openapi: %ld allocations\n", n - 2);
}

/* What fails for want of memory says so, and not why it would have failed otherwise. */
static void
fail_reason(bool on)
{
    long n = 1;

    for (bool reached = true; reached; n++) {
        cc_arena *a = cc_arena_new();
        failed = false;
        fail_on = on;
        fail_at = n;
        const cc_reason *why = a ? cc_reason_new(a, STEP_TOO_LONG, .seconds = "30") : NULL;
        disarm();
        reached = failed;
        if (why == NULL || why->code != (failed ? CC_REASON_NO_MEMORY : CC_REASON_STEP_TOO_LONG))
            complain("a reason", n, why ? why->text : "none");
        cc_arena_free(a);
    }
    printf("ok - a reason, %s: %ld allocations\n", on ? "and all later ones" : "one", n - 2);
}

/* The text of a member in an answer: enough of a parser for what we wrote ourselves. */
static void
member(const cc_response *r, const char *name, char *out, size_t size)
{
    char        pattern[32];
    const char *at;
    size_t      n = (size_t)snprintf(pattern, sizeof(pattern), "\"%s\":\"", name);

    out[0] = '\0';
    if ((at = memmem(r->body, r->body_size, pattern, n)) == NULL)
        return;
    at += n;
    for (n = 0; n < size - 1 && at[n] != '"'; n++)
        out[n] = at[n];
    out[n] = '\0';
}

/* The owner, with a password of his own. */
static bool
sign_in(cc_app *app)
{
    static const char email[] = "owner@example.com";
    char              password[CC_PASSWORD_SIZE], json[200];
    deed              d = {"", "POST", "/api/v1/session", json, 201, false, NULL, NULL, true};

    if (cc_user_add(app, email, "owner", project.id, password) != CC_OK)
        return false;
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            snprintf(json, sizeof(json), "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
        else
            snprintf(json, sizeof(json), "{\"currentPassword\":\"%s\",\"newPassword\":\"correct horse\"}", password);
        cc_response *r = ask(app, &d, 0);
        const char  *set = memmem(r->head, r->head_size, "cc_session=", 11);
        if (set != NULL)
            snprintf(cookie, sizeof(cookie), "%.*s", (int)strcspn(set, ";"), set);
        member(r, "csrfToken", csrf, sizeof(csrf));
        cc_response_free(app, r);
        d.uri = "/api/v1/session/password";
    }
    return cookie[0] != '\0' && csrf[0] != '\0';
}

static void
prepare(void)
{
    static const deed make_key = {
        "", "POST", "/api/v1/project/api-keys",
        "{\"name\":\"oom\",\"scopes\":[\"projects:write\",\"keys:write\",\"workflows:write\",\"runs:write\",\"personas:write\","
        "\"issues:write\",\"audit:read\"]}", 201, false, NULL, NULL, false};
    static const deed make_endpoint = {
        "", "POST", "/api/v1/webhooks/endpoints", "{\"url\":\"https://hooks.invalid/\"}", 201, false, NULL, NULL, false};
    static const deed make_flow = {
        "", "POST", "/api/v1/workflows", "{\"name\":\"flow\",\"steps\":[{\"role\":\"designer\"}]}", 201, false, NULL, NULL, false};
    char         path[64], why[512] = "";
    cc_app      *app = NULL;
    cc_response *r;
    FILE        *conf;

    if (mkdtemp(folder) == NULL)
        exit(1);
    snprintf(path, sizeof(path), "%s/codecourier.conf", folder);
    if ((conf = fopen(path, "w")) == NULL)
        exit(1);
    fputs("rateLimit = 0\n", conf);
    fclose(conf);
    cc_options create = options;
    create.flags = CC_OPEN_CREATE;
    if (cc_app_open(&create, &app, why, sizeof(why)) != CC_OK || cc_project_create(app, "Oom", NULL, false, &project) != CC_OK) {
        printf("Bail out! %s\n", why);
        exit(1);
    }
    r = ask(app, &make_key, 0);
    member(r, "key", key, sizeof(key));
    cc_response_free(app, r);
    r = ask(app, &make_flow, 0);
    member(r, "id", workflow, sizeof(workflow));
    cc_response_free(app, r);
    cc_response_free(app, ask(app, &make_endpoint, 0));
    bool signed_in = sign_in(app);
    cc_app_close(app);
    if (!cc_key_well_formed(key) || workflow[0] == '\0' || !signed_in) {
        printf("Bail out! no key, no workflow or no session\n");
        exit(1);
    }
}

static void
clear_away(void)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    if (system(command) != 0)
        perror(command);
}

/* Without arguments all deeds; else those named. */
static bool
wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc <= 1;
}

int
main(int argc, char **argv)
{
    static const sqlite3_mem_methods methods = {sq_malloc, free, sq_realloc, sq_size, sq_roundup, sq_init, sq_shutdown, NULL};
    cJSON_Hooks                      hooks = {__wrap_malloc, free};

    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    cJSON_InitHooks(&hooks);
    prepare();
    for (int on = 0; on < 2 && wanted("open", argc, argv); on++)
        fail_open(on != 0);
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        for (int way = 0; way < 4 && wanted(deeds[i].name, argc, argv); way++)
            fail_each(&deeds[i], (way & 1) != 0, (way & 2) != 0);
    for (int on = 0; on < 2 && wanted("a reason", argc, argv); on++)
        fail_reason(on != 0);
    fail_description();
    clear_away();
    printf("%s\n", wrong ? "something is wrong" : "all passed");
    return wrong ? 1 : 0;
}
