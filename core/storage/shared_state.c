/*
 * What changes too often for the database: rate buckets, last-used marks, claims on requests in progress, and the
 * turn to write.  One small file beside the database, mapped by every process of this machine, changed with atomic
 * words only.
 *
 * It is not a store.  Whoever deletes the file loses at most a minute of last-used marks and gives every bucket a
 * fresh start; nothing here is ever needed to be right, and the database decides wherever both have an opinion.
 *
 * Why no lock: a process may be killed between any two lines, and a lock in shared memory would then stay locked.  So
 * each fact is one word that changes by compare-and-swap, and where several words belong together (a slot and its
 * key) the order of the writes is such that the worst a race can do is to start one bucket afresh.
 *
 * Why the file's blocks are reserved when it is made, and not left as holes: a write into a hole of a mapped file on
 * a full disk is a SIGBUS, which would end the process.  Some 2.5 MiB are a fair price.
 */
#include "storage/shared_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

#include "base/clock.h"
#include "base/secret.h"
#include "storage/files.h"

enum {
    SLOTS = 65536,
    PROBES = 16,
    CLAIMS = 1024,
    MINUTE_MS = 60000,
    CLAIM_S = 60,
    EVENTS = 64, /* the first is the workers'; runs share the others */
    WAITERS = CC_WAITERS_ASLEEP_MOST + CC_WAITERS_HELD_MOST,
    HEAVY = 64,
    EXCHANGE_MS = 1000,
    TAKEN_UNIT_US = 10,  /* what is counted for other machines */
    DEBT_US = 120000000, /* what other machines took may reach so far beyond a bucket's depth */
    MEASURED = 512,      /* a power of two, and far more than there are operations */
    TOUCH_MS = 1000,
    WRITER_SLICE_MS = 100, /* so long before a waiter asks whether the owner still lives */
    WRITER_LONG_MS = 500,  /* so long before one waiter goes ahead although it does */
};

static const uint64_t MAGIC = UINT64_C(0x746f682d72756f63); /* "cour-hot", read on a little-endian machine */
static const uint64_t VERSION = 7;                          /* of the layout below */

static const uint64_t NOBODY = 0;                                /* an empty slot */
static const uint64_t CHANGING = UINT64_MAX;                     /* a slot on its way from one key to another */
static const uint64_t KEY_NOBODY = UINT64_C(0x9e3779b97f4a7c15); /* stand for the two keys that mean something else */
static const uint64_t KEY_CHANGING = UINT64_C(0xc2b2ae3d27d4eb4f);

/* All zeros: a full bucket that was never used. */
struct slot {
    _Atomic uint64_t key;
    _Atomic int64_t  arrival_us; /* GCRA: the theoretical arrival time */
    _Atomic int64_t  used;       /* last use in ms, times two, plus one while the database does not know it */
    _Atomic int64_t  touched_ms; /* for choosing whom to evict */
};

/* What requests of one operation came to.  All zeros: nobody's yet; once taken it stays its operation's. */
struct measured {
    _Atomic uint64_t key;
    _Atomic uint64_t outcome[CC_OUTCOMES], within[CC_SPANS], us;
};

/* Another machine, and up to when its takings were taken up here. */
struct machine {
    _Atomic uint64_t number; /* 0: none */
    _Atomic int64_t  heard_ms;
};

struct file {
    uint64_t magic, version;
    uint32_t slots, claims;
    uint64_t machine; /* its own number */
    /* The head of the queue has a cache line to itself: it is the one word that processes wait for. */
    _Alignas(64) _Atomic uint32_t writer; /* 0: free; else the owner's process id, with TURN_AWAITED if someone waits */
    _Atomic uint32_t served;              /* taken so far; standing still means that an owner is slow or dead */
    _Alignas(64) _Atomic int64_t flushed_ms;
    _Atomic uint32_t failure; /* of the last write; 0: none */
    _Atomic int64_t  said_ms[CC_LOG_KINDS];
    _Alignas(64) _Atomic uint64_t claim[CLAIMS]; /* 40 bits of tag, 24 of time in seconds: one word, so one decision */
    _Alignas(64) _Atomic uint32_t event[EVENTS]; /* times notified; processes sleep on the word */
    _Alignas(64) _Atomic uint64_t waiter[WAITERS]; /* who waits there, until when; nobody gives back for the dead */
    _Alignas(64) _Atomic int64_t heavy[HEAVY];     /* ms until which heavy work holds a slot */
    _Alignas(64) _Atomic int64_t count[CC_COUNTERS_MOST];
    _Alignas(64) struct measured measured[MEASURED];
    _Alignas(64) _Atomic int64_t exchanged_ms;
    struct machine other[CC_MACHINES];
    _Alignas(64) struct slot slot[SLOTS];
    /* Beside the slots and not in them: one machine alone touches none of it. */
    _Alignas(64) _Atomic int32_t taken[SLOTS];
};

_Static_assert(sizeof(struct slot) == 32 && offsetof(struct file, slot) % 64 == 0,
               "slots must not straddle cache lines");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2, "atomics must not hide locks of one process");

