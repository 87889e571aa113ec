/*
 * GitLab's REST API, version 4: what it calls a merge request is a pull request here.
 */
#include <stdlib.h>
#include <string.h>

#include "forge.h"

static bool
begin(forge *f)
{
    char *path = forge_path(f, true), *name = path != NULL ? forge_escape(f, path) : NULL;

    free(path);
    return name != NULL && forge_at(f, "projects", name) && forge_header(f, "Authorization: Bearer %s", f->call->token);
}

static const char *
state_of(const cJSON *request)
{
    const char *state = forge_text(request, "state");

    return strcmp(state, "opened") == 0 || strcmp(state, "locked") == 0 ? "open" : state;
}

static bool
say_request(forge *f, const cJSON *request)
{
    const char *status = forge_text(request, "detailed_merge_status");

    if (strncmp(forge_text(request, "web_url"), "https://", 8) != 0 || forge_number(request, "iid") == 0)
        return forge_fail(f, "GitLab's answer is not understood");
    forge_say(f, "url", forge_text(request, "web_url"));
    forge_say_number(f, "number", forge_number(request, "iid"));
    forge_say(f, "title", forge_text(request, "title"));
    forge_say(f, "state", state_of(request));
    forge_say_bool(f, "isDraft", forge_true(request, "draft"));
    forge_say(f, "branch", forge_text(request, "source_branch"));
    forge_say(f, "base", forge_text(request, "target_branch"));
    forge_say(f, "head", forge_text(request, "sha"));
    if (forge_true(request, "has_conflicts") || strcmp(status, "conflict") == 0)
        forge_say_bool(f, "mergeable", false);
    else if (*status != '\0' && strcmp(status, "unchecked") != 0 && strcmp(status, "checking") != 0)
        forge_say_bool(f, "mergeable", true);
    return true;
}

/* ---- open ----------------------------------------------------------------------------------------- */

static bool
known(forge *f)
{
    char *branch = forge_escape(f, f->call->branch);
    bool  fine = forge_ask(f, "GET", NULL, "/merge_requests?state=opened&source_branch=%s", branch);

    free(branch);
    return fine && f->status == 200 && cJSON_GetArraySize(f->json) > 0;
}

static bool
ask_for_it(forge *f, const char *base)
{
    cJSON *body = need(cJSON_CreateObject());
    char  *title = make_text("%s%s", f->call->draft ? "Draft: " : "", f->call->title);

    need(cJSON_AddStringToObject(body, "title", title));
    need(cJSON_AddStringToObject(body, "source_branch", f->call->branch));
    need(cJSON_AddStringToObject(body, "target_branch", base));
    need(cJSON_AddStringToObject(body, "description", f->call->text));
    free(title);
    return forge_ask(f, "POST", body, "/merge_requests");
}

static bool
open_it(forge *f)
{
    char *base;
    bool  fine = forge_base(f, &base) && ask_for_it(f, base);

    free(base);
    if (!fine)
        return false;
    if (f->status == 201)
        return say_request(f, f->json);
    forge_refused(f);
    return f->status == 409 && known(f) && say_request(f, cJSON_GetArrayItem(f->json, 0));
}

/* ---- look ----------------------------------------------------------------------------------------- */

static const char *
status_of(const cJSON *one)
{
    const char *status = forge_text(one, "status");

    if (strcmp(status, "success") == 0)
        return "success";
    if (strcmp(status, "failed") == 0)
        return forge_true(one, "allow_failure") ? "neutral" : "failure";
    return strcmp(status, "canceled") == 0 || strcmp(status, "skipped") == 0 || strcmp(status, "manual") == 0
               ? "neutral"
               : "pending";
}

/* Jobs of its own pipelines are among them, each with its number. */
static bool
checks(forge *f, const char *head)
{
    const cJSON *one;
    int          logs = 0;

    if (!forge_ask(f, "GET", NULL, "/repository/commits/%s/statuses?per_page=100", head))
        return false;
    if (f->status != 200)
        return forge_unreached(f);
    cJSON *all = forge_take(f);
    cJSON_ArrayForEach(one, all)
    {
        const char *status = status_of(one);
        char       *log = NULL;
        if (strcmp(status, "failure") == 0 && logs++ < FORGE_LOGS)
            (void)forge_log(f, &log, "/jobs/%lld/trace", forge_number(one, "id"));
        forge_say_check(f, forge_text(one, "name"), status, forge_text(one, "target_url"),
                        log != NULL ? log : forge_text(one, "description"));
        free(log);
    }
    cJSON_Delete(all);
    return true;
}

