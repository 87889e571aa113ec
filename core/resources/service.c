/*
 * The service about itself: is it up, what can it do, and who is asking.
 */
#include <stdlib.h>

#include "context/trouble.h"
#include "gate/openapi.h"
#include "resources/resources.h"
#include "storage/db.h"

static const char *const health_statuses[] = {"ok", "degraded", "unavailable", NULL};

#define X(name, part, grave, meaning) #name,
static const char *const problem_codes[] = {CC_TROUBLES(X) NULL};
#undef X

static const cc_field problem_fields[] = {
    CC_F("code", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0, "What it is.", .choices = problem_codes,
         .example = "\"STORAGE_FULL\""),
    CC_F("part", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 20, "Which part of the service has it.",
         .example = "\"storage\""),
    CC_F("message", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "The same in a sentence; the server's log says more.",
         .example = "\"There is no room to write.\""),
    CC_END,
};

const cc_field cc_health_fields[] = {
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "degraded: it works without something that protects it.  unavailable: nothing can be written.  A service that "
         "cannot answer at all answers 503.",
         .choices = health_statuses, .example = "\"ok\""),
    CC_F("version", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 20, "The program's version.", .example = "\"" CC_VERSION "\""),
    CC_F("problems", CC_TYPE_LIST, CC_FIELD_READ_ONLY, 0, CC_TROUBLE__MAX, "What is wrong; empty when all is well.",
         .members = problem_fields, .example = "[]"),
    CC_END,
};

CC_STATEMENT_PLAIN(ping, "SELECT 1 FROM projects LIMIT 1");

cc_err
cc_health(cc_req *r)
{
    bool   any;
    cc_err err;

    cc_app_look(r->app, true);
    if ((err = cc_db_exists(cc_app_db(r->app), ping, &any, CC_NO_ARGS)) == CC_OK)
        cc_troubles_write(r->app, &r->out);
    return err;
}

/* The tutorial's order, then what it does not show (contract section 8). */
const cc_field cc_whoami_fields[] = {
    CC_F("keyId", CC_TYPE_ID, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "The key; null for somebody signed in and for the owner in-process.", .ref = "kak_",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("projectId", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "The project it belongs to.", .ref = "prj_",
         .example = "\"prj_0NqT3xQd2FhG7uJkPs9Ywz\""),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 80, "The key's name.", .example = "\"quickstart\""),
    CC_F("scopes", CC_TYPE_SCOPES, CC_FIELD_READ_ONLY, 1, CC_SCOPE__MAX, "What it may do, as granted.",
         .example = "[\"projects:read\",\"workflows:read\",\"runs:read\"]"),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was made.",
         .example = "\"2025-01-15T10:04:00Z\""),
    CC_F("lastUsedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0,
         "When it was last used, to the minute.", .example = "\"2025-01-15T10:05:12Z\""),
    CC_F("mode", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 4, 4, "live, or test: a key whose runs are rehearsals.",
         .example = "\"live\""),
    CC_F("expiresAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 0, 0, "When it stops working; null: never.",
         .example = "null"),
    CC_END,
};

static void
put_time(cc_buf *b, int64_t ms)
{
    if (ms)
        cc_put_time(b, ms);
    else
        cc_puts(b, "null");
}

cc_err
cc_whoami(cc_req *r)
{
    const cc_principal *who = &r->who;
    cc_buf             *b = &r->out;

    cc_puts(b, "{\"keyId\":");
    if (!who->key_id[0])
        cc_puts(b, "null");
    else
        cc_put_json(b, who->key_id, strlen(who->key_id));
    cc_puts(b, ",\"projectId\":");
    cc_put_json(b, who->project_id, strlen(who->project_id));
    cc_puts(b, ",\"name\":");
    cc_put_json(b, who->name, strlen(who->name));
    cc_puts(b, ",\"scopes\":");
    cc_scope_write(b, who->scopes);
    cc_puts(b, ",\"createdAt\":");
    put_time(b, who->created_at);
    cc_puts(b, ",\"lastUsedAt\":");
    put_time(b, who->last_used_at);
    cc_puts(b, who->test ? ",\"mode\":\"test\",\"expiresAt\":" : ",\"mode\":\"live\",\"expiresAt\":");
    put_time(b, who->expires_at);
    cc_putc(b, '}');
    return CC_OK;
}

const cc_field cc_scope_fields[] = {
    CC_F("scope", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 40, "Its name.", .example = "\"runs:write\""),
    CC_F("includes", CC_TYPE_SCOPES, CC_FIELD_READ_ONLY, 0, CC_SCOPE__MAX, "What a key with it may do as well.",
         .example = "[\"runs:read\",\"runs:cancel\"]"),
    CC_F("meaning", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 200, "What it allows.",
         .example = "\"Start, steer and delete runs.\""),
    CC_END,
};

cc_err
cc_scopes_list(cc_req *r)
{
    cc_putc(&r->out, '[');
    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++) {
        uint64_t own = UINT64_C(1) << s;
        cc_putf(&r->out, "%s{\"scope\":\"%s\",\"includes\":", s ? "," : "", cc_scope_text(s));
        cc_scope_write(&r->out, cc_scope_expand(own) & ~own);
        cc_puts(&r->out, ",\"meaning\":");
        cc_put_json(&r->out, cc_scope_meaning(s), strlen(cc_scope_meaning(s)));
        cc_putc(&r->out, '}');
    }
    cc_putc(&r->out, ']');
    return CC_OK;
}

cc_err
cc_openapi_get(cc_req *r)
{
    cc_openapi_write(&r->out, cc_app_table(r->app), r->path.base, false);
    return r->out.failed ? CC_E_UNAVAILABLE : CC_OK;
}
