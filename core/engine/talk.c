/*
 * An agent that answers before it is told its prompt gets a pipe instead of a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/talk.h"

void
cc_talk_close(cc_slot *s)
{
    if (s->talk_fd >= 0)
        close(s->talk_fd);
    s->talk_fd = -1;
}

/* As much as its pipe takes.  When all is said it hears the end. */
void
cc_talk_on(cc_slot *s)
{
    cc_talk *t = &s->talk;

    while (s->talk_fd >= 0 && t->written < t->out.size) {
        ssize_t n = write(s->talk_fd, t->out.data + t->written, t->out.size - t->written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) /* it no longer listens: how it ends tells more */
            cc_talk_close(s);
        else
            t->written += (size_t)n;
    }
    t->out.size = t->written = 0;
    if (t->over || t->out.failed)
        cc_talk_close(s);
}

bool
cc_talk_open(cc_slot *s, cc_launch *l, const cc_assignee *t, const char *prompt)
{
    int ends[2];

    cc_talk_close(s);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    (void)fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024); /* fewer turns for a long prompt */
    if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    l->input_fd = ends[0];
    s->talk_fd = ends[1];
    s->talk = (cc_talk){.prompt = prompt, .model = t->model, .directory = l->directory, .session = s->resumed};
    cc_buf_init(&s->talk.out, s->step);
    t->agent->talk(&s->talk);
    return true;
}
