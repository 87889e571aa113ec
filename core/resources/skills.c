/*
 * Skills: folders of files that agents find in their home, SKILL.md first among them.  A plain resource with versions
 * (documents.c), whose draft is a list of files.
 *
 * Their paths become those of a file system, which may take two for one that differ in case alone.  So they are made of
 * POSIX's portable characters, of which none leads out of the folder, and case does not tell them apart.
 */
#include "base/mend.h"
#include "resources/documents.h"
#include "resources/resources.h"
#include "resources/skill_head.h"

enum { FILES_MOST = 100, PATH_MOST = 200, SKILL_MOST = 512 * 1024 /* bytes, of all files */ };

#define SKILL_FILE "SKILL.md" /* what agents read first */

static const cc_field file_fields[] = {
    CC_F("path", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, PATH_MOST,
         "Where it lies in the skill's folder: letters, digits, '-', '_' and '.', with '/' between.",
         .example = "\"SKILL.md\""),
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED, 0, CC_INSTRUCTIONS_MAX,
         "What it says; one that begins with #!/ can be started.", .example = "\"Read the page aloud.\""),
    CC_END,
};

#define FILES_EXAMPLE                                                                                                  \
    "[{\"path\":\"SKILL.md\",\"content\":\"---\\nname: release\\ndescription: How we release.\\n---\\nFollow "         \
    "checklist.md.\\n\"},{\"path\":\"checklist.md\",\"content\":\"1. Run the tests.\\n\"}]"

static const cc_field fields[] = {
    CC_ROW_HEAD(CC_SKILL_PREFIX),
    CC_DOCUMENT_NAME("The name of its folder: small letters, digits, '-', '_' and '.'.", "\"release\""),
    CC_DOCUMENT_FIELDS,
    CC_F("files", CC_TYPE_LIST, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, FILES_MOST,
         "The draft: its files, one of which is SKILL.md; of at most 512 KiB together.", .members = file_fields,
         .example = FILES_EXAMPLE),
    CC_ROW_TAIL,
    CC_END,
};

const cc_field cc_skill_version_fields[] = {
    CC_VERSION_HEAD,
    CC_F("files", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 1, FILES_MOST,
         "What the draft was then; it never changes.", .members = file_fields, .example = FILES_EXAMPLE),
    CC_END,
};

CC_PLAIN(cc_skills, "/skills", "skills", "a skill", "skills", ASSETS);

/* ---- paths ------------------------------------------------------------------------------------- */

static bool
path_fine(const char *path)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
                      more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

    for (const char *p = path; strspn(p, first); p++) {
        p += strspn(p, more);
        if (*p != '/')
            return !*p;
    }
    return false;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Is that the same file or one below it, whatever the case? */
static bool
covers(const char *path, const char *other)
{
    while (*path && lower(*path) == lower(*other))
        path++, other++;
    return !*path && (!*other || *other == '/');
}

static cc_err
refuse(cc_context *c, int64_t at, const char *why)
{
    const char *name = cc_printf(c->arena, "files[%lld].path", (long long)at);

    return name ? cc_fail(c, CC_E_VALIDATION, name, "'%s' %s.", name, why) : CC_E_UNAVAILABLE;
}

static cc_err
path_check(cc_context *c, const cc_json *files, const cc_json *file, int64_t at)
{
    const char *path = cc_json_text_at(file, "path");

    if (!path_fine(path))
        return refuse(c, at,
                      "must be of letters, digits, '-', '_' and '.', with '/' between; no part may be empty or begin "
                      "with '-' or '.'");
    for (const cc_json *other = cc_json_first(files); other != file; other = cc_json_next(other)) {
        const char *before = cc_json_text_at(other, "path");
        if (covers(path, before) || covers(before, path))
            return refuse(c, at, "is there already, as a file or as a folder; case does not tell them apart");
    }
    return CC_OK;
}

/* Agents see a skill by the head of this file alone. */
static cc_err
head_check(cc_context *c, const cc_json *file, int64_t at)
{
    cc_err      err;
    const char *misfit = cc_skill_head_misfit(c->arena, cc_json_text_at(file, "content"), &err);
    const char *name = misfit ? cc_printf(c->arena, "files[%lld].content", (long long)at) : NULL;

    if (!misfit || !name)
        return misfit ? CC_E_UNAVAILABLE : err;
    return cc_fail(c, CC_E_VALIDATION, name, "'%s' (" SKILL_FILE ") %s.", name, misfit);
}

static cc_err
files_check(cc_context *c, const cc_json *files)
{
    int64_t at = 0;
    size_t  size = 0;
    bool    named = false;
    cc_err  err = CC_OK;

    for (const cc_json *j = cc_json_first(files); j && err == CC_OK; j = cc_json_next(j), at++) {
        const bool first = strcmp(cc_json_text_at(j, "path"), SKILL_FILE) == 0;
        named |= first;
        size += strlen(cc_json_text_at(j, "content"));
        if ((err = path_check(c, files, j, at)) == CC_OK && first)
            err = head_check(c, j, at);
    }
    if (err == CC_OK && !named)
        return cc_fail(c, CC_E_VALIDATION, "files", "One of 'files' must be " SKILL_FILE ".");
    if (err == CC_OK && size > SKILL_MOST)
        return cc_fail(c, CC_E_VALIDATION, "files", "'files' must be of at most %d bytes together.", SKILL_MOST);
    return err;
}

/* ---- the resource ------------------------------------------------------------------------------ */

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *files = cc_value_of(fields, body, "files");
    cc_err          err = cc_document_prepare(c, id, cc_value_of(fields, body, "isEnabled"));

    if (err == CC_OK)
        err = cc_document_name_check(c, cc_value_of(fields, body, "name"));
    return err == CC_OK && files->present ? files_check(c, files->json) : err;
}

/* A draft that is older than this rule. */
static cc_err
may_publish(cc_context *c, cc_value *values)
{
    const cc_value *files = cc_value_of(fields, values, "files");
    const cc_json  *list;
    const char     *why;
    cc_err          err = cc_json_parse(c->arena, files->s, files->size, &list, &why);

    return err == CC_OK ? files_check(c, list) : err == CC_E_VALIDATION ? CC_E_INTERNAL : err;
}

const cc_resource cc_skills = {
    .singular = "skill",
    .table = "skills",
    .stored = (const char *const[]){"document_versions", "skills", NULL},
    .prefix = CC_SKILL_PREFIX,
    .fields = fields,
    .trash = true,
    .meaning = "A folder of files that agents find in their home, as a draft and its published versions.",
    .prepare = prepare,
    .may_publish = may_publish,
    .deleted = cc_document_deleted,
    .purged = cc_document_purged,
    .from_trash = cc_document_from_trash,
};
