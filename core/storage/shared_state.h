/*
 * What changes too often for the database: rates, marks, claims and events, in a file that all processes map.
 */
#ifndef CC_SHARED_STATE_H
#define CC_SHARED_STATE_H

#include "base/base.h"

typedef struct cc_shared cc_shared;

typedef struct cc_rate {
    bool    allowed;
    int64_t remaining; /* requests that would be allowed right now */
    int64_t reset_ms;  /* until the bucket is full again */
    int64_t wait_ms;   /* until the next request is allowed; 0 when allowed */
} cc_rate;

/*
 * NULL when out of memory.  A file that cannot be mapped gives state of this process alone: limits then count per
 * process, and cc_shared_trouble says why.  A file that a newer program has made is left to it: programs of one layout
 * share NAME.LAYOUT meanwhile, which is said as well.
 */
cc_shared  *cc_shared_open(const char *path, const cc_clock *clock);
void        cc_shared_close(cc_shared *h);
const char *cc_shared_trouble(const cc_shared *h); /* for the operator; "": one file, shared by all */
/* Look at the name again, at the cost of a stat: after a trouble, or when the file is no longer there, try anew. */
void cc_shared_look(cc_shared *h);

/* The last write that failed, as storage calls the failure, for whoever reports it; 0: the last one went well. */
void     cc_shared_failure_set(cc_shared *h, uint32_t failure);
uint32_t cc_shared_failure(cc_shared *h);

/* May `what` (0 to CC_LOG_KINDS - 1) be said?  true at most once a minute over all processes. */
enum { CC_LOG_KINDS = 16 };
bool cc_shared_log_due(cc_shared *h, int what, int64_t now_ms); /* NULL: yes */

/* Take one request from `key`'s bucket (GCRA): `per_minute` steady, `burst` at once.  Thread- and process-safe,
 * lock-free. */
cc_rate cc_rate_take(cc_shared *h, uint64_t key, int64_t now_ms, int64_t per_minute, int64_t burst);
void    cc_rate_give_back(cc_shared *h, uint64_t key, int64_t per_minute); /* a 304 was free */

/*
 * Between machines that share a database (context/exchange.c): what was taken here since this was last asked, for the
 * others, and what the others took, from here.  `us` is how far a bucket was moved, which says the same whatever its
 * limit is.  Taking is counted once cc_rate_exchange was called; `each` returns false to leave the rest for the next
 * time.
 */
void cc_rate_exchange(cc_shared *h);
void cc_rate_each_taken(cc_shared *h, bool (*each)(void *ctx, uint64_t key, int64_t us), void *ctx);
void cc_rate_charge(cc_shared *h, uint64_t key, int64_t now_ms, int64_t us);

/* Is it time for that?  true at most once a second over all processes. */
bool cc_shared_exchange_due(cc_shared *h, int64_t now_ms);
/* This machine, by a number that was drawn when the file was made. */
uint64_t cc_shared_machine(cc_shared *h);
/* Up to when the machine of that number was heard, in ms; CC_MACHINES of them are known at a time. */
enum { CC_MACHINES = 64 };
int64_t cc_shared_heard(cc_shared *h, uint64_t machine);
void    cc_shared_heard_set(cc_shared *h, uint64_t machine, int64_t at_ms);

/* When `key` was last used (ms; 0: not known here); mark moves it on, at most once a minute. */
int64_t cc_shared_used(cc_shared *h, uint64_t key);
void    cc_shared_mark(cc_shared *h, uint64_t key, int64_t now_ms);

/*
 * Call `each` for every mark that moved since it was last handed out here, for writing it to the database.  What is
 * handed out counts as written: if that fails, the database hears of the key at its next use.  Marks read here stay as
 * they are.
 */
void cc_shared_each_dirty(cc_shared *h, void (*each)(void *ctx, uint64_t key, int64_t used_ms), void *ctx);

