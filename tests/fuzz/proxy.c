/*
 * Any head of a request to the proxy, and any host text.  What is read leads to one host only; what is written is one
 * head that is read again as the same, and hands on nothing that was meant for the proxy.
 */
#include <strings.h>

#include "engine/proxy.h"
#include "fuzz.h"

static void
judge_rewritten(cc_arena *a, const cc_proxy_request *r)
{
    cc_proxy_request again;
    cc_buf           b, absolute;

    cc_buf_init(&b, a);
    cc_buf_init(&absolute, a);
    cc_proxy_write(&b, r);
    FUZZ_PROMISE(!b.failed && b.size > 4);
    const char *text = cc_buf_text(&b);
    FUZZ_PROMISE(strlen(text) == b.size && strstr(text, "\r\n\r\n") == text + b.size - 4);
    FUZZ_PROMISE(strcasestr(text, "\r\nproxy-") == NULL && strcasestr(text, "\r\nconnection: close\r\n") != NULL);
    FUZZ_PROMISE(strcasestr(strcasestr(text, "\r\nhost:") + 7, "\r\nhost:") == NULL);
    /* In absolute form it is a request to a proxy again, with one Host field that says the same. */
    cc_put(&absolute, r->method.s, r->method.size);
    cc_putf(&absolute, " http://[::1]:9%s", text + r->method.size + 1);
    FUZZ_PROMISE(cc_proxy_read(absolute.data, absolute.size, &again) == 0);
    FUZZ_PROMISE(again.to.port == 9 && again.method.size == r->method.size);
}

static void
judge_host(const uint8_t *data, size_t size)
{
    cc_address a;
    char       text[CC_ADDRESS_SIZE];

    if (cc_host_read((const char *)data, size, &a) != CC_HOST_ADDRESS)
        return;
    FUZZ_PROMISE(cc_host_public((const char *)data, size) == cc_address_public(&a));
    cc_address_write(&a, text);
    FUZZ_PROMISE(cc_host_public(text, strlen(text)) == cc_address_public(&a));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cc_arena        *a = cc_arena_new();
    cc_proxy_request r;
    cc_address       address;

    FUZZ_PROMISE(a != NULL);
    int status = cc_proxy_read((const char *)data, size, &r);
    FUZZ_PROMISE(status == 0 || status == 400);
    if (status == 0) {
        FUZZ_PROMISE(r.to.port != 0 && cc_host_read(r.to.host, r.to.size, &address) != CC_HOST_BAD);
        if (!r.connect)
            judge_rewritten(a, &r);
    }
    judge_host(data, size);
    cc_arena_free(a);
    return 0;
}
