/* Any Authorization header: 401, with and without "Bearer " before it. */
#include "codecourier.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const prefixes[] = { "", "Bearer " };

    for (size_t i = 0; i < 2; i++) {
        char        *authorization = fuzz_text(prefixes[i], data, size);
        cc_response *out = fuzz_ask("GET", "/api/v1/whoami", authorization, NULL, 0);

        FUZZ_PROMISE(out->status == 401);
        cc_response_free(fuzz_open(), out);
        if (i == 0)
            (void)cc_key_well_formed(authorization);
        free(authorization);
    }
    return 0;
}
