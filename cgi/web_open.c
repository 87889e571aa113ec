/*
 * Which instance the web program serves, and what it says while it cannot.
 *
 * The instance is found without arguments: suexec, which shared hosting is built on, keeps hardly any variable of the
 * environment, so a file beside the program can name it too.  The last resort is the conventional place and not one
 * relative to the program, which would lie inside the web space.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "web.h"

#define DATA_DIRECTORY "/var/lib/codecourier"
#define PATH_FILE "codecourier.path"

void
web_log(const char *format, ...)
{
    char      line[1024], when[24];
    time_t    now = time(NULL);
    struct tm utc;
    va_list   args;

    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    if (size >= 0)
        fprintf(stderr, "%s codecourier.cgi[%ld]: %s\n", when, (long)getpid(), line);
}

/* The directory this program lies in, with its '/'.  false: the system does not tell. */
static bool
program_directory(char out[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", out, PATH_MAX - 1);

    if (size <= 0)
        return false;
    out[size] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    slash[1] = '\0';
    return true;
}

/* What codecourier.path says.  A CGI server starts programs in their own directory (RFC 3875, 7.2), hence the fallback.
 */
static bool
path_from_file(char out[PATH_MAX])
{
    char  directory[PATH_MAX] = "";
    char  name[PATH_MAX + sizeof(PATH_FILE)];
    char  line[PATH_MAX] = "";
    FILE *file;

    if (!program_directory(directory))
        directory[0] = '\0';
    snprintf(name, sizeof(name), "%s" PATH_FILE, directory);
    file = fopen(name, "re");
    if (file == NULL) {
        if (errno != ENOENT)
            web_log("cannot read %s: %s", name, strerror(errno));
        return false;
    }
    if (fgets(line, sizeof(line), file) == NULL)
        line[0] = '\0';
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0') {
        web_log("%s is empty: it should hold the path of the data directory", name);
        return false;
    }
    int size = snprintf(out, PATH_MAX, "%s%s", line[0] == '/' ? "" : directory, line);
    return size > 0 && size < PATH_MAX;
}

const char *
web_data(char room[PATH_MAX])
{
    const char *data = getenv("CODECOURIER_DATA");

    if (data != NULL && data[0] != '\0')
        return data;
    return path_from_file(room) ? room : DATA_DIRECTORY;
}

cc_err
web_open(cc_app **app, unsigned flags)
{
    char        path[PATH_MAX];
    char        why[512] = "";
    const char *data = web_data(path);

    cc_options options = {.data = data, .database = getenv("CC_DATABASE"), .flags = flags, .clock = program_clock()};
    cc_err     err = cc_app_open(&options, app, why, sizeof(why));
    if (err != CC_OK)
        web_log("cannot open %s: %s", data, why[0] != '\0' ? why : cc_err_code(err));
    return err;
}

/* A random UUID (RFC 9562, version 4).  The core makes those of all answers but this one. */
static void
random_uuid(char out[37])
{
    unsigned char b[16];

    if (getrandom(b, sizeof(b), GRND_NONBLOCK) != (ssize_t)sizeof(b)) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        memset(b, 0, sizeof(b));
        memcpy(b, &now, sizeof(now) < sizeof(b) ? sizeof(now) : sizeof(b));
    }
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
             b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

size_t
web_error(char out[WEB_ERROR_SIZE], cc_err err, const char *message, bool head_only)
{
    char id[37];
    char body[512];
    bool again = cc_err_retryable(err);

    random_uuid(id);
    int body_size =
        snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"message\":\"%s\",\"requestId\":\"%s\"%s%s}}",
                 cc_err_code(err), message != NULL ? message : cc_err_message(err), id,
                 again ? ",\"retryable\":true" : "", err == CC_E_VALIDATION ? ",\"field\":\"request\"" : "");
    int size = snprintf(out, WEB_ERROR_SIZE,
                        "Status: %d %s\r\n"
                        "Content-Type: application/json\r\n"
                        "Content-Length: %d\r\n"
                        "X-Request-ID: %s\r\n"
                        "%s%s"
                        "Cache-Control: no-store\r\n"
                        "Access-Control-Allow-Origin: *\r\n"
                        "Access-Control-Expose-Headers: X-Request-ID, Retry-After\r\n\r\n%s",
                        cc_err_status(err), cc_err_code(err), body_size, id, again ? "Retry-After: 2\r\n" : "",
                        err == CC_E_METHOD_NOT_ALLOWED ? "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n" : "",
                        head_only ? "" : body);
    web_log("request %s: %s, answered without the instance", id, cc_err_code(err));
    return (size_t)size;
}
