/*
 * Starting, watching and ending the processes of `codecourier serve`.
 *
 * It knows nothing of what they do, only that there may be one web server that feeds workers.  Everything happens in
 * one place that waits for signals with a timeout; there are no handlers, so nothing can happen in the middle of
 * something else.
 */
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "show.h"

enum {
    MINUTE_MS = 60000,
    SHORT_LIFE_MS = 5000, /* who lived shorter is started again only after a pause */
    PAUSE_LEAST_MS = 250,
    PAUSE_MOST_MS = 8000,
    END_MS = 10000, /* to finish what was begun */
};

int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static sigset_t
our_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    return set;
}

void
family_prepare(void)
{
    sigset_t set = our_signals();

    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- one child ---------------------------------------------------------------------------------------------------- */

/* In the new process.  Does not return. */
static void
become(const child *c, pid_t parent)
{
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it died before we asked to be told */
        _exit(1);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* dup2 onto itself would keep close-on-exec; the descriptors we hand over are never 0. */
    if (dup2(c->input, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        execv(c->path, c->argv);
    perror(c->path);
    _exit(127);
}

static bool
start(child *c)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        become(c, parent);
    if (pid < 0) {
        c->start_at = now_ms() + PAUSE_MOST_MS;
        return false;
    }
    c->pid = pid;
    c->started_at = now_ms();
    return true;
}

char *
how_it_ended(int status)
{
    char *number = make_text("%d", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    char *out = text_with(WIFSIGNALED(status) ? T_SERVE_SIGNAL : T_SERVE_EXIT, WITH(number));

    free(number);
    return out;
}

/*
 * When to start it again: at once, unless it ends as soon as it is started.  The pause grows only for one that fails: a
 * worker that was asked to end, to have a new program loaded say, ends with 0.
 */
static void
plan_restart(child *c, int status)
{
    int64_t now = now_ms();

    if (now - c->started_at >= SHORT_LIFE_MS)
        c->pause = 0;
    else if (c->pause < PAUSE_LEAST_MS || status == 0)
        c->pause = PAUSE_LEAST_MS;
    else if (c->pause < PAUSE_MOST_MS)
        c->pause *= 2;
    c->start_at = now + c->pause;

    char *how = how_it_ended(status), *pause = make_text("%.2f", (double)c->pause / 1000);
    log_line(T_SERVE_CHILD_ENDED, WITH(c->name, how, pause));
    free(how);
    free(pause);
}

/* ---- all of them -------------------------------------------------------------------------------------------------- */

bool
family_start(family *f)
{
    f->web_status = -1;
    f->minute_at = now_ms() + MINUTE_MS;
    for (size_t i = 0; i < f->count; i++)
        if (!start(&f->members[i]))
            return false;
    return true;
}

/* Take note of everybody who has ended. */
static void
reap(family *f, bool ending)
{
    int   status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < f->count; i++) {
            child *c = &f->members[i];
            if (c->pid != pid)
                continue;
            c->pid = 0;
            if (!c->worker && !f->ready)
                f->web_status = status;
            else if (!ending)
                plan_restart(c, status);
        }
    }
}

/* Wait for one of our signals, at most until `until`; 0: the time is over. */
static int
wait_signal(int64_t until)
{
    sigset_t        set = our_signals();
    int64_t         left = until - now_ms();
    struct timespec time = {0};

    if (left > 0) {
        left = left < MINUTE_MS ? left : MINUTE_MS;
        time.tv_sec = (time_t)(left / 1000);
        time.tv_nsec = (long)(left % 1000) * 1000000;
    }
    int number = sigtimedwait(&set, NULL, &time);
    return number > 0 ? number : 0;
}

/* Start whose pause is over; when the next thing is due. */
static int64_t
do_what_is_due(family *f)
{
    int64_t next = f->minute_at;

    if (now_ms() >= f->minute_at) {
        f->minute_at = next = now_ms() + MINUTE_MS;
        f->each_minute(f->ctx);
    }
    for (size_t i = 0; i < f->count; i++) {
        child *c = &f->members[i];
        if (c->pid == 0 && now_ms() >= c->start_at)
            start(c);
        if (c->pid == 0 && c->start_at < next)
            next = c->start_at;
    }
    return next;
}

bool
family_run(family *f, int64_t until)
{
    while (f->web_status == -1 && now_ms() < until) {
        int64_t due = do_what_is_due(f);
        int     number = wait_signal(due < until ? due : until);
        if (number == SIGCHLD || number == 0)
            reap(f, false);
        else
            return true;
    }
    return false;
}

/* Tell the workers, or all but the workers; how many are still there. */
static size_t
signal_each(family *f, bool workers, int number)
{
    size_t count = 0;

    for (size_t i = 0; i < f->count; i++) {
        child *c = &f->members[i];
        if (c->pid == 0 || c->worker != workers)
            continue;
        count++;
        if (number != 0)
            kill(c->pid, number);
    }
    return count;
}

/* Wait until they are gone.  false: the time is over, or somebody is impatient. */
static bool
wait_gone(family *f, bool workers, int64_t until)
{
    while (signal_each(f, workers, 0) > 0) {
        int number = wait_signal(until);
        reap(f, true);
        if ((number != 0 && number != SIGCHLD) || now_ms() >= until)
            return signal_each(f, workers, 0) == 0;
    }
    return true;
}

void
family_end(family *f)
{
    int64_t until = now_ms() + END_MS;

    /* SIGINT is lighttpd's way to be asked kindly: it takes nothing new and finishes what it has. */
    signal_each(f, false, SIGINT);
    bool gone = wait_gone(f, false, until);
    signal_each(f, true, SIGTERM);
    if (gone && wait_gone(f, true, until + f->patience))
        return;
    signal_each(f, false, SIGKILL);
    signal_each(f, true, SIGKILL);
    wait_gone(f, false, INT64_MAX);
    wait_gone(f, true, INT64_MAX);
}
