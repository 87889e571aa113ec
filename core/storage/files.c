/*
 * The files of an instance: whose they are, who gets at them, and why one cannot be had.
 *
 * Nothing here mends a mode.  A key that others could read may have been read; taking the right away in silence would
 * hide that.  It is said instead, wherever the operator looks (trouble.c), until he has decided.
 */
#include "storage/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* "nobody (65534)" */
const char *
cc_files_account(uid_t uid, char out[96])
{
    struct passwd entry, *found = NULL;
    char          room[1024];

    if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
        snprintf(out, 96, "%.64s (%ld)", found->pw_name, (long)uid);
    else
        snprintf(out, 96, "%ld", (long)uid);
    return out;
}

/* The directory part of a path: "." for none. */
void
cc_files_directory(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int         size = slash == path ? 1 : slash ? (int)(slash - path) : 0;

    snprintf(out, PATH_MAX, "%.*s", size ? size : 1, size ? path : ".");
}

/* The first directory on the way to `path` that this account may not enter; false: it may enter all. */
static bool
closed_directory(const char *path, char out[PATH_MAX])
{
    for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        snprintf(out, PATH_MAX, "%.*s", (int)(p - path), path);
        if (faccessat(AT_FDCWD, out, X_OK, AT_EACCESS) != 0 && errno == EACCES)
            return true;
    }
    return false;
}

static void
refusal_of_rights(const char *path, char *why, size_t why_size)
{
    char        where[PATH_MAX], me[96], owner[96], directory[PATH_MAX];
    const char *what = CC_WORDS("enter the directory");
    struct stat st = {0};

    cc_files_directory(path, directory);
    if (!closed_directory(path, where)) {
        bool there = lstat(path, &st) == 0;
        bool file = there && faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0;
        what = file ? CC_WORDS("read and write") : CC_WORDS("make files in the directory");
        snprintf(where, sizeof(where), "%s", file ? path : directory);
    }
    if (stat(where, &st) != 0) {
        snprintf(why, why_size, CC_WORDS("Account %s may not use %s."), cc_files_account(geteuid(), me), where);
        return;
    }
    snprintf(
        why, why_size,
        CC_WORDS(
            "Account %s may not %s %s, which belongs to %s and has mode %04o. Run this as that account, or hand the "
            "data over: chown -R %ld %s"),
        cc_files_account(geteuid(), me), what, where, cc_files_account(st.st_uid, owner), (unsigned)st.st_mode & 07777,
        (long)geteuid(), directory);
}

void
cc_files_refusal(const char *path, int number, char *why, size_t why_size)
{
    if (number == EACCES || number == EPERM)
        refusal_of_rights(path, why, why_size);
    else
        snprintf(why, why_size, CC_WORDS("%s cannot be used: %s."), path, strerror(number));
}

cc_err
cc_files_err(int number)
{
    switch (number) {
    case EACCES:
    case EPERM:
    case EROFS: return CC_E_FORBIDDEN;
    case ENOENT:
    case ENOTDIR: return CC_E_NOT_FOUND;
    default: return CC_E_UNAVAILABLE;
    }
}

/* ---- whose --------------------------------------------------------------------------------------- */

/*
 * By descriptor: between a name and its file somebody else may come.  Of a database that is a link the directory
 * counts, for whoever made the link may have aimed it at a file of somebody else's.
 */
static bool
hand_over(int fd, const char *database, const char *directory)
{
    struct stat owner, mine;

    if ((lstat(database, &owner) != 0 || !S_ISREG(owner.st_mode)) && stat(directory, &owner) != 0)
        return false;
    if (fstat(fd, &mine) == 0 && mine.st_uid == owner.st_uid && mine.st_gid == owner.st_gid)
        return true;
    return fchown(fd, owner.st_uid, owner.st_gid) == 0;
}

bool
cc_files_hand_over(int fd, const char *path)
{
    char        database[PATH_MAX], directory[PATH_MAX];
    const char *end = strrchr(path, '-');

    if (geteuid() != 0)
        return true;
    snprintf(database, sizeof(database), "%.*s", end && !strchr(end, '/') ? (int)(end - path) : 0, path);
    cc_files_directory(path, directory);
    return hand_over(fd, database, directory);
}

bool
cc_data_is_file(const char *data)
{
    size_t n = strlen(data);

    return n > 3 && strcmp(data + n - 3, ".db") == 0;
}

bool
cc_hand_over(int fd, const char *data)
{
    char path[PATH_MAX], directory[PATH_MAX];

    if (geteuid() != 0)
        return true;
    if (cc_data_is_file(data)) {
        cc_files_directory(data, directory);
        return hand_over(fd, data, directory);
    }
    snprintf(path, sizeof(path), "%s/codecourier.db", data);
    return hand_over(fd, path, data);
}

int
cc_files_make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    int number = 0;

    if (fd < 0)
        return errno;
    if (!cc_files_hand_over(fd, path))
        number = errno;
    close(fd); /* it was made by us this moment, so nobody in this process has locks on it yet */
    if (number)
        unlink(path);
    return number;
}

bool
cc_files_remains(const char *path, char *out, size_t out_size)
{
    static const char *const left[] = {"-key", "-wal", "-journal", "-shm", "-hot"};

    for (size_t i = 0; i < CC_COUNT(left); i++) {
        snprintf(out, out_size, "%s%s", path, left[i]);
        if (access(out, F_OK) == 0)
            return access(path, F_OK) != 0; /* somebody may be making all of it just now, the database first */
    }
    return false;
}
