/*
 * `codecourier pull …`: what has become of the pull requests that runs have opened, and what is to become of them.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"

static char *
pull_path(const char *id, const char *rest)
{
    return item_path("pull-requests", id, rest);
}

/* ---- shown -------------------------------------------------------------------------------------------------------- */

static void
print_pulls(const cJSON *pulls)
{
    static const text_id headings[] = {T_H_ID, T_H_NUMBER, T_H_STATUS, T_H_CHECKS, T_H_TITLE, T_H_ADDRESS, T_NONE};
    const cJSON         *pull;
    table                list;

    table_start(&list, headings);
    cJSON_ArrayForEach(pull, pulls)
    {
        char *number = make_text("%d", (int)member_number(pull, "number"));
        table_add(&list,
                  (const char *const[]){member_text(pull, "id"), number, word_of_core(member_text(pull, "state")),
                                        word_of_core(member_text(pull, "checksStatus")), member_text(pull, "title"),
                                        member_text(pull, "url")});
        free(number);
    }
    table_print(&list, stdout);
}

static void
print_checks(const cJSON *pull)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(pull, "checks"))
    {
        char *line = make_text("%s: %s", word_of_core(member_text(one, "status")), member_text(one, "name"));
        put_clean(stdout, line, 2);
        free(line);
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(pull, "failures"))
    {
        printf("\n%s", bold(stdout));
        put_clean(stdout, member_text(one, "name"), 0);
        fputs(plain(stdout), stdout);
        put_clean(stdout, member_text(one, "text"), 0);
    }
}

static void
print_comments(const cJSON *pull)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(pull, "comments"))
    {
        const double line = member_number(one, "line");
        char        *where =
            line > 0 ? make_text("%s:%.0f", member_text(one, "path"), line) : make_text("%s", member_text(one, "path"));
        char *head = make_text("%s (%s)", where, member_text(one, "author"));
        printf("\n%s", bold(stdout));
        put_clean(stdout, head, 0);
        fputs(plain(stdout), stdout);
        put_clean(stdout, member_text(one, "text"), 0);
        free(head);
        free(where);
    }
}

static void
print_pull(const cJSON *pull)
{
    char *stale = member_error(pull, "refreshError"), *error = member_error(pull, "actionError");
    char *number = make_text("%d", (int)member_number(pull, "number"));

    say_line(stdout, T_PULL_IS,
             WITH(number, member_text(pull, "title"), word_of_core(member_text(pull, "state")),
                  word_of_core(member_text(pull, "checksStatus"))));
    puts(member_text(pull, "url"));
    if (stale[0] != '\0')
        say_line(stdout, T_PULL_STALE, WITH(stale));
    if (error[0] != '\0')
        say_line(stdout, T_PULL_NOT, WITH(member_text(pull, "id"), error));
    print_checks(pull);
    print_comments(pull);
    free(number);
    free(error);
    free(stale);
}

int
pull_list_run(const arguments *a)
{
    return ask_and_show(a, "GET", list_path(a, "pull-requests", "state"), NULL, print_pulls);
}

int
pull_show_run(const arguments *a)
{
    return ask_and_show(a, "GET", pull_path(a->operand[0], ""), NULL, print_pull);
}

/* ---- asked for ---------------------------------------------------------------------------------------------------- */

typedef struct asked_for {
    const char *action;                 /* "/merge" */
    cJSON *(*body)(const arguments *a); /* NULL: none */
} asked_for;

static int
ask_for_one(void *ctx, const arguments *a, cc_app *app, const char *project, const char *id)
{
    const asked_for *of = ctx;

    return ask_worker(a, app, project, "pull-requests", "state", id, "POST", pull_path(id, of->action),
                      of->body != NULL ? of->body(a) : NULL);
}

static cJSON *
merge_body(const arguments *a)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "method", option_or(a, O_METHOD, "merge")));
    need(cJSON_AddBoolToObject(body, "force", a->option[O_ANYWAY] != NULL));
    return body;
}

int
pull_refresh_run(const arguments *a)
{
    return each_operand(a, ask_for_one, &(asked_for){"/refresh", NULL});
}

int
pull_merge_run(const arguments *a)
{
    return each_operand(a, ask_for_one, &(asked_for){"/merge", merge_body});
}

int
pull_close_run(const arguments *a)
{
    return each_operand(a, ask_for_one, &(asked_for){"/close", NULL});
}

static void
print_id(const cJSON *run)
{
    say_line(stdout, T_RUN_STARTED, WITH(member_text(run, "id"), member_text(run, "name")));
}

int
pull_fix_run(const arguments *a)
{
    cJSON *body = need(cJSON_CreateObject());

    if (a->option[O_ABOUT] != NULL)
        need(cJSON_AddStringToObject(body, "about", a->option[O_ABOUT]));
    if (a->option[O_WORKFLOW] != NULL)
        need(cJSON_AddStringToObject(body, "workflowId", a->option[O_WORKFLOW]));
    if (a->option[O_PROMPT] != NULL)
        need(cJSON_AddStringToObject(body, "prompt", a->option[O_PROMPT]));
    return ask_and_show(a, "POST", pull_path(a->operand[0], "/fix"), body, print_id);
}
