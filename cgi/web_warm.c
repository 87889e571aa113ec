/*
 * The warm process behind plain CGI: where it is, who may be it, how it begins and ends.
 *
 * A CGI program that opens the instance spends nine tenths of its time on that, most of it on reading a schema which
 * grows with every table.  So the first call leaves a process behind: the same program, started as a FastCGI worker on
 * a socket beside the database.  Later calls hand their request over (web_relay.c) before they touch SQLite.
 *
 * The socket's name is a hash of everything that decides what is answered: program, database, codecourier.conf,
 * environment, account, machine.  So nobody has to be told of a change.  When one of them changes, callers look for
 * another name, and a process that finds its own name outdated ends.
 *
 * Only the owner's own processes are trusted, and only in a directory that nobody else may write to.  Whatever is not
 * as it should be, from a full process table to a socket of somebody else's, means that there is no warm process, and
 * the caller answers by itself as if this file did not exist.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "web.h"

extern char **environ;

#define NAME_BEGIN "codecourier-warm-"
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define ROLE "CODECOURIER_WARM" /* in the environment of a warm process: the name of its socket */

enum {
    WAITING_MOST = 8, /* callers in the queue; the next one answers by itself */
    WELCOME_MS = 250, /* a process that does not take a caller within this is busy with something long */
    RETRY_S = 5,      /* one that died younger is not started again sooner */
    SEND_S = 5,       /* to or from a caller that was stopped in the middle */
    OPEN_MOST = 1024, /* descriptors to close where the kernel does not do it for us */
};

/* ---- the name ---------------------------------------------------------------------------------------------------- */

