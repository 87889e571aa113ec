/*
 * Step 20: which of the reasons (context/reasons.h) a schedule's last error is, and the values of its sentence.
 */
/* clang-format off */
static const char cc_migration_20[] = CC_SQL_TEXT(

ALTER TABLE schedules ADD COLUMN last_error_code TEXT;   /* NULL: there is none, or it is from before this step */
ALTER TABLE schedules ADD COLUMN last_error_params TEXT; /* a JSON object */
);
/* clang-format on */
