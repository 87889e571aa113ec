/*
 * Sessions: runs whose agent looks at something and answers as data.  What kinds there are, what each asks for, how an
 * answer is read and what becomes of it.
 */
#ifndef CC_SESSIONS_H
#define CC_SESSIONS_H

#include "gate/request.h"

#define CC_SESSION_SOURCE "session" /* of such a run */

typedef struct cc_session_kind cc_session_kind;

/* One whose answer fits. */
typedef struct cc_session {
    cc_context            *context; /* acts as its maker */
    const cc_session_kind *kind;
    const char            *id;
    const cc_json         *subjects; /* ids of runs, or of questions; NULL: it is about none */
    int64_t                threshold;
    cc_value              *answer; /* parallel to kind->answer */
    cc_buf                 result; /* members of a JSON object: what is to be shown of it */
} cc_session;

struct cc_session_kind {
    const char     *name, *label, *role;
    const char     *task;   /* what its agent is told to do */
    const cc_field *answer; /* what it must answer */
    uint64_t        needs;  /* scopes beside runs:write that its maker must have, now and when it ends */
    int64_t         least_runs, most_runs;
    bool            asks;   /* it is about open questions */
    bool            scores; /* it is measured against a threshold */
    /* What the fields cannot say of an answer about so many subjects; NULL: it fits.  May be NULL itself. */
    const char *(*misfit)(const cc_value *answer, int64_t subjects);
    cc_err (*keep)(cc_session *s); /* inside a transaction */
};

/* kinds.c */
extern const char *const cc_session_kind_names[];
const cc_session_kind   *cc_session_kind_find(const char *name); /* NULL: there is none */

/* answers.c: what is to be answered; how that is told, out of kind->answer. */
extern const cc_field cc_answer_found[], cc_answer_answers[], cc_answer_scores[], cc_answer_best[], cc_answer_taught[];
void                  cc_session_tell(cc_buf *b, const cc_session_kind *kind);
/* An answer that fits, as a rehearsal gives it. */
const char *cc_session_example(cc_arena *a, const cc_session_kind *kind);
/*
 * Read what an agent has said, of which nothing is believed: the first object in it, by the rules for what clients
 * send.  VALIDATION: c->message says what does not fit.
 */
cc_err cc_session_read(cc_context *c, const cc_session_kind *kind, const char *said, int64_t subjects,
                       cc_value **answer);

/* material.c: what it is told of its subjects, and of what is known already. */
cc_err cc_session_tell_runs(cc_context *c, cc_buf *b, const cc_json *runs);
cc_err cc_session_tell_questions(cc_context *c, cc_buf *b, const cc_json *questions);
cc_err cc_session_tell_known(cc_context *c, cc_buf *b);

/*
 * sessions.c: inside a transaction, have a judge compare these runs, for whoever the context acts as.  *id lies in its
 * arena.  CONFLICT: c->message says why it cannot be started, and c->reason if a budget forbids it.
 */
cc_err cc_session_judge(cc_context *c, const cc_json *runs, const char **id);

/* results.c */
cc_err cc_session_keep_found(cc_session *s);
cc_err cc_session_keep_answers(cc_session *s);
cc_err cc_session_keep_scores(cc_session *s);
cc_err cc_session_keep_best(cc_session *s);
cc_err cc_session_keep_taught(cc_session *s);

/*
 * Inside the transaction that completes it: keep what its agent has said, with the rights that its maker has by now.
 * FORBIDDEN: c->reason says which right has ended.
 */
cc_err cc_session_keep(cc_context *c, const char *project_id, bool test, const char *id, const char *said);

#endif
