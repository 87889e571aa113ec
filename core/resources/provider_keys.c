/*
 * Provider keys (contract-2 section 16): a project's keys for models' services and forges.
 *
 * A key is one more value of the project's environment, under the variable that the service's programs know, so all
 * that works with the environment works with it: masks, tokens, what a dry run finds missing.  It is kept apart from
 * the rest because it is for one purpose: an agent is given it only if that is its service (engine/agent_keys.h), and
 * a forge's token no agent at all.  What the environment itself says goes first.
 *
 * To test one, a worker (engine/providers.c) asks the service for something that costs nothing: no web program speaks
 * with strangers.
 */
#include "resources/provider_keys.h"

#include "context/app.h"
#include "gate/change.h"
#include "resources/resources.h"
#include "storage/db.h"

#define UNTESTED "untested"
#define TESTING "testing"

enum { KEY_LEAST = 12, KEY_MOST = 4096 };

static const char *const statuses[] = {UNTESTED, TESTING, "valid", "refused", "unreachable", NULL};

const cc_field cc_provider_name = CC_F("provider", CC_TYPE_CHOICE, CC_FIELD_REQUIRED, 0, 0, "Whose service.",
                                       .choices = cc_provider_names, .example = "\"anthropic\"");

const cc_field cc_provider_key_fields[] = {
    CC_F("provider", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Whose service.", .choices = cc_provider_names,
         .example = "\"anthropic\""),
    CC_F("lastFour", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 4, 4, "How the key ends; more of it is never shown.",
         .example = "\"1234\""),
    CC_F(
        "status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
        "What the last test has shown: valid, refused by the service, or unreachable; testing: a worker is to test it.",
        .choices = statuses, .example = "\"valid\""),
    CC_F("responseStatus", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 100, 599,
         "The status of the service's answer to it; null: there was none.", .example = "200"),
    CC_F("testedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it was last tested; null: never.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_ROW_TAIL,
    CC_END,
};

const cc_field cc_provider_key_body[] = {
    CC_F("key", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_WRITE_ONLY | CC_FIELD_SECRET, KEY_LEAST, KEY_MOST,
         "The key, as the service gave it: printable ASCII without blanks.",
         .example = "\"sk-ant-api03-example-1234\""),
    CC_END,
};

const cc_field cc_provider_key_gone[] = {
    CC_F("provider", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Whose key was deleted.", .choices = cc_provider_names,
         .example = "\"anthropic\""),
    CC_F("deleted", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Always true.", .example = "true"),
    CC_END,
};

/* ---- read ---------------------------------------------------------------------------------------------- */

/* The columns are those of cc_provider_key_fields, then the version. */
#define COLUMNS                                                                                                        \
    "SELECT provider, last_four, status, response_status, tested_at, created_at, updated_at, version "                 \
    "FROM provider_keys WHERE project_id = :project_id "
#define THE_KEY(r) .project_id = (r)->who.project_id, .provider = (r)->id
#define KEY_PARAMS TEXT(project_id), TEXT(provider)

CC_STATEMENT(provider_keys_of, COLUMNS "ORDER BY provider", TEXT(project_id));
CC_STATEMENT(provider_key_get, COLUMNS "AND provider = :provider", KEY_PARAMS);

cc_err
cc_provider_keys_list(cc_req *r)
{
    int64_t  count;
    cc_stmt *s = NULL;
    cc_err   err = cc_db_bind(cc_app_db(r->app), provider_keys_of, &s, .project_id = r->who.project_id);

    return err == CC_OK ? cc_rows_write(r, s, cc_provider_key_fields, 1000, &count) : err;
}

static cc_err
must_be_provider(cc_req *r)
{
    return cc_provider_find(r->id) ? CC_OK : cc_fail(r, CC_E_NOT_FOUND, NULL, "There is no such provider.");
}

cc_err
cc_provider_keys_get(cc_req *r)
{
    cc_stmt *s = NULL;
    cc_err   err = must_be_provider(r);

    if (err == CC_OK)
        err = cc_db_bind(cc_app_db(r->app), provider_key_get, &s, THE_KEY(r));
    return err == CC_OK ? cc_one_write(r, s, cc_provider_key_fields, true) : err;
}

/* ---- change -------------------------------------------------------------------------------------------- */

CC_STATEMENT(provider_key_set,
             "INSERT INTO provider_keys (project_id, provider, last_four, status, created_at, updated_at, sealed) "
             "VALUES (:project_id, :provider, :last_four, '" UNTESTED "', :now, :now, :sealed) "
             "ON CONFLICT (project_id, provider) DO UPDATE SET last_four = excluded.last_four, status = '" UNTESTED
             "', response_status = NULL, tested_at = NULL, due_at = NULL, updated_at = excluded.updated_at, "
             "sealed = excluded.sealed, version = provider_keys.version + 1",
             KEY_PARAMS, TEXT(last_four), INT(now), BLOB(sealed));
CC_STATEMENT(provider_key_delete, "DELETE FROM provider_keys WHERE project_id = :project_id AND provider = :provider",
             KEY_PARAMS);
CC_STATEMENT(provider_key_test,
             "UPDATE provider_keys SET status = '" TESTING "', due_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND provider = :provider",
             INT(now), KEY_PARAMS);

/* What goes into a header as it is. */
static cc_err
key_check(cc_req *r, const cc_value *key)
{
    for (size_t i = 0; i < key->size; i++)
        if (key->s[i] <= ' ' || key->s[i] >= 0x7f)
            return cc_fail(r, CC_E_VALIDATION, "key", "'key' must be printable ASCII without blanks.");
    return CC_OK;
}

cc_err
cc_provider_keys_set(cc_req *r)
{
    const cc_value *key = cc_body_value(r, "key");
    const size_t    size = key->size + CC_SEAL_EXTRA;
    uint8_t         secret[CC_SECRET_SIZE], *sealed = cc_alloc(r->arena, size);
    cc_err          err;

    if (!sealed)
        return CC_E_UNAVAILABLE;
    if ((err = must_be_provider(r)) != CC_OK || (err = key_check(r, key)) != CC_OK ||
        (err = cc_instance_key(r->app, "provider", secret)) != CC_OK)
        return err;
    cc_seal(r->app, secret, key->s, key->size, sealed);
    cc_wipe(secret, sizeof(secret));
    err = cc_db_run(cc_app_db(r->app), provider_key_set, THE_KEY(r), .last_four = key->s + key->size - 4, .now = r->now,
                    .sealed = {sealed, size});
    return err == CC_OK ? cc_provider_keys_get(r) : err;
}

cc_err
cc_provider_keys_delete(cc_req *r)
{
    int64_t gone = 0;
    cc_err  err = cc_db_change(cc_app_db(r->app), provider_key_delete, &gone, THE_KEY(r));

    if (err == CC_OK && !gone)
        return CC_E_NOT_FOUND;
    if (err == CC_OK)
        cc_putf(&r->out, "{\"provider\":\"%s\",\"deleted\":true}", r->id);
    return err;
}

cc_err
cc_provider_keys_test(cc_req *r)
{
    cc_err err = cc_db_run(cc_app_db(r->app), provider_key_test, .now = r->now, THE_KEY(r));

    r->notify_run_id = ""; /* wake a worker */
    return err == CC_OK ? cc_provider_keys_get(r) : err;
}

/* ---- for what works with them --------------------------------------------------------------------------- */

typedef struct sealed_row {
    char     provider[40];
    cc_bytes sealed;
} sealed_row;

CC_ROW(sealed_row, provider, sealed);
CC_QUERY(provider_keys_sealed, sealed_row,
         "SELECT provider, sealed FROM provider_keys WHERE project_id = :project_id ORDER BY provider",
         TEXT(project_id));

/* In the arena; NULL: it was sealed with another key file, or out of memory. */
static const char *
unseal(cc_app *app, cc_arena *a, cc_bytes sealed)
{
    uint8_t secret[CC_SECRET_SIZE];
    char   *key = sealed.size > CC_SEAL_EXTRA ? cc_alloc(a, sealed.size - CC_SEAL_EXTRA + 1) : NULL;
    bool    ours = key && cc_instance_key(app, "provider", secret) == CC_OK &&
                cc_unseal(secret, sealed.data, sealed.size, (uint8_t *)key);

    cc_wipe(secret, sizeof(secret));
    if (!ours)
        cc_log(app, "a provider's key was sealed with another key file, or there is not enough memory");
    return ours ? key : NULL;
}

static bool
sets(const cc_json *environment, const char *name)
{
    const cc_json *j = environment ? cc_json_member(environment, name) : NULL;

    return j && cc_json_what(j) == CC_J_TEXT && cc_json_text(j)[0];
}

static void
put_pair(cc_buf *b, const char *name, const char *value)
{
    cc_puts(b, b->size > 1 ? "," : "");
    cc_put_member(b, name, value);
}

static cc_err
parsed(cc_arena *a, cc_buf *b, const cc_json **out)
{
    const char *why;
    cc_err      err = CC_E_UNAVAILABLE;

    cc_putc(b, '}');
    if (!b->failed)
        err = cc_json_parse(a, b->data, b->size, out, &why);
    if (b->data)
        cc_wipe(b->data, b->size);
    return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
}

static cc_err
keys_read(cc_app *app, cc_arena *a, const char *project_id, const cc_json *environment, cc_buf *out)
{
    sealed_row row;
    cc_rows    rows = cc_db_select(cc_app_db(app), provider_keys_sealed, &row, .project_id = project_id);

    while (cc_rows_next(&rows)) {
        const cc_provider *of = cc_provider_find(row.provider);
        const char        *key = of && !sets(environment, of->variable) ? unseal(app, a, row.sealed) : NULL;
        if (key)
            put_pair(out, of->variable, key);
    }
    return cc_rows_end(&rows);
}

cc_err
cc_provider_keys_join(cc_app *app, cc_arena *a, const char *project_id, const cc_json **environment,
                      const cc_json **keys)
{
    cc_buf own, all;
    cc_err err;

    *keys = NULL;
    cc_buf_init(&own, a);
    cc_buf_init(&all, a);
    cc_putc(&own, '{');
    cc_putc(&all, '{');
    if ((err = keys_read(app, a, project_id, *environment, &own)) != CC_OK || own.size == 1)
        return err;
    if ((err = parsed(a, &own, keys)) != CC_OK)
        return err;
    for (const cc_json *j = *environment ? cc_json_first(*environment) : NULL; j; j = cc_json_next(j))
        if (!cc_json_member(*keys, cc_json_name(j)))
            put_pair(&all, cc_json_name(j), cc_json_text(j));
    for (const cc_json *j = cc_json_first(*keys); j; j = cc_json_next(j))
        put_pair(&all, cc_json_name(j), cc_json_text(j));
    return parsed(a, &all, environment);
}

/* ---- tested by a worker --------------------------------------------------------------------------------- */

typedef struct due_row {
    char     project_id[CC_ID_SIZE], provider[40];
    int64_t  due_at;
    cc_bytes sealed;
} due_row;

CC_ROW(due_row, project_id, provider, due_at, sealed);
CC_QUERY(provider_due, due_row,
         "SELECT project_id, provider, due_at, sealed FROM provider_keys WHERE due_at IS NOT NULL AND due_at <= :now "
         "ORDER BY due_at LIMIT 1",
         INT(now));
CC_STATEMENT(provider_due_there, "SELECT 1 FROM provider_keys WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 1",
             INT(now));
CC_STATEMENT(provider_taken,
             "UPDATE provider_keys SET due_at = :until WHERE project_id = :project_id AND provider = :provider "
             "AND due_at = :was",
             INT(until), KEY_PARAMS, INT(was));
/* Unless another key was set, or another test asked for, meanwhile. */
CC_STATEMENT(provider_tested,
             "UPDATE provider_keys SET status = :status, response_status = nullif(:response, 0), tested_at = :now, "
             "due_at = NULL, version = version + 1 WHERE project_id = :project_id AND provider = :provider "
             "AND due_at = :taken",
             TEXT(status), INT(response), INT(now), KEY_PARAMS, INT(taken));

/* Inside a transaction. */
static cc_err
take(cc_app *app, cc_arena *a, int64_t until, cc_provider_due *out, bool *found)
{
    cc_db  *db = cc_app_db(app);
    due_row row;
    int64_t mine = 0;
    cc_err  err = cc_db_find(db, a, provider_due, &row, found, .now = cc_app_now(app));

    if (err != CC_OK || !*found)
        return err;
    cc_copy_id(out->project_id, row.project_id);
    strcpy(out->name, row.provider);
    out->provider = cc_provider_find(row.provider);
    out->key = unseal(app, a, row.sealed);
    out->taken = until;
    err = cc_db_change(db, provider_taken, &mine, .until = until, .project_id = row.project_id,
                       .provider = row.provider, .was = row.due_at);
    *found = mine == 1;
    return err;
}

cc_err
cc_provider_take(cc_app *app, cc_arena *a, int64_t taken_ms, cc_provider_due *out, bool *found)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_provider_waiting(app, found);

    if (err == CC_OK && *found && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, take(app, a, cc_app_now(app) + taken_ms, out, found));
    return err;
}

cc_err
cc_provider_tested(cc_app *app, const cc_provider_due *due, int64_t status)
{
    cc_db      *db = cc_app_db(app);
    const char *shown = status >= 200 && status < 300    ? "valid"
                        : status == 401 || status == 403 ? "refused"
                                                         : "unreachable";
    cc_err      err = cc_tx_begin(db);

    if (err == CC_OK &&
        (err = cc_db_run(db, provider_tested, .status = shown, .response = status, .now = cc_app_now(app),
                         .project_id = due->project_id, .provider = due->name, .taken = due->taken)) == CC_OK)
        err = cc_changed(app, due->project_id, "", "project.providerKeys.tested", cc_span_of(due->name));
    return cc_tx_end(db, err);
}

cc_err
cc_provider_waiting(cc_app *app, bool *waiting)
{
    return cc_db_exists(cc_app_db(app), provider_due_there, waiting, .now = cc_app_now(app));
}
