/*
 * A growing text; UTF-8, numbers, base62, times and percent-encoding in it.
 */
#ifndef CC_BASE_TEXT_H
#define CC_BASE_TEXT_H

#include "base/arena.h"

/*
 * A text that grows in an arena.  Errors are sticky: after one failed append all later ones do nothing and `failed` is
 * set, so a writer checks once, at the end.  data is NULL while empty and is NOT NUL-terminated; see cc_buf_text.
 */
typedef struct cc_buf {
    cc_arena *arena;
    char     *data;
    size_t    size, room;
    bool      failed;
    int64_t   day;      /* of the time written last, in days since 1970, and its text: rows of a list often share it */
    char      date[12]; /* "2025-01-15T with its opening quote; empty: none yet */
} cc_buf;

void cc_buf_init(cc_buf *b, cc_arena *a);
bool cc_buf_reserve(cc_buf *b, size_t more); /* room for `more` bytes without another allocation */
void cc_put(cc_buf *b, const void *bytes, size_t size);
void cc_puts(cc_buf *b, const char *s);
void cc_putc(cc_buf *b, char c);
void cc_putf(cc_buf *b, const char *format, ...) CC_PRINTF(2, 3);
void cc_put_int(cc_buf *b, int64_t i);
void cc_put_number(cc_buf *b, double d); /* shortest text that reads back the same; JSON has no NaN: null */
void cc_put_nano(cc_buf *b, int64_t nano); /* of billionths: 139500000 is 0.1395 */
void cc_put_utf8(cc_buf *b, const char *s, size_t size); /* what is no UTF-8 in it becomes U+FFFD, byte by byte */
void cc_put_json(cc_buf *b, const char *s, size_t size); /* a JSON string, quoted and escaped (RFC 8259 section 7) */
void cc_put_member(cc_buf *b, const char *name, const char *text); /* "name":"text" of JSON; NULL: null */
void cc_put_time(cc_buf *b, int64_t ms); /* "2025-01-15T10:04:00Z" in quotes; whole seconds, rounded down */
void cc_put_url(cc_buf *b, const char *s, size_t size); /* percent-encoded for a query value */
const char *cc_buf_text(cc_buf *b);                     /* NUL-terminated; "" when empty; NULL when failed */

bool   cc_utf8_valid(const char *s, size_t size);  /* RFC 3629: no surrogates, no overlong forms, at most U+10FFFF */
size_t cc_utf8_length(const char *s, size_t size); /* code points in valid UTF-8 */
/* Its beginning of at most so many bytes that ends with a whole character: how many those are. */
size_t cc_utf8_cut(const char *s, size_t size, size_t most);

/*
 * ISO 8601 / RFC 3339: "2025-01-15T10:04:00Z", optional fraction (cut to ms), "Z" or an offset like "+01:00"; years
 * 1970..9999. Refuses everything else, such as day 30 of February; second 60 counts as 59.
 */
bool cc_time_parse(const char *s, int64_t *ms);

/* A whole decimal number with optional '-', nothing else around it, that fits. */
bool cc_int_parse(const char *s, int64_t *i);

/* Decode %XX and, if `plus`, '+' in place; the new size, or -1 for a broken escape or an encoded NUL. */
int64_t cc_url_decode(char *s, size_t size, bool plus);

/* Decode in place what need not be written as %XX: letters, digits, "-", ".", "_" and "~". */
void cc_url_normalize(char *path);

/* "createdAt" -> "created_at"; out has room for 64 bytes.  For column names, from our own declarations only. */
void cc_snake_case(const char *name, char out[64]);

#endif
