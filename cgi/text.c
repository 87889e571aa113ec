/*
 * The command's language, and filling values into its texts.
 */
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

static const char *const english[] = {
#define X(name, english, german) english,
    TEXTS(X)
#undef X
};

static const char *const german[] = {
#define X(name, english, german) german,
    TEXTS(X)
#undef X
};

static const char *const *language = english;

void
text_start(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        if (strncmp(value, "de", 2) == 0 && strchr("_.@", value[2]) != NULL) /* strchr also finds the NUL */
            language = german;
        return;
    }
}

const char *
text(text_id id)
{
    return language[id];
}

/* Is this "{1}" to "{9}", and is there such a value? */
static const char *
value_at(const char *p, const char *const *values)
{
    if (values == NULL || p[0] != '{' || p[1] < '1' || p[1] > '9' || p[2] != '}')
        return NULL;
    for (int i = 0; values[i] != NULL; i++)
        if (i == p[1] - '1')
            return values[i];
    return NULL;
}

char *
text_with(text_id id, const char *const *values)
{
    size_t size = 1;

    for (const char *p = text(id); *p != '\0'; p++) {
        const char *value = value_at(p, values);
        size += value != NULL ? strlen(value) : 1;
    }
    char *out = need(malloc(size));
    char *end = out;
    for (const char *p = text(id); *p != '\0'; p++) {
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
