/*
 * What is kept of the files that a run's agents leave for people.
 */
#include "resources/artifacts.h"

#include "storage/db.h"

bool
cc_artifact_name_fits(const char *name)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t            n = strlen(name);

    return n > 0 && n <= CC_ARTIFACT_NAME_MAX && strspn(name, characters) == n && name[0] != '.' && name[0] != '-';
}

/* ---- keeping them -------------------------------------------------------------------------------- */

typedef struct kept_row {
    const char *name, *file_id;
    int64_t     bytes, changed_ns, is_transcript;
} kept_row;

typedef struct kept_part {
    cc_bytes data;
} kept_part;

CC_ROW(kept_row, name, file_id, bytes, changed_ns, is_transcript);
CC_QUERY(artifacts_kept, kept_row,
         "SELECT name, file_id, bytes, changed_ns, is_transcript FROM artifacts "
         "WHERE project_id = :project_id AND run_id = :run_id ORDER BY name",
         TEXT(project_id), TEXT(run_id));
CC_ROW(kept_part, data);
CC_QUERY(artifact_part_of, kept_part,
         "SELECT data FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id AND file_id = :file_id "
         "AND part = :part",
         TEXT(project_id), TEXT(run_id), TEXT(file_id), INT(part));
#define BEFORE                                                                                                         \
    "FROM artifacts WHERE project_id = :project_id AND run_id = :run_id AND position < :before "                       \
    "AND (iteration = 1 OR position < :loop)"
CC_STATEMENT(artifacts_copy,
             "INSERT INTO artifacts (project_id, run_id, name, bytes, changed_ns, position, iteration, file_id, "
             "created_at, sha256, is_transcript) SELECT project_id, :to_run_id, name, bytes, changed_ns, position, "
             "iteration, file_id, created_at, sha256, is_transcript " BEFORE,
             TEXT(to_run_id), TEXT(project_id), TEXT(run_id), INT(before), INT(loop));
CC_STATEMENT(artifact_parts_copy,
             "INSERT INTO artifact_parts (project_id, run_id, file_id, part, data) SELECT project_id, :to_run_id, "
             "file_id, part, data FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id "
             "AND file_id IN (SELECT file_id " BEFORE ")",
             TEXT(to_run_id), TEXT(project_id), TEXT(run_id), INT(before), INT(loop));
CC_STATEMENT(artifact_part_write,
             "INSERT INTO artifact_parts (project_id, run_id, file_id, part, data) "
             "VALUES (:project_id, :run_id, :file_id, :part, :data)",
             TEXT(project_id), TEXT(run_id), TEXT(file_id), INT(part), BLOB(data));
CC_STATEMENT(artifact_before_delete,
             "DELETE FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id AND file_id IN "
             "(SELECT file_id FROM artifacts WHERE project_id = :project_id AND run_id = :run_id AND name = :name)",
             TEXT(project_id), TEXT(run_id), TEXT(name));
CC_STATEMENT(artifact_row_delete,
             "DELETE FROM artifacts WHERE project_id = :project_id AND run_id = :run_id AND name = :name",
             TEXT(project_id), TEXT(run_id), TEXT(name));
CC_STATEMENT(artifact_row_write,
             "INSERT INTO artifacts (project_id, run_id, name, bytes, changed_ns, position, iteration, file_id, "
             "created_at, sha256, is_transcript) VALUES (:project_id, :run_id, :name, :bytes, :changed_ns, :position, "
             ":iteration, :file_id, :created_at, :digest, :is_transcript)",
             TEXT(project_id), TEXT(run_id), TEXT(name), INT(bytes), INT(changed_ns), INT(position), INT(iteration),
             TEXT(file_id), INT(created_at), TEXT(digest), INT(is_transcript));
CC_STATEMENT(artifact_parts_drop,
             "DELETE FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id AND file_id = :file_id",
             TEXT(project_id), TEXT(run_id), TEXT(file_id));
CC_STATEMENT(artifacts_delete, "DELETE FROM artifacts WHERE project_id = :project_id AND run_id = :run_id",
             TEXT(project_id), TEXT(run_id));
CC_STATEMENT(artifacts_parts_delete, "DELETE FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id",
             TEXT(project_id), TEXT(run_id));

