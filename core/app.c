/*
 * An open instance: its files, its settings, its lock; and a request's way in and out.
 */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/db.h"
#include "storage/files.h"
#include "gate/repository.h"
#include "context/secret.h"
#include "context/settings.h"
#include "context/trouble.h"

enum { LOOK_MS = 1000 }; /* between two looks at the files */

static const struct {
    const char *name, *preset;
    int64_t     min, max;
    const char *meaning;
} settings[] = {
#define X(name, preset, min, max, meaning) {#name, preset, min, max, meaning},
    CC_SETTINGS(X)
#undef X
};

typedef struct answer {
    cc_response    pub;
    cc_arena      *arena;
    cc_req        *req;    /* of an answer that goes on */
    struct answer *next;   /* while it waits for reuse */
} answer;

/* One "agent.NAME = …" of codecourier.conf. */
struct agent_line {
    const char        *name, *line;
    struct agent_line *next;
};

struct cc_app {
    pthread_mutex_t   lock;
    pid_t             pid; /* who opened it: an app must not cross a fork */
    cc_clock_fn       clock;
    cc_log_fn         log;
    void             *ctx;
    cc_arena         *arena; /* lives as long as the app */
    cc_db            *db;
    cc_hot           *hot;
    struct cc_secrets secrets;
    const char       *text[CC_SETTING__MAX];
    int64_t           number[CC_SETTING__MAX];
    struct agent_line *agents;
    const char        *directory;
    const char        *path, *conf; /* the database and the settings beside it */
    struct cc_troubles troubles;
    int64_t            looked_ms; /* on the monotonic clock */
    char               last_words[400]; /* why the database could not be opened again, as it was said last */
    answer           *idle; /* answers given back, their arenas ready for the next request */
};

cc_db *
cc_app_db(cc_app *app)
{
    return app->db;
}

cc_hot *
cc_app_hot(cc_app *app)
{
    return app->hot;
}

struct cc_secrets *
cc_app_secrets(cc_app *app)
{
    return &app->secrets;
}

/*
 * Before the lock, not behind it: a thread of the parent may have held it at the moment of the fork, and in the child
 * nobody is left to give it back.
 */
static bool
forked(const cc_app *app)
{
    return app->pid != getpid();
}

cc_err
cc_app_enter(cc_app *app)
{
    if (forked(app))
        return CC_E_INTERNAL;
    pthread_mutex_lock(&app->lock);
    return CC_OK;
}

void
cc_app_lock(cc_app *app)
{
    pthread_mutex_lock(&app->lock);
}

struct cc_troubles *
cc_app_troubles(cc_app *app)
{
    return &app->troubles;
}

void
cc_app_unlock(cc_app *app)
{
    pthread_mutex_unlock(&app->lock);
}

const char *
cc_app_directory(cc_app *app)
{
    return app->directory;
}

int64_t
cc_app_now(cc_app *app)
{
    return app->clock(app->ctx);
}

static void
log_stderr(void *ctx, const char *line)
{
    int64_t now = cc_clock_system(NULL) / 1000;
    int     year, month, day, hour, minute, second;

    (void)ctx;
    cc_civil(now, &year, &month, &day, &hour, &minute, &second);
    fprintf(stderr, "%04d-%02d-%02dT%02d:%02d:%02dZ codecourier: %s\n", year, month, day, hour, minute, second, line);
}

void
cc_log(cc_app *app, const char *format, ...)
{
    char    line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    for (char *p = line; *p; p++) /* one entry stays one line, whatever it quotes */
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    app->log(app->ctx, line);
}

/* ---- settings -------------------------------------------------------------------------------- */

bool
cc_setting_info_at(size_t i, const char **name, const char **preset, const char **meaning)
{
    if (i >= CC_SETTING__MAX)
        return false;
    *name = settings[i].name;
    *preset = settings[i].preset;
    *meaning = settings[i].meaning;
    return true;
}

static int
setting_find(const char *name)
{
    for (int i = 0; i < CC_SETTING__MAX; i++)
        if (strcmp(settings[i].name, name) == 0)
            return i;
    return -1;
}

