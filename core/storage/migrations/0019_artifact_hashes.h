/*
 * Step 19: what an artifact's bytes are, which of them are transcripts, and the order in which they are listed.
 */
/* clang-format off */
static const char cc_migration_19[] = CC_SQL_TEXT(

ALTER TABLE artifacts ADD COLUMN sha256 TEXT;       /* in hexadecimal; NULL: kept before there was one */
ALTER TABLE artifacts ADD COLUMN is_transcript INTEGER NOT NULL DEFAULT 0; /* ours, not an agent's */
CREATE INDEX artifacts_by_file ON artifacts (project_id, run_id, file_id);
);
/* clang-format on */
