/*
 * Errors, colours, wrapped text and tables.
 *
 * Width is counted in code points, not by wcwidth, which a statically linked program has only in the C locale.  Names
 * come from the database and may hold anything a client could send; control characters do not reach the terminal.
 */
#include "show.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { GAP = 2, LAST_LEAST = 24 };

void *
need(void *p)
{
    if (p == NULL) {
        fputs("codecourier: ", stderr);
        fputs(text(T_NO_MEMORY), stderr);
        putc('\n', stderr);
        exit(3);
    }
    return p;
}

char *
make_text(const char *format, ...)
{
    char   *out = NULL;
    va_list args;

    va_start(args, format);
    int size = vasprintf(&out, format, args);
    va_end(args);
    return need(size >= 0 ? out : NULL);
}

static bool
colours(FILE *to)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0 && isatty(fileno(to));
}

const char *
bold(FILE *to)
{
    return colours(to) ? "\033[1m" : "";
}

const char *
plain(FILE *to)
{
    return colours(to) ? "\033[0m" : "";
}

void
fail(text_id id, const char *const *values)
{
    fflush(stdout);
    fprintf(stderr, "codecourier: %s%s%s%s ", colours(stderr) ? "\033[31m" : "", bold(stderr), text(T_ERROR),
            plain(stderr));
    say_line(stderr, id, values);
}

void
log_line(text_id id, const char *const *values)
{
    char      when[24];
    time_t    now = time(NULL);
    struct tm utc;

    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    fflush(stdout);
    fprintf(stderr, "%s codecourier: ", when);
    say_line(stderr, id, values);
}

void
hint(text_id id, const char *const *values)
{
    fputs("  ", stderr);
    say_line(stderr, id, values);
}

size_t
screen_width(FILE *to)
{
    struct winsize size;

    if (!isatty(fileno(to)))
        return 0;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* The code point at *s, and step over it.  Broken UTF-8 counts byte by byte. */
static uint32_t
next_point(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    uint32_t             point = p[0];
    int                  more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;

    if (more > 0)
        point = p[0] & (0x3fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *s += 1;
            return p[0];
        }
        point = point << 6 | (p[i] & 0x3f);
    }
    *s += 1 + more;
    return point;
}

static size_t
point_width(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f))
        return 0;
    if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
        (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
        (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd))
        return 2;
    return 1;
}

size_t
text_width(const char *s)
{
    size_t width = 0;

    while (*s != '\0')
        width += point_width(next_point(&s));
    return width;
}

static void
put_spaces(FILE *to, size_t count)
{
    while (count-- > 0)
        putc(' ', to);
}

void
put_wrapped(FILE *to, const char *s, size_t indent, size_t width)
{
    size_t column = indent;
    char  *word = need(malloc(strlen(s) + 1));

    while (*s != '\0') {
        size_t spaces = strspn(s, " ");
        size_t size = strcspn(s + spaces, " ");
        memcpy(word, s + spaces, size);
        word[size] = '\0';
        size_t wide = text_width(word);
        if (column > indent && column + spaces + wide > width) {
            putc('\n', to);
            put_spaces(to, indent);
            column = indent;
        } else if (column > indent) {
            put_spaces(to, spaces);
            column += spaces;
        }
        fputs(word, to);
        column += wide;
        s += spaces + size;
    }
    putc('\n', to);
    free(word);
}

/* Behind a sequence that begins with ESC (ECMA-48): "ESC [ … letter", "ESC ] … BEL or ESC \\", or ESC and one more. */
static const char *
skip_escape(const char *s)
{
    if (s[1] == '[') {
        for (s += 2; *s != '\0' && (*s < '@' || *s > '~');)
            s++;
        return *s != '\0' ? s + 1 : s;
    }
    if (s[1] == ']') {
        for (s += 2; *s != '\0' && *s != '\a' && *s != '\033';)
            s++;
        return *s == '\a' ? s + 1 : *s == '\033' && s[1] == '\\' ? s + 2 : s;
    }
    return s[1] != '\0' ? s + 2 : s + 1;
}

/*
 * May it reach a terminal?  Not what controls it (C0, C1), turns the direction of what follows, breaks the line, or
 * hides letters: of the characters without width only those stay that join others.
 */
static bool
is_harmless(uint32_t c)
{
    return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c != 0xad && c != 0x61c && c != 0x200b && c != 0x200e &&
           c != 0x200f && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff &&
           !(c >= 0xfff9 && c <= 0xfffb) && !(c >= 0xe0000 && c <= 0xe007f);
}

