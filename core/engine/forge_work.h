/*
 * A worker's part in what is at forges: pull requests, issues and branches that are due, one after the other.
 */
#ifndef CC_FORGE_WORK_H
#define CC_FORGE_WORK_H

#include "base/json.h"
#include "context/reasons.h"
#include "engine/worker.h"

typedef struct cc_forge_work cc_forge_work;
typedef struct cc_forge_job  cc_forge_job;

/*
 * jobs  the kinds of things that it deals with, NULL at the end; what comes first goes first
 *
 * NULL: out of memory, or the worker cannot speak with forges; all that follows takes NULL.
 */
cc_forge_work *cc_forge_work_new(cc_worker *w, const cc_forge_job *const *jobs);
void           cc_forge_work_free(cc_forge_work *f);             /* kills what is under way; it is due again later */
void cc_forge_work_go(cc_forge_work *f, bool look, int64_t now); /* look: there may be something new that is due */
bool cc_forge_work_waiting(const cc_forge_work *f);              /* something is under way, or due */
enum { CC_FORGE_WORK_FDS = 2 };
int cc_forge_work_fds(const cc_forge_work *f, int fds[CC_FORGE_WORK_FDS]);

/* ---- for the kinds of things that are at forges: proposals.c, pulls.c, issues.c, branches.c ------------------------------------------------ */

enum { CC_FORGE_TAKEN_MS = 300000 }; /* longer than the calls for one thing may take */

/* How one kind is dealt with.  A job begins with take and ends with cc_forge_rest, whatever comes of it. */
struct cc_forge_job {
    /* Take the next one that is due: fill f->of, and of f->call what is its own; and project_id and repository, unless
     * it is no forge that is asked. */
    cc_err (*take)(cc_forge_work *f, bool *found);
    void (*begin)(cc_forge_work *f, int64_t now);                           /* the first call, by cc_forge_ask */
    void (*fail)(cc_forge_work *f, const cc_reason *why);                   /* its forge cannot be asked */
    void (*not_asked)(cc_forge_work *f, const char *what);                  /* we could not ask it, for the log */
    void (*answered)(cc_forge_work *f, const cc_json *answer, int64_t now); /* NULL: what was printed is no JSON */
    cc_err (*waiting)(cc_app *app, bool *waiting);
};

extern const cc_forge_job cc_proposal_job, cc_pull_job, cc_issue_job, cc_branch_job, cc_provider_job, cc_mail_job;

struct cc_forge_work {
    cc_worker                 *w;
    cc_arena                  *arena; /* as long as the job */
    const cc_forge_job *const *jobs;
    const cc_forge_job        *job; /* NULL: none */
    void                      *of;  /* what it is about, in the arena */
    const char                *project_id, *repository;
    cc_forge_call              call;
    cc_process                 process;
    char                      *answer;
    size_t                     size, room;
    int64_t                    call_by; /* monotonic */
};

/* Start that call; where no process can be started, the job has ended as not asked. */
void cc_forge_ask(cc_forge_work *f, const char *what, int64_t now);
void cc_forge_rest(cc_forge_work *f);

/* Why a forge said nothing, as its hook prints it. */
typedef struct cc_forge_trouble {
    const char *error; /* NULL: it answered; "": nobody understands how */
    int64_t     status, retry_after_s;
} cc_forge_trouble;

cc_forge_trouble cc_forge_trouble_of(const cc_json *answer);
/* After how long to try again for the `tries`th time; 0: that it is not worth it. */
int64_t cc_forge_again_ms(const cc_forge_trouble *trouble, int64_t tries);

#endif
