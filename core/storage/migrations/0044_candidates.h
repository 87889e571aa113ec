/*
 * Step 44: candidates: runs of one task of which one gets the pull request.
 */
/* clang-format off */
static const char cc_migration_44[] = CC_SQL_TEXT(

CREATE TABLE candidate_groups (
    project_id       TEXT NOT NULL,
    mode             TEXT NOT NULL,
    id               TEXT NOT NULL,
    name             TEXT NOT NULL,
    status           TEXT NOT NULL,             /* context/state.h */
    acts_for         TEXT,                      /* who started them, or has chosen; NULL: the operator */
    run_ids          TEXT NOT NULL,             /* JSON: all that were started */
    judge_session_id TEXT,
    chosen_run_id    TEXT,
    chosen_by        TEXT,                      /* judge, only, person */
    reason           TEXT,                      /* the judge's words */
    error            TEXT,                      /* why none was chosen, or the chosen one has no pull request */
    error_code       TEXT,
    error_params     TEXT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, mode, id)
) WITHOUT ROWID;

/* The worker asks over all projects, and only for what goes on by itself. */
CREATE INDEX candidate_groups_running ON candidate_groups (status, project_id, mode, id) WHERE status = 'running';
CREATE INDEX candidate_groups_judging ON candidate_groups (status, project_id, mode, id) WHERE status = 'judging';
CREATE UNIQUE INDEX candidate_groups_by_judge ON candidate_groups (project_id, mode, judge_session_id)
    WHERE judge_session_id IS NOT NULL;

ALTER TABLE runs ADD COLUMN candidate_group_id TEXT;
CREATE INDEX runs_by_candidates ON runs (project_id, mode, candidate_group_id, id) WHERE candidate_group_id IS NOT NULL;

/* What the pull request of a candidate would say; gone once it is open, or another one was chosen. */
CREATE TABLE pull_proposals (
    project_id TEXT NOT NULL,
    mode       TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    repository TEXT NOT NULL,
    branch     TEXT NOT NULL,
    base       TEXT,                            /* NULL: the main branch */
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    is_draft   INTEGER NOT NULL,
    due_at     INTEGER,                         /* when a worker is to open it; NULL: it is not */
    tries      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, mode, run_id)
);

CREATE INDEX pull_proposals_due ON pull_proposals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX pull_proposals_by_group ON pull_proposals (project_id, mode, group_id);
);
/* clang-format on */
