/*
 * Which step of a run comes next.
 */
#ifndef CC_PLAN_H
#define CC_PLAN_H

#include "base/json.h"
#include "context/reasons.h"

enum {
    CC_OUTPUT_MAX = 256 * 1024, /* of a step, as it is stored */
    CC_STEP_SECONDS = 1800,     /* that one may take which says nothing else */
    CC_INPUT_MAX = 64 * 1024,   /* of a step's output, as it is put in front of the next one */
};

typedef struct cc_plan_step {
    const char *label, *role, *persona_id, *agent, *model, *instructions, *loop; /* NULL: not given */
    int64_t     timeout_s, loop_max;                                             /* 0: not given */
    bool        checks;                                                          /* a verdict is expected of it */
} cc_plan_step;

/* A step in one round, as far as it has come. */
typedef struct cc_plan_row {
    int              position, iteration;
    bool             completed, failed;
    int              attempt; /* how often it has begun */
    int              verdict; /* 1 pass, -1 fail, 0 none */
    const char      *output;
    const cc_reason *reason; /* of one that has failed */
} cc_plan_row;

typedef struct cc_plan {
    cc_arena     *arena;
    cc_plan_step *steps;
    int           count;
    int64_t       rounds; /* of a loop that names no maximum */
    cc_plan_row  *rows;
    size_t        row_count, row_room;
} cc_plan;

typedef enum cc_next { CC_NEXT_STEP, CC_NEXT_END, CC_NEXT_FAILED } cc_next;

/* Read the steps of a run.  The plan lives in the arena.  CC_E_INTERNAL: that is no list of steps. */
cc_err cc_plan_read(cc_arena *a, const char *steps, size_t size, int64_t rounds, cc_plan *plan);

/* Note how a step of a round ended; replaces what was noted of the same one. */
cc_err cc_plan_note(cc_plan *plan, const cc_plan_row *row);

/*
 * What comes next, told from the rows alone, so that any worker can go on where another one ended.
 *
 *   input  the row whose output the next step is given, or whose failure ends the run; NULL: none
 */
cc_next cc_plan_next(const cc_plan *plan, int *position, int *iteration, const cc_plan_row **input);

/* What the last step has come to in its last round; "": nothing. */
const char *cc_plan_output(const cc_plan *plan);

bool cc_role_checks(const char *role);     /* is a verdict expected of it? */
int  cc_plan_verdict(const cc_plan *plan); /* of all checkers, each by its last round: one that says fail decides */
int  cc_verdict_read(const char *text, size_t size); /* the last "verdict: pass" or "verdict: fail"; 0: none */

#endif
