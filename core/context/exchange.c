/*
 * Rate limits over several machines.
 *
 * A request asks its own machine's buckets and never waits for the database.  Once a second one process of each machine
 * writes one row with what was taken there, bucket by bucket, and takes up the rows of the others: their buckets are
 * moved as if it had been taken here.  Until then each machine may give what a full bucket holds; that is paid off
 * afterwards, because a bucket goes below empty (DEBT_US in shared_state.c), so over a minute all machines together
 * give what one would.
 *
 * A row is read until its machine was heard up to it, for a minute at most.  What is lost when the database cannot be
 * reached was given once too often, which is the better mistake.
 */
#include "context/exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/db.h"

enum { KEPT_MS = 60000, ENTRIES = 4000 /* of one row; the rest follows in the next second */, NAME_SIZE = 17 };

typedef struct taken {
    int64_t     at;
    const char *machine, *entries;
} taken;

CC_ROW(taken, at, machine, entries);
CC_QUERY(taken_elsewhere, taken,
         "SELECT at, machine, entries FROM rates_taken WHERE at > :since AND machine <> :own ORDER BY at, machine",
         INT(since), TEXT(own));
CC_STATEMENT(taken_insert, "INSERT INTO rates_taken (at, machine, entries) VALUES (:at, :machine, :entries)", INT(at),
             TEXT(machine), TEXT(entries));
CC_STATEMENT(taken_delete, "DELETE FROM rates_taken WHERE at <= :until", INT(until));

typedef struct sheet {
    cc_buf text; /* "KEY:MICROSECONDS " for each bucket, the key in hexadecimal */
    int    count;
} sheet;

static bool
entry_add(void *ctx, uint64_t key, int64_t us)
{
    sheet *s = ctx;

    cc_putf(&s->text, "%llx:%lld ", (unsigned long long)key, (long long)us);
    return ++s->count < ENTRIES;
}

static cc_err
own_write(cc_app *app, cc_arena *scratch, const char *machine)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    sheet         s = {.count = 0};
    cc_err        err;

    cc_buf_init(&s.text, scratch);
    cc_rate_each_taken(cc_app_shared(app), entry_add, &s);
    if (s.count == 0)
        return CC_OK;
    const char *entries = cc_buf_text(&s.text);
    if (!entries)
        return CC_E_UNAVAILABLE;
    if ((err = cc_tx_begin(db)) == CC_OK &&
        (err = cc_db_run(db, taken_insert, .at = now, .machine = machine, .entries = entries)) == CC_OK)
        err = cc_db_run(db, taken_delete, .until = now - KEPT_MS);
    return cc_tx_end(db, err);
}

/* Of a row that another machine wrote: what does not read as an entry ends it. */
static void
entries_charge(cc_app *app, const taken *row)
{
    const char *at = row->entries;
    char       *end;

    while (*at) {
        const uint64_t key = strtoull(at, &end, 16);
        if (end == at || *end != ':')
            return;
        const long long us = strtoll(at = end + 1, &end, 10);
        if (end == at || *end != ' ' || us <= 0)
            return;
        cc_rate_charge(cc_app_shared(app), key, row->at, us);
        at = end + 1;
    }
}

static cc_err
others_take_up(cc_app *app, const char *own)
{
    const int64_t now = cc_app_now(app);
    cc_shared    *shared = cc_app_shared(app);
    taken         row;
    cc_rows       rows = cc_db_select(cc_app_db(app), taken_elsewhere, &row, .since = now - KEPT_MS, .own = own);

    while (cc_rows_next(&rows)) {
        const uint64_t machine = strtoull(row.machine, NULL, 16);
        if (row.at <= cc_shared_heard(shared, machine))
            continue;
        entries_charge(app, &row);
        cc_shared_heard_set(shared, machine, row.at);
    }
    return cc_rows_end(&rows);
}

cc_err
cc_exchange(cc_app *app)
{
    cc_shared *shared = cc_app_shared(app);
    char       own[NAME_SIZE];
    cc_arena  *scratch;
    cc_err     err;

    if (!cc_db_is_shared(cc_app_db(app)))
        return CC_OK;
    if (!cc_shared_exchange_due(shared, cc_app_now(app)))
        return CC_OK;
    if (!(scratch = cc_arena_new()))
        return CC_E_UNAVAILABLE;
    snprintf(own, sizeof(own), "%llx", (unsigned long long)cc_shared_machine(shared));
    if ((err = own_write(app, scratch, own)) == CC_OK)
        err = others_take_up(app, own);
    cc_arena_free(scratch);
    return err;
}
