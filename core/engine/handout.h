/*
 * What agents are given of a run's documents.
 */
#ifndef CC_HANDOUT_H
#define CC_HANDOUT_H

#include "engine/agent.h"
#include "engine/slot.h"

/* What becomes a file below HOME; text NULL: whatever has that name there is taken away first. */
typedef struct cc_handout_file cc_handout_file;
struct cc_handout_file {
    cc_handout_file *next;
    const char      *path, *text;
    bool             is_program;
};

typedef struct cc_handout {
    const char      *contexts; /* what they say, and then the learnings, one behind the other; "": nothing */
    cc_handout_file *files;    /* skills, commands and scripts, in order; NULL: none */
    const char      *contexts_listed, *learnings_listed, *assets_listed; /* which they are, as members of JSON lists */
    const char      *doubt; /* what is to be said of those left out; NULL: nothing */
    const char      *field; /* of a persona, that it is about; NULL: of none */
} cc_handout;

/* documents: what cc_documents_active said.  Lives in the arena. */
cc_err cc_handout_load(cc_app *app, cc_arena *a, const char *project_id, const cc_json *documents, const cc_assignee *t,
                       const cc_json *environment, cc_handout *out);

/* Has the agent an instruction file of its own, in a home that is the run's alone?  Else they stand in its prompt. */
bool cc_handout_by_file(cc_app *app, const cc_agent *agent, const cc_json *environment);

/* Give them to the agent of the step that begins.  *for_prompt: what its prompt must say of them; NULL: nothing. */
cc_err cc_handout_give(cc_slot *s, const cc_assignee *t, const char **for_prompt);

#endif
