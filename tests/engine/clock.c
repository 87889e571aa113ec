/*
 * The clock of the programs under test, linked in the place of cgi/clock.c: the system's, and so far ahead as the file
 * says that CC_TEST_CLOCK names.  The test writes it and all of them have it mapped, so that a change holds for all of
 * them at once, and while they run.  Without the variable it is the system's clock.
 */
#include "clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* How soon a program that sleeps sees that the clock was moved. */
enum { LOOK_MS = 20 };

typedef struct ahead {
    _Atomic int64_t wall_ms;
    _Atomic int64_t monotonic_ms;
} ahead;

static int64_t
milliseconds(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
wall(void *ctx)
{
    return milliseconds(CLOCK_REALTIME) + atomic_load(&((ahead *)ctx)->wall_ms);
}

static int64_t
monotonic(void *ctx)
{
    return milliseconds(CLOCK_MONOTONIC) + atomic_load(&((ahead *)ctx)->monotonic_ms);
}

static void *
file_map(const char *path)
{
    int   fd = open(path, O_RDWR | O_CLOEXEC);
    void *there = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(ahead), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (there == MAP_FAILED) {
        perror(path);
        exit(99); /* a test that moves the clock of nobody would wait for ever */
    }
    close(fd);
    return there;
}

const cc_clock *
program_clock(void)
{
    static cc_clock clock = {.wall = wall, .monotonic = monotonic, .look_ms = LOOK_MS};
    const char     *path = getenv("CC_TEST_CLOCK");

    if (path && !clock.ctx)
        clock.ctx = file_map(path);
    return path ? &clock : NULL;
}
