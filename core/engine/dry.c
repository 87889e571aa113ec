/*
 * A dry run: what a run of a workflow would do, step by step, and what stands in its way, without starting anything.
 *
 * Nothing is known here that the start of a run or a worker does not know itself: the wish is prepared as POST /runs
 * does, agents are assigned, prompts made and credentials chosen by the functions that the worker calls, in its
 * sentences.  What is true of a machine (is the agent installed, does the sandbox work) the workers have told
 * (workers.c).  No git host is asked: a request must not wait for one, and git runs in a worker's sandbox alone; the
 * worker asks it before the first step.
 */
#include "engine/dry.h"

#include "context/app.h"
#include "context/settings.h"
#include "context/state.h"
#include "engine/agent_keys.h"
#include "engine/assignment.h"
#include "engine/credential.h"
#include "engine/handout.h"
#include "engine/workers.h"
#include "resources/budget.h"
#include "resources/documents.h"
#include "resources/resources.h"
#include "resources/sessions.h"

enum { SHOWN_MAX = 64 * 1024 /* bytes of what an agent is told */ };

/* What can be found: reasons that a run could end for, by their codes, and what is said nowhere else. */
#define CC_FINDING_REASONS(X)                                                                                          \
    X(WORKFLOW_ARCHIVED)                                                                                               \
    X(NO_SUCH_AGENT)                                                                                                   \
    X(NO_AGENT)                                                                                                        \
    X(AGENT_NOT_INSTALLED)                                                                                             \
    X(AGENT_PROGRAM_MISSING)                                                                                           \
    X(PROMPT_TOO_LONG)                                                                                                 \
    X(REPOSITORY_REFUSED)                                                                                              \
    X(GIT_MISSING)                                                                                                     \
    X(SSH_KEY_MISSING)                                                                                                 \
    X(PUSH_NO_TOKEN)                                                                                                   \
    X(BUDGET_DAY)                                                                                                      \
    X(BUDGET_MONTH)                                                                                                    \
    X(BUDGET_RUN)                                                                                                      \
    X(SANDBOX_BROKEN)
#define CC_FINDINGS(X)                                                                                                 \
    X(START_REFUSED)                                                                                                   \
    X(KEY_MISSING)                                                                                                     \
    X(EFFORT_NOT_HONOURED)                                                                                             \
    X(PERSONA_DELETED)                                                                                                 \
    X(CONTEXT_LEFT_OUT)                                                                                                \
    X(SANDBOX_OFF)                                                                                                     \
    X(NO_WORKER)                                                                                                       \
    X(LIMIT_REACHED)

enum {
#define X(name) FOUND_##name,
    CC_FINDINGS(X)
#undef X
};

static const char *const codes[] = {
#define X(name) #name,
    CC_FINDINGS(X) CC_FINDING_REASONS(X)
#undef X
        NULL,
};
static const char *const severities[] = {"error", "warning", NULL};

static const cc_field step_members[] = {
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 49, "Its place in the workflow, from 0.", .example = "0"),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "What people call it.", .example = "\"Review\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What it is there for.", .choices = cc_step_roles,
         .example = "\"reviewer\""),
    CC_F("persona", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100, "Who would take it.",
         .example = "null"),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "Which agent would take it; null: the first that its worker finds.", .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100,
         "Which model it would be told to ask; null: the agent's own choice.", .example = "\"sonnet\""),
    CC_F("thinkingEffort", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "How hard it would be told to think; null: it would not be told.", .example = "null"),
    CC_F(
        "instructions", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
        "What it would be told in its first round, up to 64 KiB of it, without what the step before hands on; null: it "
        "holds what this key may not read, or is told to nobody.",
        .example = "\"# The task\\nReview the sign-in code.\""),
    CC_F("instructionsBytes", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How long all of that is.",
         .example = "36"),
    CC_F(
        "argv", CC_TYPE_TEXTS, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 64,
        "The command line, with the program's name for its path; the instructions come on standard input.  null: it is "
        "a rehearsal, or the operator's own.",
        .example = "[\"claude\",\"-p\",\"--output-format\",\"stream-json\"]"),
    CC_F(
        "documents", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, INT32_MAX,
        "The contexts, skills, commands, scripts and learnings that it would be given, in the versions that are active "
        "now; without those that this key may not read.",
        .members = cc_document_version_fields, .example = "[]"),
    CC_F("timeoutSeconds", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 86400, "After how long it would have failed.",
         .example = "900"),
    CC_F("loopId", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40, "The loop that it is in.",
         .example = "null"),
    CC_END,
};

