/*
 * What becomes of what a session has answered: rows, in the transaction that completes it.
 *
 * The answer fits by now, but for what it says it is only an agent's word.  All is kept with the rights that the
 * session's maker has at this moment.  A rehearsal's answer is made up: it stands in the session alone, but for what
 * belongs to runs, which are of a mode themselves.
 */
#include <stdlib.h>

#include "base/base62.h"
#include "base/mend.h"
#include "base/unicode.h"
#include "context/app.h"
#include "context/state.h"
#include "gate/audit.h"
#include "resources/candidates.h"
#include "resources/resources.h"
#include "resources/sessions.h"
#include "storage/db.h"

CC_STATEMENT(run_quality,
             "UPDATE runs SET quality = :quality, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(quality), INT(now), CC_RUN_PARAMS);
CC_STATEMENT(issue_known, "SELECT 1 FROM issues WHERE project_id = :project_id AND fingerprint = :fingerprint",
             TEXT(project_id), TEXT(fingerprint));
CC_STATEMENT(question_known, "SELECT 1 FROM questions WHERE project_id = :project_id AND fingerprint = :fingerprint",
             TEXT(project_id), TEXT(fingerprint));
CC_STATEMENT(question_answer,
             "UPDATE questions SET status = " CC_QUESTION_ANSWER_TO ", answer = :answer, confidence = :confidence, "
             "answered_in = :session_id, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id AND " CC_QUESTION_ANSWER_FROM,
             TEXT(answer), INT(confidence), TEXT(session_id), INT(now), TEXT(project_id), TEXT(id));

enum { FINGERPRINT_SIZE = 23 };

/* Of texts that differ only in case, marks or what shows nothing it is the same.  "": out of memory. */
static void
fingerprint(const char *const *texts, size_t count, char out[FINGERPRINT_SIZE])
{
    uint8_t    hash[CC_HASH_SIZE];
    cc_hashing h;

    out[0] = '\0';
    cc_hash_begin(&h);
    for (size_t i = 0; i < count; i++) {
        char *folded = cc_folded(texts[i], strlen(texts[i]));
        if (!folded)
            return;
        cc_hash_add(&h, folded, strlen(folded) + 1);
        free(folded);
    }
    cc_hash_end(&h, hash);
    cc_base62_128(hash, out);
    out[FINGERPRINT_SIZE - 1] = '\0';
}

/* ---- rows ------------------------------------------------------------------------------------------ */

static cc_value *
values_new(cc_session *s, const cc_resource *res)
{
    return cc_alloc(s->context->arena, (cc_fields_count(res->fields) + 1) * sizeof(cc_value));
}

/* As its maker would have made it; its id becomes one of the list that the result ends with. */
static cc_err
insert(cc_session *s, const cc_resource *res, const char *operation, cc_value *values, int64_t *count)
{
    char   id[CC_ID_SIZE];
    cc_err err;

    cc_id_new(s->context->app, res->prefix, id);
    if ((err = cc_resource_insert(s->context, res, id, values, NULL)) == CC_OK)
        err = cc_audit_also(s->context, operation, id);
    cc_putf(&s->result, "%s\"%s\"", (*count)++ ? "," : "", id);
    return err;
}

static const char *
text_or_null(const cc_json *object, const char *name)
{
    const char *text = cc_json_text_at(object, name);

    return *text ? text : NULL;
}

/* ---- discovery ------------------------------------------------------------------------------------- */

static cc_err
issue_keep(cc_session *s, const cc_json *found, int64_t *count)
{
    const cc_field   *of = cc_issues.fields;
    const char *const marks[] = {cc_json_text_at(found, "title"), cc_json_text_at(found, "file"),
                                 cc_json_text_at(found, "kind")};
    cc_value         *values = values_new(s, &cc_issues);
    char              mark[FINGERPRINT_SIZE];
    bool              known = false;
    cc_err            err;

    fingerprint(marks, CC_COUNT(marks), mark);
    if (!values || !mark[0])
        return CC_E_UNAVAILABLE;
    err = cc_db_exists(cc_app_db(s->context->app), issue_known, &known, .project_id = s->context->who.project_id,
                       .fingerprint = mark);
    if (err != CC_OK || known)
        return err;
    cc_value_set_text(of, values, "title", marks[0]);
    cc_value_set_text(of, values, "file", text_or_null(found, "file"));
    cc_value_set_text(of, values, "kind", marks[2]);
    cc_value_set_text(of, values, "description", cc_json_text_at(found, "description"));
    cc_value_set_text(of, values, "priority", cc_json_text_at(found, "priority"));
    cc_value_set_text(of, values, "suggestedPrompt", text_or_null(found, "suggestedPrompt"));
    cc_value_set_text(of, values, "status", CC_ISSUE_NEW);
    cc_value_set_text(of, values, "origin", CC_ISSUE_DISCOVERED);
    cc_value_set_text(of, values, "sessionId", s->id);
    cc_value_set_text(of, values, "fingerprint", mark);
    cc_value_set_int(of, values, "commentOnIssue", 0);
    return insert(s, &cc_issues, "issues.create", values, count);
}

static cc_err
question_keep(cc_session *s, const cc_json *asked, int64_t *count)
{
    const cc_field *of = cc_questions.fields;
    const char     *text = cc_json_text_at(asked, "text");
    cc_value       *values = values_new(s, &cc_questions);
    char            mark[FINGERPRINT_SIZE];
    bool            known = false;
    cc_err          err;

    fingerprint(&text, 1, mark);
    if (!values || !mark[0])
        return CC_E_UNAVAILABLE;
    err = cc_db_exists(cc_app_db(s->context->app), question_known, &known, .project_id = s->context->who.project_id,
                       .fingerprint = mark);
    if (err != CC_OK || known)
        return err;
    cc_value_set_text(of, values, "text", text);
    cc_value_set_text(of, values, "status", CC_QUESTION_ASK_TO_NAME);
    cc_value_set_text(of, values, "sessionId", s->id);
    cc_value_set_text(of, values, "fingerprint", mark);
    return insert(s, &cc_questions, "questions.create", values, count);
}

/* Each of the list: "name":[ids of those that are kept]. */
static cc_err
keep_each(cc_session *s, const char *name, const cc_value *list,
          cc_err (*keep)(cc_session *s, const cc_json *one, int64_t *count))
{
    int64_t count = 0;
    cc_err  err = CC_OK;

    cc_putf(&s->result, "%s\"%s\":[", s->result.size > 1 ? "," : "", name);
    for (const cc_json *j = cc_json_first(list->json); j && err == CC_OK && !s->context->who.test; j = cc_json_next(j))
        err = keep(s, j, &count);
    cc_putc(&s->result, ']');
    return err;
}

cc_err
cc_session_keep_found(cc_session *s)
{
    cc_err err = keep_each(s, "issueIds", &s->answer[0], issue_keep);

    return err == CC_OK ? keep_each(s, "questionIds", &s->answer[1], question_keep) : err;
}

/* ---- answering ------------------------------------------------------------------------------------- */

static const char *
subject_at(const cc_session *s, int64_t number)
{
    const cc_json *j = cc_json_first(s->subjects);

    while (j && --number > 0)
        j = cc_json_next(j);
    return j ? cc_json_text(j) : "";
}

/* What somebody has answered meanwhile stays as it is. */
static cc_err
answer_keep(cc_session *s, const cc_json *said, int64_t *count)
{
    const char *id = subject_at(s, (int64_t)cc_json_number_at(said, "question"));
    int64_t     moved = 0;
    cc_err      err =
        cc_db_change(cc_app_db(s->context->app), question_answer, &moved, .answer = cc_json_text_at(said, "answer"),
                     .confidence = (int64_t)cc_json_number_at(said, "confidence"), .session_id = s->id,
                     .now = s->context->now, .project_id = s->context->who.project_id, .id = id);

    if (err != CC_OK || !moved)
        return err;
    cc_putf(&s->result, "%s\"%s\"", (*count)++ ? "," : "", id);
    return cc_audit_also(s->context, "questions.answer", id);
}

cc_err
cc_session_keep_answers(cc_session *s)
{
    return keep_each(s, "questionIds", &s->answer[0], answer_keep);
}

/* ---- evaluation, judge ----------------------------------------------------------------------------- */

enum { SCORES = 5 }; /* that an evaluation begins with */

static void
put_reason(cc_session *s, const cc_value *reason)
{
    cc_puts(&s->result, ",\"reason\":");
    cc_put_json(&s->result, reason->s, reason->size);
}

/* The sum of it is ours, and so is what it is measured against. */
cc_err
cc_session_keep_scores(cc_session *s)
{
    int64_t sum = 0;
    cc_buf  b;

    cc_buf_init(&b, s->context->arena);
    cc_putc(&b, '{');
    for (size_t i = 0; i < SCORES; i++) {
        sum += s->answer[i].i;
        cc_putf(&b, "\"%s\":%lld,", s->kind->answer[i].name, (long long)s->answer[i].i);
    }
    const int64_t composite = (sum + SCORES / 2) / SCORES;
    cc_putf(&b, "\"composite\":%lld,\"threshold\":%lld,\"passed\":%s,\"sessionId\":\"%s\"}", (long long)composite,
            (long long)s->threshold, composite >= s->threshold ? "true" : "false", s->id);
    const char *quality = cc_buf_text(&b);
    if (!quality)
        return CC_E_UNAVAILABLE;
    cc_putf(&s->result, "\"quality\":%s", quality);
    put_reason(s, &s->answer[SCORES]);
    return cc_db_run(cc_app_db(s->context->app), run_quality, .quality = quality, .now = s->context->now,
                     CC_RUN_OF(s->context, subject_at(s, 1)));
}

cc_err
cc_session_keep_best(cc_session *s)
{
    const char *best = subject_at(s, s->answer[0].i);

    cc_putf(&s->result, "\"bestRunId\":\"%s\"", best);
    put_reason(s, &s->answer[1]);
    return cc_choice_of_judge(s->context, s->id, best, s->answer[1].s);
}

/* ---- learning -------------------------------------------------------------------------------------- */

static cc_err
learning_keep(cc_session *s, const cc_json *said, int64_t *count)
{
    const cc_field *of = cc_learnings.fields;
    cc_value       *values = values_new(s, &cc_learnings);

    if (!values)
        return CC_E_UNAVAILABLE;
    cc_value_set_text(of, values, "title", cc_json_text_at(said, "title"));
    cc_value_set_text(of, values, "content", cc_json_text_at(said, "content"));
    cc_value_set_text(of, values, "status", CC_LEARNING_PROPOSE_TO_NAME);
    cc_value_set_text(of, values, "runId", subject_at(s, 1));
    cc_value_set_int(of, values, "latestVersion", 0);
    return insert(s, &cc_learnings, "learnings.create", values, count);
}

cc_err
cc_session_keep_taught(cc_session *s)
{
    return keep_each(s, "learningIds", &s->answer[0], learning_keep);
}
