/*
 * Step 17: files that a run's agents want people to have.
 */
/* clang-format off */
static const char cc_migration_17[] = CC_SQL_TEXT(

/* One file; written anew when a later step has changed it. */
CREATE TABLE artifacts (
    project_id  TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    name        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    changed_ns  INTEGER NOT NULL,              /* when its writer last did, by the worker's file system */
    position    INTEGER NOT NULL,              /* the step behind which it was found */
    iteration   INTEGER NOT NULL,
    file_id     TEXT NOT NULL,                 /* of its parts; a file half written has parts and no row here */
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, run_id, name)
) WITHOUT ROWID;

CREATE TABLE artifact_parts (
    project_id  TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    file_id     TEXT NOT NULL,
    part        INTEGER NOT NULL,              /* from 0 */
    data        BLOB NOT NULL,
    PRIMARY KEY (project_id, run_id, file_id, part)
);
);
/* clang-format on */
