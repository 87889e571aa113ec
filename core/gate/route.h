/*
 * What a row of the table of routes says, and what follows from it.
 */
#ifndef CC_ROUTE_H
#define CC_ROUTE_H

#include "gate/resource.h"
#include "gate/scope.h"

typedef enum cc_method { CC_GET, CC_POST, CC_PATCH, CC_DELETE, CC_PUT, CC_METHOD__MAX } cc_method;

const char *cc_method_text(cc_method m);

enum {
    CC_ROUTE_LISTED = 1 << 0,   /* answers a list envelope */
    CC_ROUTE_CURSOR = 1 << 4,   /* takes limit and cursor */
    CC_ROUTE_CREATED = 1 << 1,  /* answers 201 */
    CC_ROUTE_OWN_BODY = 1 << 2, /* the handler writes the whole body, no envelope (openapi.json) */
    CC_ROUTE_NO_DB = 1 << 3,    /* touches no database */
    CC_ROUTE_PERSON = 1 << 5,   /* for somebody signed in, not for keys; about the person, whatever the project */
    CC_ROUTE_OWNER = 1 << 6,    /* of those signed in, for the project's owners only */
    CC_ROUTE_SILENT =
        1 << 7, /* changes nothing that others see although it is no GET: leaves no trace in the audit log */
    CC_ROUTE_FILE = 1 << 9,      /* answers a file */
    CC_ROUTE_ANY_BODY = 1 << 10, /* takes any JSON, as it was sent (r->sent): the handler judges it */
    CC_ROUTE_RELAYS = 1 << 11,   /* its body asks for other rows: the handler takes those through the gate */
    CC_ROUTE_LAST = 1 << 14,     /* is the project's last: no other write of the project goes on meanwhile */
    CC_ROUTE_TAKEN = 1 << 13,    /* answers 202, whatever becomes of it */
    CC_ROUTE_ENDS = 1 << 12,     /* is no DELETE, and takes away all the same what does not come back by itself */
    CC_ROUTE_WAITS = 1 << 8,     /* may keep its caller waiting: for an event, for a lock that it tries */
};

#define CC_ERROR_BIT(name) (UINT32_C(1) << CC_E_##name)
_Static_assert(CC_E__MAX <= 32, "the errors of a route are a mask of 32 bits");

typedef cc_err (*cc_handler)(cc_req *r);

struct cc_route {
    cc_method          method;
    const char        *path; /* below /api/v1; "{id}" stands for one segment, and so does a second, "{name}" */
    cc_scope           scope;
    uint64_t           also; /* CC_BIT of a second scope that it needs as well; 0: none */
    cc_handler         handler;
    cc_handler         before_tx;  /* runs before the handler's transaction begins: slow work that needs no lock */
    const cc_resource *resource;   /* whose fields give body, filters and answer where the row names none */
    const char        *pages_by;   /* prefix of the ids that its cursors hold, where it lists no resource */
    const cc_field    *query;      /* beside paging and the resource's filters */
    const char        *path_gives; /* the filter or member that is not asked for because the path's {id} is it */
    const cc_field    *part;       /* what the second place is; described, and for the handler to judge */
    const cc_field    *body;       /* NULL: the resource's writable fields, if POST on a collection, PATCH or PUT */
    const cc_field    *answer;     /* NULL: the resource */
    uint32_t    errors; /* CC_ERROR_BIT of what the handler may answer beside what the gate does: cc_route_errors */
    unsigned    flags;
    const char *operation; /* "workflows.list": the method of the clients */
    const char *summary;
    const char *hint;     /* what an agent should know before it calls; NULL: the summary says it all */
    const char *alias[2]; /* "POST /workflows/create"; one without {id} takes it as `id` from query or body */
};

/* A group of operations that is about no resource of its own; NULL past the last. */
typedef struct cc_group {
    const char *name, *meaning;
} cc_group;

/* The scopes that it needs, as a mask. */
static inline uint64_t
cc_route_needs(const cc_route *route)
{
    return route->also | (route->scope < CC_SCOPE__MAX ? UINT64_C(1) << route->scope : 0);
}

/* Is this the parameter, or the body's member, that the path gives? */
static inline bool
cc_route_gives(const cc_route *route, const cc_field *field)
{
    return route->path_gives && strcmp(route->path_gives, field->name) == 0;
}

/* A collection that had another name: all its paths and aliases have that one, too.  NULL past the last. */
typedef struct cc_renamed {
    const char *was, *is;
} cc_renamed;

/*
 * All of it.  Declared at the top of the house (routes.c), where the handlers can be named, and handed down with the
 * app: the gate and what describes the service read it and know no resource by name.
 */
struct cc_table {
    const cc_route           *routes;
    size_t                    route_count;
    const cc_resource *const *resources; /* ends with NULL */
    const cc_group           *groups;
    const cc_renamed         *renamed;
};

/* What stands behind the older name that the path begins with, and the present one; NULL: it has none. */
const char *cc_route_renamed(const cc_table *table, const char *path, const char **now);
/* All older names of a route, as "METHOD /path"; how many. */
size_t cc_route_older(const cc_table *table, const cc_route *route, char out[CC_OLDER_MAX][CC_OLDER_SIZE]);

/* What a route takes in its query, in the order of r->query; the caller's array of `room` pointers.  The number. */
enum { CC_QUERY_MAX = 16 };
size_t                cc_route_query(const cc_route *route, const cc_field *out[CC_QUERY_MAX]);
int                   cc_route_status(const cc_route *route);  /* what it answers when it goes well */
const cc_field       *cc_route_body(const cc_route *route);    /* NULL: takes none */
const cc_field       *cc_route_answer(const cc_route *route);  /* NULL: none declared */
bool                  cc_route_partial(const cc_route *route); /* PATCH: nothing is required */
bool                  cc_route_takes_body(const cc_route *route);
bool                  cc_route_retried(const cc_route *route); /* Idempotency-Key means something here */
uint32_t              cc_route_errors(const cc_route *route);  /* all it may answer, as CC_ERROR_BIT */
extern const cc_field cc_no_fields[];                          /* a POST that takes no members */

extern const cc_field cc_page_fields[];    /* limit, cursor */
extern const cc_field cc_range_fields[];   /* from, to */
extern const cc_field cc_search_field;     /* q */
extern const cc_field cc_bulk_ids[];       /* ids: what to delete, of any kind */
extern const cc_field cc_bulk_answer[];    /* what became of each of them */
extern const cc_field cc_deleted_fields[]; /* id, deleted: the answer to every delete */
void                  cc_deleted_write(cc_buf *out, const char *id);

#endif
