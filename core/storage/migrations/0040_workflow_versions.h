/*
 * Step 40: what workflows were before they were changed.
 */
/* clang-format off */
static const char cc_migration_40[] = CC_SQL_TEXT(

/* What is in here never changes. */
CREATE TABLE workflow_versions (
    project_id      TEXT NOT NULL,
    workflow_id     TEXT NOT NULL,
    version         INTEGER NOT NULL,           /* 1, 2, 3 … */
    saved_at        INTEGER NOT NULL,
    saved_by        TEXT,                       /* whose name it was then; NULL: it is older than this table */
    name            TEXT NOT NULL,
    description     TEXT,
    github_repo_url TEXT,
    step_count      INTEGER NOT NULL,
    steps           TEXT NOT NULL,
    PRIMARY KEY (project_id, workflow_id, version)
) WITHOUT ROWID;

INSERT INTO workflow_versions (project_id, workflow_id, version, saved_at, name, description, github_repo_url,
                               step_count, steps)
SELECT project_id, id, 1, updated_at, name, description, github_repo_url, step_count, steps FROM workflows;

ALTER TABLE workflows ADD COLUMN active_version INTEGER NOT NULL DEFAULT 1; /* which of them it is now */
ALTER TABLE workflows ADD COLUMN latest_version INTEGER NOT NULL DEFAULT 1;
);
/* clang-format on */
