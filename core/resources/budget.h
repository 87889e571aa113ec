/*
 * What a project may spend, for whoever is about to.
 */
#ifndef CC_BUDGET_H
#define CC_BUDGET_H

#include "context/context.h"

typedef struct cc_budget_state {
    const cc_reason *spent; /* the part of a hard budget that nothing is left of; NULL: none */
    bool             warns; /* one of its parts is spent as far as it warns at */
} cc_budget_state;

/*
 * How live runs stand to the budget.  run_id: the run that spends; NULL: one that is to begin.  more: what it has spent
 * that is not written yet, in billionths of a dollar.  What a rehearsal may do is not asked: it costs nothing.
 */
cc_err cc_budget_look(cc_app *app, cc_arena *a, const char *project_id, const char *run_id, int64_t more,
                      cc_budget_state *out);

/* Inside a transaction: may another run be started?  CONFLICT, with the reason: the budget is spent. */
cc_err cc_budget_allows(cc_context *c);

#endif