/* FNV-1a, 64 bits: the name has to differ, not to be a secret. */
static uint64_t
hash(uint64_t h, const void *data, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t
hash_number(uint64_t h, uint64_t n)
{
    return hash(h, &n, sizeof(n));
}

static uint64_t
hash_text(uint64_t h, const char *text)
{
    return hash(h, text, strlen(text) + 1);
}

/* Which file it is and, `content`, the state it is in.  The time of its last change tells more than that of its last
 * writing, which people can set. */
static uint64_t
hash_file(uint64_t h, const struct stat *st, bool content)
{
    h = hash_number(hash_number(h, (uint64_t)st->st_dev), (uint64_t)st->st_ino);
    if (!content)
        return h;
    h = hash_number(hash_number(h, (uint64_t)st->st_size), (uint64_t)st->st_ctim.tv_sec);
    return hash_number(h, (uint64_t)st->st_ctim.tv_nsec);
}

static bool
is_setting(const char *pair)
{
    return strncmp(pair, "CODECOURIER_", 12) == 0 && strncmp(pair, ROLE "=", sizeof(ROLE)) != 0;
}

/* In whatever order the web server lists them. */
static uint64_t
hash_environment(uint64_t h)
{
    uint64_t sum = 0;

    for (char **pair = environ; *pair != NULL; pair++)
        if (is_setting(*pair))
            sum += hash_text(FNV_BASIS, *pair);
    return hash_number(h, sum);
}

/* The directory of the database that `data` names, and the database's name in it. */
static const char *
split(const char *data, char directory[PATH_MAX])
{
    snprintf(directory, PATH_MAX, "%s", data);
    if (!cc_data_is_file(data))
        return "codecourier.db";
    const char *slash = strrchr(data, '/');
    if (slash == NULL) {
        snprintf(directory, PATH_MAX, ".");
        return data;
    }
    directory[slash > data ? slash - data : 1] = '\0';
    return slash + 1;
}

/* Only its owner may put a socket there, and that is us. */
static bool
is_ours(int directory)
{
    struct stat st;

    return fstat(directory, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* By its path: a program that was replaced meanwhile has none any more. */
static bool
program_path(char path[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);

    path[size > 0 ? size : 0] = '\0';
    return size > 0;
}

/* Open the database's directory; the database's name in it, or NULL. */
static const char *
open_directory(web_warm *warm, const char *data)
{
    char path[PATH_MAX];

    warm->directory = -1;
    if (strlen(data) >= PATH_MAX)
        return NULL;
    const char *name = split(data, path);
    warm->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return warm->directory >= 0 && is_ours(warm->directory) ? name : NULL;
}

bool
web_warm_find(web_warm *warm, const char *data)
{
    char           path[PATH_MAX];
    struct stat    program, directory, database, settings;
    struct utsname machine;
    uint64_t       h = FNV_BASIS;
    const char    *name = open_directory(warm, data);

    if (name == NULL || fstat(warm->directory, &directory) != 0 || fstatat(warm->directory, name, &database, 0) != 0 ||
        !program_path(path) || stat(path, &program) != 0 || uname(&machine) != 0)
        return false;
    h = hash_file(hash_file(hash_file(h, &program, true), &directory, false), &database, false);
    if (fstatat(warm->directory, "codecourier.conf", &settings, 0) == 0)
        h = hash_file(h, &settings, true);
    h = hash_environment(hash_text(h, machine.nodename));
    h = hash_number(hash_number(h, geteuid()), getegid());
    snprintf(warm->name, sizeof(warm->name), NAME_BEGIN "%016llx", (unsigned long long)h);
    return true;
}

void
web_warm_close(web_warm *warm)
{
    if (warm->directory >= 0)
        close(warm->directory);
    warm->directory = -1;
}

/* A socket's path has room for 107 characters only, so it leads by way of the descriptor. */
static struct sockaddr_un
address_of(const web_warm *warm, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", warm->directory, name);
    return address;
}

/* ---- the caller's side ------------------------------------------------------------------------------------------- */

static bool
is_self(int fd)
{
    struct ucred peer;
    socklen_t    size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

static void
set_timeouts(int fd, int seconds)
{
    const struct timeval time = {.tv_sec = seconds};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

/* -1: nobody of ours listens there (errno: ENOENT, ECONNREFUSED), or too many wait there already (EAGAIN). */
static int
connect_to(const web_warm *warm, const char *name)
{
    const struct sockaddr_un address = address_of(warm, name);
    int                      fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int                      error = EPERM;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        error = errno;
    else if (is_self(fd))
        return fd;
    close(fd);
    errno = error;
    return -1;
}

/*
 * The process says a byte when it takes a caller.  Until then nothing has been sent to it, so the caller is free to
 * answer by itself; from then on it is the caller's alone.
 */
static bool
is_welcome(int fd)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};
    char          byte;

    return poll(&input, 1, WELCOME_MS) == 1 && read(fd, &byte, 1) == 1;
}

int
web_warm_connect(const web_warm *warm, bool *start)
{
    int fd = connect_to(warm, warm->name);

    *start = fd < 0 && (errno == ENOENT || errno == ECONNREFUSED);
    if (fd < 0)
        return -1;
    if (!is_welcome(fd) || fcntl(fd, F_SETFL, 0) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- beginning --------------------------------------------------------------------------------------------------- */

/* Sockets that killed processes have left, this program's and those of others before it. */
static void
sweep(const web_warm *warm)
{
    int            copy = openat(warm->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR           *all = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;

    while (all != NULL && (entry = readdir(all)) != NULL) {
        if (strncmp(entry->d_name, NAME_BEGIN, sizeof(NAME_BEGIN) - 1) != 0)
            continue;
        int fd = connect_to(warm, entry->d_name);
        if (fd >= 0)
            close(fd);
        else if (errno == ECONNREFUSED)
            unlinkat(warm->directory, entry->d_name, 0);
    }
    if (all != NULL)
        closedir(all);
    else if (copy >= 0)
        close(copy);
}

/* Nobody is there, or somebody was and died as soon as he had begun: that would happen again. */
static bool
is_wanted(const web_warm *warm)
{
    struct stat st;
    int         fd = connect_to(warm, warm->name);

    if (fd >= 0)
        close(fd);
    if (fd >= 0 || (errno != ENOENT && errno != ECONNREFUSED))
        return false;
    return fstatat(warm->directory, warm->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
           time(NULL) - st.st_ctim.tv_sec >= RETRY_S;
}

/* It listens from the moment it has its name. */
static int
make_socket(const web_warm *warm)
{
    char   making[sizeof(warm->name) + 8];
    int    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(S_IRWXG | S_IRWXO | S_IXUSR);

    snprintf(making, sizeof(making), "%s.new", warm->name);
    unlinkat(warm->directory, making, 0);
    const struct sockaddr_un address = address_of(warm, making);
    bool                     made = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
                listen(fd, WAITING_MOST) == 0 && renameat(warm->directory, making, warm->directory, warm->name) == 0;
    umask(mask);
    if (!made && fd >= 0) {
        unlinkat(warm->directory, making, 0);
        close(fd);
    }
    return made ? fd : -1;
}

static void
close_others(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
        return;
#endif
    for (int fd = 3; fd < OPEN_MOST; fd++)
        close(fd);
}

/*
 * Become the process: of what the web server and the request have left, nothing stays but the settings.  Standard error
 * is a file without a name, from which each caller is given what was said during his request.
 */
static void
become(const web_warm *warm, int listener, char *program)
{
    static const char *const kept[] = {"PATH=", "TZ=", "LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS="};
    char                     role[sizeof(ROLE) + sizeof(warm->name)];
    char                    *environment[64];
    size_t                   n = 0;
    sigset_t                 none;

    snprintf(role, sizeof(role), ROLE "=%s", warm->name);
    environment[n++] = role;
    for (char **pair = environ; *pair != NULL && n < sizeof(environment) / sizeof(environment[0]) - 1; pair++) {
        bool keep = is_setting(*pair);
        for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
            keep |= strncmp(*pair, kept[i], strlen(kept[i])) == 0;
        if (keep)
            environment[n++] = *pair;
    }
    environment[n] = NULL;

    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int log = memfd_create("codecourier-log", MFD_CLOEXEC);
    if (nowhere < 0 || log < 0 || dup2(listener, STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0)
        return;
    close_others();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTERM, SIG_DFL);
    execve(program, (char *[]){program, NULL}, environment);
}

/* Nobody's child: its parent has no time to wait for it. */
static void
start_apart(const web_warm *warm, int listener)
{
    char program[PATH_MAX];

    if (!program_path(program))
        return;
    pid_t child = fork();
    if (child == 0) {
        if (setsid() >= 0 && fork() == 0)
            become(warm, listener, program);
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

void
web_warm_start(const web_warm *warm)
{
    struct rlimit processor;
    int           listener;

    /* A limit that is meant for one request would end it in the middle of another. */
    if (getrlimit(RLIMIT_CPU, &processor) != 0 || processor.rlim_cur != RLIM_INFINITY)
        return;
    if (flock(warm->directory, LOCK_EX | LOCK_NB) != 0)
        return; /* somebody else is at it */
    if (is_wanted(warm)) {
        sweep(warm);
        if ((listener = make_socket(warm)) >= 0) {
            start_apart(warm, listener);
            close(listener);
        }
    }
    flock(warm->directory, LOCK_UN);
}

/* ---- the process itself ------------------------------------------------------------------------------------------ */

bool
web_warm_is_role(void)
{
    return getenv(ROLE) != NULL;
}

static bool
find_own(web_warm *warm)
{
    char        path[PATH_MAX];
    const char *name = getenv(ROLE);

    return web_warm_find(warm, web_data(path)) && name != NULL && strcmp(name, warm->name) == 0;
}

bool
web_warm_is_current(void)
{
    web_warm warm;
    bool     current = find_own(&warm);

    web_warm_close(&warm);
    return current;
}

/* Another may have begun under the same name as soon as this one no longer listened: its socket stays. */
void
web_warm_leave(int listener)
{
    char     path[PATH_MAX];
    web_warm warm;

    close(listener);
    if (open_directory(&warm, web_data(path)) != NULL && flock(warm.directory, LOCK_EX) == 0)
        sweep(&warm);
    web_warm_close(&warm);
}

bool
web_warm_welcome(int fd)
{
    set_timeouts(fd, SEND_S);
    return is_self(fd) && send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
}

size_t
web_warm_log(char *out, size_t size)
{
    ssize_t got = pread(STDERR_FILENO, out, size, 0);

    if (got > 0 && ftruncate(STDERR_FILENO, 0) == 0)
        lseek(STDERR_FILENO, 0, SEEK_SET);
    return got > 0 ? (size_t)got : 0;
}