void
put_clean(FILE *to, const char *s, size_t indent)
{
    put_spaces(to, indent);
    while (*s != '\0') {
        const char *at = s;
        if (*s == '\033') {
            s = skip_escape(s);
        } else if (*s == '\n' && s[1] != '\0') {
            putc('\n', to);
            put_spaces(to, indent);
            s++;
        } else if (is_harmless(next_point(&s))) {
            fwrite(at, 1, (size_t)(s - at), to);
        } else if (*at == '\t') {
            putc('\t', to);
        }
    }
    putc('\n', to);
}

void
put_cut(FILE *to, const char *s, size_t width)
{
    size_t wide = 0;

    while (*s != '\0') {
        const char *at = s;
        wide += point_width(next_point(&s));
        if (wide > width)
            return;
        fwrite(at, 1, (size_t)(s - at), to);
    }
}

char *
shell_word(const char *s)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    size_t            quotes = 0;

    if (*s != '\0' && s[strspn(s, safe)] == '\0')
        return need(strdup(s));
    for (const char *p = s; *p != '\0'; p++)
        quotes += *p == '\'';
    char *out = need(malloc(strlen(s) + 3 * quotes + 3));
    char *end = out;
    *end++ = '\'';
    for (; *s != '\0'; s++) {
        if (*s == '\'')
            end = stpcpy(end, "'\\''");
        else
            *end++ = *s;
    }
    strcpy(end, "'");
    return out;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

void
table_start(table *t, const text_id *headings)
{
    *t = (table){.headings = headings};
    while (headings[t->columns] != T_NONE)
        t->columns++;
}

static char *
clean(const char *cell)
{
    const char *s = cell != NULL ? cell : "";
    char       *out = need(malloc(strlen(s) + 1)), *to = out;

    while (*s != '\0') {
        const char *at = s;
        if (is_harmless(next_point(&s)))
            to = mempcpy(to, at, (size_t)(s - at));
        else
            *to++ = ' ';
    }
    *to = '\0';
    return out;
}

void
table_add(table *t, const char *const *cells)
{
    t->cells = need(realloc(t->cells, (t->rows + 1) * t->columns * sizeof(*t->cells)));
    for (size_t i = 0; i < t->columns; i++)
        t->cells[t->rows * t->columns + i] = clean(cells[i]);
    t->rows++;
}

static void
put_cell(FILE *to, const char *cell, size_t width)
{
    size_t wide = text_width(cell);

    fputs(cell, to);
    put_spaces(to, wide < width ? width - wide : 0);
}

static void
print_rows(const table *t, FILE *to, const size_t *width, size_t before_last, size_t screen)
{
    for (size_t i = 0; i + 1 < t->columns; i++) {
        fputs(bold(to), to);
        put_cell(to, text(t->headings[i]), width[i]);
        fputs(plain(to), to);
        put_spaces(to, GAP);
    }
    fprintf(to, "%s%s%s\n", bold(to), text(t->headings[t->columns - 1]), plain(to));
    for (size_t row = 0; row < t->rows; row++) {
        char **cells = t->cells + row * t->columns;
        for (size_t i = 0; i + 1 < t->columns; i++) {
            put_cell(to, cells[i], width[i]);
            put_spaces(to, GAP);
        }
        put_wrapped(to, cells[t->columns - 1], before_last, screen);
    }
}

static void
print_paragraphs(const table *t, FILE *to, size_t screen)
{
    size_t widest = 0;

    for (size_t i = 0; i < t->columns; i++)
        if (text_width(text(t->headings[i])) > widest)
            widest = text_width(text(t->headings[i]));
    for (size_t row = 0; row < t->rows; row++) {
        if (row > 0)
            putc('\n', to);
        for (size_t i = 0; i < t->columns; i++) {
            fputs(bold(to), to);
            put_cell(to, text(t->headings[i]), widest);
            fputs(plain(to), to);
            put_spaces(to, GAP);
            put_wrapped(to, t->cells[row * t->columns + i], widest + GAP, screen);
        }
    }
}

void
table_print(table *t, FILE *to)
{
    size_t width[TABLE_COLUMNS] = {0};
    size_t before_last = 0;
    size_t screen = screen_width(to);

    for (size_t i = 0; i < t->columns; i++) {
        width[i] = text_width(text(t->headings[i]));
        for (size_t row = 0; row < t->rows; row++) {
            size_t wide = text_width(t->cells[row * t->columns + i]);
            width[i] = wide > width[i] ? wide : width[i];
        }
        if (i + 1 < t->columns)
            before_last += width[i] + GAP;
    }
    size_t last = width[t->columns - 1];
    if (screen == 0)
        print_rows(t, to, width, before_last, SIZE_MAX);
    else if (before_last + (last < LAST_LEAST ? last : LAST_LEAST) <= screen)
        print_rows(t, to, width, before_last, screen);
    else
        print_paragraphs(t, to, screen);

    for (size_t i = 0; i < t->rows * t->columns; i++)
        free(t->cells[i]);
    free(t->cells);
    *t = (table){0};
}
