/*
 * `codecourier key …`: API keys, made and looked after through the same routes that clients use.
 *
 * Secrets go to standard output once and nowhere else: no message, no log and no argument of another program has one.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

#define KEYS "/api/v1/project/api-keys"

#define SPAN_MOST_S (100 * 366 * 24 * 3600L)

/* ---- time spans --------------------------------------------------------------------------------------------------- */

/* "90m", "12h", "30d", "8w", "45s" or "0"; false: none of them. */
static bool
read_span(const char *word, long *seconds)
{
    static const struct {
        char unit;
        long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600L}, {'w', 7 * 24 * 3600L}};
    char *end = NULL;

    errno = 0;
    long number = strtol(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || errno != 0)
        return false;
    if (number == 0 && *end == '\0') {
        *seconds = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (end[0] != units[i].unit || end[1] != '\0' || number > SPAN_MOST_S / units[i].seconds)
            continue;
        *seconds = number * units[i].seconds;
        return true;
    }
    return false;
}

/* What --expires says, as the API wants it: a span from now, or a time, which the core checks.  malloc'ed; NULL:
 * neither. */
static char *
read_expiry(const arguments *a)
{
    const char *when = a->option[O_EXPIRES];
    char        at[32];
    long        seconds;

    if (read_span(when, &seconds) && seconds > 0) {
        time_text((int64_t)(time(NULL) + seconds) * 1000, at);
        return need(strdup(at));
    }
    if (strlen(when) >= 10 && when[4] == '-')
        return make_text("%s%s", when, strlen(when) == 10 ? "T23:59:59Z" : ""); /* a day alone ends with it */
    fail(T_BAD_TIME, WITH("--expires", when));
    try_help(a);
    return NULL;
}

/* ---- requests ----------------------------------------------------------------------------------------------------- */

/* "/api/v1/project/api-keys/ID/rotate"; the id as a URI can carry it, whatever was typed. */
static char *
key_uri(const char *id, const char *rest)
{
    static const char hex[] = "0123456789ABCDEF";
    char             *safe = need(malloc(3 * strlen(id) + 1));
    char             *end = safe;

    for (; *id != '\0'; id++) {
        unsigned char c = (unsigned char)*id;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-') {
            *end++ = (char)c;
        } else {
            *end++ = '%';
            *end++ = hex[c >> 4];
            *end++ = hex[c & 15];
        }
    }
    *end = '\0';
    char *uri = make_text(KEYS "/%s%s", safe, rest);
    free(safe);
    return uri;
}

/* Words between commas or spaces. */
static cJSON *
list_json(const char *words)
{
    cJSON *list = need(cJSON_CreateArray());

    for (const char *p = words + strspn(words, ", \n\t"); *p != '\0'; p += strspn(p, ", \n\t")) {
        size_t size = strcspn(p, ", \n\t");
        char  *word = make_text("%.*s", (int)size, p);
        cJSON_AddItemToArray(list, need(cJSON_CreateString(word)));
        free(word);
        p += size;
    }
    return list;
}

static const cJSON *
data_of(const reply *r)
{
    return cJSON_GetObjectItemCaseSensitive(r->json, "data");
}

/* ---- a new secret ------------------------------------------------------------------------------------------------- */

/* The scopes, each with what it allows. */
static void
print_scopes(cc_app *app, const char *project, const cJSON *granted)
{
    reply        r;
    const cJSON *name;

    ask(&r, app, project, NULL, "GET", "/api/v1/scopes", NULL);
    say_line(stdout, T_KEY_MAY, NULL);
    cJSON_ArrayForEach(name, granted)
    {
        const char  *meaning = "";
        const cJSON *scope;
        cJSON_ArrayForEach(scope, data_of(&r))
        {
            if (cJSON_IsString(name) && strcmp(member_text(scope, "scope"), name->valuestring) == 0)
                meaning = member_text(scope, "meaning");
        }
        char *words = text_of_core(meaning);
        printf("  %-18s %s\n", cJSON_IsString(name) ? name->valuestring : "", words);
        free(words);
    }
    reply_done(&r);
}

