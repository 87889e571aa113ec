/*
 * What the operator does outside the API: projects, people, the first start.
 *
 * Everything else an operator may want (keys, workflows, runs) goes through the gate with cc_request.local_project, so
 * that it is written once.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "storage/db.h"
#include "resources/resources.h"
#include "context/trouble.h"

static cc_err
project_insert(cc_app *app, const char *name, const char *slug, cc_project_info *out)
{
    cc_stmt *s = NULL;
    cc_err   err;

    *out = (cc_project_info){.created_at = cc_app_now(app)};
    snprintf(out->name, sizeof(out->name), "%s", name);
    snprintf(out->slug, sizeof(out->slug), "%s", slug);
    cc_id_new(app, "prj_", out->id);
    if ((err = cc_stmt_get(cc_app_db(app), CC_SQL_PROJECT_INSERT, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, out->id);
    cc_bind_text(s, 2, out->name);
    cc_bind_text(s, 3, out->slug);
    cc_bind_int(s, 4, out->created_at);
    if ((err = cc_run(s)) != CC_OK || (err = cc_stmt_get(cc_app_db(app), CC_SQL_SETTINGS_INSERT, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, out->id);
    cc_bind_int(s, 2, out->created_at);
    return cc_run(s);
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
example_insert(cc_req *r, const char *text)
{
    const cc_resource *res = &cc_workflows;
    const cc_json     *json;
    const char        *why;
    char              *id = cc_alloc(r->arena, CC_ID_SIZE);
    cc_buf             ignored;
    cc_err             err;

    r->body = cc_alloc(r->arena, (cc_fields_count(res->fields) + 1) * sizeof(*r->body));
    if (!id || !r->body)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&ignored, r->arena);
    if ((err = cc_json_parse(r->arena, text, strlen(text), &json, &why)) != CC_OK ||
        (err = cc_fields_check(r, res->fields, json, false, r->body)) != CC_OK ||
        (err = res->prepare(r, NULL)) != CC_OK)
        return err;
    cc_id_new(r->app, res->prefix, id);
    return cc_resource_insert(r, res, id, r->body, &ignored);
}

/* A request that nobody sent: what a handler needs to act on a project. */
static cc_err
examples_insert(cc_app *app, const cc_project_info *project)
{
    static const cc_route route = {.method = CC_POST, .path = "", .resource = &cc_workflows};
    cc_request            in = {.method = "POST"};
    cc_arena             *arena = cc_arena_new();
    cc_err                err = CC_OK;

    if (!arena)
        return CC_E_UNAVAILABLE;
    for (size_t i = 0; i < CC_COUNT(examples) && err == CC_OK; i++) {
        cc_req r = {.app = app, .arena = arena, .in = &in, .now = project->created_at, .route = &route};
        cc_copy_id(r.who.project_id, project->id);
        err = example_insert(&r, examples[i]);
    }
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
    if ((err = project_insert(app, name, slug ? slug : derived, out)) == CC_OK && with_examples)
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

static void
project_read(cc_stmt *s, cc_project_info *out)
{
    cc_copy_id(out->id, cc_col_text(s, 0, NULL));
    snprintf(out->name, sizeof(out->name), "%s", cc_col_text(s, 1, NULL));
    snprintf(out->slug, sizeof(out->slug), "%s", cc_col_text(s, 2, NULL));
    out->created_at = cc_col_int(s, 3);
}

cc_err
cc_project_each(cc_app *app, bool (*each)(void *ctx, const cc_project_info *project), void *ctx)
{
    cc_project_info info;
    cc_stmt        *s = NULL;
    bool            row;
    cc_err          err;

    if ((err = cc_app_enter(app)) != CC_OK)
        return err;
    if ((err = cc_stmt_get(cc_app_db(app), CC_SQL_PROJECT_EACH, &s)) != CC_OK)
        goto done;
    while ((err = cc_step(s, &row)) == CC_OK && row) {
        project_read(s, &info);
        if (!each(ctx, &info))
            break;
    }

done:
    cc_stmt_done(s);
    cc_app_unlock(app);
    return err;
}

/* ---- people ---------------------------------------------------------------------------------- */

/* Lower case; something@something, no spaces.  Whether mail arrives there only mail can tell. */
bool
cc_email_clean(const char *email, char out[255])
{
    size_t n = strlen(email);

    if (n < 3 || n > 254 || !cc_utf8_valid(email, n) || !cc_line_fine(email, n))
        return false;
    for (size_t i = 0; i <= n; i++) {
        unsigned char c = (unsigned char)email[i];
        if ((c <= 0x20 && i < n) || c == 0x7f || strchr("<>\",;", c ? c : 'x'))
            return false;
        out[i] = (char)(c < 0x80 ? tolower(c) : c);
    }
    const char *at = strchr(out, '@');
    return at && at != out && at[1] && !strchr(at + 1, '@');
}

static cc_err
user_exists(cc_app *app, const char *email, bool *exists)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_USER_BY_EMAIL, &s);

    if (err == CC_OK) {
        cc_bind_text(s, 1, email);
        err = cc_step(s, exists);
    }
    cc_stmt_done(s);
    return err;
}

