/*
 * What the setting forges is spelled like.
 */
#ifndef CC_FORGE_ENTRY_H
#define CC_FORGE_ENTRY_H

#include "base/base.h"

/* HOST=KIND or HOST=KIND@API: where its parts stand in the text. */
typedef struct cc_forge_entry {
    const char *host, *kind; /* not ended by a NUL */
    const char *api;         /* to the end of the text; NULL: where it always is */
    size_t      host_size, kind_size;
} cc_forge_entry;

bool cc_forge_entry_read(const char *text, size_t size, cc_forge_entry *e);
bool cc_forge_entry_ok(const char *text, size_t size);

/* Where the API of that kind of forge is below https://HOST, and its name as a constant; NULL: there is no such kind.
 */
const char *cc_forge_below(const char *kind, size_t size, const char **name);

#endif
