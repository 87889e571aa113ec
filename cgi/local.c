/*
 * The instance as its owner sees it: the data directory opened in this process, and API requests that need no key.
 *
 * The command has no second way to do what the API does.  It asks the same routes as everybody and reads their JSON, so
 * what holds for a client holds here: checks, limits, the audit log.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"

enum { LOOK_MS = 300 };

const char *
data_given(const arguments *a)
{
    if (a->option[O_DATA] != NULL)
        return a->option[O_DATA];
    return a->environment_data != NULL && a->environment_data[0] != '\0' ? a->environment_data : DEFAULT_DATA;
}

char *
data_directory(const arguments *a)
{
    const char *data = data_given(a);

    if (!cc_data_is_file(data))
        return need(strdup(data));
    const char *slash = strrchr(data, '/');
    return slash != NULL ? make_text("%.*s", (int)(slash - data + (slash == data)), data) : need(strdup("."));
}

bool
hand_over(const arguments *a, int fd)
{
    return cc_hand_over(fd, data_given(a));
}

bool
make_directory(const arguments *a, const char *path)
{
    bool made = mkdir(path, 0700) == 0, fine = made || errno == EEXIST;
    int  fd = made ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (made)
        fine = fd >= 0 && hand_over(a, fd);
    if (fd >= 0)
        close(fd);
    return fine;
}

const char *
database_given(const arguments *a)
{
    return a->option[O_DATABASE] != NULL ? a->option[O_DATABASE] : getenv("CC_DATABASE");
}

int
open_app(const arguments *a, unsigned flags, cc_app **app)
{
    char       why[512] = "";
    cc_options options = {
        .data = data_given(a), .database = database_given(a), .flags = flags, .clock = program_clock()};
    cc_err err = cc_app_open(&options, app, why, sizeof(why));

    if (err == CC_OK)
        return EXIT_FINE;
    char *words = text_of_core(why[0] != '\0' ? why : cc_err_message(err));
    fail(T_CANNOT_OPEN, WITH(options.data, words));
    free(words);
    return EXIT_TROUBLE;
}

/* ---- which project ------------------------------------------------------------------------------------------------ */

typedef struct search {
    const char      *wanted; /* id or slug; NULL: any */
    cc_project_info *found;
    size_t           count; /* that fit */
    table           *list;  /* NULL: do not list */
} search;

static bool
look_at(void *ctx, const cc_project_info *project)
{
    search *s = ctx;

    if (s->list != NULL)
        table_add(s->list, (const char *const[]){project->id, project->slug, project->name});
    if (s->wanted != NULL && strcmp(project->id, s->wanted) != 0 && strcmp(project->slug, s->wanted) != 0)
        return true;
    *s->found = *project;
    s->count++;
    return true;
}

static int
say_which(const arguments *a, cc_app *app, bool any)
{
    static const text_id headings[] = {T_H_ID, T_H_SLUG, T_H_NAME, T_NONE};
    cc_project_info      ignored;
    table                list;
    search               all = {.found = &ignored, .list = &list};

    if (!any) {
        char *how = command_line(a, "project create --name \"My Project\"");
        fail(T_NO_PROJECTS, WITH(how));
        free(how);
        return EXIT_REFUSED;
    }
    if (a->option[O_PROJECT] != NULL)
        fail(T_NO_SUCH_PROJECT, WITH(a->option[O_PROJECT]));
    else
        fail(T_WHICH_PROJECT, NULL);
    table_start(&list, headings);
    (void)cc_project_each(app, look_at, &all);
    table_print(&list, stderr);
    return EXIT_USAGE;
}

int
choose_project(const arguments *a, cc_app *app, cc_project_info *project)
{
    cc_project_info other;
    search          wanted = {.wanted = a->option[O_PROJECT], .found = project};
    search          all = {.found = &other};
    cc_err          err = cc_project_each(app, look_at, &wanted);

    if (err == CC_OK && wanted.count != 1)
        err = cc_project_each(app, look_at, &all);
    if (err != CC_OK) {
        fail(T_CANNOT_OPEN, WITH(data_given(a), cc_err_message(err)));
        return EXIT_TROUBLE;
    }
    return wanted.count == 1 ? EXIT_FINE : say_which(a, app, all.count > 0);
}

int
open_project(const arguments *a, cc_app **app, cc_project_info *project)
{
    int code = open_app(a, 0, app);

    if (code != EXIT_FINE)
        return code;
    code = choose_project(a, *app, project);
    if (code != EXIT_FINE)
        cc_app_close(*app);
    return code;
}

