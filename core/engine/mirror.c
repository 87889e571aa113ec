/*
 * Mirrors: what has been fetched of a repository, so that the next run fetches the difference.
 *
 * One for each project, address and credential: whoever has no access to a repository must not get it from somebody who
 * has, and the name of a mirror, which is a hash of all three, can be guessed by nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "context/settings.h"
#include "engine/directory.h"
#include "engine/git.h"

#define ASIDE ".old" /* behind the name of what is being removed */

enum { UNUSED_DAYS = 30, DAY_S = 86400, NAME_BYTES = 24, TRIES = 3 };

/* DATA/repos/PROJECT/HASH. */
static const char *
path_of(cc_slot *s)
{
    const char *credential = cc_git_over_http(s)             ? cc_git_token(s)
                             : s->origin.over == CC_OVER_SSH ? cc_git_key(s)
                                                             : NULL;
    const char *what = s->origin_path /* whose files a mirror holds is who fetched it */
                           ? cc_printf(s->arena, "%s\n%lu", s->origin_path, (unsigned long)s->origin_owner)
                           : cc_printf(s->arena, "%s\n%s", s->origin.url, credential ? credential : "");
    uint8_t     hash[CC_HASH_SIZE];
    char        name[44] = "";

    if (!what)
        return NULL;
    cc_hash(what, strlen(what), hash);
    cc_base64url(hash, NAME_BYTES, name, sizeof(name));
    return cc_printf(s->arena, "%s/repos/%s/%s", s->w->directory, s->lease.project_id, name);
}

static bool
directories_make(cc_slot *s)
{
    const char *repos = cc_printf(s->arena, "%s/repos", s->w->directory);
    const char *project = cc_printf(s->arena, "%s/repos/%s", s->w->directory, s->lease.project_id);
    bool        fine = false;

    for (int i = 0; i < TRIES && !fine && repos && project; i++) /* a sweep removes what is empty */
        fine = cc_directory_make(repos) && cc_directory_make(project) && cc_directory_make(s->mirror) &&
               cc_git_place_make(s, CC_GIT_MIRROR);
    return fine;
}

void
cc_mirror_unlock(cc_slot *s)
{
    if (s->lock >= 0)
        close(s->lock);
    s->lock = -1;
}

/* Does the name still lead to what was opened?  A sweep may have taken the mirror away before it was locked. */
static bool
is_at(int fd, const char *path)
{
    struct stat own, there;

    return fstat(fd, &own) == 0 && lstat(path, &there) == 0 && own.st_ino == there.st_ino && own.st_dev == there.st_dev;
}

/* Take the lock.  CC_E_UNAVAILABLE: another run fetches, or a sweep came between; ask again. */
static cc_err
lock_take(cc_slot *s, const char *path)
{
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0 && is_at(s->lock, path) && futimens(s->lock, NULL) == 0)
        return CC_OK;
    cc_mirror_unlock(s);
    return CC_E_UNAVAILABLE;
}

cc_err
cc_mirror_hold(cc_slot *s)
{
    const char *lock;

    if (!(s->mirror = path_of(s)) || !(lock = cc_printf(s->arena, "%s/lock", s->mirror)))
        return CC_E_UNAVAILABLE;
    if (directories_make(s))
        return lock_take(s, lock);
    cc_slot_fail(s, cc_reason_new(s->arena, MIRROR_NOT_MADE, .detail = strerror(errno)));
    return CC_E_INTERNAL;
}

cc_err
cc_mirror_start(cc_slot *s)
{
    const cc_git_task task = {.stage = "fetch", .writes = 1u << CC_GIT_MIRROR, .remote = true, .input = -1};
    cc_err            err;

    if ((err = cc_git_origin(s)) != CC_OK)
        return err;
    if (s->lock < 0 && (err = cc_mirror_hold(s)) != CC_OK)
        return err;
    return cc_git_start(s, &task);
}

/* ---- tidying ------------------------------------------------------------------------------------ */

typedef struct tidying {
    cc_arena *arena;
    int64_t   now;
} tidying;

/* Out of the way first: who wants it meanwhile makes it anew, and nothing of that is removed. */
static void
put_aside(tidying *t, const char *path)
{
    const char *aside = cc_printf(t->arena, "%s" ASIDE, path);

    if (aside && rename(path, aside) == 0)
        (void)cc_directory_remove(aside);
}

/* If nobody holds its lock. */
static void
forget(void *ctx, const char *path)
{
    tidying    *t = ctx;
    const char *lock = cc_printf(t->arena, "%s/lock", path), *end = strrchr(path, '.');
    int         fd;
    struct stat st;

    if (end && strcmp(end, ASIDE) == 0) /* of a sweep that was killed */
        (void)cc_directory_remove(path);
    if (!lock || (fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW)) < 0)
        return;
    if (fstat(fd, &st) == 0 && t->now - (int64_t)st.st_mtime > UNUSED_DAYS * DAY_S &&
        flock(fd, LOCK_EX | LOCK_NB) == 0 && is_at(fd, lock))
        put_aside(t, path);
    close(fd);
}

static void
project(void *ctx, const char *path)
{
    const tidying *t = ctx;

    cc_directory_each(t->arena, path, forget, ctx);
    (void)rmdir(path); /* if it is empty */
}

void
cc_mirror_sweep(const char *directory)
{
    tidying t = {cc_arena_new(), (int64_t)time(NULL)};

    if (t.arena)
        cc_directory_each(t.arena, cc_printf(t.arena, "%s/repos", directory), project, &t);
    cc_arena_free(t.arena);
}
