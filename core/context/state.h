/*
 * The states of runs, steps, chains, issues, learnings, questions, sandboxes and candidates, and every way from one to
 * another: written down here and nowhere else.
 *
 * A state is a constant (CC_RUN_RUNNING).  A way is a macro that hands its row to another one:
 *
 *     CC_RUN_PAUSE(X)     X(action, (from, …), to, by)         by: the operation, or what the engine does
 *
 *     CC_RUN_PAUSE_FROM           "status = 'running'"         a condition, for SQL
 *     CC_RUN_CANCEL_FROM_LIST     "'running', 'paused'"        the same without the column
 *     CC_RUN_PAUSE_TO             "'paused'"
 *     CC_RUN_PAUSE_TO_NAME        "paused"                     for C
 *
 * (Names without brackets, because clang-format breaks a line inside of those.)
 *
 * SQL is put together when this is compiled, so a partial index whose condition is the same text is used.
 * tests/unit/state_test.c plays random ways against the core, and tests/web/test_states.py finds a state that is
 * written out elsewhere.
 */
#ifndef CC_STATE_H
#define CC_STATE_H

#include <stdbool.h>
#include <stddef.h>

/* ---- runs --------------------------------------------------------------------------------------- */

#define CC_RUN_PENDING "pending"
#define CC_RUN_RUNNING "running"
#define CC_RUN_PAUSED "paused"
#define CC_RUN_CANCELLING "cancelling"
#define CC_RUN_COMPLETED "completed"
#define CC_RUN_FAILED "failed"
#define CC_RUN_CANCELLED "cancelled"

/* X(state, tone, over): tone is how a person sees it: quiet, busy, held, ending, good or bad. */
#define CC_RUN_STATES(X)                                                                                               \
    X(CC_RUN_PENDING, "quiet", false)                                                                                  \
    X(CC_RUN_RUNNING, "busy", false)                                                                                   \
    X(CC_RUN_PAUSED, "held", false)                                                                                    \
    X(CC_RUN_CANCELLING, "ending", false)                                                                              \
    X(CC_RUN_COMPLETED, "good", true)                                                                                  \
    X(CC_RUN_FAILED, "bad", true)                                                                                      \
    X(CC_RUN_CANCELLED, "quiet", true)

