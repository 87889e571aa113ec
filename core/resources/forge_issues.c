/*
 * Issues of forges (contract-2 section 12): taken over from there by a worker, and answered with a comment when a run
 * has worked on them.
 *
 * An issue is a row from the moment that it is asked for, so that there is an id to look at; what it says comes with
 * the worker.  Its address is what it is known by: found twice, it is not made twice, and what somebody has changed of
 * it here stays.
 */
#include "resources/forge_issues.h"

#include "base/mend.h"
#include "base/unicode.h"
#include "context/app.h"
#include "context/forge.h"
#include "context/settings.h"
#include "gate/change.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { TITLE_MAX = 200, URL_MAX = 500 };

/* ---- its address ------------------------------------------------------------------------------------ */

/* Where "/issues/NUMBER" begins that ends the text; NULL: nowhere. */
static const char *
issue_part(const char *text, int64_t *number)
{
    static const char *const words[] = {"/issues/", "/work_items/"};
    const char              *digits = strrchr(text, '/');

    if (!digits || !digits[1] || digits[1] == '0' || digits[1] == '-' || !cc_int_parse(digits + 1, number) ||
        *number > INT32_MAX)
        return NULL;
    for (size_t i = 0; i < CC_COUNT(words); i++) {
        const size_t n = strlen(words[i]) - 1;
        if ((size_t)(digits - text) > n && strncmp(digits - n, words[i], n + 1) == 0)
            return digits - n;
    }
    return NULL;
}

bool
cc_issue_place_read(cc_arena *a, const char *text, cc_issue_place *out)
{
    size_t        size = strcspn(text, "?#");
    cc_repository repository;

    while (size && text[size - 1] == '/')
        size--;
    const char *line = cc_strndup(a, text, size), *at = line ? issue_part(line, &out->number) : NULL;
    if (!at)
        return false;
    size = (size_t)(at - line);
    const bool nested = size > 2 && strncmp(at - 2, "/-", 2) == 0;
    out->repository = cc_strndup(a, line, size - (nested ? 2 : 0));
    if (!out->repository || cc_repository_read(a, out->repository, &repository) ||
        (repository.over != CC_OVER_HTTPS && repository.over != CC_OVER_HTTP))
        return false;
    const bool v6 = strchr(repository.host, ':') != NULL;
    const bool usual = repository.port == (repository.over == CC_OVER_HTTPS ? 443 : 80);
    out->repository =
        cc_printf(a, "%s://%s%s%s%s%s", cc_transport_name(repository.over), v6 ? "[" : "", repository.host,
                  v6 ? "]" : "", usual ? "" : cc_printf(a, ":%u", (unsigned)repository.port), repository.path);
    out->url = out->repository
                   ? cc_printf(a, "%s%s/issues/%lld", out->repository, nested ? "/-" : "", (long long)out->number)
                   : NULL;
    return out->url && strlen(out->url) <= URL_MAX;
}

/* ---- asked for -------------------------------------------------------------------------------------- */

const cc_field cc_issue_import_fields[] = {
    CC_F("url", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 1000, "Its address at the forge, as the browser shows it.",
         .example = "\"https://github.com/example/shop/issues/42\""),
    CC_F("commentOnIssue", CC_TYPE_BOOL, CC_FIELD_NULLABLE, 0, 0,
         "Whether runs of it that end are told there; left out: as it is, and of a new one not.", .example = "true"),
    CC_END,
};

typedef struct known_row {
    char    id[CC_ID_SIZE];
    int64_t settled; /* it is taken over, or somebody wrote it */
} known_row;

CC_ROW(known_row, id, settled);
CC_QUERY(issue_known, known_row,
         "SELECT id, CASE WHEN pending_action IS NULL AND (imported_at IS NOT NULL OR action_error IS NULL) THEN 1 "
         "ELSE 0 END AS settled FROM issues WHERE project_id = :project_id AND source_url = :url ORDER BY id LIMIT 1",
         TEXT(project_id), TEXT(url));
