/*
 * Who can take a step: the table of agents and their command lines.  agent_output.c knows what their output means.
 *
 * A command line is split at spaces when it is declared and handed to the system word by word; no shell ever sees it,
 * and no prompt can add a word.  Only the operator's codecourier.conf can add an agent.
 */
#include "engine/agent.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "context/settings.h"
#include "engine/plan.h"
#include "engine/program.h"
#include "engine/agent_output.h"

enum { WORDS_MAX = 64 };

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- the table ------------------------------------------------------------------------------------ */

/* The prompt goes to all of them on standard input: as a word, it could be taken for an option, or for @file. */

static const cc_agent agents[] = {
    {.name = "claude",
     .line = "claude -p --output-format stream-json --verbose --dangerously-skip-permissions [--model {model}] "
             "[--effort {effort}] [--resume {session}]",
     .efforts = "low medium high xhigh max",
     .keys = "ANTHROPIC_API_KEY CLAUDE_CODE_OAUTH_TOKEN",
     .spare_keys = "ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL CLAUDE_CODE_USE_BEDROCK CLAUDE_CODE_USE_VERTEX "
                   "CLAUDE_CODE_USE_FOUNDRY",
     .keyless = "Please run /login\nInvalid API key\nauthentication_error\nOAuth token has expired\n",
     .install = "npm install -g @anthropic-ai/claude-code",
     .instructions = ".claude/CLAUDE.md",
     .commands = ".claude/commands",
     .scripts = ".claude/scripts",
     .skills = ".claude/skills",
     .moved_by = "CLAUDE_CONFIG_DIR",
     .service = "anthropic",
     .hear = cc_hear_claude},
    {.name = "codex",
     .line = "codex exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox [--model {model}] "
             "[-c model_reasoning_effort={effort}] [resume {session}] -",
     .efforts = "minimal low medium high xhigh",
     .keys = "CODEX_API_KEY OPENAI_API_KEY",
     .keyless = "401 Unauthorized\nMissing bearer\ncodex login\nNot logged in\nInvalid API key\nIncorrect API key\n",
     .install = "npm install -g @openai/codex",
     .instructions = ".codex/AGENTS.md",
     .moved_by = "CODEX_HOME",
     .service = "openai",
     .hear = cc_hear_codex},
    {.name = "opencode",
     .line = "opencode run --format json --auto [--model {model}] [--variant {effort}] [--session {session}]",
     .keys = "ANTHROPIC_API_KEY OPENAI_API_KEY",
     .any_provider = true,
     .keyless =
         "API key is missing\nLoadAPIKeyError\nProviderAuthError\nInvalid API key\nIncorrect API key\ninvalid x-api-key\n",
     .install = "npm install -g opencode-ai",
     .instructions = ".config/opencode/AGENTS.md",
     .moved_by = "XDG_CONFIG_HOME",
     .hear = cc_hear_opencode},
    {.name = "pi",
     .line = "pi -p --mode json [--model {model}] [--thinking {effort}] [--session {session}]",
     .efforts = "off minimal low medium high xhigh",
     .keys = "ANTHROPIC_API_KEY OPENAI_API_KEY",
     .any_provider = true,
     .keyless = "No API key\nNo models available\nInvalid API key\nIncorrect API key\ninvalid x-api-key\n",
     .install = "npm install -g @mariozechner/pi-coding-agent",
     .instructions = ".pi/agent/AGENTS.md",
     .moved_by = "PI_CODING_AGENT_DIR",
     .hear = cc_hear_pi},
    {.name = "gemini",
     .line = "gemini --output-format stream-json --approval-mode yolo --skip-trust [--model {model}] "
             "[--resume {session}]",
     .keys = "GEMINI_API_KEY",
     .spare_keys = "GOOGLE_API_KEY GOOGLE_GENAI_USE_VERTEXAI GOOGLE_GENAI_USE_GCA",
     .keyless = "API key not valid\nset an Auth method\nGEMINI_API_KEY\nUNAUTHENTICATED\n",
     .install = "npm install -g @google/gemini-cli",
     .instructions = ".gemini/GEMINI.md",
     .moved_by = "GEMINI_CLI_HOME",
     .service = "google",
     .hear = cc_hear_gemini},
    {.name = "aider",
     .line = "aider --yes-always --no-pretty --no-stream --no-auto-commits --no-dirty-commits --no-check-update "
             "--no-show-release-notes --no-show-model-warnings --no-analytics --no-detect-urls "
             "--chat-history-file /dev/null --input-history-file /dev/null --message-file /dev/stdin "
             "[--model {model}] [--reasoning-effort {effort}]",
     .efforts = "low medium high",
     .keys = "ANTHROPIC_API_KEY OPENAI_API_KEY",
     .any_provider = true,
     .keyless = "litellm.AuthenticationError\nMissing these environment variables\nno API keys were provided\n",
     .install = "python3 -m pip install aider-chat",
     .heed = cc_heed_aider},
    {.name = "acp",
     .line = "", /* the operator's */
     .any_provider = true,
     .keyless = "uthentication required\nauth_required\n",
     .install = "",
     .hear = cc_hear_acp,
     .talk = cc_talk_acp},
    {.name = "rehearsal", .line = "", .install = "", .rehearsal = true},
};