#define CC_RUN_START(X) X("start", (""), CC_RUN_PENDING, "runs.start")
#define CC_RUN_START_TO_NAME CC_RUN_START(CC_TO_NAME)
#define CC_RUN_TAKE(X) X("take", (CC_RUN_PENDING), CC_RUN_RUNNING, "worker")
#define CC_RUN_TAKE_FROM CC_RUN_TAKE(CC_FROM)
#define CC_RUN_TAKE_TO CC_RUN_TAKE(CC_TO)
#define CC_RUN_TAKE_TO_NAME CC_RUN_TAKE(CC_TO_NAME)
#define CC_RUN_PAUSE(X) X("pause", (CC_RUN_RUNNING), CC_RUN_PAUSED, "runs.pause")
#define CC_RUN_PAUSE_FROM CC_RUN_PAUSE(CC_FROM)
#define CC_RUN_PAUSE_TO CC_RUN_PAUSE(CC_TO)
#define CC_RUN_RESUME(X) X("resume", (CC_RUN_PAUSED), CC_RUN_RUNNING, "runs.resume")
#define CC_RUN_RESUME_FROM CC_RUN_RESUME(CC_FROM)
#define CC_RUN_RESUME_TO CC_RUN_RESUME(CC_TO)
#define CC_RUN_CANCEL_EARLY(X) X("cancel", (CC_RUN_PENDING), CC_RUN_CANCELLED, "runs.cancel")
#define CC_RUN_CANCEL_EARLY_FROM CC_RUN_CANCEL_EARLY(CC_FROM)
#define CC_RUN_CANCEL_EARLY_FROM_LIST CC_RUN_CANCEL_EARLY(CC_FROM_LIST)
#define CC_RUN_CANCEL_EARLY_TO CC_RUN_CANCEL_EARLY(CC_TO)
#define CC_RUN_CANCEL(X) X("cancel", (CC_RUN_RUNNING, CC_RUN_PAUSED), CC_RUN_CANCELLING, "runs.cancel")
#define CC_RUN_CANCEL_FROM_LIST CC_RUN_CANCEL(CC_FROM_LIST)
#define CC_RUN_CANCEL_TO CC_RUN_CANCEL(CC_TO)
#define CC_RUN_STOP_EARLY(X) X("stop", (CC_RUN_PENDING), CC_RUN_CANCELLED, "runs.stop")
#define CC_RUN_STOP_EARLY_FROM CC_RUN_STOP_EARLY(CC_FROM)
#define CC_RUN_STOP_EARLY_FROM_LIST CC_RUN_STOP_EARLY(CC_FROM_LIST)
#define CC_RUN_STOP_EARLY_TO CC_RUN_STOP_EARLY(CC_TO)
/* Goes on to the end of its step; paused, a worker takes it up for that (stop-paused). */
#define CC_RUN_STOP(X) X("stop", (CC_RUN_RUNNING, CC_RUN_PAUSED), "", "runs.stop")
#define CC_RUN_STOP_FROM_LIST CC_RUN_STOP(CC_FROM_LIST)
#define CC_RUN_STOP_PAUSED(X) X("stop-paused", (CC_RUN_PAUSED), CC_RUN_RUNNING, "worker")
#define CC_RUN_STOP_PAUSED_FROM CC_RUN_STOP_PAUSED(CC_FROM)
#define CC_RUN_STOP_PAUSED_FROM_LIST CC_RUN_STOP_PAUSED(CC_FROM_LIST)
#define CC_RUN_STOP_PAUSED_TO_NAME CC_RUN_STOP_PAUSED(CC_TO_NAME)
/* Its worker was lost. */
#define CC_RUN_RETAKE(X) X("retake", (CC_RUN_RUNNING), CC_RUN_RUNNING, "worker")
#define CC_RUN_RETAKE_FROM CC_RUN_RETAKE(CC_FROM)
#define CC_RUN_RETAKE_TO CC_RUN_RETAKE(CC_TO)
/* Its worker gives it back: it stays, for whoever takes it up. */
#define CC_RUN_RELEASE(X) X("release", (CC_RUN_RUNNING, CC_RUN_PAUSED), "", "worker")
#define CC_RUN_RELEASE_FROM CC_RUN_RELEASE(CC_FROM)
#define CC_RUN_SETTLE(X) X("settle", (CC_RUN_CANCELLING), CC_RUN_CANCELLED, "worker")
#define CC_RUN_SETTLE_FROM CC_RUN_SETTLE(CC_FROM)
#define CC_RUN_SETTLE_TO CC_RUN_SETTLE(CC_TO)
#define CC_RUN_SETTLE_TO_NAME CC_RUN_SETTLE(CC_TO_NAME)
#define CC_RUN_COMPLETE(X) X("complete", (CC_RUN_RUNNING), CC_RUN_COMPLETED, "worker")
#define CC_RUN_FAIL(X) X("fail", (CC_RUN_RUNNING), CC_RUN_FAILED, "worker")
#define CC_RUN_LOSE(X) X("lose", (CC_RUN_RUNNING, CC_RUN_PAUSED), CC_RUN_FAILED, "worker")
#define CC_RUN_LOSE_TO_NAME CC_RUN_LOSE(CC_TO_NAME)
/* Of sandboxes: one rests while nobody says anything, and waits for a worker when somebody has. */
#define CC_RUN_REST(X) X("rest", (CC_RUN_RUNNING), CC_RUN_PAUSED, "worker")
#define CC_RUN_REST_FROM CC_RUN_REST(CC_FROM)
#define CC_RUN_REST_TO_NAME CC_RUN_REST(CC_TO_NAME)
#define CC_RUN_REQUEUE(X) X("requeue", (CC_RUN_RUNNING), CC_RUN_PENDING, "worker")
#define CC_RUN_REQUEUE_TO_NAME CC_RUN_REQUEUE(CC_TO_NAME)
#define CC_RUN_ASK(X) X("ask", (CC_RUN_PAUSED), CC_RUN_PENDING, "sandboxes.say")
#define CC_RUN_ASK_FROM CC_RUN_ASK(CC_FROM)
#define CC_RUN_ASK_TO CC_RUN_ASK(CC_TO)
#define CC_RUN_ASK_TO_NAME CC_RUN_ASK(CC_TO_NAME)
#define CC_RUN_HOLD(X) X("hold", (CC_RUN_PENDING, CC_RUN_RUNNING), CC_RUN_PAUSED, "sandboxes.pause")
#define CC_RUN_HOLD_FROM CC_RUN_HOLD(CC_FROM)
#define CC_RUN_HOLD_TO CC_RUN_HOLD(CC_TO)
#define CC_RUN_HOLD_TO_NAME CC_RUN_HOLD(CC_TO_NAME)
#define CC_RUN_EXPIRE(X) X("expire", (CC_RUN_PAUSED), CC_RUN_COMPLETED, "worker")
#define CC_RUN_EXPIRE_FROM CC_RUN_EXPIRE(CC_FROM)
#define CC_RUN_EXPIRE_TO CC_RUN_EXPIRE(CC_TO)
#define CC_RUN_EXPIRE_TO_NAME CC_RUN_EXPIRE(CC_TO_NAME)

