/* Any path, any method of the table: an answer, never a crash, and never a 500. */
#include "codecourier.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = { "GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "BREW", "" };
    const char              *method = methods[size > 0 ? data[0] % 8 : 0];
    char                    *raw = fuzz_text("", data, size);
    char                    *below = fuzz_text("/api/v1/", data, size);

    cc_response_free(fuzz_open(), fuzz_ask(method, raw, NULL, NULL, 0));
    /* Not DELETE: the project must live on. */
    cc_response_free(fuzz_open(), fuzz_ask(strcmp(method, "DELETE") == 0 || strcmp(method, "POST") == 0 ? "GET" : method, below,
                                           NULL, NULL, 0));
    free(raw);
    free(below);
    return 0;
}
