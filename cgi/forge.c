/*
 * One call to a forge, for a worker: made, and its answer printed in words that are the same for all of them.
 *
 * Nothing of what a forge says is believed but as text: addresses must begin with https://, texts are cut, and what
 * should hold the token is dropped.
 */
#include "forge.h"
#include "mail.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MOST = 200, URL_MOST = 500, TEXT_MOST = 8000 };

static const forge_kind *const kinds[] = {&forge_github, &forge_gitlab, &forge_gitea};

static const forge_kind *
kind_of(const cc_forge_call *call)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i]->name, call->forge) == 0)
            return kinds[i];
    return NULL;
}

/* ---- what was answered ---------------------------------------------------------------------------- */

const cJSON *
forge_member(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name);
}

const char *
forge_text(const cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(forge_member(json, name));

    return text != NULL ? text : "";
}

bool
forge_true(const cJSON *json, const char *name)
{
    return cJSON_IsTrue(forge_member(json, name));
}

long long
forge_number(const cJSON *json, const char *name)
{
    const cJSON *number = forge_member(json, name);

    return cJSON_IsNumber(number) && number->valuedouble >= 0 && number->valuedouble < 9e15
               ? (long long)number->valuedouble
               : 0;
}

const cJSON *
forge_list(const forge *f)
{
    return f->status == 200 ? f->json : NULL;
}

bool
forge_fail(forge *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->error, sizeof(f->error), format, args);
    va_end(args);
    for (char *c = f->error; *c != '\0'; c++)
        if (*c < 0x20 || *c >= 0x7f) /* one line, and no character cut in two */
            *c = '?';
    return false;
}

/* The reason stands in another member at each of them, as a text, a list of texts, or a list of objects. */
static const char *
reason_in(const cJSON *json)
{
    if (cJSON_IsString(json))
        return json->valuestring;
    if (cJSON_IsArray(json))
        return reason_in(cJSON_GetArrayItem(json, 0));
    if (cJSON_IsObject(json) && *forge_text(json, "message") != '\0')
        return forge_text(json, "message");
    return cJSON_IsObject(json) ? reason_in(json->child) : "";
}

bool
forge_refused(forge *f)
{
    const char *people = kind_of(f->call)->people, *message = reason_in(forge_member(f->json, "message"));
    const char *detail = reason_in(forge_member(f->json, "errors"));

    if (*message == '\0')
        message = reason_in(forge_member(f->json, "error"));
    if (f->status >= 300 && f->status < 400)
        return forge_fail(f, "%s answered %ld: the repository has moved", people, f->status);
    return forge_fail(f, "%s answered %ld%s%.150s%s%.150s", people, f->status, *message ? ": " : "", message,
                      *detail ? ": " : "", detail);
}

bool
forge_unreached(forge *f)
{
    return f->status == 403 || f->status == 404 || forge_refused(f);
}

cJSON *
forge_take(forge *f)
{
    cJSON *taken = f->json;

    f->json = NULL;
    return taken;
}

bool
forge_base(forge *f, char **base)
{
    *base = NULL;
    if (!forge_ask(f, "GET", NULL, "%s", ""))
        return false;
    const char *name = forge_text(f->json, "default_branch");
    if (f->status != 200 || *name == '\0')
        return forge_refused(f);
    *base = make_text("%s", f->call->base != NULL ? f->call->base : name);
    return strcmp(*base, f->call->branch) != 0 || forge_fail(f, "the branch is the one that it would be merged into");
}

/* ---- what becomes of it --------------------------------------------------------------------------- */

