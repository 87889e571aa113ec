/*
 * Candidates: several runs of one task, of which one gets the pull request.
 */
#ifndef CC_CANDIDATES_H
#define CC_CANDIDATES_H

#include "gate/request.h"

/* candidates.c */
extern const cc_resource cc_candidates;
cc_err                   cc_runs_start(cc_req *r); /* one run, or several candidates */
cc_err                   cc_runs_choose(cc_req *r);
cc_err                   cc_candidates_cancel(cc_req *r);
bool
cc_candidates_continue(cc_app *app); /* what has come to its end; for a worker, whose lock is held.  Was there any? */

/* choice.c: who has chosen. */
#define CC_CHOSEN_BY_JUDGE "judge"
#define CC_CHOSEN_AS_ONLY "only" /* no other one has completed */
#define CC_CHOSEN_BY_PERSON "person"

typedef struct cc_choice {
    const char *group_id, *run_id, *by, *reason; /* reason NULL: none was given */
} cc_choice;

/*
 * Inside a transaction, for whoever the context acts as: that run gets the pull request, which a worker opens.  *made
 * false: the group's state does not allow it any more, or it has no such run that has completed.
 */
cc_err cc_choice_make(cc_context *c, const cc_choice *choice, bool *made);
/* The same: there is none, and a person is to choose. */
cc_err cc_choice_doubt(cc_context *c, const char *group_id, const cc_reason *why, bool *moved);
/* Inside the transaction that completes a judge's session: what it says is the choice, if it was asked for one. */
cc_err cc_choice_of_judge(cc_context *c, const char *session_id, const char *run_id, const char *reason);

#endif
