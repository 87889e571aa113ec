/*
 * What a slot's process writes, read and cut into lines.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/conversation.h"
#include "engine/output.h"
#include "engine/reason.h"
#include "engine/transcript.h"

enum {
    READ_SIZE = 64 * 1024,
    READS = 8, /* before it is another slot's turn */
    TEXT_LINE_MAX = 64 * 1024,
    JSON_LINE_MAX = 32 * 1024 * 1024,
    BEFORE_JSON = 256,   /* so much text may stand before an object that is long */
    SILENCE_MS = 120000, /* of an agent, until it is told; then after as long again, and so on */
};

void
cc_output_heard(cc_slot *s)
{
    s->heard_at = cc_app_monotonic(s->w->app);
    s->silent_at = s->heard_at + SILENCE_MS;
}

/* Also while it is left: what it says then may be what it has cost. */
static bool
agent_speaks(const cc_slot *s)
{
    return s->phase == CC_PHASE_AGENT || (s->phase == CC_PHASE_LEAVING && s->interrupted);
}

static void
line_heard(cc_slot *s, cc_listener *l, bool is_error, const char *line, size_t size)
{
    if (s->phase == CC_PHASE_LEAVING && !s->interrupted) {
        cc_say_log(l, is_error ? "stderr" : "stdout", line, size);
        return;
    }
    if (is_error)
        cc_reason_hear(s, !agent_speaks(s), line, size);
    if (agent_speaks(s))
        cc_transcript_line(s, is_error, line, size);
    if (agent_speaks(s)) {
        cc_agent_line(s->agent, l, is_error, line, size);
        cc_conversation_note(s);
    } else if (!cc_workspace_heard(s, line, size))
        cc_say_log(l, "git", line, size);
}

/* Cut what has come into lines.  A line without an end is cut when it gets too long, but not within a secret. */
static void
lines_cut(cc_slot *s, cc_lines *in, bool is_error, bool at_end)
{
    cc_listener l;
    size_t      from = 0, most = TEXT_LINE_MAX;

    cc_slot_listener(s, &l);
    if (agent_speaks(s) && s->agent->hear && !is_error && in->size &&
        memchr(in->data, '{', in->size < BEFORE_JSON ? in->size : BEFORE_JSON))
        most = JSON_LINE_MAX;
    for (char *end; from < in->size && (end = memchr(in->data + from, '\n', in->size - from));) {
        line_heard(s, &l, is_error, in->data + from, (size_t)(end - in->data) - from);
        from = (size_t)(end - in->data) + 1;
    }
    size_t left = in->size - from;
    if (left && (at_end || left > most)) {
        size_t hold = at_end ? 0 : cc_mask_hold(&s->mask, in->data + from, left);
        line_heard(s, &l, is_error, in->data + from, left - hold);
        from += left - hold;
    }
    memmove(in->data, in->data + from, in->size - from);
    in->size -= from;
    cc_arena_reset(s->scratch);
}

static bool
lines_room(cc_lines *in)
{
    if (in->room - in->size >= READ_SIZE)
        return true;
    size_t room = in->room ? in->room * 2 : 2 * READ_SIZE;
    char  *more = realloc(in->data, room);
    if (!more)
        return false;
    in->data = more;
    in->room = room;
    return true;
}

static void
pipe_read(cc_slot *s, int *fd, cc_lines *in, bool is_error)
{
    for (int i = 0; i < READS && *fd >= 0 && s->journal.text.size < CC_OUTPUT_JOURNAL_MOST; i++) {
        if (!lines_room(in))
            return;
        ssize_t n = read(*fd, in->data + in->size, READ_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n > 0) {
            in->size += (size_t)n;
            s->output_bytes += n;
            cc_output_heard(s);
        }
        lines_cut(s, in, is_error, n <= 0);
        if (n <= 0) {
            close(*fd);
            *fd = -1;
        }
        if (s->journal.count >= 4 * CC_OUTPUT_FLUSH_COUNT)
            return;
    }
}

/* The proxy's {"host": …, "port": …, "setting": …}, as a sentence. */
static void
refusal_say(cc_slot *s, cc_listener *l, const char *line, size_t size)
{
    const cc_json *j;
    const char    *why;

    if (cc_json_parse(s->scratch, line, size, &j, &why) != CC_OK || cc_json_what(j) != CC_J_OBJECT)
        return;
    const cc_json *host = cc_json_member(j, "host"), *port = cc_json_member(j, "port");
    const cc_json *setting = cc_json_member(j, "setting");
    if (!host || !port || !setting)
        return;
    const bool  is_private = strcmp(cc_json_text(setting), "privateHosts") == 0;
    const char *text =
        cc_printf(s->scratch, "No connection to %s:%d: %s.  The setting %s of codecourier.conf allows it.",
                  cc_json_text(host), (int)cc_json_number(port),
                  is_private ? "its address is a private one" : "it is none of the hosts that runs may reach",
                  is_private ? "privateHosts" : "egressHosts");
    if (text)
        cc_say_log(l, "network", text, strlen(text));
}

/* A line comes in one piece: it is shorter than what a pipe takes at once. */
static void
refusals_read(cc_slot *s)
{
    char        text[8192];
    cc_listener l;
    ssize_t     n = read(s->process.refusals, text, sizeof(text));

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close(s->process.refusals);
        s->process.refusals = -1;
    }
    cc_slot_listener(s, &l);
    for (char *at = text, *end; n > 0 && (end = memchr(at, '\n', (size_t)(text + n - at))); at = end + 1)
        refusal_say(s, &l, at, (size_t)(end - at));
    cc_arena_reset(s->scratch);
}

void
cc_output_read(cc_slot *s)
{
    int64_t now = cc_app_monotonic(s->w->app);

    if (!s->process.pid)
        return;
    cc_process_look(&s->process, now);
    if (s->process.out >= 0)
        pipe_read(s, &s->process.out, &s->out, false);
    if (s->process.err >= 0)
        pipe_read(s, &s->process.err, &s->err, true);
    if (s->process.refusals >= 0)
        refusals_read(s);
    if (s->process.exited && s->journal.text.size >= CC_OUTPUT_JOURNAL_MOST)
        cc_process_drain(&s->process, now);
    if (s->process.exited && now >= s->process.drain_until) {
        lines_cut(s, &s->out, false, true);
        lines_cut(s, &s->err, true, true);
    }
}
