/*
 * What must not be shown.
 */
#ifndef CC_MASK_H
#define CC_MASK_H

#include "base/json.h"

typedef struct cc_mask {
    struct cc_mask_word {
        const char *word;
        size_t      size;
        const char *shown;
        size_t      shown_size;
    } * words; /* longest first */
    size_t count, longest;
    bool   first[256];
} cc_mask;

/* The values of an environment (a JSON object of texts, or NULL); everything lives in the arena. */
cc_err cc_mask_make(cc_arena *a, const cc_json *environment, cc_mask *mask);
/* And one that is not in it. */
cc_err cc_mask_add(cc_arena *a, cc_mask *mask, const char *word);
/* Append `text` with every value in it masked, and broken UTF-8 mended. */
void cc_mask_put(const cc_mask *mask, cc_buf *out, const char *text, size_t size);
/* How many bytes at the end may be the beginning of a value and must wait for what follows. */
size_t cc_mask_hold(const cc_mask *mask, const char *text, size_t size);

#endif
