/*
 * Scripts: programs that agents find in their home.  A plain resource with versions (documents.c).
 *
 * Which program reads it stands in its first line, as everywhere: so that belongs to the version, like all of it.
 */
#include "resources/documents.h"
#include "resources/resources.h"

static const cc_field fields[] = {
    CC_ROW_HEAD(CC_SCRIPT_PREFIX),
    CC_DOCUMENT_NAME("The name of its file: small letters, digits, '-', '_' and '.'.", "\"check-links.sh\""),
    CC_DOCUMENT_FIELDS,
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, CC_INSTRUCTIONS_MAX,
         "The draft; its first line names what reads it: #!/bin/sh or #!/usr/bin/env python3.",
         .example = "\"#!/bin/sh\\ngrep -rn 'http://' docs\\n\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_scripts, "/scripts", "scripts", "a script", "scripts", ASSETS);

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *content = cc_value_of(fields, body, "content");
    cc_err          err = cc_document_prepare(c, id, cc_value_of(fields, body, "isEnabled"));

    if (content->present && strncmp(content->s, "#!/", 3) != 0)
        return cc_fail(c, CC_E_VALIDATION, "content",
                       "'content' must begin with the line that names what reads it, such as #!/bin/sh.");
    return err == CC_OK ? cc_document_name_check(c, cc_value_of(fields, body, "name")) : err;
}

const cc_resource cc_scripts = {
    .singular = "script",
    .table = "scripts",
    .stored = (const char *const[]){"document_versions", "scripts", NULL},
    .prefix = CC_SCRIPT_PREFIX,
    .fields = fields,
    .trash = true,
    .meaning = "A program that agents find in their home, as a draft and its published versions.",
    .prepare = prepare,
    .deleted = cc_document_deleted,
    .purged = cc_document_purged,
    .from_trash = cc_document_from_trash,
};
