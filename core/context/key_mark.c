#include "context/key_mark.h"

#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "context/ids.h"
#include "storage/db.h"

enum { MARK_SIZE = 48 }; /* of 32 bytes in base64url, with its NUL */

typedef struct key_mark {
    char mark[MARK_SIZE];
} key_mark;

CC_ROW(key_mark, mark);
CC_QUERY_PLAIN(key_mark_of, key_mark, "SELECT mark FROM key_marks WHERE instance = 1");
CC_STATEMENT(key_mark_first,
             "INSERT INTO key_marks (instance, mark) VALUES (1, :mark) ON CONFLICT (instance) DO NOTHING", TEXT(mark));
CC_STATEMENT(key_mark_anew,
             "INSERT INTO key_marks (instance, mark) VALUES (1, :mark) ON CONFLICT (instance) DO UPDATE SET mark = "
             "excluded.mark",
             TEXT(mark));

static cc_err
mark_write(cc_db *db, const char *mark, bool renew)
{
    cc_err err = cc_tx_begin(db);

    if (err == CC_OK)
        err = renew ? cc_db_run(db, key_mark_anew, .mark = mark) : cc_db_run(db, key_mark_first, .mark = mark);
    return cc_tx_end(db, err);
}

cc_err
cc_key_mark_check(cc_app *app, bool renew, bool *right)
{
    cc_db   *db = cc_app_db(app);
    uint8_t  key[CC_SECRET_SIZE];
    char     mark[MARK_SIZE];
    key_mark known;
    bool     found;
    cc_err   err;

    *right = true;
    if (access(cc_app_secrets(app)->key_path, F_OK) != 0 || cc_instance_key(app, "mark    ", key) != CC_OK)
        return CC_OK; /* why it cannot be read is in the log, and what needs it will fail */
    cc_base64url(key, sizeof(key), mark, sizeof(mark));
    cc_wipe(key, sizeof(key));
    if ((err = cc_db_find(db, NULL, key_mark_of, &known, &found, CC_NO_ARGS)) != CC_OK)
        return err;
    if (!found || (renew && strcmp(known.mark, mark) != 0)) {
        if (mark_write(db, mark, renew) != CC_OK)
            return CC_OK;
        err = cc_db_find(db, NULL, key_mark_of, &known, &found, CC_NO_ARGS); /* of two at once one was first */
    }
    *right = err != CC_OK || !found || strcmp(known.mark, mark) == 0;
    return err;
}
