/*
 * What the rooms of the engine share: the plan of a run, the hold a slot has on it, its journal, agents and processes.
 *
 * One worker is one thread with a few slots; each slot executes one run and is a state machine that the worker's loop
 * moves on whenever something happened.  Agents are processes, so nothing in here waits for anything but storage.
 */
#ifndef CC_ENGINE_H
#define CC_ENGINE_H

#include <sys/types.h>

#include "base/json.h"
#include "base/secret.h"
#include "engine/cgroup.h"
#include "engine/sandbox.h"
#include "storage/db.h"

enum {
    CC_OUTPUT_MAX = 256 * 1024, /* of a step, as it is stored */
    CC_FED_MAX = 64 * 1024,     /* of a step's output, as it is put in front of the next one */
};

/* ---- plan.c: which step comes next ------------------------------------------------------------ */

typedef struct cc_plan_step {
    const char *label, *role, *persona_id, *agent, *model, *instructions, *loop; /* NULL: not given */
    int64_t     timeout_s, loop_max;                                             /* 0: not given */
} cc_plan_step;

/* A step in one round, as far as it has come. */
typedef struct cc_plan_row {
    int         position, iteration;
    bool        completed, failed;
    int         verdict; /* 1 pass, -1 fail, 0 none */
    const char *output;
} cc_plan_row;

typedef struct cc_plan {
    cc_arena     *arena;
    cc_plan_step *steps;
    int           count;
    int64_t       rounds; /* of a loop that names no maximum */
    cc_plan_row  *rows;
    size_t        row_count, row_room;
} cc_plan;

typedef enum cc_next { CC_NEXT_STEP, CC_NEXT_END, CC_NEXT_FAILED } cc_next;

/* Read the steps of a run.  The plan lives in the arena.  CC_E_INTERNAL: that is no list of steps. */
cc_err cc_plan_read(cc_arena *a, const char *steps, size_t size, int64_t rounds, cc_plan *plan);

/* Note how a step of a round ended; replaces what was noted of the same one. */
cc_err cc_plan_note(cc_plan *plan, const cc_plan_row *row);

/*
 * What comes next, told from the rows alone, so that any worker can go on where another one ended.
 *
 *   fed  the row whose output the next step is given, or whose failure ends the run; NULL: none
 */
cc_next cc_plan_next(const cc_plan *plan, int *position, int *iteration, const cc_plan_row **fed);

bool cc_role_checks(const char *role);               /* is a verdict expected of it? */
int  cc_verdict_read(const char *text, size_t size); /* the last "verdict: pass" or "verdict: fail"; 0: none */

/* ---- lease.c: who holds a run ------------------------------------------------------------------ */

typedef struct cc_hold {
    char    worker[64]; /* of this hold alone: never used twice */
    char    project_id[CC_ID_SIZE], id[CC_ID_SIZE], mode[8];
    int64_t renew_at;
} cc_hold;

/* What the run's row said when it was last asked. */
typedef struct cc_standing {
    bool    mine; /* false: the run is somebody else's or ended: hands off, at once */
    bool    cancelling, paused, stop;
    int64_t cancel_by;
} cc_standing;

/*
 * Take the next pending run, fairly between projects and, in one, between those who started its runs.  last_slot: the
 * worker has more than one and this is the last that is free.  *got: there was one and it is ours.
 */
cc_err cc_lease_take(cc_app *app, const char *worker, bool last_slot, cc_hold *out, bool *got);

/* What a worker has seen of the leases of running runs, its own included. */
typedef struct cc_watch {
    struct cc_watched *was, *is; /* at the last look, and at this one */
    size_t             was_count, is_count, room, next;
    bool               cut_short; /* the last look did not come to its end */
} cc_watch;

void cc_watch_free(cc_watch *w);
bool cc_watch_doubtful(const cc_watch *w); /* is there one that may have been lost, which only time will tell? */

/*
 * Deal with what nobody holds: settle what has been cancelled, take over or give up what a lost worker left, as the
 * operator's policy says, and take up again what was resumed.  *got: out is a run to go on with; ask again until *any
 * is false.  may_take false: only settle.
 */
