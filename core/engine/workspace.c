/*
 * A run's directory: made before its first step, its branch recorded and pushed after the last one, removed in the end.
 *
 * git.h says what lies where and who sees it.  Git's commands are processes of the slot like agents are; nothing here
 * waits for them.
 */
#include "engine/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mend.h"
#include "context/settings.h"
#include "engine/credential.h"
#include "engine/directory.h"
#include "engine/git.h"
#include "engine/proposal.h"
#include "engine/push.h"
#include "engine/turn.h"
#include "resources/resources.h"

enum {
    DAY_S = 86400,
    FORGOTTEN_DAYS = 30,
    ASK_MS = 15000, /* a run does not wait longer for what its forge says beforehand */
    LEFT_ALONE = 3, /* what `push` ends with when the branch has moved */
    SWEEP_MOST = 1024,
};

enum { OPEN_START, OPEN_RESET, OPEN_FETCH, OPEN_CLONE, OPEN_TRY, OPEN_ASK, OPEN_DONE };
enum { CLOSE_START, CLOSE_RECORD, CLOSE_READ, CLOSE_FETCH, CLOSE_TAKE, CLOSE_PUSH, CLOSE_PULL, CLOSE_DONE };

/* ---- files ---------------------------------------------------------------------------------------- */

char *
cc_workspace_path(cc_worker *w, cc_arena *a, const char *run_id, const char *below)
{
    return cc_printf(a, "%s/runs/%s%s%s", w->directory, run_id, below[0] ? "/" : "", below);
}

static bool
file_write(const char *path, const char *text)
{
    FILE *file = path ? fopen(path, "we") : NULL;
    bool  fine = file && fputs(text, file) >= 0;

    return file ? (fclose(file) == 0 && fine) : false;
}

static const char *
below(cc_slot *s, const char *name)
{
    return cc_printf(s->arena, "%s/%s", s->root, name);
}

static bool
there(const char *path)
{
    return path && access(path, F_OK) == 0;
}

/* ---- who works here ------------------------------------------------------------------------------- */

/* When a process began, in ticks since the machine did: with the number it names one process for good.  0: none. */
static long long
began_at(pid_t pid)
{
    char      path[64], text[1024];
    long long began = 0;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    char *p = strrchr(text, ')'); /* the name before it may hold anything */
    for (int field = 2; p && field < 22; field++)
        p = strchr(p + 1, ' ');
    if (p)
        began = strtoll(p, NULL, 10);
    return began;
}

void
cc_workspace_leader(cc_slot *s, pid_t pid)
{
    char text[64];

    if (!s->root)
        return;
    const char *path = below(s, "agent");
    if (pid > 0) {
        snprintf(text, sizeof(text), "%ld %lld\n", (long)pid, began_at(pid));
        file_write(path, text);
    } else if (path) {
        unlink(path);
    }
}

/*
 * Is it a sandbox that waits for a bubblewrap that is gone?  It does so for ever if that died, with the worker, before
 * it had let it begin.
 */
static bool
is_orphan_of(const char *process, long group)
{
    char path[300], text[512];
    long is_in = 0;

    snprintf(path, sizeof(path), "/proc/%s/stat", process);
    FILE *file = fopen(path, "re");
    bool  fine = file && fgets(text, sizeof(text), file) && strstr(text, "(bwrap) ") &&
                sscanf(strrchr(text, ')') + 1, " %*c %*d %ld", &is_in) == 1;

    if (file)
        fclose(file);
    return fine && is_in == group;
}

static void
orphans_end(long group)
{
    DIR           *processes = opendir("/proc");
    struct dirent *e;

    while (processes && (e = readdir(processes)))
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && is_orphan_of(e->d_name, group))
            kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
    if (processes)
        closedir(processes);
}

/* A worker that was killed may have left what fled its death signal.  One machine, one truth: end it first. */
void
cc_workspace_end_leader(cc_slot *s)
{
    long        pid = 0;
    long long   began = 0;
    const char *path = below(s, "agent");
    FILE       *file = path ? fopen(path, "re") : NULL;

    if (!file)
        return;
    if (fscanf(file, "%ld %lld", &pid, &began) == 2 && pid > 1 && began) {
        if (began_at((pid_t)pid) == began)
            kill((pid_t)-pid, SIGKILL);
        orphans_end(pid);
    }
    fclose(file);
    unlink(path);
}

/* ---- before the first step ------------------------------------------------------------------------ */

