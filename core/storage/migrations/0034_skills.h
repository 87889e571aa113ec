/*
 * Step 34: skills, which are documents with versions as contexts are.
 */
/* clang-format off */
static const char cc_migration_34[] = CC_SQL_TEXT(

CREATE TABLE skills (
    project_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT,
    active_version INTEGER,
    latest_version INTEGER NOT NULL,
    is_enabled     INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    files          TEXT NOT NULL,              /* JSON */
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;
);
/* clang-format on */