cc_err cc_lease_sweep(cc_app *app, cc_watch *watch, const char *worker, bool may_take, cc_hold *out, bool *got,
                      bool *any);

cc_err cc_lease_renew(cc_app *app, cc_hold *hold, cc_standing *standing);
cc_err cc_lease_watch(cc_app *app, const cc_hold *hold, cc_standing *standing); /* reads only */
cc_err cc_lease_release(cc_app *app, const cc_hold *hold);
cc_err cc_lease_any_pending(cc_app *app, bool *any);

/* Inside a transaction: end the run as `status`, if it is ours and in state `from`.  *moved: it did. */
cc_err cc_lease_end(cc_app *app, const cc_hold *hold, const char *from, const char *status, const char *error,
                    bool *moved);
void   cc_standing_read(cc_stmt *row, cc_standing *standing); /* of last_seq, status, stop_requested, cancel_by */

/* ---- mask.c: what must not be shown ------------------------------------------------------------ */

typedef struct cc_mask {
    struct cc_mask_word {
        const char *word;
        size_t      size;
        const char *shown;
        size_t      shown_size;
    } * words; /* longest first */
    size_t count, longest;
    bool   first[256];
} cc_mask;

/* The values of an environment (a JSON object of texts, or NULL); everything lives in the arena. */
cc_err cc_mask_make(cc_arena *a, const cc_json *environment, cc_mask *mask);
/* Append `text` with every value in it masked, and broken UTF-8 mended. */
void cc_mask_put(const cc_mask *mask, cc_buf *out, const char *text, size_t size);
/* How many bytes at the end may be the beginning of a value and must wait for what follows. */
size_t cc_mask_hold(const cc_mask *mask, const char *text, size_t size);

/* ---- journal.c: events on their way to the database -------------------------------------------- */

typedef struct cc_journal {
    cc_arena *arena;
    cc_buf    text;
    struct cc_entry {
        const char *type; /* static */
        int64_t     at;
        size_t      from, size;
    } * entries;
    size_t  count, room;
    int64_t since; /* when the oldest came; monotonic ms */
    bool    failed;
} cc_journal;

cc_err cc_journal_open(cc_journal *j);
void   cc_journal_close(cc_journal *j);
void   cc_journal_clear(cc_journal *j);
/* Begin an event, write its JSON object to the buffer, end it.  `type` must be static. */
cc_buf *cc_journal_begin(cc_journal *j, const char *type, int64_t now);
void    cc_journal_end(cc_journal *j);
cc_err  cc_journal_insert(cc_journal *j, cc_app *app, const cc_hold *hold, int64_t last_seq); /* in a transaction */

/* ---- process.c: agents and git as processes ----------------------------------------------------- */

typedef struct cc_launch {
    const char *const      *argv; /* argv[0] is a path */
    const char *const      *environment;
    const char             *directory; /* to start in */
    const char             *input;     /* on its standard input; NULL: nothing */
    size_t                  input_size;
    int                     input_fd; /* > 0: it reads from there instead; stays the caller's */
    const cc_sandbox       *sandbox;  /* NULL: none; else all of the above is as seen from inside */
    const cc_egress_policy *egress;   /* without a sandbox: what a proxy that lives as long as it allows, */
    int                     listener; /* on this socket, which stays the caller's; in a sandbox: sandbox->egress */
    cc_limits               limits;
    const char             *cgroup;    /* to be in; NULL: none */
    int (*inside)(void *ctx, int out); /* instead of argv: run this in the child, then exit */
    void *inside_ctx;
} cc_launch;

typedef struct cc_process {
    pid_t   pid; /* 0: none */
    int     pidfd, out, err, info;
    pid_t   proxy;       /* its way out; 0: none */
    int     said, until; /* what the proxy refused, and the end that keeps it alive */
    pid_t   inner;       /* the first process inside bubblewrap, as seen from here */
    bool    exited, signalled;
    int     code;                 /* exit code, or -signal */
    int64_t kill_at, drain_until; /* monotonic ms; 0: not yet */
} cc_process;

