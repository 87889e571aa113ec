/*
 * What codecourier.conf may say.  The core asks by enum, so that a misspelt setting does not compile; names are for the
 * file and for people.
 */
#ifndef CC_SETTINGS_H
#define CC_SETTINGS_H

#include "codecourier.h"

/*
 *   X(name, default, smallest, largest, meaning)   smallest > largest: any text
 */
/* clang-format off */
#define CC_SETTINGS(X)                                                                                                 \
    X(database, "", 1, 0,                                                                                              \
      "A PostgreSQL server, as postgresql://HOST/NAME; empty: the SQLite file in the data directory.")                 \
    X(databasePooler, "auto", 1, 0,                                                                                    \
      "What is between CodeCourier and the server: session, nothing or a pooler that leaves each connection to one program; transaction, a pooler such as PgBouncer in its transaction mode; auto: transaction if there is a pooler at all.") \
    X(listenDatabase, "", 1, 0,                                                                                        \
      "Behind such a pooler, the server itself, as postgresql://HOST/NAME, for who waits to be woken; empty: they look each lookMs.") \
    X(rateLimit, "600", 0, 1000000, "Requests a minute for a key that has no limit of its own; 0: unlimited.")         \
    X(rateBurst, "120", 1, 1000000, "How many of them may come at once.")                                              \
    X(projectRateLimit, "3000", 0, 1000000,                                                                            \
      "Requests a minute for all that a project's keys and people have made, or as many as one was given for itself; 0: unlimited.  Keys made on this machine by the codecourier command count for themselves.") \
    X(maxBodyBytes, "8388608", 1024, 67108864, "Largest request body.")                                                \
    X(maxHeaderBytes, "8192", 1024, 1048576, "Largest total of a request's headers.")                                  \
    X(busyMs, "5000", 0, 60000, "How long a write waits for its turn before the answer is 503.")                       \
    X(lookMs, "1000", 100, 60000,                                                                                      \
      "How long workers, and who waits for events, wait at most before they look by themselves, in case that nothing has woken them.") \
    X(trustedProxies, "", 1, 0,                                                                                        \
      "Proxies in front of the web server whose X-Forwarded-For, Forwarded and X-Forwarded-Proto are believed: networks, or unix for a socket, with spaces between; empty: nobody's.") \
    X(revokeRate, "30", 1, 1000000, "How many times a minute one address may send keys to be revoked, without signing in.") \
    X(signInRate, "10", 1, 1000000,                                                                                    \
      "Attempts to sign in a minute for one account from one address; an address has five times as many for all accounts.") \
    X(passwordsAtOnce, "2", 1, 63,                                                                                     \
      "How many passwords are checked at once (each takes 64 MiB and a processor); keep it below the number of FastCGI workers.") \
    X(sessionIdleMinutes, "720", 1, 525600, "A session ends after so long without a request.")                         \
    X(sessionDays, "14", 1, 366, "A session ends after so long in any case.")                                          \
    X(cancelGraceSeconds, "30", 1, 3600, "After a cancel, when a run counts as cancelled even if its worker is gone.") \
    X(maxWaiting, "2", 0, 256,                                                                                         \
      "How many requests may wait for events at once; keep it below the number of FastCGI workers.")                   \
    X(maxFollowers, "1000", 0, 2048,                                                                                    \
      "The same of requests that hold no process while they wait: under FastCGI one process keeps many of them.")      \
    X(cgiKeepWarm, "30", 0, 86400,                                                                                     \
      "For how many seconds after the last request a process that plain CGI programs ask stays in memory; 0: there is none.") \
    X(runsAtOnce, "16", 1, 10000, "How many runs may be under way at once, over all projects.")                        \
    X(runsPerProject, "4", 1, 10000, "How many of them may be one project's.")                                         \
    X(slots, "4", 1, 256, "How many runs one worker process executes at once.")                                        \
    X(leaseSeconds, "30", 2, 3600, "After how long without a sign of life a worker counts as lost.")                   \
    X(lostRunPolicy, "retry", 1, 0, "What becomes of a lost worker's run: retry (its step begins again) or fail.")     \
    X(lostRunRetries, "2", 0, 100, "How often a run is retried like that before it fails.")                            \
    X(runTimeoutSeconds, "14400", 1, 604800, "After how long at work a run has failed; pauses do not count.")          \
    X(killGraceSeconds, "10", 0, 3600, "How long an agent has to end by itself before it is killed.")                  \
    X(drainSeconds, "0", 0, 86400,                                                                                     \
      "For how long a worker that is told to stop lets the steps in hand go on; then their runs go back to the queue.") \
    X(sandbox, "bubblewrap", 1, 0, "bubblewrap: live runs are refused without it; off: agents have the worker's rights.") \
    X(sandboxPaths, "", 1, 0, "Further directories that agents may read, such as tool-chains; separated by spaces.")   \
    X(egress, "list", 1, 0, "Where runs may connect to: list (what egressHosts says), open (all public addresses), none.")  \
    X(egressHosts, "", 1, 0,                                                                                           \
      "Hosts that runs may reach, beside the models' services and their git host: host, host:port or *.host, with spaces between.") \
    X(privateHosts, "", 1, 0,                                                                                          \
      "Private addresses that runs may reach if their host is listed: networks, or address:port (needed for loopback).") \
    X(providerAddresses, "", 1, 0,                                                                                     \
      "Where keys of providers are tested, if elsewhere than at the providers themselves: NAME=ADDRESS, with spaces between; private addresses as webhookPrivateHosts allows.") \
    X(webhookPrivateHosts, "", 1, 0,                                                                                   \
      "Private addresses that webhooks may be delivered to: networks, or address:port (needed for loopback).")          \
    X(agentHome, "", 1, 0, "A directory with the agents' sign-ins, copied for each project; empty: a fresh home for each run.") \
    X(agentCpuSeconds, "7200", 0, 1000000, "Processor time of one agent process; 0: unlimited.")                       \
    X(agentMemoryMb, "4096", 0, 1048576, "Memory of a step's processes; 0: unlimited.")                                \
    X(agentFileMb, "1024", 0, 1048576, "Largest file an agent may write; 0: unlimited.")                               \
    X(agentProcesses, "512", 0, 1000000, "Processes and threads of a step; 0: unlimited.")                             \
    X(agentTmpMb, "512", 1, 1048576, "Size of an agent's /tmp and of its /dev/shm, each; they are memory.")            \
    X(keepWorkspaceDays, "7", 0, 3650, "How long a finished run's directory is kept.")                                 \
    X(eventDays, "90", 0, 3650, "How long what the agents of a finished run wrote stays among its events; 0: for ever.")   \
    X(deliveryDays, "30", 0, 3650, "How long deliveries of webhooks stay listed; 0: for ever.")                        \
    X(notificationDays, "30", 0, 3650, "How long notifications stay; 0: for ever.")                                    \
    X(trashDays, "30", 0, 3650, "How long what was deleted stays in the trash; 0: for ever.")                          \
    X(sandboxDays, "14", 1, 3650, "How long a sandbox and its files are kept in which nobody says anything.")          \
    X(sandboxesPerProject, "20", 0, 1000, "How many sandboxes a project may have open at once.")                       \
    X(workspaceMb, "2048", 1, 1048576, "Largest directory of a run; one that grows beyond fails.")                     \
    X(checkpointMb, "64", 0, 4096, "How much of a run's changes is kept after each step, in the database; 0: nothing.") \
    X(artifactsMb, "32", 0, 1024, "How much of what agents put into $CC_ARTIFACTS is kept of a run, in the database.") \
    X(artifactFileMb, "16", 0, 1024, "How large one file of it may be.")                                                 \
    X(artifacts, "100", 0, 1000, "How many files of it.")                                                              \
    X(workspaceFiles, "500000", 1, 100000000, "How many files and directories a run's directory may hold.")            \
    X(runOutputMb, "1024", 1, 1048576, "How much a run's agents may say; a run that says more fails.")                 \
    X(gitProtocols, "https ssh", 1, 0, "How runs may reach repositories: https, ssh, http and git, with spaces between.")  \
    X(localRepositories, "", 1, 0,                                                                                     \
      "Directories of this machine below which runs may use repositories, with spaces between; empty: none.")          \
    X(gitTimeoutSeconds, "300", 1, 86400, "How long each stage of git's, and the opening of a pull request, may take.") \
    X(sshKnownHosts, "", 1, 0, "A known_hosts file for ssh; empty: a host's first key is kept for its project.")       \
    X(publicUrl, "", 1, 0,                                                                                              \
      "Where people open the dashboard, such as https://courier.example.com: comments and pull requests name runs by "  \
      "it; empty: without an address.")                                                                                \
    X(mail, "", 1, 0,                                                                                                  \
      "How e-mails are sent: the path of a program that takes them as sendmail does (called with -t -i), such as /usr/sbin/sendmail, or a mail server, as smtp://HOST:PORT or smtps://USER@HOST; empty: none are sent.") \
    X(mailFrom, "", 1, 0, "The address that they are from; empty: none are sent.")                                     \
    X(mailPasswordFile, "", 1, 0, "A file with the password of that server's USER, and nothing else; it may be anywhere that the worker may read.") \
    X(mcpOrigins, "", 1, 0,                                                                                            \
      "Web addresses whose pages may speak MCP with this service, beside its own (publicUrl) and those of this machine: https://app.example.com, with spaces between.") \
    X(githubApi, "https://api.github.com", 1, 0, "Where pull requests are opened.")                                    \
    X(forges, "", 1, 0,                                                                                                \
      "Which hosts are a forge beside github.com, gitlab.com, codeberg.org and gitea.com: HOST=github, HOST=gitlab or HOST=gitea, with @ADDRESS behind where its API is elsewhere than usual; spaces between.") \
    X(forgePollSeconds, "60", 0, 86400,                                                                                \
      "How soon an open pull request is looked at again; where nothing changes, more and more rarely.  0: only when somebody asks.") \
    X(githubToken, "", 1, 0,                                                                                           \
      "A token of GitHub's for projects that have no GITHUB_TOKEN of their own; it reaches all that it may, for each of them.") \
    X(metricsToken, "", 1, 0,                                                                                          \
      "Who sends this as a bearer token may read GET /metrics; empty: there is no such path, and nothing is counted.") \
    X(accessLog, "off", 1, 0,                                                                                          \
      "A line on standard error for each request: json, combined (as web servers have it), or off.")                   \
    X(synchronous, "NORMAL", 1, 0,                                                                                     \
      "NORMAL: a crash of the program loses nothing, a power cut may lose the last moments.  FULL: neither does.")
