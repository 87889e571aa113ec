/*
 * What goes in, checked against its declaration: bodies, query parameters, lists of objects, networks.
 *
 * A handler never sees an unchecked value.  Every refusal says which member, where it stands ("steps[2].role") and what
 * would have been right, in words made from the declaration, so that a limit is written once and both enforced and
 * explained.
 *
 * It does not know the database: how a value is stored is resource.c's affair.
 */
#include "gate/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/unicode.h"
#include "context/permit.h"
#include "gate/request.h"

size_t
cc_fields_count(const cc_field *fields)
{
    size_t n = 0;

    while (fields && fields[n].name)
        n++;
    return n;
}

bool
cc_field_is_number(const cc_field *f)
{
    return f->type == CC_TYPE_INT || f->type == CC_TYPE_BOOL || f->type == CC_TYPE_TIME || f->type == CC_TYPE_SCOPES ||
           f->type == CC_TYPE_CHOICES;
}

/* "a whole number from 1 to 100" */
void
cc_field_rule(cc_buf *b, const cc_field *f)
{
    long long min = f->min, max = f->max;

    switch (f->type) {
    case CC_TYPE_LINE:
        if (min == max && max)
            cc_putf(b, "one line of text of %lld characters", max);
        else
            cc_putf(b, "one line of text of %lld to %lld characters", min, max);
        cc_puts(b, ", none of them invisible");
        break;
    case CC_TYPE_TEXT: cc_putf(b, "text of %lld to %lld characters", min, max); break;
    case CC_TYPE_INT: cc_putf(b, "a whole number from %lld to %lld", min, max); break;
    case CC_TYPE_MONEY: cc_putf(b, "an amount from %lld to %lld with up to nine decimal places", min, max); break;
    case CC_TYPE_NUMBER: cc_putf(b, "a number from %lld to %lld", min, max); break;
    case CC_TYPE_BOOL: cc_puts(b, "true or false"); break;
    case CC_TYPE_TIME: cc_puts(b, "an ISO 8601 time such as 2025-01-15T10:04:00Z"); break;
    case CC_TYPE_CHOICE:
        cc_puts(b, "one of ");
        for (const char *const *c = f->choices; *c; c++)
            cc_putf(b, "%s%s", c == f->choices ? "" : c[1] ? ", " : " or ", *c);
        break;
    case CC_TYPE_ID: cc_putf(b, "an id that begins with %s", f->ref); break;
    case CC_TYPE_IDS:
        cc_putf(b, "a list of %lld to %lld ids%s%s", min, max, f->ref[0] ? " that begin with " : "", f->ref);
        break;
    case CC_TYPE_URL:
        cc_putf(b, "a git URL (https, ssh or user@host:path) of up to %lld characters, without a password", max);
        break;
    case CC_TYPE_SCOPES: cc_putf(b, "a list of %lld to %lld scopes of the catalogue (GET /scopes)", min, max); break;
    case CC_TYPE_NETWORKS: cc_putf(b, "a list of up to %lld IPv4 or IPv6 networks such as 192.0.2.0/24", max); break;
    case CC_TYPE_LIST: cc_putf(b, "a list of %lld to %lld objects", min, max); break;
    case CC_TYPE_TEXTS:
        cc_putf(b, "a list of %lld to %lld texts of up to %d characters", min, max, CC_TEXTS_EACH);
        break;
    case CC_TYPE_CHOICES:
        cc_puts(b, "a list of ");
        for (const char *const *c = f->choices; *c; c++)
            cc_putf(b, "%s%s", c == f->choices ? "" : c[1] ? ", " : " or ", *c);
        break;
    case CC_TYPE_MAP:
        cc_putf(b, "an object of up to %lld names (letters, digits, underscores) and texts, null to remove one", max);
        break;
    case CC_TYPE_OBJECT:
    case CC_TYPE_ANY:
    case CC_TYPE_BLOB: cc_puts(b, "an object"); break;
    }
}

/* Where a member stands: "" for the body itself, "steps[2]." inside a list. */
static cc_err
refuse(cc_context *c, const char *where, const cc_field *f)
{
    cc_buf rule;

    cc_buf_init(&rule, c->arena);
    cc_field_rule(&rule, f);
    if (cc_field_takes_null(f))
        cc_puts(&rule, ", or null");
    const char *name = cc_printf(c->arena, "%s%s", where, f->name);
    const char *text = cc_buf_text(&rule);
    return cc_fail(c, CC_E_VALIDATION, name ? name : f->name, "'%s' must be %s.", name ? name : f->name,
                   text ? text : "different");
}

