/*
 * What happens, as it happens: pages of events, a long poll, and an event stream.
 *
 * All three read the same rows behind a number that the client knows; which rows those are, a cc_followed says
 * (events.c: a run's, project_events.c: the project's).  Who finds nothing waits for an event in the shared state,
 * which whoever writes such rows notifies; so the answer leaves a moment after the commit, and nobody asks the database
 * in a circle.
 *
 * A skin that holds many answers at once (cc_request.holds) is asked to come again, and looks with cc_events_due
 * whether it is worth while.  In any other the request sleeps.  It then holds neither a view of the database nor the
 * app's lock, so it is in nobody's way; but it does hold a process of the web server.  The number of those who wait is
 * bounded (settings maxFollowers and maxWaiting), and shared fairly between projects and between keys.  Beyond it the
 * answer is 503, and a client goes on without `wait`.  Whoever's right ends while he waits hears no more.
 */
#include "resources/follow.h"

#include "base/accept.h"
#include "base/clock.h"
#include "context/settings.h"
#include "context/state.h"
#include "context/trouble.h"
#include "context/wake.h"
#include "gate/authority.h"
#include "gate/gate.h"
#include "resources/resources.h"
#include "storage/db.h"

enum {
    PIECE_MS = 1000,    /* the longest that cc_response_more waits */
    COMMENT_MS = 15000, /* of silence, then a comment keeps the connection open */
    STREAM_MS = 300000, /* then the client connects anew */
    ALONE_MS = 20000,   /* the same where there is one slot for everybody */
    SLOT_MS = 30000,
    PAGE = 500,
};

/* An answer that goes on: an event stream, or a long poll in a skin that holds it. */
struct cc_stream {
    const cc_followed *of;
    const char        *topic; /* the id whose event in the shared state tells of more */

    int      slot;           /* among those who wait; -1: none */
    int64_t  after;          /* the last event that was sent */
    int64_t  most;           /* of a poll: how many it asked for */
    int64_t  until, sent_at; /* when it ends, and when something was sent last; monotonic ms */
    int64_t  looked;         /* when it was looked for events last; the same */
    uint32_t heard;          /* how often the event had been notified by then */
};

/* So long before looking without a notify: whether the right to look has ended, and in case that one was missed. */
static int64_t
look_ms(const cc_req *r)
{
    return cc_setting_int(r->app, CC_SETTING_lookMs);
}

/* Give up view and lock, wait for the event, at most `ms`, and take both again. */
static cc_err
sleep_for(cc_req *r, uint32_t heard, int64_t ms)
{
    cc_db *db = cc_app_db(r->app);

    cc_read_end(db);
    cc_wake_wait(r->app, r->stream->topic, heard, ms < look_ms(r) ? ms : look_ms(r));
    cc_app_look(r->app, false);
    r->now = cc_app_now(r->app);
    return cc_read_begin(db);
}

static cc_err
slot_take(cc_req *r, int *slot)
{
    const cc_setting most = r->in->holds ? CC_SETTING_maxFollowers : CC_SETTING_maxWaiting;
    const cc_waiters kind = r->in->holds ? CC_WAITERS_HELD : CC_WAITERS_ASLEEP;
    bool             several;
    cc_err           err = cc_projects_several(r->app, &several);

    if (err != CC_OK)
        return err;
    *slot = cc_waiter_slot_take(cc_app_shared(r->app), kind, cc_setting_int(r->app, most), several,
                                cc_shared_key(r->who.project_id), r->who.shared_key, r->now, SLOT_MS);
    if (*slot >= 0)
        return CC_OK;
    return cc_fail(r, CC_E_UNAVAILABLE, NULL, "Too many requests wait for events already; ask without waiting.");
}

/* Room for what has to be known until the answer ends. */
static cc_err
stream_make(cc_req *r, const cc_followed *of, int64_t after, int64_t most, bool waits)
{
    if (!(r->stream = cc_alloc(r->arena, sizeof(*r->stream))))
        return CC_E_UNAVAILABLE;
    *r->stream =
        (cc_stream){.of = of, .topic = r->id ? r->id : r->who.project_id, .slot = -1, .after = after, .most = most};
    return waits ? cc_wake_listen(r->app) : CC_OK;
}

/* Note what has been heard so far; then look. */
static void
stream_listen(cc_req *r)
{
    r->stream->heard = cc_wake_count(r->app, r->stream->topic);
    r->stream->looked = cc_app_monotonic(r->app);
}

/* ---- pages and the long poll ------------------------------------------------------------------ */

static cc_err
page_write(cc_req *r, int64_t after, int64_t most, int64_t *count)
{
    cc_stmt *s = NULL;
    size_t   start = r->out.size;
    cc_err   err = r->stream->of->open(r, after, most + 1, &s);

    if (err == CC_OK)
        err = cc_rows_write(r, s, r->stream->of->shape, most, count);
    if (err == CC_OK && !*count)
        r->out.size = start; /* to be written once more, or finished by the caller */
    return err;
}

