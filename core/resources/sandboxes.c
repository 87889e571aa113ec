/*
 * Sandboxes: a workspace with an agent in it, with which one talks (contract-2 section 14).
 *
 * A sandbox is a run that gets its steps one by one: each message is a step, and so is each commit.  So events, costs,
 * cancelling, changes and artifacts are those of runs.  Between two messages it rests: the run is paused, no worker has
 * it, and what it has changed is in its last checkpoint, from which any worker goes on (engine/turn.c).  A message
 * makes it wait for a worker like every other run.
 *
 * Whoever changes one writes to its run's row first: so messages, and a worker that is about to let it rest, come one
 * after the other on each engine.
 */
#include "resources/sandboxes.h"

#include <stdio.h>

#include "base/mend.h"
#include "base/repository.h"
#include "context/app.h"
#include "context/settings.h"
#include "context/state.h"
#include "context/wake.h"
#include "gate/authority.h"
#include "gate/gate.h"
#include "resources/budget.h"
#include "resources/documents.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { TITLE_MAX = 200, DAY_MS = 86400000 };

static const char unnamed[] = "Sandbox";

static const char *const kinds[] = {CC_SANDBOX_MESSAGE, CC_SANDBOX_COMMIT, NULL};
static const char *const pushes[] = {"pushed", "none", CC_RUN_FAILED, NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("run_"),
    CC_F("name", CC_TYPE_LINE, 0, 1, 200, "What people call it; left out: Sandbox.", .example = "\"Sign-in\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "Where it stands.  idle: it has answered everything, and holds no worker until somebody says something.",
         .choices = cc_sandbox_statuses, .states = &cc_sandbox_states, .example = "\"" CC_SANDBOX_IDLE "\""),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 40,
         "Which agent is in it; null: its persona's, or the project's default.", .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 100,
         "Which model it uses; null: its persona's, or the agent's own choice.", .example = "null"),
    CC_F("personaId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 0, "The persona that answers.", .ref = "per_",
         .example = "null"),
    CC_F("contextIds", CC_TYPE_IDS, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 50,
         "The contexts that its agent is given, of those that are active; null: all of them.", .ref = "ctx_",
         .example = "null"),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 500,
         "The repository; null: the project's.", .example = "null"),
    CC_F("branchName", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch to work on and to push to; null: one of its own.", .example = "null"),
    CC_F("baseBranch", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_FIXED, 1, 200,
         "The branch that a new one begins at, and that its pull request would be merged into; null: the repository's "
         "main branch.",
         .example = "null"),
    CC_F("messageCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, CC_SANDBOX_ASKED_MAX,
         "How many messages and commits there were.", .example = "2"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it has cost so far, in US dollars; null: not known.", .example = "0.042"),
    CC_F(
        "pushStatus", CC_TYPE_CHOICE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
        "What became of its last commit's branch: pushed; none, for nothing was changed; failed; null: there was none.",
        .choices = pushes, .example = "null"),
    CC_F("pushError", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000,
         "Why it could not be pushed; what it changed is kept all the same.", .example = "null"),
    CC_REASON_FIELDS("pushError"),
    CC_F("prStatus", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 40, "State of its pull request.",
         .example = "null"),
    CC_F("prUrl", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 500, "Its pull request.", .example = "null"),
    CC_F("prNumber", CC_TYPE_INT, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, INT32_MAX, "The pull request's number.",
         .example = "null"),
    CC_ROW_TAIL,
    CC_F("usedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0,
         "When somebody last said something to it, or it last answered; from then on its days are counted.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When it ended.", .example = "null"),
    CC_F("filesRemovedAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "When its files were removed; null: they are kept.", .example = "null"),
    CC_F("error", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 1000, "Why it failed.", .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_F("message", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_WRITE_ONLY | CC_FIELD_FIXED, 1, CC_SANDBOX_TEXT_MAX,
         "The first message, if it shall begin at once.", .example = "\"What does this repository do?\""),
    CC_END,
};

const cc_resource cc_sandboxes = {
    .singular = "sandbox",
    .table = "sandboxes",
    .stored = (const char *const[]){NULL}, /* they go with their runs */
    .prefix = "run_",
    .fields = fields,
    .by_mode = true,
    .by_time = true,
    .meaning = "A workspace with an agent in it, with which one talks.",
};

static const cc_field message_fields[] = {
    CC_ROW_HEAD("say_"),
    CC_F("sandboxId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "The sandbox that it was said to.",
         .ref = "run_", .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, CC_SANDBOX_ASKED_MAX,
         "Its place in the conversation, from 0; the sandbox's events name it so.", .example = "0"),
    CC_F("kind", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "message, which the agent answers; or commit, which pushes what it has changed.", .choices = kinds,
         .example = "\"" CC_SANDBOX_MESSAGE "\""),
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, CC_SANDBOX_TEXT_MAX, "What is said.",
         .example = "\"What does this repository do?\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "Where it stands: pending while those before it are answered, running, then completed or failed.",
         .choices = cc_step_statuses, .states = &cc_step_states, .example = "\"" CC_STEP_COMPLETED "\""),
    CC_F("answer", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX, "What the agent says to it.",
         .example = "\"It greets people by their names.\""),
    CC_F("error", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX, "Why it was not answered.",
         .example = "null"),
    CC_REASON_FIELDS("error"),
    CC_F("askedBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "The key or person who said it; null: the operator.", .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("after", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "The number of the sandbox's last event before it was said: what comes behind that leads to the answer.",
         .example = "12"),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40, "Who answers.", .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100, "The model that answers.",
         .example = "null"),
    CC_F("attempt", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,
         "How often its answer has begun; beyond 1 the worker of the one before was lost or stopped.", .example = "1"),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What the answer cost, in US dollars; null: not known.", .example = "0.042"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was said.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("startedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When its answer began.",
         .example = "null"),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it was answered.",
         .example = "null"),
    CC_END,
};

