/*
 * Who is asking: the caller's address, and whether he came by https, where proxies stand in front of the web server.
 *
 * A proxy notes whom it speaks for at the end of X-Forwarded-For or Forwarded (RFC 7239); everything before that the
 * caller may have written himself.  So the list is read from its end, and only as long as the one who wrote the entry
 * is a proxy of the setting trustedProxies.  The first address that is none of those is the caller's.  An entry that
 * cannot be read ends the search where it has come to: at the last trusted proxy, and never at an address that somebody
 * chose.
 *
 * Forwarded has quoted strings.  They are paired from the end as well, or a quote that the caller left open would
 * swallow what the proxies have written after it.
 *
 * Where both headers came and name different callers, one of them is made up, and which, nobody knows: a proxy that
 * writes one passes the other on.  Then the caller counts as the proxy, and for no network list as anybody
 * (address_sure).
 */
#include "gate/client.h"

#include <strings.h>

#include "base/address.h"
#include "context/settings.h"

/* A piece of a header. */
typedef struct piece {
    const char *at;
    size_t      size;
} piece;

static piece
trimmed(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (piece){from, (size_t)(to - from)};
}

/* ---- the proxies of trustedProxies ----------------------------------------------------------- */

/* address NULL: none is known. */
static bool
is_trusted(const char *proxies, const cc_address *address)
{
    cc_network n;

    while (*(proxies += strspn(proxies, CC_LIST_SPACES))) {
        size_t size = strcspn(proxies, CC_LIST_SPACES);
        if (cc_proxy_is_unix(proxies, size)
                ? !address
                : address && cc_network_read(proxies, size, &n) && cc_network_has(&n, address))
            return true;
        proxies += size;
    }
    return false;
}

/* ---- one entry ------------------------------------------------------------------------------- */

static bool
is_token(const char *text, size_t size) /* RFC 9110, 5.6.2 */
{
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", text[i]))
            return false;
    return size > 0;
}

/* ":8080", or ":_hidden" (RFC 7239, 6); nothing is fine, too. */
static bool
is_port(const char *text, size_t size)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-";
    size_t            digits = size > 1 ? strspn(text + 1, "0123456789") : 0;

    if (size == 0)
        return true;
    if (text[0] != ':' || size < 2)
        return false;
    return (digits == size - 1 && digits <= 5) || (text[1] == '_' && size > 2 && strspn(text + 1, letters) >= size - 1);
}

/* "192.0.2.7", "192.0.2.7:8080", "2001:db8::7", "[2001:db8::7]:8080"; false: "unknown", "_hidden", anything else. */
static bool
node_read(piece node, cc_address *out)
{
    char        text[CC_ADDRESS_SIZE];
    const char *end = node.at + node.size, *from = node.at;
    const char *colon = memchr(node.at, ':', node.size), *stop = end, *port = end;

    if (node.size > 0 && node.at[0] == '[') {
        from++;
        if (!(stop = memchr(node.at, ']', node.size)))
            return false;
        port = stop + 1;
    } else if (colon && !memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
        stop = port = colon;
    }
    size_t size = (size_t)(stop - from);
    if (size >= sizeof(text) || !is_port(port, (size_t)(end - port)))
        return false;
    memcpy(text, from, size);
    text[size] = '\0';
    return cc_address_read(text, out) && (from == node.at || !cc_address_is_v4(out));
}

/* ---- the lists, from their end --------------------------------------------------------------- */

/* Is the quote at `at` one that '\\' takes its meaning? */
static bool
is_escaped(const char *text, const char *at)
{
    size_t n = 0;

    while (at - n > text && at[-(ptrdiff_t)n - 1] == '\\')
        n++;
    return n % 2 == 1;
}

/*
 * The last piece of text..*end that `separator` sets apart outside of quotes; moves *end before it, to NULL when that
 * was the first one.  false: no more.
 */
static bool
last_piece(const char *text, const char **end, char separator, piece *out)
{
    const char *from = *end;
    bool        quoted = false;

    if (!from)
        return false;
    while (from > text && (quoted || from[-1] != separator)) {
        from--;
        if (*from == '"' && !is_escaped(text, from))
            quoted = !quoted;
    }
    *out = trimmed(from, *end);
    *end = from > text ? from - 1 : NULL;
    return true;
}

/* The value of a parameter, out of its quotes.  No address needs a '\\' in them. */
static bool
value_read(piece *value)
{
    if (value->size >= 2 && value->at[0] == '"' && value->at[value->size - 1] == '"') {
        value->at++;
        value->size -= 2;
        return !memchr(value->at, '\\', value->size) && !memchr(value->at, '"', value->size);
    }
    return is_token(value->at, value->size);
}

