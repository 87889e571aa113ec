/*
 * Versioned documents: what people write for agents, as a draft and as versions 1, 2, 3 … of it that never change, of
 * which at most one is active.
 *
 * A kind of document is a plain resource with the fields of CC_DOCUMENT_FIELDS and one that lists leave out, which is
 * the draft (contexts.c); routes.c gives it the rows of VERSIONED.  All kinds keep their versions in one table.
 *
 * Two who publish at once do not make one number twice: of one document the gate lets one change pass at a time, and a
 * version's number is its key.
 */
#include "resources/documents.h"

#include <stdio.h>

#include "context/app.h"
#include "gate/resource.h"
#include "resources/resources.h"
#include "resources/versions.h"
#include "storage/db.h"

enum { ACTIVE_MOST = 200, ACTIVE_SIZE_MOST = 4 * 1024 * 1024 /* characters */ };

const cc_field cc_publish_fields[] = {
    CC_F("note", CC_TYPE_LINE, CC_FIELD_NULLABLE, 1, CC_NOTE_MAX, "What has changed, for people.",
         .example = "\"British spelling\""),
    CC_END,
};

const cc_field cc_version_fields[] = {
    CC_VERSION_HEAD,
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 1, CC_INSTRUCTIONS_MAX,
         "What the draft was then; it never changes.",
         .example = "\"Use British spelling. Never edit files below third_party/.\""),
    CC_END,
};

const cc_field cc_document_version_fields[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_REQUIRED, 0, 0, "Which document.", .ref = "",
         .example = "\"ctx_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 200, "Its name when the run was asked for.",
         .example = "\"House rules\""),
    CC_F("version", CC_TYPE_INT, CC_FIELD_REQUIRED, 1, INT32_MAX, "Which version of it.", .example = "2"),
    CC_END,
};

#define THE_DOCUMENT(c, document) .project_id = (c)->who.project_id, .document_id = (document)
#define DOCUMENT_PARAMS TEXT(project_id), TEXT(document_id)

CC_STATEMENT(version_there,
             "SELECT 1 FROM document_versions WHERE project_id = :project_id AND document_id = :document_id "
             "AND version = :version",
             DOCUMENT_PARAMS, INT(version));

/* ---- how much may be active ------------------------------------------------------------------- */

typedef struct active_sum {
    int64_t count, size;
} active_sum;

#define OF(table, what)                                                                                                \
    "(SELECT " what " FROM " table                                                                                     \
    " d JOIN document_versions v ON v.project_id = d.project_id AND v.document_id = d.id "                             \
    "AND v.version = d.active_version WHERE d.project_id = :project_id AND (d.is_enabled = 1 OR d.id = :id))"
#define OF_ALL(what) OF("contexts", what) " + " OF("skills", what) " + " OF("commands", what) " + " OF("scripts", what)
CC_ROW(active_sum, count, size);
CC_QUERY(active_total, active_sum,
         "SELECT " OF_ALL("count(*)") " AS count, " OF_ALL("coalesce(sum(length(v.content)), 0)") " AS size",
         TEXT(project_id), TEXT(id));

static cc_err
refuse(cc_context *c, const char *field, const char *why)
{
    return cc_fail(c, field ? CC_E_VALIDATION : CC_E_CONFLICT, field, "%s", why);
}

/*
 * Not more than runs can be given, counting also the one of that id, switched off as it may be, and those to come.
 * field: what was asked for; NULL: that it becomes active.
 */
static cc_err
active_check(cc_context *c, const char *id, int64_t to_come, const char *field)
{
    cc_db     *db = cc_app_db(c->app);
    active_sum sum;
    cc_err     err = cc_tx_lock(db, c->who.project_id); /* two at once would count without each other */

    if (err == CC_OK)
        err = cc_db_get(db, NULL, active_total, &sum, .project_id = c->who.project_id, .id = id);
    if (err == CC_OK && sum.count + to_come > ACTIVE_MOST)
        return refuse(c, field, "At most 200 contexts, skills, commands and scripts can be active at once.");
    if (err == CC_OK && sum.size > ACTIVE_SIZE_MOST)
        return refuse(c, field, "All that is active at once can have at most 4 MiB.");
    return err;
}

