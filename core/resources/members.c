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
#include "context/app.h"
#include "context/state.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "gate/signin.h"
#include "resources/resources.h"
#include "storage/query.h"

enum { INVITATION_MS = 7 * 24 * 60 * 60 * 1000 };

static cc_err may_withdraw(cc_context *c, const char *id);

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
    .singular = "member",
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
    .singular = "invitation",
    .table = "invitations",
    .prefix = "inv_",
    .fields = invitation_fields,
    .meaning = "A link that lets one person into a project, once.",
    .may_delete = may_withdraw,
    .virtual_ = cc_reveal_once,
};

/* ---- nobody above himself, and never without an owner ---------------------------------------- */

typedef struct role_row {
    char role[16];
} role_row;

CC_ROW(role_row, role);
CC_QUERY(member_role, role_row, "SELECT role FROM members WHERE project_id = :project_id AND user_id = :user_id",
         TEXT(project_id), TEXT(user_id));
CC_STATEMENT(member_insert,
             "INSERT INTO members (project_id, user_id, role, created_at, updated_at) "
             "VALUES (:project_id, :user_id, :role, :now, :now)",
             TEXT(project_id), TEXT(user_id), TEXT(role), INT(now));

cc_err
cc_member_insert(cc_app *app, const char *project_id, const char *user_id, cc_role role)
{
    cc_err err = cc_db_run(cc_app_db(app), member_insert, .project_id = project_id, .user_id = user_id,
                           .role = cc_role_text(role), .now = cc_app_now(app));

    if (err == CC_OK)
        err = cc_changed(app, project_id, "", "members.join", cc_span_of(user_id));
    return err != CC_OK
               ? err
               : cc_tell(app, project_id, "live", CC_MESSAGE_MEMBER_JOINED, .id = user_id, .role = cc_role_text(role));
}

static cc_err
role_of(cc_req *r, const char *user_id, cc_role *role)
{
    role_row row;
    cc_err   err =
        cc_db_get(cc_app_db(r->app), NULL, member_role, &row, .project_id = r->who.project_id, .user_id = user_id);

    if (err == CC_OK)
        *role = cc_role_find(row.role);
    return err;
}

/* Shall an owner take over what the person leaves behind?  A key cannot: it would have to belong to somebody itself. */
static cc_err
keep_asked(cc_req *r, bool *keep)
{
    const cc_value *keys = cc_query_value(r, "keys");
    bool            owner = r->who.local || (r->who.user_id[0] && r->who.role == CC_ROLE_OWNER);

    *keep = keys->present && strcmp(keys->s, "keep") == 0;
    if (!*keep || owner)
        return CC_OK;
    return cc_fail(r, CC_E_FORBIDDEN, NULL, "Only an owner of the project may take over somebody's keys.");
}

CC_STATEMENT(schedules_hand_over,
             "UPDATE schedules SET acts_for = :actor, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND acts_for = :user_id",
             TEXT(actor), INT(now), TEXT(project_id), TEXT(user_id));
CC_STATEMENT(chains_hand_over,
             "UPDATE chains SET acts_for = :actor, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = 'live' AND acts_for = :user_id "
             "AND " CC_CHAIN_CANCEL_FROM,
             TEXT(actor), INT(now), TEXT(project_id), TEXT(user_id));

/* From now on what acts for that person acts for the caller. */
static cc_err
hand_over(cc_req *r, const char *user_id)
{
    cc_db *db = cc_app_db(r->app);
    cc_err err = cc_db_run(db, schedules_hand_over, .actor = cc_actor(&r->who), .now = r->now,
                           .project_id = r->who.project_id, .user_id = user_id);

    return err != CC_OK ? err
                        : cc_db_run(db, chains_hand_over, .actor = cc_actor(&r->who), .now = r->now,
                                    .project_id = r->who.project_id, .user_id = user_id);
}

/* What the person had set up, now that the role is this one; CC_ROLE_NONE: no member any more. */
static cc_err
left_behind(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    cc_err err = cc_keys_leave(r, user_id, role, keep);

    if (err == CC_OK && keep && role == CC_ROLE_NONE)
        err = hand_over(r, user_id);
    return err == CC_OK ? cc_schedules_review(&r->context, user_id) : err;
}

