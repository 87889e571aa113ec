/*
 * What the operator does outside the API: projects, people, the first start.
 *
 * Everything else an operator may want (keys, workflows, runs) goes through the gate with cc_request.local_project, so
 * that it is written once.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/unicode.h"
#include "context/exchange.h"
#include "context/settings.h"
#include "context/trouble.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "gate/idempotency.h"
#include "gate/signin.h"
#include "resources/resources.h"
#include "storage/db.h"

CC_STATEMENT(project_insert,
             "INSERT INTO projects (project_id, name, slug, created_at, updated_at) "
             "VALUES (:project_id, :name, :slug, :now, :now)",
             TEXT(project_id), TEXT(name), TEXT(slug), INT(now));
CC_STATEMENT(settings_insert,
             "INSERT INTO project_settings (project_id, created_at, updated_at) VALUES (:project_id, :now, :now)",
             TEXT(project_id), INT(now));

static cc_err
insert(cc_app *app, const char *name, const char *slug, cc_project_info *out)
{
    cc_db *db = cc_app_db(app);
    cc_err err;

    *out = (cc_project_info){.created_at = cc_app_now(app)};
    snprintf(out->name, sizeof(out->name), "%s", name);
    snprintf(out->slug, sizeof(out->slug), "%s", slug);
    cc_id_new(app, "prj_", out->id);
    err = cc_db_run(db, project_insert, .project_id = out->id, .name = out->name, .slug = out->slug,
                    .now = out->created_at);
    return err == CC_OK ? cc_db_run(db, settings_insert, .project_id = out->id, .now = out->created_at) : err;
}

/* Two workflows to begin with, so that the first list is not empty. */
static const char *const examples[] = {
    "{\"name\":\"Review a change\",\"description\":\"Reads the latest change, lists what is wrong with it, and checks that "
    "list.\",\"steps\":[{\"label\":\"Review\",\"role\":\"reviewer\",\"instructions\":\"Review the latest change.  List "
    "defects first, each with its place and a way to mend it.\"},{\"label\":\"Check\",\"role\":\"checker\","
    "\"instructions\":\"Check every point of the review against the code.  Verdict pass if all of them hold.\"}]}",
    "{\"name\":\"Plan, build, check\",\"description\":\"Plans a change, makes it, and repeats until the checker is "
    "content.\",\"steps\":[{\"label\":\"Plan\",\"role\":\"planner\",\"instructions\":\"Write a short plan for what is "
    "asked.\"},{\"label\":\"Build\",\"role\":\"designer\",\"instructions\":\"Carry out the plan.\",\"loopId\":\"build\","
    "\"loopMaxIterations\":3},{\"label\":\"Check\",\"role\":\"checker\",\"instructions\":\"Run the tests and read the "
    "change.  Verdict pass if it does what was asked.\",\"loopId\":\"build\",\"loopMaxIterations\":3}]}",
};

static cc_err
example_insert(cc_context *c, const char *text)
{
    const cc_resource *res = &cc_workflows;
    const cc_json     *json;
    const char        *why;
    char              *id = cc_alloc(c->arena, CC_ID_SIZE);
    cc_value          *values = cc_alloc(c->arena, (cc_fields_count(res->fields) + 1) * sizeof(*values));
    cc_err             err;

    if (!id || !values)
        return CC_E_UNAVAILABLE;
    if ((err = cc_json_parse(c->arena, text, strlen(text), &json, &why)) != CC_OK ||
        (err = cc_fields_check(c, res->fields, json, 0, values)) != CC_OK ||
        (err = res->prepare(c, NULL, values)) != CC_OK)
        return err;
    cc_id_new(c->app, res->prefix, id);
    return cc_resource_insert(c, res, id, values, NULL);
}

static cc_err
examples_insert(cc_app *app, const cc_project_info *project)
{
    cc_arena  *arena = cc_arena_new();
    cc_context c;
    cc_err     err = CC_OK;

    if (!arena)
        return CC_E_UNAVAILABLE;
    cc_context_init(&c, app, arena);
    c.now = project->created_at;
    cc_acting_operator(&c, project->id);
    for (size_t i = 0; i < CC_COUNT(examples) && err == CC_OK; i++)
        err = example_insert(&c, examples[i]);
    cc_arena_free(arena);
    return err;
}

