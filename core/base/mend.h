/*
 * JSON that is nearly JSON.
 */
#ifndef CC_MEND_H
#define CC_MEND_H

#include "base/json.h"

typedef struct cc_found {
    const cc_json *json;     /* NULL: there is no object */
    size_t         from, to; /* where it stands in the text */
    bool           cut;      /* the text ended within it: what was open is closed */
} cc_found;

/*
 * The first object in a text that a program wrote, however it wrote it.  Never refused for: text before and after it,
 * broken UTF-8, half of a surrogate pair and \u0000 (each becomes U+FFFD), control characters in a text, a number that
 * a double cannot hold (the nearest; NaN and infinities are null), a name that occurs twice (the first counts), nesting
 * deeper than CC_JSON_DEPTH (what is deeper is null), an end that comes too soon.  The tree lives in the arena.
 * CC_E_UNAVAILABLE: out of memory.
 */
cc_err cc_json_find(cc_arena *a, const char *text, size_t size, cc_found *found);

/* What an object has by that name, of whatever kind j is: NULL, "", 0 (also for what is no sensible number), false. */
const cc_json *cc_json_at(const cc_json *j, const char *name);
const char    *cc_json_text_at(const cc_json *j, const char *name);
double         cc_json_number_at(const cc_json *j, const char *name);
bool           cc_json_true_at(const cc_json *j, const char *name);
const cc_json *cc_json_items(const cc_json *list); /* the first element of a list; NULL: there is none */

#endif
