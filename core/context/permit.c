/*
 * Which repositories and hosts the operator's settings allow.
 */
#include "context/permit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "context/app.h"
#include "context/settings.h"

static bool
listed(const char *const *words, const char *word)
{
    for (; words && *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* Where a path truly lies: what exists of it with all symlinks resolved, and then the rest.  NULL: that cannot be told.
 */
static const char *
real_path(cc_arena *a, const char *path)
{
    char       *head = cc_strndup(a, path, strlen(path)), *found = NULL;
    const char *out = NULL;

    for (char *cut; head && !(found = realpath(*head ? head : "/", NULL)) && *head; *cut = '\0') {
        struct stat st;
        if (lstat(head, &st) == 0) /* a symlink that leads nowhere, or where we may not look */
            return NULL;
        cut = strrchr(head, '/');
    }
    if (found) {
        const char *rest = path + strlen(head);
        out = cc_printf(a, "%s%s", strcmp(found, "/") == 0 && *rest ? "" : found, rest);
    }
    free(found);
    return out;
}

static bool
below(const char *path, const char *directory)
{
    size_t n = strlen(directory);

    return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0' || strcmp(directory, "/") == 0);
}

/* Of ours or of another instance: told by what lies in it, on the way up. */
static bool
in_data_directory(cc_app *app, cc_arena *a, const char *path)
{
    const char *own = cc_app_directory(app), *data = real_path(a, own[0] ? own : ".");
    char       *at = cc_strndup(a, path, strlen(path));

    if (!data || !at || below(path, data) || below(data, path))
        return true;
    for (;;) {
        const char *database = cc_printf(a, "%s/codecourier.db", at), *key = cc_printf(a, "%s/codecourier.db-key", at);
        if (!database || !key || access(database, F_OK) == 0 || access(key, F_OK) == 0)
            return true;
        if (!*at)
            return false;
        *strrchr(at, '/') = '\0';
    }
}

static const cc_reason *
directory_allowed(cc_app *app, cc_arena *a, const cc_repository *r, const char **real)
{
    const char *const *words = cc_setting_words(app, a, CC_SETTING_localRepositories);
    const char        *path = words && *words ? real_path(a, r->path) : NULL;
    bool               fine = false;

    for (; path && *words && !fine; words++) {
        const char *directory = real_path(a, *words);
        fine = directory && below(path, directory);
    }
    if (!path || !fine || in_data_directory(app, a, path))
        return cc_reason_plain(a, CC_REASON_LOCAL_REFUSED);
    if (real)
        *real = path;
    return NULL;
}

/* Only what can be seen without asking anybody: an address in any spelling, or a name of this machine. */
static bool
host_allowed(const char *host, size_t size, uint16_t port, const char *const *permitted)
{
    cc_address address;

    if (cc_host_public(host, size))
        return true;
    if (!permitted ||
        (cc_host_read(host, size, &address) != CC_HOST_ADDRESS && !cc_address_read("127.0.0.1", &address)))
        return false;
    return cc_address_permitted(&address, port, false, permitted);
}

const cc_reason *
cc_repository_allowed(cc_app *app, cc_arena *a, const cc_repository *r, const char **real)
{
    if (r->over == CC_OVER_NOTHING)
        return directory_allowed(app, a, r, real);
    if (!listed(cc_setting_words(app, a, CC_SETTING_gitProtocols), cc_transport_name(r->over)))
        return cc_reason_new(a, PROTOCOL_REFUSED, .protocol = cc_transport_name(r->over));
    if (!host_allowed(r->host, strlen(r->host), r->port, cc_setting_words(app, a, CC_SETTING_privateHosts)))
        return cc_reason_plain(a, CC_REASON_HOST_REFUSED);
    return NULL;
}

/* Of a URL only what curl reads in the same way: no user, no fragment, nothing that would have to be escaped. */
static bool
url_plain(const char *url)
{
    for (const char *c = url; *c; c++)
        if (*c <= 0x20 || *c >= 0x7f || strchr("\\\"<>^`{|}#", *c))
            return false;
    return true;
}

const char *
cc_webhook_allowed(cc_app *app, cc_arena *a, const char *url)
{
    const bool  tls = strncmp(url, "https://", 8) == 0;
    const char *from = tls ? url + 8 : strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
    size_t      size = from ? strcspn(from, "/?") : 0;
    cc_endpoint to;

    if (!from || !url_plain(url) || memchr(from, '@', size) || !cc_endpoint_read(from, size, &to))
        return "must be an https:// or http:// address without a user, a password or a fragment";
    if (!host_allowed(to.host, to.size,
                      to.port ? to.port
                      : tls   ? 443
                              : 80,
                      cc_setting_words(app, a, CC_SETTING_webhookPrivateHosts)))
        return "must name a host that is public, or that the operator allows (setting webhookPrivateHosts)";
    return NULL;
}
