/*
 * What an agent is told.
 */
#ifndef CC_PROMPT_H
#define CC_PROMPT_H

#include "base/arena.h"

typedef struct cc_prompt_parts {
    const char *system, *role, *persona, *persona_instructions, *task, *instructions, *input, *input_label;
    int         iteration;
    bool        checks;
} cc_prompt_parts;

const char *cc_prompt_make(cc_arena *a, const cc_prompt_parts *parts); /* NULL: out of memory */

#endif
