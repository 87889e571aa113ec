/*
 * Schedules: runs that start by the clock of a time zone.
 *
 * A schedule knows the next moment it is due; a worker that finds one due moves it on and starts the run in one
 * transaction, so two workers cannot both start it and a crash loses none.  What fell due while no worker ran starts
 * once, late, and not once for every time that was missed.
 *
 * A schedule acts for whoever made or last changed it, in the mode it was made in, and with the rights that one has
 * when it is due (authority.c).  When they do not suffice any more it is switched off and says why.
 */
#include <stdio.h>

#include "base/rhythm.h"
#include "context/app.h"
#include "context/settings.h"
#include "gate/audit.h"
#include "gate/authority.h"
#include "gate/change.h"
#include "resources/resources.h"
#include "storage/db.h"

static cc_err prepare(cc_context *c, const char *id, cc_value *body);
static cc_err may_delete(cc_context *c, const char *id);
static cc_err from_trash(cc_context *c, cc_value *values, bool back);
static bool   virtual_(cc_req *r, const cc_field *field, cc_stmt *row, cc_buf *out);

enum { NEXT_RUNS = 5 };

static const char *const modes[] = {"live", "test", NULL};
static const char *const frequencies[] = {"daily", "every_other_day", "weekly", "biweekly", "monthly", NULL};
static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

static const cc_field next_run_fields[] = {
    CC_F("at", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it starts one.", .example = "\"2025-01-16T05:30:00Z\""),
    CC_END,
};

static const cc_field fields[] = {
    CC_ROW_HEAD("sch_"),
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200,
         "What people call it; its runs bear it too.", .example = "\"Nightly review\""),
    CC_F("workflowId", CC_TYPE_ID, CC_FIELD_REQUIRED | CC_FIELD_FILTER, 0, 0, "The workflow to run.", .ref = "wfl_",
         .example = "\"wfl_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("mode", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FIXED, 0, 0,
         "live, or test: its runs are rehearsals.  That of the key that made it.", .choices = modes,
         .example = "\"live\""),
    CC_F("actsFor", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,
         "The key or person who made or last changed it, with whose rights it starts runs; null: the operator.",
         .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("prompt", CC_TYPE_TEXT, CC_FIELD_NULLABLE | CC_FIELD_DETAIL, 0, CC_PROMPT_MAX, "What its runs are asked.",
         .example = "\"Review what changed since yesterday.\""),
    CC_F("frequency", CC_TYPE_CHOICE, CC_FIELD_REQUIRED, 0, 0,
         "How often.  Days and weeks count from its first run; a month that is too short has its last day.",
         .choices = frequencies, .example = "\"weekly\""),
    CC_F("weekdays", CC_TYPE_CHOICES, 0, 0, 7,
         "On which days of the week; with weekly and biweekly alone.  Empty: on that of its first run.",
         .choices = weekdays, .preset = "[]", .example = "[\"mon\", \"thu\"]"),
    CC_F("dayOfMonth", CC_TYPE_INT, CC_FIELD_NULLABLE, 1, 31,
         "On which day of the month; with monthly alone.  A shorter month has its last day, so 31 is the last day of "
         "each.  null: on that of its first run.",
         .example = "null"),
    CC_F("timeZone", CC_TYPE_LINE, 0, 1, 64, "The IANA time zone of hour and minute.", .preset = "\"UTC\"",
         .example = "\"Europe/Berlin\""),
    CC_F("hour", CC_TYPE_INT, CC_FIELD_REQUIRED, 0, 23, "At which hour.", .example = "6"),
    CC_F("minute", CC_TYPE_INT, 0, 0, 59, "At which minute of it.", .preset = "0", .example = "30"),
    CC_F("isEnabled", CC_TYPE_BOOL, CC_FIELD_FILTER, 0, 0, "Whether it starts runs.", .preset = "true",
         .example = "true"),
    CC_F("nextRunAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,
         "When it starts the next one; null: it is disabled.", .example = "\"2025-01-16T05:30:00Z\""),
    CC_F("nextRuns", CC_TYPE_LIST, CC_FIELD_READ_ONLY | CC_FIELD_VIRTUAL | CC_FIELD_DETAIL, 0, NEXT_RUNS,
         "The next times it starts one, the next first; empty: it is disabled.", .members = next_run_fields,
         .example = "[{\"at\": \"2025-01-16T05:30:00Z\"}, {\"at\": \"2025-01-20T05:30:00Z\"}]"),
    CC_F("lastRunAt", CC_TYPE_TIME, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "When it last started one.",
         .example = "null"),
    CC_F("lastRunId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0, "The run it last started.",
         .ref = "run_", .example = "null"),
    CC_F("lastError", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 300,
         "Why the last one could not be started, or why it was switched off.", .example = "null"),
    CC_REASON_FIELDS("lastError"),
    CC_ROW_TAIL,
    CC_F("anchorDay", CC_TYPE_INT, CC_FIELD_HIDDEN, 0, 0, "The day of its first run in its zone, counted from 1970.",
         .preset = "0"),
    CC_END,
};

