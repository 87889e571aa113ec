/*
 * A run once more, as a new run: from its beginning, or from one of its steps.
 *
 * The new run has a branch of its own, unless the first one was asked to work on a certain branch: what has been pushed
 * and may stand in a pull request is not added to.  From a step means from the tree as it was when that step began,
 * which is in the last checkpoint before it (checkpoints.h); the steps before it are there as they ended, and cost
 * nothing anew.
 */
#include "base/json.h"
#include "context/state.h"
#include "gate/fields.h"
#include "resources/artifacts.h"
#include "resources/checkpoints.h"
#include "resources/resources.h"
#include "resources/sandboxes.h"
#include "resources/sessions.h"
#include "storage/db.h"

enum { PIECE = 8 /* of the run's id, in the name of its branch */ };

const cc_field cc_retry_fields[] = {
    CC_F("fromStep", CC_TYPE_INT, CC_FIELD_NULLABLE, 1, 50,
         "The step to begin with, counted from 1; left out: the first that was not completed.", .example = "2"),
    CC_END,
};

/* One that no other run has, whichever project or instance it is of: with a piece of the run's id. */
const char *
cc_run_branch(cc_arena *a, const char *id, int64_t number, char between)
{
    return cc_printf(a, "cc%crun-%lld-%s", between, (long long)number, id + strlen(id) - PIECE);
}

typedef struct before {
    const char *name, *workflow_id, *workflow_name, *issue_id, *github_repo_url, *branch_name, *base_branch, *prompt,
        *steps;
    int64_t run_number, max_iterations, draft;
    char    source[16];
} before;

CC_ROW(before, run_number, name, workflow_id, workflow_name, issue_id, source, github_repo_url, branch_name,
       base_branch, draft, max_iterations, prompt, steps);
CC_QUERY(
    run_before, before,
    "SELECT run_number, name, workflow_id, workflow_name, issue_id, source, github_repo_url, branch_name, "
    "base_branch, draft, max_iterations, prompt, steps FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
    CC_RUN_PARAMS);

/* The one that it was asked to work on; NULL: it made one of its own. */
static const char *
branch_asked(cc_req *r, const before *run)
{
    for (const char *between = "/-"; run->branch_name && *between; between++) {
        const char *own = cc_run_branch(r->arena, r->id, run->run_number, *between);
        if (own && strcmp(own, run->branch_name) == 0)
            return NULL;
    }
    return run->branch_name;
}

