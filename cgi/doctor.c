/*
 * `codecourier doctor`: is everything in order?  Opening the instance already checks files, settings and the schema.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "mail.h"
#include "outside.h"

typedef struct visit {
    cJSON *json; /* NULL: for people */
    int    checks, troubles;
} visit;

static void
each(void *ctx, bool ok, const char *what, const char *words)
{
    visit *v = ctx;

    v->checks++;
    v->troubles += !ok;
    if (v->json != NULL) {
        cJSON *check = need(cJSON_CreateObject());
        need(cJSON_AddStringToObject(check, "check", what));
        need(cJSON_AddBoolToObject(check, "ok", ok));
        need(cJSON_AddStringToObject(check, "words", words));
        cJSON_AddItemToArray(v->json, check);
    } else {
        char *part = text_of_core(what), *line = text_of_core(words);
        printf("%s%-4s%s %s: %s\n", ok ? "" : bold(stdout), ok ? "ok" : "!!", ok ? "" : plain(stdout), part, line);
        free(part);
        free(line);
    }
}

/* What can be got at from outside: by what lies where, and, given its address, by asking the web server. */
static void
check_outside(const arguments *a, visit *v)
{
    char *directory = data_directory(a), *program = web_program(0);

    if (access(program, F_OK) != 0) {
        free(program);
        program = web_program(1);
    }
    outside_look(directory, program, each, v);
    if (a->option[O_URL] != NULL)
        outside_ask(a->option[O_URL], directory, each, v);
    free(program);
    free(directory);
}

int
doctor_run(const arguments *a)
{
    visit   v = {.json = a->option[O_JSON] != NULL ? need(cJSON_CreateArray()) : NULL};
    cc_app *app;
    int     code = open_app(a, 0, &app);

    if (code != EXIT_FINE) {
        cJSON_Delete(v.json);
        return code;
    }
    cc_app_check(app, each, &v);
    cc_engine_check(app, each, &v);
    mail_check(app, each, &v);
    check_outside(a, &v);
    cc_app_close(app);
    if (v.json != NULL) {
        char *out = need(cJSON_PrintUnformatted(v.json));
        puts(out);
        free(out);
        cJSON_Delete(v.json);
    } else if (v.troubles == 0) {
        say_line(stdout, T_DOCTOR_FINE, NULL);
    } else {
        char *troubles = make_text("%d", v.troubles), *checks = make_text("%d", v.checks);
        say_line(stdout, T_DOCTOR_MIND, WITH(troubles, checks));
        free(troubles);
        free(checks);
    }
    return v.troubles == 0 ? EXIT_FINE : EXIT_REFUSED;
}