/* At most so many bytes, and no character cut in two. */
static size_t
cut(const char *text, size_t most)
{
    size_t n = strlen(text);

    if (n <= most)
        return n;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

static void
add_text(cJSON *to, const char *name, const char *text, size_t most)
{
    char *copy = make_text("%.*s", (int)cut(text, most), text);

    need(cJSON_AddStringToObject(to, name, copy));
    free(copy);
}

static void
add_url(cJSON *to, const char *url)
{
    if (strncmp(url, "https://", 8) == 0 && strlen(url) <= URL_MOST)
        need(cJSON_AddStringToObject(to, "url", url));
    else
        need(cJSON_AddNullToObject(to, "url"));
}

void
forge_say(forge *f, const char *name, const char *text)
{
    add_text(f->answer, name, text, URL_MOST);
}

void
forge_say_long(forge *f, const char *name, const char *text, size_t most)
{
    add_text(f->answer, name, text, most);
}

void
forge_say_number(forge *f, const char *name, long long number)
{
    need(cJSON_AddNumberToObject(f->answer, name, (double)number));
}

void
forge_say_bool(forge *f, const char *name, bool value)
{
    need(cJSON_AddBoolToObject(f->answer, name, value));
}

static cJSON *
list_of(forge *f, const char *name)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(f->answer, name);

    return list != NULL ? list : need(cJSON_AddArrayToObject(f->answer, name));
}

static cJSON *
one_more(cJSON *list)
{
    cJSON *one = need(cJSON_CreateObject());

    cJSON_AddItemToArray(list, one);
    return one;
}

void
forge_say_check(forge *f, const char *name, const char *status, const char *url, const char *text)
{
    cJSON *list = list_of(f, "checks");

    if (cJSON_GetArraySize(list) >= FORGE_CHECKS)
        return;
    cJSON *one = one_more(list);
    add_text(one, "name", *name != '\0' ? name : "check", NAME_MOST);
    add_text(one, "status", status, NAME_MOST);
    add_url(one, url);
    if (text != NULL && *text != '\0')
        add_text(one, "text", text, TEXT_MOST);
    else
        need(cJSON_AddNullToObject(one, "text"));
}

void
forge_say_comment(forge *f, const char *author, const char *path, long long line, const char *text, const char *url)
{
    cJSON *list = list_of(f, "comments");

    if (cJSON_GetArraySize(list) >= FORGE_COMMENTS || *text == '\0')
        return;
    cJSON *one = one_more(list);
    add_text(one, "author", author, NAME_MOST);
    if (*path != '\0')
        add_text(one, "path", path, URL_MOST);
    else
        need(cJSON_AddNullToObject(one, "path"));
    if (line > 0)
        need(cJSON_AddNumberToObject(one, "line", (double)line));
    else
        need(cJSON_AddNullToObject(one, "line"));
    add_text(one, "text", text, TEXT_MOST);
    add_url(one, url);
}

bool
forge_say_pull(forge *f, const cJSON *pull)
{
    const cJSON *mergeable = forge_member(pull, "mergeable");

    if (strncmp(forge_text(pull, "html_url"), "https://", 8) != 0 || forge_number(pull, "number") == 0)
        return forge_fail(f, "%s's answer is not understood", kind_of(f->call)->people);
    forge_say(f, "url", forge_text(pull, "html_url"));
    forge_say_number(f, "number", forge_number(pull, "number"));
    forge_say(f, "title", forge_text(pull, "title"));
    forge_say(f, "state", forge_true(pull, "merged") ? "merged" : forge_text(pull, "state"));
    forge_say_bool(f, "isDraft", forge_true(pull, "draft"));
    forge_say(f, "branch", forge_text(forge_member(pull, "head"), "ref"));
    forge_say(f, "base", forge_text(forge_member(pull, "base"), "ref"));
    forge_say(f, "head", forge_text(forge_member(pull, "head"), "sha"));
    if (cJSON_IsBool(mergeable))
        forge_say_bool(f, "mergeable", cJSON_IsTrue(mergeable));
    return true;
}

bool
forge_look(forge *f, const char *collection, bool (*read)(forge *f, const cJSON *pull), char **head)
{
    *head = NULL;
    f->condition = f->call->head != NULL ? f->call->etag : NULL;
    bool fine = forge_ask(f, "GET", NULL, "/%s/%lld", collection, (long long)f->call->number);
    f->condition = NULL;
    if (!fine || (f->status != 200 && f->status != 304))
        return fine && forge_refused(f);
    if (f->status == 304) {
        *head = make_text("%s", f->call->head);
        return true;
    }
    if (f->etag[0] != '\0')
        forge_say(f, "etag", f->etag);
    if (!read(f, f->json))
        return false;
    *head = make_text("%s", forge_text(f->answer, "head"));
    return true;
}

