/*
 * Numbers of 128 bits as 22 digits of base 62: what ids and keys are made of.
 */
#ifndef CC_BASE62_H
#define CC_BASE62_H

#include "base/base.h"

/* The 62 digits in ASCII order, so that texts of one length sort like their numbers. */
extern const char cc_base62_digits[63];
void              cc_base62_128(const uint8_t bytes[16], char out[22]);      /* big-endian; not NUL-terminated */
bool              cc_base62_128_parse(const char in[22], uint8_t bytes[16]); /* false: not base62, or past 128 bits */
int               cc_base62_value(char c);                                   /* of one digit; -1: it is none */

#endif
