/*
 * Who can take a step.
 */
#ifndef CC_AGENT_H
#define CC_AGENT_H

#include "context/reasons.h"
#include "engine/journal.h"
#include "engine/mask.h"

typedef struct cc_agent cc_agent;

/* What it has said of its end. */
typedef enum cc_ending { CC_ENDING_NONE, CC_ENDING_COMPLETED, CC_ENDING_FAILED } cc_ending;

/* What an agent's output has told so far; all of it masked. */
typedef struct cc_step_result {
    cc_buf         output; /* what it hands on */
    int64_t        input_tokens, output_tokens;
    int64_t        cache_read_tokens, cache_write_tokens; /* of the input; 0 where they are not told apart */
    bool           counted;                               /* those above are known */
    int64_t        cost_nano;                             /* in billionths of a dollar */
    bool           priced;                                /* that is known */
    bool           by_rate, settled;                      /* it was computed; nothing more comes to it (spend.c) */
    cc_ending      ending;
    int64_t        ended_at;     /* when it said so; monotonic */
    char           error[512];   /* why it failed, in its words */
    cc_reason_code reason;       /* the same, where it has no words of its own; else CC_REASON_NONE */
    char           model[120];   /* that answered; "": it did not say */
    char           session[120]; /* by which it can be told to go on; "": it did not say */
    cc_buf         speech;       /* what it says piece by piece, until it is whole */
    char           tail[800];    /* its last lines that are no protocol */
} cc_step_result;

/* With an agent that is talked to: what it is told, and what of that is to be said next. */
typedef struct cc_talk {
    cc_buf      out;
    size_t      written; /* of out */
    bool        over;    /* nothing more will be said */
    const char *prompt, *model, *directory;
    const char *session; /* to go on with; NULL: none */
    bool        asked;   /* the prompt was said */
} cc_talk;

typedef struct cc_listener {
    cc_app         *app;
    cc_arena       *scratch;
    cc_journal     *journal;
    const cc_mask  *mask;
    cc_step_result *result;
    int64_t         now;
    cc_talk        *talk;
    bool            cut; /* the object that is heard was cut off */
} cc_listener;

struct cc_agent {
    const char *name;
    const char *line;         /* command line with the names of cc_told; [ ] drops out when one in it is empty */
    const char *install;      /* what to type to get it */
    const char *instructions; /* the file below HOME that it reads before its work; NULL: it has none */
    const char *commands, *scripts, *skills; /* where it finds those below HOME; NULL: it has no place for them */
    const char *moved_by; /* the variable that has it look elsewhere than there; NULL: there is none */
    const char *efforts;  /* the thinking efforts it knows, least first; NULL: any */
    const char *keys; /* the variables that can hold the key of its model service, the usual one first; NULL: none */
    const char *spare_keys; /* and with which it needs none of them */
    const char *service;    /* whose model it asks, for the cost rates; NULL: its model's name says so */
    const char *keyless;    /* what it says when it has none that is valid; each ends with a newline */
    void (*hear)(cc_listener *l, const cc_json *event); /* NULL: its output is plain text */
    void (*heed)(cc_listener *l, const char *line);     /* a line of text that means something; NULL: none does */
    void (*talk)(cc_talk *t);                           /* begins to talk to it; NULL: it is only told its prompt */
    bool rehearsal;
    bool any_provider; /* it asks whose model it is: `keys` are examples */
    bool by_operator;  /* its command line stands in codecourier.conf */
};

/* What a command line is filled in with: {prompt}, {model}, {effort}, {session}.  NULL or "": nothing. */
typedef struct cc_told {
    const char *prompt, *model, *effort;
    const char *session; /* to go on with */
} cc_told;

/* The agent of that name: the operator's line, one of ours, or NULL.  Lives in the arena. */
const cc_agent *cc_agent_find(cc_app *app, cc_arena *a, const char *name);
const cc_agent *cc_agent_at(size_t i); /* ours; NULL past the end */
/* The first of ours whose program is there; NULL: none. */
const cc_agent *cc_agent_any(cc_app *app, cc_arena *a);
/* Does this prompt fit where its command line wants it?  Linux takes 128 KiB in one word. */
bool cc_agent_takes(const cc_agent *agent, const char *prompt);
/* Its program's path, or NULL and why. */
const char *cc_agent_program(const cc_agent *agent, cc_arena *a, char *why, size_t why_size);
void        cc_agent_not_installed(const cc_agent *agent, char *why, size_t why_size); /* that sentence */
/* argv; NULL: out of memory.  *by_input: the prompt belongs on standard input. */
const char *const *cc_agent_argv(const cc_agent *agent, cc_arena *a, const char *program, const cc_told *told,
                                 bool *by_input);
/* What it is told when it should think so hard: the greatest it knows that is not more; NULL: nothing. */
const char *cc_agent_effort(const cc_agent *agent, cc_arena *a, const char *effort);
/* What becomes of the wish that it should think so hard, where it is not as was wished; NULL: it is. */
const char *cc_agent_effort_reason(const cc_agent *agent, cc_arena *a, const char *effort);
/* One line (without its end) of what it wrote. */
void cc_agent_line(const cc_agent *agent, cc_listener *l, bool is_error, const char *line, size_t size);
/* {"text": …} as a `log` event. */
void cc_say_log(cc_listener *l, const char *stream, const char *text, size_t size);
/* A word of the worker's own, which is kept however much the agent has said. */
void cc_say_own(cc_listener *l, const char *text, size_t size);
void cc_say_message(cc_listener *l, const char *text, size_t size);

#endif
