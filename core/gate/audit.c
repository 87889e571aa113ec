/*
 * Who did what: one row for every change that went well, in the very transaction of the change.
 *
 * The gate calls this, so no handler can forget it.  What a row says comes from what the gate knows anyway: the caller,
 * the route's operation, the address, the request id.  The resource is the id in the path, or else the id of what is
 * answered: every row's answer begins with its id, so it is read off the finished body instead of being handed up by
 * each handler.
 */
#include "storage/db.h"

typedef struct entry {
    const char *project_id, *actor_type, *actor_id, *actor_name, *action;
    const char *resource_id; /* may be NULL, as may actor_id and address */
    size_t      resource_size;
    const char *address, *request_id;
    int64_t     at; /* ms */
} entry;

static cc_err
insert(cc_app *app, const entry *e)
{
    char     id[CC_ID_SIZE];
    cc_stmt *s = NULL;
    cc_err   err = cc_stmt_get(cc_app_db(app), CC_SQL_AUDIT_INSERT, &s);

    if (err != CC_OK)
        return err;
    cc_id_new(app, "aud_", id);
    cc_bind_text(s, 1, e->project_id);
    cc_bind_text(s, 2, id);
    cc_bind_text(s, 3, e->actor_type);
    cc_bind_text(s, 4, e->actor_id);
    cc_bind_text(s, 5, e->actor_name);
    cc_bind_text(s, 6, e->action);
    if (e->resource_id)
        cc_bind_text_n(s, 7, e->resource_id, e->resource_size);
    else
        cc_bind_null(s, 7);
    cc_bind_text(s, 8, e->address);
    cc_bind_text(s, 9, e->request_id);
    cc_bind_int(s, 10, e->at);
    return cc_run(s);
}

/* The id at the beginning of an answer that is one row; NULL: it is something else. */
static const char *
answered_id(const cc_req *r, size_t *size)
{
    static const char head[] = "{\"data\":{\"id\":\"";
    const size_t      n = sizeof(head) - 1;

    if (r->out.size <= n || memcmp(r->out.data, head, n) != 0)
        return NULL;
    const char *id = r->out.data + n, *end = memchr(id, '"', r->out.size - n);
    *size = end ? (size_t)(end - id) : 0;
    return end ? id : NULL;
}

/* By whoever the request is from, or acts for. */
static entry
by_caller(const cc_req *r, const char *action, const char *resource_id)
{
    const cc_principal *who = &r->who;

    return (entry){
        .project_id = who->project_id,
        .actor_type = who->user_id[0] ? "user" : who->local ? "local" : "key",
        .actor_id = cc_actor(who),
        .actor_name = who->name,
        .action = action,
        .resource_id = resource_id,
        .resource_size = resource_id ? strlen(resource_id) : 0,
        .address = r->address,
        .request_id = r->request_id,
        .at = r->now,
    };
}

cc_err
cc_audit(cc_req *r)
{
    entry e = by_caller(r, r->route->operation, r->id);

    if (r->route->flags & CC_ROUTE_SILENT)
        return CC_OK;
    if (!r->id)
        e.resource_id = answered_id(r, &e.resource_size);
    return insert(r->app, &e);
}

cc_err
cc_audit_also(cc_req *r, const char *action, const char *resource_id)
{
    entry e = by_caller(r, action, resource_id);

    return insert(r->app, &e);
}

cc_err
cc_audit_operator(cc_app *app, const char *project_id, const char *action, const char *resource_id)
{
    char request_id[37];

    cc_uuid4(app, request_id); /* no request came in, but every entry has an id of one */
    return insert(app, &(entry){
                           .project_id = project_id,
                           .actor_type = "local",
                           .actor_name = CC_LOCAL_OWNER,
                           .action = action,
                           .resource_id = resource_id,
                           .resource_size = strlen(resource_id),
                           .request_id = request_id,
                           .at = cc_app_now(app),
                       });
}
