/*
 * `codecourier sandbox …`: open sandboxes, talk with them, have what they changed committed, kill them.
 *
 * Who says something follows the events until it is answered (run.c), and is shown the answer itself in the end.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"

static char *
sandbox_path(const char *id, const char *rest)
{
    return item_path("sandboxes", id, rest);
}

static void
add_option(const arguments *a, option_id id, cJSON *body, const char *member)
{
    if (a->option[id] != NULL)
        need(cJSON_AddStringToObject(body, member, a->option[id]));
}

/* ---- what was said, and its answer -------------------------------------------------------------------------------- */

/* The message of that id in a page of them; NULL: it is in none. */
static const cJSON *
message_in(const reply *r, const char *id)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(r->json, "data"))
    {
        if (strcmp(member_text(one, "id"), id) == 0)
            return one;
    }
    return NULL;
}

static int
print_answer(const cJSON *message, bool json)
{
    const char *status = member_text(message, "status");

    if (json) {
        char *out = need(cJSON_PrintUnformatted(message));
        puts(out);
        free(out);
    } else if (member_text(message, "answer")[0] != '\0') {
        put_clean(stdout, member_text(message, "answer"), 0);
    } else {
        char *why = member_error(message, "error");
        say_line(stdout, T_SANDBOX_UNANSWERED, WITH(word_of_core(status)));
        put_clean(stdout, why, 1);
        free(why);
    }
    return cc_run_went_well(status) ? EXIT_FINE : EXIT_REFUSED; /* steps that did are called as runs that did */
}

/* What has become of it is among the last that were said. */
static int
show_answer(cc_app *app, const char *project, const char *sandbox, const char *id, bool json)
{
    char *path = sandbox_path(sandbox, "/messages?limit=100");
    reply r;

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(path);
    int code = reply_check(&r);
    if (code == EXIT_FINE) {
        const cJSON *message = message_in(&r, id);
        code = message != NULL ? print_answer(message, json) : EXIT_REFUSED;
    }
    reply_done(&r);
    return code;
}

/* Say it, or have it committed; then follow it.  Takes the body over. */
static int
say_it(const arguments *a, const char *rest, cJSON *body)
{
    const char     *sandbox = a->operand[0];
    const bool      json = a->option[O_JSON] != NULL;
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE) {
        cJSON_Delete(body);
        return code;
    }
    char *path = sandbox_path(sandbox, rest);
    ask(&r, app, project.id, NULL, "POST", path, body);
    free(path);
    if ((code = reply_check(&r)) == EXIT_FINE) {
        const cJSON *said = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        if (a->option[O_QUIET] != NULL)
            puts(member_text(said, "id"));
        else if ((code = run_follow_answer(app, project.id, sandbox, (long)member_number(said, "after"),
                                           (int)member_number(said, "position"), json)) == EXIT_FINE)
            code = show_answer(app, project.id, sandbox, member_text(said, "id"), json);
    }
    reply_done(&r);
    cc_app_close(app);
    return code;
}

int
sandbox_say_run(const arguments *a)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "text", a->operand[1]));
    return say_it(a, "/messages", body);
}

int
sandbox_commit_run(const arguments *a)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "message", a->operand[1]));
    return say_it(a, "/commit", body);
}

/* ---- opened, listed, killed --------------------------------------------------------------------------------------- */

int
sandbox_open_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    cJSON *body = need(cJSON_CreateObject());
    add_option(a, O_NAME, body, "name");
    add_option(a, O_PROMPT, body, "message");
    add_option(a, O_REPOSITORY, body, "githubRepoUrl");
    add_option(a, O_AGENT, body, "agent");
    ask(&r, app, project.id, NULL, "POST", "/api/v1/sandboxes", body);
    if ((code = reply_check(&r)) == EXIT_FINE) {
        const cJSON *made = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        if (a->option[O_QUIET] != NULL)
            puts(member_text(made, "id"));
        else if (a->option[O_JSON] != NULL)
            print_body(&r);
        else
            say_line(stdout, T_SANDBOX_OPENED, WITH(member_text(made, "id"), member_text(made, "name")));
    }
    reply_done(&r);
    cc_app_close(app);
    return code;
}

static void
print_sandboxes(const cJSON *sandboxes)
{
    static const text_id headings[] = {T_H_ID, T_H_STATUS, T_H_USED, T_H_MESSAGES, T_H_NAME, T_NONE};
    const cJSON         *one;
    table                list;

    table_start(&list, headings);
    cJSON_ArrayForEach(one, sandboxes)
    {
        char *used = member_time(one, "usedAt", "");
        char *count = make_text("%.0f", member_number(one, "messageCount"));
        table_add(&list, (const char *const[]){member_text(one, "id"), word_of_core(member_text(one, "status")), used,
                                               count, member_text(one, "name")});
        free(count);
        free(used);
    }
    table_print(&list, stdout);
}

int
sandbox_list_run(const arguments *a)
{
    return ask_and_show(a, "GET", list_path(a, "sandboxes", "status"), NULL, print_sandboxes);
}

int
sandbox_kill_run(const arguments *a)
{
    return end_each(a, "sandboxes", "/kill", T_SANDBOX_NOW);
}
