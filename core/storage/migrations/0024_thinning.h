/*
 * Step 24: what agents of long finished runs wrote goes after a time.
 */
/* clang-format off */
static const char cc_migration_24[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN events_thinned_at INTEGER; /* NULL: all of its events are there */

CREATE INDEX runs_to_thin ON runs (finished_at) WHERE finished_at IS NOT NULL AND events_thinned_at IS NULL;
);
/* clang-format on */
