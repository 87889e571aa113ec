/*
 * The kinds of sessions: what the agent of each is told to do, what it must answer (answers.c), and what becomes of
 * that (results.c).
 */
#include "base/mend.h"
#include "context/app.h"
#include "gate/authority.h"
#include "resources/resources.h"
#include "resources/sessions.h"
#include "storage/db.h"

static const char *
misfit_answers(const cc_value *answer, int64_t subjects)
{
    for (const cc_json *j = cc_json_first(answer[0].json); j; j = cc_json_next(j))
        if (cc_json_number_at(j, "question") > (double)subjects)
            return "There is no question of that number.";
    return NULL;
}

static const char *
misfit_best(const cc_value *answer, int64_t subjects)
{
    return answer[0].i > subjects ? "There is no candidate of that number." : NULL;
}

static const cc_session_kind kinds[] = {
    {.name = "discovery",
     .label = "Discovery",
     .role = "investigator",
     .task = "Look through this repository for what is worth doing: defects, gaps, risks.  Report what you can show, "
             "and leave out what is known already.  Ask what you cannot find out.  Change nothing.",
     .answer = cc_answer_found,
     .needs = CC_BIT(ISSUES_WRITE),
     .keep = cc_session_keep_found},
    {.name = "answering",
     .label = "Answering",
     .role = "answerer",
     .task = "Answer these questions about the project.  Say how sure you are, and leave out what you cannot answer.  "
             "Change nothing.",
     .answer = cc_answer_answers,
     .needs = CC_BIT(ISSUES_WRITE),
     .asks = true,
     .misfit = misfit_answers,
     .keep = cc_session_keep_answers},
    {.name = "evaluation",
     .label = "Evaluation",
     .role = "evaluator",
     .task = "Judge the work of this run.  Give each figure from 0 (useless) to 100 (nothing to add).  Change nothing.",
     .answer = cc_answer_scores,
     .least_runs = 1,
     .most_runs = 1,
     .scores = true,
     .keep = cc_session_keep_scores},
    {.name = "judge",
     .label = "Judgement",
     .role = "judge",
     .task = "These runs are candidates for the same task.  Compare them and name the best one.  Change nothing.",
     .answer = cc_answer_best,
     .least_runs = 2,
     .most_runs = CC_SESSION_RUNS,
     .misfit = misfit_best,
     .keep = cc_session_keep_best},
    {.name = "learning",
     .label = "Learning",
     .role = "investigator",
     .task =
         "Find out what this run has taught that agents who come later should know: about the project, and not about "
         "this task.  Change nothing.",
     .answer = cc_answer_taught,
     .needs = CC_BIT(LEARNINGS_WRITE),
     .least_runs = 1,
     .most_runs = 1,
     .keep = cc_session_keep_taught},
    {.name = NULL},
};

const char *const cc_session_kind_names[] = {"discovery", "answering", "evaluation", "judge", "learning", NULL};

const cc_session_kind *
cc_session_kind_find(const char *name)
{
    for (const cc_session_kind *kind = kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

/* ---- what it comes to -------------------------------------------------------------------------- */

typedef struct session_row {
    const char *kind, *run_ids, *question_ids, *started_by;
    int64_t     threshold;
} session_row;

CC_ROW(session_row, kind, run_ids, question_ids, started_by, threshold);
CC_QUERY(session_get, session_row,
         "SELECT session_kind AS kind, session_runs AS run_ids, session_questions AS question_ids, started_by, "
         "coalesce(session_threshold, 0) AS threshold FROM runs WHERE project_id = :project_id AND mode = :mode "
         "AND id = :id",
         CC_RUN_PARAMS);
CC_STATEMENT(session_done,
             "UPDATE runs SET session_result = :result "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(result), CC_RUN_PARAMS);

static int64_t
count_of(const cc_json *list)
{
    int64_t n = 0;

    for (const cc_json *j = list ? cc_json_first(list) : NULL; j; j = cc_json_next(j))
        n++;
    return n;
}

/* As its maker, who must have all of what he needed then. */
static cc_err
act(cc_session *s, const char *project_id, bool test, const char *maker)
{
    const uint64_t needs = s->kind->needs | CC_BIT(RUNS_WRITE);
    cc_err         err = CC_OK;

    for (cc_scope scope = 0; scope < CC_SCOPE__MAX && err == CC_OK; scope++)
        if (needs >> scope & 1)
            err = cc_acting_as(s->context, project_id, maker, test, scope);
    return err;
}

static cc_err
load(cc_session *s, const session_row *row)
{
    const char *subjects = row->run_ids ? row->run_ids : row->question_ids, *why;

    s->kind = cc_session_kind_find(row->kind);
    s->threshold = row->threshold;
    cc_buf_init(&s->result, s->context->arena);
    cc_putc(&s->result, '{');
    if (!s->kind)
        return CC_E_INTERNAL;
    return subjects ? cc_json_parse(s->context->arena, subjects, strlen(subjects), &s->subjects, &why) : CC_OK;
}

cc_err
cc_session_keep(cc_context *c, const char *project_id, bool test, const char *id, const char *said)
{
    const char *mode = test ? "test" : "live";
    cc_session  s = {.context = c, .id = id};
    session_row row;
    cc_err      err =
        cc_db_get(cc_app_db(c->app), c->arena, session_get, &row, .project_id = project_id, .mode = mode, .id = id);

    if (err != CC_OK || (err = load(&s, &row)) != CC_OK || (err = act(&s, project_id, test, row.started_by)) != CC_OK)
        return err;
    if ((err = cc_session_read(c, s.kind, said, count_of(s.subjects), &s.answer)) != CC_OK ||
        (err = s.kind->keep(&s)) != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err; /* it did fit when its step ended */
    cc_putc(&s.result, '}');
    const char *result = cc_buf_text(&s.result);
    return result ? cc_db_run(cc_app_db(c->app), session_done, .result = result, CC_RUN_OF(c, id)) : CC_E_UNAVAILABLE;
}
