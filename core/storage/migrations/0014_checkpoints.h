/*
 * Step 14: what a run has made of its repository, step by step, and what became of it.
 */
/* clang-format off */
static const char cc_migration_14[] = CC_SQL_TEXT(

ALTER TABLE runs ADD COLUMN verdict TEXT;          /* of its checkers, once it is complete: pass, fail; NULL: none */
ALTER TABLE runs ADD COLUMN push_status TEXT;      /* pushed, none, failed; NULL: it has not come so far */
ALTER TABLE runs ADD COLUMN push_error TEXT;       /* why it failed */
ALTER TABLE runs ADD COLUMN head_commit TEXT;      /* of its last checkpoint (engine/checkpoint.h); NULL: nothing has changed yet */
ALTER TABLE runs ADD COLUMN checkpoint_id TEXT;    /* where that is kept; NULL with a head: it was too large */

ALTER TABLE run_steps ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0; /* how often it has begun */
ALTER TABLE run_steps ADD COLUMN base_commit TEXT; /* what the run's changes are made upon, and the commit that ends the step */
ALTER TABLE run_steps ADD COLUMN head_commit TEXT;
ALTER TABLE run_steps ADD COLUMN checkpoint_id TEXT; /* where that commit is kept */

/* What a run's agents had made of its repository when a step had ended: a bundle, a patch and its figures, each in parts. */
CREATE TABLE checkpoint_parts (
    project_id    TEXT NOT NULL,
    run_id        TEXT NOT NULL,
    checkpoint_id TEXT NOT NULL,
    kind          TEXT NOT NULL,               /* bundle, patch (gzip), numbers (git diff --numstat -z) */
    part          INTEGER NOT NULL,            /* from 0 */
    data          BLOB NOT NULL,
    PRIMARY KEY (project_id, run_id, checkpoint_id, kind, part)
);
);
/* clang-format on */