/*
 * That a project keeps an owner is decided by the statement that takes one away, not by a look before it.  Two owners
 * who remove each other change different rows, so both transactions first change the project's own: the second one
 * waits there until the first is through, and then counts right.
 */
#define ANOTHER_OWNER                                                                                                  \
    "EXISTS (SELECT 1 FROM members other WHERE other.project_id = members.project_id AND other.role = 'owner' "        \
    "AND other.user_id <> members.user_id)"

CC_STATEMENT(
    member_change,
    "UPDATE members SET role = :role, updated_at = :now, version = version + 1 "
    "WHERE project_id = :project_id AND user_id = :user_id AND role = :was AND (role <> 'owner' OR " ANOTHER_OWNER ")",
    TEXT(role), INT(now), TEXT(project_id), TEXT(user_id), TEXT(was));
CC_STATEMENT(member_remove,
             "DELETE FROM members WHERE project_id = :project_id AND user_id = :user_id AND role = :was "
             "AND (role <> 'owner' OR " ANOTHER_OWNER ")",
             TEXT(project_id), TEXT(user_id), TEXT(was));

/* Of a statement that changed nothing: what it was about is no longer so, or it was the last owner. */
static cc_err
refused(cc_req *r, cc_role was)
{
    return cc_fail(r, CC_E_CONFLICT, NULL,
                   was == CC_ROLE_OWNER ? "The last owner of a project stays its owner; make another one first."
                                        : "This member was changed meanwhile.");
}

/* will CC_ROLE_NONE: no member any more. */
static cc_err
role_set(cc_req *r, const char *user_id, cc_role was, cc_role will, bool keep)
{
    cc_db      *db = cc_app_db(r->app);
    const char *project_id = r->who.project_id, *before = cc_role_text(was);
    int64_t     changed;
    cc_err      err = was == CC_ROLE_OWNER ? cc_project_lock(&r->context) : CC_OK;

    if (err == CC_OK && will == CC_ROLE_NONE)
        err = cc_db_change(db, member_remove, &changed, .project_id = project_id, .user_id = user_id, .was = before);
    else if (err == CC_OK)
        err = cc_db_change(db, member_change, &changed, .role = cc_role_text(will), .now = r->now,
                           .project_id = project_id, .user_id = user_id, .was = before);
    if (err != CC_OK)
        return err;
    if (!changed)
        return refused(r, was);
    err = cc_changed(r->app, project_id, "", will == CC_ROLE_NONE ? "members.leave" : "members.update",
                     cc_span_of(user_id));
    return err == CC_OK ? left_behind(r, user_id, will, keep) : err;
}

