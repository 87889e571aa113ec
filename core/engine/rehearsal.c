/*
 * The agent that calls nothing and costs nothing: for test keys, for demonstrations, for tests of what lies around it.
 *
 * It is no process but a few numbers in the slot.  What it says is determined by the step and the task alone.  Its
 * instructions, or the task, may tell it how to behave:
 *
 *     rehearse: lines=5 wait=200 exit=1 verdict=fail,pass
 *
 * says five lines, takes 200 ms for each (or in all, when there are none), ends with that code, and judges each round
 * by the list, whose last word stands for all further rounds.  Without it: one line, at once, a pass.
 */
#include "engine/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engine/plan.h"

static const char *
value_of(const char *line, const char *name)
{
    size_t n = strlen(name), end = strcspn(line, "\n");

    for (const char *p = line; (p = strstr(p, name)) && p < line + end; p++)
        if (p[-1] == ' ' && p[n] == '=')
            return p + n + 1;
    return NULL;
}

static int64_t
number_of(const char *line, const char *name, int64_t preset, int64_t most)
{
    const char *text = value_of(line, name);
    int64_t     n = text ? strtoll(text, NULL, 10) : preset;

    return n < 0 ? 0 : n > most ? most : n;
}

static int
verdict_of(const char *line, int iteration)
{
    const char *word = value_of(line, "verdict");

    for (int i = 1; word && i < iteration; i++) {
        size_t n = strcspn(word, ", \n");
        if (word[n] != ',')
            break;
        word += n + 1;
    }
    return word && strncmp(word, "fail", 4) == 0 ? -1 : 1;
}

void
cc_rehearsal_begin(cc_rehearsal *r, const char *instructions, const char *task, const char *role, int iteration,
                   int64_t now)
{
    const char *line = instructions ? strstr(instructions, "rehearse:") : NULL;

    if (!line && task)
        line = strstr(task, "rehearse:");
    if (!line)
        line = "rehearse:";
    *r = (cc_rehearsal){
        .lines = number_of(line, "lines", 1, 10000000),
        .wait_ms = number_of(line, "wait", 0, 86400000),
        .code = (int)number_of(line, "exit", 0, 255),
        .verdict = cc_role_checks(role) ? verdict_of(line, iteration) : 0,
    };
    r->next_at = now + r->wait_ms;
}

static void
answer(const cc_rehearsal *r, cc_listener *l, const char *role, const char *task)
{
    const size_t size = task ? strcspn(task, "\n") : 0;
    cc_buf      *b = &l->result->output;

    if (r->answer) {
        cc_puts(b, r->verdict < 0 ? "That cannot be answered." : r->answer);
        return;
    }
    cc_putf(b, "Rehearsal of the %s", role);
    if (size) {
        cc_puts(b, ": ");
        cc_mask_put(l->mask, b, task, size < 200 ? size : 200);
    }
    if (r->verdict)
        cc_puts(b, r->verdict > 0 ? "\nVERDICT: PASS" : "\nVERDICT: FAIL");
}

void
cc_rehearsal_go(cc_rehearsal *r, cc_listener *l, const char *role, const char *task, int64_t now)
{
    char text[128];

    for (int burst = 0; burst < 500 && r->emitted < r->lines && now >= r->next_at; burst++) {
        int n = snprintf(text, sizeof(text), "rehearsal: %s, line %lld of %lld", role, (long long)++r->emitted,
                         (long long)r->lines);
        cc_say_log(l, "stdout", text, (size_t)n);
        r->next_at = now + r->wait_ms;
    }
    if (r->emitted < r->lines || now < r->next_at - (r->lines ? r->wait_ms : 0))
        return;
    answer(r, l, role, task);
    cc_say_message(l, l->result->output.data, l->result->output.size);
    l->result->counted = true;
    r->done = true;
}
