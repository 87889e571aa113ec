/*
 * What an agent's program needs of the machine beside the system's directories: itself, its interpreter, its packages.
 *
 * Programs below /usr need nothing.  Elsewhere (~/.nvm, ~/.local, a virtual environment) no more is shown than what
 * belongs to the program, at the place where it is outside, since shebang lines and packages name it by that: never a
 * home directory itself, and never a directory that holds the data.  What this does not find is the setting
 * sandboxPaths.
 */
#include "engine/installation.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context/settings.h"
#include "engine/program.h"

bool
cc_path_within(const char *path, const char *directory)
{
    size_t n = strlen(directory);

    return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

bool
cc_path_of_system(const char *path)
{
    static const char *const roots[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"};

    for (size_t i = 0; i < CC_COUNT(roots); i++)
        if (cc_path_within(path, roots[i]))
            return true;
    return false;
}

/* "/NAME" or "/home/NAME": where people and whole distributions live, not a program. */
static bool
is_broad(const char *path)
{
    const char *rest = cc_path_within(path, "/home") && path[5] ? path + 5 : path;

    return !rest[0] || !strchr(rest + 1, '/');
}

/* Not a home directory, nor above one, nor above, in or at the data. */
static bool
may_show(const cc_installation *in, const char *path)
{
    const char *home = getenv("HOME");

    if (strcmp(path, "/") == 0 || cc_path_within(in->data, path) || cc_path_within(path, in->data))
        return false;
    return !home || home[0] != '/' || !home[1] || !cc_path_within(home, path);
}

static char *
real_path(cc_arena *a, const char *path)
{
    char *whole = realpath(path, NULL), *kept = whole ? cc_strndup(a, whole, strlen(whole)) : NULL;

    free(whole);
    return kept;
}

/* Where a path of outside is inside: the same place, but where that is one of ours. */
static const char *
place(cc_arena *a, const char *path)
{
    static const char *const taken[] = {CC_INSIDE_WORK, CC_INSIDE_HOME, CC_INSIDE_MIRROR, CC_INSIDE_OUT, "/dev",
                                        "/etc",         "/proc",        "/var/tmp"}; /* the last one is a symlink */

    for (size_t i = 0; i < CC_COUNT(taken); i++)
        if (cc_path_within(path, taken[i]) || cc_path_within(taken[i], path))
            return cc_printf(a, "/opt/agent%s", path);
    return path;
}

/* Show `from` where `path` is, unless the system's directories or an earlier mount show it already. */
static void
show(cc_installation *in, const char *from, const char *path)
{
    const char *to = path ? place(in->arena, path) : NULL;

    if (!from || !to || cc_path_of_system(to) || in->count >= CC_INSTALLATION_MAX || !may_show(in, from))
        return;
    for (size_t i = 0; i < in->count; i++)
        if (cc_path_within(to, in->mounts[i].to))
            return;
    in->mounts[in->count++] = (cc_mount){.from = from, .to = to};
}

/* PREFIX/bin/NAME: is PREFIX more than a place where all sorts of programs are kept? */
static const char *
prefix_of(cc_arena *a, const char *real)
{
    const char *slash = strrchr(real, '/');

    if (!slash || slash - real < 5 || strncmp(slash - 4, "/bin", 4) != 0)
        return NULL;
    const char *prefix = cc_strndup(a, real, (size_t)(slash - 4 - real));
    const char *name = prefix ? strrchr(prefix, '/') : NULL;
    return name && strcmp(name, "/.local") != 0 ? prefix : NULL;
}

static void
interpreter(cc_installation *in, const char *path)
{
    char       *real = real_path(in->arena, path);
    const char *prefix, *environment = prefix_of(in->arena, path); /* a virtual environment's python leads elsewhere */

    if (!real)
        return;
    const char *mark = environment ? cc_printf(in->arena, "%s/pyvenv.cfg", environment) : NULL;
    if (mark && !is_broad(environment) && access(mark, F_OK) == 0)
        show(in, environment, environment);
    if (!cc_path_of_system(real) && (prefix = prefix_of(in->arena, real)) && !is_broad(prefix) && may_show(in, prefix))
        show(in, prefix, prefix);
    else
        show(in, real, real);
    show(in, real, path);
}

/* What stands behind "#!"; "" where nothing does. */
static void
first_line(const char *path, char line[512])
{
    int     fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, 511) : -1;

    if (fd >= 0)
        close(fd);
    line[n > 0 ? n : 0] = '\0';
    if (strncmp(line, "#!", 2) != 0)
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    memmove(line, line + (line[0] ? 2 : 0), strlen(line + (line[0] ? 2 : 0)) + 1);
}

/*
 * Along PATH, the first NAME that is no script: version managers (pyenv, asdf) put one in front that would choose
 * among what is not shown inside.
 */
static const char *
interpreter_find(cc_arena *a, const char *name)
{
    const char *path = getenv("PATH");
    char        line[512];

    if (strchr(name, '/'))
        return name;
    for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
        const char *one = cc_printf(a, "%.*s/%s", (int)strcspn(path, ":"), path, name);
        if (!one || one[0] != '/' || !cc_program_find(a, one))
            continue;
        first_line(one, line);
        if (!line[0])
            return one;
    }
    return NULL;
}

/* "/usr/bin/env [-S] NAME …" or "/PATH …" */
static void
shebang(cc_installation *in, const char *real)
{
    char line[512], *word, *rest = NULL;

    first_line(real, line);
    word = strtok_r(line, " \t", &rest);
    if (word && strlen(word) > 4 && strcmp(word + strlen(word) - 4, "/env") == 0)
        do
            word = strtok_r(NULL, " \t", &rest);
        while (word && word[0] == '-');
    const char *found = word ? interpreter_find(in->arena, word) : NULL;
    if (found)
        interpreter(in, found);
}

/* By its real path: what it loads beside itself is looked for from there. */
const char *
cc_installation_add(cc_installation *in, const char *program)
{
    char       *real = real_path(in->arena, program);
    const char *packages = real ? strstr(real, "/node_modules/") : NULL;

    if (!real)
        return NULL;
    if (packages) {
        const char *all = cc_strndup(in->arena, real, (size_t)(packages - real) + strlen("/node_modules"));
        show(in, all, all);
    }
    show(in, real, real);
    shebang(in, real);
    return place(in->arena, real);
}

bool
cc_installation_path(cc_installation *in, const char *path)
{
    char *real = real_path(in->arena, path);

    if (!real || !may_show(in, real) || in->count + 2 > CC_INSTALLATION_MAX)
        return false;
    show(in, real, real);
    show(in, real, path);
    return true;
}

const char *
cc_installation_search(const cc_installation *in)
{
    const char *path = getenv("PATH");
    cc_buf      b;

    cc_buf_init(&b, in->arena);
    for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
        const char *one = cc_strndup(in->arena, path, strcspn(path, ":"));
        bool        seen = one && cc_path_of_system(one);
        for (size_t i = 0; one && i < in->count; i++)
            seen |= cc_path_within(one, in->mounts[i].to) || cc_path_within(in->mounts[i].to, one);
        if (seen && *one)
            cc_putf(&b, "%s:", one);
    }
    cc_puts(&b, "/usr/local/bin:/usr/bin:/bin");
    return cc_buf_text(&b);
}
