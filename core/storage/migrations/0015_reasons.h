/*
 * Step 15: which of the reasons (context/reasons.h) a run, a step or a chain ended for, and the values of its sentence.
 */
/* clang-format off */
static const char cc_migration_15[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN error_code TEXT;        /* NULL: it has not failed, or before there was a list */
ALTER TABLE runs ADD COLUMN error_params TEXT;      /* a JSON object */
ALTER TABLE runs ADD COLUMN push_error_code TEXT;
ALTER TABLE run_steps ADD COLUMN error_code TEXT;
ALTER TABLE run_steps ADD COLUMN error_params TEXT;
ALTER TABLE chains ADD COLUMN error_code TEXT;
ALTER TABLE chains ADD COLUMN error_params TEXT;
);
/* clang-format on */
