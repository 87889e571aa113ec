/*
 * What a monitoring system asks for, now and then: GET /metrics, in the text form of Prometheus.
 *
 * It belongs to the instance and to no project: so no API key opens it, but a token that the operator sets, and without
 * one there is no such path.  What is counted lies in the shared state.  What is looked up are figures of what is not
 * over: however old an instance is, an index that holds nothing else answers them.  They are left out while storage
 * cannot be asked, and storage_up says that.
 */
#include "context/metrics.h"

#include <strings.h>

#include "base/secret.h"
#include "context/ids.h"
#include "context/settings.h"
#include "context/state.h"
#include "gate/gate.h"
#include "resources/resources.h"
#include "storage/db.h"

#define TYPE "text/plain; version=0.0.4; charset=utf-8"

/* ---- what is looked up ----------------------------------------------------------------------------------- */

typedef struct open_runs {
    char    status[16], first[CC_ID_SIZE];
    int64_t count;
} open_runs;

CC_ROW(open_runs, status, first, count);
CC_QUERY_PLAIN(
    runs_open_count, open_runs,
    "SELECT status, min(id) AS first, count(*) AS count FROM runs WHERE finished_at IS NULL GROUP BY status");

/* An id begins with its time. */
static int64_t
made_at(const char *id)
{
    uint8_t bytes[16];
    int64_t ms = 0;

    for (int i = 0; cc_id_parse(cc_runs.prefix, id, bytes) && i < 6; i++)
        ms = ms << 8 | bytes[i];
    return ms;
}

typedef struct heartbeat {
    const char *name;
    int64_t     seen_at;
} heartbeat;

CC_ROW(heartbeat, name, seen_at);
CC_QUERY_PLAIN(worker_heartbeats, heartbeat, "SELECT name, seen_at FROM workers ORDER BY name LIMIT 1000");

static const char *const open_states[] = {CC_RUN_PENDING, CC_RUN_RUNNING, CC_RUN_PAUSED, CC_RUN_CANCELLING, NULL};

typedef struct figures {
    int64_t runs[CC_COUNT(open_states)];
    int64_t waits_since; /* ms; 0: nothing waits */
    cc_buf  heartbeats;
} figures;

static cc_err
runs_read(cc_req *r, figures *out)
{
    open_runs row;
    cc_rows   rows = cc_db_select(cc_app_db(r->app), runs_open_count, &row, CC_NO_ARGS);

    while (cc_rows_next(&rows))
        for (size_t i = 0; open_states[i]; i++) {
            if (strcmp(open_states[i], row.status) != 0)
                continue;
            out->runs[i] = row.count;
            if (i == 0)
                out->waits_since = made_at(row.first);
        }
    return cc_rows_end(&rows);
}

/* A label's value, in which a backslash, a quote or a line's end is written in two characters. */
static void
put_label(cc_buf *b, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            cc_putc(b, '\\');
        if (*text == '\n')
            cc_puts(b, "\\n");
        else
            cc_putc(b, *text);
    }
}

static cc_err
workers_read(cc_req *r, figures *out)
{
    heartbeat row;
    cc_rows   rows = cc_db_select(cc_app_db(r->app), worker_heartbeats, &row, CC_NO_ARGS);

    while (cc_rows_next(&rows)) {
        cc_puts(&out->heartbeats, "codecourier_worker_seen_timestamp_seconds{worker=\"");
        put_label(&out->heartbeats, row.name);
        cc_putf(&out->heartbeats, "\"} %lld\n", (long long)(row.seen_at / 1000));
    }
    return cc_rows_end(&rows);
}

static cc_err
figures_read(cc_req *r, figures *out)
{
    cc_db *db = cc_app_db(r->app);
    cc_err err = cc_read_begin(db);

    if (err != CC_OK)
        return err;
    if ((err = runs_read(r, out)) == CC_OK)
        err = workers_read(r, out);
    cc_read_end(db);
    return err;
}

/* ---- written --------------------------------------------------------------------------------------------- */

static void
figures_write(cc_req *r, const figures *f)
{
    const int64_t waited = f->waits_since && r->now > f->waits_since ? r->now - f->waits_since : 0;
    cc_buf       *b = &r->out;

    cc_metrics_family(b, "runs", "gauge", "Runs that are not over, by status.");
    for (size_t i = 0; open_states[i]; i++)
        cc_putf(b, "codecourier_runs{status=\"%s\"} %lld\n", open_states[i], (long long)f->runs[i]);
    cc_metrics_family(b, "queue_length", "gauge", "Runs that wait for a worker.");
    cc_putf(b, "codecourier_queue_length %lld\n", (long long)f->runs[0]);
    cc_metrics_family(b, "queue_oldest_seconds", "gauge", "How long the first of them has been waiting.");
    cc_putf(b, "codecourier_queue_oldest_seconds %lld.%03lld\n", (long long)(waited / 1000),
            (long long)(waited % 1000));
    cc_metrics_family(b, "worker_seen_timestamp_seconds", "gauge",
                      "When a worker last said that it is there; it does every ten minutes.");
    cc_put(b, f->heartbeats.data, f->heartbeats.size);
}

static void
requests_write(cc_req *r)
{
    const cc_table *table = cc_app_table(r->app);
    cc_buf         *b = &r->out;

    cc_metrics_family(b, "requests_total", "counter", "Requests, by operation and status.");
    cc_metrics_requests_write(r->app, NULL, b);
    for (size_t i = 0; i < table->route_count; i++)
        cc_metrics_requests_write(r->app, table->routes[i].operation, b);
    cc_metrics_family(b, "request_duration_seconds", "histogram",
                      "How long requests took until their answer, or a stream's beginning, was there.");
    cc_metrics_durations_write(r->app, NULL, b);
    for (size_t i = 0; i < table->route_count; i++)
        cc_metrics_durations_write(r->app, table->routes[i].operation, b);
}

/* Without a token in the settings there is nothing here; the time taken does not tell how much of one is right. */
static cc_err
token_check(cc_req *r)
{
    const char *want = cc_setting_text(r->app, CC_SETTING_metricsToken), *header = r->in->header[CC_H_AUTHORIZATION];
    uint8_t     is[CC_HASH_SIZE], must[CC_HASH_SIZE];

    if (!*want)
        return CC_E_NOT_FOUND;
    if (!header || !*header)
        return CC_E_AUTH_MISSING;
    if (strncasecmp(header, "Bearer ", 7) != 0)
        return CC_E_AUTH_INVALID;
    cc_hash(header + 7, strlen(header + 7), is);
    cc_hash(want, strlen(want), must);
    return cc_same(is, must, sizeof(is)) ? CC_OK : CC_E_AUTH_INVALID;
}

cc_err
cc_metrics_get(cc_req *r)
{
    figures f = {0};
    cc_err  err = token_check(r);

    if (err != CC_OK)
        return err;
    cc_buf_init(&f.heartbeats, r->arena);
    const bool up = figures_read(r, &f) == CC_OK;

    r->file_type = TYPE;
    r->out.size = 0;
    cc_metrics_family(&r->out, "build_info", "gauge", "The program that answers.");
    cc_puts(&r->out, "codecourier_build_info{version=\"" CC_VERSION "\"} 1\n");
    cc_metrics_family(&r->out, "storage_up", "gauge", "Whether the database could be asked just now.");
    cc_puts(&r->out, up ? "codecourier_storage_up 1\n" : "codecourier_storage_up 0\n");
    if (up)
        figures_write(r, &f);
    cc_metrics_write(r->app, &r->out);
    requests_write(r);
    return f.heartbeats.failed ? CC_E_UNAVAILABLE : CC_OK;
}
