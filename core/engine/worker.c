/*
 * The worker: a loop that takes runs, lets its slots go on, and sleeps in between.
 *
 * It sleeps in poll() on the output of its agents, on an event and on what other machines say.  The event is a word in
 * the shared state, which poll cannot watch; so a small thread sleeps on it and passes each notify on.  What comes from
 * another machine becomes such an event.  In case that one did not come (the shared state could not be mapped, the
 * connection to the server was lost) the worker looks by itself, once in lookMs: that is five index probes.
 */
#include "engine/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/settings.h"
#include "context/wake.h"
#include "engine/deliver.h"
#include "engine/forge_work.h"
#include "engine/program.h"
#include "engine/seccomp.h"
#include "engine/slot.h"
#include "engine/thinning.h"
#include "engine/workers.h"
#include "engine/workspace.h"
#include "resources/candidates.h"
#include "resources/resources.h"

static const cc_forge_job *const forge_jobs[] = {&cc_proposal_job, &cc_pull_job,     &cc_issue_job,
                                                 &cc_branch_job,   &cc_provider_job, NULL};
/* Apart from them: a mail server that does not answer keeps no pull request waiting. */
static const cc_forge_job *const mail_jobs[] = {&cc_mail_job, NULL};

enum {
    POLL_MS = 1000,
    EVENT_MS = 60000,
    TICK_MS = 60000,
    SWEEP_MS = 600000,
    CLOCK_SLACK_MS = 1000,
    STOP_MS = 8000,    /* less than who stops us has patience for, and enough for agents to end */
    PATIENCE_MS = 500, /* for storage: agents are to be watched meanwhile, and it is asked again anyway */
    STRAYS_AT_ONCE = 100,
    SLOTS_MOST = 256,
    WHY_SIZE = 320,
    LIMITS_SIZE = sizeof((cc_worker *)0)->limits,
};

/* The two ways to hold a step to its limits; either protects, the first one better.  `why`: what of that cannot be had.
 */
static void
limits_find(cc_cgroups *g, bool only_look, char why[WHY_SIZE], char words[LIMITS_SIZE])
{
    if (cc_cgroups_open(g, only_look, why, WHY_SIZE))
        snprintf(words, LIMITS_SIZE, CC_WORDS("by cgroup (%s), and for each process"),
                 !g->processes ? CC_WORDS("memory")
                 : g->memory   ? CC_WORDS("memory, processes")
                               : CC_WORDS("processes"));
    else
        snprintf(words, LIMITS_SIZE, CC_WORDS("for each process, and watched for the step as a whole; no cgroup: %s"),
                 why);
}

/* ---- the event -------------------------------------------------------------------------------------- */

typedef struct ear {
    cc_shared  *shared;
    int         fd;
    atomic_bool done;
    bool        running;
    pthread_t   thread;
} ear;

static void *
hear(void *ctx)
{
    ear     *e = ctx;
    uint32_t heard = cc_event_count(e->shared, CC_EVENT_WORK);
    uint64_t one = 1;

    while (!atomic_load(&e->done)) {
        cc_event_wait(e->shared, CC_EVENT_WORK, heard, EVENT_MS);
        uint32_t now = cc_event_count(e->shared, CC_EVENT_WORK);
        if (now != heard)
            (void)!write(e->fd, &one, sizeof(one));
        heard = now;
    }
    return NULL;
}

