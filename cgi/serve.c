/*
 * `codecourier serve`: the whole service from one command.
 *
 * It looks at everything that could be in the way before it starts anything, opens the listening Unix socket itself
 * (lighttpd and all workers share the one queue, and a worker that is replaced loses nobody's request), starts the
 * workers and lighttpd, waits until a request is really answered, and then only watches: whichever of them ends is
 * started again, and the others, runs under way among them, do not notice.  No answer passes through this process.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "address.h"
#include "command.h"
#include "lighttpd.h"
#include "supervise.h"

enum {
    BACKLOG = 1024,
    WORKERS_MOST = 64,
    SLOTS_MOST = 256,
    READY_S = 15, /* from starting lighttpd to its first answer */
    LOOK_MS = 25, /* between two tries */
};

typedef struct service {
    const arguments *args;
    cc_app          *app;
    char            *directory; /* of the instance's files */
    char            *run;       /* private, for the time it runs */
    char            *temporary; /* where the socket is when its path would be too long; NULL */
    int              lock;      /* held while it runs */
    char            *program;   /* codecourier.cgi */
    char            *lighttpd;  /* NULL: somebody else's web server */
    char            *www, *docs;
    address          address;        /* where lighttpd answers */
    int64_t          drain_ms;       /* how long the steps in hand may take when it is to end */
    long             workers, slots; /* slots -1: the setting; 0: no runs here */
    char            *socket_path;    /* NULL: it was handed over */
    int              listener;
    char            *conf;
    family           family;
} service;

/* ---- what must be there ------------------------------------------------------------------------------------------- */

static bool
is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int
find_programs(service *s)
{
    char *beside = web_program(0);
    char *installed = web_program(1);
    int   code = EXIT_FINE;

    s->program = need(strdup(access(beside, X_OK) == 0 ? beside : installed));
    if (access(s->program, X_OK) != 0) {
        fail(T_SERVE_NO_PROGRAM, WITH(beside, installed));
        code = EXIT_REFUSED;
    } else if (s->args->option[O_SOCKET] == NULL && (s->lighttpd = lighttpd_find()) == NULL) {
        fail(T_SERVE_NO_LIGHTTPD, NULL);
        code = EXIT_REFUSED;
    }
    free(beside);
    free(installed);
    return code;
}

/* A directory of files to serve: the one given, or the first that is there of those beside the program; NULL: none. */
static int
find_files(const service *s, option_id option, const char *const *places, char **out)
{
    const char *given = s->args->option[option];
    char       *directory = own_directory();

    *out = given != NULL ? realpath(given, NULL) : NULL;
    for (; given == NULL && *out == NULL && *places != NULL; places++) {
        char *place = make_text("%s/%s", directory, *places);
        *out = is_directory(place) ? realpath(place, NULL) : NULL;
        free(place);
    }
    free(directory);
    if (given != NULL && (*out == NULL || !is_directory(*out))) {
        fail(T_SERVE_NO_FILES, WITH(given));
        return EXIT_USAGE;
    }
    return EXIT_FINE;
}

static int
find_pages(service *s)
{
    static const char *const www[] = {"../www/app", "../share/codecourier/www", NULL};
    static const char *const docs[] = {"docs", "../share/doc/codecourier/html", NULL};
    int                      code = find_files(s, O_WWW, www, &s->www);

    return code == EXIT_FINE ? find_files(s, O_DOCS, docs, &s->docs) : code;
}

/* ---- the private directory and the socket ------------------------------------------------------------------------- */

static int
trouble(const char *what)
{
    fail(T_CANNOT, WITH(what, strerror(errno)));
    return EXIT_TROUBLE;
}

/* DATA/run, 0700, and the lock in it that keeps a second service off these data. */
static int
take_run_directory(service *s)
{
    char  pid[32] = "";
    char *lock = make_text("%s/run/lock", s->directory);
    int   code = EXIT_FINE;

    s->run = make_text("%s/run", s->directory);
    if (!make_directory(s->args, s->run))
        code = trouble(s->run);
    else if ((s->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0 || !hand_over(s->args, s->lock))
        code = trouble(lock);
    else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
        if (read(s->lock, pid, sizeof(pid) - 1) <= 0)
            pid[0] = '\0';
        pid[strcspn(pid, "\n")] = '\0';
        fail(T_SERVE_RUNS_ALREADY, WITH(data_given(s->args), pid[0] != '\0' ? pid : "?"));
        code = EXIT_REFUSED;
        close(s->lock);
        s->lock = -1;
    } else if (ftruncate(s->lock, 0) != 0 || dprintf(s->lock, "%ld\n", (long)getpid()) < 0)
        code = trouble(lock);
    free(lock);
    return code;
}

