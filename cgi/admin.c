/*
 * The small subcommands: the data directory, projects, people, and what the program knows about itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static void
print_json(cJSON *json)
{
    char *out = need(cJSON_PrintUnformatted(json));

    puts(out);
    free(out);
    cJSON_Delete(json);
}

/* ---- init --------------------------------------------------------------------------------------------------------- */

void
settings_write(const arguments *a)
{
    char *directory = data_directory(a);
    char *path = make_text("%s/codecourier.conf", directory);
    int   fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file != NULL) {
        if (!hand_over(a, fd))
            fail(T_NO_CONF, WITH(path, strerror(errno)));
        settings_print(file);
        if (a->option[O_DATABASE] != NULL)
            fprintf(file, "\ndatabase = %s\n", a->option[O_DATABASE]);
        if (fclose(file) != 0)
            fail(T_NO_CONF, WITH(path, strerror(errno)));
    } else if (errno != EEXIST) {
        fail(T_NO_CONF, WITH(path, strerror(errno)));
    }
    free(path);
    free(directory);
}

void
say_new_password(const arguments *a, const char *email)
{
    char *words = make_text("user password --email %s", email);
    char *line = command_line(a, words);

    say_line(stdout, T_NEW_PASSWORD_HOW, WITH(line));
    free(line);
    free(words);
}

/* Can what was given as --database be kept, and kept secret? */
static bool
database_option_fits(const arguments *a)
{
    const char *url = a->option[O_DATABASE];
    char       *directory = data_directory(a);
    char       *path = make_text("%s/codecourier.conf", directory);
    bool        fits = true;

    if (url != NULL && password_in(url)) {
        fail(T_URL_PASSWORD, NULL);
        fits = false;
    } else if (url != NULL && access(path, F_OK) == 0) {
        fail(T_CONF_THERE, WITH(path, url));
        fits = false;
    }
    free(path);
    free(directory);
    return fits;
}

int
init_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    const char     *owner = option_or(a, O_OWNER, DEFAULT_OWNER);
    char            password[CC_PASSWORD_SIZE] = "";
    bool            fresh = false;

    if (!database_option_fits(a))
        return EXIT_USAGE;
    const unsigned lost = a->option[O_NEW_KEY] != NULL ? CC_OPEN_LOST_KEY : 0;
    int            code = open_app(a, CC_OPEN_CREATE | CC_OPEN_NEW_KEY | lost, &app);
    if (code != EXIT_FINE)
        return code;
    cc_err err = cc_first_start(app, owner, &fresh, &project, password);
    cc_app_close(app);
    if (err == CC_E_VALIDATION) {
        fail(T_BAD_PERSON, NULL);
        return EXIT_USAGE;
    }
    if (err != CC_OK) {
        fail(T_CANNOT_OPEN, WITH(data_given(a), cc_err_message(err)));
        return EXIT_TROUBLE;
    }
    settings_write(a);
    if (fresh) {
        say_line(stdout, T_MADE_DATA, WITH(data_given(a)));
        say_line(stdout, T_OWNER_IS, WITH(owner));
        say_line(stdout, T_PASSWORD_IS, WITH(password));
        say_line(stdout, T_PASSWORD_ONCE, NULL);
    } else {
        say_line(stdout, T_DATA_WAS_THERE, WITH(data_given(a)));
        if (lost)
            say_line(stdout, T_NEW_KEY_HOW, NULL);
        say_new_password(a, owner);
    }
    char *line = command_line(a, "serve");
    say_line(stdout, T_START_IT, WITH(line));
    free(line);
    return EXIT_FINE;
}

/* ---- projects ----------------------------------------------------------------------------------------------------- */

static cJSON *
project_json(const cc_project_info *project)
{
    cJSON *json = need(cJSON_CreateObject());
    char   created[32];

    time_text(project->created_at, created);
    need(cJSON_AddStringToObject(json, "id", project->id));
    need(cJSON_AddStringToObject(json, "name", project->name));
    need(cJSON_AddStringToObject(json, "slug", project->slug));
    need(cJSON_AddStringToObject(json, "createdAt", created));
    return json;
}

