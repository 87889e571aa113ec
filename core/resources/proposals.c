/*
 * The pull requests of candidates, from what they would say to the one that is opened.
 */
#include "resources/proposals.h"

#include "context/state.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "resources/forge_issues.h"
#include "resources/resources.h"
#include "storage/db.h"

#define GROUP_PARAMS TEXT(project_id), TEXT(mode), TEXT(group_id)
#define GROUP_OF(c, group) .project_id = (c)->who.project_id, .mode = cc_context_mode(c), .group_id = (group)
#define THE_PROPOSAL(of) .project_id = (of)->project_id, .mode = (of)->mode, .id = (of)->run_id

/* ---- kept ------------------------------------------------------------------------------------------- */

CC_STATEMENT(proposal_keep,
             "INSERT INTO pull_proposals (project_id, mode, run_id, group_id, repository, branch, base, title, text, "
             "is_draft) VALUES (:project_id, :mode, :run_id, :group_id, :repository, :branch, :base, :title, :text, "
             ":draft)",
             TEXT(project_id), TEXT(mode), TEXT(run_id), TEXT(group_id), TEXT(repository), TEXT(branch), TEXT(base),
             TEXT(title), TEXT(text), INT(draft));
CC_STATEMENT(proposal_status,
             "UPDATE runs SET pr_status = :status, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(status), INT(now), CC_RUN_PARAMS);

cc_err
cc_proposal_keep(cc_app *app, const cc_proposed *of)
{
    cc_err err =
        cc_db_run(cc_app_db(app), proposal_keep, .project_id = of->project_id, .mode = of->mode, .run_id = of->run_id,
                  .group_id = of->group_id, .repository = of->repository, .branch = of->branch, .base = of->base,
                  .title = of->title, .text = of->text, .draft = of->draft);

    return err == CC_OK ? cc_db_run(cc_app_db(app), proposal_status, .status = CC_PROPOSAL_WAITING,
                                    .now = cc_app_now(app), THE_PROPOSAL(of))
                        : err;
}

/* ---- chosen ----------------------------------------------------------------------------------------- */

typedef struct passed_over {
    char id[CC_ID_SIZE];
} passed_over;

CC_STATEMENT(proposal_set_due,
             "UPDATE pull_proposals SET due_at = :now, tries = 0 "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(now), CC_RUN_PARAMS);
CC_STATEMENT(proposals_drop,
             "DELETE FROM pull_proposals WHERE project_id = :project_id AND mode = :mode AND group_id = :group_id "
             "AND run_id <> :but",
             GROUP_PARAMS, TEXT(but));
CC_ROW(passed_over, id);
CC_QUERY(proposals_passed_over, passed_over,
         "UPDATE runs SET pr_status = '" CC_PROPOSAL_NOT_CHOSEN "', updated_at = :now, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND candidate_group_id = :group_id AND id <> :but "
         "AND pr_status = '" CC_PROPOSAL_WAITING "' RETURNING id",
         INT(now), GROUP_PARAMS, TEXT(but));

/* But for that run's. */
static cc_err
drop(cc_context *c, const char *group_id, const char *but)
{
    cc_db      *db = cc_app_db(c->app);
    passed_over run;
    cc_err      err = cc_db_run(db, proposals_drop, GROUP_OF(c, group_id), .but = but);

    if (err != CC_OK)
        return err;
    cc_rows rows = cc_db_select(db, proposals_passed_over, &run, .now = c->now, GROUP_OF(c, group_id), .but = but);
    while (cc_rows_next(&rows))
        rows.err = cc_changed(c->app, c->who.project_id, cc_context_mode(c), "runs.passOver", cc_span_of(run.id));
    return cc_rows_end(&rows);
}

cc_err
cc_proposal_choose(cc_context *c, const char *group_id, const char *run_id, bool *due)
{
    cc_db  *db = cc_app_db(c->app);
    int64_t found = 0;
    cc_err  err = cc_db_change(db, proposal_set_due, &found, .now = c->now, CC_RUN_OF(c, run_id));

    *due = found > 0;
    if (err == CC_OK && *due)
        err = cc_db_run(db, proposal_status, .status = CC_PROPOSAL_OPENING, .now = c->now, CC_RUN_OF(c, run_id));
    return err == CC_OK ? drop(c, group_id, run_id) : err;
}

cc_err
cc_proposal_drop(cc_context *c, const char *group_id)
{
    return drop(c, group_id, "");
}

/* ---- taken by a worker ------------------------------------------------------------------------------ */

CC_ROW(cc_proposal_due, project_id, mode, run_id, group_id, acts_for, repository, branch, base, title, text, due_at,
       tries, draft);
CC_QUERY(proposal_due, cc_proposal_due,
         "SELECT p.project_id, p.mode, p.run_id, p.group_id, g.acts_for, p.repository, p.branch, p.base, p.title, "
         "p.text, p.due_at, p.tries, p.is_draft AS draft FROM pull_proposals p LEFT JOIN candidate_groups g "
         "ON g.project_id = p.project_id AND g.mode = p.mode AND g.id = p.group_id "
         "WHERE p.due_at IS NOT NULL AND p.due_at <= :now ORDER BY p.due_at LIMIT 1",
         INT(now));
CC_STATEMENT(proposal_take,
             "UPDATE pull_proposals SET due_at = :until, tries = tries + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id AND due_at = :was",
             INT(until), CC_RUN_PARAMS, INT(was));
CC_STATEMENT(proposals_waiting, "SELECT 1 FROM pull_proposals WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 1",
             INT(now));

cc_err
cc_proposal_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_proposal_due *out, bool *found)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    int64_t       taken = 0;
    cc_err        err;

    *found = false;
    if ((err = cc_db_find(db, a, proposal_due, out, found, .now = now)) != CC_OK || !*found)
        return err;
    const int64_t was = out->due_at;
    out->due_at = now + for_ms;
    if ((err = cc_tx_begin(db)) == CC_OK)
        err =
            cc_tx_end(db, cc_db_change(db, proposal_take, &taken, .until = out->due_at, THE_PROPOSAL(out), .was = was));
    *found = err == CC_OK && taken == 1;
    return err;
}

