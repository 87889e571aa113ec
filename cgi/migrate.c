/*
 * `codecourier migrate`: all data to another engine, the setting that says where they are, and the old ones out of the
 * way.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

bool
password_in(const char *url)
{
    const char *host = strstr(url, "://"), *at = host != NULL ? strchr(host, '@') : NULL;

    return at != NULL && memchr(host + 3, ':', (size_t)(at - host - 3)) != NULL;
}

static void
table_there(void *ctx, const char *name, int64_t rows)
{
    char *count = make_text("%" PRId64, rows);

    (void)ctx;
    say_line(stdout, T_TABLE_THERE, WITH(name, count));
    free(count);
}

/* ---- the setting ---------------------------------------------------------------------------------------------------- */

/* Is it a line that sets `database`? */
static bool
sets_database(const char *line)
{
    line += strspn(line, " \t");
    return strncmp(line, "database", 8) == 0 && line[8 + strspn(line + 8, " \t")] == '=';
}

/* The settings as they are, but for `database`; `server` "": SQLite. */
static bool
settings_copy(FILE *from, FILE *to, const char *server)
{
    char  *line = NULL;
    size_t room = 0;

    while (from != NULL && getline(&line, &room, from) > 0)
        if (!sets_database(line))
            fputs(line, to);
    free(line);
    if (server[0] != '\0')
        fprintf(to, "database = %s\n", server);
    return from == NULL || !ferror(from);
}

/* Whole or not at all, with the rights the file had. */
static bool
setting_write(const arguments *a, const char *path, const char *server)
{
    char       *new_path = make_text("%s.new", path);
    FILE       *from = fopen(path, "re");
    int         fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE       *to = fd >= 0 ? fdopen(fd, "w") : NULL;
    struct stat st;
    bool        fine = to != NULL && hand_over(a, fd) && settings_copy(from, to, server);

    if (fine && from != NULL && fstat(fileno(from), &st) == 0)
        fine = fchmod(fd, st.st_mode & 0777) == 0;
    fine = fine && fflush(to) == 0 && fsync(fd) == 0;
    if (to != NULL)
        fine = fclose(to) == 0 && fine;
    if (from != NULL)
        fclose(from);
    fine = fine && rename(new_path, path) == 0;
    if (!fine)
        unlink(new_path);
    free(new_path);
    return fine;
}

/* ---- the old data ----------------------------------------------------------------------------------------------------- */

/* A name for the old database that nothing has; programs that still have it open see that it was moved, and stop. */
static char *
old_name(const char *path)
{
    char *name = make_text("%s.old", path);

    for (int n = 2; access(name, F_OK) == 0; n++) {
        free(name);
        name = make_text("%s.old%d", path, n);
    }
    return name;
}

static bool
put_away(const char *path, const char *as)
{
    static const char *const ends[] = {"-wal", "-shm",
                                       ""}; /* the database itself last: without it nobody opens the log */
    bool                     fine = true;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *from = make_text("%s%s", path, ends[i]), *to = make_text("%s%s", as, ends[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            fine = false;
        free(from);
        free(to);
    }
    return fine;
}

typedef struct moving {
    const arguments *args;
    const char      *server;            /* "": to SQLite */
    char            *conf, *path, *old; /* of the SQLite file, and what it is called then */
} moving;

static cc_err
ready(void *ctx)
{
    moving *m = ctx;

    if (!setting_write(m->args, m->conf, m->server)) {
        fail(T_NO_CONF, WITH(m->conf, strerror(errno)));
        return CC_E_UNAVAILABLE;
    }
    return m->server[0] == '\0' || put_away(m->path, m->old) ? CC_OK : CC_E_UNAVAILABLE;
}

/* ---- the command ---------------------------------------------------------------------------------------------------------- */

static bool
target_read(const char *to, const char **server)
{
    *server = strcmp(to, "sqlite") == 0 ? "" : to;
    if (password_in(to)) {
        fail(T_URL_PASSWORD, NULL);
        return false;
    }
    if (**server == '\0' || cc_database_is_server(to))
        return true;
    fail(T_TO_WHAT, NULL);
    return false;
}

static int
move(const arguments *a, moving *m)
{
    cc_app *app;
    char    why[512] = "";
    int     code = open_app(a, 0, &app);

    if (code != EXIT_FINE)
        return code;
    const cc_move how = {.to = m->server, .ctx = m, .each = table_there, .ready = ready};
    cc_err        err = cc_app_move(app, &how, why, sizeof(why));
    cc_app_close(app);
    if (err != CC_OK) {
        char *words = text_of_core(why[0] != '\0' ? why : cc_err_message(err));
        fail(T_CANNOT_MOVE, WITH(words));
        free(words);
        return EXIT_TROUBLE;
    }
    say_line(stdout, T_MOVED, NULL);
    if (m->server[0] != '\0')
        say_line(stdout, T_OLD_AWAY, WITH(m->old));
    else
        say_line(stdout, T_OLD_READ_ONLY, NULL);
    return EXIT_FINE;
}

int
migrate_run(const arguments *a)
{
    moving      m = {.args = a};
    const char *data = data_given(a);
    char       *directory = data_directory(a);
    int         code = EXIT_USAGE;

    m.conf = make_text("%s/codecourier.conf", directory);
    m.path = cc_data_is_file(data) ? make_text("%s", data) : make_text("%s/codecourier.db", directory);
    m.old = old_name(m.path);
    if (target_read(a->option[O_TO], &m.server))
        code = move(a, &m);
    free(m.conf);
    free(m.path);
    free(m.old);
    free(directory);
    return code;
}