const char *
cc_app_setting(cc_app *app, const char *name)
{
    int i = setting_find(name);

    return i < 0 ? NULL : app->text[i];
}

const char *
cc_setting_name(cc_setting which)
{
    return settings[which].name;
}

const char *
cc_setting_text(cc_app *app, cc_setting which)
{
    return app->text[which];
}

int64_t
cc_setting_int(cc_app *app, cc_setting which)
{
    assert(settings[which].min <= settings[which].max);
    return app->number[which];
}

const char *const *
cc_setting_words(cc_app *app, cc_arena *a, cc_setting which)
{
    const char  *text = app->text[which];
    const char **out = NULL;
    size_t       count = 0, n = 0;

    for (const char *p = text; *(p += strspn(p, CC_LIST_SPACES)); p += strcspn(p, CC_LIST_SPACES))
        count++;
    if (!(out = cc_alloc(a, (count + 1) * sizeof(*out))))
        return NULL;
    for (const char *p = text; *(p += strspn(p, CC_LIST_SPACES)); p += strcspn(p, CC_LIST_SPACES))
        if (!(out[n++] = cc_strndup(a, p, strcspn(p, CC_LIST_SPACES))))
            return NULL;
    out[n] = NULL;
    return out;
}

/* Settings that are one of a few words. */
static bool
word_fits(int i, const char *text)
{
    static const struct {
        int         setting;
        const char *words[3];
    } lists[] = {
        {CC_SETTING_synchronous, {"NORMAL", "FULL"}},
        {CC_SETTING_lostRunPolicy, {"retry", "fail"}},
        {CC_SETTING_sandbox, {"bubblewrap", "off"}},
        {CC_SETTING_egress, {"list", "open", "none"}},
    };
    bool listed = false;

    for (size_t k = 0; k < CC_COUNT(lists); k++)
        for (size_t w = 0; lists[k].setting == i && w < CC_COUNT(lists[k].words); w++) {
            listed = true;
            if (lists[k].words[w] && strcmp(lists[k].words[w], text) == 0)
                return true;
        }
    return !listed;
}

static bool
is_absolute(const char *path, size_t size)
{
    return size > 0 && path[0] == '/';
}

/* Settings that are lists: does each entry read? */
static bool
list_fits(int i, const char *text)
{
    bool (*ok)(const char *, size_t) = i == CC_SETTING_egressHosts         ? cc_host_entry_ok
                                       : i == CC_SETTING_privateHosts      ? cc_permit_ok
                                       : i == CC_SETTING_gitProtocols      ? cc_transport_ok
                                       : i == CC_SETTING_trustedProxies    ? cc_proxy_ok
                                       : i == CC_SETTING_localRepositories || i == CC_SETTING_sandboxPaths ? is_absolute
                                                                        : NULL;

    while (ok && *(text += strspn(text, CC_LIST_SPACES))) {
        size_t n = strcspn(text, CC_LIST_SPACES);
        if (!ok(text, n))
            return false;
        text += n;
    }
    return true;
}

static bool
setting_set(cc_app *app, int i, const char *text)
{
    if (settings[i].min <= settings[i].max) {
        if (!cc_int_parse(text, &app->number[i]) || app->number[i] < settings[i].min ||
            app->number[i] > settings[i].max)
            return false;
    } else if (!word_fits(i, text) || !list_fits(i, text)) {
        return false;
    }
    app->text[i] = cc_strndup(app->arena, text, strlen(text));
    return app->text[i] != NULL;
}

/* agent.NAME = PROGRAM ARGUMENTS: an agent of the operator's own.  The line is split at spaces, never by a shell. */
static cc_err
agent_set(cc_app *app, const char *name, const char *line, int number, char *why, size_t why_size)
{
    size_t n = strlen(name);

    if (n < 1 || n > 40 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != n || !*line) {
        snprintf(why, why_size,
                 CC_WORDS("codecourier.conf line %d: expected 'agent.NAME = PROGRAM ARGUMENTS', the name in small "
                          "letters, digits, '-' and '_'."),
                 number);
        return CC_E_VALIDATION;
    }
    struct agent_line *a = cc_alloc(app->arena, sizeof(*a));
    if (!a || !(a->name = cc_strndup(app->arena, name, n)) || !(a->line = cc_strndup(app->arena, line, strlen(line))))
        return CC_E_UNAVAILABLE;
    a->next = app->agents;
    app->agents = a;
    return CC_OK;
}

