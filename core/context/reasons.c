/*
 * The reasons of reasons.h as data, and how one becomes a sentence.
 */
#include "context/reasons.h"

#include <string.h>

#include "base/text.h"

enum { TEXT_MAX = 900 };

static const struct {
    const char *name, *of, *sentence, *advice;
} reasons[CC_REASON__MAX] = {[CC_REASON_NONE] = {"", "", "", ""},
#define X(code, of, sentence, advice) [CC_REASON_##code] = {#code, of, sentence, advice},
                             CC_REASONS(X)
#undef X
};

static const struct {
    const char *name;
    size_t      at;
    bool        part;
} values_known[] = {
#define X(name) {#name, offsetof(cc_reason_values, name), false},
    CC_REASON_TEXTS(X)
#undef X
#define X(name) {#name, offsetof(cc_reason_values, name), true},
        CC_REASON_PARTS(X)
#undef X
};

static const cc_reason no_memory = {CC_REASON_NO_MEMORY, "There is not enough memory.", "{}"};

const char *
cc_reason_name(cc_reason_code code)
{
    return reasons[code].name;
}

const char *
cc_reason_code_name(const cc_reason *r)
{
    return r && r->code ? reasons[r->code].name : NULL;
}

const char *
cc_reason_of(cc_reason_code code)
{
    return reasons[code].of;
}

const char *
cc_reason_sentence(cc_reason_code code)
{
    return reasons[code].sentence;
}

const char *
cc_reason_advice(cc_reason_code code)
{
    return reasons[code].advice;
}

cc_reason_code
cc_reason_find(const char *name)
{
    for (int code = CC_REASON_NONE + 1; code < CC_REASON__MAX; code++)
        if (strcmp(reasons[code].name, name) == 0)
            return (cc_reason_code)code;
    return CC_REASON_NONE;
}

/* ---- values ---------------------------------------------------------------------------------------- */

/* A text, or what a reason says; NULL: there is none. */
static const char *
value_at(const cc_reason_values *values, size_t i)
{
    const char      *at = (const char *)values + values_known[i].at, *text;
    const cc_reason *part;

    if (values_known[i].part) {
        memcpy(&part, at, sizeof(part));
        return part ? part->text : NULL;
    }
    memcpy(&text, at, sizeof(text));
    return text && *text ? text : NULL;
}

static const char *
value_of(const cc_reason_values *values, const char *name, size_t size)
{
    for (size_t i = 0; i < CC_COUNT(values_known); i++)
        if (strlen(values_known[i].name) == size && memcmp(values_known[i].name, name, size) == 0)
            return value_at(values, i);
    return NULL;
}

/* Is it a value that the sentence names? */
static bool
names(const char *sentence, const char *value)
{
    const size_t size = strlen(value);

    for (const char *at = sentence; (at = strchr(at, '{')); at++)
        if (strncmp(at + 1, value, size) == 0 && at[1 + size] == '}')
            return true;
    return false;
}

/* {"name":"text","reason":{"code":"…",…}} */
static const char *
params_of(cc_arena *a, const char *sentence, const cc_reason_values *values)
{
    const cc_reason *part;
    const char      *comma = "";
    cc_buf           b;

    cc_buf_init(&b, a);
    cc_putc(&b, '{');
    for (size_t i = 0; i < CC_COUNT(values_known); i++) {
        const char *text = value_at(values, i);
        if (!text || !names(sentence, values_known[i].name))
            continue;
        cc_putf(&b, "%s\"%s\":", comma, values_known[i].name);
        comma = ",";
        if (!values_known[i].part) {
            cc_put_json(&b, text, strlen(text));
            continue;
        }
        memcpy(&part, (const char *)values + values_known[i].at, sizeof(part));
        cc_putf(&b, "{\"code\":\"%s\"%s%s", reasons[part->code].name, part->params[1] == '}' ? "" : ",",
                part->params + 1);
    }
    cc_putc(&b, '}');
    return cc_buf_text(&b);
}

