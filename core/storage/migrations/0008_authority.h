/*
 * Step 8: who made what: what acts later acts with no more than its maker had.
 *
 * A maker is the id of a key (kak_) or of a person (usr_); NULL is the owner of the data directory.
 */
/* clang-format off */
static const char cc_migration_8[] = CC_SQL_TEXT(

ALTER TABLE api_keys ADD COLUMN created_by TEXT;   /* its maker */
ALTER TABLE api_keys ADD COLUMN owner_id TEXT;     /* the person at the end of its makers: with whose membership it ends */
ALTER TABLE api_keys ADD COLUMN rate_root TEXT;    /* the key with a limit of its own that all its descendants share */

/* Of one person in one project: most keys are asked for by their hash only. */
CREATE INDEX api_keys_by_owner ON api_keys (project_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX api_keys_by_origin ON api_keys (project_id, rotated_from) WHERE rotated_from IS NOT NULL;

ALTER TABLE schedules ADD COLUMN mode TEXT NOT NULL DEFAULT 'live';
ALTER TABLE schedules ADD COLUMN acts_for TEXT;
ALTER TABLE chains ADD COLUMN acts_for TEXT;
ALTER TABLE invitations ADD COLUMN acts_for TEXT;

ALTER TABLE runs ADD COLUMN started_by TEXT NOT NULL DEFAULT 'unknown';   /* empty: the owner of the data directory */

/* Whose turn is it?  Each starter of a project has a line of his own. */
CREATE INDEX runs_waiting ON runs (project_id, started_by, id) WHERE status = 'pending' AND finished_at IS NULL;
);
/* clang-format on */
