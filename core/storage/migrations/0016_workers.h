/*
 * Step 16: what the workers have told of themselves (engine/workers.c).
 */
/* clang-format off */
static const char cc_migration_16[] = CC_SQL_TEXT(

CREATE TABLE workers (
    name     TEXT NOT NULL PRIMARY KEY,
    seen_at  INTEGER NOT NULL,       /* when it said so */
    sandbox  TEXT,                   /* why its sandbox does not work; off: there is none; NULL: it works */
    programs TEXT NOT NULL           /* git, and the agents that are installed there; a space around each */
);
CREATE INDEX workers_by_time ON workers (seen_at);
);
/* clang-format on */
