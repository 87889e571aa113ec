/*
 * What a worker asks forges for.
 *
 * One thing at a time, each call in a process of its own (cc_work_options.forge), which may take as long as a forge
 * does: the worker's loop only looks whether it has answered.
 */
#include "engine/forge_work.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mend.h"
#include "engine/assignment.h"
#include "engine/credential.h"

enum {
    CALL_MS = 120000,
    ANSWER_MAX = 4 << 20,
    TRIES_MAX = 6,
    AGAIN_MS = 30000,
    AGAIN_MAX_S = 86400,
};

cc_forge_work *
cc_forge_work_new(cc_worker *w, const cc_forge_job *const *jobs)
{
    cc_forge_work *f = w->options->forge ? calloc(1, sizeof(*f)) : NULL;

    if (!f)
        return NULL;
    f->w = w;
    f->jobs = jobs;
    cc_process_clear(&f->process);
    if (!(f->arena = cc_arena_new())) {
        free(f);
        return NULL;
    }
    return f;
}

void
cc_forge_work_free(cc_forge_work *f)
{
    if (!f)
        return;
    cc_process_close(&f->process);
    cc_arena_free(f->arena);
    free(f->answer);
    free(f);
}

int
cc_forge_work_fds(const cc_forge_work *f, int fds[CC_FORGE_WORK_FDS])
{
    if (!f || !f->process.pid)
        return 0;
    fds[0] = f->process.pidfd;
    fds[1] = f->process.out;
    return fds[1] >= 0 ? 2 : 1;
}

/* ---- the call --------------------------------------------------------------------------------------- */

static int
inside(void *ctx, int out)
{
    const cc_forge_work *f = ctx;

    return f->w->options->forge(&f->call, out);
}

void
cc_forge_ask(cc_forge_work *f, const char *what, int64_t now)
{
    const cc_launch l = {.inside = inside, .inside_ctx = f, .directory = "/"};
    char            why[320];

    f->call.what = what;
    f->size = 0;
    f->call_by = now + CALL_MS;
    if (cc_process_start(&f->process, &l, why, sizeof(why)) == CC_OK)
        return;
    cc_log(f->w->app, "worker: no forge can be asked: %s", why);
    f->job->not_asked(f, "the worker could not start a process");
}

/* What a forge is reached with.  *error: why it cannot be. */
static cc_err
call_prepare(cc_forge_work *f, const cc_reason **error)
{
    cc_app        *app = f->w->app;
    cc_arena      *a = f->arena;
    cc_repository  origin;
    cc_run_project project;
    const char    *path;
    cc_err         err = f->repository ? cc_run_project_load(app, a, f->project_id, &project) : CC_OK;

    if (!f->repository)
        return CC_OK;
    *error = err == CC_OK ? cc_credential_origin(app, a, f->repository, &origin, &path) : NULL;
    if (err != CC_OK || *error)
        return err;
    cc_credential c = {.app = app, .environment = project.environment, .origin = &origin};
    if (!cc_forge_of(app, a, &origin, &c.forge))
        return CC_E_UNAVAILABLE;
    f->call.forge = c.forge.kind;
    f->call.api = c.forge.api;
    f->call.token = cc_credential_token(&c);
    f->call.repository = f->repository;
    if (!c.forge.kind)
        *error = cc_reason_plain(a, CC_REASON_FORGE_UNKNOWN);
    else if (!f->call.token || !*f->call.token)
        *error = cc_reason_plain(a, CC_REASON_FORGE_NO_TOKEN);
    return CC_OK;
}

void
cc_forge_rest(cc_forge_work *f)
{
    cc_process_close(&f->process);
    cc_arena_reset(f->arena);
    f->job = NULL;
    f->of = NULL;
    f->call = (cc_forge_call){0};
    f->project_id = f->repository = NULL;
}

/* ---- what is said ----------------------------------------------------------------------------------- */

cc_forge_trouble
cc_forge_trouble_of(const cc_json *answer)
{
    const char *error = answer ? cc_json_text_at(answer, "error") : "";

    return (cc_forge_trouble){
        .error = *error || !answer ? error : NULL,
        .status = answer ? (int64_t)cc_json_number_at(answer, "status") : 0,
        .retry_after_s = answer ? (int64_t)cc_json_number_at(answer, "retryAfter") : 0,
    };
}

/* It was asked too often, is broken, or did not answer: that passes.  What it refuses, it will refuse again. */
int64_t
cc_forge_again_ms(const cc_forge_trouble *trouble, int64_t tries)
{
    const bool passes =
        trouble->retry_after_s > 0 || trouble->status == 0 || trouble->status == 429 || trouble->status >= 500;
    int64_t next = (int64_t)AGAIN_MS << (tries < TRIES_MAX ? tries : TRIES_MAX);

    if (!trouble->error || !passes || tries >= TRIES_MAX)
        return 0;
    if (trouble->retry_after_s > 0 && trouble->retry_after_s < AGAIN_MAX_S && trouble->retry_after_s * 1000 > next)
        next = trouble->retry_after_s * 1000;
    return next;
}

static void
answered(cc_forge_work *f, int64_t now)
{
    cc_found found = {0};
    cc_err   err = cc_json_find(f->arena, f->answer ? f->answer : "", f->size, &found);

    cc_process_close(&f->process);
    f->job->answered(f, err == CC_OK ? found.json : NULL, now);
}

/* ---- the loop's ------------------------------------------------------------------------------------- */

static void
listen_to(cc_forge_work *f)
{
    ssize_t n;

    for (;;) {
        if (f->room - f->size < 65536) {
            char *more = f->room < ANSWER_MAX ? realloc(f->answer, f->room + 262144) : NULL;
            if (!more) {
                cc_process_kill(&f->process);
                return;
            }
            f->answer = more;
            f->room += 262144;
        }
        if ((n = read(f->process.out, f->answer + f->size, f->room - f->size)) <= 0)
            break;
        f->size += (size_t)n;
    }
    if (n == 0) {
        close(f->process.out);
        f->process.out = -1;
    }
}

/* false: none of that kind is due. */
static bool
take(cc_forge_work *f, const cc_forge_job *job, int64_t now)
{
    const cc_reason *error = NULL;
    bool             found = false;

    if (job->take(f, &found) != CC_OK || !found) {
        cc_forge_rest(f);
        return false;
    }
    f->job = job;
    if (call_prepare(f, &error) != CC_OK)
        error = cc_reason_plain(f->arena, CC_REASON_FORGE_NOT_ASKED);
    if (error)
        job->fail(f, error);
    else
        job->begin(f, now);
    return true;
}

void
cc_forge_work_go(cc_forge_work *f, bool look, int64_t now)
{
    const bool was_busy = f && f->job;

    if (!f)
        return;
    if (was_busy) {
        if (f->process.out >= 0)
            listen_to(f);
        cc_process_look(&f->process, now);
        if (now >= f->call_by)
            cc_process_kill(&f->process);
        if (f->process.exited && f->process.out < 0)
            answered(f, now);
    }
    if (f->job || !(look || was_busy) || f->w->stopping)
        return;
    for (const cc_forge_job *const *job = f->jobs; *job; job++)
        if (take(f, *job, now))
            return;
}

bool
cc_forge_work_waiting(const cc_forge_work *f)
{
    bool waiting = f && f->job;

    for (const cc_forge_job *const *job = f ? f->jobs : NULL; job && *job && !waiting; job++)
        if ((*job)->waiting(f->w->app, &waiting) != CC_OK)
            waiting = false;
    return waiting;
}