const cc_resource cc_sandbox_messages = {
    .singular = "sandboxMessage",
    .table = "sandbox_talk",
    .stored = (const char *const[]){NULL}, /* they go with their runs */
    .prefix = "say_",
    .fields = message_fields,
    .by_mode = true,
    .meaning = "What was said to a sandbox, and what became of it.",
};

const cc_field cc_sandbox_commit_fields[] = {
    CC_F("message", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 1, 8000, "The commit's message; its first line is the subject.",
         .example = "\"Greet people by their names\""),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, TITLE_MAX, "Of the pull request; left out: the subject.",
         .example = "null"),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, CC_SANDBOX_TEXT_MAX, "Of the pull request.",
         .example = "\"As talked about.\""),
    CC_F("branchName", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 200,
         "What the branch shall be called, if none of it was pushed so far; left out: the sandbox's.",
         .example = "null"),
    CC_F("draft", CC_TYPE_BOOL, 0, 0, 0, "The pull request is opened as a draft.", .preset = "false",
         .example = "false"),
    CC_END,
};

/* ---- where it stands --------------------------------------------------------------------------- */

/* What its rows say, which nobody else changes until the transaction ends. */
typedef struct stand {
    char    status[16]; /* of its run */
    bool    has_worker;
    int64_t last_seq; /* of its events */
    int64_t position; /* that the next message would have */
    bool    held, opened, pushed;
    bool    waits; /* something was said that is not answered */
} stand;

typedef struct run_row {
    char    status[16];
    bool    has_worker;
    int64_t last_seq;
} run_row;

typedef struct state_row {
    int64_t asked;
    bool    held, opened, pushed;
} state_row;

typedef struct count_row {
    int64_t count;
} count_row;

typedef struct seq_row {
    int64_t last_seq;
} seq_row;

typedef struct moved_row {
    char    status[16];
    int64_t last_seq;
} moved_row;

#define SANDBOX_PARAMS TEXT(project_id), TEXT(mode), TEXT(id)
#define STEP_IS_OPEN "status IN (" CC_STEP_SKIP_FROM_LIST ", " CC_STEP_BREAK_FROM_LIST ")"

