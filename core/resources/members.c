/*
 * Members of a project, and the invitations that make new ones.
 *
 * Reading goes by the view member_list like any plain resource; writing is code, because a membership has rules: nobody
 * gives or takes a role above his own (authority.c), and a project is never without an owner.  A key counts as what it
 * can do: one that could make an owner with scopes it lacks would be a way to a stronger key, and one with limits makes
 * nobody a member, because people have none.
 *
 * Who goes takes along what he left behind to act for him: his keys are revoked and his schedules stop, unless an owner
 * takes them over.  The same holds for what is beyond a role that was lowered.
 *
 * An invitation's token is shown once and only its hash is kept, as with keys.  No mail is sent: whoever invites hands
 * the link over.  It acts later, too: it is worth what its maker's right is worth when it is taken up.
 */
#include "storage/db.h"
#include "resources/resources.h"

enum { INVITATION_MS = 7 * 24 * 60 * 60 * 1000 };

static cc_err may_withdraw(cc_req *r, const char *id);

static const char *const keys_words[] = {"revoke", "keep", NULL};

const cc_field cc_leaving_query[] = {
    CC_F("keys", CC_TYPE_CHOICE, 0, 0, 0,
         "What becomes of the person's API keys and schedules that they may not have any more: revoke ends them, keep "
         "makes them the caller's, who must be an owner.",
         .choices = keys_words, .preset = "\"revoke\"", .example = "\"revoke\""),
    CC_END,
};

static const cc_field member_fields[] = {
    CC_ROW_HEAD("usr_"),
    CC_F("email", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_SEARCH, 1, 254, "Their address.",
         .example = "\"ada@example.com\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100, "What they call themselves.",
         .example = "\"Ada Lovelace\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_REQUIRED | CC_FIELD_FILTER, 0, 0, "What they may do.",
         .choices = cc_role_names, .example = "\"admin\""),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When they joined.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("updatedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When their role last changed.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_END,
};

const cc_resource cc_members = {
    .one = "member",
    .table = "member_list",
    .stored = (const char *const[]){"members", NULL},
    .prefix = "usr_",
    .fields = member_fields,
    .meaning = "A person in a project.",
};

static const cc_field invitation_fields[] = {
    CC_ROW_HEAD("inv_"),
    CC_F("token", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL, CC_TOKEN_SIZE - 1, CC_TOKEN_SIZE - 1,
         "For the link.  Answered once, by the call that makes the invitation, and never again.",
         .example = "\"mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxKM\""),
    CC_F("email", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_FIXED, 3, 254, "Whom it is for.",
         .example = "\"grace@example.com\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_FIXED, 0, 0, "What they will be.", .choices = cc_role_names,
         .preset = "\"member\"", .example = "\"member\""),
    CC_F("invitedBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 254, "Who made it: a person's address or a key's name.",
         .example = "\"ada@example.com\""),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "Until when it can be taken up.",
         .example = "\"2025-01-22T10:04:00Z\""),
    CC_ROW_TAIL,
    CC_F("hash", CC_TYPE_BLOB, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0, "SHA-256 of the token."),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0, "The key or person who made it."),
    CC_END,
};

const cc_resource cc_invitations = {
    .one = "invitation",
    .table = "invitations",
    .prefix = "inv_",
    .fields = invitation_fields,
    .meaning = "A link that lets one person into a project, once.",
    .may_delete = may_withdraw,
    .virtual_ = cc_show_once,
};

/* ---- nobody above himself, and never without an owner ---------------------------------------- */

static cc_err
role_of(cc_req *r, const char *user_id, cc_role *role)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBERSHIP, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, user_id);
    cc_bind_text(s, 2, r->who.project_id);
    if ((err = cc_step(s, &row)) == CC_OK && !row)
        err = CC_E_NOT_FOUND;
    if (err == CC_OK)
        *role = cc_role_find(cc_col_text(s, 1, NULL));
    cc_stmt_done(s);
    return err;
}