static cc_err
directories_make(cc_slot *s)
{
    static const char *const names[] = {"home", "tmp", "git", CC_ARTIFACTS_DIRECTORY};
    const char              *runs = cc_printf(s->arena, "%s/runs", s->w->directory);

    bool fine = runs && s->root && cc_directory_make(runs) && cc_directory_make(s->root);
    for (size_t i = 0; fine && i < CC_COUNT(names); i++) {
        const char *path = below(s, names[i]);
        fine = path && cc_directory_make(path) && (!s->w->sandbox || cc_sandbox_own(s->lease.project_id, path));
    }
    for (unsigned p = 0; fine && p < CC_GIT_MIRROR; p++)
        fine = cc_git_place_make(s, (cc_git_place)p);
    if (fine && file_write(below(s, "project"), s->lease.project_id) && /* for whoever tidies when it is gone */
        (!s->turn.is_one || cc_turn_place_make(s)))
        return CC_OK;
    cc_slot_fail(s, cc_reason_new(s->arena, DIRECTORY_NOT_MADE, .detail = strerror(errno)));
    return CC_E_INTERNAL;
}

static const char *
branch_name(cc_slot *s, char between)
{
    return cc_run_branch(s->arena, s->lease.id, s->number, between);
}

/* With what the run's steps have changed already, where they have. */
static cc_err
clone_start(cc_slot *s)
{
    const char *tip, *base;
    int         fd;
    cc_err      err = cc_checkpoint_fetch(s, &fd, &tip, &base);

    if (err != CC_OK)
        return err;
    const char *const variables[] = {
        cc_printf(s->arena, "TIP=%s", tip),
        cc_printf(s->arena, "BASES=%s", base),
        cc_printf(s->arena, "ASKED=%s", s->branch ? s->branch : ""),
        cc_printf(s->arena, "BRANCH=%s", s->branch ? s->branch : branch_name(s, '/')),
        cc_printf(s->arena, "SPARE=%s", branch_name(s, '-')),
        cc_printf(s->arena, "ONTO=%s", s->base ? s->base : ""),
        cc_printf(s->arena, "ORIGIN=%s", s->origin_path ? "/repository" : s->origin.url),
    };
    const cc_git_task task = {
        .stage = "clone",
        .reads = 1u << CC_GIT_MIRROR,
        .writes = 1u << CC_GIT_TREE | 1u << CC_GIT_KEPT,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = fd,
    };

    err = cc_git_start(s, &task);
    if (fd >= 0)
        close(fd);
    return err;
}

/* "START NAME", where START is "-" if the branch was not there. */
static bool
branch_read(cc_slot *s, const char *text, size_t size)
{
    const char *space = memchr(text, ' ', size);
    size_t      n = space ? (size_t)(space - text) : 0;

    if (!n || (n != 1 && n != 40 && n != 64) || (n > 1 && strspn(text, "0123456789abcdef") != n))
        return false;
    s->git_start = n == 1 ? "" : cc_strndup(s->arena, text, n);
    s->git_branch = cc_strndup(s->arena, space + 1, size - n - 1);
    return s->git_start && s->git_branch && cc_branch_valid(s->git_branch);
}

/* The branch as it was noted when the clone was complete.  false: it never was. */
static bool
branch_load(cc_slot *s)
{
    char        text[512];
    const char *path = below(s, "branch");
    FILE       *file = path ? fopen(path, "re") : NULL;
    bool        fine = file && fgets(text, sizeof(text), file) && text[0] && branch_read(s, text, strcspn(text, "\n"));

    if (file)
        fclose(file);
    return fine;
}

static bool
branch_note(cc_slot *s)
{
    const char *path = below(s, "branch"), *fresh = below(s, "branch.new");
    const char *text = cc_printf(s->arena, "%s %s\n", s->git_start[0] ? s->git_start : "-", s->git_branch);

    return path && fresh && text && file_write(fresh, text) && rename(fresh, path) == 0;
}

/* ---- its forge ------------------------------------------------------------------------------------ */

static bool
may_pull(const cc_slot *s)
{
    const char *token = cc_git_token(s);

    return s->w->options->forge && s->forge.kind && token && *token;
}

static int
pull_inside(void *ctx, int out)
{
    cc_slot *s = ctx;

    return s->w->options->forge(&s->pull, out);
}

