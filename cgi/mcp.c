/*
 * `codecourier mcp`: the Model Context Protocol on standard input and output, a message a line, for agents that start
 * their servers themselves.
 *
 * Each line becomes the request that it would be over HTTP, and passes the same gate with the key from the environment.
 * What HTTP would say with a status, such as a key that was revoked meanwhile, is said as an error of JSON-RPC.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "command.h"

typedef struct line {
    char  *text;
    size_t room, left;
    char  *at; /* what of it is still to be read */
} line;

static int64_t
line_read(void *ctx, void *into, size_t size)
{
    line *l = ctx;

    size = size < l->left ? size : l->left;
    memcpy(into, l->at, size);
    l->at += size;
    l->left -= size;
    return (int64_t)size;
}

/* The API's refusal, in the words of the protocol.  A notification is not answered. */
static void
refusal_print(const line *l, const cc_response *response)
{
    cJSON       *asked = cJSON_Parse(l->text), *said = cJSON_ParseWithLength(response->body, response->body_size);
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(asked, "id");
    const char  *message = member_text(cJSON_GetObjectItemCaseSensitive(said, "error"), "message");

    if (id != NULL || asked == NULL) {
        cJSON *answer = need(cJSON_CreateObject());
        char  *text =
            make_text("%s: %s  %s", cc_err_code(response->err),
                      message[0] != '\0' ? message : cc_err_message(response->err), cc_err_advice(response->err));
        need(cJSON_AddStringToObject(answer, "jsonrpc", "2.0"));
        if (id != NULL)
            cJSON_AddItemToObject(answer, "id", need(cJSON_Duplicate(id, true)));
        cJSON *error = need(cJSON_AddObjectToObject(answer, "error"));
        need(cJSON_AddNumberToObject(error, "code", response->status));
        need(cJSON_AddStringToObject(error, "message", text));
        char *print = need(cJSON_PrintUnformatted(answer));
        puts(print);
        free(print);
        free(text);
        cJSON_Delete(answer);
    }
    cJSON_Delete(asked);
    cJSON_Delete(said);
}

static void
message_take(cc_app *app, const char *uri, const char *authorization, line *l)
{
    cc_request request = {.method = "POST",
                          .uri = uri,
                          .remote_addr = "127.0.0.1",
                          .content_length = (int64_t)l->left,
                          .read = line_read,
                          .read_ctx = l,
                          .bare = true};

    request.header[CC_H_AUTHORIZATION] = authorization;
    request.header[CC_H_CONTENT_TYPE] = "application/json";
    cc_response *response;
    cc_app_handle(app, &request, &response);
    if (response->err != CC_OK) {
        refusal_print(l, response);
    } else if (response->body_size > 0) {
        fwrite(response->body, 1, response->body_size, stdout);
        putchar('\n');
    }
    cc_response_free(app, response);
}

/* Until the client closes its end, or does not listen any more. */
static void
messages_take(cc_app *app, const char *uri, const char *authorization)
{
    line    l = {0};
    ssize_t size;

    while ((size = getline(&l.text, &l.room, stdin)) > 0) {
        l.at = l.text;
        l.left = (size_t)size;
        if (l.text[strspn(l.text, " \t\r\n")] == '\0')
            continue;
        message_take(app, uri, authorization, &l);
        if (fflush(stdout) != 0)
            break;
    }
    free(l.text);
}

/* Said before a client waits for an answer that no message will get. */
static int
key_check(cc_app *app, const char *key)
{
    reply r;

    ask(&r, app, NULL, key, "GET", "/api/v1/whoami", NULL);
    const int code = reply_check(&r);
    reply_done(&r);
    return code;
}

int
mcp_run(const arguments *a)
{
    const char *key = getenv("CC_KEY"), *tools = option_or(a, O_TOOLS, "");
    cc_app     *app;

    if (key == NULL || key[0] == '\0') {
        fail(T_MCP_NO_KEY, NULL);
        return EXIT_USAGE;
    }
    if (tools[strspn(tools, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,")] != '\0') {
        fail(T_MCP_TOOLS, NULL);
        return EXIT_USAGE;
    }
    int code = open_app(a, 0, &app);
    if (code != EXIT_FINE)
        return code;
    if ((code = key_check(app, key)) == EXIT_FINE) {
        char *uri = make_text("/api/v1/mcp%s%s", tools[0] != '\0' ? "?tools=" : "", tools);
        char *authorization = make_text("Bearer %s", key);
        messages_take(app, uri, authorization);
        free(authorization);
        free(uri);
    }
    cc_app_close(app);
    return code;
}
