/*
 * What takes C: other ways into the kernel than the usual system call.  One word says which; exit code 100: it got through,
 * and standard output says how.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { THROUGH = 100 };

static int
judge(long answer, const char *what)
{
    if (answer >= 0) {
        printf("%s\n", what);
        return THROUGH;
    }
    printf("%s\n", strerror(errno));
    return 1;
}

/* As judge, but a question that the kernel has looked at counts. */
static int
judge_closed(long answer, const char *what)
{
    if (answer < 0 && errno != EPERM && errno != ENOSYS && errno != EACCES)
        answer = 0;
    return judge(answer, what);
}

/* A terminal of our own: its ioctl numbers are what a filter must know, also with bits above 32 set. */
static int
terminal(unsigned long request)
{
    int   fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    char *name = fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 ? ptsname(fd) : NULL;
    char  byte[2] = {'x', 0};

    if (!name || setsid() < -1)
        return judge(-1, "");
    int slave = open(name, O_RDWR);
    if (slave < 0)
        return judge(-1, "");
    (void)ioctl(slave, TIOCSCTTY, 0);
    errno = 0;
    return judge(syscall(SYS_ioctl, (long)slave, (long)request, byte), "the ioctl was taken");
}

#ifdef __x86_64__
static long
int80(long nr, long a, long b, long c, long d, long e)
{
    long answer;

    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "r8", "r9", "r10", "r11");
    if ((int)answer < 0 && (int)answer > -4096) {
        errno = -(int)answer;
        return -1;
    }
    return (int)answer;
}

/* Its pointers have 32 bits. */
static char *
low_page(void)
{
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}
#endif

static int
other_abi(const char *way)
{
#ifdef __x86_64__
    char *p = low_page();

    if (!p)
        return 1;
    strcpy(p, "tmpfs");
    strcpy(p + 64, "/tmp");
    if (strcmp(way, "int80-mount") == 0)
        return judge_closed(int80(21, (long)(intptr_t)p, (long)(intptr_t)(p + 64), (long)(intptr_t)p, 0, 0), "mount by int 0x80");
    if (strcmp(way, "int80-unshare") == 0)
        return judge_closed(int80(310, CLONE_NEWUSER, 0, 0, 0, 0), "unshare by int 0x80");
    if (strcmp(way, "x32-unshare") == 0)
        return judge_closed(syscall(0x40000000 | SYS_unshare, CLONE_NEWUSER), "unshare by x32");
    return judge_closed(syscall(0x40000000 | SYS_mount, p, p + 64, p, 0, 0), "mount by x32");
#else
    printf("%s: not on this processor\n", way);
    return 1;
#endif
}

static int
reap(long pid, const char *what)
{
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid((pid_t)pid, NULL, 0);
    return judge_closed(pid, what);
}

static int
trace_a_sibling(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    long answer = ptrace(PTRACE_ATTACH, pid, NULL, NULL);
    int  code = judge(answer, "traced a process");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return code;
}

static int
nest_by_fork(void)
{
    int   status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(unshare(CLONE_NEWUSER) == 0 && unshare(CLONE_NEWNS) == 0 && mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == 0 ? 100 : 1);
    waitpid(pid, &status, 0);
    errno = EPERM;
    return judge(WIFEXITED(status) && WEXITSTATUS(status) == 100 ? 0 : -1, "a namespace of its own, with a mount");
}

int
main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";

    if (strcmp(way, "ioctl-tiocsti") == 0)
        return terminal(TIOCSTI);
    if (strcmp(way, "ioctl-tiocsti-high") == 0)
        return terminal(TIOCSTI | 1UL << 32);
    if (strcmp(way, "ioctl-tioclinux") == 0)
        return terminal(0x541C);
    if (strcmp(way, "clone-newuser") == 0)
        return reap(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), "clone");
    if (strcmp(way, "clone3-newuser") == 0) {
        struct clone_args a = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
        return reap(syscall(SYS_clone3, &a, sizeof(a)), "clone3");
    }
    if (strcmp(way, "ptrace-sibling") == 0)
        return trace_a_sibling();
    if (strcmp(way, "userns-by-fork") == 0)
        return nest_by_fork();
    if (strcmp(way, "prctl-no-seccomp") == 0)
        return judge(prctl(PR_GET_SECCOMP) == 2 ? -1 : 0, "no filter");
    if (strncmp(way, "int80", 5) == 0 || strncmp(way, "x32", 3) == 0)
        return other_abi(way);
    if (strcmp(way, "memfd-exec-suid") == 0) {
        int fd = (int)syscall(SYS_memfd_create, "x", 0);
        errno = EPERM;
        return judge(fd >= 0 && fchown(fd, 0, 0) == 0 && geteuid() != 0 && fchmod(fd, 04755) == 0 ? 0 : -1, "a set-uid file of root's");
    }
    return 2;
}
