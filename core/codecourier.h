/*
 * CodeCourier's public face: everything a skin (CGI, FastCGI, Python, the command) may use.
 *
 * An app is one open instance: a database, its shared state, its key file and its configuration.  A skin turns
 * whatever it was handed into a cc_request, calls cc_app_handle, and sends the cc_response on.  It never needs to know
 * what a request means; if it does, the meaning belongs in the core.
 *
 * Threads: different apps are independent.  One app may be used by several threads; it serves one request at a time.
 * Processes: an app must not cross a fork.  Every call notices, before it takes a lock that a thread of the parent may
 * hold for ever: cc_app_handle answers 500, what returns a cc_err returns INTERNAL, cc_app_close and cc_response_free
 * give back memory alone.  Open a new app in the child.
 */
#ifndef CODECOURIER_H
#define CODECOURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_VERSION "0.1.0"

#if defined(__GNUC__)
#define CC_API __attribute__((visibility("default")))
#define CC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CC_API
#define CC_PRINTF(f, a)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every error there is (contract section 4).  The name of a row is its code on the wire; its number stands in answers
 * that are kept for retries (idempotency.c), so only ever append.
 *
 *   X(name, HTTP status, may a repeat help?, default message, what the caller should do)
 */
#define CC_ERRORS(X)                                                                                                   \
    X(VALIDATION, 400, false, "The request does not fit its schema.",                                                  \
      "Correct the member, parameter or header named by 'field' and send the request again.")                          \
    X(AUTH_MISSING, 401, false, "This route needs an API key: send 'Authorization: Bearer <key>'.",                    \
      "Send the key as a bearer token.  If you did, the web server withholds the header: see deployment.")             \
    X(AUTH_INVALID, 401, false, "The API key is malformed, unknown, expired or revoked.",                              \
      "Check that the whole secret was copied, or make a new key.")                                                    \
    X(SCOPE_DENIED, 403, false, "This key does not have the required scope.",                                          \
      "Grant the scope named in the message to the key, or use a key that has it.")                                    \
    X(FORBIDDEN, 403, false, "This is not allowed for this key.",                                                      \
      "Use a key or an address that is allowed to do this.")                                                           \
    X(NOT_FOUND, 404, false, "There is no such route or resource.",                                                    \
      "Check the path and the id; ids of other projects look the same as missing ones.")                               \
    X(METHOD_NOT_ALLOWED, 405, false, "This route does not know that method.", "Use one of the methods in 'Allow'.")   \
    X(CONFLICT, 409, false, "The resource's state does not allow this.", "Read the resource again, then decide.")      \
    X(IDEMPOTENCY_MISMATCH, 409, false, "This Idempotency-Key was already used for a different request.",              \
      "Use a new key for a new request.")                                                                              \
    X(IDEMPOTENCY_IN_PROGRESS, 409, true, "The first request with this Idempotency-Key is still running.",             \
      "Wait for the time in 'Retry-After', then send the same request again.")                                         \
    X(PRECONDITION_FAILED, 412, false, "The resource has changed since the version in If-Match.",                      \
      "Read it again, apply the change to what you get, and send its new ETag.")                                       \
    X(PAYLOAD_TOO_LARGE, 413, false, "The request body is too large.", "Send a smaller body.")                         \
    X(URI_TOO_LONG, 414, false, "The path and query are too long.", "Send a shorter query.")                           \
    X(UNSUPPORTED_MEDIA_TYPE, 415, false, "The request body must be JSON.",                                            \
      "Send 'Content-Type: application/json', and the body as it is: not compressed.")                                 \
    X(HEADERS_TOO_LARGE, 431, false, "The request's headers are too large.",                                           \
      "Send fewer and shorter headers; cookies of other programs on the same host count as well.")                     \
    X(RATE_LIMITED, 429, true, "Too many requests.", "Wait for the time in 'Retry-After'.")                            \
    X(INTERNAL, 500, true, "Something went wrong on our side.",                                                        \
      "Report the request id to the operator; the server's log has the cause beside it.")                              \
    X(UNAVAILABLE, 503, true, "Storage is busy or not reachable; nothing was changed.",                                \
      "Wait for the time in 'Retry-After', then send the request again.")