static void
print_limits(const arguments *a, const cJSON *key)
{
    char *expires = member_time(key, "expiresAt", "");
    char *networks = member_list(key, "allowedNetworks");

    if (strcmp(member_text(key, "mode"), "test") == 0)
        say_line(stdout, T_KEY_TEST, NULL);
    if (networks[0] != '\0')
        say_line(stdout, T_KEY_FROM, WITH(networks));
    if (expires[0] != '\0') {
        say_line(stdout, T_KEY_ENDS, WITH(expires));
    } else {
        char *words = make_text("key revoke %s%s%s", member_text(key, "id"),
                                a->option[O_PROJECT] != NULL ? " --project " : "", option_or(a, O_PROJECT, ""));
        char *line = command_line(a, words);
        say_line(stdout, T_KEY_FOREVER, WITH(line));
        free(line);
        free(words);
    }
    free(expires);
    free(networks);
}

/* Show an answer that has a secret in it, as --quiet, --json or neither want it. */
static void
print_secret(const arguments *a, const reply *r, const cc_project_info *project)
{
    const cJSON *key = data_of(r);
    const char  *secret = member_text(key, "key");

    if (a->option[O_JSON] != NULL) {
        print_body(r);
        return;
    }
    if (a->option[O_QUIET] != NULL) {
        puts(secret);
        return;
    }
    char *base = base_url(a);
    say_line(stdout, T_KEY_MADE, WITH(member_text(key, "name"), member_text(key, "id"), project->name));
    printf("\n  %sexport CC_KEY=\"%s\"%s\n  export CC_BASE=\"%s\"\n\n", bold(stdout), secret, plain(stdout), base);
    print_scopes(r->app, project->id, cJSON_GetObjectItemCaseSensitive(key, "scopes"));
    putchar('\n');
    print_limits(a, key);
    say_line(stdout, T_TRY_IT, NULL);
    puts("  curl \"$CC_BASE/api/v1/whoami\" -H \"Authorization: Bearer $CC_KEY\"");
    free(base);
}

/* The body of a create request.  NULL: the command line was wrong, and that has been said. */
static cJSON *
create_body(const arguments *a)
{
    char *expires = NULL;
    long  rate;

    if (!option_number(a, O_RATE_LIMIT, 1, 1000000, 0, &rate))
        return NULL;
    if (a->option[O_EXPIRES] != NULL && (expires = read_expiry(a)) == NULL)
        return NULL;
    cJSON *body = need(cJSON_CreateObject());
    need(cJSON_AddStringToObject(body, "name", a->option[O_NAME]));
    cJSON_AddItemToObject(body, "scopes", list_json(a->option[O_SCOPES]));
    if (a->option[O_MODE] != NULL)
        need(cJSON_AddStringToObject(body, "mode", a->option[O_MODE]));
    if (a->option[O_NETWORKS] != NULL)
        cJSON_AddItemToObject(body, "allowedNetworks", list_json(a->option[O_NETWORKS]));
    if (rate > 0)
        need(cJSON_AddNumberToObject(body, "rateLimit", (double)rate));
    if (expires != NULL)
        need(cJSON_AddStringToObject(body, "expiresAt", expires));
    free(expires);
    return body;
}

int
key_create_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    cJSON          *body = create_body(a);

    if (body == NULL)
        return EXIT_USAGE;
    int code = open_project(a, &app, &project);
    if (code != EXIT_FINE) {
        cJSON_Delete(body);
        return code;
    }
    ask(&r, app, project.id, NULL, "POST", KEYS, body);
    code = reply_check(&r);
    if (code == EXIT_FINE)
        print_secret(a, &r, &project);
    reply_done(&r);
    cc_app_close(app);
    return code;
}

