/*
 * Sessions at the gate: the cookie, what it stands for, and what keeps others from using it.
 *
 * A session is let in like a key (auth.c) and then passes the same gate: its scopes come from the member's role
 * (role.c). What a cookie needs and a bearer token does not: a browser sends it whoever asked for the request.  So
 * there are three fences, each enough by itself: SameSite=Strict; the browser's own word on where the request comes
 * from (Sec-Fetch-Site, else Origin); and a token in a header that only a page of ours can know.
 *
 * The CSRF token is not stored but derived from the cookie: it is as secret as that, ends with it, and costs no column.
 * When a session was last used is kept in the shared state, like a key's last use: a read writes nothing.  Should
 * that file be lost, idle sessions look idle since the last flush, and the worst that happens is another sign-in.
 */
#include "gate/signin.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base/clock.h"
#include "base/unicode.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/client.h"
#include "storage/query.h"

/* ---- the cookie ------------------------------------------------------------------------------ */

/* Put the value of our cookie into r->who.token, if it was sent.  The first one wins: browsers send the longer path
 * first. */
static cc_err
cookie_find(cc_req *r)
{
    static const char name[] = CC_COOKIE "=";

    for (const char *p = r->in->header[CC_H_COOKIE]; p && *p;) {
        p += strspn(p, "; \t");
        size_t size = strcspn(p, ";");
        if (size >= sizeof(name) - 1 && strncmp(p, name, sizeof(name) - 1) == 0)
            return (r->who.token = cc_strndup(r->arena, p + sizeof(name) - 1, size - (sizeof(name) - 1)))
                       ? CC_OK
                       : CC_E_UNAVAILABLE;
        p += size;
    }
    return CC_OK;
}

/*
 * Path: this instance's own pages, written as the browser writes it, for it compares the two letter by letter.  A path
 * with ';' would write attributes of its own; no instance lies at such a one.
 */
static void
put_cookie(cc_req *r, const char *token, int64_t seconds)
{
    const int size = strchr(r->path.base, ';') ? 0 : (int)r->path.base_sent;

    cc_putf(&r->extra, "Set-Cookie: " CC_COOKIE "=%s; Path=%.*s/; Max-Age=%lld; HttpOnly; SameSite=Strict%s\r\n", token,
            size, r->in->uri, (long long)seconds, r->client.secure ? "; Secure" : "");
}

void
cc_session_cookie_clear(cc_req *r)
{
    put_cookie(r, "", 0);
}

/* 43 characters of base64url over SHA-256. */
static bool
csrf_token(const char *token, char out[CC_TOKEN_SIZE])
{
    uint8_t hash[CC_HASH_SIZE], key[CC_HASH_SIZE];

    cc_hash(token, strlen(token), key);
    cc_mac(key, "csrf", 4, hash);
    size_t n = cc_base64url(hash, sizeof(hash), out, CC_TOKEN_SIZE);
    cc_wipe(hash, sizeof(hash));
    cc_wipe(key, sizeof(key));
    return n == CC_TOKEN_SIZE - 1;
}

void
cc_csrf_write(cc_req *r, cc_buf *out)
{
    char token[CC_TOKEN_SIZE];

    if (csrf_token(r->who.token, token))
        cc_put_json(out, token, strlen(token));
    else
        cc_puts(out, "null");
}

void
cc_token_new(cc_app *app, char out[CC_TOKEN_SIZE])
{
    uint8_t bytes[32];

    cc_random(app, bytes, sizeof(bytes));
    cc_base64url(bytes, sizeof(bytes), out, CC_TOKEN_SIZE);
    cc_wipe(bytes, sizeof(bytes));
}

bool
cc_token_well_formed(const char *token)
{
    uint8_t bytes[32];
    size_t  got = 0;

    return strlen(token) == CC_TOKEN_SIZE - 1 && cc_base64url_parse(token, strlen(token), bytes, sizeof(bytes), &got) &&
           got == sizeof(bytes);
}

/* ---- from our own pages only ----------------------------------------------------------------- */

/*
 * Browsers say where a request comes from: Sec-Fetch-Site on https and on the machine itself, Origin otherwise.  Who
 * sends neither is no browser, and nobody's cookie can be misused through it.  Of the origin only the host is compared:
 * whether https ended in front of us, we cannot always know.
 */
cc_err
cc_same_site(cc_req *r)
{
    const char *site = r->in->header[CC_H_SEC_FETCH_SITE], *origin = r->in->header[CC_H_ORIGIN];
    const char *host = r->in->header[CC_H_HOST];

    if (site && site[0]) {
        if (strcmp(site, "same-origin") == 0 || (strcmp(site, "none") == 0 && r->route->method == CC_GET))
            return CC_OK;
    } else if (!origin || !origin[0]) {
        return CC_OK;
    } else {
        const char *p = strstr(origin, "://");
        if (p && host && strcasecmp(p + 3, host) == 0)
            return CC_OK;
    }
    return cc_fail(r, CC_E_FORBIDDEN, NULL, "A session is for this instance's own pages; use an API key.");
}

