/*
 * The command `codecourier`: its table of subcommands, and the help made from it.
 *
 * What the subcommands do is in admin.c, key.c and serve.c.  A new one is a row here and a text for each language in
 * text.h.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { WRAP = 80, INDENT = 2, MEANING_AT = 26 };

#define WHERE (OPTION(DATA))
#define WHOSE (OPTION(DATA) | OPTION(PROJECT))

const command command_list[] = {
    {.name = "init",
     .takes = WHERE | OPTION(DATABASE) | OPTION(NEW_KEY) | OPTION(OWNER),
     .summary = T_C_INIT,
     .details = T_D_INIT,
     .examples = "init --data /var/lib/codecourier --email ada@example.org\n"
                 "init --data /var/lib/codecourier --database postgresql://cc@db.example.org/codecourier\n",
     .run = init_run},
    {.name = "serve",
     .takes = WHERE | OPTION(PORT) | OPTION(BIND) | OPTION(WORKERS) | OPTION(SLOTS) | OPTION(OWNER) | OPTION(WWW) |
              OPTION(DOCS) | OPTION(SOCKET),
     .summary = T_C_SERVE,
     .details = T_D_SERVE,
     .examples = "serve\n"
                 "serve --data /var/lib/codecourier --port 9000 --workers 8\n"
                 "serve --data /var/lib/codecourier --socket /run/codecourier.socket\n",
     .run = serve_run},
    {.name = "key create",
     .takes = WHOSE | OPTION(NAME) | OPTION(SCOPES) | OPTION(MODE) | OPTION(EXPIRES) | OPTION(NETWORKS) |
              OPTION(RATE_LIMIT) | OPTION(QUIET) | OPTION(JSON),
     .needs = OPTION(NAME) | OPTION(SCOPES),
     .summary = T_C_KEY_CREATE,
     .details = T_D_KEY_CREATE,
     .examples = "key create --name quickstart --scopes projects:read,workflows:read,runs:read\n"
                 "key create --name ci --scopes runs:write --expires 90d --networks 192.0.2.0/24 --quiet\n",
     .run = key_create_run},
    {.name = "key list",
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_KEY_LIST,
     .examples = "key list\n"
                 "key list --project my-project --json\n",
     .run = key_list_run},
    {.name = "key revoke",
     .operands = "KEY-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_KEY_REVOKE,
     .examples = "key revoke kak_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = key_revoke_run},
    {.name = "key rotate",
     .operands = "KEY-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(OVERLAP) | OPTION(QUIET) | OPTION(JSON),
     .summary = T_C_KEY_ROTATE,
     .examples = "key rotate kak_0OmJMtXJ9NAHwtjCkXyPbT\n"
                 "key rotate kak_0OmJMtXJ9NAHwtjCkXyPbT --overlap 0 --quiet\n",
     .run = key_rotate_run},
    {.name = "key check",
     .operands = "[KEY]",
     .most = 1,
     .takes = WHERE | OPTION(JSON),
     .summary = T_C_KEY_CHECK,
     .details = T_D_KEY_CHECK,
     .examples = "key check < key.txt\n",
     .run = key_check_run},
    {.name = "project create",
     .takes = WHERE | OPTION(NAME) | OPTION(SLUG) | OPTION(EXAMPLES) | OPTION(JSON),
     .needs = OPTION(NAME),
     .summary = T_C_PROJECT_CREATE,
     .examples = "project create --name 'Web shop' --slug shop --examples\n",
     .run = project_create_run},
    {.name = "project list",
     .takes = WHERE | OPTION(JSON),
     .summary = T_C_PROJECT_LIST,
     .examples = "project list --json\n",
     .run = project_list_run},
    {.name = "migrate",
     .takes = WHERE | OPTION(TO),
     .needs = OPTION(TO),
     .summary = T_C_MIGRATE,
     .details = T_D_MIGRATE,
     .examples = "migrate --data /var/lib/codecourier --to postgresql://cc@db.example.org/codecourier\n"
                 "migrate --data /var/lib/codecourier --to sqlite\n",
     .run = migrate_run},
    {.name = "user add",
     .takes = WHOSE | OPTION(EMAIL) | OPTION(ROLE) | OPTION(QUIET) | OPTION(JSON),
     .needs = OPTION(EMAIL),
     .summary = T_C_USER_ADD,
     .examples = "user add --email ada@example.org --role admin\n",
     .run = user_add_run},
    {.name = "user password",
     .takes = WHERE | OPTION(EMAIL) | OPTION(QUIET) | OPTION(JSON),
     .needs = OPTION(EMAIL),
     .summary = T_C_USER_PASSWORD,
     .examples = "user password --email ada@example.org\n",
     .run = user_password_run},
    {.name = "work",
     .takes = WHERE | OPTION(SLOTS) | OPTION(DRAIN),
     .summary = T_C_WORK,
     .details = T_D_WORK,
     .examples = "work\n"
                 "work --data /var/lib/codecourier --drain\n",
     .run = work_run},
    {.name = "run start",
     .takes = WHOSE | OPTION(WORKFLOW) | OPTION(PROMPT) | OPTION(CANDIDATES) | OPTION(NAME) | OPTION(WATCH) |
              OPTION(WAIT) | OPTION(QUIET) | OPTION(JSON),
     .needs = OPTION(WORKFLOW),
     .summary = T_C_RUN_START,
     .examples = "run start --workflow wfl_0OmJMtXJ9NAHwtjCkXyPbT --prompt 'Mend the sign-in' --watch\n"
                 "run start --workflow wfl_0OmJMtXJ9NAHwtjCkXyPbT --prompt 'Mend the sign-in' --candidates 3\n"
                 "run start --workflow wfl_0OmJMtXJ9NAHwtjCkXyPbT --wait --json\n",
     .run = run_start_run},
    {.name = "run check",
     .operands = "WORKFLOW-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(PROMPT) | OPTION(CANDIDATES) | OPTION(JSON),
     .summary = T_C_RUN_CHECK,
     .details = T_D_RUN_CHECK,
     .examples = "run check wfl_0OmJMtXJ9NAHwtjCkXyPbT --prompt 'Mend the sign-in'\n",
     .run = run_check_run},
    {.name = "run list",
     .takes = WHOSE | OPTION(STATUS) | OPTION(JSON),
     .summary = T_C_RUN_LIST,
     .examples = "run list --status running\n",
     .run = run_list_run},
    {.name = "run watch",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_RUN_WATCH,
     .details = T_D_RUN_WATCH,
     .examples = "run watch run_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = run_watch_run},
    {.name = "run logs",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(STEP) | OPTION(FOLLOW) | OPTION(JSON),
     .summary = T_C_RUN_LOGS,
     .details = T_D_RUN_LOGS,
     .examples = "run logs run_0OmJMtXJ9NAHwtjCkXyPbT\n"
                 "run logs run_0OmJMtXJ9NAHwtjCkXyPbT --step 2 --follow\n",
     .run = run_logs_run},
    {.name = "run open",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(BROWSER),
     .summary = T_C_RUN_OPEN,
     .examples = "run open run_0OmJMtXJ9NAHwtjCkXyPbT --browser\n",
     .run = run_open_run},
    {.name = "run cancel",
     .operands = "RUN-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_RUN_CANCEL,
     .examples = "run cancel run_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = run_cancel_run},
    {.name = "run choose",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_RUN_CHOOSE,
     .details = T_D_RUN_CHOOSE,
     .examples = "run choose run_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = run_choose_run},
    {.name = "run retry",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(FROM_STEP) | OPTION(JSON),
     .summary = T_C_RUN_RETRY,
     .examples = "run retry run_0OmJMtXJ9NAHwtjCkXyPbT --from-step 2\n",
     .run = run_retry_run},
    {.name = "run diff",
     .operands = "RUN-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_RUN_DIFF,
     .examples = "run diff run_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = run_diff_run},
    {.name = "run compare",
     .operands = "RUN-ID RUN-ID",
     .least = 2,
     .most = 2,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_RUN_COMPARE,
     .examples = "run compare run_0OmJMtXJ9NAHwtjCkXyPbT run_0OmJN2c4Qp7yUe1wVtRs8K\n",
     .run = run_compare_run},
    {.name = "run artifacts",
     .operands = "RUN-ID [NAME]",
     .least = 1,
     .most = 2,
     .takes = WHOSE | OPTION(OUTPUT) | OPTION(FORCE) | OPTION(JSON),
     .summary = T_C_RUN_ARTIFACTS,
     .details = T_D_RUN_ARTIFACTS,
     .examples = "run artifacts run_0OmJMtXJ9NAHwtjCkXyPbT\n"
                 "run artifacts run_0OmJMtXJ9NAHwtjCkXyPbT report.html --output report.html\n"
                 "run artifacts run_0OmJMtXJ9NAHwtjCkXyPbT --output .\n",
     .run = run_artifacts_run},
    {.name = "pull list",
     .takes = WHOSE | OPTION(STATUS) | OPTION(JSON),
     .summary = T_C_PULL_LIST,
     .examples = "pull list --status open\n",
     .run = pull_list_run},
    {.name = "pull show",
     .operands = "PULL-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_PULL_SHOW,
     .examples = "pull show pul_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = pull_show_run},
    {.name = "pull refresh",
     .operands = "PULL-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(WATCH) | OPTION(JSON),
     .summary = T_C_PULL_REFRESH,
     .details = T_D_PULL_ASKED,
     .examples = "pull refresh pul_0OmJMtXJ9NAHwtjCkXyPbT --watch\n",
     .run = pull_refresh_run},
    {.name = "pull merge",
     .operands = "PULL-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(METHOD) | OPTION(ANYWAY) | OPTION(WATCH) | OPTION(JSON),
     .summary = T_C_PULL_MERGE,
     .details = T_D_PULL_ASKED,
     .examples = "pull merge pul_0OmJMtXJ9NAHwtjCkXyPbT --method squash --watch\n",
     .run = pull_merge_run},
    {.name = "pull close",
     .operands = "PULL-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(WATCH) | OPTION(JSON),
     .summary = T_C_PULL_CLOSE,
     .details = T_D_PULL_ASKED,
     .examples = "pull close pul_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = pull_close_run},
    {.name = "pull fix",
     .operands = "PULL-ID",
     .least = 1,
     .most = 1,
     .takes = WHOSE | OPTION(ABOUT) | OPTION(WORKFLOW) | OPTION(PROMPT) | OPTION(JSON),
     .summary = T_C_PULL_FIX,
     .examples = "pull fix pul_0OmJMtXJ9NAHwtjCkXyPbT --about checks\n",
     .run = pull_fix_run},
    {.name = "branch list",
     .takes = WHOSE | OPTION(STATUS) | OPTION(JSON),
     .summary = T_C_BRANCH_LIST,
     .examples = "branch list --status present\n",
     .run = branch_list_run},
    {.name = "branch delete",
     .operands = "BRANCH...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(WATCH) | OPTION(JSON),
     .summary = T_C_BRANCH_DELETE,
     .details = T_D_PULL_ASKED,
     .examples = "branch delete cc/run-12-Rm1Lp --watch\n",
     .run = branch_delete_run},
    {.name = "issue import",
     .operands = "URL...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(ANSWER) | OPTION(WATCH) | OPTION(JSON),
     .summary = T_C_ISSUE_IMPORT,
     .details = T_D_PULL_ASKED,
     .examples = "issue import https://github.com/example/shop/issues/42 --comment-on-issue --watch\n",
     .run = issue_import_run},
    {.name = "sandbox open",
     .takes = WHOSE | OPTION(REPOSITORY) | OPTION(AGENT) | OPTION(PROMPT) | OPTION(NAME) | OPTION(QUIET) | OPTION(JSON),
     .summary = T_C_SANDBOX_OPEN,
     .examples = "sandbox open --repository https://github.com/acme/api --prompt 'What does this repository do?'\n",
     .run = sandbox_open_run},
    {.name = "sandbox say",
     .operands = "SANDBOX-ID TEXT",
     .least = 2,
     .most = 2,
     .takes = WHOSE | OPTION(QUIET) | OPTION(JSON),
     .summary = T_C_SANDBOX_SAY,
     .details = T_D_SANDBOX_SAY,
     .examples = "sandbox say run_0OmJMtXJ9NAHwtjCkXyPbT 'Greet people by their names.'\n",
     .run = sandbox_say_run},
    {.name = "sandbox commit",
     .operands = "SANDBOX-ID MESSAGE",
     .least = 2,
     .most = 2,
     .takes = WHOSE | OPTION(QUIET) | OPTION(JSON),
     .summary = T_C_SANDBOX_COMMIT,
     .details = T_D_SANDBOX_SAY,
     .examples = "sandbox commit run_0OmJMtXJ9NAHwtjCkXyPbT 'Greet people by their names'\n",
     .run = sandbox_commit_run},
    {.name = "sandbox list",
     .takes = WHOSE | OPTION(STATUS) | OPTION(JSON),
     .summary = T_C_SANDBOX_LIST,
     .examples = "sandbox list --status idle\n",
     .run = sandbox_list_run},
    {.name = "sandbox kill",
     .operands = "SANDBOX-ID...",
     .least = 1,
     .most = OPERANDS,
     .takes = WHOSE | OPTION(JSON),
     .summary = T_C_SANDBOX_KILL,
     .examples = "sandbox kill run_0OmJMtXJ9NAHwtjCkXyPbT\n",
     .run = sandbox_kill_run},
    {.name = "watch",
     .takes = WHOSE | OPTION(AFTER) | OPTION(JSON),
     .summary = T_C_WATCH,
     .details = T_D_WATCH,
     .examples = "watch\n"
                 "watch --after 1200 --json\n",
     .run = watch_run},
    {.name = "mcp",
     .takes = WHERE | OPTION(TOOLS),
     .summary = T_C_MCP,
     .details = T_D_MCP,
     .examples = "mcp --data /var/lib/codecourier\n"
                 "mcp --tools runs,workflows\n",
     .run = mcp_run},
    {.name = "doctor",
     .takes = WHERE | OPTION(URL) | OPTION(JSON),
     .summary = T_C_DOCTOR,
     .details = T_D_DOCTOR,
     .examples = "doctor --data /var/lib/codecourier\n"
                 "doctor --data /var/lib/codecourier --url https://courier.example.org\n",
     .run = doctor_run},
    {.name = "routes", .takes = OPTION(JSON), .summary = T_C_ROUTES, .examples = "routes\n", .run = routes_run},
    {.name = "scopes", .takes = WHOSE | OPTION(JSON), .summary = T_C_SCOPES, .examples = "scopes\n", .run = scopes_run},
    {.name = "openapi",
     .takes = OPTION(INLINE),
     .summary = T_C_OPENAPI,
     .examples = "openapi > openapi.json\n",
     .run = openapi_run},
    {.name = "settings",
     .summary = T_C_SETTINGS,
     .examples = "settings > /var/lib/codecourier/codecourier.conf\n",
     .run = settings_run,
     .more = print_settings_help},
    {.name = "version", .takes = OPTION(JSON), .summary = T_C_VERSION, .examples = "version\n", .run = version_run},
    {.name = "help",
     .operands = "[COMMAND]",
     .most = 2,
     .summary = T_C_HELP,
     .examples = "help key create\n",
     .run = help_run},
    {.name = NULL},
};

/* ---- help -------------------------------------------------------------------------------------------------------- */

