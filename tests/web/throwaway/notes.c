/*
 * Notes: what people want to remember of a workflow.  A plain resource: this declaration and its table are all of it.
 */
#include "resources/resources.h"

static const char *const colours[] = {"yellow", "green", "pink", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("not_"),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 120, "What it says, in a line.",
         .example = "\"Ask before merging\""),
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, 5000, "What it says, in full.",
         .example = "\"The release branch is frozen on Fridays.\""),
    CC_F("colour", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "Its colour.", .choices = colours, .preset = "\"yellow\"",
         .example = "\"green\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_FILTER, 0, 0, "The workflow it is about.",
         .ref = "wfl_", .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("issueIds", CC_TYPE_IDS, 0, 0, 20, "Issues it is about.", .ref = "iss_", .preset = "[]",
         .example = "[\"iss_0NqT3yKc8ZVbW5aXeRm1Lp\"]"),
    CC_F("weight", CC_TYPE_NUMBER, CC_FIELD_NULLABLE, 0, 10, "How much it matters.", .example = "2.5"),
    CC_F("isPinned", CC_TYPE_BOOL, CC_FIELD_FILTER, 0, 0, "Whether it stays on top.", .preset = "false", .example = "true"),
    CC_F("remindAt", CC_TYPE_TIME, CC_FIELD_NULLABLE, 0, 0, "When to look at it again.",
         .example = "\"2025-02-01T08:00:00Z\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_SCOPE_PAIR(27, NOTES, "notes");
CC_PLAIN(cc_notes, "/notes", "notes", "a note", "notes", NOTES);

const cc_resource cc_notes = {
    .singular = "note",
    .table = "notes",
    .prefix = "not_",
    .fields = fields,
    .trash = true,
    .meaning = "What people want to remember of a workflow.",
};