typedef enum cc_err {
    CC_OK = 0,
#define X(name, status, retryable, message, advice) CC_E_##name,
    CC_ERRORS(X)
#undef X
        CC_E__MAX
} cc_err;

/* All of these accept any cc_err; CC_OK is "OK", 200, false. */
CC_API const char *cc_err_code(cc_err err);   /* "SCOPE_DENIED" */
CC_API int         cc_err_status(cc_err err); /* 403 */
CC_API bool        cc_err_retryable(cc_err err);
CC_API const char *cc_err_message(cc_err err);
CC_API const char *cc_err_advice(cc_err err);

/*
 * The request headers the service reads, and nothing else of what a client sends.
 *
 *   X(name, HTTP name, CGI variable)
 */
#define CC_HEADERS(X)                                                                                                  \
    X(AUTHORIZATION, "Authorization", "HTTP_AUTHORIZATION")                                                            \
    X(CONTENT_TYPE, "Content-Type", "CONTENT_TYPE")                                                                    \
    X(CONTENT_ENCODING, "Content-Encoding", "HTTP_CONTENT_ENCODING")                                                   \
    X(ACCEPT, "Accept", "HTTP_ACCEPT")                                                                                 \
    X(IDEMPOTENCY_KEY, "Idempotency-Key", "HTTP_IDEMPOTENCY_KEY")                                                      \
    X(IF_MATCH, "If-Match", "HTTP_IF_MATCH")                                                                           \
    X(IF_NONE_MATCH, "If-None-Match", "HTTP_IF_NONE_MATCH")                                                            \
    X(LAST_EVENT_ID, "Last-Event-ID", "HTTP_LAST_EVENT_ID")                                                            \
    X(TRACEPARENT, "traceparent", "HTTP_TRACEPARENT")                                                                  \
    X(API_VERSION, "X-API-Version", "HTTP_X_API_VERSION")                                                              \
    X(ORIGIN, "Origin", "HTTP_ORIGIN")                                                                                 \
    X(HOST, "Host", "HTTP_HOST")                                                                                       \
    X(COOKIE, "Cookie", "HTTP_COOKIE")                                                                                 \
    X(CSRF_TOKEN, "X-CSRF-Token", "HTTP_X_CSRF_TOKEN")                                                                 \
    X(SEC_FETCH_SITE, "Sec-Fetch-Site", "HTTP_SEC_FETCH_SITE")                                                         \
    X(PROJECT, "X-Project", "HTTP_X_PROJECT")                                                                          \
    X(HUB_SIGNATURE, "X-Hub-Signature-256", "HTTP_X_HUB_SIGNATURE_256")                                                \
    X(GITLAB_TOKEN, "X-Gitlab-Token", "HTTP_X_GITLAB_TOKEN")                                                           \
    X(MCP_VERSION, "MCP-Protocol-Version", "HTTP_MCP_PROTOCOL_VERSION")                                                \
    X(MCP_METHOD, "Mcp-Method", "HTTP_MCP_METHOD")                                                                     \
    X(MCP_NAME, "Mcp-Name", "HTTP_MCP_NAME")                                                                           \
    X(FORWARDED, "Forwarded", "HTTP_FORWARDED")                                                                        \
    X(FORWARDED_FOR, "X-Forwarded-For", "HTTP_X_FORWARDED_FOR")                                                        \
    X(FORWARDED_PROTO, "X-Forwarded-Proto", "HTTP_X_FORWARDED_PROTO")

typedef enum cc_header {
#define X(name, http, cgi) CC_H_##name,
    CC_HEADERS(X)
#undef X
        CC_H__MAX
} cc_header;

CC_API const char *cc_header_name(cc_header h);     /* "Authorization" */
CC_API const char *cc_header_cgi_name(cc_header h); /* "HTTP_AUTHORIZATION" */

/*
 * Read up to `size` bytes of the request body into `into`.  Returns the number of bytes, 0 at the end of the body, or
 * -1 if the connection broke.  Fewer bytes than asked for are fine.
 */
typedef int64_t (*cc_read_fn)(void *ctx, void *into, size_t size);

