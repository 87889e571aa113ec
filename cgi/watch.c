/*
 * `codecourier watch`: what changes in a project, as it happens.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"

enum { WAIT_S = 5 };

static void
print_change(const cJSON *change, bool json)
{
    char *out = json ? need(cJSON_PrintUnformatted(change)) : NULL;

    if (json)
        puts(out);
    else
        printf("%.0f %s %s.%s %s\n", member_number(change, "seq"), member_text(change, "at"),
               member_text(change, "kind"), member_text(change, "action"), member_text(change, "id"));
    free(out);
}

/* What there is behind *after, or comes within a while; *after < 0: nothing is shown but noted where it begins. */
static int
watch_page(cc_app *app, const char *project, bool json, long *after)
{
    const bool begin = *after < 0;
    char      *path =
        begin ? make_text("/api/v1/events") : make_text("/api/v1/events?after=%ld&limit=1000&wait=%d", *after, WAIT_S);
    const cJSON *change;
    reply        r;

    ask(&r, app, project, NULL, "GET", path, NULL);
    free(path);
    const int code = reply_check(&r);
    if (code == EXIT_FINE && begin)
        *after = 0;
    if (code == EXIT_FINE)
        cJSON_ArrayForEach(change, cJSON_GetObjectItemCaseSensitive(r.json, "data"))
        {
            *after = (long)member_number(change, "seq");
            if (!begin)
                print_change(change, json);
        }
    reply_done(&r);
    fflush(stdout); /* whoever reads a pipe follows as well */
    return code;
}

int
watch_run(const arguments *a)
{
    cc_app         *app;
    cc_project_info project;
    long            after;
    int             code;

    if (!option_number(a, O_AFTER, 0, LONG_MAX, -1, &after))
        return EXIT_USAGE;
    if ((code = open_project(a, &app, &project)) != EXIT_FINE)
        return code;
    while (code == EXIT_FINE && !ferror(stdout))
        code = watch_page(app, project.id, a->option[O_JSON] != NULL, &after);
    cc_app_close(app);
    return code;
}
