/*
 * What a git process is given: places, settings, the way to its host, and the credential if it is its turn to have one.
 */
#include "engine/git.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "context/ids.h"
#include "context/settings.h"
#include "engine/credential.h"
#include "engine/directory.h"
#include "engine/program.h"
#include "engine/reason.h"

enum { VARIABLES_MAX = 48, SETTINGS_MAX = 40 };

static const struct {
    const char *variable, *inside, *below; /* NULL: not in the run's directory */
} places[] = {
    [CC_GIT_TREE] = {"TREE", CC_INSIDE_WORK, "work"},     [CC_GIT_KEPT] = {"KEPT", "/kept", "kept"},
    [CC_GIT_OUT] = {"OUT", CC_INSIDE_OUT, "out"},         [CC_GIT_CLEAN] = {"CLEAN", "/clean", "clean"},
    [CC_GIT_MIRROR] = {"MIRROR", CC_INSIDE_MIRROR, NULL}, [CC_GIT_REPOSITORY] = {"REPOSITORY", "/repository", NULL},
};

/* Where git finds its repositories in them: each is somebody else's in the eyes of one stage or another. */
static const struct {
    cc_git_place place;
    const char  *below;
} repositories[] = {
    {CC_GIT_MIRROR, "/mirror.git"}, {CC_GIT_KEPT, "/kept.git"},   {CC_GIT_CLEAN, "/clean.git"},
    {CC_GIT_REPOSITORY, ""},        {CC_GIT_REPOSITORY, "/.git"},
};

/* What git must not run, ask, or go on with by itself, whatever a repository's configuration says. */
static const char *const forced[][2] = {
    {"core.fsmonitor", "false"},
    {"core.hooksPath", "/dev/null"},
    {"core.attributesFile", "/dev/null"},
    {"core.excludesFile", "/dev/null"},
    {"core.askPass", "true"},
    {"core.editor", "false"},
    {"core.pager", "cat"},
    {"core.alternateRefsCommand", "true"},
    {"credential.helper", ""},
    {"gc.auto", "0"},
    {"maintenance.auto", "false"},
    {"commit.gpgSign", "false"},
    {"tag.gpgSign", "false"},
    {"push.gpgSign", "false"},
    {"gpg.program", "false"},
    {"diff.external", ""},
    {"submodule.recurse", "false"},
    {"fetch.recurseSubmodules", "false"},
    {"push.recurseSubmodules", "no"},
    {"protocol.allow", "never"},
    {"http.lowSpeedLimit", "1"}, /* a host that falls silent */
    {"http.lowSpeedTime", "60"},
};

/* The other side of a local repository has git clear away the settings above; what it runs is named with them again. */
#define CC_LOCAL_SIDE                                                                                                  \
    "git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.alternateRefsCommand=true -c gc.auto=0"
#define CC_LOCAL_UPLOAD CC_LOCAL_SIDE " upload-pack"
#define CC_LOCAL_RECEIVE                                                                                               \
    CC_LOCAL_SIDE                                                                                                      \
    " -c receive.autogc=false -c receive.denyCurrentBranch=refuse -c receive.updateServerInfo=false receive-pack"

/* ---- the repository and who may enter it --------------------------------------------------------- */

static cc_err
owner_find(cc_slot *s)
{
    int         fd = cc_directory_enter(s->origin_path);
    struct stat st;
    bool        fine = fd >= 0 && fstat(fd, &st) == 0;

    if (fd >= 0)
        close(fd);
    if (!fine) {
        cc_slot_fail(s, cc_reason_plain(s->arena, CC_REASON_REPOSITORY_NOT_THERE));
        return CC_E_INTERNAL;
    }
    s->origin_owner = st.st_uid;
    return CC_OK;
}

cc_err
cc_git_origin(cc_slot *s)
{
    const cc_reason *why = cc_credential_origin(s->w->app, s->arena, s->repository, &s->origin, &s->origin_path);

    if (!why && !cc_forge_of(s->w->app, s->arena, &s->origin, &s->forge))
        return CC_E_UNAVAILABLE;
    if (!why)
        return s->origin_path ? owner_find(s) : CC_OK;
    cc_slot_fail(s, why);
    return CC_E_INTERNAL;
}

cc_credential
cc_git_credential(const cc_slot *s)
{
    return (cc_credential){
        .app = s->w->app, .environment = s->project.environment, .origin = &s->origin, .forge = s->forge};
}

bool
cc_git_over_http(const cc_slot *s)
{
    return cc_credential_over_http(&s->origin);
}

const char *
cc_git_token(const cc_slot *s)
{
    const cc_credential c = cc_git_credential(s);

    return cc_credential_token(&c);
}