/* s->pull says what is asked for; whom, is said here. */
static cc_err
forge_start(cc_slot *s, int64_t most_ms)
{
    cc_launch l = {.inside = pull_inside, .inside_ctx = s, .directory = "/"};
    char      why[512];
    cc_err    err;

    s->command_by = cc_app_monotonic(s->w->app) + most_ms;
    s->last_error[0] = '\0';
    cc_gauge_begin(s, NULL, cc_app_monotonic(s->w->app));
    s->pull.forge = s->forge.kind;
    s->pull.repository = s->repository;
    s->pull.branch = s->git_branch;
    s->pull.token = cc_git_token(s);
    s->pull.api = s->forge.api;
    if ((err = cc_slot_cgroup_give(s, &l)) == CC_OK)
        err = cc_process_start(&s->process, &l, why, sizeof(why));
    return err;
}

/* Git's own dry run does not know of rules that a host keeps for a branch: its API does. */
static cc_err
ask_start(cc_slot *s)
{
    const int64_t most = cc_setting_int(s->w->app, CC_SETTING_gitTimeoutSeconds) * 1000;

    s->pull = (cc_forge_call){.what = CC_FORGE_MAY_PUSH, .head = s->git_start[0] ? s->git_start : NULL};
    return forge_start(s, most < ASK_MS ? most : ASK_MS);
}

/* What it says: only a plain no counts. */
static void
ask_heard(cc_slot *s, const char *line, size_t size)
{
    cc_found found = {0};

    if (cc_json_find(s->arena, line, size, &found) != CC_OK || !found.json)
        return;
    const char    *why = cc_json_text_at(found.json, "why");
    const cc_json *may = cc_json_at(found.json, "canPush");
    if (may && cc_json_what(may) == CC_J_BOOL && !cc_json_true(may)) {
        s->forbidden = true;
        snprintf(s->last_error, sizeof(s->last_error), "%.390s", why);
    }
}

bool
cc_workspace_opened(const cc_slot *s)
{
    return s->test || (s->stage == OPEN_DONE && cc_artifacts_restored(s));
}

/* With its first commit a sandbox's branch may be given another name. */
static bool
is_renamed(const cc_slot *s)
{
    return s->turn.is_one && s->branch && strcmp(s->branch, s->git_branch) != 0;
}

cc_err
cc_workspace_open(cc_slot *s, bool *started)
{
    cc_err err = CC_OK;

    *started = false;
    if (s->test) /* a rehearsal leaves no trace */
        return CC_OK;
    if (s->stage == OPEN_START) {
        if (s->repository && (err = cc_git_origin(s)) != CC_OK)
            return err;
        s->root = cc_workspace_path(s->w, s->arena, s->lease.id, "");
        if (s->turn.is_one)
            cc_turn_place_settle(s);
        if ((err = directories_make(s)) != CC_OK)
            return err;
        cc_workspace_end_leader(s);
        cc_artifacts_restore_begin(s);
        s->has_repository = s->repository != NULL;
        if (s->has_repository && (!branch_load(s) || is_renamed(s))) {
            s->stage = OPEN_FETCH;
        } else { /* taken over from another worker, which may have come no further than this */
            s->new_branch = s->branch || s->session ? NULL : s->git_branch;
            s->stage = s->has_repository && s->begun ? OPEN_RESET : OPEN_DONE;
        }
    }
    if (!cc_artifacts_restored(s))
        return cc_artifacts_restore_go(s);
    if (s->stage == OPEN_ASK && !may_pull(s))
        s->stage = OPEN_DONE;
    if (s->stage == OPEN_DONE)
        return CC_OK;
    switch (s->stage) {
    case OPEN_RESET: err = cc_checkpoint_reset(s); break;
    case OPEN_FETCH: err = cc_mirror_start(s); break;
    case OPEN_CLONE: err = clone_start(s); break;
    case OPEN_TRY: err = cc_push_try(s); break;
    default: err = ask_start(s);
    }
    *started = err == CC_OK;
    return err;
}

/* ---- after the last step -------------------------------------------------------------------------- */

/* s->pull is what its pull request is to say. */
static cc_err
pull_prepare(cc_slot *s)
{
    const char *text = cc_proposal_text(s);

    if (!text)
        return CC_E_UNAVAILABLE;
    s->pull = (cc_forge_call){
        .what = CC_FORGE_OPEN,
        .draft = cc_plan_verdict(&s->plan) < 0 || s->draft,
        .base = s->base,
        .title = cc_proposal_title(s, "CodeCourier"),
        .text = text,
    };
    return CC_OK;
}

