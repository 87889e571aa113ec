/*
 * What is known of programs before one is started: where it lies, what it will read, and its last words when it cannot
 * be.
 */
#include "engine/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context/settings.h"

char *
cc_program_find(cc_arena *a, const char *name)
{
    const char *path = getenv("PATH");
    char       *found;
    struct stat st;

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode)
                   ? cc_strndup(a, name, strlen(name))
                   : NULL;
    if (!path || !*path)
        path = "/usr/local/bin:/usr/bin:/bin";
    while (*path) {
        size_t n = strcspn(path, ":");
        if (n && (found = cc_printf(a, "%.*s/%s", (int)n, path, name)) && access(found, X_OK) == 0 &&
            stat(found, &st) == 0 && S_ISREG(st.st_mode))
            return found;
        path += n + (path[n] == ':');
    }
    return NULL;
}

int
cc_memory_file(const void *bytes, size_t size)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    for (size_t done = 0; fd >= 0 && done < size;) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

void
cc_last_words(const char *what)
{
    const char *why = strerrordesc_np(errno);

    (void)!write(STDERR_FILENO, what, strlen(what));
    (void)!write(STDERR_FILENO, ": ", 2);
    if (why)
        (void)!write(STDERR_FILENO, why, strlen(why));
    (void)!write(STDERR_FILENO, "\n", 1);
}
