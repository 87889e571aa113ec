/*
 * Clocks that can be set and a disk that can be full: put in front of the C library (LD_PRELOAD) of the programs under
 * test.  CC_TEST_WORLD names a file that the test writes and all of them have mapped, so that a change holds for all of
 * them at once, and while they run.
 *
 * Why not a real small disk: mounting one takes rights that a plain container does not have, and a limit on the size of
 * files says EFBIG.  As on a real one, what lies in a file already can be written again; only growing fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct world {
    _Atomic int64_t ahead_ms; /* of the time of day */
    _Atomic int64_t full;
    _Atomic int64_t later_ms; /* of the clock that only goes forward */
};

static struct world  nothing;
static struct world *world = &nothing;

__attribute__((constructor)) static void
enter(void)
{
    const char *path = getenv("CC_TEST_WORLD");
    int         fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void       *there = fd >= 0 ? mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (there != MAP_FAILED)
        world = there;
    if (fd >= 0)
        close(fd);
}

/* ---- the clocks ------------------------------------------------------------------------------------ */

int
clock_gettime(clockid_t which, struct timespec *t)
{
    int     rc = (int)syscall(SYS_clock_gettime, which, t);
    int64_t ms = atomic_load(which == CLOCK_MONOTONIC ? &world->later_ms : &world->ahead_ms);

    if (rc != 0 || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE && which != CLOCK_MONOTONIC))
        return rc;
    t->tv_sec += (time_t)(ms / 1000);
    t->tv_nsec += (long)(ms % 1000) * 1000000;
    if (t->tv_nsec < 0 || t->tv_nsec >= 1000000000) {
        int down = t->tv_nsec < 0;
        t->tv_nsec += down ? 1000000000 : -1000000000;
        t->tv_sec += down ? -1 : 1;
    }
    return 0;
}

time_t
time(time_t *out)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
    return 0;
}

/* ---- the disk ---------------------------------------------------------------------------------------------- */

/* Would a write that ends there make the file larger on a disk that is full? */
static int
refused(int fd, off_t end)
{
    struct stat st;

    if (!atomic_load(&world->full) || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || end <= st.st_size)
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
