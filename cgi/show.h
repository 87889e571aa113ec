/*
 * How the command puts things on a person's screen: errors, colours, wrapped text, tables.
 */
#ifndef CODECOURIER_SHOW_H
#define CODECOURIER_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "text.h"

/* What malloc and its kin return, or the end of the program: a command that lacks memory has nothing better to do. */
void *need(void *p);

/* printf into malloc'ed memory. */
char *make_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "codecourier: error: …" and lines that say what to do about it, to standard error. */
void fail(text_id id, const char *const *values);
/* A line of a log to standard error: its time (ISO 8601, UTC, as in the API), "codecourier:", and what happened. */
void log_line(text_id id, const char *const *values);
void hint(text_id id, const char *const *values);

/* Bold and back again, or "" where colours are not wanted: not a terminal, NO_COLOR, TERM=dumb. */
const char *bold(FILE *to);
const char *plain(FILE *to);

/* Columns of the terminal behind `to`; 0 when it is none. */
size_t screen_width(FILE *to);

/* Columns a text takes: code points, the wide ones twice. */
size_t text_width(const char *s);

/* Print with breaks between words, at most `width` columns; the cursor stands at `indent`, where further lines begin.
 */
void put_wrapped(FILE *to, const char *s, size_t indent, size_t width);

/* Print text from elsewhere, each of its lines indented and ended: what would act on a terminal is left out. */
void put_clean(FILE *to, const char *s, size_t indent);

/* Print as much of a line as fits into `width` columns. */
void put_cut(FILE *to, const char *s, size_t width);

/* A word as a shell would take it back, quoted where it must be; malloc'ed. */
char *shell_word(const char *s);

/*
 * A table.  Where it is too wide for the terminal its last column is wrapped, and when that is not enough every row
 * becomes a paragraph of its own, so nothing is ever cut off.
 */
enum { TABLE_COLUMNS = 8 };

typedef struct table {
    const text_id *headings; /* ends with T_NONE */
    size_t         columns, rows;
    char         **cells; /* rows * columns */
} table;

void table_start(table *t, const text_id *headings);
void table_add(table *t, const char *const *cells); /* copied; NULL cells are empty */
void table_print(table *t, FILE *to);               /* and give it back */

#endif
