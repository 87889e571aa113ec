/*
 * Step 43: sandboxes, which are runs that one talks with.
 */
/* clang-format off */
static const char cc_migration_43[] = CC_SQL_TEXT(

/* What a run has beside its row if it is a sandbox. */
CREATE TABLE sandbox_runs (
    project_id       TEXT NOT NULL,
    mode             TEXT NOT NULL,
    run_id           TEXT NOT NULL,
    made_by          TEXT,                       /* the key or person with whose right it ends; NULL: the operator */
    agent            TEXT,
    model            TEXT,
    persona_id       TEXT,
    context_ids      TEXT,                       /* JSON; NULL: all that are active */
    asked            INTEGER NOT NULL DEFAULT 0, /* how many messages and commits there were */
    since            INTEGER NOT NULL DEFAULT 0, /* the position with which the conversation begins */
    life             INTEGER NOT NULL DEFAULT 1, /* counts restarts */
    held             INTEGER NOT NULL DEFAULT 0, /* somebody has paused it */
    opened           INTEGER NOT NULL DEFAULT 0, /* its workspace has been there */
    pushed           INTEGER NOT NULL DEFAULT 0, /* its branch has been */
    used_at          INTEGER NOT NULL,           /* when somebody last said something, or it answered */
    files_removed_at INTEGER,
    PRIMARY KEY (project_id, mode, run_id)
) WITHOUT ROWID;
CREATE INDEX sandbox_runs_old ON sandbox_runs (used_at) WHERE files_removed_at IS NULL;
CREATE INDEX sandbox_runs_kept ON sandbox_runs (project_id, run_id) WHERE files_removed_at IS NULL;

/* What was said to it; the step of its run with that position is the answer. */
CREATE TABLE sandbox_messages (
    project_id  TEXT NOT NULL,
    mode        TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    id          TEXT NOT NULL,
    position    INTEGER NOT NULL,
    kind        TEXT NOT NULL,                   /* message or commit */
    text        TEXT NOT NULL,
    title       TEXT,                            /* of a commit, for its pull request */
    description TEXT,
    draft       INTEGER NOT NULL DEFAULT 0,
    asked_by    TEXT,                            /* a key or person; NULL: the operator */
    after       INTEGER NOT NULL,                /* the number of the run's last event before it */
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, mode, run_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sandbox_messages_position ON sandbox_messages (project_id, run_id, position);

/* (A status of its run is among them, for PostgreSQL gives the whole its collation.) */
CREATE VIEW sandboxes AS
    SELECT s.project_id, s.mode, s.run_id AS id, r.name,
           CASE WHEN r.status = 'completed' THEN 'expired' WHEN r.status = 'failed' THEN r.status
                WHEN r.status = 'cancelled' THEN 'killed' WHEN r.status = 'cancelling' THEN 'killing'
                WHEN s.held = 1 THEN 'paused' WHEN r.status = 'paused' THEN 'idle'
                WHEN s.opened = 0 THEN 'opening' ELSE 'working' END AS status,
           s.agent, s.model, s.persona_id, s.context_ids, r.github_repo_url, r.branch_name, r.base_branch,
           s.asked AS message_count, r.cost_nano, r.push_status, r.push_error, r.push_error_code, r.push_error_params,
           r.pr_status, r.pr_url, r.pr_number, r.created_at, r.updated_at, s.used_at, r.finished_at, s.files_removed_at,
           r.error, r.error_code, r.error_params, r.version
    FROM sandbox_runs s JOIN runs r ON r.project_id = s.project_id AND r.mode = s.mode AND r.id = s.run_id;

CREATE VIEW sandbox_talk AS
    SELECT m.project_id, m.mode, m.run_id AS sandbox_id, m.id, m.position, m.kind, m.text, t.status,
           CASE WHEN t.status = 'completed' THEN t.output END AS answer,
           CASE WHEN t.status = 'failed' THEN t.output END AS error, t.error_code, t.error_params,
           m.asked_by, m.after, t.agent, t.model, t.attempt, t.cost_nano, m.created_at, t.started_at, t.finished_at, 1 AS version
    FROM sandbox_messages m JOIN run_steps t
    ON t.project_id = m.project_id AND t.run_id = m.run_id AND t.iteration = 1 AND t.position = m.position;
);
/* clang-format on */
