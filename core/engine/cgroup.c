/*
 * A cgroup for each step.
 *
 * A process may only be in a leaf, so the worker goes into one of its own beside those of the steps.  What was not
 * given to it is not touched: systemd marks what it delegates, and in a container the root of the tree is the
 * container's.
 */
#include "engine/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "context/settings.h"

enum { CGROUP2_MAGIC = 0x63677270, REMOVE_TRIES = 50 };

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

bool
cc_cgroups_open(cc_cgroups *g, bool only_look, char *why, size_t why_size)
{
    char text[1024], leaf[600], self[24];

    *g = (cc_cgroups){0};
    if (!find(g, why, why_size)) {
        g->path[0] = '\0';
        return false;
    }
    get(g->path, "cgroup.controllers", text, sizeof(text));
    g->memory = lists(text, "memory");
    g->processes = lists(text, "pids");
    bool fine = g->memory || g->processes;
    if (!fine)
        snprintf(why, why_size,
                 CC_WORDS("the worker's cgroup has neither memory nor pids to give (they may be version 1's here)"));
    if (fine && !only_look) {
        snprintf(leaf, sizeof(leaf), "%s/codecourier-worker", g->path);
        snprintf(self, sizeof(self), "%ld", (long)getpid());
        fine = (mkdir(leaf, 0755) == 0 || errno == EEXIST) && put(leaf, "cgroup.procs", self) &&
               (!g->memory || put(g->path, "cgroup.subtree_control", "+memory")) &&
               (!g->processes || put(g->path, "cgroup.subtree_control", "+pids"));
        if (!fine)
            snprintf(why, why_size, CC_WORDS("the worker's cgroup cannot be divided: %s"),
                     errno == EBUSY ? CC_WORDS("other processes are in it") : strerror(errno));
    }
    if (!fine)
        g->path[0] = '\0';
    return fine;
}

const char *
cc_cgroup_make(cc_cgroups *g, cc_arena *a, int64_t memory_mb, int64_t processes)
{
    char        number[32];
    const char *path = g->path[0] ? cc_printf(a, "%s/step-%ld-%u", g->path, (long)getpid(), ++g->made) : NULL;

    if (!path || mkdir(path, 0755) != 0)
        return NULL;
    bool fine = true;
    if (g->memory && memory_mb) {
        snprintf(number, sizeof(number), "%lld", (long long)memory_mb << 20);
        fine = put(path, "memory.max", number);
        (void)put(path, "memory.swap.max", "0"); /* not there without swap */
        (void)put(path, "memory.oom.group", "1");
    }
    if (g->processes && processes) {
        snprintf(number, sizeof(number), "%lld", (long long)processes);
        fine = fine && put(path, "pids.max", number);
    }
    if (!fine)
        rmdir(path);
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

/* The processes are as good as gone; their last traces take a moment. */
void
cc_cgroup_remove(const char *path)
{
    (void)put(path, "cgroup.kill", "1");
    for (int i = 0; i < REMOVE_TRIES && rmdir(path) != 0 && errno == EBUSY; i++)
        poll(NULL, 0, 1);
}