#define CC_RUN_WAYS(X)                                                                                                 \
    CC_RUN_START(X)                                                                                                    \
    CC_RUN_TAKE(X)                                                                                                     \
    CC_RUN_PAUSE(X)                                                                                                    \
    CC_RUN_RESUME(X)                                                                                                   \
    CC_RUN_CANCEL_EARLY(X)                                                                                             \
    CC_RUN_CANCEL(X)                                                                                                   \
    CC_RUN_STOP_EARLY(X)                                                                                               \
    CC_RUN_STOP(X)                                                                                                     \
    CC_RUN_STOP_PAUSED(X)                                                                                              \
    CC_RUN_RETAKE(X)                                                                                                   \
    CC_RUN_RELEASE(X)                                                                                                  \
    CC_RUN_SETTLE(X)                                                                                                   \
    CC_RUN_COMPLETE(X)                                                                                                 \
    CC_RUN_FAIL(X)                                                                                                     \
    CC_RUN_LOSE(X)                                                                                                     \
    CC_RUN_REST(X)                                                                                                     \
    CC_RUN_REQUEUE(X)                                                                                                  \
    CC_RUN_ASK(X)                                                                                                      \
    CC_RUN_HOLD(X)                                                                                                     \
    CC_RUN_EXPIRE(X)

/* X(action, done, participle): in the states of `done` the action is answered as if it had just been done. */
#define CC_RUN_ASKED(X)                                                                                                \
    X("cancel", (CC_RUN_CANCELLING, CC_RUN_CANCELLED), "cancelled.")                                                   \
    X("pause", (CC_RUN_PAUSED), "paused.")                                                                             \
    X("resume", (CC_RUN_RUNNING), "resumed.")                                                                          \
    X("stop", (""), "stopped.")                                                                                        \
    X("delete", (""), "deleted; cancel it first.")

/* A worker has begun it and it is not over; it may be that nobody has it at the moment. */
#define CC_RUN_HELD "status NOT IN (" CC_STATE_SQL(CC_RUN_PENDING) CC_RUN_STATES(CC_STATE_IF_OVER) ")"
/* No state is '': it stands there for the commas. */
#define CC_RUN_OVER "status IN (''" CC_RUN_STATES(CC_STATE_IF_OVER) ")"
/* It is in that one. */
#define CC_RUN_IS_PENDING CC_STATUS_IS(CC_RUN_PENDING)
#define CC_RUN_IS_RUNNING CC_STATUS_IS(CC_RUN_RUNNING)
#define CC_RUN_IS_PAUSED CC_STATUS_IS(CC_RUN_PAUSED)
#define CC_RUN_IS_CANCELLING CC_STATUS_IS(CC_RUN_CANCELLING)

/* ---- steps -------------------------------------------------------------------------------------- */

#define CC_STEP_PENDING "pending"
#define CC_STEP_RUNNING "running"
#define CC_STEP_COMPLETED "completed"
#define CC_STEP_FAILED "failed"
#define CC_STEP_CANCELLED "cancelled"
#define CC_STEP_SKIPPED "skipped"

#define CC_STEP_STATES(X)                                                                                              \
    X(CC_STEP_PENDING, "quiet", false)                                                                                 \
    X(CC_STEP_RUNNING, "busy", false)                                                                                  \
    X(CC_STEP_COMPLETED, "good", true)                                                                                 \
    X(CC_STEP_FAILED, "bad", true)                                                                                     \
    X(CC_STEP_CANCELLED, "quiet", true)                                                                                \
    X(CC_STEP_SKIPPED, "quiet", true)

#define CC_STEP_PLAN(X) X("plan", (""), CC_STEP_PENDING, "runs.start")
#define CC_STEP_PLAN_TO CC_STEP_PLAN(CC_TO)
/* Running: its worker was lost, and it begins again. */
#define CC_STEP_BEGIN(X) X("begin", ("", CC_STEP_PENDING, CC_STEP_RUNNING), CC_STEP_RUNNING, "worker")
#define CC_STEP_BEGIN_TO CC_STEP_BEGIN(CC_TO)
#define CC_STEP_COMPLETE(X) X("complete", (CC_STEP_RUNNING), CC_STEP_COMPLETED, "worker")
#define CC_STEP_COMPLETE_TO CC_STEP_COMPLETE(CC_TO)
#define CC_STEP_FAIL(X) X("fail", (CC_STEP_RUNNING), CC_STEP_FAILED, "worker")
#define CC_STEP_SKIP(X) X("skip", (CC_STEP_PENDING), CC_STEP_SKIPPED, "end of the run")
#define CC_STEP_SKIP_FROM CC_STEP_SKIP(CC_FROM)
#define CC_STEP_SKIP_FROM_LIST CC_STEP_SKIP(CC_FROM_LIST)
#define CC_STEP_SKIP_TO CC_STEP_SKIP(CC_TO)
#define CC_STEP_BREAK(X) X("break", (CC_STEP_RUNNING), CC_STEP_FAILED, "end of the run")
#define CC_STEP_BREAK_FROM_LIST CC_STEP_BREAK(CC_FROM_LIST)
#define CC_STEP_BREAK_TO CC_STEP_BREAK(CC_TO)
#define CC_STEP_CANCEL(X) X("cancel", (CC_STEP_PENDING, CC_STEP_RUNNING), CC_STEP_CANCELLED, "end of the run")
#define CC_STEP_CANCEL_FROM CC_STEP_CANCEL(CC_FROM)
#define CC_STEP_CANCEL_TO CC_STEP_CANCEL(CC_TO)

