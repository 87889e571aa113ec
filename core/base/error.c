/*
 * The error list as C: everything here is read off CC_ERRORS and CC_HEADERS in codecourier.h.
 */
#include "codecourier.h"

static const struct {
    const char *code;
    int         status;
    bool        retryable;
    const char *message, *advice;
} rows[CC_E__MAX] = {[CC_OK] = {"OK", 200, false, "OK", ""},
#define X(name, status, retryable, message, advice) [CC_E_##name] = {#name, status, retryable, message, advice},
                     CC_ERRORS(X)
#undef X
};

static size_t
row(cc_err err)
{
    return (unsigned)err < CC_E__MAX ? (size_t)err : (size_t)CC_E_INTERNAL;
}

const char *
cc_err_code(cc_err err)
{
    return rows[row(err)].code;
}

int
cc_err_status(cc_err err)
{
    return rows[row(err)].status;
}

bool
cc_err_retryable(cc_err err)
{
    return rows[row(err)].retryable;
}

const char *
cc_err_message(cc_err err)
{
    return rows[row(err)].message;
}

const char *
cc_err_advice(cc_err err)
{
    return rows[row(err)].advice;
}

const char *
cc_header_name(cc_header h)
{
    static const char *const names[] = {
#define X(name, http, cgi) http,
        CC_HEADERS(X)
#undef X
    };
    return (unsigned)h < CC_H__MAX ? names[h] : "";
}

const char *
cc_header_cgi_name(cc_header h)
{
    static const char *const names[] = {
#define X(name, http, cgi) cgi,
        CC_HEADERS(X)
#undef X
    };
    return (unsigned)h < CC_H__MAX ? names[h] : "";
}
