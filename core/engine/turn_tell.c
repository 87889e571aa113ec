/*
 * What an agent is told in a turn of a sandbox.
 *
 * Where its agent can go on with a conversation, and that lies on this machine (agents keep theirs in their home), it
 * is told the message alone.  Anywhere else the conversation so far stands in front of it; the files are the same in
 * both cases.  Whether what lies here is the whole conversation is told by its name: the step's row of the turn before
 * has it, whichever worker that was on.
 */
#include "engine/conversation.h"
#include "engine/turn.h"
#include "resources/sandboxes.h"

typedef struct said_row {
    char        kind[12];
    const char *text, *answer;
} said_row;

typedef struct name_row {
    const char *session;
} name_row;

CC_ROW(name_row, session);
CC_QUERY(turn_before, name_row,
         "SELECT session FROM run_steps WHERE project_id = :project_id AND run_id = :run_id AND iteration = 1 "
         "AND position >= :since AND position < :position AND session IS NOT NULL ORDER BY position DESC LIMIT 1",
         TEXT(project_id), TEXT(run_id), INT(since), INT(position));
CC_ROW(said_row, kind, text, answer);
CC_QUERY(turns_before, said_row,
         "SELECT m.kind, m.text, t.output AS answer FROM run_steps t JOIN sandbox_messages m "
         "ON m.project_id = t.project_id AND m.run_id = t.run_id AND m.position = t.position "
         "WHERE t.project_id = :project_id AND t.run_id = :run_id AND t.iteration = 1 AND t.position >= :since "
         "AND t.position < :position AND t.status = " CC_STEP_COMPLETE_TO " ORDER BY t.position DESC",
         TEXT(project_id), TEXT(run_id), INT(since), INT(position));

#define UP_TO_NOW(s)                                                                                                   \
    .project_id = (s)->lease.project_id, .run_id = (s)->lease.id, .since = (s)->turn.since, .position = (s)->position

const char *
cc_turn_conversation(cc_slot *s)
{
    name_row    last = {0};
    bool        found = false;
    int         position;
    const char *name = cc_conversation_find(s, &position);

    if (!name || position == s->position) /* of an attempt at this one, which went on with the ones before */
        return name;
    if (cc_db_find(cc_app_db(s->w->app), s->step, turn_before, &last, &found, UP_TO_NOW(s)) != CC_OK || !found)
        return NULL;
    return strcmp(last.session, name) == 0 ? name : NULL;
}

typedef struct said {
    const struct said *before;
    bool               is_commit;
    const char        *text, *answer;
} said;

/* The last of it, as far as a prompt should hold; oldest first. */
static cc_err
said_load(cc_slot *s, const said **oldest)
{
    said_row row;
    size_t   size = 0;
    said    *last = NULL, *first = NULL;
    cc_rows  rows = cc_db_select(cc_app_db(s->w->app), turns_before, &row, UP_TO_NOW(s));

    while (cc_rows_next(&rows)) {
        const char *answer = row.answer ? row.answer : "";
        said       *one = cc_alloc(s->step, sizeof(*one));
        size += strlen(row.text) + strlen(answer);
        if (first && size > CC_INPUT_MAX)
            break;
        if (one)
            *one = (said){.before = last,
                          .is_commit = strcmp(row.kind, CC_SANDBOX_COMMIT) == 0,
                          .text = cc_strndup(s->step, row.text, strlen(row.text)),
                          .answer = cc_strndup(s->step, answer, strlen(answer))};
        if (!one || !one->text || !one->answer) {
            rows.err = CC_E_UNAVAILABLE;
            break;
        }
        first = last = one;
    }
    *oldest = first;
    return cc_rows_end(&rows);
}

static const char *
with_all(cc_slot *s, cc_prompt_parts *parts)
{
    const said *one;
    cc_buf      b;

    parts->task = (cc_task){0};
    parts->instructions = NULL;
    parts->resumed = false;
    if (said_load(s, &one) != CC_OK)
        return NULL;
    const char *known = cc_prompt_make(s->step, parts);
    cc_buf_init(&b, s->step);
    cc_puts(&b, known ? known : "");
    if (one)
        cc_putf(&b, "%s# The conversation so far\nThe files are as you left them.", b.size ? "\n\n" : "");
    for (; one; one = one->before)
        cc_putf(&b,
                one->is_commit ? "\n\n## Your changes were committed\n%s\n\n%s"
                               : "\n\n## You were told\n%s\n\n## You answered\n%s",
                cc_prompt_end(one->text), cc_prompt_end(one->answer));
    cc_putf(&b, "%s%s", b.size ? "\n\n# What you are told now\n" : "", s->turn.text);
    return known ? cc_buf_text(&b) : NULL;
}

const char *
cc_turn_prompt(cc_slot *s, cc_prompt_parts *parts)
{
    if (!s->resumed)
        return with_all(s, parts);
    if (s->attempt == 1)
        return s->turn.text;
    return cc_printf(s->step,
                     "You were interrupted while you worked on this.  The files are as they were when you began: what "
                     "you had changed in them is gone, what you found out is not.  This is what you were told:\n\n%s",
                     s->turn.text);
}
