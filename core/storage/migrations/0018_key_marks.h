/*
 * Step 18: by what the instance's key file is known (context/key_mark.c).
 */
/* clang-format off */
static const char cc_migration_18[] = CC_SQL_TEXT(

CREATE TABLE key_marks (
    instance INTEGER NOT NULL PRIMARY KEY CHECK (instance = 1),  /* there is one */
    mark     TEXT NOT NULL                                       /* derived from the key, and no help in finding it */
);
);
/* clang-format on */
