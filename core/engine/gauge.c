/*
 * How much a step uses, looked at now and then: memory and threads here in the loop, which is a few reads of /proc; its
 * directories in a process of their own, since a tree of a million files takes its time and was made by somebody who may
 * want just that.
 *
 * The kernel enforces most limits by itself (cage.c, cgroup.c).  What this adds is the sum over several processes where
 * there is no cgroup, the size of directories, and for all of them a sentence that says which limit it was.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "slot.h"

enum { WATCH_MS = 500, MEASURE_MS = 2000, MEASURE_SHARE = 10, PROCESSES_MAX = 4096 };

/* ---- memory and threads ---------------------------------------------------------------------------- */

typedef struct usage {
    int64_t memory, exact, threads; /* bytes; exact: what is shared by several counted once */
    int     processes;
} usage;

static size_t
file_read(const char *path, char *out, size_t room)
{
    int     fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, room - 1) : -1;

    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

/* resident less shared: what it does not share with files */
static int64_t
memory_of(long pid)
{
    char      path[64], text[256];
    long long size, resident, shared;

    snprintf(path, sizeof(path), "/proc/%ld/statm", pid);
    if (!file_read(path, text, sizeof(text)) || sscanf(text, "%lld %lld %lld", &size, &resident, &shared) != 3)
        return 0;
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

/* The same, with pages that a fork shares divided between those who do.  Costs more. */
static int64_t
exact_memory_of(long pid)
{
    char        path[64], text[2048];
    const char *at;

    snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", pid);
    if (!file_read(path, text, sizeof(text)) || !(at = strstr(text, "Pss_Anon:")))
        return memory_of(pid);
    return strtoll(at + 9, NULL, 10) * 1024;
}

/* The process and all that it started: those who lost their parent belong to the namespace's first one. */
static void
look(long pid, usage *u, bool exactly)
{
    char           path[96], text[4096];
    struct dirent *e;

    if (u->processes++ >= PROCESSES_MAX)
        return;
    u->memory += exactly ? exact_memory_of(pid) : memory_of(pid);
    snprintf(path, sizeof(path), "/proc/%ld/task", pid);
    DIR *tasks = opendir(path);
    while (tasks && (e = readdir(tasks))) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        u->threads++;
        snprintf(path, sizeof(path), "/proc/%ld/task/%.20s/children", pid, e->d_name);
        file_read(path, text, sizeof(text));
        for (char *at = text, *end; *at; at = end) {
            long child = strtol(at, &end, 10);
            if (end == at || child <= 0)
                break;
            look(child, u, exactly);
        }
    }
    if (tasks)
        closedir(tasks);
}

/* "MORE N UNIT, which is the setting SETTING." */
static void
over(cc_slot *s, const char *more, const char *unit, const char *setting)
{
    if (!s->over)
        s->over = cc_printf(s->arena, "%s %s %s, which is the setting %s.", more, cc_app_setting(s->w->app, setting), unit,
                            setting);
}

static void
watch(cc_slot *s)
{
    const int64_t memory = cc_setting_int(s->w->app, "agentMemoryMb") << 20;
    const int64_t threads = cc_setting_int(s->w->app, "agentProcesses");
    const long    root = cc_process_root(&s->process);
    usage         u = {0}, exact = {0};

    look(root, &u, false);
    if (memory && u.memory > memory) {
        look(root, &exact, true);
        if (exact.memory > memory)
            over(s, "its processes used more than", "MB of memory", "agentMemoryMb");
    }
    s->crowded |= threads && u.threads >= threads - 1;
}

/* ---- directories ----------------------------------------------------------------------------------- */

static int
measure_inside(void *ctx, int out)
{
    cc_slot          *s = ctx;
    cc_directory_size size = {0};

    cc_directory_measure(s->root, &size);
    if (s->home && !cc_path_within(s->home, s->root))
        cc_directory_measure(s->home, &size);
    return dprintf(out, "%lld %lld %d\n", (long long)size.bytes, (long long)size.entries, size.too_deep) > 0 ? 0 : 1;
}

static void
measure_start(cc_slot *s, int64_t now)
{
    const cc_launch l = {.inside = measure_inside, .inside_ctx = s, .directory = "/"};
    char            why[256];

    s->gauge_since = now;
    if (cc_process_start(&s->gauge, &l, why, sizeof(why)) != CC_OK)
        s->measure_at = now + MEASURE_MS;
}

static void
measured(cc_slot *s, int64_t now)
{
    char      text[128];
    ssize_t   n = read(s->gauge.out, text, sizeof(text) - 1);
    long long bytes, entries;
    int       deep;

    if (n < 0)
        return;
    text[n] = '\0';
    cc_process_close(&s->gauge);
    int64_t pause = (now - s->gauge_since) * MEASURE_SHARE; /* no more than a tenth of the time */
    s->measure_at = now + (pause > MEASURE_MS ? pause : MEASURE_MS);
    if (sscanf(text, "%lld %lld %d", &bytes, &entries, &deep) != 3)
        return;
    if (bytes > cc_setting_int(s->w->app, "workspaceMb") << 20)
        over(s, "its directories grew beyond", "MB", "workspaceMb");
    else if (entries > cc_setting_int(s->w->app, "workspaceFiles"))
        over(s, "its directories hold more than", "files", "workspaceFiles");
    else if (deep)
        over(s, "its directories are nested too deeply to be measured against", "MB", "workspaceMb");
}

/* ---- for run.c ------------------------------------------------------------------------------------- */

void
cc_gauge_begin(cc_slot *s, int64_t now)
{
    s->over = NULL;
    s->crowded = s->measured = false;
    s->watch_at = now + WATCH_MS;
    s->measure_at = now + MEASURE_MS;
}

void
cc_gauge_go(cc_slot *s, int64_t now)
{
    if (now >= s->watch_at && !s->process.exited) {
        watch(s);
        s->watch_at = now + WATCH_MS;
    }
    if (s->stored > cc_setting_int(s->w->app, "runOutputMb") << 20)
        over(s, "the run wrote more than", "MB of output", "runOutputMb");
    if (s->gauge.pid)
        measured(s, now);
    else if (now >= s->measure_at && !s->process.exited)
        measure_start(s, now);
}

/* A step that was quick must not get away with what a slow one may not leave behind either. */
bool
cc_gauge_last(cc_slot *s, int64_t now)
{
    if (s->over)
        return true;
    if (s->gauge.pid)
        return false;
    if (!s->measured)
        measure_start(s, now);
    else
        return true;
    s->measured = true;
    return !s->gauge.pid;
}
