/*
 * Prints, as JSON, what the core would say to PostgreSQL: the schema's steps in its words, every declared statement
 * with the types of its parameters, and those that are made of a resource's declaration.  tests/web/test_portable.py
 * hands all of it to a real one.
 */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "gate/made.h"
#include "routes.h"
#include "storage/query.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "storage/migrations/postgres.h"

static const char *const steps[] = {
#define X(number, what, sql) sql,
    CC_MIGRATIONS(X)
#undef X
};
#pragma GCC diagnostic pop

/* Every statement that is declared in a file of the core; the linker gathers them (query.h). */
extern const cc_statement *const __start_cc_statements[], *const __stop_cc_statements[];

static void
put_text(cc_buf *out, const char *text)
{
    cc_put_json(out, text, strlen(text));
}

static const char *
type_of(cc_kind kind)
{
    return kind == CC_KIND_INT    ? "bigint"
           : kind == CC_KIND_REAL ? "double precision"
           : kind == CC_KIND_BLOB ? "bytea"
                                  : "text";
}

static void
put_statement(cc_buf *out, const cc_statement *of)
{
    cc_puts(out, "{\"name\":");
    put_text(out, of->name);
    cc_puts(out, ",\"sql\":");
    put_text(out, of->sql);
    cc_puts(out, ",\"parameters\":{");
    for (size_t i = 0; i < of->param_count; i++) {
        cc_puts(out, i ? "," : "");
        put_text(out, of->params[i].name);
        cc_puts(out, ":");
        put_text(out, type_of((cc_kind)of->params[i].kind));
    }
    cc_puts(out, "}}");
}

typedef struct listing {
    cc_buf *out;
    int     count;
} listing;

static void
put_made(void *ctx, const char *name, const char *sql)
{
    listing *to = ctx;

    cc_puts(to->out, to->count++ ? ",{\"name\":" : "{\"name\":");
    put_text(to->out, name);
    cc_puts(to->out, ",\"sql\":");
    put_text(to->out, sql);
    cc_putc(to->out, '}');
}

int
main(void)
{
    cc_arena *a = cc_arena_new();
    cc_buf    out;
    bool      whole;

    cc_buf_init(&out, a);
    cc_puts(&out, "{\"steps\":[");
    for (size_t i = 0; i < CC_COUNT(steps); i++) {
        cc_puts(&out, i ? "," : "");
        put_text(&out, steps[i]);
    }
    cc_puts(&out, "],\"statements\":[");
    for (const cc_statement *const *of = __start_cc_statements; of < __stop_cc_statements; of++) {
        cc_puts(&out, of > __start_cc_statements ? "," : "");
        put_statement(&out, *of);
    }
    cc_puts(&out, "],\"made\":[");
    cc_made_each(&cc_table_of_all, cc_resource_list, put_made, &(listing){.out = &out});
    cc_puts(&out, "]}\n");
    whole = !out.failed && fwrite(out.data, 1, out.size, stdout) == out.size && fflush(stdout) == 0;
    cc_arena_free(a);
    return whole ? 0 : 1;
}