const cc_resource cc_schedules = {
    .singular = "schedule",
    .table = "schedules",
    .prefix = "sch_",
    .fields = fields,
    .trash = true,
    .meaning = "A workflow that runs by the clock.",
    .prepare = prepare,
    .may_delete = may_delete,
    .from_trash = from_trash,
    .virtual_ = virtual_,
};

/* ---- made and changed ------------------------------------------------------------------------------ */

typedef struct schedule_row {
    cc_rhythm rhythm;
    char      zone[72];
    bool      is_enabled;
    int64_t   next_run_at; /* 0: never */
    char      mode[8];
} schedule_row;

/* Of the columns that say when it is due, in both queries alike. */
#define RHYTHM_COLUMNS "frequency, weekdays, day_of_month, time_zone AS zone, hour, minute, anchor_day AS anchor"
#define RHYTHM_MEMBERS                                                                                                 \
    rhythm.frequency, rhythm.weekdays, rhythm.day_of_month, zone, rhythm.hour, rhythm.minute, rhythm.anchor

CC_ROW(schedule_row, RHYTHM_MEMBERS, is_enabled, next_run_at, mode);
CC_QUERY(schedule_get, schedule_row,
         "SELECT " RHYTHM_COLUMNS ", is_enabled, next_run_at, mode FROM schedules "
         "WHERE project_id = :project_id AND id = :id",
         TEXT(project_id), TEXT(id));

/* What is stored of the one that is changed or deleted.  FORBIDDEN: it is live, and the caller is a test key. */
static cc_err
stored(cc_context *c, const char *id, schedule_row *row)
{
    cc_err err = cc_db_get(cc_app_db(c->app), NULL, schedule_get, row, .project_id = c->who.project_id, .id = id);

    return err == CC_OK && strcmp(row->mode, "live") == 0 ? cc_authority_over_live(c) : err;
}

static cc_err
may_delete(cc_context *c, const char *id)
{
    schedule_row row;

    return stored(c, id, &row);
}

/* In ms, as the database has it. */
static int64_t
next_after(const cc_rhythm *rhythm, const cc_zone *zone, int64_t after_ms)
{
    return cc_rhythm_after(rhythm, zone, after_ms / 1000) * 1000;
}

/* What the body says of it, over what it was.  *anew: its days are others, and are counted from another first one. */
static void
rhythm_take(cc_value *body, cc_rhythm *rhythm, bool *anew)
{
    const cc_value *frequency = cc_value_of(fields, body, "frequency"), *on = cc_value_of(fields, body, "weekdays");
    const cc_value *of_month = cc_value_of(fields, body, "dayOfMonth");
    const cc_value *hour = cc_value_of(fields, body, "hour"), *minute = cc_value_of(fields, body, "minute");
    const cc_rhythm was = *rhythm;

    if (frequency->present)
        snprintf(rhythm->frequency, sizeof(rhythm->frequency), "%s", frequency->s);
    if (on->present)
        rhythm->weekdays = (int)on->i;
    if (of_month->present)
        rhythm->day_of_month = of_month->null ? 0 : (int)of_month->i;
    if (hour->present)
        rhythm->hour = (int)hour->i;
    if (minute->present)
        rhythm->minute = (int)minute->i;
    *anew = strcmp(rhythm->frequency, was.frequency) != 0 || rhythm->weekdays != was.weekdays ||
            rhythm->day_of_month != was.day_of_month;
}

