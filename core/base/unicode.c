/*
 * What is special about text that is not ASCII: which characters show nothing or steer what stands around them, and
 * which texts are the same but for case.  The one door to utf8proc; ASCII never gets here, so a plain CGI start does
 * not touch its tables.
 *
 * It does not judge scripts or spelling: "раураl" in Cyrillic letters is a text like any other.
 */
#include "base/unicode.h"

#include <stdlib.h>
#include <utf8proc.h>

/* What there is to know of one character of a line. */
typedef struct point {
    int32_t             code;
    utf8proc_category_t category;
    bool                pictogram, right_to_left, virama;
} point;

static point
point_of(int32_t code)
{
    const utf8proc_property_t *p = utf8proc_get_property(code);
    bool right_to_left = p->bidi_class == UTF8PROC_BIDI_CLASS_R || p->bidi_class == UTF8PROC_BIDI_CLASS_AL;

    return (point){.code = code,
                   .category = (utf8proc_category_t)p->category,
                   .pictogram = p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC,
                   .right_to_left = right_to_left && p->category != UTF8PROC_CATEGORY_CF, /* but for the marks */
                   .virama = p->combining_class == 9};
}

static bool
between(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

/* ---- what shows nothing ---------------------------------------------------------------------- */

/* A letter that is drawn as nothing: Unicode keeps them for the sake of older encodings. */
static bool
is_filler(int32_t c)
{
    return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x17b4 || c == 0x17b5;
}

/* A space, a Braille cell without dots, a note without a head, or room between hieroglyphs. */
static bool
is_blank(const point *p)
{
    return p->category == UTF8PROC_CATEGORY_ZS || p->code == 0x2800 || p->code == 0x1d159 ||
           between(p->code, 0x13441, 0x13442);
}

/* Chooses how the character before it looks. */
static bool
is_selector(int32_t c)
{
    return between(c, 0xfe00, 0xfe0f) || between(c, 0xe0100, 0xe01ef) || between(c, 0x180b, 0x180d) || c == 0x180f;
}

/* Joins or parts the characters around it: ZWNJ, ZWJ. */
static bool
is_joiner(int32_t c)
{
    return c == 0x200c || c == 0x200d;
}

static bool
is_mark(const point *p)
{
    return p->category >= UTF8PROC_CATEGORY_MN && p->category <= UTF8PROC_CATEGORY_ME;
}

static bool
is_letter(const point *p)
{
    return p->category >= UTF8PROC_CATEGORY_LU && p->category <= UTF8PROC_CATEGORY_LO;
}

static bool
is_cased(const point *p)
{
    return p->category >= UTF8PROC_CATEGORY_LU && p->category <= UTF8PROC_CATEGORY_LT;
}

/* Does one see something?  Marks alone do not count: they are drawn onto whatever stands before the line. */
static bool
is_seen(const point *p)
{
    if (p->category ==
        UTF8PROC_CATEGORY_CN) /* which are assigned depends on our library's age; unknown ones show a box */
        return true;
    return p->category >= UTF8PROC_CATEGORY_LU && p->category <= UTF8PROC_CATEGORY_SO && !is_mark(p) && !is_blank(p);
}

/* ---- what may stand where -------------------------------------------------------------------- */

/*
 * Emoji are joined to one; letters are where a script wants it: in the middle of a word, after a virama, or at the end
 * of an abbreviation in Arabic letters.
 */
static bool
may_join(const point *before, const point *after)
{
    if (before->pictogram || before->category == UTF8PROC_CATEGORY_SK || before->code == 0xfe0f) /* a skin's colour */
        return after->pictogram;
    if (!is_letter(before) && !is_mark(before))
        return false;
    return is_letter(after) || is_mark(after) || before->virama || before->right_to_left;
}

/* A base that has more than one look: pictograms, signs, digits, letters of scripts without case.  One selector each.
 */
static bool
may_select(const point *before, int32_t selector)
{
    if (selector >= 0xe0100)
        return before->category == UTF8PROC_CATEGORY_LO && !is_filler(before->code);
    return before->code >= 0 && is_seen(before) && (before->pictogram || !is_cased(before));
}

/* Thai, Lao, Myanmar and Khmer write no spaces: an invisible one says where words end. */
static bool
may_part_words(const point *before, const point *after)
{
    int32_t c = before->code, d = after->code;

    return (between(c, 0x0e01, 0x0eff) || between(c, 0x1000, 0x109f) || between(c, 0x1780, 0x17ff)) &&
           (between(d, 0x0e01, 0x0eff) || between(d, 0x1000, 0x109f) || between(d, 0x1780, 0x17ff));
}

/*
 * Marks of direction put a bracket or a full stop on the right side of a word in Hebrew or Arabic, and steer nothing
 * beyond it; a line without such letters has no use for them.  Embeddings, overrides and isolates reach further.
 */
static bool
is_direction(int32_t c)
{
    return c == 0x200e || c == 0x200f || c == 0x061c;
}

/* Written before a number or word in Arabic, Syriac or Kaithi, and seen, although Unicode files them under "format". */
static bool
is_number_sign(int32_t c)
{
    return between(c, 0x0600, 0x0605) || c == 0x06dd || c == 0x070f || between(c, 0x0890, 0x0891) || c == 0x08e2 ||
           c == 0x110bd || c == 0x110cd;
}

/* Is this character fine between those two?  *marked: it needs letters that run from right to left. */
static bool
may_stand(const point *before, const point *p, const point *after, bool *marked)
{
    int32_t c = p->code;

    if (is_joiner(c))
        return may_join(before, after);
    if (c == 0x034f) /* the grapheme joiner keeps marks apart */
        return is_mark(after);
    if (c == 0x180e) /* a separator of Mongolian vowels */
        return between(before->code, 0x1820, 0x18aa);
    if (is_selector(c))
        return may_select(before, c);
    if (c == 0x200b)
        return may_part_words(before, after);
    if (is_direction(c))
        return *marked = true;
    if (is_filler(c) || between(c, 0xfff0, 0xfffc) || between(c, 0xe0000, 0xe0fff)) /* fffc: of an object, no text */
        return false;
    switch (p->category) {
    case UTF8PROC_CATEGORY_CN: return !between(c, 0xfdd0, 0xfdef) && (c & 0xfffe) != 0xfffe && c != 0x2065;
    case UTF8PROC_CATEGORY_CF: return is_number_sign(c);
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO: /* whoever reads it may see anything, or nothing */
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
    }
}

static utf8proc_int32_t
next_code(const char **at, const char *end)
{
    utf8proc_int32_t code = -1;

    if (*at < end)
        *at += utf8proc_iterate((const utf8proc_uint8_t *)*at, end - *at, &code);
    return code;
}

/*
 * Behind a black flag, tags say whose it is: "gbsct" and the end of tags make it Scotland's (UTS 51, ED-14a; UTS 35,
 * unicode_subdivision_id).  Moves behind them if they are well formed.  Tags stand nowhere else: they are letters that
 * nobody sees.
 */
static void
pass_flag_tags(const char **at, const char *end)
{
    enum { TAGS = 0xe0000, END_OF_TAGS = 0xe007f, REGION = 2, MOST = 6 };
    const char      *behind = *at;
    utf8proc_int32_t code;

    for (int n = 0; (code = next_code(&behind, end)) != END_OF_TAGS || n <= REGION; n++)
        if (n == MOST || !(between(code - TAGS, 'a', 'z') || (n >= REGION && between(code - TAGS, '0', '9'))))
            return;
    *at = behind;
}

/* The next character, and behind it; code -1 at the end.  A flag is one character with its tags. */
static point
next_point(const char **at, const char *end)
{
    enum { BLACK_FLAG = 0x1f3f4 };
    utf8proc_int32_t code = next_code(at, end);

    if (code == BLACK_FLAG)
        pass_flag_tags(at, end);
    return code >= 0 ? point_of(code) : (point){.code = -1};
}

static bool
line_fine(const char *s, const char *end)
{
    point before = {.code = -1}, here = next_point(&s, end), after;
    bool  seen = false, marked = false, right_to_left = false;

    for (; here.code >= 0; before = here, here = after) {
        after = next_point(&s, end);
        if (!may_stand(&before, &here, &after, &marked))
            return false;
        seen |= is_seen(&here);
        right_to_left |= here.right_to_left;
    }
    return seen && (!marked || right_to_left);
}

bool
cc_line_fine(const char *s, size_t size)
{
    bool ascii = true, seen = size == 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == 0x7f)
            return false;
        seen |= c != ' ';
        ascii &= c < 0x80;
    }
    return ascii ? seen : line_fine(s, s + size);
}

/* ---- the same but for case ------------------------------------------------------------------- */

bool
cc_is_ascii(const char *s, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)s[i] >= 0x80)
            return false;
    return true;
}

static char *
lower_case(const char *s, size_t size)
{
    char *copy = malloc(size + 1);

    for (size_t i = 0; copy && i < size; i++)
        copy[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] - 'A' + 'a') : s[i];
    if (copy)
        copy[size] = '\0';
    return copy;
}

char *
cc_folded(const char *s, size_t size)
{
    static const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_uint8_t              *made = NULL;

    if (cc_is_ascii(s, size))
        return lower_case(s, size);
    utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)size, &made, how);
    return (char *)made;
}
