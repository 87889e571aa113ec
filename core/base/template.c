/*
 * Texts with places for values.
 *
 * A place is two braces, letters, two braces, and spaces around the letters; any other brace is a brace.
 */
#include "base/template.h"

#include <string.h>

typedef struct place {
    const char *from, *to, *name;
    size_t      size;
} place;

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool
place_next(const char *text, place *out)
{
    for (const char *at = strstr(text, "{{"); at; at = strstr(at + 1, "{{")) {
        const char *name = at + 2 + strspn(at + 2, " ");
        size_t      size = strspn(name, letters);
        const char *end = name + size + strspn(name + size, " ");
        if (size && strncmp(end, "}}", 2) == 0) {
            *out = (place){at, end + 2, name, size};
            return true;
        }
    }
    return false;
}

/* Which of them it is; -1: none. */
static int
name_of(const place *p, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strlen(names[i]) == p->size && strncmp(names[i], p->name, p->size) == 0)
            return i;
    return -1;
}

const char *
cc_template_unknown(cc_arena *a, const char *text, const char *const *names)
{
    place p;

    for (; place_next(text, &p); text = p.to)
        if (name_of(&p, names) < 0)
            return cc_strndup(a, p.from, (size_t)(p.to - p.from));
    return NULL;
}

bool
cc_template_has(const char *text, const char *name)
{
    const char *const names[] = {name, NULL};
    place             p;

    for (; place_next(text, &p); text = p.to)
        if (name_of(&p, names) == 0)
            return true;
    return false;
}

void
cc_template_put(cc_buf *b, const char *text, const char *const *names, const char *const *values)
{
    place p;

    for (; place_next(text, &p); text = p.to) {
        const int i = name_of(&p, names);
        cc_put(b, text, (size_t)(p.from - text));
        if (i >= 0)
            cc_puts(b, values[i]);
        else
            cc_put(b, p.from, (size_t)(p.to - p.from));
    }
    cc_puts(b, text);
}
