/*
 * Step 26: what a project's pull requests say.
 */
/* clang-format off */
static const char cc_migration_26[] = CC_SQL_TEXT(

ALTER TABLE project_settings ADD COLUMN pull_request_template TEXT; /* NULL: the usual text */
);
/* clang-format on */