#define CC_STEP_WAYS(X)                                                                                                \
    CC_STEP_PLAN(X)                                                                                                    \
    CC_STEP_BEGIN(X)                                                                                                   \
    CC_STEP_COMPLETE(X)                                                                                                \
    CC_STEP_FAIL(X)                                                                                                    \
    CC_STEP_SKIP(X)                                                                                                    \
    CC_STEP_BREAK(X)                                                                                                   \
    CC_STEP_CANCEL(X)

#define CC_STEP_ASKED(X) X("", (""), "")

/* ---- chains ------------------------------------------------------------------------------------- */

#define CC_CHAIN_RUNNING "running"
#define CC_CHAIN_COMPLETED "completed"
#define CC_CHAIN_FAILED "failed"
#define CC_CHAIN_CANCELLED "cancelled"

/* A failed chain can be resumed, so it is not over. */
#define CC_CHAIN_STATES(X)                                                                                             \
    X(CC_CHAIN_RUNNING, "busy", false)                                                                                 \
    X(CC_CHAIN_COMPLETED, "good", true)                                                                                \
    X(CC_CHAIN_FAILED, "bad", false)                                                                                   \
    X(CC_CHAIN_CANCELLED, "quiet", true)

#define CC_CHAIN_START(X) X("start", (""), CC_CHAIN_RUNNING, "chains.create")
#define CC_CHAIN_START_TO_NAME CC_CHAIN_START(CC_TO_NAME)
#define CC_CHAIN_CANCEL(X) X("cancel", (CC_CHAIN_RUNNING, CC_CHAIN_FAILED), CC_CHAIN_CANCELLED, "chains.cancel")
#define CC_CHAIN_CANCEL_FROM CC_CHAIN_CANCEL(CC_FROM)
#define CC_CHAIN_CANCEL_TO CC_CHAIN_CANCEL(CC_TO)
#define CC_CHAIN_RESUME(X) X("resume", (CC_CHAIN_FAILED), CC_CHAIN_RUNNING, "chains.resume")
#define CC_CHAIN_RESUME_FROM CC_CHAIN_RESUME(CC_FROM)
#define CC_CHAIN_RESUME_TO CC_CHAIN_RESUME(CC_TO)
#define CC_CHAIN_GO_ON(X) X("go on", (CC_CHAIN_RUNNING), CC_CHAIN_RUNNING, "worker")
#define CC_CHAIN_GO_ON_FROM CC_CHAIN_GO_ON(CC_FROM)
#define CC_CHAIN_GO_ON_TO_NAME CC_CHAIN_GO_ON(CC_TO_NAME)
#define CC_CHAIN_COMPLETE(X) X("complete", (CC_CHAIN_RUNNING), CC_CHAIN_COMPLETED, "worker")
#define CC_CHAIN_COMPLETE_TO_NAME CC_CHAIN_COMPLETE(CC_TO_NAME)
#define CC_CHAIN_FAIL(X) X("fail", (CC_CHAIN_RUNNING), CC_CHAIN_FAILED, "worker")
#define CC_CHAIN_FAIL_TO_NAME CC_CHAIN_FAIL(CC_TO_NAME)

#define CC_CHAIN_WAYS(X)                                                                                               \
    CC_CHAIN_START(X)                                                                                                  \
    CC_CHAIN_CANCEL(X)                                                                                                 \
    CC_CHAIN_RESUME(X)                                                                                                 \
    CC_CHAIN_GO_ON(X)                                                                                                  \
    CC_CHAIN_COMPLETE(X)                                                                                               \
    CC_CHAIN_FAIL(X)

#define CC_CHAIN_ASKED(X)                                                                                              \
    X("cancel", (CC_CHAIN_CANCELLED), "cancelled.")                                                                    \
    X("resume", (CC_CHAIN_RUNNING), "resumed.")                                                                        \
    X("delete", (""), "deleted; cancel it first.")

/* ---- issues ------------------------------------------------------------------------------------- */

#define CC_ISSUE_NEW "new"
#define CC_ISSUE_RUNNING "running"
#define CC_ISSUE_COMPLETED "completed"
#define CC_ISSUE_FAILED "failed"

#define CC_ISSUE_STATES(X)                                                                                             \
    X(CC_ISSUE_NEW, "quiet", false)                                                                                    \
    X(CC_ISSUE_RUNNING, "busy", false)                                                                                 \
    X(CC_ISSUE_COMPLETED, "good", false)                                                                               \
    X(CC_ISSUE_FAILED, "bad", false)

