/*
 * The project a key belongs to, its settings, and the environment its agents see.
 *
 * Environment values are sealed with the key file's secret before they reach the database, and never leave through the
 * API again: an answer shows their last four characters.
 */
#include <stdio.h>

#include "base/repository.h"
#include "context/app.h"
#include "base/template.h"
#include "gate/authority.h"
#include "gate/environment.h"
#include "resources/pulls.h"
#include "resources/resources.h"
#include "storage/db.h"

static cc_err project_prepare(cc_context *c, const char *id, cc_value *body);
static cc_err settings_prepare(cc_context *c, const char *id, cc_value *body);

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
    .singular = "project",
    .table = "projects",
    .stored = (const char *const[]){"idempotency", "trash", "changes", "mails", "notification_marks", "notifications",
                                    "provider_keys", "projects", NULL},
    .fields = project_fields,
    .meaning = "What everything else belongs to.",
    .taken = "Another project has this slug.",
    .prepare = project_prepare,
};

static const cc_field settings_fields[] = {
    CC_F("systemPrompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, CC_INSTRUCTIONS_MAX,
         "What every agent of the project is told first.", .example = "\"We write C17 and test with cmocka.\""),
    CC_F("defaultAgent", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 40, "The agent of steps that name none.",
         .example = "\"claude\""),
    CC_F("defaultModel", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "The model of steps that name none.",
         .example = "\"sonnet\""),
    CC_F("gitCommitName", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "Author name of the commits runs make.",
         .example = "\"CodeCourier\""),
    CC_F("gitCommitEmail", CC_TYPE_LINE, CC_FIELD_NULLABLE, 3, 254, "Author address of the commits runs make.",
         .example = "\"runs@example.com\""),
    CC_F("pullRequestTemplate", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 1, 20000,
         "The text of its pull requests, with {{title}}, {{issue}}, {{prompt}}, {{steps}}, {{verdict}}, {{cost}} and "
         "{{run}} where those stand; null: what was asked.",
         .example = "\"{{prompt}}\\n\\n{{steps}}\\n\\nVerdict: {{verdict}}, cost: {{cost}}, {{run}}\""),
    CC_F("envVars", CC_TYPE_MAP, 0, 0, 100,
         "Environment of the agents.  Sent: names to texts, null removes one, names left out stay.  Answered: names to "
         "the last four characters of each value.",
         .example = "{\"API_TOKEN\":\"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"
                    "1234\"}"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_settings = {
    .singular = "settings",
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
project_prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *slug = cc_value_of(project_fields, body, "slug");

    (void)id;
    if (slug->present && !cc_slug_valid(slug->s))
        return cc_fail(c, CC_E_VALIDATION, "slug", "'slug' must be lower-case letters, digits and inner hyphens.");
    return CC_OK;
}

cc_err
cc_project_lock(cc_context *c)
{
    return cc_tx_lock(cc_app_db(c->app), c->who.project_id);
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
    const cc_resource *const *all = cc_app_table(r->app)->resources;
    size_t                    count = 0;
    uint32_t                  number = 0;
    cc_err                    err;

    if ((err = cc_authority_over_live(&r->context)) != CC_OK) /* it would end all that is live, and every live key */
        return err;
    err = cc_resource_precondition(r, &cc_project, NULL);

    while (all[count])
        count++;
    while (err == CC_OK && count-- > 0) {
        const cc_resource       *res = all[count];
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

/* What git would refuse when the work is done and paid for. */
static cc_err
author_check(cc_context *c, cc_value *body)
{
    const cc_value *name = cc_value_of(settings_fields, body, "gitCommitName"),
                   *email = cc_value_of(settings_fields, body, "gitCommitEmail");

    if (cc_value_given(name) && !cc_author_valid(name->s))
        return cc_fail(c, CC_E_VALIDATION, "gitCommitName",
                       "'gitCommitName' must hold more than white space and the characters . , : ; < > \" \\ and '.");
    if (cc_value_given(email) && (!cc_author_valid(email->s) || strpbrk(email->s, " <>")))
        return cc_fail(c, CC_E_VALIDATION, "gitCommitEmail",
                       "'gitCommitEmail' must be an e-mail address, without white space, '<' and '>'.");
    return CC_OK;
}

static cc_err
template_check(cc_context *c, cc_value *body)
{
    const cc_value *text = cc_value_of(settings_fields, body, "pullRequestTemplate");
    const char     *unknown = cc_value_given(text) ? cc_template_unknown(c->arena, text->s, cc_pull_says) : NULL;

    return unknown ? cc_fail(c, CC_E_VALIDATION, "pullRequestTemplate",
                             "'pullRequestTemplate' names %.60s, which is nothing that it could hold.", unknown)
                   : CC_OK;
}

typedef struct environment_row {
    cc_bytes env_vars;
} environment_row;

CC_ROW(environment_row, env_vars);
CC_QUERY(environment_get, environment_row, "SELECT env_vars FROM project_settings WHERE project_id = :project_id",
         TEXT(project_id));

/* What was there is merged with what is sent: nobody else may merge meanwhile. */
static cc_err
settings_prepare(cc_context *c, const char *id, cc_value *body)
{
    cc_db          *db = cc_app_db(c->app);
    environment_row stored;
    bool            found;
    const cc_value *sent = cc_value_of(settings_fields, body, "envVars");
    const cc_json  *old = NULL;
    uint8_t         key[CC_SECRET_SIZE];
    cc_buf          plain;
    cc_err          err;

    if ((err = author_check(c, body)) != CC_OK || (err = template_check(c, body)) != CC_OK || !sent->present)
        return err;
    cc_buf_init(&plain, c->arena);
    if ((err = cc_project_lock(c)) != CC_OK ||
        (err = cc_db_find(db, c->arena, environment_get, &stored, &found, .project_id = id)) != CC_OK ||
        (found &&
         (err = cc_environment_open(c->app, c->arena, id, stored.env_vars.data, stored.env_vars.size, &old)) != CC_OK))
        goto done;
    cc_environment_merge(old, sent->json, &plain);
    err = CC_E_UNAVAILABLE;
    uint8_t *out = plain.failed ? NULL : cc_alloc(c->arena, plain.size + CC_SEAL_EXTRA);
    if (!out || (err = cc_instance_key(c->app, "settings", key)) != CC_OK)
        goto done;
    cc_seal(c->app, key, plain.data, plain.size, out);
    cc_wipe(key, sizeof(key));
    cc_value_set_bytes(settings_fields, body, "envVars", out, plain.size + CC_SEAL_EXTRA);

done:
    if (plain.data)
        cc_wipe(plain.data, plain.size);
    return err;
}
