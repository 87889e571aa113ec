/*
 * A run's directory, and git around the agents.
 *
 *     DATA/repos/HASH.git     a bare mirror of each repository, shared by all runs, fetched under a lock
 *     DATA/runs/RUN/work      where the agents work: a clone of the mirror, or empty
 *     DATA/runs/RUN/home tmp  what else they may write to
 *     DATA/runs/RUN/repo.git  our own git directory for the same files
 *
 * Why a second git directory: agents may write to work/.git, and git runs programs that its configuration names.  What
 * is committed and pushed with the operator's rights goes through repo.git, which no agent sees, with a configuration
 * that no agent can change.  The price is that an agent's own commits become one of ours.
 *
 * Git's commands are processes of the slot like agents are; nothing here waits for them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "slot.h"

enum { GIT_WORDS = 24, DAY_S = 86400, FORGOTTEN_DAYS = 30 };
enum { PULL_URL_MAX = 500, PULL_STATUS_MAX = 40, PULL_ERROR_MAX = 500 };

enum { OPEN_START, OPEN_MIRROR, OPEN_CLONE, OPEN_BRANCH, OPEN_NEW_BRANCH, OPEN_KEEP, OPEN_DONE };
enum { CLOSE_START, CLOSE_ADD, CLOSE_COMMIT, CLOSE_COMPARE, CLOSE_PUSH, CLOSE_PULL, CLOSE_DONE };

/* ---- files ---------------------------------------------------------------------------------------- */

bool
cc_workspace_make(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

char *
cc_workspace_path(cc_worker *w, cc_arena *a, const char *run_id, const char *below)
{
    return cc_printf(a, "%s/runs/%s%s%s", w->directory, run_id, below[0] ? "/" : "", below);
}

/* Before anybody else has been in it. */
static bool
own_all(const cc_slot *s, const char *path)
{
    char *const paths[] = {(char *)(uintptr_t)path, NULL};
    FTS        *fts = s->w->sandbox && path ? fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL) : NULL;
    FTSENT     *e;
    bool        fine = true;

    while (fts && (e = fts_read(fts)))
        fine &= e->fts_info == FTS_DP || cc_sandbox_own(s->hold.project_id, e->fts_accpath);
    if (fts)
        fts_close(fts);
    return fine;
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

/* A worker that was killed may have left an agent that fled its death signal.  One machine, one truth: end it first. */
void
cc_workspace_end_leader(cc_slot *s)
{
    long        pid = 0;
    long long   began = 0;
    const char *path = below(s, "agent");
    FILE       *file = path ? fopen(path, "re") : NULL;

    if (!file)
        return;
    if (fscanf(file, "%ld %lld", &pid, &began) == 2 && pid > 1 && began && began_at((pid_t)pid) == began)
        kill((pid_t)-pid, SIGKILL);
    fclose(file);
    unlink(path);
}

/* ---- git ------------------------------------------------------------------------------------------ */

static const char *
variable(const cc_slot *s, const char *name)
{
    const cc_json *j = s->environment ? cc_json_member(s->environment, name) : NULL;

    return j ? cc_json_text(j) : NULL;
}

/* Where the host in a repository's address begins, and its size: SCHEME://[USER@]HOST/… or [USER@]HOST:…; 0: none. */
static size_t
host_of(const char *url, const char **host)
{
    const char *scheme = strstr(url, "://"), *from = scheme ? scheme + 3 : url, *at;
    size_t      size = strcspn(from, scheme ? "/?#" : ":/");

    if (!scheme && from[size] != ':')
        return 0;
    while ((at = memchr(from, '@', size))) {
        size -= (size_t)(at + 1 - from);
        from = at + 1;
    }
    *host = from;
    return size;
}

/*
 * Is the repository on the GitHub whose API we know?  Its host is the API's, less "api." in front.  Decides who is
 * shown the operator's token, so what is in doubt is not: an address without TLS belongs only to an API without TLS.
 */
static bool
is_github(const cc_slot *s)
{
    const char *api = cc_app_setting(s->w->app, "githubApi"), *url = s->repository, *host, *api_host;
    size_t      size, api_size;

    if (!url || (strncmp(url, "http://", 7) == 0 && strncmp(api, "http://", 7) != 0))
        return false;
    size = host_of(url, &host);
    api_size = host_of(api, &api_host);
    if (api_size > 4 && strncmp(api_host, "api.", 4) == 0) {
        api_host += 4;
        api_size -= 4;
    }
    return size > 0 && size == api_size && strncasecmp(host, api_host, size) == 0;
}

static const char *
token_of(const cc_slot *s)
{
    const char *token = variable(s, "GITHUB_TOKEN");

    if (!token || !*token)
        token = variable(s, "GIT_TOKEN");
    if ((!token || !*token) && is_github(s))
        token = cc_app_setting(s->w->app, "githubToken");
    return token;
}

static const char *
base64(cc_arena *a, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t            n = strlen(text);
    cc_buf            b;

    cc_buf_init(&b, a);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)text[i] << 16;
        if (i + 1 < n)
            v |= (uint32_t)(unsigned char)text[i + 1] << 8;
        if (i + 2 < n)
            v |= (uint32_t)(unsigned char)text[i + 2];
        cc_putc(&b, digits[v >> 18]);
        cc_putc(&b, digits[v >> 12 & 63]);
        cc_putc(&b, i + 1 < n ? digits[v >> 6 & 63] : '=');
        cc_putc(&b, i + 2 < n ? digits[v & 63] : '=');
    }
    return cc_buf_text(&b);
}

