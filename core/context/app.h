/*
 * An open instance, as the rooms of the core see it.
 */
#ifndef CC_APP_H
#define CC_APP_H

#include "base/text.h"
#include "storage/shared_state.h"

typedef struct cc_db cc_db;
struct cc_table;

cc_db             *cc_app_db(cc_app *app);
cc_err             cc_projects_several(cc_app *app, bool *several); /* admin.c: is there more than one project? */
cc_shared         *cc_app_shared(cc_app *app);
cc_err             cc_app_enter(cc_app *app); /* take the lock; INTERNAL, and not taken: the app has crossed a fork */
void               cc_app_lock(cc_app *app);  /* again, by who is inside already and gave it up to wait */
void               cc_app_unlock(cc_app *app);
int64_t            cc_app_now(cc_app *app);
int64_t            cc_app_monotonic(cc_app *app); /* for waits */
const cc_clock    *cc_app_clock(cc_app *app);
struct cc_secrets *cc_app_secrets(cc_app *app);
const struct cc_table *cc_app_table(cc_app *app);     /* gate/route.h: the routes it serves */
const char            *cc_app_directory(cc_app *app); /* where the database lies, as it was given; "": here */
/* The command line that codecourier.conf gives the agent of that name ("agent.NAME = …"), or NULL. */
const char *cc_app_agent(cc_app *app, const char *name);
const char *cc_app_agent_at(cc_app *app, size_t i); /* the names that it gives one; NULL past the end */
void        cc_log(cc_app *app, const char *format, ...) CC_PRINTF(2, 3);

#endif