/* Is one process or thread already at work on `tag`?  false: yes.  A dead one's claim ends after a minute. */
bool cc_claim_take(cc_shared *h, uint64_t tag, int64_t now_ms);
void cc_claim_release(cc_shared *h, uint64_t tag);

/* Wait at most `ms` for the head of the queue of writers; only for fairness: SQLite's own lock still decides. */
void cc_write_queue_enter(cc_shared *h, int64_t ms);
void cc_write_queue_leave(cc_shared *h);

/*
 * Take one of `count` slots from `first` on for what would take all processors and memory if everybody did it at once;
 * -1: none is free.  One that is not given back ends after CC_HEAVY_SLOT_MS.  Who gives one back notifies
 * CC_EVENT_HEAVY.
 */
enum { CC_HEAVY_SLOT_MS = 10000, CC_EVENT_HEAVY = 1 };
int  cc_heavy_slot_take(cc_shared *h, int first, int64_t count, int64_t now_ms);
void cc_heavy_slot_give(cc_shared *h, int slot); /* and wake who waits; -1 is fine */

/*
 * What is counted for whoever watches the instance (context/metrics.h says what): it begins at 0 with the file, and
 * only grows.  Of requests, by the number of their operation (cc_shared_key): how many had which outcome, how many took
 * at most so long as which span, and how long all of them took.
 */
enum { CC_COUNTERS_MOST = 64, CC_OUTCOMES = 24, CC_SPANS = 16 };

typedef struct cc_measured {
    uint64_t outcome[CC_OUTCOMES], within[CC_SPANS], us;
} cc_measured;

void    cc_shared_count(cc_shared *h, int which, int64_t more);
int64_t cc_shared_counted(cc_shared *h, int which);
void    cc_shared_measure(cc_shared *h, uint64_t key, int outcome, int span, int64_t us);
bool    cc_shared_measured(cc_shared *h, uint64_t key, cc_measured *out); /* false: there were none */

/* The number by which marks and events know an id.  Never that of an event with a name. */
uint64_t cc_shared_key(const char *id);

/* Should the marks be written to the database now?  true at most once a minute over all processes. */
bool cc_shared_flush_due(cc_shared *h, int64_t now_ms);

/*
 * Events: whoever changed something notifies, whoever waits for it wakes, in whichever process.  Take cc_event_count
 * before looking, and wait with it after having found nothing: a notify in between is not missed.  Keys may share an
 * event, and without the file nobody hears another process, so whoever waits looks again now and then all the same.
 */
enum { CC_EVENT_WORK = 0, CC_WAITER_SLOT_MAX_MS = 60000 };
uint32_t cc_event_count(cc_shared *h, uint64_t key);
void     cc_event_notify(cc_shared *h, uint64_t key);
void     cc_event_notify_all(cc_shared *h); /* of whatever it may be */
void     cc_event_wait(cc_shared *h, uint64_t key, uint32_t count, int64_t ms);

/*
 * Those who wait inside a process of the web server, which serves nobody else meanwhile, and those of whom one process
 * holds many.  Each kind has slots of its own.
 */
typedef enum cc_waiters { CC_WAITERS_ASLEEP, CC_WAITERS_HELD } cc_waiters;
enum { CC_WAITERS_ASLEEP_MOST = 256, CC_WAITERS_HELD_MOST = 2048 };

/*
 * Of `most` slots for requests that wait, take one for `ms` (up to CC_WAITER_SLOT_MAX_MS) and keep it for longer; -1:
 * none is free for this caller.  `project` and `key` say whose it is.  `several`: there are other projects; then one
 * has at most half of what the others left, and one key at most half of its project's share, but each at least one.
 */
int  cc_waiter_slot_take(cc_shared *h, cc_waiters kind, int64_t most, bool several, uint64_t project, uint64_t key,
                         int64_t now_ms, int64_t ms);
void cc_waiter_slot_keep(cc_shared *h, int slot, int64_t now_ms, int64_t ms); /* -1 is fine */
void cc_waiter_slot_give(cc_shared *h, int slot);

#endif
