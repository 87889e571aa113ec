/*
 * Cgroups of version 2 in a directory that behaves as their tree does.
 *
 * mkdir, rmdir and write are ours here: a new directory has its files, one with processes or directories stays, and
 * what is written to a file of the tree has its effect.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base.h"
#include "engine/cgroup.h"

static char        root[64];
static const char *refused;  /* a controller that cannot be given on */
static bool        immortal; /* what is in a step's cgroup cannot be killed */

/* ---- the tree -------------------------------------------------------------------------------- */

static const char *const files[] = {"cgroup.procs", "cgroup.controllers", "cgroup.subtree_control", "cgroup.kill",
                                    "memory.max",   "memory.swap.max",    "memory.oom.group",       "memory.events",
                                    "pids.max",     "pids.events"};

static const char *
at(const char *directory, const char *name)
{
    static char path[32][1024];
    static int  n;

    n = (n + 1) % 32;
    assert_in_range(snprintf(path[n], sizeof(path[n]), "%s/%s", directory, name), 1, sizeof(path[n]) - 1);
    return path[n];
}

static void
fill(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(syscall(SYS_write, fd, text, strlen(text)), (long)strlen(text));
    close(fd);
}

static const char *
text_of(const char *path)
{
    static char text[512];
    int         fd = open(path, O_RDONLY);
    ssize_t     n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

    text[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

int
mkdir(const char *path, mode_t mode)
{
    int code = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);

    for (size_t i = 0; code == 0 && i < CC_COUNT(files); i++)
        fill(at(path, files[i]), "");
    return code;
}

int
rmdir(const char *path)
{
    if (*text_of(at(path, "cgroup.procs"))) {
        errno = EBUSY;
        return -1;
    }
    for (size_t i = 0; i < CC_COUNT(files); i++)
        unlink(at(path, files[i]));
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

/* A line out of a file. */
static void
leave(const char *path, const char *line)
{
    char left[512] = "", *next = NULL, all[512];

    snprintf(all, sizeof(all), "%s", text_of(path));
    for (char *one = strtok_r(all, "\n", &next); one; one = strtok_r(NULL, "\n", &next))
        if (strcmp(one, line) != 0)
            snprintf(left + strlen(left), sizeof(left) - strlen(left), "%s\n", one);
    fill(path, left);
}

static bool
written(const char *directory, const char *name, const char *word)
{
    char text[600];

    if (strcmp(name, "cgroup.procs") == 0) {
        leave(at(root, "cgroup.procs"), word);
        snprintf(text, sizeof(text), "%s%s\n", text_of(at(directory, name)), word);
    } else if (strcmp(name, "cgroup.subtree_control") == 0) {
        errno = EBUSY;
        if (*text_of(at(directory, "cgroup.procs")))
            return false;
        errno = EINVAL;
        if (refused && strcmp(word, refused) == 0)
            return false;
        snprintf(text, sizeof(text), "%s%s ", text_of(at(directory, name)), word + 1);
    } else if (strcmp(name, "cgroup.kill") == 0) {
        if (!immortal)
            fill(at(directory, "cgroup.procs"), "");
        return true;
    } else {
        snprintf(text, sizeof(text), "%s", word);
    }
    fill(at(directory, name), text);
    return true;
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
    char    self[64], path[512], word[64];
    ssize_t n;

    snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
    n = readlink(self, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    if (!*root || strncmp(path, root, strlen(root)) != 0 || size >= sizeof(word))
        return syscall(SYS_write, fd, bytes, size);
    memcpy(word, bytes, size);
    word[size] = '\0';
    char *name = strrchr(path, '/');
    *name = '\0';
    return written(path, name + 1, word) ? (ssize_t)size : -1;
}

/* ---- tests ----------------------------------------------------------------------------------- */

typedef struct place {
    cc_cgroups g;
    cc_arena  *arena;
    char       why[320];
} place;

static int
place_make(void **state)
{
    place *p = calloc(1, sizeof(*p));

    *root = '\0';
    char made[] = "/tmp/cc-cgroup-XXXXXX";
    if (!p || !mkdtemp(made))
        return -1;
    snprintf(root, sizeof(root), "%s", made);
    for (size_t i = 0; i < CC_COUNT(files); i++)
        fill(at(root, files[i]), "");
    fill(at(root, "cgroup.controllers"), "cpu memory pids\n");
    p->arena = cc_arena_new();
    snprintf(p->g.path, sizeof(p->g.path), "%s", root);
    refused = NULL;
    immortal = false;
    *state = p;
    return 0;
}

static int
place_remove(void **state)
{
    place *p = *state;
    char   command[96];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    cc_arena_free(p->arena);
    free(p);
    *root = '\0';
    return system(command);
}

static bool
take(place *p)
{
    snprintf(p->g.path, sizeof(p->g.path), "%s", root);
    return cc_cgroups_take(&p->g, false, p->why, sizeof(p->why));
}

static bool
is_there(const char *name)
{
    return access(at(root, name), F_OK) == 0;
}

static void
a_step_has_its_limits_and_leaves_nothing(void **state)
{
    place      *p = *state;
    bool        killed = false, crowded = false;
    char        self[24];
    const char *path;

    assert_true(take(p));
    assert_string_equal(p->why, "");
    assert_string_equal(text_of(at(root, "cgroup.subtree_control")), "memory pids ");
    snprintf(self, sizeof(self), "%ld\n", (long)getpid());
    assert_string_equal(text_of(at(root, "codecourier-worker/cgroup.procs")), self);
    assert_non_null(path = cc_cgroup_make(&p->g, p->arena, 64, 100));
    assert_string_equal(text_of(at(path, "memory.max")), "67108864");
    assert_string_equal(text_of(at(path, "memory.oom.group")), "1");
    assert_string_equal(text_of(at(path, "pids.max")), "100");
    cc_cgroup_events(path, &killed, &crowded);
    assert_false(killed || crowded);
    fill(at(path, "memory.events"), "low 0\nmax 3\noom 1\noom_kill 1\n");
    fill(at(path, "pids.events"), "max 2\n");
    cc_cgroup_events(path, &killed, &crowded);
    assert_true(killed && crowded);
    fill(at(path, "cgroup.procs"), "4194999\n");
    cc_cgroup_remove(&p->g, path);
    assert_int_equal(access(path, F_OK), -1);
}

static void
what_there_is_of_memory_and_processes_is_used(void **state)
{
    static const struct {
        const char *given, *refused;
        bool        memory, processes;
        const char *why;
    } cases[] = {
        {"cpu memory\n", NULL, true, false, ""},
        {"pids", NULL, false, true, ""},
        {"memory pids\n", "+memory", false, true, "cannot be divided by memory"},
        {"memory pids\n", "+pids", true, false, "cannot be divided by processes"},
        {"memory\n", "+memory", false, false, "cannot be divided: "},
        {"cpu io memory2 mypids\n", NULL, false, false, "neither memory nor pids"},
    };
    place *p = *state;

    for (size_t i = 0; i < CC_COUNT(cases); i++) {
        fill(at(root, "cgroup.controllers"), cases[i].given);
        fill(at(root, "cgroup.subtree_control"), "");
        refused = cases[i].refused;
        assert_int_equal(take(p), cases[i].memory || cases[i].processes);
        assert_int_equal(p->g.memory, cases[i].memory);
        assert_int_equal(p->g.processes, cases[i].processes);
        assert_non_null(strstr(p->why, cases[i].why));
        assert_true(!*cases[i].why == !*p->why);
        const char *path = cc_cgroup_make(&p->g, p->arena, 64, 100);
        assert_int_equal(path != NULL, cases[i].memory || cases[i].processes);
        if (path) {
            assert_string_equal(text_of(at(path, "memory.max")), cases[i].memory ? "67108864" : "");
            assert_string_equal(text_of(at(path, "pids.max")), cases[i].processes ? "100" : "");
        }
    }
}

/* A shell that started the worker, or the server beside it. */
static void
other_processes_in_the_workers_cgroup_make_room(void **state)
{
    place *p = *state;

    fill(at(root, "cgroup.procs"), "4194998\n4194999\n");
    assert_true(take(p));
    assert_string_equal(p->why, "");
    assert_string_equal(text_of(at(root, "cgroup.procs")), "");
    assert_non_null(strstr(text_of(at(root, "codecourier-worker/cgroup.procs")), "4194998\n4194999\n"));
}

static void
what_a_killed_worker_left_is_removed_by_the_next_one(void **state)
{
    place *p = *state;
    char   own[64], other[64];

    snprintf(own, sizeof(own), "step-%ld-1", (long)getpid());
    snprintf(other, sizeof(other), "step-%ld-7", (long)getppid());
    assert_int_equal(mkdir(at(root, "codecourier-worker"), 0755), 0);
    snprintf(p->why, sizeof(p->why), "%ld\n", (long)getppid());
    fill(at(root, "codecourier-worker/cgroup.procs"), p->why); /* another worker, and alive */
    static const char *const left[] = {"step-4194999-1", "step-4194999-2", "step-1-1"};
    for (size_t i = 0; i < CC_COUNT(left); i++)
        assert_int_equal(mkdir(at(root, left[i]), 0755), 0);
    assert_int_equal(mkdir(at(root, own), 0755), 0);
    assert_int_equal(mkdir(at(root, other), 0755), 0);
    fill(at(root, "step-4194999-2/cgroup.procs"), "4194997\n"); /* an agent that outlived its worker */
    assert_int_equal(mkdir(at(root, "steps"), 0755), 0);
    assert_true(take(p));
    for (size_t i = 0; i < CC_COUNT(left); i++)
        assert_false(is_there(left[i]));
    assert_false(is_there(own));
    assert_true(is_there(other) && is_there("steps"));
}

static void
a_number_that_is_taken_is_passed_over(void **state)
{
    place      *p = *state;
    char        name[64], processes[96];
    const char *path;

    immortal = true; /* in the kernel: for the moment */
    snprintf(name, sizeof(name), "step-%ld-1", (long)getpid());
    snprintf(processes, sizeof(processes), "%s/cgroup.procs", name);
    assert_int_equal(mkdir(at(root, name), 0755), 0);
    fill(at(root, processes), "4194999\n");
    assert_true(take(p));
    assert_true(is_there(name));
    assert_non_null(path = cc_cgroup_make(&p->g, p->arena, 64, 100));
    assert_string_not_equal(path, at(root, name));
}

static void
what_the_kernel_is_not_done_with_yet_is_removed_later(void **state)
{
    place      *p = *state;
    const char *path;

    assert_true(take(p));
    assert_non_null(path = cc_cgroup_make(&p->g, p->arena, 64, 100));
    fill(at(path, "cgroup.procs"), "4194999\n");
    immortal = true;
    cc_cgroup_remove(&p->g, path);
    cc_cgroups_tidy(&p->g);
    assert_int_equal(access(path, F_OK), 0);
    fill(at(path, "cgroup.procs"), "");
    const char *other = cc_cgroup_make(&p->g, p->arena, 64, 100); /* nobody is in it so far */
    cc_cgroups_tidy(&p->g);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(other, F_OK), 0);
    assert_int_equal(p->g.left_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_step_has_its_limits_and_leaves_nothing, place_make, place_remove),
        cmocka_unit_test_setup_teardown(what_there_is_of_memory_and_processes_is_used, place_make, place_remove),
        cmocka_unit_test_setup_teardown(other_processes_in_the_workers_cgroup_make_room, place_make, place_remove),
        cmocka_unit_test_setup_teardown(what_a_killed_worker_left_is_removed_by_the_next_one, place_make, place_remove),
        cmocka_unit_test_setup_teardown(a_number_that_is_taken_is_passed_over, place_make, place_remove),
        cmocka_unit_test_setup_teardown(what_the_kernel_is_not_done_with_yet_is_removed_later, place_make,
                                        place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