void   cc_process_clear(cc_process *p);
cc_err cc_process_start(cc_process *p, const cc_launch *l, char *why, size_t why_size);
void   cc_process_end(cc_process *p, int64_t grace_ms); /* SIGTERM to its group, SIGKILL after `grace_ms` */
void   cc_process_kill(cc_process *p);                  /* SIGKILL now */
void   cc_process_look(cc_process *p);                  /* has it exited?  is it time to kill? */
void   cc_process_drain(cc_process *p);                 /* the time for its last output begins anew */
bool   cc_process_gone(const cc_process *p);            /* exited, and its output read to the end */
void   cc_process_close(cc_process *p);                 /* kill what is left of it, close its descriptors, forget it */
pid_t  cc_process_root(cc_process *p);                  /* the first one of all that it started, as seen from here */
int    cc_memory_file(const void *bytes, size_t size);  /* a descriptor to read them from; -1: none */
void   cc_last_words(const char *what);                 /* in a child: "what: reason of errno" on standard error */
char  *cc_program_find(cc_arena *a, const char *name);  /* along PATH; NULL: not there */

/* ---- installation.c: what a program needs beside the system ----------------------------------------- */

enum { CC_INSTALLATION_MAX = 16 };

typedef struct cc_installation {
    cc_arena   *arena;
    const char *data; /* the data directory; absolute, without symlinks */
    cc_mount    mounts[CC_INSTALLATION_MAX];
    size_t      count;
} cc_installation;

const char *cc_installation_add(cc_installation *in, const char *program); /* where it is inside; NULL: not there */
bool cc_installation_path(cc_installation *in, const char *path);    /* a directory of the operator's; false: never */
const char *cc_installation_search(const cc_installation *in);       /* PATH as it is inside; NULL: out of memory */
bool        cc_path_within(const char *path, const char *directory); /* or the directory itself; both absolute */
bool        cc_path_of_system(const char *path);                     /* below what every sandbox shows */

/* ---- agent.c: who can take a step ---------------------------------------------------------------- */

typedef struct cc_agent cc_agent;

/* What an agent's output has told so far. */
typedef struct cc_step_result {
    cc_buf  output; /* what it hands on */
    int64_t input_tokens, output_tokens;
    double  cost_usd;
    bool    counted;    /* the three above are known */
    bool    failed;     /* it says itself that it failed */
    char    error[512]; /* why */
} cc_step_result;

typedef struct cc_listener {
    cc_app         *app;
    cc_arena       *scratch;
    cc_journal     *journal;
    const cc_mask  *mask;
    cc_step_result *result;
    int64_t         now;
} cc_listener;

struct cc_agent {
    const char *name;
    const char *line;    /* command line with {prompt}, {model}, {effort}; [ ] drops out when one in it is empty */
    const char *install; /* what to type to get it */
    void (*hear)(cc_listener *l, const cc_json *event); /* NULL: its output is plain text */
    bool rehearsal;
};

/* The agent of that name: the operator's line, one of ours, or NULL.  Lives in the arena. */
const cc_agent *cc_agent_find(cc_app *app, cc_arena *a, const char *name);
const cc_agent *cc_agent_at(size_t i); /* ours; NULL past the end */
/* The first of ours whose program is there; NULL: none. */
const cc_agent *cc_agent_any(cc_app *app, cc_arena *a);
/* Its program's path, or NULL and why. */
const char *cc_agent_program(const cc_agent *agent, cc_arena *a, char *why, size_t why_size);
/* argv; NULL: out of memory.  *by_input: the prompt belongs on standard input. */
const char *const *cc_agent_argv(const cc_agent *agent, cc_arena *a, const char *program, const char *prompt,
                                 const char *model, const char *effort, bool *by_input);
/* One line (without its end) of what it wrote. */
void cc_agent_line(const cc_agent *agent, cc_listener *l, bool is_error, const char *line, size_t size);
/* {"text": …} as a `log` event. */
void cc_say_log(cc_listener *l, const char *stream, const char *text, size_t size);
void cc_say_message(cc_listener *l, const char *text, size_t size);

