/* Repositories' addresses, and the names of branches and authors: what is let in, and that git thinks the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "context/permit.h"
#include "context/settings.h"
#include "engine/directory.h"
#include "engine/git.h"
#include "engine/process.h"

static int
make_arena(void **state)
{
    *state = cc_arena_new();
    return *state != NULL ? 0 : -1;
}

static int
free_arena(void **state)
{
    cc_arena_free(*state);
    return 0;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void
an_address_is_read_into_its_parts(void **state)
{
    static const struct {
        const char  *text;
        cc_transport over;
        const char  *user, *host;
        unsigned     port;
        const char  *path;
    } cases[] = {
        {"https://github.com/acme/shop.git", CC_OVER_HTTPS, "", "github.com", 443, "/acme/shop.git"},
        {"https://GitHub.com:8443/a/b/", CC_OVER_HTTPS, "", "github.com", 8443, "/a/b/"},
        {"https://dev.example/My%20Project/_git/r", CC_OVER_HTTPS, "", "dev.example", 443, "/My%20Project/_git/r"},
        {"https://[2606:4700::1111]:444/a", CC_OVER_HTTPS, "", "2606:4700::1111", 444, "/a"},
        {"ssh://git@host.example/~me/r", CC_OVER_SSH, "git", "host.example", 22, "/~me/r"},
        {"ssh://host.example:2222/r", CC_OVER_SSH, "", "host.example", 2222, "/r"},
        {"git@github.com:acme/shop.git", CC_OVER_SSH, "git", "github.com", 22, "acme/shop.git"},
        {"deploy+1@h.example:/srv/r@2", CC_OVER_SSH, "deploy+1", "h.example", 22, "/srv/r@2"},
        {"http://10.0.0.1/r", CC_OVER_HTTP, "", "10.0.0.1", 80, "/r"},
        {"git://h.example/r", CC_OVER_GIT, "", "h.example", 9418, "/r"},
        {"file:///srv/git/r.git", CC_OVER_NOTHING, "", "", 0, "/srv/git/r.git"},
        {"/srv/git/r.git", CC_OVER_NOTHING, "", "", 0, "/srv/git/r.git"},
    };

    for (size_t i = 0; i < CC_COUNT(cases); i++) {
        cc_repository r;
        const char   *why = cc_repository_read(*state, cases[i].text, &r);
        if (why != NULL)
            fail_msg("%s %s", cases[i].text, why);
        assert_int_equal(r.over, cases[i].over);
        assert_string_equal(r.user, cases[i].user);
        assert_string_equal(r.host, cases[i].host);
        assert_int_equal(r.port, cases[i].port);
        assert_string_equal(r.path, cases[i].path);
    }
}

static void
what_git_could_take_for_something_else_is_no_address(void **state)
{
    static const char *const refused[] = {
        "", "/", "//", "a", "a:b", "-x", "--upload-pack=x", "ext::sh -c x", "ext::sh", "fd::3", "https::h/x", "a@b::c",
        "ssh://a@-oProxyCommand=x/y", "ssh://-oProxyCommand=x/y", "ssh://-a@h/y", "-a@h:y", "a@-h:y", "a@h:-y", "a@h:/-y",
        "ssh://h/-y", "https://-h/y", "https://h/-y", "https://h/a/--upload-pack=x", "/srv/-x", "ssh://h%2dx/y",
        "ssh://a%40b@h/y", "ssh://%2doProxyCommand=x/y", "https://user:secret@h.example/r", "https://ghp_0123@h.example/r",
        "http://a@h/r", "git://a@h/r", "ssh://a:b@h/r", "a:b@h:r", "https://h", "https://h/", "https://h//", "https:///r",
        "https://h:0/r", "https://h:65536/r", "https://h:x/r", "https://h:/r", "https://h/r?token=x", "https://h/r#x",
        "https://h?x/r", "https://h#@g/r", "https://h@g@i/r", "https://h\\@g/r", "https://h/a b", "https://h/a\tb",
        "https://h/a\nb", "https://h/a\x7f", "https://h/\x01", "https://h/a/../b", "https://h/./b", "https://[::1/r",
        "https://::1/r", "https://[::1%25lo]/r", "https://[1.2.3.4]/r", "https://1.2.3.4.5/r",
        "https://256.1.1.1/r", "https://1.2.3.999/r", "https://h..g/r", "https://.h/r", "https://h_\xc3\xa4/r",
        "HTTPS://h/r", "ftp://h/r", "rsync://h/r", "javascript:alert(1)", "file://h/r", "file://localhost/r", "file:/r",
        "file:///a%2e/b", "file:///../r", "/srv/../r", "/srv/./r", "/srv//r", "/srv/a\\b", "/srv/'a'", "/srv/$(x)`y`",
        "C:\\r", "git@h", "git@h:", "@h:r", "git@:r", "git@h:..", "git@h:a/../b", "ssh://git@h", "\xff\xfe/r", "https://h/\xff",
    }; /* clang-format off */

    for (size_t i = 0; i < CC_COUNT(refused); i++) {
        cc_repository r;
        if (cc_repository_read(*state, refused[i], &r) == NULL)
            fail_msg("'%s' was taken: host '%s', path '%s'", refused[i], r.host, r.path);
    } /* clang-format on */
}

