/*
 * Agents and git as processes: started with nothing of ours but what they are given, watched through descriptors, and
 * ended as a group.
 *
 * Each is the leader of a process group of its own and dies with the worker (PR_SET_PDEATHSIG).  In bubblewrap it has
 * its own view of the machine besides: read-only but for its own directories, our data hidden, other processes unseen.
 *
 * Why fork and not posix_spawn: limits, the death signal and the process group must be set in the child.  Between fork
 * and exec only calls that are safe there are made; everything they need is ready before.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"

enum { INFO_FD = 3, DRAIN_MS = 1000, ARGV_MAX = 128 };

void
cc_process_clear(cc_process *p)
{
    *p = (cc_process){.pidfd = -1, .out = -1, .err = -1, .info = -1};
}

/* ---- the child ---------------------------------------------------------------------------------- */

static void
limit(int which, int64_t most, int64_t unit)
{
    struct rlimit l = {.rlim_cur = (rlim_t)(most * unit), .rlim_max = (rlim_t)(most * unit)};

    if (most > 0)
        (void)setrlimit((__rlimit_resource_t)which, &l);
}

static void
last_words(const char *what)
{
    const char *why = strerrordesc_np(errno);

    (void)!write(STDERR_FILENO, what, strlen(what));
    (void)!write(STDERR_FILENO, ": ", 2);
    if (why)
        (void)!write(STDERR_FILENO, why, strlen(why));
    (void)!write(STDERR_FILENO, "\n", 1);
}

static _Noreturn void
child(const cc_launch *l, const char *const *argv, pid_t parent, int in, int out, int err, int info)
{
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before we said so */
        _exit(127);
    for (int n = 1; n < NSIG; n++)
        (void)signal(n, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* First out of the way of 0 to 3, where they are going. */
    in = fcntl(in, F_DUPFD, 10);
    out = fcntl(out, F_DUPFD, 10);
    err = fcntl(err, F_DUPFD, 10);
    info = info >= 0 ? fcntl(info, F_DUPFD, 10) : -1;
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || (info >= 0 && dup2(info, INFO_FD) < 0))
        _exit(127);
    syscall(SYS_close_range, info >= 0 ? INFO_FD + 1 : INFO_FD, ~0U, 0);
    limit(RLIMIT_CORE, 1, 0);
    limit(RLIMIT_CPU, l->cpu_s, 1);
    limit(RLIMIT_AS, l->memory_mb, 1 << 20);
    limit(RLIMIT_FSIZE, l->file_mb, 1 << 20);
    limit(RLIMIT_NPROC, l->processes, 1);
    umask(077);
    if (l->directory && chdir(l->directory) != 0) {
        last_words(l->directory);
        _exit(127);
    }
    if (l->inside)
        _exit(l->inside(l->inside_ctx, STDOUT_FILENO));
    execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)l->environment);
    last_words(argv[0]);
    _exit(127);
}

/* ---- bubblewrap --------------------------------------------------------------------------------- */

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The command line around the command line.  NULL: too long. */
static const char *const *
wrapped(const cc_launch *l, const char *bwrap, const char *out[ARGV_MAX])
{
    static const char *const base[] = {"--die-with-parent",
                                       "--new-session",
                                       "--unshare-pid",
                                       "--unshare-ipc",
                                       "--unshare-uts",
                                       "--info-fd",
                                       "3",
                                       "--ro-bind",
                                       "/",
                                       "/",
                                       "--dev",
                                       "/dev",
                                       "--proc",
                                       "/proc",
                                       "--tmpfs",
                                       "/tmp"};
    size_t                   n = 0;
    bool                     fits = true;

#define ADD(text) (fits = fits && n < ARGV_MAX - 1, fits ? (void)(out[n++] = (text)) : (void)0)
    ADD(bwrap);
    for (size_t i = 0; i < CC_COUNT(base); i++)
        ADD(base[i]);
    if (!l->network)
        ADD("--unshare-net");
    for (size_t i = 0; l->hidden && l->hidden[i]; i++) {
        if (exists(l->hidden[i])) {
            ADD("--tmpfs");
            ADD(l->hidden[i]);
        }
    }
    for (size_t i = 0; l->shown && l->shown[i]; i++) {
        ADD("--ro-bind");
        ADD(l->shown[i]);
        ADD(l->shown[i]);
    }
    for (size_t i = 0; l->binds && l->binds[i]; i++) {
        ADD("--bind");
        ADD(l->binds[i]);
        ADD(l->binds[i]);
    }
    ADD("--chdir");
    ADD(l->directory ? l->directory : "/");
    ADD("--");
    for (size_t i = 0; l->argv[i]; i++)
        ADD(l->argv[i]);
#undef ADD
    out[n] = NULL;
    return fits ? out : NULL;
}

char *
cc_program_find(cc_arena *a, const char *name)
{
    const char *path = getenv("PATH");
    char       *found;
    struct stat st;

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode)
                   ? cc_strndup(a, name, strlen(name))
                   : NULL;
    if (!path || !*path)
        path = "/usr/local/bin:/usr/bin:/bin";
    while (*path) {
        size_t n = strcspn(path, ":");
        if (n && (found = cc_printf(a, "%.*s/%s", (int)n, path, name)) && access(found, X_OK) == 0 &&
            stat(found, &st) == 0 && S_ISREG(st.st_mode))
            return found;
        path += n + (path[n] == ':');
    }
    return NULL;
}

/* ---- start -------------------------------------------------------------------------------------- */