/* (SQLite before 3.41 takes IS NULL for never true behind RETURNING.) */
CC_ROW(run_row, status, has_worker, last_seq);
CC_QUERY(sandbox_lock, run_row,
         "UPDATE runs SET updated_at = :now, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND source = :source "
         "RETURNING status, CASE WHEN coalesce(worker, '') = '' THEN 0 ELSE 1 END AS has_worker, last_seq",
         INT(now), SANDBOX_PARAMS, TEXT(source));
CC_ROW(state_row, asked, held, opened, pushed);
CC_QUERY(sandbox_state, state_row,
         "SELECT asked, held, opened, pushed FROM sandbox_runs "
         "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
         SANDBOX_PARAMS);
CC_ROW(count_row, count);
CC_QUERY(sandbox_waiting, count_row,
         "SELECT count(*) AS count FROM run_steps WHERE project_id = :project_id AND run_id = :run_id "
         "AND iteration = 1 AND " STEP_IS_OPEN,
         TEXT(project_id), TEXT(run_id));

static cc_err
waiting_count(cc_req *r, int64_t *count)
{
    count_row row;
    cc_err    err =
        cc_db_get(cc_app_db(r->app), NULL, sandbox_waiting, &row, .project_id = r->who.project_id, .run_id = r->id);

    *count = err == CC_OK ? row.count : 0;
    return err;
}

/* Of the one that the path names; CONFLICT: it is over. */
static cc_err
stand_read(cc_req *r, stand *is)
{
    cc_db    *db = cc_app_db(r->app);
    run_row   run;
    state_row state;
    int64_t   waiting;
    cc_err    err;

    if ((err = cc_db_get(db, NULL, sandbox_lock, &run, .now = r->now, CC_RUN_OF(r, r->id),
                         .source = CC_SANDBOX_SOURCE)) != CC_OK ||
        (err = cc_db_get(db, NULL, sandbox_state, &state, CC_RUN_OF(r, r->id))) != CC_OK ||
        (err = waiting_count(r, &waiting)) != CC_OK)
        return err;
    *is = (stand){.has_worker = run.has_worker,
                  .last_seq = run.last_seq,
                  .position = state.asked,
                  .held = state.held,
                  .opened = state.opened,
                  .pushed = state.pushed,
                  .waits = waiting > 0};
    memcpy(is->status, run.status, sizeof(is->status));
    if (cc_run_is_over(run.status) || strcmp(run.status, CC_RUN_CANCELLING) == 0)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The sandbox has ended; open another one.");
    return CC_OK;
}

/* ---- what moves it ------------------------------------------------------------------------------ */

/* A worker that still has it goes on with it; else it waits for one. */
CC_ROW(moved_row, status, last_seq);
CC_QUERY(sandbox_ask, moved_row,
         "UPDATE runs SET status = CASE WHEN worker IS NULL THEN " CC_RUN_ASK_TO " ELSE " CC_RUN_RESUME_TO
         " END, started_by = :actor, last_seq = last_seq + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_ASK_FROM
         " RETURNING status, last_seq",
         TEXT(actor), SANDBOX_PARAMS);
CC_ROW(seq_row, last_seq);
CC_QUERY(sandbox_hold, seq_row,
         "UPDATE runs SET status = " CC_RUN_HOLD_TO ", last_seq = last_seq + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_HOLD_FROM " RETURNING last_seq",
         SANDBOX_PARAMS);
CC_STATEMENT(sandbox_set_held,
             "UPDATE sandbox_runs SET held = :held "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(held), SANDBOX_PARAMS);

static const char *
actor_of(const cc_context *c)
{
    const char *actor = cc_actor(&c->who);

    return actor ? actor : "";
}

/* There is something to do, and nobody holds it back. */
static cc_err
wake(cc_req *r)
{
    moved_row row;
    bool      moved;
    cc_err    err = cc_db_find(cc_app_db(r->app), NULL, sandbox_ask, &row, &moved, .actor = actor_of(&r->context),
                               CC_RUN_OF(r, r->id));

    r->notify_run_id = r->id;
    return err == CC_OK && moved ? cc_run_moved(&r->context, r->id, row.last_seq, row.status) : err;
}

