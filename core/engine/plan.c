/*
 * Which step of a run comes next.
 *
 * The answer is worked out from the steps and from how far each has come, from the beginning, every time.  Nothing else
 * remembers a position: so a worker that takes over from a lost one goes on where the rows end, and this file can be
 * tested without a database.
 *
 * Steps that share a loopId are a loop.  When its last step has ended without a pass from the loop's checker, only the
 * steps of the loop are gone through again, as the next iteration, until there is a pass or the maximum is reached;
 * what stands between them without that loopId is not repeated.
 */
#include "engine/plan.h"

#include <strings.h>

#include "context/settings.h"

static const char *
text_of(const cc_json *step, const char *name)
{
    const cc_json *j = cc_json_member(step, name);

    return j && cc_json_what(j) == CC_J_TEXT && cc_json_text(j)[0] ? cc_json_text(j) : NULL;
}

static int64_t
int_of(const cc_json *step, const char *name)
{
    const cc_json *j = cc_json_member(step, name);

    return j && cc_json_what(j) == CC_J_NUMBER ? (int64_t)cc_json_number(j) : 0;
}

cc_err
cc_plan_read(cc_arena *a, const char *steps, size_t size, int64_t rounds, cc_plan *plan)
{
    const cc_json *list;
    const char    *why;
    cc_err         err = cc_json_parse(a, steps, size, &list, &why);

    *plan = (cc_plan){.arena = a, .rounds = rounds > 0 ? rounds : 1};
    if (err != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    if (cc_json_what(list) != CC_J_ARRAY)
        return CC_E_INTERNAL;
    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j))
        plan->count++;
    if (!(plan->steps = cc_alloc(a, ((size_t)plan->count + 1) * sizeof(*plan->steps))))
        return CC_E_UNAVAILABLE;
    cc_plan_step *s = plan->steps;
    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), s++) {
        *s = (cc_plan_step){
            .label = text_of(j, "label"),
            .role = text_of(j, "role"),
            .persona_id = text_of(j, "personaId"),
            .agent = text_of(j, "agent"),
            .model = text_of(j, "model"),
            .instructions = text_of(j, "instructions"),
            .loop = text_of(j, "loopId"),
            .timeout_s = int_of(j, "timeoutSeconds"),
            .loop_max = int_of(j, "loopMaxIterations"),
        };
        if (!s->role)
            s->role = "custom";
        if (!s->label)
            s->label = s->role;
        s->checks = cc_role_checks(s->role);
    }
    return CC_OK;
}

static cc_plan_row *
row_find(const cc_plan *plan, int position, int iteration)
{
    for (size_t i = 0; i < plan->row_count; i++)
        if (plan->rows[i].position == position && plan->rows[i].iteration == iteration)
            return &plan->rows[i];
    return NULL;
}

cc_err
cc_plan_note(cc_plan *plan, const cc_plan_row *row)
{
    cc_plan_row *there = row_find(plan, row->position, row->iteration);

    if (there) {
        *there = *row;
        return CC_OK;
    }
    if (plan->row_count == plan->row_room) {
        size_t       room = plan->row_room ? plan->row_room * 2 : 16;
        cc_plan_row *more = cc_realloc(plan->arena, plan->rows, plan->row_room * sizeof(*more), room * sizeof(*more));
        if (!more)
            return CC_E_UNAVAILABLE;
        plan->rows = more;
        plan->row_room = room;
    }
    plan->rows[plan->row_count++] = *row;
    return CC_OK;
}

bool
cc_role_checks(const char *role)
{
    static const char *const checkers[] = {"checker", "reviewer", "evaluator", "judge"};

    for (size_t i = 0; i < CC_COUNT(checkers); i++)
        if (strcmp(role, checkers[i]) == 0)
            return true;
    return false;
}

