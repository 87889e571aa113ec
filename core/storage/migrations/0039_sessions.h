/*
 * Step 39: sessions, which are runs whose agent answers as data; and questions, which two kinds of them are about.
 */
/* clang-format off */
static const char cc_migration_39[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN session_kind TEXT;      /* NULL: it is none */
ALTER TABLE runs ADD COLUMN session_runs TEXT;      /* JSON: the runs that it is about; NULL: about none */
ALTER TABLE runs ADD COLUMN session_questions TEXT; /* JSON: the questions that it is to answer */
ALTER TABLE runs ADD COLUMN session_threshold INTEGER;
ALTER TABLE runs ADD COLUMN session_result TEXT;    /* JSON: what came of it */
ALTER TABLE runs ADD COLUMN quality TEXT;           /* JSON: what the last evaluation said of this run */
CREATE INDEX runs_sessions ON runs (project_id, mode, id) WHERE session_kind IS NOT NULL;

CREATE VIEW agent_sessions AS
    SELECT project_id, mode, id, session_kind AS kind, name, status, prompt, session_runs AS run_ids,
           session_questions AS question_ids, session_threshold AS threshold, github_repo_url, base_branch, cost_nano,
           created_at, updated_at, started_at, finished_at, error, error_code, error_params, version,
           session_result AS result
    FROM runs WHERE session_kind IS NOT NULL;

ALTER TABLE issues ADD COLUMN origin TEXT NOT NULL DEFAULT 'created';
ALTER TABLE issues ADD COLUMN kind TEXT;            /* of those that a session has found */
ALTER TABLE issues ADD COLUMN file TEXT;
ALTER TABLE issues ADD COLUMN session_id TEXT;
ALTER TABLE issues ADD COLUMN fingerprint TEXT;     /* hash of title, file and kind; NULL: nobody has found it */
UPDATE issues SET origin = 'imported' WHERE imported_at IS NOT NULL;
CREATE UNIQUE INDEX issues_found ON issues (project_id, fingerprint) WHERE fingerprint IS NOT NULL;

CREATE TABLE questions (
    project_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    text        TEXT NOT NULL,
    status      TEXT NOT NULL,                      /* context/state.h */
    answer      TEXT,
    confidence  INTEGER,                            /* NULL: a person has answered, or nobody */
    session_id  TEXT NOT NULL,                      /* that asked it */
    answered_in TEXT,                               /* the session that answered it */
    fingerprint TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX questions_once ON questions (project_id, fingerprint);
CREATE INDEX questions_by_status ON questions (project_id, status, id);
);
/* clang-format on */