cc_err
cc_document_prepare(cc_context *c, const char *id, const cc_value *is_enabled)
{
    return id && is_enabled->present && is_enabled->i ? active_check(c, id, 0, "isEnabled") : CC_OK;
}

cc_err
cc_document_from_trash(cc_context *c, cc_value *values, bool back)
{
    char prefix[5];

    snprintf(prefix, sizeof(prefix), "%.4s", values[0].s); /* of its id */
    const cc_field *fields = cc_resource_of(cc_app_table(c->app), prefix)->fields;
    const bool      active = cc_value_given(cc_value_of(fields, values, "activeVersion"));
    return back && active && cc_value_of(fields, values, "isEnabled")->i ? active_check(c, "", 1, NULL) : CC_OK;
}

/* ---- publish ----------------------------------------------------------------------------------- */

CC_STATEMENT(version_same,
             "SELECT 1 FROM document_versions WHERE project_id = :project_id AND document_id = :document_id "
             "AND version = :version AND content = :content",
             DOCUMENT_PARAMS, INT(version), TEXT(content));
CC_STATEMENT(version_insert,
             "INSERT INTO document_versions (project_id, document_id, version, note, published_at, published_by, "
             "content) VALUES (:project_id, :document_id, :version, :note, :now, :who, :content)",
             DOCUMENT_PARAMS, INT(version), TEXT(note), INT(now), TEXT(who), TEXT(content));

static const char *
draft_of(const cc_resource *res, cc_value *values)
{
    const cc_field *f = res->fields;

    while (!(f->flags & CC_FIELD_DETAIL))
        f++;
    return values[f - res->fields].s;
}

/* Give the row that version as its active one, 0: none, and show it. */
static cc_err
activate(cc_req *r, int64_t version, bool is_new)
{
    const cc_resource *res = r->route->resource;
    cc_value          *values = cc_alloc(r->arena, cc_fields_count(res->fields) * sizeof(*values));

    if (!values)
        return CC_E_UNAVAILABLE;
    if (version)
        cc_value_set_int(res->fields, values, "activeVersion", version);
    else
        cc_value_set_text(res->fields, values, "activeVersion", NULL);
    if (is_new)
        cc_value_set_int(res->fields, values, "latestVersion", version);
    cc_err err = cc_resource_change(r, res, r->id, values);
    return err == CC_OK && version ? active_check(&r->context, "", 0, NULL) : err;
}

cc_err
cc_document_keep(cc_context *c, const char *id, int64_t version, const char *said, const char *content)
{
    return cc_db_run(cc_app_db(c->app), version_insert, THE_DOCUMENT(c, id), .version = version, .note = said,
                     .now = c->now, .who = c->who.name, .content = content);
}

cc_err
cc_document_publish(cc_req *r)
{
    const cc_resource *res = r->route->resource;
    cc_value          *values = cc_alloc(r->arena, cc_fields_count(res->fields) * sizeof(*values));
    cc_db             *db = cc_app_db(r->app);
    bool               same = false;
    cc_err             err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = cc_resource_read(r, res, r->id, values)) != CC_OK ||
        (res->may_publish && (err = res->may_publish(&r->context, values)) != CC_OK))
        return err;
    const int64_t last = cc_value_of(res->fields, values, "latestVersion")->i;
    const char   *draft = draft_of(res, values);
    if ((err = cc_db_exists(db, version_same, &same, THE_DOCUMENT(r, r->id), .version = last, .content = draft)) !=
        CC_OK)
        return err;
    if (same)
        return cc_fail(r, CC_E_CONFLICT, NULL, "Nothing has changed since version %lld was published.",
                       (long long)last);
    err = cc_document_keep(&r->context, r->id, last + 1, cc_body_value(r, "note")->s, draft);
    return err == CC_OK ? activate(r, last + 1, true) : err;
}

