/*
 * What the fuzz targets share: one app with a fresh data directory, and one question to it.  Each target defines
 * LLVMFuzzerTestOneInput and aborts when an answer breaks a promise; crashes are the sanitizers' to find.
 */
#ifndef CC_FUZZ_H
#define CC_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/body.h"
#include "codecourier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_PROMISE(what)                                                                                             \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "broken promise at %s:%d: %s\n", __FILE__, __LINE__, #what);                               \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static cc_app         *fuzz_app;
static char            fuzz_folder[] = "/tmp/cc-fuzz-XXXXXX";
static cc_project_info fuzz_project;

static void
fuzz_quiet(void *ctx, const char *line)
{
    (void)ctx;
    (void)line;
}

static void
fuzz_end(void)
{
    static const char *const names[] = { "codecourier.db", "codecourier.db-wal", "codecourier.db-shm",
                                         "codecourier.db-hot", "codecourier.db-key", "codecourier.conf" };
    char path[128];

    cc_app_close(fuzz_app);
    fuzz_app = NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", fuzz_folder, names[i]);
        unlink(path);
    }
    rmdir(fuzz_folder);
}

static cc_app *
fuzz_open(void)
{
    char why[512] = "";

    if (fuzz_app != NULL)
        return fuzz_app;
    FUZZ_PROMISE(mkdtemp(fuzz_folder) != NULL);
    if (cc_app_open(&(cc_options){ .data = fuzz_folder, .flags = CC_OPEN_CREATE, .log = fuzz_quiet }, &fuzz_app, why,
                    sizeof(why)) != CC_OK) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    FUZZ_PROMISE(cc_project_create(fuzz_app, "Fuzz", NULL, true, &fuzz_project) == CC_OK);
    atexit(fuzz_end);
    return fuzz_app;
}

/* The input as a NUL-terminated text behind a prefix: a C skin cannot pass on what follows a NUL anyway.  free it. */
static inline char *
fuzz_text(const char *prefix, const uint8_t *data, size_t size)
{
    size_t before = strlen(prefix);
    char  *text = malloc(before + size + 1);

    FUZZ_PROMISE(text != NULL);
    memcpy(text, prefix, before);
    if (size > 0)
        memcpy(text + before, data, size);
    text[before + size] = '\0';
    return text;
}

/* What holds for every answer. */
static inline void
fuzz_judge(const cc_response *out)
{
    FUZZ_PROMISE(out != NULL && out->status >= 200 && out->status <= 599);
    FUZZ_PROMISE(out->status != 500);
    FUZZ_PROMISE(out->head_size > 4 && memcmp(out->head + out->head_size - 4, "\r\n\r\n", 4) == 0);
    /* Nothing reflected may add a header line or end the head early. */
    FUZZ_PROMISE(memmem(out->head, out->head_size - 4, "\r\n\r\n", 4) == NULL);
    for (size_t i = 0; i < out->head_size; i++)
        FUZZ_PROMISE(out->head[i] != '\n' || (i > 0 && out->head[i - 1] == '\r'));
}

/* Ask, as the owner unless a key is named; checks what holds for every answer and returns it (cc_response_free). */
static inline cc_response *
fuzz_ask(const char *method, const char *uri, const char *authorization, const uint8_t *data, size_t size)
{
    cc_app      *app = fuzz_open();
    cc_response *out = NULL;
    body    b = { data, size };
    cc_request   in = {
          .method = method,
          .uri = uri,
          .remote_addr = "127.0.0.1",
          .header[CC_H_AUTHORIZATION] = authorization,
          .header[CC_H_CONTENT_TYPE] = data != NULL ? "application/json" : NULL,
          .content_length = (int64_t)size,
          .read = data != NULL ? read_body : NULL,
          .read_ctx = &b,
          .local_project = authorization == NULL ? fuzz_project.id : NULL,
    };

    cc_app_handle(app, &in, &out);
    fuzz_judge(out);
    return out;
}

#endif
