/*
 * What is declared of a run's states (context/state.h) is what happens: each action in each state, and many actions in
 * a random order with a worker's in between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/secret.h"
#include "body.h"
#include "context/state.h"
#include "place.h"
#include "storage/db.h"

enum { ACTIONS_AT_RANDOM = 2000 };

typedef struct one_id {
    char id[CC_ID_SIZE];
} one_id;

CC_ROW(one_id, id);
CC_QUERY(first_workflow, one_id, "SELECT id FROM workflows WHERE project_id = :project_id LIMIT 1", TEXT(project_id));
CC_STATEMENT(run_becomes,
             "UPDATE runs SET status = :status, stop_requested = 0, cancel_by = :cancel_by, "
             "finished_at = nullif(:finished_at, 0) WHERE project_id = :project_id AND mode = :mode AND id = :id",
             TEXT(status), INT(cancel_by), INT(finished_at), TEXT(project_id), TEXT(mode), TEXT(id));

typedef struct run {
    place *p;
    char   id[CC_ID_SIZE], status[16], message[128]; /* as the last answer says; "": it says none */
    bool   stopped;
    int    answer;
} run;

static void
take(const char *text, const char *behind, char *out, size_t room)
{
    const char *at = strstr(text, behind);

    snprintf(out, room, "%.*s", at ? (int)strcspn(at + strlen(behind), "\"") : 0, at ? at + strlen(behind) : "");
}

static void
ask(run *r, const char *method, const char *uri, const char *json)
{
    body         b = {json, json ? strlen(json) : 0};
    cc_response *answer = NULL;
    cc_request   in = {.method = method, .uri = uri, .remote_addr = "127.0.0.1", .local_project = r->p->project.id};

    if (json) {
        in.content_length = (int64_t)b.left;
        in.header[CC_H_CONTENT_TYPE] = "application/json";
        in.read = read_body;
        in.read_ctx = &b;
    }
    cc_app_handle(r->p->app, &in, &answer);
    r->answer = answer->status;
    take(answer->body, "\"status\":\"", r->status, sizeof(r->status));
    take(answer->body, "\"message\":\"", r->message, sizeof(r->message));
    if (!r->id[0])
        take(answer->body, "\"id\":\"", r->id, sizeof(r->id));
    cc_response_free(r->p->app, answer);
}

static void
start(run *r)
{
    one_id workflow;
    char   json[128];

    r->id[0] = '\0';
    r->stopped = false;
    assert_int_equal(cc_db_get(cc_app_db(r->p->app), NULL, first_workflow, &workflow, .project_id = r->p->project.id),
                     CC_OK);
    snprintf(json, sizeof(json), "{\"workflowId\":\"%s\"}", workflow.id);
    ask(r, "POST", "/api/v1/runs", json);
    assert_int_equal(r->answer, 201);
}

/* What a worker does to it. */
static void
becomes(run *r, const char *status)
{
    const bool over = cc_state_over(&cc_run_states, status);

    r->stopped = false;
    assert_int_equal(cc_db_run(cc_app_db(r->p->app), run_becomes, .status = status, .cancel_by = r->p->now + 1,
                               .finished_at = over ? r->p->now : 0, .project_id = r->p->project.id, .mode = "live",
                               .id = r->id),
                     CC_OK);
}

/* The way that the table has for an action of the API from a state; NULL: none. */
static const cc_way *
way_of(const char *action, const char *state)
{
    for (const cc_way *way = cc_run_states.ways; way < cc_run_states.ways + cc_run_states.way_count; way++)
        if (strcmp(way->action, action) == 0 && strncmp(way->by, "runs.", 5) == 0 && cc_state_in(way->from, state))
            return way;
    return NULL;
}

/* Ask for it in that state, and compare with the table; the state it is in then. */
static const char *
try_it(run *r, const char *action, const char *state)
{
    const cc_way *way = r->stopped && strcmp(action, "pause") == 0 ? NULL : way_of(action, state);
    char          uri[80], refusal[128];

    snprintf(uri, sizeof(uri), "/api/v1/runs/%s/%s", r->id, action);
    ask(r, "POST", uri, NULL);
    if (way || cc_state_done(&cc_run_states, action, state)) {
        assert_int_equal(r->answer, 200);
        assert_string_equal(r->status, way && way->to[0] ? way->to : state);
        r->stopped |= way && strcmp(action, "stop") == 0;
        return way && way->to[0] ? way->to : state;
    }
    snprintf(refusal, sizeof(refusal), "A %s run cannot be %s", state, cc_state_refusal(&cc_run_states, action));
    assert_int_equal(r->answer, 409);
    assert_string_equal(r->message, refusal);
    return state;
}

