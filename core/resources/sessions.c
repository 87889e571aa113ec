/*
 * Sessions: an agent looks at something and answers as data (contract-2 section 13).  (Signing in is session.c.)
 *
 * A session is a run with a single step, which is asked once more when its answer does not fit: so states, events, cost
 * and cancelling are those of runs, and /runs/{id}/events follows one.  What the step is told is put together here,
 * when it is asked for; the engine only learns which kind it is (answers.c), that nothing of it is pushed, and whom to
 * give its answer to (results.c).
 *
 * One that is about a single run begins with the tree as that run left it.
 */
#include "resources/sessions.h"

#include "context/app.h"
#include "context/state.h"
#include "gate/gate.h"
#include "resources/checkpoints.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { THRESHOLD = 70 };

static const cc_field fields[] = {
    CC_ROW_HEAD("run_"),
    CC_F("kind", CC_TYPE_CHOICE, CC_FIELD_REQUIRED | CC_FIELD_FIXED | CC_FIELD_FILTER, 0, 0,
         "discovery finds issues and questions, answering answers open questions, evaluation scores a run, judge names "
         "the best of several, learning proposes what a run has taught.",
         .choices = cc_session_kind_names, .example = "\"discovery\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_FIXED, 1, 200, "What people call it; left out: what its kind is called.",
         .example = "\"Discovery\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands, as a run.",
         .choices = cc_run_statuses, .states = &cc_run_states, .example = "\"" CC_RUN_PENDING "\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_FIXED | CC_FIELD_DETAIL, 0, CC_INSTRUCTIONS_MAX,
         "What to look at in particular.", .example = "\"Look at the sign-in code.\""),
    CC_F("runIds", CC_TYPE_IDS, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, CC_SESSION_RUNS,
         "The finished runs that it is about: one for evaluation and learning, two or more of the same task for judge.",
         .ref = "run_", .example = "null"),
    CC_F("questionIds", CC_TYPE_IDS, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, CC_SESSION_SUBJECTS,
         "The open questions that it answers; left out: the oldest.", .ref = "qst_", .example = "null"),
    CC_F("threshold", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 100,
         "What an evaluation's composite figure must reach to pass; left out: 70.", .example = "null"),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 500,
         "The repository; null: that of its runs, or the project's.", .example = "null"),
    CC_F("baseBranch", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch that it reads; null: that of its runs, or the repository's main branch.", .example = "null"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it has cost so far, in US dollars; null: not known.", .example = "0.042"),
    CC_ROW_TAIL,
    CC_F("startedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When a worker took it up.",
         .example = "null"),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When it ended.", .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000, "Why it failed.", .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_F("result", CC_TYPE_ANY, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 0, 0,
         "What came of it, once it has completed: ids of the rows that it made, and what its agent says.",
         .example = "{\"issueIds\":[\"iss_0NqT3yKc8ZVbW5aXeRm1Lp\"],\"questionIds\":[]}"),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_WRITE_ONLY, 1, 40,
         "Which agent answers; left out: the project's default.", .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_WRITE_ONLY, 1, 100,
         "Which model it uses; left out: the agent's own choice.", .example = "null"),
    CC_F("personaId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_WRITE_ONLY, 0, 0, "The persona that answers.",
         .ref = "per_", .example = "null"),
    CC_END,
};

const cc_resource cc_sessions = {
    .singular = "agentSession",
    .table = "agent_sessions",
    .stored = (const char *const[]){NULL}, /* they are runs */
    .prefix = "run_",
    .fields = fields,
    .by_mode = true,
    .by_time = true,
    .meaning = "A run whose agent looks at something and answers as data.",
};

/* ---- what it is about -------------------------------------------------------------------------- */

typedef struct wish {
    cc_context            *c;
    cc_value              *values; /* parallel to the fields */
    const cc_session_kind *kind;
    const cc_json         *runs, *questions; /* NULL: none */
    const char            *repository, *base;
} wish;

typedef struct subject {
    char        status[16], source[16];
    const char *issue_id, *workflow_id, *prompt, *repository, *base, *head, *checkpoint;
} subject;

typedef struct open_question {
    char id[CC_ID_SIZE];
} open_question;

