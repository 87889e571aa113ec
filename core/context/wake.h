/*
 * Who waits is woken by whoever has done what he waits for, on this machine and on others.
 *
 * On one machine that is an event of the shared state.  To others it goes through the database, where that is a server,
 * and there becomes an event of their shared state: so everybody waits for one thing, wherever the cause was.
 */
#ifndef CC_WAKE_H
#define CC_WAKE_H

#include "context/app.h"

/* After the transaction: workers have something to do, and that run has changed; NULL or "": none has. */
void cc_wake(cc_app *app, bool workers, const char *run_id);

/* From now on hear other machines.  Whoever is going to wait says so before he looks. */
cc_err cc_wake_listen(cc_app *app);

/* How often the run's event has come so far, and: give up the lock, and wait at most `ms` for it to come once more. */
uint32_t cc_wake_count(cc_app *app, const char *run_id);
void     cc_wake_wait(cc_app *app, const char *run_id, uint32_t heard, int64_t ms);

/* Another machine's cc_wake has come; NULL: some may have been missed. */
void cc_wake_heard(cc_app *app, const char *what);

#endif
