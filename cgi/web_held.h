/*
 * Answers that wait, many of them in one FastCGI process.
 *
 * Who follows a run costs a connection and some memory, not a process.  A worker goes on taking requests meanwhile, and
 * looks after what it holds a hundred times a second, or twenty times while nothing moves.
 */
#ifndef CODECOURIER_HELD_H
#define CODECOURIER_HELD_H

#include <stddef.h>

#include "codecourier.h"

typedef struct held_answer held_answer;

typedef struct held {
    cc_app      *app;
    held_answer *first;
    size_t       count;
    int64_t      moved_ms;  /* when there was something to send last; monotonic */
    int64_t      served_ms; /* when held_serve did its work last */
    int64_t      looked_ms; /* when all connections were looked at last */
} held;

/*
 * Take over an answer with `more` and the connection it belongs to; `id` is FastCGI's number of the request.  Whatever
 * comes of it, both are the holder's now.
 */
void held_add(held *h, int fd, int id, cc_response *response);

/* If it is time to: send what there is, give up who has gone.  Costs nothing in between, so call it whenever. */
void held_serve(held *h);

/* For how many ms accept may sleep before held_serve is due. */
int held_pause_ms(const held *h);

/* Bring all to a good end. */
void held_conclude(held *h);

#endif