static bool
over_http(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
}

/* The token travels in the environment: a command line can be read by everybody on the machine. */
static void
git_environment(cc_slot *s, const char *out[12])
{
    const char *path = getenv("PATH"), *token = token_of(s);
    size_t      n = 0;

    out[n++] = cc_printf(s->arena, "PATH=%s", path ? path : "/usr/local/bin:/usr/bin:/bin");
    out[n++] = cc_printf(s->arena, "HOME=%s", s->root);
    out[n++] = cc_printf(s->arena, "GIT_CONFIG_GLOBAL=%s/gitconfig", s->root);
    out[n++] = "GIT_CONFIG_NOSYSTEM=1";
    out[n++] = "GIT_TERMINAL_PROMPT=0";
    out[n++] = "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh"; /* not ext::, which is a shell */
    out[n++] = "GIT_SSH_COMMAND=ssh -o BatchMode=yes";
    out[n++] = "LC_ALL=C.UTF-8";
    if (token && *token && over_http(s->repository)) {
        size_t host =
            strcspn(strstr(s->repository, "//") + 2, "/") + (size_t)(strstr(s->repository, "//") + 2 - s->repository);
        const char *pair = cc_printf(s->arena, "x-access-token:%s", token);
        out[n++] = "GIT_CONFIG_COUNT=1";
        out[n++] = cc_printf(s->arena, "GIT_CONFIG_KEY_0=http.%.*s/.extraHeader", (int)host, s->repository);
        out[n++] =
            cc_printf(s->arena, "GIT_CONFIG_VALUE_0=Authorization: Basic %s", pair ? base64(s->arena, pair) : "");
    }
    out[n] = NULL;
}

/* Start one command in the run's directory.  Its words end with NULL. */
static cc_err
start(cc_slot *s, const char *directory, const char *const *words)
{
    const char *environment[12], *argv[GIT_WORDS + 1], *program;
    char        why[512];
    cc_launch   l = {.environment = environment, .directory = directory, .argv = argv};
    size_t      n = 0;

    while (n < GIT_WORDS && words[n]) {
        argv[n] = words[n];
        n++;
    }
    argv[n] = NULL;
    if (!(program = cc_program_find(s->arena, words[0]))) {
        cc_slot_fail(s, "git is not installed on the worker's machine.");
        return CC_E_INTERNAL;
    }
    argv[0] = program;
    git_environment(s, environment);
    for (size_t i = 0; i < n; i++)
        if (!argv[i])
            return CC_E_UNAVAILABLE;
    cc_err err = cc_process_start(&s->process, &l, why, sizeof(why));
    if (err != CC_OK)
        cc_log(s->w->app, "run %s: %s", s->hold.id, why);
    s->last_error[0] = '\0';
    return err;
}

static const char *
mirror_path(cc_slot *s)
{
    uint8_t hash[CC_HASH_SIZE];
    char    text[44] = "";

    cc_hash(s->repository, strlen(s->repository), hash);
    cc_base64url(hash, 24, text, sizeof(text));
    return cc_printf(s->arena, "%s/repos/%s.git", s->w->directory, text);
}

