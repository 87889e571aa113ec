/*
 * Open an instance and close it; and a request's way in and out.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/instance.h"
#include "context/key_mark.h"
#include "context/wake.h"
#include "gate/access.h"
#include "gate/change.h"
#include "gate/envelope.h"
#include "gate/gate.h"
#include "resources/resources.h"
#include "routes.h"
#include "storage/copy.h"
#include "storage/db.h"
#include "storage/files.h"

enum { AGAIN_MOST = 3, AGAIN_MS = 10 };

typedef struct cc_answer {
    cc_response       pub;
    cc_arena         *arena;
    cc_req           *req;   /* of an answer that goes on */
    bool              holds; /* and must not wait in cc_response_more */
    struct cc_answer *next;  /* while it waits for reuse */
} answer;

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

    *is_file = cc_data_is_file(data);
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
        snprintf(why, why_size, CC_WORDS("There is no database at %s.  Make one with 'codecourier init --data %s'."),
                 path, data);
        return CC_E_NOT_FOUND;
    }
    if (is_file || mkdir(data, 0700) == 0 || errno == EEXIST)
        return CC_OK;
    cc_err err = cc_files_err(errno) == CC_E_FORBIDDEN ? CC_E_FORBIDDEN : CC_E_UNAVAILABLE;
    snprintf(why, why_size,
             CC_WORDS("%s cannot be made: %s.  Make its parent directory, or choose another place with --data."), data,
             strerror(errno));
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

/* Of an instance on a server the data directory holds the settings, the key and what this machine alone knows. */
static cc_err
directory_check(const char *data, bool create, char *why, size_t why_size)
{
    cc_err err;

    if (access(data, F_OK) == 0 || (create && mkdir(data, 0700) == 0))
        return CC_OK;
    err = cc_files_err(errno);
    cc_files_refusal(data, errno, why, why_size);
    return err;
}

/*
 * The database before all that lies beside it: what is there without one is what is left of another.  Only the settings
 * know that there is none to be here.
 */