static cc_err
pull_start(cc_slot *s)
{
    cc_err err = pull_prepare(s);

    return err == CC_OK ? forge_start(s, cc_setting_int(s->w->app, CC_SETTING_gitTimeoutSeconds) * 1000) : err;
}

/* A candidate's is not opened here: it is kept until one of them is chosen. */
static cc_err
pull_propose(cc_slot *s)
{
    cc_err err = pull_prepare(s);

    s->proposed = err == CC_OK;
    if (s->proposed)
        s->stage = CLOSE_DONE;
    return err;
}

static cc_err
record_start(cc_slot *s)
{
    if (s->turn.is_one)
        return cc_record_start(s, s->turn.text);
    const char *message = cc_printf(s->arena, "%s\n\n%s%sRun %lld of %s.", cc_proposal_title(s, "Changes"),
                                    s->task.url ? s->task.url : "", s->task.url ? "\n\n" : "", (long long)s->number,
                                    s->workflow ? s->workflow : "CodeCourier");

    return message ? cc_record_start(s, message) : CC_E_UNAVAILABLE;
}

/* Where it was cloned from is needed again: another worker's, or with another credential, it may not be there. */
static bool
mirror_is_there(cc_slot *s)
{
    const char *path = s->mirror ? cc_printf(s->arena, "%s/mirror/mirror.git", s->mirror) : NULL;

    return there(path);
}

static cc_err
take_start(cc_slot *s)
{
    cc_bundle bundle;

    if (!cc_record_read(s, &bundle))
        return CC_E_INTERNAL;
    if (bundle.fd < 0) {
        cc_slot_fail(s, cc_reason_plain(s->arena, CC_REASON_CHANGES_GONE));
        return CC_E_INTERNAL;
    }
    s->git_tip = bundle.tip;
    return cc_record_take(s, &bundle);
}

/* A run that completes without a push says why. */
static void
unpushed(cc_slot *s, bool changed)
{
    if (changed)
        cc_push_not(s, cc_reason_plain(s->arena, CC_REASON_PUSH_NO_TOKEN));
    else
        cc_push_none(s);
}

/* Which stage is next, past those that there is nothing to do in. */
static cc_err
close_skip(cc_slot *s)
{
    cc_bundle bundle;

    if (s->stage == CLOSE_START)
        s->stage = CLOSE_RECORD;
    if (s->stage == CLOSE_READ) {
        if (!cc_record_read(s, &bundle))
            return CC_E_INTERNAL;
        s->stage = bundle.fd >= 0 && cc_push_may(s) ? CLOSE_FETCH : CLOSE_DONE;
        if (s->stage == CLOSE_DONE)
            unpushed(s, bundle.fd >= 0);
        if (bundle.fd >= 0)
            close(bundle.fd);
    }
    if (s->stage == CLOSE_FETCH && mirror_is_there(s))
        s->stage = CLOSE_TAKE;
    if (s->stage == CLOSE_PULL && !may_pull(s))
        s->stage = CLOSE_DONE;
    return s->stage == CLOSE_PULL && s->group ? pull_propose(s) : CC_OK;
}

cc_err
cc_workspace_close(cc_slot *s, bool *started)
{
    cc_err err;

    *started = false;
    if (!s->has_repository || s->session)
        return CC_OK;
    if ((err = close_skip(s)) != CC_OK)
        return err;
    switch (s->stage) {
    case CLOSE_RECORD: err = record_start(s); break;
    case CLOSE_FETCH: err = cc_mirror_start(s); break;
    case CLOSE_TAKE: err = take_start(s); break;
    case CLOSE_PUSH: err = cc_record_push(s, s->git_tip); break;
    case CLOSE_PULL: err = pull_start(s); break;
    default: return CC_OK;
    }
    *started = err == CC_OK;
    return err;
}

/* ---- what a command led to ------------------------------------------------------------------------ */

static bool
failed(cc_slot *s, cc_reason_code what)
{
    cc_reason_values why = cc_git_values(s);

    cc_mirror_unlock(s);
    why.credential = cc_push_credential(s);
    cc_slot_fail(s, cc_reason_make(s->arena, what, &why));
    return false;
}