static cc_err
member_insert(cc_app *app, const char *project_id, const char *user_id, const char *role)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_MEMBER_INSERT, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, project_id);
    cc_bind_text(s, 2, user_id);
    cc_bind_text(s, 3, role);
    cc_bind_int(s, 4, cc_app_now(app));
    if ((err = cc_run(s)) != CC_OK)
        return err;
    return cc_audit_operator(app, project_id, "members.add", user_id);
}

/* Make memberships in the project named, or in all of them.  NOT_FOUND: there was none. */
static cc_err
members_insert(cc_app *app, const char *project, const char *user_id, const char *role)
{
    char     ids[64][CC_ID_SIZE];
    size_t   n;
    char     after[CC_ID_SIZE] = "";
    cc_stmt *s = NULL;
    bool     row, any = false;
    cc_err   err;

    do { /* a statement must not be open while another one writes: collect a few, then write them */
        n = 0;
        if ((err = cc_stmt_get(cc_app_db(app), CC_SQL_PROJECT_EACH, &s)) != CC_OK)
            return err;
        while (n < CC_COUNT(ids) && (err = cc_step(s, &row)) == CC_OK && row) {
            const char *id = cc_col_text(s, 0, NULL), *slug = cc_col_text(s, 2, NULL);
            if (strcmp(id, after) > 0 && (!project || strcmp(project, id) == 0 || strcmp(project, slug) == 0))
                cc_copy_id(ids[n++], id);
        }
        cc_stmt_done(s);
        for (size_t i = 0; err == CC_OK && i < n; i++, any = true)
            err = member_insert(app, ids[i], user_id, role);
        if (n)
            cc_copy_id(after, ids[n - 1]);
    } while (err == CC_OK && n == CC_COUNT(ids));
    return err == CC_OK && !any ? CC_E_NOT_FOUND : err;
}

/* `hash` was made before the transaction: Argon2id takes its time, and the write lock is everybody's. */
static cc_err
user_insert(cc_app *app, const char *email, const char *role, const char *project, const char *hash)
{
    char     id[CC_ID_SIZE];
    bool     exists;
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = user_exists(app, email, &exists)) != CC_OK)
        return err;
    if (exists)
        return CC_E_CONFLICT;
    cc_id_new(app, "usr_", id);
    if ((err = cc_stmt_get(cc_app_db(app), CC_SQL_USER_INSERT, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, id);
    cc_bind_text(s, 2, email);
    cc_bind_folded(s, 3, email, strlen(email));
    cc_bind_text(s, 4, hash);
    cc_bind_int(s, 5, cc_app_now(app));
    if ((err = cc_run(s)) != CC_OK)
        return err;
    return members_insert(app, project, id, role);
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
        err = cc_tx_end(cc_app_db(app), user_insert(app, clean, role, project, hash));
    cc_app_unlock(app);
    if (err != CC_OK)
        cc_wipe(password, CC_PASSWORD_SIZE);
    return err;
}

/* In the log of the person's oldest project, as what they do to their own account is. */
static cc_err
password_noted(cc_app *app, const char *email)
{
    char     user_id[CC_ID_SIZE], project_id[CC_ID_SIZE];
    cc_stmt *s = NULL;
    bool     row;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_MEMBERSHIP_OF_EMAIL, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, email);
    if ((err = cc_step(s, &row)) == CC_OK && row) {
        cc_copy_id(project_id, cc_col_text(s, 0, NULL));
        cc_copy_id(user_id, cc_col_text(s, 1, NULL));
    }
    cc_stmt_done(s);
    return err == CC_OK && row ? cc_audit_operator(app, project_id, "members.password", user_id) : err;
}

static cc_err
password_set(cc_app *app, const char *email, const char *hash)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_USER_PASSWORD, &s);

    if (err != CC_OK)
        return err;
    cc_bind_text(s, 1, hash);
    cc_bind_int(s, 2, cc_app_now(app));
    cc_bind_text(s, 3, email);
    if ((err = cc_run(s)) == CC_OK && cc_changes(s) == 0)
        err = CC_E_NOT_FOUND;
    if (err != CC_OK || (err = cc_stmt_get(cc_app_db(app), CC_SQL_SESSIONS_END_OF, &s)) != CC_OK)
        return err;
    cc_bind_text(s, 1, email); /* whoever knew the old one is signed out */
    if ((err = cc_run(s)) != CC_OK)
        return err;
    return password_noted(app, email);
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

cc_err
cc_projects_several(cc_app *app, bool *several)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_PROJECTS_SEVERAL, &s);

    *several = false;
    if (err == CC_OK)
        err = cc_step(s, several);
    cc_stmt_done(s);
    return err;
}

/* ---- the first start ------------------------------------------------------------------------- */

static cc_err
project_first(cc_app *app, bool *found, cc_project_info *out)
{
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_PROJECT_EACH, &s);

    if (err == CC_OK && (err = cc_step(s, found)) == CC_OK && *found)
        project_read(s, out);
    cc_stmt_done(s);
    return err;
}

