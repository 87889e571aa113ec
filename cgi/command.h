/*
 * The command `codecourier`: how its subcommands are declared, and what they are handed.
 *
 * The table in command.c is the only list of subcommands and the one below of options: parsing, --help and every
 * message about a wrong command line are made from them.
 */
#ifndef CODECOURIER_COMMAND_H
#define CODECOURIER_COMMAND_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "codecourier.h"
#include "show.h"
#include "text.h"

/* What the command ends with. */
enum {
    EXIT_FINE = 0,
    EXIT_REFUSED = 1, /* or failed */
    EXIT_USAGE = 2,
    EXIT_TROUBLE = 3, /* with the data directory or the instance in it */
};

#define DEFAULT_DATA "./var"
#define DEFAULT_PORT 8080
#define DEFAULT_WORKERS 4
#define DEFAULT_OWNER "owner@example.com"

/*
 * Every option.  Help lists them in this order.
 *
 *   X(name, as typed, what its value is, meaning)   value NULL: a switch
 */
#define OPTIONS(X)                                                                                                     \
    X(DATA, "--data", "DIR", T_O_DATA)                                                                                 \
    X(DATABASE, "--database", "URL", T_O_DATABASE)                                                                     \
    X(TO, "--to", "WHERE", T_O_TO)                                                                                     \
    X(NEW_KEY, "--new-key", NULL, T_O_NEW_KEY)                                                                         \
    X(PORT, "--port", "N", T_O_PORT)                                                                                   \
    X(BIND, "--bind", "ADDRESS", T_O_BIND)                                                                             \
    X(WORKERS, "--workers", "N", T_O_WORKERS)                                                                          \
    X(OWNER, "--email", "ADDRESS", T_O_OWNER)                                                                          \
    X(WWW, "--www", "DIR", T_O_WWW)                                                                                    \
    X(DOCS, "--docs", "DIR", T_O_DOCS)                                                                                 \
    X(SOCKET, "--socket", "PATH", T_O_SOCKET)                                                                          \
    X(PROJECT, "--project", "PROJECT", T_O_PROJECT)                                                                    \
    X(EMAIL, "--email", "ADDRESS", T_O_EMAIL)                                                                          \
    X(ROLE, "--role", "ROLE", T_O_ROLE)                                                                                \
    X(NAME, "--name", "TEXT", T_O_NAME)                                                                                \
    X(SLUG, "--slug", "TEXT", T_O_SLUG)                                                                                \
    X(EXAMPLES, "--examples", NULL, T_O_EXAMPLES)                                                                      \
    X(SCOPES, "--scopes", "LIST", T_O_SCOPES)                                                                          \
    X(MODE, "--mode", "MODE", T_O_MODE)                                                                                \
    X(EXPIRES, "--expires", "WHEN", T_O_EXPIRES)                                                                       \
    X(NETWORKS, "--networks", "LIST", T_O_NETWORKS)                                                                    \
    X(RATE_LIMIT, "--rate-limit", "N", T_O_RATE_LIMIT)                                                                 \
    X(FROM_STEP, "--from-step", "N", T_O_FROM_STEP)                                                                    \
    X(METHOD, "--method", "METHOD", T_O_METHOD)                                                                        \
    X(ANYWAY, "--force", NULL, T_O_ANYWAY)                                                                             \
    X(ANSWER, "--comment-on-issue", NULL, T_O_ANSWER)                                                                  \
    X(ABOUT, "--about", "WHAT", T_O_ABOUT)                                                                             \
    X(OVERLAP, "--overlap", "TIME", T_O_OVERLAP)                                                                       \
    X(SLOTS, "--slots", "N", T_O_SLOTS)                                                                                \
    X(DRAIN, "--drain", NULL, T_O_DRAIN)                                                                               \
    X(WORKFLOW, "--workflow", "ID", T_O_WORKFLOW)                                                                      \
    X(PROMPT, "--prompt", "TEXT", T_O_PROMPT)                                                                          \
    X(CANDIDATES, "--candidates", "N", T_O_CANDIDATES)                                                                 \
    X(STATUS, "--status", "STATUS", T_O_STATUS)                                                                        \
    X(WATCH, "--watch", NULL, T_O_WATCH)                                                                               \
    X(WAIT, "--wait", NULL, T_O_WAIT)                                                                                  \
    X(STEP, "--step", "N", T_O_STEP)                                                                                   \
    X(FOLLOW, "--follow", NULL, T_O_FOLLOW)                                                                            \
    X(AFTER, "--after", "N", T_O_AFTER)                                                                                \
    X(REPOSITORY, "--repository", "URL", T_O_REPOSITORY)                                                               \
    X(AGENT, "--agent", "NAME", T_O_AGENT)                                                                             \
    X(BROWSER, "--browser", NULL, T_O_BROWSER)                                                                         \
    X(OUTPUT, "--output", "WHERE", T_O_OUTPUT)                                                                         \
    X(FORCE, "--force", NULL, T_O_FORCE)                                                                               \
    X(TOOLS, "--tools", "GROUPS", T_O_TOOLS)                                                                           \
    X(URL, "--url", "URL", T_O_URL)                                                                                    \
    X(INLINE, "--inline", NULL, T_O_INLINE)                                                                            \
    X(QUIET, "--quiet", NULL, T_O_QUIET)                                                                               \
    X(JSON, "--json", NULL, T_O_JSON)                                                                                  \
    X(HELP, "--help", NULL, T_O_HELP)

