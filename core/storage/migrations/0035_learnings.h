/*
 * Step 35: what runs have taught.  What was approved is kept among document_versions.
 */
/* clang-format off */
static const char cc_migration_35[] = CC_SQL_TEXT(

CREATE TABLE learnings (
    project_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    title          TEXT NOT NULL,
    title_folded   TEXT,
    status         TEXT NOT NULL,              /* context/state.h */
    run_id         TEXT,
    active_version INTEGER,                    /* NULL: runs are given none */
    latest_version INTEGER NOT NULL,           /* 0: there is none */
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1, /* of this row */
    content        TEXT NOT NULL,              /* last, so that lists need not read past it */
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;
);
/* clang-format on */
