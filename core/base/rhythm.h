/*
 * Which days something recurs on, and when that is.
 */
#ifndef CC_RHYTHM_H
#define CC_RHYTHM_H

#include "base/zone.h"

/*
 * "weekly on Monday and Friday at 06:30".  Days are counted from 1970-01-01, as cc_zone_day() does.  The anchor is the
 * day of the first time: no day before it counts, and second days, weeks and months are counted from it.
 */
typedef struct cc_rhythm {
    char    frequency[16]; /* daily, every_other_day, weekly, biweekly or monthly */
    int     weekdays;      /* bit 0 is Monday; 0: the anchor's.  Weeks begin on Monday */
    int     day_of_month;  /* 0: the anchor's.  A month that is too short has its last day */
    int     hour, minute;
    int64_t anchor;
} cc_rhythm;

bool    cc_rhythm_knows_weekdays(const char *frequency);
bool    cc_rhythm_knows_day_of_month(const char *frequency);
int64_t cc_rhythm_first_day(const cc_rhythm *r, const cc_zone *z,
                            int64_t now); /* the anchor of one made at `now`, in s */
int64_t cc_rhythm_after(const cc_rhythm *r, const cc_zone *z, int64_t after); /* the first time behind it, in s */

#endif