/* Where the socket goes: into the run directory, or a short temporary one where that path is too long for a Unix
 * socket. */
static int
place_socket(service *s)
{
    const size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
    const char  *given = s->args->option[O_SOCKET];

    s->socket_path = given != NULL ? need(strdup(given)) : make_text("%s/web.socket", s->run);
    if (strlen(s->socket_path) <= most)
        return EXIT_FINE;
    if (given != NULL) {
        fail(T_SERVE_LONG_SOCKET, WITH(given));
        return EXIT_USAGE;
    }
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    s->temporary = make_text("%s/codecourier-XXXXXX", runtime != NULL && runtime[0] == '/' ? runtime : "/tmp");
    if (mkdtemp(s->temporary) == NULL) {
        int code = trouble(s->temporary);
        free(s->temporary);
        s->temporary = NULL;
        return code;
    }
    free(s->socket_path);
    s->socket_path = make_text("%s/web.socket", s->temporary);
    return EXIT_FINE;
}

/* A socket file nobody listens on any more is in the way; anything else there is not ours to remove. */
static void
remove_dead_socket(const struct sockaddr_un *where)
{
    struct stat info;
    int         fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && lstat(where->sun_path, &info) == 0 && S_ISSOCK(info.st_mode) &&
        connect(fd, (const struct sockaddr *)where, sizeof(*where)) != 0 && errno == ECONNREFUSED)
        unlink(where->sun_path);
    if (fd >= 0)
        close(fd);
}

static int
open_socket(service *s)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};

    strcpy(where.sun_path, s->socket_path); /* place_socket has measured it */
    remove_dead_socket(&where);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0117); /* 0660 from the first moment */
    bool   fine = s->listener >= 0 && bind(s->listener, (struct sockaddr *)&where, sizeof(where)) == 0;
    umask(before);
    if (fine && listen(s->listener, BACKLOG) == 0)
        return EXIT_FINE;
    int code = trouble(s->socket_path);
    if (!fine) {
        free(s->socket_path); /* or it would be removed at the end */
        s->socket_path = NULL;
    }
    return code;
}

/* --socket -: systemd, or whoever else keeps the socket, hands it over as standard input. */
static int
take_socket(service *s)
{
    int       listening = 0;
    socklen_t size = sizeof(listening);

    if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening) {
        fail(T_SERVE_BAD_STDIN, NULL);
        return EXIT_USAGE;
    }
    s->listener = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return s->listener >= 0 ? EXIT_FINE : trouble("--socket -");
}

static int
prepare_socket(service *s)
{
    if (s->lighttpd == NULL && strcmp(s->args->option[O_SOCKET], "-") == 0)
        return take_socket(s);
    int code = place_socket(s);
    return code == EXIT_FINE ? open_socket(s) : code;
}

/* ---- lighttpd's configuration ------------------------------------------------------------------------------------- */

static int
write_configuration(service *s)
{
    char           *port = make_text("%ld", s->address.port);
    char           *bind_to = make_text(strchr(s->address.bind, ':') != NULL ? "[%s]" : "%s", s->address.bind);
    char           *empty = make_text("%s/empty", s->run);
    lighttpd_values values = {.bind = bind_to, .port = port, .socket = s->socket_path, .run = s->run};
    const char *paths[] = {s->socket_path, s->run, s->www != NULL ? s->www : empty, s->docs != NULL ? s->docs : empty};
    int         code = EXIT_FINE;

    values.www = paths[2];
    values.docs = paths[3];
    s->conf = make_text("%s/lighttpd.conf", s->run);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (lighttpd_can_say(paths[i]))
            continue;
        fail(T_SERVE_BAD_PATH, WITH(paths[i], "\" \\"));
        code = EXIT_REFUSED;
    }
    if (code == EXIT_FINE && !make_directory(s->args, empty))
        code = trouble(empty);
    if (code == EXIT_FINE && !lighttpd_write(s->conf, &values))
        code = trouble(s->conf);
    free(port);
    free(bind_to);
    free(empty);
    return code;
}

/* ---- starting ----------------------------------------------------------------------------------------------------- */

