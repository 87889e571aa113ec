/*
 * Agents and git as processes: started with nothing of ours but what they are given, watched through descriptors, and
 * ended as a group.
 *
 * Each is the leader of a process group of its own and dies with the worker (PR_SET_PDEATHSIG).  What it sees of the
 * machine is sandbox.c's affair.
 *
 * Why fork and not posix_spawn: limits, the death signal and the process group must be set in the child.  Between fork
 * and exec only calls that are safe there are made; everything they need is ready before.
 */
#include "engine/process.h"

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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/settings.h"
#include "engine/cgroup.h"
#include "engine/program.h"

enum { DRAIN_MS = 1000, CPU_GRACE_S = 5 };

void
cc_process_clear(cc_process *p)
{
    *p = (cc_process){.pidfd = -1, .out = -1, .err = -1, .info = -1, .refusals = -1, .until = -1};
}

/* ---- the child ---------------------------------------------------------------------------------- */

static void
limit(int which, int64_t most, int64_t unit)
{
    /* At the hard limit of processor time the kernel kills without saying why, at the soft one it says so. */
    const rlim_t  soft = (rlim_t)(most * unit), hard = which == RLIMIT_CPU ? soft + CPU_GRACE_S : soft;
    struct rlimit l = {.rlim_cur = soft, .rlim_max = hard};

    if (most > 0)
        (void)setrlimit((__rlimit_resource_t)which, &l);
}

/* After the namespaces are made: from then on only what runs in them counts for the number of processes. */
static void
limits_set(const cc_limits *l)
{
    limit(RLIMIT_CORE, 1, 0);
    limit(RLIMIT_CPU, l->cpu_s, 1);
    /* Not the address space, of which node and Go reserve much.  Twice, so that a step that takes more and more is
     * ended with a reason (gauge.c); this stops the one that takes all at once. */
    limit(RLIMIT_DATA, 2 * l->memory_mb, 1 << 20);
    limit(RLIMIT_FSIZE, l->file_mb, 1 << 20);
    limit(RLIMIT_NPROC, l->processes, 1);
}

/* Give it these descriptors as 0, 1, 2 ... and no other.  First out of the way of where they are going. */
static void
descriptors_give(int *fds, int count)
{
    for (int i = 0; i < count; i++)
        fds[i] = fcntl(fds[i], F_DUPFD, count);
    for (int i = 0; i < count; i++)
        if (dup2(fds[i], i) < 0)
            _exit(127);
    syscall(SYS_close_range, count, ~0U, 0);
}

static _Noreturn void
child(const cc_launch *l, const cc_cage *cage, pid_t parent, int *fds, int count)
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
    descriptors_give(fds, count);
    if (l->cgroup && !cc_cgroup_enter(l->cgroup)) {
        cc_last_words("The step's cgroup could not be entered");
        _exit(127);
    }
    if (cage)
        cc_cage_enter(cage, parent);
    limits_set(&l->limits);
    umask(077);
    if (!cage && l->directory && chdir(l->directory) != 0) {
        cc_last_words(l->directory);
        _exit(127);
    }
    if (l->inside)
        _exit(l->inside(l->inside_ctx, STDOUT_FILENO));
    static const char *const nothing[] = {NULL};
    const char *const       *argv = cage ? cage->argv : l->argv;
    const char *const       *environment = cage || !l->environment ? nothing : l->environment;
    execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
    cc_last_words(argv[0]);
    _exit(127);
}

/* ---- start -------------------------------------------------------------------------------------- */

