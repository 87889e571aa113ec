/*
 * Pages: how many rows, and where the last page ended (contract section 5).
 *
 * A cursor is the last id shown, as 16 bytes, and 8 bytes of SipHash over that id and everything the list was asked
 * with: route, path, project, mode and filters.  So a cursor that was edited, cut, or made for another list is told
 * from a good one without a look into the database, and one that was not is never a secret: it holds an id its owner
 * has already seen.
 */
#include "gate/page.h"

#include "base/base62.h"

enum { CURSOR_BYTES = 16 + 8, CURSOR_TEXT = 32 };

static cc_err
seal(cc_req *r, const uint8_t id[16], uint8_t mac[8])
{
    uint8_t key[CC_SECRET_SIZE];
    cc_buf  b;
    cc_err  err = cc_instance_key(r->app, "cursors ", key);

    if (err != CC_OK)
        return err;
    cc_buf_init(&b, r->arena);
    cc_put(&b, id, 16);
    cc_putf(&b, "%s %s %s %d", r->route->operation, r->who.project_id, r->id ? r->id : "", (int)r->who.test);
    for (size_t i = 0; i < r->query.count; i++) {
        if (r->query.values[i].present && r->query.fields[i] != &cc_page_fields[0] &&
            r->query.fields[i] != &cc_page_fields[1]) {
            cc_putf(&b, "&%s=", r->query.fields[i]->name);
            cc_put_json(&b, r->query.values[i].s, r->query.values[i].size);
        }
    }
    uint64_t hash = b.failed ? 0 : cc_short_hash(key, b.data, b.size);
    memcpy(mac, &hash, 8);
    cc_wipe(key, sizeof(key));
    return b.failed ? CC_E_UNAVAILABLE : CC_OK;
}

static const char *
id_prefix(const cc_req *r)
{
    return r->route->pages_by ? r->route->pages_by : r->route->resource->prefix;
}

cc_err
cc_page_read(cc_req *r, int64_t *limit, char after[CC_ID_SIZE])
{
    const cc_value *cursor = cc_query_value(r, "cursor"), *asked = cc_query_value(r, "limit");
    const char     *prefix = id_prefix(r);
    uint8_t         bytes[CURSOR_BYTES], mac[8];
    size_t          got = 0;
    cc_err          err;

    after[0] = '\0';
    *limit = asked->present ? asked->i : 25;
    if (!cursor->present)
        return CC_OK;
    if (cursor->size != CURSOR_TEXT || !cc_base64url_parse(cursor->s, cursor->size, bytes, sizeof(bytes), &got) ||
        got != sizeof(bytes))
        goto broken;
    if ((err = seal(r, bytes, mac)) != CC_OK)
        return err;
    if (!cc_same(mac, bytes + 16, sizeof(mac)))
        goto broken;
    strcpy(after, prefix);
    cc_base62_128(bytes, after + strlen(prefix));
    after[strlen(prefix) + CC_ID_RANDOM] = '\0';
    return CC_OK;

broken:
    return cc_fail(r, CC_E_VALIDATION, "cursor", "'cursor' is not one that this list has given out.");
}

cc_err
cc_page_cursor(cc_req *r, const char *last_id, char *out, size_t out_size)
{
    uint8_t bytes[CURSOR_BYTES];
    cc_err  err;

    if (!cc_id_parse(id_prefix(r), last_id, bytes))
        return CC_E_INTERNAL;
    if ((err = seal(r, bytes, bytes + 16)) == CC_OK)
        cc_base64url(bytes, sizeof(bytes), out, out_size);
    return err;
}
