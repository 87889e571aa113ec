/*
 * What the setting forges is spelled like: HOST=KIND, or HOST=KIND@API.
 */
#include "base/forge_entry.h"

#include <string.h>

static const struct {
    const char *kind, *below; /* where its API is, below https://HOST */
} kinds[] = {{"github", "/api/v3"}, {"gitlab", "/api/v4"}, {"gitea", "/api/v1"}};

const char *
cc_forge_below(const char *kind, size_t size, const char **name)
{
    for (size_t i = 0; i < CC_COUNT(kinds); i++)
        if (strlen(kinds[i].kind) == size && strncmp(kinds[i].kind, kind, size) == 0) {
            *name = kinds[i].kind;
            return kinds[i].below;
        }
    return NULL;
}

bool
cc_forge_entry_read(const char *text, size_t size, cc_forge_entry *e)
{
    const char *equals = memchr(text, '=', size), *end = text + size;
    const char *at = equals ? memchr(equals, '@', (size_t)(end - equals)) : NULL;

    if (!equals || equals == text)
        return false;
    *e = (cc_forge_entry){
        .host = text, .host_size = (size_t)(equals - text), .kind = equals + 1, .api = at ? at + 1 : NULL};
    e->kind_size = (size_t)((at ? at : end) - e->kind);
    return true;
}

bool
cc_forge_entry_ok(const char *text, size_t size)
{
    const char    *name;
    cc_forge_entry e;

    return cc_forge_entry_read(text, size, &e) && cc_forge_below(e.kind, e.kind_size, &name) &&
           (!e.api || strncmp(e.api, "https://", 8) == 0 || strncmp(e.api, "http://", 7) == 0);
}
