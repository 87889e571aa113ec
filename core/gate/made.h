/*
 * A plain resource's statements, made from its declaration: what is not in storage/query.h.
 */
#ifndef CC_MADE_H
#define CC_MADE_H

#include "gate/request.h"
#include "gate/resource.h"

/*
 * The statement of that kind, made if this process has not yet, and bound to the caller's project and mode; step it,
 * then cc_stmt_done.  `values` are parallel to res->fields; they, ids and bounds must live until then.
 */
cc_err cc_made_list(cc_req *r, const char *lower, const char *upper, int64_t limit,
                    cc_stmt **out); /* r's route and query */
cc_err cc_made_get(cc_context *c, const cc_resource *res, const char *id,
                   cc_stmt **out); /* cc_row_write's columns, version */
cc_err cc_made_version(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out);
cc_err cc_made_insert(cc_context *c, const cc_resource *res, const cc_value *values,
                      cc_stmt **out); /* answers as get does */
cc_err cc_made_update(cc_context *c, const cc_resource *res, const char *id, const cc_value *values,
                      cc_stmt **out); /* the same */
cc_err cc_made_delete(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out);
/* For the trash: the version, then all that is stored of a row, in the order of the fields; and the row that comes
 * back. */
cc_err cc_made_keep(cc_context *c, const cc_resource *res, const char *id, cc_stmt **out);
cc_err cc_made_restore(cc_context *c, const cc_resource *res, const cc_value *values, int64_t version, cc_stmt **out);

bool cc_field_stored(const cc_field *f);             /* has it a column of its own? */
bool cc_field_shown(const cc_field *f, bool detail); /* to clients, in one object or (detail false) in lists */

/* For tests: `each` statement there can be; of the routes that `list` serves with no, one and all filters. */
void cc_made_each(const cc_table *table, cc_handler list, void (*each)(void *ctx, const char *name, const char *sql),
                  void *ctx);

#endif
