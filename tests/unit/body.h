/*
 * A request's body from memory, for programs that ask the core without a web server: cc_request.read = read_body.
 */
#ifndef CC_TESTS_BODY_H
#define CC_TESTS_BODY_H

#include <stdint.h>
#include <string.h>

typedef struct body {
    const void *at;
    size_t      left;
} body;

static inline int64_t
read_body(void *ctx, void *into, size_t size)
{
    body  *b = ctx;
    size_t n = size < b->left ? size : b->left;

    if (n > 0)
        memcpy(into, b->at, n);
    b->at = (const char *)b->at + n;
    b->left -= n;
    return (int64_t)n;
}

#endif
