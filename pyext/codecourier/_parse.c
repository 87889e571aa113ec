/*
 * JSON text to Python objects.
 *
 * Python has a parser; ours is here because a list of fifty rows spends most of its time in it, and two things are
 * known that a general parser cannot count on: the names of a list's rows repeat (they are looked up, not made anew),
 * and the text is UTF-8 bytes already, so it needs no str of its own first.  That is a factor of two or more over
 * json.loads.
 *
 * What it accepts is the standard and no more; in doubt it refuses, and the client reports an answer it cannot read.
 */
#include "_parse.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DEPTH = 200, NUMBER = 64, KNOWN = 128, KNOWN_SIZE = 64 };

/* A string that was made already, and where in the text it came from. */
typedef struct known {
    const char *bytes;
    Py_ssize_t  size;
    PyObject   *made; /* ours; NULL: free */
} known;

typedef struct parser {
    const char *start, *at, *end;
    int         depth;
    known       names[KNOWN];
    known       texts[KNOWN]; /* statuses, times and descriptions repeat as well, if not as surely */
} parser;

static PyObject *value(parser *p);

static PyObject *
refuse(parser *p, const char *what)
{
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%s at byte %zd", what, (Py_ssize_t)(p->at - p->start));
    return NULL;
}

static void
skip_space(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t'))
        p->at++;
}