const char *
cc_git_key(const cc_slot *s)
{
    const cc_credential c = cc_git_credential(s);

    return cc_credential_key(&c);
}

/* A token as it goes over the wire. */
static const char *
credential_of(cc_slot *s, const char *token)
{
    const char *pair = cc_printf(s->arena, "x-access-token:%s", token);
    size_t      size = pair ? strlen(pair) : 0, room = size * 4 / 3 + 5;
    char       *out = pair ? cc_alloc(s->arena, room) : NULL;

    if (out)
        cc_base64(pair, size, out, room);
    return out;
}

static cc_err
mask_token(cc_slot *s, const char *token)
{
    const char *credential = token && *token ? credential_of(s, token) : NULL;

    if (!token || !*token)
        return CC_OK;
    if (!credential || cc_mask_add(s->arena, &s->mask, token) != CC_OK)
        return CC_E_UNAVAILABLE;
    return cc_mask_add(s->arena, &s->mask, credential);
}

cc_err
cc_git_mask(cc_slot *s)
{
    cc_err err = mask_token(s, cc_setting_text(s->w->app, CC_SETTING_githubToken));

    for (const char *const *name = cc_credential_tokens; *name && err == CC_OK; name++)
        err = mask_token(s, cc_credential_variable(s->project.environment, *name));
    return err;
}

/* ---- places ------------------------------------------------------------------------------------- */

const char *
cc_git_place_path(cc_slot *s, cc_git_place p)
{
    if (p == CC_GIT_REPOSITORY)
        return s->origin_path;
    if (p == CC_GIT_MIRROR)
        return s->mirror ? cc_printf(s->arena, "%s/mirror", s->mirror) : NULL;
    return cc_printf(s->arena, "%s/%s", s->root, places[p].below);
}

/* Who works on the operator's own repository: its owner, but never root, who lends it to the project's account.  0:
 * that one. */
static uid_t
origin_account(const cc_slot *s)
{
    return s->origin_path ? s->origin_owner : 0;
}

/* A mirror of it is fetched by the same account. */
bool
cc_git_place_make(cc_slot *s, cc_git_place p)
{
    const char *path = cc_git_place_path(s, p);
    uid_t       uid = p == CC_GIT_MIRROR ? origin_account(s) : 0;

    if (!path || (mkdir(path, 0755) != 0 && errno != EEXIST) || chmod(path, 0755) != 0)
        return false;
    if (!s->w->sandbox || geteuid() != 0)
        return true;
    return uid ? lchown(path, uid, (gid_t)uid) == 0 : cc_sandbox_own(s->lease.project_id, path);
}

static unsigned
seen(const cc_slot *s, const cc_git_task *t)
{
    return t->reads | t->writes | (t->remote && s->origin_path ? 1u << CC_GIT_REPOSITORY : 0);
}

/* Its path as the stage sees it. */
static const char *
place_seen(cc_slot *s, cc_git_place p)
{
    return s->w->sandbox ? places[p].inside : cc_git_place_path(s, p);
}

/* ---- the environment ---------------------------------------------------------------------------- */

typedef struct git_environment {
    cc_slot    *s;
    const char *out[VARIABLES_MAX + 2 * SETTINGS_MAX + 1];
    size_t      count, settings;
    bool        failed;
} git_environment;

