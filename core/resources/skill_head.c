/*
 * The head of a skill's SKILL.md, between two lines of three dashes: YAML with a name and a description.
 *
 * An agent tells its model of a skill what stands there, and of one whose head it cannot read it says nothing at all:
 * so what a draft's author would never notice is refused when it is saved.  This reads as much of YAML as people write
 * there (texts, quoted, folded or over several lines; lists and comments between them) and looks into nothing but these
 * two; what YAML itself would refuse is said in words that help, such as a colon in a text without quotation marks.
 */
#include "resources/skill_head.h"

#include <string.h>

#include "base/text.h"

typedef struct head {
    cc_arena   *arena;
    const char *at, *end; /* what is left of it */
    const char *misfit;   /* NULL: none so far */
    const char *name, *about;
    bool        failed; /* no memory */
} head;

typedef struct line {
    const char *text;
    size_t      size; /* without its end */
} line;

static bool
next(head *h, line *out)
{
    if (h->at >= h->end)
        return false;
    const char *stop = memchr(h->at, '\n', (size_t)(h->end - h->at));
    out->text = h->at;
    out->size = (size_t)((stop ? stop : h->end) - h->at);
    h->at = stop ? stop + 1 : h->end;
    while (out->size && (out->text[out->size - 1] == '\r' || out->text[out->size - 1] == ' '))
        out->size--;
    return true;
}

static bool
is_rule(const line *l)
{
    return l->size == 3 && memcmp(l->text, "---", 3) == 0;
}

static bool
is_indented(const line *l)
{
    return !l->size || l->text[0] == ' ' || l->text[0] == '\t';
}

static void
add(cc_buf *b, const char *s, size_t size)
{
    const size_t blank = strspn(s, " \t") < size ? strspn(s, " \t") : size;

    if (b->size && size > blank)
        cc_putc(b, ' ');
    cc_put(b, s + blank, size - blank);
}

/* ---- a value ---------------------------------------------------------------------------------- */

/* In quotation marks, behind which nothing but a comment may stand. */
static void
quoted(head *h, cc_buf *b)
{
    const char mark = b->data[0];
    size_t     at = 1;

    for (; at < b->size && b->data[at] != mark; at++)
        at += mark == '"' && b->data[at] == '\\';
    if (at >= b->size || (at + 1 < b->size && b->data[at + 1] != ' '))
        h->misfit = "has a text in its head whose quotation marks do not end where it does";
    else
        b->size = at;
    memmove(b->data, b->data + 1, --b->size);
}

static void
plain(head *h, cc_buf *b)
{
    const char *text = cc_buf_text(b), *note = text ? strstr(text, " #") : NULL;

    if (!text)
        return;
    if (note)
        b->size = (size_t)(note - text);
    text = cc_buf_text(b);
    if (text && text[0] && strchr("[{&*!%@`", text[0]))
        h->misfit = "must say 'name' and 'description' in its head as texts";
    else if (text && (strstr(text, ": ") || (b->size && text[b->size - 1] == ':')))
        h->misfit = "has a text with a colon in its head, which must stand in quotation marks";
}

/* What stands behind "key:", and on the indented lines below it. */
static const char *
value(head *h, const char *first, size_t size)
{
    const bool block = size && (first[0] == '|' || first[0] == '>');
    head       ahead;
    line       l;
    cc_buf     b;

    cc_buf_init(&b, h->arena);
    if (!block)
        add(&b, first, size);
    for (ahead = *h; next(&ahead, &l) && is_indented(&l); *h = ahead)
        add(&b, l.text, l.size);
    if (!block && b.size && !b.failed && (b.data[0] == '"' || b.data[0] == '\''))
        quoted(h, &b);
    else if (!block)
        plain(h, &b);
    const char *text = cc_buf_text(&b);
    h->failed |= !text;
    return text ? text : "";
}

/* ---- the head --------------------------------------------------------------------------------- */

static void
take(head *h, const char **into, const char *text)
{
    if (*into)
        h->misfit = "says 'name' or 'description' twice in its head";
    *into = text;
}

/* "key: value", a comment, or an element of a list. */
static void
line_read(head *h, const line *l)
{
    const char  *colon = memchr(l->text, ':', l->size);
    const size_t key = colon ? (size_t)(colon - l->text) : 0;

    if (!l->size || l->text[0] == '#' || l->text[0] == '-' || l->text[0] == ' ')
        return;
    if (!colon || (key + 1 < l->size && colon[1] != ' ')) {
        h->misfit = "must have lines like 'name: value' in its head";
        return;
    }
    size_t blank = 1;
    while (key + blank < l->size && colon[blank] == ' ')
        blank++;
    const char  *text = colon + blank;
    const size_t size = l->size - key - blank;
    if (key == 4 && memcmp(l->text, "name", 4) == 0)
        take(h, &h->name, value(h, text, size));
    else if (key == 11 && memcmp(l->text, "description", 11) == 0)
        take(h, &h->about, value(h, text, size));
}

static bool
name_fine(const char *name)
{
    const size_t size = strlen(name);

    return size && size <= CC_SKILL_NAME_MOST && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

const char *
cc_skill_head_misfit(cc_arena *a, const char *text, cc_err *err)
{
    head h = {.arena = a, .at = text, .end = text + strlen(text)};
    line l;
    bool ended = false;

    *err = CC_OK;
    if (!next(&h, &l) || !is_rule(&l))
        return "must begin with a head: a line of three dashes, 'name: …', 'description: …', and three dashes again";
    while (!ended && !h.misfit && next(&h, &l))
        if (!(ended = is_rule(&l)))
            line_read(&h, &l);
    if (h.failed)
        *err = CC_E_UNAVAILABLE;
    if (h.misfit || h.failed)
        return h.misfit;
    if (!ended)
        return "has a head that does not end: a line of three dashes is missing";
    if (!h.name || !name_fine(h.name))
        return "must say 'name' in its head, of 1 to 64 small letters, digits and '-'";
    if (!h.about || !*h.about || cc_utf8_length(h.about, strlen(h.about)) > CC_SKILL_ABOUT_MOST)
        return "must say 'description' in its head, in 1 to 1024 characters: by it agents know when to use the skill";
    return NULL;
}
