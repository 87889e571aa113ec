/*
 * Step 31: versioned documents, the contexts first among them, and which versions a run began with.
 */
/* clang-format off */
static const char cc_migration_31[] = CC_SQL_TEXT(

CREATE TABLE contexts (
    project_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    name           TEXT NOT NULL,
    name_folded    TEXT,
    description    TEXT,
    active_version INTEGER,                    /* NULL: none is */
    latest_version INTEGER NOT NULL,           /* 0: there is none */
    is_enabled     INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1, /* of this row */
    content        TEXT NOT NULL,              /* the draft; last, so that lists need not read past it */
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

/* Of every kind of document; what is in here never changes. */
CREATE TABLE document_versions (
    project_id     TEXT NOT NULL,
    document_id    TEXT NOT NULL,
    version        INTEGER NOT NULL,           /* 1, 2, 3 … */
    note           TEXT,
    published_at   INTEGER NOT NULL,
    published_by   TEXT NOT NULL,              /* whose name it was then */
    content        TEXT NOT NULL,
    PRIMARY KEY (project_id, document_id, version)
) WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN documents TEXT NOT NULL DEFAULT '[]'; /* JSON: the versions that it began with */
ALTER TABLE personas ADD COLUMN context_id TEXT;
);
/* clang-format on */
