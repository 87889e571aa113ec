/*
 * Step 2: what a project works with: workflows, runs, personas, issues.
 */
/* clang-format off */
static const char cc_migration_2[] = CC_SQL_TEXT(

CREATE TABLE workflows (
    project_id      TEXT NOT NULL,
    id              TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT,
    status          TEXT NOT NULL,
    github_repo_url TEXT,
    step_count      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    steps           TEXT NOT NULL,             /* JSON; last, so that lists need not read past it */
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE TABLE runs (
    project_id            TEXT NOT NULL,
    mode                  TEXT NOT NULL,
    id                    TEXT NOT NULL,
    run_number            INTEGER NOT NULL,
    name                  TEXT,
    status                TEXT NOT NULL,       /* contract section 9 */
    source                TEXT NOT NULL,
    workflow_id           TEXT NOT NULL,
    workflow_name         TEXT NOT NULL,       /* as it was at the start */
    issue_id              TEXT,
    restarted_from        TEXT,
    github_repo_url       TEXT,
    branch_name           TEXT,
    current_step_label    TEXT,
    current_step_progress REAL,
    current_iteration     INTEGER NOT NULL DEFAULT 0,
    max_iterations        INTEGER NOT NULL DEFAULT 1,
    cost_usd              REAL NOT NULL DEFAULT 0,
    pr_status             TEXT,
    pr_url                TEXT,
    pr_number             INTEGER,
    stop_requested        INTEGER NOT NULL DEFAULT 0,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    started_at            INTEGER,
    finished_at           INTEGER,
    last_progress_at      INTEGER,
    error                 TEXT,
    cancel_by             INTEGER,             /* while cancelling: when it counts as cancelled, worker or not */
    last_seq              INTEGER NOT NULL DEFAULT 0, /* of its events */
    version               INTEGER NOT NULL DEFAULT 1,
    prompt                TEXT,
    steps                 TEXT NOT NULL,       /* the workflow's steps as they were at the start */
    PRIMARY KEY (project_id, mode, id)
) WITHOUT ROWID;

CREATE INDEX runs_by_status ON runs (project_id, mode, status, id);
CREATE INDEX runs_by_workflow ON runs (project_id, mode, workflow_id, id);

CREATE TABLE run_steps (
    project_id  TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    position    INTEGER NOT NULL,              /* from 0 */
    iteration   INTEGER NOT NULL,              /* from 1; loops add more */
    label       TEXT NOT NULL,
    role        TEXT NOT NULL,
    status      TEXT NOT NULL,                 /* pending, running, completed, failed, skipped, cancelled */
    agent       TEXT,
    model       TEXT,
    started_at  INTEGER,
    finished_at INTEGER,
    exit_code   INTEGER,
    input_tokens  INTEGER,
    output_tokens INTEGER,
    cost_usd    REAL NOT NULL DEFAULT 0,
    verdict     TEXT,
    output      TEXT,
    PRIMARY KEY (project_id, run_id, iteration, position)
) WITHOUT ROWID;

CREATE TABLE run_events (
    project_id TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    seq        INTEGER NOT NULL,               /* 1, 2, 3 … per run, without holes */
    type       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    data       TEXT NOT NULL,                  /* JSON object */
    PRIMARY KEY (project_id, run_id, seq)
) WITHOUT ROWID;

CREATE TABLE personas (
    project_id      TEXT NOT NULL,
    id              TEXT NOT NULL,
    name            TEXT NOT NULL,
    type            TEXT NOT NULL,
    agent           TEXT,
    model           TEXT,
    thinking_effort TEXT,
    instructions    TEXT,
    is_enabled      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE TABLE issues (
    project_id       TEXT NOT NULL,
    id               TEXT NOT NULL,
    title            TEXT NOT NULL,
    description      TEXT,
    priority         TEXT NOT NULL,
    status           TEXT NOT NULL,
    suggested_prompt TEXT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE INDEX issues_by_status ON issues (project_id, status, id);
);
/* clang-format on */
