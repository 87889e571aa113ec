/*
 * A folder with an instance in it, which a test has to itself.
 */
#ifndef CC_TESTS_PLACE_H
#define CC_TESTS_PLACE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/app.h"

typedef struct place {
    char            folder[32];
    cc_app         *app;
    cc_project_info project;
    char            password[CC_PASSWORD_SIZE]; /* the owner's, owner@example.com */
    int64_t         now;                        /* what its clock shows, in ms */
    cc_clock        clock;
} place;

static inline int64_t
place_wall(void *ctx)
{
    return ((place *)ctx)->now;
}

static inline cc_err
place_open(place *p, unsigned flags)
{
    char       why[512];

    p->clock = (cc_clock){.wall = place_wall, .monotonic = cc_clock_system.monotonic, .ctx = p};
    cc_options options = {.data = p->folder, .flags = flags, .clock = &p->clock};

    return cc_app_open(&options, &p->app, why, sizeof(why));
}

/* Delete its files whose names end so; "": all. */
static inline void
place_delete(const place *p, const char *end)
{
    DIR           *folder = opendir(p->folder);
    struct dirent *file;

    while (folder != NULL && (file = readdir(folder)) != NULL)
        if (strlen(file->d_name) >= strlen(end) && strcmp(file->d_name + strlen(file->d_name) - strlen(end), end) == 0)
            unlinkat(dirfd(folder), file->d_name, 0);
    if (folder != NULL)
        closedir(folder);
}

/* cmocka's setup and teardown. */
static inline int
place_setup(void **state)
{
    place *p = calloc(1, sizeof(*p));
    bool   fresh;

    if (p == NULL)
        return -1;
    *state = p;
    p->now = cc_clock_wall(&cc_clock_system);
    snprintf(p->folder, sizeof(p->folder), "/tmp/cc-test-XXXXXX");
    if (mkdtemp(p->folder) == NULL || place_open(p, CC_OPEN_CREATE) != CC_OK)
        return -1;
    return cc_first_start(p->app, "owner@example.com", &fresh, &p->project, p->password) == CC_OK ? 0 : -1;
}

static inline int
place_teardown(void **state)
{
    place *p = *state;

    cc_app_close(p->app);
    place_delete(p, "");
    rmdir(p->folder);
    free(p);
    return 0;
}

#endif