/* clang-format on */

typedef enum cc_setting {
#define X(name, preset, min, max, meaning) CC_SETTING_##name,
    CC_SETTINGS(X)
#undef X
        CC_SETTING__MAX
} cc_setting;

typedef struct cc_arena cc_arena;

/* What is in force. */
const char *cc_setting_name(cc_setting which);
const char *cc_setting_text(cc_app *app, cc_setting which); /* as written; valid while the app is open */
int64_t     cc_setting_int(cc_app *app, cc_setting which);  /* of those that have a smallest and a largest alone */
/* Before anybody has asked for it, what stands elsewhere than in the file.  false: it does not fit, or out of memory. */
bool cc_setting_put(cc_app *app, cc_setting which, const char *text);
/* Where people see that run, by the setting publicUrl; "": it is empty.  NULL: out of memory. */
const char *cc_run_address(cc_app *app, cc_arena *a, const char *run_id);
/* The same of another page of the dashboard, such as "notifications". */
const char *cc_page_address(cc_app *app, cc_arena *a, const char *page);
bool        cc_sends_mail(cc_app *app); /* has the operator said how, and from whom? */
/* The words of a list, in the arena, NULL at the end.  NULL: out of memory. */
const char *const *cc_setting_words(cc_app *app, cc_arena *a, cc_setting which);

#endif
