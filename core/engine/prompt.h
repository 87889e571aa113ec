/*
 * What an agent is told.
 */
#ifndef CC_PROMPT_H
#define CC_PROMPT_H

#include "base/arena.h"

/* What a run is about.  Each may be NULL. */
typedef struct cc_task {
    const char *title, *url, *text; /* of its issue */
    const char *asked;              /* the run's own words */
} cc_task;

typedef struct cc_prompt_parts {
    const char *system, *role, *persona, *persona_instructions, *contexts, *instructions, *input, *input_label;
    cc_task     task;
    int         iteration;
    bool        resumed; /* it goes on with the conversation in which it was told this */
    bool        checks;
} cc_prompt_parts;

const char *cc_task_text(cc_arena *a, const cc_task *task);            /* "": nothing; NULL: out of memory */
const char *cc_prompt_end(const char *text);                           /* of a long text: what it comes to */
const char *cc_prompt_make(cc_arena *a, const cc_prompt_parts *parts); /* NULL: out of memory */

#endif
