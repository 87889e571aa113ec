/*
 * `codecourier run compare`: two runs beside each other, and the files that either has changed.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"

/* "3: +40 -7": files, and their lines. */
static char *
changes_text(const cJSON *run)
{
    return make_text("%.0f: +%.0f -%.0f", member_number(run, "fileCount"), member_number(run, "additions"),
                     member_number(run, "deletions"));
}

static char *
agents_text(const cJSON *run)
{
    char        *text = make_text("%s", "");
    const cJSON *one;

    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(run, "agents"))
    {
        char *more = make_text("%s%s%s", text, text[0] != '\0' ? ", " : "", cJSON_GetStringValue(one));
        free(text);
        text = more;
    }
    return text;
}

static void
run_add(table *t, const cJSON *run)
{
    char *number = make_text("%.0f", member_number(run, "number")), *cost, *seconds, *tokens, *changes, *agents;

    cost = make_text("%.4f", member_number(run, "costUsd"));
    seconds = make_text("%.0f", member_number(run, "durationSeconds"));
    tokens = make_text("%.0f", member_number(run, "inputTokens") + member_number(run, "outputTokens"));
    changes = changes_text(run);
    agents = agents_text(run);
    table_add(t, (const char *const[]){number, word_of_core(member_text(run, "status")), member_text(run, "verdict"),
                                       seconds, tokens, cost, changes, agents});
    free(agents);
    free(changes);
    free(tokens);
    free(seconds);
    free(cost);
    free(number);
}

static char *
lines_text(const cJSON *file, const char *additions, const char *deletions)
{
    return make_text("+%.0f -%.0f", member_number(file, additions), member_number(file, deletions));
}

static void
file_add(table *t, const cJSON *file)
{
    const char *by = member_text(file, "changedBy");
    char       *first = lines_text(file, "firstAdditions", "firstDeletions"),
         *second = lines_text(file, "secondAdditions", "secondDeletions");
    const bool same = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(file, "isSame"));

    table_add(t, (const char *const[]){strcmp(by, "second") == 0 ? "" : first, strcmp(by, "first") == 0 ? "" : second,
                                       same ? "=" : "", member_text(file, "path")});
    free(second);
    free(first);
}

static void
print_comparison(const cJSON *data)
{
    static const text_id runs[] = {T_H_NUMBER,  T_H_STATUS,  T_H_VERDICT, T_H_SECONDS, T_H_TOKENS,
                                   T_H_DOLLARS, T_H_CHANGES, T_H_AGENTS,  T_NONE};
    static const text_id files[] = {T_H_FIRST, T_H_SECOND, T_H_SAME, T_H_PATH, T_NONE};
    const cJSON         *file, *list = cJSON_GetObjectItemCaseSensitive(data, "files");
    table                t;

    table_start(&t, runs);
    run_add(&t, cJSON_GetObjectItemCaseSensitive(data, "first"));
    run_add(&t, cJSON_GetObjectItemCaseSensitive(data, "second"));
    table_print(&t, stdout);
    if (cJSON_GetArraySize(list) == 0)
        return;
    puts("");
    table_start(&t, files);
    cJSON_ArrayForEach(file, list) file_add(&t, file);
    table_print(&t, stdout);
}

int
run_compare_run(const arguments *a)
{
    char *rest = make_text("/comparison/%s", a->operand[1]), *path = item_path("runs", a->operand[0], rest);

    free(rest);
    return ask_and_show(a, "GET", path, NULL, print_comparison);
}
