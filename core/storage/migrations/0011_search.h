/*
 * Step 11: what the search looks in, folded by us, so that it finds the same on every engine.
 */
/* clang-format off */
static const char cc_migration_11[] = CC_SQL_TEXT(

/* NULL: the text is ASCII, and its lower() is the folded one.  So most rows are no longer than before, and a search need not read to
   the end of rows whose steps lie between. */
ALTER TABLE workflows ADD COLUMN name_folded TEXT;
ALTER TABLE runs ADD COLUMN name_folded TEXT;
ALTER TABLE personas ADD COLUMN name_folded TEXT;
ALTER TABLE issues ADD COLUMN title_folded TEXT;
ALTER TABLE schedules ADD COLUMN name_folded TEXT;
ALTER TABLE chains ADD COLUMN name_folded TEXT;
ALTER TABLE api_keys ADD COLUMN name_folded TEXT;
ALTER TABLE users ADD COLUMN email_folded TEXT;

CC_FOLD(workflows, name, name_folded);
CC_FOLD(runs, name, name_folded);
CC_FOLD(personas, name, name_folded);
CC_FOLD(issues, title, title_folded);
CC_FOLD(schedules, name, name_folded);
CC_FOLD(chains, name, name_folded);
CC_FOLD(api_keys, name, name_folded);
CC_FOLD(users, email, email_folded);

DROP VIEW member_list;
CREATE VIEW member_list AS
    SELECT m.project_id, m.user_id AS id, u.email, u.email_folded, u.name, m.role, m.created_at, m.updated_at, m.version
    FROM members m JOIN users u ON u.id = m.user_id;
);
/* clang-format on */
