/*
 * The REST API of Gitea, version 1, which Forgejo has as well.
 */
#include <stdlib.h>
#include <string.h>

#include "forge.h"

static bool
begin(forge *f)
{
    char *path = forge_path(f, false);

    return path != NULL && forge_at(f, "repos", path) && forge_header(f, "Authorization: token %s", f->call->token) &&
           forge_header(f, "Accept: application/json");
}

/* ---- open ----------------------------------------------------------------------------------------- */

/* It cannot be asked for by its branch, only by both of its ends. */
static const cJSON *
known(forge *f)
{
    const cJSON *one;

    if (!forge_ask(f, "GET", NULL, "/pulls?state=open&limit=50") || f->status != 200)
        return NULL;
    cJSON_ArrayForEach(one, f->json)
    {
        if (strcmp(forge_text(forge_member(one, "head"), "ref"), f->call->branch) == 0)
            return one;
    }
    return NULL;
}

static bool
ask_for_it(forge *f, const char *base)
{
    cJSON *body = need(cJSON_CreateObject());
    char  *title = make_text("%s%s", f->call->draft ? "WIP: " : "", f->call->title);

    need(cJSON_AddStringToObject(body, "title", title));
    need(cJSON_AddStringToObject(body, "head", f->call->branch));
    need(cJSON_AddStringToObject(body, "base", base));
    need(cJSON_AddStringToObject(body, "body", f->call->text));
    free(title);
    return forge_ask(f, "POST", body, "/pulls");
}

static bool
open_it(forge *f)
{
    char        *base;
    const cJSON *pull;
    bool         fine = forge_base(f, &base) && ask_for_it(f, base);

    free(base);
    if (!fine)
        return false;
    if (f->status == 201)
        return forge_say_pull(f, f->json);
    forge_refused(f);
    return f->status == 409 && (pull = known(f)) != NULL && forge_say_pull(f, pull);
}

/* ---- look ----------------------------------------------------------------------------------------- */

static const char *
status_of(const cJSON *one)
{
    const char *status = forge_text(one, "status");

    if (strcmp(status, "success") == 0 || strcmp(status, "pending") == 0)
        return status;
    return strcmp(status, "warning") == 0 || strcmp(status, "skipped") == 0 ? "neutral" : "failure";
}

static bool
checks(forge *f, const char *head)
{
    const cJSON *one;

    if (!forge_ask(f, "GET", NULL, "/commits/%s/status", head))
        return false;
    if (f->status != 200)
        return forge_unreached(f);
    cJSON_ArrayForEach(one, forge_member(f->json, "statuses"))
    {
        forge_say_check(f, forge_text(one, "context"), status_of(one), forge_text(one, "target_url"),
                        forge_text(one, "description"));
    }
    return true;
}

/* Those of one review; its own words stand with it. */
static bool
comments_of(forge *f, long long review)
{
    const cJSON *one;

    if (!forge_ask(f, "GET", NULL, "/pulls/%lld/reviews/%lld/comments", (long long)f->call->number, review))
        return false;
    cJSON_ArrayForEach(one, forge_list(f))
    {
        if (!cJSON_IsObject(forge_member(one, "resolver")))
            forge_say_comment(f, forge_text(forge_member(one, "user"), "login"), forge_text(one, "path"),
                              forge_number(one, "position"), forge_text(one, "body"), forge_text(one, "html_url"));
    }
    return true;
}

static bool
comments(forge *f)
{
    const cJSON *review;
    bool         fine = true;

    if (!forge_ask(f, "GET", NULL, "/pulls/%lld/reviews?limit=50", (long long)f->call->number))
        return false;
    cJSON *all = f->status == 200 ? forge_take(f) : NULL;
    cJSON_ArrayForEach(review, all)
    {
        if (strcmp(forge_text(review, "state"), "REQUEST_CHANGES") == 0 && !forge_true(review, "dismissed"))
            forge_say_comment(f, forge_text(forge_member(review, "user"), "login"), "", 0, forge_text(review, "body"),
                              forge_text(review, "html_url"));
        if (fine && forge_number(review, "comments_count") > 0)
            fine = comments_of(f, forge_number(review, "id"));
    }
    cJSON_Delete(all);
    return fine;
}

static bool
look(forge *f)
{
    char *head;
    bool  fine = forge_look(f, "pulls", forge_say_pull, &head) && checks(f, head) && comments(f);

    free(head);
    return fine;
}

/* ---- act ------------------------------------------------------------------------------------------ */

static bool
merge(forge *f)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "Do", f->call->method));
    need(cJSON_AddStringToObject(body, "head_commit_id", f->call->head));
    return forge_ask(f, "POST", body, "/pulls/%lld/merge", (long long)f->call->number) && forge_merged(f);
}

static bool
close_it(forge *f)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "state", "closed"));
    if (!forge_ask(f, "PATCH", body, "/pulls/%lld", (long long)f->call->number))
        return false;
    return f->status == 200 || f->status == 201 ? forge_say_pull(f, f->json) : forge_refused(f);
}

/* ---- branches ------------------------------------------------------------------------------------- */

/* It counts in one direction alone. */
static bool
count(forge *f, const char *what, const char *from, const char *to)
{
    if (!forge_ask(f, "GET", NULL, "/compare/%s...%s", from, to))
        return false;
    if (f->status == 200)
        forge_say_number(f, what, forge_number(f->json, "total_commits"));
    return true;
}

static bool
compare(forge *f, const char *base, const char *name)
{
    return count(f, "ahead", base, name) && count(f, "behind", name, base);
}

static bool
branch(forge *f, const char *base)
{
    return forge_branch(f, &(forge_branches){"/branches", "id", forge_escape_path, compare}, base);
}

static bool
remove_it(forge *f)
{
    char *name = forge_escape_path(f, f->call->branch);
    bool  fine = forge_branch_remove(f, "/branches", name);

    free(name);
    return fine;
}

/* Of a branch that is not there yet, it does not say. */
static bool
may_push(forge *f)
{
    char *name = forge_escape_path(f, f->call->branch);
    bool  fine = forge_ask(f, "GET", NULL, "/branches/%s", name) && forge_say_may_push(f, "user_can_push");

    free(name);
    return fine;
}

const forge_kind forge_gitea = {
    .name = "gitea",
    .people = "Gitea",
    .begin = begin,
    .open = open_it,
    .look = look,
    .merge = merge,
    .close = close_it,
    .issue = forge_common_issue,
    .comment = forge_common_comment,
    .branch = branch,
    .remove = remove_it,
    .may_push = may_push,
};
