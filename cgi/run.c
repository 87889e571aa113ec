/*
 * `codecourier run …`: start, list, watch and cancel runs, as the owner of the data directory.
 *
 * Watching asks for events like any client does, with a wait, and prints one line for each.  On a terminal the last
 * line shows where the run stands and is written over; in a pipe there are whole lines only.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

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

/* ---- words -------------------------------------------------------------------------------------------------------- */

/* A run's or step's status as people read it. */
static const char *
status_word(const char *status)
{
    static const struct {
        const char *status;
        text_id     word;
    } words[] = {{"pending", T_S_PENDING},       {"running", T_S_RUNNING},     {"paused", T_S_PAUSED},
                 {"cancelling", T_S_CANCELLING}, {"cancelled", T_S_CANCELLED}, {"completed", T_S_COMPLETED},
                 {"failed", T_S_FAILED},         {"skipped", T_S_SKIPPED}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(status, words[i].status) == 0)
            return text(words[i].word);
    return status;
}

/* "0:07", "12:40", "3:05:09"; malloc'ed. */
static char *
span_text(time_t seconds)
{
    long s = seconds > 0 ? (long)seconds : 0;

    return s < 3600 ? make_text("%ld:%02ld", s / 60, s % 60)
                    : make_text("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static double
member_number(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

/* Seconds since 1970 of a time as the API writes it; 0: it is null. */
static time_t
member_seconds(const cJSON *object, const char *name)
{
    struct tm parts = {0};

    return strptime(member_text(object, name), "%Y-%m-%dT%H:%M:%SZ", &parts) != NULL ? timegm(&parts) : 0;
}

/* ---- the live view ------------------------------------------------------------------------------------------------ */

typedef struct view {
    bool   live;  /* a terminal: the last line is a status line */
    bool   json;  /* print events as they are */
    bool   shown; /* that line stands on the screen */
    char  *label; /* of the step that runs */
    time_t began; /* since when it does */
} view;

static void
status_clear(view *v)
{
    if (v->shown)
        fputs("\r\033[K", stdout);
    v->shown = false;
}

/* "running: Build, 40 %, 2/3, 0:12, 0.0421 $": where the run stands, from the run itself. */
static void
status_show(view *v, const cJSON *run)
{
    const char *label = member_text(run, "currentStepLabel");
    double      part = member_number(run, "currentStepProgress"), round = member_number(run, "currentIteration");
    double      cost = member_number(run, "costUsd"), place = member_number(run, "queuePosition");
    time_t      began = member_seconds(run, "startedAt");
    char       *since = span_text(began != 0 ? time(NULL) - began : 0), *line = NULL;
    size_t      size, width = screen_width(stdout);
    FILE       *to = need(open_memstream(&line, &size));

    fputs(status_word(member_text(run, "status")), to);
    if (place > 0)
        fprintf(to, " (%.0f)", place);
    if (label[0] != '\0')
        fprintf(to, ": %s", label);
    if (part > 0)
        fprintf(to, ", %d %%", (int)(part * 100));
    if (round > 1)
        fprintf(to, ", %.0f/%.0f", round, member_number(run, "maxIterations"));
    fprintf(to, ", %s", since);
    if (cost > 0)
        fprintf(to, ", %.4f $", cost);
    if (fclose(to) == 0) {
        status_clear(v);
        fputs(bold(stdout), stdout);
        put_cut(stdout, line, width > 1 ? width - 1 : 79);
        fputs(plain(stdout), stdout);
        fflush(stdout);
        v->shown = true;
    }
    free(line);
    free(since);
}

static void
step_started(view *v, const cJSON *data, time_t at)
{
    int round = (int)member_number(data, "iteration");

    free(v->label);
    v->label = make_text("%s", member_text(data, "label"));
    v->began = at;
    printf("-> %s%s%s (%s)", bold(stdout), v->label, plain(stdout), member_text(data, "agent"));
    if (round > 1) {
        char *number = make_text("%d", round);
        fputs(", ", stdout);
        say(stdout, T_RUN_ROUND, WITH(number));
        free(number);
    }
    putchar('\n');
}

static void
step_finished(const view *v, const cJSON *data, time_t at)
{
    const char *verdict = member_text(data, "verdict");
    double      cost = member_number(data, "costUsd");
    char       *took = span_text(at - v->began);

    printf("<- %s: %s%s%s, %s", v->label != NULL ? v->label : "", status_word(member_text(data, "status")),
           verdict[0] != '\0' ? ", " : "", verdict, took);
    if (cost > 0)
        printf(", %.4f $", cost);
    putchar('\n');
    free(took);
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
    if (strcmp(type, "status") == 0) {
        printf("== %s\n", status_word(member_text(data, "status")));
    } else if (strcmp(type, "step.started") == 0) {
        step_started(v, data, member_seconds(event, "at"));
    } else if (strcmp(type, "step.finished") == 0) {
        step_finished(v, data, member_seconds(event, "at"));
    } else if (strcmp(type, "tool") == 0) {
        char *line = make_text("[%s] %s", member_text(data, "name"), member_text(data, "input"));
        put_clean(stdout, line, 3);
        free(line);
    } else if (strcmp(type, "log") == 0 || strcmp(type, "message") == 0) {
        put_clean(stdout, member_text(data, "text"), 3);
    }
}

/* Events behind *after, as many as come in one answer; waits a moment for the first.  *count: how many there were. */
static int
follow_page(cc_app *app, const char *project, const char *id, view *v, long *after, int *count)
{
    reply        r;
    const cJSON *event;
    char        *rest = make_text("/events?after=%ld&limit=1000&wait=%d", *after, v->live ? 1 : 5);
    char        *path = run_path(id, rest);

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(rest);
    free(path);
    *count = 0;
    int code = reply_check(&r);
    if (code == EXIT_FINE)
        cJSON_ArrayForEach(event, cJSON_GetObjectItemCaseSensitive(r.json, "data"))
        {
            *after = (long)member_number(event, "seq");
            ++*count;
            print_event(v, event);
        }
    reply_done(&r);
    return code;
}

/* Look at the run itself: show where it stands, or with *ended how it ended.  The exit code that says how. */
static int
look(cc_app *app, const char *project, const char *id, view *v, bool quiet, bool *ended)
{
    reply r;
    char *path = run_path(id, "");

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(path);
    int code = reply_check(&r);
    *ended = code != EXIT_FINE;
    if (code == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        const char  *status = member_text(run, "status"), *why = member_text(run, "error");
        bool         completed = strcmp(status, "completed") == 0;
        *ended = completed || strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0;
        if (*ended && !completed)
            code = EXIT_REFUSED;
        if (!*ended && v->live) {
            status_show(v, run);
        } else if (*ended && !quiet) {
            status_clear(v);
            say_line(stdout, T_RUN_ENDED, WITH(id, status_word(status)));
            if (why[0] != '\0') {
                say(stdout, T_RUN_WHY, NULL);
                put_clean(stdout, why, 1);
            }
        }
    }
    reply_done(&r);
    return code;
}

static int
watch(cc_app *app, const char *project, const char *id, bool json)
{
    view v = {.live = !json && screen_width(stdout) != 0, .json = json};
    long after = 0;
    int  count, code;
    bool ended = false;

    do {
        code = follow_page(app, project, id, &v, &after, &count);
        if (!v.live)
            fflush(stdout); /* whoever reads a pipe follows as well */
        if (code == EXIT_FINE && (v.live || count == 0)) {
            bool over;
            code = look(app, project, id, &v, json || count > 0, &over);
            ended = over && count == 0; /* what came with the end is still to be read */
            if (over && !ended)
                code = EXIT_FINE;
        }
    } while (code == EXIT_FINE && !ended && !ferror(stdout));
    status_clear(&v);
    free(v.label);
    return code;
}

int
run_watch_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
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
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
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
        char *count = make_text("%d", (int)member_number(run, "runNumber"));
        char *created = member_time(run, "createdAt", "");
        table_add(&list,
                  (const char *const[]){member_text(run, "id"), count, status_word(member_text(run, "status")), created,
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
    const char     *status = option_or(a, O_STATUS, "");
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    bool  odd = strspn(status, "abcdefghijklmnopqrstuvwxyz") != strlen(status); /* the API says what there is */
    char *path = make_text("/api/v1/runs?limit=100%s%s", status[0] != '\0' ? "&status=" : "", odd ? "none" : status);
    ask(&r, app, project.id, NULL, "GET", path, NULL);
    free(path);
    code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        print_runs(cJSON_GetObjectItemCaseSensitive(r.json, "data"));
    reply_done(&r);
    cc_app_close(app);
    return code;
}

int
run_cancel_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    for (int i = 0; i < a->operands; i++) {
        char *path = run_path(a->operand[i], "/cancel");
        reply r;
        ask(&r, app, project.id, NULL, "POST", path, NULL);
        free(path);
        int one = reply_check_of(&r, a->operand[i]);
        if (one == EXIT_FINE && a->option[O_JSON] != NULL) {
            print_body(&r);
        } else if (one == EXIT_FINE) {
            const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
            say_line(stdout, T_RUN_NOW, WITH(a->operand[i], status_word(member_text(run, "status"))));
        }
        code = one > code ? one : code;
        reply_done(&r);
    }
    cc_app_close(app);
    return code;
}

int
run_retry_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    const char     *from = option_or(a, O_FROM_STEP, "");
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    cJSON *body = need(cJSON_CreateObject());
    char  *path = run_path(a->operand[0], "/retry"), *end;
    double step = strtod(from, &end);
    if (from[0] != '\0') /* of what is no number the API says so */
        need(*end == '\0' ? cJSON_AddNumberToObject(body, "fromStep", step)
                          : cJSON_AddStringToObject(body, "fromStep", from));
    ask(&r, app, project.id, NULL, "POST", path, body);
    free(path);
    code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        puts(member_text(cJSON_GetObjectItemCaseSensitive(r.json, "data"), "id"));
    reply_done(&r);
    cc_app_close(app);
    return code;
}

/* One page of files; *next: where the next one begins, 0 past the last. */
static int
diff_page(cc_app *app, const char *project, const arguments *a, int *next)
{
    reply        r;
    const cJSON *file;
    char        *rest = make_text("/changes?limit=100&after=%d", *next), *path = run_path(a->operand[0], rest);

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(rest);
    free(path);
    *next = 0;
    int code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL) {
        print_body(&r);
    } else if (code == EXIT_FINE) {
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(data, "files"))
        {
            const char *patch = member_text(file, "patch");
            if (patch[0] != '\0')
                put_clean(stdout, patch, 0);
            else
                printf("# %s %s\n", member_text(file, "change"), member_text(file, "path"));
        }
        *next = (int)member_number(data, "next");
    }
    reply_done(&r);
    return code;
}

int
run_diff_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             next = 0, code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    do
        code = diff_page(app, project.id, a, &next);
    while (code == EXIT_FINE && next > 0);
    cc_app_close(app);
    return code;
}
