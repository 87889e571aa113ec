/*
 * Step 23: issues that are taken over from forges, and answered there.
 */
/* clang-format off */
static const char cc_migration_23[] = CC_SQL_TEXT(

ALTER TABLE issues ADD COLUMN comment_on_issue INTEGER NOT NULL DEFAULT 0; /* a run that ends is told at its forge */
ALTER TABLE issues ADD COLUMN pending_action TEXT; /* import: a worker is to take it over; NULL: nothing */
ALTER TABLE issues ADD COLUMN action_error TEXT;   /* why the last thing that a worker was to do for it was not done */
ALTER TABLE issues ADD COLUMN imported_at INTEGER; /* NULL: it was not */
ALTER TABLE issues ADD COLUMN due_at INTEGER;      /* when a worker is to deal with it; NULL: it is not */
ALTER TABLE issues ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

CREATE INDEX issues_by_source ON issues (project_id, source_url);
CREATE INDEX issues_due ON issues (due_at) WHERE due_at IS NOT NULL;

/* Runs that have ended and are to be told at the forges of their issues; gone once that is done. */
CREATE TABLE issue_comments (
    project_id TEXT NOT NULL,
    mode       TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    issue_id   TEXT NOT NULL,
    due_at     INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, mode, run_id)
);

CREATE INDEX issue_comments_due ON issue_comments (due_at);
);
/* clang-format on */