/*
 * One request, as a skin saw it.  All strings are NUL-terminated, belong to the skin and must live until cc_app_handle
 * returns.  Zero-initialise, then fill what is there.
 */
typedef struct cc_request {
    const char *method;      /* "GET"; case matters (RFC 9110 section 9.1) */
    const char *uri;         /* path and query as the client sent them: "/api/v1/runs?limit=5" */
    const char *remote_addr; /* who is connected, an IPv4 or IPv6 address; NULL: unknown, fails every network list */
    const char *header[CC_H__MAX]; /* NULL: not sent */
    size_t      header_bytes;   /* of all headers, those included that are not read here; 0: the skin does not know */
    bool        secure;         /* came by https, as far as this machine's web server knows */
    int64_t     content_length; /* bytes of body announced; 0: none; -1: unknown, read until the end */
    cc_read_fn  read;           /* NULL: there is no body */
    void       *read_ctx;
    /*
     * Set only by a skin that serves the owner of the data directory himself (the command, Python in-process): the
     * request then needs no key and acts on this project (id or slug) with all scopes.  Never filled from the network.
     */
    const char *local_project;
    /*
     * This skin can keep many answers waiting at once, without a thread or process for each: who waits for events does
     * not wait inside a call, but in an answer with `more`, whose cc_response_more does not wait either.
     */
    bool holds;
    /*
     * There is no HTTP around it: this is a message alone, which says all that headers would repeat (codecourier mcp).
     */
    bool bare;
} cc_request;

/*
 * One answer.  It belongs to the core: give it back with cc_response_free.
 *
 *   head  "Status: 200 OK\r\nContent-Type: …\r\n…\r\n\r\n": the CGI form, ends with the empty line
 *   body  body_size bytes of JSON; empty for HEAD, 204 and 304
 *
 * Of a request that `holds` both may still be missing (head_size 0): then `more` is set, and they are the last piece.
 */
typedef struct cc_response {
    cc_err      err; /* CC_OK, or what went wrong; matches the body, as far as it is there */
    int         status;
    const char *head;
    size_t      head_size;
    const char *body;
    size_t      body_size;
    bool        body_read; /* the request body was read to its end (or there was none) */
    bool        more;      /* the body goes on: call cc_response_more until it returns false */
} cc_response;

typedef struct cc_app cc_app;

/*
 * What time it is, in milliseconds.  A clock that somebody may move says how long a wait may last before it looks at
 * the time again; the system's is not moved.
 */
typedef struct cc_clock {
    int64_t (*wall)(void *ctx);      /* since 1970, UTC */
    int64_t (*monotonic)(void *ctx); /* from an arbitrary start; for waits */
    void   *ctx;                     /* handed to both, from any thread */
    int64_t look_ms;                 /* 0: a wait may last as long as it is to */
    bool    decides;                 /* against a database's server as well, whose clock is else the one that counts */
} cc_clock;

typedef void (*cc_random_fn)(void *ctx, void *into, size_t size); /* cryptographically random bytes */
typedef void (*cc_log_fn)(void *ctx, const char *line);           /* one line, no newline, no secret */

enum {
    CC_OPEN_CREATE = 1 << 0,   /* make the directory and the database if they are not there */
    CC_OPEN_ONCE = 1 << 1,     /* one request is coming (plain CGI): spend nothing on later ones */
    CC_OPEN_NEW_KEY = 1 << 2,  /* beside a database in a file: the key file that is there counts from now on */
    CC_OPEN_LOST_KEY = 1 << 3, /* the same on a server, where the one that counted may be on another machine */
};

typedef struct cc_options {
    /*
     * A data directory (its database is codecourier.db), or the path of a database file (ending in ".db").  Beside the
     * database lie NAME-hot (shared state), NAME-key (0600, encrypts settings) and codecourier.conf.
     */
    const char *data;
    const char *database; /* a PostgreSQL server (postgresql://…), before the setting of that name; NULL: as it says */
    unsigned    flags;
    const cc_clock *clock;  /* NULL: the system's; it outlives the app */
    cc_random_fn    random; /* NULL: libsodium's */
    cc_log_fn       log;    /* NULL: standard error */
    void           *ctx;    /* handed to the two above */
} cc_options;