CC_STATEMENT(issue_ask,
             "UPDATE issues SET pending_action = '" CC_ISSUE_IMPORT "', " CC_ACTION_REASON_NONE
             ", tries = 0, due_at = :now, "
             "updated_at = :now, version = version + 1 WHERE project_id = :project_id AND id = :id",
             INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(issue_answers,
             "UPDATE issues SET comment_on_issue = :answers, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id AND comment_on_issue <> :answers",
             INT(answers), INT(now), TEXT(project_id), TEXT(id));

static cc_err
place_check(cc_req *r, const char *text, cc_issue_place *place)
{
    cc_repository origin;
    cc_forge      forge = {0};

    if (!cc_issue_place_read(r->arena, text, place) || cc_repository_read(r->arena, place->repository, &origin))
        return cc_fail(r, CC_E_VALIDATION, "url",
                       "'url' must be the address of an issue, such as https://github.com/OWNER/NAME/issues/42.");
    if (!cc_forge_of(r->app, r->arena, &origin, &forge))
        return CC_E_UNAVAILABLE;
    return forge.kind ? CC_OK
                      : cc_fail(r, CC_E_VALIDATION, "url",
                                "The host of 'url' is none of the forges that the operator knows (setting forges).");
}

/* Under what it is known until its own title is there: "shop#42". */
static const char *
title_for_now(cc_arena *a, const cc_issue_place *place)
{
    const char *slash = strrchr(place->repository, '/');

    return cc_printf(a, "%.100s#%lld", slash + 1, (long long)place->number);
}

static cc_err
make(cc_req *r, const cc_issue_place *place, char id[CC_ID_SIZE])
{
    const cc_field *of = cc_issues.fields;
    cc_value       *values = cc_alloc(r->arena, (cc_fields_count(of) + 1) * sizeof(*values));
    const char     *title = title_for_now(r->arena, place);

    if (!values || !title)
        return CC_E_UNAVAILABLE;
    cc_value_set_text(of, values, "title", title);
    cc_value_set_text(of, values, "sourceUrl", place->url);
    cc_value_set_text(of, values, "priority", "medium");
    cc_value_set_text(of, values, "status", CC_ISSUE_NEW);
    cc_value_set_text(of, values, "origin", CC_ISSUE_IMPORTED);
    cc_value_set_int(of, values, "commentOnIssue", 0);
    cc_id_new(r->app, cc_issues.prefix, id);
    return cc_resource_insert(&r->context, &cc_issues, id, values, NULL);
}

/* Who asks for the same at the same time waits for his turn, and finds it. */
/* Whoever deletes it just now has its lock: with the lock it is looked for again. */
static cc_err
known_find(cc_req *r, const char *url, known_row *known, bool *found)
{
    cc_db *db = cc_app_db(r->app);
    cc_err err = cc_db_find(db, NULL, issue_known, known, found, .project_id = r->who.project_id, .url = url);

    if (err == CC_OK && *found && (err = cc_tx_lock(db, known->id)) == CC_OK) {
        memset(known, 0, sizeof(*known));
        err = cc_db_find(db, NULL, issue_known, known, found, .project_id = r->who.project_id, .url = url);
    }
    return err;
}

cc_err
cc_issues_import(cc_req *r)
{
    const cc_value *answers = cc_body_value(r, "commentOnIssue");
    cc_db          *db = cc_app_db(r->app);
    char           *id = cc_alloc(r->arena, CC_ID_SIZE);
    known_row       known = {0};
    cc_issue_place  place;
    bool            found = false;
    cc_err          err = id ? place_check(r, cc_body_value(r, "url")->s, &place) : CC_E_UNAVAILABLE;

    if (err != CC_OK || (err = cc_project_lock(&r->context)) != CC_OK ||
        (err = known_find(r, place.url, &known, &found)) != CC_OK)
        return err;
    if (found)
        memcpy(id, known.id, CC_ID_SIZE);
    else
        err = make(r, &place, id);
    if (err == CC_OK && cc_value_given(answers))
        err = cc_db_run(db, issue_answers, .answers = answers->i, .now = r->now, .project_id = r->who.project_id,
                        .id = id);
    if (err == CC_OK && !known.settled)
        err = cc_db_run(db, issue_ask, .now = r->now, .project_id = r->who.project_id, .id = id);
    if (err != CC_OK)
        return err;
    r->notify_run_id = id; /* wakes a worker */
    return cc_resource_show(r, &cc_issues, id);
}

/* ---- taken by a worker ------------------------------------------------------------------------------ */

CC_ROW(cc_issue_due, project_id, mode, issue_id, run_id, url, due_at, tries);
CC_QUERY(import_due, cc_issue_due,
         "SELECT project_id, 'live' AS mode, id AS issue_id, '' AS run_id, source_url AS url, due_at, tries "
         "FROM issues WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT 1",
         INT(now));
CC_QUERY(comment_due, cc_issue_due,
         "SELECT c.project_id, c.mode, c.issue_id, c.run_id, i.source_url AS url, c.due_at, c.tries "
         "FROM issue_comments c LEFT JOIN issues i ON i.project_id = c.project_id AND i.id = c.issue_id "
         "WHERE c.due_at <= :now ORDER BY c.due_at LIMIT 1",
         INT(now));
#define THE_ISSUE(of) .project_id = (of)->project_id, .id = (of)->issue_id
#define THE_COMMENT(of) .project_id = (of)->project_id, .mode = (of)->mode, .id = (of)->run_id
CC_STATEMENT(import_take,
             "UPDATE issues SET due_at = :until, tries = tries + 1 "
             "WHERE project_id = :project_id AND id = :id AND due_at = :was",
             INT(until), TEXT(project_id), TEXT(id), INT(was));
CC_STATEMENT(comment_take,
             "UPDATE issue_comments SET due_at = :until, tries = tries + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND run_id = :id AND due_at = :was",
             INT(until), CC_RUN_PARAMS, INT(was));
CC_STATEMENT(import_waiting, "SELECT 1 FROM issues WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 1", INT(now));
CC_STATEMENT(comment_waiting, "SELECT 1 FROM issue_comments WHERE due_at <= :now LIMIT 1", INT(now));

cc_err
cc_issue_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_issue_due *out, bool *found)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    int64_t       taken = 0;
    cc_err        err;

    *found = false;
    if ((err = cc_db_find(db, a, import_due, out, found, .now = now)) == CC_OK && !*found)
        err = cc_db_find(db, a, comment_due, out, found, .now = now);
    if (err != CC_OK || !*found)
        return err;
    const int64_t was = out->due_at;
    out->due_at = now + for_ms;
    if ((err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db,
                        *out->run_id
                            ? cc_db_change(db, comment_take, &taken, .until = out->due_at, THE_COMMENT(out), .was = was)
                            : cc_db_change(db, import_take, &taken, .until = out->due_at, THE_ISSUE(out), .was = was));
    *found = err == CC_OK && taken == 1;
    return err;
}