/* ---- strings --------------------------------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at p->at; -1 if there are none. */
static long
hex_four(parser *p)
{
    long unit = 0;

    if (p->end - p->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p->at[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    p->at += 4;
    return unit;
}

static char *
put_utf8(char *out, unsigned long code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* What follows a backslash, as UTF-8 behind `out`; never longer than it was.  NULL: not an escape. */
static char *
escape(parser *p, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

    if (p->at >= p->end)
        return NULL;
    char        c = *p->at++;
    const char *simple = c != '\0' ? strchr(from, c) : NULL;
    if (simple != NULL) {
        *out++ = to[simple - from];
        return out;
    }
    if (c != 'u')
        return NULL;
    long unit = hex_four(p);
    if (unit >= 0xD800 && unit < 0xDC00) {
        if (p->end - p->at < 6 || p->at[0] != '\\' || p->at[1] != 'u')
            return NULL;
        p->at += 2;
        long low = hex_four(p);
        if (low < 0xDC00 || low > 0xDFFF)
            return NULL;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) {
        return NULL;
    }
    return put_utf8(out, (unsigned long)unit);
}

/* The slow way, from the first backslash on: unescape into a buffer that is as large as the string can get. */
static PyObject *
string_escaped(parser *p, const char *start)
{
    const char *close = p->at;

    while (close < p->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= p->end)
        return refuse(p, "a string does not end");
    char *buffer = PyMem_Malloc((size_t)(close - start) + 1);
    if (buffer == NULL)
        return PyErr_NoMemory();
    char *out = buffer + (p->at - start);
    memcpy(buffer, start, (size_t)(p->at - start));
    while (out != NULL && p->at < close) {
        char c = *p->at++;
        if (c == '\\')
            out = escape(p, out);
        else if ((unsigned char)c < 0x20)
            out = NULL;
        else
            *out++ = c;
    }
    PyObject *made =
        out != NULL ? PyUnicode_DecodeUTF8(buffer, out - buffer, "strict") : refuse(p, "a string is broken");
    PyMem_Free(buffer);
    p->at = close + 1;
    return made;
}

/* The first byte that is not just part of a string: a quote, a backslash, a control character.  Eight at a time. */
static const char *
plain_end(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;

    for (uint64_t w; end - at >= 8; at += 8) {
        memcpy(&w, at, 8);
        uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
        /* The top bit of a byte is set by each term if that byte is 0, 0 or below 0x20. */
        if ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w)) & tops)
            break;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

/* Where in a table a string of at least one byte has its place. */
static known *
place_of(known *table, const char *bytes, Py_ssize_t size)
{
    size_t sum = (size_t)size * 31;

    sum += (unsigned char)bytes[0] * 7u + (unsigned char)bytes[size - 1] + (unsigned char)bytes[size / 2] * 5u;
    if (size > 4)
        sum += (unsigned char)bytes[size - 2] * 3u + (unsigned char)bytes[size - 4] * 11u;
    return &table[sum % KNOWN];
}

static bool
is_known(const known *k, const char *bytes, Py_ssize_t size)
{
    return k->made != NULL && k->size == size && memcmp(k->bytes, bytes, (size_t)size) == 0;
}

static void
remember(known *k, const char *bytes, Py_ssize_t size, PyObject *made)
{
    Py_XDECREF(k->made);
    *k = (known){bytes, size, Py_NewRef(made)};
}

/* Behind the opening quote. */
static PyObject *
string(parser *p)
{
    const char *start = p->at, *at = plain_end(start, p->end);

    p->at = at;
    if (at < p->end && *at == '\\')
        return string_escaped(p, start);
    if (at >= p->end || *at != '"')
        return refuse(p, "a string does not end");
    p->at++;
    if (at == start || at - start > KNOWN_SIZE)
        return PyUnicode_DecodeUTF8(start, at - start, "strict");
    known *k = place_of(p->texts, start, at - start);
    if (is_known(k, start, at - start))
        return Py_NewRef(k->made);
    PyObject *made = PyUnicode_DecodeUTF8(start, at - start, "strict");
    if (made != NULL)
        remember(k, start, at - start, made);
    return made;
}

/* A member's name, behind the opening quote: most have been seen in the row before. */
static PyObject *
name(parser *p)
{
    const char *start = p->at, *end = plain_end(start, p->end);
    Py_ssize_t  size = end - start;
    if (size == 0 || end >= p->end || *end != '"')
        return string(p);
    known *k = place_of(p->names, start, size);
    if (is_known(k, start, size)) {
        p->at = end + 1;
        return Py_NewRef(k->made);
    }
    PyObject *made = string(p);
    if (made == NULL)
        return NULL;
    PyUnicode_InternInPlace(&made);
    remember(k, start, size, made);
    return made;
}

/* ---- numbers and words ----------------------------------------------------------------------------------------------- */

static const char *
digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Too long for 64 bits, or with a fraction or exponent. */
static PyObject *
number_long(parser *p, const char *start, bool whole)
{
    Py_ssize_t size = p->at - start;
    char       small[NUMBER], *text = size < NUMBER ? small : PyMem_Malloc((size_t)size + 1);
    PyObject  *made = NULL;

    if (text == NULL)
        return PyErr_NoMemory();
    memcpy(text, start, (size_t)size);
    text[size] = '\0';
    if (whole) {
        made = PyLong_FromString(text, NULL, 10);
    } else {
        double d = PyOS_string_to_double(text, NULL, NULL);
        if (d != -1.0 || !PyErr_Occurred())
            made = PyFloat_FromDouble(d);
    }
    if (text != small)
        PyMem_Free(text);
    return made;
}

static PyObject *
number(parser *p)
{
    const char *start = p->at, *first = start + (*start == '-'), *at = digits(first, p->end);
    bool        whole = true;

    if (at == first || (*first == '0' && at - first > 1))
        return refuse(p, "a number is broken");
    const char *last = at;
    if (at < p->end && *at == '.') {
        const char *fraction = at + 1;
        whole = false;
        if ((at = digits(fraction, p->end)) == fraction)
            return refuse(p, "a number is broken");
    }
    if (at < p->end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;
        whole = false;
        if (exponent < p->end && (*exponent == '+' || *exponent == '-'))
            exponent++;
        if ((at = digits(exponent, p->end)) == exponent)
            return refuse(p, "a number is broken");
    }
    p->at = at;
    if (!whole || last - first > 18)
        return number_long(p, start, whole);
    long long i = 0;
    for (const char *c = first; c < last; c++)
        i = i * 10 + (*c - '0');
    return PyLong_FromLongLong(*start == '-' ? -i : i);
}

static PyObject *
word(parser *p, const char *text, PyObject *meaning)
{
    size_t size = strlen(text);

    if ((size_t)(p->end - p->at) < size || memcmp(p->at, text, size) != 0)
        return refuse(p, "this is not JSON");
    p->at += size;
    return Py_NewRef(meaning);
}

/* ---- lists and objects ----------------------------------------------------------------------------------------------- */

/* Behind an element: 1 there is another one, 0 it was the last, -1 neither. */
static int
more(parser *p, char close)
{
    skip_space(p);
    if (p->at < p->end && *p->at == ',') {
        p->at++;
        skip_space(p);
        return 1;
    }
    if (p->at < p->end && *p->at == close) {
        p->at++;
        return 0;
    }
    (void)refuse(p, "a comma or the end is missing");
    return -1;
}

static PyObject *
list(parser *p)
{
    PyObject *made = PyList_New(0);
    int       again = 1;

    p->at++;
    skip_space(p);
    if (made != NULL && p->at < p->end && *p->at == ']') {
        p->at++;
        return made;
    }
    while (made != NULL && again == 1) {
        PyObject *one = value(p);
        if (one == NULL || PyList_Append(made, one) < 0 || (again = more(p, ']')) < 0)
            Py_CLEAR(made);
        Py_XDECREF(one);
    }
    return made;
}

static bool
member(parser *p, PyObject *into)
{
    PyObject *key = NULL, *one = NULL;
    bool      fine = false;

    if (p->at >= p->end || *p->at != '"') {
        (void)refuse(p, "a name is missing");
        return false;
    }
    p->at++;
    if ((key = name(p)) == NULL)
        return false;
    skip_space(p);
    if (p->at < p->end && *p->at == ':') {
        p->at++;
        skip_space(p);
        one = value(p);
        fine = one != NULL && PyDict_SetItem(into, key, one) == 0;
    } else {
        (void)refuse(p, "a colon is missing");
    }
    Py_DECREF(key);
    Py_XDECREF(one);
    return fine;
}

static PyObject *
object(parser *p)
{
    PyObject *made = PyDict_New();
    int       again = 1;

    p->at++;
    skip_space(p);
    if (made != NULL && p->at < p->end && *p->at == '}') {
        p->at++;
        return made;
    }
    while (made != NULL && again == 1)
        if (!member(p, made) || (again = more(p, '}')) < 0)
            Py_CLEAR(made);
    return made;
}

static PyObject *
nested(parser *p)
{
    if (p->depth == DEPTH)
        return refuse(p, "this is nested too deep");
    p->depth++;
    PyObject *made = *p->at == '{' ? object(p) : list(p);
    p->depth--;
    return made;
}

static PyObject *
value(parser *p)
{
    if (p->at >= p->end)
        return refuse(p, "the text ends too early");
    switch (*p->at) {
    case '"': p->at++; return string(p);
    case '{':
    case '[': return nested(p);
    case 't': return word(p, "true", Py_True);
    case 'f': return word(p, "false", Py_False);
    case 'n': return word(p, "null", Py_None);
    default:
        if (*p->at == '-' || (*p->at >= '0' && *p->at <= '9'))
            return number(p);
        return refuse(p, "this is not JSON");
    }
}

PyObject *
json_parse(const char *text, Py_ssize_t size)
{
    parser p = {.start = text, .at = text, .end = text + size};

    skip_space(&p);
    PyObject *made = value(&p);
    skip_space(&p);
    if (made != NULL && p.at < p.end) {
        Py_CLEAR(made);
        (void)refuse(&p, "there is more text behind the value");
    }
    for (int i = 0; i < KNOWN; i++) {
        Py_XDECREF(p.names[i].made);
        Py_XDECREF(p.texts[i].made);
    }
    return made;
}
