/*
 * Step 42: what has changed in a project, numbered in the order in which it was committed.
 */
/* clang-format off */
static const char cc_migration_42[] = CC_SQL_TEXT(

CREATE TABLE changes (
    project_id TEXT NOT NULL,
    seq        INTEGER NOT NULL,               /* 1, 2, 3 … per project, without holes; the last one is never removed */
    mode       TEXT NOT NULL,                  /* whose it is; empty: both modes share it */
    kind       TEXT NOT NULL,                  /* group of the operations that read it */
    action     TEXT NOT NULL,
    about_id   TEXT,
    at         INTEGER NOT NULL,
    PRIMARY KEY (project_id, seq)
) WITHOUT ROWID;

CREATE INDEX changes_old ON changes (at);
);
/* clang-format on */
