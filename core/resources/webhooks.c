/*
 * Webhooks (contract-2 section 15): where messages of a project go, and what became of each of them.
 *
 * After Standard Webhooks 1.0.0.  The messages themselves are written by gate/outbox.c, and delivered by
 * engine/deliver.c.  A secret is sealed with the instance's key, not hashed as a key's is: whoever signs must have it.
 */
#include "resources/webhooks.h"

#include "context/permit.h"
#include "gate/authority.h"
#include "gate/page.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { ENDPOINTS_MOST = 20, URL_MAX = 2000, DAY_MS = 86400000 };

#define SECRET_PREFIX "whsec_"
enum { SECRET_TEXT = sizeof(SECRET_PREFIX) - 1 + (CC_WEBHOOK_SECRET_SIZE + 2) / 3 * 4 };

static cc_err prepare(cc_context *c, const char *id, cc_value *body);
static cc_err may_change(cc_context *c, const char *id);

static const char *const reasons[] = {CC_WEBHOOK_GONE, CC_WEBHOOK_FORBIDDEN, NULL};
static const char *const modes[] = {"live", "test", NULL};
static const char *const errors[] = {CC_WEBHOOK_ANSWERED, CC_WEBHOOK_REDIRECTED,
#define X(code, sentence) #code,
                                     CC_UNDELIVERED(X)
#undef X
                                         NULL};
static const char *const statuses[] = {CC_DELIVERY_PENDING, CC_DELIVERY_DELIVERED, CC_DELIVERY_FAILED, NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("whe_"),
    CC_F("secret", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, SECRET_TEXT, SECRET_TEXT,
         "What its messages are signed with.  Answered once, by the call that makes it, and never again.",
         .example = "\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDhJ7nNLDVyXo=\""),
    CC_F("url", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, URL_MAX, "Where messages are posted to: an https or http address.",
         .example = "\"https://example.com/hooks/courier\""),
    CC_F("description", CC_TYPE_LINE, CC_FIELD_NULLABLE, 0, 200, "What it is for, for people.",
         .example = "\"Tells the team's chat\""),
    CC_F("events", CC_TYPE_CHOICES, 0, 0, CC_MESSAGE__MAX - 1, "What it is told of; empty: everything.",
         .choices = cc_message_types, .preset = "[]", .example = "[\"run.completed\", \"run.failed\"]"),
    CC_F("isEnabled", CC_TYPE_BOOL, CC_FIELD_FILTER, 0, 0, "Whether messages are written for it and delivered.",
         .preset = "true", .example = "true"),
    CC_F(
        "disabledReason", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
        "Why the service has switched it off.  gone: it answered 410; forbidden: whoever it acts for may not know any more.",
        .choices = reasons, .example = "null"),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FIXED, 0, 0,
         "live, or test: of which runs it is told.  That of the key that made it.", .choices = modes,
         .example = "\"live\""),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,
         "The key or person who made or last changed it, and what they may read it is told of; null: the operator.",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("lastDeliveryAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it last took a message; null: never.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("previousSecretUntil", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "Until when the secret before the last rotation signs as well.", .example = "null"),
    CC_ROW_TAIL,
    CC_F("sealed", CC_TYPE_BLOB, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0, "The secret."),
    CC_END,
};

const cc_resource cc_webhooks = {
    .singular = "webhookEndpoint",
    .table = "webhook_endpoints",
    .stored = (const char *const[]){"webhook_deliveries", "webhook_endpoints", NULL},
    .prefix = "whe_",
    .fields = fields,
    .meaning = "Where the messages of a project are posted to.",
    .prepare = prepare,
    .may_delete = may_change,
    .virtual_ = cc_reveal_once,
};

