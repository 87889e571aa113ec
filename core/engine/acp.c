/*
 * The Agent Client Protocol (agentclientprotocol.com), version 1: JSON-RPC, one object a line, both ways.
 *
 * initialize, session/new (or session/load, to go on), the model if one was asked for, session/prompt; then updates
 * come until the prompt is answered with a reason to stop.  It may ask whether it may do something, and it may: what it
 * cannot do, the sandbox forbids.  Files and terminals of ours are not offered, it has its own.
 */
#include <math.h>

#include "base/mend.h"
#include "engine/reason.h"
#include "engine/agent_output.h"

enum { INITIALIZE = 1, SESSION, MODEL, PROMPT }; /* the ids of what we ask */

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- asking ------------------------------------------------------------------------------------------- */

static void
text(cc_talk *t, const char *value)
{
    cc_put_json(&t->out, value, strlen(value));
}

static void
ask(cc_talk *t, int id, const char *method)
{
    cc_putf(&t->out, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{", id, method);
}

void
cc_talk_acp(cc_talk *t)
{
    ask(t, INITIALIZE, "initialize");
    cc_puts(&t->out,
            "\"protocolVersion\":1,\"clientCapabilities\":{\"fs\":{\"readTextFile\":false,\"writeTextFile\":false},"
            "\"terminal\":false},\"clientInfo\":{\"name\":\"codecourier\",\"version\":\"1\"}}}\n");
}

static void
ask_session(cc_talk *t, bool may_load)
{
    if (!may_load)
        t->session = NULL;
    ask(t, SESSION, t->session ? "session/load" : "session/new");
    if (t->session) {
        cc_puts(&t->out, "\"sessionId\":");
        text(t, t->session);
        cc_putc(&t->out, ',');
    }
    cc_puts(&t->out, "\"cwd\":");
    text(t, t->directory);
    cc_puts(&t->out, ",\"mcpServers\":[]}}\n");
}

static void
ask_prompt(cc_listener *l)
{
    cc_talk *t = l->talk;

    ask(t, PROMPT, "session/prompt");
    cc_puts(&t->out, "\"sessionId\":");
    text(t, l->result->session);
    cc_puts(&t->out, ",\"prompt\":[{\"type\":\"text\",\"text\":");
    text(t, t->prompt);
    cc_puts(&t->out, "}]}}\n");
    t->asked = true;
}

/* The option whose category is the model; NULL: it has none. */
static const cc_json *
model_option(const cc_json *result)
{
    for (const cc_json *o = cc_json_items(cc_json_at(result, "configOptions")); o; o = cc_json_next(o))
        if (is(cc_json_text_at(o, "category"), "model") || is(cc_json_text_at(o, "id"), "model"))
            return o;
    return NULL;
}

static bool
offers(const cc_json *list, const char *name, const char *value)
{
    for (const cc_json *o = cc_json_items(list); o; o = cc_json_next(o))
        if (is(cc_json_text_at(o, name), value) ||
            offers(cc_json_at(o, "options"), name, value)) /* they may be grouped */
            return true;
    return false;
}

/* false: it cannot be told its model. */
static bool
ask_model(cc_listener *l, const cc_json *result)
{
    cc_talk       *t = l->talk;
    const cc_json *option = model_option(result), *old = cc_json_at(cc_json_at(result, "models"), "availableModels");
    const bool     by_option = option && offers(cc_json_at(option, "options"), "value", t->model);

    if (!by_option && !offers(old, "modelId", t->model))
        return false;
    ask(t, MODEL, by_option ? "session/set_config_option" : "session/set_model");
    cc_puts(&t->out, "\"sessionId\":");
    text(t, l->result->session);
    if (by_option) {
        cc_puts(&t->out, ",\"configId\":");
        text(t, cc_json_text_at(option, "id"));
    }
    cc_puts(&t->out, by_option ? ",\"value\":" : ",\"modelId\":");
    text(t, t->model);
    cc_puts(&t->out, "}}\n");
    CC_NOTE(l, model, t->model);
    return true;
}

/* ---- answers ------------------------------------------------------------------------------------------ */

static void
over(cc_listener *l)
{
    cc_report_whole(l);
    l->talk->over = true;
}

static void
session_is_there(cc_listener *l, const cc_json *result)
{
    static const char cannot[] = "The agent cannot be told which model to ask.";
    const cc_json    *option = model_option(result);
    const char       *now = option ? cc_json_text_at(option, "currentValue")
                                   : cc_json_text_at(cc_json_at(result, "models"), "currentModelId");

    CC_NOTE(l, session, l->talk->session ? l->talk->session : cc_json_text_at(result, "sessionId"));
    if (*now)
        CC_NOTE(l, model, now);
    if (l->talk->model && !is(l->talk->model, now) && ask_model(l, result))
        return;
    if (l->talk->model && !is(l->talk->model, now))
        cc_say_log(l, "worker", cannot, sizeof(cannot) - 1);
    ask_prompt(l);
}

static void
prompt_is_answered(cc_listener *l, const cc_json *result)
{
    const cc_json *usage = cc_json_at(result, "usage");
    const char    *stop = cc_json_text_at(result, "stopReason");

    over(l);
    if (usage) {
        l->result->input_tokens = (int64_t)cc_json_number_at(usage, "inputTokens");
        l->result->output_tokens = (int64_t)cc_json_number_at(usage, "outputTokens");
        l->result->counted = true;
    }
    const cc_json *count =
        cc_json_at(cc_json_at(cc_json_at(result, "_meta"), "quota"), "token_count"); /* gemini --acp */
    if (!usage && count) {
        l->result->input_tokens = (int64_t)cc_json_number_at(count, "input_tokens");
        l->result->output_tokens = (int64_t)cc_json_number_at(count, "output_tokens");
        l->result->counted = true;
    }
    if (is(stop, "end_turn"))
        cc_report_done(l);
    else
        cc_report_stopped(l, stop);
    if (l->result->counted || l->result->priced)
        cc_report_cost(l);
}

static void
refused(cc_listener *l, const cc_json *error)
{
    const char *message = cc_json_text_at(error, "message"),
               *more = cc_json_text_at(cc_json_at(error, "data"), "details");
    const char *whole = *more ? cc_printf(l->scratch, "%s: %s", message, more) : message;

    over(l);
    cc_report_failed(l, whole ? whole : message);
}

static void
answered(cc_listener *l, int id, const cc_json *e)
{
    const cc_json *error = cc_json_at(e, "error"), *result = cc_json_at(e, "result");

    if (error && id == MODEL)
        cc_say_log(l, "stderr", cc_json_text_at(error, "message"), strlen(cc_json_text_at(error, "message")));
    else if (error)
        refused(l, error);
    if (id == INITIALIZE && !error)
        ask_session(l->talk, cc_json_true_at(cc_json_at(result, "agentCapabilities"), "loadSession"));
    else if (id == SESSION && !error)
        session_is_there(l, result);
    else if (id == MODEL)
        ask_prompt(l);
    else if (id == PROMPT && !error)
        prompt_is_answered(l, result);
}

/* ---- updates, and what it asks -------------------------------------------------------------------------- */

static void
updated(cc_listener *l, const cc_json *update)
{
    const char    *kind = cc_json_text_at(update, "sessionUpdate");
    const cc_json *cost = cc_json_at(update, "cost");

    if (!l->talk->asked) /* a session that is loaded says again all that was said */
        return;
    if (is(kind, "agent_message_chunk")) {
        cc_report_piece(l, cc_json_text_at(cc_json_at(update, "content"), "text"));
    } else if (is(kind, "tool_call")) {
        cc_report_whole(l);
        cc_report_tool(l, cc_json_text_at(update, "title"), cc_json_at(update, "rawInput"));
    } else if (is(kind, "usage_update") && is(cc_json_text_at(cost, "currency"), "USD")) {
        l->result->cost_nano = 0; /* it tells the sum */
        cc_report_price(l, cost, "amount");
    }
}

/* Once, rather than always: what it does next it may ask again. */
static const char *
permission(const cc_json *options)
{
    const char *any = "";

    for (const cc_json *o = cc_json_items(options); o; o = cc_json_next(o)) {
        if (is(cc_json_text_at(o, "kind"), "allow_once"))
            return cc_json_text_at(o, "optionId");
        if (is(cc_json_text_at(o, "kind"), "allow_always"))
            any = cc_json_text_at(o, "optionId");
    }
    return any;
}

static void
asked(cc_listener *l, const char *method, const cc_json *id, const cc_json *params)
{
    cc_talk *t = l->talk;

    cc_puts(&t->out, "{\"jsonrpc\":\"2.0\",\"id\":");
    cc_json_write(&t->out, id);
    if (is(method, "session/request_permission")) {
        cc_puts(&t->out, ",\"result\":{\"outcome\":{\"outcome\":\"selected\",\"optionId\":");
        text(t, permission(cc_json_at(params, "options")));
        cc_puts(&t->out, "}}}\n");
    } else {
        cc_puts(&t->out, ",\"error\":{\"code\":-32601,\"message\":\"There is no such method.\"}}\n");
    }
}

void
cc_hear_acp(cc_listener *l, const cc_json *e)
{
    const char    *method = cc_json_text_at(e, "method");
    const cc_json *id = cc_json_at(e, "id"), *params = cc_json_at(e, "params");

    if (!l->talk || l->talk->over || l->cut)
        return;
    if (!*method)
        answered(l, (int)cc_json_number_at(e, "id"), e);
    else if (id)
        asked(l, method, id, params);
    else if (is(method, "session/update"))
        updated(l, cc_json_at(params, "update"));
}