/* People may set any; what its run does to it is this. */
#define CC_ISSUE_ANY (CC_ISSUE_NEW, CC_ISSUE_RUNNING, CC_ISSUE_COMPLETED, CC_ISSUE_FAILED)
#define CC_ISSUE_BEGIN(X) X("begin", CC_ISSUE_ANY, CC_ISSUE_RUNNING, "worker")
#define CC_ISSUE_BEGIN_TO_NAME CC_ISSUE_BEGIN(CC_TO_NAME)
#define CC_ISSUE_COMPLETE(X) X("complete", CC_ISSUE_ANY, CC_ISSUE_COMPLETED, "worker")
#define CC_ISSUE_FAIL(X) X("fail", CC_ISSUE_ANY, CC_ISSUE_FAILED, "worker")
#define CC_ISSUE_RETURN(X) X("return", CC_ISSUE_ANY, CC_ISSUE_NEW, "worker")

#define CC_ISSUE_WAYS(X)                                                                                               \
    CC_ISSUE_BEGIN(X)                                                                                                  \
    CC_ISSUE_COMPLETE(X)                                                                                               \
    CC_ISSUE_FAIL(X)                                                                                                   \
    CC_ISSUE_RETURN(X)

#define CC_ISSUE_ASKED(X) X("", (""), "")

/* ---- pull requests ------------------------------------------------------------------------------ */

#define CC_PULL_OPEN "open"
#define CC_PULL_MERGED "merged"
#define CC_PULL_CLOSED "closed"

#define CC_PULL_STATES(X)                                                                                              \
    X(CC_PULL_OPEN, "busy", false)                                                                                     \
    X(CC_PULL_MERGED, "good", true)                                                                                    \
    X(CC_PULL_CLOSED, "quiet", false)

/* What its forge says: whoever asked for it, and wherever. */
#define CC_PULL_BEGIN(X) X("open", (""), CC_PULL_OPEN, "worker")
#define CC_PULL_MERGE(X) X("merge", (CC_PULL_OPEN), CC_PULL_MERGED, "worker")
#define CC_PULL_CLOSE(X) X("close", (CC_PULL_OPEN), CC_PULL_CLOSED, "worker")
#define CC_PULL_REOPEN(X) X("reopen", (CC_PULL_CLOSED), CC_PULL_OPEN, "worker")

#define CC_PULL_WAYS(X)                                                                                                \
    CC_PULL_BEGIN(X)                                                                                                   \
    CC_PULL_MERGE(X)                                                                                                   \
    CC_PULL_CLOSE(X)                                                                                                   \
    CC_PULL_REOPEN(X)

#define CC_PULL_ASKED(X)                                                                                               \
    X("merge", (CC_PULL_MERGED), "merged.")                                                                            \
    X("close", (CC_PULL_CLOSED), "closed.")                                                                            \
    X("fix", (""), "fixed.")

/* ---- learnings ---------------------------------------------------------------------------------- */

#define CC_LEARNING_PROPOSED "proposed"
#define CC_LEARNING_APPROVED "approved"
#define CC_LEARNING_REJECTED "rejected"

#define CC_LEARNING_STATES(X)                                                                                          \
    X(CC_LEARNING_PROPOSED, "held", false)                                                                             \
    X(CC_LEARNING_APPROVED, "good", false)                                                                             \
    X(CC_LEARNING_REJECTED, "quiet", false)

#define CC_LEARNING_PROPOSE(X) X("propose", (""), CC_LEARNING_PROPOSED, "learnings.create")
#define CC_LEARNING_PROPOSE_TO_NAME CC_LEARNING_PROPOSE(CC_TO_NAME)
/* It says something else from now on. */
#define CC_LEARNING_REVISE(X)                                                                                          \
    X("revise", (CC_LEARNING_APPROVED, CC_LEARNING_REJECTED), CC_LEARNING_PROPOSED, "learnings.update")
#define CC_LEARNING_REVISE_TO_NAME CC_LEARNING_REVISE(CC_TO_NAME)
#define CC_LEARNING_APPROVE(X)                                                                                         \
    X("approve", (CC_LEARNING_PROPOSED, CC_LEARNING_REJECTED), CC_LEARNING_APPROVED, "learnings.approve")
#define CC_LEARNING_APPROVE_TO_NAME CC_LEARNING_APPROVE(CC_TO_NAME)
#define CC_LEARNING_REJECT(X)                                                                                          \
    X("reject", (CC_LEARNING_PROPOSED, CC_LEARNING_APPROVED), CC_LEARNING_REJECTED, "learnings.reject")
#define CC_LEARNING_REJECT_TO_NAME CC_LEARNING_REJECT(CC_TO_NAME)

#define CC_LEARNING_WAYS(X)                                                                                            \
    CC_LEARNING_PROPOSE(X)                                                                                             \
    CC_LEARNING_REVISE(X)                                                                                              \
    CC_LEARNING_APPROVE(X)                                                                                             \
    CC_LEARNING_REJECT(X)

#define CC_LEARNING_ASKED(X)                                                                                           \
    X("approve", (CC_LEARNING_APPROVED), "approved.")                                                                  \
    X("reject", (CC_LEARNING_REJECTED), "rejected.")

