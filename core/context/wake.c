#include "context/wake.h"

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "context/ids.h"
#include "storage/db.h"

enum { SLICE_MS = 50 };

#define FOR_WORKERS "work"

static void
wake_here(cc_app *app, bool workers, const char *run_id)
{
    if (workers)
        cc_event_notify(cc_app_shared(app), CC_EVENT_WORK);
    if (run_id && run_id[0])
        cc_event_notify(cc_app_shared(app), cc_shared_key(run_id));
}

/* "work", "run_…" or "work run_…". */
void
cc_wake(cc_app *app, bool workers, const char *run_id)
{
    const bool run = run_id && run_id[0];
    char       what[sizeof(FOR_WORKERS) + CC_ID_SIZE];

    wake_here(app, workers, run_id);
    snprintf(what, sizeof(what), "%s%s%s", workers ? FOR_WORKERS : "", workers && run ? " " : "", run ? run_id : "");
    cc_db_notify(cc_app_db(app), what);
}

void
cc_wake_heard(cc_app *app, const char *what)
{
    const size_t size = sizeof(FOR_WORKERS) - 1;

    if (!cc_app_shared(app))
        return;
    if (!what) {
        cc_event_notify_all(cc_app_shared(app));
        return;
    }
    const bool workers = strncmp(what, FOR_WORKERS, size) == 0 && (what[size] == ' ' || what[size] == '\0');
    wake_here(app, workers, !workers ? what : what[size] ? what + size + 1 : NULL);
}

cc_err
cc_wake_listen(cc_app *app)
{
    return cc_db_listen(cc_app_db(app));
}

uint32_t
cc_wake_count(cc_app *app, const char *run_id)
{
    return cc_event_count(cc_app_shared(app), cc_shared_key(run_id));
}

/*
 * Nobody can sleep on the event and on a socket at once.  With a server behind it one sleeps on the socket, and looks
 * at the event so often that another process or thread of this machine is heard soon.
 */
void
cc_wake_wait(cc_app *app, const char *run_id, uint32_t heard, int64_t ms)
{
    const int64_t until = cc_app_monotonic(app) + ms;
    int           socket = cc_db_socket(cc_app_db(app));

    if (socket < 0) {
        cc_app_unlock(app);
        cc_event_wait(cc_app_shared(app), cc_shared_key(run_id), heard, ms);
        cc_app_lock(app);
        return;
    }
    while (cc_wake_count(app, run_id) == heard && (ms = cc_clock_left(cc_app_clock(app), until)) > 0) {
        struct pollfd input = {.fd = socket, .events = POLLIN};
        cc_app_unlock(app);
        (void)poll(&input, 1, (int)(ms < SLICE_MS ? ms : SLICE_MS));
        cc_app_lock(app);
        cc_db_hear(cc_app_db(app));
        socket = cc_db_socket(cc_app_db(app));
    }
}
