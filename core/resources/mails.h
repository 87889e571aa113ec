/*
 * E-mails that are to be sent, for the worker that sends them.
 */
#ifndef CC_MAILS_H
#define CC_MAILS_H

#include "context/context.h"

typedef struct cc_mail {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE], user_id[CC_ID_SIZE];
    int64_t     attempts;  /* this one counted */
    const char *to, *text; /* all of the message (base/letter.h) */
} cc_mail;

/* Take the one that is due longest and is still wanted: for `taken_ms` nobody else does.  What nobody wants any more is
 * forgotten. */
cc_err cc_mail_take(cc_app *app, cc_arena *a, int64_t taken_ms, cc_mail *out, bool *found);
cc_err cc_mail_over(cc_app *app, const cc_mail *m); /* it was sent, or nobody wants it any more */
/* It is tried again later, and a little later all others: it was the server more often than the message. */
cc_err cc_mail_failed(cc_app *app, const cc_mail *m);
cc_err cc_mails_waiting(cc_app *app, bool *waiting);

/* For a worker, whose lock is held: those go that nobody has sent in time.  true: there are more of them. */
bool cc_mails_thin(cc_app *app);

#endif
