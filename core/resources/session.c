/*
 * Signing in and out, the own account, and taking up an invitation.
 *
 * Argon2id takes a good part of a tenth of a second, and the write lock is everybody's: all that hashes runs in a
 * route's `before_tx`, before the transaction; what it found is looked at again inside.  A sign-in costs the same time
 * and gives the same answer whether there is such an account or not, and the throttles count what was sent, not what
 * exists.
 *
 * An invitation names an address, and whoever takes it up becomes that person.  Somebody who has an account already
 * must therefore show its password: otherwise an invitation sent by one project's admin would open all others.
 */
#include "base/letter.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/authority.h"
#include "gate/client.h"
#include "gate/outbox.h"
#include "gate/signin.h"
#include "resources/resources.h"
#include "storage/query.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200, PLACES_KEPT = 16 };

/* What `before_tx` has found out. */
typedef struct account {
    char        email[255];
    char        id[CC_ID_SIZE]; /* "" : there is none yet */
    char        password[128];  /* its hash, as it was looked at */
    char        fresh[128];     /* the hash of a new password */
    const char *places; /* from where it was signed in to, latest first, with spaces between; NULL: from nowhere */
    bool        known;  /* from here, too */
} account;

/* ---- what is sent and answered --------------------------------------------------------------- */

#define EMAIL_FIELD                                                                                                    \
    CC_F("email", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 254, "The account's e-mail address.",                            \
         .example = "\"ada@example.com\"")
#define TOKEN_FIELD                                                                                                    \
    CC_F("token", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SECRET, 1, 100, "From the invitation's link.",            \
         .example = "\"mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxKM\"")
#define PERSON_NAME(flags)                                                                                             \
    CC_F("name", CC_TYPE_LINE, flags, 1, 100, "What people call them; null: their address will do.",                   \
         .example = "\"Ada Lovelace\"")

const cc_field cc_sign_in_fields[] = {
    EMAIL_FIELD,
    CC_F("password", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SECRET, 1, PASSWORD_MAX, "Its password.",
         .example = "\"correct horse battery staple\""),
    CC_END,
};

#define EMAILS_FIELD(flags)                                                                                              \
    CC_F(                                                                                                                \
        "emailNotifications", CC_TYPE_CHOICE, flags, 0, 0,                                                               \
        "What they are notified of by e-mail, where sendsEmail says that the operator has set that up: all that the "    \
        "projects' notifications tell them; important: of it what somebody should see soon, such as failed runs; none.", \
        .choices = email_choices, .example = "\"important\"")

static const char *const email_choices[] = {"none", CC_MAIL_IMPORTANT, CC_MAIL_ALL, NULL};

const cc_field cc_rename_fields[] = {PERSON_NAME(CC_FIELD_NULLABLE), EMAILS_FIELD(0), CC_END};

const cc_field cc_password_fields[] = {
    CC_F("currentPassword", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SECRET, 1, PASSWORD_MAX,
         "The password until now.", .example = "\"k7wqp-2mzta-9xhrd-c4nve\""),
    CC_F("newPassword", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SECRET, PASSWORD_MIN, PASSWORD_MAX,
         "The password from now on.", .example = "\"correct horse battery staple\""),
    CC_END,
};

const cc_field cc_invited_fields[] = {TOKEN_FIELD, CC_END};

const cc_field cc_accept_fields[] = {
    TOKEN_FIELD,
    PERSON_NAME(CC_FIELD_NULLABLE),
    CC_F("password", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SECRET, 1, PASSWORD_MAX,
         "Of a new account: at least 12 characters.  Where the address has an account: that one's password.",
         .example = "\"correct horse battery staple\""),
    CC_END,
};

const cc_field cc_invited_answer[] = {
    CC_F("email", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 254, "Whom it is for.", .example = "\"ada@example.com\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What they will be.", .choices = cc_role_names,
         .example = "\"member\""),
    CC_F("projectName", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "Where.", .example = "\"My Project\""),
    CC_F("hasAccount", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "The address has an account: its password is asked for.",
         .example = "false"),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "Until when.", .example = "\"2025-01-22T10:04:00Z\""),
    CC_END,
};

