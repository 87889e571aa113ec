/*
 * One e-mail as text (RFC 5322): a subject and a plain text, from one address to another.
 */
#ifndef CC_LETTER_H
#define CC_LETTER_H

#include "base/text.h"

typedef struct cc_letter {
    const char *from, *to; /* addresses that cc_letter_address_ok takes */
    const char
        *id; /* of letters, digits, "_" and ".": what the Message-ID begins with, the same each time it is sent */
    const char *subject, *text; /* UTF-8; what is no text in the subject, such as line breaks, becomes spaces */
    int64_t     at;             /* ms */
} cc_letter;

/* Can mail be sent to it, and can nothing else be read in it?  Stricter than the RFC: letters, digits and signs of
 * ASCII that nobody needs to quote. */
bool cc_letter_address_ok(const char *address);

/* Lines end with CR LF and are short; whatever is said, there are just these headers and this text. */
void cc_letter_write(cc_buf *b, const cc_letter *l);

#endif
