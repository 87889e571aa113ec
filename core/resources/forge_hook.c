/*
 * What a forge says by itself: its webhook.
 *
 * A message is a hint and nothing more: of what it says only the numbers of pull requests and the names of commits are
 * read, and a worker asks the forge for the rest.  So who can forge one, or sends one again, gets a look made and no
 * more; it is signed all the same, with a secret of the project's, so that strangers make nobody look.
 */
#include <stdio.h>

#include "base/mend.h"
#include "base/secret.h"
#include "context/app.h"
#include "context/forge.h"
#include "gate/environment.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { NUMBERS_MAX = 20 };

const cc_field cc_hook_answer[] = {
    CC_F("matched", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "How many of the project's pull requests it is about.", .example = "1"),
    CC_END,
};

typedef struct settings_row {
    cc_bytes env_vars;
} settings_row;

CC_ROW(settings_row, env_vars);
CC_QUERY(hook_settings, settings_row, "SELECT env_vars FROM project_settings WHERE project_id = :project_id",
         TEXT(project_id));
CC_STATEMENT(hook_due,
             "UPDATE pull_requests SET due_at = :now, idle_looks = 0 WHERE project_id = :project_id AND mode = 'live' "
             "AND (number = :number OR head_commit = :head)",
             INT(now), TEXT(project_id), INT(number), TEXT(head));

/* ---- from whom -------------------------------------------------------------------------------------- */

/* GitHub and Gitea sign the body, GitLab sends the secret itself. */
static bool
is_signed(cc_req *r, const char *secret)
{
    const char *signature = r->in->header[CC_H_HUB_SIGNATURE], *token = r->in->header[CC_H_GITLAB_TOKEN];
    uint8_t     mac[CC_HASH_SIZE], given[CC_HASH_SIZE];
    char        expected[8 + 2 * CC_HASH_SIZE] = "sha256=";

    if (token) { /* compared by their hashes: they have one size */
        cc_hash(secret, strlen(secret), mac);
        cc_hash(token, strlen(token), given);
        return cc_same(mac, given, sizeof(mac));
    }
    cc_hmac(secret, strlen(secret), r->sent.text, r->sent.size, mac);
    for (size_t i = 0; i < sizeof(mac); i++)
        snprintf(expected + 7 + 2 * i, 3, "%02x", mac[i]);
    return signature && strlen(signature) == strlen(expected) && cc_same(signature, expected, strlen(expected));
}

/* One answer to whoever is not the forge, whatever is wrong: no such project, no secret, another one. */
static cc_err
sender_check(cc_req *r)
{
    const cc_json *environment = NULL, *secret;
    settings_row   row = {0};
    bool           found;
    cc_err         err = cc_db_find(cc_app_db(r->app), r->arena, hook_settings, &row, &found, .project_id = r->id);

    if (err != CC_OK)
        return err;
    if (found && row.env_vars.size &&
        (err = cc_environment_open(r->app, r->arena, r->id, row.env_vars.data, row.env_vars.size, &environment)) !=
            CC_OK)
        return err;
    secret = environment ? cc_json_member(environment, CC_FORGE_SECRET) : NULL;
    if (!secret || cc_json_what(secret) != CC_J_TEXT || !*cc_json_text(secret) || !is_signed(r, cc_json_text(secret)))
        return cc_fail(r, CC_E_AUTH_INVALID, NULL,
                       "The message is not signed with the " CC_FORGE_SECRET " of such a project.");
    return CC_OK;
}

/* ---- about what ------------------------------------------------------------------------------------- */

typedef struct about {
    cc_req     *r;
    int64_t     numbers[NUMBERS_MAX];
    int         count;
    const char *head; /* NULL: it names no commit */
} about;

static void
number_take(about *a, const cc_json *pull, const char *name)
{
    const double number = pull ? cc_json_number_at(pull, name) : 0;

    if (number >= 1 && number <= INT32_MAX && a->count < NUMBERS_MAX)
        a->numbers[a->count++] = (int64_t)number;
}

static void
head_take(about *a, const cc_json *j, const char *name)
{
    const char *head = j ? cc_json_text_at(j, name) : "";

    if (*head && strlen(head) <= 64)
        a->head = head;
}

/* Every place in which one of the three forges names a pull request or the commit that a check was of. */
static void
read_about(about *a, const cc_json *j)
{
    static const char *const checks[] = {"check_run", "check_suite", "workflow_run"};
    const cc_json           *attributes = cc_json_at(j, "object_attributes");

    number_take(a, cc_json_at(j, "pull_request"), "number");
    number_take(a, cc_json_at(j, "merge_request"), "iid");
    if (strcmp(cc_json_text_at(j, "object_kind"), "merge_request") == 0)
        number_take(a, attributes, "iid");
    head_take(a, j, "sha");
    head_take(a, attributes, "sha");
    for (size_t i = 0; i < CC_COUNT(checks); i++) {
        const cc_json *check = cc_json_at(j, checks[i]);
        head_take(a, check, "head_sha");
        for (const cc_json *p = cc_json_items(cc_json_at(check, "pull_requests")); p; p = cc_json_next(p))
            number_take(a, p, "number");
    }
}

cc_err
cc_forge_hook(cc_req *r)
{
    about    a = {.r = r};
    cc_found found = {0};
    int64_t  matched = 0, some;
    cc_err   err;

    if ((err = sender_check(r)) != CC_OK || (err = cc_json_find(r->arena, r->sent.text, r->sent.size, &found)) != CC_OK)
        return err;
    read_about(&a, found.json);
    for (int i = 0; i < a.count || (i == 0 && a.head); i++) {
        if ((err = cc_db_change(cc_app_db(r->app), hook_due, &some, .now = r->now, .project_id = r->id,
                                .number = i < a.count ? a.numbers[i] : 0, .head = i ? NULL : a.head)) != CC_OK)
            return err;
        matched += some;
    }
    if (matched)
        r->notify_run_id = r->id; /* wakes a worker */
    cc_putf(&r->out, "{\"matched\":%lld}", (long long)matched);
    return CC_OK;
}