/* ---- what the operator allows ---------------------------------------------------------------- */

typedef struct instance {
    char    folder[64];
    cc_app *app;
} instance;

static const char *
path_in(const instance *it, const char *path)
{
    static char text[4][256];
    static int  at;

    at = (at + 1) % 4;
    snprintf(text[at], sizeof(text[at]), "%s/%s", it->folder, path);
    return text[at];
}

static void
instance_conf(instance *it, const char *text)
{
    char       why[512];
    FILE      *file = fopen(path_in(it, "data/codecourier.conf"), "w");
    cc_options options = {.data = path_in(it, "data"), .flags = CC_OPEN_CREATE};

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    cc_app_close(it->app);
    if (cc_app_open(&options, &it->app, why, sizeof(why)) != CC_OK)
        fail_msg("%s", why);
}

static int
instance_setup(void **state)
{
    instance *it = calloc(1, sizeof(*it));

    *state = it;
    snprintf(it->folder, sizeof(it->folder), "/tmp/cc-test-XXXXXX");
    if (it == NULL || mkdtemp(it->folder) == NULL)
        return -1;
    static const char *const made[] = {"data", "data/repos", "data/repos/x.git", "git", "git/a.git", "other", "other/b"};
    for (size_t i = 0; i < CC_COUNT(made); i++)
        if (mkdir(path_in(it, made[i]), 0700) != 0)
            return -1;
    instance_conf(it, "");
    return 0;
}

static int
instance_teardown(void **state)
{
    instance *it = *state;

    cc_app_close(it->app);
    cc_directory_remove(it->folder);
    free(it);
    return 0;
}

static bool
allowed(const instance *it, const char *text)
{
    cc_arena     *a = cc_arena_new();
    cc_repository r;
    const char   *why = cc_repository_read(a, text, &r);
    bool          fine = !why && !cc_repository_allowed(it->app, a, &r, NULL);

    cc_arena_free(a);
    return fine;
}

static void
directories_are_off_unless_the_operator_lists_them(void **state)
{
    instance *it = *state;
    char   text[512];

    assert_false(allowed(it, path_in(it, "git/a.git")));
    snprintf(text, sizeof(text), "localRepositories = /nowhere, %s\n", path_in(it, "git"));
    instance_conf(it, text);
    assert_int_equal(symlink(path_in(it, "data/repos"), path_in(it, "git/in")), 0);
    assert_int_equal(symlink(path_in(it, "other/b"), path_in(it, "git/out")), 0);
    assert_int_equal(symlink("/nowhere/at/all", path_in(it, "git/dead")), 0);
    assert_int_equal(symlink(path_in(it, "git"), path_in(it, "other/back")), 0);
    assert_true(allowed(it, path_in(it, "git/a.git")));
    assert_true(allowed(it, path_in(it, "git/not/yet.git")));
    assert_true(allowed(it, path_in(it, "other/back/a.git"))); /* where it lies counts, not how it is called */
    snprintf(text, sizeof(text), "file://%s", path_in(it, "git/a.git"));
    assert_true(allowed(it, text));
    static const char *const refused[] = {"git/in/x.git", "git/in", "git/out",  "git/dead", "git/dead/x",
                                          "gita",         "other",  "other/b",  "data",     "data/repos/x.git"};
    for (size_t i = 0; i < CC_COUNT(refused); i++)
        if (allowed(it, path_in(it, refused[i])))
            fail_msg("%s was allowed", refused[i]);
}