cc_err
cc_issue_waiting(cc_app *app, bool *waiting)
{
    const int64_t now = cc_app_now(app);
    cc_err        err = cc_db_exists(cc_app_db(app), import_waiting, waiting, .now = now);

    return err != CC_OK || *waiting ? err : cc_db_exists(cc_app_db(app), comment_waiting, waiting, .now = now);
}

/* ---- what its forge says ---------------------------------------------------------------------------- */

/* The size of the character at `s`, of valid UTF-8. */
static size_t
character(const char *s)
{
    const unsigned char c = (unsigned char)*s;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static bool
is_control(const char *s)
{
    const unsigned char c = (unsigned char)s[0];

    return c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0);
}

/* One line of at most so many characters; what a line may not hold becomes a space, or nothing.  "": nothing is left.
 */
static const char *
line_of(cc_arena *a, const char *text)
{
    size_t count = 0;
    cc_buf b;

    cc_buf_init(&b, a);
    for (size_t n; *text && count < TITLE_MAX; text += n) {
        n = character(text);
        const bool space = is_control(text) || *text == ' ';
        if (space && (!b.size || b.data[b.size - 1] == ' '))
            continue;
        if (!space && n > 1 && !cc_line_fine(text, n))
            continue;
        cc_put(&b, space ? " " : text, space ? 1 : n);
        count++;
    }
    if (b.size && b.data[b.size - 1] == ' ')
        b.size--;
    return b.size && !cc_line_fine(b.data, b.size) ? "" : cc_buf_text(&b);
}

