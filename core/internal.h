/*
 * What the rooms of the core share with each other, and nobody else sees.
 *
 * Read it from top to bottom: memory, text, JSON, storage, hot state, then the declarations (scopes, fields, resources,
 * routes) and the request that travels through the gate.
 */
#ifndef CC_INTERNAL_H
#define CC_INTERNAL_H

#include <stdarg.h>
#include <string.h>

#include "codecourier.h"
#include "resources/scopes.h"

#define CC_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- arena.c: memory that lives as long as a request ----------------------------------------- */

typedef struct cc_arena cc_arena;

cc_arena *cc_arena_new(void);          /* NULL: out of memory */
void      cc_arena_free(cc_arena *a);  /* runs what is owned, then gives everything back; NULL is fine */
void      cc_arena_reset(cc_arena *a); /* the same, but keeps a first block for the next request */

/* What it holds, or will hold before the next reset, is wiped when it is given back.  Say so before it comes in. */
void cc_arena_secret(cc_arena *a);
bool cc_arena_is_secret(const cc_arena *a);

/* `size` zeroed bytes, aligned for any type; NULL: out of memory.  Never freed singly. */
void *cc_alloc(cc_arena *a, size_t size);
char *cc_strndup(cc_arena *a, const char *s, size_t size);
char *cc_printf(cc_arena *a, const char *format, ...) CC_PRINTF(2, 3);

/*
 * Make `p` bigger.  Grows in place when it was the last thing allocated; else copies.  NULL: out of memory, `p` stays
 * valid.  The new part is not zeroed.
 */
void *cc_realloc(cc_arena *a, void *p, size_t old_size, size_t new_size);

/*
 * Call free_fn(p) when the arena is reset or freed, last-first.  On failure calls it at once and returns
 * CC_E_UNAVAILABLE: ownership moves on every path.
 */
cc_err cc_arena_own(cc_arena *a, void *p, void (*free_fn)(void *));

/* ---- text.c: a growing text, UTF-8, numbers, base62, times ----------------------------------- */

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
void cc_put_json(cc_buf *b, const char *s, size_t size); /* a JSON string, quoted and escaped (RFC 8259 section 7) */
void cc_put_time(cc_buf *b, int64_t ms); /* "2025-01-15T10:04:00Z" in quotes; whole seconds, rounded down */
void cc_put_url(cc_buf *b, const char *s, size_t size); /* percent-encoded for a query value */
const char *cc_buf_text(cc_buf *b);                     /* NUL-terminated; "" when empty; NULL when failed */

bool   cc_utf8_valid(const char *s, size_t size);  /* RFC 3629: no surrogates, no overlong forms, at most U+10FFFF */
size_t cc_utf8_length(const char *s, size_t size); /* code points in valid UTF-8 */

/* ---- unicode.c: what is invisible, and what is the same but for case; for valid UTF-8 without NUL ---------- */

/*
 * May this stand on one line?  Refused: control characters, line and paragraph separators, what embeds, overrides or
 * isolates direction, what shows nothing (but for a script that needs it, where it needs it), private use, and a text
 * of which nothing is seen.  "" is fine.
 */
bool cc_line_fine(const char *s, size_t size);
bool cc_is_ascii(const char *s, size_t size);
/*
 * Texts that differ in case, in how their marks are composed, or in what shows nothing have the same folded one (full
 * case folding: "STRASSE" and "Straße").  Of ASCII that is its lower case.  free it; NULL: out of memory.
 */
char *cc_folded(const char *s, size_t size);

/*
 * ISO 8601 / RFC 3339: "2025-01-15T10:04:00Z", optional fraction (cut to ms), "Z" or an offset like "+01:00"; years
 * 1970..9999. Refuses everything else, such as day 30 of February; second 60 counts as 59.
 */
bool cc_time_parse(const char *s, int64_t *ms);

/* A whole decimal number with optional '-', nothing else around it, that fits. */
bool cc_int_parse(const char *s, int64_t *i);

/* The 62 digits in ASCII order, so that texts of one length sort like their numbers. */
extern const char cc_base62_digits[63];
void              cc_base62_128(const uint8_t bytes[16], char out[22]);      /* big-endian; not NUL-terminated */
bool              cc_base62_128_parse(const char in[22], uint8_t bytes[16]); /* false: not base62, or past 128 bits */

/* Decode %XX and, if `plus`, '+' in place; the new size, or -1 for a broken escape or an encoded NUL. */
int64_t cc_url_decode(char *s, size_t size, bool plus);

/* Decode in place what need not be written as %XX: letters, digits, "-", ".", "_" and "~". */
void cc_url_normalize(char *path);

/* "createdAt" -> "created_at"; out has room for 64 bytes.  For column names, from our own declarations only. */
void cc_snake_case(const char *name, char out[64]);

/* ---- clock.c --------------------------------------------------------------------------------- */

int64_t cc_clock_system(void *ctx); /* ms since 1970, UTC */
int64_t cc_clock_monotonic(void);   /* ms from an arbitrary start; for waits */
void cc_civil(int64_t s, int *year, int *month, int *day, int *hour, int *minute, int *second); /* from s since 1970 */

/* ---- zone.c: what the clock shows elsewhere ---------------------------------------------------- */

typedef struct cc_zone cc_zone;

const cc_zone *cc_zone_load(cc_arena *a, const char *name); /* an IANA name; NULL: unknown here, or out of memory */
int64_t        cc_zone_offset(const cc_zone *z, int64_t t); /* seconds east of UTC at t (s since 1970) */
int64_t        cc_zone_day(const cc_zone *z, int64_t t);    /* which day it is there, counted from 1970-01-01 */
/*
 * When it is hour:minute there on that day, in s since 1970.  Of a time that comes twice the first; one that the clock
 * jumps over is as much later as it jumps.
 */
int64_t cc_zone_time(const cc_zone *z, int64_t day, int hour, int minute);
int64_t cc_days_of(int64_t year, int month, int day);
int     cc_month_days(int64_t year, int month);

/* ---- address.c: what hosts and addresses are spelled like, and what they reach ---------------- */

typedef struct cc_address {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
} cc_address;

typedef struct cc_network {
    cc_address address;
    unsigned   bits; /* 0..128, of an IPv4 network too */
} cc_network;