typedef enum option_id {
#define X(name, typed, value, meaning) O_##name,
    OPTIONS(X)
#undef X
        O__MAX
} option_id;

#define OPTION(name) (UINT64_C(1) << O_##name)

typedef struct option_info {
    const char *typed;
    const char *value;
    text_id     meaning;
} option_info;

extern const option_info option_list[O__MAX];

enum { OPERANDS = 32 };

typedef struct arguments arguments;

/* One subcommand. */
typedef struct command {
    const char *name;     /* "key create" */
    const char *operands; /* as help shows them; NULL: none */
    int         least, most;
    uint64_t    takes; /* OPTION(…) | …; --help is taken by all */
    uint64_t    needs; /* those that must be given */
    text_id     summary;
    text_id     details;            /* T_NONE: the summary says it all */
    const char *examples;           /* lines, each without "codecourier" at its start */
    int (*run)(const arguments *a); /* returns an exit code, having said why */
    void (*more)(void);             /* what else help should print, or NULL */
} command;

/* A command line, understood. */
struct arguments {
    const char    *program;          /* as it was typed */
    const char    *environment_data; /* CODECOURIER_DATA; NULL: not set */
    const command *command;
    const char    *option[O__MAX]; /* NULL: not given; "" for a switch that was */
    const char    *operand[OPERANDS + 1];
    int            operands;
};

/* options.c: fill `a` from the words after the subcommand.  false: it was wrong, and that has been said. */
bool options_read(arguments *a, int count, char *const *words);

/* The value of an option, or `preset`. */
const char *option_or(const arguments *a, option_id id, const char *preset);

/* A whole number from least to most.  false: it is not, and that has been said. */
bool option_number(const arguments *a, option_id id, long least, long most, long preset, long *out);

/* The one of `count` words that is most like `word`, or NULL when none is. */
const char *most_like(const char *word, const char *const *words, size_t count);

/* "'codecourier key create --help' explains it." */
void try_help(const arguments *a);

/* command.c: the commands and what prints their help. */
extern const command command_list[];
int                  help_run(const arguments *a);

/* ---- local.c: the instance, as its owner sees it ------------------------------------------------------------------ */

/* The data directory as given, by --data, the environment or default. */
const char *data_given(const arguments *a);
const char *database_given(const arguments *a); /* NULL: as the settings say */

