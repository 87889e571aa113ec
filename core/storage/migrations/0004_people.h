/*
 * Step 4: people at work: their sessions, invitations, and who did what.
 */
/* clang-format off */
static const char cc_migration_4[] = CC_SQL_TEXT(

ALTER TABLE users ADD COLUMN name TEXT;         /* what they call themselves; NULL: their address will do */

ALTER TABLE members ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
UPDATE members SET updated_at = created_at;

/* Somebody has signed in and is not told yet whose project he means. */
CREATE INDEX members_by_user ON members (user_id, project_id);

/* A membership as the API shows it: the member's id is the person's. */
CREATE VIEW member_list AS
    SELECT m.project_id, m.user_id AS id, u.email, u.name, m.role, m.created_at, m.updated_at, m.version
    FROM members m JOIN users u ON u.id = m.user_id;

/* A person signed in somewhere.  Belongs to no project: one session serves all of the person's. */
CREATE TABLE sessions (
    id         TEXT NOT NULL PRIMARY KEY,
    hash       BLOB NOT NULL,                  /* SHA-256 of the cookie, which is kept nowhere */
    user_id    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,               /* at most a minute behind; the shared state is newer */
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_by_hash ON sessions (hash);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

/* A link that lets one person in, once. */
CREATE TABLE invitations (
    project_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    hash       BLOB NOT NULL,                  /* SHA-256 of the link's token */
    email      TEXT NOT NULL,                  /* lower case; who takes it up becomes this person */
    role       TEXT NOT NULL,
    invited_by TEXT NOT NULL,                  /* name of a person or key, as it was */
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_by_hash ON invitations (hash);

/* Who did what.  Written by the gate in the transaction of the change itself; nothing changes or removes a row, except the end of
   its project. */
CREATE TABLE audit (
    project_id  TEXT NOT NULL,                 /* empty: a person without a project */
    id          TEXT NOT NULL,
    actor_type  TEXT NOT NULL,                 /* key, user, local */
    actor_id    TEXT,
    actor_name  TEXT NOT NULL,                 /* as it was */
    action      TEXT NOT NULL,                 /* the operation of the route */
    resource_id TEXT,
    address     TEXT,
    request_id  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

/* Every change pays for every index here.  What happened to one thing is asked often; by whom and how, within some days. */
CREATE INDEX audit_by_resource ON audit (project_id, resource_id, id);

/* Which persona did a step: what a step cost can be asked by persona. */
ALTER TABLE run_steps ADD COLUMN persona_id TEXT;
);
/* clang-format on */