static bool
open_ended(cc_slot *s, int code)
{
    if (s->stage == OPEN_RESET) {
        if (code != 0)
            return failed(s, CC_REASON_TREE_NOT_RESTORED);
        s->stage = OPEN_DONE;
        return true;
    }
    if (s->stage == OPEN_TRY || s->stage == OPEN_ASK) {
        if (s->stage == OPEN_TRY ? code != 0 : s->forbidden)
            return failed(s, CC_REASON_PUSH_FORBIDDEN);
        s->stage++;
        return true;
    }
    if (s->stage == OPEN_FETCH) {
        if (code != 0)
            return failed(s, CC_REASON_FETCH_FAILED);
        s->stage = OPEN_CLONE;
        return true;
    }
    cc_mirror_unlock(s);
    if (code != 0 || !s->git_branch || !branch_note(s))
        return failed(s, CC_REASON_CLONE_FAILED);
    s->new_branch = s->branch || s->session ? NULL : s->git_branch;
    s->stage = cc_push_may(s) && !s->turn.is_one ? OPEN_TRY : OPEN_DONE; /* most of a sandbox's turns push nothing */
    return true;
}

/* As an event: where it is, or why there is none. */
static void
pull_say(cc_slot *s, const char *url, const cc_reason *why)
{
    cc_buf *b = cc_journal_begin(&s->journal, "pullRequest", cc_app_now(s->w->app));

    cc_puts(b, url ? "{\"url\":" : "{\"error\":");
    cc_put_json(b, url ? url : why->text, strlen(url ? url : why->text));
    if (!url)
        cc_putf(b, ",\"code\":\"%s\",\"params\":%s", cc_reason_name(why->code), why->params);
    if (url && s->pulled.number)
        cc_putf(b, ",\"number\":%lld", (long long)s->pulled.number);
    if (url)
        cc_putf(b, ",\"status\":\"%s\"", s->pulled.state ? s->pulled.state : CC_PULL_OPEN);
    cc_putc(b, '}');
    cc_journal_end(&s->journal);
    if (!url)
        cc_log(s->w->app, "run %s: no pull request was opened: %s", s->lease.id, why->text);
    s->pull_said = true;
}

/* Somebody has moved the branch meanwhile: what was paid for goes to one of the run's own.  false: there is none left.
 */
static bool
fall_back(cc_slot *s)
{
    const char *left = s->git_branch, *own = NULL;

    for (; s->fallback < 2 && (!own || strcmp(own, left) == 0); s->fallback++)
        if (!(own = branch_name(s, s->fallback ? '-' : '/')))
            return false;
    if (!own || strcmp(own, left) == 0)
        return false;
    s->git_branch = s->new_branch = own;
    s->git_start = "";
    if (!branch_note(s))
        return false;
    cc_slot_say(
        s,
        cc_printf(s->arena,
                  "The branch %s was moved while the run worked, so it was left alone: what was done is pushed as %s.",
                  left, own));
    return true;
}

bool
cc_workspace_ended(cc_slot *s, int code)
{
    static const cc_reason_code wrong[] = {
        [CLOSE_RECORD] = CC_REASON_COMMIT_FAILED,
        [CLOSE_FETCH] = CC_REASON_FETCH_FAILED,
        [CLOSE_TAKE] = CC_REASON_CHANGES_REFUSED,
        [CLOSE_PUSH] = CC_REASON_PUSH_FAILED,
    };

    if (s->phase == CC_PHASE_OPENING)
        return open_ended(s, code);
    if (s->phase == CC_PHASE_KEEPING) {
        cc_checkpoint_ended(s, code);
        return true;
    }
    cc_mirror_unlock(s);
    if (s->stage == CLOSE_PULL) { /* the work is done and pushed: that stands, whatever came of the pull request */
        if (!s->pull_said)
            pull_say(s, NULL, cc_git_reason(s, CC_REASON_PULL_UNANSWERED));
    } else if (s->stage == CLOSE_PUSH && code == LEFT_ALONE && fall_back(s)) {
        return true; /* the same once more, to another branch */
    } else if (code != 0) {
        (void)failed(s, wrong[s->stage]);
        if (s->stage >= CLOSE_RECORD)
            cc_push_failed(s, s->failure);
        return false;
    } else if (s->stage == CLOSE_PUSH) {
        cc_push_done(s);
    }
    s->stage++;
    return true;
}

/* What the pull request's process prints (cc_work_options.forge). */
static void
pull_heard(cc_slot *s, const char *line, size_t size)
{
    if (cc_pull_read(s->arena, line, size, &s->pulled) == CC_OK)
        pull_say(s, s->pulled.url, cc_reason_new(s->arena, PULL_NOT_OPENED, .detail = s->pulled.error));
}

