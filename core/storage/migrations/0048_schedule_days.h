/*
 * Step 48: on which days of the week or of the month a schedule is due.
 */
/* clang-format off */
static const char cc_migration_48[] = CC_SQL_TEXT(

ALTER TABLE schedules ADD COLUMN weekdays INTEGER NOT NULL DEFAULT 0; /* a mask from Monday on; 0: that of anchor_day */
ALTER TABLE schedules ADD COLUMN day_of_month INTEGER;                /* NULL: that of anchor_day */
);
/* clang-format on */
