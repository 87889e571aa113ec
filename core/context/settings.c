/*
 * codecourier.conf: every setting there is stands in settings.h; here they are read and asked for.
 */
#include "context/settings.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/address.h"
#include "base/forge_entry.h"
#include "base/letter.h"
#include "base/repository.h"
#include "context/instance.h"
#include "storage/files.h"

static const struct {
    const char *name, *preset;
    int64_t     min, max;
    const char *meaning;
} settings[] = {
#define X(name, preset, min, max, meaning) {#name, preset, min, max, meaning},
    CC_SETTINGS(X)
#undef X
};

bool
cc_setting_info_at(size_t i, const char **name, const char **preset, const char **meaning)
{
    if (i >= CC_SETTING__MAX)
        return false;
    *name = settings[i].name;
    *preset = settings[i].preset;
    *meaning = settings[i].meaning;
    return true;
}

static int
setting_find(const char *name)
{
    for (int i = 0; i < CC_SETTING__MAX; i++)
        if (strcmp(settings[i].name, name) == 0)
            return i;
    return -1;
}

const char *
cc_app_setting(cc_app *app, const char *name)
{
    int i = setting_find(name);

    return i < 0 ? NULL : app->text[i];
}

const char *
cc_setting_name(cc_setting which)
{
    return settings[which].name;
}

const char *
cc_setting_text(cc_app *app, cc_setting which)
{
    return app->text[which];
}

int64_t
cc_setting_int(cc_app *app, cc_setting which)
{
    assert(settings[which].min <= settings[which].max);
    return app->number[which];
}

const char *const *
cc_setting_words(cc_app *app, cc_arena *a, cc_setting which)
{
    const char  *text = app->text[which];
    const char **out = NULL;
    size_t       count = 0, n = 0;

    for (const char *p = text; *(p += strspn(p, CC_LIST_SPACES)); p += strcspn(p, CC_LIST_SPACES))
        count++;
    if (!(out = cc_alloc(a, (count + 1) * sizeof(*out))))
        return NULL;
    for (const char *p = text; *(p += strspn(p, CC_LIST_SPACES)); p += strcspn(p, CC_LIST_SPACES))
        if (!(out[n++] = cc_strndup(a, p, strcspn(p, CC_LIST_SPACES))))
            return NULL;
    out[n] = NULL;
    return out;
}

const char *
cc_page_address(cc_app *app, cc_arena *a, const char *page)
{
    const char *base = cc_setting_text(app, CC_SETTING_publicUrl);
    size_t      n = strlen(base);

    while (n && base[n - 1] == '/')
        n--;
    return n ? cc_printf(a, "%.*s/#/%s", (int)n, base, page) : "";
}

const char *
cc_run_address(cc_app *app, cc_arena *a, const char *run_id)
{
    const char *page = cc_printf(a, "runs/%s", run_id);

    return page ? cc_page_address(app, a, page) : NULL;
}

bool
cc_sends_mail(cc_app *app)
{
    return app->text[CC_SETTING_mail][0] && app->text[CC_SETTING_mailFrom][0];
}

/* Settings that are one of a few words. */
static bool
word_fits(int i, const char *text)
{
    static const struct {
        int         setting;
        const char *words[3];
    } lists[] = {
        {CC_SETTING_synchronous, {"NORMAL", "FULL"}},  {CC_SETTING_lostRunPolicy, {"retry", "fail"}},
        {CC_SETTING_sandbox, {"bubblewrap", "off"}},   {CC_SETTING_databasePooler, {"auto", "session", "transaction"}},
        {CC_SETTING_egress, {"list", "open", "none"}}, {CC_SETTING_accessLog, {"off", "json", "combined"}},
    };
    bool listed = false;

    for (size_t k = 0; k < CC_COUNT(lists); k++)
        for (size_t w = 0; lists[k].setting == i && w < CC_COUNT(lists[k].words); w++) {
            listed = true;
            if (lists[k].words[w] && strcmp(lists[k].words[w], text) == 0)
                return true;
        }
    return !listed;
}