typedef enum cc_reach {
    CC_REACH_PUBLIC,
    CC_REACH_PRIVATE, /* a network of somebody's own, or one that leads nowhere: documentation, retired protocols */
    CC_REACH_HOST,    /* the machine itself or its cable: loopback, link-local */
    CC_REACH_NEVER,   /* no single machine: unspecified, multicast, broadcast */
} cc_reach;

typedef enum cc_host_kind { CC_HOST_BAD, CC_HOST_NAME, CC_HOST_ADDRESS } cc_host_kind;

/* "host", "host:port", "[::1]:port": where they stand in the text. */
typedef struct cc_endpoint {
    const char *host; /* without brackets; not ended by a NUL */
    size_t      size;
    uint16_t    port; /* 0: not given */
} cc_endpoint;

enum { CC_ADDRESS_SIZE = 48 };

bool     cc_address_read(const char *text, cc_address *out); /* in its usual spelling */
void     cc_address_write(const cc_address *a, char out[CC_ADDRESS_SIZE]);
bool     cc_address_is_v4(const cc_address *a);
cc_reach cc_address_reach(const cc_address *a);
bool     cc_address_public(const cc_address *a);

bool cc_network_read(const char *text, size_t size, cc_network *out); /* "10.0.0.0/8", or one address */
void cc_network_write(cc_buf *b, const cc_network *n);
bool cc_network_has(const cc_network *n, const cc_address *a);

/*
 * Read a host text (of a URL, without brackets) as the programs do that will be given it: an IPv4 address in any
 * spelling that inet_aton takes (decimal, octal, hexadecimal, short), an IPv6 address, or a name in ASCII, with or
 * without the dot at its end.  CC_HOST_BAD: neither, or a number that is no address.  `out` is filled for an address.
 */
cc_host_kind cc_host_read(const char *text, size_t size, cc_address *out);
/* false: no host at all, an address that is not public, or a name that always means this machine.  Asks no name server,
 * so true is only half the judgement for a name: whoever connects judges the addresses that come of it. */
bool cc_host_public(const char *text, size_t size);
bool cc_endpoint_read(const char *text, size_t size, cc_endpoint *out);

#define CC_LIST_SPACES " \t," /* between the entries of these settings */

/* egressHosts: "host" (its ports 443 and 80), "host:port", "*.host" (what is below it). */
bool cc_host_entry_ok(const char *text, size_t size);
bool cc_host_entry_has(const char *entry, const cc_endpoint *to);
/* privateHosts: a network or an address (all ports), or "address:port", which alone lets loopback and link-local
 * through. */
bool cc_permit_ok(const char *text, size_t size);
/* May one connect there?  own: it is an address of this machine's, so it counts as loopback.  `permitted` ends with
 * NULL. */
bool cc_address_permitted(const cc_address *a, uint16_t port, bool own, const char *const *permitted);

/* ---- json.c: the one strict door to cJSON ---------------------------------------------------- */

typedef struct cJSON cc_json;

enum { CC_JSON_DEPTH = 32 };

typedef enum cc_json_kind { CC_J_NULL, CC_J_BOOL, CC_J_NUMBER, CC_J_TEXT, CC_J_ARRAY, CC_J_OBJECT } cc_json_kind;

/*
 * Parse the whole text.  The tree lives in the arena.  Refused (CC_E_VALIDATION, *why says what, fit for a client,
 * static): empty or truncated text, anything after the value, invalid UTF-8, \u0000, lone surrogates, a name that
 * occurs twice in an object, nesting deeper than CC_JSON_DEPTH, a number that a double cannot hold (integers past 2^53,
 * overflow to infinity). CC_E_UNAVAILABLE: out of memory.
 */
cc_err cc_json_parse(cc_arena *a, const char *text, size_t size, const cc_json **out, const char **why);

cc_json_kind   cc_json_what(const cc_json *j);
const cc_json *cc_json_first(const cc_json *j);                    /* first member or element, or NULL */
const cc_json *cc_json_next(const cc_json *j);                     /* the one after, or NULL */
const char    *cc_json_name(const cc_json *j);                     /* of a member */
const cc_json *cc_json_member(const cc_json *j, const char *name); /* case-sensitive; NULL: not there */
const char    *cc_json_text(const cc_json *j);                     /* of CC_J_TEXT */
double         cc_json_number(const cc_json *j);                   /* of CC_J_NUMBER */
bool           cc_json_true(const cc_json *j);                     /* of CC_J_BOOL */
void           cc_json_write(cc_buf *b, const cc_json *j);         /* compact, in the order it came */

/* ---- secret.c: randomness, ids, keys, sealing: the one door to libsodium --------------------- */

enum {
    CC_ID_RANDOM = 22,  /* base62 characters after an id's prefix */
    CC_ID_SIZE = 32,    /* room for any id with its NUL */
    CC_KEY_LENGTH = 46, /* "cc_live_" + 32 + 6 */
    CC_KEY_SIZE = 47,
    CC_HASH_SIZE = 32,
    CC_SECRET_SIZE = 32,
    CC_SEAL_EXTRA = 24 + 16, /* nonce and tag */
};

cc_err   cc_secret_start(void);                           /* libsodium ready? once per process, cheap */
void     cc_random(cc_app *app, void *into, size_t size); /* the app's source; for secrets */
void     cc_uuid4(cc_app *app, char out[37]);             /* RFC 9562; for request ids */
void     cc_id_new(cc_app *app, const char *prefix,
                   char out[CC_ID_SIZE]); /* later ids of one app sort after earlier ones */
bool     cc_id_parse(const char *prefix, const char *id, uint8_t bytes[16]); /* false: not such an id */
void     cc_copy_id(char out[CC_ID_SIZE], const char *id);                   /* "" if it does not fit */
void     cc_id_at(const char *prefix, int64_t ms, char out[CC_ID_SIZE]);     /* the smallest id of that millisecond */
void     cc_key_new(cc_app *app, bool test, char out[CC_KEY_SIZE]);
void     cc_hash(const void *data, size_t size, uint8_t out[CC_HASH_SIZE]); /* SHA-256 */
void     cc_mac(const uint8_t key[CC_SECRET_SIZE], const void *data, size_t size,
                uint8_t out[CC_HASH_SIZE]);                                   /* keyed BLAKE2b */
uint64_t cc_short_hash(const uint8_t key[16], const void *data, size_t size); /* SipHash-2-4 */
bool     cc_same(const void *a, const void *b, size_t size);                  /* constant time */
void     cc_wipe(void *p, size_t size);
void     cc_seal(cc_app *app, const uint8_t key[CC_SECRET_SIZE], const void *in, size_t size,
                 uint8_t *out); /* out: size + CC_SEAL_EXTRA */
