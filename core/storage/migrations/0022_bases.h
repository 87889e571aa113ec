/*
 * Step 22: what a run's pull request is to be merged into, and whether it is a draft.
 */
/* clang-format off */
static const char cc_migration_22[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN base_branch TEXT;      /* NULL: the repository's default branch */
ALTER TABLE runs ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;
);
/* clang-format on */
