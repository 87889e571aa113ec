/*
 * What time it is, and which day a second belongs to.
 *
 * It does not parse or write times: see text.c.  The core never asks the system for the time but through the cc_clock
 * that it was given, so that tests can choose it; cc_clock_system is merely the usual one.
 */
#include "base/clock.h"

#include <time.h>

static int64_t
milliseconds(clockid_t which)
{
    struct timespec t = {0};

    clock_gettime(which, &t); /* cannot fail: both clocks exist wherever we run */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
system_wall(void *ctx)
{
    (void)ctx;
    return milliseconds(CLOCK_REALTIME);
}

static int64_t
system_monotonic(void *ctx)
{
    (void)ctx;
    return milliseconds(CLOCK_MONOTONIC);
}

const cc_clock cc_clock_system = {.wall = system_wall, .monotonic = system_monotonic};

int64_t
cc_clock_wall(const cc_clock *c)
{
    return c->wall(c->ctx);
}

int64_t
cc_clock_monotonic(const cc_clock *c)
{
    return c->monotonic(c->ctx);
}

int64_t
cc_clock_left(const cc_clock *c, int64_t until)
{
    int64_t left = until - cc_clock_monotonic(c);

    if (left <= 0)
        return 0;
    return c->look_ms && left > c->look_ms ? c->look_ms : left;
}

/*
 * Not gmtime_r: it costs several times as much, and a page of rows writes a hundred times.
 *
 * Counting the year from the first of March puts the leap day at its end, and then a month's first day is a straight
 * line rounded down: (153 m + 2) / 5.  400 years, an era, always have the same number of days.
 */
void
cc_civil(int64_t s, int *year, int *month, int *day, int *hour, int *minute, int *second)
{
    enum { DAY_S = 86400, ERA_DAYS = 146097, DAYS_TO_1970 = 719468 /* since 0000-03-01 */ };

    int64_t days = s / DAY_S;
    int     rest = (int)(s % DAY_S);
    if (rest < 0) {
        rest += DAY_S;
        days--;
    }
    *hour = rest / 3600;
    *minute = rest / 60 % 60;
    *second = rest % 60;

    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    int     of_era = (int)(days - era * ERA_DAYS);                                           /* 0..146096 */
    int     year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365; /* 0..399 */
    int     of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);    /* 0..365, from 1 March */
    int     from_march = (5 * of_year + 2) / 153;                                            /* 0..11 */

    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int)(era * 400) + year_of_era + (*month <= 2 ? 1 : 0);
}