const cc_agent *
cc_agent_at(size_t i)
{
    return i < CC_COUNT(agents) ? &agents[i] : NULL;
}

const cc_agent *
cc_agent_find(cc_app *app, cc_arena *a, const char *name)
{
    const cc_agent *ours = NULL;
    const char     *line = cc_app_agent(app, name);

    for (size_t i = 0; i < CC_COUNT(agents); i++)
        if (is(agents[i].name, name))
            ours = &agents[i];
    if (!line || (ours && ours->rehearsal))
        return ours;
    const char *colon = strstr(line, ": "); /* "acp: goose acp": it speaks as ours of that name do */
    for (size_t i = 0; colon && i < CC_COUNT(agents); i++)
        if (strlen(agents[i].name) == (size_t)(colon - line) &&
            strncmp(agents[i].name, line, strlen(agents[i].name)) == 0) {
            ours = &agents[i];
            line = colon + 2;
            break;
        }
    cc_agent *agent = cc_alloc(a, sizeof(*agent));
    if (agent) {
        *agent = ours ? *ours : (cc_agent){0};
        agent->name = name;
        agent->line = line;
        agent->install = "";
        agent->by_operator = true;
    }
    return agent;
}

const cc_agent *
cc_agent_any(cc_app *app, cc_arena *a)
{
    char why[512];

    for (size_t i = 0; i < CC_COUNT(agents) && !agents[i].rehearsal; i++) {
        const cc_agent *agent = cc_agent_find(app, a, agents[i].name);
        if (agent && cc_agent_program(agent, a, why, sizeof(why)))
            return agent;
    }
    return NULL;
}

const char *
cc_agent_program(const cc_agent *agent, cc_arena *a, char *why, size_t why_size)
{
    char       *name = cc_strndup(a, agent->line, strcspn(agent->line, " \t"));
    const char *found = name && *name ? cc_program_find(a, name) : NULL;

    if (found && found[0] != '/') {
        char *whole = realpath(found, NULL);
        found = whole ? cc_strndup(a, whole, strlen(whole)) : NULL;
        free(whole);
    }
    if (!found && agent->install[0])
        snprintf(why, why_size,
                 CC_WORDS("The agent '%s' is not installed on the worker's machine.  Install it with: %s"), agent->name,
                 agent->install);
    else if (!found)
        snprintf(why, why_size, CC_WORDS("The program of the agent '%s' is not there; see codecourier.conf."),
                 agent->name);
    return found;
}

/* ---- what it is told ---------------------------------------------------------------------------------- */

