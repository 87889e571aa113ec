/*
 * Step 33: what a project may spend.
 */
/* clang-format off */
static const char cc_migration_33[] = CC_SQL_TEXT(

ALTER TABLE project_settings ADD COLUMN per_day_nano INTEGER;   /* billionths of a dollar; NULL: no limit */
ALTER TABLE project_settings ADD COLUMN per_month_nano INTEGER;
ALTER TABLE project_settings ADD COLUMN per_run_nano INTEGER;
ALTER TABLE project_settings ADD COLUMN warn_at_percent INTEGER NOT NULL DEFAULT 80;
ALTER TABLE project_settings ADD COLUMN is_hard INTEGER NOT NULL DEFAULT 1;
);
/* clang-format on */
