/*
 * What a program needs beside the system.
 */
#ifndef CC_INSTALLATION_H
#define CC_INSTALLATION_H

#include "engine/sandbox.h"

enum { CC_INSTALLATION_MAX = 16 };

typedef struct cc_installation {
    cc_arena   *arena;
    const char *data; /* the data directory; absolute, without symlinks */
    cc_mount    mounts[CC_INSTALLATION_MAX];
    size_t      count;
} cc_installation;

const char *cc_installation_add(cc_installation *in, const char *program); /* where it is inside; NULL: not there */
bool cc_installation_path(cc_installation *in, const char *path);    /* a directory of the operator's; false: never */
const char *cc_installation_search(const cc_installation *in);       /* PATH as it is inside; NULL: out of memory */
bool        cc_path_within(const char *path, const char *directory); /* or the directory itself; both absolute */
bool        cc_path_of_system(const char *path);                     /* below what every sandbox shows */

#endif
