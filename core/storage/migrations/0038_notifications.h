/*
 * Step 38: what people are notified of, and what of it each of them has read.
 */
/* clang-format off */
static const char cc_migration_38[] = CC_SQL_TEXT(

CREATE TABLE notifications (
    project_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    mode       TEXT NOT NULL,                  /* whose runs it is about; empty: both modes share it */
    type       TEXT NOT NULL,                  /* of gate/outbox.h */
    about_id   TEXT,
    run_id     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE INDEX notifications_old ON notifications (created_at);

/* No row: it is unread. */
CREATE TABLE notification_marks (
    project_id   TEXT NOT NULL,
    reader       TEXT NOT NULL,                /* a person or a key */
    id           TEXT NOT NULL,                /* of the notification */
    read_at      INTEGER NOT NULL,
    dismissed_at INTEGER,
    PRIMARY KEY (project_id, reader, id)
) WITHOUT ROWID;

CREATE INDEX notification_marks_by_id ON notification_marks (id);
);
/* clang-format on */
