/*
 * What agents say, and what it means.
 *
 * Read generously: a line may have text before its object, two objects, or broken characters (base/mend.h); a line that
 * is no JSON is a line of log, an event that nobody knows is passed over.  What such a program prints changes more
 * often than what it means.
 *
 * Believed with doubt: a step is completed only when the agent has said so, in its own protocol, in an object that came
 * whole, and has not begun anew since.  An exit code is no word.
 */
#include "engine/agent_output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mend.h"
#include "engine/plan.h"
#include "engine/reason.h"

enum { EVENT_TEXT_MAX = 64 * 1024, TEXT_MEANT = 4096 /* no line that means something is longer */ };

/* ---- events ------------------------------------------------------------------------------------- */

/* A text of an event: masked, and its beginning if it is long. */
static void
put_text(cc_listener *l, cc_buf *b, const char *text, size_t size)
{
    cc_buf clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, text, size);
    if (clean.size > EVENT_TEXT_MAX) {
        size_t whole = clean.size;
        clean.size = cc_utf8_cut(clean.data, clean.size, EVENT_TEXT_MAX - 64);
        cc_putf(&clean, "… (%zu bytes in all)", whole);
    }
    cc_put_json(b, clean.size ? clean.data : "", clean.size);
    b->failed |= clean.failed;
}

static void
put_log(cc_listener *l, const char *stream, const char *text, size_t size)
{
    cc_buf *b = cc_journal_begin(l->journal, "log", l->now);

    cc_putf(b, "{\"stream\":\"%s\",\"text\":", stream);
    put_text(l, b, text, size);
    cc_putc(b, '}');
}

void
cc_say_log(cc_listener *l, const char *stream, const char *text, size_t size)
{
    put_log(l, stream, text, size);
    cc_journal_end(l->journal);
}

void
cc_say_own(cc_listener *l, const char *text, size_t size)
{
    put_log(l, "worker", text, size);
    cc_journal_end_kept(l->journal);
}