static cc_err
check_owner_left(cc_req *r, const char *user_id)
{
    cc_stmt *s = NULL;
    bool     another;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBER_OTHER_OWNER, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, user_id);
    if ((err = cc_step(s, &another)) == CC_OK && !another)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "The last owner of a project stays its owner; make another one first.");
    cc_stmt_done(s);
    return err;
}

/* Shall an owner take over what the person leaves behind?  A key cannot: it would have to belong to somebody itself. */
static cc_err
keep_asked(cc_req *r, bool *keep)
{
    const cc_value *keys = cc_query(r, "keys");
    bool            owner = r->who.local || (r->who.user_id[0] && r->who.role == CC_ROLE_OWNER);

    *keep = keys->present && strcmp(keys->s, "keep") == 0;
    if (!*keep || owner)
        return CC_OK;
    return cc_fail(r, CC_E_FORBIDDEN, NULL, "Only an owner of the project may take over somebody's keys.");
}

/* From now on what acts for that person acts for the caller. */
static cc_err
hand_over(cc_req *r, cc_sql which, const char *user_id)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), which, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, cc_actor(&r->who));
    cc_bind_int(s, 2, r->now);
    cc_bind_text(s, 3, r->who.project_id);
    cc_bind_text(s, 4, user_id);
    return cc_run(s);
}

/* What the person had set up, now that the role is this one; CC_ROLE_NONE: no member any more. */
static cc_err
left_behind(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    cc_err err = cc_keys_leave(r, user_id, role, keep);

    if (err == CC_OK && keep && role == CC_ROLE_NONE &&
        (err = hand_over(r, CC_SQL_SCHEDULES_HAND_OVER, user_id)) == CC_OK)
        err = hand_over(r, CC_SQL_CHAINS_HAND_OVER, user_id);
    return err == CC_OK ? cc_schedules_review(r, user_id) : err;
}

static cc_err
role_set(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBER_CHANGE, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, cc_role_text(role));
    cc_bind_int(s, 2, r->now);
    cc_bind_text(s, 3, r->who.project_id);
    cc_bind_text(s, 4, user_id);
    return (err = cc_run(s)) == CC_OK ? left_behind(r, user_id, role, keep) : err;
}

cc_err
cc_members_update(cc_req *r)
{
    const cc_value *sent = cc_in(r, "role");
    cc_role         is, will;
    bool            keep;
    cc_err          err;

    if ((err = role_of(r, r->id, &is)) != CC_OK || (err = cc_authority_over_role(r, is)) != CC_OK ||
        (err = keep_asked(r, &keep)) != CC_OK || (err = cc_resource_precondition(r, &cc_members, r->id)) != CC_OK)
        return err;
    will = sent->present ? cc_role_find(sent->s) : is;
    if (will != is && ((err = cc_authority_over_role(r, will)) != CC_OK ||
                       (is == CC_ROLE_OWNER && (err = check_owner_left(r, r->id)) != CC_OK) ||
                       (err = role_set(r, r->id, will, keep)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_members, r->id);
}

/* The account stays: the person may be at home elsewhere.  Open sessions find no membership from here on. */
static cc_err
member_remove(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if ((role == CC_ROLE_OWNER && (err = check_owner_left(r, user_id)) != CC_OK) ||
        (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBER_DELETE, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, user_id);
    if ((err = cc_run(s)) == CC_OK && (err = left_behind(r, user_id, CC_ROLE_NONE, keep)) == CC_OK)
        cc_deleted_write(&r->out, user_id);
    return err;
}

cc_err
cc_members_delete(cc_req *r)
{
    cc_role role;
    bool    keep;
    cc_err  err;

    if ((err = role_of(r, r->id, &role)) != CC_OK || (err = cc_authority_over_role(r, role)) != CC_OK ||
        (err = keep_asked(r, &keep)) != CC_OK || (err = cc_resource_precondition(r, &cc_members, r->id)) != CC_OK)
        return err;
    if (keep && strcmp(r->id, r->who.user_id) == 0)
        return cc_fail(r, CC_E_VALIDATION, "keys", "Who goes cannot keep the keys; another owner can.");
    return member_remove(r, r->id, role, keep);
}

/* Anybody may go.  The project must be named: leaving the oldest one for want of a header would be a nasty surprise. */
cc_err
cc_members_leave(cc_req *r)
{
    const char *asked = r->in->header[CC_H_PROJECT];

    if (!asked || !r->who.project_id[0] || strcmp(asked, r->who.project_id) != 0)
        return cc_fail(r, CC_E_VALIDATION, "X-Project", "'X-Project' must name a project that you are a member of.");
    return member_remove(r, r->who.user_id, r->who.role, false);
}

/* ---- invitations ----------------------------------------------------------------------------- */

/* Of the invitation that the statement finds by project and $2; CC_ROLE_NONE: there is none. */
static cc_err
invitation_role(cc_req *r, cc_sql which, const char *what, cc_role *role)
{
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), which, &s);

    *role = CC_ROLE_NONE;
    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, what);
    if ((err = cc_step(s, &row)) == CC_OK && row)
        *role = cc_role_find(cc_col_text(s, 0, NULL));
    cc_stmt_done(s);
    return err;
}