CC_ROW(subject, status, source, issue_id, workflow_id, prompt, repository, base, head, checkpoint);
CC_QUERY(session_subject, subject,
         "SELECT status, source, issue_id, workflow_id, prompt, github_repo_url AS repository, base_branch AS base, "
         "head_commit AS head, checkpoint_id AS checkpoint FROM runs "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);
CC_ROW(open_question, id);
CC_QUERY(questions_open, open_question,
         "SELECT id FROM questions WHERE project_id = :project_id AND status = :status ORDER BY id LIMIT :most",
         TEXT(project_id), TEXT(status), INT(most));
CC_STATEMENT(question_open, "SELECT 1 FROM questions WHERE project_id = :project_id AND id = :id AND status = :status",
             TEXT(project_id), TEXT(id), TEXT(status));
CC_STATEMENT(session_set,
             "UPDATE runs SET session_kind = :kind, session_runs = :runs, session_questions = :questions, "
             "session_threshold = nullif(:threshold, -1), head_commit = :head, checkpoint_id = :checkpoint "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(kind), TEXT(runs), TEXT(questions), INT(threshold), TEXT(head), TEXT(checkpoint), CC_RUN_PARAMS);

static const cc_value *
asked(const wish *w, const char *name)
{
    return cc_value_of(fields, w->values, name);
}

static bool
same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Of one issue; or, of none, the same workflow asked the same. */
static bool
same_task(const subject *a, const subject *b)
{
    return same(a->issue_id, b->issue_id) &&
           (a->issue_id || (same(a->workflow_id, b->workflow_id) && same(a->prompt, b->prompt)));
}

/* `first`: that of the first run, of which the session takes its repository, too. */
static cc_err
subject_load(wish *w, const char *id, subject *first, int64_t number)
{
    cc_context *c = w->c;
    subject     s;
    cc_err      err = cc_db_get(cc_app_db(c->app), c->arena, session_subject, &s, CC_RUN_OF(c, id));

    if (err != CC_OK)
        return err;
    if (strcmp(s.source, CC_SESSION_SOURCE) == 0)
        return cc_fail(c, CC_E_VALIDATION, "runIds", "'runIds' must not name a session.");
    if (!cc_run_is_over(s.status))
        return cc_fail(c, CC_E_CONFLICT, NULL, "A %s run cannot be looked at; only a finished one can.", s.status);
    if (number == 1)
        *first = s;
    if (!same_task(first, &s))
        return cc_fail(c, CC_E_VALIDATION, "runIds",
                       "'runIds' must be runs of the same issue, or of one workflow that were asked the same.");
    return CC_OK;
}

static bool
is_twice(const cc_json *list, const cc_json *one)
{
    for (const cc_json *j = cc_json_first(list); j != one; j = cc_json_next(j))
        if (strcmp(cc_json_text(j), cc_json_text(one)) == 0)
            return true;
    return false;
}

static cc_err
runs_load(wish *w, subject *first)
{
    cc_context *c = w->c;
    int64_t     count = 0, number = 0;
    cc_err      err = CC_OK;

    *first = (subject){0};
    for (const cc_json *j = w->runs ? cc_json_first(w->runs) : NULL; j; j = cc_json_next(j))
        count++;
    if (count && !w->kind->most_runs)
        return cc_fail(c, CC_E_VALIDATION, "runIds", "'runIds' must be left out for this kind.");
    if (count < w->kind->least_runs || count > w->kind->most_runs)
        return cc_fail(c, CC_E_VALIDATION, "runIds", "'runIds' must name %lld to %lld runs for this kind.",
                       (long long)w->kind->least_runs, (long long)w->kind->most_runs);
    for (const cc_json *j = w->runs ? cc_json_first(w->runs) : NULL; j && err == CC_OK; j = cc_json_next(j))
        err = is_twice(w->runs, j) ? cc_fail(c, CC_E_VALIDATION, "runIds", "'runIds' names a run twice.")
                                   : subject_load(w, cc_json_text(j), first, ++number);
    return err;
}

