/*
 * An open instance as the rooms of the core see it: its lock, its time, its log, and what else belongs to it.
 */
#include "context/app.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/instance.h"
#include "gate/route.h"
#include "storage/db.h"

cc_db *
cc_app_db(cc_app *app)
{
    return app->db;
}

cc_shared *
cc_app_shared(cc_app *app)
{
    return app->shared;
}

const struct cc_table *
cc_app_table(cc_app *app)
{
    return app->table;
}

struct cc_secrets *
cc_app_secrets(cc_app *app)
{
    return &app->secrets;
}

/*
 * Before the lock, not behind it: a thread of the parent may have held it at the moment of the fork, and in the child
 * nobody is left to give it back.
 */
bool
cc_app_forked(const cc_app *app)
{
    return app->pid != getpid();
}

cc_err
cc_app_enter(cc_app *app)
{
    if (cc_app_forked(app))
        return CC_E_INTERNAL;
    pthread_mutex_lock(&app->lock);
    return CC_OK;
}

void
cc_app_lock(cc_app *app)
{
    pthread_mutex_lock(&app->lock);
}

struct cc_troubles *
cc_app_troubles(cc_app *app)
{
    return &app->troubles;
}

void
cc_app_unlock(cc_app *app)
{
    pthread_mutex_unlock(&app->lock);
}

const char *
cc_app_directory(cc_app *app)
{
    return app->directory;
}

int64_t
cc_app_now(cc_app *app)
{
    return app->db ? cc_db_now(app->db) : cc_clock_wall(app->clock);
}

int64_t
cc_app_monotonic(cc_app *app)
{
    return cc_clock_monotonic(app->clock);
}

const cc_clock *
cc_app_clock(cc_app *app)
{
    return app->clock;
}

void
cc_log(cc_app *app, const char *format, ...)
{
    char    line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    for (char *p = line; *p; p++) { /* one entry stays one line that steers no terminal, whatever it quotes */
        const bool c1 = *p == '\xc2' && (unsigned char)p[1] < 0xa0;
        if (c1 || (unsigned char)*p < 0x20 || *p == 0x7f)
            memset(p, ' ', c1 && p[1] ? 2 : 1);
    }
    app->log(app->ctx, line);
}
