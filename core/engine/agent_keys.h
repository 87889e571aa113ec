/*
 * The key that an agent's model service asks for.
 */
#ifndef CC_AGENT_KEYS_H
#define CC_AGENT_KEYS_H

#include "engine/agent.h"

typedef enum cc_key_state {
    CC_KEY_FINE,
    CC_KEY_DOUBTFUL, /* nothing that looks like one is set, but it may not need any */
    CC_KEY_MISSING,
} cc_key_state;

/* Is one of its variables set in the project's environment (a JSON object of texts, or NULL)? */
cc_key_state cc_agent_key(cc_app *app, const cc_agent *agent, const cc_json *environment);
/* Is the key of that variable for its service?  Who asks whose model it is may be given any model's. */
bool cc_agent_wants(const cc_agent *agent, const char *variable);
/* "A or B": what to set, in words; NULL: out of memory. */
const char *cc_agent_key_names(cc_arena *a, const cc_agent *agent);
/* That there is none, in a sentence, for before it is tried. */
const char *cc_agent_keyless(cc_arena *a, const cc_agent *agent);

#endif
