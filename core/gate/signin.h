/*
 * Sessions at the gate.
 */
#ifndef CC_SIGNIN_H
#define CC_SIGNIN_H

#include "gate/request.h"

/* What a sign-in to an account that does not exist is checked against: costs what a real one does; nobody knows the
 * password. */
extern const char cc_password_of_nobody[];

#define CC_COOKIE "cc_session"

enum { CC_TOKEN_SIZE = 44 }; /* 32 random bytes in base64url, and a NUL */

void   cc_token_new(cc_app *app, char out[CC_TOKEN_SIZE]);
bool   cc_token_well_formed(const char *token);
cc_err cc_session_again(cc_req *r);                      /* as cc_auth_again */
cc_err cc_session_auth(cc_req *r);                       /* by cookie: fills r->who; AUTH_MISSING: there is none */
cc_err cc_sessions_purge(cc_app *app);                   /* those that have ended */
cc_err cc_session_begin(cc_req *r, const char *user_id); /* in a transaction: makes one, sets the cookie and r->who */
cc_err cc_session_project(cc_req *r);                    /* fills r->who with the membership the request is about */
void   cc_session_cookie_clear(cc_req *r);
void   cc_csrf_write(cc_req *r, cc_buf *out); /* the session's CSRF token, as JSON */
cc_err cc_same_site(cc_req *r);               /* FORBIDDEN: another site's page sent this */
cc_err cc_throttle_address(cc_req *r);        /* RATE_LIMITED: too many attempts */
/* The same for what anybody may ask without a key, so many times a minute from one address. */
cc_err cc_throttle_strangers(cc_req *r, const char *what, int64_t per_minute);
/* May a password of this account be tried from here?  known: somebody has signed in to it from here before. */
cc_err cc_throttle_sign_in(cc_req *r, const char *email, bool known);
/*
 * Around everything that computes Argon2id: one of the machine's slots for heavy work, and meanwhile other threads
 * may use the app.  `slot` is handed from the one to the other.  UNAVAILABLE: no slot is free; nothing was begun then.
 */
cc_err cc_password_begin(cc_req *r, bool known, int *slot);
void   cc_password_end(cc_req *r, int slot);
cc_err cc_password_right(const char *stored, const char *password, bool *right); /* UNAVAILABLE: no memory to tell */
bool   cc_email_clean(const char *email, char out[255]); /* lower case; false: no e-mail address */

#endif
