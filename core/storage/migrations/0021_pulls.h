/*
 * Step 21: pull requests, as their forges say they are.
 */
/* clang-format off */
static const char cc_migration_21[] = CC_SQL_TEXT(

CREATE TABLE pull_requests (
    project_id     TEXT NOT NULL,
    mode           TEXT NOT NULL,
    id             TEXT NOT NULL,
    run_id         TEXT NOT NULL,              /* that opened it */
    forge          TEXT NOT NULL,              /* github, gitlab, gitea */
    repository     TEXT NOT NULL,              /* as the run was given it */
    number         INTEGER NOT NULL,
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    state          TEXT NOT NULL,              /* open, merged, closed */
    is_draft       INTEGER NOT NULL DEFAULT 0,
    branch         TEXT NOT NULL,
    base           TEXT NOT NULL,
    head_commit    TEXT,                       /* of the branch, when it was last looked at */
    mergeable      INTEGER,                    /* NULL: its forge has not said so far */
    checks_status  TEXT NOT NULL,              /* of all together: none, pending, success, failure */
    checks         TEXT NOT NULL,              /* JSON */
    failures       TEXT NOT NULL,              /* what failed checks say; JSON */
    comments       TEXT NOT NULL,              /* of reviews; JSON */
    pending_action TEXT,                       /* refresh, merge, close: a worker is to do it, or is at it */
    merge_method   TEXT,                       /* how; and whether failing checks are no hindrance */
    merge_force    INTEGER NOT NULL DEFAULT 0,
    action_error   TEXT,                       /* why the last one was not done */
    refresh_error  TEXT,                       /* why it could not be looked at the last time */
    refreshed_at   INTEGER,
    etag           TEXT,                       /* of the forge's last answer */
    due_at         INTEGER,                    /* when a worker is to look at it; NULL: it is not */
    idle_looks     INTEGER NOT NULL DEFAULT 0, /* how often it was as before */
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, mode, id)
);

CREATE UNIQUE INDEX pull_requests_by_number ON pull_requests (project_id, mode, repository, number);
CREATE INDEX pull_requests_by_state ON pull_requests (project_id, mode, state, id);
CREATE INDEX pull_requests_due ON pull_requests (due_at) WHERE due_at IS NOT NULL;
);
/* clang-format on */
