/*
 * JSON that is nearly JSON, as programs write it that put their log into the same pipe, cut a text in the middle of a
 * character, or are killed while they write.
 *
 * What a client sends is refused for less (json.c): a client can be told.  What a program has said cannot be asked for
 * again, and the line that says why it failed is the last that may be thrown away.  So the text is written anew as what
 * it must have meant, and goes through the one strict door after all.
 */
#include "base/mend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TRIES = 16,            /* places in one text where an object could begin */
    DEPTH = CC_JSON_DEPTH, /* of open arrays and objects */
    DIGITS = 15            /* a whole number of so many is always exact */
};

static const char REPLACEMENT[] = "\xef\xbf\xbd";

typedef struct mender {
    const char *at, *end;
    cc_buf     *out;
    bool        cut;
} mender;

static bool value(mender *m, int depth);

static bool
more(mender *m)
{
    while (m->at < m->end && (*m->at == ' ' || *m->at == '\t' || *m->at == '\r' || *m->at == '\n'))
        m->at++;
    m->cut |= m->at == m->end;
    return !m->cut;
}

/* ---- texts ------------------------------------------------------------------------------------------ */

static int
hex4(const mender *m, const char *at)
{
    int n = 0;

    if (m->end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char  c = at[i];
        const char *digits = "0123456789abcdef", *d = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (!d)
            return -1;
        n = n * 16 + (int)(d - digits);
    }
    return n;
}

/* After "\u". */
static void
unit(mender *m)
{
    int first = hex4(m, m->at), second = -1;

    if (first < 0) {
        cc_puts(m->out, REPLACEMENT);
        return;
    }
    m->at += 4;
    if (first >= 0xd800 && first <= 0xdbff && m->end - m->at >= 6 && m->at[0] == '\\' && m->at[1] == 'u')
        second = hex4(m, m->at + 2);
    if (second >= 0xdc00 && second <= 0xdfff) {
        cc_putf(m->out, "\\u%04x\\u%04x", (unsigned)first, (unsigned)second);
        m->at += 6;
    } else if (first == 0 || (first >= 0xd800 && first <= 0xdfff)) {
        cc_puts(m->out, REPLACEMENT);
    } else {
        cc_putf(m->out, "\\u%04x", (unsigned)first);
    }
}

static void
escape(mender *m)
{
    if (++m->at == m->end)
        return;
    char c = *m->at++;
    if (c == 'u') {
        unit(m);
    } else if (c && strchr("\"\\/bfnrt", c)) {
        cc_putc(m->out, '\\');
        cc_putc(m->out, c);
    } else {
        m->at--;
        cc_puts(m->out, "\\\\");
    }
}

/* One character that is no ASCII, or a byte that is none. */
static void
character(mender *m)
{
    for (size_t n = 2; n <= 4 && n <= (size_t)(m->end - m->at); n++)
        if (cc_utf8_valid(m->at, n)) {
            cc_put(m->out, m->at, n);
            m->at += n;
            return;
        }
    cc_puts(m->out, REPLACEMENT);
    m->at++;
}

/* The opening quote is here. */
static bool
text(mender *m)
{
    cc_putc(m->out, '"');
    m->at++;
    while (m->at < m->end && *m->at != '"') {
        const char   *from = m->at;
        unsigned char c;
        while (m->at < m->end && (c = (unsigned char)*m->at) >= 0x20 && c < 0x80 && c != '"' && c != '\\')
            m->at++;
        cc_put(m->out, from, (size_t)(m->at - from));
        if (m->at == m->end || (c = (unsigned char)*m->at) == '"')
            continue;
        if (c == '\\') {
            escape(m);
        } else if (c < 0x20) {
            cc_putf(m->out, "\\u%04x", c ? c : 0xfffdU);
            m->at++;
        } else {
            character(m);
        }
    }
    m->cut |= m->at == m->end;
    m->at += !m->cut;
    cc_putc(m->out, '"');
    return true;
}

/* ---- what is no text ---------------------------------------------------------------------------------- */

static bool
number(mender *m)
{
    char   word[64], *end;
    size_t size = 0;

    while (m->at < m->end && *m->at && strchr("+-.0123456789eE", *m->at)) {
        if (size + 1 < sizeof(word))
            word[size++] = *m->at;
        m->at++;
    }
    word[size] = '\0';
    double d = strtod(word, &end);
    if (end == word && m->at < m->end)
        return false;
    if (end == word || !isfinite(d))
        cc_puts(m->out, "null");
    else if (size <= DIGITS && strspn(word, "0123456789") == size && (word[0] != '0' || size == 1))
        cc_puts(m->out, word);
    else
        cc_putf(m->out, "%.17e", d);
    return true;
}