/* ---- requests ----------------------------------------------------------------------------------------------------- */

typedef struct request_text {
    const char *text;
    size_t      left;
} request_text;

static int64_t
read_text(void *ctx, void *into, size_t size)
{
    request_text *t = ctx;

    size = size < t->left ? size : t->left;
    memcpy(into, t->text, size);
    t->text += size;
    t->left -= size;
    return (int64_t)size;
}

void
ask(reply *r, cc_app *app, const char *project, const char *key, const char *method, const char *uri, cJSON *body)
{
    char        *sent = body != NULL ? need(cJSON_PrintUnformatted(body)) : NULL;
    char        *authorization = key != NULL ? make_text("Bearer %s", key) : NULL;
    request_text source = {.text = sent, .left = sent != NULL ? strlen(sent) : 0};
    cc_request   request = {
          .method = method, .uri = uri, .remote_addr = "127.0.0.1", .local_project = key == NULL ? project : NULL};

    if (sent != NULL) {
        request.header[CC_H_CONTENT_TYPE] = "application/json";
        request.content_length = (int64_t)source.left;
        request.read = read_text;
        request.read_ctx = &source;
    }
    request.header[CC_H_AUTHORIZATION] = authorization;
    *r = (reply){.app = app};
    cc_app_handle(app, &request, &r->response);
    if (r->response->body_size > 0)
        r->json = cJSON_ParseWithLength(r->response->body, r->response->body_size);
    cJSON_Delete(body);
    free(sent);
    free(authorization);
}

void
reply_done(reply *r)
{
    cJSON_Delete(r->json);
    cc_response_free(r->app, r->response);
    *r = (reply){0};
}

/* An id needs no escapes in a path; anything else finds nothing. */
char *
item_path(const char *collection, const char *id, const char *rest)
{
    for (const char *p = id; *p != '\0'; p++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *p) == NULL)
            return make_text("/api/v1/%s/none%s", collection, rest);
    return make_text("/api/v1/%s/%s%s", collection, id, rest);
}

char *
list_path(const arguments *a, const char *collection, const char *filter)
{
    const char *status = option_or(a, O_STATUS, "");
    const bool  odd = strspn(status, "abcdefghijklmnopqrstuvwxyz") != strlen(status); /* the API says what there is */

    if (status[0] == '\0')
        return make_text("/api/v1/%s?limit=100", collection);
    return make_text("/api/v1/%s?limit=100&%s=%s", collection, filter, odd ? "none" : status);
}

void
print_body(const reply *r)
{
    fwrite(r->response->body, 1, r->response->body_size, stdout);
    putchar('\n');
}

int
ask_and_show(const arguments *a, const char *method, char *path, cJSON *body, void (*show)(const cJSON *data))
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE) {
        cJSON_Delete(body);
        free(path);
        return code;
    }
    ask(&r, app, project.id, NULL, method, path, body);
    free(path);
    code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        show(cJSON_GetObjectItemCaseSensitive(r.json, "data"));
    reply_done(&r);
    cc_app_close(app);
    return code;
}
/* The API speaks of members, the person typed options. */
static const char *
option_of(const char *field)
{
    static const struct {
        const char *field;
        option_id   option;
    } pairs[] = {{"name", O_NAME},
                 {"scopes", O_SCOPES},
                 {"mode", O_MODE},
                 {"expiresAt", O_EXPIRES},
                 {"allowedNetworks", O_NETWORKS},
                 {"rateLimit", O_RATE_LIMIT},
                 {"overlapSeconds", O_OVERLAP}};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (strncmp(field, pairs[i].field, strlen(pairs[i].field)) == 0) /* "scopes[2]" too */
            return option_list[pairs[i].option].typed;
    return field;
}

int
reply_check(const reply *r)
{
    return reply_check_of(r, NULL);
}

