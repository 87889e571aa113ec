/*
 * What the two ways of being called by a web server share: cgi.c and fastcgi.c.
 *
 * Both first have a list of "NAME=value" texts, the process environment or FastCGI's parameters, which have the same
 * names.  From there on there is one path: web_request_read makes a cc_request of the list, and the core does the rest.
 */
#ifndef CODECOURIER_WEB_H
#define CODECOURIER_WEB_H

#include "../core/codecourier.h"

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
 * Open the instance this program serves: the directory (or .db file) named by
 *   1. the process's CODECOURIER_DATA,
 *   2. the first line of the file codecourier.path beside the program (relative to the program's directory),
 *   3. else /var/lib/codecourier.
 * `flags` as in cc_options.  On failure the reason stands in the log.
 */
cc_err web_open(cc_app **app, unsigned flags);

/*
 * An answer in the contract's error envelope that needs no instance: UNAVAILABLE while there is none, or what
 * web_request calls `refused`.  It has a request id of its own.  Returns the size of the whole CGI answer; `head_only`
 * leaves the body out.
 */
enum { WEB_ERROR_SIZE = 1024 };
size_t web_error(char out[WEB_ERROR_SIZE], cc_err err, bool head_only);

/* One line to standard error, which web servers write to their error log. */
void web_log(const char *format, ...) CC_PRINTF(1, 2);

/* Serve until told to stop, or one request; what to exit with. */
int fastcgi_serve(void);
int cgi_serve(void);

#endif
