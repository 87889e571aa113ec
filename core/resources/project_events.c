/*
 * What changes in a project, as pages, a long poll or a stream (follow.c): which thing, of what kind, and how; not what
 * it is now.  gate/change.c writes it.
 *
 * The caller sees the kinds that its scopes may read, and of runs those of its own mode.  The numbers count for the
 * project as a whole, so there are holes for who does not see all of it; whoever asks for what lies behind a number
 * misses nothing.
 */
#include "gate/change.h"
#include "gate/gate.h"
#include "resources/follow.h"
#include "resources/resources.h"
#include "storage/db.h"

const cc_field cc_change_fields[] = {
    CC_F("seq", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX,
         "Counts the changes of the project, in the order in which they became visible; those that the caller may not "
         "see leave holes.",
         .example = "17"),
    CC_F("kind", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "What kind of thing has changed: runs, workflows, issues …, the first part of the operations that read it.",
         .example = "\"runs\""),
    CC_F("action", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40,
         "How: the last part of the operation, as create, update or delete, or what the service itself has done, as "
         "move, beginStep and endStep of runs.",
         .example = "\"move\""),
    CC_F("id", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 80,
         "Which one; null: there is one in each project.", .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("at", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When.", .example = "\"2025-01-15T10:04:00Z\""),
    CC_END,
};

const cc_field cc_change_query[] = {
    CC_F("after", CC_TYPE_INT, 0, 0, INT32_MAX,
         "Only changes behind this number; left out: the latest one alone, to begin with.", .example = "16"),
    CC_F("limit", CC_TYPE_INT, 0, 1, 1000, "How many to answer at most.", .preset = "100", .example = "100"),
    CC_F("wait", CC_TYPE_INT, 0, 0, 20, "How many seconds to wait for a change when there is none; left out: none.",
         .example = "20"),
    CC_END,
};

#define FOR_THE_CALLER                                                                                                 \
    "FROM changes WHERE project_id = :project_id AND (mode = '' OR mode = :mode) "                                     \
    "AND :kinds LIKE '%,' || kind || ',%' "

/* The columns are those of cc_change_fields. */
CC_STATEMENT(changes_behind,
             "SELECT seq, kind, action, about_id, at " FOR_THE_CALLER "AND seq > :after ORDER BY seq LIMIT :most",
             TEXT(project_id), TEXT(mode), TEXT(kinds), INT(after), INT(most));

typedef struct numbers {
    int64_t first, last; /* 0: there are none */
} numbers;

CC_ROW(numbers, first, last);
CC_QUERY(change_numbers, numbers,
         "SELECT coalesce((SELECT min(seq) FROM changes WHERE project_id = :project_id), 0) AS first, "
         "coalesce((SELECT max(seq) FROM changes WHERE project_id = :project_id), 0) AS last",
         TEXT(project_id));

typedef struct latest {
    int64_t seq;
} latest;

CC_ROW(latest, seq);
CC_QUERY(change_latest, latest, "SELECT seq " FOR_THE_CALLER "ORDER BY seq DESC LIMIT 1", TEXT(project_id), TEXT(mode),
         TEXT(kinds));

static cc_err
open_changes(cc_req *r, int64_t after, int64_t most, cc_stmt **s)
{
    const char *kinds = cc_changed_kinds(r->app, r->arena, r->who.may);

    return kinds ? cc_db_bind(cc_app_db(r->app), changes_behind, s, .project_id = r->who.project_id,
                              .mode = cc_context_mode(&r->context), .kinds = kinds, .after = after, .most = most)
                 : CC_E_UNAVAILABLE;
}

static cc_err
numbers_read(cc_req *r, numbers *out)
{
    return cc_db_get(cc_app_db(r->app), NULL, change_numbers, out, .project_id = r->who.project_id);
}

/* A project has no end. */
static cc_err
look(cc_req *r, int64_t *upto, bool *over)
{
    numbers n = {0};
    cc_err  err = numbers_read(r, &n);

    *upto = n.last;
    *over = false;
    return err;
}

static const cc_followed of_project = {
    .shape = cc_change_fields, .says_where = true, .look = look, .open = open_changes};

/* Behind that number nothing is missing, or the caller is told that something is. */
static cc_err
check(cc_req *r, int64_t after, const char *field, const numbers *n)
{
    if (after > n->last)
        return cc_fail(r, CC_E_VALIDATION, field, "There is no change %lld in this project: the latest is %lld.",
                       (long long)after, (long long)n->last);
    if (after + 1 >= n->first)
        return CC_OK;
    return cc_fail(r, CC_E_CONFLICT, field,
                   "The changes before %lld are not kept any more: read what there is now, and go on behind %lld.",
                   (long long)n->first, (long long)n->last);
}

/* Who does not say where begins with the latest change that he may see; a stream with what comes. */
static cc_err
begin(cc_req *r, const numbers *n, int64_t *after)
{
    const char *kinds = cc_changed_kinds(r->app, r->arena, r->who.may);
    latest      row;
    bool        found;
    cc_err      err;

    *after = n->last;
    if (cc_followed_streams(r))
        return CC_OK;
    if (!kinds)
        return CC_E_UNAVAILABLE;
    err = cc_db_find(cc_app_db(r->app), NULL, change_latest, &row, &found, .project_id = r->who.project_id,
                     .mode = cc_context_mode(&r->context), .kinds = kinds);
    if (err == CC_OK && found)
        *after = row.seq - 1;
    return err;
}

cc_err
cc_project_events(cc_req *r)
{
    numbers     n = {0};
    const char *field;
    int64_t     after;
    cc_err      err = cc_followed_begin(r, &after, &field);

    if (err == CC_OK && (err = numbers_read(r, &n)) == CC_OK)
        err = field ? check(r, after, field, &n) : begin(r, &n, &after);
    return err == CC_OK ? cc_followed_answer(r, &of_project, after) : err;
}
