/*
 * The project a key belongs to, its settings, and the environment its agents see.
 *
 * Environment values are sealed with the key file's secret before they reach the database, and never leave through the
 * API again: an answer shows their last four characters.
 */
#include <stdio.h>

#include "storage/db.h"
#include "gate/repository.h"
#include "resources/resources.h"

static cc_err project_prepare(cc_req *r, const char *id);
static cc_err settings_prepare(cc_req *r, const char *id);

static const cc_field project_fields[] = {
    CC_ROW_HEAD("prj_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 100, "What people call it.", .example = "\"My Project\""),
    CC_F("slug", CC_TYPE_LINE, 0, 1, 100, "Its name in commands: lower-case letters, digits and hyphens.",
         .example = "\"my-project\""),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE, 0, 500, "The repository its runs work on.",
         .example = "\"https://github.com/example/app\""),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_project = {
    .one = "project",
    .table = "projects",
    .stored = (const char *const[]){"idempotency", "projects", NULL},
    .fields = project_fields,
    .meaning = "What everything else belongs to.",
    .taken = "Another project has this slug.",
    .prepare = project_prepare,
};

static const cc_field settings_fields[] = {
    CC_F("systemPrompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, 50000, "What every agent of the project is told first.",
         .example = "\"We write C17 and test with cmocka.\""),
    CC_F("defaultAgent", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 40, "The agent of steps that name none.",
         .example = "\"claude\""),
    CC_F("defaultModel", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "The model of steps that name none.",
         .example = "\"sonnet\""),
    CC_F("gitCommitName", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "Author name of the commits runs make.",
         .example = "\"CodeCourier\""),
    CC_F("gitCommitEmail", CC_TYPE_LINE, CC_FIELD_NULLABLE, 3, 254, "Author address of the commits runs make.",
         .example = "\"runs@example.com\""),
    CC_F("envVars", CC_TYPE_MAP, 0, 0, 100,
         "Environment of the agents.  Sent: names to texts, null removes one, names left out stay.  Answered: names to "
         "the last four characters of each value.",
         .example = "{\"API_TOKEN\":\"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"
                    "1234\"}"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_settings = {
    .one = "settings",
    .table = "project_settings",
    .fields = settings_fields,
    .meaning = "How a project's runs behave.",
    .prepare = settings_prepare,
};

bool
cc_slug_valid(const char *slug)
{
    size_t n = strlen(slug);

    return n >= 1 && n <= 100 && slug[0] != '-' && slug[n - 1] != '-' &&
           strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static cc_err
project_prepare(cc_req *r, const char *id)
{
    const cc_value *slug = cc_in(r, "slug");

    (void)id;
    if (slug->present && !cc_slug_valid(slug->s))
        return cc_fail(r, CC_E_VALIDATION, "slug", "'slug' must be lower-case letters, digits and inner hyphens.");
    return CC_OK;
}

/* It changes nothing: it makes whoever else comes here wait until this transaction has ended. */
CC_STATEMENT(project_lock, "UPDATE projects SET run_count = run_count WHERE project_id = :project_id",
             TEXT(project_id));

cc_err
cc_project_lock(cc_req *r)
{
    return cc_db_run(cc_app_db(r->app), project_lock, .project_id = r->who.project_id);
}

static void
make_wipe(cc_buf *b, const void *ctx, uint32_t key)
{
    (void)key;
    cc_putf(b, "DELETE FROM %s WHERE project_id = $1", (const char *)ctx);
}

static cc_err
wipe(cc_req *r, uint32_t number, const char *table)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_made(cc_app_db(r->app), UINT32_C(0xf0000000) | number, make_wipe, table, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    return cc_run(s);
}

/*
 * The resources' declarations say what belongs to a project; the project itself stands first there and goes last here.
 * tests/web/test_deletion.py fills every table of the schema that has a project_id and finds none of it afterwards.
 */
cc_err
cc_project_delete(cc_req *r)
{
    size_t   count = 0;
    uint32_t number = 0;
    cc_err   err;

    if (r->who.test) /* it would end all that is live, and every live key */
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "A test key has no say over what is live.");
    err = cc_resource_precondition(r, &cc_project, NULL);

    while (cc_resources[count])
        count++;
    while (err == CC_OK && count-- > 0) {
        const cc_resource       *res = cc_resources[count];
        const char *const        own[] = {res->table, NULL};
        const char *const *const tables = res->stored ? res->stored : own;
        for (size_t i = 0; err == CC_OK && tables[i]; i++)
            err = wipe(r, number++, tables[i]);
    }
    if (err == CC_OK)
        cc_deleted_write(&r->out, r->who.project_id);
    return err;
}

/* ---- environment ----------------------------------------------------------------------------- */

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

/* What is stored, changed by what was sent.  A value that is just the mask of the old one means "as it was". */
static void
environment_merge(const cc_json *old, const cc_json *sent, cc_buf *out)
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

/* What git would refuse when the work is done and paid for. */
static cc_err
author_check(cc_req *r)
{
    const cc_value *name = cc_in(r, "gitCommitName"), *email = cc_in(r, "gitCommitEmail");

    if (name->present && !name->null && !cc_author_valid(name->s))
        return cc_fail(r, CC_E_VALIDATION, "gitCommitName",
                       "'gitCommitName' must hold more than white space and the characters . , : ; < > \" \\ and '.");
    if (email->present && !email->null && (!cc_author_valid(email->s) || strpbrk(email->s, " <>")))
        return cc_fail(r, CC_E_VALIDATION, "gitCommitEmail",
                       "'gitCommitEmail' must be an e-mail address, without white space, '<' and '>'.");
    return CC_OK;
}

typedef struct environment_row {
    cc_bytes env_vars;
} environment_row;

CC_ROW(environment_row, env_vars);
CC_QUERY(environment_get, environment_row, "SELECT env_vars FROM project_settings WHERE project_id = :project_id",
         TEXT(project_id));

/* What was there is merged with what is sent: nobody else may merge meanwhile. */
static cc_err
settings_prepare(cc_req *r, const char *id)
{
    cc_db          *db = cc_app_db(r->app);
    environment_row stored;
    bool            found;
    const cc_value *sent = cc_in(r, "envVars");
    const cc_json  *old = NULL;
    uint8_t         key[CC_SECRET_SIZE];
    cc_buf          plain;
    cc_err          err;

    if ((err = author_check(r)) != CC_OK || !sent->present)
        return err;
    cc_buf_init(&plain, r->arena);
    if ((err = cc_project_lock(r)) != CC_OK ||
        (err = cc_db_find(db, r->arena, environment_get, &stored, &found, .project_id = id)) != CC_OK ||
        (found &&
         (err = cc_environment_open(r->app, r->arena, id, stored.env_vars.data, stored.env_vars.size, &old)) != CC_OK))
        goto done;
    environment_merge(old, sent->json, &plain);
    err = CC_E_UNAVAILABLE;
    uint8_t *out = plain.failed ? NULL : cc_alloc(r->arena, plain.size + CC_SEAL_EXTRA);
    if (!out || (err = cc_instance_key(r->app, "settings", key)) != CC_OK)
        goto done;
    cc_seal(r->app, key, plain.data, plain.size, out);
    cc_wipe(key, sizeof(key));
    cc_let_bytes(settings_fields, r->body, "envVars", out, plain.size + CC_SEAL_EXTRA);

done:
    if (plain.data)
        cc_wipe(plain.data, plain.size);
    return err;
}
