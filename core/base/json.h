/*
 * The one strict door to cJSON.
 */
#ifndef CC_JSON_H
#define CC_JSON_H

#include "base/text.h"

typedef struct cJSON cc_json;

enum { CC_JSON_DEPTH = 32 };

typedef enum cc_json_kind { CC_J_NULL, CC_J_BOOL, CC_J_NUMBER, CC_J_TEXT, CC_J_ARRAY, CC_J_OBJECT } cc_json_kind;

/*
 * Parse the whole text.  The tree lives in the arena.  Refused (CC_E_VALIDATION, *why says what, fit for a client,
 * static): empty or truncated text, anything after the value, invalid UTF-8, \u0000, lone surrogates, a name that
 * occurs twice in an object, nesting deeper than CC_JSON_DEPTH, a number that a double cannot hold (integers past 2^53,
 * overflow to infinity). CC_E_UNAVAILABLE: out of memory.
 */
cc_err cc_json_parse(cc_arena *a, const char *text, size_t size, const cc_json **out, const char **why);

/* Only for mend.c, which has made it JSON: names may occur twice.  *out NULL: it is none after all. */
cc_err cc_json_parse_mended(cc_arena *a, const char *text, size_t size, const cc_json **out);

cc_json_kind   cc_json_what(const cc_json *j);
const cc_json *cc_json_first(const cc_json *j);                    /* first member or element, or NULL */
const cc_json *cc_json_next(const cc_json *j);                     /* the one after, or NULL */
const char    *cc_json_name(const cc_json *j);                     /* of a member */
const cc_json *cc_json_member(const cc_json *j, const char *name); /* case-sensitive; NULL: not there */
const char    *cc_json_text(const cc_json *j);                     /* of CC_J_TEXT */
double         cc_json_number(const cc_json *j);                   /* of CC_J_NUMBER */
bool           cc_json_true(const cc_json *j);                     /* of CC_J_BOOL */
void           cc_json_write(cc_buf *b, const cc_json *j);         /* compact, in the order it came */

#endif