/* What was before, of a run that is over. */
static cc_err
load(cc_req *r, const char *participle, before *run)
{
    char   status[16];
    cc_err err = cc_run_look(r, r->id, status);

    if (err == CC_OK && !cc_run_is_over(status))
        return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be %s; only a finished one can.", status, participle);
    if (err == CC_OK)
        err = cc_db_get(cc_app_db(r->app), r->arena, run_before, run, CC_RUN_OF(r, r->id));
    if (err == CC_OK && strcmp(run->source, CC_SESSION_SOURCE) == 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A session cannot be %s; start another one.", participle);
    if (err == CC_OK && strcmp(run->source, CC_SANDBOX_SOURCE) == 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A sandbox that has ended cannot be %s; open another one.", participle);
    return err;
}

static cc_err
insert(cc_req *r, const before *run)
{
    const cc_field *fields = cc_runs.fields;
    cc_value       *values = cc_alloc(r->arena, (cc_fields_count(fields) + 1) * sizeof(*values));

    if (!values)
        return CC_E_UNAVAILABLE;
    cc_value_set_text(fields, values, "name", run->name);
    cc_value_set_text(fields, values, "workflowId", run->workflow_id);
    cc_value_set_text(fields, values, "workflowName", run->workflow_name);
    cc_value_set_text(fields, values, "issueId", run->issue_id);
    cc_value_set_text(fields, values, "githubRepoUrl", run->github_repo_url);
    cc_value_set_text(fields, values, "branchName", branch_asked(r, run));
    cc_value_set_text(fields, values, "baseBranch", run->base_branch);
    cc_value_set_int(fields, values, "draft", run->draft);
    cc_value_set_text(fields, values, "prompt", run->prompt);
    cc_value_set_text(fields, values, "steps", run->steps);
    cc_value_set_int(fields, values, "maxIterations", run->max_iterations);
    cc_value_set_text(fields, values, "restartedFrom", r->id);
    return cc_run_insert(&r->context, run->source, values, r);
}

cc_err
cc_runs_restart(cc_req *r)
{
    before run;
    cc_err err = load(r, "restarted", &run);

    return err == CC_OK ? insert(r, &run) : err;
}

/* ---- from a step ------------------------------------------------------------------------------- */

typedef struct first_row {
    int64_t position; /* the first step that was not completed; -1: there is none */
} first_row;

typedef struct checkpoint_row {
    const char *head, *checkpoint;
} checkpoint_row;

/* A loop that the new run begins in the middle of goes through its later rounds anew. */
#define KEPT_STEPS                                                                                                     \
    "FROM run_steps WHERE project_id = :project_id AND run_id = :run_id AND position < :before "                       \
    "AND (iteration = 1 OR position < :loop)"

CC_ROW(first_row, position);
CC_QUERY(step_first_open, first_row,
         "SELECT coalesce(min(position), -1) AS position FROM run_steps "
         "WHERE project_id = :project_id AND run_id = :run_id AND status <> " CC_STEP_COMPLETE_TO,
         TEXT(project_id), TEXT(run_id));
CC_ROW(checkpoint_row, head, checkpoint);
CC_QUERY(step_last_kept, checkpoint_row,
         "SELECT head_commit AS head, checkpoint_id AS checkpoint " KEPT_STEPS
         " AND head_commit IS NOT NULL ORDER BY finished_at DESC, iteration DESC, position DESC LIMIT 1",
         TEXT(project_id), TEXT(run_id), INT(before), INT(loop));
CC_STATEMENT(steps_forget,
             "DELETE FROM run_steps WHERE project_id = :project_id AND run_id = :run_id AND position < :before",
             TEXT(project_id), TEXT(run_id), INT(before));
CC_STATEMENT(
    steps_take,
    "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, "
    "started_at, finished_at, exit_code, cost_nano, verdict, attempt, base_commit, head_commit, "
    "checkpoint_id, isolation, persona_id, output) SELECT project_id, :to_run_id, position, iteration, label, "
    "role, status, agent, model, started_at, finished_at, exit_code, 0, verdict, attempt, base_commit, "
    "head_commit, CASE WHEN checkpoint_id = :checkpoint THEN checkpoint_id END, isolation, persona_id, output " KEPT_STEPS,
    TEXT(to_run_id), TEXT(checkpoint), TEXT(project_id), TEXT(run_id), INT(before), INT(loop));
CC_STATEMENT(run_begin_at,
             "UPDATE runs SET head_commit = :head, checkpoint_id = :checkpoint "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(head), TEXT(checkpoint), CC_RUN_PARAMS);

static const char *
loop_of(const cc_json *step)
{
    const cc_json *loop = step ? cc_json_member(step, "loopId") : NULL;

    return loop && cc_json_what(loop) == CC_J_TEXT ? cc_json_text(loop) : "";
}

/* Where the loop begins that the step at this position is in; else the position; -1: there is no such step. */
static int64_t
loop_start(const cc_json *steps, int64_t position)
{
    const cc_json *step = cc_json_first(steps);
    int64_t        at = 0;

    for (int64_t i = 0; step && i < position; i++)
        step = cc_json_next(step);
    if (!step)
        return -1;
    for (const cc_json *j = cc_json_first(steps); j != step; j = cc_json_next(j), at++)
        if (loop_of(step)[0] && strcmp(loop_of(j), loop_of(step)) == 0)
            break;
    return at;
}

/* Where to begin, as a position from 0, and from where on only the first round counts. */
static cc_err
begin_at(cc_req *r, const before *run, int64_t *position, int64_t *loop)
{
    const cc_value *asked = cc_body_value(r, "fromStep");
    const bool      is_given = cc_value_given(asked);
    const cc_json  *steps;
    const char     *why;
    first_row       open;
    cc_err          err = cc_json_parse(r->arena, run->steps, strlen(run->steps), &steps, &why);

    if (err != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    if ((err = cc_db_get(cc_app_db(r->app), NULL, step_first_open, &open, .project_id = r->who.project_id,
                         .run_id = r->id)) != CC_OK)
        return err;
    if (!is_given && open.position < 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "Every step was completed; say with 'fromStep' where to begin.");
    *position = is_given ? asked->i - 1 : open.position;
    if ((*loop = loop_start(steps, *position)) < 0)
        return cc_fail(r, CC_E_VALIDATION, "fromStep", "The run has no step %lld.", (long long)*position + 1);
    if (open.position >= 0 && *position > open.position)
        return cc_fail(r, CC_E_CONFLICT, "fromStep", "Step %lld was not completed, so nothing can begin behind it.",
                       (long long)open.position + 1);
    return CC_OK;
}

/* Give the new run what the steps before have come to. */
static cc_err
hand_on(cc_req *r, const char *id, int64_t position, int64_t loop, const checkpoint_row *last)
{
    const cc_checkpoint_name of = {r->who.project_id, r->id, last->checkpoint};
    cc_db                   *db = cc_app_db(r->app);
    cc_err                   err;

    if ((err = cc_artifacts_copy(r->app, of.project_id, r->id, id, position, loop)) != CC_OK ||
        (err = cc_db_run(db, steps_forget, .project_id = of.project_id, .run_id = id, .before = position)) != CC_OK ||
        (err = cc_db_run(db, steps_take, .to_run_id = id, .checkpoint = last->checkpoint, .project_id = of.project_id,
                         .run_id = r->id, .before = position, .loop = loop)) != CC_OK ||
        !last->head)
        return err;
    if ((err = cc_checkpoint_copy(r->app, &of, id)) == CC_OK)
        err = cc_db_run(db, run_begin_at, .head = last->head, .checkpoint = last->checkpoint, CC_RUN_OF(r, id));
    return err;
}

cc_err
cc_runs_retry(cc_req *r)
{
    checkpoint_row last = {0};
    before         run;
    int64_t        position = 0, loop = 0;
    bool           found;
    cc_err         err;

    if ((err = load(r, "retried", &run)) != CC_OK || (err = begin_at(r, &run, &position, &loop)) != CC_OK ||
        (err = cc_db_find(cc_app_db(r->app), r->arena, step_last_kept, &last, &found, .project_id = r->who.project_id,
                          .run_id = r->id, .before = position, .loop = loop)) != CC_OK)
        return err;
    if (last.head && !last.checkpoint)
        return cc_fail(r, CC_E_CONFLICT, "fromStep",
                       "What the steps before had changed is not kept with this run: it was too large, or is kept with "
                       "the run that this one went on with.");
    if ((err = insert(r, &run)) == CC_OK)
        err = hand_on(r, r->notify_run_id, position, loop, &last);
    return err;
}