static int
first_start(service *s)
{
    cc_project_info project;
    const char     *owner = option_or(s->args, O_OWNER, DEFAULT_OWNER);
    char            password[CC_PASSWORD_SIZE] = "";
    bool            fresh = false;
    cc_err          err = cc_first_start(s->app, owner, &fresh, &project, password);

    if (err == CC_E_VALIDATION) {
        fail(T_BAD_PERSON, NULL);
        return EXIT_USAGE;
    }
    if (err != CC_OK) {
        fail(T_CANNOT_OPEN, WITH(data_given(s->args), cc_err_message(err)));
        return EXIT_TROUBLE;
    }
    if (fresh) {
        settings_write(s->args);
        say_line(stdout, T_SERVE_FIRST, WITH(data_given(s->args), project.name));
        say_line(stdout, T_SERVE_SIGN_IN, WITH(owner, password));
        say_line(stdout, T_PASSWORD_ONCE, NULL);
    }
    say_new_password(s->args, owner);
    return EXIT_FINE;
}

/* The workers find the instance by their environment. */
static int
set_environment(const service *s)
{
    char *data = realpath(data_given(s->args), NULL);

    /* lighttpd opens a connection for each request, however many a worker has open. */
    if (data == NULL || setenv("CODECOURIER_DATA", data, 1) != 0 || setenv("CODECOURIER_HOLD", "1", 1) != 0) {
        free(data);
        return trouble(data_given(s->args));
    }
    free(data);
    return EXIT_FINE;
}

static void
each_minute(void *ctx)
{
    service *s = ctx;
    cc_app  *app;

    /* Opened for this alone: a process that only watches must not keep files that others wait to see given up. */
    if (open_app(s->args, 0, &app) != EXIT_FINE)
        return; /* it has said why, and tries again in a minute */
    (void)cc_app_tick(app);
    cc_app_close(app);
}

/* `codecourier work` of this very program, unless --slots 0 says that runs are executed elsewhere. */
static bool
add_runner(const service *s, child *out)
{
    static char       work[] = "work";
    static char       option[] = "--slots";
    static char      *argv[5] = {NULL, work, NULL, NULL, NULL};
    static char       program[PATH_MAX];
    static char       slots[16];
    const char *const given = s->args->option[O_SLOTS];
    const ssize_t     size = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (size <= 0 || s->slots == 0)
        return false;
    program[size] = '\0';
    argv[0] = program;
    if (given != NULL) {
        snprintf(slots, sizeof(slots), "%ld", s->slots);
        argv[2] = option;
        argv[3] = slots;
    }
    *out = (child){.name = text(T_SERVE_RUN_WORKER),
                   .path = program,
                   .argv = argv,
                   .input = open("/dev/null", O_RDONLY | O_CLOEXEC),
                   .worker = true};
    return true;
}

static bool
start_processes(service *s, char *const *worker, char *const *web)
{
    child  runner;
    bool   runs = add_runner(s, &runner);
    size_t count = (size_t)s->workers + (s->lighttpd != NULL ? 1 : 0) + (runs ? 1 : 0);

    s->family = (family){.count = count, .each_minute = each_minute, .ctx = s, .patience = s->drain_ms};
    s->family.members = need(calloc(count, sizeof(child)));
    for (size_t i = 0; i < count; i++)
        s->family.members[i] = (child){
            .name = text(T_SERVE_WEB_WORKER), .path = s->program, .argv = worker, .input = s->listener, .worker = true};
    if (runs)
        s->family.members[s->workers] = runner;
    if (s->lighttpd != NULL)
        s->family.members[count - 1] = (child){
            .name = "lighttpd",
            .path = s->lighttpd,
            .argv = web,
            .input = open("/dev/null", O_RDONLY | O_CLOEXEC),
        };
    family_prepare();
    return family_start(&s->family);
}

static int
say_web_ended(const service *s)
{
    char *how = how_it_ended(s->family.web_status);

    fail(T_SERVE_WEB_ENDED, WITH(how));
    free(how);
    return EXIT_REFUSED;
}

/* Until the first answer.  EXIT_FINE, or an exit code; *stop: somebody wants it to end already. */
static int
wait_ready(service *s, bool *stop)
{
    int64_t until = now_ms() + READY_S * 1000;
    int     status = 0;

    while (!*stop && s->family.web_status == -1 && now_ms() < until) {
        status = address_ask(&s->address, "/api/v1/health");
        if (status == 200)
            return EXIT_FINE;
        *stop = family_run(&s->family, now_ms() + LOOK_MS);
    }
    if (*stop)
        return EXIT_FINE;
    if (s->family.web_status != -1)
        return say_web_ended(s);
    char *seconds = make_text("%d", READY_S);
    fail(T_SERVE_NO_ANSWER, WITH(s->address.url, seconds));
    free(seconds);
    return status == 503 ? EXIT_TROUBLE : EXIT_REFUSED;
}