int
reply_check_of(const reply *r, const char *about)
{
    const cc_response *response = r->response;

    if (response->err == CC_OK && (r->json != NULL || response->body_size == 0))
        return EXIT_FINE;
    if (response->err == CC_OK) {
        fail(T_ODD_ANSWER, NULL);
        return EXIT_REFUSED;
    }
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(r->json, "error");
    const char  *message = member_text(error, "message");
    const char  *field = member_text(error, "field");
    if (message[0] == '\0')
        message = cc_err_message(response->err);
    if (field[0] != '\0')
        fail(T_REFUSED_OPTION, WITH(option_of(field), message, cc_err_code(response->err)));
    else if (about != NULL)
        fail(T_REFUSED_OPTION, WITH(about, message, cc_err_code(response->err)));
    else
        fail(T_REFUSED, WITH(message, cc_err_code(response->err)));
    if (field[0] == '\0')
        fprintf(stderr, "  %s\n", cc_err_advice(response->err));
    return response->err == CC_E_UNAVAILABLE || response->err == CC_E_INTERNAL ? EXIT_TROUBLE : EXIT_REFUSED;
}

/* Where it stands: asked for, done, or not.  *waits: a worker has not come to it so far. */
static int
asked_print(const arguments *a, const char *about, const char *member, const reply *r, bool *waits)
{
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(r->json, "data");
    char        *error;
    bool         refused;

    *waits = member_text(data, "pendingAction")[0] != '\0';
    if (*waits && a->option[O_WATCH] != NULL)
        return EXIT_FINE;
    error = member_error(data, "actionError");
    refused = !*waits && error[0] != '\0';
    if (a->option[O_JSON] != NULL)
        print_body(r);
    else if (*waits)
        say_line(stdout, T_PULL_ASKED, WITH(about));
    else if (!refused)
        say_line(stdout, T_PULL_DONE, WITH(about, word_of_core(member_text(data, member))));
    else
        say_line(stderr, T_PULL_NOT, WITH(about, error));
    free(error);
    return refused ? EXIT_REFUSED : EXIT_FINE;
}

int
ask_worker(const arguments *a, cc_app *app, const char *project, const char *collection, const char *member,
           const char *about, const char *method, char *path, cJSON *body)
{
    bool  waits = false;
    char *id = NULL;
    reply r;
    int   code;

    for (;;) {
        ask(&r, app, project, NULL, id == NULL ? method : "GET", path, body);
        free(path);
        if ((code = reply_check_of(&r, about)) == EXIT_FINE)
            code = asked_print(a, about, member, &r, &waits);
        if (id == NULL)
            id = make_text("%s", member_text(cJSON_GetObjectItemCaseSensitive(r.json, "data"), "id"));
        reply_done(&r);
        if (code != EXIT_FINE || !waits || a->option[O_WATCH] == NULL)
            break;
        usleep(LOOK_MS * 1000);
        path = item_path(collection, id, "");
        body = NULL;
    }
    free(id);
    return code;
}

int
each_operand(const arguments *a, operand_act act, void *ctx)
{
    cc_app         *app;
    cc_project_info project;
    int             code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    for (int i = 0; i < a->operands; i++) {
        int one = act(ctx, a, app, project.id, a->operand[i]);
        code = one > code ? one : code;
    }
    cc_app_close(app);
    return code;
}

typedef struct ending {
    const char *collection, *rest;
    text_id     now;
} ending;

static int
end_one(void *ctx, const arguments *a, cc_app *app, const char *project, const char *id)
{
    const ending *e = ctx;
    char         *path = item_path(e->collection, id, e->rest);
    reply         r;

    ask(&r, app, project, NULL, "POST", path, NULL);
    free(path);
    int code = reply_check_of(&r, id);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL) {
        print_body(&r);
    } else if (code == EXIT_FINE) {
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(r.json, "data");
        say_line(stdout, e->now, WITH(id, word_of_core(member_text(data, "status"))));
    }
    reply_done(&r);
    return code;
}

int
end_each(const arguments *a, const char *collection, const char *rest, text_id now)
{
    return each_operand(a, end_one, &(ending){collection, rest, now});
}

/* ---- what answers hold -------------------------------------------------------------------------------------------- */

double
member_number(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

const char *
member_text(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(member) ? member->valuestring : "";
}

/* ---- reasons -------------------------------------------------------------------------------------------------------- */

static const char *
value_in(void *ctx, const char *name, size_t size)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, (const cJSON *)ctx) if (strlen(one->string) == size &&
                                                    memcmp(one->string, name, size) == 0) return one->valuestring;
    return NULL;
}

