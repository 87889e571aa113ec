/*
 * Numbers of 128 bits as 22 digits of base 62: what ids and keys are made of.
 */
#include "base/base62.h"

const char cc_base62_digits[63] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum { LENGTH_128 = 22 };

/*
 * Long division of four 32-bit digits by 62^5, the largest power of 62 that leaves room for the carry; each remainder
 * is five characters.  It takes about a tenth of what 22 divisions of a 128-bit number would.
 */
void
cc_base62_128(const uint8_t bytes[16], char out[LENGTH_128])
{
    static const uint32_t five = 62 * 62 * 62 * 62 * 62;
    uint32_t              words[4];

    for (int i = 0; i < 4; i++)
        words[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8 |
                   bytes[4 * i + 3];
    for (int at = LENGTH_128; at > 0;) {
        uint64_t rest = 0;
        for (int i = 0; i < 4; i++) {
            uint64_t n = rest << 32 | words[i];
            words[i] = (uint32_t)(n / five);
            rest = n % five;
        }
        for (int i = 0; i < 5 && at > 0; i++, rest /= 62)
            out[--at] = cc_base62_digits[rest % 62];
    }
}

int
cc_base62_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 36;
    return -1;
}

bool
cc_base62_128_parse(const char in[LENGTH_128], uint8_t bytes[16])
{
    uint32_t words[4] = {0};

    for (int at = 0; at < LENGTH_128; at++) {
        int value = cc_base62_value(in[at]);
        if (value < 0)
            return false;
        uint64_t carry = (uint64_t)value;
        for (int i = 3; i >= 0; i--) {
            carry += (uint64_t)words[i] * 62;
            words[i] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry != 0)
            return false;
    }
    for (int i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
    return true;
}
