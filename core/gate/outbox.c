/*
 * The outbox of webhooks: a row for each message and endpoint, in the transaction of what it tells.  And one row for
 * all people of the project, if they are notified of that (resources/notifications.c); and one for each of them who
 * wants an e-mail of it, where the operator has said how those are sent (resources/mails.c).
 *
 * So a message is there exactly if what it tells of is, whatever is killed when.  The row is also what the worker
 * takes, what the list of deliveries shows and what a replay sends again: the text is written once and never changes,
 * and neither does its id, by which receivers know what they have seen before.
 *
 * It does not sign: the secret and the time of an attempt are the worker's affair (engine/deliver.c).
 */
#include "gate/outbox.h"

#include <string.h>

#include "context/ids.h"
#include "context/settings.h"
#include "storage/db.h"

const char *const cc_message_types[] = {
#define X(name, type, member, scope, notified, meaning) type,
    CC_MESSAGES(X)
#undef X
        NULL,
};

static const char *const members[] = {
#define X(name, type, member, scope, notified, meaning) member,
    CC_MESSAGES(X)
#undef X
};

static const cc_scope scopes[] = {
#define X(name, type, member, scope, notified, meaning) CC_SCOPE_##scope,
    CC_MESSAGES(X)
#undef X
};

/* Of whatever can be told; type NULL: people are not notified of it. */
static const struct notice {
    const char *type;
    cc_scope    scope;
    bool        urgent;
    const char *meaning;
} notices[] = {
#define X(name, type, member, scope, notified, meaning)                                                                \
    {(notified) ? type : NULL, CC_SCOPE_##scope, (notified) == CC_URGENT, meaning},
    CC_MESSAGES(X)
#undef X
#define X(name, type, scope, meaning) {type, CC_SCOPE_##scope, true, meaning},
        CC_NOTICES(X)
#undef X
};

cc_scope
cc_message_scope(const char *type)
{
    for (int i = 0; cc_message_types[i]; i++)
        if (strcmp(cc_message_types[i], type) == 0)
            return scopes[i];
    return CC_SCOPE_WEBHOOKS_WRITE; /* a test */
}

uint64_t
cc_message_scopes(int64_t events)
{
    uint64_t all = 0;

    for (int i = 0; cc_message_types[i]; i++)
        if (!events || events >> i & 1)
            all |= UINT64_C(1) << scopes[i];
    return all;
}

const char *
cc_notified_types(cc_arena *a, uint64_t may)
{
    cc_buf b;

    cc_buf_init(&b, a);
    cc_putc(&b, ',');
    for (size_t i = 0; i < CC_COUNT(notices); i++)
        if (notices[i].type && may >> notices[i].scope & 1)
            cc_putf(&b, "%s,", notices[i].type);
    return cc_buf_text(&b);
}

const char *
cc_notice_meaning(const char *type)
{
    for (size_t i = 0; i < CC_COUNT(notices); i++)
        if (notices[i].type && strcmp(notices[i].type, type) == 0)
            return notices[i].meaning;
    return "";
}

/* An endpoint is told of its own mode: of runs, and of all that is read with them; the rest is shared by both. */
#define WANTED                                                                                                         \
    "project_id = :project_id AND is_enabled = 1 AND (events = 0 OR (events & :bit) <> 0) "                            \
    "AND (:mode = '' OR mode = :mode)"

CC_STATEMENT(message_wanted, "SELECT 1 FROM webhook_endpoints WHERE " WANTED " LIMIT 1", TEXT(project_id), INT(bit),
             TEXT(mode));
CC_STATEMENT(message_put,
             "INSERT INTO webhook_deliveries (project_id, endpoint_id, id, event, payload, status, due_at, created_at, "
             "updated_at) SELECT project_id, id, :id, :event, :payload, '" CC_DELIVERY_PENDING
             "', CAST(:now AS BIGINT), "
             "CAST(:now AS BIGINT), CAST(:now AS BIGINT) FROM webhook_endpoints WHERE " WANTED,
             TEXT(id), TEXT(event), TEXT(payload), INT(now), TEXT(project_id), INT(bit), TEXT(mode));

CC_STATEMENT(notification_put,
             "INSERT INTO notifications (project_id, id, mode, type, about_id, run_id, created_at) "
             "VALUES (:project_id, :id, :mode, :type, :about_id, :run_id, :now)",
             TEXT(project_id), TEXT(id), TEXT(mode), TEXT(type), TEXT(about_id), TEXT(run_id), INT(now));

/* Nobody's own joining; nor of tests, of which people are shown nothing but where they ask for it. */
CC_STATEMENT(mail_put,
             "INSERT INTO mails (project_id, id, user_id, attempts, due_at) "
             "SELECT m.project_id, CAST(:id AS TEXT), m.user_id, 0, CAST(:now AS BIGINT) FROM members m "
             "JOIN users u ON u.id = m.user_id WHERE m.project_id = :project_id AND m.user_id <> :about_id "
             "AND (u.email_notifications = '" CC_MAIL_ALL "' OR (u.email_notifications = '" CC_MAIL_IMPORTANT
             "' AND :urgent = 1))",
             TEXT(id), INT(now), TEXT(project_id), TEXT(about_id), INT(urgent));

static const char *
mode_of(cc_message what, const char *mode)
{
    return notices[(int)what - 1].scope == CC_SCOPE_RUNS_READ ? mode : "";
}

static void
put_text(cc_buf *b, const char *name, const char *text)
{
    if (!text)
        return;
    cc_putc(b, ',');
    cc_put_member(b, name, text);
}

static void
put_number(cc_buf *b, const char *name, bool there, int64_t number)
{
    if (there)
        cc_putf(b, ",\"%s\":%lld", name, (long long)number);
}

void
cc_message_write(cc_buf *b, const char *type, const char *member, const char *project_id, const char *mode, int64_t now,
                 const cc_about *about)
{
    cc_putf(b, "{\"type\":\"%s\",\"timestamp\":", type);
    cc_put_time(b, now);
    cc_putf(b, ",\"data\":{\"mode\":\"%s\",\"projectId\":\"%s\"", mode, project_id);
    put_text(b, member, about->id);
    put_text(b, "runId", about->run_id);
    put_number(b, "iteration", about->iteration > 0, about->iteration);
    put_number(b, "position", about->position > 0, about->position - 1);
    put_number(b, "number", about->number > 0, about->number);
    put_text(b, "url", about->url);
    put_text(b, "role", about->role);
    put_text(b, "status", about->status);
    cc_puts(b, "}}");
}

static cc_err
put(cc_app *app, cc_arena *a, const char *project_id, const char *mode, cc_message what, const cc_about *about)
{
    const int     at = (int)what - 1;
    const int64_t now = cc_app_now(app);
    char          id[CC_ID_SIZE];
    cc_buf        b;

    cc_buf_init(&b, a);
    cc_message_write(&b, cc_message_types[at], members[at], project_id, mode, now, about);
    const char *payload = cc_buf_text(&b);
    if (!payload)
        return CC_E_UNAVAILABLE;
    cc_id_new(app, CC_MESSAGE_PREFIX, id);
    return cc_db_run(cc_app_db(app), message_put, .id = id, .event = cc_message_types[at], .payload = payload,
                     .now = now, .project_id = project_id, .bit = INT64_C(1) << at, .mode = mode_of(what, mode));
}

static cc_err
notify(cc_app *app, const char *project_id, const char *mode, cc_message what, const cc_about *about)
{
    const struct notice *n = &notices[(int)what - 1];
    const char          *mode_kept = mode_of(what, mode);
    cc_db               *db = cc_app_db(app);
    char                 id[CC_ID_SIZE];

    if (!n->type)
        return CC_OK;
    cc_id_new(app, CC_NOTIFICATION_PREFIX, id);
    cc_err err = cc_db_run(db, notification_put, .project_id = project_id, .id = id, .mode = mode_kept, .type = n->type,
                           .about_id = about->id, .run_id = about->run_id, .now = cc_app_now(app));
    if (err != CC_OK || !cc_sends_mail(app) || strcmp(mode_kept, "test") == 0)
        return err;
    return cc_db_run(db, mail_put, .id = id, .now = cc_app_now(app), .project_id = project_id,
                     .about_id = about->id ? about->id : "", .urgent = n->urgent);
}

cc_err
cc_outbox_put(cc_app *app, const char *project_id, const char *mode, cc_message what, const cc_about *about)
{
    bool   wanted = false;
    cc_err err = notify(app, project_id, mode, what, about);

    if (err == CC_OK && what < CC_MESSAGE__MAX)
        err = cc_db_exists(cc_app_db(app), message_wanted, &wanted, .project_id = project_id,
                           .bit = INT64_C(1) << ((int)what - 1), .mode = mode_of(what, mode));
    if (err != CC_OK || !wanted)
        return err;
    cc_arena *a = cc_arena_new();
    err = a ? put(app, a, project_id, mode, what, about) : CC_E_UNAVAILABLE;
    cc_arena_free(a);
    return err;
}
