/*
 * What time it is, and what a time is called.
 */
#ifndef CC_CLOCK_H
#define CC_CLOCK_H

#include "base/base.h"

int64_t cc_clock_system(void *ctx); /* ms since 1970, UTC */
int64_t cc_clock_monotonic(void);   /* ms from an arbitrary start; for waits */
void cc_civil(int64_t s, int *year, int *month, int *day, int *hour, int *minute, int *second); /* from s since 1970 */

#endif
