/*
 * Whose services a project can have keys for, each in one row.
 */
#ifndef CC_PROVIDERS_H
#define CC_PROVIDERS_H

#include <stdbool.h>

#include "base/arena.h"
#include "codecourier.h"

typedef struct cc_provider {
    const char *name;
    const char *variable; /* of the environment, which its key is for what works */
    const char *address;  /* of its API; the setting providerAddresses may have another */
    const char *path;     /* below that: what anybody may read whose key is good */
    const char *header;   /* what stands before the key in the header that shows it */
    bool        forge;    /* for us and for no agent */
    const char *more;     /* further headers, one a line; NULL: none */
} cc_provider;

/* X(name, variable, address, path, header, forge?, further headers) */
#define CC_PROVIDERS(X)                                                                                                \
    X("anthropic", "ANTHROPIC_API_KEY", "https://api.anthropic.com", "/v1/models", "x-api-key: ", false,               \
      "anthropic-version: 2023-06-01")                                                                                 \
    X("anthropic_token", "CLAUDE_CODE_OAUTH_TOKEN", "https://api.anthropic.com", "/v1/models",                         \
      "Authorization: Bearer ", false, "anthropic-version: 2023-06-01\nanthropic-beta: oauth-2025-04-20")              \
    X("openai", "OPENAI_API_KEY", "https://api.openai.com", "/v1/models", "Authorization: Bearer ", false, NULL)       \
    X("openrouter", "OPENROUTER_API_KEY", "https://openrouter.ai", "/api/v1/key", "Authorization: Bearer ", false,     \
      NULL)                                                                                                            \
    X("gemini", "GEMINI_API_KEY", "https://generativelanguage.googleapis.com", "/v1beta/models",                       \
      "x-goog-api-key: ", false, NULL)                                                                                 \
    X("github", "GITHUB_TOKEN", "https://api.github.com", "/user", "Authorization: Bearer ", true, NULL)               \
    X("gitlab", "GITLAB_TOKEN", "https://gitlab.com", "/api/v4/user", "PRIVATE-TOKEN: ", true, NULL)                   \
    X("gitea", "GITEA_TOKEN", "https://codeberg.org", "/api/v1/user", "Authorization: token ", true, NULL)

extern const char *const cc_provider_names[]; /* NULL past the last */
const cc_provider       *cc_provider_find(const char *name);
/* Its address as the operator has it (setting providerAddresses), with that path; in the arena.  NULL: out of memory.
 */
const char *cc_provider_url(cc_app *app, cc_arena *a, const cc_provider *provider);

#endif