static cc_err
place_and_settings(cc_app *app, const cc_options *o, bool create, bool is_file, char *why, size_t why_size)
{
    cc_err err, err_settings = cc_settings_read(app, app->conf, why, why_size);

    if (err_settings == CC_OK && o->database && !cc_setting_put(app, CC_SETTING_database, o->database)) {
        snprintf(why, why_size, CC_WORDS("CC_DATABASE must be postgresql://HOST/NAME."));
        return CC_E_VALIDATION;
    }
    if (err_settings == CC_OK && cc_setting_text(app, CC_SETTING_database)[0])
        return directory_check(o->data, create, why, why_size);
    err = place_check(app->path, o->data, create, is_file, why, why_size);
    return err != CC_OK ? err : err_settings;
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

static bool
project_seen(void *ctx, const cc_project_info *project)
{
    (void)project;
    *(bool *)ctx = true;
    return false;
}

/*
 * On a server the database and its key are in two places.  A second machine needs the first one's key: with one of its
 * own it could read no secret, and answer no retry.
 */
static cc_err
key_there(cc_app *app, unsigned flags, char *why, size_t why_size)
{
    bool   any = false;
    cc_err err = CC_OK;

    if (!cc_setting_text(app, CC_SETTING_database)[0] || flags & CC_OPEN_LOST_KEY ||
        access(app->secrets.key_path, F_OK) == 0)
        return CC_OK;
    if ((err = cc_project_each(app, project_seen, &any)) != CC_OK || any)
        snprintf(why, why_size,
                 CC_WORDS("The instance on the server is there, and its key file %s is not: copy it from the machine "
                          "where the instance was made, or, if it is lost everywhere, begin with a new one by "
                          "'codecourier init --new-key'."),
                 app->secrets.key_path);
    return err != CC_OK ? err : any ? CC_E_NOT_FOUND : CC_OK;
}

/*
 * The right one?  With a server there is a machine that has it, and this one had better not begin.  A file whose key is
 * lost has nowhere else to be: what can be read of it is there, and it is said what cannot.
 */
static cc_err
key_fits(cc_app *app, unsigned flags, char *why, size_t why_size)
{
    const bool server = cc_setting_text(app, CC_SETTING_database)[0];
    const bool renew = flags & (server ? CC_OPEN_LOST_KEY : CC_OPEN_NEW_KEY);
    bool       right = true;

    if (flags & CC_OPEN_ONCE || cc_key_mark_check(app, renew, &right) != CC_OK || right)
        return CC_OK; /* what is wrong with storage is said by who needs it */
    if (!server) {
        cc_trouble(app, CC_TROUBLE_KEY_DIFFERS,
                   CC_WORDS("the key file %s is not the one of this database: what was sealed with that (environments, "
                            "tokens) cannot be read. Restore it from a backup; if it is lost, say so with 'codecourier "
                            "init' and enter those again"),
                   app->secrets.key_path);
        return CC_OK;
    }
    snprintf(
        why, why_size,
        CC_WORDS("The key file %s is not the one of the instance on the server: copy it from the machine where "
                 "the instance was made, or, if that is lost everywhere, say so with 'codecourier init --new-key'."),
        app->secrets.key_path);
    return CC_E_CONFLICT;
}

static void
log_stderr(void *ctx, const char *line)
{
    int64_t now = cc_clock_wall(&cc_clock_system) / 1000;
    int     year, month, day, hour, minute, second;

    (void)ctx;
    cc_civil(now, &year, &month, &day, &hour, &minute, &second);
    fprintf(stderr, "%04d-%02d-%02dT%02d:%02d:%02dZ codecourier: %s\n", year, month, day, hour, minute, second, line);
}

/* As it is: programs read it. */
static void
access_stderr(void *ctx, const char *line)
{
    (void)ctx;
    fprintf(stderr, "%s\n", line);
}

static void
storage_log(void *app, const char *line)
{
    cc_log(app, "%s", line);
}

static void
storage_trouble(void *app, cc_trouble_id which, const char *words)
{
    if (words) {
        cc_tally_count(app, CC_TALLY_STORAGE_ERRORS);
        cc_trouble(app, which, "%s", words);
    }
    if (!words)
        cc_trouble_over(app, which);
}

static cc_shared *
storage_shared(void *app)
{
    return cc_app_shared(app);
}

static void
storage_heard(void *app, const char *what)
{
    cc_wake_heard(app, what);
}

static cc_err
storage_ending(void *app)
{
    return cc_changes_write(app);
}

static void
storage_ended(void *app, bool committed)
{
    cc_changes_ended(app, committed);
    cc_metrics_ended(app, committed);
}

static cc_pooler
pooler_of(cc_app *app)
{
    const char *pooler = cc_setting_text(app, CC_SETTING_databasePooler);

    return strcmp(pooler, "session") == 0       ? CC_POOLER_SESSION
           : strcmp(pooler, "transaction") == 0 ? CC_POOLER_TRANSACTION
                                                : CC_POOLER_AUTO;
}

static cc_db_options
database_options(cc_app *app)
{
    return (cc_db_options){
        .path = app->path,
        .server = cc_setting_text(app, CC_SETTING_database),
        .pooler = pooler_of(app),
        .listen_server = cc_setting_text(app, CC_SETTING_listenDatabase),
        .full_sync = strcmp(cc_setting_text(app, CC_SETTING_synchronous), "FULL") == 0,
        .busy_ms = cc_setting_int(app, CC_SETTING_busyMs),
        .clock = app->clock,
        .ctx = app,
        .log = storage_log,
        .trouble = storage_trouble,
        .shared = storage_shared,
        .heard = storage_heard,
        .ending = storage_ending,
        .ended = storage_ended,
    };
}

static cc_err
database_open(cc_app *app, bool create, bool once, char *why, size_t why_size)
{
    cc_db_options o = database_options(app);

    o.create = create;
    o.once = once;
    return cc_db_open(&o, &app->db, why, why_size);
}

/* Nobody else knows of that database yet, and its queue is not this one's. */
static cc_shared *
shared_by_none(void *app)
{
    (void)app;
    return NULL;
}

cc_err
cc_app_move(cc_app *app, const cc_move *move, char *why, size_t why_size)
{
    cc_db_options o = database_options(app);
    cc_copy       copy = {.from = app->db, .ctx = move->ctx, .each = move->each, .ready = move->ready};
    cc_err        err;

    if (strcmp(move->to, o.server) == 0) {
        snprintf(why, why_size, CC_WORDS("The data are there already."));
        return CC_E_CONFLICT;
    }
    o.server = move->to;
    o.create = o.keyed = true;
    o.shared = shared_by_none;
    o.ending = NULL;
    o.ended = NULL;
    if ((err = cc_db_open(&o, &copy.to, why, why_size)) != CC_OK)
        return err;
    err = cc_copy_run(&copy, why, why_size);
    cc_db_close(copy.to);
    return err;
}

cc_err
cc_app_open(const cc_options *o, cc_app **out, char *why, size_t why_size)
{
    cc_app *app = calloc(1, sizeof(*app));
    bool    is_file, create = o->flags & CC_OPEN_CREATE;
    cc_err  err = CC_E_UNAVAILABLE;

    snprintf(why, why_size, CC_WORDS("There is not enough memory."));
    *out = NULL;
    if (!app)
        return err;
    pthread_mutex_init(&app->lock, NULL);
    app->pid = getpid();
    app->table = &cc_table_of_all;
    app->clock = o->clock ? o->clock : &cc_clock_system;
    app->log = o->log ? o->log : log_stderr;
    app->access = o->log ? o->log : access_stderr;
    app->ctx = o->ctx;
    if ((err = cc_secret_start()) != CC_OK)
        goto done;
    err = CC_E_UNAVAILABLE;
    if (!(app->arena = cc_arena_new()))
        goto done;
    const char *path = database_path(app, o->data, &is_file);
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *shared = path ? cc_printf(app->arena, "%s-hot", path) : NULL;
    const char *key = path ? cc_printf(app->arena, "%s-key", path) : NULL;
    const char *conf =
        path ? cc_printf(app->arena, "%.*scodecourier.conf", slash ? (int)(slash + 1 - path) : 0, path) : NULL;
    if (!shared || !key || !conf)
        goto done;
    if (!(app->directory = cc_strndup(app->arena, path, slash ? (size_t)(slash - path) + (slash == path) : 0)))
        goto done;
    cc_secrets_init(&app->secrets, o->random, o->ctx, key);
    app->path = path;
    app->conf = conf;
    app->troubles.once = o->flags & CC_OPEN_ONCE;
    app->looked_ms = cc_app_monotonic(app);
    if ((err = place_and_settings(app, o, create, is_file, why, why_size)) != CC_OK ||
        (err = database_open(app, create, o->flags & CC_OPEN_ONCE, why, why_size)) != CC_OK)
        goto done;
    err = CC_E_UNAVAILABLE;
    if (!(app->shared = cc_shared_open(shared, app->clock)))
        goto done;
    if (cc_db_is_shared(app->db))
        cc_rate_exchange(app->shared);
    if ((err = key_there(app, o->flags, why, why_size)) == CC_OK && create)
        err = key_make(app, why, why_size);
    if (err == CC_OK)
        err = key_fits(app, o->flags, why, why_size);
    cc_files_look(app);

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
    if (!cc_app_forked(app)) { /* a child must leave its parent's database and locks alone */
        cc_db_close(app->db);
        cc_shared_close(app->shared);
    }
    while (app->idle) {
        answer *a = app->idle;
        app->idle = a->next;
        answer_free(a);
    }
    cc_changes_ended(app, false);
    cc_arena_free(app->arena);
    if (!cc_app_forked(app)) /* it may be held there for ever */
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

/*
 * Through the gate; and once more from its beginning, with the body as it was read, when the request's transaction and
 * another one stood in each other's way.  A little later each time, and not at the same moment as the other one.
 */
static cc_err
pass_gate(cc_req **at)
{
    cc_err err = cc_gate(*at);

    for (int64_t ms = AGAIN_MS; ms < AGAIN_MS << AGAIN_MOST && cc_gate_again(*at, err); ms *= 2) {
        cc_req  *r = cc_req_new((*at)->app, (*at)->arena, (*at)->in);
        uint32_t chance;
        if (!r)
            break;
        cc_gate_carry(*at, r);
        cc_random(r->app, &chance, sizeof(chance));
        cc_app_unlock(r->app);
        nanosleep(&(struct timespec){.tv_nsec = (ms + chance % ms) * 1000000}, NULL);
        cc_app_lock(r->app);
        *at = r;
        err = cc_gate(r);
    }
    return err;
}

/* Fill a->pub with the answer to the request; false: there is not the memory for it.  Not `inside`: of a child. */
static bool
answer_make(cc_app *app, answer *a, const cc_request *in, bool inside)
{
    cc_req *r = cc_req_new(app, a->arena, in);
    cc_buf  head;
    cc_err  err;

    if (!r)
        return false;
    cc_buf_init(&head, a->arena);
    if (inside) {
        cc_access_begin(r);
        cc_app_look(app, false);
        err = pass_gate(&r);
    } else {
        err = refuse_forked(r);
    }
    if (err == CC_E_INTERNAL && inside)
        cc_log(app, "request %s ended with INTERNAL", r->request_id);
    if (!r->unfinished)
        cc_headers_write(r, err, &head);
    if (head.failed || r->out.failed)
        return false;
    bool empty = r->head || r->status == 204 || r->status == 304 || r->unfinished;
    a->pub = (cc_response){
        .err = err,
        .status = r->status,
        .head = head.data,
        .head_size = head.size,
        .body = empty || !r->out.data ? "" : r->out.data,
        .body_size = empty ? 0 : r->out.size,
        .body_read = r->sent.read || !in->read || in->content_length == 0,
    };
    if (inside && !r->unfinished)
        cc_access_end(r, a->pub.body_size);
    if (r->no_store)
        cc_arena_secret(a->arena);
    a->pub.more = r->stream && err == CC_OK && (!empty || r->unfinished);
    a->req = r;
    a->holds = in->holds;
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

/* Of an answer whose head is still to come: nothing, or all of it. */
static bool
whole_more(answer *a, cc_buf *out)
{
    cc_req *r = a->req;
    bool    more = cc_events_more(r, a->holds);

    cc_buf_init(out, a->arena);
    if (more)
        return true;
    a->pub.err = r->outcome;
    a->pub.status = r->status;
    cc_access_end(r, r->out.size);
    cc_headers_write(r, r->outcome, out);
    cc_put(out, r->out.data, r->out.size);
    return false;
}

bool
cc_response_more(cc_app *app, cc_response *response, const char **piece, size_t *size)
{
    answer    *a = (answer *)(void *)response;
    const bool whole = response->more && a->req->unfinished;
    cc_buf     out;
    bool       more = false;

    *size = 0;
    *piece = "";
    if (!response->more || cc_app_enter(app) != CC_OK)
        return false;
    cc_app_look(app, false);
    more = whole ? whole_more(a, &out) : cc_events_more(a->req, a->holds);
    if (!whole)
        out = a->req->out;
    if (out.failed) {
        more = false;
    } else if (out.size) {
        *piece = out.data;
        *size = out.size;
    }
    cc_app_unlock(app);
    return more;
}

bool
cc_response_due(cc_app *app, const cc_response *response)
{
    const answer *a = (const answer *)(const void *)response;

    return response->more && !cc_app_forked(app) && cc_events_due(a->req);
}

void
cc_app_hear(cc_app *app)
{
    if (cc_app_enter(app) != CC_OK)
        return;
    cc_db_hear(app->db);
    cc_app_unlock(app);
}

void
cc_response_conclude(cc_app *app, cc_response *response)
{
    answer *a = (answer *)(void *)response;

    if (response->more && !cc_app_forked(app))
        cc_events_conclude(a->req);
}

void
cc_response_free(cc_app *app, cc_response *response)
{
    if (!response || response == no_memory())
        return;
    answer *a = (answer *)(void *)response; /* pub is its first member */
    if (cc_app_enter(app) != CC_OK) {       /* in a child only the memory is its own */
        answer_free(a);
        return;
    }
    cc_events_end(a->req);
    answer_put(app, a);
    cc_app_unlock(app);
}
