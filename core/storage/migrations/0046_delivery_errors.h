/*
 * Step 46: why the last attempt to deliver a message failed, for programs.
 */
/* clang-format off */
static const char cc_migration_46[] = CC_SQL_TEXT(

ALTER TABLE webhook_deliveries ADD COLUMN last_error_code TEXT; /* NULL: there is none, or it is older than this step */
);
/* clang-format on */