static void __attribute__((format(printf, 2, 3))) put(git_environment *e, const char *format, ...)
{
    char    text[64];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    char *line = n >= 0 && e->count < CC_COUNT(e->out) - 1 ? cc_alloc(e->s->arena, (size_t)n + 1) : NULL;
    if (!line) {
        e->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(line, (size_t)n + 1, format, args);
    va_end(args);
    e->out[e->count++] = line;
}

/* A setting beyond what any file says.  In the environment: a command line can be read by everybody on the machine. */
static void
put_setting(git_environment *e, const char *name, const char *value)
{
    if (!name || !value || e->settings == SETTINGS_MAX) {
        e->failed = true;
        return;
    }
    put(e, "GIT_CONFIG_KEY_%zu=%s", e->settings, name);
    put(e, "GIT_CONFIG_VALUE_%zu=%s", e->settings, value);
    e->settings++;
}

/* With the first request, to the one host: without this git asks first, and then a helper or a person. */
static void
put_token(git_environment *e)
{
    cc_slot    *s = e->s;
    const char *token = cc_git_token(s), *url = s->origin.url, *host = strstr(url, "//");

    if (!cc_git_over_http(s) || !token || !*token)
        return;
    const char *code = credential_of(s, token);
    size_t      size = (size_t)(host - url) + 2 + strcspn(host + 2, "/");
    put_setting(e, cc_printf(s->arena, "http.%.*s/.extraHeader", (int)size, url),
                code ? cc_printf(s->arena, "Authorization: Basic %s", code) : NULL);
}

/* Where a stage may leave what it needs itself, as it sees it. */
static const char *
home_of(cc_slot *s)
{
    const char *home = s->w->sandbox ? "/tmp" : cc_printf(s->arena, "%s/git", s->root);

    return home ? home : "";
}

/* Nothing of the worker's own account: no configuration, no agent, no known hosts.  git hands this to a shell. */
static void
put_ssh(git_environment *e)
{
    cc_slot    *s = e->s;
    const char *known = cc_setting_text(s->w->app, CC_SETTING_sshKnownHosts);

    put(e, "SSH_KEY=%s", cc_git_key(s) ? cc_git_key(s) : "");
    put(e, "KNOWN_HOSTS=%s%s", known[0] ? (s->w->sandbox ? CC_GIT_KNOWN_HOSTS : known) : place_seen(s, CC_GIT_MIRROR),
        known[0] ? "" : "/known_hosts");
    put(e, "GIT_SSH_VARIANT=ssh");
    put(e,
        "GIT_SSH_COMMAND=ssh -F none -i \"$HOME/key\" -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none "
        "-o ForwardAgent=no -o PermitLocalCommand=no -o ConnectTimeout=30 -o GlobalKnownHostsFile=/dev/null "
        "-o \"UserKnownHostsFile=\\\"$KNOWN_HOSTS\\\"\" -o StrictHostKeyChecking=%s "
        "-o 'ProxyCommand=\"$TUNNEL\" tunnel %%h %%p'",
        known[0] ? "yes" : "accept-new");
}

/* git:// and ssh know nothing of the proxy: they are led to it by our own command. */
static bool
needs_tunnel(const cc_slot *s)
{
    return s->origin.over == CC_OVER_SSH || s->origin.over == CC_OVER_GIT;
}

/* What it speaks with and how. */
static void
put_remote(git_environment *e, const char *proxy)
{
    static const char *const protocols[] = {[CC_OVER_HTTPS] = "https",
                                            [CC_OVER_SSH] = "ssh",
                                            [CC_OVER_HTTP] = "http",
                                            [CC_OVER_GIT] = "git",
                                            [CC_OVER_NOTHING] = "file"};
    cc_slot                 *s = e->s;

    put(e, "GIT_ALLOW_PROTOCOL=%s", protocols[s->origin.over]);
    put(e, "URL=%s", s->origin_path ? place_seen(s, CC_GIT_REPOSITORY) : s->origin.url);
    put(e, "UPLOAD=%s", s->origin_path ? CC_LOCAL_UPLOAD : "git-upload-pack");
    put(e, "RECEIVE=%s", s->origin_path ? CC_LOCAL_RECEIVE : "git-receive-pack");
    if (proxy) {
        put_setting(e, "http.proxy", proxy);
        put(e, "CC_PROXY=%s", proxy);
    }
    put_token(e);
    if (needs_tunnel(s))
        put(e, "TUNNEL=%s", s->w->sandbox ? CC_GIT_TUNNEL : s->w->options->self);
    if (s->origin.over == CC_OVER_SSH)
        put_ssh(e);
    if (s->origin.over == CC_OVER_GIT)
        put(e, "GIT_PROXY_COMMAND=%s/codecourier-tunnel", home_of(s));
}

static void
put_places(git_environment *e, unsigned which)
{
    cc_buf b;

    cc_buf_init(&b, e->s->arena);
    for (unsigned p = 0; p < CC_GIT_PLACE__MAX; p++)
        if (which & 1u << p)
            put(e, "%s=%s", places[p].variable, place_seen(e->s, p));
    for (size_t i = 0; i < CC_COUNT(repositories); i++) {
        const char *path = which & 1u << repositories[i].place ? place_seen(e->s, repositories[i].place) : NULL;
        if (!path)
            continue;
        cc_puts(&b, "[safe]\n\tdirectory = ");
        path = cc_printf(e->s->arena, "%s%s", path, repositories[i].below);
        cc_put_json(&b, path ? path : "", path ? strlen(path) : 0);
        cc_putc(&b, '\n');
    }
    const char *text = cc_buf_text(&b);
    put(e, "CONFIG=%s", text ? text : "");
    e->failed |= !text;
}

static void
put_all(git_environment *e, const cc_git_task *t, const char *proxy)
{
    cc_slot    *s = e->s;
    const char *path = getenv("PATH"), *home = home_of(s);
    const char *name = s->project.git_name, *email = s->project.git_email;

    put(e, "PATH=%s", path && !s->w->sandbox ? path : "/usr/local/bin:/usr/bin:/bin");
    put(e, "HOME=%s", home);
    put(e, "LC_ALL=C.UTF-8");
    put(e, "SCRIPT=%s%s%s%s%s%s%s%s%s", cc_git_script[0], cc_git_script[1], cc_git_script[2], cc_git_script[3],
        cc_git_script[4], cc_git_script[5], cc_git_script[6], cc_git_script[7], cc_git_script[8]);
    put(e, "CHECKPOINT=" CC_GIT_CHECKPOINT_EMAIL);
    put(e, "GIT_CONFIG_GLOBAL=%s/gitconfig", home);
    put(e, "GIT_CONFIG_NOSYSTEM=1");
    put(e, "GIT_ATTR_NOSYSTEM=1");
    put(e, "GIT_TEMPLATE_DIR=");
    put(e, "GIT_TERMINAL_PROMPT=0");
    put(e, "GIT_AUTHOR_NAME=%s", name);
    put(e, "GIT_AUTHOR_EMAIL=%s", email);
    put(e, "GIT_COMMITTER_NAME=%s", name);
    put(e, "GIT_COMMITTER_EMAIL=%s", email);
    put_places(e, seen(s, t));
    for (size_t i = 0; i < CC_COUNT(forced); i++)
        put_setting(e, forced[i][0], forced[i][1]);
    if (t->remote)
        put_remote(e, proxy);
    else
        put(e, "GIT_ALLOW_PROTOCOL=file"); /* from the mirror into the tree */
    put(e, "GIT_CONFIG_COUNT=%zu", e->settings);
    for (size_t i = 0; i < t->variable_count; i++) {
        e->failed |= !t->variables[i];
        put(e, "%s", t->variables[i] ? t->variables[i] : "");
    }
}

/* ---- the way to the host ------------------------------------------------------------------------ */

/* Its git host alone, whatever the agents may reach. */
static cc_egress_policy *
policy_of(cc_slot *s)
{
    const bool        v6 = strchr(s->origin.host, ':') != NULL;
    const char      **hosts = cc_alloc(s->arena, 2 * sizeof(*hosts));
    cc_egress_policy *policy = cc_alloc(s->arena, sizeof(*policy));

    if (!hosts || !policy ||
        !(hosts[0] = cc_printf(s->arena, v6 ? "[%s]:%u" : "%s:%u", s->origin.host, (unsigned)s->origin.port)) ||
        !(policy->permitted = cc_setting_words(s->w->app, s->arena, CC_SETTING_privateHosts)))
        return NULL;
    policy->clock = cc_app_clock(s->w->app);
    policy->mode = CC_EGRESS_LIST;
    policy->hosts = hosts;
    return policy;
}

/* Without a sandbox the proxy listens where others can come, too: it asks for a word that only this process knows. */
static const char *
outside_proxy(cc_slot *s, cc_launch *l, cc_egress_policy *policy)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t          size = sizeof(at);
    uint8_t            rng[24];
    char              *secret = cc_alloc(s->arena, 40);

    cc_random(s->w->app, rng, sizeof(rng));
    if (!secret)
        return NULL;
    cc_base64url(rng, sizeof(rng), secret, 40);
    policy->secret = secret;
    l->egress = policy;
    l->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->listener < 0 || bind(l->listener, (struct sockaddr *)&at, size) != 0 || listen(l->listener, 64) != 0 ||
        getsockname(l->listener, (struct sockaddr *)&at, &size) != 0)
        return NULL;
    return cc_printf(s->arena, "http://" CC_EGRESS_USER ":%s@127.0.0.1:%u", secret, (unsigned)ntohs(at.sin_port));
}