static cc_err
first_start(cc_app *app, const char *email, const char *hash, bool *fresh, cc_project_info *project)
{
    bool   found;
    cc_err err;

    /* Asked again inside the transaction: two programs may start at once. */
    if ((err = project_first(app, &found, project)) != CC_OK || found)
        return err;
    *fresh = true;
    if ((err = cc_project_make(app, "My Project", NULL, true, project)) != CC_OK)
        return err;
    return user_insert(app, email, "owner", project->id, hash);
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
    if ((err = project_first(app, &found, project)) != CC_OK || found)
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

/* What was used since the database last heard of it: by the hash that the hot state knows it under. */
typedef struct mark {
    uint64_t hot;
    int64_t  used; /* ms */
} mark;

typedef struct marks {
    cc_arena *arena;
    mark     *at; /* sorted by .hot */
    size_t    count, room;
    bool      failed; /* out of memory: those left over are written when they are next used */
} marks;

static void
mark_add(void *ctx, uint64_t hot, int64_t used)
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
        m->at[m->count++] = (mark){hot, used};
}

static int
by_hash(const void *a, const void *b)
{
    const mark *one = a, *two = b;

    return one->hot < two->hot ? -1 : one->hot > two->hot;
}

/*
 * Of the keys, or the sessions, those among the marks.  Hashes cannot be turned back into ids, so all ids are read, but
 * only when something was used at all; then the few are written.
 */
static cc_err
marks_write(cc_app *app, const marks *moved, cc_sql all, cc_sql one)
{
    struct row {
        char        id[CC_ID_SIZE], project[CC_ID_SIZE];
        int64_t     used;
        struct row *next;
    } *rows = NULL;
    const bool keys = all == CC_SQL_KEY_MARKS; /* sessions belong to no project */
    cc_stmt   *s = NULL;
    bool       row;
    cc_err     err = cc_stmt_get(cc_app_db(app), all, &s);

    while (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row) {
        const char *id = cc_col_text(s, 0, NULL);
        const mark  wanted = {.hot = cc_key_hot(id)};
        const mark *m = bsearch(&wanted, moved->at, moved->count, sizeof(*m), by_hash);
        if (!m || m->used <= cc_col_int(s, 1))
            continue;
        struct row *found = cc_alloc(moved->arena, sizeof(*found));
        if (!found) {
            err = CC_E_UNAVAILABLE;
            break;
        }
        cc_copy_id(found->id, id);
        if (keys)
            cc_copy_id(found->project, cc_col_text(s, 2, NULL));
        found->used = m->used;
        found->next = rows;
        rows = found;
    }
    cc_stmt_done(s);
    if (err != CC_OK || !rows)
        return err;
    if ((err = cc_tx_begin(cc_app_db(app))) != CC_OK)
        return err;
    for (; rows && err == CC_OK; rows = rows->next) {
        if ((err = cc_stmt_get(cc_app_db(app), one, &s)) != CC_OK)
            break;
        cc_bind_int(s, 1, rows->used);
        cc_bind_text(s, 2, rows->id);
        if (keys)
            cc_bind_text(s, 3, rows->project);
        err = cc_run(s);
    }
    return cc_tx_end(cc_app_db(app), err);
}

static cc_err
marks_flush(cc_app *app)
{
    marks  moved = {.arena = cc_arena_new()};
    cc_err err = CC_OK;

    if (!moved.arena)
        return CC_E_UNAVAILABLE;
    cc_hot_each_moved(cc_app_hot(app), mark_add, &moved);
    if (moved.count) {
        qsort(moved.at, moved.count, sizeof(*moved.at), by_hash);
        if ((err = marks_write(app, &moved, CC_SQL_KEY_MARKS, CC_SQL_KEY_MARK)) == CC_OK)
            err = marks_write(app, &moved, CC_SQL_SESSION_MARKS, CC_SQL_SESSION_MARK);
    }
    cc_arena_free(moved.arena);
    return err;
}

static cc_err
purge(cc_app *app)
{
    cc_stmt *s = NULL;
    cc_err   err;

    if ((err = cc_idempotency_purge(app)) != CC_OK ||
        (err = cc_stmt_get(cc_app_db(app), CC_SQL_SESSIONS_PURGE, &s)) != CC_OK)
        return err;
    cc_bind_int(s, 1, cc_app_now(app));
    return cc_run(s);
}

cc_err
cc_app_tick(cc_app *app)
{
    cc_err err = cc_app_enter(app);

    if (err != CC_OK)
        return err;
    cc_app_look(app, false);
    if (!cc_hot_flush_due(cc_app_hot(app), cc_app_now(app)))
        goto done;
    if ((err = marks_flush(app)) == CC_OK && (err = cc_tx_begin(cc_app_db(app))) == CC_OK)
        err = cc_tx_end(cc_app_db(app), purge(app));

done:
    cc_app_unlock(app);
    return err;
}
