/* The floor of plain CGI: a dynamically linked hello world.  What it costs is what any CGI program in C costs. */
#include <stdio.h>

int
main(void)
{
    puts("Status: 200 OK\r\nContent-Type: application/json\r\n\r\n{\"data\":\"hello\"}\r");
    return 0;
}
