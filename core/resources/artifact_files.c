/*
 * The artifacts of a run: listed, and handed out as files to be saved.  They are bytes of the other side: nothing here
 * looks into them, and no browser shall show them as ours.
 */
#include <stdlib.h>

#include "base/json.h"
#include "gate/page.h"
#include "resources/artifacts.h"
#include "resources/resources.h"
#include "storage/db.h"

const cc_field cc_artifact_fields[] = {
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, CC_ARTIFACT_NAME_MAX, "What it is called.",
         .example = "\"report.html\""),
    CC_F("contentType", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 100,
         "What its name says that it is; it is handed out as bytes to be saved all the same.",
         .example = "\"text/html\""),
    CC_F("sha256", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, CC_ARTIFACT_SHA256 - 1, CC_ARTIFACT_SHA256 - 1,
         "SHA-256 of its bytes, in hexadecimal; null: it was kept before this was noted.",
         .example = "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""),
    CC_F("size", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "In bytes.", .example = "20480"),
    CC_F("position", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, 49, "The step behind which it was found, from 0.",
         .example = "0"),
    CC_F("iteration", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, 1000, "In which round of that step's loop.", .example = "1"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was found.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_END,
};

const cc_field cc_artifact_name = CC_F("name", CC_TYPE_LINE, 0, 1, CC_ARTIFACT_NAME_MAX, "What the artifact is called.",
                                       .example = "\"report.html\"");

/* What the end of a name says of the file; of any other, that it is bytes. */
static const struct {
    const char *ending, *type;
} types[] = {
    {".txt", "text/plain"},      {".log", "text/plain"},      {".md", "text/markdown"},
    {".csv", "text/csv"},        {".html", "text/html"},      {".json", "application/json"},
    {".xml", "application/xml"}, {".pdf", "application/pdf"}, {".png", "image/png"},
    {".jpg", "image/jpeg"},      {".jpeg", "image/jpeg"},     {".gif", "image/gif"},
    {".webp", "image/webp"},     {".svg", "image/svg+xml"},   {".webm", "video/webm"},
    {".mp4", "video/mp4"},       {".patch", "text/x-diff"},   {".diff", "text/x-diff"},
    {".zip", "application/zip"}, {".gz", "application/gzip"}, {".tar", "application/x-tar"},
};

static const char *
type_of(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < CC_COUNT(types); i++)
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

typedef struct artifact_row {
    char        file_id[CC_ID_SIZE];
    const char *name, *sha256;
    int64_t     bytes, position, iteration, created_at;
} artifact_row;

/* after: the last one's; "": from the start. */
CC_ROW(artifact_row, file_id, name, sha256, bytes, position, iteration, created_at);
CC_QUERY(artifacts_of, artifact_row,
         "SELECT file_id, name, sha256, bytes, position, iteration, created_at FROM artifacts "
         "WHERE project_id = :project_id AND run_id = :run_id AND file_id < :before ORDER BY file_id DESC LIMIT :most",
         TEXT(project_id), TEXT(run_id), TEXT(before), INT(most));

static void
artifact_write(cc_buf *out, const artifact_row *a)
{
    cc_puts(out, "{\"name\":");
    cc_put_json(out, a->name, strlen(a->name));
    cc_putf(out, ",\"contentType\":\"%s\",\"sha256\":", type_of(a->name));
    if (a->sha256)
        cc_put_json(out, a->sha256, strlen(a->sha256));
    else
        cc_puts(out, "null");
    cc_putf(out, ",\"size\":%lld,\"position\":%lld,\"iteration\":%lld,\"createdAt\":", (long long)a->bytes,
            (long long)a->position, (long long)a->iteration);
    cc_put_time(out, a->created_at);
    cc_putc(out, '}');
}

cc_err
cc_runs_artifacts(cc_req *r)
{
    char         status[16], after[CC_ID_SIZE];
    int64_t      limit, n = 0;
    artifact_row a;
    cc_err       err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK || (err = cc_page_read(r, &limit, after)) != CC_OK)
        return err;
    /* One more tells whether there is more; '~' is behind every id. */
    cc_rows rows = cc_db_select(cc_app_db(r->app), artifacts_of, &a, .project_id = r->who.project_id, .run_id = r->id,
                                .before = after[0] ? after : "~", .most = limit + 1);
    cc_putc(&r->out, '[');
    while (cc_rows_next(&rows)) {
        if (n++ == limit) {
            strcpy(r->page.next, after);
            break;
        }
        cc_copy_id(after, a.file_id);
        if (n > 1)
            cc_putc(&r->out, ',');
        artifact_write(&r->out, &a);
    }
    cc_putc(&r->out, ']');
    return cc_rows_end(&rows);
}

typedef struct file_row {
    char    file_id[CC_ID_SIZE];
    char    sha256[CC_ARTIFACT_SHA256];
    int64_t bytes, changed_ns;
} file_row;

typedef struct file_part_row {
    cc_bytes data;
} file_part_row;

CC_ROW(file_row, file_id, sha256, bytes, changed_ns);
CC_QUERY(artifact_of, file_row,
         "SELECT file_id, coalesce(sha256, '') AS sha256, bytes, changed_ns FROM artifacts "
         "WHERE project_id = :project_id AND run_id = :run_id AND name = :name",
         TEXT(project_id), TEXT(run_id), TEXT(name));
CC_ROW(file_part_row, data);
CC_QUERY(artifact_parts_of, file_part_row,
         "SELECT data FROM artifact_parts WHERE project_id = :project_id AND run_id = :run_id AND file_id = :file_id "
         "ORDER BY part",
         TEXT(project_id), TEXT(run_id), TEXT(file_id));

/* What its ETag is made of: what its bytes are, or when they were written where that was all that was noted. */
static int64_t
version_of(const file_row *file)
{
    char hash[16] = "";

    if (!file->sha256[0])
        return file->changed_ns;
    memcpy(hash, file->sha256, sizeof(hash) - 1);
    return (int64_t)strtoull(hash, NULL, 16) | 1; /* 0 would be none */
}

/* Always as bytes to be saved: what an agent calls a page or a picture would be one of ours to a browser. */
cc_err
cc_runs_artifact(cc_req *r)
{
    cc_db        *db = cc_app_db(r->app);
    file_row      file;
    file_part_row part;
    char          status[16];
    cc_err        err;

    if ((err = cc_run_look(r, r->id, status)) != CC_OK)
        return err;
    err = cc_artifact_name_fits(r->part) ? cc_db_get(db, NULL, artifact_of, &file, .project_id = r->who.project_id,
                                                     .run_id = r->id, .name = r->part)
                                         : CC_E_NOT_FOUND;
    if (err == CC_E_NOT_FOUND)
        return cc_fail(r, err, NULL, "The run has no such artifact.");
    if (err != CC_OK)
        return err;
    r->out.size = 0; /* in place of the envelope */
    if (!cc_buf_reserve(&r->out, (size_t)file.bytes))
        return CC_E_UNAVAILABLE;
    cc_rows rows = cc_db_select(db, artifact_parts_of, &part, .project_id = r->who.project_id, .run_id = r->id,
                                .file_id = file.file_id);
    while (cc_rows_next(&rows))
        cc_put(&r->out, part.data.data, part.data.size);
    if ((err = cc_rows_end(&rows)) != CC_OK)
        return err;
    r->version = version_of(&file); /* who asks again is told whether it is another one */
    r->file_type = "application/octet-stream";
    cc_putf(&r->extra, "Content-Disposition: attachment; filename=\"%s\"\r\n", r->part);
    return CC_OK;
}
