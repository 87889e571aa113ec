/*
 * What a run is given by its project, its issue and its steps.
 *
 * Asked by the worker when a run begins and again at each step, for all of it may change meanwhile; and by the dry run,
 * which says what would come of it now.
 */
#include "engine/assignment.h"

#include "context/app.h"
#include "gate/environment.h"
#include "resources/provider_keys.h"
#include "storage/query.h"

typedef struct project_row {
    const char *repository, *system, *agent, *model, *git_name, *git_email, *pull_template;
    cc_bytes    env_vars;
} project_row;

typedef struct issue_row {
    const char *title, *url, *text;
} issue_row;

typedef struct persona_row {
    const char *name, *agent, *model, *effort, *instructions, *context_id, *skill_ids, *command_ids, *script_ids;
} persona_row;

/* "" is as good as none, everywhere here. */
CC_ROW(project_row, repository, system, agent, model, git_name, git_email, pull_template, env_vars);
CC_QUERY(project_load, project_row,
         "SELECT nullif(p.github_repo_url, '') AS repository, nullif(s.system_prompt, '') AS system, "
         "nullif(s.default_agent, '') AS agent, nullif(s.default_model, '') AS model, "
         "nullif(s.git_commit_name, '') AS git_name, nullif(s.git_commit_email, '') AS git_email, "
         "nullif(s.pull_request_template, '') AS pull_template, s.env_vars "
         "FROM projects p LEFT JOIN project_settings s ON s.project_id = p.project_id "
         "WHERE p.project_id = :project_id",
         TEXT(project_id));
CC_ROW(issue_row, title, url, text);
CC_QUERY(issue_load, issue_row,
         "SELECT title, nullif(source_url, '') AS url, nullif(description, '') AS text FROM issues "
         "WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));
CC_ROW(persona_row, name, agent, model, effort, instructions, context_id, skill_ids, command_ids, script_ids);
CC_QUERY(persona_load, persona_row,
         "SELECT name, nullif(agent, '') AS agent, nullif(model, '') AS model, thinking_effort AS effort, "
         "nullif(instructions, '') AS instructions, context_id, skill_ids, command_ids, script_ids FROM personas "
         "WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

cc_err
cc_run_project_load(cc_app *app, cc_arena *a, const char *project_id, cc_run_project *out)
{
    project_row p;
    cc_err      err = cc_db_get(cc_app_db(app), a, project_load, &p, .project_id = project_id);

    if (err != CC_OK)
        return err;
    *out = (cc_run_project){.repository = p.repository,
                            .system = p.system,
                            .agent = p.agent,
                            .model = p.model,
                            .git_name = p.git_name ? p.git_name : "CodeCourier",
                            .git_email = p.git_email ? p.git_email : "codecourier@localhost",
                            .pull_template = p.pull_template};
    err = cc_environment_open(app, a, project_id, p.env_vars.data, p.env_vars.size, &out->environment);
    return err == CC_OK ? cc_provider_keys_join(app, a, project_id, &out->environment, &out->keys) : err;
}

cc_err
cc_task_load(cc_app *app, cc_arena *a, const char *project_id, const char *issue_id, cc_task *task)
{
    issue_row issue;
    bool      found = false;
    cc_err    err = CC_OK;

    if (issue_id)
        err = cc_db_find(cc_app_db(app), a, issue_load, &issue, &found, .project_id = project_id, .id = issue_id);
    if (err == CC_OK && found)
        *task = (cc_task){.title = issue.title, .url = issue.url, .text = issue.text, .asked = task->asked};
    return err;
}

/* NULL for NULL. */
static cc_err
ids_read(cc_arena *a, const char *text, const cc_json **ids)
{
    const char *why;

    *ids = NULL;
    return text ? cc_json_parse(a, text, strlen(text), ids, &why) : CC_OK;
}

/* One that was deleted leaves the step to the project's agent. */
static cc_err
persona_take(cc_app *app, cc_arena *a, const char *project_id, const char *id, cc_assignee *out)
{
    persona_row p;
    bool        found;
    cc_err      err = cc_db_find(cc_app_db(app), a, persona_load, &p, &found, .project_id = project_id, .id = id);

    if (err == CC_OK && found)
        *out = (cc_assignee){.name = p.agent,
                             .model = p.model,
                             .effort = p.effort,
                             .persona = p.name,
                             .instructions = p.instructions,
                             .context_id = p.context_id};
    out->persona_gone = err == CC_OK && !found;
    if (err != CC_OK || !found)
        return err;
    if ((err = ids_read(a, p.skill_ids, &out->skills)) == CC_OK &&
        (err = ids_read(a, p.command_ids, &out->commands)) == CC_OK)
        err = ids_read(a, p.script_ids, &out->scripts);
    return err == CC_E_VALIDATION ? CC_E_INTERNAL : err; /* they were valid when they were stored */
}

cc_err
cc_assign(cc_app *app, cc_arena *a, const char *project_id, const cc_run_project *project, bool test,
          const cc_plan_step *step, cc_assignee *out)
{
    cc_err err = CC_OK;

    *out = (cc_assignee){0};
    if (step->persona_id && (err = persona_take(app, a, project_id, step->persona_id, out)) != CC_OK)
        return err;
    if (step->agent)
        out->name = step->agent;
    if (step->model)
        out->model = step->model;
    if (test)
        out->name = "rehearsal";
    if (!out->name)
        out->name = project->agent;
    if (!out->model)
        out->model = project->model;
    out->agent = out->name ? cc_agent_find(app, a, out->name) : NULL;
    return CC_OK;
}

const cc_reason *
cc_assign_nobody(cc_arena *a, const cc_plan_step *step, const cc_assignee *t)
{
    return t->name ? cc_reason_new(a, NO_SUCH_AGENT, .agent = t->name, .label = step->label)
                   : cc_reason_new(a, NO_AGENT, .install = "npm install -g @anthropic-ai/claude-code");
}

const cc_reason *
cc_assign_not_installed(cc_arena *a, const cc_agent *agent)
{
    return agent->install[0] ? cc_reason_new(a, AGENT_NOT_INSTALLED, .agent = agent->name, .install = agent->install)
                             : cc_reason_new(a, AGENT_PROGRAM_MISSING, .agent = agent->name);
}

const cc_reason *
cc_assign_too_long(cc_arena *a, const cc_agent *agent, const char *prompt)
{
    return cc_reason_new(a, PROMPT_TOO_LONG, .bytes = cc_printf(a, "%zu", strlen(prompt)), .agent = agent->name,
                         .word = "{prompt}");
}

cc_prompt_parts
cc_assign_prompt(const cc_run_project *project, const cc_task *task, const cc_plan_step *step, const cc_assignee *t)
{
    return (cc_prompt_parts){
        .system = project->system,
        .role = step->role,
        .persona = t->persona,
        .persona_instructions = t->instructions,
        .task = *task,
        .instructions = step->instructions,
        .iteration = 1,
        .checks = cc_role_checks(step->role),
    };
}
