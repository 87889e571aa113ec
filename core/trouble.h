/*
 * What is wrong with an instance that works all the same.  Each app has its own; under its lock.
 */
#ifndef CC_TROUBLE_H
#define CC_TROUBLE_H

#include "internal.h"

struct cc_troubles {
    uint32_t on;                          /* a bit for each that is so now */
    bool     once;                        /* plain CGI: say it once a minute over all processes, not in each */
    char     words[CC_TROUBLE__MAX][400]; /* for the operator: paths, accounts, what to do */
};

struct cc_troubles *cc_app_troubles(cc_app *app); /* app.c */

/* As the answer of GET /health: the declared meanings, without paths. */
void cc_troubles_write(cc_app *app, cc_buf *out);

/* app.c: look at everything that can go wrong while the app is open.  Not `closely`: what costs a stat only. */
void cc_app_look(cc_app *app, bool closely);
/* app.c: what there is to say of a part that is in order. */
const char *cc_part_words(cc_app *app, const char *part);

#endif
