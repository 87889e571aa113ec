/*
 * What time it is, and what a time is called.
 */
#ifndef CC_CLOCK_H
#define CC_CLOCK_H

#include "base/base.h"

extern const cc_clock cc_clock_system;

int64_t cc_clock_wall(const cc_clock *c);                /* ms since 1970, UTC */
int64_t cc_clock_monotonic(const cc_clock *c);           /* ms from an arbitrary start; for waits */
int64_t cc_clock_left(const cc_clock *c, int64_t until); /* ms that a wait until then may last at once; 0: it is over */
void cc_civil(int64_t s, int *year, int *month, int *day, int *hour, int *minute, int *second); /* from s since 1970 */

#endif
