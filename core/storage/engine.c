/*
 * What every engine calls, so that none has to call the door.
 */
#include "storage/engine.h"

#include <stdio.h>
#include <stdlib.h>

void
cc_db_note(cc_db *db, const char *format, ...)
{
    char    line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    db->o.log(db->o.ctx, line);
}

void
cc_db_trouble(cc_db *db, cc_trouble_id which, const char *format, ...)
{
    char    words[400];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    db->o.trouble(db->o.ctx, which, words);
}

cc_err
cc_reason_set(const cc_reason *r, cc_err err, const char *format, ...)
{
    va_list args;

    if (r->size > 0) {
        va_start(args, format);
        vsnprintf(r->why, r->size, format, args);
        va_end(args);
    }
    return err;
}

void
cc_db_drop_statements(cc_db *db)
{
    for (size_t i = 0; i < db->kept_room; i++)
        if (db->kept[i] != NULL)
            db->engine->drop(db->kept[i]);
    free(db->kept);
    db->kept = NULL;
    db->kept_room = db->kept_count = 0;
}
