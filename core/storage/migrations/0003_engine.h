/*
 * Step 3: what executes a run: who holds it until when, and schedules that start runs.
 */
/* clang-format off */
static const char cc_migration_3[] = CC_SQL_TEXT(

/* Which worker's slot holds the run, and until when nobody else may take it.  Both NULL: nobody; a running run without a holder waits
   for one, because it was resumed or handed back. */
ALTER TABLE runs ADD COLUMN worker TEXT;
ALTER TABLE runs ADD COLUMN lease_until INTEGER;
ALTER TABLE runs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0; /* how often a worker took it up after another was lost */
ALTER TABLE runs ADD COLUMN schedule_id TEXT;

/* Workers look at all projects at once, and only at what is not finished: the index stays small however old the instance is.
   finished_at, which is NULL throughout, lets the planner see that the index alone can answer. */
CREATE INDEX runs_open ON runs (status, project_id, id, finished_at) WHERE finished_at IS NULL;

CREATE TABLE schedules (
    project_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    workflow_id  TEXT NOT NULL,
    prompt       TEXT,
    frequency    TEXT NOT NULL,                /* daily, every_other_day, weekly, biweekly, monthly */
    time_zone    TEXT NOT NULL,                /* IANA name */
    hour         INTEGER NOT NULL,
    minute       INTEGER NOT NULL,
    is_enabled   INTEGER NOT NULL,
    anchor_day   INTEGER NOT NULL,             /* days since 1970 in its zone: what the second day, the week and the month count from */
    next_run_at  INTEGER,                      /* NULL: disabled */
    last_run_at  INTEGER,
    last_run_id  TEXT,
    last_error   TEXT,                         /* why the last one did not start */
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

/* The worker asks for what is due over all projects. */
CREATE INDEX schedules_due ON schedules (next_run_at) WHERE next_run_at IS NOT NULL;
);
/* clang-format on */
