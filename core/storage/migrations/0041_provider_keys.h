/*
 * Step 41: keys of a project for the services of others.
 */
/* clang-format off */
static const char cc_migration_41[] = CC_SQL_TEXT(

CREATE TABLE provider_keys (
    project_id      TEXT NOT NULL,
    provider        TEXT NOT NULL,              /* context/providers.h */
    last_four       TEXT NOT NULL,
    status          TEXT NOT NULL,              /* untested, testing, valid, refused, unreachable */
    response_status INTEGER,                    /* of the last test; NULL: there was no answer, or no test */
    tested_at       INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    due_at          INTEGER,                    /* when a worker is to test it; NULL: it is not */
    sealed          BLOB NOT NULL,              /* the key, sealed with the instance key */
    PRIMARY KEY (project_id, provider)
) WITHOUT ROWID;

CREATE INDEX provider_keys_due ON provider_keys (due_at) WHERE due_at IS NOT NULL;
);
/* clang-format on */
