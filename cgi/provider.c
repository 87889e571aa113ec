/*
 * Whether a provider takes a key: one request, of whose answer nothing counts but its status.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "forge.h"
#include "http.h"

enum { CONNECT_S = 10, ANSWER_S = 20, ANSWER_MOST = 65536 };

/* Too much of it ends the call, and its status counts all the same. */
static size_t
hear(char *data, size_t one, size_t size, void *ctx)
{
    size_t *heard = ctx;

    (void)data;
    *heard += one * size;
    return *heard <= ANSWER_MOST ? one * size : 0;
}

static struct curl_slist *
headers_of(const cc_forge_call *call)
{
    char              *shown = make_text("%s%s", call->header, call->token);
    struct curl_slist *all = need(curl_slist_append(NULL, shown));

    free(shown);
    for (const char *at = call->text; at != NULL && *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
        char *line = make_text("%.*s", (int)strcspn(at, "\n"), at);
        all = need(curl_slist_append(all, line));
        free(line);
    }
    return all;
}

/* 0: there was no answer. */
static long
status_of(CURL *c, const cc_forge_call *call)
{
    http_guard         guard = {.permitted = call->permitted};
    struct curl_slist *headers = headers_of(call);
    size_t             heard = 0;
    long               status = 0;

    http_prepare(c, true, true, CONNECT_S, ANSWER_S);
    http_guarded(c, &guard);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &heard);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_URL, call->api);
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    return status;
}

int
provider_run(const cc_forge_call *call, int out)
{
    CURL *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    char  line[64];

    if (c == NULL)
        return EXIT_TROUBLE;
    signal(SIGPIPE, SIG_IGN);
    const int size = snprintf(line, sizeof(line), "{\"status\":%ld}\n", status_of(c, call));
    curl_easy_cleanup(c);
    return write(out, line, (size_t)size) == size ? EXIT_FINE : EXIT_REFUSED;
}
