/*
 * Who can take a step: the table of agents, their command lines, and what their output means.
 *
 * A command line is split at spaces when it is declared and handed to the system word by word; no shell ever sees it,
 * and no prompt can add a word.  Only the operator's codecourier.conf can add an agent.
 *
 * The parsers read what these programs print in their JSON modes, line by line, and are lenient: a line that is no JSON
 * is a line of log, an event nobody knows is passed over.  What such a program prints changes more often than what it
 * means.
 */
#include "engine/agent.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "context/settings.h"
#include "engine/plan.h"
#include "engine/program.h"

enum { WORDS_MAX = 64, PROMPT_ARG_MAX = 120 * 1024 /* Linux takes 128 KiB in one word */ };

/* ---- events ------------------------------------------------------------------------------------- */

static void
put_masked_text(cc_listener *l, cc_buf *b, const char *text, size_t size)
{
    cc_buf clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, text, size);
    cc_put_json(b, clean.size ? clean.data : "", clean.size);
    b->failed |= clean.failed;
}

void
cc_say_log(cc_listener *l, const char *stream, const char *text, size_t size)
{
    cc_buf *b = cc_journal_begin(l->journal, "log", l->now);

    cc_putf(b, "{\"stream\":\"%s\",\"text\":", stream);
    put_masked_text(l, b, text, size);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

void
cc_say_message(cc_listener *l, const char *text, size_t size)
{
    cc_buf *b = cc_journal_begin(l->journal, "message", l->now);

    cc_puts(b, "{\"text\":");
    put_masked_text(l, b, text, size);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

/* What it was called with is shown in short: a file it writes may be long, and is in the workspace anyway. */
static void
say_tool(cc_listener *l, const char *name, const cc_json *input)
{
    cc_buf *b, text;

    cc_buf_init(&text, l->scratch);
    if (input)
        cc_json_write(&text, input);
    size_t size = text.size < 2000 ? text.size : 2000;
    while (size > 0 && size < text.size && ((unsigned char)text.data[size] & 0xc0) == 0x80)
        size--;
    b = cc_journal_begin(l->journal, "tool", l->now);
    cc_puts(b, "{\"name\":");
    put_masked_text(l, b, name, strlen(name));
    cc_puts(b, ",\"input\":");
    put_masked_text(l, b, text.size ? text.data : "", size);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

static void
say_cost(cc_listener *l)
{
    const cc_step_result *r = l->result;
    cc_buf               *b = cc_journal_begin(l->journal, "cost", l->now);

    cc_putf(b, "{\"inputTokens\":%lld,\"outputTokens\":%lld,\"costUsd\":", (long long)r->input_tokens,
            (long long)r->output_tokens);
    cc_put_number(b, r->cost_usd);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

/* ---- reading JSON leniently --------------------------------------------------------------------- */

static const cc_json *
at(const cc_json *j, const char *name)
{
    return j && cc_json_what(j) == CC_J_OBJECT ? cc_json_member(j, name) : NULL;
}

static const char *
text_at(const cc_json *j, const char *name)
{
    const cc_json *m = at(j, name);

    return m && cc_json_what(m) == CC_J_TEXT ? cc_json_text(m) : "";
}

static double
number_at(const cc_json *j, const char *name)
{
    const cc_json *m = at(j, name);
    double         d = m && cc_json_what(m) == CC_J_NUMBER ? cc_json_number(m) : 0;

    return d > 0 && d < 1e12 ? d : 0;
}

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void
hand_on(cc_listener *l, const char *text, bool anew)
{
    if (anew)
        l->result->output.size = 0;
    if (l->result->output.size < CC_OUTPUT_MAX)
        cc_mask_put(l->mask, &l->result->output, text, strlen(text));
}

static void
went_wrong(cc_listener *l, const char *why)
{
    cc_buf clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, why, strlen(why));
    const char *text = cc_buf_text(&clean);
    l->result->failed = true;
    if (text)
        snprintf(l->result->error, sizeof(l->result->error), "%s", text);
}

/* ---- claude: --output-format stream-json -------------------------------------------------------- */

static void
hear_claude(cc_listener *l, const cc_json *e)
{
    const char *type = text_at(e, "type");

    if (is(type, "assistant")) {
        const cc_json *content = at(at(e, "message"), "content");
        if (!content || cc_json_what(content) != CC_J_ARRAY)
            return;
        for (const cc_json *c = cc_json_first(content); c; c = cc_json_next(c)) {
            if (is(text_at(c, "type"), "text")) {
                cc_say_message(l, text_at(c, "text"), strlen(text_at(c, "text")));
                hand_on(l, text_at(c, "text"), true);
            } else if (is(text_at(c, "type"), "tool_use")) {
                say_tool(l, text_at(c, "name"), at(c, "input"));
            }
        }
    } else if (is(type, "result")) {
        const cc_json *usage = at(e, "usage"), *failed = at(e, "is_error");
        l->result->input_tokens =
            (int64_t)(number_at(usage, "input_tokens") + number_at(usage, "cache_read_input_tokens") +
                      number_at(usage, "cache_creation_input_tokens"));
        l->result->output_tokens = (int64_t)number_at(usage, "output_tokens");
        l->result->cost_usd = number_at(e, "total_cost_usd");
        l->result->counted = true;
        if (*text_at(e, "result"))
            hand_on(l, text_at(e, "result"), true);
        if (failed && cc_json_what(failed) == CC_J_BOOL && cc_json_true(failed))
            went_wrong(l, *text_at(e, "result") ? text_at(e, "result") : text_at(e, "subtype"));
        say_cost(l);
    }
}

/* ---- codex: exec --json -------------------------------------------------------------------------- */

static void
hear_codex(cc_listener *l, const cc_json *e)
{
    const char    *type = text_at(e, "type");
    const cc_json *item = at(e, "item");

    if (is(type, "item.completed") && is(text_at(item, "type"), "agent_message")) {
        cc_say_message(l, text_at(item, "text"), strlen(text_at(item, "text")));
        hand_on(l, text_at(item, "text"), true);
    } else if (is(type, "item.started") && is(text_at(item, "type"), "command_execution")) {
        say_tool(l, "shell", at(item, "command"));
    } else if (is(type, "item.completed") && is(text_at(item, "type"), "file_change")) {
        say_tool(l, "file_change", at(item, "changes"));
    } else if (is(type, "item.started") && is(text_at(item, "type"), "mcp_tool_call")) {
        say_tool(l, text_at(item, "tool"), at(item, "arguments"));
    } else if (is(type, "item.completed") && is(text_at(item, "type"), "error")) {
        cc_say_log(l, "stderr", text_at(item, "message"), strlen(text_at(item, "message")));
    } else if (is(type, "turn.completed")) {
        const cc_json *usage = at(e, "usage");
        l->result->input_tokens += (int64_t)number_at(usage, "input_tokens");
        l->result->output_tokens += (int64_t)number_at(usage, "output_tokens");
        l->result->counted = true;
        say_cost(l);
    } else if (is(type, "turn.failed")) {
        went_wrong(l, text_at(at(e, "error"), "message"));
    } else if (is(type, "error")) {
        cc_say_log(l, "stderr", text_at(e, "message"), strlen(text_at(e, "message")));
    }
}

/* ---- opencode: run --format json ----------------------------------------------------------------- */

static void
hear_opencode(cc_listener *l, const cc_json *e)
{
    const char    *type = text_at(e, "type");
    const cc_json *piece = at(e, "part");

    if (is(type, "text")) {
        cc_say_message(l, text_at(piece, "text"), strlen(text_at(piece, "text")));
        hand_on(l, text_at(piece, "text"), true);
    } else if (is(type, "tool_use")) {
        say_tool(l, text_at(piece, "tool"), at(at(piece, "state"), "input"));
    } else if (is(type, "step_finish")) {
        const cc_json *tokens = at(piece, "tokens");
        const cc_json *cache = at(tokens, "cache");
        l->result->input_tokens +=
            (int64_t)(number_at(tokens, "input") + number_at(cache, "read") + number_at(cache, "write"));
        l->result->output_tokens += (int64_t)(number_at(tokens, "output") + number_at(tokens, "reasoning"));
        l->result->cost_usd += number_at(piece, "cost");
        l->result->counted = true;
        say_cost(l);
    } else if (is(type, "error")) {
        const cc_json *error = at(e, "error");
        const char    *why = text_at(at(error, "data"), "message");
        went_wrong(l, *why ? why : text_at(error, "name"));
    }
}

/* ---- pi: -p --mode json --------------------------------------------------------------------------- */

static void
hear_pi(cc_listener *l, const cc_json *e)
{
    const char    *type = text_at(e, "type");
    const cc_json *message = at(e, "message"), *content = at(message, "content");

    if (is(type, "tool_execution_start")) {
        say_tool(l, text_at(e, "toolName"), at(e, "args"));
    } else if (is(type, "message_end") && is(text_at(message, "role"), "assistant")) {
        const cc_json *usage = at(message, "usage");
        bool           first = true;
        for (const cc_json *c = content && cc_json_what(content) == CC_J_ARRAY ? cc_json_first(content) : NULL; c;
             c = cc_json_next(c)) {
            if (!is(text_at(c, "type"), "text"))
                continue;
            cc_say_message(l, text_at(c, "text"), strlen(text_at(c, "text")));
            hand_on(l, text_at(c, "text"), first);
            first = false;
        }
        l->result->input_tokens +=
            (int64_t)(number_at(usage, "input") + number_at(usage, "cacheRead") + number_at(usage, "cacheWrite"));
        l->result->output_tokens += (int64_t)number_at(usage, "output");
        l->result->cost_usd += number_at(at(usage, "cost"), "total");
        l->result->counted = usage != NULL;
        l->result->failed = false;
        const char *stop = text_at(message, "stopReason"); /* its exit code is 0 all the same */
        if (is(stop, "error") || is(stop, "aborted"))
            went_wrong(l, *text_at(message, "errorMessage") ? text_at(message, "errorMessage") : stop);
        if (usage)
            say_cost(l);
    }
}

/* ---- the table ------------------------------------------------------------------------------------ */

/* The prompt goes to all of them on standard input: as a word, it could be taken for an option, or for @file. */

static const cc_agent agents[] = {
    {.name = "claude",
     .line = "claude -p --output-format stream-json --verbose --dangerously-skip-permissions [--model {model}]",
     .install = "npm install -g @anthropic-ai/claude-code",
     .hear = hear_claude},
    {.name = "codex",
     .line = "codex exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox [--model {model}] "
             "[-c model_reasoning_effort={effort}] -",
     .install = "npm install -g @openai/codex",
     .hear = hear_codex},
    {.name = "opencode",
     .line = "opencode run --format json --auto [--model {model}] [--variant {effort}]",
     .install = "npm install -g opencode-ai",
     .hear = hear_opencode},
    {.name = "pi",
     .line = "pi -p --mode json [--model {model}] [--thinking {effort}]",
     .install = "npm install -g @mariozechner/pi-coding-agent",
     .hear = hear_pi},
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
    cc_agent *agent = cc_alloc(a, sizeof(*agent));
    if (agent)
        *agent = (cc_agent){.name = name, .line = line, .install = "", .hear = ours ? ours->hear : NULL};
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
    const char *found = name ? cc_program_find(a, name) : NULL;

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

/* ---- command lines --------------------------------------------------------------------------------- */

/* Put a word with its {names} filled in; *empty: one of them had nothing to say. */
static const char *
word_fill(cc_arena *a, const char *word, size_t size, const char *prompt, const char *model, const char *effort,
          bool *empty)
{
    const struct {
        const char *name, *value;
    } values[] = {{"{prompt}", prompt}, {"{model}", model}, {"{effort}", effort}};
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

const char *const *
cc_agent_argv(const cc_agent *agent, cc_arena *a, const char *program, const char *prompt, const char *model,
              const char *effort, bool *by_input)
{
    const char **argv = cc_alloc(a, (WORDS_MAX + 1) * sizeof(*argv));
    const char  *p = agent->line;
    size_t       n = 0, group = SIZE_MAX;
    bool         empty = false;

    *by_input = strstr(agent->line, "{prompt}") == NULL;
    if (!argv)
        return NULL;
    if (!*by_input && strlen(prompt) > PROMPT_ARG_MAX && !(prompt = cc_strndup(a, prompt, PROMPT_ARG_MAX)))
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
        const char *word = word_fill(a, p + from, to - from, prompt, model, effort, &empty);
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

/* ---- what it writes ---------------------------------------------------------------------------------- */

void
cc_agent_line(const cc_agent *agent, cc_listener *l, bool is_error, const char *line, size_t size)
{
    const cc_json *event;
    const char    *why;

    if (size && line[size - 1] == '\r')
        size--;
    if (!is_error && agent && agent->hear && size && line[0] == '{' &&
        cc_json_parse(l->scratch, line, size, &event, &why) == CC_OK) {
        agent->hear(l, event);
        return;
    }
    cc_say_log(l, is_error ? "stderr" : "stdout", line, size);
    if (!is_error && agent && !agent->hear && l->result->output.size + size < CC_OUTPUT_MAX) {
        if (l->result->output.size)
            cc_putc(&l->result->output, '\n');
        cc_mask_put(l->mask, &l->result->output, line, size);
    }
}