/* ---- start -------------------------------------------------------------------------------------- */

static cc_sandbox *
sandbox_of(cc_slot *s, const cc_git_task *t, const cc_egress_policy *policy)
{
    cc_sandbox *sandbox = cc_alloc(s->arena, sizeof(*sandbox));
    cc_mount   *mounts = cc_alloc(s->arena, (CC_GIT_PLACE__MAX + 3) * sizeof(*mounts));
    const char *known = cc_setting_text(s->w->app, CC_SETTING_sshKnownHosts);
    unsigned    which = seen(s, t), writes = t->writes;
    size_t      n = 0;

    if (!sandbox || !mounts)
        return NULL;
    if (t->remote && strcmp(t->stage, "push") == 0)
        writes |= 1u << CC_GIT_REPOSITORY;
    for (unsigned p = 0; p < CC_GIT_PLACE__MAX; p++) {
        if (!(which & 1u << p))
            continue;
        mounts[n] = (cc_mount){.from = cc_git_place_path(s, p), .to = places[p].inside, .writable = writes & 1u << p};
        mounts[n].judged = p == CC_GIT_REPOSITORY;
        mounts[n].lent = mounts[n].judged && s->origin_owner == 0;
        if (!mounts[n++].from)
            return NULL;
    }
    if (t->remote && needs_tunnel(s))
        mounts[n++] = (cc_mount){.from = s->w->options->self, .to = CC_GIT_TUNNEL};
    if (t->remote && s->origin.over == CC_OVER_SSH && known[0])
        mounts[n++] = (cc_mount){.from = known, .to = CC_GIT_KNOWN_HOSTS};
    mounts[n] = (cc_mount){0};
    *sandbox = (cc_sandbox){
        .project_id = s->lease.project_id,
        .account = t->remote ? origin_account(s) : 0,
        .mounts = mounts,
        .egress = policy,
        .tmp_mb = cc_setting_int(s->w->app, CC_SETTING_agentTmpMb),
    };
    return sandbox;
}