static bool
ear_open(ear *e, cc_app *app)
{
    sigset_t all, before;

    *e = (ear){.shared = cc_app_shared(app), .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (e->fd < 0)
        return false;
    sigfillset(&all); /* signals are the caller's affair */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    e->running = pthread_create(&e->thread, NULL, hear, e) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return true;
}

static void
ear_close(ear *e)
{
    if (e->running) {
        atomic_store(&e->done, true);
        cc_event_notify(e->shared, CC_EVENT_WORK);
        pthread_join(e->thread, NULL);
    }
    if (e->fd >= 0)
        close(e->fd);
}

/* ---- taking ---------------------------------------------------------------------------------------- */

static bool
is_resting(const cc_worker *w)
{
    return w->rest_ms && cc_app_monotonic(w->app) < w->rest_until;
}

static void
hold_name(cc_worker *w, char out[64])
{
    snprintf(out, 64, "%s:%llx", w->name, (unsigned long long)++w->holds);
}

static cc_slot *
free_slot(cc_worker *w)
{
    for (int i = 0; i < w->slot_count; i++)
        if (cc_slot_idle(w->slots[i]))
            return w->slots[i];
    return NULL;
}

static bool
all_idle(const cc_worker *w)
{
    for (int i = 0; i < w->slot_count; i++)
        if (!cc_slot_idle(w->slots[i]))
            return false;
    return true;
}

/* What nobody holds: settle it, or go on with it. */
static void
strays(cc_worker *w)
{
    char name[64];
    bool got, any = true;

    for (int i = 0; any && i < STRAYS_AT_ONCE; i++) {
        cc_slot *s = w->stopping || is_resting(w) ? NULL : free_slot(w);
        cc_lease lease;
        hold_name(w, name);
        if (cc_lease_sweep(w->app, &w->watch, name, s != NULL, &lease, &got, &any) != CC_OK)
            return;
        if (got) {
            *cc_slot_lease(s) = lease;
            cc_slot_begin(s);
        }
    }
}

static bool
is_last_slot(const cc_worker *w)
{
    int free = 0;

    for (int i = 0; i < w->slot_count; i++)
        free += cc_slot_idle(w->slots[i]);
    return w->slot_count > 1 && free == 1;
}

/* Give every free slot a run.  *empty: there was none for the last one. */
static void
take(cc_worker *w, bool *empty)
{
    cc_slot *s;
    char     name[64];
    bool     got = true;

    *empty = false;
    while (got && !w->stopping && !is_resting(w) && (s = free_slot(w))) {
        hold_name(w, name);
        if (cc_lease_take(w->app, name, is_last_slot(w), cc_slot_lease(s), &got) != CC_OK)
            return;
        *empty = !got;
        if (got) {
            cc_slot_begin(s);
            cc_slot_go(s, cc_app_monotonic(w->app));
        }
    }
}

/* ---- sleeping -------------------------------------------------------------------------------------- */

/* Has it been told to stop for the second time, or has it no patience anyway? */
static bool
is_hurried(const cc_worker *w)
{
    return w->stopping && cc_app_monotonic(w->app) >= w->drain_until;
}

/* Told to stop: steps in hand may end, unless it is told again. */
static void
stop(cc_worker *w)
{
    const int64_t now = cc_app_monotonic(w->app);
    const int64_t patience = w->stopping ? 0 : cc_setting_int(w->app, CC_SETTING_drainSeconds) * 1000;
    char          drop[1024];

    while (read(w->options->stop_fd, drop, sizeof(drop)) == (ssize_t)sizeof(drop)) /* to hear of the next time */
        ;
    w->stopping = true;
    w->drain_until = now + patience;
    w->stop_by = w->drain_until + STOP_MS;
    if (patience && !all_idle(w))
        cc_log(w->app, "worker: ending when the steps in hand have ended, in %lld s at the latest",
               (long long)patience / 1000);
    else
        cc_log(w->app, "worker: ending");
}

/* Wait until something happens or `until`; *notified: the event did. */
static void
sleep_until(cc_worker *w, const ear *e, int64_t until, bool *notified)
{
    struct pollfd fds[CC_SLOT_FDS * SLOTS_MOST + 4 + 2 * CC_FORGE_WORK_FDS + CC_DELIVERY_WORK_FDS];
    nfds_t        n = 0;
    int           of_slot[CC_SLOT_FDS];
    uint64_t      count;

    *notified = false;
    fds[n++] = (struct pollfd){.fd = e->fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = is_hurried(w) ? -1 : w->options->stop_fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = w->sweeper.pid ? w->sweeper.pidfd : -1, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = cc_db_socket(cc_app_db(w->app)), .events = POLLIN};
    for (int k = 0, count_of = cc_forge_work_fds(w->forges, of_slot); k < count_of; k++)
        fds[n++] = (struct pollfd){.fd = of_slot[k], .events = POLLIN};
    for (int k = 0, count_of = cc_forge_work_fds(w->mails, of_slot); k < count_of; k++)
        fds[n++] = (struct pollfd){.fd = of_slot[k], .events = POLLIN};
    for (int k = 0, count_of = cc_delivery_work_fds(w->deliveries, of_slot); k < count_of; k++)
        fds[n++] = (struct pollfd){.fd = of_slot[k], .events = POLLIN};
    for (int i = 0; i < w->slot_count; i++) {
        int count_of = cc_slot_fds(w->slots[i], of_slot);
        for (int k = 0; k < count_of; k++)
            fds[n++] = (struct pollfd){.fd = of_slot[k], .events = POLLIN};
    }
    int64_t wait = cc_clock_left(cc_app_clock(w->app), until);
    int     ready = poll(fds, n, (int)(wait < POLL_MS ? wait : POLL_MS));
    if (ready <= 0)
        return;
    if (fds[0].revents & POLLIN)
        *notified = read(e->fd, &count, sizeof(count)) > 0;
    if (fds[1].revents)
        stop(w);
}

static int64_t
next_due(const cc_worker *w, int64_t look_at)
{
    int64_t due = w->stopping && w->drain_until < look_at ? w->drain_until : look_at;

    if (is_resting(w) && w->rest_until < due)
        due = w->rest_until;
    for (int i = 0; i < w->slot_count; i++) {
        int64_t d = cc_slot_due(w->slots[i]);
        due = d < due ? d : due;
    }
    return due;
}

/* ---- the loop -------------------------------------------------------------------------------------- */

/* With nothing left to do, and, when draining, nothing that waits for its turn. */
static bool
is_done(cc_worker *w, bool empty)
{
    bool pending = true;

    if (!all_idle(w))
        return false;
    if (w->stopping) /* what a forge is asked for is not waited for: another worker takes it up */
        return !cc_delivery_work_ending(w->deliveries, cc_app_monotonic(w->app));
    if (!w->options->drain || !empty || w->sweeper.pid || cc_forge_work_waiting(w->forges) ||
        cc_forge_work_waiting(w->mails) || cc_delivery_work_waiting(w->deliveries))
        return false;
    if (cc_watch_doubtful(&w->watch)) /* perhaps only of what we have ended ourselves since the last look */
        strays(w);
    if (!all_idle(w) || cc_watch_doubtful(&w->watch))
        return false;
    if (cc_chains_continue(w->app) || cc_candidates_continue(w->app)) /* what has just ended may be part of them */
        return false;
    return cc_lease_any_pending(w->app, &pending) == CC_OK && !pending;
}

/* A clock that was set back, or is behind what it was when the last worker looked, must not silence a schedule. */
static void
clock_check(cc_worker *w, int64_t now)
{
    int64_t clock = cc_app_now(w->app) - now;

    if (clock < w->clock - CLOCK_SLACK_MS)
        cc_schedules_mend(w->app);
    w->clock = clock;
}

static cc_err
loop(cc_worker *w, const ear *e)
{
    int64_t look_at = 0, tick_at = cc_app_monotonic(w->app) + TICK_MS, sweep_at = 0, thin_at = 0;
    bool    notified = true, empty = false;

    for (;;) {
        cc_app_lock(w->app);
        cc_db_hear(cc_app_db(w->app));
        int64_t now = cc_app_monotonic(w->app);
        bool    was_busy = false, freed = false;
        for (int i = 0; i < w->slot_count; i++) {
            was_busy = !cc_slot_idle(w->slots[i]);
            if (notified)
                cc_slot_news(w->slots[i]);
            cc_slot_go(w->slots[i], now);
            freed |= was_busy && cc_slot_idle(w->slots[i]);
        }
        if ((notified || now >= look_at) && cc_db_moved(cc_app_db(w->app))) {
            cc_app_unlock(w->app);
            cc_log(w->app, "worker: the database was moved away or replaced; ending at once");
            return CC_E_UNAVAILABLE; /* whoever holds the file that is there now finds out that we are lost */
        }
        const bool look = notified || now >= look_at;
        if (look) {
            clock_check(w, now);
            cc_schedules_start(w->app);
            strays(w);
            look_at = now + cc_setting_int(w->app, CC_SETTING_lookMs);
            empty = false;
        }
        if (!empty || freed) {
            (void)cc_chains_continue(w->app);
            (void)cc_candidates_continue(w->app);
            take(w, &empty);
        }
        cc_forge_work_go(w->forges, look, now);
        cc_forge_work_go(w->mails, look, now);
        cc_delivery_work_go(w->deliveries, look, now);
        if (w->sweeper.pid)
            cc_process_look(&w->sweeper, now);
        if (w->sweeper.exited)
            cc_process_close(&w->sweeper);
        if (now >= sweep_at && !w->sweeper.pid && !w->stopping) {
            cc_workspace_sweep(w);
            sweep_at = now + SWEEP_MS;
        }
        if (now >= thin_at && !w->stopping)
            thin_at = now + (cc_thin(w) ? 0 : SWEEP_MS);
        cc_cgroups_tidy(&w->cgroups);
        bool    done = is_done(w, empty);
        int64_t due = next_due(w, look_at);
        cc_app_unlock(w->app);
        if (done)
            return CC_OK;
        if (w->stopping && now >= w->stop_by) {
            cc_log(w->app, "worker: runs could not be handed back; they will be found lost");
            return CC_E_UNAVAILABLE;
        }
        if (now >= tick_at) {
            cc_app_lock(w->app);
            cc_workers_tell(w, now);
            cc_app_unlock(w->app);
            (void)cc_app_tick(w->app); /* says in the log what went wrong */
            tick_at = now + TICK_MS;
        }
        sleep_until(w, e, due, &notified);
    }
}

/* A name that no other worker has: machine, process, and random bytes for machines that share both. */
static void
worker_name(cc_worker *w)
{
    char     host[20] = "";
    uint32_t rng;

    if (gethostname(host, sizeof(host) - 1) != 0)
        host[0] = '\0';
    cc_random(w->app, &rng, sizeof(rng));
    snprintf(w->name, sizeof(w->name), "%s:%ld:%08x", host, (long)getpid(), (unsigned)rng);
}

/* CC_OK and w->sandbox as the operator wants it.  There is no way on without it but by the operator's word. */
static void
sandbox_choose(cc_worker *w)
{
    if (strcmp(cc_setting_text(w->app, CC_SETTING_sandbox), "off") == 0) {
        cc_log(w->app, "worker: sandbox = off: agents run with the worker's rights and see all that it sees");
        return;
    }
    w->sandbox = true;
    if (!cc_sandbox_works(w->directory, w->no_sandbox, sizeof(w->no_sandbox)))
        cc_log(w->app, "worker: live runs are refused, for the sandbox does not work: %s", w->no_sandbox);
}

cc_err
cc_work(cc_app *app, const cc_work_options *options)
{
    cc_worker w = {.app = app, .options = options, .slot_count = options->slots, .clock = INT64_MAX};
    ear       e = {.fd = -1};
    char      why[WHY_SIZE];
    char     *directory = realpath(cc_app_directory(app)[0] ? cc_app_directory(app) : ".", NULL);
    cc_err    err = CC_E_UNAVAILABLE;

    if ((err = cc_app_enter(app)) != CC_OK)
        goto done;
    cc_app_unlock(app);
    err = CC_E_UNAVAILABLE;
    if (w.slot_count <= 0)
        w.slot_count = (int)cc_setting_int(app, CC_SETTING_slots);
    if (w.slot_count > SLOTS_MOST)
        w.slot_count = SLOTS_MOST;
    if (!directory || !(w.slots = calloc((size_t)w.slot_count, sizeof(*w.slots))))
        goto done;
    w.directory = directory;
    cc_process_clear(&w.sweeper);
    for (int i = 0; i < w.slot_count; i++)
        if (!(w.slots[i] = cc_slot_new(&w)))
            goto done;
    if (!ear_open(&e, app) || (options->forge && !(w.forges = cc_forge_work_new(&w, forge_jobs))) ||
        (options->forge && cc_sends_mail(app) && !(w.mails = cc_forge_work_new(&w, mail_jobs))) ||
        (options->deliver && !(w.deliveries = cc_delivery_work_new(&w))))
        goto done;
    worker_name(&w);
    sandbox_choose(&w);
    limits_find(&w.cgroups, false, why, w.limits);
    if (why[0])
        cc_log(app, "worker: limits are watched, not enforced for a step as a whole: %s", why);
    cc_db_patience(cc_app_db(app), PATIENCE_MS);
    cc_app_lock(app);
    (void)cc_wake_listen(app); /* without it the worker looks by itself */
    cc_workers_tell(&w, cc_app_monotonic(app));
    cc_app_unlock(app);
    err = loop(&w, &e);
    cc_app_lock(app);
    cc_workers_leave(&w);
    cc_app_unlock(app);

done:
    ear_close(&e);
    if (w.sweeper.pid)
        cc_process_close(&w.sweeper);
    cc_forge_work_free(w.forges);
    cc_forge_work_free(w.mails);
    cc_delivery_work_free(w.deliveries);
    for (int i = 0; w.slots && i < w.slot_count; i++)
        cc_slot_free(w.slots[i]);
    cc_watch_free(&w.watch);
    free(w.slots);
    free(directory);
    return err;
}

/* ---- for `doctor` ---------------------------------------------------------------------------------- */

/* Has this one told of a way that none before it has? */
static bool
limits_new(const cc_workers *workers, int which)
{
    const char *limits = workers->workers[which].limits;

    for (int i = 0; limits && i < which; i++)
        if (workers->workers[i].limits && strcmp(workers->workers[i].limits, limits) == 0)
            return false;
    return limits != NULL;
}

/* Of the workers that are there, each way once: they stand elsewhere in the cgroup tree than who asks.  Without any:
 * what one would have that is started here. */
static void
limits_check(cc_app *app, cc_arena *a, void (*each)(void *ctx, bool ok, const char *what, const char *words), void *ctx)
{
    cc_workers workers = {0};
    cc_cgroups g;
    char       why[WHY_SIZE], words[LIMITS_SIZE];
    bool       told = false;

    if (cc_workers_load(app, a, &workers) != CC_OK)
        workers.count = 0;
    for (int i = 0; i < workers.count; i++) {
        if (!limits_new(&workers, i))
            continue;
        each(ctx, true, CC_WORDS("limits of agents"), workers.workers[i].limits);
        told = true;
    }
    if (told)
        return;
    limits_find(&g, true, why, words);
    each(ctx, true, CC_WORDS("limits of agents"), words);
}

/* What of the line between agents and the machine is in force; each part that is missing fails. */
static void
isolation_check(cc_app *app, cc_arena *a, void (*each)(void *ctx, bool ok, const char *what, const char *words),
                void *ctx)
{
    struct sock_filter filter[CC_SECCOMP_MAX];
    const char        *egress = cc_setting_text(app, CC_SETTING_egress), *words;
    char              *data = realpath(cc_app_directory(app)[0] ? cc_app_directory(app) : ".", NULL);
    char               why[512] = "";

    if (strcmp(cc_setting_text(app, CC_SETTING_sandbox), "off") == 0) {
        each(ctx, false, CC_WORDS("isolation"),
             CC_WORDS("switched off (setting sandbox): agents have the worker's rights"));
        free(data);
        return;
    }
    const bool works = data && cc_sandbox_works(data, why, sizeof(why));
    each(ctx, works, CC_WORDS("isolation"),
         !works ? why
         : geteuid() == 0
             ? CC_WORDS("bubblewrap; agents see the system's programs and their own directories, under an account of "
                        "their project's")
             : CC_WORDS("bubblewrap; agents see the system's programs and their own directories, under this account"));
    const bool filtered = cc_seccomp_filter(filter) > 0;
    each(ctx, filtered, CC_WORDS("system calls"),
         filtered ? CC_WORDS("those that only attacks need are refused (seccomp)")
                  : CC_WORDS("there is no filter for this kind of machine"));
    words = cc_printf(a, CC_WORDS("%s (setting egress)"),
                      strcmp(egress, "none") == 0   ? "none"
                      : strcmp(egress, "open") == 0 ? CC_WORDS("all public addresses, through the proxy")
                                                    : CC_WORDS("listed hosts only, through the proxy"));
    each(ctx, true, CC_WORDS("network of agents"), words ? words : egress);
    limits_check(app, a, each, ctx);
    free(data);
}

void
cc_engine_check(cc_app *app, void (*each)(void *ctx, bool ok, const char *what, const char *words), void *ctx)
{
    cc_arena       *a = cc_arena_new();
    const cc_agent *agent;
    char            why[512] = "";

    if (!a)
        return;
    isolation_check(app, a, each, ctx);
    const char *git = cc_program_find(a, "git");
    const bool  any = cc_agent_any(app, a) != NULL;
    each(ctx, git != NULL, "git", git ? git : CC_WORDS("not installed: runs with a repository fail"));
    for (size_t i = 0; (agent = cc_agent_at(i)); i++) {
        if (agent->rehearsal)
            continue;
        if (!(agent = cc_agent_find(app, a, agent->name)))
            break;
        const char *program = cc_agent_program(agent, a, why, sizeof(why));
        const char *what = cc_printf(a, CC_WORDS("agent %s"), agent->name);
        /* One is enough; the others are said, not complained about. */
        each(ctx, program != NULL || any, what ? what : "agent", program ? program : why);
    }
    cc_arena_free(a);
}
