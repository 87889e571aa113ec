/*
 * Two runs side by side: how each went, what it cost, and which files both of them changed, and alike.
 *
 * For whoever has tried one task with two agents, or again.  Files are compared by what is kept of the runs' changes;
 * that two patches of a file are the same says that the same lines were changed upon the same contents, for git names
 * both contents in the patch.
 */
#include "context/app.h"
#include "context/state.h"
#include "resources/changes.h"
#include "resources/resources.h"

enum { FILES_MOST = 1000 };

static const char *const places[] = {"both", "first", "second", NULL};

static const cc_field side_members[] = {
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Which run.", .ref = "run_",
         .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("number", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Its number in the project.", .example = "12"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 200, "What people call it.",
         .example = "null"),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Where it stands.", .choices = cc_run_statuses,
         .states = &cc_run_states, .example = "\"" CC_RUN_COMPLETED "\""),
    CC_F("verdict", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 10, "What its checkers said.",
         .example = "\"pass\""),
    CC_F("costUsd", CC_TYPE_MONEY, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What it has cost, in US dollars; null: nobody named a price.", .example = "0.042"),
    CC_F("durationSeconds", CC_TYPE_NUMBER, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "From its start to its end; null: it has not come so far.", .example = "83.5"),
    CC_F("steps", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many steps it took, those of each round.",
         .example = "4"),
    CC_F("rounds", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 1000, "How often its loop went round.", .example = "2"),
    CC_F("inputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT64_C(1) << 53, "What its models read.",
         .example = "18000"),
    CC_F("outputTokens", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT64_C(1) << 53, "What they wrote.", .example = "2100"),
    CC_F("agents", CC_TYPE_TEXTS, CC_FIELD_READ_ONLY, 0, 0, "Who took its steps: agents, each with its model.",
         .example = "[\"claude sonnet\"]"),
    CC_F("branchName", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 200, "Its branch.", .example = "null"),
    CC_F("prUrl", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 500, "Its pull request.", .example = "null"),
    CC_F("isKept", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0,
         "false: its changes were larger than the setting checkpointMb, so its files are not compared.",
         .example = "true"),
    CC_F("fileCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many files it has changed.", .example = "3"),
    CC_F("additions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines it added.", .example = "40"),
    CC_F("deletions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines it removed.", .example = "7"),
    CC_END,
};