static cc_err
check_csrf(cc_req *r)
{
    const char *sent = r->in->header[CC_H_CSRF_TOKEN];
    char        token[CC_TOKEN_SIZE];

    if (r->route->method == CC_GET)
        return CC_OK;
    if (sent && strlen(sent) == CC_TOKEN_SIZE - 1 && csrf_token(r->who.token, token) &&
        cc_same(sent, token, CC_TOKEN_SIZE - 1))
        return CC_OK;
    return cc_fail(r, CC_E_FORBIDDEN, NULL, "'X-CSRF-Token' is missing or is not this session's.");
}

/* ---- throttles ------------------------------------------------------------------------------- */

/*
 * Whoever guesses passwords is slowed down, and the owner of the account is not: no bucket belongs to an account alone,
 * or anybody could keep its owner out.  There is one for each account and place (an address, or an IPv6 network of 64
 * bits, which is what one customer gets), and one for each place, which a place that has signed in to the account
 * before does not pay.
 *
 * Guesses at one account from many places at once are slowed down in each of them: to one a minute while there are more
 * than CROWD_TIMES the usual ones altogether.  From wherever the owner comes, the first attempt is free.
 *
 * What is sent need not exist, so a throttle tells nothing about who does.
 */
enum {
    PLACE_TIMES = 5, /* a place may be a whole office: it gets more than one account */
    CROWD_TIMES = 5,
};

/* 0: no memory. */
static uint64_t
bucket(cc_req *r, const char *kind, const char *place, const char *account)
{
    const char *text = place ? cc_printf(r->arena, "sign-in %s %s %s", kind, place, account) : NULL;

    return text ? cc_shared_key(text) : 0;
}

static cc_err
take(cc_req *r, uint64_t key, int64_t per_minute)
{
    if (!key)
        return CC_E_UNAVAILABLE;
    r->rate.left = cc_rate_take(cc_app_shared(r->app), key, r->now, per_minute, per_minute);
    return r->rate.left.allowed ? CC_OK : cc_fail(r, CC_E_RATE_LIMITED, NULL, "Too many attempts to sign in.");
}

cc_err
cc_throttle_address(cc_req *r)
{
    return take(r, bucket(r, "place", cc_client_place(r), ""),
                cc_setting_int(r->app, CC_SETTING_signInRate) * PLACE_TIMES);
}

cc_err
cc_throttle_strangers(cc_req *r, const char *what, int64_t per_minute)
{
    const char *place = cc_client_place(r);
    const char *text = place ? cc_printf(r->arena, "%s %s", what, place) : NULL;

    if (!text)
        return CC_E_UNAVAILABLE;
    r->rate.left = cc_rate_take(cc_app_shared(r->app), cc_shared_key(text), r->now, per_minute, per_minute);
    return r->rate.left.allowed ? CC_OK : CC_E_RATE_LIMITED;
}

cc_err
cc_throttle_sign_in(cc_req *r, const char *email, bool known)
{
    int64_t rate = cc_setting_int(r->app, CC_SETTING_signInRate);
    cc_err  err;

    if (!known) {
        uint64_t crowd = bucket(r, "crowd", "", email);
        if ((err = cc_throttle_address(r)) != CC_OK)
            return err;
        if (!cc_rate_take(cc_app_shared(r->app), crowd, r->now, rate * CROWD_TIMES, rate * CROWD_TIMES).allowed)
            rate = 1;
    }
    return take(r, bucket(r, "pair", cc_client_place(r), email), rate);
}

/* ---- passwords ------------------------------------------------------------------------------- */

enum { TURN_WAIT_MS = 500, SLOT_LOOK_MS = 100, COME_AGAIN_S = 4 };

const char cc_password_of_nobody[] =
    "$argon2id$v=19$m=65536,t=2,p=1$FZv0Hy7g6IWc9p+X59zj1Q$Ty0BgCojXKKQEAJFUVbNdYZBc91hkf5EuZKct1HYRIA";

/* Argon2id wants 64 MiB; where they cannot be had, the password is not wrong but unchecked. */
cc_err
cc_password_right(const char *stored, const char *password, bool *right)
{
    errno = 0;
    *right = cc_password_check(stored, password);
    return !*right && errno == ENOMEM ? CC_E_UNAVAILABLE : CC_OK;
}

