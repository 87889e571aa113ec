/*
 * `codecourier issue …`: issues of forges, taken over.
 */
#include "command.h"

static int
import_one(void *ctx, const arguments *a, cc_app *app, const char *project, const char *url)
{
    cJSON *body = need(cJSON_CreateObject());

    (void)ctx;
    need(cJSON_AddStringToObject(body, "url", url));
    if (a->option[O_ANSWER] != NULL)
        need(cJSON_AddTrueToObject(body, "commentOnIssue"));
    return ask_worker(a, app, project, "issues", "title", url, "POST", make_text("/api/v1/issues/import"), body);
}

int
issue_import_run(const arguments *a)
{
    return each_operand(a, import_one, NULL);
}
