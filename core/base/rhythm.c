/*
 * Which days something recurs on, and when that is.
 *
 * The days are those of the zone's own calendar; at what moment the clock there shows the hour is the zone's to say
 * (zone.h), and so is what becomes of an hour that summer time leaves out or brings twice.
 */
#include "base/rhythm.h"

#include "base/clock.h"

bool
cc_rhythm_knows_weekdays(const char *frequency)
{
    return strcmp(frequency, "weekly") == 0 || strcmp(frequency, "biweekly") == 0;
}

bool
cc_rhythm_knows_day_of_month(const char *frequency)
{
    return strcmp(frequency, "monthly") == 0;
}

/* 0 is Monday; 1970-01-01 was a Thursday. */
static int
weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

/* Of the month; *last: how many days that month has. */
static int
day_of_month(int64_t day, int *last)
{
    int year, month, of_month, ignored;

    cc_civil(day * 86400, &year, &month, &of_month, &ignored, &ignored, &ignored);
    *last = cc_month_days(year, month);
    return of_month;
}

/* Is it one of the days that were chosen, whenever the first one is? */
static bool
is_chosen(const cc_rhythm *r, int64_t day)
{
    int last, of_month = day_of_month(day, &last);

    if (r->weekdays && !(r->weekdays >> weekday(day) & 1))
        return false;
    return !r->day_of_month || of_month == (r->day_of_month < last ? r->day_of_month : last);
}

/* As if the anchor's day of the month had been chosen. */
static bool
is_anchors_day(const cc_rhythm *r, int64_t day)
{
    int             ignored;
    const cc_rhythm chosen = {.day_of_month = day_of_month(r->anchor, &ignored)};

    return is_chosen(&chosen, day);
}

static bool
is_day(const cc_rhythm *r, int64_t day)
{
    const int64_t since = day - r->anchor;
    const int64_t weeks = (since + weekday(r->anchor)) / 7; /* since the anchor's own, from Monday to Monday */

    if (since < 0 || !is_chosen(r, day))
        return false;
    if (strcmp(r->frequency, "every_other_day") == 0)
        return since % 2 == 0;
    if (strcmp(r->frequency, "weekly") == 0)
        return r->weekdays || since % 7 == 0;
    if (strcmp(r->frequency, "biweekly") == 0)
        return r->weekdays ? weeks % 2 == 0 : since % 14 == 0;
    if (strcmp(r->frequency, "monthly") == 0)
        return r->day_of_month || is_anchors_day(r, day);
    return true;
}

/* Today, if that hour is still to come there, else tomorrow; or the first day behind it that was chosen. */
int64_t
cc_rhythm_first_day(const cc_rhythm *r, const cc_zone *z, int64_t now)
{
    int64_t day = cc_zone_day(z, now);

    if (cc_zone_time(z, day, r->hour, r->minute) <= now)
        day++;
    while (!is_chosen(r, day)) /* a month at most: no frequency knows both choices */
        day++;
    return day;
}

int64_t
cc_rhythm_after(const cc_rhythm *r, const cc_zone *z, int64_t after)
{
    int64_t day = cc_zone_day(z, after) - 1; /* a jump of the clock may have carried its time into today */

    day = day < r->anchor ? r->anchor : day;
    for (;; day++) {
        int64_t at = cc_zone_time(z, day, r->hour, r->minute);
        if (at > after && is_day(r, day))
            return at;
    }
}
