/*
 * What a slot's process writes.
 */
#ifndef CC_OUTPUT_H
#define CC_OUTPUT_H

#include "engine/slot.h"

enum {
    CC_OUTPUT_JOURNAL_MOST = 16 * 1024 * 1024, /* with storage away: then output waits in the pipe */
    CC_OUTPUT_FLUSH_COUNT = 500,
};

void cc_output_heard(cc_slot *s); /* its silence begins now */
void cc_output_read(cc_slot *s);

#endif
