/*
 * Which values of a project's environment must not leave with its changes.
 *
 * A value that an agent is given can find its way into a file.  Each line of 16 characters or more that has a letter
 * and a digit counts as a secret: "production" or "8080" may stand in anybody's code, and a push that stops for nothing
 * is no help.  What no agent is given, it cannot have written, so that is not shown to git's sandbox either.
 */
#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/credential.h"
#include "engine/git.h"

enum { SHORTEST = 16 };

static bool
is_secret(const char *line, size_t size)
{
    bool letter = false, digit = false;

    for (size_t i = 0; i < size; i++) {
        letter |= isalpha((unsigned char)line[i]) != 0;
        digit |= isdigit((unsigned char)line[i]) != 0;
    }
    return size >= SHORTEST && letter && digit;
}

static void
lines_put(cc_buf *b, const char *text)
{
    for (size_t n; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        size_t size = n && text[n - 1] == '\r' ? n - 1 : n;
        if (!is_secret(text, size))
            continue;
        cc_put(b, text, size);
        cc_putc(b, '\n');
    }
}

int
cc_secrets_open(cc_slot *s)
{
    cc_buf b;
    int    fd;

    cc_buf_init(&b, s->arena);
    for (const cc_json *j = s->project.environment ? cc_json_first(s->project.environment) : NULL; j;
         j = cc_json_next(j))
        if (!cc_credential_is_variable(cc_json_name(j)))
            lines_put(&b, cc_json_text(j));
    if (b.failed || (fd = memfd_create("secrets", MFD_CLOEXEC)) < 0)
        return -1;
    if (write(fd, b.data, b.size) == (ssize_t)b.size && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}
