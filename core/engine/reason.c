/*
 * Why a step ended as it did: which of context/reasons.h it was, and what was said last.
 */
#include "engine/reason.h"

#include <signal.h>
#include <stdio.h>

#include "context/settings.h"
#include "engine/agent_keys.h"

/* ---- what agents call it ------------------------------------------------------------------------------ */

cc_reason_code
cc_reason_of_subtype(const char *subtype)
{
    static const struct {
        const char    *subtype;
        cc_reason_code reason;
    } reasons[] = {
        {"error_max_turns", CC_REASON_AGENT_TURNS},        {"error_max_budget_usd", CC_REASON_AGENT_BUDGET},
        {"error_during_execution", CC_REASON_AGENT_ERROR}, {"length", CC_REASON_AGENT_CUT},
        {"content-filter", CC_REASON_AGENT_FILTERED},      {"max_tokens", CC_REASON_AGENT_CUT},
        {"max_turn_requests", CC_REASON_AGENT_TURNS},      {"refusal", CC_REASON_AGENT_REFUSES},
        {"cancelled", CC_REASON_AGENT_INTERRUPTED},        {"aborted", CC_REASON_AGENT_INTERRUPTED},
        {"toolUse", CC_REASON_AGENT_UNFINISHED},
    };

    for (size_t i = 0; i < CC_COUNT(reasons); i++)
        if (strcmp(reasons[i].subtype, subtype) == 0)
            return reasons[i].reason;
    return CC_REASON_NONE;
}

const char *
cc_reason_of_retry(const char *why)
{
    static const struct {
        const char *word, *reason;
    } reasons[] = {
        {"529", "The model service is overloaded"},
        {"verloaded", "The model service is overloaded"},
        {"429", "The model service limits the rate of requests"},
        {"rate_limit", "The model service limits the rate of requests"},
        {"ate limit", "The model service limits the rate of requests"},
        {"authentication", "The model service refuses the key"},
        {"401", "The model service refuses the key"},
        {"500", "The model service has an error of its own"},
        {"502", "The model service has an error of its own"},
        {"503", "The model service is not available"},
        {"ServiceUnavailable", "The model service is not available"},
        {"RateLimit", "The model service limits the rate of requests"},
        {"InternalServer", "The model service has an error of its own"},
        {"server_error", "The model service has an error of its own"},
        {"disconnected", "The connection to the model service broke"},
        {"onnection", "The connection to the model service broke"},
        {"ECONNRESET", "The connection to the model service broke"},
        {"imeout", "The model service did not answer in time"},
        {"imed out", "The model service did not answer in time"},
    };

    for (size_t i = 0; i < CC_COUNT(reasons); i++)
        if (strstr(why, reasons[i].word))
            return reasons[i].reason;
    return strncmp(why, "0 ", 2) == 0 ? "The connection to the model service broke"
                                      : "The model service did not answer";
}

/* ---- what was said last ------------------------------------------------------------------------------- */

/* With what git and ssh begin or end whatever happened: it is quoted only if they say nothing else. */
static bool
is_frame(const char *line)
{
    static const char *const frames[] = {
        "Warning: Permanently added ",
        "To ",
        "Done",
        "hint: ",
        "error: failed to push some refs to ",
        "fatal: Could not read from remote repository.",
        "fatal: the remote end hung up",
        "fatal: fetch-pack: invalid index-pack output",
        "fatal: fsck error in pack objects",
        "fatal: index-pack failed",
        "Please make sure you have the correct access rights",
        "and the repository exists.",
    };

    for (size_t i = 0; i < CC_COUNT(frames); i++)
        if (strncmp(line, frames[i], strlen(frames[i])) == 0)
            return true;
    return false;
}