cc_err
cc_proposal_waiting(cc_app *app, bool *waiting)
{
    return cc_db_exists(cc_app_db(app), proposals_waiting, waiting, .now = cc_app_now(app));
}

cc_err
cc_proposal_may_open(cc_context *c, const cc_proposal_due *of)
{
    return cc_acting_as(c, of->project_id, of->acts_for, strcmp(of->mode, "test") == 0, CC_SCOPE_RUNS_WRITE);
}

/* ---- what became of it ------------------------------------------------------------------------------- */

typedef struct issue_of {
    char id[CC_ID_SIZE];
} issue_of;

CC_STATEMENT(proposal_pull,
             "UPDATE runs SET pr_status = :status, pr_url = :url, pr_number = nullif(:number, 0), updated_at = :now, "
             "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(status), TEXT(url), INT(number), INT(now), CC_RUN_PARAMS);
CC_STATEMENT(proposal_over,
             "DELETE FROM pull_proposals WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);
/* Chosen once more meanwhile, it stays due. */
CC_STATEMENT(proposal_later,
             "UPDATE pull_proposals SET due_at = nullif(:due, 0) "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id AND due_at = :was",
             INT(due), CC_RUN_PARAMS, INT(was));
CC_STATEMENT(proposal_error,
             "UPDATE candidate_groups SET " CC_REASON_SET(
                 "error") ", updated_at = :now, version = version + 1 "
                          "WHERE project_id = :project_id AND mode = :mode AND id = :group_id",
             CC_REASON_PARAMS, INT(now), GROUP_PARAMS);
CC_ROW(issue_of, id);
CC_QUERY(proposal_issue, issue_of,
         "SELECT issue_id AS id FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND issue_id IS NOT NULL",
         CC_RUN_PARAMS);

/* Its issue hears of it, now that there is something to be told. */
static cc_err
issue_tell(cc_app *app, const cc_proposal_due *of)
{
    issue_of issue;
    bool     found;
    cc_err   err = cc_db_find(cc_app_db(app), NULL, proposal_issue, &issue, &found, THE_PROPOSAL(of));

    return err == CC_OK && found ? cc_issue_tell(app, of->project_id, of->mode, of->run_id, issue.id) : err;
}

/* What its group says of it; and whoever follows the project is told of both. */
static cc_err
error_write(cc_app *app, const cc_proposal_due *of, const cc_reason *why)
{
    cc_err err = cc_db_run(cc_app_db(app), proposal_error, CC_THE_REASON(why), .now = cc_app_now(app),
                           .project_id = of->project_id, .mode = of->mode, .group_id = of->group_id);

    if (err == CC_OK)
        err = cc_changed(app, of->project_id, of->mode, "candidates.openPull", cc_span_of(of->group_id));
    return err == CC_OK ? cc_changed(app, of->project_id, of->mode, "runs.openPull", cc_span_of(of->run_id)) : err;
}

static cc_err
opened(cc_app *app, const cc_proposal_due *of, const char *forge, const cc_pull_seen *seen)
{
    const cc_pull_opened pull = {.project_id = of->project_id,
                                 .mode = of->mode,
                                 .run_id = of->run_id,
                                 .forge = forge,
                                 .repository = of->repository};
    cc_pull_seen         noted = *seen;
    cc_db               *db = cc_app_db(app);
    cc_err               err;

    noted.branch = seen->branch ? seen->branch : of->branch;
    if ((err = cc_db_run(db, proposal_pull, .status = seen->state ? seen->state : CC_PULL_OPEN, .url = seen->url,
                         .number = seen->number, .now = cc_app_now(app), THE_PROPOSAL(of))) != CC_OK ||
        (err = cc_db_run(db, proposal_over, THE_PROPOSAL(of))) != CC_OK ||
        (err = error_write(app, of, NULL)) != CC_OK || (err = cc_pull_note(app, &pull, &noted)) != CC_OK)
        return err;
    return issue_tell(app, of);
}

cc_err
cc_proposal_opened(cc_app *app, const cc_proposal_due *of, const char *forge, const cc_pull_seen *seen)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_tx_begin(db);

    return err == CC_OK ? cc_tx_end(db, opened(app, of, forge, seen)) : err;
}

static cc_err
failed(cc_app *app, const cc_proposal_due *of, const cc_reason *why, int64_t due)
{
    cc_db  *db = cc_app_db(app);
    int64_t mine = 0;
    cc_err  err = cc_db_change(db, proposal_later, &mine, .due = due, THE_PROPOSAL(of), .was = of->due_at);

    if (err != CC_OK || !mine || (err = error_write(app, of, why)) != CC_OK || due)
        return err;
    err = cc_db_run(db, proposal_status, .status = CC_PROPOSAL_NOT_OPENED, .now = cc_app_now(app), THE_PROPOSAL(of));
    return err == CC_OK ? issue_tell(app, of) : err;
}

cc_err
cc_proposal_failed(cc_app *app, const cc_proposal_due *of, const cc_reason *why, int64_t again_ms)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_tx_begin(db);

    return err == CC_OK ? cc_tx_end(db, failed(app, of, why, again_ms ? cc_app_now(app) + again_ms : 0)) : err;
}
