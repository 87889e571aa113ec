/*
 * What a run has changed, as far as its last checkpoint or that of one of its steps: commits, files, and their patches.
 *
 * Git has written figures and patch when the checkpoint was made, in the sandbox; nothing here runs git.  Both are
 * bytes of the other side, of which nothing is believed but that they can be cut at line ends: a patch's lines of
 * contents begin with ' ', '+', '-' or '\', those of a binary one hold no space, so "diff --git " begins a file.
 *
 * Who accepts a patch or a bundle instead gets that, whole, as a file to be saved: what could not be pushed is not
 * lost.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/accept.h"
#include "base/json.h"
#include "resources/changes.h"
#include "resources/checkpoints.h"
#include "resources/resources.h"
#include "storage/db.h"

enum {
    PATCH_MAX = 16 * 1024 * 1024, /* of all files; as the checkpoint cuts it */
    FILE_MAX = 64 * 1024,         /* of one file's, as it is shown */
    PAGE_MAX = 1024 * 1024,       /* of all that are shown together */
    LIMIT = 25,                   /* files, unless something else is asked for */
};

#define PATCH_TYPE "text/x-diff"
#define BUNDLE_TYPE "application/x-git-bundle"

static const char *const kinds[] = {"added", "modified", "deleted", NULL};

