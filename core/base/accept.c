/*
 * The header is a list of ranges, each with parameters of which only the weight counts here: "text/html;level=1;q=0.4,
 * text/plain".  The most specific range that fits a type gives it its weight, wherever in the list it stands.
 */
#include "base/accept.h"

#include <string.h>
#include <strings.h>

enum { FULL = 1000 };

typedef struct range {
    const char *type;
    size_t      size;
    int         weight; /* thousandths */
} range;

/* "q=0.25" -> 250; what is no weight counts as the full one. */
static int
weight_read(const char *s)
{
    int weight = 0, digit = FULL;

    if (*s != '0' && *s != '1')
        return FULL;
    weight = *s++ == '1' ? FULL : 0;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9' && (digit /= 10) > 0; s++)
            weight += (*s - '0') * digit;
    return weight < FULL ? weight : FULL;
}

/* Where the element ends: at a comma that is in no quoted string. */
static const char *
element_end(const char *s)
{
    bool quoted = false;

    for (; *s && (quoted || *s != ','); s++) {
        if (quoted && *s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quoted = !quoted;
    }
    return s;
}

/* The range at the beginning of `s`; where the next one begins. */
static const char *
range_read(const char *s, range *out)
{
    const char *end = element_end(s), *p;

    s += strspn(s, " \t");
    *out = (range){s, strcspn(s, " \t;,"), FULL};
    for (p = s + out->size; p < end; p++)
        if (*p == ';') {
            p += 1 + strspn(p + 1, " \t");
            if (p + 1 < end && (*p == 'q' || *p == 'Q') && p[1] == '=')
                out->weight = weight_read(p + 2);
            p--;
        }
    return *end ? end + 1 : end;
}

/* How closely a range fits: 0 not at all, 1 all types, 2 all of its kind, 3 itself. */
static int
fit(const range *r, const char *type)
{
    const size_t kind = strcspn(type, "/");

    if (r->size == strlen(type) && strncasecmp(r->type, type, r->size) == 0)
        return 3;
    if (r->size == kind + 2 && strncasecmp(r->type, type, kind + 1) == 0 && r->type[kind + 1] == '*')
        return 2;
    return r->size == 3 && strncmp(r->type, "*/*", 3) == 0;
}

static int
weight_of(const char *header, const char *type)
{
    int closest = 0, weight = 0;

    while (*header) {
        range r;
        int   how;
        header = range_read(header, &r);
        if ((how = fit(&r, type)) > closest) {
            closest = how;
            weight = r.weight;
        }
    }
    return weight;
}

size_t
cc_accept_best(const char *header, const char *const types[])
{
    size_t best = 0;
    int    most = header ? weight_of(header, types[0]) : FULL;

    for (size_t i = 1; header && types[i]; i++) {
        int weight = weight_of(header, types[i]);
        if (weight > most) {
            most = weight;
            best = i;
        }
    }
    return best;
}
