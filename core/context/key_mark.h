/*
 * Whether the key file is the one of the database.
 *
 * On a server they are in two places, and a file that is restored may come back without the other.  With another key
 * nothing would fail at once: settings could not be read, retries not be answered, cursors would be refused.  So the
 * database holds a mark of its key, made with the instance or, of an older one, by who opens it first.
 */
#ifndef CC_KEY_MARK_H
#define CC_KEY_MARK_H

#include "context/app.h"

/*
 * *right: it is, or there is no key file yet.  `renew`: the one that is there is the right one from now on.  A mark
 * that cannot be written now is written by the next one.
 */
cc_err cc_key_mark_check(cc_app *app, bool renew, bool *right);

#endif
