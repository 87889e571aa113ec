/*
 * What is wrong with an instance that works all the same: said once in the log, by doctor, and by GET /health.
 *
 * Whoever falls back to less than was promised calls cc_trouble and goes on; nobody falls back in silence.  There is
 * one declared list (CC_TROUBLES), and everything that reports reads it.
 */
#include "context/trouble.h"

#include <stdio.h>

static const struct {
    const char *name, *part, *meaning;
    bool        grave;
} troubles[] = {
#define X(name, part, grave, meaning) {#name, part, meaning, grave},
    CC_TROUBLES(X)
#undef X
};

_Static_assert((int)CC_TROUBLE__MAX <= (int)CC_LOG_KINDS, "the shared state remembers when each was said");

void
cc_trouble(cc_app *app, cc_trouble_id which, const char *format, ...)
{
    struct cc_troubles *t = cc_app_troubles(app);
    bool                known = t->on >> which & 1;
    va_list             args;

    va_start(args, format);
    vsnprintf(t->words[which], sizeof(t->words[which]), format, args);
    va_end(args);
    t->on |= 1u << which;
    if (!known && (!t->once || cc_shared_log_due(cc_app_shared(app), (int)which, cc_app_now(app))))
        cc_log(app, "%s: %s", troubles[which].part, t->words[which]);
}

void
cc_trouble_over(cc_app *app, cc_trouble_id which)
{
    struct cc_troubles *t = cc_app_troubles(app);

    if (t->on >> which & 1)
        cc_log(app, "%s: in order again: %s", troubles[which].part, t->words[which]);
    t->on &= ~(1u << which);
}

bool
cc_trouble_at(cc_app *app, cc_trouble_id which)
{
    return cc_app_troubles(app)->on >> which & 1;
}

const char *
cc_trouble_words(cc_app *app, cc_trouble_id which)
{
    return cc_app_troubles(app)->words[which];
}

/* ---- for clients: the declared meanings only, for words name paths --------------------------------- */

static const char *
health_of(uint32_t on)
{
    const char *status = on ? "degraded" : "ok";

    for (size_t i = 0; i < CC_TROUBLE__MAX; i++)
        if (on >> i & 1 && troubles[i].grave)
            status = "unavailable";
    return status;
}

void
cc_troubles_write(cc_app *app, cc_buf *out)
{
    const uint32_t on = cc_app_troubles(app)->on;
    const char    *comma = "";

    cc_putf(out, "{\"status\":\"%s\",\"version\":\"" CC_VERSION "\",\"problems\":[", health_of(on));
    for (size_t i = 0; i < CC_TROUBLE__MAX; i++) {
        if (!(on >> i & 1))
            continue;
        cc_putf(out, "%s{\"code\":\"%s\",\"part\":\"%s\",\"message\":", comma, troubles[i].name, troubles[i].part);
        cc_put_json(out, troubles[i].meaning, strlen(troubles[i].meaning));
        cc_puts(out, "}");
        comma = ",";
    }
    cc_puts(out, "]}");
}

const char *
cc_trouble_part(cc_trouble_id which)
{
    return troubles[which].part;
}