/* The page, if there is anything to tell.  *over: there will be no more. */
static cc_err
poll_look(cc_req *r, int64_t *count, bool *over)
{
    int64_t upto;
    cc_err  err;

    stream_listen(r);
    if ((err = r->stream->of->look(r, &upto, over)) == CC_OK)
        err = page_write(r, r->stream->after, r->stream->most, count);
    return err;
}

static cc_err
page_or_wait(cc_req *r, const cc_followed *of, int64_t after)
{
    const cc_value *limit = cc_query_value(r, "limit");
    const int64_t   until = cc_app_monotonic(r->app) + cc_query_value(r, "wait")->i * 1000;
    int64_t         count = 0, left;
    bool            over;
    cc_err          err = stream_make(r, of, after, limit->present ? limit->i : 100, cc_query_value(r, "wait")->i > 0);

    while (err == CC_OK && (err = poll_look(r, &count, &over)) == CC_OK) {
        left = cc_clock_left(cc_app_clock(r->app), until);
        if (count || over || left <= 0 || r->head)
            break;
        if (r->stream->slot < 0 && (err = slot_take(r, &r->stream->slot)) != CC_OK)
            break;
        if (r->in->holds) {
            r->stream->until = until;
            r->unfinished = true;
            return CC_OK;
        }
        if ((err = sleep_for(r, r->stream->heard, left)) == CC_OK)
            err = cc_acting_still(&r->context, r->route->scope);
    }
    cc_events_end(r);
    r->stream = NULL;
    if (err == CC_OK && !count)
        cc_puts(&r->out, "[]");
    return err;
}

/* One more look for a held poll; true: not yet.  The page, or the error, is its whole answer. */
static bool
poll_more(cc_req *r)
{
    cc_db  *db = cc_app_db(r->app);
    int64_t count = 0;
    bool    over = false;
    cc_err  err = cc_read_begin(db);

    if (err == CC_OK && (err = cc_acting_still(&r->context, r->route->scope)) == CC_OK)
        err = poll_look(r, &count, &over);
    cc_read_end(db);
    if (err == CC_OK && !count && !over && r->stream->looked < r->stream->until)
        return true;
    if (err == CC_OK && !count)
        cc_puts(&r->out, "[]");
    r->outcome = cc_gate_finish(r, err);
    return false;
}

/* ---- the stream ------------------------------------------------------------------------------- */

/* id, event and data of each, as the HTML standard has it.  Our JSON is one line. */
static cc_err
pieces_write(cc_req *r, int64_t *count)
{
    const cc_resource rows = {.singular = "", .table = "", .fields = r->stream->of->shape};
    cc_stmt          *s = NULL;
    bool              row;
    cc_err            err = r->stream->of->open(r, r->stream->after, PAGE, &s);

    *count = 0;
    while (err == CC_OK && (err = cc_step(s, &row)) == CC_OK && row) {
        r->stream->after = cc_col_int(s, 0);
        cc_puts(&r->out, "id: ");
        cc_put_int(&r->out, r->stream->after);
        cc_puts(&r->out, "\nevent: ");
        cc_puts(&r->out, cc_col_text(s, 1, NULL));
        cc_puts(&r->out, "\ndata: ");
        cc_row_write(r, &rows, s, false, &r->out);
        cc_puts(&r->out, "\n\n");
        ++*count;
    }
    cc_stmt_done(s);
    return err;
}

/* What there is now, or what comes within `wait_ms`.  *over: it has ended, and all of it is told. */
static cc_err
stream_look(cc_req *r, int64_t wait_ms, bool *over)
{
    int64_t until = cc_app_monotonic(r->app) + wait_ms, count = 0, upto;
    cc_err  err;

    *over = false;
    for (;;) {
        stream_listen(r);
        if ((err = r->stream->of->look(r, &upto, over)) != CC_OK || (err = pieces_write(r, &count)) != CC_OK)
            return err;
        *over = *over && count < PAGE; /* its end and its last events are one transaction */
        if (count < PAGE && r->stream->after < upto)
            r->stream->after = upto; /* past what the caller may not see */
        if (count || *over)
            return CC_OK;
        int64_t left = cc_clock_left(cc_app_clock(r->app), until);
        if (left <= 0)
            return CC_OK;
        if ((err = sleep_for(r, r->stream->heard, left)) != CC_OK)
            return err;
    }
}

/* Before there is anything to tell.  An id alone is no event: it says where to go on. */
static void
here_write(cc_req *r, const cc_followed *of)
{
    cc_puts(&r->out, ": here\n");
    if (of->says_where)
        cc_putf(&r->out, "id: %lld\n", (long long)r->stream->after);
    cc_putc(&r->out, '\n');
}

