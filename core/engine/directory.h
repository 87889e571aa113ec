/*
 * Directories of which others wrote the contents; no symlink is followed.
 */
#ifndef CC_DIRECTORY_H
#define CC_DIRECTORY_H

#include <sys/types.h>

#include "base/arena.h"

bool cc_directory_make(const char *path); /* 0700; true if it is there */

typedef struct cc_directory_size {
    int64_t bytes, entries;
    bool    too_deep; /* to be measured, so it counts as too large */
    int64_t enough;   /* entries after which to stop; 0: all of them */
} cc_directory_size;

/* With the path of whatever is in it and has no dot in front, in the arena.  NULL or not there: nothing. */
void cc_directory_each(cc_arena *a, const char *path, void (*each)(void *ctx, const char *path), void *ctx);
/* A handle on it (O_PATH), if no symlink is in its path, whoever put it there and when; else -1, and ELOOP.  System
 * calls only. */
int  cc_directory_enter(const char *path);
bool cc_directory_remove(const char *path);
void cc_directory_measure(const char *path, cc_directory_size *size); /* adds to it */
/* Into an empty one; what is copied belongs to `uid` if we are root.  false: errno says why, EFBIG: over `most` bytes.
 */
bool cc_directory_copy(const char *from, const char *to, uid_t uid, int64_t most);
/*
 * The file `below` ("a/b/c") a directory, of that mode, in place of whatever has its name there; directories on the way
 * are made. What is made belongs to `uid` if we are root.  NULL: no file.
 */
bool cc_directory_put(const char *top, const char *below, const char *text, size_t size, mode_t mode, uid_t uid);
/* Take away what has that name there, a directory with all that is in it; nothing on the way is made. */
void cc_directory_drop(const char *top, const char *below);

#endif
