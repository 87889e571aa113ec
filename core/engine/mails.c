/*
 * A worker's part in e-mails: have what is due sent, one after the other (resources/mails.c).
 */
#include "resources/mails.h"

#include "context/settings.h"
#include "engine/forge_work.h"

/* error NULL: it was taken. */
static void
done(cc_forge_work *f, const char *error)
{
    const cc_mail *m = f->of;
    cc_app        *app = f->w->app;

    if (error)
        cc_log(app, "worker: an e-mail could not be sent: %s", *error ? error : "it took too long");
    if ((error ? cc_mail_failed(app, m) : cc_mail_over(app, m)) != CC_OK)
        cc_log(app, "worker: what became of an e-mail could not be written; it is sent again");
    cc_forge_rest(f);
}

static cc_err
take(cc_forge_work *f, bool *found)
{
    cc_mail *m = cc_alloc(f->arena, sizeof(*m));
    cc_err   err = m ? cc_mail_take(f->w->app, f->arena, CC_FORGE_TAKEN_MS, m, found) : CC_E_UNAVAILABLE;

    if (err != CC_OK || !*found)
        return err;
    f->of = m;
    f->call.api = cc_setting_text(f->w->app, CC_SETTING_mail);
    f->call.token = cc_setting_text(f->w->app, CC_SETTING_mailPasswordFile);
    f->call.from = cc_setting_text(f->w->app, CC_SETTING_mailFrom);
    f->call.to = m->to;
    f->call.text = m->text;
    return CC_OK;
}

static void
begin(cc_forge_work *f, int64_t now)
{
    cc_forge_ask(f, CC_FORGE_MAIL, now);
}

static void
fail(cc_forge_work *f, const cc_reason *why)
{
    (void)why; /* there is no forge that could be none */
    done(f, "");
}

static void
answered(cc_forge_work *f, const cc_json *answer, int64_t now)
{
    (void)now;
    done(f, cc_forge_trouble_of(answer).error);
}

const cc_forge_job cc_mail_job = {
    .take = take,
    .begin = begin,
    .fail = fail,
    .not_asked = done,
    .answered = answered,
    .waiting = cc_mails_waiting,
};