static const char *const actions[] = {"cancel", "pause", "resume", "stop"};

static void
each_action_in_each_state_is_what_the_table_says(void **state)
{
    run r = {.p = *state};

    start(&r);
    for (size_t s = 0; s < cc_run_states.state_count; s++)
        for (size_t a = 0; a < CC_COUNT(actions); a++) {
            becomes(&r, cc_run_states.states[s].name);
            try_it(&r, actions[a], cc_run_states.states[s].name);
        }
}

static void
a_run_that_is_not_over_cannot_be_deleted(void **state)
{
    run  r = {.p = *state};
    char uri[80], refusal[128];

    for (const cc_state *s = cc_run_states.states; s < cc_run_states.states + cc_run_states.state_count; s++) {
        start(&r);
        becomes(&r, s->name);
        snprintf(uri, sizeof(uri), "/api/v1/runs/%s", r.id);
        ask(&r, "DELETE", uri, NULL);
        snprintf(refusal, sizeof(refusal), "A %s run cannot be %s", s->name,
                 cc_state_refusal(&cc_run_states, "delete"));
        assert_int_equal(r.answer, s->over ? 200 : 409);
        assert_string_equal(r.message, s->over ? "" : refusal);
    }
}

/* A worker's way out of that state, by chance; the state itself: it has none. */
static const char *
worked(run *r, const char *state, unsigned chance)
{
    for (size_t i = 0; i < cc_run_states.way_count; i++) {
        const cc_way *way = &cc_run_states.ways[(i + chance) % cc_run_states.way_count];
        if (strcmp(way->by, "worker") == 0 && cc_state_in(way->from, state)) {
            becomes(r, way->to);
            return way->to;
        }
    }
    return state;
}

static void
actions_in_a_random_order_lead_where_the_table_says(void **state)
{
    run         r = {.p = *state};
    const char *is = CC_RUN_PENDING;
    unsigned    chance = 1;

    start(&r);
    for (int i = 0; i < ACTIONS_AT_RANDOM; i++) {
        chance = chance * 1103515245u + 12345u;
        if (cc_state_over(&cc_run_states, is) && chance >> 16 & 1) {
            becomes(&r, CC_RUN_PENDING);
            is = CC_RUN_PENDING;
        } else if (chance >> 17 & 1) {
            is = worked(&r, is, chance >> 18);
        } else {
            is = try_it(&r, actions[chance >> 18 & 3], is);
        }
    }
}

static void
every_state_is_reached_and_only_what_is_over_stays(void **state)
{
    const cc_states *kinds[] = {&cc_run_states,      &cc_step_states,     &cc_chain_states,
                                &cc_learning_states, &cc_question_states, &cc_candidates_states};

    (void)state;
    for (size_t k = 0; k < CC_COUNT(kinds); k++)
        for (const cc_state *s = kinds[k]->states; s < kinds[k]->states + kinds[k]->state_count; s++) {
            bool reached = false, left = false;
            for (const cc_way *way = kinds[k]->ways; way < kinds[k]->ways + kinds[k]->way_count; way++) {
                reached |= strcmp(way->to, s->name) == 0;
                left |= cc_state_in(way->from, s->name) && strcmp(way->to, s->name) != 0;
            }
            assert_true(reached);
            assert_int_equal(left, !s->over);
        }
}

/* What the conditions in SQL are put together of, and what the command's exit code says. */
static void
what_is_over_is_so_everywhere(void **state)
{
    (void)state;
    for (const cc_state *s = cc_run_states.states; s < cc_run_states.states + cc_run_states.state_count; s++) {
        char word[20];
        snprintf(word, sizeof(word), "'%s'", s->name);
        assert_int_equal(strstr(CC_RUN_OVER, word) != NULL, s->over);
        assert_int_equal(strstr(CC_RUN_HELD, word) == NULL, !s->over && strcmp(s->name, CC_RUN_PENDING) != 0);
        assert_int_equal(cc_run_is_over(s->name), s->over);
        assert_int_equal(cc_run_went_well(s->name), strcmp(s->name, CC_RUN_COMPLETED) == 0);
    }
    assert_false(cc_run_is_over("flying"));
    assert_false(cc_run_went_well(""));
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_action_in_each_state_is_what_the_table_says),
        T(a_run_that_is_not_over_cannot_be_deleted),
        T(actions_in_a_random_order_lead_where_the_table_says),
        cmocka_unit_test(what_is_over_is_so_everywhere),
        cmocka_unit_test(every_state_is_reached_and_only_what_is_over_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