static void
no_list_reaches_into_a_data_directory(void **state)
{
    instance *it = *state;
    char   text[512];

    snprintf(text, sizeof(text), "localRepositories = %s\n", it->folder);
    instance_conf(it, text);
    assert_true(allowed(it, path_in(it, "other/b")));
    assert_false(allowed(it, path_in(it, "data/repos/x.git")));
    assert_false(allowed(it, path_in(it, "data/not-yet")));
    assert_false(allowed(it, it->folder)); /* it would show the data directory */
    close(open(path_in(it, "other/codecourier.db-key"), O_CREAT | O_WRONLY, 0600)); /* another instance's */
    assert_false(allowed(it, path_in(it, "other/b")));
    instance_conf(it, "localRepositories = /\n");
    assert_false(allowed(it, path_in(it, "data/repos/x.git")));
    assert_true(allowed(it, path_in(it, "git/a.git")));
}

static void
transports_and_private_hosts_are_the_operator_s_choice(void **state)
{
    static const char *const private_hosts[] = {
        "127.0.0.1",  "127.1",      "2130706433",   "0x7f000001",       "017700000001", "0177.0.0.1", "localhost",
        "LOCALHOST.", "a.localhost", "169.254.169.254", "0xa9fea9fe",   "10.1.2.3",     "10.1.2.3.",  "192.168.1.1",
        "172.16.0.1", "0.0.0.0",    "0",            "100.64.0.1",       "[::1]",        "[::]",       "[::ffff:127.0.0.1]",
        "[fe80::1]",  "[fc00::1]",  "[64:ff9b::a9fe:a9fe]", "[::127.0.0.1]", "224.0.0.1", "255.255.255.255",
    };
    instance *it = *state;
    char   text[256];

    for (size_t i = 0; i < CC_COUNT(private_hosts); i++)
        for (int k = 0; k < 2; k++) {
            snprintf(text, sizeof(text), k ? "ssh://git@%s/r" : "https://%s/r", private_hosts[i]);
            if (allowed(it, text))
                fail_msg("%s was allowed", text);
        }
    assert_true(allowed(it, "https://github.com/a/b"));
    assert_true(allowed(it, "git@github.com:a/b"));
    assert_true(allowed(it, "https://93.184.216.34/r"));
    assert_false(allowed(it, "http://github.com/a/b"));
    assert_false(allowed(it, "git://github.com/a/b"));
    instance_conf(it, "gitProtocols = http https\nprivateHosts = 10.0.0.0/8, 127.0.0.1:8080\n");
    assert_true(allowed(it, "http://github.com/a/b"));
    assert_false(allowed(it, "git@github.com:a/b"));
    assert_true(allowed(it, "https://10.9.8.7/r"));
    assert_true(allowed(it, "http://127.0.0.1:8080/r"));
    assert_false(allowed(it, "http://127.0.0.1/r"));
    assert_false(allowed(it, "http://192.168.0.1/r"));
}

/* ---- names ----------------------------------------------------------------------------------- */

/* A repeatable stream of numbers. */
static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool
git_takes(const char *name)
{
    const char *const argv[] = {"git", "check-ref-format", "--branch", name, NULL};
    const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "GIT_DIR=/nowhere", NULL};
    posix_spawn_file_actions_t quiet;
    pid_t                      pid;
    int                        status = -1;

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    assert_int_equal(posix_spawnp(&pid, "git", &quiet, NULL, (char *const *)(uintptr_t)argv,
                                  (char *const *)(uintptr_t)environment), 0);
    posix_spawn_file_actions_destroy(&quiet);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status == 0;
}