/* ---- said --------------------------------------------------------------------------------------- */

typedef struct wish {
    const char *kind, *text, *title, *description;
    bool        draft;
} wish;

CC_STATEMENT(sandbox_asked,
             "UPDATE sandbox_runs SET asked = asked + 1, used_at = :now "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(now), SANDBOX_PARAMS);
CC_STATEMENT(
    message_insert,
    "INSERT INTO sandbox_messages (project_id, mode, run_id, id, position, kind, text, title, description, "
    "draft, asked_by, after, created_at) VALUES (:project_id, :mode, :id, :message_id, :position, :kind, :text, "
    ":title, :description, :draft, :asked_by, :after, :now)",
    SANDBOX_PARAMS, TEXT(message_id), INT(position), TEXT(kind), TEXT(text), TEXT(title), TEXT(description), INT(draft),
    TEXT(asked_by), INT(after), INT(now));
CC_STATEMENT(turn_insert,
             "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status) "
             "VALUES (:project_id, :run_id, :position, 1, :label, :role, " CC_STEP_PLAN_TO ")",
             TEXT(project_id), TEXT(run_id), INT(position), TEXT(label), TEXT(role));

/* The message, and the step that is to answer it. */
static cc_err
message_write(cc_req *r, const stand *is, const wish *w, const char *message_id)
{
    cc_db *db = cc_app_db(r->app);
    char   label[32];
    cc_err err;

    snprintf(label, sizeof(label), strcmp(w->kind, CC_SANDBOX_COMMIT) == 0 ? "Commit %lld" : "Message %lld",
             (long long)is->position + 1);
    err = cc_db_run(db, message_insert, CC_RUN_OF(r, r->id), .message_id = message_id, .position = is->position,
                    .kind = w->kind, .text = w->text, .title = w->title, .description = w->description,
                    .draft = w->draft, .asked_by = cc_actor(&r->who), .after = is->last_seq, .now = r->now);
    if (err == CC_OK)
        err = cc_db_run(db, turn_insert, .project_id = r->who.project_id, .run_id = r->id, .position = is->position,
                        .label = label, .role = "custom");
    return err == CC_OK ? cc_db_run(db, sandbox_asked, .now = r->now, CC_RUN_OF(r, r->id)) : err;
}

static cc_err
may_ask(cc_req *r, const stand *is)
{
    int64_t waiting;
    cc_err  err = waiting_count(r, &waiting);

    if (err == CC_OK && waiting >= CC_SANDBOX_WAITING_MAX)
        return cc_fail(r, CC_E_CONFLICT, NULL, "%d messages wait already; let it answer some of them first.",
                       CC_SANDBOX_WAITING_MAX);
    if (err == CC_OK && is->position >= CC_SANDBOX_ASKED_MAX)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The conversation is full: a sandbox takes %d messages.",
                       CC_SANDBOX_ASKED_MAX);
    return err == CC_OK ? cc_budget_allows(&r->context) : err;
}

/* message_id: CC_ID_SIZE bytes, for its id. */
static cc_err
ask(cc_req *r, const stand *is, const wish *w, char *message_id)
{
    cc_err err = may_ask(r, is);

    cc_id_new(r->app, cc_sandbox_messages.prefix, message_id);
    if (err == CC_OK && (err = message_write(r, is, w, message_id)) == CC_OK && !is->held)
        err = wake(r);
    return err;
}

