/* Any cursor but our own: 400 VALIDATION. */
#include "codecourier.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";
    char             *uri = malloc(64 + size * 3);
    char             *out = uri + sprintf(uri, "/api/v1/workflows?limit=1&cursor=");
    cc_response      *answer;

    for (size_t i = 0; i < size; i++) {
        *out++ = '%';
        *out++ = hex[data[i] >> 4];
        *out++ = hex[data[i] & 15];
    }
    *out = '\0';
    answer = fuzz_ask("GET", uri, NULL, NULL, 0);
    if (strlen(uri) > 8000)
        FUZZ_PROMISE(answer->status == 414);
    else
        FUZZ_PROMISE(answer->status == 400 && memmem(answer->body, answer->body_size, "\"field\":\"cursor\"", 16) != NULL);
    cc_response_free(fuzz_open(), answer);
    free(uri);
    return 0;
}
