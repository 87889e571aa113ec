/*
 * What everybody asks of a request: its values by name, and how to refuse it.
 */
#include "gate/request.h"

#include <stdio.h>

cc_err
cc_fail(cc_req *r, cc_err err, const char *field, const char *format, ...)
{
    char    text[1024];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    while (size > 0 && !cc_utf8_valid(text, size)) /* never cut a character in two */
        size--;
    r->message = cc_strndup(r->arena, text, size); /* NULL: the error's own message will do */
    r->field = field ? cc_strndup(r->arena, field, strlen(field)) : NULL;
    return err;
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

    for (size_t i = 0; i < r->query_count; i++)
        if (strcmp(r->query_fields[i]->name, name) == 0)
            return &r->query[i];
    return &none;
}
