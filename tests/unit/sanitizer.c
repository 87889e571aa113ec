/*
 * Linked into sanitized builds only: sends what the sanitizers find to files of their own, because a web server drops
 * a worker's environment and mixes its standard error with other lines.  tests/run.py fails when such a file is there.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

__attribute__((visibility("default"))) const char *
__asan_default_options(void)
{
    /*
     * intercept_tls_get_addr: what watches the thread-local memory of libraries that are opened later (libpq brings
     * some) takes a block that begins 16 bytes behind a page for one of an older glibc, and the search for leaks then
     * walks through whatever stands there: about one process of 256 ended with "Tracer caught signal 11".
     */
    return "log_path=" CC_SAN_LOG ":detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=1"
           ":strict_string_checks=1:intercept_tls_get_addr=0";
}

__attribute__((visibility("default"))) const char *
__ubsan_default_options(void)
{
    return "log_path=" CC_SAN_LOG ":print_stacktrace=1";
}