/* A choice of days that its frequency would not look at is refused: whoever made it expects something else. */
static cc_err
rhythm_check(cc_context *c, const cc_rhythm *rhythm)
{
    if (rhythm->weekdays && !cc_rhythm_knows_weekdays(rhythm->frequency))
        return cc_fail(c, CC_E_VALIDATION, "weekdays",
                       "'weekdays' goes with weekly and biweekly; with another frequency it must be empty.");
    if (rhythm->day_of_month && !cc_rhythm_knows_day_of_month(rhythm->frequency))
        return cc_fail(c, CC_E_VALIDATION, "dayOfMonth",
                       "'dayOfMonth' goes with monthly; with another frequency it must be null.");
    return CC_OK;
}

/* Whoever switches it on has read why it was off. */
static void
forget_error(cc_value *body)
{
    cc_value_set_text(fields, body, "lastError", NULL);
    cc_value_set_text(fields, body, "lastErrorCode", NULL);
    *cc_value_of(fields, body, "lastErrorParams") = (cc_value){.present = true, .null = true};
}

static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    const cc_value *zone_name = cc_value_of(fields, body, "timeZone"),
                   *is_enabled = cc_value_of(fields, body, "isEnabled");
    schedule_row   row = {.zone = "UTC", .is_enabled = true};
    const cc_zone *zone;
    bool           anew;
    cc_err         err;

    if (id && (err = stored(c, id, &row)) != CC_OK)
        return err;
    rhythm_take(body, &row.rhythm, &anew);
    if (zone_name->present)
        snprintf(row.zone, sizeof(row.zone), "%s", zone_name->s);
    if (is_enabled->present)
        row.is_enabled = is_enabled->i != 0;
    if ((err = rhythm_check(c, &row.rhythm)) != CC_OK)
        return err;
    if (!(zone = cc_zone_load(c->arena, row.zone)))
        return cc_fail(c, CC_E_VALIDATION, "timeZone", "'timeZone' must be an IANA name such as Europe/Berlin.");
    if (!id || anew) {
        row.rhythm.anchor = cc_rhythm_first_day(&row.rhythm, zone, c->now / 1000);
        cc_value_set_int(fields, body, "anchorDay", row.rhythm.anchor);
    }
    if (row.is_enabled)
        cc_value_set_int(fields, body, "nextRunAt", next_after(&row.rhythm, zone, c->now));
    else
        *cc_value_of(fields, body, "nextRunAt") = (cc_value){.present = true, .null = true};
    if (is_enabled->present && row.is_enabled)
        forget_error(body);
    if (!id)
        cc_value_set_text(fields, body, "mode", cc_context_mode(c));
    cc_value_set_text(fields, body, "actsFor", cc_actor(&c->who));
    return CC_OK;
}

/* What is due already starts once, however often it has been missed: the times behind it are still to come. */
static void
put_next_runs(const schedule_row *row, const cc_zone *zone, int64_t now, cc_buf *out)
{
    int64_t at = row->next_run_at;

    for (int i = 0; i < NEXT_RUNS; i++) {
        cc_puts(out, i ? ",{\"at\":" : "{\"at\":");
        cc_put_time(out, at);
        cc_putc(out, '}');
        at = next_after(&row->rhythm, zone, at > now ? at : now);
    }
}

