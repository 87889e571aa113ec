/*
 * Workflows: the steps that a run goes through.
 *
 * The steps are one JSON text in the row, because they are always read and written together; a list shows their number
 * instead.
 *
 * Whatever is saved is a version, which never changes; the row is one of them.  Only its status is none of it: that is
 * a switch beside them.  To go back to an earlier version is to be that one again, and what is saved then is the next.
 */
#include "context/app.h"
#include "resources/resources.h"
#include "resources/versions.h"
#include "storage/db.h"

static cc_err prepare(cc_context *c, const char *id, cc_value *body);
static cc_err saved(cc_context *c, const char *id);
static cc_err purged(cc_context *c, const char *id);

const char *const cc_step_roles[] = {
    "designer", "checker",   "optimizer", "prompter", "investigator", "deep-dive", "planner",
    "reviewer", "evaluator", "judge",     "answerer", "custom",       NULL,
};

static const char *const statuses[] = {"active", "draft", "archived", NULL};

static const cc_field step_fields[] = {
    CC_F("label", CC_TYPE_LINE, 0, 1, 100, "What people call the step; left out: its role.", .example = "\"Review\""),
    CC_F("role", CC_TYPE_CHOICE, CC_FIELD_REQUIRED, 0, 0, "What the step is there for.", .choices = cc_step_roles,
         .example = "\"reviewer\""),
    CC_F("personaId", CC_TYPE_ID, CC_FIELD_NULLABLE, 0, 0, "Who takes the step.", .ref = "per_", .example = "null"),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 40, "Which agent; null: the persona's or the project's.",
         .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "Which model; null: the persona's or the agent's own.",
         .example = "\"sonnet\""),
    CC_F("instructions", CC_TYPE_TEXT, 0, 0, CC_INSTRUCTIONS_MAX, "What to do.", .preset = "\"\"",
         .example = "\"Review the change and list what must be mended.\""),
    CC_F("timeoutSeconds", CC_TYPE_INT, 0, 1, 86400, "After how long the step has failed.", .preset = "1800",
         .example = "900"),
    CC_F("loopId", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 40,
         "Steps that share one repeat together until the checker's verdict is pass.", .example = "\"polish\""),
    CC_F("loopMaxIterations", CC_TYPE_INT, CC_FIELD_NULLABLE, 1, 100, "How often the loop may go round.",
         .example = "3"),
    CC_END,
};