void
cc_workspace_unlock(cc_slot *s)
{
    if (s->lock >= 0)
        close(s->lock);
    s->lock = -1;
}

/*
 * Remove what a git that was killed left locked: it locks a file by making another one beside it.  Only for the
 * repository of which the caller knows that nobody else works in it.
 */
static void
git_locks_remove(const char *repository)
{
    char *const paths[] = {(char *)(uintptr_t)repository, NULL};
    FTS        *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
    FTSENT     *e;

    while (fts && (e = fts_read(fts))) {
        size_t n = e->fts_namelen;
        if (e->fts_info == FTS_D && strcmp(e->fts_name, "objects") == 0)
            fts_set(fts, e, FTS_SKIP);
        else if (e->fts_info != FTS_D && n > 5 && strcmp(e->fts_name + n - 5, ".lock") == 0)
            unlink(e->fts_accpath);
    }
    if (fts)
        fts_close(fts);
}

/* ---- before the first step ------------------------------------------------------------------------ */

static bool
config_write(cc_slot *s)
{
    cc_buf b;

    cc_buf_init(&b, s->arena);
    cc_puts(&b, "[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n[gc]\n\tauto = 0\n[user]\n\tname = ");
    cc_put_json(&b, s->git_name ? s->git_name : "CodeCourier", strlen(s->git_name ? s->git_name : "CodeCourier"));
    cc_puts(&b, "\n\temail = ");
    const char *email = s->git_email ? s->git_email : "codecourier@localhost";
    cc_put_json(&b, email, strlen(email));
    cc_puts(&b, "\n");
    const char *text = cc_buf_text(&b);
    return text && file_write(below(s, "gitconfig"), text);
}

static cc_err
directories_make(cc_slot *s)
{
    const char *const names[] = {"work", "home", "tmp"};
    const char       *runs = cc_printf(s->arena, "%s/runs", s->w->directory);
    const char       *repos = cc_printf(s->arena, "%s/repos", s->w->directory);

    s->root = cc_workspace_path(s->w, s->arena, s->hold.id, "");
    bool fine =
        runs && repos && s->root && cc_workspace_make(runs) && cc_workspace_make(repos) && cc_workspace_make(s->root);
    for (size_t i = 0; fine && i < CC_COUNT(names); i++) {
        const char *path = below(s, names[i]);
        fine = path && cc_workspace_make(path) && (!s->w->sandbox || cc_sandbox_own(s->hold.project_id, path));
    }
    if (fine)
        return CC_OK;
    const char *why = cc_printf(s->arena, "The run's directory could not be made: %s.", strerror(errno));
    cc_slot_fail(s, why ? why : "The run's directory could not be made.");
    return CC_E_INTERNAL;
}