static const cc_field finding_members[] = {
    CC_F(
        "severity", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
        "An error: the run would fail, or not be started; a warning: it may, or would go on otherwise than was wished.",
        .choices = severities, .example = "\"error\""),
    CC_F("code", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "What it is about; where a run would end for it, the code of that reason.", .choices = codes,
         .example = "\"KEY_MISSING\""),
    CC_F("message", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 1, INT32_MAX,
         "What it is, and what to do; the run would say so too.",
         .example = "\"The agent 'claude' gets no key for its model service: set ANTHROPIC_API_KEY or "
                    "CLAUDE_CODE_OAUTH_TOKEN in the Project Settings, among the environment variables.\""),
    CC_F("params", CC_TYPE_ANY, CC_FIELD_READ_ONLY, 0, 0, "The values in the sentence, where the code is a reason's.",
         .example = "{}"),
    CC_F("step", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 49,
         "The position of the step that it is about; null: the run as a whole.", .example = "0"),
    CC_F("field", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 40,
         "What of the request, the step, its persona or the project's settings would change it; null: none does.",
         .example = "\"envVars\""),
    CC_END,
};

const cc_field cc_dry_fields[] = {
    CC_F("ok", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "No finding is an error: it can be started.",
         .example = "false"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "What the run would be called.",
         .example = "\"Plan, build, review\""),
    CC_F("githubRepoUrl", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 500,
         "The repository that it would work on; null: none.", .example = "null"),
    CC_F("steps", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, 50, "What would be done, in order.", .members = step_members,
         .example = "[]"),
    CC_F("candidates", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, CC_SESSION_RUNS,
         "How many runs would be started of this, each of which does and costs all of it.", .example = "1"),
    CC_F(
        "judge", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, 1,
        "The one step of the session that would name the best of several candidates; what they have done stands in its "
        "instructions, too.",
        .members = step_members, .example = "[]"),
    CC_F("findings", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, INT32_MAX, "What stands in its way, or would be otherwise.",
         .members = finding_members, .example = "[]"),
    CC_END,
};

typedef struct dry {
    cc_req        *r;
    cc_run_project project;
    cc_task        task;
    cc_workers     workers;
    cc_plan        plan;
    const cc_json *documents;
    const char    *repository;
    cc_buf         findings;
    int            errors, step; /* which step is looked at; -1: the run as a whole */
} dry;

/* ---- findings ------------------------------------------------------------------------------------- */

/* message NULL: there was no memory for it. */
static void
put_finding(dry *d, bool is_error, const char *code, const char *field, const char *message, const char *params)
{
    cc_buf *b = &d->findings;

    d->errors += is_error;
    b->failed |= !message;
    cc_putf(b, "%s{\"severity\":\"%s\",\"code\":\"%s\",", b->size ? "," : "", severities[!is_error], code);
    cc_put_member(b, "message", message ? message : "");
    cc_puts(b, ",\"params\":");
    cc_puts(b, params);
    if (d->step < 0)
        cc_puts(b, ",\"step\":null,");
    else
        cc_putf(b, ",\"step\":%d,", d->step);
    cc_put_member(b, "field", field);
    cc_putc(b, '}');
}

static void
find(dry *d, bool is_error, int code, const char *field, const char *message)
{
    put_finding(d, is_error, codes[code], field, message, "{}");
}

/* Why the run would end. */
static void
find_reason(dry *d, bool is_error, const char *field, const cc_reason *why)
{
    put_finding(d, is_error, cc_reason_name(why->code), field, why->text, why->params);
}

