/*
 * The child on its way into the sandbox: namespaces of its own, the mounts where bubblewrap finds them, then no way
 * back.
 *
 * Why here and not all in bubblewrap: the data directory is closed to every account but the worker's, so a worker that
 * is root takes hold of the mounts first and becomes the project's account then; a tmpfs with a limit on its inodes and
 * a listening socket in the new network are beyond bubblewrap's options; and the limit on processes must count from a
 * user namespace that holds nobody else.
 *
 * Between fork and exec: system calls only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/directory.h"
#include "engine/program.h"
#include "engine/sandbox.h"

#define LENDING                                                                                                        \
    "The repository is root's, and runs never work as root; it could not be lent to the project's account either, so " \
    "give it to an ordinary one (chown -R)"

static _Noreturn void
give_up(const char *what)
{
    cc_last_words(what);
    _exit(127);
}

static void
file_put(const char *path, const char *text, const char *what)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        give_up(what);
    close(fd);
}

static int
tree_clone(int at, const char *path, unsigned flags)
{
    int fd = (int)syscall(SYS_open_tree, at, path, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

    if (fd < 0)
        give_up(path);
    return fd;
}

/* What was allowed by its name must still be what has that name, and of the account that goes in. */
static int
judged_clone(const cc_cage *cage, const cc_mount *m)
{
    int         at = cc_directory_enter(m->from);
    struct stat st;

    if (at < 0)
        give_up("The repository has been replaced since it was allowed");
    if (cage->was_root && (fstat(at, &st) != 0 || st.st_uid != (m->lent ? 0 : cage->uid))) {
        errno = EPERM;
        give_up("The repository has changed hands since it was allowed");
    }
    int fd = tree_clone(at, "", AT_EMPTY_PATH);
    close(at);
    return fd;
}

/* Another user namespace whose root is this account, and all others themselves: a mount in its sense is lent. */
static int
lending_namespace(uid_t uid)
{
    struct clone_args how = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    char              path[64], map[96];
    pid_t             pid = (pid_t)syscall(SYS_clone3, &how, sizeof(how));

    if (pid < 0)
        return -1;
    while (pid == 0)
        pause();
    snprintf(map, sizeof(map), "0 %lu 1\n1 1 %lu\n", (unsigned long)uid, (unsigned long)uid - 1);
    snprintf(path, sizeof(path), "/proc/%ld/uid_map", (long)pid);
    file_put(path, map, LENDING);
    snprintf(path, sizeof(path), "/proc/%ld/gid_map", (long)pid);
    file_put(path, map, LENDING);
    snprintf(path, sizeof(path), "/proc/%ld/ns/user", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return fd;
}

static void
lend(int tree, uid_t uid)
{
    int               fd = lending_namespace(uid);
    struct mount_attr how = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)fd};

    if (fd < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &how, sizeof(how)) != 0)
        give_up(LENDING);
    close(fd);
}

/* As a mount of its own that hangs nowhere yet. */
static int
detach(const cc_cage *cage, const cc_mount *m)
{
    int fd = m->judged ? judged_clone(cage, m) : tree_clone(AT_FDCWD, m->from, AT_RECURSIVE);

    if (cage->was_root && m->lent)
        lend(fd, cage->uid);
    return fd;
}

static void
attach(int fd, const char *to, const struct stat *st)
{
    int made = S_ISDIR(st->st_mode) ? mkdir(to, 0755) : mknod(to, S_IFREG | 0644, 0);

    if (made != 0 || syscall(SYS_move_mount, fd, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH) != 0)
        give_up("The sandbox's directories could not be mounted");
    close(fd);
}

static void
become(uid_t uid)
{
    if (setgroups(0, NULL) != 0 || setresgid((gid_t)uid, (gid_t)uid, (gid_t)uid) != 0 || setresuid(uid, uid, uid) != 0)
        give_up("The worker runs as root but cannot take on the account of a project; run it as an ordinary user");
}