static bool
word(mender *m)
{
    static const struct {
        const char *word, *meant;
    } words[] = {{"true", "true"}, {"false", "false"},   {"null", "null"},
                 {"NaN", "null"},  {"Infinity", "null"}, {"-Infinity", "null"}};
    size_t left = (size_t)(m->end - m->at);

    for (size_t i = 0; i < CC_COUNT(words); i++) {
        size_t size = strlen(words[i].word), n = left < size ? left : size;
        if (memcmp(m->at, words[i].word, n) != 0 || (n == 1 && *m->at == '-'))
            continue;
        m->at += n;
        m->cut |= n < size;
        cc_puts(m->out, n < size ? "null" : words[i].meant);
        return true;
    }
    return number(m);
}

/* What lies too deep: passed over, as null. */
static bool
abyss(mender *m)
{
    cc_buf *out = m->out, nowhere;
    int     depth = 0;

    cc_buf_init(&nowhere, out->arena);
    m->out = &nowhere;
    do {
        if (*m->at == '"') {
            text(m);
            nowhere.size = 0;
            continue;
        }
        depth += (*m->at == '{' || *m->at == '[') - (*m->at == '}' || *m->at == ']');
        m->at++;
    } while (depth && more(m));
    m->out = out;
    out->failed |= nowhere.failed;
    cc_puts(out, "null");
    return true;
}

static bool
name(mender *m)
{
    if (*m->at != '"')
        return false;
    text(m);
    cc_putc(m->out, ':');
    if (!m->cut && more(m)) {
        if (*m->at != ':')
            return false;
        m->at++;
    }
    if (!m->cut && more(m))
        return true;
    cc_puts(m->out, "null"); /* a name whose value did not come */
    return true;
}

/* An array or an object; its first byte is here. */
static bool
inside(mender *m, int depth)
{
    const bool object = *m->at++ == '{';
    const char end = object ? '}' : ']';

    cc_putc(m->out, object ? '{' : '[');
    for (bool first = true; more(m) && *m->at != end; first = false) {
        if (!first) {
            if (*m->at++ != ',')
                return false;
            if (!more(m) || *m->at == end)
                break;
            cc_putc(m->out, ',');
        }
        if (object && !name(m))
            return false;
        if (!m->cut && !value(m, depth))
            return false;
    }
    m->at += !m->cut;
    cc_putc(m->out, end);
    return true;
}

/* Recursion is safe: the depth is limited. */
static bool
value(mender *m, int depth)
{
    if (*m->at == '"')
        return text(m);
    if (*m->at == '{' || *m->at == '[')
        return depth < DEPTH ? inside(m, depth + 1) : abyss(m);
    return word(m);
}

/* ---- the door ---------------------------------------------------------------------------------------- */

/* Is this brace followed by a name, or by nothing? */
static bool
could_begin(const char *at, const char *end)
{
    for (at++; at < end && (*at == ' ' || *at == '\t'); at++)
        ;
    return at == end || *at == '"' || *at == '}';
}

cc_err
cc_json_find(cc_arena *a, const char *text, size_t size, cc_found *found)
{
    const char *end = text + size, *at = text;
    cc_buf      b;

    *found = (cc_found){0};
    for (int tries = 0; tries < TRIES && at < end && (at = memchr(at, '{', (size_t)(end - at))); at++) {
        if (!could_begin(at, end))
            continue;
        tries++;
        mender m = {.at = at, .end = end, .out = &b};
        cc_buf_init(&b, a);
        if (!cc_buf_reserve(&b, (size_t)(end - at)))
            return CC_E_UNAVAILABLE;
        bool whole = value(&m, 0);
        if (b.failed)
            return CC_E_UNAVAILABLE;
        if (!whole)
            continue;
        *found = (cc_found){.from = (size_t)(at - text), .to = (size_t)(m.at - text), .cut = m.cut};
        return cc_json_parse_mended(a, b.data, b.size, &found->json);
    }
    return CC_OK;
}

/* ---- looking into it ----------------------------------------------------------------------------------- */

const cc_json *
cc_json_at(const cc_json *j, const char *name)
{
    return j && cc_json_what(j) == CC_J_OBJECT ? cc_json_member(j, name) : NULL;
}

const char *
cc_json_text_at(const cc_json *j, const char *name)
{
    const cc_json *m = cc_json_at(j, name);

    return m && cc_json_what(m) == CC_J_TEXT ? cc_json_text(m) : "";
}

double
cc_json_number_at(const cc_json *j, const char *name)
{
    const cc_json *m = cc_json_at(j, name);
    double         d = m && cc_json_what(m) == CC_J_NUMBER ? cc_json_number(m) : 0;

    return d > 0 && d < 1e12 ? d : 0;
}

bool
cc_json_true_at(const cc_json *j, const char *name)
{
    const cc_json *m = cc_json_at(j, name);

    return m && cc_json_what(m) == CC_J_BOOL && cc_json_true(m);
}

const cc_json *
cc_json_items(const cc_json *list)
{
    return list && cc_json_what(list) == CC_J_ARRAY ? cc_json_first(list) : NULL;
}
