/*
 * Step 9: how a step's agent was kept apart.
 */
/* clang-format off */
static const char cc_migration_9[] = CC_SQL_TEXT(

ALTER TABLE run_steps ADD COLUMN isolation TEXT;
);
/* clang-format on */
