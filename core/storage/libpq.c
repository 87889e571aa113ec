#include "storage/libpq.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void *
find(void *handle, const char *name)
{
    char symbol[64];

    snprintf(symbol, sizeof(symbol), "PQ%s", name);
    return dlsym(handle, symbol);
}

bool
cc_libpq_load(cc_libpq *pq, char *why, size_t why_size)
{
    bool  all = true;
    void *found;

    memset(pq, 0, sizeof(*pq));
    if ((pq->handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL)) == NULL) {
        snprintf(why, why_size,
                 CC_WORDS("The setting 'database' names a PostgreSQL server, and libpq is not installed "
                          "here: install the package libpq5."));
        return false;
    }
    /* ISO C has no conversion from dlsym's pointer to a function's; POSIX promises that they are alike. */
#define X(type, name, parameters)                                                                                      \
    found = find(pq->handle, #name);                                                                                   \
    all = all && found != NULL;                                                                                        \
    memcpy(&pq->name, &found, sizeof(found));
    CC_PQ_CALLS(X)
#undef X
    if (!all) {
        snprintf(why, why_size,
                 CC_WORDS("The libpq that is installed here is older than PostgreSQL 14: install a newer "
                          "libpq5."));
        cc_libpq_unload(pq);
    }
    return all;
}

void
cc_libpq_unload(cc_libpq *pq)
{
    if (pq->handle != NULL)
        dlclose(pq->handle);
    pq->handle = NULL;
}
