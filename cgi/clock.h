/*
 * The clock of our programs.
 */
#ifndef CC_CLOCK_OF_PROGRAMS_H
#define CC_CLOCK_OF_PROGRAMS_H

#include "codecourier.h"

const cc_clock *program_clock(void); /* for cc_options */

#endif
