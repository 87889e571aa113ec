/*
 * Versions, as they are read: numbers 1, 2, 3 … of a row that the path names, newest first.
 */
#include "resources/versions.h"

#include "base/base62.h"
#include "gate/page.h"
#include "gate/resource.h"
#include "resources/resources.h"
#include "storage/db.h"

const cc_field cc_version_number =
    CC_F("version", CC_TYPE_INT, CC_FIELD_REQUIRED, 1, INT32_MAX, "The number of the version.", .example = "2");

/* Cursors hold ids: the number of a version stands in the place of one. */
static void
cursor_of(int64_t version, char out[CC_ID_SIZE])
{
    uint8_t bytes[16] = {0};

    for (size_t i = 0; i < 8; i++)
        bytes[15 - i] = (uint8_t)(version >> 8 * i);
    strcpy(out, CC_VERSION_CURSOR);
    cc_base62_128(bytes, out + strlen(out));
    out[strlen(CC_VERSION_CURSOR) + CC_ID_RANDOM] = '\0';
}

static int64_t
version_of(const char *cursor)
{
    uint8_t bytes[16];
    int64_t version = 0;

    if (!cc_id_parse(CC_VERSION_CURSOR, cursor, bytes))
        return INT32_MAX;
    for (size_t i = 8; i < sizeof(bytes); i++)
        version = version << 8 | bytes[i];
    return version;
}

cc_err
cc_versions_page(cc_req *r, int64_t *limit, int64_t *before)
{
    char   after[CC_ID_SIZE];
    cc_err err = cc_resource_must_exist(&r->context, r->route->resource, r->id);

    if (err == CC_OK && (err = cc_page_read(r, limit, after)) == CC_OK)
        *before = version_of(after);
    return err;
}

cc_err
cc_versions_write(cc_req *r, cc_stmt *s, int64_t limit)
{
    const cc_resource shape = {.singular = "", .table = "", .fields = r->route->answer};
    char              last[CC_ID_SIZE];
    int64_t           n = 0;
    bool              row;
    cc_err            err;

    cc_putc(&r->out, '[');
    while ((err = cc_step(s, &row)) == CC_OK && row && n < limit) {
        if (n++)
            cc_putc(&r->out, ',');
        cc_row_write(r, &shape, s, false, &r->out);
        cursor_of(cc_col_int(s, 0), last);
    }
    cc_putc(&r->out, ']');
    if (err == CC_OK && row)
        strcpy(r->page.next, last);
    cc_stmt_done(s);
    return err;
}

cc_err
cc_version_none(cc_req *r)
{
    return cc_fail(r, CC_E_NOT_FOUND, NULL, "There is no such version.");
}

cc_err
cc_version_asked(cc_req *r, int64_t *version)
{
    cc_err err = cc_resource_must_exist(&r->context, r->route->resource, r->id);

    return err == CC_OK && !cc_int_parse(r->part, version) ? cc_version_none(r) : err;
}

cc_err
cc_version_write(cc_req *r, cc_stmt *s)
{
    cc_err err = cc_one_write(r, s, r->route->answer, true);

    return err == CC_E_NOT_FOUND ? cc_version_none(r) : err;
}
