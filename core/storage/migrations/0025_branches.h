/*
 * Step 25: the branches that runs have pushed, as their forges say they are.
 */
/* clang-format off */
static const char cc_migration_25[] = CC_SQL_TEXT(

CREATE TABLE branches (
    project_id     TEXT NOT NULL,
    mode           TEXT NOT NULL,
    id             TEXT NOT NULL,
    name           TEXT NOT NULL,
    repository     TEXT NOT NULL,
    run_id         TEXT NOT NULL,              /* that pushed it first */
    is_own         INTEGER NOT NULL,           /* it was not there before that */
    base           TEXT,                       /* NULL: the repository's main branch */
    state          TEXT NOT NULL,              /* present, deleted */
    head_commit    TEXT,                       /* that was pushed last; NULL: from before this step */
    seen_commit    TEXT,                       /* where it was when it was last looked at */
    ahead          INTEGER,                    /* commits that the base does not have; NULL: not known */
    behind         INTEGER,
    merged         INTEGER,
    is_protected   INTEGER,
    pending_action TEXT,                       /* refresh, delete: a worker is to do it, or is at it */
    action_error   TEXT,
    refresh_error  TEXT,
    refreshed_at   INTEGER,
    due_at         INTEGER,                    /* when a worker is to look at it; NULL: it is not */
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, mode, id)
);

CREATE UNIQUE INDEX branches_by_name ON branches (project_id, mode, repository, name);
CREATE INDEX branches_due ON branches (due_at) WHERE due_at IS NOT NULL;

INSERT INTO branches (project_id, mode, id, name, repository, run_id, is_own, base, state, created_at, updated_at)
SELECT r.project_id, r.mode, 'brn_' || substr(r.id, 5), r.branch_name,
    CASE WHEN length(r.github_repo_url) > 0 THEN r.github_repo_url ELSE p.github_repo_url END, r.id,
    CASE WHEN r.branch_name LIKE 'cc/run-%' OR r.branch_name LIKE 'cc-run-%' THEN 1 ELSE 0 END, r.base_branch,
    'present', r.created_at, r.created_at
FROM runs r JOIN projects p ON p.project_id = r.project_id
WHERE r.push_status = 'pushed' AND r.branch_name IS NOT NULL
    AND CASE WHEN length(r.github_repo_url) > 0 THEN r.github_repo_url ELSE p.github_repo_url END IS NOT NULL
ORDER BY r.id
ON CONFLICT DO NOTHING;
);
/* clang-format on */