const char *
cc_app_agent(cc_app *app, const char *name)
{
    for (const struct agent_line *a = app->agents; a; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a->line;
    return NULL;
}

/* What was said otherwise before.  Nothing here makes a run freer than it was. */
static void
modernize(const char **name, const char **value)
{
    static const struct {
        const char *name, *value, *now, *as;
    } before[] = {
        {"sandbox", "auto", "sandbox", "bubblewrap"},
        {"agentNetwork", "0", "egress", "none"},
        {"agentNetwork", "1", "egress", "list"},
    };

    for (size_t i = 0; i < CC_COUNT(before); i++) {
        if (strcmp(before[i].name, *name) == 0 && strcmp(before[i].value, *value) == 0) {
            *name = before[i].now;
            *value = before[i].as;
            return;
        }
    }
}

/* "name = value", '#' begins a comment; an unknown name is an error, because a misspelt limit would silently not hold.
 */
static cc_err
settings_line(cc_app *app, char *line, int number, char *why, size_t why_size)
{
    line += strspn(line, " \t");
    char *end = line + strcspn(line, "#\r\n");
    while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    if (!*line)
        return CC_OK;
    char *value = strchr(line, '=');
    if (!value) {
        snprintf(why, why_size, CC_WORDS("codecourier.conf line %d: expected 'name = value'."), number);
        return CC_E_VALIDATION;
    }
    char *stop = value++;
    while (stop > line && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *stop = '\0';
    value += strspn(value, " \t");
    if (strncmp(line, "agent.", 6) == 0)
        return agent_set(app, line + 6, value, number, why, why_size);
    const char *name = line, *set = value;
    modernize(&name, &set);
    int i = setting_find(name);
    if (i < 0) {
        snprintf(why, why_size,
                 CC_WORDS("codecourier.conf line %d: there is no setting '%s'; 'codecourier help settings' lists "
                          "them."),
                 number, name);
        return CC_E_VALIDATION;
    }
    if (!setting_set(app, i, set)) {
        snprintf(why, why_size, CC_WORDS("codecourier.conf line %d: '%s' cannot be '%s'."), number, name, set);
        return CC_E_VALIDATION;
    }
    return CC_OK;
}

static cc_err
settings_read(cc_app *app, const char *path, char *why, size_t why_size)
{
    char   line[8192];
    cc_err err = CC_OK;

    for (int i = 0; i < CC_SETTING__MAX; i++)
        if (!setting_set(app, i, settings[i].preset))
            return CC_E_UNAVAILABLE;
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT)
        return CC_OK;
    if (!file) {
        cc_files_refusal(path, errno, why, why_size);
        return CC_E_FORBIDDEN;
    }
    for (int n = 1; err == CC_OK && fgets(line, sizeof(line), file); n++)
        err = settings_line(app, line, n, why, why_size);
    fclose(file);
    return err;
}

/* ---- answers ---------------------------------------------------------------------------------- */

static answer *
answer_new(void)
{
    answer *a = calloc(1, sizeof(*a));

    if (a && !(a->arena = cc_arena_new())) {
        free(a);
        a = NULL;
    }
    return a;
}

static void
answer_free(answer *a)
{
    cc_arena_free(a->arena);
    free(a);
}

/* ---- open and close -------------------------------------------------------------------------- */

/*
 * The database's path: the option itself if it names a file, else codecourier.db in that directory.  Absolute: it is
 * looked at again for as long as the app is open, and a Python program may change its directory meanwhile.
 */
static const char *
database_path(cc_app *app, const char *data, bool *is_file)
{
    size_t n = strlen(data);
    char   here[PATH_MAX] = "";

    *is_file = n > 3 && strcmp(data + n - 3, ".db") == 0;
    while (!*is_file && n > 1 && data[n - 1] == '/')
        n--;
    bool relative = data[0] != '/' && getcwd(here, sizeof(here));
    return cc_printf(app->arena, "%s%s%.*s%s", relative ? here : "", relative ? "/" : "", (int)n, data,
                     *is_file ? "" : "/codecourier.db");
}

/* There is no database: make the directory for one, or say what is the case. */
static cc_err
place_make(const char *path, const char *data, bool create, bool is_file, char *why, size_t why_size)
{
    char left[PATH_MAX];

    if (cc_files_remains(path, left, sizeof(left))) {
        snprintf(why, why_size,
                 CC_WORDS("The database %s is missing, but %s lies beside it. Restore the database from a backup; to "
                          "begin anew, move %s-* away."),
                 path, left, path);
        return CC_E_CONFLICT;
    }
    if (!create) {
        snprintf(why, why_size,
                 CC_WORDS("There is no database at %s.  Make one with 'codecourier init --data %s'."), path, data);
        return CC_E_NOT_FOUND;
    }
    if (is_file || mkdir(data, 0700) == 0 || errno == EEXIST)
        return CC_OK;
    cc_err err = cc_files_err(errno) == CC_E_FORBIDDEN ? CC_E_FORBIDDEN : CC_E_UNAVAILABLE;
    snprintf(why, why_size,
             CC_WORDS("%s cannot be made: %s.  Make its parent directory, or choose another place with --data."),
             data, strerror(errno));
    return err;
}

/* Whoever may not look must not be told that there is nothing. */
static cc_err
place_check(const char *path, const char *data, bool create, bool is_file, char *why, size_t why_size)
{
    struct stat st;

    if (stat(path, &st) == 0)
        return CC_OK;
    if (errno == ENOENT)
        return place_make(path, data, create, is_file, why, why_size);
    int number = errno;
    cc_files_refusal(path, number, why, why_size);
    return cc_files_err(number) == CC_E_FORBIDDEN ? CC_E_FORBIDDEN : CC_E_UNAVAILABLE;
}

/* The key is made with the instance: here, and not on a full disk or with the web server's rights later. */
static cc_err
key_make(cc_app *app, char *why, size_t why_size)
{
    uint8_t unused[CC_SECRET_SIZE];
    cc_err  err = cc_instance_key(app, "settings", unused);

    if (err != CC_OK)
        snprintf(why, why_size, CC_WORDS("%s cannot be made or read; the line above says why."), app->secrets.key_path);
    cc_wipe(unused, sizeof(unused));
    return err;
}

/* ---- is everything as it should be? ------------------------------------------------------------ */

static void
files_look(cc_app *app)
{
    const char *trouble = app->hot ? cc_hot_trouble(app->hot) : "";

    cc_files_check(app, app->path, app->secrets.key_path, app->conf, app->text[CC_SETTING_githubToken][0] != '\0');
    if (trouble[0])
        cc_trouble(app, CC_TROUBLE_LIMITS_APART, "%s", trouble);
    else
        cc_trouble_over(app, CC_TROUBLE_LIMITS_APART);
}

static void
zones_look(cc_app *app)
{
    cc_arena *a = cc_arena_new();

    if (a && !cc_zone_load(a, "Europe/London"))
        cc_trouble(app, CC_TROUBLE_ZONES_MISSING,
                   CC_WORDS("there is no IANA time zone data: install the package tzdata"));
    else
        cc_trouble_over(app, CC_TROUBLE_ZONES_MISSING);
    cc_arena_free(a);
}

/* The files are not those that were opened: take what is there now, with the key that belongs to it. */
static void
renew(cc_app *app)
{
    char   why[sizeof(app->last_words)] = "";
    cc_err err = cc_db_renew(app->db, why, sizeof(why));

    if (err != CC_OK && strcmp(why, app->last_words) != 0)
        cc_log(app, "storage: %s", why);
    snprintf(app->last_words, sizeof(app->last_words), "%s", err == CC_OK ? "" : why);
    cc_wipe(app->secrets.instance_key, sizeof(app->secrets.instance_key));
    app->secrets.instance_loaded = false;
}

/* Once a second is enough for what no write depends on, and costs a request nothing that can be measured. */
void
cc_app_look(cc_app *app, bool closely)
{
    int64_t now = cc_clock_monotonic();

    if (!closely && now - app->looked_ms < LOOK_MS)
        return;
    if (now - app->looked_ms >= LOOK_MS) {
        app->looked_ms = now;
        if (cc_db_moved(app->db))
            renew(app);
        cc_hot_look(app->hot);
    }
    if (closely) {
        files_look(app);
        zones_look(app);
        cc_db_trial(app->db);
    }
}

const char *
cc_part_words(cc_app *app, const char *part)
{
    if (strcmp(part, "storage") == 0)
        return app->path;
    if (strcmp(part, "limits") == 0)
        return CC_WORDS("counted together by all processes");
    if (strcmp(part, "key") == 0)
        return CC_WORDS("the key file is its owner's alone");
    return strcmp(part, "data") == 0 ? CC_WORDS("nobody else may read or change them")
                                     : CC_WORDS("IANA time zones are there");
}

cc_err
cc_app_open(const cc_options *o, cc_app **out, char *why, size_t why_size)
{
    cc_app *app = calloc(1, sizeof(*app));
    bool    is_file, create = o->flags & CC_OPEN_CREATE;
    cc_err  err = CC_E_UNAVAILABLE;

    snprintf(why, why_size, "There is not enough memory.");
    *out = NULL;
    if (!app)
        return err;
    pthread_mutex_init(&app->lock, NULL);
    app->pid = getpid();
    app->clock = o->clock ? o->clock : cc_clock_system;
    app->log = o->log ? o->log : log_stderr;
    app->ctx = o->ctx;
    if ((err = cc_secret_start()) != CC_OK)
        goto done;
    err = CC_E_UNAVAILABLE;
    if (!(app->arena = cc_arena_new()))
        goto done;
    const char *path = database_path(app, o->data, &is_file);
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *hot = path ? cc_printf(app->arena, "%s-hot", path) : NULL;
    const char *key = path ? cc_printf(app->arena, "%s-key", path) : NULL;
    const char *conf =
        path ? cc_printf(app->arena, "%.*scodecourier.conf", slash ? (int)(slash + 1 - path) : 0, path) : NULL;
    if (!hot || !key || !conf)
        goto done;
    if (!(app->directory = cc_strndup(app->arena, path, slash ? (size_t)(slash - path) + (slash == path) : 0)))
        goto done;
    cc_secrets_init(&app->secrets, o->random, o->ctx, key);
    app->path = path;
    app->conf = conf;
    app->troubles.once = o->flags & CC_OPEN_ONCE;
    app->looked_ms = cc_clock_monotonic();
    /* The database before all that lies beside it: what is there without one is what is left of another. */
    if ((err = place_check(path, o->data, create, is_file, why, why_size)) != CC_OK ||
        (err = settings_read(app, conf, why, why_size)) != CC_OK ||
        (err = cc_db_open(app, path, create, o->flags & CC_OPEN_ONCE, &app->db, why, why_size)) != CC_OK)
        goto done;
    err = CC_E_UNAVAILABLE;
    if (!(app->hot = cc_hot_open(hot)))
        goto done;
    err = create ? key_make(app, why, why_size) : CC_OK;
    files_look(app);

done:
    if (err != CC_OK) {
        cc_app_close(app);
        return err;
    }
    why[0] = '\0';
    *out = app;
    return CC_OK;
}

void
cc_app_close(cc_app *app)
{
    if (!app)
        return;
    if (!forked(app)) { /* a child must leave its parent's database and locks alone */
        cc_db_close(app->db);
        cc_hot_close(app->hot);
    }
    while (app->idle) {
        answer *a = app->idle;
        app->idle = a->next;
        answer_free(a);
    }
    cc_arena_free(app->arena);
    if (!forked(app)) /* it may be held there for ever */
        pthread_mutex_destroy(&app->lock);
    cc_wipe(&app->secrets, sizeof(app->secrets));
    free(app);
}

/* ---- a request's way in and out -------------------------------------------------------------- */

/* One that was given back, or a new one. */
static answer *
answer_get(cc_app *app)
{
    answer *a = app->idle;

    if (!a)
        return answer_new();
    app->idle = a->next;
    return a;
}

static void
answer_put(cc_app *app, answer *a)
{
    cc_arena_reset(a->arena);
    a->next = app->idle;
    app->idle = a;
}

/* When there is no memory even for an error: a constant, which cc_response_free knows. */
static cc_response *
no_memory(void)
{
    static const char  head[] = "Status: 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                                "Content-Length: 0\r\nRetry-After: 1\r\n\r\n";
    static cc_response fixed = {
        .err = CC_E_UNAVAILABLE, .status = 503, .head = head, .head_size = sizeof(head) - 1, .body = ""};

    return &fixed;
}

/* The request has crossed a fork: an answer that touches nothing of the parent's, not even its log. */
static cc_err
refuse_forked(cc_req *r)
{
    r->status = cc_err_status(CC_E_INTERNAL);
    r->message = "This instance was opened before fork(); open a new one in the child process.";
    cc_envelope_error(r, CC_E_INTERNAL);
    return CC_E_INTERNAL;
}

/* Fill a->pub with the answer to the request; false: there is not the memory for it.  Not `inside`: of a child. */
static bool
answer_make(cc_app *app, answer *a, const cc_request *in, bool inside)
{
    cc_req *r = cc_alloc(a->arena, sizeof(*r));
    cc_buf  head;
    cc_err  err;

    if (!r)
        return false;
    r->app = app;
    r->arena = a->arena;
    r->in = in;
    r->now = app->clock(app->ctx);
    r->seat = -1;
    r->who.name = r->who.networks = "";
    cc_buf_init(&r->out, a->arena);
    cc_buf_init(&r->extra, a->arena);
    cc_buf_init(&head, a->arena);
    cc_uuid4(app, r->request_id);
    if (inside) {
        cc_app_look(app, false);
        err = cc_gate(r);
    } else {
        err = refuse_forked(r);
    }
    if (err == CC_E_INTERNAL && inside)
        cc_log(app, "request %s ended with INTERNAL", r->request_id);
    cc_headers_write(r, err, &head);
    if (head.failed || r->out.failed)
        return false;
    bool empty = r->head || r->status == 204 || r->status == 304;
    a->pub = (cc_response){
        .err = err,
        .status = r->status,
        .head = head.data,
        .head_size = head.size,
        .body = empty || !r->out.data ? "" : r->out.data,
        .body_size = empty ? 0 : r->out.size,
        .body_read = r->body_read || !in->read || in->content_length == 0,
    };
    if (r->no_store)
        cc_arena_secret(a->arena);
    a->pub.more = r->stream && err == CC_OK && !empty;
    a->req = r;
    r->in = NULL; /* it was the skin's */
    return true;
}

void
cc_app_handle(cc_app *app, const cc_request *in, cc_response **out)
{
    const bool inside = cc_app_enter(app) == CC_OK;
    answer    *a = inside ? answer_get(app) : answer_new(); /* the parent's may be half linked in */

    if (a && answer_make(app, a, in, inside)) {
        *out = &a->pub;
    } else {
        *out = no_memory();
        if (a && inside)
            answer_put(app, a);
        else if (a)
            answer_free(a);
    }
    if (inside)
        cc_app_unlock(app);
}

bool
cc_response_more(cc_app *app, cc_response *response, const char **piece, size_t *size)
{
    answer *a = (answer *)(void *)response;
    bool    more = false;

    *size = 0;
    *piece = "";
    if (!response->more || cc_app_enter(app) != CC_OK)
        return false;
    cc_app_look(app, false);
    more = cc_events_more(a->req);
    if (a->req->out.failed)
        more = false;
    else if (a->req->out.size) {
        *piece = a->req->out.data;
        *size = a->req->out.size;
    }
    cc_app_unlock(app);
    return more;
}

void
cc_response_free(cc_app *app, cc_response *response)
{
    if (!response || response == no_memory())
        return;
    answer *a = (answer *)(void *)response; /* pub is its first member */
    if (cc_app_enter(app) != CC_OK) { /* in a child only the memory is its own */
        answer_free(a);
        return;
    }
    cc_hot_seat_give(app->hot, a->req->seat);
    answer_put(app, a);
    cc_app_unlock(app);
}