/* Made of the pieces that git's rules are about. */
static void
a_branch_is_named_as_git_would_have_it(void **state)
{
    static const char *const pieces[] = {"a",  "b",    "cc",  "run-1", "/", "/",  ".",    "..",   ".lock", "lock", "@",
                                         "@{", "{",    "}",   "-",     "~", "^",  ":",    "?",    "*",     "[",    "]",
                                         "\\", "HEAD", "refs", "heads", " ", "\t", "\x7f", "\xc3\xa9", "+",  "#",    "$",
                                         ";",  "'",    "\"",  "&",     "|", "(",  "!",    "%",    ",",     "="};
    uint64_t                 seed = 20260101;
    int                      taken = 0;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char name[64] = "";
        for (uint64_t n = 1 + next_random(&seed) % 5; n > 0; n--) {
            /* half of the pieces are harmless, or hardly any name would be taken */
            uint64_t at = next_random(&seed) % (2 * CC_COUNT(pieces));
            strcat(name, pieces[at < CC_COUNT(pieces) ? at : at % 5]);
        }
        bool ours = strcmp(name, "HEAD") == 0 || strcmp(name, "@") == 0 || strncmp(name, "refs/", 5) == 0 || strncmp(name, "@{-", 3) == 0;
        bool fine = cc_branch_valid(name);
        taken += fine;
        if (fine != (git_takes(name) && !ours))
            fail_msg("'%s': %s", name, fine ? "git refuses it" : "git takes it");
    }
    assert_in_range(taken, 500, 2500);
}

static void
what_people_take_for_a_branch_but_is_none_is_refused(void **state)
{
    static const char *const refused[] = {"", "HEAD", "@", "-", "-x", "--all", "refs/heads/main", "refs/x", "main:x", "a..b", "x.lock",
                                          "x.lock/y", ".x", "x/.y", "x/", "/x", "x//y", "x.", "a b", "@{u}", "@{-1}", "main~1", "main^"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(refused); i++)
        if (cc_branch_valid(refused[i]))
            fail_msg("'%s' was taken", refused[i]);
    assert_true(cc_branch_valid("feature/x"));
    assert_true(cc_branch_valid("a@b"));
    assert_true(cc_branch_valid("f\xc3\xbcr"));
}

static void
an_author_is_more_than_crud(void **state)
{
    static const char *const refused[] = {"", " ", "...", "<>", ".,:;<>\"\\'", "\x01\x1f", " . "};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(refused); i++)
        assert_false(cc_author_valid(refused[i]));
    assert_true(cc_author_valid("J. Doe"));
    assert_true(cc_author_valid("\xe5\xb1\xb1"));
    assert_true(cc_author_valid("-"));
}

/* ---- what leaves a sandbox ------------------------------------------------------------------- */

#define OID "0123456789012345678901234567890123456789"

/* What the worker says of a file: 1 a bundle, 0 nothing, -1 refused. */
static int
bundle_read(instance *it, cc_slot *s, cc_bundle *bundle)
{
    cc_worker w = {.app = it->app};

    *s = (cc_slot){.w = &w, .root = path_in(it, "run"), .arena = cc_arena_new(), .git_branch = "cc/x"};
    bool fine = cc_record_read(s, bundle);
    assert_true(fine == (s->failure == NULL));
    return !fine ? -1 : bundle->fd >= 0;
}

static int
bundle_of(instance *it, const char *text, size_t size)
{
    cc_slot   s;
    cc_bundle bundle;
    char      pack[8] = "";
    int       fd = open(path_in(it, "run/out/bundle"), O_CREAT | O_TRUNC | O_WRONLY, 0600);

    assert_int_equal(write(fd, text, size), (ssize_t)size);
    close(fd);
    int what = bundle_read(it, &s, &bundle);
    if (what == 1) {
        assert_int_equal(read(bundle.fd, pack, 4), 4);
        assert_string_equal(pack, "PACK");
        assert_string_equal(bundle.tip, OID);
        close(bundle.fd);
    }
    cc_arena_free(s.arena);
    return what;
}

