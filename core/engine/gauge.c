/*
 * How much a step uses, looked at now and then: memory and threads here in the loop, which is a few reads of /proc; its
 * directories in a process of their own, since a tree of a million files takes its time and was made by somebody who
 * may want just that.
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
#include <sys/stat.h>
#include <unistd.h>

#include "context/settings.h"
#include "engine/directory.h"
#include "engine/installation.h"
#include "engine/slot.h"

enum { WATCH_MS = 500, MEASURE_MS = 2000, MEASURE_SHARE = 10, PROCESSES_MAX = 4096, HELD_MAX = 1024, SMALL = 500 };

/* ---- memory and threads ---------------------------------------------------------------------------- */

typedef struct usage {
    int64_t anonymous, shared,
        threads; /* bytes; shared: of memory that is a file, as shm_open and memfd_create make it */
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

/* The kilobytes behind a name in a file of /proc, as bytes. */
static int64_t
number_at(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoll(at + strlen(name), NULL, 10) * 1024 : 0;
}

typedef void visit(void *ctx, long pid, int threads);

/* Add those that a thread has started to the queue. */
static void
children_add(long pid, const char *thread, long *queue, size_t *count)
{
    char path[96];
    long child;

    snprintf(path, sizeof(path), "/proc/%ld/task/%.20s/children", pid, thread);
    FILE *f = fopen(path, "re");
    while (f && *count < PROCESSES_MAX && fscanf(f, "%ld", &child) == 1)
        queue[(*count)++] = child;
    if (f)
        fclose(f);
}

/* The process and all that it started: those who lost their parent belong to the namespace's first one. */
static void
processes(long pid, visit *each, void *ctx)
{
    long           queue[PROCESSES_MAX] = {pid};
    size_t         count = 1;
    char           path[64];
    struct dirent *e;

    for (size_t i = 0; i < count; i++) {
        int threads = 0;
        snprintf(path, sizeof(path), "/proc/%ld/task", queue[i]);
        DIR *tasks = opendir(path);
        while (tasks && (e = readdir(tasks))) {
            if (!isdigit((unsigned char)e->d_name[0]))
                continue;
            threads++;
            children_add(queue[i], e->d_name, queue, &count);
        }
        if (tasks)
            closedir(tasks);
        each(ctx, queue[i], threads);
    }
}

static void
look(void *ctx, long pid, int threads)
{
    usage *u = ctx;
    char   path[64], text[4096];

    u->threads += threads;
    snprintf(path, sizeof(path), "/proc/%ld/status", pid);
    file_read(path, text, sizeof(text));
    u->anonymous += number_at(text, "\nRssAnon:");
    u->shared += number_at(text, "\nRssShmem:");
}

/* The same, with pages that several share divided between them.  Costs more. */
static void
look_closely(void *ctx, long pid, int threads)
{
    usage *u = ctx;
    char   path[64], text[4096];

    snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", pid);
    file_read(path, text, sizeof(text));
    if (!strstr(text, "\nPss_Anon:")) {
        look(ctx, pid, threads);
        return;
    }
    u->threads += threads;
    u->anonymous += number_at(text, "\nPss_Anon:");
    u->shared += number_at(text, "\nPss_Shmem:");
}

/* ---- what it does ---------------------------------------------------------------------------------------- */

typedef struct doing {
    int     count;
    int64_t ticks;
    char    state; /* of the busiest */
} doing;

static const char BUSY[] = "RDTtSI"; /* the busiest first */

static void
look_what(void *ctx, long pid, int threads)
{
    doing        *d = ctx;
    char          path[64], text[1024], state;
    unsigned long user, system;

    (void)threads;
    snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    file_read(path, text, sizeof(text));
    const char *after = strrchr(text, ')'); /* its name may hold anything */
    if (!after || sscanf(after, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &user, &system) != 3)
        return;
    d->count++;
    d->ticks += (int64_t)(user + system);
    const char *is = strchr(BUSY, state), *was = strchr(BUSY, d->state);
    if (is && (!d->state || !was || is < was))
        d->state = state;
}

void
cc_gauge_tell(cc_slot *s, cc_buf *b)
{
    doing d = {0};

    processes(cc_process_root(&s->process), look_what, &d);
    cc_putf(b, "%d process%s, %s, %lld s of processor time so far", d.count, d.count == 1 ? "" : "es",
            d.state == 'R'                     ? "at work"
            : d.state == 'D'                   ? "waiting for a disk"
            : d.state == 'T' || d.state == 't' ? "stopped"
                                               : "waiting",
            (long long)(d.ticks / sysconf(_SC_CLK_TCK)));
}

/* ---- limits ---------------------------------------------------------------------------------------------- */

static void
over(cc_slot *s, cc_reason_code limit, cc_setting setting)
{
    const cc_reason_values values = {.value = cc_setting_text(s->w->app, setting)};

    if (!s->over)
        s->over = cc_reason_make(s->arena, limit, &values);
}

static int64_t
memory_used(cc_slot *s, visit *each, usage *u)
{
    processes(cc_process_root(&s->process), each, u);
    /* What is mapped of the memory in files is in there as well. */
    return u->anonymous + (u->shared > s->memory_files ? u->shared : s->memory_files);
}

static void
watch(cc_slot *s)
{
    const int64_t memory = cc_setting_int(s->w->app, CC_SETTING_agentMemoryMb) << 20;
    const int64_t threads = cc_setting_int(s->w->app, CC_SETTING_agentProcesses);
    usage         u = {0}, exact = {0};

    if (memory_used(s, look, &u) > memory && memory && memory_used(s, look_closely, &exact) > memory)
        over(s, CC_REASON_MEMORY_EXCEEDED, CC_SETTING_agentMemoryMb);
    s->crowded |= threads && u.threads >= threads - 1;
}

/* ---- files that only a descriptor holds -------------------------------------------------------------- */

typedef struct holding {
    dev_t   devices[2]; /* of the run's directory and its home */
    int64_t disk, memory;
    struct {
        dev_t device;
        ino_t file;
    } seen[HELD_MAX];
    size_t count;
} holding;

static bool
seen_before(holding *h, const struct stat *st)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->seen[i].file == st->st_ino && h->seen[i].device == st->st_dev)
            return true;
    if (h->count < HELD_MAX) {
        h->seen[h->count].device = st->st_dev;
        h->seen[h->count++].file = st->st_ino;
    }
    return false;
}

