/*
 * What has changed in a project, as it is written.
 *
 * Whoever follows a project knows one number, and asks for what lies behind it.  So a change with a lower number must
 * never become visible after one with a higher: not even on a server, where several transactions write at once and end
 * in another order than they began in.  Therefore what changes is only noted while a transaction goes on.  Its last
 * statements take the lock of the project's numbers, then the next numbers; the lock is given back when the commit can
 * be seen.  So it is held for a moment, and nothing else is waited for meanwhile.
 *
 * A row of its own, although the audit log and the events of runs say much of the same: neither has such a number, and
 * an index over one in both would cost as much as this row does.
 */
#include "gate/change.h"

#include <stdio.h>
#include <stdlib.h>

#include "context/ids.h"
#include "context/instance.h"
#include "gate/route.h"
#include "storage/db.h"

enum { DAY_MS = 86400000, PORTION = 2000 };

struct cc_change {
    struct cc_change *next;
    const char       *operation;
    char              project_id[CC_ID_SIZE], mode[8];
    char              id[]; /* "": it is the only one of its kind */
};

/* Of a project that is gone nobody is told. */
CC_STATEMENT(
    change_put,
    "INSERT INTO changes (project_id, seq, mode, kind, action, about_id, at) SELECT project_id, "
    "coalesce((SELECT max(seq) FROM changes c WHERE c.project_id = p.project_id), 0) + 1, CAST(:mode AS TEXT), "
    "CAST(:kind AS TEXT), CAST(:action AS TEXT), CAST(:about_id AS TEXT), CAST(:at AS BIGINT) "
    "FROM projects p WHERE project_id = :project_id",
    TEXT(mode), SPAN(kind), TEXT(action), TEXT(about_id), INT(at), TEXT(project_id));

/* ---- kinds ----------------------------------------------------------------------------------------------- */

static cc_span
group_of(const char *operation)
{
    const char *dot = strrchr(operation, '.');

    return (cc_span){operation, dot ? (size_t)(dot - operation) : 0};
}

/* Does this route read what the operations of its group are about? */
static bool
reads(const cc_route *route)
{
    const char *dot = strrchr(route->operation, '.');

    return route->method == CC_GET && route->scope < CC_SCOPE__MAX && dot &&
           (strcmp(dot, ".list") == 0 || strcmp(dot, ".get") == 0);
}

static const cc_route *
reader_of(const cc_table *table, cc_span kind)
{
    for (size_t i = 0; i < table->route_count; i++) {
        const cc_route *route = &table->routes[i];
        if (strncmp(route->operation, kind.data, kind.size) == 0 && route->operation[kind.size] == '.' &&
            group_of(route->operation).size == kind.size && reads(route))
            return route;
    }
    return NULL;
}

const char *
cc_changed_kinds(cc_app *app, cc_arena *a, uint64_t may)
{
    const cc_table *table = cc_app_table(app);
    cc_buf          b;

    cc_buf_init(&b, a);
    cc_putc(&b, ',');
    for (size_t i = 0; i < table->route_count; i++) {
        const cc_route *route = &table->routes[i];
        const cc_span   kind = group_of(route->operation);
        if (!reads(route) || !(may >> route->scope & 1))
            continue;
        cc_put(&b, kind.data, kind.size);
        cc_putc(&b, ',');
    }
    return cc_buf_text(&b);
}

/* ---- noted ----------------------------------------------------------------------------------------------- */

/* An id is one thing's, whichever operations it is known by: a session is a run.  What is the only one has its kind. */
static bool
is_about(const struct cc_change *c, const char *project_id, cc_span kind, cc_span id)
{
    const cc_span its = group_of(c->operation);

    if (strcmp(c->project_id, project_id) != 0 || strlen(c->id) != id.size)
        return false;
    return id.size ? memcmp(c->id, id.data, id.size) == 0
                   : its.size == kind.size && memcmp(its.data, kind.data, kind.size) == 0;
}

/*
 * Behind all of its project, and projects in the order of their ids: whoever takes the locks of several takes them in
 * the order in which all others do.
 */
