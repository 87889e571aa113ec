/*
 * What a step has cost: what its agent named, or its tokens by the rates (resources/rates.h); and one entry for each
 * attempt that was paid.  What counts them adds entries, not runs: an entry stays when its run is deleted, stands at
 * the time when it was paid, and no retry takes it along.
 */
#include "engine/spend.h"

#include "context/metrics.h"
#include "gate/outbox.h"
#include "resources/budget.h"
#include "resources/rates.h"

/* What the agent has used; of what it read, the cache's share apart. */
static void
used(cc_slot *s, cc_used *out)
{
    const cc_step_result *r = &s->result;
    int64_t               fresh = r->input_tokens - r->cache_read_tokens - r->cache_write_tokens;

    *out = (cc_used){.project_id = s->lease.project_id, .at = cc_app_now(s->w->app)};
    cc_model_split(s->step, s->agent->service, *r->model ? r->model : s->model, &out->service, &out->model);
    out->count[CC_METRIC_INPUT] = fresh > 0 ? fresh : 0;
    out->count[CC_METRIC_OUTPUT] = r->output_tokens;
    out->count[CC_METRIC_CACHE_READ] = r->cache_read_tokens;
    out->count[CC_METRIC_CACHE_WRITE] = r->cache_write_tokens;
    out->count[CC_METRIC_SANDBOX] = s->ms / 1000;
}

cc_err
cc_spend_price(cc_slot *s)
{
    cc_step_result *r = &s->result;
    bool            known = r->priced;
    int64_t         nano = 0, sandbox = 0;
    cc_used         of;
    cc_err          err = CC_OK;

    if (r->settled)
        return CC_OK;
    s->ms = cc_app_monotonic(s->w->app) - s->step_since;
    if (s->agent->rehearsal)
        return CC_OK;
    used(s, &of);
    if (!r->priced && r->counted)
        err = cc_rates_price(s->w->app, &of, &nano, &known);
    if (err == CC_OK && known && s->w->sandbox)
        err = cc_rates_price_sandbox(s->w->app, &of, &sandbox);
    if (err != CC_OK)
        return err;
    r->by_rate = known && !r->priced;
    r->priced = known;
    r->cost_nano += known ? nano + sandbox : 0;
    r->settled = true;
    return CC_OK;
}

CC_STATEMENT(
    usage_insert,
    "INSERT INTO usage_entries (project_id, mode, run_id, iteration, position, attempt, at, workflow_id, "
    "persona_id, actor_id, service, model, input_tokens, output_tokens, cache_read_tokens, "
    "cache_write_tokens, cost_nano, ms) "
    "SELECT r.project_id, r.mode, r.id, s.iteration, s.position, :attempt, :now, nullif(r.workflow_id, ''), s.persona_id, "
    "nullif(r.started_by, ''), :service, :model, :input, :output, :cache_read, :cache_write, "
    "CASE WHEN :priced = 1 THEN :cost END, :ms FROM runs r JOIN run_steps s "
    "ON s.project_id = r.project_id AND s.run_id = r.id "
    "WHERE r.project_id = :project_id AND r.mode = :mode AND r.id = :id "
    "AND s.iteration = :iteration AND s.position = :position "
    "ON CONFLICT (project_id, mode, run_id, iteration, position, attempt) DO NOTHING",
    INT(attempt), INT(now), TEXT(service), TEXT(model), INT(input), INT(output), INT(cache_read), INT(cache_write),
    INT(priced), INT(cost), INT(ms), CC_RUN_PARAMS, INT(iteration), INT(position));

cc_err
cc_spend_note(cc_slot *s)
{
    const cc_step_result *r = &s->result;
    cc_used               of;

    used(s, &of);
    cc_tally_note(s->w->app, CC_TALLY_TOKENS_INPUT, of.count[CC_METRIC_INPUT]);
    cc_tally_note(s->w->app, CC_TALLY_TOKENS_OUTPUT, of.count[CC_METRIC_OUTPUT]);
    cc_tally_note(s->w->app, CC_TALLY_TOKENS_CACHE_READ, of.count[CC_METRIC_CACHE_READ]);
    cc_tally_note(s->w->app, CC_TALLY_TOKENS_CACHE_WRITE, of.count[CC_METRIC_CACHE_WRITE]);
    cc_tally_note(s->w->app, CC_TALLY_COST, r->priced ? r->cost_nano : 0);
    return cc_db_run(cc_app_db(s->w->app), usage_insert, .attempt = s->attempt, .now = of.at, .service = of.service,
                     .model = of.model, .input = of.count[CC_METRIC_INPUT], .output = of.count[CC_METRIC_OUTPUT],
                     .cache_read = of.count[CC_METRIC_CACHE_READ], .cache_write = of.count[CC_METRIC_CACHE_WRITE],
                     .priced = r->priced, .cost = r->cost_nano, .ms = s->ms, CC_THE_RUN(s->lease),
                     .iteration = s->iteration, .position = s->position);
}

CC_STATEMENT(budget_warned_of,
             "SELECT 1 FROM notifications WHERE project_id = :project_id AND id >= :lower AND type = 'budget.warning' "
             "LIMIT 1",
             TEXT(project_id), TEXT(lower));

/* Once a day, whichever runs notice it. */
static cc_err
warn(cc_slot *s)
{
    enum { DAY_MS = 86400000 };
    cc_app *app = s->w->app;
    char    lower[CC_ID_SIZE];
    bool    today = false;

    cc_id_at(CC_NOTIFICATION_PREFIX, cc_app_now(app) / DAY_MS * DAY_MS, lower);
    cc_err err =
        cc_db_exists(cc_app_db(app), budget_warned_of, &today, .project_id = s->lease.project_id, .lower = lower);
    return err != CC_OK || today
               ? err
               : cc_tell(app, s->lease.project_id, s->lease.mode, CC_NOTICE_BUDGET_WARNING, .id = s->lease.id);
}

static bool
stopped_by_budget(const cc_reason *why)
{
    return why && (why->code == CC_REASON_BUDGET_RUN || why->code == CC_REASON_BUDGET_DAY ||
                   why->code == CC_REASON_BUDGET_MONTH);
}

cc_err
cc_spend_tell(cc_slot *s, bool failed)
{
    cc_err err = s->warned && !s->warned_of ? warn(s) : CC_OK;

    if (err == CC_OK && failed && stopped_by_budget(s->failure))
        err = cc_tell(s->w->app, s->lease.project_id, s->lease.mode, CC_NOTICE_BUDGET_STOPPED, .id = s->lease.id);
    return err;
}

/* What an agent has told of its price so far counts, though it is not written yet; one that is done is let be. */
void
cc_spend_watch(cc_slot *s)
{
    const bool      works = s->phase == CC_PHASE_AGENT;
    const int64_t   more = works ? s->result.cost_nano : 0;
    cc_budget_state state;

    if (s->test || s->failure || (works && (more == s->watched || s->over || s->result.ending != CC_ENDING_NONE)))
        return;
    if (cc_budget_look(s->w->app, s->arena, s->lease.project_id, s->lease.id, more, &state) != CC_OK)
        return; /* storage is busy: the next look will do */
    s->watched = more;
    if (state.warns && !s->warned)
        cc_slot_say(s, "The project's budget runs out: so much of it is spent as it warns at.");
    s->warned |= state.warns;
    if (!state.spent)
        return;
    if (works)
        s->over = state.spent;
    cc_slot_fail(s, state.spent);
}
