/*
 * What strangers can get from outside: asked over HTTP, and looked for on disk.
 */
#ifndef CODECOURIER_OUTSIDE_H
#define CODECOURIER_OUTSIDE_H

#include <stdbool.h>

/* Called for each thing looked at, as cc_engine_check does. */
typedef void outside_each(void *ctx, bool ok, const char *what, const char *words);

/*
 * Ask the web server at `url` ("https://example.org/courier", where "/api/v1" would follow) whether it answers as the
 * API and hands out neither the program nor anything of the data directory, each under the addresses where a mistaken
 * configuration would show it.  Nothing is sent but GETs without a key.
 */
void outside_ask(const char *url, const char *directory, outside_each *each, void *ctx);

/* Do the data directory, and a program that all may read, lie among files that some web server serves? */
void outside_look(const char *directory, const char *program, outside_each *each, void *ctx);

#endif
