/*
 * Events on their way to the database.
 */
#ifndef CC_JOURNAL_H
#define CC_JOURNAL_H

#include "engine/lease.h"

typedef struct cc_journal {
    cc_arena *arena;
    cc_buf    text;
    struct cc_entry {
        const char *type; /* static */
        int64_t     at;
        size_t      from, size;
    } * entries;
    size_t count, room;
    struct cc_last {
        const char *type;
        int64_t     at;
        char       *text;
        size_t      size;
    } * last; /* a ring: the last of what is beyond the limit */
    size_t          last_first, last_count, last_size;
    int64_t         left; /* bytes of what agents say that are still stored */
    int64_t         dropped, dropped_size;
    const cc_clock *clock;
    int64_t         since; /* when the oldest came; monotonic ms */
    bool            failed;
} cc_journal;

cc_err cc_journal_open(cc_journal *j, const cc_clock *clock);
void   cc_journal_close(cc_journal *j);
void   cc_journal_clear(cc_journal *j);
/* Begin an event, write its JSON object to the buffer, end it.  `type` must be static. */
cc_buf *cc_journal_begin(cc_journal *j, const char *type, int64_t now);
void    cc_journal_end(cc_journal *j);
void    cc_journal_end_kept(cc_journal *j); /* whatever a limit says: what the worker says itself, which is little */
/*
 * How many bytes of what agents say (log, message, tool) become events.  Of what comes beyond, the last is kept and
 * follows at cc_journal_rest, behind a word of how much is missing.
 */
void   cc_journal_limit(cc_journal *j, int64_t size);
void   cc_journal_rest(cc_journal *j, int64_t now);
cc_err cc_journal_insert(cc_journal *j, cc_app *app, const cc_lease *lease, int64_t last_seq); /* in a transaction */

#endif