/*
 * Strangers leave one slot to those who have signed in to that account from here before, so that a crowd keeps nobody
 * out.  One request at a time may wait a moment for a slot, for two people who meet; all others come again, and not all
 * at once: whoever waits holds a worker that others need.
 */
static bool
turn_take(cc_req *r, bool known, int *slot)
{
    const int64_t most = cc_setting_int(r->app, CC_SETTING_passwordsAtOnce);
    const int64_t until = cc_app_monotonic(r->app) + TURN_WAIT_MS;
    cc_shared    *shared = cc_app_shared(r->app);
    int           waiting = -1;

    for (;;) {
        uint32_t heard = cc_event_count(shared, CC_EVENT_HEAVY);
        *slot = cc_heavy_slot_take(shared, 1, known || most == 1 ? most : most - 1, cc_app_now(r->app));
        if (*slot < 0 && waiting < 0)
            waiting = cc_heavy_slot_take(shared, 0, 1, cc_app_now(r->app));
        int64_t left = cc_clock_left(cc_app_clock(r->app), until);
        if (*slot >= 0 || waiting < 0 || left <= 0)
            break;
        cc_event_wait(shared, CC_EVENT_HEAVY, heard, left < SLOT_LOOK_MS ? left : SLOT_LOOK_MS);
    }
    cc_heavy_slot_give(shared, waiting);
    return *slot >= 0;
}

cc_err
cc_password_begin(cc_req *r, bool known, int *slot)
{
    uint8_t some;

    cc_app_unlock(r->app);
    if (turn_take(r, known, slot))
        return CC_OK;
    cc_app_lock(r->app);
    cc_random(r->app, &some, 1);
    r->refusal.come_again_s = 1 + some % COME_AGAIN_S;
    return cc_fail(r, CC_E_UNAVAILABLE, NULL, "Too many people are signing in just now.");
}

void
cc_password_end(cc_req *r, int slot)
{
    cc_app_lock(r->app);
    cc_heavy_slot_give(cc_app_shared(r->app), slot);
}

/* ---- begin ----------------------------------------------------------------------------------- */

CC_STATEMENT(sessions_purge, "DELETE FROM sessions WHERE expires_at <= :now", INT(now));
CC_STATEMENT(session_insert,
             "INSERT INTO sessions (id, hash, user_id, created_at, used_at, expires_at) "
             "VALUES (:id, :hash, :user_id, :now, :now, :expires_at)",
             TEXT(id), BLOB(hash), TEXT(user_id), INT(now), INT(expires_at));

cc_err
cc_sessions_purge(cc_app *app)
{
    return cc_db_run(cc_app_db(app), sessions_purge, .now = cc_app_now(app));
}

cc_err
cc_session_begin(cc_req *r, const char *user_id)
{
    char   *token = cc_alloc(r->arena, CC_TOKEN_SIZE);
    int64_t seconds = cc_setting_int(r->app, CC_SETTING_sessionDays) * 86400;
    uint8_t hash[CC_HASH_SIZE];
    cc_err  err;

    if (!token)
        return CC_E_UNAVAILABLE;
    if ((err = cc_sessions_purge(r->app)) != CC_OK)
        return err;
    cc_token_new(r->app, token);
    cc_hash(token, strlen(token), hash);
    cc_id_new(r->app, "ses_", r->who.session_id);
    cc_copy_id(r->who.user_id, user_id);
    r->who.token = token;
    r->who.session_began = r->now;
    r->who.session_ends = r->now + seconds * 1000;
    err = cc_db_run(cc_app_db(r->app), session_insert, .id = r->who.session_id, .hash = {hash, sizeof(hash)},
                    .user_id = user_id, .now = r->now, .expires_at = r->who.session_ends);
    if (err == CC_OK)
        put_cookie(r, token, seconds);
    r->no_store = true;
    return err;
}

/* ---- who is it ------------------------------------------------------------------------------- */

static cc_err
ended(cc_req *r)
{
    return cc_fail(r, CC_E_AUTH_INVALID, NULL, "The session has ended; sign in again.");
}

typedef cc_principal signed_in;

CC_ROW(signed_in, session_id, user_id, session_began, last_used_at, session_ends, name, must_change);
CC_QUERY(session_by_hash, signed_in,
         "SELECT s.id AS session_id, s.user_id, s.created_at AS session_began, s.used_at AS last_used_at, "
         "s.expires_at AS session_ends, u.email AS name, u.must_change "
         "FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = :hash",
         BLOB(hash));

