/*
 * `codecourier run …`: start, check, list, watch and cancel runs, as the owner of the data directory.  What agents
 * leave is in artifacts.c.
 *
 * Watching asks for events like any client does, with a wait, and prints one line for each.  On a terminal the last
 * line shows where the run stands and is written over; in a pipe there are whole lines only.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

enum { STEPS_MAX = 50 };

char *
run_path(const char *id, const char *rest)
{
    return item_path("runs", id, rest);
}

/* ---- words -------------------------------------------------------------------------------------------------------- */

/* "0:07", "12:40", "3:05:09"; malloc'ed. */
static char *
span_text(time_t seconds)
{
    long s = seconds > 0 ? (long)seconds : 0;

    return s < 3600 ? make_text("%ld:%02ld", s / 60, s % 60)
                    : make_text("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
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
    int    wait;  /* seconds, for the next event; 0: what there is */
    int    only;  /* the one step that is shown, from 1; 0: all */
    int    step;  /* that the last event belongs to, from 1; 0: none */
    char  *label; /* of the step that runs */
    time_t began; /* since when it does */
    int    until; /* of a sandbox: the position of what it is followed for */
    bool   answered, silent;
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

    fputs(word_of_core(member_text(run, "status")), to);
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

    printf("<- %s: %s%s%s, %s", v->label != NULL ? v->label : "", word_of_core(member_text(data, "status")),
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

    if (strcmp(type, "step.finished") == 0 && (int)member_number(data, "position") == v->until)
        v->answered = true;
    if (v->silent)
        return;
    if (strcmp(type, "step.started") == 0)
        v->step = (int)member_number(data, "position") + 1;
    if (v->only != 0 && (v->step != v->only || strcmp(type, "status") == 0)) /* a status is the run's */
        return;
    if (v->json) {
        char *out = need(cJSON_PrintUnformatted(event));
        puts(out);
        free(out);
        return;
    }
    status_clear(v);
    if (strcmp(type, "status") == 0) {
        printf("== %s\n", word_of_core(member_text(data, "status")));
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

/* Events behind *after, as many as come in one answer.  *count: how many there were. */
static int
follow_page(cc_app *app, const char *project, const char *id, view *v, long *after, int *count)
{
    reply        r;
    const cJSON *event;
    char        *rest = make_text("/events?after=%ld&limit=1000&wait=%d", *after, v->wait);
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
        const char  *status = member_text(run, "status");
        *ended = cc_run_is_over(status);
        if (*ended && !cc_run_went_well(status))
            code = EXIT_REFUSED;
        if (!*ended && v->live) {
            status_show(v, run);
        } else if (*ended && !quiet) {
            status_clear(v);
            say_line(stdout, T_RUN_ENDED, WITH(id, word_of_core(status)));
            char *why = member_error(run, "error");
            if (why[0] != '\0') {
                say(stdout, T_RUN_WHY, NULL);
                put_clean(stdout, why, 1);
            }
            free(why);
        }
    }
    reply_done(&r);
    return code;
}

/* only: the one step that is shown, from 1; 0: all. */
static int
watch(cc_app *app, const char *project, const char *id, bool json, int only)
{
    const bool live = !json && screen_width(stdout) != 0;
    view       v = {.live = live, .json = json, .wait = live ? 1 : 5, .only = only};
    long       after = 0;
    int        count, code;
    bool       ended = false;

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
run_follow_answer(cc_app *app, const char *project, const char *id, long after, int position, bool silent)
{
    view v = {.wait = 5, .until = position, .silent = silent};
    int  count, code;
    bool over = false;

    do {
        code = follow_page(app, project, id, &v, &after, &count);
        fflush(stdout); /* whoever reads a pipe follows as well */
        if (code == EXIT_FINE && count == 0 && !v.answered)
            code = look(app, project, id, &v, true, &over);
    } while (code == EXIT_FINE && !v.answered && !over && !ferror(stdout));
    free(v.label);
    return over ? EXIT_FINE : code; /* what has become of it, its message says */
}

int
run_watch_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    code = watch(app, project.id, a->operand[0], a->option[O_JSON] != NULL, 0);
    cc_app_close(app);
    return code;
}

/* What has been said so far. */
static int
print_log(cc_app *app, const char *project, const char *id, bool json, int only)
{
    view v = {.json = json, .only = only};
    long after = 0;
    int  count, code;

    do
        code = follow_page(app, project, id, &v, &after, &count);
    while (code == EXIT_FINE && count > 0 && !ferror(stdout));
    free(v.label);
    return code;
}

int
run_logs_run(const arguments *a)
{
    const bool      json = a->option[O_JSON] != NULL;
    cc_app         *app;
    cc_project_info project;
    long            only;

    if (!option_number(a, O_STEP, 1, STEPS_MAX, 0, &only))
        return EXIT_USAGE;
    int code = open_project(a, &app, &project);
    if (code != EXIT_FINE)
        return code;
    code = a->option[O_FOLLOW] != NULL ? watch(app, project.id, a->operand[0], json, (int)only)
                                       : print_log(app, project.id, a->operand[0], json, (int)only);
    cc_app_close(app);
    return code;
}

/* Until it is over, whatever it says meanwhile; the run as it is then.  Completed, and failed by no checker: fine. */
static int
wait_for(const arguments *a, cc_app *app, const char *project, const char *id)
{
    view        v = {.json = true, .wait = 5, .only = -1}; /* no step: nothing is shown */
    char       *path = run_path(id, "");
    const char *status = "";
    long        after = 0;
    int         count, code;
    reply       r = {0};

    do {
        reply_done(&r);
        if ((code = follow_page(app, project, id, &v, &after, &count)) != EXIT_FINE)
            break;
        ask(&r, app, project, NULL, "GET", path, NULL);
        code = reply_check(&r);
        status = code == EXIT_FINE ? member_text(cJSON_GetObjectItemCaseSensitive(r.json, "data"), "status") : "";
    } while (code == EXIT_FINE && !cc_run_is_over(status));
    if (code == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        if (!cc_run_went_well(status) || strcmp(member_text(run, "verdict"), "fail") == 0)
            code = EXIT_REFUSED;
        if (a->option[O_JSON] != NULL)
            print_body(&r);
        else
            say_line(stdout, T_RUN_ENDED, WITH(id, word_of_core(status)));
    }
    reply_done(&r);
    free(path);
    free(v.label);
    return code;
}

/* ---- start, list, cancel ------------------------------------------------------------------------------------------ */

/* A number, or of what is none the API says so. */
static void
add_number(cJSON *body, const char *name, const char *typed)
{
    char  *end;
    double number = strtod(typed, &end);

    need(*end == '\0' ? cJSON_AddNumberToObject(body, name, number) : cJSON_AddStringToObject(body, name, typed));
}

static void
say_started(const arguments *a, const cJSON *run)
{
    const char *id = member_text(run, "id"), *group = member_text(run, "candidateGroupId");

    if (group[0] != '\0')
        say_line(stdout, T_CANDIDATES_STARTED, WITH(a->option[O_CANDIDATES], group, id));
    else
        say_line(stdout, T_RUN_STARTED, WITH(id, member_text(run, "name")));
}

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
    if (a->option[O_CANDIDATES] != NULL)
        add_number(body, "candidates", a->option[O_CANDIDATES]);
    ask(&r, app, project, NULL, "POST", "/api/v1/runs", body);
    int code = reply_check(&r);
    if (code == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        if (a->option[O_WAIT] != NULL)
            code = wait_for(a, app, project, member_text(run, "id"));
        else if (a->option[O_QUIET] != NULL)
            puts(member_text(run, "id"));
        else if (a->option[O_JSON] != NULL)
            print_body(&r);
        else
            say_started(a, run);
        if (a->option[O_WATCH] != NULL && a->option[O_WAIT] == NULL)
            code = watch(app, project, member_text(run, "id"), a->option[O_JSON] != NULL, 0);
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

/* "1. Build: claude, sonnet", and below it the command line. */
static void
print_step(const cJSON *step)
{
    const char  *agent = member_text(step, "agent"), *model = member_text(step, "model");
    const cJSON *argv = cJSON_GetObjectItemCaseSensitive(step, "argv"), *word;

    printf("%d. %s%s%s: %s%s%s\n", (int)member_number(step, "position") + 1, bold(stdout), member_text(step, "label"),
           plain(stdout), agent[0] != '\0' ? agent : text(T_CHECK_ANY), model[0] != '\0' ? ", " : "", model);
    if (!cJSON_IsArray(argv))
        return;
    fputs("  ", stdout);
    cJSON_ArrayForEach(word, argv) printf(" %s", word->valuestring);
    putchar('\n');
}

static void
print_finding(const cJSON *finding)
{
    const cJSON *step = cJSON_GetObjectItemCaseSensitive(finding, "step");
    const bool   is_error = strcmp(member_text(finding, "severity"), "error") == 0;
    char        *message = member_reason(finding, "message", "code", "params");

    say(stdout, is_error ? T_CHECK_ERROR : T_CHECK_WARNING, NULL);
    if (cJSON_IsNumber(step)) {
        char *number = make_text("%d", (int)step->valuedouble + 1);
        putchar(' ');
        say(stdout, T_CHECK_STEP, WITH(number));
        free(number);
    }
    put_clean(stdout, message, 1);
    free(message);
}

static void
print_check(const cJSON *dry, bool fine)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(dry, "steps")) print_step(one);
    if (member_number(dry, "candidates") > 1) {
        char *count = make_text("%d", (int)member_number(dry, "candidates"));
        say_line(stdout, T_CHECK_CANDIDATES, WITH(count));
        free(count);
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(dry, "findings")) print_finding(one);
    say_line(stdout, fine ? T_CHECK_FINE : T_CHECK_NOT, NULL);
}

int
run_check_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    cJSON *body = need(cJSON_CreateObject());
    char  *path = item_path("workflows", a->operand[0], "/run-dry");
    if (a->option[O_PROMPT] != NULL)
        need(cJSON_AddStringToObject(body, "prompt", a->option[O_PROMPT]));
    if (a->option[O_CANDIDATES] != NULL)
        add_number(body, "candidates", a->option[O_CANDIDATES]);
    ask(&r, app, project.id, NULL, "POST", path, body);
    free(path);
    code = reply_check(&r);
    if (code == EXIT_FINE) {
        const cJSON *dry = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        const bool   fine = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(dry, "ok"));
        if (a->option[O_JSON] != NULL)
            print_body(&r);
        else
            print_check(dry, fine);
        code = fine ? EXIT_FINE : EXIT_REFUSED;
    }
    reply_done(&r);
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
                  (const char *const[]){member_text(run, "id"), count, word_of_core(member_text(run, "status")),
                                        created, member_text(run, "currentStepLabel"), member_text(run, "name")});
        free(count);
        free(created);
    }
    table_print(&list, stdout);
}

