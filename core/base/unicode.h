/*
 * What is invisible, and what is the same but for case.  For valid UTF-8 without NUL.
 */
#ifndef CC_UNICODE_H
#define CC_UNICODE_H

#include "base/base.h"

/*
 * May this stand on one line?  Refused: control characters, line and paragraph separators, what embeds, overrides or
 * isolates direction, what shows nothing (but for a script that needs it, where it needs it), private use, and a text
 * of which nothing is seen.  "" is fine.
 */
bool cc_line_fine(const char *s, size_t size);
bool cc_is_ascii(const char *s, size_t size);
/*
 * Texts that differ in case, in how their marks are composed, or in what shows nothing have the same folded one (full
 * case folding: "STRASSE" and "Straße").  Of ASCII that is its lower case.  free it; NULL: out of memory.
 */
char *cc_folded(const char *s, size_t size);

#endif