int
project_create_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    const char     *slug = a->option[O_SLUG];
    int             code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    cc_err err = cc_project_create(app, a->option[O_NAME], slug, a->option[O_EXAMPLES] != NULL, &project);
    cc_app_close(app);
    switch (err) {
    case CC_OK: break;
    case CC_E_VALIDATION: fail(T_BAD_NAME, NULL); return EXIT_REFUSED;
    case CC_E_CONFLICT: fail(T_SLUG_TAKEN, WITH(slug != NULL ? slug : a->option[O_NAME])); return EXIT_REFUSED;
    default: fail(T_CANNOT_OPEN, WITH(data_given(a), cc_err_message(err))); return EXIT_TROUBLE;
    }
    if (a->option[O_JSON] != NULL) {
        print_json(project_json(&project));
    } else {
        char *name = make_text("%s (%s, %s)", project.name, project.slug, project.id);
        say_line(stdout, T_MADE_PROJECT, WITH(name));
        free(name);
    }
    return EXIT_FINE;
}

typedef struct project_list {
    cJSON *json; /* NULL: into the table */
    table  table;
} project_list;

static bool
list_project(void *ctx, const cc_project_info *project)
{
    project_list *list = ctx;
    char          created[32];

    time_text(project->created_at, created);
    if (list->json != NULL)
        cJSON_AddItemToArray(list->json, project_json(project));
    else
        table_add(&list->table, (const char *const[]){project->id, project->slug, created, project->name});
    return true;
}

int
project_list_run(const arguments *a)
{
    static const text_id headings[] = {T_H_ID, T_H_SLUG, T_H_CREATED, T_H_NAME, T_NONE};
    cc_app              *app;
    project_list         list = {.json = NULL};
    int                  code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    table_start(&list.table, headings);
    if (a->option[O_JSON] != NULL)
        list.json = need(cJSON_CreateArray());
    cc_err err = cc_project_each(app, list_project, &list);
    cc_app_close(app);
    if (err != CC_OK) {
        fail(T_CANNOT_OPEN, WITH(data_given(a), cc_err_message(err)));
        cJSON_Delete(list.json);
        return EXIT_TROUBLE;
    }
    if (list.json != NULL)
        print_json(list.json);
    else
        table_print(&list.table, stdout);
    return EXIT_FINE;
}

/* ---- people ------------------------------------------------------------------------------------------------------- */

/* What came of making a person or a password; the exit code. */
static int
show_password(const arguments *a, cc_err err, const char *password)
{
    const char *email = a->option[O_EMAIL];

    switch (err) {
    case CC_OK: break;
    case CC_E_VALIDATION: fail(T_BAD_PERSON, NULL); return EXIT_REFUSED;
    case CC_E_CONFLICT: fail(T_PERSON_THERE, WITH(email)); return EXIT_REFUSED;
    case CC_E_NOT_FOUND: fail(T_NO_PERSON, WITH(email)); return EXIT_REFUSED;
    default: fail(T_CANNOT_OPEN, WITH(data_given(a), cc_err_message(err))); return EXIT_TROUBLE;
    }
    if (a->option[O_JSON] != NULL) {
        cJSON *json = need(cJSON_CreateObject());
        need(cJSON_AddStringToObject(json, "email", email));
        need(cJSON_AddStringToObject(json, "password", password));
        print_json(json);
    } else if (a->option[O_QUIET] != NULL) {
        puts(password);
    } else {
        say_line(stdout, T_ADDED_PERSON, WITH(email));
        say_line(stdout, T_PASSWORD_IS, WITH(password));
        say_line(stdout, T_PASSWORD_ONCE, NULL);
    }
    return EXIT_FINE;
}

int
user_add_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    char            password[CC_PASSWORD_SIZE] = "";
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    const char *role = option_or(a, O_ROLE, "member");
    code = show_password(a, cc_user_add(app, a->option[O_EMAIL], role, project.id, password), password);
    cc_app_close(app);
    return code;
}

int
user_password_run(const arguments *a)
{
    cc_app *app;
    char    password[CC_PASSWORD_SIZE] = "";
    int     code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    code = show_password(a, cc_user_password(app, a->option[O_EMAIL], password), password);
    cc_app_close(app);
    return code;
}

/* ---- what the program knows about itself -------------------------------------------------------------------------- */

