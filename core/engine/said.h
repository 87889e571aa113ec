/*
 * What agents say, and what it means.
 */
#ifndef CC_SAID_H
#define CC_SAID_H

#include "engine/agent.h"

/* One object of its protocol, for the table of agents. */
void cc_hear_claude(cc_listener *l, const cc_json *event);
void cc_hear_codex(cc_listener *l, const cc_json *event);
void cc_hear_opencode(cc_listener *l, const cc_json *event);
void cc_hear_gemini(cc_listener *l, const cc_json *event);
void cc_heed_aider(cc_listener *l, const char *line);
void cc_hear_pi(cc_listener *l, const cc_json *event);

#endif
