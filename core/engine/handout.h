/*
 * What agents are given of a run's documents.
 */
#ifndef CC_HANDOUT_H
#define CC_HANDOUT_H

#include "engine/agent.h"
#include "engine/slot.h"

typedef struct cc_handout {
    const char *contexts; /* what they say, one behind the other; "": nothing */
    const char *listed;   /* which they are, as members of a JSON list */
    const char *doubt;    /* what is to be said of those that are left out; NULL: nothing */
} cc_handout;

/* documents: what cc_documents_active said.  context_id: the persona's, in place of all; NULL: all.  Lives in the
 * arena. */
cc_err cc_handout_load(cc_app *app, cc_arena *a, const char *project_id, const cc_json *documents,
                       const char *context_id, cc_handout *out);

/* Has the agent an instruction file of its own, in a home that is the run's alone?  Else they stand in its prompt. */
bool cc_handout_by_file(cc_app *app, const cc_agent *agent, const cc_json *environment);

/* Give them to the agent of the step that begins.  *for_prompt: what its prompt must say of them; NULL: nothing. */
cc_err cc_handout_give(cc_slot *s, const cc_assignee *t, const char **for_prompt);

#endif