const cc_field cc_delivery_fields[] = {
    CC_F("id", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "The message's, sent as `webhook-id`: the same for each endpoint and in each attempt.",
         .example = "\"msg_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("event", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "What it tells of: one of the endpoint's `events`, or " CC_MESSAGE_TEST_TYPE ".",
         .example = "\"run.completed\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What has become of it so far.", .choices = statuses,
         .example = "\"" CC_DELIVERY_DELIVERED "\""),
    CC_F("attempts", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How often it was tried.", .example = "1"),
    CC_F("responseStatus", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 100, 599,
         "The status of the last answer; null: there was none.", .example = "204"),
    CC_F("nextAttemptAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it is tried next; null: it is not.", .example = "null"),
    CC_F("lastError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 200, "Why the last attempt failed.",
         .example = "null"),
    CC_F("lastErrorCode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "The same for programs; null too where it is older than these codes.", .choices = errors, .example = "null"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it happened.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("updatedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was last tried, or changed otherwise.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_END,
};

const cc_field cc_delivery_query[] = {
    CC_F("status", CC_TYPE_CHOICE, 0, 0, 0, "Only those.", .choices = statuses,
         .example = "\"" CC_DELIVERY_FAILED "\""),
    CC_END,
};

const cc_field cc_delivery_id =
    CC_F("deliveryId", CC_TYPE_LINE, 0, 1, 40, "The message's id.", .example = "\"msg_0NqT3yKc8ZVbW5aXeRm1Lp\"");

/* ---- the secret -------------------------------------------------------------------------------------- */

/* Made, and shown in the answer; its sealed form, in the arena.  NULL: that failed. */
static uint8_t *
secret_new(cc_req *r, cc_err *err)
{
    uint8_t  secret[CC_WEBHOOK_SECRET_SIZE], key[CC_SECRET_SIZE];
    char    *text = cc_alloc(r->arena, SECRET_TEXT + 1);
    uint8_t *sealed = cc_alloc(r->arena, CC_WEBHOOK_SEALED_SIZE);

    *err = text && sealed ? cc_instance_key(r->app, "webhooks", key) : CC_E_UNAVAILABLE;
    if (*err != CC_OK)
        return NULL;
    cc_random(r->app, secret, sizeof(secret));
    cc_seal(r->app, key, secret, sizeof(secret), sealed);
    strcpy(text, SECRET_PREFIX);
    cc_base64(secret, sizeof(secret), text + strlen(text), SECRET_TEXT + 1 - strlen(text));
    cc_reveal_secret(r, text);
    cc_wipe(secret, sizeof(secret));
    cc_wipe(key, sizeof(key));
    return sealed;
}

bool
cc_webhook_unseal(cc_app *app, cc_bytes sealed, uint8_t secret[CC_WEBHOOK_SECRET_SIZE])
{
    uint8_t key[CC_SECRET_SIZE];
    bool    ours = sealed.size == CC_WEBHOOK_SEALED_SIZE && cc_instance_key(app, "webhooks", key) == CC_OK &&
                cc_unseal(key, sealed.data, sealed.size, secret);

    cc_wipe(key, sizeof(key));
    return ours;
}

/* ---- endpoints --------------------------------------------------------------------------------------- */

typedef struct count_row {
    int64_t count;
} count_row;

CC_ROW(count_row, count);
CC_QUERY(webhook_count, count_row, "SELECT count(*) AS count FROM webhook_endpoints WHERE project_id = :project_id",
         TEXT(project_id));

typedef struct stored_row {
    char    mode[8];
    bool    is_enabled;
    int64_t events;
} stored_row;

CC_ROW(stored_row, mode, is_enabled, events);
CC_QUERY(webhook_stored, stored_row,
         "SELECT mode, is_enabled, events FROM webhook_endpoints WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* What is stored of one that is to be changed.  FORBIDDEN: it is live, and the caller is a test key. */
static cc_err
stored(cc_context *c, const char *id, stored_row *row)
{
    cc_err err = cc_db_get(cc_app_db(c->app), NULL, webhook_stored, row, .project_id = c->who.project_id, .id = id);

    return err == CC_OK && strcmp(row->mode, "live") == 0 ? cc_authority_over_live(c) : err;
}

static cc_err
may_change(cc_context *c, const char *id)
{
    stored_row row;

    return stored(c, id, &row);
}

/* It acts for the caller from now on: it is told of nothing that he may not read himself. */
static cc_err
may_know(cc_context *c, int64_t events)
{
    const uint64_t lacks = cc_message_scopes(events) & ~c->who.may;

    for (cc_scope s = 0; lacks && s < CC_SCOPE__MAX; s++)
        if (lacks >> s & 1)
            return cc_fail(c, CC_E_FORBIDDEN, NULL, "To be told of these needs the scope %s, which you do not have.",
                           cc_scope_text(s));
    return CC_OK;
}

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *url = cc_value_of(fields, body, "url"), *enabled = cc_value_of(fields, body, "isEnabled");
    const cc_value *events = cc_value_of(fields, body, "events");
    const char     *why = url->present ? cc_webhook_allowed(c->app, c->arena, url->s) : NULL;
    stored_row      row = {0};
    cc_err          err = id ? stored(c, id, &row) : CC_OK;

    if (err != CC_OK || (err = may_know(c, events->present ? events->i : row.events)) != CC_OK)
        return err;
    if (!id)
        cc_value_set_text(fields, body, "mode", cc_context_mode(c));
    cc_value_set_text(fields, body, "actsFor", cc_actor(&c->who));
    if (why)
        return cc_fail(c, CC_E_VALIDATION, "url", "'url' %s.", why);
    if (id && enabled->present && enabled->i)
        cc_value_set_text(fields, body, "disabledReason", NULL);
    return CC_OK;
}

cc_err
cc_webhooks_create(cc_req *r)
{
    count_row others;
    cc_err    err = cc_project_lock(&r->context);

    if (err == CC_OK)
        err = cc_db_get(cc_app_db(r->app), NULL, webhook_count, &others, .project_id = r->who.project_id);
    if (err == CC_OK && others.count >= ENDPOINTS_MOST)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A project has %d endpoints at most.", (int)ENDPOINTS_MOST);
    if (err != CC_OK)
        return err;
    uint8_t *sealed = secret_new(r, &err);
    if (!sealed)
        return err;
    cc_value_set_bytes(fields, r->body, "sealed", sealed, CC_WEBHOOK_SEALED_SIZE);
    return cc_resource_create(r);
}

CC_STATEMENT(webhook_rotate,
             "UPDATE webhook_endpoints SET previous_sealed = sealed, previous_secret_until = :until, sealed = :sealed, "
             "updated_at = :now, version = version + 1 WHERE project_id = :project_id AND id = :id",
             INT(until), BLOB(sealed), INT(now), TEXT(project_id), TEXT(id));

cc_err
cc_webhooks_rotate(cc_req *r)
{
    cc_err   err = may_change(&r->context, r->id);
    uint8_t *sealed = err == CC_OK ? secret_new(r, &err) : NULL;

    if (!sealed)
        return err;
    err = cc_db_run(cc_app_db(r->app), webhook_rotate, .until = r->now + DAY_MS,
                    .sealed = (cc_bytes){sealed, CC_WEBHOOK_SEALED_SIZE}, .now = r->now,
                    .project_id = r->who.project_id, .id = r->id);
    return err == CC_OK ? cc_resource_show(r, &cc_webhooks, r->id) : err;
}

CC_STATEMENT(webhook_forget_all, "DELETE FROM webhook_deliveries WHERE project_id = :project_id AND endpoint_id = :id",
             TEXT(project_id), TEXT(id));

cc_err
cc_webhooks_delete(cc_req *r)
{
    cc_err err = cc_resource_delete(r);

    return err == CC_OK ? cc_db_run(cc_app_db(r->app), webhook_forget_all, .project_id = r->who.project_id, .id = r->id)
                        : err;
}

/* ---- deliveries -------------------------------------------------------------------------------------- */

typedef struct delivery_row {
    char        id[CC_ID_SIZE], status[12];
    const char *event, *last_error, *last_error_code;
    int64_t     attempts, response_status, due_at, created_at, updated_at;
} delivery_row;

#define DELIVERY_COLUMNS                                                                                               \
    "id, status, event, last_error, last_error_code, attempts, response_status, due_at, created_at, updated_at FROM webhook_deliveries "

CC_ROW(delivery_row, id, status, event, last_error, last_error_code, attempts, response_status, due_at, created_at,
       updated_at);
CC_QUERY(deliveries_of, delivery_row,
         "SELECT " DELIVERY_COLUMNS "WHERE project_id = :project_id AND endpoint_id = :endpoint_id AND id < :before "
         "AND (:status = '' OR status = :status) ORDER BY id DESC LIMIT :most",
         TEXT(project_id), TEXT(endpoint_id), TEXT(before), TEXT(status), INT(most));
CC_QUERY(delivery_get, delivery_row,
         "SELECT " DELIVERY_COLUMNS "WHERE project_id = :project_id AND endpoint_id = :endpoint_id AND id = :id",
         TEXT(project_id), TEXT(endpoint_id), TEXT(id));

static void
put_time_or_null(cc_buf *out, const char *name, int64_t at)
{
    cc_putf(out, ",\"%s\":", name);
    if (at)
        cc_put_time(out, at);
    else
        cc_puts(out, "null");
}

static void
delivery_write(cc_buf *out, const delivery_row *d)
{
    cc_putf(out, "{\"id\":\"%s\",\"event\":\"%s\",\"status\":\"%s\",\"attempts\":%lld,\"responseStatus\":", d->id,
            d->event, d->status, (long long)d->attempts);
    if (d->response_status)
        cc_put_int(out, d->response_status);
    else
        cc_puts(out, "null");
    put_time_or_null(out, "nextAttemptAt", d->due_at);
    cc_putc(out, ',');
    cc_put_member(out, "lastError", d->last_error);
    cc_putc(out, ',');
    cc_put_member(out, "lastErrorCode", d->last_error_code);
    put_time_or_null(out, "createdAt", d->created_at);
    put_time_or_null(out, "updatedAt", d->updated_at);
    cc_putc(out, '}');
}

cc_err
cc_webhooks_deliveries(cc_req *r)
{
    const cc_value *status = cc_query_value(r, "status");
    char            after[CC_ID_SIZE];
    int64_t         limit, n = 0;
    delivery_row    d;
    cc_err          err = cc_resource_must_exist(&r->context, &cc_webhooks, r->id);

    if (err != CC_OK || (err = cc_page_read(r, &limit, after)) != CC_OK)
        return err;
    /* One more tells whether there is more; '~' is behind every id. */
    cc_rows rows =
        cc_db_select(cc_app_db(r->app), deliveries_of, &d, .project_id = r->who.project_id, .endpoint_id = r->id,
                     .before = after[0] ? after : "~", .status = status->present ? status->s : "", .most = limit + 1);
    cc_putc(&r->out, '[');
    while (cc_rows_next(&rows)) {
        if (n++ == limit) {
            strcpy(r->page.next, after);
            break;
        }
        cc_copy_id(after, d.id);
        if (n > 1)
            cc_putc(&r->out, ',');
        delivery_write(&r->out, &d);
    }
    cc_putc(&r->out, ']');
    return cc_rows_end(&rows);
}

static cc_err
delivery_show(cc_req *r, const char *id)
{
    delivery_row d;
    cc_err       err = cc_db_get(cc_app_db(r->app), r->arena, delivery_get, &d, .project_id = r->who.project_id,
                                 .endpoint_id = r->id, .id = id);

    if (err == CC_E_NOT_FOUND)
        return cc_fail(r, err, NULL, "The endpoint has no such delivery.");
    if (err == CC_OK)
        delivery_write(&r->out, &d);
    return err;
}

CC_STATEMENT(delivery_again,
             "UPDATE webhook_deliveries SET status = '" CC_DELIVERY_PENDING "', attempts = 0, due_at = :now, "
             "updated_at = :now WHERE project_id = :project_id AND endpoint_id = :endpoint_id AND id = :id "
             "AND coalesce(taken_until, 0) <= :now",
             INT(now), TEXT(project_id), TEXT(endpoint_id), TEXT(id));
CC_STATEMENT(delivery_test,
             "INSERT INTO webhook_deliveries (project_id, endpoint_id, id, event, payload, status, due_at, created_at, "
             "updated_at) VALUES (:project_id, :endpoint_id, :id, '" CC_MESSAGE_TEST_TYPE "', :payload, "
             "'" CC_DELIVERY_PENDING "', :now, :now, :now)",
             TEXT(project_id), TEXT(endpoint_id), TEXT(id), TEXT(payload), INT(now));

static cc_err
must_be_enabled(cc_req *r)
{
    stored_row row;
    cc_err     err = stored(&r->context, r->id, &row);

    return err == CC_OK && !row.is_enabled ? cc_fail(r, CC_E_CONFLICT, NULL, "The endpoint is switched off.") : err;
}

/* The schedule begins anew; the message and its id are the same.  One that a worker is at is under way already. */
cc_err
cc_webhooks_replay(cc_req *r)
{
    cc_err err = must_be_enabled(r);

    if (err == CC_OK)
        err = cc_db_run(cc_app_db(r->app), delivery_again, .now = r->now, .project_id = r->who.project_id,
                        .endpoint_id = r->id, .id = r->part);
    if (err != CC_OK)
        return err;
    r->notify_run_id = ""; /* wake a worker */
    return delivery_show(r, r->part);
}

cc_err
cc_webhooks_test(cc_req *r)
{
    char  *id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_buf b;
    cc_err err = id ? must_be_enabled(r) : CC_E_UNAVAILABLE;

    if (err != CC_OK)
        return err;
    cc_buf_init(&b, r->arena);
    cc_message_write(&b, CC_MESSAGE_TEST_TYPE, "endpointId", r->who.project_id, cc_context_mode(&r->context), r->now,
                     &(const cc_about){.id = r->id});
    const char *payload = cc_buf_text(&b);
    if (!payload)
        return CC_E_UNAVAILABLE;
    cc_id_new(r->app, CC_MESSAGE_PREFIX, id);
    err = cc_db_run(cc_app_db(r->app), delivery_test, .project_id = r->who.project_id, .endpoint_id = r->id, .id = id,
                    .payload = payload, .now = r->now);
    r->notify_run_id = ""; /* wake a worker */
    return err == CC_OK ? delivery_show(r, id) : err;
}
