/*
 * A slot from the inside: run.c moves it on, workspace.c prepares and closes its directory.
 */
#ifndef CC_SLOT_H
#define CC_SLOT_H

#include "base/repository.h"
#include "base/json.h"
#include "context/forge.h"
#include "context/reasons.h"
#include "engine/artifacts.h"
#include "engine/assignment.h"
#include "engine/checkpoint.h"
#include "engine/rehearsal.h"
#include "engine/worker.h"
#include "resources/pulls.h"
#include "resources/sessions.h"

enum { CC_SLOT_RETRY_MS = 200 }; /* storage was busy */

typedef enum cc_phase {
    CC_PHASE_IDLE,
    CC_PHASE_OPENING,   /* git commands before the first step */
    CC_PHASE_BETWEEN,   /* what comes next? */
    CC_PHASE_REHEARSAL, /* a step taken by the rehearsal agent */
    CC_PHASE_AGENT,     /* a step taken by a process */
    CC_PHASE_KEEPING,   /* what that has changed is kept */
    CC_PHASE_CLOSING,   /* git commands after the last step */
    CC_PHASE_LEAVING,   /* until its process is gone */
} cc_phase;

typedef enum cc_leave {
    CC_LEAVE_NO,
    CC_LEAVE_LOST, /* the run is not ours any more: write nothing */
    CC_LEAVE_CANCEL,
    CC_LEAVE_HAND_BACK, /* the worker is stopping */
} cc_leave;

/* A pipe's bytes until they are lines. */
typedef struct cc_lines {
    char  *data;
    size_t size, room;
} cc_lines;

/* Of a run that is a sandbox (turn.h). */
typedef struct cc_turn {
    bool        is_one; /* it is; else nothing here holds */
    bool        opened; /* its workspace has been there */
    bool        ended;  /* the right of whoever made it: all of it ends, not only what is due */
    bool        due;    /* the slot is at what somebody asked */
    bool        commits;
    int64_t     life, since, lost; /* lost: how many workers since it last rested */
    const char *text;              /* of what is due */
} cc_turn;

struct cc_slot {
    cc_worker *w;
    cc_phase   phase;
    cc_leave   leave;
    cc_lease   lease;
    cc_control control;
    int64_t    retry_at; /* storage was busy; monotonic */
    int64_t    run_by;   /* when the run has taken too long; monotonic */
    int64_t    noted_at; /* until when its work is counted in the row; monotonic */
    cc_arena  *arena;    /* lives as long as the run */
    cc_arena  *step;     /* as long as the step */
    cc_arena  *scratch;  /* as long as a burst of output */
    cc_journal journal;
    cc_mask    mask;
    int64_t    cost;             /* of steps, in nano-dollars, not yet added to the run's */
    bool       priced, unpriced; /* some of them named a price; one did not */

    /* The run, as it was loaded. */
    int64_t                number;
    cc_task                task;
    const char            *name, *issue_id, *repository, *branch, *base, *workflow, *source;
    bool                   test;
    cc_run_project         project;
    cc_plan                plan;
    const cc_json         *documents;   /* that it began with; NULL: none */
    const char            *traceparent; /* of whoever started it; NULL: none */
    int64_t                subjects;    /* how many runs or questions it is about, if it is a session */
    const cc_session_kind *session;     /* of what kind; NULL: it is none */
    cc_turn                turn;
    const cc_reason       *failure;   /* why the run fails, once it does */
    int64_t                watched;   /* what its agent had spent when the budget was last looked at */
    bool                   warned;    /* that the budget runs out */
    bool                   warned_of; /* and people are told of it */

    /* The step it is in. */
    int             position, iteration;
    const cc_agent *agent;
    const char     *model;
    cc_step_result  result;
    cc_rehearsal    rehearsal;
    int64_t         step_since, step_by; /* when it began, and when it has taken too long; monotonic */
    int64_t         ms;                  /* how long its agent worked, once that has ended */
    int             attempt;             /* how often it has begun */
    int             code;                /* how its agent ended */
    bool            judged;              /* it has ended, which is not written yet */
    bool            emitted;             /* its beginning, or its end, is in the journal */
    bool            timed_out;
    cc_talk         talk;
    int             talk_fd;           /* where it is talked to; -1: it is not */
    const char     *resumed;           /* the conversation it goes on with; NULL: a new one */
    bool            conversed;         /* its conversation's name is noted */
    bool            lingered;          /* it had said its result and did not end */
    bool            interrupted, paid; /* it is left while its agent works; what that cost is in `cost` */

    /* What is kept of its changes (checkpoint.c). */
    const char   *head;       /* the run's last checkpoint; NULL: nothing has changed */
    const char   *checkpoint; /* its id; NULL with a head: it could not be kept */
    bool          begun;      /* the step that comes next has begun once, with a worker that is gone */
    cc_checkpoint keep;
    cc_collection collection; /* of its artifacts (artifacts.c) */
    cc_restoring  restoring;