cc_err
cc_sandboxes_say(cc_req *r)
{
    const wish w = {.kind = CC_SANDBOX_MESSAGE, .text = cc_body_value(r, "text")->s};
    char       message_id[CC_ID_SIZE];
    stand      is;
    cc_err     err;

    if ((err = stand_read(r, &is)) != CC_OK || (err = ask(r, &is, &w, message_id)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_sandbox_messages, message_id);
}

/* ---- committed ----------------------------------------------------------------------------------- */

CC_STATEMENT(sandbox_branch,
             "UPDATE runs SET branch_name = :branch WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(branch), SANDBOX_PARAMS);

static const char *
text_or_null(cc_req *r, const char *name)
{
    const cc_value *v = cc_body_value(r, name);

    return cc_value_given(v) && v->s[0] ? v->s : NULL;
}

static cc_err
branch_take(cc_req *r, const stand *is)
{
    const char *branch = text_or_null(r, "branchName");

    if (!branch)
        return CC_OK;
    if (!cc_branch_valid(branch))
        return cc_fail(r, CC_E_VALIDATION, "branchName",
                       "'branchName' must be a name that git accepts for a branch, without refs/heads/ in front.");
    if (is->pushed || is->waits)
        return cc_fail(r, CC_E_CONFLICT, NULL,
                       "The branch can be named with the first commit alone, and while nothing "
                       "else waits.");
    return cc_db_run(cc_app_db(r->app), sandbox_branch, .branch = branch, CC_RUN_OF(r, r->id));
}

cc_err
cc_sandboxes_commit(cc_req *r)
{
    const wish w = {.kind = CC_SANDBOX_COMMIT,
                    .text = cc_body_value(r, "message")->s,
                    .title = text_or_null(r, "title"),
                    .description = text_or_null(r, "description"),
                    .draft = cc_body_value(r, "draft")->i != 0};
    char       message_id[CC_ID_SIZE];
    stand      is;
    cc_err     err;

    if ((err = stand_read(r, &is)) != CC_OK || (err = branch_take(r, &is)) != CC_OK ||
        (err = ask(r, &is, &w, message_id)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_sandbox_messages, message_id);
}

/* ---- opened -------------------------------------------------------------------------------------- */

typedef struct project_row {
    const char *repository;
} project_row;

CC_QUERY(sandboxes_open, count_row,
         "SELECT count(*) AS count FROM sandbox_runs s JOIN runs r "
         "ON r.project_id = s.project_id AND r.mode = s.mode AND r.id = s.run_id "
         "WHERE s.project_id = :project_id AND s.files_removed_at IS NULL AND r.finished_at IS NULL",
         TEXT(project_id));
CC_ROW(project_row, repository);
CC_QUERY(sandbox_project, project_row,
         "SELECT nullif(github_repo_url, '') AS repository FROM projects WHERE project_id = :project_id",
         TEXT(project_id));
CC_STATEMENT(sandbox_insert,
             "INSERT INTO sandbox_runs (project_id, mode, run_id, made_by, agent, model, persona_id, context_ids, "
             "used_at) VALUES (:project_id, :mode, :id, :made_by, :agent, :model, :persona_id, :context_ids, :now)",
             SANDBOX_PARAMS, TEXT(made_by), TEXT(agent), TEXT(model), TEXT(persona_id), TEXT(context_ids), INT(now));
CC_STATEMENT(sandbox_documents,
             "UPDATE runs SET documents = :documents WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(documents), SANDBOX_PARAMS);

/* A rehearsal needs no repository, for it touches none. */
static cc_err
may_open(cc_req *r)
{
    const int64_t most = cc_setting_int(r->app, CC_SETTING_sandboxesPerProject);
    count_row     open;
    project_row   project;
    cc_err        err;

    if ((err = cc_project_lock(&r->context)) != CC_OK ||
        (err = cc_db_get(cc_app_db(r->app), NULL, sandboxes_open, &open, .project_id = r->who.project_id)) != CC_OK ||
        (err = cc_db_get(cc_app_db(r->app), r->arena, sandbox_project, &project, .project_id = r->who.project_id)) !=
            CC_OK)
        return err;
    if (open.count >= most)
        return cc_fail(
            r, CC_E_CONFLICT, NULL,
            "The project has %lld sandboxes open, as many as it may (setting sandboxesPerProject); kill one.",
            (long long)open.count);
    if (!r->who.test && !text_or_null(r, "githubRepoUrl") && !project.repository)
        return cc_fail(r, CC_E_VALIDATION, "githubRepoUrl",
                       "'githubRepoUrl' is required: the project names no repository.");
    return CC_OK;
}

static cc_err
run_start(cc_req *r)
{
    static const char *const same[] = {"name", "githubRepoUrl", "branchName", "baseBranch"};
    const cc_field          *of = cc_runs.fields;
    cc_value                *values = cc_alloc(r->arena, (cc_fields_count(of) + 1) * sizeof(*values));
    cc_err                   err;

    if (!values)
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < CC_COUNT(same); i++)
        cc_value_set_text(of, values, same[i], text_or_null(r, same[i]));
    if (!text_or_null(r, "name"))
        cc_value_set_text(of, values, "name", unnamed);
    cc_value_set_text(of, values, "workflowId", "");
    cc_value_set_text(of, values, "workflowName", unnamed);
    cc_value_set_text(of, values, "steps", "[]");
    err = cc_run_branches_check(&r->context, values);
    return err == CC_OK ? cc_run_insert(&r->context, CC_SANDBOX_SOURCE, values, NULL) : err;
}

static bool
has_id(const cc_json *ids, const char *id)
{
    const cc_json *j = cc_json_first(ids);

    while (j && strcmp(cc_json_text(j), id) != 0)
        j = cc_json_next(j);
    return j != NULL;
}

/* All that is active but contexts that it does not want; *wanted: how many of those that it does want are. */
static cc_err
documents_choose(cc_req *r, const cc_json *ids, const char **chosen, int64_t *wanted)
{
    const cc_json *active;
    const char    *text, *why;
    cc_buf         b;
    cc_err         err;

    *wanted = 0;
    if ((err = cc_documents_active(&r->context, &text)) != CC_OK ||
        (err = cc_json_parse(r->arena, text, strlen(text), &active, &why)) != CC_OK)
        return err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
    cc_buf_init(&b, r->arena);
    cc_putc(&b, '[');
    for (const cc_json *j = cc_json_first(active); j; j = cc_json_next(j)) {
        const char *id = cc_json_text_at(j, "id");
        const bool  is_context = strncmp(id, CC_CONTEXT_PREFIX, strlen(CC_CONTEXT_PREFIX)) == 0;
        if (is_context && !has_id(ids, id))
            continue;
        *wanted += is_context;
        cc_puts(&b, b.size > 1 ? "," : "");
        cc_json_write(&b, j);
    }
    cc_putc(&b, ']');
    *chosen = cc_buf_text(&b);
    return *chosen ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
contexts_choose(cc_req *r)
{
    const cc_value *ids = cc_body_value(r, "contextIds");
    const char     *chosen;
    int64_t         wanted, count = 0;
    cc_err          err;

    if (!cc_value_given(ids))
        return CC_OK;
    for (const cc_json *j = cc_json_first(ids->json); j; j = cc_json_next(j))
        count++;
    if ((err = documents_choose(r, ids->json, &chosen, &wanted)) != CC_OK)
        return err;
    if (wanted != count)
        return cc_fail(r, CC_E_VALIDATION, "contextIds",
                       "'contextIds' must name each context once, and active ones alone.");
    return cc_db_run(cc_app_db(r->app), sandbox_documents, .documents = chosen, CC_RUN_OF(r, r->id));
}

static cc_err
sandbox_write(cc_req *r)
{
    return cc_db_run(cc_app_db(r->app), sandbox_insert, CC_RUN_OF(r, r->id), .made_by = cc_actor(&r->who),
                     .agent = text_or_null(r, "agent"), .model = text_or_null(r, "model"),
                     .persona_id = text_or_null(r, "personaId"), .context_ids = text_or_null(r, "contextIds"),
                     .now = r->now);
}

cc_err
cc_sandboxes_create(cc_req *r)
{
    const wish  w = {.kind = CC_SANDBOX_MESSAGE, .text = text_or_null(r, "message")};
    const stand fresh = {.status = CC_RUN_START_TO_NAME, .last_seq = 1};
    char        message_id[CC_ID_SIZE];
    cc_err      err;

    if ((err = may_open(r)) != CC_OK || (err = run_start(r)) != CC_OK)
        return err;
    r->id = r->notify_run_id;
    if ((err = sandbox_write(r)) != CC_OK || (err = contexts_choose(r)) != CC_OK ||
        (w.text && (err = ask(r, &fresh, &w, message_id)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_sandboxes, r->id);
}

/* ---- read and named ------------------------------------------------------------------------------ */

CC_STATEMENT(sandbox_rename,
             "UPDATE runs SET name = :name, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(name), INT(now), SANDBOX_PARAMS);

cc_err
cc_sandboxes_update(cc_req *r)
{
    const char *name = text_or_null(r, "name");
    cc_err      err = cc_resource_precondition(r, &cc_sandboxes, r->id);

    if (err == CC_OK && name)
        err = cc_db_run(cc_app_db(r->app), sandbox_rename, .name = name, .now = r->now, CC_RUN_OF(r, r->id));
    return err == CC_OK ? cc_resource_show(r, &cc_sandboxes, r->id) : err;
}

/* The list of all that was ever said to any, with the filter taken from the path. */
cc_err
cc_sandboxes_messages(cc_req *r)
{
    cc_err err = cc_resource_must_exist(&r->context, &cc_sandboxes, r->id);

    if (err != CC_OK)
        return err;
    for (size_t i = 0; i < r->query.count; i++)
        if (cc_route_gives(r->route, r->query.fields[i]))
            r->query.values[i] = (cc_value){.present = true, .s = r->id, .size = strlen(r->id)};
    return cc_resource_list(r);
}

cc_err
cc_sandboxes_events(cc_req *r)
{
    cc_err err = cc_resource_must_exist(&r->context, &cc_sandboxes, r->id);

    return err == CC_OK ? cc_runs_events(r) : err;
}

/* ---- steered ------------------------------------------------------------------------------------- */

CC_STATEMENT(sandbox_steps_drop,
             "UPDATE run_steps SET status = " CC_STEP_CANCEL_TO ", finished_at = :now "
             "WHERE project_id = :project_id AND run_id = :run_id AND " CC_STEP_CANCEL_FROM,
             INT(now), TEXT(project_id), TEXT(run_id));
CC_STATEMENT(sandbox_again,
             "UPDATE sandbox_runs SET life = life + 1, since = asked, held = 0, opened = 0, used_at = :now "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(now), SANDBOX_PARAMS);

/* What is being answered is answered to its end. */
cc_err
cc_sandboxes_pause(cc_req *r)
{
    seq_row row;
    stand   is;
    bool    moved;
    cc_err  err;

    if ((err = stand_read(r, &is)) != CC_OK ||
        (err = cc_db_run(cc_app_db(r->app), sandbox_set_held, .held = 1, CC_RUN_OF(r, r->id))) != CC_OK ||
        (err = cc_db_find(cc_app_db(r->app), NULL, sandbox_hold, &row, &moved, CC_RUN_OF(r, r->id))) != CC_OK ||
        (moved && (err = cc_run_moved(&r->context, r->id, row.last_seq, CC_RUN_HOLD_TO_NAME)) != CC_OK))
        return err;
    r->notify_run_id = r->id;
    return cc_resource_show(r, &cc_sandboxes, r->id);
}

cc_err
cc_sandboxes_resume(cc_req *r)
{
    stand  is;
    cc_err err;

    if ((err = stand_read(r, &is)) != CC_OK ||
        (err = cc_db_run(cc_app_db(r->app), sandbox_set_held, .held = 0, CC_RUN_OF(r, r->id))) != CC_OK ||
        ((is.waits || !is.opened) && (err = wake(r)) != CC_OK))
        return err;
    return cc_resource_show(r, &cc_sandboxes, r->id);
}

/* As if it had just been opened; what was said stays to be read. */
cc_err
cc_sandboxes_restart(cc_req *r)
{
    stand  is;
    cc_err err;

    if ((err = stand_read(r, &is)) != CC_OK)
        return err;
    if (is.has_worker || strcmp(is.status, CC_RUN_RUNNING) == 0)
        return cc_fail(r, CC_E_CONFLICT, NULL,
                       "A sandbox that is at work cannot be restarted; wait for its answer, or kill it.");
    if ((err = cc_db_run(cc_app_db(r->app), sandbox_steps_drop, .now = r->now, .project_id = r->who.project_id,
                         .run_id = r->id)) != CC_OK ||
        (err = cc_sandbox_files_forget(&r->context, r->id)) != CC_OK ||
        (err = cc_db_run(cc_app_db(r->app), sandbox_again, .now = r->now, CC_RUN_OF(r, r->id))) != CC_OK ||
        (err = wake(r)) != CC_OK)
        return err;
    return cc_resource_show(r, &cc_sandboxes, r->id);
}

cc_err
cc_sandboxes_kill(cc_req *r)
{
    cc_err err = cc_resource_must_exist(&r->context, &cc_sandboxes, r->id);

    return err == CC_OK ? cc_runs_cancel(r) : err;
}

/* ---- nobody uses it any more ---------------------------------------------------------------------- */

typedef struct old_row {
    char project_id[CC_ID_SIZE], id[CC_ID_SIZE];
    bool test, over;
} old_row;

CC_ROW(old_row, project_id, id, test, over);
CC_QUERY(sandbox_old, old_row,
         "SELECT s.project_id, s.run_id AS id, CASE WHEN s.mode = 'test' THEN 1 ELSE 0 END AS test, "
         "CASE WHEN r.finished_at IS NULL THEN 0 ELSE 1 END AS over FROM sandbox_runs s JOIN runs r "
         "ON r.project_id = s.project_id AND r.mode = s.mode AND r.id = s.run_id "
         "WHERE s.used_at < :before AND s.files_removed_at IS NULL ORDER BY s.used_at LIMIT 1",
         INT(before));
CC_QUERY(sandbox_expire, seq_row,
         "UPDATE runs SET status = " CC_RUN_EXPIRE_TO ", finished_at = :now, updated_at = :now, "
         "last_seq = last_seq + 1, version = version + 1 "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id AND " CC_RUN_EXPIRE_FROM " AND worker IS NULL "
         "RETURNING last_seq",
         INT(now), SANDBOX_PARAMS);
CC_STATEMENT(sandbox_used,
             "UPDATE sandbox_runs SET used_at = :now WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(now), SANDBOX_PARAMS);

/* No webhook is told that a run has completed: nothing has. */
static cc_err
expire(cc_context *c, const old_row *old)
{
    cc_db  *db = cc_app_db(c->app);
    seq_row row;
    bool    moved = false;
    cc_err  err = CC_OK;

    if (!old->over)
        err = cc_db_find(db, NULL, sandbox_expire, &row, &moved, .now = c->now, CC_RUN_OF(c, old->id));
    if (err == CC_OK && !old->over && !moved) /* somebody is at it after all */
        return cc_db_run(db, sandbox_used, .now = c->now, CC_RUN_OF(c, old->id));
    if (err == CC_OK && moved)
        err = cc_event_insert(c, old->id, row.last_seq, "status", c->now,
                              cc_span_of("{\"status\":\"" CC_RUN_EXPIRE_TO_NAME "\"}"));
    if (err == CC_OK && moved)
        err = cc_db_run(db, sandbox_steps_drop, .now = c->now, .project_id = c->who.project_id, .run_id = old->id);
    return err == CC_OK ? cc_sandbox_files_remove(c, old->id) : err;
}

bool
cc_sandboxes_thin(cc_app *app)
{
    const int64_t before = cc_app_now(app) - cc_setting_int(app, CC_SETTING_sandboxDays) * DAY_MS;
    cc_context    c = {.app = app, .now = cc_app_now(app), .who = {.name = "", .networks = ""}};
    cc_db        *db = cc_app_db(app);
    old_row       old;
    bool          found = false;
    cc_err        err = cc_db_find(db, NULL, sandbox_old, &old, &found, .before = before);

    if (err != CC_OK || !found || cc_tx_begin(db) != CC_OK)
        return false;
    cc_copy_id(c.who.project_id, old.project_id);
    c.who.test = old.test;
    err = cc_tx_end(db, expire(&c, &old));
    if (err == CC_OK)
        cc_wake(app, false, old.id);
    return err == CC_OK;
}
