/*
 * What agents say, and what it means.
 */
#ifndef CC_AGENT_OUTPUT_H
#define CC_AGENT_OUTPUT_H

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
#define CC_NOTE(l, member, text) cc_report_note(l, (l)->result->member, sizeof((l)->result->member), text)
void cc_report_note(cc_listener *l, char *field, size_t room, const char *text);
void cc_report_tool(cc_listener *l, const char *name, const cc_json *input); /* it was called */
void cc_report_piece(cc_listener *l, const char *text);                      /* of a message, */
void cc_report_whole(cc_listener *l);                                        /* which is whole now */
void cc_report_price(cc_listener *l, const cc_json *e, const char *name);    /* adds e's member, in dollars */
void cc_report_cost(cc_listener *l);                                         /* tokens and price are told */
void cc_report_done(cc_listener *l);                                         /* it has ended so, */
void cc_report_stopped(cc_listener *l, const char *subtype);                 /* or by what it calls it, */
void cc_report_failed(cc_listener *l, const char *why);                      /* or so, */
void cc_report_restarted(cc_listener *l);                                    /* or has begun anew since */

#endif
