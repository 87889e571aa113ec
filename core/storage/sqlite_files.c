/*
 * The files of a database of SQLite's: what lies where, whether it may be written, and whether what is open is still
 * what its names stand for.
 */
#include "storage/sqlite_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/vfs.h>
#endif

enum { SPARE_BYTES = 256 * 1024 }; /* less than that is a full disk: a write may need it */

/* ---- before anything is open ------------------------------------------------------------------- */

const char *
cc_sqlite_file_refused(const char *of, char path[PATH_MAX])
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; i < CC_COUNT(ends); i++) {
        snprintf(path, PATH_MAX, "%s%s", of, ends[i]);
        if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0 && errno != ENOENT)
            return path;
    }
    return of;
}

/*
 * The write-ahead log keeps its index in shared memory, which other machines do not share.  Then the old rollback
 * journal is slower, but right.
 */
bool
cc_sqlite_on_network(const char *path)
{
#if defined(__linux__)
    static const unsigned long far_away[] = {
        0x6969,     /* NFS */
        0x517b,     /* SMB */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB 2 */
        0x47504653, /* GPFS */
        0x0bd00bd0, /* Lustre */
        0x65735546, /* FUSE: sshfs and many others; we cannot tell which */
        0x5346414f, /* AFS */
        0x73757245, /* Coda */
        0x00c36400, /* Ceph */
        0x19830326, /* BeeGFS */
        0x01021997, /* 9p */
        0x786f4256, /* VirtualBox shared folder */
    };
    struct statfs fs;

    if (statfs(path, &fs) != 0)
        return false;
    for (size_t i = 0; i < CC_COUNT(far_away); i++)
        if (((unsigned long)fs.f_type & 0xffffffff) == far_away[i])
            return true;
#else
    (void)path;
#endif
    return false;
}

bool
cc_sqlite_key_is_left(const char *path)
{
    char key[PATH_MAX];

    return snprintf(key, sizeof(key), "%s-key", path) < (int)sizeof(key) && access(key, F_OK) == 0;
}

/* ---- what is open -------------------------------------------------------------------------------- */

/*
 * The log and its index belong together: SQLite makes the log first and takes the index away first.  So an index that
 * was there before and after a look that found no log means that somebody has deleted the log.  To go on with an empty
 * one would lose what was in it; and whoever has the old one open could not be told apart from us.
 */
bool
cc_sqlite_log_was_deleted(const char *path)
{
    char        log[PATH_MAX], index[PATH_MAX];
    struct stat before, after, none;

    snprintf(log, sizeof(log), "%s-wal", path);
    snprintf(index, sizeof(index), "%s-shm", path);
    return stat(index, &before) == 0 && stat(log, &none) != 0 && errno == ENOENT && stat(index, &after) == 0 &&
           before.st_dev == after.st_dev && before.st_ino == after.st_ino;
}

static bool
identity_of(cc_open_file *f, const char *path)
{
    struct stat st;

    if (path == NULL || snprintf(f->path, sizeof(f->path), "%s", path) >= (int)sizeof(f->path) || stat(path, &st) != 0)
        return false;
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    return true;
}

/* SQLite tells nothing of the log's descriptor, so it is looked at by name, at once. */
bool
cc_open_files_remember(cc_open_files *f, sqlite3 *handle, bool logs)
{
    char        index[PATH_MAX];
    const char *path = sqlite3_db_filename(handle, "main");

    *f = (cc_open_files){0};
    if (!identity_of(&f->file[CC_SQLITE_DATABASE], path))
        return false;
    if (!logs)
        return true;
    snprintf(index, sizeof(index), "%s-shm", path);
    return identity_of(&f->file[CC_SQLITE_LOG], sqlite3_filename_wal(path)) &&
           identity_of(&f->file[CC_SQLITE_INDEX], index);
}

/*
 * How long the log must at least be: what its index says (mxFrame and the page size, "WAL-mode File Format", section
 * 2.1). Asked of SQLite, which has it mapped: opening that file here and closing it would drop SQLite's locks.
 */
static int64_t
log_least(sqlite3 *handle)
{
    struct {
        uint32_t version, unused, change;
        uint8_t  ready, big_endian;
        uint16_t page_size;
        uint32_t frames;
    } head;
    sqlite3_file  *file = NULL;
    volatile void *page = NULL;

    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL ||
        file->pMethods == NULL || file->pMethods->iVersion < 2 ||
        file->pMethods->xShmMap(file, 0, 32768, 0, &page) != SQLITE_OK || page == NULL)
        return 0;
    memcpy(&head, (const void *)(uintptr_t)page, sizeof(head));
    return head.frames == 0 ? 0 : 32 + (int64_t)head.frames * ((head.page_size <= 1 ? 65536 : head.page_size) + 24);
}

