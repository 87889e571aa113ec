/*
 * The instance's own key, in a file beside the database.
 */
#ifndef CC_KEY_FILE_H
#define CC_KEY_FILE_H

#include "base/secret.h"

/*
 * A key for one purpose (8 characters), derived from that of the file.  s->key_path says which file; it is made (0600)
 * where there is none.
 *
 * CC_E_INTERNAL: `why` says what is wrong with the key file and what to do, for the operator's log.
 */
cc_err cc_secrets_instance(struct cc_secrets *s, const char purpose[8], uint8_t out[CC_SECRET_SIZE], char *why,
                           size_t why_size);

#endif
