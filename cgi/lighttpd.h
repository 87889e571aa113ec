/*
 * lighttpd as `codecourier serve` uses it: where it is, and what it is told.
 */
#ifndef CODECOURIER_LIGHTTPD_H
#define CODECOURIER_LIGHTTPD_H

#include <stdbool.h>

/* What stands for the @WORDS@ of conf/lighttpd-fastcgi.conf. */
typedef struct lighttpd_values {
    const char *bind; /* IPv6 in brackets */
    const char *port;
    const char *socket; /* of the workers */
    const char *run;    /* private directory */
    const char *www;    /* directory of the dashboard's files */
    const char *docs;   /* of the documentation's */
} lighttpd_values;

/* The path of the program, malloc'ed; NULL: not installed. */
char *lighttpd_find(void);

/* Can this text stand in the configuration? */
bool lighttpd_can_say(const char *value);

/* Write the configuration, 0600.  false: errno says why. */
bool lighttpd_write(const char *path, const lighttpd_values *values);

#endif
