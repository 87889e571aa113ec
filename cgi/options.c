/*
 * Reading a command line against the tables.
 *
 * Options may stand before, between and after operands, as "--name value" or "--name=value"; "--" ends them.  There are
 * no short ones but -h.  Whatever is wrong is said with the nearest right thing beside it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

const option_info option_list[O__MAX] = {
#define X(name, typed, value, meaning) {typed, value, meaning},
    OPTIONS(X)
#undef X
};

enum { WORD_MAX = 31 };

/* How many letters must change to make one word of the other (Levenshtein), for short words. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t a_size = strlen(a);
    size_t b_size = strlen(b);

    if (a_size > WORD_MAX || b_size > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < least ? change : least;
        }
    }
    return row[b_size];
}

const char *
most_like(const char *word, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t      least = strlen(word) / 3 + 2;

    for (size_t i = 0; i < count; i++) {
        size_t far = distance(word, words[i]);
        if (far < least) {
            least = far;
            best = words[i];
        }
    }
    return best;
}

void
try_help(const arguments *a)
{
    char *line = make_text("%s %s", a->program, a->command->name);

    hint(T_TRY_HELP, WITH(line));
    free(line);
}

const char *
option_or(const arguments *a, option_id id, const char *preset)
{
    return a->option[id] != NULL ? a->option[id] : preset;
}

bool
option_number(const arguments *a, option_id id, long least, long most, long preset, long *out)
{
    const char *value = a->option[id];
    char       *end = NULL;

    *out = preset;
    if (value == NULL)
        return true;
    errno = 0;
    *out = strtol(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0 && *out >= least && *out <= most)
        return true;
    char *from = make_text("%ld", least);
    char *to = make_text("%ld", most);
    fail(T_BAD_NUMBER, WITH(option_list[id].typed, from, to, value));
    try_help(a);
    free(from);
    free(to);
    return false;
}

static bool
is_taken(const arguments *a, int id)
{
    return id == O_HELP || (a->command->takes >> id & 1) != 0;
}

/* Which option is `typed` (its first `size` characters) to this command?  O__MAX: none, and that has been said. */
static option_id
find_option(const arguments *a, const char *typed, size_t size)
{
    const char *near[O__MAX];
    size_t      count = 0;
    bool        known = false;

    if (size == 2 && strncmp(typed, "-h", 2) == 0)
        return O_HELP;
    for (int id = 0; id < O__MAX; id++) {
        bool same = strlen(option_list[id].typed) == size && strncmp(option_list[id].typed, typed, size) == 0;
        if (same && is_taken(a, id))
            return (option_id)id;
        known = known || same;
        if (is_taken(a, id))
            near[count++] = option_list[id].typed;
    }
    char *name = make_text("%.*s", (int)size, typed);
    if (known)
        fail(T_OPTION_NOT_HERE, WITH(a->command->name, name));
    else
        fail(T_NO_OPTION, WITH(name));
    const char *like = known ? NULL : most_like(name, near, count);
    if (like != NULL)
        hint(T_DID_YOU_MEAN, WITH(like));
    try_help(a);
    free(name);
    return O__MAX;
}

/* Read one option at words[*i]; steps over its value. */
static bool
read_option(arguments *a, int count, char *const *words, int *i)
{
    const char        *word = words[*i];
    size_t             size = strcspn(word, "=");
    const char        *value = word[size] == '=' ? word + size + 1 : NULL;
    option_id          id = find_option(a, word, size);
    const option_info *info = &option_list[id == O__MAX ? 0 : id];

    if (id == O__MAX)
        return false;
    if (info->value != NULL && value == NULL && *i + 1 < count)
        value = words[++*i];
    if (info->value != NULL && value == NULL)
        fail(T_NEEDS_VALUE, WITH(info->typed, info->value));
    else if (info->value == NULL && value != NULL)
        fail(T_TAKES_NO_VALUE, WITH(info->typed));
    else if (a->option[id] != NULL && id != O_HELP)
        fail(T_TWICE, WITH(info->typed));
    else {
        a->option[id] = value != NULL ? value : "";
        return true;
    }
    try_help(a);
    return false;
}

/* What is left to check once all words are read. */
static bool
is_complete(const arguments *a)
{
    for (int id = 0; id < O__MAX; id++) {
        if ((a->command->needs >> id & 1) == 0 || a->option[id] != NULL)
            continue;
        char *missing = make_text("%s %s", option_list[id].typed, option_list[id].value);
        fail(T_MISSING_OPTION, WITH(missing));
        try_help(a);
        free(missing);
        return false;
    }
    if (a->operands < a->command->least) {
        fail(T_MISSING_OPERAND, WITH(a->command->operands));
        try_help(a);
        return false;
    }
    return true;
}

bool
options_read(arguments *a, int count, char *const *words)
{
    bool options = true;

    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && word[0] == '-' && word[1] != '\0') {
            if (!read_option(a, count, words, &i))
                return false;
        } else if (a->operands < a->command->most && a->operands < OPERANDS) {
            a->operand[a->operands++] = word;
        } else {
            fail(T_TOO_MANY, WITH(word));
            try_help(a);
            return false;
        }
    }
    return a->option[O_HELP] != NULL || is_complete(a);
}
