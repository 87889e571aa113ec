/*
 * Step 13: where an issue stands elsewhere.
 */
/* clang-format off */
static const char cc_migration_13[] = CC_SQL_TEXT(

ALTER TABLE issues ADD COLUMN source_url TEXT;
);
/* clang-format on */
