/*
 * Step 47: what machines that share a database tell each other of their rate limits; a minute of it is kept.
 */
/* clang-format off */
static const char cc_migration_47[] = CC_SQL_TEXT(

CREATE TABLE rates_taken (
    at      INTEGER NOT NULL,
    machine TEXT NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (at, machine)
) WITHOUT ROWID;
);
/* clang-format on */
