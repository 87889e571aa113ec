/*
 * What a run is given by its project, its issue and its steps: who takes a step, and what of that is told.
 */
#ifndef CC_ASSIGNMENT_H
#define CC_ASSIGNMENT_H

#include "engine/agent.h"
#include "engine/plan.h"
#include "engine/prompt.h"

/* What the project says of its runs.  NULL: nothing. */
typedef struct cc_run_project {
    const char    *repository, *system, *agent, *model, *git_name, *git_email, *pull_template;
    const cc_json *environment;
    const cc_json *keys; /* what of it are provider keys, each only for those who need it */
} cc_run_project;

typedef struct cc_assignee {
    const char     *name;  /* of the agent; NULL: neither step, persona nor project names one */
    const cc_agent *agent; /* NULL: there is none of that name */
    const char     *model, *effort, *persona, *instructions;
    const char     *context_id;                  /* the only one that it is given; NULL: all */
    const cc_json  *skills, *commands, *scripts; /* the ids of those that it is given; NULL: all */
    bool            persona_gone;                /* the step names one that was deleted */
} cc_assignee;

/* All of it lives in the arena. */
cc_err cc_run_project_load(cc_app *app, cc_arena *a, const char *project_id, cc_run_project *out);
/* Set what is the issue's in *task.  One that was deleted leaves the run to its own words. */
cc_err cc_task_load(cc_app *app, cc_arena *a, const char *project_id, const char *issue_id, cc_task *task);
/* The step's own word, else the persona's, else the project's.  test: a rehearsal, whatever they say. */
cc_err cc_assign(cc_app *app, cc_arena *a, const char *project_id, const cc_run_project *project, bool test,
                 const cc_plan_step *step, cc_assignee *out);
/* Why nobody takes the step; and why its agent cannot. */
const cc_reason *cc_assign_nobody(cc_arena *a, const cc_plan_step *step, const cc_assignee *t);
const cc_reason *cc_assign_not_installed(cc_arena *a, const cc_agent *agent);
const cc_reason *cc_assign_too_long(cc_arena *a, const cc_agent *agent, const char *prompt);
/* What the agent is told in the step's first round, with nothing handed on. */
cc_prompt_parts cc_assign_prompt(const cc_run_project *project, const cc_task *task, const cc_plan_step *step,
                                 const cc_assignee *t);

#endif
