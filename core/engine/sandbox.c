/*
 * What lies inside a sandbox, as arguments for bubblewrap.
 *
 * bubblewrap is started with an empty environment and takes its arguments from a descriptor: as process 1 inside, it is
 * seen by everybody there, and its environ and cmdline would otherwise tell the worker's.
 *
 * Why not hide what is secret instead: there is always one more (~/.netrc, ~/.pgpass, a backup, another instance's
 * data).  What is not listed here does not exist inside; a tool-chain elsewhere is the setting sandboxPaths.
 */
#include "engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "context/settings.h"
#include "engine/program.h"
#include "engine/seccomp.h"

/* Accounts that no distribution gives out: above those of users and of containers, below those of systemd's own use. */
enum { UID_BASE = 2000000000, UID_COUNT = 65536, COPY_MAX = 128 * 1024 };

/* Directly below the root, as the host has them: directories, or symlinks into /usr. */
static const char *const system_roots[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"};

/*
 * Of /etc, by glob(7): what programs need to start, to trust certificates, and to tell the time.  Each directory costs
 * a mount, and each mount time; files are copied.
 */
static const char *const system_files[] = {
    "/etc/alternatives", "/etc/fonts",      "/etc/java*",        "/etc/ld.so.cache",     "/etc/localtime",
    "/etc/mime.types",   "/etc/os-release", "/etc/pki/ca-trust", "/etc/pki/tls/certs",   "/etc/protocols",
    "/etc/services",     "/etc/ssl/certs",  "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/timezone",
};

/* What is not the host's business, nor the other way round. */
static const struct {
    const char *path, *text;
} synthetic[] = {
    {"/etc/passwd", "root:x:0:0:root:/:/usr/sbin/nologin\nagent:x:1000:1000:agent:" CC_INSIDE_HOME
                    ":/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"},
    {"/etc/group", "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n"},
    {"/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"},
    {"/etc/resolv.conf", "# The proxy of HTTPS_PROXY resolves names.\n"},
    {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
    {"/etc/hostname", "sandbox\n"},
};

_Static_assert(CC_COUNT(synthetic) + CC_COUNT(system_files) + 2 <= CC_CAGE_FILES, "and the filter and the arguments");

/* ---- whose account ------------------------------------------------------------------------------ */

uid_t
cc_sandbox_uid(const char *project_id)
{
    uint8_t hash[CC_HASH_SIZE];

    if (geteuid() != 0)
        return geteuid();
    cc_hash(project_id, strlen(project_id), hash);
    return (uid_t)(UID_BASE + (hash[0] << 8 | hash[1]) % UID_COUNT);
}

bool
cc_sandbox_own(const char *project_id, const char *path)
{
    uid_t uid = cc_sandbox_uid(project_id);

    return geteuid() != 0 || lchown(path, uid, (gid_t)uid) == 0;
}

bool
cc_sandbox_own_file(const char *project_id, int fd)
{
    uid_t uid = project_id ? cc_sandbox_uid(project_id) : 0;

    return !project_id || geteuid() != 0 || fchown(fd, uid, (gid_t)uid) == 0;
}

/* ---- the arguments ------------------------------------------------------------------------------ */

/* One argument after the other, each ended by NUL. */
static void
words_put(cc_buf *b, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        cc_put(b, words[i], strlen(words[i]) + 1);
}

#define PUT(b, ...) words_put(b, (const char *const[]){__VA_ARGS__, NULL})

static void
namespaces_put(cc_buf *b)
{
    PUT(b, "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--cap-drop", "ALL",
        "--new-session", "--die-with-parent", "--info-fd", "3", "--clearenv");
}

/* Where a symlink at the host's root leads is put as it is: on most systems /bin is "usr/bin". */
static void
roots_put(cc_buf *b)
{
    char        at[16], to[64];
    struct stat st;

    PUT(b, "--ro-bind", "/usr", "/usr");
    for (size_t i = 0; i < CC_COUNT(system_roots); i++) {
        snprintf(at, sizeof(at), "/%s", system_roots[i]);
        if (lstat(at, &st) != 0)
            continue;
        ssize_t n = S_ISLNK(st.st_mode) ? readlink(at, to, sizeof(to) - 1) : -1;
        if (n > 0) {
            to[n] = '\0';
            PUT(b, "--symlink", to, at);
        } else if (S_ISDIR(st.st_mode)) {
            PUT(b, "--ro-bind", at, at);
        }
    }
}

static bool
file_put(cc_cage *cage, cc_buf *b, const char *path, const void *bytes, size_t size)
{
    char fd[16];
    int  made = cage->file_count < CC_CAGE_FILES - 2 ? cc_memory_file(bytes, size) : -1;

    if (made < 0)
        return false;
    snprintf(fd, sizeof(fd), "%d", CC_CAGE_FD + cage->file_count);
    cage->files[cage->file_count++] = made;
    PUT(b, "--perms", "0644", "--file", fd, path);
    return true;
}

/* As a copy if it is a small file; else false. */
static bool
file_copy(cc_cage *cage, cc_buf *b, const char *path)
{
    char        bytes[COPY_MAX];
    struct stat st;
    int         fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t     n = -1;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < COPY_MAX)
        n = read(fd, bytes, sizeof(bytes));
    if (fd >= 0)
        close(fd);
    return n >= 0 && n < COPY_MAX && file_put(cage, b, path, bytes, (size_t)n);
}

static void
files_put(cc_cage *cage, cc_buf *b)
{
    glob_t found;

    for (size_t i = 0; i < CC_COUNT(system_files); i++) {
        if (glob(system_files[i], 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            if (!file_copy(cage, b, found.gl_pathv[k]))
                PUT(b, "--ro-bind-try", found.gl_pathv[k], found.gl_pathv[k]);
        globfree(&found);
    }
}

/* The kernel's file systems.  bubblewrap's /dev is a tmpfs without a limit: read-only but for the one put into it. */
static void
kernel_put(cc_buf *b)
{
    PUT(b, "--proc", "/proc", "--dev", "/dev", "--bind", CC_CAGE_BASE "/shm", "/dev/shm", "--remount-ro", "/dev");
    PUT(b, "--bind", CC_CAGE_BASE "/tmp", "/tmp", "--dir", "/run", "--dir", "/var", "--symlink", "/tmp", "/var/tmp");
}

static void
mounts_put(cc_buf *b, const cc_sandbox *sandbox)
{
    char from[32];

    for (size_t i = 0; sandbox->mounts && sandbox->mounts[i].from; i++) {
        snprintf(from, sizeof(from), CC_CAGE_BASE "/%zu", i);
        PUT(b, sandbox->mounts[i].writable ? "--bind" : "--ro-bind", from, sandbox->mounts[i].to);
    }
}

static void
environment_put(cc_buf *b, const char *const *environment)
{
    for (size_t i = 0; environment && environment[i]; i++) {
        size_t n = strcspn(environment[i], "=");
        if (!environment[i][n])
            continue;
        PUT(b, "--setenv");
        cc_put(b, environment[i], n);
        cc_put(b, "", 1);
        PUT(b, environment[i] + n + 1);
    }
}

/* ---- making it ready ---------------------------------------------------------------------------- */

static bool
file_add(cc_cage *cage, const void *bytes, size_t size)
{
    int fd = cc_memory_file(bytes, size);

    if (fd >= 0)
        cage->files[cage->file_count++] = fd;
    return fd >= 0;
}

/* The program's own words cannot come from the descriptor; it knows them anyway. */
static const char *const *
command(cc_arena *a, const char *bwrap, const char *fd, const char *const *argv)
{
    const char **out;
    size_t       n = 0, count = 0;

    while (argv[count])
        count++;
    if (!(out = cc_alloc(a, (count + 5) * sizeof(*out))))
        return NULL;
    out[n++] = bwrap;
    out[n++] = "--args";
    out[n++] = cc_strndup(a, fd, strlen(fd));
    out[n++] = "--";
    memcpy(out + n, argv, (count + 1) * sizeof(*out));
    return out[2] ? out : NULL;
}

static bool
seccomp_add(cc_cage *cage, cc_buf *b)
{
    struct sock_filter filter[CC_SECCOMP_MAX];
    size_t             size = cc_seccomp_filter(filter);
    char               fd[16];

    if (!size) /* `doctor` says so */
        return true;
    snprintf(fd, sizeof(fd), "%d", CC_CAGE_FD + cage->file_count);
    PUT(b, "--seccomp", fd);
    return file_add(cage, filter, size * sizeof(filter[0]));
}

cc_err
cc_cage_make(cc_cage *cage, cc_arena *scratch, const cc_sandbox *sandbox, const char *directory,
             const char *const *argv, const char *const *environment, char *why, size_t why_size)
{
    const char *bwrap = cc_program_find(scratch, "bwrap");
    char        fd[16];
    bool        fine = true;
    cc_buf      b;

    *cage = (cc_cage){.sandbox = sandbox, .handover = -1, .was_root = geteuid() == 0};
    cage->uid = cage->was_root && sandbox->account ? sandbox->account : cc_sandbox_uid(sandbox->project_id);
    if (!bwrap) {
        snprintf(why, why_size,
                 CC_WORDS("The program bwrap is not installed on the worker's machine (package bubblewrap)."));
        return CC_E_INTERNAL;
    }
    cc_buf_init(&b, scratch);
    namespaces_put(&b);
    roots_put(&b);
    kernel_put(&b);
    for (size_t i = 0; i < CC_COUNT(synthetic); i++)
        fine = fine && file_put(cage, &b, synthetic[i].path, synthetic[i].text, strlen(synthetic[i].text));
    files_put(cage, &b);
    fine = fine && seccomp_add(cage, &b);
    mounts_put(&b, sandbox);
    environment_put(&b, environment);
    PUT(&b, "--remount-ro", "/", "--chdir", directory ? directory : "/");
    snprintf(fd, sizeof(fd), "%d", CC_CAGE_FD + cage->file_count);
    if (!fine || !cc_buf_text(&b) || !file_add(cage, b.data, b.size)) {
        snprintf(why, why_size, CC_WORDS("There is not enough memory, or there are no descriptors left."));
        cc_cage_close(cage);
        return CC_E_UNAVAILABLE;
    }
    cage->argv = command(scratch, bwrap, fd, argv);
    return cage->argv ? CC_OK : CC_E_UNAVAILABLE;
}

void
cc_cage_close(cc_cage *cage)
{
    for (int i = 0; i < cage->file_count; i++)
        close(cage->files[i]);
    cage->file_count = 0;
}
