/*
 * What has changed in a project: one numbered row for each thing that a transaction changes, written as the last part
 * of that transaction, and read under /events.
 */
#ifndef CC_CHANGE_H
#define CC_CHANGE_H

#include "gate/resource.h"
#include "storage/query.h"

/*
 * Inside a transaction: note that `operation` has happened to the thing of that id.  Several notes of one thing in one
 * transaction are one change, called as the last of them.
 *
 *   operation  "workflows.update": a group of the table's operations, and what was done; it must live until the
 * transaction ends.  What it is about is read by the group's "list" or "get"; without one of these, or one that needs
 * no scope, nothing is noted. mode       of the thing, or of whoever acts; left out where both modes share such things
 *   id         NULL, or of size 0: of a kind of which there is one in each project; of any other nothing is noted
 */
cc_err cc_changed(cc_app *app, const char *project_id, const char *mode, const char *operation, cc_span id);

/* The same of a row of a resource, whose routes say what its kind is called. */
cc_err cc_changed_row(cc_context *c, const cc_resource *res, const char *action, const char *id);

/* The kinds that those scopes may read, as ",runs,workflows,". */
const char *cc_changed_kinds(cc_app *app, cc_arena *a, uint64_t may);

/* For whoever ends transactions: write what was noted, before the commit; and behind it wake who waits for that. */
cc_err cc_changes_write(cc_app *app);
void   cc_changes_ended(cc_app *app, bool committed);

/* A portion of those older than eventDays; true: there may be more of them. */
bool cc_changes_thin(cc_app *app);

#endif
