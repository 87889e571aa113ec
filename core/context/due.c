#include "context/due.h"

#include "context/app.h"
#include "storage/db.h"

enum { AT_ONCE = 100 };

/* *found: there was one. */
static cc_err
one(cc_app *app, cc_arena *a, const cc_due *due, bool *found)
{
    void      *row = cc_alloc(a, due->row_size);
    cc_context c;
    cc_err     err;

    if (!row)
        return CC_E_UNAVAILABLE;
    cc_context_init(&c, app, a);
    if ((err = due->find(&c, row, found)) != CC_OK || !*found) /* most of the time: so no transaction yet */
        return err;
    if ((err = cc_tx_begin(cc_app_db(app))) != CC_OK)
        return err;
    if ((err = due->find(&c, row, found)) == CC_OK && *found)
        err = due->act(&c, row);
    err = cc_tx_end(cc_app_db(app), err);
    if (err == CC_E_CONFLICT)
        return CC_OK;
    if (err == CC_OK)
        cc_context_notify(&c);
    return err;
}

bool
cc_due_each(cc_app *app, const cc_due *due)
{
    cc_arena *a = cc_arena_new();
    bool      found = true, any = false;

    for (int i = 0; a && i < AT_ONCE && found && one(app, a, due, &found) == CC_OK; i++) {
        any |= found;
        cc_arena_reset(a);
    }
    cc_arena_free(a);
    return any;
}
