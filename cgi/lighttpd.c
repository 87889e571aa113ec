/*
 * Find lighttpd and write its configuration.
 *
 * The configuration is conf/lighttpd-fastcgi.conf itself, the file operators read and copy, taken into the program when
 * it is assembled: a second copy here would drift from it.  The build runs in the top directory, so that is where the
 * path starts.
 */
#include "lighttpd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "show.h"

__asm__(".section .rodata\n"
        "codecourier_lighttpd_conf:\n"
        ".incbin \"cgi/conf/lighttpd-fastcgi.conf\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char codecourier_lighttpd_conf[];

/* Lines with this mark make lighttpd start the workers, which is our job here. */
#define SPAWN_MARK "# spawn"

/* Lines with this one need a module that distributions package by itself. */
#define DEFLATE_MARK "# deflate"

static bool
is_program(const char *path)
{
    return access(path, X_OK) == 0;
}

char *
lighttpd_find(void)
{
    /* Debian keeps it where the PATH of ordinary users does not look. */
    const char *path = getenv("PATH");
    char *all = make_text("%s:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/local/sbin", path != NULL ? path : "");
    char *rest = all;
    char *found = NULL;

    for (char *directory; found == NULL && (directory = strsep(&rest, ":")) != NULL;) {
        char *candidate = make_text("%s/lighttpd", directory);
        if (directory[0] == '/' && is_program(candidate))
            found = candidate;
        else
            free(candidate);
    }
    free(all);
    return found;
}

bool
lighttpd_can_say(const char *value)
{
    for (const char *p = value; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == '"' || *p == '\\' || *p == 0x7f)
            return false;
    return true;
}

/* If p begins with one of the words, its value, and the word's size. */
static const char *
value_of(const char *p, const lighttpd_values *v, size_t *size)
{
    const struct {
        const char *word;
        const char *value;
    } words[] = {{"@BIND@", v->bind}, {"@PORT@", v->port}, {"@SOCKET@", v->socket},
                 {"@RUN@", v->run},   {"@WWW@", v->www},   {"@DOCS@", v->docs}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        *size = strlen(words[i].word);
        if (strncmp(p, words[i].word, *size) == 0)
            return words[i].value;
    }
    return NULL;
}

static void
put_line(FILE *to, const char *line, size_t size, const lighttpd_values *values)
{
    size_t word;

    for (size_t i = 0; i < size;) {
        const char *value = line[i] == '@' ? value_of(line + i, values, &word) : NULL;
        if (value != NULL) {
            fputs(value, to);
            i += word;
        } else {
            putc(line[i++], to);
        }
    }
    putc('\n', to);
}

static bool
has_mark(const char *line, size_t size, const char *mark)
{
    return memmem(line, size, mark, strlen(mark)) != NULL;
}

/* A lighttpd that is told to load what is not there does not start, so we look first; answers are then sent as they
 * are. */
static bool
can_deflate(void)
{
    static const char *const folders[] = {"/usr/lib/lighttpd", "/usr/lib64/lighttpd", "/usr/local/lib/lighttpd",
                                          "/usr/local/lib", "/opt/local/lib/lighttpd"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char *module = make_text("%s/mod_deflate.so", folders[i]);
        bool  there = access(module, R_OK) == 0;
        free(module);
        if (there)
            return true;
    }
    return false;
}

bool
lighttpd_write(const char *path, const lighttpd_values *values)
{
    int   fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool  deflate = can_deflate();

    if (file == NULL)
        return false;
    fputs("# Written anew at every start of `codecourier serve`; changes here are lost.\n", file);
    for (const char *line = codecourier_lighttpd_conf; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        if (line[0] != '#' && !has_mark(line, size, SPAWN_MARK) && (deflate || !has_mark(line, size, DEFLATE_MARK)))
            put_line(file, line, size, values);
        line += size + (line[size] != '\0');
    }
    bool failed = ferror(file) != 0;
    return fclose(file) == 0 && !failed;
}
