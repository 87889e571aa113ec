/*
 * A sandbox's directory, which is used for one turn after the other, perhaps with turns on other machines in between.
 *
 * Two files beside what agents may write to say what it is.  `life` names the run and how often it was restarted: what
 * is of a life before is moved out of the way as a whole, home and conversation with it.  `tree` is there while no
 * agent works and names the checkpoint that the tree stands at: if that is not the run's last one, the tree is made
 * anew from that (and only the tree: the agent's home stays).
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/turn.h"

static const char *
below(cc_slot *s, const char *name)
{
    return cc_printf(s->arena, "%s/%s", s->root, name);
}

/* Its text is one line; false: there is none. */
static bool
line_read(const char *path, char *line, size_t size)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    bool  fine = file && fgets(line, (int)size, file);

    if (file)
        (void)fclose(file); /* only read */
    if (fine)
        line[strcspn(line, "\n")] = '\0';
    return fine;
}

static bool
line_write(const char *path, const char *line)
{
    FILE *file = path ? fopen(path, "we") : NULL;
    bool  fine = file && fprintf(file, "%s\n", line) > 0;

    return file && fclose(file) == 0 && fine;
}

static const char *
life_words(cc_slot *s)
{
    return cc_printf(s->arena, "%s %lld", s->lease.id, (long long)s->turn.life);
}

void
cc_turn_place_settle(cc_slot *s)
{
    char        line[160];
    const char *life = life_words(s);

    if (!life || !s->root || access(s->root, F_OK) != 0)
        return;
    if (!line_read(below(s, "life"), line, sizeof(line)) || strcmp(line, life) != 0) {
        const char *aside = cc_printf(s->arena, "%s.%lld", s->root, (long long)s->turn.life);
        if (aside && rename(s->root, aside) == 0) /* for the sweep */
            return;
    }
    const char *branch = below(s, "branch");
    if (branch && (!line_read(below(s, "tree"), line, sizeof(line)) || strcmp(line, s->head ? s->head : "-") != 0))
        (void)unlink(branch); /* without it the tree is cloned */
}

bool
cc_turn_place_make(cc_slot *s)
{
    const char *life = life_words(s);

    return life && line_write(below(s, "life"), life);
}

void
cc_turn_place_dirty(cc_slot *s)
{
    const char *path = s->turn.is_one && s->root ? below(s, "tree") : NULL;

    if (path)
        (void)unlink(path);
}

void
cc_turn_place_clean(cc_slot *s)
{
    if (s->turn.is_one && s->root)
        (void)line_write(below(s, "tree"), s->head ? s->head : "-"); /* if not, it is made anew: only slower */
}

CC_STATEMENT(sandbox_wanted,
             "SELECT 1 FROM sandbox_runs WHERE project_id = :project_id AND mode = 'live' AND run_id = :run_id "
             "AND life = :life AND files_removed_at IS NULL",
             TEXT(project_id), TEXT(run_id), INT(life));

bool
cc_turn_place_unwanted(cc_worker *w, cc_arena *a, const char *path)
{
    char      line[160], project[CC_ID_SIZE], run[CC_ID_SIZE];
    long long life;
    bool      found = true;

    if (!line_read(cc_printf(a, "%s/life", path), line, sizeof(line)) || sscanf(line, "%31s %lld", run, &life) != 2 ||
        !line_read(cc_printf(a, "%s/project", path), project, sizeof(project)))
        return false;
    return cc_db_exists(cc_app_db(w->app), sandbox_wanted, &found, .project_id = project, .run_id = run,
                        .life = life) == CC_OK &&
           !found;
}