static size_t
help_width(void)
{
    size_t screen = screen_width(stdout);

    return screen == 0 || screen > 100 ? (screen == 0 ? WRAP : 100) : screen;
}

static void
heading(text_id id)
{
    printf("\n%s%s%s\n", bold(stdout), text(id), plain(stdout));
}

/* "  --port N                Port to listen on" */
static void
entry(const char *what, const char *meaning)
{
    size_t wide = text_width(what);

    printf("%*s%s", INDENT, "", what);
    if (INDENT + wide + 2 > MEANING_AT) {
        putchar('\n');
        wide = 0;
        printf("%*s", MEANING_AT, "");
    } else {
        printf("%*s", (int)(MEANING_AT - INDENT - wide), "");
    }
    put_wrapped(stdout, meaning, MEANING_AT, help_width());
}

static void
print_exit_codes(void)
{
    heading(T_EXIT_CODES);
    entry("0", text(T_EXIT_0));
    entry("1", text(T_EXIT_1));
    entry("2", text(T_EXIT_2));
    entry("3", text(T_EXIT_3));
}

static void
print_options(const command *c)
{
    heading(T_OPTIONS);
    for (int id = 0; id < O__MAX; id++) {
        const option_info *o = &option_list[id];
        if (id != O_HELP && (c->takes >> id & 1) == 0)
            continue;
        char *what = make_text("%s%s%s", o->typed, o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
        char *meaning = text_with(o->meaning, WITH(DEFAULT_OWNER));
        bool  needed = (c->needs >> id & 1) != 0;
        char *whole = make_text("%s%s%s", meaning, needed ? " " : "", needed ? text(T_REQUIRED) : "");
        entry(what, whole);
        free(what);
        free(meaning);
        free(whole);
    }
}

static void
print_usage(const char *program, const command *c)
{
    printf("%s%s%s %s %s", bold(stdout), text(T_USAGE), plain(stdout), program, c->name);
    for (int id = 0; id < O__MAX; id++)
        if ((c->needs >> id & 1) != 0)
            printf(" %s %s", option_list[id].typed, option_list[id].value);
    if ((c->takes & ~c->needs) != 0)
        printf(" [%s]", text(T_W_OPTIONS));
    printf("%s%s\n\n", c->operands != NULL ? " " : "", c->operands != NULL ? c->operands : "");
}

static void
print_command(const char *program, const command *c)
{
    print_usage(program, c);
    put_wrapped(stdout, text(c->summary), 0, help_width());
    if (c->details != T_NONE) {
        char *details = text_with(c->details, WITH(program));
        putchar('\n');
        put_wrapped(stdout, details, 0, help_width());
        free(details);
    }
    print_options(c);
    heading(T_EXAMPLES);
    for (const char *line = c->examples; *line != '\0'; line += strcspn(line, "\n") + 1)
        printf("%*s%s %.*s\n", INDENT, "", program, (int)strcspn(line, "\n"), line);
    if (c->more != NULL)
        c->more();
    print_exit_codes();
}

/* Is the command "key create" in the group "key"?  All are in "". */
static bool
in_group(const command *c, const char *group)
{
    size_t size = strlen(group);

    return size == 0 || (strncmp(c->name, group, size) == 0 && c->name[size] == ' ');
}

static bool
is_group(const char *word)
{
    for (const command *c = command_list; c->name != NULL; c++)
        if (word[0] != '\0' && in_group(c, word))
            return true;
    return false;
}

static void
print_group(const char *program, const char *group)
{
    if (group[0] == '\0')
        say_line(stdout, T_ABOUT, WITH(CC_VERSION));
    printf("%s%s%s%s %s%s%s %s [%s]\n", group[0] == '\0' ? "\n" : "", bold(stdout), text(T_USAGE), plain(stdout),
           program, group[0] != '\0' ? " " : "", group, text(T_W_COMMAND), text(T_W_OPTIONS));
    heading(T_COMMANDS);
    for (const command *c = command_list; c->name != NULL; c++)
        if (in_group(c, group))
            entry(c->name, text(c->summary));
    if (group[0] == '\0') {
        heading(T_ENVIRONMENT);
        entry("CODECOURIER_DATA", text(T_ENV_DATA));
        entry("NO_COLOR", text(T_ENV_NO_COLOR));
        entry("LANG", text(T_ENV_LANG));
        print_exit_codes();
    }
    putchar('\n');
    char *more = text_with(T_MORE_HELP, WITH(program));
    put_wrapped(stdout, more, 0, screen_width(stdout) != 0 ? screen_width(stdout) : 80);
    free(more);
}

/* ---- finding the command ------------------------------------------------------------------------------------------ */

/* The command of these words, and how many of them name it. */
static const command *
find_command(int count, char *const *words, int *used)
{
    for (const command *c = command_list; c->name != NULL; c++) {
        const char *space = strchr(c->name, ' ');
        size_t      first = space != NULL ? (size_t)(space - c->name) : strlen(c->name);

        if (count < 1 || strlen(words[0]) != first || strncmp(words[0], c->name, first) != 0)
            continue;
        *used = space == NULL ? 1 : 2;
        if (space == NULL || (count > 1 && strcmp(words[1], space + 1) == 0))
            return c;
    }
    return NULL;
}

static int
no_such_command(const char *program, int count, char *const *words)
{
    const char *names[64];
    size_t      known = 0;
    bool        two = count > 1 && is_group(words[0]) && words[1][0] != '-';
    char       *typed = make_text("%s%s%s", words[0], two ? " " : "", two ? words[1] : "");

    for (const command *c = command_list; c->name != NULL && known < 64; c++)
        names[known++] = c->name;
    fail(T_NO_COMMAND, WITH(typed));
    const char *like = most_like(typed, names, known);
    if (like != NULL)
        hint(T_DID_YOU_MEAN, WITH(like));
    hint(T_TRY_HELP, WITH(program));
    free(typed);
    return EXIT_USAGE;
}

/* Help on what the words name: nothing, a group or a command. */
static int
explain(const char *program, int count, char *const *words)
{
    int            used;
    const command *c = find_command(count, words, &used);

    if (count == 0)
        print_group(program, "");
    else if (c != NULL)
        print_command(program, c);
    else if (count == 1 && is_group(words[0]))
        print_group(program, words[0]);
    else
        return no_such_command(program, count, words);
    return EXIT_FINE;
}

int
help_run(const arguments *a)
{
    char *words[2] = {NULL, NULL};

    for (int i = 0; i < a->operands; i++)
        words[i] = need(strdup(a->operand[i]));
    int code = explain(a->program, a->operands, words);
    free(words[0]);
    free(words[1]);
    return code;
}

static bool
asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* As git calls it, whose GIT_PROXY_COMMAND takes no words of its own: by a link of this name (core/engine/git.c). */
static bool
is_tunnel(const char *program)
{
    const char *slash = strrchr(program, '/');

    return strcmp(slash != NULL ? slash + 1 : program, "codecourier-tunnel") == 0;
}

int
main(int argc, char **argv)
{
    arguments a = {.program = argc > 0 ? argv[0] : "codecourier", .environment_data = getenv("CODECOURIER_DATA")};
    int       used = 0;

    if (argc == 4 && strcmp(argv[1], "tunnel") == 0)
        return tunnel_run(argv[2], argv[3]);
    if (argc == 3 && is_tunnel(argv[0]))
        return tunnel_run(argv[1], argv[2]);
    text_start();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2 || asks_for_help(argv[1])) {
        print_group(a.program, "");
        return argc < 2 ? EXIT_USAGE : EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return version_run(&a);
    a.command = find_command(argc - 1, argv + 1, &used);
    if (a.command == NULL && is_group(argv[1]) && (argc == 2 || asks_for_help(argv[2]))) {
        print_group(a.program, argv[1]);
        return argc == 2 ? EXIT_USAGE : EXIT_FINE;
    }
    if (a.command == NULL)
        return no_such_command(a.program, argc - 1, argv + 1);
    if (!options_read(&a, argc - 1 - used, argv + 1 + used))
        return EXIT_USAGE;
    if (a.option[O_HELP] != NULL) {
        print_command(a.program, a.command);
        return EXIT_FINE;
    }
    int code = a.command->run(&a);
    return fflush(stdout) == 0 && !ferror(stdout) ? code : EXIT_REFUSED;
}
