/*
 * What the workers have told of themselves.
 *
 * Whoever is asked what a run would do is a web server: it may be another machine, and has another PATH even on the
 * same one.  So each worker writes down what it finds where it is, and says so again now and then; one that has been
 * silent for long does not count any more.
 */
#include "engine/workers.h"

#include <string.h>

#include "base/clock.h"
#include "context/app.h"
#include "context/settings.h"
#include "engine/agent.h"
#include "engine/program.h"
#include "storage/query.h"

enum {
    AGAIN_MS = 600000,      /* how often a worker says what has not changed */
    LATELY_MS = 3 * 600000, /* one that has said nothing for so long is not there */
    WORKERS_MAX = 1000,
};

CC_STATEMENT(worker_tell,
             "INSERT INTO workers (name, seen_at, sandbox, limits, programs) VALUES (:name, :now, :sandbox, :limits, "
             ":programs) ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, sandbox = excluded.sandbox, "
             "limits = excluded.limits, programs = excluded.programs",
             TEXT(name), INT(now), TEXT(sandbox), TEXT(limits), TEXT(programs));
CC_STATEMENT(worker_leave, "DELETE FROM workers WHERE name = :name", TEXT(name));
CC_STATEMENT(workers_forget, "DELETE FROM workers WHERE seen_at < :before", INT(before));

const cc_reason *
cc_sandbox_refusal(cc_arena *a, const char *why)
{
    const size_t size = strlen(why);

    if (size && why[size - 1] != '.')
        why = cc_printf(a, "%s.", why);
    return cc_reason_new(a, SANDBOX_BROKEN, .detail = why);
}

/* ---- a worker's own side ------------------------------------------------------------------------- */

/* One that drains comes and goes: all of its machine have one row. */
static const char *
name_of(const cc_worker *w, cc_arena *a)
{
    return cc_strndup(a, w->name, w->options->drain ? strcspn(w->name, ":") : strlen(w->name));
}

static const char *
programs_of(cc_app *app, cc_arena *a)
{
    const cc_agent *agent;
    const char     *name;
    char            why[512];
    cc_buf          b;

    cc_buf_init(&b, a);
    cc_puts(&b, cc_program_find(a, "git") ? " git " : " ");
    for (size_t i = 0; (agent = cc_agent_at(i)); i++)
        if (!cc_app_agent(app, agent->name) && !agent->rehearsal && cc_agent_program(agent, a, why, sizeof(why)))
            cc_putf(&b, "%s ", agent->name);
    for (size_t i = 0; (name = cc_app_agent_at(app, i)); i++)
        if ((agent = cc_agent_find(app, a, name)) && cc_agent_program(agent, a, why, sizeof(why)))
            cc_putf(&b, "%s ", name);
    return cc_buf_text(&b);
}

void
cc_workers_tell(cc_worker *w, int64_t now)
{
    cc_arena   *a = cc_arena_new();
    cc_db      *db = cc_app_db(w->app);
    const char *name = a ? name_of(w, a) : NULL, *programs = name ? programs_of(w->app, a) : NULL;
    cc_err      err = CC_E_UNAVAILABLE;

    if (programs && now < w->tell_at && strcmp(programs, w->told) == 0)
        goto done;
    if (!programs || (err = cc_tx_begin(db)) != CC_OK)
        goto done;
    err = cc_db_run(db, worker_tell, .name = name, .now = cc_app_now(w->app),
                    .sandbox = w->no_sandbox[0] ? w->no_sandbox
                               : w->sandbox     ? NULL
                                                : "off",
                    .limits = w->limits, .programs = programs);
    if (err == CC_OK)
        err = cc_db_run(db, workers_forget, .before = cc_app_now(w->app) - LATELY_MS);
    if ((err = cc_tx_end(db, err)) == CC_OK) {
        w->tell_at = now + AGAIN_MS;
        strncat(strcpy(w->told, ""), programs, sizeof(w->told) - 1);
    }

done:
    cc_arena_free(a);
}

void
cc_workers_leave(cc_worker *w)
{
    cc_db *db = cc_app_db(w->app);
    cc_err err = CC_OK;

    if (!w->tell_at || w->options->drain)
        return;
    if ((err = cc_tx_begin(db)) == CC_OK)
        (void)cc_tx_end(db, cc_db_run(db, worker_leave, .name = w->name)); /* else it is forgotten by its silence */
}

/* ---- for who asks ----------------------------------------------------------------------------------- */

typedef struct worker_row {
    const char *sandbox, *limits, *programs;
} worker_row;

CC_ROW(worker_row, sandbox, limits, programs);
CC_QUERY(workers_seen, worker_row,
         "SELECT sandbox, limits, programs FROM workers WHERE seen_at >= :after ORDER BY seen_at DESC LIMIT 1000",
         INT(after));

cc_err
cc_workers_load(cc_app *app, cc_arena *a, cc_workers *out)
{
    struct cc_worker_seen *all = cc_alloc(a, WORKERS_MAX * sizeof(*all));
    worker_row             row;

    if (!all)
        return CC_E_UNAVAILABLE;
    *out = (cc_workers){.arena = a, .workers = all};
    cc_rows rows = cc_db_select(cc_app_db(app), workers_seen, &row, .after = cc_app_now(app) - LATELY_MS);
    while (cc_rows_next(&rows)) {
        struct cc_worker_seen *one = &all[out->count++];
        one->sandbox = row.sandbox ? cc_strndup(a, row.sandbox, strlen(row.sandbox)) : NULL;
        one->limits = row.limits ? cc_strndup(a, row.limits, strlen(row.limits)) : NULL;
        one->programs = cc_strndup(a, row.programs, strlen(row.programs));
        if (!one->programs || (row.sandbox && !one->sandbox) || (row.limits && !one->limits))
            rows.err = CC_E_UNAVAILABLE;
    }
    return cc_rows_end(&rows);
}

int
cc_workers_with(const cc_workers *workers, const char *program)
{
    const char *word = cc_printf(workers->arena, " %s ", program);
    int         n = 0;

    for (int i = 0; word && i < workers->count; i++)
        n += strstr(workers->workers[i].programs, word) != NULL;
    return n;
}