bool
forge_merged(forge *f)
{
    if (f->status != 200)
        return forge_refused(f);
    forge_say(f, "state", "merged");
    return true;
}

/* ---- issues --------------------------------------------------------------------------------------- */

bool
forge_issue(forge *f, const char *address, const char *text, const char *pull)
{
    const char *people = kind_of(f->call)->people;

    if (f->status != 200)
        return forge_refused(f);
    if (pull != NULL && cJSON_IsObject(forge_member(f->json, pull)))
        return forge_fail(f, "#%lld is a pull request at %s, and no issue", (long long)f->call->number, people);
    if (!cJSON_IsString(forge_member(f->json, "title")) || *forge_text(f->json, address) == '\0')
        return forge_fail(f, "%s's answer is not understood", people);
    forge_say_long(f, "title", forge_text(f->json, "title"), FORGE_TITLE);
    forge_say_long(f, "text", forge_text(f->json, text), FORGE_ISSUE_TEXT);
    return true;
}

/* Asked for again, because nobody knows what became of it: it may be there. */
static bool
commented(forge *f, const char *collection, const char *list, bool *there)
{
    const cJSON *one;

    *there = false;
    if (f->call->marker == NULL)
        return true;
    if (!forge_ask(f, "GET", NULL, "%s?%s", collection, list))
        return false;
    cJSON_ArrayForEach(one, forge_list(f))
    {
        *there |= strstr(forge_text(one, "body"), f->call->marker) != NULL;
    }
    return true;
}

bool
forge_comment(forge *f, const char *collection, const char *list)
{
    bool there;

    if (!commented(f, collection, list, &there) || there)
        return there;
    cJSON *body = need(cJSON_CreateObject());
    need(cJSON_AddStringToObject(body, "body", f->call->text));
    return forge_ask(f, "POST", body, "%s", collection) && (f->status == 201 || forge_refused(f));
}

bool
forge_common_issue(forge *f)
{
    return forge_ask(f, "GET", NULL, "/issues/%lld", (long long)f->call->number) &&
           forge_issue(f, "html_url", "body", "pull_request");
}

bool
forge_common_comment(forge *f)
{
    char *collection = make_text("/issues/%lld/comments", (long long)f->call->number);
    bool  fine = forge_comment(f, collection, "per_page=100");

    free(collection);
    return fine;
}

/* ---- branches ------------------------------------------------------------------------------------- */

/* Say what the last answer tells of a branch. */
static void
say_branch(forge *f, const char *commit)
{
    forge_say(f, "state", "present");
    forge_say(f, "head", forge_text(forge_member(f->json, "commit"), commit));
    if (cJSON_IsBool(forge_member(f->json, "protected")))
        forge_say_bool(f, "isProtected", forge_true(f->json, "protected"));
}

bool
forge_branch(forge *f, const forge_branches *at, const char *base)
{
    char *name = at->escape(f, f->call->branch);
    bool  fine = forge_ask(f, "GET", NULL, "%s/%s", at->collection, name);

    if (fine && f->status == 200) {
        say_branch(f, at->commit);
        char *from = base != NULL ? at->escape(f, base) : NULL;
        fine = from == NULL || at->compare(f, from, name);
        free(from);
    } else if (fine && f->status == 404) {
        forge_say(f, "state", "deleted");
    } else if (fine) {
        fine = forge_refused(f);
    }
    free(name);
    return fine;
}

bool
forge_branch_remove(forge *f, const char *collection, const char *branch)
{
    return forge_ask(f, "DELETE", NULL, "%s/%s", collection, branch) &&
           (f->status == 204 || f->status == 404 || forge_refused(f));
}

bool
forge_say_no_push(forge *f, const char *rule)
{
    char *why = make_text("%s %s for the branch %s", kind_of(f->call)->people, rule, f->call->branch);

    forge_say_bool(f, "canPush", false);
    forge_say(f, "why", why);
    free(why);
    return true;
}