/* The next times: computed, for they follow from the rest.  Left out while that cannot be read. */
static bool
virtual_(cc_req *r, const cc_field *field, cc_stmt *stmt, cc_buf *out)
{
    schedule_row   row;
    const cc_zone *zone;
    char           id[CC_ID_SIZE];

    (void)field;
    cc_copy_id(id, cc_col_text(stmt, 0, NULL));
    if (cc_db_get(cc_app_db(r->app), NULL, schedule_get, &row, .project_id = r->who.project_id, .id = id) != CC_OK ||
        !(zone = cc_zone_load(r->arena, row.zone)))
        return false;
    cc_putc(out, '[');
    if (row.next_run_at)
        put_next_runs(&row, zone, cc_app_now(r->app), out);
    cc_putc(out, ']');
    return true;
}

/* When one that comes back is due; 0: never.  What fell due meanwhile is not caught up with. */
static int64_t
due_again(cc_context *c, cc_value *values)
{
    const cc_zone *zone = cc_zone_load(c->arena, cc_value_of(fields, values, "timeZone")->s);
    cc_rhythm      rhythm = {.anchor = cc_value_of(fields, values, "anchorDay")->i};
    bool           ignored;

    rhythm_take(values, &rhythm, &ignored);
    return zone && cc_value_of(fields, values, "isEnabled")->i ? next_after(&rhythm, zone, c->now) : 0;
}

/* It acts for whoever brings it back, as if he had made it. */
static cc_err
from_trash(cc_context *c, cc_value *values, bool back)
{
    const bool live = strcmp(cc_value_of(fields, values, "mode")->s, "live") == 0;
    cc_err     err = live ? cc_authority_over_live(c) : CC_OK;

    if (err != CC_OK || !back)
        return err;
    const int64_t at = due_again(c, values);
    *cc_value_of(fields, values, "nextRunAt") = (cc_value){.present = true, .null = !at, .i = at};
    cc_value_set_text(fields, values, "actsFor", cc_actor(&c->who));
    return CC_OK;
}

/* ---- due ------------------------------------------------------------------------------------------- */

typedef struct due {
    char        project_id[CC_ID_SIZE], id[CC_ID_SIZE];
    int64_t     at, last;                               /* when it is due; when it ran, 0: never */
    const char *name, *workflow_id, *prompt, *acts_for; /* NULL: none */
    bool        test;
    cc_rhythm   rhythm;
    char        zone[72];
} due;

#define DUE_COLUMNS                                                                                                    \
    "project_id, id, next_run_at AS at, name, workflow_id, nullif(prompt, '') AS prompt, acts_for, " RHYTHM_COLUMNS    \
    ", CASE WHEN mode = 'test' THEN 1 ELSE 0 END AS test, last_run_at AS last FROM schedules "

CC_ROW(due, project_id, id, at, name, workflow_id, prompt, acts_for, RHYTHM_MEMBERS, test, last);
CC_QUERY(schedule_due, due,
         "SELECT " DUE_COLUMNS "WHERE next_run_at IS NOT NULL AND next_run_at <= :now ORDER BY next_run_at LIMIT 1",
         INT(now));
CC_STATEMENT(schedule_move,
             "UPDATE schedules SET next_run_at = nullif(:next, 0), last_run_at = :now, updated_at = :now, "
             "version = version + 1 WHERE project_id = :project_id AND id = :id AND next_run_at = :was",
             INT(next), INT(now), TEXT(project_id), TEXT(id), INT(was));
CC_STATEMENT(schedule_note,
             "UPDATE schedules SET last_run_id = coalesce(:run_id, last_run_id), " CC_REASON_SET(
                 "last_error") ", "
                               "acts_for = :actor WHERE project_id = :project_id AND id = :id",
             TEXT(run_id), CC_REASON_PARAMS, TEXT(actor), TEXT(project_id), TEXT(id));
