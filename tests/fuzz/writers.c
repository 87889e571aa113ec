/*
 * What our writers write, our readers read back the same: the first byte chooses the writer, the rest is what it gets.
 * Writers that stand behind a route are asked through it.
 */
#include <math.h>

#include "base/base62.h"
#include "gate/environment.h"
#include "context/app.h"
#include "storage/db.h"
#include "fuzz.h"

typedef struct input {
    cc_arena      *arena;
    cc_buf         out;
    const uint8_t *data;
    size_t         size;
} input;

/* The first eight bytes; fewer are filled up with zeros. */
static uint64_t
eight(const input *in)
{
    uint64_t n = 0;

    memcpy(&n, in->data, in->size < sizeof(n) ? in->size : sizeof(n));
    return n;
}

static const cc_json *
read_back(input *in)
{
    const cc_json *j = NULL;
    const char    *why;

    FUZZ_PROMISE(!in->out.failed);
    FUZZ_PROMISE(cc_json_parse(in->arena, in->out.data, in->out.size, &j, &why) == CC_OK);
    return j;
}

/* ---- texts and numbers --------------------------------------------------------------------------------------- */

static void
number(input *in)
{
    uint64_t bits = eight(in);
    double   d, back;

    memcpy(&d, &bits, sizeof(d));
    cc_put_number(&in->out, d);
    const cc_json *j = read_back(in);
    if (!isfinite(d)) {
        FUZZ_PROMISE(cc_json_what(j) == CC_J_NULL);
        return;
    }
    back = cc_json_number(j);
    FUZZ_PROMISE(memcmp(&back, &d, sizeof(d)) == 0);
}

static void
whole_number(input *in)
{
    int64_t n = (int64_t)eight(in), back;

    cc_put_int(&in->out, n);
    FUZZ_PROMISE(cc_int_parse(cc_buf_text(&in->out), &back) && back == n);
}

static void
text(input *in)
{
    if (!cc_utf8_valid((const char *)in->data, in->size) || memchr(in->data, 0, in->size) != NULL)
        return;
    cc_put_json(&in->out, (const char *)in->data, in->size);
    const char *back = cc_json_text(read_back(in));
    FUZZ_PROMISE(strlen(back) == in->size && memcmp(back, in->data, in->size) == 0);
}

static void
tree(input *in)
{
    const cc_json *one = NULL;
    const char    *why;
    cc_buf         again;

    if (cc_json_parse(in->arena, (const char *)in->data, in->size, &one, &why) != CC_OK)
        return;
    cc_json_write(&in->out, one);
    cc_buf_init(&again, in->arena);
    cc_json_write(&again, read_back(in));
    FUZZ_PROMISE(again.size == in->out.size && memcmp(again.data, in->out.data, again.size) == 0);
}

static void
moment(input *in)
{
    static const int64_t past_9999 = INT64_C(253402300800) * 1000;
    int64_t              ms = (int64_t)eight(in), back;

    for (int i = 0; i < 2; i++) { /* as it is, and as one that can be */
        in->out.size = 0;
        cc_put_time(&in->out, ms);
        const char *written = cc_json_text(read_back(in));
        FUZZ_PROMISE(strlen(written) == strlen("2025-01-15T10:04:00Z"));
        if (ms >= 0 && ms < past_9999)
            FUZZ_PROMISE(cc_time_parse(written, &back) && back == ms / 1000 * 1000);
        ms = (int64_t)((uint64_t)ms % (uint64_t)past_9999);
    }
}