void
cc_say_message(cc_listener *l, const char *text, size_t size)
{
    cc_buf *b = cc_journal_begin(l->journal, "message", l->now);

    cc_puts(b, "{\"text\":");
    put_text(l, b, text, size);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

/* What it was called with is shown in short: a file it writes may be long, and is in the workspace anyway. */
void
cc_report_tool(cc_listener *l, const char *name, const cc_json *input)
{
    cc_buf *b, text;

    cc_buf_init(&text, l->scratch);
    if (input)
        cc_json_write(&text, input);
    size_t size = cc_utf8_cut(text.data, text.size, 2000);
    b = cc_journal_begin(l->journal, "tool", l->now);
    cc_puts(b, "{\"name\":");
    put_text(l, b, name, strlen(name));
    cc_puts(b, ",\"input\":");
    put_text(l, b, text.size ? text.data : "", size);
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

void
cc_report_cost(cc_listener *l)
{
    const cc_step_result *r = l->result;
    cc_buf               *b = cc_journal_begin(l->journal, "cost", l->now);

    cc_putf(b, "{\"inputTokens\":%lld,\"outputTokens\":%lld,\"costUsd\":", (long long)r->input_tokens,
            (long long)r->output_tokens);
    if (r->priced)
        cc_put_nano(b, r->cost_nano);
    else
        cc_puts(b, "null");
    cc_putc(b, '}');
    cc_journal_end(l->journal);
}

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- what it comes to ----------------------------------------------------------------------------- */

static void
hand_on(cc_listener *l, const char *text, bool anew)
{
    if (anew)
        l->result->output.size = 0;
    if (l->result->output.size < CC_OUTPUT_MAX)
        cc_mask_put(l->mask, &l->result->output, text, strlen(text));
}

void
cc_report_note(cc_listener *l, char *field, size_t room, const char *text)
{
    cc_buf clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, text, strlen(text));
    const char *whole = cc_buf_text(&clean);
    if (!whole)
        return;
    snprintf(field, room, "%s", whole);
    while (!cc_utf8_valid(field, strlen(field)))
        field[strlen(field) - 1] = '\0';
}

/* A number of tokens; what no honest count is, is none. */
static int64_t
count_at(const cc_json *e, const char *name)
{
    const double n = cc_json_number_at(e, name);

    return n > 0 && n < 1e12 ? (int64_t)n : 0;
}

/* Dollars are added to what it has cost: never a sum that goes down. */
static void
price_add(cc_listener *l, double dollars)
{
    if (!(dollars >= 0 && dollars < 1e6))
        return;
    l->result->cost_nano += llround(dollars * 1e9);
    l->result->priced = true;
}

/* A price that is named: what is not, is not known, and never 0. */
void
cc_report_price(cc_listener *l, const cc_json *e, const char *name)
{
    const cc_json *m = cc_json_at(e, name);

    if (m && cc_json_what(m) == CC_J_NUMBER)
        price_add(l, cc_json_number_at(e, name));
}

void
cc_report_failed(cc_listener *l, const char *why)
{
    l->result->ending = CC_ENDING_FAILED;
    l->result->ended_at = cc_app_monotonic(l->app);
    l->result->reason = CC_REASON_NONE;
    if (why == l->result->error) /* what it said before */
        return;
    l->result->error[0] = '\0';
    CC_NOTE(l, error, why);
}

void
cc_report_stopped(cc_listener *l, const char *subtype)
{
    cc_report_failed(l, subtype);
    l->result->reason = cc_reason_of_subtype(subtype);
}

/* It went wrong, but that need not be its end: it may ask again, or say more of it. */
static void
trouble(cc_listener *l, const char *why)
{
    cc_report_failed(l, why);
    l->result->ended_at = 0;
}

/* Of an object that was cut off nobody knows how it would have ended. */
void
cc_report_done(cc_listener *l)
{
    if (l->cut)
        return;
    l->result->ending = CC_ENDING_COMPLETED;
    l->result->ended_at = cc_app_monotonic(l->app);
    l->result->error[0] = '\0';
}

/* It has begun anew: what it said of its end is no longer so. */
void
cc_report_restarted(cc_listener *l)
{
    l->result->ending = CC_ENDING_NONE;
    l->result->ended_at = 0;
}

static void
retry(cc_listener *l, const char *why, int attempt, int most, double wait_ms)
{
    cc_buf b;

    cc_buf_init(&b, l->scratch);
    cc_putf(&b, "%s, attempt %d", cc_reason_of_retry(why), attempt);
    if (most > 0)
        cc_putf(&b, " of %d", most);
    if (wait_ms > 0)
        cc_putf(&b, ", next in %.0f s", ceil(wait_ms / 1000));
    cc_putc(&b, '.');
    cc_say_log(l, "model", b.data ? b.data : "", b.size);
}

/* "Reconnecting... 2/5 (…)", "stream error: …; retrying 1/5 in 200ms…": is it one of these? */
static bool
retry_in(cc_listener *l, const char *text)
{
    static const char *const words[] = {"Reconnecting... ", "retrying "};
    int                      nth;

    if (sscanf(text, "Attempt %d failed", &nth) == 1) {
        retry(l, text, nth, 0, 0);
        return true;
    }

    for (size_t i = 0; i < CC_COUNT(words); i++) {
        const char *from = strstr(text, words[i]);
        int         attempt, most, used = 0, ms = 0;
        if (!from || sscanf(from + strlen(words[i]), "%d/%d%n", &attempt, &most, &used) != 2)
            continue;
        (void)sscanf(from + strlen(words[i]) + used, " in %dms", &ms);
        retry(l, text, attempt, most, ms);
        return true;
    }
    return false;
}

/* ---- claude: --output-format stream-json -------------------------------------------------------- */

static void
claude_assistant(cc_listener *l, const cc_json *e)
{
    const cc_json *message = cc_json_at(e, "message");
    const char    *model = cc_json_text_at(message, "model");

    cc_report_restarted(l);
    if (*model && *model != '<') /* "<synthetic>": it speaks for itself */
        CC_NOTE(l, model, model);
    for (const cc_json *c = cc_json_items(cc_json_at(message, "content")); c; c = cc_json_next(c)) {
        if (is(cc_json_text_at(c, "type"), "text")) {
            cc_say_message(l, cc_json_text_at(c, "text"), strlen(cc_json_text_at(c, "text")));
            hand_on(l, cc_json_text_at(c, "text"), true);
        } else if (is(cc_json_text_at(c, "type"), "tool_use")) {
            cc_report_tool(l, cc_json_text_at(c, "name"), cc_json_at(c, "input"));
        }
    }
}

/* Whether it succeeded is its subtype's to say: is_error is false in some that begin with "error". */
static void
claude_result(cc_listener *l, const cc_json *e)
{
    const cc_json *usage = cc_json_at(e, "usage"), *first = cc_json_items(cc_json_at(e, "errors"));
    const char    *result = cc_json_text_at(e, "result"), *subtype = cc_json_text_at(e, "subtype");

    l->result->cache_read_tokens = count_at(usage, "cache_read_input_tokens");
    l->result->cache_write_tokens = count_at(usage, "cache_creation_input_tokens");
    l->result->input_tokens =
        count_at(usage, "input_tokens") + l->result->cache_read_tokens + l->result->cache_write_tokens;
    l->result->output_tokens = count_at(usage, "output_tokens");
    l->result->cost_nano = 0; /* it tells the sum */
    cc_report_price(l, e, "total_cost_usd");
    l->result->counted = true;
    if (*result)
        hand_on(l, result, true);
    if (is(subtype, "success") && !cc_json_true_at(e, "is_error"))
        cc_report_done(l);
    else if (*result)
        cc_report_failed(l, result);
    else if (first && cc_json_what(first) == CC_J_TEXT && *cc_json_text(first))
        cc_report_failed(l, cc_json_text(first));
    else
        cc_report_stopped(l, subtype);
    cc_report_cost(l);
}

void
cc_hear_claude(cc_listener *l, const cc_json *e)
{
    const char *type = cc_json_text_at(e, "type"), *subtype = cc_json_text_at(e, "subtype");

    if (*cc_json_text_at(e, "session_id"))
        CC_NOTE(l, session, cc_json_text_at(e, "session_id"));
    if (is(type, "assistant")) {
        claude_assistant(l, e);
    } else if (is(type, "result")) {
        claude_result(l, e);
    } else if (is(type, "system") && is(subtype, "init")) {
        cc_report_restarted(l);
    } else if (is(type, "system") && is(subtype, "api_retry")) {
        char why[160];
        snprintf(why, sizeof(why), "%.0f %s", cc_json_number_at(e, "error_status"), cc_json_text_at(e, "error"));
        retry(l, why, (int)cc_json_number_at(e, "attempt"), (int)cc_json_number_at(e, "max_retries"),
              cc_json_number_at(e, "retry_delay_ms"));
    }
}

/* ---- codex: exec --json -------------------------------------------------------------------------- */

static void
codex_item(cc_listener *l, const cc_json *item, bool completed)
{
    const char *type = cc_json_text_at(item, "type");

    if (completed && is(type, "agent_message")) {
        cc_say_message(l, cc_json_text_at(item, "text"), strlen(cc_json_text_at(item, "text")));
        hand_on(l, cc_json_text_at(item, "text"), true);
    } else if (!completed && is(type, "command_execution")) {
        cc_report_tool(l, "shell", cc_json_at(item, "command"));
    } else if (completed && is(type, "file_change")) {
        cc_report_tool(l, "file_change", cc_json_at(item, "changes"));
    } else if (!completed && is(type, "mcp_tool_call")) {
        cc_report_tool(l, cc_json_text_at(item, "tool"), cc_json_at(item, "arguments"));
    } else if (completed && is(type, "error") && !retry_in(l, cc_json_text_at(item, "message"))) {
        cc_say_log(l, "stderr", cc_json_text_at(item, "message"), strlen(cc_json_text_at(item, "message")));
    }
}

void
cc_hear_codex(cc_listener *l, const cc_json *e)
{
    const char *type = cc_json_text_at(e, "type");

    if (is(type, "thread.started")) {
        CC_NOTE(l, session, cc_json_text_at(e, "thread_id"));
    } else if (is(type, "turn.started")) {
        cc_report_restarted(l);
    } else if (is(type, "item.started") || is(type, "item.completed")) {
        codex_item(l, cc_json_at(e, "item"), is(type, "item.completed"));
    } else if (is(type, "turn.completed")) {
        const cc_json *usage = cc_json_at(e, "usage");
        l->result->input_tokens += count_at(usage, "input_tokens");
        l->result->output_tokens += count_at(usage, "output_tokens");
        l->result->cache_read_tokens += count_at(usage, "cached_input_tokens");
        l->result->cache_write_tokens += count_at(usage, "cache_write_input_tokens");
        l->result->counted = true;
        cc_report_done(l);
        cc_report_cost(l);
    } else if (is(type, "turn.failed")) {
        cc_report_failed(l, cc_json_text_at(cc_json_at(e, "error"), "message"));
    } else if (is(type, "error") && !retry_in(l, cc_json_text_at(e, "message"))) {
        cc_say_log(l, "stderr", cc_json_text_at(e, "message"), strlen(cc_json_text_at(e, "message")));
        trouble(l, cc_json_text_at(e, "message"));
    }
}

/* ---- opencode: run --format json ----------------------------------------------------------------- */

/* A step of its loop: the last one of a turn has another reason than the tools it has called. */
static void
opencode_step(cc_listener *l, const cc_json *piece)
{
    const cc_json *tokens = cc_json_at(piece, "tokens");
    const cc_json *cache = cc_json_at(tokens, "cache");
    const char    *reason = cc_json_text_at(piece, "reason");

    l->result->input_tokens += count_at(tokens, "input") + count_at(cache, "read") + count_at(cache, "write");
    l->result->output_tokens += count_at(tokens, "output") + count_at(tokens, "reasoning");
    l->result->cache_read_tokens += count_at(cache, "read");
    l->result->cache_write_tokens += count_at(cache, "write");
    cc_report_price(l, piece, "cost");
    l->result->counted = true;
    if (is(reason, "stop"))
        cc_report_done(l);
    else if (!is(reason, "tool-calls") && !is(reason, "unknown"))
        cc_report_stopped(l, reason);
    cc_report_cost(l);
}

void
cc_hear_opencode(cc_listener *l, const cc_json *e)
{
    const char    *type = cc_json_text_at(e, "type");
    const cc_json *piece = cc_json_at(e, "part");

    if (*cc_json_text_at(e, "sessionID"))
        CC_NOTE(l, session, cc_json_text_at(e, "sessionID"));
    if (is(type, "step_start")) {
        cc_report_restarted(l);
    } else if (is(type, "text")) {
        cc_say_message(l, cc_json_text_at(piece, "text"), strlen(cc_json_text_at(piece, "text")));
        hand_on(l, cc_json_text_at(piece, "text"), true);
    } else if (is(type, "tool_use")) {
        cc_report_tool(l, cc_json_text_at(piece, "tool"), cc_json_at(cc_json_at(piece, "state"), "input"));
    } else if (is(type, "step_finish")) {
        opencode_step(l, piece);
    } else if (is(type, "error")) {
        const cc_json *error = cc_json_at(e, "error");
        const char    *why = cc_json_text_at(cc_json_at(error, "data"), "message");
        cc_report_failed(l, *why ? why : cc_json_text_at(error, "name"));
    }
}

/* ---- pi: -p --mode json --------------------------------------------------------------------------- */

static void
pi_message(cc_listener *l, const cc_json *message)
{
    const cc_json *usage = cc_json_at(message, "usage");
    bool           first = true;

    for (const cc_json *c = cc_json_items(cc_json_at(message, "content")); c; c = cc_json_next(c)) {
        if (!is(cc_json_text_at(c, "type"), "text"))
            continue;
        cc_say_message(l, cc_json_text_at(c, "text"), strlen(cc_json_text_at(c, "text")));
        hand_on(l, cc_json_text_at(c, "text"), first);
        first = false;
    }
    if (*cc_json_text_at(message, "model"))
        CC_NOTE(l, model, cc_json_text_at(message, "model"));
    if (is(cc_json_text_at(message, "stopReason"), "error"))
        trouble(l, cc_json_text_at(message, "errorMessage"));
    if (!usage)
        return;
    l->result->input_tokens += count_at(usage, "input") + count_at(usage, "cacheRead") + count_at(usage, "cacheWrite");
    l->result->output_tokens += count_at(usage, "output");
    l->result->cache_read_tokens += count_at(usage, "cacheRead");
    l->result->cache_write_tokens += count_at(usage, "cacheWrite");
    cc_report_price(l, cc_json_at(usage, "cost"), "total");
    l->result->counted = true;
    cc_report_cost(l);
}

/* How it ended is how its last message did; its exit code is 0 all the same. */
static void
pi_end(cc_listener *l, const cc_json *e)
{
    const cc_json *last = NULL;

    for (const cc_json *m = cc_json_items(cc_json_at(e, "messages")); m; m = cc_json_next(m))
        if (is(cc_json_text_at(m, "role"), "assistant"))
            last = m;
    const char *stop = cc_json_text_at(last, "stopReason"), *why = cc_json_text_at(last, "errorMessage");
    if (is(stop, "stop"))
        cc_report_done(l);
    else if (*why)
        cc_report_failed(l, why);
    else if (!l->cut)
        cc_report_stopped(l, stop);
}

void
cc_hear_pi(cc_listener *l, const cc_json *e)
{
    const char    *type = cc_json_text_at(e, "type");
    const cc_json *message = cc_json_at(e, "message");

    if (is(type, "session")) {
        CC_NOTE(l, session, cc_json_text_at(e, "id"));
    } else if (is(type, "agent_start")) {
        cc_report_restarted(l);
    } else if (is(type, "tool_execution_start")) {
        cc_report_tool(l, cc_json_text_at(e, "toolName"), cc_json_at(e, "args"));
    } else if (is(type, "message_end") && is(cc_json_text_at(message, "role"), "assistant")) {
        pi_message(l, message);
    } else if (is(type, "auto_retry_start")) {
        cc_report_restarted(l);
        retry(l, cc_json_text_at(e, "errorMessage"), (int)cc_json_number_at(e, "attempt"),
              (int)cc_json_number_at(e, "maxAttempts"), cc_json_number_at(e, "delayMs"));
    } else if (is(type, "agent_end")) {
        pi_end(l, e);
    }
}

/* ---- gemini: --output-format stream-json ----------------------------------------------------------- */

/* Pieces of speech are one message until something else comes. */
void
cc_report_piece(cc_listener *l, const char *text)
{
    if (l->result->speech.size < CC_OUTPUT_MAX)
        cc_puts(&l->result->speech, text);
}

void
cc_report_whole(cc_listener *l)
{
    cc_buf *b = &l->result->speech;

    if (!b->size)
        return;
    const char *text = cc_buf_text(b);
    cc_say_message(l, text ? text : "", text ? strlen(text) : 0);
    hand_on(l, text ? text : "", true);
    b->size = 0;
}

static void
gemini_result(cc_listener *l, const cc_json *e)
{
    const cc_json *stats = cc_json_at(e, "stats"), *models = cc_json_at(stats, "models");
    const char    *why = cc_json_text_at(cc_json_at(e, "error"), "message");

    l->result->input_tokens = count_at(stats, "input_tokens");
    l->result->output_tokens = count_at(stats, "output_tokens");
    l->result->cache_read_tokens = count_at(stats, "cached");
    l->result->counted = stats != NULL;
    for (const cc_json *m = models && cc_json_what(models) == CC_J_OBJECT ? cc_json_first(models) : NULL; m;
         m = cc_json_next(m))
        if (cc_json_number_at(m, "output_tokens") > 0)
            CC_NOTE(l, model, cc_json_name(m));
    if (!is(cc_json_text_at(e, "status"), "success"))
        cc_report_failed(l, *why ? why : l->result->error);
    else if (l->result->ending != CC_ENDING_FAILED) /* it calls the turn a success after an error, too */
        cc_report_done(l);
    cc_report_cost(l);
}

void
cc_hear_gemini(cc_listener *l, const cc_json *e)
{
    const char *type = cc_json_text_at(e, "type"), *message = cc_json_text_at(e, "message");

    if (is(type, "message") && is(cc_json_text_at(e, "role"), "assistant")) {
        cc_report_restarted(l);
        cc_report_piece(l, cc_json_text_at(e, "content"));
        return;
    }
    cc_report_whole(l);
    if (is(type, "init")) {
        CC_NOTE(l, session, cc_json_text_at(e, "session_id"));
    } else if (is(type, "tool_use")) {
        cc_report_restarted(l);
        cc_report_tool(l, cc_json_text_at(e, "tool_name"), cc_json_at(e, "parameters"));
    } else if (is(type, "error")) {
        cc_say_log(l, "stderr", message, strlen(message));
        if (is(cc_json_text_at(e, "severity"), "error"))
            trouble(l, message);
    } else if (is(type, "result")) {
        gemini_result(l, e);
    }
}

/* ---- aider: --no-pretty --no-stream ------------------------------------------------------------------ */

/* "2.4k": 2400. */
static int64_t
thousands(const char *text)
{
    char  *end;
    double n = strtod(text, &end);

    return n > 0 && n < 1e12 ? llround(*end == 'k' ? n * 1000 : *end == 'M' ? n * 1000000 : n) : 0;
}

/* "Tokens: 2.4k sent, 1.1k cache hit, 115 received. Cost: $0.0079 message, $0.0079 session.": after each reply. */
static void
aider_report(cc_listener *l, const char *line)
{
    const char *received = strstr(line, " received.");

    l->result->input_tokens += thousands(line + strlen("Tokens: "));
    while (received && received > line && received[-1] != ' ')
        received--;
    l->result->output_tokens += received ? thousands(received) : 0;
    l->result->counted = true;
    cc_report_done(l);
}

/* It ends with 0 whatever happened: it was answered if it counts tokens, and it failed if the last is an error. */
void
cc_heed_aider(cc_listener *l, const char *line)
{
    const char *cost = strstr(line, "Cost: $"), *model = NULL;

    if (strncmp(line, "Main model: ", 12) == 0)
        model = line + 12;
    else if (strncmp(line, "Model: ", 7) == 0)
        model = line + 7;
    if (model) {
        char name[100];
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(model, " "), model);
        CC_NOTE(l, model, name);
    }
    if (strncmp(line, "Tokens: ", 8) == 0)
        aider_report(l, line);
    if (cost && (cost == line || strncmp(line, "Tokens: ", 8) == 0)) {
        price_add(l, strtod(cost + 7, NULL));
        cc_report_cost(l);
    }
    if (strncmp(line, "Retrying in ", 12) == 0) {
        double wait = strtod(line + 12, NULL);
        int    attempt = 1;
        for (double first = 0.25; first < wait - 0.001 && attempt < 20; first *= 2)
            attempt++; /* it doubles its waiting from a quarter of a second on */
        cc_report_restarted(l);
        retry(l, l->result->error, attempt, 0, wait * 1000);
    } else if (strncmp(line, "litellm.", 8) == 0 || strstr(line, " has hit a token limit") ||
               strstr(line, "reflections allowed, stopping")) {
        trouble(l, line);
    }
    l->result->ended_at = 0; /* it may look at its work and ask again: only its end is the end */
}