static cc_err
note(cc_app *app, const char *project_id, const char *mode, const char *operation, cc_span id)
{
    struct cc_change **at = &app->changes, *made;

    for (; *at && strcmp((*at)->project_id, project_id) <= 0; at = &(*at)->next) {
        if (!is_about(*at, project_id, group_of(operation), id))
            continue;
        (*at)->operation = operation;
        return CC_OK;
    }
    if (!(made = calloc(1, sizeof(*made) + id.size + 1)))
        return CC_E_UNAVAILABLE;
    made->operation = operation;
    cc_copy_id(made->project_id, project_id);
    snprintf(made->mode, sizeof(made->mode), "%s", mode);
    memcpy(made->id, id.data ? id.data : "", id.size);
    made->next = *at;
    *at = made;
    return CC_OK;
}

cc_err
cc_changed(cc_app *app, const char *project_id, const char *mode, const char *operation, cc_span id)
{
    const cc_route *reader = reader_of(cc_app_table(app), group_of(operation));

    if (!reader || !project_id[0] || (!id.size && reader->flags & CC_ROUTE_LISTED))
        return CC_OK;
    return note(app, project_id, reader->resource && reader->resource->by_mode ? mode : "", operation, id);
}

cc_err
cc_changed_row(cc_context *c, const cc_resource *res, const char *action, const char *id)
{
    const cc_table *table = cc_app_table(c->app);
    size_t          i = 0;

    while (i < table->route_count && !(table->routes[i].resource == res && reads(&table->routes[i])))
        i++;
    if (i == table->route_count)
        return CC_OK;
    const cc_span kind = group_of(table->routes[i].operation);
    const char   *operation = cc_printf(c->arena, "%.*s.%s", (int)kind.size, kind.data, action);
    return operation ? cc_changed(c->app, c->who.project_id, cc_context_mode(c), operation, cc_span_of(id))
                     : CC_E_UNAVAILABLE;
}

/* ---- written --------------------------------------------------------------------------------------------- */

static cc_err
numbers_lock(cc_db *db, const char *project_id)
{
    char name[CC_ID_SIZE + 16];

    snprintf(name, sizeof(name), "changes of %s", project_id);
    return cc_tx_lock(db, name);
}

cc_err
cc_changes_write(cc_app *app)
{
    cc_db      *db = cc_app_db(app);
    const char *locked = "";
    cc_err      err = CC_OK;

    for (struct cc_change *c = app->changes; c && err == CC_OK; c = c->next) {
        const cc_span kind = group_of(c->operation);
        if (strcmp(locked, c->project_id) != 0 && (err = numbers_lock(db, c->project_id)) != CC_OK)
            break;
        locked = c->project_id;
        err =
            cc_db_run(db, change_put, .project_id = c->project_id, .mode = c->mode, .kind = kind,
                      .action = kind.data + kind.size + 1, .about_id = c->id[0] ? c->id : NULL, .at = cc_app_now(app));
    }
    return err;
}

void
cc_changes_ended(cc_app *app, bool committed)
{
    while (app->changes) {
        struct cc_change *c = app->changes;
        app->changes = c->next;
        if (committed && (!c->next || strcmp(c->next->project_id, c->project_id) != 0))
            cc_event_notify(cc_app_shared(app), cc_shared_key(c->project_id));
        free(c);
    }
}

/* ---- by age ---------------------------------------------------------------------------------------------- */

/* All but the last one, which says how far the numbers have come. */
#define OLD                                                                                                            \
    "FROM changes c WHERE at < :before AND seq < (SELECT max(seq) FROM changes l WHERE l.project_id = c.project_id) "

CC_STATEMENT(changes_old, "SELECT 1 " OLD "LIMIT 1", INT(before));
CC_STATEMENT(changes_forget,
             "DELETE FROM changes WHERE (project_id, seq) IN (SELECT project_id, seq " OLD "ORDER BY at LIMIT :size)",
             INT(before), INT(size));

bool
cc_changes_thin(cc_app *app)
{
    const int64_t days = cc_setting_int(app, CC_SETTING_eventDays);
    const int64_t before = cc_app_now(app) - days * DAY_MS;
    cc_db        *db = cc_app_db(app);
    int64_t       gone = 0;
    bool          old = false;
    cc_err        err = days ? cc_db_exists(db, changes_old, &old, .before = before) : CC_OK;

    if (err == CC_OK && old && (err = cc_tx_begin(db)) == CC_OK)
        err = cc_tx_end(db, cc_db_change(db, changes_forget, &gone, .before = before, .size = PORTION));
    return err == CC_OK && gone == PORTION; /* storage says itself what went wrong, and the next look tries again */
}
