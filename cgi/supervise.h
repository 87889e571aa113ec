/*
 * Keep a few programs running, and end them together.
 */
#ifndef CODECOURIER_SUPERVISE_H
#define CODECOURIER_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One program. */
typedef struct child {
    const char  *name; /* in what is said of it */
    const char  *path;
    char *const *argv;
    int          input;                /* its standard input */
    bool         worker;               /* ended last: the web server may still be handing it requests */
    pid_t        pid;                  /* 0: not running */
    int64_t      started_at, start_at; /* ms; start_at: when to start it again */
    int64_t      pause;                /* ms; before the next start, should it end soon again */
} child;

typedef struct family {
    child *members;
    size_t count;
    void (*each_minute)(void *ctx);
    void   *ctx;
    int64_t minute_at;
    int64_t patience;   /* ms; how much longer than usual workers may take to end */
    bool    ready;      /* it has answered once: from then on the web server, too, is started again when it ends */
    int     web_status; /* how the web server ended before that, as waitpid has it; -1: it has not */
} family;

/* "exit code 1", "signal 9", of a status as waitpid has it; malloc'ed. */
char *how_it_ended(int status);

/* Milliseconds from an arbitrary start. */
int64_t now_ms(void);

/*
 * From here on SIGINT, SIGTERM, SIGHUP and SIGCHLD wait until they are asked for, by the two calls below.  Children get
 * the usual state back.  They are in process groups of their own, so that the terminal's Ctrl-C reaches the parent
 * alone, and are told to end when the parent dies in whatever way.
 */
void family_prepare(void);

/* Start everybody.  false: errno says why; call family_end all the same. */
bool family_start(family *f);

/*
 * Look after the children, starting again whoever ends, until a signal asks to stop (true) or the moment `until` has
 * come (false; INT64_MAX: never).  Before the family is ready it also returns false when the web server ends: what
 * keeps it from starting, such as a port in use, does not get better by trying.
 *
 * One that lived for less than 5 s is started again after a pause, which doubles from 250 ms up to 8 s as long as that
 * goes on; there is no last try, for whoever mends the cause should not have to know of us.
 */
bool family_run(family *f, int64_t until);

/* End everybody: the web server first, which finishes what it has begun, then the workers.  A signal meanwhile kills.
 */
void family_end(family *f);

#endif
