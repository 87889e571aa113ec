/*
 * Who did what: one row for every change that went well, in the very transaction of the change.
 *
 * The gate calls this, so no handler can forget it.  What a row says comes from what the gate knows anyway: the caller,
 * the route's operation, the address, the request id.  The resource is the id in the path, or else the id of what is
 * answered: every row's answer begins with its id, so it is read off the finished body instead of being handed up by
 * each handler.
 */
#include "gate/audit.h"

#include "context/app.h"
#include "gate/auth.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "storage/query.h"

/* actor_id, resource_id and address may be null. */
CC_STATEMENT(audit_insert,
             "INSERT INTO audit (project_id, id, actor_type, actor_id, actor_name, action, resource_id, address, "
             "request_id, created_at) VALUES (:project_id, :id, :actor_type, :actor_id, :actor_name, :action, "
             ":resource_id, :address, :request_id, :created_at)",
             TEXT(project_id), TEXT(id), TEXT(actor_type), TEXT(actor_id), TEXT(actor_name), TEXT(action),
             SPAN(resource_id), TEXT(address), TEXT(request_id), INT(created_at));

/* Whoever follows the project is told of it as well, but not by whom and from where. */
static cc_err
insert(cc_context *c, audit_insert_args *entry)
{
    char   id[CC_ID_SIZE];
    cc_err err;

    cc_id_new(c->app, "aud_", id);
    entry->id = id;
    if ((err = cc_db_run_with(cc_app_db(c->app), audit_insert, entry)) != CC_OK)
        return err;
    return cc_changed(c->app, entry->project_id, cc_context_mode(c), entry->action, entry->resource_id);
}

/* The id at the beginning of an answer that is one row; data NULL: it is something else. */
static cc_span
answered_id(const cc_req *r)
{
    static const char head[] = "{\"data\":{\"id\":\"";
    const size_t      n = sizeof(head) - 1;

    if (r->out.size <= n || memcmp(r->out.data, head, n) != 0)
        return (cc_span){0};
    const char *id = r->out.data + n, *end = memchr(id, '"', r->out.size - n);
    return end ? (cc_span){id, (size_t)(end - id)} : (cc_span){0};
}

/* By whoever acts. */
static audit_insert_args
by_caller(const cc_context *c, const char *action, const char *resource_id)
{
    const cc_principal *who = &c->who;

    return (audit_insert_args){
        .project_id = who->project_id,
        .actor_type = who->user_id[0] ? "user"
                      : who->local    ? "local"
                                      : "key",
        .actor_id = cc_actor(who),
        .actor_name = who->name,
        .action = action,
        .resource_id = cc_span_of(resource_id),
        .address = c->address,
        .request_id = c->request_id,
        .created_at = c->now,
    };
}

cc_err
cc_audit(cc_req *r)
{
    audit_insert_args entry = by_caller(&r->context, r->route->operation, r->id);

    if (r->route->flags & CC_ROUTE_SILENT)
        return CC_OK;
    if (!r->id)
        entry.resource_id = answered_id(r);
    return insert(&r->context, &entry);
}

cc_err
cc_audit_also(cc_context *c, const char *action, const char *resource_id)
{
    audit_insert_args entry = by_caller(c, action, resource_id);

    return insert(c, &entry);
}
