/*
 * Addresses, networks and host texts: how they are spelled, and what can be reached by them.
 *
 * Nothing here asks a name server or connects to anything, so that the API's door and the engine's proxy judge alike.
 * IPv4 is kept as ::ffff:a.b.c.d, so that one comparison serves both.
 *
 * A host text is read as programs read it, not as it should be written: "0x7f.1", "2130706433" and "017700000001" are
 * all 127.0.0.1 to inet_aton and so to curl, git and ssh.  A filter that knows the usual spelling alone is none.
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <ifaddrs.h>
#include <strings.h>

enum { HOST_MAX = 253, LABEL_MAX = 63, ADDRESS_TEXT_MAX = 63 };

/* ---- networks -------------------------------------------------------------------------------- */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* what stands before an IPv4 address */

static bool
usual_read(const char *text, cc_address *out, bool *v4)
{
    *v4 = inet_pton(AF_INET, text, out->bytes + 12) == 1;
    if (*v4) {
        memcpy(out->bytes, mapped, sizeof(mapped));
        return true;
    }
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

bool
cc_address_read(const char *text, cc_address *out)
{
    bool v4;

    return usual_read(text, out, &v4);
}

bool
cc_network_read(const char *text, size_t size, cc_network *out)
{
    char    copy[ADDRESS_TEXT_MAX + 1];
    int64_t bits;
    bool    v4;

    if (size >= sizeof(copy))
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    char *slash = strchr(copy, '/');
    if (slash)
        *slash = '\0';
    if (!usual_read(copy, &out->address, &v4))
        return false;
    if (!slash)
        bits = v4 ? 32 : 128;
    else if (!cc_int_parse(slash + 1, &bits) || bits < 0 || bits > (v4 ? 32 : 128))
        return false;
    out->bits = (unsigned)bits + (v4 ? 96 : 0);
    for (unsigned i = out->bits; i < 128; i++) /* host bits carry no meaning */
        out->address.bytes[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
    return true;
}

bool
cc_address_is_v4(const cc_address *a)
{
    return memcmp(a->bytes, mapped, sizeof(mapped)) ==
           0; /* the system's macro wants words, and they may lie anywhere */
}

void
cc_address_write(const cc_address *a, char out[CC_ADDRESS_SIZE])
{
    bool v4 = cc_address_is_v4(a);

    inet_ntop(v4 ? AF_INET : AF_INET6, a->bytes + (v4 ? 12 : 0), out, CC_ADDRESS_SIZE);
}

void
cc_network_write(cc_buf *b, const cc_network *n)
{
    char text[CC_ADDRESS_SIZE] = "";
    bool v4 = n->bits >= 96 && cc_address_is_v4(&n->address);

    inet_ntop(v4 ? AF_INET : AF_INET6, n->address.bytes + (v4 ? 12 : 0), text, sizeof(text));
    cc_putf(b, "%s/%u", text, v4 ? n->bits - 96 : n->bits);
}

bool
cc_network_has(const cc_network *n, const cc_address *a)
{
    unsigned whole = n->bits / 8, rest = n->bits % 8;

    return memcmp(n->address.bytes, a->bytes, whole) == 0 &&
           (rest == 0 || ((n->address.bytes[whole] ^ a->bytes[whole]) & (0xff00u >> rest & 0xffu)) == 0);
}

/* ---- what an address reaches ----------------------------------------------------------------- */

/*
 * IANA's registries of special-purpose addresses; the first row that fits decides, and what no row names is not public.
 * Transitional forms that carry an IPv4 address (6to4, Teredo) are refused whole: nothing that is alive needs them.
 */
static const struct {
    const char *network;
    cc_reach    reach;
} special[] = {
    {"0.0.0.0/32", CC_REACH_NEVER},
    {"0.0.0.0/8", CC_REACH_NEVER}, /* "this network": Linux takes 0.x for itself at times */
    {"127.0.0.0/8", CC_REACH_HOST},
    {"169.254.0.0/16", CC_REACH_HOST}, /* link-local; a cloud's metadata service */
    {"10.0.0.0/8", CC_REACH_PRIVATE},
    {"100.64.0.0/10", CC_REACH_PRIVATE}, /* carrier-grade NAT */
    {"172.16.0.0/12", CC_REACH_PRIVATE},
    {"192.168.0.0/16", CC_REACH_PRIVATE},
    {"192.0.0.0/24", CC_REACH_PRIVATE},    /* protocol assignments */
    {"192.0.2.0/24", CC_REACH_PRIVATE},    /* documentation */
    {"192.88.99.0/24", CC_REACH_PRIVATE},  /* 6to4 relays */
    {"198.18.0.0/15", CC_REACH_PRIVATE},   /* benchmarking */
    {"198.51.100.0/24", CC_REACH_PRIVATE}, /* documentation */
    {"203.0.113.0/24", CC_REACH_PRIVATE},  /* documentation */
    {"224.0.0.0/4", CC_REACH_NEVER},       /* multicast */
    {"240.0.0.0/4", CC_REACH_NEVER},       /* reserved; broadcast */
    {"0.0.0.0/0", CC_REACH_PUBLIC},
    {"::1/128", CC_REACH_HOST},
    {"::/96", CC_REACH_NEVER}, /* unspecified; IPv4 in its oldest disguise */
    {"fe80::/10", CC_REACH_HOST},
    {"ff00::/8", CC_REACH_NEVER},        /* multicast */
    {"2001::/23", CC_REACH_PRIVATE},     /* protocol assignments: Teredo, ORCHID, benchmarking */
    {"2001:db8::/32", CC_REACH_PRIVATE}, /* documentation */
    {"2002::/16", CC_REACH_PRIVATE},     /* 6to4 */
    {"3fff::/20", CC_REACH_PRIVATE},     /* documentation */
    {"2000::/3", CC_REACH_PUBLIC},
};

/* NAT64 carries an IPv4 address, and reaches what that one reaches (RFC 6052). */
static bool
nat64_read(const cc_address *a, cc_address *inner)
{
    static const uint8_t prefix[12] = {0, 0x64, 0xff, 0x9b};

    *inner = (cc_address){.bytes = {[10] = 0xff, [11] = 0xff}};
    memcpy(inner->bytes + 12, a->bytes + 12, 4);
    return memcmp(a->bytes, prefix, sizeof(prefix)) == 0;
}

cc_reach
cc_address_reach(const cc_address *a)
{
    cc_address inner;
    cc_network n;

    if (nat64_read(a, &inner))
        return cc_address_reach(&inner);
    for (size_t i = 0; i < CC_COUNT(special); i++)
        if (cc_network_read(special[i].network, strlen(special[i].network), &n) && cc_network_has(&n, a))
            return special[i].reach;
    return CC_REACH_PRIVATE;
}

bool
cc_address_public(const cc_address *a)
{
    return cc_address_reach(a) == CC_REACH_PUBLIC;
}

/* ---- host texts ------------------------------------------------------------------------------ */

/* One number as inet_aton takes it: 0x hexadecimal, 0 octal, else decimal.  Moves *p behind it. */
static bool
part_read(const char **p, const char *end, uint32_t *out)
{
    const char *at = *p;
    bool        zero = at < end && *at == '0', hex = zero && end - at > 1 && (at[1] | 0x20) == 'x';
    unsigned    base = hex ? 16 : zero ? 8 : 10;
    uint64_t    value = 0;

    if (at == end)
        return false;
    for (at += hex ? 2 : 0; at < end && *at != '.'; at++) {
        unsigned digit = isdigit((unsigned char)*at)    ? (unsigned)(*at - '0')
                         : isxdigit((unsigned char)*at) ? (unsigned)((*at | 0x20) - 'a') + 10
                                                        : base;
        if (digit >= base || (value = value * base + digit) > UINT32_MAX)
            return false;
    }
    if (at == *p)
        return false;
    *out = (uint32_t)value;
    *p = at;
    return true;
}

/* One to four numbers; the last one fills all bytes that are left. */
static bool
aton_read(const char *text, size_t size, cc_address *out)
{
    const char *p = text, *end = text + size;
    uint32_t    parts[4], whole = 0;
    size_t      n = 0;

    for (;;) {
        if (n == 4 || !part_read(&p, end, &parts[n++]))
            return false;
        if (p == end)
            break;
        if (*p++ != '.')
            return false;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (parts[i] > 255)
            return false;
        whole |= parts[i] << (24 - 8 * i);
    }
    if (n > 1 && parts[n - 1] >= 1u << (8 * (5 - n)))
        return false;
    whole |= parts[n - 1];
    *out = (cc_address){.bytes = {[10] = 0xff, [11] = 0xff}};
    for (size_t i = 0; i < 4; i++)
        out->bytes[12 + i] = (uint8_t)(whole >> (24 - 8 * i));
    return true;
}

/* As the URL standard tells numbers from names: by the last label.  What looks like a number must be an address. */
static bool
ends_in_a_number(const char *text, size_t size)
{
    size_t from = size;

    while (from > 0 && text[from - 1] != '.')
        from--;
    bool hex = size - from >= 2 && text[from] == '0' && (text[from + 1] | 0x20) == 'x';
    for (size_t i = from + (hex ? 2 : 0); i < size; i++)
        if (!(hex ? isxdigit((unsigned char)text[i]) : isdigit((unsigned char)text[i])))
            return false;
    return true;
}

static bool
name_ok(const char *text, size_t size)
{
    size_t label = 0;

    if (size > HOST_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if (c >= 0x80 || !(isalnum(c) || c == '_' || (c == '-' && label > 0)) || ++label > LABEL_MAX) {
            return false;
        }
    }
    return label > 0;
}

cc_host_kind
cc_host_read(const char *text, size_t size, cc_address *out)
{
    char copy[ADDRESS_TEXT_MAX + 1];

    if (memchr(text, ':', size)) { /* IPv6, its zone cut off: that is the caller's, and no part of the address */
        const char *zone = memchr(text, '%', size);
        size_t      n = zone ? (size_t)(zone - text) : size;
        if (n >= sizeof(copy))
            return CC_HOST_BAD;
        memcpy(copy, text, n);
        copy[n] = '\0';
        return inet_pton(AF_INET6, copy, out->bytes) == 1 ? CC_HOST_ADDRESS : CC_HOST_BAD;
    }
    if (size > 1 && text[size - 1] == '.')
        size--;
    if (!name_ok(text, size))
        return CC_HOST_BAD;
    if (ends_in_a_number(text, size))
        return aton_read(text, size, out) ? CC_HOST_ADDRESS : CC_HOST_BAD;
    return CC_HOST_NAME;
}

static bool
name_is(const char *a, size_t a_size, const char *b, size_t b_size)
{
    a_size -= a_size > 0 && a[a_size - 1] == '.';
    b_size -= b_size > 0 && b[b_size - 1] == '.';
    return a_size == b_size && strncasecmp(a, b, a_size) == 0;
}

/* Is `name` below `domain`? */
static bool
name_below(const char *name, size_t size, const char *domain, size_t domain_size)
{
    size -= size > 0 && name[size - 1] == '.';
    domain_size -= domain_size > 0 && domain[domain_size - 1] == '.';
    return size > domain_size + 1 && name[size - domain_size - 1] == '.' &&
           strncasecmp(name + size - domain_size, domain, domain_size) == 0;
}

bool
cc_host_public(const char *text, size_t size)
{
    static const char *const own[] = {"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"};
    cc_address               a;

    switch (cc_host_read(text, size, &a)) {
    case CC_HOST_BAD: return false;
    case CC_HOST_ADDRESS: return cc_address_public(&a);
    case CC_HOST_NAME: break;
    }
    for (size_t i = 0; i < CC_COUNT(own); i++)
        if (name_is(text, size, own[i], strlen(own[i])))
            return false;
    return !name_below(text, size, "localhost", 9); /* RFC 6761 */
}

/* ---- host:port ------------------------------------------------------------------------------- */

bool
cc_endpoint_read(const char *text, size_t size, cc_endpoint *out)
{
    const char *end = text + size, *colon = NULL;
    int64_t     port = 0;
    char        digits[8];

    *out = (cc_endpoint){.host = text, .size = size};
    if (size > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', size);
        if (!close || !memchr(text, ':', (size_t)(close - text)))
            return false;
        out->host = text + 1;
        out->size = (size_t)(close - text) - 1;
        if (close + 1 < end && *(colon = close + 1) != ':')
            return false;
    } else if ((colon = memchr(text, ':', size))) {
        if (memchr(colon + 1, ':', (size_t)(end - colon) - 1))
            colon = NULL; /* a bare IPv6 address */
        else
            out->size = (size_t)(colon - text);
    }
    if (colon) {
        size_t n = (size_t)(end - colon) - 1;
        if (n < 1 || n > 5)
            return false;
        memcpy(digits, colon + 1, n); /* `text` need not end with NUL, as what looks for digits would want */
        digits[n] = '\0';
        if (strspn(digits, "0123456789") < n || !cc_int_parse(digits, &port) || port < 1 || port > UINT16_MAX)
            return false;
    }
    out->port = (uint16_t)port;
    return true;
}

/* ---- the operator's lists -------------------------------------------------------------------- */

bool
cc_host_entry_ok(const char *text, size_t size)
{
    bool        any = size > 2 && text[0] == '*' && text[1] == '.';
    cc_endpoint e;
    cc_address  a;

    if (!cc_endpoint_read(text + (any ? 2 : 0), size - (any ? 2 : 0), &e))
        return false;
    cc_host_kind kind = cc_host_read(e.host, e.size, &a);
    return kind == CC_HOST_NAME || (kind == CC_HOST_ADDRESS && !any);
}

bool
cc_host_entry_has(const char *entry, const cc_endpoint *to)
{
    bool        any = entry[0] == '*' && entry[1] == '.';
    cc_endpoint e;
    cc_address  a, b;

    if (any)
        entry += 2;
    if (!cc_endpoint_read(entry, strlen(entry), &e) ||
        (e.port ? e.port != to->port : to->port != 443 && to->port != 80))
        return false;
    cc_host_kind kind = cc_host_read(e.host, e.size, &a);
    if (kind == CC_HOST_BAD || kind != cc_host_read(to->host, to->size, &b))
        return false;
    if (kind == CC_HOST_ADDRESS)
        return !any && memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
    return any ? name_below(to->host, to->size, e.host, e.size) : name_is(to->host, to->size, e.host, e.size);
}

/* Either a network without a port, or one address with one. */
static bool
permit_read(const char *text, size_t size, cc_network *n, uint16_t *port)
{
    cc_endpoint e;

    *port = 0;
    if (cc_network_read(text, size, n))
        return true;
    if (!cc_endpoint_read(text, size, &e) || memchr(e.host, '/', e.size) || !cc_network_read(e.host, e.size, n))
        return false;
    *port = e.port;
    return true;
}

bool
cc_permit_ok(const char *text, size_t size)
{
    cc_network n;
    uint16_t   port;

    if (!permit_read(text, size, &n, &port))
        return false;
    cc_reach reach = n.bits == 128 || cc_address_reach(&n.address) == CC_REACH_HOST ? cc_address_reach(&n.address)
                                                                                    : CC_REACH_PRIVATE;
    return reach != CC_REACH_NEVER && (reach != CC_REACH_HOST || port != 0);
}

bool
cc_address_permitted(const cc_address *a, uint16_t port, bool own, const char *const *permitted)
{
    cc_reach   reach = cc_address_reach(a);
    cc_network n;
    uint16_t   only;

    if (reach == CC_REACH_NEVER)
        return false;
    if (own)
        reach = CC_REACH_HOST;
    if (reach == CC_REACH_PUBLIC)
        return true;
    for (; permitted && *permitted; permitted++)
        if (permit_read(*permitted, strlen(*permitted), &n, &only) && cc_network_has(&n, a) &&
            (only ? only == port : reach == CC_REACH_PRIVATE))
            return true;
    return false;
}

/* ---- of the machine ----------------------------------------------------------------------------- */

bool
cc_address_of(const struct sockaddr *from, cc_address *out)
{
    *out = (cc_address){.bytes = {[10] = 0xff, [11] = 0xff}};
    if (from && from->sa_family == AF_INET)
        memcpy(out->bytes + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else if (from && from->sa_family == AF_INET6)
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    else
        return false;
    return true;
}

bool
cc_address_is_own(const cc_address *a)
{
    struct ifaddrs *all;
    cc_address      one;
    bool            own = false;

    if (getifaddrs(&all) != 0)
        return true;
    for (struct ifaddrs *i = all; i && !own; i = i->ifa_next)
        own = cc_address_of(i->ifa_addr, &one) && memcmp(one.bytes, a->bytes, sizeof(one.bytes)) == 0;
    freeifaddrs(all);
    return own;
}

/* ---- entries of trustedProxies ----------------------------------------------------------------- */

static const char UNIX_SOCKET[] = "unix"; /* a web server that came by one has no address */

bool
cc_proxy_is_unix(const char *text, size_t size)
{
    return size == sizeof(UNIX_SOCKET) - 1 && memcmp(text, UNIX_SOCKET, size) == 0;
}

bool
cc_proxy_ok(const char *text, size_t size)
{
    cc_network n;

    return cc_proxy_is_unix(text, size) || cc_network_read(text, size, &n);
}
