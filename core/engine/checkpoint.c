/*
 * Checkpoints: made by git in the sandbox, looked at here as data, written to the database part by part.
 *
 * Between two parts the worker does other things: what is kept may be large, and nothing in a worker's loop may wait.
 */
#include "engine/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context/ids.h"
#include "context/settings.h"
#include "engine/git.h"
#include "resources/checkpoints.h"

#define CHECKPOINT_REF "refs/checkpoint"

enum { KEEP_START, KEEP_STORE, KEEP_DONE };

static const struct {
    const char *name; /* below CC_GIT_OUT */
    int64_t     most; /* bytes; 0: the setting */
} files[] = {
    [CC_KEPT_BUNDLE] = {"bundle", 0},
    [CC_KEPT_PATCH] = {"patch", CC_CHECKPOINT_PATCH_MAX},
    [CC_KEPT_NUMBERS] = {"numbers", CC_CHECKPOINT_NUMBERS_MAX},
};

/* ---- making one ----------------------------------------------------------------------------------- */

void
cc_checkpoint_begin(cc_slot *s)
{
    /* A rehearsal changes nothing, and who works on no repository has nowhere to begin. */
    const bool wanted = s->has_repository && s->git_branch && !s->agent->rehearsal;

    s->keep = (cc_checkpoint){.stage = wanted ? KEEP_START : KEEP_DONE, .fd = -1};
}

bool
cc_checkpoint_done(const cc_slot *s)
{
    return s->keep.stage == KEEP_DONE;
}

void
cc_checkpoint_forget(cc_slot *s)
{
    if (s->keep.stage != KEEP_DONE && s->keep.fd >= 0)
        close(s->keep.fd);
    s->keep = (cc_checkpoint){.stage = KEEP_DONE, .fd = -1};
}

static cc_err
keep_start(cc_slot *s)
{
    const char *const variables[] = {
        cc_printf(s->arena, "MESSAGE=Step %d: %s", s->position + 1, s->plan.steps[s->position].label),
        cc_printf(s->arena, "TIP=%s", s->head ? s->head : ""),
        cc_printf(s->arena, "PATCH_MOST=%d", CC_CHECKPOINT_PATCH_MAX),
        cc_printf(s->arena, "NUMBERS_MOST=%d", CC_CHECKPOINT_NUMBERS_MAX),
    };
    const cc_git_task task = {
        .stage = "keep",
        .writes = 1u << CC_GIT_TREE | 1u << CC_GIT_KEPT | 1u << CC_GIT_OUT,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = -1,
    };

    return cc_git_start(s, &task);
}

/* A step that has failed is the better reason. */
static void
trouble(cc_slot *s, const cc_reason *why)
{
    const cc_plan_row *row = cc_slot_row(s);

    s->keep.stage = KEEP_DONE;
    if (row && row->failed)
        cc_slot_say(s, why->text);
    else
        cc_slot_fail(s, why);
}

/* ---- writing it down ------------------------------------------------------------------------------ */

