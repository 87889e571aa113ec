/*
 * All that a step's agent wrote, beside the workspace.
 *
 * Why not in the database: an agent that prints a build's log says 200 MB, of which a person reads the first and the
 * last lines.  Those are events (journal.c); the rest is read from here by whoever looks for something.
 *
 * One file for each attempt at a step, so that what a killed worker left half written spoils no other.  Compressed as
 * little as gzip can: that is a tenth of the size already, at the speed of a pipe.
 */
#include "engine/transcript.h"

#include <errno.h>
#include <stdio.h>
#include <zlib.h>

#include "engine/directory.h"

enum { FLUSH_AFTER = 1024 * 1024 }; /* what a worker that is killed may lose */

static void
end_early(cc_slot *s, const char *why)
{
    cc_slot_say(s, cc_printf(s->scratch, "The transcript of this step is not whole: %s.", why));
    cc_transcript_close(s);
}

void
cc_transcript_open(cc_slot *s)
{
    const char *directory = cc_printf(s->scratch, "%s/transcript", s->root);
    const char *path =
        cc_printf(s->scratch, "%s/transcript/step-%d-%d-%d.jsonl.gz", s->root, s->position, s->iteration, s->attempt);

    cc_transcript_close(s);
    errno = 0;
    if (directory && path && cc_directory_make(directory))
        s->transcript = gzopen(path, "wbe1");
    if (!s->transcript)
        end_early(s, errno ? strerror(errno) : "there is not enough memory");
}

void
cc_transcript_line(cc_slot *s, bool is_error, const char *line, size_t size)
{
    cc_buf clean, b;

    if (!s->transcript)
        return;
    cc_buf_init(&clean, s->scratch);
    cc_buf_init(&b, s->scratch);
    cc_mask_put(&s->mask, &clean, line, size);
    cc_puts(&b, "{\"at\":");
    cc_put_time(&b, cc_app_now(s->w->app));
    cc_putf(&b, ",\"stream\":\"%s\",\"text\":", is_error ? "stderr" : "stdout");
    cc_put_json(&b, clean.size ? clean.data : "", clean.size);
    cc_puts(&b, "}\n");
    if (b.failed || clean.failed)
        end_early(s, "there is not enough memory");
    else if (gzwrite(s->transcript, b.data, (unsigned)b.size) != (int)b.size)
        end_early(s, errno ? strerror(errno) : "it cannot be compressed");
    else if ((s->transcript_new += b.size) >= FLUSH_AFTER) {
        s->transcript_new = 0;
        (void)gzflush(s->transcript, Z_SYNC_FLUSH); /* what fails here fails again at the next line */
    }
}

void
cc_transcript_close(cc_slot *s)
{
    if (s->transcript)
        (void)gzclose(s->transcript);
    s->transcript = NULL;
    s->transcript_new = 0;
}
