/*
 * What is wrong with an instance that works all the same.  Each app has its own; under its lock.
 */
#ifndef CC_TROUBLE_H
#define CC_TROUBLE_H

#include "context/app.h"

/* It is so, or not any more; each change is a line in the log.  The words are the operator's and may name paths. */
void        cc_trouble(cc_app *app, cc_trouble_id which, const char *format, ...) CC_PRINTF(3, 4);
void        cc_trouble_over(cc_app *app, cc_trouble_id which);
bool        cc_trouble_at(cc_app *app, cc_trouble_id which);
const char *cc_trouble_words(cc_app *app, cc_trouble_id which);

struct cc_troubles {
    uint32_t on;                          /* a bit for each that is so now */
    bool     once;                        /* plain CGI: say it once a minute over all processes, not in each */
    char     words[CC_TROUBLE__MAX][400]; /* for the operator: paths, accounts, what to do */
};

struct cc_troubles *cc_app_troubles(cc_app *app); /* app.c */

/* As the answer of GET /health: the declared meanings, without paths. */
void cc_troubles_write(cc_app *app, cc_buf *out);

const char *cc_trouble_part(cc_trouble_id which); /* "storage": what of the instance it is about */

/* look.c: look at everything that can go wrong while the app is open.  Not `closely`: what costs a stat only. */
void cc_app_look(cc_app *app, bool closely);

#endif