/*
 * This process is a program of ours, and nobody else in it uses SQLite: it need not keep statistics of its memory.
 * Before the first cc_app_open, and never in a library.
 */
CC_API void cc_process_own(void);

/*
 * Open an instance; migrates the database to this program's schema when that is newer.
 *
 *   why  on failure: what is wrong and what to do about it, for the operator's eyes (it may name paths)
 *
 * Returns CC_OK and fills *app, or an error: NOT_FOUND (no database there and no CC_OPEN_CREATE), FORBIDDEN (no
 * permission), CONFLICT (made by a newer version, or with another key), VALIDATION (codecourier.conf), UNAVAILABLE,
 * INTERNAL (not a database).
 */
CC_API cc_err cc_app_open(const cc_options *options, cc_app **app, char *why, size_t why_size);

/*
 * What root makes shall belong to whom the instance belongs to, or that account is locked out.  Give an open file (or
 * directory) to the owner of the database that `data` names, as in cc_options; to the owner of its directory while
 * there is none.  Does nothing for anybody but root.  false: errno says why it cannot be.
 */
CC_API bool cc_hand_over(int fd, const char *data);

CC_API bool cc_data_is_file(const char *data);       /* does that name a database's file and no data directory? */
CC_API bool cc_database_is_server(const char *text); /* is it the address of a PostgreSQL server? */

/* Close it and wipe its secrets.  NULL is fine. */
CC_API void cc_app_close(cc_app *app);

/*
 * Answer one request.  Always fills *out, whatever the request: check nothing first.  Only when memory is so short that
 * no answer can be built is out->head a fixed 503.
 */
CC_API void cc_app_handle(cc_app *app, const cc_request *in, cc_response **out);

/* Give an answer back; it must be one of this app's.  NULL is fine. */
CC_API void cc_response_free(cc_app *app, cc_response *response);

/*
 * May this request hold up whoever answers it: by a password that is checked, by waiting for events or a lock?  Read
 * off the table by method and path alone; needs no app.  For a skin that has several ways to get an answer.
 */
CC_API bool cc_request_slow(const cc_request *in);

/*
 * The next piece of an answer that goes on (`more`): events as they come.  Waits up to a second, not at all if the
 * request `holds`; a piece may then be empty, which is the moment to look whether anybody still listens.  The piece is
 * valid until the next call.  false: the answer is at its end.  A caller that cannot stream may leave it out: the
 * answer then ends early, and a client that knows event streams asks again.
 */
CC_API bool cc_response_more(cc_app *app, cc_response *response, const char **piece, size_t *size);

/*
 * Of a request that holds: is there anything that makes asking for more worth while?  Looks at shared memory and the
 * clock alone, so it may be asked a hundred times a second for each of many answers.
 */
CC_API bool cc_response_due(cc_app *app, const cc_response *response);

/*
 * Take up what other machines have said, by which cc_response_due then knows.  Call it whenever it is asked for a while
 * to come; with one machine, or nobody who waits, it costs nothing.
 */
CC_API void cc_app_hear(cc_app *app);

/* The skin is about to stop: the next cc_response_more brings this answer to a good end, and its client asks again. */
CC_API void cc_response_conclude(cc_app *app, cc_response *response);

/*
 * Copy all data to another engine (codecourier migrate).  Who writes meanwhile waits, and is told to come again.
 *
 *   to     a PostgreSQL server (postgresql://…), or "" for the SQLite file of the data directory; without an instance
 *   each   of every table, when it is there and has been compared
 *   ready  all are there, and nobody can write to the old ones before it returns: change the setting, put the old away
 *   why    on failure: what is the case, for the operator; nothing was kept
 *
 * CONFLICT: there is an instance already, or the data are where they should go.  Close the app afterwards.
 */
typedef struct cc_move {
    const char *to;
    void       *ctx;
    void (*each)(void *ctx, const char *table, int64_t rows);
    cc_err (*ready)(void *ctx);
} cc_move;

CC_API cc_err cc_app_move(cc_app *app, const cc_move *move, char *why, size_t why_size);

/*
 * What else the operator may do, beside the API.  Strings filled belong to the caller's buffers.
 */
