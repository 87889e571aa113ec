/*
 * Commands: what people have agents do again and again, as a word behind a slash.  A plain resource with versions
 * (documents.c).
 */
#include "resources/documents.h"
#include "resources/resources.h"

static const cc_field fields[] = {
    CC_ROW_HEAD(CC_COMMAND_PREFIX),
    CC_DOCUMENT_NAME("The word behind the slash: small letters, digits, '-', '_' and '.'.", "\"release-notes\""),
    CC_DOCUMENT_FIELDS,
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, CC_INSTRUCTIONS_MAX,
         "The draft, in Markdown: what the agent is told for that word, once it is published.",
         .example = "\"Write release notes for what has changed since the last tag.\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_commands, "/commands", "commands", "a command", "commands", ASSETS);

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    cc_err err = cc_document_prepare(c, id, cc_value_of(fields, body, "isEnabled"));

    return err == CC_OK ? cc_document_name_check(c, cc_value_of(fields, body, "name")) : err;
}

const cc_resource cc_commands = {
    .singular = "command",
    .table = "commands",
    .stored = (const char *const[]){"document_versions", "commands", NULL},
    .prefix = CC_COMMAND_PREFIX,
    .fields = fields,
    .trash = true,
    .meaning = "What agents do for a word behind a slash, as a draft and its published versions.",
    .prepare = prepare,
    .deleted = cc_document_deleted,
    .purged = cc_document_purged,
    .from_trash = cc_document_from_trash,
};