/* Behind "ESC [ ... LETTER" or "ESC ] ... BEL", by which a program, or the host it talks to, steers a terminal. */
static const char *
escape_skip(const char *s)
{
    const char kind = *++s;

    if (kind == '[')
        s += 1 + strspn(s + 1, "0123456789;:<=>? ");
    else if (kind == ']')
        s += strcspn(s, "\a\033");
    return *s > 0 && *s != '\033' ? s + 1 : s; /* another escape, or a letter that is no ASCII, is for the caller */
}

/* Bytes of the character here if it steers: C0, C1, a break of the line, or what turns its direction. */
static size_t
steers(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;

    if (u[0] < ' ' || u[0] == 0x7f)
        return 1;
    if (u[0] == 0xc2 && u[1] < 0xa0)
        return 2;
    return u[0] == 0xe2 && ((u[1] == 0x80 && u[2] >= 0xa8 && u[2] <= 0xae) || (u[1] == 0x81 && u[2] >= 0xa6)) ? 3 : 0;
}

/* One line that is only text, in place; spaces that this leaves at its end go. */
static void
plain(char *text)
{
    char  *to = text;
    size_t n;

    for (const char *s = text; *s;) {
        if (*s == '\033')
            s = escape_skip(s);
        else if ((n = steers(s)) != 0)
            *to++ = ' ', s += n;
        else
            *to++ = *s++;
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

void
cc_reason_hear(cc_slot *s, bool of_git, const char *line, size_t size)
{
    char   text[sizeof(s->last_error)];
    cc_buf clean;

    cc_buf_init(&clean, s->scratch);
    cc_mask_put(&s->mask, &clean, line, size);
    const char *masked = cc_buf_text(&clean);
    snprintf(text, sizeof(text), "%s", masked ? masked : "");
    while (!cc_utf8_valid(text, strlen(text)))
        text[strlen(text) - 1] = '\0';
    plain(text);
    if (text[0] && (!of_git || !is_frame(text) || is_frame(s->last_error) || !s->last_error[0]))
        memcpy(s->last_error, text, sizeof(text));
}

/* ---- of a step ---------------------------------------------------------------------------------------- */

/* That ended it; <= 0: none. */
static int
signal_of(const cc_slot *s)
{
    return s->process.code < 0 ? -s->process.code : s->process.code - 128; /* bubblewrap passes it on so */
}

/* A limit that the kernel enforced, told from how the process ended; NULL: none. */
static const cc_reason *
limit_of(cc_slot *s)
{
    const int signal = signal_of(s);

    if (signal == SIGXCPU)
        return cc_reason_new(s->arena, CPU_EXCEEDED, .value = cc_setting_text(s->w->app, CC_SETTING_agentCpuSeconds));
    if (signal == SIGXFSZ)
        return cc_reason_new(s->arena, FILE_EXCEEDED, .value = cc_setting_text(s->w->app, CC_SETTING_agentFileMb));
    if (s->crowded && s->process.code != 0)
        return cc_reason_new(s->arena, PROCESSES_EXCEEDED,
                             .value = cc_setting_text(s->w->app, CC_SETTING_agentProcesses), .detail = s->last_error);
    return NULL;
}

static const cc_reason *
perhaps(cc_slot *s, cc_setting setting)
{
    return cc_reason_new(s->arena, LIMIT_PERHAPS, .setting = cc_setting_name(setting),
                         .value = cc_setting_text(s->w->app, setting));
}

/* What programs say when the kernel has refused them something, and which setting may be behind it. */
const cc_reason *
cc_reason_hint(cc_slot *s, bool of_git)
{
    static const struct {
        const char *words;
        cc_setting  agent, git;
    } hints[] = {
        {"Resource temporarily unavailable", CC_SETTING_agentProcesses, CC_SETTING_agentProcesses},
        {"Cannot allocate memory", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"MemoryError", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"cannot allocate memory", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"memory allocation of ", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"bad_alloc", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"heap limit", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"ut of memory", CC_SETTING_agentMemoryMb, CC_SETTING_agentMemoryMb},
        {"No space left on device", CC_SETTING_agentTmpMb, CC_SETTING_agentTmpMb},
        {"File too large", CC_SETTING_agentFileMb, CC_SETTING_workspaceMb},
        {"File size limit exceeded", CC_SETTING_agentFileMb, CC_SETTING_workspaceMb},
        {"died of signal 25", CC_SETTING_agentFileMb, CC_SETTING_workspaceMb},         /* SIGXFSZ */
        {"invalid index-pack output", CC_SETTING_workspaceMb, CC_SETTING_workspaceMb}, /* which was ended in silence */
        {"exceeds maximum allowed size", CC_SETTING_workspaceMb, CC_SETTING_workspaceMb},
    };

    for (size_t i = 0; i < CC_COUNT(hints); i++)
        if (strstr(s->last_error, hints[i].words) || (!of_git && strstr(s->result.tail, hints[i].words)))
            return perhaps(s, of_git ? hints[i].git : hints[i].agent);
    /* Programs that do not look whether they got memory, or give up when they did not, say nothing of it. */
    const int signal = signal_of(s);
    if (!of_git && (signal == SIGSEGV || signal == SIGABRT || signal == SIGTRAP || signal == SIGBUS))
        return perhaps(s, CC_SETTING_agentMemoryMb);
    return NULL;
}

/* Nobody can type /login into a run: it says what must be set, and where. */
static const cc_reason *
keyless_of(cc_slot *s)
{
    const char *words = s->agent->keyless ? s->agent->keyless : "";
    const char *heard[] = {s->result.error, s->result.tail};

    for (const char *end; (end = strchr(words, '\n')); words = end + 1) {
        const char *word = cc_strndup(s->arena, words, (size_t)(end - words));
        for (size_t i = 0; word && i < CC_COUNT(heard); i++)
            if (strstr(heard[i], word))
                return cc_reason_new(s->arena, KEY_INVALID, .variable = cc_agent_key_names(s->arena, s->agent),
                                     .detail = heard[i]);
    }
    return NULL;
}

/* The agent said so itself. */
static const cc_reason *
failure_of(cc_slot *s)
{
    const cc_step_result *r = &s->result;

    return r->reason != CC_REASON_NONE ? cc_reason_plain(s->arena, r->reason)
                                       : cc_reason_new(s->arena, AGENT_SAYS, .detail = r->error);
}

/* Its process ended, and nothing explains it. */
static const cc_reason *
exit_of(cc_slot *s)
{
    const bool             speaks = s->agent->hear || s->agent->heed, done = s->result.ending == CC_ENDING_COMPLETED;
    const cc_reason_values values = {
        .exit = cc_printf(s->arena, "%d", s->process.code),
        .signal = cc_printf(s->arena, "%d", -s->process.code),
        .detail = speaks ? s->result.tail : s->last_error,
        .hint = cc_reason_hint(s, false),
    };
    cc_reason_code code;

    if (s->process.code < 0)
        code = !speaks ? CC_REASON_AGENT_KILLED : done ? CC_REASON_AGENT_KILLED_LATE : CC_REASON_AGENT_KILLED_SILENT;
    else
        code = !speaks ? CC_REASON_AGENT_EXITED : done ? CC_REASON_AGENT_EXITED_LATE : CC_REASON_AGENT_EXITED_SILENT;
    return cc_reason_make(s->arena, code, &values);
}

const cc_reason *
cc_step_reason(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];
    const cc_reason    *why;

    if (s->timed_out)
        return cc_reason_new(
            s->arena, STEP_TOO_LONG,
            .seconds = cc_printf(s->arena, "%lld", (long long)(step->timeout_s ? step->timeout_s : CC_STEP_SECONDS)));
    if (s->over)
        return s->over;
    if ((why = limit_of(s)) || (why = keyless_of(s)))
        return why;
    return s->result.ending == CC_ENDING_FAILED ? failure_of(s) : exit_of(s);
}
