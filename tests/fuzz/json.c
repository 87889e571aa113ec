/* Any body: what our door lets in, it writes and reads back the same; what a route takes, it answers with 201 or 400. */
#include "base/json.h"
#include "fuzz.h"

static void
round_trip(const uint8_t *data, size_t size)
{
    cc_arena      *a = cc_arena_new();
    const cc_json *one = NULL, *two = NULL;
    const char    *why = NULL;
    cc_buf         first, second;

    FUZZ_PROMISE(a != NULL);
    if (cc_json_parse(a, (const char *)data, size, &one, &why) == CC_OK) {
        cc_buf_init(&first, a);
        cc_buf_init(&second, a);
        cc_json_write(&first, one);
        FUZZ_PROMISE(!first.failed);
        FUZZ_PROMISE(cc_json_parse(a, first.data, first.size, &two, &why) == CC_OK);
        cc_json_write(&second, two);
        FUZZ_PROMISE(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    } else
        FUZZ_PROMISE(why != NULL);
    cc_arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cc_response *out;

    round_trip(data, size);
    out = fuzz_ask("POST", "/api/v1/workflows", NULL, data, size);
    FUZZ_PROMISE(out->status == 201 || out->status == 400);
    cc_response_free(fuzz_open(), out);
    out = fuzz_ask("PATCH", "/api/v1/project/settings", NULL, data, size);
    FUZZ_PROMISE(out->status == 200 || out->status == 400);
    cc_response_free(fuzz_open(), out);
    return 0;
}