    /* What it uses (gauge.c). */
    const cc_reason *over;    /* the limit it went over; NULL: none */
    bool             crowded; /* it has had as many processes as it may */
    bool             measured;
    const char      *cgroup;  /* of the step; NULL: none */
    const char      *filling; /* what is measured alone; NULL: the run's directories are */
    cc_process       gauge;
    int64_t          watch_at, measure_at, gauge_since; /* monotonic */
    int64_t          output_bytes;                      /* bytes that the run's agents wrote */
    int64_t          memory_files;                      /* bytes in files that are memory and have no name */

    int64_t heard_at, silent_at; /* when its agent wrote something, and when its silence is told; monotonic */

    /* What runs in it. */
    cc_process       process;
    cc_lines         out, err;
    struct gzFile_s *transcript;      /* zlib's; NULL: none */
    size_t           transcript_new;  /* bytes that may be lost */
    char             last_error[400]; /* its last line on standard error */

    /* The workspace. */
    int              stage;
    const char      *root;     /* NULL: there is none */
    const char      *home;     /* the agent's, outside */
    bool             draft;    /* of its pull request, whatever its checks say */
    const char      *group;    /* of candidates: its pull request waits for their choice; NULL: it is none */
    bool             proposed; /* s->pull says what that would be */
    bool             has_repository;
    cc_repository    origin;                 /* s->repository in its parts */
    cc_forge         forge;                  /* that serves it */
    const char      *origin_path;            /* where it lies, if it is a directory of this machine; else NULL */
    uid_t            origin_owner;           /* of that */
    const char      *mirror;                 /* its directory; NULL: not looked for */
    int              lock;                   /* of the mirror; -1 */
    const char      *git_branch, *git_start; /* what is pushed to, and where that stood; "": it was not there */
    const char      *git_tip;                /* what is pushed; NULL: nothing */
    int              fallback;               /* how many branches it has left alone, for they had moved */
    bool             forbidden;              /* its forge says that nothing may be pushed to the branch */
    int64_t          command_by;             /* when what runs has taken too long; monotonic */
    const char      *new_branch;             /* to be written to the run */
    const char      *push_status;            /* what became of the push (push.h); NULL: it has not come so far */
    const cc_reason *push_reason;            /* why it failed */
    cc_pull_seen     pulled;                 /* once it is open: how */
    bool             pull_said;              /* what became of it is in the journal */
    cc_forge_call    pull;
};

/* gauge.c */
/* filling: the only directory that is measured; NULL: the run's and its home. */
void cc_gauge_begin(cc_slot *s, const char *filling, int64_t now);
void cc_gauge_go(cc_slot *s, int64_t now);   /* s->over says so when it is time to end the step */
bool cc_gauge_last(cc_slot *s, int64_t now); /* after its end; until true: ask again */
void cc_gauge_tell(cc_slot *s, cc_buf *b);   /* what its processes do, in words */

/* slot.c */
const cc_plan_row *cc_slot_row(const cc_slot *s); /* of the step it is in, as far as it is noted; NULL: not yet */
void               cc_slot_listener(cc_slot *s, cc_listener *l);
void               cc_slot_say(cc_slot *s, const char *text); /* what the worker says of the run; NULL: nothing */
void               cc_slot_cgroup_remove(cc_slot *s);
/* The run will end as failed; `why` lives in s->arena.  The first counts. */
void cc_slot_fail(cc_slot *s, const cc_reason *why);

/*
 * workspace.c.  Both start the next command of their part in s->process, if one is left.
 * CC_OK and *started false: there is nothing (more) to do.  CC_E_UNAVAILABLE: not now, ask again soon.
 * CC_E_INTERNAL: s->failure says why.
 */
cc_err cc_workspace_open(cc_slot *s, bool *started);
bool   cc_workspace_opened(const cc_slot *s); /* not while what is put back into it comes in parts */
cc_err cc_workspace_close(cc_slot *s, bool *started);
/* The command has ended with that code: note what follows from it.  false: s->failure says why. */
bool cc_workspace_ended(cc_slot *s, int code);
/* A line the command wrote: true, if it was for us and not for the journal. */
bool cc_workspace_heard(cc_slot *s, const char *line, size_t size);
/* surroundings.c: fill in what an agent is given: directories, environment, isolation; *program becomes its path as it
 * sees it. */
cc_limits cc_agent_limits(cc_app *app);
cc_err    cc_slot_cgroup_give(cc_slot *s, cc_launch *l); /* a new one, where there are any */
cc_err    cc_workspace_launch(cc_slot *s, cc_launch *l, const char **program);
void      cc_workspace_leader(cc_slot *s, pid_t pid); /* note who works here; 0: nobody */
void      cc_workspace_end_leader(cc_slot *s);        /* end who worked here for a lost worker */
void      cc_workspace_finished(cc_slot *s);          /* from now on its days are counted */

#endif