bool     cc_unseal(const uint8_t key[CC_SECRET_SIZE], const uint8_t *in, size_t size,
                   uint8_t *out); /* out: size - CC_SEAL_EXTRA; false: not ours */
size_t   cc_base64(const void *in, size_t size, char *out, size_t out_size);    /* with padding (RFC 7617) */
size_t   cc_base64url(const void *in, size_t size, char *out, size_t out_size); /* no padding; the length */
bool     cc_base64url_parse(const char *in, size_t size, void *out, size_t out_size, size_t *got);
cc_err   cc_password_hash(const char *password, char out[128]); /* Argon2id */
bool     cc_password_check(const char *stored, const char *password);
void     cc_password_new(cc_app *app, char out[CC_PASSWORD_SIZE]);

/*
 * The instance's own secret, from the key file beside the database: read when first needed and kept; made (0600) by a
 * process that may create it.  `purpose` (8 characters) gives independent keys for independent jobs.
 */
cc_err cc_instance_key(cc_app *app, const char purpose[8], uint8_t out[CC_SECRET_SIZE]);

/* ---- hot.c: what changes too often for the database ------------------------------------------ */

typedef struct cc_hot cc_hot;

typedef struct cc_rate {
    bool    allowed;
    int64_t remaining; /* requests that would be allowed right now */
    int64_t reset_ms;  /* until the bucket is full again */
    int64_t wait_ms;   /* until the next request is allowed; 0 when allowed */
} cc_rate;

/*
 * NULL when out of memory.  A file that cannot be mapped gives state of this process alone: limits then count per
 * process, and cc_hot_trouble says why.  A file that a newer program has made is left to it: programs of one layout
 * share NAME.LAYOUT meanwhile, which is said as well.
 */
cc_hot     *cc_hot_open(const char *path);
void        cc_hot_close(cc_hot *h);
const char *cc_hot_trouble(const cc_hot *h); /* for the operator; "": one file, shared by all */
/* Look at the name again, at the cost of a stat: after a trouble, or when the file is no longer there, try anew. */
void cc_hot_look(cc_hot *h);

/* The last write that failed, as storage calls the failure, for whoever reports it; 0: the last one went well. */
void     cc_hot_failure_set(cc_hot *h, uint32_t failure);
uint32_t cc_hot_failure(cc_hot *h);

/* May `what` (0 to CC_SAYINGS - 1) be said?  true at most once a minute over all processes. */
enum { CC_SAYINGS = 16 };
bool cc_hot_say_due(cc_hot *h, int what, int64_t now_ms); /* NULL: yes */

/* Take one request from `key`'s bucket (GCRA): `per_minute` steady, `burst` at once.  Thread- and process-safe,
 * lock-free. */
cc_rate cc_hot_take(cc_hot *h, uint64_t key, int64_t now_ms, int64_t per_minute, int64_t burst);
void    cc_hot_give_back(cc_hot *h, uint64_t key, int64_t per_minute); /* a 304 was free */

/* When `key` was last used (ms; 0: not known here); mark moves it on, at most once a minute. */
int64_t cc_hot_used(cc_hot *h, uint64_t key);
void    cc_hot_mark(cc_hot *h, uint64_t key, int64_t now_ms);

/*
 * Call `each` for every mark that moved since it was last handed out here, for writing it to the database.  What is
 * handed out counts as written: if that fails, the database hears of the key at its next use.  Marks read here stay as
 * they are.
 */
void cc_hot_each_moved(cc_hot *h, void (*each)(void *ctx, uint64_t key, int64_t used_ms), void *ctx);

/* Is one process or thread already at work on `tag`?  false: yes.  A dead one's claim ends after a minute. */
bool cc_hot_enter(cc_hot *h, uint64_t tag, int64_t now_ms);
void cc_hot_leave(cc_hot *h, uint64_t tag);

/* Wait for one's turn to write, at most `ms`; only for fairness: SQLite's own lock still decides. */
void cc_hot_turn_take(cc_hot *h, int64_t ms);
void cc_hot_turn_give(cc_hot *h);

/*
 * Take one of `count` turns from `first` on at what would take all processors and memory if everybody did it at once;
 * -1: none is free.  One that is not given back ends after CC_TURN_MS.  Who gives one back rings CC_BELL_TURN.
 */
enum { CC_TURN_MS = 10000, CC_BELL_TURN = 1 };
int  cc_hot_heavy_take(cc_hot *h, int first, int64_t count, int64_t now_ms);
void cc_hot_heavy_give(cc_hot *h, int turn); /* and wake who waits; -1 is fine */

/* Should the marks be written to the database now?  true at most once a minute over all processes. */
bool cc_hot_flush_due(cc_hot *h, int64_t now_ms);

/*
 * Bells: whoever changed something rings, whoever waits for it wakes, in whichever process.  Take cc_hot_bell before
 * looking, and await with it after having found nothing: a ring in between is not missed.  Keys may share a bell, and
 * without the file nobody hears another process, so whoever waits looks again now and then all the same.
 */
enum { CC_BELL_WORK = 0, CC_SEAT_MAX_MS = 60000 };
uint32_t cc_hot_bell(cc_hot *h, uint64_t key);
void     cc_hot_ring(cc_hot *h, uint64_t key);
void     cc_hot_await(cc_hot *h, uint64_t key, uint32_t heard, int64_t ms);

/*
 * Of `seats` for requests that wait, take one for `ms` (up to CC_SEAT_MAX_MS) and keep it for longer; -1: none is free
 * for this caller.  `project` and `key` say whose it is.  `several`: there are other projects; then one has at most
 * half of what the others left, and one key at most half of its project's share, but each at least one.
 */
int  cc_hot_seat_take(cc_hot *h, int64_t seats, bool several, uint64_t project, uint64_t key, int64_t now_ms,
                      int64_t ms);
void cc_hot_seat_keep(cc_hot *h, int seat, int64_t now_ms, int64_t ms); /* -1 is fine */
void cc_hot_seat_give(cc_hot *h, int seat);

/* ---- scope.c --------------------------------------------------------------------------------- */

/*
 * The catalogue (contract section 3).  The order is also the bit in stored masks: only ever append.  A resource may
 * bring two of its own, in its file, with the next number that is free and stays theirs; members may then read and
 * write it (core/gather.sh):
 *
 *   CC_SCOPE_PAIR(27, NOTES, "notes");
 *
 *   X(name, text, includes, meaning)       X must be called X
 */