static const cc_field commit_members[] = {
    CC_F("id", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 40, 64, "Its name in git.",
         .example = "\"9fceb02d0ae598e95dc970b74767f19372d61af8\""),
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 49, "The step that it ends, from 0.", .example = "0"),
    CC_F("iteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 1000, "Which round of that step's loop.", .example = "1"),
    CC_F("label", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100, "What people call that step.", .example = "\"Build\""),
    CC_F("finishedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When that step ended.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_END,
};

static const cc_field file_members[] = {
    CC_F("number", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Counts the files, from 1.", .example = "1"),
    CC_F("path", CC_TYPE_TEXT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Where it lies in the repository.",
         .example = "\"src/sign_in.c\""),
    CC_F("change", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What was done to it.", .choices = kinds,
         .example = "\"modified\""),
    CC_F("additions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines added; 0 of a binary file.",
         .example = "3"),
    CC_F("deletions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines removed; 0 of a binary file.",
         .example = "1"),
    CC_F("isBinary", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "It has no lines, and its patch is not shown.",
         .example = "false"),
    CC_F("patch", CC_TYPE_TEXT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, INT32_MAX,
         "What has changed in it, as git writes it; null: it is binary, or there was no room.",
         .example = "\"@@ -1 +1 @@\\n-one\\n+two\\n\""),
    CC_F("truncated", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "The patch is not there as a whole.", .example = "false"),
    CC_END,
};

const cc_field cc_changes_fields[] = {
    CC_F("baseCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 40, 64,
         "The commit that the changes are made upon; null: nothing has changed, or there is no commit.",
         .example = "null"),
    CC_F("headCommit", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 40, 64,
         "The commit that holds them; null: nothing has changed.", .example = "null"),
    CC_F("isKept", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0,
         "false: the changes were larger than the setting checkpointMb, so no files are shown.", .example = "true"),
    CC_F("commits", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, INT32_MAX, "One for each step that has changed something.",
         .members = commit_members, .example = "[]"),
    CC_F("fileCount", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many files have changed in all.",
         .example = "1"),
    CC_F("additions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines added in all.", .example = "3"),
    CC_F("deletions", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "Lines removed in all.", .example = "1"),
    CC_F("files", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, 100, "The files behind `after`, by path.",
         .members = file_members, .example = "[]"),
    CC_F("next", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, INT32_MAX,
         "What to give as `after` for the next files; null: there are none.", .example = "null"),
    CC_F("truncated", CC_TYPE_BOOL, CC_FIELD_READ_ONLY, 0, 0, "There are more files than could be counted.",
         .example = "false"),
    CC_END,
};

const cc_field cc_changes_query[] = {
    CC_F("step", CC_TYPE_INT, 0, 1, 50, "As they were when this step ended, counted from 1; left out: as they are.",
         .example = "1"),
    CC_F("iteration", CC_TYPE_INT, 0, 1, 1000, "In which round of its loop.", .preset = "1", .example = "1"),
    CC_F("after", CC_TYPE_INT, 0, 0, INT32_MAX, "Only files behind this number.", .preset = "0", .example = "0"),
    CC_F("limit", CC_TYPE_INT, 0, 1, 100, "How many files to answer at most.", .preset = "25", .example = "25"),
    CC_END,
};

/* ---- which checkpoint -------------------------------------------------------------------------- */

typedef cc_changes kept_row;

typedef struct commit_row {
    int64_t     position, iteration, finished_at;
    const char *label, *head;
} commit_row;

CC_ROW(kept_row, base, head, checkpoint);
/* The step that made the run's last one has its base; of a run that goes on with another's it is that one's step. */
CC_QUERY(changes_last, kept_row,
         "SELECT (SELECT s.base_commit FROM run_steps s WHERE s.project_id = r.project_id AND s.run_id = r.id "
         "AND s.head_commit = r.head_commit LIMIT 1) AS base, r.head_commit AS head, r.checkpoint_id AS checkpoint "
         "FROM runs r WHERE r.project_id = :project_id AND r.mode = :mode AND r.id = :id",
         TEXT(project_id), TEXT(mode), TEXT(id));
CC_QUERY(changes_of_step, kept_row,
         "SELECT base_commit AS base, head_commit AS head, checkpoint_id AS checkpoint FROM run_steps "
         "WHERE project_id = :project_id AND run_id = :run_id AND iteration = :iteration AND position = :position",
         TEXT(project_id), TEXT(run_id), INT(iteration), INT(position));
CC_ROW(commit_row, position, iteration, label, finished_at, head);
CC_QUERY(changes_commits, commit_row,
         "SELECT position, iteration, label, finished_at, head_commit AS head FROM run_steps "
         "WHERE project_id = :project_id AND run_id = :run_id AND head_commit IS NOT NULL "
         "ORDER BY finished_at, iteration, position",
         TEXT(project_id), TEXT(run_id));

static cc_err
last_find(cc_context *c, const char *run_id, kept_row *kept)
{
    return cc_db_get(cc_app_db(c->app), c->arena, changes_last, kept, .project_id = c->who.project_id,
                     .mode = cc_context_mode(c), .id = run_id);
}

static cc_err
kept_find(cc_req *r, kept_row *kept)
{
    const cc_value *step = cc_query_value(r, "step"), *iteration = cc_query_value(r, "iteration");
    cc_db          *db = cc_app_db(r->app);
    cc_err          err;

    if (!step->present)
        return last_find(&r->context, r->id, kept);
    err = cc_db_get(db, r->arena, changes_of_step, kept, .project_id = r->who.project_id, .run_id = r->id,
                    .iteration = iteration->present ? iteration->i : 1, .position = step->i - 1);
    if (err == CC_E_NOT_FOUND)
        return cc_fail(r, err, NULL, "The run has no such step, or it has not come so far.");
    return err;
}

/* ---- what was kept ----------------------------------------------------------------------------- */

static cc_err
part_add(void *ctx, cc_bytes data)
{
    cc_buf *b = ctx;

    cc_put(b, data.data, data.size);
    return b->failed ? CC_E_UNAVAILABLE : CC_OK;
}

static cc_err
file_read(cc_context *c, const char *run_id, const kept_row *kept, cc_kept kind, cc_buf *into)
{
    const cc_checkpoint_name of = {c->who.project_id, run_id, kept->checkpoint};

    cc_buf_init(into, c->arena);
    return cc_checkpoint_read(c->app, &of, kind, part_add, into);
}

/* What was compressed, up to PATCH_MAX; what is damaged ends there. */
static cc_err
inflate_into(cc_arena *a, const cc_buf *packed, cc_span *out)
{
    z_stream z = {.next_in = (Bytef *)packed->data, .avail_in = (uInt)packed->size};
    size_t   room = 64 * 1024, size = 0;
    char    *data = cc_alloc(a, room);
    int      code = Z_OK;

    if (!data || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return CC_E_UNAVAILABLE;
    while (code == Z_OK && size < PATCH_MAX) {
        if (size == room) {
            char *more = cc_realloc(a, data, room, 2 * room);
            if (!more)
                break;
            data = more;
            room *= 2;
        }
        z.next_out = (Bytef *)data + size;
        z.avail_out = (uInt)(room - size);
        code = inflate(&z, Z_NO_FLUSH);
        size = room - z.avail_out;
    }
    (void)inflateEnd(&z);
    *out = (cc_span){data, size};
    return code == Z_OK && size == room && size < PATCH_MAX ? CC_E_UNAVAILABLE : CC_OK;
}

/* ---- figures and patch ------------------------------------------------------------------------- */

typedef cc_changed_file figure;

/* "12 TAB 3 TAB path NUL", and "-" twice for a binary file.  false: that is no more of them. */
static bool
figure_next(cc_span *in, figure *out)
{
    const char *end = in->size ? memchr(in->data, '\0', in->size) : NULL;
    const char *first = end ? memchr(in->data, '\t', (size_t)(end - in->data)) : NULL;
    const char *second = first ? memchr(first + 1, '\t', (size_t)(end - first - 1)) : NULL;

    if (!second)
        return false;
    *out = (figure){.path = second + 1, .size = (size_t)(end - second) - 1, .is_binary = in->data[0] == '-'};
    if (!out->is_binary) {
        out->additions = strtoll(in->data, NULL, 10);
        out->deletions = strtoll(first + 1, NULL, 10);
    }
    in->size -= (size_t)(end + 1 - in->data);
    in->data = end + 1;
    return true;
}

/* Where the next line that begins a file does, from behind the line at `at`; the end if there is none. */
static const char *
section_end(const char *at, const char *end)
{
    static const char mark[] = "\ndiff --git ";
    const char       *next = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1);

    return next ? next + 1 : end;
}

static size_t
line_size(const char *at, const char *end)
{
    const char *line = memchr(at, '\n', (size_t)(end - at));

    return line ? (size_t)(line - at) : (size_t)(end - at);
}

/* One file's part of the patch: two, if it was removed and made anew as something else. */
static cc_span
section_next(cc_span *in)
{
    const char *at = in->data, *end = in->data + in->size, *next = at < end ? section_end(at, end) : end;
    size_t      n = line_size(at, end);

    if (next < end && line_size(next, end) == n && memcmp(at, next, n) == 0)
        next = section_end(next, end);
    *in = (cc_span){next, (size_t)(end - next)};
    return (cc_span){at, (size_t)(next - at)};
}

/* In the lines before the first that is of the contents. */
static bool
header_says(cc_span section, const char *words)
{
    const char *hunk = section.size ? memmem(section.data, section.size, "\n@@ ", 4) : NULL;
    size_t      size = hunk ? (size_t)(hunk - section.data) : section.size;

    return size && memmem(section.data, size, words, strlen(words));
}

const char *
cc_changes_kind(cc_span section)
{
    const bool made = header_says(section, "\nnew file mode "), gone = header_says(section, "\ndeleted file mode ");

    return made && !gone ? "added" : gone && !made ? "deleted" : "modified";
}

bool
cc_changes_next(cc_changes *c, cc_changed_file *out)
{
    if (!figure_next(&c->numbers, out))
        return false;
    out->patch = section_next(&c->patch);
    return true;
}

static cc_err
contents_read(cc_context *c, const char *run_id, cc_changes *out)
{
    cc_buf numbers, packed;
    cc_err err;

    if (!out->checkpoint)
        return CC_OK;
    if ((err = file_read(c, run_id, out, CC_KEPT_NUMBERS, &numbers)) != CC_OK ||
        (err = file_read(c, run_id, out, CC_KEPT_PATCH, &packed)) != CC_OK ||
        (err = inflate_into(c->arena, &packed, &out->patch)) != CC_OK)
        return err;
    out->numbers = (cc_span){numbers.data, numbers.size};
    out->cut = out->patch.size >= PATCH_MAX;
    return CC_OK;
}

cc_err
cc_changes_load(cc_context *c, const char *run_id, cc_changes *out)
{
    cc_err err;

    *out = (cc_changes){0};
    err = last_find(c, run_id, out);
    return err == CC_OK ? contents_read(c, run_id, out) : err;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void
put_text(cc_req *r, const char *text, size_t size)
{
    cc_buf clean;

    cc_buf_init(&clean, r->arena);
    cc_put_utf8(&clean, text, size);
    cc_put_json(&r->out, clean.data, clean.size);
}

/* `left`: of the page's room.  `cut`: the patch may have been cut behind this file's part of it. */
static void
put_file(cc_req *r, int64_t number, const figure *f, bool cut, size_t *left)
{
    const cc_span section = f->patch;
    const bool    fits = section.size && section.size <= FILE_MAX && section.size <= *left;
    size_t        size = fits ? section.size : section.size < FILE_MAX ? section.size : FILE_MAX;
    const bool    shown = !f->is_binary && size && size <= *left;

    cc_putf(&r->out, "%s{\"number\":%lld,\"path\":", r->out.data[r->out.size - 1] == '[' ? "" : ",", (long long)number);
    put_text(r, f->path, f->size);
    cc_putf(&r->out, ",\"change\":\"%s\",\"additions\":%lld,\"deletions\":%lld,\"isBinary\":%s,\"patch\":",
            cc_changes_kind(section), (long long)f->additions, (long long)f->deletions,
            f->is_binary ? "true" : "false");
    if (shown) {
        put_text(r, section.data, size);
        *left -= size;
    } else {
        cc_puts(&r->out, "null");
    }
    cc_putf(&r->out, ",\"truncated\":%s}", !f->is_binary && (!shown || size < section.size || cut) ? "true" : "false");
}

static cc_err
put_commits(cc_req *r)
{
    commit_row c;
    cc_rows    rows =
        cc_db_select(cc_app_db(r->app), changes_commits, &c, .project_id = r->who.project_id, .run_id = r->id);

    cc_puts(&r->out, ",\"commits\":[");
    for (bool first = true; cc_rows_next(&rows); first = false) {
        cc_putf(&r->out, "%s{", first ? "" : ",");
        cc_put_member(&r->out, "id", c.head);
        cc_putf(&r->out, ",\"position\":%lld,\"iteration\":%lld,", (long long)c.position, (long long)c.iteration);
        cc_put_member(&r->out, "label", c.label);
        cc_puts(&r->out, ",\"finishedAt\":");
        if (c.finished_at)
            cc_put_time(&r->out, c.finished_at);
        else
            cc_puts(&r->out, "null");
        cc_putc(&r->out, '}');
    }
    cc_putc(&r->out, ']');
    return cc_rows_end(&rows);
}

/* The files of this page, and the figures of all. */
static void
put_files(cc_req *r, cc_changes *c)
{
    const cc_value *most = cc_query_value(r, "limit");
    const int64_t   after = cc_query_value(r, "after")->i, limit = most->present ? most->i : LIMIT;
    int64_t         count = 0, additions = 0, deletions = 0, next = 0;
    size_t          left = PAGE_MAX;
    figure          f;

    cc_puts(&r->out, ",\"files\":[");
    while (cc_changes_next(c, &f)) {
        count++;
        additions += f.additions;
        deletions += f.deletions;
        if (count > after && count <= after + limit)
            put_file(r, count, &f, c->cut && !c->patch.size, &left);
        else if (count > after + limit && !next)
            next = after + limit;
    }
    cc_putf(&r->out, "],\"fileCount\":%lld,\"additions\":%lld,\"deletions\":%lld,\"next\":", (long long)count,
            (long long)additions, (long long)deletions);
    if (next)
        cc_put_int(&r->out, next);
    else
        cc_puts(&r->out, "null");
    cc_putf(&r->out, ",\"truncated\":%s}", c->numbers.size ? "true" : "false");
}

/* ---- as a file --------------------------------------------------------------------------------- */

typedef struct number_row {
    int64_t number;
} number_row;

CC_ROW(number_row, number);
CC_QUERY(changes_run_number, number_row,
         "SELECT run_number AS number FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         TEXT(project_id), TEXT(mode), TEXT(id));

/* The whole of what is kept, in place of the envelope. */
static cc_err
file_write(cc_req *r, const kept_row *kept, cc_kept kind)
{
    cc_buf     packed;
    cc_span    whole;
    number_row run;
    cc_err     err;

    if (!kept->head)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The run has changed nothing so far.");
    if (!kept->checkpoint)
        return cc_fail(r, CC_E_CONFLICT, NULL, "What the run has changed was too large to be kept.");
    if ((err = cc_db_get(cc_app_db(r->app), NULL, changes_run_number, &run, .project_id = r->who.project_id,
                         .mode = cc_context_mode(CC_CONTEXT_OF(r)), .id = r->id)) != CC_OK ||
        (err = file_read(&r->context, r->id, kept, kind, &packed)) != CC_OK)
        return err;
    whole = (cc_span){packed.data, packed.size};
    if (kind == CC_KEPT_PATCH && (err = inflate_into(r->arena, &packed, &whole)) != CC_OK)
        return err;
    if (kind == CC_KEPT_PATCH && whole.size >= PATCH_MAX)
        return cc_fail(r, CC_E_CONFLICT, NULL, "The patch is longer than 16 MiB; take the bundle.");
    r->file_type = kind == CC_KEPT_PATCH ? PATCH_TYPE : BUNDLE_TYPE;
    cc_putf(&r->extra, "Content-Disposition: attachment; filename=\"run-%lld.%s\"\r\n", (long long)run.number,
            kind == CC_KEPT_PATCH ? "patch" : "bundle");
    r->out.size = 0;
    cc_put(&r->out, whole.data, whole.size);
    return CC_OK;
}

cc_err
cc_runs_changes(cc_req *r)
{
    static const char *const forms[] = {"application/json", PATCH_TYPE, BUNDLE_TYPE, NULL};
    const size_t             form = cc_accept_best(r->in->header[CC_H_ACCEPT], forms);
    kept_row                 kept = {0};
    char                     status[16];
    cc_err                   err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK || (err = kept_find(r, &kept)) != CC_OK)
        return err;
    if (form > 0)
        return file_write(r, &kept, strcmp(forms[form], PATCH_TYPE) == 0 ? CC_KEPT_PATCH : CC_KEPT_BUNDLE);
    if ((err = contents_read(&r->context, r->id, &kept)) != CC_OK)
        return err;
    cc_putc(&r->out, '{');
    cc_put_member(&r->out, "baseCommit", kept.base);
    cc_putc(&r->out, ',');
    cc_put_member(&r->out, "headCommit", kept.head);
    cc_putf(&r->out, ",\"isKept\":%s", kept.head && !kept.checkpoint ? "false" : "true");
    if ((err = put_commits(r)) != CC_OK)
        return err;
    put_files(r, &kept);
    return CC_OK;
}