/* ---- the sentence ---------------------------------------------------------------------------------- */

/* Where the values are asked for. */
typedef struct asked {
    cc_reason_value value;
    void           *ctx;
} asked;

/* Are all values there that the piece names? */
static bool
complete(const asked *values, const char *piece, size_t size)
{
    for (const char *at = piece, *open; (open = memchr(at, '{', (size_t)(piece + size - at))); at = open + 1)
        if (!values->value(values->ctx, open + 1, strcspn(open + 1, "}")))
            return false;
    return true;
}

static void
put_piece(cc_buf *b, const asked *values, const char *piece, size_t size)
{
    for (const char *at = piece; at < piece + size; at++) {
        if (*at != '{') {
            cc_putc(b, *at);
            continue;
        }
        const size_t n = strcspn(at + 1, "}");
        const char  *text = values->value(values->ctx, at + 1, n);
        cc_puts(b, text ? text : "");
        at += n + 1;
    }
}

/* The first that is complete of "a|b|c]"; behind that. */
static const char *
put_choice(cc_buf *b, const asked *values, const char *at)
{
    for (bool done = false; *at && *at != ']'; at += *at == '|') {
        const size_t size = strcspn(at, "|]");
        if (!done && complete(values, at, size)) {
            put_piece(b, values, at, size);
            done = true;
        }
        at += size;
    }
    return at + (*at == ']');
}

static void
put_sentence(cc_buf *b, const asked *values, const char *sentence)
{
    while (*sentence) {
        const size_t size = strcspn(sentence, "[");
        put_piece(b, values, sentence, size);
        sentence += size;
        if (*sentence)
            sentence = put_choice(b, values, sentence + 1);
    }
}

/* Not more than a row's error holds. */
static const char *
cut(cc_arena *a, const char *text)
{
    size_t at = 0;

    if (cc_utf8_length(text, strlen(text)) <= TEXT_MAX)
        return text;
    for (size_t n = 0; n < TEXT_MAX; at++)
        n += ((unsigned char)text[at + 1] & 0xc0) != 0x80;
    return cc_printf(a, "%.*s…", (int)at, text);
}

/* ctx: the address of a pointer to them. */
static const char *
own_value(void *ctx, const char *name, size_t size)
{
    return value_of(*(const cc_reason_values *const *)ctx, name, size);
}

char *
cc_reason_fill(const char *sentence, cc_reason_value value, void *ctx)
{
    cc_arena *a = cc_arena_new();
    char     *made = NULL;
    cc_buf    b;

    if (!a)
        return NULL;
    cc_buf_init(&b, a);
    put_sentence(&b, &(asked){value, ctx}, sentence);
    const char *text = cc_buf_text(&b);
    if (text)
        made = strdup(text);
    cc_arena_free(a);
    return made;
}

const cc_reason *
cc_reason_make(cc_arena *a, cc_reason_code code, const cc_reason_values *values)
{
    cc_reason *made = cc_alloc(a, sizeof(*made));
    cc_buf     b;

    cc_buf_init(&b, a);
    put_sentence(&b, &(asked){own_value, &values}, reasons[code].sentence);
    const char *text = cc_buf_text(&b);
    if (!made || !text || !(text = cut(a, text)) || !(made->params = params_of(a, reasons[code].sentence, values)))
        return &no_memory;
    made->code = code;
    made->text = text;
    return made;
}

const cc_reason *
cc_reason_copy(cc_arena *a, const cc_reason *r)
{
    cc_reason *made = cc_alloc(a, sizeof(*made));

    if (!made || !(made->text = cc_strndup(a, r->text, strlen(r->text))) ||
        !(made->params = cc_strndup(a, r->params, strlen(r->params))))
        return &no_memory;
    made->code = r->code;
    return made;
}

const cc_reason *
cc_reason_plain(cc_arena *a, cc_reason_code code)
{
    const cc_reason_values none = {.agent = NULL};

    return cc_reason_make(a, code, &none);
}