int
key_rotate_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    reply           r;
    const char     *overlap = option_or(a, O_OVERLAP, "24h");
    long            seconds;

    if (!read_span(overlap, &seconds)) {
        fail(T_BAD_SPAN, WITH("--overlap", overlap));
        try_help(a);
        return EXIT_USAGE;
    }
    int code = open_project(a, &app, &project);
    if (code != EXIT_FINE)
        return code;
    cJSON *body = need(cJSON_CreateObject());
    char  *uri = key_uri(a->operand[0], "/rotate");
    need(cJSON_AddNumberToObject(body, "overlapSeconds", (double)seconds));
    ask(&r, app, project.id, NULL, "POST", uri, body);
    code = reply_check_of(&r, a->operand[0]);
    if (code == EXIT_FINE) {
        print_secret(a, &r, &project);
        if (a->option[O_JSON] == NULL && a->option[O_QUIET] == NULL)
            say_line(stdout, seconds > 0 ? T_KEY_OLD_UNTIL : T_KEY_OLD_GONE, WITH(overlap));
    }
    free(uri);
    reply_done(&r);
    cc_app_close(app);
    return code;
}

/* ---- list, revoke ------------------------------------------------------------------------------------------------- */

static void
list_key(table *list, const cJSON *key)
{
    char *scopes = member_list(key, "scopes");
    char *used = member_time(key, "lastUsedAt", text(T_NEVER));
    char *expires = member_time(key, "expiresAt", text(T_NEVER));

    table_add(list, (const char *const[]){member_text(key, "id"), member_text(key, "name"), member_text(key, "prefix"),
                                          member_text(key, "mode"), used, expires, scopes});
    free(scopes);
    free(used);
    free(expires);
}

/* All pages as one answer: {"data": […], "nextCursor": null, "hasMore": false}.  An exit code. */
static int
all_keys(cc_app *app, const cc_project_info *project, cJSON **out)
{
    cJSON *all = need(cJSON_CreateArray());
    char  *uri = need(strdup(KEYS "?limit=100"));
    int    code = EXIT_FINE;

    while (uri != NULL) {
        reply r;
        ask(&r, app, project->id, NULL, "GET", uri, NULL);
        free(uri);
        uri = NULL;
        code = reply_check(&r);
        if (code == EXIT_FINE) {
            const char *cursor = member_text(r.json, "nextCursor");
            cJSON      *page = cJSON_GetObjectItemCaseSensitive(r.json, "data");
            while (cJSON_GetArraySize(page) > 0)
                cJSON_AddItemToArray(all, cJSON_DetachItemFromArray(page, 0));
            if (cursor[0] != '\0')
                uri = make_text(KEYS "?limit=100&cursor=%s", cursor);
        }
        reply_done(&r);
    }
    *out = need(cJSON_CreateObject());
    cJSON_AddItemToObject(*out, "data", all);
    need(cJSON_AddNullToObject(*out, "nextCursor"));
    need(cJSON_AddFalseToObject(*out, "hasMore"));
    return code;
}

int
key_list_run(const arguments *a)
{
    static const text_id headings[] = {T_H_ID,   T_H_NAME,    T_H_PREFIX, T_H_MODE,
                                       T_H_USED, T_H_EXPIRES, T_H_SCOPES, T_NONE};
    cc_app              *app;
    cc_project_info      project;
    cJSON               *all = NULL;
    int                  code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    code = all_keys(app, &project, &all);
    const cJSON *keys = cJSON_GetObjectItemCaseSensitive(all, "data");
    if (code == EXIT_FINE && a->option[O_JSON] != NULL) {
        char *out = need(cJSON_PrintUnformatted(all));
        puts(out);
        free(out);
    } else if (code == EXIT_FINE && cJSON_GetArraySize(keys) == 0) {
        say_line(stderr, T_KEY_NONE, WITH(project.name));
    } else if (code == EXIT_FINE) {
        const cJSON *key;
        table        list;
        table_start(&list, headings);
        cJSON_ArrayForEach(key, keys)
        {
            list_key(&list, key);
        }
        table_print(&list, stdout);
    }
    cJSON_Delete(all);
    cc_app_close(app);
    return code;
}