static cJSON *
route_json(const cc_route_info *route)
{
    cJSON *json = need(cJSON_CreateObject());
    cJSON *aliases = need(cJSON_CreateArray());

    need(cJSON_AddStringToObject(json, "method", route->method));
    need(cJSON_AddStringToObject(json, "path", route->path));
    if (route->scope != NULL)
        need(cJSON_AddStringToObject(json, "scope", route->scope));
    else
        need(cJSON_AddNullToObject(json, "scope"));
    if (route->also != NULL)
        need(cJSON_AddStringToObject(json, "also", route->also));
    need(cJSON_AddStringToObject(json, "operation", route->operation));
    need(cJSON_AddStringToObject(json, "summary", route->summary));
    for (size_t i = 0; i < CC_OLDER_MAX && route->aliases[i][0] != '\0'; i++)
        cJSON_AddItemToArray(aliases, need(cJSON_CreateString(route->aliases[i])));
    cJSON_AddItemToObject(json, "aliases", aliases);
    return json;
}

int
routes_run(const arguments *a)
{
    static const text_id headings[] = {T_H_METHOD, T_H_PATH, T_H_SCOPE, T_H_SUMMARY, T_NONE};
    cc_route_info        route;
    table                list;

    if (a->option[O_JSON] != NULL) {
        cJSON *all = need(cJSON_CreateArray());
        for (size_t i = 0; cc_route_info_at(i, &route); i++)
            cJSON_AddItemToArray(all, route_json(&route));
        print_json(all);
        return EXIT_FINE;
    }
    table_start(&list, headings);
    for (size_t i = 0; cc_route_info_at(i, &route); i++) {
        const char *scope = route.scope;
        if (scope == NULL)
            scope = text(T_NO_KEY);
        else if (scope[0] == '\0')
            scope = text(T_ANY_KEY);
        char *summary = text_of_core(route.summary);
        table_add(&list, (const char *const[]){route.method, route.path, scope, summary});
        free(summary);
    }
    table_print(&list, stdout);
    return EXIT_FINE;
}

static void
print_scopes(const cJSON *scopes)
{
    static const text_id headings[] = {T_H_SCOPE, T_H_INCLUDES, T_H_MEANING, T_NONE};
    const cJSON         *scope;
    table                list;

    table_start(&list, headings);
    cJSON_ArrayForEach(scope, scopes)
    {
        char *includes = member_list(scope, "includes"), *meaning = text_of_core(member_text(scope, "meaning"));
        table_add(&list, (const char *const[]){member_text(scope, "scope"), includes, meaning});
        free(includes);
        free(meaning);
    }
    table_print(&list, stdout);
}

int
scopes_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    ask(&r, app, project.id, NULL, "GET", "/api/v1/scopes", NULL);
    code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        print_scopes(cJSON_GetObjectItemCaseSensitive(r.json, "data"));
    reply_done(&r);
    cc_app_close(app);
    return code;
}

int
openapi_run(const arguments *a)
{
    char *document = need(cc_openapi(a->option[O_INLINE] != NULL));

    puts(document);
    free(document);
    return EXIT_FINE;
}

void
settings_print(FILE *to)
{
    const char *name;
    const char *preset;
    const char *meaning;

    static const text_id head[] = {T_CONF_WHAT, T_CONF_HOW, T_CONF_WHEN};

    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        fprintf(to, "# %s\n", text(head[i]));
    for (size_t i = 0; cc_setting_info_at(i, &name, &preset, &meaning); i++) {
        char *words = text_of_core(meaning);
        fprintf(to, "\n# %s\n#%s = %s\n", words, name, preset);
        free(words);
    }
}

int
settings_run(const arguments *a)
{
    (void)a;
    settings_print(stdout);
    return EXIT_FINE;
}

void
print_settings_help(void)
{
    const char *name;
    const char *preset;
    const char *meaning;

    printf("\n%s%s%s\n", bold(stdout), text(T_SETTINGS), plain(stdout));
    for (size_t i = 0; cc_setting_info_at(i, &name, &preset, &meaning); i++) {
        char *words = text_of_core(meaning);
        printf("  %s = %s\n      ", name, preset);
        put_wrapped(stdout, words, 6, screen_width(stdout) != 0 ? screen_width(stdout) : 80);
        free(words);
    }
}

int
version_run(const arguments *a)
{
    if (a->option[O_JSON] != NULL)
        printf("{\"version\":\"%s\"}\n", CC_VERSION);
    else
        printf("codecourier %s\n", CC_VERSION);
    return EXIT_FINE;
}
