/*
 * What is kept of a run's changes after each step.
 */
#include "resources/checkpoints.h"

#include "storage/db.h"

static const char *const kinds[] = {
    [CC_KEPT_BUNDLE] = "bundle",
    [CC_KEPT_PATCH] = "patch",
    [CC_KEPT_NUMBERS] = "numbers",
};

typedef struct part_row {
    cc_bytes data;
} part_row;

CC_ROW(part_row, data);
CC_QUERY(checkpoint_parts, part_row,
         "SELECT data FROM checkpoint_parts WHERE project_id = :project_id AND run_id = :run_id "
         "AND checkpoint_id = :checkpoint_id AND kind = :kind ORDER BY part",
         TEXT(project_id), TEXT(run_id), TEXT(checkpoint_id), TEXT(kind));
CC_STATEMENT(checkpoint_part_write,
             "INSERT INTO checkpoint_parts (project_id, run_id, checkpoint_id, kind, part, data) "
             "VALUES (:project_id, :run_id, :checkpoint_id, :kind, :part, :data)",
             TEXT(project_id), TEXT(run_id), TEXT(checkpoint_id), TEXT(kind), INT(part), BLOB(data));
CC_STATEMENT(checkpoint_copy,
             "INSERT INTO checkpoint_parts (project_id, run_id, checkpoint_id, kind, part, data) "
             "SELECT project_id, :to_run_id, checkpoint_id, kind, part, data FROM checkpoint_parts "
             "WHERE project_id = :project_id AND run_id = :run_id AND checkpoint_id = :checkpoint_id",
             TEXT(to_run_id), TEXT(project_id), TEXT(run_id), TEXT(checkpoint_id));
CC_STATEMENT(checkpoints_delete, "DELETE FROM checkpoint_parts WHERE project_id = :project_id AND run_id = :run_id",
             TEXT(project_id), TEXT(run_id));

#define THE_CHECKPOINT(of) .project_id = (of)->project_id, .run_id = (of)->run_id, .checkpoint_id = (of)->id

cc_err
cc_checkpoint_write(cc_app *app, const cc_checkpoint_name *of, cc_kept kind, int64_t part, cc_bytes data)
{
    return cc_db_run(cc_app_db(app), checkpoint_part_write, THE_CHECKPOINT(of), .kind = kinds[kind], .part = part,
                     .data = data);
}

cc_err
cc_checkpoint_read(cc_app *app, const cc_checkpoint_name *of, cc_kept kind, cc_err (*each)(void *ctx, cc_bytes data),
                   void *ctx)
{
    part_row row;
    cc_rows  rows = cc_db_select(cc_app_db(app), checkpoint_parts, &row, THE_CHECKPOINT(of), .kind = kinds[kind]);

    while (cc_rows_next(&rows))
        rows.err = each(ctx, row.data);
    return cc_rows_end(&rows);
}

cc_err
cc_checkpoint_copy(cc_app *app, const cc_checkpoint_name *of, const char *run_id)
{
    return cc_db_run(cc_app_db(app), checkpoint_copy, .to_run_id = run_id, THE_CHECKPOINT(of));
}

cc_err
cc_checkpoints_delete(cc_app *app, const char *project_id, const char *run_id)
{
    return cc_db_run(cc_app_db(app), checkpoints_delete, .project_id = project_id, .run_id = run_id);
}
