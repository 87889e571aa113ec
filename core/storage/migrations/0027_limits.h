/*
 * Step 27: how the workers hold agents to their limits, for `doctor`, which is no worker and stands elsewhere in the cgroup tree.
 */
/* clang-format off */
static const char cc_migration_27[] = CC_SQL_TEXT(

ALTER TABLE workers ADD COLUMN limits TEXT; /* what doctor says of it; NULL: it has not told */
);
/* clang-format on */