/* ---- questions ---------------------------------------------------------------------------------- */

#define CC_QUESTION_OPEN "open"
#define CC_QUESTION_ANSWERED "answered"
#define CC_QUESTION_APPROVED "approved"
#define CC_QUESTION_DISMISSED "dismissed"

#define CC_QUESTION_STATES(X)                                                                                          \
    X(CC_QUESTION_OPEN, "busy", false)                                                                                 \
    X(CC_QUESTION_ANSWERED, "held", false)                                                                             \
    X(CC_QUESTION_APPROVED, "good", false)                                                                             \
    X(CC_QUESTION_DISMISSED, "quiet", false)

#define CC_QUESTION_ANY (CC_QUESTION_OPEN, CC_QUESTION_ANSWERED, CC_QUESTION_APPROVED, CC_QUESTION_DISMISSED)
#define CC_QUESTION_ASK(X) X("ask", (""), CC_QUESTION_OPEN, "worker")
#define CC_QUESTION_ASK_TO_NAME CC_QUESTION_ASK(CC_TO_NAME)
/* By a session. */
#define CC_QUESTION_ANSWER(X) X("answer", (CC_QUESTION_OPEN), CC_QUESTION_ANSWERED, "worker")
#define CC_QUESTION_ANSWER_FROM CC_QUESTION_ANSWER(CC_FROM)
#define CC_QUESTION_ANSWER_TO CC_QUESTION_ANSWER(CC_TO)
/* By a person, whatever was said before. */
#define CC_QUESTION_SAY(X) X("say", CC_QUESTION_ANY, CC_QUESTION_ANSWERED, "questions.update")
#define CC_QUESTION_SAY_TO_NAME CC_QUESTION_SAY(CC_TO_NAME)
#define CC_QUESTION_APPROVE(X) X("approve", (CC_QUESTION_ANSWERED), CC_QUESTION_APPROVED, "questions.approve")
#define CC_QUESTION_DISMISS(X)                                                                                         \
    X("dismiss", (CC_QUESTION_OPEN, CC_QUESTION_ANSWERED, CC_QUESTION_APPROVED), CC_QUESTION_DISMISSED,                \
      "questions.dismiss")

#define CC_QUESTION_WAYS(X)                                                                                            \
    CC_QUESTION_ASK(X)                                                                                                 \
    CC_QUESTION_ANSWER(X)                                                                                              \
    CC_QUESTION_SAY(X)                                                                                                 \
    CC_QUESTION_APPROVE(X)                                                                                             \
    CC_QUESTION_DISMISS(X)

#define CC_QUESTION_ASKED(X)                                                                                           \
    X("approve", (CC_QUESTION_APPROVED), "approved.")                                                                  \
    X("dismiss", (CC_QUESTION_DISMISSED), "dismissed.")

/* ---- sandboxes ---------------------------------------------------------------------------------- */

/* They stand in no column: the view `sandboxes` tells them from the state of its run, and from what it has beside. */
#define CC_SANDBOX_OPENING "opening"
#define CC_SANDBOX_IDLE "idle"
#define CC_SANDBOX_WORKING "working"
#define CC_SANDBOX_PAUSED "paused"
#define CC_SANDBOX_KILLING "killing"
#define CC_SANDBOX_KILLED "killed"
#define CC_SANDBOX_FAILED "failed"
#define CC_SANDBOX_EXPIRED "expired"

#define CC_SANDBOX_STATES(X)                                                                                           \
    X(CC_SANDBOX_OPENING, "busy", false)                                                                               \
    X(CC_SANDBOX_IDLE, "good", false)                                                                                  \
    X(CC_SANDBOX_WORKING, "busy", false)                                                                               \
    X(CC_SANDBOX_PAUSED, "held", false)                                                                                \
    X(CC_SANDBOX_KILLING, "ending", false)                                                                             \
    X(CC_SANDBOX_KILLED, "quiet", true)                                                                                \
    X(CC_SANDBOX_FAILED, "bad", true)                                                                                  \
    X(CC_SANDBOX_EXPIRED, "quiet", true)

