/*
 * The files of a database of SQLite's (sqlite_files.c): for sqlite.c alone.
 */
#ifndef CC_SQLITE_FILES_H
#define CC_SQLITE_FILES_H

#include <limits.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "base/base.h"

/* ---- by name ------------------------------------------------------------------------------------- */

/* Which of the database's files this account may not write; if it may all, the database: then it is the directory. */
const char *cc_sqlite_file_refused(const char *of, char path[PATH_MAX]);
bool        cc_sqlite_on_network(const char *path);
bool        cc_sqlite_key_is_left(const char *path); /* does a key lie beside it? */
/* Was the log deleted under somebody who has the database open? */
bool cc_sqlite_log_was_deleted(const char *path);
/* 0, or the errno that a write would meet.  failed_before: one has failed, so it is worth filling a file. */
int cc_sqlite_files_trial(const char *database, bool failed_before);

/* ---- what is open -------------------------------------------------------------------------------- */

enum { CC_SQLITE_DATABASE, CC_SQLITE_LOG, CC_SQLITE_INDEX, CC_SQLITE_FILE__MAX };

/* Which file a name stood for. */
typedef struct cc_open_file {
    char  path[PATH_MAX]; /* absolute, as SQLite has opened it; "": there is none */
    dev_t dev;
    ino_t ino;
} cc_open_file;

typedef struct cc_open_files {
    cc_open_file file[CC_SQLITE_FILE__MAX];
    const char  *lost;   /* what has become of them; NULL: nothing */
    bool         rescue; /* the log alone has no name any more: what is in it can still be copied back */
} cc_open_files;

/*
 * Remember what is open; logs: there is a write-ahead log.  false: it was moved away meanwhile.  Nobody may take the
 * log away while we have the database open, and if somebody has, that shows here.
 */
bool cc_open_files_remember(cc_open_files *f, sqlite3 *handle, bool logs);
/* Have they been lost since?  Sets `lost` and `rescue`. */
bool cc_open_files_lost(cc_open_files *f, sqlite3 *handle);
/* Before lost ones are closed: save what can be saved.  What SQLite says of it. */
int cc_open_files_give_up(const cc_open_files *f, sqlite3 *handle);

#endif