static cc_err
way_check(cc_slot *s)
{
    const cc_credential c = cc_git_credential(s);
    const cc_reason    *why = cc_credential_refused(s->arena, &c);

    if (!why && needs_tunnel(s) && !s->w->options->self)
        why = cc_reason_plain(s->arena, CC_REASON_TUNNEL_MISSING);
    if (!why)
        return CC_OK;
    cc_slot_fail(s, why);
    return CC_E_INTERNAL;
}

cc_err
cc_git_start(cc_slot *s, const cc_git_task *t)
{
    const char *const argv[] = {"/bin/sh", "-c", "eval \"$SCRIPT\"", "git", t->stage, NULL};
    cc_egress_policy *policy = NULL;
    const char       *proxy = NULL;
    char              why[512] = "";
    git_environment   e = {.s = s};
    cc_launch         l = {.argv = argv, .directory = "/", .environment = e.out, .listener = -1, .input_fd = t->input};
    cc_err            err = CC_OK;

    s->last_error[0] = '\0';
    s->command_by = cc_app_monotonic(s->w->app) + cc_setting_int(s->w->app, CC_SETTING_gitTimeoutSeconds) * 1000;
    cc_gauge_begin(s, t->writes & 1u << CC_GIT_MIRROR ? s->mirror : NULL, cc_app_monotonic(s->w->app));
    if (t->remote && ((err = cc_git_origin(s)) != CC_OK || (err = way_check(s)) != CC_OK))
        return err;
    if (!cc_program_find(s->arena, "git")) {
        cc_slot_fail(s, cc_reason_plain(s->arena, CC_REASON_GIT_MISSING));
        return CC_E_INTERNAL;
    }
    err = CC_E_UNAVAILABLE;
    if (t->remote && !s->origin_path) {
        if (!(policy = policy_of(s)) || !(proxy = s->w->sandbox ? CC_INSIDE_PROXY : outside_proxy(s, &l, policy)))
            goto done;
    }
    put_all(&e, t, proxy);
    if (e.failed || (s->w->sandbox && !(l.sandbox = sandbox_of(s, t, policy))))
        goto done;
    l.limits = cc_agent_limits(s->w->app);
    l.limits.file_mb = cc_setting_int(s->w->app, CC_SETTING_workspaceMb); /* a pack is as large as what is in it */
    if ((err = cc_slot_cgroup_give(s, &l)) == CC_OK &&
        (err = cc_process_start(&s->process, &l, why, sizeof(why))) != CC_OK)
        cc_log(s->w->app, "run %s: %s", s->lease.id, why);
    if (err == CC_E_INTERNAL)
        cc_slot_fail(s, cc_reason_new(s->arena, SANDBOX_BROKEN, .detail = why));

done:
    if (l.listener >= 0)
        close(l.listener);
    return err;
}

cc_reason_values
cc_git_values(cc_slot *s)
{
    if (s->over)
        return (cc_reason_values){.reason = s->over};
    if (cc_app_monotonic(s->w->app) >= s->command_by)
        return (cc_reason_values){.seconds = cc_setting_text(s->w->app, CC_SETTING_gitTimeoutSeconds)};
    return (cc_reason_values){.detail = s->last_error, .hint = cc_reason_hint(s, true)};
}

const cc_reason *
cc_git_reason(cc_slot *s, cc_reason_code what)
{
    const cc_reason_values values = cc_git_values(s);

    return cc_reason_make(s->arena, what, &values);
}