#define CC_SANDBOX_ALIVE (CC_SANDBOX_OPENING, CC_SANDBOX_IDLE, CC_SANDBOX_WORKING, CC_SANDBOX_PAUSED)
#define CC_SANDBOX_WAYS(X)                                                                                             \
    X("open", (""), CC_SANDBOX_OPENING, "sandboxes.create")                                                            \
    X("opened", (CC_SANDBOX_OPENING), CC_SANDBOX_IDLE, "worker")                                                       \
    X("begin", (CC_SANDBOX_OPENING), CC_SANDBOX_WORKING, "worker")                                                     \
    X("say", (CC_SANDBOX_IDLE), CC_SANDBOX_WORKING, "sandboxes.say")                                                   \
    X("commit", (CC_SANDBOX_IDLE), CC_SANDBOX_WORKING, "sandboxes.commit")                                             \
    X("rest", (CC_SANDBOX_WORKING), CC_SANDBOX_IDLE, "worker")                                                         \
    X("pause", (CC_SANDBOX_OPENING, CC_SANDBOX_IDLE, CC_SANDBOX_WORKING), CC_SANDBOX_PAUSED, "sandboxes.pause")        \
    X("resume", (CC_SANDBOX_PAUSED), CC_SANDBOX_WORKING, "sandboxes.resume")                                           \
    X("resume", (CC_SANDBOX_PAUSED), CC_SANDBOX_IDLE, "sandboxes.resume")                                              \
    X("restart", (CC_SANDBOX_IDLE, CC_SANDBOX_PAUSED), CC_SANDBOX_OPENING, "sandboxes.restart")                        \
    X("kill", CC_SANDBOX_ALIVE, CC_SANDBOX_KILLING, "sandboxes.kill")                                                  \
    X("killed", (CC_SANDBOX_KILLING), CC_SANDBOX_KILLED, "worker")                                                     \
    X("fail", (CC_SANDBOX_OPENING, CC_SANDBOX_WORKING), CC_SANDBOX_FAILED, "worker")                                   \
    X("expire", (CC_SANDBOX_IDLE, CC_SANDBOX_PAUSED), CC_SANDBOX_EXPIRED, "worker")

#define CC_SANDBOX_ASKED(X) X("", (""), "")

/* ---- candidates --------------------------------------------------------------------------------- */

/* Of a group of them: its runs are under way, a judge compares them, it is known which one gets the pull request. */
#define CC_CANDIDATES_RUNNING "running"
#define CC_CANDIDATES_JUDGING "judging"
#define CC_CANDIDATES_DECIDED "decided"
#define CC_CANDIDATES_UNDECIDED "undecided"
#define CC_CANDIDATES_FAILED "failed"
#define CC_CANDIDATES_CANCELLED "cancelled"

/* An undecided one waits for a person's choice. */
#define CC_CANDIDATES_STATES(X)                                                                                        \
    X(CC_CANDIDATES_RUNNING, "busy", false)                                                                            \
    X(CC_CANDIDATES_JUDGING, "busy", false)                                                                            \
    X(CC_CANDIDATES_DECIDED, "good", true)                                                                             \
    X(CC_CANDIDATES_UNDECIDED, "held", false)                                                                          \
    X(CC_CANDIDATES_FAILED, "bad", true)                                                                               \
    X(CC_CANDIDATES_CANCELLED, "quiet", true)

#define CC_CANDIDATES_START(X) X("start", (""), CC_CANDIDATES_RUNNING, "runs.start")
#define CC_CANDIDATES_START_TO_NAME CC_CANDIDATES_START(CC_TO_NAME)
#define CC_CANDIDATES_JUDGE(X) X("judge", (CC_CANDIDATES_RUNNING), CC_CANDIDATES_JUDGING, "worker")
#define CC_CANDIDATES_JUDGE_FROM CC_CANDIDATES_JUDGE(CC_FROM)
#define CC_CANDIDATES_JUDGE_TO CC_CANDIDATES_JUDGE(CC_TO)
/* By a judge; or because only one has completed. */
#define CC_CANDIDATES_DECIDE(X)                                                                                        \
    X("decide", (CC_CANDIDATES_RUNNING, CC_CANDIDATES_JUDGING), CC_CANDIDATES_DECIDED, "worker")
#define CC_CANDIDATES_DECIDE_FROM CC_CANDIDATES_DECIDE(CC_FROM)
#define CC_CANDIDATES_DECIDE_TO CC_CANDIDATES_DECIDE(CC_TO)
#define CC_CANDIDATES_DOUBT(X)                                                                                         \
    X("doubt", (CC_CANDIDATES_RUNNING, CC_CANDIDATES_JUDGING), CC_CANDIDATES_UNDECIDED, "worker")
#define CC_CANDIDATES_DOUBT_FROM CC_CANDIDATES_DOUBT(CC_FROM)
#define CC_CANDIDATES_DOUBT_TO_NAME CC_CANDIDATES_DOUBT(CC_TO_NAME)
#define CC_CANDIDATES_FAIL(X) X("fail", (CC_CANDIDATES_RUNNING), CC_CANDIDATES_FAILED, "worker")
#define CC_CANDIDATES_FAIL_TO_NAME CC_CANDIDATES_FAIL(CC_TO_NAME)
/* By a person, who need not wait for the judge. */
#define CC_CANDIDATES_CHOOSE(X)                                                                                        \
    X("choose", (CC_CANDIDATES_JUDGING, CC_CANDIDATES_UNDECIDED), CC_CANDIDATES_DECIDED, "runs.choose")
#define CC_CANDIDATES_CHOOSE_FROM CC_CANDIDATES_CHOOSE(CC_FROM)
#define CC_CANDIDATES_CANCEL(X)                                                                                        \
    X("cancel", (CC_CANDIDATES_RUNNING, CC_CANDIDATES_JUDGING, CC_CANDIDATES_UNDECIDED), CC_CANDIDATES_CANCELLED,      \
      "candidates.cancel")
