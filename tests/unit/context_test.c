/*
 * What acts without a request acts through a context: as its maker is now, with no more than its maker has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "context/state.h"
#include "gate/authority.h"
#include "place.h"
#include "resources/resources.h"
#include "storage/db.h"

typedef struct one_id {
    char id[CC_ID_SIZE];
} one_id;

CC_ROW(one_id, id);
CC_QUERY(any_workflow, one_id, "SELECT id FROM workflows WHERE project_id = :project_id LIMIT 1", TEXT(project_id));
CC_QUERY(any_member, one_id, "SELECT user_id AS id FROM members WHERE project_id = :project_id LIMIT 1",
         TEXT(project_id));
CC_STATEMENT(member_leaves, "DELETE FROM members WHERE project_id = :project_id", TEXT(project_id));
CC_STATEMENT(key_made,
             "INSERT INTO api_keys (project_id, id, name, prefix, hash, scopes, mode, created_at, updated_at) "
             "VALUES (:project_id, :id, 'nightly', 'cc_live_', :hash, :scopes, 'live', 0, 0)",
             TEXT(project_id), TEXT(id), BLOB(hash), INT(scopes));
CC_STATEMENT(key_may, "UPDATE api_keys SET scopes = :scopes WHERE project_id = :project_id AND id = :id", INT(scopes),
             TEXT(project_id), TEXT(id));
CC_QUERY(run_of, one_id,
         "SELECT started_by AS id FROM runs WHERE project_id = :project_id AND mode = :mode AND id = :id",
         TEXT(project_id), TEXT(mode), TEXT(id));
CC_QUERY(run_named_as_its_workflow, one_id,
         "SELECT r.id FROM runs r JOIN workflows w ON w.project_id = r.project_id AND w.id = r.workflow_id "
         "WHERE r.project_id = :project_id AND r.mode = :mode AND r.id = :id AND r.name = w.name "
         "AND r.max_iterations = 3",
         TEXT(project_id), TEXT(mode), TEXT(id));

typedef struct counted {
    int64_t steps, events;
} counted;

/* How many of its steps are cancelled, and how many events tell of it. */
CC_ROW(counted, steps, events);
CC_QUERY(steps_cancelled, counted,
         "SELECT (SELECT count(*) FROM run_steps WHERE project_id = :project_id AND run_id = :run_id "
         "AND status = " CC_STEP_CANCEL_TO ") AS steps, "
         "(SELECT count(*) FROM run_events WHERE project_id = :project_id AND run_id = :run_id) AS events",
         TEXT(project_id), TEXT(run_id));

typedef struct scene {
    place     *p;
    cc_db     *db;
    cc_arena  *arena;
    cc_context c;
    one_id     maker, workflow;
} scene;

static scene
scene_of(void **state)
{
    scene s = {.p = *state, .arena = cc_arena_new()};

    s.db = cc_app_db(s.p->app);
    assert_non_null(s.arena);
    cc_context_init(&s.c, s.p->app, s.arena);
    assert_int_equal(cc_db_get(s.db, NULL, any_member, &s.maker, .project_id = s.p->project.id), CC_OK);
    assert_int_equal(cc_db_get(s.db, NULL, any_workflow, &s.workflow, .project_id = s.p->project.id), CC_OK);
    return s;
}

/* As a schedule does when its time has come. */
static cc_err
start_run(scene *s, bool test, const char **run_id)
{
    const cc_run_wish wish = {
        .source = "scheduled", .workflow_id = s->workflow.id, .name = "Each morning", .prompt = "Water the plants."};
    cc_err err = cc_tx_begin(s->db);

    if (err == CC_OK)
        err = cc_acting_as(&s->c, s->p->project.id, s->maker.id, test, CC_SCOPE_RUNS_WRITE);
    if (err == CC_OK)
        err = cc_run_start(&s->c, &wish, run_id);
    return cc_tx_end(s->db, err);
}

static void
a_run_starts_without_a_request_and_is_its_makers(void **state)
{
    scene       s = scene_of(state);
    const char *run_id = NULL;
    one_id      starter;

    assert_int_equal(start_run(&s, false, &run_id), CC_OK);
    assert_string_equal(cc_context_mode(&s.c), "live");
    assert_string_equal(s.c.notify_run_id, run_id);
    assert_int_equal(
        cc_db_get(s.db, NULL, run_of, &starter, .project_id = s.p->project.id, .mode = "live", .id = run_id), CC_OK);
    assert_string_equal(starter.id, s.maker.id);

    assert_int_equal(start_run(&s, true, &run_id), CC_OK); /* the mode is the one that was stored */
    assert_int_equal(
        cc_db_get(s.db, NULL, run_of, &starter, .project_id = s.p->project.id, .mode = "test", .id = run_id), CC_OK);
    cc_arena_free(s.arena);
}