int
run_list_run(const arguments *a)
{
    return ask_and_show(a, "GET", list_path(a, "runs", "status"), NULL, print_runs);
}

int
run_cancel_run(const arguments *a)
{
    return end_each(a, "runs", "/cancel", T_RUN_NOW);
}

static void
print_chosen(const cJSON *run)
{
    say_line(stdout, T_RUN_CHOSEN, WITH(member_text(run, "id")));
}

int
run_choose_run(const arguments *a)
{
    return ask_and_show(a, "POST", run_path(a->operand[0], "/choose"), need(cJSON_CreateObject()), print_chosen);
}

static void
print_id(const cJSON *run)
{
    puts(member_text(run, "id"));
}

int
run_retry_run(const arguments *a)
{
    const char *from = option_or(a, O_FROM_STEP, "");
    cJSON      *body = need(cJSON_CreateObject());

    if (from[0] != '\0')
        add_number(body, "fromStep", from);
    return ask_and_show(a, "POST", run_path(a->operand[0], "/retry"), body, print_id);
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

/* ---- open ------------------------------------------------------------------------------------------------------------ */

extern char **environ;

/* Let the desktop open it, with whatever it opens addresses with. */
static int
browser_open(char *url)
{
    char *const argv[] = {(char[]){"xdg-open"}, url, NULL};
    pid_t       child;
    int         status = 0, error = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);

    if (error != 0) {
        fail(T_CANNOT, WITH(argv[0], strerror(error)));
        return EXIT_REFUSED;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_FINE : EXIT_REFUSED;
}

int
run_open_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    char *path = run_path(a->operand[0], "");
    ask(&r, app, project.id, NULL, "GET", path, NULL);
    free(path);
    if ((code = reply_check(&r)) == EXIT_FINE) {
        const cJSON *run = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        char        *base = base_url(a), *url = make_text("%s/#/runs/%s", base, member_text(run, "id"));
        puts(url);
        fflush(stdout);
        if (a->option[O_BROWSER] != NULL)
            code = browser_open(url);
        free(url);
        free(base);
    }
    reply_done(&r);
    cc_app_close(app);
    return code;
}
