/*
 * Step 7: which chain a run is part of.
 */
/* clang-format off */
static const char cc_migration_7[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN chain_id TEXT;

/* Only of those that are: most runs are of no chain, and starting one shall not pay for it. */
CREATE INDEX runs_by_chain ON runs (project_id, mode, chain_id, id) WHERE chain_id IS NOT NULL;
);
/* clang-format on */
