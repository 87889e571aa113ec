/*
 * What people are notified of, by e-mail (contract-2 section 15).
 *
 * gate/outbox.c writes a row for each person who wants it, in the transaction of what it tells.  The row says only to
 * whom and of which notification: what is said, and whether that person may still know it, is found out when it is
 * sent.  So whoever has left the project, has read it meanwhile or wants no e-mails any more gets none.
 *
 * At least once: the row goes when the message was taken.  The message is the same each time, its Message-ID and date
 * as well, so that mail programs show it once.  After a day it is no news any more.
 */
#include "resources/mails.h"

#include <string.h>

#include "base/letter.h"
#include "context/settings.h"
#include "gate/authority.h"
#include "gate/outbox.h"
#include "resources/resources.h"
#include "storage/db.h"
#include "storage/query.h"

enum { DAY_MS = 86400000, FIRST_MS = 60000, LONGEST_MS = 4 * 3600000, OTHERS_MS = 60000, LOOK = 100, PORTION = 2000 };

typedef struct due_row {
    char    project_id[CC_ID_SIZE], id[CC_ID_SIZE], user_id[CC_ID_SIZE];
    int64_t attempts, due_at;
} due_row;

typedef struct addressee {
    const char *email;
} addressee;

#define MAIL "WHERE project_id = :project_id AND id = :id AND user_id = :user_id"
#define MAIL_PARAMS TEXT(project_id), TEXT(id), TEXT(user_id)
#define THE_MAIL(m) .project_id = (m)->project_id, .id = (m)->id, .user_id = (m)->user_id

CC_ROW(due_row, project_id, id, user_id, attempts, due_at);
CC_QUERY(mail_due, due_row,
         "SELECT project_id, id, user_id, attempts, due_at FROM mails WHERE due_at <= :now ORDER BY due_at LIMIT 1",
         INT(now));
CC_STATEMENT(mail_due_there, "SELECT 1 FROM mails WHERE due_at <= :now LIMIT 1", INT(now));
CC_STATEMENT(mail_taken, "UPDATE mails SET attempts = attempts + 1, due_at = :until " MAIL " AND due_at = :was",
             INT(until), MAIL_PARAMS, INT(was));
CC_STATEMENT(mail_forget, "DELETE FROM mails " MAIL, MAIL_PARAMS);
CC_STATEMENT(mail_again, "UPDATE mails SET due_at = :due " MAIL, INT(due), MAIL_PARAMS);
CC_STATEMENT(mails_wait, "UPDATE mails SET due_at = :due WHERE due_at < :due", INT(due));
CC_ROW(addressee, email);
CC_QUERY(mail_addressee, addressee, "SELECT email FROM users WHERE id = :id AND email_notifications IS NOT NULL",
         TEXT(id));
CC_STATEMENT(mails_old, "SELECT 1 FROM mails WHERE due_at < :before LIMIT 1", INT(before));
CC_STATEMENT(mails_thin,
             "DELETE FROM mails WHERE (project_id, id, user_id) IN (SELECT project_id, id, user_id FROM mails "
             "WHERE due_at < :before ORDER BY due_at LIMIT :size)",
             INT(before), INT(size));

/* ---- what it says ---------------------------------------------------------------------------------------- */

/* Where it can be looked at: the run itself, or else the list of notifications. */
static const char *
address_of(cc_context *c, const cc_noticed *n)
{
    if (strncmp(n->about_id, "run_", 4) == 0)
        return cc_run_address(c->app, c->arena, n->about_id);
    return n->run_id ? cc_run_address(c->app, c->arena, n->run_id) : cc_page_address(c->app, c->arena, "notifications");
}

/* The sentence, and what it is about; in the text on lines of their own. */
static const char *
said(cc_context *c, const cc_noticed *n, bool subject)
{
    const char  *meaning = cc_notice_meaning(n->type), *name = n->name && *n->name ? n->name : n->about_id;
    const size_t size = strlen(meaning);

    if (subject)
        return cc_printf(c->arena, "[%s] %.*s: %s", n->project, size ? (int)size - 1 : 0, meaning, name);
    const char *address = address_of(c, n);
    return address
               ? cc_printf(c->arena,
                           "%s\r\n\r\n%s\r\n%s%s\r\nProject: %s\r\n\r\n"
                           "You asked for such e-mails on the page of your account, where you can also end them.\r\n",
                           meaning, name, address, *address ? "\r\n" : "", n->project)
               : NULL;
}

static cc_err
write(cc_context *c, const cc_noticed *n, cc_mail *m)
{
    cc_letter l = {.from = cc_setting_text(c->app, CC_SETTING_mailFrom),
                   .to = m->to,
                   .id = cc_printf(c->arena, "%s.%s", m->id, m->user_id),
                   .subject = said(c, n, true),
                   .text = said(c, n, false),
                   .at = n->created_at};
    cc_buf    b;

    if (!l.id || !l.subject || !l.text)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&b, c->arena);
    cc_letter_write(&b, &l);
    m->text = cc_buf_text(&b);
    return m->text ? CC_OK : CC_E_UNAVAILABLE;
}