static cc_err
mirror_start(cc_slot *s)
{
    const char *mirror = mirror_path(s), *fresh = mirror ? cc_printf(s->arena, "%s.new", mirror) : NULL;
    const char *lock = mirror ? cc_printf(s->arena, "%s.lock", mirror) : NULL;

    if (!fresh || !lock)
        return CC_E_UNAVAILABLE;
    if (s->lock < 0 && (s->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
        return CC_E_UNAVAILABLE;
    if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
        return CC_E_UNAVAILABLE; /* another run fetches it: ask again */
    if (there(mirror)) {
        git_locks_remove(mirror);
        return start(s, "/",
                     (const char *const[]){"git", "-C", mirror, "fetch", "--quiet", "--prune", "--no-tags", "--",
                                           s->repository, "+refs/heads/*:refs/heads/*", NULL});
    }
    cc_directory_remove(fresh);
    return start(
        s, "/",
        (const char *const[]){"git", "clone", "--quiet", "--bare", "--no-tags", "--", s->repository, fresh, NULL});
}

static const char *
branch_of(cc_slot *s)
{
    return s->branch ? s->branch : cc_printf(s->arena, "cc/run-%lld", (long long)s->number);
}

/*
 * Where a new branch begins; NULL: where the clone stands.  A bare repository made with another first branch than was
 * pushed to it has no valid HEAD, and a clone of it stands nowhere: then one of the usual names, if it is there.
 */
static const char *
base_of(cc_slot *s)
{
    static const char *const usual[] = {"origin/main", "origin/master", NULL};

    return there(below(s, "work/.git/refs/remotes/origin/HEAD")) ? NULL : usual[s->bases < 2 ? s->bases : 2];
}

static cc_err
open_next(cc_slot *s)
{
    const char *mirror = mirror_path(s), *work = below(s, "work"), *git = below(s, "work/.git");
    const char *from = cc_printf(s->arena, "file://%s", mirror), *branch = branch_of(s), *kept = below(s, "repo.new");

    if (!mirror || !work || !git || !from || !branch || !kept)
        return CC_E_UNAVAILABLE;
    switch (s->stage) {
    case OPEN_MIRROR: return mirror_start(s);
    case OPEN_CLONE:
        if (there(git) && !cc_directory_remove(work))
            return CC_E_UNAVAILABLE;
        return start(s, s->root,
                     (const char *const[]){"git", "clone", "--quiet", "--depth", "50", "--no-single-branch",
                                           "--no-tags", "--", from, work, NULL});
    case OPEN_BRANCH: return start(s, work, (const char *const[]){"git", "checkout", "--quiet", branch, "--", NULL});
    case OPEN_NEW_BRANCH:
        return start(s, work, (const char *const[]){"git", "checkout", "--quiet", "-b", branch, base_of(s), NULL});
    default:
        cc_directory_remove(kept);
        return start(s, s->root, (const char *const[]){"cp", "-a", "--", git, kept, NULL});
    }
}

cc_err
cc_workspace_open(cc_slot *s, bool *started)
{
    cc_err err = CC_OK;

    *started = false;
    if (s->test) /* a rehearsal leaves no trace */
        return CC_OK;
    if (s->stage == OPEN_START) {
        if ((err = directories_make(s)) != CC_OK)
            return err;
        cc_workspace_end_leader(s);
        s->stage = OPEN_DONE;
        if (!s->repository)
            return CC_OK;
        s->has_repository = true;
        s->new_branch = s->branch ? NULL : branch_of(s);
        if (there(below(s, "repo.git"))) /* taken over from another worker */
            return CC_OK;
        if (!config_write(s))
            return CC_E_UNAVAILABLE;
        s->stage = OPEN_MIRROR;
    }
    if (s->stage == OPEN_DONE)
        return CC_OK;
    err = open_next(s);
    *started = err == CC_OK;
    return err;
}

/* ---- after the last step -------------------------------------------------------------------------- */

static bool
may_push(const cc_slot *s)
{
    const char *token = token_of(s);

    return !over_http(s->repository) || (token && *token);
}

static bool
may_pull(const cc_slot *s)
{
    const char *token = token_of(s);

    return s->w->options->pull_request && is_github(s) && token && *token;
}

static int
pull_inside(void *ctx, int out)
{
    cc_slot *s = ctx;

    return s->w->options->pull_request(&s->pull, out);
}

static cc_err
pull_start(cc_slot *s)
{
    cc_launch l = {.inside = pull_inside, .inside_ctx = s, .directory = "/"};
    char      why[512];

    s->pull = (cc_pull_request){
        .repository = s->repository,
        .branch = branch_of(s),
        .title = s->name ? s->name : "CodeCourier",
        .text = s->task ? s->task : "",
        .token = token_of(s),
        .api = cc_app_setting(s->w->app, "githubApi"),
    };
    return s->pull.branch ? cc_process_start(&s->process, &l, why, sizeof(why)) : CC_E_UNAVAILABLE;
}

cc_err
cc_workspace_close(cc_slot *s, bool *started)
{
    const char *git = s->root ? cc_printf(s->arena, "--git-dir=%s/repo.git", s->root) : NULL;
    const char *tree = s->root ? cc_printf(s->arena, "--work-tree=%s/work", s->root) : NULL;
    const char *work = s->root ? below(s, "work") : NULL;
    const char *branch = branch_of(s);
    const char *to = branch ? cc_printf(s->arena, "HEAD:refs/heads/%s", branch) : NULL;
    const char *message = cc_printf(s->arena, "%s\n\nRun %lld of %s.", s->name ? s->name : "Changes",
                                    (long long)s->number, s->workflow ? s->workflow : "CodeCourier");
    cc_err      err = CC_OK;

    *started = false;
    if (!s->has_repository)
        return CC_OK;
    if (!git || !tree || !work || !to || !message)
        return CC_E_UNAVAILABLE;
    if (s->stage == CLOSE_START) {
        git_locks_remove(below(s, "repo.git"));
        s->stage = CLOSE_ADD;
    }
    if (s->stage == CLOSE_PUSH && (!s->changed || !may_push(s)))
        s->stage = CLOSE_DONE;
    if (s->stage == CLOSE_PULL && !may_pull(s))
        s->stage = CLOSE_DONE;
    switch (s->stage) {
    case CLOSE_ADD:
        err = start(s, work, (const char *const[]){"git", git, tree, "add", "--all", "--", ".", NULL});
        break;
    case CLOSE_COMMIT:
        err = start(s, work,
                    (const char *const[]){"git", git, tree, "commit", "--quiet", "--no-verify", "-m", message, NULL});
        break;
    case CLOSE_COMPARE: /* not told by the commit's exit: a worker that was killed before us may have made it */
        s->changed = false;
        err = start(s, work,
                    (const char *const[]){"git", git, "rev-list", "--max-count=1", "HEAD", "--not", "--remotes", NULL});
        break;
    case CLOSE_PUSH:
        err = start(s, work, (const char *const[]){"git", git, "push", "--no-verify", "--", s->repository, to, NULL});
        break;
    case CLOSE_PULL: err = pull_start(s); break;
    default: return CC_OK;
    }
    *started = err == CC_OK;
    return err;
}

/* ---- what a command led to ------------------------------------------------------------------------ */

static bool
failed(cc_slot *s, const char *what)
{
    const char *why = cc_printf(s->arena, "%s%s%s", what, s->last_error[0] ? ": " : ".", s->last_error);

    cc_slot_fail(s, why ? why : what);
    return false;
}

static bool
open_ended(cc_slot *s, int code)
{
    const char *mirror = mirror_path(s), *fresh = mirror ? cc_printf(s->arena, "%s.new", mirror) : NULL;

    switch (s->stage) {
    case OPEN_MIRROR:
        if (code != 0)
            return failed(s, "The repository could not be fetched");
        if (!mirror || !fresh || (!there(mirror) && rename(fresh, mirror) != 0))
            return failed(s, "The repository could not be kept");
        s->stage = OPEN_CLONE;
        return true;
    case OPEN_CLONE:
        cc_workspace_unlock(s);
        if (code != 0)
            return failed(s, "The repository could not be cloned");
        s->stage = OPEN_BRANCH;
        return true;
    case OPEN_BRANCH:
        s->stage = code == 0 ? OPEN_KEEP : OPEN_NEW_BRANCH; /* not there yet: make it */
        return true;
    case OPEN_NEW_BRANCH:
        if (code != 0 && base_of(s) && s->bases++ < 2)
            return true;
        if (code != 0)
            return failed(s, "The branch could not be made");
        s->stage = OPEN_KEEP;
        return true;
    default:
        if (code != 0 || rename(below(s, "repo.new"), below(s, "repo.git")) != 0 || !own_all(s, below(s, "work")))
            return failed(s, "The repository could not be copied");
        s->stage = OPEN_DONE;
        return true;
    }
}

/* As an event: where it is, or why there is none. */
static void
pull_say(cc_slot *s, const char *url, const char *error)
{
    cc_buf *b = cc_journal_begin(&s->journal, "pullRequest", cc_app_now(s->w->app));

    cc_puts(b, url ? "{\"url\":" : "{\"error\":");
    cc_put_json(b, url ? url : error, strlen(url ? url : error));
    if (url && s->pull_number)
        cc_putf(b, ",\"number\":%lld", (long long)s->pull_number);
    if (url) {
        cc_puts(b, ",\"status\":");
        cc_put_json(b, s->pull_status, strlen(s->pull_status));
    }
    cc_putc(b, '}');
    cc_journal_end(&s->journal);
    if (!url)
        cc_log(s->w->app, "run %s: no pull request was opened: %s", s->hold.id, error);
    s->pull_said = true;
}

bool
cc_workspace_ended(cc_slot *s, int code)
{
    if (s->phase == CC_PHASE_OPENING)
        return open_ended(s, code);
    switch (s->stage) {
    case CLOSE_ADD:
        if (code != 0)
            return failed(s, "The changes could not be added");
        s->stage = CLOSE_COMMIT;
        return true;
    case CLOSE_COMMIT:
        if (code != 0 && code != 1) /* 1: there is nothing to commit */
            return failed(s, "The changes could not be committed");
        s->stage = CLOSE_COMPARE;
        return true;
    case CLOSE_COMPARE: /* an error: there is no commit at all */
        if (code < 0)
            return failed(s, "The changes could not be compared");
        s->stage = CLOSE_PUSH;
        return true;
    case CLOSE_PUSH:
        if (code != 0)
            return failed(s, "The branch could not be pushed");
        s->stage = CLOSE_PULL;
        return true;
    default: /* the work is done and pushed: that stands, whatever came of the pull request */
        if (!s->pull_said)
            pull_say(s, NULL, "its process ended without an answer");
        s->stage = CLOSE_DONE;
        return true;
    }
}

static const char *
member(const cc_json *j, const char *name, size_t most)
{
    const cc_json *m = cc_json_member(j, name);

    return m && cc_json_what(m) == CC_J_TEXT && cc_utf8_length(cc_json_text(m), strlen(cc_json_text(m))) <= most
               ? cc_json_text(m)
               : NULL;
}

/* What the pull request's process prints: {"url": …, "number": …, "status": …} or {"error": …}. */
static void
pull_heard(cc_slot *s, const cc_json *j)
{
    const cc_json *number = cc_json_member(j, "number");
    const char    *status = member(j, "status", PULL_STATUS_MAX), *error = member(j, "error", PULL_ERROR_MAX);

    s->pull_url = member(j, "url", PULL_URL_MAX);
    s->pull_status = status ? status : "open";
    s->pull_number = 0;
    if (number && cc_json_what(number) == CC_J_NUMBER && cc_json_number(number) >= 1 &&
        cc_json_number(number) <= INT32_MAX)
        s->pull_number = (int64_t)cc_json_number(number);
    pull_say(s, s->pull_url, error ? error : "the answer is not understood");
}

/* Words of mere attempts are for nobody. */
bool
cc_workspace_heard(cc_slot *s, const char *line, size_t size)
{
    const cc_json *j;
    const char    *why;

    if (s->phase == CC_PHASE_OPENING && (s->stage == OPEN_BRANCH || (s->stage == OPEN_NEW_BRANCH && base_of(s))))
        return true;
    if (s->phase == CC_PHASE_CLOSING && s->stage == CLOSE_COMPARE) {
        s->changed |= size >= 40 && strspn(line, "0123456789abcdef") >= 40; /* a commit that the origin does not have */
        return true;
    }
    if (s->phase != CC_PHASE_CLOSING || s->stage != CLOSE_PULL || !size || line[0] != '{' ||
        cc_json_parse(s->arena, line, size, &j, &why) != CC_OK)
        return false;
    pull_heard(s, j);
    return true;
}

/* ---- tidying -------------------------------------------------------------------------------------- */

void
cc_workspace_finished(cc_slot *s)
{
    if (s->root)
        file_write(below(s, "finished"), "");
}

void
cc_workspace_sweep(cc_worker *w)
{
    cc_arena      *a = cc_arena_new();
    const char    *runs = a ? cc_printf(a, "%s/runs", w->directory) : NULL;
    DIR           *directory = runs ? opendir(runs) : NULL;
    struct dirent *e;
    int64_t        keep_s = cc_setting_int(w->app, "keepWorkspaceDays") * DAY_S, now = (int64_t)time(NULL);

    while (directory && (e = readdir(directory))) {
        struct stat st;
        const char *path = e->d_name[0] == '.' ? NULL : cc_workspace_path(w, a, e->d_name, "");
        const char *mark = path ? cc_printf(a, "%s/finished", path) : NULL;
        if (!mark)
            continue;
        bool    finished = stat(mark, &st) == 0;
        int64_t keep = finished ? keep_s : keep_s + FORGOTTEN_DAYS * DAY_S; /* ended behind its worker's back */
        if ((finished || stat(path, &st) == 0) && now - (int64_t)st.st_mtime > keep)
            cc_directory_remove(path);
    }
    if (directory)
        closedir(directory);
    cc_arena_free(a);
}
