/* Step NUMBER: notes. */
static const char cc_migration_NUMBER[] = CC_SQL_TEXT(

CREATE TABLE notes (
    project_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, title_folded TEXT, text TEXT, colour TEXT NOT NULL,
    workflow_id TEXT, issue_ids TEXT NOT NULL, weight REAL, is_pinned INTEGER NOT NULL, remind_at INTEGER,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;
);
