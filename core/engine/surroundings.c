/*
 * What an agent is given: its places, its environment, its home, its sandbox and its limits.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context/settings.h"
#include "engine/agent_keys.h"
#include "engine/credential.h"
#include "engine/directory.h"
#include "engine/installation.h"
#include "engine/slot.h"

enum { HOME_MOST = 64 << 20 };

/* ---- the environment ------------------------------------------------------------------------------- */

static bool
ours(const char *name)
{
    static const char *const names[] = {"PATH",       "HOME",         "TMPDIR",     "LD_PRELOAD", "LD_LIBRARY_PATH",
                                        "IS_SANDBOX", "CC_ARTIFACTS", "TRACEPARENT"};

    for (size_t i = 0; i < CC_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Where an agent finds itself: fixed places inside a sandbox, else its run's own directories. */
typedef struct cc_places {
    const char             *work, *home, *tmp, *artifacts, *path;
    const cc_egress_policy *egress; /* NULL: nothing to say of a proxy */
} cc_places;

/*
 * Which way out.  What an agent starts inside, it reaches on the loopback there; unless the operator lets runs reach
 * something on the loopback outside, which only the proxy can.
 */
static size_t
proxy_environment(cc_slot *s, const cc_egress_policy *policy, const char **out)
{
    static const char *const names[] = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"};
    bool                     outside = false;
    size_t                   n = 0;

    for (size_t i = 0; policy->permitted && policy->permitted[i]; i++)
        outside |= strncmp(policy->permitted[i], "127.", 4) == 0 || strncmp(policy->permitted[i], "[::1]", 5) == 0;
    for (size_t i = 0; i < CC_COUNT(names); i++)
        out[n++] = cc_printf(s->step, "%s=" CC_INSIDE_PROXY, names[i]);
    out[n++] = outside ? "NO_PROXY=localhost" : "NO_PROXY=localhost,127.0.0.1,::1";
    out[n++] = outside ? "no_proxy=localhost" : "no_proxy=localhost,127.0.0.1,::1";
    out[n++] = "NODE_USE_ENV_PROXY=1";
    return n;
}

/* For what agents commit by themselves; the project's own word goes before. */
static size_t
author_environment(cc_slot *s, const char **out)
{
    const struct {
        const char *name, *value;
    } all[] = {
        {"GIT_AUTHOR_NAME", s->project.git_name},
        {"GIT_AUTHOR_EMAIL", s->project.git_email},
        {"GIT_COMMITTER_NAME", s->project.git_name},
        {"GIT_COMMITTER_EMAIL", s->project.git_email},
    };
    size_t n = 0;

    for (size_t i = 0; i < CC_COUNT(all); i++)
        if (!cc_credential_variable(s->project.environment, all[i].name))
            out[n++] = cc_printf(s->step, "%s=%s", all[i].name, all[i].value);
    return n;
}

/* What is for us alone, and the keys of services that are not the agent's. */
static bool
is_withheld(const cc_slot *s, const char *name)
{
    return cc_credential_is_variable(name) ||
           (s->project.keys && cc_json_member(s->project.keys, name) && !cc_agent_wants(s->agent, name));
}

static const char *const *
agent_environment(cc_slot *s, const cc_places *at)
{
    const char **out;
    size_t       n = 0, count = 26;

    for (const cc_json *j = s->project.environment ? cc_json_first(s->project.environment) : NULL; j;
         j = cc_json_next(j))
        count++;
    if (!(out = cc_alloc(s->step, (count + 1) * sizeof(*out))))
        return NULL;
    out[n++] = cc_printf(s->step, "PATH=%s", at->path);
    out[n++] = cc_printf(s->step, "HOME=%s", at->home);
    out[n++] = cc_printf(s->step, "TMPDIR=%s", at->tmp);
    out[n++] = "LANG=C.UTF-8";
    out[n++] = "TERM=dumb";
    out[n++] = "NO_COLOR=1";
    out[n++] = cc_printf(s->step, "CC_ARTIFACTS=%s", at->artifacts);
    out[n++] = cc_printf(s->step, "CODECOURIER_RUN=%s", s->lease.id);
    out[n++] = cc_printf(s->step, "CODECOURIER_RUN_NUMBER=%lld", (long long)s->number);
    out[n++] = cc_printf(s->step, "CODECOURIER_STEP=%d", s->position);
    out[n++] = cc_printf(s->step, "CODECOURIER_ITERATION=%d", s->iteration);
    n += author_environment(s, out + n);
    if (s->traceparent)
        out[n++] = cc_printf(s->step, "TRACEPARENT=%s", s->traceparent);
    if (s->w->sandbox)
        out[n++] = "IS_SANDBOX=1"; /* some agents refuse to work unasked as root without it */
    if (at->egress)
        n += proxy_environment(s, at->egress, out + n);
    for (const cc_json *j = s->project.environment ? cc_json_first(s->project.environment) : NULL; j;
         j = cc_json_next(j))
        if (!ours(cc_json_name(j)) && !is_withheld(s, cc_json_name(j)))
            out[n++] = cc_printf(s->step, "%s=%s", cc_json_name(j), cc_json_text(j));
    out[n] = NULL;
    for (size_t i = 0; i < n; i++)
        if (!out[i])
            return NULL;
    return out;
}

/* The agent's own installation and the operator's tool-chains. */
static void
installation_of(cc_slot *s, const char **program, cc_installation *in)
{
    const char *paths = cc_setting_text(s->w->app, CC_SETTING_sandboxPaths);

    *in = (cc_installation){.arena = s->step, .data = s->w->directory};
    *program = cc_installation_add(in, *program);
    for (; *(paths += strspn(paths, " ")); paths += strcspn(paths, " ")) {
        const char *path = cc_strndup(s->step, paths, strcspn(paths, " "));
        if (path && !cc_installation_path(in, path))
            cc_slot_fail(s, cc_reason_new(s->arena, SANDBOX_PATH_REFUSED, .path = path));
    }
}

/* The models' services, the repository's host, and what the operator adds. */
static cc_err
agent_egress(cc_slot *s, const cc_egress_policy **policy)
{
    cc_repository repository = {0};
    const char   *hosts[2] = {NULL, NULL};

    if (s->repository && !cc_repository_read(s->step, s->repository, &repository) && *repository.host &&
        !(hosts[0] = cc_printf(s->step, strchr(repository.host, ':') ? "[%s]:%u" : "%s:%u", repository.host,
                               (unsigned)repository.port)))
        return CC_E_UNAVAILABLE;
    return cc_egress_policy_make(s->step, s->w->app, hosts, policy);
}

static const cc_sandbox *
agent_sandbox(cc_slot *s, const char *home, const cc_egress_policy *egress, const cc_installation *in)
{
    cc_mount   *mounts = cc_alloc(s->step, (in->count + 4) * sizeof(*mounts));
    cc_sandbox *sandbox = cc_alloc(s->step, sizeof(*sandbox));
    const char *work = cc_printf(s->step, "%s/work", s->root);
    const char *artifacts = cc_printf(s->step, "%s/" CC_ARTIFACTS_DIRECTORY, s->root);

    if (!mounts || !sandbox || !work || !artifacts)
        return NULL;
    memcpy(mounts, in->mounts, in->count * sizeof(*mounts));
    mounts[in->count] = (cc_mount){.from = work, .to = CC_INSIDE_WORK, .writable = true};
    mounts[in->count + 1] = (cc_mount){.from = home, .to = CC_INSIDE_HOME, .writable = true};
    mounts[in->count + 2] = (cc_mount){.from = artifacts, .to = CC_INSIDE_ARTIFACTS, .writable = true};
    mounts[in->count + 3] = (cc_mount){0};
    *sandbox = (cc_sandbox){
        .project_id = s->lease.project_id,
        .mounts = mounts,
        .egress = egress,
        .tmp_mb = cc_setting_int(s->w->app, CC_SETTING_agentTmpMb),
    };
    return sandbox;
}

/* ---- the home -------------------------------------------------------------------------------------- */

/* May that be given to agents?  A whole account's home would show them all its secrets, the data all of ours. */
static bool
home_fits(cc_slot *s, const char *agent_home)
{
    const char *home = getenv("HOME");
    char        real[PATH_MAX], own[PATH_MAX];

    return realpath(agent_home, real) && !cc_path_within(s->w->directory, real) &&
           !cc_path_within(real, s->w->directory) && (!home || !realpath(home, own) || !cc_path_within(own, real));
}

/* The project's copy of the operator's directory: what one project's agent leaves there, no other's finds. */
static bool
home_seed(cc_slot *s, const char *agent_home, const char *home)
{
    const char *homes = cc_printf(s->step, "%s/homes", s->w->directory), *fresh = cc_printf(s->step, "%s.new", home);

    if (access(home, F_OK) == 0)
        return true;
    if (!homes || !fresh || !cc_directory_make(homes))
        return false;
    (void)cc_directory_remove(fresh);
    return cc_directory_make(fresh) &&
           cc_directory_copy(agent_home, fresh, cc_sandbox_uid(s->lease.project_id), HOME_MOST) &&
           (rename(fresh, home) == 0 || access(home, F_OK) == 0);
}

/* NULL: the run has failed, or there is not enough memory. */
static const char *
agent_home(cc_slot *s)
{
    const char *from = cc_setting_text(s->w->app, CC_SETTING_agentHome);
    const char *home = cc_printf(s->step, "%s/homes/%s", s->w->directory, s->lease.project_id);

    if (!*from)
        return cc_printf(s->step, "%s/home", s->root);
    if (!s->w->sandbox || !home)
        return from;
    if (!home_fits(s, from))
        cc_slot_fail(s, cc_reason_new(s->arena, AGENT_HOME_REFUSED, .path = from));
    else if (!home_seed(s, from, home))
        cc_slot_fail(s, errno == EFBIG ? cc_reason_new(s->arena, AGENT_HOME_NOT_COPIED,
                                                       .reason = cc_reason_plain(s->arena, CC_REASON_HOME_TOO_LARGE))
                                       : cc_reason_new(s->arena, AGENT_HOME_NOT_COPIED, .detail = strerror(errno)));
    return s->failure ? NULL : home;
}

/* ---- limits ---------------------------------------------------------------------------------------- */

cc_limits
cc_agent_limits(cc_app *app)
{
    return (cc_limits){
        .cpu_s = cc_setting_int(app, CC_SETTING_agentCpuSeconds),
        .memory_mb = cc_setting_int(app, CC_SETTING_agentMemoryMb),
        .file_mb = cc_setting_int(app, CC_SETTING_agentFileMb),
        .processes = cc_setting_int(app, CC_SETTING_agentProcesses),
    };
}

/* Where the kernel counts for the whole step, a process needs no limit on its memory of its own. */
cc_err
cc_slot_cgroup_give(cc_slot *s, cc_launch *l)
{
    cc_cgroups *g = &s->w->cgroups;

    if (!g->path[0])
        return CC_OK;
    cc_slot_cgroup_remove(s);
    l->cgroup = s->cgroup = cc_cgroup_make(g, s->arena, l->limits.memory_mb, l->limits.processes);
    if (!l->cgroup) {
        cc_log(s->w->app, "run %s: no cgroup could be made: %s", s->lease.id, strerror(errno));
        return CC_E_UNAVAILABLE;
    }
    if (g->memory)
        l->limits.memory_mb = 0;
    return CC_OK;
}

/* ---- all of it ------------------------------------------------------------------------------------- */

cc_err
cc_workspace_launch(cc_slot *s, cc_launch *l, const char **program)
{
    const char     *path = getenv("PATH"), *home = agent_home(s);
    cc_installation in;
    cc_places       at = {.work = cc_printf(s->step, "%s/work", s->root),
                          .home = home,
                          .tmp = cc_printf(s->step, "%s/tmp", s->root),
                          .artifacts = cc_printf(s->step, "%s/" CC_ARTIFACTS_DIRECTORY, s->root),
                          .path = path ? path : "/usr/local/bin:/usr/bin:/bin"};

    if (s->failure)
        return CC_OK;
    s->home = home;
    if (s->w->sandbox) {
        installation_of(s, program, &in);
        if (s->failure)
            return CC_OK;
        at =
            (cc_places){CC_INSIDE_WORK, CC_INSIDE_HOME, "/tmp", CC_INSIDE_ARTIFACTS, cc_installation_search(&in), NULL};
        if (!*program || !home || agent_egress(s, &at.egress) != CC_OK ||
            !(l->sandbox = agent_sandbox(s, home, at.egress, &in)))
            return CC_E_UNAVAILABLE;
    }
    if (!at.work || !at.home || !at.tmp || !at.artifacts || !at.path || !(l->environment = agent_environment(s, &at)))
        return CC_E_UNAVAILABLE;
    l->directory = at.work;
    l->limits = cc_agent_limits(s->w->app);
    return cc_slot_cgroup_give(s, l);
}