/* ---- networks -------------------------------------------------------------------------------- */

/* Call with p at the start of a canonical list; moves it past one network.  false at the end. */
static bool
network_next(const char **p, cc_network *out)
{
    *p += strspn(*p, " ");
    size_t size = strcspn(*p, " ");
    if (size == 0 || !cc_network_read(*p, size, out))
        return false;
    *p += size;
    return true;
}

bool
cc_network_allows(const char *networks, const char *address)
{
    cc_address a;
    cc_network n;

    if (!networks || !networks[0])
        return true;
    if (!address || !cc_address_read(address, &a))
        return false;
    while (network_next(&networks, &n))
        if (cc_network_has(&n, &a))
            return true;
    return false;
}

bool
cc_networks_within(const char *inner, const char *outer)
{
    cc_network in, out;

    if (!outer || !outer[0])
        return true;
    if (!inner || !inner[0])
        return false;
    while (network_next(&inner, &in)) {
        bool        found = false;
        const char *p = outer;
        while (!found && network_next(&p, &out))
            found = in.bits >= out.bits && cc_network_has(&out, &in.address);
        if (!found)
            return false;
    }
    return true;
}

/* ---- single values --------------------------------------------------------------------------- */

/*
 * Prompts and descriptions quote what people and programs write, and are shown and sent as they are: so all is let in
 * but control characters, which no text has and terminals obey.
 */
static bool
text_fine(const char *s, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
            return false;
        if (c == 0xc2 && i + 1 < size && (unsigned char)s[i + 1] < 0xa0) /* U+0080 to U+009F */
            return false;
    }
    return true;
}

static bool
text_ok(const cc_field *f, const char *s, size_t size, cc_value *v)
{
    uint8_t bytes[16];
    size_t  length;

    v->s = s;
    v->size = size;
    switch (f->type) {
    case CC_TYPE_LINE:
    case CC_TYPE_TEXT:
        length = cc_utf8_length(s, size);
        return length >= (size_t)f->min && length <= (size_t)f->max &&
               (f->type == CC_TYPE_LINE ? cc_line_fine(s, size) : text_fine(s, size));
    case CC_TYPE_CHOICE:
        for (const char *const *c = f->choices; *c; c++)
            if (strcmp(*c, s) == 0)
                return true;
        return false;
    case CC_TYPE_ID: return cc_id_parse(f->ref, s, bytes);
    case CC_TYPE_TIME: return cc_time_parse(s, &v->i);
    default: return false;
    }
}

/* Is that what a whole number of billionths is called?  Below nine million dollars each has a double of its own. */
static bool
money_exact(double d)
{
    return d <= 9e6 && (double)llround(d * 1e9) / 1e9 == d;
}

static bool
number_ok(const cc_field *f, double d, cc_value *v)
{
    if (!(d >= (double)f->min && d <= (double)f->max) || (f->type == CC_TYPE_INT && d != floor(d)) ||
        (f->type == CC_TYPE_MONEY && !money_exact(d)))
        return false;
    v->d = d;
    v->i = (int64_t)d;
    return true;
}

cc_err
cc_field_check_text(cc_context *c, const cc_field *f, const char *text, size_t size, cc_value *v)
{
    bool ok;

    v->present = true;
    if (!cc_utf8_valid(text, size))
        return cc_fail(c, CC_E_VALIDATION, f->name, "'%s' must be UTF-8.", f->name);
    switch (f->type) {
    case CC_TYPE_INT: ok = cc_int_parse(text, &v->i) && v->i >= f->min && v->i <= f->max; break;
    case CC_TYPE_BOOL:
        v->i = strcmp(text, "true") == 0;
        ok = v->i || strcmp(text, "false") == 0;
        break;
    default: ok = text_ok(f, text, size, v);
    }
    v->s = text;
    v->size = size;
    return ok ? CC_OK : refuse(c, "", f);
}

/* ---- values of a body ------------------------------------------------------------------------ */