/* What some workers lack, a run may or may not meet. */
static void
find_lacking(dry *d, const char *program, const char *field, const cc_reason *why)
{
    const int with = cc_workers_with(&d->workers, program);

    if (with < d->workers.count)
        find_reason(d, with == 0, field, why);
}

/* ---- the run as a whole --------------------------------------------------------------------------- */

static void
sandbox_check(dry *d)
{
    const char *why = NULL;
    int         off = 0, broken = 0;

    for (int i = 0; i < d->workers.count; i++) {
        const char *sandbox = d->workers.workers[i].sandbox;
        const bool  is_off = sandbox && strcmp(sandbox, "off") == 0;
        off += is_off;
        broken += sandbox && !is_off;
        why = sandbox && !is_off ? sandbox : why;
    }
    if (broken)
        find_reason(d, broken == d->workers.count, NULL, cc_sandbox_refusal(d->r->arena, why));
    if (off)
        find(d, false, FOUND_SANDBOX_OFF, NULL, CC_EXPOSED);
}

static void
repository_check(dry *d)
{
    cc_arena        *a = d->r->arena;
    cc_repository    origin;
    const char      *path;
    const cc_reason *why;
    cc_credential    c = {.app = d->r->app, .environment = d->project.environment, .origin = &origin};

    if (!d->repository)
        return;
    find_lacking(d, "git", NULL, cc_reason_plain(a, CC_REASON_GIT_MISSING));
    if ((why = cc_credential_origin(d->r->app, a, d->repository, &origin, &path)))
        find_reason(d, true, "githubRepoUrl", why);
    else if (!cc_forge_of(d->r->app, a, &origin, &c.forge))
        cc_log(d->r->app, "dry run: there is not enough memory to look at the repository's host");
    else if ((why = cc_credential_refused(a, &c)))
        find_reason(d, true, "envVars", why);
    else if (!cc_credential_may_push(&c))
        find_reason(d, false, "envVars", cc_reason_plain(a, CC_REASON_PUSH_NO_TOKEN));
}

typedef struct under_way {
    int64_t own, everybody;
} under_way;

CC_ROW(under_way, own, everybody);
CC_QUERY(dry_under_way, under_way,
         "SELECT (SELECT count(*) FROM runs WHERE " CC_RUN_PAUSE_FROM " AND finished_at IS NULL "
         "AND project_id = :project_id) AS own, (SELECT count(*) FROM runs WHERE " CC_RUN_PAUSE_FROM
         " AND finished_at IS NULL) AS everybody",
         TEXT(project_id));

/* It waits for its turn then, which is no failure. */
static cc_err
limits_check(dry *d)
{
    cc_app       *app = d->r->app;
    const int64_t own = cc_setting_int(app, CC_SETTING_runsPerProject),
                  all = cc_setting_int(app, CC_SETTING_runsAtOnce);
    under_way now;
    cc_err    err = cc_db_get(cc_app_db(app), NULL, dry_under_way, &now, .project_id = d->r->who.project_id);

    if (err != CC_OK || (now.own < own && now.everybody < all))
        return err;
    const cc_setting which = now.own >= own ? CC_SETTING_runsPerProject : CC_SETTING_runsAtOnce;
    find(d, false, FOUND_LIMIT_REACHED, NULL,
         cc_printf(d->r->arena, "As many runs are under way as may be (setting %s: %s); the run waits for its turn.",
                   cc_setting_name(which), cc_setting_text(app, which)));
    return CC_OK;
}

/* What the start would be refused for. */
static cc_err
budget_check(dry *d)
{
    cc_budget_state state;
    cc_err          err = cc_budget_look(d->r->app, d->r->arena, d->r->who.project_id, NULL, 0, &state);

    if (err == CC_OK && state.spent)
        find_reason(d, true, NULL, state.spent);
    return err;
}

static cc_err
run_check(dry *d)
{
    cc_err err;

    if (!d->workers.count)
        find(d, false, FOUND_NO_WORKER, NULL,
             "No worker has been there lately: the run waits until one is started (codecourier work).");
    if (!d->r->who.test) {
        sandbox_check(d);
        repository_check(d);
        if ((err = budget_check(d)) != CC_OK)
            return err;
    }
    return limits_check(d);
}

