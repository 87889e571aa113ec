/*
 * Rows that have numbers, and whoever follows them: pages, long polls and event streams.
 */
#ifndef CC_FOLLOW_H
#define CC_FOLLOW_H

#include "gate/request.h"

/* What is followed: the events of what the path's {id} names, or, without one, of the project. */
typedef struct cc_followed {
    const cc_field *shape; /* of an event: its number, what it is called, and more */
    bool says_where;       /* a stream begins with the number behind which it begins: the caller need not know one */
    /*
     * Before rows are read, in the same view.  *upto: the number up to which there is nothing for the caller but those
     * rows; 0: that is not known.  *over: there will be no more.
     */
    cc_err (*look)(cc_req *r, int64_t *upto, bool *over);
    /* Columns as the shape has them. */
    cc_err (*open)(cc_req *r, int64_t after, int64_t most, cc_stmt **s);
} cc_followed;

/* Is an event stream asked for?  Otherwise it is a page. */
bool cc_followed_streams(const cc_req *r);
/* The number behind which to begin, and the parameter or header that says so; *field NULL: none does. */
cc_err cc_followed_begin(cc_req *r, int64_t *after, const char **field);
/* The whole answer to r, or its beginning: cc_events_more goes on with it. */
cc_err cc_followed_answer(cc_req *r, const cc_followed *of, int64_t after);

#endif