typedef struct cc_project_info {
    char    id[32];
    char    name[408]; /* 100 characters */
    char    slug[104];
    int64_t created_at; /* ms */
} cc_project_info;

/*
 * Make a project, with two example workflows in it if `examples`.  slug NULL: derived from the name.
 * VALIDATION: the name or slug does not fit; CONFLICT: the slug is taken.
 */
CC_API cc_err cc_project_create(cc_app *app, const char *name, const char *slug, bool examples, cc_project_info *out);

/* Call `each` for every project, oldest first, until it returns false. */
CC_API cc_err cc_project_each(cc_app *app, bool (*each)(void *ctx, const cc_project_info *project), void *ctx);

/* A member's roles, weakest first. */
#define CC_ROLES(X) X(MEMBER, "member") X(ADMIN, "admin") X(OWNER, "owner")

enum { CC_PASSWORD_SIZE = 24 };

/*
 * Make a person and a membership of `project` (id or slug; NULL: of every project), with a fresh one-time password that
 * must be changed at the first sign-in.  VALIDATION: no e-mail address or role; CONFLICT: the address is taken;
 * NOT_FOUND: no such project.
 */
CC_API cc_err cc_user_add(cc_app *app, const char *email, const char *role, const char *project,
                          char password[CC_PASSWORD_SIZE]);

/* Give the person a fresh one-time password (CC_OK), or NOT_FOUND. */
CC_API cc_err cc_user_password(cc_app *app, const char *email, char password[CC_PASSWORD_SIZE]);

/*
 * The first start: one project "My Project" with two example workflows and its owner, in one transaction.  Does nothing
 * and sets *fresh to false when there is a project already.
 */
CC_API cc_err cc_first_start(cc_app *app, const char *email, bool *fresh, cc_project_info *project,
                             char password[CC_PASSWORD_SIZE]);

/*
 * Is this text a well-formed key (prefix, length, alphabet, checksum; contract section 2)?  Asks no database.
 */
CC_API bool cc_key_well_formed(const char *key);

/*
 * Look whether the files are still the ones that were opened (if not, open those that are there now), and write hot
 * marks (keys' last use) to the database if a minute has passed since the last time.  For a supervisor's or worker's
 * idle moments: one that never looks keeps files open that others wait to see given up.
 */
CC_API cc_err cc_app_tick(cc_app *app);

/* What a forge is asked for: to open a pull request, look at it, merge it, close it; to read an issue, to answer it; to
 * look at a branch, to delete it, to say whether it may be pushed to. */
#define CC_FORGE_OPEN "open"
#define CC_FORGE_LOOK "look"
#define CC_FORGE_MERGE "merge"
#define CC_FORGE_CLOSE "close"
#define CC_FORGE_ISSUE "issue"
#define CC_FORGE_COMMENT "comment"
#define CC_FORGE_BRANCH "branch"
#define CC_FORGE_DELETE_BRANCH "delete branch"
#define CC_FORGE_MAY_PUSH "may push"
/* And no forge, but a service whose key is tested: to say whether it takes it. */
#define CC_FORGE_PROVIDER "provider"
/* Nor here: an e-mail is to be sent; it prints {} or {"error": why}. */
#define CC_FORGE_MAIL "mail"

/* One call to a forge: all that who makes it must know.  What a call does not need may be NULL or 0. */
typedef struct cc_forge_call {
    const char *what;       /* one of the above */
    const char *forge;      /* "github", "gitlab" or "gitea" */
    const char *api;        /* where its API begins: "https://api.github.com" */
    const char *token;      /* the project's, or the setting githubToken */
    const char *repository; /* the URL that was cloned */
    const char *branch;     /* open, and of a branch */
    const char *base;       /* open: what it is to be merged into; of a branch: what it is compared with; NULL: the main
                             * branch */
    const char *title, *text; /* open; comment: the text */
    const char *marker; /* comment: what is in the text, if it may have been made before; then it is looked for first */
    bool        draft;  /* it is not to be merged as it is */
    int64_t     number; /* look, merge, close; of an issue: issue, comment */
    const char *method; /* merge: "merge", "squash" or "rebase" */
    const char *head;   /* merge: only if the branch still ends with this commit; look: with it when it was last seen;
                         * may push: there is such a branch, at this commit */
    const char *etag;   /* look: of the last answer */
    const char *header; /* provider: what stands before the token in the header that shows it; api: the whole URL; text:
                         * further headers, one a line */
    const char *from, *to; /* mail: the addresses; api: the setting mail; token: the setting mailPasswordFile; text: all
                            * of the message */
    const char *const *permitted; /* provider: private addresses that may be asked (cc_address_permitted) */
} cc_forge_call;

