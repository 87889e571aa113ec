/*
 * What strangers can get from outside, for `codecourier doctor`.
 *
 * A web server that does not understand its configuration as we meant it sends the program instead of running it, with
 * status 200: nobody notices, and a program says more than its source.  So what it answers is judged by its first
 * bytes, and compared with the files that must never be seen.
 */
#include "outside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "http.h"

enum { CONNECT_S = 5, ANSWER_S = 10, HEAD = 256 /* bytes of an answer that tell what it is */ };

typedef struct visit {
    CURL         *curl;
    const char   *url;
    size_t        url_size; /* without slashes at its end */
    const char   *directory;
    outside_each *each;
    void         *ctx;
    unsigned char head[HEAD];
    size_t        size;
    long          status;
    int           asked, shown;
} visit;

/* What a data directory holds that is nobody's business; codecourier.path lies beside the program. */
static const char *const secret_files[] = {"codecourier.db",     "codecourier.db-wal", "codecourier.db-hot",
                                           "codecourier.db-key", "codecourier.conf",   NULL};

/* Where servers have been seen to show the program. */
static const char *const program_places[] = {
    "/api", "/api/", "/codecourier.cgi", "/api/codecourier.cgi", "/cgi-bin/codecourier.cgi", NULL};

static void
report(visit *v, bool ok, const char *what, text_id id, const char *const *values)
{
    char  *words = NULL;
    size_t size = 0;
    FILE  *to = need(open_memstream(&words, &size));

    say(to, id, values);
    fclose(to);
    v->each(v->ctx, ok, what, need(words));
    free(words);
}

/* ---- over HTTP ---------------------------------------------------------------------------------------------------- */

/* Keep the head; the rest is not fetched. */
static size_t
hear(char *data, size_t one, size_t size, void *ctx)
{
    visit *v = ctx;
    size_t take = size * one < HEAD - v->size ? size * one : HEAD - v->size;

    memcpy(v->head + v->size, data, take);
    v->size += take;
    return take;
}

/* false: there was no answer. */
static bool
fetch(visit *v, const char *folder, const char *name)
{
    char *url = make_text("%.*s%s%s", (int)v->url_size, v->url, folder, name);

    v->size = 0;
    v->status = 0;
    v->asked++;
    curl_easy_setopt(v->curl, CURLOPT_URL, url);
    (void)curl_easy_perform(v->curl); /* cut off by hear() is an answer, too */
    curl_easy_getinfo(v->curl, CURLINFO_RESPONSE_CODE, &v->status);
    free(url);
    return v->status != 0;
}

static bool
begins_with(const visit *v, const char *bytes, size_t size)
{
    return v->size >= size && memcmp(v->head, bytes, size) == 0;
}

/* Does a file of ours begin with just these bytes? */
static bool
is_file(const visit *v, const char *name)
{
    unsigned char ours[HEAD];
    char         *path = make_text("%s/%s", v->directory, name);
    FILE         *file = fopen(path, "re");
    size_t        size = file != NULL ? fread(ours, 1, sizeof(ours), file) : 0;

    if (file != NULL)
        fclose(file);
    free(path);
    return size > 0 && size == v->size && memcmp(ours, v->head, size) == 0;
}

/* Is the answer something that should have been run or kept?  T_NONE: no. */
static text_id
judge(const visit *v)
{
    if (begins_with(v, "\177ELF", 4))
        return T_OUTSIDE_PROGRAM;
    if (begins_with(v, "#!", 2))
        return T_OUTSIDE_SOURCE;
    if (begins_with(v, "SQLite format 3", 15))
        return T_OUTSIDE_DATA;
    for (const char *const *name = secret_files; *name != NULL; name++)
        if (is_file(v, *name))
            return T_OUTSIDE_DATA;
    return T_NONE;
}