/* Control characters are left out, and what is beyond the longest description. */
static const char *
text_of(cc_arena *a, const char *text)
{
    size_t count = 0;
    cc_buf b;

    cc_buf_init(&b, a);
    for (size_t n; *text && count < CC_PROMPT_MAX; text += n) {
        n = character(text);
        if (is_control(text) && *text != '\n' && *text != '\t')
            continue;
        cc_put(&b, text, n);
        count++;
    }
    return cc_buf_text(&b);
}

CC_STATEMENT(issue_saw,
             "UPDATE issues SET title = coalesce(nullif(:title, ''), title), "
             "title_folded = CASE WHEN :title = '' THEN title_folded ELSE :folded END, description = :text, "
             "imported_at = :now WHERE project_id = :project_id AND id = :id AND pending_action IS NOT NULL",
             TEXT(title), FOLDED(folded), TEXT(text), INT(now), TEXT(project_id), TEXT(id));

static cc_err
changed(cc_app *app, const cc_issue_due *of)
{
    return cc_changed(app, of->project_id, "", "issues.look", cc_span_of(of->issue_id));
}

cc_err
cc_issue_saw(cc_app *app, cc_arena *a, const cc_issue_due *of, const cc_json *said)
{
    cc_db      *db = cc_app_db(app);
    const char *title = line_of(a, cc_json_text_at(said, "title")), *text = text_of(a, cc_json_text_at(said, "text"));
    cc_err      err = title && text ? cc_tx_begin(db) : CC_E_UNAVAILABLE;

    if (err == CC_OK && (err = cc_db_run(db, issue_saw, .title = title, .folded = {title}, .text = *text ? text : NULL,
                                         .now = cc_app_now(app), THE_ISSUE(of))) == CC_OK)
        err = changed(app, of);
    return cc_tx_end(db, err);
}

/* Asked for again meanwhile, it stays asked for. */
CC_STATEMENT(import_done,
             "UPDATE issues SET " CC_REASON_SET(
                 "action_error") ", pending_action = CASE WHEN :due > 0 THEN pending_action END, "
                                 "due_at = nullif(:due, 0), updated_at = :now, version = version + 1 "
                                 "WHERE project_id = :project_id AND id = :id AND due_at = :was",
             CC_REASON_PARAMS, INT(due), INT(now), TEXT(project_id), TEXT(id), INT(was));