/* The head and what there is so far; the rest follows through cc_events_more. */
static cc_err
stream_open(cc_req *r, const cc_followed *of, int64_t after)
{
    bool   alone = !r->in->holds && cc_setting_int(r->app, CC_SETTING_maxWaiting) <= 1;
    bool   over = false, told;
    cc_err err;

    if ((err = stream_make(r, of, after, PAGE, true)) != CC_OK)
        return err;
    r->out.size = 0;
    r->event_stream = true;
    err = stream_look(r, 0, &over);
    told = over && !r->out.size;
    if (err == CC_OK && !over)
        err = slot_take(r, &r->stream->slot);
    if (err != CC_OK || told) {
        if (told)
            r->status = 204; /* tells a client that would connect again for ever to stop */
        r->stream = NULL;
        r->event_stream = told;
        return err;
    }
    if (!r->out.size)
        here_write(r, of);
    r->stream->sent_at = cc_app_monotonic(r->app);
    r->stream->until = over ? 0 : r->stream->sent_at + (alone ? ALONE_MS : STREAM_MS);
    return CC_OK;
}

/* One more look, if the caller may still have it. */
static cc_err
stream_again(cc_req *r, int64_t wait_ms, bool *over)
{
    cc_db *db = cc_app_db(r->app);
    cc_err err;

    stream_listen(r); /* also of a look that comes to nothing, or the next one would follow at once */
    if ((err = cc_read_begin(db)) != CC_OK)
        return err;
    if ((err = cc_acting_still(&r->context, r->route->scope)) == CC_OK)
        err = stream_look(r, wait_ms, over);
    cc_read_end(db);
    return err;
}

/*
 * `wait_ms`: how long this call may wait for an event.  Whoever follows is not sent away because storage was out of
 * reach for a moment: nothing is told meanwhile, and the next look tells it.
 */
static bool
stream_more(cc_req *r, int64_t wait_ms)
{
    cc_stream *stream = r->stream;
    bool       over = false;
    cc_err     err = stream_again(r, wait_ms, &over);
    int64_t    now;

    if (err == CC_E_UNAVAILABLE) {
        cc_wake_wait(r->app, stream->topic, stream->heard, wait_ms);
        err = CC_OK;
    }
    now = cc_app_monotonic(r->app);
    if (r->out.size) {
        stream->sent_at = now;
    } else if (now - stream->sent_at >= COMMENT_MS) {
        cc_puts(&r->out, ": still here\n\n");
        stream->sent_at = now;
    }
    return err == CC_OK && !over && now < stream->until;
}

/* ---- answers that go on ------------------------------------------------------------------------ */

/* Of one that waits for another one the other one goes on; it has that one's stream. */
bool
cc_events_more(cc_req *outer, bool holds)
{
    cc_req *r = outer->held ? outer->held->inner : outer;
    bool    more;

    r->out.size = r->unfinished ? r->out.size : 0;
    r->now = cc_app_now(r->app);
    more = r->unfinished ? poll_more(r) : stream_more(r, holds ? 0 : PIECE_MS);
    cc_waiter_slot_keep(cc_app_shared(r->app), r->stream->slot, r->now, SLOT_MS);
    if (!more && outer != r)
        outer->outcome = cc_gate_finish(outer, outer->held->ended(outer));
    return more;
}

bool
cc_events_due(const cc_req *r)
{
    const cc_stream *stream = r->stream;
    const int64_t    now = cc_app_monotonic(r->app);

    return cc_wake_count(r->app, stream->topic) != stream->heard || now - stream->looked >= look_ms(r) ||
           now >= stream->until;
}

void
cc_events_conclude(cc_req *r)
{
    r->stream->until = 0;
}

void
cc_events_end(cc_req *r)
{
    if (r->stream)
        cc_waiter_slot_give(cc_app_shared(r->app), r->stream->slot);
}

bool
cc_followed_streams(const cc_req *r)
{
    static const char *const forms[] = {"application/json", "text/event-stream", NULL};

    return cc_accept_best(r->in->header[CC_H_ACCEPT], forms) == 1 && !r->head;
}

cc_err
cc_followed_begin(cc_req *r, int64_t *after, const char **field)
{
    const cc_value *asked = cc_query_value(r, "after");
    const char     *last = cc_followed_streams(r) ? r->in->header[CC_H_LAST_EVENT_ID] : NULL;

    *field = asked->present ? "after" : NULL;
    *after = asked->i;
    if (!last || !*last)
        return CC_OK;
    *field = "Last-Event-ID";
    if (!cc_int_parse(last, after) || *after < 0)
        return cc_fail(r, CC_E_VALIDATION, *field, "'Last-Event-ID' must be the number of an event.");
    return CC_OK;
}

cc_err
cc_followed_answer(cc_req *r, const cc_followed *of, int64_t after)
{
    return cc_followed_streams(r) ? stream_open(r, of, after) : page_or_wait(r, of, after);
}