static void
a_bundle_is_a_file_with_one_branch_in_it(void **state)
{
    static const char *const fine[] = {
        "# v2 git bundle\n" OID " refs/heads/cc/x\n\nPACK",
        "# v2 git bundle\n-" OID " words\n-" OID " \n" OID " refs/heads/cc/x\n\nPACK\n\n",
        "# v3 git bundle\n@object-format=sha1\n" OID " refs/heads/cc/x\n\nPACK",
    };
    static const char *const refused[] = {
        "",
        "\n\n",
        "PACK",
        "# v2 git bundle\n\nPACK",
        "# v2 git bundle\n" OID " refs/heads/cc/x\nPACK",
        "# v9 git bundle\n" OID " refs/heads/cc/x\n\nPACK",
        "# v2 git bundle\n" OID " refs/heads/main\n\nPACK",
        "# v2 git bundle\n" OID " HEAD\n\nPACK",
        "# v2 git bundle\n" OID " refs/heads/cc/x\n" OID " refs/heads/main\n\nPACK",
        "# v2 git bundle\n" OID "refs/heads/cc/x\n\nPACK",
        "# v2 git bundle\n0123 refs/heads/cc/x\n\nPACK",
        "# v2 git bundle\n--upload-pack=x refs/heads/cc/x\n\nPACK",
        "# v2 git bundle\n-$(id) words\n" OID " refs/heads/cc/x\n\nPACK",
        "# v3 git bundle\n@filter=blob:none\n" OID " refs/heads/cc/x\n\nPACK",
    };
    instance    *it = *state;
    cc_slot   s;
    cc_bundle bundle;

    assert_int_equal(mkdir(path_in(it, "run"), 0700), 0);
    assert_int_equal(mkdir(path_in(it, "run/out"), 0700), 0);
    assert_int_equal(bundle_read(it, &s, &bundle), 0); /* there is none */
    cc_arena_free(s.arena);
    for (size_t i = 0; i < CC_COUNT(fine); i++)
        assert_int_equal(bundle_of(it, fine[i], strlen(fine[i])), 1);
    for (size_t i = 0; i < CC_COUNT(refused); i++)
        if (bundle_of(it, refused[i], strlen(refused[i])) != -1)
            fail_msg("taken: %s", refused[i]);
    assert_int_equal(bundle_of(it, "# v2 git bundle\n" OID " refs/heads/cc/x\0y\n\nPACK", 80), -1);
    const char *path = path_in(it, "run/out/bundle");
    for (int kind = 0; kind < 3; kind++) {
        assert_int_equal(kind == 1 ? unlink(path) : remove(path), 0);
        assert_int_equal(kind == 0 ? symlink("/etc/passwd", path) : kind == 1 ? mkfifo(path, 0600) : mkdir(path, 0700), 0);
        assert_int_equal(bundle_read(it, &s, &bundle), -1);
        cc_arena_free(s.arena);
    }
}

/* ---- directories of this machine --------------------------------------------------------------- */

