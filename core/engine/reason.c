/*
 * Why a step ended as it did, in words that tell what to do: every sentence of it stands here.
 */
#include "engine/reason.h"

#include <signal.h>

#include "context/settings.h"

/* ---- what agents call it ------------------------------------------------------------------------------ */

const char *
cc_reason_of_subtype(const char *subtype)
{
    static const struct {
        const char *subtype, *reason;
    } reasons[] = {
        {"error_max_turns", "the agent reached its limit of turns before it was done."},
        {"error_max_budget_usd", "the agent reached its limit of cost before it was done."},
        {"error_during_execution", "the agent failed while it worked, and says no more of it."},
        {"length", "the model's answer was cut off at its greatest length."},
        {"content-filter", "the model's answer was held back by its content filter."},
        {"aborted", "the agent was interrupted."},
        {"toolUse", "the agent ended in the middle of its work."},
    };

    for (size_t i = 0; i < CC_COUNT(reasons); i++)
        if (strcmp(reasons[i].subtype, subtype) == 0)
            return reasons[i].reason;
    return subtype;
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

/* ---- of a step ---------------------------------------------------------------------------------------- */

/* A limit that the kernel enforced, told from how the process ended. */
static const char *
limit_of(cc_slot *s)
{
    const int signal = s->process.code < 0 ? -s->process.code : s->process.code - 128; /* bubblewrap passes it on so */

    if (signal == SIGXCPU)
        return cc_printf(s->arena, "it used more than %s s of processor time, which is the setting agentCpuSeconds.",
                         cc_setting_text(s->w->app, CC_SETTING_agentCpuSeconds));
    if (signal == SIGXFSZ)
        return cc_printf(s->arena, "it wrote a file of more than %s MB, which is the setting agentFileMb.",
                         cc_setting_text(s->w->app, CC_SETTING_agentFileMb));
    if (s->crowded && s->process.code != 0)
        return cc_printf(
            s->arena, "it started more than %s processes and threads, which is the setting agentProcesses%s%s",
            cc_setting_text(s->w->app, CC_SETTING_agentProcesses), s->last_error[0] ? ": " : ".", s->last_error);
    return NULL;
}

/* What programs say when the kernel has refused them something, and which setting may be behind it. */
static const char *
hint_of(cc_slot *s)
{
    static const struct {
        const char *said;
        cc_setting  setting;
    } hints[] = {
        {"Resource temporarily unavailable", CC_SETTING_agentProcesses},
        {"Cannot allocate memory", CC_SETTING_agentMemoryMb},
        {"MemoryError", CC_SETTING_agentMemoryMb},
        {"out of memory", CC_SETTING_agentMemoryMb},
        {"No space left on device", CC_SETTING_agentTmpMb},
        {"File too large", CC_SETTING_agentFileMb},
    };

    for (size_t i = 0; i < CC_COUNT(hints); i++) {
        const char *hint = NULL;
        if (strstr(s->last_error, hints[i].said))
            hint = cc_printf(s->arena, " (perhaps the limit that is the setting %s: %s)",
                             cc_setting_name(hints[i].setting), cc_setting_text(s->w->app, hints[i].setting));
        if (hint)
            return hint;
    }
    return "";
}

const char *
cc_step_reason(cc_slot *s)
{
    const cc_plan_step *step = &s->plan.steps[s->position];

    if (s->timed_out)
        return cc_printf(s->arena, "it took longer than %lld s.",
                         (long long)(step->timeout_s ? step->timeout_s : 1800));
    if (s->over)
        return s->over;
    const char *limit = limit_of(s);
    if (limit)
        return limit;
    if (s->result.ending == CC_ENDING_FAILED)
        return cc_printf(s->arena, "%s", s->result.error[0] ? s->result.error : "the agent says so.");
    const char *heard = s->agent->hear ? s->result.tail : s->last_error;
    const char *told = s->agent->hear ? s->result.ending == CC_ENDING_COMPLETED ? ", after it had said that it was done"
                                                                                : " and without a result"
                                      : "";
    const char *end = heard[0] ? ": " : ".", *hint = hint_of(s);
    if (s->process.code < 0)
        return cc_printf(s->arena, "the agent was ended by signal %d%s%s%s%s", -s->process.code, told, end, heard,
                         hint);
    return cc_printf(s->arena, "the agent ended with code %d%s%s%s%s", s->process.code, told, end, heard, hint);
}
