/*
 * Memory that lives as long as a request.
 */
#ifndef CC_ARENA_H
#define CC_ARENA_H

#include "base/base.h"

typedef struct cc_arena cc_arena;

cc_arena *cc_arena_new(void);          /* NULL: out of memory */
void      cc_arena_free(cc_arena *a);  /* runs what is owned, then gives everything back; NULL is fine */
void      cc_arena_reset(cc_arena *a); /* the same, but keeps a first block for the next request */

/* What it holds, or will hold before the next reset, is wiped when it is given back.  Say so before it comes in. */
void cc_arena_secret(cc_arena *a);
bool cc_arena_is_secret(const cc_arena *a);

/* `size` zeroed bytes, aligned for any type; NULL: out of memory.  Never freed singly. */
void *cc_alloc(cc_arena *a, size_t size);
char *cc_strndup(cc_arena *a, const char *s, size_t size);
char *cc_printf(cc_arena *a, const char *format, ...) CC_PRINTF(2, 3);

/*
 * Make `p` bigger.  Grows in place when it was the last thing allocated; else copies.  NULL: out of memory, `p` stays
 * valid.  The new part is not zeroed.
 */
void *cc_realloc(cc_arena *a, void *p, size_t old_size, size_t new_size);

/*
 * Call free_fn(p) when the arena is reset or freed, last-first.  On failure calls it at once and returns
 * CC_E_UNAVAILABLE: ownership moves on every path.
 */
cc_err cc_arena_own(cc_arena *a, void *p, void (*free_fn)(void *));

#endif
