/*
 * Directories whose contents others wrote, and may still be writing: removed, measured and copied without ever
 * following a symlink, each step from the descriptor of the one before.
 *
 * How deep they are is the writer's choice too.  Here it is bounded: what lies deeper is moved up when it is removed,
 * and counts as too much when it is measured.
 */
#include "engine/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context/settings.h"

enum { DEPTH_MAX = 128, COPY_SIZE = 64 * 1024 };

/* Open it even if its owner, who we are, has locked it.  -1: it is not a directory, or gone. */
static int
enter(int parent, const char *name)
{
    char path[64];
    int  flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, fd = openat(parent, name, flags), handle;

    if (fd >= 0 || errno != EACCES || (handle = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return fd;
    struct stat st;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", handle); /* of the thing itself, whatever its name leads to now */
    if (fstat(handle, &st) == 0 && S_ISDIR(st.st_mode) && chmod(path, st.st_mode | 0500) == 0)
        fd = open(path, flags & ~O_NOFOLLOW);
    close(handle);
    return fd;
}

int
cc_directory_enter(const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};

    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool
is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* ---- list ----------------------------------------------------------------------------------------- */

void
cc_directory_each(cc_arena *a, const char *path, void (*each)(void *ctx, const char *path), void *ctx)
{
    DIR           *directory = path ? opendir(path) : NULL;
    struct dirent *e;

    while (directory && (e = readdir(directory))) {
        const char *below = e->d_name[0] == '.' ? NULL : cc_printf(a, "%s/%s", path, e->d_name);
        if (below)
            each(ctx, below);
    }
    if (directory)
        closedir(directory);
}

/* ---- remove --------------------------------------------------------------------------------------- */

static bool empty(int top, int fd, int depth, unsigned *moved);

/* One entry; true if it is not there any more. */
static bool
discard(int top, int parent, const char *name, int depth, unsigned *moved)
{
    char up[32];

    if (unlinkat(parent, name, 0) == 0)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return errno == ENOENT;
    if (depth >= DEPTH_MAX) {
        snprintf(up, sizeof(up), ".deep-%u", ++*moved);
        return renameat(parent, name, top, up) == 0;
    }
    int fd = enter(parent, name);
    if (fd >= 0)
        (void)empty(top, fd, depth + 1, moved);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* Takes the descriptor.  Again and again while that helps: who removes confuses who reads, and deep ones come up. */
static bool
empty(int top, int fd, int depth, unsigned *moved)
{
    DIR           *d = fdopendir(fd);
    struct dirent *e;
    bool           some = true, left = true;

    if (!d) {
        close(fd);
        return false;
    }
    (void)fchmod(fd, 0700);
    while (some && left) {
        some = left = false;
        rewinddir(d);
        while ((e = readdir(d))) {
            if (is_dots(e->d_name))
                continue;
            bool gone = discard(top, fd, e->d_name, depth, moved);
            some |= gone;
            left = true;
        }
    }
    closedir(d);
    return !left;
}

static bool
remove_at(int parent, const char *name)
{
    unsigned moved = 0;
    int      fd = enter(parent, name), top;

    if (fd < 0)
        return unlinkat(parent, name, 0) == 0 || errno == ENOENT;
    if ((top = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
        close(fd);
        return false;
    }
    (void)empty(top, fd, 0, &moved);
    close(top);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool
cc_directory_remove(const char *path)
{
    return remove_at(AT_FDCWD, path);
}

/* ---- measure -------------------------------------------------------------------------------------- */

static void
measure(int fd, int depth, cc_directory_size *size)
{
    DIR           *d = fdopendir(fd);
    struct dirent *e;
    struct stat    st;

    if (!d)
        close(fd);
    while (d && (!size->enough || size->entries < size->enough) && (e = readdir(d))) {
        if (is_dots(e->d_name) || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        size->entries++;
        size->bytes += (int64_t)st.st_blocks * 512;
        if (!S_ISDIR(st.st_mode))
            continue;
        int below = depth < DEPTH_MAX ? enter(fd, e->d_name) : -1;
        size->too_deep |= depth >= DEPTH_MAX;
        if (below >= 0)
            measure(below, depth + 1, size);
    }
    if (d)
        closedir(d);
}

void
cc_directory_measure(const char *path, cc_directory_size *size)
{
    int fd = enter(AT_FDCWD, path);

    if (fd >= 0)
        measure(fd, 0, size);
}

/* ---- copy ----------------------------------------------------------------------------------------- */

typedef struct copying {
    uid_t   uid;
    int64_t left; /* bytes and entries it may still have */
} copying;

static bool
file_copy(int from, int to, const char *name, const struct stat *st, copying *c)
{
    char    bytes[COPY_SIZE];
    int     in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int     out = in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n = -1;

    while (out >= 0 && (n = read(in, bytes, sizeof(bytes))) > 0 && (c->left -= n) >= 0)
        if (write(out, bytes, (size_t)n) != n)
            break;
    bool fine = out >= 0 && n == 0 && fchmod(out, st->st_mode & 0700) == 0 &&
                (geteuid() != 0 || fchown(out, c->uid, (gid_t)c->uid) == 0);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return fine;
}

static bool tree_copy(int from, int to, int depth, copying *c);

static bool
entry_copy(int from, int to, const char *name, int depth, copying *c)
{
    char        link[4096];
    struct stat st;

    c->left -= 1024;
    if (c->left < 0 || depth >= DEPTH_MAX || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(st.st_mode))
        return file_copy(from, to, name, &st, c);
    if (S_ISLNK(st.st_mode)) {
        ssize_t n = readlinkat(from, name, link, sizeof(link) - 1);
        link[n > 0 ? n : 0] = '\0';
        return n > 0 && symlinkat(link, to, name) == 0 &&
               (geteuid() != 0 || fchownat(to, name, c->uid, (gid_t)c->uid, AT_SYMLINK_NOFOLLOW) == 0);
    }
    if (!S_ISDIR(st.st_mode)) /* sockets and their like are of a moment */
        return true;
    if (mkdirat(to, name, 0700) != 0)
        return false;
    int  in = enter(from, name), out = enter(to, name);
    bool fine = in >= 0 && out >= 0 && tree_copy(in, out, depth + 1, c);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return fine;
}

static bool
tree_copy(int from, int to, int depth, copying *c)
{
    int            again = fcntl(from, F_DUPFD_CLOEXEC, 0);
    DIR           *d = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *e;
    bool           fine = d != NULL;

    while (fine && (e = readdir(d)))
        fine = is_dots(e->d_name) || entry_copy(from, to, e->d_name, depth, c);
    if (d)
        closedir(d);
    return fine && (geteuid() != 0 || fchown(to, c->uid, (gid_t)c->uid) == 0);
}

bool
cc_directory_copy(const char *from, const char *to, uid_t uid, int64_t most)
{
    copying c = {uid, most};
    int     in = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC), out = in < 0 ? -1 : enter(AT_FDCWD, to);
    bool    fine = out >= 0 && tree_copy(in, out, 0, &c);

    if (c.left < 0)
        errno = EFBIG;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return fine;
}

/* ---- put ------------------------------------------------------------------------------------------ */

static bool
own(int fd, uid_t uid)
{
    return geteuid() != 0 || fchown(fd, uid, (gid_t)uid) == 0;
}

/* The directory of that name, made if need be.  -1: there is another thing of that name, or it cannot be made. */
static int
enter_made(int parent, const char *name, uid_t uid)
{
    const bool made = mkdirat(parent, name, 0700) == 0;
    int        fd = made || errno == EEXIST ? enter(parent, name) : -1;

    if (fd < 0 || !made || own(fd, uid))
        return fd;
    close(fd);
    return -1;
}

/* Go down to the directory in which the last name of `*below` stands, and leave that name in it.  Never up. */
static int
descend(const char *top, const char **below, bool make, uid_t uid)
{
    char        name[256];
    const char *slash;
    int         fd = enter(AT_FDCWD, top);

    while (fd >= 0 && (slash = strchr(*below, '/'))) {
        int parent = fd;
        snprintf(name, sizeof(name), "%.*s", (int)(slash - *below), *below);
        fd = is_dots(name) ? -1 : make ? enter_made(parent, name, uid) : enter(parent, name);
        close(parent);
        *below = slash + 1;
    }
    return fd;
}

/* Takes the descriptor.  It is unlinked first: of what may have been linked to it nothing is written over. */
static bool
file_put(int parent, const char *name, const char *text, size_t size, mode_t mode, uid_t uid)
{
    const bool gone = unlinkat(parent, name, 0) == 0 || errno == ENOENT;
    int        fd = gone && text ? openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    bool       fine = fd >= 0 && write(fd, text, size) == (ssize_t)size && fchmod(fd, mode) == 0 && own(fd, uid);

    if (fd >= 0)
        close(fd);
    close(parent);
    return text ? fine : gone;
}

bool
cc_directory_put(const char *top, const char *below, const char *text, size_t size, mode_t mode, uid_t uid)
{
    int fd = descend(top, &below, true, uid);

    return fd >= 0 && file_put(fd, below, text, size, mode, uid);
}

void
cc_directory_drop(const char *top, const char *below)
{
    int fd = descend(top, &below, false, 0);

    if (fd < 0)
        return;
    (void)remove_at(fd, below);
    close(fd);
}

bool
cc_directory_make(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}