/* What an entry says. */
typedef struct hop {
    piece      who;
    bool       https;
    cc_address address;
} hop;

/* "for=192.0.2.7;proto=https": false if it is not of that form, or says one thing twice. */
static bool
element_read(piece element, hop *out)
{
    const char *end = element.at + element.size;
    bool        proto = false;
    piece       pair;

    while (last_piece(element.at, &end, ';', &pair)) {
        const char *equals = memchr(pair.at, '=', pair.size);
        if (pair.size == 0) /* RFC 7239, 4: "for=192.0.2.7;" */
            continue;
        if (!equals || !is_token(pair.at, (size_t)(equals - pair.at)))
            return false;
        size_t name = (size_t)(equals - pair.at);
        piece  value = {equals + 1, pair.size - name - 1};
        if (name == 3 && strncasecmp(pair.at, "for", name) == 0) {
            if (out->who.at || !value_read(&value))
                return false;
            out->who = value;
        } else if (name == 5 && strncasecmp(pair.at, "proto", name) == 0) {
            if (proto || !value_read(&value))
                return false;
            proto = true;
            out->https = value.size == 5 && strncasecmp(value.at, "https", 5) == 0;
        }
    }
    return true;
}

/* X-Forwarded-For has addresses alone. */
static bool
entry_read(piece entry, bool plain, hop *out)
{
    *out = (hop){.who = plain ? entry : (piece){0}};
    return (plain || element_read(entry, out)) && out->who.at && node_read(out->who, &out->address);
}

/* Walk back from a trusted proxy; *found keeps what it was called with if nothing better is told. */
static void
walk(const char *proxies, const char *header, bool plain, hop *found)
{
    const char *end = header + strlen(header);
    piece       entry;
    hop         next;

    while (last_piece(header, &end, ',', &entry)) {
        if (entry.size == 0) /* lists may have empty places (RFC 9110, 5.6.1) */
            continue;
        if (!entry_read(entry, plain, &next))
            return;
        *found = next;
        if (!is_trusted(proxies, &next.address))
            return;
    }
}

/* X-Forwarded-Proto: what the nearest proxy says, which stands last. */
static bool
proto_is_https(const char *header)
{
    const char *end = header + strlen(header);
    piece       last;

    return last_piece(header, &end, ',', &last) && last.size == 5 && strncasecmp(last.at, "https", 5) == 0;
}

/* ---- the request ----------------------------------------------------------------------------- */

static bool
same(const hop *a, const hop *b)
{
    return memcmp(&a->address, &b->address, sizeof(a->address)) == 0;
}

/* What the trusted proxy says that has handed the request over; `from` is that proxy. */
static cc_err
forwarded(cc_req *r, const char *proxies, const cc_address *from)
{
    const char *plain = r->in->header[CC_H_FORWARDED_FOR], *standard = r->in->header[CC_H_FORWARDED];
    const char *proto = r->in->header[CC_H_FORWARDED_PROTO];
    hop         start = {.address = from ? *from : (cc_address){{0}}}, a = start, b = start;

    if (plain)
        walk(proxies, plain, true, &a);
    if (standard)
        walk(proxies, standard, false, &b);
    r->client.secure |= b.https || (proto && proto_is_https(proto));
    r->client.address_sure = !plain || !standard || same(&a, &b);
    const hop *caller = !r->client.address_sure ? &start : plain ? &a : &b;
    if (same(caller, &start))
        return CC_OK;
    char *text = cc_alloc(r->arena, CC_ADDRESS_SIZE);
    if (!text)
        return CC_E_UNAVAILABLE;
    cc_address_write(&caller->address, text);
    r->address = text;
    return CC_OK;
}

cc_err
cc_client_find(cc_req *r)
{
    const char *proxies = cc_setting_text(r->app, CC_SETTING_trustedProxies);
    cc_address  from = {{0}};
    bool        known = r->in->remote_addr != NULL;

    r->address = r->in->remote_addr;
    r->client.address_sure = true;
    r->client.secure = r->in->secure;
    if (!proxies[0] || (known && !cc_address_read(r->in->remote_addr, &from)) ||
        !is_trusted(proxies, known ? &from : NULL))
        return CC_OK;
    return forwarded(r, proxies, known ? &from : NULL);
}

const char *
cc_client_place(cc_req *r)
{
    cc_address a;
    char       text[CC_ADDRESS_SIZE];

    if (!r->address || !cc_address_read(r->address, &a))
        return "";
    bool v4 = cc_address_is_v4(&a);
    if (!v4)
        memset(a.bytes + 8, 0, 8);
    cc_address_write(&a, text);
    return cc_printf(r->arena, "%s%s", text, v4 ? "" : "/64");
}