/* ---- activate ---------------------------------------------------------------------------------- */

cc_err
cc_document_activate(cc_req *r)
{
    bool    there = false;
    int64_t version;
    cc_err  err = cc_version_asked(r, &version);

    if (err == CC_OK)
        err = cc_db_exists(cc_app_db(r->app), version_there, &there, THE_DOCUMENT(r, r->id), .version = version);
    if (err == CC_OK && !there)
        return cc_version_none(r);
    return err == CC_OK ? activate(r, version, false) : err;
}

cc_err
cc_document_deactivate(cc_req *r)
{
    return activate(r, 0, false);
}

/* ---- read -------------------------------------------------------------------------------------- */

/* The columns are those of the route's answer; of one, the ETag's behind them. */
CC_STATEMENT(versions_of,
             "SELECT version, note, published_at, published_by FROM document_versions WHERE project_id = :project_id "
             "AND document_id = :document_id AND version < :before ORDER BY version DESC LIMIT :most",
             DOCUMENT_PARAMS, INT(before), INT(most));
CC_STATEMENT(version_get,
             "SELECT version, note, published_at, published_by, content, version FROM document_versions "
             "WHERE project_id = :project_id AND document_id = :document_id AND version = :version",
             DOCUMENT_PARAMS, INT(version));

cc_err
cc_document_versions(cc_req *r)
{
    int64_t  limit, before;
    cc_stmt *s = NULL;
    cc_err   err = cc_versions_page(r, &limit, &before);

    if (err == CC_OK)
        err = cc_db_bind(cc_app_db(r->app), versions_of, &s, THE_DOCUMENT(r, r->id), .before = before,
                         .most = limit + 1); /* one more tells whether there is more */
    return err == CC_OK ? cc_versions_write(r, s, limit) : err;
}

cc_err
cc_document_version(cc_req *r)
{
    cc_stmt *s = NULL;
    int64_t  version;
    cc_err   err = cc_version_asked(r, &version);

    if (err == CC_OK)
        err = cc_db_bind(cc_app_db(r->app), version_get, &s, THE_DOCUMENT(r, r->id), .version = version);
    return err == CC_OK ? cc_version_write(r, s) : err;
}

/* ---- deleted ----------------------------------------------------------------------------------- */

CC_STATEMENT(versions_delete,
             "DELETE FROM document_versions WHERE project_id = :project_id AND document_id = :document_id",
             DOCUMENT_PARAMS);
CC_STATEMENT(personas_unbind,
             "UPDATE personas SET context_id = NULL, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND context_id = :document_id",
             INT(now), DOCUMENT_PARAMS);

/* Lists of ids are JSON without spaces: the id goes, with one of the commas beside it.  Who has none left, has none. */
#define WITHOUT(column)                                                                                                \
    column " = replace(replace(replace(" column ", :quoted || ',', ''), ',' || :quoted, ''), :quoted, '')"
#define HAS(column) column " LIKE '%' || :quoted || '%'"
#define WITHOUT_IT WITHOUT("skill_ids") ", " WITHOUT("command_ids") ", " WITHOUT("script_ids")
#define HAS_IT "(" HAS("skill_ids") " OR " HAS("command_ids") " OR " HAS("script_ids") ")"
CC_STATEMENT(personas_forget,
             "UPDATE personas SET " WITHOUT_IT ", updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND " HAS_IT,
             TEXT(quoted), INT(now), TEXT(project_id));