/* What it will read: a file, perhaps in memory, so that nobody need feed it. */
static int
input_make(const cc_launch *l)
{
    if (l->input_fd > 0)
        return fcntl(l->input_fd, F_DUPFD_CLOEXEC, 0);
    return l->input_size ? cc_memory_file(l->input, l->input_size) : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
close_both(int fd[2])
{
    for (int i = 0; i < 2; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

/* What serves the process's way out, until the process is closed. */
static cc_err
proxy_start(cc_process *p, const cc_egress_policy *policy, int listener)
{
    int    refusals[2] = {-1, -1}, until[2] = {-1, -1};
    cc_err err = CC_OK;

    if (pipe2(refusals, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(until, O_CLOEXEC) != 0)
        err = CC_E_UNAVAILABLE;
    if (err == CC_OK && (err = cc_egress_start(policy, listener, refusals[1], until[0], &p->proxy)) == CC_OK) {
        p->refusals = refusals[0];
        p->until = until[1];
        refusals[0] = until[1] = -1;
    }
    close_both(refusals);
    close_both(until);
    return err;
}

/* The other side of the sandbox's only socket. */
static cc_err
cage_proxy_start(cc_process *p, const cc_egress_policy *policy, int handover)
{
    int listener = cc_cage_listener(handover);

    if (listener < 0) /* it has given up, and says why itself */
        return CC_OK;
    cc_err err = proxy_start(p, policy, listener);
    close(listener);
    return err;
}

cc_err
cc_process_start(cc_process *p, const cc_launch *l, char *why, size_t why_size)
{
    int       out[2] = {-1, -1}, err[2] = {-1, -1}, info[2] = {-1, -1}, handover[2] = {-1, -1}, in = -1;
    cc_arena *scratch = cc_arena_new();
    cc_cage   cage = {.handover = -1};
    cc_err    result = CC_E_UNAVAILABLE;

    cc_process_clear(p);
    if (!scratch)
        goto done;
    if (l->sandbox && (result = cc_cage_make(&cage, scratch, l->sandbox, l->directory, l->argv, l->environment, why,
                                             why_size)) != CC_OK)
        goto done;
    result = CC_E_UNAVAILABLE;
    if ((in = input_make(l)) < 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        (l->sandbox && pipe2(info, O_CLOEXEC) != 0) ||
        (l->sandbox && l->sandbox->egress && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, handover) != 0)) {
        snprintf(why, why_size, CC_WORDS("There are no descriptors left: %s."), strerror(errno));
        goto done;
    }
    int fds[CC_CAGE_FD + CC_CAGE_FILES + 1] = {in, out[1], err[1], info[1]}, count = l->sandbox ? CC_CAGE_FD : 3;
    for (int i = 0; i < cage.file_count; i++)
        fds[count++] = cage.files[i];
    if (handover[1] >= 0) {
        cage.handover = count;
        fds[count++] = handover[1];
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        snprintf(why, why_size, CC_WORDS("No process could be made: %s."), strerror(errno));
        goto done;
    }
    if (pid == 0)
        child(l, l->sandbox ? &cage : NULL, parent, fds, count);
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
    if (handover[1] >= 0) {
        close(handover[1]); /* so that the child's end is the only one */
        handover[1] = -1;
        result = cage_proxy_start(p, l->sandbox->egress, handover[0]);
    } else if (!l->sandbox && l->egress) {
        result = proxy_start(p, l->egress, l->listener);
    }
    if (result != CC_OK) {
        snprintf(why, why_size, CC_WORDS("The sandbox's proxy could not be started."));
        cc_process_close(p);
    }

done:
    close_both(out);
    close_both(err);
    close_both(info);
    close_both(handover);
    if (in >= 0)
        close(in);
    cc_cage_close(&cage);
    cc_arena_free(scratch);
    return result;
}

/* ---- end ---------------------------------------------------------------------------------------- */

/* bubblewrap writes {"child-pid": N, …}, in several pieces, and would die of a reader that has left after the first
 * one. Its own process must not get the signal: it would die at once and take the agent, who shall have time, with it.
 */
static void
inner_find(cc_process *p)
{
    char text[256];

    if (p->info < 0 || p->inner > 1)
        return;
    ssize_t n = read(p->info, text, sizeof(text) - 1);
    if (n <= 0)
        return;
    text[n] = '\0';
    char *at = strstr(text, "\"child-pid\":");
    if (at)
        p->inner = (pid_t)strtol(at + 12, NULL, 10);
}

pid_t
cc_process_root(cc_process *p)
{
    inner_find(p);
    return p->inner > 1 ? p->inner : p->pid;
}

void
cc_process_end(cc_process *p, int64_t now, int64_t grace_ms)
{
    if (!p->pid || p->exited || p->signalled)
        return;
    p->signalled = true;
    p->kill_at = now + grace_ms;
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
cc_process_look(cc_process *p, int64_t now)
{
    int status;

    if (!p->pid)
        return;
    if (!p->exited && waitpid(p->pid, &status, WNOHANG) == p->pid) {
        p->exited = true;
        p->code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
        cc_process_drain(p, now);
        kill(-p->pid, SIGKILL); /* whoever it left behind; the group's number is ours until they are gone */
    }
    if (!p->exited && p->signalled && p->kill_at && now >= p->kill_at)
        cc_process_kill(p);
}

void
cc_process_drain(cc_process *p, int64_t now)
{
    p->drain_until = now + DRAIN_MS;
}

/* A process that fled the group could keep the pipes open for ever: not longer than DRAIN_MS. */
bool
cc_process_gone(const cc_process *p, int64_t now)
{
    return p->exited && ((p->out < 0 && p->err < 0) || now >= p->drain_until);
}

void
cc_process_close(cc_process *p)
{
    int *const fds[] = {&p->pidfd, &p->out, &p->err, &p->info, &p->refusals, &p->until};

    if (p->pid && !p->exited) {
        cc_process_kill(p);
        waitpid(p->pid, NULL, 0);
    }
    if (p->proxy > 0) {
        kill(p->proxy, SIGKILL); /* it may be waiting for a name server */
        waitpid(p->proxy, NULL, 0);
    }
    for (size_t i = 0; i < CC_COUNT(fds); i++)
        if (*fds[i] >= 0)
            close(*fds[i]);
    cc_process_clear(p);
}