struct cc_shared {
    struct file *_Atomic file;    /* who waits for an event reads it without the app's lock */
    struct file         *retired; /* the one before: somebody may still sleep on its events, for a second at most */
    const cc_clock      *clock;
    bool                 exchanges; /* with other machines */
    char                *path;      /* NULL: of this process alone on purpose */
    dev_t                dev;       /* of the file that is mapped */
    ino_t                ino;
    char                 used[PATH_MAX]; /* its name */
    char                 trouble[400];
};

/* ---- the file -------------------------------------------------------------------------------- */

/* A number that no other machine has; 0 is none. */
static uint64_t
machine_draw(void)
{
    uint64_t number = 0;

    if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
        number = (uint64_t)getpid() << 32 ^ (uint64_t)time(NULL);
    return number != 0 ? number : 1;
}

/* A finished new file under a name of its own, 0600, the database's owner's; its descriptor, or -1 with errno. */
static int
file_make(char *name, size_t name_size, const char *path)
{
    struct file *head = NULL;
    int          fd = -1, number = 0;
    bool         made = false;

    if (snprintf(name, name_size, "%s.XXXXXX", path) >= (int)name_size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if ((fd = mkostemp(name, O_CLOEXEC)) < 0)
        return -1;
    if ((number = posix_fallocate(fd, 0, (off_t)sizeof(*head))) != 0)
        goto done;
    if (!cc_files_hand_over(fd, path))
        goto fail;
    head = mmap(NULL, sizeof(*head), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (head == MAP_FAILED)
        goto fail;
    head->magic = MAGIC;
    head->version = VERSION;
    head->slots = SLOTS;
    head->claims = CLAIMS;
    head->machine = machine_draw();
    munmap(head, sizeof(*head));
    made = true;
    goto done;

fail:
    number = errno;
done:
    if (!made) {
        unlink(name);
        close(fd);
        fd = -1;
        errno = number;
    }
    return fd;
}

/*
 * Map a descriptor's file if it is one of ours.  *newer: it is one of a program that knows a later layout; what such a
 * program counts in must not be taken away from it.
 */
static struct file *
file_map(int fd, bool *newer)
{
    struct stat  st;
    struct file *f;
    uint64_t     head[2] = {0};

    *newer = false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
        return NULL;
    *newer = head[0] == MAGIC && head[1] > VERSION;
    if (head[0] != MAGIC || head[1] != VERSION || st.st_size != (off_t)sizeof(*f))
        return NULL;
    if ((f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED)
        return NULL;
    if (f->slots != SLOTS || f->claims != CLAIMS) {
        munmap(f, sizeof(*f));
        return NULL;
    }
    return f;
}

/* Is the open file still the one of that name? */
static bool
file_is_at(int fd, const char *path)
{
    struct stat mine, there;

    return fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

/*
 * Put a new file where there is none (`wrong` < 0), or in the place of the wrong one.  link() refuses a name that is
 * taken, so of two processes that found nothing one is second and opens what the first made.  Of two that found
 * something wrong, the second waits for the first at a lock on the wrong file and then sees that it is no longer there.
 * false: it cannot be done.
 */
static bool
file_place(const char *path, int wrong)
{
    char name[PATH_MAX];
    int  fd;
    bool ok = false;

    if (wrong >= 0) {
        if (flock(wrong, LOCK_EX) != 0)
            return false;
        if (!file_is_at(wrong, path))
            return true;
    }
    if ((fd = file_make(name, sizeof(name), path)) < 0)
        return false;
    if (wrong >= 0)
        ok = rename(name, path) == 0;
    else
        ok = link(name, path) == 0 || errno == EEXIST;
    if (wrong < 0 || !ok)
        unlink(name);
    close(fd);
    return ok;
}

/*
 * The file of that name, made if need be.  NULL, and an errno in *number, or *newer: it is a newer program's.
 *
 * What root finds made by root before (an older program left it so) it hands over, or everybody else would go without.
 */
static struct file *
file_open(const char *path, cc_shared *h, bool *newer, int *number)
{
    struct file *f = NULL;
    struct stat  st;
    int          fd;
    bool         again = true;

    *newer = false;
    *number = EAGAIN;
    /* Losing a race costs one more turn of the loop; losing that often means that something else is wrong. */
    for (int i = 0; f == NULL && again && i < 8; i++) {
        if ((fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) >= 0) {
            if ((f = file_map(fd, newer)) == NULL) {
                again = !*newer && file_place(path, fd);
                *number = errno;
            } else if (fstat(fd, &st) == 0) {
                if (st.st_nlink == 1)
                    (void)cc_files_hand_over(fd, path);
                h->dev = st.st_dev;
                h->ino = st.st_ino;
            }
            close(fd);
        } else {
            *number = errno;
            if ((again = errno == ENOENT && file_place(path, -1)) == false && *number == ENOENT)
                *number = errno;
        }
    }
    if (f != NULL)
        snprintf(h->used, sizeof(h->used), "%s", path);
    return f;
}

/* The file of h->path, or the one of our layout beside a newer program's.  NULL: none can be had; h->trouble says why.
 */
static struct file *
shared_open(cc_shared *h)
{
    char         own[PATH_MAX], why[256];
    bool         newer, ignored;
    int          number;
    struct file *f = file_open(h->path, h, &newer, &number);

    h->trouble[0] = '\0';
    if (f == NULL && newer) {
        snprintf(own, sizeof(own), "%s.%llu", h->path, (unsigned long long)VERSION);
        f = file_open(own, h, &ignored, &number);
        snprintf(h->trouble, sizeof(h->trouble),
                 CC_WORDS("%s was made by a newer version: each version counts limits by itself until all programs are "
                          "of one. After going back to an older one, delete that file"),
                 h->path);
    }
    if (f == NULL) {
        cc_files_refusal(newer ? own : h->path, number, why, sizeof(why));
        snprintf(h->trouble, sizeof(h->trouble), CC_WORDS("each process counts limits by itself: %s"), why);
    }
    return f;
}

cc_shared *
cc_shared_open(const char *path, const cc_clock *clock)
{
    cc_shared *h;

    if ((h = calloc(1, sizeof(*h))) == NULL)
        return NULL;
    h->clock = clock;
    if (path != NULL && (h->path = strdup(path)) == NULL) {
        free(h);
        return NULL;
    }
    if (path != NULL)
        h->file = shared_open(h);
    if (h->file == NULL)
        h->file = mmap(NULL, sizeof(*h->file), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (h->file == MAP_FAILED) {
        free(h->path);
        free(h);
        return NULL;
    }
    if (h->file->machine == 0)
        h->file->machine = machine_draw();
    return h;
}

void
cc_shared_close(cc_shared *h)
{
    if (h == NULL)
        return;
    if (h->retired != NULL)
        munmap(h->retired, sizeof(*h->retired));
    munmap(h->file, sizeof(*h->file));
    free(h->path);
    free(h);
}

const char *
cc_shared_trouble(const cc_shared *h)
{
    return h->trouble;
}

void
cc_shared_look(cc_shared *h)
{
    struct stat  st;
    struct file *f;
    dev_t        dev = h->dev;
    ino_t        ino = h->ino;

    if (h->path == NULL)
        return;
    if (h->trouble[0] == '\0' && lstat(h->used, &st) == 0 && st.st_dev == h->dev && st.st_ino == h->ino)
        return;
    if ((f = shared_open(h)) == NULL) /* goes on with what it has */
        return;
    if (h->dev == dev && h->ino == ino) { /* the one of our layout, as before */
        munmap(f, sizeof(*f));
        return;
    }
    if (h->retired != NULL)
        munmap(h->retired, sizeof(*h->retired));
    h->retired = h->file;
    h->file = f;
}

/* ---- for whoever reports ----------------------------------------------------------------------- */

void
cc_shared_failure_set(cc_shared *h, uint32_t failure)
{
    if (atomic_load_explicit(&h->file->failure, memory_order_relaxed) != failure)
        atomic_store_explicit(&h->file->failure, failure, memory_order_relaxed);
}

uint32_t
cc_shared_failure(cc_shared *h)
{
    return atomic_load_explicit(&h->file->failure, memory_order_relaxed);
}

/* Have `pause` ms passed since the last time?  true for one of those who ask.  A time ahead was a wrong clock's. */
static bool
due(_Atomic int64_t *last_ms, int64_t now_ms, int64_t pause)
{
    int64_t last = atomic_load_explicit(last_ms, memory_order_relaxed), age = now_ms - last;

    return (age >= pause || age < -MINUTE_MS) && atomic_compare_exchange_strong(last_ms, &last, now_ms);
}

bool
cc_shared_log_due(cc_shared *h, int what, int64_t now_ms)
{
    if (h == NULL)
        return true;

    return due(&h->file->said_ms[what], now_ms, MINUTE_MS);
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* Spread the bits; keys may be small numbers. */
static uint64_t
mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t
key_stored(uint64_t key)
{
    return key == NOBODY ? KEY_NOBODY : key == CHANGING ? KEY_CHANGING : key;
}

static uint64_t
key_given(uint64_t stored)
{
    return stored == KEY_NOBODY ? NOBODY : stored == KEY_CHANGING ? CHANGING : stored;
}

static struct slot *
slot_at(cc_shared *h, uint64_t key, uint64_t probe)
{
    return &h->file->slot[(mix(key) + probe) % SLOTS];
}

static struct slot *
slot_find(cc_shared *h, uint64_t key)
{
    for (uint64_t i = 0; i < PROBES; i++) {
        struct slot *s = slot_at(h, key, i);
        uint64_t     there = atomic_load(&s->key);

        if (there == key)
            return s;
        if (there == NOBODY) /* slots are never emptied again, so nothing lies behind the first empty one */
            return NULL;
    }
    return NULL;
}

/* Give the longest untouched of `key`'s places to it; false: someone else was quicker there. */
static bool
slot_evict(cc_shared *h, uint64_t key, int64_t now_ms)
{
    struct slot *oldest = NULL;
    uint64_t     victim = CHANGING;
    int64_t      when = INT64_MAX;

    for (uint64_t i = 0; i < PROBES; i++) {
        struct slot *s = slot_at(h, key, i);
        uint64_t     there = atomic_load(&s->key);
        int64_t      touched = atomic_load(&s->touched_ms);

        if (there != CHANGING && touched < when) {
            oldest = s;
            victim = there;
            when = touched;
        }
    }
    /*
     * A process killed before the last line leaves the slot CHANGING for good: 32 bytes less.  To take such a slot back
     * would need to know that its process is dead, and that is not worth it.
     */
    if (oldest == NULL || !atomic_compare_exchange_strong(&oldest->key, &victim, CHANGING))
        return false;
    atomic_store(&oldest->arrival_us, 0);
    atomic_store(&oldest->used, 0);
    atomic_store(&h->file->taken[oldest - h->file->slot], 0);
    atomic_store(&oldest->touched_ms, now_ms);
    atomic_store(&oldest->key, key);
    return true;
}

/*
 * The slot of `key`, made if need be.  Two processes that bring the same new key meet at the same first empty slot,
 * and the one that comes second finds the key there; so a bucket is exact from its first request on.  Only with all
 * 16 places taken can two of them evict different slots; then the first in probing order is used from there on.
 * NULL: no place could be had.
 */
static struct slot *
slot_make(cc_shared *h, uint64_t key, int64_t now_ms)
{
    struct slot *s = NULL;

    for (int tries = 0; s == NULL && tries < PROBES; tries++) {
        for (uint64_t i = 0; s == NULL && i < PROBES; i++) {
            struct slot *here = slot_at(h, key, i);
            uint64_t     there = NOBODY;

            if (atomic_load(&here->key) == key || atomic_compare_exchange_strong(&here->key, &there, key) ||
                there == key)
                s = here;
        }
        if (s == NULL)
            slot_evict(h, key, now_ms); /* found, or lost to someone, in the next round */
    }
    if (s != NULL) {
        int64_t age = now_ms - atomic_load_explicit(&s->touched_ms, memory_order_relaxed);

        if (age >= TOUCH_MS || age < 0)
            atomic_store_explicit(&s->touched_ms, now_ms, memory_order_relaxed);
    }
    return s;
}

/* ---- rates ----------------------------------------------------------------------------------- */

/* Microseconds between two requests of the steady rate. */
static int64_t
rate_interval(int64_t per_minute)
{
    int64_t us = INT64_C(60000000) / (per_minute > 0 ? per_minute : 1);

    return us > 0 ? us : 1;
}

static int64_t
to_ms(int64_t us)
{
    return us <= 0 ? 0 : (us + 999) / 1000; /* up: who waits that long must then be let in */
}

/* Note for the other machines that so much was taken; below 0 it was given back. */
static void
taken_add(cc_shared *h, const struct slot *s, int64_t us)
{
    if (h->exchanges)
        atomic_fetch_add_explicit(&h->file->taken[s - h->file->slot], (int32_t)(us / TAKEN_UNIT_US),
                                  memory_order_relaxed);
}

/*
 * GCRA: one number per bucket, the time at which it will be full again.  Each request moves it by one interval; it
 * may lie at most `burst` intervals ahead of now.
 */
cc_rate
cc_rate_take(cc_shared *h, uint64_t key, int64_t now_ms, int64_t per_minute, int64_t burst)
{
    const int64_t interval = rate_interval(per_minute);
    const int64_t depth = interval * (burst < 1 ? 1 : burst > 1000000 ? 1000000 : burst);
    const int64_t now = now_ms * 1000;
    const int64_t slack = INT64_C(1000000) + (h->exchanges ? DEBT_US : 0);
    struct slot  *s;
    int64_t       old, full;
    bool          allowed;

    key = key_stored(key);
    do {
        if ((s = slot_make(h, key, now_ms)) == NULL) /* 16 rounds lost to others: let it pass rather than guess */
            return (cc_rate){.allowed = true, .remaining = 0, .reset_ms = 0, .wait_ms = 0};
        old = atomic_load(&s->arrival_us);
        full = old > now ? old : now;
        /*
         * Further ahead than any request could have moved it: the clock was set back, or the limit is a smaller one
         * now. Count the bucket as empty, and remember that, so that it refills from now on and not from some later
         * day on.  The second of slack is for processes that read the clock at slightly different moments; what other
         * machines took while we did not know may lie further ahead, and is paid off.
         */
        if (full > now + depth + slack) {
            full = now + depth;
            allowed = false;
        } else if ((allowed = full + interval <= now + depth)) {
            full += interval;
        } else {
            break;
        }
        /* On failure look the slot up again: it may be another's by now. */
    } while (!atomic_compare_exchange_weak(&s->arrival_us, &old, full));
    if (allowed)
        taken_add(h, s, interval);

    return (cc_rate){
        .allowed = allowed,
        .remaining = full < now + depth ? (now + depth - full) / interval : 0,
        .reset_ms = to_ms(full - now),
        .wait_ms = allowed ? 0 : to_ms(full + interval - now - depth),
    };
}

void
cc_rate_give_back(cc_shared *h, uint64_t key, int64_t per_minute)
{
    struct slot *s;

    /* A bucket that is fuller than full counts as full, so nothing needs to be compared with the clock. */
    if ((s = slot_find(h, key_stored(key))) != NULL) {
        atomic_fetch_sub(&s->arrival_us, rate_interval(per_minute));
        taken_add(h, s, -rate_interval(per_minute));
    }
}

void
cc_rate_exchange(cc_shared *h)
{
    h->exchanges = true;
}

void
cc_rate_each_taken(cc_shared *h, bool (*each)(void *ctx, uint64_t key, int64_t us), void *ctx)
{
    for (size_t i = 0; i < SLOTS; i++) {
        uint64_t key = atomic_load_explicit(&h->file->slot[i].key, memory_order_relaxed);

        /* Below 0: given back after it was handed out; the next taking makes up for it. */
        if (atomic_load_explicit(&h->file->taken[i], memory_order_relaxed) <= 0 || key == NOBODY || key == CHANGING)
            continue;
        if (!each(ctx, key_given(key), (int64_t)atomic_exchange(&h->file->taken[i], 0) * TAKEN_UNIT_US))
            return;
    }
}

void
cc_rate_charge(cc_shared *h, uint64_t key, int64_t now_ms, int64_t us)
{
    const int64_t now = now_ms * 1000;
    struct slot  *s;
    int64_t       old;

    key = key_stored(key);
    do {
        if ((s = slot_make(h, key, now_ms)) == NULL)
            return;
        old = atomic_load(&s->arrival_us);
    } while (!atomic_compare_exchange_weak(&s->arrival_us, &old, (old > now ? old : now) + us));
}

bool
cc_shared_exchange_due(cc_shared *h, int64_t now_ms)
{
    return due(&h->file->exchanged_ms, now_ms, EXCHANGE_MS);
}

uint64_t
cc_shared_machine(cc_shared *h)
{
    return h->file->machine;
}

/* Its place, made if need be: in that of the one that was not heard for the longest time. */
static struct machine *
machine_find(cc_shared *h, uint64_t number, bool make)
{
    struct machine *oldest = h->file->other;

    for (struct machine *m = h->file->other; m < h->file->other + CC_MACHINES; m++) {
        if (atomic_load(&m->number) == number)
            return m;
        if (atomic_load(&m->heard_ms) < atomic_load(&oldest->heard_ms))
            oldest = m;
    }
    if (!make)
        return NULL;
    atomic_store(&oldest->number, number);
    return oldest;
}

int64_t
cc_shared_heard(cc_shared *h, uint64_t machine)
{
    const struct machine *m = machine_find(h, machine, false);

    return m != NULL ? atomic_load(&m->heard_ms) : 0;
}

void
cc_shared_heard_set(cc_shared *h, uint64_t machine, int64_t at_ms)
{
    atomic_store(&machine_find(h, machine, true)->heard_ms, at_ms);
}

/* ---- marks ----------------------------------------------------------------------------------- */

int64_t
cc_shared_used(cc_shared *h, uint64_t key)
{
    struct slot *s = slot_find(h, key_stored(key));

    return s == NULL ? 0 : atomic_load_explicit(&s->used, memory_order_relaxed) / 2;
}

void
cc_shared_mark(cc_shared *h, uint64_t key, int64_t now_ms)
{
    struct slot *s = slot_make(h, key_stored(key), now_ms);
    int64_t      old, age;

    if (s == NULL)
        return;
    old = atomic_load_explicit(&s->used, memory_order_relaxed);
    age = now_ms - old / 2;
    /* A mark more than a minute ahead was made by a wrong clock. */
    if (age >= MINUTE_MS || age < -MINUTE_MS)
        atomic_compare_exchange_strong(&s->used, &old, now_ms * 2 + 1);
}

void
cc_shared_each_dirty(cc_shared *h, void (*each)(void *ctx, uint64_t key, int64_t used_ms), void *ctx)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *s = &h->file->slot[i];
        uint64_t     key = atomic_load(&s->key);
        int64_t      used = atomic_load(&s->used);

        if (key == NOBODY || key == CHANGING || used % 2 == 0)
            continue;
        if (atomic_compare_exchange_strong(&s->used, &used, used - 1) && atomic_load(&s->key) == key)
            each(ctx, key_given(key), used / 2);
    }
}

bool
cc_shared_flush_due(cc_shared *h, int64_t now_ms)
{
    return due(&h->file->flushed_ms, now_ms, MINUTE_MS);
}

/* ---- claims ---------------------------------------------------------------------------------- */

static const uint64_t CLAIM_TIME = (UINT64_C(1) << 24) - 1;

static uint64_t
claim_of(uint64_t tag, int64_t now_ms)
{
    uint64_t name = mix(tag) & ~CLAIM_TIME;

    return (name != 0 ? name : CLAIM_TIME + 1) | ((uint64_t)(now_ms / 1000) & CLAIM_TIME);
}

static bool
claim_same(uint64_t a, uint64_t b)
{
    return ((a ^ b) & ~CLAIM_TIME) == 0;
}

/* The seconds wrap after 194 days.  A claim from the next minute is alive: clocks are set back a little. */
static bool
claim_dead(uint64_t claim, uint64_t mine)
{
    uint64_t age = (mine - claim) & CLAIM_TIME;

    return age > CLAIM_S && age < CLAIM_TIME - CLAIM_S;
}

static _Atomic uint64_t *
claim_at(cc_shared *h, uint64_t claim, uint64_t probe)
{
    return &h->file->claim[((claim >> 24) + probe) % CLAIMS];
}

/* Does any other slot than `but` hold a living claim on the same tag? */
static bool
claim_held(cc_shared *h, uint64_t mine, const _Atomic uint64_t *but)
{
    for (uint64_t i = 0; i < PROBES; i++) {
        _Atomic uint64_t *slot = claim_at(h, mine, i);
        uint64_t          there = atomic_load(slot);

        if (slot != but && there != 0 && claim_same(there, mine) && !claim_dead(there, mine))
            return true;
    }
    return false;
}

/*
 * Look, claim, look again.  The second look is for the case that two bring the same tag at once while a slot before
 * becomes free, and so claim different slots: then at least one sees the other and steps back.  If both do, both
 * callers hear "in progress" and ask again: better than both going ahead.  The same goes for a window full of living
 * claims.
 */
bool
cc_claim_take(cc_shared *h, uint64_t tag, int64_t now_ms)
{
    const uint64_t mine = claim_of(tag, now_ms);

    if (claim_held(h, mine, NULL))
        return false;
    for (uint64_t i = 0; i < PROBES; i++) {
        _Atomic uint64_t *slot = claim_at(h, mine, i);
        uint64_t          there = atomic_load(slot);
        uint64_t          held = mine;

        if (there != 0 && !claim_dead(there, mine))
            continue;
        if (!atomic_compare_exchange_strong(slot, &there, mine)) {
            if (claim_same(there, mine))
                return false;
            continue;
        }
        if (!claim_held(h, mine, slot))
            return true;
        atomic_compare_exchange_strong(slot, &held, 0);
        return false;
    }
    return false;
}

void
cc_claim_release(cc_shared *h, uint64_t tag)
{
    const uint64_t mine = claim_of(tag, 0);

    for (uint64_t i = 0; i < PROBES; i++) {
        _Atomic uint64_t *slot = claim_at(h, mine, i);
        uint64_t          there = atomic_load(slot);

        if (there != 0 && claim_same(there, mine))
            atomic_compare_exchange_strong(slot, &there, 0);
    }
}

/* ---- the queue of writers ----------------------------------------------------------------------- */

/*
 * SQLite's own waiting sleeps in steps, and whoever sleeps longest may never get through.  Waiting here instead costs
 * nothing while nobody else writes, and wakes the next one at the moment the lock is free.
 *
 * The word holds the owner's process id, because the one question a waiter has is whether that process still lives.
 * A slow owner stays at the head for WRITER_LONG_MS; then one waiter takes its place and the others' patience starts
 * anew, so that a stuck owner whose id seems alive (reused, or of another container) costs a little and blocks nobody
 * for good.
 */
#if defined(__linux__) && defined(SYS_futex)

static const uint32_t WRITER_AWAITED = UINT32_C(1) << 31;

static void
writer_sleep(_Atomic uint32_t *word, uint32_t expected, int64_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    /* Not FUTEX_PRIVATE: the waiters are other processes.  Whatever ends the sleep, the caller looks again. */
    syscall(SYS_futex, word, FUTEX_WAIT, expected, &t, NULL, 0);
}

static bool
turn_orphaned(uint32_t word)
{
    return kill((pid_t)(word & ~WRITER_AWAITED), 0) != 0 && errno == ESRCH;
}

static void
turn_wait(struct file *f, const cc_clock *clock, uint32_t me, int64_t ms)
{
    int64_t  since = cc_clock_monotonic(clock);
    int64_t  until = since + ms;
    uint32_t seen = atomic_load(&f->served);

    for (;;) {
        uint32_t word = atomic_load(&f->writer);
        uint32_t served;
        int64_t  now;

        if (word == 0) {
            /* We slept, so others may: leave the sign that makes us wake them. */
            if (atomic_compare_exchange_strong(&f->writer, &word, me | WRITER_AWAITED))
                break;
            continue;
        }
        if (!(word & WRITER_AWAITED)) {
            if (!atomic_compare_exchange_strong(&f->writer, &word, word | WRITER_AWAITED))
                continue;
            word |= WRITER_AWAITED;
        }
        now = cc_clock_monotonic(clock);
        if ((served = atomic_load(&f->served)) != seen) {
            seen = served;
            since = now;
        }
        if (now - since >= WRITER_LONG_MS || (now - since >= WRITER_SLICE_MS && turn_orphaned(word))) {
            if (atomic_compare_exchange_strong(&f->writer, &word, me | WRITER_AWAITED))
                break;
            continue;
        }
        if (now >= until) /* not before the look at its owner: a dead one would outlive everybody's patience */
            return;
        writer_sleep(&f->writer, word, until - now < WRITER_SLICE_MS ? until - now : WRITER_SLICE_MS);
    }
    atomic_fetch_add(&f->served, 1);
}

void
cc_write_queue_enter(cc_shared *h, int64_t ms)
{
    struct file *f = h->file;
    uint32_t     free_word = 0, me = (uint32_t)getpid();

    if (atomic_compare_exchange_strong(&f->writer, &free_word, me))
        atomic_fetch_add_explicit(&f->served, 1, memory_order_relaxed);
    else
        turn_wait(f, h->clock, me, ms);
}

void
cc_write_queue_leave(cc_shared *h)
{
    struct file *f = h->file;
    uint32_t     word = atomic_load(&f->writer), me = (uint32_t)getpid();

    /* Not ours: we gave up waiting, or another one took over from us. */
    while ((word & ~WRITER_AWAITED) == me) {
        if (atomic_compare_exchange_weak(&f->writer, &word, 0)) {
            if (word & WRITER_AWAITED)
                syscall(SYS_futex, &f->writer, FUTEX_WAKE, 1, NULL, NULL, 0);
            return;
        }
    }
}

#else

void
cc_write_queue_enter(cc_shared *h, int64_t ms)
{
    (void)h;
    (void)ms;
}

void
cc_write_queue_leave(cc_shared *h)
{
    (void)h;
}

#endif

/* ---- events, and slots for those who wait ------------------------------------------------------------------------- */

static _Atomic uint32_t *
event_of(cc_shared *h, uint64_t key)
{
    return &h->file->event[key == CC_EVENT_WORK ? 0 : 1 + mix(key) % (EVENTS - 1)];
}

uint32_t
cc_event_count(cc_shared *h, uint64_t key)
{
    return atomic_load(event_of(h, key));
}

static void
event_raise(_Atomic uint32_t *event)
{
    atomic_fetch_add(event, 1);
#if defined(__linux__) && defined(SYS_futex)
    syscall(SYS_futex, event, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
#endif
}

void
cc_event_notify(cc_shared *h, uint64_t key)
{
    event_raise(event_of(h, key));
}

void
cc_event_notify_all(cc_shared *h)
{
    for (int i = 0; i < EVENTS; i++)
        event_raise(&h->file->event[i]);
}

void
cc_event_wait(cc_shared *h, uint64_t key, uint32_t heard, int64_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    if (ms <= 0)
        return;
#if defined(__linux__) && defined(SYS_futex)
    syscall(SYS_futex, event_of(h, key), FUTEX_WAIT, heard, &t, NULL, 0);
#else
    (void)h;
    (void)key;
    (void)heard;
    nanosleep(&t, NULL);
#endif
}

/*
 * A slot is one word, so that one compare-and-swap decides: 24 bits each of the project's and the key's name, and the
 * second until which it is taken, of which 16 bits are enough.  0: free.
 */
enum { WAITER_NAME = 24, WAITER_S_BITS = 16 };

static uint64_t
seat_owner(uint64_t project, uint64_t key)
{
    const uint64_t name = (UINT64_C(1) << WAITER_NAME) - 1;

    return (mix(project) & name) << (WAITER_S_BITS + WAITER_NAME) | ((mix(key) & name) | 1) << WAITER_S_BITS;
}

static uint64_t
waiter_until(int64_t ms)
{
    return (uint64_t)((ms + 999) / 1000) & 0xffff;
}

/* A time too far ahead is a clock that was set back meanwhile. */
static bool
waiter_lives(uint64_t waiter, int64_t now_ms)
{
    uint64_t left = (waiter - (uint64_t)(now_ms / 1000)) & 0xffff;

    return waiter && left > 0 && left <= CC_WAITER_SLOT_MAX_MS / 1000 + 1;
}

typedef struct range {
    int first, end;
} range;

static range
slots_of(cc_waiters kind, int64_t most)
{
    const int first = kind == CC_WAITERS_HELD ? CC_WAITERS_ASLEEP_MOST : 0;
    const int all = kind == CC_WAITERS_HELD ? CC_WAITERS_HELD_MOST : CC_WAITERS_ASLEEP_MOST;

    return (range){first, first + (most < all ? (int)most : all)};
}

/*
 * How many more may this caller take?  Half of what other projects have left is a project's, so whoever comes next
 * finds a slot as long as there is one; half of that is one key's.  Two who count at once may together take one too
 * many: it is a matter of fairness, and comes right with the next.
 */
static bool
slot_due(cc_shared *h, range slots, bool several, uint64_t owner, int64_t now_ms)
{
    int64_t others = 0, project = 0, key = 0;

    for (int i = slots.first; i < slots.end; i++) {
        uint64_t waiter = atomic_load(&h->file->waiter[i]);
        if (!waiter_lives(waiter, now_ms))
            continue;
        bool same = waiter >> (WAITER_S_BITS + WAITER_NAME) == owner >> (WAITER_S_BITS + WAITER_NAME);
        others += !same;
        project += same;
        key += waiter >> WAITER_S_BITS == owner >> WAITER_S_BITS;
    }
    int64_t share = slots.end - slots.first - others;
    if (several)
        share /= 2;
    return (project < share || project == 0) && (key < share / 2 || key == 0);
}

int
cc_waiter_slot_take(cc_shared *h, cc_waiters kind, int64_t most, bool several, uint64_t project, uint64_t key,
                    int64_t now_ms, int64_t ms)
{
    uint64_t owner = seat_owner(project, key);
    range    slots = slots_of(kind, most);

    if (!slot_due(h, slots, several, owner, now_ms))
        return -1;
    for (int i = slots.first; i < slots.end; i++) {
        uint64_t waiter = atomic_load(&h->file->waiter[i]);

        if (!waiter_lives(waiter, now_ms) &&
            atomic_compare_exchange_strong(&h->file->waiter[i], &waiter, owner | waiter_until(now_ms + ms)))
            return i;
    }
    return -1;
}

void
cc_waiter_slot_keep(cc_shared *h, int waiter, int64_t now_ms, int64_t ms)
{
    if (waiter >= 0) {
        uint64_t owner = atomic_load(&h->file->waiter[waiter]) & ~UINT64_C(0xffff);
        atomic_store(&h->file->waiter[waiter], owner | waiter_until(now_ms + ms));
    }
}

void
cc_waiter_slot_give(cc_shared *h, int waiter)
{
    if (waiter >= 0)
        atomic_store(&h->file->waiter[waiter], 0);
}

/* ---- slots for heavy work --------------------------------------------------------------------- */

int
cc_heavy_slot_take(cc_shared *h, int first, int64_t count, int64_t now_ms)
{
    for (int i = first; i < HEAVY && i < first + count; i++) {
        int64_t until = atomic_load(&h->file->heavy[i]);

        if ((until <= now_ms || until > now_ms + 2 * CC_HEAVY_SLOT_MS) && /* a clock that was set back meanwhile */
            atomic_compare_exchange_strong(&h->file->heavy[i], &until, now_ms + CC_HEAVY_SLOT_MS))
            return i;
    }
    return -1;
}

void
cc_heavy_slot_give(cc_shared *h, int writer)
{
    if (writer < 0)
        return;
    atomic_store(&h->file->heavy[writer], 0);
    cc_event_notify(h, CC_EVENT_HEAVY);
}

uint64_t
cc_shared_key(const char *id)
{
    static const uint8_t key[16] = "codecourier-hot";
    uint64_t             hash = cc_short_hash(key, id, strlen(id));

    return hash > CC_EVENT_HEAVY ? hash : CC_EVENT_HEAVY + 1;
}

/* ---- counters --------------------------------------------------------------------------------- */

void
cc_shared_count(cc_shared *h, int which, int64_t more)
{
    atomic_fetch_add_explicit(&h->file->count[which], more, memory_order_relaxed);
}

int64_t
cc_shared_counted(cc_shared *h, int which)
{
    return atomic_load_explicit(&h->file->count[which], memory_order_relaxed);
}

/* The place of that key, or the free one that becomes it; NULL: there is neither. */
static struct measured *
measured_of(struct file *f, uint64_t key, bool take)
{
    for (uint64_t i = 0; i < MEASURED; i++) {
        struct measured *m = &f->measured[(key + i) & (MEASURED - 1)];
        uint64_t         there = atomic_load_explicit(&m->key, memory_order_relaxed);
        if (there == key)
            return m;
        if (there != NOBODY)
            continue;
        if (!take)
            return NULL;
        if (atomic_compare_exchange_strong(&m->key, &there, key) || there == key)
            return m;
    }
    return NULL;
}

void
cc_shared_measure(cc_shared *h, uint64_t key, int outcome, int span, int64_t us)
{
    struct measured *m = measured_of(h->file, key, true);

    if (m == NULL)
        return;
    atomic_fetch_add_explicit(&m->outcome[outcome], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->within[span], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->us, (uint64_t)us, memory_order_relaxed);
}

bool
cc_shared_measured(cc_shared *h, uint64_t key, cc_measured *out)
{
    struct measured *m = measured_of(h->file, key, false);

    if (m == NULL)
        return false;
    for (int i = 0; i < CC_OUTCOMES; i++)
        out->outcome[i] = atomic_load_explicit(&m->outcome[i], memory_order_relaxed);
    for (int i = 0; i < CC_SPANS; i++)
        out->within[i] = atomic_load_explicit(&m->within[i], memory_order_relaxed);
    out->us = atomic_load_explicit(&m->us, memory_order_relaxed);
    return true;
}
