/*
 * Questions: what a session could not find out, for people and for sessions to answer.
 *
 * What a session answers is a proposal, with how sure it is; what a person says takes its place.  Sessions that come
 * later are told what was approved.
 */
#include "context/state.h"
#include "gate/fields.h"
#include "resources/resources.h"

enum { TEXT_MAX = 2000, ANSWER_MAX = 8000 };

static const cc_field fields[] = {
    CC_ROW_HEAD("qst_"),
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 1, TEXT_MAX, "What is asked.",
         .example = "\"Is the old import path still used?\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Where it stands.",
         .choices = cc_question_statuses, .states = &cc_question_states, .example = "\"" CC_QUESTION_ANSWERED "\""),
    CC_F("answer", CC_TYPE_TEXT, CC_FIELD_REQUIRED | CC_FIELD_NULLABLE, 1, ANSWER_MAX,
         "The answer; null: there is none so far.", .example = "\"Yes: tools/import.sh calls it.\""),
    CC_F("confidence", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 100,
         "How sure the session is that has answered it, in percent; null: a person has, or nobody.", .example = "90"),
    CC_F("sessionId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "The session that has asked it.",
         .ref = "run_", .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("answeredIn", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "The session that has answered it.",
         .ref = "run_", .example = "null"),
    CC_ROW_TAIL,
    CC_F("fingerprint", CC_TYPE_LINE, CC_FIELD_HIDDEN | CC_FIELD_FIXED, 0, 0, "By which what is asked again is known."),
    CC_END,
};

/* What a person says is nobody's guess. */
static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    (void)c;
    if (!id || !cc_value_of(fields, body, "answer")->present)
        return CC_OK;
    cc_value_set_text(fields, body, "status", CC_QUESTION_SAY_TO_NAME);
    cc_value_set_text(fields, body, "answeredIn", NULL);
    *cc_value_of(fields, body, "confidence") = (cc_value){.present = true, .null = true};
    return CC_OK;
}

const cc_resource cc_questions = {
    .singular = "question",
    .table = "questions",
    .prefix = "qst_",
    .fields = fields,
    .meaning = "What a session could not find out.",
    .prepare = prepare,
};

static cc_err
decide(cc_req *r, const char *action)
{
    cc_value *values = cc_alloc(r->arena, cc_fields_count(fields) * sizeof(*values));
    cc_err    err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = cc_resource_read(r, &cc_questions, r->id, values)) != CC_OK)
        return err;
    const char *is = cc_value_of(fields, values, "status")->s,
               *becomes = cc_state_after(&cc_question_states, action, is);
    if (cc_state_done(&cc_question_states, action, is))
        return cc_resource_show(r, &cc_questions, r->id);
    if (!becomes)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The question is %s and cannot be %s", is,
                       cc_state_refusal(&cc_question_states, action));
    cc_value_set_text(fields, values, "status", becomes);
    return cc_resource_change(r, &cc_questions, r->id, values);
}

cc_err
cc_questions_approve(cc_req *r)
{
    return decide(r, "approve");
}

cc_err
cc_questions_dismiss(cc_req *r)
{
    return decide(r, "dismiss");
}
