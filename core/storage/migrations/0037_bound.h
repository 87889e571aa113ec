/*
 * Step 37: which skills, commands and scripts a persona is bound to.
 */
/* clang-format off */
static const char cc_migration_37[] = CC_SQL_TEXT(

ALTER TABLE personas ADD COLUMN skill_ids TEXT;   /* JSON; NULL: all that are active */
ALTER TABLE personas ADD COLUMN command_ids TEXT;
ALTER TABLE personas ADD COLUMN script_ids TEXT;
);
/* clang-format on */