/* "My Project!" -> "my-project" */
static void
slug_from(const char *name, char out[101])
{
    size_t n = 0;

    for (; *name && n < 100; name++) {
        if (isascii((unsigned char)*name) && isalnum((unsigned char)*name))
            out[n++] = (char)tolower((unsigned char)*name);
        else if (n && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n && out[n - 1] == '-')
        n--;
    out[n] = '\0';
    if (!n)
        strcpy(out, "project");
}

cc_err
cc_project_make(cc_app *app, const char *name, const char *slug, bool with_examples, cc_project_info *out)
{
    char   derived[101];
    cc_err err;

    if (!cc_utf8_valid(name, strlen(name)) || strlen(name) == 0 || cc_utf8_length(name, strlen(name)) > 100 ||
        !cc_line_fine(name, strlen(name)))
        return CC_E_VALIDATION;
    if (!slug)
        slug_from(name, derived);
    if (slug && !cc_slug_valid(slug))
        return CC_E_VALIDATION;
    if ((err = insert(app, name, slug ? slug : derived, out)) == CC_OK && with_examples)
        err = examples_insert(app, out);
    return err;
}

cc_err
cc_project_create(cc_app *app, const char *name, const char *slug, bool with_examples, cc_project_info *out)
{
    cc_err err;

    if ((err = cc_app_enter(app)) != CC_OK)
        return err;
    if ((err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), cc_project_make(app, name, slug, with_examples, out));
    cc_app_unlock(app);
    return err;
}

CC_ROW(cc_project_info, id, name, slug, created_at);
CC_QUERY_PLAIN(project_each, cc_project_info,
               "SELECT project_id AS id, name, slug, created_at FROM projects ORDER BY project_id");

cc_err
cc_project_each(cc_app *app, bool (*each)(void *ctx, const cc_project_info *project), void *ctx)
{
    cc_project_info info;
    cc_err          err = cc_app_enter(app);

    if (err != CC_OK)
        return err;
    cc_rows rows = cc_db_select(cc_app_db(app), project_each, &info, CC_NO_ARGS);
    while (cc_rows_next(&rows) && each(ctx, &info))
        continue;
    err = cc_rows_end(&rows);
    cc_app_unlock(app);
    return err;
}

/* ---- people ---------------------------------------------------------------------------------- */

typedef struct project_row {
    char id[CC_ID_SIZE];
} project_row;

CC_ROW(project_row, id);
CC_QUERY(project_next, project_row,
         "SELECT project_id AS id FROM projects "
         "WHERE project_id > :after AND (:name IS NULL OR project_id = :name OR slug = :name) "
         "ORDER BY project_id LIMIT 1",
         TEXT(after), TEXT(name));

/* Make memberships in the project named, or in all of them.  NOT_FOUND: there was none. */
static cc_err
members_insert(cc_context *c, const char *name, const char *user_id, const char *role)
{
    char        after[CC_ID_SIZE] = "";
    project_row project;
    bool        found = true;
    cc_err      err = CC_OK;

    while (err == CC_OK && found) {
        err = cc_db_find(cc_app_db(c->app), NULL, project_next, &project, &found, .after = after, .name = name);
        if (err != CC_OK || !found)
            break;
        cc_acting_operator(c, project.id);
        if ((err = cc_member_insert(c->app, project.id, user_id, cc_role_find(role))) == CC_OK)
            err = cc_audit_also(c, "members.add", user_id);
        cc_copy_id(after, project.id);
    }
    return err == CC_OK && !after[0] ? CC_E_NOT_FOUND : err;
}

CC_STATEMENT(user_insert,
             "INSERT INTO users (id, email, email_folded, password, must_change, created_at, updated_at) "
             "VALUES (:id, :email, :email_folded, :password, 1, :now, :now)",
             TEXT(id), TEXT(email), FOLDED(email_folded), TEXT(password), INT(now));

/* `hash` was made before the transaction: Argon2id takes its time, and the write lock is everybody's. */
static cc_err
user_make(cc_app *app, const char *email, const char *role, const char *project, const char *hash)
{
    cc_arena  *arena = cc_arena_new();
    cc_context c;
    char       id[CC_ID_SIZE];
    cc_err     err;

    if (!arena)
        return CC_E_UNAVAILABLE;
    cc_context_init(&c, app, arena);
    cc_id_new(app, "usr_", id);
    err = cc_db_run(cc_app_db(app), user_insert, .id = id, .email = email, .email_folded = {email}, .password = hash,
                    .now = c.now);
    if (err == CC_OK)
        err = members_insert(&c, project, id, role);
    cc_arena_free(arena);
    return err;
}

cc_err
cc_user_add(cc_app *app, const char *email, const char *role, const char *project, char password[CC_PASSWORD_SIZE])
{
    char   clean[255], hash[128];
    cc_err err;

    if (!cc_email_clean(email, clean) || cc_role_find(role) == CC_ROLE_NONE)
        return CC_E_VALIDATION;
    if ((err = cc_app_enter(app)) != CC_OK)
        return err;
    cc_password_new(app, password);
    if ((err = cc_password_hash(password, hash)) == CC_OK && (err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), user_make(app, clean, role, project, hash));
    cc_app_unlock(app);
    if (err != CC_OK)
        cc_wipe(password, CC_PASSWORD_SIZE);
    return err;
}

typedef struct membership {
    char project_id[CC_ID_SIZE], user_id[CC_ID_SIZE];
} membership;

CC_ROW(membership, project_id, user_id);
CC_QUERY(membership_of_email, membership,
         "SELECT m.project_id, m.user_id FROM users u JOIN members m ON m.user_id = u.id WHERE u.email = :email "
         "ORDER BY m.project_id LIMIT 1",
         TEXT(email));
CC_STATEMENT(user_password,
             "UPDATE users SET password = :password, must_change = 1, updated_at = :now WHERE email = :email",
             TEXT(password), INT(now), TEXT(email));
CC_STATEMENT(sessions_end_of, "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = :email)",
             TEXT(email));

/* In the log of the person's oldest project, as what they do to their own account is. */
static cc_err
password_noted(cc_context *c, const char *email)
{
    membership m;
    bool       found;
    cc_err     err = cc_db_find(cc_app_db(c->app), NULL, membership_of_email, &m, &found, .email = email);

    if (err != CC_OK || !found)
        return err;
    cc_acting_operator(c, m.project_id);
    return cc_audit_also(c, "members.password", m.user_id);
}

static cc_err
password_set(cc_app *app, const char *email, const char *hash)
{
    cc_db     *db = cc_app_db(app);
    cc_arena  *arena = cc_arena_new();
    cc_context c;
    int64_t    changed;
    cc_err     err;

    if (!arena)
        return CC_E_UNAVAILABLE;
    cc_context_init(&c, app, arena);
    err = cc_db_change(db, user_password, &changed, .password = hash, .now = c.now, .email = email);
    if (err == CC_OK && !changed)
        err = CC_E_NOT_FOUND;
    if (err == CC_OK) /* whoever knew the old one is signed out */
        err = cc_db_run(db, sessions_end_of, .email = email);
    if (err == CC_OK)
        err = password_noted(&c, email);
    cc_arena_free(arena);
    return err;
}

cc_err
cc_user_password(cc_app *app, const char *email, char password[CC_PASSWORD_SIZE])
{
    char   clean[255], hash[128];
    cc_err err;

    if (!cc_email_clean(email, clean))
        return CC_E_NOT_FOUND;
    if ((err = cc_app_enter(app)) != CC_OK)
        return err;
    cc_password_new(app, password);
    if ((err = cc_password_hash(password, hash)) == CC_OK && (err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), password_set(app, clean, hash));
    cc_app_unlock(app);
    if (err != CC_OK)
        cc_wipe(password, CC_PASSWORD_SIZE);
    return err;
}

CC_STATEMENT_PLAIN(projects_several,
                   "SELECT 1 WHERE (SELECT min(project_id) FROM projects) <> (SELECT max(project_id) FROM projects)");

cc_err
cc_projects_several(cc_app *app, bool *several)
{
    return cc_db_exists(cc_app_db(app), projects_several, several, CC_NO_ARGS);
}

/* ---- the first start ------------------------------------------------------------------------- */

CC_QUERY_PLAIN(project_first, cc_project_info,
               "SELECT project_id AS id, name, slug, created_at FROM projects ORDER BY project_id LIMIT 1");

static cc_err
first_find(cc_app *app, bool *found, cc_project_info *out)
{
    return cc_db_find(cc_app_db(app), NULL, project_first, out, found, CC_NO_ARGS);
}

static cc_err
first_start(cc_app *app, const char *email, const char *hash, bool *fresh, cc_project_info *project)
{
    bool   found;
    cc_err err;

    /* Asked again inside the transaction: two programs may start at once. */
    if ((err = first_find(app, &found, project)) != CC_OK || found)
        return err;
    *fresh = true;
    if ((err = cc_project_make(app, "My Project", NULL, true, project)) != CC_OK)
        return err;
    return user_make(app, email, "owner", project->id, hash);
}

cc_err
cc_first_start(cc_app *app, const char *email, bool *fresh, cc_project_info *project, char password[CC_PASSWORD_SIZE])
{
    char   clean[255], hash[128];
    bool   found = false;
    cc_err err;

    *fresh = false;
    password[0] = '\0';
    if (!cc_email_clean(email, clean))
        return CC_E_VALIDATION;
    if ((err = cc_app_enter(app)) != CC_OK)
        return err;
    if ((err = first_find(app, &found, project)) != CC_OK || found)
        goto done;
    cc_password_new(app, password);
    if ((err = cc_password_hash(password, hash)) == CC_OK && (err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), first_start(app, clean, hash, fresh, project));

done:
    if (err != CC_OK || !*fresh) {
        *fresh = false;
        cc_wipe(password, CC_PASSWORD_SIZE);
    }
    cc_app_unlock(app);
    return err;
}

/* ---- housekeeping ---------------------------------------------------------------------------- */

/* What was used since the database last heard of it: by the hash that the shared state knows it under. */
typedef struct mark {
    uint64_t key;
    int64_t  used; /* ms */
} mark;

typedef struct marks {
    cc_arena *arena;
    mark     *at; /* sorted by .hot */
    size_t    count, room;
    bool      failed; /* out of memory: those left over are written when they are next used */
} marks;

static void
mark_add(void *ctx, uint64_t key, int64_t used)
{
    marks *m = ctx;

    if (m->count == m->room && !m->failed) {
        size_t room = m->room ? m->room * 2 : 64;
        mark  *at = cc_realloc(m->arena, m->at, m->room * sizeof(*at), room * sizeof(*at));
        if (at) {
            m->at = at;
            m->room = room;
        } else {
            m->failed = true;
        }
    }
    if (!m->failed)
        m->at[m->count++] = (mark){key, used};
}

static int
by_hash(const void *a, const void *b)
{
    const mark *one = a, *two = b;

    return one->key < two->key ? -1 : one->key > two->key;
}

typedef struct marked {
    const char *project_id, *id;
    int64_t     used_at;
} marked;

CC_ROW(marked, project_id, id, used_at);
CC_QUERY_PLAIN(key_marks, marked, "SELECT project_id, id, last_used_at AS used_at FROM api_keys");
CC_QUERY_PLAIN(session_marks, marked, "SELECT '' AS project_id, id, used_at FROM sessions");
CC_STATEMENT(key_mark, "UPDATE api_keys SET last_used_at = :used_at WHERE id = :id AND project_id = :project_id",
             INT(used_at), TEXT(id), TEXT(project_id));
CC_STATEMENT(session_mark, "UPDATE sessions SET used_at = :used_at WHERE id = :id", INT(used_at), TEXT(id));

/*
 * Of the keys, or the sessions, those among the marks.  Hashes cannot be turned back into ids, so all ids are read, but
 * only when something was used at all; then the few are written.
 */
static cc_err
marks_write(cc_app *app, const marks *moved, bool keys)
{
    struct found {
        char          id[CC_ID_SIZE], project_id[CC_ID_SIZE];
        int64_t       used;
        struct found *next;
    } * found, *all = NULL;
    cc_db  *db = cc_app_db(app);
    marked  row;
    cc_rows rows =
        keys ? cc_db_select(db, key_marks, &row, CC_NO_ARGS) : cc_db_select(db, session_marks, &row, CC_NO_ARGS);
    cc_err err;

    while (cc_rows_next(&rows)) {
        const mark  wanted = {.key = cc_shared_key(row.id)};
        const mark *m = bsearch(&wanted, moved->at, moved->count, sizeof(*m), by_hash);
        if (!m || m->used <= row.used_at)
            continue;
        if (!(found = cc_alloc(moved->arena, sizeof(*found)))) {
            rows.err = CC_E_UNAVAILABLE;
            break;
        }
        cc_copy_id(found->id, row.id);
        cc_copy_id(found->project_id, row.project_id);
        found->used = m->used;
        found->next = all;
        all = found;
    }
    if ((err = cc_rows_end(&rows)) != CC_OK || !all || (err = cc_tx_begin(db)) != CC_OK)
        return err;
    for (found = all; found && err == CC_OK; found = found->next)
        err = keys ? cc_db_run(db, key_mark, .used_at = found->used, .id = found->id, .project_id = found->project_id)
                   : cc_db_run(db, session_mark, .used_at = found->used, .id = found->id);
    return cc_tx_end(db, err);
}

static cc_err
marks_flush(cc_app *app)
{
    marks  moved = {.arena = cc_arena_new()};
    cc_err err = CC_OK;

    if (!moved.arena)
        return CC_E_UNAVAILABLE;
    cc_shared_each_dirty(cc_app_shared(app), mark_add, &moved);
    if (moved.count) {
        qsort(moved.at, moved.count, sizeof(*moved.at), by_hash);
        if ((err = marks_write(app, &moved, true)) == CC_OK)
            err = marks_write(app, &moved, false);
    }
    cc_arena_free(moved.arena);
    return err;
}

static cc_err
purge(cc_app *app)
{
    cc_err err = cc_idempotency_purge(app);

    return err == CC_OK ? cc_sessions_purge(app) : err;
}

cc_err
cc_app_tick(cc_app *app)
{
    cc_err err = cc_app_enter(app);

    if (err != CC_OK)
        return err;
    cc_app_look(app, false);
    if ((err = cc_exchange(app)) != CC_OK || !cc_shared_flush_due(cc_app_shared(app), cc_app_now(app)))
        goto done;
    if ((err = marks_flush(app)) == CC_OK && (err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), purge(app));

done:
    cc_app_unlock(app);
    return err;
}
