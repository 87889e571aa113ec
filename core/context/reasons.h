/*
 * Every sentence that a run, a step or a chain can end with, or that says why nothing became of a schedule or of what
 * a forge was asked for: written down here and nowhere else.
 *
 * A reason is a code for programs, a sentence for people, and the values that stand in it.  The row keeps all three, so
 * that whoever shows it can say it in another language (`errorCode`, `errorParams`); the documentation's page of
 * reasons and the catalogue of German are made of this list, and tests/engine/test_reasons.py finds a reason that no
 * test produces.  Codes are stored: none is ever used for something else.
 *
 * In a sentence {name} is a value.  [a|b|c] is the first of its pieces whose values are all there, or nothing.
 */
#ifndef CC_REASONS_H
#define CC_REASONS_H

#include "base/arena.h"

/* What came of git, behind what it was to do. */
#define CC_REASON_OF_GIT                                                                                               \
    "[ within {seconds} s (setting gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"

/* X(code, of, sentence, what to do): of a run, a step, a chain, what is at a forge, or a part within others. */
#define CC_REASONS(X)                                                                                                  \
    /* Before the first step. */                                                                                       \
    X(RUN_UNREADABLE, "run", "The run, or what it needs, cannot be read; the worker's log says more.",                 \
      "Look into the worker's log.  A key file that is not the database's, or a database that was damaged, is behind " \
      "most of it.")                                                                                                   \
    X(NO_SUCH_AGENT, "run", "There is no agent '{agent}' (step \"{label}\").",                                         \
      "Name one that there is, in the step, its persona or the project's settings; the operator can add one to "       \
      "codecourier.conf.")                                                                                             \
    X(NO_AGENT, "run",                                                                                                 \
      "No agent is installed on the worker's machine, and neither step, persona nor project names one.  Install one "  \
      "with: {install}",                                                                                               \
      "Install an agent on the worker's machine, for all accounts, and retry the run.")                                \
    X(AGENT_NOT_INSTALLED, "run",                                                                                      \
      "The agent '{agent}' is not installed on the worker's machine.  Install it with: {install}",                     \
      "Install it on the worker's machine, for all accounts, or choose another agent; then retry the run.")            \
    X(AGENT_PROGRAM_MISSING, "run", "The program of the agent '{agent}' is not there; see codecourier.conf.",          \
      "Correct the line of this agent in codecourier.conf, or install its program.")                                   \
    X(SANDBOX_BROKEN, "run",                                                                                           \
      "The worker's sandbox does not work: {detail}  Mend that and start the worker again; or, if agents may have "    \
      "the worker's own rights, write sandbox = off into codecourier.conf.",                                           \
      "Ask codecourier doctor, on the worker's machine: it tries the sandbox and says what it needs.")                  \
    X(SANDBOX_PATH_REFUSED, "run",                                                                                     \
      "The setting sandboxPaths names {path}, which cannot be shown to agents: it is not there, or holds the data or " \
      "an account's home.",                                                                                            \
      "Correct the setting, and start the worker again.")                                                              \
    X(AGENT_HOME_REFUSED, "run",                                                                                       \
      "The setting agentHome names {path}, which cannot be shown to agents: it is not there, or it is the account's "  \
      "own home or holds the data.  Name a directory of its own with the agents' sign-ins.",                           \
      "Sign the agents in with a home directory of their own, and name that.")                                         \
    X(AGENT_HOME_NOT_COPIED, "run",                                                                                    \
      "The directory of the setting agentHome could not be copied for the project: [{reason}|{detail}].",              \
      "Keep only the agents' sign-ins in it.")                                                                         \
    X(DIRECTORY_NOT_MADE, "run", "The run's directory could not be made: {detail}.",                                   \
      "See that the worker's account may write below the data directory, and that there is room.")                     \
    /* The repository. */                                                                                              \
    X(REPOSITORY_REFUSED, "run", "The repository's address [{reason}|{detail}].",                                      \
      "Use another address, or ask the operator to allow this one.")                                                   \
    X(REPOSITORY_NOT_THERE, "run", "The repository could not be fetched: the worker's machine has no such directory.", \
      "Correct the path, or give the worker's account the right to enter it.")                                         \
    X(SSH_KEY_MISSING, "run",                                                                                          \
      "A repository that is reached by ssh needs a key of the project's own: put a private key into its environment "  \
      "as GIT_SSH_KEY.",                                                                                               \
      "Make a key for this repository, add its public half at the host as a deploy key, and put the private half "     \
      "into the Project Settings.")                                                                                    \
    X(TUNNEL_MISSING, "run", "Repositories that are reached by ssh or git:// need the worker 'codecourier work'.",     \
      "Start the worker by the command, or use the repository's https address.")                                       \
    X(GIT_MISSING, "run", "git is not installed on the worker's machine.", "Install git there, and retry the run.")    \
    X(MIRROR_NOT_MADE, "run", "The repository's mirror could not be made: {detail}.",                                  \
      "See that the worker's account may write below the data directory, and that there is room.")                     \
    X(FETCH_FAILED, "run", "The repository could not be fetched" CC_REASON_OF_GIT,                                     \
      "The words are git's or the host's.  Where they speak of the credential: set GITHUB_TOKEN or GIT_TOKEN in the "  \
      "Project Settings.")                                                                                             \
    X(CLONE_FAILED, "run", "The repository could not be cloned" CC_REASON_OF_GIT,                                      \
      "The words are git's; a limit is called by its setting.")                                                        \
    X(PUSH_FORBIDDEN, "run", "The run would not be let push its branch" CC_REASON_OF_GIT,                              \
      "Nothing was paid so far.  Give the token the right to write, or name a branch that it may write to.")           \
    X(TREE_NOT_RESTORED, "run", "The tree could not be put back as it was when the step began" CC_REASON_OF_GIT,       \
      "Restart the run from this step: it gets a directory of its own.")                                               \
    X(CHECKPOINT_TOO_LARGE, "run",                                                                                     \
      "The run's directory is not there any more, and what its steps changed was too large to be kept elsewhere "      \
      "(setting checkpointMb).",                                                                                       \
      "Restart the run, with a larger checkpointMb.")                                                                  \
    /* Steps. */                                                                                                       \
    X(STEP_FAILED, "run", "Step {step} ({label}) failed: {reason}", "See the step's own reason, in the second table.") \
    X(RUN_TOO_LONG, "run", "The run took longer than {seconds} s, which is the setting runTimeoutSeconds.",            \
      "Ask for less in one run, or raise the setting.  What its steps have done is kept; a retry goes on behind them.")\
    X(WORKER_LOST, "run", "The worker that executed the run was lost[, {times} times in all].",                        \
      "See why workers end: too little memory is the usual cause.  A retry goes on behind the last completed step.")   \
    X(PROMPT_TOO_LONG, "run",                                                                                          \
      "The prompt has {bytes} bytes, and a command line takes 128 KiB in one word.  Leave {word} out of "              \
      "agent.{agent} in codecourier.conf: then it comes on standard input.",                                           \
      "Change that line, or ask for less.")                                                                            \
    /* What was changed. */                                                                                            \
    X(COMMIT_FAILED, "run", "The changes could not be committed" CC_REASON_OF_GIT,                                     \
      "The words are git's; a limit is called by its setting.")                                                        \
    X(CHANGES_REFUSED, "run", "The changes are not what git accepts" CC_REASON_OF_GIT,                                 \
      "The agent made commits that git itself would not take from anybody.  Restart the run.")                         \
    X(CHANGES_NOT_KEPT, "run", "The changes could not be kept.", "The worker's log says what the database refused.")   \
    X(CHANGES_UNREADABLE, "run", "The changes could not be read.",                                                     \
      "Something beside the worker changed its directories; retry.")                                                   \
    X(CHANGES_NO_FILE, "run", "The changes are no bundle: no file.",                                                   \
      "Something beside the worker changed its directories; retry.")                                                   \
    X(CHANGES_INVALID, "run", "The changes are no bundle of the run's branch.",                                        \
      "Something beside the worker changed its directories; retry.")                                                   \
    X(CHANGES_TOO_LARGE, "run", "The changes are larger than a run's directory may be (setting workspaceMb).",         \
      "Keep large files out of the repository, or raise the setting.")                                                 \
    X(CHANGES_GONE, "run", "What the run's steps changed is not there any more.", "Restart the run.")                  \
    X(PUSH_FAILED, "run", "The branch could not be pushed" CC_REASON_OF_GIT,                                           \
      "The words are the host's.  What was changed is kept with the run, as a patch and as a bundle.")                 \
    X(PUSH_NO_TOKEN, "run",                                                                                            \
      "the project's environment has no token for its host, GITHUB_TOKEN or GIT_TOKEN.  What was changed is kept "     \
      "with the run, as a patch and as a bundle.",                                                                     \
      "Set one in the Project Settings.  The run itself has completed.")                                               \
    X(PULL_UNANSWERED, "run", "there was no answer" CC_REASON_OF_GIT,                                                  \
      "Open the pull request by hand: the branch is pushed, and the run itself has completed.")                        \
    X(PULL_NOT_OPENED, "run", "[{detail}|its answer is not understood]",                                               \
      "The words are the host's, or say what it lacks.  Open the pull request by hand: the branch is pushed, and the "  \
      "run itself has completed.")                                                                                     \
    X(BUDGET_DAY, "run", "The project's budget of {value} US dollars for today (UTC) is spent.",                       \
      "Wait for tomorrow, or raise the budget.  A retry goes on behind the last completed step.")                      \
    X(BUDGET_MONTH, "run", "The project's budget of {value} US dollars for this month (UTC) is spent.",                \
      "Wait for the next month, or raise the budget.  A retry goes on behind the last completed step.")                \
    X(BUDGET_RUN, "run", "A run's budget of {value} US dollars is spent.",                                             \
      "Raise the budget of a run, or ask for less in one.  A retry goes on behind the last completed step.")           \
    X(NO_MEMORY, "run", "There is not enough memory.", "Give the worker's machine more, or the worker fewer slots.")   \
    /* Limits. */                                                                                                      \
    X(STEP_TOO_LONG, "step", "it took longer than {seconds} s.",                                                       \
      "Give the step more time in its workflow, or ask for less.")                                                     \
    X(CPU_EXCEEDED, "step", "it used more than {value} s of processor time, which is the setting agentCpuSeconds.",    \
      "Raise the setting, or ask for less.")                                                                           \
    X(FILE_EXCEEDED, "step", "it wrote a file of more than {value} MB, which is the setting agentFileMb.",             \
      "Raise the setting.")                                                                                            \
    X(PROCESSES_EXCEEDED, "step",                                                                                      \
      "it started more than {value} processes and threads, which is the setting agentProcesses[: {detail}|.]",         \
      "Raise the setting.")                                                                                            \
    X(MEMORY_EXCEEDED, "step",                                                                                         \
      "its processes used more than {value} MB of memory, which is the setting agentMemoryMb.",                        \
      "Raise the setting, if the machine has as much.")                                                                \
    X(OUTPUT_EXCEEDED, "step", "the run wrote more than {value} MB of output, which is the setting runOutputMb.",      \
      "Ask the agent to say less, or raise the setting.")                                                              \
    X(SIZE_EXCEEDED, "step", "its directories grew beyond {value} MB, which is the setting workspaceMb.",              \
      "Raise the setting.")                                                                                            \
    X(FILES_EXCEEDED, "step", "its directories hold more than {value} files, which is the setting workspaceFiles.",    \
      "Raise the setting.")                                                                                            \
    X(DEPTH_EXCEEDED, "step",                                                                                          \
      "its directories are nested too deeply to be measured against {value} MB, which is the setting workspaceMb.",    \
      "Ask the agent to make fewer directories within each other.")                                                    \
    /* What agents say of their end. */                                                                                \
    X(KEY_INVALID, "step",                                                                                             \
      "its model service gets no valid key: set {variable} in the Project Settings, among the environment "            \
      "variables.  It said: {detail}",                                                                                 \
      "Set the variable; a key that was there has expired or was revoked.")                                            \
    X(AGENT_TURNS, "step", "the agent reached its limit of turns before it was done.", "Ask for less in one step.")    \
    X(AGENT_BUDGET, "step", "the agent reached its limit of cost before it was done.",                                 \
      "Raise the limit in the agent's own settings, or ask for less in one step.")                                     \
    X(AGENT_ERROR, "step", "the agent failed while it worked, and says no more of it.",                                \
      "Read the step's transcript, and retry.")                                                                        \
    X(AGENT_CUT, "step", "the model's answer was cut off at its greatest length.", "Ask for less in one step.")        \
    X(AGENT_FILTERED, "step", "the model's answer was held back by its content filter.", "Ask in other words.")        \
    X(AGENT_REFUSES, "step", "the agent refuses to do this.", "Ask in other words.")                                   \
    X(AGENT_INTERRUPTED, "step", "the agent was interrupted.", "Retry the run.")                                       \
    X(AGENT_UNFINISHED, "step", "the agent ended in the middle of its work.", "Retry the run.")                        \
    X(AGENT_SAYS, "step", "[{detail}|the agent says so.]", "The words are the agent's own.")                           \
    X(ANSWER_UNFIT, "step", "its answer does not fit, though it was asked twice: {detail}[  It said: {value}]",         \
      "Ask in other words, or choose another model; the events hold both answers.")                                   \
    X(AGENT_EXITED, "step", "the agent ended with code {exit}[: {detail}|.][ ({hint})]", "The words are its last.")    \
    X(AGENT_EXITED_SILENT, "step", "the agent ended with code {exit} and without a result[: {detail}|.][ ({hint})]",   \
      "Its last words, if there are any, are the only trace; read the step's transcript.")                             \
    X(AGENT_EXITED_LATE, "step",                                                                                       \
      "the agent ended with code {exit}, after it had said that it was done[: {detail}|.][ ({hint})]",                 \
      "Look at what it has changed: it may be whole.")                                                                 \
    X(AGENT_KILLED, "step", "the agent was ended by signal {signal}[: {detail}|.][ ({hint})]",                         \
      "Somebody on the worker's machine ended it, or it has an error of its own.")                                     \
    X(AGENT_KILLED_SILENT, "step",                                                                                     \
      "the agent was ended by signal {signal} and without a result[: {detail}|.][ ({hint})]",                          \
      "Somebody on the worker's machine ended it, or it has an error of its own.")                                     \
    X(AGENT_KILLED_LATE, "step",                                                                                       \
      "the agent was ended by signal {signal}, after it had said that it was done[: {detail}|.][ ({hint})]",           \
      "Look at what it has changed: it may be whole.")                                                                 \
    /* Chains; of these, schedules have those that are about who set them up or what they start. */                    \
    X(CHAIN_RUN_FAILED, "chain", "Run {run} failed.",                                                                  \
      "See why; then resume the chain, which begins with this run's place again.")                                     \
    X(CHAIN_RUN_CANCELLED, "chain", "Run {run} was cancelled.", "Resume the chain, or cancel it too.")                 \
    X(CHAIN_RUN_DELETED, "chain", "Its run was deleted.", "Resume the chain, or cancel it too.")                       \
    X(WORKFLOW_GONE, "chain", "There is no workflow of this id.", "Make another chain, of a workflow that there is.")  \
    X(WORKFLOW_ARCHIVED, "chain", "An archived workflow cannot be started.",                                           \
      "Restore the workflow, and resume the chain.")                                                                   \
    X(ISSUE_NOT_TAKEN_OVER, "chain", "The issue is still being taken over from its forge.",                            \
      "Wait until a worker has done it, and resume the chain.")                                                        \
    X(ISSUE_GONE, "chain", "There is no issue of this id.", "Make another chain, of the issues that are left.")        \
    X(MEMBER_GONE, "chain", "Whoever set this up is no member of the project any more.",                               \
      "Somebody who is can resume it, and then it acts for them.")                                                     \
    X(KEY_ENDED, "chain", "The key '{key}' set this up and is revoked or has expired.",                                \
      "Resume it with another key, or signed in.")                                                                     \
    X(KEY_OF_TESTS, "chain", "The key '{key}' set this up and is a test key.",                                         \
      "Resume it with a live key, or signed in.")                                                                      \
    X(SCOPE_LOST, "chain", "[The key '{key}'|{person}] set this up and does not have '{scope}' any more.",             \
      "Somebody who has this scope can resume it.")                                                                    \
    /* Candidates; why the chosen one has no pull request, those of forges and of rights say. */                       \
    X(CANDIDATES_NONE, "candidates", "None of the candidates has completed.",                                          \
      "See why each of them ended, and start them again.")                                                             \
    X(JUDGE_NAMED_NONE, "candidates",                                                                                  \
      "The judge has named none[: {detail}|, for its session was cancelled or deleted, or the run that it named was.]",\
      "Compare them, and choose one yourself.")                                                                        \
    /* Pull requests, issues and branches: why their forge did not do, or say, what was asked for. */                            \
    X(FORGE_NOT_ASKED, "forge", "Its forge could not be asked; the worker's log says more.",                           \
      "Look into the worker's log.  A key file that is not the database's, or a machine without memory, is behind "    \
      "most of it.")                                                                                                   \
    X(FORGE_UNKNOWN, "forge", "Its host is none of the forges that the operator knows (setting forges).",              \
      "Ask the operator to add the host to the setting.")                                                              \
    X(FORGE_NO_TOKEN, "forge", "The project's environment has no token for its forge.",                                \
      "Set GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN or GIT_TOKEN in the Project Settings, and refresh it.")             \
    X(FORGE_REFUSED, "forge", "[{detail}|Its forge's answer is not understood.]",                                      \
      "The words are the forge's, or say what became of the question.  Mend that, and refresh it.")                    \
    X(PULL_CLOSED, "forge", "It was closed or merged meanwhile.", "Reopen it at its forge, if it is still wanted.")    \
    X(PULL_DRAFT, "forge", "It is a draft: say at its forge that it is ready for review.",                             \
      "Do so, and merge it again.")                                                                                    \
    X(PULL_CONFLICTS, "forge", "It has conflicts with '{branch}' that must be resolved first.",                        \
      "Resolve them on its branch, and merge it again.")                                                               \
    X(PULL_CHECKS_FAILED, "forge", "Checks fail[ ({checks})]: send 'force' with true to merge all the same.",          \
      "Have them fixed, or merge it all the same.")                                                                    \
    X(PULL_CHECKS_PENDING, "forge",                                                                                    \
      "Checks are not done[ ({checks})]: wait for them, or send 'force' with true to merge all the same.",             \
      "Wait for them, or merge it all the same.")                                                                      \
    X(PULL_HEAD_UNKNOWN, "forge", "Its forge does not say what its last commit is.",                                   \
      "Refresh it; if that does not help, merge it at its forge.")                                                     \
    X(ISSUE_ADDRESS, "forge", "Its address is not that of an issue at a forge.",                                       \
      "Take it over anew, by the address that the forge shows for it.")                                                \
    X(BRANCH_PROTECTED, "forge", "Its forge protects it: take its protection away there first.",                       \
      "Take its protection away at its forge, and delete it again.")                                                   \
    X(BRANCH_MOVED, "forge",                                                                                           \
      "It is at {commit}, which no run of the project has pushed and no merge has taken up: delete it at its forge.",  \
      "See at its forge who has pushed that, and delete it there if nobody wants it.")                                 \
    /* Within others. */                                                                                               \
    X(LIMIT_PERHAPS, "part", "perhaps the limit that is the setting {setting}: {value}", "")                           \
    X(CREDENTIAL_REFUSED, "part", "{host} answered {status} to {reason}", "")                                          \
    X(CREDENTIAL_NONE, "part", "no credential: the project's environment has neither GITHUB_TOKEN nor GIT_TOKEN", "")  \
    X(CREDENTIAL_OF_PROJECT, "part", "{variable} of the project's environment", "")                                    \
    X(CREDENTIAL_OF_OPERATOR, "part", "the setting githubToken of codecourier.conf", "")                               \
    X(HOME_TOO_LARGE, "part", "it holds more than 64 MB", "")                                                          \
    X(LOCAL_REFUSED, "part",                                                                                           \
      "must not be a directory of this machine, unless it lies below one that the operator has listed (setting "       \
      "localRepositories)",                                                                                            \
      "")                                                                                                              \
    X(PROTOCOL_REFUSED, "part",                                                                                        \
      "must not begin with {protocol}://, which the operator has not allowed (setting gitProtocols)",                  \
      "")                                                                                                              \
    X(HOST_REFUSED, "part", "must name a host that is public, or that the operator has listed (setting privateHosts)", \
      "")