CC_STATEMENT(run_schedule,
             "UPDATE runs SET schedule_id = :schedule_id WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(schedule_id), TEXT(project_id), TEXT(mode), TEXT(id));
CC_STATEMENT(schedule_stop,
             "UPDATE schedules SET is_enabled = 0, next_run_at = NULL, " CC_REASON_SET(
                 "last_error") ", updated_at = :now, "
                               "version = version + 1 WHERE project_id = :project_id AND id = :id",
             CC_REASON_PARAMS, INT(now), TEXT(project_id), TEXT(id));

/* *ours: nobody else has moved it on meanwhile.  When the zone's file is gone, no next run is better than a wrong time.
 */
static cc_err
move_on(cc_context *c, const due *d, bool *ours)
{
    const cc_zone *zone = cc_zone_load(c->arena, d->zone);
    int64_t        moved;
    cc_err         err =
        cc_db_change(cc_app_db(c->app), schedule_move, &moved, .next = zone ? next_after(&d->rhythm, zone, c->now) : 0,
                     .now = c->now, .project_id = d->project_id, .id = d->id, .was = d->at);

    *ours = moved == 1;
    return err == CC_OK && *ours ? cc_changed(c->app, d->project_id, "", "schedules.start", cc_span_of(d->id)) : err;
}

static cc_err
note(cc_context *c, const due *d, const char *run_id, const cc_reason *why)
{
    cc_db *db = cc_app_db(c->app);
    cc_err err = cc_db_run(db, schedule_note, .run_id = run_id, CC_THE_REASON(why), .actor = cc_actor(&c->who),
                           .project_id = d->project_id, .id = d->id);

    if (err != CC_OK || !run_id)
        return err;
    return cc_db_run(db, run_schedule, .schedule_id = d->id, .project_id = d->project_id,
                     .mode = d->test ? "test" : "live", .id = run_id);
}

/* Why the context has refused. */
static const cc_reason *
refusal(cc_context *c, cc_err err)
{
    cc_reason *plain = c->reason ? NULL : cc_alloc(c->arena, sizeof(*plain));

    if (plain)
        plain->text = c->message ? c->message : cc_err_message(err);
    return plain ? plain : c->reason;
}

/* Switch it off, for good, and leave word where it is looked for: at the schedule and in the audit log. */
static cc_err
stop(cc_context *c, const char *id, const cc_reason *why)
{
    cc_err err = cc_db_run(cc_app_db(c->app), schedule_stop, CC_THE_REASON(why), .now = c->now,
                           .project_id = c->who.project_id, .id = id);

    if (err == CC_OK)
        err = cc_audit_also(c, "schedules.stop", id);
    return err == CC_OK ? cc_tell(c->app, c->who.project_id, "live", CC_NOTICE_SCHEDULE_STOPPED, .id = id) : err;
}

/* Inside a transaction. */
static cc_err
start(cc_context *c, const due *d)
{
    const cc_run_wish wish = {
        .source = "scheduled", .workflow_id = d->workflow_id, .name = d->name, .prompt = d->prompt};
    const char *run_id = NULL;
    bool        ours = false;
    cc_err      err = move_on(c, d, &ours);

    if (err != CC_OK || !ours)
        return err;
    err = cc_acting_as(c, d->project_id, d->acts_for, d->test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_E_FORBIDDEN)
        return stop(c, d->id, refusal(c, err));
    if (err != CC_OK)
        return err;
    err = cc_run_start(c, &wish, &run_id);
    if (err == CC_E_NOT_FOUND || err == CC_E_CONFLICT)
        return note(c, d, NULL, refusal(c, err));
    return err == CC_OK ? note(c, d, run_id, NULL) : err;
}

void
cc_schedules_start(cc_app *app)
{
    cc_db    *db = cc_app_db(app);
    cc_arena *a = NULL;
    due       d = {0};
    bool      found = true;
    cc_err    err = CC_OK;

    for (int i = 0; i < 100 && found && err == CC_OK; i++) {
        if (!a && !(a = cc_arena_new()))
            return;
        if ((err = cc_db_find(db, a, schedule_due, &d, &found, .now = cc_app_now(app))) != CC_OK || !found)
            break;
        cc_context c;
        cc_context_init(&c, app, a);
        if ((err = cc_tx_begin(db)) == CC_OK)
            err = cc_tx_end(db, start(&c, &d));
        if (err == CC_OK)
            cc_context_notify(&c);
    }
    cc_arena_free(a);
}

/* ---- whose rights have ended ------------------------------------------------------------------------ */

typedef struct enabled {
    char id[CC_ID_SIZE];
} enabled;

CC_ROW(enabled, id);
CC_QUERY(schedule_enabled, enabled,
         "SELECT id FROM schedules WHERE project_id = :project_id AND acts_for = :actor AND is_enabled = 1 LIMIT 1",
         TEXT(project_id), TEXT(actor));

static cc_err
stop_all(cc_context *c, const char *actor, const cc_reason *why)
{
    enabled one;
    bool    found;
    cc_err  err;

    do {
        err = cc_db_find(cc_app_db(c->app), NULL, schedule_enabled, &one, &found, .project_id = c->who.project_id,
                         .actor = actor);
        if (err == CC_OK && found)
            err = stop(c, one.id, why);
    } while (err == CC_OK && found);
    return err;
}

/* They would notice when they are due; but nobody shall have to wait a month to read that they will not run. */
cc_err
cc_schedules_review(cc_context *c, const char *actor)
{
    cc_context later;
    cc_err     err;

    cc_context_init(&later, c->app, c->arena);
    err = cc_acting_as(&later, c->who.project_id, actor, true, CC_SCOPE_RUNS_WRITE);
    return err == CC_E_FORBIDDEN ? stop_all(c, actor, refusal(&later, err)) : err;
}

/* ---- a clock that was set back ------------------------------------------------------------------------ */

CC_QUERY(schedule_ahead, due,
         "SELECT " DUE_COLUMNS "WHERE next_run_at > :now AND (project_id, id) > (:project_id, :id) "
         "ORDER BY project_id, id LIMIT 1",
         INT(now), TEXT(project_id), TEXT(id));
CC_STATEMENT(schedule_mend,
             "UPDATE schedules SET next_run_at = :next, updated_at = :now, version = version + 1 "
             "WHERE project_id = :project_id AND id = :id AND next_run_at = :was",
             INT(next), INT(now), TEXT(project_id), TEXT(id), INT(was));

/* The next schedule behind d that is still to come, into d, and since when it is to be counted anew. */
static cc_err
ahead_find(cc_app *app, cc_arena *a, due *d, int64_t *since, bool *found)
{
    const due before = *d;
    int64_t   now = cc_app_now(app);
    cc_err    err = cc_db_find(cc_app_db(app), a, schedule_ahead, d, found, .now = now, .project_id = before.project_id,
                               .id = before.id);

    /* Set back by hours, it shall not start again what it has started; by more, that time was a mistake. */
    if (err == CC_OK && *found)
        *since = d->last > now && d->last - now < 86400000 ? d->last : now;
    return err;
}

/* Inside a transaction; nothing to do if somebody else has moved it on meanwhile. */
static cc_err
mend(cc_app *app, cc_arena *a, const due *d, int64_t since)
{
    const cc_zone *zone = cc_zone_load(a, d->zone);
    int64_t        at = zone ? next_after(&d->rhythm, zone, since) : 0;

    if (!at || at >= d->at)
        return CC_OK;
    return cc_db_run(cc_app_db(app), schedule_mend, .next = at, .now = cc_app_now(app), .project_id = d->project_id,
                     .id = d->id, .was = d->at);
}

void
cc_schedules_mend(cc_app *app)
{
    cc_db    *db = cc_app_db(app);
    cc_arena *a = cc_arena_new();
    due       d = {0};
    bool      found = a != NULL;
    int64_t   since = 0;
    cc_err    err = CC_OK;

    while (found && err == CC_OK) {
        if ((err = ahead_find(app, a, &d, &since, &found)) == CC_OK && found && (err = cc_tx_begin(db)) == CC_OK)
            err = cc_tx_end(db, mend(app, a, &d, since));
        cc_arena_reset(a); /* ids are in d itself */
    }
    cc_arena_free(a);
}