CC_STATEMENT(comment_error,
             "UPDATE issues SET " CC_REASON_SET(
                 "action_error") ", updated_at = :now, version = version + 1 "
                                 "WHERE project_id = :project_id AND id = :id AND pending_action IS NULL "
                                 "AND coalesce(action_error, '') <> coalesce(:error, '')",
             CC_REASON_PARAMS, INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(comment_later,
             "UPDATE issue_comments SET due_at = :due WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             INT(due), CC_RUN_PARAMS);
CC_STATEMENT(comment_over,
             "DELETE FROM issue_comments WHERE project_id = :project_id AND mode = :mode AND run_id = :id",
             CC_RUN_PARAMS);

static cc_err
done(cc_app *app, const cc_issue_due *of, const cc_reason *error, int64_t due)
{
    cc_db        *db = cc_app_db(app);
    const int64_t now = cc_app_now(app);
    cc_err        err;

    if ((err = changed(app, of)) != CC_OK)
        return err;
    if (!*of->run_id)
        return cc_db_run(db, import_done, CC_THE_REASON(error), .due = due, .now = now, THE_ISSUE(of),
                         .was = of->due_at);
    if ((err = cc_db_run(db, comment_error, CC_THE_REASON(error), .now = now, THE_ISSUE(of))) != CC_OK)
        return err;
    return due ? cc_db_run(db, comment_later, .due = due, THE_COMMENT(of))
               : cc_db_run(db, comment_over, THE_COMMENT(of));
}

cc_err
cc_issue_done(cc_app *app, const cc_issue_due *of, const cc_reason *error, int64_t again_ms)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_tx_begin(db);

    if (err == CC_OK)
        err = cc_tx_end(db, done(app, of, error, again_ms ? cc_app_now(app) + again_ms : 0));
    return err;
}

/* ---- its answer ------------------------------------------------------------------------------------- */

CC_STATEMENT(comment_add,
             "INSERT INTO issue_comments (project_id, mode, run_id, issue_id, due_at) "
             "SELECT project_id, :mode, :run_id, id, :now FROM issues "
             "WHERE project_id = :project_id AND id = :issue_id AND comment_on_issue = 1 AND source_url IS NOT NULL "
             "ON CONFLICT (project_id, mode, run_id) DO NOTHING",
             TEXT(mode), TEXT(run_id), INT(now), TEXT(project_id), TEXT(issue_id));

cc_err
cc_issue_tell(cc_app *app, const char *project_id, const char *mode, const char *run_id, const char *issue_id)
{
    return cc_db_run(cc_app_db(app), comment_add, .mode = mode, .run_id = run_id, .now = cc_app_now(app),
                     .project_id = project_id, .issue_id = issue_id);
}

typedef struct told_row {
    int64_t     number;
    char        status[16], verdict[8];
    const char *pull, *branch;
} told_row;

CC_ROW(told_row, number, status, verdict, pull, branch);
CC_QUERY(run_told, told_row,
         "SELECT run_number AS number, status, coalesce(verdict, '') AS verdict, pr_url AS pull, "
         "CASE WHEN push_status = 'pushed' THEN branch_name END AS branch "
         "FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);

/* Everybody may read it there: nothing of what agents or a failure say, which may hold what is the project's own. */
cc_err
cc_issue_comment(cc_app *app, cc_arena *a, const cc_issue_due *of, const char **text)
{
    const char *address = cc_run_address(app, a, of->run_id);
    told_row    run;
    bool        found = false;
    cc_buf      b;
    cc_err      err = cc_db_find(cc_app_db(app), a, run_told, &run, &found, THE_COMMENT(of));

    *text = NULL;
    if (err != CC_OK || !found)
        return err;
    cc_buf_init(&b, a);
    cc_puts(&b, "CodeCourier has worked on this issue: ");
    cc_putf(&b, address && *address ? "[run %lld](%s)" : "run %lld", (long long)run.number, address);
    cc_putf(&b, " has %s%s.\n", run.status,
            strcmp(run.verdict, "fail") == 0 ? ", and its last check did not let it pass" : "");
    if (run.pull)
        cc_putf(&b, "\nPull request: %s\n", run.pull);
    else if (run.branch)
        cc_putf(&b, "\nBranch: `%s`\n", run.branch);
    cc_putf(&b, "\n<!-- codecourier: %s -->\n", of->run_id); /* by this it is known when it is asked for again */
    *text = cc_buf_text(&b);
    return address && *text ? CC_OK : CC_E_UNAVAILABLE;
}
