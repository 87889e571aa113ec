/*
 * Every text the command shows to a person, in English, and the one way to say it.  Other languages come from the
 * catalogues in www/words, by way of words.h.
 *
 * Data (--json), secrets and what the API itself says are not here: those stay as they are.  {1} {2} … stand for
 * values, so that a language can put them where its grammar wants them, and no text is ever a printf format.
 *
 *   X(name, English)
 */
#ifndef CODECOURIER_TEXT_H
#define CODECOURIER_TEXT_H

#include <stdio.h>

#define TEXTS(X)                                                                                                       \
    X(NONE, "")                                                                                                        \
    /* ---- help: the frame ---- */                                                                                    \
    X(ABOUT, "CodeCourier {1}: a REST API for coding agents' workflows and runs.")                                     \
    X(USAGE, "Usage:")                                                                                                 \
    X(COMMANDS, "Commands:")                                                                                           \
    X(W_COMMAND, "COMMAND")                                                                                            \
    X(W_OPTIONS, "OPTIONS")                                                                                            \
    X(OPTIONS, "Options:")                                                                                             \
    X(EXAMPLES, "Examples:")                                                                                           \
    X(ENVIRONMENT, "Environment:")                                                                                     \
    X(EXIT_CODES, "Exit codes:")                                                                                       \
    X(SETTINGS, "Settings:")                                                                                           \
    X(REQUIRED, "(required)")                                                                                          \
    X(MORE_HELP, "'{1} help COMMAND' explains one command, '{1} help settings' what codecourier.conf can say.")        \
    X(EXIT_0, "it worked")                                                                                             \
    X(EXIT_1, "it was refused, or it failed")                                                                          \
    X(EXIT_2, "the command line was not understood")                                                                   \
    X(EXIT_3, "the data directory cannot be used: missing, locked, full or not permitted")                             \
    X(ENV_DATA, "the data directory, when --data is not given")                                                        \
    X(ENV_NO_COLOR, "when set, no colours")                                                                            \
    X(ENV_LANG, "language of the texts: de_DE or the like (LC_ALL and LC_MESSAGES come first)")                        \
    /* ---- help: the commands ---- */                                                                                 \
    X(C_INIT, "Make a data directory, with a first project and its owner.")                                            \
    X(D_INIT,                                                                                                          \
      "Shows the owner's one-time password once.  On a directory that has a project already it changes nothing."       \
      "  The file codecourier.conf in it lists all settings.")                                                         \
    X(C_SERVE, "Run the service: lighttpd and its workers.")                                                           \
    X(D_SERVE,                                                                                                         \
      "Makes the data directory when it is not there.  Ctrl-C or SIGTERM ends everything: requests in hand are "       \
      "finished, at most ten seconds long; a second Ctrl-C ends it at once.  With --socket no lighttpd is "            \
      "started, only the workers, for a web server of your own.")                                                      \
    X(C_KEY_CREATE, "Make an API key and show its secret once.")                                                       \
    X(D_KEY_CREATE, "'{1} scopes' lists the scopes.  With --quiet the secret alone is printed, for scripts.")          \
    X(C_KEY_LIST, "List the keys of a project, newest first.")                                                         \
    X(C_KEY_REVOKE, "Revoke keys; they stop working at once.")                                                         \
    X(C_KEY_ROTATE, "Give a key a new secret; the old one lives on for a while.")                                      \
    X(C_KEY_CHECK, "Tell whether a key works, and whose it is.")                                                       \
    X(D_KEY_CHECK,                                                                                                     \
      "The key is read from standard input, where other users of the machine and the shell's history do not see"       \
      " it.")                                                                                                          \
    X(C_PROJECT_CREATE, "Make a project.")                                                                             \
    X(C_PROJECT_LIST, "List the projects, oldest first.")                                                              \
    X(C_USER_ADD, "Add a person, with a one-time password.")                                                           \
    X(C_USER_PASSWORD, "Give a person a new one-time password.")                                                       \
    X(C_MIGRATE, "Move all data to PostgreSQL, or back to SQLite.")                                                    \
    X(D_MIGRATE,                                                                                                       \
      "Copies every table, compares both sides, and only then writes the setting 'database' and puts the old data"     \
      " away.  Who writes meanwhile is told to come again (503); restart all programs afterwards.  When it fails"      \
      " nothing has changed, and it can be tried again.")                                                              \
    X(C_WORK, "Execute runs: take what is waiting, until told to stop.")                                               \
    X(D_WORK,                                                                                                          \
      "Several workers may run at once, on several machines.  With --drain it ends when nothing is waiting, for"       \
      " cron.  Ctrl-C or SIGTERM tells the agents to end and puts their runs back; another worker goes on with "       \
      "them.")                                                                                                         \
    X(C_RUN_START, "Start a run of a workflow.")                                                                       \
    X(C_RUN_CHECK, "Say what a run of a workflow would do, and what stands in its way.")                               \
    X(D_RUN_CHECK, "Starts nothing.  Ends with 0 if the run could be started, with 1 if something would make it fail.") \
    X(C_RUN_LIST, "List runs, newest first.")                                                                          \
    X(C_RUN_WATCH, "Follow a run until it ends.")                                                                      \
    X(D_RUN_WATCH, "Ends with 0 when the run completes, with 1 when it fails or is cancelled.")                        \
    X(C_RUN_LOGS, "Print what a run has said.")                                                                        \
    X(D_RUN_LOGS, "Ends when all of it is printed, unless --follow is given.")                                \
    X(C_RUN_OPEN, "Print where the dashboard shows a run.")                                                            \
    X(C_RUN_CANCEL, "Cancel runs.")                                                                                    \
    X(C_RUN_CHOOSE, "Choose one of several candidates.")                                                               \
    X(D_RUN_CHOOSE,                                                                                                    \
      "It gets the pull request, which a worker opens.  Where a judge has chosen, that stands; a pull request that "   \
      "could not be opened is asked for once more.")                                                                   \
    X(C_RUN_RETRY, "Go on with a finished run from one of its steps, as a new run.")                                  \
    X(C_RUN_DIFF, "Show what a run has changed, as a patch.")                                                          \
    X(C_RUN_COMPARE, "Show two runs beside each other: what each cost, and which files both changed, and alike.")      \
    X(C_PULL_LIST, "List the pull requests that runs have opened, newest first.")                                      \
    X(C_PULL_SHOW, "Show a pull request: its checks, and what its reviews ask for.")                                   \
    X(C_PULL_REFRESH, "Have a worker look at pull requests now.")                                                      \
    X(C_PULL_MERGE, "Have a worker merge a pull request, if nothing stands in its way.")                               \
    X(C_PULL_CLOSE, "Have a worker close pull requests without merging them.")                                         \
    X(C_PULL_FIX, "Start a run that deals with a pull request's failing checks and its reviews.")                         \
    X(C_BRANCH_LIST, "List the branches that runs have pushed, newest first.")                                               \
    X(C_BRANCH_DELETE, "Have a worker delete branches that runs have made, by their names or ids.")                         \
    X(C_ISSUE_IMPORT, "Have a worker take over issues of GitHub, GitLab, Gitea or Forgejo; one that is there stays.")         \
    X(D_PULL_ASKED,                                                                                                    \
      "A worker must be running, for it speaks with the forge.  With --watch the command waits until it has done so, and ends with 1 if that did not work.")\
    X(C_RUN_ARTIFACTS, "List the files that a run's agents left for people, or fetch them.")                            \
    X(D_RUN_ARTIFACTS,                                                                                                 \
      "With a name, that file goes as it is to where --output says; without one, all of them go into that directory:"  \
      " never to a terminal, because an agent wrote them, and never through a symbolic link.  The transcript of each"  \
      " step is among them.")                                   \
    X(C_SANDBOX_OPEN, "Open a sandbox: a workspace with an agent in it, with which one talks.")                        \
    X(C_SANDBOX_SAY, "Say something to a sandbox, and follow it until it is answered.")                                \
    X(C_SANDBOX_COMMIT, "Have what a sandbox has changed committed and pushed, and follow that.")                      \
    X(D_SANDBOX_SAY,                                                                                                   \
      "What was said before is answered first.  Ends with 0 when it is answered, with 1 when it is not.  With --quiet it "\
      "does not wait, and prints the message's id.")                                                                   \
    X(C_SANDBOX_LIST, "List sandboxes, newest first.")                                                                 \
    X(C_SANDBOX_KILL, "End sandboxes and remove their files.")                                                         \
    X(C_WATCH, "Follow what changes in a project, until it is interrupted.")                                           \
    X(D_WATCH,                                                                                                         \
      "A line for each change: its number, when, what was done, and to what.  The number of the last line is where"    \
      " --after goes on.")                                                                                             \
    X(C_MCP, "Speak the Model Context Protocol on standard input and output.")                                         \
    X(D_MCP,                                                                                                           \
      "For agents that start their servers themselves.  The key comes from CC_KEY in the environment; its scopes say"  \
      " which tools there are.  Each line is one message, and so is each answer.")                                    \
    X(C_DOCTOR, "Look whether everything is in order, and say what to do.")                                            \
    X(D_DOCTOR,                                                                                                        \
      "Looks at storage, files and their rights, isolation, git and the agents, and with --url at what the web "       \
      "server hands out.  Ends with 1 when something does not work.")                                                  \
    X(C_ROUTES, "List the routes of the API and the scopes they ask for.")                                             \
    X(C_SCOPES, "List the scopes a key can have.")                                                                     \
    X(C_OPENAPI, "Print the OpenAPI 3.1 description.")                                                                 \
    X(C_SETTINGS, "Print a codecourier.conf with every setting at its default.")                                       \
    X(C_VERSION, "Print the version.")                                                                                 \
    X(C_HELP, "Explain a command.")                                                                                    \
    /* ---- help: the options ---- */                                                                                  \
    X(O_DATA, "Data directory.  Default: $CODECOURIER_DATA, else ./var.")                                              \
    X(O_DATABASE, "A PostgreSQL server to keep the data on.  Default: an SQLite file in the data directory.")           \
    X(O_NEW_KEY, "The key file of the instance on the server is lost: the one here, or a new one, takes its place.")   \
    X(O_TO, "Where to: postgresql://HOST/NAME, or sqlite, the file in the data directory.")                            \
    X(O_PORT, "Port to listen on; 0 takes a free one.  Default: 8080.")                                                \
    X(O_BIND, "Address to listen on.  Default: 127.0.0.1, this machine alone.")                                        \
    X(O_WORKERS, "How many processes answer requests, 1 to 64.  Default: 4.")                                          \
    X(O_TOOLS, "Only the tools of these groups, commas between.")                                                      \
    X(O_URL, "Where clients find the service, to ask the web server there what it hands out.")                         \
    X(O_WWW, "Directory of the dashboard's files.  Default: looked for beside the program.")                           \
    X(O_DOCS, "Directory of the documentation's files.  Default: looked for beside the program.")                      \
    X(O_SOCKET, "Only run workers on this Unix socket; '-' takes the listening socket on standard input.")             \
    X(O_EMAIL, "E-mail address the person signs in with.")                                                             \
    X(O_OWNER, "E-mail address of the owner on a first start.  Default: {1}.")                                         \
    X(O_NAME, "A name to know it by.")                                                                                 \
    X(O_SLUG, "Short name for addresses.  Default: made from the name.")                                               \
    X(O_EXAMPLES, "Put two example workflows into it.")                                                                \
    X(O_ROLE, "member, admin or owner.  Default: member.")                                                             \
    X(O_SCOPES, "What the key may do: scopes separated by commas.")                                                    \
    X(O_PROJECT, "Id or slug of the project.  Default: the only one there is.")                                        \
    X(O_MODE, "live, or test: its runs are rehearsals that cost nothing.  Default: live.")                             \
    X(O_EXPIRES, "When it stops working: 12h, 30d, 8w, or a time such as 2030-01-31T12:00:00Z.  Default: never.")      \
    X(O_NETWORKS, "Addresses it may be used from, separated by commas: 192.0.2.0/24,2001:db8::/32.")                   \
    X(O_RATE_LIMIT, "Requests a minute.  Default: the setting rateLimit.")                                             \
    X(O_METHOD, "How to merge: merge, squash or rebase.  Default: merge.")                                             \
    X(O_ANYWAY, "Merge although checks fail or are not done.")                                                            \
    X(O_ANSWER, "Have runs of it that end told there, as comments that link them.")                                         \
    X(O_ABOUT, "Only what checks say (checks), or only what reviews say (comments).")                                  \
    X(O_FROM_STEP, "The step to begin with, from 1.  Default: the first that was not completed.")                     \
    X(O_OVERLAP, "How long the old secret still works: 0, 90m, 24h, 7d.  Default: 24h.")                               \
    X(O_SLOTS, "How many runs are executed at once; 0 with serve: none.  Default: the setting slots.")                 \
    X(O_DRAIN, "End when nothing is waiting.")                                                                         \
    X(O_WORKFLOW, "Id of the workflow.")                                                                               \
    X(O_PROMPT, "What is to be done.")                                                                                 \
    X(O_CANDIDATES, "How many runs of it, 2 to 8; a judge names the one that gets the pull request.")                  \
    X(O_STATUS, "Only those: pending, running, paused, cancelling, completed, failed or cancelled.")                   \
    X(O_WATCH, "Follow it until it ends.")                                                                             \
    X(O_WAIT, "Wait until it ends, and say only how: ends with 0 if it completes and no checker fails it, else with 1.")   \
    X(O_STEP, "Only this step, from 1.")                                                                               \
    X(O_FOLLOW, "Go on until the run ends.")                                                                           \
    X(O_REPOSITORY, "Address of the repository.  Default: the project's.")                                             \
    X(O_AGENT, "Which agent is in it.  Default: the project's.")                                                       \
    X(O_AFTER, "Begin behind the change of this number.  Default: with what changes from now on.")                     \
    X(O_BROWSER, "Open it in the desktop's browser, too.")                                                             \
    X(O_OUTPUT, "A file, a directory that is there, or '-' for standard output.  Default: -.")                         \
    X(O_FORCE, "Replace a file that is there.")                                                                        \
    X(O_INLINE, "Put every schema where it is used, for programs that follow no $ref.")                                \
    X(O_QUIET, "Print the secret alone; of a run its id.")                                                             \
    X(O_JSON, "Print JSON.")                                                                                           \
    X(O_HELP, "Print this help.")                                                                                      \
    /* ---- the command line was not understood ---- */                                                                \
    X(ERROR, "error:")                                                                                                 \
    X(TRY_HELP, "'{1} --help' explains it.")                                                                           \
    X(NO_COMMAND, "There is no command '{1}'.")                                                                        \
    X(NO_OPTION, "There is no option '{1}'.")                                                                          \
    X(DID_YOU_MEAN, "Did you mean '{1}'?")                                                                             \
    X(OPTION_NOT_HERE, "'{1}' does not take {2}.")                                                                     \
    X(NEEDS_VALUE, "{1} needs a value: {1} {2}")                                                                       \
    X(TAKES_NO_VALUE, "{1} takes no value.")                                                                           \
    X(TWICE, "{1} was given twice.")                                                                                   \
    X(MISSING_OPTION, "{1} is missing.")                                                                               \
    X(MISSING_OPERAND, "{1} is missing.")                                                                              \
    X(TOO_MANY, "'{1}' is one word too many.")                                                                         \
    X(BAD_NUMBER, "{1} must be a whole number from {2} to {3}, not '{4}'.")                                            \
    X(BAD_TIME, "{1} must be a time span such as 90m, 12h or 30d, or a time such as 2030-01-31T12:00:00Z, not '{2}'.") \
    X(BAD_SPAN, "{1} must be a time span such as 0, 90m, 12h or 7d, not '{2}'.")                                       \
    /* ---- the instance ---- */                                                                                       \
    X(CANNOT_OPEN, "{1} cannot be used: {2}")                                                                          \
    X(CANNOT, "{1}: {2}")                                                                                              \
    X(NO_MEMORY, "There is not enough memory.")                                                                        \
    X(NO_PROJECTS, "There is no project yet; make one: {1}")                                                           \
    X(WHICH_PROJECT, "There is more than one project; choose one with --project:")                                     \
    X(NO_SUCH_PROJECT, "There is no project '{1}'.  There are:")                                                       \
    X(REFUSED, "{1} ({2})")                                                                                            \
    X(REFUSED_OPTION, "{1}: {2} ({3})")                                                                                \
    X(ODD_ANSWER, "The answer could not be read.")                                                                     \
    X(MADE_DATA, "Made {1}.")                                                                                          \
    X(DATA_WAS_THERE, "{1} has a project already; nothing was changed.")                                               \
    X(NEW_KEY_HOW, "The key file here counts from now on.  Copy it to the other machines, restart all programs, and "   \
      "enter environment values and tokens again: what was sealed with the lost one cannot be read.")                 \
    X(NEW_PASSWORD_HOW, "For a new one-time password: {1}")                                                            \
    X(OWNER_IS, "Owner: {1}")                                                                                          \
    X(PASSWORD_IS, "One-time password: {1}")                                                                           \
    X(PASSWORD_ONCE, "It is shown this once, and must be changed at the first sign-in.")                               \
    X(START_IT, "Start the service: {1}")                                                                              \
    X(MADE_PROJECT, "Made the project {1}.")                                                                           \
    X(SLUG_TAKEN, "There is a project '{1}' already; choose another --slug.")                                          \
    X(BAD_NAME, "--name must have 1 to 100 characters, --slug small letters, digits and '-'.")                         \
    X(BAD_PERSON, "--email must be an address such as ada@example.org, --role member, admin or owner.")                \
    X(PERSON_THERE, "{1} is there already.")                                                                           \
    X(NO_PERSON, "There is nobody with the address {1}.")                                                              \
    X(ADDED_PERSON, "{1} can sign in now.")                                                                            \
    X(URL_PASSWORD, "A password on a command line can be seen by everybody on this machine.  Leave it out of --database, and put it into ~/.pgpass, PGPASSWORD or codecourier.conf.") \
    X(NOT_TO_A_TERMINAL, "An agent wrote that file, and it could do anything to your terminal.  Send it elsewhere: --output {1}") \
    X(FILE_THERE, "{1} is there already; --force replaces it.")                                                        \
    X(TO_WHAT, "--to must be postgresql://HOST/NAME, or sqlite.")                                                      \
    X(TABLE_THERE, "{1}: {2} rows")                                                                                    \
    X(MOVED, "All data are at the new place, and the setting 'database' says so.  Restart all programs now.")          \
    X(OLD_AWAY, "The old database is kept as {1}; delete it when you need it no more.")                                \
    X(OLD_READ_ONLY, "The old database on the server is as it was; end the programs that still use it, and drop it when you need it no more.") \
    X(CANNOT_MOVE, "The data could not be moved: {1}")                                                                 \
    X(CONF_THERE, "{1} is there already.  Write 'database = {2}' into it, and leave --database out.")                  \
    X(NO_CONF, "{1} could not be written: {2}")                                                                        \
    X(CONF_WHAT, "CodeCourier's settings: \"name = value\", one to a line.  '#' begins a comment.")                    \
    X(CONF_HOW, "Take the '#' in front of a setting away to change it.")                                               \
    X(CONF_WHEN, "Programs read this file when they open the database beside it: restart the service after a change.") \
    /* ---- keys ---- */                                                                                               \
    X(KEY_MADE, "Key \"{1}\" ({2}) for the project {3}.  This is its secret, shown this once:")                        \
    X(KEY_MAY, "It may:")                                                                                              \
    X(KEY_ENDS, "It works until {1}.")                                                                                 \
    X(KEY_FOREVER, "It works until it is revoked: {1}")                                                                \
    X(KEY_FROM, "It works from {1} only.")                                                                             \
    X(KEY_TEST, "It is a test key: the runs it starts are rehearsals, call nothing and cost nothing.")                 \
    X(KEY_OLD_UNTIL, "The old secret works for another {1}.")                                                          \
    X(KEY_OLD_GONE, "The old secret does not work any more.")                                                          \
    X(KEY_REVOKED, "Revoked {1}.")                                                                                     \
    X(KEY_NONE, "The project {1} has no keys yet.")                                                                    \
    X(TRY_IT, "Try it:")                                                                                               \
    X(PASTE_KEY, "Paste the key (it is not shown): ")                                                                  \
    X(NO_KEY_GIVEN, "No key came on standard input.  Try: {1}")                                                        \
    X(KEY_MALFORMED, "This is not a whole key: a key is cc_live_ or cc_test_ and 38 letters and digits.")              \
    X(KEY_WELL_FORMED_ONLY, "The key is well-formed, but it does not work here:")                                      \
    X(KEY_WORKS, "The key works.")                                                                                     \
    X(NEVER, "never")                                                                                                  \
    X(ANY_KEY, "any key")                                                                                              \
    X(NO_KEY, "no key")                                                                                                \
    /* ---- headings of tables ---- */                                                                                 \
    X(H_ID, "Id")                                                                                                      \
    X(H_NAME, "Name")                                                                                                  \
    X(H_SLUG, "Slug")                                                                                                  \
    X(H_PREFIX, "Begins")                                                                                              \
    X(H_SCOPES, "Scopes")                                                                                              \
    X(H_SCOPE, "Scope")                                                                                                \
    X(H_INCLUDES, "Includes")                                                                                          \
    X(H_MEANING, "Meaning")                                                                                            \
    X(H_MODE, "Mode")                                                                                                  \
    X(H_USED, "Last used")                                                                                             \
    X(H_EXPIRES, "Expires")                                                                                            \
    X(H_AHEAD, "Ahead")                                                                                                \
    X(H_BEHIND, "Behind")                                                                                              \
    X(H_CHECKS, "Checks")                                                                                              \
    X(H_TITLE, "Title")                                                                                                \
    X(H_ADDRESS, "Address")                                                                                            \
    X(H_CREATED, "Made")                                                                                               \
    X(H_METHOD, "Method")                                                                                              \
    X(H_PATH, "Path")                                                                                                  \
    X(H_SUMMARY, "What it does")                                                                                       \
    X(H_PROJECT, "Project")                                                                                            \
    X(H_STATUS, "Status")                                                                                              \
    X(H_NUMBER, "No.")                                                                                                 \
    X(H_TYPE, "Type")                                                                                                  \
    X(H_BYTES, "Bytes")                                                                                                \
    X(H_VERDICT, "Verdict")                                                                                            \
    X(H_SECONDS, "Seconds")                                                                                            \
    X(H_TOKENS, "Tokens")                                                                                              \
    X(H_DOLLARS, "US$")                                                                                                \
    X(H_CHANGES, "Files: lines")                                                                                       \
    X(H_AGENTS, "Agents")                                                                                              \
    X(H_FIRST, "First run")                                                                                            \
    X(H_SECOND, "Second run")                                                                                          \
    X(H_SAME, "Same")                                                                                                  \
    X(H_MESSAGES, "Messages")                                                                                          \
    X(H_STEP, "Step")                                                                                                  \
    X(SANDBOX_OPENED, "Opened sandbox {1} ({2}).")                                                                     \
    X(SANDBOX_UNANSWERED, "There is no answer: {1}.")                                                                  \
    X(SANDBOX_NOW, "Sandbox {1}: {2}.")                                                                                \
    X(RUN_STARTED, "Started run {1} ({2}).")                                                                           \
    X(CANDIDATES_STARTED, "Started {1} candidates, group {2}; the first is run {3}.")                                  \
    X(RUN_CHOSEN, "Run {1} is chosen.")                                                                                \
    X(CHECK_CANDIDATES, "{1} runs like this, and a judge who names the best one.")                                     \
    X(CHECK_ERROR, "error:")                                                                                           \
    X(CHECK_WARNING, "warning:")                                                                                       \
    X(CHECK_STEP, "step {1}:")                                                                                         \
    X(CHECK_FINE, "It can be started.")                                                                                \
    X(CHECK_NOT, "It would fail.")                                                                                     \
    X(CHECK_ANY, "the first agent that is installed")                                                                  \
    X(PULL_IS, "#{1} {2}: {3}, checks: {4}")                                                                           \
    X(PULL_ASKED, "{1}: a worker is asked to do it.")                                                                  \
    X(PULL_DONE, "{1}: {2}.")                                                                                          \
    X(PULL_NOT, "{1}: it was not done: {2}")                                                                           \
    X(PULL_STALE, "It could not be looked at the last time: {1}")                                                      \
    X(RUN_NOW, "Run {1}: {2}.")                                                                                        \
    X(RUN_ENDED, "Run {1}: {2}.")                                                                                      \
    X(RUN_WHY, "Why:")                                                                                                 \
    X(RUN_ROUND, "round {1}")                                                                                          \
    X(MCP_NO_KEY, "Put the key that the agent shall use into CC_KEY; 'codecourier key create' makes one.")             \
    X(MCP_TOOLS, "--tools must be names of groups with commas between, such as runs,workflows.")                       \
    X(WORK_SLOTS, "--slots must be a whole number from 1 to 256.")                                                     \
    X(WORK_FAILED, "The worker cannot go on: {1}")                                                                     \
    X(DOCTOR_FINE, "Everything is in order.")                                                                          \
    X(DOCTOR_MIND, "{1} of {2} need attention.")                                                                       \
    X(OUTSIDE_PROGRAM,                                                                                                 \
      "{1} hands out the program itself instead of running it: see cgi/conf for a configuration that does.")           \
    X(OUTSIDE_SOURCE,                                                                                                  \
      "{1} hands out the text of a program instead of running it: see cgi/conf for a configuration that does.")        \
    X(OUTSIDE_DATA, "{1} hands out a file that nobody may see: move the data directory out of the web space.")         \
    X(OUTSIDE_HIDDEN, "answers, and hands out neither the program nor data ({1} addresses tried)")                     \
    X(OUTSIDE_SILENT, "{1} does not answer.")                                                                          \
    X(OUTSIDE_OTHER, "{1}/api/v1/health answers {2} and not as CodeCourier does.")                                     \
    X(OUTSIDE_DATA_PLACE, "{1} lies in the web space {2}, where anybody may fetch it: move it out.")                   \
    X(OUTSIDE_PROGRAM_PLACE,                                                                                           \
      "{1} lies in the web space {2}, and the web server may read it: chmod 711 lets it be run only.")                 \
    X(MAIL_FINE, "sent by {1}")                                                                                        \
    X(MAIL_FROM, "None are sent: mailFrom does not say from whom.")                                                    \
    X(MAIL_PROGRAM, "{1} is no program that can be started: no e-mails are sent.")                                     \
    X(MAIL_SMTP, "The libcurl of this machine knows no SMTP: name a program in place of {1}.")                         \
    X(MAIL_PASSWORD, "{1} needs a password, and the file that mailPasswordFile names cannot be read or is empty.")     \
    X(MAIL_PASSWORD_OPEN, "Everybody on this machine can read the password in {2}: chmod 600.")                        \
    X(H_KEY, "Key")                                                                                                    \
    /* ---- serve ---- */                                                                                              \
    X(SERVE_FIRST, "First start: made {1} with the project {2} and its owner.")                                        \
    X(SERVE_SIGN_IN, "Sign in as {1}, one-time password {2}")                                                          \
    X(SERVE_READY, "Ready: {1}")                                                                                       \
    X(SERVE_READY_SOCKET, "Ready: {1} workers on {2}")                                                                 \
    X(SERVE_DASHBOARD, "Dashboard: {1}")                                                                               \
    X(SERVE_NEXT, "Type next, in another terminal:")                                                                   \
    X(SERVE_STOP, "Ctrl-C ends it.")                                                                                   \
    X(SERVE_STOPPING, "Ending; Ctrl-C again ends at once.")                                                            \
    X(SERVE_STOPPED, "Ended.")                                                                                         \
    X(SERVE_OPEN_WORLD,                                                                                                \
      "{1} is not this machine alone: others can reach the service, without encryption.  Put a web server with "       \
      "TLS in front.")                                                                                                 \
    X(SERVE_BAD_BIND, "--bind must be an IPv4 or IPv6 address, not '{1}'.")                                            \
    X(SERVE_BIND_NOT_OURS, "{1} is not an address of this machine; try --bind 127.0.0.1.")                             \
    X(SERVE_PORT_USED, "Port {1} is in use by another program; choose another one, such as --port {2}.")               \
    X(SERVE_PORT_LOW, "Ports below 1024 need special rights; choose another one, such as --port 8080.")                \
    X(SERVE_NO_LIGHTTPD, "lighttpd is not installed.  On Debian and Ubuntu: sudo apt install lighttpd")                \
    X(SERVE_NO_PROGRAM, "codecourier.cgi is not there, neither at {1} nor at {2}; build it with 'make'.")              \
    X(SERVE_RUNS_ALREADY, "The service runs already on {1} (process {2}).  Stop that one first.")                      \
    X(SERVE_BAD_STDIN, "--socket - needs a listening Unix socket as standard input.")                                  \
    X(SERVE_LONG_SOCKET, "The path of a Unix socket can have 107 characters: {1} is longer.")                          \
    X(SERVE_BAD_PATH, "lighttpd cannot be told of a path with {2} in it: {1}")                                         \
    X(SERVE_NO_FILES, "{1} is not a directory.")                                                                       \
    X(SERVE_WEB_WORKER, "a web worker")                                                                                \
    X(SERVE_RUN_WORKER, "the worker that executes runs")                                                               \
    X(SERVE_CHILD_ENDED, "{1} ended ({2}); started again after {3} s")                                                 \
    X(SERVE_WEB_ENDED, "lighttpd ended ({1}); what it wrote stands above.")                                            \
    X(SERVE_NO_ANSWER, "The service does not answer on {1} after {2} seconds; what it wrote stands above.")            \
    X(SERVE_EXIT, "exit code {1}")                                                                                     \
    X(SERVE_SIGNAL, "signal {1}")

typedef enum text_id {
#define X(name, english) T_##name,
    TEXTS(X)
#undef X
        T__MAX
} text_id;

/* The values for {1}, {2} …: say(stdout, T_MADE_DATA, WITH(path)).  NULL when there are none. */
#define WITH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Choose the language from LC_ALL, LC_MESSAGES and LANG.  Before it is called, all is English. */
void text_start(void);

/* The text as it stands, with its {1}. */
const char *text(text_id id);

/*
 * A line that the core has composed in English (a meaning, a check of `doctor`, why something cannot be opened), in the
 * person's language; malloc'ed.  As it is when the catalogue does not know it.
 */
char *text_of_core(const char *english);
const char *word_of_core(const char *english); /* the same of what has no values in it, such as a state; to be kept */
const char *sentence_of(const char *code);     /* a reason's, for cc_reason_fill; NULL: it is as the core has said it */

/* Fill the values in; malloc'ed, never NULL (ends the program when memory is out). */
char *text_with(text_id id, const char *const *values);

/* Print it, without a line's end; a line's end as well. */
void say(FILE *to, text_id id, const char *const *values);
void say_line(FILE *to, text_id id, const char *const *values);

#endif