const cc_field cc_ended_fields[] = {
    CC_F("ended", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many sessions there were, this one included.",
         .example = "3"),
    CC_END,
};

static const cc_field user_members[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "The person.", .ref = "usr_",
         .example = "\"usr_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("email", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 254, "Their address.", .example = "\"ada@example.com\""),
    PERSON_NAME(CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When the account was made.",
         .example = "\"2025-01-15T10:04:00Z\""),
    EMAILS_FIELD(CC_FIELD_READ_ONLY),
    CC_END,
};

static const cc_field project_members[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "The project.", .ref = "prj_",
         .example = "\"prj_0NqT3xQd2FhG7uJkPs9Ywz\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "Its name.", .example = "\"My Project\""),
    CC_F("slug", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "Its name in commands.", .example = "\"my-project\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "The person's role in it.", .choices = cc_role_names,
         .example = "\"owner\""),
    CC_END,
};

const cc_field cc_session_fields[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "The session.", .ref = "ses_",
         .example = "\"ses_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("csrfToken", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 43, 43,
         "For the header X-CSRF-Token of every request but GET and HEAD.",
         .example = "\"yT7cN0aXk2sQ5vW9eRb4uLhJ1mFgZ8dPiO3rKtVwExM\""),
    CC_F("user", CC_TYPE_OBJECT, CC_FIELD_READ_ONLY, 0, 0, "Who is signed in.", .members = user_members),
    CC_F("mustChangePassword", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0,
         "The password was given out by the operator: until it is changed, nothing else is allowed.",
         .example = "false"),
    CC_F("sendsEmail", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "The operator has said how e-mails are sent.",
         .example = "true"),
    CC_F("projectId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "The project this request is about: that of X-Project, or else the oldest membership.", .ref = "prj_",
         .example = "\"prj_0NqT3xQd2FhG7uJkPs9Ywz\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "The person's role in it.",
         .choices = cc_role_names, .example = "\"owner\""),
    CC_F("scopes", CC_TYPE_SCOPES, CC_FIELD_READ_ONLY, 0, CC_SCOPE__MAX, "All that this role may do.",
         .example = "[\"projects:read\",\"projects:write\"]"),
    CC_F("projects", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "Everywhere the person is a member, oldest project first.", .members = project_members,
         .example = "[{\"id\":\"prj_0NqT3xQd2FhG7uJkPs9Ywz\",\"name\":\"My Project\",\"slug\":\"my-project\",\"role\":"
                    "\"owner\"}]"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it began.", .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it ends in any case.",
         .example = "\"2025-01-29T10:04:00Z\""),
    CC_F("idleSeconds", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "After so long without a request it ends earlier.", .example = "43200"),
    CC_END,
};

static void
put_text(cc_buf *b, const char *name, const char *text) /* NULL: null */
{
    cc_puts(b, name);
    if (text)
        cc_put_json(b, text, strlen(text));
    else
        cc_puts(b, "null");
}

typedef struct user_row {
    const char *email, *name, *emails;
    bool        must_change;
    int64_t     created_at;
} user_row;

CC_ROW(user_row, email, name, emails, must_change, created_at);
CC_QUERY(user_by_id, user_row,
         "SELECT email, name, email_notifications AS emails, must_change, created_at FROM users WHERE id = :id",
         TEXT(id));