/* No directory lists what was deleted while it is open, or what memfd_create made; it takes up room all the same. */
static void
look_for_held(void *ctx, long pid, int threads)
{
    holding       *h = ctx;
    char           path[64], to[16];
    struct dirent *e;
    struct stat    st;

    (void)threads;
    snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
    DIR *fds = opendir(path);
    while (fds && (e = readdir(fds))) {
        if (fstatat(dirfd(fds), e->d_name, &st, 0) != 0 || !S_ISREG(st.st_mode) || st.st_nlink > 0 ||
            seen_before(h, &st))
            continue;
        ssize_t n = readlinkat(dirfd(fds), e->d_name, to, sizeof(to));
        if (n >= 7 && memcmp(to, "/memfd:", 7) == 0)
            h->memory += (int64_t)st.st_blocks * 512;
        else if (st.st_dev == h->devices[0] || st.st_dev == h->devices[1])
            h->disk += (int64_t)st.st_blocks * 512;
    }
    if (fds)
        closedir(fds);
}

/* ---- directories ----------------------------------------------------------------------------------- */

static void
measure(const cc_slot *s, cc_directory_size *size)
{
    if (s->filling) {
        cc_directory_measure(s->filling, size);
        return;
    }
    cc_directory_measure(s->root, size);
    if (s->home && !cc_path_within(s->home, s->root))
        cc_directory_measure(s->home, size);
}