/* The directory of the instance's files: the data directory, or where the .db file lies.  malloc'ed. */
char *data_directory(const arguments *a);

/* What root makes belongs to the database's owner (cc_hand_over).  A directory is 0700; one that is there stays as it
 * is. false: errno. */
bool hand_over(const arguments *a, int fd);
bool make_directory(const arguments *a, const char *path);

/* Open it.  EXIT_FINE, or an exit code after the reason was said. */
int open_app(const arguments *a, unsigned flags, cc_app **app);

/* The project meant by --project, or the only one. */
int choose_project(const arguments *a, cc_app *app, cc_project_info *project);

/* Both; the app stays open only with EXIT_FINE. */
int open_project(const arguments *a, cc_app **app, cc_project_info *project);

/* A request to the API, and its answer. */
typedef struct reply {
    cc_app      *app;
    cc_response *response;
    cJSON       *json; /* the body; NULL when there is none */
} reply;

/*
 * Ask as the owner of the data directory, with all rights over `project`; with `key` instead, as anybody with that key.
 * `body` is taken over and given back; NULL sends none.  Always fills `r`; give it back with reply_done.
 */
void ask(reply *r, cc_app *app, const char *project, const char *key, const char *method, const char *uri, cJSON *body);
void reply_done(reply *r);

/* "/api/v1/COLLECTION/ID" and what follows; malloc'ed.  What can be no id finds nothing. */
char *item_path(const char *collection, const char *id, const char *rest);

/* A list of that collection, of one --status alone where it is given, which the API calls `filter`; malloc'ed. */
char *list_path(const arguments *a, const char *collection, const char *filter);

/* Ask in the project that is meant, and show the answer: as it came with --json, else by `show`.  Takes path and body
 * over. */
int ask_and_show(const arguments *a, const char *method, char *path, cJSON *body, void (*show)(const cJSON *data));

/* Do that with each of the operands, in the project that is meant; the worst of the exit codes. */
typedef int (*operand_act)(void *ctx, const arguments *a, cc_app *app, const char *project, const char *operand);
int each_operand(const arguments *a, operand_act act, void *ctx);

/* POST `rest` to each of the operands, which are ids of that collection, and say where it stands then: by `now`, which
 * takes its id and its status. */
int end_each(const arguments *a, const char *collection, const char *rest, text_id now);

/*
 * Ask for what a worker is to do, and say whether it has: of `about`, which the person has named, of a row of that
 * collection.  With --watch it waits until the worker has done it.  `member` says what it is like then.  Takes path and
 * body over.
 */
int ask_worker(const arguments *a, cc_app *app, const char *project, const char *collection, const char *member,
               const char *about, const char *method, char *path, cJSON *body);

/* The body as it came, with a newline. */
void print_body(const reply *r);

/* EXIT_FINE, or an exit code after saying what the API said; the second also says about which thing. */
int reply_check(const reply *r);
int reply_check_of(const reply *r, const char *about);

/* The text of a member, or "" when it is not there, not a text, or null. */
const char *member_text(const cJSON *object, const char *name);
/* Why, in the person's language: of a row with NAME, NAMECode and NAMEParams ("error", "lastError").  malloc'ed; "":
 * none. */
char *member_error(const cJSON *row, const char *name);
/* The same where these members are called otherwise. */
char *member_reason(const cJSON *row, const char *error, const char *code, const char *params);

double member_number(const cJSON *object, const char *name); /* 0 when it is not there, or no number */

/* A list of texts, joined by ", "; malloc'ed. */
char *member_list(const cJSON *object, const char *name);

/* "2025-01-15T10:04:00Z" as people read it; malloc'ed; `none` for an empty one. */
char *member_time(const cJSON *object, const char *name, const char *none);

/* Milliseconds since 1970 as the API writes them. */
void time_text(int64_t ms, char out[32]);

/* A command line for the person to type: the program as it was called, the words, and --data when it was given;
 * malloc'ed. */
