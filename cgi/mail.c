/*
 * One e-mail, sent: handed to a program as sendmail is called, or to a mail server (SMTP, by libcurl).
 *
 * No shell sees any of it, the program is told of nobody but by the message itself, and it gets no more of our
 * environment than it needs to find its own settings.  A server's certificate is verified; where there is a password,
 * nothing is said before the connection is encrypted.  Who hangs is ended after a minute, with all that it has started
 * (core/engine/forge_work.c).
 */
#include "mail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "http.h"

enum { CONNECT_S = 10, SEND_S = 60, PASSWORD_MOST = 512, WHY_MOST = 300 };

/* ---- a program ---------------------------------------------------------------------------------------------------- */

/* The variables of ours that such programs look at; NULL at the end, in `out`. */
static void
environment_of(char *out[])
{
    static const char *const names[] = {"PATH", "HOME", "USER", "LOGNAME", "LANG", NULL};

    for (const char *const *name = names; *name != NULL; name++) {
        const char *value = getenv(*name);
        if (value != NULL)
            *out++ = make_text("%s=%s", *name, value);
    }
    *out = NULL;
}

/* As it is, but with the line ends of this system: that is what such programs expect.  false: it does not read on. */
static bool
write_lines(int to, const char *text)
{
    FILE *f = fdopen(to, "w");

    if (f == NULL) {
        close(to);
        return false;
    }
    for (; *text != '\0'; text++)
        if (*text != '\r')
            putc(*text, f);
    return fclose(f) == 0;
}

static bool
program_start(const char *program, int input, pid_t *pid)
{
    char                      *argv[] = {need(strdup(program)), need(strdup("-t")), need(strdup("-i")), NULL};
    char                      *environment[8];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          how;
    sigset_t                   none;

    environment_of(environment);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setsigmask(&how, &none); /* the worker's are blocked */
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    errno = posix_spawn(pid, program, &files, &how, argv, environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return errno == 0; /* this process ends soon: what is left goes with it */
}

/* false: `why` says how it failed. */
static bool
by_program(const cc_forge_call *call, char why[WHY_MOST])
{
    int   ends[2], status = 0;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0 || !program_start(call->api, ends[0], &pid)) {
        snprintf(why, WHY_MOST, "%s cannot be started: %s", call->api, strerror(errno));
        return false;
    }
    close(ends[0]);
    const bool read = write_lines(ends[1], call->text);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status))
        snprintf(why, WHY_MOST, "%s was ended by signal %d", call->api, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        snprintf(why, WHY_MOST, "%s ended with %d", call->api, WEXITSTATUS(status));
    else if (!read)
        snprintf(why, WHY_MOST, "%s did not read the message", call->api);
    return why[0] == '\0';
}

/* ---- a server ----------------------------------------------------------------------------------------------------- */

/* The first line of that file; false: it cannot be read, or is empty. */
static bool
password_read(const char *path, char password[PASSWORD_MOST])
{
    FILE *f = fopen(path, "re");
    bool  fine = f != NULL && fgets(password, PASSWORD_MOST, f) != NULL;

    if (f != NULL)
        fclose(f);
    if (fine)
        password[strcspn(password, "\r\n")] = '\0';
    return fine && password[0] != '\0';
}

static bool
has_user(const char *server)
{
    return strchr(server, '@') != NULL;
}

static void
server_set(CURL *c, const char *server, FILE *message)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
    curl_easy_setopt(c, CURLOPT_URL, server);
    curl_easy_setopt(c, CURLOPT_USE_SSL, has_user(server) ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SEND_S);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READDATA, message);
}

/* libcurl's own words name hosts and states, and never a password. */
static bool
by_server(const cc_forge_call *call, char why[WHY_MOST])
{
    char               password[PASSWORD_MOST] = "", trouble[CURL_ERROR_SIZE] = "";
    CURL              *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    FILE              *message = fmemopen((void *)(uintptr_t)call->text, strlen(call->text), "r");
    struct curl_slist *to = curl_slist_append(NULL, call->to);
    CURLcode           code = CURLE_OUT_OF_MEMORY;

    if (has_user(call->api) && !password_read(call->token, password)) {
        snprintf(why, WHY_MOST, "the file that mailPasswordFile names cannot be read, or is empty");
    } else if (c != NULL && message != NULL && to != NULL) {
        server_set(c, call->api, message);
        curl_easy_setopt(c, CURLOPT_MAIL_FROM, call->from);
        curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(c, CURLOPT_ERRORBUFFER, trouble);
        if (password[0] != '\0')
            curl_easy_setopt(c, CURLOPT_PASSWORD, password);
        code = curl_easy_perform(c);
    }
    if (code != CURLE_OK && why[0] == '\0')
        snprintf(why, WHY_MOST, "%s", trouble[0] != '\0' ? trouble : curl_easy_strerror(code));
    curl_slist_free_all(to);
    if (message != NULL)
        fclose(message);
    curl_easy_cleanup(c);
    explicit_bzero(password, sizeof(password));
    return code == CURLE_OK;
}

int
mail_run(const cc_forge_call *call, int out)
{
    char   why[WHY_MOST] = "";
    cJSON *answer = need(cJSON_CreateObject());

    signal(SIGPIPE, SIG_IGN);
    alarm(SEND_S);
    if (!(call->api[0] == '/' ? by_program(call, why) : by_server(call, why)))
        need(cJSON_AddStringToObject(answer, "error", why));
    char        *line = need(cJSON_PrintUnformatted(answer));
    const size_t size = strlen(line);
    const bool   told = write(out, line, size) == (ssize_t)size;
    free(line);
    cJSON_Delete(answer);
    return told ? EXIT_FINE : EXIT_REFUSED;
}

/* ---- for `doctor` ------------------------------------------------------------------------------------------------- */

static bool
speaks_smtp(void)
{
    for (const char *const *p = curl_version_info(CURLVERSION_NOW)->protocols; *p != NULL; p++)
        if (strcmp(*p, "smtp") == 0)
            return true;
    return false;
}

/* What is wrong with how they are sent; T_NONE: nothing that could be seen from here. */
static text_id
trouble_with(const char *mail, const char *from, const char *password_file)
{
    char        password[PASSWORD_MOST];
    struct stat info;

    if (from[0] == '\0')
        return T_MAIL_FROM;
    if (mail[0] == '/')
        return access(mail, X_OK) == 0 && stat(mail, &info) == 0 && S_ISREG(info.st_mode) ? T_NONE : T_MAIL_PROGRAM;
    if (!speaks_smtp())
        return T_MAIL_SMTP;
    if (!has_user(mail))
        return T_NONE;
    const bool readable = password_read(password_file, password);
    explicit_bzero(password, sizeof(password));
    if (!readable)
        return T_MAIL_PASSWORD;
    return stat(password_file, &info) == 0 && (info.st_mode & S_IROTH) != 0 ? T_MAIL_PASSWORD_OPEN : T_NONE;
}

void
mail_check(cc_app *app, outside_each *each, void *ctx)
{
    const char *mail = cc_app_setting(app, "mail"), *file = cc_app_setting(app, "mailPasswordFile");
    char       *words = NULL;
    size_t      size = 0;

    if (mail[0] == '\0')
        return;
    const text_id wrong = trouble_with(mail, cc_app_setting(app, "mailFrom"), file);
    FILE         *to = need(open_memstream(&words, &size));
    say(to, wrong == T_NONE ? T_MAIL_FINE : wrong, WITH(mail, file));
    fclose(to);
    each(ctx, wrong == T_NONE, CC_WORDS("e-mail"), need(words));
    free(words);
}
