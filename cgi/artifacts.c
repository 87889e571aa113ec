/*
 * `codecourier run artifacts`: list what a run's agents left for people, and save these files.
 *
 * Its bytes are an agent's: they go to no terminal, and to disk only as a file that was not there.  With --force the
 * whole file is written beside and then takes the place of the old one, so that no symbolic link is ever written
 * through, and who is interrupted keeps what he had.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

static void
add_artifacts(table *list, const cJSON *artifacts)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, artifacts)
    {
        char *size = make_text("%.0f", member_number(one, "size"));
        char *step = make_text("%d", (int)member_number(one, "position") + 1);
        char *created = member_time(one, "createdAt", "");
        table_add(list, (const char *const[]){member_text(one, "name"), member_text(one, "contentType"), size, step,
                                              created});
        free(size);
        free(step);
        free(created);
    }
}

/* One page; *next: the cursor of the one behind it, malloc'ed, NULL past the last.  Takes what was there. */
static int
page_ask(cc_app *app, const char *project, const arguments *a, char **next, reply *r)
{
    char *rest = make_text("/artifacts?limit=100%s%s", *next != NULL ? "&cursor=" : "", *next != NULL ? *next : "");
    char *path = run_path(a->operand[0], rest);

    ask(r, app, project, NULL, "GET", path, NULL);
    free(path);
    free(rest);
    free(*next);
    *next = NULL;
    int code = reply_check(r);
    if (code == EXIT_FINE) {
        const char *cursor = member_text(r->json, "nextCursor");
        *next = cursor[0] != '\0' ? need(strdup(cursor)) : NULL;
    }
    return code;
}

static int
list_page(cc_app *app, const char *project, const arguments *a, char **next, table *list)
{
    reply r;
    int   code = page_ask(app, project, a, next, &r);

    if (code == EXIT_FINE && a->option[O_JSON] != NULL)
        print_body(&r);
    else if (code == EXIT_FINE)
        add_artifacts(list, cJSON_GetObjectItemCaseSensitive(r.json, "data"));
    reply_done(&r);
    return code;
}

static int
list_all(const arguments *a)
{
    static const text_id headings[] = {T_H_NAME, T_H_TYPE, T_H_BYTES, T_H_STEP, T_H_CREATED, T_NONE};
    cc_app              *app;
    cc_project_info      project;
    char                *next = NULL;
    table                list;
    int                  code = open_project(a, &app, &project);

    if (code != EXIT_FINE)
        return code;
    table_start(&list, headings);
    do
        code = list_page(app, project.id, a, &next, &list);
    while (code == EXIT_FINE && next != NULL);
    if (code == EXIT_FINE && a->option[O_JSON] == NULL)
        table_print(&list, stdout);
    cc_app_close(app);
    return code;
}

/* ---- saving one ------------------------------------------------------------------------------------------------------ */

/* No artifact's name begins with '-': what needs an escape in a path finds nothing either. */
static const char *
plain_name(const char *name)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return name[0] != '\0' && name[0] != '.' && name[strspn(name, characters)] == '\0' ? name : "-";
}

/* The directory and the name in it that `output` means; *name malloc'ed.  -1: errno. */
static int
place_open(const char *output, const char *artifact, char **name)
{
    const int   flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    const char *slash = strrchr(output, '/');
    int         at = open(output, flags);

    if (at >= 0 || (slash != NULL && slash[1] == '\0')) {
        *name = need(strdup(artifact));
        return at;
    }
    *name = need(strdup(slash != NULL ? slash + 1 : output));
    char *directory = slash == NULL ? need(strdup(".")) : make_text("%.*s", (int)(slash - output + 1), output);
    at = open(directory, flags);
    free(directory);
    return at;
}

