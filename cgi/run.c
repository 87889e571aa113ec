/*
 * `codecourier run …`: start, list, watch and cancel runs, as the owner of the data directory.
 *
 * Watching asks for events like any client does, with a wait, and prints one line for each.  On a terminal the last
 * line shows where the run stands and is written over; in a pipe there are whole lines only.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static void
print_body(const reply *r)
{
    printf("%.*s\n", (int)r->response->body_size, r->response->body);
}

/* "./run" or "run": the text of a member as an argument of a path.  Ids need no escapes; anything else finds nothing.
 */
static char *
run_path(const char *id, const char *rest)
{
    for (const char *p = id; *p != '\0'; p++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *p) == NULL)
            return make_text("/api/v1/runs/none%s", rest);
    return make_text("/api/v1/runs/%s%s", id, rest);
}

/* ---- the live view ------------------------------------------------------------------------------------------------ */

typedef struct view {
    bool  live;   /* a terminal: the last line is a status line */
    bool  json;   /* print events as they are */
    char *status; /* that line; NULL: none */
} view;

static void
status_clear(const view *v)
{
    if (v->live && v->status != NULL)
        fputs("\r\033[K", stdout);
}

static void
status_show(const view *v)
{
    if (v->live && v->status != NULL) {
        size_t width = screen_width(stdout);
        printf("%s%.*s%s", bold(stdout), width > 1 ? (int)width - 1 : 79, v->status, plain(stdout));
        fflush(stdout);
    }
}

static void
print_step(const cJSON *data, const char *mark)
{
    const cJSON *iteration = cJSON_GetObjectItemCaseSensitive(data, "iteration");
    const char  *verdict = member_text(data, "verdict"), *label = member_text(data, "label");

    printf("%s %s%s%s%s", mark, label, label[0] != '\0' ? " " : "", member_text(data, "agent"),
           member_text(data, "status"));
    if (cJSON_IsNumber(iteration) && iteration->valueint > 1)
        printf(" (%d)", iteration->valueint);
    printf("%s%s\n", verdict[0] != '\0' ? ", " : "", verdict);
}

static void
print_event(view *v, const cJSON *event)
{
    const char  *type = member_text(event, "type");
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(event, "data");

    if (v->json) {
        char *out = need(cJSON_PrintUnformatted(event));
        puts(out);
        free(out);
        return;
    }
    status_clear(v);
    if (strcmp(type, "status") == 0)
        printf("== %s\n", member_text(data, "status"));
    else if (strcmp(type, "step.started") == 0)
        print_step(data, "->");
    else if (strcmp(type, "step.finished") == 0)
        print_step(data, "<-");
    else if (strcmp(type, "tool") == 0)
        printf("   [%s] %s\n", member_text(data, "name"), member_text(data, "input"));
    else if (strcmp(type, "log") == 0 || strcmp(type, "message") == 0)
        printf("   %s\n", member_text(data, "text"));
    if (strcmp(type, "step.started") == 0 || strcmp(type, "status") == 0) {
        free(v->status);
        v->status = make_text("%s%s", member_text(data, "label"), member_text(data, "status"));
    }
    status_show(v);
}

/* One page of events behind *after.  *count: how many there were. */
static int
follow_page(cc_app *app, const char *project, const char *id, view *v, long *after, int *count)
{
    reply        r;
    const cJSON *event;
    char        *rest = make_text("/events?after=%ld&limit=1000&wait=5", *after), *path = run_path(id, rest);

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(rest);
    free(path);
    *count = 0;
    int code = reply_check(&r);
    if (code == EXIT_FINE)
        cJSON_ArrayForEach(event, cJSON_GetObjectItemCaseSensitive(r.json, "data"))
        {
            const cJSON *seq = cJSON_GetObjectItemCaseSensitive(event, "seq");
            *after = cJSON_IsNumber(seq) ? (long)seq->valuedouble : *after;
            ++*count;
            print_event(v, event);
        }
    reply_done(&r);
    return code;
}

/* Has it ended?  The exit code that says how. */
static int
ending(cc_app *app, const char *project, const char *id, bool *ended, bool quiet)
{
    reply r;
    char *path = run_path(id, "");

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(path);
    *ended = true;
    int code = reply_check(&r);
    if (code == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        const char  *status = member_text(run, "status"), *why = member_text(run, "error");
        bool         completed = strcmp(status, "completed") == 0;
        *ended = completed || strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0;
        if (*ended && !completed)
            code = EXIT_REFUSED;
        if (*ended && !quiet) {
            say_line(stdout, T_RUN_ENDED, WITH(id, status));
            if (why[0] != '\0')
                say_line(stdout, T_RUN_WHY, WITH(why));
        }
    }
    reply_done(&r);
    return code;
}

