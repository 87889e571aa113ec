/*
 * The system calls a sandbox refuses.
 */
#ifndef CC_SECCOMP_H
#define CC_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

enum { CC_SECCOMP_MAX = 512 };

/*
 * Write the filter for this machine; its length.  0: there is none for this kind of machine.
 *
 * What is refused answers EPERM, what a program can do without answers ENOSYS (and then it does without: clone3,
 * io_uring, whatever is newer than this table), and a call by another machine's conventions ends the program.
 */
size_t cc_seccomp_filter(struct sock_filter out[CC_SECCOMP_MAX]);

#endif