/* Values that are texts, and those that are reasons themselves. */
#define CC_REASON_TEXTS(X)                                                                                             \
    X(agent) X(branch) X(bytes) X(checks) X(commit) X(detail) X(exit) X(host) X(install) X(key) X(label) X(path)       \
    X(person) X(protocol) X(run) X(scope) X(seconds) X(setting) X(signal) X(status) X(step) X(times) X(value)          \
    X(variable) X(word)
#define CC_REASON_PARTS(X) X(reason) X(hint) X(credential)

typedef enum cc_reason_code {
    CC_REASON_NONE, /* 0: none */
#define X(code, of, sentence, advice) CC_REASON_##code,
    CC_REASONS(X)
#undef X
    CC_REASON__MAX
} cc_reason_code;

typedef struct cc_reason {
    cc_reason_code code;
    const char    *text;   /* in English, of at most 900 characters */
    const char    *params; /* a JSON object: name to text, or to an object of a code and its values */
} cc_reason;

typedef struct cc_reason_values { /* NULL, and for texts "": it has none */
#define X(name) const char *name;
    CC_REASON_TEXTS(X)
#undef X
#define X(name) const cc_reason *name;
    CC_REASON_PARTS(X)
#undef X
} cc_reason_values;

/*
 * cc_reason_new(a, STEP_TOO_LONG, .seconds = "30").  Never NULL: without memory it is NO_MEMORY.  Lives as long as the
 * arena.
 */
#define cc_reason_new(a, code, ...) cc_reason_make(a, CC_REASON_##code, &(cc_reason_values){__VA_ARGS__})
const cc_reason *cc_reason_make(cc_arena *a, cc_reason_code code, const cc_reason_values *values);
const cc_reason *cc_reason_plain(cc_arena *a, cc_reason_code code); /* without values */
const cc_reason *cc_reason_copy(cc_arena *a, const cc_reason *r);

const char    *cc_reason_name(cc_reason_code code);     /* "STEP_TOO_LONG" */
const char    *cc_reason_code_name(const cc_reason *r); /* NULL: there is none, or it has no code */
const char    *cc_reason_of(cc_reason_code code);       /* "run", "step", "chain", "candidates", "forge", "part" */
const char    *cc_reason_sentence(cc_reason_code code); /* with its values' names */
const char    *cc_reason_advice(cc_reason_code code);   /* "" for parts */
cc_reason_code cc_reason_find(const char *name);        /* CC_REASON_NONE: there is none of this name */

#endif