/* ---- prompt.c ------------------------------------------------------------------------------------ */

typedef struct cc_prompt_parts {
    const char *system, *role, *persona, *persona_instructions, *task, *instructions, *fed, *fed_label;
    int         iteration;
    bool        checks;
} cc_prompt_parts;

const char *cc_prompt_make(cc_arena *a, const cc_prompt_parts *parts); /* NULL: out of memory */

/* ---- rehearsal.c: the agent that calls nothing --------------------------------------------------- */

typedef struct cc_rehearsal {
    int64_t lines, said, wait_ms, next_at; /* monotonic */
    int     code, verdict;
    bool    done;
} cc_rehearsal;

/* "rehearse: lines=5 wait=200 exit=1 verdict=fail,pass" in the instructions or the task says how it goes. */
void cc_rehearsal_begin(cc_rehearsal *r, const char *instructions, const char *task, const char *role, int iteration);
/* Say what is due at `now` (monotonic ms). */
void cc_rehearsal_go(cc_rehearsal *r, cc_listener *l, const char *role, const char *task, int64_t now);

/* ---- run.c: one slot ------------------------------------------------------------------------------ */

typedef struct cc_slot cc_slot;

typedef struct cc_worker {
    cc_app                *app;
    const cc_work_options *options;
    char                   name[48];
    uint64_t               holds; /* counts, for names */
    cc_watch               watch;
    int64_t                clock;     /* how far the time of day was ahead of the monotonic one */
    const char            *directory; /* of the instance; absolute */
    bool                   sandbox;   /* agents and git run in one */
    cc_cgroups             cgroups;
    char                   no_sandbox[320]; /* why live runs are refused; "": they are not */
    cc_process             sweeper;         /* removes what is no longer wanted */
    bool                   stopping;
    int64_t                stop_by; /* at the latest; monotonic */
    cc_slot              **slots;
    int                    slot_count;
} cc_worker;

cc_slot *cc_slot_new(cc_worker *w);
void     cc_slot_free(cc_slot *s); /* kills what runs in it */
bool     cc_slot_idle(const cc_slot *s);
cc_hold *cc_slot_hold(cc_slot *s);
void     cc_slot_begin(cc_slot *s);           /* its hold has just been filled */
void     cc_slot_go(cc_slot *s, int64_t now); /* do what can be done now; monotonic ms */
int64_t  cc_slot_due(const cc_slot *s);       /* when to go again though nothing happened; monotonic ms */
void     cc_slot_news(cc_slot *s);            /* the bell rang: look whether it was cancelled */
enum { CC_SLOT_FDS = 5 };
/* The descriptors to watch; their number. */
int cc_slot_fds(const cc_slot *s, int fds[CC_SLOT_FDS]);

/* ---- directory.c: of which others wrote the contents; no symlink is followed ------------------------- */

typedef struct cc_directory_size {
    int64_t bytes, entries;
    bool    too_deep; /* to be measured, so it counts as too large */
    int64_t enough;   /* entries after which to stop; 0: all of them */
} cc_directory_size;

/* With the path of whatever is in it and has no dot in front, in the arena.  NULL or not there: nothing. */
void cc_directory_each(cc_arena *a, const char *path, void (*each)(void *ctx, const char *path), void *ctx);
bool cc_directory_remove(const char *path);
void cc_directory_measure(const char *path, cc_directory_size *size); /* adds to it */
/* Into an empty one; what is copied belongs to `uid` if we are root.  false: errno says why, EFBIG: over `most` bytes.
 */
bool cc_directory_copy(const char *from, const char *to, uid_t uid, int64_t most);

/* ---- workspace.c ---------------------------------------------------------------------------------- */

/* Remove directories of runs that are finished for longer than they are kept, in w->sweeper: it takes its time. */
void  cc_workspace_sweep(cc_worker *w);
char *cc_workspace_path(cc_worker *w, cc_arena *a, const char *run_id, const char *below);
bool  cc_workspace_make(const char *path);

#endif
