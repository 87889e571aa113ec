/*
 * The one strict door to cJSON.
 *
 * cJSON is small and forgiving: it cuts strings at \u0000, lets control characters and broken UTF-8 through, takes "01"
 * for a number, rounds large integers, keeps repeated names, and in some versions reads past a text that ends too soon.
 * So the bytes are first scanned against the whole grammar of RFC 8259, and cJSON only ever sees what is certainly
 * JSON; if it then fails, memory ran out.  Two things are easier seen in the tree and looked for there: names that are
 * equal once their escapes are resolved, and numbers that became infinite.
 *
 * It does not know fields or envelopes; answers are written by hand with text.c.  Neither cJSON's error pointer nor its
 * hooks are used here: both belong to the whole process.
 */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>

#include "base/secret.h"
#include "context/settings.h"

/* ---- the scan -------------------------------------------------------------------------------- */

struct scan {
    const char *at, *end;
    const char *why;                   /* set by whoever refuses and knows better than "not JSON" */
    int         depth;                 /* of open arrays and objects */
    bool        object[CC_JSON_DEPTH]; /* what each of them is */
};

static bool
refuse(struct scan *s, const char *why)
{
    s->why = why;
    return false;
}

static bool
here(const struct scan *s, char c)
{
    return s->at < s->end && *s->at == c;
}

static bool
skip(struct scan *s, char c)
{
    if (!here(s, c))
        return false;
    s->at++;
    return true;
}

static void
skip_space(struct scan *s)
{
    while (here(s, ' ') || here(s, '\n') || here(s, '\t') || here(s, '\r'))
        s->at++;
}

static bool
scan_word(struct scan *s, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(s->end - s->at) < size || memcmp(s->at, word, size) != 0)
        return false;
    s->at += size;
    return true;
}

/* How many digits were passed. */
static size_t
skip_digits(struct scan *s)
{
    const char *from = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return (size_t)(s->at - from);
}

/* Digits without a leading zero: at most 2^53, so that every integer up to it has a double of its own? */
static bool
integer_fits(const char *digits, size_t count)
{
    static const uint64_t most = UINT64_C(1) << 53;
    uint64_t              n = 0;

    if (count > 16)
        return false;
    for (size_t i = 0; i < count; i++)
        n = n * 10 + (uint64_t)(digits[i] - '0');
    return n <= most;
}

static bool
scan_number(struct scan *s)
{
    enum { LONGEST = 63 }; /* cJSON copies a number into 64 bytes and would stop there */
    const char *from = s->at;

    skip(s, '-');
    const char *digits = s->at;
    size_t      count = skip_digits(s);
    if (count == 0 || (count > 1 && *digits == '0'))
        return false;

    bool whole = true;
    if (skip(s, '.')) {
        whole = false;
        if (skip_digits(s) == 0)
            return false;
    }
    if (skip(s, 'e') || skip(s, 'E')) {
        whole = false;
        if (!skip(s, '+'))
            skip(s, '-');
        if (skip_digits(s) == 0)
            return false;
    }
    if (whole && !integer_fits(digits, count))
        return refuse(s, "The body has a whole number beyond 2^53; send it as text.");
    if (s->at - from > LONGEST)
        return refuse(s, "The body has a number with too many digits.");
    return true;
}

