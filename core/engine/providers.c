/*
 * A worker's part in provider keys: ask the service of one that is to be tested.
 */
#include "resources/provider_keys.h"

#include "context/settings.h"
#include "engine/forge_work.h"

static void
done(cc_forge_work *f, int64_t status)
{
    const cc_provider_due *due = f->of;

    if (cc_provider_tested(f->w->app, due, status) != CC_OK)
        cc_log(f->w->app, "worker: the test of a key for %s could not be written", due->name);
    cc_forge_rest(f);
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    cc_provider_due *due = cc_alloc(f->arena, sizeof(*due));
    cc_err err = due ? cc_provider_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, due, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    f->of = due;
    f->call.token = due->key;
    if (due->provider) {
        f->call.api = cc_provider_url(f->w->app, f->arena, due->provider);
        f->call.header = due->provider->header;
        f->call.text = due->provider->more;
    }
    f->call.permitted = cc_setting_words(f->w->app, f->arena, CC_SETTING_webhookPrivateHosts);
    return CC_OK;
}

static void
begin(cc_forge_work *f, int64_t now)
{
    if (f->call.token && f->call.api && f->call.permitted)
        cc_forge_ask(f, CC_FORGE_PROVIDER, now);
    else
        done(f, 0);
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    (void)why;
    done(f, 0);
}

static void
not_asked(cc_forge_work *f, const char *what)
{
    (void)what;
    done(f, 0);
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    (void)now;
    done(f, cc_forge_trouble_of(answer).status);
}

const cc_forge_job cc_provider_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = not_asked,
    .answered = answered,
    .waiting = cc_provider_waiting,
};