/* malloc'ed; NULL: it, or one that stands in it, is not in the catalogue. */
static char *
reason_sentence(const char *code, const cJSON *params)
{
    const char  *sentence = sentence_of(code);
    cJSON       *values = sentence != NULL ? need(cJSON_CreateObject()) : NULL;
    const cJSON *one;
    char        *text = NULL;

    if (sentence == NULL)
        return NULL;
    cJSON_ArrayForEach(one, params)
    {
        char       *part = cJSON_IsObject(one) ? reason_sentence(member_text(one, "code"), one) : NULL;
        const char *value = part != NULL ? part : cJSON_GetStringValue(one);
        if (value != NULL)
            need(cJSON_AddStringToObject(values, one->string, value));
        free(part);
        if (value == NULL)
            goto done;
    }
    text = need(cc_reason_fill(sentence, value_in, values));

done:
    cJSON_Delete(values);
    return text;
}

char *
member_reason(const cJSON *row, const char *error, const char *code, const char *params)
{
    char *text = reason_sentence(member_text(row, code), cJSON_GetObjectItemCaseSensitive(row, params));

    return text != NULL ? text : need(strdup(member_text(row, error)));
}

char *
member_error(const cJSON *row, const char *name)
{
    char *code = make_text("%sCode", name), *params = make_text("%sParams", name);
    char *why = member_reason(row, name, code, params);

    free(params);
    free(code);
    return why;
}

char *
member_list(const cJSON *object, const char *name)
{
    const cJSON *item;
    char        *out = need(strdup(""));

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, name))
    {
        if (!cJSON_IsString(item))
            continue;
        char *longer = make_text("%s%s%s", out, out[0] != '\0' ? ", " : "", item->valuestring);
        free(out);
        out = longer;
    }
    return out;
}

char *
member_time(const cJSON *object, const char *name, const char *none)
{
    const char *value = member_text(object, name);

    if (strlen(value) < 16 || value[10] != 'T')
        return need(strdup(value[0] != '\0' ? value : none));
    return make_text("%.10s %.5sZ", value, value + 11);
}

void
time_text(int64_t ms, char out[32])
{
    time_t    seconds = (time_t)(ms / 1000);
    struct tm parts;

    if (gmtime_r(&seconds, &parts) == NULL || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        out[0] = '\0';
}

/* ---- what the person types next, and where the service answers ---------------------------------------------------- */

char *
command_line(const arguments *a, const char *words)
{
    char *program = shell_word(a->program);
    char *data = shell_word(data_given(a));
    bool  say_data = a->option[O_DATA] != NULL || strcmp(data_given(a), DEFAULT_DATA) != 0;
    /* "key create --name …": --data goes before the first option, where the eye expects it. */
    size_t before = strstr(words, " --") != NULL ? (size_t)(strstr(words, " --") - words) : strlen(words);
    char  *line = make_text("%s %.*s%s%s%s", program, (int)before, words, say_data ? " --data " : "",
                           say_data ? data : "", words + before);

    free(program);
    free(data);
    return line;
}

char *
own_directory(void)
{
    char    path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(path, '/');
    return slash != NULL ? make_text("%.*s", (int)(slash - path), path) : need(strdup("."));
}

char *
web_program(size_t index)
{
    static const char *const places[] = {"codecourier.cgi", "../lib/codecourier/codecourier.cgi"};

    if (index >= sizeof(places) / sizeof(places[0]))
        return NULL;
    char *directory = own_directory();
    char *path = make_text("%s/%s", directory, places[index]);
    free(directory);
    return path;
}

static char *
base_url_path(const char *directory)
{
    return make_text("%s/run/url", directory);
}

void
base_url_write(const char *directory, const char *url)
{
    char *path = base_url_path(directory);
    FILE *file = url != NULL ? fopen(path, "we") : NULL;

    if (url == NULL)
        unlink(path);
    if (file != NULL) {
        (void)cc_hand_over(fileno(file), directory);
        fprintf(file, "%s\n", url);
        fclose(file);
    }
    free(path);
}

char *
base_url_read(const char *directory)
{
    char  line[256] = "";
    char *path = base_url_path(directory);
    FILE *file = fopen(path, "re");

    free(path);
    if (file == NULL)
        return NULL;
    if (fgets(line, sizeof(line), file) == NULL)
        line[0] = '\0';
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return line[0] != '\0' ? need(strdup(line)) : NULL;
}

char *
base_url(const arguments *a)
{
    char       *directory = data_directory(a);
    char       *url = base_url_read(directory);
    const char *environment = getenv("CC_BASE");

    free(directory);
    if (url != NULL)
        return url;
    if (environment != NULL && environment[0] != '\0')
        return need(strdup(environment));
    return make_text("http://127.0.0.1:%d", DEFAULT_PORT);
}