/* Four hexadecimal digits, or -1. */
static int
scan_hex4(struct scan *s)
{
    int n = 0;

    if (s->end - s->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = *s->at++;
        if (c >= '0' && c <= '9')
            n = n * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            n = n * 16 + (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            n = n * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return n;
}

/* What follows "\u". */
static bool
scan_unicode(struct scan *s)
{
    static const char lone[] = "The body has half of a surrogate pair.";
    int               unit = scan_hex4(s);

    if (unit < 0)
        return false;
    if (unit == 0)
        return refuse(s, "The body has a \\u0000; texts cannot hold that character.");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit >= 0xdc00 || !skip(s, '\\') || !skip(s, 'u'))
        return refuse(s, lone);
    unit = scan_hex4(s);
    return (unit >= 0xdc00 && unit <= 0xdfff) || refuse(s, lone);
}

/* That its bytes are UTF-8 was checked beforehand, for the whole text at once. */
static bool
scan_text(struct scan *s)
{
    if (!skip(s, '"'))
        return false;
    while (s->at < s->end) {
        char c = *s->at++;
        if (c == '"')
            return true;
        if ((unsigned char)c < 0x20)
            return refuse(s, "The body has a control character in a text; write it as an escape.");
        if (c != '\\')
            continue;
        if (skip(s, 'u')) {
            if (!scan_unicode(s))
                return false;
        } else if (s->at == s->end || *s->at == '\0' || strchr("\"\\/bfnrt", *s->at++) == NULL) {
            return false;
        }
    }
    return false;
}

static bool
scan_name(struct scan *s)
{
    skip_space(s);
    if (!scan_text(s))
        return false;
    skip_space(s);
    return skip(s, ':');
}

/*
 * One value from its first byte on.  An array or object that is not empty is only opened: *opened, and its first
 * element comes next.
 */
static bool
scan_value(struct scan *s, bool *opened)
{
    *opened = false;
    skip_space(s);
    if (s->at == s->end)
        return false;
    switch (*s->at) {
    case '"': return scan_text(s);
    case 't': return scan_word(s, "true");
    case 'f': return scan_word(s, "false");
    case 'n': return scan_word(s, "null");
    case '[':
    case '{': {
        bool object = *s->at++ == '{';
        if (s->depth == CC_JSON_DEPTH)
            return refuse(s, "The body is nested too deeply.");
        skip_space(s);
        if (skip(s, object ? '}' : ']'))
            return true;
        s->object[s->depth++] = object;
        *opened = true;
        return !object || scan_name(s);
    }
    default: return scan_number(s);
    }
}

/* After a value: leave what ends here and, if another value must follow, go to its start.  false: neither. */
static bool
scan_after(struct scan *s)
{
    for (skip_space(s); s->depth > 0; skip_space(s)) {
        bool object = s->object[s->depth - 1];
        if (skip(s, ','))
            return !object || scan_name(s);
        if (!skip(s, object ? '}' : ']'))
            return false;
        s->depth--;
    }
    return true;
}

/* NULL: the text is JSON, all of it; else what is wrong. */
static const char *
scan_all(const char *text, size_t size)
{
    struct scan s = {.at = text, .end = text + size};
    bool        opened;

    if (!cc_utf8_valid(text, size))
        return "The body is not valid UTF-8.";
    skip_space(&s);
    if (s.at == s.end)
        return "The body is empty.";
    do {
        if (!scan_value(&s, &opened) || (!opened && !scan_after(&s))) {
            if (s.why != NULL)
                return s.why;
            return s.at == s.end ? "The body ends too soon." : "The body is not valid JSON.";
        }
    } while (s.depth > 0);
    return s.at == s.end ? NULL : "The body has something after its JSON value.";
}

/* ---- the tree -------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
    const cJSON *const *left = a, *const *right = b;

    return strcmp((*left)->string, (*right)->string);
}

/*
 * Does a name occur twice?  Few members are compared with each other.  Many are sorted: a hostile body has a hundred
 * thousand, and their pairs would keep a worker busy for minutes.
 */
static cc_err
find_duplicate(cc_arena *a, const cJSON *object, bool *found)
{
    enum { FEW = 12 };
    size_t count = 0;

    *found = false;
    for (const cJSON *m = object->child; m != NULL; m = m->next)
        count++;
    if (count <= FEW) {
        for (const cJSON *m = object->child; m != NULL && !*found; m = m->next) {
            for (const cJSON *n = m->next; n != NULL && !*found; n = n->next)
                *found = strcmp(m->string, n->string) == 0;
        }
        return CC_OK;
    }

    const cJSON **members = cc_alloc(a, count * sizeof(*members));
    if (members == NULL)
        return CC_E_UNAVAILABLE;
    size_t i = 0;
    for (const cJSON *m = object->child; m != NULL; m = m->next)
        members[i++] = m;
    qsort(members, count, sizeof(*members), by_name);
    for (i = 1; i < count && !*found; i++)
        *found = by_name(&members[i - 1], &members[i]) == 0;
    return CC_OK;
}

/* Recursion is safe: the scan has limited the depth. */
static cc_err
check_tree(cc_arena *a, const cJSON *j, const char **why)
{
    cc_err err = CC_OK;

    if (cJSON_IsNumber(j) && !isfinite(j->valuedouble)) {
        *why = "The body has a number that is too large.";
        return CC_E_VALIDATION;
    }
    if (cJSON_IsObject(j)) {
        bool found;
        if ((err = find_duplicate(a, j, &found)) != CC_OK)
            return err;
        if (found) {
            *why = "The body has a name twice in one object.";
            return CC_E_VALIDATION;
        }
    }
    for (const cJSON *child = j->child; child != NULL && err == CC_OK; child = child->next)
        err = check_tree(a, child, why);
    return err;
}

static void
free_tree(void *tree)
{
    cJSON_Delete(tree);
}

static void
wipe_texts(cJSON *j)
{
    for (; j != NULL; j = j->next) {
        if (j->valuestring != NULL)
            cc_wipe(j->valuestring, strlen(j->valuestring));
        wipe_texts(j->child);
    }
}

static void
free_secret_tree(void *tree)
{
    wipe_texts(tree);
    cJSON_Delete(tree);
}

cc_err
cc_json_parse(cc_arena *a, const char *text, size_t size, const cc_json **out, const char **why)
{
    cc_err err;

    *out = NULL;
    *why = scan_all(size != 0 ? text : "", size);
    if (*why != NULL)
        return CC_E_VALIDATION;

    cJSON *tree = cJSON_ParseWithLengthOpts(text, size, NULL, false);
    if (tree == NULL)
        return CC_E_UNAVAILABLE;
    if ((err = cc_arena_own(a, tree, cc_arena_is_secret(a) ? free_secret_tree : free_tree)) != CC_OK ||
        (err = check_tree(a, tree, why)) != CC_OK)
        return err;
    *out = tree;
    return CC_OK;
}

cc_err
cc_json_parse_mended(cc_arena *a, const char *text, size_t size, const cc_json **out)
{
    *out = NULL;
    if (scan_all(text, size) != NULL)
        return CC_OK;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, size, NULL, false);
    if (tree == NULL)
        return CC_E_UNAVAILABLE;
    *out = tree;
    return cc_arena_own(a, tree, free_tree);
}

