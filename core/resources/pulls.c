/*
 * Pull requests (contract-2 section 12): list them, and ask for what is to become of them.
 *
 * What a row says is as old as `refreshedAt`.  A merge is judged twice: here, by what is known, so that whoever asks
 * hears at once what stands in its way; and by the worker, by what the forge says then, for which it names the commit.
 */
#include "resources/pulls.h"

#include "base/mend.h"
#include "context/forge.h"
#include "context/settings.h"
#include "context/state.h"
#include "gate/change.h"
#include "resources/branches.h"
#include "resources/resources.h"
#include "storage/db.h"

enum { TEXT_MAX = 8000, LINE_MAX = 500, REASON_MAX = 1000, NAMES_MAX = 200, LATER_MS = 10000 };

const char *const cc_pull_says[] = {
#define X(name) #name,
    CC_PULL_SAYS(X)
#undef X
        NULL};

static const char *const forges[] = {"github", "gitlab", "gitea", NULL};
static const char *const statuses[] = {"success", "failure", "pending", "neutral", NULL};
static const char *const together[] = {"none", "pending", "success", "failure", NULL};
static const char *const actions[] = {CC_PULL_REFRESH, CC_FORGE_MERGE, CC_FORGE_CLOSE, NULL};
static const char *const methods[] = {"merge", "squash", "rebase", NULL};
static const char *const subjects[] = {"checks", "comments", NULL};

static const cc_field check_members[] = {
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "What it is called there.", .example = "\"build\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What came of it; neutral: it does not count.",
         .choices = statuses, .example = "\"success\""),
    CC_F("url", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 500, "Where it can be seen.",
         .example = "\"https://github.com/example/shop/actions/runs/1\""),
    CC_END,
};

static const cc_field failure_members[] = {
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "Which check.", .example = "\"build\""),
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 0, TEXT_MAX, "What it says: the end of its log, where there is one.",
         .example = "\"error: expected ';'\\n\""),
    CC_END,
};

static const cc_field comment_members[] = {
    CC_F("author", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, 200, "Who wrote it.", .example = "\"ada\""),
    CC_F("path", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 500, "About which file; null: about all.",
         .example = "\"src/sign_in.c\""),
    CC_F("line", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, INT32_MAX, "About which line of it.",
         .example = "12"),
    CC_F("text", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 0, TEXT_MAX, "What it says.",
         .example = "\"This leaks when it fails.\""),
    CC_F("url", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 500, "Where it stands.", .example = "null"),
    CC_END,
};

