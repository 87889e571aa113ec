/*
 * What a run says of itself in its pull request.
 *
 * What agents said is in it only where a template asks for the steps, each by its first line, with the project's values
 * masked.
 */
#include "engine/proposal.h"

#include "base/template.h"
#include "context/settings.h"
#include "engine/prompt.h"

enum { TEXT_MAX = 60000, LINE_MAX = 200 };

static const char failed_check[] = "**The verdict of the last check is: fail.**";

const char *
cc_proposal_title(const cc_slot *s, const char *none)
{
    return s->task.title ? s->task.title : s->name ? s->name : none;
}

/* At most so many bytes, and no character cut in two. */
static const char *
cut(cc_arena *a, const char *text, size_t most)
{
    const size_t size = text ? strlen(text) : 0, at = text ? cc_utf8_cut(text, size, most) : 0;

    return !text || at == size ? text : cc_printf(a, "%.*s…", (int)at, text);
}

/* What was asked, without its title: that is the pull request's already. */
static const char *
asked(cc_slot *s)
{
    cc_task task = s->task;

    if (task.title && task.asked && strcmp(task.title, task.asked) == 0)
        task.asked = NULL;
    task.title = NULL;
    return cc_task_text(s->arena, &task);
}

/* ---- by a template -------------------------------------------------------------------------------- */

static void
put_step(cc_slot *s, cc_buf *b, const cc_plan_row *row)
{
    const cc_plan_step *step = &s->plan.steps[row->position];
    const char         *output = row->output ? row->output + strspn(row->output, " \r\n\t") : "";
    const char         *line = cut(s->arena, cc_strndup(s->arena, output, strcspn(output, "\r\n")), LINE_MAX);

    cc_putf(b, "%d. **%s** (%s", row->position + 1, step->label, step->role);
    if (row->iteration > 1)
        cc_putf(b, ", round %d", row->iteration);
    cc_puts(b, row->verdict > 0 ? "): pass" : row->verdict < 0 ? "): fail" : ")");
    if (line && *line) {
        cc_puts(b, row->verdict ? ". " : ": ");
        cc_mask_put(&s->mask, b, line, strlen(line));
    }
    cc_putc(b, '\n');
}

static const char *
steps_done(cc_slot *s)
{
    cc_buf b;

    cc_buf_init(&b, s->arena);
    for (size_t i = 0; i < s->plan.row_count; i++)
        if (s->plan.rows[i].completed && s->plan.rows[i].position < s->plan.count)
            put_step(s, &b, &s->plan.rows[i]);
    if (b.size && !b.failed)
        b.size--; /* the last line's end */
    return cc_buf_text(&b);
}

typedef struct cost_row {
    int64_t known, cost;
} cost_row;

CC_ROW(cost_row, known, cost);
CC_QUERY(run_cost, cost_row,
         "SELECT CASE WHEN cost_nano IS NULL THEN 0 ELSE 1 END AS known, coalesce(cost_nano, 0) AS cost FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);

static const char *
cost_of(cc_slot *s)
{
    cost_row row = {0};
    cc_buf   b;

    if (cc_db_get(cc_app_db(s->w->app), NULL, run_cost, &row, CC_THE_RUN(s->lease)) != CC_OK)
        return NULL;
    cc_buf_init(&b, s->arena);
    cc_puts(&b, row.known ? "$" : "not known");
    if (row.known)
        cc_put_nano(&b, row.cost);
    return cc_buf_text(&b);
}

static const char *
run_of(cc_slot *s)
{
    const char *address = cc_run_address(s->w->app, s->arena, s->lease.id);

    return address && *address ? address : cc_printf(s->arena, "run %lld (%s)", (long long)s->number, s->lease.id);
}

static const char *
by_template(cc_slot *s)
{
    const int         verdict = cc_plan_verdict(&s->plan);
    const char *const values[] = {
        [CC_PULL_SAYS_title] = cc_proposal_title(s, "CodeCourier"),
        [CC_PULL_SAYS_issue] = s->task.url ? s->task.url : "",
        [CC_PULL_SAYS_prompt] = asked(s),
        [CC_PULL_SAYS_steps] = steps_done(s),
        [CC_PULL_SAYS_verdict] = verdict > 0   ? "pass"
                                 : verdict < 0 ? "fail"
                                               : "none",
        [CC_PULL_SAYS_cost] = cost_of(s),
        [CC_PULL_SAYS_run] = run_of(s),
    };
    cc_buf b;

    for (size_t i = 0; i < CC_COUNT(values); i++)
        if (!values[i])
            return NULL;
    cc_buf_init(&b, s->arena);
    cc_template_put(&b, s->project.pull_template, cc_pull_says, values);
    return cc_buf_text(&b);
}

const char *
cc_proposal_text(cc_slot *s)
{
    const char *of = s->project.pull_template, *text = cut(s->arena, of ? by_template(s) : asked(s), TEXT_MAX);

    if (cc_plan_verdict(&s->plan) < 0 && text && !(of && cc_template_has(of, "verdict")))
        return cc_printf(s->arena, "%s\n\n%s", failed_check, text);
    return text;
}
