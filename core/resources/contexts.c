/*
 * Contexts: what every agent of a project should know.  A plain resource with versions (documents.c): this declaration
 * and its table are all of it.
 */
#include "resources/documents.h"
#include "resources/resources.h"

static const cc_field fields[] = {
    CC_ROW_HEAD(CC_CONTEXT_PREFIX),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What people call it.",
         .example = "\"House rules\""),
    CC_DOCUMENT_FIELDS,
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, CC_INSTRUCTIONS_MAX,
         "The draft, in Markdown: what agents are told once it is published.",
         .example = "\"Use British spelling. Never edit files below third_party/.\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_contexts, "/contexts", "contexts", "a context", "contexts", CONTEXTS);

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    return cc_document_prepare(c, id, cc_value_of(fields, body, "isEnabled"));
}

const cc_resource cc_contexts = {
    .singular = "context",
    .table = "contexts",
    .stored = (const char *const[]){"document_versions", "contexts", NULL},
    .prefix = CC_CONTEXT_PREFIX,
    .fields = fields,
    .trash = true,
    .meaning = "What every agent of the project should know, as a draft and its published versions.",
    .prepare = prepare,
    .deleted = cc_document_deleted,
    .purged = cc_document_purged,
    .from_trash = cc_document_from_trash,
};
