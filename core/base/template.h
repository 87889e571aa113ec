/*
 * Texts with places for values: {{name}}.
 */
#ifndef CC_TEMPLATE_H
#define CC_TEMPLATE_H

#include "base/text.h"

/* The first place whose name is none of `names` (NULL at the end), as "{{name}}" in the arena; NULL: each is one. */
const char *cc_template_unknown(cc_arena *a, const char *text, const char *const *names);
bool        cc_template_has(const char *text, const char *name);
/* Append the text with the values, parallel to `names`, in their places.  What values hold is no place. */
void cc_template_put(cc_buf *b, const char *text, const char *const *names, const char *const *values);

#endif