/*
 * Why a webhook got no answer, as the hook `deliver` says it: X(code, in a sentence).  Codes are stored: none is ever
 * used for something else.
 */
#define CC_UNDELIVERED(X)                                                                                              \
    X(ADDRESS_REFUSED, "Its address is not public, and the operator does not allow it (setting webhookPrivateHosts).") \
    X(HOST_NOT_FOUND, "The name of its host was not found.")                                                           \
    X(NOT_CONNECTED, "It could not be connected to.")                                                                  \
    X(TOO_SLOW, "It did not answer in time.")                                                                          \
    X(NOT_SAFE, "A safe connection to it could not be made.")                                                          \
    X(URL_UNREADABLE, "Its address cannot be read.")                                                                   \
    X(NOT_HTTP, "It did not answer as HTTP says.")

/* How to work.  Zero-initialise it, then fill what differs; stop_fd must be set. */
typedef struct cc_work_options {
    int  slots; /* runs at once; 0: the setting */
    bool drain;
    int  stop_fd; /* -1: never */
    /*
     * The path of a program that, called as `PROGRAM tunnel HOST PORT`, is ssh's way through the proxy that $CC_PROXY
     * names.  NULL: repositories cannot be reached by ssh.
     */
    const char *self;
    /*
     * Make that call and print one line of JSON to `out`: `{"error": …, "status": …, "retryAfter": …}` (status 0: there
     * was no answer; retryAfter in seconds), or what the pull request is like now, as far as the call says it: url,
     * number, title, state (open, merged, closed), isDraft, branch, base, head, mergeable (left out: unknown), etag,
     * checks
     * [{name, status, url, text}], comments [{author, path, line, text, url}]; of an issue its title and text; of a
     * branch state (deleted: it is not there), head, ahead, behind, isProtected, and canPush, if
     * that is known, with why not.  Runs in
     * a child process, which exits with what it returns.  NULL: pull requests are not opened.
     */
    int (*forge)(const cc_forge_call *call, int out);
    /*
     * Post webhooks: read from `in`, until it ends, lines of JSON with n, url, id, timestamp, signature and body, and
     * print for each one when it is over: `{"n": …, "status": …, "retryAfter": …, "error": …}` (status 0: there was no
     * answer, and error is the code of CC_UNDELIVERED that says why).  Not to private addresses but those `permitted`
     * (cc_address_permitted).  Runs in a child process, as `forge` does.  NULL: webhooks are not delivered.
     */
    int (*deliver)(const char *const *permitted, int in, int out);
} cc_work_options;

/*
 * Execute runs in this process: what `codecourier work` does.  Returns when it was told to stop, or, with `drain`, when
 * nothing is left to do.
 *
 *   stop_fd  becomes readable when it should stop: after the setting drainSeconds, or once it is readable a second
 * time, agents are told to end, and their runs go back into the queue
 *
 * Must be called by one thread per app, and not while that app has other requests to answer: it is the app's only user.
 *
 * Errors: INTERNAL (the app has crossed a fork), UNAVAILABLE (no memory or descriptor, or the database's files were
 * replaced, or runs could not be handed back in time).  Storage that is busy or full ends no worker: it tries again.
 */
CC_API cc_err cc_work(cc_app *app, const cc_work_options *options);

/* Of the `status` of a run, as the API says it: will it stay so, and has it done all that it should? */
CC_API bool cc_run_is_over(const char *status);
CC_API bool cc_run_went_well(const char *status);

/*
 * What may be wrong with an instance that works all the same: a protection is gone, or a part does less than it should.
 * Each is said once in the log, by cc_app_check and by GET /health.  Those of a part stand side by side.
 *
 *   X(name, part, is nothing written any more?, what clients are told)
 */
