/*
 * `codecourier branch …`: the branches that runs have pushed, and which of them are to go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static void
print_branches(const cJSON *branches)
{
    static const text_id headings[] = {T_H_ID, T_H_NAME, T_H_STATUS, T_H_AHEAD, T_H_BEHIND, T_NONE};
    const cJSON         *branch;
    table                list;

    table_start(&list, headings);
    cJSON_ArrayForEach(branch, branches)
    {
        const bool looked = member_text(branch, "refreshedAt")[0] != '\0';
        char      *ahead = looked ? make_text("%.0f", member_number(branch, "ahead")) : NULL;
        char      *behind = looked ? make_text("%.0f", member_number(branch, "behind")) : NULL;
        const bool merged = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(branch, "merged"));
        table_add(&list,
                  (const char *const[]){member_text(branch, "id"), member_text(branch, "name"),
                                        word_of_core(merged ? "merged" : member_text(branch, "state")), ahead, behind});
        free(behind);
        free(ahead);
    }
    table_print(&list, stdout);
}

int
branch_list_run(const arguments *a)
{
    return ask_and_show(a, "GET", list_path(a, "branches", "state"), NULL, print_branches);
}

/* For a query; malloc'ed. */
static char *
query_text(const char *text)
{
    static const char plain_ones[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    char             *out = need(malloc(3 * strlen(text) + 1)), *to = out;

    for (; *text != '\0'; text++)
        if (strchr(plain_ones, *text) != NULL)
            *to++ = *text;
        else
            to += sprintf(to, "%%%02X", (unsigned)(unsigned char)*text);
    *to = '\0';
    return out;
}

/* What is meant by a name or an id; malloc'ed.  One that is not found finds nothing as an id either. */
static char *
branch_id(cc_app *app, const char *project, const char *meant)
{
    char *id = NULL, *name = query_text(meant), *path = make_text("/api/v1/branches?state=present&name=%s", name);
    reply r;

    if (strncmp(meant, "brn_", 4) != 0) {
        ask(&r, app, project, NULL, "GET", path, NULL);
        const cJSON *found = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(r.json, "data"), 0);
        id = make_text("%s", found != NULL ? member_text(found, "id") : "none");
        reply_done(&r);
    }
    free(path);
    free(name);
    return id != NULL ? id : make_text("%s", meant);
}

static int
delete_one(void *ctx, const arguments *a, cc_app *app, const char *project, const char *meant)
{
    char *id = branch_id(app, project, meant);
    int   code = ask_worker(a, app, project, "branches", "state", meant, "DELETE", item_path("branches", id, ""), NULL);

    (void)ctx;
    free(id);
    return code;
}

int
branch_delete_run(const arguments *a)
{
    return each_operand(a, delete_one, NULL);
}