static void
namespaces(uid_t uid)
{
    char  map[64];
    gid_t gid = getegid(); /* inside, before there is a map, it is nobody's */

    /* Who has changed its account may not write its own maps, until it is said that it may be looked at.  The only ones
     * who could are processes of the same account in this process namespace, and none of a project's is. */
    prctl(PR_SET_DUMPABLE, 1);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0)
        give_up("This machine does not allow user namespaces (see sysctl kernel.unprivileged_userns_clone and "
                "kernel.apparmor_restrict_unprivileged_userns, or the container's settings), which the sandbox needs");
    file_put("/proc/self/setgroups", "deny", "The sandbox's groups could not be set");
    snprintf(map, sizeof(map), "%lu %lu 1\n", (unsigned long)uid, (unsigned long)uid);
    file_put("/proc/self/uid_map", map, "The sandbox's account could not be set");
    snprintf(map, sizeof(map), "%lu %lu 1\n", (unsigned long)gid, (unsigned long)gid);
    file_put("/proc/self/gid_map", map, "The sandbox's group could not be set");
}

static void
tmpfs(const char *at, int64_t mb)
{
    char    options[96];
    int64_t files = mb * CC_TMP_FILES_PER_MB > CC_TMP_FILES_LEAST ? mb * CC_TMP_FILES_PER_MB : CC_TMP_FILES_LEAST;

    snprintf(options, sizeof(options), "mode=0700,size=%lldm,nr_inodes=%lld", (long long)mb, (long long)files);
    if (mkdir(at, 0700) != 0 || mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
        give_up("The sandbox's temporary directories could not be mounted");
}

/* Everything bubblewrap binds, below one directory that every machine has; the host's is covered in here alone. */
static void
base_make(const cc_sandbox *sandbox, const int *mounts, const struct stat *what, size_t count)
{
    int64_t mb = sandbox->tmp_mb ? sandbox->tmp_mb : CC_TMP_MB;
    char    to[64];

    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", CC_CAGE_BASE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m,nr_inodes=256") != 0)
        give_up("The sandbox's directories could not be mounted");
    for (size_t i = 0; i < count; i++) {
        snprintf(to, sizeof(to), CC_CAGE_BASE "/%zu", i);
        attach(mounts[i], to, &what[i]);
    }
    tmpfs(CC_CAGE_BASE "/tmp", mb);
    tmpfs(CC_CAGE_BASE "/shm", mb);
}

static void
loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int          fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
        give_up("The sandbox's network could not be made");
    close(fd);
}

/* Listen where the proxy is to be found inside, and pass the socket to who will serve it outside. */
static void
proxy_hand_over(int handover)
{
    union { /* aligned as a header */
        struct cmsghdr header;
        char           bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(CC_INSIDE_PROXY_PORT)};
    char               one = 1;
    struct iovec       part = {&one, 1};
    struct msghdr      m = {
             .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int             fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 128) != 0)
        give_up("The sandbox's proxy could not listen");
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    if (sendmsg(handover, &m, MSG_NOSIGNAL) != 1)
        give_up("The sandbox's proxy could not be handed over");
    close(fd);
    close(handover);
}

/* Waits for the child, which is under way in its namespaces: a few milliseconds, or until it has given up. */
int
cc_cage_listener(int handover)
{
    union {
        struct cmsghdr header;
        char           bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char          one;
    struct iovec  part = {&one, 1};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    ssize_t n;
    int     fd = -1;

    while ((n = recvmsg(handover, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    return fd;
}

void
cc_cage_enter(const cc_cage *cage, pid_t parent)
{
    const cc_mount *mounts = cage->sandbox->mounts;
    int             fds[CC_MOUNTS_MAX];
    struct stat     what[CC_MOUNTS_MAX];
    size_t          count = 0;

    umask(0);
    if (chdir("/") != 0)
        give_up("/");
    while (mounts && mounts[count].from && count < CC_MOUNTS_MAX) {
        if (stat(mounts[count].from, &what[count]) != 0)
            give_up(mounts[count].to);
        count++;
    }
    /* Who is root may do so here, and after it is not allowed to look; who is not may do so in its own namespace only.
     */
    for (size_t i = 0; cage->was_root && i < count; i++)
        fds[i] = detach(cage, &mounts[i]);
    if (cage->was_root)
        become(cage->uid);
    namespaces(cage->uid);
    for (size_t i = 0; !cage->was_root && i < count; i++)
        fds[i] = detach(cage, &mounts[i]);
    base_make(cage->sandbox, fds, what, count);
    loopback_up();
    if (cage->handover >= 0)
        proxy_hand_over(cage->handover);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* who changes its account loses it */
    if (getppid() != parent || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(127);
}