static void
say_ready(const service *s)
{
    if (s->lighttpd == NULL) {
        char *count = make_text("%ld", s->workers);
        say_line(stdout, T_SERVE_READY_SOCKET, WITH(count, s->socket_path != NULL ? s->socket_path : "-"));
        free(count);
        return;
    }
    char *create =
        command_line(s->args, "key create --name quickstart --scopes projects:read,workflows:read,runs:read --quiet");

    putchar('\n');
    fputs(bold(stdout), stdout);
    say(stdout, T_SERVE_READY, WITH(s->address.url));
    printf("%s\n", plain(stdout));
    if (s->www != NULL) {
        char *dashboard = make_text("%s/", s->address.url);
        say_line(stdout, T_SERVE_DASHBOARD, WITH(dashboard));
        free(dashboard);
    }
    putchar('\n');
    say_line(stdout, T_SERVE_NEXT, NULL);
    printf("  export CC_BASE=\"%s\"\n", s->address.url);
    printf("  export CC_KEY=\"$(%s)\"\n", create);
    puts("  curl \"$CC_BASE/api/v1/whoami\" -H \"Authorization: Bearer $CC_KEY\"\n");
    say_line(stdout, T_SERVE_STOP, NULL);
    free(create);
}

/* ---- the whole of it ---------------------------------------------------------------------------------------------- */

/* Everything that can be wrong, before any process is started. */
static int
prepare(service *s)
{
    bool web = s->args->option[O_SOCKET] == NULL;
    int  code = EXIT_FINE;

    s->address.bind = option_or(s->args, O_BIND, "127.0.0.1");
    if (!option_number(s->args, O_PORT, 0, 65535, DEFAULT_PORT, &s->address.port) ||
        !option_number(s->args, O_WORKERS, 1, WORKERS_MOST, DEFAULT_WORKERS, &s->workers) ||
        !option_number(s->args, O_SLOTS, 0, SLOTS_MOST, -1, &s->slots))
        return EXIT_USAGE;
    if ((code = find_programs(s)) != EXIT_FINE || (code = find_pages(s)) != EXIT_FINE ||
        (code = open_app(s->args, CC_OPEN_CREATE, &s->app)) != EXIT_FINE)
        return code;
    char *given = data_directory(s->args);
    s->directory = realpath(given, NULL);
    free(given);
    if (s->directory == NULL)
        return trouble(data_given(s->args));
    if ((code = take_run_directory(s)) != EXIT_FINE || (web && (code = address_check(&s->address)) != EXIT_FINE) ||
        (code = prepare_socket(s)) != EXIT_FINE || (web && (code = write_configuration(s)) != EXIT_FINE) ||
        (code = set_environment(s)) != EXIT_FINE)
        return code;
    return first_start(s);
}

static int
run(service *s)
{
    char *worker[] = {need(strdup("codecourier.cgi")), NULL};
    char *web[] = {need(strdup("lighttpd")), need(strdup("-D")), need(strdup("-f")), s->conf, NULL};
    bool  stop = false;
    int   code = EXIT_FINE;

    s->drain_ms = atol(cc_app_setting(s->app, "drainSeconds")) * 1000;
    cc_app_close(s->app);
    s->app = NULL;
    if (!start_processes(s, worker, web))
        code = trouble(s->program);
    else if (s->lighttpd != NULL)
        code = wait_ready(s, &stop);
    if (code == EXIT_FINE && !stop) {
        base_url_write(s->directory, s->address.url);
        say_ready(s);
        s->family.ready = true;
        stop = family_run(&s->family, INT64_MAX);
    }
    if (stop)
        say_line(stdout, T_SERVE_STOPPING, NULL);
    base_url_write(s->directory, NULL);
    family_end(&s->family);
    if (stop)
        say_line(stdout, T_SERVE_STOPPED, NULL);
    for (size_t i = 0; i < 3; i++)
        free(web[i]);
    free(worker[0]);
    return code;
}

static void
clear_away(service *s)
{
    char *left[] = {s->directory, s->run,  s->temporary,   s->program,     s->lighttpd,
                    s->www,       s->docs, s->address.url, s->socket_path, s->conf};

    cc_app_close(s->app);
    if (s->socket_path != NULL && s->listener >= 0)
        unlink(s->socket_path);
    if (s->temporary != NULL)
        rmdir(s->temporary);
    if (s->listener >= 0)
        close(s->listener);
    if (s->lock >= 0)
        close(s->lock);
    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
        free(left[i]);
    free(s->family.members);
}

int
serve_run(const arguments *a)
{
    service s = {.args = a, .lock = -1, .listener = -1};
    int     code = prepare(&s);

    if (code == EXIT_FINE)
        code = run(&s);
    clear_away(&s);
    return code;
}