/* Those that were asked for, if they are open; else the oldest that are. */
static cc_err
questions_asked(wish *w, const cc_json *named)
{
    cc_context *c = w->c;
    bool        is_open = true;
    cc_err      err = CC_OK;

    for (const cc_json *j = cc_json_first(named); j && err == CC_OK && is_open; j = cc_json_next(j))
        err = cc_db_exists(cc_app_db(c->app), question_open, &is_open, .project_id = c->who.project_id,
                           .id = cc_json_text(j), .status = CC_QUESTION_OPEN);
    w->questions = named;
    return err == CC_OK && !is_open ? cc_fail(c, CC_E_CONFLICT, NULL, "Only open questions can be answered.") : err;
}

static cc_err
questions_find(wish *w)
{
    cc_context   *c = w->c;
    open_question one;
    const char   *why;
    cc_buf        b;

    cc_buf_init(&b, c->arena);
    cc_rows rows = cc_db_select(cc_app_db(c->app), questions_open, &one, .project_id = c->who.project_id,
                                .status = CC_QUESTION_OPEN, .most = CC_SESSION_SUBJECTS);
    while (cc_rows_next(&rows))
        cc_putf(&b, "%s\"%s\"", b.size ? "," : "[", one.id);
    cc_err err = cc_rows_end(&rows);
    if (err == CC_OK && !b.size)
        return cc_fail(c, CC_E_CONFLICT, NULL, "There are no open questions.");
    cc_putc(&b, ']');
    const char *list = cc_buf_text(&b);
    if (err == CC_OK && !list)
        return CC_E_UNAVAILABLE;
    return err == CC_OK ? cc_json_parse(c->arena, list, b.size, &w->questions, &why) : err;
}

static cc_err
questions_load(wish *w)
{
    const cc_value *named = asked(w, "questionIds");

    if (cc_value_given(named) && !w->kind->asks)
        return cc_fail(w->c, CC_E_VALIDATION, "questionIds", "'questionIds' must be left out for this kind.");
    if (cc_value_given(asked(w, "threshold")) && !w->kind->scores)
        return cc_fail(w->c, CC_E_VALIDATION, "threshold", "'threshold' must be left out for this kind.");
    if (cc_value_given(named))
        return questions_asked(w, named->json);
    return w->kind->asks ? questions_find(w) : CC_OK;
}

/* ---- what it is told --------------------------------------------------------------------------- */

static cc_err
tell(wish *w, cc_buf *b)
{
    cc_context *c = w->c;
    cc_err      err = CC_OK;

    cc_putf(b, "%s\n\n", w->kind->task);
    if (w->runs)
        err = cc_session_tell_runs(c, b, w->runs);
    if (err == CC_OK && w->questions)
        err = cc_session_tell_questions(c, b, w->questions);
    if (err == CC_OK && !w->runs && !w->questions)
        err = cc_session_tell_known(c, b);
    cc_session_tell(b, w->kind);
    return err;
}

static void
put_wish(cc_buf *b, const wish *w, const char *name)
{
    const cc_value *v = asked(w, name);

    if (!cc_value_given(v))
        return;
    cc_putc(b, ',');
    cc_put_member(b, name, v->s);
}

/* Its only step, which is a loop of at most two rounds: whoever answers badly is asked once more. */
static cc_err
step_make(wish *w, const char **steps, size_t *size)
{
    cc_buf told, b;
    cc_err err;

    cc_buf_init(&told, w->c->arena);
    if ((err = tell(w, &told)) != CC_OK)
        return err;
    cc_buf_init(&b, w->c->arena);
    cc_putf(&b, "[{\"label\":\"%s\",\"role\":\"%s\",\"loopId\":\"answer\",\"loopMaxIterations\":2", w->kind->label,
            w->kind->role);
    put_wish(&b, w, "agent");
    put_wish(&b, w, "model");
    put_wish(&b, w, "personaId");
    cc_puts(&b, ",\"instructions\":");
    cc_put_json(&b, told.data, told.size);
    cc_puts(&b, "}]");
    *steps = told.failed ? NULL : cc_buf_text(&b);
    *size = b.size;
    return *steps ? CC_OK : CC_E_UNAVAILABLE;
}

/* ---- start ------------------------------------------------------------------------------------- */

/* What its body says goes before what its first run was given. */
static const char *
wished(const wish *w, const char *name, const char *else_)
{
    const cc_value *v = asked(w, name);

    return cc_value_given(v) && v->s[0] ? v->s : else_;
}