/* A new file with these bytes; it is not there when they could not be written.  false: errno. */
static bool
file_write(int at, const char *name, const cc_response *from)
{
    int    fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    size_t done = 0;

    if (fd < 0)
        return false;
    while (done < from->body_size) {
        ssize_t n = write(fd, from->body + done, from->body_size - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    int error = done < from->body_size ? errno : 0;
    if (close(fd) < 0 && error == 0)
        error = errno;
    if (error != 0)
        unlinkat(at, name, 0);
    errno = error;
    return error == 0;
}

/* In place of what is there, which must be a file.  false: errno. */
static bool
file_replace(int at, const char *name, const cc_response *from)
{
    struct stat st;

    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT && file_write(at, name, from);
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISLNK(st.st_mode) ? ELOOP : EISDIR;
        return false;
    }
    char *beside = make_text(".%.200s.%ld", name, (long)getpid());
    bool  done = file_write(at, beside, from);
    if (done && renameat(at, beside, at, name) < 0) {
        int error = errno;
        unlinkat(at, beside, 0);
        errno = error;
        done = false;
    }
    free(beside);
    return done;
}

static int
save(const arguments *a, const char *artifact, const cc_response *from)
{
    const char *output = a->option[O_OUTPUT];
    char       *name;
    int         at = place_open(output, artifact, &name);
    bool        done = at >= 0 && (a->option[O_FORCE] != NULL ? file_replace : file_write)(at, name, from);

    if (!done && errno == EEXIST)
        fail(T_FILE_THERE, WITH(output));
    else if (!done)
        fail(T_CANNOT, WITH(output, strerror(errno)));
    if (at >= 0)
        close(at);
    free(name);
    return done ? EXIT_FINE : EXIT_REFUSED;
}

/* As it is: no JSON, and nothing that a terminal should get. */
static int
fetch(cc_app *app, const char *project, const arguments *a, const char *name, bool printed)
{
    reply r;
    char *rest = make_text("/artifacts/%s", plain_name(name)), *path = run_path(a->operand[0], rest);
    int   code = EXIT_FINE;

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(rest);
    free(path);
    if (r.response->status != 200)
        code = reply_check(&r);
    else if (printed)
        fwrite(r.response->body, 1, r.response->body_size, stdout);
    else
        code = save(a, name, r.response);
    reply_done(&r);
    return code;
}

static int
fetch_one(const arguments *a, const char *name)
{
    const bool      printed = strcmp(option_or(a, O_OUTPUT, "-"), "-") == 0;
    cc_app         *app;
    cc_project_info project;

    if (printed && isatty(STDOUT_FILENO)) {
        fail(T_NOT_TO_A_TERMINAL, WITH(name));
        return EXIT_USAGE;
    }
    int code = open_project(a, &app, &project);
    if (code != EXIT_FINE)
        return code;
    code = fetch(app, project.id, a, name, printed);
    cc_app_close(app);
    return code;
}

/* ---- saving all ------------------------------------------------------------------------------------------------------ */

/* What can be saved is, whatever becomes of the others; each is named as it is saved. */
static int
fetch_page(cc_app *app, const char *project, const arguments *a, char **next)
{
    const cJSON *artifact;
    reply        r;
    int          code = page_ask(app, project, a, next, &r);

    cJSON_ArrayForEach(artifact, cJSON_GetObjectItemCaseSensitive(r.json, "data"))
    {
        int one = fetch(app, project, a, member_text(artifact, "name"), false);
        if (one == EXIT_FINE)
            puts(member_text(artifact, "name"));
        else if (code == EXIT_FINE)
            code = one;
    }
    reply_done(&r);
    return code;
}

static int
fetch_all(const arguments *a)
{
    const char     *output = option_or(a, O_OUTPUT, "");
    cc_app         *app;
    cc_project_info project;
    char           *next = NULL;
    struct stat     st;

    if (stat(output, &st) < 0 || !S_ISDIR(st.st_mode)) {
        fail(T_CANNOT, WITH(output, strerror(ENOTDIR)));
        return EXIT_REFUSED;
    }
    int code = open_project(a, &app, &project), worst = code;
    if (code != EXIT_FINE)
        return code;
    do {
        code = fetch_page(app, project.id, a, &next);
        worst = worst == EXIT_FINE ? code : worst;
    } while (next != NULL);
    cc_app_close(app);
    return worst;
}

int
run_artifacts_run(const arguments *a)
{
    if (a->operands > 1)
        return fetch_one(a, a->operand[1]);
    if (a->option[O_OUTPUT] != NULL)
        return fetch_all(a);
    if (a->option[O_FORCE] != NULL) {
        fail(T_MISSING_OPERAND, WITH("NAME"));
        try_help(a);
        return EXIT_USAGE;
    }
    return list_all(a);
}
