/*
 * What every file of the core may use: the public types, and the length of an array.
 */
#ifndef CC_BASE_H
#define CC_BASE_H

#include <stdarg.h>
#include <string.h>

#include "codecourier.h"

#define CC_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