#define CC_SCOPE_PAIR(number, NAME, word) _Static_assert(CC_SCOPE_##NAME##_READ == (number), "scopes are stored by number")
#define CC_SCOPE_PAIR_ROWS(number, NAME, word)                                                                         \
    X(NAME##_READ, word ":read", 0, "Read " word ".")                                                                  \
    X(NAME##_WRITE, word ":write", CC_BIT(NAME##_READ), "Make, change and delete " word ".")
#define CC_SCOPES(X)                                                                                                   \
    X(PROJECTS_READ, "projects:read", 0, "Read the project and its settings.")                                         \
    X(PROJECTS_WRITE, "projects:write", CC_BIT(PROJECTS_READ), "Change or delete the project and its settings.")       \
    X(KEYS_READ, "keys:read", 0, "List API keys (never their secrets).")                                               \
    X(KEYS_WRITE, "keys:write", CC_BIT(KEYS_READ), "Make, change, rotate and revoke API keys.")                        \
    X(MEMBERS_READ, "members:read", 0, "List the project's members.")                                                  \
    X(MEMBERS_WRITE, "members:write", CC_BIT(MEMBERS_READ), "Invite, change and remove members.")                      \
    X(WORKFLOWS_READ, "workflows:read", 0, "Read workflows.")                                                          \
    X(WORKFLOWS_WRITE, "workflows:write", CC_BIT(WORKFLOWS_READ), "Make, change and delete workflows.")                \
    X(RUNS_READ, "runs:read", 0, "Read runs, their steps and events.")                                                 \
    X(RUNS_WRITE, "runs:write", CC_BIT(RUNS_READ) | CC_BIT(RUNS_CANCEL), "Start, steer and delete runs.")              \
    X(RUNS_CANCEL, "runs:cancel", 0, "Cancel runs.")                                                                   \
    X(PERSONAS_READ, "personas:read", 0, "Read personas.")                                                             \
    X(PERSONAS_WRITE, "personas:write", CC_BIT(PERSONAS_READ), "Make, change and delete personas.")                    \
    X(CONTEXTS_READ, "contexts:read", 0, "Read contexts.")                                                             \
    X(CONTEXTS_WRITE, "contexts:write", CC_BIT(CONTEXTS_READ), "Make, change and delete contexts.")                    \
    X(ASSETS_READ, "assets:read", 0, "Read assets.")                                                                   \
    X(ASSETS_WRITE, "assets:write", CC_BIT(ASSETS_READ), "Make, change and delete assets.")                            \
    X(ISSUES_READ, "issues:read", 0, "Read issues.")                                                                   \
    X(ISSUES_WRITE, "issues:write", CC_BIT(ISSUES_READ), "Make, change and delete issues.")                            \
    X(SCHEDULES_READ, "schedules:read", 0, "Read schedules.")                                                          \
    X(SCHEDULES_WRITE, "schedules:write", CC_BIT(SCHEDULES_READ), "Make, change and delete schedules.")                \
    X(LEARNINGS_READ, "learnings:read", 0, "Read learnings.")                                                          \
    X(LEARNINGS_WRITE, "learnings:write", CC_BIT(LEARNINGS_READ), "Make, change and delete learnings.")                \
    X(WEBHOOKS_READ, "webhooks:read", 0, "Read webhooks.")                                                             \
    X(WEBHOOKS_WRITE, "webhooks:write", CC_BIT(WEBHOOKS_READ), "Make, change and delete webhooks.")                    \
    X(ANALYTICS_READ, "analytics:read", 0, "Read figures about runs and costs.")                                       \
    X(AUDIT_READ, "audit:read", 0, "Read the audit log.")                                                              \
    CC_SCOPE_PAIRS(CC_SCOPE_PAIR_ROWS)

typedef enum cc_scope {
#define X(name, text, includes, meaning) CC_SCOPE_##name,
    CC_SCOPES(X)
#undef X
        CC_SCOPE__MAX,
    CC_SCOPE_ANY,  /* any key will do */
    CC_SCOPE_NONE, /* no key is needed */
} cc_scope;

#define CC_BIT(name) (UINT64_C(1) << CC_SCOPE_##name)
#define CC_ALL_SCOPES ((UINT64_C(1) << CC_SCOPE__MAX) - 1)

const char *cc_scope_text(cc_scope s);
const char *cc_scope_meaning(cc_scope s);
bool        cc_scope_find(const char *text, cc_scope *s);
uint64_t    cc_scope_expand(uint64_t mask);           /* with everything the scopes include */
void        cc_scope_write(cc_buf *b, uint64_t mask); /* a JSON array, as granted, in catalogue order */

/* ---- role.c: what a person may do in a project ----------------------------------------------- */

typedef enum cc_role {
    CC_ROLE_NONE, /* no member */
#define X(name, text) CC_ROLE_##name,
    CC_ROLES(X)
#undef X
        CC_ROLE__MAX
} cc_role;

extern const char *const cc_role_names[]; /* ends with NULL */
const char              *cc_role_text(cc_role role);
cc_role                  cc_role_find(const char *text);
uint64_t                 cc_role_may(cc_role role);   /* a complete mask of scopes */
uint64_t                 cc_role_grant(cc_role role); /* what the person may put into a key */

/* ---- fields.c: what goes in and out, declared ------------------------------------------------ */

typedef enum cc_type {
    CC_TYPE_LINE,   /* text without control characters; min..max characters */
    CC_TYPE_TEXT,   /* text; may have line breaks and tabs; min..max characters */
    CC_TYPE_INT,    /* whole number, min..max */
    CC_TYPE_NUMBER, /* number, min..max */
    CC_TYPE_BOOL,
    CC_TYPE_TIME,   /* ISO 8601 out and in; ms in the database */
    CC_TYPE_CHOICE, /* one of .choices */
    CC_TYPE_ID,     /* an id with prefix .ref; in a body it must be there (cc_references_check) */
    CC_TYPE_IDS, /* a list of min..max ids with prefix .ref, each of which must be there; JSON text in the database */
    CC_TYPE_URL, /* a repository's address (repository.h); up to max bytes */
    CC_TYPE_SCOPES,   /* a list of scopes; a mask in the database */
    CC_TYPE_NETWORKS, /* a list of up to max IPv4/IPv6 networks; a text in the database */
    CC_TYPE_LIST,     /* a list of min..max objects of .members; JSON text in the database */
    CC_TYPE_OBJECT,   /* an object of .members; only in answers; its columns are field_member */
    CC_TYPE_MAP,      /* environment: names to texts (or null: remove); sealed in the database, masked in answers */
    CC_TYPE_ANY,      /* any JSON object; only in answers; JSON text in the database */
    CC_TYPE_BLOB,     /* bytes; only hidden */
} cc_type;

enum {
    CC_FIELD_REQUIRED = 1 << 0,   /* must be there on create */
    CC_FIELD_READ_ONLY = 1 << 1,  /* only in answers */
    CC_FIELD_WRITE_ONLY = 1 << 2, /* only in requests; no column */
    CC_FIELD_NULLABLE = 1 << 3,   /* may be null; null when not given and there is no preset */
    CC_FIELD_FILTER = 1 << 4,     /* lists may be filtered by equality */
    CC_FIELD_SEARCH = 1 << 5,     /* the filter `q` looks in it; its folded text stands in the column NAME_folded */
    CC_FIELD_DETAIL = 1 << 6,     /* left out of lists */
    CC_FIELD_FIXED = 1 << 7,      /* cannot be changed after create */
    CC_FIELD_VIRTUAL = 1 << 8,    /* no column: the resource's `virtual` hook writes it */
    CC_FIELD_LIVE = 1 << 9,       /* the column is overlaid by the resource's `live` hook */
    CC_FIELD_HIDDEN = 1 << 10,    /* a column that handlers set and nobody sees */
    CC_FIELD_SECRET =
        1 << 11,             /* a request that may hold it is wiped from memory afterwards; so with every CC_TYPE_MAP */
    CC_FIELD_EACH = 1 << 12, /* ids that the route deals with one by one: each of them may be missing */
};

typedef struct cc_field cc_field;
struct cc_field {
    const char        *name;   /* the JSON member; its column is the same in snake_case */
    const char        *member; /* ,"name": ready to write */
    size_t             member_size;
    cc_type            type;
    unsigned           flags;
    int64_t            min, max;
    const char        *meaning; /* one sentence, for the reference */
    const char        *example; /* JSON */
    const char        *preset;  /* JSON; what a create without it gets */
    const char *const *choices; /* of CC_TYPE_CHOICE; NULL past the last */
    const char        *ref;     /* of CC_TYPE_ID, CC_TYPE_IDS: the prefix */
    const cc_field    *members; /* of CC_TYPE_LIST, CC_TYPE_OBJECT */
};

/* CC_F("name", type, flags, min, max, "Meaning.", .example = "…", …); a list of fields ends with CC_END. */
#define CC_F(name_, ...)                                                                                               \
    {                                                                                                                  \
        .name = name_, .member = ",\"" name_ "\":", .member_size = sizeof(name_) + 3, __VA_ARGS__                      \
    }
#define CC_END                                                                                                         \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

/* One checked value, parallel to its field. */
typedef struct cc_value {
    bool           present; /* sent, or set by a handler */
    bool           null;
    int64_t        i; /* INT, BOOL, TIME (ms), SCOPES (mask) */
    double         d; /* NUMBER */
    const char    *s; /* LINE, TEXT, CHOICE, ID, URL; NETWORKS: canonical, space-separated; IDS, LIST: canonical JSON */
    size_t         size; /* of s */
    const cc_json *json; /* IDS, LIST, MAP: the checked tree */
} cc_value;

typedef struct cc_req   cc_req;
typedef struct cc_stmt  cc_stmt;
typedef struct cc_route cc_route;

/*
 * Check a body against its fields; NULL stands for an empty object.  `partial`: nothing is required and CC_FIELD_FIXED
 * is refused (PATCH).  Fills values[], one per field.  On CC_E_VALIDATION r->field names the offender, with its place:
 * "steps[2].role".
 */
cc_err cc_fields_check(cc_req *r, const cc_field *fields, const cc_json *object, bool partial, cc_value *values);

/* The same for one text from a query. */
cc_err cc_field_check_text(cc_req *r, const cc_field *field, const char *text, size_t size, cc_value *value);

size_t cc_fields_count(const cc_field *fields);
void   cc_field_rule(cc_buf *b, const cc_field *f); /* "a whole number from 1 to 100": for errors and the reference */

/* Does a caller's address lie in one of the networks (canonical text, space-separated)?  Empty or NULL: yes. */
bool cc_network_allows(const char *networks, const char *address);
/* Does every network of `inner` lie in one of `outer`? */
bool cc_networks_within(const char *inner, const char *outer);

/* ---- resource.c: one declaration, five routes ------------------------------------------------ */

typedef struct cc_resource cc_resource;
struct cc_resource {
    const char *one;   /* "persona": schema name and operation prefix */
    const char *table; /* "personas"; what is read: a table or a view */
    /* Tables that hold its rows and what belongs to them, children first; NULL: `table` alone.  For deleting a project.
     */
    const char *const *stored;
    const char        *prefix;  /* of ids: "per_"; NULL: one row per project */
    const cc_field    *fields;  /* what clients see; fields with a column are also the SQL columns, in this order */
    bool               by_mode; /* rows belong to a mode; a key sees those of its own */
    bool               by_time; /* lists take `from` and `to` */
    const char        *meaning;
    /*
     * All optional.  prepare: runs after validation and before the row is written; may read and
     * set r->body (cc_in, cc_let_…); id is NULL on create.  may_delete: refuses what must stay.  live: the value of a
     * CC_FIELD_LIVE column.  virtual_: writes a CC_FIELD_VIRTUAL member's JSON.
     */
    cc_err (*prepare)(cc_req *r, const char *id);
    cc_err (*may_delete)(cc_req *r, const char *id);
    int64_t (*live)(cc_req *r, const cc_field *field, const char *id, int64_t stored);
    bool (*virtual_)(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out); /* false: leave the member out */
};

extern const cc_resource *const cc_resources[]; /* ends with NULL */

const cc_resource *cc_resource_of(const char *prefix); /* whose ids begin so; NULL: none */

/*
 * Does everything that a checked body refers to by id exist, in the caller's project (and mode, if it has one)?  In a
 * transaction. VALIDATION, as for any other wrong value: NOT_FOUND is said of what the path names, and of nothing else.
 */
cc_err cc_references_check(cc_req *r, const cc_field *fields, const cc_value *values);

/* The handlers of a plain resource; the route's row says which one. */
cc_err cc_resource_list(cc_req *r);
cc_err cc_resource_get(cc_req *r);
cc_err cc_resource_create(cc_req *r);
cc_err cc_resource_update(cc_req *r);
cc_err cc_resource_delete(cc_req *r);

/* For coded handlers.  `values` are parallel to res->fields. */
cc_err cc_resource_insert(cc_req *r, const cc_resource *res, const char *id, cc_value *values, cc_buf *out);
cc_err cc_resource_change(cc_req *r, const cc_resource *res, const char *id,
                          cc_value *values);                                /* and write it as r's answer */
cc_err cc_resource_show(cc_req *r, const cc_resource *res, const char *id); /* write it as r's answer, or NOT_FOUND */
void   cc_show_secret(cc_req *r, const char *secret); /* a row just made has it, and this answer alone shows it */
bool   cc_show_once(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out);   /* a `virtual_` that writes it */
cc_err cc_resource_precondition(cc_req *r, const cc_resource *res, const char *id); /* If-Match, or NOT_FOUND */
void   cc_row_write(cc_req *r, const cc_resource *res, cc_stmt *row, bool detail, cc_buf *out);
void   cc_columns(cc_buf *b, const cc_resource *res, bool detail); /* what cc_row_write reads, in its order */

/* The value of a declared name in an array parallel to fields; asserts that it is declared. */
cc_value *cc_value_of(const cc_field *fields, cc_value *values, const char *name);
void      cc_let_int(const cc_field *fields, cc_value *values, const char *name, int64_t i);
void      cc_let_text(const cc_field *fields, cc_value *values, const char *name, const char *s); /* NULL: null */
void      cc_let_bytes(const cc_field *fields, cc_value *values, const char *name, const void *p, size_t size);

/* The values of a request's body by name; never NULL for a declared name. */
const cc_value *cc_in(cc_req *r, const char *name);
const cc_value *cc_query(cc_req *r, const char *name);

/* ---- routes.c: THE table --------------------------------------------------------------------- */

typedef enum cc_method { CC_GET, CC_POST, CC_PATCH, CC_DELETE, CC_METHOD__MAX } cc_method;

const char *cc_method_text(cc_method m);

enum {
    CC_ROUTE_LISTED = 1 << 0,   /* answers a list envelope */
    CC_ROUTE_CURSOR = 1 << 4,   /* takes limit and cursor */
    CC_ROUTE_CREATED = 1 << 1,  /* answers 201 */
    CC_ROUTE_OWN_BODY = 1 << 2, /* the handler writes the whole body, no envelope (openapi.json) */
    CC_ROUTE_NO_DB = 1 << 3,    /* touches no database */
    CC_ROUTE_PERSON = 1 << 5,   /* for somebody signed in, not for keys; about the person, whatever the project */
    CC_ROUTE_OWNER = 1 << 6,    /* of those signed in, for the project's owners only */
    CC_ROUTE_SILENT = 1 << 7,   /* changes nothing although it is no GET: leaves no trace in the audit log */
    CC_ROUTE_WAITS = 1 << 8,    /* may keep its caller waiting: for an event, for a lock that it tries */
};

#define CC_ERROR_BIT(name) (UINT32_C(1) << CC_E_##name)
_Static_assert(CC_E__MAX <= 32, "the errors of a route are a mask of 32 bits");

typedef cc_err (*cc_handler)(cc_req *r);

struct cc_route {
    cc_method          method;
    const char        *path; /* below /api/v1; "{id}" stands for one segment */
    cc_scope           scope;
    uint64_t           also; /* CC_BIT of a second scope that it needs as well; 0: none */
    cc_handler         handler;
    cc_handler         ahead;    /* runs before the handler's transaction begins: slow work that needs no lock */
    const cc_resource *resource; /* whose fields give body, filters and answer where the row names none */
    const cc_field    *query;    /* beside paging and the resource's filters */
    const char        *within;   /* the filter that is not asked for because the path's {id} is it */
    const cc_field    *body;     /* NULL: the resource's writable fields, if POST on a collection or PATCH */
    const cc_field    *answer;   /* NULL: the resource */
    uint32_t    errors; /* CC_ERROR_BIT of what the handler may answer beside what the gate does: cc_route_errors */
    unsigned    flags;
    const char *operation; /* "workflows.list": the method of the clients */
    const char *summary;
    const char *alias[2]; /* "POST /workflows/create"; one without {id} takes it as `id` from query or body */
};

extern const cc_route cc_routes[];
extern const size_t   cc_routes_count;

/* A group of operations that is about no resource of its own; NULL past the last. */
typedef struct cc_group {
    const char *name, *meaning;
} cc_group;

extern const cc_group cc_groups[];

/* Is this the parameter that the path gives? */
static inline bool
cc_route_gives(const cc_route *route, const cc_field *query)
{
    return route->within && strcmp(route->within, query->name) == 0;
}

/* A collection that had another name: all its paths and aliases have that one, too.  NULL past the last. */
typedef struct cc_renamed {
    const char *was, *is;
} cc_renamed;

extern const cc_renamed cc_renamed_paths[];

/* What stands behind the older name that the path begins with, and the present one; NULL: it has none. */
const char *cc_route_renamed(const char *path, const char **now);
/* All older names of a route, as "METHOD /path"; how many. */
size_t cc_route_older(const cc_route *route, char out[CC_OLDER_MAX][CC_OLDER_SIZE]);

/* What a route takes in its query, in the order of r->query; the caller's array of `room` pointers.  The number. */
enum { CC_QUERY_MAX = 16 };
size_t                cc_route_query(const cc_route *route, const cc_field *out[CC_QUERY_MAX]);
const cc_field       *cc_route_body(const cc_route *route);    /* NULL: takes none */
const cc_field       *cc_route_answer(const cc_route *route);  /* NULL: none declared */
bool                  cc_route_partial(const cc_route *route); /* PATCH: nothing is required */
bool                  cc_route_retried(const cc_route *route); /* Idempotency-Key means something here */
uint32_t              cc_route_errors(const cc_route *route);  /* all it may answer, as CC_ERROR_BIT */
extern const cc_field cc_no_fields[];                          /* a POST that takes no members */

extern const cc_field cc_page_fields[];    /* limit, cursor */
extern const cc_field cc_range_fields[];   /* from, to */
extern const cc_field cc_search_field;     /* q */
extern const cc_field cc_deleted_fields[]; /* id, deleted: the answer to every delete */
void                  cc_deleted_write(cc_buf *out, const char *id);

/* ---- the request on its way ------------------------------------------------------------------ */

typedef struct cc_principal {
    char        key_id[CC_ID_SIZE]; /* "" for the local owner and for people */
    char        project_id[CC_ID_SIZE];
    const char *name;
    uint64_t    scopes; /* as granted */
    uint64_t    may;    /* expanded */
    uint64_t    grant;  /* what may be handed out in a new key */
    bool        test;   /* a cc_test_ key */
    bool        local;  /* the owner of the data directory, through the command or in-process */
    int64_t     created_at, expires_at, last_used_at; /* ms; 0: none */
    const char *networks;                             /* canonical; "" none */
    int64_t     rate_limit;                           /* per minute; 0: the default */
    uint64_t    hot;                                  /* its place in the hot-state file */
    const char *key;                                  /* the key itself, as sent; NULL for the local owner and people */
    char        owner_id[CC_ID_SIZE];                 /* the person with whose membership the key ends; "": nobody's */
    char        rate_root[CC_ID_SIZE]; /* the key whose limit it shares with all that came from that; "": none */
    int64_t     root_limit;            /* per minute */
    bool        by_operator;           /* the key was made on the machine itself */

    /* Of somebody signed in; empty for keys. */
    char        user_id[CC_ID_SIZE];
    char        session_id[CC_ID_SIZE];
    cc_role     role; /* in that project; CC_ROLE_NONE: of none */
    bool        must_change;
    const char *token;                       /* the cookie */
    int64_t     session_began, session_ends; /* ms */
} cc_principal;

struct cc_req {
    cc_app           *app;
    cc_arena         *arena;
    const cc_request *in;
    int64_t           now; /* ms */
    char              request_id[37];
    const char       *address;      /* the caller's; NULL: unknown */
    bool              address_sure; /* false: what was said of it does not fit together; it is in no network list */
    bool              secure;       /* the caller came by https */

    const cc_route *route;
    const char     *path; /* below /api/v1, decoded not: as sent */
    const char     *base; /* what stood before /api/v1 */
    size_t          base_sent; /* the size of that in in->uri, where "~" may be "%7E" */
    const char     *id;   /* {id}, or NULL */
    const char     *query_text;
    bool            head; /* HEAD: as GET, without a body */
    bool by_alias; /* the path has no place for the {id} that the route wants: it comes as a parameter or member */
    cc_principal    who;
    cc_value        query[CC_QUERY_MAX];
    const cc_field *query_fields[CC_QUERY_MAX];
    size_t          query_count;
    const char     *body_text; /* as received */
    size_t          body_size;
    cc_value       *body;  /* parallel to cc_route_body(route) */
    void           *ahead; /* what the route's `ahead` has found out for its handler */

    cc_buf      out;              /* the answer's body */
    cc_buf      extra;            /* further header lines, each with its CRLF */
    int         status;           /* 0: the route's */
    const char *field;            /* of a VALIDATION */
    const char *message;          /* NULL: the error's own */
    int64_t     version;          /* of the one resource answered; 0: no ETag */
    char        next[CC_ID_SIZE]; /* a list's last id if there is more; "" at the end */
    bool        more;             /* a list without cursor goes on */
    const char *rung;             /* a run that changed: once that is stored, workers and followers are woken */
    bool        stream;           /* the answer is text/event-stream and goes on; events.c */
    int         seat;             /* among those who wait; -1: none */
    int         turn;             /* among those who compute Argon2id */
    int64_t     come_again_s;     /* of an UNAVAILABLE: when; 0: soon */
    int64_t     stream_after, stream_until, stream_said;
    const char *secret;   /* a key just made, to be shown this once */
    bool        no_store; /* the answer holds a secret */
    cc_err      outcome;  /* of a replayed answer */
    struct {
        bool    claimed;
        uint8_t tag[CC_HASH_SIZE], digest[CC_HASH_SIZE], key[CC_SECRET_SIZE];
    } retry;          /* Idempotency-Key */
    cc_rate     rate; /* of the bucket that has least left */
    const char *rate_name;
    int64_t     rate_quota; /* a minute */
    bool        rated;
    cc_scope    lacking; /* of a SCOPE_DENIED */
    bool        legacy;  /* X-API-Version: 1 */
    bool        body_read;
};

/* Note what is wrong and return `err`: return cc_fail(r, CC_E_CONFLICT, NULL, "A %s run cannot be paused.", status); */
cc_err cc_fail(cc_req *r, cc_err err, const char *field, const char *format, ...) CC_PRINTF(4, 5);

/* ---- authority.c: who may hand out what, and who still may what he set up ---------------------- */

/* What somebody can do at most. */
typedef struct cc_power {
    uint64_t    scopes; /* expanded */
    bool        test;
    const char *networks;   /* canonical; "": from anywhere */
    int64_t     expires_at; /* ms; 0: never */
    int64_t     rate_limit; /* a minute; 0: the instance's default */
} cc_power;

/*
 * May the caller hand out, change or end what has that power?  Only if he has all of it himself.  Whoever changes
 * something asks twice: for what it can do before, and for what it will be able to do.  FORBIDDEN: r->message says what
 * he lacks.
 */
cc_err cc_authority_over(cc_req *r, const cc_power *power);
cc_err cc_authority_over_role(cc_req *r, cc_role role); /* the same for a person's role */

const char *cc_actor(const cc_principal *who);  /* the id that is stored for later; NULL: the local owner */
const char *cc_person(const cc_principal *who); /* the person behind it; NULL: none */

/*
 * For what acts later than it was set up: a request that nobody sends, and then whose it is.  `actor` is what cc_actor
 * gave; r->who becomes that key or person as they are now, in the mode that was stored.  A key that was rotated has
 * handed over to its successor.  FORBIDDEN, and r->message a whole sentence: the right it had then has ended.
 */
cc_req *cc_acting_new(cc_app *app, cc_arena *a); /* NULL: out of memory */
cc_err  cc_acting_as(cc_req *r, const char *project_id, const char *actor, bool test, cc_scope needs);

/* For who waits: FORBIDDEN once the right with which the request came has ended. */
cc_err cc_acting_still(cc_req *r, cc_scope needs);

/* ---- the rooms of the gate ------------------------------------------------------------------- */

#define CC_LOCAL_OWNER "local owner" /* what the log calls whoever runs the programs on the machine itself */

cc_err cc_gate(cc_req *r); /* gate.c */
/* client.c: fills r->address and r->secure, by what trusted proxies say.  UNAVAILABLE: no memory. */
cc_err cc_client_find(cc_req *r);
const char        *
cc_client_place(cc_req *r); /* what one caller has at his disposal: an IPv4 address, a /64; NULL: no memory */
bool   cc_proxy_ok(const char *text, size_t size); /* an entry of trustedProxies */
cc_err cc_auth(cc_req *r);                         /* auth.c: fills r->who */
cc_err cc_auth_again(cc_req *r); /* inside a write's transaction: as it is now, however long the wait for it was */
cc_err cc_audit(cc_req *r);      /* audit.c: note a change that went well, in its transaction */
cc_err cc_audit_also(cc_req *r, const char *action,
                     const char *resource_id); /* what follows from it, by the same one */
cc_err cc_audit_operator(cc_app *app, const char *project_id, const char *action,
                         const char *resource_id); /* the same for one that no request made */
void   cc_envelope_open(cc_req *r);                /* envelope.c */
cc_err cc_envelope_close(cc_req *r);
void   cc_envelope_error(cc_req *r, cc_err err);
void   cc_headers_write(cc_req *r, cc_err err, cc_buf *out);
bool   cc_etag_matches(const char *header, int64_t version); /* If-Match, If-None-Match; knows "*" and "-gzip" */
void   cc_environment_write(cc_req *r, const void *sealed, size_t size, cc_buf *out); /* project.c: masked */
/* project.c: the sealed environment as a JSON object of texts in the arena; *json stays NULL when there is none. */
cc_err   cc_environment_open(cc_app *app, cc_arena *arena, const char *project_id, const void *sealed, size_t size,
                             const cc_json **json);
bool     cc_slug_valid(const char *slug);                                 /* project.c */
cc_err   cc_page_read(cc_req *r, int64_t *limit, char after[CC_ID_SIZE]); /* page.c: after "" = from the start */
cc_err   cc_page_cursor(cc_req *r, const char *last_id, char *out, size_t out_size);
uint64_t cc_key_hot(const char *key_id);
cc_err   cc_idempotency_claim(cc_req *r);                 /* idempotency.c: before the transaction */
cc_err   cc_idempotency_find(cc_req *r, bool *replayed);  /* inside it: fills the stored answer in */
cc_err   cc_idempotency_store(cc_req *r, cc_err outcome); /* inside it */
void     cc_idempotency_release(cc_req *r);               /* after it */
cc_err   cc_idempotency_purge(cc_app *app);

/* ---- signin.c: sessions at the gate ----------------------------------------------------------- */

/* What a sign-in to an account that does not exist is checked against: costs what a real one does; nobody knows the
 * password. */
extern const char cc_password_of_nobody[];

#define CC_COOKIE "cc_session"

enum { CC_TOKEN_SIZE = 44 }; /* 32 random bytes in base64url, and a NUL */

void   cc_token_new(cc_app *app, char out[CC_TOKEN_SIZE]);
bool   cc_token_well_formed(const char *token);
cc_err cc_session_again(cc_req *r);                      /* as cc_auth_again */
cc_err cc_session_auth(cc_req *r);                       /* by cookie: fills r->who; AUTH_MISSING: there is none */
cc_err cc_session_begin(cc_req *r, const char *user_id); /* in a transaction: makes one, sets the cookie and r->who */
cc_err cc_session_project(cc_req *r);                    /* fills r->who with the membership the request is about */
void   cc_session_cookie_clear(cc_req *r);
void   cc_csrf_write(cc_req *r, cc_buf *out); /* the session's CSRF token, as JSON */
cc_err cc_same_site(cc_req *r);               /* FORBIDDEN: another site's page sent this */
cc_err cc_throttle_address(cc_req *r);        /* RATE_LIMITED: too many attempts */
/* May a password of this account be tried from here?  known: somebody has signed in to it from here before. */
cc_err cc_throttle_sign_in(cc_req *r, const char *email, bool known);
/*
 * Around everything that computes Argon2id: a turn among the machine's processes, and meanwhile other threads may use
 * the app.  UNAVAILABLE: no turn is free; nothing was begun then.
 */
cc_err cc_password_begin(cc_req *r, bool known);
void   cc_password_end(cc_req *r);
cc_err cc_password_right(const char *stored, const char *password, bool *right); /* UNAVAILABLE: no memory to tell */
bool   cc_email_clean(const char *email, char out[255]); /* admin.c: lower case; false: no e-mail address */

/* events.c: the next piece of a stream; as cc_response_more, which holds the lock. */
bool     cc_events_more(cc_req *r);
uint64_t cc_run_bell(const char *run_id); /* engine/lease.c: what a run's followers listen to */

/* ---- app.c ----------------------------------------------------------------------------------- */

typedef struct cc_db cc_db;

cc_db      *cc_app_db(cc_app *app);
cc_err      cc_projects_several(cc_app *app, bool *several); /* admin.c: is there more than one project? */
cc_hot     *cc_app_hot(cc_app *app);
cc_err      cc_app_enter(cc_app *app); /* take the lock; INTERNAL, and not taken: the app has crossed a fork */
void        cc_app_lock(cc_app *app);  /* again, by who is inside already and gave it up to wait */
void        cc_app_unlock(cc_app *app);
int64_t     cc_app_now(cc_app *app);
void        cc_openapi_write(cc_buf *b, const char *base); /* openapi.c; base: what stands before /api/v1 */
const char *cc_app_directory(cc_app *app);                 /* where the database lies, as it was given; "": here */
/* The command line that codecourier.conf gives the agent of that name ("agent.NAME = …"), or NULL. */
const char *cc_app_agent(cc_app *app, const char *name);
void        cc_log(cc_app *app, const char *format, ...) CC_PRINTF(2, 3);

/* ---- trouble.c: no fall-back is silent --------------------------------------------------------- */

/* It is so, or not any more; each change is a line in the log.  The words are the operator's and may name paths. */
void        cc_trouble(cc_app *app, cc_trouble_id which, const char *format, ...) CC_PRINTF(3, 4);
void        cc_trouble_over(cc_app *app, cc_trouble_id which);
bool        cc_trouble_at(cc_app *app, cc_trouble_id which);
const char *cc_trouble_words(cc_app *app, cc_trouble_id which);

#endif