static const cc_field file_members[] = {
    CC_F("path", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Where it lies in the repository.",
         .example = "\"src/sign_in.c\""),
    CC_F("changedBy", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "Which of the runs has changed it.", .choices = places,
         .example = "\"both\""),
    CC_F("isSame", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Both have changed it, and alike.", .example = "false"),
    CC_F("firstAdditions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines the first run added.", .example = "3"),
    CC_F("firstDeletions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines the first run removed.",
         .example = "1"),
    CC_F("secondAdditions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines the second run added.",
         .example = "5"),
    CC_F("secondDeletions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines the second run removed.",
         .example = "0"),
    CC_END,
};

const cc_field cc_comparison_fields[] = {
    CC_F("first", CC_TYPE_OBJECT, CC_FIELD_READ_ONLY, 0, 0, "The run of the path's first id.", .members = side_members),
    CC_F("second", CC_TYPE_OBJECT, CC_FIELD_READ_ONLY, 0, 0, "The run of its second id.", .members = side_members),
    CC_F("isSameBase", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "Both began with the same commit.", .example = "true"),
    CC_F("files", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, FILES_MOST, "The files that either has changed, by path.",
         .members = file_members, .example = "[]"),
    CC_F("truncated", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "There are more files.", .example = "false"),
    CC_END,
};

const cc_field cc_comparison_other = CC_F("other", CC_TYPE_ID, CC_FIELD_REQUIRED, 0, 0, "The run to compare it with.",
                                          .ref = "run_", .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lq\"");

/* ---- how it went ------------------------------------------------------------------------------- */

typedef struct run_row {
    int64_t     number, cost_nano, started_at, finished_at;
    const char *name, *status, *verdict, *branch, *pr_url;
    bool        priced;
} run_row;

typedef struct steps_row {
    int64_t steps, rounds, input_tokens, output_tokens;
} steps_row;

typedef struct agent_row {
    const char *agent, *model;
} agent_row;

CC_ROW(run_row, number, name, status, verdict, cost_nano, priced, started_at, finished_at, branch, pr_url);
CC_QUERY(compared_run, run_row,
         "SELECT run_number AS number, name, status, verdict, cost_nano, "
         "CASE WHEN cost_nano IS NULL THEN 0 ELSE 1 END AS priced, started_at, finished_at, branch_name AS branch, "
         "pr_url FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         CC_RUN_PARAMS);
CC_ROW(steps_row, steps, rounds, input_tokens, output_tokens);
CC_QUERY(compared_steps, steps_row,
         "SELECT count(*) AS steps, coalesce(max(iteration), 0) AS rounds, "
         "coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens "
         "FROM run_steps WHERE project_id = :project_id AND run_id = :run_id AND started_at IS NOT NULL",
         TEXT(project_id), TEXT(run_id));
CC_ROW(agent_row, agent, model);
CC_QUERY(compared_agents, agent_row,
         "SELECT agent, model FROM run_steps WHERE project_id = :project_id AND run_id = :run_id "
         "AND agent IS NOT NULL GROUP BY agent, model ORDER BY agent, model",
         TEXT(project_id), TEXT(run_id));

typedef struct side {
    const char *id;
    run_row     run;
    steps_row   steps;
    cc_changes  changes;
    int64_t     files, additions, deletions;
} side;

static cc_err
side_load(cc_req *r, const char *id, side *out)
{
    cc_db          *db = cc_app_db(r->app);
    cc_changes      all;
    cc_changed_file file;
    cc_err          err;

    *out = (side){.id = id};
    if ((err = cc_db_get(db, r->arena, compared_run, &out->run, CC_RUN_OF(&r->context, id))) != CC_OK ||
        (err = cc_db_get(db, NULL, compared_steps, &out->steps, .project_id = r->who.project_id, .run_id = id)) !=
            CC_OK ||
        (err = cc_changes_load(&r->context, id, &out->changes)) != CC_OK)
        return err;
    for (all = out->changes; cc_changes_next(&all, &file); out->files++) {
        out->additions += file.additions;
        out->deletions += file.deletions;
    }
    return CC_OK;
}

static cc_err
put_agents(cc_req *r, const char *id)
{
    agent_row one;
    cc_rows   rows =
        cc_db_select(cc_app_db(r->app), compared_agents, &one, .project_id = r->who.project_id, .run_id = id);
    const char *open = ",\"agents\":[";

    while (cc_rows_next(&rows)) {
        const char *both = one.model ? cc_printf(r->arena, "%s %s", one.agent, one.model) : one.agent;
        cc_puts(&r->out, open);
        cc_put_json(&r->out, both ? both : "", both ? strlen(both) : 0);
        open = ",";
    }
    cc_puts(&r->out, open[1] ? ",\"agents\":[]" : "]");
    return cc_rows_end(&rows);
}

static cc_err
put_side(cc_req *r, const side *s)
{
    cc_buf *b = &r->out;

    cc_putf(b, "{\"id\":\"%s\",\"number\":%lld,", s->id, (long long)s->run.number);
    cc_put_member(b, "name", s->run.name);
    cc_putc(b, ',');
    cc_put_member(b, "status", s->run.status);
    cc_putc(b, ',');
    cc_put_member(b, "verdict", s->run.verdict);
    cc_puts(b, ",\"costUsd\":");
    if (s->run.priced)
        cc_put_nano(b, s->run.cost_nano);
    else
        cc_puts(b, "null");
    cc_puts(b, ",\"durationSeconds\":");
    if (s->run.started_at && s->run.finished_at)
        cc_put_number(b, (double)(s->run.finished_at - s->run.started_at) / 1000);
    else
        cc_puts(b, "null");
    cc_putf(b, ",\"steps\":%lld,\"rounds\":%lld,\"inputTokens\":%lld,\"outputTokens\":%lld", (long long)s->steps.steps,
            (long long)s->steps.rounds, (long long)s->steps.input_tokens, (long long)s->steps.output_tokens);
    cc_err err = put_agents(r, s->id);
    cc_putc(b, ',');
    cc_put_member(b, "branchName", s->run.branch);
    cc_putc(b, ',');
    cc_put_member(b, "prUrl", s->run.pr_url);
    cc_putf(b, ",\"isKept\":%s,\"fileCount\":%lld,\"additions\":%lld,\"deletions\":%lld}",
            s->changes.head && !s->changes.checkpoint ? "false" : "true", (long long)s->files, (long long)s->additions,
            (long long)s->deletions);
    return err;
}

/* ---- which files ------------------------------------------------------------------------------- */

/* Through one of the two lists of files. */
typedef struct walk {
    cc_changes      left;
    cc_changed_file at;
    bool            there;
} walk;

static void
walk_on(walk *w)
{
    w->there = cc_changes_next(&w->left, &w->at);
    if (!w->there)
        w->at = (cc_changed_file){0};
}

/* As git orders paths: byte by byte. */
static int
compare_paths(const walk *a, const walk *b)
{
    if (!a->there || !b->there)
        return a->there ? -1 : 1;
    size_t both = a->at.size < b->at.size ? a->at.size : b->at.size;
    int    order = memcmp(a->at.path, b->at.path, both);

    return order ? order : (a->at.size > b->at.size) - (a->at.size < b->at.size);
}

/* A file whose part of the patch was cut away is not known to be the same. */
static bool
is_same(const cc_changed_file *a, const cc_changed_file *b)
{
    return a->patch.size && a->patch.size == b->patch.size && memcmp(a->patch.data, b->patch.data, a->patch.size) == 0;
}

static void
put_file(cc_req *r, const cc_changed_file *a, const cc_changed_file *b, const char *by, bool first)
{
    const cc_changed_file *named = a->path ? a : b;
    cc_buf                 clean;

    cc_buf_init(&clean, r->arena);
    cc_put_utf8(&clean, named->path, named->size);
    cc_putf(&r->out, "%s{\"path\":", first ? "" : ",");
    cc_put_json(&r->out, clean.data, clean.size);
    cc_putf(&r->out,
            ",\"changedBy\":\"%s\",\"isSame\":%s,\"firstAdditions\":%lld,\"firstDeletions\":%lld,"
            "\"secondAdditions\":%lld,\"secondDeletions\":%lld}",
            by, a->path && b->path && is_same(a, b) ? "true" : "false", (long long)a->additions,
            (long long)a->deletions, (long long)b->additions, (long long)b->deletions);
}

static void
put_files(cc_req *r, const side *first, const side *second)
{
    static const cc_changed_file none;
    walk                         a = {.left = first->changes}, b = {.left = second->changes};
    int64_t                      n;

    walk_on(&a);
    walk_on(&b);
    cc_puts(&r->out, ",\"files\":[");
    for (n = 0; (a.there || b.there) && n < FILES_MOST; n++) {
        const int order = compare_paths(&a, &b);
        put_file(r, order <= 0 ? &a.at : &none, order >= 0 ? &b.at : &none,
                 places[order == 0  ? 0
                        : order < 0 ? 1
                                    : 2],
                 n == 0);
        if (order <= 0)
            walk_on(&a);
        if (order >= 0)
            walk_on(&b);
    }
    cc_putf(&r->out, "],\"truncated\":%s}", a.there || b.there ? "true" : "false");
}

cc_err
cc_runs_compare(cc_req *r)
{
    char   status[16]; /* and whichever is overdue is settled by the first look */
    side   first, second;
    cc_err err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK || (err = side_load(r, r->id, &first)) != CC_OK ||
        (err = side_load(r, r->part, &second)) != CC_OK)
        return err;
    cc_puts(&r->out, "{\"first\":");
    if ((err = put_side(r, &first)) != CC_OK)
        return err;
    cc_puts(&r->out, ",\"second\":");
    if ((err = put_side(r, &second)) != CC_OK)
        return err;
    const char *base = first.changes.base, *other = second.changes.base;
    cc_putf(&r->out, ",\"isSameBase\":%s", base && other && strcmp(base, other) == 0 ? "true" : "false");
    put_files(r, &first, &second);
    return CC_OK;
}
