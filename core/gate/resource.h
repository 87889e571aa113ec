/*
 * One declaration, five routes.
 */
#ifndef CC_RESOURCE_H
#define CC_RESOURCE_H

#include "context/context.h"
#include "gate/fields.h"
#include "gate/outbox.h"

typedef struct cc_req      cc_req;
typedef struct cc_resource cc_resource;
struct cc_resource {
    const char *singular; /* "persona": schema name and operation prefix */
    const char *table;    /* "personas"; what is read: a table or a view */
    /* Tables that hold its rows and what belongs to them, children first; NULL: `table` alone.  For deleting a project.
     */
    const char *const *stored;
    const char        *prefix;  /* of ids: "per_"; NULL: one row per project */
    const cc_field    *fields;  /* what clients see; fields with a column are also the SQL columns, in this order */
    bool               by_mode; /* rows belong to a mode; a key sees those of its own */
    bool               by_time; /* lists take `from` and `to` */
    const char        *meaning;
    const char        *taken; /* said when a unique rule is broken, with CONFLICT; NULL: the usual words */
    cc_message         made;  /* what webhooks are told of a new row; 0: nothing */
    bool               trash; /* a row that is deleted goes to the trash first (trash.h) */
    /*
     * All optional.  prepare: runs after validation and before the row is written; may read and
     * set the body's values (cc_value_of, cc_value_set_…); id is NULL on create.  may_delete: refuses what must stay.
     * saved: notes what a row is from now on, made, changed or come back.  deleted: takes along what belongs to a row
     * that is gone.  purged: the same of one that is out of the trash, too. from_trash: refuses what the caller has no
     * say over, and, if it shall come back, sets what has changed.  live: the value of a CC_FIELD_LIVE column.
     * virtual_: writes a CC_FIELD_VIRTUAL member's JSON.  may_publish: of a versioned document, refuses a draft.
     */
    cc_err (*prepare)(cc_context *c, const char *id, cc_value *body);
    cc_err (*saved)(cc_context *c, const char *id);
    cc_err (*may_publish)(cc_context *c, cc_value *values);
    cc_err (*may_delete)(cc_context *c, const char *id);
    cc_err (*deleted)(cc_context *c, const char *id);
    cc_err (*purged)(cc_context *c, const char *id);
    cc_err (*from_trash)(cc_context *c, cc_value *values, bool back);
    int64_t (*live)(cc_req *r, const cc_field *field, const char *id, int64_t stored);
    bool (*virtual_)(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out); /* false: leave the member out */
};

typedef struct cc_table cc_table; /* route.h */

const cc_resource *cc_resource_of(const cc_table *table, const char *prefix); /* whose ids begin so; NULL: none */

/*
 * Does everything that a checked body refers to by id exist, in the caller's project (and mode, if it has one)?  In a
 * transaction. VALIDATION, as for any other wrong value: NOT_FOUND is said of what the path names, and of nothing else.
 */
cc_err cc_references_check(cc_context *c, const cc_field *fields, const cc_value *values);

cc_err cc_resource_must_exist(cc_context *c, const cc_resource *res, const char *id); /* or NOT_FOUND */

/* The handlers of a plain resource; the route's row says which one. */
cc_err cc_resource_list(cc_req *r);
/*
 * The same without the list's end, for rows that stand behind those of the table.  after: the last id of the page
 * before, or "".  *room: for how many more there is room; -1: the table has more itself.  Whoever ends it empties
 * r->page.next if nothing more comes.
 */
cc_err cc_resource_list_begin(cc_req *r, char after[CC_ID_SIZE], int64_t *room);
cc_err cc_resource_get(cc_req *r);
cc_err cc_resource_create(cc_req *r);
cc_err cc_resource_update(cc_req *r);
cc_err cc_resource_delete(cc_req *r);
cc_err cc_resource_bulk_delete(cc_req *r);
/* A copy of the row that the path names, under another name; the body is cc_duplicate_fields. */
cc_err                cc_resource_duplicate(cc_req *r);
extern const cc_field cc_duplicate_fields[];
/* Each of the body's ids by `one`, whose NOT_FOUND and CONFLICT are told of that id. */
cc_err cc_bulk_delete(cc_req *r, cc_err (*one)(cc_req *r, const char *id));

/* For coded handlers.  `values` are parallel to res->fields. */
cc_err cc_resource_read(cc_req *r, const cc_resource *res, const char *id,
                        cc_value *values); /* all that is shown of a row, or NOT_FOUND */
cc_err cc_resource_insert(cc_context *c, const cc_resource *res, const char *id, cc_value *values,
                          cc_req *answer); /* whose answer the row becomes; NULL: nobody's */
cc_err cc_resource_change(cc_req *r, const cc_resource *res, const char *id,
                          cc_value *values);                                /* and write it as r's answer */
cc_err cc_resource_show(cc_req *r, const cc_resource *res, const char *id); /* write it as r's answer, or NOT_FOUND */
void   cc_reveal_secret(cc_req *r, const char *secret); /* a row just made has it, and this answer alone shows it */
bool   cc_reveal_once(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out); /* a `virtual_` that writes it */
cc_err cc_resource_precondition(cc_req *r, const cc_resource *res, const char *id); /* If-Match, or NOT_FOUND */
void   cc_row_write(cc_req *r, const cc_resource *res, cc_stmt *row, bool detail, cc_buf *out);
/*
 * Write the rows of a bound statement, whose columns are `shape`'s, as a list of at most `most`, and end it;
 * r->page.more: there is another one.
 */
cc_err cc_rows_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t most, int64_t *count);
/* The same of a statement that was asked for one row more than the page's `limit`; column `at` is its cursor's id. */
cc_err cc_page_write(cc_req *r, cc_stmt *s, const cc_field *shape, int64_t limit, int at);
/* The one row of such a statement, behind whose columns an ETag's version may stand; NOT_FOUND: there is none. */
cc_err cc_one_write(cc_req *r, cc_stmt *s, const cc_field *shape, bool detail);

#endif