cc_json_kind
cc_json_what(const cc_json *j)
{
    if (cJSON_IsString(j))
        return CC_J_TEXT;
    if (cJSON_IsNumber(j))
        return CC_J_NUMBER;
    if (cJSON_IsBool(j))
        return CC_J_BOOL;
    if (cJSON_IsObject(j))
        return CC_J_OBJECT;
    return cJSON_IsArray(j) ? CC_J_ARRAY : CC_J_NULL;
}

const cc_json *
cc_json_first(const cc_json *j)
{
    return j->child;
}

const cc_json *
cc_json_next(const cc_json *j)
{
    return j->next;
}

const char *
cc_json_name(const cc_json *j)
{
    return j->string;
}

const cc_json *
cc_json_member(const cc_json *j, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(j, name);
}

const char *
cc_json_text(const cc_json *j)
{
    return j->valuestring;
}

double
cc_json_number(const cc_json *j)
{
    return j->valuedouble;
}

bool
cc_json_true(const cc_json *j)
{
    return cJSON_IsTrue(j);
}

void
cc_json_write(cc_buf *b, const cc_json *j)
{
    cc_json_kind kind = cc_json_what(j);

    switch (kind) {
    case CC_J_NULL: cc_put(b, "null", 4); break;
    case CC_J_BOOL: cc_puts(b, cc_json_true(j) ? "true" : "false"); break;
    case CC_J_NUMBER: cc_put_number(b, j->valuedouble); break;
    case CC_J_TEXT: cc_put_json(b, j->valuestring, strlen(j->valuestring)); break;
    case CC_J_ARRAY:
    case CC_J_OBJECT:
        cc_putc(b, kind == CC_J_OBJECT ? '{' : '[');
        for (const cJSON *child = j->child; child != NULL; child = child->next) {
            if (child != j->child)
                cc_putc(b, ',');
            if (kind == CC_J_OBJECT) {
                cc_put_json(b, child->string, strlen(child->string));
                cc_putc(b, ':');
            }
            cc_json_write(b, child);
        }
        cc_putc(b, kind == CC_J_OBJECT ? '}' : ']');
        break;
    }
}