static cc_err
user_write(cc_req *r, cc_buf *b)
{
    user_row user;
    cc_err   err = cc_db_get(cc_app_db(r->app), r->arena, user_by_id, &user, .id = r->who.user_id);

    if (err != CC_OK)
        return err;
    put_text(b, ",\"user\":{\"id\":", r->who.user_id);
    put_text(b, ",\"email\":", user.email);
    put_text(b, ",\"name\":", user.name);
    cc_puts(b, ",\"createdAt\":");
    cc_put_time(b, user.created_at);
    put_text(b, ",\"emailNotifications\":", user.emails ? user.emails : email_choices[0]);
    cc_puts(b, user.must_change ? "},\"mustChangePassword\":true" : "},\"mustChangePassword\":false");
    cc_puts(b, cc_sends_mail(r->app) ? ",\"sendsEmail\":true" : ",\"sendsEmail\":false");
    return CC_OK;
}

typedef struct membership {
    const char *project_id, *name, *slug, *role;
} membership;

CC_ROW(membership, project_id, name, slug, role);
CC_QUERY(memberships, membership,
         "SELECT p.project_id, p.name, p.slug, m.role FROM members m JOIN projects p ON p.project_id = m.project_id "
         "WHERE m.user_id = :user_id ORDER BY m.project_id",
         TEXT(user_id));

static cc_err
projects_write(cc_req *r, cc_buf *b)
{
    const char *open = "[{\"id\":";
    membership  m;
    cc_rows     rows = cc_db_select(cc_app_db(r->app), memberships, &m, .user_id = r->who.user_id);

    cc_puts(b, ",\"projects\":");
    while (cc_rows_next(&rows)) {
        put_text(b, open, m.project_id);
        put_text(b, ",\"name\":", m.name);
        put_text(b, ",\"slug\":", m.slug);
        put_text(b, ",\"role\":", m.role);
        cc_putc(b, '}');
        open = ",{\"id\":";
    }
    cc_puts(b, open[0] == '[' ? "[]" : "]");
    return cc_rows_end(&rows);
}

/* cc_session_fields */
static cc_err
session_write(cc_req *r)
{
    const cc_principal *who = &r->who;
    cc_buf             *b = &r->out;
    cc_err              err;

    put_text(b, "{\"id\":", who->session_id);
    cc_puts(b, ",\"csrfToken\":");
    cc_csrf_write(r, b);
    if ((err = user_write(r, b)) != CC_OK)
        return err;
    if (who->project_id[0]) {
        put_text(b, ",\"projectId\":", who->project_id);
        put_text(b, ",\"role\":", cc_role_text(who->role));
    } else {
        cc_puts(b, ",\"projectId\":null,\"role\":null");
    }
    cc_puts(b, ",\"scopes\":");
    cc_scope_write(b, who->may);
    if ((err = projects_write(r, b)) != CC_OK)
        return err;
    cc_puts(b, ",\"createdAt\":");
    cc_put_time(b, who->session_began);
    cc_puts(b, ",\"expiresAt\":");
    cc_put_time(b, who->session_ends);
    cc_putf(b, ",\"idleSeconds\":%lld}", (long long)cc_setting_int(r->app, CC_SETTING_sessionIdleMinutes) * 60);
    r->no_store = true;
    return CC_OK;
}

/* ---- looking, before the transaction --------------------------------------------------------- */

/* Is the word one of the list? */
static bool
is_listed(const char *list, const char *word)
{
    const size_t n = strlen(word);

    for (list += strspn(list, " "); n && *list; list += strspn(list, " ")) {
        size_t size = strcspn(list, " ");
        if (size == n && memcmp(list, word, n) == 0)
            return true;
        list += size;
    }
    return false;
}

CC_ROW(account, id, password, places);
CC_QUERY(account_by_email, account, "SELECT id, password, places FROM users WHERE email = :email", TEXT(email));
CC_STATEMENT(account_is_same, "SELECT 1 FROM users WHERE id = :id AND password = :password", TEXT(id), TEXT(password));
CC_STATEMENT(account_places, "UPDATE users SET places = :places WHERE id = :id", TEXT(places), TEXT(id));