cc_err
cc_document_deleted(cc_context *c, const char *id)
{
    cc_db      *db = cc_app_db(c->app);
    const char *quoted = cc_printf(c->arena, "\"%s\"", id);
    cc_err      err = quoted ? cc_db_run(db, personas_unbind, .now = c->now, THE_DOCUMENT(c, id)) : CC_E_UNAVAILABLE;

    if (err == CC_OK)
        err = cc_db_run(db, personas_forget, .now = c->now, .project_id = c->who.project_id, .quoted = quoted);
    return err;
}

cc_err
cc_document_purged(cc_context *c, const char *id)
{
    return cc_db_run(cc_app_db(c->app), versions_delete, THE_DOCUMENT(c, id));
}

/* ---- files ------------------------------------------------------------------------------------- */

/* No way out of the directory that it is put into, and no file that is hidden there. */
cc_err
cc_document_name_check(cc_context *c, const cc_value *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789",
                      more[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

    if (!name->present || (strspn(name->s, first) && strspn(name->s, more) == strlen(name->s)))
        return CC_OK;
    return cc_fail(c, CC_E_VALIDATION, "name",
                   "'name' must be of small letters, digits, '-', '_' and '.', and begin with a letter or digit.");
}

/* ---- for runs ---------------------------------------------------------------------------------- */

typedef struct active_row {
    char        id[CC_ID_SIZE];
    const char *name;
    int64_t     version;
} active_row;

CC_ROW(active_row, id, name, version);
CC_QUERY(documents_active, active_row,
         "SELECT id, name, active_version AS version FROM contexts WHERE project_id = :project_id "
         "AND is_enabled = 1 AND active_version IS NOT NULL "
         "UNION ALL SELECT id, name, active_version AS version FROM commands WHERE project_id = :project_id "
         "AND is_enabled = 1 AND active_version IS NOT NULL "
         "UNION ALL SELECT id, name, active_version AS version FROM scripts WHERE project_id = :project_id "
         "AND is_enabled = 1 AND active_version IS NOT NULL "
         "UNION ALL SELECT id, name, active_version AS version FROM skills WHERE project_id = :project_id "
         "AND is_enabled = 1 AND active_version IS NOT NULL "
         "UNION ALL SELECT id, title AS name, active_version AS version FROM learnings WHERE project_id = :project_id "
         "AND active_version IS NOT NULL ORDER BY id",
         TEXT(project_id));

cc_err
cc_documents_active(cc_context *c, const char **json)
{
    active_row one;
    cc_buf     b;

    cc_buf_init(&b, c->arena);
    cc_rows rows = cc_db_select(cc_app_db(c->app), documents_active, &one, .project_id = c->who.project_id);
    cc_putc(&b, '[');
    while (cc_rows_next(&rows)) {
        cc_putf(&b, "%s{\"id\":\"%s\",", b.size > 1 ? "," : "", one.id);
        cc_put_member(&b, "name", one.name);
        cc_putf(&b, ",\"version\":%lld}", (long long)one.version);
    }
    cc_putc(&b, ']');
    cc_err err = cc_rows_end(&rows);
    *json = cc_buf_text(&b);
    return err == CC_OK && !*json ? CC_E_UNAVAILABLE : err;
}

typedef struct content_row {
    const char *content;
} content_row;

CC_ROW(content_row, content);
CC_QUERY(version_content, content_row,
         "SELECT content FROM document_versions WHERE project_id = :project_id AND document_id = :document_id "
         "AND version = :version "
         "AND NOT EXISTS (SELECT 1 FROM trash WHERE project_id = :project_id AND id = :document_id)",
         DOCUMENT_PARAMS, INT(version));

cc_err
cc_document_content(cc_app *app, cc_arena *a, const char *project_id, const char *id, int64_t version,
                    const char **content, bool *found)
{
    content_row row = {0};
    cc_err      err = cc_db_find(cc_app_db(app), a, version_content, &row, found, .project_id = project_id,
                                 .document_id = id, .version = version);

    *content = row.content;
    return err;
}