#define OF_RUN(of) .project_id = (of)->project_id, .run_id = (of)->run_id

cc_err
cc_artifacts_load(cc_app *app, cc_arena *a, const char *project_id, const char *run_id, cc_artifact_kept **kept,
                  size_t *count)
{
    size_t   room = 0;
    kept_row row;
    cc_rows  rows = cc_db_select(cc_app_db(app), artifacts_kept, &row, .project_id = project_id, .run_id = run_id);

    *kept = NULL;
    *count = 0;
    while (cc_rows_next(&rows)) {
        if (*count == room) {
            cc_artifact_kept *more = cc_alloc(a, (room = room ? 2 * room : 32) * sizeof(*more));
            if (more && *count)
                memcpy(more, *kept, *count * sizeof(*more));
            *kept = more;
        }
        if (!*kept) {
            rows.err = CC_E_UNAVAILABLE;
            continue;
        }
        (*kept)[(*count)++] = (cc_artifact_kept){.name = cc_strndup(a, row.name, strlen(row.name)),
                                                 .file_id = cc_strndup(a, row.file_id, strlen(row.file_id)),
                                                 .bytes = row.bytes,
                                                 .changed_ns = row.changed_ns,
                                                 .transcript = row.is_transcript != 0};
        if (!(*kept)[*count - 1].name || !(*kept)[*count - 1].file_id)
            rows.err = CC_E_UNAVAILABLE;
    }
    return cc_rows_end(&rows);
}

cc_err
cc_artifact_read(cc_app *app, const cc_artifact *of, int64_t part, cc_err (*take)(void *ctx, cc_bytes data), void *ctx)
{
    kept_part row;
    cc_rows   rows =
        cc_db_select(cc_app_db(app), artifact_part_of, &row, OF_RUN(of), .file_id = of->file_id, .part = part);

    while (cc_rows_next(&rows))
        rows.err = take(ctx, row.data);
    return cc_rows_end(&rows);
}

cc_err
cc_artifacts_copy(cc_app *app, const char *project_id, const char *run_id, const char *to_run_id, int64_t before,
                  int64_t loop)
{
    cc_err err = cc_db_run(cc_app_db(app), artifacts_copy, .to_run_id = to_run_id, .project_id = project_id,
                           .run_id = run_id, .before = before, .loop = loop);

    if (err == CC_OK)
        err = cc_db_run(cc_app_db(app), artifact_parts_copy, .to_run_id = to_run_id, .project_id = project_id,
                        .run_id = run_id, .before = before, .loop = loop);
    return err;
}

cc_err
cc_artifact_write(cc_app *app, const cc_artifact *of, int64_t part, cc_bytes data)
{
    return cc_db_run(cc_app_db(app), artifact_part_write, OF_RUN(of), .file_id = of->file_id, .part = part,
                     .data = data);
}

cc_err
cc_artifact_finish(cc_app *app, const cc_artifact *of)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_db_run(db, artifact_before_delete, OF_RUN(of), .name = of->name);

    if (err == CC_OK)
        err = cc_db_run(db, artifact_row_delete, OF_RUN(of), .name = of->name);
    if (err == CC_OK)
        err = cc_db_run(db, artifact_row_write, OF_RUN(of), .name = of->name, .bytes = of->bytes,
                        .changed_ns = of->changed_ns, .position = of->position, .iteration = of->iteration,
                        .file_id = of->file_id, .created_at = cc_app_now(app), .digest = of->sha256,
                        .is_transcript = of->transcript);
    return err;
}

cc_err
cc_artifact_give_up(cc_app *app, const cc_artifact *of)
{
    return cc_db_run(cc_app_db(app), artifact_parts_drop, OF_RUN(of), .file_id = of->file_id);
}

cc_err
cc_artifacts_delete(cc_app *app, const char *project_id, const char *run_id)
{
    cc_err err = cc_db_run(cc_app_db(app), artifacts_delete, .project_id = project_id, .run_id = run_id);

    if (err == CC_OK)
        err = cc_db_run(cc_app_db(app), artifacts_parts_delete, .project_id = project_id, .run_id = run_id);
    return err;
}