/* ---- steps ---------------------------------------------------------------------------------------- */

/* The first that a worker would find. */
static const cc_agent *
agent_any(const dry *d)
{
    const cc_agent *agent;

    for (size_t i = 0; (agent = cc_agent_at(i)); i++)
        if (!agent->rehearsal && cc_workers_with(&d->workers, agent->name))
            return cc_agent_find(d->r->app, d->r->arena, agent->name);
    return NULL;
}

static void
agent_check(dry *d, const cc_plan_step *step, cc_assignee *t)
{
    cc_arena *a = d->r->arena;

    if (!t->name)
        t->agent = agent_any(d);
    if (!t->agent) {
        if (t->name || d->workers.count) /* else nobody has looked */
            find_reason(d, true, "agent", cc_assign_nobody(a, step, t));
        return;
    }
    if (t->agent->rehearsal)
        return;
    if (t->name)
        find_lacking(d, t->name, "agent", cc_assign_not_installed(a, t->agent));
    const cc_key_state key = cc_agent_key(d->r->app, t->agent, d->project.environment);
    if (key != CC_KEY_FINE)
        find(d, key == CC_KEY_MISSING, FOUND_KEY_MISSING, "envVars", cc_agent_keyless(a, t->agent));
    const char *effort = cc_agent_effort_reason(t->agent, a, t->effort);
    if (effort)
        find(d, false, FOUND_EFFORT_NOT_HONOURED, "thinkingEffort", effort);
}

/* May this caller read all that the prompt is made of?  told: what stands in it of documents; NULL: none does. */
static bool
may_read(const dry *d, const cc_assignee *t, const cc_handout *told)
{
    const uint64_t needs = (d->project.system ? CC_BIT(PROJECTS_READ) : 0) | (t->persona ? CC_BIT(PERSONAS_READ) : 0) |
                           (d->task.title ? CC_BIT(ISSUES_READ) : 0) |
                           (told && *told->contexts_listed ? CC_BIT(CONTEXTS_READ) : 0) |
                           (told && *told->learnings_listed ? CC_BIT(LEARNINGS_READ) : 0);

    return !(needs & ~d->r->who.may);
}

static void
put_instructions(dry *d, const cc_assignee *t, const char *prompt, const cc_handout *told)
{
    cc_buf      *b = &d->r->out;
    const size_t whole = strlen(prompt);
    const size_t size = cc_utf8_cut(prompt, whole, SHOWN_MAX);

    cc_puts(b, ",\"instructions\":");
    if (t->agent && !t->agent->rehearsal && may_read(d, t, told))
        cc_put_json(b, prompt, size);
    else
        cc_puts(b, "null");
    cc_putf(b, ",\"instructionsBytes\":%zu,\"argv\":", whole);
}

/* The program by its name: where it lies is the worker's affair.  What the operator has written may hold anything. */
static cc_err
put_argv(dry *d, const cc_assignee *t, const char *effort)
{
    cc_buf       *b = &d->r->out;
    cc_arena     *a = d->r->arena;
    const cc_told told = {.model = t->model, .effort = effort};
    bool          by_input;

    if (!t->agent || t->agent->rehearsal || t->agent->by_operator || !t->agent->line[0]) {
        cc_puts(b, "null");
        return CC_OK;
    }
    const char        *name = cc_strndup(a, t->agent->line, strcspn(t->agent->line, " "));
    const char *const *argv = name ? cc_agent_argv(t->agent, a, name, &told, &by_input) : NULL;
    if (!argv)
        return CC_E_UNAVAILABLE;
    for (const char *const *word = argv; *word; word++) {
        cc_putc(b, word == argv ? '[' : ',');
        cc_put_json(b, *word, strlen(*word));
    }
    cc_putc(b, ']');
    return CC_OK;
}

