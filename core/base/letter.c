/*
 * E-mails, written.
 *
 * What people have called things goes into the subject and the text in base64 and nowhere else: so no name can end a
 * header, begin another one, or make a line too long, and no server on the way needs to know of UTF-8 (RFC 2045, 2047).
 */
#include "base/letter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"

enum {
    WORD_BYTES = 39,   /* no line of a subject is longer than 76 characters, nor an encoded word than 75 */
    LINE_BYTES = 57,   /* 76 characters of base64 */
    SUBJECT_MOST = 200 /* bytes */
};

#define LOCAL "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~"
#define DOMAIN_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

bool
cc_letter_address_ok(const char *address)
{
    const size_t local = strspn(address, LOCAL);
    const char  *domain = address[local] == '@' ? address + local + 1 : "";
    const size_t size = strlen(domain);

    return local > 0 && local <= 64 && size > 0 && size <= 253 && strspn(domain, DOMAIN_LETTERS) == size &&
           address[0] != '-' && domain[0] != '-' && domain[0] != '.' && domain[size - 1] != '.';
}

static void
put_base64(cc_buf *b, const char *bytes, size_t size)
{
    char line[LINE_BYTES / 3 * 4 + 1];

    cc_put(b, line, cc_base64(bytes, size, line, sizeof(line)));
}

/* As encoded words, of whole characters each. */
static void
put_subject(cc_buf *b, const char *subject)
{
    const size_t whole = strlen(subject), size = cc_utf8_cut(subject, whole, SUBJECT_MOST);
    char         clean[SUBJECT_MOST];

    for (size_t i = 0; i < size; i++)
        clean[i] = (unsigned char)subject[i] < 0x20 || subject[i] == 0x7f ? ' ' : subject[i];
    cc_puts(b, "Subject:");
    for (size_t at = 0; at < size;) {
        const size_t n = cc_utf8_cut(clean + at, size - at, WORD_BYTES);
        cc_puts(b, at ? "\r\n =?UTF-8?B?" : " =?UTF-8?B?");
        put_base64(b, clean + at, n ? n : size - at);
        cc_puts(b, "?=");
        at += n ? n : size - at;
    }
    cc_puts(b, "\r\n");
}

/* "Wed, 15 Jan 2025 10:05:12 +0000", whatever the locale. */
static void
put_date(cc_buf *b, int64_t at)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t      seconds = (time_t)(at / 1000);
    struct tm         t = {0};

    if (!gmtime_r(&seconds, &t))
        return;
    cc_putf(b, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n", days + (size_t)t.tm_wday * 3, t.tm_mday,
            months + (size_t)t.tm_mon * 3, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

void
cc_letter_write(cc_buf *b, const cc_letter *l)
{
    const size_t size = strlen(l->text);

    cc_putf(b, "From: CodeCourier <%s>\r\nTo: <%s>\r\n", l->from, l->to);
    put_subject(b, l->subject);
    put_date(b, l->at);
    cc_putf(b, "Message-ID: <%s@%s>\r\n", l->id, strchr(l->from, '@') + 1);
    cc_puts(b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\n");
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        put_base64(b, l->text + at, size - at < LINE_BYTES ? size - at : LINE_BYTES);
        cc_puts(b, "\r\n");
    }
}
