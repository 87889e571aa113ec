/*
 * What a sandbox leaves behind, and how that goes: checkpoints at once, directories with the next sweep of the worker
 * whose machine has them (engine/turn.c), for it asks here whether they are still wanted.
 */
#include "context/app.h"
#include "resources/checkpoints.h"
#include "resources/resources.h"
#include "resources/sandboxes.h"
#include "storage/db.h"

#define STEP_PARAMS TEXT(project_id), TEXT(run_id)

CC_STATEMENT(sandbox_files_gone,
             "UPDATE sandbox_runs SET files_removed_at = :now "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id AND files_removed_at IS NULL",
             INT(now), CC_RUN_PARAMS);
CC_STATEMENT(sandbox_run_clean,
             "UPDATE runs SET head_commit = NULL, checkpoint_id = NULL "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             CC_RUN_PARAMS);
CC_STATEMENT(sandbox_steps_clean,
             "UPDATE run_steps SET base_commit = NULL, head_commit = NULL, checkpoint_id = NULL "
             "WHERE project_id = :project_id AND run_id = :run_id",
             STEP_PARAMS);
CC_STATEMENT(sandbox_forget,
             "DELETE FROM sandbox_runs WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);
CC_STATEMENT(sandbox_messages_forget,
             "DELETE FROM sandbox_messages WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);

cc_err
cc_sandbox_files_forget(cc_context *c, const char *id)
{
    cc_db *db = cc_app_db(c->app);
    cc_err err = cc_checkpoints_delete(c->app, c->who.project_id, id);

    if (err == CC_OK && (err = cc_db_run(db, sandbox_run_clean, CC_RUN_OF(c, id))) == CC_OK)
        err = cc_db_run(db, sandbox_steps_clean, .project_id = c->who.project_id, .run_id = id);
    return err;
}

cc_err
cc_sandbox_files_remove(cc_context *c, const char *id)
{
    int64_t is_one;
    cc_err  err = cc_db_change(cc_app_db(c->app), sandbox_files_gone, &is_one, .now = c->now, CC_RUN_OF(c, id));

    return err == CC_OK && is_one ? cc_sandbox_files_forget(c, id) : err;
}

cc_err
cc_sandbox_delete(cc_context *c, const char *id)
{
    cc_db *db = cc_app_db(c->app);
    cc_err err = cc_db_run(db, sandbox_forget, CC_RUN_OF(c, id));

    return err == CC_OK ? cc_db_run(db, sandbox_messages_forget, CC_RUN_OF(c, id)) : err;
}