static cc_err
session_find(cc_req *r)
{
    cc_principal *who = &r->who;
    uint8_t       hash[CC_HASH_SIZE];
    int64_t       used, idle_ms = cc_setting_int(r->app, CC_SETTING_sessionIdleMinutes) * 60000;
    cc_err        err;

    cc_hash(who->token, strlen(who->token), hash);
    err = cc_db_get(cc_app_db(r->app), r->arena, session_by_hash, who, .hash = {hash, sizeof(hash)});
    cc_wipe(hash, sizeof(hash));
    if (err != CC_OK)
        return err == CC_E_NOT_FOUND ? ended(r) : err;
    who->created_at = who->session_began;
    who->shared_key = cc_shared_key(who->session_id);
    used = cc_shared_used(cc_app_shared(r->app), who->shared_key);
    if (who->last_used_at < used)
        who->last_used_at = used;
    return who->session_ends <= r->now || r->now - who->last_used_at > idle_ms ? ended(r) : CC_OK;
}

typedef struct membership {
    char project_id[CC_ID_SIZE], role[16];
} membership;

CC_ROW(membership, project_id, role);
CC_QUERY(membership_in, membership,
         "SELECT project_id, role FROM members WHERE user_id = :user_id AND project_id = :project_id", TEXT(user_id),
         TEXT(project_id));
CC_QUERY(membership_first, membership,
         "SELECT project_id, role FROM members WHERE user_id = :user_id ORDER BY project_id LIMIT 1", TEXT(user_id));

/* Fill in the membership in `project`, or in the person's oldest one.  *found: there is one. */
static cc_err
membership_find(cc_req *r, const char *project, bool *found)
{
    cc_db     *db = cc_app_db(r->app);
    membership m;
    cc_err     err = project
                         ? cc_db_find(db, NULL, membership_in, &m, found, .user_id = r->who.user_id, .project_id = project)
                         : cc_db_find(db, NULL, membership_first, &m, found, .user_id = r->who.user_id);

    if (err == CC_OK && *found) {
        cc_copy_id(r->who.project_id, m.project_id);
        r->who.role = cc_role_find(m.role);
    }
    r->who.scopes = r->who.may = cc_role_may(r->who.role);
    r->who.grant = cc_role_grant(r->who.role);
    return err;
}

/* Routes about the person rather than a project take what there is: a page that remembers an old project can still ask.
 */
cc_err
cc_session_project(cc_req *r)
{
    const char *asked = r->in->header[CC_H_PROJECT];
    bool        found = false, personal = r->route->flags & CC_ROUTE_PERSON || r->route->scope == CC_SCOPE_NONE;
    cc_err      err = CC_OK;

    if (asked && asked[0])
        err = membership_find(r, asked, &found);
    if (err == CC_OK && !found && (personal || !asked || !asked[0]))
        err = membership_find(r, NULL, &found);
    if (err != CC_OK || found || personal)
        return err;
    return cc_fail(r, CC_E_FORBIDDEN, NULL,
                   asked && asked[0] ? "You are not a member of this project."
                                     : "You are not a member of any project.");
}

cc_err
cc_session_auth(cc_req *r)
{
    cc_err err;

    if ((err = cookie_find(r)) != CC_OK)
        return err;
    if (!r->who.token || !r->who.token[0])
        return r->route->flags & CC_ROUTE_PERSON
                   ? cc_fail(r, CC_E_AUTH_MISSING, NULL, "Nobody is signed in (POST /session).")
                   : CC_E_AUTH_MISSING;
    if ((err = cc_same_site(r)) != CC_OK)
        return err;
    if (!cc_token_well_formed(r->who.token))
        return ended(r);
    if ((err = session_find(r)) != CC_OK || (err = check_csrf(r)) != CC_OK || (err = cc_session_project(r)) != CC_OK)
        return err;
    cc_shared_mark(cc_app_shared(r->app), r->who.shared_key, r->now);
    if (r->who.must_change && !(r->route->flags & CC_ROUTE_PERSON))
        return cc_fail(r, CC_E_FORBIDDEN, NULL, "Choose a new password first (POST /session/password).");
    return CC_OK;
}

cc_err
cc_session_again(cc_req *r)
{
    cc_err err = session_find(r);

    return err == CC_OK ? cc_session_project(r) : err;
}

/* ---- addresses of people ---------------------------------------------------------------------- */

/* Lower case; something@something, no spaces.  Whether mail arrives there only mail can tell. */
bool
cc_email_clean(const char *email, char out[255])
{
    size_t n = strlen(email);

    if (n < 3 || n > 254 || !cc_utf8_valid(email, n) || !cc_line_fine(email, n))
        return false;
    for (size_t i = 0; i <= n; i++) {
        unsigned char c = (unsigned char)email[i];
        if ((c <= 0x20 && i < n) || c == 0x7f || strchr("<>\",;", c ? c : 'x'))
            return false;
        out[i] = (char)(c < 0x80 ? tolower(c) : c);
    }
    const char *at = strchr(out, '@');
    return at && at != out && at[1] && !strchr(at + 1, '@');
}
