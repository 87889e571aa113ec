/*
 * Workflows: the steps that a run goes through.
 *
 * The steps are one JSON text in the row, because they are always read and written together; a list shows their number
 * instead.
 */
#include "context/app.h"
#include "resources/resources.h"
#include "storage/db.h"

static cc_err prepare(cc_context *c, const char *id, cc_value *body);

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
    .prefix = "wfl_",
    .fields = fields,
    .trash = true,
    .meaning = "Steps that a run goes through.",
    .prepare = prepare,
};

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *steps = cc_value_of(fields, body, "steps");
    int64_t         n = 0;

    (void)c;
    (void)id;
    if (!steps->present)
        return CC_OK;
    for (const cc_json *j = cc_json_first(steps->json); j; j = cc_json_next(j))
        n++;
    cc_value_set_int(fields, body, "stepCount", n);
    return CC_OK;
}
