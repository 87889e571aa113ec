/*
 * Who acts: its beginning, what it is refused, and what it leaves to be heard of.
 */
#include "context/context.h"

#include <stdio.h>

#include "base/text.h"
#include "context/app.h"
#include "context/wake.h"
#include "base/secret.h"

void
cc_context_init(cc_context *c, cc_app *app, cc_arena *a)
{
    *c = (cc_context){.app = app, .arena = a, .now = cc_app_now(app), .who = {.name = "", .networks = ""}};
    cc_uuid4(app, c->request_id);
}

cc_err
cc_context_fail(cc_context *c, cc_err err, const char *field, const char *format, ...)
{
    char    text[1024];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    while (size > 0 && !cc_utf8_valid(text, size)) /* never cut a character in two */
        size--;
    c->message = cc_strndup(c->arena, text, size); /* NULL: the error's own message will do */
    c->field = field ? cc_strndup(c->arena, field, strlen(field)) : NULL;
    return err;
}

cc_err
cc_context_refuse(cc_context *c, cc_err err, const cc_reason *reason)
{
    c->field = NULL;
    c->message = reason->text;
    c->reason = reason;
    return err;
}

void
cc_context_notify(cc_context *c)
{
    if (c->notify_run_id)
        cc_wake(c->app, true, c->notify_run_id);
}