static void
url(input *in)
{
    cc_put_url(&in->out, (const char *)in->data, in->size);
    char *written = cc_strndup(in->arena, in->size ? in->out.data : "", in->out.size);
    FUZZ_PROMISE(written != NULL);
    FUZZ_PROMISE(strspn(written, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%") ==
                 in->out.size);
    int64_t size = cc_url_decode(written, in->out.size, true);
    if (in->size > 0 && memchr(in->data, 0, in->size) != NULL)
        FUZZ_PROMISE(size == -1);
    else
        FUZZ_PROMISE(size == (int64_t)in->size && (in->size == 0 || memcmp(written, in->data, in->size) == 0));
}

static void
base64url(input *in)
{
    size_t room = in->size * 2 + 8, got = 0;
    char  *written = cc_alloc(in->arena, room), *back = cc_alloc(in->arena, in->size + 1);

    FUZZ_PROMISE(written != NULL && back != NULL);
    size_t size = cc_base64url(in->data, in->size, written, room);
    FUZZ_PROMISE(cc_base64url_parse(written, size, back, in->size, &got) && got == in->size);
    FUZZ_PROMISE(got == 0 || memcmp(back, in->data, got) == 0);
}

static void
base62(input *in)
{
    uint8_t bytes[16] = {0}, back[16];
    char    written[22];

    memcpy(bytes, in->data, in->size < sizeof(bytes) ? in->size : sizeof(bytes));
    cc_base62_128(bytes, written);
    FUZZ_PROMISE(cc_base62_128_parse(written, back) && memcmp(back, bytes, sizeof(back)) == 0);
}

static void
scopes(input *in)
{
    uint64_t mask = eight(in) & CC_ALL_SCOPES, back = 0;
    cc_scope scope;

    cc_scope_write(&in->out, mask);
    for (const cc_json *j = cc_json_first(read_back(in)); j != NULL; j = cc_json_next(j)) {
        FUZZ_PROMISE(cc_scope_find(cc_json_text(j), &scope));
        back |= UINT64_C(1) << scope;
    }
    FUZZ_PROMISE(back == mask);
}

static void
sealed(input *in)
{
    static const uint8_t key[CC_SECRET_SIZE] = {1, 2, 3};
    uint8_t             *box = cc_alloc(in->arena, in->size + CC_SEAL_EXTRA), *back = cc_alloc(in->arena, in->size + 1);

    FUZZ_PROMISE(box != NULL && back != NULL);
    cc_seal(fuzz_open(), key, in->data, in->size, box);
    FUZZ_PROMISE(cc_unseal(key, box, in->size + CC_SEAL_EXTRA, back));
    FUZZ_PROMISE(in->size == 0 || memcmp(back, in->data, in->size) == 0);
    box[eight(in) % (in->size + CC_SEAL_EXTRA)] ^= 1;
    FUZZ_PROMISE(!cc_unseal(key, box, in->size + CC_SEAL_EXTRA, back));
}

/* ---- behind routes ------------------------------------------------------------------------------------------- */

/* The answer's body in the arena; NULL unless it has the status. */
static const cc_json *
ask(input *in, const char *method, const char *uri, const void *sent, size_t size, int status)
{
    cc_response   *out = fuzz_ask(method, uri, NULL, sent, size);
    const cc_json *j = NULL;
    const char    *why;

    if (out->status == status) {
        FUZZ_PROMISE(cc_json_parse(in->arena, out->body, out->body_size, &j, &why) == CC_OK);
        j = cc_json_member(j, "data");
    }
    cc_response_free(fuzz_app, out);
    return j;
}

/* Send `{before "member": json}`. */
static const cc_json *
send(input *in, const char *method, const char *uri, const char *before, const char *member, cc_buf *json, int status)
{
    cc_buf whole;

    cc_buf_init(&whole, in->arena);
    cc_putf(&whole, "{%s\"%s\":", before, member);
    cc_put(&whole, json->data, json->size);
    cc_putc(&whole, '}');
    return ask(in, method, uri, whole.data, whole.size, status);
}

/* What a route has taken can be sent again as it was shown, and is then shown the same. */
static void
shown_as_taken(input *in, const char *list, const char *before, const char *member)
{
    cc_buf sent, again;
    char   uri[128];

    cc_buf_init(&sent, in->arena);
    cc_buf_init(&again, in->arena);
    cc_put(&sent, in->data, in->size);
    const cc_json *made = send(in, "POST", list, before, member, &sent, 201);
    if (made == NULL || cc_json_member(made, member) == NULL)
        return;
    cc_json_write(&in->out, cc_json_member(made, member));
    snprintf(uri, sizeof(uri), "%s/%s", list, cc_json_text(cc_json_member(made, "id")));
    const cc_json *changed = send(in, "PATCH", uri, "", member, &in->out, 200);
    FUZZ_PROMISE(changed != NULL);
    cc_json_write(&again, cc_json_member(changed, member));
    FUZZ_PROMISE(again.size == in->out.size && memcmp(again.data, in->out.data, again.size) == 0);
    FUZZ_PROMISE(ask(in, "DELETE", uri, NULL, 0, 200) != NULL);
}

static void
networks(input *in)
{
    shown_as_taken(in, "/api/v1/project/api-keys", "\"name\":\"x\",\"scopes\":[\"runs:read\"],", "allowedNetworks");
}

static void
steps(input *in)
{
    shown_as_taken(in, "/api/v1/workflows", "\"name\":\"x\",", "steps");
}

typedef struct environment_row {
    cc_bytes env_vars;
} environment_row;

CC_ROW(environment_row, env_vars);
CC_QUERY(environment_get, environment_row, "SELECT env_vars FROM project_settings WHERE project_id = :project_id",
         TEXT(project_id));

/* What the engine will read of it; answers show the end of each value alone. */
static const cc_json *
environment_stored(input *in)
{
    const cc_json  *json = NULL;
    environment_row row;

    cc_app_lock(fuzz_app);
    FUZZ_PROMISE(cc_db_get(cc_app_db(fuzz_app), in->arena, environment_get, &row, .project_id = fuzz_project.id) ==
                 CC_OK);
    FUZZ_PROMISE(cc_environment_open(fuzz_app, in->arena, fuzz_project.id, row.env_vars.data, row.env_vars.size,
                                     &json) == CC_OK);
    cc_app_unlock(fuzz_app);
    return json;
}

static void
environment(input *in)
{
    static const char settings[] = "/api/v1/project/settings";
    const cc_json    *sent = NULL;
    const char       *why, *comma = "{";
    cc_buf            none;

    cc_put(&in->out, in->data, in->size);
    if (send(in, "PATCH", settings, "", "envVars", &in->out, 200) == NULL ||
        cc_json_parse(in->arena, in->out.data, in->out.size, &sent, &why) != CC_OK)
        return;
    const cc_json *stored = environment_stored(in);
    cc_buf_init(&none, in->arena);
    for (const cc_json *j = cc_json_first(sent); j != NULL; j = cc_json_next(j), comma = ",") {
        const cc_json *kept = stored != NULL ? cc_json_member(stored, cc_json_name(j)) : NULL;
        FUZZ_PROMISE((kept == NULL) == (cc_json_what(j) == CC_J_NULL));
        FUZZ_PROMISE(kept == NULL || strcmp(cc_json_text(kept), cc_json_text(j)) == 0);
        cc_putf(&none, "%s\"%s\":null", comma, cc_json_name(j));
    }
    cc_puts(&none, comma[0] == '{' ? "{}" : "}");
    FUZZ_PROMISE(send(in, "PATCH", settings, "", "envVars", &none, 200) != NULL);
}

/* A cursor that a list gives out is one that it takes, whatever it was asked with. */
static void
cursor(input *in)
{
    static bool    filled;
    cc_buf         uri;
    cc_response   *out;
    const cc_json *page;
    const char    *why;

    for (int i = 0; i < 3 && !filled; i++)
        cc_response_free(fuzz_open(),
                         fuzz_ask("POST", "/api/v1/issues", NULL, (const uint8_t *)"{\"title\":\"a\"}", 13));
    filled = true;
    cc_buf_init(&uri, in->arena);
    cc_puts(&uri, "/api/v1/issues?limit=1&q=a");
    if (in->size > 0 && in->data[0] & 1)
        cc_puts(&uri, "&status=new");
    for (int i = 0; i < 3; i++) {
        out = fuzz_ask("GET", cc_buf_text(&uri), NULL, NULL, 0);
        FUZZ_PROMISE(out->status == 200);
        FUZZ_PROMISE(cc_json_parse(in->arena, out->body, out->body_size, &page, &why) == CC_OK);
        const cc_json *next = cc_json_member(page, "nextCursor");
        FUZZ_PROMISE(cc_json_first(cc_json_member(page, "data")) != NULL);
        cc_response_free(fuzz_app, out);
        if (cc_json_what(next) != CC_J_TEXT)
            return;
        cc_puts(&uri, i ? "" : "&cursor=");
        if (i == 0)
            cc_puts(&uri, cc_json_text(next));
    }
}

/* The same request with the same Idempotency-Key gives the same bytes. */
static void
retry(input *in)
{
    static unsigned count;
    char            key[32];
    cc_response    *out[2] = {NULL, NULL};

    snprintf(key, sizeof(key), "key-%u", count++);
    for (int i = 0; i < 2; i++) {
        body       b = {in->data, in->size};
        cc_request asked = {.method = "POST",
                            .uri = "/api/v1/issues",
                            .remote_addr = "127.0.0.1",
                            .header[CC_H_CONTENT_TYPE] = "application/json",
                            .header[CC_H_IDEMPOTENCY_KEY] = key,
                            .content_length = (int64_t)in->size,
                            .read = read_body,
                            .read_ctx = &b};
        asked.local_project = (fuzz_open(), fuzz_project.id);
        cc_app_handle(fuzz_app, &asked, &out[i]);
        fuzz_judge(out[i]);
    }
    if (out[0]->status == 201) {
        FUZZ_PROMISE(out[1]->status == 201 && out[0]->body_size == out[1]->body_size);
        FUZZ_PROMISE(memcmp(out[0]->body, out[1]->body, out[0]->body_size) == 0);
    } else {
        FUZZ_PROMISE(out[1]->status == out[0]->status);
    }
    cc_response_free(fuzz_app, out[0]);
    cc_response_free(fuzz_app, out[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The corpus names them by this order: append only. */
    static void (*const writers[])(input *) = {number,      whole_number, text,   tree,   moment,
                                               url,         base64url,    base62, scopes, sealed,
                                               environment, networks,     steps,  cursor, retry};
    input in = {.data = data + 1, .size = size - 1};

    if (size == 0 || (data[0] & 31) >= CC_COUNT(writers))
        return 0;
    in.arena = cc_arena_new();
    FUZZ_PROMISE(in.arena != NULL);
    cc_buf_init(&in.out, in.arena);
    writers[data[0] & 31](&in);
    cc_arena_free(in.arena);
    return 0;
}
