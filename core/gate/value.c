/*
 * Values by the names of their fields.
 */
#include <assert.h>

#include "gate/fields.h"

cc_value *
cc_value_of(const cc_field *fields, cc_value *values, const char *name)
{
    size_t i = 0;

    while (fields[i].name && strcmp(fields[i].name, name) != 0)
        i++;
    assert(fields[i].name);
    return &values[i];
}

void
cc_value_set_int(const cc_field *fields, cc_value *values, const char *name, int64_t i)
{
    *cc_value_of(fields, values, name) = (cc_value){.present = true, .i = i, .d = (double)i};
}

void
cc_value_set_bytes(const cc_field *fields, cc_value *values, const char *name, const void *p, size_t size)
{
    *cc_value_of(fields, values, name) = (cc_value){.present = true, .null = !p, .s = p, .size = size};
}

void
cc_value_set_text(const cc_field *fields, cc_value *values, const char *name, const char *s)
{
    cc_value_set_bytes(fields, values, name, s, s ? strlen(s) : 0);
}