/* Is it still wanted, and by somebody who may know it?  Then it is written. */
static cc_err
prepare(cc_app *app, cc_arena *a, cc_mail *m, bool *wanted)
{
    cc_context c;
    cc_noticed noticed;
    addressee  to;
    cc_err     err = cc_db_find(cc_app_db(app), a, mail_addressee, &to, wanted, .id = m->user_id);

    if (err != CC_OK || !*wanted || !(*wanted = cc_letter_address_ok(to.email)))
        return err;
    m->to = to.email;
    cc_context_init(&c, app, a);
    err = cc_acting_as(&c, m->project_id, m->user_id, false, CC_SCOPE_PROJECTS_READ);
    if (err == CC_OK)
        err = cc_notification_unread(&c, m->id, &noticed, wanted);
    else
        *wanted = false;
    if (err == CC_OK && *wanted)
        err = write(&c, &noticed, m);
    return err == CC_E_FORBIDDEN ? CC_OK : err;
}

/* ---- taking ---------------------------------------------------------------------------------------------- */

/* Inside a transaction: mark it; *found: there is one, *fresh: and not too late. */
static cc_err
mark(cc_app *app, int64_t taken_ms, cc_mail *m, bool *found, bool *fresh)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    char          oldest[CC_ID_SIZE];
    due_row       row;
    int64_t       mine = 0;
    cc_err        err = cc_db_find(db, NULL, mail_due, &row, found, .now = now);

    if (err != CC_OK || !*found)
        return err;
    *m = (cc_mail){.attempts = row.attempts + 1};
    cc_copy_id(m->project_id, row.project_id);
    cc_copy_id(m->id, row.id);
    cc_copy_id(m->user_id, row.user_id);
    cc_id_at(CC_NOTIFICATION_PREFIX, now - DAY_MS, oldest);
    *fresh = strcmp(row.id, oldest) >= 0;
    err = cc_db_change(db, mail_taken, &mine, .until = now + taken_ms, THE_MAIL(m), .was = row.due_at);
    *found = mine == 1;
    return err;
}

cc_err
cc_mail_take(cc_app *app, cc_arena *a, int64_t taken_ms, cc_mail *out, bool *found)
{
    cc_db *db = cc_app_db(app);
    bool   there = true, wanted = false;
    cc_err err = CC_OK;

    *found = false;
    for (int i = 0; i < LOOK && err == CC_OK && there && !wanted; i++) {
        if ((err = cc_mails_waiting(app, &there)) != CC_OK || !there || (err = cc_tx_begin(db)) != CC_OK)
            return err;
        err = cc_tx_end(db, mark(app, taken_ms, out, &there, &wanted));
        if (err == CC_OK && there && wanted)
            err = prepare(app, a, out, &wanted);
        if (err == CC_OK && there && !wanted)
            err = cc_mail_over(app, out);
    }
    *found = err == CC_OK && there && wanted;
    return err;
}

cc_err
cc_mail_over(cc_app *app, const cc_mail *m)
{
    return cc_db_run(cc_app_db(app), mail_forget, THE_MAIL(m));
}

cc_err
cc_mail_failed(cc_app *app, const cc_mail *m)
{
    const int64_t now = cc_app_now(app);
    const int     doubled = m->attempts < 10 ? (int)m->attempts - 1 : 9;
    const int64_t pause = (int64_t)FIRST_MS << doubled;
    cc_db        *db = cc_app_db(app);
    cc_err        err = cc_tx_begin(db);

    if (err == CC_OK && (err = cc_db_run(db, mails_wait, .due = now + OTHERS_MS)) == CC_OK)
        err = cc_db_run(db, mail_again, .due = now + (pause < LONGEST_MS ? pause : LONGEST_MS), THE_MAIL(m));
    return cc_tx_end(db, err);
}

cc_err
cc_mails_waiting(cc_app *app, bool *waiting)
{
    return cc_db_exists(cc_app_db(app), mail_due_there, waiting, .now = cc_app_now(app));
}

/* By when they were due, which is no earlier than they came: cc_mail_take refuses those that are a day old itself. */
bool
cc_mails_thin(cc_app *app)
{
    const int64_t before = cc_app_now(app) - DAY_MS;
    cc_db        *db = cc_app_db(app);
    int64_t       gone = 0;
    bool          old = false;
    cc_err        err = cc_db_exists(db, mails_old, &old, .before = before);

    if (err == CC_OK && old && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, cc_db_change(db, mails_thin, &gone, .before = before, .size = PORTION));
    return err == CC_OK && gone == PORTION;
}