static cc_err
run_start(wish *w, const subject *first)
{
    const cc_field *of = cc_runs.fields;
    cc_value       *values = cc_alloc(w->c->arena, (cc_fields_count(of) + 1) * sizeof(*values));
    const char     *steps;
    size_t          size;
    cc_err          err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = step_make(w, &steps, &size)) != CC_OK)
        return err;
    cc_value_set_text(of, values, "workflowId", "");
    cc_value_set_text(of, values, "workflowName", w->kind->label);
    cc_value_set_text(of, values, "name", wished(w, "name", w->kind->label));
    cc_value_set_text(of, values, "prompt", wished(w, "prompt", NULL));
    cc_value_set_text(of, values, "githubRepoUrl", wished(w, "githubRepoUrl", first->repository));
    cc_value_set_text(of, values, "baseBranch", wished(w, "baseBranch", first->base));
    cc_value_set_bytes(of, values, "steps", steps, size);
    err = cc_run_branches_check(w->c, values);
    return err == CC_OK ? cc_run_insert(w->c, CC_SESSION_SOURCE, values, NULL) : err;
}

/* The tree as its only run has left it, if that is kept. */
static cc_err
tree_take(wish *w, const subject *first, const char *id)
{
    const cc_checkpoint_name of = {w->c->who.project_id, cc_json_text(cc_json_first(w->runs)), first->checkpoint};

    return cc_checkpoint_copy(w->c->app, &of, id);
}

static const char *
list_text(cc_arena *a, const cc_json *list)
{
    cc_buf b;

    if (!list)
        return NULL;
    cc_buf_init(&b, a);
    cc_json_write(&b, list);
    return cc_buf_text(&b);
}

static cc_err
session_make(wish *w, const subject *first)
{
    cc_context     *c = w->c;
    const cc_value *threshold = asked(w, "threshold");
    const char     *id = c->notify_run_id;
    const bool      has_tree = w->kind->most_runs == 1 && first->head && first->checkpoint;
    cc_err          err = has_tree ? tree_take(w, first, id) : CC_OK;

    if (err != CC_OK)
        return err;
    return cc_db_run(cc_app_db(c->app), session_set, .kind = w->kind->name, .runs = list_text(c->arena, w->runs),
                     .questions = list_text(c->arena, w->questions),
                     .threshold = cc_value_given(threshold) ? threshold->i
                                  : w->kind->scores         ? THRESHOLD
                                                            : -1,
                     .head = has_tree ? first->head : NULL, .checkpoint = has_tree ? first->checkpoint : NULL,
                     CC_RUN_OF(c, id));
}

/* Inside a transaction; its id is then what the context notifies of. */
static cc_err
start(wish *w)
{
    subject first;
    cc_err  err;

    if ((err = runs_load(w, &first)) != CC_OK || (err = questions_load(w)) != CC_OK ||
        (err = run_start(w, &first)) != CC_OK)
        return err;
    return session_make(w, &first);
}

cc_err
cc_sessions_create(cc_req *r)
{
    wish            w = {.c = &r->context, .values = r->body};
    const cc_value *runs = asked(&w, "runIds");
    cc_err          err;

    w.kind = cc_session_kind_find(asked(&w, "kind")->s);
    w.runs = cc_value_given(runs) ? runs->json : NULL;
    if (!w.kind)
        return CC_E_INTERNAL;
    if ((err = cc_scopes_check(r, w.kind->needs)) != CC_OK || (err = start(&w)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_sessions, r->notify_run_id);
}

cc_err
cc_session_judge(cc_context *c, const cc_json *runs, const char **id)
{
    wish w = {.c = c,
              .values = cc_alloc(c->arena, (cc_fields_count(fields) + 1) * sizeof(cc_value)),
              .kind = cc_session_kind_find("judge"),
              .runs = runs};

    if (!w.values || !w.kind)
        return CC_E_UNAVAILABLE;
    cc_err err = start(&w);
    *id = err == CC_OK ? c->notify_run_id : NULL;
    return err;
}

cc_err
cc_sessions_cancel(cc_req *r)
{
    cc_err err = cc_resource_must_exist(&r->context, &cc_sessions, r->id);

    return err == CC_OK ? cc_runs_cancel(r) : err;
}
