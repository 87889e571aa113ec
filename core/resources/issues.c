/*
 * Issues: work that waits for a run.  A plain resource: this declaration and its table are all of it.
 */
#include "context/state.h"
#include "resources/resources.h"

static const char *const priorities[] = {"low", "medium", "high", "critical", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("iss_"),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What is to be done, in a line.",
         .example = "\"Sign-in fails with a plus sign in the address\""),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX,
         "What is to be done, in full.", .example = "\"Steps to reproduce: …\""),
    CC_F("sourceUrl", CC_TYPE_URL, CC_FIELD_NULLABLE, 1, 500,
         "Where it stands elsewhere; its runs' prompts and pull requests name it.",
         .example = "\"https://github.com/example/shop/issues/42\""),
    CC_F("priority", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "How much it matters.", .choices = priorities,
         .preset = "\"medium\"", .example = "\"high\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "Where it stands; runs started from it move it on.",
         .choices = cc_issue_statuses, .states = &cc_issue_states, .preset = "\"" CC_ISSUE_NEW "\"",
         .example = "\"" CC_ISSUE_NEW "\""),
    CC_F("suggestedPrompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX,
         "The prompt of a run started from it.",
         .example = "\"Find out why addresses with a plus sign are refused, and mend it.\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_issues, "/issues", "issues", "an issue", "issues", ISSUES);

const cc_resource cc_issues = {
    .singular = "issue",
    .table = "issues",
    .prefix = "iss_",
    .fields = fields,
    .meaning = "Work that waits for a run.",
};