static int
watch(cc_app *app, const char *project, const char *id, bool json)
{
    view v = {.live = !json && isatty(STDOUT_FILENO), .json = json};
    long after = 0;
    int  count, code;
    bool ended = false;

    do {
        code = follow_page(app, project, id, &v, &after, &count);
        if (code == EXIT_FINE && count == 0) {
            status_clear(&v);
            code = ending(app, project, id, &ended, json);
            if (!ended)
                status_show(&v);
        }
    } while (code == EXIT_FINE && !ended && !ferror(stdout));
    free(v.status);
    return code;
}

int
run_watch_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    code = choose_project(a, app, &project);
    if (code == EXIT_FINE)
        code = watch(app, project.id, a->operand[0], a->option[O_JSON] != NULL);
    cc_app_close(app);
    return code;
}

/* ---- start, list, cancel ------------------------------------------------------------------------------------------ */

static int
start(const arguments *a, cc_app *app, const char *project)
{
    cJSON *body = need(cJSON_CreateObject());
    reply  r;

    need(cJSON_AddStringToObject(body, "workflowId", a->option[O_WORKFLOW]));
    if (a->option[O_PROMPT] != NULL)
        need(cJSON_AddStringToObject(body, "prompt", a->option[O_PROMPT]));
    if (a->option[O_NAME] != NULL)
        need(cJSON_AddStringToObject(body, "name", a->option[O_NAME]));
    ask(&r, app, project, NULL, "POST", "/api/v1/runs", body);
    int code = reply_check(&r);
    if (code == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        if (a->option[O_QUIET] != NULL)
            puts(member_text(run, "id"));
        else if (a->option[O_JSON] != NULL)
            print_body(&r);
        else
            say_line(stdout, T_RUN_STARTED, WITH(member_text(run, "id"), member_text(run, "name")));
        if (a->option[O_WATCH] != NULL)
            code = watch(app, project, member_text(run, "id"), a->option[O_JSON] != NULL);
    }
    reply_done(&r);
    return code;
}

int
run_start_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    code = choose_project(a, app, &project);
    if (code == EXIT_FINE)
        code = start(a, app, project.id);
    cc_app_close(app);
    return code;
}

static void
print_runs(const cJSON *runs)
{
    static const text_id headings[] = {T_H_ID, T_H_NUMBER, T_H_STATUS, T_H_CREATED, T_H_STEP, T_H_NAME, T_NONE};
    const cJSON         *run;
    table                list;

    table_start(&list, headings);
    cJSON_ArrayForEach(run, runs)
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(run, "runNumber");
        char        *count = make_text("%d", cJSON_IsNumber(number) ? number->valueint : 0);
        char        *created = member_time(run, "createdAt", "");
        table_add(&list, (const char *const[]){member_text(run, "id"), count, member_text(run, "status"), created,
                                               member_text(run, "currentStepLabel"), member_text(run, "name")});
        free(count);
        free(created);
    }
    table_print(&list, stdout);
}

int
run_list_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    const char     *status = a->option[O_STATUS];
    int             code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    code = choose_project(a, app, &project);
    if (code == EXIT_FINE) {
        bool  odd = status != NULL && strspn(status, "abcdefghijklmnopqrstuvwxyz") != strlen(status);
        char *path = make_text("/api/v1/runs?limit=100%s%s", status != NULL ? "&status=" : "",
                               odd              ? "none"
                               : status != NULL ? status
                                                : "");
        ask(&r, app, project.id, NULL, "GET", path, NULL);
        free(path);
        code = reply_check(&r);
        if (code == EXIT_FINE && a->option[O_JSON] != NULL)
            print_body(&r);
        else if (code == EXIT_FINE)
            print_runs(cJSON_GetObjectItemCaseSensitive(r.json, "data"));
        reply_done(&r);
    }
    cc_app_close(app);
    return code;
}

int
run_cancel_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    code = choose_project(a, app, &project);
    for (int i = 0; code == EXIT_FINE && i < a->operands; i++) {
        char *path = run_path(a->operand[i], "/cancel");
        reply r;
        ask(&r, app, project.id, NULL, "POST", path, NULL);
        free(path);
        code = reply_check(&r);
        if (code == EXIT_FINE && a->option[O_JSON] != NULL) {
            print_body(&r);
        } else if (code == EXIT_FINE) {
            const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
            say_line(stdout, T_RUN_NOW, WITH(a->operand[i], member_text(run, "status")));
        }
        reply_done(&r);
    }
    cc_app_close(app);
    return code;
}