/* Nobody else writes meanwhile, or asks twice: the log may be emptied between the look at it and at its index. */
static bool
log_is_cut(const cc_open_files *f, sqlite3 *handle)
{
    int64_t     least = log_least(handle);
    struct stat st;

    return least > 0 && stat(f->file[CC_SQLITE_LOG].path, &st) == 0 && st.st_size < least && log_least(handle) == least;
}

/* What has become of the files that are open; NULL: they are what their names stand for.  Three stats at most. */
static const char *
what_was_lost(cc_open_files *f, sqlite3 *handle)
{
    static const char *const gone[] = {CC_WORDS("the database was moved away or replaced"),
                                       CC_WORDS("its write-ahead log was deleted"),
                                       CC_WORDS("the index of its log (-shm) was deleted or replaced")};
    struct stat              st;

    for (int i = 0; i < CC_SQLITE_FILE__MAX; i++) {
        const cc_open_file *one = &f->file[i];
        if (one->path[0] == '\0')
            continue;
        bool there = stat(one->path, &st) == 0;
        if (there && st.st_dev == one->dev && st.st_ino == one->ino)
            continue;
        if (i == CC_SQLITE_LOG) {
            f->rescue = !there && errno == ENOENT;
            return f->rescue ? gone[CC_SQLITE_LOG] : CC_WORDS("its write-ahead log was replaced");
        }
        return gone[i];
    }
    return f->file[CC_SQLITE_LOG].path[0] != '\0' && log_is_cut(f, handle)
               ? CC_WORDS("its write-ahead log was cut short")
               : NULL;
}

bool
cc_open_files_lost(cc_open_files *f, sqlite3 *handle)
{
    struct stat st;

    if ((f->lost = what_was_lost(f, handle)) == NULL)
        return false;
    /* The index alone may be newer than we have seen: look that it is still everybody's. */
    for (int i = CC_SQLITE_DATABASE; f->rescue && i <= CC_SQLITE_INDEX; i += CC_SQLITE_INDEX - CC_SQLITE_DATABASE)
        f->rescue = stat(f->file[i].path, &st) == 0 && st.st_ino == f->file[i].ino;
    return true;
}

/*
 * A log that has merely no name any more is copied back, and the last one to close takes the index away, so that the
 * next can begin anew: nothing that was acknowledged is lost.  Otherwise our view of the files is not everybody's, and
 * a checkpoint would write old pages over newer ones.
 */
int
cc_open_files_give_up(const cc_open_files *f, sqlite3 *handle)
{
    int rc = sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, f->rescue ? 0 : 1, (int *)NULL);

    if (!f->rescue || rc != SQLITE_OK)
        return rc;
    return sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* ---- can they be written? ---------------------------------------------------------------------- */

/* Is there room?  A file without a name is filled only after a write has failed: a quota shows in no other way. */
static int
room_check(const char *directory, bool failed_before)
{
    struct statvfs fs;
    int            fd, number;

    if (statvfs(directory, &fs) != 0)
        return errno;
    if (fs.f_flag & ST_RDONLY)
        return EROFS;
    if ((geteuid() == 0 ? fs.f_bfree : fs.f_bavail) * fs.f_frsize < SPARE_BYTES || (fs.f_files > 0 && fs.f_ffree == 0))
        return ENOSPC;
    if (!failed_before || (fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0)
        return 0; /* or the file system has no such files */
    number = posix_fallocate(fd, 0, SPARE_BYTES);
    close(fd);
    return number;
}

int
cc_sqlite_files_trial(const char *database, bool failed_before)
{
    char        path[PATH_MAX];
    const char *slash = strrchr(database, '/');
    int         number;

    snprintf(path, sizeof(path), "%.*s", slash ? (int)(slash - database) + 1 : 1, slash ? database : ".");
    number = room_check(path, failed_before);
    if (number == 0 && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
        number = errno;
    if (number == 0 && faccessat(AT_FDCWD, cc_sqlite_file_refused(database, path), R_OK | W_OK, AT_EACCESS) != 0)
        number = errno;
    return number;
}