static cc_err check_object(cc_context *c, const char *where, const cc_field *fields, const cc_json *object,
                           unsigned how, cc_value *values);

static cc_err
check_scopes(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    uint64_t mask = 0;
    int64_t  n = 0;

    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++) {
        cc_scope scope;
        if (cc_json_what(j) != CC_J_TEXT || n == f->max)
            return refuse(c, where, f);
        if (!cc_scope_find(cc_json_text(j), &scope))
            return cc_fail(c, CC_E_VALIDATION, f->name, "'%s' holds a scope that does not exist; see GET /scopes.",
                           f->name);
        mask |= UINT64_C(1) << scope;
    }
    v->i = (int64_t)mask;
    return n >= f->min ? CC_OK : refuse(c, where, f);
}

static cc_err
check_choices(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    uint64_t mask = 0;
    int64_t  n = 0;

    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++) {
        size_t at = 0;
        while (cc_json_what(j) == CC_J_TEXT && f->choices[at] && strcmp(f->choices[at], cc_json_text(j)) != 0)
            at++;
        if (cc_json_what(j) != CC_J_TEXT || !f->choices[at] || n == f->max)
            return refuse(c, where, f);
        mask |= UINT64_C(1) << at;
    }
    v->i = (int64_t)mask;
    return n >= f->min ? CC_OK : refuse(c, where, f);
}

static cc_err
check_networks(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    cc_buf  canonical;
    int64_t n = 0;

    cc_buf_init(&canonical, c->arena);
    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++) {
        cc_network one;
        if (n == f->max || cc_json_what(j) != CC_J_TEXT ||
            !cc_network_read(cc_json_text(j), strlen(cc_json_text(j)), &one))
            return refuse(c, where, f);
        if (n)
            cc_putc(&canonical, ' ');
        cc_network_write(&canonical, &one);
    }
    v->s = cc_buf_text(&canonical);
    v->size = canonical.size;
    if (n < f->min) /* an empty list would read "from nowhere" and let everybody in */
        return cc_fail(c, CC_E_VALIDATION, f->name, "'%s' must name at least one network, or be null: from anywhere.",
                       f->name);
    return v->s ? CC_OK : CC_E_UNAVAILABLE;
}

/* An id of that kind; ref "": of any. */
static bool
is_id(const char *ref, const char *text)
{
    char        prefix[CC_ID_SIZE];
    uint8_t     bytes[16];
    const char *bar = strchr(text, '_');

    if (!*ref && bar && bar - text == 3) {
        snprintf(prefix, sizeof(prefix), "%.4s", text);
        ref = prefix;
    }
    return *ref && cc_id_parse(ref, text, bytes);
}

static cc_err
check_ids(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    int64_t n = 0;
    cc_buf  b;

    cc_buf_init(&b, c->arena);
    cc_json_write(&b, list);
    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++) {
        if (n == f->max || cc_json_what(j) != CC_J_TEXT || !is_id(f->ref, cc_json_text(j)))
            return refuse(c, where, f);
    }
    v->json = list;
    v->s = cc_buf_text(&b);
    v->size = b.size;
    if (n < f->min)
        return refuse(c, where, f);
    return v->s ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
check_texts(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    int64_t n = 0;

    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++)
        if (n == f->max || cc_json_what(j) != CC_J_TEXT ||
            cc_utf8_length(cc_json_text(j), strlen(cc_json_text(j))) > CC_TEXTS_EACH)
            return refuse(c, where, f);
    v->json = list;
    return n >= f->min ? CC_OK : refuse(c, where, f);
}

/* One checked value as JSON, as it will be stored inside a list. */
static void
write_value(cc_buf *b, const cc_field *f, const cc_value *v)
{
    if (v->null)
        cc_puts(b, "null");
    else if (f->type == CC_TYPE_INT)
        cc_put_int(b, v->i);
    else if (f->type == CC_TYPE_NUMBER || f->type == CC_TYPE_MONEY)
        cc_put_number(b, v->d);
    else if (f->type == CC_TYPE_BOOL)
        cc_puts(b, v->i ? "true" : "false");
    else
        cc_put_json(b, v->s, v->size);
}