/* What it is given, and of that what stands in its prompt; NULL: nothing does. */
static cc_err
contexts_check(dry *d, const cc_assignee *t, cc_handout *out, const char **for_prompt)
{
    cc_req *r = d->r;
    cc_err  err = cc_handout_load(r->app, r->arena, r->who.project_id, d->documents, t, d->project.environment, out);

    *for_prompt = NULL;
    if (err != CC_OK)
        return err;
    if (out->doubt && !(t->agent && t->agent->rehearsal))
        find(d, false, FOUND_CONTEXT_LEFT_OUT, out->field, out->doubt);
    if (*out->contexts && !(t->agent && cc_handout_by_file(r->app, t->agent, d->project.environment)))
        *for_prompt = out->contexts;
    return CC_OK;
}

/* As far as this caller may read them. */
static void
put_documents(dry *d, const cc_handout *handout)
{
    const uint64_t may = d->r->who.may;
    const char    *comma = "";
    const struct {
        uint64_t    needs;
        const char *listed;
    } kinds[] = {{CC_BIT(CONTEXTS_READ), handout->contexts_listed},
                 {CC_BIT(LEARNINGS_READ), handout->learnings_listed},
                 {CC_BIT(ASSETS_READ), handout->assets_listed}};

    cc_puts(&d->r->out, ",\"documents\":[");
    for (size_t i = 0; i < CC_COUNT(kinds); i++)
        if (may & kinds[i].needs && *kinds[i].listed) {
            cc_putf(&d->r->out, "%s%s", comma, kinds[i].listed);
            comma = ",";
        }
    cc_putc(&d->r->out, ']');
}

static cc_err
put_step(dry *d, const cc_plan_step *step, int position)
{
    cc_buf     *b = &d->r->out;
    cc_arena   *a = d->r->arena;
    cc_handout  handout;
    cc_assignee t;
    cc_err      err = cc_assign(d->r->app, a, d->r->who.project_id, &d->project, d->r->who.test, step, &t);

    if (err != CC_OK)
        return err;
    if (t.persona_gone)
        find(d, false, FOUND_PERSONA_DELETED, "personaId",
             "The step's persona was deleted: the project's agent takes the step.");
    agent_check(d, step, &t);
    cc_prompt_parts parts = cc_assign_prompt(&d->project, &d->task, step, &t);
    if ((err = contexts_check(d, &t, &handout, &parts.contexts)) != CC_OK)
        return err;
    const char *prompt = cc_prompt_make(a, &parts), *effort = NULL;
    if (!prompt)
        return CC_E_UNAVAILABLE;
    if (t.agent && !t.agent->rehearsal)
        effort = cc_agent_effort(t.agent, a, t.effort);
    if (t.agent && !cc_agent_takes(t.agent, prompt))
        find_reason(d, true, "prompt", cc_assign_too_long(a, t.agent, prompt));
    cc_putf(b, "%s{\"position\":%d,", position ? "," : "", position);
    cc_put_member(b, "label", step->label);
    cc_putf(b, ",\"role\":\"%s\",", step->role);
    cc_put_member(b, "persona", d->r->who.may & CC_BIT(PERSONAS_READ) ? t.persona : NULL);
    cc_putc(b, ',');
    cc_put_member(b, "agent", t.agent ? t.agent->name : t.name);
    cc_putc(b, ',');
    cc_put_member(b, "model", t.agent && t.agent->rehearsal ? NULL : t.model);
    cc_putc(b, ',');
    cc_put_member(b, "thinkingEffort", effort);
    put_instructions(d, &t, prompt, parts.contexts ? &handout : NULL);
    if ((err = put_argv(d, &t, effort)) != CC_OK)
        return err;
    put_documents(d, &handout);
    cc_putf(b, ",\"timeoutSeconds\":%lld,", (long long)(step->timeout_s ? step->timeout_s : CC_STEP_SECONDS));
    cc_put_member(b, "loopId", step->loop);
    cc_putc(b, '}');
    return CC_OK;
}

