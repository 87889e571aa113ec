/*
 * Values of a project's environment must not be read off its runs: wherever one occurs in what an agent says, its last
 * four characters are shown and no more.
 *
 * Values shorter than six characters are left alone: "1", "true" or "8080" are no secrets, and masking each would make
 * the text unreadable.  A value of several lines is looked for line by line, because that is how output arrives.
 */
#include "engine/mask.h"

#include <stdlib.h>

#include "context/settings.h"

enum { SHORTEST = 6 };

static const char DOTS[] = "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2";

static size_t
lines_of(const cc_json *environment)
{
    size_t n = 0;

    for (const cc_json *j = environment ? cc_json_first(environment) : NULL; j; j = cc_json_next(j)) {
        n++;
        for (const char *p = cc_json_text(j); *p; p++)
            n += *p == '\n';
    }
    return n;
}

/* Where the last four characters begin; nowhere in a value of which they would be half. */
static size_t
tail_of(const char *word, size_t size)
{
    size_t at = size;

    for (int seen = 0; cc_utf8_length(word, size) >= 8 && seen < 4 && at > 0; at--)
        if (((unsigned char)word[at - 1] & 0xc0) != 0x80)
            seen++;
    return at;
}

static int
longer_first(const void *a, const void *b)
{
    const struct cc_mask_word *x = a, *y = b;

    return (x->size < y->size) - (x->size > y->size);
}

static cc_err
word_add(cc_arena *a, cc_mask *mask, const char *word, size_t size)
{
    if (size > 0 && word[size - 1] == '\r')
        size--;
    if (cc_utf8_length(word, size) < SHORTEST)
        return CC_OK;
    size_t               tail = tail_of(word, size);
    struct cc_mask_word *w = &mask->words[mask->count];
    char                *copy = cc_strndup(a, word, size);
    const char          *shown = cc_printf(a, "%s%.*s", DOTS, (int)(size - tail), word + tail);

    if (!copy || !shown)
        return CC_E_UNAVAILABLE;
    *w = (struct cc_mask_word){.word = copy, .size = size, .shown = shown, .shown_size = strlen(shown)};
    mask->count++;
    mask->first[(unsigned char)copy[0]] = true;
    if (size > mask->longest)
        mask->longest = size;
    return CC_OK;
}

cc_err
cc_mask_make(cc_arena *a, const cc_json *environment, cc_mask *mask)
{
    cc_err err = CC_OK;

    *mask = (cc_mask){.words = cc_alloc(a, (lines_of(environment) + 1) * sizeof(*mask->words))};
    if (!mask->words)
        return CC_E_UNAVAILABLE;
    for (const cc_json *j = environment ? cc_json_first(environment) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        const char *line = cc_json_text(j);
        while (err == CC_OK && *line) {
            size_t n = strcspn(line, "\n");
            err = word_add(a, mask, line, n);
            line += n + (line[n] == '\n');
        }
    }
    if (mask->count)
        qsort(mask->words, mask->count, sizeof(*mask->words), longer_first);
    return err;
}

cc_err
cc_mask_add(cc_arena *a, cc_mask *mask, const char *word)
{
    const size_t size = sizeof(*mask->words);

    if (!(mask->words = cc_realloc(a, mask->words, mask->count * size, (mask->count + 1) * size)) ||
        word_add(a, mask, word, strlen(word)) != CC_OK)
        return CC_E_UNAVAILABLE;
    qsort(mask->words, mask->count, size, longer_first);
    return CC_OK;
}

static const struct cc_mask_word *
word_at(const cc_mask *mask, const char *text, size_t size)
{
    if (!mask->first[(unsigned char)*text])
        return NULL;
    for (size_t i = 0; i < mask->count; i++)
        if (mask->words[i].size <= size && memcmp(mask->words[i].word, text, mask->words[i].size) == 0)
            return &mask->words[i];
    return NULL;
}

/* Bytes of the character here; 0: that is no UTF-8. */
static size_t
character(const char *text, size_t size)
{
    unsigned char c = (unsigned char)*text;
    size_t        n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

    return n <= size && cc_utf8_valid(text, n) ? n : 0;
}

void
cc_mask_put(const cc_mask *mask, cc_buf *out, const char *text, size_t size)
{
    size_t from = 0, at = 0;
    bool   fine = cc_utf8_valid(text, size) && memchr(text, 0, size) == NULL;

    while (at < size) {
        const struct cc_mask_word *w = mask->count ? word_at(mask, text + at, size - at) : NULL;
        size_t                     n = fine ? 1 : character(text + at, size - at);
        if (!w && n && text[at]) {
            at += n;
            continue;
        }
        cc_put(out, text + from, at - from);
        if (w)
            cc_put(out, w->shown, w->shown_size);
        else if (text[at])
            cc_puts(out, "\xef\xbf\xbd");
        at += w ? w->size : 1;
        from = at;
    }
    cc_put(out, text + from, size - from);
}

size_t
cc_mask_hold(const cc_mask *mask, const char *text, size_t size)
{
    size_t most = mask->longest ? mask->longest - 1 : 0;

    for (size_t n = most < size ? most : size; n > 0; n--)
        for (size_t i = 0; i < mask->count; i++)
            if (mask->words[i].size > n && memcmp(mask->words[i].word, text + size - n, n) == 0)
                return n;
    return 0;
}
