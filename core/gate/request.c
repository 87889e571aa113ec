/*
 * What everybody asks of a request: its values by name.
 */
#include "gate/request.h"

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
