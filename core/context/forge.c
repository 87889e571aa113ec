/*
 * Which forge serves a repository.
 *
 * Its host decides, and the operator's word comes before what is known by itself.  That an address without TLS belongs
 * to an API without TLS alone keeps a token from whoever answers for that host in the clear.
 */
#include "context/forge.h"

#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/forge_entry.h"
#include "context/settings.h"

static const struct {
    const char *host, *kind;
} known[] = {{"gitlab.com", "gitlab"}, {"codeberg.org", "gitea"}, {"gitea.com", "gitea"}};

static bool
is_plain(const char *api)
{
    return strncmp(api, "http://", 7) == 0;
}

/* May a token for this API go to where that repository is? */
static bool
fits(const cc_repository *origin, const char *api)
{
    return origin->host[0] && origin->over != CC_OVER_GIT && (origin->over != CC_OVER_HTTP || is_plain(api));
}

/* GitHub's host is its API's, less "api." in front. */
static bool
is_github(const cc_repository *origin, const char *api)
{
    const char *from = strstr(api, "://");
    cc_endpoint to;

    if (!from || !fits(origin, api) || !cc_endpoint_read(from + 3, strcspn(from + 3, "/?#"), &to))
        return false;
    if (to.size > 4 && strncasecmp(to.host, "api.", 4) == 0) {
        to.host += 4;
        to.size -= 4;
    }
    return to.size == strlen(origin->host) && strncasecmp(to.host, origin->host, to.size) == 0;
}

static bool
usual(cc_arena *a, const cc_repository *origin, const char *kind, cc_forge *out)
{
    const char *name = NULL, *below = cc_forge_below(kind, strlen(kind), &name);
    const char *api = cc_printf(a, "https://%s%s", origin->host, below);

    if (api && fits(origin, api))
        *out = (cc_forge){.kind = name, .api = api};
    return api != NULL;
}

bool
cc_forge_of(cc_app *app, cc_arena *a, const cc_repository *origin, cc_forge *out)
{
    const char *const *words = cc_setting_words(app, a, CC_SETTING_forges);
    const char        *github = cc_setting_text(app, CC_SETTING_githubApi), *name = NULL;
    cc_forge_entry     e;

    *out = (cc_forge){0};
    for (; words && *words; words++) {
        if (!cc_forge_entry_read(*words, strlen(*words), &e) || e.host_size != strlen(origin->host) ||
            strncasecmp(e.host, origin->host, e.host_size) != 0 || !cc_forge_below(e.kind, e.kind_size, &name))
            continue;
        if (!e.api)
            return usual(a, origin, name, out);
        if (fits(origin, e.api))
            *out = (cc_forge){.kind = name, .api = e.api};
        return true;
    }
    if (is_github(origin, github)) {
        *out = (cc_forge){.kind = "github", .api = github, .is_operators = true};
        return words != NULL;
    }
    for (size_t i = 0; words && i < CC_COUNT(known); i++)
        if (strcmp(known[i].host, origin->host) == 0)
            return usual(a, origin, known[i].kind, out);
    return words != NULL;
}