/* ---- lines ------------------------------------------------------------------------------------------ */

/* The last lines that are no protocol: shown when nothing else tells why it ended. */
static void
remember(cc_listener *l, const char *line, size_t size)
{
    char  *tail = l->result->tail;
    size_t room = sizeof(l->result->tail) - 2, had = strlen(tail);
    cc_buf clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, line, size);
    if (!clean.size || clean.failed)
        return;
    size_t add = cc_utf8_cut(clean.data, clean.size, room / 2);
    while (had + add > room) { /* the oldest line goes */
        const char *next = strchr(tail, '\n');
        size_t      from = next ? (size_t)(next - tail) + 1 : had;
        memmove(tail, tail + from, had - from + 1);
        had -= from;
    }
    if (had)
        tail[had++] = '\n';
    memcpy(tail + had, clean.data, add);
    tail[had + add] = '\0';
}

/* Skip what moves a terminal's cursor, and a byte order mark. */
static const char *
skip_marks(const char *line, const char *end)
{
    for (;;) {
        const char *from = line;
        while (line < end && (*line == ' ' || *line == '\t' || *line == '\r'))
            line++;
        if (end - line >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
            line += 3;
        if (end - line >= 2 && line[0] == '\x1b' && line[1] == '[') {
            for (line += 2; line < end && !(*line >= '@' && *line <= '~'); line++)
                ;
            line += line < end;
        }
        if (line == from)
            return line;
    }
}

/* A long text in several events; a long line of a protocol is no text, its beginning will do. */
static void
say_line(const cc_agent *agent, cc_listener *l, bool is_error, const char *line, size_t size)
{
    const char *stream = is_error ? "stderr" : "stdout";
    bool        text = is_error || !agent || !agent->hear;
    size_t      rest = 0;
    cc_buf      clean;

    cc_buf_init(&clean, l->scratch);
    cc_mask_put(l->mask, &clean, line, size);
    for (size_t from = 0, n; text && clean.size - from > EVENT_TEXT_MAX; from += n) {
        n = cc_utf8_cut(clean.data + from, clean.size - from, EVENT_TEXT_MAX);
        cc_say_log(l, stream, clean.data + from, n);
        rest = from + n;
    }
    cc_say_log(l, stream, clean.data ? clean.data + rest : "", clean.size - rest);
    if (agent && size < TEXT_MEANT) {
        const char *one = cc_strndup(l->scratch, line, size);
        if (one && agent->heed)
            agent->heed(l, one);
        else if (one && agent->hear && is_error)
            (void)retry_in(l, one);
    }
    remember(l, line, size);
    if (!is_error && agent && !agent->hear && l->result->output.size + size < CC_OUTPUT_MAX) {
        if (l->result->output.size)
            cc_putc(&l->result->output, '\n');
        cc_mask_put(l->mask, &l->result->output, line, size);
    }
}

static bool
is_protocol(const cc_json *j)
{
    return j && cc_json_what(j) == CC_J_OBJECT && (*cc_json_text_at(j, "type") || *cc_json_text_at(j, "jsonrpc"));
}

/* One object after the other, with what stands between them.  How much of the line was read so. */
static size_t
objects_hear(const cc_agent *agent, cc_listener *l, const char *line, size_t size)
{
    const char *at = line, *end = line + size, *why;
    cc_found    found;

    if (*line == '{' && cc_json_parse(l->scratch, line, size, &found.json, &why) == CC_OK && is_protocol(found.json)) {
        agent->hear(l, found.json);
        return size;
    }
    while (at < end && cc_json_find(l->scratch, at, (size_t)(end - at), &found) == CC_OK && is_protocol(found.json)) {
        const char *before = skip_marks(at, at + found.from);
        if (before < at + found.from)
            say_line(agent, l, false, before, (size_t)(at + found.from - before));
        l->cut = found.cut;
        agent->hear(l, found.json);
        l->cut = false;
        at = skip_marks(at + found.to, end);
    }
    return (size_t)(at - line);
}

void
cc_agent_line(const cc_agent *agent, cc_listener *l, bool is_error, const char *line, size_t size)
{
    size_t read = 0;

    if (size && line[size - 1] == '\r')
        size--;
    if (!is_error && agent && agent->hear && size)
        read = objects_hear(agent, l, line, size);
    if (read < size || !size)
        say_line(agent, l, is_error, line + read, size - read);
}
