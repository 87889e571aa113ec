/*
 * The floor: the least a FastCGI program on fcgi2 can do.  Prints one fixed JSON body of a given length, by the library's own
 * print and the library's own finish.  What CodeCourier needs beyond this is its own.
 *
 *     FLOOR_BYTES=300 floor      started by the web server, as any FastCGI program
 */
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>

int
main(void)
{
    const char  *wanted = getenv("FLOOR_BYTES");
    size_t       size = wanted != NULL ? strtoul(wanted, NULL, 10) : 300;
    char        *body;
    FCGX_Request request;

    if (size < 16)
        size = 16;
    if ((body = malloc(size + 1)) == NULL)
        return 1;
    memset(body, 'x', size);
    memcpy(body, "{\"data\":\"", 9);
    memcpy(body + size - 2, "\"}", 3);
    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
        return 1;
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_FPrintF(request.out, "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", (int)size);
        FCGX_PutStr(body, (int)size, request.out);
        FCGX_Finish_r(&request);
    }
    free(body);
    return 0;
}
