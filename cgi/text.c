/*
 * The command's language, and filling values into its texts.
 */
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "words.h"

enum { VALUES = 9 }; /* {1} to {9} */

static const char *const english_texts[] = {
#define X(name, english) english,
    TEXTS(X)
#undef X
};

static const words_language *language; /* NULL: English */

/* "de", "de_DE", "de_DE.UTF-8", "de@euro": German.  "den": not. */
static bool
speaks(const char *locale, const char *code)
{
    size_t size = strlen(code);

    return strncmp(locale, code, size) == 0 && strchr("_.@", locale[size]) != NULL; /* strchr also finds the NUL */
}

void
text_start(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        for (const words_language *l = words_languages; l->code != NULL; l++)
            if (speaks(value, l->code))
                language = l;
        return;
    }
}

const char *
text(text_id id)
{
    const char *translated = language != NULL ? language->texts[id] : NULL;

    return translated != NULL ? translated : english_texts[id];
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static bool
is_place(const char *p)
{
    return p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}';
}

/* Is this "{1}" to "{9}", and is there such a value? */
static const char *
value_at(const char *p, const char *const *values)
{
    if (values == NULL || !is_place(p))
        return NULL;
    for (int i = 0; values[i] != NULL; i++)
        if (i == p[1] - '1')
            return values[i];
    return NULL;
}

static char *
fill(const char *words, const char *const *values)
{
    size_t size = 1;

    for (const char *p = words; *p != '\0'; p++) {
        const char *value = value_at(p, values);
        size += value != NULL ? strlen(value) : 1;
    }
    char *out = need(malloc(size));
    char *end = out;
    for (const char *p = words; *p != '\0'; p++) {
        const char *value = value_at(p, values);
        if (value != NULL) {
            end = stpcpy(end, value);
            p += 2;
        } else {
            *end++ = *p;
        }
    }
    *end = '\0';
    return out;
}

char *
text_with(text_id id, const char *const *values)
{
    return fill(text(id), values);
}

/* ---- what the core has composed ----------------------------------------------------------------------------------- */

/* Where the value that begins at `line` ends: before the words that follow its place; NULL: they do not come. */
static const char *
value_end(const char *line, const char *follows)
{
    size_t size = strcspn(follows, "{");

    if (follows[size] == '\0') {
        size_t rest = strlen(line);
        return rest >= size && strcmp(line + rest - size, follows) == 0 ? line + rest - size : NULL;
    }
    char       *words = need(strndup(follows, size));
    const char *end = strstr(line, words);
    free(words);
    return end;
}

/* Is the line what this text says?  Then `values` are what stands in the text's places; malloc'ed. */
static bool
fits(const char *words, const char *line, char *values[VALUES + 1])
{
    while (*words != '\0') {
        if (!is_place(words)) {
            if (*words++ != *line++)
                return false;
            continue;
        }
        char      **value = &values[words[1] - '1'];
        const char *end = value_end(line, words += 3);
        if (end == NULL || *value != NULL)
            return false;
        *value = need(strndup(line, (size_t)(end - line)));
        line = end;
    }
    return *line == '\0';
}

/* Values may be the core's words as well: a path stays as it is, "everybody may read it" does not. */
static char *
translate(const char *translated, char *values[VALUES])
{
    for (int i = 0; i < VALUES && values[i] != NULL; i++) {
        char *value = text_of_core(values[i]);
        free(values[i]);
        values[i] = value;
    }
    return fill(translated, (const char *const *)values);
}

char *
text_of_core(const char *english)
{
    for (const words_pair *pair = language != NULL ? language->core : NULL; pair != NULL && pair->english; pair++) {
        char *values[VALUES + 1] = {NULL}, *out = NULL;

        if (fits(pair->english, english, values))
            out = translate(pair->translated, values);
        for (int i = 0; i < VALUES; i++)
            free(values[i]);
        if (out != NULL)
            return out;
    }
    return need(strdup(english));
}

const char *
word_of_core(const char *english)
{
    for (const words_pair *pair = language != NULL ? language->core : NULL; pair != NULL && pair->english; pair++)
        if (strcmp(pair->english, english) == 0)
            return pair->translated;
    return english;
}

const char *
sentence_of(const char *code)
{
    for (const words_pair *pair = language != NULL ? language->reasons : NULL; pair != NULL && pair->english; pair++)
        if (strcmp(pair->english, code) == 0)
            return pair->translated;
    return NULL;
}

/* ---- saying ------------------------------------------------------------------------------------------------------- */

void
say(FILE *to, text_id id, const char *const *values)
{
    char *line = text_with(id, values);

    fputs(line, to);
    free(line);
}

void
say_line(FILE *to, text_id id, const char *const *values)
{
    say(to, id, values);
    putc('\n', to);
}