/* Objects of a list, written out canonically: declared order, presets filled in, nothing else. */
static cc_err
check_list(cc_context *c, const char *where, const cc_field *f, const cc_json *list, cc_value *v)
{
    size_t    count = cc_fields_count(f->members);
    cc_value *values = cc_alloc(c->arena, count * sizeof(*values));
    int64_t   n = 0;
    cc_buf    b;
    cc_err    err;

    if (!values)
        return CC_E_UNAVAILABLE;
    cc_buf_init(&b, c->arena);
    cc_putc(&b, '[');
    for (const cc_json *j = cc_json_first(list); j; j = cc_json_next(j), n++) {
        if (n == f->max || cc_json_what(j) != CC_J_OBJECT)
            return refuse(c, where, f);
        char *inside = cc_printf(c->arena, "%s%s[%lld].", where, f->name, (long long)n);
        if (!inside)
            return CC_E_UNAVAILABLE;
        memset(values, 0, count * sizeof(*values));
        if ((err = check_object(c, inside, f->members, j, false, values)) != CC_OK)
            return err;
        cc_puts(&b, n ? ",{" : "{");
        bool first = true;
        for (size_t i = 0; i < count; i++) {
            const cc_field *m = &f->members[i];
            if (!values[i].present && !m->preset)
                continue;
            cc_put(&b, m->member + first, m->member_size - first);
            first = false;
            if (values[i].present)
                write_value(&b, m, &values[i]);
            else
                cc_puts(&b, m->preset);
        }
        cc_putc(&b, '}');
    }
    cc_putc(&b, ']');
    v->json = list;
    v->s = cc_buf_text(&b);
    v->size = b.size;
    if (n < f->min)
        return refuse(c, where, f);
    return v->s ? CC_OK : CC_E_UNAVAILABLE;
}

/* Environment variables: POSIX names, texts or null. */
static cc_err
check_map(cc_context *c, const char *where, const cc_field *f, const cc_json *map, cc_value *v)
{
    int64_t n = 0;

    for (const cc_json *j = cc_json_first(map); j; j = cc_json_next(j), n++) {
        const char *name = cc_json_name(j);
        size_t      size = strlen(name);
        if (n == f->max || size == 0 || size > 64 || (name[0] >= '0' && name[0] <= '9') ||
            strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != size)
            return refuse(c, where, f);
        if (cc_json_what(j) == CC_J_NULL)
            continue;
        if (cc_json_what(j) != CC_J_TEXT || strlen(cc_json_text(j)) > 8192)
            return cc_fail(c, CC_E_VALIDATION, cc_printf(c->arena, "%s%s.%s", where, f->name, name),
                           "'%s%s.%s' must be text of at most 8192 bytes, or null to remove it.", where, f->name, name);
    }
    v->json = map;
    return CC_OK;
}

/* Judged where it comes in; and again where it is used, because settings and symlinks change. */
static cc_err
check_repository(cc_context *c, const char *where, const cc_field *f, const char *text, cc_value *v)
{
    cc_repository    repository;
    const cc_reason *refused;
    const char      *why;

    v->s = text;
    v->size = strlen(text);
    if (v->size == 0 || v->size > (size_t)f->max)
        return refuse(c, where, f);
    if (!(why = cc_repository_read(c->arena, text, &repository)) &&
        !(refused = cc_repository_allowed(c->app, c->arena, &repository, NULL)))
        return CC_OK;
    if (!why)
        why = refused->text;
    const char *name = cc_printf(c->arena, "%s%s", where, f->name);
    return cc_fail(c, CC_E_VALIDATION, name ? name : f->name, "'%s' %s.", name ? name : f->name, why);
}