#define CC_CANDIDATES_CANCEL_FROM CC_CANDIDATES_CANCEL(CC_FROM)
#define CC_CANDIDATES_CANCEL_TO CC_CANDIDATES_CANCEL(CC_TO)

#define CC_CANDIDATES_WAYS(X)                                                                                          \
    CC_CANDIDATES_START(X)                                                                                             \
    CC_CANDIDATES_JUDGE(X)                                                                                             \
    CC_CANDIDATES_DECIDE(X)                                                                                            \
    CC_CANDIDATES_DOUBT(X)                                                                                             \
    CC_CANDIDATES_FAIL(X)                                                                                              \
    CC_CANDIDATES_CHOOSE(X)                                                                                            \
    CC_CANDIDATES_CANCEL(X)

#define CC_CANDIDATES_ASKED(X)                                                                                         \
    X("cancel", (CC_CANDIDATES_CANCELLED), "cancelled.")                                                               \
    X("choose", (""), "chosen from.")

/* ---- in SQL ------------------------------------------------------------------------------------- */

#define CC_STATE_SQL(state) "'" state "'"
#define CC_STATE_PICK(a, b, c, d, picked, ...) picked
#define CC_STATE_LIST(...)                                                                                             \
    CC_STATE_PICK(__VA_ARGS__, CC_STATE_LIST_4, CC_STATE_LIST_3, CC_STATE_LIST_2, CC_STATE_SQL, 0)(__VA_ARGS__)
#define CC_STATE_LIST_2(a, b) CC_STATE_SQL(a) ", " CC_STATE_SQL(b)
#define CC_STATE_LIST_3(a, b, c) CC_STATE_SQL(a) ", " CC_STATE_LIST_2(b, c)
#define CC_STATE_LIST_4(a, b, c, d) CC_STATE_SQL(a) ", " CC_STATE_LIST_3(b, c, d)

/* One state is compared with =, as in the conditions of the indexes. */
#define CC_STATUS_IS(...)                                                                                              \
    CC_STATE_PICK(__VA_ARGS__, CC_STATUS_IN, CC_STATUS_IN, CC_STATUS_IN, CC_STATUS_ONE, 0)(__VA_ARGS__)
#define CC_STATUS_ONE(state) "status = " CC_STATE_SQL(state)
#define CC_STATUS_IN(...) "status IN (" CC_STATE_LIST(__VA_ARGS__) ")"

/* Of a row of states: ", 'completed'", if it is over. */
#define CC_STATE_IF_OVER(state, tone, over) CC_STATE_IF_##over(", " CC_STATE_SQL(state))
#define CC_STATE_IF_true(text) text
#define CC_STATE_IF_false(text)

#define CC_FROM(action, from, to, by) CC_STATUS_IS from
#define CC_FROM_LIST(action, from, to, by) CC_STATE_LIST from
#define CC_TO(action, from, to, by) CC_STATE_SQL(to)
#define CC_TO_NAME(action, from, to, by) to

/* ---- at run time -------------------------------------------------------------------------------- */

/* Texts are in place (query.h says why); lists of states are words. */
typedef struct cc_state {
    char name[12], tone[8];
    bool over;
} cc_state;

typedef struct cc_way {
    char action[12], from[48], to[12], by[20]; /* a from "": it did not exist before; a to "": it stays */
} cc_way;

typedef struct cc_asked {
    char action[8], done[24], participle[28];
} cc_asked;

typedef struct cc_states {
    const char        *singular;
    const char *const *names; /* for the choices of a field */
    const cc_state    *states;
    const cc_way      *ways;
    const cc_asked    *asked;
    size_t             state_count, way_count, asked_count;
} cc_states;

extern const char *const cc_run_statuses[], *const cc_step_statuses[], *const cc_chain_statuses[],
                                                                           *const             cc_issue_statuses[],
                                                                               *const         cc_pull_statuses[],
                                                                                   *const     cc_learning_statuses[],
                                                                                       *const cc_question_statuses[];
extern const char *const                                                                      cc_sandbox_statuses[];
extern const char *const                                                                      cc_candidates_statuses[];
extern const cc_states cc_run_states, cc_step_states, cc_chain_states, cc_issue_states, cc_pull_states,
    cc_learning_states, cc_question_states, cc_sandbox_states, cc_candidates_states;

bool cc_state_in(const char *words, const char *state);
bool cc_state_over(const cc_states *states, const char *state);
/* In that state there is nothing left to do for the action: it is answered as if it had just been done. */
bool cc_state_done(const cc_states *states, const char *action, const char *state);
/* Where the action leads from that state; NULL: it is not allowed there. */
const char *cc_state_after(const cc_states *states, const char *action, const char *state);
/* The end of "A paused run cannot be …". */
const char *cc_state_refusal(const cc_states *states, const char *action);

#endif