/* Fill in what is known of the account of this address.  There may be none: id stays "". */
static cc_err
account_find(cc_req *r, account *a)
{
    const char *place = cc_client_place(r);
    bool        found;
    cc_err      err = cc_db_find(cc_app_db(r->app), r->arena, account_by_email, a, &found, .email = a->email);

    if (err != CC_OK || !found)
        return err;
    if (!place)
        return CC_E_UNAVAILABLE;
    a->known = a->places && is_listed(a->places, place);
    return CC_OK;
}

/* Remember that somebody has signed in from here, in the place of the one that was longest ago. */
static cc_err
place_remember(cc_req *r, const account *a)
{
    const char *place = cc_client_place(r), *old = a->places ? a->places : "";
    cc_buf      b;

    if (a->known || !place || !place[0])
        return place ? CC_OK : CC_E_UNAVAILABLE;
    cc_buf_init(&b, r->arena);
    cc_puts(&b, place);
    for (int n = 1; *old && n < PLACES_KEPT; n++) {
        size_t size = strcspn(old, " ");
        cc_putc(&b, ' ');
        cc_put(&b, old, size);
        old += size + strspn(old + size, " ");
    }
    const char *text = cc_buf_text(&b);
    return text ? cc_db_run(cc_app_db(r->app), account_places, .places = text, .id = a->id) : CC_E_UNAVAILABLE;
}

/* Inside the transaction: is the account still as it was when its password was checked? */
static cc_err
account_same(cc_req *r, const account *a)
{
    bool   same;
    cc_err err = cc_db_exists(cc_app_db(r->app), account_is_same, &same, .id = a->id, .password = a->password);

    return err == CC_OK && !same ? CC_E_AUTH_INVALID : err;
}

/* The line in the log is for whoever watches it for addresses that guess; whose account it was is nobody's business. */
static cc_err
wrong(cc_req *r)
{
    cc_log(r->app, "sign-in refused, from %s, request %s", r->address ? r->address : "here", r->request_id);
    return cc_fail(r, CC_E_AUTH_INVALID, NULL, "The e-mail address or the password is wrong.");
}

static account *
account_new(cc_req *r)
{
    return r->before_tx = cc_alloc(r->arena, sizeof(account));
}

/* As slow for an account that does not exist. */
static cc_err
password_check(cc_req *r, const account *a, const char *password, bool *right)
{
    int    slot;
    cc_err err = cc_password_begin(r, a->known, &slot);

    if (err != CC_OK)
        return err;
    err = cc_password_right(a->id[0] ? a->password : cc_password_of_nobody, password, right);
    cc_password_end(r, slot);
    return err;
}

static cc_err
password_make(cc_req *r, account *a, const char *password)
{
    int    slot;
    cc_err err = cc_password_begin(r, a->known, &slot);

    if (err != CC_OK)
        return err;
    err = cc_password_hash(password, a->fresh);
    cc_password_end(r, slot);
    return err;
}

cc_err
cc_sign_in_before_tx(cc_req *r)
{
    const char *email = cc_body_value(r, "email")->s, *password = cc_body_value(r, "password")->s;
    account    *a = account_new(r);
    bool        right;
    cc_err      err;

    if (!a)
        return CC_E_UNAVAILABLE;
    if (!cc_email_clean(email, a->email)) /* no account has it; go on all the same, so that it takes as long */
        a->email[0] = '\0';
    if ((err = cc_same_site(r)) != CC_OK || (err = account_find(r, a)) != CC_OK ||
        (err = cc_throttle_sign_in(r, a->email[0] ? a->email : email, a->known)) != CC_OK ||
        (err = password_check(r, a, password, &right)) != CC_OK)
        return err;
    return right && a->id[0] ? CC_OK : wrong(r);
}

/* Sign in as this person, in the project asked for or their oldest one, and answer that. */
static cc_err
enter(cc_req *r, const account *a)
{
    cc_err err;

    if ((err = cc_session_begin(r, a->id)) != CC_OK || (err = place_remember(r, a)) != CC_OK)
        return err;
    if (!(r->who.name = cc_strndup(r->arena, a->email, strlen(a->email))))
        return CC_E_UNAVAILABLE;
    if (!r->who.project_id[0] && (err = cc_session_project(r)) != CC_OK)
        return err;
    return session_write(r);
}

