/*
 * Memory that lives as long as a request: allocate and forget.  What others allocated is adopted with cc_arena_own and
 * released when the arena is reset.
 *
 * It does not give single objects back, and it is not for what outlives a request: copy that into the app.
 *
 * Objects are cut one after another from chunks.  Chunks grow (16, 32, 64 KiB), and a reset keeps the biggest of those,
 * so a worker soon serves every ordinary request from one block without asking malloc at all.  64 KiB is the limit of
 * what is kept, because one large body must not make a worker large for good.
 *
 * With -DCC_ARENA_MALLOC every object has a block of its own, so that the sanitizers see each one's borders, and what
 * was moved by cc_realloc is gone at once.
 */
#include "base/arena.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "context/settings.h"

enum {
    FIRST_CHUNK = 16 * 1024,
    KEPT_CHUNK = 64 * 1024,
    ALIGNMENT = _Alignof(max_align_t),
};

/* Far below the address space, so that no sum of sizes in here overflows. */
static const size_t LARGEST = PTRDIFF_MAX / 4;

/* One deferred release. */
struct owned {
    struct owned *before;
    void         *p;
    void (*free_fn)(void *);
};

#ifndef CC_ARENA_MALLOC

struct chunk {
    struct chunk *before;
    size_t        size; /* of bytes */
    _Alignas(max_align_t) char bytes[];
};

struct cc_arena {
    struct chunk *chunk; /* the one objects are cut from; older ones hang behind it */
    char         *at;    /* its first free byte, aligned */
    char         *end;
    char         *last; /* the object handed out last: the only one that can grow in place */
    struct owned *owned;
    bool          secret;
};

static size_t
aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void
use_chunk(cc_arena *a, struct chunk *c)
{
    a->chunk = c;
    a->at = c->bytes;
    a->end = c->bytes + c->size;
    a->last = NULL;
}

/* Start a chunk with room for at least `size` bytes.  What is left of the present one stays unused. */
static bool
add_chunk(cc_arena *a, size_t size)
{
    size_t room = FIRST_CHUNK;

    if (a->chunk != NULL)
        room = a->chunk->size < KEPT_CHUNK / 2 ? a->chunk->size * 2 : KEPT_CHUNK;
    if (room < size)
        room = aligned(size);

    struct chunk *c = malloc(sizeof(*c) + room);
    if (c == NULL)
        return false;
    c->before = a->chunk;
    c->size = room;
    use_chunk(a, c);
    return true;
}

/* As cc_alloc, but not zeroed. */
static void *
cut(cc_arena *a, size_t size)
{
    if (size > LARGEST)
        return NULL;
    size = aligned(size != 0 ? size : 1);
    if (size > (size_t)(a->end - a->at) && !add_chunk(a, size))
        return NULL;
    a->last = a->at;
    a->at += size;
    return a->last;
}

void *
cc_alloc(cc_arena *a, size_t size)
{
    void *p = cut(a, size);

    if (p != NULL)
        memset(p, 0, size);
    return p;
}

void *
cc_realloc(cc_arena *a, void *p, size_t old_size, size_t new_size)
{
    if (p == NULL)
        return cut(a, new_size);
    if (new_size > LARGEST)
        return NULL;
    if (p == a->last && new_size <= (size_t)(a->end - a->last)) {
        a->at = a->last + aligned(new_size != 0 ? new_size : 1);
        return p;
    }
    /*
     * A long text soon has a chunk for itself.  Growing that very chunk lets the C library move pages instead of bytes,
     * and leaves no half-size copies behind until the reset.  Not with secrets: nobody would wipe what was moved away.
     */
    if (p == a->last && a->last == a->chunk->bytes && !a->secret) {
        struct chunk *c = realloc(a->chunk, sizeof(*c) + aligned(new_size));
        if (c == NULL)
            return NULL;
        c->size = aligned(new_size);
        use_chunk(a, c);
        return cut(a, new_size);
    }

    void *moved = cut(a, new_size);
    if (moved != NULL)
        memcpy(moved, p, old_size < new_size ? old_size : new_size);
    return moved;
}

