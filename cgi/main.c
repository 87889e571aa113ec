/*
 * codecourier.cgi: the program web servers run.  CGI or FastCGI, by how it was started.
 *
 * A FastCGI server hands over a listening socket as standard input, a CGI server a pipe, a file or nothing; that is the
 * whole distinction, so one file can be copied into any web space.  It never makes an instance: `codecourier init` or
 * `codecourier serve` does.  It reads no arguments, because some web servers make arguments of the query (RFC
 * 3875, 4.4).
 */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web.h"

static bool
is_listening(int fd)
{
    int       listening = 0;
    socklen_t size = sizeof(listening);

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

int
main(void)
{
    /* A client that went away is an EPIPE from write, not the end of a worker. */
    signal(SIGPIPE, SIG_IGN);
    cc_process_own();
    return is_listening(STDIN_FILENO) ? fastcgi_serve() : cgi_serve();
}
