/*
 * Pull requests on GitHub.  Runs in a child process of the worker, so it may take its time.
 */
#include <unistd.h>

#include "command.h"

int
forge_pull_request(const cc_pull_request *pull, int out)
{
    (void)pull;
    (void)out;
    return EXIT_REFUSED;
}