cc_err
cc_members_update(cc_req *r)
{
    const cc_value *sent = cc_body_value(r, "role");
    cc_role         is, will;
    bool            keep;
    cc_err          err;

    if ((err = role_of(r, r->id, &is)) != CC_OK || (err = cc_authority_over_role(&r->context, is)) != CC_OK ||
        (err = keep_asked(r, &keep)) != CC_OK || (err = cc_resource_precondition(r, &cc_members, r->id)) != CC_OK)
        return err;
    will = sent->present ? cc_role_find(sent->s) : is;
    if (will != is && ((err = cc_authority_over_role(&r->context, will)) != CC_OK ||
                       (err = role_set(r, r->id, is, will, keep)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_members, r->id);
}

/* The account stays: the person may be at home elsewhere.  Open sessions find no membership from here on. */
static cc_err
leave(cc_req *r, const char *user_id, cc_role role, bool keep)
{
    cc_err err = role_set(r, user_id, role, CC_ROLE_NONE, keep);

    if (err == CC_OK)
        cc_deleted_write(&r->out, user_id);
    return err;
}

cc_err
cc_members_delete(cc_req *r)
{
    cc_role role;
    bool    keep;
    cc_err  err;

    if ((err = role_of(r, r->id, &role)) != CC_OK || (err = cc_authority_over_role(&r->context, role)) != CC_OK ||
        (err = keep_asked(r, &keep)) != CC_OK || (err = cc_resource_precondition(r, &cc_members, r->id)) != CC_OK)
        return err;
    if (keep && strcmp(r->id, r->who.user_id) == 0)
        return cc_fail(r, CC_E_VALIDATION, "keys", "Who goes cannot keep the keys; another owner can.");
    return leave(r, r->id, role, keep);
}

/* Anybody may go.  The project must be named: leaving the oldest one for want of a header would be a nasty surprise. */
cc_err
cc_members_leave(cc_req *r)
{
    const char *asked = r->in->header[CC_H_PROJECT];

    if (!asked || !r->who.project_id[0] || strcmp(asked, r->who.project_id) != 0)
        return cc_fail(r, CC_E_VALIDATION, "X-Project", "'X-Project' must name a project that you are a member of.");
    return leave(r, r->who.user_id, r->who.role, false);
}

/* ---- invitations ----------------------------------------------------------------------------- */

CC_QUERY(invitation_role, role_row, "SELECT role FROM invitations WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));
CC_QUERY(invitation_of, role_row, "SELECT role FROM invitations WHERE project_id = :project_id AND email = :email",
         TEXT(project_id), TEXT(email));
CC_STATEMENT(invitation_replace, "DELETE FROM invitations WHERE project_id = :project_id AND email = :email",
             TEXT(project_id), TEXT(email));
CC_STATEMENT(member_by_email,
             "SELECT 1 FROM users u JOIN members m ON m.user_id = u.id "
             "WHERE u.email = :email AND m.project_id = :project_id",
             TEXT(email), TEXT(project_id));

/* Withdrawing takes a role away from somebody. */
static cc_err
may_withdraw(cc_context *c, const char *id)
{
    role_row row;
    bool     found;
    cc_err   err =
        cc_db_find(cc_app_db(c->app), NULL, invitation_role, &row, &found, .project_id = c->who.project_id, .id = id);

    return err == CC_OK && found ? cc_authority_over_role(c, cc_role_find(row.role)) : err;
}

static cc_err
check_new(cc_req *r, const char *email)
{
    cc_db   *db = cc_app_db(r->app);
    role_row before;
    bool     found;
    cc_err   err = cc_db_exists(db, member_by_email, &found, .email = email, .project_id = r->who.project_id);

    if (err == CC_OK && found)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "This person is a member already.");
    if (err != CC_OK)
        return err;

    /* One open invitation an address: whoever lost the link gets another, and the lost one is worth nothing. */
    if ((err = cc_db_find(db, NULL, invitation_of, &before, &found, .project_id = r->who.project_id, .email = email)) !=
            CC_OK ||
        (found && (err = cc_authority_over_role(&r->context, cc_role_find(before.role))) != CC_OK))
        return err;
    return cc_db_run(db, invitation_replace, .project_id = r->who.project_id, .email = email);
}

cc_err
cc_invitations_create(cc_req *r)
{
    const cc_value *role = cc_body_value(r, "role");
    cc_role         will = role->present ? cc_role_find(role->s) : CC_ROLE_MEMBER;
    char           *id = cc_alloc(r->arena, CC_ID_SIZE), *email = cc_alloc(r->arena, 255);
    char           *token = cc_alloc(r->arena, CC_TOKEN_SIZE);
    uint8_t        *hash = cc_alloc(r->arena, CC_HASH_SIZE);
    cc_err          err;

    if (!id || !email || !token || !hash)
        return CC_E_UNAVAILABLE;
    if (!cc_email_clean(cc_body_value(r, "email")->s, email))
        return cc_fail(r, CC_E_VALIDATION, "email", "'email' must be an e-mail address.");
    if ((err = cc_authority_over_role(&r->context, will)) != CC_OK ||
        (err = cc_project_lock(&r->context)) != CC_OK || /* two at once would both find none */
        (err = check_new(r, email)) != CC_OK)
        return err;
    cc_token_new(r->app, token);
    cc_hash(token, strlen(token), hash);
    cc_id_new(r->app, cc_invitations.prefix, id);
    cc_value_set_text(invitation_fields, r->body, "email", email);
    cc_value_set_text(invitation_fields, r->body, "role", cc_role_text(will));
    cc_value_set_text(invitation_fields, r->body, "invitedBy", r->who.name);
    cc_value_set_text(invitation_fields, r->body, "actsFor", cc_actor(&r->who));
    cc_value_set_int(invitation_fields, r->body, "expiresAt", r->now + INVITATION_MS);
    cc_value_set_bytes(invitation_fields, r->body, "hash", hash, CC_HASH_SIZE);
    cc_reveal_secret(r, token);
    return cc_resource_insert(&r->context, &cc_invitations, id, r->body, r);
}
