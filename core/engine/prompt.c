/*
 * What an agent is told: the project's words, who it is, the task, its step, and what the step before handed on.
 */
#include "engine/prompt.h"

#include "context/settings.h"
#include "engine/plan.h"

static const struct {
    const char *role, *words;
} roles[] = {
    {"designer", "You design: decide how it should be done, and do the part that is asked of you."},
    {"checker", "You check whether the work fulfils the task, and list precisely what does not."},
    {"optimizer", "You make what is there simpler, faster or smaller without changing what it does."},
    {"prompter", "You write the instructions that the next agent will work from."},
    {"investigator", "You find out how things are, and report facts with their places."},
    {"deep-dive", "You go to the bottom of one question and explain what you found."},
    {"planner", "You make a plan of small steps that others can follow."},
    {"reviewer", "You review the changes and list what must be mended, worst first."},
    {"evaluator", "You judge how well the result fulfils the task."},
    {"judge", "You decide between what others have proposed, and say why."},
    {"answerer", "You answer the question, shortly and completely."},
    {"custom", ""},
};

static void
part(cc_buf *b, const char *heading, const char *text)
{
    if (!text || !*text)
        return;
    cc_puts(b, b->size ? "\n\n" : "");
    if (heading)
        cc_putf(b, "# %s\n", heading);
    cc_puts(b, text);
}

const char *
cc_prompt_end(const char *text)
{
    size_t n = strlen(text), at = n > CC_INPUT_MAX ? n - CC_INPUT_MAX : 0;

    while (((unsigned char)text[at] & 0xc0) == 0x80)
        at++;
    return text + at;
}

/* What was asked may be the issue's own words, and is not said twice then. */
const char *
cc_task_text(cc_arena *a, const cc_task *task)
{
    const char *asked = task->asked;
    cc_buf      b;

    cc_buf_init(&b, a);
    if (asked && ((task->text && strcmp(asked, task->text) == 0) || (task->title && strcmp(asked, task->title) == 0)))
        asked = NULL;
    part(&b, NULL, task->title);
    part(&b, NULL, task->url);
    part(&b, NULL, task->text);
    part(&b, NULL, asked);
    return cc_buf_text(&b);
}

const char *
cc_prompt_make(cc_arena *a, const cc_prompt_parts *parts)
{
    cc_buf      b;
    const char *words = "";

    cc_buf_init(&b, a);
    for (size_t i = 0; i < CC_COUNT(roles); i++)
        if (strcmp(roles[i].role, parts->role) == 0)
            words = roles[i].words;
    if (parts->resumed)
        part(&b, NULL,
             "You were interrupted while you worked on this.  The files are as they were when you began: what you had "
             "changed in them is gone, what you found out is not.  This is what you were told:");
    part(&b, NULL, parts->system);
    part(&b, "Who you are", words);
    part(&b, words[0] ? NULL : "Who you are", parts->persona_instructions);
    part(&b, "What you should know", parts->contexts);
    part(&b, "The task", cc_task_text(a, &parts->task));
    part(&b, "Your step", parts->instructions);
    if (parts->iteration > 1)
        part(&b, NULL,
             cc_printf(a, "This is round %d: what was handed on says what was still missing.", parts->iteration));
    if (parts->input && *parts->input)
        part(&b, cc_printf(a, "What the step \"%s\" handed on", parts->input_label), cc_prompt_end(parts->input));
    if (parts->checks)
        part(&b, "Your verdict",
             "End your answer with a line that reads either \"VERDICT: PASS\" or \"VERDICT: FAIL\".");
    return cc_buf_text(&b);
}