/* Withdrawing takes a role away from somebody. */
static cc_err
may_withdraw(cc_req *r, const char *id)
{
    cc_role role;
    cc_err  err = invitation_role(r, CC_SQL_INVITATION_ROLE, id, &role);

    return err == CC_OK && role != CC_ROLE_NONE ? cc_authority_over_role(r, role) : err;
}

static cc_err
check_new(cc_req *r, const char *email)
{
    cc_role  before;
    cc_stmt *s = NULL;
    bool     member;
    cc_err   err = cc_stmt_get(cc_app_db(r->app), CC_SQL_MEMBER_BY_EMAIL, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, email);
    cc_bind_text(s, 2, r->who.project_id);
    if ((err = cc_step(s, &member)) == CC_OK && member)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "This person is a member already.");
    cc_stmt_done(s);
    if (err != CC_OK)
        return err;

    /* One open invitation an address: whoever lost the link gets another, and the lost one is worth nothing. */
    if ((err = invitation_role(r, CC_SQL_INVITATION_OF, email, &before)) != CC_OK ||
        (before != CC_ROLE_NONE && (err = cc_authority_over_role(r, before)) != CC_OK) ||
        (err = cc_stmt_get(cc_app_db(r->app), CC_SQL_INVITATIONS_REPLACE, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, r->who.project_id);
    cc_bind_text(s, 2, email);
    return cc_run(s);
}

cc_err
cc_invitations_create(cc_req *r)
{
    const cc_value *role = cc_in(r, "role");
    cc_role         will = role->present ? cc_role_find(role->s) : CC_ROLE_MEMBER;
    char           *id = cc_alloc(r->arena, CC_ID_SIZE), *email = cc_alloc(r->arena, 255);
    char           *token = cc_alloc(r->arena, CC_TOKEN_SIZE);
    uint8_t        *hash = cc_alloc(r->arena, CC_HASH_SIZE);
    cc_err          err;

    if (!id || !email || !token || !hash)
        return CC_E_UNAVAILABLE;
    if (!cc_email_clean(cc_in(r, "email")->s, email))
        return cc_fail(r, CC_E_VALIDATION, "email", "'email' must be an e-mail address.");
    if ((err = cc_authority_over_role(r, will)) != CC_OK || (err = check_new(r, email)) != CC_OK)
        return err;
    cc_token_new(r->app, token);
    cc_hash(token, strlen(token), hash);
    cc_id_new(r->app, cc_invitations.prefix, id);
    cc_let_text(invitation_fields, r->body, "email", email);
    cc_let_text(invitation_fields, r->body, "role", cc_role_text(will));
    cc_let_text(invitation_fields, r->body, "invitedBy", r->who.name);
    cc_let_text(invitation_fields, r->body, "actsFor", cc_actor(&r->who));
    cc_let_int(invitation_fields, r->body, "expiresAt", r->now + INVITATION_MS);
    cc_let_bytes(invitation_fields, r->body, "hash", hash, CC_HASH_SIZE);
    cc_show_secret(r, token);
    return cc_resource_insert(r, &cc_invitations, id, r->body, &r->out);
}