cc_err
cc_sign_in(cc_req *r)
{
    account *a = r->before_tx;
    cc_err   err = account_same(r, a);

    if (err == CC_E_AUTH_INVALID)
        return wrong(r);
    return err == CC_OK ? enter(r, a) : err;
}

/* ---- the session itself ---------------------------------------------------------------------- */

CC_STATEMENT(user_rename, "UPDATE users SET name = :name, updated_at = :now WHERE id = :id", TEXT(name), INT(now),
             TEXT(id));
CC_STATEMENT(user_emails,
             "UPDATE users SET email_notifications = nullif(:emails, 'none'), updated_at = :now WHERE id = :id",
             TEXT(emails), INT(now), TEXT(id));
CC_STATEMENT(session_end, "DELETE FROM sessions WHERE id = :id", TEXT(id));
CC_STATEMENT(sessions_end, "DELETE FROM sessions WHERE user_id = :user_id", TEXT(user_id));

cc_err
cc_session_get(cc_req *r)
{
    return session_write(r);
}

cc_err
cc_session_rename(cc_req *r)
{
    const cc_value *name = cc_body_value(r, "name"), *emails = cc_body_value(r, "emailNotifications");
    cc_err          err = CC_OK;

    if (emails->present && strcmp(emails->s, email_choices[0]) != 0 && !cc_letter_address_ok(r->who.name))
        return cc_fail(r, CC_E_VALIDATION, "emailNotifications",
                       "No e-mail can be sent to your address: it has signs that must be quoted, or is not ASCII.");
    if (name->present)
        err = cc_db_run(cc_app_db(r->app), user_rename, .name = name->s, .now = r->now, .id = r->who.user_id);
    if (err == CC_OK && emails->present)
        err = cc_db_run(cc_app_db(r->app), user_emails, .emails = emails->s, .now = r->now, .id = r->who.user_id);
    return err == CC_OK ? session_write(r) : err;
}

cc_err
cc_sign_out(cc_req *r)
{
    cc_err err = cc_db_run(cc_app_db(r->app), session_end, .id = r->who.session_id);

    if (err != CC_OK)
        return err;
    cc_session_cookie_clear(r);
    cc_deleted_write(&r->out, r->who.session_id);
    return CC_OK;
}

cc_err
cc_sign_out_everywhere(cc_req *r)
{
    int64_t ended;
    cc_err  err = cc_db_change(cc_app_db(r->app), sessions_end, &ended, .user_id = r->who.user_id);

    if (err != CC_OK)
        return err;
    cc_session_cookie_clear(r);
    cc_putf(&r->out, "{\"ended\":%lld}", (long long)ended);
    return CC_OK;
}

/* ---- a new password -------------------------------------------------------------------------- */

cc_err
cc_password_before_tx(cc_req *r)
{
    const char *fresh = cc_body_value(r, "newPassword")->s, *current = cc_body_value(r, "currentPassword")->s;
    account    *a = account_new(r);
    bool        right;
    cc_err      err;

    if (!a)
        return CC_E_UNAVAILABLE;
    if (!cc_email_clean(r->who.name, a->email))
        return CC_E_INTERNAL;
    if (strcmp(fresh, current) == 0 || strcmp(fresh, a->email) == 0)
        return cc_fail(r, CC_E_VALIDATION, "newPassword", "'newPassword' must be another one.");
    if ((err = account_find(r, a)) != CC_OK || (err = cc_throttle_sign_in(r, a->email, a->known)) != CC_OK ||
        (err = password_check(r, a, current, &right)) != CC_OK)
        return err;
    if (!right)
        return cc_fail(r, CC_E_VALIDATION, "currentPassword", "'currentPassword' is not this account's password.");
    return password_make(r, a, fresh);
}