static int
revoke_one(void *ctx, const arguments *a, cc_app *app, const char *project, const char *id)
{
    reply r;
    char *uri = key_uri(id, "");

    (void)ctx;
    ask(&r, app, project, NULL, "DELETE", uri, NULL);
    int code = reply_check_of(&r, id);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        say_line(stdout, T_KEY_REVOKED, WITH(id));
    free(uri);
    reply_done(&r);
    return code;
}

int
key_revoke_run(const arguments *a)
{
    return each_operand(a, revoke_one, NULL);
}

/* ---- check -------------------------------------------------------------------------------------------------------- */

/* Only there to break off fgets: the terminal must get its echo back before the program may end. */
static void
interrupted(int signal_number)
{
    (void)signal_number;
}

/* A line from the terminal, without showing it. */
static bool
read_hidden(char *line, size_t size)
{
    struct termios   before;
    struct sigaction stop = {.sa_handler = interrupted};
    struct sigaction old;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return fgets(line, (int)size, stdin) != NULL;
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    sigaction(SIGINT, &stop, &old);
    say(stderr, T_PASTE_KEY, NULL);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    bool got = fgets(line, (int)size, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    sigaction(SIGINT, &old, NULL);
    putc('\n', stderr);
    return got;
}

/* The first word of standard input. */
static bool
read_key(char *line, size_t size)
{
    if (isatty(STDIN_FILENO) ? !read_hidden(line, size) : fgets(line, (int)size, stdin) == NULL)
        return false;
    char *first = line + strspn(line, " \t\r\n");
    first[strcspn(first, " \t\r\n")] = '\0';
    memmove(line, first, strlen(first) + 1);
    return line[0] != '\0';
}

static void
print_owner(const cJSON *key)
{
    static const text_id headings[] = {T_H_KEY,  T_H_NAME,    T_H_PROJECT, T_H_MODE,
                                       T_H_USED, T_H_EXPIRES, T_H_SCOPES,  T_NONE};
    char                *scopes = member_list(key, "scopes");
    char                *used = member_time(key, "lastUsedAt", text(T_NEVER));
    char                *expires = member_time(key, "expiresAt", text(T_NEVER));
    table                list;

    table_start(&list, headings);
    table_add(&list,
              (const char *const[]){member_text(key, "keyId"), member_text(key, "name"), member_text(key, "projectId"),
                                    member_text(key, "mode"), used, expires, scopes});
    say_line(stdout, T_KEY_WORKS, NULL);
    table_print(&list, stdout);
    free(scopes);
    free(used);
    free(expires);
}

int
key_check_run(const arguments *a)
{
    cc_app *app;
    reply   r;
    char    key[256] = "";
    bool    given = a->operands > 0 && strcmp(a->operand[0], "-") != 0;

    if (given)
        snprintf(key, sizeof(key), "%s", a->operand[0]);
    else if (!read_key(key, sizeof(key))) {
        char *line = command_line(a, "key check");
        char *piped = make_text("%s < key.txt", line);
        fail(T_NO_KEY_GIVEN, WITH(piped));
        free(piped);
        free(line);
        return EXIT_USAGE;
    }
    if (!cc_key_well_formed(key)) {
        fail(T_KEY_MALFORMED, NULL);
        return EXIT_REFUSED;
    }
    int code = open_app(a, 0, &app);
    if (code != EXIT_FINE)
        return code;
    ask(&r, app, NULL, key, "GET", "/api/v1/whoami", NULL);
    if (r.response->err != CC_OK)
        fail(T_KEY_WELL_FORMED_ONLY, NULL);
    code = reply_check(&r);
    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        print_owner(data_of(&r));
    reply_done(&r);
    cc_app_close(app);
    return code;
}
