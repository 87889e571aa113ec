/*
 * The filter on system calls, as bubblewrap loads it.
 *
 * The namespaces and the missing capabilities already refuse nearly all of this; the filter is for the day when one of
 * them has a hole, and most holes of the kernel lie in calls that no compiler and no agent needs.  A list of what is
 * refused, not of what is allowed: node, Go, Java and Python use most of the rest, and differ between versions.  What
 * the kernel learns later is refused all the same, by its number.
 *
 * Why not libseccomp: for one list of numbers and a few arguments the filter is shorter than the calls to the library,
 * and the library would be one more to install for the Python package, which builds this file too.
 */
#include "engine/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/base.h"

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define MACHINE AUDIT_ARCH_PPC64LE
#endif

#ifdef MACHINE

enum { CALL_NEWEST = 462 /* mseal, of Linux 6.10; numbers are the same everywhere from 424 on */ };

/* Not in the headers of each release that we build on. */
enum {
    CALL_OPEN_TREE = 428,
    CALL_MOUNT_SETATTR = 442,
    CALL_QUOTACTL_FD = 443,
    CALL_MEMFD_SECRET = 447,
    CALL_STATMOUNT = 457,
    CALL_LISTMOUNT = 458,
};

static const struct {
    int call, answer;
} refused[] = {
    /* File systems: what is seen stays as it was made. */
    {SYS_mount, EPERM},
    {SYS_umount2, EPERM},
    {SYS_pivot_root, EPERM},
    {SYS_chroot, EPERM},
    {CALL_OPEN_TREE, EPERM},
    {SYS_move_mount, EPERM},
    {SYS_fsopen, EPERM},
    {SYS_fsconfig, EPERM},
    {SYS_fsmount, EPERM},
    {SYS_fspick, EPERM},
    {CALL_MOUNT_SETATTR, EPERM},
    {CALL_STATMOUNT, ENOSYS},
    {CALL_LISTMOUNT, ENOSYS},
    {SYS_name_to_handle_at, EPERM},
    {SYS_open_by_handle_at, EPERM},
    {SYS_quotactl, EPERM},
    {CALL_QUOTACTL_FD, EPERM},
    {SYS_fanotify_init, EPERM},
    /* Namespaces. */
    {SYS_unshare, EPERM},
    {SYS_setns, EPERM},
    {SYS_clone3, ENOSYS}, /* its flags lie in memory, where a filter cannot look; libraries fall back to clone */
    /* Other processes' memory. */
    {SYS_ptrace, EPERM},
    {SYS_process_vm_readv, EPERM},
    {SYS_process_vm_writev, EPERM},
    {SYS_process_madvise, EPERM},
    {SYS_pidfd_getfd, EPERM},
    {SYS_kcmp, EPERM},
    {SYS_move_pages, EPERM},
    {SYS_migrate_pages, EPERM},
    /* Keys, programs in the kernel, and where its holes have been. */
    {SYS_add_key, EPERM},
    {SYS_request_key, EPERM},
    {SYS_keyctl, EPERM},
    {SYS_bpf, EPERM},
    {SYS_perf_event_open, EPERM},
    {SYS_userfaultfd, EPERM},
    {SYS_io_uring_setup, ENOSYS},
    {SYS_io_uring_enter, ENOSYS},
    {SYS_io_uring_register, ENOSYS},
    {CALL_MEMFD_SECRET, ENOSYS},
    {SYS_vmsplice, EPERM},
    {SYS_msgget, ENOSYS}, /* memory that belongs to no process, and that only a cgroup would count */
    /* The machine. */
    {SYS_init_module, EPERM},
    {SYS_finit_module, EPERM},
    {SYS_delete_module, EPERM},
    {SYS_kexec_load, EPERM},
    {SYS_kexec_file_load, EPERM},
    {SYS_reboot, EPERM},
    {SYS_swapon, EPERM},
    {SYS_swapoff, EPERM},
    {SYS_acct, EPERM},
    {SYS_syslog, EPERM},
    {SYS_vhangup, EPERM},
    {SYS_sethostname, EPERM},
    {SYS_setdomainname, EPERM},
    {SYS_settimeofday, EPERM},
    {SYS_clock_settime, EPERM},
    {SYS_adjtimex, EPERM},
    {SYS_clock_adjtime, EPERM},
#ifdef SYS_iopl
    {SYS_iopl, EPERM},
    {SYS_ioperm, EPERM},
    {SYS_modify_ldt, EPERM},
#endif
};

/* Arguments that decide: what is wanted of them, else EPERM (or `answer`). */
typedef struct argument {
    int      call, which;
    bool     allow; /* values: all others are refused; else these are */
    int      answer;
    uint32_t values[5];
    int      count;
} argument;