static bool
same_loop(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Where the loop begins and ends, and how often it may go round. */
static void
loop_extent(const cc_plan *plan, const char *loop, int *first, int *last, int64_t *most)
{
    *first = -1;
    *most = 0;
    for (int i = 0; i < plan->count; i++) {
        if (!same_loop(plan->steps[i].loop, loop))
            continue;
        if (*first < 0)
            *first = i;
        *last = i;
        if (plan->steps[i].loop_max > *most)
            *most = plan->steps[i].loop_max;
    }
    if (*most == 0)
        *most = plan->rounds;
}

/* Did the loop's checker let this round pass?  The last one to speak decides; without any, nothing passes. */
static bool
round_passed(const cc_plan *plan, const char *loop, int iteration)
{
    for (int i = plan->count - 1; i >= 0; i--) {
        const cc_plan_row *row = row_find(plan, i, iteration);
        if (same_loop(plan->steps[i].loop, loop) && plan->steps[i].checks && row)
            return row->verdict > 0;
    }
    return false;
}

/* One step on from a completed one. */
static void
step_on(const cc_plan *plan, int *position, int *iteration)
{
    const char *loop = plan->steps[*position].loop;
    int         first, last = 0;
    int64_t     most;

    if (!loop) {
        ++*position;
        return;
    }
    loop_extent(plan, loop, &first, &last, &most);
    if (*position < last) {
        do
            ++*position;
        while (*iteration > 1 && !same_loop(plan->steps[*position].loop, loop));
    } else if (*iteration < most && !round_passed(plan, loop, *iteration)) {
        *position = first;
        ++*iteration;
    } else {
        ++*position;
        *iteration = 1;
    }
}

cc_next
cc_plan_next(const cc_plan *plan, int *position, int *iteration, const cc_plan_row **input)
{
    *position = 0;
    *iteration = 1;
    *input = NULL;
    while (*position < plan->count) {
        const cc_plan_row *row = row_find(plan, *position, *iteration);
        if (row && row->failed) {
            *input = row;
            return CC_NEXT_FAILED;
        }
        if (!row || !row->completed)
            return CC_NEXT_STEP;
        *input = row;
        step_on(plan, position, iteration);
    }
    return CC_NEXT_END;
}

/* The last round of a step that was completed; NULL: none was. */
static const cc_plan_row *
last_round(const cc_plan *plan, int position)
{
    const cc_plan_row *last = NULL;

    for (size_t i = 0; i < plan->row_count; i++) {
        const cc_plan_row *row = &plan->rows[i];
        if (row->position == position && row->completed && (!last || row->iteration > last->iteration))
            last = row;
    }
    return last;
}

/* Its verdict of the last round that it was asked in; 0: it gave none there. */
static int
last_verdict(const cc_plan *plan, int position)
{
    const cc_plan_row *last = last_round(plan, position);

    return last ? last->verdict : 0;
}

const char *
cc_plan_output(const cc_plan *plan)
{
    const cc_plan_row *last = last_round(plan, plan->count - 1);

    return last && last->output ? last->output : "";
}

int
cc_plan_verdict(const cc_plan *plan)
{
    int verdict = 0;

    for (int i = 0; i < plan->count && verdict >= 0; i++) {
        const int latest = plan->steps[i].checks ? last_verdict(plan, i) : 0;
        if (latest)
            verdict = latest;
    }
    return verdict;
}

/*
 * Agents write "VERDICT: PASS", "**Verdict:** pass" or {"verdict": "pass"}: the word, then anything that is no letter,
 * then what it is.  The last one counts, because the instructions that ask for it may be quoted before.
 */
int
cc_verdict_read(const char *text, size_t size)
{
    int verdict = 0;

    for (size_t i = 0; i + 7 < size; i++) {
        if (strncasecmp(text + i, "verdict", 7) != 0)
            continue;
        size_t at = i + 7, limit = at + 16 < size ? at + 16 : size;
        while (at < limit && !((text[at] | 32) >= 'a' && (text[at] | 32) <= 'z'))
            at++;
        if (at + 4 > size)
            continue;
        if (strncasecmp(text + at, "pass", 4) == 0)
            verdict = 1;
        else if (strncasecmp(text + at, "fail", 4) == 0)
            verdict = -1;
    }
    return verdict;
}
