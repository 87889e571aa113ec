/*
 * Notifications (contract-2 section 15): what happened, for people to read, to have read and to dismiss.
 *
 * A notification is one row for the whole project, written by gate/outbox.c in the transaction of what it tells.  What
 * somebody has read is a mark of that person's or key's, so to notify costs the same however many people there are, and
 * no mark says unread.  Who may read what it is about sees it, in the mode of its run, and nobody sees what was before
 * his time in the project, nor that he has joined it.  What the thing is called is looked up when it is asked for: it
 * may have another name by then, or be gone.
 */
#include "context/app.h"
#include "context/settings.h"
#include "gate/authority.h"
#include "gate/outbox.h"
#include "gate/page.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { DAY_MS = 86400000, PORTION = 2000 };

static const char *const filters[] = {"all", "unread", NULL};

const cc_field cc_notification_fields[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Made by the service; sorts by age.",
         .ref = CC_NOTIFICATION_PREFIX, .example = "\"ntf_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("type", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40, "What happened: run.failed, pr.created ….",
         .example = "\"run.failed\""),
    CC_F("resourceId", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40, "To what.",
         .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 2000,
         "What people call that now; null: it is gone.", .example = "\"Nightly review\""),
    CC_F("runId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "The run that it came of, if it is another.", .ref = "run_", .example = "null"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it happened.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("readAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When the caller marked it as read; null: it is unread.", .example = "null"),
    CC_END,
};

const cc_field cc_notification_query[] = {
    CC_F("filter", CC_TYPE_CHOICE, 0, 0, 0, "Left out: all.", .choices = filters, .example = "\"unread\""),
    CC_END,
};

