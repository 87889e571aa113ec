/*
 * Idempotency-Key (contract section 6): the same POST or PATCH twice has one effect and one answer.
 *
 * The answer is stored in the very transaction that has the effect, so there is never one without the other.  That
 * leaves the second of two requests that arrive together: a claim in the shared state turns it away at once
 * (IDEMPOTENCY_IN_PROGRESS) instead of letting it wait.  Should the claim be lost, the row decides: of two answers
 * only one can be stored under a tag, and the transaction of the other one comes to nothing.
 *
 * A stored answer may hold a new key's secret.  It is sealed with a key made from the caller's bearer token and the
 * Idempotency-Key, and neither of these is stored: the database alone does not open it.
 */
#include "gate/idempotency.h"

#include "context/app.h"
#include "storage/db.h"

enum {
    KEPT_MS = 24 * 60 * 60 * 1000, /* a day, so what is kept lies in today's rows or yesterday's */
    KEY_MOST = 255,
};

/*
 * What the key is: the text as it is, or what stands in its quotes (a string of RFC 9651, 3.3.3: '"' and '\' have a '\'
 * before them).  false: not 1 to 255 printable characters, nothing but spaces, or quotes that do not fit each other.
 */
static bool
header_value(const char *s, char out[KEY_MOST], size_t *size)
{
    size_t n = 0;
    bool   blank = true;

    s += strspn(s, " \t");
    const char *end = s + strlen(s);
    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    bool quoted = end - s >= 2 && s[0] == '"' && end[-1] == '"';
    if (quoted)
        s++, end--;
    for (; s < end; s++) {
        bool escaped = quoted && *s == '\\' && ++s < end;
        if (escaped ? *s != '"' && *s != '\\' : s == end || *s == '"')
            return false;
        if (*s < 0x20 || *s > 0x7e || n == KEY_MOST)
            return false;
        blank &= *s == ' ';
        out[n++] = *s;
    }
    *size = n;
    return !blank;
}

/* The tag finds the row, the digest tells a retry from a mismatch, the key opens the answer. */
static cc_err
derive(cc_req *r, const char *value, size_t size)
{
    uint8_t secret[CC_SECRET_SIZE];
    cc_buf  b;
    cc_err  err = CC_OK;

    cc_buf_init(&b, r->arena);
    cc_putf(&b, "%s %s%s %s %s%s%s ", r->who.project_id, r->who.key_id, r->who.user_id,
            cc_method_text(r->route->method), r->route->path, r->id ? " " : "", r->id ? r->id : "");
    cc_put(&b, value, size);
    if (b.failed)
        return CC_E_UNAVAILABLE;
    cc_hash(b.data, b.size, r->retry.tag);
    cc_hash(r->sent.text, r->sent.size, r->retry.digest);
    if (!r->who.key_id[0]) /* a person's retry may come after another sign-in, with another cookie */
        err = cc_instance_key(r->app, "retries ", secret);
    else
        cc_hash(r->who.key, strlen(r->who.key), secret); /* not the header: one key can be written in several ways */
    if (err == CC_OK)
        cc_mac(secret, value, size, r->retry.key);
    cc_wipe(secret, sizeof(secret));
    return err;
}

/* ---- an answer as bytes: what a replay needs to be the same ---------------------------------- */

enum { NO_STORE = 1 << 0, PROBLEM = 1 << 1 };

typedef struct stored {
    int32_t  status, err;
    int64_t  version;
    uint32_t extra_size, flags;
    uint64_t may; /* what the caller had when it was given */
    char     request_id[40];
} stored;

/*
 * What was stored cannot be opened: the instance's key file is another one, the row is damaged, or another version of
 * this program wrote it.  The request has had its effect, so to carry it out anew would be wrong, and no repeat helps.
 */
static cc_err
lost(cc_req *r)
{
    cc_log(r->app, "request %s: the answer stored for its Idempotency-Key cannot be opened", r->request_id);
    return cc_fail(r, CC_E_IDEMPOTENCY_MISMATCH, NULL,
                   "This Idempotency-Key was already used, and the answer of that time can no longer be opened.  Look "
                   "whether the request had its effect, then use a new key.");
}

static cc_err
replay(cc_req *r, const void *sealed, size_t size)
{
    stored   head;
    uint8_t *plain;

    if (!sealed || size < CC_SEAL_EXTRA + sizeof(head))
        return lost(r);
    size -= CC_SEAL_EXTRA;
    if (!(plain = cc_alloc(r->arena, size + 1)))
        return CC_E_UNAVAILABLE;
    if (!cc_unseal(r->retry.key, sealed, size + CC_SEAL_EXTRA, plain))
        return lost(r);
    memcpy(&head, plain, sizeof(head));
    if (head.extra_size > size - sizeof(head) || head.status < 200 || head.status > 499 || head.err < CC_OK ||
        head.err >= CC_E__MAX || head.request_id[36] != '\0')
        return lost(r);
    if (head.flags & NO_STORE && head.may & ~r->who.may) /* a secret that whoever asks now could not be given */
        return cc_fail(r, CC_E_FORBIDDEN, NULL,
                       "This answer was given to a caller who could do more than this one now.");
    r->status = head.status;
    r->version = head.version;
    r->no_store = head.flags & NO_STORE;
    r->client.problem = head.flags & PROBLEM;
    r->outcome = (cc_err)head.err;
    memcpy(r->request_id, head.request_id, sizeof(r->request_id));
    r->extra.size = r->out.size = 0;
    cc_put(&r->extra, plain + sizeof(head), head.extra_size);
    cc_puts(&r->extra, "Idempotency-Replayed: true\r\n");
    cc_put(&r->out, plain + sizeof(head) + head.extra_size, size - sizeof(head) - head.extra_size);
    return CC_OK;
}

