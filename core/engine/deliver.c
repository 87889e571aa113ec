/*
 * Webhooks, delivered.
 *
 * The worker's loop takes what is due, signs it and writes it to a process of its own (cc_work_options.deliver), which
 * posts many at once and prints what became of each.  So the loop waits for no network, and that process, which speaks
 * with strangers, knows neither a secret nor the database.
 *
 * What is taken is marked until a time that is later than any attempt may last: nobody else takes it meanwhile, and
 * when this worker is killed it is due again then.  Receivers then see a message twice, with one id.
 *
 * Of one endpoint a few are under way at once, and one alone while its last attempt has failed: a receiver that is dead
 * keeps a place for 15 seconds, not all places for hours.  Which endpoints have something due is found by hopping from
 * one to the next in an index, so how much is waiting for one of them does not matter to the others.
 */
#include "engine/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mend.h"
#include "context/metrics.h"
#include "context/settings.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "gate/outbox.h"
#include "resources/resources.h"
#include "resources/webhooks.h"

enum {
    MOST = 256,        /* under way at once */
    EACH = 32,         /* of them to one endpoint */
    TAKEN_MS = 60000,  /* longer than an attempt may last */
    SILENT_MS = 40000, /* after so long the process is broken */
    REST_MS = 30000,   /* without work it ends */
    PARTING_MS = 3000, /* a worker that stops waits for answers */
    RETRY_AFTER_S = 86400,
    ERROR_MAX = 200,
    PIPE_SIZE = 1 << 20,
};

/* After the first attempt, the second …: Standard Webhooks 1.0.0. */
static const int32_t delays_s[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};

typedef struct flight {
    char    project_id[CC_ID_SIZE], endpoint_id[CC_ID_SIZE], id[CC_ID_SIZE];
    int64_t attempts, taken_until;
    bool    used;
} flight;

struct cc_delivery_work {
    cc_worker         *w;
    cc_arena          *arena;     /* of one round */
    const char *const *permitted; /* in settings, as long as the work */
    cc_arena          *settings;
    cc_process         process;
    int                in; /* what it reads; -1: it is told that there is no more */
    flight             flights[MOST];
    int                under_way;
    char              *to, *from; /* what is to be written, and what was read */
    size_t             to_size, to_room, from_size, from_room;
    int64_t            heard_at, begun_at; /* monotonic */
    int64_t            part_by;            /* 0: not stopping so far */
};

cc_delivery_work *
cc_delivery_work_new(cc_worker *w)
{
    cc_delivery_work *d = w->options->deliver ? calloc(1, sizeof(*d)) : NULL;

    if (!d)
        return NULL;
    d->w = w;
    d->in = -1;
    cc_process_clear(&d->process);
    if (!(d->arena = cc_arena_new()) || !(d->settings = cc_arena_new()) ||
        !(d->permitted = cc_setting_words(w->app, d->settings, CC_SETTING_webhookPrivateHosts))) {
        cc_delivery_work_free(d);
        return NULL;
    }
    return d;
}

/* Without the process nothing is under way; what was is due again when its time is over. */
static void
end(cc_delivery_work *d)
{
    cc_process_close(&d->process);
    if (d->in >= 0)
        close(d->in);
    d->in = -1;
    d->to_size = d->from_size = 0;
    d->under_way = 0;
    memset(d->flights, 0, sizeof(d->flights));
}

void
cc_delivery_work_free(cc_delivery_work *d)
{
    if (!d)
        return;
    end(d);
    cc_arena_free(d->arena);
    cc_arena_free(d->settings);
    free(d->to);
    free(d->from);
    free(d);
}

int
cc_delivery_work_fds(const cc_delivery_work *d, int fds[CC_DELIVERY_WORK_FDS])
{
    if (!d || !d->process.pid)
        return 0;
    fds[0] = d->process.pidfd;
    fds[1] = d->process.out;
    return fds[1] >= 0 ? 2 : 1;
}

/* ---- the process ------------------------------------------------------------------------------------ */

static int
inside(void *ctx, int out)
{
    const cc_delivery_work *d = ctx;

    return d->w->options->deliver(d->permitted, STDIN_FILENO, out);
}

