/*
 * Who did what: one row for every change that went well, in the very transaction of the change.
 *
 * The gate calls this, so no handler can forget it.  What a row says comes from what the gate knows anyway: the caller,
 * the route's operation, the address, the request id.  The resource is the id in the path, or else the id of what is
 * answered: every row's answer begins with its id, so it is read off the finished body instead of being handed up by
 * each handler.
 */
#include "db.h"

/* Bind the id at the beginning of an answer that is one row; null: it is something else. */
static void
bind_answered_id(cc_req *r, cc_stmt *s, int at)
{
    static const char head[] = "{\"data\":{\"id\":\"";
    const size_t      n = sizeof(head) - 1;
    const char       *end = NULL;

    if (r->out.size > n && memcmp(r->out.data, head, n) == 0)
        end = memchr(r->out.data + n, '"', r->out.size - n);
    if (end)
        cc_bind_text_n(s, at, r->out.data + n, (size_t)(end - r->out.data) - n);
    else
        cc_bind_null(s, at);
}

cc_err
cc_audit(cc_req *r)
{
    const cc_principal *who = &r->who;
    char                id[CC_ID_SIZE];
    cc_stmt            *s = NULL;
    cc_err              err;

    if (r->route->flags & CC_SILENT)
        return CC_OK;
    if ((err = cc_stmt_get(cc_app_db(r->app), CC_SQL_AUDIT_INSERT, &s)) != CC_OK)
        return err;
    cc_id_new(r->app, "aud_", id);
    cc_bind_text(s, 1, who->project_id);
    cc_bind_text(s, 2, id);
    cc_bind_text(s, 3, who->user_id[0] ? "user" : who->local ? "local" : "key");
    cc_bind_text(s, 4, who->user_id[0] ? who->user_id : who->local ? NULL : who->key_id);
    cc_bind_text(s, 5, who->name);
    cc_bind_text(s, 6, r->route->operation);
    if (r->id)
        cc_bind_text(s, 7, r->id);
    else
        bind_answered_id(r, s, 7);
    cc_bind_text(s, 8, r->in->remote_addr);
    cc_bind_text(s, 9, r->request_id);
    cc_bind_int(s, 10, r->now);
    return cc_run(s);
}
