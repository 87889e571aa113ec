/*
 * Step 36: the trash: rows that were deleted and may come back.
 */
/* clang-format off */
static const char cc_migration_36[] = CC_SQL_TEXT(

CREATE TABLE trash (
    project_id TEXT NOT NULL,
    id         TEXT NOT NULL,                  /* the row's own */
    place      TEXT NOT NULL,                  /* trs_ and more: by it the list is in order of time */
    kind       TEXT NOT NULL,                  /* of which resource */
    name       TEXT NOT NULL,
    deleted_by TEXT NOT NULL,                  /* whose name it was then */
    deleted_at INTEGER NOT NULL,
    content    TEXT NOT NULL,                  /* JSON: all that was stored of it */
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE INDEX trash_by_place ON trash (project_id, place);
CREATE INDEX trash_old ON trash (deleted_at);
);
/* clang-format on */
