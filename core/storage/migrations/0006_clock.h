/*
 * Step 6: what no clock that is set can spoil.
 */
/* clang-format off */
static const char cc_migration_6[] = CC_SQL_TEXT(

/* For how long workers have held the run, measured: what the limit on its time counts.  A pause is not part of it. */
ALTER TABLE runs ADD COLUMN worked_ms INTEGER NOT NULL DEFAULT 0;
);
/* clang-format on */
