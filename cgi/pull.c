/*
 * Open a pull request through GitHub's REST API, after a run's branch has been pushed.
 *
 * Runs in a process of its own, which a worker starts, watches and may kill; so it simply waits for answers.  Only the
 * command has this: libcurl and its TLS library would double the start of the web program.
 *
 * The token goes out in one header, to the host that the operator's setting githubApi names and to no other: redirects
 * are refused rather than followed, proxies of the environment are not used, certificates are verified, and without TLS
 * only this machine itself is spoken to.  It is in no message: what GitHub says is dropped if it should hold it.
 */
#include <curl/curl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

enum { CONNECT_S = 10, ANSWER_S = 30, ANSWER_MOST = 4 * 1024 * 1024, URL_MOST = 1024, TEXT_MOST = 400 };

typedef struct pull {
    const cc_pull_request *asked;
    char                   owner[128], repository[128], base[256];
    CURL                  *curl;
    struct curl_slist     *headers;
    char                  *answer;
    size_t                 answer_size;
    long                   status;
    cJSON                 *json;             /* the last answer; NULL: none, or no JSON */
    char                   error[TEXT_MOST]; /* why it did not work */
} pull;

/* Note why; false, for the caller to return. */
static bool __attribute__((format(printf, 2, 3))) fail_with(pull *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(p->error, sizeof(p->error), format, args);
    va_end(args);
    for (char *c = p->error; *c != '\0'; c++)
        if (*c < 0x20 || *c >= 0x7f) /* one line, and no character cut in two */
            *c = '?';
    return false;
}

/* ---- whose repository ----------------------------------------------------------------------------- */

/* A name that may stand in a URL as it is. */
static bool
name_copy(char *out, size_t room, const char *from, size_t size)
{
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

    if (size == 0 || size >= room || strspn(from, fine) < size || from[0] == '.')
        return false;
    memcpy(out, from, size);
    out[size] = '\0';
    return true;
}

/* https://HOST/OWNER/REPOSITORY, ssh://git@HOST/OWNER/REPOSITORY or git@HOST:OWNER/REPOSITORY; .git may follow. */
static bool
repository_read(pull *p)
{
    const char *url = p->asked->repository, *scheme = strstr(url, "://");
    const char *path = scheme != NULL ? strchr(scheme + 3, '/') : strchr(url, ':');
    const char *slash = path != NULL ? strchr(path + 1, '/') : NULL;

    if (slash != NULL) {
        size_t size = strlen(slash + 1);
        if (size > 0 && slash[size] == '/')
            size--;
        if (size > 4 && strncmp(slash + 1 + size - 4, ".git", 4) == 0)
            size -= 4;
        if (name_copy(p->owner, sizeof(p->owner), path + 1, (size_t)(slash - path) - 1) &&
            name_copy(p->repository, sizeof(p->repository), slash + 1, size))
            return true;
    }
    return fail_with(p, "the repository's address does not end with an owner and a name");
}

/* ---- one request ---------------------------------------------------------------------------------- */

static size_t
hear(char *data, size_t one, size_t size, void *ctx)
{
    pull *p = ctx;
    char *more = p->answer_size + size < ANSWER_MOST ? realloc(p->answer, p->answer_size + size + 1) : NULL;

    if (more == NULL)
        return 0;
    p->answer = more;
    memcpy(p->answer + p->answer_size, data, size * one);
    p->answer_size += size;
    p->answer[p->answer_size] = '\0';
    return size;
}

static bool
header_add(pull *p, const char *line)
{
    struct curl_slist *more = curl_slist_append(p->headers, line);

    p->headers = more != NULL ? more : p->headers;
    return more != NULL;
}

/* Without TLS the token could be read on the way: only to this machine itself. */
static bool
is_here(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
        if (strncmp(url, here[i], strlen(here[i])) == 0 && strchr(":/", url[strlen(here[i])]) != NULL)
            return true;
    return false;
}

static bool
prepare(pull *p)
{
    const char *token = p->asked->token, *api = p->asked->api;
    bool        here = is_here(api);
    char       *line;

    for (const char *c = token; *c != '\0'; c++)
        if (*c <= 0x20 || *c >= 0x7f)
            return fail_with(p, "the token holds characters that no token has");
    if (strncmp(api, "https://", 8) != 0 && !here)
        return fail_with(p, "the setting githubApi must begin with https://");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (p->curl = curl_easy_init()) == NULL)
        return fail_with(p, "there is not enough memory");
    line = make_text("Authorization: Bearer %s", token);
    bool fine = header_add(p, line) && header_add(p, "Accept: application/vnd.github+json") &&
                header_add(p, "X-GitHub-Api-Version: 2022-11-28") && header_add(p, "Content-Type: application/json") &&
                header_add(p, "Expect:");
    free(line);
    if (!fine)
        return fail_with(p, "there is not enough memory");
    CURL *c = p->curl;
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, here ? "http" : "https");
#else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(here ? CURLPROTO_HTTP : CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)ANSWER_S);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "codecourier/" CC_VERSION);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, p->headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, p);
    return true;
}

