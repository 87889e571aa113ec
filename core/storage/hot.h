/*
 * What changes too often for the database: rates, marks, claims and bells, in a file that all processes map.
 */
#ifndef CC_HOT_H
#define CC_HOT_H

#include "base/base.h"

typedef struct cc_hot cc_hot;

typedef struct cc_rate {
    bool    allowed;
    int64_t remaining; /* requests that would be allowed right now */
    int64_t reset_ms;  /* until the bucket is full again */
    int64_t wait_ms;   /* until the next request is allowed; 0 when allowed */
} cc_rate;

/*
 * NULL when out of memory.  A file that cannot be mapped gives state of this process alone: limits then count per
 * process, and cc_hot_trouble says why.  A file that a newer program has made is left to it: programs of one layout
 * share NAME.LAYOUT meanwhile, which is said as well.
 */
cc_hot     *cc_hot_open(const char *path);
void        cc_hot_close(cc_hot *h);
const char *cc_hot_trouble(const cc_hot *h); /* for the operator; "": one file, shared by all */
/* Look at the name again, at the cost of a stat: after a trouble, or when the file is no longer there, try anew. */
void cc_hot_look(cc_hot *h);

/* The last write that failed, as storage calls the failure, for whoever reports it; 0: the last one went well. */
void     cc_hot_failure_set(cc_hot *h, uint32_t failure);
uint32_t cc_hot_failure(cc_hot *h);

/* May `what` (0 to CC_SAYINGS - 1) be said?  true at most once a minute over all processes. */
enum { CC_SAYINGS = 16 };
bool cc_hot_say_due(cc_hot *h, int what, int64_t now_ms); /* NULL: yes */

/* Take one request from `key`'s bucket (GCRA): `per_minute` steady, `burst` at once.  Thread- and process-safe,
 * lock-free. */
cc_rate cc_hot_take(cc_hot *h, uint64_t key, int64_t now_ms, int64_t per_minute, int64_t burst);
void    cc_hot_give_back(cc_hot *h, uint64_t key, int64_t per_minute); /* a 304 was free */

/* When `key` was last used (ms; 0: not known here); mark moves it on, at most once a minute. */
int64_t cc_hot_used(cc_hot *h, uint64_t key);
void    cc_hot_mark(cc_hot *h, uint64_t key, int64_t now_ms);

/*
 * Call `each` for every mark that moved since it was last handed out here, for writing it to the database.  What is
 * handed out counts as written: if that fails, the database hears of the key at its next use.  Marks read here stay as
 * they are.
 */
void cc_hot_each_moved(cc_hot *h, void (*each)(void *ctx, uint64_t key, int64_t used_ms), void *ctx);

/* Is one process or thread already at work on `tag`?  false: yes.  A dead one's claim ends after a minute. */
bool cc_hot_enter(cc_hot *h, uint64_t tag, int64_t now_ms);
void cc_hot_leave(cc_hot *h, uint64_t tag);

/* Wait for one's turn to write, at most `ms`; only for fairness: SQLite's own lock still decides. */
void cc_hot_turn_take(cc_hot *h, int64_t ms);
void cc_hot_turn_give(cc_hot *h);

/*
 * Take one of `count` turns from `first` on at what would take all processors and memory if everybody did it at once;
 * -1: none is free.  One that is not given back ends after CC_TURN_MS.  Who gives one back rings CC_BELL_TURN.
 */
enum { CC_TURN_MS = 10000, CC_BELL_TURN = 1 };
int  cc_hot_heavy_take(cc_hot *h, int first, int64_t count, int64_t now_ms);
void cc_hot_heavy_give(cc_hot *h, int turn); /* and wake who waits; -1 is fine */

/* What keys and bells are told by: of an id.  Never one of the bells that have a name. */
uint64_t cc_hot_of(const char *id);

/* Should the marks be written to the database now?  true at most once a minute over all processes. */
bool cc_hot_flush_due(cc_hot *h, int64_t now_ms);

/*
 * Bells: whoever changed something rings, whoever waits for it wakes, in whichever process.  Take cc_hot_bell before
 * looking, and await with it after having found nothing: a ring in between is not missed.  Keys may share a bell, and
 * without the file nobody hears another process, so whoever waits looks again now and then all the same.
 */
enum { CC_BELL_WORK = 0, CC_SEAT_MAX_MS = 60000 };
uint32_t cc_hot_bell(cc_hot *h, uint64_t key);
void     cc_hot_ring(cc_hot *h, uint64_t key);
void     cc_hot_await(cc_hot *h, uint64_t key, uint32_t heard, int64_t ms);

/*
 * Of `seats` for requests that wait, take one for `ms` (up to CC_SEAT_MAX_MS) and keep it for longer; -1: none is free
 * for this caller.  `project` and `key` say whose it is.  `several`: there are other projects; then one has at most
 * half of what the others left, and one key at most half of its project's share, but each at least one.
 */
int  cc_hot_seat_take(cc_hot *h, int64_t seats, bool several, uint64_t project, uint64_t key, int64_t now_ms,
                      int64_t ms);
void cc_hot_seat_keep(cc_hot *h, int seat, int64_t now_ms, int64_t ms); /* -1 is fine */
void cc_hot_seat_give(cc_hot *h, int seat);

#endif