static bool
start(cc_delivery_work *d, int64_t now)
{
    char why[320];
    int  ends[2];

    if (d->process.pid && d->in >= 0)
        return true;
    if (d->process.pid || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const cc_launch l = {.inside = inside, .inside_ctx = d, .directory = "/", .input_fd = ends[0]};
    cc_err          err = cc_process_start(&d->process, &l, why, sizeof(why));
    close(ends[0]);
    d->in = ends[1];
    if (err != CC_OK) {
        cc_log(d->w->app, "worker: webhooks cannot be delivered: %s", why);
        end(d);
        return false;
    }
    (void)fcntl(d->in, F_SETPIPE_SZ, PIPE_SIZE);
    (void)fcntl(d->in, F_SETFL, O_NONBLOCK);
    d->heard_at = now;
    return true;
}

static void
write_on(cc_delivery_work *d)
{
    size_t  done = 0;
    ssize_t n;

    while (d->in >= 0 && done < d->to_size && (n = write(d->in, d->to + done, d->to_size - done)) > 0)
        done += (size_t)n;
    if (!done)
        return;
    memmove(d->to, d->to + done, d->to_size - done);
    d->to_size -= done;
}

static bool
append(char **text, size_t *size, size_t *room, const char *more, size_t more_size)
{
    if (*room - *size < more_size) {
        size_t want = *size + more_size + 65536;
        char  *p = realloc(*text, want);
        if (!p)
            return false;
        *text = p;
        *room = want;
    }
    memcpy(*text + *size, more, more_size);
    *size += more_size;
    return true;
}

/* ---- take -------------------------------------------------------------------------------------------- */

#define WAITING_MIN "(SELECT min(endpoint_id) FROM webhook_deliveries WHERE due_at IS NOT NULL"
#define WAITING                                                                                                        \
    "WITH RECURSIVE waiting (endpoint) AS (SELECT " WAITING_MIN ") UNION ALL SELECT " WAITING_MIN                      \
    " AND endpoint_id > waiting.endpoint) FROM waiting WHERE waiting.endpoint IS NOT NULL) "
#define READY                                                                                                          \
    "FROM waiting JOIN webhook_endpoints e ON e.id = waiting.endpoint WHERE e.is_enabled = 1 AND "                     \
    "(SELECT min(x.due_at) FROM webhook_deliveries x WHERE x.endpoint_id = waiting.endpoint "                          \
    "AND x.due_at IS NOT NULL) <= :now "
#define AT_IT                                                                                                          \
    "(SELECT count(*) FROM webhook_deliveries t WHERE t.endpoint_id = waiting.endpoint "                               \
    "AND t.taken_until IS NOT NULL AND t.taken_until > :now)"

typedef struct endpoint_row {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE];
    const char *url, *acts_for;
    bool        test;
    int64_t     failures, at_it, previous_until;
    cc_bytes    sealed, previous_sealed;
} endpoint_row;

typedef struct due_row {
    char        id[CC_ID_SIZE];
    const char *event, *payload;
    int64_t     attempts;
} due_row;

/* Those that answer come first. */
CC_ROW(endpoint_row, project_id, id, url, acts_for, test, failures, at_it, previous_until, sealed, previous_sealed);
CC_QUERY(
    endpoints_ready, endpoint_row,
    WAITING
    "SELECT e.project_id, e.id, e.url, e.acts_for, CASE WHEN e.mode = 'test' THEN 1 ELSE 0 END AS test, e.failures, " AT_IT
    " AS at_it, e.previous_secret_until AS previous_until, e.sealed, e.previous_sealed " READY "AND " AT_IT
    " < CASE WHEN e.failures > 0 THEN 1 ELSE :each END "
    "ORDER BY CASE WHEN e.failures > 0 THEN 1 ELSE 0 END, e.id LIMIT :most",
    INT(now), INT(each), INT(most));
CC_ROW(due_row, id, event, payload, attempts);
CC_QUERY(deliveries_due, due_row,
         "SELECT id, event, payload, attempts FROM webhook_deliveries WHERE project_id = :project_id "
         "AND endpoint_id = :endpoint_id AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT :most",
         TEXT(project_id), TEXT(endpoint_id), INT(now), INT(most));
CC_STATEMENT(delivery_take,
             "UPDATE webhook_deliveries SET due_at = :until, taken_until = :until WHERE project_id = :project_id "
             "AND endpoint_id = :endpoint_id AND id = :id",
             INT(until), TEXT(project_id), TEXT(endpoint_id), TEXT(id));
