/*
 * A project's keys for the services of others, for what works with them.
 */
#ifndef CC_PROVIDER_KEYS_H
#define CC_PROVIDER_KEYS_H

#include "base/json.h"
#include "context/providers.h"
#include "storage/query.h"

/*
 * The project's keys by their variables, as a JSON object of texts: those whose variables the environment itself does
 * not set.  *environment: with them, from here on.  *keys NULL: there are none.  Both live in the arena.
 */
cc_err cc_provider_keys_join(cc_app *app, cc_arena *a, const char *project_id, const cc_json **environment,
                             const cc_json **keys);

/* One that is to be tested. */
typedef struct cc_provider_due {
    char               project_id[32], name[40];
    const cc_provider *provider;
    const char        *key;
    int64_t            taken; /* until when nobody else takes it */
} cc_provider_due;

cc_err cc_provider_take(cc_app *app, cc_arena *a, int64_t taken_ms, cc_provider_due *out, bool *found);
/* status: of the answer; 0: there was none. */
cc_err cc_provider_tested(cc_app *app, const cc_provider_due *due, int64_t status);
cc_err cc_provider_waiting(cc_app *app, bool *waiting);

#endif