static void
must_be_hidden(visit *v, const char *folder, const char *name)
{
    char   *where = make_text("%s%s", folder, name);
    text_id what = fetch(v, folder, name) ? judge(v) : T_NONE;

    if (what == T_NONE && strcmp(name, "codecourier.path") == 0 && v->status == 200 && begins_with(v, "/", 1))
        what = T_OUTSIDE_DATA;
    if (what != T_NONE) {
        v->shown++;
        report(v, false, CC_WORDS("web server"), what, WITH(where));
    }
    free(where);
}

static bool
answers(visit *v)
{
    static const char good[] = "{\"data\":{\"status\":";

    if (!fetch(v, "/api/v1/health", "")) {
        report(v, false, CC_WORDS("web server"), T_OUTSIDE_SILENT, WITH(v->url));
        return false;
    }
    text_id what = judge(v);
    if (what != T_NONE) {
        v->shown++;
        report(v, false, CC_WORDS("web server"), what, WITH("/api/v1/health"));
    } else if (!begins_with(v, good, sizeof(good) - 1)) {
        char *status = make_text("%ld", v->status);
        report(v, false, CC_WORDS("web server"), T_OUTSIDE_OTHER, WITH(v->url, status));
        free(status);
    }
    return true;
}

static bool
prepare(visit *v)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (v->curl = curl_easy_init()) == NULL)
        return false;
    http_prepare(v->curl, true, true, CONNECT_S, ANSWER_S);
    curl_easy_setopt(v->curl, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(v->curl, CURLOPT_WRITEDATA, v);
    return true;
}

void
outside_ask(const char *url, const char *directory, outside_each *each, void *ctx)
{
    visit       v = {.url = url, .url_size = strlen(url), .directory = directory, .each = each, .ctx = ctx};
    const char *slash = strrchr(directory, '/');
    char       *below = make_text("/%s/", slash != NULL ? slash + 1 : directory);

    while (v.url_size > 0 && url[v.url_size - 1] == '/')
        v.url_size--;
    if (!prepare(&v)) {
        report(&v, false, CC_WORDS("web server"), T_OUTSIDE_SILENT, WITH(url));
    } else if (answers(&v)) {
        for (const char *const *place = program_places; *place != NULL; place++)
            must_be_hidden(&v, *place, "");
        must_be_hidden(&v, "/", "codecourier.path");
        for (const char *const *name = secret_files; *name != NULL; name++) {
            must_be_hidden(&v, "/", *name);
            must_be_hidden(&v, below, *name);
        }
        char *asked = make_text("%d", v.asked);
        if (v.shown == 0)
            report(&v, true, CC_WORDS("web server"), T_OUTSIDE_HIDDEN, WITH(asked));
        free(asked);
    }
    curl_easy_cleanup(v.curl);
    free(below);
}

/* ---- on disk ------------------------------------------------------------------------------------------------------ */

/* The nearest directory at or above `path` with a page or an .htaccess in it, which is what web spaces look like;
 * malloc'ed, NULL: none. */
static char *
web_space(const char *path)
{
    static const char *const signs[] = {"index.html", "index.php", ".htaccess"};
    char                    *at = realpath(path, NULL);

    for (char *slash; at != NULL && at[0] != '\0'; *slash = '\0') {
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
            char *sign = make_text("%s/%s", at, signs[i]);
            bool  there = access(sign, F_OK) == 0;
            free(sign);
            if (there)
                return at;
        }
        if ((slash = strrchr(at, '/')) == NULL)
            break;
    }
    free(at);
    return NULL;
}

void
outside_look(const char *directory, const char *program, outside_each *each, void *ctx)
{
    visit       v = {.each = each, .ctx = ctx};
    struct stat info;
    char       *space = web_space(directory);

    if (space != NULL)
        report(&v, false, CC_WORDS("place"), T_OUTSIDE_DATA_PLACE, WITH(directory, space));
    free(space);
    if (program == NULL || stat(program, &info) != 0)
        return;
    char *folder = need(strdup(program));
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    space = web_space(folder);
    if (space != NULL && (info.st_mode & S_IROTH) != 0)
        report(&v, false, CC_WORDS("place"), T_OUTSIDE_PROGRAM_PLACE, WITH(program, space));
    free(space);
    free(folder);
}
