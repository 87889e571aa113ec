/*
 * `codecourier work`: a worker that executes runs.
 *
 * Everything it does is in core/engine; here are only signals, turned into a descriptor that becomes readable.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command.h"

enum { SLOTS_MOST = 256 };

int
work_run(const arguments *a)
{
    cc_work_options options = {.drain = a->option[O_DRAIN] != NULL, .forge = forge_run, .deliver = deliver_run};
    cc_app         *app;
    char            self[4096] = "";
    sigset_t        signals;
    long            slots;

    if (!option_number(a, O_SLOTS, 1, SLOTS_MOST, 0, &slots))
        return EXIT_USAGE;
    options.slots = (int)slots;
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
        options.self = self;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    options.stop_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

    int code = open_app(a, 0, &app);
    if (code == EXIT_FINE) {
        cc_err err = cc_work(app, &options);
        if (err != CC_OK) {
            fail(T_WORK_FAILED, WITH(cc_err_message(err)));
            code = EXIT_TROUBLE;
        }
        cc_app_close(app);
    }
    if (options.stop_fd >= 0)
        close(options.stop_fd);
    return code;
}
