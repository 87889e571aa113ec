/*
 * A disk that can be full: put in front of the C library (LD_PRELOAD) of the programs under test.  CC_TEST_DISK names a
 * file that the test writes and all of them have mapped, so that a change holds for all of them at once, and while they
 * run.
 *
 * Why not a real small disk: mounting one takes rights that a plain container does not have, and a limit on the size of
 * files says EFBIG.  As on a real one, what lies in a file already can be written again; only growing fails.  And why
 * not below SQLite alone: git, its bundles and our other files fill a disk just as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic int64_t  nothing;
static _Atomic int64_t *full = &nothing;

__attribute__((constructor)) static void
enter(void)
{
    const char *path = getenv("CC_TEST_DISK");
    int         fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void       *there = fd >= 0 ? mmap(NULL, sizeof(*full), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (there != MAP_FAILED)
        full = there;
    if (fd >= 0)
        close(fd);
}

/* Would a write that ends there make the file larger on a disk that is full? */
static int
refused(int fd, off_t end)
{
    struct stat st;

    if (!atomic_load(full) || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || end <= st.st_size)
        return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off_t at)
{
    return refused(fd, at + (off_t)size) ? -1 : syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t
pwrite(int fd, const void *data, size_t size, off_t at)
{
    return pwrite64(fd, data, size, at);
}

ssize_t
write(int fd, const void *data, size_t size)
{
    off_t at = (off_t)syscall(SYS_lseek, fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);

    return at >= 0 && refused(fd, at + (off_t)size) ? -1 : syscall(SYS_write, fd, data, size);
}

int
posix_fallocate(int fd, off_t from, off_t size)
{
    if (refused(fd, from + size))
        return ENOSPC;
    return syscall(SYS_fallocate, fd, 0, from, size) == 0 ? 0 : errno;
}

int
posix_fallocate64(int fd, off_t from, off_t size)
{
    return posix_fallocate(fd, from, size);
}