CC_STATEMENT(password_change,
             "UPDATE users SET password = :fresh, must_change = 0, updated_at = :now "
             "WHERE id = :id AND password = :password",
             TEXT(fresh), INT(now), TEXT(id), TEXT(password));

/* Whoever knew the old one is signed out: all sessions end, and this one begins again under another cookie. */
cc_err
cc_password_change(cc_req *r)
{
    cc_db   *db = cc_app_db(r->app);
    account *a = r->before_tx;
    int64_t  changed;
    cc_err   err = cc_db_change(db, password_change, &changed, .fresh = a->fresh, .now = r->now, .id = a->id,
                                .password = a->password);

    if (err == CC_OK && !changed)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The password has been changed meanwhile.");
    if (err != CC_OK || (err = cc_db_run(db, sessions_end, .user_id = a->id)) != CC_OK)
        return err;
    return enter(r, a);
}

/* ---- invitations, from the invited side ------------------------------------------------------ */

typedef struct invitation {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], acts_for[CC_ID_SIZE], role_name[16];
    const char *email, *project_name;
    cc_role     role;
    int64_t     expires_at;
} invitation;

CC_ROW(invitation, project_id, id, email, role_name, expires_at, project_name, acts_for);
CC_QUERY(invitation_by_hash, invitation,
         "SELECT i.project_id, i.id, i.email, i.role AS role_name, i.expires_at, p.name AS project_name, i.acts_for "
         "FROM invitations i JOIN projects p ON p.project_id = i.project_id "
         "WHERE i.hash = :hash AND i.expires_at > :now",
         BLOB(hash), INT(now));

static cc_err
invitation_unknown(cc_req *r)
{
    return cc_fail(r, CC_E_NOT_FOUND, NULL, "This invitation is unknown, used, withdrawn or has expired.");
}

/* Whoever made it may have lost the right to meanwhile. */
static cc_err
invitation_holds(cc_req *r, const invitation *found)
{
    cc_context maker;
    cc_err     err;

    cc_context_init(&maker, r->app, r->arena);
    err = cc_acting_as(&maker, found->project_id, found->acts_for, false, CC_SCOPE_MEMBERS_WRITE);
    return err == CC_OK ? cc_authority_over_role(&maker, found->role) : err;
}

static cc_err
invitation_find(cc_req *r, account *a, invitation *out)
{
    const char *token = cc_body_value(r, "token")->s;
    uint8_t     hash[CC_HASH_SIZE];
    cc_err      err = CC_E_NOT_FOUND;

    *out = (invitation){0};
    cc_hash(token, strlen(token), hash);
    if (cc_token_well_formed(token))
        err = cc_db_get(cc_app_db(r->app), r->arena, invitation_by_hash, out, .hash = {hash, sizeof(hash)},
                        .now = r->now);
    if (err == CC_OK) {
        out->role = cc_role_find(out->role_name);
        err = cc_email_clean(out->email, a->email) ? invitation_holds(r, out) : CC_E_INTERNAL;
    }
    if (err == CC_E_FORBIDDEN || err == CC_E_NOT_FOUND)
        err = invitation_unknown(r);
    return err;
}

cc_err
cc_invited_before_tx(cc_req *r)
{
    cc_err err;

    if (!account_new(r))
        return CC_E_UNAVAILABLE;
    if ((err = cc_same_site(r)) != CC_OK)
        return err;
    return cc_throttle_address(r);
}

cc_err
cc_invited(cc_req *r)
{
    account   *a = r->before_tx;
    invitation found;
    cc_buf    *b = &r->out;
    cc_err     err;

    if ((err = invitation_find(r, a, &found)) != CC_OK || (err = account_find(r, a)) != CC_OK)
        return err;
    put_text(b, "{\"email\":", a->email);
    put_text(b, ",\"role\":", cc_role_text(found.role));
    put_text(b, ",\"projectName\":", found.project_name);
    cc_puts(b, a->id[0] ? ",\"hasAccount\":true,\"expiresAt\":" : ",\"hasAccount\":false,\"expiresAt\":");
    cc_put_time(b, found.expires_at);
    cc_putc(b, '}');
    return CC_OK;
}

