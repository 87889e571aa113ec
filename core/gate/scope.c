/*
 * Scopes: names, what each includes, and the masks they are kept in.
 *
 * A set of scopes is a 64-bit mask, in memory and in the database: one AND answers "may this key?".  The price is that
 * the catalogue may only ever grow at its end.
 */
#include "gate/scope.h"

static const struct {
    const char *text;
    uint64_t    includes;
    const char *meaning;
} catalogue[CC_SCOPE__MAX] = {
#define X(name, text, includes, meaning) [CC_SCOPE_##name] = {text, includes, meaning},
    CC_SCOPES(X)
#undef X
};

_Static_assert(CC_SCOPE__MAX <= 63, "a mask must stay a positive 64-bit integer in the database");

const char *
cc_scope_text(cc_scope s)
{
    return s < CC_SCOPE__MAX ? catalogue[s].text : "";
}

const char *
cc_scope_meaning(cc_scope s)
{
    return s < CC_SCOPE__MAX ? catalogue[s].meaning : "";
}

bool
cc_scope_find(const char *text, cc_scope *s)
{
    for (size_t i = 0; i < CC_SCOPE__MAX; i++) {
        if (strcmp(catalogue[i].text, text) == 0) {
            *s = (cc_scope)i;
            return true;
        }
    }
    return false;
}

uint64_t
cc_scope_expand(uint64_t mask)
{
    uint64_t all = mask;

    /* One pass is enough: nothing that is included includes more (tests/unit/table_test.c). */
    for (size_t i = 0; i < CC_SCOPE__MAX; i++)
        if (mask >> i & 1)
            all |= catalogue[i].includes;
    return all;
}

void
cc_scope_write(cc_buf *b, uint64_t mask)
{
    const char *comma = "[\"";

    for (size_t i = 0; i < CC_SCOPE__MAX; i++) {
        if (mask >> i & 1) {
            cc_puts(b, comma);
            cc_puts(b, catalogue[i].text);
            comma = "\",\"";
        }
    }
    cc_puts(b, comma[0] == '[' ? "[]" : "\"]");
}
