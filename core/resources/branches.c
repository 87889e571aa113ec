/*
 * Branches (contract-2 section 12): what runs have pushed, and what has become of it.
 *
 * A row is kept of each branch that a run of the project has pushed.  Only one that a run has made is deleted, and only
 * while nothing is lost with it: a worker looks at it first, and commits that no run has pushed, and that are in no
 * other branch, are somebody's work.
 *
 * They are named by ids in paths: a branch's name may hold '/', which web servers do not hand on.
 */
#include "resources/branches.h"

#include "base/mend.h"
#include "context/app.h"
#include "context/forge.h"
#include "context/settings.h"
#include "context/state.h"
#include "gate/change.h"
#include "resources/resources.h"
#include "storage/db.h"

#define PRESENT "present"
#define DELETED "deleted"

static const char *const states[] = {PRESENT, DELETED, NULL};
static const char *const actions[] = {CC_BRANCH_REFRESH, CC_BRANCH_DELETE, NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("brn_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 1, 500, "The branch.",
         .example = "\"cc/run-12-Rm1Lp\""),
    CC_F("repository", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 500, "The repository that it is in.",
         .example = "\"https://github.com/example/shop\""),
    CC_F("runId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "The run that pushed it first.",
         .ref = "run_", .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("isOwn", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "That run has made it; others were there before.",
         .example = "true"),
    CC_F("base", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 500,
         "What it is compared with; null: the repository's main branch.", .example = "null"),
    CC_F("state", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "Whether it is there.", .choices = states,
         .example = "\"" PRESENT "\""),
    CC_F("headCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100,
         "The commit that a run has pushed last.", .example = "\"9fceb02d0ae598e95dc970b74767f19372d61af8\""),
    CC_F("seenCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100,
         "Where it was when it was last looked at.", .example = "\"9fceb02d0ae598e95dc970b74767f19372d61af8\""),
    CC_F("ahead", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "How many commits it has that its base does not; null: its forge has not said so far.", .example = "2"),
    CC_F("behind", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "How many commits its base has that it does not.", .example = "0"),
    CC_F("merged", CC_TYPE_BOOL, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "Whether all of it is in its base, or its pull request was merged.", .example = "false"),
    CC_F("isProtected", CC_TYPE_BOOL, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "Whether its forge protects it.",
         .example = "false"),
    CC_F("pendingAction", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "What was asked for and a worker has not done so far; null: nothing.", .choices = actions, .example = "null"),
    CC_F("actionError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 1000,
         "Why what was asked for last was not done.", .example = "null"),
    CC_REASON_FIELDS("actionError"),
    CC_F("refreshError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 1000,
         "Why it could not be looked at the last time.", .example = "null"),
    CC_REASON_FIELDS("refreshError"),
    CC_F("refreshedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it was last looked at; null: not since it was pushed.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_branches = {
    .singular = "branch",
    .table = "branches",
    .prefix = "brn_",
    .fields = fields,
    .by_mode = true,
    .meaning = "A branch that a run has pushed, as its forge says it is.",
};

#define THE_BRANCH(of) .project_id = (of)->project_id, .mode = (of)->mode, .id = (of)->id
#define BRANCH_PARAMS TEXT(project_id), TEXT(mode), TEXT(id)

/* ---- pushed ----------------------------------------------------------------------------------------- */

/* Of one that was deleted meanwhile, everything begins anew. */
typedef struct noted_row {
    char id[CC_ID_SIZE];
} noted_row;

CC_ROW(noted_row, id);
CC_QUERY(branch_note, noted_row,
         "INSERT INTO branches (project_id, mode, id, name, repository, run_id, is_own, base, state, head_commit, "
         "due_at, created_at, updated_at) VALUES (:project_id, :mode, :id, :name, :repository, :run_id, :is_own, "
         ":base, '" PRESENT "', :head, nullif(:due, 0), :now, :now) ON CONFLICT (project_id, mode, repository, name) "
         "DO UPDATE SET run_id = CASE WHEN excluded.is_own = 1 THEN excluded.run_id ELSE branches.run_id END, "
         "is_own = CASE WHEN excluded.is_own = 1 THEN 1 ELSE branches.is_own END, base = excluded.base, "
         "state = '" PRESENT "', head_commit = excluded.head_commit, due_at = excluded.due_at, "
         "updated_at = excluded.updated_at, version = branches.version + 1 RETURNING id",
         BRANCH_PARAMS, TEXT(name), TEXT(repository), TEXT(run_id), INT(is_own), TEXT(base), TEXT(head), INT(due),
         INT(now));
CC_STATEMENT(branch_stir,
             "UPDATE branches SET due_at = :now WHERE project_id = :project_id AND mode = :mode "
             "AND repository = :repository AND name = :name AND state = '" PRESENT "'",
             INT(now), TEXT(project_id), TEXT(mode), TEXT(repository), TEXT(name));

/* Is its host a forge that a worker could ask? */
static bool
at_forge(cc_app *app, cc_arena *a, const char *repository)
{
    cc_repository origin;
    cc_forge      forge = {0};

    return !cc_repository_read(a, repository, &origin) && cc_forge_of(app, a, &origin, &forge) && forge.kind;
}

cc_err
cc_branch_note(cc_app *app, const cc_branch_pushed *of)
{
    const int64_t poll = cc_setting_int(app, CC_SETTING_forgePollSeconds) * 1000, now = cc_app_now(app);
    cc_arena     *a = cc_arena_new();
    char          id[CC_ID_SIZE];
    const bool    looks = a && poll && at_forge(app, a, of->repository);
    noted_row     noted;
    cc_err        err;

    cc_arena_free(a);
    cc_id_new(app, cc_branches.prefix, id);
    err = cc_db_get(cc_app_db(app), NULL, branch_note, &noted, .project_id = of->project_id, .mode = of->mode, .id = id,
                    .name = of->name, .repository = of->repository, .run_id = of->run_id, .is_own = of->is_new,
                    .base = of->base, .head = of->head, .due = looks ? now + poll : 0, .now = now);
    return err == CC_OK ? cc_changed(app, of->project_id, of->mode, "branches.push", cc_span_of(noted.id)) : err;
}

cc_err
cc_branch_stir(cc_app *app, const char *project_id, const char *mode, const char *repository, const char *name)
{
    return cc_db_run(cc_app_db(app), branch_stir, .now = cc_app_now(app), .project_id = project_id, .mode = mode,
                     .repository = repository, .name = name);
}

/* ---- taken by a worker ------------------------------------------------------------------------------ */

CC_ROW(cc_branch_due, project_id, mode, id, name, repository, base, head, action, due_at);
CC_QUERY(branch_due, cc_branch_due,
         "SELECT project_id, mode, id, name, repository, base, head_commit AS head, pending_action AS action, due_at "
         "FROM branches WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT 1",
         INT(now));
CC_STATEMENT(branch_take,
             "UPDATE branches SET due_at = :until "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND due_at = :was",
             INT(until), BRANCH_PARAMS, INT(was));
CC_STATEMENT(branch_waiting, "SELECT 1 FROM branches WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 1", INT(now));

cc_err
cc_branch_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_branch_due *out, bool *found)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    int64_t       taken = 0;
    cc_err        err;

    *found = false;
    if ((err = cc_db_find(db, a, branch_due, out, found, .now = now)) != CC_OK || !*found)
        return err;
    const int64_t was = out->due_at;
    out->due_at = now + for_ms;
    if ((err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, cc_db_change(db, branch_take, &taken, .until = out->due_at, THE_BRANCH(out), .was = was));
    *found = err == CC_OK && taken == 1;
    return err;
}

cc_err
cc_branch_waiting(cc_app *app, bool *waiting)
{
    return cc_db_exists(cc_app_db(app), branch_waiting, waiting, .now = cc_app_now(app));
}

/* ---- what its forge says ---------------------------------------------------------------------------- */

static int64_t
count_at(const cc_json *said, const char *name)
{
    const cc_json *j = cc_json_at(said, name);
    const double   n = cc_json_number_at(said, name);

    return j && cc_json_what(j) == CC_J_NUMBER && n >= 0 && n <= INT32_MAX ? (int64_t)n : -1;
}

void
cc_branch_take_in(const cc_json *said, cc_branch_seen *out)
{
    const char    *head = cc_json_text_at(said, "head");
    const cc_json *protection = cc_json_at(said, "isProtected");

    *out = (cc_branch_seen){
        .gone = strcmp(cc_json_text_at(said, "state"), DELETED) == 0,
        .head = *head && strlen(head) <= 64 ? head : NULL,
        .ahead = count_at(said, "ahead"),
        .behind = count_at(said, "behind"),
        .is_protected = protection && cc_json_what(protection) == CC_J_BOOL ? cc_json_true(protection) : -1,
    };
}

CC_STATEMENT(branch_saw,
             "UPDATE branches SET seen_commit = :head, ahead = nullif(:ahead, -1), behind = nullif(:behind, -1), "
             "is_protected = nullif(:is_protected, -1), refreshed_at = :now, merged = CASE WHEN :ahead = 0 THEN 1 "
             "WHEN EXISTS (SELECT 1 FROM pull_requests p WHERE p.project_id = :project_id AND p.mode = :mode "
             "AND p.repository = branches.repository AND p.branch = branches.name AND p.state = '" CC_PULL_MERGED "') "
             "THEN 1 ELSE 0 END WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(head), INT(ahead), INT(behind), INT(is_protected), INT(now), BRANCH_PARAMS);

typedef struct branch_row {
    char        state[12], action[12];
    const char *name, *repository, *head, *seen;
    bool        is_own, merged, is_protected;
} branch_row;

CC_ROW(branch_row, state, action, name, repository, head, seen, is_own, merged, is_protected);
CC_QUERY(branch_get, branch_row,
         "SELECT state, coalesce(pending_action, '') AS action, name, repository, head_commit AS head, "
         "seen_commit AS seen, is_own, merged, is_protected FROM branches "
         "WHERE project_id = :project_id AND mode = :mode AND id = :id",
         BRANCH_PARAMS);

/* What would be lost with it, or is not ours to take. */
static const cc_reason *
hindrance(cc_arena *a, const branch_row *row)
{
    if (row->is_protected)
        return cc_reason_plain(a, CC_REASON_BRANCH_PROTECTED);
    if (row->seen && !row->merged && (!row->head || strcmp(row->seen, row->head) != 0))
        return cc_reason_new(a, BRANCH_MOVED, .commit = cc_printf(a, "%.12s", row->seen));
    return NULL;
}

cc_err
cc_branch_saw(cc_app *app, cc_arena *a, const cc_branch_due *of, const cc_branch_seen *seen, const cc_reason **why)
{
    cc_db     *db = cc_app_db(app);
    branch_row row;
    cc_err     err = cc_tx_begin(db);

    *why = NULL;
    if (err == CC_OK &&
        (err = cc_db_run(db, branch_saw, .head = seen->head, .ahead = seen->ahead, .behind = seen->behind,
                         .is_protected = seen->is_protected, .now = cc_app_now(app), THE_BRANCH(of))) == CC_OK)
        err = cc_changed(app, of->project_id, of->mode, "branches.look", cc_span_of(of->id));
    err = cc_tx_end(db, err);
    if (err == CC_OK)
        err = cc_db_get(db, a, branch_get, &row, THE_BRANCH(of));
    if (err == CC_OK)
        *why = hindrance(a, &row);
    return err == CC_E_NOT_FOUND ? CC_OK : err;
}

CC_STATEMENT(branch_done,
             "UPDATE branches SET state = CASE WHEN :deleted = 1 THEN '" DELETED
             "' ELSE state END, " CC_FORGE_REASONS_SET
             ", pending_action = CASE WHEN due_at = :was OR :deleted = 1 THEN NULL ELSE pending_action END, "
             "due_at = CASE WHEN due_at = :was OR :deleted = 1 THEN NULL ELSE due_at END, updated_at = :now, "
             "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id",
             INT(deleted), INT(was), CC_FORGE_REASONS_PARAMS, INT(now), BRANCH_PARAMS);

cc_err
cc_branch_done(cc_app *app, const cc_branch_due *of, bool deleted, const cc_reason *error,
               const cc_reason *refresh_error)
{
    cc_db *db = cc_app_db(app);
    cc_err err = cc_tx_begin(db);

    if (err == CC_OK &&
        (err = cc_db_run(db, branch_done, .deleted = deleted, .was = of->due_at,
                         CC_THE_FORGE_REASONS(error, refresh_error), .now = cc_app_now(app), THE_BRANCH(of))) == CC_OK)
        err = cc_changed(app, of->project_id, of->mode, "branches.look", cc_span_of(of->id));
    return cc_tx_end(db, err);
}

/* ---- asked for -------------------------------------------------------------------------------------- */

#define BRANCH_OF(r) .project_id = (r)->who.project_id, .mode = cc_context_mode(CC_CONTEXT_OF(r)), .id = (r)->id

CC_STATEMENT(branch_ask,
             "UPDATE branches SET pending_action = :action, " CC_ACTION_REASON_NONE
             ", due_at = :now, updated_at = :now, "
             "version = version + 1 WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(action), INT(now), BRANCH_PARAMS);

typedef struct pull_row {
    int64_t number;
} pull_row;

CC_ROW(pull_row, number);
CC_QUERY(branch_pull, pull_row,
         "SELECT number FROM pull_requests WHERE project_id = :project_id AND mode = :mode "
         "AND state = '" CC_PULL_OPEN "' AND repository = :repository AND branch = :name LIMIT 1",
         TEXT(project_id), TEXT(mode), TEXT(repository), TEXT(name));
CC_STATEMENT(branch_in_use,
             "SELECT 1 FROM runs WHERE project_id = :project_id AND mode = :mode AND NOT " CC_RUN_OVER " "
             "AND branch_name = :name LIMIT 1",
             TEXT(project_id), TEXT(mode), TEXT(name));

static cc_err
ask_for(cc_req *r, const char *action)
{
    cc_err err = cc_db_run(cc_app_db(r->app), branch_ask, .action = action, .now = r->now, BRANCH_OF(r));

    if (err != CC_OK)
        return err;
    r->notify_run_id = r->id;
    return cc_resource_show(r, &cc_branches, r->id);
}

static cc_err
load(cc_req *r, branch_row *row)
{
    cc_err err = cc_db_get(cc_app_db(r->app), r->arena, branch_get, row, BRANCH_OF(r));

    if (err == CC_OK && strcmp(row->state, DELETED) != 0 && !at_forge(r->app, r->arena, row->repository))
        err =
            cc_fail(r, CC_E_CONFLICT, NULL, "Its host is none of the forges that the operator knows (setting forges).");
    return err;
}

cc_err
cc_branches_refresh(cc_req *r)
{
    branch_row row;
    cc_err     err = load(r, &row);

    if (err != CC_OK)
        return err;
    if (*row.action) /* that begins with a look */
        return cc_resource_show(r, &cc_branches, r->id);
    return ask_for(r, CC_BRANCH_REFRESH);
}

/* Nobody works on it, and nobody is about to merge it. */
static cc_err
use_check(cc_req *r, const branch_row *row)
{
    cc_db      *db = cc_app_db(r->app);
    const char *mode = cc_context_mode(CC_CONTEXT_OF(r));
    pull_row    pull;
    bool        found = false;
    cc_err      err =
        cc_db_exists(db, branch_in_use, &found, .project_id = r->who.project_id, .mode = mode, .name = row->name);

    if (err == CC_OK && found)
        return cc_fail(r, CC_E_CONFLICT, NULL, "A run that is not over works on it: wait for it, or cancel it.");
    if (err == CC_OK)
        err = cc_db_find(db, NULL, branch_pull, &pull, &found, .project_id = r->who.project_id, .mode = mode,
                         .repository = row->repository, .name = row->name);
    if (err == CC_OK && found)
        return cc_fail(r, CC_E_CONFLICT, NULL, "Its pull request #%lld is open: merge or close that first.",
                       (long long)pull.number);
    return err;
}

cc_err
cc_branches_delete(cc_req *r)
{
    branch_row row;
    cc_err     err = cc_resource_precondition(r, &cc_branches, r->id);

    if (err != CC_OK || (err = load(r, &row)) != CC_OK)
        return err;
    if (strcmp(row.state, DELETED) == 0 || strcmp(row.action, CC_BRANCH_DELETE) == 0)
        return cc_resource_show(r, &cc_branches, r->id);
    if (!row.is_own)
        return cc_fail(r, CC_E_CONFLICT, NULL,
                       "No run of the project has made it, it was there before: delete it at its forge.");
    if ((err = use_check(r, &row)) != CC_OK)
        return err;
    return ask_for(r, CC_BRANCH_DELETE);
}
