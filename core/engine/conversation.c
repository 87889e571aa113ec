/*
 * By which name an agent goes on with a conversation that was interrupted.
 *
 * Agents keep their conversations in their home, which is on this machine, beside the workspace.  So the name stands
 * there too, from the moment it is told: whoever finds the one has the other, also after a worker that was killed.  The
 * step's row has it for people.
 */
#include "engine/conversation.h"

#include <stdio.h>
#include <unistd.h>

static const char *
place(cc_slot *s, cc_arena *a)
{
    /* A sandbox has one for all of its turns. */
    return s->turn.is_one ? cc_printf(a, "%s/conversation", s->root)
                          : cc_printf(a, "%s/conversation-%d-%d", s->root, s->position, s->iteration);
}

/* It becomes a word of a command line. */
static bool
fine(const char *name)
{
    size_t size = strlen(name);

    return size > 0 && size <= 100 && name[0] != '-' &&
           strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == size;
}

void
cc_conversation_note(cc_slot *s)
{
    if (s->conversed || !s->result.session[0])
        return;
    s->conversed = true;
    const char *path = place(s, s->scratch);
    FILE       *file = path && fine(s->result.session) ? fopen(path, "we") : NULL;
    bool        written = file && fprintf(file, "%s %s %d\n", s->agent->name, s->result.session, s->position) > 0;
    if (file && (fclose(file) != 0 || !written))
        (void)unlink(path); /* half a name is none */
}

const char *
cc_conversation_find(cc_slot *s, int *position)
{
    char        agent[41], name[101];
    const char *path = place(s, s->step);
    FILE       *file = path ? fopen(path, "re") : NULL;
    bool is = file && fscanf(file, "%40s %100s %d", agent, name, position) == 3 && strcmp(agent, s->agent->name) == 0 &&
              fine(name);

    if (file)
        (void)fclose(file); /* only read */
    return is ? cc_strndup(s->step, name, strlen(name)) : NULL;
}

void
cc_conversation_forget(cc_slot *s)
{
    const char *path = place(s, s->step);

    if (path)
        (void)unlink(path);
}
