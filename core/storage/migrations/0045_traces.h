/*
 * Step 45: the trace of whoever started a run.
 */
/* clang-format off */
static const char cc_migration_45[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN traceparent TEXT;  /* as W3C Trace Context writes it; NULL: there was none */
);
/* clang-format on */
