/*
 * Issues: work that waits for a run.  A plain resource; what is special of those at a forge is in forge_issues.c.
 */
#include "context/state.h"
#include "resources/forge_issues.h"
#include "resources/resources.h"

const char *const cc_issue_priorities[] = {"low", "medium", "high", "critical", NULL};
const char *const cc_issue_kinds[] = {"bug",  "security",      "performance", "maintainability",
                                      "test", "documentation", NULL};

static const char *const origins[] = {CC_ISSUE_CREATED, CC_ISSUE_IMPORTED, CC_ISSUE_DISCOVERED, NULL};
static const char *const actions[] = {CC_ISSUE_IMPORT, NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("iss_"),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What is to be done, in a line.",
         .example = "\"Sign-in fails with a plus sign in the address\""),
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX,
         "What is to be done, in full.", .example = "\"Steps to reproduce: …\""),
    CC_F("sourceUrl", CC_TYPE_URL, CC_FIELD_NULLABLE, 1, 500,
         "Where it stands elsewhere; its runs' prompts and pull requests name it.",
         .example = "\"https://github.com/example/shop/issues/42\""),
    CC_F("priority", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "How much it matters.", .choices = cc_issue_priorities,
         .preset = "\"medium\"", .example = "\"high\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_FILTER, 0, 0, "Where it stands; runs started from it move it on.",
         .choices = cc_issue_statuses, .states = &cc_issue_states, .preset = "\"" CC_ISSUE_NEW "\"",
         .example = "\"" CC_ISSUE_NEW "\""),
    CC_F("suggestedPrompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX,
         "The prompt of a run started from it.",
         .example = "\"Find out why addresses with a plus sign are refused, and mend it.\""),
    CC_F(
        "commentOnIssue", CC_TYPE_BOOL, 0, 0, 0,
        "Whether a run of it that ends is told where it stands, as a comment that links the run; for issues at a forge.",
        .preset = "false", .example = "true"),
    CC_F("pendingAction", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "What was asked for and a worker has not done so far; null: nothing.", .choices = actions, .example = "null"),
    CC_F("actionError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 1000,
         "Why what a worker was to do for it last was not done.", .example = "null"),
    CC_REASON_FIELDS("actionError"),
    CC_F("importedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it was taken over from its forge; null: it was not.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("origin", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "Where it comes from: somebody made it, it was taken over from a forge, or a session has found it.",
         .choices = origins, .preset = "\"" CC_ISSUE_CREATED "\"", .example = "\"" CC_ISSUE_CREATED "\""),
    CC_F("kind", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "What it is about, as the session says that has found it.", .choices = cc_issue_kinds, .example = "null"),
    CC_F("file", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 300,
         "The file that it is in, as that session says.", .example = "null"),
    CC_F("sessionId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "The session that has found it.",
         .ref = "run_", .example = "null"),
    CC_ROW_TAIL,
    CC_F("dueAt", CC_TYPE_TIME, CC_FIELD_HIDDEN | CC_FIELD_NULLABLE, 0, 0, "When a worker is to deal with it."),
    CC_F("tries", CC_TYPE_INT, CC_FIELD_HIDDEN, 0, 0, "How often one has tried.", .preset = "0"),
    CC_F("fingerprint", CC_TYPE_LINE, CC_FIELD_HIDDEN | CC_FIELD_NULLABLE | CC_FIELD_FIXED, 0, 0,
         "By which what is found again is known."),
    CC_END,
};

CC_PLAIN(cc_issues, "/issues", "issues", "an issue", "issues", ISSUES);

/* Who takes over the issue of that address looks for it first: cc_issues_import. */
static cc_err
issue_prepare(cc_context *c, const char *id, cc_value *body)
{
    (void)id;
    return cc_value_given(cc_value_of(fields, body, "sourceUrl")) ? cc_project_lock(c) : CC_OK;
}

const cc_resource cc_issues = {
    .prepare = issue_prepare,
    .singular = "issue",
    .table = "issues",
    .stored = (const char *const[]){"issue_comments", "issues", NULL},
    .prefix = "iss_",
    .fields = fields,
    .trash = true,
    .meaning = "Work that waits for a run.",
    .taken = "A session has found it again meanwhile.",
    .made = CC_MESSAGE_ISSUE_CREATED,
};