bool
cc_workspace_heard(cc_slot *s, const char *line, size_t size)
{
    static const char branch[] = "cc:branch ";

    if (s->phase == CC_PHASE_OPENING && s->stage == OPEN_CLONE && size > sizeof(branch) &&
        memcmp(line, branch, sizeof(branch) - 1) == 0) {
        if (!branch_read(s, line + sizeof(branch) - 1, size - sizeof(branch) + 1))
            s->git_branch = NULL;
        return true;
    }
    if (s->phase == CC_PHASE_OPENING && s->stage == OPEN_ASK && size && line[0] == '{') {
        ask_heard(s, line, size);
        return true;
    }
    if (s->phase != CC_PHASE_CLOSING || s->stage != CLOSE_PULL || !size || line[0] != '{')
        return false;
    pull_heard(s, line, size);
    return true;
}

/* ---- tidying -------------------------------------------------------------------------------------- */

void
cc_workspace_finished(cc_slot *s)
{
    if (s->root)
        file_write(below(s, "finished"), "");
}

CC_STATEMENT(project_exists, "SELECT 1 FROM projects WHERE project_id = :project_id", TEXT(project_id));

/* Has the project been deleted?  When that cannot be told, it has not. */
static bool
project_gone(cc_worker *w, const char *id)
{
    uint8_t bytes[16];
    bool    found;

    return cc_id_parse("prj_", id, bytes) &&
           cc_db_exists(cc_app_db(w->app), project_exists, &found, .project_id = id) == CC_OK && !found;
}

/* Whose run it was stands beside what the agent may write to, not in it. */
static bool
owner_gone(cc_worker *w, cc_arena *a, const char *path)
{
    const char *name = cc_printf(a, "%s/project", path);
    char        id[CC_ID_SIZE] = "";
    int         fd = name ? open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    ssize_t     n = fd >= 0 ? read(fd, id, sizeof(id) - 1) : -1;

    if (fd >= 0)
        close(fd);
    return n > 0 && project_gone(w, id);
}

static bool
too_old(cc_worker *w, cc_arena *a, const char *path)
{
    const char *mark = cc_printf(a, "%s/finished", path);
    int64_t     keep = cc_setting_int(w->app, CC_SETTING_keepWorkspaceDays) * DAY_S;
    struct stat st;

    if (!mark)
        return false;
    if (stat(mark, &st) != 0) { /* ended behind its worker's back */
        keep += FORGOTTEN_DAYS * DAY_S;
        if (stat(path, &st) != 0)
            return false;
    }
    return (int64_t)time(NULL) - (int64_t)st.st_mtime > keep;
}

/* What is unwanted is found here, where the database is; it is removed by a process that nobody waits for. */
typedef struct sweep {
    cc_worker  *w;
    cc_arena   *arena;
    const char *unwanted[SWEEP_MOST]; /* the next sweep finds the rest */
    size_t      count;
} sweep;

static void
sweep_add(sweep *s, const char *path)
{
    if (s->count < SWEEP_MOST)
        s->unwanted[s->count++] = path;
}

static void
run_judge(void *ctx, const char *path)
{
    sweep *s = ctx;

    if (too_old(s->w, s->arena, path) || owner_gone(s->w, s->arena, path) ||
        cc_turn_place_unwanted(s->w, s->arena, path))
        sweep_add(s, path);
}

static void
project_judge(void *ctx, const char *path)
{
    sweep *s = ctx;

    if (project_gone(s->w, strrchr(path, '/') + 1))
        sweep_add(s, path);
}

static int
sweep_inside(void *ctx, int out)
{
    const sweep *s = ctx;

    (void)out;
    for (size_t i = 0; i < s->count; i++)
        (void)cc_directory_remove(s->unwanted[i]);
    cc_mirror_sweep(s->w->directory);
    return 0;
}

void
cc_workspace_sweep(cc_worker *w)
{
    sweep     s = {.w = w, .arena = cc_arena_new()};
    cc_launch l = {.inside = sweep_inside, .inside_ctx = &s, .directory = "/"};
    char      why[256];

    if (s.arena) {
        cc_directory_each(s.arena, cc_printf(s.arena, "%s/runs", w->directory), run_judge, &s);
        cc_directory_each(s.arena, cc_printf(s.arena, "%s/homes", w->directory), project_judge, &s);
        cc_directory_each(s.arena, cc_printf(s.arena, "%s/repos", w->directory), project_judge, &s);
        if (cc_process_start(&w->sweeper, &l, why, sizeof(why)) != CC_OK)
            cc_log(w->app, "worker: old directories could not be removed: %s", why);
    }
    cc_arena_free(s.arena);
}
