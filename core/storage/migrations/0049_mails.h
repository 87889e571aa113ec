/*
 * Step 49: what people are notified of by e-mail, if they want that.
 */
/* clang-format off */
static const char cc_migration_49[] = CC_SQL_TEXT(

ALTER TABLE users ADD COLUMN email_notifications TEXT; /* important or all; NULL: none */

/* What is to be sent; no row: it was, or nobody wants it any more. */
CREATE TABLE mails (
    project_id TEXT NOT NULL,
    id         TEXT NOT NULL,                  /* of the notification */
    user_id    TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    PRIMARY KEY (project_id, id, user_id)
) WITHOUT ROWID;

CREATE INDEX mails_due ON mails (due_at);
);
/* clang-format on */