cc_err
cc_idempotency_claim(cc_req *r)
{
    const char *header = r->in->header[CC_H_IDEMPOTENCY_KEY];
    char        value[KEY_MOST];
    uint64_t    tag;
    size_t      size;
    cc_err      err;

    if (!header || (r->route->method != CC_POST && r->route->method != CC_PATCH))
        return CC_OK;
    if (r->route->scope == CC_SCOPE_NONE ||
        r->route->flags & CC_ROUTE_PERSON) /* nobody to keep an answer for, or a cookie */
        return CC_OK;
    if (!header_value(header, value, &size))
        return cc_fail(r, CC_E_VALIDATION, "Idempotency-Key",
                       "'Idempotency-Key' must be 1 to 255 printable characters, as they are or in quotes.");
    if ((err = derive(r, value, size)) != CC_OK)
        return err;
    memcpy(&tag, r->retry.tag, sizeof(tag));
    if (!cc_claim_take(cc_app_shared(r->app), tag, r->now))
        return CC_E_IDEMPOTENCY_IN_PROGRESS;
    r->retry.claimed = true;
    return CC_OK;
}

void
cc_idempotency_release(cc_req *r)
{
    uint64_t tag;

    if (!r->retry.claimed)
        return;
    memcpy(&tag, r->retry.tag, sizeof(tag));
    cc_claim_release(cc_app_shared(r->app), tag);
    r->retry.claimed = false;
    cc_wipe(&r->retry, sizeof(r->retry));
}

typedef struct kept {
    cc_bytes digest, answer;
} kept;

CC_ROW(kept, digest, answer);
CC_QUERY(idempotency_get, kept,
         "SELECT digest, answer FROM idempotency "
         "WHERE day IN (:today, :yesterday) AND project_id = :project_id AND tag = :tag AND created_at >= :since",
         INT(today), INT(yesterday), TEXT(project_id), BLOB(tag), INT(since));
CC_STATEMENT(idempotency_put,
             "INSERT INTO idempotency (day, project_id, tag, digest, answer, created_at) "
             "VALUES (:day, :project_id, :tag, :digest, :answer, :now)",
             INT(day), TEXT(project_id), BLOB(tag), BLOB(digest), BLOB(answer), INT(now));
CC_STATEMENT(idempotency_purge, "DELETE FROM idempotency WHERE day < :day", INT(day));

cc_err
cc_idempotency_find(cc_req *r, bool *replayed)
{
    kept    row;
    int64_t today = r->now / KEPT_MS;
    cc_err  err = CC_OK;

    *replayed = false;
    if (!r->retry.claimed)
        return CC_OK;
    err = cc_db_find(cc_app_db(r->app), r->arena, idempotency_get, &row, replayed, .today = today,
                     .yesterday = today - 1, .project_id = r->who.project_id,
                     .tag = {r->retry.tag, sizeof(r->retry.tag)}, .since = r->now - KEPT_MS);
    if (err != CC_OK || !*replayed)
        return err;
    if (row.digest.size != CC_HASH_SIZE || !cc_same(row.digest.data, r->retry.digest, CC_HASH_SIZE))
        err = CC_E_IDEMPOTENCY_MISMATCH;
    else
        err = replay(r, row.answer.data, row.answer.size);
    *replayed = err == CC_OK;
    return err;
}

cc_err
cc_idempotency_store(cc_req *r, cc_err outcome)
{
    stored   head = {.status = r->status,
                     .err = (int32_t)outcome,
                     .version = r->version,
                     .extra_size = (uint32_t)r->extra.size,
                     .flags = (r->no_store ? NO_STORE : 0u) | (r->client.problem ? PROBLEM : 0u),
                     .may = r->who.may};
    size_t   size = sizeof(head) + r->extra.size + r->out.size;
    uint8_t *plain, *sealed;
    cc_err   err;

    if (!r->retry.claimed)
        return CC_OK;
    memcpy(head.request_id, r->request_id, sizeof(r->request_id));
    if (!(plain = cc_alloc(r->arena, size)) || !(sealed = cc_alloc(r->arena, size + CC_SEAL_EXTRA)))
        return CC_E_UNAVAILABLE;
    memcpy(plain, &head, sizeof(head));
    if (r->extra.size)
        memcpy(plain + sizeof(head), r->extra.data, r->extra.size);
    if (r->out.size)
        memcpy(plain + sizeof(head) + r->extra.size, r->out.data, r->out.size);
    cc_seal(r->app, r->retry.key, plain, size, sealed);
    cc_wipe(plain, size);
    err = cc_db_run(cc_app_db(r->app), idempotency_put, .day = r->now / KEPT_MS, .project_id = r->who.project_id,
                    .tag = {r->retry.tag, sizeof(r->retry.tag)}, .digest = {r->retry.digest, sizeof(r->retry.digest)},
                    .answer = {sealed, size + CC_SEAL_EXTRA}, .now = r->now);
    return err == CC_E_CONFLICT ? CC_E_IDEMPOTENCY_IN_PROGRESS : err;
}

cc_err
cc_idempotency_purge(cc_app *app)
{
    return cc_db_run(cc_app_db(app), idempotency_purge, .day = cc_app_now(app) / KEPT_MS - 1);
}
