/*
 * Personas: how an agent should behave in a step.  A plain resource: this declaration and its table are all of it.
 */
#include "resources/resources.h"

static const char *const efforts[] = {"low", "medium", "high", "max", NULL};

enum { BOUND_MOST = 100 };

static const cc_field fields[] = {
    CC_ROW_HEAD("per_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What people call it.",
         .example = "\"Careful reviewer\""),
    CC_F("type", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "The role it is made for.", .choices = cc_step_roles,
         .preset = "\"custom\"", .example = "\"reviewer\""),
    CC_F("agent", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 40, "Which agent answers; null: the project's default.",
         .example = "\"claude\""),
    CC_F("model", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, 100, "Which model the agent uses; null: the agent's own choice.",
         .example = "\"sonnet\""),
    CC_F("thinkingEffort", CC_TYPE_CHOICE, CC_FIELD_NULLABLE, 0, 0, "How long the model may think.", .choices = efforts,
         .example = "\"high\""),
    CC_F("instructions", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_INSTRUCTIONS_MAX,
         "What it is told before every step.", .example = "\"Point out risks before style.\""),
    CC_F("contextId", CC_TYPE_ID, CC_FIELD_NULLABLE, 0, 0,
         "The context that its steps are given in place of all that are active; null: all.", .ref = "ctx_",
         .example = "null"),
    CC_F("skillIds", CC_TYPE_IDS, CC_FIELD_NULLABLE, 0, BOUND_MOST,
         "The skills that its steps are given in place of all that are active; null: all.", .ref = "skl_",
         .example = "null"),
    CC_F("commandIds", CC_TYPE_IDS, CC_FIELD_NULLABLE, 0, BOUND_MOST,
         "The commands that its steps are given in place of all that are active; null: all.", .ref = "cmd_",
         .example = "null"),
    CC_F("scriptIds", CC_TYPE_IDS, CC_FIELD_NULLABLE, 0, BOUND_MOST,
         "The scripts that its steps are given in place of all that are active; null: all.", .ref = "scr_",
         .example = "null"),
    CC_F("isEnabled", CC_TYPE_BOOL, CC_FIELD_FILTER, 0, 0, "Whether steps may use it.", .preset = "true",
         .example = "true"),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_personas, "/personas", "personas", "a persona", "personas", PERSONAS);

const cc_resource cc_personas = {
    .singular = "persona",
    .table = "personas",
    .prefix = "per_",
    .fields = fields,
    .trash = true,
    .meaning = "How an agent should behave in a step: role, agent, model and instructions.",
};
