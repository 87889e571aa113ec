/*
 * Does the sandbox work on this machine?  Tried for real, with a program that does nothing.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/installation.h"
#include "engine/process.h"

bool
cc_sandbox_works(const char *data, char *why, size_t why_size)
{
    static const char *const argv[] = {"/bin/true", NULL};
    const cc_sandbox         sandbox = {.project_id = "codecourier"};
    cc_launch                l = {.argv = argv, .sandbox = &sandbox};
    cc_process               p;
    char                     text[256];
    size_t                   size = 0;
    ssize_t                  n;

    if (cc_path_of_system(data)) {
        snprintf(why, why_size,
                 CC_WORDS("The data directory lies in %s, below what every agent sees; it must be elsewhere."), data);
        return false;
    }
    if (cc_process_start(&p, &l, why, why_size) != CC_OK)
        return false;
    fcntl(p.err, F_SETFL, 0);
    while (size < sizeof(text) - 1 && (n = read(p.err, text + size, sizeof(text) - 1 - size)) > 0)
        size += (size_t)n;
    text[size] = '\0';
    text[strcspn(text, "\n")] = '\0';
    for (int i = 0; i < 500 && !p.exited; i++) {
        cc_process_look(&p, i * 10);
        if (!p.exited)
            poll(NULL, 0, 10);
    }
    bool fine = p.exited && p.code == 0;
    cc_process_close(&p);
    if (!fine)
        snprintf(why, why_size, "%s", size ? text : CC_WORDS("bubblewrap ended with an error."));
    return fine;
}
