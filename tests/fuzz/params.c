/*
 * Any FastCGI parameters (or CGI environment): "NAME=value" texts, each ended by a NUL, as fcgi2 hands them over.  An answer comes of every list,
 * and no variable of a client's making adds a line to it.
 */
#include "codecourier.h"
#include "fuzz.h"
#include "../../cgi/web.h"

enum { PARAMS_MAX = 200 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char        *text = fuzz_text("", data, size);
    char        *list[PARAMS_MAX + 1];
    size_t       count = 0;
    web_request  request;
    cc_response *out = NULL;
    body         b = {data, size};

    for (size_t i = 0; i < size && count < PARAMS_MAX; i += strlen(text + i) + 1)
        list[count++] = text + i;
    list[count] = NULL;
    web_request_read(&request, list);
    FUZZ_PROMISE(request.core.method != NULL && request.core.uri != NULL);
    if (request.core.content_length != 0) {
        request.core.read = read_body;
        request.core.read_ctx = &b;
    }
    cc_app_handle(fuzz_open(), &request.core, &out);
    fuzz_judge(out);
    cc_response_free(fuzz_app, out);
    web_request_done(&request);
    free(text);
    return 0;
}
