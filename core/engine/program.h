/*
 * What is known of programs before one is started.
 */
#ifndef CC_PROGRAM_H
#define CC_PROGRAM_H

#include "base/arena.h"

int   cc_memory_file(const void *bytes, size_t size); /* a descriptor to read them from; -1: none */
void  cc_last_words(const char *what);                /* in a child: "what: reason of errno" on standard error */
char *cc_program_find(cc_arena *a, const char *name); /* along PATH; NULL: not there */

#endif