/* What it will read: a file in memory, so that nobody need feed it. */
static int
input_make(const char *text, size_t size)
{
    int fd = size ? memfd_create("input", MFD_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC);

    for (size_t done = 0; fd >= 0 && done < size;) {
        ssize_t n = write(fd, text + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    if (fd >= 0 && size)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static void
close_both(int fd[2])
{
    for (int i = 0; i < 2; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

cc_err
cc_process_start(cc_process *p, const cc_launch *l, char *why, size_t why_size)
{
    const char        *room[ARGV_MAX];
    const char *const *argv = l->argv;
    int                out[2] = {-1, -1}, err[2] = {-1, -1}, info[2] = {-1, -1}, in = -1;
    cc_arena          *scratch = NULL;
    cc_err             result = CC_E_UNAVAILABLE;

    cc_process_clear(p);
    if (l->sandbox) {
        char *bwrap = (scratch = cc_arena_new()) ? cc_program_find(scratch, "bwrap") : NULL;
        if (!bwrap || !(argv = wrapped(l, bwrap, room))) {
            snprintf(why, why_size,
                     bwrap ? "Its command line is too long." : "the program bwrap (package bubblewrap) was not found.");
            goto done;
        }
    }
    if ((in = input_make(l->input, l->input_size)) < 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        (l->sandbox && pipe2(info, O_CLOEXEC) != 0)) {
        snprintf(why, why_size, "There are no descriptors left: %s.", strerror(errno));
        goto done;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        snprintf(why, why_size, "No process could be made: %s.", strerror(errno));
        goto done;
    }
    if (pid == 0)
        child(l, argv, parent, in, out[1], err[1], info[1]);
    setpgid(pid, pid); /* the child does so too; whoever is second does no harm */
    p->pid = pid;
    p->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    p->out = out[0];
    p->err = err[0];
    p->info = info[0];
    out[0] = err[0] = info[0] = -1;
    fcntl(p->out, F_SETFL, O_NONBLOCK);
    fcntl(p->err, F_SETFL, O_NONBLOCK);
    if (p->info >= 0)
        fcntl(p->info, F_SETFL, O_NONBLOCK);
    result = CC_OK;

done:
    close_both(out);
    close_both(err);
    close_both(info);
    if (in >= 0)
        close(in);
    cc_arena_free(scratch);
    return result;
}

/* ---- end ---------------------------------------------------------------------------------------- */

/* bubblewrap writes {"child-pid": N, …}.  Its own process must not get the signal: it would die at once and take the
 * agent, who shall have time, with it. */
static void
inner_find(cc_process *p)
{
    char text[256];

    if (p->info < 0)
        return;
    ssize_t n = read(p->info, text, sizeof(text) - 1);
    if (n <= 0)
        return;
    text[n] = '\0';
    char *at = strstr(text, "\"child-pid\":");
    if (at)
        p->inner = (pid_t)strtol(at + 12, NULL, 10);
    close(p->info);
    p->info = -1;
}

void
cc_process_end(cc_process *p, int64_t grace_ms)
{
    if (!p->pid || p->exited || p->signalled)
        return;
    p->signalled = true;
    p->kill_at = cc_clock_monotonic() + grace_ms;
    inner_find(p);
    if (p->inner > 1)
        kill(-p->inner, SIGTERM);
    else if (p->info < 0)
        kill(-p->pid, SIGTERM);
    else
        p->kill_at = 0; /* bubblewrap has not come so far as to start anything */
    if (!p->kill_at)
        cc_process_kill(p);
}

void
cc_process_kill(cc_process *p)
{
    if (!p->pid)
        return;
    inner_find(p);
    if (p->inner > 1)
        kill(p->inner, SIGKILL); /* the first process of its namespace: all of them go */
    kill(-p->pid, SIGKILL);
    p->signalled = true;
    p->kill_at = 0;
}

void
cc_process_look(cc_process *p)
{
    int status;

    if (!p->pid)
        return;
    if (!p->exited && waitpid(p->pid, &status, WNOHANG) == p->pid) {
        p->exited = true;
        p->code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
        cc_process_drain(p);
        kill(-p->pid, SIGKILL); /* whoever it left behind; the group's number is ours until they are gone */
    }
    if (!p->exited && p->signalled && p->kill_at && cc_clock_monotonic() >= p->kill_at)
        cc_process_kill(p);
}

void
cc_process_drain(cc_process *p)
{
    p->drain_until = cc_clock_monotonic() + DRAIN_MS;
}

/* A process that fled the group could keep the pipes open for ever: not longer than DRAIN_MS. */
bool
cc_process_gone(const cc_process *p)
{
    return p->exited && ((p->out < 0 && p->err < 0) || cc_clock_monotonic() >= p->drain_until);
}

bool
cc_sandbox_works(char *why, size_t why_size)
{
    static const char *const argv[] = {"/bin/true", NULL};
    static const char *const environment[] = {NULL};
    cc_launch                l = {.argv = argv, .environment = environment, .sandbox = true, .network = true};
    cc_process               p;
    char                     text[256];
    size_t                   size = 0;
    ssize_t                  n;

    if (cc_process_start(&p, &l, why, why_size) != CC_OK)
        return false;
    fcntl(p.err, F_SETFL, 0);
    while (size < sizeof(text) - 1 && (n = read(p.err, text + size, sizeof(text) - 1 - size)) > 0)
        size += (size_t)n;
    text[size] = '\0';
    text[strcspn(text, "\n")] = '\0';
    for (int i = 0; i < 500 && !p.exited; i++) {
        cc_process_look(&p);
        if (!p.exited)
            poll(NULL, 0, 10);
    }
    if (!p.exited)
        cc_process_kill(&p);
    close(p.out);
    close(p.err);
    if (p.info >= 0)
        close(p.info);
    if (p.pidfd >= 0)
        close(p.pidfd);
    if (p.exited && p.code == 0)
        return true;
    snprintf(why, why_size, "bubblewrap does not work here: %s", size ? text : "it ended with an error");
    return false;
}