static void
say_note(forge *f, const cJSON *note)
{
    const cJSON *position = forge_member(note, "position");

    if (forge_true(note, "resolvable") && !forge_true(note, "resolved"))
        forge_say_comment(f, forge_text(forge_member(note, "author"), "username"), forge_text(position, "new_path"),
                          forge_number(position, "new_line"), forge_text(note, "body"), "");
}

static bool
comments(forge *f)
{
    const cJSON *one, *note;

    if (!forge_ask(f, "GET", NULL, "/merge_requests/%lld/discussions?per_page=100", (long long)f->call->number))
        return false;
    cJSON_ArrayForEach(one, forge_list(f))
    {
        cJSON_ArrayForEach(note, forge_member(one, "notes")) say_note(f, note);
    }
    return true;
}

static bool
look(forge *f)
{
    char *head;
    bool  fine = forge_look(f, "merge_requests", say_request, &head) && checks(f, head) && comments(f);

    free(head);
    return fine;
}

/* ---- act ------------------------------------------------------------------------------------------ */

static bool
merge(forge *f)
{
    cJSON *body;

    if (strcmp(f->call->method, "rebase") == 0)
        return forge_fail(f, "GitLab merges by rebase only as the project is set up there: ask for merge or squash");
    body = need(cJSON_CreateObject());
    need(cJSON_AddBoolToObject(body, "squash", strcmp(f->call->method, "squash") == 0));
    need(cJSON_AddStringToObject(body, "sha", f->call->head));
    return forge_ask(f, "PUT", body, "/merge_requests/%lld/merge", (long long)f->call->number) && forge_merged(f);
}

static bool
close_it(forge *f)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "state_event", "close"));
    if (!forge_ask(f, "PUT", body, "/merge_requests/%lld", (long long)f->call->number))
        return false;
    return f->status == 200 ? say_request(f, f->json) : forge_refused(f);
}

/* ---- issues --------------------------------------------------------------------------------------- */

static bool
issue(forge *f)
{
    return forge_ask(f, "GET", NULL, "/issues/%lld", (long long)f->call->number) &&
           forge_issue(f, "web_url", "description", NULL);
}

static bool
comment(forge *f)
{
    char *collection = make_text("/issues/%lld/notes", (long long)f->call->number);
    bool  fine = forge_comment(f, collection, "sort=desc&per_page=100");

    free(collection);
    return fine;
}

/* ---- branches ------------------------------------------------------------------------------------- */

/* Those of a range: it shows a hundred of them, and says nowhere how many there are. */
static bool
count(forge *f, const char *what, const char *from, const char *to)
{
    if (!forge_ask(f, "GET", NULL, "/repository/commits?ref_name=%s..%s&per_page=100", from, to))
        return false;
    if (f->status == 200)
        forge_say_number(f, what, cJSON_GetArraySize(f->json));
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
    return forge_branch(f, &(forge_branches){"/repository/branches", "id", forge_escape, compare}, base);
}

static bool
remove_it(forge *f)
{
    char *name = forge_escape(f, f->call->branch);
    bool  fine = forge_branch_remove(f, "/repository/branches", name);

    free(name);
    return fine;
}

/* Of a branch that is not there yet, it does not say. */
static bool
may_push(forge *f)
{
    char *name = forge_escape(f, f->call->branch);
    bool  fine = forge_ask(f, "GET", NULL, "/repository/branches/%s", name) && forge_say_may_push(f, "can_push");

    free(name);
    return fine;
}

const forge_kind forge_gitlab = {
    .name = "gitlab",
    .people = "GitLab",
    .begin = begin,
    .open = open_it,
    .look = look,
    .merge = merge,
    .close = close_it,
    .issue = issue,
    .comment = comment,
    .branch = branch,
    .remove = remove_it,
    .may_push = may_push,
};