static const cc_field fields[] = {
    CC_ROW_HEAD("wfl_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What people call it.",
         .example = "\"Plan, build, review\""),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, 2000, "What it is for.",
         .example = "\"Plans a change, makes it and reviews it.\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "Archived workflows cannot be started.", .choices = statuses,
         .preset = "\"active\"", .example = "\"active\""),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_NULLABLE, 0, 500,
         "The repository its runs work on; null: the project's.", .example = "null"),
    CC_F("activeVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Which of its versions it is now.",
         .preset = "1", .example = "1"),
    CC_F("latestVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "The newest version.", .preset = "1",
         .example = "1"),
    CC_F("stepCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 50, "How many steps it has.", .example = "1"),
    CC_F("steps", CC_TYPE_LIST, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, 50,
         "What is done, in order; each step's output feeds the next.", .members = step_fields,
         .example = "[{\"role\":\"reviewer\",\"instructions\":\"Review the change.\",\"timeoutSeconds\":900}]"),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_workflows = {
    .singular = "workflow",
    .table = "workflows",
    .stored = (const char *const[]){"workflow_versions", "workflows", NULL},
    .prefix = "wfl_",
    .fields = fields,
    .trash = true,
    .meaning = "Steps that a run goes through.",
    .prepare = prepare,
    .saved = saved,
    .purged = purged,
};

const cc_field cc_workflow_version_fields[] = {
    CC_F("version", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Its number: 1, 2, 3 …", .example = "2"),
    CC_F("savedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was saved.",
         .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("savedBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 254,
         "Who saved it: the name of the person or key; null: that was not noted then.", .example = "\"Ada\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "What people called it.",
         .example = "\"Plan, build, review\""),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 2000, "What it was for.",
         .example = "\"Plans a change, makes it and reviews it.\""),
    CC_F("githubRepoUrl", CC_TYPE_URL, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 500,
         "The repository its runs worked on; null: the project's.", .example = "null"),
    CC_F("stepCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 50, "How many steps it had.", .example = "1"),
    CC_F("steps", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 1, 50, "What was done, in order.",
         .members = step_fields,
         .example = "[{\"role\":\"reviewer\",\"instructions\":\"Review the change.\",\"timeoutSeconds\":900}]"),
    CC_END,
};

/* ---- saved ------------------------------------------------------------------------------------- */

#define WORKFLOW_PARAMS TEXT(project_id), TEXT(id)
#define THE_WORKFLOW(c, workflow) .project_id = (c)->who.project_id, .id = (workflow)

typedef struct workflow_now {
    const char *name, *description, *github_repo_url, *steps;
    int64_t     latest_version;
} workflow_now;

CC_ROW(workflow_now, name, description, github_repo_url, steps, latest_version);
CC_QUERY(workflow_as_it_is, workflow_now,
         "SELECT name, description, github_repo_url, steps, latest_version FROM workflows "
         "WHERE project_id = :project_id AND id = :id",
         WORKFLOW_PARAMS);

static bool
differs(cc_value *body, const char *name, const char *text)
{
    const cc_value *v = cc_value_of(fields, body, name);

    if (!v->present || v->null || !text)
        return v->present && v->null != !text;
    return strcmp(v->s, text) != 0;
}

/* What changes is the next version. */
static cc_err
version_take(cc_context *c, const char *id, cc_value *body)
{
    workflow_now now = {0};
    bool         found = true;
    cc_err       err =
        id ? cc_db_find(cc_app_db(c->app), c->arena, workflow_as_it_is, &now, &found, THE_WORKFLOW(c, id)) : CC_OK;

    if (err != CC_OK || !found)
        return err;
    if (id && !differs(body, "name", now.name) && !differs(body, "description", now.description) &&
        !differs(body, "githubRepoUrl", now.github_repo_url) && !differs(body, "steps", now.steps))
        return CC_OK;
    cc_value_set_int(fields, body, "activeVersion", now.latest_version + 1);
    cc_value_set_int(fields, body, "latestVersion", now.latest_version + 1);
    return CC_OK;
}

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *steps = cc_value_of(fields, body, "steps");
    int64_t         n = 0;

    for (const cc_json *j = steps->json ? cc_json_first(steps->json) : NULL; j; j = cc_json_next(j))
        n++;
    if (steps->json)
        cc_value_set_int(fields, body, "stepCount", n);
    return version_take(c, id, body);
}

CC_STATEMENT(workflow_version_insert,
             "INSERT INTO workflow_versions (project_id, workflow_id, version, saved_at, saved_by, name, description, "
             "github_repo_url, step_count, steps) SELECT project_id, id, active_version, CAST(:now AS BIGINT), "
             "CAST(:who AS TEXT), name, description, github_repo_url, step_count, steps FROM workflows "
             "WHERE project_id = :project_id AND id = :id ON CONFLICT DO NOTHING",
             INT(now), TEXT(who), WORKFLOW_PARAMS);

/* One that is there already stays as it is. */
static cc_err
saved(cc_context *c, const char *id)
{
    return cc_db_run(cc_app_db(c->app), workflow_version_insert, .now = c->now, .who = c->who.name,
                     THE_WORKFLOW(c, id));
}

CC_STATEMENT(workflow_versions_delete,
             "DELETE FROM workflow_versions WHERE project_id = :project_id AND workflow_id = :id", WORKFLOW_PARAMS);

static cc_err
purged(cc_context *c, const char *id)
{
    return cc_db_run(cc_app_db(c->app), workflow_versions_delete, THE_WORKFLOW(c, id));
}

/* ---- versions ---------------------------------------------------------------------------------- */

/* The columns are those of cc_workflow_version_fields; of one, the ETag's behind them. */
#define VERSION_COLUMNS "version, saved_at, saved_by, name, description, github_repo_url, step_count"
CC_STATEMENT(workflow_versions_of,
             "SELECT " VERSION_COLUMNS " FROM workflow_versions WHERE project_id = :project_id AND workflow_id = :id "
             "AND version < :before ORDER BY version DESC LIMIT :most",
             WORKFLOW_PARAMS, INT(before), INT(most));
CC_STATEMENT(workflow_version_get,
             "SELECT " VERSION_COLUMNS ", steps, version FROM workflow_versions "
             "WHERE project_id = :project_id AND workflow_id = :id AND version = :version",
             WORKFLOW_PARAMS, INT(version));

cc_err
cc_workflow_versions(cc_req *r)
{
    int64_t  limit, before;
    cc_stmt *s = NULL;
    cc_err   err = cc_versions_page(r, &limit, &before);

    if (err == CC_OK)
        err = cc_db_bind(cc_app_db(r->app), workflow_versions_of, &s, THE_WORKFLOW(r, r->id), .before = before,
                         .most = limit + 1); /* one more tells whether there is more */
    return err == CC_OK ? cc_versions_write(r, s, limit) : err;
}

cc_err
cc_workflow_version(cc_req *r)
{
    cc_stmt *s = NULL;
    int64_t  version;
    cc_err   err = cc_version_asked(r, &version);

    if (err == CC_OK)
        err = cc_db_bind(cc_app_db(r->app), workflow_version_get, &s, THE_WORKFLOW(r, r->id), .version = version);
    return err == CC_OK ? cc_version_write(r, s) : err;
}

typedef struct workflow_then {
    const char *name, *description, *github_repo_url, *steps;
    int64_t     step_count;
} workflow_then;

CC_ROW(workflow_then, name, description, github_repo_url, steps, step_count);
CC_QUERY(workflow_as_it_was, workflow_then,
         "SELECT name, description, github_repo_url, steps, step_count FROM workflow_versions "
         "WHERE project_id = :project_id AND workflow_id = :id AND version = :version",
         WORKFLOW_PARAMS, INT(version));

cc_err
cc_workflow_activate(cc_req *r)
{
    cc_value     *values = cc_alloc(r->arena, cc_fields_count(fields) * sizeof(*values));
    workflow_then then;
    int64_t       version;
    bool          found = false;
    cc_err        err = values ? cc_version_asked(r, &version) : CC_E_UNAVAILABLE;

    if (err == CC_OK)
        err = cc_db_find(cc_app_db(r->app), r->arena, workflow_as_it_was, &then, &found, THE_WORKFLOW(r, r->id),
                         .version = version);
    if (err != CC_OK || !found)
        return err == CC_OK ? cc_version_none(r) : err;
    cc_value_set_text(fields, values, "name", then.name);
    cc_value_set_text(fields, values, "description", then.description);
    cc_value_set_text(fields, values, "githubRepoUrl", then.github_repo_url);
    cc_value_set_text(fields, values, "steps", then.steps);
    cc_value_set_int(fields, values, "stepCount", then.step_count);
    cc_value_set_int(fields, values, "activeVersion", version);
    return cc_resource_change(r, &cc_workflows, r->id, values);
}
