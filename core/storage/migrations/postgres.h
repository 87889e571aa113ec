/*
 * The schema's steps in the words of PostgreSQL, to be included once and alone.  Texts are compared byte by byte there
 * too: ids, slugs and cursors depend on it.
 */
#define INTEGER BIGINT
#define TEXT TEXT COLLATE "C"
#define BLOB BYTEA
#define REAL DOUBLE PRECISION
#define WITHOUT
#define ROWID
#define CC_FOLD(table, column, folded) SELECT 1 /* a new database has no rows yet */

#include "all.h"

#undef INTEGER
#undef TEXT
#undef BLOB
#undef REAL
#undef WITHOUT
#undef ROWID