/* The file of a kind that has come out of the sandbox; -1: there is none that can be kept. */
static int
out_open(cc_slot *s, cc_kept kind)
{
    const char *out = cc_git_place_path(s, CC_GIT_OUT);
    const char *path = out ? cc_printf(s->arena, "%s/%s", out, files[kind].name) : NULL;
    int         fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    struct stat st;

    if (fd >= 0 &&
        (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (files[kind].most && st.st_size > files[kind].most))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* One part, or the step to the next file. */
static cc_err
store(cc_slot *s)
{
    cc_checkpoint           *k = &s->keep;
    const cc_checkpoint_name name = {s->lease.project_id, s->lease.id, k->id};
    cc_db                   *db = cc_app_db(s->w->app);
    char                    *data = k->fd >= 0 ? cc_alloc(s->scratch, CC_CHECKPOINT_PART) : NULL;
    cc_err                   err;

    if (k->fd >= 0 && !data)
        return CC_E_UNAVAILABLE;
    ssize_t n = k->fd >= 0 ? pread(k->fd, data, CC_CHECKPOINT_PART, (off_t)(k->part * CC_CHECKPOINT_PART)) : 0;
    if (n < 0) {
        trouble(s, cc_reason_plain(s->arena, CC_REASON_CHANGES_UNREADABLE));
        return CC_OK;
    }
    if (n > 0) {
        if ((err = cc_tx_begin(db)) == CC_OK)
            err = cc_tx_end(
                db, cc_checkpoint_write(s->w->app, &name, (cc_kept)k->kind, k->part, (cc_bytes){data, (size_t)n}));
        k->part += err == CC_OK;
        return err;
    }
    if (k->fd >= 0)
        close(k->fd);
    k->fd = -1;
    k->part = 0;
    if (++k->kind < CC_KEPT__MAX) {
        k->fd = out_open(s, (cc_kept)k->kind);
    } else {
        k->kept = true;
        k->stage = KEEP_DONE;
    }
    return CC_OK;
}

/* Upon one commit, or upon nothing, as `keep` makes it. */
static const char *
only_base(cc_arena *a, const char *bases)
{
    size_t n = strcspn(bases, " ");

    return !bases[0] || !bases[n] || !bases[n + 1] ? cc_strndup(a, bases, n) : NULL;
}

void
cc_checkpoint_ended(cc_slot *s, int code)
{
    const int64_t  most = cc_setting_int(s->w->app, CC_SETTING_checkpointMb) << 20;
    const int64_t  room = cc_setting_int(s->w->app, CC_SETTING_workspaceMb) << 20;
    const char    *out = cc_git_place_path(s, CC_GIT_OUT), *path = out ? cc_printf(s->arena, "%s/bundle", out) : NULL;
    cc_reason_code why;
    cc_bundle      bundle;

    if (code != 0) {
        trouble(s, cc_git_reason(s, CC_REASON_COMMIT_FAILED));
        return;
    }
    if ((why = cc_bundle_open(s->arena, path, CHECKPOINT_REF, room, &bundle)) != CC_REASON_NONE) {
        trouble(s, cc_reason_plain(s->arena, why));
        return;
    }
    s->keep.stage = KEEP_DONE;
    if (bundle.fd < 0) /* nothing has changed since the one before */
        return;
    s->keep.head = bundle.tip;
    if (!(s->keep.base = only_base(s->arena, bundle.bases))) {
        s->keep.head = NULL;
        trouble(s, cc_reason_plain(s->arena, CC_REASON_CHANGES_INVALID));
    } else if (bundle.size > most) {
        cc_slot_say(s, cc_printf(s->arena,
                                 "The changes so far are %lld KB, more than is kept of a run after each step (setting "
                                 "checkpointMb: %lld MB): they are in the run's directory alone.",
                                 (long long)((bundle.size + 1023) / 1024), (long long)(most >> 20)));
    } else {
        cc_id_new(s->w->app, "ckp_", s->keep.id);
        s->keep.fd = bundle.fd;
        s->keep.stage = KEEP_STORE;
        return;
    }
    close(bundle.fd);
}

cc_err
cc_checkpoint_go(cc_slot *s, bool *started)
{
    cc_err err = CC_OK;

    *started = false;
    if (s->keep.stage == KEEP_START) {
        err = keep_start(s);
        *started = err == CC_OK;
    } else if (s->keep.stage == KEEP_STORE) {
        err = store(s);
        cc_arena_reset(s->scratch);
    }
    if (err == CC_OK || err == CC_E_UNAVAILABLE)
        return err;
    s->keep.stage = KEEP_DONE; /* s->failure says why, or storage will not take it */
    if (!s->failure)
        trouble(s, cc_reason_plain(s->arena, CC_REASON_CHANGES_NOT_KEPT));
    return CC_OK;
}

CC_STATEMENT(step_keep,
             "UPDATE run_steps SET base_commit = :base, head_commit = :head, checkpoint_id = :checkpoint_id "
             "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
             TEXT(base), TEXT(head), TEXT(checkpoint_id), TEXT(project_id), TEXT(run_id), INT(iteration),
             INT(position));
CC_STATEMENT(run_keep,
             "UPDATE runs SET head_commit = :head, checkpoint_id = :checkpoint_id "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND worker = :worker",
             TEXT(head), TEXT(checkpoint_id), CC_RUN_PARAMS, TEXT(worker));

cc_err
cc_checkpoint_note(cc_slot *s)
{
    const cc_checkpoint *k = &s->keep;
    const char          *id = k->kept ? k->id : NULL;
    cc_db               *db = cc_app_db(s->w->app);
    cc_err               err;

    if (!k->head)
        return CC_OK;
    err = cc_db_run(db, step_keep, .base = k->base[0] ? k->base : NULL, .head = k->head, .checkpoint_id = id,
                    .project_id = s->lease.project_id, .run_id = s->lease.id, .iteration = s->iteration,
                    .position = s->position);
    if (err == CC_OK)
        err = cc_db_run(db, run_keep, .head = k->head, .checkpoint_id = id, CC_THE_RUN(s->lease),
                        .worker = s->lease.worker);
    return err;
}

/* ---- putting it back ------------------------------------------------------------------------------ */

cc_err
cc_checkpoint_reset(cc_slot *s)
{
    const char *const variables[] = {cc_printf(s->arena, "TIP=%s", s->head ? s->head : "")};
    const cc_git_task task = {
        .stage = "reset",
        .writes = 1u << CC_GIT_TREE | 1u << CC_GIT_KEPT,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = -1,
    };

    return cc_git_start(s, &task);
}

static cc_err
part_append(void *ctx, cc_bytes data)
{
    FILE *file = ctx;

    return fwrite(data.data, 1, data.size, file) == data.size ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
to_file(cc_slot *s, const char *path)
{
    const cc_checkpoint_name name = {s->lease.project_id, s->lease.id, s->checkpoint};
    FILE                    *file = fopen(path, "we");
    cc_err                   err = CC_E_UNAVAILABLE;

    if (file) {
        err = cc_checkpoint_read(s->w->app, &name, CC_KEPT_BUNDLE, part_append, file);
        if (fclose(file) != 0)
            err = CC_E_UNAVAILABLE;
    }
    return err;
}

cc_err
cc_checkpoint_fetch(cc_slot *s, int *fd, const char **tip, const char **base)
{
    const int64_t  room = cc_setting_int(s->w->app, CC_SETTING_workspaceMb) << 20;
    const char    *path = cc_printf(s->arena, "%s/checkpoint", s->root);
    cc_reason_code why = CC_REASON_NONE;
    cc_bundle      bundle;
    cc_err         err;

    *fd = -1;
    *tip = *base = "";
    if (!s->head)
        return CC_OK;
    if (!s->checkpoint) {
        cc_slot_fail(s, cc_reason_plain(s->arena, CC_REASON_CHECKPOINT_TOO_LARGE));
        return CC_E_INTERNAL;
    }
    if (!path)
        return CC_E_UNAVAILABLE;
    if ((err = to_file(s, path)) == CC_OK)
        why = cc_bundle_open(s->arena, path, CHECKPOINT_REF, room, &bundle);
    (void)unlink(path);
    if (err != CC_OK)
        return err;
    if (why == CC_REASON_NONE && bundle.fd < 0)
        why = CC_REASON_CHANGES_GONE;
    if (why == CC_REASON_NONE && !(*base = only_base(s->arena, bundle.bases))) {
        close(bundle.fd);
        why = CC_REASON_CHANGES_INVALID;
    }
    if (why != CC_REASON_NONE) {
        cc_slot_fail(s, cc_reason_plain(s->arena, why));
        return CC_E_INTERNAL;
    }
    *fd = bundle.fd;
    *tip = bundle.tip;
    return CC_OK;
}
