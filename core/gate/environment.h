/*
 * The environment of a project: sealed in its row, masked in answers, plain for its runs.
 */
#ifndef CC_ENVIRONMENT_H
#define CC_ENVIRONMENT_H

#include "gate/request.h"

/*
 * The sealed environment as a JSON object of texts in the arena; *json stays NULL when there is none.  INTERNAL: it was
 * sealed with another key file.
 */
cc_err cc_environment_open(cc_app *app, cc_arena *arena, const char *project_id, const void *sealed, size_t size,
                           const cc_json **json);

/* As an answer shows it: {"NAME":"••••1234"}. */
void cc_environment_write(cc_req *r, const void *sealed, size_t size, cc_buf *out);

/* What is stored, changed by what was sent.  A value that is just the mask of the old one means "as it was". */
void cc_environment_merge(const cc_json *old, const cc_json *sent, cc_buf *out);

#endif
