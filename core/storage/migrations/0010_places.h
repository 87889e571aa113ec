/*
 * Step 10: from where people sign in.
 */
/* clang-format off */
static const char cc_migration_10[] = CC_SQL_TEXT(

/* Addresses and IPv6 networks of 64 bits, latest first, with spaces between: guesses from elsewhere do not keep these out.  NULL: none yet. */
ALTER TABLE users ADD COLUMN places TEXT;
);
/* clang-format on */