static cc_err
check_value(cc_context *c, const char *where, const cc_field *f, const cc_json *j, cc_value *v)
{
    static const cc_json_kind expected[] = {
        [CC_TYPE_LINE] = CC_J_TEXT,     [CC_TYPE_TEXT] = CC_J_TEXT,     [CC_TYPE_INT] = CC_J_NUMBER,
        [CC_TYPE_NUMBER] = CC_J_NUMBER, [CC_TYPE_BOOL] = CC_J_BOOL,     [CC_TYPE_TIME] = CC_J_TEXT,
        [CC_TYPE_CHOICE] = CC_J_TEXT,   [CC_TYPE_ID] = CC_J_TEXT,       [CC_TYPE_IDS] = CC_J_ARRAY,
        [CC_TYPE_URL] = CC_J_TEXT,      [CC_TYPE_SCOPES] = CC_J_ARRAY,  [CC_TYPE_NETWORKS] = CC_J_ARRAY,
        [CC_TYPE_LIST] = CC_J_ARRAY,    [CC_TYPE_OBJECT] = CC_J_OBJECT, [CC_TYPE_MAP] = CC_J_OBJECT,
        [CC_TYPE_ANY] = CC_J_OBJECT,    [CC_TYPE_BLOB] = CC_J_NULL, /* hidden: no body reaches it */
        [CC_TYPE_MONEY] = CC_J_NUMBER,  [CC_TYPE_TEXTS] = CC_J_ARRAY,   [CC_TYPE_CHOICES] = CC_J_ARRAY,
    };

    v->present = true;
    if (cc_json_what(j) == CC_J_NULL) {
        v->null = true;
        return cc_field_takes_null(f) ? CC_OK : refuse(c, where, f);
    }
    if (cc_json_what(j) != expected[f->type])
        return refuse(c, where, f);
    switch (f->type) {
    case CC_TYPE_INT:
    case CC_TYPE_MONEY:
    case CC_TYPE_NUMBER: return number_ok(f, cc_json_number(j), v) ? CC_OK : refuse(c, where, f);
    case CC_TYPE_BOOL: v->i = cc_json_true(j); return CC_OK;
    case CC_TYPE_IDS: return check_ids(c, where, f, j, v);
    case CC_TYPE_TEXTS: return check_texts(c, where, f, j, v);
    case CC_TYPE_SCOPES: return check_scopes(c, where, f, j, v);
    case CC_TYPE_CHOICES: return check_choices(c, where, f, j, v);
    case CC_TYPE_NETWORKS: return check_networks(c, where, f, j, v);
    case CC_TYPE_LIST: return check_list(c, where, f, j, v);
    case CC_TYPE_MAP: return check_map(c, where, f, j, v);
    case CC_TYPE_URL: return check_repository(c, where, f, cc_json_text(j), v);
    case CC_TYPE_OBJECT:
    case CC_TYPE_ANY: v->json = j; return CC_OK;
    default: return text_ok(f, cc_json_text(j), strlen(cc_json_text(j)), v) ? CC_OK : refuse(c, where, f);
    }
}

static cc_err
check_object(cc_context *c, const char *where, const cc_field *fields, const cc_json *object, unsigned how,
             cc_value *values)
{
    const bool partial = how & CC_FIELDS_PARTIAL;
    cc_err     err;

    for (const cc_json *j = object ? cc_json_first(object) : NULL; j; j = cc_json_next(j)) {
        const cc_field *f = fields;
        if (how & CC_FIELDS_ID_TAKEN && !where[0] && strcmp(cc_json_name(j), "id") == 0)
            continue; /* the gate has taken it */
        while (f && f->name && (f->flags & CC_FIELD_HIDDEN || strcmp(f->name, cc_json_name(j)) != 0))
            f++;
        const char *name = cc_printf(c->arena, "%s%s", where, cc_json_name(j));
        if (!name)
            return CC_E_UNAVAILABLE;
        if (!f || !f->name)
            return cc_fail(c, CC_E_VALIDATION, name, "There is no member of this name here.");
        if (f->flags & CC_FIELD_READ_ONLY)
            return cc_fail(c, CC_E_VALIDATION, name, "'%s' is set by the service; leave it out.", name);
        if (partial && f->flags & CC_FIELD_FIXED)
            return cc_fail(c, CC_E_VALIDATION, name, "'%s' cannot be changed.", name);
        if ((err = check_value(c, where, f, j, &values[f - fields])) != CC_OK)
            return err;
    }
    for (const cc_field *f = fields; f && f->name && !partial; f++) {
        if (f->flags & CC_FIELD_REQUIRED && !values[f - fields].present) {
            const char *name = cc_printf(c->arena, "%s%s", where, f->name);
            return cc_fail(c, CC_E_VALIDATION, name ? name : f->name, "'%s' is required.", name ? name : f->name);
        }
    }
    return CC_OK;
}

cc_err
cc_fields_check(cc_context *c, const cc_field *fields, const cc_json *object, unsigned how, cc_value *values)
{
    return check_object(c, "", fields, object, how, values);
}
