/*
 * Whose services a project can have keys for.
 */
#include "context/providers.h"

#include <string.h>

#include "base/text.h"
#include "context/settings.h"

static const cc_provider providers[] = {
#define X(...) {__VA_ARGS__},
    CC_PROVIDERS(X)
#undef X
};

const char *const cc_provider_names[] = {
#define X(name, ...) name,
    CC_PROVIDERS(X)
#undef X
        NULL,
};

const cc_provider *
cc_provider_find(const char *name)
{
    for (size_t i = 0; i < CC_COUNT(providers); i++)
        if (strcmp(providers[i].name, name) == 0)
            return &providers[i];
    return NULL;
}

const char *
cc_provider_url(cc_app *app, cc_arena *a, const cc_provider *provider)
{
    const char *const *word = cc_setting_words(app, a, CC_SETTING_providerAddresses);
    const char        *address = provider->address;
    const size_t       size = strlen(provider->name);

    for (; word && *word; word++)
        if (strncmp(*word, provider->name, size) == 0 && (*word)[size] == '=')
            address = *word + size + 1;
    return cc_printf(a, "%s%s", address, provider->path);
}
