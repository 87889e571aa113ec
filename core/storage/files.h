/*
 * The files of an instance: whose they are, who gets at them, and why one cannot be had.
 *
 * Words are for the operator (log, doctor); they name paths and accounts and never reach a client.
 */
#ifndef CC_FILES_H
#define CC_FILES_H

#include <limits.h>
#include <sys/types.h>

#include "base/base.h"

/*
 * Why `path` could not be opened or made: for a lack of rights, which account lacks it on which file or directory, and
 * whose that is; else what the system says of `number` (an errno).
 */
void   cc_files_refusal(const char *path, int number, char *why, size_t why_size);
cc_err cc_files_err(int number); /* FORBIDDEN, NOT_FOUND or UNAVAILABLE */

/* As cc_hand_over, for what lies beside a database under a name that begins with its name: "…/NAME.db-key". */
bool cc_files_hand_over(int fd, const char *path);

/* Make the empty database file, 0600 and handed over.  0 or an errno; EEXIST: it is there. */
int cc_files_make(const char *path);

/* What only a database leaves behind, while there is no database at `path`: its path, into `out`; false: nothing. */
bool cc_files_remains(const char *path, char *out, size_t out_size);

/* Whose: "nobody (65534)".  Returns out. */
const char *cc_files_account(uid_t uid, char out[96]);
/* The directory part of a path: "." for none. */
void cc_files_directory(const char *path, char out[PATH_MAX]);

#endif
