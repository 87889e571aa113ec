/*
 * Step 30: what a token costs, and what a step has used by kind; and one row for each attempt at a step that was paid,
 * which stays when its run is deleted, for what was spent is spent.
 */
/* clang-format off */
static const char cc_migration_30[] = CC_SQL_TEXT(

CREATE TABLE cost_rates (
    project_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    service        TEXT NOT NULL,
    model          TEXT,                          /* NULL: any */
    metric         TEXT NOT NULL,
    nano_per_unit  INTEGER NOT NULL,              /* billionths of a dollar for a million tokens, or an hour */
    effective_from INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
);
CREATE UNIQUE INDEX cost_rates_once ON cost_rates (project_id, service, coalesce(model, '*'), metric, effective_from);

ALTER TABLE run_steps ADD COLUMN cache_read_tokens INTEGER;  /* of input_tokens; NULL: not counted */
ALTER TABLE run_steps ADD COLUMN cache_write_tokens INTEGER;
ALTER TABLE run_steps ADD COLUMN cost_source TEXT;           /* agent or rate; NULL: there is no cost, or from before this step */

CREATE TABLE usage_entries (
    project_id         TEXT NOT NULL,
    mode               TEXT NOT NULL,
    at                 INTEGER NOT NULL,          /* when it was paid */
    run_id             TEXT NOT NULL,
    iteration          INTEGER NOT NULL,
    position           INTEGER NOT NULL,
    attempt            INTEGER NOT NULL,
    workflow_id        TEXT,
    persona_id         TEXT,
    actor_id           TEXT,                      /* the key or person that started the run; NULL: the operator */
    service            TEXT,                      /* NULL: not known */
    model              TEXT,                      /* NULL: not known */
    input_tokens       INTEGER NOT NULL,          /* without those of the cache */
    output_tokens      INTEGER NOT NULL,
    cache_read_tokens  INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    cost_nano          INTEGER,                   /* NULL: not known */
    ms                 INTEGER NOT NULL,
    PRIMARY KEY (project_id, mode, run_id, iteration, position, attempt)
);
CREATE INDEX usage_entries_by_time ON usage_entries (project_id, mode, at, cost_nano);
);
/* clang-format on */
