/*
 * A process in bubblewrap, without one: what it tells of itself comes by a pipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "engine/process.h"

/* It does so in several pieces, and dies of SIGPIPE if nobody takes the last ones. */
static void
what_bubblewrap_tells_is_taken_to_its_end(void **state)
{
    static const char *const pieces[] = {"{\n    \"child-pid\": 4194999", ",\n    \"net-namespace\": 4026531840",
                                         "\n}\n"};
    cc_process               p;
    int                      ends[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    cc_process_clear(&p);
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    p.pid = 4194998;
    p.info = ends[0];
    assert_int_equal(cc_process_root(&p), 4194998); /* it has said nothing */
    for (size_t i = 0; i < CC_COUNT(pieces); i++) {
        assert_int_equal(write(ends[1], pieces[i], strlen(pieces[i])), (ssize_t)strlen(pieces[i]));
        assert_int_equal(cc_process_root(&p), 4194999);
    }
    p.pid = 0; /* none of ours */
    cc_process_close(&p);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_bubblewrap_tells_is_taken_to_its_end)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
