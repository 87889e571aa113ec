/*
 * What the clock shows elsewhere.
 */
#ifndef CC_ZONE_H
#define CC_ZONE_H

#include "base/arena.h"

typedef struct cc_zone cc_zone;

const cc_zone *cc_zone_load(cc_arena *a, const char *name); /* an IANA name; NULL: unknown here, or out of memory */
int64_t        cc_zone_offset(const cc_zone *z, int64_t t); /* seconds east of UTC at t (s since 1970) */
int64_t        cc_zone_day(const cc_zone *z, int64_t t);    /* which day it is there, counted from 1970-01-01 */
/*
 * When it is hour:minute there on that day, in s since 1970.  Of a time that comes twice the first; one that the clock
 * jumps over is as much later as it jumps.
 */
int64_t cc_zone_time(const cc_zone *z, int64_t day, int hour, int minute);
int64_t cc_days_of(int64_t year, int month, int day);
int     cc_month_days(int64_t year, int month);

#endif
