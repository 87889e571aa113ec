/*
 * Step 12: money is counted in whole billionths of a dollar, for the sum of what can be paid is exact then; and what an
 * agent said of itself: by which session it can be told to go on.
 */
/* clang-format off */
static const char cc_migration_12[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN cost_nano INTEGER DEFAULT 0; /* NULL: steps were taken, and none named a price */
ALTER TABLE run_steps ADD COLUMN cost_nano INTEGER;      /* NULL: nobody named one */
ALTER TABLE run_steps ADD COLUMN session TEXT;
UPDATE runs SET cost_nano = round(cost_usd * 1000000000) WHERE cost_usd > 0;
UPDATE run_steps SET cost_nano = round(cost_usd * 1000000000) WHERE cost_usd > 0;
ALTER TABLE runs DROP COLUMN cost_usd;
ALTER TABLE run_steps DROP COLUMN cost_usd;
);
/* clang-format on */