static bool
is_web_address(const char *text, size_t size)
{
    (void)size;
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static bool
is_absolute(const char *path, size_t size)
{
    return size > 0 && path[0] == '/';
}

/* Settings that are lists: does each entry read? */
static bool
list_fits(int i, const char *text)
{
    bool (*ok)(const char *, size_t) = i == CC_SETTING_egressHosts      ? cc_host_entry_ok
                                       : i == CC_SETTING_privateHosts   ? cc_permit_ok
                                       : i == CC_SETTING_webhookPrivateHosts ? cc_permit_ok
                                       : i == CC_SETTING_gitProtocols   ? cc_transport_ok
                                       : i == CC_SETTING_trustedProxies ? cc_proxy_ok
                                       : i == CC_SETTING_forges         ? cc_forge_entry_ok
                                       : i == CC_SETTING_publicUrl || i == CC_SETTING_mcpOrigins ? is_web_address
                                       : i == CC_SETTING_localRepositories || i == CC_SETTING_sandboxPaths ? is_absolute
                                                                                                           : NULL;

    while (ok && *(text += strspn(text, CC_LIST_SPACES))) {
        size_t n = strcspn(text, CC_LIST_SPACES);
        if (!ok(text, n))
            return false;
        text += n;
    }
    return true;
}

static bool
server_fits(int i, const char *text)
{
    return (i != CC_SETTING_database && i != CC_SETTING_listenDatabase) || !text[0] || cc_database_is_server(text);
}

/* A program, or a server without a password, which would be shown wherever an address is. */
static bool
mail_way_fits(const char *text)
{
    const char  *host = strncmp(text, "smtps://", 8) == 0 ? text + 8 : strncmp(text, "smtp://", 7) == 0 ? text + 7 : "";
    const size_t user = strcspn(host, "@"), colon = strcspn(host, ":");

    return text[0] == '/' || (*host && !strpbrk(host, " \t/?\"\\") && (!host[user] || (user > 0 && colon > user && host[user + 1])));
}

static bool
mail_fits(int i, const char *text)
{
    if (!text[0])
        return true;
    return (i != CC_SETTING_mail || mail_way_fits(text)) && (i != CC_SETTING_mailFrom || cc_letter_address_ok(text)) &&
           (i != CC_SETTING_mailPasswordFile || text[0] == '/');
}

static bool
setting_set(cc_app *app, int i, const char *text)
{
    if (settings[i].min <= settings[i].max) {
        if (!cc_int_parse(text, &app->number[i]) || app->number[i] < settings[i].min ||
            app->number[i] > settings[i].max)
            return false;
    } else if (!word_fits(i, text) || !list_fits(i, text) || !server_fits(i, text) || !mail_fits(i, text)) {
        return false;
    }
    app->text[i] = cc_strndup(app->arena, text, strlen(text));
    return app->text[i] != NULL;
}

/* agent.NAME = PROGRAM ARGUMENTS: an agent of the operator's own.  The line is split at spaces, never by a shell. */
static cc_err
agent_set(cc_app *app, const char *name, const char *line, int number, char *why, size_t why_size)
{
    size_t n = strlen(name);

    if (n < 1 || n > 40 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != n || !*line) {
        snprintf(
            why, why_size,
            CC_WORDS("codecourier.conf line %d: expected 'agent.NAME = PROGRAM ARGUMENTS', the name in small letters, "
                     "digits, '-' and '_'."),
            number);
        return CC_E_VALIDATION;
    }
    struct agent_line *a = cc_alloc(app->arena, sizeof(*a));
    if (!a || !(a->name = cc_strndup(app->arena, name, n)) || !(a->line = cc_strndup(app->arena, line, strlen(line))))
        return CC_E_UNAVAILABLE;
    a->next = app->agents;
    app->agents = a;
    return CC_OK;
}

const char *
cc_app_agent(cc_app *app, const char *name)
{
    for (const struct agent_line *a = app->agents; a; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a->line;
    return NULL;
}

const char *
cc_app_agent_at(cc_app *app, size_t i)
{
    const struct agent_line *a = app->agents;

    while (a && i--)
        a = a->next;
    return a ? a->name : NULL;
}

/* What was said otherwise before.  Nothing here makes a run freer than it was. */
static void
modernize(const char **name, const char **value)
{
    static const struct {
        const char *name, *value, *now, *as;
    } before[] = {
        {"sandbox", "auto", "sandbox", "bubblewrap"},
        {"agentNetwork", "0", "egress", "none"},
        {"agentNetwork", "1", "egress", "list"},
    };

    for (size_t i = 0; i < CC_COUNT(before); i++) {
        if (strcmp(before[i].name, *name) == 0 && strcmp(before[i].value, *value) == 0) {
            *name = before[i].now;
            *value = before[i].as;
            return;
        }
    }
}

/* "name = value", '#' begins a comment; an unknown name is an error, because a misspelt limit would silently not hold.
 */
static cc_err
settings_line(cc_app *app, char *line, int number, char *why, size_t why_size)
{
    line += strspn(line, " \t");
    char *end = line + strcspn(line, "#\r\n");
    while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    if (!*line)
        return CC_OK;
    char *value = strchr(line, '=');
    if (!value) {
        snprintf(why, why_size, CC_WORDS("codecourier.conf line %d: expected 'name = value'."), number);
        return CC_E_VALIDATION;
    }
    char *stop = value++;
    while (stop > line && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *stop = '\0';
    value += strspn(value, " \t");
    if (strncmp(line, "agent.", 6) == 0)
        return agent_set(app, line + 6, value, number, why, why_size);
    const char *name = line, *set = value;
    modernize(&name, &set);
    int i = setting_find(name);
    if (i < 0) {
        snprintf(why, why_size,
                 CC_WORDS("codecourier.conf line %d: there is no setting '%s'; 'codecourier help settings' lists "
                          "them."),
                 number, name);
        return CC_E_VALIDATION;
    }
    if (setting_set(app, i, set))
        return CC_OK;
    if (i == CC_SETTING_database || i == CC_SETTING_listenDatabase) /* it may hold a password */
        snprintf(why, why_size, CC_WORDS("codecourier.conf line %d: '%s' must be postgresql://HOST/NAME."), number,
                 name);
    else if (i == CC_SETTING_mail) /* the same */
        snprintf(why, why_size,
                 CC_WORDS("codecourier.conf line %d: '%s' must be the path of a program, smtp://HOST:PORT or "
                          "smtps://USER@HOST; the password goes into a file of its own (mailPasswordFile)."),
                 number, name);
    else
        snprintf(why, why_size, CC_WORDS("codecourier.conf line %d: '%s' cannot be '%s'."), number, name, set);
    return CC_E_VALIDATION;
}

bool
cc_setting_put(cc_app *app, cc_setting which, const char *text)
{
    return setting_set(app, (int)which, text);
}

cc_err
cc_settings_read(cc_app *app, const char *path, char *why, size_t why_size)
{
    char   line[8192];
    cc_err err = CC_OK;

    for (int i = 0; i < CC_SETTING__MAX; i++)
        if (!setting_set(app, i, settings[i].preset))
            return CC_E_UNAVAILABLE;
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT)
        return CC_OK;
    if (!file) {
        cc_files_refusal(path, errno, why, why_size);
        return CC_E_FORBIDDEN;
    }
    for (int n = 1; err == CC_OK && fgets(line, sizeof(line), file); n++)
        err = settings_line(app, line, n, why, why_size);
    fclose(file);
    return err;
}
