/*
 * The addresses of repositories, the names of branches and authors: what git would be given, judged before it sees it.
 *
 * An allow-list of forms, because git itself understands much more: "ext::" runs a command, a leading '-' is an option
 * to git or ssh, and a percent sign in a host becomes one after the check.
 */
#include "base/repository.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "base/unicode.h"
#include "context/settings.h"

enum { ACCOUNT_MAX = 64 };

static const struct {
    const char *name;
    uint16_t    port;
} transports[] = {
    [CC_OVER_HTTPS] = {"https", 443},
    [CC_OVER_SSH] = {"ssh", 22},
    [CC_OVER_HTTP] = {"http", 80},
    [CC_OVER_GIT] = {"git", 9418},
};

static const char FORMS[] =
    "must be a git URL (https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH), without a password";

/* ---- the parts ------------------------------------------------------------------------------- */

/* In every part: no white space, control character or backslash, and nothing that a shell or a page would act upon. */
static bool
characters_ok(const char *s)
{
    size_t n = strlen(s);

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] <= 0x20 || s[i] == 0x7f || strchr("\"'`<>\\^{|}", s[i]))
            return false;
    return n > 0 && cc_utf8_valid(s, n) && cc_line_fine(s, n);
}

/* No part of it is "." or ".." or begins with '-'. */
static bool
path_ok(const char *path)
{
    for (const char *p = path; *p;) {
        p += strspn(p, "/");
        size_t n = strcspn(p, "/");
        if (*p == '-' || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            return false;
        p += n;
    }
    return path[strspn(path, "/")] != '\0';
}

static bool
user_ok(const char *user, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)user[i]) && !strchr("._+~-", user[i]))
            return false;
    return size > 0 && size <= ACCOUNT_MAX && user[0] != '-';
}

/* HOST or HOST:PORT into the parts. */
static bool
host_read(cc_arena *a, const char *text, size_t size, cc_repository *out)
{
    cc_endpoint to;
    cc_address  address;
    char       *host;

    if (!cc_endpoint_read(text, size, &to) || cc_host_read(to.host, to.size, &address) == CC_HOST_BAD ||
        memchr(to.host, '%', to.size) || (memchr(to.host, ':', to.size) && text[0] != '[') ||
        !(host = cc_strndup(a, to.host, to.size)))
        return false;
    for (char *p = host; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    out->host = host;
    out->port = to.port ? to.port : transports[out->over].port;
    return true;
}

/* USER@ before `size` bytes at *text; moved behind it.  NULL, or what is wrong. */
static const char *
user_read(cc_arena *a, const char **text, size_t *size, cc_repository *out)
{
    const char *at = memrchr(*text, '@', *size);
    size_t      n = at ? (size_t)(at - *text) : 0;

    if (!at)
        return NULL;
    if (out->over != CC_OVER_SSH)
        return "must not hold a user's name or a password: a token belongs into the project's environment, as GIT_TOKEN";
    if (memchr(*text, ':', n))
        return "must not hold a password: a key belongs into the project's environment, as GIT_SSH_KEY";
    if (!user_ok(*text, n))
        return FORMS;
    out->user = cc_strndup(a, *text, n);
    *text += n + 1;
    *size -= n + 1;
    return out->user ? NULL : FORMS;
}

static const char *
url_read(cc_arena *a, const char *text, const char *rest, cc_repository *out)
{
    size_t      size = strcspn(rest, "/");
    const char *why = user_read(a, &rest, &size, out);

    if (why)
        return why;
    if (strpbrk(rest, "?#"))
        return "must have neither '?' nor '#' in it";
    if (!host_read(a, rest, size, out) || !path_ok(rest + size))
        return FORMS;
    out->path = rest + size;
    out->url = text;
    return NULL;
}

/* USER@HOST:PATH, as scp writes it; the colon is the first one. */
static const char *
scp_read(cc_arena *a, const char *text, cc_repository *out)
{
    size_t      size = strcspn(text, ":/");
    const char *from = text;

    out->over = CC_OVER_SSH;
    if (text[size] != ':' || !memchr(text, '@', size) || user_read(a, &from, &size, out) ||
        !host_read(a, from, size, out))
        return FORMS;
    out->path = from + size + 1;
    out->url = text;
    return out->path[0] != ':' && path_ok(out->path) ? NULL : FORMS;
}

static const char *
directory_read(const char *path, cc_repository *out)
{
    out->over = CC_OVER_NOTHING;
    out->path = out->url = path;
    return path_ok(path) && !strstr(path, "//") ? NULL : "must be the plain path of a directory, without '.' and '..'";
}

const char *
cc_repository_read(cc_arena *a, const char *text, cc_repository *out)
{
    *out = (cc_repository){.user = "", .host = "", .path = "", .url = ""};
    if (!(text = cc_strndup(a, text, strlen(text))) || !characters_ok(text))
        return FORMS;
    if (text[0] == '/')
        return directory_read(text, out);
    if (strncmp(text, "file:///", 8) == 0)
        return strchr(text, '%') ? FORMS : directory_read(text + 7, out);
    for (size_t i = 0; i < CC_COUNT(transports); i++) {
        size_t n = strlen(transports[i].name);
        if (strncmp(text, transports[i].name, n) == 0 && strncmp(text + n, "://", 3) == 0) {
            out->over = (cc_transport)i;
            return url_read(a, text, text + n + 3, out);
        }
    }
    return scp_read(a, text, out);
}

const char *
cc_transport_name(cc_transport over)
{
    return over < CC_COUNT(transports) ? transports[over].name : "";
}

bool
cc_transport_ok(const char *name, size_t size)
{
    for (size_t i = 0; i < CC_COUNT(transports); i++)
        if (size == strlen(transports[i].name) && memcmp(name, transports[i].name, size) == 0)
            return true;
    return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* A part between slashes. */
static bool
part_ok(const char *s, size_t n)
{
    return n > 0 && s[0] != '.' && !(n >= 5 && memcmp(s + n - 5, ".lock", 5) == 0);
}

/* What git-check-ref-format(1) says. */
bool
cc_branch_valid(const char *name)
{
    size_t n = strlen(name);

    if (!n || name[0] == '-' || name[n - 1] == '.' || strcmp(name, "@") == 0 || strcmp(name, "HEAD") == 0 ||
        strncmp(name, "refs/", 5) == 0 || strstr(name, "..") || strstr(name, "@{"))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] <= ' ' || strchr("~^:?*[\\\x7f", name[i]))
            return false;
    for (const char *p = name;; p++) {
        size_t part = strcspn(p, "/");
        if (!part_ok(p, part))
            return false;
        if (!*(p += part))
            return true;
    }
}

bool
cc_author_valid(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text > 32 && !strchr(".,:;<>\"\\'", *text))
            return true;
    return false;
}
