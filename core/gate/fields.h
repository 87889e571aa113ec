/*
 * What goes in and out, declared.
 */
#ifndef CC_FIELDS_H
#define CC_FIELDS_H

#include "context/context.h"
#include "context/state.h"
#include "base/json.h"

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
    CC_TYPE_TEXTS,    /* a list of texts; in a body min..max of them, of up to CC_TEXTS_EACH characters; no column */
    CC_TYPE_MONEY,    /* dollars, exactly; whole nano-dollars in the database, in a column that says nano for Usd */
    CC_TYPE_CHOICES,  /* a list of .choices, min..max; a mask in the database, so choices are only ever appended */
} cc_type;

enum {
    CC_FIELD_REQUIRED = 1 << 0,   /* must be there on create; with NULLABLE: null in answers only */
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
    const char *const *choices; /* of CC_TYPE_CHOICE, CC_TYPE_CHOICES; NULL past the last */
    const cc_states   *states;  /* what the choices are, if they are states */
    const char        *ref;     /* of CC_TYPE_ID, CC_TYPE_IDS: the prefix */
    const cc_field    *members; /* of CC_TYPE_LIST, CC_TYPE_OBJECT */
};

enum { CC_TEXTS_EACH = 250 };

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
    int64_t        i; /* INT, BOOL, TIME (ms), SCOPES and CHOICES (mask) */
    double         d; /* NUMBER */
    const char    *s; /* LINE, TEXT, CHOICE, ID, URL; NETWORKS: canonical, space-separated; IDS, LIST: canonical JSON */
    size_t         size; /* of s */
    const cc_json *json; /* IDS, LIST, MAP: the checked tree */
} cc_value;

/* Was it sent, and does it say something? */
static inline bool
cc_value_given(const cc_value *v)
{
    return v->present && !v->null;
}

typedef struct cc_stmt  cc_stmt;
typedef struct cc_route cc_route;

enum {
    CC_FIELDS_PARTIAL = 1 << 0,  /* PATCH: nothing is required, and CC_FIELD_FIXED is refused */
    CC_FIELDS_ID_TAKEN = 1 << 1, /* a member `id` stands for what the path does not name, and was read already */
};

/*
 * Check a body against its fields; NULL stands for an empty object.  Fills values[], one per field.  On CC_E_VALIDATION
 * c->field names the offender, with its place: "steps[2].role".
 */
cc_err cc_fields_check(cc_context *c, const cc_field *fields, const cc_json *object, unsigned how, cc_value *values);

/* The same for one text from a query. */
cc_err cc_field_check_text(cc_context *c, const cc_field *field, const char *text, size_t size, cc_value *value);

/* May a request say null for it? */
static inline bool
cc_field_takes_null(const cc_field *f)
{
    return f->flags & CC_FIELD_NULLABLE && !(f->flags & CC_FIELD_REQUIRED);
}

size_t cc_fields_count(const cc_field *fields);
bool   cc_field_is_number(const cc_field *f);       /* is its column a whole number that is not money? */
void   cc_field_rule(cc_buf *b, const cc_field *f); /* "a whole number from 1 to 100": for errors and the reference */

/* Does a caller's address lie in one of the networks (canonical text, space-separated)?  Empty or NULL: yes. */
bool cc_network_allows(const char *networks, const char *address);
/* Does every network of `inner` lie in one of `outer`? */
bool cc_networks_within(const char *inner, const char *outer);

/* The value of a declared name in an array parallel to fields; asserts that it is declared. */
cc_value *cc_value_of(const cc_field *fields, cc_value *values, const char *name);
void      cc_value_set_int(const cc_field *fields, cc_value *values, const char *name, int64_t i);
void      cc_value_set_text(const cc_field *fields, cc_value *values, const char *name, const char *s); /* NULL: null */
void      cc_value_set_bytes(const cc_field *fields, cc_value *values, const char *name, const void *p, size_t size);

#endif