/* What a sandbox says of it that sees this directory, judged by that name. */
static const char *
shown(const char *path)
{
    static const char *const argv[] = {"/bin/cat", "/repository/f", NULL};
    static char              text[256];
    const cc_mount           mounts[] = {{.from = path, .to = "/repository", .judged = true, .lent = true}, {0}};
    const cc_sandbox         sandbox = {.project_id = "prj_x", .mounts = mounts};
    const cc_launch          l = {.argv = argv, .sandbox = &sandbox};
    cc_process               p;
    size_t                   size = 0;
    ssize_t                  n;

    assert_int_equal(cc_process_start(&p, &l, text, sizeof(text)), CC_OK);
    for (int i = 0; i < 2; i++) {
        int fd = i ? p.err : p.out;
        fcntl(fd, F_SETFL, 0);
        while (size < sizeof(text) - 1 && (n = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
            size += (size_t)n;
    }
    text[size] = '\0';
    cc_process_close(&p);
    return text;
}

/* Whoever may write beside a repository can make its name, or one on the way to it, lead elsewhere at any time. */
static void
what_was_judged_by_its_name_is_entered_by_that_name(void **state)
{
    instance *it = *state;
    int    fd;

    assert_int_equal(mkdir(path_in(it, "real"), 0755), 0);
    assert_int_equal(mkdir(path_in(it, "real/r"), 0755), 0);
    assert_true((fd = open(path_in(it, "real/r/f"), O_CREAT | O_WRONLY, 0644)) >= 0);
    assert_int_equal(write(fd, "seen", 4), 4);
    close(fd);
    assert_string_equal(shown(path_in(it, "real/r")), "seen");
    assert_int_equal(symlink("real", path_in(it, "link")), 0);
    assert_int_equal(symlink("r", path_in(it, "real/last")), 0);
    assert_non_null(strstr(shown(path_in(it, "link/r")), "has been replaced"));
    assert_non_null(strstr(shown(path_in(it, "real/last")), "has been replaced"));
    assert_non_null(strstr(shown(path_in(it, "real/r/f")), "has been replaced"));
    if (geteuid() == 0 && chown(path_in(it, "real/r"), 12345, 12345) == 0)
        assert_non_null(strstr(shown(path_in(it, "real/r")), "has changed hands"));
}

/* ---- mirrors --------------------------------------------------------------------------------- */

enum { HOLDS = 300 };

static pid_t
sweep_without_end(const char *directory)
{
    pid_t parent = getpid(), pid = fork();

    while (pid == 0) {
        if (getppid() != parent) /* the test has failed */
            _exit(1);
        cc_mirror_sweep(directory);
    }
    return pid;
}

/* Each time it is so old that it may go, and a sweep is always under way. */
static void
a_mirror_that_is_held_is_not_swept_away(void **state)
{
    instance    *it = *state;
    cc_worker w = {.app = it->app, .directory = path_in(it, "data")};
    cc_slot   s = {.w = &w, .arena = cc_arena_new(), .lock = -1, .lease = {.project_id = "prj_x"}};
    pid_t     sweeper;

    s.origin.over = CC_OVER_HTTPS;
    s.origin.host = "git.example.org";
    s.origin.url = "https://git.example.org/r";
    assert_true(mkdir(w.directory, 0700) == 0 || errno == EEXIST);
    assert_true((sweeper = sweep_without_end(w.directory)) > 0);
    for (int n = 0; n < HOLDS;) {
        cc_err err = cc_mirror_hold(&s);
        if (err == CC_E_UNAVAILABLE)
            continue;
        if (err != CC_OK)
            fail_msg("the mirror could not be held: %s", s.failure->text);
        usleep(200);
        if (access(cc_git_place_path(&s, CC_GIT_MIRROR), F_OK) != 0)
            fail_msg("it was swept away in round %d", n);
        assert_int_equal(futimens(s.lock, (const struct timespec[2]){{.tv_sec = 1}, {.tv_sec = 1}}), 0);
        cc_mirror_unlock(&s);
        n++;
    }
    kill(sweeper, SIGKILL);
    waitpid(sweeper, NULL, 0);
    cc_arena_free(s.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_is_read_into_its_parts, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(what_git_could_take_for_something_else_is_no_address, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(directories_are_off_unless_the_operator_lists_them, instance_setup, instance_teardown),
        cmocka_unit_test_setup_teardown(no_list_reaches_into_a_data_directory, instance_setup, instance_teardown),
        cmocka_unit_test_setup_teardown(transports_and_private_hosts_are_the_operator_s_choice, instance_setup,
                                        instance_teardown),
        cmocka_unit_test(a_branch_is_named_as_git_would_have_it),
        cmocka_unit_test(what_people_take_for_a_branch_but_is_none_is_refused),
        cmocka_unit_test(an_author_is_more_than_crud),
        cmocka_unit_test_setup_teardown(a_bundle_is_a_file_with_one_branch_in_it, instance_setup, instance_teardown),
        cmocka_unit_test_setup_teardown(what_was_judged_by_its_name_is_entered_by_that_name, instance_setup, instance_teardown),
        cmocka_unit_test_setup_teardown(a_mirror_that_is_held_is_not_swept_away, instance_setup, instance_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