/* Give back every chunk but the largest that may be kept. */
static void
release_memory(cc_arena *a)
{
    struct chunk *kept = NULL;

    for (struct chunk *c = a->chunk, *before; c != NULL; c = before) {
        before = c->before;
        if (a->secret)
            cc_wipe(c->bytes, c->size);
        if (c->size > KEPT_CHUNK || (kept != NULL && kept->size >= c->size)) {
            free(c);
        } else {
            free(kept);
            kept = c;
        }
    }
    a->chunk = NULL;
    a->at = a->end = a->last = NULL;
    if (kept != NULL) {
        kept->before = NULL;
        use_chunk(a, kept);
    }
}

static void
release_all_memory(cc_arena *a)
{
    release_memory(a);
    free(a->chunk);
}

#else /* CC_ARENA_MALLOC */

struct block {
    struct block *before, *after;
    size_t        size; /* of bytes */
    _Alignas(max_align_t) char bytes[];
};

struct cc_arena {
    struct block *block; /* the newest */
    struct owned *owned;
    bool          secret;
};

static void *
cut(cc_arena *a, size_t size)
{
    struct block *b = size <= LARGEST ? malloc(sizeof(*b) + size) : NULL;

    if (b == NULL)
        return NULL;
    b->size = size;
    b->before = a->block;
    b->after = NULL;
    if (a->block != NULL)
        a->block->after = b;
    a->block = b;
    return b->bytes;
}

void *
cc_alloc(cc_arena *a, size_t size)
{
    void *p = cut(a, size);

    if (p != NULL)
        memset(p, 0, size);
    return p;
}

/* Always moves, so that whoever keeps the old pointer is found out. */
void *
cc_realloc(cc_arena *a, void *p, size_t old_size, size_t new_size)
{
    void *moved = cut(a, new_size);

    if (moved == NULL || p == NULL)
        return moved;
    memcpy(moved, p, old_size < new_size ? old_size : new_size);

    struct block *b = (struct block *)(void *)((char *)p - offsetof(struct block, bytes));
    if (b->before != NULL)
        b->before->after = b->after;
    b->after->before = b->before; /* there is one: the block just made */
    if (a->secret)
        cc_wipe(b->bytes, b->size);
    free(b);
    return moved;
}

static void
release_memory(cc_arena *a)
{
    for (struct block *b = a->block, *before; b != NULL; b = before) {
        before = b->before;
        if (a->secret)
            cc_wipe(b->bytes, b->size);
        free(b);
    }
    a->block = NULL;
}

static void
release_all_memory(cc_arena *a)
{
    release_memory(a);
}

#endif

cc_arena *
cc_arena_new(void)
{
    return calloc(1, sizeof(cc_arena));
}

void
cc_arena_secret(cc_arena *a)
{
    a->secret = true;
}

bool
cc_arena_is_secret(const cc_arena *a)
{
    return a->secret;
}

/* A release may look at anything older than itself, so the memory goes only after the last of them. */
static void
release_owned(cc_arena *a)
{
    while (a->owned != NULL) {
        struct owned *o = a->owned;
        a->owned = o->before;
        o->free_fn(o->p);
    }
}

void
cc_arena_reset(cc_arena *a)
{
    release_owned(a);
    release_memory(a);
    a->secret = false;
}

void
cc_arena_free(cc_arena *a)
{
    if (a == NULL)
        return;
    release_owned(a);
    release_all_memory(a);
    free(a);
}

cc_err
cc_arena_own(cc_arena *a, void *p, void (*free_fn)(void *))
{
    struct owned *o = cut(a, sizeof(*o));

    if (o == NULL) {
        free_fn(p);
        return CC_E_UNAVAILABLE;
    }
    *o = (struct owned){.before = a->owned, .p = p, .free_fn = free_fn};
    a->owned = o;
    return CC_OK;
}

char *
cc_strndup(cc_arena *a, const char *s, size_t size)
{
    char *copy = size < LARGEST ? cut(a, size + 1) : NULL;

    if (copy == NULL)
        return NULL;
    if (size != 0)
        memcpy(copy, s, size);
    copy[size] = '\0';
    return copy;
}

char *
cc_printf(cc_arena *a, const char *format, ...)
{
    char    guess[256]; /* most texts are shorter, and are then formatted once only */
    va_list args;

    va_start(args, format);
    int size = vsnprintf(guess, sizeof(guess), format, args);
    va_end(args);
    if (size < 0)
        return NULL;
    if ((size_t)size < sizeof(guess))
        return cc_strndup(a, guess, (size_t)size);

    char *text = cut(a, (size_t)size + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}