char *command_line(const arguments *a, const char *words);

/* The directory this program lies in; malloc'ed. */
char *own_directory(void);

/* Where codecourier.cgi may be: 0 beside this program, 1 where `make install` puts it; malloc'ed, NULL: no such place.
 */
char *web_program(size_t index);

/* Leave a file for later commands to find: where `serve` answers.  NULL takes it away. */
void  base_url_write(const char *directory, const char *url);
char *base_url_read(const char *directory); /* malloc'ed; NULL: not running */

/* Where the service answers: where it answers now, else where it does by default; malloc'ed. */
char *base_url(const arguments *a);

/* ---- run.c, for what else asks about runs --------------------------------------------------------------------------- */

/* "/api/v1/runs/ID" and `rest`; malloc'ed.  What is no id finds nothing. */
char *run_path(const char *id, const char *rest);

/* Follow a sandbox behind that event until what was said at that position is answered, or it has ended.  silent: events
 * are not shown. */
int run_follow_answer(cc_app *app, const char *project, const char *id, long after, int position, bool silent);

/* ---- the subcommands: admin.c, key.c, serve.c ---------------------------------------------------------------------- */

int  init_run(const arguments *a);
int  migrate_run(const arguments *a);
bool password_in(const char *url); /* of a PostgreSQL server, as postgresql://USER:PASSWORD@… */
int  project_create_run(const arguments *a);
int  project_list_run(const arguments *a);
int  user_add_run(const arguments *a);
int  user_password_run(const arguments *a);
int  routes_run(const arguments *a);
int  scopes_run(const arguments *a);
int  openapi_run(const arguments *a);
int  settings_run(const arguments *a);
int  version_run(const arguments *a);
int  key_create_run(const arguments *a);
int  key_list_run(const arguments *a);
int  key_revoke_run(const arguments *a);
int  key_rotate_run(const arguments *a);
int  key_check_run(const arguments *a);
int  serve_run(const arguments *a);

/* work.c, run.c, artifacts.c, doctor.c */
int work_run(const arguments *a);
int mcp_run(const arguments *a);
int tunnel_run(const char *host, const char *port);

/* forge.c: the worker's hook (cc_work_options). */
int forge_run(const cc_forge_call *call, int out);
int deliver_run(const char *const *permitted, int in, int out);
/* pull.c */
int pull_list_run(const arguments *a);
int pull_show_run(const arguments *a);
int pull_refresh_run(const arguments *a);
int pull_merge_run(const arguments *a);
int pull_close_run(const arguments *a);
int pull_fix_run(const arguments *a);
/* branch.c */
int branch_list_run(const arguments *a);
int branch_delete_run(const arguments *a);
/* sandbox.c */
int sandbox_open_run(const arguments *a);
int sandbox_say_run(const arguments *a);
int sandbox_commit_run(const arguments *a);
int sandbox_list_run(const arguments *a);
int sandbox_kill_run(const arguments *a);
/* issue.c */
int issue_import_run(const arguments *a);
int run_start_run(const arguments *a);
int run_check_run(const arguments *a);
int run_list_run(const arguments *a);
int run_watch_run(const arguments *a);
int run_logs_run(const arguments *a);
int run_open_run(const arguments *a);
int run_choose_run(const arguments *a);
int run_cancel_run(const arguments *a);
int run_retry_run(const arguments *a);
int run_diff_run(const arguments *a);
int run_compare_run(const arguments *a);
int run_artifacts_run(const arguments *a);
int watch_run(const arguments *a);
int doctor_run(const arguments *a);

/* ---- shared between them ------------------------------------------------------------------------------------------ */

/* codecourier.conf with every setting, all commented out; the same into the data directory, unless there is one. */
void settings_print(FILE *to);
void settings_write(const arguments *a);
void print_settings_help(void); /* the list, for --help */

/* How to get another one-time password. */
void say_new_password(const arguments *a, const char *email);

#endif
