/*
 * What the agent of a session must answer: declared as what clients send is, and told, shown and checked by that.
 *
 * An answer is hostile: it is parsed as strictly as a client's body, so lists have their greatest lengths, texts theirs
 * and no control characters, and a member that nobody has asked for is refused.
 */
#include "base/mend.h"
#include "base/unicode.h"
#include "gate/scope.h"
#include "resources/resources.h"
#include "resources/sessions.h"

enum { ISSUES_MOST = 20, QUESTIONS_MOST = 10, LEARNINGS_MOST = 10, WORDS_MOST = 8000, NAME_SHOWN = 80 };

/* ---- what is to be answered -------------------------------------------------------------------- */

static const cc_field issue_members[] = {
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 200, "What is to be done, in a line."),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, WORDS_MOST, "Where and why, with what shows it."),
    CC_F("kind", CC_TYPE_CHOICE, CC_FIELD_REQUIRED, 0, 0, "What it is about.", .choices = cc_issue_kinds),
    CC_F("priority", CC_TYPE_CHOICE, CC_FIELD_REQUIRED, 0, 0, "How much it matters.", .choices = cc_issue_priorities),
    CC_F("file", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 300, "The file that it is in, as a path in the repository."),
    CC_F("suggestedPrompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 1, WORDS_MOST,
         "What an agent that deals with it is to be told."),
    CC_END,
};

static const cc_field question_members[] = {
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, 2000, "What only somebody who knows the project can say."),
    CC_END,
};

const cc_field cc_answer_found[] = {
    CC_F("issues", CC_TYPE_LIST, CC_FIELD_REQUIRED, 0, ISSUES_MOST, "What is worth doing, what matters most first.",
         .members = issue_members,
         .example = "[{\"title\":\"Addresses with a plus sign are refused\",\"description\":\"The pattern in line 41 "
                    "knows no plus.\",\"kind\":\"bug\",\"priority\":\"high\",\"file\":\"src/address.c\"}]"),
    CC_F("questions", CC_TYPE_LIST, CC_FIELD_REQUIRED, 0, QUESTIONS_MOST, "What could not be found out.",
         .members = question_members, .example = "[{\"text\":\"Is the old import path still used?\"}]"),
    CC_END,
};

static const cc_field answer_members[] = {
    CC_F("question", CC_TYPE_INT, CC_FIELD_REQUIRED, 1, CC_SESSION_SUBJECTS, "The number of the question."),
    CC_F("answer", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, WORDS_MOST, "The answer, with what it rests on."),
    CC_F("confidence", CC_TYPE_INT, CC_FIELD_REQUIRED, 0, 100, "How sure it is, in percent."),
    CC_END,
};

const cc_field cc_answer_answers[] = {
    CC_F("answers", CC_TYPE_LIST, CC_FIELD_REQUIRED, 0, CC_SESSION_SUBJECTS,
         "One for each question that can be answered; the others are left out.", .members = answer_members,
         .example = "[{\"question\":1,\"answer\":\"Yes: tools/import.sh calls it.\",\"confidence\":90}]"),
    CC_END,
};

#define SCORE(name, meaning) CC_F(name, CC_TYPE_INT, CC_FIELD_REQUIRED, 0, 100, meaning, .example = "80")

const cc_field cc_answer_scores[] = {
    SCORE("correctness", "Does it do what was asked, and nothing wrong?"),
    SCORE("completeness", "Is all of it done that was asked?"),
    SCORE("maintainability", "Will others understand and change it easily?"),
    SCORE("security", "Does it open no holes?"),
    SCORE("tests", "Is what it does shown by tests?"),
    CC_F("reason", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, WORDS_MOST, "What the figures rest on.",
         .example = "\"The pattern is right; nothing tests it.\""),
    CC_END,
};

const cc_field cc_answer_best[] = {
    CC_F("best", CC_TYPE_INT, CC_FIELD_REQUIRED, 1, CC_SESSION_RUNS, "The number of the best candidate.",
         .example = "1"),
    CC_F("reason", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, WORDS_MOST, "Why it is better than the others.",
         .example = "\"It is the only one with a test.\""),
    CC_END,
};