cc_err
cc_accept_before_tx(cc_req *r)
{
    const cc_value *password = cc_body_value(r, "password");
    account        *a = account_new(r);
    invitation      found;
    bool            right;
    cc_err          err;

    if (!a)
        return CC_E_UNAVAILABLE;
    if ((err = cc_same_site(r)) != CC_OK || (err = cc_throttle_address(r)) != CC_OK ||
        (err = invitation_find(r, a, &found)) != CC_OK || (err = account_find(r, a)) != CC_OK ||
        (err = cc_throttle_sign_in(r, a->email, true)) != CC_OK) /* the address has paid; who has a token is no crowd */
        return err;
    if (a->id[0]) {
        if ((err = password_check(r, a, password->s, &right)) != CC_OK)
            return err;
        return right ? CC_OK : wrong(r);
    }
    if (cc_utf8_length(password->s, password->size) < PASSWORD_MIN)
        return cc_fail(r, CC_E_VALIDATION, "password", "'password' must have at least %d characters.", PASSWORD_MIN);
    if (strcmp(password->s, a->email) == 0)
        return cc_fail(r, CC_E_VALIDATION, "password", "'password' must not be the address.");
    return password_make(r, a, password->s);
}

CC_STATEMENT(user_join,
             "INSERT INTO users (id, email, email_folded, name, password, must_change, created_at, updated_at) "
             "VALUES (:id, :email, :email_folded, :name, :password, 0, :now, :now)",
             TEXT(id), TEXT(email), FOLDED(email_folded), TEXT(name), TEXT(password), INT(now));
CC_STATEMENT(invitation_take_up, "DELETE FROM invitations WHERE project_id = :project_id AND id = :id",
             TEXT(project_id), TEXT(id));

/* The address is unique: of two who make its account at the same time, one is refused. */
static cc_err
user_make(cc_req *r, account *a)
{
    cc_err err;

    cc_id_new(r->app, "usr_", a->id);
    err = cc_db_run(cc_app_db(r->app), user_join, .id = a->id, .email = a->email, .email_folded = {a->email},
                    .name = cc_body_value(r, "name")->s, .password = a->fresh, .now = r->now);
    return err == CC_E_CONFLICT ? cc_fail(r, err, NULL, "This address has an account by now; use its password.") : err;
}

/* What takes the invitation away is what lets in: it is worth one membership, whoever else holds its link. */
static cc_err
member_join(cc_req *r, const account *a, const invitation *found)
{
    int64_t taken;
    cc_err  err =
        cc_db_change(cc_app_db(r->app), invitation_take_up, &taken, .project_id = found->project_id, .id = found->id);

    if (err != CC_OK)
        return err;
    if (!taken)
        return invitation_unknown(r);
    if ((err = cc_member_insert(r->app, found->project_id, a->id, found->role)) == CC_E_CONFLICT)
        return cc_fail(r, err, NULL, "You are a member of this project already.");
    return err;
}

/* Everything is looked at again: an account may have come into being meanwhile. */
cc_err
cc_accept(cc_req *r)
{
    account   *a = r->before_tx;
    invitation found;
    bool       known = a->id[0] != '\0';
    cc_err     err;

    if ((err = invitation_find(r, a, &found)) != CC_OK)
        return err;
    err = known ? account_same(r, a) : user_make(r, a);
    if (err == CC_E_AUTH_INVALID)
        return wrong(r);
    if (err != CC_OK || (err = member_join(r, a, &found)) != CC_OK)
        return err;
    cc_copy_id(r->who.project_id, found.project_id);
    r->who.role = found.role;
    r->who.scopes = r->who.may = cc_role_may(found.role);
    return enter(r, a);
}