/* Its place among all of them; -1: none. */
static int
rank(const char *effort, size_t size)
{
    static const char *const all[] = {"off", "minimal", "low", "medium", "high", "xhigh", "max"};

    for (size_t i = 0; i < CC_COUNT(all); i++)
        if (strlen(all[i]) == size && strncmp(all[i], effort, size) == 0)
            return (int)i;
    return -1;
}

const char *
cc_agent_effort(const cc_agent *agent, cc_arena *a, const char *effort)
{
    const char *best = NULL;

    if (!effort || !strstr(agent->line, "{effort}"))
        return NULL;
    if (!agent->efforts)
        return effort;
    for (const char *at = agent->efforts; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (rank(at, size) <= rank(effort, strlen(effort)))
            best = cc_strndup(a, at, size);
        at += size;
    }
    return best;
}

const char *
cc_agent_effort_reason(const cc_agent *agent, cc_arena *a, const char *effort)
{
    const char *best = cc_agent_effort(agent, a, effort);

    if (!effort || agent->rehearsal || (best && is(best, effort)))
        return NULL;
    return best ? cc_printf(a, "The agent '%s' knows no thinking effort '%s'; it works with '%s'.", agent->name, effort,
                            best)
                : cc_printf(a, "The agent '%s' cannot be told how hard to think ('%s').", agent->name, effort);
}

/* ---- command lines --------------------------------------------------------------------------------- */

/* Put a word with its {names} filled in; *empty: one of them had nothing to say. */
static const char *
word_fill(cc_arena *a, const char *word, size_t size, const cc_told *told, bool *empty)
{
    const struct {
        const char *name, *value;
    } values[] = {
        {"{prompt}", told->prompt}, {"{model}", told->model}, {"{effort}", told->effort}, {"{session}", told->session}};
    cc_buf b;

    cc_buf_init(&b, a);
    for (size_t i = 0; i < size;) {
        bool found = false;
        for (size_t k = 0; k < CC_COUNT(values) && !found; k++) {
            size_t n = strlen(values[k].name);
            if (size - i < n || memcmp(word + i, values[k].name, n) != 0)
                continue;
            found = true;
            i += n;
            *empty |= !values[k].value || !*values[k].value;
            cc_puts(&b, values[k].value ? values[k].value : "");
        }
        if (!found)
            cc_putc(&b, word[i++]);
    }
    return cc_buf_text(&b);
}

bool
cc_agent_takes(const cc_agent *agent, const char *prompt)
{
    enum { WORD_MAX = 128 * 1024 };
    const char *in = strstr(agent->line, "{prompt}");

    return !in || strlen(prompt) + strlen(agent->line) < WORD_MAX;
}

const char *const *
cc_agent_argv(const cc_agent *agent, cc_arena *a, const char *program, const cc_told *told, bool *by_input)
{
    const char **argv = cc_alloc(a, (WORDS_MAX + 1) * sizeof(*argv));
    const char  *p = agent->line;
    size_t       n = 0, group = SIZE_MAX;
    bool         empty = false;

    *by_input = strstr(agent->line, "{prompt}") == NULL;
    if (!argv)
        return NULL;
    while (n < WORDS_MAX && *(p += strspn(p, " \t"))) {
        size_t size = strcspn(p, " \t");
        bool   opens = *p == '[' && group == SIZE_MAX, closes = group != SIZE_MAX || opens;
        size_t from = opens, to = size;
        if (opens) {
            group = n;
            empty = false;
        }
        closes = closes && p[size - 1] == ']';
        to -= closes;
        const char *word = word_fill(a, p + from, to - from, told, &empty);
        if (!word)
            return NULL;
        argv[n] = n == 0 ? program : word;
        n++;
        if (closes) {
            if (empty)
                n = group;
            group = SIZE_MAX;
        }
        p += size;
    }
    argv[n] = NULL;
    return argv;
}
