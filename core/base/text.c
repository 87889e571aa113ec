/*
 * Text: a buffer that grows in an arena, JSON strings, UTF-8, numbers, base62, times, percent-encoding.
 *
 * It knows no envelope and no field; those write themselves with what is here.  It does not parse JSON: see json.c.
 *
 * A page of fifty rows passes through cc_put, cc_put_json, cc_put_int and cc_put_time some thousand times, which is why
 * they format into the buffer itself and do not go through printf.
 */
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base62.h"
#include "base/clock.h"
#include "context/settings.h"

/* ---- the buffer ------------------------------------------------------------------------------ */

void
cc_buf_init(cc_buf *b, cc_arena *a)
{
    *b = (cc_buf){.arena = a};
}

/*
 * The slow half of every append.  After a failure the room shrinks to what is in use: then every later append ends up
 * here and is refused, and the quick half needs no test of its own for it.
 */
static bool
grow(cc_buf *b, size_t more)
{
    if (b->failed)
        return false;

    size_t room = b->room < 128 ? 256 : b->room * 2;
    char  *data = NULL;
    if (more < PTRDIFF_MAX - b->size) {
        if (room < b->size + more + 1)
            room = b->size + more + 1;
        data = cc_realloc(b->arena, b->data, b->size, room);
    }
    if (data == NULL) {
        b->failed = true;
        b->room = b->size;
        return false;
    }
    b->data = data;
    b->room = room;
    return true;
}

/* One byte is always left over, for cc_buf_text's NUL. */
bool
cc_buf_reserve(cc_buf *b, size_t more)
{
    return more < b->room - b->size || grow(b, more);
}

void
cc_put(cc_buf *b, const void *bytes, size_t size)
{
    if (size == 0 || !cc_buf_reserve(b, size))
        return;
    memcpy(b->data + b->size, bytes, size);
    b->size += size;
}

void
cc_puts(cc_buf *b, const char *s)
{
    cc_put(b, s, strlen(s));
}

void
cc_putc(cc_buf *b, char c)
{
    if (cc_buf_reserve(b, 1))
        b->data[b->size++] = c;
}

void
cc_putf(cc_buf *b, const char *format, ...)
{
    va_list args;

    if (!cc_buf_reserve(b, 64))
        return;
    va_start(args, format);
    int size = vsnprintf(b->data + b->size, b->room - b->size, format, args);
    va_end(args);
    if (size < 0) {
        b->failed = true;
        b->room = b->size;
        return;
    }
    if ((size_t)size >= b->room - b->size) {
        if (!cc_buf_reserve(b, (size_t)size))
            return;
        va_start(args, format);
        vsnprintf(b->data + b->size, b->room - b->size, format, args);
        va_end(args);
    }
    b->size += (size_t)size;
}

const char *
cc_buf_text(cc_buf *b)
{
    if (b->failed)
        return NULL;
    if (b->data == NULL)
        return "";
    b->data[b->size] = '\0';
    return b->data;
}

/* ---- numbers and times ----------------------------------------------------------------------- */

void
cc_put_int(cc_buf *b, int64_t i)
{
    char     text[20]; /* "-9223372036854775808" */
    char    *at = text + sizeof(text);
    uint64_t rest = i < 0 ? -(uint64_t)i : (uint64_t)i;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (i < 0)
        *--at = '-';
    cc_put(b, at, (size_t)(text + sizeof(text) - at));
}

/*
 * printf and strtod use the decimal point of the process's locale, which Python programs do change.  Both use the same
 * one, so the comparison holds; then whatever is no part of a number in the C locale must be the point, and becomes a
 * '.'.
 *
 * What is written here is also read by our own door, and by readers that tell whole numbers from others: they refuse or
 * bend a whole number beyond 2^53, and know no whole -0.  So both get a fraction.
 */
