/*
 * Events on their way to the database: gathered for a moment and written together, because a commit costs a hundred
 * times what a row does.  A run's events are numbered when they are written, by the statement that also checks that the
 * run is still ours.
 */
#include "engine/journal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "resources/resources.h"

cc_err
cc_journal_open(cc_journal *j)
{
    *j = (cc_journal){.arena = cc_arena_new()};
    if (!j->arena)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&j->text, j->arena);
    return CC_OK;
}

void
cc_journal_close(cc_journal *j)
{
    free(j->entries);
    cc_arena_free(j->arena);
    *j = (cc_journal){0};
}

void
cc_journal_clear(cc_journal *j)
{
    cc_arena_reset(j->arena);
    cc_buf_init(&j->text, j->arena);
    j->count = 0;
    j->failed = false;
}

cc_buf *
cc_journal_begin(cc_journal *j, const char *type, int64_t now)
{
    if (j->count == j->room) {
        size_t           room = j->room ? j->room * 2 : 64;
        struct cc_entry *more = realloc(j->entries, room * sizeof(*more));
        if (!more) {
            j->failed = true;
            return &j->text;
        }
        j->entries = more;
        j->room = room;
    }
    if (!j->count)
        j->since = cc_clock_monotonic();
    j->entries[j->count] = (struct cc_entry){.type = type, .at = now, .from = j->text.size};
    return &j->text;
}

void
cc_journal_end(cc_journal *j)
{
    if (j->failed || j->text.failed) {
        j->failed = true;
        return;
    }
    j->entries[j->count].size = j->text.size - j->entries[j->count].from;
    j->count++;
}

cc_err
cc_journal_insert(cc_journal *j, cc_app *app, const cc_lease *lease, int64_t last_seq)
{
    int64_t seq = last_seq - (int64_t)j->count;
    cc_err  err = CC_OK;

    for (size_t i = 0; i < j->count && err == CC_OK; i++) {
        const struct cc_entry *e = &j->entries[i];
        err = cc_event_insert(app, lease->project_id, lease->id, ++seq, e->type, e->at,
                              (cc_span){j->text.data + e->from, e->size});
    }
    return err;
}