const cc_field cc_unread_fields[] = {
    CC_F("count", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many.", .example = "3"),
    CC_END,
};

const cc_field cc_marked_fields[] = {
    CC_F("read", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many were unread until now.", .example = "3"),
    CC_END,
};

/* ---- what there is for whom --------------------------------------------------------------------------- */

#define FOR_THE_READER                                                                                                 \
    " FROM notifications n LEFT JOIN notification_marks m ON m.project_id = n.project_id AND m.reader = :reader "      \
    "AND m.id = n.id WHERE n.project_id = :project_id AND (n.mode = '' OR n.mode = :mode) "                            \
    "AND :types LIKE '%,' || n.type || ',%' AND n.about_id <> :reader AND m.dismissed_at IS NULL "                     \
    "AND n.created_at >= "                                                                                             \
    "coalesce((SELECT created_at FROM members WHERE project_id = :project_id AND user_id = :reader), 0) "
#define READER_PARAMS TEXT(reader), TEXT(project_id), TEXT(mode), TEXT(types)

/* What the thing is called now, by what its id begins with. */
#define HERE "WHERE project_id = n.project_id AND id = n.about_id) "
#define OF_ITS_MODE "WHERE project_id = n.project_id AND mode = n.mode AND id = n.about_id) "
#define NAME                                                                                                           \
    "CASE substr(n.about_id, 1, 4) "                                                                                   \
    "WHEN 'run_' THEN (SELECT coalesce(name, workflow_name) FROM runs " OF_ITS_MODE                                    \
    "WHEN 'pul_' THEN (SELECT title FROM pull_requests " OF_ITS_MODE                                                   \
    "WHEN 'cnd_' THEN (SELECT name FROM candidate_groups " OF_ITS_MODE                                                 \
    "WHEN 'chn_' THEN (SELECT name FROM chains " OF_ITS_MODE "WHEN 'kak_' THEN (SELECT name FROM api_keys " HERE       \
    "WHEN 'lrn_' THEN (SELECT title FROM learnings " HERE "WHEN 'whe_' THEN (SELECT url FROM webhook_endpoints " HERE  \
    "WHEN 'sch_' THEN (SELECT name FROM schedules " HERE                                                               \
    "WHEN 'usr_' THEN (SELECT coalesce(name, email) FROM member_list " HERE "END"

/* The columns are those of cc_notification_fields. */
#define COLUMNS "SELECT n.id, n.type, n.about_id, " NAME ", n.run_id, n.created_at, m.read_at"

CC_STATEMENT(notifications_of,
             COLUMNS FOR_THE_READER
             "AND (m.read_at IS NULL OR :unread = 0) AND n.id < :before ORDER BY n.id DESC LIMIT :most",
             READER_PARAMS, INT(unread), TEXT(before), INT(most));
CC_STATEMENT(notification_there, "SELECT 1" FOR_THE_READER "AND n.id = :id", READER_PARAMS, TEXT(id));
CC_STATEMENT(notification_get, COLUMNS FOR_THE_READER "AND n.id = :id", READER_PARAMS, TEXT(id));

CC_ROW(cc_noticed, type, about_id, run_id, name, project, created_at);
CC_QUERY(notification_unread, cc_noticed,
         "SELECT n.type, n.about_id, n.run_id, " NAME " AS name, "
         "(SELECT name FROM projects WHERE project_id = n.project_id) AS project, n.created_at" FOR_THE_READER
         "AND m.read_at IS NULL AND n.id = :id",
         READER_PARAMS, TEXT(id));

typedef struct unread_row {
    int64_t count;
} unread_row;

CC_ROW(unread_row, count);
CC_QUERY(notifications_unread, unread_row, "SELECT count(*) AS count" FOR_THE_READER "AND m.read_at IS NULL",
         READER_PARAMS);

typedef struct reader {
    const char *id, *project_id, *mode, *types;
} reader;

static cc_err
reader_of(cc_req *r, reader *out)
{
    const char *actor = cc_actor(&r->who);

    *out = (reader){.id = actor ? actor : "local",
                    .project_id = r->who.project_id,
                    .mode = cc_context_mode(&r->context),
                    .types = cc_notified_types(r->arena, r->who.may)};
    return out->types ? CC_OK : CC_E_UNAVAILABLE;
}

#define THE_READER(of) .reader = (of).id, .project_id = (of).project_id, .mode = (of).mode, .types = (of).types

cc_err
cc_notifications_list(cc_req *r)
{
    const cc_value *filter = cc_query_value(r, "filter");
    char            after[CC_ID_SIZE];
    int64_t         limit;
    reader          of;
    cc_stmt        *s = NULL;
    cc_err          err;

    if ((err = reader_of(r, &of)) != CC_OK || (err = cc_page_read(r, &limit, after)) != CC_OK ||
        (err = cc_db_bind(cc_app_db(r->app), notifications_of, &s, THE_READER(of),
                          .unread = filter->present && strcmp(filter->s, "unread") == 0,
                          .before = after[0] ? after : "~", .most = limit + 1)) != CC_OK)
        return err;
    return cc_page_write(r, s, cc_notification_fields, limit, 0);
}

cc_err
cc_notifications_unread(cc_req *r)
{
    unread_row row = {0};
    reader     of;
    cc_err     err = reader_of(r, &of);

    if (err == CC_OK)
        err = cc_db_get(cc_app_db(r->app), NULL, notifications_unread, &row, THE_READER(of));
    if (err == CC_OK)
        cc_putf(&r->out, "{\"count\":%lld}", (long long)row.count);
    return err;
}

cc_err
cc_notification_unread(cc_context *c, const char *id, cc_noticed *out, bool *found)
{
    const reader of = {.id = c->who.user_id,
                       .project_id = c->who.project_id,
                       .mode = cc_context_mode(c),
                       .types = cc_notified_types(c->arena, c->who.may)};

    return of.types ? cc_db_find(cc_app_db(c->app), c->arena, notification_unread, out, found, THE_READER(of), .id = id)
                    : CC_E_UNAVAILABLE;
}

/* ---- marks --------------------------------------------------------------------------------------------- */

CC_STATEMENT(notification_mark,
             "INSERT INTO notification_marks (project_id, reader, id, read_at, dismissed_at) "
             "VALUES (:project_id, :reader, :id, :now, nullif(:dismissed, 0)) "
             "ON CONFLICT (project_id, reader, id) DO UPDATE SET dismissed_at = excluded.dismissed_at",
             TEXT(project_id), TEXT(reader), TEXT(id), INT(now), INT(dismissed));
CC_STATEMENT(notifications_mark,
             "INSERT INTO notification_marks (project_id, reader, id, read_at) "
             "SELECT n.project_id, CAST(:reader AS TEXT), n.id, CAST(:now AS BIGINT)" FOR_THE_READER
             "AND m.read_at IS NULL ON CONFLICT (project_id, reader, id) DO NOTHING",
             TEXT(reader), INT(now), TEXT(project_id), TEXT(mode), TEXT(types));

/* Show it as r's answer, or NOT_FOUND. */
static cc_err
show(cc_req *r, const reader *of)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_db_bind(cc_app_db(r->app), notification_get, &s, THE_READER(*of), .id = r->id);

    return err == CC_OK ? cc_one_write(r, s, cc_notification_fields, false) : err;
}

static cc_err
mark(cc_req *r, const reader *of, int64_t dismissed)
{
    return cc_db_run(cc_app_db(r->app), notification_mark, .project_id = of->project_id, .reader = of->id, .id = r->id,
                     .now = r->now, .dismissed = dismissed);
}

cc_err
cc_notifications_read(cc_req *r)
{
    bool   there = false;
    reader of;
    cc_err err = reader_of(r, &of);

    if (err == CC_OK)
        err = cc_db_exists(cc_app_db(r->app), notification_there, &there, THE_READER(of), .id = r->id);
    if (err == CC_OK && !there)
        return CC_E_NOT_FOUND;
    if (err == CC_OK && (err = mark(r, &of, 0)) == CC_OK)
        err = show(r, &of);
    return err;
}

/* It is shown a last time, as it was. */
cc_err
cc_notifications_dismiss(cc_req *r)
{
    reader of;
    cc_err err = reader_of(r, &of);

    if (err == CC_OK && (err = show(r, &of)) == CC_OK)
        err = mark(r, &of, r->now);
    return err;
}

cc_err
cc_notifications_read_all(cc_req *r)
{
    int64_t marked = 0;
    reader  of;
    cc_err  err = reader_of(r, &of);

    if (err == CC_OK)
        err = cc_db_change(cc_app_db(r->app), notifications_mark, &marked, THE_READER(of), .now = r->now);
    if (err == CC_OK)
        cc_putf(&r->out, "{\"read\":%lld}", (long long)marked);
    return err;
}

/* ---- by age ------------------------------------------------------------------------------------------- */

CC_STATEMENT(notifications_old, "SELECT 1 FROM notifications WHERE created_at < :before LIMIT 1", INT(before));
CC_STATEMENT(notifications_forget,
             "DELETE FROM notifications WHERE (project_id, id) IN (SELECT project_id, id FROM notifications "
             "WHERE created_at < :before ORDER BY created_at LIMIT :size)",
             INT(before), INT(size));
CC_STATEMENT(notification_marks_forget, "DELETE FROM notification_marks WHERE id < :lower", TEXT(lower));

/* Inside a transaction; ids begin with their time. */
static cc_err
forget(cc_db *db, int64_t before, int64_t *gone)
{
    char   lower[CC_ID_SIZE];
    cc_err err = cc_db_change(db, notifications_forget, gone, .before = before, .size = PORTION);

    cc_id_at(CC_NOTIFICATION_PREFIX, before, lower);
    return err == CC_OK && *gone < PORTION ? cc_db_run(db, notification_marks_forget, .lower = lower) : err;
}

bool
cc_notifications_thin(cc_app *app)
{
    const int64_t days = cc_setting_int(app, CC_SETTING_notificationDays);
    const int64_t before = cc_app_now(app) - days * DAY_MS;
    cc_db        *db = cc_app_db(app);
    int64_t       gone = 0;
    bool          old = false;
    cc_err        err = days ? cc_db_exists(db, notifications_old, &old, .before = before) : CC_OK;

    if (err == CC_OK && old && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, forget(db, before, &gone));
    return err == CC_OK && gone == PORTION; /* storage says itself what went wrong, and the next look tries again */
}