static const argument arguments[] = {
    /* Netlink is of one kind (the next row): which addresses there are, as getaddrinfo asks. */
    {SYS_socket, 0, true, EAFNOSUPPORT, {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}, 4},
    {SYS_socketpair, 0, true, EAFNOSUPPORT, {AF_UNIX}, 1},
    /* Words put into a terminal's input, as if typed. */
    {SYS_ioctl, 1, false, EPERM, {0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */}, 2},
    {SYS_personality, 0, true, EPERM, {PER_LINUX, PER_LINUX | ADDR_NO_RANDOMIZE, 0xffffffff, PER_LINUX32, UNAME26}, 5},
};

/*
 * The rest of System V's: databases keep a few bytes in it, to see whether another one is at work.  There may be some
 * 32,000 of each, so what one may hold is the bound: some 128 MB in all.
 */
static const struct {
    int      call, which;
    uint32_t most;
} bounded[] = {
    {SYS_shmget, 1, 4096}, /* bytes */
    {SYS_semget, 1, 64},   /* semaphores */
};

enum {
    NAMESPACES =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
};

#define NUMBER offsetof(struct seccomp_data, nr)
#define LOW_HALF(i) (offsetof(struct seccomp_data, args) + 8 * (size_t)(i)) /* all machines above are little-endian */

typedef struct program {
    struct sock_filter *at;
    size_t              size;
} program;

static void
put(program *p, int code, uint32_t value, size_t yes, size_t no)
{
    if (p->size < CC_SECCOMP_MAX)
        p->at[p->size++] =
            (struct sock_filter){.code = (uint16_t)code, .jt = (uint8_t)yes, .jf = (uint8_t)no, .k = value};
}

static void
load(program *p, size_t offset)
{
    put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void
answer(program *p, uint32_t what)
{
    put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void
argument_put(program *p, const argument *a)
{
    const size_t n = (size_t)a->count;

    put(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)a->call, 0, n + 3); /* behind this row; the number is still loaded */
    load(p, LOW_HALF(a->which));
    for (size_t i = 0; i < n; i++) /* a listed one: to the second of the two answers */
        put(p, BPF_JMP | BPF_JEQ | BPF_K, a->values[i], n - i, 0);
    answer(p, a->allow ? SECCOMP_RET_ERRNO | (uint32_t)a->answer : SECCOMP_RET_ALLOW);
    answer(p, a->allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | (uint32_t)a->answer);
}

/* Netlink's third argument says what it is for: routes alone. */
static void
netlink_put(program *p)
{
    enum { NETLINK_ROUTE_ = 0 };

    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 6);
    load(p, LOW_HALF(0));
    put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 3);
    load(p, LOW_HALF(2));
    put(p, BPF_JMP | BPF_JEQ | BPF_K, NETLINK_ROUTE_, 1, 0);
    answer(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    load(p, NUMBER);
}

/* A size is 64 bits wide: the upper half must be 0. */
static void
bounded_put(program *p, int call, int which, uint32_t most)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 6);
    load(p, LOW_HALF(which));
    put(p, BPF_JMP | BPF_JGT | BPF_K, most, 2, 0);
    load(p, LOW_HALF(which) + 4);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer(p, SECCOMP_RET_ERRNO | EINVAL);
    load(p, NUMBER);
}

static void
clone_put(program *p)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
    load(p, LOW_HALF(0));
    put(p, BPF_JMP | BPF_JSET | BPF_K, (uint32_t)NAMESPACES, 0, 1);
    answer(p, SECCOMP_RET_ERRNO | EPERM);
    answer(p, SECCOMP_RET_ALLOW);
}

size_t
cc_seccomp_filter(struct sock_filter out[CC_SECCOMP_MAX])
{
    program p = {out, 0};

    load(&p, offsetof(struct seccomp_data, arch));
    put(&p, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
    answer(&p, SECCOMP_RET_KILL_PROCESS);
    load(&p, NUMBER);
    put(&p, BPF_JMP | BPF_JGT | BPF_K, CALL_NEWEST, 0, 1); /* those of x32 are above as well */
    answer(&p, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < CC_COUNT(refused); i++) {
        put(&p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)refused[i].call, 0, 1);
        answer(&p, SECCOMP_RET_ERRNO | (uint32_t)refused[i].answer);
    }
    clone_put(&p);
    netlink_put(&p);
    for (size_t i = 0; i < CC_COUNT(bounded); i++)
        bounded_put(&p, bounded[i].call, bounded[i].which, bounded[i].most);
    for (size_t i = 0; i < CC_COUNT(arguments); i++)
        argument_put(&p, &arguments[i]);
    answer(&p, SECCOMP_RET_ALLOW);
    return p.size < CC_SECCOMP_MAX ? p.size : 0;
}

#else

size_t
cc_seccomp_filter(struct sock_filter out[CC_SECCOMP_MAX])
{
    (void)out;
    return 0;
}

#endif
