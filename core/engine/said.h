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
void cc_hear_acp(cc_listener *l, const cc_json *event);
void cc_talk_acp(cc_talk *t); /* acp.c: the first that it is told */

/* For those who hear: what was said is noted in l->result, and told as events. */
#define CC_NOTE(l, member, text) cc_said_note(l, (l)->result->member, sizeof((l)->result->member), text)
void cc_said_note(cc_listener *l, char *field, size_t room, const char *text);
void cc_said_tool(cc_listener *l, const char *name, const cc_json *input); /* it was called */
void cc_said_piece(cc_listener *l, const char *text);                      /* of a message, */
void cc_said_whole(cc_listener *l);                                        /* which is whole now */
void cc_said_price(cc_listener *l, const cc_json *e, const char *name);    /* adds e's member, in dollars */
void cc_said_cost(cc_listener *l);                                         /* tokens and price are told */
void cc_said_well(cc_listener *l);                                         /* it has ended so, */
void cc_said_wrong(cc_listener *l, const char *why);                       /* or so, */
void cc_said_more(cc_listener *l);                                         /* or has begun anew since */

#endif
