/*
 * A cgroup for each step.
 *
 * A process may only be in a leaf, so the worker goes into one of its own beside those of the steps.  What was not
 * given to it is not touched: systemd marks what it delegates, and in a container the root of the tree is the
 * container's.
 */
#include "engine/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "context/settings.h"

enum { CGROUP2_MAGIC = 0x63677270, REMOVE_TRIES = 50, ENABLE_TRIES = 5, NUMBER_TRIES = 4096 };

static bool
put(const char *directory, const char *name, const char *text)
{
    char path[640];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    int  fd = open(path, O_WRONLY | O_CLOEXEC);
    bool fine = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return fine;
}

static void
get(const char *directory, const char *name, char *out, size_t room)
{
    char    path[640];
    ssize_t n = -1;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        n = read(fd, out, room - 1);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
}

/* A word in a list with spaces between. */
static bool
lists(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += n)
        if ((at == text || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\n' || !at[n]))
            return true;
    return false;
}

/* The number behind a name in a file of lines "name number". */
static long long
count_of(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

/* Where the tree is mounted: beside version 1's, on some machines. */
static const char *
mounted(void)
{
    static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    struct statfs            fs;

    for (size_t i = 0; i < CC_COUNT(places); i++)
        if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_MAGIC)
            return places[i];
    return NULL;
}

/* May we divide it?  An ordinary account can only if it was given it; root can always, so there the mark decides. */
static bool
is_ours(const char *path, const char *within)
{
    char mark[8];

    if (access(path, W_OK) != 0)
        return false;
    return geteuid() != 0 || strcmp(within, "/") == 0 || getxattr(path, "trusted.delegate", mark, sizeof(mark)) > 0 ||
           getxattr(path, "user.delegate", mark, sizeof(mark)) > 0;
}

static bool
find(cc_cgroups *g, char *why, size_t why_size)
{
    const char *root = mounted();
    char        text[4096], *at, *end;

    get("/proc/self", "cgroup", text, sizeof(text));
    at = strncmp(text, "0::", 3) == 0 ? text + 3 : (at = strstr(text, "\n0::")) ? at + 4 : NULL;
    if (!root || !at) {
        snprintf(why, why_size, CC_WORDS("this machine has no cgroups of version 2"));
        return false;
    }
    if ((end = strchr(at, '\n')))
        *end = '\0';
    /* A worker that was here before has left its leaf. */
    if ((end = strrchr(at, '/')) && strcmp(end, "/codecourier-worker") == 0)
        *end = '\0';
    const char *within = *at ? at : "/";
    int         n = snprintf(g->path, sizeof(g->path), "%s%s", root, strcmp(within, "/") == 0 ? "" : within);
    if (n > 0 && (size_t)n < sizeof(g->path) && is_ours(g->path, within))
        return true;
    snprintf(why, why_size,
             CC_WORDS("the worker was given no cgroup of its own; codecourier-work.service or 'systemd-run --user "
                      "--scope -p Delegate=yes codecourier work' gives it one"));
    return false;
}

/* ---- dividing it ----------------------------------------------------------------------------------- */

/* With the number of each process that is in it, until one is the right one. */
static bool
each_process(const char *path, bool (*is_right)(void *ctx, long pid), void *ctx)
{
    char file[640];
    long pid;
    bool found = false;

    snprintf(file, sizeof(file), "%s/cgroup.procs", path);
    FILE *f = fopen(file, "re");
    while (f && !found && fscanf(f, "%ld", &pid) == 1)
        found = is_right(ctx, pid);
    if (f)
        fclose(f);
    return found;
}

static bool
is_it(void *ctx, long pid)
{
    return *(const long *)ctx == pid;
}

static bool
move(void *ctx, long pid)
{
    char number[24];

    snprintf(number, sizeof(number), "%ld", pid);
    (void)put(ctx, "cgroup.procs", number); /* it may have ended */
    return false;
}

static bool
end(void *ctx, long pid)
{
    (void)ctx;
    if (pid > 0)
        kill((pid_t)pid, SIGKILL);
    return false;
}

/* Where there is a process a cgroup gives nothing to those below it: who is in the worker's own goes to the leaf. */
static bool
enable(const cc_cgroups *g, char *leaf, const char *controller)
{
    for (int i = 0; i < ENABLE_TRIES; i++) {
        if (put(g->path, "cgroup.subtree_control", controller))
            return true;
        if (errno != EBUSY)
            return false;
        (void)each_process(g->path, move, leaf);
        errno = EBUSY;
    }
    return false;
}

/* What a worker left that was killed: it is not in the leaf any more, or has the number that is ours now. */
static void
leftovers_remove(cc_cgroups *g, const char *leaf)
{
    DIR           *d = opendir(g->path);
    struct dirent *e;
    char           path[800];
    long           pid;
    unsigned       number;

    while (d && (e = readdir(d))) {
        if (sscanf(e->d_name, "step-%ld-%u", &pid, &number) != 2)
            continue;
        snprintf(path, sizeof(path), "%s/%s", g->path, e->d_name);
        if (pid == (long)getpid() || !each_process(leaf, is_it, &pid))
            cc_cgroup_remove(g, path);
    }
    if (d)
        closedir(d);
}

/* Move into the leaf and give on what can be given.  0, or errno of what cannot. */
static int
divide(cc_cgroups *g)
{
    char leaf[600], self[24];
    int  wrong = 0;

    snprintf(leaf, sizeof(leaf), "%s/codecourier-worker", g->path);
    snprintf(self, sizeof(self), "%ld", (long)getpid());
    if ((mkdir(leaf, 0755) != 0 && errno != EEXIST) || !put(leaf, "cgroup.procs", self)) {
        wrong = errno;
        g->memory = g->processes = false;
        return wrong;
    }
    leftovers_remove(g, leaf);
    if (g->memory && !(g->memory = enable(g, leaf, "+memory")))
        wrong = errno;
    if (g->processes && !(g->processes = enable(g, leaf, "+pids")))
        wrong = errno;
    return wrong;
}

bool
cc_cgroups_take(cc_cgroups *g, bool only_look, char *why, size_t why_size)
{
    char text[1024];
    int  wrong;

    why[0] = '\0';
    get(g->path, "cgroup.controllers", text, sizeof(text));
    g->memory = lists(text, "memory");
    g->processes = lists(text, "pids");
    if (!g->memory && !g->processes)
        snprintf(why, why_size,
                 CC_WORDS("the worker's cgroup has neither memory nor pids to give (they may be version 1's here)"));
    else if (!only_look && (wrong = divide(g)) != 0)
        snprintf(why, why_size,
                 g->memory      ? CC_WORDS("the worker's cgroup cannot be divided by processes: %s")
                 : g->processes ? CC_WORDS("the worker's cgroup cannot be divided by memory: %s")
                                : CC_WORDS("the worker's cgroup cannot be divided: %s"),
                 wrong == EBUSY ? CC_WORDS("other processes are in it") : strerror(wrong));
    if (!g->memory && !g->processes)
        g->path[0] = '\0';
    return g->path[0] != '\0';
}

bool
cc_cgroups_open(cc_cgroups *g, bool only_look, char *why, size_t why_size)
{
    *g = (cc_cgroups){0};
    if (find(g, why, why_size))
        return cc_cgroups_take(g, only_look, why, why_size);
    g->path[0] = '\0';
    return false;
}

/* ---- a step's -------------------------------------------------------------------------------------- */

/* A new one.  A number may be taken still, by a worker of long ago that had our process number. */
static const char *
make(cc_cgroups *g, cc_arena *a)
{
    const char *path;

    for (int i = 0; i < NUMBER_TRIES; i++) {
        if (!(path = cc_printf(a, "%s/step-%ld-%u", g->path, (long)getpid(), ++g->made)))
            return NULL;
        if (mkdir(path, 0755) == 0)
            return path;
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

const char *
cc_cgroup_make(cc_cgroups *g, cc_arena *a, int64_t memory_mb, int64_t processes)
{
    char        number[32];
    const char *path = g->path[0] ? make(g, a) : NULL;
    bool        fine = path != NULL;

    if (fine && g->memory && memory_mb) {
        snprintf(number, sizeof(number), "%lld", (long long)memory_mb << 20);
        fine = put(path, "memory.max", number);
        (void)put(path, "memory.swap.max", "0"); /* not there without swap */
        (void)put(path, "memory.oom.group", "1");
    }
    if (fine && g->processes && processes) {
        snprintf(number, sizeof(number), "%lld", (long long)processes);
        fine = put(path, "pids.max", number);
    }
    if (path && !fine) {
        int why = errno;
        rmdir(path);
        errno = why;
    }
    return fine ? path : NULL;
}

bool
cc_cgroup_enter(const char *path)
{
    return put(path, "cgroup.procs", "0");
}

void
cc_cgroup_events(const char *path, bool *killed, bool *crowded)
{
    char text[512];

    get(path, "memory.events", text, sizeof(text));
    *killed |= count_of(text, "oom_kill ") > 0;
    get(path, "pids.events", text, sizeof(text));
    *crowded |= count_of(text, "max ") > 0;
}

/* The processes are as good as gone; their last traces take a moment, and what they had of memory may take longer. */
void
cc_cgroup_remove(cc_cgroups *g, const char *path)
{
    struct cc_cgroup_left left;
    const char           *name = strrchr(path, '/');

    if (!put(path, "cgroup.kill", "1")) /* Linux before 5.14 */
        (void)each_process(path, end, NULL);
    for (int i = 0; i < REMOVE_TRIES; i++) {
        if (rmdir(path) == 0 || errno != EBUSY)
            return;
        poll(NULL, 0, 1);
    }
    if (g->left_count < CC_CGROUPS_LEFT && name && sscanf(name, "/step-%ld-%u", &left.pid, &left.number) == 2)
        g->left[g->left_count++] = left;
}

void
cc_cgroups_tidy(cc_cgroups *g)
{
    char path[600];
    int  still = 0;

    for (int i = 0; i < g->left_count; i++) {
        snprintf(path, sizeof(path), "%s/step-%ld-%u", g->path, g->left[i].pid, g->left[i].number);
        if (rmdir(path) != 0 && errno == EBUSY)
            g->left[still++] = g->left[i];
    }
    g->left_count = still;
}
