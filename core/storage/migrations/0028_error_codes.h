/*
 * Step 28: which of the reasons (context/reasons.h) the errors of pull requests, issues and branches are, and the values
 * of their sentences and of a push's.
 */
/* clang-format off */
static const char cc_migration_28[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN push_error_params TEXT;              /* a JSON object; NULL: from before this step */
ALTER TABLE issues ADD COLUMN action_error_code TEXT;
ALTER TABLE issues ADD COLUMN action_error_params TEXT;
ALTER TABLE pull_requests ADD COLUMN action_error_code TEXT;
ALTER TABLE pull_requests ADD COLUMN action_error_params TEXT;
ALTER TABLE pull_requests ADD COLUMN refresh_error_code TEXT;
ALTER TABLE pull_requests ADD COLUMN refresh_error_params TEXT;
ALTER TABLE branches ADD COLUMN action_error_code TEXT;
ALTER TABLE branches ADD COLUMN action_error_params TEXT;
ALTER TABLE branches ADD COLUMN refresh_error_code TEXT;
ALTER TABLE branches ADD COLUMN refresh_error_params TEXT;
);
/* clang-format on */
