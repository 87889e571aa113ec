/*
 * The environment of a project: sealed in its row, masked in answers, plain for its runs.
 */
#include "gate/environment.h"

#include "context/app.h"
#include "context/settings.h"

cc_err
cc_environment_open(cc_app *app, cc_arena *arena, const char *project_id, const void *sealed, size_t size,
                    const cc_json **json)
{
    uint8_t     key[CC_SECRET_SIZE];
    const char *why;
    cc_err      err;

    *json = NULL;
    if (size <= CC_SEAL_EXTRA)
        return CC_OK;
    char *plain = cc_alloc(arena, size - CC_SEAL_EXTRA + 1);
    if (!plain)
        return CC_E_UNAVAILABLE;
    if ((err = cc_instance_key(app, "settings", key)) == CC_OK) {
        if (cc_unseal(key, sealed, size, (uint8_t *)plain))
            err = cc_json_parse(arena, plain, size - CC_SEAL_EXTRA, json, &why);
        else
            err = CC_E_INTERNAL;
    }
    if (err == CC_E_INTERNAL)
        cc_log(app, "the environment of project %s was sealed with another key file", project_id);
    cc_wipe(key, sizeof(key));
    cc_wipe(plain, size - CC_SEAL_EXTRA);
    return err;
}

/* "••••1234"; a value of less than eight characters would be half shown by its last four. */
static void
put_masked(cc_buf *b, const char *value)
{
    size_t n = strlen(value), tail = 0;

    for (size_t seen = 0; cc_utf8_length(value, n) >= 8 && seen < 4; tail++)
        if (((unsigned char)value[n - tail - 1] & 0xc0) != 0x80)
            seen++;
    cc_puts(b, "\"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2");
    cc_buf text;
    cc_buf_init(&text, b->arena);
    cc_put_json(&text, value + n - tail, tail);
    if (text.size > 2)
        cc_put(b, text.data + 1, text.size - 2);
    cc_putc(b, '"');
}

void
cc_environment_write(cc_req *r, const void *sealed, size_t size, cc_buf *out)
{
    const cc_json *json;
    const char    *comma = "";

    if (cc_environment_open(r->app, r->arena, r->who.project_id, sealed, size, &json) != CC_OK)
        json = NULL; /* the log says why; the rest of the settings is still worth answering */
    cc_putc(out, '{');
    for (const cc_json *j = json ? cc_json_first(json) : NULL; j; j = cc_json_next(j)) {
        cc_puts(out, comma);
        cc_put_json(out, cc_json_name(j), strlen(cc_json_name(j)));
        cc_putc(out, ':');
        put_masked(out, cc_json_text(j));
        comma = ",";
    }
    cc_putc(out, '}');
}

static void
put_pair(cc_buf *b, const cc_json *j)
{
    cc_puts(b, b->size > 1 ? "," : "");
    cc_put_json(b, cc_json_name(j), strlen(cc_json_name(j)));
    cc_putc(b, ':');
    cc_put_json(b, cc_json_text(j), strlen(cc_json_text(j)));
}

void
cc_environment_merge(const cc_json *old, const cc_json *sent, cc_buf *out)
{
    cc_buf mask;

    cc_putc(out, '{');
    for (const cc_json *j = old ? cc_json_first(old) : NULL; j; j = cc_json_next(j)) {
        const cc_json *now = cc_json_member(sent, cc_json_name(j));
        if (!now)
            put_pair(out, j);
    }
    for (const cc_json *j = cc_json_first(sent); j; j = cc_json_next(j)) {
        const cc_json *was = old ? cc_json_member(old, cc_json_name(j)) : NULL;
        if (cc_json_what(j) != CC_J_TEXT)
            continue;
        if (was) {
            cc_buf_init(&mask, out->arena);
            put_masked(&mask, cc_json_text(was));
            if (mask.size == strlen(cc_json_text(j)) + 2 &&
                memcmp(mask.data + 1, cc_json_text(j), mask.size - 2) == 0) {
                put_pair(out, was);
                continue;
            }
        }
        put_pair(out, j);
    }
    cc_putc(out, '}');
}
