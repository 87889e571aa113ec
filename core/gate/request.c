/*
 * A request at its beginning; and what everybody asks of it: its values by name.
 */
#include "gate/request.h"

#include "context/app.h"

cc_req *
cc_req_new(cc_app *app, cc_arena *a, const cc_request *in)
{
    cc_req *r = cc_alloc(a, sizeof(*r));

    if (!r)
        return NULL;
    r->app = app;
    r->arena = a;
    r->in = in;
    r->now = cc_app_now(app);
    r->who.name = r->who.networks = "";
    cc_buf_init(&r->out, a);
    cc_buf_init(&r->extra, a);
    cc_uuid4(app, r->request_id);
    return r;
}

const cc_value *
cc_body_value(cc_req *r, const char *name)
{
    return cc_value_of(cc_route_body(r->route), r->body, name);
}

const cc_value *
cc_query_value(cc_req *r, const char *name)
{
    static const cc_value none;

    for (size_t i = 0; i < r->query.count; i++)
        if (strcmp(r->query.fields[i]->name, name) == 0)
            return &r->query.values[i];
    return &none;
}
