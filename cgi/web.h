/*
 * What the two ways of being called by a web server share: cgi.c and fastcgi.c.
 *
 * Both first have a list of "NAME=value" texts, the process environment or FastCGI's parameters, which have the same
 * names.  From there on there is one path: web_request_read makes a cc_request of the list, and the core does the rest.
 */
#ifndef CODECOURIER_WEB_H
#define CODECOURIER_WEB_H

#include <limits.h>

#include "codecourier.h"

/* One request as the web server told it.  Its texts belong to the list it was read from. */
typedef struct web_request {
    cc_request  core; /* for cc_app_handle; the caller adds read and read_ctx when content_length is not 0 */
    const char *content_length;
    const char *transfer_encoding;
    const char *redirected_authorization;
    const char *script_name;
    const char *path_info;
    const char *query;
    const char *redirect_status;
    const char *https;
    const char *scheme;
    char       *uri;     /* put together here when the web server sent no REQUEST_URI; NULL otherwise */
    cc_err      refused; /* not CC_OK: the web server has refused the request and asks for words; answer web_error */
} web_request;

/*
 * Read a NULL-terminated list of "NAME=value".  Later values win.  Fills everything but the reading of the body, with
 * usable stand-ins for what a web server left out.  Call web_request_done when the request has been answered.
 */
void web_request_read(web_request *w, char *const *list);
void web_request_done(web_request *w);

/*
 * The instance this program serves: the directory (or .db file) named by
 *   1. the process's CODECOURIER_DATA,
 *   2. the first line of the file codecourier.path beside the program (relative to the program's directory),
 *   3. else /var/lib/codecourier.
 * The answer lies in `room` or in the environment.
 */
const char *web_data(char room[PATH_MAX]);

/* Open it.  `flags` as in cc_options.  On failure the reason stands in the log. */
cc_err web_open(cc_app **app, unsigned flags);

/*
 * An answer in the error envelope (contract section 4) that needs no instance: UNAVAILABLE while there is none, or what
 * web_request calls `refused`.  `message`: NULL, or what to say in place of the error's usual words (nothing that JSON
 * would escape).  It has a request id of its own.  Returns the size of the whole CGI answer; `head_only` leaves the
 * body out.
 */
enum { WEB_ERROR_SIZE = 1024 };
size_t web_error(char out[WEB_ERROR_SIZE], cc_err err, const char *message, bool head_only);

/* One line to standard error, which web servers write to their error log. */
void web_log(const char *format, ...) CC_PRINTF(1, 2);

/*
 * The warm process behind plain CGI (web_warm.c): a FastCGI worker of the same program on a socket beside the database.
 */
typedef struct web_warm {
    int  directory; /* the database's; -1: closed */
    char name[40];  /* of the socket in it */
} web_warm;

/*
 * Where the process for this program, `data` and the present settings is, if there is one.  false: there shall be none
 * (`data` is missing, or others may write to its directory).  Close it in any case.
 */
bool web_warm_find(web_warm *warm, const char *data);
void web_warm_close(web_warm *warm);

/*
 * A connection to it, on which it waits for one request and nothing else; -1: answer by yourself.  *start: because
 * there is none, so that one may be started.
 */
int web_warm_connect(const web_warm *warm, bool *start);

/* Start one, unless another call is doing so.  It keeps nothing of this process: no descriptor, no session. */
void web_warm_start(const web_warm *warm);

/* For the process itself: is this one, and does its name still fit what there is? */
bool web_warm_is_role(void);
bool web_warm_is_current(void);
/* Stop listening and take the socket's name away. */
void web_warm_leave(int listener);
/* Take a caller who has connected.  false: he is another account's, or gone. */
bool web_warm_welcome(int fd);
/* What was said to standard error since it was last asked; the size of it in `out`. */
size_t web_warm_log(char *out, size_t size);

/* What became of a request that was handed over. */
typedef enum web_relayed {
    WEB_RELAY_ANSWERED,  /* `answer` is the whole CGI answer; free it */
    WEB_RELAY_UNTOUCHED, /* it did not arrive */
    WEB_RELAY_LOST,      /* it arrived and may have been carried out, and nobody will tell */
} web_relayed;

typedef struct web_answer {
    char  *data;
    size_t size;
} web_answer;

/*
 * Hand a request over on a connection of web_warm_connect's, which is closed, and take the answer (web_relay.c).
 *
 *   list          as for web_request_read
 *   body, size    the whole body
 */
web_relayed web_relay(int fd, char *const *list, const char *body, size_t size, web_answer *answer);

/* Serve until told to stop, or one request; what to exit with. */
int fastcgi_serve(void);
int cgi_serve(void);

#endif
