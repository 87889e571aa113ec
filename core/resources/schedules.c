/*
 * Schedules: runs that start by the clock.
 */
#include "../db.h"
#include "resources.h"

void
cc_schedules_start(cc_app *app)
{
    (void)app;
}