static const cc_field fields[] = {
    CC_ROW_HEAD("pul_"),
    CC_F("number", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Its number at its forge.", .example = "7"),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, LINE_MAX, "What it is called there.",
         .example = "\"Fix the sign-in\""),
    CC_F("url", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, LINE_MAX, "Where it stands.",
         .example = "\"https://github.com/example/shop/pull/7\""),
    CC_F("state", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "What has become of it.",
         .choices = cc_pull_statuses, .states = &cc_pull_states, .example = "\"" CC_PULL_OPEN "\""),
    CC_F("isDraft", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "It is not meant to be merged as it is.",
         .example = "false"),
    CC_F("mergeable", CC_TYPE_BOOL, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "Whether it can be merged without conflicts; null: its forge has not said so far.", .example = "true"),
    CC_F("checksStatus", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What came of all checks together.",
         .choices = together, .example = "\"success\""),
    CC_F("checks", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, 100, "The checks of its last commit.", .members = check_members,
         .example = "[]"),
    CC_F("runId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0, "The run that opened it.", .ref = "run_",
         .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("forge", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Which kind of forge it is at.", .choices = forges,
         .example = "\"github\""),
    CC_F("repository", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, LINE_MAX, "The repository.",
         .example = "\"https://github.com/example/shop\""),
    CC_F("branch", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, LINE_MAX, "The branch that it would merge.",
         .example = "\"cc/run-12-Rm1Lp\""),
    CC_F("base", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, LINE_MAX, "The branch that it would be merged into.",
         .example = "\"main\""),
    CC_F("headCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 100, "The last commit of the branch.",
         .example = "\"9fceb02d0ae598e95dc970b74767f19372d61af8\""),
    CC_F("failures", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 0, 100, "What the checks that failed say.",
         .members = failure_members, .example = "[]"),
    CC_F("comments", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_DETAIL, 0, 100,
         "What reviews ask for that is not resolved.", .members = comment_members, .example = "[]"),
    CC_F("pendingAction", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "What was asked for and a worker has not done so far; null: nothing.", .choices = actions, .example = "null"),
    CC_F("actionError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, REASON_MAX,
         "Why what was asked for last was not done.", .example = "null"),
    CC_REASON_FIELDS("actionError"),
    CC_F("refreshError", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, REASON_MAX,
         "Why it could not be looked at the last time.", .example = "null"),
    CC_REASON_FIELDS("refreshError"),
    CC_F("refreshedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it was last looked at; null: not since it was opened.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_ROW_TAIL,
    CC_END,
};

const cc_resource cc_pulls = {
    .singular = "pullRequest",
    .table = "pull_requests",
    .prefix = "pul_",
    .fields = fields,
    .by_mode = true,
    .meaning = "What a run proposes to merge, as its forge says it is.",
};

const cc_field cc_pull_merge_fields[] = {
    CC_F("method", CC_TYPE_CHOICE, 0, 0, 0, "How.", .choices = methods, .preset = "\"merge\"", .example = "\"squash\""),
    CC_F("force", CC_TYPE_BOOL, 0, 0, 0, "Whether checks that fail or are not done are no hindrance.",
         .preset = "false", .example = "false"),
    CC_END,
};

const cc_field cc_pull_fix_fields[] = {
    CC_F("about", CC_TYPE_CHOICE, CC_FIELD_NULLABLE, 0, 0,
         "Only what its checks say, or only what its reviews say; left out: both.", .choices = subjects,
         .example = "\"checks\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_NULLABLE, 0, 0,
         "The workflow to run; left out: that of the run which opened it.", .ref = "wfl_",
         .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, CC_PROMPT_MAX, "What else the run is told, in front.",
         .example = "\"Change as little as possible.\""),
    CC_END,
};

/* ---- what a forge says ------------------------------------------------------------------------------ */

static bool
is_one_of(const char *const *words, const char *word)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

/* NULL: it is not there, empty, or longer than it may be. */
static const char *
line_at(const cc_json *j, const char *name)
{
    const char *text = cc_json_text_at(j, name);

    return *text && cc_utf8_length(text, strlen(text)) <= LINE_MAX ? text : NULL;
}

static int
bool_at(const cc_json *j, const char *name)
{
    const cc_json *m = cc_json_at(j, name);

    return m && cc_json_what(m) == CC_J_BOOL ? cc_json_true(m) : -1;
}

/* One status of all: a failure counts before what still runs. */
static const char *
status_of(const cc_json *checks)
{
    const char *status = "none";

    for (const cc_json *j = cc_json_items(checks); j; j = cc_json_next(j)) {
        const char *one = cc_json_text_at(j, "status");
        if (strcmp(one, "failure") == 0)
            return "failure";
        if (strcmp(one, "pending") == 0)
            status = "pending";
        else if (strcmp(status, "none") == 0)
            status = "success";
    }
    return status;
}

static void
checks_read(cc_arena *a, const cc_json *list, cc_pull_seen *out)
{
    const char *comma = "[", *comma_failed = "[";
    cc_buf      checks, failures;

    cc_buf_init(&checks, a);
    cc_buf_init(&failures, a);
    for (const cc_json *j = cc_json_items(list); j; j = cc_json_next(j)) {
        const char *name = line_at(j, "name"), *status = cc_json_text_at(j, "status"),
                   *text = cc_json_text_at(j, "text");
        if (!name || !is_one_of(statuses, status))
            continue;
        cc_putf(&checks, "%s{", comma);
        cc_put_member(&checks, "name", name);
        cc_putf(&checks, ",\"status\":\"%s\",", status);
        cc_put_member(&checks, "url", line_at(j, "url"));
        cc_putc(&checks, '}');
        comma = ",";
        if (strcmp(status, "failure") != 0)
            continue;
        cc_putf(&failures, "%s{", comma_failed);
        cc_put_member(&failures, "name", name);
        cc_putc(&failures, ',');
        cc_put_member(&failures, "text", text);
        cc_putc(&failures, '}');
        comma_failed = ",";
    }
    cc_puts(&checks, *comma == '[' ? "[]" : "]");
    cc_puts(&failures, *comma_failed == '[' ? "[]" : "]");
    out->checks_status = status_of(list);
    out->checks = cc_buf_text(&checks);
    out->failures = cc_buf_text(&failures);
}

static void
comments_read(cc_arena *a, const cc_json *list, cc_pull_seen *out)
{
    const char *comma = "[";
    cc_buf      b;

    cc_buf_init(&b, a);
    for (const cc_json *j = cc_json_items(list); j; j = cc_json_next(j)) {
        const double line = cc_json_number_at(j, "line");
        cc_putf(&b, "%s{", comma);
        cc_put_member(&b, "author", cc_json_text_at(j, "author"));
        cc_putc(&b, ',');
        cc_put_member(&b, "path", line_at(j, "path"));
        cc_puts(&b, ",\"line\":");
        if (line >= 1 && line <= INT32_MAX)
            cc_put_int(&b, (int64_t)line);
        else
            cc_puts(&b, "null");
        cc_putc(&b, ',');
        cc_put_member(&b, "text", cc_json_text_at(j, "text"));
        cc_putc(&b, ',');
        cc_put_member(&b, "url", line_at(j, "url"));
        cc_putc(&b, '}');
        comma = ",";
    }
    cc_puts(&b, *comma == '[' ? "[]" : "]");
    out->comments = cc_buf_text(&b);
}

void
cc_pull_take_in(cc_arena *a, const cc_json *j, cc_pull_seen *out)
{
    const double number = cc_json_number_at(j, "number");

    *out = (cc_pull_seen){.is_draft = -1, .mergeable = -1};
    out->error = j ? line_at(j, "error") : "";
    out->url = line_at(j, "url");
    out->title = line_at(j, "title");
    out->state = is_one_of(cc_pull_statuses, cc_json_text_at(j, "state")) ? cc_json_text_at(j, "state") : NULL;
    out->branch = line_at(j, "branch");
    out->base = line_at(j, "base");
    out->head = line_at(j, "head");
    out->etag = line_at(j, "etag");
    out->number = number >= 1 && number <= INT32_MAX ? (int64_t)number : 0;
    out->is_draft = bool_at(j, "isDraft");
    out->mergeable = bool_at(j, "mergeable");
    if (cc_json_at(j, "checks"))
        checks_read(a, cc_json_at(j, "checks"), out);
    if (cc_json_at(j, "comments"))
        comments_read(a, cc_json_at(j, "comments"), out);
    out->status = (int64_t)cc_json_number_at(j, "status");
    out->retry_after_s = (int64_t)cc_json_number_at(j, "retryAfter");
}

cc_err
cc_pull_read(cc_arena *a, const char *line, size_t size, cc_pull_seen *out)
{
    cc_found found = {0};
    cc_err   err = cc_json_find(a, line, size, &found);

    cc_pull_take_in(a, found.json, out);
    return err;
}

/* ---- written by the engine -------------------------------------------------------------------------- */

#define PULL_PARAMS TEXT(project_id), TEXT(mode), TEXT(id)
#define THE_PULL(of) .project_id = (of)->project_id, .mode = (of)->mode, .id = (of)->id

typedef struct noted_row {
    char    id[CC_ID_SIZE];
    int64_t version;
} noted_row;

CC_ROW(noted_row, id, version);
CC_QUERY(pull_note, noted_row,
         "INSERT INTO pull_requests (project_id, mode, id, run_id, forge, repository, number, url, title, state, "
         "is_draft, branch, base, head_commit, checks_status, checks, failures, comments, due_at, created_at, "
         "updated_at) VALUES (:project_id, :mode, :id, :run_id, :forge, :repository, :number, :url, :title, :state, "
         ":is_draft, :branch, :base, :head, 'none', '[]', '[]', '[]', nullif(:due_at, 0), :now, :now) "
         "ON CONFLICT (project_id, mode, repository, number) DO UPDATE SET title = excluded.title, "
         "state = excluded.state, is_draft = excluded.is_draft, head_commit = excluded.head_commit, etag = NULL, "
         "idle_looks = 0, due_at = excluded.due_at, updated_at = excluded.updated_at, "
         "version = pull_requests.version + 1 RETURNING id, version",
         TEXT(project_id), TEXT(mode), TEXT(id), TEXT(run_id), TEXT(forge), TEXT(repository), INT(number), TEXT(url),
         TEXT(title), TEXT(state), INT(is_draft), TEXT(branch), TEXT(base), TEXT(head), INT(due_at), INT(now));

cc_err
cc_pull_note(cc_app *app, const cc_pull_opened *of, const cc_pull_seen *seen)
{
    const int64_t poll = cc_setting_int(app, CC_SETTING_forgePollSeconds), now = cc_app_now(app);
    const char   *state = seen->state ? seen->state : CC_PULL_OPEN;
    char          id[CC_ID_SIZE];
    noted_row     noted;

    if (!seen->url || !seen->number)
        return CC_OK;
    cc_id_new(app, cc_pulls.prefix, id);
    cc_err err = cc_db_get(cc_app_db(app), NULL, pull_note, &noted, .project_id = of->project_id, .mode = of->mode,
                           .id = id, .run_id = of->run_id, .forge = of->forge, .repository = of->repository,
                           .number = seen->number, .url = seen->url, .title = seen->title ? seen->title : "",
                           .state = state, .is_draft = seen->is_draft == 1, .branch = seen->branch ? seen->branch : "",
                           .base = seen->base ? seen->base : "", .head = seen->head,
                           .due_at = poll ? now + poll * 1000 : 0, .now = now);
    if (err == CC_OK)
        err = cc_changed(app, of->project_id, of->mode, "pulls.open", cc_span_of(noted.id));
    if (err != CC_OK || noted.version != 1)
        return err;
    return cc_tell(app, of->project_id, of->mode, CC_MESSAGE_PR_CREATED, .id = id, .run_id = of->run_id,
                   .number = seen->number, .url = seen->url, .status = state);
}

/* ---- taken by a worker ------------------------------------------------------------------------------ */

CC_ROW(cc_pull_due, name.project_id, name.mode, name.id, forge, repository, branch, head, etag, action, method, number,
       due_at, looks, force);
CC_QUERY(pull_due, cc_pull_due,
         "SELECT project_id, mode, id, forge, repository, branch, head_commit AS head, etag, pending_action AS action, "
         "merge_method AS method, number, due_at, idle_looks AS looks, merge_force AS force FROM pull_requests "
         "WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT 1",
         INT(now));
CC_STATEMENT(pull_take,
             "UPDATE pull_requests SET due_at = :until "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id AND due_at = :was",
             INT(until), PULL_PARAMS, INT(was));
CC_STATEMENT(pull_waiting, "SELECT 1 FROM pull_requests WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 1", INT(now));

cc_err
cc_pull_take(cc_app *app, cc_arena *a, int64_t for_ms, cc_pull_due *out, bool *found)
{
    const int64_t now = cc_app_now(app);
    cc_db        *db = cc_app_db(app);
    int64_t       taken = 0;
    cc_err        err;

    *found = false;
    if ((err = cc_db_find(db, a, pull_due, out, found, .now = now)) != CC_OK || !*found)
        return err;
    const int64_t was = out->due_at;
    out->due_at = now + for_ms;
    if ((err = cc_tx_begin(db)) == CC_OK)
        err =
            cc_tx_end(db, cc_db_change(db, pull_take, &taken, .until = out->due_at, THE_PULL(&out->name), .was = was));
    *found = err == CC_OK && taken == 1;
    return err;
}

cc_err
cc_pull_waiting(cc_app *app, bool *waiting)
{
    return cc_db_exists(cc_app_db(app), pull_waiting, waiting, .now = cc_app_now(app));
}

typedef struct unmerged_row {
    char run_id[CC_ID_SIZE];
} unmerged_row;

CC_ROW(unmerged_row, run_id);
CC_QUERY(pull_unmerged, unmerged_row,
         "SELECT run_id FROM pull_requests WHERE project_id = :project_id AND mode = :mode AND id = :id "
         "AND state <> '" CC_PULL_MERGED "'",
         PULL_PARAMS);
CC_STATEMENT(
    pull_saw,
    "UPDATE pull_requests SET url = coalesce(:url, url), title = coalesce(:title, title), "
    "state = coalesce(:state, state), is_draft = CASE WHEN :is_draft < 0 THEN is_draft ELSE :is_draft END, "
    "branch = coalesce(:branch, branch), base = coalesce(:base, base), head_commit = coalesce(:head, head_commit), "
    "mergeable = CASE WHEN :mergeable < 0 THEN mergeable ELSE :mergeable END, etag = coalesce(:etag, etag), "
    "refreshed_at = :now WHERE project_id = :project_id AND mode = :mode AND id = :id",
    TEXT(url), TEXT(title), TEXT(state), INT(is_draft), TEXT(branch), TEXT(base), TEXT(head), INT(mergeable),
    TEXT(etag), INT(now), PULL_PARAMS);
/* What is as before leaves the version as it is, so that an ETag of ours means something. */
CC_STATEMENT(pull_checks,
             "UPDATE pull_requests SET checks_status = :status, checks = :checks, failures = :failures, "
             "comments = :comments, idle_looks = 0 WHERE project_id = :project_id AND mode = :mode AND id = :id "
             "AND (checks <> :checks OR failures <> :failures OR comments <> :comments)",
             TEXT(status), TEXT(checks), TEXT(failures), TEXT(comments), PULL_PARAMS);
CC_STATEMENT(pull_run,
             "UPDATE runs SET pr_status = :state, version = version + 1 WHERE project_id = :project_id "
             "AND mode = :mode AND id = (SELECT run_id FROM pull_requests p WHERE p.project_id = :project_id "
             "AND p.mode = :mode AND p.id = :id) AND pr_number = :number AND pr_status <> :state",
             TEXT(state), PULL_PARAMS, INT(number));
CC_STATEMENT(pull_done,
             "UPDATE pull_requests SET " CC_FORGE_REASONS_SET
             ", pending_action = CASE WHEN due_at = :was THEN NULL ELSE pending_action END, "
             "idle_looks = idle_looks + 1, due_at = CASE WHEN due_at = :was THEN nullif(:next, 0) ELSE due_at END, "
             "updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND mode = :mode AND id = :id",
             INT(was), CC_FORGE_REASONS_PARAMS, INT(next), INT(now), PULL_PARAMS);

/* Before its row says so: that it was merged is told once. */
static cc_err
tell_merged(cc_app *app, const cc_pull_due *of, const cc_pull_seen *seen)
{
    unmerged_row was = {0};
    bool         found = false;
    cc_err       err = CC_OK;

    if (!seen->state || strcmp(seen->state, CC_PULL_MERGED) != 0)
        return CC_OK;
    err = cc_db_find(cc_app_db(app), NULL, pull_unmerged, &was, &found, THE_PULL(&of->name));
    if (err != CC_OK || !found)
        return err;
    return cc_tell(app, of->name.project_id, of->name.mode, CC_MESSAGE_PR_MERGED, .id = of->name.id,
                   .run_id = was.run_id, .number = of->number, .status = seen->state);
}

static cc_err
changed_by_worker(cc_app *app, const cc_pull_name *of, const char *how)
{
    return cc_changed(app, of->project_id, of->mode, how, cc_span_of(of->id));
}

static cc_err
saw(cc_app *app, const cc_pull_due *of, const cc_pull_seen *seen, int64_t *changed)
{
    cc_db *db = cc_app_db(app);
    cc_err err = tell_merged(app, of, seen);

    if (err == CC_OK)
        err = cc_db_run(db, pull_saw, .url = seen->url, .title = seen->title, .state = seen->state,
                        .is_draft = seen->is_draft, .branch = seen->branch, .base = seen->base, .head = seen->head,
                        .mergeable = seen->mergeable, .etag = seen->etag, .now = cc_app_now(app), THE_PULL(&of->name));

    if (err == CC_OK && seen->checks)
        err = cc_db_change(db, pull_checks, changed, .status = seen->checks_status, .checks = seen->checks,
                           .failures = seen->failures, .comments = seen->comments, THE_PULL(&of->name));
    if (err == CC_OK && seen->state && strcmp(seen->state, CC_PULL_OPEN) != 0)
        err = cc_branch_stir(app, of->name.project_id, of->name.mode, of->repository, of->branch);
    if (err == CC_OK && seen->state)
        err = cc_db_run(db, pull_run, .state = seen->state, THE_PULL(&of->name), .number = of->number);
    return err == CC_OK ? changed_by_worker(app, &of->name, "pulls.look") : err;
}

cc_err
cc_pull_saw(cc_app *app, const cc_pull_due *of, const cc_pull_seen *seen, bool *changed)
{
    cc_db  *db = cc_app_db(app);
    int64_t rows = 0;
    cc_err  err = cc_tx_begin(db);

    if (err == CC_OK)
        err = cc_tx_end(db, saw(app, of, seen, &rows));
    *changed = rows > 0;
    return err;
}

cc_err
cc_pull_done(cc_app *app, const cc_pull_due *of, const cc_reason *error, const cc_reason *refresh, int64_t next_ms)
{
    cc_db        *db = cc_app_db(app);
    const int64_t now = cc_app_now(app);
    cc_err        err = cc_tx_begin(db);

    if (err != CC_OK)
        return err;
    err = cc_db_run(db, pull_done, .was = of->due_at, CC_THE_FORGE_REASONS(error, refresh),
                    .next = next_ms ? now + next_ms : 0, .now = now, THE_PULL(&of->name));
    if (err == CC_OK && (error || refresh || of->action)) /* not of each look at which all is as it was */
        err = changed_by_worker(app, &of->name, "pulls.look");
    return cc_tx_end(db, err);
}

/* ---- may it be merged? ------------------------------------------------------------------------------ */

typedef struct pull_row {
    char        state[12], checks_status[12], action[12];
    const char *title, *url, *base, *branch, *repository, *run_id, *checks, *failures, *comments;
    int64_t     number;
    int         mergeable; /* -1: not known */
    bool        is_draft;
} pull_row;

CC_ROW(pull_row, state, checks_status, action, title, url, base, branch, repository, run_id, checks, failures, comments,
       number, mergeable, is_draft);
CC_QUERY(pull_get, pull_row,
         "SELECT state, checks_status, coalesce(pending_action, '') AS action, title, url, base, branch, repository, "
         "run_id, checks, failures, comments, number, coalesce(mergeable, -1) AS mergeable, is_draft "
         "FROM pull_requests WHERE project_id = :project_id AND mode = :mode AND id = :id",
         PULL_PARAMS);

/* The first of a list that is stored as JSON; NULL: it is empty, or there is no memory to read it. */
static const cc_json *
items_of(cc_arena *a, const char *list)
{
    const cc_json *json;
    const char    *why;

    return cc_json_parse(a, list, strlen(list), &json, &why) == CC_OK ? cc_json_items(json) : NULL;
}

/* "build, lint": the names of the checks that are so. */
static const char *
names_of(cc_arena *a, const char *checks, const char *status)
{
    const char *comma = "";
    cc_buf      b;

    cc_buf_init(&b, a);
    for (const cc_json *j = items_of(a, checks); j; j = cc_json_next(j))
        if (strcmp(cc_json_text_at(j, "status"), status) == 0) {
            cc_putf(&b, "%s%s", comma, b.size < NAMES_MAX ? cc_json_text_at(j, "name") : "…");
            comma = ", ";
            if (b.size >= NAMES_MAX)
                break;
        }
    return cc_buf_text(&b);
}

static const cc_reason *
hindrance(cc_arena *a, const pull_row *row, bool force)
{
    if (strcmp(row->state, CC_PULL_OPEN) != 0)
        return cc_reason_plain(a, CC_REASON_PULL_CLOSED);
    if (row->is_draft)
        return cc_reason_plain(a, CC_REASON_PULL_DRAFT);
    if (row->mergeable == 0)
        return cc_reason_new(a, PULL_CONFLICTS, .branch = row->base);
    if (!force && strcmp(row->checks_status, "failure") == 0)
        return cc_reason_new(a, PULL_CHECKS_FAILED, .checks = names_of(a, row->checks, "failure"));
    if (!force && strcmp(row->checks_status, "pending") == 0)
        return cc_reason_new(a, PULL_CHECKS_PENDING, .checks = names_of(a, row->checks, "pending"));
    return NULL;
}

cc_err
cc_pull_hindrance(cc_context *c, const cc_pull_name *of, bool force, const cc_reason **why)
{
    pull_row row;
    cc_err   err = cc_db_get(cc_app_db(c->app), c->arena, pull_get, &row, THE_PULL(of));

    *why = err == CC_OK ? hindrance(c->arena, &row, force) : NULL;
    return err;
}

/* ---- asked for -------------------------------------------------------------------------------------- */

#define PULL_OF(r) .project_id = (r)->who.project_id, .mode = cc_context_mode(CC_CONTEXT_OF(r)), .id = (r)->id

CC_STATEMENT(
    pull_ask,
    "UPDATE pull_requests SET pending_action = :action, merge_method = :method, merge_force = :force, " CC_ACTION_REASON_NONE
    ", due_at = :now, updated_at = :now, version = version + 1 "
    "WHERE project_id = :project_id AND mode = :mode AND id = :id",
    TEXT(action), TEXT(method), INT(force), INT(now), PULL_PARAMS);

static cc_err
ask_for(cc_req *r, const char *action, const char *method, bool force)
{
    cc_err err = cc_db_run(cc_app_db(r->app), pull_ask, .action = action, .method = method, .force = force,
                           .now = r->now, PULL_OF(r));

    if (err != CC_OK)
        return err;
    r->notify_run_id = r->id;
    return cc_resource_show(r, &cc_pulls, r->id);
}

/* CONFLICT: something else was asked for and is not done yet. */
static cc_err
load(cc_req *r, const char *action, pull_row *row)
{
    cc_err err = cc_db_get(cc_app_db(r->app), r->arena, pull_get, row, PULL_OF(r));

    if (err == CC_OK && *row->action && strcmp(row->action, CC_PULL_REFRESH) != 0 && strcmp(row->action, action) != 0)
        err = cc_fail(r, CC_E_CONFLICT, NULL, "A worker is asked to %s it and has not done so yet.", row->action);
    return err;
}

static cc_err
must_be_open(cc_req *r, const pull_row *row, const char *action)
{
    if (strcmp(row->state, CC_PULL_OPEN) == 0)
        return CC_OK;
    return cc_fail(r, CC_E_CONFLICT, NULL, "A %s pull request cannot be %s", row->state,
                   cc_state_refusal(&cc_pull_states, action));
}

cc_err
cc_pulls_refresh(cc_req *r)
{
    pull_row row;
    cc_err   err = cc_db_get(cc_app_db(r->app), r->arena, pull_get, &row, PULL_OF(r));

    if (err != CC_OK)
        return err;
    if (*row.action) /* that begins with a look */
        return cc_resource_show(r, &cc_pulls, r->id);
    return ask_for(r, CC_PULL_REFRESH, NULL, false);
}

cc_err
cc_pulls_merge(cc_req *r)
{
    const bool       force = cc_body_value(r, "force")->i != 0;
    const cc_reason *why;
    pull_row         row;
    cc_err           err = load(r, CC_FORGE_MERGE, &row);

    if (err != CC_OK)
        return err;
    if (cc_state_done(&cc_pull_states, "merge", row.state))
        return cc_resource_show(r, &cc_pulls, r->id);
    if ((err = must_be_open(r, &row, "merge")) != CC_OK)
        return err;
    if ((why = hindrance(r->arena, &row, force)))
        return cc_context_refuse(CC_CONTEXT_OF(r), CC_E_CONFLICT, why);
    return ask_for(r, CC_FORGE_MERGE, cc_body_value(r, "method")->s, force);
}

cc_err
cc_pulls_close(cc_req *r)
{
    pull_row row;
    cc_err   err = load(r, CC_FORGE_CLOSE, &row);

    if (err != CC_OK)
        return err;
    if (cc_state_done(&cc_pull_states, "close", row.state))
        return cc_resource_show(r, &cc_pulls, r->id);
    if ((err = must_be_open(r, &row, "close")) != CC_OK)
        return err;
    return ask_for(r, CC_FORGE_CLOSE, NULL, false);
}

/* ---- fixed ------------------------------------------------------------------------------------------ */

/* Words of strangers, each behind what it is. */
static int
put_failures(cc_context *c, cc_buf *b, const char *failures)
{
    int n = 0;

    for (const cc_json *j = items_of(c->arena, failures); j; j = cc_json_next(j), n++)
        cc_putf(b, "%s### %s\n\n%s\n\n", n ? "" : "## Checks that fail\n\n", cc_json_text_at(j, "name"),
                cc_json_text_at(j, "text"));
    return n;
}

static int
put_comments(cc_context *c, cc_buf *b, const char *comments)
{
    int n = 0;

    for (const cc_json *j = items_of(c->arena, comments); j; j = cc_json_next(j), n++) {
        const char   *path = cc_json_text_at(j, "path");
        const int64_t line = (int64_t)cc_json_number_at(j, "line");
        cc_putf(b, "%s### %s", n ? "" : "## What reviews ask for\n\n", *path ? path : "The whole");
        if (line)
            cc_putf(b, ", line %lld", (long long)line);
        cc_putf(b, " (%s)\n\n%s\n\n", cc_json_text_at(j, "author"), cc_json_text_at(j, "text"));
    }
    return n;
}

static cc_err
prompt_make(cc_req *r, const pull_row *row, const char **prompt)
{
    const cc_value *about = cc_body_value(r, "about"), *more = cc_body_value(r, "prompt");
    const bool      both = !cc_value_given(about);
    int             n = 0;
    cc_buf          b;

    cc_buf_init(&b, r->arena);
    if (cc_value_given(more))
        cc_putf(&b, "%s\n\n", more->s);
    cc_putf(&b,
            "Pull request #%lld \"%s\" (%s) is not ready to be merged.  Its branch is checked out here.  Change it so "
            "that what stands below is answered; change nothing else.\n\n",
            (long long)row->number, row->title, row->url);
    if (both || strcmp(about->s, subjects[0]) == 0)
        n += put_failures(&r->context, &b, row->failures);
    if (both || strcmp(about->s, subjects[1]) == 0)
        n += put_comments(&r->context, &b, row->comments);
    if (!(*prompt = cc_buf_text(&b)))
        return CC_E_UNAVAILABLE;
    return n ? CC_OK
             : cc_fail(r, CC_E_CONFLICT, NULL,
                       "No check is known to fail and no review to ask for anything: refresh it, if that has changed.");
}

typedef struct workflow_row {
    char id[CC_ID_SIZE];
} workflow_row;

CC_ROW(workflow_row, id);
CC_QUERY(pull_workflow, workflow_row,
         "SELECT workflow_id AS id FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);

cc_err
cc_pulls_fix(cc_req *r)
{
    const cc_value *asked = cc_body_value(r, "workflowId");
    const cc_field *of_run = cc_runs.fields;
    cc_value       *values = cc_alloc(r->arena, (cc_fields_count(of_run) + 1) * sizeof(*values));
    const char     *prompt, *name;
    workflow_row    workflow;
    bool            found;
    pull_row        row;
    cc_err          err = load(r, "fix", &row); /* nor what is about to be merged */

    if (!values)
        return CC_E_UNAVAILABLE;
    if (err != CC_OK || (err = must_be_open(r, &row, "fix")) != CC_OK ||
        (err = prompt_make(r, &row, &prompt)) != CC_OK ||
        (err = cc_db_find(cc_app_db(r->app), NULL, pull_workflow, &workflow, &found, CC_RUN_OF(r, row.run_id))) !=
            CC_OK)
        return err;
    if (!found && !cc_value_given(asked))
        return cc_fail(r, CC_E_VALIDATION, "workflowId",
                       "'workflowId' is required: the run that opened it is not there.");
    if (!(name = cc_printf(r->arena, "Fix #%lld", (long long)row.number)))
        return CC_E_UNAVAILABLE;
    cc_value_set_text(of_run, values, "workflowId", cc_value_given(asked) ? asked->s : workflow.id);
    cc_value_set_text(of_run, values, "name", name);
    cc_value_set_text(of_run, values, "prompt", prompt);
    cc_value_set_text(of_run, values, "githubRepoUrl", row.repository);
    cc_value_set_text(of_run, values, "branchName", row.branch);
    cc_value_set_text(of_run, values, "baseBranch", *row.base ? row.base : NULL);
    if ((err = cc_run_prepare(&r->context, values)) != CC_OK)
        return err;
    return cc_run_insert(&r->context, "fix", values, r);
}
