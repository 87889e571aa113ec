/*
 * Making another project: what only somebody signed in can do, since a key belongs to one.
 *
 * Its path is /projects, beside /project, which is always the one that a key or X-Project names.
 */
#include "context/app.h"
#include "resources/resources.h"
#include "storage/query.h"

const cc_field cc_project_new_fields[] = {
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 100, "What people call it.", .example = "\"Second Project\""),
    CC_F("slug", CC_TYPE_LINE, 0, 1, 100, "Its name in commands; left out: made from the name.",
         .example = "\"second-project\""),
    CC_F("examples", CC_TYPE_BOOL, 0, 0, 0, "Put two example workflows into it.", .preset = "false", .example = "true"),
    CC_END,
};

CC_STATEMENT(member_owns, "SELECT 1 FROM members WHERE user_id = :user_id AND role = 'owner' LIMIT 1", TEXT(user_id));

static cc_err
check_owner(cc_req *r)
{
    bool   owns;
    cc_err err = cc_db_exists(cc_app_db(r->app), member_owns, &owns, .user_id = r->who.user_id);

    if (err == CC_OK && !owns)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "Only who owns a project may make another one.");
    return err;
}

cc_err
cc_projects_create(cc_req *r)
{
    const cc_value *slug = cc_body_value(r, "slug"), *examples = cc_body_value(r, "examples");
    cc_project_info made;
    cc_err          err;

    if (r->who.must_change)
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "Choose a new password first (POST /session/password).");
    if ((err = check_owner(r)) != CC_OK)
        return err;
    err = cc_project_make(r->app, cc_body_value(r, "name")->s, slug->present ? slug->s : NULL,
                          examples->present && examples->i, &made);
    if (err == CC_E_CONFLICT)
        return cc_fail(r, err, NULL, "Another project has this slug.");
    if (err == CC_E_VALIDATION)
        return cc_fail(r, err, "slug", "'slug' must be lower-case letters, digits and inner hyphens.");
    if (err != CC_OK || (err = cc_member_insert(r->app, made.id, r->who.user_id, CC_ROLE_OWNER)) != CC_OK)
        return err;
    cc_copy_id(r->who.project_id, made.id); /* from here on this is the project the request is about */
    r->who.role = CC_ROLE_OWNER;
    return cc_resource_show(r, &cc_project, NULL);
}
