/* Any query: 200 or 400, nothing else. */
#include "codecourier.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const prefixes[] = { "/api/v1/workflows?", "/api/v1/runs?", "/api/v1/workflows/get?" };

    for (size_t i = 0; i < 3; i++) {
        char        *uri = fuzz_text(prefixes[i], data, size);
        cc_response *out = fuzz_ask("GET", uri, NULL, NULL, 0);

        FUZZ_PROMISE(out->status == 200 || out->status == 400 || (i == 2 && out->status == 404));
        cc_response_free(fuzz_open(), out);
        free(uri);
    }
    return 0;
}