void
cc_put_number(cc_buf *b, double d)
{
    static const double exact = 9007199254740992; /* 2^53 */
    char                text[48];
    size_t              size = 0;

    if (!isfinite(d)) {
        cc_put(b, "null", 4);
        return;
    }
    if (d >= -exact && d <= exact && d == (double)(int64_t)d && !(d == 0 && signbit(d))) {
        cc_put_int(b, (int64_t)d);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    for (const char *s = text; *s != '\0'; s++) {
        if (strchr("0123456789+-e", *s) != NULL)
            text[size++] = *s;
        else if (text[size - 1] != '.') /* a point may be several bytes; a digit always stands before it */
            text[size++] = '.';
    }
    cc_put(b, text, size);
    if (memchr(text, '.', size) == NULL && memchr(text, 'e', size) == NULL) /* a whole number beyond 2^53, or -0 */
        cc_put(b, ".0", 2);
}

static char *
two_digits(char *at, int n)
{
    at[0] = (char)('0' + n / 10);
    at[1] = (char)('0' + n % 10);
    return at + 2;
}

static void
remember_date(cc_buf *b, int64_t day)
{
    int   year, month, date, hour, minute, second;
    char *at = b->date;

    cc_civil(day * 86400, &year, &month, &date, &hour, &minute, &second);
    *at++ = '"';
    at = two_digits(at, year / 100);
    at = two_digits(at, year % 100);
    *at++ = '-';
    at = two_digits(at, month);
    *at++ = '-';
    at = two_digits(at, date);
    *at = 'T';
    b->day = day;
}

void
cc_put_member(cc_buf *b, const char *name, const char *text)
{
    cc_putf(b, "\"%s\":", name);
    if (text)
        cc_put_json(b, text, strlen(text));
    else
        cc_puts(b, "null");
}

void
cc_put_time(cc_buf *b, int64_t ms)
{
    static const int64_t year_0 = -62167219200, year_9999_ends = 253402300799; /* four digits, whatever we are given */
    enum { SIZE = sizeof("\"2025-01-15T10:04:00Z\"") - 1 };

    int64_t s = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
    s = s < year_0 ? year_0 : s > year_9999_ends ? year_9999_ends : s;
    int64_t day = s / 86400 - (s % 86400 < 0 ? 1 : 0);
    int     rest = (int)(s - day * 86400);
    if (!cc_buf_reserve(b, SIZE))
        return;
    if (day != b->day || !b->date[0])
        remember_date(b, day);
    memcpy(b->data + b->size, b->date, sizeof(b->date));
    char *at = b->data + b->size + sizeof(b->date);
    at = two_digits(at, rest / 3600);
    *at++ = ':';
    at = two_digits(at, rest / 60 % 60);
    *at++ = ':';
    at = two_digits(at, rest % 60);
    *at++ = 'Z';
    *at = '"';
    b->size += SIZE;
}

bool
cc_int_parse(const char *s, int64_t *i)
{
    bool     negative = *s == '-';
    uint64_t limit = negative ? UINT64_C(1) << 63 : INT64_MAX;
    uint64_t n = 0;

    if (negative)
        s++;
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        uint64_t digit = (uint64_t)(*s - '0');
        if (n > (limit - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *i = negative ? (int64_t)-n : (int64_t)n;
    return true;
}

/* Exactly `count` digits, a number of min..max; moves *s past them. */
static bool
digits(const char **s, int count, int min, int max, int *out)
{
    int n = 0;

    for (; count > 0; count--, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        n = n * 10 + (**s - '0');
    }
    *out = n;
    return n >= min && n <= max;
}

static bool
character(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static int64_t
days_since_1970(int year, int month, int day)
{
    static const int before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int              y = year - (month <= 2 ? 1 : 0); /* the last year whose leap day, if any, is over */
    int              leap_days = y / 4 - y / 100 + y / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);

    return (int64_t)(year - 1970) * 365 + leap_days + before[month - 1] + day - 1;
}

static int
days_in_month(int year, int month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* ".123456" -> 123; nothing is 0. */
static bool
fraction(const char **s, int *ms)
{
    int place = 100;

    *ms = 0;
    if (!character(s, '.'))
        return true;
    if (**s < '0' || **s > '9')
        return false;
    for (; **s >= '0' && **s <= '9'; (*s)++, place /= 10)
        *ms += (**s - '0') * place;
    return true;
}

static bool
offset(const char **s, int *minutes)
{
    int hours;

    *minutes = 0;
    if (character(s, 'Z'))
        return true;
    int sign = **s == '-' ? -1 : 1;
    if (!character(s, '-') && !character(s, '+'))
        return false;
    if (!digits(s, 2, 0, 23, &hours) || !character(s, ':') || !digits(s, 2, 0, 59, minutes))
        return false;
    *minutes = sign * (hours * 60 + *minutes);
    return true;
}

bool
cc_time_parse(const char *s, int64_t *ms)
{
    static const int64_t past_9999 = INT64_C(253402300800) * 1000;
    int                  year, month, day, hour, minute, second, thousandths, east;

    if (!digits(&s, 4, 1970, 9999, &year) || !character(&s, '-') || !digits(&s, 2, 1, 12, &month) ||
        !character(&s, '-') || !digits(&s, 2, 1, days_in_month(year, month), &day) || !character(&s, 'T'))
        return false;
    if (!digits(&s, 2, 0, 23, &hour) || !character(&s, ':') || !digits(&s, 2, 0, 59, &minute) || !character(&s, ':') ||
        !digits(&s, 2, 0, 60, &second) || !fraction(&s, &thousandths) || !offset(&s, &east) || *s != '\0')
        return false;
    if (second == 60)
        second = 59;

    int64_t minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute - east;
    int64_t result = (minutes * 60 + second) * 1000 + thousandths;
    if (result < 0 || result >= past_9999) /* the offset led out of the years we can write */
        return false;
    *ms = result;
    return true;
}

/* ---- JSON strings and UTF-8 ------------------------------------------------------------------ */

/* The same byte eight times over. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t
eight_bytes(const char *s)
{
    uint64_t word;

    memcpy(&word, s, sizeof(word));
    return word;
}

static uint64_t
any_zero(uint64_t word)
{
    return (word - EACH(0x01)) & ~word & EACH(0x80);
}

/* Does one of eight bytes need an escape?  A borrow between bytes only ever follows a true hit, so the answer is exact.
 */
static bool
any_special(uint64_t word)
{
    uint64_t control = (word - EACH(0x20)) & ~word & EACH(0x80);

    return (control | any_zero(word ^ EACH('"')) | any_zero(word ^ EACH('\\'))) != 0;
}

static bool
special(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* How many bytes may be copied as they are? */
static size_t
clean_run(const char *s, size_t size)
{
    size_t i = 0;

    while (size - i >= 8 && !any_special(eight_bytes(s + i)))
        i += 8;
    if (size >= 8 && size - i < 8 && !any_special(eight_bytes(s + size - 8))) /* the rest, with some seen twice */
        return size;
    while (i < size && !special(s[i]))
        i++;
    return i;
}

static void
put_escape(cc_buf *b, char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char       *known = c != '\0' ? strchr(from, c) : NULL;

    if (known != NULL) {
        cc_put(b, (char[]){'\\', to[known - from]}, 2);
        return;
    }
    cc_put(b, (char[]){'\\', 'u', '0', '0', hex[(unsigned char)c >> 4], hex[c & 15]}, 6);
}

void
cc_put_nano(cc_buf *b, int64_t nano)
{
    const uint64_t size = nano < 0 ? 0 - (uint64_t)nano : (uint64_t)nano, whole = size / 1000000000;
    char           part[10];
    int            digits = 9;

    cc_putf(b, "%s%llu", nano < 0 ? "-" : "", (unsigned long long)whole);
    snprintf(part, sizeof(part), "%09u", (unsigned)(size % 1000000000));
    while (digits > 0 && part[digits - 1] == '0')
        digits--;
    if (digits > 0) {
        cc_putc(b, '.');
        cc_put(b, part, (size_t)digits);
    }
}

void
cc_put_json(cc_buf *b, const char *s, size_t size)
{
    if (!cc_buf_reserve(b, size + 2))
        return;
    b->data[b->size++] = '"';
    for (;;) {
        size_t run = clean_run(s, size);
        if (!cc_buf_reserve(b, run + 1)) /* there is room already unless something was escaped */
            return;
        if (run > 0) /* an empty text may come as NULL, which memcpy may not see */
            memcpy(b->data + b->size, s, run);
        b->size += run;
        if (run == size)
            break;
        put_escape(b, s[run]);
        s += run + 1;
        size -= run + 1;
    }
    cc_putc(b, '"');
}

/* The size of the sequence s begins with, or 0: not UTF-8. */
static size_t
sequence(const unsigned char *s, size_t size)
{
    unsigned char least = 0x80, most = 0xbf; /* of the second byte: keeps out overlong forms and what is no character */
    size_t        length;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        least = 0xa0;
    else if (s[0] == 0xed)
        most = 0x9f; /* beyond are the surrogates */
    else if (s[0] == 0xf0)
        least = 0x90;
    else if (s[0] == 0xf4)
        most = 0x8f; /* beyond U+10FFFF */
    if (size < length || s[1] < least || s[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

bool
cc_utf8_valid(const char *s, size_t size)
{
    size_t i = 0;

    while (i < size) {
        if (size - i >= 8 && (eight_bytes(s + i) & EACH(0x80)) == 0) {
            i += 8;
            continue;
        }
        size_t length = sequence((const unsigned char *)s + i, size - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

void
cc_put_utf8(cc_buf *b, const char *s, size_t size)
{
    size_t from = 0;

    for (size_t i = 0, length; i < size; i += length ? length : 1) {
        length = sequence((const unsigned char *)s + i, size - i);
        if (length)
            continue;
        cc_put(b, s + from, i - from);
        cc_puts(b, "\xef\xbf\xbd");
        from = i + 1;
    }
    cc_put(b, s + from, size - from);
}

size_t
cc_utf8_length(const char *s, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

size_t
cc_utf8_cut(const char *s, size_t size, size_t most)
{
    size_t n = size < most ? size : most;

    while (n > 0 && n < size && ((unsigned char)s[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* ---- percent-encoding and names -------------------------------------------------------------- */

static bool
unreserved(char c) /* RFC 3986, 2.3 */
{
    return cc_base62_value(c) >= 0 || c == '-' || c == '.' || c == '_' || c == '~';
}

void
cc_put_url(cc_buf *b, const char *s, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; size > 0; s++, size--) {
        if (unreserved(*s))
            cc_putc(b, *s);
        else
            cc_put(b, (char[]){'%', hex[(unsigned char)*s >> 4], hex[*s & 15]}, 3);
    }
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

int64_t
cc_url_decode(char *s, size_t size, bool plus)
{
    size_t to = 0;

    for (size_t from = 0; from < size; from++) {
        char c = s[from];
        if (c == '%') {
            int high = size - from > 2 ? hex_value(s[from + 1]) : -1;
            int low = size - from > 2 ? hex_value(s[from + 2]) : -1;
            if (high < 0 || low < 0 || (high | low) == 0)
                return -1;
            c = (char)(high << 4 | low);
            from += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        s[to++] = c;
    }
    return (int64_t)to;
}

void
cc_url_normalize(char *path)
{
    char *to = path;

    while (*path) {
        int high = *path == '%' ? hex_value(path[1]) : -1;
        int low = high >= 0 ? hex_value(path[2]) : -1;
        if (low >= 0 && unreserved((char)(high << 4 | low))) {
            *to++ = (char)(high << 4 | low);
            path += 3;
        } else {
            *to++ = *path++;
        }
    }
    *to = '\0';
}

void
cc_snake_case(const char *name, char out[64])
{
    size_t to = 0;

    for (; *name != '\0'; name++) {
        bool capital = *name >= 'A' && *name <= 'Z';
        assert(to + 2 < 64);
        if (capital)
            out[to++] = '_';
        out[to++] = capital ? (char)(*name - 'A' + 'a') : *name;
    }
    out[to] = '\0';
}
