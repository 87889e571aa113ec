/*
 * Step 1: projects, their keys and their people.
 *
 * This is SQL, kept as a C macro argument: the compiler drops these comments, so the text that SQLite parses at every
 * start stays short.  Rules for every table: `project_id` first in the key and in each index; ids made by us; times in
 * ms since 1970; `version` counts changes and becomes the ETag; WITHOUT ROWID, so that a page of a list is one run of
 * neighbouring rows.
 */
/* clang-format off */
static const char cc_migration_1[] = CC_SQL_TEXT(

/* One tenant.  `run_count` numbers its runs; it lives here because every start of a run already holds the write lock. */
CREATE TABLE projects (
    project_id      TEXT NOT NULL PRIMARY KEY,
    name            TEXT NOT NULL,
    slug            TEXT NOT NULL UNIQUE,      /* for people and command lines */
    github_repo_url TEXT,
    run_count       INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;

CREATE TABLE project_settings (
    project_id       TEXT NOT NULL PRIMARY KEY,
    system_prompt    TEXT,
    git_commit_name  TEXT,
    git_commit_email TEXT,
    default_agent    TEXT,
    default_model    TEXT,
    env_vars         BLOB,                     /* sealed JSON object; the key is in the key file */
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;

CREATE TABLE api_keys (
    project_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    prefix       TEXT NOT NULL,                /* shown to people: cc_live_ and eight more characters */
    hash         BLOB NOT NULL,                /* SHA-256 of the whole secret, which is kept nowhere */
    scopes       INTEGER NOT NULL,             /* mask, as granted */
    mode         TEXT NOT NULL,                /* live, test */
    allowed_networks TEXT,                      /* canonical CIDRs, space-separated; null: from anywhere */
    rate_limit   INTEGER,                      /* requests a minute; null: the instance's default */
    rotated_from TEXT,                         /* the key this one replaces */
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_used_at INTEGER,                      /* at most a minute behind; the shared state is newer */
    expires_at   INTEGER,
    revoked_at   INTEGER,
    version      INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
) WITHOUT ROWID;

/* The one index that does not begin with the project: it is how the project becomes known. */
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

/* People sign in to the dashboard; a person may be a member of several projects. */
CREATE TABLE users (
    id          TEXT NOT NULL PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,          /* lower case */
    password    TEXT NOT NULL,                 /* Argon2id, in libsodium's own text form */
    must_change INTEGER NOT NULL,              /* the password was given out by us, for one sign-in */
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE members (
    project_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    role       TEXT NOT NULL,                  /* member, admin, owner */
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) WITHOUT ROWID;

/*
 * Answers kept for retries (contract section 6).  Neither the bearer token nor the Idempotency-Key is in here.  Tags are random and
 * answers long: so the rows lie in the order they came, and only the short key is scattered.  The day comes first in it, because
 * housekeeping removes whole days of all projects.
 */
CREATE TABLE idempotency (
    day        INTEGER NOT NULL,               /* of created_at, since 1970 */
    project_id TEXT NOT NULL,
    tag        BLOB NOT NULL,                  /* of key, method, path and Idempotency-Key */
    digest     BLOB NOT NULL,                  /* of the body */
    answer     BLOB NOT NULL,                  /* sealed with a key derived from token and Idempotency-Key */
    created_at INTEGER NOT NULL,
    PRIMARY KEY (day, project_id, tag)
);
);
/* clang-format on */