static const cc_field learning_members[] = {
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 200, "What is to be known, in a line."),
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, WORDS_MOST,
         "All of it, in Markdown, as an agent is to be told."),
    CC_END,
};

const cc_field cc_answer_taught[] = {
    CC_F("learnings", CC_TYPE_LIST, CC_FIELD_REQUIRED, 0, LEARNINGS_MOST, "None, if nothing is worth remembering.",
         .members = learning_members,
         .example = "[{\"title\":\"Tests need a database\",\"content\":\"Start one with make database.\"}]"),
    CC_END,
};

/* ---- how it is told ---------------------------------------------------------------------------- */

static void
tell_fields(cc_buf *b, const cc_field *fields, const char *indent)
{
    for (const cc_field *f = fields; f->name; f++) {
        cc_putf(b, "%s- %s: ", indent, f->name);
        cc_field_rule(b, f);
        cc_putf(b, "%s.  %s\n", f->flags & CC_FIELD_NULLABLE ? ", or left out" : "", f->meaning);
        if (f->members)
            tell_fields(b, f->members, "  ");
    }
}

static void
put_example(cc_buf *b, const cc_session_kind *kind)
{
    for (const cc_field *f = kind->answer; f->name; f++)
        cc_putf(b, "%s\"%s\":%s", f == kind->answer ? "{" : ",", f->name, f->example);
    cc_putc(b, '}');
}

void
cc_session_tell(cc_buf *b, const cc_session_kind *kind)
{
    cc_puts(b, "# Your answer\nAnswer with one JSON object and nothing before or after it.  Its members, all of them "
               "required:\n");
    tell_fields(b, kind->answer, "");
    cc_puts(b, "For example:\n");
    put_example(b, kind);
}

const char *
cc_session_example(cc_arena *a, const cc_session_kind *kind)
{
    cc_buf b;

    cc_buf_init(&b, a);
    put_example(&b, kind);
    return cc_buf_text(&b);
}

/* ---- how it is read ---------------------------------------------------------------------------- */

/* Of a member that there is none of, its name is said as well, if it can be shown. */
static cc_err
unfit(cc_context *c, cc_err err, const char *fallback)
{
    const char *message = c->message ? c->message : fallback, *field = c->field;

    if (err != CC_E_VALIDATION || !field || strstr(message, field) || strlen(field) > NAME_SHOWN ||
        !cc_line_fine(field, strlen(field)))
        return err;
    return cc_fail(c, err, field, "'%s': %s", field, message);
}

cc_err
cc_session_read(cc_context *c, const cc_session_kind *kind, const char *said, int64_t subjects, cc_value **answer)
{
    const size_t   size = cc_fields_count(kind->answer) * sizeof(**answer);
    const cc_json *object = NULL;
    const char    *why = NULL;
    cc_found       object_at = {0};
    cc_err         err = cc_json_find(c->arena, said, strlen(said), &object_at);

    if (err == CC_OK && !object_at.json)
        return cc_fail(c, CC_E_VALIDATION, NULL, "There is no JSON object in it.");
    if (err == CC_OK)
        err = cc_json_parse(c->arena, said + object_at.from, object_at.to - object_at.from, &object, &why);
    if (err != CC_OK)
        return err == CC_E_VALIDATION ? cc_fail(c, err, NULL, "It cannot be read as JSON: %s", why) : err;
    if (!(*answer = cc_alloc(c->arena, size)))
        return CC_E_UNAVAILABLE;
    if ((err = cc_fields_check(c, kind->answer, object, 0, *answer)) != CC_OK)
        return unfit(c, err, "It does not fit.");
    why = kind->misfit ? kind->misfit(*answer, subjects) : NULL;
    return why ? cc_fail(c, CC_E_VALIDATION, NULL, "%s", why) : CC_OK;
}
