/*
 * Events on their way to the database: gathered for a moment and written together, because a commit costs a hundred
 * times what a row does.  A run's events are numbered when they are written, by the statement that also checks that the
 * run is still ours.
 */
#include "engine/journal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "resources/resources.h"

enum {
    LAST_COUNT = 4096,
    LAST_SIZE = 256 * 1024,
    ROW_SIZE = 100, /* what a row takes beside its text */
};

static void
last_drop(cc_journal *j)
{
    struct cc_last *l = &j->last[j->last_first];

    j->dropped++;
    j->dropped_size += (int64_t)l->size;
    j->last_size -= l->size;
    free(l->text);
    j->last_first = (j->last_first + 1) % LAST_COUNT;
    j->last_count--;
}

cc_err
cc_journal_open(cc_journal *j, const cc_clock *clock)
{
    *j = (cc_journal){.arena = cc_arena_new(), .clock = clock};
    if (!j->arena)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&j->text, j->arena);
    return CC_OK;
}

void
cc_journal_close(cc_journal *j)
{
    while (j->last_count)
        last_drop(j);
    free(j->last);
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
        j->since = cc_clock_monotonic(j->clock);
    j->entries[j->count] = (struct cc_entry){.type = type, .at = now, .from = j->text.size};
    return &j->text;
}

void
cc_journal_end_kept(cc_journal *j)
{
    if (j->failed || j->text.failed) {
        j->failed = true;
        return;
    }
    j->entries[j->count].size = j->text.size - j->entries[j->count].from;
    j->count++;
}

/* A word of the worker's own, which is always kept. */
static void
say(cc_journal *j, int64_t now, const char *text)
{
    cc_buf *b = cc_journal_begin(j, "log", now);

    cc_puts(b, "{\"stream\":\"worker\",\"text\":");
    cc_put_json(b, text, strlen(text));
    cc_putc(b, '}');
    cc_journal_end_kept(j);
}

/* The event that was just written, from the texts to the last ones. */
static void
put_aside(cc_journal *j)
{
    const struct cc_entry e = j->entries[j->count];
    const size_t          size = j->text.size - e.from;
    const bool            first = !j->last_count && !j->dropped;

    if (!j->last)
        j->last = malloc(LAST_COUNT * sizeof(*j->last));
    while (j->last && j->last_count && (j->last_count == LAST_COUNT || j->last_size + size > LAST_SIZE))
        last_drop(j);
    char *text = j->last ? malloc(size) : NULL;
    if (text) {
        memcpy(text, j->text.data + e.from, size);
        j->last[(j->last_first + j->last_count++) % LAST_COUNT] =
            (struct cc_last){.type = e.type, .at = e.at, .text = text, .size = size};
        j->last_size += size;
    } else {
        j->dropped++;
        j->dropped_size += (int64_t)size;
    }
    j->text.size = e.from;
    if (first)
        say(j, e.at,
            "The run has said very much: what comes now follows when the step ends, as far as it is its last.");
}

static bool
is_speech(const char *type)
{
    return strcmp(type, "log") == 0 || strcmp(type, "message") == 0 || strcmp(type, "tool") == 0;
}

void
cc_journal_end(cc_journal *j)
{
    if (j->failed || j->text.failed) {
        j->failed = true;
        return;
    }
    const struct cc_entry *e = &j->entries[j->count];
    if (is_speech(e->type) && j->left <= 0) {
        put_aside(j);
        return;
    }
    if (is_speech(e->type))
        j->left -= (int64_t)(j->text.size - e->from) + ROW_SIZE;
    cc_journal_end_kept(j);
}

void
cc_journal_limit(cc_journal *j, int64_t size)
{
    while (j->last_count)
        last_drop(j);
    j->dropped = j->dropped_size = 0;
    j->left = size;
}

void
cc_journal_rest(cc_journal *j, int64_t now)
{
    char text[200];

    if (j->dropped) {
        snprintf(text, sizeof(text), "%lld events (%.1f MB) are left out here; the transcript of the step has them.",
                 (long long)j->dropped, (double)j->dropped_size / 1e6);
        say(j, now, text);
    }
    for (size_t i = 0; i < j->last_count; i++) {
        struct cc_last *l = &j->last[(j->last_first + i) % LAST_COUNT];
        cc_buf         *b = cc_journal_begin(j, l->type, l->at);
        cc_put(b, l->text, l->size);
        cc_journal_end_kept(j);
        free(l->text);
    }
    j->last_first = j->last_count = j->last_size = 0;
    j->dropped = j->dropped_size = 0;
}

cc_err
cc_journal_insert(cc_journal *j, cc_app *app, const cc_lease *lease, int64_t last_seq)
{
    cc_context c = cc_lease_context(app, lease);
    int64_t    seq = last_seq - (int64_t)j->count;
    cc_err     err = CC_OK;

    for (size_t i = 0; i < j->count && err == CC_OK; i++) {
        const struct cc_entry *e = &j->entries[i];
        err = cc_event_insert(&c, lease->id, ++seq, e->type, e->at, (cc_span){j->text.data + e->from, e->size});
    }
    return err;
}