#define CC_TROUBLES(X)                                                                                                 \
    X(STORAGE_LOST, "storage", true, "The database's files were moved, replaced or cut; nothing is written.")          \
    X(STORAGE_FULL, "storage", true, "There is no room to write.")                                                     \
    X(STORAGE_READ_ONLY, "storage", true, "Storage cannot be written to.")                                             \
    X(STORAGE_LOCKED, "storage", true, "Another program keeps the database locked.")                                   \
    X(STORAGE_FAILING, "storage", true, "Writing failed.")                                                             \
    X(STORAGE_SLOW, "storage", false, "The write-ahead log cannot be used here.")                                      \
    X(LIMITS_APART, "limits", false, "Rate limits and the sign-in throttle are not counted together.")                 \
    X(KEY_EXPOSED, "key", false, "Others may read or replace the key file.")                                           \
    X(KEY_RENEWED, "key", false, "The key file was missing; what was sealed with it cannot be read.")                  \
    X(KEY_DIFFERS, "key", false, "The key file is not the database's own; what was sealed with that cannot be read.")  \
    X(DATA_EXPOSED, "data", false, "Others may read or change the data.")                                              \
    X(CLOCK_DIFFERS, "clock", false, "This machine's clock is not the database's, by which everything goes.")          \
    X(ZONES_MISSING, "time zones", false, "Time zones are not installed; schedules can use UTC only.")

typedef enum cc_trouble_id {
#define X(name, part, grave, meaning) CC_TROUBLE_##name,
    CC_TROUBLES(X)
#undef X
        CC_TROUBLE__MAX
} cc_trouble_id;

/* Marks a line for the operator: the command has it in the person's language (www/words/sources.py finds the marks). */
#define CC_WORDS(text) text

/* Look at storage, files and shared state: one line of words for each part.  ok: nothing needs to be done. */
CC_API void cc_app_check(cc_app *app, void (*each)(void *ctx, bool ok, const char *what, const char *words), void *ctx);

/* What an operator wants to know of the engine: one line of words for each check.  ok: nothing needs to be done. */
CC_API void cc_engine_check(cc_app *app, void (*each)(void *ctx, bool ok, const char *what, const char *words),
                            void   *ctx);

enum { CC_OLDER_MAX = 4, CC_OLDER_SIZE = 64 }; /* older names of a route */

/* The table, for `codecourier routes`, generators and tests.  NULL past the end. */
typedef struct cc_route_info {
    const char *method;    /* "GET" */
    const char *path;      /* "/workflows/{id}", below /api/v1 */
    const char *scope;     /* "workflows:read"; "" any key; NULL no key needed */
    const char *also;      /* a second one that it needs as well; NULL: none */
    const char *operation; /* "workflows.get" */
    const char *summary;
    char        aliases[CC_OLDER_MAX][CC_OLDER_SIZE]; /* "POST /workflows/create"; "" past the last */
} cc_route_info;

CC_API bool cc_route_info_at(size_t i, cc_route_info *out); /* false past the end */

/*
 * The OpenAPI 3.1 document; malloc'ed, the caller frees it.  NULL: out of memory.
 *   inlined: every schema stands where it is used, for readers that follow no $ref; the service itself answers with
 *   schemas that have names.
 */
CC_API char *cc_openapi(bool inlined);

/* What a value of a reason's sentence is called in it, without the braces; NULL: it has none. */
typedef const char *(*cc_reason_value)(void *ctx, const char *name, size_t size);
/*
 * A reason's sentence (x-reasons of that description), or a translation of it, with its values put in: {name} becomes
 * what `value` says of it, [a|b] the first piece whose values are all there.  malloc'ed; NULL: not enough memory.
 */
CC_API char *cc_reason_fill(const char *sentence, cc_reason_value value, void *ctx);

/* What codecourier.conf may say: name, default and meaning, for --help and the docs.  false past the end. */
CC_API bool cc_setting_info_at(size_t i, const char **name, const char **preset, const char **meaning);

/* The value in force of a setting, or NULL if there is no setting of that name.  Valid while the app is open. */
CC_API const char *cc_app_setting(cc_app *app, const char *name);

#ifdef __cplusplus
}
#endif
#endif