CC_STATEMENT(endpoint_off,
             "UPDATE webhook_endpoints SET is_enabled = 0, disabled_reason = :reason, updated_at = :now, "
             "version = version + 1 WHERE project_id = :project_id AND id = :id AND is_enabled = 1",
             TEXT(reason), INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(deliveries_ready, WAITING "SELECT 1 " READY "LIMIT 1", INT(now));

/* Inside a transaction: for good, and people are told. */
static cc_err
switch_off(cc_app *app, const char *project_id, const char *id, const char *reason)
{
    int64_t off = 0;
    cc_err  err = cc_db_change(cc_app_db(app), endpoint_off, &off, .reason = reason, .now = cc_app_now(app),
                               .project_id = project_id, .id = id);

    if (err == CC_OK && off)
        err = cc_changed(app, project_id, "", "webhooks.disable", cc_span_of(id));
    return err == CC_OK && off ? cc_tell(app, project_id, "live", CC_NOTICE_WEBHOOK_DISABLED, .id = id) : err;
}

/* One signature; false: the secret cannot be read. */
static bool
sign(cc_delivery_work *d, cc_bytes sealed, cc_span text, cc_buf *out)
{
    uint8_t secret[CC_WEBHOOK_SECRET_SIZE], mac[CC_HASH_SIZE];
    char    base64[64];

    if (!cc_webhook_unseal(d->w->app, sealed, secret))
        return false;
    cc_hmac(secret, sizeof(secret), text.data, text.size, mac);
    cc_wipe(secret, sizeof(secret));
    cc_base64(mac, sizeof(mac), base64, sizeof(base64));
    cc_putf(out, "%sv1,%s", out->size ? " " : "", base64);
    return true;
}

static const char *
signatures(cc_delivery_work *d, const endpoint_row *e, const due_row *m, int64_t now)
{
    cc_buf text, all;

    cc_buf_init(&text, d->arena);
    cc_buf_init(&all, d->arena);
    cc_putf(&text, "%s.%lld.%s", m->id, (long long)(now / 1000), m->payload);
    if (text.failed || !sign(d, e->sealed, (cc_span){text.data, text.size}, &all))
        return NULL;
    if (e->previous_sealed.size && e->previous_until > now)
        (void)sign(d, e->previous_sealed, (cc_span){text.data, text.size}, &all);
    return cc_buf_text(&all);
}

/* As the process reads it; false: there is no memory, or no secret. */
static bool
hand_over(cc_delivery_work *d, int n, const endpoint_row *e, const due_row *m)
{
    const int64_t now = cc_app_now(d->w->app);
    const char   *signed_ = signatures(d, e, m, now);
    cc_buf        b;

    if (!signed_)
        return false;
    cc_buf_init(&b, d->arena);
    cc_putf(&b, "{\"n\":%d,\"timestamp\":\"%lld\",", n, (long long)(now / 1000));
    cc_put_member(&b, "id", m->id);
    cc_putc(&b, ',');
    cc_put_member(&b, "url", e->url);
    cc_putc(&b, ',');
    cc_put_member(&b, "signature", signed_);
    cc_putc(&b, ',');
    cc_put_member(&b, "body", m->payload);
    cc_puts(&b, "}\n");
    return !b.failed && append(&d->to, &d->to_size, &d->to_room, b.data, b.size);
}

static int
free_flight(const cc_delivery_work *d)
{
    int n = 0;

    while (n < MOST && d->flights[n].used)
        n++;
    return n;
}

static cc_err
take_one(cc_delivery_work *d, const endpoint_row *e, const due_row *m, int64_t now)
{
    const int n = free_flight(d);
    cc_err    err = cc_db_run(cc_app_db(d->w->app), delivery_take, .until = now + TAKEN_MS, .project_id = e->project_id,
                              .endpoint_id = e->id, .id = m->id);

    if (err != CC_OK)
        return err;
    if (!hand_over(d, n, e, m)) {
        cc_log(d->w->app, "worker: a message for webhook %s cannot be signed; it is tried again later", e->id);
        return CC_OK;
    }
    flight *f = &d->flights[n];
    *f = (flight){.attempts = m->attempts, .taken_until = now + TAKEN_MS, .used = true};
    cc_copy_id(f->project_id, e->project_id);
    cc_copy_id(f->endpoint_id, e->id);
    cc_copy_id(f->id, m->id);
    d->under_way++;
    return CC_OK;
}

/*
 * May whoever the endpoint acts for still know that?  FORBIDDEN: no, and the endpoint is switched off; what waits stays
 * for whoever switches it on again, and acts for him then.
 */
static cc_err
may_know(cc_delivery_work *d, const endpoint_row *e, const due_row *m)
{
    cc_app    *app = d->w->app;
    cc_context c;
    cc_err     err;

    cc_context_init(&c, app, d->arena);
    err = cc_acting_as(&c, e->project_id, e->acts_for, e->test, cc_message_scope(m->event));
    if (err != CC_E_FORBIDDEN)
        return err;
    cc_log(app, "worker: webhook %s is switched off: %s", e->id, c.message);
    err = switch_off(app, e->project_id, e->id, CC_WEBHOOK_FORBIDDEN);
    return err == CC_OK ? CC_E_FORBIDDEN : err;
}

/* Some of one endpoint's. */
static cc_err
take_of(cc_delivery_work *d, const endpoint_row *e, int64_t now)
{
    const int64_t left = MOST - d->under_way, each = e->failures > 0 ? 1 : EACH - e->at_it;
    due_row       found[EACH], m;
    int64_t       count = 0;
    cc_err        err = CC_OK;
    cc_rows       rows = cc_db_select(cc_app_db(d->w->app), deliveries_due, &m, .project_id = e->project_id,
                                      .endpoint_id = e->id, .now = now, .most = each < left ? each : left);

    while (cc_rows_next(&rows) && count < EACH) {
        found[count] = m;
        found[count].event = cc_strndup(d->arena, m.event, strlen(m.event));
        found[count].payload = cc_strndup(d->arena, m.payload, strlen(m.payload));
        if (!found[count].event || !found[count++].payload)
            err = CC_E_UNAVAILABLE;
    }
    cc_err ended = cc_rows_end(&rows);
    err = err == CC_OK ? ended : err;
    for (int64_t i = 0; i < count && err == CC_OK; i++)
        if ((err = may_know(d, e, &found[i])) == CC_OK)
            err = take_one(d, e, &found[i], now);
    return err == CC_E_FORBIDDEN ? CC_OK : err;
}

static bool
copy(cc_arena *a, cc_bytes *b)
{
    void *data = b->size ? cc_alloc(a, b->size) : NULL;

    if (data)
        memcpy(data, b->data, b->size);
    b->data = data;
    return !b->size || data;
}

/* Workers that take do so one after the other: none finds what the other is about to mark. */
static cc_err
take(cc_delivery_work *d)
{
    const int64_t now = cc_app_now(d->w->app);
    cc_db        *db = cc_app_db(d->w->app);
    endpoint_row  all[MOST], e;
    int           count = 0;
    cc_err        err = cc_tx_lock(db, "webhooks");

    if (err != CC_OK)
        return err;
    cc_rows rows = cc_db_select(db, endpoints_ready, &e, .now = now, .each = EACH, .most = MOST);
    while (cc_rows_next(&rows) && count < MOST) {
        all[count] = e;
        all[count].acts_for = e.acts_for ? cc_strndup(d->arena, e.acts_for, strlen(e.acts_for)) : NULL;
        if ((e.acts_for && !all[count].acts_for) || !(all[count].url = cc_strndup(d->arena, e.url, strlen(e.url))) ||
            !copy(d->arena, &all[count].sealed) || !copy(d->arena, &all[count].previous_sealed))
            err = CC_E_UNAVAILABLE;
        count++;
    }
    cc_err ended = cc_rows_end(&rows);
    err = err == CC_OK ? ended : err;
    for (int i = 0; i < count && err == CC_OK && d->under_way < MOST; i++)
        err = take_of(d, &all[i], now);
    return err;
}

/* Handed over once it is stored that they are taken. */
static void
take_due(cc_delivery_work *d, int64_t now)
{
    cc_db *db = cc_app_db(d->w->app);
    bool   ready = false;

    if (cc_db_exists(db, deliveries_ready, &ready, .now = cc_app_now(d->w->app)) != CC_OK || !ready || !start(d, now))
        return;
    const size_t size = d->to_size;
    flight       before[MOST];
    const int    under_way = d->under_way;
    memcpy(before, d->flights, sizeof(before));
    cc_err err = cc_tx_begin(db);
    if (err == CC_OK)
        err = cc_tx_end(db, take(d));
    if (err != CC_OK) { /* nothing is marked, so nothing is handed over */
        d->to_size = size;
        d->under_way = under_way;
        memcpy(d->flights, before, sizeof(before));
    }
    if (d->under_way > under_way && under_way == 0)
        d->heard_at = now;
    write_on(d);
}

/* ---- what became of it ------------------------------------------------------------------------------- */

typedef struct outcome {
    int64_t     status, retry_after_s;
    const char *error; /* of CC_UNDELIVERED; "": what its status says */
} outcome;

static const struct {
    const char *code, *sentence;
} undelivered[] = {
#define X(code, sentence) {#code, sentence},
    CC_UNDELIVERED(X)
#undef X
};

CC_STATEMENT(
    delivery_settle,
    "UPDATE webhook_deliveries SET status = :status, attempts = attempts + 1, "
    "response_status = nullif(:response, 0), last_error = :error, last_error_code = :code, "
    "due_at = nullif(:next, 0), taken_until = NULL, updated_at = :now WHERE project_id = :project_id AND endpoint_id = :endpoint_id "
    "AND id = :id AND taken_until = :taken_until",
    TEXT(status), INT(response), TEXT(error), TEXT(code), INT(next), INT(now), TEXT(project_id), TEXT(endpoint_id),
    TEXT(id), INT(taken_until));
CC_STATEMENT(endpoint_answers,
             "UPDATE webhook_endpoints SET failures = 0, last_delivery_at = :now WHERE project_id = :project_id "
             "AND id = :id AND (failures > 0 OR coalesce(last_delivery_at, 0) < :now - 1000)",
             INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(endpoint_fails,
             "UPDATE webhook_endpoints SET failures = failures + 1 WHERE project_id = :project_id AND id = :id",
             TEXT(project_id), TEXT(id));

/* Why it failed: the code, and the sentence for people. */
static const char *
why(const outcome *o, char sentence[ERROR_MAX])
{
    const bool redirects = o->status >= 300 && o->status < 400;
    size_t     i = 0;

    if (!*o->error) {
        snprintf(sentence, ERROR_MAX, "It answered %lld%s.", (long long)o->status,
                 redirects ? ", and redirects are not followed" : "");
        return redirects ? CC_WEBHOOK_REDIRECTED : CC_WEBHOOK_ANSWERED;
    }
    while (i + 1 < CC_COUNT(undelivered) && strcmp(undelivered[i].code, o->error) != 0)
        i++;
    snprintf(sentence, ERROR_MAX, "%s", undelivered[i].sentence);
    return undelivered[i].code;
}

/* When to try again; 0: never. */
static int64_t
next_attempt(cc_app *app, const flight *f, const outcome *o, int64_t now)
{
    const int64_t done = f->attempts;
    uint32_t      random;

    if (done >= (int64_t)CC_COUNT(delays_s) || o->status == 410)
        return 0;
    int64_t delay = (int64_t)delays_s[done] * 1000;
    cc_random(app, &random, sizeof(random));
    delay += (int64_t)(random % (uint32_t)(delay / 10 + 1));
    if (o->retry_after_s > 0) {
        const int64_t asked = (o->retry_after_s < RETRY_AFTER_S ? o->retry_after_s : RETRY_AFTER_S) * 1000;
        delay = asked > delay ? asked : delay;
    }
    return now + delay;
}

static cc_err
settle(cc_delivery_work *d, const flight *f, const outcome *o)
{
    cc_app       *app = d->w->app;
    cc_db        *db = cc_app_db(app);
    const int64_t now = cc_app_now(app);
    const bool    good = o->status >= 200 && o->status < 300;
    const int64_t next = good ? 0 : next_attempt(app, f, o, now);
    char          error[ERROR_MAX];
    const char   *code = why(o, error);

    cc_err err = cc_db_run(db, delivery_settle,
                           .status = good   ? CC_DELIVERY_DELIVERED
                                     : next ? CC_DELIVERY_PENDING
                                            : CC_DELIVERY_FAILED,
                           .response = o->status, .error = good ? NULL : error, .code = good ? NULL : code,
                           .next = next, .now = now, .project_id = f->project_id, .endpoint_id = f->endpoint_id,
                           .id = f->id, .taken_until = f->taken_until);
    cc_tally_note(app, good ? CC_TALLY_DELIVERED : next ? CC_TALLY_DELIVERY_LATER : CC_TALLY_DELIVERY_FAILED, 1);
    if (err == CC_OK && good)
        return cc_db_run(db, endpoint_answers, .now = now, .project_id = f->project_id, .id = f->endpoint_id);
    if (err == CC_OK)
        err = cc_db_run(db, endpoint_fails, .project_id = f->project_id, .id = f->endpoint_id);
    if (err == CC_OK && o->status == 410)
        err = switch_off(d->w->app, f->project_id, f->endpoint_id, CC_WEBHOOK_GONE);
    return err;
}

/* One line of the process's. */
static cc_err
heard(cc_delivery_work *d, const char *line, size_t size)
{
    cc_found found = {0};
    cc_err   err = cc_json_find(d->arena, line, size, &found);

    if (err != CC_OK || !found.json)
        return err;
    const int64_t n = (int64_t)cc_json_number_at(found.json, "n");
    if (n < 0 || n >= MOST || !d->flights[n].used)
        return CC_OK;
    const outcome o = {.status = (int64_t)cc_json_number_at(found.json, "status"),
                       .retry_after_s = (int64_t)cc_json_number_at(found.json, "retryAfter"),
                       .error = cc_json_text_at(found.json, "error")};
    if ((err = settle(d, &d->flights[n], &o)) == CC_OK)
        d->flights[n].used = false;
    return err;
}

static size_t
whole_lines(const cc_delivery_work *d)
{
    const char *last = d->from_size ? memrchr(d->from, '\n', d->from_size) : NULL;

    return last ? (size_t)(last - d->from) + 1 : 0;
}

/* All lines that are there, in one transaction; where storage is busy they stay for the next time. */
static void
take_in(cc_delivery_work *d)
{
    const size_t size = whole_lines(d);
    cc_db       *db = cc_app_db(d->w->app);
    cc_err       err;
    flight       before[MOST];

    if (!size || (err = cc_tx_begin(db)) != CC_OK)
        return;
    memcpy(before, d->flights, sizeof(before));
    for (size_t at = 0; at < size && err == CC_OK;) {
        const size_t n = (size_t)((const char *)memchr(d->from + at, '\n', size - at) - (d->from + at));
        err = heard(d, d->from + at, n);
        at += n + 1;
    }
    if ((err = cc_tx_end(db, err)) != CC_OK) {
        memcpy(d->flights, before, sizeof(before));
        return;
    }
    memmove(d->from, d->from + size, d->from_size - size);
    d->from_size -= size;
    d->under_way = 0;
    for (int i = 0; i < MOST; i++)
        d->under_way += d->flights[i].used;
}

static void
listen_to(cc_delivery_work *d, int64_t now)
{
    char    some[65536];
    ssize_t n = -1;

    while (d->process.out >= 0 && (n = read(d->process.out, some, sizeof(some))) > 0) {
        d->heard_at = now;
        if (!append(&d->from, &d->from_size, &d->from_room, some, (size_t)n))
            cc_process_kill(&d->process);
    }
    if (n == 0) {
        close(d->process.out);
        d->process.out = -1;
    }
}

/* ---- the loop's -------------------------------------------------------------------------------------- */

/* Has it ended, is it silent although it has work, or has it none any more? */
static void
look_after(cc_delivery_work *d, int64_t now)
{
    cc_process_look(&d->process, now);
    if (d->process.exited && d->process.out < 0) {
        if (d->under_way)
            cc_log(d->w->app, "worker: the process that delivers webhooks has ended; what it had in hand is due later");
        end(d);
        return;
    }
    if (d->under_way && now - d->heard_at >= SILENT_MS)
        cc_process_kill(&d->process);
    if (!d->under_way && d->in >= 0 && now - d->heard_at >= REST_MS) {
        close(d->in);
        d->in = -1;
    }
}

void
cc_delivery_work_go(cc_delivery_work *d, bool look, int64_t now)
{
    if (!d)
        return;
    const int before = d->under_way;
    if (d->process.pid) {
        listen_to(d, now);
        take_in(d);
        write_on(d);
        look_after(d, now);
    }
    if ((look || d->under_way < before) && d->under_way < MOST && !d->w->stopping)
        take_due(d, now);
    cc_arena_reset(d->arena);
}

bool
cc_delivery_work_waiting(cc_delivery_work *d)
{
    bool ready = false;

    if (!d)
        return false;
    if (d->under_way)
        return true;
    return cc_db_exists(cc_app_db(d->w->app), deliveries_ready, &ready, .now = cc_app_now(d->w->app)) == CC_OK && ready;
}

bool
cc_delivery_work_ending(cc_delivery_work *d, int64_t now)
{
    if (!d || !d->under_way)
        return false;
    if (!d->part_by)
        d->part_by = now + PARTING_MS;
    return now < d->part_by;
}
