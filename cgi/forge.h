/*
 * Forges: what a worker asks GitHub, GitLab or Gitea for, and what each of them calls it.
 *
 * Runs in a process of its own, which a worker starts, watches and may kill; so it simply waits for answers.  Only the
 * command has this: libcurl and its TLS library would double the start of the web program.
 */
#ifndef CODECOURIER_FORGE_H
#define CODECOURIER_FORGE_H

#include <curl/curl.h>

#include "command.h"

/* What a pull request is shown with at most. */
enum { FORGE_CHECKS = 100, FORGE_COMMENTS = 100, FORGE_LOGS = 5, FORGE_LOG_TEXT = 8000, FORGE_ERROR = 400 };
/* And an issue: bytes. */
enum { FORGE_TITLE = 1000, FORGE_ISSUE_TEXT = 1024 * 1024 };

/*
 * One call, under way.  `at` is the API's address with the repository's place in it ("https://api.github.com/repos/
 * acme/shop"); `answer` is what becomes of it, in words that are the same for every forge (codecourier.h,
 * cc_forge_call).
 */
typedef struct forge {
    const cc_forge_call *call;
    char                *at;
    CURL                *curl;
    struct curl_slist   *headers;
    const char          *condition; /* the ETag that the next answer need not be sent for; NULL: none */
    char                *text;      /* the last answer as it came, NUL at the end; NULL: it was empty */
    size_t               text_size;
    long                 status;
    cJSON               *json; /* the same; NULL: no JSON */
    char                 etag[200];
    long                 retry_after;        /* s; 0: it did not say */
    bool                 spent;              /* no more questions until then: */
    long long            again_at;           /* s since 1970; 0: it did not say */
    char                 error[FORGE_ERROR]; /* why it did not work */
    cJSON               *answer;
} forge;

/* A forge's own words for each thing that is asked for.  All return whether it went well, or have said why not. */
typedef struct forge_kind {
    const char *name;        /* as in cc_forge_call */
    const char *people;      /* as people call it */
    bool (*begin)(forge *f); /* after forge_http_open: address and headers */
    bool (*open)(forge *f);
    bool (*look)(forge *f);
    bool (*merge)(forge *f);
    bool (*close)(forge *f);
    bool (*issue)(forge *f);
    bool (*comment)(forge *f);
    /* Of f->call->branch; base is the branch to compare it with, or NULL where that is the same one. */
    bool (*branch)(forge *f, const char *base);
    bool (*remove)(forge *f);
    bool (*may_push)(forge *f);
} forge_kind;

extern const forge_kind forge_github, forge_gitlab, forge_gitea;

/* ---- forge_http.c ---- */

bool forge_http_open(forge *f);
void forge_http_close(forge *f);
bool forge_header(forge *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The repository's path at its host, "acme/shop", each part fit for a URL; malloc'ed.  NULL: that has been said. */
char *forge_path(forge *f, bool nested);
/* `below` is behind f->at; body NULL: none; it is given back.  false: there was no answer at all. */
bool forge_ask(forge *f, const char *method, cJSON *body, const char *below, ...) __attribute__((format(printf, 4, 5)));
/* The same for a text that may stand at another place, which is asked without the token; its end, cut. */
bool  forge_log(forge *f, char **text, const char *below, ...) __attribute__((format(printf, 3, 4)));
char *forge_escape(forge *f, const char *text);      /* for a URL; malloc'ed */
char *forge_escape_path(forge *f, const char *text); /* the same, but for '/' */
/* Everything that is asked for lies below API/WHAT/PATH; gives the path back. */
bool forge_at(forge *f, const char *what, char *path);

/* ---- forge.c ---- */

/* Note why; false, for the caller to return. */
bool forge_fail(forge *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* It answered, and not as hoped: with its own words, and nothing that should not be told. */
bool forge_refused(forge *f);

/* The same of what a token need not reach: then there is nothing of it, and that is well. */
bool forge_unreached(forge *f);
/* The last answer, for the caller to delete: the next question would. */
cJSON *forge_take(forge *f);
/*
 * Read the pull request COLLECTION/NUMBER and `read` it.  Whether it has changed is asked with what was
 * answered the last time: where that is known such a question costs nothing.  *head: its last commit; malloc'ed, or
 * NULL.
 */
bool forge_look(forge *f, const char *collection, bool (*read)(forge *f, const cJSON *pull), char **head);
bool forge_merged(forge *f); /* was it?  The last answer says so */
/* What a pull request is merged into: as asked, or else the repository's default branch; malloc'ed. */
bool forge_base(forge *f, char **base);

/* Members of an answer: "" or NULL when they are not there. */
const char  *forge_text(const cJSON *json, const char *name);
const cJSON *forge_member(const cJSON *json, const char *name);
bool         forge_true(const cJSON *json, const char *name);
const cJSON *forge_list(const forge *f); /* the last answer, if it is one that went well; else NULL */
long long    forge_number(const cJSON *json, const char *name);

/*
 * The issue that the last answer is, with the names that this forge gives to its address and its text.  *pull: a member
 * that only a pull request has; NULL: it cannot be one.
 */
bool forge_issue(forge *f, const char *address, const char *text, const char *pull);
/* POST the comment to COLLECTION, unless one with the call's marker is among those of COLLECTION?LIST. */
bool forge_comment(forge *f, const char *collection, const char *list);
/* What GitHub's and Gitea's APIs have in common. */
bool forge_common_issue(forge *f);
bool forge_common_comment(forge *f);

/* How a forge tells of branches. */
typedef struct forge_branches {
    const char *collection, *commit; /* commit: the member of a branch's commit that has its name */
    char *(*escape)(forge *f, const char *text);
    bool (*compare)(forge *f, const char *base, const char *name); /* say "ahead" and "behind"; both are escaped */
} forge_branches;

/* Say what f->call->branch is like, and how it stands to `base` (NULL: to none), or that it is not there. */
bool forge_branch(forge *f, const forge_branches *at, const char *base);
/* Whether the branch may be pushed to, where the last answer about it has a member that says so. */
bool forge_say_may_push(forge *f, const char *member);
bool forge_say_no_push(forge *f, const char *rule); /* "asks for pull requests" */
/* DELETE what lies there.  That it is gone already is well. */
bool forge_branch_remove(forge *f, const char *collection, const char *branch);

/* What becomes of the answer. */
bool forge_say_pull(forge *f, const cJSON *pull); /* one of GitHub's form, which is Gitea's as well */
void forge_say(forge *f, const char *name, const char *text);
void forge_say_long(forge *f, const char *name, const char *text, size_t most); /* bytes */
void forge_say_number(forge *f, const char *name, long long number);
void forge_say_bool(forge *f, const char *name, bool value);
/* status: success, failure, pending or neutral; text: what it says, or NULL. */
void forge_say_check(forge *f, const char *name, const char *status, const char *url, const char *text);
void forge_say_comment(forge *f, const char *author, const char *path, long long line, const char *text,
                       const char *url);

/* provider.c: of a call that is for no forge. */
int provider_run(const cc_forge_call *call, int out);

#endif
