/*
 * The choice among candidates, and all that follows from it, in one transaction: which run gets the pull request, which
 * ones do not, and what has become of their issue.  Nobody can see half of it, and a worker that is lost behind it has
 * lost nothing: what is left to do is due (proposals.c).
 */
#include "context/state.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "gate/outbox.h"
#include "resources/candidates.h"
#include "resources/forge_issues.h"
#include "resources/proposals.h"
#include "resources/resources.h"
#include "storage/db.h"

#define GROUP_PARAMS TEXT(project_id), TEXT(mode), TEXT(group_id)
#define GROUP_OF(c, group) .project_id = (c)->who.project_id, .mode = cc_context_mode(c), .group_id = (group)

/* A worker's choice and a person's begin from other states. */
CC_STATEMENT(candidates_decide,
             "UPDATE candidate_groups SET status = " CC_CANDIDATES_DECIDE_TO
             ", chosen_run_id = :run_id, chosen_by = :by, reason = :reason, acts_for = :actor, error = NULL, "
             "error_code = NULL, error_params = NULL, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :group_id "
             "AND ((:is_person = 0 AND " CC_CANDIDATES_DECIDE_FROM ") "
             "OR (:is_person = 1 AND " CC_CANDIDATES_CHOOSE_FROM ")) "
             "AND EXISTS (SELECT 1 FROM runs r WHERE r.project_id = :project_id AND r.mode = :mode AND r.id = :run_id "
             "AND r.candidate_group_id = :group_id AND r.status = '" CC_RUN_COMPLETED "')",
             TEXT(run_id), TEXT(by), TEXT(reason), TEXT(actor), INT(now), GROUP_PARAMS, INT(is_person));
CC_STATEMENT(candidates_doubt,
             "UPDATE candidate_groups SET status = :status, " CC_REASON_SET(
                 "error") ", updated_at = :now, version = version + 1 "
                          "WHERE project_id = :project_id AND mode = :mode AND id = :group_id "
                          "AND " CC_CANDIDATES_DOUBT_FROM,
             TEXT(status), CC_REASON_PARAMS, INT(now), GROUP_PARAMS);

/* ---- their issue ------------------------------------------------------------------------------------- */

typedef struct task_row {
    char issue_id[CC_ID_SIZE], verdict[8]; /* "": none */
} task_row;

CC_ROW(task_row, issue_id, verdict);
CC_QUERY(candidate_task, task_row,
         "SELECT coalesce(issue_id, '') AS issue_id, coalesce(verdict, '') AS verdict FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);
CC_STATEMENT(candidate_issue,
             "UPDATE issues SET status = :status, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id",
             TEXT(status), INT(now), TEXT(project_id), TEXT(id));

/* As a run of its own would have left it.  It is told at once where no pull request is to be waited for. */
static cc_err
issue_settle(cc_context *c, const char *run_id, bool wait)
{
    cc_db   *db = cc_app_db(c->app);
    task_row of;
    cc_err   err = cc_db_get(db, NULL, candidate_task, &of, CC_RUN_OF(c, run_id));

    if (err != CC_OK || !*of.issue_id || c->who.test)
        return err;
    err =
        cc_db_run(db, candidate_issue, .status = strcmp(of.verdict, "fail") == 0 ? CC_ISSUE_FAILED : CC_ISSUE_COMPLETED,
                  .now = c->now, .project_id = c->who.project_id, .id = of.issue_id);
    if (err == CC_OK)
        err = cc_changed(c->app, c->who.project_id, "", "issues.move", cc_span_of(of.issue_id));
    return err == CC_OK && !wait ? cc_issue_tell(c->app, c->who.project_id, cc_context_mode(c), run_id, of.issue_id)
                                 : err;
}

static cc_err
changed(cc_context *c, const char *group_id)
{
    return cc_changed(c->app, c->who.project_id, cc_context_mode(c), "candidates.move", cc_span_of(group_id));
}

/* ---- the choice --------------------------------------------------------------------------------------- */

cc_err
cc_choice_make(cc_context *c, const cc_choice *choice, bool *made)
{
    const bool by_person = strcmp(choice->by, CC_CHOSEN_BY_PERSON) == 0;
    int64_t    moved = 0;
    bool       due = false;
    cc_err err = cc_db_change(cc_app_db(c->app), candidates_decide, &moved, .run_id = choice->run_id, .by = choice->by,
                              .reason = choice->reason, .actor = cc_actor(&c->who), .now = c->now,
                              GROUP_OF(c, choice->group_id), .is_person = by_person);

    *made = err == CC_OK && moved;
    if (!*made || (err = changed(c, choice->group_id)) != CC_OK ||
        (err = cc_proposal_choose(c, choice->group_id, choice->run_id, &due)) != CC_OK ||
        (err = issue_settle(c, choice->run_id, due)) != CC_OK)
        return err;
    return by_person ? CC_OK : cc_audit_also(c, "runs.choose", choice->run_id); /* of a request the gate says it */
}

cc_err
cc_choice_doubt(cc_context *c, const char *group_id, const cc_reason *why, bool *moved)
{
    int64_t rows = 0;
    cc_err  err = cc_db_change(cc_app_db(c->app), candidates_doubt, &rows, .status = CC_CANDIDATES_DOUBT_TO_NAME,
                               CC_THE_REASON(why), .now = c->now, GROUP_OF(c, group_id));

    *moved = err == CC_OK && rows;
    if (!*moved || (err = changed(c, group_id)) != CC_OK)
        return err;
    return cc_tell(c->app, c->who.project_id, cc_context_mode(c), CC_NOTICE_CANDIDATES_UNDECIDED, .id = group_id);
}

/* ---- a judge's ---------------------------------------------------------------------------------------- */

typedef struct group_row {
    char id[CC_ID_SIZE];
} group_row;

CC_ROW(group_row, id);
CC_QUERY(candidates_of_judge, group_row,
         "SELECT id FROM candidate_groups WHERE project_id = :project_id AND mode = :mode AND judge_session_id = :id",
         CC_RUN_PARAMS);

cc_err
cc_choice_of_judge(cc_context *c, const char *session_id, const char *run_id, const char *reason)
{
    group_row group;
    bool      found, made = false;
    cc_err    err = cc_db_find(cc_app_db(c->app), NULL, candidates_of_judge, &group, &found, CC_RUN_OF(c, session_id));

    if (err != CC_OK || !found)
        return err;
    const cc_choice choice = {group.id, run_id, CC_CHOSEN_BY_JUDGE, reason};
    if ((err = cc_choice_make(c, &choice, &made)) != CC_OK || made)
        return err;
    /* The run was deleted meanwhile; or a person has chosen, and this finds nothing to change. */
    return cc_choice_doubt(c, group.id, cc_reason_plain(c->arena, CC_REASON_JUDGE_NAMED_NONE), &made);
}