static void
judge(cc_slot *s, const cc_directory_size *size)
{
    if (size->bytes > cc_setting_int(s->w->app, CC_SETTING_workspaceMb) << 20)
        over(s, CC_REASON_SIZE_EXCEEDED, CC_SETTING_workspaceMb);
    else if (size->entries > cc_setting_int(s->w->app, CC_SETTING_workspaceFiles))
        over(s, CC_REASON_FILES_EXCEEDED, CC_SETTING_workspaceFiles);
    else if (size->too_deep)
        over(s, CC_REASON_DEPTH_EXCEEDED, CC_SETTING_workspaceMb);
}

static int
measure_inside(void *ctx, int out)
{
    cc_slot          *s = ctx;
    cc_directory_size size = {0};
    holding           held = {0};
    struct stat       st;

    measure(s, &size);
    held.devices[0] = stat(s->root, &st) == 0 ? st.st_dev : 0;
    held.devices[1] = stat(s->home ? s->home : s->root, &st) == 0 ? st.st_dev : 0;
    if (!s->process.exited)
        processes(cc_process_root(&s->process), look_for_held, &held);
    return dprintf(out, "%lld %lld %d %lld\n", (long long)(size.bytes + held.disk), (long long)size.entries,
                   size.too_deep, (long long)held.memory) > 0
               ? 0
               : 1;
}

/* At the end, when nobody holds anything any more, a small one here and now: that takes less than a process would. */
static void
measure_start(cc_slot *s, int64_t now)
{
    const cc_launch   l = {.inside = measure_inside, .inside_ctx = s, .directory = "/"};
    cc_directory_size size = {.enough = SMALL};
    char              why[256];

    s->gauge_since = now;
    s->measure_at = now + MEASURE_MS;
    if (s->process.exited)
        measure(s, &size);
    if (s->process.exited && size.entries < SMALL)
        judge(s, &size);
    else
        (void)cc_process_start(&s->gauge, &l, why, sizeof(why));
}

static void
measured(cc_slot *s, int64_t now)
{
    char      text[128];
    ssize_t   n = read(s->gauge.out, text, sizeof(text) - 1);
    long long bytes, entries, files;
    int       deep;

    if (n < 0)
        return;
    text[n] = '\0';
    cc_process_close(&s->gauge);
    int64_t pause = (now - s->gauge_since) * MEASURE_SHARE; /* no more than a tenth of the time */
    s->measure_at = now + (pause > MEASURE_MS ? pause : MEASURE_MS);
    if (sscanf(text, "%lld %lld %d %lld", &bytes, &entries, &deep, &files) != 4)
        return;
    s->memory_files = files;
    judge(s, &(cc_directory_size){.bytes = bytes, .entries = entries, .too_deep = deep != 0});
}

/* ---- for run.c ------------------------------------------------------------------------------------- */

void
cc_gauge_begin(cc_slot *s, const char *filling, int64_t now)
{
    s->filling = filling;
    s->over = NULL;
    s->crowded = s->measured = false;
    s->memory_files = 0;
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
    if (s->output_bytes > cc_setting_int(s->w->app, CC_SETTING_runOutputMb) << 20)
        over(s, CC_REASON_OUTPUT_EXCEEDED, CC_SETTING_runOutputMb);
    if (s->gauge.pid)
        measured(s, now);
    else if (now >= s->measure_at && !s->process.exited)
        measure_start(s, now);
}

/* A step that was quick must not get away with what a slow one may not leave behind either. */
bool
cc_gauge_last(cc_slot *s, int64_t now)
{
    bool killed = false;

    if (s->cgroup)
        cc_cgroup_events(s->cgroup, &killed, &s->crowded);
    if (killed)
        over(s, CC_REASON_MEMORY_EXCEEDED, CC_SETTING_agentMemoryMb);
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