/* body NULL: GET.  false: there was no answer at all. */
static bool
request(pull *p, const char *path, const char *body)
{
    const char *api = p->asked->api;
    size_t      n = strlen(api);
    char        url[URL_MOST];

    while (n > 0 && api[n - 1] == '/')
        n--;
    if (snprintf(url, sizeof(url), "%.*s/repos/%s/%s%s", (int)n, api, p->owner, p->repository, path) >=
        (int)sizeof(url))
        return fail_with(p, "the address is too long");
    p->answer_size = 0;
    cJSON_Delete(p->json);
    p->json = NULL;
    curl_easy_setopt(p->curl, CURLOPT_URL, url);
    if (body != NULL) {
        curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(p->curl, CURLOPT_COPYPOSTFIELDS, body);
    } else {
        curl_easy_setopt(p->curl, CURLOPT_HTTPGET, 1L);
    }
    CURLcode code = curl_easy_perform(p->curl);
    if (code != CURLE_OK)
        return fail_with(p, "%s did not answer: %s", api, curl_easy_strerror(code));
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &p->status);
    p->json = p->answer_size > 0 ? cJSON_Parse(p->answer) : NULL;
    return true;
}

/* ---- what was answered ---------------------------------------------------------------------------- */

static const char *
text_of(const cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));

    return text != NULL ? text : "";
}

static bool
refused(pull *p)
{
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(p->json, "errors"), 0);
    const char  *message = text_of(p->json, "message"), *detail = text_of(first, "message");

    if (p->status >= 300 && p->status < 400)
        return fail_with(p, "GitHub answered %ld: the repository has moved", p->status);
    return fail_with(p, "GitHub answered %ld%s%.150s%s%.150s", p->status, *message ? ": " : "", message,
                     *detail ? ": " : "", detail);
}

static bool
base_find(pull *p)
{
    if (!request(p, "", NULL))
        return false;
    const char *base = text_of(p->json, "default_branch");
    if (p->status != 200 || *base == '\0')
        return refused(p);
    if (strcmp(base, p->asked->branch) == 0)
        return fail_with(p, "the branch is the repository's own main branch");
    snprintf(p->base, sizeof(p->base), "%s", base);
    return true;
}

/* The one that is open for this branch already, from an earlier run or a worker that was lost a moment ago. */
static bool
known(pull *p, const cJSON **found)
{
    char *head = curl_easy_escape(p->curl, p->asked->branch, 0), *base = curl_easy_escape(p->curl, p->base, 0);
    char *path = make_text("/pulls?state=open&head=%s:%s&base=%s", p->owner, head ? head : "", base ? base : "");
    bool  fine = request(p, path, NULL);

    free(path);
    curl_free(base);
    curl_free(head);
    *found = fine && p->status == 200 ? cJSON_GetArrayItem(p->json, 0) : NULL;
    return *found != NULL;
}

static bool
ask_for_it(pull *p, bool draft)
{
    cJSON *body = need(cJSON_CreateObject());

    need(cJSON_AddStringToObject(body, "title", p->asked->title));
    need(cJSON_AddStringToObject(body, "head", p->asked->branch));
    need(cJSON_AddStringToObject(body, "base", p->base));
    need(cJSON_AddStringToObject(body, "body", p->asked->text));
    if (draft)
        need(cJSON_AddTrueToObject(body, "draft"));
    char *text = need(cJSON_PrintUnformatted(body));
    bool  fine = request(p, "/pulls", text);
    free(text);
    cJSON_Delete(body);
    return fine;
}

/* Not every repository has drafts; its text says what it is either way. */
static bool
open_it(pull *p, const cJSON **made)
{
    bool fine = ask_for_it(p, p->asked->draft);

    if (fine && p->status == 422 && p->asked->draft && strstr(text_of(p->json, "message"), "Draft") != NULL)
        fine = ask_for_it(p, false);
    if (!fine)
        return false;
    if (p->status == 201) {
        *made = p->json;
        return true;
    }
    refused(p);
    if (p->status != 422)
        return false;
    char why[TEXT_MOST];
    memcpy(why, p->error, sizeof(why));
    if (known(p, made))
        return true;
    memcpy(p->error, why, sizeof(why));
    return false;
}

/* ---- the hook ------------------------------------------------------------------------------------- */

static bool
print(const pull *p, const cJSON *made, int out)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(made, "number");
    cJSON       *json = need(cJSON_CreateObject());

    if (made != NULL) {
        need(cJSON_AddStringToObject(json, "url", text_of(made, "html_url")));
        need(cJSON_AddStringToObject(json, "status", text_of(made, "state")));
        need(cJSON_AddNumberToObject(json, "number", cJSON_IsNumber(number) ? number->valuedouble : 0));
    } else {
        need(cJSON_AddStringToObject(json, "error",
                                     strstr(p->error, p->asked->token) ? "GitHub refused it." : p->error));
    }
    char *text = need(cJSON_PrintUnformatted(json)), *line = make_text("%s\n", text);
    bool  fine = write(out, line, strlen(line)) == (ssize_t)strlen(line);
    free(line);
    free(text);
    cJSON_Delete(json);
    return fine;
}

int
pull_request_open(const cc_pull_request *asked, int out)
{
    pull         p = {.asked = asked};
    const cJSON *made = NULL;

    signal(SIGPIPE, SIG_IGN); /* a connection that breaks is an answer, too */
    bool fine = repository_read(&p) && prepare(&p) && base_find(&p) && open_it(&p, &made);

    if (fine && strncmp(text_of(made, "html_url"), "https://", 8) != 0)
        fine = fail_with(&p, "GitHub's answer is not understood");
    fine = print(&p, fine ? made : NULL, out) && fine;
    cJSON_Delete(p.json);
    free(p.answer);
    curl_slist_free_all(p.headers);
    curl_easy_cleanup(p.curl);
    return fine ? EXIT_FINE : EXIT_REFUSED;
}