static void
whose_right_has_ended_is_refused_with_a_sentence(void **state)
{
    scene       s = scene_of(state);
    const char *run_id = NULL;

    assert_int_equal(cc_db_run(s.db, member_leaves, .project_id = s.p->project.id), CC_OK);
    assert_int_equal(start_run(&s, false, &run_id), CC_E_FORBIDDEN);
    assert_string_equal(s.c.message, "Whoever set this up is no member of the project any more.");
    assert_null(run_id);
    assert_null(s.c.notify_run_id);
    cc_arena_free(s.arena);
}

static void
whose_key_has_lost_the_scope_is_refused(void **state)
{
    scene       s = scene_of(state);
    const char *run_id = NULL;
    one_id      starter;

    cc_id_new(s.p->app, "kak_", s.maker.id);
    assert_int_equal(cc_db_run(s.db, key_made, .project_id = s.p->project.id, .id = s.maker.id,
                               .hash = {s.maker.id, strlen(s.maker.id)}, .scopes = 1 << CC_SCOPE_RUNS_WRITE),
                     CC_OK);
    assert_int_equal(start_run(&s, false, &run_id), CC_OK);
    assert_int_equal(
        cc_db_get(s.db, NULL, run_of, &starter, .project_id = s.p->project.id, .mode = "live", .id = run_id), CC_OK);
    assert_string_equal(starter.id, s.maker.id);

    assert_int_equal(
        cc_db_run(s.db, key_may, .scopes = 1 << CC_SCOPE_RUNS_READ, .project_id = s.p->project.id, .id = s.maker.id),
        CC_OK);
    assert_int_equal(start_run(&s, false, &run_id), CC_E_FORBIDDEN);
    assert_string_equal(s.c.message, "The key 'nightly' set this up and does not have 'runs:write' any more.");
    cc_arena_free(s.arena);
}

static void
a_run_without_a_name_has_its_workflows(void **state)
{
    scene             s = scene_of(state);
    const cc_run_wish wish = {.source = "scheduled", .workflow_id = s.workflow.id};
    const char       *run_id = NULL;
    one_id            same;

    assert_int_equal(cc_tx_begin(s.db), CC_OK);
    assert_int_equal(cc_acting_as(&s.c, s.p->project.id, NULL, false, CC_SCOPE_RUNS_WRITE), CC_OK);
    assert_int_equal(cc_tx_end(s.db, cc_run_start(&s.c, &wish, &run_id)), CC_OK);
    assert_int_equal(cc_db_get(s.db, NULL, run_named_as_its_workflow, &same, .project_id = s.p->project.id,
                               .mode = "live", .id = run_id),
                     CC_OK);
    cc_arena_free(s.arena);
}

static void
a_refusal_inside_reads_as_in_an_answer(void **state)
{
    scene       s = scene_of(state);
    const char *run_id = NULL;

    strcpy(s.workflow.id, "wfl_0000000000000000000000");
    assert_int_equal(start_run(&s, false, &run_id), CC_E_NOT_FOUND);
    assert_string_equal(s.c.message, "There is no workflow of this id.");
    cc_arena_free(s.arena);
}

static void
a_run_is_cancelled_without_a_request(void **state)
{
    scene       s = scene_of(state);
    const char *run_id = NULL;
    counted     cancelled;

    assert_int_equal(start_run(&s, false, &run_id), CC_OK);
    s.c.notify_run_id = NULL;
    s.c.who.test = true; /* it is none of this mode: nothing is to be done, and nobody to be woken */
    assert_int_equal(cc_tx_begin(s.db), CC_OK);
    assert_int_equal(cc_tx_end(s.db, cc_run_cancel(&s.c, run_id)), CC_OK);
    assert_null(s.c.notify_run_id);
    s.c.who.test = false;
    for (int i = 0; i < 2; i++) { /* the second time it is already */
        s.c.notify_run_id = NULL;
        assert_int_equal(cc_tx_begin(s.db), CC_OK);
        assert_int_equal(cc_tx_end(s.db, cc_run_cancel(&s.c, run_id)), CC_OK);
        assert_int_equal(s.c.notify_run_id != NULL, i == 0);
    }
    assert_int_equal(cc_db_get(s.db, NULL, steps_cancelled, &cancelled, .project_id = s.p->project.id, .run_id = run_id), CC_OK);
    assert_true(cancelled.steps > 0);
    assert_int_equal(cancelled.events, 2);
    cc_arena_free(s.arena);
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_run_starts_without_a_request_and_is_its_makers), T(whose_right_has_ended_is_refused_with_a_sentence),
        T(whose_key_has_lost_the_scope_is_refused),          T(a_run_without_a_name_has_its_workflows),
        T(a_refusal_inside_reads_as_in_an_answer),           T(a_run_is_cancelled_without_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
