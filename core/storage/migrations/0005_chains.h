/*
 * Step 5: chains: runs that follow one another.
 */
/* clang-format off */
static const char cc_migration_5[] = CC_SQL_TEXT(

CREATE TABLE chains (
    project_id       TEXT NOT NULL,
    mode             TEXT NOT NULL,
    id               TEXT NOT NULL,
    name             TEXT NOT NULL,
    source           TEXT NOT NULL,            /* sprint, issue */
    status           TEXT NOT NULL,            /* running, completed, failed, cancelled */
    workflow_id      TEXT NOT NULL,
    prompt           TEXT,
    issue_ids        TEXT,                     /* a JSON list */
    run_count        INTEGER NOT NULL,         /* how many runs in all */
    completed_count  INTEGER NOT NULL,
    current_run_id   TEXT,                     /* NULL: the next one is to be started */
    error            TEXT,                     /* why it failed */
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, mode, id)
) WITHOUT ROWID;

/* The worker asks over all projects, and only for what is not finished. */
CREATE INDEX chains_open ON chains (status, project_id, mode, id) WHERE status = 'running';
);
/* clang-format on */