/* What is found out about it is of the run as a whole.  It is told of the candidates, and not what they are told. */
static cc_err
put_judge(dry *d)
{
    const cc_session_kind *kind = cc_session_kind_find("judge");
    const cc_task          task = d->task;
    cc_buf                 told;

    if (!kind)
        return CC_E_INTERNAL;
    cc_buf_init(&told, d->r->arena);
    cc_putf(&told, "%s\n\n", kind->task);
    cc_session_tell(&told, kind);
    const cc_plan_step step = {
        .label = kind->label, .role = kind->role, .instructions = cc_buf_text(&told), .loop = "answer", .checks = true};
    if (!step.instructions)
        return CC_E_UNAVAILABLE;
    d->step = -1;
    d->task = (cc_task){0};
    cc_err err = put_step(d, &step, 0);
    d->task = task;
    return err;
}

/* ---- the route ------------------------------------------------------------------------------------ */

static const char *
wish(dry *d, const char *name)
{
    const cc_value *v = cc_value_of(cc_runs.fields, d->r->body, name);

    return cc_value_given(v) && v->s[0] ? v->s : NULL;
}

/* As POST /runs would begin; what it would refuse is a finding here. */
static cc_err
prepare(dry *d)
{
    cc_req *r = d->r;
    cc_err  err;

    cc_value_set_text(cc_runs.fields, r->body, "workflowId", r->id);
    err = cc_run_prepare(&r->context, r->body);
    if (err != CC_E_CONFLICT && err != CC_E_VALIDATION)
        return err;
    if (r->reason)
        find_reason(d, true, r->field, r->reason);
    else
        find(d, true, FOUND_START_REFUSED, r->field, r->message);
    r->field = r->message = NULL;
    r->reason = NULL;
    return CC_OK;
}

static cc_err
load(dry *d)
{
    cc_req     *r = d->r;
    const char *steps = wish(d, "steps"), *documents, *why;
    cc_err      err;

    d->task.asked = wish(d, "prompt");
    if ((err = cc_plan_read(r->arena, steps ? steps : "[]", steps ? strlen(steps) : 2, 1, &d->plan)) != CC_OK ||
        (err = cc_run_project_load(r->app, r->arena, r->who.project_id, &d->project)) != CC_OK ||
        (err = cc_task_load(r->app, r->arena, r->who.project_id, wish(d, "issueId"), &d->task)) != CC_OK ||
        (err = cc_documents_active(&r->context, &documents)) != CC_OK ||
        (err = cc_json_parse(r->arena, documents, strlen(documents), &d->documents, &why)) != CC_OK)
        return err;
    d->repository = wish(d, "githubRepoUrl");
    if (!d->repository)
        d->repository = d->project.repository;
    return cc_workers_load(r->app, r->arena, &d->workers);
}

cc_err
cc_workflows_run_dry(cc_req *r)
{
    const cc_value *candidates = cc_value_of(cc_runs.fields, r->body, "candidates");
    const bool      several = cc_value_given(candidates);
    dry             d = {.r = r, .step = -1};
    cc_err          err;

    cc_buf_init(&d.findings, r->arena);
    cc_arena_secret(r->arena); /* the project's environment */
    if ((err = prepare(&d)) != CC_OK || (err = load(&d)) != CC_OK || (err = run_check(&d)) != CC_OK)
        return err;
    cc_putc(&r->out, '{');
    cc_put_member(&r->out, "name", wish(&d, "name"));
    cc_putc(&r->out, ',');
    cc_put_member(&r->out, "githubRepoUrl", d.repository);
    cc_puts(&r->out, ",\"steps\":[");
    for (d.step = 0; d.step < d.plan.count && err == CC_OK; d.step++)
        err = put_step(&d, &d.plan.steps[d.step], d.step);
    cc_putf(&r->out, "],\"candidates\":%lld,\"judge\":[", (long long)(several ? candidates->i : 1));
    if (several && err == CC_OK)
        err = put_judge(&d);
    cc_puts(&r->out, "],\"findings\":[");
    cc_put(&r->out, d.findings.data, d.findings.size);
    cc_putf(&r->out, "],\"ok\":%s}", d.errors ? "false" : "true");
    return err == CC_OK && d.findings.failed ? CC_E_UNAVAILABLE : err;
}