bool
forge_say_may_push(forge *f, const char *member)
{
    if (f->status == 200 && cJSON_IsFalse(forge_member(f->json, member)))
        return forge_say_no_push(f, "has a protection that keeps this token from pushing,");
    return true;
}

/* The repository is asked first: a 404 of the branch could be its own, to a token that does not reach it. */
static bool
branch(forge *f)
{
    if (!forge_ask(f, "GET", NULL, "%s", ""))
        return false;
    const char *name = forge_text(f->json, "default_branch");
    if (f->status != 200 || *name == '\0')
        return forge_refused(f);
    char *base = make_text("%s", f->call->base != NULL ? f->call->base : name);
    bool  fine = kind_of(f->call)->branch(f, strcmp(base, f->call->branch) != 0 ? base : NULL);
    free(base);
    return fine;
}

/* ---- the hook ------------------------------------------------------------------------------------- */

static bool
is_safe(const char *text, const char *token)
{
    return strstr(text, token) == NULL;
}

static bool
print(forge *f, bool fine, int out)
{
    char *text = fine ? need(cJSON_PrintUnformatted(f->answer)) : NULL;

    if (text != NULL && !is_safe(text, f->call->token))
        fine = forge_fail(f, "its answer holds the token");
    if (!fine) {
        cJSON_Delete(f->answer);
        f->answer = need(cJSON_CreateObject());
        if (!is_safe(f->error, f->call->token))
            forge_fail(f, "%s refused it.", kind_of(f->call)->people);
        need(cJSON_AddStringToObject(f->answer, "error", f->error));
        forge_say_number(f, "status", f->status);
        forge_say_number(f, "retryAfter", f->retry_after);
        free(text);
        text = need(cJSON_PrintUnformatted(f->answer));
    }
    char *line = make_text("%s\n", text);
    fine = write(out, line, strlen(line)) == (ssize_t)strlen(line) && fine;
    free(line);
    free(text);
    return fine;
}

static bool
perform(const forge_kind *kind, forge *f)
{
    const struct {
        const char *what;
        bool (*run)(forge *f);
    } calls[] = {
        {CC_FORGE_OPEN, kind->open},         {CC_FORGE_LOOK, kind->look},
        {CC_FORGE_MERGE, kind->merge},       {CC_FORGE_CLOSE, kind->close},
        {CC_FORGE_ISSUE, kind->issue},       {CC_FORGE_COMMENT, kind->comment},
        {CC_FORGE_BRANCH, branch},           {CC_FORGE_DELETE_BRANCH, kind->remove},
        {CC_FORGE_MAY_PUSH, kind->may_push},
    };

    if (strcmp(f->call->what, CC_FORGE_LOOK) == 0) { /* that there is nothing is an answer, too */
        (void)list_of(f, "checks");
        (void)list_of(f, "comments");
    }
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(calls[i].what, f->call->what) == 0)
            return calls[i].run(f);
    return forge_fail(f, "there is no such call");
}

int
forge_run(const cc_forge_call *call, int out)
{
    const bool        is_provider = strcmp(call->what, CC_FORGE_PROVIDER) == 0;
    const bool        is_mail = strcmp(call->what, CC_FORGE_MAIL) == 0;
    const forge_kind *kind = is_provider || is_mail ? NULL : kind_of(call);
    forge             f = {.call = call};

    if (is_provider)
        return provider_run(call, out);
    if (is_mail)
        return mail_run(call, out);
    if (kind == NULL)
        return EXIT_REFUSED;
    f.answer = need(cJSON_CreateObject());
    signal(SIGPIPE, SIG_IGN); /* a connection that breaks is an answer, too */
    bool fine = forge_http_open(&f) && kind->begin(&f) && perform(kind, &f);
    fine = print(&f, fine, out);
    cJSON_Delete(f.answer);
    forge_http_close(&f);
    return fine ? EXIT_FINE : EXIT_REFUSED;
}
