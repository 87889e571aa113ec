/*
 * All that a step's agent wrote, beside the workspace.
 */
#ifndef CC_TRANSCRIPT_H
#define CC_TRANSCRIPT_H

#include "engine/slot.h"

/*
 * runs/RUN/transcript/step-POSITION-ITERATION-ATTEMPT.jsonl.gz in the data directory: JSON lines, compressed by gzip,
 * of
 * {"at": …, "stream": "stdout" or "stderr", "text": …}: one for each line, whole and masked.  Removed with the run's
 * workspace.  What cannot be written is told once in the run, and fails nothing.
 */
void cc_transcript_open(cc_slot *s);
void cc_transcript_line(cc_slot *s, bool is_error, const char *line, size_t size);
void cc_transcript_close(cc_slot *s); /* nothing if none is open */

#endif
